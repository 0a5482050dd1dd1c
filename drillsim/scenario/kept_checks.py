"""Crews and equipment that tasks keep until a moment which only comes if somebody else has them."""

from __future__ import annotations

from typing import NamedTuple

from drillsim.response.plan import Plan, Task
from drillsim.scenario.crew_checks import supplies
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.waits import BEGINS, before, circles, waits_of

__all__ = ["check_kept", "check_kept_crosswise"]


class _Kept(NamedTuple):
    task: str
    kind: str
    pool: str
    number: int


class _Order:
    """What a plan has, and what surely comes before what in it; worked out when asked for."""

    def __init__(self, scenario: Scenario, name: str) -> None:
        self.name, self.plan = name, scenario.plans[name]
        self.there = supplies(scenario, name)
        self._waits = waits_of(scenario, self.plan)
        self._before: dict[str, set[str]] = {}

    def before(self, event: str) -> set[str]:
        """Everything that must have come before an event."""
        if event not in self._before:
            self._before[event] = before(self._waits, event)
        return self._before[event]

    def needed_for_release(self, task: str) -> set[str]:
        """What must come before a task lets go of what it keeps; empty if it never does."""
        until = self.plan.tasks[task].keeps_until
        return self.before(until) | {until} if until is not None else set()


def check_kept(findings: Findings, scenario: Scenario) -> None:
    """Units and equipment that a task needs and that others keep until it is done, or for good."""
    if not _whole(findings):
        return
    for name, plan in scenario.plans.items():
        kept = [entry for task in sorted(plan.tasks) for entry in _kept(task, plan.tasks[task])]
        if not kept:
            continue
        order = _Order(scenario, name)
        for task in sorted(plan.tasks):
            for kind, pool, number in _wanted(plan.tasks[task]):
                of_pool = [entry for entry in kept if (entry.kind, entry.pool) == (kind, pool)]
                if of_pool and pool in order.there:
                    _check_pool(findings, order, task, _Kept(task, kind, pool, number), of_pool)


def _whole(findings: Findings) -> bool:
    return all(findings.clean(section) for section in ("plans", "agencies", "capacities", "channels"))


def _wanted(task: Task) -> list[tuple[str, str, int]]:
    units = [("unit", unit, number) for unit, number in sorted(task.by.items())]
    return [*units, *(("capacity", use, number) for use, number in sorted(task.uses.items()))]


def _kept(name: str, task: Task) -> list[_Kept]:
    if not task.keeps_units and task.keeps_until is None:
        return []
    all_of_it = task.keeps_until is not None  # else only units stay
    return [_Kept(name, *wanted) for wanted in _wanted(task) if all_of_it or wanted[0] == "unit"]


def _check_pool(findings: Findings, order: _Order, name: str, wanted: _Kept, kept: list[_Kept]) -> None:
    """Whether too few are left once all those keep theirs who do not let go before this task has begun."""
    begins = f"{name}{BEGINS}"
    asked = [
        entry
        for entry in kept
        if entry.task != name
        and _together(order.plan, entry.task, name)
        and (order.plan.tasks[entry.task].keeps_units or begins in order.needed_for_release(entry.task))
        and begins not in order.before(f"{entry.task}{BEGINS}")
    ]
    surely = [entry for entry in asked if f"{entry.task}{BEGINS}" in order.before(begins)]
    for keepers, certain in ((surely, True), (asked, False)):
        left = order.there[wanted.pool] - sum(entry.number for entry in keepers)
        posted = all(order.plan.tasks[entry.task].keeps_units for entry in keepers)
        if keepers and left < wanted.number and (certain or not posted):
            _say_kept(findings, order, wanted, keepers, left=max(0, left), certain=certain)
            break


def _together(plan: Plan, keeper: str, name: str) -> bool:
    """Whether both are part of the same runs, as far as the plan says."""
    one, other = plan.tasks[keeper], plan.tasks[name]
    return one.only in (None, other.only) and one.if_inject in (None, other.if_inject) and not one.if_


def _say_kept(
    findings: Findings, order: _Order, wanted: _Kept, keepers: list[_Kept], *, left: int, certain: bool
) -> None:
    tasks, pool = order.plan.tasks, wanted.pool
    held = [
        f"'{entry.task}' keeps {entry.number} × {pool} "
        + (f"until {until}" if (until := tasks[entry.task].keeps_until) else "to the end")
        for entry in keepers
    ]
    path = ("plans", order.name, "tasks", wanted.task, "by" if wanted.kind == "unit" else "uses")
    message = f"{wanted.number} × {pool}, but {', '.join(held)}"
    if certain:
        message += f" and {left} are left"
        waited = any(tasks[entry.task].keeps_until for entry in keepers)
        message += ", and that moment waits for this task" if waited else ""
        message += "; let it go earlier, or have more of it"
        findings.error(path, message, "kept-for-ever")
    else:
        message += ", a moment that waits for this task: whichever of them asks first, the other may wait "
        message += "for ever; put one `after` the other, or have more of it"
        findings.warn(path, message, "kept-too-long")


def check_kept_crosswise(findings: Findings, scenario: Scenario) -> None:
    """Tasks that each keep what another needs before it lets go of what this one needs."""
    if not _whole(findings):
        return
    for name, plan in scenario.plans.items():
        keepers = [task for task in sorted(plan.tasks) if plan.tasks[task].keeps_until is not None]
        if len(keepers) < 2:
            continue
        order = _Order(scenario, name)
        blocks = {
            task: [other for other in keepers if other != task and _blocked(order, task, other)]
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


def _blocked(order: _Order, keeper: str, other: str) -> bool:
    """Whether the moment until which ``keeper`` keeps its crew needs what ``other`` keeps."""
    tasks = order.plan.tasks
    held = {(entry.kind, entry.pool): entry.number for entry in _kept(other, tasks[other])}
    for event in order.needed_for_release(keeper) - order.before(f"{other}{BEGINS}"):
        name = event.removesuffix(BEGINS)
        if name in (event, other):
            continue
        for kind, pool, number in _wanted(tasks[name]):
            if (kind, pool) in held and order.there.get(pool, number) - held[kind, pool] < number:
                return True
    return False


def _listed(task: Task) -> str:
    return ", ".join(sorted({*task.by, *task.uses}))
