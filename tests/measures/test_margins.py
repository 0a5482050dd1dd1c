from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from drillsim.measures.margins import lost_by, margins
from tests.measures.hand import everybody_out, trace

PLACES = ("office", "muster-e", "hall")  # clerks, guard, visitors


def lost(t, *places):
    for time_s, place in places:
        t.add(time_s, "threshold", actor="fire", task="untenable", place=place)
    t.add(300.0, "end", task="endex")
    return t


def through_the_hall(**changes):
    """Clerk 1 leaves the office at 105 s for the hall and the hall at 120 s; the guard is elsewhere."""
    return trace(*everybody_out(), (105.0, 105.0, 1, "door", "hall"), group_places=PLACES, **changes)


def test_the_margin_is_the_loss_of_the_space_less_the_last_moment_anybody_was_in_it():
    found = margins(lost(through_the_hall(), (90.0, "office"), (180.0, "hall"), (200.0, "hall")))
    numbers = {name: value.number for name, value in found.items()}
    assert numbers == {
        "aset.hall": 180.0,
        "aset.office": 90.0,
        "rset.hall": 120.0,
        "rset.office": 105.0,
        "margin.hall": 60.0,
        "margin.office": -15.0,
        "margin.building": -15.0,
        "consequence": 15.0 * 2,  # both clerks were in the office after 90 s
    }


def test_the_consequence_is_time_without_margin_times_the_heads_still_there():
    # Both clerks are in the office at 90 s: clerk 0 starts in the hall at 100 s, clerk 1 leaves at 105 s.
    found = margins(lost(through_the_hall(), (90.0, "office"), (115.0, "hall")))
    assert found["margin.office"].number == -15.0
    assert found["margin.hall"].number == -5.0
    assert found["consequence"].number == 15.0 * 2 + 5.0 * 1


def test_who_never_moved_is_inside_until_the_end_and_no_time_was_enough_for_them():
    found = margins(lost(trace(*everybody_out()), (180.0, "hall")))  # the guard stays in the hall
    assert found["margin.hall"].number == 180.0 - 300.0
    assert math.isnan(found["rset.hall"].number)
    assert found["rset.hall"].at_least == 300.0


def test_a_space_that_was_never_lost_has_no_aset_and_only_a_bound():
    found = margins(lost(through_the_hall(), (180.0, "yard")))
    assert math.isnan(found["aset.hall"].number)
    assert found["aset.hall"].at_least == 300.0
    assert math.isnan(found["margin.hall"].number)
    assert found["margin.hall"].at_least == 300.0 - 120.0
    assert found["rset.hall"].number == 120.0


def test_a_space_nobody_was_in_has_an_aset_and_neither_rset_nor_margin():
    found = margins(lost(through_the_hall(), (180.0, "yard")))
    assert found["aset.yard"].number == 180.0
    assert "rset.yard" not in found
    assert "margin.yard" not in found


def test_musters_have_no_margins():
    found = margins(lost(through_the_hall(), (100.0, "muster-w"), (180.0, "hall")))
    assert not any("muster" in name for name in found)


def test_without_a_hazard_that_makes_spaces_untenable_there_are_no_margins():
    assert margins(trace(*everybody_out())) == {}


def test_a_fire_that_was_put_out_in_time_leaves_the_times_required_and_bounds():
    found = margins(lost(through_the_hall(tenability=True)))
    assert found["rset.office"].number == 105.0
    assert found["margin.office"].at_least == 300.0 - 105.0
    assert found["margin.building"].at_least == 300.0 - 120.0
    assert found["consequence"].number == 0.0


def test_the_criterion_that_failed_first_in_each_space_is_told():
    t = trace(*everybody_out())
    for time_s, place, criterion in (
        (90.0, "hall", "visibility"),
        (95.0, "office", ""),
        (99.0, "hall", "temperature"),
    ):
        row = t.add(time_s, "threshold", actor="fire", task="untenable", place=place)
        if criterion:
            t.add(
                time_s, "criterion", actor="fire", task=criterion, place=place, value=4.0, unit="m", cause=row
            )
    assert lost_by(t) == (("hall", "visibility"), ("office", ""))


@given(st.lists(st.floats(0.0, 290.0), min_size=2, max_size=2))
def test_the_building_is_as_safe_as_its_worst_space_and_a_later_loss_is_never_worse(times):
    def at(office_s, hall_s):
        return margins(lost(through_the_hall(), *sorted([(office_s, "office"), (hall_s, "hall")])))

    found, later = at(*times), at(times[0] + 5.0, times[1] + 5.0)
    spaces = [found[f"margin.{name}"].number for name in ("office", "hall")]
    assert found["margin.building"].number == min(spaces)
    assert (found["consequence"].number > 0.0) == (min(spaces) < 0.0)
    assert later["margin.building"].number > found["margin.building"].number
    assert later["consequence"].number <= found["consequence"].number
