"""A quantity over the way that gas has travelled, tabulated so that a point finds its cell at once.

The way d is tabulated over w = 1 + d/20 m, in cells that cut each octave of w into equal parts: even near the
source, in proportion far off. The cell of a w is then the first bits of its floating-point number, and where
it lies in the cell the rest. Coarse cells each hold 16 fine ones. In front of the first coarse cell and
behind the last lies one of nothing.
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "BEND_M",
    "EDGE",
    "FINE_CELLS",
    "Cells",
    "Ends",
    "cells_at",
    "coarse_at",
    "end_w",
    "node_ways",
    "nodes_to",
    "refined",
    "share_at",
    "to_cells",
]

BEND_M: Final = 20.0
EDGE: Final = 1.0 - 1e-9
"""w of what lies at a source's own line: upwind, to within rounding."""
FINE_CELLS: Final = 16
"""Fine cells in a coarse one."""
_BITS: Final = 6  # 64 coarse cells an octave: 1.6 % apart at most
_FINER: Final = 4
_SHIFT: Final = 52 - _BITS - _FINER  # a double has 52 bits below its exponent
_ZERO: Final = (1023 << (_BITS + _FINER)) - FINE_CELLS  # of 1.0, less the cell of nothing
_UPWIND: Final = float(np.nextafter(1.0, 0.0))


def nodes_to(way_m: float) -> int:
    """How many nodes of the coarse cells it takes until one lies at ``way_m`` or beyond."""
    fraction, octave = math.frexp(1.0 + way_m / BEND_M)
    return math.ceil((octave - 1 + 2.0 * fraction - 1.0) * (1 << _BITS)) + 1


@cache
def _node_w(nodes: int, *, fine: bool) -> NDArray[np.float64]:
    finer = _FINER if fine else 0
    bits = _BITS + finer
    octave, part = np.divmod(np.arange(((nodes - 1) << finer) + 1), 1 << bits)
    w = np.ldexp(1.0 + part / (1 << bits), octave)
    w.setflags(write=False)
    return w


@cache
def _slopes(nodes: int, *, fine: bool) -> NDArray[np.float64]:
    """1 over the width of each cell between so many nodes."""
    slopes = 1.0 / np.diff(_node_w(nodes, fine=fine))
    slopes.setflags(write=False)
    return np.asarray(slopes)


@cache
def node_ways(nodes: int, *, fine: bool = False) -> NDArray[np.float64]:
    """Way, m, at so many nodes of coarse cells; with ``fine`` also at the ends of the fine ones between."""
    ways = BEND_M * (_node_w(nodes, fine=fine) - 1.0)
    ways.setflags(write=False)
    return ways


class Cells(NamedTuple):
    """A quantity over the way as level + slope w in each cell."""

    level: NDArray[np.float64]
    slope: NDArray[np.float64]

    @classmethod
    def between(cls, values: NDArray[np.float64], *, fine: bool = False) -> Cells:
        """Cells between nodes with such values (..., n), and those of nothing at both ends."""
        finer = _FINER if fine else 0
        nodes = ((values.shape[-1] - 1) >> finer) + 1
        level, slope = np.zeros((2, *values.shape[:-1], (nodes + 1) << finer))
        real = slice(1 << finer, nodes << finer)
        inside, start, near = slope[..., real], level[..., real], values[..., :-1]
        np.subtract(values[..., 1:], near, out=inside)
        inside *= _slopes(nodes, fine=fine)
        np.multiply(inside, _node_w(nodes, fine=fine)[:-1], out=start)
        np.subtract(near, start, out=start)
        return cls(level, slope)

    def at(self, cell: NDArray[np.int64], w: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at ``w`` in ``cell``."""
        value = self.slope.take(cell, mode="clip")  # the quicker mode; all cells are there
        value *= w
        value += self.level.take(cell, mode="clip")
        return value


class Ends(NamedTuple):
    """A quantity over the way by its values at the near and the far end of each fine cell."""

    near: NDArray[np.float64]
    far: NDArray[np.float64]

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Ends:
        """Of rows of values (..., n) at the ends of fine cells; one row after the other."""
        cells = values.shape[-1] - 1
        near = np.zeros((*values.shape[:-1], cells + 2 * FINE_CELLS))
        far = np.zeros_like(near)
        near[..., FINE_CELLS : cells + FINE_CELLS] = values[..., :-1]
        far[..., FINE_CELLS : cells + FINE_CELLS] = values[..., 1:]
        return cls(near.ravel(), far.ravel())


def refined(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values at the ends of the fine cells between nodes with such values (..., n): straight between them."""
    ends = np.array([values[..., :-1], values[..., 1:]])
    fine = np.empty((*values.shape[:-1], ends.shape[-1] * FINE_CELLS + 1))
    fine[..., :-1] = (ends.reshape(2, -1).T @ _between()).reshape(fine[..., :-1].shape)
    fine[..., -1] = values[..., -1]
    return fine


@cache
def _between() -> NDArray[np.float64]:
    """What the near and the far end of a coarse cell count for at the near ends of its fine ones."""
    part = np.arange(FINE_CELLS) / FINE_CELLS
    return np.array([1.0 - part, part])


def cells_at(w: NDArray[np.float64]) -> NDArray[np.int64]:
    """The fine cell of each ``w``, which must lie in the cells."""
    cell = np.right_shift(w.view(np.uint64), _SHIFT).view(np.int64)  # unsigned is the quicker shift
    cell -= _ZERO
    return cell


def coarse_at(cell: NDArray[np.int64]) -> NDArray[np.int64]:
    """The coarse cell that a fine one lies in."""
    return np.right_shift(cell, _FINER)


def share_at(w: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where each ``w`` lies in its fine cell: 0 at the near end, towards 1 at the far one."""
    rest = np.bitwise_and(w.view(np.int64), (1 << _SHIFT) - 1)
    share = rest.astype(np.float64)
    share *= 1.0 / (1 << _SHIFT)
    return share


def to_cells(w: NDArray[np.float64], nodes: int) -> None:
    """Put what lies out of the cells, which go to so many nodes, into those of nothing, in place."""
    np.maximum(w, _UPWIND, out=w)
    np.minimum(w, end_w(nodes), out=w)


@cache
def end_w(nodes: int) -> float:
    """w where the cells between so many nodes end."""
    return float(_node_w(nodes, fine=False)[-1])
