"""Zones of a scenario: what they say against the models they come from, and what is refused."""

from __future__ import annotations

import itertools
import json
import math
from typing import Any

import numpy as np
import pytest

import drillsim as ds
from drillsim.errors import DrillsimError
from drillsim.hazards.cloud_map import terrain_band
from drillsim.hazards.leak import Leak
from drillsim.hazards.substances import substance, substances
from drillsim.scenario.model import Scenario
from drillsim.study.first_distances import first_distances
from drillsim.study.undisturbed import undisturbed_leaks
from drillsim.study.zone_results import Zone, Zones
from drillsim.study.zones import zone_levels, zones
from tests.leaky import write_leaky


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return ds.load(write_leaky(tmp_path_factory.mktemp("leaky")))


@pytest.fixture(scope="module")
def found(scenario: Scenario) -> Zones:
    return ds.zones(scenario, at_s=(600.0, 1200.0))


def of(found: Zones, name: str, time_s: float) -> Zone:
    return next(zone for zone in found.leaks[0].at(time_s) if zone.level.name == name)


def with_leak(scenario: Scenario, **leak: Any) -> Scenario:
    spec = Leak(kind="leak", at="yard", **leak)
    return scenario.model_copy(update={"hazards": {"it": spec}, "injects": {}})


TANK = {"kind": "tank", "shape": "sphere", "diameter_m": 3.0, "fill": 0.8, "hole_diameter_m": 0.02}


# -- figures -----------------------------------------------------------------------------


def test_a_zone_reaches_as_far_as_the_march_along_the_wind_says_over_both_grounds(found: Zones) -> None:
    leak = found.leaks[0].leak
    one = leak.ppm_per_kg_m3(303.15)
    for name in ("aegl2", "aegl3", "idlh"):
        zone = of(found, name, 600.0)
        band = terrain_band(
            leak.run.cloud,
            leak.segments,
            (zone.level.ppm or 0.0) / one,
            time_s=600.0,
            winds=found.world.winds,
        )
        assert (zone.rural_m, zone.urban_m) == pytest.approx(band, rel=0.01)
        assert zone.reach_m == zone.rural_m > zone.urban_m
        assert zone.bearing_deg == pytest.approx(90.0, abs=1.0)


def test_a_stated_roughness_changes_the_zone_and_not_its_band(scenario: Scenario, found: Zones) -> None:
    air = scenario.weather.model_copy(update={"roughness_m": 0.15})
    rough = of(ds.zones(scenario.model_copy(update={"weather": air}), at_s=600.0), "aegl2", 600.0)
    smooth = of(found, "aegl2", 600.0)
    assert (rough.rural_m, rough.urban_m) == pytest.approx((smooth.rural_m, smooth.urban_m), rel=0.005)
    assert rough.reach_m > rough.rural_m  # below 0.2 m spread as over open ground, in a slower wind


def test_a_higher_level_has_a_zone_within_that_of_a_lower_one(found: Zones) -> None:
    for time_s in found.times_s:
        for wide, narrow in itertools.pairwise(("aegl1", "aegl2", "aegl3", "idlh")):
            outer, inner = of(found, wide, time_s), of(found, narrow, time_s)
            assert outer.area_m2 > inner.area_m2
            assert set(outer.spaces) >= set(inner.spaces)
            assert outer.people >= inner.people


def test_who_starts_in_a_zone_is_counted_once_by_group(found: Zones) -> None:
    aegl3 = of(found, "aegl3", 600.0)
    assert aegl3.spaces == ("hut", "yard")
    assert aegl3.groups == {"clerks": 3, "crew": 7}
    assert aegl3.people == 10


def test_an_inject_at_a_fixed_time_turns_the_wind_and_a_stated_wind_holds(scenario: Scenario) -> None:
    turned = ds.zones(scenario, at_s=1500.0)
    assert turned.world.injects == ("turn",)
    assert of(turned, "aegl2", 1500.0).spaces == ("north", "yard")
    for steady in (
        ds.zones(scenario, at_s=1500.0, injects=()),
        ds.zones(scenario, at_s=1500.0, wind_from_deg=270.0),
    ):
        assert steady.world.injects == ()
        assert "east" in of(steady, "aegl2", 1500.0).spaces


