"""Heat release by age: growth, tables, and when a size is reached."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.heat_release import HeatCurve, t_squared

METHANE = HeatCurve(300.0, 2e6, ((0.0, 0.0), (30.0, 1e3), (330.0, 1e3), (360.0, 0.0)))


@pytest.mark.parametrize(("kilowatts", "seconds"), [(100, 92), (250, 146), (500, 207), (1000, 292)])
def test_a_medium_fire_grows_as_the_table_says(kilowatts: float, seconds: float) -> None:
    assert t_squared(seconds, growth_s=300.0, peak_w=2e6) == pytest.approx(kilowatts * 1e3, rel=0.01)
    assert HeatCurve(300.0, 2e6).reached_s(kilowatts * 1e3) == pytest.approx(seconds, abs=0.5)


def test_growth_starts_at_flame_and_ends_at_the_peak() -> None:
    assert t_squared(-5.0, growth_s=300.0, peak_w=2e6) == 0.0
    assert t_squared(1e5, growth_s=300.0, peak_w=2e6) == 2e6
    with pytest.raises(ValueError, match="above 0"):
        t_squared(1.0, growth_s=0.0, peak_w=2e6)


def test_a_table_is_joined_by_straight_lines_and_its_last_point_holds() -> None:
    heats = [METHANE.heat_w(age) for age in (-1.0, 15.0, 100.0, 345.0, 1e4)]
    assert heats == pytest.approx([0.0, 500.0, 1e3, 500.0, 0.0])
    assert HeatCurve(300.0, 2e6, ((0.0, 1e6),)).heat_w(77.0) == 1e6


def test_a_size_is_reached_when_the_curve_first_has_it() -> None:
    assert METHANE.reached_s(500.0) == pytest.approx(15.0)
    assert METHANE.reached_s(1e3) == pytest.approx(30.0)
    assert METHANE.reached_s(1001.0) == math.inf
    assert HeatCurve(300.0, 2e6, ((0.0, 1e6),)).reached_s(1e6) == 0.0
    assert HeatCurve(300.0, 2e6).reached_s(2e6) == pytest.approx(300.0 * math.sqrt(2.0 / 1.055))
    assert HeatCurve(300.0, 2e6).reached_s(2.1e6) == math.inf


@given(growth=st.floats(10.0, 1000.0), peak=st.floats(1e4, 1e7), share=st.floats(0.001, 1.0))
def test_at_the_moment_of_a_size_the_fire_has_it(growth: float, peak: float, share: float) -> None:
    curve = HeatCurve(growth, peak)
    reached = curve.reached_s(share * peak)
    assert curve.heat_w(reached) >= share * peak
    assert curve.heat_w(reached * (1.0 - 1e-9)) < share * peak
