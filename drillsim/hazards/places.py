"""What lines bring to places: sums over the points of each space at each time.

A line that lies still at its source meets the same points at the same way at all times: what its nodes count
for in a space is found once, and the times then cost one product with a thin matrix. A line that has moved is
asked on the lattice of its times and the points it may touch.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.cells import BEND_M
from drillsim.hazards.lines import Lines, ragged
from drillsim.hazards.profiles import Lattice

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.profiles import Profile, Sheet

__all__ = ["AT_ONCE", "Places"]

AT_ONCE: Final = 24576
"""Points a turn, so that what is worked on stays in the cache."""


class Places(NamedTuple):
    """Points by their offset from the source, in runs (spaces) with boxes around them."""

    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]
    level: NDArray[np.intp]
    levels_m: tuple[float, ...]
    near: NDArray[np.bool_]  # within a pool's diameter of its middle
    near_m: float
    first: NDArray[np.intp]
    samples: NDArray[np.intp]
    middle_m: NDArray[np.float64]
    half_m: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        offset_m: NDArray[np.float64],
        level_m: NDArray[np.float64],
        samples: NDArray[np.intp],
        *,
        near_m: float,
    ) -> Places:
        """Points (n, 2) in the order of their spaces, ``samples`` each."""
        first = np.cumsum(samples) - samples
        low = np.minimum.reduceat(offset_m, first, axis=0)
        high = np.maximum.reduceat(offset_m, first, axis=0)
        near = np.hypot(offset_m[:, 0], offset_m[:, 1]) <= near_m
        levels, level = np.unique(level_m, return_inverse=True)
        # A near point is taken at one diameter downwind, so up to two away from where it is.
        wider = np.where(np.logical_or.reduceat(near, first), 2.0 * near_m, 0.0)[:, None]
        return cls(
            np.ascontiguousarray(offset_m[:, 0]),
            np.ascontiguousarray(offset_m[:, 1]),
            level.astype(np.intp),
            tuple(levels.tolist()),
            near,
            near_m,
            first,
            samples,
            0.5 * (low + high),
            0.5 * (high - low) + wider,
        )

    def only(self, spaces: NDArray[np.intp]) -> Places:
        """The same of some spaces, in their order."""
        return self._replace(
            first=self.first[spaces],
            samples=self.samples[spaces],
            middle_m=self.middle_m[spaces],
            half_m=self.half_m[spaces],
        )

    @property
    def reach_m(self) -> float:
        """No point lies further from the source."""
        corner = np.abs(self.middle_m) + self.half_m
        return float(np.hypot(corner[:, 0], corner[:, 1]).max(initial=0.0))

    def sums(self, lines: Lines, profile: Profile, times: int) -> NDArray[np.float64]:
        """Sum over the points of each space at each of so many times, kg/m3, shape (spaces, times)."""
        total = np.zeros((len(self.samples), times))
        touched = self._touched(lines, profile)
        ends = np.flatnonzero(np.diff(lines.wind, append=-1)) + 1  # those of one wind follow one another
        for start, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=False):
            rows = np.arange(start, end)
            still = lines.still[rows]
            self._add_still(total, rows[still], touched, lines, profile)
            self._add_moved(total, rows[~still], touched, lines, profile)
        return total

    def _touched(self, lines: Lines, profile: Profile) -> NDArray[np.bool_]:
        """Which line may touch which space, shape (lines, spaces)."""
        east, north = lines.toward[:, :1], lines.toward[:, 1:]
        x, y = self.middle_m.T
        half_x, half_y = self.half_m.T
        half = np.abs(east) * half_x
        half += np.abs(north) * half_y
        end = east * x
        end += north * y
        end += lines.along_m[:, None]
        touched = end + half >= lines.first_m[:, None]
        touched &= end - half <= lines.last_m[:, None]
        end += half
        across = north * x
        across -= east * y
        across += lines.across_m[:, None]
        np.abs(across, out=across)
        across -= np.abs(north) * half_x
        across -= np.abs(east) * half_y
        np.minimum(end, lines.last_m[:, None], out=end)
        for p, q in profile.across_m():
            touched &= across <= p + q * end
        return np.asarray(touched)

    def _sheet(
        self, rows: NDArray[np.intp], point: NDArray[np.intp], lines: Lines, profile: Profile
    ) -> Sheet:
        """The profile on the lattice of some lines of one wind and points."""
        east, north = lines.toward[rows[0]].tolist()
        x, y = self.east_m[point], self.north_m[point]
        along, across = x * east + y * north, x * north - y * east
        if profile.passive and self.near.any():
            near = self.near[point]
            along, across = np.where(near, self.near_m, along), np.where(near, 0.0, across)
        lattice = Lattice(lines.w[rows], along * (1.0 / BEND_M), lines.across_m[rows], across)
        return profile.sheet(lattice, lines.nodes)

    def _levels(self, point: NDArray[np.intp]) -> NDArray[np.intp] | int:
        return self.level[point] if len(self.levels_m) > 1 else 0

    def _add_still(
        self,
        total: NDArray[np.float64],
        rows: NDArray[np.intp],
        touched: NDArray[np.bool_],
        lines: Lines,
        profile: Profile,
    ) -> None:
        """Add lines of one wind that lie at its source."""
        from scipy.sparse import csr_array

        space = np.flatnonzero(touched[rows].any(axis=0))
        if not space.size:
            return
        point = ragged(self.first[space], self.samples[space])
        sheet = self._sheet(rows[:1], point, lines, profile)
        shares = sheet.shares(slice(None), slice(None), self._levels(point))
        node, of_space = shares.cell[0] - 1, np.repeat(np.arange(len(space)), self.samples[space])
        there = (node >= 0) & (node < lines.nodes - 1)
        node, of_space = node[there], of_space[there]
        matrix = csr_array(
            (
                np.concatenate([shares.low[0, there], shares.high[0, there]]),
                (np.concatenate([of_space, of_space]), np.concatenate([node, node + 1])),
            ),
            shape=(len(space), lines.nodes),
        )
        total[space[:, None], lines.time[rows]] += matrix @ lines.presence[rows].T

    def _add_moved(
        self,
        total: NDArray[np.float64],
        rows: NDArray[np.intp],
        touched: NDArray[np.bool_],
        lines: Lines,
        profile: Profile,
    ) -> None:
        """Add lines of one wind that later winds have moved."""
        space = np.flatnonzero(touched[rows].any(axis=0))
        if not space.size:
            return
        samples = self.samples[space]
        point = ragged(self.first[space], samples)
        sheet = self._sheet(rows, point, lines, profile)
        at_once = max(AT_ONCE // len(point), 1)
        for start in range(0, len(rows), at_once):
            turn = slice(start, start + at_once)
            some = rows[turn]
            here = touched[some][:, space].any(axis=0)
            if not here.any():
                continue
            which = slice(None) if here.all() else np.flatnonzero(np.repeat(here, samples))
            shares = sheet.shares(turn, which, self._levels(point[which]))
            values = shares.under(lines.presence, some)
            number = samples[here]
            sums = np.add.reduceat(values, np.cumsum(number) - number, axis=1)
            total[space[here][:, None], lines.time[some]] += sums.T
