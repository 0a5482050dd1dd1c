from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from drillsim.hazards.heat_release import t_squared
from drillsim.hazards.smoke import AIR_J_KG_K, CONVECTIVE, LOST, nfpa92_layer_t2
from drillsim.hazards.smoke_layers import SmokeNetwork, SmokeState
from drillsim.hazards.smoke_zones import OPEN_AIR, Opening, SmokeZones
from tests.hazards.sites import floor
from tests.hazards.smoke_sites import AMBIENT_K, FUMES, burn, door, network, rooms

SITE = floor()
ROOM, DOOR = SITE.space_index["room"], SITE.link_index["room-door"]
HOLE = Opening(9, 0, 3, 5.6, 0.35, (3.0, 0.0), 1.0, level=True)


def building(leak_share: float = 0.01) -> SmokeNetwork:
    return network(SmokeZones.around(SITE, room=ROOM, door=DOOR), leak_share=leak_share)


def imbalance(smoke: SmokeNetwork, state: SmokeState) -> dict[str, float]:
    """What mass, burnt fuel and energy do not add up to, relative to what came in."""
    zones, books = smoke.zones, state.books
    volume = np.array(zones.area_m2) * np.array(zones.height_m)
    held = state.held[:, :, :-1].sum(axis=(1, 2))
    began = smoke.start().held[0, :, :-1].sum()
    stored = float(volume @ state.pressure_pa[:-1]) / 0.4
    fuel_j = books.burnt_kg * AIR_J_KG_K * smoke.ambient_k
    return {
        "mass": (held[0] - began - books.burnt_kg + books.gone_kg) / began,
        "fuel": (held[2] + books.gone_fuel_kg - books.burnt_kg) / max(books.burnt_kg, 1e-300),
        "energy": (stored - books.released_j - fuel_j + books.walls_j + books.gone_j)
        / max(books.released_j, 1e-300),
        "volume": float(np.abs(held_volume(state) / volume - 1.0).max()),
    }


def held_volume(state: SmokeState) -> np.ndarray:
    return state.held[1, :, :-1].sum(axis=0) * (0.4 / 1.4) / (101325.0 + state.pressure_pa[:-1])


