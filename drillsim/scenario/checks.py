"""What cannot work in a scenario whose parts are each valid. Every check reports and never prints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from drillsim.facility.checks import Finding, check_facility, check_written, unreachable
from drillsim.facility.graph import Facility
from drillsim.response.effects import CallOut, Effect, Inform, Treat
from drillsim.response.spec import Plan, Task, Unit
from drillsim.scenario.findings import Findings
from drillsim.scenario.group_checks import check_lifts, check_parties, check_returns, check_shares_sum
from drillsim.scenario.model import Scenario
from drillsim.scenario.order_checks import check_closings, check_counted, check_counts, check_guides
from drillsim.scenario.threshold_checks import check_awaited, check_measured

__all__ = ["check_scenario"]

_MAX_CYCLES: Final = 20
_SHOWN: Final = 10  # tasks of a circle, or locked links, named in a message
_COVERING: Final = ("cover", "absorb")
_PERSONS_PER_M2: Final = 4.0  # standing room; nobody can be put closer


def check_scenario(findings: Findings, scenario: Scenario) -> None:
    """Run every check whose parts are free of errors."""
    for check in _CHECKS:
        check(findings, scenario)


# --- facility and people -----------------------------------------------------------------------------


def check_site(findings: Findings, scenario: Scenario) -> None:
    """The facility as a graph, and whether everybody in it can reach a muster and has room to stand."""
    if not findings.clean("facility") or "facility" not in scenario.__dict__:
        return
    written = check_written(scenario.facility)
    _report(findings, written)
    if any(finding.severity == "error" for finding in written):
        return
    facility = Facility.build(scenario.facility)
    _report(findings, check_facility(facility))
    if findings.clean("groups"):
        check_ways_out(findings, scenario, facility)
        check_room(findings, scenario, facility)
        check_parties(findings, scenario, facility)
        check_lifts(findings, scenario, facility)
    if findings.clean("plans") and findings.clean("injects"):
        check_guides(findings, scenario, facility)
        check_counts(findings, scenario, facility)
        if findings.clean("groups"):
            check_closings(findings, scenario, facility)


def _report(findings: Findings, found: list[Finding]) -> None:
    for finding in found:
        path = ("facility", *finding.path)
        if finding.severity == "error":
            findings.error(path, finding.message, finding.id)
        else:
            findings.warn(path, finding.message, finding.id)


def check_ways_out(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """Groups that cannot reach any of their musters on foot, for ever or until a locked link is opened."""
    reached: set[tuple[int, ...]] = set()
    locked = frozenset(i for i, link in enumerate(facility.link_spec) if link.locked)
    opened = {effect.link for _, effect in _effects(scenario) if effect.do == "link" and not effect.closed}
    for_ever = frozenset(link for link in locked if facility.links[link] not in opened)
    for name, group in scenario.groups.items():
        if group.stays or not group.count:
            continue
        goals = [facility.space_index[m] for m in group.musters]
        if not goals:
            goals = [i for i, kind in enumerate(facility.kind) if kind in ("muster", "outside")]
        start = facility.space_index[group.place]
        if (start, *goals) in reached:
            continue
        heads = f"{group.count:,} people of '{name}' in {group.place}"
        where = " or ".join(group.musters) or "any muster or the outside"
        if not goals or unreachable(facility, start=start, goals=goals):
            message = f"{heads} cannot reach {where}; add a link, or name a muster they can reach"
            findings.error(("groups", name), message, "people-unreachable")
        elif for_ever and unreachable(facility, start=start, goals=goals, closed=for_ever):
            shut = ", ".join(sorted(facility.links[link] for link in for_ever)[:_SHOWN])
            message = (
                f"{heads} cannot reach {where}: locked for ever, since no task or inject opens it: {shut}; "
            )
            message += "unlock one on their way, or add an effect {do: link, link: …, closed: false}"
            findings.error(("groups", name), message, "people-locked-in-for-ever")
        elif locked and unreachable(facility, start=start, goals=goals, closed=locked):
            message = f"{heads} reach {where} only through doors that are locked; a task must open one"
            findings.warn(("groups", name), message, "people-locked-in")
        else:
            reached.add((start, *goals))


def check_room(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """More people in a space than can stand there."""
    heads: dict[str, int] = {}
    for group in scenario.groups.values():
        heads[group.place] = heads.get(group.place, 0) + group.count
    for name, group in sorted(scenario.groups.items()):
        count = heads.pop(group.place, 0)
        space = facility.space_index[group.place]
        area = float(facility.area_m2[space])
        if area <= 0.0 or (count <= facility.slots[space] and count <= area * _PERSONS_PER_M2):
            continue  # a space without floor is an error of its own
        message = f"{count:,} people in {group.place} of {area:g} m², which holds "
        holds = min(facility.slots[space], max(1, int(area * _PERSONS_PER_M2)))
        message += f"{holds:,}; place some elsewhere or correct its size"
        if count > facility.slots[space] and count > 1:
            findings.error(("groups", name, "count"), message, "space-too-small")
        elif count > 1:
            findings.warn(("groups", name, "count"), message, "space-crowded")


def check_shares(findings: Findings, scenario: Scenario) -> None:
    """Shares of profiles and of familiar or assigned ways out that do not make 100 %."""
    for name, group in scenario.groups.items():
        check_shares_sum(findings, ("groups", name, "exits"), group.exits)
        check_shares_sum(findings, ("groups", name, "mix"), group.mix)
    for path, effect in _effects(scenario):
        if effect.do == "tell":
            check_shares_sum(findings, (*path, "via"), effect.via)


# --- plans -------------------------------------------------------------------------------------------


def check_empty_plans(findings: Findings, scenario: Scenario) -> None:
    """Plans without tasks, and a scenario without plans."""
    if findings.clean("plans") and not scenario.plans:
        findings.error(("plans",), "no plan; write at least one", "no-plan")
    for name, plan in scenario.plans.items():
        if not plan.tasks and findings.clean("plans", name):
            findings.error(
                ("plans", name), f"plan '{name}' has no tasks; write `tasks:` or based_on", "plan-empty"
            )


def check_cycles(findings: Findings, scenario: Scenario) -> None:
    """Tasks that wait for each other in a circle, also through milestones, injects and roles' offices."""
    for name, plan in scenario.plans.items():
        for cycle in _cycles(_waits(scenario, plan)):
            shown = (
                cycle if len(cycle) <= _SHOWN else [*cycle[: _SHOWN - 1], f"{len(cycle) - _SHOWN + 1} more"]
            )
            circle = " → ".join([*shown, cycle[0]])
            message = f"these wait for each other: {circle}; break the circle at one `after`"
            task = next((entry for entry in cycle if entry in plan.tasks), None)
            path = ("plans", name) if task is None else ("plans", name, "tasks", task, "after")
            findings.error(path, message, "plan-cycle")


