"""How long before a space was lost the last person had left it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.measures.milestones import end_s
from drillsim.measures.passages import stays
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["margins"]

_LOST: Final = "untenable"


def margins(trace: Trace) -> dict[str, Value]:
    """``margin.SPACE``: available minus required safe egress time (ASET - RSET), s; positive is safe.

    ASET is the first ``untenable`` row of the space; RSET is the last moment anybody was in it, the end of
    the run for those who stayed. A space that was never lost has no ASET: at least (end - RSET). Only runs
    with an untenable space anywhere have margins; musters and spaces nobody was in have none.
    """
    lost_s: dict[str, float] = {}
    for _, row in trace.of("threshold"):
        if row.task == _LOST and row.place:
            lost_s.setdefault(row.place, row.time_s)
    if not lost_s:
        return {}
    found = stays(trace)
    spaces = trace.header.spaces
    left_s = np.full(len(spaces), -math.inf)
    np.maximum.at(left_s, found.space, found.until_s)
    margin: dict[str, Value] = {}
    for name, empty_s in zip(spaces, left_s.tolist(), strict=True):
        if empty_s == -math.inf or name in trace.header.musters:
            continue
        if name in lost_s:
            margin[f"margin.{name}"] = Value(lost_s[name] - empty_s, "s")
        else:
            margin[f"margin.{name}"] = Value(math.nan, "s", at_least=max(0.0, end_s(trace) - empty_s))
    return margin
