"""Fireball of a vessel of liquefied gas that bursts in a fire (BLEVE).

Planning model, not for use at a real incident. Agrees with ALOHA within 3 % (case V12 of the sheet).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from drillsim.hazards.combustion import transmissivity, water_vapour_pa
from drillsim.hazards.reach import falling_reach_m

__all__ = [
    "Fireball",
    "fireball",
    "fireball_diameter_m",
    "fireball_duration_s",
    "fireball_heat_w_m2",
    "fireball_reach_m",
]


@dataclass(frozen=True, slots=True)
class Fireball:
    """A fireball that touches the ground; its centre is half a diameter up."""

    diameter_m: float
    duration_s: float
    surface_power_w_m2: float
    vapour_pa: float

    def beneath(self, distance_m: float) -> bool:
        """Whether somebody at this distance from the vessel stands under or in the ball."""
        return distance_m <= 0.5 * self.diameter_m


def fireball_diameter_m(mass_kg: float) -> float:
    """5.8 M^(1/3), m; 0 for no mass (ALOHA-TD 6; sheet 8.1).

    >>> round(fireball_diameter_m(16037.0), 1)
    146.3
    """
    if not 0.0 <= mass_kg < math.inf:
        raise ValueError(f"a fireball of {mass_kg} kg; the mass must be 0 or more and finite")
    return float(5.8 * math.cbrt(mass_kg))


def fireball_duration_s(mass_kg: float, *, rule: str = "aloha") -> float:
    """How long it burns, s: 0.45 M^(1/3) below 30 t; above, 0.852 M^0.26 (aloha) or 2.6 M^(1/6) (ccps).

    The rules of ``ccps`` join at 30 t within 4 %, those of ``aloha`` within 12 %. From memory - check;
    confidence low. Raises ``ValueError`` for another rule.
    """
    fireball_diameter_m(mass_kg)
    if rule not in ("aloha", "ccps"):
        raise ValueError(f"no rule of duration {rule!r}; aloha or ccps")
    if mass_kg < 30_000.0:
        return float(0.45 * math.cbrt(mass_kg))
    return float(0.852 * mass_kg**0.26 if rule == "aloha" else 2.6 * mass_kg ** (1.0 / 6.0))


def fireball(
    mass_kg: float,
    *,
    heat_of_combustion_j_kg: float,
    air_k: float = 293.15,
    humidity: float = 0.6,
    rule: str = "aloha",
) -> Fireball:
    """Fireball of ``mass_kg``: its surface gives 350 kW/m2 times Hc / 46 MJ/kg (ALOHA-TD 6; sheet 8.1)."""
    if not 0.0 < heat_of_combustion_j_kg < math.inf:
        raise ValueError(f"a heat of combustion of {heat_of_combustion_j_kg} J/kg; it must be above 0")
    return Fireball(
        fireball_diameter_m(mass_kg),
        fireball_duration_s(mass_kg, rule=rule),
        350e3 * heat_of_combustion_j_kg / 46e6,
        water_vapour_pa(air_k, humidity=humidity),
    )


def fireball_heat_w_m2(distance_m: Any, *, ball: Fireball) -> Any:
    """Heat on an upright target facing the ball, W/m2; ``distance_m`` >= 0 from the vessel, any shape.

    SEP r^2 x / (x^2 + r^2)^1.5 tau over a path of sqrt(x^2 + r^2) - r. Beneath the ball
    (:meth:`Fireball.beneath`) it is the surface's own power: the view factor of an upright target
    falls to 0 there, which the heat does not.
    """
    x = np.asarray(distance_m, dtype=float)
    if not np.all(x >= 0.0):
        raise ValueError("a distance below 0 or not a number")
    r = 0.5 * ball.diameter_m
    if r == 0.0:
        return np.zeros_like(x)
    slant = np.hypot(x, r)
    facing = r**2 * x / slant**3
    tau = transmissivity(slant - r, vapour_pa=ball.vapour_pa)
    return ball.surface_power_w_m2 * np.where(x <= r, 1.0, facing * tau)


def fireball_reach_m(ball: Fireball, *, level_w_m2: float) -> float:
    """Distance from the vessel, m, at which the heat falls to ``level_w_m2``; 0 if it never gets there.

    >>> ball = fireball(16037.0, heat_of_combustion_j_kg=46.35e6, air_k=288.15)
    >>> [round(fireball_reach_m(ball, level_w_m2=level)) for level in (10e3, 5e3, 2e3)]
    [339, 479, 748]
    """
    return falling_reach_m(lambda x: float(fireball_heat_w_m2(x, ball=ball)), level_w_m2)
