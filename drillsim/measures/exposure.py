"""Who was where the hazard passed a threshold: people, responders, posts, musters and staging in use."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from drillsim.measures.egress import muster_first_used_s
from drillsim.measures.milestones import end_s
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["doses", "exposure", "masses", "places_reached", "stand_offs"]

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


def masses(trace: Trace) -> dict[str, Value]:
    """``mass.HAZARD.WHAT``: kg of a species, or of what leaked by its fate, over all places at the end."""
    found: defaultdict[str, float] = defaultdict(float)
    for _, row in trace.of("species"):
        found[f"mass.{row.actor}.{row.task}"] += row.value or 0.0
    return {name: Value(mass_kg, "kg") for name, mass_kg in found.items()}


def places_reached(trace: Trace) -> dict[str, Value]:
    """``posts.THRESHOLD``, ``musters.THRESHOLD``, ``staging.THRESHOLD``: places reached while in use.

    A post is in use from its row on, a muster from its first arrival on, a staging place from the first
    called unit that reports there on, all to the end of the run.
    """
    above = _above(trace)
    found: dict[str, Value] = {}
    for family, used_s in (
        ("posts", _post_opened_s(trace)),
        ("musters", muster_first_used_s(trace)),
        ("staging", _first_staged_s(trace)),
    ):
        reached: defaultdict[str, set[str]] = defaultdict(set)
        for threshold, place, until_s in above:
            met = reached[threshold]
            if place in used_s and until_s > used_s[place]:
                met.add(place)
        found |= {f"{family}.{name}": Value(float(len(met)), "places") for name, met in reached.items()}
    return found


def _post_opened_s(trace: Trace) -> dict[str, float]:
    """Command post -> when it first opened, s."""
    opened: dict[str, float] = {}
    for _, row in trace.of("post"):
        opened.setdefault(row.place, row.time_s)
    return opened


def _first_staged_s(trace: Trace) -> dict[str, float]:
    """Staging place -> when the first unit that had been called reported there, s."""
    first: dict[str, float] = {}
    called: set[str] = set()
    for row in trace.rows:
        if row.event == "called":
            called.add(row.actor)
        elif row.event == "unit-state" and row.task == "staged" and row.actor in called:
            called.remove(row.actor)  # later it stands by wherever it has worked
            first.setdefault(row.place, row.time_s)
    return first


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
