"""Ways of measuring: what must hold in every run, whatever its numbers, and sums of public functions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.facility.quickest_flow import Evacuation
from drillsim.facility.quickest_flow import most_arrived as most_heads_arrived
from drillsim.facility.quickest_flow import quickest_flow as solve_quickest_flow
from drillsim.measures.egress import not_out
from drillsim.people.movement import fastest_walk_m_s
from drillsim.verification.formula import value_of
from drillsim.verification.replay import (
    NEVER,
    conservation_breaches,
    first_come_last_s,
    last_out_s,
    passages_s,
    passing_heads,
    starts_s,
    window_excess,
)

if TYPE_CHECKING:
    from drillsim.verification.evidence import Asked, Evidence
    from drillsim.verification.judge import Got

_FINE: Final = 0.005  # gap of the quickest flow: below half a second in these cases
_ROUNDING_S: Final = 1e-6

__all__ = [
    "breaches",
    "end_of_run",
    "excess",
    "formula",
    "last_out_over_quickest",
    "left_inside",
    "most_arrived",
    "queue_off_formula",
    "quickest_flow",
    "quickest_flow_in_seconds",
    "same_passages",
    "same_trace",
]


def breaches(asked: Asked) -> Got:
    """Events after which a head is lost or doubled or a space overfull."""
    return float(conservation_breaches(asked.evidence.trace, asked.evidence.facility))


def excess(asked: Asked) -> Got:
    """Most passages of any link above 1 + C dt in any time dt, p."""
    evidence = asked.evidence
    return max(
        window_excess(
            passages_s(evidence.trace, link), float(capacity), heads=passing_heads(evidence.trace, link)
        )
        for link, capacity in zip(evidence.facility.links, evidence.facility.link_capacity_p_s, strict=True)
    )


def same_trace(asked: Asked) -> Got:
    """Whether the run and the other one left the same trace, rows and passages, to the bit."""
    return "same" if asked.evidence.trace.digest() == asked.other.trace.digest() else "different"


def same_passages(asked: Asked) -> Got:
    """Whether all passages of the run and the other one are the same, to the bit."""
    own, other = asked.evidence.trace.crowd, asked.other.trace.crowd
    return "same" if own == other else "different"


def queue_off_formula(asked: Asked) -> Got:
    """Difference between the last passage of a link and what a first-come queue gives for its arrivals, s."""
    evidence = asked.evidence
    number = evidence.facility.link_index[asked.of]
    link = np.array(evidence.trace.crowd.link, dtype=np.int64) == number
    arrived_s = np.array(evidence.trace.crowd.arrived_s)[link]
    capacity = float(evidence.facility.link_capacity_p_s[number])
    return abs(float(passages_s(evidence.trace, asked.of)[-1]) - first_come_last_s(arrived_s, capacity))


def left_inside(asked: Asked) -> Got:
    """Heads that were to leave and are not out when the run ends."""
    return float(sum(not_out(asked.evidence.trace).values()))


def end_of_run(asked: Asked) -> Got:
    """How the run ended: endex, standstill or horizon."""
    return asked.evidence.trace.rows[-1].task


def quickest_flow(asked: Asked) -> Got:
    """Least time in which all could be out over all ways of routing them, s."""
    return _quickest_s(asked.evidence)


def quickest_flow_in_seconds(asked: Asked) -> Got:
    """The same where all times are whole seconds: the strict solution rounded up, s."""
    solved = solve_quickest_flow(_evacuation(asked.evidence), gap=_FINE)
    return float(math.ceil(solved.lower_s - _ROUNDING_S))


def last_out_over_quickest(asked: Asked) -> Got:
    """Last out over the quickest flow of the same facility, people and starts."""
    last_s = last_out_s(asked.evidence.trace)
    return NEVER if isinstance(last_s, str) else last_s / _quickest_s(asked.evidence)


def most_arrived(asked: Asked) -> Got:
    """Most heads that can be out by a time in s, over all ways of routing them, whole heads."""
    return float(math.floor(most_heads_arrived(_evacuation(asked.evidence), by_s=float(asked.of)) + 1e-6))


def _quickest_s(evidence: Evidence) -> float:
    """Strict lower end of the quickest flow, with the starts of the run, s."""
    return solve_quickest_flow(_evacuation(evidence)).lower_s


def _evacuation(evidence: Evidence) -> Evacuation:
    """The people of a run with its starts; all musters are goals."""
    facility, population = evidence.facility, evidence.population(0)
    return Evacuation.of(
        facility,
        goals=[space for space, kind in enumerate(facility.kind) if kind == "muster"],
        place=population.place,
        start_s=starts_s(evidence.trace),
        speed_m_s=np.column_stack([population.speed_m_s, population.up_m_s, population.down_m_s]),
        heads=population.heads,
        limit_m_s=fastest_walk_m_s(facility),
    )


def formula(asked: Asked) -> Got:
    """The number that public functions of the package give."""
    return value_of(asked.of)
