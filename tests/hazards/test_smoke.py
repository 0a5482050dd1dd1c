from __future__ import annotations

import numpy as np
import pytest

from drillsim.hazards.smoke import (
    AIR_OXYGEN,
    CLEAR_M,
    OXYGEN_J_KG,
    burning_w,
    nfpa92_layer_steady,
    nfpa92_layer_t2,
    plume_entrainment,
    spill_entrainment,
    visibility_m,
)


def test_the_correlation_is_refused_outside_its_range() -> None:
    with pytest.raises(ValueError, match=r"1\.0 to 23"):
        nfpa92_layer_t2(60.0, growth_s=300.0, height_m=3.0, area_m2=300.0)
    with pytest.raises(ValueError, match=r"down to 0\.2"):
        nfpa92_layer_t2(1000.0, growth_s=300.0, height_m=3.0, area_m2=30.0)
    assert nfpa92_layer_t2(5.0, growth_s=300.0, height_m=3.0, area_m2=30.0) == 3.0


def test_the_correlation_of_a_steady_fire_is_refused_outside_its_range_too() -> None:
    with pytest.raises(ValueError, match=r"0\.9 to 14"):
        nfpa92_layer_steady(30.0, heat_w=1e6, height_m=3.0, area_m2=200.0)
    with pytest.raises(ValueError, match=r"down to 0\.2"):
        nfpa92_layer_steady(600.0, heat_w=1e6, height_m=5.0, area_m2=100.0)
    assert nfpa92_layer_steady(0.0, heat_w=1e6, height_m=5.0, area_m2=100.0) == 5.0
    assert nfpa92_layer_steady(1.0, heat_w=1e3, height_m=5.0, area_m2=100.0) == 5.0


@pytest.mark.parametrize("seconds", [0.0, -30.0])
def test_before_the_fire_the_layer_stands_at_the_ceiling(seconds: float) -> None:
    assert nfpa92_layer_t2(seconds, growth_s=300.0, height_m=3.0, area_m2=30.0) == 3.0


def test_the_plume_takes_in_more_air_with_heat_and_height_and_joins_at_the_flame_tip() -> None:
    assert plume_entrainment(heat_w=0.0, height_m=2.0) == plume_entrainment(heat_w=1e5, height_m=0.0) == 0.0
    flows = [plume_entrainment(heat_w=3e5, height_m=height) for height in (0.5, 1.0, 2.0, 3.0)]
    assert flows == sorted(flows)
    tip = 0.166 * 210.0**0.4
    below, beyond = (plume_entrainment(heat_w=3e5, height_m=tip * factor) for factor in (0.9999, 1.0001))
    assert below == pytest.approx(beyond, rel=0.05)


def test_a_spill_continues_the_plume_it_could_come_from() -> None:
    # 50 kW of convected heat whose plume carries 0.5 kg/s at some height, and a metre on.
    strength = 0.071 * 50.0 ** (1.0 / 3.0)
    height = (0.5 / strength) ** 0.6
    later = strength * (height + 1.0) ** (5.0 / 3.0)
    excess = np.array([50.0 / (0.5 * 1.005)])
    taken = spill_entrainment(np.array([0.5]), excess_k=excess, rise_m=np.array([1.0]))
    assert taken[0] == pytest.approx(later - 0.5)
    none = spill_entrainment(np.array([0.5]), excess_k=excess, rise_m=np.array([0.0]))
    assert none[0] == pytest.approx(0.0, abs=1e-12)


def test_clean_air_is_seen_through_as_far_as_is_ever_said() -> None:
    assert visibility_m(0.0) == CLEAR_M
    assert visibility_m(0.6) == pytest.approx(5.0)


def fire(heat_w: float, *, clear_m: float, below: float = 0.0, above: float = 0.0) -> float:
    return burning_w(
        heat_w, clear_m=clear_m, below=below, above=above, heat_j_kg=2e7, held_kg=100.0, step_s=2.0
    )


def test_a_fire_with_air_enough_burns_at_full_size() -> None:
    assert fire(5e5, clear_m=2.0) == 5e5
    assert fire(5e5, clear_m=0.0) == 5e5  # in a layer that still has the oxygen of air
    assert fire(0.0, clear_m=2.0) == 0.0


def test_a_fire_in_spent_gas_goes_out_and_its_clear_part_goes_on() -> None:
    spent = 0.10 / (2e7 / OXYGEN_J_KG)  # kg of burnt fuel per kg that leaves 13 % of oxygen
    assert AIR_OXYGEN - 0.10 < 0.14
    assert fire(5e5, clear_m=0.0, above=spent) == 0.0
    assert fire(5e5, clear_m=2.0, above=spent) == 5e5
    part = fire(5e5, clear_m=0.05, above=spent)
    assert 0.0 < part < 5e5
    flow = plume_entrainment(heat_w=part, height_m=0.05)
    assert part == pytest.approx(flow * (AIR_OXYGEN - 0.14) * OXYGEN_J_KG, rel=0.02)


def test_less_oxygen_never_makes_a_larger_fire() -> None:
    sizes = [fire(5e5, clear_m=0.1, below=share, above=share) for share in np.linspace(0.0, 0.08, 30)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > sizes[-1] == 0.0
