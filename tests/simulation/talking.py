"""A core without a world, and processes that speak, for tests of channels and calls."""

from __future__ import annotations

from typing import Any

from drillsim.response.communication import Line
from drillsim.scenario.model import Scenario
from drillsim.simulation.clock import Clock
from drillsim.simulation.core import Core
from drillsim.simulation.moments import Moments
from drillsim.simulation.prepare import prepare
from drillsim.simulation.resources import Resources
from drillsim.streams import Streams
from drillsim.trace.log import Row, RunHeader, Trace
from tests.simulation.small import small, task

MINUTE_S = 60.0


def channel(talk: Any = "20 s", **entries: Any) -> dict[str, Any]:
    return {"talk": talk} | entries


def exponential(mean_s: float) -> dict[str, Any]:
    return {"gamma": {"shape": 1, "scale": f"{mean_s} s"}, "source": "test", "confidence": "high"}


def unit(**entries: Any) -> dict[str, Any]:
    return {"people": "2", "station": "yard", "on_site": "false"} | entries


def agency(**entries: Any) -> dict[str, Any]:
    return {"title": "an agency"} | entries


def talking(**sections: Any) -> Scenario:
    """A scenario with one task that does nothing; ``channels`` and ``agencies`` are the point."""
    return small(tasks={"wait": task(milestone="over")}, **sections)


def core_of(
    scenario: Scenario, *, lines: tuple[dict[str, Any], ...] = (), bound: Any = None, seed: int = 1
) -> Core:
    """What a run of the scenario's one plan would have, nothing started."""
    clock = Clock()
    plan = scenario.plans["plan"].model_copy(
        update={"lines": {f"line-{number}": Line(**line) for number, line in enumerate(lines)}}
    )
    empty: dict[str, Any] = dict.fromkeys(RunHeader.__dataclass_fields__, ())
    return Core(
        scenario=scenario,
        plan_name="plan",
        plan=plan,
        conditions="emergency",
        facility=prepare(scenario).facility,
        clock=clock,
        trace=Trace(RunHeader(**empty)),
        streams=Streams(seed),
        moments=Moments(clock),
        resources=Resources(clock, unlimited=bound == "unlimited"),
        tasks=dict(plan.tasks),
        injects=frozenset(),
        bound=bound,
    )


def at(core: Core, time_s: float, process: Any) -> None:
    """Start a generator of messages or calls at a time."""

    def wait() -> Any:
        yield core.clock.pause(time_s)
        yield from process

    core.clock.process(wait())


def heard(core: Core, event: str = "message-heard") -> list[tuple[float, str, str, float | None]]:
    """Time, hearer or agency, message and value of every row of an event."""
    return [(row.time_s, row.actor, row.task, row.value) for _, row in core.trace.of(event)]


def spoken(core: Core) -> list[Row]:
    """Rows about messages and calls only."""
    return [row for row in core.trace.rows if row.event.startswith(("message-", "call-"))]
