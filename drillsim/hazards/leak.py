"""Leak of a liquid from a package: spec, then the run: puff, pool, evaporation, plume.

The physics stand in :mod:`pool`, :mod:`burning`, :mod:`plume` and :mod:`cloud`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field, model_validator

from drillsim.hazards.burning import BURNING_FLAG
from drillsim.hazards.cloud import Cloud, SourceSegment, footprints
from drillsim.hazards.grid import DoseTable, StepTable, grid_times
from drillsim.hazards.plume import DENSE_RICHARDSON, pool_richardson, ppm, transport_wind
from drillsim.hazards.pool import Pool, PoolSetting
from drillsim.hazards.protocol import WHOLE, Crossing, Dormant, check_dormant
from drillsim.hazards.substances import Substance, substance
from drillsim.spec import Area, Concentration, Conditions, Mass, Name, Ref, Spec, Text, Time, TimeDraw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = ["Leak", "LeakRun"]

PUFF_S: Final = 60.0
"""Time in which the vapour behind an opened door comes out; a rule of this product, confidence low."""
_EDGES_S: Final = (
    0,
    30,
    60,
    120,
    240,
    420,
    600,
    900,
    1200,
    1800,
    2400,
    3600,
    5400,
    7200,
    10800,
    14400,
    21600,
)
_LONGEST_S: Final = 7 * 86400.0


class Leak(Spec):
    """A packaged liquid that runs out into a pool; the pool evaporates until it is covered or collected.

    Some substances harm below their odour: of acrylonitrile AEGL-2 (60 min) is 1.7 ppm and people smell
    it from about 17 ppm on. Whoever waits for the smell is late.
    """

    actions: ClassVar[frozenset[str]] = frozenset(
        {"shut-door", "plug", "cover", "absorb", "collect", "ventilate", "ignite", "extinguish"}
    )

    whole: ClassVar[frozenset[str]] = frozenset({"contained", "ignited", "burnt-out"})  # others per space
    events: ClassVar[frozenset[str]] = frozenset({"noticed", "aegl2", "aegl3"}) | whole
    staged: ClassVar[bool] = False  # imaginary in an exercise
    harms: ClassVar[bool] = False  # gives no dose

    kind: Literal["leak"]
    substance: Annotated[Name, Ref("substance")]
    at: Annotated[Name, Ref("space")]
    amount_kg: Mass = Field(gt=0)
    outflow: TimeDraw = Field(description="time in which the package runs empty")
    pool_m2: Area = Field(gt=0)
    puff_kg: Mass = Field(0.0, ge=0, description="vapour let out at once when the door is opened")
    onset_s: Time = Field(0.0, description="onset relative to discovery (STARTEX); negative: before it")
    noticed_ppm: Concentration | None = Field(
        None, gt=0, description="people notice it from here on; default: the odour threshold, else AEGL-2"
    )
    dormant: Dormant = False
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _begins_when_started(self) -> Leak:
        check_dormant(self.dormant, self.onset_s)
        return self

    def begin(
        self,
        name: str,
        *,
        facility: Facility,
        weather: WeatherRecord,
        conditions: Conditions,
        streams: Streams,
        drawn: Callable[[str, float], None],
        start_s: float = 0.0,
    ) -> LeakRun:
        """The leak of one run, its times counted from ``start_s``.

        Raises ``ValueError`` if the substance lacks a level or a property, or boils; ``KeyError`` for an
        unknown substance or space.
        """
        outflow = self.outflow.under(conditions).quantile(streams.uniform(name, "outflow"))
        drawn(f"hazards.{name}.outflow", outflow)
        spec = self.model_copy(update={"onset_s": start_s + self.onset_s})
        return LeakRun(name, spec, facility=facility, weather=weather, outflow_s=max(outflow, 1.0))


class LeakRun:
    """One leak in one run. Concentrations are those outdoors, also for spaces under a roof.

    Thresholds, per space: *noticed*, *aegl2*, *aegl3* (60-min values held against the footprint mean at each
    moment, which overstates on purpose); as a whole: *contained*, when nothing runs out or burns any more and
    the pool is covered, collected or gone; *ignited*, when it first takes fire; *burnt-out*, when fire has
    left nothing of it.
    """

    thresholds: tuple[str, ...] = ("noticed", "aegl2", "aegl3")
    fields: frozenset[str] = frozenset({"ppm"})

    def __init__(
        self, name: str, spec: Leak, *, facility: Facility, weather: WeatherRecord, outflow_s: float
    ) -> None:
        self.name = name
        self.spec = spec
        self.flags: list[str] = []
        self.substance = substance(spec.substance)
        self.levels_ppm = dict(zip(self.thresholds, self._levels(self.substance), strict=True))
        self.pool = Pool(
            PoolSetting(self.substance, spec.amount_kg, spec.pool_m2, weather.weather),
            spec.onset_s,
            outflow_s,
        )
        x, y = facility.centre[facility.space_index[spec.at]]
        self.cloud = Cloud(
            footprints(facility),
            source_m=(float(x), float(y)),
            diameter_m=math.sqrt(4.0 * spec.pool_m2 / math.pi),
            weather=weather.weather,
        )
        self._flag_setting(facility)
        self._weather = weather
        self._reach_m = self._reach(facility)
        self._puff_end_s = spec.onset_s + (PUFF_S if spec.puff_kg > 0.0 else 0.0)
        self._plugged_s = math.inf
        self._covered_s = math.inf
        self._cuts: list[float] = []
        self._changed_s = -math.inf
        self._ppm: NDArray[np.float64] = np.zeros((0, 0))
        self._table: StepTable | None = None
        self._densest = DENSE_RICHARDSON

    def _levels(self, entry: Substance) -> tuple[float, float, float]:
        aegl2, aegl3 = entry.need("aegl2_60min_ppm", "aegl3_60min_ppm")
        noticed = self.spec.noticed_ppm or entry.odour_ppm
        if noticed is None:
            self.flags.append(f"no odour threshold known for {entry.id}: taken as noticed from AEGL-2 on")
        return noticed or aegl2, aegl2, aegl3

    def _flag_setting(self, facility: Facility) -> None:
        near = [facility.spaces[space] for space in self.cloud.near_spaces()]
        if near:
            self.flags.append(f"within one pool diameter, values unreliable: {', '.join(near)}")
        if not all(facility.outdoors):
            self.flags.append(
                "spaces under a roof carry the concentration outside: air exchange is not modelled"
            )

    def _flag_dense(self, parts: list[SourceSegment]) -> None:
        """Keep one flag, with the highest Richardson number so far, where the plume is no passive one."""
        highest = self._densest
        for part in parts:
            richardson = pool_richardson(
                part.rate_kg_s,
                wind_10m_m_s=part.speed_m_s,
                diameter_m=self.cloud.diameter_m,
                molar_mass_kg_mol=self.substance.molar_mass_kg_mol,
                vapour_k=self.pool.temperature_k(part.start_s),
                air_k=self._weather.weather.temperature_k,
            )
            highest = max(highest, richardson)
        if highest > self._densest:
            self._densest = highest
            self.flags = [flag for flag in self.flags if not flag.startswith("dense cloud")]
            self.flags.append(
                f"dense cloud (Ri_c {highest:.1f}, above {DENSE_RICHARDSON}): the passive plume errs; "
                "results are not valid"
            )

    def _reach(self, facility: Facility) -> float:
        offset = np.asarray(facility.centre) - facility.centre[facility.space_index[self.spec.at]]
        return float((np.hypot(offset[:, 0], offset[:, 1]) + np.asarray(facility.size).sum(axis=1)).max())

    # -- what is done to it -------------------------------------------------------------------------

    def act(self, action: str, factor: float, time_s: float) -> None:
        """*plug*: nothing runs out any more, the pool goes on. *cover*, *absorb*: the pool evaporates at
        ``factor`` of its rate. *collect*: the pool is gone and what still runs out is caught. *shut-door*,
        *ventilate*: the rest of the puff stays in, or is let out where it harms nobody; nothing else changes.
        *ignite*: what lies on the ground burns and gives no vapour, nor does the puff; what is in the air
        goes on. *extinguish*: it evaporates again. Where nothing lies or burns, these two do nothing.

        Raises ``ValueError`` for any other action, and for a factor outside 0 to 1.
        """
        if action not in Leak.actions:
            raise ValueError(
                f"{self.name}: {action} is nothing to do to a leak; {', '.join(sorted(Leak.actions))}"
            )
        if action == "plug":
            self.pool.plug(time_s)
            self._plugged_s = min(self._plugged_s, time_s)
        elif action in ("cover", "absorb"):
            self.pool.cover(time_s, factor)
            self._covered_s = min(self._covered_s, time_s)
        elif action == "collect":
            self.pool.collect(time_s)
            self._plugged_s = min(self._plugged_s, time_s)
            self._covered_s = min(self._covered_s, time_s)
        elif action == "extinguish":
            self.pool.put_out(time_s)
        elif action != "ignite" or self._catches_fire(time_s):
            self._puff_end_s = min(self._puff_end_s, max(time_s, self.spec.onset_s))
        self._cuts.append(time_s)
        self._change(time_s)

    def _catches_fire(self, time_s: float) -> bool:
        caught = self.pool.ignite(time_s)
        if caught and BURNING_FLAG not in self.flags:
            self.flags.append(BURNING_FLAG)
        return caught

    def link_changed(self, link: int, open_share: float, time_s: float) -> None:
        """Doors do not act on an outdoor plume."""

    def wind_changed(self, time_s: float) -> None:
        self._change(time_s)

    def _change(self, time_s: float) -> None:
        """Keep the samples up to ``time_s`` for good; later ones are computed anew when asked for."""
        self._changed_s = max(self._changed_s, time_s)
        if self._table is not None:
            self._ppm = self._ppm[:, : self._table.step(time_s) + 1]
            self._table = None

    # -- the source ---------------------------------------------------------------------------------

    def segments(self) -> list[SourceSegment]:
        """Vapour given off, in parts of constant rate under one wind; their sum is what evaporated."""
        onset, spec = self.spec.onset_s, self.spec
        self.pool.advance(onset + _LONGEST_S)
        end = max(self.pool.states[-1].time_s, self._puff_end_s)
        edges = {onset + edge for edge in _EDGES_S}
        edges |= {onset + hours * 3600.0 for hours in (9, 12, 18, 24, 36, 48, 72, 96, 120, 144, 168)}
        edges |= {*self._cuts, self.pool.inflow_end_s, self._puff_end_s}
        edges |= {segment.start_s for segment in self._weather.segments}
        inner = sorted(edge for edge in edges if onset < edge < end)
        times = np.array([onset, *inner, end])
        rates = np.diff(self.pool.evaporated_kg(times)) / np.maximum(np.diff(times), 1e-9)
        parts = []
        for start, stop, rate in zip(times[:-1].tolist(), times[1:].tolist(), rates.tolist(), strict=True):
            puff = spec.puff_kg / PUFF_S if stop <= self._puff_end_s else 0.0
            wind = self._weather.at(start)
            parts.append(SourceSegment(start, stop, rate + puff, wind.from_deg, wind.speed_m_s))
        return parts

    def rate_kg_s(self, time_s: float) -> float:
        """Vapour given off at ``time_s``, kg/s, as the plume sees it."""
        return sum(part.rate_kg_s for part in self.segments() if part.start_s <= time_s < part.end_s)

    def _tabulate(self) -> StepTable:
        if self._table is not None:
            return self._table
        parts = self.segments()
        self._flag_dense(parts)
        weather = self._weather.weather
        wind = transport_wind(weather.wind_speed_m_s, stability=weather.stability, terrain=weather.terrain)
        # The tail is gone after the way at the transport wind and as much again for the spread along it.
        last = max((part.end_s for part in parts if part.rate_kg_s > 0.0), default=self.spec.onset_s)
        clear = max(last, self._changed_s) + 2.0 * self._reach_m / wind
        times = grid_times(self.spec.onset_s, end_s=clear)
        kept = self._ppm.shape[1]
        later = self.cloud.table(parts, times[kept:])
        later = ppm(
            later, molar_mass_kg_mol=self.substance.molar_mass_kg_mol, temperature_k=weather.temperature_k
        )
        later[:, -1:] = 0.0
        self._ppm = np.hstack([self._ppm, later]) if kept else later
        above = {threshold: self._ppm > level for threshold, level in self.levels_ppm.items()}
        self._table = StepTable(times, above)
        self.flags.extend(flag for flag in self.pool.flags if flag not in self.flags)
        return self._table

    # -- answers ------------------------------------------------------------------------------------

    def crossings(self, after_s: float, until_s: float) -> list[Crossing]:
        """Crossings in (after_s, until_s]; each that concerns the leak as a whole comes once.

        Those are stamped at the next whole second: always after the act that brings them about.
        """
        found = list(self._tabulate().crossings(after_s, until_s))
        fires = self.pool.fires
        moments = {
            "contained": self.contained_s(),
            "ignited": _next_second(fires[0][0]) if fires else math.inf,
            "burnt-out": _next_second(self.pool.burnt_out_s(self.spec.onset_s + _LONGEST_S)),
        }
        for threshold, moment_s in moments.items():
            if after_s < moment_s <= until_s and moment_s < math.inf:
                found.append(Crossing(moment_s, WHOLE, threshold, True))
        return sorted(found)

    def contained_s(self) -> float:
        """When nothing runs out or burns and the pool is covered, collected or gone; inf if never."""
        self.pool.advance(self.spec.onset_s + _LONGEST_S)
        gone = self.pool.states[-1].time_s if self.pool.gone() else math.inf
        stopped = min(self._plugged_s, self.pool.inflow_end_s)
        met = max(stopped, min(self._covered_s, gone))
        for start, end in self.pool.fires:
            if start <= met < min(end, gone):
                met = min(end, gone)
        return _next_second(met)

    def at(self, field: str, spaces: NDArray[np.intp], time_s: float) -> NDArray[np.float64]:
        """Footprint mean of "ppm" in ``spaces``. Raises ``ValueError`` for another field."""
        if field not in self.fields:
            raise ValueError(f"{self.name}: a leak has the field ppm, not {field}")
        step = self._tabulate().step(time_s)
        return np.zeros(len(spaces)) if step < 0 else self._ppm[spaces, step]

    def holds_until(self, time_s: float) -> float:
        times = self._tabulate().times_s
        after = int(np.searchsorted(times, time_s, side="right"))
        return float(times[after]) if after < len(times) else math.inf

    def seconds_above(
        self,
        threshold: str,
        spaces: NDArray[np.intp],
        start_s: NDArray[np.float64],
        end_s: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Seconds above ``threshold`` in stays [start, end); one per element."""
        return self._tabulate().seconds_above(threshold, spaces, start_s, end_s)

    def doses(self) -> Mapping[str, DoseTable]:
        """None: exposure counts by the levels passed."""
        return {}

    def masses(self, time_s: float) -> Mapping[str, NDArray[np.float64]]:
        """None: what has run out stands in the text of its state."""
        return {}

    def state_text(self) -> str:
        """Mass run out, on the ground and evaporated at the last change."""
        now = max(self._changed_s, self.spec.onset_s)
        spilled, ground, evaporated, collected, burnt = self.pool.state(now)
        text = (
            f"{self.spec.substance}: {spilled:.0f} kg run out, {ground:.0f} kg on the ground, "
            f"{evaporated:.1f} kg evaporated, {collected:.0f} kg collected"
        )
        return f"{text}, {burnt:.0f} kg burnt" if burnt else text


def _next_second(time_s: float) -> float:
    return time_s if math.isinf(time_s) else math.floor(time_s) + 1.0
