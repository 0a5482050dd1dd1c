from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, SpaceSpec
from drillsim.hazards.cloud import Cloud, footprints, points_alone
from drillsim.hazards.dense import dense_plume
from drillsim.hazards.drift import SourceSegment
from drillsim.hazards.isolation import highest_over_fan
from drillsim.hazards.leak import Leak
from drillsim.hazards.plume import plume_concentration, transport_wind
from drillsim.hazards.weather import Weather
from drillsim.hazards.wind_fan import fan_winds, leak_over_fan, sustained, wind_fan

WEATHER = Weather(wind_from_deg=135.0, wind_speed_m_s=3.0, stability="D", temperature_k=303.15)
SOURCE = SourceSegment(0.0, 60.0, 0.05, 135.0, 3.0)
SITE = Facility.build(
    FacilitySpec(
        spaces={
            name: SpaceSpec(kind="yard", at=at, size=size, outdoors=True)
            for name, at, size in (
                ("source", (500.0, 500.0), (10.0, 10.0)),
                ("west", (200.0, 500.0), (60.0, 20.0)),
                ("north-west", (288.0, 712.0), (20.0, 60.0)),
                ("south-east", (712.0, 288.0), (30.0, 30.0)),
                ("south", (500.0, 200.0), (30.0, 30.0)),
            )
        },
        links={},
    )
)


WEST, ALONG, UPWIND, SOUTH = (
    SITE.space_index[name] for name in ("west", "north-west", "south-east", "south")
)


def cloud(points=None, *, at=(500.0, 500.0)) -> Cloud:
    return Cloud(footprints(SITE) if points is None else points, source_m=at, diameter_m=6.0, weather=WEATHER)


def test_turning_the_footprints_is_turning_the_wind():
    spaces = [SOUTH, WEST, UPWIND, ALONG]
    winds = fan_winds(135.0)
    found = wind_fan(cloud(), SOURCE, spaces, winds_deg=winds)
    assert found.shape == (4, 91)
    for number in (0, 20, 45, 63, 90):
        turned = SourceSegment(0.0, 20_000.0, 0.05, float(winds[number]), 3.0)
        table = cloud().table([turned], np.array([10_000.0]), spaces)[:, 0]
        assert found[:, number] == pytest.approx(table, rel=1e-6, abs=1e-15)


def test_over_points_it_finds_what_the_formula_finds_wind_by_wind():
    point = (210.0, 560.0)

    def formula(x, y, from_deg):
        toward = math.radians(from_deg + 180.0)
        along = x * math.sin(toward) + y * math.cos(toward)
        across = x * math.cos(toward) - y * math.sin(toward)
        return float(
            plume_concentration(
                np.array([along]),
                np.array([across]),
                rate_kg_s=0.05,
                wind_m_s=transport_wind(3.0, stability="D", terrain="rural"),
                stability="D",
                terrain="rural",
                diameter_m=6.0,
            )[0]
        )

    said = highest_over_fan(
        (point[0] - 500.0, point[1] - 500.0), concentration=formula, from_deg=135.0, step_deg=1.0
    )
    winds = fan_winds(135.0)
    row = wind_fan(cloud(points_alone(np.array([point]))), SOURCE, [0], winds_deg=winds)[0]
    assert winds[row.argmax()] == said.from_deg
    assert row.max() == pytest.approx(said.value, rel=0.01)


def test_a_fan_has_the_stated_wind_in_its_middle_and_crosses_north():
    winds = fan_winds(10.0, half_fan_deg=30.0)
    assert len(winds) == 61
    assert winds[30] == pytest.approx(10.0)
    assert winds[0] == pytest.approx(340.0)
    assert fan_winds(10.0, half_fan_deg=0.0).tolist() == [10.0]
    with pytest.raises(ValueError, match="must lie in 0 to 180"):
        fan_winds(10.0, half_fan_deg=-1.0)


