"""Who is seen to head for a link, by those who look for the least crowded way."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Final

__all__ = ["Heading"]

_A_FEW: Final = 8


class Heading:
    """People on their way to one port. Who has gone is forgotten a few at a time, at each look."""

    __slots__ = ("_party", "_people", "heads")

    def __init__(self, party: Sequence[int]) -> None:
        self._party = party  # heads by person
        self._people: OrderedDict[int, None] = OrderedDict()
        self.heads = 0

    def add(self, person: int) -> None:
        """From now on the person heads for the port; once more changes nothing."""
        if person not in self._people:
            self._people[person] = None
            self.heads += self._party[person]

    def look(self, still: Callable[[int], bool]) -> int:
        """Heads on the way, after asking of a few whether they still are."""
        for _ in range(min(_A_FEW, len(self._people))):
            person, _none = self._people.popitem(last=False)
            if still(person):
                self._people[person] = None
            else:
                self.heads -= self._party[person]
        return self.heads
