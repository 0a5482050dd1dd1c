"""Changed copies of a scenario, and the list of what its runs assume."""

from __future__ import annotations

import pytest

from drillsim.distributions import Distribution
from drillsim.errors import ScenarioInvalid
from drillsim.scenario.assumptions import assumptions
from drillsim.scenario.load import load
from drillsim.scenario.variant import scale, value_at, variant
from drillsim.spec import Draw
from tests.example import EXAMPLE, write_example


@pytest.fixture
def scenario(tmp_path):
    return load(write_example(tmp_path))


def test_every_uncertain_value_of_a_plan_is_listed_once_with_its_label(scenario):
    found = {a.path: a for a in assumptions(scenario, "at-once")}
    assert sorted(found) == sorted(
        [
            "agencies.brigade.units.engine.dispatch",
            "agencies.brigade.units.engine.turnout",
            "hazards.bin.detector",
            "hazards.bin.smoulder",
            "plans.at-once.roles.chief.decides",
            "plans.at-once.tasks.announce.takes",
            "plans.at-once.tasks.look.takes",
            "plans.at-once.tasks.quench.takes",
            "profiles.office.responses.smoke",
            "profiles.office.responses.voice",
            "profiles.office.speed",
        ]
    )
    assert found["agencies.brigade.units.engine.turnout"].label == "Fire brigade, engine: turnout"
    assert found["profiles.office.responses.voice"].label == "office: response to voice"
    assert found["plans.at-once.tasks.quench.takes"].label == "Put the fire out: takes"
    assert found["profiles.office.speed"].confidence == "medium"
    assert found["profiles.office.speed"].source == "assumed"


def test_the_assumptions_of_an_unknown_plan_are_an_error(scenario):
    with pytest.raises(KeyError, match="there is no plan 'best'; plans: at-once, simple"):
        assumptions(scenario, "best")


def test_every_assumption_can_be_scaled_by_its_path(scenario):
    for assumption in assumptions(scenario, "simple"):
        scaled = value_at(scale(scenario, assumption.path, 2.0), assumption.path)
        assert scaled.emergency.median == pytest.approx(2.0 * assumption.draw.emergency.median)
        assert scaled.confidence == assumption.confidence


def test_scaling_changes_one_value_and_leaves_the_original_alone(scenario):
    path = "plans.simple.tasks.look.takes"
    changed = scale(scenario, path, 1.5)
    assert value_at(scenario, path).emergency.median == pytest.approx(60.0)
    assert changed.plans["at-once"] == scenario.plans["at-once"]
    assert changed.facility is scenario.facility


def test_a_plain_quantity_can_be_scaled_too(scenario):
    assert scale(scenario, "facility.links.exit.width", 0.5).facility.links["exit"].width_m == 0.5
    assert scale(scenario, "slot_s", 2.0).slot_s == 3600.0


@pytest.mark.parametrize(
    ("change", "median"),
    [
        ("2 min", 120.0),
        (90.0, 90.0),
        (Distribution("uniform", (10.0, 20.0)), 15.0),
        (Draw.of(7.0), 7.0),
    ],
)
def test_a_value_can_be_fixed_by_text_number_distribution_or_draw(scenario, change, median):
    path = "plans.simple.tasks.look.takes"
    assert value_at(variant(scenario, {path: change}), path).exercise.median == pytest.approx(median)


def test_several_values_change_together(scenario):
    changed = variant(scenario, {"groups.clerks.count": 9, "weather.wind_from": "90°"})
    assert changed.groups["clerks"].count == 9 and changed.weather.wind_from_deg == 90.0


def test_a_value_that_is_not_allowed_is_refused(scenario):
    with pytest.raises(ScenarioInvalid, match=r"weather\.wind_from"):
        variant(scenario, {"weather.wind_from": 400.0})
    with pytest.raises(ScenarioInvalid, match="has no unit"):
        variant(scenario, {"plans.simple.tasks.look.takes": "5"})


@pytest.mark.parametrize("path", ["plans.none.tasks", "weather.wind", "groups.clerks.count.x", "nothing"])
def test_a_path_that_leads_nowhere_is_an_error(scenario, path):
    with pytest.raises(KeyError, match="leads nowhere"):
        variant(scenario, {path: 1.0})


def test_only_quantities_and_factors_above_zero_scale(scenario):
    with pytest.raises(ValueError, match="must be above 0"):
        scale(scenario, "slot", 0.0)
    with pytest.raises(TypeError, match="is no quantity"):
        scale(scenario, "groups.clerks.place", 2.0)


def test_names_with_dots_are_found(tmp_path):
    scenario = load(write_example(tmp_path, text=EXAMPLE.replace("clerks", "clerks.b")))
    assert value_at(scenario, "groups.clerks.b.count") == 6
    assert variant(scenario, {"groups.clerks.b.count": 5}).groups["clerks.b"].count == 5
