from __future__ import annotations

import math

import pytest

from drillsim.hazards.constants import GRAVITY_M_S2
from drillsim.hazards.ground import CONCRETE, WATER
from drillsim.hazards.spreading import (
    fed_radius_m,
    pool_area_m2,
    pool_diameter_m,
    released_radius_m,
    spread_area_m2,
    spreading_gravity_m_s2,
)


def test_the_yellow_books_benzene_pool_has_its_printed_size() -> None:
    assert pool_diameter_m(volume_m3=28.3, depth_m=0.02) == pytest.approx(42.445, rel=1e-4)
    assert pool_area_m2(volume_m3=28.3, depth_m=0.02) == pytest.approx(1415.0, rel=1e-4)


def test_steps_of_a_volume_let_go_at_once_follow_the_closed_form() -> None:
    area = math.pi
    for _ in range(10):
        area = spread_area_m2(
            area, volume_before_m3=2.0, volume_after_m3=2.0, seconds=0.7, least_depth_m=1e-6
        )
    radius = released_radius_m(7.0, volume_m3=2.0, radius_m=1.0)
    assert area == pytest.approx(math.pi * radius**2)


def test_steps_of_a_constant_feed_follow_the_closed_form() -> None:
    area = 0.0
    for step in range(10):
        area = spread_area_m2(
            area,
            volume_before_m3=0.01 * step,
            volume_after_m3=0.01 * (step + 1),
            seconds=1.0,
            least_depth_m=1e-6,
        )
    assert area == pytest.approx(math.pi * fed_radius_m(10.0, volume_rate_m3_s=0.01) ** 2)


def test_the_closed_forms_solve_the_equation_of_spreading() -> None:
    moment, rate, small = 8.0, 0.02, 1e-4
    speed = (
        fed_radius_m(moment + small, volume_rate_m3_s=rate)
        - fed_radius_m(moment - small, volume_rate_m3_s=rate)
    ) / (2.0 * small)
    depth = rate * moment / (math.pi * fed_radius_m(moment, volume_rate_m3_s=rate) ** 2)
    assert speed == pytest.approx(math.sqrt(2.0 * GRAVITY_M_S2 * depth), rel=1e-6)


def test_a_pool_stops_at_its_least_depth_or_bund_and_never_shrinks() -> None:
    def spread(before_m2: float, volume_m3: float, largest_m2: float | None = None) -> float:
        return spread_area_m2(
            before_m2,
            volume_before_m3=volume_m3,
            volume_after_m3=volume_m3,
            seconds=1e4,
            least_depth_m=0.005,
            largest_m2=largest_m2,
        )

    assert spread(1.0, 1.0) == pytest.approx(200.0)
    assert spread(1.0, 1.0, 50.0) == 50.0
    assert spread(150.0, 0.1) == 150.0


def test_on_water_the_difference_of_density_drives_and_what_sinks_is_refused() -> None:
    assert spreading_gravity_m_s2(CONCRETE, density_kg_m3=1400.0) == GRAVITY_M_S2
    assert spreading_gravity_m_s2(WATER, density_kg_m3=600.0) == pytest.approx(0.4 * GRAVITY_M_S2)
    with pytest.raises(ValueError, match="sinks"):
        spreading_gravity_m_s2(WATER, density_kg_m3=1400.0)


def test_negative_figures_are_refused() -> None:
    with pytest.raises(ValueError, match="volume_m3"):
        released_radius_m(1.0, volume_m3=-1.0)
    with pytest.raises(ValueError, match="time_s"):
        fed_radius_m(-1.0, volume_rate_m3_s=1.0)
    with pytest.raises(ValueError, match="above 0"):
        pool_area_m2(volume_m3=1.0, depth_m=0.0)
    with pytest.raises(ValueError, match="negative"):
        spread_area_m2(-1.0, volume_before_m3=1.0, volume_after_m3=1.0, seconds=1.0, least_depth_m=0.01)
