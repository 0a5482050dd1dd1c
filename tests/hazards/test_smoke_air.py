from __future__ import annotations

import numpy as np
import pytest

from drillsim.hazards.fractional_dose import CONVENTIONS, Air, iso13571_heat_rate_per_min
from drillsim.hazards.smoke_air import GAS_YIELDS, gas_dose_per_s, gases, head_air, heat_dose_per_s
from drillsim.hazards.smoke_layers import Profile

FUEL = np.concatenate([[0.0], np.geomspace(1e-7, 0.05, 40)])


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_doses_over_arrays_are_those_of_the_conventions(convention: str) -> None:
    air = gases(FUEL, yields={}, heat_j_kg=2e7)
    rates = gas_dose_per_s(air, convention)
    for i, rate in enumerate(rates.tolist()):
        here = Air(
            co_ppm=air["co_ppm"][i],
            hcn_ppm=air["hcn_ppm"][i],
            co2_percent=100.0 * air["co2"][i],
            o2_percent=100.0 * air["o2"][i],
        )
        assert rate == pytest.approx(CONVENTIONS[convention](here) / 60.0, rel=1e-12, abs=1e-300)
    assert rates[0] == 0.0
    assert (np.diff(rates) > 0.0).all()


@pytest.mark.parametrize("clothed", [True, False])
def test_heat_over_arrays_is_that_of_the_convention(clothed: bool) -> None:
    celsius = np.array([20.0, 40.0, 40.1, 60.0, 120.0, 400.0])
    expected = [iso13571_heat_rate_per_min(Air(temperature_c=t), clothed=clothed) / 60.0 for t in celsius]
    assert heat_dose_per_s(celsius + 273.15, clothed=clothed) == pytest.approx(expected, rel=1e-9)


def test_clean_air_is_clean() -> None:
    air = gases(np.zeros(1), yields={"co": 0.2}, heat_j_kg=2e7)
    assert {name: float(value[0]) for name, value in air.items()} == {
        "co_ppm": 0.0,
        "hcn_ppm": 0.0,
        "co2": pytest.approx(0.0004),
        "o2": pytest.approx(0.209),
    }


def test_yields_given_take_the_place_of_the_usual_ones() -> None:
    usual, given = (gases(FUEL, yields=yields, heat_j_kg=2e7) for yields in ({}, {"co": 0.4}))
    assert given["co_ppm"] == pytest.approx(usual["co_ppm"] * 0.4 / GAS_YIELDS["co"])
    assert (given["hcn_ppm"] == usual["hcn_ppm"]).all()


def test_oxygen_is_used_at_13_1_mj_per_kg() -> None:
    # 2 MJ/kg of fuel that needs no other oxygen: 0.1 kg burnt per kg of gas uses 0.2 MJ / 13.1 MJ kg.
    air = gases(np.array([0.01]), yields={}, heat_j_kg=2e7)
    used = 0.01 * 2e7 / 13.1e6 / 0.232 * 0.209
    assert air["o2"][0] == pytest.approx(0.209 * 0.99 - used)


def test_heads_are_in_the_smoky_layer_or_in_what_is_below() -> None:
    layer = np.array([[1.9, 2.1]])
    one, two = np.full((1, 2), 1.0), np.full((1, 2), 2.0)
    found = head_air(Profile(layer, two, two, two, one, one, one))
    for column in found:
        assert column.tolist() == [[2.0, 1.0]]
