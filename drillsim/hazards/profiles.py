"""What a line of gas is like at right angles to itself: Gaussian if passive, uniform if heavier than air.

A profile is asked on a lattice: places whose way along a line and distance off it are sums of a part of i and
a part of j, such as the columns and rows of a map, or the times and points of a table under one wind. What
is a polynomial in both is then a product of two thin matrices, in the time of a bare addition.

Dilution is tabulated over the way, straight in each fine cell (within 1e-5 beyond 5 m); what lies beyond
5 sigma_y (3.7e-6 of the axis, taken off everywhere, so that nothing jumps there) is left out.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from drillsim.hazards.cells import (
    BEND_M,
    FINE_CELLS,
    Cells,
    Ends,
    cells_at,
    coarse_at,
    end_w,
    node_ways,
    nodes_to,
    refined,
    share_at,
    to_cells,
)
from drillsim.hazards.lines import Front
from drillsim.hazards.plume import (
    LIMIT_M,
    averaging_factor,
    plume_concentration,
    sigma_x,
    sigma_y,
    sigma_y_terms,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.dense import DensePlume
    from drillsim.hazards.weather import Weather

    Some = slice | NDArray[np.intp]

__all__ = ["DenseProfile", "Kernel", "Lattice", "PassiveProfile", "Profile", "Shares", "Sheet", "Sums"]

_NODES: Final = nodes_to(LIMIT_M)
_SPREADS: Final = 5.0
_CUT: Final = math.exp(-0.5 * _SPREADS**2)
_NARROWEST_M2: Final = 1e-6  # of a source without width


class Sums(NamedTuple):
    """A sum of products of a part of i and a part of j at (i, j): ``of_i`` (k, i), ``of_j`` (k, j); or of
    several lines, (k, lines, i) and (k, lines, j)."""

    of_i: NDArray[np.float64]
    of_j: NDArray[np.float64]

    @classmethod
    def of(cls, of_i: NDArray[np.float64], of_j: NDArray[np.float64]) -> Sums:
        """The plain sum of the two."""
        return cls(np.array([of_i, np.ones(of_i.shape)]), np.array([np.ones(of_j.shape), of_j]))

    def of_line(self, line: int) -> Sums:
        return Sums(self.of_i[:, line], self.of_j[:, line])

    def at(self, i: Some, j: Some) -> NDArray[np.float64]:
        return np.asarray(np.matmul(self.of_i[:, i].T, self.of_j[:, j]))


class Lattice(NamedTuple):
    """w is ``w_i`` + ``w_j``, and the distance off the line ``across_i`` + ``across_j``, m. ``even``: w goes
    one way with i and one way with j, so that the corners of a block hold its extremes. Parts (n,), or of
    several lines (lines, n)."""

    w_i: NDArray[np.float64]
    w_j: NDArray[np.float64]
    across_i: NDArray[np.float64]
    across_j: NDArray[np.float64]
    even: bool = False


class _Ways:
    """w on a lattice, in cells between so many nodes."""

    def __init__(self, sums: Sums, nodes: int, *, even: bool) -> None:
        self._nodes = nodes
        self._sums = sums
        self._end_w = end_w(nodes)
        self._corners = even

    def at(self, i: Some, j: Some) -> tuple[NDArray[np.float64], bool]:
        """w, what lies out of the cells put into those of nothing; and whether some lies upwind."""
        w = self._sums.at(i, j)
        if self._corners:
            corners = w[0, 0], w[0, -1], w[-1, 0], w[-1, -1]
            least, most = min(corners), max(corners)
        else:
            least, most = w.min(), w.max()
        if least < 1.0 or most > self._end_w:
            to_cells(w, self._nodes)
        return w, bool(least < 1.0)


class Shares(NamedTuple):
    """What the presence at the two nodes of its coarse ``cell`` counts for in the kg/m3 at a place."""

    cell: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def under(self, presence: NDArray[np.float64], row: NDArray[np.intp]) -> NDArray[np.float64]:
        """kg/m3 (i, j) where ``presence`` (rows, nodes) is that of row[i]; the shares are used up."""
        node = self.cell
        node += (row * presence.shape[1] - 1)[:, None]
        flat = presence.reshape(-1)
        low, high = self.low, self.high
        low *= flat.take(node, mode="clip")  # out of the nodes the shares are 0
        node += 1
        high *= flat.take(node, mode="clip")
        low += high
        return low


class Sheet(Protocol):
    """A profile on one lattice."""

    def shares(self, i: Some, j: Some, level: NDArray[np.intp] | int = 0) -> Shares:
        """For presence of any kind; ``level`` counts the levels, one for all or one for each j."""


class Kernel(Protocol):
    """What one line brings to the first level on one lattice."""

    def at(self, i: slice, j: slice, into: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """kg/m3 at (i, j); written ``into`` an array, if one is given."""


class Profile(Protocol):
    """What a line is like at right angles to itself, for a line density of 1."""

    lead_m: float  # how far upwind of the source it begins
    passive: bool  # its line has a mass a metre; otherwise a presence from 0 to 1

    front: Front  # of the ends of its lines

    def across_m(self) -> tuple[tuple[float, float], ...]:
        """Pairs of p and q so that nothing lies further across the line than each p + q times the way."""

    def sheet(self, lattice: Lattice, nodes: int) -> Sheet:
        """The profile there, for presence at so many nodes."""

    def kernels(self, lattice: Lattice, presence: NDArray[np.float64]) -> Sequence[Kernel]:
        """Those of several lines, each on its lattice, with such presence (lines, nodes)."""


def _bounds(way: NDArray[np.float64], across: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Straight bounds of what lies across a line: its chord lifted, to far off and to nearer."""
    bounds = []
    for end in (LIMIT_M, 1500.0):
        last = int(np.searchsorted(way, end, side="right")) - 1
        slope = float((across[last] - across[0]) / (way[last] - way[0]))
        bounds.append((float((across - slope * way).max()), slope))
    return tuple(bounds)


