"""Clouds of one source on the spaces of a facility: piecewise-constant source, piecewise-constant wind.

Each part of the source goes with the wind of its emission time, for good. A space is an area: its value is
the mean over a fixed grid of points in its footprint.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.plume import plume_concentration, sigma_x, sigma_y, transport_wind

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.weather import Weather

__all__ = ["Cloud", "Footprints", "SourceSegment", "footprints"]

POINT_SPACING_M: Final = 12.0
"""Aimed distance of the sample points of a footprint; 3 to 16 points along each side."""
_FEWEST, _MOST = 3, 16
_NODES: Final = 60
_SPREADS: Final = 5.0  # beyond 5 sigma_y (3.7e-6 of the axis) a point lies outside the plume


class SourceSegment(NamedTuple):
    """A constant rate of vapour between two times, carried by one wind."""

    start_s: float
    end_s: float
    rate_kg_s: float
    from_deg: float
    speed_m_s: float


class Footprints(NamedTuple):
    """Sample points of all spaces, grouped by space; ``space`` holds the index of each point's space,
    ``samples`` how many points each space has."""

    points_m: NDArray[np.float64]
    level_m: NDArray[np.float64]
    space: NDArray[np.intp]
    samples: NDArray[np.intp]

    def average(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean over each footprint of ``values`` given at the points; shape (spaces,)."""
        total = np.bincount(self.space, weights=values, minlength=len(self.samples))
        return np.asarray(total / self.samples)


@lru_cache(maxsize=8)
def footprints(facility: Facility) -> Footprints:
    """Centres of equal cells of each axis-parallel footprint, at the level of its floor."""
    points, spaces = [], []
    for index, (centre, size) in enumerate(zip(facility.centre, facility.size, strict=True)):
        axes = []
        for middle, extent in zip(centre, size, strict=True):
            n = min(max(math.ceil(extent / POINT_SPACING_M), _FEWEST), _MOST)
            axes.append(middle + extent * ((np.arange(n) + 0.5) / n - 0.5))
        x, y = np.meshgrid(*axes)
        points.append(np.column_stack([x.ravel(), y.ravel()]))
        spaces.append(np.full(x.size, index, dtype=np.intp))
    space = np.concatenate(spaces)
    count = np.bincount(space, minlength=len(facility.spaces))
    return Footprints(np.concatenate(points), np.asarray(facility.level_m)[space], space, count)


class Cloud:
    """Concentrations of one source. ``source_m`` is the middle of a pool of ``diameter_m``."""

    def __init__(
        self, points: Footprints, *, source_m: tuple[float, float], diameter_m: float, weather: Weather
    ) -> None:
        self.points = points
        self.diameter_m = diameter_m
        self.weather = weather
        self._offset = points.points_m - np.asarray(source_m)
        self._near = np.hypot(self._offset[:, 0], self._offset[:, 1]) <= diameter_m
        self._steady: dict[tuple[float, float], _Steady] = {}

    def near_spaces(self) -> list[int]:
        """Spaces with a point within one pool diameter of the pool's middle, where values are unreliable."""
        return sorted({int(space) for space in self.points.space[self._near]})

    def table(self, segments: Sequence[SourceSegment], times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Footprint means, kg/m3, shape (spaces, times)."""
        result = np.zeros((len(self.points.samples), len(times_s)))
        winds: dict[tuple[float, float], list[SourceSegment]] = {}
        for segment in segments:
            if segment.rate_kg_s > 0.0 and segment.end_s > segment.start_s:
                winds.setdefault((segment.from_deg, segment.speed_m_s), []).append(segment)
        for wind, parts in winds.items():
            steady = self._under(wind)
            if not steady.spaces.size:
                continue
            first = int(np.searchsorted(times_s, parts[0].start_s, side="right"))
            shares = steady.shares(parts, times_s[first:])
            result[np.ix_(steady.spaces, np.arange(first, len(times_s)))] += steady.weights @ shares
        return result

    def _under(self, wind: tuple[float, float]) -> _Steady:
        if wind not in self._steady:
            self._steady[wind] = self._settle(*wind)
        return self._steady[wind]

    def _settle(self, from_deg: float, speed_m_s: float) -> _Steady:
        """Steady plume of 1 kg/s under one wind, folded into weights on nodes along the axis."""
        weather, points = self.weather, self.points
        stability, terrain = weather.stability, weather.terrain
        toward = math.radians(from_deg + 180.0)
        along, across = (math.sin(toward), math.cos(toward)), (math.cos(toward), -math.sin(toward))
        x = np.where(self._near, self.diameter_m, self._offset @ along)
        y = np.where(self._near, 0.0, self._offset @ across)
        wind = transport_wind(speed_m_s, stability=stability, terrain=terrain)
        downwind = np.maximum(x, 0.0)
        width = np.hypot(sigma_y(downwind, stability=stability), self.diameter_m / math.sqrt(2.0 * math.pi))
        inside = np.flatnonzero((x > 0.0) & (np.abs(y) < _SPREADS * width))
        x, y, space = x[inside], y[inside], points.space[inside]
        value = plume_concentration(
            x,
            y,
            z_m=points.level_m[inside],
            rate_kg_s=1.0,
            wind_m_s=wind,
            stability=stability,
            terrain=terrain,
            diameter_m=self.diameter_m,
        )
        far = float(x.max(initial=1.0))
        nodes = np.linspace(0.0, far, min(_NODES, 2 + math.ceil(far / (10.0 * wind))))
        left = np.minimum((x / nodes[1]).astype(np.intp), len(nodes) - 2)
        share = x / nodes[1] - left
        spaces, row = np.unique(space, return_inverse=True)
        weights = np.zeros((len(spaces), len(nodes)))
        value = value / points.samples[space]
        np.add.at(weights, (row, left), value * (1.0 - share))
        np.add.at(weights, (row, left + 1), value * share)
        return _Steady(spaces, weights, nodes, wind, stability)


class _Steady(NamedTuple):
    """Space s holds sum over nodes of weights[s, node] per kg/s in full flow."""

    spaces: NDArray[np.intp]
    weights: NDArray[np.float64]
    nodes_m: NDArray[np.float64]
    wind_m_s: float
    stability: str

    def shares(self, parts: Sequence[SourceSegment], times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rate, kg/s, whose plume is present at (node, time): finite releases with shared edges merged."""
        from scipy.special import ndtr

        jumps: dict[float, float] = {}
        for part in parts:
            jumps[part.start_s] = jumps.get(part.start_s, 0.0) + part.rate_kg_s
            jumps[part.end_s] = jumps.get(part.end_s, 0.0) - part.rate_kg_s
        nodes = self.nodes_m[:, None]
        spread = np.maximum(sigma_x(nodes, stability=self.stability), 1e-6)
        shares = np.zeros((len(self.nodes_m), len(times_s)))
        for edge, jump in sorted(jumps.items()):
            first = int(np.searchsorted(times_s, edge, side="right"))
            # Past six spreads behind the slowest node the front has gone by everywhere.
            done = edge + float((self.nodes_m[-1] + 6.0 * spread[-1, 0]) / self.wind_m_s)
            last = int(np.searchsorted(times_s, done, side="right"))
            if first < last:
                arrived = (self.wind_m_s * (times_s[None, first:last] - edge) - nodes) / spread
                shares[:, first:last] += jump * ndtr(arrived)
            shares[:, max(first, last) :] += jump
        return np.maximum(shares, 0.0)
