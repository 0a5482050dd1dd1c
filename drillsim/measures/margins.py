"""Available and required safe egress time of each space, and the margin between them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.measures.milestones import end_s
from drillsim.measures.passages import stays
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.measures.passages import Stays
    from drillsim.trace.log import Trace

__all__ = ["BUILDING", "lost_by", "margins"]

BUILDING: Final = "building"
"""What stands in place of a space for the building as a whole."""
_LOST: Final = "untenable"


@dataclass(frozen=True, slots=True)
class _Use:
    """When the last one left each space, s; -inf where nobody was, and whether somebody stayed."""

    left_s: NDArray[np.float64]
    stayed: NDArray[np.bool_]


def margins(trace: Trace) -> dict[str, Value]:
    """``aset.SPACE``, ``rset.SPACE``, ``margin.SPACE``, ``margin.building``, s; ``consequence``, person_s.

    ASET is the first ``untenable`` row of the space, as time after STARTEX; a space never lost has none, at
    least the end of the run. RSET is the last moment anybody was in it; whoever never left has none, at
    least the end of the run; a space nobody was in has neither RSET nor margin. Margin is ASET - RSET,
    positive is safe: at least (end - RSET) without an ASET, and counted to the end for those who never left.
    The building's is the smallest of its lost spaces. Consequence is the sum over spaces with a negative
    margin of its duration times the heads in the space after ASET (Schröder 2020, from a summary).

    Nothing where no hazard can make a space untenable; musters have no margins.
    """
    lost_s = _lost_s(trace)
    if not (lost_s or trace.header.tenability):
        return {}
    found, over_s = stays(trace), end_s(trace)
    use = _used(found, len(trace.header.spaces))
    values: dict[str, Value] = {}
    smallest, worst = math.inf, 0.0
    bound_s = math.inf  # of those never lost
    for number, name in enumerate(trace.header.spaces):
        used, aset_s = bool(use.left_s[number] > -math.inf), lost_s.get(name, math.inf)
        if name in trace.header.musters or not (used or name in lost_s):
            continue
        values[f"aset.{name}"] = _time(aset_s, over_s)
        if not used:
            continue
        rset_s = float(use.left_s[number])
        values[f"rset.{name}"] = _time(math.inf if use.stayed[number] else rset_s, over_s)
        if name not in lost_s:
            left_s = max(0.0, over_s - rset_s)
            values[f"margin.{name}"] = Value(math.nan, "s", at_least=left_s)
            bound_s = min(bound_s, left_s)
            continue
        values[f"margin.{name}"] = Value(aset_s - rset_s, "s")
        smallest = min(smallest, aset_s - rset_s)
        if aset_s < rset_s:
            worst += (rset_s - aset_s) * _heads_after(found, number, aset_s)
    if smallest < math.inf:
        values[f"margin.{BUILDING}"] = Value(smallest, "s")
    elif bound_s < math.inf:
        values[f"margin.{BUILDING}"] = Value(math.nan, "s", at_least=bound_s)
    values["consequence"] = Value(worst, "person_s")
    return values


def lost_by(trace: Trace) -> tuple[tuple[str, str], ...]:
    """Each space that was lost, with the criterion that failed first there; "" where the trace does not say.

    In the header's order of spaces.
    """
    criterion = dict.fromkeys(_lost_s(trace), "")
    for _, row in trace.of("criterion"):
        if criterion.get(row.place) == "":
            criterion[row.place] = row.task
    return tuple((name, criterion[name]) for name in trace.header.spaces if name in criterion)


def _lost_s(trace: Trace) -> dict[str, float]:
    """Space -> when it first was untenable, s."""
    lost_s: dict[str, float] = {}
    for _, row in trace.of("threshold"):
        if row.task == _LOST and row.place:
            lost_s.setdefault(row.place, row.time_s)
    return lost_s


def _used(found: Stays, spaces: int) -> _Use:
    left_s = np.full(spaces, -math.inf)
    np.maximum.at(left_s, found.space, found.until_s)
    stayed = np.zeros(spaces, dtype=np.bool_)
    stayed[found.space[found.last]] = True
    return _Use(left_s, stayed)


def _heads_after(found: Stays, space: int, time_s: float) -> int:
    """Heads that were in a space at any time after ``time_s``."""
    late = (found.space == space) & (found.until_s > time_s)
    _, first = np.unique(found.person[late], return_index=True)
    return int(found.heads[late][first].sum())


def _time(time_s: float, over_s: float) -> Value:
    """A time, or the run's end as its lower bound."""
    return Value(time_s, "s") if time_s < math.inf else Value(math.nan, "s", at_least=over_s)
