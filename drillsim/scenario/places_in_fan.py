"""Posts, musters and staging places that a wind within 45 degrees of the stated one would bring into AEGL-2.

Asked once per scenario, for the stated source with nothing done about it; under a roof the air outside
counts. What begins only by an inject is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple

from drillsim.hazards.leak import Leak
from drillsim.hazards.wind_fan import HALF_FAN_DEG, leak_over_fan

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.response.plan import Plan, Task
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions

__all__ = ["PlaceInFan", "Role", "flags_in_fan", "places_in_fan", "times"]

Role = Literal["muster", "post", "staging"]
Used = dict[tuple[Role, str], tuple[str, ...]]


class PlaceInFan(NamedTuple):
    """A place of these plans, the worst wind for it (where it comes from) and what that brings: so many times
    AEGL-2 (60 min)."""

    hazard: str
    role: Role
    place: str
    plans: tuple[str, ...]
    from_deg: float
    ratio: float


def places_in_fan(
    scenario: Scenario, facility: Facility, *, conditions: Conditions = "emergency"
) -> tuple[PlaceInFan, ...]:
    """Of all plans, sorted by hazard, role and place."""
    used: Used = {}
    for name, plan in sorted(scenario.plans.items()):
        for key in _used_by(scenario, facility, plan, plan.tasks.values()):
            used[key] = (*used.get(key, ()), name)
    return _reached(scenario, facility, used, conditions)


def flags_in_fan(
    scenario: Scenario, facility: Facility, *, plan: str, tasks: Mapping[str, Task], conditions: Conditions
) -> tuple[tuple[str, str], ...]:
    """Hazard and flag of each place that one plan with these tasks uses."""
    used = _used_by(scenario, facility, scenario.plans[plan], tasks.values())
    found = _reached(scenario, facility, dict.fromkeys(used, (plan,)), conditions)
    stated = f"{scenario.weather.wind_from_deg:.0f}° ± {HALF_FAN_DEG:.0f}°"
    return tuple(
        (
            each.hazard,
            f"{each.role} not safe over the fan of winds ({stated}): {times(each.ratio)} times AEGL-2 with "
            f"wind from {each.from_deg:.0f}°; choose one upwind: {each.place}",
        )
        for each in found
    )


def times(ratio: float) -> str:
    """A multiple for reading: one decimal below 10."""
    return f"{ratio:.1f}" if ratio < 9.95 else f"{ratio:,.0f}"


def _used_by(
    scenario: Scenario, facility: Facility, plan: Plan, tasks: Iterable[Task]
) -> set[tuple[Role, str]]:
    used: set[tuple[Role, str]] = {("staging", place) for place in plan.staging}
    used |= {("post", effect.place) for task in tasks for effect in task.effects if effect.do == "post"}
    leaving = [group for group in scenario.groups.values() if group.count and not group.stays]
    named = {muster for group in leaving for muster in group.musters}
    if any(not group.musters for group in leaving):
        named |= {
            space for space, kind in zip(facility.spaces, facility.kind, strict=True) if kind == "muster"
        }
    return used | {("muster", place) for place in named}


def _reached(
    scenario: Scenario, facility: Facility, used: Used, conditions: Conditions
) -> tuple[PlaceInFan, ...]:
    keys = sorted(used)
    spaces = [facility.space_index[place] for _, place in keys]
    found = []
    for name, hazard in sorted(scenario.hazards.items()):
        if not isinstance(hazard, Leak) or hazard.dormant or not keys:
            continue
        over = leak_over_fan(
            name, hazard, spaces, facility=facility, weather=scenario.weather, conditions=conditions
        )
        for (role, place), highest in zip(keys, over, strict=True):
            if not highest.safe_below(1.0):
                plans = used[role, place]
                found.append(PlaceInFan(name, role, place, plans, highest.from_deg, highest.value))
    return tuple(found)
