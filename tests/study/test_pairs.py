from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.study.pairs import gain, holm, mcnemar, mean_difference, sign_test


def test_differences_without_a_tail_get_the_t_interval():
    values = [float(value) for value in range(1, 31)]
    found, p_value = mean_difference(values)
    half = 2.0452296 * math.sqrt(sum((v - 15.5) ** 2 for v in values) / 29.0 / 30.0)  # t(29, 0.975)
    assert found.estimate == 15.5
    assert (found.low, found.high) == pytest.approx((15.5 - half, 15.5 + half), rel=1e-6)
    assert p_value == pytest.approx(1.6e-10, rel=0.1)


def test_the_interval_reaches_further_on_the_side_of_a_long_tail():
    values = np.exp(np.linspace(-2.0, 2.0, 60)).tolist()
    found, _ = mean_difference(values)
    assert found.high - found.estimate > 1.1 * (found.estimate - found.low)
    mirrored, _ = mean_difference([-value for value in values])
    assert (mirrored.low, mirrored.high) == pytest.approx((-found.high, -found.low))


@pytest.mark.parametrize("shift", [0.0, 0.2, 0.3, 0.5])
def test_the_p_value_is_below_a_twentieth_just_where_the_interval_leaves_out_zero(shift):
    rng = np.random.default_rng(0)
    for _ in range(50):
        found, p_value = mean_difference((rng.exponential(size=40) - 1.0 + shift).tolist())
        assert (p_value < 0.05) == (not found.low <= 0.0 <= found.high)


def test_an_interval_of_too_few_pairs_is_refused():
    found, p_value = mean_difference([float(value) for value in range(29)])
    assert (found.estimate, found.low, found.needs, p_value) == (14.0, None, 30, None)
    assert math.isnan(mean_difference([])[0].estimate)


def test_an_interval_that_hangs_on_a_few_runs_is_refused_and_says_how_many_may_do():
    found, _ = mean_difference([0.0] * 45 + [1.0, 2.0, 3.0, 4.0, 5.0])
    assert (found.estimate, found.low, found.needs) == (0.3, None, 100)
    found, _ = mean_difference([0.0] * 90 + [float(value) for value in range(1, 11)])
    assert found.low is not None


def test_both_tails_must_have_been_seen():
    gains, losses = [1.0] * 20, [-20.0] * 3
    assert mean_difference([0.0] * 77 + gains + losses)[0].low is None
    assert mean_difference([0.0] * 70 + gains + [-2.0] * 10)[0].low is not None


def test_no_interval_is_made_of_runs_that_all_say_the_same():
    for value in (0.0, 60.0):
        found, p_value = mean_difference([value] * 200)
        assert (found.estimate, found.low, found.needs, p_value) == (value, None, None, None)


@pytest.mark.parametrize(
    ("first", "second", "p"), [(3, 12, 0.0352), (1, 9, 0.0215), (0, 0, 1.0), (5, 5, 1.0)]
)
def test_mcnemars_test_is_exact(first, second, p):
    assert mcnemar(first, second) == mcnemar(second, first) == sign_test(first, second)
    assert mcnemar(first, second) == pytest.approx(p, abs=5e-5)
    with pytest.raises(ValueError, match="negative"):
        mcnemar(-1, 3)


def test_holms_correction_stops_at_the_first_failure():
    assert holm([0.04, 0.001, 0.02]) == pytest.approx((0.04, 0.003, 0.04))
    assert holm([0.6, 0.7]) == (1.0, 1.0)
    assert holm([]) == ()


def test_gain_is_the_ratio_of_the_variances_of_separate_and_of_common_luck():
    assert gain([1.0, 2.0, 3.0], [2.0, 3.0, 5.0]) == pytest.approx((1.0 + 7.0 / 3.0) / (1.0 / 3.0))
    assert gain([1.0, 2.0, 3.0], [3.0, 4.0, 5.0]) == math.inf
    assert gain([1.0, 1.0], [3.0, 3.0]) is None
    assert gain([1.0], [3.0]) is None
