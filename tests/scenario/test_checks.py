"""What cannot work although every part is valid, and what is doubtful."""

from __future__ import annotations

import pytest

from drillsim.scenario.load import check
from tests.example import EXAMPLE, write_example


def problems_of(tmp_path, *changes: tuple[str, str]):
    text = EXAMPLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return check(write_example(tmp_path, text=text))[1]


AIR = "takes: {min: 3 min, likely: 5 min, max: 10 min, source: assumed, confidence: low}"

ERRORS = [
    ([("kind: door, width: 1.0 m, vehicles: false", "kind: door, width: 1.0 m, locked: true")],
     "people-locked-in-for-ever", "no task or inject opens it: exit"),
    ([("    exit: {between: [street, hall], kind: door, width: 1.0 m, vehicles: false}\n", "")],
     "people-unreachable", "6 people of 'clerks' in room-1 cannot reach lawn"),
    ([("count: 6", "count: 600")], "space-too-small", "600 people in room-1 of 100 m²"),
    ([("{street: 100 %}", "{street: 60 %, lawn: 30 %}")], "shares", "sum to 90 %"),
    ([("mode: voice}", "mode: voice, via: {street: 50 %}}")], "shares", "sum to 50 %"),
    ([("after: hazard.bin.detected\n        takes: {median", "after: quench\n        takes: {median")],
     "plan-cycle", "announce → quench → look → announce"),
    ([("after: hazard.bin.detected\n        takes: {median", "after: fire-out\n        takes: {median")],
     "plan-cycle", "fire-out"),
    ([("after: hazard.bin.detected\n        takes: {median", "after: look\n        takes: {median")],
     "plan-cycle", "look → look"),
    ([("after: hazard.bin.detected\n        takes: {median", "after: inject.smoke\n        takes: {median")],
     "plan-cycle", "inject.smoke"),
    ([("decides: {value: 30 s", "takes_office: fire-out, decides: {value: 30 s")],
     "plan-cycle", "fire-out → announce"),
    ([("skills: water", "skills: wather")], "skill-missing",
     "nobody has the skill 'wather'; did you mean 'water'?"),
    ([("skills: water", "skills: lead")], "skill-missing",
     "engine lacks the skill 'lead'; add a unit that has it: warden"),
    ([("{warden: 1}", "{warden: 3}")], "units-too-few", "3 × warden, but there are 2"),
    ([("{warden: 1}", "{warden: 0}")], "units-too-few", "ask for at least 1"),
    ([("{radio: 1}", "{radio: 2}")], "capacity-too-small", "2 × radio, but there are 1"),
    ([("          - {do: call, units: engine}\n", "")], "unit-never-called", "nobody calls it in plan"),
    ([("        effects: [{do: inform, item: fire-confirmed}]\n", "")],
     "info-never-known", "nobody informs of"),
    ([("        milestone: fire-out\n", "")], "end-never-reached",
     "produces its end 'fire-out'; write `milestone: fire-out`"),
    ([("milestone: all-out", "milestone: quiet"),
      ("milestones:\n", "milestones:\n  quiet: {title: q, observed: q}\n")],
     "milestone-never-reached", "no plan produces the milestone 'quiet'"),
    ([("after: alarm, delay: 30 s, ", "")], "inject-without-moment", "write `at: 20 min` or `after: EVENT`"),
    ([("after: alarm, delay", "at: 3 min, after: alarm, delay")], "inject-two-moments", "keep one"),
    ([(", within: 6 min", "")], "objective-shape", "milestone and within"),
    ([("      engine:\n        people", "      warden:\n        people")], "unit-twice", "rename one"),
    ([("action: attack", "action: plug")], "hazard-action", "a fire knows no 'plug'; it can be"),
    ([("      look:\n", "      all-out:\n")], "name-ambiguous", "a milestone is called 'all-out' too"),
    ([("agency: house, decides", "agency: hose, decides")], "unknown-agency", "did you mean 'house'?"),
    ([("path: {between: [street, lawn], width: 4 m", "path: {between: [street, lawn], width: 0 m")],
     "width-zero", "wider"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "kind", "words"), ERRORS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_what_cannot_work_is_an_error_with_its_place_and_remedy(tmp_path, changes, kind, words):
    found = [p for p in problems_of(tmp_path, *changes) if p.id == kind]
    assert found and found[0].severity == "error" and found[0].line > 0
    assert words in found[0].message


def test_a_plan_without_tasks_and_a_scenario_without_plans_are_refused(tmp_path):
    found = problems_of(tmp_path, ("plans:\n", "plans:\n  none: {title: n, end: fire-out}\n"))
    assert "plan 'none' has no tasks; write `tasks:` or based_on" in [p.message for p in found]
    text = EXAMPLE[: EXAMPLE.index("plans:\n")] + "plans: {}\n"
    assert "no-plan" in [p.id for p in check(write_example(tmp_path, text=text))[1]]


WARNINGS = [
    ([("mean: 1.2 m/s", "mean: 2.5 m/s")], "walk-fast", "running"),
    ([("turnout: {value: 1 min", "turnout: {value: 11 min")], "turnout-long", "11 min"),
    ([("speed: 40 km/h", "speed: 120 km/h")], "vehicle-fast", "120 km/h"),
    ([("facility:\n", "facility:\n  inside_speed: 130 km/h\n")], "vehicle-fast", "inside the site"),
    ([("horizon: 2 h", "horizon: 20 min")], "horizon-short", "before the slot"),
    ([("wind_speed: 3 m/s", "wind_speed: 5.1 m/s, stability: F")], "stability-windy", "class F at 5.1 m/s"),
    ([("wind_speed: 3 m/s", "wind_speed: 8 m/s, stability: B")], "stability-windy", "class C"),
    ([("slot: 30 min", "slot: 4 h"), ("horizon: 2 h", "horizon: 5 h")], "slot-long", "rarely"),
    ([(", source: assumed, confidence: low}\n        starts", "}\n        starts")],
     "source-missing", "1 of 5 times or speeds in plans"),
    ([(AIR, AIR + "\n        air: {usable: 24 min, backup: 0, "
       "change: {value: 3 min, source: a, confidence: low}}")],
     "entry-without-backup", "two in, two out"),
    ([("kind: door, width: 1.0 m, vehicles: false", "kind: door, width: 1.0 m, locked: true"),
      ("cue: switch the smoke machine on",
       "cue: open, effects: [{do: link, link: exit, closed: false}]")],
     "people-locked-in", "a task must open one"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "words"), WARNINGS, ids=[w[1] for w in WARNINGS])
def test_what_is_doubtful_is_a_warning_and_the_scenario_still_loads(tmp_path, changes, kind, words):
    found = problems_of(tmp_path, *changes)
    assert {p.id for p in found if p.severity == "warning"} == {kind}
    assert words in found[0].message and not [p for p in found if p.severity == "error"]


@pytest.mark.parametrize(
    ("speed", "stability"), [("5 m/s", "F"), ("3 m/s", "A"), ("9 m/s", "C"), ("9 m/s", "D")]
)
def test_weather_that_is_met_is_no_doubt(tmp_path, speed, stability):
    assert problems_of(tmp_path, ("wind_speed: 3 m/s", f"wind_speed: {speed}, stability: {stability}")) == ()


def test_a_fault_in_one_task_hides_no_cycle_among_others_and_raises_no_false_alarm(tmp_path):
    found = problems_of(
        tmp_path,
        ("takes: {min: 3 min", "takes: {min: 3"),
        ("after: hazard.bin.detected\n        takes: {median", "after: announce\n        takes: {median"),
    )
    assert {p.id for p in found if p.severity == "error"} == {"unit-missing", "plan-cycle"}
