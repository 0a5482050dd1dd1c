"""Moments that never come, injects without a moment or with a latest time that cannot be met."""

from __future__ import annotations

from typing import Final

from drillsim.response.effects import Decontaminate
from drillsim.response.injects import Inject
from drillsim.response.plan import Plan
from drillsim.scenario.entries import Awaited, awaited, called_in, raised_in, units_of
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.waits import BEGINS, waits_of
from drillsim.spec import Draw
from drillsim.units import format_duration

__all__ = ["check_inject_times", "check_injects", "check_milestones", "check_moments"]

# What comes only from certain tasks -> how to make it come.
_OF_TASKS: Final = {
    "failed": ("that task cannot fail", "write `fails:` in it, or wait for its end"),
    "mayday": ("that task is not done on air", "write `air:` in it, or wait for its end"),
    "out": ("that task is not done on air", "write `air:` in it, or wait for its end"),
}


def check_moments(findings: Findings, scenario: Scenario) -> None:
    """Moments that are waited for and that no plan which waits for them makes."""
    if not all(findings.whole(section) for section in ("plans", "injects", "agencies", "milestones")):
        return
    made = {name: _made(scenario, name) for name in scenario.plans}
    for entry in awaited(scenario):
        if entry.event.startswith("hazard.") or entry.event.startswith(("headcount.", "search.")):
            continue  # thresholds and counts have checks of their own
        if not findings.whole(*entry.path):
            continue  # there is no such name at all
        plans = [plan for plan in entry.plans if _asks(scenario, entry, plan)]
        missing = [plan for plan in plans if entry.event not in made[plan]]
        # An inject or a milestone for people is shared by all plans: in some of them it does not come about.
        if missing and (entry.path[0] == "corridors" or missing == plans):
            message = f"'{entry.event}' never comes{_why(scenario, entry, missing[0])}"
            findings.error(entry.path, message, "event-never-comes")


def _made(scenario: Scenario, name: str) -> set[str]:
    """All moments that may come in runs of a plan, those of hazards and counts left aside."""
    plan = scenario.plans[name]
    made = {"startex", *plan.tasks, *(f"inject.{inject}" for inject in scenario.injects)}
    for task_name, task in plan.tasks.items():
        made |= {milestone for milestone in (task.milestone, task.starts) if milestone}
        made |= {f"failed.{task_name}"} if task.fails is not None else set()
        made |= {f"mayday.{task_name}", f"out.{task_name}"} if task.air is not None else set()
    made |= {milestone for milestone, entry in scenario.milestones.items() if entry.when is not None}
    made |= {f"level.{level}" for level in raised_in(scenario, name)}
    called = called_in(scenario, name)
    return made | {
        f"staged.{unit}" for unit, spec in units_of(scenario).items() if spec.on_site or unit in called
    }


def _asks(scenario: Scenario, entry: Awaited, name: str) -> bool:
    """Whether runs of a plan ask for it: a corridor matters to plans that use it only."""
    if entry.path[0] != "corridors":
        return True
    corridor, tasks = entry.path[1], scenario.plans[name].tasks.values()
    return any(
        (task.air is not None and task.air.corridor == corridor)
        or any(isinstance(effect, Decontaminate) and effect.corridor == corridor for effect in task.effects)
        for task in tasks
    )


def _why(scenario: Scenario, entry: Awaited, plan: str) -> str:
    event = entry.event
    here = "this plan" if entry.path[0] == "plans" else f"plan '{plan}'"
    head, _, rest = event.partition(".")
    if event in scenario.milestones:
        return f": no task of {here} makes this milestone; write `milestone: {event}` in one"
    if head in _OF_TASKS and rest in scenario.plans[plan].tasks:
        reason, remedy = _OF_TASKS[head]
        return f": {reason}; {remedy}"
    if head == "level":
        return f": nothing in {here} raises to it; add an effect {{do: level, level: {rest}}}"
    if head == "staged":
        return f": nobody calls {rest} in {here}; add an effect {{do: call, units: {rest}}} to a task"
    return f" in {here}, which has no such task; wait for what the plan does"


