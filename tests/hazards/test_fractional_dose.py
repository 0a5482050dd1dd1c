from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.fractional_dose import (
    CONVENTIONS,
    Air,
    clothed_heat_rate_per_min,
    iso13571_gas_rate_per_min,
    iso13571_heat_rate_per_min,
    iso13571_hyperventilation,
    purser_co_rate_per_min,
    purser_cyanide_rate_per_min,
    purser_hyperventilation,
    purser_irritant_rate_per_min,
    purser_nox_rate_per_min,
    purser_oxygen_rate_per_min,
    purser_rate_per_min,
    radiant_heat_rate_per_min,
    seconds_to_dose,
    unclothed_heat_rate_per_min,
)

CLEAN = Air()
GASES = sorted(CONVENTIONS)
airs = st.builds(
    Air,
    co_ppm=st.floats(0.0, 1e4),
    hcn_ppm=st.floats(0.0, 400.0),
    no2_ppm=st.floats(0.0, 100.0),
    nox_ppm=st.floats(0.0, 500.0),
    co2_percent=st.floats(0.0, 10.0),
    o2_percent=st.floats(5.0, 20.9),
    temperature_c=st.floats(-20.0, 300.0),
    radiation_kw_m2=st.floats(0.0, 20.0),
    irritants_ppm=st.dictionaries(st.sampled_from(["HCl", "acrolein", "NO2"]), st.floats(0.0, 1e3)),
)


def heat(air: Air) -> float:
    return iso13571_heat_rate_per_min(air)


# -- the cases of the sheet -----------------------------------------------------------------------------


def test_d1_each_term_alone_and_all_together() -> None:
    assert purser_co_rate_per_min(1000.0) == pytest.approx(0.035444, abs=5e-7)
    assert purser_hyperventilation(2.0) == pytest.approx(1.52334, abs=5e-6)
    assert purser_oxygen_rate_per_min(15.0) == pytest.approx(0.0071260, abs=5e-8)
    rate = purser_rate_per_min(Air(co_ppm=1000.0, co2_percent=2.0, o2_percent=15.0))
    assert seconds_to_dose(rate) == pytest.approx(981.7, abs=0.05)


def test_d1_without_one_of_its_gases_takes_longer() -> None:
    full = Air(co_ppm=1000.0, co2_percent=2.0, o2_percent=15.0)
    times = [
        seconds_to_dose(purser_rate_per_min(air))
        for air in (full, replace(full, co2_percent=0.0), replace(full, co_ppm=0.0))
    ]
    assert times == sorted(times)
    assert times[1] == pytest.approx(60.0 / (0.035444 + 0.0071260), rel=1e-4)
    assert times[2] == pytest.approx(60.0 / 0.0071260, rel=1e-4)


def test_d2_gas_of_iso13571_over_one_second() -> None:
    rate = iso13571_gas_rate_per_min(Air(co_ppm=13.7, co2_percent=0.0223))
    assert rate / 60.0 == pytest.approx(6.56e-6, rel=0.003)


def test_d3_heat_of_iso13571_over_one_second() -> None:
    rate = iso13571_heat_rate_per_min(Air(temperature_c=100.0, radiation_kw_m2=2.4))
    assert rate / 60.0 == pytest.approx(6.746e-4, rel=1e-4)
    assert seconds_to_dose(rate) / 60.0 == pytest.approx(24.70, abs=0.01)


# -- single terms ---------------------------------------------------------------------------------------


def test_cyanide_counts_less_what_nitrogen_dioxide_holds_off_and_never_less_than_nothing() -> None:
    assert purser_cyanide_rate_per_min(100.0) == pytest.approx(math.exp(100.0 / 43.0) / 220.0 - 0.0045)
    assert purser_cyanide_rate_per_min(143.0, no2_ppm=43.0) == purser_cyanide_rate_per_min(100.0)
    assert purser_cyanide_rate_per_min(20.0, no2_ppm=50.0) == 0.0


def test_oxides_and_irritants_count_by_their_doses() -> None:
    assert purser_nox_rate_per_min(1500.0) == 1.0
    assert purser_irritant_rate_per_min({"HCl": 114000.0, "SO2": 6000.0}) == pytest.approx(1.5)
    with pytest.raises(ValueError, match="tear gas: no irritant with a known dose; HCl"):
        purser_irritant_rate_per_min({"tear gas": 1.0})


