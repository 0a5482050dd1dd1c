from __future__ import annotations

import math

from drillsim.measures.milestones import end_milestone, endex, milestones
from tests.measures.hand import trace


def test_a_milestone_is_the_time_of_its_first_row_and_one_that_never_came_is_bounded_by_the_run():
    t = trace()
    t.add(30.0, "milestone", task="cordon")
    t.add(90.0, "milestone", task="cordon")
    t.add(400.0, "end", task="horizon")
    found = milestones(t)
    assert found["milestone.cordon"].number == 30.0
    assert math.isnan(found["milestone.clear"].number)
    assert found["milestone.clear"].at_least == 400.0
    assert list(found) == ["milestone.clear", "milestone.cordon", "milestone.endex"]


def test_endex_is_the_end_milestone_even_if_the_run_goes_on_until_everybody_is_settled():
    t = trace()
    stamped = t.add(50.0, "milestone", task="clear")
    t.add(80.0, "end", task="endex", cause=stamped)
    assert end_milestone(t) == (stamped, "clear")
    assert endex(t)["endex"].number == 50.0


def test_a_run_cut_off_has_no_endex_but_a_bound():
    t = trace()
    t.add(7200.0, "end", task="horizon")
    assert math.isnan(endex(t)["endex"].number)
    assert endex(t)["endex"].at_least == 7200.0
