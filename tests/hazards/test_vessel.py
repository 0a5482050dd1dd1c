"""Emptying vessels against closed forms, ALOHA, and what must hold at every step."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.hazards.constants import GRAVITY_M_S2
from drillsim.hazards.outflow import Outflow, Release
from drillsim.hazards.shapes import Vessel
from drillsim.hazards.substances import substance
from drillsim.hazards.vessel import Emptying, Hole, liquid_density_kg_m3

STANDING = Vessel("vertical-cylinder", 2.0, 4.0)
SHAPES = st.sampled_from(
    [STANDING, Vessel("horizontal-cylinder", 2.5, 8.0), Vessel("sphere", 3.0), Vessel("box", 2.0, 3.0, 1.5)]
)
LB = 0.45359237
FOOT = 0.3048


def release(model: Emptying) -> Release:
    return Release(model, 0.0, model.charge)


def rail_car(steps: int = 30) -> Release:
    return release(
        Emptying.filled(
            Vessel("horizontal-cylinder", 9.07 * FOOT, 70 * FOOT),
            substance=substance("propane"),
            hole=Hole(4.0 * 0.0254**2),
            fill=1.0,
            temperature_k=294.26,
            steps=steps,
        )
    )


def chlorine_tank(steps: int = 30) -> Release:
    return release(
        Emptying.filled(
            Vessel("horizontal-cylinder", 2.5, 8.0),
            substance=substance("chlorine"),
            hole=Hole(math.pi * 0.05**2 / 4, 0.1),
            fill=0.8,
            temperature_k=288.15,
            steps=steps,
        )
    )


def draining(
    vessel: Vessel, *, fill: float = 0.9, height_m: float = 0.0, steps: int = 30, **more: object
) -> Release:
    hole = Hole(7.85e-3, height_m)
    return release(
        Emptying.filled(
            vessel,
            substance=substance("acrylonitrile"),
            hole=hole,
            fill=fill,
            temperature_k=288.15,
            steps=steps,
            **more,
        )
    )


def balance(found: Release) -> None:
    outflow = found.outflow
    held = [found.model.held_kg(state) for state in found.states]
    left = [outflow.left_kg(edge) for edge in found.edges_s]
    assert held == pytest.approx(left, abs=1e-8 * held[0])
    assert min(min(state) for state in found.states) >= 0.0
    assert np.all(np.diff(held) <= 0.0)


@given(vessel=SHAPES, share=st.floats(0.0, 1.0))
def test_level_and_volume_are_inverse(vessel: Vessel, share: float) -> None:
    level = share * vessel.height_m
    assert vessel.level_m(vessel.liquid_m3(level)) == pytest.approx(level, abs=1e-6 * vessel.height_m)


def test_volumes_of_whole_vessels() -> None:
    assert Vessel("sphere", 3.0).volume_m3 == pytest.approx(math.pi * 27 / 6)
    assert Vessel("horizontal-cylinder", 2.5, 8.0).volume_m3 == pytest.approx(math.pi * 6.25 / 4 * 8)
    with pytest.raises(ValueError, match="all above 0"):
        Vessel("box", 2.0, 3.0)


def test_a_standing_cylinder_empties_in_the_time_of_torricelli() -> None:
    found = draining(STANDING)
    floor, level = math.pi, 0.9 * 4.0
    closed = 2.0 * floor / (0.61 * 7.85e-3) * math.sqrt(level / (2.0 * GRAVITY_M_S2))
    assert found.outflow.end_s == pytest.approx(closed, rel=5e-3)
    halfway = found.outflow.left_kg(closed / 2) / found.outflow.held_kg
    assert halfway == pytest.approx(0.25, rel=5e-3)


def test_liquid_stops_at_the_hole() -> None:
    found = draining(STANDING, height_m=1.0)
    density = liquid_density_kg_m3(substance("acrylonitrile"), 288.15)
    assert found.outflow.left_kg(1e9) == pytest.approx(math.pi * 1.0 * density, rel=1e-6)


def test_a_sealed_tank_runs_at_one_hundredth_above_ambient_at_least() -> None:
    found = draining(Vessel("vertical-cylinder", 2.0, 0.5), sealed=True)
    density = liquid_density_kg_m3(substance("acrylonitrile"), 288.15)
    expected = 0.61 * 7.85e-3 * math.sqrt(2.0 * density * 0.01 * 101325.0)
    assert found.outflow.liquid_kg_s[0] == pytest.approx(expected, rel=1e-9)
    assert found.outflow.end_s == pytest.approx(found.outflow.held_kg / expected, rel=1e-3)


def test_propane_rail_car_is_within_5_percent_of_aloha_by_rate_and_by_mass_in_26_minutes() -> None:
    outflow = rail_car().outflow
    assert outflow.largest_mean_kg_s() * 60 / LB == pytest.approx(5730.0, rel=0.05)
    assert outflow.airborne_kg(26 * 60.0) / LB == pytest.approx(140_200.0, rel=0.05)


def test_chlorine_tank_is_within_5_percent_of_aloha() -> None:
    assert chlorine_tank().outflow.largest_mean_kg_s() * 60 == pytest.approx(2700.0, rel=0.05)


def test_a_flashing_tank_cools_and_stays_saturated_while_liquid_is_left() -> None:
    found = rail_car()
    model = found.model
    kelvins = [state[2] for state in found.states]
    assert kelvins[-1] < kelvins[0]
    for liquid, gas, kelvin in found.states[:20]:
        space = model.vessel.volume_m3 - liquid / liquid_density_kg_m3(model.substance, kelvin)
        assert gas == pytest.approx(model.saturated_kg_m3(kelvin) * space, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("case", [rail_car, chlorine_tank, lambda steps=30: draining(STANDING, steps=steps)])
def test_halving_the_step_changes_mass_and_rate_by_less_than_2_percent(case) -> None:
    coarse, fine = case(steps=30).outflow, case(steps=60).outflow
    assert coarse.largest_mean_kg_s() == pytest.approx(fine.largest_mean_kg_s(), rel=0.02)
    for time in (300.0, 900.0, 1500.0):
        out = [found.held_kg - found.left_kg(time) for found in (coarse, fine)]
        assert out[0] == pytest.approx(out[1], rel=0.02)


@pytest.mark.parametrize("share", [1e-5, 1e-3])  # a trace of liquid below the hole, or 0.06 kg of it
def test_the_last_of_a_boiling_liquid_takes_no_endless_steps(share: float) -> None:
    sphere = Vessel("sphere", 3.0)
    model = Emptying.filled(
        sphere,
        substance=substance("chlorine"),
        hole=Hole(2e-3, share * sphere.height_m),
        fill=0.9563134424870543,
        temperature_k=273.15002,
    )
    found = release(model)
    balance(found)
    assert len(found.parts) < 200


@settings(max_examples=25, deadline=None)
@given(vessel=SHAPES, fill=st.floats(0.05, 0.97), share=st.floats(0.0, 0.9), celsius=st.floats(-60.0, 45.0))
def test_in_is_left_plus_out_at_every_step(vessel: Vessel, fill: float, share: float, celsius: float) -> None:
    hole = Hole(2e-3, share * vessel.height_m)
    model = Emptying.filled(
        vessel, substance=substance("chlorine"), hole=hole, fill=fill, temperature_k=celsius + 273.15
    )
    balance(release(model))


@settings(max_examples=25, deadline=None)
@given(fill=st.floats(0.1, 0.9), larger=st.floats(1.05, 4.0))
def test_a_larger_hole_has_let_out_more_at_every_time(fill: float, larger: float) -> None:
    def out(area: float) -> Outflow:
        return release(
            Emptying.filled(
                Vessel("sphere", 3.0),
                substance=substance("propane"),
                hole=Hole(area),
                fill=fill,
                temperature_k=290.0,
            )
        ).outflow

    small, large = out(1e-3), out(larger * 1e-3)
    for time in np.linspace(10.0, 4000.0, 9):
        assert small.left_kg(float(time)) >= large.left_kg(float(time)) - 1e-3 * small.held_kg


def test_blown_down_gas_follows_the_polytrope_to_ambient_pressure() -> None:
    model = Emptying.of_gas(
        Vessel("sphere", 2.0),
        substance=substance("chlorine"),
        hole=Hole(1e-3),
        pressure_pa=4e5,
        temperature_k=300.0,
    )
    found = release(model)
    balance(found)
    last = found.states[-1]
    gamma = substance("chlorine").need("gas_heat_capacity_ratio")[0]
    assert model.pressure_pa(last) == pytest.approx(101325.0, rel=1e-3)
    assert last[1] / found.states[0][1] == pytest.approx((101325.0 / 4e5) ** (2.0 / (1.0 + gamma)), rel=1e-3)


def test_density_is_that_of_the_tables_at_20_c_and_of_coolprop_at_0_c() -> None:
    assert liquid_density_kg_m3(substance("propane"), 293.15) == pytest.approx(500.1)
    assert liquid_density_kg_m3(substance("propane"), 273.15) == pytest.approx(528.6, rel=0.005)
    with pytest.raises(ValueError, match="not below the critical"):
        liquid_density_kg_m3(substance("propane"), 400.0)
