"""AEGL class that people reach along their paths, by the toxic load of stretches of the path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.toxic_load import load_exponent, path_loads
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from drillsim.hazards.grid import DoseTable
    from drillsim.hazards.substances import Substance
    from drillsim.hazards.toxic_load import ToxicAir

__all__ = ["STRETCHES_S", "aegl_definition", "path_classes"]

STRETCHES_S: Final = tuple(
    60.0 * minutes for minutes in (10, 15, 20, 30, 40, 60, 90, 120, 180, 240, 360, 480)
)
"""Stretches of a path that are held against the levels, among them all durations for which AEGLs are set; a
rule of this product. For these a constant concentration has the class of its level, exactly; for times
between them, with loads that go as C^n t, it needs at most 11 % more load."""
_IN_CLOUD: Final = 0.01  # of AEGL-2 (60 min); a rule of this product


class _Paths(NamedTuple):
    """What people take by each time (k,): load (k, people), and how long it is from when each first comes
    into the cloud until it is last there, s (people,)."""

    times_s: NDArray[np.float64]
    taken: NDArray[np.float64]
    span_s: NDArray[np.float64]


def path_classes(
    air: ToxicAir,
    *,
    person: NDArray[np.intp],
    space: NDArray[np.intp],
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
    people: int,
    protection_factor: ArrayLike = 1.0,
) -> NDArray[np.int8]:
    """Class reached by each person, shape (people,): 0 none, 1, 2, 3; :func:`aegl_definition` says of what.

    A class is reached where the load of some stretch of the path is that of the level held as long, for
    :data:`STRETCHES_S` up to the first that holds all of the person's time in the cloud. Who breathes more or
    for longer is so never in a lower class. Stays as for :func:`~drillsim.hazards.toxic_load.path_loads`;
    those of one person may overlap. A stretch ends at a sample of the air or with the last stay. A class
    counts from its level on. Level 1 is left out where it is not recommended or known: nobody is then in
    class 1, which does not mean nobody is harmed.

    Raises ``ValueError`` as ``path_loads``, and for a substance without level 2 or 3.
    """
    exponent = load_exponent(air.entry).n
    table, limits = air.loads(exponent), _limits(air.entry, exponent)
    whole = path_loads(
        table,
        person=person,
        space=space,
        start_s=start_s,
        end_s=end_s,
        people=people,
        exponent=exponent,
        protection_factor=protection_factor,
    )
    reached = np.zeros(people, dtype=np.int8)
    # Most people take less than any level amounts to.
    asked = np.flatnonzero(whole >= min(limit.min() for limit in limits.values()))
    if not asked.size:
        return reached
    number = np.full(people, -1)
    number[asked] = np.arange(asked.size)
    some = number[person] >= 0
    shares = np.broadcast_to(np.asarray(protection_factor, dtype=float), person.shape)[some] ** -exponent
    paths = _paths(
        table,
        person=number[person[some]],
        space=space[some],
        start_s=start_s[some],
        end_s=end_s[some],
        share=shares,
        people=asked.size,
        faint=(_IN_CLOUD * air.entry.level_ppm(2).ppm) ** exponent / 60.0,
    )
    for index, stretch_s in enumerate(STRETCHES_S):
        heaviest = _heaviest(paths, stretch_s)
        for level, limit in limits.items():
            found = asked[heaviest >= limit[index]]
            reached[found] = np.maximum(reached[found], level)
    return reached


def _limits(entry: Substance, exponent: float) -> dict[int, NDArray[np.float64]]:
    """Load of each level that is known, for each stretch; less a rounding error, so that the level counts."""
    found = {}
    for level in (1, 2, 3):
        try:
            ppm = [entry.level_ppm(level, duration_s=stretch_s).ppm for stretch_s in STRETCHES_S]
        except ValueError:
            if level > 1:
                raise
            continue  # level 1 is often not recommended
        found[level] = (np.array(ppm) * (1.0 - 1e-9)) ** exponent * np.array(STRETCHES_S) / 60.0
    return found


def _paths(
    table: DoseTable,
    *,
    person: NDArray[np.intp],
    space: NDArray[np.intp],
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
    share: NDArray[np.float64],
    people: int,
    faint: float,
) -> _Paths:
    """From stays that let ``share`` of the load in; above ``faint`` a second somebody is in the cloud."""
    times, last_s = table.times_s, float(end_s.max())
    if last_s > times[-1]:
        times = np.append(times, last_s)
    start_s = np.maximum(start_s, times[0])
    first = np.searchsorted(times, start_s, side="right") - 1
    count = np.maximum(np.searchsorted(times, end_s, side="left") - first, 0)
    # One piece for each sample that holds during a stay.
    stay = np.repeat(np.arange(len(person)), count)
    step = np.arange(len(stay)) - np.repeat(np.cumsum(count) - count, count) + first[stay]
    since_s, until_s = np.maximum(start_s[stay], times[step]), np.minimum(end_s[stay], times[step + 1])
    rate, who = table.rate_per_s[space[stay], step] * share[stay], person[stay]
    each = np.bincount(
        (step + 1) * people + who, weights=rate * (until_s - since_s), minlength=people * len(times)
    )
    entered_s, left_s = np.full(people, np.inf), np.full(people, -np.inf)
    there = rate > faint
    np.minimum.at(entered_s, who[there], since_s[there])
    np.maximum.at(left_s, who[there], until_s[there])
    return _Paths(times, np.cumsum(each.reshape(len(times), people), axis=0), left_s - entered_s)


def _heaviest(paths: _Paths, stretch_s: float) -> NDArray[np.float64]:
    """Heaviest load of each person in such a stretch, shape (people,); -inf where a shorter one holds all."""
    times_s, taken, span_s = paths
    shorter = max((other for other in STRETCHES_S if other < stretch_s), default=-np.inf)
    start_s = np.maximum(times_s - stretch_s, times_s[0])
    step = np.minimum(np.searchsorted(times_s, start_s, side="right") - 1, len(times_s) - 2)
    share = (start_s - times_s[step]) / (times_s[step + 1] - times_s[step])
    before = taken[step]
    between = np.flatnonzero(share > 0.0)
    before[between] += share[between, None] * (taken[step[between] + 1] - before[between])
    return np.where(span_s > shorter + 1e-6, (taken - before).max(axis=0), -np.inf)


def aegl_definition(entry: Substance, language: Language = "en") -> str:
    """What the class reached means for this substance, with the exponent, for the report."""
    return say("toxic-load-class", language, exponent=load_exponent(entry).how(language))
