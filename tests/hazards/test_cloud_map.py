from __future__ import annotations

import json
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drillsim.hazards.cloud import Cloud, SourceSegment, points_alone
from drillsim.hazards.cloud_map import (
    NOTICE,
    CloudMap,
    cloud_map,
    distance_along,
    footprint_area,
    terrain_band,
    zone,
    zones_geojson,
)
from drillsim.hazards.dense import dense_plume
from drillsim.hazards.plume import distance_to
from drillsim.hazards.weather import Weather, WindSegment
from tests.hazards.sites import WEST_WIND

STEADY = SourceSegment(0.0, 36_000.0, 0.5, 270.0, 3.0)
AXIS = np.linspace(-300.0, 900.0, 61)
AMMONIA = {"molar_mass_kg_mol": 0.017031, "temperature_k": 303.15}


def cloud(points: NDArray[np.float64] | None = None, *, level_m: float = 0.0, **changes: object) -> Cloud:
    given: dict[str, object] = {"source_m": (10.0, -20.0), "diameter_m": 25.0, "weather": WEST_WIND}
    places = points_alone(np.zeros((1, 2)) if points is None else points, level_m=level_m)
    return Cloud(places, **(given | changes))


def steady_map(axis: NDArray[np.float64] = AXIS) -> CloudMap:
    return cloud_map(cloud(), [STEADY], time_s=6000.0, x_m=axis, y_m=axis)


def hump(height: float = 1.0) -> CloudMap:
    """A ring-shaped ridge around (0, 0): high at 10 m, low in the middle."""
    axis = np.linspace(-25.0, 25.0, 101)
    r = np.hypot(axis[:, None], axis)
    return CloudMap(0.0, axis, axis, height * np.exp(-((r - 10.0) ** 2) / 18.0), "rural")


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.0, 360.0),
    st.lists(st.tuples(st.floats(1.0, 900.0), st.floats(0.0, 360.0), st.floats(1.0, 9.0)), max_size=4),
    st.floats(1.0, 2500.0),
    st.sampled_from("ADF"),
    st.sampled_from([0.0, 3.0]),
)
def test_the_map_is_the_table_at_every_point(
    from_deg: float, later: list[tuple[float, float, float]], time_s: float, stability: str, height_m: float
) -> None:
    air = Weather(wind_from_deg=0.0, wind_speed_m_s=3.0, stability=stability, temperature_k=293.15)
    winds = [WindSegment(-math.inf, from_deg, 3.0), *(WindSegment(*wind) for wind in sorted(later))]
    edges = [0.0, *sorted({wind.start_s for wind in winds[1:]}), 1000.0]
    segments = [
        SourceSegment(start, end, 0.1 + 0.1 * (k % 3), *max(w for w in winds if w.start_s <= start)[1:])
        for k, (start, end) in enumerate(pairwise(edges))
    ]
    x, y = np.linspace(-1990.0, 2010.0, 41), np.linspace(-1500.0, 1480.0, 31)
    points = np.column_stack([each.ravel() for each in np.meshgrid(x, y, indexing="ij")])
    table = cloud(points, level_m=height_m, weather=air).table(segments, np.array([time_s]), winds=winds)
    found = cloud_map(
        cloud(weather=air), segments, time_s=time_s, x_m=x, y_m=y, winds=winds, height_m=height_m
    )
    assert found.kg_m3.ravel() == pytest.approx(table[:, 0], rel=1e-9, abs=max(1e-9 * table.max(), 1e-20))


def test_near_the_source_map_and_table_have_one_value() -> None:
    axis = np.linspace(-20.0, 20.0, 9)
    points = np.column_stack([each.ravel() for each in np.meshgrid(axis + 10.0, axis - 20.0, indexing="ij")])
    table = cloud(points).table([STEADY], np.array([6000.0]))[:, 0]
    found = cloud_map(cloud(), [STEADY], time_s=6000.0, x_m=axis + 10.0, y_m=axis - 20.0)
    assert found.kg_m3.ravel() == pytest.approx(table, rel=1e-9)
    assert found.kg_m3[4, 4] == found.kg_m3[0, 4] > 0.0