def test_no_plan_and_no_seed_enter(scenario: Scenario) -> None:
    again = ds.zones(scenario, at_s=(1200.0, 600.0, 600.0), plan="plain")
    first = ds.zones(scenario, at_s=(600.0, 1200.0))
    assert again.times_s == first.times_s
    assert [zone.area_m2 for zone in again.leaks[0].zones] == [zone.area_m2 for zone in first.leaks[0].zones]


def test_posts_musters_and_staging_points_are_read(found: Zones) -> None:
    uses = {spot.space: spot.uses for spot in found.spots}
    assert uses == {"east": ("muster",), "west": ("muster", "staging"), "north": ("post",)}
    read = {(entry.spot.space, entry.time_s): entry for entry in found.leaks[0].readings}
    assert read["east", 600.0].zones == ("aegl1", "aegl2")
    assert read["east", 600.0].ppm > 1.7
    assert read["west", 600.0].zones == ()
    assert read["north", 600.0].zones == ()
    assert "aegl2" in read["north", 1200.0].zones


def test_the_fan_names_the_worst_wind_for_each_spot(found: Zones) -> None:
    fans = {fan.spot.space: fan for fan in found.leaks[0].fans}
    assert (fans["east"].from_deg, fans["north"].from_deg) == (270.0, 180.0)
    assert fans["east"].level is not None
    assert fans["east"].level.name == "aegl2"
    assert fans["west"].ppm == pytest.approx(0.0, abs=1e-9)
    assert fans["west"].level is None
    highest = max(entry.ppm for entry in found.leaks[0].readings if entry.spot.space == "east")
    assert fans["east"].ppm >= 0.99 * highest


def test_a_spot_that_is_clean_in_the_wind_of_the_time_may_lie_in_its_fan(scenario: Scenario) -> None:
    (leak,) = ds.zones(scenario, at_s=600.0, wind_from_deg=225.0, hazard="drum").leaks
    (fan,) = (fan for fan in leak.fans if fan.spot.space == "north")
    (reading,) = (entry for entry in leak.readings if entry.spot.space == "north")
    assert reading.zones == ()
    assert fan.from_deg == pytest.approx(180.0)
    assert fan.level is not None


def test_a_dormant_leak_begins_with_its_inject_or_when_asked_for(scenario: Scenario) -> None:
    assert ds.zones(scenario, at_s=600.0).world.left_out == ("second",)
    started = ds.zones(scenario, at_s=600.0, injects=["tip"])
    assert {leak.leak.name: leak.leak.onset_s for leak in started.leaks} == {"drum": -120.0, "second": 300.0}
    alone = ds.zones(scenario, at_s=600.0, hazard="second")
    assert [(leak.leak.name, leak.leak.onset_s) for leak in alone.leaks] == [("second", 0.0)]


def test_before_one_of_two_leaks_begins_its_zones_are_empty(scenario: Scenario) -> None:
    both = ds.zones(scenario, at_s=120.0, injects=["tip"])
    second = next(leak for leak in both.leaks if leak.leak.name == "second")
    assert all(not zone.polygons and zone.area_m2 == zone.reach_m == 0.0 for zone in second.zones)
    assert all(entry.ppm == 0.0 for entry in second.readings)


def test_a_zone_that_the_models_do_not_see_the_end_of_says_so(scenario: Scenario) -> None:
    huge = with_leak(scenario, substance="chlorine", source={**TANK, "hole_diameter_m": 0.014})
    night = huge.model_copy(update={"weather": huge.weather.model_copy(update={"stability": "F"})})
    far = ds.zones(night, at_s=3900.0)
    assert of(far, "aegl1", 3900.0).beyond
    assert of(far, "aegl1", 3900.0).reach_m <= 10_000.0


