"""What queues and what is said over it, as it is called: channels, commanders, stages, messages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from drillsim.debrief import names
from drillsim.messages import Language, say
from drillsim.response.effects import Message

if TYPE_CHECKING:
    from collections.abc import Collection

    from drillsim.scenario.model import Scenario

__all__ = ["capacity_title", "channel_title", "corridor_title", "stage_title", "subject_title"]


# TASK.NUMBER or inject.INJECT.NUMBER of the effect that says it, with whom it goes to.
_OF_EFFECT: Final = re.compile(r"(?:inject\.(?P<inject>.+?)|(?P<task>.+?))\.(?P<number>\d+)(?:\..+)?")


def subject_title(
    scenario: Scenario, plan: str, content: str, language: Language, *, items: Collection[str] = ()
) -> str:
    """What a message is about: a report or order of a task, ``items`` it told, else what it comes from."""
    tasks = scenario.plans[plan].tasks
    kind, _, rest = content.partition(".")
    if kind in ("report", "order") and rest in tasks:
        return say(f"message.{kind}", language, what=names.title(tasks[rest], rest, language))
    found = _OF_EFFECT.fullmatch(content)
    origin = None
    if found is not None:
        name = found["inject"] or found["task"]
        origin = scenario.injects.get(name) if found["inject"] else tasks.get(name)
    if found is None or origin is None:
        return names.item_title(scenario, content, language)
    number = int(found["number"])
    said = origin.effects[number] if number < len(origin.effects) else None
    told = [item for item in said.items if item in items] if isinstance(said, Message) else []
    if told:
        return names.joined([names.item_title(scenario, item, language) for item in told], language)
    return names.title(origin, name, language)


def capacity_title(scenario: Scenario, plan: str, kind: str, name: str, language: Language) -> str:
    """What queues, as it is called: a crew, a role, a channel, an alarm centre, a stage."""
    if kind == "unit":
        return names.unit_title(scenario, name, language)
    if kind == "role":
        return names.role_title(scenario, plan, name, language)
    if kind == "answering":
        return say("capacity.answering", language, agency=names.agency_title(scenario, name, language))
    if kind == "stage":
        corridor = name.rpartition("/")[0]
        called = (stage_title(scenario, name, language), corridor_title(scenario, corridor, language))
        return names.joined(called, language)
    entry = scenario.channels.get(name) if kind == "channel" else scenario.capacities.get(name)
    return names.title(entry, name, language)


def corridor_title(scenario: Scenario, corridor: str, language: Language) -> str:
    """A decontamination corridor as it is called."""
    return names.title(scenario.corridors.get(corridor), corridor, language)


def stage_title(scenario: Scenario, stage: str, language: Language) -> str:
    """A stage of a corridor, ``corridor/stage``, as it is called."""
    corridor, _, name = stage.rpartition("/")
    found = scenario.corridors.get(corridor)
    entry = next((one for one in found.stages if one.name == name), None) if found else None
    return names.title(entry, name, language)


def channel_title(scenario: Scenario, channel: str, language: Language) -> str:
    """A talk-group or telephone as it is called; without one people speak face to face."""
    if not channel:
        return say("capacity.face-to-face", language)
    return names.title(scenario.channels.get(channel), channel, language)
