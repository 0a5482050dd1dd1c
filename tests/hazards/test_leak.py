from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from pydantic import ValidationError

from drillsim.hazards.burning import BURNING_FLAG
from drillsim.hazards.leak import PUFF_S, Leak, LeakRun
from drillsim.hazards.protocol import WHOLE, Crossing, HazardRun
from drillsim.hazards.weather import Weather, WeatherRecord
from drillsim.streams import Streams
from tests.hazards.sites import WEST_WIND, begin_leak, leak, yard

EVER = 1e6
SITE = yard()


def reached(run: LeakRun, name: str, threshold: str = "aegl2") -> list[tuple[float, bool]]:
    space = SITE.space_index[name]
    return [
        (c.time_s, c.above)
        for c in run.crossings(-math.inf, EVER)
        if (c.space, c.threshold) == (space, threshold)
    ]


def ppm(run: LeakRun, name: str, time_s: float) -> float:
    return float(run.at("ppm", np.array([SITE.space_index[name]]), time_s)[0])


def test_a_leak_is_a_hazard_run() -> None:
    run: HazardRun = begin_leak(SITE)[0]
    assert run.thresholds == ("noticed", "aegl2", "aegl3", "lel10", "lel60")
    assert "160 kg" not in run.state_text()  # nothing has run out at the onset


def test_the_outflow_is_drawn_from_its_own_stream_and_reported() -> None:
    told: dict[str, float] = {}
    spec = leak(outflow={"uniform": ["1 min", "10 min"]})
    streams = Streams(3)
    spec.begin(
        "drum",
        facility=SITE,
        weather=WeatherRecord.begin(WEST_WIND, streams),
        conditions="emergency",
        streams=streams,
        drawn=told.__setitem__,
    )
    expected = 60.0 + 540.0 * streams.uniform("drum", "outflow")
    assert told == {"hazards.drum.outflow": pytest.approx(expected)}


def test_the_cloud_reaches_what_lies_downwind_in_order_and_nothing_else() -> None:
    run, _ = begin_leak(SITE)
    times = [reached(run, name)[0][0] for name in ("east-100", "east-200", "east-400")]
    assert times == sorted(times)
    for name in ("west-100", "north-200", "south-200"):
        assert reached(run, name) == []


