"""The band of a map that one line of gas may touch, and what the line brings to it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.cells import BEND_M
from drillsim.hazards.profiles import Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.lines import Lines
    from drillsim.hazards.profiles import Kernel, Profile

__all__ = ["STRIP", "Band", "Block", "bands"]

STRIP: Final = 64
"""Columns at once: as many of a slanting band's points lie outside it as a block costs by itself."""
_PARALLEL: Final = 1e-12  # a side along the columns leans by so little instead


Block = tuple[slice, slice]
"""Columns and rows of a map."""


class Band(NamedTuple):
    """One line on a grid. ``kernel``: its kg/m3 at some columns and rows; beyond those of the grid lies one
    place more, at one diameter downwind on the axis of the source, which ``downwind`` says it may touch.
    ``blocks``: what it may touch of each strip of ``STRIP`` columns; None for nothing."""

    kernel: Kernel
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
        return float(self.kernel.at(last, last)[0, 0]) if self.downwind else 0.0


def bands(
    x: NDArray[np.float64], y: NDArray[np.float64], *, diameter_m: float, lines: Lines, profile: Profile
) -> list[Band]:
    """Those of all lines on a grid of offsets from the source, m, both ascending."""
    if not len(lines.time):
        return []
    columns, rows = np.append(x, 0.0), np.append(y, 0.0)
    east, north = lines.toward[:, :1], lines.toward[:, 1:]
    across = columns * north
    across += lines.across_m[:, None]
    w_i, w_j = columns * (east / BEND_M), rows * (north / BEND_M)
    w_i += lines.w[:, None]
    w_j[:, -1] = diameter_m / BEND_M
    kernels = profile.kernels(Lattice(w_i, w_j, across, rows * -east, even=True), lines.presence)
    there_m = lines.along_m + diameter_m
    downwind = (lines.first_m <= there_m) & (there_m <= lines.last_m)
    return [
        Band(kernel, profile.passive, there, blocks)
        for kernel, there, blocks in zip(
            kernels, downwind.tolist(), _blocks(x, y, lines, profile), strict=True
        )
    ]


def _blocks(
    x: NDArray[np.float64], y: NDArray[np.float64], lines: Lines, profile: Profile
) -> list[list[Block | None]]:
    """What each line may touch of each strip: it has two ends, and widens by q a metre.

    All these bounds are straight, so over a strip each is loosest at one of its sides."""
    starts = range(0, len(x), STRIP)
    stops = [min(start + STRIP, len(x)) for start in starts]
    sides = x[[[*starts], [stop - 1 for stop in stops]]]  # (2, strips)
    east, north, start_m, across_m, first_m, last_m = (
        each[:, None, None]
        for each in (*lines.toward.T, lines.along_m, lines.across_m, lines.first_m, lines.last_m)
    )
    along, across = sides * east + start_m, sides * north + across_m
    # Each is >= 0 on the line: an offset at a side and a slope along it.
    offsets, slopes = [along - first_m, last_m - along], [north, -north]
    for p, q in profile.across_m():
        wide = along * q + p
        offsets += [wide - across, wide + across]
        slopes += [q * north + east, q * north - east]
    slope = np.array(slopes)
    slope[slope == 0.0] = _PARALLEL
    from_m = np.array(offsets) / -slope  # (bounds, lines, 2, strips)
    rising = slope[..., 0] > 0.0
    low = np.where(rising, from_m.min(axis=2), -math.inf).max(axis=0)
    high = np.where(rising, math.inf, from_m.max(axis=2)).min(axis=0)
    return [
        [
            (slice(start, stop), slice(a, b)) if a < b else None
            for start, stop, a, b in zip(starts, stops, first, last, strict=True)
        ]
        for first, last in zip(
            np.searchsorted(y, low, side="left").tolist(),
            np.searchsorted(y, high, side="right").tolist(),
            strict=True,
        )
    ]
