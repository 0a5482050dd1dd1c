"""The zone of a level as a map of its own: found wherever the winds have carried it, fine where it is narrow.

A zone is looked for on squares around the source, each a third of the one before, so that a short zone at the
source and a cloud that has drifted away are both seen. Its map then has even points, and more of them towards
the source, where a plume is narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.cloud_map import cloud_map
from drillsim.hazards.plume import LIMIT_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.cloud import Cloud
    from drillsim.hazards.cloud_map import CloudMap
    from drillsim.hazards.drift import SourceSegment
    from drillsim.hazards.weather import WindSegment

__all__ = ["cloud_outlines"]

_SEARCHED: Final = 160  # points along each side of a square that is searched: 1.3 % of its side apart
_SHRINKS: Final = 3.0
_EVEN: Final = 160  # points of a map along each axis …
_GATHERED: Final = 120  # … and around the source, ever denser
_LEAST_M: Final = 10.0
_WIDER: Final = 0.05
_SPREADS: Final = 1.5  # nothing is further out than this times the way of the fastest wind


def cloud_outlines(
    cloud: Cloud,
    segments: Sequence[SourceSegment],
    levels_kg_m3: Sequence[float],
    *,
    time_s: float,
    winds: Sequence[WindSegment],
) -> list[CloudMap | None]:
    """A map at ``time_s`` for each level, with its whole zone within 10 km; ``None`` where there is none.

    :func:`~drillsim.hazards.cloud_map.zone` makes polygons of it. Raises ``ValueError`` as
    :meth:`~drillsim.hazards.cloud.Cloud.table`.
    """
    found: list[NDArray[np.float64] | None] = [None] * len(levels_kg_m3)
    for half_m in _halves_m(cloud, segments, winds, time_s):
        axis = np.linspace(-half_m, half_m, _SEARCHED)
        x, y = axis + cloud.source_m[0], axis + cloud.source_m[1]
        chart = cloud_map(cloud, segments, time_s=time_s, x_m=x, y_m=y, winds=winds)
        for number, level in enumerate(levels_kg_m3):
            found[number] = _widened(found[number], chart, level)
    return [
        None if box is None else _whole(box, level, cloud, segments, time_s=time_s, winds=winds)
        for box, level in zip(found, levels_kg_m3, strict=True)
    ]


def _whole(
    box: NDArray[np.float64],
    level_kg_m3: float,
    cloud: Cloud,
    segments: Sequence[SourceSegment],
    *,
    time_s: float,
    winds: Sequence[WindSegment],
) -> CloudMap:
    """A map of the box, widened until the zone ends in it: a tip may be thinner than what was searched."""
    while True:
        x, y = (
            _axis(side, source, cloud.diameter_m) for side, source in zip(box, cloud.source_m, strict=True)
        )
        chart = cloud_map(cloud, segments, time_s=time_s, x_m=x, y_m=y, winds=winds)
        if not chart.reaches_edge(level_kg_m3) or np.ptp(box, axis=1).max() > 4.0 * LIMIT_M:
            return chart
        box = box + _WIDER * np.ptp(box, axis=1, keepdims=True) * (-1.0, 1.0)


def _halves_m(
    cloud: Cloud, segments: Sequence[SourceSegment], winds: Sequence[WindSegment], time_s: float
) -> list[float]:
    """Half sides of the squares to search, the widest first."""
    begun = [part.start_s for part in segments if part.rate_kg_s > 0.0 and part.start_s < time_s]
    if not begun:
        return []
    fastest = max(wind.speed_m_s for wind in winds)
    least = 2.0 * max(cloud.diameter_m, _LEAST_M)
    half = min(_SPREADS * fastest * (time_s - min(begun)) + 20.0 * least, 1.05 * LIMIT_M)
    halves = [half]
    while halves[-1] > least:
        halves.append(halves[-1] / _SHRINKS)
    return halves


def _widened(box: NDArray[np.float64] | None, chart: CloudMap, level: float) -> NDArray[np.float64] | None:
    """The box (2, 2) of west, east and south, north, with what of the zone lies on this map, and a margin."""
    inside = chart.kg_m3 >= level
    if not inside.any():
        return box
    sides = []
    for axis, hit in ((chart.x_m, inside.any(axis=1)), (chart.y_m, inside.any(axis=0))):
        where, step = np.flatnonzero(hit), axis[1] - axis[0]
        sides.append((axis[where[0]] - 1.5 * step, axis[where[-1]] + 1.5 * step))
    new = np.array(sides)
    if box is None:
        return new
    return np.column_stack([np.minimum(box[:, 0], new[:, 0]), np.maximum(box[:, 1], new[:, 1])])


def _axis(side: NDArray[np.float64], source: float, diameter_m: float) -> NDArray[np.float64]:
    """Coordinates of a map: even ones, and ones whose distance grows with that from the source."""
    low, high = side.tolist()
    near = max(0.25 * diameter_m, 0.5)
    far = max(abs(low - source), abs(high - source), 2.0 * near)
    gathered = near * np.sinh(np.linspace(0.0, math.asinh(far / near), _GATHERED))
    values = np.concatenate([np.linspace(low, high, _EVEN), source + gathered, source - gathered[1:]])
    values = np.unique(values[(values >= low) & (values <= high)])
    # Two of the one and the other kind may all but coincide.
    apart = np.append(True, np.diff(values) > 1e-3)
    apart[-1] = True
    return np.asarray(values[apart])
