from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.hazards.weather import SHIFT_STEP_S, Weather, WeatherRecord
from drillsim.streams import Streams

WEATHER = Weather(wind_from_deg=135.0, wind_sd_deg=12.0, wind_speed_m_s=3.0)
STEADY = WEATHER.model_copy(update={"wind_sd_deg": 0.0})


def test_the_direction_is_drawn_normally_around_the_stated_one_and_never_beyond_three_sd() -> None:
    drawn = np.array([WeatherRecord.begin(WEATHER, Streams(1, r)).deviation_deg for r in range(1500)])
    assert abs(drawn.mean()) < 1.0
    assert drawn.std() == pytest.approx(11.84, rel=0.06)  # a normal cut at 3 sd has 0.9866 of its sd
    assert np.abs(drawn).max() <= 36.0


def test_one_seed_gives_one_direction() -> None:
    first, again = (WeatherRecord.begin(WEATHER, Streams(7, 3)) for _ in range(2))
    assert first.segments == again.segments
    assert first.segments != WeatherRecord.begin(WEATHER, Streams(7, 4)).segments


def test_a_turn_goes_the_shorter_way_in_steps_of_at_most_a_minute_and_ends_on_its_direction() -> None:
    record = WeatherRecord.begin(STEADY.model_copy(update={"wind_from_deg": 350.0}), Streams(1))
    record.shift(600.0, 20.0, 290.0)
    turns = record.segments[1:]
    assert [round(segment.from_deg) for segment in turns] == [356, 2, 8, 14, 20]
    starts = [segment.start_s for segment in turns]
    assert max(np.diff(starts)) <= SHIFT_STEP_S
    assert all(600.0 < start < 890.0 for start in starts)


def test_a_sudden_turn_is_one_step_and_keeps_the_deviation_of_the_run() -> None:
    record = WeatherRecord.begin(WEATHER, Streams(5))
    record.shift(100.0, 90.0)
    assert record.segments[1].start_s == 100.0
    assert record.segments[1].from_deg == pytest.approx((90.0 + record.deviation_deg) % 360.0)


def test_what_lies_before_a_turn_is_never_touched() -> None:
    record = WeatherRecord.begin(STEADY, Streams(1))
    record.shift(600.0, 90.0, 300.0)
    before = [segment for segment in record.segments if segment.start_s <= 700.0]
    record.shift(700.0, 200.0, 60.0)
    assert record.segments[: len(before)] == before
    assert record.at(1e6).from_deg == pytest.approx(200.0)
    assert record.at(-math.inf).from_deg == 135.0


def test_a_turn_of_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="wind shift"):
        WeatherRecord.begin(STEADY, Streams(1)).shift(0.0, 90.0, -1.0)


def test_a_wind_below_one_metre_a_second_is_refused() -> None:
    with pytest.raises(ValueError, match="wind_speed"):
        Weather(wind_from_deg=0.0, wind_speed_m_s=0.9)