def test_the_map_of_a_dense_plume_is_its_table() -> None:
    plume = dense_plume(
        volume_rate_m3_s=2.0, density_kg_m3=2.4, vapour_k=293.15, air_k=293.15, wind_10m_m_s=3.0
    )
    segments = [
        STEADY._replace(end_s=300.0, dense=plume),
        STEADY._replace(start_s=300.0, from_deg=200.0, dense=plume),
    ]
    points = np.column_stack([each.ravel() for each in np.meshgrid(AXIS, AXIS, indexing="ij")])
    heavy = {"molar_mass_kg_mol": 0.0709}
    table = cloud(points, **heavy).table(segments, np.array([500.0]))[:, 0]
    found = cloud_map(cloud(**heavy), segments, time_s=500.0, x_m=AXIS, y_m=AXIS)
    assert table.max() > 0.0
    assert found.kg_m3.ravel() == pytest.approx(table, rel=1e-9, abs=max(1e-9 * table.max(), 1e-20))


def test_before_the_release_and_without_a_source_the_map_is_clean() -> None:
    for segments in ([STEADY], [], [STEADY._replace(rate_kg_s=0.0)]):
        assert not cloud_map(cloud(), segments, time_s=0.0, x_m=AXIS, y_m=AXIS).kg_m3.any()


@pytest.mark.parametrize("axis", [[], [1.0, 1.0], [2.0, 1.0], [0.0, math.nan]])
def test_a_grid_that_does_not_ascend_is_refused(axis: list[float]) -> None:
    with pytest.raises(ValueError, match="ascending"):
        cloud_map(cloud(), [STEADY], time_s=1.0, x_m=AXIS, y_m=np.array(axis))


def test_a_zone_has_closed_rings_the_outer_one_counterclockwise_and_holes_clockwise() -> None:
    (polygon,) = zone(hump(), 0.5)
    outer, hole = polygon
    reach = math.sqrt(-18.0 * math.log(0.5))
    for ring, radius, sign in ((outer, 10.0 + reach, 1.0), (hole, 10.0 - reach, -1.0)):
        assert (ring[0] == ring[-1]).all()
        assert np.hypot(*ring.T) == pytest.approx(radius, abs=0.02)
        x, y = ring.T
        assert math.copysign(1.0, (x[:-1] * y[1:] - x[1:] * y[:-1]).sum()) == sign
    exact = math.pi * ((10.0 + reach) ** 2 - (10.0 - reach) ** 2)
    assert footprint_area(hump(), 0.5) == pytest.approx(exact, rel=2e-3)


def test_a_level_that_is_nowhere_has_no_zone_and_a_cut_off_one_says_so() -> None:
    assert zone(hump(), 1.5) == []
    assert footprint_area(hump(), 1.5) == 0.0
    assert not hump().reaches_edge(0.5)
    everywhere = CloudMap(0.0, AXIS, AXIS, np.ones((61, 61)), "rural")
    assert everywhere.reaches_edge(0.5)
    assert footprint_area(everywhere, 0.5) == pytest.approx(1200.0**2)


@pytest.mark.parametrize("level", [0.0, -1.0, math.nan, math.inf])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        zone(hump(), level)
    with pytest.raises(ValueError, match="above 0"):
        distance_along(cloud(), [STEADY], level, time_s=6000.0)


def test_a_map_of_one_row_has_no_zone() -> None:
    with pytest.raises(ValueError, match="at least 2"):
        zone(CloudMap(0.0, AXIS, AXIS[:1], np.ones((61, 1)), "rural"), 0.5)


def test_zones_of_higher_levels_lie_within_and_reach_as_far_as_the_axis_says() -> None:
    chart = steady_map(np.linspace(-300.0, 900.0, 601))
    levels = 1e-4, 3e-4, 1e-3
    areas = [footprint_area(chart, level) for level in levels]
    assert areas == sorted(areas, reverse=True) and areas[-1] > 0.0
    for level in levels:
        (polygon,) = zone(chart, level)
        length = distance_along(cloud(), [STEADY], level, time_s=6000.0)
        assert polygon[0][:, 0].max() - 10.0 == pytest.approx(length, abs=2.0)


