"""Toxic load of people and responders along their paths: AEGL class reached, expected deaths by probit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.probit import fatal_share, probit_sets
from drillsim.hazards.toxic_class import path_classes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from drillsim.hazards.grid import DoseTable
    from drillsim.hazards.toxic_load import ToxicAir
    from drillsim.simulation.core import Core
    from drillsim.simulation.unit_stays import Stay

__all__ = ["BREATHING_AIR_FACTOR", "FEWEST_DEATHS", "note_people_toxic", "note_responders_toxic"]

BREATHING_AIR_FACTOR: Final = 10_000.0
"""Assigned protection factor of an air set with positive pressure (NIOSH, OSHA 1910.134); from memory."""
FEWEST_DEATHS: Final = 1e-6
"""Fewer expected deaths than this in a group are not told: the fits of the probits say nothing there."""


def note_people_toxic(
    core: Core,
    air: ToxicAir,
    *,
    taken: Callable[[DoseTable], NDArray[np.float64]],
    reached: NDArray[np.int8],
    group_of: NDArray[np.int64],
    groups: Sequence[str],
    heads: NDArray[np.float64],
    end_s: float,
) -> None:
    """Rows of heads by class reached, and of expected deaths by each published set of constants.

    ``taken`` gives what each person takes of a table over all stays, ``reached`` the class of each, both of
    shape (people,).
    """
    loads_with = _loads(air, taken)
    sets = probit_sets(air.entry)
    for index, group in enumerate(groups):
        mine = group_of == index
        for level in (1, 2, 3):
            count = float(heads[mine & (reached >= level)].sum())
            if count > 0.0:
                core.trace.add(end_s, "toxic-class", actor=group, task=f"aegl{level}", value=count, unit="p")
        if sets and mine.any() and (reached[mine] > 0).any():
            share = fatal_share(air.entry, loads_with=loads_with, weights=np.where(mine, heads, 0.0))
            for name, dead in share.by_set.items():
                value = dead * float(heads[mine].sum())
                if value >= FEWEST_DEATHS:
                    core.trace.add(end_s, "toxic-deaths", actor=group, task=name, value=value, unit="p")


def note_responders_toxic(core: Core, air: ToxicAir, stays: Sequence[Stay], *, end_s: float) -> None:
    """Rows of the people of each unit by class reached; an air set keeps all but 1/10,000 of it out."""
    whole = [stay for stay in stays if stay.people > 0]
    if not whole:
        return
    space = np.array([stay.space for stay in whole], dtype=np.int64)
    start = np.array([stay.since_s for stay in whole])
    until = np.array([stay.until_s for stay in whole])
    factor = np.array([BREATHING_AIR_FACTOR if stay.on_air else 1.0 for stay in whole])
    units = sorted({stay.unit for stay in whole})
    unit_of = np.array([units.index(stay.unit) for stay in whole])
    classes = path_classes(
        air,
        person=unit_of,
        space=space,
        start_s=start,
        end_s=until,
        people=len(units),
        protection_factor=factor,
    )
    for unit, level in zip(units, classes.tolist(), strict=True):
        people = max(stay.people for stay in whole if stay.unit == unit)
        for reached in range(1, level + 1):
            core.trace.add(
                end_s,
                "responder-toxic-class",
                actor=unit,
                task=f"aegl{reached}",
                value=float(people),
                unit="p",
            )


def _loads(
    air: ToxicAir, taken: Callable[[DoseTable], NDArray[np.float64]]
) -> Callable[[float], NDArray[np.float64]]:
    """Loads of all people by exponent; each computed once."""
    known: dict[float, NDArray[np.float64]] = {}

    def loads_with(exponent: float) -> NDArray[np.float64]:
        if exponent not in known:
            known[exponent] = np.maximum(taken(air.loads(exponent)), 0.0)
        return known[exponent]

    return loads_with
