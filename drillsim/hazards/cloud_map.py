"""A cloud at one instant as a map: values on a grid, zones of a level as polygons, GeoJSON, zone lengths.

Planning model, not for use at a real incident. Map and table come from the same lines, so they agree at a
point; the map is one of points, the table one of footprint means.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np

from drillsim.hazards.cloud import Cloud
from drillsim.hazards.drift import Drift, winds_of
from drillsim.hazards.map_bands import STRIP, Band, bands
from drillsim.hazards.places import AT_ONCE, Places
from drillsim.hazards.plume import LIMIT_M, ppm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.atmosphere import Terrain
    from drillsim.hazards.drift import SourceSegment
    from drillsim.hazards.weather import WindSegment

__all__ = [
    "NOTICE",
    "CloudMap",
    "Polygon",
    "TerrainBand",
    "cloud_map",
    "distance_along",
    "footprint_area",
    "placed",
    "terrain_band",
    "zone",
    "zones_geojson",
]

Polygon = list["NDArray[np.float64]"]
"""Closed rings (n, 2) of east and north, m: the outer one counterclockwise, then its holes clockwise."""

NOTICE: Final = "planning model, not for use at a real incident"

_ROWS: Final = AT_ONCE // STRIP
_EARTH_M: Final = 6_371_008.8  # mean radius
_MARCH: Final = 1.05  # an outer part of a cloud shorter than this, as a ratio, may be missed
_BISECT: Final = 1e-3


@dataclass(frozen=True)
class CloudMap:
    """Concentrations ``kg_m3`` (nx, ny) at ``x_m`` (nx,) east and ``y_m`` (ny,) north, ``height_m`` up."""

    time_s: float
    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    kg_m3: NDArray[np.float64]
    terrain: str
    height_m: float = 0.0

    def reaches_edge(self, level_kg_m3: float) -> bool:
        """Whether the zone of a level may go on beyond the map."""
        values = self.kg_m3
        return any((edge >= level_kg_m3).any() for edge in (values[[0, -1]], values[:, [0, -1]]))


def cloud_map(
    cloud: Cloud,
    segments: Sequence[SourceSegment],
    *,
    time_s: float,
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    winds: Sequence[WindSegment] | None = None,
    height_m: float = 0.0,
) -> CloudMap:
    """The cloud at ``time_s`` on the grid of ``x_m`` and ``y_m``, both ascending, as the facility has them.

    Within a pool's diameter of its middle, where values are unreliable, all points have that of one
    diameter downwind, as in the table. Raises ``ValueError`` as :meth:`Cloud.table` does and for a grid
    that does not ascend.
    """
    if any(len(axis) < 1 or not (axis[1:] > axis[:-1]).all() for axis in (x_m, y_m)):
        raise ValueError("a grid of a map: at least one value an axis, ascending")
    x, y = x_m - cloud.source_m[0], y_m - cloud.source_m[1]
    reach = math.hypot(float(np.abs(x).max()), float(np.abs(y).max())) + cloud.diameter_m
    found = [
        band
        for profile, lines in cloud.lines(
            segments, np.array([time_s]), reach_m=reach, levels_m=(height_m,), winds=winds
        )
        for band in bands(x, y, diameter_m=cloud.diameter_m, lines=lines, profile=profile)
    ]
    values = _sum(found, (len(x), len(y)))
    near = _within(cloud.diameter_m, x, y)
    if len(near[0]):
        values[near] = _near_the_source(near, found)
    for track in cloud.puffs(segments, np.array([time_s]), winds=winds):
        values += track.on_grid(x, y, height_m=height_m)
    return CloudMap(time_s, x_m, y_m, values, cloud.weather.terrain, height_m)


def _sum(found: Sequence[Band], shape: tuple[int, int]) -> NDArray[np.float64]:
    """Of all bands, some columns at a time, so that what is worked on stays in the cache."""
    values = np.empty(shape)
    order = sorted(found, key=lambda band: -band.points)
    for strip, begin in enumerate(range(0, shape[0], STRIP)):
        blocks = [(band, band.blocks[strip]) for band in order]
        done = False
        for band, block in blocks:
            if block is None:
                continue
            columns, rows = block
            if not done:  # to fill columns and add costs three times
                values[columns, : rows.start] = 0.0
                values[columns, rows.stop :] = 0.0
            for start in range(rows.start, rows.stop, _ROWS):
                some = columns, slice(start, min(start + _ROWS, rows.stop))
                if done:
                    values[some] += band.kernel.at(*some)
                else:
                    band.kernel.at(*some, into=values[some])
            done = True
        if not done:
            values[begin : begin + STRIP] = 0.0
    return values


def _near_the_source(near: tuple[NDArray[np.intp], NDArray[np.intp]], found: Sequence[Band]) -> Any:
    """Values of points so near: those of one diameter downwind of what is passive, their own of the rest."""
    i, j = near
    columns, rows = slice(int(i.min()), int(i.max()) + 1), slice(int(j.min()), int(j.max()) + 1)
    return sum(
        band.one_diameter_downwind()
        if band.passive
        else band.kernel.at(columns, rows)[i - columns.start, j - rows.start]
        for band in found
    )


def _within(
    radius_m: float, x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Columns and rows of the points of a grid so near (0, 0)."""
    (first, after), (lowest, above) = (
        np.searchsorted(axis, (-radius_m, np.nextafter(radius_m, math.inf))).tolist() for axis in (x, y)
    )
    i, j = (np.hypot(x[first:after, None], y[lowest:above]) <= radius_m).nonzero()
    return i + first, j + lowest


