"""Zones as one GeoJSON file, with first isolation, protective square, leaks, musters, posts and staging."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.errors import DrillsimError
from drillsim.hazards.cloud_map import NOTICE, placed
from drillsim.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from drillsim.study.zone_results import LeakZones, SpotFan, Zone, Zones

__all__ = ["LOCAL", "fan_facts", "zone_facts", "zones_document"]

LOCAL: Final = "local metres east and north of the facility's (0, 0), not longitude and latitude"
_CORNERS: Final = 72  # of a circle
_DECIMALS: Final = {True: 2, False: 7}  # 1 cm in metres and in degrees


def zones_document(zones: Zones, *, origin: tuple[float, float] | None = None) -> dict[str, Any]:
    """A FeatureCollection of everything in ``zones``; the member ``drillsim`` says what the coordinates are.

    ``origin``: longitude and latitude, degrees, of the facility's (0, 0); coordinates are then WGS84 as RFC
    7946 wants them. Without, they are the facility's metres. Property ``feature`` tells a feature's kind:
    zone, initial-isolation, protective-action, leak, spot. Rings go by the right-hand rule. Raises
    :class:`DrillsimError` for an origin outside 180 degrees east and west and 85 north and south.
    """
    if origin is not None and not (abs(origin[0]) <= 180.0 and abs(origin[1]) <= 85.0):
        raise DrillsimError(
            f"an origin of {origin[0]:g},{origin[1]:g}; longitude within 180, latitude within 85 degrees"
        )
    world = zones.world
    return {
        "type": "FeatureCollection",
        "drillsim": {
            "version": __version__,
            "notice": NOTICE,
            "scenario": zones.scenario.name,
            "coordinates": LOCAL if origin is None else "WGS84",
            "origin": None if origin is None else list(origin),
            "winds": [
                {
                    "start_s": wind.start_s if math.isfinite(wind.start_s) else None,
                    "from_deg": wind.from_deg,
                    "speed_m_s": wind.speed_m_s,
                }
                for wind in world.winds
            ],
            "stability": world.weather.stability,
            "terrain": world.weather.terrain,
            "injects": list(world.injects),
        },
        "features": [
            *(feature for leak in zones.leaks for feature in _of_leak(leak, origin)),
            *_spots(zones, origin),
        ],
    }


def _of_leak(leak: LeakZones, origin: tuple[float, float] | None) -> Iterator[dict[str, Any]]:
    name, entry, source_m = leak.leak.name, leak.leak.run.substance, leak.leak.run.cloud.source_m
    about = {"hazard": name, "substance": entry.id, "un_number": entry.un_number}
    point = _ring(np.array([source_m]), origin)[0]
    yield _feature(
        "leak",
        {"type": "Point", "coordinates": point},
        {
            **about,
            "onset_s": leak.leak.onset_s,
            "released_kg": leak.leak.released_kg,
            "erg_guide": leak.first.guide,
        },
    )
    for feature, distance, ring in (
        ("initial-isolation", leak.first.isolation, _circle(leak)),
        ("protective-action", leak.first.protection, leak.first.square_m),
    ):
        if distance is not None and ring is not None:
            closed = np.vstack([ring, ring[:1]])
            yield _feature(
                feature,
                {"type": "Polygon", "coordinates": [_ring(closed, origin)]},
                {**about, "distance_m": distance.distance_m, "source": distance.source},
            )
    for zone in leak.zones:
        shape = [[_ring(ring, origin) for ring in polygon] for polygon in zone.polygons]
        yield _feature("zone", {"type": "MultiPolygon", "coordinates": shape}, {**about, **zone_facts(zone)})


def zone_facts(zone: Zone) -> dict[str, Any]:
    """What is known of a zone but its shape, as JSON."""
    level = zone.level
    return {
        "level": level.name,
        "label": level.label,
        "threshold_ppm": level.ppm,
        "averaging_s": level.averaging_s,
        "time_s": zone.time_s,
        "area_m2": zone.area_m2,
        "reach_m": zone.reach_m,
        "bearing_deg": zone.bearing_deg,
        "rural_m": zone.rural_m,
        "urban_m": zone.urban_m,
        "beyond_10_km": zone.beyond,
        "spaces": list(zone.spaces),
        "groups": dict(zone.groups),
        "people": zone.people,
    }


def fan_facts(fan: SpotFan) -> dict[str, Any]:
    """The worst wind for a spot, as JSON."""
    return {
        "half_fan_deg": fan.half_fan_deg,
        "ppm": fan.ppm,
        "from_deg": fan.from_deg,
        "level": None if fan.level is None else fan.level.name,
    }


def _circle(leak: LeakZones) -> NDArray[np.float64] | None:
    """Corners of the initial isolation zone, counterclockwise, its sides outside the circle."""
    if leak.first.isolation is None:
        return None
    angles = 2.0 * math.pi * np.arange(_CORNERS) / _CORNERS
    radius = leak.first.isolation.distance_m / math.cos(math.pi / _CORNERS)
    unit = np.column_stack([np.cos(angles), np.sin(angles)])
    return np.asarray(np.asarray(leak.leak.run.cloud.source_m) + radius * unit)


def _spots(zones: Zones, origin: tuple[float, float] | None) -> Iterator[dict[str, Any]]:
    facility = zones.world.facility
    for spot in zones.spots:
        at = facility.centre[[facility.space_index[spot.space]]]
        yield _feature(
            "spot",
            {"type": "Point", "coordinates": _ring(at, origin)[0]},
            {
                "space": spot.space,
                "uses": list(spot.uses),
                "plans": list(spot.plans),
                "fan": {
                    leak.leak.name: fan_facts(fan)
                    for leak in zones.leaks
                    for fan in leak.fans
                    if fan.spot == spot
                },
            },
        )


def _ring(points_m: NDArray[np.float64], origin: tuple[float, float] | None) -> list[Any]:
    """Rounded to 1 cm; of points that then coincide one after the other only the first."""
    rounded = np.round(placed(points_m, origin), _DECIMALS[origin is None])
    kept = np.append(True, (np.diff(rounded, axis=0) != 0.0).any(axis=1))
    points: list[Any] = rounded[kept].tolist()
    return points


def _feature(kind: str, geometry: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"feature": kind, **properties}, "geometry": geometry}
