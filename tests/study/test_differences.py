from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest

from drillsim.measures.value import Value
from drillsim.study.compare import compare
from drillsim.study.differences import (
    against_first,
    differences,
    objective_differences,
    objectives_against_first,
    share_difference,
)
from drillsim.study.objectives import verdicts
from tests.study.hand import run, scenario

OUT = "milestone.all-out"


def _value(number: float) -> Value:
    return Value(number, "s") if math.isfinite(number) else Value(math.nan, "s", at_least=0.0)


def _plan(name: str, measures: dict[str, list[float]]):
    """A study whose runs gave these values; inf is not reached."""
    template = compare(scenario(), plans=["slow", "fast"], replications=1, run=run).ensembles[0]
    (outcome,) = template.outcomes
    count = len(next(iter(measures.values())))
    outcomes = tuple(
        replace(
            outcome,
            replication=number,
            measures={measure: _value(values[number]) for measure, values in measures.items()},
        )
        for number in range(count)
    )
    return replace(
        template,
        plan=name,
        outcomes=outcomes,
        summaries=dict.fromkeys(measures, template.summaries["endex"]),
        verdicts=verdicts(template.scenario, "emergency", outcomes) if OUT in measures else (),
    )


def _lognormal(n: int, seed: int = 0) -> np.ndarray:
    return 250.0 * np.exp(0.3 * np.random.default_rng(seed).normal(size=n))


def test_a_constant_gain_on_the_same_luck_shows_in_mean_median_and_p95():
    first = _lognormal(200)
    second = first - 30.0 + np.random.default_rng(1).normal(size=200)
    (found,) = differences(_plan("a", {"endex": first.tolist()}), _plan("b", {"endex": second.tolist()}))
    for interval in (found.mean, found.median, found.p95):
        assert interval.low <= -29.0 and interval.high >= -31.0
        assert interval.high < 0.0
    assert (found.test, found.n, found.both, found.equal) == ("t", 200, 200, 0)
    assert found.p_value < 1e-6
    assert found.gain > 1000.0


def test_a_unit_nobody_calls_makes_no_difference_in_any_run():
    first = _plan("a", {"endex": _lognormal(200).tolist()})
    (found,) = differences(first, replace(first, plan="b"))
    assert (found.equal, found.mean.estimate, found.p_value, found.test) == (200, 0.0, 1.0, "exact")
    assert (found.p95.low, found.p95.high) == (0.0, 0.0)
    assert found.gain == math.inf


def test_what_one_plan_never_reaches_counts_for_the_other_in_a_sign_test():
    first, second = _lognormal(120).tolist(), _lognormal(120).tolist()
    second[:15] = [math.inf] * 15
    first[15:18] = [math.inf] * 3
    (found,) = differences(_plan("a", {"endex": first}), _plan("b", {"endex": second}))
    assert (found.only_first, found.only_second, found.both, found.equal) == (15, 3, 102, 102)
    assert found.test == "sign"
    assert found.p_value == pytest.approx(2.0 * sum(math.comb(18, k) for k in range(4)) / 2**18)
    assert found.p95.high == math.inf
    assert (found.lower, found.higher) == (3, 15)


def test_runs_that_are_lower_and_higher_are_counted_whatever_the_mean():
    first = _lognormal(100)
    second = first.copy()
    second[:25] -= 1.0
    second[25:28] += 200.0
    (found,) = differences(_plan("a", {"endex": first.tolist()}), _plan("b", {"endex": second.tolist()}))
    assert (found.lower, found.higher, found.equal) == (25, 3, 72)
    assert (found.test, found.mean.low) == ("sign", None)
    assert found.mean.estimate == pytest.approx(5.75)
    assert found.p_value < 1e-4


def test_reaching_it_has_a_test_of_its_own_with_the_same_corrections():
    """6 runs reach it only with the second plan, which is a minute later in all others."""
    second = _lognormal(120)
    first = (second - 60.0).tolist()
    first[:6] = [math.inf] * 6
    one, two = _plan("a", {"endex": first}), _plan("b", {"endex": second.tolist()})
    (found,) = differences(one, two)
    assert found.p_value < 1e-9 and (found.lower, found.higher) == (6, 114)
    assert found.p_reached == pytest.approx(2.0 / 2**6)
    (looked,) = differences(replace(one, looks=2), two)
    assert looked.p_reached == pytest.approx(5.0 / 3.0 * found.p_reached)
    together = against_first([one, two, _plan("c", {"endex": first})])
    assert together["b"][0].p_reached == pytest.approx(2.0 * found.p_reached)
    assert together["c"][0].p_reached == 1.0


def test_where_neither_plan_comes_to_an_end_nothing_is_said():
    never = _plan("a", {"endex": [math.inf] * 100})
    (found,) = differences(never, replace(never, plan="b"))
    assert (found.equal, found.both, found.p_value) == (100, 0, 1.0)
    assert math.isnan(found.mean.estimate)
    assert math.isnan(found.median.estimate)