def _front(stability: str) -> Front:
    way = node_ways(_NODES)
    return Front.of(way, np.maximum(sigma_x(way, stability=stability), 1e-6))


class PassiveProfile:
    """Gaussian across and up, per kg of gas on a metre of line."""

    lead_m = 0.0
    passive = True

    def __init__(
        self, levels_m: tuple[float, ...], *, weather: Weather, diameter_m: float, averaging_s: float
    ) -> None:
        stability = weather.stability
        way = node_ways(_NODES, fine=True).copy()
        way[0] = way[1]
        self.levels = len(levels_m)
        self.axis = np.array(
            [
                plume_concentration(
                    way,
                    np.zeros(1),
                    z_m=level,
                    rate_kg_s=1.0,
                    wind_m_s=1.0,
                    stability=stability,
                    terrain=weather.spread_terrain,
                    diameter_m=diameter_m,
                    lid_m=math.inf if weather.lid_m is None else weather.lid_m,
                    averaging_s=averaging_s,
                )
                for level in levels_m
            ]
        ) / (1.0 - _CUT)
        self.ends = Ends.of(self.axis)
        factor = averaging_factor(averaging_s)
        slope, self.bend_per_m = sigma_y_terms(stability)
        self.slope2 = (factor * slope) ** 2
        self.source2 = max(diameter_m**2 / (2.0 * math.pi), _NARROWEST_M2)
        spread2 = (factor * sigma_y(way, stability=stability)) ** 2 + self.source2
        self._across = _bounds(way, _SPREADS * np.sqrt(spread2))
        self.front = _front(stability)

    def across_m(self) -> tuple[tuple[float, float], ...]:
        return self._across

    def sheet(self, lattice: Lattice, nodes: int) -> Sheet:
        ways = _Ways(Sums.of(lattice.w_i, lattice.w_j), nodes, even=lattice.even)
        return _PassiveSheet(self, ways, _Bell.of(self, lattice))

    def kernels(self, lattice: Lattice, presence: NDArray[np.float64]) -> Sequence[Kernel]:
        along = refined(presence)
        along *= self.axis[0, : along.shape[-1]]
        level, slope = Cells.between(along, fine=True)
        w, bell, nodes = Sums.of(lattice.w_i, lattice.w_j), _Bell.of(self, lattice), presence.shape[1]
        return [
            _PassiveKernel(
                _Ways(w.of_line(line), nodes, even=lattice.even),
                _Bell(bell.top.of_line(line), bell.bottom.of_line(line)),
                Cells(level[line], slope[line]),
            )
            for line in range(len(presence))
        ]


class _Bell(NamedTuple):
    """-y2/2sigma_y2 with sigma_y2 = (s x)2/(1 + c x) + D2/2pi is a ratio of two polynomials in x and y."""

    top: Sums
    bottom: Sums

    @classmethod
    def of(cls, profile: PassiveProfile, lattice: Lattice) -> _Bell:
        bend, slope2, source2 = profile.bend_per_m, profile.slope2, profile.source2
        x_i, x_j = BEND_M * (lattice.w_i - 1.0), BEND_M * lattice.w_j
        y_i, y_j = lattice.across_i, lattice.across_j
        top, bottom = np.empty((6, *x_i.shape)), np.empty((3, *x_i.shape))
        top[2] = -0.5 - 0.5 * bend * x_i  # of yj2
        np.multiply(y_i, top[2], out=top[1])
        np.multiply(y_i, top[1], out=top[0])
        top[1] *= 2.0
        top[5] = -0.5 * bend  # of xj yj2
        np.multiply(y_i, -bend, out=top[4])
        np.multiply(y_i, 0.5 * top[4], out=top[3])
        bottom[2] = slope2  # of xj2
        np.multiply(x_i, 2.0 * slope2, out=bottom[1])
        np.multiply(x_i, 0.5 * bottom[1] + source2 * bend, out=bottom[0])
        bottom[0] += source2
        bottom[1] += source2 * bend
        of_j = np.empty((6, *x_j.shape))
        of_j[0], of_j[1], of_j[3] = 1.0, y_j, x_j
        np.multiply(y_j, y_j, out=of_j[2])
        np.multiply(x_j, of_j[1:3], out=of_j[4:])
        return cls(Sums(top, of_j), Sums(bottom, np.array([of_j[0], x_j, x_j * x_j])))

    def at(self, i: Some, j: Some, *, upwind: bool) -> NDArray[np.float64]:
        """As a share of the axis, less what it is at the bounds."""
        bell = self.top.at(i, j)
        bell /= self.bottom.at(i, j)
        if upwind:
            np.minimum(bell, 0.0, out=bell)  # 10 km upwind and more the ratio is no bell any more
        np.exp(bell, out=bell)
        bell -= _CUT
        np.maximum(bell, 0.0, out=bell)
        return bell


