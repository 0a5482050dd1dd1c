"""Vapour cloud explosion: what of a cloud can burn, and the blast of it.

Planning model, not for use at a real incident. Blast by Baker-Strehlow-Tang as fitted in ALOHA-TD 5, or by
the weight of TNT. Distances of a blast count from the cloud's centre of mass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from drillsim.hazards.constants import P0_PA
from drillsim.hazards.plume import LIMIT_M, kg_m3_of, sigma_y, sigma_z, transport_wind
from drillsim.hazards.reach import falling_reach_m

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "DETONATION_MACH",
    "FlammableCloud",
    "explosion_energy_j",
    "flame_mach",
    "flammable_cloud",
    "flammable_mass_kg",
    "flammable_plume",
    "flammable_reach_m",
    "reactivity_of",
    "rmp_one_psi_m",
    "share_kg_m3",
    "tnt_blast_pa",
    "tnt_equivalent_kg",
    "tnt_reach_m",
    "vapour_blast_pa",
    "vapour_blast_reach_m",
]

DETONATION_MACH: Final = 5.2
TNT_J_KG: Final = 4.52e6
"""Energy of TNT (4.19 to 4.65 MJ/kg in the sources; sheet 8.4)."""
TEN_SECONDS: Final = (10.0 / 180.0) ** 0.2
"""Factor on the crosswind spread from the 3-minute mean of the plume to one of 10 s."""

_CURVES: Final = {  # flame Mach -> A, B, C, plateau D, its end x0 (ALOHA-TD 5)
    0.2: (0.0335, 0.8359, -1.1192, 0.065, 0.35),
    0.35: (0.1041, 0.8642, -1.0568, 0.22, 0.32),
    0.7: (0.3764, 0.7439, -1.2728, 0.65, 0.30),
    DETONATION_MACH: (0.2932, 1.399, -1.1591, 20.0, 0.16),
}
_MACH: Final = {
    "low": {"low": 0.026, "medium": 0.23, "high": 0.34},
    "medium": {"low": 0.11, "medium": 0.44, "high": 0.50},
    "high": {"low": 0.36, "medium": DETONATION_MACH, "high": DETONATION_MACH},
}
_REACTIVITY: Final = {  # memory - check; all others are medium
    "methane": "low",
    "carbon_monoxide": "low",
    "ammonia": "low",
    "hydrogen": "high",
    "acetylene": "high",
    "ethylene_oxide": "high",
    "propylene_oxide": "high",
}


class FlammableCloud(NamedTuple):
    """Vapour between two concentrations; ``mass_kg`` 0 leaves the places at the source."""

    mass_kg: float
    centre_m: float  # of mass, downwind of the source
    reach_m: float  # farthest place above the lower concentration


def reactivity_of(substance_id: str) -> str:
    """low, medium or high; medium for every fuel not listed (lists from memory - check; confidence low)."""
    return _REACTIVITY.get(substance_id, "medium")


def flame_mach(reactivity: str, *, congestion: str) -> float:
    """Mach number of the flame by fuel and obstacles, each low, medium or high; 5.2 where it detonates.

    >>> flame_mach("medium", congestion="high")
    0.5
    """
    if reactivity not in _MACH or congestion not in _MACH:
        raise ValueError(f"reactivity {reactivity!r}, congestion {congestion!r}; low, medium or high")
    return _MACH[reactivity][congestion]


def explosion_energy_j(flammable_kg: float, *, heat_of_combustion_j_kg: float, share: float = 0.2) -> float:
    """2 m Hc, the 2 for the ground; ``share`` of the flammable mass: 0.2, or 1 where it detonates."""
    if not (0.0 <= flammable_kg < math.inf and heat_of_combustion_j_kg > 0.0 and 0.0 < share <= 1.0):
        raise ValueError(
            f"{flammable_kg} kg, {heat_of_combustion_j_kg} J/kg, share {share}; not below 0, share to 1"
        )
    return 2.0 * share * flammable_kg * heat_of_combustion_j_kg


def _curve(scaled: NDArray[np.float64], mach: float) -> NDArray[np.float64]:
    a, b, c, plateau, end = _CURVES[mach]
    x = np.maximum(scaled, end)
    return np.asarray(np.where(scaled < end, plateau, a * b ** (1.0 / x) * x**c))


def vapour_blast_pa(distance_m: Any, *, energy_j: float, mach: float, ambient_pa: float = P0_PA) -> Any:
    """Side-on overpressure, Pa, at ``distance_m`` >= 0 from the cloud's centre; any shape.

    p/p0 = A B^(1/x) x^C from x0 outwards, the plateau D inside; x = r (p0/E)^(1/3). Linear in Mach between
    two curves, the lowest curve below Mach 0.2 (sheet 8.3). Raises ``ValueError`` beyond Mach 5.2. No blast
    without energy.
    """
    distance = np.asarray(distance_m, dtype=float)
    if not (np.all(distance >= 0.0) and 0.0 <= energy_j < math.inf and ambient_pa > 0.0):
        raise ValueError("a distance or an energy below 0 or not finite, or no pressure of the air")
    if not 0.0 < mach <= DETONATION_MACH:
        raise ValueError(f"a flame of Mach {mach}; the curves hold up to {DETONATION_MACH}")
    if energy_j == 0.0:
        return np.zeros_like(distance)
    scaled = distance * (math.cbrt(ambient_pa) / math.cbrt(energy_j))
    held = max(mach, 0.2)
    low = max(known for known in _CURVES if known <= held)
    high = min(known for known in _CURVES if known >= held)
    weight = (held - low) / (high - low) if high > low else 0.0
    return ambient_pa * ((1.0 - weight) * _curve(scaled, low) + weight * _curve(scaled, high))


def vapour_blast_reach_m(
    level_pa: float, *, energy_j: float, mach: float, ambient_pa: float = P0_PA
) -> float:
    """Distance from the cloud's centre, m, to ``level_pa``; 0 where the blast never gets there.

    >>> energy = explosion_energy_j(4.6, heat_of_combustion_j_kg=46.35e6, share=1.0)
    >>> round(9.5 + vapour_blast_reach_m(6894.757, energy_j=energy, mach=5.2), 1)
    70.9
    """
    return falling_reach_m(
        lambda x: float(vapour_blast_pa(x, energy_j=energy_j, mach=mach, ambient_pa=ambient_pa)), level_pa
    )


def tnt_equivalent_kg(mass_kg: float, *, heat_of_combustion_j_kg: float, efficiency: float) -> float:
    """eta m Hc / 4.52 MJ/kg; ``efficiency`` 0.02 to 0.2 in the sources (sheet 8.4)."""
    if not (0.0 <= mass_kg < math.inf and heat_of_combustion_j_kg > 0.0 and 0.02 <= efficiency <= 0.2):
        raise ValueError(f"{mass_kg} kg, efficiency {efficiency}; mass 0 or more, efficiency 0.02 to 0.2")
    return efficiency * mass_kg * heat_of_combustion_j_kg / TNT_J_KG


def tnt_blast_pa(distance_m: Any, *, tnt_kg: float, ambient_pa: float = P0_PA) -> Any:
    """Side-on overpressure of TNT, Pa (Kinney and Graham; sheet 8.4); Z = x / W^(1/3), any shape."""
    distance = np.asarray(distance_m, dtype=float)
    if not (np.all(distance >= 0.0) and 0.0 <= tnt_kg < math.inf):
        raise ValueError("a distance or a weight of TNT below 0 or not finite")
    if tnt_kg == 0.0:
        return np.zeros_like(distance)
    z = distance / math.cbrt(tnt_kg)
    below = np.sqrt(1.0 + (z / 0.048) ** 2) * np.sqrt(1.0 + (z / 0.32) ** 2) * np.sqrt(1.0 + (z / 1.35) ** 2)
    return ambient_pa * 808.0 * (1.0 + (z / 4.5) ** 2) / below


def tnt_reach_m(level_pa: float, *, tnt_kg: float) -> float:
    """Distance, m, at which TNT gives ``level_pa``."""
    return falling_reach_m(lambda x: float(tnt_blast_pa(x, tnt_kg=tnt_kg)), level_pa)


def rmp_one_psi_m(mass_kg: float, *, heat_of_combustion_j_kg: float) -> float:
    """Distance to 1 psi by EPA's RMP guidance: 17 (0.1 m Hc / 4.68 MJ)^(1/3) (memory, confidence low)."""
    if not (0.0 <= mass_kg < math.inf and heat_of_combustion_j_kg > 0.0):
        raise ValueError(f"{mass_kg} kg of {heat_of_combustion_j_kg} J/kg; the mass must be 0 or more")
    return 17.0 * math.cbrt(0.1 * mass_kg * heat_of_combustion_j_kg / 4.68e6)


