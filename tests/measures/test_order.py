from __future__ import annotations

import math

from drillsim.measures.order import headcount, in_order
from tests.measures.hand import trace


def test_a_rule_of_order_holds_is_broken_or_was_not_tried():
    t = trace()
    t.add(10.0, "milestone", task="clear")
    t.add(20.0, "milestone", task="cordon")
    assert in_order(t, ("clear",), "cordon") is True
    assert in_order(t, ("cordon",), "clear") is False
    assert in_order(t, ("endex",), "cordon") is False
    assert in_order(t, ("clear",), "endex") is None


def test_the_last_headcount_is_the_one_that_counts():
    t = trace()
    assert math.isnan(headcount(t)["headcount.missing"].number)
    t.add(10.0, "missing", task="headcount", value=3.0)
    t.add(20.0, "missing", task="headcount", value=1.0)
    assert headcount(t)["headcount.missing"].number == 1.0


def test_what_comes_at_the_same_moment_is_in_order():
    t = trace()
    t.add(10.0, "milestone", task="clear")
    t.add(10.0, "milestone", task="cordon")
    assert in_order(t, ("clear",), "cordon") is True
    assert in_order(t, ("cordon",), "clear") is True
