"""Fractional effective dose of fire gases and heat, by two conventions that must never be mixed.

*purser*: CO, cyanide, nitrogen oxides and irritants times hyperventilation, plus low oxygen, as in FDS+Evac
(its guide, equations 12 to 19). *iso13571*: CO and hydrogen cyanide times hyperventilation, and heat as a
dose of its own (CFAST technical reference and source; the standard itself was not read). On CO alone they
differ by 24 to 35 % at common levels, so every dose is printed with the name of its convention.

All rates are per minute, as in the sources; gases are in ppm, carbon dioxide and oxygen in volume percent.
Who has taken a dose of 1 is incapacitated: half of all people; 0.3 is some 11 % (from memory). Clean air
gives exactly 0; the gates that see to it are named below, each with its size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

__all__ = [
    "CLEAN_CO2_PERCENT",
    "CLEAN_O2_PERCENT",
    "CONVENTIONS",
    "HEAT",
    "INCAPACITATED",
    "Air",
    "clothed_heat_rate_per_min",
    "iso13571_gas_rate_per_min",
    "iso13571_heat_rate_per_min",
    "iso13571_hyperventilation",
    "purser_co_rate_per_min",
    "purser_cyanide_rate_per_min",
    "purser_hyperventilation",
    "purser_irritant_rate_per_min",
    "purser_nox_rate_per_min",
    "purser_oxygen_rate_per_min",
    "purser_rate_per_min",
    "radiant_heat_rate_per_min",
    "seconds_to_dose",
    "unclothed_heat_rate_per_min",
]

INCAPACITATED: Final = 1.0
"""Dose at which a person can no longer save itself."""
CLEAN_O2_PERCENT: Final = 20.9
CLEAN_CO2_PERCENT: Final = 0.04
"""Up to this much carbon dioxide nobody breathes faster: the formula itself gives 1.041 at none at all."""
OXYGEN_GATE_PERCENT: Final = 20.0
"""Low oxygen counts below it, as in FDS; ungated, clean air would give 2.9e-4 per minute."""
HEAT_GATE_C: Final = 40.0
"""Convected heat counts above it; rule of this product, confidence low. Left out: under 0.0015 per minute."""
RADIANT_GATE_KW_M2: Final = 2.5
"""Radiant heat counts from it on."""
IRRITANT_DOSE_PPM_MIN: Final[Mapping[str, float]] = {
    "HCl": 114000.0,
    "HBr": 114000.0,
    "HF": 87000.0,
    "SO2": 12000.0,
    "NO2": 1900.0,
    "acrolein": 4500.0,
    "formaldehyde": 22500.0,
}


@dataclass(frozen=True, slots=True)
class Air:
    """What somebody breathes and feels. Raises ``ValueError`` for a negative amount or more than 100 %."""

    co_ppm: float = 0.0
    hcn_ppm: float = 0.0
    no2_ppm: float = 0.0
    nox_ppm: float = 0.0
    co2_percent: float = 0.0
    o2_percent: float = CLEAN_O2_PERCENT
    temperature_c: float = 20.0
    radiation_kw_m2: float = 0.0
    irritants_ppm: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        amounts = (self.co_ppm, self.hcn_ppm, self.no2_ppm, self.nox_ppm, self.radiation_kw_m2)
        if not all(0.0 <= amount < math.inf for amount in (*amounts, *self.irritants_ppm.values())):
            raise ValueError(f"{self}: amounts must be finite and not negative")
        if not (0.0 <= self.co2_percent <= 100.0 and 0.0 <= self.o2_percent <= 100.0):
            raise ValueError(f"{self}: carbon dioxide and oxygen lie between 0 and 100 percent by volume")


# -- purser ---------------------------------------------------------------------------------------------


def purser_co_rate_per_min(co_ppm: float) -> float:
    """2.764e-5 C^1.036 per minute.

    >>> round(purser_co_rate_per_min(1000.0), 6)
    0.035444
    """
    return float(2.764e-5 * co_ppm**1.036)


def purser_cyanide_rate_per_min(hcn_ppm: float, *, no2_ppm: float = 0.0) -> float:
    """exp(C/43)/220 - 0.0045 per minute, C = HCN less NO2, which protects, and not below 0.

    0 at C = 0, where the formula itself has 4.5e-5 per minute.
    """
    cyanide_ppm = max(0.0, hcn_ppm - no2_ppm)
    return math.exp(cyanide_ppm / 43.0) / 220.0 - 0.0045 if cyanide_ppm > 0.0 else 0.0


def purser_nox_rate_per_min(nox_ppm: float) -> float:
    """C/1500 per minute."""
    return nox_ppm / 1500.0


def purser_irritant_rate_per_min(irritants_ppm: Mapping[str, float]) -> float:
    """Sum of C/F per minute; ``ValueError`` for a gas without an F (see :data:`IRRITANT_DOSE_PPM_MIN`).

    >>> purser_irritant_rate_per_min({"NO2": 19.0})
    0.01
    """
    if unknown := sorted(irritants_ppm.keys() - IRRITANT_DOSE_PPM_MIN.keys()):
        raise ValueError(
            f"{', '.join(unknown)}: no irritant with a known dose; {', '.join(IRRITANT_DOSE_PPM_MIN)}"
        )
    return math.fsum(ppm / IRRITANT_DOSE_PPM_MIN[gas] for gas, ppm in irritants_ppm.items())


def purser_hyperventilation(co2_percent: float) -> float:
    """exp(0.1903 CO2% + 2.0004)/7.1, the factor on all gases breathed in; 1 up to the CO2 of clean air.

    0.1930, which circulates too, swaps two digits.

    >>> round(purser_hyperventilation(2.0), 5), purser_hyperventilation(0.0)
    (1.52334, 1.0)
    """
    if co2_percent <= CLEAN_CO2_PERCENT:
        return 1.0
    return math.exp(0.1903 * co2_percent + 2.0004) / 7.1


def purser_oxygen_rate_per_min(o2_percent: float) -> float:
    """1/exp(8.13 - 0.54 (20.9 - O2%)) per minute below 20 %, else 0.

    The guide prints a factor 60 in the denominator, which belongs to a rate per second.

    >>> round(purser_oxygen_rate_per_min(15.0), 7)
    0.007126
    """
    if o2_percent >= OXYGEN_GATE_PERCENT:
        return 0.0
    return math.exp(0.54 * (CLEAN_O2_PERCENT - o2_percent) - 8.13)


def purser_rate_per_min(air: Air) -> float:
    """Dose of gases by *purser*, per minute: (CO + cyanide + NOx + irritants) HV + low oxygen.

    >>> round(seconds_to_dose(purser_rate_per_min(Air(co_ppm=1000.0, co2_percent=2.0, o2_percent=15.0))), 1)
    981.7
    """
    breathed = (
        purser_co_rate_per_min(air.co_ppm)
        + purser_cyanide_rate_per_min(air.hcn_ppm, no2_ppm=air.no2_ppm)
        + purser_nox_rate_per_min(air.nox_ppm)
        + purser_irritant_rate_per_min(air.irritants_ppm)
    )
    return breathed * purser_hyperventilation(air.co2_percent) + purser_oxygen_rate_per_min(air.o2_percent)


# -- iso13571 -------------------------------------------------------------------------------------------


def iso13571_hyperventilation(co2_percent: float, *, above_percent: float = 0.0) -> float:
    """exp(CO2%/5); 1 up to ``above_percent``.

    The standard applies it above 2 % only (from memory), CFAST always: the default here.
    """
    return math.exp(co2_percent / 5.0) if co2_percent > above_percent else 1.0


def iso13571_gas_rate_per_min(air: Air, *, hyperventilation_above_percent: float = 0.0) -> float:
    """Dose of asphyxiants by *iso13571*, per minute: (CO/35000 + HCN^2.36/1.2e6) exp(CO2%/5).

    The factor stands outside the power 2.36, as in CFAST's code; its manual has it inside.

    >>> f"{iso13571_gas_rate_per_min(Air(co_ppm=13.7, co2_percent=0.0223)) / 60.0:.3e}"
    '6.553e-06'
    """
    factor = iso13571_hyperventilation(air.co2_percent, above_percent=hyperventilation_above_percent)
    return float((air.co_ppm / 35000.0 + air.hcn_ppm**2.36 / 1.2e6) * factor)


def clothed_heat_rate_per_min(temperature_c: float) -> float:
    """T^3.61/4.1e8 per minute, fully clothed; 0 up to 40 °C.

    >>> f"{clothed_heat_rate_per_min(100.0) / 60.0:.4g}"
    '0.0006746'
    """
    return float(temperature_c**3.61 / 4.1e8) if temperature_c > HEAT_GATE_C else 0.0


def unclothed_heat_rate_per_min(temperature_c: float) -> float:
    """T^3.4/5e7 per minute, unclothed or lightly clothed; 0 up to 40 °C. From memory."""
    return float(temperature_c**3.4 / 5.0e7) if temperature_c > HEAT_GATE_C else 0.0


def radiant_heat_rate_per_min(radiation_kw_m2: float) -> float:
    """q^1.9/4.2 per minute from 2.5 kW/m2 on, else 0: a tolerance of 4.2 q^-1.9 minutes.

    CFAST's manual and code have (4.2 q)^1.9, 64 times as much.

    >>> round(radiant_heat_rate_per_min(2.5), 2)
    1.36
    """
    return float(radiation_kw_m2**1.9 / 4.2) if radiation_kw_m2 >= RADIANT_GATE_KW_M2 else 0.0


def iso13571_heat_rate_per_min(air: Air, *, clothed: bool = True) -> float:
    """Dose of heat by *iso13571*, per minute, convected and radiant: a sum apart from that of gases."""
    convected = clothed_heat_rate_per_min if clothed else unclothed_heat_rate_per_min
    return convected(air.temperature_c) + radiant_heat_rate_per_min(air.radiation_kw_m2)


# -- both -----------------------------------------------------------------------------------------------

CONVENTIONS: Final[Mapping[str, Callable[[Air], float]]] = {
    "purser": purser_rate_per_min,
    "iso13571": iso13571_gas_rate_per_min,
}
"""Rate of the gas dose, per minute, by convention."""
HEAT: Final = "heat-iso13571"
"""Name of the dose of heat, whatever the convention of the gases."""


def seconds_to_dose(rate_per_min: float, *, dose: float = INCAPACITATED) -> float:
    """Time in constant air until the dose is taken, s; inf if nothing is taken."""
    return dose / rate_per_min * 60.0 if rate_per_min > 0.0 else math.inf
