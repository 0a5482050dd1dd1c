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

__all__ = ["STRIP", "Band", "Block", "bands"]

STRIP: Final = 64
"""Columns at once: as many of a slanting band's points lie outside it as a block costs by itself."""
_PARALLEL: Final = 1e-12  # a side along the columns leans by so little instead


Block = tuple[slice, slice]
"""Columns and rows of a map."""


class Band(NamedTuple):
    """One line on a grid. ``at``: its kg/m3 at some columns and rows; beyond those of the grid lies one place
    more, at one diameter downwind on the axis of the source, which ``downwind`` says it may touch.
    ``blocks``: what it may touch of each strip of ``STRIP`` columns; None for nothing."""

    at: Callable[[slice, slice], NDArray[np.float64]]
    passive: bool
    downwind: bool
    blocks: list[Block | None]

    @property
    def points(self) -> int:
        """How many it may touch."""
        return sum(
            (i.stop - i.start) * (j.stop - j.start)
            for i, j in (block for block in self.blocks if block is not None)
        )

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
    start_m, across_m, first_m, last_m = (
        float(each[line]) for each in (lines.along_m, lines.across_m, lines.first_m, lines.last_m)
    )
    return Band(
        sheet.on(lines.presence[line]),
        profile.passive,
        first_m <= start_m + diameter_m <= last_m,
        _blocks(columns[:-1], rows[:-1], (east, north), (start_m, across_m), (first_m, last_m), profile),
    )


def _blocks(
    columns: NDArray[np.float64],
    rows: NDArray[np.float64],
    toward: tuple[float, float],
    start_m: tuple[float, float],
    ends_m: tuple[float, float],
    profile: Profile,
) -> list[Block | None]:
    """What a line may touch of each strip: it has two ends, and widens by q a metre.

    All these bounds are straight, so over a strip each is loosest at one of its sides."""
    (east, north), count = toward, len(columns)
    starts = range(0, count, STRIP)
    stops = [min(start + STRIP, count) for start in starts]
    sides = columns[[[*starts], [stop - 1 for stop in stops]]]  # (2, strips)
    along, across = sides * east + start_m[0], sides * north + start_m[1]
    # Each is >= 0 on the line: an offset at a side and a slope along it.
    offsets, slopes = [along - ends_m[0], ends_m[1] - along], [north, -north]
    for p, q in profile.across_m():
        wide = along * q + p
        offsets += [wide - across, wide + across]
        slopes += [q * north + east, q * north - east]
    slope = np.array([each or _PARALLEL for each in slopes])
    from_m = np.array(offsets) / -slope[:, None, None]
    low = from_m[slope > 0.0].min(axis=1).max(axis=0)
    high = from_m[slope < 0.0].max(axis=1).min(axis=0)
    first = np.searchsorted(rows, low, side="left").tolist()
    last = np.searchsorted(rows, high, side="right").tolist()
    return [
        (slice(start, stop), slice(a, b)) if a < b else None
        for start, stop, a, b in zip(starts, stops, first, last, strict=True)
    ]
