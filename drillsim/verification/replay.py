"""What a trace says of its people, and what its passages must obey whatever the scenario."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.measures.egress import exit_times_s, last_out
from drillsim.measures.passages import heads_of_tokens

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.trace.log import Trace

__all__ = [
    "NEVER",
    "conservation_breaches",
    "exit_times",
    "first_come_last_s",
    "last_out_s",
    "occupancy",
    "passages_s",
    "passing_heads",
    "peak_density_p_m2",
    "starts_s",
    "window_excess",
]

NEVER: Final = "never"


def last_out_s(trace: Trace) -> float | str:
    """Time until the last of all who are to leave is out, s, or :data:`NEVER`."""
    number = last_out(trace)["last_out"].number
    return NEVER if math.isnan(number) else number


def exit_times(trace: Trace) -> Mapping[str, tuple[float, ...]]:
    """By group: when each head got out, s, sorted. Raises ``ValueError`` for a run that did not record it."""
    times = exit_times_s(trace)
    if times is None:
        raise ValueError("the run did not record who passed when")
    return times


def starts_s(trace: Trace) -> NDArray[np.float64]:
    """By token: when it first began to move, shape (tokens,), s; nan for one that never did."""
    crowd = trace.crowd
    found = np.full(sum(trace.header.group_tokens), math.nan)
    for person, link, time_s in zip(crowd.person, crowd.link, crowd.time_s, strict=True):
        if link < 0 and math.isnan(found[person]):
            found[person] = time_s
    return found


def passages_s(trace: Trace, link: str) -> NDArray[np.float64]:
    """Times at which somebody passed a link, in order, shape (passages,), s; both directions.

    Raises ``ValueError`` for a link the run does not have.
    """
    number = trace.header.links.index(link)
    crowd = trace.crowd
    found = [time_s for time_s, passed in zip(crowd.time_s, crowd.link, strict=True) if passed == number]
    return np.array(found, dtype=np.float64)


def occupancy(trace: Trace, facility: Facility, space: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Heads in a space from each of some times on until the next, both shape (n,); the first time is -inf.

    Raises ``KeyError`` for a space the run does not have.
    """
    group, heads = heads_of_tokens(trace)
    wanted = facility.space_index[space]
    at = np.array([facility.space_index[place] for place in trace.header.group_places])[group]
    times_s, counts = [-math.inf], [int(heads[at == wanted].sum())]
    for time_s, person, entered in zip(
        trace.crowd.time_s, trace.crowd.person, trace.crowd.space, strict=True
    ):
        if (entered == wanted) != (at[person] == wanted):
            times_s.append(time_s)
            counts.append(counts[-1] + int(heads[person]) * (1 if entered == wanted else -1))
        at[person] = entered
    return np.array(times_s), np.array(counts, dtype=np.int64)


def peak_density_p_m2(trace: Trace, facility: Facility, space: str) -> float:
    """Most people on the floor of a space at once, p/m2; ``KeyError`` for a space the run does not have."""
    _, heads = occupancy(trace, facility, space)
    return float(heads.max()) / float(facility.area_m2[facility.space_index[space]])


def conservation_breaches(trace: Trace, facility: Facility) -> int:
    """Events after which a head is lost or doubled, a space holds less than nobody, or too many get in.

    A passage must begin in the space where the person is. A space that was overfull from the start may
    only empty.
    """
    group, heads = heads_of_tokens(trace)
    at = np.array([facility.space_index[place] for place in trace.header.group_places])[group]
    inside = np.bincount(at, weights=heads, minlength=len(facility.spaces)).astype(np.int64)
    total, breaches = int(heads.sum()), 0
    for person, link, space in zip(trace.crowd.person, trace.crowd.link, trace.crowd.space, strict=True):
        before = int(at[person])
        if link >= 0:
            if {before, space} != set(facility.link_spaces[link].tolist()):
                breaches += 1
            inside[before] -= heads[person]
            inside[space] += heads[person]
            at[person] = space
            breaches += int(inside[before] < 0) + int(inside[space] > facility.slots[space])
        elif before != space:
            breaches += 1
        breaches += int(inside.sum() != total)
    return breaches


def passing_heads(trace: Trace, link: str) -> NDArray[np.int64]:
    """Heads of who passed a link, in the order of :func:`passages_s`, shape (passages,)."""
    number = trace.header.links.index(link)
    passed = np.array(trace.crowd.link, dtype=np.int64) == number
    heads: NDArray[np.int64] = heads_of_tokens(trace)[1][np.array(trace.crowd.person, np.int64)[passed]]
    return heads


def window_excess(
    times_s: NDArray[np.float64], capacity_p_s: float, *, heads: NDArray[np.int64] | None = None
) -> float:
    """Most heads above the last one to pass and C dt in any time dt, p; at most 0 if capacity is kept.

    Who passes as one party of ``heads`` passes at once and keeps the link busy for each of them.

    >>> window_excess(np.array([0.0, 1.0, 2.0]), 1.0), window_excess(np.array([0.0, 5.0, 5.0]), 1.0)
    (0.0, 1.0)
    """
    # From passage i on and before passage j, C (t_j - t_i) heads may pass.
    each = np.ones(len(times_s), dtype=np.int64) if heads is None else heads
    ahead = np.cumsum(each) - each - capacity_p_s * times_s
    return float(np.max(ahead - np.minimum.accumulate(ahead), initial=0.0))


def first_come_last_s(arrivals_s: NDArray[np.float64], capacity_p_s: float) -> float:
    """When a first-come queue has passed all: max over i of (a_i + (N - 1 - i)/C), arrivals sorted, s.

    >>> first_come_last_s(np.array([10.0, 0.0, 10.0]), 0.5)
    12.0
    """
    ordered = np.sort(arrivals_s)
    return float(np.max(ordered + np.arange(len(ordered))[::-1] / capacity_p_s))