def test_geojson_names_its_levels_and_says_what_it_is_not_for() -> None:
    found = zones_geojson(hump(1e-3), {"AEGL-3": 900.0, "AEGL-2": 100.0, "none": 1e5}, **AMMONIA)
    assert json.loads(json.dumps(found)) == found
    assert found["type"] == "FeatureCollection"
    red, orange, none = found["features"]
    assert [part["properties"]["name"] for part in found["features"]] == ["AEGL-3", "AEGL-2", "none"]
    assert red["properties"] | {"level_ppm": 900.0, "time_s": 0.0, "terrain": "rural"} == red["properties"]
    assert red["properties"]["notice"] == NOTICE == "planning model, not for use at a real incident"
    assert red["properties"]["coordinates"] == "local metres"
    assert red["geometry"]["type"] == "MultiPolygon"
    assert len(red["geometry"]["coordinates"][0]) == 2
    assert len(orange["geometry"]["coordinates"]) == 1
    assert none["geometry"]["coordinates"] == []


def test_geojson_with_an_origin_is_in_degrees_and_keeps_its_winding() -> None:
    local, placed = (
        zones_geojson(hump(1e-3), {"AEGL-3": 900.0}, origin=origin, **AMMONIA)["features"][0]
        for origin in (None, (121.5, 60.0))
    )
    assert placed["properties"]["coordinates"] == "WGS84"
    for metres, degrees in zip(
        *(part["geometry"]["coordinates"][0] for part in (local, placed)), strict=True
    ):
        (x, y), (east, north) = np.array(metres).T, np.array(degrees).T
        assert (east - 121.5) * 111_195.0 * 0.5 == pytest.approx(x, abs=1e-3)
        assert (north - 60.0) * 111_195.0 == pytest.approx(y, abs=1e-3)
        turned = ((east - 121.5)[:-1] * (north - 60.0)[1:] - (east - 121.5)[1:] * (north - 60.0)[:-1]).sum()
        assert (turned > 0.0) == (metres is local["geometry"]["coordinates"][0][0])


@pytest.mark.parametrize("origin", [(200.0, 0.0), (0.0, 90.0), (0.0, math.nan)])
def test_an_origin_off_the_map_of_the_world_is_refused(origin: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="an origin"):
        zones_geojson(hump(), {"AEGL-3": 900.0}, origin=origin, **AMMONIA)


def test_the_distance_along_the_wind_is_that_of_the_steady_plume() -> None:
    given = {"rate_kg_s": 0.5, "wind_10m_m_s": 3.0, "stability": "D", "terrain": "rural", "diameter_m": 25.0}
    for level in (1e-3, 1e-4, 1e-5):
        exact = distance_to(level, duration_s=36_000.0, **given)
        found = distance_along(cloud(), [STEADY], level, time_s=12_000.0)
        assert found == pytest.approx(exact, rel=2.5e-3)


def test_the_distance_follows_the_wind_that_holds_or_the_one_asked_for() -> None:
    winds = [WindSegment(-math.inf, 270.0, 3.0), WindSegment(1000.0, 180.0, 3.0)]
    turned = [STEADY._replace(end_s=1000.0), STEADY._replace(start_s=1000.0, from_deg=180.0)]
    before = distance_along(cloud(), turned, 1e-4, time_s=999.0, winds=winds)
    later = distance_along(cloud(), turned, 1e-4, time_s=6000.0, winds=winds)
    assert later == pytest.approx(before, rel=0.01)
    assert distance_along(cloud(), turned, 1e-4, time_s=6000.0, from_deg=270.0, winds=winds) < 200.0
    assert distance_along(cloud(), turned, 1e-4, time_s=999.0) == before


def test_a_level_that_is_nowhere_is_at_no_distance_and_one_beyond_10_km_is_refused() -> None:
    assert distance_along(cloud(), [STEADY], 1e6, time_s=6000.0) == 0.0
    assert distance_along(cloud(), [], 1e-4, time_s=6000.0) == 0.0
    with pytest.raises(ValueError, match="longer than 10 km"):
        distance_along(cloud(), [STEADY], 1e-9, time_s=20_000.0)


def test_the_zone_is_longer_over_open_country_than_over_buildings() -> None:
    rural, urban = terrain_band(cloud(), [STEADY], 1e-4, time_s=6000.0)
    assert 0.0 < urban < rural
    assert rural == distance_along(cloud(), [STEADY], 1e-4, time_s=6000.0)
    town = WEST_WIND.model_copy(update={"terrain": "urban"})
    assert urban == distance_along(cloud(weather=town), [STEADY], 1e-4, time_s=6000.0)
    own = WEST_WIND.model_copy(update={"roughness_m": 0.5})
    assert terrain_band(cloud(weather=own), [STEADY], 1e-4, time_s=6000.0) == (rural, urban)
