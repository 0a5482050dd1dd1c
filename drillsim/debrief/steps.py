"""Steps of the critical path in words: tasks, waits, and the channels and commanders they hang on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from drillsim.debrief import names
from drillsim.debrief.capacities import channel_title
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from drillsim.measures.critical_path import Step
    from drillsim.scenario.model import Scenario

__all__ = ["is_wait", "kind_text", "pair_of", "path_title", "reason_text", "step_title"]

# Endings of a critical path's labels (drillsim.measures.critical_path) -> message.
_REASONS: Final[dict[str, str]] = {
    "prepare": "step.prepare",
    "travel": "step.travel",
    "way back": "step.way-back",
    "wait for order": "step.order",
    "wait for units": "step.units",
    "wait for information": "step.information",
    "wait for air": "step.air",
    "wait for a line": "step.line",
    "wait for decontamination": "step.decontamination",
    "wait for a call-taker": "step.call-taker",
    "delay": "step.delay",
    "crowd movement": "step.crowd",
    "search": "step.search",
    "lift": "step.lift",
    "communication": "step.communication",
    "asking for the order": "step.report",
    "order on its way": "step.order-given",
    "call": "step.call",
    "inject": "step.inject",
    "hazard": "step.hazard",
    "standby": "step.called",
    "called": "step.called",
    "lent": "step.lent",
    "dispatched": "step.dispatched",
    "turnout": "step.turnout",
    "travelling": "step.travelling",
    "on the site": "step.travel",
    "staged": "step.staged",
    "donning": "step.prepare",
    "working": "step.working",
    "on-air": "step.working",
    "decon": "step.decon",
    "rehab": "step.rehab",
    "posted": "step.posted",
    "released": "step.released",
    "line": "step.of-line",
    "command": "step.of-command",
}
_THROUGH: Final = ("line", "command")  # of a channel, of a role
_PAIR: Final = re.compile(r".+ pair (?P<numbers>\d+(?:, \d+)*)")
_ENDINGS: Final = tuple(f": {reason}" for reason in _THROUGH)


def step_title(scenario: Scenario, plan: str, label: str, language: Language) -> str:
    """A step of the critical path in words: a task, or ``what: why it took time``."""
    head, _, rest = label.partition(": ")
    reason = rest.rpartition(": ")[2]
    tasks = scenario.plans[plan].tasks
    entry: names.Titled | None = (
        tasks.get(head) or scenario.milestones.get(head) or scenario.injects.get(head)
    )
    named = names.title(entry, head, language)
    if entry is None and names.agency_of_unit(scenario, head):
        named = names.unit_title(scenario, head, language)
    elif entry is None and head in names.THRESHOLDS:
        named = names.threshold_title(head, language)
    elif entry is None and head in _REASONS:
        named = say(_REASONS[head], language)
    elif entry is None and head in scenario.agencies:
        named = names.agency_title(scenario, head, language)
    elif entry is None and head in scenario.information:
        named = names.item_title(scenario, head, language)
    elif entry is None and head in scenario.plans[plan].levels:
        named = names.level_title(scenario, plan, head, language)
    if reason in _THROUGH and entry is None:
        shown = names.role_title(scenario, plan, head, language)
        named = shown if reason == "command" else channel_title(scenario, head, language)
    return f"{named}: {reason_text(label, language)}" if rest else named


def reason_text(label: str, language: Language) -> str:
    """Why a step took time, without what it belongs to."""
    reason = label.rpartition(": ")[2]
    return say(_REASONS[reason], language) if reason in _REASONS else reason


def pair_of(step: Step) -> str:
    """Numbers of the pair on air that did a step; empty for everybody else, and for who was waited for."""
    found = _PAIR.fullmatch(step.who) if step.kind in ("work", "preparation") else None
    return found["numbers"] if found else ""


def path_title(scenario: Scenario, plan: str, step: Step, language: Language) -> str:
    """A step of one run's path in words, with the pair whose stint it is."""
    named = step_title(scenario, plan, step.label, language)
    numbers = pair_of(step)
    return say("step.pair", language, step=named, numbers=numbers) if numbers else named


def is_wait(label: str) -> bool:
    """Whether a step of the critical path is waiting, not doing."""
    return label.rpartition(": ")[2].startswith("wait for")


def kind_text(label: str, language: Language) -> str:
    """Whether a step waits, does, or is a channel or commander that others go through."""
    kind = "waits" if is_wait(label) else "through" if label.endswith(_ENDINGS) else "does"
    return say(f"column.{kind}", language)
