"""What runs into a pool: steps of constant rate and temperature, from one package or several."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Feed", "FeedStep"]

_SURGE: Final = 1.5  # a rate that grows by more than this factor counts as a new beginning


class FeedStep(NamedTuple):
    """Liquid that runs out evenly from ``start_s`` to ``end_s``."""

    start_s: float
    end_s: float
    rate_kg_s: float
    temperature_k: float


class Feed:
    """The liquid fed to a pool over time; steps of several packages add up. Nothing before the first step."""

    __slots__ = ("_begins", "_kelvins", "_mass", "_rates", "_steps", "edges_s")

    def __init__(self) -> None:
        self._steps: list[FeedStep] = []
        self._sum_up()

    def add(
        self, edges_s: Sequence[float], rates_kg_s: Sequence[float], temperatures_k: Sequence[float]
    ) -> None:
        """Feed (k,) rates and temperatures between (k+1,) growing edges, on top of what runs already.

        Raises ``ValueError`` for lengths that do not fit, edges that do not grow, a rate below 0, a
        temperature not above 0 K, and for what is not finite.
        """
        edges, rates, kelvins = map(_floats, (edges_s, rates_kg_s, temperatures_k))
        if not rates or len(edges) != len(rates) + 1 or len(kelvins) != len(rates):
            raise ValueError(
                f"a feed of {len(edges)} edges, {len(rates)} rates and {len(kelvins)} temperatures; "
                "k + 1 edges go with k rates and k temperatures, k at least 1"
            )
        if not all(map(math.isfinite, (*edges, *rates, *kelvins))):
            raise ValueError("a feed must be finite in time, rate and temperature")
        if min(rates) < 0.0 or min(kelvins) <= 0.0 or any(b <= a for a, b in pairwise(edges)):
            raise ValueError("a feed needs edges that grow, rates from 0 kg/s on and temperatures above 0 K")
        self._steps += [FeedStep(*step) for step in zip(edges[:-1], edges[1:], rates, kelvins, strict=True)]
        self._sum_up()

    def cut(self, time_s: float) -> None:
        """Nothing runs out any more from ``time_s`` on."""
        self._steps = [
            step._replace(end_s=min(step.end_s, time_s)) for step in self._steps if step.start_s < time_s
        ]
        self._sum_up()

    def _sum_up(self) -> None:
        edges = sorted({edge for step in self._steps for edge in (step.start_s, step.end_s)})
        count = max(0, len(edges) - 1)
        rates, heat, warmest = [0.0] * count, [0.0] * count, [0.0] * count
        for step in self._steps:
            for i in range(bisect_left(edges, step.start_s), bisect_left(edges, step.end_s)):
                rates[i] += step.rate_kg_s
                heat[i] += step.rate_kg_s * step.temperature_k
                warmest[i] = max(warmest[i], step.temperature_k)
        mass, last = [0.0], 0.0
        begins: list[float] = []
        for i, rate in enumerate(rates):
            mass.append(mass[-1] + rate * (edges[i + 1] - edges[i]))
            begins.append(edges[i] if not begins or rate > _SURGE * last else begins[-1])
            last = rate
        self.edges_s = edges
        self._rates, self._mass, self._begins = rates, mass, begins
        self._kelvins = [h / r if r > 0.0 else w for h, r, w in zip(heat, rates, warmest, strict=True)]

    @property
    def end_s(self) -> float | None:
        """When the last liquid has run out; None if none ever does."""
        return next((self.edges_s[i + 1] for i in reversed(range(len(self._rates))) if self._rates[i]), None)

    def at(self, time_s: float) -> tuple[float, float]:
        """Rate, kg/s, and temperature, K, from ``time_s`` on; rate 0 where nothing runs out."""
        i = bisect_right(self.edges_s, time_s) - 1
        return (self._rates[i], self._kelvins[i]) if 0 <= i < len(self._rates) else (0.0, 0.0)

    def began_s(self, time_s: float) -> float:
        """When what runs at ``time_s``, or ran last, began or last surged; ``time_s`` if nothing did."""
        i = min(bisect_right(self.edges_s, time_s), len(self._begins)) - 1
        return self._begins[i] if i >= 0 else time_s

    def run_out_kg(self, time_s: float) -> float:
        """Mass that has run out by ``time_s``."""
        i = bisect_right(self.edges_s, time_s) - 1
        if i < 0:
            return 0.0
        if i >= len(self._rates):
            return self._mass[-1]
        return self._mass[i] + self._rates[i] * (time_s - self.edges_s[i])


def _floats(values: Sequence[float]) -> list[float]:
    return [float(value) for value in values]
