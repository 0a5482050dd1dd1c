from __future__ import annotations

import pytest

from drillsim.hazards.burning import (
    BURNING_KG_M2_S,
    burn,
    burning_rate_kg_m2_s,
    has_own_burning_rate,
)
from drillsim.hazards.substances import substance


def test_a_pool_burns_in_proportion_to_area_share_and_time() -> None:
    one, _ = burn(1000.0, fed_kg=0.0, area_m2=10.0, share=1.0, seconds=10.0)
    assert one == pytest.approx(100.0 * BURNING_KG_M2_S)
    for changes in ({"area_m2": 20.0}, {"seconds": 20.0}):
        given = {"fed_kg": 0.0, "area_m2": 10.0, "share": 1.0, "seconds": 10.0} | changes
        assert burn(1000.0, **given)[0] == pytest.approx(2.0 * one)
    assert burn(1000.0, fed_kg=0.0, area_m2=10.0, share=0.5, seconds=10.0)[0] == pytest.approx(0.5 * one)


def test_a_pool_that_is_fed_burns_all_it_gets_and_stays_alight() -> None:
    assert burn(1.0, fed_kg=2.0, area_m2=100.0, share=1.0, seconds=60.0) == (3.0, 60.0)


def test_nothing_burns_where_nothing_is_left_of_the_rate() -> None:
    assert burn(5.0, fed_kg=0.0, area_m2=100.0, share=0.0, seconds=60.0) == (0.0, 60.0)


@pytest.mark.parametrize(("name", "measured"), [("methanol", 0.017), ("benzene", 0.085), ("acetone", 0.041)])
def test_a_liquid_burns_at_its_own_rate(name: str, measured: float) -> None:
    own = burning_rate_kg_m2_s(substance(name), liquid_k=293.15)
    assert has_own_burning_rate(substance(name)) and own == pytest.approx(measured, rel=0.25)
    burnt, _ = burn(1000.0, fed_kg=0.0, area_m2=10.0, share=1.0, seconds=10.0, rate_kg_m2_s=own)
    assert burnt == pytest.approx(100.0 * own)


def test_a_liquid_without_a_heat_of_combustion_has_no_rate_of_its_own() -> None:
    assert not has_own_burning_rate(substance("chlorine"))
