from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LinkSpec, SpaceSpec
from drillsim.hazards.fire import Fire, FireRun, attack_chance, t_squared
from drillsim.hazards.protocol import WHOLE, HazardRun, Means
from drillsim.hazards.smoke import flashover_heat_w
from drillsim.hazards.smoke_layers import Profile, SmokeNetwork, SmokeState
from drillsim.hazards.tenability import FLASHOVER_K
from drillsim.hazards.weather import WeatherRecord
from drillsim.streams import Streams
from tests.hazards.sites import WEST_WIND, begin_fire, fire, floor

SITE = floor()
FLAME_S = 120.0
DOOR = SITE.link_index["room-door"]
LINK: dict[str, Any] = {"radius_m": 2.0, "height_m": 3.0, "activation_k": 330.0, "rti": 50.0}


def first(run: FireRun, name: str, threshold: str, until_s: float = FLAME_S + 1800.0) -> float:
    """Seconds after flame at which a space first crosses; inf if not."""
    space = SITE.space_index[name]
    times = [
        c.time_s
        for c in run.crossings(-math.inf, until_s)
        if (c.space, c.threshold, c.above) == (space, threshold, True)
    ]
    return min(times, default=math.inf) - FLAME_S


def whole(run: FireRun) -> dict[str, float]:
    return {c.threshold: c.time_s for c in run.crossings(-1.0, 3000.0) if c.space == WHOLE}


def test_flame_and_detection_come_at_their_drawn_times() -> None:
    run: HazardRun = begin_fire(SITE)
    assert run.thresholds == ("smoke", "untenable")
    assert whole(begin_fire(SITE)) == {"flaming": FLAME_S, "detected": 180.0}


def test_a_fire_that_is_set_later_is_the_same_fire_later() -> None:
    streams = Streams(1)
    now, later = (
        fire(dormant=True).begin(
            "heater",
            facility=SITE,
            weather=WeatherRecord.begin(WEST_WIND, streams),
            conditions="emergency",
            streams=streams,
            drawn=lambda path, value: None,
            start_s=start_s,
        )
        for start_s in (0.0, 600.0)
    )
    assert {name: time_s - 600.0 for name, time_s in whole(later).items()} == whole(now)
    assert first(later, "F2-corridor", "smoke") == first(now, "F2-corridor", "smoke") + 600.0


def test_with_the_door_open_room_and_corridor_are_lost_within_minutes() -> None:
    run = begin_fire(SITE)
    room, corridor = (first(run, name, "untenable") for name in ("room", "F2-corridor"))
    assert 45.0 < room < 180.0
    assert 150.0 < corridor < 360.0
    assert first(run, "room", "smoke") <= room
    assert first(run, "F1-corridor", "smoke") == math.inf


def test_a_door_shut_in_time_gains_the_corridor_time_and_keeps_what_lies_beyond_it() -> None:
    # It cannot keep the corridor for good: before it is short of air, the growing fire presses a third of
    # the room's gas through the gaps, less of it through those of a smoke door (20 m3/h at 50 Pa).
    left_open, ordinary, tight = begin_fire(SITE), begin_fire(SITE), begin_fire(SITE, door_leak_share=0.0006)
    for run in (ordinary, tight):
        run.act("shut-door", 0.0, FLAME_S + 60.0)
        assert first(run, "room", "untenable") < 180.0
        for name in ("stair-1", "stair-2", "office"):
            assert first(run, name, "untenable") == math.inf > first(left_open, name, "untenable")
    lost = [first(run, "F2-corridor", "untenable") for run in (left_open, ordinary, tight)]
    assert lost[0] + 30.0 < lost[1] < lost[2] - 30.0
    corridor = np.array([SITE.space_index["F2-corridor"]])
    seen = [run.at("visibility_m", corridor, FLAME_S + 600.0)[0] for run in (left_open, ordinary, tight)]
    assert seen[0] < 0.3 < 2.0 < seen[1] < seen[2]


@pytest.mark.parametrize("change", [{"growth_s": 150.0}, {"soot_yield": 0.1}])
def test_a_bigger_or_sootier_fire_is_never_later(change: dict[str, float]) -> None:
    usual, worse = begin_fire(SITE), begin_fire(SITE, **change)
    # A bigger fire is sooner short of air, so far up the stair, minutes later, its smoke may come later.
    far = ("stair-2",) if "soot_yield" in change else ()
    for name in ("room", "F2-corridor", "stair-1", "office", *far):
        for threshold in ("smoke", "untenable"):
            assert first(worse, name, threshold) <= first(usual, name, threshold)


