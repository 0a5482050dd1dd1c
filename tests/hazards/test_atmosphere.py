from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.atmosphere import (
    WIND_EXPONENT,
    WIND_EXPONENT_URBAN,
    obukhov_length,
    roughness_length,
    spread_terrain,
    stability_class,
    stability_correction,
    sun_elevation,
    transport_wind,
    wind_at,
    wind_by_power_law,
)

SUNS = {"strong": 61.0, "moderate": 45.0, "slight": 20.0}
TABLE = [  # sheet 2: wind, then strong, moderate, slight sun, cloudy night, clear night
    (2.0, "ABBFF"),
    (3.0, "BBCEF"),
    (5.0, "BCDDE"),
    (6.0, "CDDDD"),
    (6.1, "CDDDD"),
]


@pytest.mark.parametrize(("wind", "row"), TABLE)
def test_the_class_is_that_of_the_table_and_the_upper_end_of_a_band_of_wind_belongs_to_it(
    wind: float, row: str
) -> None:
    by_day = "".join(stability_class(wind, sun, 0.0) for sun in SUNS.values())
    assert by_day + stability_class(wind, 0.0, 4 / 8) + stability_class(wind, -5.0, 3 / 8) == row
    if wind < 6.0:
        following = TABLE[TABLE.index((wind, row)) + 1][1]
        assert stability_class(wind + 1e-9, 61.0, 0.0) == following[0]


def test_the_sun_is_strong_above_sixty_and_slight_below_thirty_five_degrees() -> None:
    assert [stability_class(2.5, sun, 0.0) for sun in (60.1, 60.0, 35.0, 34.9, 0.1)] == list("BBBCC")
    assert [stability_class(4.0, sun, 0.0) for sun in (60.1, 60.0, 35.0, 34.9, 0.0)] == list("BCCDE")


def test_cloud_by_day_counts_as_less_sun_and_an_overcast_sky_after_slight_sun_is_neutral() -> None:
    assert [stability_class(4.0, 70.0, oktas / 8) for oktas in (4, 5, 7, 8)] == list("BCCD")
    assert [stability_class(2.0, 45.0, oktas / 8) for oktas in (4, 7, 8)] == list("BBD")
    assert stability_class(1.5, 20.0, 6 / 8) == "D"


def test_between_three_and_four_oktas_at_night_the_more_stable_class_holds() -> None:
    assert stability_class(3.0, 0.0, 0.45) == "F"


@given(st.floats(0.0, 60.0), st.floats(-90.0, 90.0), st.floats(0.0, 1.0))
def test_a_class_never_gets_less_stable_as_the_sun_sinks_by_day_nor_stable_by_day(
    wind: float, sun: float, cloud: float
) -> None:
    found = stability_class(wind, sun, cloud)
    if sun > 0.0:
        assert found in "ABCD"
        assert stability_class(wind, sun / 2.0, cloud) >= found or sun / 2.0 <= 0.0
    else:
        assert found in "DEF"


