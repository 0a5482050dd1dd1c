from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.hazards.fire import t_squared
from drillsim.hazards.smoke import (
    CLEAR_M,
    Opening,
    SmokeNetwork,
    SmokeState,
    SmokeZones,
    nfpa92_layer_t2,
    plume_entrainment,
    vent_flow,
    visibility_m,
)
from tests.hazards.sites import floor

SITE = floor()
ROOM, DOOR = SITE.space_index["room"], SITE.link_index["room-door"]


def network(leak_share: float = 0.01) -> SmokeNetwork:
    return SmokeNetwork(SmokeZones.around(SITE, room=ROOM, door=DOOR), 293.15, 0.05 / 2e7, leak_share)


def run(
    smoke: SmokeNetwork, *, until_s: float, growth_s: float = 300.0, step_s: float = 2.0
) -> list[SmokeState]:
    states = [smoke.start()]
    for step in range(round(until_s / step_s)):
        heat = t_squared((step + 0.5) * step_s, growth_s=growth_s, peak_w=2e6)
        states.append(smoke.step(states[-1], heat_w=heat, step_s=step_s))
    return states


def test_the_zones_are_the_floor_of_the_fire_and_the_stairs_above_it() -> None:
    zones = SmokeZones.around(SITE, room=ROOM, door=DOOR)
    names = [SITE.spaces[space] for space in zones.spaces]
    assert names[0] == "room"
    assert sorted(names) == ["F2-corridor", "office", "room", "stair-1", "stair-2"]
    assert zones.above[names.index("stair-1")] == names.index("stair-2")
    assert zones.above[names.index("stair-2")] == -1


@pytest.mark.parametrize("seconds", [60.0, 80.0, 100.0])
@pytest.mark.parametrize("growth", [150.0, 300.0])
def test_the_layer_in_a_closed_room_descends_as_nfpa_92_says_within_30_percent(
    seconds: float, growth: float
) -> None:
    smoke = network(leak_share=0.0)
    smoke.set_share(DOOR, 0.0)
    first = nfpa92_layer_t2(seconds, growth_s=growth, height_m=3.0, area_m2=30.0)
    layer = smoke.profile(run(smoke, until_s=seconds, growth_s=growth))[0][0, -1]
    assert abs(layer - first) / 3.0 < 0.3
    assert layer < 3.0


def test_the_correlation_is_refused_outside_its_range() -> None:
    with pytest.raises(ValueError, match=r"1\.0 to 23"):
        nfpa92_layer_t2(60.0, growth_s=300.0, height_m=3.0, area_m2=300.0)
    with pytest.raises(ValueError, match=r"down to 0\.2"):
        nfpa92_layer_t2(1000.0, growth_s=300.0, height_m=3.0, area_m2=30.0)
    assert nfpa92_layer_t2(5.0, growth_s=300.0, height_m=3.0, area_m2=30.0) == 3.0


