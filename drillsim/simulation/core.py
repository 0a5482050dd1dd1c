"""What all parts of one run share: clock, trace, luck, moments, and who waits for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from drillsim.simulation.resources import Key, made
from drillsim.simulation.watch import Watch

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.response.plan import Plan, Task
    from drillsim.scenario.model import Scenario
    from drillsim.simulation.clock import Clock
    from drillsim.simulation.moments import Moments
    from drillsim.simulation.resources import Resources
    from drillsim.spec import Conditions, Draw
    from drillsim.streams import Streams
    from drillsim.trace.log import Trace

__all__ = ["Bound", "Core", "Wait"]

Bound = Literal["unlimited", "instant", "median", "mean"]
"""What a run leaves out to tell what it costs: queueing, communication, or the spread of durations."""


class Wait(NamedTuple):
    """What somebody waits for, since when; ``wanted`` names the pools, if it is for members of pools."""

    said: str
    since_s: float
    wanted: Mapping[Key, int]

    @property
    def what(self) -> str:
        """In words; what is wanted, if nothing else was said."""
        return self.said or ", ".join(
            f"{count} x {kind} {pool}" for (kind, pool), count in self.wanted.items()
        )


_NOTHING: Final[Mapping[Key, int]] = {}


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
    resources: Resources
    tasks: dict[str, Task]  # those in play in this run
    injects: frozenset[str]  # those in use in this run
    bound: Bound | None = None
    dropped: set[str] = field(default_factory=set)  # injects that will not be given any more
    waits: dict[str, Wait] = field(default_factory=dict)  # by who waits
    stamped: dict[str, int] = field(default_factory=dict)  # milestones, by their rows
    times_used: Counter[str] = field(default_factory=Counter)  # of what is made ready after use, by member
    crews: dict[str, Mapping[Key, int]] = field(default_factory=dict)  # units of a task, once somebody asked
    resting: dict[str, list[Any]] = field(default_factory=dict)  # by unit: its pairs that are out
    watch: Watch = field(init=False)
    _made_by: dict[str, list[str]] = field(default_factory=dict)  # tasks by moment, once somebody asks

    def __post_init__(self) -> None:
        object.__setattr__(self, "watch", Watch(self.clock))

    @property
    def now_s(self) -> float:
        now_s: float = self.clock.now
        return now_s

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
        row = self.trace.write(self.clock.now, event, actor, place, task, value, unit, cause)
        if self.watch.looks:
            self.watch.turned(event, row)
        return row

    def draw(self, draw: Draw, *, path: str, entity: str, purpose: str) -> float:
        """One value by the stream (entity, purpose), kept in the trace under the assumption's path."""
        if self.bound is None:
            spread = draw.exercise if self.conditions == "exercise" else draw.emergency
            value = spread.quantile(self.streams.uniform(entity, purpose))
        else:
            value = self.sample(draw, entity=entity, purpose=purpose)
        self.trace.write(self.clock.now, "drawn", entity, "", path, value, "", -1)
        return value

    def sample(self, draw: Draw, *, entity: str, purpose: str) -> float:
        """As :meth:`draw` without a row: for what is drawn once for every person or talk."""
        spread = draw.under(self.conditions)
        if self.bound == "median":
            return spread.median
        if self.bound == "mean":
            return spread.mean
        return spread.quantile(self.streams.uniform(entity, purpose))

    def samples(self, draw: Draw, *, entity: str, purpose: str) -> Iterator[float]:
        """Values without end, as :meth:`sample`, for what comes one after the other."""
        spread = draw.under(self.conditions)
        if self.bound in ("median", "mean"):
            return repeat(spread.median if self.bound == "median" else spread.mean)
        return map(spread.quantile, self.streams.sequence(entity, purpose))

    def gaps(self, draw: Draw, *, entity: str, purpose: str) -> Iterator[float]:
        """Times between those who come one after the other: a bound leaves out the spread, not the load."""
        if self.bound in ("median", "mean"):
            return repeat(draw.under(self.conditions).mean)
        return self.samples(draw, entity=entity, purpose=purpose)

    def milestone(self, name: str, *, cause: int, actor: str = "", place: str = "") -> None:
        """Stamp a milestone, once."""
        if name not in self.stamped:
            row = self.note("milestone", task=name, actor=actor, place=place, cause=cause)
            self.stamped[name] = row
            self.moments.stamp(name, row)

    @contextmanager
    def waiting(self, who: str, what: str, wanted: Mapping[Key, int] = _NOTHING) -> Iterator[None]:
        """While the block lasts, ``who`` waits; a standstill names it. ``what`` may be "" for ``wanted``."""
        self.waits_for(who, what, wanted)
        try:
            yield
        finally:
            self.waits.pop(who, None)

    def waits_for(self, who: str, what: str, wanted: Mapping[Key, int] = _NOTHING) -> None:
        """As :meth:`waiting`, until ``who`` is taken out of ``waits``: for those who wait most often."""
        self.waits[who] = made(Wait, (what, self.clock.now, wanted))

    def stand_for(self, events: Sequence[str]) -> Sequence[str]:
        """The moments to wait for in place of ``events``, each once, by name."""
        if len(events) == 1:
            return self.stands_for(events[0])
        return sorted({moment for event in events for moment in self.stands_for(event)})

    def stands_for(self, event: str) -> tuple[str, ...]:
        """The moments to wait for in place of ``event``.

        An event this run lacks (a task or inject not in play, a milestone only such tasks make) gives way to
        what that task itself would have waited for; a left-out inject to nothing.
        """
        if event in self.tasks:
            return (event,)
        return tuple(sorted(self._resolve(event, frozenset())))

    def _resolve(self, event: str, seen: frozenset[str]) -> set[str]:
        if event in seen:
            return set()
        if event.startswith("inject."):
            return {event} if event.removeprefix("inject.") in self.injects else set()
        makers = self._makers().get(event)
        if makers is None or any(name in self.tasks for name in makers):
            return {event}
        before = {earlier for name in makers for earlier in self.plan.tasks[name].after}
        return {moment for earlier in before for moment in self._resolve(earlier, seen | {event})}

    def _makers(self) -> Mapping[str, list[str]]:
        """By moment: the tasks of the plan that make it, in play or not."""
        if not self._made_by:
            for name, task in self.plan.tasks.items():
                for moment in {name, f"out.{name}", task.milestone, task.starts} - {None}:
                    self._made_by.setdefault(str(moment), []).append(name)
        return self._made_by
