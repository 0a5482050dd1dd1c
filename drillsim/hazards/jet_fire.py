"""Jet fire of a gas leak: length and heat of the flame.

Planning model, not for use at a real incident. Wind and lift of the flame are left out; a factor 1.5 at best.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from drillsim.hazards.combustion import transmissivity, water_vapour_pa
from drillsim.hazards.reach import falling_reach_m

__all__ = [
    "JET_RADIANT_SHARE",
    "JET_RANGE_W",
    "JetFire",
    "jet_fire",
    "jet_fire_heat_w_m2",
    "jet_fire_reach_m",
    "jet_flame_length_m",
    "jet_radiant_share",
]

JET_RANGE_W: Final = (3e5, 3e10)
"""Heat released within which the length holds: the span of API RP 521's chart, memory; confidence low."""
JET_RADIANT_SHARE: Final = 0.25
"""Share of heat radiated where the jet's speed is not known (Cook et al. 1990, memory; confidence low)."""
_WIDTH: Final = 0.25  # far end's width over length (Considine and Grint 1985, memory; confidence low)


@dataclass(frozen=True, slots=True)
class JetFire:
    """A straight flame, a cone with its tip at the leak, as wide at the far end as 0.25 of its length."""

    length_m: float
    radiated_w: float
    vapour_pa: float

    @property
    def surface_power_w_m2(self) -> float:
        radius = 0.5 * _WIDTH * self.length_m
        return self.radiated_w / (math.pi * radius * math.hypot(self.length_m, radius))

    def in_flame(self, ahead_m: float, aside_m: float = 0.0) -> bool:
        """Whether a place so far along the jet from the leak, and off its axis, lies in the flame."""
        return 0.0 <= ahead_m <= self.length_m and abs(aside_m) <= 0.5 * _WIDTH * ahead_m


def jet_flame_length_m(rate_kg_s: float, *, heat_of_combustion_j_kg: float) -> float:
    """0.00326 (m Hc)^0.478, m (API RP 521's chart, fit of Cook et al. 1990; memory, confidence low).

    Considine and Grint's 9.1 sqrt(m) for LPG gives 0.6 to 0.7 of it. Raises ``ValueError`` beyond
    :data:`JET_RANGE_W`.

    >>> round(jet_flame_length_m(1.0, heat_of_combustion_j_kg=46.35e6), 1)
    15.1
    """
    released = rate_kg_s * heat_of_combustion_j_kg
    if not JET_RANGE_W[0] <= released <= JET_RANGE_W[1]:
        raise ValueError(
            f"a jet fire of {released:.3g} W; the length holds from {JET_RANGE_W[0]:.0e} "
            f"to {JET_RANGE_W[1]:.0e} W"
        )
    return float(0.00326 * released**0.478)


def jet_radiant_share(jet_speed_m_s: float) -> float:
    """Share of the heat radiated: 0.21 exp(-0.00323 u) + 0.11 (Chamberlain 1987; memory, confidence medium).

    For natural gas; heavier gases radiate more.
    """
    if not 0.0 <= jet_speed_m_s < math.inf:
        raise ValueError(f"a jet of {jet_speed_m_s} m/s; it must be 0 or more and finite")
    return 0.21 * math.exp(-0.00323 * jet_speed_m_s) + 0.11


def jet_fire(
    rate_kg_s: float,
    *,
    heat_of_combustion_j_kg: float,
    radiant_share: float = JET_RADIANT_SHARE,
    air_k: float = 293.15,
    humidity: float = 0.6,
) -> JetFire:
    """Flame of a gas that leaves at ``rate_kg_s``."""
    if not 0.0 < radiant_share <= 1.0:
        raise ValueError(f"a radiant share of {radiant_share}; it must lie above 0 and not above 1")
    return JetFire(
        jet_flame_length_m(rate_kg_s, heat_of_combustion_j_kg=heat_of_combustion_j_kg),
        radiant_share * rate_kg_s * heat_of_combustion_j_kg,
        water_vapour_pa(air_k, humidity=humidity),
    )


def jet_fire_heat_w_m2(ahead_m: Any, *, aside_m: Any = 0.0, flame: JetFire) -> Any:
    """Heat, W/m2, at places along the jet from the leak and off its axis; any shape.

    Points spread evenly along the axis: P tau/(4 pi L) times the integral of ds/r^2, in closed form. In the
    flame (:meth:`JetFire.in_flame`) it is the surface's own power, and nowhere more.
    """
    x, y = np.broadcast_arrays(np.asarray(ahead_m, dtype=float), np.abs(np.asarray(aside_m, dtype=float)))
    if not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        raise ValueError("a place that is not finite")
    length, thin = flame.length_m, 1e-6 * flame.length_m  # nearer the axis than this, y makes no difference
    off = np.maximum(y, thin)
    seen = np.arctan2(off * length, off**2 + x * (x - length)) / off  # angle under which the flame is seen
    path = np.hypot(x - np.clip(x, 0.0, length), y)
    heat = (
        flame.radiated_w / (4.0 * math.pi * length) * seen * transmissivity(path, vapour_pa=flame.vapour_pa)
    )
    inside = (x >= 0.0) & (x <= length) & (y <= 0.5 * _WIDTH * x)
    return np.where(inside, flame.surface_power_w_m2, np.minimum(heat, flame.surface_power_w_m2))


def jet_fire_reach_m(flame: JetFire, *, level_w_m2: float) -> float:
    """Greatest distance ahead of the leak, m, at which the heat is ``level_w_m2``: the jet points there."""
    return falling_reach_m(lambda x: float(jet_fire_heat_w_m2(x, flame=flame)), level_w_m2)
