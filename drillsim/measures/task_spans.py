"""When each task was ready, started and done, and how much later it could have ended."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.measures.milestones import end_milestone, end_s

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["Span", "task_spans"]

_PASSED_ON: Final = frozenset(
    {"informed", "message-asked", "message-lost", "message-heard", "call-answered", "called", "level"}
    | {"task-ready", "order-asked", "order-given", "units-granted", "air-granted", "milestone"}
    | {"left-zone", "exit", "decon-begun", "decon-done", "unit-state"}
)
_LETS_GO_ON: Final = frozenset({"task-done", "task-started", "task-failed", "entry"})
_GOES_ON: Final = frozenset(
    {"task-ready", "order-asked", "order-given", "units-granted", "air-granted", "task-started"}
)


class Span(NamedTuple):
    """Times after STARTEX, s; ``slack_s`` by the order of the plan, waits as they were in this run."""

    ready_s: float
    started_s: float
    done_s: float
    slack_s: float


def task_spans(trace: Trace) -> dict[str, Span]:
    """Finished tasks by name.

    Slack: a backward pass over the plan's edges and over what came about in this run (a crew that had to be
    freed, information that had to be found or heard), each task keeping the times it took. Who was let go on
    before a task was done waited for its start. What nothing finished waits for may end with the plan's end
    milestone, or with the run if that never came or came before. Raises ``graphlib.CycleError`` if edges form
    a ring.
    """
    times = _times(trace)
    follow = _edges(trace, times)
    end = end_milestone(trace)
    last_s = end_s(trace)
    aim_s = trace.rows[end[0]].time_s if end else last_s
    latest_s: dict[str, float] = {}
    spans: dict[str, Span] = {}
    for name in TopologicalSorter({task: set(follow[task]) for task in times}).static_order():
        ready_s, started_s, done_s = times[name]
        latest = aim_s if done_s <= aim_s else last_s
        for next_, edge in follow[name].items():
            latest = min(latest, latest_s[next_] - (times[next_][2] - edge.went_on_s) + edge.to_done_s)
        latest_s[name] = latest
        spans[name] = Span(ready_s, started_s, done_s, max(0.0, latest - done_s))
    return dict(sorted(spans.items()))


class _Edge(NamedTuple):
    """When the next task could go on, and how much later than that the one before was done, s."""

    went_on_s: float
    to_done_s: float


def _edges(trace: Trace, times: dict[str, tuple[float, float, float]]) -> dict[str, dict[str, _Edge]]:
    """Finished task -> finished tasks that waited for it."""
    follow: dict[str, dict[str, _Edge]] = {task: {} for task in times}
    makers = _makers(trace)
    came_s = _came_s(trace)
    for before, after in trace.header.plan_edges:
        before = makers.get(before, before)
        if before in times and after in times:
            _, started_s, done_s = times[before]
            went_on_s = came_s.get(after, times[after][0])
            to_done_s = done_s - started_s if went_on_s < done_s else 0.0
            follow[before][after] = _Edge(went_on_s, to_done_s)
    for row in trace.rows:
        if row.event not in _GOES_ON or row.cause < 0 or row.task not in times:
            continue
        cause = trace.rows[row.cause]
        while cause.event in _PASSED_ON and cause.cause >= 0:
            cause = trace.rows[cause.cause]
        if cause.event in _LETS_GO_ON and cause.task in times and cause.task != row.task:
            edge = _Edge(row.time_s, times[cause.task][2] - row.time_s)
            known = follow[cause.task].get(row.task, edge)
            follow[cause.task][row.task] = min(known, edge, key=sum)
    return follow


def _came_s(trace: Trace) -> dict[str, float]:
    """When the last moment that each task waited for came: a delay after it is the task's own."""
    found: dict[str, float] = {}
    for _, row in trace.of("task-ready"):
        if row.cause >= 0:
            found.setdefault(row.task, trace.rows[row.cause].time_s)
    return found


def _makers(trace: Trace) -> dict[str, str]:
    """Milestone -> task that stamped it."""
    found: dict[str, str] = {}
    for _, row in trace.of("milestone"):
        if row.cause >= 0 and trace.rows[row.cause].event in ("task-done", "task-started"):
            found.setdefault(row.task, trace.rows[row.cause].task)
    return found


def _times(trace: Trace) -> dict[str, tuple[float, float, float]]:
    ready_s: dict[str, float] = {}
    started_s: dict[str, float] = {}
    times: dict[str, tuple[float, float, float]] = {}
    for row in trace.rows:
        if row.event == "task-ready":
            ready_s.setdefault(row.task, row.time_s)
        elif row.event == "task-started":
            started_s.setdefault(row.task, row.time_s)
        elif row.event == "task-done" and row.task not in times:
            start = started_s.get(row.task, row.time_s)
            times[row.task] = (ready_s.get(row.task, start), start, row.time_s)
    return times
