"""Ways of measuring: when people start, leave and collapse, and how fast they walk."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from drillsim.measures.egress import not_out
from drillsim.verification.counts import passing_time
from drillsim.verification.replay import (
    NEVER,
    exit_times,
    last_out_s,
    passages_s,
    peak_density_p_m2,
    starts_s,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.trace.log import Trace
    from drillsim.verification.evidence import Asked, Evidence
    from drillsim.verification.judge import Got

    Floats = NDArray[np.float64]

__all__ = [
    "carried_flow",
    "collapse_over_other",
    "collapse_time",
    "dose_per_min",
    "dose_per_s",
    "dose_rate_over_other",
    "first_start",
    "group_last_out",
    "group_last_out_over_other",
    "ideal_time",
    "largest_shift",
    "last_out",
    "last_out_less_other",
    "last_out_over_other",
    "last_start",
    "mean_speed",
    "sd_speed",
    "speed_at_no_density",
    "speeds",
    "spread",
    "start_off_draw",
    "starts",
    "walking_time",
]


def last_out(asked: Asked) -> Got:
    """Time until the last of all who are to leave is out, s."""
    return last_out_s(asked.evidence.trace)


def _both_last_out(asked: Asked) -> tuple[float, float]:
    """Last out of this run and of the one it is set against; nan for never."""
    pair = (last_out_s(asked.evidence.trace), last_out_s(asked.other.trace))
    first, second = (math.nan if isinstance(last, str) else last for last in pair)
    return first, second


def last_out_less_other(asked: Asked) -> Got:
    """Last out less that of the other run, s."""
    own, other = _both_last_out(asked)
    return own - other


def last_out_over_other(asked: Asked) -> Got:
    """Last out over that of the other run."""
    own, other = _both_last_out(asked)
    return own / other


def spread(asked: Asked) -> Got:
    """Time from the first to the last head out of a group, s; of several groups the largest."""
    trace = asked.evidence.trace
    if not not_out(trace).keys().isdisjoint(asked.names):
        return NEVER
    times = exit_times(trace)
    return max(times[group][-1] - times[group][0] for group in asked.names)


def group_last_out(asked: Asked) -> Got:
    """Time until the last of a group is out, s."""
    trace = asked.evidence.trace
    return NEVER if asked.of in not_out(trace) else exit_times(trace)[asked.of][-1]


def group_last_out_over_other(asked: Asked) -> Got:
    """Last out of a group over that in the other run."""
    traces = asked.evidence.trace, asked.other.trace
    if any(asked.of in not_out(trace) for trace in traces):
        return NEVER
    own, other = (exit_times(trace)[asked.of][-1] for trace in traces)
    return own / other


def largest_shift(asked: Asked) -> Got:
    """Largest difference between the k-th head out of a group here and in the other run, s, over all.

    Seconds in ``of`` are taken off first: how far all are from moving by just that.
    """
    own, other = (exit_times(evidence.trace) for evidence in (asked.evidence, asked.other))
    if any(len(times) != len(other[group]) for group, times in own.items()):
        return "not the same heads"
    shift_s = float(asked.of or 0.0)
    return max(
        abs(a - b - shift_s) for group, times in own.items() for a, b in zip(times, other[group], strict=True)
    )


def collapse_time(asked: Asked) -> Got:
    """When the first person collapses, s."""
    return _collapse_s(asked.evidence.trace)


def _collapse_s(trace: Trace) -> Got:
    found = trace.first("casualty")
    return NEVER if found is None else found[1].time_s


def collapse_over_other(asked: Asked) -> Got:
    """When the first person collapses, over that in the other run."""
    own, other = _collapse_s(asked.evidence.trace), _collapse_s(asked.other.trace)
    return NEVER if isinstance(own, str) or isinstance(other, str) else own / other


def dose_per_s(asked: Asked) -> Got:
    """Mean dose of a named kind over the whole run, 1/s: its last row over the time of the run."""
    trace = asked.evidence.trace
    taken = [row.value for _, row in trace.of("dose") if row.task == asked.of and row.value is not None]
    return taken[-1] / trace.rows[-1].time_s if taken else NEVER


def dose_per_min(asked: Asked) -> Got:
    """The same by the minute, 1/min."""
    rate = dose_per_s(asked)
    return rate if isinstance(rate, str) else 60.0 * rate


def dose_rate_over_other(asked: Asked) -> Got:
    """The dose a second of a named kind over that in the other run."""
    own, other = dose_per_s(asked), dose_per_s(replace(asked, run=asked.against))
    return NEVER if isinstance(own, str) or isinstance(other, str) else own / other


def starts(asked: Asked) -> Floats:
    """Times at which people begin to move, all runs together, shape (people,), s."""
    return np.concatenate([starts_s(trace) for trace in asked.evidence.traces])


def first_start(asked: Asked) -> Got:
    """Earliest time at which anybody begins to move, all runs together, s."""
    return float(starts(asked).min())


def last_start(asked: Asked) -> Got:
    """Latest time at which anybody begins to move, all runs together, s."""
    return float(starts(asked).max())


def start_off_draw(asked: Asked) -> Got:
    """Largest difference between a start and the delay drawn for that person's answer to the voice, s."""
    evidence = asked.evidence
    off = 0.0
    for number, trace in enumerate(evidence.traces):
        population = evidence.population(number)
        drawn = np.concatenate(
            [population.premovement(group, "voice", "emergency") for group in population.groups]
        )
        off = max(off, float(np.abs(starts_s(trace) - drawn).max()))
    return off


