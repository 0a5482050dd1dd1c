from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.hazards.atmosphere import WIND_EXPONENT
from drillsim.hazards.plume import (
    BRIGGS_URBAN,
    ROUGHNESS_M,
    averaging_factor,
    distance_to,
    finite_release,
    plume_concentration,
    pool_richardson,
    ppm,
    sigma_x,
    sigma_y,
    sigma_y_urban,
    sigma_z,
    transport_wind,
    vertical_factor,
)

AMMONIA_KG_MOL = 0.017031


def level(parts: float, *, kelvin: float) -> float:
    """Concentration of so many ppm of ammonia, kg/m3."""
    return parts / ppm(1.0, molar_mass_kg_mol=AMMONIA_KG_MOL, temperature_k=kelvin)


@pytest.mark.parametrize(
    ("rate", "stability", "wind", "kelvin", "parts", "metres"),
    [
        (0.1 / 60, "F", 1.5, 283.15, 1000.0, 35.0),
        (0.1 / 60, "F", 1.5, 283.15, 100.0, 113.0),
        (0.1 / 60, "F", 1.5, 283.15, 10.0, 373.0),
        (0.1 / 60, "D", 5.0, 288.15, 100.0, 20.0),
        (0.1 / 60, "D", 5.0, 288.15, 10.0, 64.0),
        (1.0, "D", 5.0, 288.15, 100.0, 570.0),
        (1.0, "D", 5.0, 288.15, 30.0, 1200.0),
        (1.0, "D", 5.0, 288.15, 10.0, 2300.0),
    ],
)
def test_zones_agree_with_aloha_within_five_percent(
    rate: float, stability: str, wind: float, kelvin: float, parts: float, metres: float
) -> None:
    # Cases V3, V4 and V5.
    reach = distance_to(
        level(parts, kelvin=kelvin), rate_kg_s=rate, wind_10m_m_s=wind, stability=stability, terrain="rural"
    )
    assert reach == pytest.approx(metres, rel=0.05)


def steady(
    x: float, y: np.ndarray, z: np.ndarray | float = 0.0, rate: float = 0.1, diameter: float = 0.0
) -> np.ndarray:
    return plume_concentration(
        np.full(np.shape(y), x),
        y,
        z_m=z,
        rate_kg_s=rate,
        wind_m_s=2.4,
        stability="D",
        terrain="rural",
        diameter_m=diameter,
    )


@pytest.mark.parametrize("x", [50.0, 300.0, 2000.0])
@pytest.mark.parametrize("diameter", [0.0, 6.2])
def test_the_flux_through_every_section_is_the_rate_of_the_source(x: float, diameter: float) -> None:
    y = np.linspace(-10.0, 10.0, 401) * (float(sigma_y(x, stability="D")) + diameter)
    z = np.linspace(0.0, 10.0, 401) * float(sigma_z(x, stability="D", terrain="rural"))
    across, up = np.meshgrid(y, z)
    section = np.trapezoid(np.trapezoid(steady(x, across, up, diameter=diameter), y, axis=1), z)
    assert 2.4 * section == pytest.approx(0.1, rel=1e-3)


@given(st.floats(1.0, 5000.0), st.floats(0.0, 500.0), st.floats(0.01, 10.0))
def test_concentration_is_even_in_y_and_proportional_to_the_rate(x: float, y: float, factor: float) -> None:
    left, right = steady(x, np.array([-y, y]))
    assert left == right
    assert steady(x, np.array([y]), rate=0.1 * factor)[0] == pytest.approx(factor * right)


def test_it_is_exactly_zero_upwind() -> None:
    assert steady(-1.0, np.zeros(3)).tolist() == [0.0, 0.0, 0.0]
    assert steady(0.0, np.zeros(1)).tolist() == [0.0]


def test_nothing_arrives_before_the_front_and_nothing_stays_after_the_tail() -> None:
    x, wind = 300.0, 2.4
    early = x / wind - 6.0 * float(sigma_x(x, stability="D")) / wind
    late = 600.0 + x / wind + 6.0 * float(sigma_x(x, stability="D")) / wind
    share = finite_release(
        x, time_s=np.array([-5.0, 0.0, early, late]), start_s=0.0, end_s=600.0, wind_m_s=wind, stability="D"
    )
    assert share[:2].tolist() == [0.0, 0.0]
    assert share == pytest.approx(0.0, abs=1e-8)


def test_a_long_release_becomes_the_steady_plume() -> None:
    share = finite_release(300.0, time_s=4000.0, start_s=0.0, end_s=1e6, wind_m_s=2.4, stability="F")
    assert float(share) == pytest.approx(1.0, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.floats(10.0, 3000.0), st.floats(0.0, 5000.0), st.floats(10.0, 1000.0), st.floats(10.0, 1000.0))
