"""What flows through a hole: liquid, flashing liquid and gas, with or without a pipe before it.

Pressures are absolute. Source of the equations: ALOHA 5.4.4 Technical Documentation 3.4 and the Yellow Book
(CPR 14E) chapter 2, as quoted in the sheet; confidence high where no other is said.
"""

from __future__ import annotations

import math
from typing import Final

from drillsim.hazards.constants import P0_PA

__all__ = [
    "DISCHARGE_COEFFICIENTS",
    "FULL_NON_EQUILIBRIUM_M",
    "PIPE_ROUGHNESS_M",
    "airborne_share",
    "blow_down_exponent",
    "critical_pressure_ratio",
    "darcy_friction",
    "discharge_coefficient",
    "expanded_gas_k",
    "flash_fraction",
    "flash_fraction_linear",
    "gas_orifice_rate",
    "gas_pipe_rate",
    "liquid_orifice_rate",
    "liquid_pipe_rate",
    "two_phase_rate",
]


DISCHARGE_COEFFICIENTS: Final = {"aloha": 0.61, "sharp": 0.62, "short-tube": 0.82, "rounded": 0.96}
"""By the hole's edge. Source: ALOHA-TD (aloha), Yellow Book (the others); confidence high."""

FULL_NON_EQUILIBRIUM_M: Final = 0.1
"""Length of pipe after which a flashing liquid boils in equilibrium. Source: ALOHA-TD 3.4.5."""

PIPE_ROUGHNESS_M: Final = 4.6e-5
"""Commercial steel; from memory - check; confidence low."""


def discharge_coefficient(edge: str) -> float:
    """The coefficient of a hole by its edge (:data:`DISCHARGE_COEFFICIENTS`).

    Raises ``ValueError`` with the known edges.

    >>> discharge_coefficient("sharp")
    0.62
    """
    if edge not in DISCHARGE_COEFFICIENTS:
        raise ValueError(f"a hole with edge {edge}; known are {', '.join(DISCHARGE_COEFFICIENTS)}")
    return DISCHARGE_COEFFICIENTS[edge]


def _check_hole(area_m2: float, coefficient: float) -> None:
    if not (0.0 <= area_m2 < math.inf and 0.0 < coefficient <= 1.0):
        raise ValueError(
            f"a hole of {area_m2} m2 with coefficient {coefficient}; from 0 m2, above 0 and at most 1"
        )


def _check_pressures(pressure_pa: float, ambient_pa: float) -> None:
    if not 0.0 < ambient_pa <= pressure_pa < math.inf:
        raise ValueError(
            f"{pressure_pa} Pa inside against {ambient_pa} Pa outside; inside must not be below outside, "
            "outside above 0"
        )


def liquid_orifice_rate(
    area_m2: float,
    *,
    density_kg_m3: float,
    pressure_pa: float,
    ambient_pa: float = P0_PA,
    coefficient: float = 0.61,
) -> float:
    """Liquid through a hole, kg/s: Cd A sqrt(2 rho (Ph - p0)), Ph the pressure at the hole, absolute.

    Raises ``ValueError`` for a pressure below the ambient one, a negative area, a coefficient outside 0 to 1.

    The Yellow Book's tank of acrylonitrile (2.6.4.1; the row it prints for t = 0, 60.915 kg/s, is an erratum)
    and CCPS p. 40:

    >>> head_pa = 812.5 * 9.80665 * 11.12
    >>> hole = dict(density_kg_m3=812.5, pressure_pa=P0_PA + head_pa, coefficient=0.62)
    >>> round(liquid_orifice_rate(math.pi * 0.1**2 / 4, **hole), 2)
    58.43
    >>> hole = dict(density_kg_m3=490.0, pressure_pa=120935.0, coefficient=0.63)
    >>> round(liquid_orifice_rate(math.pi * 0.01**2 / 4, **hole), 4)
    0.2169
    """
    _check_hole(area_m2, coefficient)
    _check_pressures(pressure_pa, ambient_pa)
    return coefficient * area_m2 * math.sqrt(2.0 * density_kg_m3 * (pressure_pa - ambient_pa))


