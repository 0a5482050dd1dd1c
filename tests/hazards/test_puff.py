from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.hazards.plume import BRIGGS, Spreads, finite_release, plume_concentration
from drillsim.hazards.puff import CCPS, ccps_sigma_y, ccps_sigma_z, puff_at, puff_concentration


def test_the_puff_of_the_handbook() -> None:
    # Case V24; the book's sigma_y of 6.1 m is a misprint.
    assert float(ccps_sigma_y(500.0, stability="F")) == pytest.approx(5.048, rel=0.005)
    assert float(ccps_sigma_z(500.0, stability="F")) == pytest.approx(2.215, rel=0.005)
    here = puff_at(500.0, time_s=250.0, mass_kg=1.0, wind_m_s=2.0, stability="F")
    assert here == pytest.approx(2.25e-3, rel=0.005)


def test_the_spreads_are_those_of_the_sheet_at_a_kilometre() -> None:
    across = [float(ccps_sigma_y(1000.0, stability=name)) for name in "ABCDEF"]
    assert across == pytest.approx([103.58, 80.563, 57.545, 34.527, 23.018, 9.3547], rel=1e-4)
    up = [float(ccps_sigma_z(1000.0, stability=name)) for name in "ABCDEF"]
    assert up == pytest.approx([106.70, 82.082, 45.864, 18.884, 8.9125, 3.3804], rel=1e-4)


@settings(max_examples=20, deadline=None)
@given(
    st.sampled_from([CCPS, BRIGGS]),
    st.sampled_from("ADF"),
    st.floats(20.0, 2000.0),
    st.sampled_from([math.inf, 60.0]),
)
def test_a_puff_holds_its_mass(spreads: Spreads, stability: str, time: float, lid: float) -> None:
    way = 3.0 * time
    sx, sy, sz = (
        float(spread(way, stability, "rural")) for spread in (spreads.along, spreads.across, spreads.up)
    )
    x, y = way + np.linspace(-6.0, 6.0, 61) * sx, np.linspace(-6.0, 6.0, 61) * sy
    z = np.linspace(0.0, min(lid, 10.0 * sz + 5.0), 201)
    cloud = puff_concentration(
        x[:, None, None],
        y[:, None],
        z_m=z,
        time_s=time,
        mass_kg=7.0,
        wind_m_s=3.0,
        stability=stability,
        release_m=2.0,
        lid_m=lid,
        spreads=spreads,
    )
    mass = np.trapezoid(np.trapezoid(np.trapezoid(cloud, z), y), x)
    assert mass == pytest.approx(7.0, rel=2e-3)


@given(st.floats(1.0, 3000.0), st.floats(0.0, 300.0), st.floats(1.0, 2000.0))
def test_a_puff_is_even_in_y_and_finite_and_not_there_before_its_time(
    x: float, y: float, time: float
) -> None:
    def at(across: float, when: float, mass: float = 1.0) -> float:
        return float(puff_concentration(x, across, time_s=when, mass_kg=mass, wind_m_s=2.0, stability="D"))

    assert at(y, time) == at(-y, time)
    assert at(y, time, 2.0) == pytest.approx(2.0 * at(y, time))
    assert math.isfinite(at(y, time))
    assert at(y, 0.0) == at(y, -5.0) == 0.0


@pytest.mark.parametrize("stability", list("ABCDEF"))
def test_a_release_that_gets_ever_shorter_becomes_a_puff_of_its_mass(stability: str) -> None:
    # With one set of spreads, and the puff's centre at x, the two are the same formula.
    x, wind, duration, mass = 600.0, 2.4, 0.05, 3.0
    steady = plume_concentration(
        np.array([x]),
        np.zeros(1),
        rate_kg_s=mass / duration,
        wind_m_s=wind,
        stability=stability,
        terrain="rural",
    )
    time = x / wind + duration / 2.0
    share = finite_release(x, time_s=time, start_s=0.0, end_s=duration, wind_m_s=wind, stability=stability)
    puff = puff_at(x, time_s=x / wind, mass_kg=mass, wind_m_s=wind, stability=stability, spreads=BRIGGS)
    assert float(steady[0] * share) == pytest.approx(puff, rel=1e-4)


def test_a_puff_without_wind_or_with_negative_mass_is_refused() -> None:
    for change in ({"wind_m_s": 0.0}, {"mass_kg": -1.0}):
        with pytest.raises(ValueError, match="puff"):
            puff_at(10.0, **({"time_s": 1.0, "mass_kg": 1.0, "wind_m_s": 2.0, "stability": "D"} | change))