def test_two_releases_back_to_back_equal_the_whole(x: float, time: float, one: float, two: float) -> None:
    def part(start: float, end: float) -> float:
        return float(finite_release(x, time_s=time, start_s=start, end_s=end, wind_m_s=2.4, stability="D"))

    assert part(0.0, one) + part(one, one + two) == pytest.approx(part(0.0, one + two), abs=0.01)


def test_the_peak_of_a_short_release_is_the_one_of_palazzi() -> None:
    x, wind, duration = 800.0, 2.4, 60.0
    times = np.linspace(0.0, 1000.0, 20001)
    share = finite_release(x, time_s=times, start_s=0.0, end_s=duration, wind_m_s=wind, stability="D")
    expected = math.erf(wind * duration / (2.0 * math.sqrt(2.0) * float(sigma_x(x, stability="D"))))
    assert share.max() == pytest.approx(expected, rel=1e-4)
    assert times[share.argmax()] == pytest.approx(x / wind + duration / 2.0, abs=0.2)


@pytest.mark.parametrize("stability", list("ABCDEF"))
def test_zones_grow_with_rate_and_duration_and_shrink_with_the_level(stability: str) -> None:
    def reach(concentration: float, rate: float = 0.1, duration: float = 3600.0) -> float:
        return distance_to(
            concentration,
            rate_kg_s=rate,
            wind_10m_m_s=3.0,
            stability=stability,
            terrain="urban",
            duration_s=duration,
        )

    assert reach(1e-5) >= reach(3e-5) >= reach(1e-4) > 0.0
    assert reach(3e-5, rate=0.2) >= reach(3e-5)
    assert reach(3e-5, duration=60.0) <= reach(3e-5)


def test_zones_grow_from_unstable_to_stable_air_and_are_shorter_in_town() -> None:
    def reach(stability: str, terrain: str) -> float:
        return distance_to(2e-5, rate_kg_s=0.1, wind_10m_m_s=3.0, stability=stability, terrain=terrain)

    rural = [reach(stability, "rural") for stability in "ABCDEF"]
    assert all(nearer < farther for nearer, farther in pairwise(rural))
    for stability, distance in zip("BCDEF", rural[1:], strict=True):
        assert reach(stability, "urban") <= distance


def test_a_level_never_reached_has_no_zone_and_an_endless_one_is_refused() -> None:
    assert distance_to(1e9, rate_kg_s=0.1, wind_10m_m_s=3.0, stability="D", terrain="rural") == 0.0
    with pytest.raises(ValueError, match="10 km"):
        distance_to(1e-6, rate_kg_s=100.0, wind_10m_m_s=3.0, stability="F", terrain="rural", duration_s=1e6)
    with pytest.raises(ValueError, match="above 0"):
        distance_to(0.0, rate_kg_s=0.1, wind_10m_m_s=3.0, stability="D", terrain="rural")


def test_a_calm_has_no_valid_answer() -> None:
    with pytest.raises(ValueError, match="1 m/s"):
        transport_wind(0.99, stability="D", terrain="rural")


@pytest.mark.parametrize("stability", list("ABCDEF"))
def test_the_wind_that_carries_is_slower_than_the_wind_at_ten_metres(stability: str) -> None:
    rural = transport_wind(3.0, stability=stability, terrain="rural")
    assert transport_wind(3.0, stability=stability, terrain="urban") < rural < 3.0
    assert transport_wind(3.0, stability=stability, terrain="rural", height_m=10.0) == pytest.approx(3.0)


# Sheet 2 and 3, worked by hand at 1000 m: sigma_y = s 1000/sqrt(1.1); rural D = 60/sqrt(2.5), E = 30/1.3 …
BRIGGS = [
    # class, sigma_y, sigma_z rural, sigma_z urban, sigma_x, exponent of the wind, transport wind of 10 m/s
    ("A", 209.762, 200.000, 339.411, 91.418, 0.108, 8.5876, 6.2293),  # L -8.028 and -11.4 m
    ("B", 152.554, 120.000, 339.411, 91.418, 0.112, 8.4879, 6.2543),  # L -14.325 and -26 m
    ("C", 104.881, 73.030, 200.000, 91.418, 0.120, 8.2851, 6.0145),  # L -42.958 and -123 m
    ("D", 76.277, 37.947, 122.788, 105.211, 0.142, 7.9405, 5.7813),  # ln(101)/ln(334.33), ln 4/ln 11
    ("E", 57.208, 23.077, 50.596, 138.181, 0.203, 7.1578, 5.3990),  # L 42.958 and 123 m
    ("F", 38.139, 12.308, 50.596, 138.181, 0.253, 6.1578, 4.5858),  # L 14.325 and 26 m
]