def darcy_friction(bore_m: float, *, roughness_m: float = PIPE_ROUGHNESS_M) -> float:
    """Darcy friction factor of a rough pipe in full turbulence: (2 log10(3.7 d / e))^-2 (Prandtl, Nikuradse).

    From memory - check; confidence low. Raises ``ValueError`` above a relative roughness of 0.05.

    >>> round(darcy_friction(0.1), 4)
    0.0164
    """
    if not 0.0 < roughness_m <= 0.05 * bore_m:
        raise ValueError(
            f"roughness {roughness_m} m in a bore of {bore_m} m; above 0 and at most 0.05 of the bore"
        )
    return (2.0 * math.log10(3.7 * bore_m / roughness_m)) ** -2


def _pipe_resistance(area_m2: float, length_m: float, bore_m: float) -> float:
    """Velocity heads lost along the pipe, counted at the speed in the hole."""
    if length_m == 0.0:
        return 0.0
    if not (length_m > 0.0 and bore_m > 0.0):
        raise ValueError(f"a pipe of {length_m} m and bore {bore_m} m; from 0 m, bore above 0 m")
    bore_m2 = math.pi * bore_m**2 / 4.0
    if area_m2 > 1.000001 * bore_m2:
        raise ValueError(f"a hole of {area_m2:.3g} m2 in a pipe of {bore_m2:.3g} m2; at most the pipe's")
    return darcy_friction(bore_m) * length_m / bore_m * (area_m2 / bore_m2) ** 2


def liquid_pipe_rate(
    area_m2: float,
    *,
    length_m: float,
    bore_m: float,
    density_kg_m3: float,
    pressure_pa: float,
    ambient_pa: float = P0_PA,
    coefficient: float = 0.61,
) -> float:
    """Liquid through a hole at the end of a pipe, kg/s: as :func:`liquid_orifice_rate` with
    1 / Cd^2 + f l / d (A / A_pipe)^2 velocity heads lost; length 0 is the orifice.

    >>> end = dict(bore_m=0.1, density_kg_m3=1000.0, pressure_pa=2e5)
    >>> round(liquid_pipe_rate(0.00785, length_m=100.0, **end), 2)
    25.26
    """
    orifice = liquid_orifice_rate(
        area_m2,
        density_kg_m3=density_kg_m3,
        pressure_pa=pressure_pa,
        ambient_pa=ambient_pa,
        coefficient=coefficient,
    )
    return orifice / math.sqrt(1.0 + coefficient**2 * _pipe_resistance(area_m2, length_m, bore_m))


def two_phase_rate(
    area_m2: float,
    *,
    density_kg_m3: float,
    vapour_density_kg_m3: float,
    pressure_pa: float,
    temperature_k: float,
    latent_j_kg: float,
    heat_capacity_j_kg_k: float,
    pipe_m: float = 0.0,
    ambient_pa: float = P0_PA,
    coefficient: float = 0.61,
) -> float:
    """Flashing liquid, kg/s, by the homogeneous non-equilibrium model (ALOHA-TD 3.4.5).

    ``pressure_pa`` is saturation pressure plus head. G = (L / (vg - vl)) / sqrt(N cp T), N = L^2 vl /
    (2 dP Cd^2 (vg - vl)^2 T cp) + l / 0.1 m; with ``pipe_m`` 0 exactly Cd sqrt(2 dP / vl). The formula
    takes a pipe shorter than 0.1 m and a longer one alike, and counts no friction.
    Raises ``ValueError`` as the orifice does, for a negative length, a vapour not lighter than the liquid.

    Propane rail car of the ALOHA examples, no head, 43.3 kg/s there:

    >>> rail_car = dict(density_kg_m3=499.0, vapour_density_kg_m3=19.0, pressure_pa=8.59e5)
    >>> heat = dict(temperature_k=294.26, latent_j_kg=347e3, heat_capacity_j_kg_k=2436.0)
    >>> round(two_phase_rate(2.581e-3, **rail_car, **heat), 1)
    43.3
    """
    orifice = liquid_orifice_rate(
        area_m2,
        density_kg_m3=density_kg_m3,
        pressure_pa=pressure_pa,
        ambient_pa=ambient_pa,
        coefficient=coefficient,
    )
    if not (pipe_m >= 0.0 and 0.0 < vapour_density_kg_m3 < density_kg_m3):
        raise ValueError(
            f"a pipe of {pipe_m} m, vapour of {vapour_density_kg_m3} and liquid of {density_kg_m3} kg/m3; "
            "from 0 m, the vapour lighter than the liquid"
        )
    if pipe_m == 0.0 or orifice == 0.0:
        return orifice
    expansion = 1.0 / vapour_density_kg_m3 - 1.0 / density_kg_m3
    # Of a long pipe alone, N = l / 0.1 m; the sum of the squares' inverses is the formula above.
    through_pipe = area_m2 * latent_j_kg / expansion
    through_pipe /= math.sqrt(pipe_m / FULL_NON_EQUILIBRIUM_M * heat_capacity_j_kg_k * temperature_k)
    return 1.0 / math.hypot(1.0 / orifice, 1.0 / through_pipe)