GRAPHS = {
    "one room": rooms(door(0, 0, OPEN_AIR, width_m=0.02)),
    "one sealed room": rooms(),
    "two rooms": rooms(door(0, 0, 1), door(1, 1, OPEN_AIR), count=2),
    "four rooms and a hole": rooms(
        door(0, 0, 1), door(1, 1, 2), door(2, 2, OPEN_AIR), HOLE, door(4, 0, 2), count=4, mixed=(3,)
    ),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_mass_fuel_and_energy_are_conserved_in_every_graph(name: str) -> None:
    smoke = network(GRAPHS[name])
    for state in burn(smoke, until_s=400.0, growth_s=150.0)[1::20]:
        assert state.books.burnt_kg > 0.0
        assert imbalance(smoke, state) == pytest.approx(dict.fromkeys(imbalance(smoke, state), 0.0), abs=1e-9)


@settings(max_examples=12, deadline=None)
@given(st.floats(75.0, 600.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0), st.sampled_from([2.0, 10.0]))
def test_they_are_in_a_building_whose_doors_move(
    growth: float, first: float, second: float, step: float
) -> None:
    smoke = building()
    smoke.set_share(DOOR, first)
    state = burn(smoke, until_s=200.0, growth_s=growth, step_s=step)[-1]
    smoke.set_share(DOOR, 1.0 - first)
    smoke.set_share(SITE.link_index["office-door"], second)
    states = burn(smoke, until_s=200.0, growth_s=growth, step_s=step, state=state)
    for each in states:
        off = imbalance(smoke, each)
        assert off == pytest.approx(dict.fromkeys(off, 0.0), abs=1e-9)
        assert each.held.min() >= 0.0
    profile = smoke.profile(states)
    assert profile.layer_m.min() >= 0.0
    assert np.isfinite(np.concatenate(list(profile))).all()
    # Pressed gas warms and gas let off cools, by well under a degree.
    assert min(profile.kelvin.min(), profile.low_kelvin.min()) > AMBIENT_K - 1.5


def test_concentrations_stay_within_that_of_the_fire_room() -> None:
    smoke = building()
    profile = smoke.profile(burn(smoke, until_s=600.0, growth_s=150.0))
    most = np.maximum.accumulate(profile.fuel[0])
    assert (np.maximum(profile.fuel, profile.low_fuel) <= most * (1.0 + 1e-9)).all()
    assert min(profile.fuel.min(), profile.low_fuel.min()) >= 0.0


def test_no_fire_makes_no_smoke_and_moves_nothing() -> None:
    smoke = building()
    state = burn(smoke, until_s=60.0, heat_w=0.0)[-1]
    assert (state.held[2] == 0.0).all()
    assert (state.held == smoke.start().held).all()
    profile = smoke.profile([state])
    assert (profile.extinction_per_m == 0.0).all()
    assert profile.layer_m[:, 0].tolist() == list(smoke.zones.height_m)


@pytest.mark.parametrize("seconds", [60.0, 80.0, 100.0])
@pytest.mark.parametrize("growth", [150.0, 300.0])
def test_the_layer_in_a_closed_room_descends_as_nfpa_92_says_within_30_percent(
    seconds: float, growth: float
) -> None:
    smoke = network(rooms(door(0, 0, OPEN_AIR, width_m=0.05, height_m=0.2)))
    first = nfpa92_layer_t2(seconds, growth_s=growth, height_m=3.0, area_m2=30.0)
    layer = smoke.profile(burn(smoke, until_s=seconds, growth_s=growth)).layer_m[0, -1]
    assert abs(layer - first) / 3.0 < 0.3
    assert layer < 3.0


def test_the_layer_descends_as_the_filling_equation_integrated_apart() -> None:
    # A dz/dt = -(mp / rho0 + (1 - lost) Q / (rho0 cp T0)), gas leaving at the floor; no walls in it.
    height, area, growth = 6.0, 400.0, 300.0
    smoke = network(rooms(door(0, 0, OPEN_AIR, width_m=2.0, height_m=0.2), area_m2=area, height_m=height))
    density = 101325.0 / (AIR_J_KG_K * (0.4 / 1.4) * AMBIENT_K)

    def fall(time_s: float, layer: list[float]) -> list[float]:
        heat = t_squared(time_s, growth_s=growth, peak_w=2e6)
        kw, z = CONVECTIVE * heat / 1000.0, max(layer[0], 0.0)
        tall = z > 0.166 * kw**0.4
        plume = 0.071 * kw ** (1 / 3) * z ** (5 / 3) + 0.0018 * kw if tall else 0.032 * kw**0.6 * z
        swell = (1.0 - LOST) * heat / (AIR_J_KG_K * AMBIENT_K)
        return [-(plume + swell) / (density * area)]

    times = [60.0, 120.0, 180.0]
    expected = solve_ivp(fall, (0.0, 180.0), [height], t_eval=times, rtol=1e-8).y[0]
    layer = smoke.profile(burn(smoke, until_s=180.0)).layer_m[0]
    assert layer[[30, 60, 90]] == pytest.approx(expected, abs=0.12)


def test_a_steady_fire_in_a_room_with_a_door_is_as_hot_as_the_correlation_of_mqh() -> None:
    # 6.85 (Q^2 / (A sqrt(H) h AT))^(1/3), kW: the walls of the correlation conduct h = (k rho c / t)^(1/2).
    smoke = network(rooms(door(0, 0, OPEN_AIR)))
    got = smoke.profile(burn(smoke, until_s=300.0, heat_w=500e3)).kelvin[0, -1] - AMBIENT_K
    inner = 2.0 * 30.0 + 4.0 * 30.0**0.5 * 3.0
    brick, gypsum = (
        6.85 * (500.0**2 / (0.9 * 2.0**1.5 * inner * (k_rho_c / 300.0) ** 0.5)) ** (1.0 / 3.0)
        for k_rho_c in (2.0, 0.18)
    )
    assert brick * 0.9 < got < gypsum * 1.1


def test_a_shut_room_starves_its_fire() -> None:
    smoke = building()
    smoke.set_share(DOOR, 0.0)
    shut, open_door = (burn(each, until_s=900.0)[-1].books.burnt_kg for each in (smoke, building()))
    wanted = sum(t_squared(t, growth_s=300.0, peak_w=2e6) for t in np.arange(0.5, 900.0)) / FUMES.heat_j_kg
    assert shut < 0.5 * open_door
    assert shut < 0.2 * wanted
    left = 1.0 - smoke.profile([burn(smoke, until_s=900.0)[-1]]).fuel[0, 0] * FUMES.heat_j_kg / 13.1e6 / 0.232
    assert 0.5 < left < 0.75


def test_smoke_rises_in_the_stair_and_thins_out() -> None:
    smoke = building()
    last = burn(smoke, until_s=600.0)[-1].fuel_kg
    names = [SITE.spaces[space] for space in smoke.zones.spaces]
    lower, upper = (last[names.index(name)] for name in ("stair-1", "stair-2"))
    assert lower > upper > 0.0
    assert upper > last[names.index("F1-corridor")]


def test_halving_the_step_changes_the_layer_by_little() -> None:
    coarse, fine = (
        building().profile(burn(building(), until_s=240.0, step_s=step)).layer_m[:2, -1]
        for step in (2.0, 1.0)
    )
    assert coarse == pytest.approx(fine, abs=0.05)


def test_the_order_of_openings_changes_nothing_but_rounding() -> None:
    zones = GRAPHS["four rooms and a hole"]
    turned = rooms(*reversed(zones.openings), count=4, mixed=(3,))
    one, other = (burn(network(each), until_s=300.0)[-1] for each in (zones, turned))
    assert one.held == pytest.approx(other.held, rel=1e-6)


def six_doors(area_m2: float, width_m: float) -> SmokeNetwork:
    """A small fire room with six wide openings: three to the open air, three to small rooms of its kind."""
    openings = [
        door(link, 0, link + 1 if link < 3 else OPEN_AIR, width_m=width_m * (1.0 + 0.1 * link), height_m=2.4)
        for link in range(6)
    ]
    return network(rooms(*openings, count=4, area_m2=area_m2, height_m=2.5))


@settings(max_examples=8, deadline=None)
@given(st.floats(2.0, 12.0), st.floats(1.0, 6.0), st.floats(60.0, 600.0), st.sampled_from([2.0, 10.0]))
def test_a_small_room_with_six_openings_never_gives_away_more_than_it_holds(
    area: float, width: float, growth: float, step: float
) -> None:
    smoke = six_doors(area, width)
    states = burn(smoke, until_s=60.0, growth_s=growth, step_s=step)
    assert min(state.held.min() for state in states) >= 0.0
    off = imbalance(smoke, states[-1])
    assert off == pytest.approx(dict.fromkeys(off, 0.0), abs=1e-9)
    layer, extinction, *_ = smoke.profile(states)
    assert 0.0 <= layer.min() <= layer.max() <= 2.5
    assert extinction.min() >= 0.0


def test_a_network_and_its_states_travel_to_other_processes() -> None:
    smoke = building()
    state = burn(smoke, until_s=100.0)[-1]
    copy, there = pickle.loads(pickle.dumps((smoke, state)))
    ours, theirs = (net.step(s, heat_w=1e5, step_s=2.0) for net, s in ((smoke, state), (copy, there)))
    assert (ours.held == theirs.held).all()
    assert ours.books == theirs.books


def test_a_door_that_is_opened_stands_open_and_lets_more_smoke_through_than_people_who_pass() -> None:
    office, link = SITE.space_index["office"], SITE.link_index["office-door"]
    passing, wedged = building(), building()
    wedged.set_share(link, 1.0)
    zone = passing.zones.spaces.index(office)
    got = [burn(smoke, until_s=300.0)[-1].fuel_kg[zone] for smoke in (passing, wedged)]
    assert got[1] > 1.5 * got[0] > 0.0
