"""Ways of measuring: when people start, leave and collapse, and how fast they walk."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from drillsim.measures.egress import not_out
from drillsim.verification.replay import NEVER, exit_times, last_out_s, starts_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.trace.log import Trace
    from drillsim.verification.evidence import Asked
    from drillsim.verification.judge import Got

    Floats = NDArray[np.float64]

__all__ = [
    "collapse_over_other",
    "collapse_time",
    "dose_per_s",
    "first_start",
    "group_last_out",
    "group_last_out_over_other",
    "largest_shift",
    "last_out",
    "last_out_less_other",
    "last_out_over_other",
    "last_start",
    "mean_speed",
    "sd_speed",
    "speeds",
    "spread",
    "start_off_draw",
    "starts",
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
