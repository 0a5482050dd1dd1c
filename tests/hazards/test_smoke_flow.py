from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.hazards.smoke import AIR_J_KG_K, DISCHARGE, G_M_S2
from drillsim.hazards.smoke_flow import Layers, Streams, Vents
from drillsim.hazards.smoke_zones import OPEN_AIR, Opening, SmokeZones
from tests.hazards.smoke_sites import AMBIENT_K, door, rooms

AIR = 101325.0 / (AIR_J_KG_K * (1.0 - 1.0 / 1.4) * AMBIENT_K)


def vents(zones: SmokeZones) -> Vents:
    found = Vents(zones)
    found.set_widths(np.array([o.width_m for o in zones.openings]))
    return found


def layers(kelvin: list[float], *, depth_m: list[float]) -> Layers:
    """Zones whose upper layer is so warm and whose lower one is as the open air."""
    both = np.array([[AMBIENT_K] * (len(kelvin) + 1), [*kelvin, AMBIENT_K]])
    density = AIR * AMBIENT_K / both
    return Layers(density, np.sqrt(density), both, np.zeros_like(both), np.array([*depth_m, np.inf]))


def settled(zones: SmokeZones, seen: Layers, gain_w: list[float]) -> tuple[Streams, np.ndarray]:
    """Streams and pressures once they no longer change."""
    found, pressure = vents(zones), np.zeros(len(gain_w) + 1)
    gain = np.array([*gain_w, 0.0])
    for _ in range(80):
        streams, change = found.balance(seen, pressure, capacity=np.full_like(gain, 0.01), gain_w=gain)
        pressure = pressure + change
    return streams, pressure


def test_a_sealed_room_with_a_leak_has_the_pressure_that_presses_out_what_the_fire_adds() -> None:
    leak = Opening(-1, 0, OPEN_AIR, 0.01, 1.0, (0.0, 0.0), 1.0)
    streams, pressure = settled(rooms(leak), layers([AMBIENT_K], depth_m=[0.0]), [50e3])
    out = 50e3 / (AIR_J_KG_K * AMBIENT_K)
    assert streams.kg_s.sum() == pytest.approx(out, rel=1e-6)
    assert pressure[0] == pytest.approx((out / (DISCHARGE * 0.01)) ** 2 / (2.0 * AIR), rel=1e-4)


def test_a_hot_room_draws_in_what_the_law_of_openings_says() -> None:
    hot = 600.0
    ratio = hot / AMBIENT_K
    law = 2.0 / 3.0 * DISCHARGE * 0.9 * 2.0**1.5 * AIR
    law *= math.sqrt(2.0 * G_M_S2 * (1.0 - 1.0 / ratio) / (1.0 + ratio ** (1.0 / 3.0)) ** 3)
    gain = law * AIR_J_KG_K * (hot - AMBIENT_K)
    streams, _ = settled(rooms(door(0, 0, OPEN_AIR)), layers([hot], depth_m=[0.0]), [gain])
    out, back = streams.kg_s[0, :, 0], streams.kg_s[1, :, 0]
    assert out.sum() == pytest.approx(law, rel=1e-3)
    assert back.sum() == pytest.approx(law, rel=1e-3)
    assert out[0] == 0.0


def test_a_tall_warm_shaft_draws_by_its_stack() -> None:
    # Two slots of 0.05 m2, 12 m apart: the flow of Cd A sqrt(2 g H dT/T) through two in a row.
    warm, rise = 313.15, 12.0
    slots = [Opening(i, 0, OPEN_AIR, 1.0, 0.05, (sill, 0.0), 1.0) for i, sill in ((0, 0.0), (1, rise))]
    shaft = rooms(*slots, height_m=13.0, mixed=(0,))
    hot = AIR * AMBIENT_K / warm
    head = 2.0 * (AIR - hot) * G_M_S2 * rise
    flow = DISCHARGE * 0.05 * math.sqrt(head / (1.0 / AIR + 1.0 / hot))
    gain = flow * AIR_J_KG_K * (warm - AMBIENT_K)
    streams, _ = settled(shaft, layers([warm], depth_m=[0.0]), [gain])
    assert streams.kg_s[1, :, 0].sum() == pytest.approx(flow, rel=0.01)
    assert streams.kg_s[0, :, 1].sum() == pytest.approx(flow, rel=0.01)
    # As by volume, of two openings one after the other: Cd A sqrt(2 g H dT/T) / sqrt(2), near T.
    mean = 0.5 * (warm + AMBIENT_K)
    textbook = DISCHARGE * 0.05 * math.sqrt(2.0 * G_M_S2 * rise * (warm - AMBIENT_K) / mean) / math.sqrt(2.0)
    assert flow / (AIR * AMBIENT_K / mean) == pytest.approx(textbook, rel=0.01)


