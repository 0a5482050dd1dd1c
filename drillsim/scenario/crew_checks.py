"""Whether there are the crews, skills, equipment, suits and air that tasks ask for."""

from __future__ import annotations

from typing import Final

from drillsim.response.plan import Task
from drillsim.response.protection import Air
from drillsim.scenario.entries import called_in, tasks_of, units_of
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.tree import Path
from drillsim.units import format_clock

__all__ = [
    "check_air",
    "check_calls",
    "check_capacities",
    "check_crews",
    "check_joining",
    "check_shift_hours",
    "check_shifts",
    "check_suits",
    "supplies",
]

_PAIR: Final = 2


def supplies(scenario: Scenario, plan: str) -> dict[str, int]:
    """How many units, lines and pieces a plan has by name, with what its units on site or called bring."""
    units, called = units_of(scenario), called_in(scenario, plan)
    there = {name: unit.count for name, unit in units.items()}
    there |= {name: channel.count for name, channel in scenario.channels.items()}
    there |= {name: capacity.count for name, capacity in scenario.capacities.items()}
    for name, unit in units.items():
        for pool, pieces in unit.brings.items() if unit.on_site or name in called else ():
            there[pool] = there.get(pool, 0) + pieces * unit.count
    return there


def check_crews(findings: Findings, scenario: Scenario) -> None:
    """Skills nobody has, and more units than exist."""
    units = units_of(scenario)
    skills = {skill for unit in units.values() for skill in unit.skills}
    complete = findings.whole("agencies")
    for path, task in tasks_of(scenario):
        for skill in task.skills:
            crew = {s for unit in task.by if unit in units for s in units[unit].skills}
            if complete and skill not in skills:
                hint = findings.suggest(skill, skills)
                findings.error((*path, "skills"), f"nobody has the skill '{skill}'{hint}", "skill-missing")
            elif complete and task.by and skill not in crew:
                who = ", ".join(sorted(task.by))
                having = ", ".join(sorted(name for name, unit in units.items() if skill in unit.skills))
                message = f"{who} lacks the skill '{skill}'; add a unit that has it: {having}"
                findings.error((*path, "skills"), message, "skill-missing")
        for key, crew_of in (("by", task.by), ("may_join", task.may_join)):
            for unit, number in crew_of.items():
                if unit in units and number > units[unit].count:
                    message = f"{number} × {unit}, but there are {units[unit].count}; "
                    message += "ask for fewer or raise its count"
                    findings.error((*path, key), message, "units-too-few")
                if number < 1:
                    message = f"{number} × {unit}; ask for at least 1"
                    findings.error((*path, key), message, "units-too-few")


def check_capacities(findings: Findings, scenario: Scenario) -> None:
    """More of a capacity or channel than there is, with all that units on site or called may bring."""
    supply = {plan: supplies(scenario, plan) for plan in scenario.plans}
    for path, task in tasks_of(scenario):
        for name, number in task.uses.items():
            there = supply[str(path[1])].get(name)
            if there is None or 1 <= number <= there:
                continue
            message = f"{number} × {name}, but there are {there}{_brought(scenario, name)}; "
            message += f"ask for 1 to {there}" if there else "raise its count"
            findings.error((*path, "uses", name), message, "capacity-too-small")


def _brought(scenario: Scenario, pool: str) -> str:
    """Who brings some, to say where the number comes from."""
    bringing = sorted(name for name, unit in units_of(scenario).items() if unit.brings.get(pool))
    return f", with those on {', '.join(bringing)} if it is on site or called" if bringing else ""


def check_calls(findings: Findings, scenario: Scenario) -> None:
    """Units from outside that a plan needs but never calls."""
    if not (findings.whole("plans") and findings.whole("injects") and findings.whole("agencies")):
        return
    units = units_of(scenario)
    for name, plan in scenario.plans.items():
        called = called_in(scenario, name)
        for task_name, task in sorted(plan.tasks.items()):
            for unit in sorted(task.by):
                if unit in units and not units[unit].on_site and unit not in called:
                    message = f"{unit} is not on site and nobody calls it in plan '{name}'; "
                    message += f"add an effect {{do: call, units: {unit}}} to a task"
                    findings.error(("plans", name, "tasks", task_name, "by"), message, "unit-never-called")


def check_joining(findings: Findings, scenario: Scenario) -> None:
    """Units that may join but never come, or of which all are at the task already."""
    if not (findings.whole("plans") and findings.whole("injects") and findings.whole("agencies")):
        return
    units = units_of(scenario)
    calls = {plan: called_in(scenario, plan) for plan in scenario.plans}
    for path, task in tasks_of(scenario):
        called = calls[str(path[1])]
        for name, number in sorted(task.may_join.items()):
            unit = units.get(name)
            if unit is not None and not unit.on_site and name not in called:
                message = f"{name} may join but is not on site, and nobody calls it; call it or leave it out"
                findings.warn((*path, "may_join"), message, "join-never")
            elif unit is not None and number + task.by.get(name, 0) > unit.count:
                message = f"{task.by.get(name, 0)} × {name} at the task and {number} more that may join, but "
                message += f"there are {unit.count}; ask for fewer"
                findings.warn((*path, "may_join"), message, "join-never")


# --- suits and air ------------------------------------------------------------------------------------


