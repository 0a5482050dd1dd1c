from __future__ import annotations

from pathlib import Path

from drillsim.facility.graph import Facility
from drillsim.scenario.load import load
from drillsim.scenario.places_in_fan import flags_in_fan, places_in_fan, times

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def test_the_post_at_the_control_building_is_told_from_the_one_at_the_emergency_gate():
    scenario = load(SCENARIOS / "terminal-leak")
    facility = Facility.build(scenario.facility)
    found = {(place.role, place.place): place for place in places_in_fan(scenario, facility)}
    assert set(found) == {("post", "control-forecourt"), ("muster", "muster-w")}
    post = found["post", "control-forecourt"]
    assert post.plans == ("joint", "single-agency-first")
    assert post.ratio > 1.0
    assert post.from_deg == 90.0

    said = {
        plan: [
            flag.rpartition(": ")[2]
            for _, flag in flags_in_fan(
                scenario, facility, plan=plan, tasks=scenario.plans[plan].tasks, conditions="emergency"
            )
        ]
        for plan in ("joint", "staged-forward")
    }
    assert said == {"joint": ["muster-w", "control-forecourt"], "staged-forward": ["muster-w"]}


def test_with_the_wind_from_the_west_the_control_building_is_safe_and_the_emergency_gate_is_not():
    scenario = load(SCENARIOS / "terminal-leak", overrides={"weather.wind_from": "280°"})
    found = places_in_fan(scenario, Facility.build(scenario.facility))
    reached = {(place.role, place.place, place.plans) for place in found}
    assert ("staging", "emergency-apron", ("staged-forward",)) in reached
    assert ("post", "emergency-apron", ("staged-forward",)) in reached
    assert not any(place == "control-forecourt" for _, place, _ in reached)


def test_a_fire_asks_about_no_place():
    scenario = load(SCENARIOS / "office-fire")
    assert places_in_fan(scenario, Facility.build(scenario.facility)) == ()


def test_multiples_have_a_decimal_where_it_tells_something():
    assert [times(ratio) for ratio in (1.02, 9.94, 9.96, 1234.4)] == ["1.0", "9.9", "10", "1,234"]
