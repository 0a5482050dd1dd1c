"""Small sites for the tests of the facility."""

from __future__ import annotations

from drillsim.facility.spec import FacilitySpec, LinkSpec, RoadSpec, SpaceSpec, StairSpec

__all__ = ["OFFICE_STAIR", "block", "chain", "door", "office"]

OFFICE_STAIR = {
    "at_m": (27.0, 0.0),
    "size_m": (6.0, 3.0),
    "width_m": 1.2,
    "storey_m": 3.9,
    "riser_m": 0.165,
    "tread_m": 0.280,
    "door_m": 1.0,
    "exit_door_m": 1.5,
    "exit_to": "yard",
}


def block(x: float, y: float, width: float = 4.0, depth: float = 4.0, **fields: object) -> SpaceSpec:
    """A room with its centre at (x, y)."""
    return SpaceSpec.model_validate({"kind": "room", "at_m": (x, y), "size_m": (width, depth)} | fields)


def door(first: str, second: str, width: float = 1.0, **fields: object) -> LinkSpec:
    return LinkSpec.model_validate({"between": (first, second), "kind": "door", "width_m": width} | fields)


def chain(count: int, **fields: object) -> FacilitySpec:
    """Rooms r0, r1 … of 4 m in a row to the east, doors d0 (r0 to r1) …"""
    spaces = {f"r{i}": block(4.0 * i, 0.0) for i in range(count)}
    links = {f"d{i}": door(f"r{i}", f"r{i + 1}") for i in range(count - 1)}
    return FacilitySpec.model_validate({"spaces": spaces, "links": links} | fields)


def office(floors: int = 5, floor_names: tuple[str, ...] = (), **stair: object) -> FacilitySpec:
    """Corridors F1 … with stair A at the east end, a yard beyond it and a road R to muster m."""
    names = tuple(f"F{i}" for i in range(1, floors + 1))
    spaces = {name: block(0, 0, 48, 1.8, kind="corridor", level_m=3.9 * i) for i, name in enumerate(names)}
    spaces["yard"] = block(50, 0, 40, 40, kind="outside")
    spaces["m"] = block(150, 0, 10, 10, kind="muster")
    made = StairSpec.model_validate(OFFICE_STAIR | {"floors": floor_names or names} | stair)
    return FacilitySpec(spaces=spaces, stairs={"A": made}, roads={"R": RoadSpec(between=("yard", "m"))})
