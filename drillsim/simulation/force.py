"""The units of all agencies in one run: called out, turned out, travelling, staged, at work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.facility.routes import drive_s, foot_route, vehicle_route
from drillsim.simulation.pools import Pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from drillsim.response.spec import Unit
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core

__all__ = ["WALK_M_S", "Force", "UnitState", "instances"]

WALK_M_S: Final = 1.2  # in PPE (two-drills.md, people of the terminal; confidence low)


@dataclass(slots=True)
class UnitState:
    """One crew or vehicle."""

    kind: str
    agency: str
    spec: Unit
    space: int
    state: str
    called: bool


class Force:
    """All units by instance name; ``pools`` by unit name."""

    def __init__(
        self, core: Core, *, danger: Callable[[], frozenset[int]], closed: Callable[[], frozenset[int]]
    ) -> None:
        self._core = core
        self._danger = danger
        self._closed = closed
        self.units: dict[str, UnitState] = {}
        self.pools: dict[str, Pool] = {}
        self.disabled: set[str] = set()
        for agency, entry in sorted(core.scenario.agencies.items()):
            for kind, unit in sorted(entry.units.items()):
                names = instances(kind, unit.count)
                here = core.facility.space_index[unit.station]
                for name in names:
                    self.units[name] = UnitState(kind, agency, unit, here, "standby", unit.on_site)
                self.pools[kind] = Pool(core.clock, kind, names if unit.on_site else ())

    def knows(self, name: str) -> bool:
        return name in self.units

    def people(self, names: Iterable[str]) -> int:
        return sum(self.units[name].spec.people for name in names)

    def set_state(self, names: Iterable[str], state: str, *, place: str | None, cause: int) -> int:
        """Every change is a row; returns the last one's number."""
        row = cause
        for name in names:
            unit = self.units[name]
            if place is not None:
                unit.space = self._core.facility.space_index[place]
            unit.state = state
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

    def call_out(self, kinds: Sequence[str], *, cause: int) -> None:
        """Start the way of every unit of these kinds that has not been called yet."""
        for name, unit in self.units.items():
            if unit.kind in kinds and not unit.called:
                unit.called = True
                self._core.clock.process(self._come(name, unit, cause))

    def _come(self, name: str, unit: UnitState, cause: int) -> Process:
        core, spec = self._core, unit.spec
        cause = core.note("called", actor=name, cause=cause)
        path = f"agencies.{unit.agency}.units.{unit.kind}"
        for state, draw in (
            ("dispatched", spec.dispatch),
            ("turnout", spec.turnout),
            ("travelling", spec.travel),
        ):
            if draw is not None:
                cause = self.set_state((name,), state, place=None, cause=cause)
                purpose = {"dispatched": "dispatch", "travelling": "travel"}.get(state, state)
                drawn_s = core.draw(draw, path=f"{path}.{purpose}", entity=f"unit.{name}", purpose=purpose)
                yield core.clock.pause(drawn_s)
        if spec.travel is None and spec.distance_m > 0.0:
            cause = self.set_state((name,), "travelling", place=None, cause=cause)
            yield core.clock.pause(spec.distance_m / spec.speed_m_s)
        staging = self._staging(unit)
        if staging != unit.space:
            cause = self.set_state((name,), "travelling", place=None, cause=cause)
            yield core.clock.pause(self._way(unit, staging).seconds)
        cause = self.set_state((name,), "staged", place=core.facility.spaces[staging], cause=cause)
        core.moments.stamp(f"staged.{unit.kind}", cause)
        if unit.kind not in self.disabled:
            self.pools[unit.kind].release((name,), cause=cause)

    def _staging(self, unit: UnitState) -> int:
        """The plan's nearest candidate upwind of every hazard, else the one farthest from them."""
        facility = self._core.facility
        candidates = [facility.space_index[place] for place in self._core.plan.staging]
        if not candidates:
            return unit.space
        reach = {space: self._way(unit, space).seconds for space in candidates}
        safe = [space for space in candidates if self.upwind(space) and math.isfinite(reach[space])]
        if safe:
            return min(safe, key=lambda space: (reach[space], facility.spaces[space]))
        return max(candidates, key=lambda space: (self._clearance_m(space), facility.spaces[space]))

    # Set by the world: where hazards are and where the wind comes from.
    hazards_at: tuple[int, ...] = ()
    wind_from_deg: Callable[[], float] | None = None

    def upwind(self, space: int) -> bool:
        """Whether the space lies, seen from every hazard, within ±90° of where the wind comes from."""
        if space in self._danger():
            return False
        if self.wind_from_deg is None:
            return True
        angle = math.radians(self.wind_from_deg())
        origin = np.array([math.sin(angle), math.cos(angle)])
        centre = self._core.facility.centre
        return all(float((centre[space] - centre[at]) @ origin) >= 0.0 for at in self.hazards_at)

    def _clearance_m(self, space: int) -> float:
        centre = self._core.facility.centre
        return min((float(np.hypot(*(centre[space] - centre[at]))) for at in self.hazards_at), default=0.0)

    def _way(self, unit: UnitState, space: int) -> Way:
        """By road if it drives and can, round the dangerous spaces if there is a way round, else on foot."""
        facility = self._core.facility
        closed, danger = self._closed(), self._danger()
        for avoid in (danger, frozenset[int]()) if danger else (danger,):
            if unit.spec.vehicle:
                found = vehicle_route(facility, unit.space, space, avoid=avoid, closed=closed)
                if math.isfinite(found.length_m):
                    return Way(drive_s(facility, found), found.spaces)
            found = foot_route(facility, unit.space, space, avoid=avoid, closed=closed)
            if math.isfinite(found.length_m):
                return Way(found.length_m / WALK_M_S, found.spaces)
        return Way(math.inf, ())

    def travel(self, names: Sequence[str], place: str | None, *, cause: int) -> Process:
        """Bring units to a task's place; they are there together."""
        if place is None:
            return
        there = self._core.facility.space_index[place]
        longest_s = 0.0
        for name in names:
            unit = self.units[name]
            if unit.space != there:
                seconds = self._way(unit, there).seconds
                if not math.isfinite(seconds):
                    here = self._core.facility.spaces[unit.space]
                    self._core.note(
                        "standstill", task=name, actor=f"a way from {here} to {place}", cause=cause
                    )
                    yield self._core.clock.event()
                longest_s = max(longest_s, seconds)
                self.set_state((name,), "travelling", place=None, cause=cause)
        if longest_s > 0.0:
            yield self._core.clock.pause(longest_s)
        for name in names:
            self.units[name].space = there


@dataclass(frozen=True, slots=True)
class Way:
    """How long a unit travels on the site, and through which spaces."""

    seconds: float
    spaces: tuple[int, ...]


def instances(kind: str, count: int) -> tuple[str, ...]:
    """Names of the units of one kind: the kind itself, or kind-1, kind-2 …"""
    return (
        (kind,)
        if count == 1
        else tuple(f"{kind}-{number:0{len(str(count))}d}" for number in range(1, count + 1))
    )
