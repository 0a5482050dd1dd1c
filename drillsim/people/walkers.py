"""Walkers off the beaten track: setting out, turning in mid-walk, leaving a queue, standing still.

The kernel in ``crowd.py`` moves people from port to port; what happens seldom is here.
"""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from collections.abc import Mapping
from heapq import heapify, heappush
from math import inf
from operator import itemgetter
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.facility.spec import SpeedLaw
from drillsim.people.heading import Heading
from drillsim.people.movement import speed_table_m_s, walking_constant_m_s
from drillsim.people.network import (
    GOAL,
    PENALTY_M,
    TIED,
    UNKNOWN,
    Destination,
    Hop,
    Network,
    SpeedTables,
    Way,
    nearest,
)
from drillsim.people.smoke_speed import speed_in_smoke_m_s
from drillsim.trace.log import CrowdLog

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.people.population import Population

__all__ = ["ARRIVED", "HELD", "MOVING", "REMOVED", "STUCK", "WAITING", "Note", "Walkers", "swapped"]

WAITING: Final = 0  # has not begun
MOVING: Final = 1  # walking, or queueing where ``due`` is negative
ARRIVED: Final = 2
HELD: Final = 3
STUCK: Final = 4
REMOVED: Final = 5

_LIMITED_SLOTS: Final = 10**8  # spaces with more slots never fill and never slow anybody
_MOST_DETOURS: Final = 8  # times a person passes by the nearest way for another
_NO_HOPS: Final[list[Hop]] = []  # of who has no destination yet


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


