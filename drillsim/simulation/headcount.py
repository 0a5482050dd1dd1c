"""The headcount: lists held against who stands at the musters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from drillsim.facility.routes import foot_route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.simulation.roll import Roll

__all__ = ["Headcount"]


class Headcount:
    """All counts of one run. Musters counted before count on: several counters complete each other."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll
        self._counted: set[int] = set()  # musters counted so far

    def count(self, *, musters: Sequence[str], cause: int) -> None:
        """Count at these musters; missing is who is to leave and stands at no muster counted so far.

        Casualties not yet handed over are missing. The first count that misses heads stamps
        ``headcount.missing``, the first that misses none ``headcount.complete``.
        """
        roll, core = self._roll, self._roll.core
        index = core.facility.space_index
        for muster in sorted(musters):
            there = [p for p in roll.everybody if roll.well[p] and roll.at(p) == index[muster]]
            core.note("headcount", place=muster, value=roll.heads(there), unit="p", cause=cause)
            self._counted.add(index[muster])
        missing = [p for p in roll.everybody if roll.leaving.includes(p) and roll.at(p) not in self._counted]
        missing += [p for p in roll.everybody if not roll.well[p] and roll.at(p) >= 0]
        row = core.note("missing", task="headcount", value=roll.heads(missing), unit="p", cause=cause)
        self._name_groups(missing, cause=row)
        core.moments.stamp("headcount.missing" if missing else "headcount.complete", row)

    def _name_groups(self, missing: Sequence[int], *, cause: int) -> None:
        """A row for each group that misses heads, at the muster where its list is kept."""
        roll = self._roll
        heads: Counter[tuple[str, str]] = Counter()
        for person in missing:
            group = roll.group_of[person]
            heads[_list_kept_at(roll, group), group] += roll.population.heads[person]
        for (muster, group), count in sorted(heads.items()):
            roll.core.note(
                "missing-group", actor=group, place=muster, value=float(count), unit="p", cause=cause
            )


def _list_kept_at(roll: Roll, group: str) -> str:
    """The group's muster nearest to its place."""
    facility, spec = roll.core.facility, roll.core.scenario.groups[group]
    start = facility.space_index[spec.place]
    goals = roll.goals(spec.musters)
    nearest = min(goals, key=lambda goal: (foot_route(facility, start, goal).length_m, goal), default=-1)
    return facility.spaces[nearest] if nearest >= 0 else ""
