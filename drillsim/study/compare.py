"""Plans on the same luck: differences replication by replication."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Unpack

from drillsim.errors import DrillsimError
from drillsim.study.differences import against_first, objectives_against_first
from drillsim.study.job import Job
from drillsim.study.plan_changes import plan_changes
from drillsim.study.replicate import assemble, carried_out, check, with_bound
from drillsim.study.results import Comparison
from drillsim.study.runner import Means, Runner
from drillsim.study.stopping import All, stopping_rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.results import Ensemble
    from drillsim.study.runner import Progress
    from drillsim.study.selection import Selection
    from drillsim.study.stopping import StoppingRule

__all__ = ["compare", "compared"]


def compare(
    scenario: Scenario,
    *,
    plans: Sequence[str],
    conditions: Conditions = "emergency",
    replications: int = 200,
    seed: int = 1,
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    until: StoppingRule | str | None = None,
    best: Selection | None = None,
    progress: Progress | None = None,
    **means: Unpack[Means],
) -> Comparison:
    """Run every plan on the same luck; differences are against the first plan.

    ``best`` asks which plan is best on a measure, and runs until that is settled or ``replications`` are
    made. Other arguments as in :func:`drillsim.study.replicate.replicate`; ``progress`` counts the runs of
    all plans. Raises :class:`DrillsimError` for fewer than two plans, one named twice, or one the scenario
    lacks.
    """
    if len(plans) < 2 or len(set(plans)) < len(plans):
        raise DrillsimError(f"{len(plans)} plans ({', '.join(plans)}); name at least two different ones")
    check(scenario, plans=plans, replications=replications)
    chosen = None if injects is None else tuple(sorted(injects))
    best = None if best is None else best.within(scenario)
    if isinstance(until, str):
        until = stopping_rule((until,), scenario=scenario, conditions=conditions)
    rules = [rule for rule in (until, best) if rule is not None]
    rule = All(tuple(rules)) if rules else None
    jobs = [Job(plan, conditions, seed, start_s, chosen) for plan in plans]
    with Runner(scenario, **means) as runner:
        found, looks = carried_out(runner, jobs, replications=replications, until=rule, progress=progress)
        made = [
            (job, assemble(scenario, job, attempts, looks=looks))
            for job, attempts in zip(jobs, found, strict=True)
        ]
        for job, ensemble in made:
            runner.keep_traces(job, ensemble)
    ensembles = tuple(with_bound(ensemble, job, run=means.get("run")) for job, ensemble in made)
    return compared(ensembles, best=best)


def compared(ensembles: Sequence[Ensemble], *, best: Selection | None = None) -> Comparison:
    """Ensembles of plans on the same luck against the first of them."""
    first = ensembles[0]
    return Comparison(
        tuple(ensembles),
        against_first(ensembles),
        objectives=objectives_against_first(ensembles),
        choice=None if best is None else best.choice(ensembles),
        changes={other.plan: plan_changes(first, other) for other in ensembles[1:]},
    )