def check_milestones(findings: Findings, scenario: Scenario) -> None:
    """End milestones that a plan does not produce, and milestones of objectives that no plan produces."""
    if not (findings.whole("plans") and findings.whole("milestones")):
        return
    from_people = {name for name, milestone in scenario.milestones.items() if milestone.when is not None}
    by_plan = {}
    for name, plan in scenario.plans.items():
        made = {m for task in plan.tasks.values() for m in (task.milestone, task.starts) if m}
        by_plan[name] = made | from_people
        if plan.end not in by_plan[name]:
            message = f"nothing in plan '{name}' produces its end '{plan.end}'; "
            message += f"write `milestone: {plan.end}` in its last task"
            findings.error(("plans", name, "end"), message, "end-never-reached")
    anywhere = set().union(*by_plan.values()) if by_plan else set()
    for name, objective in scenario.objectives.items():
        wanted = [("milestone", objective.milestone), ("since", objective.since), ("then", objective.then)]
        wanted += [("first", first) for first in objective.first]
        for key, milestone in wanted:
            if milestone is not None and milestone in scenario.milestones and milestone not in anywhere:
                message = f"no plan produces the milestone '{milestone}'; name it in a task of a plan"
                findings.error(("objectives", name, key), message, "milestone-never-reached")


# --- injects ------------------------------------------------------------------------------------------


def check_injects(findings: Findings, scenario: Scenario) -> None:
    """Injects without a moment or with two, and fallbacks that nothing brings about."""
    for name, inject in scenario.injects.items():
        waits = inject.after is not None or bool(inject.when)
        if inject.at_s is None and not waits:
            message = f"inject '{name}' has no moment; write `at: 20 min` or `after: EVENT`, or `when:`"
            findings.error(("injects", name), message, "inject-without-moment", key=True)
        elif inject.at_s is not None and waits:
            key = "after" if inject.after is not None else "when"
            message = f"both at and {key}; keep one"
            findings.error(("injects", name, key), message, "inject-two-moments", key=True)
        if inject.fallback_effects and (inject.latest_s is None or not waits):
            message = "the fallback comes only to an inject that waits and has a latest useful time; "
            message += "write `latest`, or leave it out"
            findings.warn(("injects", name, "fallback_effects"), message, "fallback-never", key=True)


def check_inject_times(findings: Findings, scenario: Scenario) -> None:
    """Injects whose latest useful time is over before they can come, in every plan."""
    if not (findings.whole("plans") and findings.whole("injects")):
        return
    for name, inject in scenario.injects.items():
        if inject.latest_s is None:
            continue
        if inject.at_s is not None:
            if inject.at_s > inject.latest_s:
                message = f"latest {format_duration(inject.latest_s)} is before at "
                message += f"{format_duration(inject.at_s)}; write a later one"
                findings.error(("injects", name, "latest"), message, "inject-too-late")
            continue
        soonest_s = min((_soonest_s(scenario, plan, inject) for plan in scenario.plans.values()), default=0.0)
        if soonest_s > inject.latest_s:
            message = f"latest {format_duration(inject.latest_s)} is over before it can come, "
            message += f"{format_duration(soonest_s)} after STARTEX at the soonest; write a later one"
            findings.error(("injects", name, "latest"), message, "inject-too-late")


def _soonest_s(scenario: Scenario, plan: Plan, inject: Inject) -> float:
    """The least time after STARTEX until the inject can come: what surely comes before, at its shortest."""
    waits = waits_of(scenario, plan)
    times: dict[str, float] = {}
    after = [inject.after] if inject.after is not None else []
    return (
        max((_earliest_s(scenario, plan, waits, event, times) for event in after), default=0.0)
        + inject.delay_s
    )


def _earliest_s(
    scenario: Scenario, plan: Plan, waits: dict[str, list[str]], event: str, times: dict[str, float]
) -> float:
    """Depth first, without recursion; an event on a circle counts as 0."""
    pending = [(event, False)]
    while pending:
        name, ready = pending.pop()
        if ready:
            earlier = max((times.get(other, 0.0) for other in waits.get(name, ())), default=0.0)
            times[name] = earlier + _least_s(scenario, plan, name)
        elif name not in times:
            times[name] = 0.0
            pending.append((name, True))
            pending.extend((other, False) for other in waits.get(name, ()))
    return times[event]


def _least_s(scenario: Scenario, plan: Plan, name: str) -> float:
    """What passes at least between the last thing an event waits for and itself."""
    if name.startswith("inject."):
        inject = scenario.injects.get(name.removeprefix("inject."))
        return (inject.at_s or 0.0) + inject.delay_s if inject is not None else 0.0
    task = plan.tasks.get(name.removesuffix(BEGINS))
    if task is None or task.if_inject is not None or task.only is not None or task.if_:
        return 0.0
    if name.endswith(BEGINS):
        return _lowest_s(task.delay) + _lowest_s(task.prepare)
    return _lowest_s(task.takes)


def _lowest_s(draw: Draw | None) -> float:
    if draw is None:
        return 0.0
    return max(0.0, min(draw.exercise.lowest, draw.emergency.lowest))
