"""How long or how fast: a value or a distribution, always drawn through its inverse.

One uniform number gives one value (``quantile``), so that plan B meets the same luck as plan A.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Distribution", "Shape", "constant", "lognormal_between"]

_NORMAL: Final = NormalDist()
_inverse_normal: Final = _NORMAL.inv_cdf
_Z90: Final = _NORMAL.inv_cdf(0.9)
_Z99: Final = _NORMAL.inv_cdf(0.99)

Shape = Literal[
    "constant",
    "triangular",
    "lognormal",
    "normal",
    "uniform",
    "empirical",
    "gamma",
    "weibull",
    "shifted-lognormal",
]


class _Drawn:
    """What a distribution works out once, beside the fields that say what it is."""

    __slots__ = ("quantile",)

    quantile: Callable[[float], float]
    """Value below which a share ``probability`` (0 < p < 1) of the draws falls."""


@dataclass(frozen=True, slots=True)
class Distribution(_Drawn):
    """A frozen distribution in SI units.

    ``parameters`` by shape: constant (value,) · triangular (min, likely, max) · lognormal (median, p90) ·
    normal (mean, sd), truncated at 0 by redrawing in probability · uniform (low, high) · empirical (sorted
    values…) · gamma (scale, shape) · weibull (scale, shape) · shifted-lognormal (shift, median above the
    shift, sigma) or (shift, median above the shift, below, sigma): then cut off at ``below`` in the same
    way, and the median is that before the cut. Raises ``ValueError`` for parameters that make no
    distribution.
    """

    shape: Shape
    parameters: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.parameters or not all(map(math.isfinite, self.parameters)):
            raise ValueError("a distribution needs finite numbers")
        check = _CHECKS.get(self.shape)
        if check and (fault := check(self.parameters)):
            raise ValueError(fault)
        object.__setattr__(self, "quantile", self._inverse())

    def __reduce__(self) -> tuple[type[Distribution], tuple[Shape, tuple[float, ...]]]:
        return Distribution, (self.shape, self.parameters)

    def _inverse(self) -> Callable[[float], float]:
        """The inverse with what its parameters alone decide worked out, once for all draws."""
        p = self.parameters
        if self.shape == "lognormal":
            return partial(_lognormal, p[0], math.log(p[1] / p[0]) / _Z90)
        if self.shape == "gamma" and p[1] == 1.0:
            return partial(_exponential, p[0])
        return partial(_INVERSES[self.shape], p)

    def quantiles(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """:meth:`quantile` of every element, same shape; equal to it to the bit."""
        if self.shape == "constant":
            return np.full(probabilities.shape, self.parameters[0])
        if self.shape == "uniform":
            low, high = self.parameters
            return low + (high - low) * probabilities
        if self.shape == "gamma" and self.parameters[1] != 1.0:
            return np.asarray(self.parameters[0] * _gamma(self.parameters[1], probabilities))
        return np.array([self.quantile(p) for p in probabilities.tolist()], dtype=np.float64)

    @property
    def median(self) -> float:
        return self.quantile(0.5)

    @property
    def p90(self) -> float:
        return self.quantile(0.9)

    @property
    def mean(self) -> float:
        """Expected value."""
        p = self.parameters
        if self.shape == "lognormal":
            sigma = math.log(p[1] / p[0]) / _Z90
            return p[0] * math.exp(sigma * sigma / 2.0)
        if self.shape == "normal":
            if p[1] == 0.0:
                return p[0]
            cut = -p[0] / p[1]
            return p[0] + p[1] * _NORMAL.pdf(cut) / (1.0 - _NORMAL.cdf(cut))
        if self.shape == "gamma":
            return p[0] * p[1]
        if self.shape == "weibull":
            return p[0] * math.gamma(1.0 + 1.0 / p[1])
        if self.shape == "shifted-lognormal":
            kept, above = _kept(p), p[1] * math.exp(p[-1] ** 2 / 2.0)
            return p[0] + above * (1.0 if len(p) == 3 else _NORMAL.cdf(_cut(p) - p[-1]) / kept)
        return sum(p) / len(p)

    @property
    def lowest(self) -> float:
        """No draw lies below it."""
        return self.parameters[0] if self.shape in _FROM_FIRST else 0.0

    def scaled(self, factor: float) -> Distribution:
        """The same shape, every value times ``factor`` > 0."""
        if not factor > 0.0:
            raise ValueError(f"a scale of {factor}; it must be above 0")
        pure = 1 if self.shape in _ENDS_IN_NUMBER else 0  # a number without unit
        values = self.parameters[: len(self.parameters) - pure]
        rest = self.parameters[len(values) :]
        return replace(self, parameters=(*(value * factor for value in values), *rest))


def constant(value: float) -> Distribution:
    """The distribution that is always ``value``."""
    return Distribution("constant", (value,))


def lognormal_between(p1: float, p99: float) -> Distribution:
    """The lognormal with 1 % of the draws below ``p1`` and 99 % below ``p99``.

    PD 7974-6 gives pre-movement as the time of the first 1 % of the people and the *further* time to the
    99th percentile: ``p99`` is the sum of the two. That a lognormal lies between is this project's choice.
    Raises ``ValueError`` unless 0 < p1 <= p99.

    >>> round(lognormal_between(30.0, 90.0).quantile(0.99), 6)
    90.0
    """
    if not 0.0 < p1 <= p99:
        raise ValueError("p1 must be above 0 and p99 not below it")
    median = math.sqrt(p1 * p99)
    return Distribution("lognormal", (median, median * math.exp(math.log(p99 / median) / _Z99 * _Z90)))


def _constant(p: tuple[float, ...], probability: float) -> float:
    return p[0]


def _uniform(p: tuple[float, ...], probability: float) -> float:
    return p[0] + (p[1] - p[0]) * probability


def _empirical(p: tuple[float, ...], probability: float) -> float:
    return p[min(int(probability * len(p)), len(p) - 1)]


def _lognormal(median: float, sigma: float, probability: float) -> float:
    return median * math.exp(sigma * _inverse_normal(probability))


def _exponential(mean: float, probability: float) -> float:
    return -mean * math.log1p(-probability)


def _weibull(p: tuple[float, ...], probability: float) -> float:
    return p[0] * math.pow(-math.log1p(-probability), 1.0 / p[1])


def _gamma_quantile(p: tuple[float, ...], probability: float) -> float:
    return p[0] * float(_gamma(p[1], probability))


def _gamma(shape: float, probability: Any) -> Any:
    from scipy.special import gammaincinv

    return gammaincinv(shape, probability)


def _cut(p: tuple[float, ...]) -> float:
    """Where a shifted lognormal is cut off, as a standard normal value; inf for nowhere."""
    return math.inf if len(p) == 3 else math.log((p[2] - p[0]) / p[1]) / p[3]


def _kept(p: tuple[float, ...]) -> float:
    return 1.0 if len(p) == 3 else _NORMAL.cdf(_cut(p))


def _shifted_lognormal(p: tuple[float, ...], probability: float) -> float:
    # The smallest probability that can be inverted stands for those that round to 0.
    normal = _NORMAL.inv_cdf(max(probability * _kept(p), math.ulp(0.0)))
    value = p[0] + p[1] * math.exp(p[-1] * normal)
    return value if len(p) == 3 else min(value, p[2])


def _triangular(p: tuple[float, ...], probability: float) -> float:
    low, mode, high = p
    if high == low:
        return low
    share = (mode - low) / (high - low)
    if probability < share:
        return low + math.sqrt(probability * (high - low) * (mode - low))
    return high - math.sqrt((1.0 - probability) * (high - low) * (high - mode))


def _truncated_normal(p: tuple[float, ...], probability: float) -> float:
    mean, sd = p
    if sd == 0.0:
        return mean
    below = _NORMAL.cdf(-mean / sd)
    return max(0.0, mean + sd * _NORMAL.inv_cdf(below + probability * (1.0 - below)))


def _check_lognormal(p: tuple[float, ...]) -> str | None:
    if not 0.0 < p[0] <= p[1]:
        return "median must be above 0 and p90 not below the median"
    return None


def _check_triangular(p: tuple[float, ...]) -> str | None:
    return None if p[0] <= p[1] <= p[2] else "min, likely and max must not fall"


def _check_uniform(p: tuple[float, ...]) -> str | None:
    return None if p[0] <= p[1] else "the first bound must not lie above the second"


def _check_normal(p: tuple[float, ...]) -> str | None:
    return None if p[0] > 0.0 and p[1] >= 0.0 else "mean must be above 0 and sd not negative"


def _check_empirical(p: tuple[float, ...]) -> str | None:
    return None if list(p) == sorted(p) else "the values must be sorted"


def _check_scale(p: tuple[float, ...]) -> str | None:
    if len(p) != 2 or not (p[0] > 0.0 and p[1] > 0.0):
        return "scale and shape must be above 0"
    return None


def _check_shifted(p: tuple[float, ...]) -> str | None:
    if len(p) not in (3, 4) or not (p[0] >= 0.0 and p[1] > 0.0 and p[-1] > 0.0):
        return "sigma must be above 0 and the shift not negative"
    if len(p) == 4 and not p[2] > p[0]:
        return "below must lie above the shift"
    if len(p) == 4 and not _kept(p) > 1e-6:
        return "hardly anything lies between shift and below; check mu, sigma and below"
    return None


# The first parameter of these is the lowest value, of the others 0; these end in a number without unit.
_FROM_FIRST: Final = ("constant", "triangular", "uniform", "empirical", "shifted-lognormal")
_ENDS_IN_NUMBER: Final = ("gamma", "weibull", "shifted-lognormal")

_CHECKS: Final = {
    "gamma": _check_scale,
    "weibull": _check_scale,
    "shifted-lognormal": _check_shifted,
    "lognormal": _check_lognormal,
    "triangular": _check_triangular,
    "uniform": _check_uniform,
    "normal": _check_normal,
    "empirical": _check_empirical,
}

_INVERSES: Final[dict[Shape, Callable[[tuple[float, ...], float], float]]] = {
    "constant": _constant,
    "uniform": _uniform,
    "triangular": _triangular,
    "normal": _truncated_normal,
    "gamma": _gamma_quantile,
    "weibull": _weibull,
    "shifted-lognormal": _shifted_lognormal,
    "empirical": _empirical,
}