def test_hyperventilation_multiplies_what_is_breathed_in_but_not_the_lack_of_oxygen() -> None:
    thin = Air(o2_percent=14.0)
    assert purser_rate_per_min(replace(thin, co2_percent=3.0)) == purser_rate_per_min(thin)
    toxic = Air(co_ppm=500.0, nox_ppm=30.0, irritants_ppm={"HF": 100.0})
    with_co2 = purser_rate_per_min(replace(toxic, co2_percent=3.0))
    assert with_co2 == pytest.approx(purser_rate_per_min(toxic) * purser_hyperventilation(3.0))


def test_hydrogen_cyanide_of_iso13571_stands_outside_the_power() -> None:
    rate = iso13571_gas_rate_per_min(Air(hcn_ppm=100.0, co2_percent=5.0))
    assert rate == pytest.approx(100.0**2.36 / 1.2e6 * math.e)


def test_the_gate_of_the_standard_is_a_named_choice() -> None:
    assert iso13571_hyperventilation(1.5) == pytest.approx(math.exp(0.3))
    assert iso13571_hyperventilation(1.5, above_percent=2.0) == 1.0
    assert iso13571_hyperventilation(2.5, above_percent=2.0) == iso13571_hyperventilation(2.5)


def test_heat_is_worse_without_clothes_and_radiation_counts_from_its_limit_on() -> None:
    assert unclothed_heat_rate_per_min(100.0) == pytest.approx(100.0**3.4 / 5e7)
    assert unclothed_heat_rate_per_min(100.0) > clothed_heat_rate_per_min(100.0)
    assert radiant_heat_rate_per_min(2.49) == 0.0
    assert radiant_heat_rate_per_min(2.5) == pytest.approx(1.36, abs=0.01)
    hot = Air(temperature_c=100.0, radiation_kw_m2=5.0)
    parts = clothed_heat_rate_per_min(100.0) + radiant_heat_rate_per_min(5.0)
    assert iso13571_heat_rate_per_min(hot) == pytest.approx(parts)


def test_on_carbon_monoxide_alone_the_conventions_differ_by_a_quarter_to_a_third() -> None:
    for ppm in (1000.0, 3000.0, 9000.0):
        air = Air(co_ppm=ppm)
        assert 1.2 < purser_rate_per_min(air) / iso13571_gas_rate_per_min(air) < 1.36


# -- properties -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "air", [CLEAN, Air(co2_percent=0.04), Air(o2_percent=20.0), Air(temperature_c=40.0), Air(no2_ppm=0.0)]
)
def test_clean_air_gives_exactly_nothing_in_either_convention(air: Air) -> None:
    assert [CONVENTIONS[name](air) for name in GASES] == [0.0, 0.0]
    assert heat(air) == 0.0
    assert seconds_to_dose(heat(air)) == math.inf


@given(
    air=airs,
    more=st.fixed_dictionaries(
        {
            "co_ppm": st.floats(0.0, 1e4),
            "hcn_ppm": st.floats(0.0, 100.0),
            "nox_ppm": st.floats(0.0, 100.0),
            "co2_percent": st.floats(0.0, 5.0),
            "o2_percent": st.floats(-5.0, 0.0),
            "temperature_c": st.floats(0.0, 100.0),
            "radiation_kw_m2": st.floats(0.0, 10.0),
        }
    ),
    name=st.sampled_from(["co_ppm", "hcn_ppm", "nox_ppm", "co2_percent", "o2_percent", "temperature_c"]),
)
def test_worse_air_is_never_taken_longer(air: Air, more: dict[str, float], name: str) -> None:
    worse = replace(air, **{name: getattr(air, name) + more[name]})
    for rate in (*CONVENTIONS.values(), heat):
        assert 0.0 <= rate(air) <= rate(worse)
        assert seconds_to_dose(rate(worse)) <= seconds_to_dose(rate(air))


@pytest.mark.parametrize(
    "wrong",
    [{"co_ppm": -1.0}, {"hcn_ppm": math.nan}, {"irritants_ppm": {"HCl": -1.0}}, {"nox_ppm": math.inf}],
)
def test_impossible_amounts_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="finite and not negative"):
        Air(**wrong)


@pytest.mark.parametrize("wrong", [{"co2_percent": 101.0}, {"o2_percent": -0.1}])
def test_impossible_shares_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="between 0 and 100 percent"):
        Air(**wrong)
