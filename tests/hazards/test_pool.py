from __future__ import annotations

from typing import Literal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drillsim.hazards.burning import BURNING_KG_M2_S
from drillsim.hazards.evaporation import mackay_matsugu_rate
from drillsim.hazards.ground import CONCRETE, WATER
from drillsim.hazards.pool import (
    Pool,
    PoolSetting,
    pool_highest_minute_kg,
    pool_imbalance_kg,
    pool_mass_evaporated_kg,
)
from drillsim.hazards.radiation import sky_radiation, sun_radiation
from drillsim.hazards.spreading import fed_radius_m
from drillsim.hazards.substances import substance
from drillsim.hazards.weather import Weather

HOT = Weather(wind_from_deg=0.0, wind_speed_m_s=3.0, temperature_k=303.15)


def pool(
    *, weather: Weather = HOT, amount_kg: float = 160.0, area_m2: float = 30.0, outflow_s: float = 300.0
) -> Pool:
    return Pool(PoolSetting(substance("acrylonitrile"), amount_kg, area_m2, weather), 0.0, outflow_s)


@pytest.mark.parametrize(
    ("name", "celsius", "first_minute_kg", "hour_kg"),
    [
        ("acetone", 15, 2.58, 113.0),
        ("methanol", 25, 1.28, 54.8),
        ("benzene", 15, 1.29, 65.9),
        ("toluene", 15, 0.427, 23.9),
    ],
)
def test_rate_and_mass_of_a_pool_agree_with_aloha_within_15_percent(
    name: str, celsius: float, first_minute_kg: float, hour_kg: float
) -> None:
    # Cases V6 to V9: 1 t on 10 m2 of concrete, 5 m/s, D, humidity 60 %, cloud 5/10, night.
    weather = Weather(wind_from_deg=0.0, wind_speed_m_s=5.0, temperature_k=celsius + 273.15)
    spill = Pool(PoolSetting(substance(name), 1000.0, 10.0, weather), 0.0, 1.0)
    start, minute, hour = spill.evaporated_kg(np.array([1.0, 61.0, 3600.0]))
    assert minute - start == pytest.approx(first_minute_kg, rel=0.15)
    assert hour == pytest.approx(hour_kg, rel=0.15)


def test_the_drum_evaporates_at_some_60_grams_a_second_with_cooling_and_120_without() -> None:
    spill = pool(outflow_s=60.0)
    rates = np.diff(spill.evaporated_kg(np.array([60.0, 120.0, 1200.0, 1260.0])))[::2] / 60.0
    assert 0.05 < rates[0] < 0.08
    assert 0.035 < rates[1] < rates[0]
    isothermal = mackay_matsugu_rate(
        area_m2=30.0,
        wind_10m_m_s=3.0,
        molar_mass_kg_mol=substance("acrylonitrile").molar_mass_kg_mol,
        vapour_pressure_pa=substance("acrylonitrile").vapour_pressure_pa(303.15),
        temperature_k=303.15,
    )
    assert isothermal == pytest.approx(0.12, rel=0.03)


def test_the_sun_warms_the_pool_and_the_drum_is_gone_within_the_hour() -> None:
    noon = pool(weather=HOT.model_copy(update={"sun_elevation_deg": 60.0}), outflow_s=60.0)
    night = pool(outflow_s=60.0)
    for spill in (noon, night):
        spill.advance(1e6)
        assert spill.gone()
    assert noon.states[-1].time_s < 3600.0 < night.states[-1].time_s


