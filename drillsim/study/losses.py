"""What waiting, talking and chance cost a plan: its runs beside runs that leave one of them out."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Unpack

from drillsim.errors import DrillsimError
from drillsim.study.job import Job
from drillsim.study.objectives import measured
from drillsim.study.pairs import mean_difference
from drillsim.study.replicate import assemble, carried_out, check
from drillsim.study.results import Interval
from drillsim.study.runner import Means, Runner

if TYPE_CHECKING:
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.results import Ensemble
    from drillsim.study.runner import Attempts, Progress

__all__ = ["Cause", "Loss", "Losses", "losses"]

Cause = Literal["queueing", "communication", "variance"]
_PROBES: Final = 3  # runs at mean times that tell whether hazards and people make any difference


@dataclass(frozen=True, slots=True)
class Loss:
    """Mean of (plan - bound) over the pairs in which both reached the milestone, s; positive is lost."""

    cause: Cause
    mean: Interval
    pairs: int
    left_out: int  # pairs in which one of the two did not get there, or failed


@dataclass(frozen=True, slots=True)
class Losses:
    """Three statements about one plan. They overlap: they must not be added up or stacked.

    Means are in s after STARTEX over the runs that reached the milestone, ``None`` if none did.
    """

    ensemble: Ensemble  # the plan as it is
    milestone: str
    plan_s: float | None
    unlimited_s: float | None  # nobody waits for units, commanders, channels, lanes or tools
    instant_s: float | None  # messages and calls take no time
    at_medians_s: float | None  # one run with all times of the response at their medians: CPM length
    at_means_s: float | None
    found: tuple[Loss, ...]  # queueing, communication, variance


def losses(
    scenario: Scenario,
    *,
    plan: str,
    conditions: Conditions = "emergency",
    milestone: str | None = None,
    replications: int = 200,
    seed: int = 1,
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    progress: Progress | None = None,
    **means: Unpack[Means],
) -> Losses:
    """What is lost until ``milestone`` (default: the plan's end) to queueing, communication and variance.

    The plan's runs are paired, on the same luck, with runs that have (a) no end of units, roles, lines and
    lanes and (b) no time of communication; their mean is compared with that of runs with all times of the
    response at their means (mean(plan) - T(means), at least 0 on a fixed graph: Jensen). Hazards and people
    keep their luck there: where they make no difference in three runs one length stands for all, else those
    runs are paired too. Intervals are those of :func:`drillsim.study.pairs.mean_difference`.

    (a) is never slower in any run only on a fixed graph: without branches, routes or escalation that depend
    on time. Elsewhere a plan may lose less than nothing. Arguments otherwise as for
    :func:`drillsim.study.replicate.replicate`; a store keeps the plan's own runs only. Raises
    :class:`DrillsimError` for a plan or milestone the scenario lacks, :class:`RunFailed` if no run of the
    plan could be carried through.
    """
    check(scenario, plans=(plan,), replications=replications)
    if milestone is not None and milestone not in scenario.milestones:
        known = ", ".join(sorted(scenario.milestones))
        raise DrillsimError(f"milestone {milestone!r} is not in scenario {scenario.name}; it has {known}")
    job = Job(plan, conditions, seed, start_s, None if injects is None else tuple(sorted(injects)))
    jobs = (job, replace(job, bound="unlimited"), replace(job, bound="instant"))
    measure = "endex" if milestone is None else f"milestone.{milestone}"
    with Runner(scenario, **means) as runner:
        found, _ = carried_out(runner, jobs, replications=replications, until=None, progress=progress)
        medians = _times(runner.attempts(replace(job, bound="median"), range(1)), measure)
        at_means = _at_means(runner, replace(job, bound="mean"), measure, replications)
        ensemble = assemble(scenario, job, found[0])
        runner.keep_traces(job, ensemble)
    as_is, unlimited, instant = (_times(each, measure) for each in found)
    return Losses(
        ensemble=ensemble,
        milestone=milestone or scenario.plans[plan].end,
        plan_s=_mean(as_is),
        unlimited_s=_mean(unlimited),
        instant_s=_mean(instant),
        at_medians_s=_mean(medians),
        at_means_s=_mean(at_means),
        found=(
            _loss("queueing", as_is, unlimited, replications),
            _loss("communication", as_is, instant, replications),
            _loss("variance", as_is, at_means, replications),
        ),
    )


def _at_means(runner: Runner, job: Job, measure: str, replications: int) -> dict[int, float]:
    """By replication, the length at mean times."""
    probes = range(min(_PROBES, replications))
    found = _times(runner.attempts(job, probes), measure)
    if len(found) == len(probes) and len(set(found.values())) == 1:
        return dict.fromkeys(range(replications), found[0])
    return found | _times(runner.attempts(job, range(len(probes), replications)), measure)


def _times(found: Attempts, measure: str) -> dict[int, float]:
    """By replication, when it was reached, s; those that did not get there are left out."""
    values = {result.replication: measured(result.outcome, measure) for result in found.results}
    return {number: value.number for number, value in values.items() if math.isfinite(value.number)}


def _loss(cause: Cause, plan: dict[int, float], bound: dict[int, float], replications: int) -> Loss:
    both = sorted(plan.keys() & bound.keys())
    differences = [plan[number] - bound[number] for number in both]
    mean = mean_difference(differences)[0] if both else Interval(math.nan, None, None)
    return Loss(cause, mean, pairs=len(both), left_out=replications - len(both))


def _mean(times: dict[int, float]) -> float | None:
    values: Sequence[float] = list(times.values())
    return math.fsum(values) / len(values) if values else None