def test_the_source_of_a_fan_is_the_heaviest_minute_of_the_leak():
    first, second, later = (
        SourceSegment(start, end, rate, 90.0, 3.0)
        for start, end, rate in ((0.0, 30.0, 0.3), (30.0, 60.0, 0.4), (60.0, 600.0, 0.1))
    )
    assert sustained([first, second, later]) == second._replace(rate_kg_s=pytest.approx(0.35))
    # The minute that begins with the second part: 30 s of each.
    assert sustained([later, second]).rate_kg_s == pytest.approx(0.25)
    assert sustained([later]) == later._replace(rate_kg_s=pytest.approx(0.1))
    assert sustained([first]).rate_kg_s == pytest.approx(0.15)
    assert sustained([later._replace(rate_kg_s=0.0)]) is None


def test_a_dense_source_of_a_fan_is_the_plume_of_its_mean_rate():
    gas = {"density_kg_m3": 3.2, "vapour_k": 280.0, "air_k": 288.15, "wind_10m_m_s": 3.0}
    parts = [
        SourceSegment(0.0, 30.0, 32.0, 90.0, 3.0, dense_plume(volume_rate_m3_s=10.0, **gas)),
        SourceSegment(30.0, 90.0, 16.0, 90.0, 3.0, dense_plume(volume_rate_m3_s=5.0, **gas)),
    ]
    found = sustained(parts)
    assert found.rate_kg_s == pytest.approx(24.0)
    same = dense_plume(volume_rate_m3_s=7.5, **gas)
    for name in ("volume_rate_m3_s", "scale_m", "buoyancy_m", "alpha", "upwind_reach_m"):
        assert getattr(found.dense, name) == pytest.approx(getattr(same, name))
    assert found.dense.share([30.0, 300.0]) == pytest.approx(same.share([30.0, 300.0]))


def test_the_first_minute_of_a_container_that_is_opened_counts():
    opened = drum(source=None, amount_kg=160.0, outflow=1200.0, puff_kg=20.0)
    without = drum(source=None, amount_kg=160.0, outflow=1200.0)
    found = [
        leak_over_fan("box", leak, [WEST], facility=SITE, weather=WEATHER)[0].value
        for leak in (opened, without)
    ]
    assert found[0] > 4.0 * found[1]


def drum(**changes) -> Leak:
    source = {"kind": "drum", "amount_kg": 160.0, "outflow": 1200.0}
    entries = {
        "kind": "leak",
        "at": "source",
        "substance": "acrylonitrile",
        "source": source,
        "pool_m2": 30.0,
    }
    return Leak(**{**entries, **changes})


def test_upwind_is_safe_and_a_place_at_the_edge_of_the_fan_is_not():
    west, along, upwind, south = leak_over_fan(
        "drum", drum(), [WEST, ALONG, UPWIND, SOUTH], facility=SITE, weather=WEATHER
    )
    assert not west.safe_below(1.0)
    assert west.from_deg == 90.0
    assert min(along.value, west.value) > 1.0
    assert along.from_deg == pytest.approx(135.0, abs=2.0)
    assert upwind.safe_below(1e-6)
    assert south.safe_below(1e-6)


def test_the_wider_the_fan_the_less_is_safe_and_a_drum_that_leaks_slower_reaches_less():
    how = {"facility": SITE, "weather": WEATHER}
    narrow, wide, widest = (
        leak_over_fan("drum", drum(), [WEST, SOUTH], half_fan_deg=half, **how) for half in (10.0, 45.0, 135.0)
    )
    assert [narrow[0].safe_below(1.0), wide[0].safe_below(1.0)] == [True, False]
    assert [wide[1].safe_below(1.0), widest[1].safe_below(1.0)] == [True, False]
    slow = drum(source={"kind": "drum", "amount_kg": 160.0, "outflow": 36_000.0})
    assert leak_over_fan("drum", slow, [WEST], **how)[0].value < 0.5 * wide[0].value