@settings(max_examples=25, deadline=None)
@given(
    amount=st.floats(1.0, 2000.0),
    outflow=st.floats(1.0, 3000.0),
    acts=st.lists(
        st.tuples(
            st.floats(0.0, 5000.0),
            st.sampled_from(["plug", "cover", "collect", "ignite", "put_out"]),
            st.floats(0.0, 1.0),
        ),
        max_size=5,
    ),
    asked=st.lists(st.floats(0.0, 20_000.0), min_size=1, max_size=5),
)
@example(amount=1.0, outflow=1.0000000000000002, acts=[], asked=[0.0])
def test_what_ran_out_lies_on_the_ground_evaporated_burnt_or_was_collected(
    amount: float, outflow: float, acts: list[tuple[float, str, float]], asked: list[float]
) -> None:
    spill = pool(amount_kg=amount, outflow_s=outflow)
    for time_s, act, factor in sorted(acts):
        spill.advance(time_s + 1000.0)  # computed ahead: acts must be able to change what comes
        if act == "cover":
            spill.cover(time_s, factor)
        else:
            getattr(spill, act)(time_s)
    spill.advance(1e6)
    for state in spill.states:
        parts = state.spilled_kg - state.evaporated_kg - state.collected_kg - state.burnt_kg
        assert parts >= -1e-9 * amount
        assert 0.0 <= state.evaporated_kg <= state.spilled_kg + 1e-9
        assert state.spilled_kg <= amount * (1.0 + 1e-12)
    columns = list(zip(*spill.states, strict=True))
    for total in (*columns[:4], columns[5]):  # time, spilled, evaporated, collected, burnt
        assert (np.diff(total) >= -1e-9 * amount).all()
    evaporated = spill.evaporated_kg(np.sort(np.array(asked)))
    assert (np.diff(evaporated) >= -1e-12).all()
    for time_s in asked:
        spilled, ground, gone, collected, burnt = spill.state(time_s)
        assert spilled == pytest.approx(ground + gone + collected + burnt, abs=1e-9)
        assert ground >= -1e-9 * amount


def test_all_of_a_spill_left_alone_evaporates() -> None:
    spill = pool()
    spill.advance(1e6)
    assert spill.states[-1].spilled_kg == pytest.approx(160.0)
    assert spill.states[-1].evaporated_kg == pytest.approx(160.0)


def test_a_plug_stops_the_inflow_and_not_the_evaporation() -> None:
    spill, left_alone = pool(outflow_s=1200.0), pool(outflow_s=1200.0)
    spill.plug(600.0)
    times = np.array([600.0, 660.0])
    plugged, running = (float(np.diff(each.evaporated_kg(times))[0]) for each in (spill, left_alone))
    assert plugged > 0.8 * running
    assert spill.state(3000.0)[0] == pytest.approx(80.0)


def test_a_cover_lowers_the_rate_at_once_by_its_factor_and_covers_multiply() -> None:
    spill = pool()
    before = float(np.diff(spill.evaporated_kg(np.array([590.0, 600.0])))[0])
    spill.cover(600.0, 0.2)
    after = float(np.diff(spill.evaporated_kg(np.array([600.0, 610.0])))[0])
    assert after == pytest.approx(0.2 * before, rel=0.05)
    spill.cover(610.0, 0.5)
    assert float(np.diff(spill.evaporated_kg(np.array([610.0, 620.0])))[0]) == pytest.approx(
        0.1 * before, rel=0.08
    )


def test_collecting_ends_the_evaporation_and_books_what_was_taken_up() -> None:
    spill = pool()
    spill.collect(900.0)
    spilled, ground, evaporated, collected, burnt = spill.state(5000.0)
    assert burnt == 0.0
    assert ground == pytest.approx(0.0, abs=1e-9)
    assert collected == pytest.approx(160.0 - evaporated)
    assert float(spill.evaporated_kg(np.array([900.0]))[0]) == pytest.approx(evaporated)
    assert spilled == pytest.approx(160.0)


def test_nothing_evaporates_before_the_onset() -> None:
    spill = Pool(PoolSetting(substance("acrylonitrile"), 160.0, 30.0, HOT), 100.0, 60.0)
    assert spill.evaporated_kg(np.array([0.0, 100.0])).tolist() == [0.0, 0.0]


def test_finer_steps_change_the_mass_by_less_than_two_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    times = np.array([600.0, 1800.0, 3000.0])
    usual = pool().evaporated_kg(times)
    monkeypatch.setattr("drillsim.hazards.pool._STEP_GROWTH", 0.0)
    assert usual == pytest.approx(pool().evaporated_kg(times), rel=0.02)