# -- levels ------------------------------------------------------------------------------


def test_every_substance_has_its_levels_or_says_why_not() -> None:
    for entry in substances().values():
        levels = {level.name: level for level in zone_levels(entry)}
        assert list(levels) == ["aegl1", "aegl2", "aegl3", "idlh", "lel10", "lel60"]
        assert all((level.ppm is None) == bool(level.why) for level in levels.values())
        assert all(level.ppm is None or 0.0 < level.ppm <= 1e6 for level in levels.values())


def test_a_share_of_the_explosive_limit_is_a_share_of_its_volume_percent() -> None:
    levels = {level.label: level.ppm for level in zone_levels(substance("acrylonitrile"))}
    assert levels["10 % LEL"] == pytest.approx(3000.0)
    assert levels["60 % LEL"] == pytest.approx(18_000.0)
    assert "PAC-1" in levels  # acrylonitrile has no AEGL-1: what stands in for it is named


# -- first distances ---------------------------------------------------------------------


def distances(scenario: Scenario, clock_s: float = 36_000.0) -> Any:
    world = undisturbed_leaks(scenario)
    return first_distances(world.leaks[0], weather=world.weather, from_deg=270.0, clock_s=clock_s)


def test_a_small_spill_of_a_liquid_goes_by_its_orange_guide(found: Zones) -> None:
    first = found.leaks[0].first
    assert (first.guide, first.state, first.spill, first.night) == ("131P", "liquid", "small", False)
    assert first.isolation is not None
    assert first.isolation.distance_m == 50.0
    assert first.approach is not None
    assert first.approach.point_m == pytest.approx((-50.0, 0.0))
    assert first.protection is first.square_m is None
    assert not first.toxic_by_inhalation


@pytest.mark.parametrize(
    ("hour", "night", "metres"), [(10, False, 100.0), (23, True, 200.0), (29, True, 200.0)]
)
def test_a_small_spill_of_a_toxic_gas_goes_by_table_1(
    scenario: Scenario, hour: int, night: bool, metres: float
) -> None:
    gas = with_leak(scenario, substance="ammonia", source={"kind": "direct", "mass_kg": 100.0})
    first = distances(gas, hour * 3600.0)
    assert (first.state, first.spill, first.night) == ("gas", "small", night)
    assert first.isolation.distance_m == 30.0
    assert first.protection.distance_m == metres
    assert np.ptp(first.square_m, axis=0) == pytest.approx([metres, metres])


def test_what_the_guidebook_here_does_not_hold_is_unknown_and_said_to_exist(scenario: Scenario) -> None:
    first = distances(with_leak(scenario, substance="chlorine", source=TANK))
    assert first.spill == "large"
    assert first.isolation is first.protection is first.approach is None
    assert first.toxic_by_inhalation
    assert first.precautions == ()  # chlorine does not burn


def test_a_tank_of_liquefied_flammable_gas_may_become_a_fireball(scenario: Scenario) -> None:
    first = distances(with_leak(scenario, substance="propane", source=TANK))
    kinds = {entry.kind: entry.distance_m for entry in first.precautions}
    assert kinds["tank-in-fire"] == 800.0
    assert kinds["bleve"] == 1600.0
    assert 100.0 < kinds["fireball"] < 800.0


# -- what is refused ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"at_s": -120.0}, "nothing leaks yet"),
        ({"at_s": -300.0}, "ask for a later time"),
        ({"at_s": math.nan}, "at which times"),
        ({"at_s": ()}, "at which times"),
        ({"at_s": 1e6}, "beyond the scenario's horizon"),
        ({"hazard": "dum"}, "no leak 'dum'"),
        ({"plan": "plan"}, "it has plain"),
        ({"injects": ["nothing"]}, "no inject named nothing"),
        ({"wind_speed_m_s": 0.5}, "state 1 m/s or more"),
        ({"wind_speed_m_s": math.nan}, "state 1 m/s or more"),
        ({"wind_from_deg": math.inf}, "0 to 360"),
    ],
)
def test_bad_questions_are_refused_with_a_remedy(
    scenario: Scenario, asked: dict[str, Any], said: str
) -> None:
    with pytest.raises(DrillsimError, match=said):
        zones(scenario, **asked)