def _waits(scenario: Scenario, plan: Plan) -> dict[str, list[str]]:
    """Event -> events that must all come before it. Of several makers of a milestone one is enough."""
    waits: dict[str, list[str]] = {}
    makers: dict[str, list[str]] = {}
    for name, task in plan.tasks.items():
        waits[name] = list(task.after)
        role = plan.roles.get(task.order_by) if task.order_by else None
        if role is not None and role.takes_office is not None:
            waits[name].append(role.takes_office)
        for milestone in {task.milestone, task.starts} - {None, name}:
            makers.setdefault(str(milestone), []).append(name)
    for milestone, tasks in makers.items():
        if len(tasks) == 1 and milestone not in waits:
            waits[milestone] = tasks
    for name, entry in scenario.milestones.items():
        if entry.when is not None and name not in waits:
            waits[name] = [entry.when.after]
    for name, inject in scenario.injects.items():
        if inject.after is not None:
            waits[f"inject.{name}"] = [inject.after]
    return {name: sorted(set(events) & waits.keys()) for name, events in waits.items()}


def _cycles(waits: dict[str, list[str]]) -> Iterator[list[str]]:
    """One cycle for each knot, its smallest name first; without recursion."""
    state: dict[str, int] = {}
    found = 0
    for root in sorted(waits):
        if root in state or found >= _MAX_CYCLES:
            continue
        trail = [root]
        pending = [iter(waits[root])]
        state[root] = 1
        while trail:
            below = next(pending[-1], None)
            if below is None:
                state[trail.pop()] = 2
                pending.pop()
            elif state.get(below) == 1 and found < _MAX_CYCLES:
                cycle = trail[trail.index(below) :][::-1]
                first = cycle.index(min(cycle))
                found += 1
                yield cycle[first:] + cycle[:first]
            elif below not in state:
                state[below] = 1
                trail.append(below)
                pending.append(iter(waits.get(below, ())))


