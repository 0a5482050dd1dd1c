"""How things are called for reading: titles in the language asked for, quantities with units."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, Final, Protocol

from drillsim.measures.margins import BUILDING
from drillsim.messages import Language, say
from drillsim.simulation.prepare import prepare
from drillsim.units import format_clock, format_duration

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from drillsim.response.plan import Task
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions

__all__ = [
    "THRESHOLDS",
    "agency_of_role",
    "agency_of_task",
    "agency_of_unit",
    "agency_title",
    "clock",
    "crew",
    "duration",
    "event_title",
    "in_unit",
    "item_title",
    "joined",
    "level_title",
    "measure_title",
    "pair_title",
    "people",
    "place_title",
    "plan_tasks",
    "quantity",
    "role_title",
    "roles_text",
    "signed",
    "threshold_title",
    "title",
    "unit_title",
    "waiting_title",
]


class Titled(Protocol):
    """Anything with a title and, perhaps, a Chinese one."""

    @property
    def title(self) -> str: ...

    @property
    def title_zh(self) -> str: ...


def title(entry: Titled | None, name: str, language: Language) -> str:
    """The title in that language; the other title, then the bare name, where it has none."""
    if entry is None:
        return name
    if language == "zh" and entry.title_zh:
        return entry.title_zh
    return entry.title or name


def plan_tasks(
    scenario: Scenario, plan: str, *, conditions: Conditions, injects: Collection[str] | None = None
) -> dict[str, Task]:
    """Tasks of a plan with those it takes over from the plan it is based on, by name.

    Left out: tasks of the other conditions, and those of an inject that is not in use (``injects``; default:
    all that are not ``off``).
    """
    used = (
        {name for name, inject in scenario.injects.items() if not inject.off} if injects is None else injects
    )
    return {
        name: task
        for name, task in sorted(scenario.plans[plan].tasks.items())
        if task.only in (None, conditions) and (task.if_inject is None or task.if_inject in used)
    }


def agency_of_unit(scenario: Scenario, unit: str) -> str | None:
    """Name of the agency a unit (``pumper`` or an instance ``pumper-2``) belongs to."""
    for candidate in (unit, unit.rpartition("-")[0]):
        for name, agency in sorted(scenario.agencies.items()):
            if candidate and candidate in agency.units:
                return name
    return None


def agency_title(scenario: Scenario, agency: str | None, language: Language) -> str:
    """The agency as it is called, or the words for what nobody owns."""
    if agency is None or agency not in scenario.agencies:
        return say("debrief.nobody", language)
    return title(scenario.agencies[agency], agency, language)


def agency_of_task(scenario: Scenario, plan: str, task: Task) -> str | None:
    """Agency of the first unit at work; else of who gives the order; else of who owns the milestone."""
    for unit in sorted(task.by):
        if owner := agency_of_unit(scenario, unit):
            return owner
    if task.order_by and (owner := agency_of_role(scenario, plan, task.order_by)):
        return owner
    for milestone in (task.milestone, task.starts):
        if milestone in scenario.milestones and scenario.milestones[milestone].owner:
            return scenario.milestones[milestone].owner
    return None


def agency_of_role(scenario: Scenario, plan: str, role: str) -> str | None:
    """Agency of a role; of one that passes on, that of its first holder."""
    roles = scenario.plans[plan].roles
    seen: set[str] = set()
    while (found := roles.get(role)) is not None and found.held_by and role not in seen:
        seen.add(role)
        role = found.held_by[0]
    return None if found is None else found.agency


def role_title(scenario: Scenario, plan: str, role: str, language: Language) -> str:
    """Who gives orders, as they are called."""
    return title(scenario.plans[plan].roles.get(role), role, language)


def level_title(scenario: Scenario, plan: str, level: str, language: Language) -> str:
    """A response level as it is called."""
    return title(scenario.plans[plan].levels.get(level), level, language)


def roles_text(scenario: Scenario, plan: str, roles: str, language: Language) -> str:
    """Several roles, named in one text with commas, as they are called."""
    return joined([role_title(scenario, plan, role, language) for role in roles.split(", ")], language)


def joined(texts: Sequence[str], language: Language) -> str:
    """Texts one after the other, with the comma of the language."""
    return (", " if language == "en" else "、").join(texts)


def unit_title(scenario: Scenario, unit: str, language: Language) -> str:
    """A unit as it is called; the second of several keeps its number: ``Pumper 2``."""
    agency = agency_of_unit(scenario, unit)
    if agency is None:
        return unit
    units = scenario.agencies[agency].units
    if unit in units:
        return title(units[unit], unit, language)
    kind = unit.rpartition("-")[0]
    named, number = title(units[kind], kind, language), unit.rpartition("-")[2]
    return f"{named} {number}" if units[kind].count > 1 else named


def crew(scenario: Scenario, plan: str, task: Task, language: Language) -> str:
    """Who does a task: ``2 × Chemical unit, Patrol``; where no unit works, who orders it or whose it is."""
    parts = [
        f"{number} × {unit_title(scenario, unit, language)}"
        if number > 1
        else unit_title(scenario, unit, language)
        for unit, number in sorted(task.by.items())
    ]
    if not parts and task.order_by:
        return role_title(scenario, plan, task.order_by, language)
    if not parts and (owner := agency_of_task(scenario, plan, task)):
        return agency_title(scenario, owner, language)
    return ", ".join(parts)


def place_title(scenario: Scenario, place: str | None, language: Language) -> str:
    """A space or link as it is called, flights of stairs included; its name where there is no title."""
    if not place:
        return ""
    facility = prepare(scenario).facility
    entry: Titled | None = None
    if place in facility.space_index:
        entry = facility.space_spec[facility.space_index[place]]
    elif place in facility.link_index:
        entry = facility.link_spec[facility.link_index[place]]
    return title(entry, place, language)


def event_title(scenario: Scenario, plan: str, event: str, language: Language) -> str:
    """A moment something waits for, in words: a task's end, a milestone, an inject, a hazard's threshold."""
    if event == "startex":
        return say("sheet.startex", language)
    kind, _, rest = event.partition(".")
    if kind == "inject":
        return title(scenario.injects.get(rest), rest, language)
    if kind == "hazard":
        hazard, _, threshold = rest.rpartition(".")
        spec = scenario.hazards.get(hazard)
        detector = getattr(spec, "detectors", {}).get(threshold)
        said = threshold_title(threshold, language)
        return f"{title(spec, hazard, language)}: {title(detector, said, language)}"
    if rest and kind == "level":
        return say("moment.level", language, what=level_title(scenario, plan, rest, language))
    if rest and kind == "staged":
        return say("moment.staged", language, what=unit_title(scenario, rest, language))
    if rest and kind in ("failed", "mayday", "out"):
        task = scenario.plans[plan].tasks.get(rest)
        return say(f"moment.{kind}", language, what=title(task, rest, language))
    name = event.removeprefix("done.")
    entry: Titled | None = scenario.milestones.get(name)
    if entry is None:
        entry = scenario.plans[plan].tasks.get(name)
    return title(entry, name, language)


_KEEPS: Final = " (keeps)"  # ending of a task that keeps what it has until a moment


_PAIRS: Final = re.compile(r"(?P<who>\S+) pair (?P<numbers>\d+(?:, \d+)*)")


def pair_title(scenario: Scenario, plan: str, pair: str, language: Language) -> str:
    """A pair on air as it is called: ``Chemical unit, pair 2``."""
    found = _PAIRS.fullmatch(pair)
    if found is None:
        return unit_title(scenario, pair, language)
    task = scenario.plans[plan].tasks.get(found["who"])
    who = (
        unit_title(scenario, found["who"], language) if task is None else title(task, found["who"], language)
    )
    return say("sheet.pair", language, who=who, numbers=found["numbers"])


def waiting_title(scenario: Scenario, plan: str, name: str, language: Language) -> str:
    """Whoever waits or is held, as it is called: a task in quotes, a unit, a hazard; else the bare name."""
    bare = name.removesuffix(_KEEPS)
    task = scenario.plans[plan].tasks.get(bare)
    if task is not None:
        quoted = f'"{title(task, bare, language)}"'
        return quoted if bare == name else say("standstill.keeps", language, who=quoted)
    if _PAIRS.fullmatch(name):
        return pair_title(scenario, plan, name, language)
    first, _, rest = name.partition(", ")
    if rest:  # some of those who are at work for a task: a pair on air, a person in a corridor
        part, who = (waiting_title(scenario, plan, one, language) for one in (rest, first))
        return say("standstill.part", language, part=part, who=who)
    if agency_of_unit(scenario, name):
        return unit_title(scenario, name, language)
    for entry in (scenario.hazards.get(name), scenario.injects.get(name), scenario.milestones.get(name)):
        if entry is not None:
            return title(entry, name, language)
    return name


def item_title(scenario: Scenario, item: str, language: Language) -> str:
    """An item of information in words."""
    if language == "zh" and item in scenario.information_zh:
        return scenario.information_zh[item]
    return scenario.information.get(item, item)


def measure_title(scenario: Scenario, measure: str, language: Language) -> str:
    """A measure in words; its name where there are none."""
    if measure.startswith("milestone."):
        name = measure.removeprefix("milestone.")
        return title(scenario.milestones.get(name), name, language)
    if measure.startswith("price."):
        name = measure.removeprefix("price.")
        return say("measure.price", language, what=title(scenario.operations.get(name), name, language))
    if measure.startswith("queue.") and measure != "queue.total":
        return say(
            "measure.queue", language, what=place_title(scenario, measure.removeprefix("queue."), language)
        )
    if measure.startswith("peak."):
        return say(
            "measure.peak", language, what=place_title(scenario, measure.removeprefix("peak."), language)
        )
    kind, _, place = measure.partition(".")
    if measure == f"margin.{BUILDING}":
        return say("measure.margin.building", language)
    if kind in ("aset", "rset", "margin", "peak-density", "crowded", "share"):
        return say(f"measure.{kind}", language, what=place_title(scenario, place, language))
    if measure.startswith(
        (
            "exposed.",
            "responders.",
            "unprotected.",
            "posts.",
            "harmed.",
            "responders-harmed.",
            "deaths.",
            "deaths-by-heat.",
            "harmed-by-blast.",
            "responders-felled.",
            "musters.",
            "staging.",
        )
    ):
        kind, _, rest = measure.partition(".")
        threshold, _, of = rest.partition(".")
        return say(
            f"measure.{kind}.{of}" if of else f"measure.{kind}",
            language,
            what=threshold_title(threshold, language),
        )
    if measure.startswith("stand-off."):
        hazard, _, threshold = measure.removeprefix("stand-off.").rpartition(".")
        what = title(scenario.hazards.get(hazard), hazard, language)
        said = threshold_title(threshold, language)
        return say("measure.stand-off", language, what=what, threshold=said)
    if kind == "mass":
        hazard, _, fate = place.rpartition(".")
        said = say(f"fate.{fate}", language) if fate in _FATES else fate
        source = title(scenario.hazards.get(hazard), hazard, language)
        return say("measure.mass", language, fate=said, hazard=source)
    if measure.startswith("reaction."):
        name = measure.removeprefix("reaction.")
        return say("measure.reaction", language, what=title(scenario.injects.get(name), name, language))
    if kind in ("utilisation", "wait", "longest-wait", "peak-queue"):
        sort, _, name = place.partition(".")
        return say(f"measure.{kind}", language, what=_queued_title(scenario, sort, name, language))
    if measure.startswith("objective."):
        name = measure.removeprefix("objective.")
        return title(scenario.objectives.get(name), name, language)
    known = f"measure.{measure}"
    return say(known, language) if known in _SINGLE else measure


def _queued_title(scenario: Scenario, kind: str, name: str, language: Language) -> str:
    """What queues, without the plan it belongs to; a stage keeps its name."""
    sections: dict[str, Any] = {
        "channel": scenario.channels,
        "capacity": scenario.capacities,
        "answering": scenario.agencies,
    }
    if kind == "unit":
        return unit_title(scenario, name, language)
    if kind == "role":
        holders = [plan.roles.get(name) for _, plan in sorted(scenario.plans.items())]
        return title(next((role for role in holders if role is not None), None), name, language)
    return title(sections.get(kind, {}).get(name), name, language)


_SINGLE: Final = frozenset(
    f"measure.{name}"
    for name in (
        "last_out",
        "consequence",
        "queue.total",
        "endex",
        "headcount.missing",
        "reentered",
        "told.last",
        "tied_up.people",
        "tied_up.vehicles",
    )
)
_FATES: Final = ("vapour", "pool", "collected", "burnt", "drained", "washed-out", "removed")
THRESHOLDS: Final = (
    "noticed",
    "aegl1",
    "aegl2",
    "aegl3",
    "smoke",
    "untenable",
    "lel10",
    "lel60",
    "heat-felt",
    "heat-burns",
    "heat-lethal",
    "heat-destroys",
    "blast-glass",
    "blast-injury",
    "blast-destroys",
    "engulfed",
    "contained",
    "flaming",
    "detected",
    "smelt",
    "opened",
    "flash",
    "ignited",
    "burnt-out",
    "burning",
    "fire-out",
    "explosion",
)


def threshold_title(name: str, language: Language) -> str:
    """A threshold of a hazard in words."""
    return say(f"threshold.{name}", language) if name in THRESHOLDS else name


def duration(seconds: float, language: Language) -> str:
    """``6 min 10 s``, ``6 分 10 秒``; *not reached* for inf, an em dash for NaN."""
    if math.isinf(seconds):
        return say("debrief.not-reached", language)
    text = format_duration(seconds)
    if language == "en":
        return text
    for unit, word in ((" h", " 小时"), (" min", " 分"), (" s", " 秒")):
        text = text.replace(unit, word)
    return text


def clock(seconds: float, start_s: float, language: Language) -> str:
    """Wall clock of a moment after STARTEX."""
    if math.isinf(seconds):
        return say("debrief.not-reached", language)
    return format_clock(start_s + seconds)


# SI unit of a measure -> (divisor, message of the unit to read).
_READ: Final[dict[str, tuple[float, str]]] = {
    "s": (60.0, "unit.min"),
    "person_s": (60.0, "unit.person_min"),
    "vehicle_s": (60.0, "unit.vehicle_min"),
    "unit_s": (60.0, "unit.unit_min"),
    "p": (1.0, "unit.people"),
    "places": (1.0, "unit.places"),
    "p/m2": (1.0, "unit.density"),
    "share": (0.01, "unit.percent"),
}


def in_unit(number: float, unit: str, language: Language) -> tuple[float, str]:
    """A measure's number in the unit people read it in, with that unit's word; times become minutes."""
    if unit not in _READ:
        return number, unit
    divisor, word = _READ[unit]
    return number / divisor, say(word, language)


def quantity(number: float, unit: str, language: Language) -> str:
    """A measure's number for reading, with its unit: times as durations, the rest to three figures.

    Minutes, people and places have at most two decimals.
    """
    if unit == "s":
        return duration(number, language)
    if math.isnan(number):
        return "—"
    if math.isinf(number):
        return say("debrief.not-reached", language)
    value, word = in_unit(number, unit, language)
    if unit == "p" and round(abs(value), 2) == 1.0:
        word = say("unit.person", language)
    if unit in _READ:
        value = round(value, 2) + 0.0  # no −0
    text = f"{value:,.0f}" if abs(value) >= 100 or value == round(value) else f"{value:.3g}"
    return f"{text} {word}".rstrip().replace("-", "−", 1) if value < 0 else f"{text} {word}".rstrip()


def people(count: int, language: Language) -> str:
    """``1 person``, ``12 people``."""
    return say("heads.one" if count == 1 else "heads.many", language, count=f"{count:,}")


def signed(number: float, unit: str, language: Language) -> str:
    """A difference: as :func:`quantity`, with its sign also where it is more."""
    text = quantity(number, unit, language)
    return f"+{text}" if text[:1].isdigit() and text[:2] not in ("0", "0 ") else text