def test_shutting_the_door_by_a_link_is_the_same_as_by_the_act() -> None:
    act, link = begin_fire(SITE), begin_fire(SITE)
    act.act("shut-door", 0.0, FLAME_S + 60.0)
    link.link_changed(DOOR, 0.0, FLAME_S + 60.0)
    assert act.crossings(-1.0, 2000.0) == link.crossings(-1.0, 2000.0)


def test_what_was_said_of_the_past_stays_said_when_something_is_done() -> None:
    run = begin_fire(SITE)
    spaces, now = np.arange(len(SITE.spaces)), FLAME_S + 201.0
    said, seen = run.crossings(-math.inf, now), run.at("layer_m", spaces, now)
    run.crossings(-math.inf, 2000.0)
    run.act("shut-door", 0.0, now)
    run.act("extinguish", 0.0, now)
    assert run.crossings(-math.inf, now) == said
    assert (run.at("layer_m", spaces, now) == seen).all()


def test_asking_ahead_changes_nothing() -> None:
    asked, silent = begin_fire(SITE), begin_fire(SITE)
    asked.crossings(-math.inf, 3000.0)
    for run in (asked, silent):
        run.act("shut-door", 0.0, FLAME_S + 75.0)
    assert asked.crossings(-1.0, 3000.0) == silent.crossings(-1.0, 3000.0)


def test_a_small_fire_is_put_out_by_hand_and_a_big_one_is_not() -> None:
    small, big = begin_fire(SITE), begin_fire(SITE)
    small.act("attack", 0.0, FLAME_S + 60.0)
    assert small.heat_w(FLAME_S + 180.0) < 1e3
    assert first(small, "F2-corridor", "untenable") == math.inf
    big.act("attack", 0.0, FLAME_S + 300.0)
    assert big.heat_w(FLAME_S + 400.0) > 1e6
    assert "flame" in big.state_text()
    assert "fought" in small.state_text()


def test_between_the_limits_the_one_draw_of_the_run_decides() -> None:
    chance = attack_chance(t_squared(140.0, growth_s=300.0, peak_w=2e6), limit_w=1.5e5)
    assert 0.0 < chance < 1.0
    outcomes = []
    for seed in range(200):
        run = begin_fire(SITE, seed=seed)
        run.act("attack", 0.0, FLAME_S + 140.0)
        outcomes.append(run.heat_w(FLAME_S + 300.0) < 1e5)
    assert sum(outcomes) / 200 == pytest.approx(chance, abs=0.11)


def test_a_smouldering_appliance_put_out_never_flames_and_is_never_detected() -> None:
    run = begin_fire(SITE)
    run.act("attack", 0.0, 60.0)
    assert run.crossings(-1.0, 3000.0) == []
    assert run.state_text() == "put out before flame"
    assert run.holds_until(1000.0) == math.inf


def test_water_always_works_and_leaves_the_stated_share() -> None:
    run = begin_fire(SITE)
    run.act("extinguish", 0.25, FLAME_S + 400.0)
    at_start = run.heat_w(FLAME_S + 400.0)
    assert run.heat_w(FLAME_S + 2000.0) == pytest.approx(0.25 * at_start, rel=0.01)
    assert run.heat_w(FLAME_S + 520.0) == pytest.approx(at_start * (0.25 + 0.75 / math.e))


def test_fields_are_those_at_head_height_and_clear_out_of_reach() -> None:
    run = begin_fire(SITE)
    spaces = np.array([SITE.space_index[name] for name in ("room", "F1-corridor", "outside")])
    time = FLAME_S + 150.0
    visibility = run.at("visibility_m", spaces, time)
    assert visibility[0] < 5.0
    assert visibility[1:].tolist() == [100.0, 100.0]
    layer, kelvin = run.at("layer_m", spaces, time), run.at("temperature_k", spaces, time)
    assert layer[0] < 2.0
    assert layer[1] == 3.0
    assert kelvin[0] > kelvin[1] == pytest.approx(303.15, abs=0.01)  # the pressure warms it by 0.3 mK
    assert run.at("visibility_m", spaces, 10.0).tolist() == [100.0] * 3
    with pytest.raises(ValueError, match="not ppm"):
        run.at("ppm", spaces, time)


