from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from drillsim.hazards.fire import Fire, FireRun, attack_chance, t_squared
from drillsim.hazards.protocol import WHOLE, HazardRun
from drillsim.hazards.smoke import SmokeNetwork, SmokeState
from tests.hazards.sites import begin_fire, fire, floor

SITE = floor()
FLAME_S = 120.0
DOOR = SITE.link_index["room-door"]


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


@pytest.mark.parametrize(("kilowatts", "seconds"), [(100, 92), (250, 146), (500, 207), (1000, 292)])
def test_a_medium_fire_grows_as_the_table_says(kilowatts: float, seconds: float) -> None:
    assert t_squared(seconds, growth_s=300.0, peak_w=2e6) == pytest.approx(kilowatts * 1e3, rel=0.01)


def test_growth_starts_at_flame_and_ends_at_the_peak() -> None:
    assert t_squared(-5.0, growth_s=300.0, peak_w=2e6) == 0.0
    assert t_squared(1e5, growth_s=300.0, peak_w=2e6) == 2e6
    with pytest.raises(ValueError, match="above 0"):
        t_squared(1.0, growth_s=0.0, peak_w=2e6)


def test_flame_and_detection_come_at_their_drawn_times() -> None:
    run: HazardRun = begin_fire(SITE)
    assert run.thresholds == ("smoke", "untenable")
    assert whole(begin_fire(SITE)) == {"flaming": FLAME_S, "detected": 180.0}


def test_with_the_door_open_room_and_corridor_are_lost_within_minutes() -> None:
    run = begin_fire(SITE)
    room, corridor = (first(run, name, "untenable") for name in ("room", "F2-corridor"))
    assert 45.0 < room < 180.0
    assert 150.0 < corridor < 360.0
    assert first(run, "room", "smoke") <= room
    assert first(run, "F1-corridor", "smoke") == math.inf


def test_a_door_shut_in_time_keeps_the_corridor_for_over_15_minutes() -> None:
    run = begin_fire(SITE)
    run.act("shut-door", 0.0, FLAME_S + 60.0)
    assert first(run, "F2-corridor", "untenable") > 900.0
    assert first(run, "room", "untenable") < 180.0


@pytest.mark.parametrize("change", [{"growth_s": 150.0}, {"soot_yield": 0.1}])
def test_a_bigger_or_sootier_fire_is_never_later(change: dict[str, float]) -> None:
    usual, worse = begin_fire(SITE), begin_fire(SITE, **change)
    for name in ("room", "F2-corridor", "stair-1", "stair-2", "office"):
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
    assert kelvin[0] > kelvin[1] == 303.15
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
    run = begin_fire(SITE)
    run.crossings(-1.0, 20_000.0)
    assert any("held" in flag for flag in run.flags)
    assert any("flashover" in flag for flag in run.flags)


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
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams
    from tests.hazards.sites import WEST_WIND

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
    assert Fire.events - Fire.whole == set(run.thresholds)
    whole = {crossing.threshold for crossing in run.crossings(-1.0, 900.0) if crossing.space == WHOLE}
    assert whole == Fire.whole


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

    def profile(self: SmokeNetwork, states: list[SmokeState]) -> tuple[np.ndarray, ...]:
        shape = (len(areas), len(states))
        return np.full(shape, 1.0), np.full(shape, 3.0 / seen_m), np.full(shape, 300.0)

    monkeypatch.setattr(SmokeNetwork, "profile", profile)
    lost = {c.space for c in run.crossings(-1.0, 900.0) if c.threshold == "untenable" and c.above}
    assert (run.smoke.zones.spaces[0] in lost) is small
    assert (run.smoke.zones.spaces[1] in lost) is large