def mean_speed(asked: Asked) -> Got:
    """Mean speed of a group from its start to a link, m/s; ``of`` names group, link and metres."""
    return float(_walked(asked).mean())


def carried_flow(asked: Asked) -> Got:
    """Flow of people who walk as a group does in a held density: its speed x density x width, p/s.

    ``of`` names group, link, metres walked, space, and its effective width in m.
    """
    *walk, space, width_m = asked.names
    speed_m_s = _walked(replace(asked, of=" ".join(walk))).mean()
    return float(speed_m_s * _held_p_m2(asked.evidence, space) * float(width_m))


def speed_at_no_density(asked: Asked) -> Got:
    """Where the straight line through the speeds of two runs at two held densities meets no density, m/s.

    ``of`` names group, link, metres walked, and the space.
    """
    *walk, space = asked.names
    way = " ".join(walk)
    one, two = (float(_walked(replace(asked, run=run, of=way)).mean()) for run in (asked.run, asked.against))
    thin, thick = _held_p_m2(asked.evidence, space), _held_p_m2(asked.other, space)
    return (one * thick - two * thin) / (thick - thin)


def _held_p_m2(evidence: Evidence, space: str) -> float:
    return peak_density_p_m2(evidence.trace, evidence.facility, space)


def walking_time(asked: Asked) -> Got:
    """Mean time from passing one link to reaching the next, s; ``of`` names group, first and second link."""
    group, first, second = asked.names
    trace = asked.evidence.trace
    members = asked.evidence.population(0).members(group)
    numbers = [trace.header.links.index(link) for link in (first, second)]
    passed_s: dict[int, float] = {}
    walked = []
    crowd = trace.crowd
    for person, link, time_s, arrived_s in zip(
        crowd.person, crowd.link, crowd.time_s, crowd.arrived_s, strict=True
    ):
        if person in members and link == numbers[0]:
            passed_s[person] = time_s
        elif person in passed_s and link == numbers[1]:
            walked.append(arrived_s - passed_s.pop(person))
    return math.fsum(walked) / len(walked)


def ideal_time(asked: Asked) -> Got:
    """Flow time of a link and, after it, the walk of the last who passed it until the last is out, s."""
    last_s, flow_time_s = last_out_s(asked.evidence.trace), passing_time(asked)
    if isinstance(last_s, str) or isinstance(flow_time_s, str):
        return NEVER
    return flow_time_s + last_s - float(passages_s(asked.evidence.trace, asked.of)[-1])


def sd_speed(asked: Asked) -> Got:
    """Standard deviation of the speeds of :func:`mean_speed`, m/s."""
    return float(_walked(asked).std(ddof=1))


def speeds(asked: Asked) -> Floats:
    """The speeds of :func:`mean_speed`, one a person, m/s."""
    return _walked(asked)


def _walked(asked: Asked) -> Floats:
    """Metres over the time from the start until the person reached the link, waiting there left out."""
    group, link, metres = asked.names
    found = []
    for number, trace in enumerate(asked.evidence.traces):
        members = asked.evidence.population(number).members(group)
        started, wanted = starts_s(trace), trace.header.links.index(link)
        crowd = trace.crowd
        found += [
            float(metres) / (arrived_s - started[person])
            for person, passed, arrived_s in zip(crowd.person, crowd.link, crowd.arrived_s, strict=True)
            if passed == wanted and person in members
        ]
    return np.array(found)
