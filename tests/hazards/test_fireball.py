from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.fireball import fireball, fireball_duration_s, fireball_heat_w_m2, fireball_reach_m


def test_the_fireball_of_the_rail_car_is_alohas() -> None:
    ball = fireball(16_037.0, heat_of_combustion_j_kg=46.35e6, air_k=288.15, humidity=0.6)
    assert ball.diameter_m == pytest.approx(146.0, rel=0.03)
    for level, expected in ((10e3, 338.0), (5e3, 478.0), (2e3, 745.0)):
        assert fireball_reach_m(ball, level_w_m2=level) == pytest.approx(expected, rel=0.03)


def test_the_two_rules_of_duration_part_at_thirty_tonnes() -> None:
    assert fireball_duration_s(1000.0) == fireball_duration_s(1000.0, rule="ccps") == pytest.approx(4.5)
    assert fireball_duration_s(1e6) == pytest.approx(0.852 * 10.0**1.56)
    assert fireball_duration_s(1e6, rule="ccps") == pytest.approx(26.0)
    with pytest.raises(ValueError, match="aloha or ccps"):
        fireball_duration_s(1.0, rule="other")


@given(mass=st.floats(0.0, 1e6), humidity=st.floats(0.0, 1.0))
def test_the_heat_of_a_fireball_is_finite_and_never_rises_with_distance(mass: float, humidity: float) -> None:
    ball = fireball(mass, heat_of_combustion_j_kg=4e7, humidity=humidity)
    heat = fireball_heat_w_m2(np.concatenate([[0.0], np.geomspace(0.01, 1e4, 300)]), ball=ball)
    assert np.all(np.isfinite(heat)) and np.all(np.diff(heat) <= 1e-9 * heat[0])


def test_beneath_the_ball_the_heat_is_its_own_and_said_to_be() -> None:
    ball = fireball(1000.0, heat_of_combustion_j_kg=46e6)
    assert ball.beneath(29.0) and not ball.beneath(29.1)
    assert fireball_heat_w_m2(0.0, ball=ball) == pytest.approx(350e3)


def test_a_mass_below_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        fireball(-1.0, heat_of_combustion_j_kg=46e6)