def test_a_scenario_without_leaks_or_with_none_that_begins_has_no_zones(scenario: Scenario) -> None:
    with pytest.raises(DrillsimError, match="has no leak"):
        ds.zones(scenario.model_copy(update={"hazards": {}}))
    dormant = scenario.model_copy(update={"hazards": {"second": scenario.hazards["second"]}})
    with pytest.raises(DrillsimError, match="ask for it by name"):
        ds.zones(dormant)


# -- GeoJSON -----------------------------------------------------------------------------


def crossings(ring: np.ndarray) -> int:
    """Pairs of sides of a closed ring that cross, neighbours left out."""
    a, b = ring[:-1], ring[1:]

    def side(p: np.ndarray, q: np.ndarray, r: np.ndarray) -> np.ndarray:
        return (q[..., 0] - p[..., 0]) * (r[..., 1] - p[..., 1]) - (q[..., 1] - p[..., 1]) * (
            r[..., 0] - p[..., 0]
        )

    p, q = a[:, None], b[:, None]
    apart = side(p, q, a[None]) * side(p, q, b[None]) < 0.0
    return int((apart & apart.T).sum()) // 2


def signed_area(ring: np.ndarray) -> float:
    x, y = (ring - ring[0]).T
    return 0.5 * float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())


def test_the_rings_are_closed_right_handed_and_do_not_cross_themselves(found: Zones) -> None:
    document = json.loads(json.dumps(found.geojson(), allow_nan=False))
    assert document["type"] == "FeatureCollection"
    shapes = [feature["geometry"] for feature in document["features"]]
    polygons = [shape["coordinates"] for shape in shapes if shape["type"] == "Polygon"]
    polygons += itertools.chain(*(s["coordinates"] for s in shapes if s["type"] == "MultiPolygon"))
    assert len(polygons) > 8
    for outer, *holes in polygons:
        for ring, way in ((outer, 1.0), *((hole, -1.0) for hole in holes)):
            points = np.array(ring)
            assert len(points) >= 4
            assert (points[0] == points[-1]).all()
            assert (np.diff(points, axis=0) != 0.0).any(axis=1).all()
            assert way * signed_area(points) > 0.0
            assert crossings(points) == 0


def test_a_crossing_ring_would_be_told() -> None:
    assert crossings(np.array([[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]], dtype=float)) == 1


def test_every_feature_says_what_it_is(found: Zones) -> None:
    document = found.geojson()
    assert "local metres" in document["drillsim"]["coordinates"]
    assert "not for use" in document["drillsim"]["notice"]
    kinds = [feature["properties"]["feature"] for feature in document["features"]]
    assert {"leak", "zone", "initial-isolation", "spot"} == set(kinds)
    zone = next(
        feature["properties"]
        for feature in document["features"]
        if feature["properties"].get("level") == "aegl2"
    )
    assert zone["substance"] == "acrylonitrile"
    assert zone["threshold_ppm"] == 1.7
    assert zone["time_s"] == 600.0
    assert zone["area_m2"] == of(found, "aegl2", 600.0).area_m2
    circle = next(f for f in document["features"] if f["properties"]["feature"] == "initial-isolation")
    away = np.hypot(*np.array(circle["geometry"]["coordinates"][0]).T)
    assert (away >= 50.0).all()


def test_with_an_origin_the_file_is_in_degrees(found: Zones) -> None:
    document = found.geojson(origin=(121.5, 31.2))
    assert document["drillsim"]["coordinates"] == "WGS84"
    (leak,) = (f for f in document["features"] if f["properties"]["feature"] == "leak")
    assert leak["geometry"]["coordinates"] == [121.5, 31.2]
    with pytest.raises(DrillsimError, match="longitude within 180"):
        found.geojson(origin=(200.0, 31.2))
