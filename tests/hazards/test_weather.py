from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from drillsim.hazards.weather import MEANDER_MEMORY_S, SHIFT_STEP_S, Weather, WeatherRecord
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


# -- what follows from the rest ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "stability"),
    [
        ({}, "E"),  # night, 4/8 of cloud, 3 m/s
        ({"cloud": 0.2}, "F"),
        ({"sun_elevation_deg": 70.0}, "B"),
        ({"sun_elevation_deg": 20.0, "wind_speed_m_s": 5.5}, "D"),
        ({"stability": "A"}, "A"),
    ],
)
def test_a_class_left_out_follows_from_wind_sun_and_cloud_and_a_stated_one_holds(
    given: dict[str, Any], stability: str
) -> None:
    weather = Weather(**({"wind_from_deg": 0.0, "wind_speed_m_s": 3.0} | given))
    assert weather.stability == stability
    assert Weather.model_validate(weather.model_dump()) == weather


def test_the_schema_has_no_default_class_and_does_not_ask_for_one() -> None:
    schema = Weather.model_json_schema()
    assert "default" not in schema["properties"]["stability"]
    assert schema["properties"]["stability"]["enum"] == list("ABCDEF")
    assert set(schema["required"]) == {"wind_from", "wind_speed"}


def test_a_wrong_wind_is_the_only_complaint_when_no_class_is_stated() -> None:
    with pytest.raises(ValidationError) as fault:
        Weather(wind_from_deg=0.0, wind_speed_m_s=0.5)
    assert fault.value.error_count() == 1


def test_a_stated_roughness_stands_in_for_that_of_the_terrain() -> None:
    def over(**given: Any) -> Weather:
        return Weather(wind_from_deg=0.0, wind_speed_m_s=4.0, **given)

    assert over().roughness_length_m == 0.03
    assert over(terrain="water").roughness_length_m == pytest.approx(2.6e-6 * 32.0)
    assert over(terrain="containers").spread_terrain == "urban"
    assert over(roughness_m=0.5).roughness_length_m == 0.5
    assert (over(roughness_m=0.5).spread_terrain, over().spread_terrain) == ("urban", "rural")


def test_weather_is_read_from_a_file_with_its_units() -> None:
    weather = Weather.model_validate(
        {
            "wind_from": "0°",
            "wind_speed": "3 m/s",
            "roughness": "0.5 m",
            "lid": "300 m",
            "meander_sd": "10°",
            "meander_step": "5 min",
        }
    )
    assert (weather.roughness_m, weather.lid_m, weather.meander_sd_deg) == (0.5, 300.0, 10.0)
    assert weather.meander_step_s == 300.0


# -- meander ----------------------------------------------------------------------------------------------

WANDERING = STEADY.model_copy(update={"meander_sd_deg": 10.0})


def swings(record: WeatherRecord) -> np.ndarray:
    turned = np.array([segment.from_deg for segment in record.segments[1:]]) - 135.0
    return (turned + 180.0) % 360.0 - 180.0


def test_without_meander_the_wind_of_a_run_is_one_segment() -> None:
    assert len(WeatherRecord.begin(WEATHER, Streams(1)).segments) == 1


def test_the_meander_keeps_its_spread_and_forgets_at_its_rate_and_begins_at_zero() -> None:
    runs = np.array([swings(WeatherRecord.begin(WANDERING, Streams(3, run))) for run in range(400)])
    assert WeatherRecord.begin(WANDERING, Streams(3)).at(299.0).from_deg == 135.0
    late = runs[:, 20:]
    assert late.std() == pytest.approx(10.0, rel=0.05)
    assert abs(late.mean()) < 0.5
    kept = (late[:, 1:] * late[:, :-1]).mean() / late.var()
    assert kept == pytest.approx(math.exp(-300.0 / MEANDER_MEMORY_S), abs=0.03)
    # After the first step: sd sqrt(1 - f2), f = exp(-1/2)
    assert runs[:, 0].std() == pytest.approx(10.0 * math.sqrt(1.0 - math.exp(-1.0)), rel=0.1)


def test_a_longer_horizon_only_appends_and_the_direction_does_not_enter_what_is_drawn() -> None:
    short, long = (WeatherRecord.begin(WANDERING, Streams(2), horizon_s=s) for s in (3600.0, 7200.0))
    assert long.segments[: len(short.segments)] == short.segments
    assert len(long.segments) == 25
    other = WeatherRecord.begin(WANDERING.model_copy(update={"wind_from_deg": 335.0}), Streams(2))
    turned = [(b.from_deg - a.from_deg) % 360.0 for a, b in zip(long.segments, other.segments, strict=False)]
    assert turned == pytest.approx([200.0] * len(turned))


def test_a_shift_keeps_the_meander_on_top() -> None:
    record, plain = (WeatherRecord.begin(WANDERING, Streams(4)) for _ in range(2))
    record.shift(1000.0, 255.0, 600.0)
    assert record.settled_from_deg == pytest.approx(255.0)
    for time in (1600.0, 5000.0, 1e6):
        turned = record.at(time).from_deg - plain.at(time).from_deg
        assert turned % 360.0 == pytest.approx(120.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.floats(0.0, 9000.0), st.floats(0.0, 360.0), st.floats(0.0, 900.0)), max_size=5))
def test_what_lies_before_each_turn_is_kept_for_good_also_under_a_meander(
    turns: list[tuple[float, float, float]],
) -> None:
    record = WeatherRecord.begin(WANDERING, Streams(6))
    for time, towards, over in sorted(turns):
        before = [segment for segment in record.segments if segment.start_s <= time]
        record.shift(time, towards, over)
        assert record.segments[: len(before)] == before
        starts = [segment.start_s for segment in record.segments]
        assert starts == sorted(starts)
        assert record.settled_from_deg == pytest.approx(towards % 360.0, abs=1e-6) or towards == 360.0