@pytest.mark.parametrize("name", ["chlorine", "ammonia", "propane", "propylene_oxide", "benzene"])
@pytest.mark.parametrize("spread", ["given", "free"])
def test_half_the_step_changes_the_mass_by_less_than_two_percent(
    monkeypatch: pytest.MonkeyPatch, name: str, spread: Literal["given", "free"]
) -> None:
    setting = PoolSetting(substance(name), 1000.0, 50.0, HOT, spread=spread)
    times = np.array([60.0, 180.0, 600.0, 3600.0])
    usual = Pool(setting, 0.0, 120.0).evaporated_kg(times)
    monkeypatch.setattr("drillsim.hazards.pool._STEP_S", 0.5)
    monkeypatch.setattr("drillsim.hazards.pool._STEP_GROWTH", 0.01)
    assert usual == pytest.approx(Pool(setting, 0.0, 120.0).evaporated_kg(times), rel=0.02)


def test_a_bigger_pool_of_the_same_mass_evaporates_faster() -> None:
    minute = np.array([600.0])
    masses = [float(pool(area_m2=area).evaporated_kg(minute)[0]) for area in (10.0, 20.0, 40.0)]
    assert masses == sorted(masses)


def test_a_liquid_without_vapour_pressure_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="nitric_acid_70"):
        PoolSetting(substance("nitric_acid_70"), 10.0, 1.0, HOT).check()


def test_a_pool_colder_than_the_fit_is_flagged_and_not_clipped() -> None:
    cool = HOT.model_copy(update={"temperature_k": 288.15, "wind_speed_m_s": 5.0})
    spill = Pool(PoolSetting(substance("benzene"), 1000.0, 10.0, cool), 0.0, 1.0)
    spill.advance(3600.0)
    assert len(spill.flags) == 1
    assert "extrapolated" in spill.flags[0]


def test_a_cover_that_adds_and_an_outflow_without_time_are_refused() -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        pool().cover(10.0, 1.5)
    with pytest.raises(ValueError, match="at least 1 s"):
        pool(outflow_s=0.0)


def test_a_low_sun_gives_nothing_and_clouds_take_away() -> None:
    assert sun_radiation(elevation_deg=5.0, cloud=0.0) == 0.0
    assert sun_radiation(elevation_deg=60.0, cloud=1.0) < sun_radiation(elevation_deg=60.0, cloud=0.0)


def test_a_plug_at_the_moment_of_the_onset_leaves_no_pool() -> None:
    for moment in (0.0, 1e-12):
        spill = pool()
        spill.plug(moment)
        spill.advance(1e6)
        assert spill.gone()
        assert spill.states[-1].evaporated_kg < 1e-9


def test_a_burning_pool_gives_no_vapour_and_burns_at_its_rate_until_nothing_is_left() -> None:
    spill = pool(outflow_s=60.0)
    assert spill.ignite(300.0)
    _, ground, evaporated, _, _ = spill.state(300.0)
    after_10_s = spill.state(310.0)
    assert after_10_s[4] == pytest.approx(10.0 * 30.0 * BURNING_KG_M2_S)
    assert after_10_s[2] == evaporated
    burns_s = ground / (30.0 * BURNING_KG_M2_S)
    assert spill.burnt_out_s(1e6) == pytest.approx(300.0 + burns_s)
    assert spill.states[-1].evaporated_kg == evaporated
    assert spill.states[-1].burnt_kg == pytest.approx(160.0 - evaporated)


def test_a_pool_that_is_put_out_evaporates_again_and_never_burns_out() -> None:
    spill = pool(outflow_s=60.0)
    spill.ignite(300.0)
    before = spill.state(300.0)[2]
    spill.put_out(330.0)
    spill.advance(1e6)
    burnt = spill.states[-1].burnt_kg
    assert burnt == pytest.approx(30.0 * 30.0 * BURNING_KG_M2_S)
    assert spill.state(330.0)[2] == before < spill.state(390.0)[2]
    assert spill.states[-1].evaporated_kg == pytest.approx(160.0 - burnt)
    assert spill.burnt_out_s(1e6) == np.inf


