"""How each link was used: passages, flow, and the queue before it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.measures.egress import not_out
from drillsim.measures.passages import busiest_p_s, heads_of_tokens, visits
from drillsim.measures.queues import cut_off, queues
from drillsim.measures.space_use import WINDOW_S
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.trace.log import Trace

__all__ = ["LinkUse", "link_use"]

_ROUNDING: Final = 1e-9  # of thousands of times added up


@dataclass(frozen=True, slots=True)
class LinkUse:
    """One link in one run; ``None`` is what does not apply or is not known.

    Flows count N - 1 heads in the time from the first passage to the last, as N heads need (N - 1)/C.
    """

    link: str
    first_s: float
    last_s: float
    heads_there: int  # from its first space to its second
    heads_back: int
    mean_flow_p_s: float | None  # from the first passage to the last; None for a single one
    peak_flow_p_s: float | None  # in the busiest 30 s, at least the mean
    capacity_p_s: float | None  # of the direction more heads took
    share_used: float | None  # of its capacity from the first passage to the last
    queue_person_s: Value
    longest_queue_p: Value  # heads at once
    longest_wait_s: Value


def link_use(trace: Trace) -> tuple[LinkUse, ...]:
    """Every link anybody passed, in the header's order.

    Queue and waits are lower bounds where a run that was cut off or stood still left somebody, who was to get
    out, on one side of the link.
    """
    header, crowd = trace.header, trace.crowd
    link = np.array(crowd.link, dtype=np.int64)
    rows = np.flatnonzero(link >= 0)
    rows = rows[np.argsort(link[rows], kind="stable")]  # in order of time within each link
    link, space = link[rows], np.array(crowd.space, dtype=np.int64)[rows]
    time_s = np.array(crowd.time_s)[rows]
    wait_s = time_s - np.array(crowd.arrived_s)[rows]
    heads = heads_of_tokens(trace)[1][np.array(crowd.person, dtype=np.int64)[rows]]
    known, open_ended = queues(trace), _still_waited_at(trace)
    used, begins = np.unique(link, return_index=True)
    ends = np.searchsorted(link, used, side="right")
    found = []
    for number, begin, end in zip(used.tolist(), begins, ends, strict=True):
        here = slice(begin, end)
        name, bound = header.links[number], number in open_ended
        second = header.link_ends[number][1] if header.link_ends else int(space[begin])
        there = space[here] == second
        capacities = header.link_capacities_p_s[number] if header.link_capacities_p_s else None
        heads_there, heads_back = int(heads[here][there].sum()), int(heads[here][~there].sum())
        mean, peak = _flows(time_s[here], heads[here])
        found.append(
            LinkUse(
                link=name,
                first_s=float(time_s[begin]),
                last_s=float(time_s[end - 1]),
                heads_there=heads_there,
                heads_back=heads_back,
                mean_flow_p_s=mean,
                peak_flow_p_s=peak,
                capacity_p_s=None if capacities is None else capacities[heads_back > heads_there],
                share_used=_share_used(time_s[here], heads[here], there, capacities),
                queue_person_s=_at_least(known.get(f"queue.{name}", Value(0.0, "person_s")), bound),
                longest_queue_p=_at_least(known.get(f"peak.{name}", Value(0.0, "p")), bound),
                longest_wait_s=_at_least(Value(max(0.0, float(wait_s[here].max())), "s"), bound),
            )
        )
    return tuple(found)


def _flows(time_s: NDArray[np.float64], heads: NDArray[np.int64]) -> tuple[float | None, float | None]:
    """Mean flow over the use and flow of the busiest 30 s, p/s."""
    span_s = float(time_s[-1] - time_s[0])
    if span_s <= 0.0:
        return None, None
    mean = float(heads[:-1].sum()) / span_s
    # A window holds whole heads; of a link used evenly or for less than a window it would show too little.
    return mean, max(mean, busiest_p_s(time_s, heads, window_s=WINDOW_S))


def _share_used(
    time_s: NDArray[np.float64],
    heads: NDArray[np.int64],
    there: NDArray[np.bool_],
    capacities_p_s: tuple[float, float] | None,
) -> float | None:
    """Seconds the link was busy by those from the first passage to the last: never above 1."""
    span_s = float(time_s[-1] - time_s[0])
    if capacities_p_s is None or span_s <= 0.0:
        return None
    busy_s = heads[:-1] / np.where(there[:-1], *capacities_p_s)
    used = float(busy_s.sum()) / span_s
    return 1.0 if 1.0 < used < 1.0 + _ROUNDING else used


def _at_least(value: Value, bound: bool) -> Value:
    return Value(math.nan, value.unit, at_least=value.number) if bound else value


def _still_waited_at(trace: Trace) -> set[int]:
    """Links of the spaces in which people who were to leave are left by a run that was cut off."""
    left = not_out(trace)
    if not left or not cut_off(trace):
        return set()
    header, found = trace.header, visits(trace)
    if not header.link_ends:
        return set(range(len(header.links)))
    groups = [number for number, (name, _, _) in enumerate(header.groups) if name in left]
    spaces = set(found.space[found.last & np.isin(found.group, groups)].tolist())
    spaces -= {number for number, name in enumerate(header.spaces) if name in header.musters}
    return {number for number, ends in enumerate(header.link_ends) if spaces.intersection(ends)}
