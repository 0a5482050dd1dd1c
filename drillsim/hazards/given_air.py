"""Air of which it is given what it is like where and when: one run of it, whoever gives it.

Its grid is that of its own steps, so every answer is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from drillsim.hazards.fractional_dose import (
    CLEAN_CO2_PERCENT,
    CLEAN_O2_PERCENT,
    CONVENTIONS,
    HEAT,
    Air,
    iso13571_heat_rate_per_min,
)
from drillsim.hazards.grid import DoseTable, StepTable
from drillsim.hazards.protocol import NO_MEANS, Means
from drillsim.hazards.smoke import VISIBILITY_C, visibility_m
from drillsim.hazards.tenability import (
    SEEN_M,
    SMALL_ROOM_M2,
    SMALL_ROOM_VISIBILITY_M,
    TENABLE_K,
    TENABLE_VISIBILITY_M,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.protocol import Crossing

__all__ = ["HARMFUL", "QUANTITIES", "GivenAirRun", "clean_air"]

_KELVIN: Final = 273.15
HARMFUL: Final = ("temperature_k", "co_ppm", "hcn_ppm", "co2", "o2")
QUANTITIES: Final = ("extinction_per_m", *HARMFUL)
"""What is given, at head height: 1/m, K, ppm and shares of the volume."""


def clean_air(ambient_k: float) -> dict[str, float]:
    """Each quantity in clean air."""
    return {
        "extinction_per_m": 0.0,
        "temperature_k": ambient_k,
        "co_ppm": 0.0,
        "hcn_ppm": 0.0,
        "co2": CLEAN_CO2_PERCENT / 100.0,
        "o2": CLEAN_O2_PERCENT / 100.0,
    }


class GivenAirRun:
    """Given air in one run.

    Thresholds, per space, as of a fire: *smoke*, one sees less than 30 m; *untenable*, one sees less than
    10 m (5 m where the floor is under 60 m2) or it is hotter than 60 °C. Gases count by their dose alone.
    """

    called: str = "given air"
    thresholds: tuple[str, ...] = ("smoke", "untenable")
    fields: frozenset[str] = frozenset({*QUANTITIES, "visibility_m"})

    def __init__(
        self,
        name: str,
        *,
        times_s: NDArray[np.float64],
        values: Mapping[str, NDArray[np.float64]],
        facility: Facility,
        ambient_k: float,
        dose: Literal["purser", "iso13571"],
        clothed: bool,
    ) -> None:
        """``values`` of each quantity, shape (spaces, times), hold to the next time; the last for good.

        Where a value is NaN the air is clean.
        """
        self.name = name
        self.flags: list[str] = []
        self.dose: Literal["purser", "iso13571"] = dose
        self.clothed = clothed
        self._clean = clean_air(ambient_k)
        area = np.asarray(facility.area_m2, dtype=np.float64)[:, None]
        sight_m = np.where(area < SMALL_ROOM_M2, SMALL_ROOM_VISIBILITY_M, TENABLE_VISIBILITY_M)
        self._blind_per_m = VISIBILITY_C / sight_m
        self._times = times_s
        self._values = {
            quantity: np.where(np.isnan(given), self._clean[quantity], given)
            for quantity, given in values.items()
        }
        self._table = self._tabulate()

    def _tabulate(self) -> StepTable:
        extinction, hot = self._values["extinction_per_m"], self._values["temperature_k"] > TENABLE_K
        above = {
            "smoke": extinction > VISIBILITY_C / SEEN_M,
            "untenable": (extinction > self._blind_per_m) | hot,
        }
        return StepTable(self._times, above)

    # -- what is done to it ---------------------------------------------------------------------------

    def act(self, action: str, factor: float, time_s: float, means: Means = NO_MEANS) -> None:
        """*ventilate*: from now on ``factor`` is left of all that differs from clean air; 0: it is gone.

        Raises ``ValueError`` for any other action or a factor outside 0 to 1.
        """
        if action != "ventilate":
            raise ValueError(f"{self.name}: {action} is nothing to do to {self.called}; ventilate")
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"{self.name}: a share of {factor} that remains; it must lie between 0 and 1")
        step = self._table.step(time_s)
        if step < 0 or self._times[step] < time_s:
            self._times = np.insert(self._times, step + 1, time_s)
            for quantity, values in self._values.items():
                held = values[:, step] if step >= 0 else self._clean[quantity]
                self._values[quantity] = np.insert(values, step + 1, held, axis=1)
        later = self._times >= time_s
        for quantity, values in self._values.items():
            clean = self._clean[quantity]
            values[:, later] = clean + (values[:, later] - clean) * factor
        self._table = self._tabulate()

    def link_changed(self, link: int, open_share: float, time_s: float) -> None:
        """Doors do not act on given air."""

    def vents_changed(self, building: str, running: bool, time_s: float) -> None:
        """Vents of buildings act on what comes from outdoors only."""

    def air_changed(self, time_s: float) -> None:
        """Nor does wind."""

    def followed_changed(self, time_s: float) -> None:
        """It follows no other hazard."""

    # -- answers --------------------------------------------------------------------------------------

    def crossings(self, after_s: float, until_s: float) -> list[Crossing]:
        """Crossings in (after_s, until_s]."""
        return self._table.crossings(after_s, until_s)

    def at(self, field: str, spaces: NDArray[np.intp], time_s: float) -> NDArray[np.float64]:
        """Value of one of :attr:`fields` in ``spaces``. Raises ``ValueError`` for another field."""
        if field not in self.fields:
            raise ValueError(f"{self.name}: {self.called} has {', '.join(sorted(self.fields))}, not {field}")
        quantity = "extinction_per_m" if field == "visibility_m" else field
        step = self._table.step(time_s)
        values = np.full(len(spaces), self._clean[quantity])
        if step >= 0:
            values = self._values[quantity][spaces, step]
        if field == "visibility_m":
            return np.array([visibility_m(extinction) for extinction in values.tolist()])
        return values

    def holds_until(self, time_s: float) -> float:
        after = self._table.step(time_s) + 1
        return float(self._times[after]) if after < len(self._times) else math.inf

    def seconds_above(
        self,
        threshold: str,
        spaces: NDArray[np.intp],
        start_s: NDArray[np.float64],
        end_s: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Seconds above ``threshold`` in stays [start, end); one per element."""
        return self._table.seconds_above(threshold, spaces, start_s, end_s)

    def doses(self) -> Mapping[str, DoseTable]:
        """Tables of the doses taken, as things stand: ``fed-CONVENTION`` of gases, ``heat-iso13571``."""
        gas = CONVENTIONS[self.dose]
        clothed = self.clothed
        tables = {
            f"fed-{self.dose}": self._dose_table(gas),
            HEAT: self._dose_table(lambda air: iso13571_heat_rate_per_min(air, clothed=clothed)),
        }
        return {name: table for name, table in tables.items() if table.spaces()}

    def _dose_table(self, rate_per_min: Callable[[Air], float]) -> DoseTable:
        columns = np.stack([self._values[quantity] for quantity in HARMFUL], axis=-1)
        kinds, which = np.unique(columns.reshape(-1, len(HARMFUL)), axis=0, return_inverse=True)
        rates = []
        for kelvin, co_ppm, hcn_ppm, co2, o2 in kinds.tolist():
            air = Air(
                co_ppm=co_ppm,
                hcn_ppm=hcn_ppm,
                co2_percent=100.0 * co2,
                o2_percent=100.0 * o2,
                temperature_c=kelvin - _KELVIN,
            )
            rates.append(rate_per_min(air) / 60.0)
        return DoseTable(self._times, np.array(rates)[which.reshape(columns.shape[:2])])

    def toxic(self) -> None:
        """None: what people take is told by :meth:`doses`."""

    def physical(self) -> None:
        """None: it gives neither blast nor heat that is followed outdoors."""

    def masses(self, time_s: float) -> Mapping[str, NDArray[np.float64]]:
        """None: given air has no source."""
        return {}

    def state_text(self) -> str:
        """When it begins and when it ends or changes last."""
        return f"given air from {self._times[0]:.0f} s, last change at {self._times[-1]:.0f} s"
