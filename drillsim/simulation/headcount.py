"""The headcount: lists held against who stands at the musters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from drillsim.facility.routes import foot_route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.simulation.roll import Roll

__all__ = ["count_heads"]


def count_heads(roll: Roll, *, musters: Sequence[str], cause: int) -> None:
    """Count at these musters; casualties not yet handed over are missing.

    The first count that misses heads stamps ``headcount.missing``, the first that misses none
    ``headcount.complete``.
    """
    core = roll.core
    index = core.facility.space_index
    for muster in sorted(musters):
        there = [p for p in roll.everybody if roll.well[p] and roll.at(p) == index[muster]]
        core.note("headcount", place=muster, value=roll.heads(there), unit="p", cause=cause)
    counted = frozenset(index[muster] for muster in musters)
    missing = [p for p in roll.everybody if roll.leaving.includes(p) and roll.at(p) not in counted]
    missing += [p for p in roll.everybody if not roll.well[p] and roll.at(p) >= 0]
    row = core.note("missing", task="headcount", value=roll.heads(missing), unit="p", cause=cause)
    _name_groups(roll, missing, cause=row)
    core.moments.stamp("headcount.missing" if missing else "headcount.complete", row)


def _name_groups(roll: Roll, missing: Sequence[int], *, cause: int) -> None:
    """A row for each group that misses heads, at the muster where its list is kept."""
    heads: Counter[tuple[str, str]] = Counter()
    for person in missing:
        group = roll.group_of[person]
        heads[_list_kept_at(roll, group), group] += roll.population.heads[person]
    for (muster, group), count in sorted(heads.items()):
        roll.core.note("missing-group", actor=group, place=muster, value=float(count), unit="p", cause=cause)


def _list_kept_at(roll: Roll, group: str) -> str:
    """The group's muster nearest to its place."""
    facility, spec = roll.core.facility, roll.core.scenario.groups[group]
    start = facility.space_index[spec.place]
    goals = roll.goals(spec.musters)
    nearest = min(goals, key=lambda goal: (foot_route(facility, start, goal).length_m, goal), default=-1)
    return facility.spaces[nearest] if nearest >= 0 else ""
