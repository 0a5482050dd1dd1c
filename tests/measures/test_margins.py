from __future__ import annotations

import math

from drillsim.measures.margins import margins
from tests.measures.hand import everybody_out, trace


def test_the_margin_is_the_loss_of_the_space_less_the_last_moment_anybody_was_in_it():
    # Clerk 1 leaves the office at 105 s for the hall and the hall at 120 s; the guard is elsewhere.
    t = trace(
        *everybody_out(),
        (105.0, 105.0, 1, "door", "hall"),
        group_places=("office", "muster-e", "hall"),
    )
    t.add(90.0, "threshold", actor="fire", task="untenable", place="office")
    t.add(180.0, "threshold", actor="fire", task="untenable", place="hall")
    t.add(200.0, "threshold", actor="fire", task="untenable", place="hall")
    t.add(300.0, "end", task="endex")
    found = margins(t)
    assert found["margin.hall"].number == 180.0 - 120.0
    assert found["margin.office"].number == 90.0 - 105.0
    assert set(found) == {"margin.hall", "margin.office"}


def test_who_never_moved_is_inside_until_the_end():
    t = trace(*everybody_out())  # the guard stays in the hall
    t.add(180.0, "threshold", actor="fire", task="untenable", place="hall")
    t.add(300.0, "end", task="endex")
    assert margins(t)["margin.hall"].number == 180.0 - 300.0


def test_a_space_that_was_never_lost_has_only_a_bound():
    t = trace(*everybody_out(), group_places=("office", "muster-e", "hall"))
    t.add(180.0, "threshold", actor="fire", task="untenable", place="yard")
    t.add(300.0, "end", task="endex")
    assert math.isnan(margins(t)["margin.hall"].number)
    assert margins(t)["margin.hall"].at_least == 300.0 - 120.0
    assert "margin.yard" not in margins(t)  # nobody was there


def test_without_an_untenable_space_there_are_no_margins():
    assert margins(trace(*everybody_out())) == {}
