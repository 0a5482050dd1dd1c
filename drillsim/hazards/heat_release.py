"""Heat release of a fire by its age: growth to a peak, given points, decay, and what else it sets alight.

Every curve is pieces of parabolas, so that sizes, burnt shares and sums of curves are exact.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import itemgetter
from typing import Final, NamedTuple

__all__ = [
    "CURVES",
    "REFERENCES_W",
    "REFERENCE_W",
    "HeatCurve",
    "ignitions",
    "named_heat_release_w",
    "second_item_ignition_w",
    "sprinkler_decay_s",
    "t_squared",
    "t_squared_coefficient_kw_s2",
]

REFERENCE_W: Final = 1.055e6
"""A fire reaches this after its growth time: 1000 Btu/s."""
REFERENCES_W: Final = (REFERENCE_W, 1e6)
"""Both conventions that circulate; with 1000 kW a fire of the same growth time is 5.2 % smaller."""

CABINET: Final = (
    *((72.0 * step, 702e3 * (step / 10.0) ** 2) for step in range(11)),
    (1200.0, 702e3),
    (2340.0, 0.0),
)
"""Electrical cabinet (age s, heat W): 702 kW (t / 720 s)^2, held to 1200 s, linear to 0 at 2340 s. Source:
NUREG-6850 and NUREG-1934 as in the CFAST input, a table every 72 s; a proxy for an electrical appliance."""

CURVES: Final = {"electrical-cabinet": CABINET}
"""Curves that scenarios may name."""
RADIATIVE: Final = 0.3
"""Radiated share of the heat released. Source: sheet 8.3 (1 - 0.7), from memory; confidence medium."""
_age: Final = itemgetter(0)


def t_squared_coefficient_kw_s2(growth_s: float, *, reference_w: float = REFERENCE_W) -> float:
    """Growth coefficient of a t-squared fire, kW/s2. Raises ``ValueError`` for a time or heat not above 0.

    >>> round(t_squared_coefficient_kw_s2(300.0), 5)
    0.01172
    >>> round(t_squared_coefficient_kw_s2(300.0, reference_w=1e6), 4)
    0.0111
    """
    if not (growth_s > 0.0 and reference_w > 0.0):
        raise ValueError(f"{reference_w} W after a growth time of {growth_s} s; both must be above 0")
    return reference_w / 1000.0 / growth_s**2


def t_squared(time_s: float, *, growth_s: float, peak_w: float, reference_w: float = REFERENCE_W) -> float:
    """Heat release, W, ``time_s`` after flame: reference (t / growth)^2 up to the peak; 0 before.

    Raises ``ValueError`` for a growth time or reference that is not positive.

    >>> round(t_squared(113.0, growth_s=300.0, peak_w=2e6) / 1000)
    150
    """
    alpha = 1000.0 * t_squared_coefficient_kw_s2(growth_s, reference_w=reference_w)
    return min(alpha * max(time_s, 0.0) ** 2, peak_w)


def sprinkler_decay_s(density_m_s: float) -> float:
    """Time constant of a fire under a sprinkler, s: 3 w^-1.8, w in mm/s of spray (Madrzykowski and Evans).

    The water is taken to suffice; a second head changes nothing. Raises ``ValueError`` for no water.

    >>> round(sprinkler_decay_s(0.07e-3))
    360
    """
    if not density_m_s > 0.0:
        raise ValueError(f"a spray of {density_m_s} m/s; it must be above 0")
    return float(3.0 * (1000.0 * density_m_s) ** -1.8)


def second_item_ignition_w(distance_m: float, *, flux_w_m2: float) -> float:
    """Heat release at which a fire radiates ``flux_w_m2`` at a distance, W: 4 pi r^2 q / 0.3, a point source.

    Raises ``ValueError`` for a distance or flux not above 0.

    >>> round(second_item_ignition_w(1.0, flux_w_m2=10e3) / 1000)
    419
    """
    if not (distance_m > 0.0 and flux_w_m2 > 0.0):
        raise ValueError(f"{flux_w_m2} W/m2 at {distance_m} m; both must be above 0")
    return 4.0 * math.pi * distance_m**2 * flux_w_m2 / RADIATIVE


def named_heat_release_w(name: str, age_s: float) -> float:
    """Heat release of a curve that has a name, W, at an age. Raises ``KeyError`` for another name.

    >>> named_heat_release_w("electrical-cabinet", 1770.0)
    351000.0
    """
    return HeatCurve.through(CURVES[name]).heat_w(age_s)


class _Piece(NamedTuple):
    """From ``start_s`` on: w + x (w_s + x w_s2), x seconds since then."""

    start_s: float
    w: float
    w_s: float = 0.0
    w_s2: float = 0.0

    def at(self, age_s: float) -> _Piece:
        """The same parabola, told from another age."""
        x = age_s - self.start_s
        return _Piece(
            age_s, self.w + x * (self.w_s + x * self.w_s2), self.w_s + 2.0 * x * self.w_s2, self.w_s2
        )


@dataclass(frozen=True, slots=True)
class HeatCurve:
    """Heat release of a fire that nobody fights, by age; 0 before its first piece.

    A sprinkler that acts at ``doused_s`` lets it decay from then on with the time constant ``decay_s``.
    """

    pieces: tuple[_Piece, ...]
    doused_s: float = math.inf
    decay_s: float = math.inf

    @classmethod
    def grown(cls, growth_s: float, peak_w: float, *, reference_w: float = REFERENCE_W) -> HeatCurve:
        """t-squared: ``reference_w`` after ``growth_s``, up to the peak, which then holds."""
        alpha = 1000.0 * t_squared_coefficient_kw_s2(growth_s, reference_w=reference_w)
        return cls((_Piece(0.0, 0.0, 0.0, alpha), _Piece(math.sqrt(peak_w / alpha), peak_w)))

    @classmethod
    def through(cls, points: Sequence[tuple[float, float]]) -> HeatCurve:
        """Straight lines between points (age s, heat W) in the order of time; the last one holds."""
        if any(later[0] <= earlier[0] for earlier, later in pairwise(points)):
            raise ValueError("the points of a heat release must follow one another in time")
        lines = [
            _Piece(start_s, heat_w, (next_w - heat_w) / (next_s - start_s))
            for (start_s, heat_w), (next_s, next_w) in pairwise(points)
        ]
        return cls((*lines, *(_Piece(*point) for point in points[-1:])))

    def declining(self, from_s: float, *, over_s: float) -> HeatCurve:
        """The same up to ``from_s``, and from there a straight line to 0 ``over_s`` later."""
        heat_w = self.heat_w(from_s)
        before = tuple(piece for piece in self.pieces if piece.start_s < from_s)
        decline = (_Piece(from_s, heat_w, -heat_w / over_s), _Piece(from_s + over_s, 0.0))
        return HeatCurve((*before, *decline))

    def burning_out(self, energy_j: float, *, share: float) -> HeatCurve:
        """Declining from the moment ``share`` of all heat is released, so that all of it is in the end."""
        from_s = self.released_s(share * energy_j)
        if from_s == math.inf:
            return self
        return self.declining(from_s, over_s=2.0 * (1.0 - share) * energy_j / self.heat_w(from_s))

    def and_from(self, ignitions: Sequence[tuple[float, HeatCurve]]) -> HeatCurve:
        """Its sum with other curves, each from the age at which it begins."""
        parts = [
            [piece._replace(start_s=lag_s + piece.start_s) for piece in part.pieces]
            for lag_s, part in [(0.0, self), *ignitions]
        ]
        pieces = []
        for start_s in sorted({piece.start_s for part in parts for piece in part}):
            here = [
                part[index - 1].at(start_s)
                for part in parts
                if (index := bisect_right(part, start_s, key=_age)) > 0
            ]
            sums = (math.fsum(piece[term] for piece in here) for term in (1, 2, 3))
            pieces.append(_Piece(start_s, *sums))
        return HeatCurve(tuple(pieces))

    def doused(self, age_s: float, *, decay_s: float) -> HeatCurve:
        """The same with a sprinkler that acts at ``age_s``."""
        return HeatCurve(self.pieces, age_s, decay_s)

    def _index(self, age_s: float) -> int:
        return bisect_right(self.pieces, age_s, key=_age) - 1

    def heat_w(self, age_s: float) -> float:
        """Heat release at an age, W; 0 before flame."""
        if age_s > self.doused_s:
            return self.heat_w(self.doused_s) * math.exp(-(age_s - self.doused_s) / self.decay_s)
        index = self._index(age_s)
        if index < 0:
            return 0.0
        start_s, w, w_s, w_s2 = self.pieces[index]
        x = age_s - start_s
        return max(0.0, w + x * (w_s + x * w_s2))  # a line to 0 may round below it

    def reached_s(self, heat_w: float) -> float:
        """Age at which the fire is first of this size, s; inf if it never is.

        >>> round(HeatCurve.grown(300.0, 2e6).reached_s(1.055e6), 9)
        300.0
        """
        if heat_w <= 0.0:
            return 0.0
        for below, above in pairwise(self._knots()):
            if self.heat_w(below) >= heat_w:
                return below
            if above < math.inf and self._just_before(above) >= heat_w:
                return self._rises_through(heat_w, below, above)
        return math.inf

    def _knots(self) -> list[float]:
        """Ages without jump or peak between them, for sums of parabolas that open upward; the last: inf."""
        ages = {*(piece.start_s for piece in self.pieces), self.doused_s}
        return [*sorted(age for age in ages if age <= self.doused_s and age < math.inf), math.inf]

    def grows_until_s(self) -> float:
        """Age from which on it never grows again, s; the first that its pieces show."""
        until_s = self.pieces[-1].start_s  # the last piece of every curve is level
        for piece, later in reversed(tuple(pairwise(self.pieces))):
            jump_w = later.w - piece.at(later.start_s).w
            if piece.w_s > 0.0 or piece.w_s2 != 0.0 or jump_w > 1e-9 * later.w + 1e-6:
                break
            until_s = piece.start_s
        return min(until_s, self.doused_s)

    def _just_before(self, age_s: float) -> float:
        """Heat towards which the piece before an age goes, W: where it jumps, not the heat at that age."""
        before = bisect_right(self.pieces, math.nextafter(age_s, -math.inf), key=_age) - 1
        return self.pieces[before].at(age_s).w if before >= 0 else 0.0

    def _rises_through(self, heat_w: float, below: float, above: float) -> float:
        while below < (middle := 0.5 * (below + above)) < above:
            below, above = (below, middle) if self.heat_w(middle) >= heat_w else (middle, above)
        return above

    def energy_j(self, age_s: float) -> float:
        """Heat released up to an age, J; without the sprinkler."""
        total = 0.0
        for index, (start_s, w, w_s, w_s2) in enumerate(self.pieces):
            end_s = self.pieces[index + 1].start_s if index + 1 < len(self.pieces) else math.inf
            x = min(age_s, end_s) - start_s
            if x <= 0.0:
                break
            total += x * (w + x * (w_s / 2.0 + x * w_s2 / 3.0))
        return total

    def released_s(self, energy_j: float) -> float:
        """Age by which so much heat is released, s; inf if it never is. Without the sprinkler."""
        last = self.pieces[-1]
        late = max(last.start_s, 0.0)
        if (rest := energy_j - self.energy_j(late)) > 0.0:
            return late + rest / last.w if last.w > 0.0 and last.w_s == last.w_s2 == 0.0 else math.inf
        below, above = 0.0, late
        while below < (middle := 0.5 * (below + above)) < above:
            below, above = (below, middle) if self.energy_j(middle) >= energy_j else (middle, above)
        return above


def ignitions(first: HeatCurve, others: Mapping[str, tuple[float, HeatCurve]]) -> dict[str, float]:
    """When each other item catches fire, s after the first one: at a total heat release of its own, W.

    What has caught fire adds to the total; inf for an item that never does. Equal times go by name.
    """
    caught: dict[str, float] = {}
    waiting = dict(sorted(others.items()))
    while waiting:
        total = first.and_from([(age_s, others[name][1]) for name, age_s in caught.items()])
        now_s = max(caught.values(), default=0.0)
        ages = {name: max(now_s, total.reached_s(level_w)) for name, (level_w, _) in waiting.items()}
        name = min(ages, key=lambda name: (ages[name], name))
        if ages[name] == math.inf:
            break
        caught[name] = ages[name]
        del waiting[name]
    return caught | dict.fromkeys(waiting, math.inf)
