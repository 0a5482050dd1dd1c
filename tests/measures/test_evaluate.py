from __future__ import annotations

import math

import pytest

from drillsim.measures import absent, evaluate
from drillsim.measures.value import Value
from tests.measures.hand import everybody_out, trace


def test_all_measures_of_a_trace_are_collected_by_name():
    t = trace(*everybody_out())
    t.add(0.0, "startex")
    t.add(5.0, "told", actor="clerks", task="voice", value=2.0)
    t.add(6.0, "told", actor="visitors", task="voice", value=3.0)
    t.add(20.0, "operation-stopped", task="gate", value=2.0)
    t.add(200.0, "threshold", actor="fire", task="untenable", place="hall")
    stamped = t.add(250.0, "milestone", task="endex")
    t.add(250.0, "exposed", actor="clerks", task="smoke", value=4.0)
    t.add(250.0, "end", task="endex", cause=stamped)
    found = evaluate(t)
    assert list(found) == sorted(found)
    reached = {name: value.number for name, value in found.items() if not math.isnan(value.number)}
    assert reached == {
        "endex": 250.0,
        "exposed.smoke.person_s": 4.0,
        "last_out": 120.0,
        "aset.hall": 200.0,
        "consequence": 50.0,
        "margin.building": -50.0,
        "margin.hall": -50.0,  # the guard is still there
        "milestone.endex": 250.0,
        "musters.untenable": 0.0,
        "posts.untenable": 0.0,
        "price.cranes": 0.0,
        "queue.total": 0.0,
        "reentered": 0.0,
        "rset.office": 110.0,
        "staging.untenable": 0.0,
        "tied_up.people": 0.0,
        "tied_up.vehicles": 0.0,
        "told.last": 6.0,
    }
    assert found["price.gate"].at_least == 2 * 230.0


def test_an_empty_trace_has_measures_and_no_error():
    assert evaluate(trace())["endex"].at_least == 0.0


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("exposed.aegl2.person_s", "person_s"),
        ("exposed.aegl2.people", "p"),
        ("posts.aegl2", "places"),
        ("musters.aegl2", "places"),
        ("staging.aegl2", "places"),
        ("queue.door", "person_s"),
        ("peak.door", "p"),
    ],
)
def test_what_no_row_speaks_of_is_a_count_of_0(name, unit):
    assert absent(name, end_s=10.0) == Value(0.0, unit)


def test_a_margin_without_a_lost_space_is_at_least_nought():
    assert absent("margin.hall", end_s=10.0).at_least == 0.0


def test_a_space_that_was_not_lost_was_not_by_the_end_and_nobody_in_it_required_nothing():
    assert absent("aset.hall", end_s=10.0).at_least == 10.0
    assert absent("rset.hall", end_s=10.0).at_least == 0.0
    assert absent("consequence", end_s=10.0) == Value(0.0, "person_s")


def test_a_value_is_a_number_or_has_a_bound_and_not_both():
    with pytest.raises(ValueError, match="at_least"):
        Value(math.nan, "s")
    with pytest.raises(ValueError, match="at_least"):
        Value(1.0, "s", at_least=0.0)
    assert Value(math.nan, "s", at_least=5.0).rank == math.inf
