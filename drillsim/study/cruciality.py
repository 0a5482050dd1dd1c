"""Which tasks' durations move the whole: rank correlation over the runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.study.objectives import measured
from drillsim.study.statistics import spearman

if TYPE_CHECKING:
    from drillsim.study.results import Ensemble

__all__ = ["Cruciality", "cruciality"]

_FEWEST: Final = 10  # runs: a rank correlation of fewer says nothing


class Cruciality(NamedTuple):
    """Spearman correlation of a task's duration (started to done) with the time of a milestone."""

    task: str
    correlation: float
    runs: int


def cruciality(ensemble: Ensemble, *, milestone: str | None = None) -> tuple[Cruciality, ...]:
    """Tasks by how far their duration goes with the time to ``milestone`` (default: the plan's end).

    Over the runs that did the task and reached the milestone; tasks of fewer than ten such runs, or always
    equally long, are left out. A task can be on the critical path of every run and yet not be crucial: one
    that hardly varies. The strongest first.
    """
    measure = "endex" if milestone is None else f"milestone.{milestone}"
    times = [(run, measured(run, measure).number) for run in ensemble.outcomes]
    ended = [(run, total) for run, total in times if math.isfinite(total)]
    found = []
    for task in sorted({name for run, _ in ended for name in run.tasks}):
        pairs = [
            (run.tasks[task].done_s - run.tasks[task].started_s, total)
            for run, total in ended
            if task in run.tasks
        ]
        if len(pairs) >= _FEWEST and _varies([length for length, _ in pairs]):
            lengths, totals = zip(*pairs, strict=True)
            found.append(Cruciality(task, spearman(lengths, totals), len(pairs)))
    return tuple(sorted(found, key=lambda entry: (-abs(entry.correlation), entry.task)))


def _varies(lengths: list[float]) -> bool:
    return max(lengths) - min(lengths) > 1e-9 * max(abs(max(lengths)), 1.0)
