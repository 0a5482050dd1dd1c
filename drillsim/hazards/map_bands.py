"""The band of a map that one line of gas may touch, and what the line brings to it."""

from __future__ import annotations

import math
from collections.abc import Sequence
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
_Blocks = list[list[Block | None]]


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


def _blocks(x: NDArray[np.float64], y: NDArray[np.float64], lines: Lines, profile: Profile) -> _Blocks:
    """What each line may touch of each strip."""
    starts = range(0, len(x), STRIP)
    strips = [slice(start, min(start + STRIP, len(x))) for start in starts]
    sides = [(float(x[strip.start]), float(x[strip.stop - 1])) for strip in strips]
    each = zip(
        lines.toward.tolist(),
        lines.along_m.tolist(),
        lines.across_m.tolist(),
        lines.first_m.tolist(),
        lines.last_m.tolist(),
        strict=True,
    )
    reached = np.array([_reached(sides, *line, profile.across_m()) for line in each])  # (lines, strips, 2)
    first = np.searchsorted(y, reached[..., 0], side="left").tolist()
    last = np.searchsorted(y, reached[..., 1], side="right").tolist()
    return [
        [(strip, slice(a, b)) if a < b else None for strip, a, b in zip(strips, lowest, highest, strict=True)]
        for lowest, highest in zip(first, last, strict=True)
    ]


def _reached(
    sides: Sequence[tuple[float, float]],
    toward: Sequence[float],
    start_m: float,
    off_m: float,
    first_m: float,
    last_m: float,
    bounds: Sequence[tuple[float, float]],
) -> list[tuple[float, float]]:
    """Lowest and highest y that a line may touch between two sides: it has two ends, and widens by q a metre.

    All these bounds are straight, so between the sides each is loosest at one of them."""
    east, north = toward
    # Each is >= 0 on the line: at x = y = 0, and a slope along both.
    straight = [(start_m - first_m, east, north), (last_m - start_m, -east, -north)]
    for p, q in bounds:
        wide = p + q * start_m
        straight += [
            (wide - off_m, q * east - north, q * north + east),
            (wide + off_m, q * east + north, q * north - east),
        ]
    found = []
    for left, right in sides:
        low, high = -math.inf, math.inf
        for at_zero, by_x, by_y in straight:
            by_y = by_y or _PARALLEL
            one, other = -(at_zero + by_x * left) / by_y, -(at_zero + by_x * right) / by_y
            if by_y > 0.0:
                low = max(low, min(one, other))
            else:
                high = min(high, max(one, other))
        found.append((low, high))
    return found
