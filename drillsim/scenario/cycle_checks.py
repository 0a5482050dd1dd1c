"""Tasks, offices and reports that go in circles, and crews kept until a moment that needs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from drillsim.response.plan import Plan, Task
from drillsim.scenario.crew_checks import supply
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.waits import BEGINS, before, circles, shown, waits_of

__all__ = ["check_cycles", "check_kept", "check_kept_crosswise", "check_role_circles"]


def check_cycles(findings: Findings, scenario: Scenario) -> None:
    """Tasks that wait for each other in a circle, also through milestones, injects, levels and offices."""
    for name, plan in scenario.plans.items():
        for circle in circles(waits_of(scenario, plan)):
            names = shown(circle)
            message = f"these wait for each other: {' → '.join([*names, names[0]])}; "
            message += "break the circle at one `after`"
            task = next((entry for entry in names if entry in plan.tasks), None)
            path = ("plans", name) if task is None else ("plans", name, "tasks", task, "after")
            findings.error(path, message, "plan-cycle")


def check_role_circles(findings: Findings, scenario: Scenario) -> None:
    """Roles that report to each other, or hold each other, in a circle."""
    for name, plan in scenario.plans.items():
        above = {role: [entry.reports_to] for role, entry in plan.roles.items() if entry.reports_to}
        held = {role: list(entry.held_by) for role, entry in plan.roles.items() if entry.held_by}
        for graph, key, what in (
            (above, "reports_to", "report to each other"),
            (held, "held_by", "are held by each other, so that nobody decides"),
        ):
            for circle in circles(graph):
                names = shown(circle[::-1])
                message = f"these roles {what}: {' → '.join([*names, names[0]])}; take one of them out"
                findings.error(("plans", name, "roles", names[0], key), message, "role-circle")


class _Kept(NamedTuple):
    task: str
    kind: str
    pool: str
    number: int


def check_kept(findings: Findings, scenario: Scenario) -> None:
    """Units and capacities that tasks keep until a moment which only comes if somebody else has them."""
    if not (findings.clean("plans") and findings.clean("agencies") and findings.clean("capacities")):
        return
    for name, plan in scenario.plans.items():
        waits = waits_of(scenario, plan)
        earlier = {f"{task}{BEGINS}": before(waits, f"{task}{BEGINS}") for task in plan.tasks}
        until = {
            task: before(waits, entry.keeps_until) | {entry.keeps_until}
            for task, entry in plan.tasks.items()
            if entry.keeps_until is not None
        }
        kept = [entry for task in sorted(plan.tasks) for entry in _kept(task, plan.tasks[task])]
        if kept:
            for task in sorted(plan.tasks):
                _check_needed(findings, scenario, name, task, kept, earlier, until)


def _kept(name: str, task: Task) -> list[_Kept]:
    if not task.keeps_units and task.keeps_until is None:
        return []
    kept = [_Kept(name, "unit", unit, count) for unit, count in sorted(task.by.items())]
    if task.keeps_until is not None:
        kept += [_Kept(name, "capacity", use, count) for use, count in sorted(task.uses.items())]
    return kept


def _check_needed(
    findings: Findings,
    scenario: Scenario,
    plan_name: str,
    name: str,
    kept: list[_Kept],
    earlier: Mapping[str, set[str]],
    until: Mapping[str, set[str]],
) -> None:
    """Of what this task needs, the sum that must still be kept by others when it asks."""
    plan = scenario.plans[plan_name]
    task, begins = plan.tasks[name], f"{name}{BEGINS}"
    wanted = [("unit", unit, count) for unit, count in sorted(task.by.items())]
    wanted += [("capacity", use, count) for use, count in sorted(task.uses.items())]
    for kind, pool, count in wanted:
        there = supply(scenario, plan_name, pool)
        if there is None:
            continue
        # A milestone made when its work begins asks for no more than that it has begun.
        asked = [
            entry
            for entry in kept
            if (entry.kind, entry.pool) == (kind, pool)
            and entry.task != name
            and _together(plan, entry.task, name)
            and (entry.task not in until or begins in until[entry.task])
            and begins not in earlier[f"{entry.task}{BEGINS}"]
        ]
        surely = [entry for entry in asked if f"{entry.task}{BEGINS}" in earlier[begins]]
        path = ("plans", plan_name, "tasks", name, "by" if kind == "unit" else "uses")
        for keepers, certain in ((surely, True), (asked, False)):
            left = there - sum(entry.number for entry in keepers)
            if not keepers or left >= count or (not certain and not any(e.task in until for e in keepers)):
                continue
            _say_kept(findings, plan, path, (pool, count, max(0, left)), keepers, certain=certain)
            break


def _together(plan: Plan, keeper: str, name: str) -> bool:
    """Whether both are part of the same runs, as far as the plan says."""
    one, other = plan.tasks[keeper], plan.tasks[name]
    return one.only in (None, other.only) and one.if_inject in (None, other.if_inject) and not one.if_


def _say_kept(
    findings: Findings,
    plan: Plan,
    path: tuple[str, ...],
    wanted: tuple[str, int, int],
    keepers: list[_Kept],
    *,
    certain: bool,
) -> None:
    pool, count, left = wanted
    held = [
        f"'{entry.task}' keeps {entry.number} × {pool} "
        + (f"until {until}" if (until := plan.tasks[entry.task].keeps_until) else "to the end")
        for entry in keepers
    ]
    message = f"{count} × {pool}, but {', '.join(held)}"
    waited = any(plan.tasks[entry.task].keeps_until for entry in keepers)
    if certain:
        message += f" and {left} are left"
        message += ", and that moment waits for this task" if waited else ""
        message += "; let it go earlier, or have more of it"
        findings.error(path, message, "kept-for-ever")
    else:
        message += ", a moment that waits for this task: whichever of them asks first, the other may wait "
        message += "for ever; put one `after` the other, or have more of it"
        findings.warn(path, message, "kept-too-long")


def check_kept_crosswise(findings: Findings, scenario: Scenario) -> None:
    """Tasks that each keep what another needs before it lets go of what this one needs."""
    if not (findings.clean("plans") and findings.clean("agencies") and findings.clean("capacities")):
        return
    for name, plan in scenario.plans.items():
        keepers = [task for task in sorted(plan.tasks) if plan.tasks[task].keeps_until is not None]
        if len(keepers) < 2:
            continue
        waits = waits_of(scenario, plan)
        blocks = {
            task: [
                other for other in keepers if other != task and _blocked(scenario, name, waits, task, other)
            ]
            for task in keepers
        }
        for circle in circles(blocks):
            ring = circle[::-1]
            ring = ring[-1:] + ring[:-1]
            held = "; ".join(
                f"'{task}' keeps {_listed(plan.tasks[task])} until {plan.tasks[task].keeps_until}"
                for task in ring
            )
            message = f"each of these keeps what another needs before it lets go: {held}; "
            message += "let one of them go earlier, or put one `after` the other"
            findings.warn(("plans", name, "tasks", ring[0], "keeps_until"), message, "kept-crosswise")


def _blocked(
    scenario: Scenario, plan_name: str, waits: Mapping[str, list[str]], keeper: str, other: str
) -> bool:
    """Whether the moment until which ``keeper`` keeps its crew needs what ``other`` keeps."""
    plan = scenario.plans[plan_name]
    until = plan.tasks[keeper].keeps_until
    assert until is not None
    held = {entry.pool: entry.number for entry in _kept(other, plan.tasks[other])}
    others_begin = before(waits, f"{other}{BEGINS}")
    for event in {until, *before(waits, until)}:
        name = event.removesuffix(BEGINS)
        task = plan.tasks.get(name) if event.endswith(BEGINS) else None
        if task is None or name == other or event in others_begin:
            continue
        for pool, count in (*task.by.items(), *task.uses.items()):
            there = supply(scenario, plan_name, pool) if pool in held else None
            if there is not None and there - held[pool] < count:
                return True
    return False


def _listed(task: Task) -> str:
    return ", ".join(sorted({*task.by, *task.uses}))
