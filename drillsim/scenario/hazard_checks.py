"""Work on hazards that does not fit their kind, leaks no model answers, and hazards that nothing starts."""

from __future__ import annotations

from typing import Final

from drillsim.hazards.fire import Fire
from drillsim.hazards.leak import Leak
from drillsim.hazards.substances import substance, substances
from drillsim.hazards.vapour_source import pool_setting
from drillsim.response.effects import RunVents, StartHazard, Treat
from drillsim.scenario.entries import effects_of
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario

__all__ = ["check_buildings", "check_dormant_hazards", "check_fires", "check_leaks", "check_treatments"]

_COVERING: Final = ("cover", "absorb", "curtain", "plug-partly")
_ZERO_K: Final = 273.15


def check_treatments(findings: Findings, scenario: Scenario) -> None:
    """Work on a hazard that does not apply to its kind, or does not say how much it helps."""
    for path, effect in effects_of(scenario):
        if not isinstance(effect, Treat) or effect.hazard not in scenario.hazards:
            continue
        hazard = scenario.hazards[effect.hazard]
        if effect.action not in hazard.actions:
            can = ", ".join(sorted(hazard.actions))
            message = f"a {hazard.kind} knows no '{effect.action}'; "
            message += f"it can be treated by: {can}" if can else "nothing is done to it"
            if not can and hazard.follows:
                message = f"this {hazard.kind} burns what leaks; treat hazard '{hazard.follows[0]}' instead"
            findings.error((*path, "action"), message, "hazard-action")
        given = "training" if effect.training is not None else "water"
        if hazard.kind != "fire" and (effect.training, effect.water_m3_s) != (None, None):
            message = f"'{given}' matters to a fire, and '{effect.hazard}' is a {hazard.kind}; leave it out"
            findings.error((*path, given), message, "means-no-fire")
        if effect.action in _COVERING and "factor" not in effect.model_fields_set:
            message = f"'{effect.action}' needs a factor, the share of the rate that remains; "
            message += "write factor: 15 %, or factor: 0 % for all"
            findings.error(path, message, "factor-missing")


def check_fires(findings: Findings, scenario: Scenario) -> None:
    """Detectors that act in the air as it is, and doors that do not lead out of the fire room."""
    weather = scenario.__dict__.get("weather")
    for name, hazard in scenario.hazards.items():
        if not isinstance(hazard, Fire):
            continue
        links = scenario.facility.links if "facility" in scenario.__dict__ else {}
        door = links.get(hazard.door)
        if door is not None and hazard.at not in door.between:
            message = (
                f"'{hazard.door}' is between {' and '.join(door.between)}, and the fire is in {hazard.at}; "
            )
            message += "name a door of that room"
            findings.error(("hazards", name, "door"), message, "fire-door")
        if weather is None or not findings.whole("weather"):
            continue
        for head, detector in hazard.detectors.items():
            acts_k, air_k = detector.activation_k, weather.temperature_k
            if acts_k is not None and acts_k <= air_k:
                message = f"it acts at {_celsius(acts_k)}, and the air has {_celsius(air_k)}; write an "
                message += "activation above that, or change the temperature of the weather"
                findings.error(("hazards", name, "detectors", head, "activation"), message, "detector-cold")


def check_buildings(findings: Findings, scenario: Scenario) -> None:
    """Spaces that are in two buildings, and vents worked on in buildings that have none."""
    held: dict[str, str] = {}
    for name, building in scenario.buildings.items():
        for index, space in enumerate(building.spaces):
            if space in held:
                message = f"{space} is in building '{held[space]}' already; a space has one body of air, so "
                message += "leave it out of one of them"
                findings.error(("buildings", name, "spaces", index), message, "space-in-two-buildings")
            held.setdefault(space, name)
    for path, effect in effects_of(scenario):
        aired = scenario.buildings.get(effect.building) if isinstance(effect, RunVents) else None
        if aired is not None and aired.ventilation_m3_s == 0.0:
            message = (
                "this building has no ventilation, so this changes nothing; give it a ventilation, such "
            )
            message += "as 20000 m³/h, and its floor_area"
            findings.warn((*path, "building"), message, "no-vents")


def check_leaks(findings: Findings, scenario: Scenario) -> None:
    """Leaks for which there is no model: of what boils in this air, or whose properties are not known."""
    weather = scenario.__dict__.get("weather")
    if weather is None or not findings.whole("weather"):
        return
    air_k = weather.temperature_k
    for name, hazard in scenario.hazards.items():
        if not isinstance(hazard, Leak) or hazard.substance not in substances():
            continue
        entry = substance(hazard.substance)
        path = ("hazards", name, "substance")
        if hazard.source is not None:
            for fault in hazard.source.problems(entry, air_k=air_k):
                findings.error(("hazards", name, "source"), fault, "leak-source-unknown")
        boils_k, low_k, high_k = entry.boiling_point_k, entry.antoine_t_min_k, entry.antoine_t_max_k
        if hazard.source is None and boils_k is not None and boils_k <= air_k + 1.0:
            message = f"{entry.id} boils at {_celsius(boils_k)} and the air has {_celsius(air_k)}: it would "
            message += "come out as a gas; describe the package, such as source: {kind: tank, ...}, or name "
            message += "a substance that boils above"
            findings.error(path, message, "leak-boils")
            continue
        pool_k = air_k if boils_k is None else min(air_k, boils_k)
        if low_k is not None and high_k is not None and not low_k <= pool_k <= high_k:
            message = f"the vapour pressure of {entry.id} is known from {_celsius(low_k)} to "
            message += f"{_celsius(high_k)} and the air has {_celsius(air_k)}; change the temperature of the "
            message += "weather, or name another substance"
            findings.error(path, message, "leak-unknown")
            continue
        try:
            pool_setting(hazard, entry, weather).check()
            entry.need("aegl2_60min_ppm", "aegl3_60min_ppm")
        except ValueError as fault:
            findings.error(path, f"{fault}; name another substance", "leak-unknown")


def _celsius(temperature_k: float) -> str:
    return f"{temperature_k - _ZERO_K:.1f}".removesuffix(".0").replace("-", "−") + " °C"


def check_dormant_hazards(findings: Findings, scenario: Scenario) -> None:
    """Dormant hazards that nothing starts, and starts of hazards that are not dormant."""
    started: set[str] = set()
    for hazard in scenario.hazards.values():
        if isinstance(hazard, Leak) and hazard.ignition is not None:
            started.update(hazard.ignition.starts)
    for path, effect in effects_of(scenario):
        begun = scenario.hazards.get(effect.hazard) if isinstance(effect, StartHazard) else None
        if not isinstance(effect, StartHazard) or begun is None:
            continue
        started.add(effect.hazard)
        if not begun.dormant:
            message = f"hazard '{effect.hazard}' does not lie dormant, so it begins by itself and this does "
            message += "nothing; write `dormant: true` in it, or leave this effect out"
            findings.warn((*path, "hazard"), message, "start-not-dormant")
    if not (findings.whole("plans") and findings.whole("injects")):
        return
    for name, hazard in scenario.hazards.items():
        if hazard.dormant and name not in started:
            message = f"nothing starts hazard '{name}', which lies dormant; "
            message += f"add an effect {{do: start, hazard: {name}}} to an inject or a task, "
            message += "or name it in the ignition of a leak"
            findings.warn(("hazards", name, "dormant"), message, "dormant-for-ever")
