from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from drillsim.hazards.cloud import Cloud, points_alone
from drillsim.hazards.drift import Drift, SourceSegment, carrying_wind, drifted_plume, winds_of
from drillsim.hazards.plume import sigma_x
from drillsim.hazards.weather import Weather, WindSegment
from tests.hazards.sites import WEST_WIND

SEGMENT = SourceSegment(0.0, 240.0, 0.3, 270.0, 3.0)
DIRECTION = st.floats(0.0, 360.0)
SPEED = st.floats(1.0, 12.0)


def weather(stability: str = "D", lid_m: float | None = None) -> Weather:
    return Weather(
        wind_from_deg=270.0, wind_speed_m_s=3.0, stability=stability, temperature_k=293.15, lid_m=lid_m
    )


def record(*later: tuple[float, float, float]) -> tuple[WindSegment, ...]:
    return WindSegment(-math.inf, 270.0, 3.0), *(WindSegment(*wind) for wind in later)


def table(
    points: NDArray[np.float64],
    time_s: float,
    winds: tuple[WindSegment, ...],
    segments: tuple[SourceSegment, ...] = (SEGMENT,),
    level_m: float = 0.0,
    air: Weather = WEST_WIND,
) -> NDArray[np.float64]:
    cloud = Cloud(points_alone(points, level_m=level_m), source_m=(0.0, 0.0), diameter_m=6.0, weather=air)
    return cloud.table(segments, np.array([time_s]), winds=winds)[:, 0]


def around(winds: tuple[WindSegment, ...], time_s: float, air: Weather, step_m: float, count: int):
    """A grid about where what left in the middle of the segment is."""
    drift = Drift(winds, carrying_wind(air))
    middle = drift.place_m(np.array(time_s)) - drift.place_m(np.array(120.0))
    axis = step_m * (np.arange(count) - 0.5 * (count - 1))
    x, y = np.meshgrid(axis, axis)
    return np.column_stack([x.ravel(), y.ravel()]) + middle


def test_a_place_and_a_way_are_those_of_each_wind_one_after_the_other() -> None:
    drift = Drift(record((100.0, 0.0, 2.0)), float)
    start, end = drift.place_m(np.array([0.0, 160.0]))
    assert end - start == pytest.approx([300.0, -120.0])
    assert np.diff(drift.travelled_m(np.array([0.0, 160.0]))) == pytest.approx([420.0])
    assert drift.interval([99.9, 100.0]).tolist() == [0, 1]


@pytest.mark.parametrize("winds", [[], record((100.0, 0.0, 2.0), (50.0, 10.0, 2.0))])
def test_no_wind_and_winds_that_go_back_in_time_are_refused(winds: list[WindSegment]) -> None:
    with pytest.raises(ValueError, match="each starts after the one before"):
        Drift(winds, float)


def test_winds_of_segments_are_told_once_and_the_first_has_always_held() -> None:
    parts = [SEGMENT, SEGMENT._replace(start_s=240.0), SEGMENT._replace(start_s=300.0, from_deg=0.0)]
    assert winds_of(parts[::-1]) == record((300.0, 0.0, 3.0))
    assert winds_of([]) == ()


def test_a_segment_across_a_change_has_no_closed_form() -> None:
    with pytest.raises(ValueError, match="the wind changes at 100"):
        drifted_plume(
            np.zeros((1, 2)),
            time_s=300.0,
            segment=SEGMENT,
            winds=record((100.0, 0.0, 3.0)),
            weather=WEST_WIND,
        )


@pytest.mark.parametrize("stability", "ADF")
@pytest.mark.parametrize("lid_m", [None, 60.0])
@pytest.mark.parametrize("time_s", [60.0, 240.0, 300.0, 420.0, 900.0])
def test_the_table_is_the_formula(stability: str, lid_m: float | None, time_s: float) -> None:
    air, winds = weather(stability, lid_m), record((260.0, 350.0, 4.0), (400.0, 200.0, 2.0))
    points = around(winds, time_s, air, 20.0, 51)
    points = points[np.hypot(*points.T) > 12.0]  # nearer the table has one value for all
    exact = drifted_plume(
        points, time_s=time_s, segment=SEGMENT, winds=winds, weather=air, diameter_m=6.0, level_m=2.0
    )
    found = table(points, time_s, winds, level_m=2.0, air=air)
    assert exact.max() > 0.0
    assert found == pytest.approx(exact, abs=4e-3 * exact.max())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(1.0, 300.0), DIRECTION, SPEED), max_size=5), st.floats(-60.0, 2000.0))
def test_under_any_winds_the_cloud_is_finite_and_never_negative(
    changes: list[tuple[float, float, float]], time_s: float
) -> None:
    winds = record(*((240.0 + after, *wind) for after, *wind in sorted(changes)))
    points = np.concatenate([around(winds, time_s, WEST_WIND, 60.0, 15), np.zeros((1, 2))])
    found = table(points, time_s, winds)
    assert np.isfinite(found).all() and (found >= 0.0).all()
    if time_s <= 0.0:
        assert not found.any()


