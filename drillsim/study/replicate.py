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
from drillsim.study.results import Ensemble
from drillsim.study.runner import Means, Runner
from drillsim.study.statistics import quantile, summarise
from drillsim.study.typical import nearest_median

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.job import Run
    from drillsim.study.results import Outcome, Summary
    from drillsim.study.runner import Attempts, Progress

__all__ = ["assemble", "digest", "median_replication", "replicate", "summaries", "with_bound"]


def replicate(
    scenario: Scenario,
    *,
    plan: str,
    conditions: Conditions = "emergency",
    replications: int = 200,
    seed: int = 1,
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    progress: Progress | None = None,
    **means: Unpack[Means],
) -> Ensemble:
    """Run replications 0 … ``replications`` - 1 and judge the objectives.

    ``means`` (engine, workers, store …: :class:`drillsim.study.runner.Means`) do not change the answer; a
    script that asks for more than one process must guard its start with ``if __name__ == "__main__":``.
    ``progress`` gets (done, of). Raises :class:`DrillsimError` for a plan the scenario lacks or fewer than
    one replication, :class:`RunFailed` if no run could be carried through; a run that could not is among
    the ensemble's ``failures``.
    """
    check(scenario, plans=(plan,), replications=replications)
    job = Job(plan, conditions, seed, start_s, None if injects is None else tuple(sorted(injects)))
    with Runner(scenario, **means) as runner:
        found = runner.attempts(job, range(replications), progress=progress)
    return with_bound(assemble(scenario, job, found), job, run=means.get("run"))


def check(scenario: Scenario, *, plans: Sequence[str], replications: int) -> None:
    """Raise :class:`DrillsimError` for what cannot be run."""
    for plan in plans:
        if plan not in scenario.plans:
            known = ", ".join(sorted(scenario.plans))
            raise DrillsimError(f"plan {plan!r} is not in scenario {scenario.name}; it has {known}")
    if replications < 1:
        raise DrillsimError(f"{replications} replications; at least 1 is needed")


def assemble(scenario: Scenario, job: Job, found: Attempts) -> Ensemble:
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
        summaries=summaries(scenario, job.conditions, outcomes, failed=len(failures)),
        verdicts=verdicts(scenario, job.conditions, outcomes, failed=len(failures)),
        version=" + ".join(sorted({result.version for result in results})),
        fingerprint=" + ".join(sorted({result.fingerprint for result in results})),
        digest=digest(outcomes),
        failures=failures,
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
    scenario: Scenario, conditions: Conditions, outcomes: Sequence[Outcome], *, failed: int = 0
) -> dict[str, Summary]:
    """Every measure any run has, and ``objective.NAME`` for what an objective counts from a milestone.

    The ``failed`` runs beside the outcomes reached nothing.
    """
    names = sorted({name for outcome in outcomes for name in outcome.measures})
    found = {
        name: summarise(name, [measured(outcome, name) for outcome in outcomes], failed=failed)
        for name in names
    }
    for name, objective in sorted(scenario.objectives.items()):
        key = summary_name(name, objective)
        if key != "order" and key not in found and objective.only in (None, conditions):
            values = [value(objective, outcome) for outcome in outcomes]
            found[key] = summarise(key, [entry for entry in values if entry is not None], failed=failed)
    return found


def digest(outcomes: Sequence[Outcome]) -> str:
    """Hash over all outcomes: equal for equal studies, whatever processes made them."""
    state = blake2b(digest_size=16)
    for outcome in outcomes:
        state.update(repr(outcome).encode())
    return state.hexdigest()


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
