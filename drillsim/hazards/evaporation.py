"""Formulas for the vapour that a pool gives off.

Brighton (1985) is the reference model of :mod:`pool`. The formulas of Mackay and Matsugu and of EPA's
guidance for risk management programs stand beside it by name; without cooling they give 1.6 to 2.05 times
ALOHA on the sheet's four pools (:data:`ISOTHERMAL_NOTE`).
"""

from __future__ import annotations

import math
from typing import Final, Literal

from drillsim.hazards.constants import P0_PA, R_J_MOL_K

__all__ = [
    "BOILING_PA",
    "BOILING_RATIO",
    "ISOTHERMAL_NOTE",
    "MODELS",
    "EvaporationModel",
    "boiling_share",
    "brighton_transfer",
    "diffusivity",
    "epa_rmp_rate",
    "isothermal_rate",
    "mackay_matsugu_rate",
    "saturation_ratio",
]

EvaporationModel = Literal["brighton", "mackay-matsugu", "epa-rmp"]
MODELS: Final[tuple[EvaporationModel, ...]] = ("brighton", "mackay-matsugu", "epa-rmp")
ISOTHERMAL_NOTE: Final = (
    "isothermal, without cooling: on four pools 1.6 to 2.05 times ALOHA's highest rate, and up to 2.8 times "
    "its mass of one hour"
)

BOILING_RATIO: Final = 4.0
"""A pool boils from this increase of the flux on (jc/j; ALOHA-TD 3.3)."""
BOILING_PA: Final = 0.9801725987182215 * P0_PA
"""Vapour pressure at which :func:`saturation_ratio` is :data:`BOILING_RATIO`: x = 1 - exp(-4 x)."""
_WARMING_RATIO: Final = 3.0


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
    """Increase of the flux of a volatile pool: -(p0/p) ln(1 - p/p0); 1 for p -> 0, 4 where the pool boils.

    Raises ``ValueError`` above :data:`BOILING_PA`: there the heat taken up decides, not this formula.

    >>> round(saturation_ratio(0.5 * 101325), 3)
    1.386
    """
    share = vapour_pressure_pa / P0_PA
    if not 0.0 <= vapour_pressure_pa <= BOILING_PA:
        raise ValueError(
            f"a vapour pressure of {vapour_pressure_pa:.0f} Pa; the formula holds from 0 to "
            f"{BOILING_PA:.0f} Pa, above that the pool boils"
        )
    return 1.0 if share < 1e-9 else -math.log1p(-share) / share


def boiling_share(ratio: float) -> float:
    """How far a pool of this :func:`saturation_ratio` boils: 0 up to 3, 1 from 4 on, linear between.

    ALOHA switches at 4; the ramp keeps the rate of a pool that warms up without a step. It is a rule of this
    product, confidence medium: above a ratio of 3 the pool is within 2 K of that switch.
    """
    return min(1.0, max(0.0, (ratio - _WARMING_RATIO) / (BOILING_RATIO - _WARMING_RATIO)))


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


def epa_rmp_rate(
    *,
    area_m2: float,
    wind_10m_m_s: float,
    molar_mass_kg_mol: float,
    vapour_pressure_pa: float,
    temperature_k: float,
) -> float:
    """Evaporation of a pool that does not cool, kg/s, by EPA's guidance for risk management programs (D-1).

    Q [lb/min] = 0.284 U^0.78 M^(2/3) A VP / (82.05 T), U m/s, M g/mol, A ft2, VP mmHg, T K. 1.6 to 2.05 times
    ALOHA: an alternative by name, not the model.
    """
    square_feet, mm_mercury = area_m2 / 0.3048**2, vapour_pressure_pa / 133.322387415
    grams = 1000.0 * molar_mass_kg_mol
    pounds_a_minute: float = (
        0.284 * wind_10m_m_s**0.78 * grams ** (2.0 / 3.0) * square_feet * mm_mercury / (82.05 * temperature_k)
    )
    return pounds_a_minute * 0.45359237 / 60.0


def isothermal_rate(
    model: EvaporationModel,
    *,
    area_m2: float,
    wind_10m_m_s: float,
    molar_mass_kg_mol: float,
    vapour_pressure_pa: float,
    temperature_k: float,
) -> float:
    """Evaporation, kg/s, by the isothermal model of this name.

    Raises ``ValueError`` for the name of any other model, and above :data:`BOILING_PA`, where a pool boils.
    """
    formulas = {"mackay-matsugu": mackay_matsugu_rate, "epa-rmp": epa_rmp_rate}
    if model not in formulas:
        raise ValueError(f"{model} is no isothermal model; {', '.join(formulas)} are")
    if not vapour_pressure_pa <= BOILING_PA:
        raise ValueError(
            f"{model} holds for pools that do not boil, up to a vapour pressure of {BOILING_PA:.0f} Pa, not "
            f"{vapour_pressure_pa:.0f} Pa"
        )
    return formulas[model](
        area_m2=area_m2,
        wind_10m_m_s=wind_10m_m_s,
        molar_mass_kg_mol=molar_mass_kg_mol,
        vapour_pressure_pa=vapour_pressure_pa,
        temperature_k=temperature_k,
    )
