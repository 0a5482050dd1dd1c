"""What is done about a leak before anything is measured: first isolation, protection downwind, stand-off.

By the Emergency Response Guidebook as far as it is known here (:mod:`drillsim.hazards.isolation`); of a tank
of liquefied flammable gas also the heat of the fireball it may become.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.combustion import heat_of_combustion_j_kg, heats_of_combustion
from drillsim.hazards.fireball import fireball, fireball_reach_m
from drillsim.hazards.isolation import (
    PRECAUTIONS,
    Approach,
    approach,
    initial_isolation,
    protective_action,
    protective_zone,
    spill_size,
)
from drillsim.hazards.source import Tank

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.isolation import Distance, Spill, State
    from drillsim.hazards.weather import Weather
    from drillsim.study.undisturbed import UndisturbedLeak

__all__ = ["DAY_S", "FirstDistances", "Precaution", "first_distances"]

DAY_S: Final = (6.0 * 3600.0, 18.0 * 3600.0)
"""Day by the wall clock, for the guidebook's "day" and "night"; a rule of this product, confidence low."""
_FLAMMABLE: Final = frozenset({"2.1", "3"})
_FIREBALL_W_M2: Final = 5e3  # second-degree burns within 60 s (ALOHA)


class Precaution(NamedTuple):
    """What may come of the leak, and how far from it people should then be; ``kind`` names the case."""

    kind: str
    distance_m: float
    source: str


@dataclass(frozen=True)
class FirstDistances:
    """Distances of the first 30 min; ``None``: not known here, look it up in the guidebook."""

    guide: str
    state: State
    spill: Spill
    night: bool
    isolation: Distance | None
    protection: Distance | None
    """Downwind, for a material of the guidebook's Table 1; others have none."""
    toxic_by_inhalation: bool
    """Whether the guidebook's Table 1 decides: then a distance that is ``None`` exists, but not here."""
    approach: Approach | None
    """From upwind, out of the isolation distance."""
    square_m: NDArray[np.float64] | None
    """Corners (4, 2) of the protective square downwind."""
    precautions: tuple[Precaution, ...]


def first_distances(
    leak: UndisturbedLeak, *, weather: Weather, from_deg: float, clock_s: float
) -> FirstDistances:
    """Distances around a leak at the wall clock ``clock_s``, with the wind from ``from_deg``."""
    entry = leak.run.substance
    state = _state(leak, weather.temperature_k)
    spill = _spill(leak, state)
    night = not DAY_S[0] <= clock_s % 86400.0 < DAY_S[1]
    isolation = initial_isolation(entry.un_number, imdg_class=entry.imdg_class, state=state, spill=spill)
    protection = protective_action(entry.un_number, spill=spill, night=night)
    source_m = leak.run.cloud.source_m
    return FirstDistances(
        guide=entry.erg_guide,
        state=state,
        spill=spill,
        night=night,
        isolation=isolation,
        protection=protection,
        toxic_by_inhalation=isolation is None or not isolation.at_least,
        approach=None
        if isolation is None
        else approach(source_m, from_deg=from_deg, distance_m=isolation.distance_m),
        square_m=None
        if protection is None
        else protective_zone(source_m, from_deg=from_deg, distance_m=protection.distance_m),
        precautions=tuple(_precautions(leak, weather=weather, state=state, spill=spill)),
    )


def _state(leak: UndisturbedLeak, air_k: float) -> State:
    entry = leak.run.substance
    if entry.boiling_point_k is not None and entry.boiling_point_k <= air_k:
        return "gas"
    melts = entry.melting_point_k is not None and entry.melting_point_k > air_k
    return "solid" if melts and leak.spec.source is None else "liquid"


def _spill(leak: UndisturbedLeak, state: State) -> Spill:
    density = leak.run.substance.liquid_density_kg_m3_20c
    if leak.released_kg <= 0.0:  # a pipe that goes on being fed
        return "large"
    if state == "liquid" and density is not None:
        return spill_size(volume_m3=leak.released_kg / density)
    return spill_size(mass_kg=leak.released_kg)


def _precautions(leak: UndisturbedLeak, *, weather: Weather, state: State, spill: Spill) -> list[Precaution]:
    entry, tank = leak.run.substance, leak.spec.source
    if not _FLAMMABLE & set(entry.imdg_class.split("/")):
        return []
    kinds = ["large-flammable-spill"] if spill == "large" else []
    if isinstance(tank, Tank):
        kinds.append("tank-in-fire")
        if state == "gas" and tank.fill is not None:
            kinds.append("bleve")
    found = [Precaution(kind, PRECAUTIONS[kind].distance_m, PRECAUTIONS[kind].source) for kind in kinds]
    if "bleve" in kinds and entry.id in heats_of_combustion():
        ball = fireball(
            leak.released_kg,
            heat_of_combustion_j_kg=heat_of_combustion_j_kg(entry.id),
            air_k=weather.temperature_k,
            humidity=weather.humidity,
        )
        reach = fireball_reach_m(ball, level_w_m2=_FIREBALL_W_M2)
        found.append(
            Precaution("fireball", reach, "ALOHA-TD 6: 5 kW/m2 of the fireball of all that it holds")
        )
    return found
