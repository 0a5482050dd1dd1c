"""What all maps share: the ground they cover, the storey a space is drawn on, how high a panel is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.debrief.charts import mapmarks
from drillsim.debrief.maps import storey_of, storeys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility

__all__ = ["Box", "box_of", "corners", "is_building", "on_storey", "panel_height_in"]

_BUILDING_M: Final = 250.0  # a plan with several storeys and no wider than this is drawn storey by storey


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of ground, m east and north."""

    west: float
    east: float
    south: float
    north: float

    @property
    def width(self) -> float:
        return self.east - self.west

    @property
    def height(self) -> float:
        return self.north - self.south


def is_building(facility: Facility) -> bool:
    """Whether floor maps say more than one site map."""
    box = box_of(facility, range(len(facility.spaces)))
    return len(storeys(facility)) > 1 and max(box.width, box.height) <= _BUILDING_M


def box_of(facility: Facility, spaces: Sequence[int] | range) -> Box:
    """The ground of these spaces with a narrow rim."""
    chosen = np.array(list(spaces), dtype=int)
    low = (facility.centre[chosen] - facility.size[chosen] / 2.0).min(axis=0)
    high = (facility.centre[chosen] + facility.size[chosen] / 2.0).max(axis=0)
    margin = 0.02 * float(max(high - low))
    return Box(low[0] - margin, high[0] + margin, low[1] - margin, high[1] + margin)


def on_storey(facility: Facility, level_m: float) -> list[int]:
    """Spaces drawn on a storey."""
    levels = storeys(facility)
    return [space for space in range(len(facility.spaces)) if storey_of(facility, space, levels) == level_m]


def corners(facility: Facility, space: int) -> NDArray[np.float64]:
    """((west, south), (east, north)) of a footprint, m."""
    half = facility.size[space] / 2.0
    found: NDArray[np.float64] = np.stack([facility.centre[space] - half, facility.centre[space] + half])
    return found


def panel_height_in(box: Box, width_in: float) -> float:
    """Height of a map of that width, with its strip of signs, inches."""
    return float(np.clip(width_in * box.height / max(box.width * (1.0 + mapmarks.STRIP), 1.0), 1.6, 8.5))