def check_crews(findings: Findings, scenario: Scenario) -> None:
    """Skills nobody has, and more units or capacities than exist."""
    units = _units(scenario)
    skills = {skill for unit in units.values() for skill in unit.skills}
    complete = findings.clean("agencies")
    for path, task in _tasks(scenario):
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
        for unit, number in task.by.items():
            if unit in units and number > units[unit].count:
                message = (
                    f"{number} × {unit}, but there are {units[unit].count}; ask for fewer or raise its count"
                )
                findings.error((*path, "by"), message, "units-too-few")
            if number < 1:
                findings.error((*path, "by"), f"{number} × {unit}; ask for at least 1", "units-too-few")
        for name, number in task.uses.items():
            capacity = scenario.capacities.get(name)
            if capacity is not None and not 1 <= number <= capacity.count:
                message = f"{number} × {name}, but there are {capacity.count}; ask for 1 to {capacity.count}"
                findings.error((*path, "uses", name), message, "capacity-too-small")


def check_calls(findings: Findings, scenario: Scenario) -> None:
    """Units from outside that a plan needs but never calls, and information that nobody brings."""
    if not (findings.clean("plans") and findings.clean("injects") and findings.clean("agencies")):
        return
    units = _units(scenario)
    from_injects = [effect for inject in scenario.injects.values() for effect in inject.effects]
    for name, plan in scenario.plans.items():
        effects = [*from_injects, *(effect for task in plan.tasks.values() for effect in task.effects)]
        called = {unit for effect in effects if isinstance(effect, CallOut) for unit in effect.units}
        brought = {effect.item for effect in effects if isinstance(effect, Inform) and effect.known}
        for task_name, task in sorted(plan.tasks.items()):
            path = ("plans", name, "tasks", task_name)
            for unit in sorted(task.by):
                if unit in units and not units[unit].on_site and unit not in called:
                    message = f"{unit} is not on site and nobody calls it in plan '{name}'; "
                    message += f"add an effect {{do: call, units: {unit}}} to a task"
                    findings.error((*path, "by"), message, "unit-never-called")
            for item in task.needs:
                if item not in brought:
                    message = f"nobody informs of '{item}' in plan '{name}'; "
                    message += f"add an effect {{do: inform, item: {item}}} to a task"
                    findings.error((*path, "needs"), message, "info-never-known")


def check_milestones(findings: Findings, scenario: Scenario) -> None:
    """End milestones that a plan does not produce, and milestones of objectives that no plan produces."""
    if not (findings.clean("plans") and findings.clean("milestones")):
        return
    from_people = {name for name, milestone in scenario.milestones.items() if milestone.when is not None}
    by_plan = {}
    for name, plan in scenario.plans.items():
        made = {m for task in plan.tasks.values() for m in (task.milestone, task.starts) if m}
        by_plan[name] = made | from_people
        if plan.end not in by_plan[name]:
            message = f"nothing in plan '{name}' produces its end '{plan.end}'; "
            message += f"write `milestone: {plan.end}` in its last task"
            findings.error(("plans", name, "end"), message, "end-never-reached")
    anywhere = set().union(*by_plan.values()) if by_plan else set()
    for name, objective in scenario.objectives.items():
        wanted = [("milestone", objective.milestone), ("since", objective.since), ("then", objective.then)]
        wanted += [("first", first) for first in objective.first]
        for key, milestone in wanted:
            if milestone is not None and milestone in scenario.milestones and milestone not in anywhere:
                message = f"no plan produces the milestone '{milestone}'; name it in a task of a plan"
                findings.error(("objectives", name, key), message, "milestone-never-reached")


