from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.hazards.jet_fire import (
    jet_fire,
    jet_fire_heat_w_m2,
    jet_fire_reach_m,
    jet_flame_length_m,
    jet_radiant_share,
)

FLAME = jet_fire(1.0, heat_of_combustion_j_kg=46.35e6)


def test_far_away_the_jet_is_a_point_of_its_radiated_power() -> None:
    heat = float(
        jet_fire_heat_w_m2(
            FLAME.length_m / 2.0,
            aside_m=2000.0,
            flame=jet_fire(1.0, heat_of_combustion_j_kg=46.35e6, humidity=0.0),
        )
    )
    assert heat == pytest.approx(0.25 * 46.35e6 / (4.0 * math.pi * 2000.0**2), rel=1e-4)


def test_ahead_of_the_flame_the_line_has_its_closed_form() -> None:
    dry = jet_fire(1.0, heat_of_combustion_j_kg=46.35e6, humidity=0.0)
    expected = dry.radiated_w / (4.0 * math.pi * 60.0 * (60.0 - dry.length_m))
    assert float(jet_fire_heat_w_m2(60.0, flame=dry)) == pytest.approx(expected, rel=1e-6)


def test_the_heat_never_rises_ahead_or_aside_and_is_finite_in_the_flame() -> None:
    ahead = jet_fire_heat_w_m2(np.linspace(0.0, 500.0, 2001), flame=FLAME)
    aside = jet_fire_heat_w_m2(8.0, aside_m=np.linspace(0.0, 500.0, 2001), flame=FLAME)
    for heat in (ahead, aside):
        assert np.all(np.isfinite(heat)) and np.all(np.diff(heat) <= 0.0)
    assert ahead[0] == FLAME.surface_power_w_m2 and FLAME.in_flame(8.0) and not FLAME.in_flame(8.0, 2.0)
    assert FLAME.length_m < jet_fire_reach_m(FLAME, level_w_m2=10e3) < jet_fire_reach_m(FLAME, level_w_m2=2e3)


def test_a_slow_jet_radiates_a_third_and_a_fast_one_a_ninth() -> None:
    assert jet_radiant_share(0.0) == pytest.approx(0.32)
    assert jet_radiant_share(5000.0) == pytest.approx(0.11, abs=1e-6)


def test_a_jet_beyond_the_chart_is_refused_with_its_range() -> None:
    with pytest.raises(ValueError, match="holds from 3e"):
        jet_flame_length_m(0.0, heat_of_combustion_j_kg=5e7)
