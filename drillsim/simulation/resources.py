"""What queues: crews, roles, talk-groups, lanes. Granted whole: nobody holds one and waits for another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from simpy.events import Event

if TYPE_CHECKING:
    from drillsim.simulation.clock import Clock

__all__ = ["Grant", "Key", "Resources"]

Key = tuple[str, str]  # kind (unit, capacity, role) and name


class Grant(NamedTuple):
    """Members handed out by pool, and the trace row that freed the last of them (-1: free at once)."""

    members: Mapping[Key, tuple[str, ...]]
    cause: int


@dataclass(slots=True)
class _Pool:
    free: list[str]
    held: dict[str, str] = field(default_factory=dict)  # member -> who holds it
    held_back: int = 0


class _Request(NamedTuple):
    priority: int
    since_s: float
    who: str
    wanted: Mapping[Key, int]
    granted: Event


class Resources:
    """All pools of one run. Served by priority, then by time, then by the name of who asks.

    A request that is short of a pool keeps later ones from that pool, so that a large one does not starve;
    pools of which there is enough for it stay open to others.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pools: dict[Key, _Pool] = {}
        self._waiting: list[_Request] = []

    def add(self, key: Key, members: Iterable[str] = ()) -> None:
        """A pool of identical members."""
        self._pools[key] = _Pool(sorted(members))

    def request(self, wanted: Mapping[Key, int], *, priority: int, who: str) -> Event:
        """Ask for members of several pools at once; the event's value is a :class:`Grant`."""
        request = _Request(priority, self._clock.now, who, wanted, Event(self._clock))
        self._waiting.append(request)
        self._waiting.sort(key=lambda entry: entry[:3])
        self._serve(cause=-1)
        return request.granted

    def release(self, key: Key, members: Iterable[str], *, cause: int) -> None:
        """Members come free, or arrive for the first time, because of trace row ``cause``."""
        pool = self._pools[key]
        for member in members:
            pool.held.pop(member, None)
            pool.free.append(member)
        pool.free.sort()
        self._serve(cause=cause)

    def hold_back(self, key: Key) -> None:
        """Grant nothing of this pool until :meth:`resume` has been called as often."""
        self._pools[key].held_back += 1

    def resume(self, key: Key, *, cause: int) -> None:
        """Undo one :meth:`hold_back`."""
        self._pools[key].held_back -= 1
        self._serve(cause=cause)

    def held_back(self, key: Key) -> int:
        """How many calls of :meth:`hold_back` have not been undone."""
        return self._pools[key].held_back

    def holders(self, wanted: Mapping[Key, int]) -> tuple[str, ...]:
        """Who holds members of these pools now, sorted."""
        return tuple(sorted({who for key in wanted for who in self._pools[key].held.values()}))

    def _serve(self, *, cause: int) -> None:
        claimed: set[Key] = set()
        for request in list(self._waiting):
            short = {key for key, count in request.wanted.items() if self._available(key) < count}
            if short or claimed.intersection(request.wanted):
                claimed |= short
                continue
            self._waiting.remove(request)
            request.granted.succeed(Grant(self._take(request), cause))

    def _available(self, key: Key) -> int:
        pool = self._pools[key]
        return 0 if pool.held_back else len(pool.free)

    def _take(self, request: _Request) -> dict[Key, tuple[str, ...]]:
        taken: dict[Key, tuple[str, ...]] = {}
        for key, count in request.wanted.items():
            pool = self._pools[key]
            taken[key], pool.free = tuple(pool.free[:count]), pool.free[count:]
            pool.held |= dict.fromkeys(taken[key], request.who)
        return taken
