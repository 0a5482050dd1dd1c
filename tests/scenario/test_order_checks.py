"""Orders to people that can come to nothing."""

from __future__ import annotations

import pytest

from drillsim.scenario.load import check
from tests.example import EXAMPLE, write_example

TELL = "          - {do: tell, groups: everyone, mode: voice}\n"
LOOK = "        after: hazard.bin.detected\n"


def problems_of(tmp_path, *, effects: str = "", after: str = ""):
    text = EXAMPLE.replace(
        TELL, TELL + "".join(f"          - {{{effect}}}\n" for effect in effects.split("|") if effect), 1
    )
    if after:
        text = text.replace(LOOK, f"        after: {after}\n", 1)
    assert text != EXAMPLE
    return text, check(write_example(tmp_path, text=text))[1]


def one(problems, kind):
    found = [p for p in problems if p.id == kind]
    assert len(found) == 1, problems
    return found[0]


def test_staff_cannot_point_to_a_link_of_another_space(tmp_path):
    text, problems = problems_of(tmp_path, effects="do: guide, at: room-1, to: [door-1, door-2]")
    found = one(problems, "guide-astray")
    assert found.severity == "error"
    assert "nobody in room-1 can be sent through door-2, which joins room-2 and hall" in found.message
    assert found.line == text[: text.index("do: guide")].count("\n") + 1


@pytest.mark.parametrize(
    "guide", ["at: [room-1, room-2], to: [door-1, door-2]", "at: inside, to: door-2", "at: hall, to: []"]
)
def test_staff_may_point_to_links_of_any_space_they_stand_in(tmp_path, guide):
    _, problems = problems_of(tmp_path, effects=f"do: guide, {guide}")
    assert [p for p in problems if p.severity == "error"] == []


@pytest.mark.parametrize(
    ("event", "effect"),
    [
        ("headcount.missing", "do: count, musters: lawn"),
        ("headcount.complete", "do: count, musters: lawn"),
        ("search.done", "do: search, places: inside"),
    ],
)
def test_a_task_may_wait_for_a_count_or_search_only_where_somebody_makes_it(tmp_path, event, effect):
    text, problems = problems_of(tmp_path, after=event)
    found = one([p for p in problems if p.line == text[: text.index(event)].count("\n") + 1], "never-counted")
    assert found.severity == "error" and f"`{effect.split(',')[0]}`" in found.message
    _, problems = problems_of(tmp_path, after=event, effects=effect)
    assert [p for p in problems if p.id == "never-counted"] == []


def test_an_exit_that_is_closed_and_never_opened_again_is_doubted_for_those_still_inside(tmp_path):
    close = "do: link, link: exit, closed: true"
    _, problems = problems_of(tmp_path, effects=close)
    found = [p for p in problems if p.id == "people-shut-in"]
    assert {p.severity for p in found} == {"warning"}
    assert [p.path for p in found] == ["groups.clerks", "groups.guests"]
    assert "closed exit, those of 'clerks' who are still in room-1 cannot get out" in found[0].message


def test_a_gate_that_is_shut_to_all_keeps_people_in_too(tmp_path):
    _, problems = problems_of(tmp_path, effects="do: link, link: path, closed: true, closed_to: all")
    assert [p.path for p in problems if p.id == "people-shut-in"] == ["groups.clerks", "groups.guests"]


@pytest.mark.parametrize(
    "effects",
    [
        "do: link, link: exit, closed: true|do: link, link: exit, closed: false",
        "do: link, link: exit, closed: true, way: in",
        "do: link, link: exit, closed: true, closed_to: all",
        "do: link, link: path, closed: false",
    ],
    ids=["opened again", "one way", "a door to all: people open it", "only opened"],
)
def test_a_closing_that_keeps_nobody_in_is_no_doubt(tmp_path, effects):
    _, problems = problems_of(tmp_path, effects=effects)
    assert [p for p in problems if p.id == "people-shut-in"] == []
