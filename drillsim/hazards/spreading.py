"""How far a pool of liquid spreads: gravity against inertia (Briscoe and Shaw), down to a least depth."""

from __future__ import annotations

import math

from drillsim.hazards.constants import GRAVITY_M_S2
from drillsim.hazards.ground import WATER_DENSITY_KG_M3, Ground

__all__ = [
    "fed_radius_m",
    "pool_area_m2",
    "pool_diameter_m",
    "released_radius_m",
    "spread_area_m2",
    "spreading_gravity_m_s2",
]


def released_radius_m(time_s: float, *, volume_m3: float, radius_m: float = 0.0) -> float:
    """Radius of a volume let go at once: r^2 = r0^2 + t sqrt(8 g V / pi), without loss (Briscoe-Shaw).

    Raises ``ValueError`` for a negative time, volume or radius.
    """
    _not_negative(time_s=time_s, volume_m3=volume_m3, radius_m=radius_m)
    return math.sqrt(radius_m**2 + time_s * math.sqrt(8.0 * GRAVITY_M_S2 * volume_m3 / math.pi))


def fed_radius_m(time_s: float, *, volume_rate_m3_s: float) -> float:
    """Radius of a pool fed at a constant rate: r = (32 g V' / 9 pi)^1/4 t^3/4, without loss (Briscoe-Shaw).

    Raises ``ValueError`` for a negative time or rate.
    """
    _not_negative(time_s=time_s, volume_rate_m3_s=volume_rate_m3_s)
    return float((32.0 * GRAVITY_M_S2 * volume_rate_m3_s / (9.0 * math.pi)) ** 0.25 * time_s**0.75)


def spread_area_m2(
    area_m2: float,
    *,
    volume_before_m3: float,
    volume_after_m3: float,
    seconds: float,
    least_depth_m: float,
    largest_m2: float | None = None,
    gravity_m_s2: float = GRAVITY_M_S2,
) -> float:
    """Area after ``seconds`` of a pool of ``area_m2`` whose volume goes evenly from the one to the other.

    dr/dt = sqrt(2 g d) makes the area grow by sqrt(8 pi g V) a second; exact for a volume linear in time.
    It stops at ``least_depth_m`` or ``largest_m2`` (bund, kerb) and never shrinks. Raises ``ValueError`` for
    a negative figure or a least depth that is not positive.
    """
    if not (least_depth_m > 0.0 and min(area_m2, volume_before_m3, volume_after_m3, seconds) >= 0.0):
        raise ValueError(
            f"a pool of {area_m2} m2, {volume_before_m3} to {volume_after_m3} m3 in {seconds} s down to "
            f"{least_depth_m} m; none may be negative and the depth must be above 0"
        )
    before, after = math.sqrt(volume_before_m3), math.sqrt(volume_after_m3)
    if before + after == 0.0:
        return area_m2
    mean_root = 2.0 / 3.0 * (volume_before_m3 + before * after + volume_after_m3) / (before + after)
    area = area_m2 + seconds * math.sqrt(8.0 * math.pi * gravity_m_s2) * mean_root
    area = min(area, volume_after_m3 / least_depth_m)
    return max(area_m2, area if largest_m2 is None else min(area, largest_m2))


def spreading_gravity_m_s2(ground: Ground, *, density_kg_m3: float) -> float:
    """Gravity that drives the spreading: g on ground, g (1 - rho / rho_w) on water.

    Yellow Book, from memory; confidence low. Raises ``ValueError`` for a liquid that sinks.
    """
    if ground.film_w_m2_k is None:
        return GRAVITY_M_S2
    if not density_kg_m3 < WATER_DENSITY_KG_M3:
        raise ValueError(
            f"a liquid of {density_kg_m3} kg/m3 sinks in water; a pool on water holds below "
            f"{WATER_DENSITY_KG_M3:.0f} kg/m3"
        )
    return GRAVITY_M_S2 * (1.0 - density_kg_m3 / WATER_DENSITY_KG_M3)


def pool_diameter_m(*, volume_m3: float, depth_m: float) -> float:
    """Diameter of a round pool of given volume and depth: sqrt(4 V / (pi depth)).

    Raises ``ValueError`` unless the volume is not negative and the depth positive.

    >>> round(pool_diameter_m(volume_m3=28.3, depth_m=0.02), 2)  # Yellow Book: benzene, 42.445 m
    42.45
    """
    return math.sqrt(4.0 * pool_area_m2(volume_m3=volume_m3, depth_m=depth_m) / math.pi)


def pool_area_m2(*, volume_m3: float, depth_m: float) -> float:
    """Area of a pool of given volume and depth; raises ``ValueError`` as :func:`pool_diameter_m`."""
    if not (volume_m3 >= 0.0 and depth_m > 0.0):
        raise ValueError(f"{volume_m3} m3 at a depth of {depth_m} m; not negative, and above 0")
    return volume_m3 / depth_m


def _not_negative(**figures: float) -> None:
    for name, figure in figures.items():
        if not figure >= 0.0:
            raise ValueError(f"{name} is {figure}; it must not be negative")
