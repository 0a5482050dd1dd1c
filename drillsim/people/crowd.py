"""People on the facility: walking, queueing, spill-back, and reaction in mid-walk. An event list of its own.

A link passes the next person at max(arrival, previous passage + 1/C, a slot free beyond), then is busy for
1/C. At one passage: take the slot beyond; leave the old space; fix the walking speed from the occupancy
then; hand the old slot to who has waited longest; serve the next in the queue. Equal times: by the
person's rank. Both directions of a link share its one server.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Mapping
from heapq import heappop, heappush, heapreplace
from math import inf, nextafter
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.people.movement import SpeedLaw, speed_table_m_s
from drillsim.people.network import GOAL, PENALTY_M, TIED, UNKNOWN, Destination, Hop, Network
from drillsim.trace.log import CrowdLog

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.people.population import Population

__all__ = ["Crowd", "Note", "Standstill"]

_WAITING: Final = 0  # has not begun
_MOVING: Final = 1  # walking, or queueing where ``due`` is negative
_ARRIVED: Final = 2
_HELD: Final = 3
_STUCK: Final = 4
_REMOVED: Final = 5
_STATES: Final = ("waiting", "walking", "arrived", "held", "stuck", "removed")

_WATCHED: Final = 1 << 20  # what one watch adds to ``special`` of a space; each blocked port adds 1
_LIMITED_SLOTS: Final = 10**8  # spaces with more slots never fill and never slow anybody


class Standstill(NamedTuple):
    """A full space whose people can never move on."""

    place: str
    heads: int  # waiting in it to get on


class Note(NamedTuple):
    """Something a person could not do as told: ``via`` had no way, so the nearest goal was taken."""

    time_s: float
    person: int
    what: str


class _Spot(NamedTuple):
    """Where a leg that does not begin at a link began: metres to some links (-1: centre), and its length.

    It holds as long as the leg it was made for: ``came`` and ``entry_s`` are the person's.
    """

    came: int
    entry_s: float
    marks: Mapping[int, float]
    length_m: float


class Crowd:
    """All walkers of one run. Persons are the tokens of the population, by number."""

    def __init__(
        self,
        facility: Facility,
        population: Population,
        *,
        record: bool = True,
        log: CrowdLog | None = None,
        law: SpeedLaw = "sfpe",
    ) -> None:
        count, links, spaces = len(population.heads), len(facility.links), len(facility.spaces)
        self.now_s = 0.0
        self.facility = facility
        self.log = log if log is not None else CrowdLog()
        self.notes: list[Note] = []
        self.occupancy = [0] * spaces
        for place, heads in zip(population.place, population.heads, strict=True):
            self.occupancy[place] += heads
        self._record = record
        self._network = Network(facility)
        self._population = population
        self._count = count
        # What never changes of a person: heads, own speed, rank.
        self._who = list(zip(population.heads, population.speed_m_s, population.rank, strict=True))
        self._state = [_WAITING] * count
        self._came = [-1 - place for place in population.place]  # port entered by, or -1 - space: its centre
        self._port = [-1] * count  # port walked to
        self._entry_s = [0.0] * count  # when this leg began
        self._due_s = [-1.0] * count  # when it ends at the port; -1 while not walking
        self._asked_s = [0.0] * count  # when the person joined the queue
        self._arrived_s: list[float | None] = [None] * count
        self._spots: dict[int, _Spot] = {}
        self._goal: list[Destination | None] = [None] * count
        self._hops: list[list[Hop]] = [[]] * count  # of the person's destination
        self._orders: dict[int, tuple[float, Destination]] = {}
        # What never changes of a port: link, space left, space entered, headway, queue.
        self._doors: list[tuple[int, int, int, float, deque[int]]] = [
            (port >> 1, facility.port_from[port], facility.port_to[port], 1.0 / float(capacity), deque())
            for port, capacity in enumerate(facility.link_capacity_p_s.repeat(2))
        ]
        self._busy_s = [-1.0] * links  # until when; inf while a service is pending
        self._blocked = [False] * (2 * links)  # the head of the port's queue waits for a slot beyond
        self._lines: list[list[int]] = [[] for _ in range(spaces)]  # ports blocked by the space
        self._slots = list(facility.slots)
        self._limit = list(facility.slots)  # slots, or -1 while somebody waits for one
        self._special = [0] * spaces  # blocked ports + _WATCHED * watches
        self._speeds = self._speed_tables(law)
        self._watches: dict[int, tuple[int, ...]] = {}
        self._watch_count = 0
        # (time, rank, code): a person's arrival at a port; person count + link: a service; beyond: a start
        self._heap: list[tuple[float, float, int]] = []
        self._passages: list[float] = []  # rows of the log, flat, until the end of an advance

    def _speed_tables(self, law: SpeedLaw) -> list[list[float]]:
        total = sum(heads for heads, _, _ in self._who)
        unlimited = [inf] * (total + 1)
        return [
            unlimited
            if slots > _LIMITED_SLOTS
            else speed_table_m_s(
                self.facility, space, heads=max(min(slots, total), self.occupancy[space], 1), law=law
            )
            for space, slots in enumerate(self._slots)
        ]

    # -- orders ---------------------------------------------------------------------------------------

    def start(self, person: int, time_s: float, *, goals: Collection[int], via: Collection[int] = ()) -> None:
        """From ``time_s`` on the person walks to the nearest goal space, first through one of ``via`` if any.

        A new call replaces an older one, also in mid-walk. Whoever is held keeps the order for later. If no
        space of ``via`` can be reached without entering what is to be avoided, the nearest goal is taken and
        noted. Raises ``ValueError`` for a time gone by, no goal, or a person who was removed.
        """
        if not self.now_s <= time_s < inf:
            raise ValueError(f"a start at {time_s} s; it is {self.now_s} s already")
        if self._state[person] == _REMOVED:
            raise ValueError(f"person {person} was removed")
        self._orders[person] = (time_s, self._network.destination(goals, via))
        # Ranks of starts lie below those of passages: decisions come first.
        code = self._count + len(self._busy_s) + person
        heappush(self._heap, (time_s, self._who[person][2] - 1.0, code))

    def set_link(self, link: int, *, forward_open: bool, backward_open: bool) -> None:
        """Open or shut a link by direction, now. Walkers turn; queues leave a link that is shut."""
        if self._network.set_link(link, forward_open=forward_open, backward_open=backward_open):
            self._replan()

    def set_avoid(self, spaces: Collection[int], *, hard: bool) -> None:
        """Replace the spaces people keep out of, now.

        They enter one only if there is no other way, and not even then if ``hard`` (they stay, stuck). Those
        inside leave by the nearest way.
        """
        if self._network.set_avoid(frozenset(spaces), hard=hard):
            self._replan()

    def set_speed_factor(self, space: int, factor: float) -> None:
        """From now on walking in a space takes 1 / ``factor`` times as long, for those in it too.

        Raises ``ValueError`` unless the factor is above 0 and finite.
        """
        if not 0.0 < factor < inf:
            raise ValueError(f"a speed factor of {factor}; it must be above 0 and finite")
        stretch = 1.0 / factor / self._network.slowness[space]
        self._network.set_slowness(space, 1.0 / factor)
        now_s = self.now_s
        for person in self._walkers_in(space):
            spot = self._spots.get(person)
            entry_s = now_s - (now_s - self._entry_s[person]) * stretch
            if spot and spot.entry_s == self._entry_s[person]:
                self._spots[person] = spot._replace(entry_s=entry_s)
            self._entry_s[person] = entry_s
            self._push(person, now_s + (self._due_s[person] - now_s) * stretch)

    def hold(self, person: int) -> None:
        """The person stays where it is from now on and keeps its slot, until ``release``."""
        if self._state[person] in (_HELD, _REMOVED):
            return
        self._stand(person, _HELD, self.now_s)

    def release(self, person: int) -> None:
        """A held person goes on, to its last destination if it has one."""
        if self._state[person] != _HELD:
            return
        self._state[person] = _WAITING
        if self._goal[person] is not None:
            self._plan(person, self.now_s)

    def remove(self, person: int) -> None:
        """The person is carried out of the facility now and frees its slot."""
        if self._state[person] == _REMOVED:
            return
        space = self.space_of(person)
        self._stand(person, _REMOVED, self.now_s)
        self._orders.pop(person, None)
        self.occupancy[space] -= self._who[person][0]
        self._knock(space, self.now_s)

    # -- questions ------------------------------------------------------------------------------------

    def next_time(self) -> float:
        """Time of the next event, s; inf if nothing is pending."""
        heap, count, first_start = self._heap, self._count, self._count + len(self._busy_s)
        while heap:
            time_s, _, code = heap[0]
            if code < count:
                valid = self._due_s[code] == time_s
            elif code < first_start:
                link = 2 * (code - count)
                valid = bool(self._doors[link][4] or self._doors[link + 1][4])
                if not valid:
                    self._busy_s[code - count] = time_s
            else:
                valid = self._orders.get(code - first_start, (-1.0,))[0] == time_s
            if valid:
                return time_s
            heappop(heap)
        return inf

    def space_of(self, person: int) -> int:
        """Space the person is in; -1 once removed."""
        if self._state[person] == _REMOVED:
            return -1
        came = self._came[person]
        return self.facility.port_to[came] if came >= 0 else -1 - came

    def state_of(self, person: int) -> str:
        """One of waiting, walking, queueing, arrived, held, stuck, removed."""
        return "queueing" if self._is_queueing(person) else _STATES[self._state[person]]

    def has_arrived(self, person: int) -> bool:
        """Whether the person is at the goal of its last order."""
        return self._state[person] == _ARRIVED

    def arrived_s(self, person: int) -> float | None:
        """When the person reached the goal of its last order, s; ``None`` while it has not."""
        return self._arrived_s[person]

    def queue_of(self, link: int) -> int:
        """Heads waiting at a link, both directions."""
        return sum(
            self._who[person][0] for port in (2 * link, 2 * link + 1) for person in self._doors[port][4]
        )

    def stuck(self) -> list[tuple[int, int]]:
        """Persons who have a goal and no way to it, each with its space."""
        return [(p, self.space_of(p)) for p, state in enumerate(self._state) if state == _STUCK]

    def standstill(self) -> list[Standstill]:
        """Full spaces that wait for one another in a circle, if nothing is pending; else an empty list.

        Without a circle (a space full of people who stay): the spaces that wait, and that space at the end.
        """
        if self.next_time() < inf:
            return []
        waits: dict[int, list[int]] = {}
        heads = dict.fromkeys(range(len(self._slots)), 0)
        for _, space, beyond, _, queue in self._doors:
            if queue:
                waits.setdefault(space, []).append(beyond)
                heads[space] += sum(self._who[person][0] for person in queue)
        circles = [space for space in waits if space in _reached(waits, space)]
        involved = circles or sorted({*waits, *(beyond for line in waits.values() for beyond in line)})
        return [Standstill(self.facility.spaces[space], heads[space]) for space in involved]

    def watch(self, spaces: Collection[int]) -> int:
        """Let ``advance`` stop after an event in which somebody leaves or arrives in these spaces."""
        self._watch_count += 1
        self._watches[self._watch_count] = tuple(spaces)
        for space in self._watches[self._watch_count]:
            self._special[space] += _WATCHED
        return self._watch_count

    def unwatch(self, watch: int) -> None:
        """End a watch. Raises ``KeyError`` if there is none of that number."""
        for space in self._watches.pop(watch):
            self._special[space] -= _WATCHED

    # -- the kernel -----------------------------------------------------------------------------------

    def advance(self, until_s: float, *, inclusive: bool = False) -> float | None:
        """Process events earlier than ``until_s`` (or at it, if ``inclusive``) and set the clock to it.

        Stops right after the first event that somebody watches and returns its time, else ``None``. With an
        infinite ``until_s`` the clock stays at the last event. Raises ``ValueError`` for a time gone by.
        """
        if not until_s >= self.now_s:
            raise ValueError(f"advance to {until_s} s; it is {self.now_s} s already")
        end_s = nextafter(until_s, inf) if inclusive else until_s
        heap, who, doors, came, port = self._heap, self._who, self._doors, self._came, self._port
        entry_s, due_s, asked_s, hops = self._entry_s, self._due_s, self._asked_s, self._hops
        occupancy, slots, limit, speeds = self.occupancy, self._slots, self._limit, self._speeds
        busy_s, blocked, lines, special = self._busy_s, self._blocked, self._lines, self._special
        count, first_start = self._count, self._count + len(self._busy_s)
        pop, push, replace, never = heappop, heappush, heapreplace, inf
        enter, first_in_line = self._enter, self._first_in_line
        passages = self._passages if self._record else None
        todo: list[int] = []  # spaces with a slot to hand over, the latest last
        seen = False
        t = self.now_s
        while heap:
            now, rank, code = heap[0]
            if now >= end_s:
                break
            t = now
            if code < count:  # a person arrives at its port
                person = code
                if due_s[person] != t:
                    pop(heap)
                    continue
                q = port[person]
                link, space, beyond, headway, queue = doors[q]
                free_s = busy_s[link]
                if free_s > t or queue:
                    asked_s[person] = t
                    due_s[person] = -1.0
                    queue.append(person)
                    if free_s == never or blocked[q]:
                        pop(heap)
                    else:
                        busy_s[link] = never
                        replace(heap, (free_s, rank, count + link))
                    continue
                heads, speed, rank = who[person]
                inside = occupancy[beyond] + heads
                asked = t
                if inside > limit[beyond] and not (
                    occupancy[beyond] < slots[beyond] and first_in_line(person, q, t)
                ):
                    asked_s[person] = t
                    due_s[person] = -1.0
                    queue.append(person)
                    pop(heap)
                    blocked[q] = True
                    lines[beyond].append(q)
                    special[beyond] += 1
                    limit[beyond] = -1
                    continue
                other = False
            elif code < first_start:  # a link serves
                link = code - count
                busy_s[link] = t
                q = link + link
                queue = doors[q][4]
                across = doors[q + 1][4]
                other = bool(across) and not blocked[q + 1]
                if not queue or blocked[q]:
                    if not other:
                        pop(heap)
                        continue
                    q += 1
                    queue = across
                    other = False
                elif other and (asked_s[across[0]], who[across[0]][2]) < (
                    asked_s[queue[0]],
                    who[queue[0]][2],
                ):
                    q += 1
                    queue = across
                person = queue[0]
                _, space, beyond, headway, _ = doors[q]
                heads, speed, rank = who[person]
                inside = occupancy[beyond] + heads
                asked = asked_s[person]
                if inside > limit[beyond] and not (
                    occupancy[beyond] < slots[beyond] and first_in_line(person, q, asked)
                ):
                    if other:  # the other direction may still pass, at once
                        replace(heap, (t, rank, code))
                        busy_s[link] = never
                    else:
                        pop(heap)
                    blocked[q] = True
                    lines[beyond].append(q)
                    special[beyond] += 1
                    limit[beyond] = -1
                    continue
                queue.popleft()
            else:  # a person sets out
                pop(heap)
                seen = self._set_out(code - first_start, t)
                if seen:
                    break
                continue
            first = True  # the event itself still tops the heap
            while True:
                # Take the slot beyond, leave the old space, fix the walking speed.
                occupancy[beyond] = inside
                occupancy[space] -= heads
                onward, length = hops[person][q]
                if onward >= 0:
                    top = speeds[beyond][inside]
                    if speed > top:
                        speed = top
                    came[person] = q
                    port[person] = onward
                    entry_s[person] = t
                    due_s[person] = due = t + length / speed
                    if first:
                        replace(heap, (due, rank, person))
                        first = False
                    else:
                        push(heap, (due, rank, person))
                else:
                    if first:
                        pop(heap)
                        first = False
                    if enter(person, q, t):
                        seen = True
                if passages is not None:
                    passages += (t, asked, person, link, beyond)
                # Busy for one headway a head; then the next in the queue, if there is a slot for it.
                free_s = t + headway * heads
                if queue:
                    if occupancy[beyond] + who[queue[0]][0] <= slots[beyond]:
                        busy_s[link] = never
                        push(heap, (free_s, rank, count + link))
                    else:
                        busy_s[link] = free_s
                        blocked[q] = True
                        lines[beyond].append(q)
                        special[beyond] += 1
                        limit[beyond] = -1
                        if other:
                            busy_s[link] = never
                            push(heap, (free_s, rank, count + link))
                elif other:
                    busy_s[link] = never
                    push(heap, (free_s, rank, count + link))
                else:
                    busy_s[link] = free_s
                if special[space]:
                    if special[space] >= _WATCHED:
                        seen = True
                    if lines[space]:
                        todo.append(space)
                # Hand the old slot to who has waited longest.
                while todo:
                    beyond = todo[-1]
                    line = lines[beyond]
                    if not line:
                        todo.pop()
                        continue
                    q = line[0]
                    if len(line) > 1:
                        asked, rank = never, 0.0
                        for candidate in line:
                            head = doors[candidate][4][0]
                            if asked_s[head] < asked or (asked_s[head] == asked and who[head][2] < rank):
                                q, asked, rank = candidate, asked_s[head], who[head][2]
                    link, space, _, headway, queue = doors[q]
                    person = queue[0]
                    heads, speed, rank = who[person]
                    inside = occupancy[beyond] + heads
                    if inside > slots[beyond] and occupancy[beyond]:
                        todo.pop()
                        continue
                    blocked[q] = False
                    line.remove(q)
                    special[beyond] -= 1
                    if not line:
                        limit[beyond] = slots[beyond]
                    free_s = busy_s[link]
                    if free_s > t:
                        if free_s < never:
                            busy_s[link] = never
                            push(heap, (free_s, rank, count + link))
                        continue
                    queue.popleft()
                    asked = asked_s[person]
                    other = False
                    break
                else:
                    break
            if seen:
                break
        self.now_s = t if seen or until_s == inf else until_s
        if passages:
            self._write(passages)
        return t if seen else None

    def _write(self, passages: list[float]) -> None:
        """Move the rows buffered by the kernel into the columns of the log."""
        log = self.log
        log.time_s.extend(passages[0::5])
        log.arrived_s.extend(passages[1::5])
        log.person.extend(map(int, passages[2::5]))
        log.link.extend(map(int, passages[3::5]))
        log.space.extend(map(int, passages[4::5]))
        passages.clear()

    def _first_in_line(self, person: int, port: int, asked_s: float) -> bool:
        """Whether the head of a port fits into a space that others wait for, and has waited longest."""
        beyond = self._doors[port][2]
        heads, _, rank = self._who[person]
        if self.occupancy[beyond] + heads > self._slots[beyond] and self.occupancy[beyond]:
            return False
        return all((asked_s, rank) < self._seniority(other) for other in self._lines[beyond])

    def _seniority(self, port: int) -> tuple[float, float]:
        head = self._doors[port][4][0]
        return self._asked_s[head], self._who[head][2]

    # -- turns off the beaten track -------------------------------------------------------------------

    def _enter(self, person: int, port: int, now_s: float) -> bool:
        """Go on after a port whose next step was not plain. True if somebody watches the arrival."""
        self._came[person] = port
        self._entry_s[person] = now_s
        self._due_s[person] = -1.0
        space, goal = self.facility.port_to[port], self._goal[person]
        assert goal is not None
        hop = goal.hops[port]
        if hop[0] == UNKNOWN:
            hop = self._network.hop(goal, port)
        if hop[0] == GOAL and goal.onward is None:
            self._state[person] = _ARRIVED
            self._arrived_s[person] = now_s
            return self._special[space] >= _WATCHED
        if hop[0] == TIED:
            hop = self._network.choose(goal.ties[port], space, self._population.route[person])
        if hop[0] < 0:
            return self._plan(person, now_s)
        speed = min(self._who[person][1], self._speeds[space][self.occupancy[space]])
        self._port[person] = hop[0]
        self._push(person, now_s + hop[1] / speed)
        return False

    def _set_out(self, person: int, now_s: float) -> bool:
        """Act on an order that has come due. True if somebody watches an arrival by it."""
        order = self._orders.get(person)
        if order is None or order[0] != now_s:
            return False
        del self._orders[person]
        self._goal[person] = order[1]
        self._hops[person] = order[1].hops
        state = self._state[person]
        if state == _HELD:
            return False
        if state in (_WAITING, _ARRIVED) and self._record:
            self._passages += (now_s, now_s, person, -1, self.space_of(person))
        if state == _ARRIVED:
            self._arrived_s[person] = None
            self._state[person] = _WAITING
        return self._plan(person, now_s)

    def _replan(self) -> None:
        """The ways have changed: everybody on the way looks again."""
        now_s, network = self.now_s, self._network
        for person, state in enumerate(self._state):
            if state == _STUCK:
                self._plan(person, now_s)
            elif state == _MOVING:
                goal = self._goal[person]
                assert goal is not None
                port, came = self._port[person], self._came[person]
                if self._due_s[person] < 0.0:
                    # In a queue: stay unless its way is shut or leads where one should not go.
                    if network.distances(goal)[port] < PENALTY_M:
                        continue
                elif came >= 0 and not self._has_spot(person):
                    hop = goal.hops[came] if goal.hops[came][0] != UNKNOWN else network.hop(goal, came)
                    if hop[0] == port:
                        continue
                self._plan(person, now_s)

    def _plan(self, person: int, now_s: float) -> bool:
        """Take the best way from where the person is now. True if it arrives so and somebody watches."""
        space, goal = self.space_of(person), self._goal[person]
        assert goal is not None
        marks = self._marks(person, now_s)
        ways: list[Hop] = []
        while True:
            if space in goal.goals:
                if goal.onward is None:
                    return self._arrive(person, now_s)
            else:
                total, ways = self._network.ways(goal, space, marks)
                if goal.onward is None or total < PENALTY_M:
                    break
                self.notes.append(Note(now_s, person, "via"))
            goal = self._goal[person] = goal.onward
            self._hops[person] = goal.hops
        if not ways:
            self._stand(person, _STUCK, now_s)
        elif not self._keeps_way(person, ways):
            way = self._network.choose(ways, space, self._population.route[person])
            self._walk(person, marks, way, now_s)
        return False

    def _keeps_way(self, person: int, ways: list[Hop]) -> bool:
        if self._state[person] != _MOVING or self._port[person] not in [way for way, _ in ways]:
            return False
        return self._due_s[person] >= 0.0 or self._is_queueing(person)

    def _walk(self, person: int, marks: Mapping[int, float], way: Hop, now_s: float) -> None:
        """Begin a leg in mid-space; who walks already keeps its speed."""
        space = self.space_of(person)
        speed = self._pace(person)
        if self._is_queueing(person):
            self._leave_queue(person, now_s)
        if speed is None:
            top = self._speeds[space][self.occupancy[space]]
            speed = min(self._who[person][1], top) / self._network.slowness[space]
        self._state[person] = _MOVING
        self._port[person] = way[0]
        self._entry_s[person] = now_s
        self._spots[person] = _Spot(self._came[person], now_s, marks, way[1])
        self._push(person, now_s + way[1] / speed)

    def _push(self, person: int, due_s: float) -> None:
        self._due_s[person] = due_s
        heappush(self._heap, (due_s, self._who[person][2], person))

    def _stand(self, person: int, state: int, now_s: float) -> None:
        """Stop the person where it is, out of any queue."""
        marks = self._marks(person, now_s)
        if self._is_queueing(person):
            self._leave_queue(person, now_s)
        self._entry_s[person] = now_s
        self._spots[person] = _Spot(self._came[person], now_s, marks, 0.0)
        self._due_s[person] = -1.0
        self._state[person] = state

    def _arrive(self, person: int, now_s: float) -> bool:
        self._stand(person, _ARRIVED, now_s)
        self._arrived_s[person] = now_s
        return self._special[self.space_of(person)] >= _WATCHED

    def _leave_queue(self, person: int, now_s: float) -> None:
        port = self._port[person]
        queue, beyond = self._doors[port][4], self._doors[port][2]
        queue.remove(person)
        if self._blocked[port]:
            if queue:
                self._knock(beyond, now_s)
            else:
                self._unblock(port, beyond)

    def _unblock(self, port: int, beyond: int) -> None:
        self._blocked[port] = False
        self._lines[beyond].remove(port)
        self._special[beyond] -= 1
        if not self._lines[beyond]:
            self._limit[beyond] = self._slots[beyond]

    def _knock(self, space: int, now_s: float) -> None:
        """Let all who wait for a slot in a space try again now, who has waited longest first."""
        for turn, port in enumerate(sorted(self._lines[space], key=self._seniority)):
            self._unblock(port, space)
            link = port >> 1
            if self._busy_s[link] < inf:
                time_s = max(self._busy_s[link], now_s)
                self._busy_s[link] = inf
                heappush(self._heap, (time_s, turn - 1e9, self._count + link))

    # -- where people are -----------------------------------------------------------------------------

    def _is_queueing(self, person: int) -> bool:
        if self._state[person] != _MOVING or self._due_s[person] >= 0.0:
            return False
        return person in self._doors[self._port[person]][4]

    def _has_spot(self, person: int) -> bool:
        spot = self._spots.get(person)
        return spot is not None and (spot.came, spot.entry_s) == (self._came[person], self._entry_s[person])

    def _leg(self, person: int) -> tuple[Mapping[int, float], float]:
        """Where the person's leg began (metres to links) and how long it is, m."""
        if self._has_spot(person):
            spot = self._spots[person]
            return spot.marks, spot.length_m
        came = self._came[person]
        link = came >> 1 if came >= 0 else -1
        if self._state[person] != _MOVING:
            return {link: 0.0}, 0.0
        return {link: 0.0}, self.facility.walk_m(self.space_of(person), link, self._port[person] >> 1)

    def _marks(self, person: int, now_s: float) -> Mapping[int, float]:
        """Where the person is: metres to some links of its space, back or on along its leg."""
        marks, length_m = self._leg(person)
        if self._is_queueing(person):
            return {self._port[person] >> 1: 0.0}
        if self._state[person] != _MOVING or self._due_s[person] < 0.0:
            return marks
        span_s = self._due_s[person] - self._entry_s[person]
        share = min(1.0, max(0.0, (now_s - self._entry_s[person]) / span_s)) if span_s > 0.0 else 0.0
        found = {mark: metres + share * length_m for mark, metres in marks.items()}
        ahead, left_m = self._port[person] >> 1, (1.0 - share) * length_m
        found[ahead] = min(found.get(ahead, inf), left_m)
        return found

    def _pace(self, person: int) -> float | None:
        """Speed of a walker on its leg, m/s; ``None`` for who does not walk or has no way to go."""
        if self._state[person] != _MOVING or self._due_s[person] <= self._entry_s[person]:
            return None
        return self._leg(person)[1] / (self._due_s[person] - self._entry_s[person])

    def _walkers_in(self, space: int) -> list[int]:
        return [
            person
            for person, state in enumerate(self._state)
            if state == _MOVING and self._due_s[person] >= 0.0 and self.space_of(person) == space
        ]


def _reached(waits: Mapping[int, list[int]], start: int) -> set[int]:
    """Spaces that those in ``start`` wait for, directly or through others."""
    found: set[int] = set()
    todo = list(waits.get(start, ()))
    while todo:
        space = todo.pop()
        if space not in found:
            found.add(space)
            todo += waits.get(space, ())
    return found
