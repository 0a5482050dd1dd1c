"""Whether what must be known can come to those who must know it, and over which lines."""

from __future__ import annotations

from collections.abc import Iterator

from drillsim.response.effects import Inform, Message
from drillsim.response.plan import Plan
from drillsim.scenario.entries import agencies_of_task, conditions_of, effects_of_plan
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.tree import Path

__all__ = ["check_conditions_known", "check_lines", "check_messages", "check_needs"]

Known = dict[str, set[str]]


def check_needs(findings: Findings, scenario: Scenario) -> None:
    """Information that a task waits for and that nobody brings, or nobody tells those who do it."""
    if not _whole(findings):
        return
    for name, plan in scenario.plans.items():
        known = _known_to(scenario, name)
        for task_name, task in sorted(plan.tasks.items()):
            path = ("plans", name, "tasks", task_name, "needs")
            agencies = agencies_of_task(scenario, plan, task)
            for item in task.needs:
                if item not in known:
                    message = f"nobody informs of '{item}' in plan '{name}'; "
                    message += f"add an effect {{do: inform, item: {item}}} to a task"
                    findings.error(path, message, "info-never-known")
                elif untold := sorted(agencies - known[item]):
                    message = f"nobody tells {' or '.join(untold)} of '{item}' in this plan, only "
                    message += f"{_listed(known[item])} can know it; add an effect "
                    message += f"{{do: message, to: {untold[0]}, items: {item}}} to a task of theirs"
                    findings.error(path, message, "info-never-told")


def check_messages(findings: Findings, scenario: Scenario) -> None:
    """Messages whose sender never knows what they are to say, or is nobody."""
    if not _whole(findings):
        return
    for name in scenario.plans:
        known = _known_to(scenario, name)
        for path, effect, senders in _messages(scenario, name):
            if not senders and path[0] == "plans":
                message = "nobody sends this message: the task has neither units nor who orders it; "
                message += "write `sender: AGENCY`"
                findings.warn(path, message, "sender-missing")
            for item in effect.items if senders else ():
                if senders & known.get(item, set()):
                    continue
                who = " or ".join(sorted(senders))
                message = f"nobody tells {who} of '{item}' in this plan, so it cannot pass it on; "
                message += f"add an effect {{do: inform, item: {item}, to: {min(senders)}}} to who finds it "
                message += "out, or a message to them"
                findings.error((*path, "items"), message, "info-never-told")


def check_conditions_known(findings: Findings, scenario: Scenario) -> None:
    """Conditions on knowledge that nobody, or not the agency named, ever has."""
    if not _whole(findings):
        return
    known = {name: _known_to(scenario, name) for name in scenario.plans}
    for path, condition, plans in conditions_of(scenario):
        for item in condition.known:
            if any(
                item in known[plan] and (condition.by is None or condition.by in known[plan][item])
                for plan in plans
            ):
                continue
            message = f"{condition.by or 'nobody'} {'never' if condition.by else 'ever'} learns of '{item}'; "
            message += f"add an effect {{do: inform, item: {item}}} to a task or an inject"
            findings.error((*path, "known"), message, "info-never-known")


def check_lines(findings: Findings, scenario: Scenario) -> None:
    """Two lines between the same agencies, and messages between agencies that have no way but to meet."""
    if not _whole(findings):
        return
    for name, plan in scenario.plans.items():
        lines: dict[frozenset[str], str] = {}
        for line_name, line in sorted(plan.lines.items()):
            ends = frozenset(line.between)
            if ends in lines:
                message = f"line '{lines[ends]}' joins {' and '.join(sorted(ends))} too; keep one of them"
                findings.error(("plans", name, "lines", line_name, "between"), message, "line-twice")
            lines.setdefault(ends, line_name)
        for path, effect, senders in _messages(scenario, name):
            if effect.over is None:
                _check_line(findings, scenario, path, effect, senders, lines)


def _check_line(
    findings: Findings,
    scenario: Scenario,
    path: Path,
    effect: Message,
    senders: set[str],
    lines: dict[frozenset[str], str],
) -> None:
    """Say once of two agencies that they have no line, at their first message."""
    for to in effect.to:
        for sender in sorted(senders - {to}):
            ends = frozenset((sender, to))
            if ends in lines or not ends <= scenario.agencies.keys():
                continue
            own = [scenario.agencies[end].channel for end in (sender, to)]
            if not any(own):
                message = f"{sender} and {to} have neither a line nor channels of their own, so the message "
                message += "goes face to face; add a line between them to the plan if it does not"
            elif all(own) and own[0] != own[1]:
                message = (
                    f"no line between {sender} and {to}: each message goes over {own[0]}, then {own[1]}; "
                )
                message += "write a line in the plan if that is not meant"
            else:
                continue
            lines[ends] = ""
            findings.warn((*path, "to"), message, "line-missing")


# --- who can know what --------------------------------------------------------------------------------


def _whole(findings: Findings) -> bool:
    return findings.whole("plans") and findings.whole("injects") and findings.whole("agencies")


def _known_to(scenario: Scenario, plan: str) -> Known:
    """Item -> agencies that may come to know it in a plan; times are left out of account."""
    known: Known = {}
    for _, effect in effects_of_plan(scenario, plan):
        if isinstance(effect, Inform) and effect.known:
            known.setdefault(effect.item, set()).update(effect.to or scenario.agencies)
    messages = [(effect, senders) for _, effect, senders in _messages(scenario, plan)]
    changed = True
    while changed:
        changed = False
        for effect, senders in messages:
            for item in effect.items:
                have = known.get(item, set())
                if (not senders or senders & have) and not have >= set(effect.to):
                    known.setdefault(item, set()).update(effect.to)
                    changed = True
    return known


def _messages(scenario: Scenario, plan_name: str) -> Iterator[tuple[Path, Message, set[str]]]:
    """Messages of a plan and of injects with the agencies that may send them; none: the controller."""
    plan: Plan = scenario.plans[plan_name]
    for path, effect in effects_of_plan(scenario, plan_name):
        if isinstance(effect, Message):
            if effect.sender is not None:
                yield path, effect, {effect.sender}
            elif path[0] == "plans":
                yield path, effect, agencies_of_task(scenario, plan, plan.tasks[str(path[3])])
            else:
                yield path, effect, set()


def _listed(agencies: set[str]) -> str:
    return ", ".join(sorted(agencies)) or "nobody"