def test_a_split_stay_costs_the_sum_of_its_parts() -> None:
    run, space = begin_fire(SITE), np.array([SITE.space_index["F2-corridor"]])

    def stay(start: float, end: float) -> float:
        return float(run.seconds_above("untenable", space, np.array([start]), np.array([end]))[0])

    assert stay(0.0, 333.0) + stay(333.0, 1000.0) == pytest.approx(stay(0.0, 1000.0))
    assert stay(0.0, 1000.0) == pytest.approx(1000.0 - FLAME_S - first(run, "F2-corridor", "untenable"))


def test_an_answer_holds_until_the_next_sample() -> None:
    run = begin_fire(SITE)
    assert run.holds_until(50.0) == FLAME_S
    assert run.holds_until(FLAME_S + 3.0) == FLAME_S + 4.0


def test_beyond_an_hour_the_smoke_is_held_and_that_is_said() -> None:
    run = begin_fire(SITE, peak_w=1e6)
    run.crossings(-1.0, 20_000.0)
    assert any("held" in flag for flag in run.flags)
    assert not any("flashover" in flag for flag in run.flags)


def test_a_large_fire_with_air_enough_is_flagged_for_flashover() -> None:
    spaces = {
        "room": SpaceSpec(kind="room", at_m=(0.0, 0.0), size_m=(4.0, 3.0)),
        "yard": SpaceSpec(kind="outside", at_m=(0.0, -20.0), size_m=(30.0, 30.0)),
    }
    front = LinkSpec(between=("room", "yard"), width_m=3.0)
    site = Facility.build(FacilitySpec(spaces=spaces, links={"front": front}))
    run = begin_fire(site, door="front", growth_s=75.0, peak_w=1e7)
    run.crossings(-1.0, FLAME_S + 400.0)
    assert any("flashover" in flag for flag in run.flags)


def test_a_fire_as_large_as_thomas_says_is_flagged_though_its_layer_stays_short_of_air() -> None:
    room = SITE.space_index["room"]
    width, depth = SITE.size[room]
    inner = 2.0 * SITE.area_m2[room] + 2.0 * (width + depth) * SITE.height_m[room]
    link = SITE.link_index["room-door"]

    def flagged(peak_w: float, *, shut: bool = False) -> bool:
        run = begin_fire(SITE, growth_s=150.0, peak_w=peak_w)
        if shut:
            run.act("shut-door", 0.0, FLAME_S + 10.0)
        run.crossings(-1.0, FLAME_S + 400.0)
        assert run.at("temperature_k", np.array([room]), FLAME_S + 400.0) < FLASHOVER_K
        return any("flashover" in flag for flag in run.flags)

    least = flashover_heat_w(inner_m2=inner, width_m=SITE.link_width_m[link], height_m=2.0)
    assert [flagged(1.01 * least), flagged(0.99 * least), flagged(1.01 * least, shut=True)] == [1, 0, 0]


def test_a_fire_room_whose_filling_was_never_measured_is_flagged() -> None:
    def flags(height_m: float) -> list[str]:
        spaces = {
            "room": SpaceSpec(kind="room", at_m=(0.0, 0.0), size_m=(10.0, 9.0), height_m=height_m),
            "yard": SpaceSpec(kind="outside", at_m=(0.0, -20.0), size_m=(30.0, 30.0)),
        }
        front = LinkSpec(between=("room", "yard"), kind="door", width_m=1.0)
        return begin_fire(
            Facility.build(FacilitySpec(spaces=spaces, links={"front": front})), door="front"
        ).flags

    assert flags(3.0) == flags(2.0) == []
    assert [len(flags(height_m)) for height_m in (1.9, 10.0)] == [1, 1]
    assert "floor over height squared is 0.9; NFPA 92 measured 1 to 23" in flags(10.0)[0]


def test_what_cannot_be_done_is_refused() -> None:
    run = begin_fire(SITE)
    with pytest.raises(ValueError, match="plug is nothing to do to a fire"):
        run.act("plug", 0.0, 10.0)
    with pytest.raises(ValueError, match="between 0 and 1"):
        run.act("extinguish", 2.0, 10.0)
    with pytest.raises(ValueError, match="open share"):
        run.link_changed(DOOR, 1.5, 10.0)
    with pytest.raises(ValueError, match="no link of"):
        begin_fire(SITE, door="office-door")