def test_a_fed_pool_goes_on_burning_what_runs_out() -> None:
    spill = pool(outflow_s=3000.0)
    spill.ignite(600.0)
    spilled, ground, _, _, burnt = spill.state(2400.0)
    assert ground == pytest.approx(0.0, abs=1e-9)
    assert burnt == pytest.approx(spilled - spill.state(600.0)[2])
    assert spill.burnt_out_s(1e6) == pytest.approx(3000.0)
    spill.plug(2400.0)
    assert spill.burnt_out_s(1e6) == pytest.approx(2400.0)


def test_a_cover_damps_a_fire_by_its_share_and_one_that_leaves_nothing_puts_it_out() -> None:
    spill = pool(outflow_s=60.0)
    spill.ignite(300.0)
    spill.cover(310.0, 0.2)
    assert spill.state(320.0)[4] - spill.state(310.0)[4] == pytest.approx(0.2 * 10 * 30 * BURNING_KG_M2_S)
    spill.cover(320.0, 0.0)
    assert not spill.burning(320.0)
    assert spill.state(5000.0)[4] == spill.state(320.0)[4]
    assert not spill.ignite(400.0)


@pytest.mark.parametrize("amount_kg", [434.0, 876.0, 1660.0, 1e5])
@pytest.mark.parametrize("burns_s", [10.0, 23.0, 37.0])
def test_a_pool_that_burnt_for_a_while_is_gone_in_the_end_whatever_sums_leave(
    amount_kg: float, burns_s: float
) -> None:
    spill = pool(amount_kg=amount_kg, area_m2=amount_kg / 10.0, outflow_s=1270.0)
    spill.ignite(75.0)
    spill.put_out(75.0 + burns_s)
    spill.advance(1e6)
    assert spill.gone()


def test_only_liquid_on_the_ground_takes_fire() -> None:
    assert not pool().ignite(0.0)
    collected = pool()
    collected.collect(900.0)
    assert not collected.ignite(900.0)
    burning = pool()
    assert burning.ignite(300.0)
    assert not burning.ignite(310.0)
    gone = pool()
    assert not gone.ignite(1e6)
    assert gone.states[-1].burnt_kg == 0.0


def test_collecting_from_a_fire_leaves_nothing_to_burn_out() -> None:
    spill = pool(outflow_s=60.0)
    spill.ignite(300.0)
    spill.collect(310.0)
    spilled, ground, evaporated, collected, burnt = spill.state(5000.0)
    assert (ground, burnt) == (pytest.approx(0.0, abs=1e-9), pytest.approx(15.0))
    assert collected == pytest.approx(spilled - evaporated - burnt)
    assert spill.burnt_out_s(1e6) == np.inf


@pytest.mark.parametrize(
    ("celsius", "humidity", "cloud", "watts"),
    [
        # 0.97 (a + b e) sigma T^4; e = RH 610.94 exp(17.625 t/(t + 243.04)): 4236.7 Pa at 30 °C
        (20.0, 0.6, 0.5, 345.15),  # a 0.793, b 40.5e-6
        (30.0, 1.0, 0.0, 430.93),  # a 0.74, b 44.3e-6
        (30.0, 0.0, 0.0, 343.75),
        (15.0, 0.8, 1.0, 343.63),  # a 0.87, b 26.6e-6
    ],
)
def test_the_sky_radiates_as_worked_by_hand(
    celsius: float, humidity: float, cloud: float, watts: float
) -> None:
    found = sky_radiation(temperature_k=celsius + 273.15, humidity=humidity, cloud=cloud)
    assert found == pytest.approx(watts, abs=0.01)


