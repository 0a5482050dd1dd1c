"""What cannot work in the groups of a scenario."""

from __future__ import annotations

import pytest

from drillsim.scenario.load import check
from tests.example import EXAMPLE, write_example

CLERKS = "count: 6, place: room-1, profile: office, "
LIFT = "  lifts:\n    car: {floors: [hall, loft], evacuation: true, persons: 4}\n  areas:\n"
LOFT = (
    "  links:\n",
    "    loft: {kind: room, at: [40 m, 5 m], size: [5 m, 5 m], level: 4 m}\n  links:\n"
    "    way-up: {between: [hall, loft], width: 1 m}\n",
)
APART = (
    "  areas:\n",
    "    far-1: {kind: room, at: [50 m, 5 m], size: [5 m, 5 m]}\n"
    "    far-2: {kind: room, at: [60 m, 5 m], size: [5 m, 5 m]}\n",
)


def problems_of(tmp_path, *changes: tuple[str, str]):
    text = EXAMPLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return check(write_example(tmp_path, text=text))[1]


SMALL_HALL = ("size: [20 m, 2 m]}", "size: [20 m, 2 m], area: 1.5 m²}")  # holds 4

ERRORS = [
    ([(CLERKS, "count: 6, place: room-1, ")], "profile-or-mix", "neither `profile` nor `mix`"),
    ([(CLERKS, CLERKS + "mix: {office: 100 %}, ")], "profile-or-mix", "both `profile` and `mix`"),
    ([(CLERKS, "count: 6, place: room-1, mix: {office: 60 %, visitor: 30 %}, ")],
     "shares", "sum to 90 %; they must make 100 %"),
    ([(CLERKS, CLERKS + "together: 1, ")], "together", "how many go together, at least 2; not '1'"),
    ([(CLERKS, CLERKS + "together: some, ")], "together", "write true, false or how many"),
    ([(CLERKS, CLERKS + "together: true, "), SMALL_HALL], "party-too-large",
     "a party of 6 must cross hall of 1.5 m², which holds 4; let them go in parties: `together: 4` or less"),
    ([(CLERKS, CLERKS + "together: 5, "), SMALL_HALL], "party-too-large", "a party of 5 must cross hall"),
    ([(CLERKS, CLERKS + "together: 5, lift: car, "), ("  areas:\n", LIFT), LOFT], "lift-too-small",
     "a party of 5 does not fit the car of car, which takes 4; write `together: 4` or less"),
    ([(CLERKS, CLERKS + "lift: cab, "), ("  areas:\n", LIFT), LOFT], "unknown-lift", "did you mean 'car'?"),
    ([(CLERKS, CLERKS + "lift: car, ")], "unknown-lift", "the scenario has no lift"),
    ([(CLERKS, CLERKS + "returns: 10 %, stays: true, ")], "returns-stays", "remove returns or stays"),
    ([(CLERKS, CLERKS + "returns: 120 %, ")], "out-of-range", "at most 100 %"),
    ([("count: 6", "count: 600")], "space-too-small",
     "600 people in room-1 of 100 m², which holds 275; place some elsewhere or correct its size"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "kind", "words"), ERRORS)
def test_what_cannot_work_is_an_error_with_its_place_and_remedy(tmp_path, changes, kind, words):
    found = [p for p in problems_of(tmp_path, *changes) if p.id == kind]
    assert len(found) == 1
    assert found[0].severity == "error" and found[0].line > 0 and found[0].path.startswith("groups.clerks")
    assert words in found[0].message


@pytest.mark.parametrize(
    "changes",
    [
        [(CLERKS, CLERKS + "together: 4, "), SMALL_HALL],
        [(CLERKS, CLERKS + "together: true, stays: true, "), SMALL_HALL],
        [(CLERKS, CLERKS + "together: true, ")],
        [(CLERKS, CLERKS + "together: 4, lift: car, "), ("  areas:\n", LIFT), LOFT],
        [(CLERKS, CLERKS + "returns: 10 %, returns_after: 20 s, ")],
    ],
)
def test_what_can_work_is_no_error(tmp_path, changes):
    assert [p for p in problems_of(tmp_path, *changes) if p.severity == "error"] == []


def test_a_party_may_go_round_a_space_that_is_too_small_for_it(tmp_path):
    other_way = ("    path: {", "    back: {between: [room-1, street], width: 1 m}\n    path: {")
    found = problems_of(tmp_path, (CLERKS, CLERKS + "together: true, "), SMALL_HALL, other_way)
    assert "party-too-large" not in {problem.id for problem in found}


def test_a_lift_whose_lobbies_cannot_be_reached_is_an_error(tmp_path):
    rooms = ("  links:\n", APART[1] + "  links:\n")
    lift = (APART[0], "  lifts:\n    car: {floors: [far-1, far-2]}\n  areas:\n")
    found = problems_of(tmp_path, (CLERKS, CLERKS + "lift: car, "), rooms, lift)
    [problem] = [problem for problem in found if problem.id == "lift-unreachable"]
    assert "nobody in room-1 can walk to a lobby of car (far-1, far-2)" in problem.message


HELD = ("  areas:\n", LIFT.replace("evacuation: true, ", ""))
TELL = "          - {do: tell, groups: everyone, mode: voice}\n"


def run_lift(running: str) -> tuple[str, str]:
    return (TELL, f"{TELL}          - {{do: lift, lift: car, running: {running}}}\n")


def test_a_held_lift_that_nothing_puts_in_service_is_doubtful_for_those_who_are_to_take_it(tmp_path):
    taken = (CLERKS, CLERKS + "lift: car, ")
    for effects in ([], [run_lift("false")]):
        found = problems_of(tmp_path, taken, HELD, LOFT, *effects)
        [problem] = [p for p in found if p.id == "lift-held"]
        assert (problem.severity, problem.path) == ("warning", "groups.clerks.lift")
        assert "running: true" in problem.message
    for changes in ((taken, HELD, run_lift("true")), (taken, ("  areas:\n", LIFT)), (HELD,)):
        assert [p for p in problems_of(tmp_path, LOFT, *changes) if p.id == "lift-held"] == []


@pytest.mark.parametrize("room", ["room-1", "hall"])
def test_a_space_without_floor_is_one_error_and_not_two(tmp_path, room):
    size = {"room-1": "size: [10 m, 10 m]", "hall": "size: [20 m, 2 m]"}[room]
    found = problems_of(tmp_path, (size, "size: [0 m, 0 m]"), (CLERKS, CLERKS + "together: true, "))
    assert [(p.id, p.path) for p in found if p.severity == "error"] == [
        ("area-zero", f"facility.spaces.{room}.size")
    ]


def test_a_time_to_turn_back_for_nobody_is_doubtful(tmp_path):
    found = problems_of(tmp_path, (CLERKS, CLERKS + "returns_after: 20 s, "))
    assert [p.severity for p in found if p.id == "returns-nobody"] == ["warning"]


def test_a_speed_on_stairs_is_checked_as_one_on_the_flat(tmp_path):
    speed = "    speed: {mean: 1.2 m/s, sd: 0.2 m/s, source: assumed, confidence: medium}\n"
    for way in ("down", "up"):
        fast = problems_of(tmp_path, (speed, f"{speed}    {way}: 3 m/s\n"))
        assert [p.path for p in fast if p.id == "walk-fast"] == [f"profiles.office.{way}"]
        none = problems_of(tmp_path, (speed, f"{speed}    {way}: 0 m/s\n"))
        assert [p.path for p in none if p.id == "out-of-range"] == [f"profiles.office.{way}"]
