"""Values that can be run but that somebody should look at, and numbers no run can work with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from drillsim.response.command import SPAN_LIMIT
from drillsim.scenario.assumptions import draws
from drillsim.scenario.entries import effects_of_plan, tasks_of
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.tree import Path
from drillsim.spec import Draw, Spec, file_key
from drillsim.units import format_duration

__all__ = ["check_plausibility"]

_FASTEST_WALK_M_S: Final = 2.0
_LONGEST_TURNOUT_S: Final = 600.0
_LONGEST_TALK_S: Final = 300.0
_FASTEST_VEHICLE_M_S: Final = 100.0 / 3.6
_LONGEST_DRILL_S: Final = 3.0 * 3600.0
_LARGEST: Final = 1e12
_WAYS: Final = ("speed", "down", "up")
_NEVER_LOWEST: Final = ("normal", "lognormal", "gamma", "weibull", "shifted-lognormal")  # always above it
_DAY_S: Final = 86400.0
_BOTTLE_M3: Final = (0.001, 0.020)  # on a wearer's back; in use are 2 to 12 L
_STRONG_WIND_M_S: Final = 5.0  # above it the air is of class C or D (ALOHA-TD 4.2.2)


def check_plausibility(findings: Findings, scenario: Scenario) -> None:
    """Errors for numbers out of all range, warnings for doubtful ones and for unstated sources."""
    _numbers(findings, scenario)
    _draws(findings, scenario)
    _times(findings, scenario)
    _weather(findings, scenario)
    _speeds(findings, scenario)
    _channels(findings, scenario)
    _span(findings, scenario)
    _entries(findings, scenario)
    _bottles(findings, scenario)
    _sources(findings, scenario)


def _numbers(findings: Findings, scenario: Scenario) -> None:
    for path, number in _floats(scenario, ()):
        if abs(number) > _LARGEST:
            findings.error(
                path, f"{number:g} is too large to be meant; write at most {_LARGEST:g}", "number-huge"
            )


def _floats(value: Any, path: Path) -> Iterator[tuple[Path, float]]:
    if isinstance(value, float):
        yield path, value
    elif isinstance(value, Draw):
        for distribution in (value.exercise, value.emergency):
            yield from ((path, number) for number in distribution.parameters)
    elif isinstance(value, Spec):
        for name, entry in value.__dict__.items():
            yield from _floats(entry, (*path, file_key(name)))
    elif isinstance(value, dict):
        for name, entry in value.items():
            yield from _floats(entry, (*path, name))
    elif isinstance(value, tuple):
        for index, entry in enumerate(value):
            yield from _floats(entry, (*path, index))


def _draws(findings: Findings, scenario: Scenario) -> None:
    for path, _, draw in draws(scenario):
        speed = path[0] == "profiles" and path[-1] in _WAYS
        for distribution in (draw.exercise, draw.emergency):
            lowest = distribution.lowest
            reached = distribution.shape not in _NEVER_LOWEST
            if lowest < 0.0 or (speed and lowest == 0.0 and reached):
                what = "a speed must be above 0" if speed else "a time cannot be negative"
                findings.error(path, f"{lowest:g} {'m/s' if speed else 's'}; {what}", "out-of-range")


def _times(findings: Findings, scenario: Scenario) -> None:
    given = scenario.__dict__
    start, slot, horizon = given.get("start_s", 0.0), given.get("slot_s"), given.get("horizon_s")
    if not 0.0 <= start < _DAY_S:
        findings.error(("start",), "not a time of day; write it as 10:00:00", "out-of-range")
    if slot is not None and horizon is not None and horizon < slot:
        message = f"the horizon of {format_duration(horizon)} cuts runs off before the slot of "
        message += f"{format_duration(slot)} is over; make it longer"
        findings.warn(("horizon",), message, "horizon-short")
    if slot is not None and slot > _LONGEST_DRILL_S:
        message = f"a drill of {format_duration(slot)}; live drills rarely take more than 3 h"
        findings.warn(("slot",), message, "slot-long")


def _weather(findings: Findings, scenario: Scenario) -> None:
    weather = scenario.__dict__.get("weather")
    given = weather.__dict__ if weather is not None else {}
    stability, speed = given.get("stability", "D"), given.get("wind_speed_m_s", 0.0)
    if stability not in ("C", "D") and speed > _STRONG_WIND_M_S:
        message = f"class {stability} at {speed:g} m/s; above {_STRONG_WIND_M_S:g} m/s the air is of class C "
        message += "(strong sun) or D"
        findings.warn(("weather", "stability"), message, "stability-windy")


def _speeds(findings: Findings, scenario: Scenario) -> None:
    for name, profile in scenario.profiles.items():
        for way in _WAYS:
            draw = getattr(profile, way)
            fastest = 0.0 if draw is None else max(draw.exercise.median, draw.emergency.median)
            if fastest > _FASTEST_WALK_M_S:
                message = f"walking at {fastest:.3g} m/s; people walk at 0.3 to 1.6 m/s, faster is running"
                findings.warn(("profiles", name, way), message, "walk-fast")
    for agency_name, agency in scenario.agencies.items():
        for name, unit in agency.units.items():
            path: Path = ("agencies", agency_name, "units", name)
            if unit.speed_m_s > _FASTEST_VEHICLE_M_S:
                message = f"{unit.speed_m_s * 3.6:.0f} km/h on the road; a mean above 100 km/h is rare"
                findings.warn((*path, "speed"), message, "vehicle-fast")
            if unit.turnout is not None:
                slowest = max(unit.turnout.exercise.median, unit.turnout.emergency.median)
                if slowest > _LONGEST_TURNOUT_S:
                    message = (
                        f"{format_duration(slowest)} from order to wheels rolling; crews take 1 to 5 min"
                    )
                    findings.warn((*path, "turnout"), message, "turnout-long")
    facility = scenario.__dict__.get("facility")
    inside = facility.__dict__.get("inside_speed_m_s", 0.0) if facility is not None else 0.0
    if inside > _FASTEST_VEHICLE_M_S:
        message = f"{inside * 3.6:.0f} km/h inside the site; sites allow 20 to 40 km/h"
        findings.warn(("facility", "inside_speed"), message, "vehicle-fast")


def _channels(findings: Findings, scenario: Scenario) -> None:
    """Talks and calls that take very long, and other users who come without end."""
    for name, channel in scenario.channels.items():
        every = channel.others.every if channel.others is not None else None
        if every is not None and not min(every.exercise.mean, every.emergency.mean) > 0.0:
            message = "the others come without any time between them; write a time above 0"
            findings.error(("channels", name, "others", "every"), message, "others-endless")
    spoken: list[tuple[Path, Draw, str]] = [
        (("channels", name, "talk"), channel.talk, "one message")
        for name, channel in scenario.channels.items()
    ]
    spoken += [
        (("agencies", name, "answering", "takes"), agency.answering.takes, "answering one call")
        for name, agency in scenario.agencies.items()
        if agency.answering is not None
    ]
    for path, draw, what in spoken:
        longest_s = max(draw.exercise.median, draw.emergency.median)
        if longest_s > _LONGEST_TALK_S:
            message = (
                f"{format_duration(longest_s)} for {what}; it takes seconds to 2 min, tell work apart from "
            )
            message += "talk"
            findings.warn(path, message, "talk-long")


def _span(findings: Findings, scenario: Scenario) -> None:
    """Commanders with more roles below them than one person can lead."""
    for plan_name, plan in scenario.plans.items():
        below = Counter(role.reports_to for role in plan.roles.values() if role.reports_to is not None)
        for name, reports in sorted(below.items()):
            if reports > SPAN_LIMIT and name in plan.roles:
                message = f"{reports} roles report to '{name}'; one person leads 3 to {SPAN_LIMIT} (NIMS), "
                message += "decisions get slow: put a sector post between"
                findings.warn(("plans", plan_name, "roles", name), message, "span-wide", key=True)


def _entries(findings: Findings, scenario: Scenario) -> None:
    """Entries that nobody stands ready to rescue, and casualties handed over as they are."""
    leak = any(hazard.kind == "leak" for hazard in scenario.hazards.values())
    for path, task in tasks_of(scenario):
        if task.air is not None and task.air.backup == 0:
            message = "nobody stands ready to get those out who go in; write `backup: 1` (two in, two out)"
            findings.warn((*path, "air"), message, "entry-without-backup", key=True)
    for name in scenario.plans if leak else ():
        effects = list(effects_of_plan(scenario, name))
        if any(effect.do == "decontaminate" for _, effect in effects):
            continue
        for path, effect in effects:
            if effect.do == "rescue":
                message = "casualties of a leak are handed over as they are, nothing decontaminates anybody; "
                message += "add a corridor and an effect {do: decontaminate, corridor: …} before"
                findings.warn(path, message, "casualty-not-clean")


def _bottles(findings: Findings, scenario: Scenario) -> None:
    """Bottles that nobody can wear."""
    least, most = _BOTTLE_M3
    for name, suit in scenario.suits.items():
        if suit.bottle is not None and not least <= suit.bottle.volume_m3 <= most:
            message = f"a bottle of {suit.bottle.volume_m3 * 1000.0:,.10g} L on one wearer's back; "
            message += f"they hold {least * 1000.0:g} to {most * 1000.0:g} L, for example 6.8 L"
            findings.warn(("suits", name, "bottle", "volume"), message, "bottle-size")


def _sources(findings: Findings, scenario: Scenario) -> None:
    bare: dict[str, list[Path]] = {}
    total: dict[str, int] = {}
    seen: set[Path] = set()
    for path, _, draw in draws(scenario):
        section = str(path[0])
        written = findings.tree.origin(path)
        if written in seen:
            continue  # inherited by a plan that is based on another
        seen.add(written)
        total[section] = total.get(section, 0) + 1
        if not draw.source or draw.confidence == "unstated":
            bare.setdefault(section, []).append(path)
    for section, paths in bare.items():
        message = f"{len(paths)} of {total[section]} times or speeds in {section} lack source or confidence, "
        message += "the first here; write {value: …, source: …, confidence: low}"
        findings.warn(paths[0], message, "source-missing")
