"""Going from room to room: wardens who sweep, and the search for the missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drillsim.facility.graph import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from drillsim.response.effects import Round
    from drillsim.simulation.casualties import Casualties
    from drillsim.simulation.clock import Process
    from drillsim.simulation.roll import Roll

__all__ = ["Rounds"]


class Rounds:
    """``rouse`` ends the pre-movement of these people of a group by a contact of this mode.

    A task waits for its round with :meth:`go`; :meth:`sweep` and :meth:`search` let it run on its own.
    """

    def __init__(
        self, roll: Roll, casualties: Casualties, *, rouse: Callable[[str, Sequence[int], str, int], None]
    ) -> None:
        self._roll = roll
        self._casualties = casualties
        self._rouse = rouse
        self._under_way = 0

    def sweep(self, *, places: Sequence[str], each_s: float, cause: int) -> None:
        """A warden's contact ends the pre-movement of whoever is still there: at once, or room by room."""
        if each_s > 0.0:
            self._roll.core.clock.process(self._sweep(places, each_s, cause))
        else:
            self._contact(self._roll.spaces(places), cause)

    def _sweep(self, places: Sequence[str], each_s: float, cause: int) -> Process:
        self._under_way += 1
        for room in self._rooms(places):
            yield self._roll.core.clock.pause(each_s)
            self._contact((room,), cause)
        self._under_way -= 1

    def search(self, *, places: Sequence[str], each_s: float, cause: int) -> None:
        """Who is still there and well is roused, casualties are found; then ``search.done``."""
        self._roll.core.clock.process(self._search(places, each_s, cause))

    def _search(self, places: Sequence[str], each_s: float, cause: int) -> Process:
        core = self._roll.core
        row = cause
        self._under_way += 1
        for room in self._rooms(places):
            yield core.clock.pause(each_s)
            row = core.note("searched", place=core.facility.spaces[room], cause=row)
            self._casualties.find(room, cause=row)
            self._contact((room,), row)
        self._under_way -= 1
        core.moments.stamp("search.done", row)

    def go(self, effect: Round, *, cause: int) -> Process:
        """The round of an effect, to be waited for."""
        walk = self._search if effect.do == "search" else self._sweep
        yield from walk(effect.places, effect.each_s, cause)

    def lasts_s(self, effect: Round) -> float:
        """How long the round of an effect lasts."""
        return effect.each_s * len(self._rooms(effect.places))

    def _rooms(self, places: Sequence[str]) -> tuple[int, ...]:
        """Spaces of a round in the order named, each once; ``everywhere`` is indoors without lift cars."""
        roll, facility = self._roll, self._roll.core.facility
        named = set(roll.rooms(place for place in places if place != EVERYWHERE))
        return tuple(
            space
            for space in roll.rooms(places)
            if space in named or not (facility.outdoors[space] or facility.kind[space] == "lift")
        )

    def at_work(self) -> bool:
        """Whether somebody still goes from room to room."""
        return self._under_way > 0

    def _contact(self, spaces: Collection[int], cause: int) -> None:
        """In these spaces, or everywhere if there are none."""
        roll = self._roll
        for group in roll.groups:
            late = [
                p for p in roll.members(group) if roll.lingers(p) and (not spaces or roll.at(p) in spaces)
            ]
            self._rouse(group, late, "warden", cause)
