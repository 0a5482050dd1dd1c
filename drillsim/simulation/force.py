"""The units of all agencies in one run: called out, turned out, travelling, staged, at work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from simpy.events import Event

from drillsim.facility.routes import drive_s, foot_route, vehicle_route

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Sequence

    from drillsim.response.spec import Unit
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core

__all__ = ["WALK_M_S", "Force", "UnitState", "instances"]

WALK_M_S: Final = 1.2  # in PPE (two-drills.md, people of the terminal; confidence low)


@dataclass(slots=True)
class UnitState:
    """One crew or vehicle: where it is, and whether it has been called."""

    kind: str
    agency: str
    spec: Unit
    space: int
    called: bool


class Force:
    """All units of one run by instance name; their pools lie with the run's resources."""

    def __init__(
        self,
        core: Core,
        *,
        danger: Callable[[], frozenset[int]],
        closed: Callable[[], frozenset[int]],
        hazards_at: tuple[int, ...] = (),
        wind_from_deg: Callable[[], float] | None = None,
    ) -> None:
        self._core = core
        self._danger = danger
        self._closed = closed
        self._hazards_at = hazards_at
        self._wind_from_deg = wind_from_deg
        self._ways_changed = Event(core.clock)
        self._units: dict[str, UnitState] = {}
        self._dismissed: set[str] = set()
        for agency, entry in sorted(core.scenario.agencies.items()):
            for kind, unit in sorted(entry.units.items()):
                names = instances(kind, unit.count)
                here = core.facility.space_index[unit.station]
                for name in names:
                    self._units[name] = UnitState(kind, agency, unit, here, unit.on_site)
                core.resources.add(("unit", kind), names if unit.on_site else ())

    def people(self, names: Iterable[str]) -> int:
        return sum(self._units[name].spec.people for name in names)

    def set_state(self, names: Iterable[str], state: str, *, place: str | None, cause: int) -> int:
        """Every change is a row; returns the last one's number."""
        row = cause
        for name in names:
            unit = self._units[name]
            if place is not None:
                unit.space = self._core.facility.space_index[place]
            where = self._core.facility.spaces[unit.space]
            row = self._core.note(
                "unit-state",
                actor=name,
                place=where,
                task=state,
                value=unit.spec.people,
                unit="p",
                cause=cause,
            )
        return row

    def dismiss(self, kind: str) -> None:
        """Units of this kind do not come any more; what they are at they finish."""
        self._dismissed.add(kind)

    def ways_changed(self, *, cause: int) -> None:
        """A gate opened or shut: whoever stands before one looks again."""
        changed, self._ways_changed = self._ways_changed, Event(self._core.clock)
        changed.succeed(cause)

    def call_out(self, kinds: Sequence[str], *, cause: int) -> None:
        """Start the way of every unit of these kinds that has not been called yet."""
        for name, unit in self._units.items():
            if unit.kind in kinds and not unit.called:
                unit.called = True
                self._core.clock.process(self._come(name, unit, cause))

    def _come(self, name: str, unit: UnitState, cause: int) -> Process:
        core, spec = self._core, unit.spec
        cause = core.note("called", actor=name, cause=cause)
        path = f"agencies.{unit.agency}.units.{unit.kind}"
        steps = (("dispatched", "dispatch", spec.dispatch), ("turnout", "turnout", spec.turnout))
        for state, purpose, draw in (*steps, ("travelling", "travel", spec.travel)):
            if unit.kind in self._dismissed:
                return
            if draw is not None:
                cause = self.set_state((name,), state, place=None, cause=cause)
                yield core.clock.pause(
                    core.draw(draw, path=f"{path}.{purpose}", entity=f"unit.{name}", purpose=purpose)
                )
        if spec.travel is None and spec.distance_m > 0.0:
            cause = self.set_state((name,), "travelling", place=None, cause=cause)
            yield core.clock.pause(spec.distance_m / spec.speed_m_s)
        staging = self._staging(unit)
        if staging != unit.space:
            cause = self.set_state((name,), "travelling", place=None, cause=cause)
            yield core.clock.pause(self._way_s(unit, staging))
        if unit.kind in self._dismissed:
            return
        cause = self.set_state((name,), "staged", place=core.facility.spaces[staging], cause=cause)
        core.moments.stamp(f"staged.{unit.kind}", cause)
        core.resources.release(("unit", unit.kind), (name,), cause=cause)

    def _staging(self, unit: UnitState) -> int:
        """The plan's nearest candidate upwind of every hazard, else the reachable one farthest from them."""
        facility = self._core.facility
        ways = {
            space: self._way_s(unit, space)
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
        return all(float((centre[space] - centre[at]) @ origin) >= 0.0 for at in self._hazards_at)

    def _clearance_m(self, space: int) -> float:
        centre = self._core.facility.centre
        return min((float(np.hypot(*(centre[space] - centre[at]))) for at in self._hazards_at), default=0.0)

    def _way_s(self, unit: UnitState, space: int) -> float:
        """Time to a space, inf if there is no way: by road if it drives and can, else on foot.

        It goes round the dangerous spaces if there is a way round.
        """
        facility, closed, danger = self._core.facility, self._closed(), self._danger()
        detours = (danger, frozenset[int]()) if danger else (danger,)
        for avoid in detours if unit.spec.vehicle else ():
            road = vehicle_route(facility, unit.space, space, avoid=avoid, closed=closed)
            if math.isfinite(road.length_m):
                return drive_s(facility, road)
        for avoid in detours:
            path = foot_route(facility, unit.space, space, avoid=avoid, closed=closed)
            if math.isfinite(path.length_m):
                return path.length_m / WALK_M_S
        return math.inf

    def travel(
        self, names: Sequence[str], place: str | None, *, who: str, cause: int
    ) -> Generator[Event, int, int]:
        """Bring units to a task's place; they are there together. Before a shut gate they wait.

        The way is fixed when they set out. Returns the row that let them arrive.
        """
        if place is None:
            return cause
        there = self._core.facility.space_index[place]
        away = [name for name in names if self._units[name].space != there]
        while not math.isfinite(
            longest_s := max((self._way_s(self._units[name], there) for name in away), default=0.0)
        ):
            here = self._core.facility.spaces[self._units[away[0]].space]
            with self._core.waiting(who, f"a way from {here} to {place}"):
                cause = max(cause, (yield self._ways_changed))
        if away:
            self.set_state(away, "travelling", place=None, cause=cause)
            yield self._core.clock.pause(longest_s)
            for name in away:
                self._units[name].space = there
        return cause


def instances(kind: str, count: int) -> tuple[str, ...]:
    """Names of the units of one kind: the kind itself, or kind-1, kind-2 …"""
    return (
        (kind,)
        if count == 1
        else tuple(f"{kind}-{number:0{len(str(count))}d}" for number in range(1, count + 1))
    )
