"""Lifts: held, or evacuation lifts that fetch people at their lobbies and let them out at the exit floor."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simpy.events import Event

from drillsim.facility.routes import foot_route

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from drillsim.facility.graph import Facility
    from drillsim.facility.spec import LiftSpec
    from drillsim.simulation.clock import Process
    from drillsim.simulation.roll import Roll

__all__ = ["Lifts"]


@dataclass(slots=True)
class _Lift:
    name: str
    spec: LiftSpec
    car: int  # the space of the car
    lobbies: tuple[int, ...]  # lowest first
    levels_m: tuple[float, ...]
    exit: int  # floor, by its place in ``lobbies``
    floor: int  # where the car is
    running: bool
    called: Event | None = None
    heading: set[int] = field(default_factory=set)  # on the way to a lobby
    waiting: dict[int, None] = field(default_factory=dict)  # at a lobby, in the order they came

    @classmethod
    def of(cls, name: str, spec: LiftSpec, facility: Facility) -> _Lift:
        lobbies = tuple(facility.space_index[floor] for floor in spec.floors)
        leaves_at = spec.floors.index(spec.exit_floor) if spec.exit_floor else 0
        levels_m = tuple(float(facility.level_m[lobby]) for lobby in lobbies)
        car = facility.space_index[name]
        return cls(name, spec, car, lobbies, levels_m, leaves_at, leaves_at, spec.evacuation)


class Lifts:
    """All lifts of one run; ``leave`` sends a person to its muster, or to its lobby, at a time.

    A round trip lasts travel to the lobby, doors, boarding, travel to the exit floor, doors, letting out,
    with the whole time of the doors at a stop before the first gets in or out: N people of one lobby who
    wait there at t_a are out at t_a plus the sum of the round trips (the ELVAC form for one car without
    trip inefficiency). A trip is for the lobby of whoever has waited longest; there the car takes who fits,
    longest waiting first. A party of more heads than the car holds takes the stairs.
    """

    def __init__(self, roll: Roll, *, leave: Callable[[int, float], None]) -> None:
        self._roll = roll
        self._leave = leave
        facility = roll.core.facility
        used = {spec.lift for spec in roll.core.scenario.groups.values()}
        self._lifts = {
            name: _Lift.of(name, spec, facility) for name, spec in sorted(facility.written.lifts.items())
        }
        self.brought_down: set[int] = set()  # let out at the exit floor
        self._shut = {link for link, locked in enumerate(facility.link_locked) if locked}
        for name, lift in self._lifts.items():
            if name in used:
                roll.crowd.watch(tuple(sorted(set(lift.lobbies))))
                roll.core.clock.process(self._serve(lift))

    # -- who takes it ---------------------------------------------------------------------------------

    def lobbies_for(self, person: int) -> tuple[int, ...]:
        """Lobbies where the person may wait for its lift; empty if it walks all the way.

        It walks if the lift is out of service or too small for its party, if it is out already, if the way
        to the lobbies is shut, and if the nearest lobby is that of the exit floor.
        """
        roll, name = self._roll, self._roll.spec_of(person).lift
        self.forget(person)
        lift = self._lifts.get(name) if name else None
        if lift is None or not lift.running or roll.is_out(person):
            return ()
        if roll.population.heads[person] > lift.spec.persons or not self._is_near(lift, roll.at(person)):
            return ()
        lift.heading.add(person)
        return tuple(sorted({*lift.lobbies} - {lift.lobbies[lift.exit]}))

    def _is_near(self, lift: _Lift, space: int) -> bool:
        """Whether a lobby can be reached from a space, and sooner than that of the exit floor."""
        facility, closed = self._roll.core.facility, frozenset(self._shut)
        way_m = [foot_route(facility, space, lobby, closed=closed).length_m for lobby in lift.lobbies]
        return min(way_m) < way_m[lift.exit]

    def forget(self, person: int) -> None:
        """The person does not want its lift any more."""
        for lift in self._lifts.values():
            lift.heading.discard(person)
            lift.waiting.pop(person, None)

    def link_changed(self, link: int, *, shut: bool) -> None:
        """A link was shut or opened to people: who has no near way to a lobby any more walks."""
        (self._shut.add if shut else self._shut.discard)(link)
        for lift in self._lifts.values():
            for person in sorted(lift.heading):
                if not self._is_near(lift, self._roll.at(person)):
                    self._leave(person, max(self._roll.core.now_s, self._roll.starts_s[person]))

    def arrived(self) -> None:
        """After a passage somebody watches: who has come to a lobby waits there and calls the car."""
        roll = self._roll
        for lift in self._lifts.values():
            came = [p for p in lift.heading if roll.crowd.has_arrived(p) and roll.at(p) in lift.lobbies]
            for person in sorted(came, key=lambda p: roll.population.rank[p]):
                lift.heading.discard(person)
                lift.waiting[person] = None
            if came:
                self._call(lift)

    def set_running(self, name: str, *, running: bool, cause: int) -> None:
        """Into or out of service. Riders get out at the next floor; who waits walks."""
        lift, roll = self._lifts[name], self._roll
        if running == lift.running:
            return
        lift.running = running
        task = "in-service" if running else "out-of-service"
        row = roll.core.note("lift", actor=name, task=task, cause=cause)
        for person in roll.everybody:
            if roll.spec_of(person).lift != name or not roll.is_free(person):
                continue
            to_come = roll.core.now_s < roll.starts_s[person] < math.inf
            if to_come or person in lift.heading or person in lift.waiting:
                roll.told_row[person] = max(row, roll.told_row[person])
                self._leave(person, max(roll.core.now_s, roll.starts_s[person]))
        self._call(lift)

    def cars_of(self, spaces: frozenset[int]) -> frozenset[int]:
        """Cars that open to one of these spaces: who rides may yet get out there."""
        return frozenset(lift.car for lift in self._lifts.values() if not spaces.isdisjoint(lift.lobbies))

    def at_work(self) -> bool:
        """Whether somebody rides or will be fetched."""
        fetching = (lift for lift in self._lifts.values() if lift.running)
        return bool(self._roll.riding) or any(self._first(lift) is not None for lift in fetching)

    # -- the car --------------------------------------------------------------------------------------

    def _call(self, lift: _Lift) -> None:
        if lift.called is not None and not lift.called.triggered:
            lift.called.succeed()

    def _serve(self, lift: _Lift) -> Process:
        while True:
            while not lift.running or (lobby := self._next_floor(lift)) is None:
                lift.called = Event(self._roll.core.clock)
                yield lift.called
            yield from self._travel(lift, lobby)
            if not lift.running:
                continue
            yield self._roll.core.clock.pause(lift.spec.doors_s)
            riders: list[int] = []
            yield from self._board(lift, riders)
            if riders:
                yield from self._travel(lift, lift.exit)
                yield self._roll.core.clock.pause(lift.spec.doors_s)
                yield from self._let_out(lift, riders)

    def _travel(self, lift: _Lift, to: int) -> Process:
        """Floor by floor; taken out of service, the car stops at the next one."""
        step = 1 if to > lift.floor else -1
        for floor in range(lift.floor + step, to + step, step):
            if not lift.running or lift.floor == to:
                return
            climb_m = abs(lift.levels_m[floor] - lift.levels_m[lift.floor])
            yield self._roll.core.clock.pause(climb_m / lift.spec.speed_m_s)
            lift.floor = floor

    def _board(self, lift: _Lift, riders: list[int]) -> Process:
        """One after the other until the car is full, nobody waits or the lift is taken out of service."""
        roll = self._roll
        lobby, heads = lift.lobbies[lift.floor], roll.population.heads
        while lift.running:
            room = lift.spec.persons - sum(heads[p] for p in riders)
            fits = (p for p in self._waiting(lift) if roll.at(p) == lobby and heads[p] <= room)
            person = next(fits, None)
            if person is None:
                break
            yield roll.core.clock.pause(heads[person] * lift.spec.boarding_s)
            if person in lift.waiting and self._waits(person, lift):
                del lift.waiting[person]
                roll.riding.add(person)
                riders.append(person)
                roll.crowd.transfer(person, lift.car)
        if riders:
            self._note(lift, "boarded", riders)

    def _let_out(self, lift: _Lift, riders: list[int]) -> Process:
        """One after the other; each goes on to its muster, but who collapsed lies in the lobby."""
        roll = self._roll
        for person in riders:
            yield roll.core.clock.pause(roll.population.heads[person] * lift.spec.boarding_s)
            roll.riding.discard(person)
            if lift.floor == lift.exit:
                self.brought_down.add(person)
            if roll.at(person) != lift.car:  # carried out of the car
                continue
            roll.crowd.transfer(person, lift.lobbies[lift.floor])
            if roll.is_free(person):
                self._leave(person, roll.core.now_s)
            else:
                roll.crowd.hold(person)
        self._note(lift, "let-out", riders)

    def _note(self, lift: _Lift, task: str, riders: list[int]) -> None:
        roll = self._roll
        row = roll.core.note(
            "lift",
            actor=lift.name,
            task=task,
            place=roll.core.facility.spaces[lift.lobbies[lift.floor]],
            value=roll.heads(riders),
            unit="p",
            cause=max(roll.told_row[person] for person in riders),
        )
        for person in riders:
            roll.told_row[person] = row
        roll.leaving.stamp_emptied(cause=row)

    def _waits(self, person: int, lift: _Lift) -> bool:
        """Whether who came to a lobby is still there and could get in."""
        roll = self._roll
        return roll.crowd.has_arrived(person) and roll.at(person) in lift.lobbies and roll.is_free(person)

    def _waiting(self, lift: _Lift) -> Iterator[int]:
        """Who waits, in the order they came."""
        return (person for person in lift.waiting if self._waits(person, lift))

    def _first(self, lift: _Lift) -> int | None:
        return next(self._waiting(lift), None)

    def _next_floor(self, lift: _Lift) -> int | None:
        """Floor of who has waited longest; ``None`` if nobody waits."""
        first = self._first(lift)
        return None if first is None else lift.lobbies.index(self._roll.at(first))
