"""What the exercise costs: business that stands still, people and vehicles tied up."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.measures.milestones import end_s
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["price", "tied_up"]


def price(trace: Trace) -> dict[str, Value]:
    """``price.OPERATION``: count times the seconds stopped; still stopped at the end: at least that much."""
    count = dict(trace.header.operations)
    stopped_s: dict[str, float] = {}
    total_s = dict.fromkeys(count, 0.0)
    for row in trace.rows:
        if row.event == "operation-stopped":
            stopped_s.setdefault(row.task, row.time_s)
        elif row.event == "operation-resumed" and row.task in stopped_s:
            total_s[row.task] += row.time_s - stopped_s.pop(row.task)
    found = {}
    for name, number in count.items():
        if name in stopped_s:
            bound = number * (total_s[name] + end_s(trace) - stopped_s[name])
            found[f"price.{name}"] = Value(math.nan, "unit_s", at_least=bound)
        else:
            found[f"price.{name}"] = Value(number * total_s[name], "unit_s")
    return found


def tied_up(trace: Trace) -> dict[str, Value]:
    """``tied_up.people`` and ``tied_up.vehicles``: person- and vehicle-seconds not on standby, to the end."""
    since_s: dict[str, float] = {}
    total_s = {name: 0.0 for name, _, _ in trace.header.units}
    for row in trace.rows:
        if row.actor not in total_s:
            continue
        if row.event == "called" or (row.event == "unit-state" and row.task != "standby"):
            since_s.setdefault(row.actor, row.time_s)
        elif row.event == "unit-state" and row.actor in since_s:
            total_s[row.actor] += row.time_s - since_s.pop(row.actor)
    for name, start_s in since_s.items():
        total_s[name] += end_s(trace) - start_s
    people_s = sum(total_s[name] * people for name, people, _ in trace.header.units)
    vehicles_s = sum(total_s[name] for name, _, vehicle in trace.header.units if vehicle)
    return {
        "tied_up.people": Value(people_s, "person_s"),
        "tied_up.vehicles": Value(float(vehicles_s), "vehicle_s"),
    }
