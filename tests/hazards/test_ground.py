from __future__ import annotations

import math

import pytest

from drillsim.hazards.ground import CONCRETE, GROUNDS, WATER, WettedGround


@pytest.mark.parametrize(
    ("name", "conductivity", "diffusivity"),
    [
        ("soil", 8.64, 4.13e-6),
        ("concrete", 8.28, 3.74e-6),
        ("dry-sand", 2.34, 1.74e-6),
        ("moist-sand", 5.31, 3.02e-6),
    ],
)
def test_ground_one_second_after_wetting_gives_k_over_root_pi_alpha(
    name: str, conductivity: float, diffusivity: float
) -> None:
    ground = WettedGround(GROUNDS[name])
    ground.wet(0.0, 1e-6, 2.0)
    expected = 2.0 * conductivity / math.sqrt(math.pi * diffusivity)
    assert ground.conductance_w_k(1.0) == pytest.approx(expected, rel=1e-5)


def test_rings_wetted_evenly_are_one_ring_and_an_even_ring_is_its_integral() -> None:
    whole, parts = WettedGround(CONCRETE), WettedGround(CONCRETE)
    whole.wet(0.0, 300.0, 30.0)
    for second in range(300):
        parts.wet(float(second), second + 1.0, 0.1)
    integral = sum(0.001 / math.sqrt(400.0 - 0.01 * (i + 0.5)) for i in range(30_000))
    for ground in (whole, parts):
        assert ground.conductance_w_k(400.0) == pytest.approx(CONCRETE.effusivity * integral, rel=1e-6)


def test_merging_old_rings_of_a_growing_pool_costs_less_than_half_a_percent() -> None:
    ground, rings = WettedGround(CONCRETE), []
    for step in range(1000):
        area = math.sqrt(step + 1.0)
        ground.wet(float(step), step + 1.0, area)
        rings.append((step + 0.5, area))
    for time_s in (1001.0, 1500.0, 9000.0):
        exact = CONCRETE.effusivity * sum(area / math.sqrt(time_s - at) for at, area in rings)
        assert ground.conductance_w_k(time_s) == pytest.approx(exact, rel=0.005)


def test_a_ring_that_is_being_wetted_counts() -> None:
    growing, done = WettedGround(CONCRETE), WettedGround(CONCRETE)
    done.wet(10.0, 12.0, 5.0)
    assert growing.conductance_w_k(12.0, growing_since_s=10.0, growing_m2=5.0) == pytest.approx(
        done.conductance_w_k(12.0)
    )


def test_water_gives_its_constant_film_whenever_it_was_wetted() -> None:
    water = WettedGround(WATER)
    water.wet(0.0, 10.0, 4.0)
    assert water.conductance_w_k(11.0) == water.conductance_w_k(1e5) == 4.0 * 500.0
