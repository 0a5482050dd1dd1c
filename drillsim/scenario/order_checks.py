"""Orders that come to nothing: staff who point astray, counts nobody makes, exits shut for good."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from drillsim.facility.checks import unreachable
from drillsim.facility.graph import Facility
from drillsim.response.effects import Effect, Guide, SetLink
from drillsim.response.spec import Plan
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario

__all__ = ["check_closings", "check_counted", "check_guides"]

Path = tuple[str | int, ...]

# Moment a task may wait for -> the effect that makes it.
_MADE_BY: Final = {"headcount.complete": "count", "headcount.missing": "count", "search.done": "search"}


def check_guides(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """Staff who point to a link that opens from none of the spaces they stand in."""
    for path, effect in _effects(scenario):
        if not isinstance(effect, Guide) or not findings.clean(*path):
            continue
        here = {space for place in effect.at for space in facility.places(place)}
        for index, name in enumerate(effect.to):
            ends = facility.link_spec[facility.link_index[name]].between
            if not here & {facility.space_index[end] for end in ends}:
                message = f"nobody in {', '.join(effect.at)} can be sent through {name}, which joins "
                message += f"{' and '.join(ends)}; name a link of the space where staff stand"
                findings.error((*path, "to", index), message, "guide-astray")


def check_counted(findings: Findings, scenario: Scenario) -> None:
    """Tasks that wait for a headcount or a search that neither their plan nor an inject makes."""
    for plan_name, plan in scenario.plans.items():
        made = {effect.do for _, effect in _of_plan(scenario, plan_name, plan)}
        for task_name, task in plan.tasks.items():
            for index, event in enumerate(task.after):
                maker = _MADE_BY.get(event)
                if maker is not None and maker not in made:
                    path = ("plans", plan_name, "tasks", task_name, "after", index)
                    message = f"'{event}' never comes: no task of this plan and no inject has an effect "
                    findings.error(path, f"{message}`do: {maker}`; add one", "never-counted")


def check_closings(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """Groups whose every way out a plan or an inject shuts to the public and nothing opens again.

    A doubt only: they may be out by then. Each group is named once, with the first plan that does so.
    """
    named: set[str] = set()
    for plan_name, plan in scenario.plans.items():
        links = [effect for _, effect in _of_plan(scenario, plan_name, plan) if isinstance(effect, SetLink)]
        opened = {effect.link for effect in links if not effect.closed}
        shut = {effect.link for effect in links if _keeps_in(effect, facility)} - opened
        closed = frozenset(facility.link_index[link] for link in shut)
        for name, group in scenario.groups.items():
            if not closed or group.stays or not group.count or name in named:
                continue
            start = facility.space_index[group.place]
            goals = [facility.space_index[muster] for muster in group.musters]
            goals = goals or [i for i, kind in enumerate(facility.kind) if kind in ("muster", "outside")]
            if not unreachable(facility, start=start, goals=goals) and unreachable(
                facility, start=start, goals=goals, closed=closed
            ):
                named.add(name)
                message = f"once plan '{plan_name}' and the injects have closed {', '.join(sorted(shut))}, "
                message += f"those of '{name}' who are still in {group.place} cannot get out, and nothing "
                message += "opens it again; add an effect {do: link, link: …, closed: false}"
                findings.warn(("groups", name), message, "people-shut-in")


def _keeps_in(effect: SetLink, facility: Facility) -> bool:
    """Whether it shuts a link to people in both directions; a door shut to all they open to leave."""
    kind = facility.link_spec[facility.link_index[effect.link]].kind
    return effect.closed and effect.way == "both" and (effect.closed_to == "public" or kind != "door")


def _of_plan(scenario: Scenario, name: str, plan: Plan) -> Iterator[tuple[Path, Effect]]:
    """Effects of a plan's tasks and of all injects, with their path."""
    for task_name, task in plan.tasks.items():
        for index, effect in enumerate(task.effects):
            yield ("plans", name, "tasks", task_name, "effects", index), effect
    for inject_name, inject in scenario.injects.items():
        for index, effect in enumerate(inject.effects):
            yield ("injects", inject_name, "effects", index), effect


def _effects(scenario: Scenario) -> Iterator[tuple[Path, Effect]]:
    """Every effect once."""
    seen: set[Path] = set()
    for name, plan in scenario.plans.items():
        for path, effect in _of_plan(scenario, name, plan):
            if path not in seen:
                seen.add(path)
                yield path, effect
