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
    columns, rows = np.append(x, 0.0), np.append(y, 0.0)
    return [_band(line, columns, rows, diameter_m, lines, profile) for line in range(len(lines.time))]


def _band(
    line: int,
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    diameter_m: float,
    lines: Lines,
    profile: Profile,
) -> Band:
    east, north = lines.toward[line].tolist()
    across = columns * north
    across += lines.across_m[line]
    w_i, w_j = columns * (east / BEND_M), rows * (north / BEND_M)
    w_i += lines.w[line]
    w_j[-1] = diameter_m / BEND_M
    sheet = profile.sheet(Lattice(w_i, w_j, across, rows * -east, even=True), lines.nodes)
    start_m, first_m, last_m = (float(each[line]) for each in (lines.along_m, lines.first_m, lines.last_m))
    first, last = _touched(
        columns[:-1] * east + start_m, across[:-1], (first_m, last_m), (east, north), profile, rows[:-1]
    )
    downwind = first_m <= start_m + diameter_m <= last_m
    return Band(sheet.on(lines.presence[line]), profile.passive, downwind, first, last)


def _touched(
    along: NDArray[np.float64],
    across: NDArray[np.float64],
    ends_m: tuple[float, float],
    toward: tuple[float, float],
    profile: Profile,
    rows: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """First and last row of each column that a line may touch: it has two ends, and widens by q a metre."""
    (east, north), bounds = toward, profile.across_m()
    # Each is >= 0 on the line: an offset a column and a slope along it.
    offsets, slopes = np.empty((2 + 2 * len(bounds), len(along))), [north, -north]
    np.subtract(along, ends_m[0], out=offsets[0])
    np.subtract(ends_m[1], along, out=offsets[1])
    for side, (p, q) in enumerate(bounds, start=1):
        wide = q * along
        wide += p
        np.subtract(wide, across, out=offsets[2 * side])
        np.add(wide, across, out=offsets[2 * side + 1])
        slopes += [q * north + east, q * north - east]
    slope = np.array(slopes)
    slope[slope == 0.0] = _PARALLEL
    offsets /= -slope[:, None]
    first = np.searchsorted(rows, offsets[slope > 0.0].max(axis=0), side="left")
    last = np.searchsorted(rows, offsets[slope < 0.0].min(axis=0), side="right")
    untouched = first >= last
    first[untouched], last[untouched] = len(rows), 0
    return first, last
