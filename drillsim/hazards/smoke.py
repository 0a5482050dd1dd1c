"""Fire gases: what they are made of, how they rise, how far one sees through them.

Constants and correlations of the smoke model. Its zones stand in :mod:`smoke_zones`, the openings between
them in :mod:`smoke_flow`, the layers and their steps in :mod:`smoke_layers`. Rules of this product, not of a
standard, are marked *rule*; they carry confidence low.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.constants import GRAVITY_M_S2, P0_PA

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "AIR_KG_M3",
    "CLEAR_M",
    "T2_SHAPES",
    "burning_w",
    "flashover_heat_w",
    "nfpa92_layer_steady",
    "nfpa92_layer_t2",
    "plume_entrainment",
    "spill_entrainment",
    "visibility_m",
]

AIR_KG_M3: Final = 1.2
AIR_J_KG_K: Final = 1005.0
G_M_S2: Final = GRAVITY_M_S2
GAMMA: Final = 1.4
GAS_J_KG_K: Final = AIR_J_KG_K * (1.0 - 1.0 / GAMMA)
AMBIENT_PA: Final = P0_PA

EXTINCTION_M2_KG: Final = 8700.0
"""Mass specific extinction of flaming soot. Source: CFAST; confidence medium."""
VISIBILITY_C: Final = 3.0
"""Visibility times extinction for reflecting things (8: light-emitting). Source: CFAST; confidence medium."""
CLEAR_M: Final = 100.0
"""Visibilities from here on are given as this: *at least* 100 m."""
CONVECTIVE: Final = 0.7
"""Convective share of the heat released. Source: sheet 8.3, from memory; confidence medium."""
LOST: Final = 0.3
"""Share of the heat that never gets into the layer. Source: sheet 8.3, from memory; confidence low."""
WALL_W_M2_K: Final = 15.0
"""Heat passed to the ceiling, walls and floor a layer touches, which stay as cold as the air. *Rule*, low."""
DISCHARGE: Final = 0.65
"""Coefficient of an opening (0.6 to 0.7). Source: SFPE Handbook, from memory; confidence medium."""
OXYGEN_J_KG: Final = 13.1e6
"""Heat released per kg of oxygen used. Source: Huggett, from memory; confidence high."""
AIR_OXYGEN: Final = 0.232
"""Oxygen in air by mass. Confidence high."""
LEAST_OXYGEN: Final = 0.14
"""Oxygen by mass in the air a flame takes in, below which it does not burn (some 13 % by volume; sources 10
to 15 %, CFAST 15 %). From memory; confidence low."""
FULL_OXYGEN: Final = 0.16
"""… and from which it burns at full size: between the two, in part. *Rule*, low."""
T2_SHAPES: Final = (1.0, 23.0)
"""Floor over height squared for which filling was measured. Source: NFPA 92, from memory."""
_AGREED: Final = 0.99
_MOST_ROUNDS: Final = 30


def plume_entrainment(*, heat_w: float, height_m: float) -> float:
    """Mass flow of an axisymmetric fire plume at ``height_m`` above the fire's base, kg/s.

    0.071 Qc^(1/3) z^(5/3) + 0.0018 Qc above the flame (0.166 Qc^(2/5)), 0.032 Qc^(3/5) z below, Qc in kW
    (NFPA 92, Zukoski type; sheet 8.3, from memory).

    >>> round(plume_entrainment(heat_w=1e6, height_m=3.0), 2)
    5.19
    """
    q = CONVECTIVE * heat_w / 1000.0
    if q <= 0.0 or height_m <= 0.0:
        return 0.0
    if height_m > 0.166 * q**0.4:
        return float(0.071 * q ** (1.0 / 3.0) * height_m ** (5.0 / 3.0) + 0.0018 * q)
    return float(0.032 * q**0.6 * height_m)


def nfpa92_layer_t2(time_s: float, *, growth_s: float, height_m: float, area_m2: float) -> float:
    """Height of the first indication of smoke above the floor, m, for a t-squared fire in a closed room.

    z/H = 0.91 [t tg^(-2/5) H^(-4/5) (A/H2)^(-3/5)]^(-1.45) (NFPA 92, from memory). For comparison: the model
    here gives the mean interface, 20 to 30 % apart. Raises ``ValueError`` outside 1 <= A/H2 <= 23 and below
    z/H = 0.2; H where the layer has not begun to descend, so up to time 0.

    >>> round(nfpa92_layer_t2(60.0, growth_s=300.0, height_m=3.0, area_m2=30.0), 2)
    2.01
    """
    shape = area_m2 / height_m**2
    if not T2_SHAPES[0] <= shape <= T2_SHAPES[1]:
        raise ValueError(f"A/H2 of {shape:.2f}; the correlation holds from 1.0 to 23")
    if time_s <= 0.0:
        return height_m
    share: float = 0.91 * (time_s * growth_s**-0.4 * height_m**-0.8 * shape**-0.6) ** -1.45
    if share < 0.2:
        raise ValueError(f"z/H of {share:.2f}; the correlation holds down to 0.2")
    return min(share, 1.0) * height_m


def nfpa92_layer_steady(time_s: float, *, heat_w: float, height_m: float, area_m2: float) -> float:
    """The same of a steady fire: z/H = 1.11 - 0.28 ln[t Q^(1/3) H^(-4/3) / (A/H2)], Q in kW (NFPA 92).

    From memory. Raises ``ValueError`` outside 0.9 <= A/H2 <= 14 and below z/H = 0.2.

    >>> round(nfpa92_layer_steady(30.0, heat_w=1e6, height_m=5.0, area_m2=100.0), 2)
    2.51
    """
    shape = area_m2 / height_m**2
    if not 0.9 <= shape <= 14.0:
        raise ValueError(f"A/H2 of {shape:.2f}; the correlation holds from 0.9 to 14")
    if time_s <= 0.0:
        return height_m
    share = 1.11 - 0.28 * math.log(
        time_s * (heat_w / 1000.0) ** (1.0 / 3.0) * height_m ** (-4.0 / 3.0) / shape
    )
    if share < 0.2:
        raise ValueError(f"z/H of {share:.2f}; the correlation holds down to 0.2")
    return min(share, 1.0) * height_m


def spill_entrainment(
    flow_kg_s: NDArray[np.float64], *, excess_k: NDArray[np.float64], rise_m: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Air taken up by gas that rises ``rise_m`` through a cooler zone beyond an opening, kg/s.

    The plume above, as if it came from the height where it would be as strong as the stream
    (Zukoski-type; CFAST treats a door jet so too; from memory, confidence low).

    >>> flow = np.array([0.5])
    >>> taken = spill_entrainment(flow, excess_k=np.array([50.0]), rise_m=np.array([1.0]))
    >>> round(float(taken[0]), 2)
    0.58
    """
    strength = 0.071 * np.cbrt(np.maximum(flow_kg_s * excess_k * (AIR_J_KG_K / 1000.0), 1e-9))
    virtual = (flow_kg_s / strength) ** 0.6
    result: NDArray[np.float64] = strength * (rise_m + virtual) ** (5.0 / 3.0) - flow_kg_s
    return result