def test_draws_are_reported_and_follow_the_conditions() -> None:
    spec: Fire = fire(smoulder={"exercise": "10 s", "emergency": "2 min"})
    for conditions, expected in (("exercise", 10.0), ("emergency", 120.0)):
        told: dict[str, float] = {}
        run = spec.begin(
            "heater",
            facility=SITE,
            weather=WeatherRecord.begin(WEST_WIND, Streams(1)),
            conditions=conditions,  # type: ignore[arg-type]
            streams=Streams(1),
            drawn=told.__setitem__,
        )
        assert run.flaming_s == told["hazards.heater.smoulder"] == expected
        assert set(told) == {f"hazards.heater.{field}" for field in ("smoulder", "detector", "attack")}


def test_the_words_of_the_spec_are_those_the_run_uses() -> None:
    run = begin_fire(SITE)
    assert run.spec.events - run.spec.whole == set(run.thresholds)
    assert set(whole(run)) == run.spec.whole == {"flaming", "detected"}
    named = begin_fire(SITE, sizes={"big": 1e6}, detectors={"head": LINK})
    assert set(whole(named)) == named.spec.whole == {"flaming", "detected", "big", "head"}
    assert named.spec.events - named.spec.whole == set(run.thresholds)


def test_a_size_is_noted_when_it_is_reached_and_not_after_the_fire_is_fought() -> None:
    run = begin_fire(SITE, sizes={"kw-100": 1e5, "kw-500": 5e5})
    assert whole(run)["kw-100"] == pytest.approx(FLAME_S + 92.4, abs=0.1)
    run.act("extinguish", 0.0, FLAME_S + 150.0)
    assert set(whole(run)) == {"flaming", "detected", "kw-100"}


def test_a_detector_under_the_ceiling_takes_the_place_of_a_drawn_time() -> None:
    run = begin_fire(SITE, detector=None, detectors={"head": LINK, "slow": LINK | {"rti": 300.0}})
    found = whole(run)
    assert FLAME_S < found["detected"] == found["head"] < found["slow"]
    told: dict[str, float] = {}
    run.spec.begin(
        "heater",
        facility=SITE,
        weather=WeatherRecord.begin(WEST_WIND, Streams(1)),
        conditions="emergency",
        streams=Streams(1),
        drawn=told.__setitem__,
    )
    assert "hazards.heater.detector" not in told


def test_species_go_with_the_smoke_and_none_is_lost() -> None:
    run = begin_fire(SITE, yields={"co2": 1.5, "co": 0.04}, peak_w=2e5)
    masses = run.masses(FLAME_S + 400.0)
    assert sorted(masses) == ["co", "co2", "fuel"]
    steps = [FLAME_S + 2.0 * k + 1.0 for k in range(200)]
    burned_kg = sum(run.heat_w(t) * 2.0 for t in steps) / run.spec.heat_of_combustion_j_kg
    assert masses["fuel"].sum() == pytest.approx(burned_kg)
    assert masses["co2"] == pytest.approx(1.5 * masses["fuel"])
    assert masses["co"].sum() == pytest.approx(0.04 * burned_kg)
    assert masses["co2"][SITE.space_index["F2-corridor"]] > 0.0
    assert masses["co2"].shape == (len(SITE.spaces) + 1,)
    assert run.masses(0.0)["fuel"].sum() == 0.0


def test_without_yields_no_species_are_made() -> None:
    assert begin_fire(SITE).masses(1000.0) == {}