def check_injects(findings: Findings, scenario: Scenario) -> None:
    """Injects without a moment, or with two."""
    for name, inject in scenario.injects.items():
        if inject.at_s is None and inject.after is None:
            message = f"inject '{name}' has no moment; write `at: 20 min` or `after: EVENT`"
            findings.error(("injects", name), message, "inject-without-moment", key=True)
        elif inject.at_s is not None and inject.after is not None:
            findings.error(
                ("injects", name, "after"), "both at and after; keep one", "inject-two-moments", key=True
            )


def check_objectives(findings: Findings, scenario: Scenario) -> None:
    """Objectives that say no target, or two."""
    for name, objective in scenario.objectives.items():
        milestone = objective.milestone is not None and objective.within_s is not None
        measure = objective.measure is not None and (
            objective.at_most is not None or objective.above is not None
        )
        order = bool(objective.first) and objective.then is not None
        if milestone + measure + order != 1:
            message = (
                "an objective is one of: milestone and within; measure and at_most or above; first and then"
            )
            findings.error(("objectives", name), message, "objective-shape", key=True)


def check_hazards(findings: Findings, scenario: Scenario) -> None:
    """Work on a hazard that does not apply to its kind, or does not say how much it helps."""
    for path, effect in _effects(scenario):
        if not isinstance(effect, Treat) or effect.hazard not in scenario.hazards:
            continue
        hazard = scenario.hazards[effect.hazard]
        if effect.action not in hazard.actions:
            can = ", ".join(sorted(hazard.actions))
            message = f"a {hazard.kind} knows no '{effect.action}'; it can be treated by: {can}"
            findings.error((*path, "action"), message, "hazard-action")
        if effect.action in _COVERING and "factor" not in effect.model_fields_set:
            message = f"'{effect.action}' needs a factor, the share of the rate that remains; "
            message += "write factor: 15 %, or factor: 0 % for all"
            findings.error(path, message, "factor-missing")


def check_unit_names(findings: Findings, scenario: Scenario) -> None:
    """A unit's name used by two agencies: plans could not tell them apart."""
    owner: dict[str, str] = {}
    for name, agency in sorted(scenario.agencies.items()):
        for unit in sorted(agency.units):
            if unit in owner:
                message = (
                    f"agency '{owner[unit]}' has a unit '{unit}' too; rename one, plans ask for it by name"
                )
                findings.error(("agencies", name, "units", unit), message, "unit-twice", key=True)
            owner.setdefault(unit, name)


def check_event_names(findings: Findings, scenario: Scenario) -> None:
    """A task and a milestone of one name that are two moments: `after` could mean either."""
    for path, task in _tasks(scenario):
        name = str(path[-1])
        if name in scenario.milestones and task.milestone != name:
            message = (
                f"a milestone is called '{name}' too and is another moment than this task's end; rename one"
            )
            findings.error(path, message, "name-ambiguous", key=True)


# --- helpers of the checks ------------------------------------------------------------------------------


def _units(scenario: Scenario) -> dict[str, Unit]:
    return {name: unit for agency in scenario.agencies.values() for name, unit in agency.units.items()}


def _tasks(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], Task]]:
    for name, plan in scenario.plans.items():
        for task_name, task in plan.tasks.items():
            yield ("plans", name, "tasks", task_name), task


def _effects(scenario: Scenario) -> Iterator[tuple[tuple[str | int, ...], Effect]]:
    for path, task in _tasks(scenario):
        for index, effect in enumerate(task.effects):
            yield (*path, "effects", index), effect
    for name, inject in scenario.injects.items():
        for index, effect in enumerate(inject.effects):
            yield ("injects", name, "effects", index), effect


_CHECKS: Final[tuple[Callable[[Findings, Scenario], None], ...]] = (
    check_site,
    check_shares,
    check_returns,
    check_empty_plans,
    check_cycles,
    check_crews,
    check_calls,
    check_milestones,
    check_injects,
    check_objectives,
    check_hazards,
    check_awaited,
    check_counted,
    check_measured,
    check_unit_names,
    check_event_names,
)