def test_several_plans_share_the_error():
    base = _lognormal(200)
    plans = [_plan("a", {"endex": base.tolist()})]
    for number in (1, 2, 3):
        own = np.random.default_rng(number).normal(size=200)
        plans.append(_plan(f"p{number}", {"endex": (base + 0.1 * own * number).tolist()}))
    found = against_first(plans)
    alone = [differences(plans[0], other)[0] for other in plans[1:]]
    for plan, single in zip(("p1", "p2", "p3"), alone, strict=True):
        (entry,) = found[plan]
        assert entry.mean.level == pytest.approx(1.0 - 0.05 / 3.0)
        assert entry.p95.level == entry.mean.level
        assert entry.mean.low < single.mean.low
    smallest = min(alone, key=lambda entry: entry.p_value)
    assert min(entry.p_value for (entry,) in found.values()) == pytest.approx(min(1.0, 3 * smallest.p_value))


def test_after_looks_intervals_are_wider_p_values_larger_and_the_level_is_kept():
    first = _plan("a", {OUT: _lognormal(200).tolist()})
    moved = _lognormal(200) + np.random.default_rng(1).normal(0.9, 5.0, size=200)
    second = _plan("b", {OUT: moved.tolist()})
    (fixed,), (looked,) = differences(first, second), differences(replace(first, looks=2), second)
    assert looked.mean.high - looked.mean.low > 1.08 * (fixed.mean.high - fixed.mean.low)
    assert looked.mean.level == looked.p95.level == fixed.mean.level == pytest.approx(0.95)
    assert looked.p_value == pytest.approx(min(1.0, fixed.p_value * 5.0 / 3.0))
    (fixed,), (looked,) = (objective_differences(replace(first, looks=at), second) for at in (0, 2))
    assert looked.difference.low < fixed.difference.low
    assert looked.difference.level == pytest.approx(0.95)


def test_the_same_runs_give_the_same_answer():
    plans = [_plan(name, {"endex": _lognormal(150, seed).tolist()}) for seed, name in enumerate("abc")]
    assert against_first(plans) == against_first(plans)


def test_objectives_are_compared_run_by_run():
    """All out within 300 s; the second plan makes it in 12 more runs and misses it in 3."""
    first = [200.0] * 50 + [400.0] * 12 + [200.0] * 3 + [400.0] * 35
    second = [200.0] * 50 + [200.0] * 12 + [400.0] * 3 + [400.0] * 35
    (found,) = objective_differences(_plan("a", {OUT: first}), _plan("b", {OUT: second}))
    assert (found.objective, found.title, found.n) == ("out", "All out", 100)
    assert (found.share_first, found.share_second) == (0.53, 0.62)
    assert (found.only_first, found.only_second) == (3, 12)
    assert found.p_value == pytest.approx(0.0352, abs=5e-5)
    assert found.difference.estimate == pytest.approx(0.09)
    assert 0.0 < found.difference.low < 0.09 < found.difference.high


def test_objectives_of_several_plans_share_the_error():
    first = [200.0] * 50 + [400.0] * 12 + [200.0] * 3 + [400.0] * 35
    second = [200.0] * 50 + [200.0] * 12 + [400.0] * 3 + [400.0] * 35
    found = objectives_against_first(
        [_plan("a", {OUT: first}), _plan("b", {OUT: second}), _plan("c", {OUT: first})]
    )
    assert found["b"][0].p_value == pytest.approx(2 * 0.0352, abs=1e-4)
    assert found["c"][0].p_value == 1.0
    assert found["b"][0].difference.level == pytest.approx(0.975)


@pytest.mark.parametrize(
    ("both", "only_first", "only_second", "n", "low", "high"),
    [(36, 2, 12, 50, 0.0569, 0.3404), (50, 0, 0, 50, -0.0714, 0.0714)],
)
def test_the_interval_of_a_difference_of_shares_is_newcombes(both, only_first, only_second, n, low, high):
    found = share_difference(both, only_first, only_second, n)
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)
    turned = share_difference(both, only_second, only_first, n)
    assert (turned.low, turned.high) == pytest.approx((-high, -low), abs=6e-5)


def test_a_difference_of_shares_rounds_the_same_way_whichever_plan_is_first():
    """3 of 40 runs are 7.5 points, told as 8; 0.825 - 0.75 in binary is less."""
    found = {share_difference(both, 0, 3, 40).estimate for both in range(38)}
    assert found == {3 / 40}
    assert {share_difference(both, 3, 0, 40).estimate for both in range(38)} == {-3 / 40}


def test_impossible_pairs_are_refused():
    with pytest.raises(ValueError, match="are no pairs"):
        share_difference(40, 10, 10, 50)


def test_forty_measures_of_three_plans_and_a_thousand_runs_take_about_a_second():
    plans = [
        _plan(name, {f"milestone.{number}": _lognormal(1000, number + at).tolist() for number in range(40)})
        for at, name in enumerate("abc")
    ]
    against_first(plans[:2])  # what is the same for all studies is made once
    begin_s = time.process_time()
    found = against_first(plans)
    assert time.process_time() - begin_s < 3.0  # 0.9 s on a quiet machine
    assert len(found["c"]) == 40
