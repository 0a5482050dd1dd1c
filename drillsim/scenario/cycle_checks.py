"""Tasks that wait for each other in a circle, and roles that report to or hold each other."""

from __future__ import annotations

from drillsim.response.plan import Plan
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.tree import Path
from drillsim.scenario.waits import BEGINS, KNOWLEDGE, circles, offices, shown, waits_of

__all__ = ["check_cycles", "check_role_circles"]


def check_cycles(findings: Findings, scenario: Scenario) -> None:
    """Tasks that wait for each other in a circle, also through milestones, injects, levels, offices, news."""
    for name, plan in scenario.plans.items():
        waits = waits_of(scenario, plan)
        # A circle of moments alone is told as such, though those in it may know of each other, too.
        moments = {event: earlier for event, earlier in waits.items() if not event.startswith(KNOWLEDGE)}
        for circle in [*circles(moments)] or circles(waits):
            names = shown(circle)
            path, remedy = _where(plan, circle)
            message = f"these wait for each other: {' → '.join([*names, names[0]])}; {remedy}"
            findings.error(("plans", name, *path), message, "plan-cycle")


def _where(plan: Plan, circle: list[str]) -> tuple[Path, str]:
    """Where a circle is best broken, and how: at an order or at what must be known, else at `after`.

    Each in the circle comes before the next.
    """
    steps = [
        (earlier, later.removesuffix(BEGINS))
        for earlier, later in zip(circle, [*circle[1:], circle[0]], strict=True)
        if later.endswith(BEGINS)
    ]
    for earlier, name in steps:
        task = plan.tasks[name]
        if earlier not in task.after and earlier in offices(plan, task.order_by):
            holder = next(role for role, entry in plan.roles.items() if entry.takes_office == earlier)
            role = str(task.order_by)
            whose = f"{role}, which is held by {holder}" if role != holder else role
            return (
                ("tasks", name, "order_by"),
                f"the order for '{name}' comes from {whose}, who takes office only at '{earlier}'; "
                "let another role order it, or let them take office earlier",
            )
    for earlier, name in steps:
        if earlier.startswith(KNOWLEDGE):
            item = earlier.removeprefix(KNOWLEDGE).partition(" ")[0]
            key = "needs" if item in plan.tasks[name].needs else "when"
            return (
                ("tasks", name, key),
                f"'{name}' needs to know '{item}', which nobody finds out or tells before; let an earlier "
                "task or an inject inform of it, or break the circle at one `after`",
            )
    remedy = "break the circle at one `after`"
    inside = next((entry for entry in shown(circle) if entry in plan.tasks), None)
    return ((), remedy) if inside is None else (("tasks", inside, "after"), remedy)


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
