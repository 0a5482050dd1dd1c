"""Distributions drawn through their inverse."""

from __future__ import annotations

import math
import pickle
import re
from statistics import NormalDist
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.distributions import Distribution, Shape, constant, lognormal_between

VALUES = st.floats(0.1, 1e5)
OPEN = st.floats(1e-9, 1 - 1e-9)


SHAPES = get_args(Shape)


@st.composite
def distributions(draw: st.DrawFn) -> Distribution:
    shape = draw(st.sampled_from(SHAPES))
    if shape == "constant":
        return constant(draw(VALUES))
    if shape == "normal":
        return Distribution("normal", (draw(VALUES), draw(st.floats(0.0, 1e4))))
    if shape in ("gamma", "weibull"):
        return Distribution(shape, (draw(VALUES), draw(st.floats(0.8, 20.0))))
    if shape == "shifted-lognormal":
        shift, median = draw(st.floats(0.0, 1e4)), draw(VALUES)
        below = [shift + median * draw(st.floats(0.8, 5.0))] if draw(st.booleans()) else []
        return Distribution(shape, (shift, median, *below, draw(st.floats(0.1, 1.0))))
    size = {"triangular": 3, "lognormal": 2, "uniform": 2}.get(shape, draw(st.integers(1, 12)))
    return Distribution(shape, tuple(sorted(draw(st.lists(VALUES, min_size=size, max_size=size)))))