class Walkers:
    """State of all walkers, queues and spaces of one run. Persons are the tokens of the population."""

    def __init__(
        self,
        facility: Facility,
        population: Population,
        *,
        record: bool = True,
        log: CrowdLog | None = None,
        law: SpeedLaw | None = None,
    ) -> None:
        count, links, spaces = len(population.heads), len(facility.links), len(facility.spaces)
        self.now_s = 0.0
        self.last_s = 0.0  # when the last event took place
        self.seen_person = -1  # who made the last event that somebody watched
        self.facility = facility
        self.log = log if log is not None else CrowdLog()
        self.notes: list[Note] = []
        self.occupancy = [0] * spaces
        for place, heads in zip(population.place, population.heads, strict=True):
            self.occupancy[place] += heads
        self._record = record
        self._population = population
        self._slots = list(facility.slots)
        self._speeds = self._speed_tables(law or facility.spec.movement.law)
        self._network = Network(facility, self._speeds)
        self._count = count
        self._heads, self._rank = population.heads, population.rank
        # Own speeds by climb: level, up, and -1 (down) as the last.
        self._pace_m_s = (population.speed_m_s, population.up_m_s, population.down_m_s)
        self._hops = [_NO_HOPS] * count  # of each person's destination
        self._state = [WAITING] * count
        self._came = [-1 - place for place in population.place]  # port entered by, or -1 - space: its centre
        self._port = [-1] * count  # port walked to
        self._entry_s = [0.0] * count  # when this leg began
        self._due_s = [-1.0] * count  # when it ends at the port; -1 while not walking
        self._asked_s = [0.0] * count  # when the person joined the queue
        self._arrived_s: list[float | None] = [None] * count
        self._spots: dict[int, _Spot] = {}
        self._goal: list[Destination | None] = [None] * count
        self._orders: dict[int, tuple[float, Destination]] = {}
        # What never changes of a port: link, space left, space entered, headway, queue, queue across.
        self._queues: list[deque[int]] = [deque() for _ in facility.port_from]
        self._doors: list[tuple[int, int, int, float, deque[int], deque[int]]] = [
            (port >> 1, facility.port_from[port], facility.port_to[port], 1.0 / capacity, queue, across)
            for port, (capacity, queue, across) in enumerate(
                zip(facility.port_capacity_p_s.tolist(), self._queues, swapped(self._queues), strict=True)
            )
        ]
        self._contested_s = _contested_headways_s(facility)  # by port, while people wait on both sides
        self._merge_weight = _merge_weights(facility)  # by port; None: who has waited longest goes first
        self._merge_tag = [0.0] * len(self._doors)  # fair queueing: when the port's turn is over
        self._space_tag = [0.0] * spaces  # tag of the stream that entered last
        self._passed = [0] * len(self._doors)  # heads, counted while somebody follows others
        self._following = False
        self._caps: dict[int, tuple[int, float]] = {}  # port walked to in smoke, and speed the crowd allows
        self._bound_for: dict[int, Heading] = {}  # who looks for the least crowded way, by port taken
        self._detours: dict[int, int] = {}  # how often a person has passed by the nearest way
        self._busy_s = [-1.0] * links  # until when; inf while a service is pending
        self._lines: list[list[int]] = [
            [] for _ in range(spaces)
        ]  # ports whose head waits for a slot in the space
        self._watched = [0] * spaces  # watches on the space
        self._grouped = max(population.heads, default=1) > 1
        # (time, rank, code): a person's arrival at a port; person count + link: a service; beyond: a start.
        # What is due before ``_soon_s`` is in the heap, the rest by the second: a small heap fits the caches.
        self._heap: list[tuple[float, float, int]] = []
        self._soon_s = 0.0
        self._later: defaultdict[float, list[tuple[float, float, int]]] = defaultdict(list)
        self._new_starts = array("d")  # time, rank, code of each in turn

    def _speed_tables(self, law: SpeedLaw) -> list[SpeedTables]:
        """Per space the tables (level, up, down) of the fastest walk by heads; equal ones are shared."""
        facility, heads = self.facility, self._population.heads
        largest, total = max(heads, default=1), sum(heads)
        unlimited = [inf] * (total + 1)
        made: dict[tuple[float, float, int, int], list[float]] = {}

        def table(space: int, k_m_s: float, climb: int) -> list[float]:
            area_m2 = float(facility.area_m2[space])
            most = max(min(self._slots[space], total), self.occupancy[space], largest)
            key = (k_m_s, area_m2, most, climb)
            if key not in made:
                made[key] = speed_table_m_s(facility, space, heads=most, law=law, climb=climb)
            return made[key]

        found: list[SpeedTables] = []
        for space, slots in enumerate(self._slots):
            if slots > _LIMITED_SLOTS or law == "assigned":
                found.append((unlimited, unlimited, unlimited))
                continue
            k_m_s = walking_constant_m_s(facility, space)
            if facility.kind[space] == "stair":
                found.append((table(space, k_m_s, 0), table(space, k_m_s, 1), table(space, k_m_s, -1)))
            else:
                found.append((table(space, k_m_s, 0),) * 3)
        return found

    # -- turns off the beaten track -------------------------------------------------------------------

    def _enter(self, person: int, port: int, now_s: float) -> bool:
        """Go on after a port whose next step was not plain. True if somebody watches the arrival."""
        self._came[person] = port
        self._due_s[person] = -1.0
        space = self.facility.port_to[port]
        hop = self._next_hop(person, port, space)
        if hop[0] >= 0:
            self._depart(person, space, hop, now_s)
            return False
        self._entry_s[person] = now_s
        if hop[0] == GOAL:
            self._state[person] = ARRIVED
            self._arrived_s[person] = now_s
            return self._watched[space] > 0
        return self._plan(person, now_s)

    def _next_hop(self, person: int, came: int, space: int) -> Hop:
        goal = self._goal[person]
        assert goal is not None
        hop = goal.hops[came]
        if hop[0] == UNKNOWN:
            hop = self._network.hop(goal, came)
        if hop[0] == TIED:
            way = self._pick(person, goal, goal.ties[came], space)
            hop = self._network.step(way, space, came >> 1 if came >= 0 else -1)
        return hop

    def _pick(self, person: int, goal: Destination, ways: list[Way], space: int) -> Way:
        """The way the person's route takes of several: nearest, least crowded, or the way of most others.

        People see the queues in their own space only, and misjudge each by up to a half. Who has passed by
        the nearest way often enough takes it from then on, so nobody walks in circles.
        """
        luck = self._population.route[person]
        shortest = nearest(ways)
        if goal.route == "nearest" or self._detours.get(person, 0) >= _MOST_DETOURS:
            return self._network.choose(shortest, space, luck)
        if goal.route == "follow":
            trail = [self._passed[way.port] + len(self._queues[way.port]) for way in ways]
            most = max(trail)
            liked = (
                [way for way, heads in zip(ways, trail, strict=True) if heads == most] if most else shortest
            )
        else:
            seconds = [self._expected_s(person, way, luck) for way in ways]
            soonest = min(seconds) * (1.0 + 1e-9)
            liked = [way for way, wait_s in zip(ways, seconds, strict=True) if wait_s <= soonest]
        way = self._network.choose(liked, space, luck)
        if goal.route == "least-crowded":
            self._bound_for[way.port].add(person)
        if way not in shortest:
            self._detours[person] = self._detours.get(person, 0) + 1
        return way

    def _expected_s(self, person: int, way: Way, luck: float) -> float:
        """What the person expects a way to take: the walk, and who queues at or heads for its port, s."""
        _, _, _, headway_s, queue, _ = self._doors[way.port]
        ahead = self._bound_for.setdefault(way.port, Heading(self._heads)).look(
            lambda other: self._port[other] == way.port and self._state[other] == MOVING
        )
        waiting = max(sum(self._heads[other] for other in queue), ahead)
        wait_s = self._network.misjudgement(way.port, luck) * waiting * headway_s
        return way.total_m / self._pace_m_s[0][person] + wait_s

    def _depart(self, person: int, space: int, hop: Hop, now_s: float) -> None:
        """Begin a plain leg, from a link or the centre of a space."""
        port, length_m, climb, table = hop
        top = self._top(table, space)
        due_s = now_s + length_m / min(self._in_smoke(self._pace_m_s[climb][person], space), top)
        self._keep_cap(person, space, port, top)
        self._entry_s[person] = now_s
        self._port[person] = port
        self._push(person, due_s)

    def _top(self, table: list[float], space: int) -> float:
        """Fastest walk in a space now, m/s; a lift may have filled it beyond its table."""
        return table[min(self.occupancy[space], len(table) - 1)]

    def _in_smoke(self, speed_m_s: float, space: int) -> float:
        """An own speed under the smoke of a space, m/s."""
        per_m = self._network.extinction_per_m.get(space)
        if per_m is None:
            return speed_m_s
        movement = self.facility.spec.movement
        return speed_in_smoke_m_s(
            speed_m_s,
            extinction_per_m=per_m,
            law=movement.smoke_speed,
            visibility_constant=movement.visibility_constant,
        )

    def _set_out(self, person: int, now_s: float) -> bool:
        """Act on an order that has come due. True if somebody watches an arrival by it."""
        order = self._orders.get(person)
        if order is None or order[0] != now_s:
            return False
        del self._orders[person]
        goal = order[1]
        self._aim(person, goal)
        state, came = self._state[person], self._came[person]
        if state == HELD:
            return False
        if self._record and state in (WAITING, ARRIVED):
            self._note(person, self.space_of(person), now_s)
        if state == WAITING and came < 0 and person not in self._spots:
            hop = goal.hops[came]
            if hop[0] < 0:
                hop = self._next_hop(person, came, -1 - came)
            if hop[0] >= 0:
                self._state[person] = MOVING
                self._depart(person, -1 - came, hop, now_s)
                return False
        if state == ARRIVED:
            self._arrived_s[person] = None
            self._state[person] = WAITING
        return self._plan(person, now_s)

    def _note(self, person: int, space: int, now_s: float) -> None:
        """A row for who begins to move in a space, or is put into it."""
        log = self.log
        log.time_s.append(now_s)
        log.arrived_s.append(now_s)
        log.person.append(person)
        log.link.append(-1)
        log.space.append(space)

    def _own_speed(self, person: int) -> float:
        """Own speed of a walker on its leg, m/s."""
        climb = self._climb(self.space_of(person), self._leg(person)[0], self._port[person] >> 1)
        return self._pace_m_s[climb][person]

    def _keep_cap(self, person: int, space: int, port: int, top_m_s: float) -> None:
        """In smoke, remember what else holds a walker back, for when it clears."""
        if space in self._network.extinction_per_m:
            self._caps[person] = port, top_m_s
        else:
            self._caps.pop(person, None)

    def _leg_cap(self, person: int, pace_m_s: float) -> float:
        """Fastest walk that the crowd let a walker have when its leg began, m/s; inf if that did not bind."""
        port, cap_m_s = self._caps.get(person, (-1, 0.0))
        if port != self._port[person]:  # begun in clear air
            cap_m_s = pace_m_s if pace_m_s < self._own_speed(person) else inf
            self._caps[person] = self._port[person], cap_m_s
        return cap_m_s

    def _aim(self, person: int, goal: Destination) -> None:
        self._goal[person] = goal
        self._hops[person] = goal.hops

    def _replan(self) -> None:
        """The ways have changed: everybody on the way looks again."""
        now_s, network = self.now_s, self._network
        for person, state in enumerate(self._state):
            if state == STUCK:
                self._plan(person, now_s)
            elif state == MOVING:
                goal = self._goal[person]
                assert goal is not None
                port, came = self._port[person], self._came[person]
                if self._due_s[person] < 0.0:
                    # In a queue: stay unless its way is shut or leads where one should not go.
                    if network.distances(goal)[port] < PENALTY_M and port not in network.pointed_off:
                        continue
                elif not self._has_spot(person):
                    hop = goal.hops[came] if goal.hops[came][0] != UNKNOWN else network.hop(goal, came)
                    if hop[0] == port:
                        continue
                self._plan(person, now_s)

    def _plan(self, person: int, now_s: float) -> bool:
        """Take the best way from where the person is now. True if it arrives so and somebody watches."""
        space, goal = self.space_of(person), self._goal[person]
        assert goal is not None
        marks = self._marks(person, now_s)
        ways: list[Way] = []
        while True:
            if space in goal.goals:
                if goal.onward is None:
                    return self._arrive(person, now_s)
            else:
                ways = self._network.ways(goal, space, marks)
                if goal.onward is None or (ways and ways[0].total_m < PENALTY_M):
                    break
                self.notes.append(Note(now_s, person, "via"))
            goal = goal.onward
            self._aim(person, goal)
        if not ways:
            self._stand(person, STUCK, now_s)
        elif not self._keeps_way(person, ways):
            self._walk(person, marks, self._pick(person, goal, ways, space), now_s)
        return False

    def _keeps_way(self, person: int, ways: list[Way]) -> bool:
        if self._state[person] != MOVING or self._port[person] not in [way.port for way in ways]:
            return False
        return self._due_s[person] >= 0.0 or self._is_queueing(person)

    def _walk(self, person: int, marks: Mapping[int, float], way: Way, now_s: float) -> None:
        """Begin a leg in mid-space; who walks already keeps its speed."""
        space = self.space_of(person)
        climb = self._climb(space, marks, way.port >> 1)
        speed = self._pace(person)
        if (
            speed is not None
            and climb
            and climb != self._climb(space, self._leg(person)[0], self._port[person] >> 1)
        ):
            speed = None  # who turns on a stair climbs at another speed
        if self._is_queueing(person):
            self._leave_queue(person, now_s)
        if speed is None:
            top = self._top(self._speeds[space][climb], space)
            speed = min(self._in_smoke(self._pace_m_s[climb][person], space), top)
            self._keep_cap(person, space, way.port, top)
        elif self._caps.get(person, (-1, inf))[0] == self._port[person]:
            self._caps[person] = way.port, self._caps[person][1]
        self._state[person] = MOVING
        self._port[person] = way.port
        self._entry_s[person] = now_s
        self._spots[person] = _Spot(self._came[person], now_s, marks, way.walk_m)
        self._push(person, now_s + way.walk_m / speed)

    def _climb(self, space: int, marks: Mapping[int, float], link: int) -> int:
        """Whether a walk from a spot (metres to links) to a link climbs a stair: 1 up, -1 down, 0 neither."""
        ends, row = self.facility.stair_ends[space], self.facility.link_row[space]
        near = sorted(marks.items(), key=itemgetter(1))[:2]
        if not ends or len(near) < 2:
            return self.facility.climb(space, near[0][0], link)
        (one, to_one_m), (other, to_other_m) = near
        at_one, at_other, span_m = ends[row[one]], ends[row[other]], to_one_m + to_other_m
        here = at_one if span_m == 0.0 else at_one + (at_other - at_one) * to_one_m / span_m
        return 1 if ends[row[link]] > here else -1

    def _push(self, person: int, due_s: float) -> None:
        self._due_s[person] = due_s
        self._schedule(due_s, self._rank[person], person)

    def _line_up(self) -> None:
        """Put new starts among the events."""
        flat, self._new_starts = self._new_starts, array("d")
        for time_s, rank, code in zip(flat[0::3], flat[1::3], map(int, flat[2::3]), strict=True):
            self._schedule(time_s, rank, code)

    def _schedule(self, time_s: float, rank: float, code: int) -> None:
        """Put an event on the list: a person's arrival, a service or a start (see ``_heap``)."""
        if time_s < self._soon_s:
            heappush(self._heap, (time_s, rank, code))
        else:
            self._later[time_s // 1.0].append((time_s, rank, code))

    def _come_near(self) -> bool:
        """Make a heap, which is empty now, of the events of the next second that has any."""
        if not self._later:
            return False
        second_s = min(self._later)
        self._heap += self._later.pop(second_s)
        heapify(self._heap)
        self._soon_s = second_s + 1.0
        return True

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
        self._stand(person, ARRIVED, now_s)
        self._arrived_s[person] = now_s
        return self._watched[self.space_of(person)] > 0

    def _leave_queue(self, person: int, now_s: float) -> None:
        port = self._port[person]
        queue, beyond = self._doors[port][4], self._doors[port][2]
        queue.remove(person)
        if port in self._lines[beyond]:
            if not queue:
                self._lines[beyond].remove(port)
            self._knock(beyond, now_s)  # whoever stood behind, here or at another port, may fit

    def _knock(self, space: int, now_s: float) -> None:
        """Let all who wait for a slot in a space try again now, in turn."""
        ports = sorted(self._lines[space], key=self._turn)
        self._lines[space].clear()
        for turn, port in enumerate(ports):
            link = port >> 1
            if self._busy_s[link] < inf:
                time_s = max(self._busy_s[link], now_s)
                self._busy_s[link] = inf
                self._schedule(time_s, turn - 1e9, self._count + link)

    def _turn(self, port: int) -> tuple[float, float, float]:
        """Who waits for a slot goes in this order: by share of its stream, then who has waited longest."""
        head = self._doors[port][4][0]
        return self._tag(port), self._asked_s[head], self._rank[head]

    def _tag(self, port: int) -> float:
        """How much a stream has had of the space it leads into; 0 where nobody counts it."""
        if self._merge_weight is None:
            return 0.0
        return max(self._space_tag[self._doors[port][2]], self._merge_tag[port])

    # -- where people are -----------------------------------------------------------------------------

    def space_of(self, person: int) -> int:
        """Space the person is in; -1 once removed."""
        if self._state[person] == REMOVED:
            return -1
        came = self._came[person]
        return self.facility.port_to[came] if came >= 0 else -1 - came

    def _is_queueing(self, person: int) -> bool:
        if self._state[person] != MOVING or self._due_s[person] >= 0.0:
            return False
        return self.facility.port_from[self._port[person]] == self.space_of(person)  # else it has just passed

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
        if self._state[person] != MOVING:
            return {link: 0.0}, 0.0
        return {link: 0.0}, self.facility.walk_m(self.space_of(person), link, self._port[person] >> 1)

    def _marks(self, person: int, now_s: float) -> Mapping[int, float]:
        """Where the person is: metres to some links of its space, back or on along its leg."""
        marks, length_m = self._leg(person)
        if self._is_queueing(person):
            return {self._port[person] >> 1: 0.0}
        if self._state[person] != MOVING or self._due_s[person] < 0.0:
            return marks
        span_s = self._due_s[person] - self._entry_s[person]
        share = min(1.0, max(0.0, (now_s - self._entry_s[person]) / span_s)) if span_s > 0.0 else 0.0
        found = {mark: metres + share * length_m for mark, metres in marks.items()}
        ahead, left_m = self._port[person] >> 1, (1.0 - share) * length_m
        found[ahead] = min(found.get(ahead, inf), left_m)
        return found

    def _pace(self, person: int) -> float | None:
        """Speed of a walker on its leg, m/s; ``None`` for who does not walk or has no way to go."""
        if self._state[person] != MOVING or self._due_s[person] <= self._entry_s[person]:
            return None
        return self._leg(person)[1] / (self._due_s[person] - self._entry_s[person])

    def _walkers_in(self, space: int) -> list[int]:
        return [
            person
            for person, state in enumerate(self._state)
            if state == MOVING and self._due_s[person] >= 0.0 and self.space_of(person) == space
        ]


def swapped(queues: list[deque[int]]) -> list[deque[int]]:
    """The queue on the other side of each port's link."""
    return [queues[port ^ 1] for port in range(len(queues))]


def _contested_headways_s(facility: Facility) -> list[float]:
    """Headway of each port while people wait on both sides of its link, s."""
    movement = facility.spec.movement
    shares = [
        movement.counterflow_stair
        if any(facility.kind[space] == "stair" for space in ends) and link.kind == "opening"
        else movement.counterflow_level
        for ends, link in zip(facility.link_spaces.tolist(), facility.link_spec, strict=True)
    ]
    capacities = facility.port_capacity_p_s.tolist()
    return [1.0 / (shares[port >> 1] * capacity) for port, capacity in enumerate(capacities)]


def _merge_weights(facility: Facility) -> list[float] | None:
    """Share of each port's stream where it merges into a full space; ``None``: first come first."""
    merging = facility.spec.movement.merging
    if merging == "first-come":
        return None
    if merging == "equal":
        return [1.0] * (2 * len(facility.links))
    if merging == "by-width":
        return facility.link_width_m.repeat(2).tolist()
    return [link.merge_weight for link in facility.link_spec for _ in range(2)]
