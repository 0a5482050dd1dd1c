"""Rates through a hole against published answers, and where two formulas meet."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.constants import GRAVITY_M_S2, P0_PA
from drillsim.hazards.discharge import (
    airborne_share,
    critical_pressure_ratio,
    discharge_coefficient,
    flash_fraction,
    flash_fraction_linear,
    gas_orifice_rate,
    gas_pipe_rate,
    liquid_orifice_rate,
    liquid_pipe_rate,
    two_phase_rate,
)

GAMMA = st.floats(1.05, 1.6)
HEAT = {"temperature_k": 294.26, "latent_j_kg": 347e3, "heat_capacity_j_kg_k": 2436.0}
RAIL_CAR = {"density_kg_m3": 499.0, "vapour_density_kg_m3": 19.0, "pressure_pa": 8.6e5, **HEAT}


def test_yellow_book_liquid_hole_gives_58_44_and_not_the_misprinted_60_9_kg_s() -> None:
    rate = liquid_orifice_rate(
        math.pi * 0.1**2 / 4,
        density_kg_m3=812.5,
        pressure_pa=P0_PA + 812.5 * GRAVITY_M_S2 * 11.12,
        coefficient=discharge_coefficient("sharp"),
    )
    assert rate == pytest.approx(58.44, rel=1e-3)


def test_yellow_book_hydrogen_hole_gives_15_31_kg_s() -> None:
    density = 50e5 * 2.016e-3 / (8.314462618 * 288.15)
    rate = gas_orifice_rate(
        math.pi * 0.1**2 / 4,
        density_kg_m3=density,
        pressure_pa=50e5,
        heat_capacity_ratio=1.405,
        coefficient=0.62,
    )
    assert rate == pytest.approx(15.31, rel=2e-3)


@given(gamma=GAMMA)
def test_choked_and_unchoked_gas_meet_at_the_critical_ratio(gamma: float) -> None:
    hole = {"density_kg_m3": 3.0, "heat_capacity_ratio": gamma}
    meeting = P0_PA / critical_pressure_ratio(gamma)
    below, above = (gas_orifice_rate(1e-3, pressure_pa=meeting * way, **hole) for way in (1 - 1e-7, 1 + 1e-7))
    choked = math.sqrt(gamma * 3.0 * meeting * (2 / (gamma + 1)) ** ((gamma + 1) / (gamma - 1)))
    assert below == pytest.approx(0.61e-3 * choked, rel=1e-6)
    assert above == pytest.approx(0.61e-3 * choked, rel=1e-6)


@given(length_m=st.floats(0.0, 1e-9))
def test_two_phase_flow_without_pipe_is_the_orifice(length_m: float) -> None:
    orifice = liquid_orifice_rate(2.581e-3, density_kg_m3=499.0, pressure_pa=8.6e5)
    assert two_phase_rate(2.581e-3, pipe_m=length_m, **RAIL_CAR) == pytest.approx(orifice, rel=1e-6)


def test_two_phase_flow_with_pipe_is_the_published_formula() -> None:
    length, area = 2.0, 2.581e-3
    vl, vg, latent, cp, kelvin, drop = 1 / 499.0, 1 / 19.0, 347e3, 2436.0, 294.26, 8.6e5 - P0_PA
    n = latent**2 * vl / (2 * drop * 0.61**2 * (vg - vl) ** 2 * kelvin * cp) + length / 0.1
    expected = area * latent / (vg - vl) / math.sqrt(n * cp * kelvin)
    assert two_phase_rate(area, pipe_m=length, **RAIL_CAR) == pytest.approx(expected, rel=1e-12)


@given(first=st.floats(0.0, 500.0), more=st.floats(0.1, 500.0))
def test_a_longer_pipe_never_gives_more(first: float, more: float) -> None:
    hole = {"bore_m": 0.1, "density_kg_m3": 6.0, "pressure_pa": 5e5}
    for flow, extra in ((liquid_pipe_rate, {}), (gas_pipe_rate, {"heat_capacity_ratio": 1.3})):
        assert flow(5e-3, length_m=first, **hole, **extra) >= flow(
            5e-3, length_m=first + more, **hole, **extra
        )


def test_a_pipe_of_no_length_is_the_orifice() -> None:
    hole = {"density_kg_m3": 6.0, "pressure_pa": 5e5, "heat_capacity_ratio": 1.3}
    assert gas_pipe_rate(5e-3, length_m=1e-9, bore_m=0.1, **hole) == pytest.approx(
        gas_orifice_rate(5e-3, **hole), rel=1e-5
    )


@given(excess_k=st.floats(0.0, 200.0))
def test_flash_stays_below_its_linear_form_and_below_one(excess_k: float) -> None:
    heat = {"excess_k": excess_k, "latent_j_kg": 287e3, "heat_capacity_j_kg_k": 961.0}
    assert 0.0 <= flash_fraction(**heat) <= flash_fraction_linear(**heat)
    assert flash_fraction(**heat) <= airborne_share(flash_fraction(**heat)) <= 1.0


def test_a_pressure_below_the_ambient_one_is_refused() -> None:
    with pytest.raises(ValueError, match="inside must not be below outside"):
        liquid_orifice_rate(1e-3, density_kg_m3=800.0, pressure_pa=9e4)
    with pytest.raises(ValueError, match="known are aloha, sharp"):
        discharge_coefficient("ragged")
    with pytest.raises(ValueError, match=r"above 1, at most 1\.7"):
        critical_pressure_ratio(1.0)
