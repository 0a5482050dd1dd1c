"""What a study holds: outcomes of replications, verdicts, and paired differences of plans."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from drillsim.measures.standstill import Wait
    from drillsim.measures.value import Value
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions

__all__ = [
    "Bound",
    "Choice",
    "Comparison",
    "Difference",
    "Ensemble",
    "Failure",
    "Idle",
    "Interval",
    "ObjectiveDifference",
    "Outcome",
    "PlanChange",
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
    critical: tuple[str, ...]  # tasks, waits, channels, roles on the path to the plan's end, last first
    drawn: dict[str, float]  # assumption (path) -> value drawn
    trace_digest: str
    flags: tuple[str, ...] = ()  # where a model was outside its range or unreliable, in words
    waits: tuple[Wait, ...] = ()  # who still waited for what when it stood still or time ran out
    trapped: tuple[tuple[str, int], ...] = ()  # space ("" if not known), heads without a way out of it
    lost: tuple[tuple[str, str], ...] = ()  # space that became untenable, criterion that failed first there


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
    """Estimate with its confidence interval; ends ``None`` where n is too small, ``inf``: not reached.

    ``needs``: the fewest runs an interval of that level needs, where it was refused for want of runs.
    """

    estimate: float
    low: float | None
    high: float | None
    level: float = 0.95
    needs: int | None = None


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
    looks: int = 0  # how often a rule was asked whether these runs are enough; 0: their number was fixed

    @property
    def n(self) -> int:
        return len(self.outcomes)


_UNKNOWN: Final = Interval(math.nan, None, None)


@dataclass(frozen=True, slots=True)
class Difference:
    """Second plan minus first, replication by replication on the same luck.

    The intervals of all plans against the first hold together: each has the level that makes it so. The
    percentiles are those of the plans, subtracted. ``p_value`` is of ``test`` (t, sign, exact: no pair
    differs; empty: none was possible), ``p_reached`` of McNemar's test of ``only_first`` and ``only_second``;
    both Holm-corrected over the plans once :func:`drillsim.study.differences.against_first` has them all.
    ``lower`` and ``higher`` are what the sign test counts, so with ``equal`` they make ``n``: no value ranks
    above every value. They may point the other way than the mean. ``gain``: times as many runs that separate
    luck would need for the same interval of the mean; ``None`` without any spread.
    """

    measure: str
    unit: str
    n: int
    both: int  # replications in which both have a value
    mean: Interval
    equal: int  # replications without any difference, neither having a value included
    median: Interval = _UNKNOWN
    p95: Interval = _UNKNOWN
    only_first: int = 0  # replications in which the second plan has no value (censored)
    only_second: int = 0
    p_value: float | None = None
    test: str = ""
    gain: float | None = None
    lower: int = 0  # replications in which the second plan's value is lower; not reached is above all
    higher: int = 0
    p_reached: float | None = None


@dataclass(frozen=True, slots=True)
class ObjectiveDifference:
    """How often each of two plans meets an objective on the same luck; second minus first."""

    objective: str
    title: str
    n: int
    share_first: float
    share_second: float
    difference: Interval  # of the shares
    only_first: int  # replications in which only the first plan meets it
    only_second: int
    p_value: float  # exact McNemar, Holm-corrected over the plans


@dataclass(frozen=True, slots=True)
class Choice:
    """Which plan is best on a measure, wrongly so in at most a share ``error`` of such studies.

    That holds if the best plan is ahead by ``indifference`` or more; a plan that is chosen though another is
    ahead by less does not matter. Runs in which the measure did not come about (``censored``) enter at the
    horizon, so the mean of a measure is one up to there. Several plans remain of a choice that is decided
    where their means are equal and more runs would not matter.
    """

    measure: str
    unit: str
    indifference: float
    error: float
    n: int  # replications of each plan used
    means: dict[str, float]  # plan -> mean over those
    censored: dict[str, int]  # plan -> replications among those in which the measure did not come about
    remaining: tuple[str, ...]  # best mean first; if decided, one plan or some that are alike
    eliminated: dict[str, int]  # plan -> after how many replications, the first out first
    decided: bool
    enough: int | None  # about how many replications would decide; None if decided or too few to tell
    larger_is_better: bool = False
    horizon_s: float | None = None  # at which censored runs enter


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A task that differs between two plans; ``critical_first``: share of the runs that ended in which it is
    critical."""

    task: str
    title: str
    kind: Literal["added", "removed", "changed"]
    what: tuple[tuple[str, str, str], ...]  # field, text before, text after
    critical_first: float | None  # None: the plan has no such task
    critical_second: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Plans on the same luck; differences are against the first."""

    ensembles: tuple[Ensemble, ...]
    differences: dict[str, tuple[Difference, ...]]  # plan -> differences
    objectives: dict[str, tuple[ObjectiveDifference, ...]] = field(default_factory=dict)
    choice: Choice | None = None
    changes: dict[str, tuple[PlanChange, ...]] = field(default_factory=dict)