def flash_fraction(*, excess_k: float, latent_j_kg: float, heat_capacity_j_kg_k: float) -> float:
    """Share that boils off at once when liquid ``excess_k`` above its boiling point is let out.

    1 - exp(-cp dT / L). Chlorine at 15 C (sheet: 0.15 to 0.16):

    >>> round(flash_fraction(excess_k=48.95, latent_j_kg=287000.0, heat_capacity_j_kg_k=961.0), 3)
    0.151
    """
    return -math.expm1(
        -flash_fraction_linear(
            excess_k=excess_k, latent_j_kg=latent_j_kg, heat_capacity_j_kg_k=heat_capacity_j_kg_k
        )
    )


def flash_fraction_linear(*, excess_k: float, latent_j_kg: float, heat_capacity_j_kg_k: float) -> float:
    """The same for small shares, cp dT / L; it overstates, and above 1 it means nothing.

    Raises ``ValueError`` for a liquid below its boiling point.

    >>> round(flash_fraction_linear(excess_k=48.95, latent_j_kg=287000.0, heat_capacity_j_kg_k=961.0), 3)
    0.164
    """
    if not (excess_k >= 0.0 and latent_j_kg > 0.0 and heat_capacity_j_kg_k > 0.0):
        raise ValueError(
            f"{excess_k} K above the boiling point, {latent_j_kg} J/kg, {heat_capacity_j_kg_k} J/kg K; "
            "from 0 K, the others above 0"
        )
    return heat_capacity_j_kg_k * excess_k / latent_j_kg


def airborne_share(flash: float) -> float:
    """Share that stays in the air: the flash and about as much again as aerosol, 1 at most.

    A common rule, from memory - check; confidence low. The rest rains out.

    >>> airborne_share(0.16), airborne_share(0.7)
    (0.32, 1.0)
    """
    if not 0.0 <= flash <= 1.0:
        raise ValueError(f"a flash fraction of {flash}; from 0 to 1")
    return min(1.0, 2.0 * flash)


def critical_pressure_ratio(heat_capacity_ratio: float) -> float:
    """Outside over inside pressure at and below which gas leaves at the speed of sound.

    (2 / (g + 1))^(g / (g - 1)). Raises ``ValueError`` unless the ratio of heat capacities is 1 to 1.7.

    >>> round(critical_pressure_ratio(1.4), 3)
    0.528
    """
    gamma = heat_capacity_ratio
    if not 1.0 < gamma <= 1.7:
        raise ValueError(f"a ratio of heat capacities of {gamma}; above 1, at most 1.7")
    return float((2.0 / (gamma + 1.0)) ** (gamma / (gamma - 1.0)))


