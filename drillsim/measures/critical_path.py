"""What a milestone had to wait for, step by step: ``cause`` walked back to STARTEX."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from drillsim.trace.log import Row, Trace

__all__ = ["Kind", "Step", "critical_path"]

Kind = Literal[
    "work",
    "preparation",
    "travel",
    "wait for order",
    "wait for units",
    "wait for information",
    "crowd movement",
    "search",
    "communication",
    "inject",
    "hazard",
]

_CROWD: Final = frozenset(
    {"milestone", "person", "went-back", "casualty", "headcount", "missing", "missing-group"}
)
_SEARCH: Final = frozenset({"searched", "found"})
_HAZARD: Final = frozenset({"hazard", "threshold", "threshold-over", "wind"})
_ORDERED: Final = frozenset({"order-asked", "order-given", "units-granted", "task-started"})


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of the path. Steps follow each other without a gap from STARTEX to the milestone.

    ``since_s`` is when a wait began; it lies before ``start_s`` where the wait ran beside the steps that
    ended it (a crew that was busy elsewhere).
    """

    kind: Kind
    what: str  # task, milestone or, for a called unit on its way, the state it was in
    who: str
    start_s: float
    end_s: float
    since_s: float

    @property
    def label(self) -> str:
        """Short name: the task itself for work, else ``what: kind``."""
        if self.kind == "work":
            return self.what
        if self.kind == "preparation":
            return f"{self.what}: prepare"
        if self.kind == "travel" and self.who:
            return f"{self.who}: {self.what}"
        return f"{self.what}: {self.kind}" if self.what else self.kind


def critical_path(trace: Trace, milestone: str) -> list[Step]:
    """Steps that led to the first stamp of ``milestone``, in order of time; empty if it never came.

    Their lengths add up to the time of the milestone. Steps of no length are left out unless they are waits.
    """
    found = trace.first("milestone", task=milestone)
    if found is None:
        return []
    asked = _Asked(trace)
    path: list[Step] = []
    number = found[0]
    while number >= 0:
        row = trace.rows[number]
        before = trace.rows[row.cause] if row.cause >= 0 else None
        path.extend(reversed(_steps(trace, asked, row, before)))
        number = row.cause
    return [step for step in reversed(path) if step.end_s > step.since_s]


class _Asked:
    """When each task asked for what it then waited for: its latest row before that."""

    def __init__(self, trace: Trace) -> None:
        self._latest_s: dict[tuple[str, str], float] = {}
        for row in trace.rows:
            if row.event in ("task-ready", "order-asked", "order-given", "units-granted"):
                self._latest_s.setdefault((row.task, row.event), row.time_s)

    def since_s(self, task: str, *events: str) -> float | None:
        """Time of the task's row of the last of ``events`` it has; ``None`` if it has none."""
        for event in reversed(events):
            if (task, event) in self._latest_s:
                return self._latest_s[task, event]
        return None


def _steps(trace: Trace, asked: _Asked, row: Row, before: Row | None) -> list[Step]:
    """The segment from ``before`` (STARTEX where there is none) to ``row``, in order of time."""
    start_s = before.time_s if before else 0.0

    def step(kind: Kind, what: str, who: str, since_s: float | None = None) -> list[Step]:
        return [
            Step(kind, what, who, start_s, row.time_s, start_s if since_s is None else min(since_s, start_s))
        ]

    if before and before.event == "informed" and row.event in _ORDERED:
        return step("wait for information", row.task, before.task, asked.since_s(row.task, "task-ready"))
    if row.event == "task-done":
        return step("work", row.task, row.actor)
    if row.event == "task-started":
        return _approach(trace, row, start_s)
    if row.event == "units-granted":
        since_s = asked.since_s(row.task, "task-ready", "order-given")
        return step("wait for units", row.task, before.actor if before else "", since_s)
    if row.event == "order-given":
        return step("wait for order", row.task, row.actor, asked.since_s(row.task, "order-asked"))
    if row.event == "unit-state":
        was = before.task if before and before.event == "unit-state" else ""
        return step("travel", was or "called", row.actor)
    if row.event == "inject":
        return step("inject", row.task, "")
    if row.event in _HAZARD:
        return step("hazard", row.task, row.actor)
    if row.event in _SEARCH:
        return step("search", "", "")
    if row.event == "lift":
        return step("crowd movement", "lift", row.actor)
    if row.event in _CROWD:
        return step("crowd movement", row.task or row.event, row.actor)
    return step("communication", row.task or row.event, row.actor)


def _approach(trace: Trace, started: Row, start_s: float) -> list[Step]:
    """From the crew granted to work begun: travel to the place, then preparation."""
    crew = set(started.actor.split(", "))
    travels, dons_s = False, started.time_s
    for row in trace.rows:
        if row.time_s > started.time_s:
            break
        if row.event == "unit-state" and row.time_s >= start_s and row.actor in crew:
            travels = travels or row.task == "travelling"
            if row.task == "donning":
                dons_s = min(dons_s, row.time_s)
    if not travels:
        dons_s = start_s
    return [
        Step("travel", started.task, "", start_s, dons_s, start_s),
        Step("preparation", started.task, started.actor, dons_s, started.time_s, dons_s),
    ]
