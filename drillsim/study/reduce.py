"""From a trace to what tables and charts need of it."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

from drillsim.measures.critical_path import critical_path
from drillsim.measures.egress import exit_times_s, leavers
from drillsim.measures.evaluate import evaluate
from drillsim.measures.margins import lost_by
from drillsim.measures.milestones import end_milestone, end_s
from drillsim.measures.standstill import trapped, waits
from drillsim.measures.task_spans import task_spans
from drillsim.study.results import Outcome, TaskSpan

if TYPE_CHECKING:
    from collections.abc import Collection

    from drillsim.trace.log import Trace

__all__ = ["critical_labels", "reduce"]


def reduce(trace: Trace, *, asked: Collection[str] = ()) -> Outcome:
    """One replication: measures (``asked``: further ones), task times, exits, critical path and draws."""
    end = trace.first("end")
    times = exit_times_s(trace) or {}
    return Outcome(
        replication=trace.header.replication,
        end=end[1].task if end else "horizon",
        end_s=end_s(trace),
        measures=evaluate(trace, asked=asked),
        tasks={name: TaskSpan(*span) for name, span in task_spans(trace).items()},
        exit_times_s=tuple(sorted(time_s for group in times.values() for time_s in group)),
        leavers=sum(leavers(trace).values()),
        critical=critical_labels(trace),
        drawn=_drawn(trace),
        trace_digest=trace.digest(),
        flags=tuple(f"{row.actor}: {row.task}" for _, row in trace.of("flag")),
        waits=waits(trace),
        trapped=trapped(trace),
        lost=lost_by(trace),
    )


def critical_labels(trace: Trace) -> tuple[str, ...]:
    """Tasks, waits, channels and commanders on the critical path to the plan's end, last first, each once."""
    end = end_milestone(trace)
    steps = critical_path(trace, end[1]) if end else []
    return tuple(dict.fromkeys(label for step in reversed(steps) for label in step.labels))


def _drawn(trace: Trace) -> dict[str, float]:
    """Assumption (path) -> mean of the values drawn for it in this run."""
    values: defaultdict[str, list[float]] = defaultdict(list)
    for _, row in trace.of("drawn"):
        if row.value is not None:
            values[row.task].append(row.value)
    return {path: math.fsum(found) / len(found) for path, found in sorted(values.items())}