def share_kg_m3(
    percent: float, *, molar_mass_kg_mol: float, temperature_k: float, pressure_pa: float = P0_PA
) -> float:
    """Mass of vapour per volume of air, kg/m3, at ``percent`` by volume (ideal gas)."""
    return float(
        kg_m3_of(
            1e4 * percent,
            molar_mass_kg_mol=molar_mass_kg_mol,
            temperature_k=temperature_k,
            pressure_pa=pressure_pa,
        )
    )


def flammable_plume(
    rate_kg_s: float,
    *,
    wind_10m_m_s: float,
    stability: str,
    lower_kg_m3: float,
    upper_kg_m3: float,
    terrain: str = "rural",
    spread: float = TEN_SECONDS,
) -> FlammableCloud:
    """Vapour between two concentrations of a steady passive plume on the ground.

    Across the wind the integral is closed: Q/U (min(C0, upper) - lower)/C0, C0 on the axis; along it a
    midpoint sum of geometric steps. ``spread`` multiplies the crosswind spread of the 3-minute plume, by
    default to a mean of 10 s. A dense cloud holds more: use :func:`flammable_cloud` on its concentration.
    """
    if not (rate_kg_s >= 0.0 and 0.0 < lower_kg_m3 < upper_kg_m3 and spread > 0.0):
        raise ValueError(f"{rate_kg_s} kg/s between {lower_kg_m3} and {upper_kg_m3} kg/m3; lower below upper")
    if rate_kg_s == 0.0:
        return FlammableCloud(0.0, 0.0, 0.0)
    wind = transport_wind(wind_10m_m_s, stability=stability, terrain=terrain)
    edges = np.geomspace(1e-3, LIMIT_M, 20_001)
    x = np.sqrt(edges[1:] * edges[:-1])
    area = (
        math.pi * sigma_y(x, stability=stability) * spread * sigma_z(x, stability=stability, terrain=terrain)
    )
    axis = rate_kg_s / (wind * area)
    mass = rate_kg_s / wind * np.maximum(np.minimum(axis, upper_kg_m3) - lower_kg_m3, 0.0) / axis
    mass *= np.diff(edges)
    if mass[-1] > 0.0:
        raise ValueError(f"a flammable cloud longer than {LIMIT_M:.0f} m; the model does not report that")
    total = float(mass.sum())
    if total == 0.0:
        return FlammableCloud(0.0, 0.0, 0.0)
    return FlammableCloud(total, float((mass * x).sum()) / total, float(x[mass > 0.0].max()))


