"""What each inject set going: the rows it caused, and how soon somebody acted on it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.measures.milestones import end_s
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["ACTIONS", "Reaction", "caused_by_inject", "first_reactions", "reactions"]

ACTIONS: Final = frozenset(
    {"task-started", "order-given", "message-heard", "call-answered", "called", "told"}
)
"""Rows in which somebody acts: works, decides, takes a message in, calls for help, warns people."""


class Reaction(NamedTuple):
    """When an inject was given and the first row of :data:`ACTIONS` it led to; -1 and ``inf`` if none did."""

    given_s: float
    row: int
    at_s: float

    @property
    def after_s(self) -> float:
        """Reaction time, s; ``inf`` if nobody acted."""
        return self.at_s - self.given_s


def caused_by_inject(trace: Trace) -> tuple[str, ...]:
    """For each row the nearest inject in its chain of causes, its own name for the inject; "" for none.

    Causes are the last thing that let a row happen: what waited for an inject and then longer for something
    else goes on from that.
    """
    found: list[str] = []
    for row in trace.rows:
        if row.event == "inject":
            found.append(row.task)
        else:
            found.append(found[row.cause] if row.cause >= 0 else "")
    return tuple(found)


def first_reactions(trace: Trace) -> dict[str, Reaction]:
    """Injects given, by name, with the first action each led to; what it does itself is no reaction to it."""
    given: dict[str, tuple[int, float]] = {}
    found: dict[str, Reaction] = {}
    for number, (row, name) in enumerate(zip(trace.rows, caused_by_inject(trace), strict=True)):
        if row.event == "inject":
            given.setdefault(name, (number, row.time_s))
            continue
        by_somebody = row.event in ACTIONS and row.cause >= 0 and trace.rows[row.cause].event != "inject"
        if name and by_somebody and name not in found:
            found[name] = Reaction(given[name][1], number, row.time_s)
    return {
        name: found.get(name, Reaction(since_s, -1, math.inf)) for name, (_, since_s) in sorted(given.items())
    }


def reactions(trace: Trace) -> dict[str, Value]:
    """``reaction.INJECT``: s from an inject to the first action it led to; none: at least to the end."""
    last_s = end_s(trace)
    return {
        f"reaction.{name}": Value(found.after_s, "s")
        if found.row >= 0
        else Value(math.nan, "s", at_least=last_s - found.given_s)
        for name, found in first_reactions(trace).items()
    }
