"""How fast people walk and how many pass, by the named laws: SFPE, IMO, Weidmann, Predtechenskii-Milinskii.

SFPE: Handbook of Fire Protection Engineering, 5th ed. ch. 59 (effective width, so boundary layers come
off). IMO: MSC.1/Circ.1533 (clear width, no boundary layer). The two must not be
mixed in one flow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import exp, inf, isnan, sin, sqrt
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from drillsim.facility.flow import BODY_AREA_M2, DENSITY_FACTOR_M2, WEIDMANN_STAIR, stair_constant_m_s
from drillsim.facility.graph import UNLIMITED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.facility.spec import SpeedLaw

__all__ = [
    "FLAT_M_S",
    "FREE_DENSITY_P_M2",
    "IMO_MAX_FLOW_P_S_M",
    "Climb",
    "fastest_walk_m_s",
    "imo_corridor_flow_p_s_m",
    "imo_flow_time",
    "imo_ideal_time",
    "imo_speed_by_density_m_s",
    "imo_speed_m_s",
    "imo_travel_time",
    "imo_walking_time",
    "jam_density_p_m2",
    "predtechenskii_milinskii_speed_m_s",
    "sfpe_density_p_m2",
    "sfpe_specific_flow_p_s_m",
    "sfpe_speed_m_s",
    "speed_m_s",
    "speed_table_m_s",
    "walking_constant_m_s",
    "weidmann_speed_m_s",
]

Climb = int  # 1 up a stair, -1 down, 0 level
Component = Literal["corridor", "stair-down", "stair-up", "door"]

FLAT_M_S: Final = 1.40  # k of corridors, aisles, ramps and doors
FREE_DENSITY_P_M2: Final = 0.54  # below it density no longer matters
_DEFAULT_STAIR_M: Final = (0.178, 0.279)  # riser and tread of the handbook's 7/11 inch stair
_DENSEST_SHARE_OF_JAM: Final = 0.95  # the table never goes nearer to the jam density 1/a

IMO_MAX_FLOW_P_S_M: Final[dict[Component, float]] = {
    "corridor": 1.3,
    "stair-down": 1.1,
    "stair-up": 0.88,
    "door": 1.3,
}
# (density p/m², specific flow p/s/m)
_IMO_CORRIDOR_FLOW: Final = ((0.0, 0.0), (0.5, 0.65), (1.9, 1.3), (3.2, 0.65), (3.5, 0.32))
# (specific flow p/s/m, speed m/s), free branch
_IMO_SPEED: Final[dict[str, tuple[tuple[float, float], ...]]] = {
    "stair-down": ((0.0, 1.0), (0.54, 1.0), (1.1, 0.55)),
    "stair-up": ((0.0, 0.8), (0.43, 0.8), (0.88, 0.44)),
    "corridor": ((0.0, 1.2), (0.65, 1.2), (1.3, 0.67)),
}
_IMO_CORRIDOR_SPEED: Final = ((0.0, 1.2), (0.5, 1.2), (1.9, 0.67), (3.2, 0.20), (3.5, 0.10))  # by density
_WEIDMANN_FREE_M_S: Final = 1.34
_WEIDMANN_JAM_P_M2: Final = 5.4
_PM_FULL: Final = 0.92  # m² of bodies a m² of floor
_IMO_COUNTERFLOW: Final = 0.3  # δ
_IMO_CORRECTION: Final = 2.0  # γ


def sfpe_speed_m_s(density_p_m2: float, *, k_m_s: float = FLAT_M_S) -> float:
    """Walking speed S = k (1 - a D) in m/s, a = 0.266 m²; densities below 0.54 p/m² count as 0.54.

    Raises ``ValueError`` below 0 and from the jam density 1/a = 3.76 p/m² on, where the law has no speed.

    >>> round(sfpe_speed_m_s(2.0), 4), round(sfpe_speed_m_s(0.1), 3)
    (0.6552, 1.199)
    """
    if not 0.0 <= density_p_m2 < 1.0 / DENSITY_FACTOR_M2:
        raise ValueError(f"a density of {density_p_m2} p/m²; SFPE's law holds from 0 to below 3.76 p/m²")
    return k_m_s * (1.0 - DENSITY_FACTOR_M2 * max(density_p_m2, FREE_DENSITY_P_M2))


def sfpe_specific_flow_p_s_m(density_p_m2: float, *, k_m_s: float = FLAT_M_S) -> float:
    """Specific flow S D in p/s per m of effective width; peak k/(4a) at 1.88 p/m².

    Raises ``ValueError`` as :func:`sfpe_speed_m_s`.
    """
    return sfpe_speed_m_s(density_p_m2, k_m_s=k_m_s) * density_p_m2


def sfpe_density_p_m2(flow_p_s_m: float, *, k_m_s: float = FLAT_M_S, queued: bool = False) -> float:
    """Density of a specific flow: the free root, or the crowded one of a queue, p/m².

    Solves ``flow = (1 - a D) k D``. Raises ``ValueError`` for a flow above the peak k/(4a) or below 0.

    >>> round(sfpe_density_p_m2(1.04305), 2)
    1.02
    """
    rest = 1.0 - 4.0 * DENSITY_FACTOR_M2 * flow_p_s_m / k_m_s
    if rest < 0.0 or flow_p_s_m < 0.0:
        peak = k_m_s / (4.0 * DENSITY_FACTOR_M2)
        raise ValueError(f"a specific flow of {flow_p_s_m} p/s/m; it lies between 0 and {peak:.3f}")
    root = sqrt(rest)
    return (1.0 + root if queued else 1.0 - root) / (2.0 * DENSITY_FACTOR_M2)


def walking_constant_m_s(facility: Facility, space: int) -> float:
    """k of a space: 1.40 m/s on the flat, 51.8 sqrt(T/R) / 60 on stairs (7/11 inch if not given)."""
    if facility.kind[space] != "stair":
        return FLAT_M_S
    riser_m, tread_m = float(facility.riser_m[space]), float(facility.tread_m[space])
    if isnan(riser_m) or isnan(tread_m):
        riser_m, tread_m = _DEFAULT_STAIR_M
    return stair_constant_m_s(riser_m=riser_m, tread_m=tread_m)


def weidmann_speed_m_s(density_p_m2: float) -> float:
    """Walking speed 1.34 (1 - exp(-1.913 (1/D - 1/5.4))) in m/s (Weidmann 1993); 1.34 in empty space.

    Raises ``ValueError`` below 0 and from the jam density 5.4 p/m² on.

    >>> round(weidmann_speed_m_s(1.5), 3), weidmann_speed_m_s(0.0)
    (0.807, 1.34)
    """
    if not 0.0 <= density_p_m2 < _WEIDMANN_JAM_P_M2:
        raise ValueError(f"a density of {density_p_m2} p/m²; Weidmann's law holds from 0 to below 5.4 p/m²")
    if density_p_m2 == 0.0:
        return _WEIDMANN_FREE_M_S
    gap = 1.0 / density_p_m2 - 1.0 / _WEIDMANN_JAM_P_M2
    return _WEIDMANN_FREE_M_S * (1.0 - exp(-1.913 * gap))


def predtechenskii_milinskii_speed_m_s(
    density_p_m2: float, *, body_area_m2: float = BODY_AREA_M2["mid-season"], climb: Climb = 0
) -> float:
    """Normal walking speed in m/s by d = f D up to 0.92 (Predtechenskii and Milinskii, from memory).

    v = (112 d⁴ - 380 d³ + 434 d² - 217 d + 57) / 60 on the flat; stairs down times
    0.775 + 0.44 exp(-0.39 d) sin(5.61 d - 0.224); stairs up 0.63 / 0.95 of the flat, the mean that RiMEA
    tabulates. Raises ``ValueError`` outside 0 <= d <= 0.92.

    >>> round(predtechenskii_milinskii_speed_m_s(2.5), 3)
    0.375
    """
    d = density_p_m2 * body_area_m2
    if not 0.0 <= d <= _PM_FULL:
        raise ValueError(f"d of {d:.3g} m²/m²; the law of Predtechenskii and Milinskii holds from 0 to 0.92")
    flat = (112.0 * d**4 - 380.0 * d**3 + 434.0 * d**2 - 217.0 * d + 57.0) / 60.0
    if climb == 0:
        return flat
    return flat * (0.63 / 0.95 if climb > 0 else 0.775 + 0.44 * exp(-0.39 * d) * sin(5.61 * d - 0.224))


def imo_speed_by_density_m_s(density_p_m2: float, *, climb: Climb = 0) -> float:
    """Speed of IMO's tables by density (corridor: Circ.1533 annex 2 table 1.1, linear between, from memory).

    Stairs: the density at which their speed by flow carries that flow; past their peak at 2.0 p/m² falling
    to 0.10 m/s at 3.5 p/m², this project's choice. Raises ``ValueError`` below 0.

    >>> imo_speed_by_density_m_s(1.9), round(imo_speed_by_density_m_s(2.0, climb=-1), 3)
    (0.67, 0.55)
    """
    density = min(density_p_m2, 3.5)
    if climb == 0:
        return _between(_IMO_CORRIDOR_SPEED, density, "a density in p/m²")
    (_, free), (low, _), (peak, slow) = _IMO_SPEED["stair-up" if climb > 0 else "stair-down"]
    if not density >= 0.0:
        raise ValueError(f"a density of {density} p/m²; it must not be negative")
    if density <= low / free:
        return free
    if density <= peak / slow:
        slope = (free - slow) / (peak - low)  # S = free - slope (S D - low)
        return (free + slope * low) / (1.0 + slope * density)
    return slow + (0.10 - slow) * (density - peak / slow) / (3.5 - peak / slow)


def jam_density_p_m2(law: SpeedLaw, clothing: str = "mid-season") -> float:
    """Density beyond which a law has no speed, p/m²; inf where it has one for any."""
    if law == "sfpe":
        return 1.0 / DENSITY_FACTOR_M2
    if law == "weidmann":
        return _WEIDMANN_JAM_P_M2
    return _PM_FULL / BODY_AREA_M2[clothing] if law == "predtechenskii-milinskii" else inf


def speed_m_s(
    law: SpeedLaw,
    *,
    density_p_m2: float,
    climb: Climb = 0,
    k_m_s: float = FLAT_M_S,
    clothing: str = "mid-season",
) -> float:
    """Fastest walk at a density under a named law, m/s; ``climb`` 1 up, -1 down a stair, 0 level.

    ``k_m_s`` is SFPE's constant of the component. ``assigned`` sets no limit (inf). Raises ``ValueError``
    outside a law's range.
    """
    if law == "sfpe":
        return sfpe_speed_m_s(density_p_m2, k_m_s=k_m_s)
    if law == "imo":
        return imo_speed_by_density_m_s(density_p_m2, climb=climb)
    if law == "weidmann":
        share = 1.0 if climb == 0 else WEIDMANN_STAIR["up" if climb > 0 else "down"]
        return share * weidmann_speed_m_s(density_p_m2)
    if law == "predtechenskii-milinskii":
        area_m2 = BODY_AREA_M2[clothing]
        return predtechenskii_milinskii_speed_m_s(density_p_m2, body_area_m2=area_m2, climb=climb)
    return inf


def speed_table_m_s(
    facility: Facility, space: int, *, heads: int, law: SpeedLaw | None = None, climb: Climb = 0
) -> list[float]:
    """Fastest walk in a space by the number of people in it, length ``heads + 1``, m/s.

    Entry n is the law's speed (default: the facility's law) at n people on the floor area. Beyond the
    density at which a space is full (people who start there may stand closer) it stays at the speed of that
    density, so never at zero.
    """
    movement = facility.spec.movement
    law = law or movement.law
    if law == "assigned":
        return [inf] * (heads + 1)
    k_m_s, area_m2 = walking_constant_m_s(facility, space), float(facility.area_m2[space])
    full = min(movement.max_density_p_m2, _DENSEST_SHARE_OF_JAM * jam_density_p_m2(law, movement.clothing))

    def at(density_p_m2: float) -> float:
        return speed_m_s(law, density_p_m2=density_p_m2, climb=climb, k_m_s=k_m_s, clothing=movement.clothing)

    below = min(heads, int(full * area_m2))
    return [at(min(n / area_m2, full)) for n in range(below + 1)] + [at(full)] * (heads - below)


def fastest_walk_m_s(facility: Facility) -> NDArray[np.float64]:
    """Fastest walk the law allows one alone in each space, level, up and down, shape (spaces, 3), m/s."""
    limits = np.full((len(facility.spaces), 3), inf)
    for space, slots in enumerate(facility.slots):
        if slots < UNLIMITED:
            for climb in (0, 1, -1) if facility.kind[space] == "stair" else (0,):
                limits[space, climb] = speed_table_m_s(facility, space, heads=1, climb=climb)[1]
    return limits


def _between(points: Sequence[tuple[float, float]], x: float, what: str) -> float:
    if not points[0][0] <= x <= points[-1][0]:
        raise ValueError(f"{what} of {x}; the table runs from {points[0][0]} to {points[-1][0]}")
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def imo_corridor_flow_p_s_m(density_p_m2: float) -> float:
    """Specific flow of a corridor by density (Circ.1533 annex 2 table 1.1; linear between, from memory).

    From 3.5 p/m² on it stays 0.32. Raises ``ValueError`` below 0.
    """
    return _between(_IMO_CORRIDOR_FLOW, min(density_p_m2, 3.5), "a density in p/m²")


def imo_speed_m_s(component: Component, *, flow_p_s_m: float) -> float:
    """Speed of people by specific flow (Circ.1533 annex 2 table 1.3), linear between its points.

    Raises ``ValueError`` for a flow above the component's maximum, ``KeyError`` for a door, which has none.

    >>> imo_speed_m_s("stair-down", flow_p_s_m=1.1)
    0.55
    """
    return _between(_IMO_SPEED[component], flow_p_s_m, "a specific flow in p/s/m")


def imo_flow_time(persons: float, *, flow_p_s_m: float, clear_width_m: float) -> float:
    """Flow time N / (Fs Wc) of a component in s. Raises ``ValueError`` unless flow and width are above 0."""
    if not (flow_p_s_m > 0.0 and clear_width_m > 0.0):
        raise ValueError(f"a flow of {flow_p_s_m} p/s/m through {clear_width_m} m; both must be above 0")
    return persons / (flow_p_s_m * clear_width_m)


def imo_walking_time(length_m: float, *, speed_m_s: float) -> float:
    """Walking time L / S in s. Raises ``ValueError`` unless the speed is above 0."""
    if not speed_m_s > 0.0:
        raise ValueError(f"a speed of {speed_m_s} m/s; it must be above 0")
    return length_m / speed_m_s


def imo_ideal_time(*, flow_times_s: Iterable[float], walking_times_s: Iterable[float]) -> float:
    """Ideal time of a route: its longest flow time and all its walking times, s (Circ.1533 annex 2)."""
    return max(flow_times_s) + sum(walking_times_s)


def imo_travel_time(ideal_s: float) -> float:
    """Travel time T = (γ + δ) tI = 2.3 tI, s (γ = 2, δ = 0.3).

    >>> round(imo_travel_time(142.0), 1)
    326.6
    """
    return (_IMO_CORRECTION + _IMO_COUNTERFLOW) * ideal_s