class _PassiveSheet(NamedTuple):
    profile: PassiveProfile
    ways: _Ways
    bell: _Bell

    def shares(self, i: Some, j: Some, level: NDArray[np.intp] | int = 0) -> Shares:
        (w, upwind), ends = self.ways.at(i, j), self.profile.ends
        cell, share = cells_at(w), share_at(w)
        if (levels := self.profile.levels) > 1:
            row = cell + level * (len(ends.near) // levels)
        else:
            row = cell
        bell = self.bell.at(i, j, upwind=upwind)
        far = ends.far.take(row, mode="clip")
        far *= share
        far *= bell
        np.subtract(1.0, share, out=share)
        near = ends.near.take(row, mode="clip")
        near *= share
        near *= bell
        # Straight between the ends of the fine cell, of which the presence is known by the coarse one's.
        near += far
        high = np.bitwise_and(cell, FINE_CELLS - 1) * near
        high += far
        high *= 1.0 / FINE_CELLS
        near -= high
        return Shares(coarse_at(cell), near, high)


class _PassiveKernel(NamedTuple):
    ways: _Ways
    bell: _Bell
    cells: Cells

    def at(self, i: slice, j: slice, into: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        w, upwind = self.ways.at(i, j)
        along = self.cells.at(cells_at(w), w)
        bell = self.bell.at(i, j, upwind=upwind)
        return np.multiply(bell, along, out=bell if into is None else into)


class DenseProfile:
    """Uniform within half-width and depth (Britter-McQuaid), for a release that is there in full.

    The release enters ``lead_m`` upwind, no nearer than the plume's upwind edge, so that this too comes,
    drifts and goes with the wind. With one lead for all plumes of a leak one takes the place of the other.
    Its width goes on growing across the line of its first wind after a turn.
    """

    passive = False

    def __init__(
        self,
        plume: DensePlume,
        *,
        levels_m: tuple[float, ...],
        pure_kg_m3: float,
        stability: str,
        lead_m: float,
    ) -> None:
        way = node_ways(_NODES)
        self.lead_m = lead_m
        value = pure_kg_m3 * plume.share(way - lead_m)
        half, depth = plume.half_width_m(way - lead_m), plume.depth_m(way - lead_m)
        self.value, self.half, self.depth = (Cells.between(table) for table in (value, half, depth))
        self.levels_m = np.array(levels_m)
        self._across = _bounds(way, half)
        self.front = _front(stability)

    def across_m(self) -> tuple[tuple[float, float], ...]:
        return self._across

    def sheet(self, lattice: Lattice, nodes: int) -> Sheet:
        ways = _Ways(Sums.of(lattice.w_i, lattice.w_j), nodes, even=lattice.even)
        return _DenseSheet(self, ways, Sums.of(lattice.across_i, lattice.across_j))

    def kernels(self, lattice: Lattice, presence: NDArray[np.float64]) -> Sequence[Kernel]:
        parts = zip(*lattice[:4], strict=True)
        sheets = [self.sheet(Lattice(*part, lattice.even), presence.shape[1]) for part in parts]
        return [_DenseKernel(sheet, row[None]) for sheet, row in zip(sheets, presence, strict=True)]


class _DenseSheet(NamedTuple):
    profile: DenseProfile
    ways: _Ways
    across: Sums

    def shares(self, i: Some, j: Some, level: NDArray[np.intp] | int = 0) -> Shares:
        profile = self.profile
        (w, _), across = self.ways.at(i, j), np.abs(self.across.at(i, j))
        fine = cells_at(w)
        cell = coarse_at(fine)
        low = profile.value.at(cell, w)
        low *= (across < profile.half.at(cell, w)) & (profile.levels_m[level] <= profile.depth.at(cell, w))
        high = share_at(w)
        high += np.bitwise_and(fine, FINE_CELLS - 1)
        high *= low
        high *= 1.0 / FINE_CELLS
        low -= high
        return Shares(cell, low, high)


class _DenseKernel(NamedTuple):
    sheet: Sheet
    presence: NDArray[np.float64]

    def at(self, i: slice, j: slice, into: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        shares = self.sheet.shares(i, j)
        found = shares.under(self.presence, np.zeros(len(shares.cell), dtype=np.intp))
        if into is not None:
            into[:] = found
        return found
