"""Intervals for planners: distribution-free quantiles and shares of runs.

Values may be ``inf``: what did not come about ranks above everything that did. Formulas and table values:
reference sheet "Statistics for planners" (order-statistic intervals; Wilson 1927).
"""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from drillsim.study.results import Interval, Summary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from drillsim.measures.value import Value

__all__ = [
    "LOOKING",
    "LOOKING_SHARE",
    "LOOKING_VERDICT",
    "judge",
    "judge_all",
    "needed",
    "quantile",
    "quantile_interval",
    "quantile_of_runs",
    "quantile_ranks",
    "share_of_runs",
    "spearman",
    "summarise",
    "wilson",
]

_LEVEL: Final = 0.95
LOOKING: Final = 0.97
"""Level of a quantile's interval that keeps 0.95 though the study stopped because it looked narrow.

Stopping when the interval of a p95 is narrow enough costs up to 3 points of coverage, since narrow intervals
go with low estimates: 0.935 where 0.955 to 0.965 are due (tests/study/test_promises.py).
"""
LOOKING_SHARE: Final = 0.985
"""Level of a share's interval that keeps 0.95 though the study stopped when its verdict was clear."""
LOOKING_VERDICT: Final = 0.998
"""Level at which a verdict may stop a study that is looked at up to 19 times.

At 0.95 one in eight studies would call an objective missed that is just met; at this level 1 in 60.
"""


@lru_cache(maxsize=256)
def quantile_ranks(n: int, p: float, *, level: float = _LEVEL) -> tuple[int, int] | None:
    """Ranks (from 1) of the order statistics that enclose the ``p`` quantile with at least ``level``.

    [X(lo), X(hi)] covers with P(lo <= Bin(n, p) <= hi - 1). The narrowest in ranks is taken, of equally
    narrow ones that with the highest coverage; ``None`` if ``n`` is too small for any.

    >>> quantile_ranks(200, 0.95)
    (184, 197)
    >>> quantile_ranks(58, 0.95) is None
    True
    """
    if not 0.0 < p < 1.0:
        raise ValueError(f"a quantile of {p}; it must lie between 0 and 1")
    below = np.concatenate([[0.0], np.cumsum(_binomial(n, p))])  # below[k] = P(Bin < k)
    best: tuple[int, float, int] | None = None
    for low in range(1, n):
        high = int(np.searchsorted(below, below[low] + level))
        # Rounding of the sum must not decide.
        while high > low + 1 and below[high - 1] - below[low] >= level:
            high -= 1
        if high > n:
            break
        coverage = float(below[high] - below[low])
        key = (high - low, -coverage, low)
        if coverage >= level and (best is None or key < best):
            best = key
    return None if best is None else (best[2], best[2] + best[0])


@lru_cache(maxsize=256)
def needed(p: float, *, level: float = _LEVEL) -> int:
    """Fewest runs from which on the ``p`` quantile has a distribution-free interval.

    The widest possible one, from the least to the greatest value, covers with 1 - p^n - (1 - p)^n.

    >>> [needed(p) for p in (0.5, 0.9, 0.95, 0.99)]
    [6, 29, 59, 299]
    """
    if not 0.0 < p < 1.0 or not 0.0 < level < 1.0:
        raise ValueError(f"a quantile of {p} with level {level}; both must lie between 0 and 1")
    n = 2
    while quantile_ranks(n, p, level=level) is None:
        n += 1
    return n


def _binomial(n: int, p: float) -> NDArray[np.float64]:
    """Probabilities of 0 … n successes."""
    log_p, log_q, whole = math.log(p), math.log1p(-p), math.lgamma(n + 1)
    logs = [
        whole - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * log_p + (n - k) * log_q
        for k in range(n + 1)
    ]
    probabilities: NDArray[np.float64] = np.exp(np.array(logs))
    return probabilities


def quantile(values: Sequence[float], p: float) -> float:
    """The smallest value that at least a share ``p`` of the values does not exceed: X(ceil(n p))."""
    if not values:
        raise ValueError("no values, so no quantile")
    # n p as written in decimals: 100 * 0.55 is 55.00000000000001 in binary and must not become rank 56.
    return sorted(values)[max(math.ceil(len(values) * p - 1e-9), 1) - 1]


def quantile_interval(values: Sequence[float], p: float, *, level: float = _LEVEL) -> Interval:
    """Distribution-free interval of the ``p`` quantile; no ends where there are too few values."""
    ranks = quantile_ranks(len(values), p, level=level)
    if ranks is None:
        return Interval(quantile(values, p), None, None, level, needs=needed(p, level=level))
    ordered = sorted(values)
    return Interval(quantile(values, p), ordered[ranks[0] - 1], ordered[ranks[1] - 1], level)


