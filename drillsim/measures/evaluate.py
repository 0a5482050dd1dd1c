"""All measures of one trace by name, and what a name that a trace does not hold stands for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from drillsim.measures.asked import asked_for
from drillsim.measures.capacity_use import FAMILIES as USES
from drillsim.measures.capacity_use import uses
from drillsim.measures.egress import last_out, reentered, told_last
from drillsim.measures.exposure import doses, exposure, masses, places_reached, stand_offs
from drillsim.measures.inject_effects import reactions
from drillsim.measures.margins import margins
from drillsim.measures.milestones import endex, milestones
from drillsim.measures.order import headcount
from drillsim.measures.price import price, tied_up
from drillsim.measures.queues import queues
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from drillsim.trace.log import Trace

__all__ = ["COUNTED", "MEASURES", "absent", "evaluate"]

MEASURES: Final[tuple[Callable[[Trace], dict[str, Value]], ...]] = (
    milestones,
    endex,
    last_out,
    reentered,
    told_last,
    headcount,
    queues,
    exposure,
    doses,
    masses,
    places_reached,
    stand_offs,
    margins,
    price,
    tied_up,
    reactions,
    uses,
)

_PLACES: Final = ("posts.", "musters.", "staging.")
# Families that count what happened: a member no row speaks of is 0. Their units by ending.
COUNTED: Final = (
    "dose.",
    "exposed.",
    "responders.",
    "unprotected.",
    "harmed.",
    "responders-harmed.",
    "deaths.",
    "deaths-by-heat.",
    "harmed-by-blast.",
    "responders-felled.",
    "stand-off.",
    "mass.",
    *_PLACES,
    "queue.",
    "peak.",
    "consequence",
    *USES,
)


def evaluate(trace: Trace, *, asked: Collection[str] = ()) -> dict[str, Value]:
    """Every measure of the trace, SI units, sorted by name.

    ``asked`` names those of single spaces and exits (:mod:`~drillsim.measures.asked`) that are wanted too.
    """
    found: dict[str, Value] = {}
    for measure in MEASURES:
        found.update(measure(trace))
    if asked:
        found.update(asked_for(trace, asked))
    return dict(sorted(found.items()))


def absent(name: str, *, end_s: float) -> Value | None:
    """What a measure is worth that a run lasting ``end_s`` does not hold; ``None`` if no such measure exists.

    Counts are 0. A milestone the plan never makes did not come by the end; nor was a space lost by then. A
    margin without a lost space, or without anybody in it, has no bound but 0: the criterion did not fail
    while somebody was there. Nor has the time required of nobody, or the reaction to an inject not given.
    """
    if name.startswith(COUNTED):
        return Value(0.0, _counted_unit(name))
    if name.startswith(("milestone.", "aset.")):
        return Value(math.nan, "s", at_least=end_s)
    if name.startswith(("rset.", "margin.", "reaction.")):
        return Value(math.nan, "s", at_least=0.0)
    return None


def _counted_unit(name: str) -> str:
    if name.startswith(_PLACES):
        return "places"
    if name.startswith("stand-off."):
        return "m"
    if name.startswith("mass."):
        return "kg"
    if name.startswith(("dose.", "peak-queue.")):
        return ""
    if name.startswith("utilisation."):
        return "share"
    if name.startswith(("wait.", "longest-wait.")):
        return "s"
    if name.startswith("peak.") or name.endswith(".people"):
        return "p"
    return "person_s"
