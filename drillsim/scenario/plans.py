"""Plans that are based on others, resolved on the raw tree."""

from __future__ import annotations

from typing import Final

from drillsim.scenario.findings import Findings
from drillsim.scenario.tree import Node

__all__ = ["resolve_plans"]

_MAX_TASKS: Final = 5_000
_BY_NAME: Final = ("roles", "levels", "lines")
_INHERITED: Final = (*_BY_NAME, "staging", "end")


def resolve_plans(findings: Findings) -> None:
    """Give every plan with ``based_on`` the tasks of its base, with the keys it gives itself put over them.

    ``drop`` takes tasks of the base away first; ``roles``, ``levels``, ``lines``, ``staging`` and ``end``
    come from the base where absent (roles, levels and lines one by one). Unknown bases and cycles are
    reported and left unresolved.
    """
    plans = findings.tree.data.get("plans")
    if not isinstance(plans, dict):
        return
    total = 0
    done: set[str] = set()
    for name in list(plans):
        for plan in reversed(_chain(findings, plans, name, done)):
            total += _derive(findings, plans, plan)
            done.add(plan)
            if total > _MAX_TASKS:
                message = f"the plans inherit more than {_MAX_TASKS:,} tasks; base fewer plans on each other"
                findings.error(("plans", plan, "based_on"), message, "plans-size")
                for rest in [entry for entry in plans if entry not in done]:
                    del plans[rest]
                return


def _chain(findings: Findings, plans: dict[str, Node], name: str, done: set[str]) -> list[str]:
    """Plans to derive for ``name``, itself first; each is based on the next."""
    chain: list[str] = []
    seen: set[str] = set()
    current = name
    while current not in done:
        plan = plans[current]
        base = plan.get("based_on") if isinstance(plan, dict) else None
        if not isinstance(base, str) or base not in plans:
            if isinstance(plan, dict) and "drop" in plan and base is None:
                message = "drop without based_on; name the plan these tasks come from"
                findings.error(("plans", current, "drop"), message, "drop-without-base", key=True)
            done.add(current)
            break
        chain.append(current)
        seen.add(current)
        if base in seen:
            cycle = " → ".join([*chain[chain.index(base) :], base])
            message = f"plans are based on each other in a circle: {cycle}; let one of them stand alone"
            findings.error(("plans", current, "based_on"), message, "based-on-cycle")
            done.update(chain)
            return []
        current = base
    return chain


def _derive(findings: Findings, plans: dict[str, Node], name: str) -> int:
    plan = plans[name]
    assert isinstance(plan, dict)
    base_name = str(plan["based_on"])
    base = plans[base_name]
    if not isinstance(base, dict):
        return 0
    here, there = ("plans", name), ("plans", base_name)
    tree = findings.tree
    for key in _INHERITED:
        if key not in plan and key in base:
            plan[key] = base[key]
            tree.inherit((*here, key), (*there, key))
    for key in _BY_NAME:
        own, of_base = plan.get(key), base.get(key)
        if isinstance(own, dict) and isinstance(of_base, dict) and own is not of_base:
            for entry in of_base.keys() - own.keys():
                own[entry] = of_base[entry]
                tree.inherit((*here, key, entry), (*there, key, entry))
    base_tasks = base.get("tasks", {})
    tasks = plan.setdefault("tasks", {})
    if not isinstance(base_tasks, dict) or not isinstance(tasks, dict):
        return 0
    dropped = _dropped(findings, name, plan, base_tasks)
    for task, body in base_tasks.items():
        if task not in dropped:
            _inherit(findings, tasks, (*here, "tasks", task), (*there, "tasks", task), body)
    return len(tasks)


def _inherit(
    findings: Findings,
    tasks: dict[str, Node],
    here: tuple[str, str, str, str],
    there: tuple[str, str, str, str],
    body: Node,
) -> None:
    task = here[-1]
    if task not in tasks:
        tasks[task] = body
        findings.tree.inherit(here, there)
        return
    own = tasks[task]
    if isinstance(own, dict) and isinstance(body, dict):
        for key in body.keys() - own.keys():
            own[key] = body[key]
            findings.tree.inherit((*here, key), (*there, key))


def _dropped(findings: Findings, name: str, plan: dict[str, Node], base_tasks: dict[str, Node]) -> set[str]:
    drop = plan.get("drop", [])
    names = [drop] if isinstance(drop, str) else drop if isinstance(drop, list) else []
    for index, task in enumerate(names):
        if isinstance(task, str) and task not in base_tasks:
            path = ("plans", name, "drop") if isinstance(drop, str) else ("plans", name, "drop", index)
            hint = findings.suggest(task, base_tasks)
            findings.error(
                path, f"plan '{plan['based_on']}' has no task '{task}' to drop{hint}", "unknown-task"
            )
    return {task for task in names if isinstance(task, str)}
