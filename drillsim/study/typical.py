"""The one run that stands for all of an ensemble: charts, tables and the quickest flow all show this one."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drillsim.study.results import Ensemble, Outcome

__all__ = ["nearest_median"]


def nearest_median(ensemble: Ensemble) -> Outcome:
    """The run whose milestones lie nearest their medians, each measured by its own spread.

    A milestone reached in a run but not in the median, or the other way round, counts as three spreads.
    Raises ``ValueError`` for an ensemble without runs.
    """
    if not ensemble.outcomes:
        raise ValueError("an ensemble without runs has no median run")
    scales = [
        (name, summary.p50.estimate, max(summary.p90.estimate - summary.p10, 1.0))
        for name, summary in sorted(ensemble.summaries.items())
        if (name.startswith("milestone.") or name in ("endex", "last_out")) and math.isfinite(summary.p10)
    ]

    def distance(outcome: Outcome) -> float:
        total = 0.0
        for name, median, scale in scales:
            rank = outcome.measures[name].rank if name in outcome.measures else math.inf
            if math.isfinite(rank) != math.isfinite(median):
                total += 9.0
            elif math.isfinite(rank):
                width = scale if math.isfinite(scale) else max(abs(median), 1.0)
                total += min(((rank - median) / width) ** 2, 9.0)
        return total

    return min(ensemble.outcomes, key=lambda outcome: (distance(outcome), outcome.replication))
