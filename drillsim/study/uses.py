"""How everything that queues was used over all runs: what heat strips and the explanation of a plan show."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drillsim.study.objectives import measured

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
    wait_s: float  # mean of all requests of a run together
    waited_in: int  # runs in which somebody waited for it
    longest_wait_s: float  # in any run
    peak_queue: int  # in any run


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
        waits = values("wait", name)
        found.append(
            UseOverRuns(
                kind=kind,
                name=capacity,
                n=len(runs),
                utilisation=math.fsum(values("utilisation", name)) / len(runs),
                wait_s=math.fsum(waits) / len(runs),
                waited_in=sum(wait > 0.0 for wait in waits),
                longest_wait_s=max(values("longest-wait", name)),
                peak_queue=round(max(values("peak-queue", name))),
            )
        )
    return tuple(sorted(found, key=lambda use: (-use.wait_s, -use.utilisation, use.kind, use.name)))
