"""The sheet's release cases V1 to V31: what their formulas need besides public functions of the physics.

Each function takes the inputs of a case as it is written in ``cases.csv`` and knows no answer.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.hazards.dense import ccps_puff_number, dense_distance, dense_puff
from drillsim.hazards.substances import substance
from drillsim.hazards.toxic_load import aegl_load, constant_load
from drillsim.hazards.vapour_explosion import share_kg_m3

if TYPE_CHECKING:
    from drillsim.hazards.dense import DensePuff
    from drillsim.hazards.pool_fire import PoolFire

__all__ = [
    "aegl_load_spread",
    "aqaba_arrival_s",
    "aqaba_density_number",
    "aqaba_ppm_over_aegl3",
    "dense_puff_front_m",
    "dense_zone_m",
    "flame_of_pool_fire_m",
    "hse_load",
    "lower_limit_ppm",
    "round_hole_m2",
    "vapour_kg_m3",
]

_AQABA_KG: Final = 25_000.0
_AQABA_AIR_K: Final = 308.15  # a summer afternoon; not recorded in the accounts
_AQABA_WINDS_M_S: Final = tuple(range(1, 11))  # not recorded either, so varied
_TIMES_S: Final = np.geomspace(0.1, 7200.0, 4000)


def round_hole_m2(diameter_m: float) -> float:
    """Area of a round hole."""
    return math.pi * diameter_m**2 / 4.0


def vapour_kg_m3(name: str, *, air_k: float, ppm: float = 1e6) -> float:
    """Mass of so many ppm of the vapour of a substance in air, kg/m3; by default of the vapour alone."""
    return share_kg_m3(ppm / 1e4, molar_mass_kg_mol=substance(name).molar_mass_kg_mol, temperature_k=air_k)


def lower_limit_ppm(name: str) -> float:
    """Lower flammable limit of the table of substances, ppm."""
    (percent,) = substance(name).need("lfl_vol_pct")
    return 1e4 * percent


def dense_zone_m(
    name: str, *, ppm: float, rate_kg_s: float, duration_s: float, air_k: float, wind_10m_m_s: float
) -> float:
    """Zone of a dense vapour let out at the temperature of the air, m: plume, puff or the longer of both."""
    density = vapour_kg_m3(name, air_k=air_k)
    return dense_distance(
        ppm / 1e6,
        volume_rate_m3_s=rate_kg_s / density,
        duration_s=duration_s,
        density_kg_m3=density,
        vapour_k=air_k,
        air_k=air_k,
        wind_10m_m_s=wind_10m_m_s,
    )


def dense_puff_front_m(time_s: float, **release: Any) -> float:
    """How far the front of a dense puff has come, m."""
    return float(dense_puff(**release).front_m(time_s))


def flame_of_pool_fire_m(fire: PoolFire) -> float:
    """Length of its flame, m."""
    return fire.flame_length_m


def aegl_load_spread(name: str, *, level: int, durations_s: Sequence[float]) -> float:
    """How far the largest load of a level over these durations lies above the smallest, as a share of it."""
    loads = [aegl_load(name, level=level, duration_s=seconds) for seconds in durations_s]
    return max(loads) / min(loads) - 1.0


def hse_load(name: str, *, ppm: float, duration_s: float) -> float:
    """C^n t with the exponent of the HSE's SLOT, ppm^n min."""
    (exponent,) = substance(name).need("hse_exponent_n")
    return constant_load(ppm, exponent=exponent, duration_s=duration_s)


# -- V31: Aqaba, 27 June 2022 ---------------------------------------------------------------------------


def aqaba_density_number() -> float:
    """Least of the criterion for a dense puff over all winds: 25 t of chlorine let out at its boiling point.

    All of it counts as vapour; what rained out is not known.
    """
    density, _ = _boiling_chlorine()
    return min(
        ccps_puff_number(
            _AQABA_KG / density, density_kg_m3=density, air_k=_AQABA_AIR_K, wind_10m_m_s=float(wind)
        )
        for wind in _AQABA_WINDS_M_S
    )


def aqaba_arrival_s(distance_m: float) -> float:
    """When the cloud's front has come this far in the wind in which it takes longest, s."""
    return max(_arrival_s(puff, distance_m) for puff in _aqaba_puffs())


def aqaba_ppm_over_aegl3(distance_m: float) -> float:
    """Least over all winds of its concentration as it arrives there over AEGL-3 for 10 minutes."""
    level = substance("chlorine").level_ppm(3, duration_s=600.0).ppm
    return min(1e6 * float(puff.share(_arrival_s(puff, distance_m))) / level for puff in _aqaba_puffs())


def _boiling_chlorine() -> tuple[float, float]:
    """Density of the vapour at the boiling point, kg/m3, and that, K."""
    (kelvin,) = substance("chlorine").need("boiling_point_k")
    return vapour_kg_m3("chlorine", air_k=kelvin), kelvin


def _aqaba_puffs() -> list[DensePuff]:
    density, kelvin = _boiling_chlorine()
    return [
        dense_puff(
            volume_m3=_AQABA_KG / density,
            density_kg_m3=density,
            vapour_k=kelvin,
            air_k=_AQABA_AIR_K,
            wind_10m_m_s=float(wind),
        )
        for wind in _AQABA_WINDS_M_S
    ]


def _arrival_s(puff: DensePuff, distance_m: float) -> float:
    fronts = puff.front_m(_TIMES_S)
    if not fronts[0] <= distance_m <= fronts[-1]:
        raise ValueError(f"the front is at {distance_m} m at no time within {_TIMES_S[-1]:.0f} s")
    return float(np.interp(distance_m, fronts, _TIMES_S))
