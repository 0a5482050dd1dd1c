"""What all parts of one run share: clock, trace, luck, moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.response.spec import Plan, Task
    from drillsim.scenario.model import Scenario
    from drillsim.simulation.clock import Clock
    from drillsim.simulation.moments import Moments
    from drillsim.spec import Conditions, Draw
    from drillsim.streams import Streams
    from drillsim.trace.log import Trace

__all__ = ["Core"]


@dataclass(frozen=True, slots=True)
class Core:
    """Passed to every part; nothing of it outlives the run."""

    scenario: Scenario
    plan_name: str
    plan: Plan
    conditions: Conditions
    facility: Facility
    clock: Clock
    trace: Trace
    streams: Streams
    moments: Moments
    tasks: dict[str, Task]  # those in play in this run
    injects: frozenset[str]  # those in use in this run

    @property
    def now_s(self) -> float:
        return float(self.clock.now)

    def note(
        self,
        event: str,
        *,
        actor: str = "",
        place: str = "",
        task: str = "",
        value: float | None = None,
        unit: str = "",
        cause: int = -1,
    ) -> int:
        """A trace row at this moment; returns its number."""
        return self.trace.add(
            self.now_s, event, actor=actor, place=place, task=task, value=value, unit=unit, cause=cause
        )

    def draw(self, draw: Draw, *, path: str, entity: str, purpose: str) -> float:
        """One value by the stream (entity, purpose), kept in the trace under the assumption's path."""
        value = draw.under(self.conditions).quantile(self.streams.uniform(entity, purpose))
        self.note("drawn", task=path, actor=entity, value=value)
        return value

    def milestone(self, name: str, *, cause: int, actor: str = "", place: str = "") -> None:
        """Stamp a milestone, once."""
        if not self.moments.happened(name):
            row = self.note("milestone", task=name, actor=actor, place=place, cause=cause)
            self.moments.stamp(name, row)
