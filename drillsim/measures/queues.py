"""Waiting at links."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.measures.egress import not_out
from drillsim.measures.passages import heads_of_tokens
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["cut_off", "queues"]

_WAIT_S: Final = 1e-6  # below it: rounding of clock times, no wait


def queues(trace: Trace) -> dict[str, Value]:
    """``queue.LINK`` and ``queue.total`` in person-seconds, ``peak.LINK`` in heads queueing at once.

    Links where nobody waited are left out. Who has not passed by the end of the run is not counted, so the
    total is at least the sum if a run that was cut off or stood still left somebody inside.
    """
    crowd = trace.crowd
    link = np.array(crowd.link, dtype=np.int64)
    time_s, arrived_s = np.array(crowd.time_s), np.array(crowd.arrived_s)
    rows = np.flatnonzero((link >= 0) & (time_s - arrived_s > _WAIT_S))
    heads = heads_of_tokens(trace)[1][np.array(crowd.person, dtype=np.int64)[rows]]
    link, time_s, arrived_s = link[rows], time_s[rows], arrived_s[rows]
    total = float(np.sum((time_s - arrived_s) * heads))
    waits_on = cut_off(trace) and bool(not_out(trace))
    found = {
        "queue.total": Value(math.nan, "person_s", at_least=total) if waits_on else Value(total, "person_s")
    }
    for number in np.unique(link):
        here = link == number
        name = trace.header.links[number]
        found[f"queue.{name}"] = Value(float(np.sum((time_s - arrived_s)[here] * heads[here])), "person_s")
        # At equal times who passes leaves the queue before who arrives joins it.
        when = np.concatenate([time_s[here], arrived_s[here]])
        change = np.concatenate([-heads[here], heads[here]])
        order = np.argsort(when, kind="stable")
        found[f"peak.{name}"] = Value(float(np.cumsum(change[order]).max()), "p")
    return found


def cut_off(trace: Trace) -> bool:
    """Whether the run ended because nothing moved any more, or at the horizon."""
    end = trace.first("end")
    return end is not None and end[1].task in ("standstill", "horizon")
