"""What queues: crews, roles, talk-groups, lanes; granted by priority, then by time."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from simpy.events import Event

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drillsim.simulation.clock import Clock

__all__ = ["Grant", "Pool"]


class Grant(NamedTuple):
    """Members handed out, and the trace row that freed the last of them (-1: they were free at once)."""

    members: tuple[str, ...]
    cause: int


class Pool:
    """Members of one name. ``request`` gives an event whose value is a :class:`Grant`."""

    def __init__(self, clock: Clock, name: str, members: Iterable[str] = ()) -> None:
        self.name = name
        self._clock = clock
        self._free = sorted(members)
        self._waiting: list[tuple[int, float, str, int, Event]] = []
        self._held_back = False
        self._freed_by = -1

    def request(self, count: int, *, priority: int, who: str) -> Event:
        """Ask for ``count`` members at once; equal priority and time are served by name of who asks."""
        granted = Event(self._clock)
        heappush(self._waiting, (priority, self._clock.now, who, count, granted))
        self._serve(cause=-1)
        return granted

    def release(self, members: Iterable[str], *, cause: int) -> None:
        """Members come free, or arrive for the first time, because of trace row ``cause``."""
        self._free.extend(members)
        self._free.sort()
        self._freed_by = cause
        self._serve(cause=cause)

    def hold_back(self) -> None:
        """Grant nothing until :meth:`resume`."""
        self._held_back = True

    def resume(self, *, cause: int) -> None:
        self._held_back = False
        self._serve(cause=cause)

    def waiting(self) -> list[tuple[str, float, int]]:
        """Who waits, since when, for how many."""
        return [
            (who, since, count)
            for _, since, who, count, _ in sorted(self._waiting, key=lambda entry: entry[:3])
        ]

    def _serve(self, *, cause: int) -> None:
        # The head is never overtaken: a large request must not starve.
        while self._waiting and not self._held_back and self._waiting[0][3] <= len(self._free):
            _, _, _, count, granted = heappop(self._waiting)
            members, self._free = tuple(self._free[:count]), self._free[count:]
            granted.succeed(Grant(members, cause))
