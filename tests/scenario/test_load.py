"""From a folder to a frozen scenario, or to everything that is wrong with it."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import drillsim as ds
from drillsim.errors import ScenarioInvalid
from drillsim.scenario.digest import digest
from drillsim.scenario.load import check, load, shipped
from tests.example import EXAMPLE, write_example


def problems_of(tmp_path, *changes: tuple[str, str], overrides=None):
    text = EXAMPLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return check(write_example(tmp_path, text=text), overrides=overrides)[1]


def test_the_example_loads_without_a_word(tmp_path):
    scenario, problems = check(write_example(tmp_path))
    assert problems == ()
    assert scenario is not None and scenario.start_s == 36000.0
    assert scenario.plans["simple"].tasks["announce"].needs == ("fire-confirmed",)


def test_the_file_itself_may_be_named(tmp_path):
    assert load(write_example(tmp_path) / "scenario.yaml") == load(tmp_path)


def test_what_does_not_exist_is_a_problem_and_names_what_is_shipped(tmp_path):
    scenario, (problem,) = check(tmp_path / "nowhere")
    assert scenario is None and problem.id == "file-missing"
    assert all(name in problem.message for name in shipped())
    assert check(tmp_path)[1][0].message.startswith("this folder has no scenario.yaml")
    assert check("a\0b")[1][0].id == "file-missing"


def test_load_raises_with_every_error_and_its_place(tmp_path):
    folder = write_example(
        tmp_path, text=EXAMPLE.replace("slot: 30 min", "slot: 30").replace("width: 0.9 m", "w: 1")
    )
    with pytest.raises(
        ScenarioInvalid, match=r"scenario.yaml:7:7  slot  \"30\" has no unit; write 30 s or 30 min"
    ):
        load(folder)


REFUSED = [
    ("kind: room,", "kind: rom,", "not-allowed", 12, "did you mean 'room'?"),
    ("width: 0.9 m", "widht: 0.9 m", "unknown-key", 18, "did you mean 'width'?"),
    ("count: 6,", "count: six,", "whole-number", 35, "such as 25"),
    ("count: 6,", "count: 99999999999999999999999999,", "out-of-range", 35, "at most 1,000,000"),
    ("count: 6,", "", "missing-key", 35, "write `count: 1`"),
    ("width: 4 m", "width: 4", "unit-missing", 21, "write 4 m"),
    ("width: 4 m", "width: 4 parsec", "quantity", 21, "write 1.2 m"),
    ("width: 4 m", "width: nan", "quantity", 21, "write 1.2 m"),
    ("width: 4 m", "width: 1e99 m", "number-huge", 21, "too large"),
    ("width: 4 m", "width: [4 m]", "quantity", 21, "write a quantity such as 1.2 m"),
    ("vehicles: false", "vehicles: no", "flag", 20, "write true or false"),
    ("median: 20 s", "median: 20", "unit-missing", 29, "write 20 s or 20 min"),
    ("{median: 20 s, p90: 45 s}", "{median: 20 s, p90: 5 s}", "distribution", 29, "p90 not below the median"),
    ("{median: 20 s, p90: 45 s}", "{median: 20 s}", "distribution", 29, "{median, p90}"),
    ("confidence: medium}", "confidence: sure}", "confidence", 26, "high, medium or low"),
    ("voice:", "voic:", "not-allowed", 28, "did you mean 'voice'?"),
    ("{street: 100 %}", "{street: 120 %}", "out-of-range", 35, "at most 100 %"),
    ("  guests:", "  the guests:", "name", 36, "names are letters"),
    ("about: Ten", "about:\n  - Ten", "wrong-kind", 6, "write a plain text"),
    ("size: [20 m, 2 m]", "size: 20 m", "wrong-kind", 14, "write [a, b]"),
    ("[room-1, hall]", "[room-1]", "too-short", 18, "at least 2"),
    ("do: inform", "do: infrom", "not-allowed", 89, "did you mean 'inform'?"),
    ("[{do: inform, item", "[{item", "missing-key", 89, "'do' is missing"),
    ("slot: 30 min", "slot_s: 30 min", "missing-key", 2, "write `slot: 5 min`"),
    ("count: 1, title: talk", "count: -1, title: talk", "out-of-range", 63, "at least 0"),
    ("kind: fire", "kind: flood", "not-allowed", 39, "leak, fire"),
    ("{median: 2 min, p90: 5 min,", "{value: -2 min,", "out-of-range", 42, "cannot be negative"),
    ("start: 10:00:00", "start: 30:00:00", "out-of-range", 6, "10:00:00"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "kind", "line", "remedy"), REFUSED)
def test_a_fault_is_named_with_place_and_remedy(tmp_path, old, new, kind, line, remedy):
    found = [p for p in problems_of(tmp_path, (old, new)) if p.id == kind]
    assert found and found[0].line == line and found[0].column > 0, found
    assert remedy in found[0].message
    assert found[0].severity == "error"


def test_one_bad_entry_hides_no_fault_elsewhere_nor_in_its_own_other_keys(tmp_path):
    found = problems_of(
        tmp_path,
        ("takes: {median: 1 min", "takes: {median: 1"),
        ("at: room-2\n        after", "at: room-9\n        after"),
        ("musters: [lawn]", "musters: [lawm]"),
        ("kind: corridor", "kind: corrido"),
        ("place: room-1", "place: hall"),
    )
    assert {p.id for p in found if p.severity == "error"} == {"unit-missing", "unknown-space", "not-allowed"}
    assert sum(p.id == "unknown-space" for p in found) == 2  # in the broken task, and in a group


def test_an_inherited_fault_is_told_once_where_it_is_written(tmp_path):
    found = problems_of(tmp_path, ("{median: 1 min, p90: 2 min", "{median: 1, p90: 2 min"))
    assert [(p.id, p.path) for p in found] == [("unit-missing", "plans.simple.tasks.look.takes.median")]


def test_field_names_of_the_code_are_not_keys_of_files(tmp_path):
    found = problems_of(tmp_path, ("width: 4 m", "width_m: 4 m"))
    assert "unknown key 'width_m'; write 'width'" in [p.message for p in found]


def test_very_many_faults_end_with_how_many_more(tmp_path):
    found = problems_of(tmp_path, ("weather:", "".join(f"k{i}: x\n" for i in range(1000)) + "weather:"))
    assert len(found) == 301 and found[-1].message.startswith("700 more")


# --- overrides ----------------------------------------------------------------------------------------


def test_an_override_changes_a_value_and_plans_based_on_it(tmp_path):
    folder = write_example(tmp_path)
    scenario = load(folder, overrides={"plans.simple.tasks.look.takes": "{median: 3 min, p90: 4 min}"})
    assert scenario.plans["simple"].tasks["look"].takes.emergency.median == pytest.approx(180.0)
    assert scenario.plans["at-once"].tasks["look"].takes.emergency.median == pytest.approx(180.0)


def test_an_override_of_an_inherited_value_leaves_the_base_alone(tmp_path):
    scenario = load(write_example(tmp_path), overrides={"plans.at-once.tasks.look.takes": "3 min"})
    assert scenario.plans["simple"].tasks["look"].takes.emergency.median == pytest.approx(60.0)
    assert scenario.plans["at-once"].tasks["look"].takes.emergency.median == 180.0


def test_an_override_may_use_field_names_and_set_what_the_file_left_out(tmp_path):
    overrides = {"slot_s": "45 min", "facility.movement.door_boundary_m": "0.2 m"}
    scenario = load(write_example(tmp_path), overrides=overrides)
    assert scenario.slot_s == 2700.0 and scenario.facility.movement.door_boundary_m == 0.2


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("plans.smple.end", "x", "there is no 'smple'; did you mean 'simple'?"),
        ("groups.clerks.count", "x", "no whole number"),
        ("groups.clerks.count.more", "1", "'6' has no keys"),
        ("plans.simple.staging[0]", "hall", "override the list"),
        ("slot", "", "no value"),
        ("slot", "30 min\nstart: 11:00:00", "write one value"),
        ("slt", "30 min", "did you mean 'slot'?"),
    ],
)
def test_an_override_that_cannot_be_is_refused(tmp_path, path, value, message):
    found = problems_of(tmp_path, overrides={path: value})
    assert [p for p in found if message in p.message and p.file == "(override)"]


# --- order and digest ---------------------------------------------------------------------------------


def shuffled(text: str, seed: int) -> str:
    """The example with the entries of its sections in another order."""
    import yaml

    def mix(node):
        if isinstance(node, dict):
            keys = list(node)
            random.Random(seed).shuffle(keys)
            return {key: mix(node[key]) for key in keys}
        return [mix(entry) for entry in node] if isinstance(node, list) else node

    data = mix(yaml.load(text, Loader=yaml.BaseLoader))
    data["facility"]["areas"]["inside"].reverse()
    return yaml.safe_dump(data, allow_unicode=True, default_style="'", sort_keys=False)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_reordering_a_file_changes_neither_scenario_nor_digest(tmp_path, seed):
    first = load(write_example(tmp_path / "a"))
    second = load(write_example(tmp_path / "b", text=shuffled(EXAMPLE, seed)))
    assert first == second and repr(first) == repr(second)
    assert digest(first) == digest(second)


ROUND = "effects: [{do: inform, item: fire-confirmed}]"


@pytest.mark.parametrize("do", ["sweep", "search"])
def test_rooms_are_gone_through_in_the_order_written_and_entries_of_the_effect_have_none(tmp_path, do):
    def look(effect: str):
        text = EXAMPLE.replace(ROUND, f"effects: [{{do: inform, item: fire-confirmed}}, {{{effect}}}]", 1)
        scenario = ds.load(write_example(tmp_path, text=text))
        return scenario, scenario.plans["simple"].tasks["look"].effects[1]

    first, effect = look(f"do: {do}, places: [room-2, hall, room-1], each: 20 s")
    assert effect.places == ("room-2", "hall", "room-1")
    again, _ = look(f"each: 20 s, places: [room-2, hall, room-1], do: {do}")
    assert again == first and digest(again) == digest(first)
    other, effect = look(f"do: {do}, places: [hall, room-2, room-1], each: 20 s")
    assert effect.places == ("hall", "room-2", "room-1")
    assert digest(other) != digest(first)


def test_effects_come_in_the_order_written_in_tasks_and_injects(tmp_path):
    stirred = "effects: [{do: operate, operations: desk, running: false}, {do: inform, item: fire-confirmed}]"
    text = EXAMPLE.replace(ROUND, stirred).replace("cue: switch the smoke machine on", f"cue: x, {stirred}")
    scenario = ds.load(write_example(tmp_path, text=text))
    for task in (scenario.plans["simple"].tasks["look"], scenario.injects["smoke"]):
        assert [effect.do for effect in task.effects] == ["operate", "inform"]
    assert [e.do for e in scenario.plans["simple"].tasks["announce"].effects] == ["tell", "call", "operate"]


def test_the_digest_sees_values_and_not_their_spelling(tmp_path):
    first = load(write_example(tmp_path))
    assert digest(load(tmp_path, overrides={"slot": "1800 s"})) == digest(first)
    assert digest(load(tmp_path, overrides={"slot": "31 min"})) != digest(first)
    assert digest(load(tmp_path, overrides={"plans.simple.tasks.look.takes": "61 s"})) != digest(first)


# --- anything at all ----------------------------------------------------------------------------------

_WORDS = st.sampled_from(
    ["{", "}", "[a]", ":", "\n", "  ", "- ", "0", "-1", "1 m", "0 m", "-5 min", "no", "12:30", "1e99 m", "*a",
     "''", "nan", "room-1", "simple", "everyone", "empirical: x.csv", "true", "null", "-10 %", "1e-9 m"]
)  # fmt: skip


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(EXAMPLE)), st.integers(0, 12), _WORDS), min_size=1, max_size=3))
def test_a_damaged_file_gives_problems_or_a_scenario_and_never_an_exception(tmp_path, edits):
    text = EXAMPLE
    for at, length, word in edits:
        text = text[:at] + word + text[at + length :]
    scenario, problems = check(write_example(tmp_path, text=text))
    assert (scenario is None) == any(p.severity == "error" for p in problems)
