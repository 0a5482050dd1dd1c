"""Profiles and populations a scenario names without writing them."""

from __future__ import annotations

import pytest

from drillsim.scenario.assumptions import assumptions
from drillsim.scenario.digest import digest
from drillsim.scenario.load import check, load
from tests.example import EXAMPLE, write_example

CLERKS = "profile: office, musters: lawn"


def read(tmp_path, *changes: tuple[str, str]):
    text = EXAMPLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return load(write_example(tmp_path, text=text))


def test_a_shipped_profile_that_a_group_names_is_added_with_source_and_confidence(tmp_path):
    scenario = read(tmp_path, (CLERKS, "profile: imo-female-30-50, musters: lawn"))
    profile = scenario.profiles["imo-female-30-50"]
    assert profile.speed.emergency.parameters == (0.71, 1.19)
    listed = {entry.path: entry for entry in assumptions(scenario, "simple")}
    speed = listed["profiles.imo-female-30-50.speed"]
    assert speed.label == "Women 30 to 50 (IMO): speed"
    assert listed["profiles.imo-female-30-50.down"].label == "Women 30 to 50 (IMO): speed down stairs"
    assert "Circ.1533" in speed.source and speed.confidence == "medium"
    assert listed["profiles.imo-female-30-50.responses.tone"].confidence == "low"


def test_profiles_nobody_names_are_not_added(tmp_path):
    assert set(read(tmp_path).profiles) == {"office"}


def test_a_profile_of_the_scenario_wins_over_a_shipped_one_of_its_name(tmp_path):
    scenario = read(
        tmp_path, ("  office:\n", "  visitor:\n"), (CLERKS, "profile: visitor, musters: lawn"),
        ("place: room-2, profile: office", "place: room-2, profile: visitor"),
    )  # fmt: skip
    assert set(scenario.profiles) == {"visitor"}
    assert scenario.profiles["visitor"].speed.source == "assumed"


def test_a_population_brings_its_profiles_and_shares(tmp_path):
    scenario = read(tmp_path, (CLERKS, "mix: imo-crew, musters: lawn"))
    assert scenario.groups["clerks"].mix == {"imo-crew-female": 0.5, "imo-crew-male": 0.5}
    assert set(scenario.profiles) == {"imo-crew-female", "imo-crew-male", "office"}


def test_a_mix_may_hold_own_and_shipped_profiles(tmp_path):
    scenario = read(tmp_path, (CLERKS, "mix: {office: 60 %, visitor: 40 %}, musters: lawn"))
    assert set(scenario.profiles) == {"office", "visitor"}


def test_a_scenario_needs_no_profile_of_its_own(tmp_path):
    start, end = EXAMPLE.index("profiles:\n"), EXAMPLE.index("groups:\n")
    text = (EXAMPLE[:start] + EXAMPLE[end:]).replace("profile: office", "profile: office-adult")
    assert set(load(write_example(tmp_path, text=text)).profiles) == {"office-adult"}


def test_a_shipped_profile_can_be_overridden(tmp_path):
    folder = write_example(tmp_path, text=EXAMPLE.replace(CLERKS, "profile: visitor, musters: lawn", 1))
    scenario = load(folder, overrides={"profiles.visitor.speed": "1 m/s"})
    assert scenario.profiles["visitor"].speed.emergency.median == 1.0
    assert digest(scenario) != digest(load(folder))


def test_naming_a_shipped_profile_is_as_good_as_writing_it(tmp_path):
    one = read(tmp_path / "a", (CLERKS, "mix: imo-crew, musters: lawn"))
    other = read(tmp_path / "b", (CLERKS, "mix: {imo-crew-male: 50 %, imo-crew-female: 50 %}, musters: lawn"))
    assert digest(one) == digest(other)


@pytest.mark.parametrize(
    ("new", "kind", "words"),
    [
        ("profile: imo-female-30-5", "unknown-profile", "did you mean 'imo-female-30-50'?"),
        ("profile: qqqq", "unknown-profile", "its own: office; shipped: adult-in-family, "),
        ("mix: {office: 60 %, visitr: 40 %}", "unknown-profile", "did you mean 'visitor'?"),
        ("mix: imo-pasengers", "unknown-population", "did you mean 'imo-passengers'?"),
        ("mix: qqqq", "unknown-population", "write {PROFILE: 60 %, OTHER: 40 %}"),
        ("mix: [office]", "wrong-kind", "table"),
    ],
)
def test_what_is_neither_own_nor_shipped_is_named_with_what_is_near(tmp_path, new, kind, words):
    text = EXAMPLE.replace(CLERKS, f"{new}, musters: lawn", 1)
    problems = check(write_example(tmp_path, text=text))[1]
    assert [problem.id for problem in problems] == [kind]
    assert words in problems[0].message
    assert problems[0].line == text[: text.index(new)].count("\n") + 1
