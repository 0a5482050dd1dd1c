"""How fast people walk and how many pass: SFPE's relations and the tables of IMO's simplified method.

SFPE: Handbook of Fire Protection Engineering, 5th ed. ch. 59 (effective width, so boundary layers come
off). IMO: MSC.1/Circ.1533 (clear width, no boundary layer). The two must not be mixed in one flow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import isnan, sqrt
from typing import TYPE_CHECKING, Final, Literal

from drillsim.facility.flow import DENSITY_FACTOR_M2, stair_constant_m_s

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.facility.spec import SpeedLaw

__all__ = [
    "FLAT_M_S",
    "FREE_DENSITY_P_M2",
    "IMO_MAX_FLOW_P_S_M",
    "imo_corridor_flow_p_s_m",
    "imo_flow_time",
    "imo_ideal_time",
    "imo_speed_m_s",
    "imo_travel_time",
    "imo_walking_time",
    "sfpe_density_p_m2",
    "sfpe_specific_flow_p_s_m",
    "sfpe_speed_m_s",
    "speed_table_m_s",
    "walking_constant_m_s",
]

Component = Literal["corridor", "stair-down", "stair-up", "door"]

FLAT_M_S: Final = 1.40  # k of corridors, aisles, ramps and doors
FREE_DENSITY_P_M2: Final = 0.54  # below it density no longer matters
_DEFAULT_STAIR_M: Final = (0.178, 0.279)  # riser and tread of the handbook's 7/11 inch stair
_FASTEST_SHARE_OF_JAM: Final = 0.95  # the table never goes nearer to the jam density 1/a

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


def speed_table_m_s(facility: Facility, space: int, *, heads: int, law: SpeedLaw = "sfpe") -> list[float]:
    """Fastest walk in a space by the number of people in it, length ``heads + 1``, m/s.

    Entry n is SFPE's speed at n people on the floor area. Beyond the density at which a space is full
    (people who start there may stand closer) it stays at the speed of that density, so never at zero.
    ``assigned`` sets no limit.
    """
    if law == "assigned":
        return [float("inf")] * (heads + 1)
    k_m_s, area_m2 = walking_constant_m_s(facility, space), float(facility.area_m2[space])
    full = min(facility.spec.movement.max_density_p_m2, _FASTEST_SHARE_OF_JAM / DENSITY_FACTOR_M2)
    slowest = sfpe_speed_m_s(full, k_m_s=k_m_s)
    below = min(heads, int(full * area_m2))
    table = [sfpe_speed_m_s(min(n / area_m2, full), k_m_s=k_m_s) for n in range(below + 1)]
    return table + [slowest] * (heads - below)


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
