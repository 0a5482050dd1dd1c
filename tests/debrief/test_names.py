from __future__ import annotations

import math
from typing import get_args

import pytest

from drillsim.debrief import names, steps
from drillsim.debrief.assumed import assumed, biases, distribution_text, fixed_values, labels
from drillsim.distributions import Distribution, constant
from drillsim.facility.spec import Merging, MovementSpec, SmokeLaw, SpeedLaw
from drillsim.messages import LANGUAGES, say
from drillsim.scenario.load import load, shipped
from drillsim.spec import file_key
from tests.debrief import fakes


@pytest.mark.parametrize(
    ("label", "words"),
    [
        ("plug", "Plug the drum"),
        ("recon: prepare", "Reconnaissance in gas-tight suits: donning and setting up"),
        ("recon: wait for units", "Reconnaissance in gas-tight suits: waiting for units"),
        ("chemical-unit-1: turnout", "Chemical unit: turnout"),
        ("chemical-unit-1: travelling", "Chemical unit: way to the site"),
        ("chemical-unit-1: on the site", "Chemical unit: way on the site"),
        ("recon: travel", "Reconnaissance in gas-tight suits: way on the site"),
        ("recon: way back", "Reconnaissance in gas-tight suits: way back out"),
        ("recon: asking for the order", "Reconnaissance in gas-tight suits: report asking for the order"),
        ("recon: order on its way", "Reconnaissance in gas-tight suits: order on its way"),
        ("call-119: call", "Call 119 and 110: call being answered"),
        ("wind: inject", "Wind turns: inject"),
        ("emptied: crowd movement", "Shed empty: people on the move"),
        ("aegl2: hazard", "AEGL-2: hazard"),
        ("hazard", "hazard"),
    ],
)
def test_steps_of_the_critical_path_are_said_in_words(label, words):
    assert steps.step_title(fakes.fake_scenario(), "joint", label, "en") == words


def test_only_waits_count_as_waits():
    assert steps.is_wait("recon: wait for order")
    assert not steps.is_wait("recon: prepare")


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        ("last_out", "Last person at a muster"),
        ("milestone.gate", "Inbound gate closed"),
        ("price.quay-cranes", "Quay cranes standing still"),
        ("queue.shed-door", "Queue at shed-door"),
        ("exposed.aegl2.person_s", "Exposure above AEGL-2"),
        ("posts.aegl3", "Command posts reached by AEGL-3"),
        ("musters.aegl2", "Musters reached by AEGL-2"),
        ("staging.aegl2", "Staging places reached by AEGL-2"),
        ("mass.drum.vapour", "Gone into the air, Drum"),
        ("margin.yard", "Margin at Yard (ASET − RSET)"),
        ("peak.shed-door", "Longest queue at shed-door"),
        ("objective.gate", "Gate closed within 7 min"),
        ("something.else", "something.else"),
    ],
)
def test_measures_are_said_in_words(measure, words):
    assert names.measure_title(fakes.fake_scenario(), measure, "en") == words


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (370.0, "s", "6 min 10 s"),
        (math.inf, "s", "not reached"),
        (7200.0, "person_s", "120 person-min"),
        (90.0, "person_s", "1.5 person-min"),
        (3.0, "p", "3 people"),
        (math.nan, "p", "—"),
        (math.inf, "p", "not reached"),
        (1.25, "kg", "1.25 kg"),
        (-180.0, "person_s", "−3 person-min"),
        (0.2, "person_s", "0 person-min"),
        (-9.5e-16, "person_s", "0 person-min"),
        (0.3, "kg", "0.3 kg"),
    ],
)
def test_quantities_are_read_in_the_unit_people_use(value, unit, text):
    assert names.quantity(value, unit, "en") == text


def test_a_flight_of_stairs_is_called_by_its_stair_and_number():
    scenario = load("office-fire")
    assert names.place_title(scenario, "stair-a-2", "en") == "Stair A, flight 2"
    assert names.place_title(scenario, "stair-a-2", "zh") == "A梯第2梯段"
    assert names.measure_title(scenario, "margin.stair-b-2", "en").startswith("Margin at Stair B, flight 2")


def test_a_difference_has_its_sign():
    assert names.signed(60.0, "s", "en") == "+1 min"
    assert names.signed(-60.0, "s", "en") == "−1 min"
    assert names.signed(0.0, "s", "en") == "0 s"
    assert names.signed(0.2, "p", "en") == "+0.2 people"


def test_durations_are_said_in_chinese():
    assert names.duration(370.0, "zh") == "6 分 10 秒"
    assert names.duration(3660.0, "zh") == "1 小时 01 分"


def test_a_task_belongs_to_its_units_agency_or_to_who_orders_it():
    scenario = fakes.fake_scenario()
    tasks = scenario.plans["joint"].tasks
    assert names.agency_of_task(scenario, "joint", tasks["recon"]) == "fire"
    assert names.agency_of_task(scenario, "joint", tasks["all-clear"]) == "terminal"
    assert names.agency_of_unit(scenario, "chemical-unit-2") == "fire"
    assert names.agency_of_unit(scenario, "nobody") is None


def test_moments_are_said_in_words():
    scenario = fakes.fake_scenario()
    said = [
        names.event_title(scenario, "joint", event, "en")
        for event in ("startex", "inject.wind", "hazard.drum.aegl2", "gate", "plug")
    ]
    assert said == ["STARTEX", "Wind turns", "Drum: AEGL-2", "Inbound gate closed", "Plug the drum"]