def wilson(successes: int, n: int, *, level: float = _LEVEL) -> Interval:
    """Wilson interval of a share of ``n`` runs.

    It covers with its level on average over shares. At n = 200 it falls to 0.934 for shares from 0.05 to
    0.95 and to 0.905 at the very ends, by exact enumeration (tests/study/test_promises.py).

    >>> found = wilson(190, 200)
    >>> round(100 * found.low, 1), round(100 * found.high, 1)
    (91.0, 97.3)
    """
    if not 0 <= successes <= n or n < 1:
        raise ValueError(f"{successes} of {n} is no share")
    z = NormalDist().inv_cdf(0.5 + level / 2.0)
    share = successes / n
    scale = 1.0 + z * z / n
    centre = (share + z * z / (2 * n)) / scale
    half = z * math.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / scale
    # At the ends the formula gives 0 and 1 but for rounding.
    low = 0.0 if successes == 0 else centre - half
    high = 1.0 if successes == n else centre + half
    return Interval(share, low, high, level)


def judge(share: Interval, required: float) -> Literal["met", "missed", "undecided"]:
    """Met if the whole interval reaches ``required``, missed if none of it does, else undecided.

    A rule that must always hold (``required`` of 1) is missed at the first breach and else met in these runs.
    """
    if required >= 1.0:
        return "met" if share.estimate >= 1.0 else "missed"
    if share.low is not None and share.low >= required:
        return "met"
    if share.high is not None and share.high < required:
        return "missed"
    return "undecided"


def judge_all(
    kept: int, n: int, required: float, *, failed: int = 0, level: float = _LEVEL
) -> Literal["met", "missed", "undecided"]:
    """:func:`judge` for ``kept`` of ``n`` runs beside ``failed`` ones that nobody knows the end of.

    Met only if it is met with every failed run counted as a breach, missed only if it is missed with every
    one counted as kept.

    >>> judge_all(100, 100, 0.9), judge_all(100, 100, 0.9, failed=100)
    ('met', 'undecided')
    """
    if judge(wilson(kept, n + failed, level=level), required) == "met":
        return "met"
    if judge(wilson(kept + failed, n + failed, level=level), required) == "missed":
        return "missed"
    return "undecided"


def spearman(first: Sequence[float], second: Sequence[float]) -> float:
    """Rank correlation, equal values sharing their mean rank; 0 where either does not vary."""
    a, b = _ranks(first), _ranks(second)
    a, b = a - a.mean(), b - b.mean()
    spread = math.sqrt(float(a @ a) * float(b @ b))
    return float(a @ b) / spread if spread > 0.0 else 0.0


def _ranks(values: Sequence[float]) -> NDArray[np.float64]:
    _, inverse, counts = np.unique(np.array(values), return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2.0
    ranks: NDArray[np.float64] = middle[inverse]
    return ranks


def summarise(measure: str, values: Sequence[Value], *, failed: int = 0, looks: int = 0) -> Summary:
    """One measure over all replications; not reached ranks as ``inf``, and so do ``failed`` further runs.

    After ``looks`` whether the runs are enough, the intervals are the wider ones that keep 95 % though the
    study stopped when it saw fit (:data:`LOOKING`).
    """
    ranks = sorted([value.rank for value in values] + [math.inf] * failed)
    reached = [rank for rank in ranks if math.isfinite(rank)]
    return Summary(
        measure=measure,
        unit=values[0].unit,
        n=len(ranks),
        reached=len(reached),
        p10=quantile(ranks, 0.1),
        p50=quantile_of_runs(ranks, 0.5, looks=looks),
        p90=quantile_of_runs(ranks, 0.9, looks=looks),
        p95=quantile_of_runs(ranks, 0.95, looks=looks),
        mean=math.fsum(reached) / len(reached) if reached else None,
    )


def quantile_of_runs(values: Sequence[float], p: float, *, looks: int = 0) -> Interval:
    """Interval of a quantile that holds with 95 %, however often it was looked at."""
    if looks < 1:
        return quantile_interval(values, p)
    return replace(quantile_interval(values, p, level=LOOKING), level=_LEVEL)


def share_of_runs(kept: int, n: int, *, looks: int = 0) -> Interval:
    """Wilson interval of a share that holds with 95 %, however often it was looked at."""
    if looks < 1:
        return wilson(kept, n)
    return replace(wilson(kept, n, level=LOOKING_SHARE), level=_LEVEL)
