from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

from drillsim.errors import DrillsimError
from drillsim.measures.value import Value
from drillsim.response.objectives import Objective
from drillsim.study.objectives import holds, slot, value, verdicts
from drillsim.study.results import Outcome
from tests.study.hand import scenario


def outcome(replication: int = 0, **measures: float) -> Outcome:
    """``milestone__x`` stands for milestone.x; NaN is not reached in a run of 1000 s."""
    values = {
        name.replace("__", "."): Value(number, "s", 1000.0) if math.isnan(number) else Value(number, "s")
        for name, number in measures.items()
    }
    return Outcome(replication, "endex", 1000.0, values, {}, (), 0, (), {}, "")


def objective(**fields: Any) -> Objective:
    return Objective.model_validate({"title": "x", **fields})


def test_a_milestone_is_on_time_at_its_limit_and_late_above_it_or_if_it_never_came():
    aim = objective(milestone="a", within="60 s")
    assert holds(aim, outcome(milestone__a=60.0))
    assert not holds(aim, outcome(milestone__a=60.5))
    assert not holds(aim, outcome(milestone__a=math.nan))
    assert not holds(aim, outcome())


def test_since_counts_from_another_milestone():
    aim = objective(milestone="a", since="b", within="60 s")
    assert holds(aim, outcome(milestone__a=150.0, milestone__b=100.0))
    assert not holds(aim, outcome(milestone__a=50.0, milestone__b=math.nan))
    assert value(aim, outcome(milestone__a=math.nan, milestone__b=100.0)).at_least == 900.0


def test_a_measure_may_have_an_upper_or_a_lower_limit():
    assert holds(objective(measure="exposed.aegl3.people", at_most=0.0), outcome())
    margin = objective(measure="margin.hall", above=0.0)
    assert holds(margin, outcome(margin__hall=1.0))
    assert not holds(margin, outcome(margin__hall=0.0))
    assert holds(margin, outcome(margin__hall=math.nan))
    assert holds(margin, outcome())


@pytest.mark.parametrize(("bound", "safe"), [(29.0, False), (30.0, True), (31.0, True)])
def test_a_space_never_lost_is_safe_only_if_its_bound_reaches_the_margin_asked_for(bound, safe):
    never = replace(outcome(), measures={"margin.hall": Value(math.nan, "s", at_least=bound)})
    assert holds(objective(measure="margin.hall", above=30.0), never) is safe


def test_a_measure_that_never_came_about_keeps_no_upper_limit_and_one_at_its_limit_does():
    assert not holds(objective(measure="endex", at_most=5000.0), outcome(endex=math.nan))
    assert holds(objective(measure="endex", at_most=5000.0), outcome(endex=5000.0))
    assert not holds(objective(measure="endex", at_most=5000.0), outcome(endex=5000.5))


def test_a_measure_that_does_not_exist_is_an_error_that_names_the_nearest():
    with pytest.raises(DrillsimError, match=r"'last_ot' is not a measure; did you mean 'last_out'"):
        holds(objective(measure="last_ot", at_most=1.0), outcome(last_out=1.0))


def test_a_rule_of_order_holds_unless_something_that_must_come_first_came_later():
    rule = objective(first=["a", "b"], then="c")
    assert holds(rule, outcome(milestone__a=1.0, milestone__b=2.0, milestone__c=2.0))
    assert not holds(rule, outcome(milestone__a=1.0, milestone__b=3.0, milestone__c=2.0))
    assert not holds(rule, outcome(milestone__a=1.0, milestone__c=2.0))
    assert holds(rule, outcome(milestone__c=math.nan))


def test_verdicts_count_runs_and_a_rule_needs_them_all():
    plan = scenario(
        late={"title": "Late", "milestone": "alarm", "within": "50 s", "share": "50 %"},
        order={"title": "Order", "first": "alarm", "then": "fire-out"},
        drill={"title": "Drill", "milestone": "alarm", "within": "50 s", "only": "exercise"},
    )
    runs = [
        outcome(n, milestone__alarm=float(n), **{"milestone__fire-out": 99.0, "endex": 99.0})
        for n in range(100)
    ]
    found = {verdict.objective: verdict for verdict in verdicts(plan, "emergency", runs)}
    assert set(found) == {"late", "order"}
    assert (found["late"].share.estimate, found["late"].verdict, found["late"].n) == (0.51, "undecided", 100)
    assert (found["late"].measure, found["late"].target, found["late"].unit) == ("milestone.alarm", 50.0, "s")
    assert (found["order"].measure, found["order"].required_share, found["order"].verdict) == (
        "order",
        1.0,
        "met",
    )


def test_failed_runs_leave_a_verdict_undecided_that_hangs_on_them_and_the_share_is_of_the_finished():
    plan = scenario(late={"title": "Late", "milestone": "alarm", "within": "50 s"})
    runs = [outcome(n, milestone__alarm=10.0, endex=99.0) for n in range(50)]
    alone, slotted = verdicts(plan, "exercise", runs)
    assert (alone.verdict, slotted.verdict, alone.failed) == ("met", "met", 0)
    for found in verdicts(plan, "exercise", runs, failed=50):
        assert (found.verdict, found.share.estimate, found.n, found.failed) == ("undecided", 1.0, 50, 50)


def test_endex_at_the_end_of_the_slot_fits_it_and_one_that_never_came_does_not():
    assert slot(1200.0, [outcome(endex=1200.0)]).share.estimate == 1.0
    assert slot(1200.0, [outcome(endex=1200.5)]).share.estimate == 0.0
    assert slot(1200.0, [outcome(endex=math.nan)]).share.estimate == 0.0


def test_the_limit_of_a_verdict_is_that_of_its_objective():
    plan = scenario(
        at_most={"title": "A", "measure": "endex", "at_most": 70.0, "share": "70 %"},
        more={"title": "B", "measure": "endex", "above": 30.0},
        comes={"title": "C", "milestone": "alarm"},
    )
    runs = [outcome(milestone__alarm=10.0, endex=50.0)]
    found = {verdict.objective: verdict for verdict in verdicts(plan, "emergency", runs)}
    assert {name: verdict.target for name, verdict in found.items()} == {
        "at_most": 70.0,
        "more": 30.0,
        "comes": None,
    }
    assert found["at_most"].required_share == pytest.approx(0.7)
    assert found["more"].required_share == 0.9


def test_a_scenario_that_judges_its_slot_itself_is_not_judged_twice():
    plan = scenario(slot={"title": "Own", "milestone": "alarm", "within": "50 s"})
    (found,) = verdicts(plan, "exercise", [outcome(milestone__alarm=10.0, endex=99.0)])
    assert found.title == "Own"


def test_an_exercise_is_also_asked_whether_it_fits_its_slot():
    runs = [outcome(n, endex=1100.0 + 20.0 * n) for n in range(10)]  # the slot is 1200 s
    verdict = slot(1200.0, runs)
    assert verdict.share.estimate == 0.6
    assert verdict.verdict == "missed"
    assert [v.objective for v in verdicts(scenario(), "exercise", runs)] == ["out", "slot"]
    assert verdicts(scenario(), "exercise", []) == ()