def gas_orifice_rate(
    area_m2: float,
    *,
    density_kg_m3: float,
    pressure_pa: float,
    heat_capacity_ratio: float,
    ambient_pa: float = P0_PA,
    coefficient: float = 0.61,
) -> float:
    """Gas through a hole, kg/s, choked or not (ALOHA-TD 3.4.6; Yellow Book 2.22-2.26); density at Ph.

    Raises ``ValueError`` as :func:`liquid_orifice_rate` and :func:`critical_pressure_ratio`.

    Hydrogen of 50 bar (Yellow Book), and CCPS p. 47:

    >>> density = 50e5 * 2.016e-3 / (8.314462618 * 288.15)
    >>> hole = dict(density_kg_m3=density, pressure_pa=50e5, heat_capacity_ratio=1.405, coefficient=0.62)
    >>> round(gas_orifice_rate(math.pi * 0.1**2 / 4, **hole), 2)
    15.31
    >>> hole = dict(density_kg_m3=8.90, pressure_pa=501e3, heat_capacity_ratio=1.15, coefficient=0.85)
    >>> round(gas_orifice_rate(math.pi * 0.01**2 / 4, **hole), 4)
    0.09
    """
    _check_hole(area_m2, coefficient)
    _check_pressures(pressure_pa, ambient_pa)
    gamma = heat_capacity_ratio
    # Below the critical pressure outside, the flow is that at the critical pressure.
    r = max(ambient_pa / pressure_pa, critical_pressure_ratio(gamma))
    # r^(2/g) - r^((g+1)/g) in a form that keeps its digits for r -> 1.
    gap = -math.expm1((gamma - 1.0) / gamma * math.log(r)) * r ** (2.0 / gamma)
    flux = math.sqrt(2.0 * density_kg_m3 * pressure_pa * gamma / (gamma - 1.0) * gap)
    return coefficient * area_m2 * flux


def gas_pipe_rate(
    area_m2: float,
    *,
    length_m: float,
    bore_m: float,
    density_kg_m3: float,
    pressure_pa: float,
    heat_capacity_ratio: float,
    ambient_pa: float = P0_PA,
    coefficient: float = 0.61,
) -> float:
    """Gas through a hole at the end of a pipe, kg/s; density and pressure where the pipe begins.

    Isothermal friction in the pipe, (m/A)^2 f l / d = rho P (1 - (Pe/P)^2), then the orifice from Pe: a rule
    of this product that is the orifice at length 0 and the isothermal pipe at great length; confidence low.

    >>> pipe = dict(bore_m=0.1, density_kg_m3=6.0, pressure_pa=5e5, heat_capacity_ratio=1.4)
    >>> bare, long = (gas_pipe_rate(0.00785, length_m=length, **pipe) for length in (0.0, 500.0))
    >>> round(bare, 2), round(long, 2)
    (5.68, 1.44)
    """

    def from_end(end_pa: float) -> float:
        return gas_orifice_rate(
            area_m2,
            density_kg_m3=density_kg_m3 * end_pa / pressure_pa,
            pressure_pa=end_pa,
            heat_capacity_ratio=heat_capacity_ratio,
            ambient_pa=ambient_pa,
            coefficient=coefficient,
        )

    orifice = from_end(pressure_pa)
    lost = _pipe_resistance(area_m2, length_m, bore_m)
    if lost == 0.0 or orifice == 0.0:
        return orifice
    supply = area_m2**2 * density_kg_m3 * pressure_pa / lost
    low, high = ambient_pa, pressure_pa
    for _ in range(50):
        middle = 0.5 * (low + high)
        if from_end(middle) ** 2 > supply * (1.0 - (middle / pressure_pa) ** 2):
            high = middle
        else:
            low = middle
        if high - low < 1e-7 * high:
            break
    return from_end(0.5 * (low + high))


def expanded_gas_k(
    temperature_k: float, *, pressure_pa: float, heat_capacity_ratio: float, ambient_pa: float = P0_PA
) -> float:
    """Temperature of a gas expanded to the ambient pressure, K: T (p0 / P)^((g - 1) / g) (ALOHA-TD 3.4.6).

    >>> round(expanded_gas_k(288.15, pressure_pa=50e5, heat_capacity_ratio=1.405), 1)
    93.7
    """
    _check_pressures(pressure_pa, ambient_pa)
    critical_pressure_ratio(heat_capacity_ratio)
    share = (heat_capacity_ratio - 1.0) / heat_capacity_ratio
    return float(temperature_k * (ambient_pa / pressure_pa) ** share)


def blow_down_exponent(heat_capacity_ratio: float) -> float:
    """Polytropic exponent of the gas that stays in an emptying tank, half way to adiabatic: (1 + g) / 2.

    >>> blow_down_exponent(1.4)
    1.2
    """
    critical_pressure_ratio(heat_capacity_ratio)
    return 0.5 * (1.0 + heat_capacity_ratio)
