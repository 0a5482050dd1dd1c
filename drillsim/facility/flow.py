"""How many persons a second an opening or a stair passes: SFPE's effective width and stair constant."""

from __future__ import annotations

from math import sqrt
from typing import Final

from drillsim.facility.spec import LinkSpec, MovementSpec, SpaceSpec

__all__ = [
    "SFPE_RISER_M",
    "SFPE_TREAD_M",
    "STAIR_BOUNDARY_M",
    "effective_width_m",
    "incline_m",
    "link_capacity_p_s",
    "peak_flow_p_s_m",
    "stair_constant_m_s",
]

DENSITY_FACTOR_M2: Final = 0.266  # a in S = k (1 - a D), SFPE Handbook 5th ed. ch. 59
STAIR_BOUNDARY_M: Final = 0.15  # each side, stair wall or tread side, SFPE
SFPE_RISER_M: Final = (0.165, 0.191)  # range of the stair constant
SFPE_TREAD_M: Final = (0.254, 0.330)


def stair_constant_m_s(*, riser_m: float, tread_m: float) -> float:
    """Stair constant k = 51.8 sqrt(T/R) / 60 in m/s (SFPE Handbook 5th ed. ch. 59, closed form).

    The table of the same chapter is 1-2 % higher or lower; see ``SFPE_RISER_M`` for the range.

    >>> round(stair_constant_m_s(riser_m=0.180, tread_m=0.280), 4)
    1.0768
    """
    return 51.8 * sqrt(tread_m / riser_m) / 60.0


def peak_flow_p_s_m(k_m_s: float) -> float:
    """Largest specific flow k / (4 a), p/s per m of effective width, reached at 1.88 p/m².

    >>> round(peak_flow_p_s_m(1.08), 3)
    1.015
    """
    return k_m_s / (4.0 * DENSITY_FACTOR_M2)


def incline_m(rise_m: float, *, riser_m: float, tread_m: float) -> float:
    """Walking length along the incline for a rise in m.

    >>> round(incline_m(3.9, riser_m=0.165, tread_m=0.280), 2)
    7.68
    """
    return rise_m * sqrt(riser_m**2 + tread_m**2) / riser_m


def effective_width_m(link: LinkSpec, *, movement: MovementSpec, on_stair: bool) -> float:
    """Clear width less the boundary layer on each side, m; zero or less is an input error.

    Doors, gates and control points lose the movement's door boundary, openings on a stair SFPE's
    0.15 m, other openings nothing (EvacuatioNZ's choice), unless the link says otherwise.
    """
    boundary = link.boundary_m
    if boundary is None and link.kind != "opening":
        boundary = movement.door_boundary_m
    if boundary is None:
        boundary = STAIR_BOUNDARY_M if on_stair else 0.0
    return link.width_m - 2.0 * boundary


def link_capacity_p_s(link: LinkSpec, *, ends: tuple[SpaceSpec, SpaceSpec], movement: MovementSpec) -> float:
    """Persons a second a link passes: its own flow, else effective width times specific flow.

    An opening that touches a stair has the stair's specific flow (the smaller one of two stairs).
    """
    if link.flow_p_s is not None:
        return link.flow_p_s
    flow = movement.specific_flow_p_s_m
    stairs = [end for end in ends if end.kind == "stair"]
    if link.kind == "opening":
        for stair in stairs:
            if stair.riser_m is not None and stair.tread_m is not None:
                k_m_s = stair_constant_m_s(riser_m=stair.riser_m, tread_m=stair.tread_m)
                flow = min(flow, peak_flow_p_s_m(k_m_s))
    return flow * effective_width_m(link, movement=movement, on_stair=bool(stairs))
