"""Statistics of pairs: what two plans do under the same luck."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.study.results import Interval

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["gain", "holm", "mcnemar", "mean_difference", "sign_test"]

_LEVEL: Final = 0.95
_FEWEST: Final = 30  # pairs: the skewness of fewer says too little
_TAIL: Final = 10  # runs that must carry a tail, where most runs hardly differ
_STILL: Final = 0.1  # of the standard deviation about the median: hardly any difference
_WEIGHT: Final = 0.1  # a tail with less than this share of all squares may be carried by fewer


def mean_difference(differences: Sequence[float], *, level: float = _LEVEL) -> tuple[Interval, float | None]:
    """Mean of paired differences with its interval, and the p-value of a mean of zero by the same interval.

    The paired t interval, widened on the side of a long tail to that of Hall's cubic transformation of t
    (Hall 1992, J. R. Stat. Soc. B 54:221, "On the removal of skewness by transformation"), whose degrees of
    freedom fall with the kurtosis. Plain t covers 0.81 at n = 50 and 0.90 at n = 200 where one run in eleven
    differs, exponentially; this one 0.95 and more (tests/study/test_promises.py).

    No ends and no p-value below 30 pairs, or where most runs hardly differ (by less than a tenth of the
    standard deviation from the median) and fewer than 10 runs carry a tail with more than a tenth of all
    squares: the few runs that matter may not have been seen yet. ``Interval.needs`` says about how many runs
    would show 10 of them; ``None`` if no two runs differ. Nothing can be said for what no run has shown: an
    accident in one run of 300 may move the mean as it likes.
    """
    d = np.array(differences, dtype=np.float64)
    n = len(d)
    mean = math.fsum(differences) / n if n else math.nan
    if n < _FEWEST:
        return Interval(mean, None, None, level, needs=_FEWEST), None
    about = d - mean
    square = float(np.mean(about**2))
    # A spread of rounding alone is none.
    if square <= (1e-12 * max(float(np.max(np.abs(d))), 1e-300)) ** 2:
        return Interval(mean, None, None, level), None
    needs = _needed(d, math.sqrt(square * n / (n - 1)))
    if needs is not None:
        return Interval(mean, None, None, level, needs=needs), None
    error = math.sqrt(square / (n - 1))
    skewness = float(np.mean(about**3)) / square**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    kurtosis = max(float(np.mean(about**4)) / square**2 - 3.0, 0.0)
    return _skewed(mean, error, n=n, skewness=skewness, kurtosis=kurtosis, level=level)


def _needed(d: np.ndarray[tuple[int, ...], np.dtype[np.float64]], deviation: float) -> int | None:
    """About how many runs would show enough of each tail; ``None`` if these do."""
    off = d - np.median(d)
    moved = np.abs(off) >= _STILL * deviation
    n = len(d)
    if 2 * int(moved.sum()) >= n:
        return None
    squares = off**2
    fewest = _TAIL
    for side in (off > 0.0, off < 0.0):
        if float(squares[side].sum()) > _WEIGHT * float(squares.sum()):
            fewest = min(fewest, int((moved & side).sum()))
    return None if fewest >= _TAIL else math.ceil(n * _TAIL / max(fewest, 1))


def _skewed(
    mean: float, error: float, *, n: int, skewness: float, kurtosis: float, level: float
) -> tuple[Interval, float]:
    """The wider of t and Hall's interval on each side, and the larger of their p-values."""
    from scipy.special import stdtr, stdtrit

    lean = skewness / math.sqrt(n)
    # The variance of s^2 is that of a chi-square of fewer degrees of freedom where tails are heavy; half of
    # that is due to skewness, which the transformation takes care of.
    freedom = max(2.0 / (kurtosis / (2.0 * n) + 2.0 / (n - 1)), 1.0)
    wide = float(stdtrit(freedom, 0.5 + level / 2.0))
    plain = float(stdtrit(n - 1, 0.5 + level / 2.0))
    low = mean - error * max(plain, _untransformed(wide, lean))
    high = mean - error * min(-plain, _untransformed(-wide, lean))
    t = mean / error
    transformed = t + lean * t * t / 3.0 + lean * lean * t**3 / 27.0 + lean / 6.0
    # Beyond zero the transformed value keeps the side of t, else nothing is left of the difference.
    same_side = transformed if transformed * t > 0.0 else 0.0
    p_value = max(2.0 * float(stdtr(n - 1, -abs(t))), 2.0 * float(stdtr(freedom, -abs(same_side))))
    return Interval(mean, low, high, level), min(p_value, 1.0)


def _untransformed(x: float, lean: float) -> float:
    """The t whose transformed value is ``x``: t + a t^2/3 + a^2 t^3/27 + a/6 = x."""
    if abs(lean) < 1e-8:
        return x
    return 3.0 / lean * (math.cbrt(1.0 + lean * (x - lean / 6.0)) - 1.0)


def sign_test(lower: int, higher: int) -> float:
    """p-value, two-sided and exact, of ``lower`` and ``higher`` pairs; equal ones are left out."""
    return mcnemar(lower, higher)


def mcnemar(only_first: int, only_second: int) -> float:
    """Exact two-sided p-value of discordant pairs (McNemar 1947; binomial with a share of one half).

    >>> round(mcnemar(3, 12), 4), round(mcnemar(1, 9), 4), mcnemar(0, 0)
    (0.0352, 0.0215, 1.0)
    """
    if min(only_first, only_second) < 0:
        raise ValueError(f"{only_first} and {only_second} pairs; neither can be negative")
    from scipy.special import bdtr

    n = only_first + only_second
    return min(1.0, 2.0 * float(bdtr(min(only_first, only_second), n, 0.5))) if n else 1.0


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """p-values of several plans, corrected so that any wrong finding among them has the chance they say.

    Holm 1979: the i-th smallest of m times m - i + 1, never below one before it, at most 1.

    >>> [round(p, 3) for p in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    found = [1.0] * len(p_values)
    largest = 0.0
    for done, at in enumerate(sorted(range(len(p_values)), key=lambda at: p_values[at])):
        largest = max(largest, min(1.0, (len(p_values) - done) * p_values[at]))
        found[at] = largest
    return tuple(found)


def gain(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Variance of the difference under separate luck over that under common luck; ``inf`` if luck cancels.

    As many times more runs would separate luck need for an interval of the same width. ``None`` where
    neither plan varies or there are fewer than two pairs.
    """
    if len(first) < 2:
        return None
    a, b = np.array(first), np.array(second)
    separate = float(a.var(ddof=1) + b.var(ddof=1))
    scale = max(float(np.max(np.abs(a))), float(np.max(np.abs(b))))
    if separate <= (1e-12 * scale) ** 2:
        return None
    common = float((b - a).var(ddof=1))
    return math.inf if common <= (1e-12 * scale) ** 2 else separate / common
