"""What a burning spill does to each space: heat on the ground in the open, blast everywhere.

Values are means over footprints. Whoever is under a roof is shielded from heat, not from blast. Not modelled:
shielding by containers, vehicles and walls, smoke, fire that spreads to other cargo, missiles of a vessel
that bursts, the blast of the bursting itself, and buildings that fall on people. Planning model, not for use
at a real incident.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from drillsim.hazards.cloud import footprints
from drillsim.hazards.combustion import heat_of_combustion_j_kg
from drillsim.hazards.fireball import Fireball, fireball, fireball_heat_w_m2
from drillsim.hazards.jet_fire import JET_RANGE_W, JetFire, jet_fire, jet_fire_heat_w_m2
from drillsim.hazards.pool_fire import PoolFire, pool_fire, pool_fire_heat_w_m2
from drillsim.hazards.vapour_explosion import FlammableCloud, flammable_plume, share_kg_m3, vapour_blast_pa

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.drift import SourceSegment
    from drillsim.hazards.substances import Substance
    from drillsim.hazards.weather import Weather

__all__ = ["Site", "Step", "burning_times", "flammable_of", "least_jet_kg_s", "thinned"]

CLASS: Final = 1.05
"""A fire that grows or fades is computed anew when its size has changed by so much."""
LOWER, UPPER = 0.9, 1.0
"""What explodes lies between 0.9 of the lower flammable limit and the upper one (ALOHA-TD 5; sheet 8.3)."""
_FINE_S, _FINE_END_S, _COARSE_S, _LONGEST_S = 10.0, 3600.0, 60.0, 86400.0
_DENSE_STEPS: Final = 2000


class Step(NamedTuple):
    """From ``time_s`` to the next step a fire of this size (m2 or kg/s; 0: out) in wind from ``from_deg``."""

    time_s: float
    size: float
    from_deg: float


@dataclass(slots=True)
class Site:
    """Sample points of the spaces around a fire at ``source_m``."""

    facility: Facility
    source_m: tuple[float, float]
    weather: Weather
    _known: dict[tuple[Any, ...], NDArray[np.float64]] = field(default_factory=dict)

    def _open(self) -> NDArray[np.bool_]:
        """Of each sample point, whether it lies in the open."""
        return np.asarray(self.facility.outdoors, dtype=np.bool_)[footprints(self.facility).space]

    def _mean(self, values: NDArray[np.float64], *, open_air: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Footprint means of values given at the points in the open; 0 under roofs."""
        everywhere = np.zeros(len(open_air))
        everywhere[open_air] = values
        return footprints(self.facility).average(everywhere)

    def _along(self, toward_deg: float, points: NDArray[np.float64]) -> tuple[Any, Any]:
        """Distances from the source along a bearing (0 north, 90 east) and to the left of it, m."""
        x, y = (points - np.asarray(self.source_m)).T
        sine, cosine = math.sin(math.radians(toward_deg)), math.cos(math.radians(toward_deg))
        return x * sine + y * cosine, y * sine - x * cosine

    def pool(self, area_m2: float, *, substance: str) -> PoolFire:
        """The fire of a pool in this weather."""
        air = self.weather
        return pool_fire(
            area_m2,
            substance=substance,
            wind_m_s=air.wind_speed_m_s,
            air_k=air.temperature_k,
            humidity=air.humidity,
        )

    def jet(self, rate_kg_s: float, *, substance: str) -> JetFire:
        """The flame of a jet in this weather."""
        return jet_fire(
            rate_kg_s,
            heat_of_combustion_j_kg=heat_of_combustion_j_kg(substance),
            air_k=self.weather.temperature_k,
            humidity=self.weather.humidity,
        )

    def ball(self, mass_kg: float, *, substance: str) -> Fireball:
        """The fireball of a vessel that bursts in this weather."""
        return fireball(
            mass_kg,
            heat_of_combustion_j_kg=heat_of_combustion_j_kg(substance),
            air_k=self.weather.temperature_k,
            humidity=self.weather.humidity,
        )

    def pool_kw_m2(self, step: Step, *, substance: str) -> NDArray[np.float64]:
        """Heat of a pool of ``step.size`` m2 that leans with the wind, kW/m2, shape (spaces,)."""
        fire = self.pool(step.size, substance=substance)
        open_air = self._open()
        along, aside = self._along(step.from_deg + 180.0, footprints(self.facility).points_m[open_air])
        return (
            self._mean(pool_fire_heat_w_m2(along, crosswind_m=aside, fire=fire), open_air=open_air) / 1000.0
        )

    def jet_kw_m2(self, step: Step, *, substance: str, toward_deg: float | None) -> NDArray[np.float64]:
        """Heat of a jet of ``step.size`` kg/s along a bearing, by default with the wind, kW/m2."""
        flame = self.jet(step.size, substance=substance)
        open_air = self._open()
        bearing = step.from_deg + 180.0 if toward_deg is None else toward_deg
        along, aside = self._along(bearing, footprints(self.facility).points_m[open_air])
        return self._mean(jet_fire_heat_w_m2(along, aside_m=aside, flame=flame), open_air=open_air) / 1000.0

    def ball_kw_m2(self, ball: Fireball) -> NDArray[np.float64]:
        """Heat of a fireball, kW/m2, shape (spaces,)."""
        open_air = self._open()
        along, aside = self._along(0.0, footprints(self.facility).points_m[open_air])
        return self._mean(fireball_heat_w_m2(np.hypot(along, aside), ball=ball), open_air=open_air) / 1000.0

    def blast_pa(
        self, *, energy_j: float, mach: float, centre_m: float, from_deg: float
    ) -> NDArray[np.float64]:
        """Side-on overpressure, Pa, shape (spaces,); the cloud's centre lies ``centre_m`` downwind."""
        spots = footprints(self.facility)
        along, aside = self._along(from_deg + 180.0, spots.points_m)
        distance = np.hypot(along - centre_m, aside)
        return spots.average(vapour_blast_pa(distance, energy_j=energy_j, mach=mach))


