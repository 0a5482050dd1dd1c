from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.hazards.pool_fire import (
    flame_view_factor,
    pool_fire,
    pool_fire_heat_w_m2,
    pool_fire_point_heat_w_m2,
    pool_fire_point_reach_m,
    pool_fire_reach_m,
)

TOLUENE = pool_fire(20.0, substance="toluene", wind_m_s=5.0, air_k=288.15, humidity=0.6)


def brute(x: float, y: float, *, radius: float, length: float, tilt: float) -> float:
    n = 500
    s, turn = (np.arange(n) + 0.5) / n, (np.arange(n) + 0.5) * 2.0 * math.pi / n
    s, turn = np.meshgrid(s, turn)
    lean, up = length * math.sin(tilt), length * math.cos(tilt)
    d = np.stack([radius * np.cos(turn) + s * lean - x, radius * np.sin(turn) - y, s * up])
    area = np.stack([np.cos(turn) * up, np.sin(turn) * up, -np.cos(turn) * lean]) * radius
    faced = np.maximum(-(d * area).sum(axis=0), 0.0) / (math.pi * (d**2).sum(axis=0) ** 2)
    return float(np.linalg.norm((d * faced).sum(axis=(1, 2))) * 2.0 * math.pi / n**2)


@pytest.mark.parametrize(
    ("x", "y", "tilt"), [(6.0, 0.0, 1.0), (-6.0, 0.0, 1.0), (3.0, 5.0, 0.6), (20.0, 1.0, 0.0)]
)
def test_the_view_of_a_leaning_flame_is_that_of_its_surface_summed(x: float, y: float, tilt: float) -> None:
    got = flame_view_factor(x, crosswind_m=y, radius_m=2.5, length_m=9.0, tilt_rad=tilt)
    assert float(got) == pytest.approx(brute(x, y, radius=2.5, length=9.0, tilt=tilt), rel=2e-3)


def test_a_tall_upright_flame_gives_the_closed_form_of_an_endless_cylinder() -> None:
    # upright: R/2x; level: the strip at angle t takes cos t of 1/pi from h/x = 0 up: (1/pi)(half a turn seen)
    x, radius = 10.0, 2.0
    got = float(flame_view_factor(x, radius_m=radius, length_m=1e5, tilt_rad=0.0))
    assert got == pytest.approx(math.hypot(radius / (2.0 * x), math.asin(radius / x) / math.pi), rel=1e-3)


def test_far_away_the_view_is_the_flames_upright_area_over_pi_square() -> None:
    got = float(flame_view_factor(3000.0, radius_m=2.0, length_m=10.0, tilt_rad=0.0))
    assert got == pytest.approx(40.0 / (math.pi * 3000.0**2), rel=2e-3)


def test_the_toluene_fire_is_alohas_by_the_solid_flame() -> None:
    assert TOLUENE.flame_length_m == pytest.approx(10.0, rel=0.1)
    for level, expected in ((10e3, 16.0), (5e3, 20.0), (2e3, 28.0)):
        assert pool_fire_reach_m(TOLUENE, level_w_m2=level) == pytest.approx(expected, rel=0.06)
        assert pool_fire_point_reach_m(TOLUENE, level_w_m2=level) == pytest.approx(expected, rel=0.3)


@settings(deadline=None, max_examples=60)
@given(
    area=st.floats(1.0, 2000.0),
    wind=st.floats(0.0, 20.0),
    bearing=st.floats(0.0, 180.0),
    fuel=st.sampled_from(["toluene", "methanol", "propane"]),
)
def test_the_heat_of_a_pool_fire_is_finite_and_never_rises_with_distance(
    area: float, wind: float, bearing: float, fuel: str
) -> None:
    fire = pool_fire(area, substance=fuel, wind_m_s=wind)
    radius, turned = 0.5 * fire.diameter_m, math.radians(bearing)
    x = np.concatenate([[0.0, radius], radius * (1.0 + np.geomspace(1e-6, 300.0, 200))])
    heat = pool_fire_heat_w_m2(x * math.cos(turned), crosswind_m=x * math.sin(turned), fire=fire)
    assert np.all(np.isfinite(heat)) and np.all(np.diff(heat) <= 1e-6 * heat[:-1])
    assert np.all(np.diff(pool_fire_point_heat_w_m2(x, fire=fire)) <= 0.0)


def test_it_is_hotter_downwind_than_upwind_and_as_hot_on_both_sides() -> None:
    def heat(x: float, y: float) -> float:
        return float(pool_fire_heat_w_m2(x, crosswind_m=y, fire=TOLUENE))

    assert heat(10.0, 0.0) > heat(0.0, 10.0) > heat(-10.0, 0.0)
    assert heat(6.0, 8.0) == pytest.approx(heat(6.0, -8.0))


def test_in_the_pool_the_heat_is_the_flames_own_and_said_to_be() -> None:
    assert TOLUENE.in_flame(-2.5) and TOLUENE.in_flame(10.0) and not TOLUENE.in_flame(-2.6)
    assert pool_fire_heat_w_m2(0.0, fire=TOLUENE) == TOLUENE.surface_power_w_m2


def test_what_does_not_burn_or_lies_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="no heat of combustion"):
        pool_fire(20.0, substance="chlorine", wind_m_s=1.0)
    with pytest.raises(ValueError, match="above 0"):
        pool_fire(0.0, substance="toluene", wind_m_s=1.0)