def test_hot_gas_below_a_floor_changes_places_with_cold_by_the_law_of_cooper() -> None:
    area = 2.0
    slot = 0.25 * math.sqrt(area)
    hole = Opening(0, 0, 1, area / slot, slot, (3.0, 0.0), 1.0, level=True)
    zones = rooms(hole, count=2, mixed=(0, 1))
    warm = 313.15
    mean = 0.5 * (AIR + AIR * AMBIENT_K / warm)
    cooper = 0.1 * area**1.25 * math.sqrt(G_M_S2 * (AIR - AIR * AMBIENT_K / warm) / mean)
    streams, _ = settled(zones, layers([warm, AMBIENT_K], depth_m=[0.0, 0.0]), [0.0, 0.0])
    assert streams.kg_s[0].sum() / mean == pytest.approx(cooper, rel=0.12)
    assert streams.kg_s[1].sum() / mean == pytest.approx(cooper, rel=0.12)
    upside_down, _ = settled(zones, layers([AMBIENT_K, warm], depth_m=[0.0, 0.0]), [0.0, 0.0])
    assert upside_down.kg_s.sum() == pytest.approx(0.0, abs=1e-2)


def test_two_rooms_that_are_alike_have_nothing_to_exchange() -> None:
    zones = rooms(door(0, 0, 1), count=2)
    streams, pressure = settled(zones, layers([400.0, 400.0], depth_m=[1.0, 1.0]), [0.0, 0.0])
    assert streams.kg_s.sum() == pytest.approx(0.0, abs=1e-3)
    assert pressure == pytest.approx(0.0, abs=1e-6)


def test_only_gas_below_the_lintel_flows_and_from_the_layer_it_stands_in() -> None:
    zones = rooms(door(0, 0, OPEN_AIR))
    above, _ = settled(zones, layers([500.0], depth_m=[2.5]), [0.0])
    assert above.kg_s.sum() == pytest.approx(0.0, abs=1e-3)
    below, _ = settled(zones, layers([500.0], depth_m=[1.0]), [50e3])
    assert below.kg_s[0, 1, 0] > 0.1
    assert below.kg_s[1, 0, 0] > 0.1
    assert below.kg_s[1, 1, 0] == 0.0  # the open air has no upper layer


def test_every_zone_of_a_chain_balances_to_rounding_whatever_the_step() -> None:
    links = [door(i, i, i + 1, width_m=0.05 + 0.1 * i) for i in range(6)]
    zones = rooms(*links, door(6, 2, 4), door(7, 6, OPEN_AIR), door(8, 0, OPEN_AIR, width_m=0.01), count=7)
    seen = layers(
        [600.0, 500.0, 350.0, 300.0, 320.0, AMBIENT_K, AMBIENT_K], depth_m=[0.5, 1.0, 1.5, 3, 3, 3, 3]
    )
    found, capacity, gain = vents(zones), np.full(8, 50.0), np.array([2e5, 0, 0, -1e4, 0, 0, 0, 0])
    streams, change = found.balance(seen, np.zeros(8), capacity=capacity, gain_w=gain)
    assert streams.kg_s.min() >= 0.0
    heat = AIR_J_KG_K * (streams.kg_s * streams.kelvin).sum(axis=1)
    net = gain.copy()
    for way in range(2):
        np.add.at(net, (found.first, found.second)[way], -heat[way])
        np.add.at(net, (found.second, found.first)[way], heat[way])
    assert net[:-1] == pytest.approx(capacity[:-1] * change[:-1], abs=1.0)


def test_a_wide_graph_and_a_narrow_one_are_solved_as_a_dense_matrix_would() -> None:
    luck = np.random.default_rng(3)
    links = [door(i, int(luck.integers(0, i)), i) for i in range(1, 40)]
    links += [door(40 + k, *sorted(luck.choice(40, 2, replace=False).tolist())) for k in range(12)]
    zones = rooms(*links, door(60, 0, OPEN_AIR), count=40)
    found = vents(zones)
    warm, lacking = luck.uniform(1.0, 1e3, len(zones.openings)), luck.normal(0.0, 1e3, 41)
    capacity = luck.uniform(1.0, 10.0, 41)
    matrix = np.diag(capacity)
    for k, o in enumerate(zones.openings):
        ends = np.array([o.first, o.second if o.second >= 0 else 40])
        matrix[ends, ends] += warm[k]
        matrix[ends, ends[::-1]] -= warm[k]
    expected = np.linalg.solve(matrix[:40, :40], lacking[:40])
    got = found._solve(warm, capacity, lacking)
    assert got[:40] == pytest.approx(expected, rel=1e-9)
    assert got[40] == 0.0
