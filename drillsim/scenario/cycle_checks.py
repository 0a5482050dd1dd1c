"""Tasks that wait for each other in a circle, and roles that report to or hold each other."""

from __future__ import annotations

from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.waits import circles, shown, waits_of

__all__ = ["check_cycles", "check_role_circles"]


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