def check_suits(findings: Findings, scenario: Scenario) -> None:
    """Fewer suits or full bottles than those wear who go in and stand ready."""
    supply = {plan: supplies(scenario, plan) for plan in scenario.plans}
    for path, task in tasks_of(scenario):
        suit = scenario.suits.get(task.wearing or "")
        if suit is None:
            continue
        wearers = _wearers(scenario, task)
        stocks = [("suits", suit.stock)]
        if task.air is not None and task.air.usable_s is None and suit.bottle is not None:
            stocks.append(("bottles", suit.bottle.stock))
        for what, stock in stocks:
            there = supply[str(path[1])].get(stock) if stock in scenario.capacities else None
            if stock is None or there is None or there >= wearers:
                continue
            message = f"{wearers} people need {what} at once, one each, but there are {there} × {stock}"
            message += f"{_brought(scenario, stock)}; send fewer pairs or raise its count"
            findings.error((*path, "wearing"), message, f"{what}-too-few")


def _wearers(scenario: Scenario, task: Task) -> int:
    if task.air is not None:
        return _at_once(task.air)
    units = units_of(scenario)
    return sum(number * units[unit].people for unit, number in task.by.items() if unit in units)


def _at_once(air: Air) -> int:
    """People who work on air or stand ready to go in after them."""
    return _PAIR * (air.pairs + air.backup)


def check_air(findings: Findings, scenario: Scenario) -> None:
    """Work on air with too few people for its pairs, without air, or with none left to work on."""
    if not (findings.whole("agencies") and findings.whole("suits")):
        return
    units = units_of(scenario)
    for path, task in tasks_of(scenario):
        if task.air is None:
            continue
        air, suit = task.air, scenario.suits.get(task.wearing or "")
        people = sum(number * units[unit].people for unit, number in task.by.items() if unit in units)
        if people < _at_once(air):
            pairs = "1 pair" if air.pairs == 1 else f"{air.pairs} pairs"
            message = f"{pairs} at work and {air.backup} ready take {_at_once(air)} people, but those "
            message += f"who do it are {people}; ask for more units in `by`, or for fewer pairs"
            findings.error((*path, "by"), message, "pairs-too-few")
        if task.wearing is not None and suit is None:
            continue  # its name is unknown, or it could not be read: an error of its own
        if air.usable_s is None and (suit is None or suit.bottle is None):
            message = "work on air without any; write `usable: 30 min`, or wear a suit that has a bottle"
            if suit is not None:
                message = f"suit '{task.wearing}' has no bottle; give it `bottle: {{volume: 6.8 L, pressure: "
                message += "30 MPa}` or write `usable: 30 min` here"
            findings.error((*path, "air"), message, "air-missing", key=True)
        else:
            _check_stint(findings, scenario, (*path, "air"), air, task)


def _check_stint(findings: Findings, scenario: Scenario, path: Path, air: Air, task: Task) -> None:
    weather = scenario.__dict__.get("weather")
    temperature_k = weather.__dict__.get("temperature_k") if weather is not None else None
    if temperature_k is None:
        return
    suit = scenario.suits.get(task.wearing or "")
    try:
        air.stint_s(suit=suit, temperature_k=temperature_k)
    except ValueError:
        message = (
            f"nothing is left to work with at {temperature_k - 273.15:g} °C: the way in, the way out and "
        )
        message += "decon take longer than air or the suit's heat limit allows; shorten them, take larger "
        message += "bottles, or wear a lighter suit"
        findings.error(path, message, "air-spent", key=True)


# --- shifts -------------------------------------------------------------------------------------------


def check_shifts(findings: Findings, scenario: Scenario) -> None:
    """Units that a plan needs and that are not there on a shift; an error for the shift STARTEX lies in."""
    if not (findings.whole("agencies") and findings.whole("shifts")):
        return
    start_s = scenario.__dict__.get("start_s")
    for agency_name, agency in scenario.agencies.items():
        for name, unit in agency.units.items():
            for shift, crew in unit.shifts.items():
                hours = scenario.shifts.get(shift)
                needed = _most_asked(scenario, name)
                if hours is None or crew.count is None or needed is None or needed[0] <= crew.count:
                    continue
                number, task = needed
                path = ("agencies", agency_name, "units", name, "shifts", shift)
                message = f"task '{task}' asks for {number} × {name}, but there are {crew.count} on shift "
                if start_s is not None and hours.covers(start_s):
                    message += f"'{shift}', in which STARTEX lies; ask for fewer, or start at another time"
                    findings.error(path, message, "unit-off-shift")
                else:
                    message += f"'{shift}'; runs that start then stand still"
                    findings.warn(path, message, "unit-off-shift")


def check_shift_hours(findings: Findings, scenario: Scenario) -> None:
    """Units with several shifts of which none covers STARTEX: a gap between them is seldom meant."""
    start_s = scenario.__dict__.get("start_s")
    if start_s is None or not (findings.whole("agencies") and findings.whole("shifts")):
        return
    for name, unit in units_of(scenario).items():
        hours = {shift: scenario.shifts[shift] for shift in unit.shifts if shift in scenario.shifts}
        if len(hours) < 2 or any(entry.covers(start_s) for entry in hours.values()):
            continue
        listed = ", ".join(
            f"{shift} {format_clock(entry.from_s)} to {format_clock(entry.until_s)}"
            for shift, entry in sorted(hours.items(), key=lambda pair: pair[1].from_s)
        )
        message = f"STARTEX at {format_clock(start_s)} lies in no shift of {name}, which is there as written "
        message += f"then: {listed}; let one begin where the other ends"
        findings.warn(("start",), message, "shift-gap")
        return


def _most_asked(scenario: Scenario, unit: str) -> tuple[int, str] | None:
    """The largest number that a task of any plan asks for, and which task."""
    asked = [(task.by[unit], str(path[-1])) for path, task in tasks_of(scenario) if unit in task.by]
    return max(asked, default=None)
