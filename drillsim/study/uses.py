"""How everything that queues was used over all runs: what heat strips and the explanation of a plan show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drillsim.study.objectives import measured
from drillsim.study.statistics import quantile

if TYPE_CHECKING:
    from drillsim.study.results import Ensemble

__all__ = ["UseOverRuns", "uses_over_runs"]

_USED: Final = "utilisation."


@dataclass(frozen=True, slots=True)
class UseOverRuns:
    """One capacity over ``n`` runs; a run in which nobody asked for it counts with 0."""

    kind: str  # unit, capacity, channel, answering, stage or role
    name: str
    n: int
    utilisation: float  # mean share of its members' time
    utilisation_p10: float
    utilisation_p90: float
    wait_s: float  # mean of all requests of a run together
    waited_in: int  # runs in which somebody waited for it
    longest_wait_s: float  # in any run
    longest_wait_p90_s: float  # of the longest of each run
    peak_queue: int  # in any run
    peak_queue_p90: float


def uses_over_runs(ensemble: Ensemble) -> tuple[UseOverRuns, ...]:
    """Every capacity that any run asked for, the longest mean wait first, then the most used."""
    runs = ensemble.outcomes
    names = sorted(
        {name.removeprefix(_USED) for run in runs for name in run.measures if name.startswith(_USED)}
    )

    def values(family: str, name: str) -> list[float]:
        return [measured(run, f"{family}.{name}").number for run in runs]

    found = []
    for name in names:
        kind, _, capacity = name.partition(".")
        shares, waits = values("utilisation", name), values("wait", name)
        longest, queues = values("longest-wait", name), values("peak-queue", name)
        found.append(
            UseOverRuns(
                kind=kind,
                name=capacity,
                n=len(runs),
                utilisation=math.fsum(shares) / len(runs),
                utilisation_p10=quantile(shares, 0.1),
                utilisation_p90=quantile(shares, 0.9),
                wait_s=math.fsum(waits) / len(runs),
                waited_in=sum(wait > 0.0 for wait in waits),
                longest_wait_s=max(longest),
                longest_wait_p90_s=quantile(longest, 0.9),
                peak_queue=round(max(queues)),
                peak_queue_p90=quantile(queues, 0.9),
            )
        )
    return tuple(sorted(found, key=lambda use: (-use.wait_s, -use.utilisation, use.kind, use.name)))