def zone(chart: CloudMap, level_kg_m3: float) -> list[Polygon]:
    """Where the concentration reaches a level: linear between the points of the grid, cut off at its edge.

    Raises ``ValueError`` for a level not above 0 and for a map of fewer than two points an axis.
    """
    from contourpy import FillType, contour_generator

    if not 0.0 < level_kg_m3 < math.inf:
        raise ValueError(f"a level of {level_kg_m3} kg/m3; it must be above 0 and finite")
    if min(chart.kg_m3.shape) < 2:
        raise ValueError(f"a zone of a map of {chart.kg_m3.shape} points; at least 2 an axis")
    contours = contour_generator(chart.x_m, chart.y_m, chart.kg_m3.T, fill_type=FillType.OuterOffset)
    above = 2.0 * max(float(chart.kg_m3.max()), level_kg_m3)
    filled: Any = contours.filled(level_kg_m3, above)
    polygons = []
    for vertices, ends in zip(*filled, strict=True):
        outer, *holes = (vertices[start:end] for start, end in pairwise(ends))
        polygons.append([_turned(outer, 1.0), *(_turned(hole, -1.0) for hole in holes)])
    return polygons


def _turned(ring: NDArray[np.float64], way: float) -> NDArray[np.float64]:
    """Counterclockwise for 1, clockwise for -1."""
    return ring if _area(ring) * way >= 0.0 else ring[::-1]


def _area(ring: NDArray[np.float64]) -> float:
    """Of a closed ring, m2: above 0 if counterclockwise."""
    x, y = (ring - ring[0]).T
    return 0.5 * float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def footprint_area(chart: CloudMap, level_kg_m3: float) -> float:
    """Area of the zone of a level within the map, m2. Raises ``ValueError`` as :func:`zone` does."""
    return sum(_area(ring) for polygon in zone(chart, level_kg_m3) for ring in polygon)