@pytest.mark.parametrize("factor", [0.0, 0.02, 0.15])
def test_a_covered_pool_is_not_heated_by_the_full_sun(factor: float) -> None:
    noon = HOT.model_copy(update={"sun_elevation_deg": 75.0, "cloud": 0.0, "temperature_k": 318.15})
    spill = pool(weather=noon, amount_kg=1000.0)
    spill.cover(300.0, factor)
    spill.advance(86400.0)
    assert max(state.temperature_k for state in spill.states) < 318.15 + 5.0


# -- boiling ------------------------------------------------------------------------------------------


def test_a_liquid_that_boils_on_concrete_takes_the_heat_of_the_ground() -> None:
    # In the first minutes the ground outweighs all else: m = A 2 k dT sqrt(t) / (L sqrt(pi alpha)).
    spill = Pool(PoolSetting(substance("propane"), 5000.0, 100.0, HOT), 0.0, 1.0)
    state = spill.states[0]
    assert state.temperature_k == pytest.approx(230.67, abs=0.01)
    latent = substance("propane").heat_of_vaporization(state.temperature_k)
    ground_kg = 100.0 * 2.0 * CONCRETE.effusivity * (303.15 - state.temperature_k) * 60.0**0.5 / latent
    assert 1.0 < float(spill.evaporated_kg(np.array([60.0]))[0]) / ground_kg < 1.1


@pytest.mark.parametrize("name", ["chlorine", "ammonia", "propane", "hydrogen_fluoride", "ethylene_oxide"])
@pytest.mark.parametrize("celsius", [-15.0, 15.0, 50.0])
def test_a_cold_liquid_gives_finite_numbers_in_any_air_and_is_never_hotter_than_boiling(
    name: str, celsius: float
) -> None:
    for wind in (1.0, 15.0):
        weather = HOT.model_copy(update={"temperature_k": celsius + 273.15, "wind_speed_m_s": wind})
        setting = PoolSetting(substance(name), 500.0, 40.0, weather)
        spill = Pool(setting, 0.0, 30.0)
        spill.advance(1e6)
        assert np.isfinite(np.array(spill.states)).all()
        assert max(state.temperature_k for state in spill.states) <= setting.boils_k
        assert spill.states[-1].evaporated_kg == pytest.approx(500.0)


def test_the_mass_given_off_has_no_step_where_the_air_reaches_the_boiling_point() -> None:
    boils = PoolSetting(substance("propylene_oxide"), 500.0, 40.0, HOT).boils_k
    masses = [
        pool_mass_evaporated_kg(
            "propylene_oxide", mass_kg=500, area_m2=40, air_k=boils + off, wind_10m_m_s=3, time_s=60
        )
        for off in (-0.02, -0.01, 0.01, 0.02)
    ]
    assert masses == sorted(masses)
    assert masses[-1] / masses[0] < 1.01


def test_a_pool_that_warms_up_begins_to_boil_without_a_step_in_its_rate() -> None:
    calm = HOT.model_copy(update={"wind_speed_m_s": 1.0})
    # Methanol fed at 47 °C onto hot water: it warms until it boils at 64 °C.
    setting = PoolSetting(substance("methanol"), 2000.0, 20.0, calm, ground=WATER, ground_k=360.0)
    spill = Pool.fed(setting, edges_s=[0.0, 30.0], rates_kg_s=[2000.0 / 30.0], temperatures_k=[320.0])
    rates = np.diff(spill.evaporated_kg(np.arange(30.0, 600.0)))
    kelvins = [spill.temperature_k(time_s) for time_s in np.arange(30.0, 600.0)]
    assert max(kelvins) > setting.boils_k - 1.5  # within the ramp to boiling
    assert np.abs(np.diff(rates)).max() < 0.05 * rates.max()


def test_an_isothermal_model_refuses_a_pool_that_boils() -> None:
    with pytest.raises(ValueError, match=r"chlorine boils.*do not boil"):
        PoolSetting(substance("chlorine"), 10.0, 1.0, HOT, model="epa-rmp").check()


