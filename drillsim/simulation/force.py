"""The units of all agencies in one run: called out, turned out, travelling, staged, at work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from simpy.events import Event

from drillsim.simulation.driving import WALK_M_S, Driving, Roads
from drillsim.simulation.shifts import instances, on_duty, traffic_at, turnout_draw

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from drillsim.response.agencies import Unit
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.spec import Draw

__all__ = ["WALK_M_S", "Force", "UnitState", "instances"]


@dataclass(slots=True)
class UnitState:
    """One crew or vehicle: where it is, and whether it has been called."""

    kind: str
    agency: str
    spec: Unit
    people: int
    space: int
    called: bool
    extra: bool = False  # one that only a bound without queues has: it stands where it is needed

    @property
    def path(self) -> str:
        return f"agencies.{self.agency}.units.{self.kind}"


class Force:
    """All units on duty in one run by instance name; their pools lie with the run's resources."""

    def __init__(
        self,
        core: Core,
        *,
        danger: Callable[[], frozenset[int]],
        closed: Callable[[], frozenset[int]],
        placed: Callable[[str, str, str, int, int], None] = lambda *_: None,
        hazards_at: Callable[[], tuple[int, ...]] = tuple,
        wind_from_deg: Callable[[], float] | None = None,
    ) -> None:
        self._core = core
        self._danger = danger
        self._placed = placed
        self._hazards_at = hazards_at
        self._wind_from_deg = wind_from_deg
        self._ways_changed = Event(core.clock)
        self._dismissed: set[str] = set()
        self._roads = Roads(core.facility, closed=closed, danger=danger)
        self._driving = Driving(core, self._roads, tell=self._travels_on)
        self._kinds = {
            kind: (agency, unit)
            for agency, entry in core.scenario.agencies.items()
            for kind, unit in entry.units.items()
        }
        self._units = {
            duty.name: self._stationed(duty.kind, duty.people)
            for duty in on_duty(core.scenario, start_s=core.trace.header.start_s)
        }
        on_site = [(name, unit.kind) for name, unit in self._units.items() if unit.spec.on_site]
        for kind in sorted(self._kinds):
            core.resources.add(("unit", kind), [name for name, own in on_site if own == kind])

    def _stationed(self, kind: str, people: int) -> UnitState:
        agency, spec = self._kinds[kind]
        here = self._core.facility.space_index[spec.station]
        return UnitState(kind, agency, spec, people, here, spec.on_site)

    def start(self, *, cause: int) -> None:
        """STARTEX: what the units on site bring is on hand. Pools of capacities must be there by then."""
        for name, unit in self._units.items():
            if unit.spec.on_site:
                self._placed(name, unit.kind, "standby", unit.space, cause)
                self._bring(name, unit, cause)

    def _bring(self, name: str, unit: UnitState, cause: int) -> None:
        for item, count in sorted(unit.spec.brings.items()):
            members = [f"{item}@{name}-{number}" for number in range(1, count + 1)]
            self._core.resources.release(("capacity", item), members, cause=cause)

    def _unit(self, name: str) -> UnitState:
        """A unit, also one more of its kind that an unlimited pool has made up (``KIND+1``)."""
        if name not in self._units:
            kind = name.rpartition("+")[0]
            unit = self._stationed(kind, self.heads(kind))
            unit.called = unit.extra = True
            self._units[name] = unit
        return self._units[name]

    # -- who and where --------------------------------------------------------------------------------

    def people(self, names: Iterable[str]) -> int:
        """Heads of these units on this run's shift."""
        heads = 0
        for name in names:
            heads += (self._units.get(name) or self._unit(name)).people
        return heads

    def heads(self, kind: str) -> int:
        """Heads in one unit of a kind on this run's shift, as usual if the shift has none of them."""
        on_shift = (unit.people for unit in self._units.values() if unit.kind == kind)
        return next(on_shift, self._kinds[kind][1].people)

    def agency_of(self, kind: str) -> str:
        """Whose units these are; raises ``KeyError`` for a kind that no agency has."""
        return self._kinds[kind][0]

    def way_blocked(self, place: str) -> bool:
        """Whether no way on foot leads from a space to staging, or to any station in a plan without it."""
        index = self._core.facility.space_index
        stations = (spec.station for _, spec in self._kinds.values())
        ends = frozenset(index[end] for end in (self._core.plan.staging or stations))
        return self._roads.blocked(index[place], ends)

    def set_state(self, names: Iterable[str], state: str, *, place: str | None, cause: int) -> int:
        """Every change is a row; returns the last one's number."""
        facility, note, row = self._core.facility, self._core.note, cause
        for name in names:
            unit = self._units.get(name) or self._unit(name)
            if place is not None:
                unit.space = facility.space_index[place]
            where = facility.spaces[unit.space]
            row = note(
                "unit-state", actor=name, place=where, task=state, value=unit.people, unit="p", cause=cause
            )
            self._placed(name, unit.kind, state, unit.space, row)
        return row

    def dismiss(self, kind: str) -> None:
        """Units of this kind do not come any more; what they are at they finish."""
        self._dismissed.add(kind)
        for name, unit in self._units.items():
            if unit.kind == kind:
                self._driving.give_up(f"unit.{name}")

    @property
    def ways_changed_event(self) -> Event:
        """Happens when a way next opens or shuts; its value is the trace row."""
        return self._ways_changed

    def ways_changed(self, *, cause: int) -> None:
        """A gate opened or shut: who is under way, and who stands before one, looks again."""
        self._driving.look_again(cause=cause)
        changed, self._ways_changed = self._ways_changed, Event(self._core.clock)
        changed.succeed(cause)

    def _travels_on(self, name: str, space: int, cause: int) -> int:
        return self.set_state((name,), "travelling", place=self._core.facility.spaces[space], cause=cause)

    # -- called out -----------------------------------------------------------------------------------

    def call_out(self, kinds: Sequence[str], *, cause: int) -> None:
        """Start the way of every unit of these kinds that has not been called yet."""
        for name, unit in self._units.items():
            if unit.kind in kinds and not unit.called:
                unit.called = True
                self._core.clock.process(self._come(name, unit, cause))

    def _come(self, name: str, unit: UnitState, cause: int) -> Process:
        core = self._core
        cause = core.note("called", actor=name, cause=cause)
        approach = self._approach if unit.spec.played is None else self._play
        cause = yield from approach(name, unit, cause)
        if unit.kind in self._dismissed:
            return
        # Who approaches is where it is to be staged; who is played is put there.
        staging = self._staging(unit) if unit.spec.played is not None else unit.space
        cause = self.set_state((name,), "staged", place=core.facility.spaces[staging], cause=cause)
        self._bring(name, unit, cause)
        core.moments.stamp(f"staged.{unit.kind}", cause)
        core.resources.release(("unit", unit.kind), (name,), cause=cause)

    def _play(self, name: str, unit: UnitState, cause: int) -> Generator[Event, object, int]:
        """The controller plays it: it is there so long after it was called."""
        assert unit.spec.played is not None
        cause = self.set_state((name,), "travelling", place=None, cause=cause)
        yield self._core.clock.pause(self._draw_s(name, unit, unit.spec.played, "played"))
        return cause

    def _approach(self, name: str, unit: UnitState, cause: int) -> Generator[Event, object, int]:
        """Let go by those it is lent from, dispatched, turned out, over the road outside, to staging."""
        core, spec = self._core, unit.spec
        for state, purpose in (("lent", "lent"), ("dispatched", "dispatch"), ("turnout", "turnout")):
            if unit.kind in self._dismissed:
                return cause
            draw, path = spec.lent, purpose
            if purpose != "lent":
                draw, path = turnout_draw(core.scenario, spec, purpose, clock_s=self._clock_s())
            if draw is not None:
                cause = self.set_state((name,), state, place=None, cause=cause)
                yield core.clock.pause(self._draw_s(name, unit, draw, purpose, path=path))
        if unit.kind in self._dismissed:
            return cause
        if spec.travel is not None or spec.distance_m > 0.0:
            cause = self.set_state((name,), "travelling", place=None, cause=cause)
            if spec.travel is not None:
                outside_s = self._draw_s(name, unit, spec.travel, "travel")
            else:
                outside_s = spec.distance_m / spec.speed_m_s
            yield core.clock.pause(outside_s * traffic_at(core.scenario, self._clock_s()))
        staging = self._staging(unit)
        if staging != unit.space:
            cause = self.set_state((name,), "travelling", place=None, cause=cause)
            starts = {name: (unit.space, spec.vehicle)}
            cause = yield from self._driving.go(starts, staging, who=f"unit.{name}", cause=cause)
            unit.space = staging
        return cause

    def _clock_s(self) -> float:
        return self._core.trace.header.start_s + self._core.now_s

    def _draw_s(self, name: str, unit: UnitState, draw: Draw, purpose: str, *, path: str = "") -> float:
        where = f"{unit.path}.{path or purpose}"
        return self._core.draw(draw, path=where, entity=f"unit.{name}", purpose=purpose)

    def _staging(self, unit: UnitState) -> int:
        """The plan's nearest candidate upwind of every hazard, else the reachable one farthest from them."""
        facility = self._core.facility
        ways = {
            space: self._roads.way(unit.space, space, vehicle=unit.spec.vehicle).lasts_s
            for space in (facility.space_index[place] for place in self._core.plan.staging)
        }
        reach = {space: seconds for space, seconds in ways.items() if math.isfinite(seconds)}
        if not reach:
            return unit.space
        safe = [space for space in reach if self.upwind(space)]
        if safe:
            return min(safe, key=lambda space: (reach[space], facility.spaces[space]))
        return max(reach, key=lambda space: (self._clearance_m(space), facility.spaces[space]))

    def upwind(self, space: int) -> bool:
        """Whether the space lies, seen from every hazard, within ±90° of where the wind comes from."""
        if space in self._danger():
            return False
        if self._wind_from_deg is None:
            return True
        angle = math.radians(self._wind_from_deg())
        origin = np.array([math.sin(angle), math.cos(angle)])
        centre = self._core.facility.centre
        return all(float((centre[space] - centre[at]) @ origin) >= 0.0 for at in self._hazards_at())

    def _clearance_m(self, space: int) -> float:
        centre = self._core.facility.centre
        return min((float(np.hypot(*(centre[space] - centre[at]))) for at in self._hazards_at()), default=0.0)

    # -- to a task ------------------------------------------------------------------------------------

    def travel(
        self, names: Sequence[str], place: str | None, *, who: str, cause: int
    ) -> Generator[Event, int, int]:
        """Bring units to a task's place; they are there together. Before a shut gate they wait.

        If a way opens or shuts while they travel, they look again. Returns the row that let them arrive.
        """
        if place is None:
            return cause
        there = self._core.facility.space_index[place]
        for unit in map(self._unit, names):
            if unit.extra:
                unit.space = there
        away = [name for name in names if self._units[name].space != there]
        if not away:
            return cause
        starts = {name: (self._units[name].space, self._units[name].spec.vehicle) for name in away}
        while shut_in := [
            space
            for space, vehicle in starts.values()
            if self._roads.way(space, there, vehicle=vehicle).lasts_s == math.inf
        ]:
            here = self._core.facility.spaces[shut_in[0]]
            with self._core.waiting(who, f"a way from {here} to {place}"):
                cause = max(cause, (yield self._ways_changed))
        self.set_state(away, "travelling", place=None, cause=cause)
        cause = yield from self._driving.go(starts, there, who=who, cause=cause)
        for name in away:
            self._units[name].space = there
        return cause
