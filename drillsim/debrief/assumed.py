"""The table of assumptions: what each value is called, how it is spread, where it comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.facility.flow import door_boundary_m, specific_flow_p_s_m
from drillsim.facility.spec import MovementSpec
from drillsim.messages import Language, say
from drillsim.scenario.assumptions import assumptions, draws
from drillsim.scenario.tree import dotted
from drillsim.spec import Spec, file_key

if TYPE_CHECKING:
    from drillsim.distributions import Distribution
    from drillsim.scenario.model import Scenario
    from drillsim.study.results import Ensemble

__all__ = ["AssumedRow", "assumed", "biases", "distribution_text", "fixed_values", "labels"]

_LAST: Final = (
    "takes",
    "prepare",
    "decides",
    "dispatch",
    "turnout",
    "travel",
    "speed",
    "down",
    "up",
    "descend",
    "outflow",
    "smoulder",
    "smell",
    "detector",
    "change",
    "lent",
    "played",
    "delay",
    "effort",
    "talk",
    "don",
    "every",
    "ready_again",
)
_SPEEDS: Final = (".speed", ".down", ".up")


@dataclass(frozen=True, slots=True)
class AssumedRow:
    """One assumption in words; ``path`` is its place in the scenario file."""

    path: str
    label: str
    value: str
    source: str
    confidence: str


def assumed(ensemble: Ensemble, *, language: Language = "en") -> list[AssumedRow]:
    """Every uncertain value behind the runs of the ensemble, low confidence first, then by path."""
    named = labels(ensemble, language)
    rank = {"low": 0, "unstated": 1, "medium": 2, "high": 3}
    listed = sorted(
        assumptions(ensemble.scenario, ensemble.plan), key=lambda entry: (rank[entry.confidence], entry.path)
    )
    return [
        AssumedRow(
            path=entry.path,
            label=named.get(entry.path, entry.label),
            value=distribution_text(
                entry.draw.under(ensemble.conditions), speed=entry.path.endswith(_SPEEDS), language=language
            ),
            source=entry.source or say("debrief.unstated", language),
            confidence=say(f"confidence.{entry.confidence}", language),
        )
        for entry in listed
    ]


def labels(ensemble: Ensemble, language: Language) -> dict[str, str]:
    """Path of each assumption -> what it is called, in Chinese where the scenario has Chinese titles."""
    scenario = ensemble.scenario
    listed = assumptions(scenario, ensemble.plan)
    if language == "en":
        return {entry.path: entry.label for entry in listed}
    translated = {path: label for path, label, _ in draws(_retitled(scenario, language))}
    found = {}
    for path, _, _ in draws(scenario):
        label = translated[path]
        last = str(path[-1])
        if path[-2:-1] == ("responses",):
            reply = say("assumption.response", language, mode=say(f"alarm.{last}", language))
            label = f"{label.rpartition(': ')[0]}: {reply}"
        elif last in _LAST:
            label = f"{label.rpartition(': ')[0]}: {say(f'assumption.{last}', language)}"
        found[dotted(path)] = label
    return {entry.path: found.get(entry.path, entry.label) for entry in listed}


def _retitled(value: Any, language: Language) -> Any:
    """A copy whose titles are those of the language; for reading only, it is not checked again."""
    if isinstance(value, Spec):
        update = {name: _retitled(entry, language) for name, entry in value.__dict__.items()}
        if update.get("title_zh"):
            update["title"] = update["title_zh"]
        return value.model_copy(update=update)
    if isinstance(value, dict):
        return {name: _retitled(entry, language) for name, entry in value.items()}
    if isinstance(value, tuple):
        return tuple(_retitled(entry, language) for entry in value)
    return value


def distribution_text(distribution: Distribution, *, speed: bool = False, language: Language = "en") -> str:
    """A distribution in words, durations or speeds with their units."""

    def shown(value: float) -> str:
        return f"{value:.3g} m/s" if speed else names.duration(value, language)

    values = [shown(value) for value in distribution.parameters[:3]]
    if distribution.shape in ("gamma", "weibull", "shifted-lognormal"):
        values = [shown(value) for value in (distribution.lowest, distribution.median, distribution.p90)]
    if distribution.shape == "constant":
        return say("assumption.constant", language, value=values[0])
    if distribution.shape == "empirical":
        count = len(distribution.parameters)
        return say("assumption.empirical", language, n=count, a=shown(distribution.median))
    return say(f"assumption.{distribution.shape}", language, **dict(zip("abc", values, strict=False)))


def fixed_values(scenario: Scenario, *, language: Language = "en") -> list[AssumedRow]:
    """The named choices of the movement model and the weather, which are not drawn but matter."""
    movement, weather = scenario.facility.movement, scenario.weather
    wind = say(
        "fixed.wind-value",
        language,
        from_deg=f"{weather.wind_from_deg:g}",
        sd=f"{weather.wind_sd_deg:g}",
        speed=f"{weather.wind_speed_m_s:g}",
        stability=weather.stability,
        temperature=f"{weather.temperature_k - 273.15:.0f}",
        terrain=weather.terrain,
    )
    speed = f"{3.6 * scenario.facility.inside_speed_m_s:.3g} km/h"
    rows = [
        _of_model(movement, *choice, language)
        for choice in _CHOICES
        if _OF_ONE_LAW.get(choice[0], movement.law) == movement.law
    ]
    rows.append(_fixed("facility.inside_speed", "vehicles", speed, "", language))
    rows.append(_fixed("weather", "wind", wind, weather.source, language))
    return rows


def biases(scenario: Scenario, *, language: Language = "en") -> list[str]:
    """Which way the movement model in force is known to err, a sentence each."""
    movement, facility = scenario.facility.movement, scenario.facility
    found = []
    if specific_flow_p_s_m(movement) <= _LABORATORY_P_S_M:
        found.append(say("bias.doors", language, flow=f"{specific_flow_p_s_m(movement):.3g}"))
    stairs = bool(facility.stairs) or any(space.kind == "stair" for space in facility.spaces.values())
    if stairs and movement.law == "sfpe":
        found.append(say("bias.stairs", language))
    if movement.merging != "equal":
        found.append(say("bias.merging", language))
    if any("smoke" in hazard.events for hazard in scenario.hazards.values()):
        found.append(say("bias.turn-back", language))
    return found


_LABORATORY_P_S_M: Final = 1.3  # short bottlenecks pass more than this in laboratories

# Field of the movement model, key of its messages, unit; a choice by name has no unit but "name".
_CHOICES: Final = (
    ("law", "law", "name"),
    ("specific_flow_p_s_m", "specific-flow", "p/s/m"),
    ("door_boundary_m", "boundary", "m"),
    ("max_density_p_m2", "density", "p/m²"),
    ("clothing", "clothing", "name"),
    ("merging", "merging", "name"),
    ("counterflow_level", "counterflow-level", ""),
    ("counterflow_stair", "counterflow-stair", ""),
    ("smoke_speed", "smoke", "name"),
    ("visibility_constant", "visibility", ""),
    ("turn_back_m", "turn-back", "m"),
)
_OF_ONE_LAW: Final = {"clothing": "predtechenskii-milinskii"}
# What the law of the scenario says where the scenario says nothing.
_IN_FORCE: Final = {"specific_flow_p_s_m": specific_flow_p_s_m, "door_boundary_m": door_boundary_m}
# From memory, beside the data, or a choice of this model for which no source gives a value.
_LOW: Final = frozenset(
    {
        "law.predtechenskii-milinskii",
        "law.assigned",
        "clothing.summer",
        "clothing.winter",
        "merging.first-come",
        "merging.by-width",
        "merging.by-weight",
        "smoke.visibility-ratio",
        "smoke.linear-floor",
        "turn-back",
    }
)


def _of_model(movement: MovementSpec, field: str, key: str, unit: str, language: Language) -> AssumedRow:
    """A choice of the movement model; of numbers the product knows the source of its own default only."""
    path, chosen = f"facility.movement.{file_key(field)}", getattr(movement, field)
    if unit == "name":
        row = _fixed(path, key, say(f"fixed.{key}.{chosen}", language), "", language)
        return _sourced(row, f"{key}.{chosen}", language)
    value = _IN_FORCE[field](movement) if field in _IN_FORCE else chosen
    row = _fixed(path, key, f"{value:g} {unit}".rstrip(), "", language)
    if chosen != getattr(MovementSpec(), field):
        return row
    if field in _IN_FORCE and movement.law not in ("sfpe", "assigned"):
        return _sourced(row, f"law.{movement.law}", language)
    return _sourced(row, key, language)


def _sourced(row: AssumedRow, key: str, language: Language) -> AssumedRow:
    confidence = say(f"confidence.{'low' if key in _LOW else 'medium'}", language)
    return replace(row, source=say(f"fixed.source-{key}", language), confidence=confidence)


def _fixed(path: str, key: str, value: str, source: str, language: Language) -> AssumedRow:
    unstated = say("debrief.unstated", language)
    return AssumedRow(
        path, say(f"fixed.{key}", language), value, source or unstated, say("confidence.unstated", language)
    )
