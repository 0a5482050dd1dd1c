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


AFTER = "after: alarm, delay: 30 s, "
COUNT = "effects: [{do: count, musters: lawn}], "


def changed(tmp_path, *changes: tuple[str, str]):
    text = EXAMPLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return [p for p in check(write_example(tmp_path, text=text))[1] if p.id.endswith(("counted", "if-asked"))]


COUNTS = (TELL, TELL + "          - {do: count, musters: lawn}\n")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ((AFTER, "after: headcount.missing, "), "injects.smoke.after"),
        ((AFTER, f"after: headcount.missing, {COUNT}"), "injects.smoke.after"),
        (
            ("empty: inside, after: alarm", "empty: inside, after: headcount.missing"),
            "milestones.all-out.when.after",
        ),
    ],
    ids=["inject", "inject that would make it itself", "milestone"],
)
def test_injects_and_milestones_may_wait_for_a_count_only_where_somebody_makes_it(tmp_path, change, path):
    (found,) = changed(tmp_path, change)
    assert (found.id, found.severity, found.path) == ("never-counted", "error", path)
    assert changed(tmp_path, change, COUNTS) == []


def test_a_task_does_not_make_the_count_it_waits_for_itself(tmp_path):
    own = ("effects: [{do: inform, item: fire-confirmed}]", "effects: [{do: count, musters: lawn}]")
    found = changed(tmp_path, (LOOK, "        after: headcount.missing\n"), own)
    assert {(p.id, p.severity) for p in found} == {("never-counted", "error")}


def test_a_count_that_only_an_inject_that_is_off_makes_leaves_a_doubt(tmp_path):
    waits = (LOOK, "        after: headcount.missing\n")
    assert changed(tmp_path, waits, (AFTER, AFTER + COUNT)) == []
    found = changed(tmp_path, waits, (AFTER, f"{AFTER}off: true, {COUNT}"))
    assert {(p.id, p.severity) for p in found} == {("counted-if-asked", "warning")}
    meant = (LOOK, "        after: headcount.missing\n        if_inject: smoke\n")
    assert changed(tmp_path, meant, (AFTER, f"{AFTER}off: true, {COUNT}")) == []


def test_heads_are_counted_at_musters_only(tmp_path):
    text, problems = problems_of(tmp_path, effects="do: count, musters: [lawn, hall]")
    found = one(problems, "count-no-muster")
    assert found.severity == "error" and found.line == text[: text.index("do: count")].count("\n") + 1
    assert "hall is of kind corridor; name a space of kind muster: lawn" in found.message


@pytest.mark.parametrize(
    "effect",
    [
        "do: sweep, places: []",
        "do: search, places: []",
        "do: silence, mode: tone, places: []",
        "do: guide, at: [], to: []",
        "do: count, musters: []",
    ],
)
def test_an_effect_on_nothing_is_an_error(tmp_path, effect):
    _, problems = problems_of(tmp_path, effects=effect)
    assert "at least 1 entry" in one(problems, "too-short").message


def test_a_milestone_of_no_space_that_empties_is_an_error(tmp_path):
    text = EXAMPLE.replace("empty: inside", "empty: []")
    assert (
        one(check(write_example(tmp_path, text=text))[1], "too-short").path == "milestones.all-out.when.empty"
    )


def test_what_an_inject_that_is_off_closes_is_no_doubt(tmp_path):
    shut = "effects: [{do: link, link: exit, closed: true}], "
    for off, count in (("", 2), ("off: true, ", 0)):
        text = EXAMPLE.replace(AFTER, AFTER + off + shut)
        problems = check(write_example(tmp_path, text=text))[1]
        assert len([p for p in problems if p.id == "people-shut-in"]) == count


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
