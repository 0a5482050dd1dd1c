"""Declared time grid of the fields, and the tables of what is above what when, and of doses."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.protocol import Crossing

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COARSER_S", "COARSE_S", "FINE_S", "DoseTable", "StepTable", "grid_times"]

FINE_S: Final = 10.0
"""Grid of a leak's fields from its start to one hour into the run."""
COARSE_S: Final = 60.0
"""From one hour to six hours."""
COARSER_S: Final = 600.0
"""Beyond six hours."""
_FINE_END_S: Final = 3600.0
_COARSE_END_S: Final = 21600.0


def grid_times(start_s: float, *, end_s: float) -> NDArray[np.float64]:
    """Sample times from ``start_s`` (rounded down to 10 s) to at least ``end_s``; shape (k,), k >= 2.

    The times depend on the start only: a longer grid continues a shorter one.
    """
    first = math.floor(min(start_s, 0.0) / FINE_S) * FINE_S
    end_s = max(end_s, first + FINE_S)
    parts = [np.arange(first, min(end_s, _FINE_END_S) + FINE_S, FINE_S)]
    if end_s > _FINE_END_S:
        parts[0] = np.arange(first, _FINE_END_S, FINE_S)
        parts.append(np.arange(_FINE_END_S, min(end_s, _COARSE_END_S) + COARSE_S, COARSE_S))
    if end_s > _COARSE_END_S:
        parts[1] = np.arange(_FINE_END_S, _COARSE_END_S, COARSE_S)
        parts.append(np.arange(_COARSE_END_S, end_s + COARSER_S, COARSER_S))
    return np.concatenate(parts)


class StepTable:
    """Samples of "above the threshold" (spaces, times); each sample holds until the next, the last for good.

    Before the first time nothing is above anything.
    """

    def __init__(self, times_s: NDArray[np.float64], above: Mapping[str, NDArray[np.bool_]]) -> None:
        self.times_s = times_s
        self.above = dict(above)
        self._crossings: list[Crossing] | None = None
        self._crossing_times: NDArray[np.float64] = np.empty(0)
        self._seconds: dict[str, NDArray[np.float64]] = {}

    def crossings(self, after_s: float, until_s: float) -> list[Crossing]:
        """Crossings in (after_s, until_s], by time, then space, then threshold."""
        if self._crossings is None:
            self._crossings = sorted(self._find())
            self._crossing_times = np.array([crossing.time_s for crossing in self._crossings])
        first, last = np.searchsorted(self._crossing_times, [after_s, until_s], side="right")
        return self._crossings[first:last]

    def _find(self) -> list[Crossing]:
        found = []
        for threshold, above in self.above.items():
            before = np.zeros_like(above)
            before[:, 1:] = above[:, :-1]
            spaces, steps = np.nonzero(above != before)
            for space, step in zip(spaces.tolist(), steps.tolist(), strict=True):
                found.append(Crossing(float(self.times_s[step]), space, threshold, bool(above[space, step])))
        return found

    def step(self, time_s: float) -> int:
        """Index of the sample that holds at ``time_s``; -1 before the first."""
        return int(np.searchsorted(self.times_s, time_s, side="right")) - 1

    def seconds_above(
        self,
        threshold: str,
        spaces: NDArray[np.intp],
        start_s: NDArray[np.float64],
        end_s: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Seconds above ``threshold`` in stays [start, end); arrays of one shape."""
        return self._until(threshold, spaces, end_s) - self._until(threshold, spaces, start_s)

    def _until(
        self, threshold: str, spaces: NDArray[np.intp], time_s: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        above = self.above[threshold]
        if threshold not in self._seconds:
            seconds = np.zeros(above.shape)
            np.cumsum(above[:, :-1] * np.diff(self.times_s), axis=1, out=seconds[:, 1:])
            self._seconds[threshold] = seconds
        step = np.searchsorted(self.times_s, time_s, side="right") - 1
        held = np.maximum(step, 0)
        inside = above[spaces, held] * (time_s - self.times_s[held])
        return np.where(step < 0, 0.0, self._seconds[threshold][spaces, held] + inside)


class DoseTable:
    """Cumulative dose per space: each sample's rate holds until the next, the last for good.

    ``times_s`` (k,), ascending; ``rate_per_s`` (spaces, k), not negative. Before the first time nothing is
    taken. A stay costs the difference of two entries.
    """

    def __init__(self, times_s: NDArray[np.float64], rate_per_s: NDArray[np.float64]) -> None:
        self.times_s = times_s
        self.rate_per_s = rate_per_s
        self._taken = np.zeros(rate_per_s.shape)
        np.cumsum(rate_per_s[:, :-1] * np.diff(times_s), axis=1, out=self._taken[:, 1:])

    @classmethod
    def together(cls, tables: Sequence[DoseTable]) -> DoseTable:
        """One table of several that act on the same spaces at once. ``ValueError`` for none."""
        if not tables:
            raise ValueError("no table to put together")
        times = np.unique(np.concatenate([table.times_s for table in tables]))
        return cls(times, np.sum([table.rates(times) for table in tables], axis=0))

    def rates(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Dose per second at some times, shape (spaces, times)."""
        step = np.searchsorted(self.times_s, times_s, side="right") - 1
        return np.where(step < 0, 0.0, self.rate_per_s[:, np.maximum(step, 0)])

    def spaces(self) -> frozenset[int]:
        """Spaces where a dose is ever taken."""
        return frozenset(np.flatnonzero((self.rate_per_s > 0.0).any(axis=1)).tolist())

    def dose(
        self, spaces: NDArray[np.intp], start_s: NDArray[np.float64], end_s: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Dose of stays [start, end); arrays of one shape."""
        return self._until(spaces, end_s) - self._until(spaces, start_s)

    def _until(self, spaces: NDArray[np.intp], time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        step = np.searchsorted(self.times_s, time_s, side="right") - 1
        held = np.maximum(step, 0)
        since = self.rate_per_s[spaces, held] * (time_s - self.times_s[held])
        return np.where(step < 0, 0.0, self._taken[spaces, held] + since)

    def reached_s(self, space: int, *, start_s: float, dose: float) -> float:
        """When a stay that begins at ``start_s`` has cost ``dose``; inf if never, the start for no dose."""
        if dose <= 0.0:
            return start_s
        taken = self._taken[space]
        whole = dose + float(self._until(np.array([space]), np.array([start_s]))[0])
        step = int(np.searchsorted(taken, whole, side="left")) - 1
        first = int(np.searchsorted(self.times_s, start_s, side="right")) - 1
        step = max(step, first, 0)
        rate = float(self.rate_per_s[space, step])
        if rate <= 0.0:
            return math.inf
        begun_s = float(self.times_s[step])
        if step == first:
            return start_s + dose / rate
        return begun_s + (whole - float(taken[step])) / rate
