"""Thresholds of hazards that a scenario names: what tasks wait for, and what objectives measure."""

from __future__ import annotations

import math
import re
from typing import Final

from drillsim.hazards.fire import Fire
from drillsim.scenario.entries import conditions_of
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario
from drillsim.scenario.references import references

__all__ = ["check_awaited", "check_fires_grow", "check_measured", "check_reached"]

_MEASURES: Final = re.compile(
    r"(?:exposed\.(.+)\.(?:people|person_s)|responders\.(.+)\.person_s|(?:posts|musters|staging)\.(.+))",
    re.DOTALL,
)


def check_awaited(findings: Findings, scenario: Scenario) -> None:
    """Only what happens to a hazard as a whole can be waited for; the rest is reached space by space."""
    for reference in references(scenario):
        if "event" not in reference.kinds or not reference.name.startswith("hazard."):
            continue
        name, _, threshold = reference.name.removeprefix("hazard.").rpartition(".")
        hazard = scenario.hazards.get(name)
        if hazard is None or threshold in hazard.whole:
            continue
        if threshold in hazard.events:
            message = f"'{threshold}' of hazard '{name}' is reached space by space; "
            message += f"what can be waited for is: {', '.join(sorted(hazard.whole))}"
        else:
            hint = findings.suggest(threshold, sorted(hazard.whole))
            message = f"hazard '{name}' has no threshold '{threshold}' that can be waited for{hint}"
        findings.error(reference.path, message, "unknown-threshold", key=reference.key)


def check_fires_grow(findings: Findings, scenario: Scenario) -> None:
    """Moments of fires that are waited for and never come, even if nobody fights the fire."""
    weather = scenario.__dict__.get("weather")
    if weather is None or not findings.clean("hazards") or not findings.whole("weather"):
        return
    never: dict[str, frozenset[str]] = {}
    for reference in references(scenario):
        if "event" not in reference.kinds or not reference.name.startswith("hazard."):
            continue
        name, _, moment = reference.name.removeprefix("hazard.").rpartition(".")
        fire = scenario.hazards.get(name)
        if not isinstance(fire, Fire):
            continue
        if name not in never:
            blaze = fire.blaze(flaming_s=0.0, detector_s=0.0, ambient_k=weather.temperature_k)
            moments = blaze.moments(fire.sizes)
            never[name] = frozenset(which for which, time_s in moments if time_s == math.inf)
        if moment in never[name]:
            message = f"'{moment}' never comes, even if nobody fights the fire; let '{name}' grow larger, or "
            message += "wait for something else"
            findings.warn(reference.path, message, "fire-too-small")


def check_reached(findings: Findings, scenario: Scenario) -> None:
    """Conditions on a threshold that the hazard has not, or does not reach space by space."""
    for path, condition, _ in conditions_of(scenario):
        reached = condition.reached
        hazard = scenario.hazards.get(reached.hazard) if reached is not None else None
        if reached is None or hazard is None or reached.threshold in hazard.events - hazard.whole:
            continue
        if reached.threshold in hazard.whole:
            message = f"'{reached.threshold}' comes to hazard '{reached.hazard}' as a whole; "
            message += f"write `happened: hazard.{reached.hazard}.{reached.threshold}`"
        else:
            hint = findings.suggest(reached.threshold, sorted(hazard.events - hazard.whole))
            message = f"hazard '{reached.hazard}' has no threshold '{reached.threshold}' in its spaces{hint}"
        findings.error((*path, "reached", "threshold"), message, "unknown-threshold")


def check_measured(findings: Findings, scenario: Scenario) -> None:
    """Thresholds in measures of objectives that none of the scenario's hazards has in its spaces."""
    if not findings.clean("hazards"):
        return
    known = {threshold for hazard in scenario.hazards.values() for threshold in hazard.events - hazard.whole}
    for name, objective in scenario.objectives.items():
        match = _MEASURES.fullmatch(objective.measure or "")
        threshold = next(filter(None, match.groups()), "") if match else ""
        if match is None or threshold in known:
            continue
        hint = findings.suggest(threshold, known) if known else "; the scenario has no hazard"
        message = f"no hazard has the threshold '{threshold[:40]}'{hint}"
        findings.error(("objectives", name, "measure"), message, "unknown-threshold")