def test_every_space_is_clean_in_the_end_and_crossings_alternate() -> None:
    run, _ = begin_leak(SITE)
    for name in ("source", "east-100", "east-200", "east-400"):
        states = [above for _, above in reached(run, name)]
        assert states == [True, False] * (len(states) // 2)
        assert states


def test_crossings_agree_with_the_field_they_come_from() -> None:
    run, _ = begin_leak(SITE)
    for time_s, above in reached(run, "east-200"):
        assert (ppm(run, "east-200", time_s) > 1.7) is above
        assert (ppm(run, "east-200", time_s - 0.1) > 1.7) is not above


def test_acrylonitrile_harms_long_before_it_is_smelt() -> None:
    run, _ = begin_leak(SITE)
    levels = {"noticed": 17.0, "aegl2": 1.7, "aegl3": 28.0, "lel10": 3000.0, "lel60": 18000.0}
    assert run.levels_ppm == pytest.approx(levels)
    assert reached(run, "east-400")
    assert reached(run, "east-400", "noticed") == []


def test_the_noticed_level_may_be_stated_and_is_flagged_where_no_odour_is_known() -> None:
    assert begin_leak(SITE, noticed_ppm=3.0)[0].levels_ppm["noticed"] == 3.0
    styrene = begin_leak(SITE, substance="styrene")[0]
    assert any("odour" in flag for flag in styrene.flags)
    assert styrene.levels_ppm["noticed"] == styrene.levels_ppm["aegl2"]


def test_a_plug_leaves_the_cloud_and_a_cover_thins_it() -> None:
    plugged, covered, alone = (begin_leak(SITE, outflow=600.0)[0] for _ in range(3))
    plugged.act("plug", 0.0, 500.0)
    covered.act("cover", 0.1, 500.0)
    at_1000 = {id(run): ppm(run, "east-100", 1000.0) for run in (plugged, covered, alone)}
    assert at_1000[id(plugged)] > 0.6 * at_1000[id(alone)]
    assert at_1000[id(covered)] < 0.2 * at_1000[id(alone)]


def test_collecting_clears_the_air_after_the_time_on_the_way() -> None:
    run, _ = begin_leak(SITE)
    run.act("collect", 0.0, 900.0)
    assert ppm(run, "east-400", 960.0) > 1.0  # still on its way
    assert ppm(run, "east-400", 1300.0) == 0.0
    assert reached(run, "east-400")[-1][1] is False


def test_what_was_said_of_the_past_stays_said_when_something_is_done() -> None:
    run, record = begin_leak(SITE)
    spaces = np.arange(len(SITE.spaces))
    before = {time: run.at("ppm", spaces, time) for time in (100.0, 295.0, 707.0)}
    said = run.crossings(-math.inf, 707.0)
    run.act("plug", 0.0, 200.0)
    run.act("cover", 0.3, 707.0)
    record.shift(707.0, 0.0)
    run.air_changed(707.0)
    assert run.at("ppm", spaces, 100.0) == pytest.approx(before[100.0])
    run, record = begin_leak(SITE)
    assert run.crossings(-math.inf, 707.0) == said
    run.act("cover", 0.3, 707.0)
    record.shift(707.0, 0.0)
    run.air_changed(707.0)
    assert run.crossings(-math.inf, 707.0) == said
    for time, value in before.items():
        assert (run.at("ppm", spaces, time) == value).all()


def test_asking_before_a_change_or_only_after_it_gives_the_same_future() -> None:
    asked, silent = begin_leak(SITE)[0], begin_leak(SITE)[0]
    asked.crossings(-math.inf, EVER)
    for run in (asked, silent):
        run.act("cover", 0.2, 600.0)
    later = [list(run.crossings(700.0, EVER)) for run in (asked, silent)]
    assert later[0] == later[1]


def test_a_wind_shift_moves_what_is_in_the_air_as_well() -> None:
    run, record = begin_leak(SITE)
    before = ppm(run, "east-400", 600.0)
    record.shift(600.0, 0.0, 0.0)
    run.air_changed(600.0)
    first_south = reached(run, "south-200")[0][0]
    assert 600.0 < first_south < 600.0 + 200.0 / 2.38 + 60.0
    # The line blows away sideways: its half-width of 2.5 sigma_y is gone past in well under two minutes.
    assert before > 1.7
    assert ppm(run, "east-400", 600.0) == before
    assert ppm(run, "east-400", 720.0) == pytest.approx(0.0, abs=1e-3)


def test_contained_comes_once_both_conditions_are_met_whatever_their_order() -> None:
    run, _ = begin_leak(SITE, outflow=3000.0)
    run.act("cover", 0.1, 600.0)
    run.act("plug", 0.0, 1500.0)
    whole = [c for c in run.crossings(-1.0, EVER) if c.space == WHOLE]
    assert whole == [Crossing(1501.0, WHOLE, "contained", True)]
    alone = begin_leak(SITE, outflow=300.0)[0]
    assert alone.contained_s() > 2000.0
    alone.act("cover", 0.1, 600.0)
    assert alone.contained_s() == 601.0


def test_the_puff_adds_its_mass_and_shutting_the_door_keeps_the_rest_in() -> None:
    def released(run: LeakRun) -> float:
        return sum(part.rate_kg_s * (part.end_s - part.start_s) for part in run.segments())

    without, with_puff, shut = (begin_leak(SITE, puff_kg=puff)[0] for puff in (0.0, 1.0, 1.0))
    shut.act("shut-door", 0.0, 0.25 * PUFF_S)
    assert released(without) == pytest.approx(160.0)
    assert released(with_puff) == pytest.approx(161.0)
    assert released(shut) == pytest.approx(160.25)


def whole(run: LeakRun) -> list[tuple[float, str]]:
    return [(c.time_s, c.threshold) for c in run.crossings(-math.inf, EVER) if c.space == WHOLE]


def test_ignition_stops_new_vapour_and_leaves_what_is_in_the_air() -> None:
    run, _ = begin_leak(SITE)
    spaces = np.arange(len(SITE.spaces))
    before = run.at("ppm", spaces, 600.0)
    run.act("ignite", 0.0, 600.0)
    assert (run.at("ppm", spaces, 600.0) == before).all()
    assert run.rate_kg_s(599.0) > 0.03
    assert [run.rate_kg_s(moment) for moment in (600.0, 630.0, 5000.0)] == [0.0, 0.0, 0.0]
    assert ppm(run, "east-400", 660.0) > 1.0  # still on its way
    assert ppm(run, "east-400", 1000.0) == 0.0


def test_a_burning_leak_is_contained_when_it_has_burnt_out() -> None:
    run, _ = begin_leak(SITE)
    run.act("ignite", 0.0, 600.0)
    out_s = math.floor(run.pool.burnt_out_s(EVER)) + 1.0
    assert 660.0 < out_s < 720.0
    assert whole(run) == [(601.0, "ignited"), (out_s, "burnt-out"), (out_s, "contained")]


def test_a_covered_and_plugged_leak_is_not_contained_while_it_burns() -> None:
    run, _ = begin_leak(SITE, amount_kg=1600.0)
    run.act("ignite", 0.0, 310.0)
    run.act("cover", 0.1, 320.0)
    assert run.contained_s() > 1000.0
    run.act("extinguish", 0.0, 400.0)
    assert whole(run) == [(311.0, "ignited"), (401.0, "contained")]
    assert run.rate_kg_s(401.0) > 0.0


def test_what_a_fire_left_stays_said_when_it_is_put_out_too_late() -> None:
    run, _ = begin_leak(SITE)
    run.act("ignite", 0.0, 600.0)
    said = whole(run)
    run.act("extinguish", 0.0, 900.0)
    run.act("collect", 0.0, 1000.0)
    assert whole(run) == said


def test_all_that_ran_out_evaporated_or_burnt() -> None:
    run, _ = begin_leak(SITE, puff_kg=1.0)
    run.act("ignite", 0.0, 30.0)
    run.act("extinguish", 0.0, 200.0)
    vapour = sum(part.rate_kg_s * (part.end_s - part.start_s) for part in run.segments())
    burnt = run.pool.states[-1].burnt_kg
    assert burnt > 80.0
    assert vapour + burnt == pytest.approx(160.0 + 0.5)  # the rest of the puff burns as it comes
    assert f"{burnt:.0f} kg burnt" in run.state_text()


def test_a_fire_is_flagged_and_what_does_not_burn_is_not() -> None:
    early, burning = (begin_leak(SITE)[0] for _ in range(2))
    early.act("ignite", 0.0, 0.0)
    assert [name for _, name in whole(early)] == ["contained"]
    assert BURNING_FLAG not in early.flags
    burning.act("ignite", 0.0, 600.0)
    burning.act("ignite", 0.0, 610.0)
    assert [flag for flag in burning.flags if "burning" in flag] == [BURNING_FLAG]


def test_a_leak_that_is_started_later_is_the_same_leak_later() -> None:
    streams = Streams(1)
    first, later = (
        leak(dormant=True, onset_s=20.0).begin(
            "drum",
            facility=SITE,
            weather=WeatherRecord.begin(WEST_WIND, streams),
            conditions="emergency",
            streams=streams,
            drawn=lambda path, value: None,
            start_s=start_s,
        )
        for start_s in (0.0, 600.0)
    )
    assert (later.at("ppm", np.arange(len(SITE.spaces)), 620.0) == 0.0).all()
    for name in ("source", "east-100", "east-400"):
        shifted = [(time_s + 600.0, above) for time_s, above in reached(first, name)][:1]
        assert reached(later, name)[:1] == shifted


def test_a_dormant_leak_cannot_begin_before_it_is_started() -> None:
    with pytest.raises(ValidationError, match="begins when it is started"):
        leak(dormant=True, onset_s=-60.0)


def test_source_segments_meet_edge_to_edge_and_stay_few() -> None:
    run, record = begin_leak(SITE, puff_kg=1.0)
    record.shift(1200.0, 180.0, 300.0)
    run.air_changed(1200.0)
    parts = run.segments()
    assert all(one.end_s == two.start_s for one, two in pairwise(parts))
    assert len(parts) <= 30


def test_a_split_stay_costs_the_sum_of_its_parts_and_agrees_with_the_crossings() -> None:
    run, _ = begin_leak(SITE)
    space = np.array([SITE.space_index["east-200"]])

    def stay(start: float, end: float) -> float:
        return float(run.seconds_above("aegl2", space, np.array([start]), np.array([end]))[0])

    assert stay(0.0, 500.0) + stay(500.0, 5000.0) == pytest.approx(stay(0.0, 5000.0))
    (begin, _), (end, _) = reached(run, "east-200")
    assert stay(0.0, EVER) == pytest.approx(end - begin)


def test_an_answer_holds_until_the_next_sample() -> None:
    run, _ = begin_leak(SITE)
    assert run.holds_until(205.0) == 210.0
    assert run.holds_until(1e9) == math.inf
    assert ppm(run, "east-100", 200.0) == ppm(run, "east-100", 209.9)


def test_a_leak_that_began_before_the_exercise_is_already_there() -> None:
    run, _ = begin_leak(SITE, onset_s=-600.0)
    assert ppm(run, "east-100", 0.0) > 1.7
    assert reached(run, "east-100")[0][0] < 0.0


def test_what_cannot_be_done_or_asked_is_refused() -> None:
    run, _ = begin_leak(SITE)
    with pytest.raises(ValueError, match="attack is nothing to do to a leak"):
        run.act("attack", 0.0, 10.0)
    with pytest.raises(ValueError, match="ppm"):
        run.at("visibility_m", np.array([0]), 10.0)


@pytest.mark.parametrize(
    ("name", "lacks"), [("nitric_acid_70", "substance table has no"), ("unobtainium", "unobtainium")]
)
def test_a_substance_the_model_cannot_treat_is_refused_at_the_start(name: str, lacks: str) -> None:
    with pytest.raises((ValueError, KeyError), match=lacks):
        begin_leak(SITE, substance=name)


def test_spaces_under_a_roof_are_flagged() -> None:
    from tests.hazards.sites import floor

    run, _ = begin_leak(floor(), at="outside")
    assert any("roof" in flag for flag in run.flags)
    assert not any("roof" in flag for flag in begin_leak(SITE)[0].flags)


def test_the_wind_of_the_run_decides_where_the_cloud_goes() -> None:
    north = Weather(wind_from_deg=0.0, wind_sd_deg=0.0, wind_speed_m_s=3.0, temperature_k=303.15)
    run, _ = begin_leak(SITE, weather=north)
    assert reached(run, "south-200")
    assert not reached(run, "east-200")


def test_the_file_form_of_a_leak_has_units() -> None:
    spec = Leak.model_validate(
        {
            "kind": "leak",
            "substance": "acrylonitrile",
            "at": "source",
            "amount": "160 kg",
            "outflow": "5 min",
            "pool": "30 m²",
            "noticed": "10 ppm",
        }
    )
    assert (spec.pool_m2, spec.noticed_ppm) == (30.0, 10.0)


def test_the_words_of_the_spec_are_those_the_run_uses() -> None:
    run, _ = begin_leak(SITE)
    assert run.spec.events - run.spec.whole == set(run.thresholds)
    run.act("ignite", 0.0, 600.0)
    whole = {c.threshold for c in run.crossings(-math.inf, EVER) if c.space == WHOLE}
    assert whole == run.spec.whole - {"smelt"}  # where people are is not for the leak to know


@pytest.mark.parametrize(
    ("cloud", "said"),
    [("auto", "Britter-McQuaid plume, within a factor 2"), ("passive", "results are not valid")],
)
def test_a_dense_cloud_is_flagged_once_with_its_criterion_and_that_of_a_drum_is_not(cloud, said) -> None:
    dense, _ = begin_leak(SITE, amount_kg=2000.0, pool_m2=300.0, outflow=60.0, cloud=cloud)
    assert any(part.dense for part in dense.segments()) == (cloud == "auto")
    for moment in (0.0, 600.0, 900.0):
        reached(dense, "east-100")
        dense.act("plug", 0.0, moment)
    flags = [flag for flag in dense.flags if "dense" in flag]
    assert len(flags) == 1
    assert said in flags[0]
    assert float(flags[0].split("Ri_c ")[1].split(",")[0]) > 1.95
    drum, _ = begin_leak(SITE)
    reached(drum, "east-100")
    assert not any("dense" in flag for flag in drum.flags)
    assert not any(part.dense for part in drum.segments())


def test_vapour_let_out_at_once_counts_towards_a_dense_cloud() -> None:
    run, _ = begin_leak(SITE, puff_kg=20.0)
    reached(run, "east-100")
    assert any("dense" in flag for flag in run.flags)


def test_a_covered_pool_in_the_sun_gives_a_field_to_the_end() -> None:
    noon = WEST_WIND.model_copy(update={"sun_elevation_deg": 75.0, "cloud": 0.0, "temperature_k": 318.15})
    run, _ = begin_leak(SITE, weather=noon)
    run.act("cover", 0.02, 300.0)
    assert np.isfinite(run.at("ppm", np.arange(len(SITE.spaces)), 3600.0)).all()
