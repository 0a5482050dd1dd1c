"""Who is to leave, and the milestones that come about when places are empty of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drillsim.people.crowd import Crowd
    from drillsim.people.population import Population
    from drillsim.simulation.core import Core

__all__ = ["Leaving"]


@dataclass(slots=True)
class _Watch:
    """A milestone that waits for spaces to be empty of those who are to leave."""

    milestone: str
    spaces: frozenset[int]
    number: int
    cause: int
    staying: int | None = None  # heads in the spaces that are not to leave; None: to be counted again


class Leaving:
    """Everybody is to leave but those ordered to stay or shelter, and casualties."""

    def __init__(self, core: Core, crowd: Crowd, population: Population, *, staying: Iterable[int]) -> None:
        self._core = core
        self._crowd = crowd
        self._heads = population.heads
        self._not_leaving = set(staying)
        self._watches: list[_Watch] = []

    def includes(self, person: int) -> bool:
        return person not in self._not_leaving

    def exempt(self, person: int) -> None:
        """From now on the person is not to leave, and does not move."""
        self._not_leaving.add(person)
        self._count_again()

    def include(self, person: int) -> None:
        """The person is to leave after all."""
        self._not_leaving.discard(person)
        self._count_again()

    def _count_again(self) -> None:
        for watch in self._watches:
            watch.staying = None

    def await_empty(self, milestone: str, spaces: frozenset[int], *, cause: int) -> None:
        """Stamp the milestone as soon as nobody who is to leave is in these spaces."""
        number = self._crowd.watch(tuple(sorted(spaces)))
        self._watches.append(_Watch(milestone, spaces, number, cause))
        self.stamp_emptied(cause=cause)

    def stamp_emptied(self, *, cause: int) -> None:
        """Stamp the milestones that have come about, after a passage or a change of who is to leave."""
        for watch in [w for w in self._watches if not self._still_to_leave(w)]:
            self._watches.remove(watch)
            self._crowd.unwatch(watch.number)
            self._core.milestone(watch.milestone, cause=max(cause, watch.cause))

    def _still_to_leave(self, watch: _Watch) -> int:
        if watch.staying is None:
            at = self._crowd.space_of
            watch.staying = sum(self._heads[p] for p in self._not_leaving if at(p) in watch.spaces)
        return sum(map(self._crowd.occupancy.__getitem__, watch.spaces)) - watch.staying
