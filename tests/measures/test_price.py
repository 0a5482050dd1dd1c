from __future__ import annotations

import math

from drillsim.measures.price import price, tied_up
from tests.measures.hand import trace


def test_the_price_is_count_times_the_seconds_stopped():
    t = trace()
    t.add(100.0, "operation-stopped", task="cranes", value=9.0)
    t.add(150.0, "operation-stopped", task="cranes", value=9.0)
    t.add(200.0, "operation-resumed", task="cranes", value=9.0)
    t.add(300.0, "end", task="endex")
    assert price(t)["price.cranes"].number == 900.0
    assert price(t)["price.gate"].number == 0.0


def test_business_still_stopped_at_the_end_leaves_a_bound():
    t = trace()
    t.add(100.0, "operation-stopped", task="gate", value=2.0)
    t.add(300.0, "end", task="endex")
    assert math.isnan(price(t)["price.gate"].number)
    assert price(t)["price.gate"].at_least == 400.0


def test_units_are_tied_up_from_the_call_until_they_stand_by_again():
    t = trace()
    t.add(10.0, "called", actor="pump-1")
    t.add(20.0, "unit-state", actor="pump-1", task="turnout")
    t.add(50.0, "unit-state", actor="patrol", task="working")
    t.add(70.0, "unit-state", actor="patrol", task="standby")
    t.add(110.0, "end", task="endex")
    assert tied_up(t)["tied_up.people"].number == 6 * 100.0 + 4 * 20.0
    assert tied_up(t)["tied_up.vehicles"].number == 100.0
