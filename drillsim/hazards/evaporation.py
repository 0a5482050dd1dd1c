"""Formulas for the vapour that a pool gives off.

Brighton (1985) is the model of :mod:`pool`. The isothermal Mackay-Matsugu formula stands beside it for
comparison; without cooling it gives 1.6 to 2 times ALOHA.
"""

from __future__ import annotations

import math
from typing import Final

__all__ = [
    "P0_PA",
    "R_J_MOL_K",
    "WIND_EXPONENT",
    "brighton_transfer",
    "diffusivity",
    "mackay_matsugu_rate",
    "saturation_ratio",
]

R_J_MOL_K: Final = 8.314462618
P0_PA: Final = 101325.0

WIND_EXPONENT: Final = {"A": 0.108, "B": 0.112, "C": 0.120, "D": 0.142, "E": 0.203, "F": 0.253}
"""Exponent of the power law of wind with height. Source: ALOHA-TD table 7; confidence high."""


def brighton_transfer(
    *, diameter_m: float, wind_10m_m_s: float, exponent: float, molar_mass_kg_mol: float
) -> float:
    """Dimensionless mass-transfer rate j of a pool, averaged over its area (Brighton 1985, ALOHA-TD 3.3).

    ``exponent`` is that of the wind profile. The flux of a pool with vapour pressure p is
    p M / (R T) u* j :func:`saturation_ratio`, u* = 0.03 U10. Raises ``ValueError`` for a diameter or a
    wind that is not positive.
    """
    if not (diameter_m > 0.0 and wind_10m_m_s >= 1.0):
        raise ValueError(
            f"a pool of {diameter_m} m in a wind of {wind_10m_m_s} m/s; above 0 m and from 1 m/s"
        )
    viscosity, turbulent_schmidt, karman, euler, roughness_m = 1.5e-5, 0.85, 0.4, 0.5772156649, 0.001
    schmidt = viscosity / diffusivity(molar_mass_kg_mol)
    reynolds = 0.03 * wind_10m_m_s * roughness_m / viscosity
    smooth = (3.85 * schmidt ** (1.0 / 3.0) - 1.3) ** 2 + turbulent_schmidt / karman * math.log(
        0.13 * schmidt
    )
    if reynolds < 0.13:
        sublayer = smooth
    else:
        rough = 7.3 * max(reynolds, 2.0) ** 0.25 * math.sqrt(schmidt) - 5.0 * turbulent_schmidt
        share = min((reynolds - 0.13) / (2.0 - 0.13), 1.0)
        sublayer = smooth + share * (rough - smooth)
    n, ratio = exponent, karman / turbulent_schmidt
    lam = 1.0 / n + 1.0 + 2.0 * math.log(1.0 + n) - 2.0 * euler + ratio * (1.0 + n) * sublayer
    fetch = n * karman**2 * diameter_m / (turbulent_schmidt * roughness_m * math.exp(1.0 / n))
    log = lam + math.log(fetch)
    square = log * log + math.pi**2
    tail = ((1.0 - euler) ** 2 + 1.0 + math.pi**2 / 6.0) * log / square**2
    return float(
        ratio * (1.0 + n) * (0.5 - math.atan(log / math.pi) / math.pi + (1.0 - euler) / square + tail)
    )


def diffusivity(molar_mass_kg_mol: float) -> float:
    """Of a vapour in air, m2/s, from water's by Graham's law (ALOHA-TD 3.3)."""
    return 2.39e-5 * math.sqrt(18.015e-3 / molar_mass_kg_mol)


def saturation_ratio(vapour_pressure_pa: float) -> float:
    """Increase of the flux of a volatile pool: -(p0/p) ln(1 - p/p0); 1 for p -> 0.

    Raises ``ValueError`` from 0.98 p0 on, where the pool boils (sheet: jc/j >= 4).

    >>> round(saturation_ratio(0.5 * 101325), 3)
    1.386
    """
    share = vapour_pressure_pa / P0_PA
    if not 0.0 <= share < 0.98:
        raise ValueError(
            f"a vapour pressure of {vapour_pressure_pa:.0f} Pa; the pool model ends at {0.98 * P0_PA:.0f} Pa"
        )
    return 1.0 if share < 1e-9 else -math.log1p(-share) / share


def mackay_matsugu_rate(
    *,
    area_m2: float,
    wind_10m_m_s: float,
    molar_mass_kg_mol: float,
    vapour_pressure_pa: float,
    temperature_k: float,
) -> float:
    """Evaporation of a pool that does not cool, kg/s: k p M A / (R T), k = 0.004786 U^0.78 D^-0.11 Sc^-0.67.

    Sc = 0.8; Yellow Book, as quoted in the sheet. 1.6 to 2.05 times ALOHA: a comparison, not the model.
    """
    diameter = math.sqrt(4.0 * area_m2 / math.pi)
    k: float = 0.004786 * wind_10m_m_s**0.78 * diameter**-0.11 * 0.8**-0.67
    return k * vapour_pressure_pa * molar_mass_kg_mol / (R_J_MOL_K * temperature_k) * area_m2
