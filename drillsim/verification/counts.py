"""Ways of measuring: how many pass where, by which way, and how many wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from drillsim.measures.passages import heads_of_tokens
from drillsim.verification.replay import NEVER, last_out_s, passages_s

if TYPE_CHECKING:
    from drillsim.trace.log import Trace
    from drillsim.verification.evidence import Asked
    from drillsim.verification.judge import Got

__all__ = [
    "largest_share",
    "mean_flow",
    "passages",
    "passing_time",
    "peak_density",
    "peak_queue",
    "queue_growth",
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


def peak_density(asked: Asked) -> Got:
    """Most people on the floor of a space at once, p/m2."""
    trace, facility = asked.evidence.trace, asked.evidence.facility
    _, heads = heads_of_tokens(trace)
    space = facility.space_index[asked.of]
    places = asked.evidence.population(0).place
    inside = {person for person, place in enumerate(places) if place == space}
    most = now = sum(int(heads[person]) for person in inside)
    for person, entered in zip(trace.crowd.person, trace.crowd.space, strict=True):
        if entered == space and person not in inside:
            inside.add(person)
            now += int(heads[person])
            most = max(most, now)
        elif entered != space and person in inside:
            inside.discard(person)
            now -= int(heads[person])
    return most / float(facility.area_m2[space])


def queue_growth(asked: Asked) -> Got:
    """Flow through the first link less that through the second, each from first to last passage, p/s."""
    flows = []
    for link in asked.names:
        times = passages_s(asked.evidence.trace, link)
        flows.append((len(times) - 1) / (times[-1] - times[0]))
    return float(flows[0] - flows[1])


def passing_time(asked: Asked) -> Got:
    """Time a link is taken by those who pass, N/C: first to last passage and one headway more, s."""
    times = passages_s(asked.evidence.trace, asked.of)
    facility = asked.evidence.facility
    return float(times[-1] - times[0] + 1.0 / facility.link_capacity_p_s[facility.link_index[asked.of]])


def largest_share(asked: Asked) -> Got:
    """Share of the busiest among these links in the passages of all of them."""
    counts = [len(passages_s(asked.evidence.trace, link)) for link in asked.names]
    return max(counts) / sum(counts)


def _leaving(trace: Trace) -> int:
    return sum(heads for _, heads, stays in trace.header.groups if not stays)
