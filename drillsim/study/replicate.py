"""One plan under one set of conditions, many times over."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Unpack

from drillsim.errors import DrillsimError, RunFailed
from drillsim.study.bound import bound_of_run
from drillsim.study.job import Job
from drillsim.study.objectives import measured, summary_name, value, verdicts
from drillsim.study.outcome_text import digest_of
from drillsim.study.results import Ensemble
from drillsim.study.runner import Attempts, Means, Runner
from drillsim.study.statistics import quantile, summarise
from drillsim.study.stopping import batches, stopping_rule
from drillsim.study.typical import nearest_median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.job import Run
    from drillsim.study.results import Outcome, Summary
    from drillsim.study.runner import Progress
    from drillsim.study.stopping import StoppingRule

__all__ = [
    "assemble",
    "carried_out",
    "check",
    "digest",
    "median_replication",
    "replicate",
    "study_digest",
    "summaries",
    "with_bound",
]


def replicate(
    scenario: Scenario,
    *,
    plan: str,
    conditions: Conditions = "emergency",
    replications: int = 200,
    seed: int = 1,
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    until: StoppingRule | str | None = None,
    progress: Progress | None = None,
    **means: Unpack[Means],
) -> Ensemble:
    """Run replications 0 … ``replications`` - 1 and judge the objectives.

    With ``until``, a rule when enough is known or its text (``p95 last_out 15 s``, ``auto``),
    ``replications`` are the most that are run.

    ``means`` (engine, workers, store …: :class:`drillsim.study.runner.Means`) do not change the answer; a
    script that asks for more than one process must guard its start with ``if __name__ == "__main__":``.
    ``progress`` gets (done, of). Raises :class:`DrillsimError` for a plan the scenario lacks or fewer than
    one replication, :class:`RunFailed` if no run could be carried through; a run that could not is among
    the ensemble's ``failures``.
    """
    check(scenario, plans=(plan,), replications=replications)
    job = Job(plan, conditions, seed, start_s, None if injects is None else tuple(sorted(injects)))
    if isinstance(until, str):
        until = stopping_rule((until,), scenario=scenario, conditions=conditions)
    with Runner(scenario, **means) as runner:
        (found,), looks = carried_out(
            runner, (job,), replications=replications, until=until, progress=progress
        )
        ensemble = assemble(scenario, job, found, looks=looks)
        runner.keep_traces(job, ensemble)
    return with_bound(ensemble, job, run=means.get("run"))


def carried_out(
    runner: Runner,
    jobs: Sequence[Job],
    *,
    replications: int,
    until: StoppingRule | None,
    progress: Progress | None,
) -> tuple[list[Attempts], int]:
    """Replications of all jobs, the same of each, and how often the rule ``until`` was asked (0: no rule).

    Batches are fixed beforehand, so a study that is taken up again stops where it would have stopped.
    """
    found = [Attempts((), ()) for _ in jobs]
    done, looks = 0, 0
    for end in (replications,) if until is None else batches(replications):
        for number, job in enumerate(jobs):
            before = done * (len(jobs) - number) + end * number
            part = _part(progress, before, replications * len(jobs))
            found[number] += runner.attempts(job, range(done, end), progress=part)
        done = end
        if until is not None:
            looks += 1
            if until.enough([[result.outcome for result in each.results] for each in found]):
                break
    return found, looks


def _part(progress: Progress | None, before: int, total: int) -> Progress | None:
    return None if progress is None else lambda done, _: progress(before + done, total)


def check(scenario: Scenario, *, plans: Sequence[str], replications: int) -> None:
    """Raise :class:`DrillsimError` for what cannot be run."""
    for plan in plans:
        if plan not in scenario.plans:
            known = ", ".join(sorted(scenario.plans))
            raise DrillsimError(f"plan {plan!r} is not in scenario {scenario.name}; it has {known}")
    if replications < 1:
        raise DrillsimError(f"{replications} replications; at least 1 is needed")


def assemble(scenario: Scenario, job: Job, found: Attempts, *, looks: int = 0) -> Ensemble:
    """What came of one job as an ensemble; raises :class:`RunFailed` if there are only failures."""
    results, failures = found.results, found.failures
    if failures and not results:
        raise RunFailed(f"none of {len(failures)} runs of plan {job.plan} was carried through; {failures[0]}")
    outcomes = tuple(result.outcome for result in results)
    return Ensemble(
        scenario=scenario,
        plan=job.plan,
        conditions=job.conditions,
        seed=job.seed,
        outcomes=outcomes,
        summaries=summaries(scenario, job.conditions, outcomes, failed=len(failures), looks=looks),
        verdicts=verdicts(scenario, job.conditions, outcomes, failed=len(failures), looks=looks),
        version=" + ".join(sorted({result.version for result in results})),
        fingerprint=" + ".join(sorted({result.fingerprint for result in results})),
        digest=digest(outcomes),
        failures=failures,
        looks=looks,
    )


def with_bound(ensemble: Ensemble, job: Job, *, run: Run | None = None) -> Ensemble:
    """The ensemble with the quickest flow of its run nearest the median, the one that tables show.

    That run is made once more. As it was where nobody got out or passages were not recorded.
    """
    if not any(outcome.exit_times_s for outcome in ensemble.outcomes):
        return ensemble
    if not all("last_out" in outcome.measures for outcome in ensemble.outcomes):
        return ensemble
    if run is None:
        from drillsim.simulation.run import run as run_once

        run = run_once
    trace = run(
        ensemble.scenario,
        plan=job.plan,
        conditions=job.conditions,
        seed=job.seed,
        replication=nearest_median(ensemble).replication,
        start_s=job.start_s,
        injects=job.injects,
    )
    return replace(ensemble, bound=bound_of_run(trace, ensemble.scenario))


def summaries(
    scenario: Scenario,
    conditions: Conditions,
    outcomes: Sequence[Outcome],
    *,
    failed: int = 0,
    looks: int = 0,
) -> dict[str, Summary]:
    """Every measure any run has, and ``objective.NAME`` for what an objective counts from a milestone.

    The ``failed`` runs beside the outcomes reached nothing.
    """
    names = sorted({name for outcome in outcomes for name in outcome.measures})
    found = {
        name: summarise(name, [measured(outcome, name) for outcome in outcomes], failed=failed, looks=looks)
        for name in names
    }
    for name, objective in sorted(scenario.objectives.items()):
        key = summary_name(name, objective)
        if key != "order" and key not in found and objective.only in (None, conditions):
            values = [value(objective, outcome) for outcome in outcomes]
            there = [entry for entry in values if entry is not None]
            found[key] = summarise(key, there, failed=failed, looks=looks)
    return found


def digest(outcomes: Sequence[Outcome]) -> str:
    """Hash over all outcomes: equal for equal studies, whatever processes made them."""
    return digest_of(outcomes)


def study_digest(ensembles: Sequence[Ensemble]) -> str:
    """Hash over the results of all plans of a study, in order."""
    return blake2b("".join(ensemble.digest for ensemble in ensembles).encode(), digest_size=16).hexdigest()


def median_replication(ensemble: Ensemble) -> int:
    """Number of the run whose ENDEX lies nearest the median; the lowest number of equally near ones."""
    values = [measured(outcome, "endex") for outcome in ensemble.outcomes]
    middle = quantile([found.rank for found in values], 0.5)
    if math.isfinite(middle):
        near = [abs(found.rank - middle) for found in values]
    else:
        # Most runs did not reach it: the typical one among those that did not.
        bounds = [found.at_least for found in values if found.at_least is not None]
        typical = quantile(bounds, 0.5)
        near = [math.inf if found.at_least is None else abs(found.at_least - typical) for found in values]
    return ensemble.outcomes[near.index(min(near))].replication
