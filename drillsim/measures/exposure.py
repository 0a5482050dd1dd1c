"""Who was where the hazard passed a threshold: people, responders, posts and musters in use."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from drillsim.measures.egress import muster_first_used_s
from drillsim.measures.milestones import end_s
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["doses", "exposure", "posts_reached", "stand_offs"]

_SUMS: Final = {
    "exposed": ("exposed.{}.person_s", "person_s"),
    "exposed-people": ("exposed.{}.people", "p"),
    "toxic-class": ("harmed.{}.people", "p"),
    "toxic-deaths": ("deaths.{}.people", "p"),
    "responder-toxic-class": ("responders-harmed.{}.people", "p"),
    "heat-deaths": ("deaths-by-heat.{}.people", "p"),
    "blast-harm": ("harmed-by-blast.{}.people", "p"),
    "responder-felled": ("responders-felled.{}.people", "p"),
    "responder-exposed": ("responders.{}.person_s", "person_s"),
    "responder-unprotected": ("unprotected.{}.person_s", "person_s"),
}


def exposure(trace: Trace) -> dict[str, Value]:
    """``exposed.THRESHOLD.person_s``, ``exposed.THRESHOLD.people``, ``responders.THRESHOLD.person_s``.

    ``unprotected.THRESHOLD.person_s`` is the part of the responders' without air of their own.
    ``harmed.aegl2.people`` counts people by their toxic load, ``responders-harmed.aegl2.people`` responders;
    ``deaths.SET.people`` is the expected number by a published set of probit constants, as are
    ``deaths-by-heat.SET.people`` and ``harmed-by-blast.SET.people``; ``responders-felled.DOSE.people`` counts
    responders who took a dose of 1.
    """
    sums: defaultdict[str, float] = defaultdict(float)
    units: dict[str, str] = {}
    for row in trace.rows:
        if row.event in _SUMS:
            pattern, unit = _SUMS[row.event]
            name = pattern.format(row.task)
            sums[name] += row.value or 0.0
            units[name] = unit
    return {name: Value(total, units[name]) for name, total in sums.items()}


def doses(trace: Trace) -> dict[str, Value]:
    """``dose.NAME.max``: the greatest dose one person has taken; NAME holds its convention, as fed-purser.

    At 1 a person collapses; who lies in harmful air takes more. In an exercise: what would have been taken.
    """
    found: defaultdict[str, float] = defaultdict(float)
    for _, row in trace.of("dose"):
        found[row.task] = max(found[row.task], row.value or 0.0)
    return {f"dose.{name}.max": Value(greatest, "") for name, greatest in found.items()}


def stand_offs(trace: Trace) -> dict[str, Value]:
    """``stand-off.HAZARD.THRESHOLD``: distance from a spill fire at its largest, in the open.

    Of an explosion from its centre, which lies downwind of the leak.
    """
    return {
        f"stand-off.{row.actor}.{row.task}": Value(row.value or 0.0, "m") for _, row in trace.of("stand-off")
    }


def posts_reached(trace: Trace) -> dict[str, Value]:
    """``posts.THRESHOLD``: posts and musters where the threshold was reached while they were in use.

    A post is in use from its row on, a muster from its first arrival on, both to the end of the run.
    """
    used_s = muster_first_used_s(trace)
    for _, row in trace.of("post"):
        used_s[row.place] = min(row.time_s, used_s.get(row.place, row.time_s))
    reached: defaultdict[str, set[str]] = defaultdict(set)
    for threshold, place, until_s in _above(trace):
        met = reached[threshold]
        if place in used_s and until_s > used_s[place]:
            met.add(place)
    return {f"posts.{name}": Value(float(len(places)), "places") for name, places in reached.items()}


def _above(trace: Trace) -> list[tuple[str, str, float]]:
    """(threshold, space, until when it holds) of every crossing at a space; s."""
    open_: set[tuple[str, str, str]] = set()
    found: list[tuple[str, str, float]] = []
    for row in trace.rows:
        if row.event in ("threshold", "threshold-over") and row.place:
            key = (row.actor, row.task, row.place)
            if row.event == "threshold":
                open_.add(key)
            elif key in open_:
                open_.remove(key)
                found.append((row.task, row.place, row.time_s))
    # One still open at the end touches everything in use by then, the last instant included.
    return found + [(task, place, end_s(trace) + 1.0) for _, task, place in sorted(open_)]