# -- named models -------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["mackay-matsugu", "epa-rmp"])
@pytest.mark.parametrize(
    ("name", "celsius", "aloha_kg"),
    [("acetone", 15, 2.58), ("methanol", 25, 1.28), ("benzene", 15, 1.29), ("toluene", 15, 0.427)],
)
def test_the_isothermal_models_give_what_they_are_flagged_with(
    model: Literal["mackay-matsugu", "epa-rmp"], name: str, celsius: float, aloha_kg: float
) -> None:
    most = pool_highest_minute_kg(
        name, mass_kg=1000, area_m2=10, air_k=celsius + 273.15, wind_10m_m_s=5, model=model
    )
    assert 1.6 <= most / aloha_kg <= 2.05
    flags = Pool(PoolSetting(substance(name), 10.0, 1.0, HOT, model=model), 0.0, 1.0).flags
    assert flags
    assert model in flags[0]
    assert "1.6 to 2.05" in flags[0]


# -- feeds, spreading, drains, covers -----------------------------------------------------------------


def test_a_schedule_of_one_constant_step_is_the_pool_of_an_outflow() -> None:
    setting = PoolSetting(substance("acrylonitrile"), 160.0, 30.0, HOT)
    spill = Pool.fed(setting, edges_s=[0.0, 100.0, 300.0], rates_kg_s=[160.0 / 300.0] * 2)
    times = np.array([50.0, 300.0, 3000.0])
    assert spill.evaporated_kg(times) == pytest.approx(pool().evaporated_kg(times), rel=1e-3)
    assert spill.inflow_end_s == 300.0


def test_a_plug_cuts_the_schedule_and_a_further_drum_leaves_the_past_as_it_was() -> None:
    setting = PoolSetting(substance("acrylonitrile"), 160.0, 30.0, HOT)
    spill = Pool.fed(setting, edges_s=[0.0, 60.0, 600.0], rates_kg_s=[1.0, 0.2])
    spill.advance(1e6)
    spill.plug(300.0)
    assert spill.state(1000.0)[0] == pytest.approx(60.0 + 0.2 * 240.0)
    times = np.arange(0.0, 9000.0, 50.0)
    before = spill.evaporated_kg(times)
    assert spill.gone()
    spill.add_feed(edges_s=[9000.0, 9060.0], rates_kg_s=[1.0])
    assert spill.evaporated_kg(times).tolist() == before.tolist()
    spill.advance(1e6)
    assert spill.states[-1].evaporated_kg == pytest.approx(108.0 + 60.0)
    with pytest.raises(ValueError, match="begins at 0"):
        spill.add_feed(edges_s=[-10.0, 0.0], rates_kg_s=[1.0])


def test_a_fire_outlasts_a_gap_in_the_feed_and_the_pool_ends() -> None:
    setting = PoolSetting(substance("acrylonitrile"), 20.0, 30.0, HOT)
    spill = Pool.fed(setting, edges_s=[0.0, 10.0, 500.0, 510.0], rates_kg_s=[1.0, 0.0, 1.0])
    assert spill.ignite(5.0)
    spill.advance(1e5)
    assert spill.gone()
    assert spill.states[-1].burnt_kg + spill.states[-1].evaporated_kg == pytest.approx(20.0)


def test_a_free_pool_spreads_as_the_closed_form_until_the_least_depth_or_the_kerb() -> None:
    setting = PoolSetting(substance("toluene"), 20000.0, None, HOT, spread="free")
    density = 866.8
    spill = Pool.fed(setting, edges_s=[0.0, 40.0], rates_kg_s=[500.0])
    for time_s in (1.0, 5.0, 10.0):
        radius = fed_radius_m(time_s, volume_rate_m3_s=500.0 / density)
        assert spill.area_m2(time_s) == pytest.approx(np.pi * radius**2, rel=0.01)
    assert spill.area_m2(4000.0) == pytest.approx(20000.0 / density / 0.005, rel=0.05)
    areas = [state.area_m2 for state in spill.states]
    assert areas == sorted(areas)
    kerb = Pool(PoolSetting(substance("toluene"), 2000.0, 60.0, HOT, spread="free"), 0.0, 400.0)
    assert kerb.area_m2(1e4) == 60.0


