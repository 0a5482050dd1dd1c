"""Whether somebody gives the orders that tasks wait for, and raises the levels that plans have."""

from __future__ import annotations

from drillsim.response.plan import Plan
from drillsim.scenario.entries import conditions_of, raised_in
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario

__all__ = ["check_holders", "check_level_conditions", "check_levels"]


def check_holders(findings: Findings, scenario: Scenario) -> None:
    """Roles held by others of whom nobody is in office from the start."""
    for name, plan in scenario.plans.items():
        for role_name, role in plan.roles.items():
            moments = {holder: _office(plan, holder, frozenset()) for holder in role.held_by}
            if not role.held_by or any(not office for office in moments.values()):
                continue
            when = ", ".join(f"{holder} from '{office}'" for holder, office in sorted(moments.items()))
            message = (
                f"nobody holds '{role_name}' from the start: {when}; orders asked for before wait for it; "
            )
            message += "name a holder without takes_office first"
            findings.warn(("plans", name, "roles", role_name, "held_by"), message, "office-late")


def _office(plan: Plan, role: str, seen: frozenset[str]) -> str:
    """The moment from which somebody holds a role; empty: from the start, or unknown."""
    entry = plan.roles.get(role)
    if entry is None or role in seen:
        return ""
    if entry.takes_office is not None:
        return entry.takes_office
    offices = [_office(plan, holder, seen | {role}) for holder in entry.held_by]
    return offices[0] if offices and all(offices) else ""


def check_levels(findings: Findings, scenario: Scenario) -> None:
    """Levels that nothing raises the response to, and levels of one rank."""
    if not (findings.whole("plans") and findings.whole("injects")):
        return
    for name, plan in scenario.plans.items():
        raised = raised_in(scenario, name)
        ranks: dict[int, str] = {}
        for level, entry in plan.levels.items():
            path = ("plans", name, "levels", level)
            if level not in raised:
                message = f"nothing in the plan raises the response to '{level}'; "
                message += f"add an effect {{do: level, level: {level}}} to a task, or leave it out"
                findings.warn(path, message, "level-never-raised", key=True)
            if entry.rank in ranks:
                message = (
                    f"'{ranks[entry.rank]}' has rank {entry.rank} too: from one of them the other is not "
                )
                message += "raised to; give each level a rank of its own"
                findings.warn((*path, "rank"), message, "level-ranks")
            ranks.setdefault(entry.rank, level)


def check_level_conditions(findings: Findings, scenario: Scenario) -> None:
    """Conditions on a level that nothing raises the response to, nor to a higher one."""
    if not (findings.whole("plans") and findings.whole("injects")):
        return
    for path, condition, plans in conditions_of(scenario):
        level = condition.level
        if level is None or any(_reached(scenario, plan, level) for plan in plans):
            continue
        message = f"the response is never raised to '{level}' or higher; "
        message += f"add an effect {{do: level, level: {level}}} to a task or an inject"
        findings.error((*path, "level"), message, "level-never-reached")


def _reached(scenario: Scenario, plan: str, level: str) -> bool:
    levels = scenario.plans[plan].levels
    if level not in levels:
        return False
    return any(
        levels[raised].rank >= levels[level].rank for raised in raised_in(scenario, plan) if raised in levels
    )
