"""Maps around the zone of a level: as long as the march along the axis says, wherever the wind moved it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drillsim.hazards.cloud import Cloud, SourceSegment, points_alone
from drillsim.hazards.cloud_map import cloud_map, distance_along, footprint_area, zone
from drillsim.hazards.cloud_outline import cloud_outlines
from drillsim.hazards.weather import Weather, WindSegment
from tests.hazards.sites import WEST_WIND

STEADY = SourceSegment(0.0, 36_000.0, 0.5, 270.0, 3.0)
WINDS = (WindSegment(-math.inf, 270.0, 3.0),)


def cloud(weather: Weather = WEST_WIND, diameter_m: float = 6.0) -> Cloud:
    return Cloud(
        points_alone(np.zeros((1, 2))), source_m=(10.0, -20.0), diameter_m=diameter_m, weather=weather
    )


@settings(max_examples=12, deadline=None)
@given(st.floats(0.0, 359.0), st.sampled_from("ADF"), st.floats(-6.0, -3.0))
@example(0.0, "F", -3.5)  # its tip is thinner than what is searched
def test_the_farthest_point_is_that_of_the_march_along_the_axis(
    from_deg: float, stability: str, exponent: float
) -> None:
    air = Weather(wind_from_deg=0.0, wind_speed_m_s=3.0, stability=stability, temperature_k=293.15)
    segment, winds = STEADY._replace(from_deg=from_deg), (WindSegment(-math.inf, from_deg, 3.0),)
    level, source = 10.0**exponent, cloud(air)
    along = distance_along(source, [segment], level, time_s=900.0, winds=winds)
    (chart,) = cloud_outlines(source, [segment], [level], time_s=900.0, winds=winds)
    if chart is None:
        assert along < 2.0 * source.diameter_m
        return
    rings = np.concatenate([polygon[0] for polygon in zone(chart, level)])
    farthest = np.hypot(*(rings - np.asarray(source.source_m)).T).max()
    assert farthest == pytest.approx(max(along, source.diameter_m), rel=0.01, abs=0.1 * source.diameter_m)
    assert not chart.reaches_edge(level)


def test_a_thin_plume_of_a_stable_night_is_one_piece() -> None:
    air = Weather(wind_from_deg=0.0, wind_speed_m_s=2.0, stability="F", temperature_k=293.15)
    segment, winds = STEADY._replace(from_deg=37.0, speed_m_s=2.0), (WindSegment(-math.inf, 37.0, 2.0),)
    (chart,) = cloud_outlines(cloud(air), [segment], [1e-5], time_s=3000.0, winds=winds)
    assert chart is not None
    areas = [np.ptp(polygon[0], axis=0).prod() for polygon in zone(chart, 1e-5)]
    assert max(areas) > 0.999 * sum(areas)


def test_a_cloud_that_has_drifted_away_is_found() -> None:
    ended = STEADY._replace(end_s=120.0)
    winds = (*WINDS, WindSegment(300.0, 180.0, 3.0))
    (chart,) = cloud_outlines(cloud(), [ended], [1e-6], time_s=700.0, winds=winds)
    assert chart is not None
    axis = np.linspace(-500.0, 2500.0, 601)
    whole = cloud_map(cloud(), [ended], time_s=700.0, x_m=axis, y_m=axis, winds=winds)
    assert footprint_area(chart, 1e-6) == pytest.approx(footprint_area(whole, 1e-6), rel=0.01)
    middle = np.concatenate([polygon[0] for polygon in zone(chart, 1e-6)]).mean(axis=0)
    assert (middle > 300.0).all()  # east with the first wind, north with the second


def test_what_is_reached_nowhere_or_has_not_begun_has_no_map() -> None:
    assert cloud_outlines(cloud(), [STEADY], [1e6], time_s=600.0, winds=WINDS) == [None]
    assert cloud_outlines(cloud(), [STEADY], [1e-9], time_s=0.0, winds=WINDS) == [None]


def test_each_level_has_its_own_map_and_the_lower_one_is_the_larger() -> None:
    low, high = cloud_outlines(cloud(), [STEADY], [1e-6, 1e-4], time_s=600.0, winds=WINDS)
    assert low is not None
    assert high is not None
    assert footprint_area(low, 1e-6) > footprint_area(high, 1e-4) > 0.0
    assert np.ptp(high.x_m) < np.ptp(low.x_m)
