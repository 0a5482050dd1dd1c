"""Heat release of a fire by its age: t-squared up to a peak, or straight lines between given points."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from pydantic import Field

from drillsim.spec import Power, Spec, Time

__all__ = ["REFERENCE_W", "HeatCurve", "HeatPoint", "t_squared"]

REFERENCE_W: Final = 1.055e6
"""A fire reaches this after its growth time (1000 Btu/s; some sources take 1000 kW, 5.5 % less)."""


class HeatPoint(Spec):
    """Heat release at one age of a fire; straight lines between, the last one holds."""

    at_s: Time = Field(ge=0, description="since flame on")
    heat_w: Power = Field(ge=0)


def t_squared(time_s: float, *, growth_s: float, peak_w: float) -> float:
    """Heat release, W, ``time_s`` after flame: 1055 kW (t / growth)^2 up to the peak; 0 before. No burn-out.

    Raises ``ValueError`` for a growth time that is not positive.

    >>> round(t_squared(113.0, growth_s=300.0, peak_w=2e6) / 1000)
    150
    """
    if not growth_s > 0.0:
        raise ValueError(f"a growth time of {growth_s} s; it must be above 0")
    return min(REFERENCE_W * (max(time_s, 0.0) / growth_s) ** 2, peak_w)


@dataclass(frozen=True, slots=True)
class HeatCurve:
    """Heat release of a fire that nobody fights; ``points`` (age s, heat W) take the place of t-squared."""

    growth_s: float
    peak_w: float
    points: tuple[tuple[float, float], ...] = ()

    def heat_w(self, age_s: float) -> float:
        """Heat release at an age, W; 0 before flame."""
        if not self.points:
            return t_squared(age_s, growth_s=self.growth_s, peak_w=self.peak_w)
        if age_s < self.points[0][0]:
            return 0.0
        ages, heats = zip(*self.points, strict=True)
        return float(np.interp(age_s, ages, heats))

    def reached_s(self, heat_w: float) -> float:
        """Age at which the fire is first of this size, s; inf if it never is.

        >>> HeatCurve(300.0, 2e6).reached_s(1.055e6)
        300.0
        """
        # Between two knots the curve rises or falls all the way.
        peak_s = 2.0 * self.growth_s * max(1.0, math.sqrt(self.peak_w / REFERENCE_W))
        knots = [0.0, *(age_s for age_s, _ in self.points)] if self.points else [0.0, peak_s]
        late = next((index for index, knot in enumerate(knots) if self.heat_w(knot) >= heat_w), None)
        if not late:
            return math.inf if late is None else 0.0
        below, above = knots[late - 1], knots[late]
        while below < (middle := 0.5 * (below + above)) < above:
            below, above = (below, middle) if self.heat_w(middle) >= heat_w else (middle, above)
        return above
