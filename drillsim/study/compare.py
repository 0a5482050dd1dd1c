"""Plans on the same luck: differences replication by replication."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING, Final, Unpack

from drillsim.errors import DrillsimError
from drillsim.study.job import Job
from drillsim.study.objectives import measured
from drillsim.study.replicate import assemble, check, with_bound
from drillsim.study.results import Comparison, Difference
from drillsim.study.runner import Means, Runner
from drillsim.study.statistics import paired

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.results import Ensemble
    from drillsim.study.runner import Progress

__all__ = ["compare", "differences"]

# Single links are for maps, not for tables of differences.
_LEFT_OUT: Final = ("queue.", "peak.", "objective.")
_KEPT: Final = ("queue.total",)
_ROUNDING: Final = 1e-9  # of the larger mean


def compare(
    scenario: Scenario,
    *,
    plans: Sequence[str],
    conditions: Conditions = "emergency",
    replications: int = 200,
    seed: int = 1,
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    progress: Progress | None = None,
    **means: Unpack[Means],
) -> Comparison:
    """Run every plan on the same luck; differences are against the first plan.

    Arguments as in :func:`drillsim.study.replicate.replicate`; ``progress`` counts the runs of all plans.
    Raises :class:`DrillsimError` for fewer than two plans, one named twice, or one the scenario lacks.
    """
    if len(plans) < 2 or len(set(plans)) < len(plans):
        raise DrillsimError(f"{len(plans)} plans ({', '.join(plans)}); name at least two different ones")
    check(scenario, plans=plans, replications=replications)
    chosen = None if injects is None else tuple(sorted(injects))
    ensembles = []
    with Runner(scenario, **means) as runner:
        for number, plan in enumerate(plans):
            job = Job(plan, conditions, seed, start_s, chosen)
            part = _part(progress, number * replications, len(plans) * replications)
            found = runner.attempts(job, range(replications), progress=part)
            ensembles.append(with_bound(assemble(scenario, job, found), job, run=means.get("run")))
    first = ensembles[0]
    return Comparison(
        tuple(ensembles), {ensemble.plan: differences(first, ensemble) for ensemble in ensembles[1:]}
    )


def _part(progress: Progress | None, before: int, total: int) -> Progress | None:
    return None if progress is None else lambda done, _: progress(before + done, total)


def differences(first: Ensemble, second: Ensemble) -> tuple[Difference, ...]:
    """Second minus first for every measure both have, by name.

    Replications that failed under one of them are left out. The mean is over those in which both came about;
    ``equal`` counts those without any difference, neither coming about included.
    """
    names = sorted(set(first.summaries) & set(second.summaries))
    others = {outcome.replication: outcome for outcome in second.outcomes}
    runs = [(run, others[run.replication]) for run in first.outcomes if run.replication in others]
    if not runs:
        return ()
    found = []
    for name in names:
        if name.startswith(_LEFT_OUT) and name not in _KEPT:
            continue
        pairs = [(measured(a, name), measured(b, name)) for a, b in runs]
        both = [
            (a.number, b.number) for a, b in pairs if not math.isnan(a.number) and not math.isnan(b.number)
        ]
        noise = _noise(both)
        found.append(
            Difference(
                measure=name,
                unit=pairs[0][0].unit,
                n=len(pairs),
                both=len(both),
                mean=paired([0.0 if abs(b - a) <= noise else b - a for a, b in both]),
                equal=sum(a.rank == b.rank or abs(b.rank - a.rank) <= noise for a, b in pairs),
            )
        )
    return tuple(found)


def _noise(pairs: Sequence[tuple[float, float]]) -> float:
    """Below this a difference is rounding: sums in another order differ in their last digits."""
    return _ROUNDING * max(
        (math.fsum(map(abs, side)) / len(pairs) for side in zip(*pairs, strict=True)), default=0.0
    )