@pytest.mark.parametrize(
    ("wind", "sun", "cloud", "what"),
    [
        (-1.0, 0.0, 0.5, "wind"),
        (math.nan, 0.0, 0.5, "wind"),
        (3.0, 91.0, 0.5, "sun"),
        (3.0, 0.0, 1.1, "cloud"),
    ],
)
def test_weather_that_cannot_be_is_refused(wind: float, sun: float, cloud: float, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        stability_class(wind, sun, cloud)


def test_the_sun_stands_at_ninety_less_latitude_at_noon_of_an_equinox_and_below_the_horizon_at_night() -> (
    None
):
    assert sun_elevation(81, solar_hour=12.0, latitude_deg=38.0) == pytest.approx(52.0, abs=0.1)
    assert sun_elevation(81, solar_hour=6.0, latitude_deg=38.0) == pytest.approx(0.0, abs=0.1)
    assert sun_elevation(172, solar_hour=0.0, latitude_deg=38.0) == pytest.approx(-28.55, abs=0.1)
    assert sun_elevation(172, solar_hour=9.0, latitude_deg=30.0) == pytest.approx(
        sun_elevation(172, solar_hour=15.0, latitude_deg=30.0)
    )
    with pytest.raises(ValueError, match="day 0"):
        sun_elevation(0, solar_hour=12.0, latitude_deg=38.0)


def test_the_neutral_profile_is_the_logarithm_worked_by_hand() -> None:
    # ln(100.03/0.03 ...): ln(3.03/0.03) = 4.61512, ln(10.03/0.03) = 5.81214; ratio 0.79405
    assert wind_at(3.0, wind_10m_m_s=10.0, stability="D", roughness_m=0.03) == pytest.approx(7.9405, abs=1e-4)
    assert obukhov_length("D", roughness_m=0.03) == math.inf
    assert obukhov_length("A", roughness_m=1.0) == pytest.approx(-11.4)


def test_the_correction_meets_itself_at_neutral_air_and_has_the_values_worked_by_hand() -> None:
    assert stability_correction(0.0) == 0.0
    assert stability_correction(-1e-9) == pytest.approx(0.0, abs=1e-7)
    assert stability_correction(0.5) == pytest.approx(-2.35)
    # zeta -1: a = 2; 2 ln 1.5 + ln 2.5 - 2 atan 2 + pi/2 = 0.81093 + 0.91629 - 2.21430 + 1.57080
    assert stability_correction(-1.0) == pytest.approx(1.08372, abs=1e-5)


@given(st.sampled_from("ABCDEF"), st.floats(1e-6, 2.0), st.floats(1.0, 30.0), st.floats(0.5, 99.0))
def test_the_wind_is_that_at_ten_metres_there_grows_with_height_and_is_in_proportion(
    stability: str, roughness: float, wind: float, height: float
) -> None:
    def at(z: float, speed: float = wind) -> float:
        return wind_at(z, wind_10m_m_s=speed, stability=stability, roughness_m=roughness)

    assert at(10.0) == pytest.approx(wind)
    assert 0.0 < at(height) <= at(height * 1.01)
    assert at(height, 2.0 * wind) == pytest.approx(2.0 * at(height))


@pytest.mark.parametrize(("height", "roughness"), [(0.0, 0.03), (101.0, 0.03), (3.0, 0.0), (3.0, 2.1)])
def test_outside_its_range_the_log_law_is_refused(height: float, roughness: float) -> None:
    with pytest.raises(ValueError, match=r"log law|roughness"):
        wind_at(height, wind_10m_m_s=3.0, stability="D", roughness_m=roughness)


def test_the_power_law_has_the_exponents_of_the_sheet() -> None:
    assert list(WIND_EXPONENT.values()) == [0.108, 0.112, 0.120, 0.142, 0.203, 0.253]
    assert list(WIND_EXPONENT_URBAN.values()) == [0.15, 0.15, 0.20, 0.25, 0.30, 0.30]
    assert wind_by_power_law(100.0, wind_10m_m_s=5.0, exponent=0.142) == pytest.approx(5.0 * 10**0.142)
    with pytest.raises(ValueError, match="power law"):
        wind_by_power_law(0.0, wind_10m_m_s=5.0, exponent=0.142)


def test_water_is_the_smoother_the_slower_the_wind_and_container_stacks_are_as_rough_as_a_town() -> None:
    assert roughness_length("water", wind_10m_m_s=4.0) == pytest.approx(2.6e-6 * 32.0)
    assert roughness_length("containers", wind_10m_m_s=4.0) == 1.0
    assert [spread_terrain(z0) for z0 in (0.03, 0.199, 0.2, 1.0)] == ["rural", "rural", "urban", "urban"]


def test_what_carries_a_high_release_is_the_wind_at_its_height_and_a_stated_roughness_counts() -> None:
    assert transport_wind(5.0, stability="D", release_m=10.0) == pytest.approx(5.0)
    assert transport_wind(5.0, stability="D", release_m=1.0) == transport_wind(5.0, stability="D")
    assert transport_wind(5.0, stability="D", roughness_m=1.0) == transport_wind(
        5.0, stability="D", terrain="urban"
    )
    assert transport_wind(5.0, stability="D", terrain="water") > transport_wind(5.0, stability="D")
    assert transport_wind(1.0, stability="F", terrain="urban") > 0.0