def flammable_mass_kg(cloud: FlammableCloud) -> float:
    """Its mass, kg; for sums on paper."""
    return cloud.mass_kg


def flammable_reach_m(cloud: FlammableCloud) -> float:
    """Its farthest place above the lower concentration, m; for sums on paper."""
    return cloud.reach_m


def flammable_cloud(
    concentration: Callable[[Any, Any, Any], Any],
    *,
    x_edges_m: NDArray[np.float64],
    y_edges_m: NDArray[np.float64],
    z_edges_m: NDArray[np.float64],
    lower_kg_m3: float,
    upper_kg_m3: float,
) -> FlammableCloud:
    """Vapour between two concentrations of any cloud, summed over a grid of rising edges.

    ``concentration`` takes x (nx, 1, 1), y (1, ny, 1), z (1, 1, nz) of the cells' middles, m, and returns
    kg/m3. The grid must hold the whole cloud; its fineness is the caller's.
    """
    if not 0.0 < lower_kg_m3 < upper_kg_m3:
        raise ValueError(f"between {lower_kg_m3} and {upper_kg_m3} kg/m3; lower must be above 0, below upper")
    edges = (x_edges_m, y_edges_m, z_edges_m)
    x, y, z = np.ix_(*(0.5 * (along[1:] + along[:-1]) for along in edges))
    dx, dy, dz = np.ix_(*(np.diff(along) for along in edges))
    density = np.asarray(concentration(x, y, z), dtype=float)
    if not np.all(np.isfinite(density)):
        raise ValueError("the concentration is not finite everywhere on the grid")
    burns = (density >= lower_kg_m3) & (density <= upper_kg_m3)
    mass = np.where(burns, density, 0.0) * (dx * dy * dz)
    total = float(mass.sum())
    if total == 0.0:
        return FlammableCloud(0.0, 0.0, 0.0)
    above = (density >= lower_kg_m3).any(axis=(1, 2))
    return FlammableCloud(total, float((mass * x).sum()) / total, float(x[above].max()))