@pytest.mark.parametrize("later", [(), ((250.0, 0.0, 3.0),), ((250.0, 90.0, 5.0), (400.0, 10.0, 1.5))])
def test_mass_is_conserved_across_a_turn(later: tuple[tuple[float, float, float], ...]) -> None:
    air, winds, time_s, step = weather(lid_m=30.0), record(*later), 800.0, 20.0
    points = around(winds, time_s, air, step, 121)
    heights = (np.arange(12) + 0.5) * 2.5
    mass = sum(table(points, time_s, winds, level_m=z, air=air).sum() * step * step * 2.5 for z in heights)
    assert mass == pytest.approx(0.3 * 240.0, rel=0.03)


def test_a_turn_of_nothing_changes_nothing() -> None:
    points = around(record(), 500.0, WEST_WIND, 30.0, 41)
    plain = table(points, 500.0, record())
    assert plain.max() > 0.0
    for winds in (record((300.0, 270.0, 3.0)), record((250.0, 270.0, 3.0), (300.0, 270.0, 3.0))):
        assert table(points, 500.0, winds) == pytest.approx(plain, abs=1e-12 * plain.max())
    hair = record((300.0, 270.0 + 1e-7, 3.0))
    assert table(points, 500.0, hair) == pytest.approx(plain, abs=1e-6 * plain.max())


@pytest.mark.parametrize("cut_s", [60.0, 120.0])
def test_two_releases_back_to_back_are_the_whole_also_across_a_turn(cut_s: float) -> None:
    winds = record((300.0, 20.0, 2.0))
    points = around(winds, 500.0, WEST_WIND, 30.0, 41)
    whole = table(points, 500.0, winds)
    halves = table(points, 500.0, winds, (SEGMENT._replace(end_s=cut_s), SEGMENT._replace(start_s=cut_s)))
    assert halves == pytest.approx(whole, rel=1e-9, abs=1e-9 * whole.max())
    alone = [
        table(points, 500.0, winds, (part,))
        for part in (SEGMENT._replace(end_s=cut_s), SEGMENT._replace(start_s=cut_s))
    ]
    assert alone[0] + alone[1] == pytest.approx(whole, abs=0.01 * whole.max())


def test_a_release_cut_by_a_turn_is_whole_in_the_moment_of_the_turn() -> None:
    points = around(record(), 120.0, WEST_WIND, 30.0, 41)
    plain = table(points, 120.0, record())
    winds = record((120.0, 0.0, 3.0))
    cut = SEGMENT._replace(end_s=120.0), SEGMENT._replace(start_s=120.0, from_deg=0.0)
    assert table(points, 120.0, winds, cut) == pytest.approx(plain, abs=1e-9 * plain.max())


@settings(max_examples=25, deadline=None)
@given(DIRECTION, SPEED)
def test_the_cloud_is_continuous_in_time_across_a_change(from_deg: float, speed_m_s: float) -> None:
    winds = record((300.0, from_deg, speed_m_s))
    points = around(winds, 300.0, WEST_WIND, 40.0, 21)
    before, at, after = (table(points, time_s, winds) for time_s in (300.0 - 1e-3, 300.0, 300.0 + 1e-3))
    assert before.max() > 0.0
    assert before == pytest.approx(at, abs=1e-3 * at.max())
    assert after == pytest.approx(at, abs=1e-3 * at.max())


def test_nothing_is_there_before_the_front_and_the_moved_cloud_is_even_about_its_line() -> None:
    winds = record((300.0, 0.0, 3.0))
    wind = carrying_wind(WEST_WIND)(3.0)
    time_s = 500.0
    south = wind * 200.0  # the line moved as a whole, along it what left first is furthest east
    tail = table(np.array([[wind * 180.0, -south]]), time_s, winds)
    ahead = np.linspace(0.0, 900.0, 19)
    front = table(np.column_stack([wind * 300.0 + ahead, np.full(19, -south)]), time_s, winds)
    spreads = ahead / sigma_x(wind * 500.0 + ahead, stability="D")
    assert tail[0] > 0.0
    assert (front <= tail[0] * np.array([NormalDist().cdf(-n) for n in spreads])).all()
    assert front[-1] < 1e-4 * tail[0]
    x, off = np.meshgrid(wind * np.linspace(80.0, 300.0, 9), np.linspace(5.0, 80.0, 9))
    north, other = (
        table(np.column_stack([x.ravel(), side * off.ravel() - south]), time_s, winds) for side in (1.0, -1.0)
    )
    assert north == pytest.approx(other, rel=1e-9)


def test_nothing_rises_above_the_lid() -> None:
    air, winds = weather(lid_m=30.0), record((300.0, 90.0, 3.0))
    points = around(winds, 600.0, air, 30.0, 21)
    assert not table(points, 600.0, winds, level_m=30.5, air=air).any()
    assert table(points, 600.0, winds, level_m=29.5, air=air).max() > 0.0
    high, none = weather(lid_m=5000.0), weather()
    assert table(points, 600.0, winds, air=high) == pytest.approx(
        table(points, 600.0, winds, air=none), rel=1e-9
    )
