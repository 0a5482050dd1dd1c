"""The air of one leak: ppm by space and time, no further than somebody asks, and kept while it holds.

What was computed outdoors stays until source or wind change, and then up to that moment; vents that are run
or shut touch the air indoors only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from drillsim.hazards.grid import StepTable
from drillsim.hazards.plume import ppm

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.cloud import Cloud
    from drillsim.hazards.drift import SourceSegment
    from drillsim.hazards.indoor import IndoorAir
    from drillsim.hazards.weather import WindSegment

__all__ = ["LeakAir", "Outlook"]


class Outlook(NamedTuple):
    """What goes into the air under which winds as things stand, and the grid of times; clean at its end."""

    segments: Sequence[SourceSegment]
    winds: Sequence[WindSegment]
    times_s: NDArray[np.float64]


class LeakAir:
    """Footprint means outdoors, and under roofs what is in the building. ``ppm`` (spaces, k) goes as far as
    was asked for; each sample holds until the next."""

    def __init__(
        self,
        cloud: Cloud,
        indoor: IndoorAir,
        *,
        molar_mass_kg_mol: float,
        levels_ppm: Mapping[str, float],
    ) -> None:
        self._cloud = cloud
        self._indoor = indoor
        self._molar_mass_kg_mol = molar_mass_kg_mol
        self._levels_ppm = levels_ppm
        self._outdoor_ppm: NDArray[np.float64] = np.zeros((len(cloud.points.samples), 0))
        self._table: StepTable | None = None
        self.outlook: Outlook | None = None
        self.ppm = self._outdoor_ppm

    def changed(self, time_s: float) -> None:
        """Source or wind change: samples up to ``time_s`` stay; the outlook is to be set anew."""
        if self.outlook is not None:
            times = self.outlook.times_s
            if self._outdoor_ppm.shape[1] == len(times):
                self._outdoor_ppm[:, -1] = 0.0  # as it was said
            self._outdoor_ppm = self._outdoor_ppm[:, : np.searchsorted(times, time_s, side="right")]
        self.vents_changed()

    def vents_changed(self) -> None:
        """The air indoors is computed anew; the outlook is to be set anew, of the same source and winds."""
        self.outlook = self._table = None

    def until(self, time_s: float) -> StepTable:
        """What is above which level, at least to the sample that holds at ``time_s``. Needs an outlook."""
        assert self.outlook is not None
        times = self.outlook.times_s
        known = self._outdoor_ppm.shape[1]
        asked = int(np.searchsorted(times, time_s, side="right")) if time_s < math.inf else len(times)
        wanted = max(asked, known, 1)
        if self._table is not None and len(self._table.times_s) >= wanted:
            return self._table
        if wanted > known:
            self._outdoor_ppm = np.hstack([self._outdoor_ppm, self._outdoors(times[known:wanted])])
        seen = self._outdoor_ppm
        if wanted == len(times):
            seen = seen.copy()
            seen[:, -1] = 0.0
        self.ppm = self._indoor.table(seen, times_s=times[:wanted])
        above = {threshold: self.ppm > level for threshold, level in self._levels_ppm.items()}
        self._table = StepTable(times[:wanted], above)
        return self._table

    def _outdoors(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        assert self.outlook is not None
        kg_m3 = self._cloud.table(self.outlook.segments, times_s, winds=self.outlook.winds)
        kelvin = self._cloud.weather.temperature_k
        return np.asarray(ppm(kg_m3, molar_mass_kg_mol=self._molar_mass_kg_mol, temperature_k=kelvin))