def test_a_distribution_is_said_with_its_units():
    assert distribution_text(constant(30.0)) == "30 s"
    assert (
        distribution_text(Distribution("lognormal", (60.0, 150.0))) == "median 1 min, 90 % below 2 min 30 s"
    )
    assert distribution_text(Distribution("uniform", (1.0, 1.4)), speed=True) == "1 m/s to 1.4 m/s, evenly"
    assert (
        distribution_text(Distribution("triangular", (60.0, 120.0, 300.0))) == "1 min to 5 min, likely 2 min"
    )
    assert distribution_text(Distribution("normal", (60.0, 6.0))) == "mean 1 min, sd 6 s"
    assert (
        distribution_text(Distribution("empirical", (60.0, 61.0))) == "2 observed values, median 1 min 01 s"
    )


def test_the_table_of_assumptions_begins_with_the_doubtful_and_names_sources():
    rows = assumed(fakes.fake_ensemble())
    ranks = [("low", "unstated", "medium", "high").index(row.confidence) for row in rows]
    assert ranks == sorted(ranks)
    plug = next(row for row in rows if row.path == "plans.joint.tasks.plug.takes")
    assert (plug.value, plug.source) == ("median 15 min, 90 % below 30 min", "two-drills.md, task list")


def test_labels_of_assumptions_are_chinese_where_the_scenario_is():
    found = labels(fakes.fake_ensemble(), "zh")
    assert found["plans.joint.tasks.tell-control.takes"].endswith("报告码头控制室: 用时")


def test_the_choices_of_the_movement_model_and_the_weather_are_listed():
    rows = fixed_values(fakes.fake_scenario())
    values = {row.path: row.value for row in rows}
    flow = next(row for row in rows if row.path == "facility.movement.specific_flow")
    assert flow.source == "SFPE hydraulic model, largest flow of a door"
    assert flow.confidence == "medium"
    assert values["facility.movement.specific_flow"] == "1.3 p/s/m"
    assert values["facility.movement.law"] == "SFPE hydraulic model, effective widths"
    assert values["facility.movement.smoke_speed"] == "Frantzich and Nilsson, share of the own speed"
    assert values["weather"].startswith("from 135°, spread over runs 12°")


def _with(**movement: object):
    scenario = fakes.fake_scenario()
    chosen = scenario.facility.movement.model_copy(update=movement)
    return scenario.model_copy(update={"facility": scenario.facility.model_copy(update={"movement": chosen})})


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("law", get_args(SpeedLaw))
def test_every_choice_of_the_movement_model_is_printed_with_source_and_confidence(law, language):
    rows = fixed_values(_with(law=law), language=language)
    printed = {row.path: row for row in rows}
    in_force = {f"facility.movement.{file_key(field)}" for field in MovementSpec.model_fields}
    if law != "predtechenskii-milinskii":
        in_force.remove("facility.movement.clothing")
    assert in_force <= printed.keys()
    assert "facility.movement.clothing" not in printed.keys() - in_force
    unstated = say("debrief.unstated", language)
    assert unstated not in {printed[path].source for path in in_force}
    assert say("confidence.unstated", language) not in {printed[path].confidence for path in in_force}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_a_choice_can_have_is_in_words(language):
    for field, names_ in (("smoke_speed", SmokeLaw), ("merging", Merging)):
        for name in get_args(names_):
            rows = {row.path: row for row in fixed_values(_with(**{field: name}), language=language)}
            assert rows[f"facility.movement.{field}"].source
    for name in ("summer", "mid-season", "winter"):
        law = {"law": "predtechenskii-milinskii", "clothing": name}
        rows = {row.path: row for row in fixed_values(_with(**law), language=language)}
        assert "0.1" in rows["facility.movement.clothing"].value


def test_a_number_of_the_scenario_has_no_source_of_ours():
    rows = {row.path: row for row in fixed_values(_with(max_density_p_m2=3.5, law="imo"))}
    assert rows["facility.movement.max_density"].source == say("debrief.unstated", "en")
    assert rows["facility.movement.specific_flow"].source == "IMO MSC.1/Circ.1533"
    assert rows["facility.movement.door_boundary"].value == "0 m"


def test_the_report_says_which_way_the_movement_model_errs():
    office = load(shipped()["office-fire"])
    doors, stairs, _, smoke = biases(office)
    assert "1.3 p/s/m" in doors
    assert "too short" in stairs
    assert "too short" in smoke
    assert not any("Stairs" in told for told in biases(fakes.fake_scenario()))
    assert not any("Doors" in told for told in biases(_with(specific_flow_p_s_m=1.6)))
    assert len(biases(_with(merging="equal"))) == 1


def test_one_head_is_a_person_and_more_are_people():
    assert names.quantity(1.0, "p", "en") == "1 person"
    assert names.quantity(2.0, "p", "en") == "2 people"
    assert names.quantity(1.0, "p", "zh") == "1 人"
    assert [names.people(count, "en") for count in (0, 1, 1200)] == ["0 people", "1 person", "1,200 people"]


def test_a_search_and_a_lift_on_the_critical_path_are_called_so_in_both_languages():
    scenario = fakes.fake_scenario()
    assert steps.step_title(scenario, "joint", "search", "en") == "searching the rooms"
    assert steps.step_title(scenario, "joint", "search", "zh") == "逐室搜寻"
    assert steps.step_title(scenario, "joint", "lift: crowd movement", "zh") == "电梯: 人员移动"


def test_people_who_went_back_in_are_those_who_had_reached_a_muster():
    assert "muster" in names.measure_title(fakes.fake_scenario(), "reentered", "en")
    assert "集合点" in names.measure_title(fakes.fake_scenario(), "reentered", "zh")
