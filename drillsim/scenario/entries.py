"""Entries of a scenario with their paths, as the checks walk them; broken parts may be missing."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from drillsim.response.agencies import Unit
from drillsim.response.conditions import Condition
from drillsim.response.effects import CallOut, Effect, RaiseLevel
from drillsim.response.plan import Plan, Task
from drillsim.scenario.model import Scenario
from drillsim.scenario.references import references
from drillsim.scenario.tree import Path

__all__ = [
    "Awaited",
    "agencies_of_role",
    "agencies_of_task",
    "agency_of_units",
    "awaited",
    "called_in",
    "conditions_of",
    "effects_of",
    "effects_of_plan",
    "raised_in",
    "tasks_of",
    "units_of",
]


class Awaited(NamedTuple):
    """A moment that somebody waits for: where, which, in which plans, and with which inject asked for."""

    path: Path
    event: str
    plans: tuple[str, ...]
    asked: str | None


def units_of(scenario: Scenario) -> dict[str, Unit]:
    """All units by name."""
    return {name: unit for agency in scenario.agencies.values() for name, unit in agency.units.items()}


def agency_of_units(scenario: Scenario) -> dict[str, str]:
    """The agency of each unit."""
    return {unit: name for name, agency in scenario.agencies.items() for unit in agency.units}


def tasks_of(scenario: Scenario) -> Iterator[tuple[Path, Task]]:
    """Every task of every plan with its path."""
    for name, plan in scenario.plans.items():
        for task_name, task in plan.tasks.items():
            yield ("plans", name, "tasks", task_name), task


def effects_of_plan(
    scenario: Scenario, name: str, *, used: Collection[str] | None = None
) -> Iterator[tuple[Path, Effect]]:
    """Effects of a plan's tasks and of injects, as far as these injects are ``used`` (default: all)."""
    used = scenario.injects if used is None else used
    for task_name, task in scenario.plans[name].tasks.items():
        if task.if_inject is None or task.if_inject in used:
            for index, effect in enumerate(task.effects):
                yield ("plans", name, "tasks", task_name, "effects", index), effect
    yield from _effects_of_injects(scenario, used)


def _effects_of_injects(scenario: Scenario, used: Collection[str]) -> Iterator[tuple[Path, Effect]]:
    for name, inject in scenario.injects.items():
        if name in used:
            for index, effect in enumerate(inject.effects):
                yield ("injects", name, "effects", index), effect
            for index, effect in enumerate(inject.fallback_effects):
                yield ("injects", name, "fallback_effects", index), effect


def effects_of(scenario: Scenario) -> Iterator[tuple[Path, Effect]]:
    """Every effect of all plans and injects once, with its path."""
    for path, task in tasks_of(scenario):
        for index, effect in enumerate(task.effects):
            yield (*path, "effects", index), effect
    yield from _effects_of_injects(scenario, scenario.injects)


def conditions_of(scenario: Scenario) -> Iterator[tuple[Path, Condition, tuple[str, ...]]]:
    """Every condition with its path and the plans in which it may be asked."""
    for path, task in tasks_of(scenario):
        for key, conditions in (("when", task.when), ("if", task.if_)):
            for index, condition in enumerate(conditions):
                yield (*path, key, index), condition, (str(path[1]),)
    for name, inject in scenario.injects.items():
        for index, condition in enumerate(inject.when):
            yield ("injects", name, "when", index), condition, tuple(scenario.plans)


def awaited(scenario: Scenario) -> Iterator[Awaited]:
    """Every moment that somebody waits for; what must *not* have happened is not waited for.

    Injects and milestones may wait for a moment of any plan, corridors for one of the plans that use them.
    """
    everywhere = tuple(scenario.plans)
    for reference in references(scenario):
        path = reference.path
        if reference.kinds != ("event",) or "not_happened" in path:
            continue
        plans, asked = everywhere, None
        if path[0] == "plans":
            plans = (str(path[1]),)
            if path[2] == "tasks":
                asked = scenario.plans[plans[0]].tasks[str(path[3])].if_inject
        elif path[0] == "injects":
            asked = str(path[1])
        yield Awaited(path, reference.name, plans, asked)


def raised_in(scenario: Scenario, plan: str) -> set[str]:
    """Levels that a task of the plan or an inject raises the response to."""
    return {effect.level for _, effect in effects_of_plan(scenario, plan) if isinstance(effect, RaiseLevel)}


def called_in(scenario: Scenario, plan: str) -> set[str]:
    """Units that a task of the plan, an inject, or a level that is raised calls out."""
    effects = (effect for _, effect in effects_of_plan(scenario, plan))
    called = {unit for effect in effects if isinstance(effect, CallOut) for unit in effect.units}
    levels = scenario.plans[plan].levels
    for level in raised_in(scenario, plan):
        if level in levels:
            called |= set(levels[level].calls)
    return called


def agencies_of_role(plan: Plan, role: str, *, seen: frozenset[str] = frozenset()) -> set[str]:
    """Agencies of those who may hold a role, passed on or not."""
    entry = plan.roles.get(role)
    if entry is None or role in seen:
        return set()
    if entry.agency is not None:
        return {entry.agency}
    seen = seen | {role}
    return {agency for holder in entry.held_by for agency in agencies_of_role(plan, holder, seen=seen)}


def agencies_of_task(scenario: Scenario, plan: Plan, task: Task) -> set[str]:
    """Agencies of those who do a task, or of who orders it if no unit does; empty if nobody is named."""
    owner = agency_of_units(scenario)
    doing = {owner[unit] for unit in task.by if unit in owner}
    if doing or task.order_by is None:
        return doing
    return agencies_of_role(plan, task.order_by)
