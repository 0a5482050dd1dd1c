"""Orders that come to nothing: staff who point astray, counts nobody makes, exits shut for good."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from drillsim.facility.checks import unreachable
from drillsim.facility.graph import Facility
from drillsim.response.effects import CountHeads, Guide, SetLink
from drillsim.scenario.entries import awaited, effects_of, effects_of_plan
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.tree import Path

__all__ = ["check_closings", "check_counted", "check_counts", "check_guides"]

# Moment a task may wait for -> the effect that makes it.
_MADE_BY: Final = {"headcount.complete": "count", "headcount.missing": "count", "search.done": "search"}
_SHOWN: Final = 10  # musters named in a message


def check_guides(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """Staff who point to a link that opens from none of the spaces they stand in."""
    for path, effect in effects_of(scenario):
        if not isinstance(effect, Guide) or not findings.clean(*path):
            continue
        here = {space for place in effect.at for space in facility.places(place)}
        for index, name in enumerate(effect.to):
            ends = facility.link_spec[facility.link_index[name]].between
            if not here & {facility.space_index[end] for end in ends}:
                message = f"nobody in {', '.join(effect.at)} can be sent through {name}, which joins "
                message += f"{' and '.join(ends)}; name a link of the space where staff stand"
                findings.error((*path, "to", index), message, "guide-astray")


def check_counts(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """Head counts where nobody gathers."""
    for path, effect in effects_of(scenario):
        if not isinstance(effect, CountHeads) or not findings.clean(*path):
            continue
        for index, name in enumerate(effect.musters):
            kind = facility.kind[facility.space_index[name]]
            if kind != "muster":
                there = sorted(
                    s for s, k in zip(facility.spaces, facility.kind, strict=True) if k == "muster"
                )
                known = f": {', '.join(there[:_SHOWN])}" if there else ", which the facility lacks"
                message = f"heads are counted at musters, and {name} is of kind {kind}; name a space of kind "
                message += f"muster{known}"
                findings.error((*path, "musters", index), message, "count-no-muster")


def check_counted(findings: Findings, scenario: Scenario) -> None:
    """Tasks, injects and milestones that wait for a headcount or a search that nothing makes.

    A task waits for its own plan and the injects; an inject or milestone for those of any plan. Who makes it
    only if an inject that is off is asked for leaves a doubt.
    """
    for path, event, plans, asked in awaited(scenario):
        maker = _MADE_BY.get(event)
        if maker is None:
            continue
        used = {name for name, inject in scenario.injects.items() if not inject.off or name == asked}
        own = path[: 4 if path[0] == "plans" else 2]
        if _is_made(scenario, maker, plans=plans, used=used, but=own):
            continue
        where = "task of this plan" if path[0] == "plans" else "task"
        message = f"'{event}' never comes: no {where} and no inject has an effect `do: {maker}`; add one"
        if _is_made(scenario, maker, plans=plans, used=scenario.injects, but=own):
            message = f"'{event}' comes only if an inject that is off is asked for; no other has an effect "
            findings.warn(path, f"{message}`do: {maker}`", "counted-if-asked")
        else:
            findings.error(path, message, "never-counted")


def _is_made(
    scenario: Scenario, maker: str, *, plans: Collection[str], used: Collection[str], but: Path
) -> bool:
    """Whether an effect of these plans or injects makes it, other than those of who waits (``but``)."""
    for name in plans:
        for path, effect in effects_of_plan(scenario, name, used=used):
            if effect.do == maker and path[: len(but)] != but:
                return True
    return False


def check_closings(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """Groups whose every way out a plan or an inject shuts to the public and nothing opens again.

    A doubt only: they may be out by then. Each group is named once, with the first plan that does so.
    """
    named: set[str] = set()
    for plan_name in scenario.plans:
        used = {inject for inject, entry in scenario.injects.items() if not entry.off}
        effects = (effect for _, effect in effects_of_plan(scenario, plan_name, used=used))
        links = [effect for effect in effects if isinstance(effect, SetLink)]
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