@pytest.mark.parametrize(("stability", "sy", "rural", "urban", "sx", "n", "country", "town"), BRIGGS)
def test_spreads_and_winds_are_those_of_the_sheet(
    stability: str,
    sy: float,
    rural: float,
    urban: float,
    sx: float,
    n: float,
    country: float,
    town: float,
) -> None:
    assert float(sigma_y(1000.0, stability=stability)) == pytest.approx(sy, abs=1e-3)
    assert float(sigma_z(1000.0, stability=stability, terrain="rural")) == pytest.approx(rural, abs=1e-3)
    assert float(sigma_z(1000.0, stability=stability, terrain="urban")) == pytest.approx(urban, abs=1e-3)
    assert float(sigma_x(1000.0, stability=stability)) == pytest.approx(sx, abs=1e-3)
    assert WIND_EXPONENT[stability] == n
    for terrain, carried in (("rural", country), ("urban", town)):
        assert transport_wind(10.0, stability=stability, terrain=terrain) == pytest.approx(carried, abs=1e-4)


def test_a_pool_widens_the_plume_by_its_diameter_over_the_root_of_two_pi() -> None:
    # class D at 100 m: sigma_y 7.9603 m; 10 m / sqrt(2 pi) = 3.9894 m; 7.9603 / hypot = 0.89401
    point, wide = (float(steady(100.0, np.zeros(1), diameter=d)[0]) for d in (0.0, 10.0))
    assert wide / point == pytest.approx(0.89401, abs=1e-5)


def test_the_richardson_number_of_a_pool_is_the_one_worked_by_hand() -> None:
    # 0.1 kg/s of M 0.053 at 20 °C: rho 2.2033, air 1.2041 kg/m3; H = 0.1/(2.2033 3 6) = 2.5215e-3 m;
    # g' = 9.80665 (0.053/0.028965 - 1) = 8.1374 m/s2; u* = 0.09 m/s
    given = {"wind_10m_m_s": 3.0, "diameter_m": 6.0, "vapour_k": 293.15, "air_k": 293.15}
    assert pool_richardson(0.1, molar_mass_kg_mol=0.053, **given) == pytest.approx(2.533, abs=2e-3)
    assert pool_richardson(0.1, molar_mass_kg_mol=0.017, **given) == 0.0
    cold = pool_richardson(0.1, molar_mass_kg_mol=0.053, **(given | {"vapour_k": 263.15}))
    assert cold > 1.05 * 2.533


# -- lid, averaging, towns, receptors -------------------------------------------------------------------


def lidded(x: np.ndarray, lid: float, *, z: np.ndarray | float = 0.0, release: float = 0.0) -> np.ndarray:
    return plume_concentration(
        x,
        np.zeros_like(x),
        z_m=z,
        rate_kg_s=1.0,
        wind_m_s=3.0,
        stability="B",
        terrain="rural",
        release_m=release,
        lid_m=lid,
    )


@pytest.mark.parametrize("x", [50.0, 400.0, 900.0, 1800.0, 5000.0])
@pytest.mark.parametrize("release", [0.0, 30.0, 100.0])
def test_under_a_lid_the_flux_through_every_section_is_still_the_rate(x: float, release: float) -> None:
    z = np.linspace(0.0, 100.0, 2001)
    column = vertical_factor(z, np.full(z.shape, 0.12 * x), release_m=release, lid_m=100.0)
    assert np.trapezoid(column, z) == pytest.approx(1.0, rel=1e-4)


