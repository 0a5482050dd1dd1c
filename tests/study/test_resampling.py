from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.study.resampling import _resampled, needed_for_difference, percentile_difference


def _pairs(n: int):
    rng = np.random.default_rng(1)
    first = 600.0 * np.exp(0.4 * rng.normal(size=n))
    return first, first + rng.exponential(30.0, size=n)


def test_the_estimate_is_the_difference_of_the_percentiles_and_lies_inside():
    first, second = _pairs(200)
    found = percentile_difference(first, second, 0.95)
    assert found.estimate == np.sort(second)[189] - np.sort(first)[189]
    assert found.low < found.estimate < found.high


def test_the_same_runs_give_the_same_interval_in_any_order():
    first, second = _pairs(200)
    found = percentile_difference(first, second, 0.5)
    assert percentile_difference(first, second, 0.5) == found
    assert percentile_difference(second, first, 0.5).estimate == -found.estimate


def test_percentiles_of_resamples_are_those_of_sorting_each(monkeypatch):
    from drillsim.study.resampling import _counts

    values = _pairs(150)[0]
    counts = _counts(150)
    for p in (0.5, 0.9, 0.95):
        found = _resampled(values, p)
        rank = math.ceil(150 * p)
        exact = [np.sort(np.repeat(values, counts[:, at]))[rank - 1] for at in range(200)]
        assert found[:200].tolist() == exact


@pytest.mark.parametrize(("p", "level", "needs"), [(0.5, 0.95, 100), (0.95, 0.95, 118), (0.95, 0.975, 144)])
def test_too_few_runs_are_refused_with_how_many_are_needed(p, level, needs):
    assert needed_for_difference(p, level=level) == needs
    first, second = _pairs(needs - 1)
    found = percentile_difference(first, second, p, level=level)
    assert (found.low, found.high, found.needs) == (None, None, needs)
    assert percentile_difference(*_pairs(needs), p, level=level).low is not None


def test_equal_plans_differ_by_nothing_and_rounding_is_no_difference():
    first, _ = _pairs(200)
    found = percentile_difference(first, first * (1.0 + 1e-14), 0.95, rounding=1e-6)
    assert (found.estimate, found.low, found.high) == (0.0, 0.0, 0.0)


def test_a_percentile_that_one_plan_does_not_reach_has_no_upper_end():
    first, second = _pairs(200)
    late = np.where(np.arange(200) < 12, math.inf, second)  # 6 % of runs
    found = percentile_difference(first, late, 0.95)
    assert found.estimate == found.high == math.inf
    assert math.isfinite(found.low)
    assert percentile_difference(late, first, 0.95).low == -math.inf


def test_nothing_is_known_where_neither_plan_reaches_the_percentile():
    never = np.full(200, math.inf)
    found = percentile_difference(never, never, 0.5)
    assert math.isnan(found.estimate)
    assert (found.low, found.high) == (None, None)
    may = np.where(np.arange(200) < 8, math.inf, 1.0)  # 4 %: resamples may not reach it in either plan
    found = percentile_difference(may, may, 0.95)
    assert (found.estimate, found.low, found.high) == (0.0, -math.inf, math.inf)


def test_sections_say_what_resampling_says():
    rng = np.random.default_rng(1)
    first = rng.exponential(size=40_000)
    second = first + rng.exponential(size=40_000)
    sections = percentile_difference(first, second, 0.5)
    resampled = percentile_difference(first[:10_000], second[:10_000], 0.5)
    assert sections.high - sections.low == pytest.approx((resampled.high - resampled.low) / 2.0, rel=0.35)
    assert resampled.low < sections.estimate < resampled.high
    first[:20_000] = math.inf
    assert percentile_difference(first, second, 0.7).low is None
