"""A measure's value: a number, or NaN with the bound that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["Value"]


@dataclass(frozen=True, slots=True)
class Value:
    """``number`` in SI ``unit``; NaN where it did not come about, then ``at_least`` is its lower bound."""

    number: float
    unit: str
    at_least: float | None = None

    def __post_init__(self) -> None:
        if math.isnan(self.number) != (self.at_least is not None):
            raise ValueError("a NaN needs the bound at_least, and only a NaN has one")

    @property
    def rank(self) -> float:
        """For ordering: what did not come about ranks above everything that did."""
        return math.inf if math.isnan(self.number) else self.number
