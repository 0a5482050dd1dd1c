"""What people in smoke see, feel and breathe at the height of their heads, and the dose they take of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.fractional_dose import (
    CLEAN_CO2_PERCENT,
    CLEAN_O2_PERCENT,
    HEAT_GATE_C,
    OXYGEN_GATE_PERCENT,
)
from drillsim.hazards.smoke import AIR_OXYGEN, OXYGEN_J_KG
from drillsim.hazards.tenability import HEAD_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from drillsim.hazards.smoke_layers import Profile

    Floats = NDArray[np.float64]

__all__ = ["GAS_YIELDS", "HeadAir", "gas_dose_per_s", "gases", "head_air", "heat_dose_per_s"]

GAS_YIELDS: Final[Mapping[str, float]] = {"co": 0.04, "co2": 1.5, "hcn": 0.005}
"""kg per kg of burnt fuel where a fire gives none: CO and CO2 of a fire with air enough by New
Zealand's C/VM2 (from memory), HCN a planning value for furniture with polyurethane; confidence low. Fires
short of air make up to ten times as much CO, which is not followed."""
_G_MOL: Final = {"co": 28.01, "co2": 44.01, "hcn": 27.03, "o2": 32.0}
_AIR_G_MOL: Final = 28.97
_KELVIN: Final = 273.15


class HeadAir(NamedTuple):
    """Air at head height, each (zones, states)."""

    extinction_per_m: Floats
    kelvin: Floats
    fuel: Floats  # burnt fuel per kg of gas


def head_air(profile: Profile) -> HeadAir:
    """The smoky layer where it reaches below :data:`~drillsim.hazards.tenability.HEAD_M`, else what is under
    it, where cold smoke may have mixed in."""
    in_smoke = profile.layer_m < HEAD_M
    return HeadAir(
        np.where(in_smoke, profile.extinction_per_m, profile.low_extinction_per_m),
        np.where(in_smoke, profile.kelvin, profile.low_kelvin),
        np.where(in_smoke, profile.fuel, profile.low_fuel),
    )


def gases(fuel: Floats, *, yields: Mapping[str, float], heat_j_kg: float) -> dict[str, Floats]:
    """``co_ppm``, ``hcn_ppm``, and ``co2`` and ``o2`` by volume of gas with ``fuel`` kg burnt fuel per kg.

    Oxygen is used at 13.1 MJ/kg. Mole masses of the mixture are those of air.
    """
    share = {
        name: fuel * (yields.get(name, GAS_YIELDS[name]) * _AIR_G_MOL / _G_MOL[name]) for name in GAS_YIELDS
    }
    clean = CLEAN_O2_PERCENT / 100.0
    used = clean / AIR_OXYGEN * heat_j_kg / OXYGEN_J_KG
    return {
        "co_ppm": 1e6 * share["co"],
        "hcn_ppm": 1e6 * share["hcn"],
        "co2": CLEAN_CO2_PERCENT / 100.0 + share["co2"],
        "o2": np.maximum(clean - fuel * (clean + used), 0.0),
    }


def gas_dose_per_s(gas: Mapping[str, Floats], convention: str) -> Floats:
    """The rates of :mod:`fractional_dose` per second, over arrays. ``KeyError`` for another convention."""
    rate = {"purser": _purser_per_min, "iso13571": _iso13571_per_min}[convention]
    return rate(gas["co_ppm"], gas["hcn_ppm"], 100.0 * gas["co2"], 100.0 * gas["o2"]) / 60.0


def _purser_per_min(co_ppm: Floats, hcn_ppm: Floats, co2_percent: Floats, o2_percent: Floats) -> Floats:
    cyanide = np.where(hcn_ppm > 0.0, np.exp(hcn_ppm / 43.0) / 220.0 - 0.0045, 0.0)
    breathing = np.where(co2_percent > CLEAN_CO2_PERCENT, np.exp(0.1903 * co2_percent + 2.0004) / 7.1, 1.0)
    hypoxia = np.where(
        o2_percent < OXYGEN_GATE_PERCENT, np.exp(0.54 * (CLEAN_O2_PERCENT - o2_percent) - 8.13), 0.0
    )
    rate: Floats = (2.764e-5 * co_ppm**1.036 + cyanide) * breathing + hypoxia
    return rate


def _iso13571_per_min(co_ppm: Floats, hcn_ppm: Floats, co2_percent: Floats, o2_percent: Floats) -> Floats:
    factor = np.where(co2_percent > 0.0, np.exp(co2_percent / 5.0), 1.0)
    rate: Floats = (co_ppm / 35000.0 + hcn_ppm**2.36 / 1.2e6) * factor
    return rate


def heat_dose_per_s(kelvin: Floats, *, clothed: bool) -> Floats:
    """Convected heat by *iso13571*, per second, over an array."""
    celsius = kelvin - _KELVIN
    warm = np.maximum(celsius, HEAT_GATE_C)
    rate = warm**3.61 / 4.1e8 if clothed else warm**3.4 / 5.0e7
    result: Floats = np.where(celsius > HEAT_GATE_C, rate, 0.0) / 60.0
    return result
