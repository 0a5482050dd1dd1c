"""Heat release by age: growth, tables, and when a size is reached."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.heat_release import (
    CABINET,
    REFERENCES_W,
    HeatCurve,
    ignitions,
    named_heat_release_w,
    second_item_ignition_w,
    sprinkler_decay_s,
    t_squared,
)

METHANE = HeatCurve.through(((0.0, 0.0), (30.0, 1e3), (330.0, 1e3), (360.0, 0.0)))


@pytest.mark.parametrize(("kilowatts", "seconds"), [(100, 92), (250, 146), (500, 207), (1000, 292)])
def test_a_medium_fire_grows_as_the_table_says(kilowatts: float, seconds: float) -> None:
    assert t_squared(seconds, growth_s=300.0, peak_w=2e6) == pytest.approx(kilowatts * 1e3, rel=0.01)
    assert HeatCurve.grown(300.0, 2e6).reached_s(kilowatts * 1e3) == pytest.approx(seconds, abs=0.5)


def test_growth_starts_at_flame_and_ends_at_the_peak() -> None:
    assert t_squared(-5.0, growth_s=300.0, peak_w=2e6) == 0.0
    assert t_squared(1e5, growth_s=300.0, peak_w=2e6) == 2e6
    with pytest.raises(ValueError, match="above 0"):
        t_squared(1.0, growth_s=0.0, peak_w=2e6)


def test_a_table_is_joined_by_straight_lines_and_its_last_point_holds() -> None:
    heats = [METHANE.heat_w(age) for age in (-1.0, 15.0, 100.0, 345.0, 1e4)]
    assert heats == pytest.approx([0.0, 500.0, 1e3, 500.0, 0.0])
    assert HeatCurve.through(((0.0, 1e6),)).heat_w(77.0) == 1e6


def test_a_size_is_reached_when_the_curve_first_has_it() -> None:
    assert METHANE.reached_s(500.0) == pytest.approx(15.0)
    assert METHANE.reached_s(1e3) == pytest.approx(30.0)
    assert METHANE.reached_s(1001.0) == math.inf
    assert HeatCurve.through(((0.0, 1e6),)).reached_s(1e6) == 0.0
    assert HeatCurve.grown(300.0, 2e6).reached_s(2e6) == pytest.approx(300.0 * math.sqrt(2.0 / 1.055))
    assert HeatCurve.grown(300.0, 2e6).reached_s(2.1e6) == math.inf


@given(growth=st.floats(10.0, 1000.0), peak=st.floats(1e4, 1e7), share=st.floats(0.001, 1.0))
def test_at_the_moment_of_a_size_the_fire_has_it(growth: float, peak: float, share: float) -> None:
    curve = HeatCurve.grown(growth, peak)
    reached = curve.reached_s(share * peak)
    assert curve.heat_w(reached) >= share * peak
    assert curve.heat_w(reached * (1.0 - 1e-9)) < share * peak


def test_both_conventions_of_growth_are_of_their_size_after_the_growth_time() -> None:
    for reference_w in REFERENCES_W:
        curve = HeatCurve.grown(150.0, 5e6, reference_w=reference_w)
        assert curve.heat_w(150.0) == pytest.approx(reference_w)
        assert curve.reached_s(reference_w) == pytest.approx(150.0)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.7, 0.95])
def test_a_fire_burns_out_with_all_of_its_fuel(share: float) -> None:
    curve = HeatCurve.grown(300.0, 2e6).burning_out(1e9, share=share)
    assert curve.energy_j(1e6) == pytest.approx(1e9)
    from_s = curve.released_s(share * 1e9)
    assert curve.energy_j(from_s) == pytest.approx(share * 1e9)
    assert curve.heat_w(from_s + 1.0) < curve.heat_w(from_s)
    assert curve.heat_w(1e6) == 0.0


def test_a_decline_by_time_starts_where_the_curve_is_and_ends_at_nothing() -> None:
    curve = HeatCurve.grown(300.0, 2e6).declining(1200.0, over_s=600.0)
    assert [curve.heat_w(age) for age in (1200.0, 1500.0, 1800.0, 2000.0)] == [2e6, 1e6, 0.0, 0.0]
    early = HeatCurve.grown(300.0, 2e6).declining(150.0, over_s=60.0)
    assert early.heat_w(180.0) == pytest.approx(0.5 * early.heat_w(150.0))
    assert early.reached_s(early.heat_w(150.0) + 1.0) == math.inf


@given(lags=st.lists(st.floats(0.0, 1000.0), max_size=3), age=st.floats(0.0, 3000.0))
def test_heats_add_up_at_every_age(lags: list[float], age: float) -> None:
    first, other = HeatCurve.grown(300.0, 2e6), HeatCurve.through(CABINET)
    total = first.and_from([(lag, other) for lag in lags])
    apart = first.heat_w(age) + sum(other.heat_w(age - lag) for lag in lags)
    assert total.heat_w(age) == pytest.approx(apart, abs=1.0)
    assert total.energy_j(age) == pytest.approx(
        first.energy_j(age) + sum(other.energy_j(age - lag) for lag in lags), abs=10.0
    )


def test_items_catch_fire_one_after_the_other_and_only_what_is_reached() -> None:
    medium = HeatCurve.grown(300.0, 3e5)
    found = ignitions(medium, {"b": (4e5, medium), "a": (1e5, medium), "far": (1e7, medium)})
    assert found["a"] == pytest.approx(medium.reached_s(1e5))
    both = medium.and_from([(found["a"], medium)])
    assert both.heat_w(found["b"]) == pytest.approx(4e5)
    assert found["far"] == math.inf


def test_a_sprinkler_ends_growth_and_halves_the_fire_in_its_half_life() -> None:
    doused = HeatCurve.grown(300.0, 2e6).doused(200.0, decay_s=360.0)
    assert doused.heat_w(200.0) == HeatCurve.grown(300.0, 2e6).heat_w(200.0)
    assert doused.heat_w(200.0 + 360.0 * math.log(2.0)) == pytest.approx(0.5 * doused.heat_w(200.0))
    assert doused.reached_s(doused.heat_w(200.0)) == pytest.approx(200.0)
    assert doused.reached_s(doused.heat_w(200.0) * 1.01) == math.inf


def test_it_is_known_when_a_fire_grows_no_more() -> None:
    grown = HeatCurve.grown(300.0, 2e6)
    assert grown.grows_until_s() == pytest.approx(grown.reached_s(2e6))
    assert grown.declining(1200.0, over_s=60.0).grows_until_s() == grown.grows_until_s()
    assert grown.declining(100.0, over_s=60.0).grows_until_s() == 100.0
    assert HeatCurve.through(CABINET).grows_until_s() == 720.0
    assert grown.doused(50.0, decay_s=9.0).grows_until_s() == 50.0
    assert grown.and_from([(1000.0, grown)]).grows_until_s() > 1400.0


def test_the_cabinet_is_that_of_the_cfast_input() -> None:
    assert [named_heat_release_w("electrical-cabinet", age) for age in (360.0, 720.0, 1000.0, 1770.0)] == [
        pytest.approx(175.5e3),
        702e3,
        702e3,
        351e3,
    ]


@pytest.mark.parametrize(
    "call",
    [
        lambda: sprinkler_decay_s(0.0),
        lambda: second_item_ignition_w(0.0, flux_w_m2=1e4),
        lambda: HeatCurve.through(((1.0, 0.0), (1.0, 5.0))),
    ],
)
def test_what_cannot_be_is_refused(call: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"above 0|follow"):
        call()
