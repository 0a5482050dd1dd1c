"""Gas detectors that units carry: each reads the air along its unit's way and gives alarm once."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.leak import Leak, LeakRun

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from drillsim.hazards.gas_detector import GasDetector
    from drillsim.hazards.protocol import HazardRun
    from drillsim.hazards.toxic_load import ToxicAir
    from drillsim.simulation.core import Core

__all__ = ["CarriedDetectors", "air_along"]

_STANDS: Final = frozenset({"standby", "staged", "donning", "working", "on-air", "decon", "rehab", "posted"})
_ON_THE_WAY: Final = -1


def air_along(
    air: ToxicAir, track: list[tuple[float, int]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times (k,) and the air from each on, ppm (k,), of who is in a space from a time on (``track``).

    Space -1 is clean air.
    """
    since = np.array([time for time, _ in track])
    spaces = np.array([space for _, space in track])
    times = np.union1d(since, air.times_s[air.times_s > since[0]])
    space = spaces[np.searchsorted(since, times, side="right") - 1]
    step = np.searchsorted(air.times_s, times, side="right") - 1
    there = (space >= 0) & (step >= 0)
    return times, np.where(there, air.ppm[np.maximum(space, 0), np.maximum(step, 0)], 0.0)


class CarriedDetectors:
    """Predicts each alarm from where the units are now; a move or a change of the leak predicts it anew.

    On the way between two places a detector is taken to be in clean air; pairs that go in from an entry
    point leave it there.
    """

    def __init__(
        self, core: Core, runs: Mapping[str, HazardRun], stamp: Callable[[str, str, int, str], None]
    ) -> None:
        self._core = core
        self._runs = runs
        self._stamp = stamp
        self._detectors: dict[tuple[str, str], GasDetector] = {
            (name, called): detector
            for name, spec in sorted(core.scenario.hazards.items())
            if isinstance(spec, Leak)
            for called, detector in sorted(spec.detectors.items())
            if detector.carried_by is not None
        }
        self._kinds = {detector.carried_by for detector in self._detectors.values()}
        self._tracks: dict[str, dict[str, list[tuple[float, int]]]] = {}  # by kind and unit
        self._cause: dict[str, int] = {}  # by unit: the row that put it where it is
        self._version: dict[tuple[str, str], int] = {}
        self._due_s: dict[tuple[str, str], float] = {}

    def placed(self, unit: str, kind: str, state: str, space: int, cause: int) -> None:
        """A unit is in a state and a space from now on."""
        if kind not in self._kinds:
            return
        track = self._tracks.setdefault(kind, {}).setdefault(unit, [])
        here, now_s = space if state in _STANDS else _ON_THE_WAY, self._core.now_s
        if track and track[-1][1] == here:
            return
        if track and track[-1][0] == now_s:
            track.pop()
        track.append((now_s, here))
        self._cause[unit] = cause
        for key, detector in self._detectors.items():
            if detector.carried_by == kind:
                self._predict(key, detector)

    def changed(self, hazard: str) -> None:
        """A hazard begins, or something was done to it."""
        for key, detector in self._detectors.items():
            if key[0] == hazard:
                self._predict(key, detector)

    def pending(self) -> bool:
        """Whether one will give alarm before the horizon as things stand."""
        return any(due_s <= self._core.scenario.horizon_s for due_s in self._due_s.values())

    def _predict(self, key: tuple[str, str], detector: GasDetector) -> None:
        run, (hazard, called) = self._runs.get(key[0]), key
        if not isinstance(run, LeakRun) or self._core.moments.happened(f"hazard.{hazard}.{called}"):
            return
        due_s, carrier = math.inf, ""
        for unit, track in sorted(self._tracks.get(str(detector.carried_by), {}).items()):
            times_s, ppm = air_along(run.toxic(), track)
            due_s, carrier = min(
                (due_s, carrier), (detector.alarm_s(ppm, times_s=times_s, entry=run.substance), unit)
            )
        version = self._version[key] = self._version.get(key, 0) + 1
        self._due_s[key] = due_s
        if due_s <= self._core.scenario.horizon_s:
            self._core.clock.wake_at(
                max(due_s, self._core.now_s), partial(self._alarm, key, version, carrier)
            )

    def _alarm(self, key: tuple[str, str], version: int, unit: str) -> None:
        if version != self._version[key]:
            return
        self._due_s[key] = math.inf
        hazard, called = key
        space = self._tracks[str(self._detectors[key].carried_by)][unit][-1][1]
        place = self._core.facility.spaces[space] if space >= 0 else ""
        for moment in (called, "detected"):
            self._stamp(hazard, moment, self._cause[unit], place)