def zones_geojson(
    chart: CloudMap,
    levels_ppm: Mapping[str, float],
    *,
    molar_mass_kg_mol: float,
    temperature_k: float,
    origin: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """The zones of named levels as a GeoJSON FeatureCollection, one feature a level.

    With ``origin``, the longitude and latitude of the facility's (0, 0) in degrees, coordinates are WGS84
    as RFC 7946 wants them, by the local equirectangular projection on a sphere: within 0.5 % of a distance
    (the sphere) up to 10 km and 60 deg of latitude. Without, they are the facility's metres, which is no
    RFC 7946; property ``coordinates`` says which. ``cut_off``: the zone goes beyond the map. Raises
    ``ValueError`` for an origin outside 180 degrees east and west and 85 north and south, and as
    :func:`zone` does.
    """
    if origin is not None and not (abs(origin[0]) <= 180.0 and abs(origin[1]) <= 85.0):
        raise ValueError(f"an origin of {origin}; longitude within 180, latitude within 85 degrees")
    one = float(ppm(1.0, molar_mass_kg_mol=molar_mass_kg_mol, temperature_k=temperature_k))
    features = []
    for name, level in levels_ppm.items():
        polygons = zone(chart, level / one)
        properties = {
            "name": name,
            "level_ppm": level,
            "time_s": chart.time_s,
            "terrain": chart.terrain,
            "height_m": chart.height_m,
            "cut_off": chart.reaches_edge(level / one),
            "coordinates": "local metres" if origin is None else "WGS84",
            "notice": NOTICE,
        }
        shape = [[placed(ring, origin).tolist() for ring in polygon] for polygon in polygons]
        geometry = {"type": "MultiPolygon", "coordinates": shape}
        features.append({"type": "Feature", "properties": properties, "geometry": geometry})
    return {"type": "FeatureCollection", "features": features}


def placed(ring: NDArray[np.float64], origin: tuple[float, float] | None) -> NDArray[np.float64]:
    """Points (n, 2) of the facility as they stand in GeoJSON: see :func:`zones_geojson`."""
    if origin is None:
        return ring
    degrees = np.degrees(ring / _EARTH_M)
    return np.column_stack(
        [origin[0] + degrees[:, 0] / math.cos(math.radians(origin[1])), origin[1] + degrees[:, 1]]
    )


def distance_along(
    cloud: Cloud,
    segments: Sequence[SourceSegment],
    level_kg_m3: float,
    *,
    time_s: float,
    from_deg: float | None = None,
    winds: Sequence[WindSegment] | None = None,
    height_m: float = 0.0,
) -> float:
    """Greatest distance from the source, m, at which the level is reached at ``time_s``; 0 if nowhere.

    Along the wind that holds then, or that from ``from_deg``. Marches outward from 1 m by a factor 1.05 and
    bisects to 0.1 % (the sheet, section 4). Raises ``ValueError`` for a level that is not above 0 and for
    one reached at 10 km, which the model does not report.
    """
    if not 0.0 < level_kg_m3 < math.inf:
        raise ValueError(f"a level of {level_kg_m3} kg/m3; it must be above 0 and finite")
    held = winds_of(segments) if winds is None else winds
    if not held:
        return 0.0
    if from_deg is None:
        drift = Drift(held, float)
        from_deg = drift.winds[int(drift.interval(time_s))].from_deg
    angle = math.radians(from_deg + 180.0)
    toward = np.array([math.sin(angle), math.cos(angle)])
    found = list(
        cloud.lines(segments, np.array([time_s]), reach_m=LIMIT_M, levels_m=(height_m,), winds=winds)
    )

    puffs = cloud.puffs(segments, np.array([time_s]), winds=winds)

    def reached(way_m: NDArray[np.float64]) -> NDArray[np.bool_]:
        count = len(way_m)
        alone = np.ones(count, dtype=np.intp)
        places = Places.of(way_m[:, None] * toward, np.full(count, height_m), alone, near_m=cloud.diameter_m)
        values = np.zeros((count, 1))
        for profile, lines in found:
            values += places.sums(lines, profile, 1)
        for track in puffs:
            values += track.sums(places)
        return values[:, 0] >= level_kg_m3

    steps = np.append(_MARCH ** np.arange(math.ceil(math.log(LIMIT_M, _MARCH))), LIMIT_M)
    marks = np.flatnonzero(reached(steps))
    if not marks.size:
        return 0.0
    if marks[-1] == len(steps) - 1:
        raise ValueError(f"a zone longer than {LIMIT_M / 1000:.0f} km; the model does not report that")
    inner, outer = steps[marks[-1] : marks[-1] + 2].tolist()
    while outer - inner > _BISECT * inner:
        middle = 0.5 * (inner + outer)
        inner, outer = (middle, outer) if reached(np.array([middle]))[0] else (inner, middle)
    return float(inner)


class TerrainBand(NamedTuple):
    """Zone lengths, m, over open country and over buildings or stacks of containers."""

    rural_m: float
    urban_m: float


def terrain_band(
    cloud: Cloud,
    segments: Sequence[SourceSegment],
    level_kg_m3: float,
    *,
    time_s: float,
    winds: Sequence[WindSegment] | None = None,
    height_m: float = 0.0,
) -> TerrainBand:
    """:func:`distance_along` with the terrain of the weather taken as rural and as urban.

    The class in force and the wind at 10 m stay; a roughness of its own is set aside. Dense segments do not
    depend on the ground. Raises ``ValueError`` as :func:`distance_along` does.
    """

    def length(terrain: Terrain) -> float:
        ground = {"terrain": terrain, "roughness_m": None}
        other = Cloud(
            cloud.points,
            source_m=cloud.source_m,
            diameter_m=cloud.diameter_m,
            weather=cloud.weather.model_copy(update=ground),
            molar_mass_kg_mol=cloud.molar_mass_kg_mol,
            averaging_s=cloud.averaging_s,
        )
        return distance_along(other, segments, level_kg_m3, time_s=time_s, winds=winds, height_m=height_m)

    return TerrainBand(length("rural"), length("urban"))
