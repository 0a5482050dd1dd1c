"""How long or how fast: a value or a distribution, always drawn through its inverse.

One uniform number gives one value (``quantile``), so that plan B meets the same luck as plan A.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Distribution", "constant"]

_NORMAL: Final = NormalDist()
_Z90: Final = _NORMAL.inv_cdf(0.9)

Shape = Literal["constant", "triangular", "lognormal", "normal", "uniform", "empirical"]


@dataclass(frozen=True, slots=True)
class Distribution:
    """A frozen distribution in SI units.

    ``parameters`` by shape: constant (value,) · triangular (min, likely, max) · lognormal (median, p90) ·
    normal (mean, sd), truncated at 0 by redrawing in probability · uniform (low, high) · empirical (sorted
    values…). Raises ``ValueError`` for parameters that make no distribution.
    """

    shape: Shape
    parameters: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.parameters or not all(map(math.isfinite, self.parameters)):
            raise ValueError("a distribution needs finite numbers")
        check = _CHECKS.get(self.shape)
        if check and (fault := check(self.parameters)):
            raise ValueError(fault)

    def quantile(self, probability: float) -> float:
        """Value below which a share ``probability`` (0 < p < 1) of the draws falls."""
        p = self.parameters
        if self.shape == "constant":
            return p[0]
        if self.shape == "uniform":
            return p[0] + (p[1] - p[0]) * probability
        if self.shape == "triangular":
            return _triangular(p, probability)
        if self.shape == "lognormal":
            return p[0] * math.exp(math.log(p[1] / p[0]) / _Z90 * _NORMAL.inv_cdf(probability))
        if self.shape == "normal":
            return _truncated_normal(p, probability)
        return p[min(int(probability * len(p)), len(p) - 1)]

    def quantiles(self, probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
        """:meth:`quantile` of every element, same shape; equal to it to the bit."""
        if self.shape == "constant":
            return np.full(probabilities.shape, self.parameters[0])
        if self.shape == "uniform":
            low, high = self.parameters
            return low + (high - low) * probabilities
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
        return sum(p) / len(p)

    def scaled(self, factor: float) -> Distribution:
        """The same shape, every value times ``factor`` > 0."""
        if not factor > 0.0:
            raise ValueError(f"a scale of {factor}; it must be above 0")
        return replace(self, parameters=tuple(value * factor for value in self.parameters))


def constant(value: float) -> Distribution:
    """The distribution that is always ``value``."""
    return Distribution("constant", (value,))


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


_CHECKS: Final = {
    "lognormal": _check_lognormal,
    "triangular": _check_triangular,
    "uniform": _check_uniform,
    "normal": _check_normal,
    "empirical": _check_empirical,
}