@settings(max_examples=15, deadline=None)
@given(st.floats(100.0, 600.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_soot_is_conserved(growth: float, door: float, office: float) -> None:
    smoke = network()
    smoke.set_share(DOOR, door)
    smoke.set_share(SITE.link_index["office-door"], office)
    for state in run(smoke, until_s=600.0, growth_s=growth)[::20]:
        assert sum(state.soot_kg) + state.lost_kg == pytest.approx(state.produced_kg, rel=1e-9, abs=1e-15)
        assert min(state.soot_kg) >= 0.0
        assert min(state.mass_kg) >= 0.0


def test_no_zone_holds_more_than_its_volume_or_is_colder_than_the_air() -> None:
    layer, extinction, kelvin = network().profile(run(network(), until_s=900.0))
    assert layer.min() >= 0.0
    assert extinction.min() >= 0.0
    assert kelvin.min() >= 293.15
    assert np.isfinite(np.concatenate([layer, extinction, kelvin])).all()


def test_a_shut_room_starves_its_fire() -> None:
    smoke = network()
    smoke.set_share(DOOR, 0.0)
    shut, open_door = (run(each, until_s=900.0)[-1].produced_kg for each in (smoke, network()))
    assert shut < 0.25 * open_door


def test_smoke_rises_in_the_stair_and_thins_out() -> None:
    smoke = network()
    last = run(smoke, until_s=600.0)[-1]
    names = [SITE.spaces[space] for space in smoke.zones.spaces]
    lower, upper = (last.soot_kg[names.index(name)] for name in ("stair-1", "stair-2"))
    assert lower > upper > 0.0


def test_halving_the_step_changes_the_layer_by_little() -> None:
    coarse = network().profile(run(network(), until_s=240.0, step_s=2.0))[0][:2, -1]
    fine = network().profile(run(network(), until_s=240.0, step_s=1.0))[0][:2, -1]
    assert coarse == pytest.approx(fine, abs=0.05)


def test_no_fire_makes_no_smoke() -> None:
    smoke = network()
    state = smoke.step(smoke.start(), heat_w=0.0, step_s=2.0)
    assert state == smoke.start()


def test_the_plume_takes_in_more_air_with_heat_and_height_and_joins_at_the_flame_tip() -> None:
    assert plume_entrainment(heat_w=0.0, height_m=2.0) == plume_entrainment(heat_w=1e5, height_m=0.0) == 0.0
    flows = [plume_entrainment(heat_w=3e5, height_m=height) for height in (0.5, 1.0, 2.0, 3.0)]
    assert flows == sorted(flows)
    tip = 0.166 * 210.0**0.4
    below, beyond = (plume_entrainment(heat_w=3e5, height_m=tip * factor) for factor in (0.9999, 1.0001))
    assert below == pytest.approx(beyond, rel=0.05)


def test_only_hot_gas_below_the_lintel_flows() -> None:
    assert vent_flow(width_m=0.9, depth_m=0.0, excess_k=100.0, ambient_k=293.0) == 0.0
    assert vent_flow(width_m=0.9, depth_m=1.0, excess_k=0.0, ambient_k=293.0) == 0.0
    one, two = (
        vent_flow(width_m=width, depth_m=1.0, excess_k=100.0, ambient_k=293.0) for width in (0.9, 1.8)
    )
    assert two == pytest.approx(2.0 * one)


def test_clean_air_is_seen_through_as_far_as_is_ever_said() -> None:
    assert visibility_m(0.0) == CLEAR_M
    assert visibility_m(0.6) == pytest.approx(5.0)


def six_doors(area_m2: float, width_m: float) -> SmokeNetwork:
    """A small fire room with six wide openings: three to the open air, three to small rooms of its kind."""
    openings = tuple(
        Opening(link, 0, link + 1 if link < 3 else -1, width_m * (1.0 + 0.1 * link), 2.4, 1.0)
        for link in range(6)
    )
    zones = SmokeZones((0, 1, 2, 3), (area_m2,) * 4, (2.5,) * 4, (False,) * 4, openings, (-1,) * 4)
    return SmokeNetwork(zones, 293.15, 0.05 / 2e7, 0.01)


@settings(max_examples=25, deadline=None)
@given(st.floats(2.0, 12.0), st.floats(1.0, 6.0), st.floats(60.0, 600.0), st.sampled_from([2.0, 10.0]))
def test_a_small_room_with_six_openings_never_gives_away_more_than_it_holds(
    area: float, width: float, growth: float, step: float
) -> None:
    smoke = six_doors(area, width)
    states = run(smoke, until_s=600.0, growth_s=growth, step_s=step)
    for state in states:
        assert min(state.mass_kg) >= 0.0
        assert min(state.soot_kg) >= 0.0
        assert sum(state.soot_kg) + state.lost_kg == pytest.approx(state.produced_kg, rel=1e-9, abs=1e-15)
    layer, extinction, kelvin = smoke.profile(states)
    assert 0.0 <= layer.min() <= layer.max() <= 2.5
    assert extinction.min() >= 0.0
    assert kelvin.min() >= 293.15 - 1e-9


@pytest.mark.parametrize("seconds", [0.0, -30.0])
def test_before_the_fire_the_layer_stands_at_the_ceiling(seconds: float) -> None:
    assert nfpa92_layer_t2(seconds, growth_s=300.0, height_m=3.0, area_m2=30.0) == 3.0


def test_flow_through_a_door_is_that_of_the_weir_worked_by_hand() -> None:
    # 2/3 0.6 0.9 m x 1.2 (293/393) kg/m3 x sqrt(2 9.80665 100/293) m/s x 1 m^1.5
    full = vent_flow(width_m=0.9, depth_m=1.0, excess_k=100.0, ambient_k=293.0)
    assert full == pytest.approx(0.83330, abs=1e-5)
    quarter = vent_flow(width_m=0.9, depth_m=0.25, excess_k=100.0, ambient_k=293.0)
    assert quarter == pytest.approx(0.83330 / 8.0, abs=1e-5)
