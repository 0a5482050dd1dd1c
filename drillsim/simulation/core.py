"""What all parts of one run share: clock, trace, luck, moments, and who waits for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from drillsim.simulation.resources import Key
from drillsim.simulation.watch import Watch
from drillsim.trace.log import Row

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

    what: str
    since_s: float
    wanted: Mapping[Key, int]


_NOTHING: Final[Mapping[Key, int]] = {}
_row: Final = tuple.__new__  # half the time of Row(…), which runs in Python


class _Waiting:
    """A block in which somebody waits; plain, since every task enters several."""

    __slots__ = ("_wait", "_waits", "_who")

    def __init__(self, waits: dict[str, Wait], who: str, wait: Wait) -> None:
        self._waits, self._who, self._wait = waits, who, wait

    def __enter__(self) -> None:
        self._waits[self._who] = self._wait

    def __exit__(self, *_: object) -> None:
        self._waits.pop(self._who, None)


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
    stamped: set[str] = field(default_factory=set)  # milestones
    times_used: Counter[str] = field(default_factory=Counter)  # of what is made ready after use, by member
    resting: dict[str, list[Any]] = field(default_factory=dict)  # by unit: its pairs that are out
    watch: Watch = field(init=False)
    _makers: dict[str, list[str]] = field(init=False)  # by moment: tasks of the plan that make it

    def __post_init__(self) -> None:
        object.__setattr__(self, "watch", Watch(self.clock))
        makers: dict[str, list[str]] = {}
        for name, task in self.plan.tasks.items():
            for moment in {name, f"out.{name}", task.milestone, task.starts} - {None}:
                makers.setdefault(str(moment), []).append(name)
        object.__setattr__(self, "_makers", makers)

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
        row = self.trace.append(_row(Row, (self.clock.now, event, actor, place, task, value, unit, cause)))
        if self.watch.looks:
            self.watch.turned(event, row)
        return row

    def draw(self, draw: Draw, *, path: str, entity: str, purpose: str) -> float:
        """One value by the stream (entity, purpose), kept in the trace under the assumption's path."""
        value = self.sample(draw, entity=entity, purpose=purpose)
        self.trace.append(_row(Row, (self.clock.now, "drawn", entity, "", path, value, "", -1)))
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
            self.stamped.add(name)
            row = self.note("milestone", task=name, actor=actor, place=place, cause=cause)
            self.moments.stamp(name, row)

    def waiting(self, who: str, what: str, wanted: Mapping[Key, int] | None = None) -> _Waiting:
        """While the block lasts, ``who`` waits; a standstill names it."""
        return _Waiting(self.waits, who, Wait(what, self.clock.now, wanted or _NOTHING))

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
        makers = self._makers.get(event)
        if makers is None or any(name in self.tasks for name in makers):
            return {event}
        before = {earlier for name in makers for earlier in self.plan.tasks[name].after}
        return {moment for earlier in before for moment in self._resolve(earlier, seen | {event})}
