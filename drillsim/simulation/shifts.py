"""Who is on duty: the shift at STARTEX fixes units and heads, the wall clock their times to turn out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from drillsim.response.agencies import ShiftCrew, Unit
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Draw

__all__ = ["OnDuty", "instances", "on_duty", "shift_at", "traffic_at", "turnout_draw"]


class OnDuty(NamedTuple):
    """One crew or vehicle that there is in a run, with its heads."""

    name: str
    kind: str
    agency: str
    people: int
    spec: Unit


def instances(kind: str, count: int) -> tuple[str, ...]:
    """Names of the units of one kind: the kind itself, or kind-1, kind-2 …"""
    if count == 1:
        return (kind,)
    return tuple(f"{kind}-{number:0{len(str(count))}d}" for number in range(1, count + 1))


def shift_at(scenario: Scenario, clock_s: float) -> str | None:
    """The shift that covers a wall-clock time, the first by name; None if no shift does."""
    return next((name for name, shift in sorted(scenario.shifts.items()) if shift.covers(clock_s)), None)


def _crew(scenario: Scenario, unit: Unit, clock_s: float) -> ShiftCrew | None:
    return unit.shifts.get(shift_at(scenario, clock_s) or "") if unit.shifts else None


def on_duty(scenario: Scenario, *, start_s: float) -> tuple[OnDuty, ...]:
    """All units of a run that starts at this wall-clock time, by agency and kind.

    Of the names a kind has when all are there, a shift with fewer has the first.
    """
    found = []
    for agency, entry in sorted(scenario.agencies.items()):
        for kind, unit in sorted(entry.units.items()):
            crew = _crew(scenario, unit, start_s)
            count = unit.count if crew is None or crew.count is None else crew.count
            people = unit.people if crew is None or crew.people is None else crew.people
            names = instances(kind, unit.count)[:count]
            found += [OnDuty(name, kind, agency, people, unit) for name in names]
    return tuple(found)


def turnout_draw(scenario: Scenario, unit: Unit, purpose: str, *, clock_s: float) -> tuple[Draw | None, str]:
    """Time of ``dispatch`` or ``turnout`` at a wall-clock time, and where under the unit it is written."""
    crew = _crew(scenario, unit, clock_s)
    if crew is not None and (own := getattr(crew, purpose)) is not None:
        return own, f"shifts.{shift_at(scenario, clock_s)}.{purpose}"
    usual: Draw | None = getattr(unit, purpose)
    return usual, purpose


def traffic_at(scenario: Scenario, clock_s: float) -> float:
    """What times on public roads are multiplied by at a wall-clock time."""
    name = shift_at(scenario, clock_s)
    return scenario.shifts[name].traffic if name is not None else 1.0
