"""What a milestone had to wait for, step by step: ``cause`` walked back to STARTEX."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from drillsim.trace.log import Row, Trace

__all__ = ["Kind", "Step", "critical_path"]

Kind = Literal[
    "work",
    "preparation",
    "travel",
    "way back",
    "wait for order",
    "wait for units",
    "wait for information",
    "wait for air",
    "wait for a line",
    "wait for decontamination",
    "wait for a call-taker",
    "delay",
    "crowd movement",
    "search",
    "communication",
    "asking for the order",
    "order on its way",
    "call",
    "inject",
    "hazard",
]

_CROWD: Final = frozenset(
    {"milestone", "person", "went-back", "casualty", "headcount", "missing", "missing-group"}
)
_SEARCH: Final = frozenset({"searched", "found"})
_HAZARD: Final = frozenset({"hazard", "threshold", "threshold-over", "wind"})
_ORDERED: Final = frozenset({"order-asked", "order-given", "units-granted", "task-started"})
_BEGUN: Final = frozenset({"task-started", "task-failed", "entry"})  # work goes on from here
_WORK: Final = frozenset({"task-done", "task-failed", "exit", "mayday"})
_MOVES: Final = _CROWD | _SEARCH | {"lift", "threshold", "threshold-over", "wind", "inject", "unit-state"}
_TALK: Final = frozenset({"message-asked", "message-lost", "message-heard", "call-answered"})
_ON_LINE: Final = ("message-asked", "message-lost")
# Row -> what it waited for, and since when: the last of these events that its task has.
_WAITS: Final[dict[str, tuple[Kind, tuple[str, ...]]]] = {
    "units-granted": ("wait for units", ("task-ready", "order-given")),
    "order-asked": ("wait for order", ("task-ready",)),
    "order-given": ("wait for order", ("order-asked",)),
    "air-granted": ("wait for air", ("task-started", "entry", "exit")),
    "decon-begun": ("wait for decontamination", ("task-started", "entry")),
    "decon-done": ("wait for decontamination", ("decon-begun",)),
}
_BY_WORK: Final = frozenset(_WAITS) - {"decon-begun"} | _MOVES  # never work themselves
# Names of messages: about a task, or number (and hearer) of one that is part of a task.
_CONTENT: Final = re.compile(r"(?:report|order)\.(?P<about>.+)|(?:inject\.)?(?P<of>.+?)\.\d+(?:\..+)?")


@dataclass(frozen=True, slots=True)
class Step:
    """One piece of the path. Steps follow each other without a gap from STARTEX to the milestone.

    ``since_s`` is when a wait began; it lies before ``start_s`` where the wait ran beside the steps that
    ended it (a crew that was busy elsewhere).
    """

    kind: Kind
    what: str  # task, milestone or, for a called unit on its way, the state it was in or ``on the site``
    who: str
    start_s: float
    end_s: float
    since_s: float
    over: str = ""  # channel of a message

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

    @property
    def labels(self) -> tuple[str, ...]:
        """The step's own label, and ``CHANNEL: line`` or ``ROLE: command`` for whoever it hangs on."""
        if self.over:
            return self.label, f"{self.over}: line"
        if self.kind == "wait for order" and self.who:
            return self.label, *(f"{role}: command" for role in self.who.split(", "))
        return (self.label,)


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
        path.extend(reversed(_steps(trace, asked, number)))
        number = trace.rows[number].cause
    return [step for step in reversed(path) if step.end_s > step.since_s]


class _Asked:
    """Which rows each task and message has, to tell since when it waits."""

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._numbers: dict[tuple[str, str], list[int]] = {}
        for number, row in enumerate(trace.rows):
            about = row.actor if row.event == "drawn" else row.task
            if about:
                self._numbers.setdefault((row.event, about), []).append(number)

    def before(self, number: int, task: str, *events: str) -> int:
        """Last row of these events that a task (for ``drawn``: an entity) has before a row; -1: none."""
        found = -1
        for event in events:
            numbers = self._numbers.get((event, task), ())
            if at := bisect_left(numbers, number):
                found = max(found, numbers[at - 1])
        return found

    def since_s(self, number: int, *events: str) -> float | None:
        """Time of the last row that the task of a row has of ``events`` before it; ``None`` without any."""
        found = self.before(number, self._trace.rows[number].task, *events)
        return self._trace.rows[found].time_s if found >= 0 else None