def test_a_given_heat_release_takes_the_place_of_growth_and_peak() -> None:
    points = ({"at_s": 0.0, "heat_w": 0.0}, {"at_s": 100.0, "heat_w": 1e6})
    run = begin_fire(SITE, heat_release=points)
    assert run.heat_w(FLAME_S - 1.0) == 0.0
    assert run.heat_w(FLAME_S + 50.0) == 5e5
    assert run.heat_w(FLAME_S + 500.0) == 1e6


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"detector": None}, "nothing detects it"),
        ({"sizes": {"flaming": 1e5}}, "flaming: a size, detector or item needs a name of its own"),
        ({"sizes": {"x": 1e5}, "detectors": {"x": LINK}}, "x: a size, detector or item"),
        ({"yields": {"fuel": 1.0}}, "name no fuel"),
        (
            {"heat_release": ({"at_s": 5.0, "heat_w": 1.0}, {"at_s": 5.0, "heat_w": 2.0})},
            "follow one another",
        ),
    ],
)
def test_a_spec_that_contradicts_itself_is_refused(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        fire(**changes)


def test_a_detector_that_acts_in_the_air_as_it_is_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must act above the 30\.0 °C of the air"):
        begin_fire(SITE, detectors={"head": LINK | {"activation_k": 300.0}})


@pytest.mark.parametrize(
    ("seen_m", "small", "large"),
    [(4.9, True, True), (5.1, False, True), (9.9, False, True), (10.1, False, False)],
)
def test_a_floor_under_60_m2_is_lost_at_5_m_of_visibility_and_a_larger_one_at_10(
    monkeypatch: pytest.MonkeyPatch, seen_m: float, small: bool, large: bool
) -> None:
    run = begin_fire(SITE)
    areas = [59.9, 60.0, *run.smoke.zones.area_m2[2:]]
    run.smoke.zones = replace(run.smoke.zones, area_m2=tuple(areas))

    def profile(self: SmokeNetwork, states: list[SmokeState]) -> Profile:
        layer, seen, kelvin, none = (
            np.full((len(areas), len(states)), value) for value in (1.0, 3.0 / seen_m, 300.0, 0.0)
        )
        return Profile(layer, seen, kelvin, none, none, kelvin, none)

    monkeypatch.setattr(SmokeNetwork, "profile", profile)
    lost = {c.space for c in run.crossings(-1.0, 900.0) if c.threshold == "untenable" and c.above}
    assert (run.smoke.zones.spaces[0] in lost) is small
    assert (run.smoke.zones.spaces[1] in lost) is large


def test_training_and_water_decide_what_an_attack_does() -> None:
    age = 160.0  # 300 kW: too large for the untrained, sure to the luck of this run for the trained
    trained, untrained = (begin_fire(SITE) for _ in range(2))
    trained.act("attack", 0.0, FLAME_S + age, Means(training="trained"))
    untrained.act("attack", 0.0, FLAME_S + age + 5.0, Means(training="untrained"))
    assert trained.heat_w(FLAME_S + age + 120.0) < 1e4
    assert untrained.heat_w(FLAME_S + age + 120.0) > 5e5
    little, much, plenty = (begin_fire(SITE) for _ in range(3))
    now_s = FLAME_S + 600.0
    little.act("extinguish", 0.0, now_s, Means(water_m3_s=50 / 60000))
    much.act("extinguish", 0.0, now_s, Means(water_m3_s=400 / 60000))
    plenty.act("extinguish", 0.0, now_s)
    left_w = [run.heat_w(now_s + 300.0) for run in (little, much, plenty)]
    assert left_w[0] > 1e6 > left_w[2] > left_w[1]


def test_a_sprinkler_keeps_the_corridor_longer_and_asking_ahead_changes_nothing() -> None:
    head = LINK | {"activation_k": 310.0, "rti": 5.0, "spray_m_s": 1e-3}
    usual, wet, asked = (begin_fire(SITE, **given) for given in ({}, *[{"detectors": {"head": head}}] * 2))
    asked.crossings(-math.inf, 3000.0)
    assert first(wet, "F2-corridor", "untenable") > first(usual, "F2-corridor", "untenable")
    for run in (wet, asked):
        run.act("extinguish", 0.0, FLAME_S + 400.0)
    assert asked.crossings(-1.0, 3000.0) == wet.crossings(-1.0, 3000.0)


def test_what_stands_near_adds_its_heat_and_its_moment() -> None:
    run = begin_fire(SITE, items={"desk": {"ignites_at_w": 1e5, "growth_s": 300.0, "peak_w": 5e5}})
    caught_s = whole(run)["desk"]
    assert run.heat_w(caught_s) == pytest.approx(1e5)
    assert run.heat_w(FLAME_S + 1000.0) == pytest.approx(2.5e6)


def test_a_fire_is_smelt_before_it_flames() -> None:
    assert whole(begin_fire(SITE, smell=45.0))["smelt"] == 45.0
    assert "smelt" not in whole(begin_fire(SITE, smell=150.0))
    assert "smelt" in fire(smell=45.0).events
