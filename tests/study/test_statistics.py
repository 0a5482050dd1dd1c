from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.measures.value import Value
from drillsim.study.results import Interval
from drillsim.study.statistics import (
    LOOKING_VERDICT,
    judge,
    judge_all,
    needed,
    quantile,
    quantile_interval,
    quantile_ranks,
    share_of_runs,
    spearman,
    summarise,
    wilson,
)


@pytest.mark.parametrize(
    ("n", "p50", "p90", "p95"),
    [
        (100, (40, 60), (84, 96), (91, 100)),
        (200, (86, 114), (172, 189), (184, 197)),
        (500, (228, 272), (437, 464), (465, 485)),
    ],
)
def test_ranks_of_quantile_intervals_are_those_of_the_sheet(n, p50, p90, p95):
    assert [quantile_ranks(n, p) for p in (0.5, 0.9, 0.95)] == [p50, p90, p95]


@pytest.mark.parametrize(("p", "least"), [(0.5, 6), (0.9, 29), (0.95, 59), (0.99, 299)])
def test_below_the_least_number_of_runs_there_is_no_interval(p, least):
    assert quantile_ranks(least, p) is not None
    assert quantile_ranks(least - 1, p) is None
    found = quantile_interval([float(value) for value in range(least - 1)], p)
    assert (found.low, found.high) == (None, None)


def test_the_interval_of_the_90th_percentile_covers_it_in_19_of_20_samples():
    rng = np.random.default_rng(7)
    truth = -math.log(0.1)
    samples = np.sort(rng.exponential(size=(2000, 100)), axis=1)
    low, high = quantile_ranks(100, 0.9)
    covered = np.mean((samples[:, low - 1] <= truth) & (truth <= samples[:, high - 1]))
    assert 0.945 <= covered <= 0.975  # exactly 0.9596; 2000 samples give +-0.009


def test_what_was_not_reached_ranks_above_everything_that_was():
    values = [Value(float(number), "s") for number in range(1, 96)] + [Value(math.nan, "s", at_least=9.0)] * 5
    found = summarise("milestone.x", values)
    assert (found.n, found.reached) == (100, 95)
    assert found.p95.estimate == 95.0
    assert found.p95.high == math.inf
    assert found.p95.low == 91.0
    assert found.mean == 48.0


def test_failed_runs_count_as_not_reached():
    found = summarise("milestone.x", [Value(float(number), "s") for number in range(1, 96)], failed=5)
    assert (found.n, found.reached, found.mean) == (100, 95, 48.0)
    assert (found.p95.estimate, found.p95.high) == (95.0, math.inf)
    assert summarise("milestone.x", [Value(1.0, "s")], failed=1).p90.estimate == math.inf


def test_what_no_run_reached_has_no_mean():
    assert summarise("milestone.x", [Value(math.nan, "s", at_least=9.0)] * 3).mean is None


def test_a_quantile_is_the_smallest_value_that_its_share_of_the_runs_does_not_exceed():
    values = [float(value) for value in range(20, 0, -1)]
    assert quantile(values, 0.95) == 19.0
    assert quantile(values, 0.5) == 10.0
    assert quantile([3.0], 0.1) == 3.0
    assert 100 * 0.55 > 55.0  # in binary
    assert quantile([float(value) for value in range(1, 101)], 0.55) == 55.0
    with pytest.raises(ValueError, match="no values"):
        quantile([], 0.5)


@pytest.mark.parametrize(
    ("hits", "low", "high"), [(190, 91.0, 97.3), (200, 98.1, 100.0), (186, 88.6, 95.8), (0, 0.0, 1.9)]
)
def test_the_interval_of_a_share_is_wilsons(hits, low, high):
    found = wilson(hits, 200)
    assert (round(100 * found.low, 1), round(100 * found.high, 1)) == (low, high)


