"""The closed vocabulary of traces: names of events, states and measures, with their units."""

from __future__ import annotations

from typing import Final

__all__ = ["EVENTS", "STATES"]

# event -> what the row says. Columns used: see drillsim.trace.log.Trace.
EVENTS: Final[dict[str, str]] = {
    "startex": "the run begins",
    "inject": "task = inject; the controller makes it happen",
    "milestone": "task = milestone; a named moment",
    "task-ready": "task; all it waits for except order, information and units has come",
    "order-asked": "task; actor = role that is asked for a decision",
    "order-given": "task; actor = role that decided",
    "informed": "task = item of information that became known",
    "uninformed": "task = item that turned out to be wrong",
    "units-granted": "task; the last unit or capacity it needed was free; cause = what freed it",
    "task-started": "task; actor = crew, place; work begins (value = people at work)",
    "task-done": "task; work ends (value = duration of the work, s)",
    "called": "actor = unit",
    "unit-state": "actor = unit, task = new state, place",
    "told": "actor = group, task = mode of the alarm, value = heads that knew nothing before",
    "link-closed": "place = link, task = to whom and which way",
    "link-opened": "place = link, task = to whom and which way",
    "hazard": "actor = hazard, task = what was done to it or what it began to do",
    "threshold": "actor = hazard, task = threshold, place = space; reached there",
    "threshold-over": "actor = hazard, task = threshold, place = space; no longer reached there",
    "wind": "value = direction the wind comes from, degrees",
    "post": "place; a post or staging area opens there",
    "operation-stopped": "task = operation, value = count",
    "operation-resumed": "task = operation, value = count",
    "disabled": "actor = unit or capacity",
    "enabled": "actor = unit or capacity",
    "casualty": "actor = group, value = heads; by a dose: task = its name, place = where",
    "alarm-silenced": "task = mode of alarm that does not reach the place from now on",
    "alarm-restored": "task = mode of alarm that reaches the place again",
    "unheard": "actor = group, task = mode of an alarm that was silenced where they were, value = heads",
    "guide": "place where staff point, task = links they point to; empty: they do no longer",
    "lift": "actor = lift, task = what it did, place = lobby, value = heads",
    "searched": "place that was searched",
    "found": "actor = group, place, value = heads of casualties that a search came upon",
    "went-back": "actor = group, place, value = heads that turned round",
    "headcount": "place = muster, value = heads counted there",
    "missing": "task = headcount, value = heads on the lists that were not counted",
    "missing-group": "actor = group, place = muster that keeps its list, value = heads that were not counted",
    "person": "actor = group, task = new state, value = heads",
    "exposed": "actor = group, task = threshold, value = person-seconds above it",
    "exposed-people": "actor = group, task = threshold, value = heads above it at any time",
    "dose": "actor = group, task = dose with its convention, value = the greatest one person has taken",
    "responder-exposed": "actor = unit, task = threshold, value = person-seconds above it at work",
    "drawn": "task = assumption (path in the scenario), value = value drawn",
    "species": "actor = hazard, task = species, place = space (none: left the building), value = mass, kg",
    "flag": "actor = hazard, task = where its model is outside its range or unreliable, in words",
    "standstill": "task = who waits, actor = for what, value = since when",
    "end": "task = endex, standstill or horizon",
}

# event -> what its rows may say in the column `task`.
STATES: Final[dict[str, frozenset[str]]] = {
    "lift": frozenset({"in-service", "out-of-service", "boarded", "let-out"}),
    "person": frozenset({"inside", "sheltered", "evacuated", "trapped", "rescued"}),
    "unit-state": frozenset(
        {"standby", "dispatched", "turnout", "travelling", "staged", "donning", "working", "on-air", "posted"}
    ),
    "end": frozenset({"endex", "standstill", "horizon"}),
}
