"""When each milestone came, and when the exercise ended."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.measures.value import Value

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["end_milestone", "end_s", "endex", "milestones"]


def end_s(trace: Trace) -> float:
    """Time of the last row, s after STARTEX; 0 for an empty trace."""
    return trace.rows[-1].time_s if trace.rows else 0.0


def milestones(trace: Trace) -> dict[str, Value]:
    """``milestone.NAME``: s from STARTEX to its first row; not reached: at least the length of the run."""
    missing = Value(math.nan, "s", at_least=end_s(trace))
    found = {f"milestone.{name}": missing for name in trace.header.milestones}
    seen: set[str] = set()
    for _, row in trace.of("milestone"):
        if row.task not in seen:
            seen.add(row.task)
            found[f"milestone.{row.task}"] = Value(row.time_s, "s")
    return found


def end_milestone(trace: Trace) -> tuple[int, str] | None:
    """Row number and name of the plan's end milestone: the cause of the end row, else one named endex."""
    end = trace.first("end")
    if end is not None and end[1].cause >= 0 and trace.rows[end[1].cause].event == "milestone":
        return end[1].cause, trace.rows[end[1].cause].task
    named = trace.first("milestone", task="endex")
    return None if named is None else (named[0], "endex")


def endex(trace: Trace) -> dict[str, Value]:
    """``endex``: s from STARTEX to the plan's end milestone; not reached: at least the length of the run."""
    reached = end_milestone(trace)
    if reached is not None:
        return {"endex": Value(trace.rows[reached[0]].time_s, "s")}
    end = trace.first("end", task="endex")
    if end is not None:
        return {"endex": Value(end[1].time_s, "s")}
    return {"endex": Value(math.nan, "s", at_least=end_s(trace))}
