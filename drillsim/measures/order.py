"""Rules of order between milestones, and the headcount."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.measures.milestones import milestones
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.trace.log import Trace

__all__ = ["headcount", "in_order"]


def headcount(trace: Trace) -> dict[str, Value]:
    """``headcount.missing``: heads on the lists not counted at the last headcount; none held: at least 0."""
    last = [row.value or 0.0 for _, row in trace.of("missing")][-1:]
    return {"headcount.missing": Value(last[0], "p") if last else Value(math.nan, "p", at_least=0.0)}


def in_order(trace: Trace, first: Sequence[str], then: str) -> bool | None:
    """Whether every milestone of ``first`` came no later than ``then``; ``None`` if ``then`` never came."""
    times = {name: value.number for name, value in milestones(trace).items()}
    then_s = times.get(f"milestone.{then}", math.nan)
    if math.isnan(then_s):
        return None
    return all(times.get(f"milestone.{name}", math.nan) <= then_s for name in first)