def _steps(trace: Trace, asked: _Asked, number: int) -> list[Step]:
    """The segment from the cause of a row (STARTEX where there is none) to it, in order of time."""
    row = trace.rows[number]
    before = trace.rows[row.cause] if row.cause >= 0 else None
    start_s = before.time_s if before else 0.0

    def step(kind: Kind, what: str, who: str, since_s: float | None = None) -> list[Step]:
        return [
            Step(kind, what, who, start_s, row.time_s, start_s if since_s is None else min(since_s, start_s))
        ]

    if before and before.event == "informed" and row.event in _ORDERED:
        return step("wait for information", row.task, before.task, asked.since_s(number, "task-ready"))
    if row.event == "task-started":
        return _approach(trace, row, start_s)
    if before and row.event == "exit" and before.event == "unit-state":
        return step("wait for decontamination", row.task, row.actor)
    if row.event in _WORK:
        return step("work", row.task, row.actor)
    if before and row.event == "unit-state" and before.event in _BEGUN:
        return _way_out(trace, asked, number, start_s)
    if row.event in _TALK:
        return _talk(trace, asked, number, start_s)
    if before and before.event in _BEGUN and row.event not in _BY_WORK:
        return step("work", before.task, before.actor)
    if row.event in _WAITS:
        kind, events = _WAITS[row.event]
        who = row.actor if row.actor or before is None else before.actor
        at_once = before is not None and (
            _about(before) == row.task or (row.event == "decon-begun" and before.event == "unit-state")
        )
        return step(kind, row.task, who, None if at_once else asked.since_s(number, *events))
    return step(*_other(trace, row, before))


def _way_out(trace: Trace, asked: _Asked, number: int, start_s: float) -> list[Step]:
    """From the work of a crew, or from going in on air, to its next state: the work, then the way out."""
    row = trace.rows[number]
    before = trace.rows[row.cause]
    done = asked.before(number, before.task, "task-done", "task-failed")
    done_s = trace.rows[done].time_s if done > row.cause else start_s
    return [
        Step("work", before.task, before.actor, start_s, done_s, start_s),
        Step("way back", before.task, "", done_s, row.time_s, done_s),
    ]


def _other(trace: Trace, row: Row, before: Row | None) -> tuple[Kind, str, str]:
    """Kind, what and who of a segment that ends on this row."""
    if row.event == "unit-state":
        return "travel", _was(trace, before), row.actor
    if row.event == "entry":
        return "preparation", row.task, row.actor
    if row.event in ("task-ready", "task-skipped"):
        return "delay", row.task, ""
    if row.event == "inject":
        return "inject", row.task, ""
    if row.event in _HAZARD:
        return "hazard", row.task, row.actor
    if row.event in _SEARCH:
        return "search", "", ""
    if row.event == "lift":
        return "crowd movement", "lift", row.actor
    if row.event in _CROWD:
        return "crowd movement", row.task or row.event, row.actor
    return "communication", row.task or row.event, row.actor


def _was(trace: Trace, before: Row | None) -> str:
    """The state a called unit was in; on its way again once it has come to the site: ``on the site``."""
    if before is None or before.event != "unit-state":
        return "called"
    cause = trace.rows[before.cause] if before.cause >= 0 else before
    again = before.task == cause.task == "travelling" and cause is not before
    return "on the site" if again else before.task


def _talk(trace: Trace, asked: _Asked, number: int, start_s: float) -> list[Step]:
    """What led to a row about a message or call: work before it, the wait for a line, and speaking.

    Speaking begins when its length is drawn, just after a line, or who answers, came free.
    """
    row = trace.rows[number]
    before = trace.rows[row.cause] if row.cause >= 0 else None
    is_call = row.event == "call-answered"
    own = asked.before(number, row.task, *(_TALK if row.event == "message-asked" else _ON_LINE))
    if not is_call and (own < 0 or trace.rows[own].event not in _ON_LINE):  # wanted just now
        worked = before is not None and before.event in _BEGUN
        kind: Kind = "work" if worked else _speech(row)
        return [Step(kind, _about(row), row.actor, start_s, row.time_s, start_s)]
    wanted_s = max(row.time_s - (row.value or 0.0), 0.0) if is_call else trace.rows[own].time_s
    entity = f"call.{row.task}.{row.actor}" if is_call else f"message.{row.task}"
    drawn = asked.before(number, entity, "drawn")
    begun_s = trace.rows[drawn].time_s if drawn > own else start_s
    begun_s = min(max(begun_s, start_s), row.time_s)
    steps = []
    if before is not None and before.event in _BEGUN and start_s < wanted_s <= begun_s:
        steps.append(Step("work", _about(row), before.actor, start_s, wanted_s, start_s))
        start_s = wanted_s
    freed = before.actor if before is not None and _about(before) != _about(row) else ""
    if is_call and (not row.place or (before is not None and before.event == row.event)):
        wait = Step("wait for a call-taker", row.actor, freed, start_s, begun_s, min(wanted_s, start_s))
    else:
        over = row.place if row.event != "message-asked" else trace.rows[own].place
        wait = Step("wait for a line", _about(row), freed, start_s, begun_s, min(wanted_s, start_s), over)
    talk = Step(_speech(row), _about(row), row.actor, begun_s, row.time_s, begun_s, wait.over)
    return [*steps, wait, talk]


def _speech(row: Row) -> Kind:
    """What is said: a call, the report that asks for an order, the order, or another message."""
    if row.event == "call-answered":
        return "call"
    kind = row.task.partition(".")[0]
    if kind == "report":
        return "asking for the order"
    return "order on its way" if kind == "order" else "communication"


def _about(row: Row) -> str:
    """The task a message or call is about, or that it is part of, by its name."""
    found = _CONTENT.fullmatch(row.task)
    return found["about"] or found["of"] if found else row.task


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
