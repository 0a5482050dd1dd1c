"""The part of a building that smoke can reach: its spaces as zones, and the openings between them."""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility

__all__ = ["DOOR_HEIGHT_M", "OPEN_AIR", "PASSING_SHARE", "WALL_LEAK_SHARE", "Opening", "SmokeZones"]

OPEN_AIR: Final = -1
"""Zone beyond an opening that leads out of the building."""
DOOR_HEIGHT_M: Final = 2.0
"""Lintel of every door; an opening that is no door reaches to the lower ceiling. Confidence medium."""
PASSING_SHARE: Final = 0.1
"""Open share of a door that stands neither open nor locked, as people pass it one by one. *Rule*, low."""
WALL_LEAK_SHARE: Final = 1.7e-4
"""Leakage area over wall area of an outer wall of average tightness (Klote and Milke, from memory)."""
_FLOOR_GAP_M: Final = 0.5  # a ceiling this near to a floor above is the same slab
_MIXED: Final = ("stair", "landing")


class Opening(NamedTuple):
    """A way for gas between two zones, or into the open air (``second`` :data:`OPEN_AIR`).

    ``sills_m`` is its lower edge above the floor of either. A hole in a floor (``level``) leads from the zone
    below, ``first``, to the one above; it is taken as an upright slot whose height makes the exchange of hot
    gas below cold that of Cooper, 0.1 A^(5/4) sqrt(g dT/T).
    """

    link: int  # -1: gaps of a wall
    first: int
    second: int
    width_m: float
    height_m: float
    sills_m: tuple[float, float]
    share: float  # open share while nobody has shut it
    level: bool = False


@dataclass(frozen=True, slots=True)
class SmokeZones:
    """Zones of one building, one per space; zone 0 is the fire room. Flights of stairs are mixed through."""

    spaces: tuple[int, ...]
    area_m2: tuple[float, ...]
    height_m: tuple[float, ...]
    perimeter_m: tuple[float, ...]
    mixed: tuple[bool, ...]
    openings: tuple[Opening, ...]

    @classmethod
    def around(
        cls, facility: Facility, *, room: int, door: int, wall_leak_share: float = WALL_LEAK_SHARE
    ) -> SmokeZones:
        """All spaces indoors that links join to ``room``, whatever stands open; ``door`` stands open.

        One wall of every room, as long as the root of its floor, is an outer one and leaks. Raises
        ``ValueError`` for a room outdoors.
        """
        spaces = _reached(facility, room)
        zone = {space: index for index, space in enumerate(spaces)}
        sizes = [(float(facility.size[space][0]), float(facility.size[space][1])) for space in spaces]
        mixed = tuple(facility.kind[space] in _MIXED for space in spaces)
        # People walk on less of a stair than its shaft holds of gas.
        area = tuple(
            width * depth if mixed[i] else float(facility.area_m2[space])
            for i, (space, (width, depth)) in enumerate(zip(spaces, sizes, strict=True))
        )
        openings = [
            _opening(facility, link, zone, door)
            for link in sorted({link for space in spaces for link in facility.space_links[space]})
        ]
        height = tuple(float(facility.height_m[space]) for space in spaces)
        gaps = [
            Opening(-1, i, OPEN_AIR, wall_leak_share * math.sqrt(area[i]), height[i], (0.0, 0.0), 1.0)
            for i in range(len(spaces))
            if not mixed[i] and wall_leak_share > 0.0
        ]
        perimeter = tuple(2.0 * (width + depth) for width, depth in sizes)
        return cls(tuple(spaces), area, height, perimeter, mixed, (*openings, *gaps))


def _reached(facility: Facility, room: int) -> list[int]:
    if facility.outdoors[room]:
        raise ValueError(f"{facility.spaces[room]} lies outdoors; a fire room is a space of a building")
    found = [room]
    seen = {room}
    queue = deque(found)
    while queue:
        space = queue.popleft()
        for link in facility.space_links[space]:
            for other in map(int, facility.link_spaces[link]):
                if other not in seen and not facility.outdoors[other]:
                    seen.add(other)
                    found.append(other)
                    queue.append(other)
    return found


def _opening(facility: Facility, link: int, zone: dict[int, int], door: int) -> Opening:
    ends = [int(end) for end in facility.link_spaces[link]]
    if ends[0] not in zone or (
        ends[1] in zone and float(facility.level_m[ends[1]]) < float(facility.level_m[ends[0]])
    ):
        ends.reverse()
    lower, upper = ends
    width = float(facility.link_width_m[link])
    is_door = facility.link_spec[link].kind == "door"
    share = 0.0 if facility.link_locked[link] else 1.0 if link == door or not is_door else PASSING_SHARE
    if upper not in zone:
        height = float(facility.height_m[lower])
        height = min(height, DOOR_HEIGHT_M) if is_door else height
        return Opening(link, zone[lower], OPEN_AIR, width, height, (0.0, 0.0), share)
    rise = float(facility.level_m[upper]) - float(facility.level_m[lower])
    room_above_sill = float(facility.height_m[lower]) - rise
    if not is_door and rise > 0.0 and room_above_sill <= _FLOOR_GAP_M:
        area = min(2.0 * width * width, *(float(facility.size[end].prod()) for end in ends))
        slot = 0.25 * math.sqrt(area)
        return Opening(link, zone[lower], zone[upper], area / slot, slot, (rise, 0.0), share, level=True)
    # The door to a floor stands at the head of the flight that leads down from it.
    height = float(facility.height_m[upper])
    if room_above_sill > _FLOOR_GAP_M:
        height = min(height, room_above_sill)
    height = min(height, DOOR_HEIGHT_M) if is_door else height
    return Opening(link, zone[lower], zone[upper], width, height, (rise, 0.0), share)
