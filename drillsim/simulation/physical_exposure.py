"""Heat and blast on people and responders along their paths: who is felled, expected harm by probit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.fractional_dose import INCAPACITATED
from drillsim.hazards.grid import DoseTable
from drillsim.hazards.thermal_dose import BLAST_PROBITS, HEAT_PROBITS, blast_probit, heat_probit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from drillsim.hazards.thermal_dose import PhysicalHarm
    from drillsim.simulation.core import Core
    from drillsim.simulation.unit_stays import Stay

__all__ = ["FEWEST_HARMED", "note_people_physical", "note_responders_felled"]

FEWEST_HARMED: Final = 1e-6
"""Fewer expected than this in a group are not told: the fits of the probits say nothing there."""


def note_people_physical(
    core: Core,
    harms: Sequence[PhysicalHarm],
    *,
    taken: Callable[[DoseTable], NDArray[np.float64]],
    group_of: NDArray[np.int64],
    groups: Sequence[str],
    heads: NDArray[np.float64],
    end_s: float,
) -> None:
    """Rows of expected deaths by heat and expected harm by blast, by each published probit.

    Heat of several fires adds up; of several blasts the strongest counts. ``taken`` gives what each person
    takes of a table over all stays, shape (people,).
    """
    from scipy.special import ndtr

    if not harms:
        return
    blasts = np.max([taken(harm.blast) for harm in harms], axis=0)
    for event, load, sets, probit in (
        (
            "heat-deaths",
            taken(DoseTable.together([harm.thermal for harm in harms])),
            HEAT_PROBITS,
            heat_probit,
        ),
        ("blast-harm", blasts, BLAST_PROBITS, blast_probit),
    ):
        if not (load > 0.0).any():
            continue
        for source in sets:
            expected = heads * ndtr(probit(np.maximum(load, 0.0), source=source) - 5.0)
            for index, group in enumerate(groups):
                value = float(expected[group_of == index].sum())
                if value >= FEWEST_HARMED:
                    core.trace.add(end_s, event, actor=group, task=source, value=value, unit="p")


def note_responders_felled(
    core: Core, tables: Mapping[str, DoseTable], stays: Sequence[Stay], *, end_s: float
) -> None:
    """Rows of the people of each unit that took a dose of 1; they go on working: it is told, not acted on."""
    whole = [stay for stay in stays if stay.people > 0]
    if not whole:
        return
    space = np.array([stay.space for stay in whole], dtype=np.int64)
    start = np.array([stay.since_s for stay in whole])
    until = np.array([stay.until_s for stay in whole])
    units = sorted({stay.unit for stay in whole})
    unit_of = np.array([units.index(stay.unit) for stay in whole])
    for name, table in tables.items():
        dose = np.bincount(unit_of, weights=table.dose(space, start, until), minlength=len(units))
        for unit, value in zip(units, dose.tolist(), strict=True):
            if value >= INCAPACITATED:
                people = max(stay.people for stay in whole if stay.unit == unit)
                core.trace.add(
                    end_s, "responder-felled", actor=unit, task=name, value=float(people), unit="p"
                )