def burning_times(start_s: float, end_s: float) -> NDArray[np.float64]:
    """Times at which a fire is looked at: every 10 s for an hour, then every minute, for a day at most."""
    fine = np.arange(start_s, min(end_s, start_s + _FINE_END_S), _FINE_S)
    coarse = np.arange(start_s + _FINE_END_S, min(end_s, start_s + _LONGEST_S), _COARSE_S)
    return np.concatenate([fine, coarse])


def thinned(times_s: NDArray[np.float64], sizes: NDArray[np.float64]) -> list[tuple[float, float]]:
    """(time, size) wherever the size has changed by 5 % since the last one kept; ends and beginnings stay.

    What is kept depends on what came before only.

    >>> thinned(np.arange(4.0), np.array([100.0, 103.0, 106.0, 0.0]))
    [(0.0, 100.0), (2.0, 106.0), (3.0, 0.0)]
    """
    kept: list[tuple[float, float]] = []
    for time_s, size in zip(times_s.tolist(), sizes.tolist(), strict=True):
        last = kept[-1][1] if kept else 0.0
        changed = (size > 0.0) != (last > 0.0) or (size > 0.0 and not last / CLASS < size < last * CLASS)
        if changed or not kept:
            kept.append((time_s, size))
    return kept


def least_jet_kg_s(substance: str) -> float:
    """Rate below which the length of a jet flame has no answer; less is taken as no jet."""
    return JET_RANGE_W[0] / heat_of_combustion_j_kg(substance)


def flammable_of(
    part: SourceSegment, *, entry: Substance, weather: Weather, time_s: float = math.inf
) -> FlammableCloud:
    """Vapour of a steady plume between 0.9 of the lower limit and the upper one.

    Of a dense plume the sum along its axis of section times concentration; of a puff all or nothing, as it
    is at ``time_s``. ``ValueError`` where the limits are not known.
    """
    lower_pct, upper_pct = entry.need("lfl_vol_pct", "ufl_vol_pct")

    def kg_m3(percent: float) -> float:
        return share_kg_m3(
            percent, molar_mass_kg_mol=entry.molar_mass_kg_mol, temperature_k=weather.temperature_k
        )

    if part.puff is not None:
        age_s = time_s - part.start_s
        within = LOWER * lower_pct / 100.0 <= float(part.puff.share(age_s)) <= UPPER * upper_pct / 100.0
        mass_kg = part.rate_kg_s * (part.end_s - part.start_s) if within else 0.0
        return FlammableCloud(mass_kg, float(part.puff.centre_m(age_s)), float(part.puff.front_m(age_s)))
    if part.dense is None:
        return flammable_plume(
            part.rate_kg_s,
            wind_10m_m_s=part.speed_m_s,
            stability=weather.stability,
            lower_kg_m3=kg_m3(LOWER * lower_pct),
            upper_kg_m3=kg_m3(UPPER * upper_pct),
            terrain=weather.spread_terrain,
        )
    plume, reach = part.dense, part.dense.distance_m(LOWER * lower_pct / 100.0)
    edges = np.linspace(0.0, reach, _DENSE_STEPS + 1)
    x = 0.5 * (edges[1:] + edges[:-1])
    share = plume.share(x)
    burns = (share >= LOWER * lower_pct / 100.0) & (share <= UPPER * upper_pct / 100.0)
    # Its depth is such that a metre of it holds rate / U kilograms, whatever the concentration there.
    mass = np.where(burns, part.rate_kg_s / plume.wind_10m_m_s, 0.0) * np.diff(edges)
    total = float(mass.sum())
    if total == 0.0:
        return FlammableCloud(0.0, 0.0, reach)
    return FlammableCloud(total, float((mass * x).sum()) / total, reach)
