"""What queues: crews, roles, talk-groups, lanes. Granted whole: nobody holds one and waits for another."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from simpy.events import Event

if TYPE_CHECKING:
    from drillsim.simulation.clock import Clock

__all__ = ["Grant", "Key", "Resources", "Use", "made"]

Key = tuple[str, str]  # kind (unit, capacity, channel, answering, stage, role) and name


class Grant(NamedTuple):
    """Members handed out by pool, and the trace row that freed the last of them (-1: free at once)."""

    members: Mapping[Key, tuple[str, ...]]
    cause: int


class Use(NamedTuple):
    """How a pool was used up to a time: seconds its members were held, and how its requests waited.

    Those of others, who have nothing to do with the incident, are counted apart.
    """

    busy_s: float
    waited_s: float
    longest_s: float
    asked: int
    peak: int
    members: int
    others_waited_s: float = 0.0
    others_asked: int = 0


made: Final = tuple.__new__  # a named tuple in half the time, since its own way runs in Python


@dataclass(slots=True)
class _Pool:
    free: list[str]
    held: dict[str, tuple[str, float]] = field(default_factory=dict)  # member -> who holds it, since when
    held_back: int = 0
    extra: bool = False  # whether there is always one more
    invented: int = 0
    members: int = 0
    busy_s: float = 0.0
    waited_s: float = 0.0
    longest_s: float = 0.0
    asked: int = 0
    others_waited_s: float = 0.0
    others_asked: int = 0
    queue: list[_Request] = field(default_factory=list)  # who wants members of it, first to be served first
    waiting: int = 0  # those of them that wait because of this pool
    peak: int = 0


class _Request(NamedTuple):
    priority: int
    since_s: float
    who: str
    number: int  # in the order of asking, so that no two are alike
    wanted: Mapping[Key, int]
    granted: Event
    short: tuple[Key, ...]  # the pools it waits for: those with too few free when it was made
    by_others: bool


class Resources:
    """All pools of one run. Served by priority, then by time, then by the name of who asks.

    A request that is short of a pool keeps later ones from that pool, so that a large one does not starve;
    pools of which there is enough for it stay open to others. ``unlimited``: of what there is one, or has
    been one, there is always one more.
    """

    def __init__(self, clock: Clock, *, unlimited: bool = False) -> None:
        self._clock = clock
        self._unlimited = unlimited
        self._pools: dict[Key, _Pool] = {}
        self._queued = 0  # requests that could not be granted at once, so far

    def add(self, key: Key, members: Iterable[str] = ()) -> None:
        """A pool of identical members."""
        free = sorted(members)
        self._pools[key] = _Pool(free, members=len(free), extra=self._unlimited and bool(free))

    def request(
        self, wanted: Mapping[Key, int], *, priority: int, who: str, by_others: bool = False
    ) -> Event:
        """Ask for members of several pools at once; the event's value is a :class:`Grant`.

        ``by_others``: somebody who has nothing to do with the incident, whose waits are counted apart.
        """
        clock, pools, crowded = self._clock, self._pools, False
        short: tuple[Key, ...] = ()
        for key, count in wanted.items():
            pool = pools[key]
            if by_others:
                pool.others_asked += 1
            else:
                pool.asked += 1
            if pool.queue:
                crowded = True
            if (len(pool.free) < count and not pool.extra) or pool.held_back:
                short = (*short, key)
        if not short and not crowded:
            return clock.occurred(made(Grant, (self._take(wanted, who), -1)))
        missing = short or tuple(wanted)
        self._queued = number = self._queued + 1
        granted = Event(clock)
        request = made(_Request, (priority, clock.now, who, number, wanted, granted, missing, by_others))
        if not short and self._is_first(request):
            clock.happen(granted, Grant(self._take(wanted, who), -1))
            return granted
        for key in wanted:
            insort(pools[key].queue, request)
        if not by_others:
            for key in missing:
                pool = pools[key]
                pool.waiting += 1
                if pool.waiting > pool.peak:
                    pool.peak = pool.waiting
        return granted

    def take_for_others(self, key: Key, *, who: str) -> str | None:
        """A member that is free at once, for somebody who has nothing to do with the incident; else None."""
        pool = self._pools[key]
        if pool.queue or pool.held_back or not pool.free:
            return None
        pool.others_asked += 1
        member = pool.free.pop(0)
        pool.held[member] = (who, self._clock.now)
        return member

    def withdraw(self, request: Event) -> None:
        """Ask no more; nothing if it was granted."""
        for pool in self._pools.values():
            for entry in pool.queue:
                if entry.granted is request:
                    self._leave(entry)
                    for key in entry.wanted:
                        self._serve(self._pools[key], key, -1)
                    return

    def release(self, key: Key, members: Iterable[str], *, cause: int) -> None:
        """Members come free, or arrive for the first time, because of trace row ``cause``."""
        pool = self._pools[key]
        free, held = pool.free, pool.held
        now_s, arrived = self._clock.now, False
        for member in members:
            hold = held.pop(member, None)
            if hold is None:
                arrived = True
            else:
                pool.busy_s += now_s - hold[1]
            insort(free, member)
        if arrived or pool.invented:
            pool.members = max(pool.members, len(free) + len(held))
        if self._unlimited:
            pool.extra = pool.extra or bool(free)
        if pool.queue:
            self._serve(pool, key, cause)

    def use_up(self, key: Key, members: Iterable[str]) -> None:
        """Members that are held are gone for good."""
        for member in members:
            self._end_use(self._pools[key], member)

    def _end_use(self, pool: _Pool, member: str) -> None:
        if member in pool.held:
            pool.busy_s += self._clock.now - pool.held.pop(member)[1]

    def hold_back(self, key: Key) -> None:
        """Grant nothing of this pool until :meth:`resume` has been called as often."""
        self._pools[key].held_back += 1

    def resume(self, key: Key, *, cause: int) -> None:
        """Undo one :meth:`hold_back`."""
        self._pools[key].held_back -= 1
        self._serve(self._pools[key], key, cause)

    def held_back(self, key: Key) -> int:
        """How many calls of :meth:`hold_back` have not been undone."""
        return self._pools[key].held_back

    def holders(self, wanted: Mapping[Key, int]) -> tuple[str, ...]:
        """Who holds members of these pools now, sorted."""
        return tuple(sorted({who for key in wanted for who, _ in self._pools[key].held.values()}))

    def short_of(self, wanted: Mapping[Key, int]) -> dict[Key, int]:
        """Those of the pools wanted that have too few free now."""
        return {key: count for key, count in wanted.items() if self._too_few(self._pools[key], count)}

    def uses(self) -> dict[Key, Use]:
        """How every pool was used up to now, those still held and still waiting included."""
        now_s = self._clock.now
        found = {}
        for key, pool in sorted(self._pools.items()):
            held_s = sum(now_s - since_s for _, since_s in pool.held.values())
            still = [
                now_s - request.since_s
                for request in pool.queue
                if key in request.short and not request.by_others
            ]
            others_s = sum(now_s - request.since_s for request in pool.queue if request.by_others)
            found[key] = Use(
                pool.busy_s + held_s,
                pool.waited_s + sum(still),
                max([pool.longest_s, *still]),
                pool.asked,
                pool.peak,
                pool.members,
                pool.others_waited_s + others_s,
                pool.others_asked,
            )
        return found

    def _serve(self, pool: _Pool, key: Key, cause: int) -> None:
        """Grant what can be granted now that members of a pool came free."""
        queue, place = pool.queue, 0
        while place < len(queue):
            request = queue[place]
            wanted = request.wanted
            count = wanted[key]
            if (len(pool.free) < count and not pool.extra) or pool.held_back:
                return  # it keeps those behind it from this pool
            if place == 0 and len(wanted) == 1:
                del queue[0]
                self._end_wait(pool, request)
                members = {key: self._take_from(pool, key, count, request.who)}
            elif self._is_first(request):
                self._leave(request)
                members = self._take(wanted, request.who)
            else:
                place += 1
                continue
            self._clock.happen(request.granted, made(Grant, (members, cause)))

    def _is_first(self, request: _Request) -> bool:
        """Whether there is enough of every pool it wants, and nobody before it is short of one of them."""
        rank = request[:3]
        for key, count in request.wanted.items():
            pool = self._pools[key]
            if self._too_few(pool, count):
                return False
            for earlier in pool.queue:
                if earlier[:3] >= rank:
                    break
                if self._too_few(pool, earlier.wanted[key]):
                    return False
        return True

    def _leave(self, request: _Request) -> None:
        for key in request.wanted:
            self._pools[key].queue.remove(request)
        for key in request.short:
            self._end_wait(self._pools[key], request)

    def _end_wait(self, pool: _Pool, request: _Request) -> None:
        waited_s = self._clock.now - request.since_s
        if request.by_others:
            pool.others_waited_s += waited_s
            return
        pool.waiting -= 1
        pool.waited_s += waited_s
        if waited_s > pool.longest_s:
            pool.longest_s = waited_s

    def _too_few(self, pool: _Pool, count: int) -> bool:
        return bool(pool.held_back) or (len(pool.free) < count and not pool.extra)

    def _take(self, wanted: Mapping[Key, int], who: str) -> dict[Key, tuple[str, ...]]:
        taken = {}
        for key, count in wanted.items():
            taken[key] = self._take_from(self._pools[key], key, count, who)
        return taken

    def _take_from(self, pool: _Pool, key: Key, count: int, who: str) -> tuple[str, ...]:
        free, hold = pool.free, (who, self._clock.now)
        if count == 1 and free:
            member = free.pop(0)
            pool.held[member] = hold
            return (member,)
        while len(free) < count:
            pool.invented += 1
            free.append(f"{key[1]}+{pool.invented}")
        taken = tuple(free[:count])
        del free[:count]
        pool.held.update(dict.fromkeys(taken, hold))
        return taken
