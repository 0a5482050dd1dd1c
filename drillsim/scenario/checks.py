"""What cannot work in a scenario whose parts are each valid. Every check reports and never prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from drillsim.facility.checks import Finding, check_facility, check_written, unreachable
from drillsim.facility.graph import Facility
from drillsim.scenario.command_checks import check_holders, check_level_conditions, check_levels
from drillsim.scenario.crew_checks import (
    check_air,
    check_calls,
    check_capacities,
    check_crews,
    check_joining,
    check_shift_hours,
    check_shifts,
    check_suits,
)
from drillsim.scenario.cycle_checks import check_cycles, check_role_circles
from drillsim.scenario.entries import effects_of, tasks_of
from drillsim.scenario.event_checks import check_inject_times, check_injects, check_milestones, check_moments
from drillsim.scenario.findings import Findings
from drillsim.scenario.fire_checks import check_detectors, check_ignitions, check_spill_fires
from drillsim.scenario.group_checks import check_lifts, check_parties, check_returns, check_shares_sum
from drillsim.scenario.hazard_checks import (
    check_buildings,
    check_dormant_hazards,
    check_fires,
    check_leaks,
    check_treatments,
)
from drillsim.scenario.kept_checks import check_kept, check_kept_crosswise
from drillsim.scenario.message_checks import check_conditions_known, check_lines, check_messages, check_needs
from drillsim.scenario.model import Scenario
from drillsim.scenario.order_checks import check_closings, check_counted, check_counts, check_guides
from drillsim.scenario.threshold_checks import (
    check_awaited,
    check_fires_grow,
    check_measured,
    check_reached,
)

__all__ = ["check_scenario"]

_SHOWN: Final = 10  # locked links named in a message
_PERSONS_PER_M2: Final = 4.0  # standing room; nobody can be put closer


def check_scenario(findings: Findings, scenario: Scenario) -> None:
    """Run every check whose parts are free of errors."""
    findings.begin_cross_checks()
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
    opened = {effect.link for _, effect in effects_of(scenario) if effect.do == "link" and not effect.closed}
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
    for path, effect in effects_of(scenario):
        if effect.do == "tell":
            check_shares_sum(findings, (*path, "via"), effect.via)


# --- plans -------------------------------------------------------------------------------------------


def check_empty_plans(findings: Findings, scenario: Scenario) -> None:
    """Plans without tasks, and a scenario without plans."""
    if findings.whole("plans") and not scenario.plans:
        findings.error(("plans",), "no plan; write at least one", "no-plan")
    for name, plan in scenario.plans.items():
        if not plan.tasks and findings.clean("plans", name):
            findings.error(
                ("plans", name), f"plan '{name}' has no tasks; write `tasks:` or based_on", "plan-empty"
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
    for path, task in tasks_of(scenario):
        name = str(path[-1])
        if name in scenario.milestones and task.milestone != name:
            message = (
                f"a milestone is called '{name}' too and is another moment than this task's end; rename one"
            )
            findings.error(path, message, "name-ambiguous", key=True)


_CHECKS: Final[tuple[Callable[[Findings, Scenario], None], ...]] = (
    check_site,
    check_shares,
    check_returns,
    check_empty_plans,
    check_cycles,
    check_role_circles,
    check_crews,
    check_capacities,
    check_calls,
    check_joining,
    check_suits,
    check_air,
    check_shifts,
    check_shift_hours,
    check_kept,
    check_kept_crosswise,
    check_holders,
    check_levels,
    check_level_conditions,
    check_needs,
    check_messages,
    check_conditions_known,
    check_lines,
    check_milestones,
    check_moments,
    check_injects,
    check_inject_times,
    check_objectives,
    check_treatments,
    check_fires,
    check_leaks,
    check_buildings,
    check_detectors,
    check_ignitions,
    check_spill_fires,
    check_dormant_hazards,
    check_awaited,
    check_fires_grow,
    check_reached,
    check_counted,
    check_measured,
    check_unit_names,
    check_event_names,
)
