"""Ways of measuring: how many pass where, by which way, and how many wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from drillsim.measures.queues import queues
from drillsim.verification.replay import NEVER, last_out_s, occupancy, passages_s, peak_density_p_m2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.trace.log import Trace
    from drillsim.verification.evidence import Asked
    from drillsim.verification.judge import Got

__all__ = [
    "flow",
    "largest_share",
    "mean_density",
    "mean_flow",
    "passages",
    "passing_time",
    "peak_density",
    "peak_queue",
    "queue_growth",
    "queue_seconds",
    "share_ratio",
    "way_out",
]


def mean_flow(asked: Asked) -> Got:
    """Heads over the time until the last is out, p/s."""
    last_s = last_out_s(asked.evidence.trace)
    return NEVER if isinstance(last_s, str) else _leaving(asked.evidence.trace) / last_s


def passages(asked: Asked) -> Got:
    """Passages through a link; with groups named after it, of their people only."""
    link, *groups = asked.names
    trace, population = asked.evidence.trace, asked.evidence.population(0)
    wanted = trace.header.links.index(link)
    who = {person for group in groups for person in population.members(group)}
    return float(
        sum(
            passed == wanted and (not groups or person in who)
            for person, passed in zip(trace.crowd.person, trace.crowd.link, strict=True)
        )
    )


def way_out(asked: Asked) -> Got:
    """Names of the links by which people came to a muster, each once."""
    trace = asked.evidence.trace
    crowd, header = trace.crowd, trace.header
    return " ".join(
        sorted(
            {
                header.links[link]
                for link, space in zip(crowd.link, crowd.space, strict=True)
                if link >= 0 and header.spaces[space] in header.musters
            }
        )
    )


def share_ratio(asked: Asked) -> Got:
    """Passages of the second link for each of the first, until the first stream of the two runs dry.

    Counted from the moment the space beyond is full for the first time: the third name is a link out of it.
    """
    first, second, out = asked.names
    trace = asked.evidence.trace
    since_s = float(passages_s(trace, out)[0])
    ones, others = (passages_s(trace, link) for link in (first, second))
    until_s = min(ones[-1], others[-1])
    counts = [int(((times > since_s) & (times <= until_s)).sum()) for times in (ones, others)]
    return counts[1] / counts[0]


def peak_queue(asked: Asked) -> Got:
    """Most people waiting at a link at once, those who pass at that moment not counted."""
    trace = asked.evidence.trace
    number = trace.header.links.index(asked.of)
    link = np.array(trace.crowd.link, dtype=np.int64) == number
    time_s, arrived_s = np.array(trace.crowd.time_s)[link], np.array(trace.crowd.arrived_s)[link]
    waited = time_s - arrived_s > 1e-9
    moments = np.sort(arrived_s[waited])
    return float(
        max(((arrived_s[waited] <= at) & (time_s[waited] > at)).sum() for at in moments)
        if len(moments)
        else 0
    )


def queue_seconds(asked: Asked) -> Got:
    """Person-seconds waited at a link, by the measure that reports print; ``ValueError`` for no such link."""
    trace = asked.evidence.trace
    trace.header.links.index(asked.of)
    waited = queues(trace).get(f"queue.{asked.of}")
    return 0.0 if waited is None else waited.number


def peak_density(asked: Asked) -> Got:
    """Most people on the floor of a space at once, p/m2."""
    return peak_density_p_m2(asked.evidence.trace, asked.evidence.facility, asked.of)


def mean_density(asked: Asked) -> Got:
    """Mean density of a space in the later half of the time in which people come in by a link, p/m2."""
    space, link = asked.names
    evidence = asked.evidence
    times_s, heads = occupancy(evidence.trace, evidence.facility, space)
    came_in_s = passages_s(evidence.trace, link)
    since_s, until_s = (came_in_s[0] + came_in_s[-1]) / 2.0, came_in_s[-1]
    held_s = np.diff(np.clip(np.append(times_s, np.inf), since_s, until_s))
    floor_m2 = float(evidence.facility.area_m2[evidence.facility.space_index[space]])
    return float((heads * held_s).sum() / (until_s - since_s)) / floor_m2


def flow(asked: Asked) -> Got:
    """Passages of a link after the first over the time from the first to the last, (N-1)/t, p/s."""
    return _flow_p_s(passages_s(asked.evidence.trace, asked.of))


def _flow_p_s(times_s: NDArray[np.float64]) -> float:
    return float((len(times_s) - 1) / (times_s[-1] - times_s[0]))


def queue_growth(asked: Asked) -> Got:
    """Flow through the first link less that through the second, each from first to last passage, p/s."""
    first, second = (_flow_p_s(passages_s(asked.evidence.trace, link)) for link in asked.names)
    return first - second


def passing_time(asked: Asked) -> Got:
    """Flow time N/C of a link at the rate at which it passed people: first to last and a headway more, s."""
    times_s = passages_s(asked.evidence.trace, asked.of)
    return len(times_s) / _flow_p_s(times_s)


def largest_share(asked: Asked) -> Got:
    """Share of the busiest among these links in the passages of all of them."""
    counts = [len(passages_s(asked.evidence.trace, link)) for link in asked.names]
    return max(counts) / sum(counts)


def _leaving(trace: Trace) -> int:
    return sum(heads for _, heads, stays in trace.header.groups if not stays)
