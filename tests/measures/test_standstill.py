from __future__ import annotations

from drillsim.measures.standstill import Wait, trapped, waits
from tests.measures.hand import GROUND, trace, way_out

# Clerk 0 gets out; clerk 1 is left in the hall, a visitor in the yard; the others are out.
PASSAGES = [
    *way_out(0, 10.0),
    (12.0, 12.0, 1, "door", "hall"),
    *way_out(3, 10.0),
    *way_out(4, 10.0),
    (20.0, 20.0, 5, "hatch", "yard"),
]


def closed(*rows: tuple[str, str, str], **groups: float):
    """Rows ``standstill`` (who, for what, place), heads trapped by group, and the end."""
    t = trace(*PASSAGES, **GROUND)
    for who, what, place in rows:
        t.add(100.0, "standstill", task=who, actor=what, place=place)
    for group, heads in groups.items():
        t.add(100.0, "person", actor=group, task="trapped", value=heads, unit="p")
    t.add(100.0, "end", task="standstill" if rows else "endex")
    return t


def test_who_waits_is_a_task_or_people_at_a_place_and_not_those_without_a_way_out():
    t = closed(
        ("quench", "1 x unit pump, held by recon", ""),
        ("12 people", "room in the next space", "hall"),
        ("0 people", "nobody; it is full", "yard"),
        ("1 person", "a way out", "office"),
    )
    assert waits(t) == (
        Wait("quench", "1 x unit pump, held by recon", "", 0),
        Wait("", "room in the next space", "hall", 12),
        Wait("", "nobody; it is full", "yard", 0),
    )


def test_people_who_are_trapped_are_counted_where_the_run_says():
    t = closed(
        ("1 people", "a way out", "office"), ("3 people", "a way out", "hall"), clerks=1.0, visitors=3.0
    )
    assert trapped(t) == (("hall", 3), ("office", 1))


def test_without_such_rows_they_are_where_they_were_last_if_all_who_are_inside_are_trapped():
    assert trapped(closed(clerks=1.0, visitors=1.0)) == (("hall", 1), ("yard", 1))


def test_where_only_some_of_those_inside_are_trapped_the_place_is_not_known():
    # Visitor 4 never left the hall and visitor 5 is in the yard; one of the two is trapped.
    t = trace(*[row for row in PASSAGES if row[2] != 4], **GROUND)
    t.add(100.0, "person", actor="visitors", task="trapped", value=1.0, unit="p")
    t.add(100.0, "end", task="endex")
    assert trapped(t) == (("", 1),)


def test_a_run_in_which_everybody_gets_out_has_neither():
    assert waits(closed()) == trapped(closed()) == ()
