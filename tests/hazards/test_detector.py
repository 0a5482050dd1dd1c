"""Ceiling jet and detectors against the published example and an integration of the same equation."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from drillsim.hazards.detector import (
    Detector,
    activation_time_s,
    jet_excess_k,
    jet_speed_m_s,
    obscured_excess_k,
    transport_lag_s,
)
from drillsim.hazards.heat_release import CABINET, HeatCurve, t_squared

FAR = {"radius_m": 3.06, "height_m": 3.96}
AIR_K = 298.15


def medium(age_s: float) -> float:
    return t_squared(age_s, growth_s=300.0, peak_w=5e6)


def activation(activation_k: float = 330.0, rti: float = 50.0, **changes: float) -> float:
    return activation_time_s(
        medium, **{**FAR, "rti": rti, "activation_k": activation_k, "ambient_k": AIR_K, **changes}
    )


def test_the_jet_of_the_published_example_is_50_8_k_warmer_and_flows_at_1_528_m_s() -> None:
    assert jet_excess_k(0.7e6, **FAR) == pytest.approx(50.8, abs=0.05)
    assert jet_speed_m_s(1e6, **FAR) == pytest.approx(1.528, abs=0.0005)


def test_near_the_axis_the_jet_no_longer_depends_on_the_distance() -> None:
    near = [jet_excess_k(1e6, radius_m=r, height_m=4.0) for r in (0.1, 0.5, 0.72)]
    assert near == pytest.approx([16.9 * 100.0 / 4.0 ** (5 / 3)] * 3)
    swift = [jet_speed_m_s(1e6, radius_m=r, height_m=4.0) for r in (0.1, 0.6)]
    assert swift == pytest.approx([0.96 * 250.0 ** (1 / 3)] * 2)
    # Near and far meet within some 2 %: Alpert's own rounding.
    assert jet_excess_k(1e6, radius_m=0.721, height_m=4.0) == pytest.approx(near[0], rel=0.02)
    assert jet_speed_m_s(1e6, radius_m=0.601, height_m=4.0) == pytest.approx(swift[0], rel=0.02)


def test_the_published_example_acts_after_0_42_s_and_by_the_lags_after_0_745_s() -> None:
    link = Detector(**FAR, activation_k=303.15, rti=5.0)
    assert link.activated_s(lambda age: 1e6, ambient_k=AIR_K) == pytest.approx(0.42, abs=0.005)
    assert transport_lag_s(1e6, **FAR) == pytest.approx(0.745, abs=0.0005)
    gas = Detector(**FAR, activation_k=303.15, rti=0.0, lag="mowrer")
    assert gas.activated_s(lambda age: 1e6, ambient_k=AIR_K) == pytest.approx(0.745, abs=0.0005)
    both = Detector(**FAR, activation_k=303.15, rti=5.0, lag="mowrer")
    assert both.activated_s(lambda age: 1e6, ambient_k=AIR_K) == pytest.approx(0.42 + 0.745, abs=0.005)


def test_all_of_the_heat_instead_of_its_convective_share_acts_sooner() -> None:
    times = [
        Detector(**FAR, activation_k=330.0, heat=heat).activated_s(medium, ambient_k=AIR_K)  # type: ignore[arg-type]
        for heat in ("convective", "total")
    ]
    assert times[1] < times[0]


@pytest.mark.parametrize("rti", [5.0, 50.0, 300.0])
def test_a_growing_fire_is_as_an_integrator_of_the_same_equation_has_it(rti: float) -> None:
    from scipy.integrate import solve_ivp

    def slope(age_s: float, link_k: list[float]) -> list[float]:
        gas_k = AIR_K + jet_excess_k(0.7 * medium(age_s), **FAR)
        return [math.sqrt(jet_speed_m_s(medium(age_s), **FAR)) / rti * (gas_k - link_k[0])]

    def acts(age_s: float, link_k: list[float]) -> float:
        return link_k[0] - 330.0

    acts.terminal = True  # type: ignore[attr-defined]
    solved = solve_ivp(slope, (0.0, 900.0), [AIR_K], events=acts, rtol=1e-9, atol=1e-9, max_step=1.0)
    assert activation(rti=rti) == pytest.approx(solved.t_events[0][0], abs=0.02)


def test_a_jet_that_stays_too_cool_never_acts() -> None:
    assert activation_time_s(lambda age: 1e4, **FAR, rti=0.0, activation_k=330.0, ambient_k=AIR_K) == math.inf
    assert activation_time_s(lambda age: 0.0, **FAR, rti=5.0, activation_k=300.0, ambient_k=AIR_K) == math.inf
    assert (
        Detector(**FAR, activation_k=330.0, lag="mowrer").activated_s(lambda age: 0.0, ambient_k=AIR_K)
        == math.inf
    )
    assert transport_lag_s(0.0, **FAR) == math.inf


@given(
    radius=st.floats(0.3, 10.0), rti=st.floats(0.0, 300.0), kelvin=st.floats(300.0, 400.0),
    less=st.floats(0.3, 1.0),
)  # fmt: skip
def test_nearer_quicker_or_cooler_is_never_later_and_nothing_acts_before_the_fire(
    radius: float, rti: float, kelvin: float, less: float
) -> None:
    usual = activation(radius_m=radius, rti=rti, activation_k=kelvin)
    assert usual >= 0.0
    # Near and far correlations meet with a step of 2 % at most, so a radius is compared on one side of it.
    if less * radius > 0.18 * FAR["height_m"]:
        assert activation(radius_m=less * radius, rti=rti, activation_k=kelvin) <= usual + 1e-9
    assert activation(radius_m=radius, rti=less * rti, activation_k=kelvin) <= usual + 1e-9
    cooler = AIR_K + less * (kelvin - AIR_K)
    assert activation(radius_m=radius, rti=rti, activation_k=cooler) <= usual + 1e-9


def test_what_has_no_answer_is_refused() -> None:
    with pytest.raises(ValueError, match=r"above the 25\.0 °C of the air"):
        activation(activation_k=AIR_K)
    with pytest.raises(ValueError, match="index from 0 on"):
        activation(rti=-1.0)
    for function in (jet_excess_k, jet_speed_m_s, transport_lag_s):
        with pytest.raises(ValueError, match="lengths above 0"):
            function(1e6, radius_m=0.0, height_m=3.0)
        with pytest.raises(ValueError, match="heat from 0 on"):
            function(-1.0, radius_m=1.0, height_m=3.0)


def test_the_proxies_of_a_smoke_detector_act_at_their_excess() -> None:
    place: dict[str, Any] = {"radius_m": 3.0, "height_m": 3.0}
    air_k = 293.15

    def excess(detector: Detector) -> float:
        """Of a jet that warms slowly: that at which the detector acts."""
        age_s = detector.activated_s(lambda age: 40.0 * age, ambient_k=air_k, soot_per_j=2.5e-9)
        return jet_excess_k(28.0 * age_s, **place)

    assert excess(Detector(**place, senses="smoke-5k")) == pytest.approx(5.0, abs=0.15)  # its link lags
    assert excess(Detector(**place, senses="smoke-13k")) == pytest.approx(13.0, abs=0.05)
    wanted = obscured_excess_k(2.5e-9 / 0.7, ambient_k=air_k)
    assert excess(Detector(**place, senses="smoke-obscuration")) == pytest.approx(wanted, abs=0.05)


def test_a_fire_without_soot_is_never_dark_and_a_sootier_one_is_dark_sooner() -> None:
    assert obscured_excess_k(0.0, ambient_k=293.15) == math.inf
    assert obscured_excess_k(1e-8, ambient_k=293.15) < obscured_excess_k(5e-9, ambient_k=293.15)
    blind = Detector(radius_m=3.0, height_m=3.0, senses="smoke-obscuration")
    assert blind.activated_s(lambda age: 1e6, ambient_k=293.15, soot_per_j=0.0) == math.inf
    with pytest.raises(ValueError, match="0 or more"):
        obscured_excess_k(-1.0, ambient_k=293.15)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({}, "write activation"),
        ({"senses": "smoke-5k", "activation_k": 330.0}, "no activation"),
        ({"senses": "smoke-13k", "rti": 5.0}, "no activation, rti"),
        ({"senses": "smoke-5k", "spray_m_s": 1e-3}, "rti or spray"),
    ],
)
def test_a_detector_acts_by_one_thing(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        Detector(radius_m=3.0, height_m=3.0, **changes)


def test_a_smoke_detector_written_out_in_full_is_the_same_one() -> None:
    smoke = Detector(radius_m=3.0, height_m=3.0, senses="smoke-5k")
    assert Detector(**smoke.__dict__) == smoke


@pytest.mark.parametrize("activation_k", [310.0, 330.0, 360.0, 400.0, 600.0])
def test_knowing_when_a_fire_grows_no_more_spares_looking_and_changes_nothing(activation_k: float) -> None:
    for curve in (
        HeatCurve.grown(300.0, 1e6),
        HeatCurve.grown(150.0, 5e5).declining(400.0, over_s=200.0),
        HeatCurve.through(CABINET),
        HeatCurve.grown(300.0, 5e6).doused(200.0, decay_s=100.0),
    ):
        head = Detector(**FAR, activation_k=activation_k, rti=100.0)
        looked: list[float] = []

        def heat_w(age_s: float, curve: HeatCurve = curve, looked: list[float] = looked) -> float:
            looked.append(age_s)
            return curve.heat_w(age_s)

        grows_until_s = curve.grows_until_s()
        assert grows_until_s < math.inf
        found = head.activated_s(heat_w, ambient_k=AIR_K, grows_until_s=grows_until_s)
        assert found == head.activated_s(curve.heat_w, ambient_k=AIR_K)
        assert max(looked) < 3000.0
