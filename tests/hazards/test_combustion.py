from __future__ import annotations

import pytest

from drillsim.hazards.combustion import heat_of_combustion_j_kg, heats_of_combustion, transmissivity
from drillsim.hazards.reach import falling_reach_m
from drillsim.hazards.substances import substances


def test_every_heat_belongs_to_a_substance_that_has_a_flammable_limit() -> None:
    burning = {key for key, entry in substances().items() if entry.lfl_vol_pct is not None}
    assert set(heats_of_combustion()) <= burning


def test_what_has_no_heat_of_combustion_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="chlorine: no heat"):
        heat_of_combustion_j_kg("chlorine")


def test_air_never_adds_heat_and_long_paths_take_it() -> None:
    assert float(transmissivity(100.0, vapour_pa=0.0)) == 1.0
    assert float(transmissivity(100.0, vapour_pa=1000.0)) == pytest.approx(2.02 * 1e5**-0.09)


def test_a_level_that_lies_beyond_the_models_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond 10000 m"):
        falling_reach_m(lambda x: 1.0, 0.5)
    assert falling_reach_m(lambda x: 1.0, 2.0) == 0.0
