"""Leak of a substance from a package: spec, then the run: source, cloud, air indoors, thresholds, load.

What it gives to the air stands in :mod:`vapour_source`, where that goes in :mod:`cloud`, what gets under
roofs in :mod:`indoor`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.atmosphere import wind_at
from drillsim.hazards.burning import BURNING_FLAG
from drillsim.hazards.cloud import Cloud, footprints
from drillsim.hazards.dense import DENSE_RICHARDSON
from drillsim.hazards.drift import carrying_wind
from drillsim.hazards.gas_detector import GasDetector
from drillsim.hazards.grid import DoseTable, StepTable, grid_times
from drillsim.hazards.indoor import Building, IndoorAir
from drillsim.hazards.leak_air import LeakAir, Outlook
from drillsim.hazards.leak_moments import (
    FLAMMABLE,
    LEL_SHARES,
    Ignition,
    alarms,
    detector_flags,
    first_above_s,
    lel_levels_ppm,
    live_spaces,
    smell_warning,
)
from drillsim.hazards.plume import LIMIT_M
from drillsim.hazards.protocol import NO_MEANS, WHOLE, Crossing, Dormant, Means, check_dormant
from drillsim.hazards.source import SourceSpec
from drillsim.hazards.substances import Substance, substance, substances
from drillsim.hazards.toxic_load import ToxicAir
from drillsim.hazards.vapour_source import LONGEST_S, PUFF_S, VapourSource
from drillsim.spec import (
    Area,
    Concentration,
    Conditions,
    Fraction,
    Mass,
    Name,
    Ref,
    Spec,
    Text,
    Time,
    TimeDraw,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.drift import SourceSegment
    from drillsim.hazards.pool import Pool
    from drillsim.hazards.protocol import HazardRun
    from drillsim.hazards.source import SourceRun
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = ["PUFF_S", "Leak", "LeakRun"]

_POOL_ACTIONS = frozenset({"cover", "absorb", "collect", "ignite", "extinguish", "curtain", "shut-drains"})
_OWN_ACTIONS = frozenset({"shut-door", "plug", "ventilate"})  # of a leak whose package is not described
_LEVELS = ("noticed", "aegl2", "aegl3")  # thresholds of every leak, per space
_WHOLE = frozenset({"contained", "ignited", "burnt-out", "smelt"})
_WHOLE_IF_GIVEN = frozenset({"detected", "opened", "flash"})
_SETTLES = 10.0  # air indoors is followed for so many of its time constants: 5e-5 is left then


class Leak(Spec):
    """A package that leaks into a pool, into the air, or both; a pool evaporates until covered or collected.

    Either ``amount`` and ``outflow`` say what runs out evenly, or ``source`` describes the package: a drum,
    a closed container, a tank, a pipe, or a rate. Some substances harm below their odour: of acrylonitrile
    AEGL-2 (60 min) is 1.7 ppm and people smell it from about 17 ppm on. Whoever waits for the smell is late.
    """

    follows: ClassVar[tuple[str, ...]] = ()
    staged: ClassVar[bool] = False  # imaginary in an exercise
    harms: ClassVar[bool] = False  # nobody collapses of it: its toxic load is told at the end

    kind: Literal["leak"]
    substance: Annotated[Name, Ref("substance")]
    at: Annotated[Name, Ref("space")]
    amount_kg: Mass | None = Field(None, gt=0)
    outflow: TimeDraw | None = Field(None, description="time in which the package runs empty")
    source: SourceSpec | None = Field(None, description="the package, in place of amount and outflow")
    pool_m2: Area | None = Field(
        None, gt=0, description="area of the pool; of a free one: of its bund or kerb"
    )
    spread: Literal["given", "free"] = Field("given", description="free: the pool spreads by gravity")
    ground: Literal["concrete", "soil", "dry-sand", "moist-sand", "water"] = "concrete"
    drain_share: Fraction = Field(0.0, description="share of what runs out that open drains take")
    evaporation: Literal["brighton", "mackay-matsugu", "epa-rmp"] = "brighton"
    cloud: Literal["auto", "passive", "dense"] = Field(
        "auto", description="auto: dense where the critical Richardson number exceeds 1.95"
    )
    puff_kg: Mass = Field(0.0, ge=0, description="vapour let out at once when the door is opened")
    onset_s: Time = Field(0.0, description="onset relative to discovery (STARTEX); negative: before it")
    noticed_ppm: Concentration | None = Field(
        None, gt=0, description="people notice it from here on; default: the odour threshold, else AEGL-2"
    )
    detectors: dict[Name, GasDetector] = Field(
        default_factory=dict, description="gas detectors by name; each alarm can be waited for, and the first"
    )
    ignition: Ignition | None = Field(None, description="what sets the flammable cloud alight")
    dormant: Dormant = False
    title: Text = ""
    title_zh: Text = ""

    @property
    def events(self) -> frozenset[str]:
        """All that can be reached: in a space, or as a whole."""
        known = substance(self.substance) if self.substance in substances() else None
        return frozenset({*_LEVELS, *(lel_levels_ppm(known) if known else ())}) | self.whole

    @property
    def whole(self) -> frozenset[str]:
        """What concerns the leak as a whole: see :class:`LeakRun`."""
        named = {"detected", *self.detectors} if self.detectors else set()
        named |= {"flash"} if self.ignition is not None else set()
        named |= {"opened"} if "open-door" in self.actions else set()
        return _WHOLE | named

    @model_validator(mode="after")
    def _detectors_have_names_of_their_own(self) -> Leak:
        if twice := sorted(self.detectors.keys() & {*_LEVELS, *LEL_SHARES, *_WHOLE, *_WHOLE_IF_GIVEN}):
            raise PydanticCustomError(
                "named-twice", "{names}: a detector needs a name of its own", {"names": ", ".join(twice)}
            )
        if dotted := sorted(name for name in self.detectors if "." in name):
            raise PydanticCustomError(
                "name-with-dot", "{names}: a detector's name holds no dot", {"names": ", ".join(dotted)}
            )
        return self

    @model_validator(mode="after")
    def _begins_when_started(self) -> Leak:
        check_dormant(self.dormant, self.onset_s)
        return self

    @model_validator(mode="after")
    def _says_what_leaks(self) -> Leak:
        given = self.amount_kg is not None and self.outflow is not None
        if self.source is None and not given:
            raise PydanticCustomError(
                "leak-source", "say what leaks: amount and outflow, or a source such as {{kind: drum, ...}}"
            )
        if self.source is not None and (
            self.amount_kg is not None or self.outflow is not None or self.puff_kg > 0.0
        ):
            raise PydanticCustomError(
                "leak-source-twice", "the source says how much comes out; leave out amount, outflow and puff"
            )
        if self.source is None and self.pool_m2 is None and self.spread == "given":
            raise PydanticCustomError(
                "leak-pool", "give the pool's area, such as pool: 30 m², or spread: free"
            )
        return self

    @property
    def actions(self) -> frozenset[str]:
        """What can be done to it; to the package only what its kind has an answer to."""
        return _POOL_ACTIONS | (_OWN_ACTIONS if self.source is None else self.source.actions)

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
        buildings: Mapping[str, Building] | None = None,
        hazards: Mapping[str, HazardRun] | None = None,
    ) -> LeakRun:
        """The leak of one run, its times counted from ``start_s``.

        Raises ``ValueError`` if the substance lacks a level or a property; ``KeyError`` for an unknown
        substance or space.
        """
        outflow_s, package = 1.0, None
        if self.outflow is not None:
            outflow_s = self.outflow.under(conditions).quantile(streams.uniform(name, "outflow"))
            drawn(f"hazards.{name}.outflow", outflow_s)
        if self.source is not None:
            package = self.source.begin(
                substance(self.substance),
                weather=weather.weather,
                conditions=conditions,
                uniform=lambda purpose: streams.uniform(name, f"source.{purpose}"),
                start_s=start_s + self.onset_s,
            )
            for what, value in package.drawn.items():
                drawn(f"hazards.{name}.source.{what}", value)
        return LeakRun(
            name,
            self.model_copy(update={"onset_s": start_s + self.onset_s}),
            facility=facility,
            weather=weather,
            outflow_s=max(outflow_s, 1.0),
            package=package,
            buildings=buildings or {},
            live=live_spaces(self.ignition, name, facility=facility, streams=streams, drawn=drawn),
        )


class LeakRun:
    """One leak in one run. Under roofs people breathe the air indoors (:mod:`indoor`).

    Thresholds, per space: *noticed*, *aegl2*, *aegl3* (60-min values held against the footprint mean at each
    moment, which overstates on purpose; the toxic load is the better measure of harm); as a whole:
    *contained*, when nothing runs out or burns any more and the pool is covered, collected or gone;
    *ignited*, when it first takes fire; *burnt-out*, when fire has left nothing of it; *smelt*, when people
    are where it is noticed (the simulation knows where they are). If given: the alarm of each detector by its
    name and the first as *detected*; *opened*, the door of the container; *flash*, the cloud meets a source
    of ignition. Of what burns also, per space, *lel10* and *lel60*: shares of the lower flammable limit.
    """

    fields: frozenset[str] = frozenset({"ppm"})

    def __init__(
        self,
        name: str,
        spec: Leak,
        *,
        facility: Facility,
        weather: WeatherRecord,
        outflow_s: float,
        package: SourceRun | None = None,
        buildings: Mapping[str, Building],
        live: NDArray[np.intp] | None = None,
    ) -> None:
        self.name = name
        self.spec = spec
        self.flags: list[str] = []
        self.substance = substance(spec.substance)
        self.levels_ppm = dict(zip(_LEVELS, self._levels(self.substance), strict=True))
        self.levels_ppm |= lel_levels_ppm(self.substance)
        self.thresholds: tuple[str, ...] = tuple(self.levels_ppm)
        self._live = np.empty(0, dtype=np.intp) if live is None else live
        self._opened_s = math.inf
        self._facility = facility
        self.source = VapourSource(
            spec, self.substance, weather=weather, outflow_s=outflow_s, package=package
        )
        self._at = facility.space_index[spec.at]
        x, y = facility.centre[self._at]
        self.cloud = Cloud(
            footprints(facility),
            source_m=(float(x), float(y)),
            diameter_m=self.source.diameter_m,
            weather=weather.weather,
            molar_mass_kg_mol=self.substance.molar_mass_kg_mol,
        )
        air = weather.weather
        self._indoor = IndoorAir(
            buildings,
            facility=facility,
            wind_at=lambda height_m: wind_at(
                height_m,
                wind_10m_m_s=air.wind_speed_m_s,
                stability=air.stability,
                roughness_m=air.roughness_length_m,
            ),
            outside_k=air.temperature_k,
        )
        self._flag_setting(facility)
        self._weather = weather
        self._reach_m = self._reach(facility)
        self._changed_s = -math.inf
        self._segments: list[SourceSegment] | None = None
        self._air = LeakAir(
            self.cloud,
            self._indoor,
            molar_mass_kg_mol=self.substance.molar_mass_kg_mol,
            levels_ppm=self.levels_ppm,
        )

    @property
    def pool(self) -> Pool:
        return self.source.pool

    def _levels(self, entry: Substance) -> tuple[float, float, float]:
        aegl2, aegl3 = entry.need("aegl2_60min_ppm", "aegl3_60min_ppm")
        noticed = self.spec.noticed_ppm or entry.odour_ppm
        if noticed is None:
            self.flags.append(f"no odour threshold known for {entry.id}: taken as noticed from AEGL-2 on")
        if warning := smell_warning(entry, noticed_ppm=self.spec.noticed_ppm):
            self.flags.append(warning)
        return noticed or aegl2, aegl2, aegl3

    def _flag_setting(self, facility: Facility) -> None:
        near = [facility.spaces[space] for space in self.cloud.near_spaces()]
        if near:
            self.flags.append(f"within one pool diameter, values unreliable: {', '.join(near)}")
        far = [
            space for space, m in zip(facility.spaces, self._distances(facility), strict=True) if m > LIMIT_M
        ]
        if far:
            self.flags.append(
                f"beyond {LIMIT_M / 1000.0:.0f} km, where nothing is said of it: {', '.join(far)}"
            )
        if not facility.outdoors[facility.space_index[self.spec.at]]:
            self.flags.append(
                f"the leak lies under a roof, in {self.spec.at}: its gas is taken as let out in the open; "
                "what gathers in the room is not modelled"
            )
        self.flags.extend(self._indoor.flags)
        self.flags.extend(detector_flags(self.spec.detectors))

    def _flag_source(self) -> None:
        """What is known once the source is followed to its end."""
        self._flag_dense()
        package = self.source.package
        said = [*(package.flags if package is not None else ()), *self.pool.flags]
        self.flags.extend(flag for flag in dict.fromkeys(said) if flag not in self.flags)

    def _flag_dense(self) -> None:
        """Keep one flag, with the highest Richardson number so far, where the cloud is no passive one, and
        one of the plume furthest beyond the workbook's curves."""
        told = [*self.source.puff_told]
        if self.source.richest > DENSE_RICHARDSON:
            said = f"dense cloud (Ri_c {self.source.richest:.1f}, above {DENSE_RICHARDSON}): "
            said += (
                "the passive plume that the scenario asks for errs; results are not valid"
                if self.spec.cloud == "passive"
                else "Britter-McQuaid plume, within a factor 2 at best"
            )
            told.append(said)
        if plumes := [part.dense for part in self._segments or () if part.dense is not None]:
            told.extend(max(plumes, key=lambda plume: plume.alpha).flags)
        kept = [flag for flag in self.flags if not flag.startswith("dense cloud") and flag not in told]
        self.flags = [*kept, *dict.fromkeys(told)]

    def _distances(self, facility: Facility) -> NDArray[np.float64]:
        """Of the middle of each space from that of the source's, m."""
        offset = np.asarray(facility.centre) - facility.centre[facility.space_index[self.spec.at]]
        return np.asarray(np.hypot(offset[:, 0], offset[:, 1]))

    def _reach(self, facility: Facility) -> float:
        return float((self._distances(facility) + np.asarray(facility.size).sum(axis=1)).max())

    # -- what is done to it -------------------------------------------------------------------------

    def act(self, action: str, factor: float, time_s: float, means: Means = NO_MEANS) -> None:
        """*plug*: nothing runs out any more, the pool goes on. *cover*, *absorb*: the pool evaporates at
        ``factor`` of its rate. *collect*: the pool is gone and what still runs out is caught. *curtain*:
        ``factor`` of the vapour passes the water curtain. *shut-drains*: nothing runs down them any more.
        *shut-door*, *ventilate*: the rest of the puff stays in, or is let out where it harms nobody; nothing
        else changes. *ignite*: what lies on the ground burns and gives no vapour, nor does the puff; what is
        in the air goes on. *extinguish*: it evaporates again. Gas of a package burns as it comes in
        the same way. Where nothing lies, comes or burns, these two do nothing. Of a package that ``source``
        describes: as :meth:`~drillsim.hazards.source.SourceRun.act`.

        Raises ``ValueError`` for any other action, and for a factor outside 0 to 1.
        """
        if action not in self.spec.actions:
            raise ValueError(
                f"{self.name}: {action} is nothing to do to a leak, or to its package; "
                + ", ".join(sorted(self.spec.actions))
            )
        source = self.source
        if action == "open-door":
            self._opened_s = min(self._opened_s, time_s)
        if action in ("cover", "absorb"):
            source.cover(time_s, factor)
        elif action == "collect":
            source.collect(time_s)
        elif action == "extinguish":
            source.put_out(time_s)
        elif action == "curtain":
            source.curtain(time_s, factor)
        elif action == "shut-drains":
            source.pool.shut_drains(time_s)
        elif action == "ignite":
            if source.ignite(time_s) and BURNING_FLAG not in self.flags:
                self.flags.append(BURNING_FLAG)
        elif source.package is not None:
            source.treat_package(action, time_s, factor)
        elif action == "plug":
            source.plug(time_s)
        else:
            source.end_puff(time_s, vented=action == "ventilate")
        source.cut(time_s)
        self._change(time_s)

    def link_changed(self, link: int, open_share: float, time_s: float) -> None:
        """Doors do not act on an outdoor plume; of buildings only the vents are followed."""

    def vents_changed(self, building: str, running: bool, time_s: float) -> None:
        self._indoor.run_vents(building, running, time_s)
        self._changed_s = max(self._changed_s, time_s)
        self._air.vents_changed()

    def air_changed(self, time_s: float) -> None:
        self._change(time_s)

    def _change(self, time_s: float) -> None:
        """Source or wind: samples up to ``time_s`` stay for good, later ones are computed when asked for."""
        self._changed_s = max(self._changed_s, time_s)
        self._segments = None
        self._air.changed(time_s)

    # -- the air ------------------------------------------------------------------------------------

    def segments(self) -> list[SourceSegment]:
        """What goes into the air, in parts of constant rate under one wind."""
        if self._segments is None:
            self._segments = self.source.segments()
            self._flag_source()
        return self._segments

    def given_off(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Gas that the package itself gives off, burnt or not: times (k,) and rates from each on, kg/s (k,);
        none without a package."""
        if self.source.package is None:
            return np.empty(0), np.empty(0)
        flow = self.source.package.outflow
        return flow.edges_s, np.append(flow.airborne_kg_s, 0.0)

    def left_kg(self, time_s: float) -> float:
        """What is left in the package at ``time_s``, kg."""
        return self.source.left_kg(time_s)

    def rate_kg_s(self, time_s: float) -> float:
        """Vapour given off at ``time_s``, kg/s, as the plume sees it."""
        return sum(part.rate_kg_s for part in self.segments() if part.start_s <= time_s < part.end_s)

    def _outlook(self) -> Outlook:
        """As things stand; set anew after each change."""
        if self._air.outlook is not None:
            return self._air.outlook
        parts = self.segments()
        weather, winds = self._weather.weather, self._weather.segments
        wind = carrying_wind(weather)(weather.wind_speed_m_s)
        last = max((part.end_s for part in parts if part.rate_kg_s > 0.0), default=self.spec.onset_s)
        # The tail is gone after the way at the transport wind and as much again for the spread along it.
        way_s = 2.0 * self._reach_m / wind
        slowest = min(wind.speed_m_s for wind in winds)
        puffs = [part.puff for part in parts if part.puff is not None]
        for puff in puffs:  # its middle lags behind the wind, and its rear behind that
            way_s = max(way_s, puff.past_s(2.0 * self._reach_m, wind_10m_m_s=slowest))
        clear = max(last, self._changed_s, winds[-1].start_s) + way_s
        times = grid_times(self.spec.onset_s, end_s=clear + _SETTLES * self._indoor.slowest_s())
        self._air.outlook = Outlook(parts, winds, times)
        return self._air.outlook

    def _tabulate(self, until_s: float) -> StepTable:
        self._outlook()
        return self._air.until(until_s)

    def followed_changed(self, time_s: float) -> None:
        """It follows no other hazard."""

    # -- answers ------------------------------------------------------------------------------------

    def crossings(self, after_s: float, until_s: float) -> list[Crossing]:
        """Crossings in (after_s, until_s]; each that concerns the leak as a whole comes once.

        Those are stamped at the next whole second: always after the act that brings them about.
        """
        table = self._tabulate(until_s)
        found = list(table.crossings(after_s, until_s))
        moments = {
            "contained": self.contained_s(),
            "ignited": _next_second(self.source.first_lit_s),
            "burnt-out": _next_second(self.pool.burnt_out_s(self.spec.onset_s + LONGEST_S)),
            "opened": _next_second(self._opened_s),
            "flash": first_above_s(table, FLAMMABLE, self._live),
            **alarms(
                self.spec.detectors,
                times_s=table.times_s,
                ppm=self._air.ppm,
                facility=self._facility,
                entry=self.substance,
            ),
        }
        for threshold, moment_s in moments.items():
            if after_s < moment_s <= until_s and moment_s < math.inf:
                found.append(Crossing(moment_s, WHOLE, threshold, True))
        return sorted(found)

    def contained_s(self) -> float:
        """When nothing runs out or burns and the pool is covered, collected or gone; inf if never."""
        self.pool.advance(self.spec.onset_s + LONGEST_S)
        gone = self.pool.states[-1].time_s if self.pool.gone() else math.inf
        met = max(self.source.flowing_until_s, min(self.source.covered_s, gone))
        for start, end in self.pool.fires:
            if start <= met < min(end, gone):
                met = min(end, gone)
        return _next_second(met)

    def at(self, field: str, spaces: NDArray[np.intp], time_s: float) -> NDArray[np.float64]:
        """Footprint mean of "ppm" in ``spaces``. Raises ``ValueError`` for another field."""
        if field not in self.fields:
            raise ValueError(f"{self.name}: a leak has the field ppm, not {field}")
        step = self._tabulate(time_s).step(time_s)
        return np.zeros(len(spaces)) if step < 0 else self._air.ppm[spaces, step]

    def holds_until(self, time_s: float) -> float:
        times = self._outlook().times_s
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
        until_s = float(np.max(end_s, initial=-math.inf))
        return self._tabulate(until_s).seconds_above(threshold, spaces, start_s, end_s)

    def doses(self) -> Mapping[str, DoseTable]:
        """None: nobody collapses of it; what people take is told by :meth:`toxic`."""
        return {}

    def toxic(self) -> ToxicAir:
        """What people breathe where, for toxic loads."""
        return ToxicAir(self.substance, self._tabulate(math.inf).times_s, self._air.ppm)

    def physical(self) -> None:
        """None: it gives neither blast nor heat that is followed."""

    def masses(self, time_s: float) -> Mapping[str, NDArray[np.float64]]:
        """kg of *vapour* that went into the air, and of the rest by its fate: on the ground in a *pool*,
        *collected*, *burnt*, *drained*, *washed-out* by curtains, *removed* from the package (caught, pumped
        over, let out harmlessly). With :meth:`left_kg` they are what the package held."""
        ground = self.pool.state(time_s)[1]
        found = {
            fate.replace("_", "-"): mass_kg
            for fate, mass_kg in self.source.fates_kg(time_s)._asdict().items()
        }
        masses = {name: np.zeros(len(self.cloud.points.samples) + 1) for name in (*found, "pool")}
        for name, mass_kg in found.items():
            masses[name][-1] = mass_kg
        masses["pool"][self._at] = ground
        return masses

    def state_text(self) -> str:
        """Mass run out, on the ground and evaporated at the last change."""
        now = max(self._changed_s, self.spec.onset_s)
        spilled, ground, evaporated, _, _ = self.pool.state(now)
        fates = self.source.fates_kg(now)
        text = (
            f"{self.spec.substance}: {spilled:.0f} kg run out, {ground:.0f} kg on the ground, "
            f"{evaporated:.1f} kg evaporated, {fates.collected:.0f} kg collected"
        )
        text += f", {fates.drained:.0f} kg down the drains" if fates.drained else ""
        return f"{text}, {fates.burnt:.0f} kg burnt" if fates.burnt else text


def _next_second(time_s: float) -> float:
    return time_s if math.isinf(time_s) else math.floor(time_s) + 1.0
