"""Kinds of tolerance, each on both sides of its limit."""

from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.verification.judge import Kind, holds, probability_of

LUCK = (np.arange(2000) + 0.5) / 2000.0
HEAPS = np.where(LUCK < 0.25, 4.0 * LUCK, LUCK + 1.0)  # one below 1, three from 1.25 to 2


@pytest.mark.parametrize(
    ("kind", "expected", "tolerance", "inside", "outside"),
    [
        ("abs", "10", 0.5, (9.5, 10.0, 10.5), (9.49, 10.51)),
        ("rel", "200", 0.01, (198.0, 202.0), (197.9, 202.1)),
        ("rel", "-200", 0.01, (-198.0,), (-197.9,)),
        ("factor", "10", 2.0, (5.0, 20.0), (4.99, 20.01, -10.0)),
        ("headways", "10", 1.0, (8.0, 12.0), (7.99, 12.01)),  # of 2 s
        ("headways", "10", 2.0, (6.0, 14.0), (5.99, 14.01)),
        ("at-least", "10", 0.0, (10.0, 99.0), (9.99,)),
        ("at-least", "10", 1.0, (9.0,), (8.99,)),
        ("at-most", "10", 0.0, (10.0, -5.0), (10.01,)),
        ("at-most", "10", 1.0, (11.0,), (11.01,)),
        ("exact", "10", 0.0, (10.0,), (10.000001,)),
        ("exact", "exit-2", 0.0, ("exit-2",), ("exit-1", "")),
    ],
)
def test_a_tolerance_holds_up_to_its_limit_and_no_further(
    kind: Kind, expected: str, tolerance: float, inside: tuple[float, ...], outside: tuple[float, ...]
) -> None:
    def good(got: float) -> bool:
        return holds(got, expected=expected, kind=kind, tolerance=tolerance, headway_s=2.0)

    assert all(map(good, inside))
    assert not any(map(good, outside))


@pytest.mark.parametrize("kind", ["abs", "rel", "factor", "headways", "at-least", "at-most", "exact"])
@pytest.mark.parametrize("got", ["never", math.nan, math.inf, -math.inf])
def test_what_is_no_finite_number_never_holds_where_one_is_expected(kind: Kind, got: float) -> None:
    assert not holds(got, expected="10", kind=kind, tolerance=1e9, headway_s=1.0)


def test_headways_of_an_unknown_link_never_hold() -> None:
    assert not holds(10.0, expected="10", kind="headways", tolerance=1.0)


@pytest.mark.parametrize(
    ("values", "right", "wrong"),
    [
        (10.0 + 90.0 * LUCK, "uniform(10, 100)", "uniform(10, 110)"),
        (-139.285 * np.log1p(-LUCK), "weibull(1, 139.285)", "weibull(1.2, 139.285)"),
        (-50.0 * np.log1p(-LUCK), "gamma(1, 50)", "gamma(1.2, 50)"),
        (100.0 * np.sqrt(LUCK), "triangular(0, 100, 100)", "triangular(0, 90, 100)"),
        (HEAPS, "mix(1, 0, 1, 3, 1.25, 2)", "mix(1, 0, 1, 1, 1.25, 2)"),
    ],
)  # fmt: skip
def test_many_values_are_compared_with_a_distribution(values: np.ndarray, right: str, wrong: str) -> None:
    assert holds(values, expected=right, kind="ks", tolerance=0.05)
    assert not holds(values, expected=wrong, kind="ks", tolerance=0.05)


def test_normal_and_lognormal_have_their_medians_and_spreads() -> None:
    z = np.array([-1.0, 0.0, 1.0]).repeat(400)
    assert probability_of(1.2 + 0.2 * z, expected="normal(1.2, 0.2)") < 1e-6  # three heaps
    from scipy.stats import norm

    z = norm.ppf(LUCK)
    assert holds(1.2 + 0.2 * z, expected="normal(1.2, 0.2)", kind="ks", tolerance=0.05)
    assert not holds(1.2 + 0.25 * z, expected="normal(1.2, 0.2)", kind="ks", tolerance=0.05)
    lognormal = 60.0 * 2.0 ** (z / norm.ppf(0.9))
    assert holds(lognormal, expected="lognormal(60, 120)", kind="ks", tolerance=0.05)
    assert not holds(lognormal, expected="lognormal(60, 150)", kind="ks", tolerance=0.05)
    cut = lognormal[lognormal < 100.0]
    text = f"cut-lognormal(0, {math.log(60.0)}, {math.log(2.0) / norm.ppf(0.9)}, 100)"
    assert holds(cut, expected=text, kind="ks", tolerance=0.05)
    assert not holds(lognormal, expected=text, kind="ks", tolerance=0.05)


@pytest.mark.parametrize(
    ("got", "expected", "fault"),
    [(LUCK, "zipf(2)", "zipf"), (LUCK, "uniform", "uniform"), (LUCK[:900], "uniform(0, 1)", "1000 values")],
)
def test_what_cannot_be_compared_is_said(got: np.ndarray, expected: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        holds(got, expected=expected, kind="ks", tolerance=0.05)


def test_many_values_against_one_number_are_refused() -> None:
    with pytest.raises(ValueError, match="many values"):
        holds(LUCK, expected="0.5", kind="abs", tolerance=1.0)