def test_a_pool_without_area_and_one_that_sinks_are_refused() -> None:
    with pytest.raises(ValueError, match="free"):
        PoolSetting(substance("toluene"), 10.0, None, HOT).check()
    with pytest.raises(ValueError, match="sinks"):
        PoolSetting(substance("chlorine"), 10.0, None, HOT, ground=WATER, spread="free").check()


@settings(max_examples=25, deadline=None)
@given(
    share=st.floats(0.0, 1.0),
    rate=st.floats(0.0, 2.0),
    shut=st.floats(0.0, 2000.0),
    burns=st.booleans(),
    free=st.booleans(),
)
def test_what_runs_down_the_drains_is_booked(
    share: float, rate: float, shut: float, burns: bool, free: bool
) -> None:
    setting = PoolSetting(
        substance("acrylonitrile"),
        160.0,
        30.0,
        HOT,
        spread="free" if free else "given",
        drain_share=share,
        drain_kg_s=rate,
    )
    spill = Pool(setting, 0.0, 300.0)
    spill.advance(1e5)
    if burns:
        spill.ignite(100.0)
    spill.shut_drains(shut)
    spill.advance(1e6)
    assert spill.gone()
    last = spill.states[-1]
    assert last.evaporated_kg + last.burnt_kg + last.drained_kg == pytest.approx(160.0)
    assert last.drained_kg == pytest.approx(spill.drained_kg(shut), abs=1e-9)
    assert last.drained_kg >= share * min(160.0, 160.0 / 300.0 * shut) - 1e-6
    assert all(state.on_ground_kg >= 0.0 for state in spill.states)


def test_foam_comes_on_over_its_time_and_wears_off() -> None:
    spill = pool(amount_kg=1000.0)
    bare = np.diff(pool(amount_kg=1000.0).evaporated_kg(np.array([590.0, 600.0])))[0]
    spill.cover(600.0, 0.1, over_s=200.0, lasts_s=1000.0)
    shares = [
        np.diff(spill.evaporated_kg(np.array([time_s - 5.0, time_s + 5.0])))[0] / bare
        for time_s in (605.0, 700.0, 795.0, 1300.0, 1850.0)
    ]
    assert shares[0] > 0.9
    assert 0.4 < shares[1] < 0.7
    assert shares[2] < 0.15
    assert 0.4 < shares[3] < 0.7
    assert shares[4] > 0.75


@pytest.mark.parametrize("name", ["acrylonitrile", "chlorine"])
def test_the_parts_of_a_standard_pool_make_up_what_ran_out(name: str) -> None:
    worst = pool_imbalance_kg(name, mass_kg=160, area_m2=30, air_k=303.15, wind_10m_m_s=3)
    assert worst < 1e-9


def test_open_drains_take_their_rate_and_their_share_until_they_are_shut() -> None:
    setting = PoolSetting(substance("acrylonitrile"), 160.0, 30.0, HOT, drain_share=0.25, drain_kg_s=0.1)
    spill = Pool(setting, 0.0, 60.0)
    spill.shut_drains(160.0)
    assert spill.drained_kg(160.0) == pytest.approx(0.25 * 160.0 + 0.1 * 160.0)
    assert spill.drained_kg(1000.0) == spill.drained_kg(160.0)


def test_a_feed_that_ends_at_time_zero_has_run_out() -> None:
    weather = Weather(wind_from_deg=270.0, wind_speed_m_s=3.0, stability="D", temperature_k=303.15)
    setting = PoolSetting(substance("acrylonitrile"), 200.0, 10.0, weather)
    early, late = Pool(setting, -600.0, 600.0), Pool(setting, 0.0, 600.0)
    for pool, start in ((early, -600.0), (late, 0.0)):
        pool.advance(start + 1800.0)
    assert early.state(1200.0) == pytest.approx(late.state(1800.0))
    assert early.state(1200.0)[0] == pytest.approx(200.0)
