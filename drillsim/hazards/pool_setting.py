"""What a pool is made of, what it lies on and how it may spread and drain."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from drillsim.hazards.evaporation import BOILING_PA, MODELS, EvaporationModel
from drillsim.hazards.ground import CONCRETE, Ground
from drillsim.hazards.spreading import spreading_gravity_m_s2
from drillsim.hazards.substances import Substance
from drillsim.hazards.weather import Weather

__all__ = ["PoolSetting"]


@dataclass(frozen=True, slots=True)
class PoolSetting:
    """What a pool is made of and lies in; its area never shrinks while liquid is left.

    ``spread`` "given": it spreads as it is fed, at the depth that gives ``area_m2`` once ``amount_kg`` has
    reached the ground. "free": it spreads by gravity (:mod:`spreading`) to the least depth of the ground,
    within ``area_m2`` (bund, kerb) if that is given. ``ground_k``: None for that of the air. Open drains take
    ``drain_share`` of what runs out, and ``drain_kg_s`` of what lies there, until they are shut.
    """

    substance: Substance
    amount_kg: float
    area_m2: float | None
    weather: Weather
    ground: Ground = CONCRETE
    spread: Literal["given", "free"] = "given"
    model: EvaporationModel = "brighton"
    ground_k: float | None = None
    drain_share: float = 0.0
    drain_kg_s: float = 0.0

    @property
    def boils_k(self) -> float:
        """From this temperature on the pool boils: the vapour pressure is :data:`evaporation.BOILING_PA`."""
        a, b, c = self.substance.need("antoine_a_log10_pa", "antoine_b_k", "antoine_c_k")
        return b / (a - math.log10(BOILING_PA)) - c

    @property
    def start_k(self) -> float:
        """Of liquid whose temperature nobody states: that of the air, but no hotter than boiling."""
        return min(self.weather.temperature_k, self.boils_k)

    def check(self) -> None:
        """Raise ``ValueError`` where the model has no answer: a missing property, no vapour pressure at the
        pool's first temperature, a boiling pool in an isothermal model, a pool without area, a drain that
        takes less than nothing or more than all."""
        need = ["molar_mass_g_mol", "liquid_heat_capacity_j_kg_k", "boiling_point_k"]
        self.substance.need(*need, *(["liquid_density_kg_m3_20c"] if self.spread == "free" else []))
        pressure = self.substance.vapour_pressure_pa(self.start_k)
        self.substance.heat_of_vaporization(self.start_k)
        if self.model not in MODELS:
            raise ValueError(f"{self.model} is no model of evaporation; {', '.join(MODELS)} are")
        if self.model != "brighton" and (pressure > BOILING_PA or self.boils_k <= self.weather.temperature_k):
            raise ValueError(
                f"{self.substance.id} boils at {self.boils_k:.1f} K, the air has "
                f"{self.weather.temperature_k} K; {self.model} holds for pools that do not boil"
            )
        if self.area_m2 is None and self.spread == "given":
            raise ValueError("a pool of given area needs area_m2; without it the spread must be free")
        if self.area_m2 is not None and not self.area_m2 > 0.0:
            raise ValueError(f"a pool of {self.area_m2} m2; it must be above 0")
        if not (0.0 <= self.drain_share <= 1.0 and self.drain_kg_s >= 0.0):
            raise ValueError(
                f"drains that take {self.drain_share} of the feed and {self.drain_kg_s} kg/s; "
                "a share lies between 0 and 1, a rate is not negative"
            )
        if self.spread == "free":
            spreading_gravity_m_s2(self.ground, density_kg_m3=self._density())

    def _density(self) -> float:
        return self.substance.need("liquid_density_kg_m3_20c")[0]
