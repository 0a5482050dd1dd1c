"""Where a dense puff is and what there is of it: the cylinder of Britter and McQuaid, carried by the wind.

Its middle goes 0.4 of the way of the wind at 10 m and turns with it; it dilutes with the way that its front
has come. Uniform inside, sharp at its edge.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from drillsim.hazards.dense import PUFF_PACE
from drillsim.hazards.lines import ragged
from drillsim.hazards.plume import LIMIT_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.drift import Drift, SourceSegment
    from drillsim.hazards.places import Places

__all__ = ["PuffTrack", "puff_track"]


class PuffTrack(NamedTuple):
    """A puff at some times (k,): its middle (k, 2) east and north of the source, radius and height, m, and
    what is in it, kg/m3; 0 until it is let out and once its front has come 10 km."""

    middle_m: NDArray[np.float64]
    radius_m: NDArray[np.float64]
    height_m: NDArray[np.float64]
    kg_m3: NDArray[np.float64]

    def sums(self, places: Places) -> NDArray[np.float64]:
        """Sum over the points of each space at each time, kg/m3, shape (spaces, times)."""
        total = np.zeros((len(places.samples), len(self.kg_m3)))
        if not places.samples.size:
            return total
        point = ragged(places.first, places.samples)
        east, north = places.east_m[point], places.north_m[point]
        up = np.array(places.levels_m)[places.level[point]]
        first = np.cumsum(places.samples) - places.samples
        for k in np.flatnonzero(self.kg_m3 > 0.0):
            inside = np.hypot(east - self.middle_m[k, 0], north - self.middle_m[k, 1]) <= self.radius_m[k]
            inside &= up <= self.height_m[k]
            total[:, k] = np.add.reduceat(inside.astype(np.float64), first) * self.kg_m3[k]
        return total

    def on_grid(
        self, x_m: NDArray[np.float64], y_m: NDArray[np.float64], *, height_m: float
    ) -> NDArray[np.float64]:
        """kg/m3 (nx, ny) at the first time, at offsets from the source."""
        away = np.hypot((x_m - self.middle_m[0, 0])[:, None], y_m - self.middle_m[0, 1])
        inside = (away <= self.radius_m[0]) & bool(height_m <= self.height_m[0])
        return np.asarray(inside * self.kg_m3[0])


def puff_track(
    segment: SourceSegment, times_s: NDArray[np.float64], *, drift: Drift, pure_kg_m3: float
) -> PuffTrack:
    """The puff of a segment at each time; ``drift`` is that of the wind at 10 m."""
    puff = segment.puff
    assert puff is not None
    out = times_s > segment.start_s
    age = np.where(out, times_s - segment.start_s, 0.0)
    start = np.array([segment.start_s])
    moments = np.where(out, times_s, segment.start_s)
    way = PUFF_PACE * (drift.travelled_m(moments) - drift.travelled_m(start))
    radius = puff.radius_m(age)
    front = way + radius
    return PuffTrack(
        PUFF_PACE * (drift.place_m(moments) - drift.place_m(start)),
        radius,
        puff.height_at_m(front, radius_m=radius),
        np.where(out & (front <= LIMIT_M), pure_kg_m3 * puff.share_at(front), 0.0),
    )
