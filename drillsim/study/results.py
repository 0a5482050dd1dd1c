"""What a study holds: outcomes of replications, verdicts, and paired differences of plans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from drillsim.measures.standstill import Wait
    from drillsim.measures.value import Value
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions

__all__ = [
    "Bound",
    "Comparison",
    "Difference",
    "Ensemble",
    "Failure",
    "Idle",
    "Interval",
    "Outcome",
    "Summary",
    "TaskSpan",
    "Verdict",
]


@dataclass(frozen=True, slots=True)
class TaskSpan:
    """When one task was ready, started and ended in one run, s. Never NaN: unfinished tasks are absent."""

    ready_s: float
    started_s: float
    done_s: float
    slack_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """One replication, reduced to what tables and charts need."""

    replication: int
    end: str  # endex, standstill, horizon
    end_s: float
    measures: dict[str, Value]
    tasks: dict[str, TaskSpan]
    exit_times_s: tuple[float, ...]  # sorted, everybody who got out
    leavers: int  # heads who were to leave
    critical: tuple[str, ...]  # tasks and waits on the critical path to the plan's end, last first
    drawn: dict[str, float]  # assumption (path) -> value drawn
    trace_digest: str
    flags: tuple[str, ...] = ()  # where a model was outside its range or unreliable, in words
    waits: tuple[Wait, ...] = ()  # who still waited for what when it stood still or time ran out
    trapped: tuple[tuple[str, int], ...] = ()  # space ("" if not known), heads without a way out of it


@dataclass(frozen=True, slots=True)
class Failure:
    """A replication that could not be carried through, and why.

    A ``lasting`` one comes from the scenario and would come again; else the machine may have been at fault
    (a worker died, time ran out), and a study that is taken up again tries it once more.
    """

    replication: int
    message: str
    lasting: bool = True

    def __str__(self) -> str:
        return f"run {self.replication}: {self.message}"


@dataclass(frozen=True, slots=True)
class Interval:
    """Estimate with its confidence interval; ends ``None`` where n is too small, ``inf``: not reached."""

    estimate: float
    low: float | None
    high: float | None
    level: float = 0.95


@dataclass(frozen=True, slots=True)
class Summary:
    """One measure over all replications; those that failed did not reach it."""

    measure: str
    unit: str
    n: int  # failed ones included
    reached: int
    p10: float
    p50: Interval
    p90: Interval
    p95: Interval
    mean: float | None  # of those reached


@dataclass(frozen=True, slots=True)
class Verdict:
    """An objective over all replications: ``share`` is of the ``n`` carried through.

    ``verdict`` stands however the ``failed`` ones would have ended.
    """

    objective: str
    title: str
    measure: str
    target: float | None
    unit: str
    required_share: float
    share: Interval
    verdict: Literal["met", "missed", "undecided"]
    n: int
    failed: int = 0


@dataclass(frozen=True, slots=True)
class Idle:
    """An exit that nobody used any more while others were still on their way; as in the table of exits."""

    link: str
    heads: int  # people out for whom it was the exit
    idle_s: float  # from its last person (the first start, if nobody passed) to the last through any exit


@dataclass(frozen=True, slots=True)
class Bound:
    """What the building could have done with the people and start times of one run: the quickest flow.

    ``last_out_s`` and ``share`` are ``None`` if somebody who was to leave did not get out. Times are s after
    STARTEX.
    """

    replication: int
    heads: int  # who walked out, and for whom the bound is
    missing: int  # heads who were to leave and did not get out
    first_start_s: float
    lower_s: float  # no way of routing these people has the last one out before
    gap: float  # how much rounding may have taken off it, as a share of it from the first start on
    last_out_s: float | None
    share: float | None  # (lower - first start) / (last out - first start)
    by_doors: bool  # capacities set the bound; else the late start and own walk of somebody
    idle: tuple[Idle, ...] = ()  # longest first


@dataclass(frozen=True, slots=True)
class Ensemble:
    """All replications of one plan under one set of conditions."""

    scenario: Scenario
    plan: str
    conditions: Conditions
    seed: int
    outcomes: tuple[Outcome, ...]
    summaries: dict[str, Summary]
    verdicts: tuple[Verdict, ...]
    version: str
    fingerprint: str
    digest: str
    failures: tuple[Failure, ...] = ()  # replications that are not among the outcomes
    bound: Bound | None = None  # of a typical run; None where nobody walks or none was asked for

    @property
    def n(self) -> int:
        return len(self.outcomes)


@dataclass(frozen=True, slots=True)
class Difference:
    """Second plan minus first, replication by replication on the same luck."""

    measure: str
    unit: str
    n: int
    both: int  # replications in which both have a value
    mean: Interval
    equal: int  # replications without any difference


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans on the same luck; differences are against the first."""

    ensembles: tuple[Ensemble, ...]
    differences: dict[str, tuple[Difference, ...]]  # plan -> differences