@pytest.mark.parametrize(
    ("n", "share", "met", "missed"),
    [(200, 0.9, 189, 171), (500, 0.9, 464, 436), (200, 0.95, 197, 183), (500, 0.95, 485, 465)],
)
def test_verdicts_turn_at_the_counts_of_the_sheet(n, share, met, missed):
    assert judge(wilson(met, n), share) == "met"
    assert judge(wilson(met - 1, n), share) == "undecided"
    assert judge(wilson(missed, n), share) == "missed"
    assert judge(wilson(missed + 1, n), share) == "undecided"


def test_a_rule_that_always_holds_is_missed_at_the_first_breach():
    assert judge(wilson(200, 200), 1.0) == "met"
    assert judge(wilson(199, 200), 1.0) == "missed"


@pytest.mark.parametrize(
    ("low", "high", "says"), [(0.9, 1.0, "met"), (0.5, 0.9, "undecided"), (0.5, 0.89, "missed")]
)
def test_an_interval_that_just_touches_the_share_asked_for_meets_it_from_above_only(low, high, says):
    assert judge(Interval(0.8, low, high), 0.9) == says


@pytest.mark.parametrize(
    ("kept", "n", "failed", "required", "says"),
    [
        (100, 100, 0, 0.9, "met"),
        (100, 100, 100, 0.9, "undecided"),
        (100, 100, 2, 0.9, "met"),  # 100 of 102 still is
        (0, 100, 100, 0.9, "missed"),  # 100 of 200 still is
        (0, 10, 1000, 0.9, "undecided"),
        (171, 200, 0, 0.9, "missed"),
        (171, 200, 10, 0.9, "undecided"),
        (100, 100, 1, 1.0, "undecided"),
        (99, 100, 1, 1.0, "missed"),
    ],
)
def test_a_verdict_stands_only_if_no_end_of_the_failed_runs_could_change_it(kept, n, failed, required, says):
    assert judge_all(kept, n, required, failed=failed) == says


def test_an_interval_that_is_refused_says_how_many_runs_it_needs():
    found = quantile_interval([float(value) for value in range(58)], 0.95)
    assert (found.low, found.high, found.needs) == (None, None, 59)
    assert quantile_interval([float(value) for value in range(59)], 0.95).needs is None
    assert [needed(0.95, level=level) for level in (0.97, 0.975)] == [69, 72]
    with pytest.raises(ValueError, match="between 0 and 1"):
        needed(1.0)


def test_after_looks_intervals_are_wider_and_say_what_they_keep():
    values = [Value(float(number), "s") for number in range(200)]
    fixed, stopped = summarise("milestone.x", values), summarise("milestone.x", values, looks=3)
    assert (fixed.p95.low, fixed.p95.high) == (183.0, 196.0)
    assert (stopped.p95.low, stopped.p50.high) == (182.0, 115.0)
    assert stopped.p95.level == fixed.p95.level == 0.95
    assert share_of_runs(190, 200, looks=1).low < wilson(190, 200).low
    assert share_of_runs(190, 200) == wilson(190, 200)


def test_a_verdict_that_may_stop_a_study_needs_more():
    assert judge_all(189, 200, 0.9) == "met"
    assert judge_all(189, 200, 0.9, level=LOOKING_VERDICT) == "undecided"
    assert judge_all(196, 200, 0.9, level=LOOKING_VERDICT) == "met"


def test_rank_correlation_knows_ties_infinity_and_what_does_not_vary():
    assert spearman([1.0, 2.0, 3.0], [5.0, 9.0, math.inf]) == pytest.approx(1.0)
    assert spearman([1.0, 2.0, 3.0], [9.0, 5.0, 1.0]) == pytest.approx(-1.0)
    assert spearman([1.0, 2.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]) == pytest.approx(0.9486833)
    assert spearman([1.0, 1.0, 1.0], [1.0, 2.0, 3.0]) == 0.0


@pytest.mark.parametrize("wrong", [(-1, 10), (11, 10), (0, 0)])
def test_an_impossible_share_is_refused(wrong):
    with pytest.raises(ValueError, match="is no share"):
        wilson(*wrong)
