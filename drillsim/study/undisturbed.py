"""The leaks of a scenario as they go if nobody does anything: what zones and threats are asked of.

No chance is in it: what the leak draws is at its median, the wind keeps to its nominal direction, and injects
in use that come at a fixed time turn the wind, start leaks and treat them. What a plan does is left out.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drillsim.errors import DrillsimError
from drillsim.facility.graph import Facility
from drillsim.hazards.atmosphere import wind_at
from drillsim.hazards.leak import Leak
from drillsim.hazards.plume import ppm
from drillsim.hazards.weather import Weather, WeatherRecord, WindSegment
from drillsim.response.effects import StartHazard, Treat, WindShift
from drillsim.streams import Streams

if TYPE_CHECKING:
    from drillsim.hazards.cloud import SourceSegment
    from drillsim.hazards.leak import LeakRun
    from drillsim.response.effects import Effect
    from drillsim.scenario.model import Scenario

__all__ = ["LOWEST_WIND_M_S", "UndisturbedLeak", "UndisturbedLeaks", "undisturbed_leaks"]

LOWEST_WIND_M_S: Final = 1.0
"""Below this wind at 10 m no model here has an answer (ALOHA-TD)."""


class _Medians(Streams):
    """Streams in which every draw is at its median."""

    def uniform(self, entity: str, purpose: str) -> float:
        return 0.5


@dataclass(frozen=True)
class UndisturbedLeak:
    """One leak, its run begun and left alone, with what it gives to the air."""

    name: str
    spec: Leak
    run: LeakRun
    onset_s: float
    segments: tuple[SourceSegment, ...]

    @property
    def released_kg(self) -> float:
        """What the package held, or what is stated to run out."""
        package = self.run.source.package
        return self.spec.amount_kg or 0.0 if package is None else package.outflow.held_kg

    def ppm_per_kg_m3(self, temperature_k: float) -> float:
        """What one kg/m3 is in ppm in air of this temperature."""
        mass = self.run.substance.molar_mass_kg_mol
        return float(ppm(1.0, molar_mass_kg_mol=mass, temperature_k=temperature_k))


@dataclass(frozen=True)
class UndisturbedLeaks:
    """Leaks of a scenario, at least one, under one record of the wind.

    ``left_out``: dormant ones that nothing starts at a fixed time.
    """

    scenario: Scenario
    facility: Facility
    weather: Weather
    winds: tuple[WindSegment, ...]
    leaks: tuple[UndisturbedLeak, ...]
    left_out: tuple[str, ...]
    injects: tuple[str, ...]
    """Injects that were taken into account."""
    used: frozenset[str]
    """Injects in use."""

    def wind_at_height(self, height_m: float) -> float:
        """Wind at a height, m/s, by the log law."""
        air = self.weather
        return wind_at(
            height_m,
            wind_10m_m_s=air.wind_speed_m_s,
            stability=air.stability,
            roughness_m=air.roughness_length_m,
        )

    def wind(self, time_s: float) -> WindSegment:
        """The wind that holds at ``time_s``."""
        return [wind for wind in self.winds if wind.start_s <= time_s][-1]


def undisturbed_leaks(
    scenario: Scenario,
    *,
    hazards: Collection[str] = (),
    wind_from_deg: float | None = None,
    wind_speed_m_s: float | None = None,
    injects: Collection[str] | None = None,
) -> UndisturbedLeaks:
    """Begin the leaks: those in ``hazards``, else all that are not dormant or that an inject starts in time.

    A stated direction holds throughout: injects do not turn it. A dormant leak asked for by name that no
    inject starts at a fixed time begins at STARTEX. Raises :class:`DrillsimError` for a scenario without
    leaks that begin, a hazard or inject it does not have, and a wind below 1 m/s.
    """
    specs = _leaks(scenario, hazards)
    in_use = _in_use(scenario, injects)
    done = list(_fixed_effects(scenario, in_use))
    weather = _weather(scenario.weather, wind_from_deg, wind_speed_m_s)
    first = WindSegment(-math.inf, weather.wind_from_deg % 360.0, weather.wind_speed_m_s)
    record, used = WeatherRecord(weather, 0.0, [first]), set()
    starts: dict[str, float] = {}
    for time_s, inject, effect in done:
        if isinstance(effect, WindShift) and wind_from_deg is None:
            record.shift(time_s, effect.from_deg, effect.over_s)
            used.add(inject)
        elif isinstance(effect, StartHazard) and effect.hazard in specs:
            starts.setdefault(effect.hazard, time_s)
            used.add(inject)
    facility, leaks, left_out = Facility.build(scenario.facility), [], []
    for name, spec in sorted(specs.items()):
        start_s = starts.get(name, 0.0 if name in hazards else math.nan) if spec.dormant else 0.0
        if math.isnan(start_s):
            left_out.append(name)
            continue
        run = _begun(name, spec, scenario, facility=facility, record=record, start_s=start_s)
        for time_s, inject, effect in done:
            if isinstance(effect, Treat) and effect.hazard == name and time_s >= start_s:
                run.act(effect.action, effect.factor, time_s)
                used.add(inject)
        leaks.append(UndisturbedLeak(name, spec, run, start_s + spec.onset_s, tuple(run.segments())))
    if not leaks:
        raise DrillsimError(
            f"{', '.join(left_out)} in {scenario.name}: no inject in use starts it at a fixed time; "
            "ask for it by name and it begins at STARTEX"
        )
    return UndisturbedLeaks(
        scenario=scenario,
        facility=facility,
        weather=weather,
        winds=tuple(record.segments),
        leaks=tuple(leaks),
        left_out=tuple(left_out),
        injects=tuple(sorted(used)),
        used=in_use,
    )


def _leaks(scenario: Scenario, hazards: Collection[str]) -> Mapping[str, Leak]:
    specs = {name: spec for name, spec in scenario.hazards.items() if isinstance(spec, Leak)}
    kinds = ", ".join(f"{name} ({spec.kind})" for name, spec in sorted(scenario.hazards.items())) or "none"
    if not specs:
        raise DrillsimError(
            f"scenario {scenario.name} has no leak, and only leaks have zones; its hazards: {kinds}. "
            "Add a hazard of kind leak, or take terminal-leak"
        )
    if unknown := sorted(set(hazards) - set(specs)):
        raise DrillsimError(f"no leak {', '.join(map(repr, unknown))} in {scenario.name}; it has {kinds}")
    return {name: spec for name, spec in specs.items() if not hazards or name in hazards}


def _in_use(scenario: Scenario, injects: Collection[str] | None) -> frozenset[str]:
    if injects is None:
        return frozenset(name for name, inject in scenario.injects.items() if not inject.off)
    if unknown := sorted(set(injects) - set(scenario.injects)):
        raise DrillsimError(f"no inject named {', '.join(unknown)} in scenario {scenario.name}")
    return frozenset(injects)


def _fixed_effects(scenario: Scenario, used: Collection[str]) -> Iterator[tuple[float, str, Effect]]:
    """Effects of the injects in use that come at a fixed time, in the order in which they come."""
    fixed = [(inject.at_s, name) for name in used if (inject := scenario.injects[name]).at_s is not None]
    for time_s, name in sorted((time_s, name) for time_s, name in fixed if time_s is not None):
        for effect in scenario.injects[name].effects:
            yield time_s, name, effect


def _weather(written: Weather, from_deg: float | None, speed_m_s: float | None) -> Weather:
    """The scenario's weather with this wind; a class that it does not state follows from the new wind."""
    if speed_m_s is not None and not LOWEST_WIND_M_S <= speed_m_s < math.inf:
        raise DrillsimError(
            f"a wind of {speed_m_s:g} m/s: below {LOWEST_WIND_M_S:g} m/s at 10 m a cloud may go any way "
            "and no model here has an answer; state 1 m/s or more, and in a calm keep clear all round"
        )
    if from_deg is not None and not math.isfinite(from_deg):
        raise DrillsimError(f"a wind from {from_deg} degrees; it must lie in 0 to 360")
    given = {name: getattr(written, name) for name in sorted(written.model_fields_set)}
    if from_deg is not None:
        given["wind_from_deg"] = from_deg % 360.0
    if speed_m_s is not None:
        given["wind_speed_m_s"] = speed_m_s
    return Weather(**given)


def _begun(
    name: str,
    spec: Leak,
    scenario: Scenario,
    *,
    facility: Facility,
    record: WeatherRecord,
    start_s: float,
) -> LeakRun:
    try:
        return spec.begin(
            name,
            facility=facility,
            weather=record,
            conditions="emergency",
            streams=_Medians(0),
            drawn=lambda path, value: None,
            start_s=start_s,
            buildings=scenario.buildings,
        )
    except ValueError as fault:
        raise DrillsimError(f"hazard {name}: {fault}") from fault