@given(distributions(), OPEN, OPEN)
def test_quantiles_never_fall(distribution: Distribution, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert distribution.quantile(low) <= distribution.quantile(high) * (1 + 1e-12) + 1e-9


@given(distributions(), st.lists(OPEN, max_size=20))
def test_the_array_is_equal_to_the_single_draws_to_the_bit(
    distribution: Distribution, probabilities: list[float]
) -> None:
    many = distribution.quantiles(np.array(probabilities, dtype=np.float64))
    assert many.tolist() == [distribution.quantile(p) for p in probabilities]


@settings(deadline=None)  # the first draw of a gamma imports scipy
@given(distributions(), OPEN)
def test_draws_are_finite_and_not_negative(distribution: Distribution, probability: float) -> None:
    value = distribution.quantile(probability)
    assert math.isfinite(value)
    assert value >= 0.0


@given(distributions(), OPEN, st.floats(0.01, 100.0))
def test_scaling_a_distribution_scales_its_draws(
    distribution: Distribution, probability: float, factor: float
) -> None:
    scaled = distribution.scaled(factor)
    assert scaled.quantile(probability) == pytest.approx(
        factor * distribution.quantile(probability), rel=1e-6, abs=1e-6
    )
    assert scaled.mean == pytest.approx(factor * distribution.mean, rel=1e-6, abs=1e-9)


@given(distributions())
def test_the_mean_is_the_average_of_the_quantiles(distribution: Distribution) -> None:
    steps = 4000
    average = sum(distribution.quantile((i + 0.5) / steps) for i in range(steps)) / steps
    if distribution.shape == "lognormal" and distribution.p90 > 3 * distribution.median:
        return  # the far tail carries too much for a sum of so few
    assert distribution.mean == pytest.approx(average, rel=5e-3, abs=1e-6)


# Reference sheet "Milestone dictionary": p90/median -> sigma, CV, p95/median, p99/median of a lognormal.
SHEET = [
    (1.5, 0.3164, 0.32, 1.68, 2.09),
    (2.0, 0.5409, 0.58, 2.43, 3.52),
    (2.25, 0.6328, 0.70, 2.83, 4.36),
    (3.0, 0.8573, 1.04, 4.10, 7.35),
]


@pytest.mark.parametrize(("ratio", "sigma", "cv", "p95", "p99"), SHEET)
def test_the_lognormal_has_the_values_of_the_sheet(
    ratio: float, sigma: float, cv: float, p95: float, p99: float
) -> None:
    distribution = Distribution("lognormal", (240.0, 240.0 * ratio))
    one_sigma = NormalDist().cdf(1.0)
    found = math.log(distribution.quantile(one_sigma) / distribution.median)
    assert found == pytest.approx(sigma, abs=5e-5)
    assert distribution.median == pytest.approx(240.0)
    assert distribution.p90 == pytest.approx(240.0 * ratio)
    assert distribution.quantile(0.95) / 240.0 == pytest.approx(p95, abs=5e-3)
    assert distribution.quantile(0.99) / 240.0 == pytest.approx(p99, abs=6e-3)
    assert distribution.mean == pytest.approx(240.0 * math.exp(sigma**2 / 2), rel=1e-4)
    assert math.sqrt(math.exp(found**2) - 1) == pytest.approx(cv, abs=6e-3)


def test_the_triangular_splits_at_its_mode() -> None:
    distribution = Distribution("triangular", (0.0, 30.0, 120.0))
    assert distribution.quantile(0.25) == pytest.approx(30.0)
    assert distribution.mean == pytest.approx(50.0)
    assert Distribution("triangular", (7.0, 7.0, 7.0)).quantile(0.3) == 7.0


def test_the_normal_is_cut_at_zero_in_probability() -> None:
    distribution = Distribution("normal", (1.0, 1.0))
    below = NormalDist().cdf(-1.0)
    assert distribution.quantile(0.5) == pytest.approx(1.0 + NormalDist().inv_cdf(below + 0.5 * (1 - below)))
    assert distribution.mean == pytest.approx(1.0 + NormalDist().pdf(1.0) / (1 - below))
    assert Distribution("normal", (1.0, 0.0)).quantile(0.9) == 1.0
    assert Distribution("normal", (1.0, 0.0)).mean == 1.0


def test_the_empirical_gives_its_values_in_equal_shares() -> None:
    distribution = Distribution("empirical", (1.0, 2.0, 4.0, 8.0))
    assert [distribution.quantile(p) for p in (0.1, 0.3, 0.6, 0.9, 0.999999)] == [1.0, 2.0, 4.0, 8.0, 8.0]


@pytest.mark.parametrize(
    ("shape", "parameters", "says"),
    [
        ("lognormal", (60.0, 30.0), "median must be above 0 and p90 not below the median"),
        ("lognormal", (0.0, 30.0), "median must be above 0"),
        ("triangular", (3.0, 2.0, 4.0), "min, likely and max must not fall"),
        ("uniform", (2.0, 1.0), "the first bound must not lie above the second"),
        ("normal", (-1.0, 1.0), "mean must be above 0"),
        ("normal", (1.0, -1.0), "sd not negative"),
        ("gamma", (0.0, 1.0), "scale and shape must be above 0"),
        ("weibull", (1.0, -1.0), "scale and shape must be above 0"),
        ("shifted-lognormal", (-1.0, 1.0, 1.0), "the shift not negative"),
        ("shifted-lognormal", (0.0, 1.0, 0.0), "sigma must be above 0"),
        ("shifted-lognormal", (5.0, 1.0, 5.0, 1.0), "below must lie above the shift"),
        ("shifted-lognormal", (0.0, 100.0, 0.1, 0.5), "hardly anything lies between"),
        ("empirical", (2.0, 1.0), "the values must be sorted"),
        ("empirical", (), "finite numbers"),
        ("constant", (math.nan,), "finite numbers"),
        ("uniform", (0.0, math.inf), "finite numbers"),
    ],
)
def test_parameters_that_make_no_distribution_are_refused(
    shape: str, parameters: tuple[float, ...], says: str
) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        Distribution(shape, parameters)


def test_a_lognormal_can_be_given_by_its_first_and_last_percent() -> None:
    law = lognormal_between(30.0, 90.0)
    assert [law.quantile(p) for p in (0.01, 0.5, 0.99)] == pytest.approx([30.0, math.sqrt(2700.0), 90.0])
    assert lognormal_between(30.0, 30.0).quantile(0.9) == 30.0
    with pytest.raises(ValueError, match="p1 must be above 0 and p99 not below it"):
        lognormal_between(30.0, 20.0)


def test_no_draw_lies_below_the_lowest() -> None:
    assert Distribution("shifted-lognormal", (400.0, 52.0, 700.0, 0.84)).lowest == 400.0
    assert Distribution("gamma", (100.0, 1.3)).lowest == 0.0
    assert Distribution("uniform", (3.0, 4.0)).lowest == 3.0


@given(distributions(), OPEN)
def test_draws_lie_at_or_above_the_lowest(distribution: Distribution, probability: float) -> None:
    assert distribution.quantile(probability) >= distribution.lowest * (1 - 1e-12)


@pytest.mark.parametrize("factor", [0.0, -1.0, math.nan])
def test_a_scale_must_be_above_zero(factor: float) -> None:
    with pytest.raises(ValueError, match="it must be above 0"):
        constant(1.0).scaled(factor)


@pytest.mark.parametrize(
    "distribution",
    [
        Distribution("lognormal", (300.0, 600.0)),
        Distribution("gamma", (40.0, 1.0)),
        Distribution("gamma", (40.0, 2.0)),
        Distribution("empirical", (1.0, 2.0, 5.0)),
        Distribution("shifted-lognormal", (1.0, 2.0, 0.5)),
    ],
)
def test_a_distribution_sent_to_another_process_draws_the_same(distribution: Distribution) -> None:
    again = pickle.loads(pickle.dumps(distribution))
    assert again == distribution
    assert [again.quantile(p / 9) for p in range(1, 9)] == [distribution.quantile(p / 9) for p in range(1, 9)]
