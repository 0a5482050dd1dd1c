"""People on the facility: walking, queueing, spill-back, and reaction in mid-walk. An event list of its own.

A link passes the next person at max(arrival, previous passage + 1/C, a slot free beyond), then is busy for
1/C. At one passage: take the slot beyond; leave the old space; fix the walking speed from the occupancy
then; hand the old slot to who has waited longest; serve the next in the queue. Equal times: by the
person's rank. Both directions of a link share its one server. compiled_loop.py takes the same steps compiled:
whoever changes one changes both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from heapq import heappop, heappush
from math import inf, nextafter
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.facility.spec import SpeedLaw
from drillsim.people.network import GOAL, Route
from drillsim.people.walkers import ARRIVED, HELD, REMOVED, STUCK, WAITING, Note, Walkers
from drillsim.trace.log import CrowdLog

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.people.population import Population

__all__ = ["Crowd", "Note", "Standstill"]

_STATES: Final = ("waiting", "walking", "arrived", "held", "stuck", "removed")


class Standstill(NamedTuple):
    """A full space whose people can never move on."""

    place: str
    heads: int  # waiting in it to get on


class Crowd(Walkers):
    """All walkers of one run. Persons are the tokens of the population, by number."""

    def __init__(
        self,
        facility: Facility,
        population: Population,
        *,
        record: bool = True,
        log: CrowdLog | None = None,
        law: SpeedLaw | None = None,
    ) -> None:
        super().__init__(facility, population, record=record, log=log, law=law)
        self._watches: dict[int, tuple[int, ...]] = {}
        self._watch_count = 0

    # -- orders ---------------------------------------------------------------------------------------

    def start(
        self,
        person: int,
        time_s: float,
        *,
        goals: Collection[int],
        via: Collection[int] = (),
        route: Route = "nearest",
    ) -> None:
        """From ``time_s`` on the person walks to the nearest goal space, first through one of ``via`` if any.

        ``route`` says how it picks among ways: nearest, least crowded as it sees it, or as most others.
        A new call replaces an older one, also in mid-walk. Whoever is held keeps the order for later. If no
        space of ``via`` can be reached without entering what is to be avoided, the nearest goal is taken and
        noted. Raises ``ValueError`` for a time gone by, no goal, or a person who was removed.
        """
        if not self.now_s <= time_s < inf:
            raise ValueError(f"a start at {time_s} s; it is {self.now_s} s already")
        if self._state[person] == REMOVED:
            raise ValueError(f"person {person} was removed")
        self._orders[person] = (time_s, self._network.destination(goals, via, route=route))
        self._following = self._following or route == "follow"
        # Ranks of starts lie below those of passages: decisions come first.
        code = self._count + len(self._busy_s) + person
        self._new_starts.extend((time_s, self._rank[person] - 1.0, code))

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

    def set_guides(self, ports: Collection[int]) -> None:
        """Replace the ports that staff point away from, now; people take one only if no other way is open."""
        if self._network.set_guides(frozenset(ports)):
            self._replan()

    def set_extinction(self, space: int, per_m: float) -> None:
        """Extinction coefficient of the smoke in a space from now on, 1/m; walkers change their pace.

        Raises ``ValueError`` unless it is finite and not negative.
        """
        if not 0.0 <= per_m < inf:
            raise ValueError(f"an extinction of {per_m} /m; it must be finite and not negative")
        walking = [(person, self._pace(person)) for person in self._walkers_in(space)]
        legs = [(person, pace, self._leg_cap(person, pace)) for person, pace in walking if pace]
        if not self._network.set_extinction(space, per_m):
            return
        now_s = self.now_s
        for person, pace_m_s, cap_m_s in legs:
            stretch = pace_m_s / min(self._in_smoke(self._own_speed(person), space), cap_m_s)
            spot = self._spots.get(person)
            entry_s = now_s - (now_s - self._entry_s[person]) * stretch
            if spot and spot.entry_s == self._entry_s[person]:
                self._spots[person] = spot._replace(entry_s=entry_s)
            self._entry_s[person] = entry_s
            self._push(person, now_s + (self._due_s[person] - now_s) * stretch)

    def transfer(self, person: int, space: int) -> None:
        """Put the person at the centre of a space now (a lift), without orders, even if it is full.

        Raises ``ValueError`` for a person who was removed.
        """
        if self._state[person] == REMOVED:
            raise ValueError(f"person {person} was removed")
        heads, before = self._heads[person], self.space_of(person)
        self._stand(person, WAITING, self.now_s)
        self._spots.pop(person)
        self._orders.pop(person, None)
        self._came[person] = -1 - space
        self.occupancy[before] -= heads
        self.occupancy[space] += heads
        if self._record:
            self._note(person, space, self.now_s)
        self._knock(before, self.now_s)

    def hold(self, person: int) -> None:
        """The person stays where it is from now on and keeps its slot, until ``release``."""
        if self._state[person] in (HELD, REMOVED):
            return
        self._stand(person, HELD, self.now_s)

    def release(self, person: int) -> None:
        """A held person goes on, to its last destination if it has one."""
        if self._state[person] != HELD:
            return
        self._state[person] = WAITING
        if self._arrived_s[person] is not None:
            self._state[person] = ARRIVED
        elif self._goal[person] is not None:
            self._plan(person, self.now_s)

    def remove(self, person: int) -> None:
        """The person is carried out of the facility now and frees its slot."""
        if self._state[person] == REMOVED:
            return
        space = self.space_of(person)
        self._stand(person, REMOVED, self.now_s)
        self._orders.pop(person, None)
        self.occupancy[space] -= self._heads[person]
        self._knock(space, self.now_s)

    # -- questions ------------------------------------------------------------------------------------

    def next_time(self) -> float:
        """Time of the next event, s; inf if nothing is pending."""
        if self._new_starts:
            self._line_up()
        heap = self._heap
        while heap or self._come_near():
            if self._is_pending(heap[0][0], heap[0][2]):
                return heap[0][0]
            heappop(heap)
        return inf

    def _is_pending(self, time_s: float, code: int) -> bool:
        """Whether an event of the list still has something to do; a link nobody waits at becomes free."""
        count, first_start = self._count, self._count + len(self._busy_s)
        if code < count:
            return self._due_s[code] == time_s
        if code >= first_start:
            return self._orders.get(code - first_start, (-1.0,))[0] == time_s
        link = code - count
        if self._queues[2 * link] or self._queues[2 * link + 1]:
            return True
        self._busy_s[link] = time_s
        return False

    def state_of(self, person: int) -> str:
        """One of waiting, walking, queueing, arrived, held, stuck, removed."""
        return "queueing" if self._is_queueing(person) else _STATES[self._state[person]]

    def has_arrived(self, person: int) -> bool:
        """Whether the person is at the goal of its last order."""
        return self._state[person] == ARRIVED

    def arrived_s(self, person: int) -> float | None:
        """When the person reached the goal of its last order, s; ``None`` while it has not."""
        return self._arrived_s[person]

    def queue_of(self, link: int) -> int:
        """Heads waiting at a link, both directions."""
        return sum(
            self._heads[person] for port in (2 * link, 2 * link + 1) for person in self._doors[port][4]
        )

    def stuck(self) -> list[tuple[int, int]]:
        """Persons who have a goal and no way to it, each with its space."""
        return [(p, self.space_of(p)) for p, state in enumerate(self._state) if state == STUCK]

    def standstill(self) -> list[Standstill]:
        """Full spaces that wait for one another in a circle, if nothing is pending; else an empty list.

        Without a circle (a space full of people who stay): the spaces that wait, and that space at the end.
        """
        if self.next_time() < inf:
            return []
        waits: dict[int, list[int]] = {}
        heads = dict.fromkeys(range(len(self._slots)), 0)
        for _, space, beyond, _, queue, _ in self._doors:
            if queue:
                waits.setdefault(space, []).append(beyond)
                heads[space] += sum(self._heads[person] for person in queue)
        circles = [space for space in waits if space in _reached(waits, space)]
        involved = circles or sorted({*waits, *(beyond for line in waits.values() for beyond in line)})
        return [Standstill(self.facility.spaces[space], heads[space]) for space in involved]

    def watch(self, spaces: Collection[int]) -> int:
        """Let ``advance`` stop after an event in which somebody leaves or arrives in these spaces."""
        self._watch_count += 1
        self._watches[self._watch_count] = tuple(spaces)
        for space in self._watches[self._watch_count]:
            self._watched[space] += 1
        return self._watch_count

    def unwatch(self, watch: int) -> None:
        """End a watch. Raises ``KeyError`` if there is none of that number."""
        for space in self._watches.pop(watch):
            self._watched[space] -= 1

    # -- the kernel -----------------------------------------------------------------------------------

    def advance(self, until_s: float, *, inclusive: bool = False) -> float | None:
        """Process events earlier than ``until_s`` (or at it, if ``inclusive``) and set the clock to it.

        Stops right after the first event that somebody watches and returns its time, else ``None``;
        ``seen_person`` then says whose event it was. With an infinite ``until_s`` the clock stays at the
        last event. Raises ``ValueError`` for a time gone by.
        """
        if not until_s >= self.now_s:
            raise ValueError(f"advance to {until_s} s; it is {self.now_s} s already")
        if self._new_starts:
            self._line_up()
        end_s = nextafter(until_s, inf) if inclusive else until_s
        heap, doors, came, port, hops_of = self._heap, self._doors, self._came, self._port, self._hops
        party, ranks, pace = self._heads, self._rank, self._pace_m_s
        entry_s, due_s, asked_s = self._entry_s, self._due_s, self._asked_s
        occupancy, slots, lines = self.occupancy, self._slots, self._lines
        busy_s, queues, watched, grouped = self._busy_s, self._queues, self._watched, self._grouped
        watching = bool(self._watches)
        state, arrived_s = self._state, self._arrived_s
        count, first_start = self._count, self._count + len(self._busy_s)
        pop, push, never = heappop, heappush, inf
        later, soon_s = self._later, self._soon_s
        enter, first_in_line = self._enter, self._first_in_line
        contested_s, by_share = self._contested_s, self._merge_weight
        next_in_turn, take_turn = self._next_in_turn, self._take_turn
        following, passed = self._following, self._passed
        record, log = self._record, self.log
        note_time, note_asked, note_person = log.time_s.append, log.arrived_s.append, log.person.append
        note_link, note_space = log.link.append, log.space.append
        todo: list[int] = []  # more spaces that may have a slot to hand over, the latest last
        seen = False
        last_s = self.last_s
        t = self.now_s
        while heap or self._come_near():
            t, rank, code = heap[0]
            if t >= end_s:
                break
            if t >= soon_s:  # the next second has come near
                soon_s = self._soon_s
            pop(heap)
            if code < count:  # a person arrives at its port
                if due_s[code] != t:
                    continue
                last_s = t
                q = port[code]
                queue = queues[q]
                if queue:
                    asked_s[code] = t
                    due_s[code] = -1.0
                    queue.append(code)
                    continue
                person = code
                link, space, beyond, headway, _, _ = doors[q]
                free_s = busy_s[link]
                if free_s > t:
                    asked_s[person] = t
                    due_s[person] = -1.0
                    queue.append(person)
                    if free_s != never:
                        busy_s[link] = never
                        if free_s < soon_s:
                            push(heap, (free_s, rank, count + link))
                        else:
                            later[free_s // 1.0].append((free_s, rank, count + link))
                    continue
                heads = party[person]
                inside = occupancy[beyond] + heads
                if (inside > slots[beyond] or (grouped and lines[beyond])) and not first_in_line(
                    person, q, t
                ):
                    asked_s[person] = t
                    due_s[person] = -1.0
                    queue.append(person)
                    lines[beyond].append(q)
                    continue
                if by_share and lines[beyond]:
                    take_turn(q, heads)
                asked = t
                other = False
            elif code < first_start:  # a link serves
                last_s = t
                link = code - count
                busy_s[link] = t
                q = link + link
                _, space, beyond, headway, queue, across = doors[q]
                other = False
                if across:
                    other = q + 1 not in lines[space]
                    if queue:
                        headway = contested_s[q]
                    if queue and q not in lines[beyond]:
                        head, rival = queue[0], across[0]
                        if other and (asked_s[rival], ranks[rival]) < (asked_s[head], ranks[head]):
                            q += 1
                            queue, space, beyond, headway = across, beyond, space, contested_s[q]
                    elif other:
                        q += 1
                        headway = contested_s[q] if queue else doors[q][3]
                        queue, space, beyond = across, beyond, space
                        other = False
                    else:
                        continue
                elif not queue:
                    continue
                person = queue[0]
                heads, rank = party[person], ranks[person]
                inside = occupancy[beyond] + heads
                asked = asked_s[person]
                if (inside > slots[beyond] or (grouped and lines[beyond])) and not first_in_line(
                    person, q, asked
                ):
                    if q not in lines[beyond]:
                        lines[beyond].append(q)
                    if other:  # the other direction may still pass, at once
                        busy_s[link] = never
                        push(heap, (t, rank, code))
                    continue
                if by_share and lines[beyond]:
                    take_turn(q, heads)
                queue.popleft()
            else:  # a person sets out
                last_s = t
                seen = self._set_out(code - first_start, t)
                if seen:
                    self.seen_person = code - first_start
                    break
                continue
            lined = False  # the port is in the line of the space beyond
            while person >= 0:
                # Take the slot beyond, leave the old space, fix the walking speed.
                occupancy[beyond] = inside
                occupancy[space] -= heads
                if following:
                    passed[q] += heads
                onward, length, climb, table = hops_of[person][q]
                if onward >= 0:
                    speed, top = pace[climb][person], table[inside]
                    if speed > top:
                        speed = top
                    came[person] = q
                    port[person] = onward
                    entry_s[person] = t
                    due_s[person] = due = t + length / speed
                    if due < soon_s:
                        push(heap, (due, rank, person))
                    else:
                        later[due // 1.0].append((due, rank, person))
                elif onward == GOAL:
                    came[person] = q
                    entry_s[person] = arrived_s[person] = t
                    due_s[person] = -1.0
                    state[person] = ARRIVED
                    if watching and watched[beyond]:
                        seen, self.seen_person = True, person
                elif enter(person, q, t):
                    seen, self.seen_person = True, person
                if record:
                    note_time(t)
                    note_asked(asked)
                    note_person(person)
                    note_link(link)
                    note_space(beyond)
                # Busy for one headway a head; then the next in the queue, if there is a slot for it.
                busy_s[link] = free_s = t + headway if heads == 1 else t + headway * heads
                if queue and not (inside < slots[beyond] and inside + party[queue[0]] <= slots[beyond]):
                    if not lined:
                        lines[beyond].append(q)
                else:
                    if lined:
                        lines[beyond].remove(q)
                    if queue:
                        other = True
                if other:
                    busy_s[link] = never
                    if free_s < soon_s:
                        push(heap, (free_s, rank, count + link))
                    else:
                        later[free_s // 1.0].append((free_s, rank, count + link))
                if watching and watched[space]:
                    seen, self.seen_person = True, person
                # Hand the old slot to who has waited longest.
                beyond = space
                person = -1
                while True:
                    line = lines[beyond]
                    if line:
                        q = line[0]
                        if len(line) > 1 and by_share:
                            q = next_in_turn(beyond)
                        elif len(line) > 1:
                            asked, rank = never, 0.0
                            for candidate in line:
                                head = queues[candidate][0]
                                if asked_s[head] < asked or (asked_s[head] == asked and ranks[head] < rank):
                                    q, asked, rank = candidate, asked_s[head], ranks[head]
                        link, space, _, headway, queue, across = doors[q]
                        head = queue[0]
                        heads, rank = party[head], ranks[head]
                        if across:
                            headway = contested_s[q]
                        inside = occupancy[beyond] + heads
                        if inside <= slots[beyond] or not occupancy[beyond]:
                            free_s = busy_s[link]
                            if free_s <= t:
                                person = queue.popleft()
                                asked = asked_s[person]
                                if by_share:
                                    take_turn(q, heads)
                                lined = True
                                other = False
                                if grouped:  # one slot may free room for several, or for none
                                    todo.append(beyond)
                                break
                            line.remove(q)  # its link is still busy; it will try again
                            if free_s < never:
                                busy_s[link] = never
                                if free_s < soon_s:
                                    push(heap, (free_s, rank, count + link))
                                else:
                                    later[free_s // 1.0].append((free_s, rank, count + link))
                            continue
                    if not todo:
                        break
                    beyond = todo.pop()
            if seen:
                break
        self.last_s = last_s
        self.now_s = t if seen or until_s == inf else until_s
        return t if seen else None

    def _next_in_turn(self, space: int) -> int:
        """Port whose turn it is to enter a full space: streams by share (start-time fair queueing)."""
        return min(self._lines[space], key=self._turn)

    def _take_turn(self, port: int, heads: int) -> None:
        assert self._merge_weight is not None
        space = self._doors[port][2]
        tag = self._space_tag[space] = max(self._space_tag[space], self._merge_tag[port])
        self._merge_tag[port] = tag + heads / self._merge_weight[port]

    def _first_in_line(self, person: int, port: int, asked_s: float) -> bool:
        """Whether the head of a port fits into a space that others wait for, and it is its turn."""
        beyond = self._doors[port][2]
        heads = self._heads[person]
        if self.occupancy[beyond] + heads > self._slots[beyond] and self.occupancy[beyond]:
            return False
        turn = (self._tag(port), asked_s, self._rank[person])
        return all(turn < self._turn(other) for other in self._lines[beyond] if other != port)


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
