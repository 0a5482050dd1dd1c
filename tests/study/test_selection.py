from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from drillsim.errors import DrillsimError
from drillsim.measures.value import Value
from drillsim.study.compare import compare
from drillsim.study.selection import Selection, choose, constants
from tests.study.hand import run, scenario


def _values(*shifts: float, n: int = 200, spread: float = 20.0) -> dict[str, list[float]]:
    rng = np.random.default_rng(0)
    common = 600.0 * np.exp(0.3 * rng.normal(size=n))
    return {
        f"plan-{number}": (common + shift + spread * rng.normal(size=n)).tolist()
        for number, shift in enumerate(shifts)
    }


@pytest.mark.parametrize(("plans", "eta", "scale"), [(2, 0.13714, 5.2112), (4, 0.21525, 8.1794)])
def test_constants_are_those_of_the_sheet(plans, eta, scale):
    assert constants(plans) == pytest.approx((eta, scale), abs=6e-5)


def test_the_fastest_plan_remains():
    found = choose(_values(40.0, 0.0, 80.0), indifference=10.0, measure="endex", unit="s")
    assert found.decided
    assert found.remaining == ("plan-1",)
    assert set(found.eliminated) == {"plan-0", "plan-2"}
    assert all(100 <= stage <= 200 for stage in found.eliminated.values())
    assert found.enough is None
    assert (found.n, found.error, found.indifference, found.measure, found.unit) == (
        200,
        0.05,
        10.0,
        "endex",
        "s",
    )
    assert found.means["plan-1"] == pytest.approx(np.mean(_values(40.0, 0.0, 80.0)["plan-1"]))


def test_the_most_remains_where_larger_is_better():
    values = _values(40.0, 0.0)
    assert choose(values, indifference=10.0, larger_is_better=True).remaining == ("plan-0",)
    assert choose(values, indifference=10.0).remaining == ("plan-1",)


def test_by_hand_two_plans_go_apart_at_the_first_stage_that_may():
    """Differences of 1 and -1 about 3: S^2 = 0 of batch means, so any difference decides at 100 runs."""
    flat = [10.0] * 100
    found = choose({"a": flat, "b": [13.0] * 100}, indifference=1.0)
    assert (found.remaining, found.eliminated) == (("a",), {"b": 100})


def test_before_a_hundred_runs_nothing_is_said_but_that_a_hundred_are_needed():
    found = choose(_values(0.0, 500.0, n=99), indifference=10.0)
    assert (found.decided, found.remaining, found.enough) == (False, ("plan-0", "plan-1"), 100)


def test_what_is_undecided_says_about_how_many_runs_would_do():
    values = _values(0.0, 3.0, n=4000, spread=60.0)
    few = {plan: entries[:150] for plan, entries in values.items()}
    found = choose(few, indifference=5.0)
    assert not found.decided
    assert found.enough > 150
    later = choose(values, indifference=5.0)
    assert later.decided
    assert max(later.eliminated.values()) <= 3 * found.enough


def test_more_runs_after_the_decision_do_not_change_it():
    values = _values(0.0, 30.0, 60.0, n=1000)
    whole = choose(values, indifference=20.0)
    stage = max(whole.eliminated.values())
    part = choose({plan: entries[:stage] for plan, entries in values.items()}, indifference=20.0)
    assert (part.remaining, part.eliminated) == (whole.remaining, whole.eliminated)
    before = choose({plan: entries[: stage - 5] for plan, entries in values.items()}, indifference=20.0)
    assert not before.decided


def test_plans_that_are_the_same_all_remain_and_that_is_decided():
    flat = _values(0.0)["plan-0"]
    worse = [value + 100.0 for value in flat]
    found = choose({"b": flat, "c": worse, "a": flat}, indifference=10.0)
    assert (found.decided, found.remaining, found.eliminated) == (True, ("b", "a"), {"c": 100})
    assert found.enough is None
    rounded = choose({"b": flat, "a": [value * (1.0 + 1e-13) for value in flat]}, indifference=10.0)
    assert (rounded.decided, rounded.remaining) == (True, ("b", "a"))


def test_a_study_of_plans_that_are_the_same_has_enough():
    duel = compare(scenario(), plans=["slow", "fast"], replications=100, run=run)
    slow = duel.ensembles[0].outcomes
    assert Selection("alarm", indifference=10.0).enough([slow, slow])
    assert not Selection("alarm", indifference=10.0).enough([slow[:60], slow[:60]])


@pytest.mark.parametrize(
    ("values", "more", "says"),
    [
        ({"a": [1.0]}, {}, "two plans"),
        ({"a": [1.0], "b": [math.inf]}, {}, "not finite"),
        ({"a": [1.0], "b": [2.0]}, {"indifference": 0.0}, "indifference of 0"),
        ({"a": [1.0], "b": [2.0]}, {"error": 0.6}, "error of 0.6"),
    ],
)
def test_what_cannot_be_chosen_from_is_refused(values, more, says):
    with pytest.raises(ValueError, match=says):
        choose(values, **({"indifference": 1.0} | more))


def test_plans_are_chosen_on_the_same_luck():
    duel = compare(scenario(), plans=["slow", "fast"], replications=100, run=run)
    found = Selection("alarm", indifference=10.0).choice(duel.ensembles)
    assert (found.measure, found.unit, found.remaining) == ("milestone.alarm", "s", ("fast",))
    with pytest.raises(DrillsimError, match="did you mean 'alarm'"):
        Selection("alarn", indifference=10.0).choice(duel.ensembles)


def test_a_run_without_an_end_counts_up_to_the_horizon_not_to_its_standstill():
    """A plan that stands still after a minute must not be taken for a fast one."""
    duel = compare(scenario(), plans=["slow", "fast"], replications=100, run=run)
    slow, fast = duel.ensembles
    stuck = tuple(
        replace(outcome, end_s=60.0, measures={"endex": Value(math.nan, "s", at_least=60.0)})
        if outcome.replication % 5 < 2
        else outcome
        for outcome in fast.outcomes
    )
    selection = Selection("endex", indifference=10.0)
    found = selection.choice([slow, replace(fast, outcomes=stuck)])
    assert found.remaining == ("slow",)
    assert found.censored == {"slow": 0, "fast": 40}
    assert found.horizon_s == 3600.0
    rest = sum(outcome.measures["endex"].number for outcome in stuck if outcome.replication % 5 >= 2)
    assert found.means["fast"] == pytest.approx((40 * 3600.0 + rest) / 100)
    with pytest.raises(DrillsimError, match="up to which runs are watched"):
        selection.enough([slow.outcomes, stuck])
    assert selection.within(scenario()).enough([slow.outcomes, stuck])


def test_runs_that_failed_under_one_plan_are_left_out_under_all():
    duel = compare(scenario(), plans=["slow", "fast"], replications=110, run=run)
    slow, fast = duel.ensembles
    found = Selection("alarm", indifference=10.0).choice([slow, replace(fast, outcomes=fast.outcomes[5:])])
    assert found.n == 105