def burning_w(
    heat_w: float,
    *,
    clear_m: float,
    below: float,
    above: float,
    heat_j_kg: float,
    held_kg: float,
    step_s: float,
) -> float:
    """Heat a fire of ``heat_w`` releases in the air it has, W.

    It takes in clear air over ``clear_m`` of height, and gas of the smoky layer over what is left of its
    flames (0.166 Qc^(2/5)). ``below`` and ``above`` are kg of burnt fuel per kg of gas in either,
    ``heat_j_kg`` of that fuel; ``held_kg`` the smoky layer, of which a step uses a third at most. A fire
    short of air takes in less, down to where both agree.
    """
    for _ in range(_MOST_ROUNDS):
        most = _oxygen_w(heat_w, clear_m, below, above, heat_j_kg, held_kg / (3.0 * step_s))
        if most >= _AGREED * heat_w:
            break
        heat_w = most
    return min(heat_w, most)


def _oxygen_w(
    heat_w: float, clear_m: float, below: float, above: float, heat_j_kg: float, smoky_kg_s: float
) -> float:
    """Heat for which the gas a fire of ``heat_w`` takes in has oxygen, W."""
    flame_m = 0.166 * (CONVECTIVE * heat_w / 1000.0) ** 0.4
    whole = plume_entrainment(heat_w=heat_w, height_m=flame_m)
    clear = plume_entrainment(heat_w=heat_w, height_m=min(clear_m, flame_m))
    smoky = min(whole - clear, smoky_kg_s)
    most = 0.0
    for flow, fuel in ((clear, below), (smoky, above)):
        oxygen = AIR_OXYGEN * (1.0 - fuel) - fuel * heat_j_kg / OXYGEN_J_KG
        ramp = min(1.0, max(0.0, (oxygen - LEAST_OXYGEN) / (FULL_OXYGEN - LEAST_OXYGEN)))
        most += flow * ramp * max(0.0, oxygen - LEAST_OXYGEN) * OXYGEN_J_KG
    return most


def flashover_heat_w(*, inner_m2: float, width_m: float, height_m: float) -> float:
    """Heat from which on a room with one opening is likely to flash over, W.

    7.8 AT + 378 A sqrt(H) kW, AT the inner surfaces (Thomas; from memory, confidence medium).

    >>> round(flashover_heat_w(inner_m2=130.0, width_m=0.9, height_m=2.0) / 1000.0)
    1976
    """
    return 1000.0 * (7.8 * inner_m2 + 378.0 * width_m * math.sqrt(height_m) * height_m)


def visibility_m(extinction_1_m: float) -> float:
    """Distance at which reflecting things are seen, m: 3/K; at most :data:`CLEAR_M`.

    >>> visibility_m(0.3)
    10.0
    """
    return CLEAR_M if extinction_1_m <= VISIBILITY_C / CLEAR_M else VISIBILITY_C / extinction_1_m
