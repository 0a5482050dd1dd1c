"""Named choices of the fires of a scenario, for the table of assumptions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from drillsim.debrief.assumed import AssumedRow
from drillsim.hazards import Fire, SmokeSeries
from drillsim.hazards.blaze import HAND_SUCCESS, water_takes_w
from drillsim.hazards.heat_release import sprinkler_decay_s
from drillsim.messages import Language, say
from drillsim.response.effects import Treat
from drillsim.scenario.entries import effects_of

if TYPE_CHECKING:
    from drillsim.scenario.model import Scenario

__all__ = ["fire_values"]

_KELVIN = 273.15


def fire_values(scenario: Scenario, *, language: Language = "en") -> list[AssumedRow]:
    """What the scenario chose for its fires and series of smoke, a row each, in the order of their names."""
    rows: list[AssumedRow] = []
    for name, hazard in sorted(scenario.hazards.items()):
        shown = (hazard.title_zh if language == "zh" else "") or hazard.title or name
        if isinstance(hazard, Fire):
            rows += _curve(f"hazards.{name}", hazard, shown, language)
            rows += _heads(f"hazards.{name}", hazard, shown, language)
        elif isinstance(hazard, SmokeSeries):
            source = hazard.source or say("debrief.unstated", language)
            label = say("fire.series", language, hazard=shown)
            confidence = say("confidence.unstated", language)
            rows.append(AssumedRow(f"hazards.{name}.file", label, hazard.file, source, confidence))
    return rows + list(_attacks(scenario, language))


def _row(
    path: str, label: str, value: str, source: str, language: Language, *, medium: bool = False
) -> AssumedRow:
    confidence = say(f"confidence.{'medium' if medium else 'low'}", language)
    return AssumedRow(path, label, value, say(f"fire.source-{source}", language), confidence)


def _curve(path: str, fire: Fire, shown: str, language: Language) -> Iterator[AssumedRow]:
    label = say("fire.growth", language, hazard=shown)
    if fire.heat_release:
        peak = f"{max(point.heat_w for point in fire.heat_release) / 1000.0:.4g}"
        value = say("fire.growth-given", language, peak=peak)
        unstated = say("debrief.unstated", language)
        yield AssumedRow(f"{path}.heat_release", label, value, unstated, say("confidence.unstated", language))
    else:
        value = say(
            "fire.growth-value",
            language,
            growth=f"{fire.growth_s:g}",
            to=f"{fire.growth_to_w / 1000.0:g}",
            peak=f"{fire.peak_w / 1000.0:g}",
        )
        yield _row(f"{path}.growth", label, value, "growth", language, medium=True)
    if (decay := fire.decay) is not None:
        if decay.fuel_kg is not None:
            how = {"share": f"{100.0 * decay.burnt:g}", "fuel": f"{decay.fuel_kg:g}"}
            value = say("fire.decay-fuel", language, **how)
        else:
            how = {"from_s": f"{decay.from_s:g}", "over_s": f"{decay.over_s:g}"}
            value = say("fire.decay-time", language, **how)
        label = say("fire.decay", language, hazard=shown)
        yield _row(f"{path}.decay", label, value, "decay", language, medium=True)
    for name, item in sorted(fire.items.items()):
        label = say("fire.item", language, hazard=shown, item=name)
        value = say("fire.item-value", language, heat=f"{item.level_w / 1000.0:.0f}")
        yield _row(f"{path}.items.{name}", label, value, "item", language)


def _heads(path: str, fire: Fire, shown: str, language: Language) -> Iterator[AssumedRow]:
    for name, head in sorted(fire.detectors.items()):
        label = say("fire.detector", language, hazard=shown, detector=name)
        celsius = "" if head.activation_k is None else f"{head.activation_k - _KELVIN:.4g}"
        value = say(f"fire.senses.{head.senses}", language, activation=celsius, rti=f"{head.rti:g}")
        link = head.senses == "link"
        at = f"{path}.detectors.{name}"
        yield _row(f"{at}.senses", label, value, f"senses.{head.senses}", language, medium=link)
        if head.spray_m_s is not None:
            label = say("fire.sprinkler", language, hazard=shown, detector=name)
            tau = f"{sprinkler_decay_s(head.spray_m_s):.3g}"
            value = say("fire.sprinkler-value", language, spray=f"{1000.0 * head.spray_m_s:.3g}", tau=tau)
            yield _row(f"{at}.spray", label, value, "sprinkler", language, medium=True)


def _attacks(scenario: Scenario, language: Language) -> Iterator[AssumedRow]:
    """Success of hand attacks by the trainings that any plan or inject names, and each flow of water."""
    treats = [effect for _, effect in effects_of(scenario) if isinstance(effect, Treat)]
    for training in sorted({treat.training for treat in treats if treat.training is not None}):
        most, sure_w, never_w = HAND_SUCCESS[training]
        value = say(
            "fire.attack-value",
            language,
            most=f"{100.0 * most:g}",
            sure=f"{sure_w / 1000.0:g}",
            never=f"{never_w / 1000.0:g}",
        )
        label = say(f"fire.attack.{training}", language)
        yield _row(f"attack.{training}", label, value, "attack", language)
    flows = {(treat.hazard, treat.water_m3_s) for treat in treats if treat.water_m3_s is not None}
    for hazard, flow_m3_s in sorted(flows):
        label = say("fire.water", language, hazard=hazard)
        heat = f"{water_takes_w(flow_m3_s) / 1000.0:.0f}"
        value = say("fire.water-value", language, flow=f"{60_000.0 * flow_m3_s:.4g}", heat=heat)
        yield _row(f"hazards.{hazard}.water", label, value, "water", language)
