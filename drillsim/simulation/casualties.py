"""Who collapses, is found by a search, and is carried out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from drillsim.simulation.roll import Roll

__all__ = ["Casualties"]


class Casualties:
    """A party that stays together stays with its casualty, and is carried and counted with it."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll
        self._found: set[int] = set()
        self._carried_s = np.full(len(roll.everybody), math.inf)

    def lose(self, *, group: str, count: int, cause: int) -> None:
        """People who are not out yet collapse where they are; the lowest rank first."""
        roll, rank = self._roll, self._roll.population.rank
        able = [p for p in roll.members(group) if roll.is_free(p) and roll.at(p) not in roll.musters]
        lost: list[int] = []
        for person in sorted(able, key=lambda p: rank[p]):
            if roll.heads(lost) >= count:
                break
            lost.append(person)
        for person in lost:
            self._fall(person)
        row = roll.core.note("casualty", actor=group, value=roll.heads(lost), unit="p", cause=cause)
        roll.leaving.stamp_emptied(cause=row)

    def collapse(self, person: int, *, dose: str, cause: int) -> None:
        """A person has taken a dose of 1 and lies where it is; nothing for who has collapsed before."""
        roll = self._roll
        if not roll.well[person]:
            return
        self._fall(person)
        row = roll.core.note(
            "casualty",
            actor=roll.group_of[person],
            place=roll.core.facility.spaces[roll.at(person)],
            task=dose,
            value=roll.heads((person,)),
            unit="p",
            cause=cause,
        )
        roll.leaving.stamp_emptied(cause=row)

    def _fall(self, person: int) -> None:
        self._roll.well[person] = False
        self._roll.leaving.exempt(person)
        self._roll.crowd.hold(person)

    def find(self, space: int, *, cause: int) -> None:
        """A searcher comes upon the casualties of a space."""
        roll = self._roll
        for group in roll.groups:
            new = [
                p
                for p in roll.members(group)
                if not roll.well[p] and roll.at(p) == space and p not in self._found
            ]
            if new:
                self._found.update(new)
                place = roll.core.facility.spaces[space]
                roll.core.note(
                    "found", actor=group, place=place, value=roll.heads(new), unit="p", cause=cause
                )

    def rescue(self, *, group: str | None, places: Sequence[str] = (), cause: int) -> None:
        """The casualties of a group are carried out and handed over, whether a search found them or not.

        With ``places`` only those who lie there; without a group all whom searches have found there.
        """
        spaces = self._roll.spaces(places)
        for name in self._roll.groups if group is None else (group,):
            lying = [
                p
                for p in self._roll.members(name)
                if not self._roll.well[p]
                and self._roll.at(p) >= 0
                and (not spaces or self._roll.at(p) in spaces)
                and (group is not None or p in self._found)
            ]
            if lying or group is not None:
                self._carry(name, lying, cause=cause)

    def _carry(self, group: str, people: Sequence[int], *, cause: int) -> None:
        roll = self._roll
        for person in people:
            self._carried_s[person] = roll.core.now_s
            roll.crowd.remove(person)
            # It no longer lies in any space: those still to leave are counted anew.
            roll.leaving.exempt(person)
        row = roll.core.note(
            "person", actor=group, task="rescued", value=roll.heads(people), unit="p", cause=cause
        )
        roll.leaving.stamp_emptied(cause=row)

    def carried_s(self) -> NDArray[np.float64]:
        """When each person was handed over to the ambulance, s; inf for all others."""
        return self._carried_s