@given(st.floats(1.0, 300.0), st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_a_lid_far_above_the_plume_changes_nothing(x: float, release: float, height: float) -> None:
    here = np.array([x])
    with_lid, without = (lidded(here, lid, z=height, release=release) for lid in (3000.0, math.inf))
    assert with_lid == pytest.approx(without, rel=1e-12, abs=0.0)


@pytest.mark.parametrize("height", [0.0, 50.0, 99.0])
@pytest.mark.parametrize("release", [0.0, 60.0])
def test_the_images_join_the_uniform_profile_without_a_step(height: float, release: float) -> None:
    joint = 2.0 * 100.0 / 0.12  # where sigma_z of class B is two lids
    before, after = lidded(np.array([joint * 0.9999, joint * 1.0001]), 100.0, z=height, release=release)
    assert after == pytest.approx(before, rel=0.01)
    far = lidded(np.array([5000.0]), 100.0, z=height, release=release)[0]
    assert far == pytest.approx(
        1.0 / (math.sqrt(2.0 * math.pi) * 3.0 * sigma_y(5000.0, stability="B") * 100.0)
    )


def test_nothing_is_above_the_lid_and_no_release_either() -> None:
    assert lidded(np.array([500.0, 5000.0]), 100.0, z=np.array([101.0, 101.0])).tolist() == [0.0, 0.0]
    with pytest.raises(ValueError, match="lid"):
        lidded(np.array([500.0]), 100.0, release=120.0)


def test_a_lid_lengthens_a_far_zone_and_never_shortens_one() -> None:
    given = {"rate_kg_s": 1.0, "wind_10m_m_s": 3.0, "stability": "B", "terrain": "rural"}
    assert distance_to(2e-6, lid_m=100.0, **given) > 1.05 * distance_to(2e-6, **given)
    assert distance_to(1e-3, lid_m=3000.0, **given) == distance_to(1e-3, **given)


@pytest.mark.parametrize(("percent", "metres"), [(0.60, 30.0), (0.10, 96.0)])
def test_the_flash_zone_of_propane_over_ten_seconds_is_within_a_quarter_of_aloha(
    percent: float, metres: float
) -> None:
    # Case V14, the Gaussian of 10 s.
    edge = percent * 0.021e6 / ppm(1.0, molar_mass_kg_mol=0.044096, temperature_k=288.15)
    given = {"rate_kg_s": 1.0, "wind_10m_m_s": 5.0, "stability": "D", "terrain": "rural", "duration_s": 600.0}
    assert distance_to(edge, averaging_s=10.0, **given) == pytest.approx(metres, rel=0.25)
    assert distance_to(edge, averaging_s=10.0, **given) > distance_to(edge, **given)


def test_a_shorter_average_narrows_the_plume_by_the_fifth_root() -> None:
    assert averaging_factor(180.0) == 1.0
    assert averaging_factor(10.0) == pytest.approx(0.561, abs=5e-4)
    assert averaging_factor(3600.0) == pytest.approx(20.0**0.2)
    for seconds in (9.9, 3601.0, math.nan):
        with pytest.raises(ValueError, match="average"):
            averaging_factor(seconds)


def test_the_crosswind_spread_of_a_town_is_a_set_one_can_swap() -> None:
    # At 1000 m: s 1000/sqrt(1.4)
    town = [float(sigma_y_urban(1000.0, stability=name)) for name in "ABCDEF"]
    assert town == pytest.approx([270.449, 270.449, 185.934, 135.225, 92.967, 92.967], abs=1e-3)
    given = {"rate_kg_s": 1.0, "wind_10m_m_s": 3.0, "stability": "D"}
    assert distance_to(1e-5, terrain="urban", spreads=BRIGGS_URBAN, **given) < distance_to(
        1e-5, terrain="urban", **given
    )
    assert distance_to(1e-5, terrain="rural", spreads=BRIGGS_URBAN, **given) == distance_to(
        1e-5, terrain="rural", **given
    )


def test_container_stacks_are_a_town_and_water_and_an_apron_open_country_to_the_spread() -> None:
    at = {name: float(sigma_z(500.0, stability="D", terrain=name)) for name in (*ROUGHNESS_M, "water")}
    assert at["containers"] == at["urban"] > at["rural"] == at["water"] == at["apron"]
    given = {"rate_kg_s": 1.0, "wind_10m_m_s": 3.0, "stability": "D"}
    assert distance_to(1e-5, terrain="rural", roughness_m=1.0, **given) == distance_to(
        1e-5, terrain="urban", **given
    )


def test_a_high_release_is_felt_less_at_the_ground_and_more_at_its_own_height() -> None:
    x = np.array([100.0])
    assert lidded(x, math.inf, release=20.0)[0] < lidded(x, math.inf)[0]
    assert lidded(x, math.inf, z=20.0, release=20.0)[0] > lidded(x, math.inf, z=20.0)[0]
    given = {"rate_kg_s": 1.0, "wind_10m_m_s": 3.0, "stability": "F", "terrain": "rural"}
    assert distance_to(1e-3, receptor_m=10.0, **given) < distance_to(1e-3, **given)


def test_a_release_without_duration_has_no_zone_and_values_stay_finite_at_the_lowest_wind() -> None:
    given = {"rate_kg_s": 1.0, "wind_10m_m_s": 1.0, "stability": "F", "terrain": "rural"}
    assert distance_to(1e-4, duration_s=0.0, **given) == 0.0
    x = np.array([1e-6, 1e-3, 1.0, 1e4])
    assert np.isfinite(lidded(x, 100.0)).all()


def test_the_wind_of_the_plume_is_that_of_the_atmosphere() -> None:
    assert transport_wind.__module__ == "drillsim.hazards.atmosphere"


@pytest.mark.parametrize("height", [0.0, 99.0])
def test_under_a_lid_the_concentration_changes_without_a_step_all_the_way(height: float) -> None:
    x = np.geomspace(300.0, 5000.0, 3000)
    values = lidded(x, 100.0, z=height)
    assert np.abs(np.diff(np.log(values))).max() < 0.02
