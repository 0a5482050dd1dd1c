"""A run's core without a world, and a crew without a way to go, for tests of single parts."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from typing import Any

from simpy.events import Event

from drillsim.scenario.model import Scenario
from drillsim.simulation.clock import Clock
from drillsim.simulation.core import Core
from drillsim.simulation.corridors import Corridors
from drillsim.simulation.moments import Moments
from drillsim.simulation.prepare import prepare
from drillsim.simulation.resources import Resources
from drillsim.streams import Streams
from drillsim.trace.log import RunHeader, Trace

# The header plays no part here.
_HEADER: Any = None


def bare_core(scenario: Scenario, *, replication: int = 0, **options: Any) -> Core:
    """A core at time 0 with the pools of the scenario's capacities."""
    clock, plan = Clock(), scenario.plans["plan"]
    resources = Resources(clock, unlimited=options.get("bound") == "unlimited")
    header: RunHeader = _HEADER
    core = Core(
        scenario=scenario,
        plan_name="plan",
        plan=plan,
        conditions="emergency",
        facility=prepare(scenario).facility,
        clock=clock,
        trace=Trace(header),
        streams=Streams(1, replication),
        moments=Moments(clock),
        resources=resources,
        tasks=dict(plan.tasks),
        injects=frozenset(),
        **options,
    )
    for name, capacity in sorted(scenario.capacities.items()):
        resources.add(("capacity", name), [f"{name}-{n}" for n in range(1, capacity.count + 1)])
    return core


class Crew:
    """Stands for the force: so many people, who are on the spot; the way out may be shut."""

    def __init__(self, core: Core, *, people: int) -> None:
        self._core, self._people = core, people
        self._changed = Event(core.clock)
        self.blocked = False

    def people(self, names: Iterable[str]) -> int:
        return self._people if tuple(names) else 0

    def set_state(self, names: Iterable[str], state: str, *, place: str | None, cause: int) -> int:
        for name in names:
            cause = self._core.note("unit-state", actor=name, task=state, place=place or "", cause=cause)
        return cause

    def way_blocked(self, place: str) -> bool:
        return self.blocked

    @property
    def ways_changed_event(self) -> Event:
        return self._changed

    def set_way(self, *, blocked: bool) -> None:
        self.blocked = blocked
        row = self._core.note("link-closed" if blocked else "link-opened")
        changed, self._changed = self._changed, Event(self._core.clock)
        changed.succeed(row)


class BareWorld:
    """As much of a world as work on air needs."""

    def __init__(self, core: Core, *, people: int) -> None:
        self.core = core
        self.force = Crew(core, people=people)
        self.corridors = Corridors(core)


def at(core: Core, time_s: float, call: Any) -> None:
    """Call something at a time."""

    def wait() -> Generator[Event, object, None]:
        yield core.clock.timeout(time_s)
        call()

    core.clock.process(wait())
