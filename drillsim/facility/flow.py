"""How many persons a second an opening or a stair passes, by the movement law the scenario names."""

from __future__ import annotations

from math import sqrt
from typing import Final

from drillsim.facility.spec import LinkSpec, MovementSpec, SpaceSpec, SpeedLaw

__all__ = [
    "BODY_AREA_M2",
    "IMO_STAIR_FLOW_P_S_M",
    "SFPE_RISER_M",
    "SFPE_TREAD_M",
    "STAIR_BOUNDARY_M",
    "WEIDMANN_STAIR",
    "door_boundary_m",
    "effective_width_m",
    "incline_m",
    "link_capacity_p_s",
    "peak_flow_p_s_m",
    "specific_flow_p_s_m",
    "stair_constant_m_s",
    "stair_width_m",
]

DENSITY_FACTOR_M2: Final = 0.266  # a in S = k (1 - a D), SFPE Handbook 5th ed. ch. 59
_EFFECTIVE_WIDTH: Final = ("sfpe", "assigned")  # laws whose flows are for effective widths
_DOOR_BOUNDARY_M: Final = 0.15  # each side, SFPE
_DOOR_FLOW_P_S_M: Final[dict[SpeedLaw, float]] = {
    "sfpe": 1.3,
    "assigned": 1.3,
    "imo": 1.3,  # MSC.1/Circ.1533 annex 2
    "weidmann": 1.225,  # peak of the law, at 1.75 p/m²
}
IMO_STAIR_FLOW_P_S_M: Final = {"down": 1.1, "up": 0.88}  # MSC.1/Circ.1533 annex 2
WEIDMANN_STAIR: Final = {"down": 0.694 / 1.34, "up": 0.610 / 1.34}  # of the flat; up RiMEA, down from memory
# Predtechenskii and Milinskii: body area f, m² a person; peaks of d v(d) m(d), flow = peak / f, from memory
BODY_AREA_M2: Final = {"summer": 0.100, "mid-season": 0.113, "winter": 0.125}
_PM_DOOR_M2_P_S_M3: Final = 0.17757
_PM_STAIR_M2_P_S_M3: Final = {"down": 0.13566, "up": 0.11191}
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


def specific_flow_p_s_m(movement: MovementSpec) -> float:
    """Peak flow of doors and level openings, p/s per m of effective width: the scenario's, else the law's."""
    if movement.specific_flow_p_s_m is not None:
        return movement.specific_flow_p_s_m
    if movement.law == "predtechenskii-milinskii":
        return _PM_DOOR_M2_P_S_M3 / BODY_AREA_M2[movement.clothing]
    return _DOOR_FLOW_P_S_M[movement.law]


def door_boundary_m(movement: MovementSpec) -> float:
    """Boundary layer on each side of a door, m: the scenario's, else SFPE's; other laws take clear widths."""
    if movement.door_boundary_m is not None:
        return movement.door_boundary_m
    return _DOOR_BOUNDARY_M if movement.law in _EFFECTIVE_WIDTH else 0.0


def effective_width_m(link: LinkSpec, *, movement: MovementSpec, on_stair: bool) -> float:
    """Clear width less the boundary layer on each side, m; zero or less is an input error.

    Doors, gates and control points lose the movement's door boundary, openings on a stair SFPE's
    0.15 m, other openings nothing (EvacuatioNZ's choice), unless the link says otherwise.
    """
    boundary = link.boundary_m
    if boundary is None and link.kind != "opening":
        boundary = door_boundary_m(movement)
    if boundary is None:
        boundary = STAIR_BOUNDARY_M if on_stair and movement.law in _EFFECTIVE_WIDTH else 0.0
    return link.width_m - 2.0 * boundary


def link_capacity_p_s(
    link: LinkSpec, *, ends: tuple[SpaceSpec, SpaceSpec], movement: MovementSpec, upward: bool = False
) -> float:
    """Persons a second a link passes one way: its own flow, else effective width times specific flow.

    An opening that touches a stair has the stair's specific flow (the smaller one of two stairs), under IMO
    the flow of stairs up if people pass it ``upward``. No link passes more than a stair it touches could
    carry over its own width.
    """
    if link.flow_p_s is not None:
        return link.flow_p_s
    flow = specific_flow_p_s_m(movement)
    stairs = [end for end in ends if end.kind == "stair"]
    stair_flows = [_stair_flow_p_s_m(stair, movement, upward=upward) for stair in stairs]
    if link.kind == "opening":
        flow = min([flow, *stair_flows])
    capacity = flow * effective_width_m(link, movement=movement, on_stair=bool(stairs))
    for stair, stair_flow in zip(stairs, stair_flows, strict=True):
        capacity = min(capacity, stair_flow * stair_width_m(stair, movement=movement))
    return capacity


def stair_width_m(stair: SpaceSpec, *, movement: MovementSpec) -> float:
    """Effective width of a stair, m: area along the incline by length, else the short side of its footprint.

    Zero or less is an input error.
    """
    clear_m = min(stair.size_m)
    if stair.area_m2 is not None and stair.length_m is not None:
        clear_m = stair.area_m2 / stair.length_m
    return clear_m - 2.0 * STAIR_BOUNDARY_M if movement.law in _EFFECTIVE_WIDTH else clear_m


def _stair_flow_p_s_m(stair: SpaceSpec, movement: MovementSpec, *, upward: bool) -> float:
    if movement.law == "imo":
        return IMO_STAIR_FLOW_P_S_M["up" if upward else "down"]
    if movement.law == "weidmann":
        return _DOOR_FLOW_P_S_M["weidmann"] * WEIDMANN_STAIR["up" if upward else "down"]
    if movement.law == "predtechenskii-milinskii":
        return _PM_STAIR_M2_P_S_M3["up" if upward else "down"] / BODY_AREA_M2[movement.clothing]
    if stair.riser_m is None or stair.tread_m is None:
        return specific_flow_p_s_m(movement)
    return peak_flow_p_s_m(stair_constant_m_s(riser_m=stair.riser_m, tread_m=stair.tread_m))
