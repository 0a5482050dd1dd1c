"""Kinds of tolerance: what was got against what is expected."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["KINDS", "Got", "Kind", "holds", "probability_of"]

Got = float | str
Kind = Literal["abs", "rel", "factor", "headways", "at-least", "at-most", "exact", "ks"]
KINDS: Final[tuple[Kind, ...]] = (
    "abs",
    "rel",
    "factor",
    "headways",
    "at-least",
    "at-most",
    "exact",
    "ks",
)

_ROUNDING: Final = 1e-9  # relative: what adding up times may lose
_FEWEST_SAMPLES: Final = 1000


def holds(
    got: Got | NDArray[np.float64],
    *,
    expected: str,
    kind: Kind,
    tolerance: float,
    headway_s: float = math.nan,
) -> bool:
    """Whether ``got`` is what was expected.

    ``tolerance`` is absolute, a share of the expected number, a factor that it may be off by either way, a
    number of headways of ``headway_s``, the slack of a bound, or the least probability of a
    Kolmogorov-Smirnov test. Something other than a number where one is expected, and a number that is not
    finite, never holds. Raises ``ValueError`` for an expected text that cannot be read.
    """
    if kind == "ks":
        return probability_of(got, expected=expected) > tolerance
    if isinstance(got, np.ndarray):
        raise ValueError(f"many values cannot be judged by {kind}")
    if kind == "exact" and (isinstance(got, str) or not _is_number(expected)):
        return str(got) == expected
    if isinstance(got, str) or not math.isfinite(got):
        return False
    wanted = float(expected)
    off = got - wanted
    slack = _ROUNDING * max(1.0, abs(wanted))
    if kind == "at-least":
        return off >= -tolerance - slack
    if kind == "at-most":
        return off <= tolerance + slack
    if kind == "exact":
        return off == 0.0
    if kind == "factor":
        return wanted / tolerance - slack <= got <= wanted * tolerance + slack
    allowed = {"abs": tolerance, "rel": tolerance * abs(wanted), "headways": tolerance * headway_s}[kind]
    return abs(off) <= allowed + slack


def probability_of(got: Got | NDArray[np.float64], *, expected: str) -> float:
    """Probability of a Kolmogorov-Smirnov test of many values against a distribution.

    ``expected`` is ``uniform(low, high)``, ``normal(mean, sd)`` cut at 0, ``lognormal(median, p90)``,
    ``cut-lognormal(shift, mu, sigma, below)``, ``triangular(min, likely, max)``, ``gamma(shape, scale)``,
    ``weibull(shape, scale)`` or ``mix(weight, low, high, …)`` of uniforms. Raises ``ValueError`` for another
    family or fewer than 1000 values.
    """
    if not isinstance(got, np.ndarray) or len(got) < _FEWEST_SAMPLES:
        raise ValueError(f"a comparison of distributions needs {_FEWEST_SAMPLES} values")
    from scipy import stats

    found = re.fullmatch(r"\s*([\w-]+)\(([^()]*)\)\s*", expected)
    if not found or found[1] not in _FAMILIES:
        raise ValueError(f"{expected} is none of {', '.join(_FAMILIES)}")
    below = _FAMILIES[found[1]](stats, *map(float, found[2].split(",")))
    return float(stats.kstest(got, below).pvalue)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


_Z90: Final = 1.2815515655446004


def _cut_lognormal(stats: Any, shift: float, mu: float, sigma: float, below: float) -> Callable[..., Any]:
    """Distribution function of shift + exp(normal(mu, sigma)), cut off at ``below``."""
    whole = stats.lognorm(sigma, shift, math.exp(mu))
    return lambda x: np.minimum(whole.cdf(x) / whole.cdf(below), 1.0)


def _mix(stats: Any, *numbers: float) -> Callable[..., Any]:
    """Distribution function of uniforms in given weights: weight, low, high, and so on."""
    parts = list(zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True))
    total = sum(weight for weight, _, _ in parts)
    return lambda x: sum(weight * stats.uniform(a, b - a).cdf(x) for weight, a, b in parts) / total


# The families as scipy has them, each a distribution function: an opinion apart from drillsim.distributions.
_FAMILIES: Final[Mapping[str, Callable[..., Callable[..., Any]]]] = {
    "uniform": lambda s, low, high: s.uniform(low, high - low).cdf,
    "normal": lambda s, mean, sd: s.truncnorm(-mean / sd, math.inf, mean, sd).cdf,
    "lognormal": lambda s, median, p90: s.lognorm(math.log(p90 / median) / _Z90, 0.0, median).cdf,
    "cut-lognormal": _cut_lognormal,
    "triangular": lambda s, low, mode, high: s.triang((mode - low) / (high - low), low, high - low).cdf,
    "gamma": lambda s, shape, scale: s.gamma(shape, 0.0, scale).cdf,
    "weibull": lambda s, shape, scale: s.weibull_min(shape, 0.0, scale).cdf,
    "mix": _mix,
}
