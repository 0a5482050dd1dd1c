from __future__ import annotations

import pytest

from drillsim.measures.exit_use import exit_use, ways_out
from tests.measures.hand import GROUND, everybody_out, trace, way_out


def used(t):
    return {row.link: row for row in exit_use(t)}


def test_exits_of_a_building_are_its_links_to_the_open_used_or_not():
    rows = [*everybody_out()[:8], *way_out(5, 90.0, muster="muster-e")]
    found = used(trace(*rows, **GROUND))
    assert set(found) == {"gate-w", "gate-e", "hatch"}
    west, east, hatch = found["gate-w"], found["gate-e"], found["hatch"]
    assert (west.heads, west.first_s, west.last_s, west.idle_s) == (4, 60.0, 120.0, 0.0)
    assert (east.heads, east.first_s, east.last_s, east.idle_s) == (1, 100.0, 100.0, 20.0)
    assert west.share == pytest.approx(0.8)
    assert (hatch.heads, hatch.share, hatch.first_s, hatch.last_s) == (0, 0.0, None, None)
    assert hatch.idle_s == 120.0 - 50.0  # since the first start


def test_a_person_counts_at_the_last_exit_before_the_muster():
    # Out by the hatch, in again, out by the gate.
    rows = [
        (10.0, 10.0, 0, "", "office"),
        (20.0, 20.0, 0, "hatch", "yard"),
        (30.0, 30.0, 0, "hatch", "office"),
        (40.0, 40.0, 0, "door", "hall"),
        (50.0, 50.0, 0, "gate-w", "muster-w"),
    ]
    found = used(trace(*rows, **GROUND))
    assert found["gate-w"].heads == 1
    assert found["hatch"].heads == 0


def test_out_of_doors_exits_are_the_ways_into_the_musters():
    ground = {**GROUND, "space_outdoors": (True,) * 5}
    t = trace(*everybody_out(), **ground)
    assert not ways_out(t).of_building
    found = used(t)
    assert set(found) == {"gate-w", "gate-e"}
    assert found["gate-w"].heads == 5


def test_who_never_was_indoors_counts_where_it_came_to_the_muster():
    # Four from the hall, one who was in the yard all the time and came by a gate of the yard.
    ground = {**GROUND, "link_ends": ((3, 0), (4, 1), (0, 2), (3, 4))}
    rows = [row for row in everybody_out() if row[2] != 5]
    rows += [(55.0, 55.0, 5, "", "yard"), (65.0, 65.0, 5, "gate-e", "muster-e")]
    t = trace(*rows, **ground, groups=(("a", 5, False), ("b", 1, False)), group_places=("hall", "yard"))
    found = used(t)
    assert ways_out(t).of_building
    assert found["gate-w"].heads == 4
    assert found["gate-e"].heads == 1


def test_who_is_at_the_muster_from_the_start_passed_no_exit():
    t = trace(*everybody_out(), **GROUND, group_places=("hall", "hall", "muster-e"),
              groups=(("a", 2, False), ("b", 1, True), ("c", 4, False)))  # fmt: skip
    rows = exit_use(t)
    assert next(row for row in rows if row.link == "").heads == 1
    assert next(row for row in rows if row.link == "").idle_s is None
    assert sum(row.heads for row in rows) == 6


def test_those_who_stay_are_not_among_the_people_out():
    t = trace(*way_out(2, 10.0), *way_out(0, 20.0), **GROUND)
    assert used(t)["gate-w"].heads == 1


def test_where_nobody_is_out_there_is_no_share():
    assert exit_use(trace(**GROUND)) == ()
    assert exit_use(trace((10.0, 10.0, 0, "door", "hall"), **GROUND)) == ()


def test_a_trace_without_facts_of_the_ground_counts_at_the_musters():
    assert {row.link: row.heads for row in exit_use(trace(*everybody_out()))} == {"gate-w": 5}


def test_a_lift_out_of_doors_is_no_exit_of_the_facility():
    # A transfer is a start in another space: from the hall to the muster.
    t = trace((10.0, 10.0, 0, "", "hall"), (30.0, 30.0, 0, "", "muster-w"), **GROUND)
    (row,) = [row for row in exit_use(t) if row.heads]
    assert (row.link, row.share) == ("", 1.0)
