"""Which measures tables list, in which order, and how amounts of stopped business are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drillsim.debrief.figures import is_a_milestone
from drillsim.measures.capacity_use import FAMILIES as USES
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from drillsim.study.results import Ensemble

__all__ = ["in_own_unit", "listed", "times_first"]

# Measures of single links and spaces: for maps; of capacities and injects: they have tables of their own.
_SINGLE: Final = ("queue.", "peak.", "aset.", "rset.", "margin.", "objective.", "reaction.", *USES)
_KEPT: Final = ("queue.total", "margin.building")


def listed(ensemble: Ensemble, measure: str) -> bool:
    """Whether tables list it; ENDEX stands there as the milestone that ends the plan."""
    if measure == "endex":
        return f"milestone.{ensemble.scenario.plans[ensemble.plan].end}" not in ensemble.summaries
    if measure == "last_out":
        return not is_a_milestone(ensemble, measure)
    return measure in _KEPT or not measure.startswith(_SINGLE)


def times_first(ensemble: Ensemble, measure: str) -> tuple[bool, float, str]:
    """Times in the order of their median, then everything else by name."""
    summary = ensemble.summaries.get(measure)
    timed = summary is not None and summary.unit == "s"
    return not timed, summary.p50.estimate if summary is not None and timed else 0.0, measure


def in_own_unit(ensemble: Ensemble, measure: str, text: str, language: Language) -> str:
    """An amount of business standing still in the unit of that business: crane-min."""
    operation = ensemble.scenario.operations.get(measure.removeprefix("price."))
    if operation is None:
        return text
    said = operation.unit_zh if language == "zh" and operation.unit_zh else operation.unit
    word = say("unit.named_min", language, unit=said)
    return text.replace(say("unit.unit_min", language), word)
