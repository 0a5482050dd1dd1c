"""Going from room to room: wardens who sweep, and the search for the missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from drillsim.simulation.casualties import Casualties
    from drillsim.simulation.clock import Process
    from drillsim.simulation.roll import Roll

__all__ = ["Rounds"]


class Rounds:
    """``rouse`` ends the pre-movement of these people of a group by a contact of this mode."""

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
            self._roll.core.clock.process(self._sweep(self._roll.rooms(places), each_s, cause))
        else:
            self._contact(self._roll.spaces(places), cause)

    def _sweep(self, rooms: Sequence[int], each_s: float, cause: int) -> Process:
        self._under_way += 1
        for room in rooms:
            yield self._roll.core.clock.pause(each_s)
            self._contact((room,), cause)
        self._under_way -= 1

    def search(self, *, places: Sequence[str], each_s: float, cause: int) -> None:
        """Who is still there and well is roused, casualties are found; then ``search.done``."""
        self._roll.core.clock.process(self._search(self._roll.rooms(places), each_s, cause))

    def _search(self, rooms: Sequence[int], each_s: float, cause: int) -> Process:
        core = self._roll.core
        row = cause
        self._under_way += 1
        for room in rooms:
            yield core.clock.pause(each_s)
            row = core.note("searched", place=core.facility.spaces[room], cause=row)
            self._casualties.find(room, cause=row)
            self._contact((room,), row)
        self._under_way -= 1
        core.moments.stamp("search.done", row)

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
