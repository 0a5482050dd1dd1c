"""The band of a map that one line of gas may touch, and what the line brings to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.cells import BEND_M
from drillsim.hazards.profiles import Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.lines import Lines
    from drillsim.hazards.profiles import Profile

__all__ = ["Band", "bands"]

_PARALLEL: Final = 1e-12  # a side along the columns leans by so little instead


class Band(NamedTuple):
    """One line on a grid: it may touch the rows from ``first`` to ``last`` (nx,) of each column. ``at``: its
    kg/m3 at some columns and rows; beyond those of the grid lies one place more, at one diameter downwind on
    the axis of the source, which ``downwind`` says it may touch."""

    at: Callable[[slice, slice], NDArray[np.float64]]
    passive: bool
    downwind: bool
    first: NDArray[np.intp]
    last: NDArray[np.intp]

    @property
    def rows(self) -> int:
        """Most rows that it may touch in a column."""
        return int((self.last - self.first).max(initial=0))

    def blocks(self, width: int) -> list[tuple[slice, slice] | None]:
        """Columns and rows that it may touch, so many columns at a time; None for none."""
        starts = np.arange(0, len(self.first), width)
        low = np.minimum.reduceat(self.first, starts).tolist()
        high = np.maximum.reduceat(self.last, starts).tolist()
        return [
            (slice(start, min(start + width, len(self.first))), slice(first, last)) if first < last else None
            for start, first, last in zip(starts.tolist(), low, high, strict=True)
        ]

    def one_diameter_downwind(self) -> float:
        last = slice(-1, None)
        return float(self.at(last, last)[0, 0]) if self.downwind else 0.0


def bands(
    x: NDArray[np.float64], y: NDArray[np.float64], *, diameter_m: float, lines: Lines, profile: Profile
) -> list[Band]:
    """Those of all lines on a grid of offsets from the source, m, both ascending."""
    return [_band(line, x, y, diameter_m, lines, profile) for line in range(len(lines.time))]


def _band(
    line: int, x: NDArray[np.float64], y: NDArray[np.float64], diameter_m: float, lines: Lines, profile: Profile
) -> Band:
    east, north = lines.toward[line].tolist()
    along, across = lines.along_m[line] + x * east, lines.across_m[line] + x * north
    w, off = lines.w[line], lines.across_m[line]
    lattice = Lattice(
        np.append(w + x * (east / BEND_M), w),
        np.append(y * (north / BEND_M), diameter_m / BEND_M),
        np.append(across, off),
        np.append(y * -east, 0.0),
        even=True,
    )
    first_m, last_m = float(lines.first_m[line]), float(lines.last_m[line])
    # Each is >= 0 on the line: an offset a column and a slope along it.
    offsets, slopes = [along - first_m, last_m - along], [north, -north]
    for p, q in profile.across_m():
        wide = q * along
        wide += p
        offsets += [wide - across, wide + across]
        slopes += [q * north + east, q * north - east]
    slope = np.array(slopes)
    slope[slope == 0.0] = _PARALLEL
    edges = np.array(offsets) / -slope[:, None]
    first = np.searchsorted(y, edges[slope > 0.0].max(axis=0), side="left")
    last = np.searchsorted(y, edges[slope < 0.0].min(axis=0), side="right")
    untouched = first >= last
    first[untouched], last[untouched] = len(y), 0
    downwind = first_m <= float(lines.along_m[line]) + diameter_m <= last_m
    at = profile.sheet(lattice, lines.nodes).on(lines.presence[line])
    return Band(at, profile.passive, downwind, first, last)
