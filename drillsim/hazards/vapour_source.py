"""What a leak gives to the air: package, puff, pool, in parts of constant rate under one wind.

A package of ``source`` feeds the pool with liquid and the air with vapour and droplets; without one,
``amount`` runs out evenly. Each part is passive or dense by the critical Richardson number (:mod:`dense`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.atmosphere import AIR_KG_MOL, air_density
from drillsim.hazards.dense import (
    CCPS_PUFF,
    DENSE_RICHARDSON,
    ccps_puff_number,
    critical_richardson,
    dense_plume,
    dense_puff,
)
from drillsim.hazards.drift import SourceSegment
from drillsim.hazards.ground import GROUNDS
from drillsim.hazards.pool import Pool, PoolSetting
from drillsim.hazards.source import INSTANT_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.dense import DensePlume, DensePuff
    from drillsim.hazards.leak import Leak
    from drillsim.hazards.outflow import Outflow
    from drillsim.hazards.source import SourceRun
    from drillsim.hazards.substances import Substance
    from drillsim.hazards.weather import Weather, WeatherRecord

__all__ = ["LONGEST_S", "PUFF_S", "VapourSource", "pool_setting"]

PUFF_S: Final = 60.0
"""Time in which the vapour behind an opened door comes out; a rule of this product, confidence low."""
LONGEST_S: Final = 7 * 86400.0
_MINUTES: Final = (0, 0.5, 1, 2, 4, 7, 10, 15, 20, 30, 40, 60)  # edges of parts after the onset
_HOURS: Final = (1.5, 2, 3, 4, 6, 9, 12, 18, 24, 36, 48, 72, 96, 120, 144, 168)
_NO_POOL_M2: Final = 1.0  # of what gives no liquid, so that a pool of nothing has an area
_FEWEST_S: Final = 30.0  # steps of a package shorter than this are put together
_JUMP, _DRIFT = 0.2, 0.02  # of its highest rate to the air: a change at once, and one that came slowly


def pool_setting(spec: Leak, entry: Substance, weather: Weather) -> PoolSetting:
    """The pool as the spec describes it; ``PoolSetting.check`` says whether there is an answer."""
    free = spec.spread == "free"
    area = spec.pool_m2 if spec.pool_m2 is not None or free else _NO_POOL_M2
    return PoolSetting(
        entry,
        spec.amount_kg if spec.amount_kg is not None else 1.0,
        area,
        weather,
        ground=GROUNDS[spec.ground],
        spread=spec.spread,
        model=spec.evaporation,
        drain_share=spec.drain_share,
    )


class Fates(NamedTuple):
    """Where what leaked went by some time, kg: all that left the package and does not lie on the ground."""

    vapour: float  # into the air
    collected: float
    burnt: float
    drained: float
    washed_out: float  # by water curtains
    removed: float  # from the package: caught, pumped over or let out harmlessly


class _Given(NamedTuple):
    """What the package gives straight to the air in one part."""

    rate_kg_s: float
    kelvin: float
    aerosol_share: float


@dataclass(slots=True)
class _Curtain:
    """A water curtain: from ``start_s`` on so much of the vapour passes."""

    start_s: float
    share: float


class VapourSource:
    """Source of one leak in one run. What was given off before a change stays."""

    def __init__(
        self,
        spec: Leak,
        entry: Substance,
        *,
        weather: WeatherRecord,
        outflow_s: float,
        package: SourceRun | None,
    ) -> None:
        self.spec, self.entry, self.package = spec, entry, package
        self.richest = 0.0  # highest critical Richardson number so far
        self.puff_number = 0.0  # of what is let out at once, by CCPS
        self.puff_flags: tuple[str, ...] = ()
        self._weather = weather
        self._curtains: list[_Curtain] = []
        self.flames: list[tuple[float, float]] = []  # in which gas burns as it comes; inf: put out by nobody
        self._cuts: list[float] = []
        self.puff_end_s = spec.onset_s + (PUFF_S if spec.puff_kg > 0.0 else 0.0)
        self.plugged_s = self.covered_s = self._collected_s = self._vented_s = math.inf
        setting = pool_setting(spec, entry, weather.weather)
        if package is None:
            self.pool = Pool(setting, spec.onset_s, outflow_s)
        else:
            flow = package.outflow
            edges = flow.edges_s if len(flow.edges_s) > 1 else np.append(flow.edges_s, flow.edges_s[-1] + 1.0)
            rates = flow.liquid_kg_s if len(flow.liquid_kg_s) else np.zeros(1)
            kelvins = np.where(rates > 0.0, flow.liquid_k if len(flow.liquid_k) else 0.0, setting.start_k)
            self.pool = Pool.fed(
                setting, edges_s=edges.tolist(), rates_kg_s=rates.tolist(), temperatures_k=kelvins.tolist()
            )
        # With the depth of the pool or its bund not known the cloud starts from the area it may reach.
        area = setting.area_m2 if setting.area_m2 is not None else self._largest_area_m2()
        self.diameter_m = math.sqrt(4.0 * area / math.pi)

    def _largest_area_m2(self) -> float:
        self.pool.advance(self.spec.onset_s + 3600.0)
        return max(self.pool.area_m2(self.spec.onset_s + minute * 60.0) for minute in (1, 5, 10, 20, 40, 60))

    # -- what is done to it -------------------------------------------------------------------------

    def plug(self, time_s: float) -> None:
        """Nothing runs out any more."""
        if self.package is None:
            self.pool.plug(time_s)
        self.plugged_s = min(self.plugged_s, time_s)

    def cover(self, time_s: float, factor: float, *, over_s: float = 0.0, lasts_s: float = math.inf) -> None:
        self.pool.cover(time_s, factor, over_s=over_s, lasts_s=lasts_s)
        self.covered_s = min(self.covered_s, time_s)

    def collect(self, time_s: float) -> None:
        self.pool.collect(time_s)
        self._collected_s = min(self._collected_s, time_s)
        self.covered_s = min(self.covered_s, time_s)
        self.plug(time_s)

    def curtain(self, time_s: float, share: float) -> None:
        """From ``time_s`` on ``share`` (0 to 1) of the vapour passes the water curtain."""
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"a curtain that lets {share} of the vapour pass; it must lie between 0 and 1")
        self._curtains.append(_Curtain(time_s, share))

    def ignite(self, time_s: float) -> bool:
        """The pool burns from now on, and so does gas of the package and of the puff as it comes; whether the
        pool has caught fire. Nothing happens where nothing lies on the ground and no gas comes."""
        caught = self.pool.ignite(time_s)
        comes = self.package is not None and self.package.outflow.rates_kg_s(time_s)[1] > 0.0
        if (caught or comes) and not self._in_flames(time_s):
            self.flames.append((time_s, math.inf))
        return caught

    def put_out(self, time_s: float) -> None:
        """What lies on the ground evaporates again and gas comes unburnt."""
        self.pool.put_out(time_s)
        if self._in_flames(time_s):
            self.flames[-1] = (self.flames[-1][0], time_s)

    def _in_flames(self, time_s: float) -> bool:
        return any(start <= time_s < end for start, end in self.flames)

    @property
    def first_lit_s(self) -> float:
        """When it first took fire; inf if never."""
        return min((start for start, _ in (*self.flames, *self.pool.fires)), default=math.inf)

    def end_puff(self, time_s: float, *, vented: bool = False) -> None:
        """The rest of the puff stays in, or is let out where it harms nobody."""
        self.puff_end_s = min(self.puff_end_s, max(time_s, self.spec.onset_s))
        if vented:
            self._vented_s = min(self._vented_s, max(time_s, self.spec.onset_s))

    def treat_package(self, action: str, time_s: float, factor: float) -> None:
        """Do something to the package; the pool is fed anew from then on.

        Raises ``ValueError`` for what such a package has no answer to.
        """
        assert self.package is not None
        self.package.act(action, time_s=time_s, factor=factor)
        flow = self.package.outflow
        later = np.flatnonzero(flow.edges_s[1:] > time_s)
        self.pool.plug(time_s)
        if later.size and flow.liquid_kg_s[later].any():
            edges = np.append(np.maximum(flow.edges_s[later[0] : -1], time_s), flow.edges_s[-1])
            rates = flow.liquid_kg_s[later]
            kelvins = np.where(rates > 0.0, flow.liquid_k[later], self.pool.setting.start_k)
            self.pool.add_feed(
                edges_s=edges.tolist(), rates_kg_s=rates.tolist(), temperatures_k=kelvins.tolist()
            )

    @property
    def puff_told(self) -> tuple[str, ...]:
        """What a debrief must say of vapour let out at once that is dense."""
        if self.puff_number < CCPS_PUFF:
            return ()
        said = f"dense cloud let out at once (CCPS number {self.puff_number:.2f}, from {CCPS_PUFF} on): "
        said += (
            "the passive plume that the scenario asks for errs; results are not valid"
            if self.spec.cloud == "passive"
            else "Britter-McQuaid puff, even inside and sharp at its edge, within a factor 2 at best"
        )
        return said, *self.puff_flags

    def cut(self, time_s: float) -> None:
        """A part ends here, since something was done."""
        self._cuts.append(time_s)

    # -- what it gives off --------------------------------------------------------------------------

    @property
    def flowing_until_s(self) -> float:
        """When nothing runs out any more, as things stand."""
        own = self.pool.inflow_end_s if self.package is None else self.package.outflow.end_s
        return min(self.plugged_s, own)

    def segments(self) -> list[SourceSegment]:
        """Parts edge to edge; the sum of their masses is what went into the air."""
        times = self._times()
        rates = np.diff(self.pool.evaporated_kg(times)) / np.maximum(np.diff(times), 1e-9)
        flow = None if self.package is None else self.package.outflow
        parts = []
        for start, stop, rate in zip(times[:-1].tolist(), times[1:].tolist(), rates.tolist(), strict=True):
            parts.append(self._part(start, stop, rate, flow))
        return parts

    def _times(self) -> NDArray[np.float64]:
        """Edges of the parts, from the onset until nothing is given off any more."""
        onset = self.spec.onset_s
        self.pool.advance(onset + LONGEST_S)
        end = max(self.pool.states[-1].time_s, self.puff_end_s, self._package_end_s(), onset + 1.0)
        at_once_s = onset + (INSTANT_S if self.package is not None and self.package.spec.at_once else 0.0)
        end = max(end, at_once_s)
        inner = sorted(edge for edge in self._edges() if onset < edge < end and edge >= at_once_s)
        return np.array([onset, *inner, end])

    def fates_kg(self, time_s: float) -> Fates:
        """What became by ``time_s`` of all that left the package and does not lie on the ground."""
        vapour, gas_burnt, washed_out = self._in_air_kg(time_s)
        _, _, _, collected, burnt = self.pool.state(time_s)
        removed = self.puff_vented_kg if time_s >= self._vented_s else 0.0
        if self.package is not None:
            flow = self.package.outflow
            removed += flow.removed_kg(time_s)
            if time_s > self._collected_s:  # what still ran out was caught
                collected += flow.liquid_kg(time_s) - flow.liquid_kg(self._collected_s)
        drained = self.pool.drained_kg(time_s)
        return Fates(vapour, collected, burnt + gas_burnt, drained, washed_out, removed)

    def left_kg(self, time_s: float) -> float:
        """What is left in the package at ``time_s``, with what has not come out of a puff."""
        if self.package is not None:
            return self.package.outflow.left_kg(time_s)
        inside = (self.spec.amount_kg or 0.0) - self.pool.state(time_s)[0]
        vented = self.puff_vented_kg if time_s >= self._vented_s else 0.0
        return max(inside + self.spec.puff_kg - self._gas_kg(time_s) - vented, 0.0)

    @property
    def puff_vented_kg(self) -> float:
        """What was left of the puff when it was let out harmlessly; 0 if it never was."""
        return self.spec.puff_kg - self._gas_kg(self._vented_s) if self._vented_s < math.inf else 0.0

    def _in_air_kg(self, time_s: float) -> tuple[float, float, float]:
        """Vapour and gas: into the air, burnt as it came, and washed out, by ``time_s``."""
        times = self._times()
        times = np.append(times[times < time_s], time_s)
        vapour = burnt = washed = 0.0
        if len(times) < 2:
            return vapour, burnt, washed
        gas = np.diff([self._gas_kg(moment) for moment in times.tolist()])
        for start, pool, given in zip(times, np.diff(self.pool.evaporated_kg(times)), gas, strict=False):
            lit, passes = self._in_flames(float(start)), self._passes(float(start))
            off = float(pool if lit else pool + given)
            vapour += passes * off
            washed += (1.0 - passes) * off
            burnt += float(given) if lit else 0.0
        return vapour, burnt, washed

    def _gas_kg(self, time_s: float) -> float:
        """What package and puff have let out by ``time_s``, burnt or not."""
        puff_s = min(time_s, self.puff_end_s) - self.spec.onset_s
        package = 0.0 if self.package is None else self.package.outflow.airborne_kg(time_s)
        return package + self.spec.puff_kg / PUFF_S * max(puff_s, 0.0)

    def _passes(self, time_s: float) -> float:
        """Share of the vapour that passes the water curtains."""
        return math.prod(curtain.share for curtain in self._curtains if curtain.start_s <= time_s)

    def _package_end_s(self) -> float:
        if self.package is None:
            return -math.inf
        flow = self.package.outflow
        given = np.flatnonzero(flow.airborne_kg_s > 0.0)
        return float(flow.edges_s[given[-1] + 1]) if given.size else -math.inf

    def _edges(self) -> set[float]:
        onset = self.spec.onset_s
        edges = {onset + minutes * 60.0 for minutes in _MINUTES} | {
            onset + hours * 3600.0 for hours in _HOURS
        }
        edges |= {*self._cuts, self.pool.inflow_end_s, self.puff_end_s}
        edges |= {segment.start_s for segment in self._weather.segments}
        if self.package is not None:
            edges |= _telling(self.package.outflow)
        return edges

    def _part(self, start_s: float, end_s: float, pool_kg_s: float, flow: Outflow | None) -> SourceSegment:
        wind = self._weather.at(start_s)
        lit = self._in_flames(start_s)
        given = self._given(start_s, end_s, None if lit else flow)
        pool_kg_s += self.spec.puff_kg / PUFF_S if end_s <= self.puff_end_s and not lit else 0.0
        rate = (pool_kg_s + given.rate_kg_s) * self._passes(start_s)
        part = SourceSegment(start_s, end_s, rate, wind.from_deg, wind.speed_m_s)
        if rate == 0.0:
            return part
        density, vapour_k = self._leaving(pool_kg_s, given, start_s)
        if density <= air_density(self._weather.weather.temperature_k):
            return part
        if self.package is not None and self.package.spec.at_once:
            return part._replace(puff=self._puff(part, density, vapour_k))
        jets = given.rate_kg_s > pool_kg_s and self.package is not None and self.package.spec.jets
        return part._replace(dense=self._dense(part, density, vapour_k, jets=jets))

    def _given(self, start_s: float, end_s: float, flow: Outflow | None) -> _Given:
        if flow is None:
            return _Given(0.0, 0.0, 0.0)
        rate = (flow.airborne_kg(end_s) - flow.airborne_kg(start_s)) / (end_s - start_s)
        step = flow.step(0.5 * (start_s + end_s))
        if step < 0 or flow.airborne_kg_s[step] == 0.0:  # it ended before the middle
            step = flow.step(start_s)
        if rate <= 0.0 or step < 0:
            return _Given(max(rate, 0.0), self._weather.weather.temperature_k, 0.0)
        return _Given(rate, float(flow.airborne_k[step]), float(flow.aerosol_share[step]))

    def _leaving(self, pool_kg_s: float, given: _Given, time_s: float) -> tuple[float, float]:
        """Density of the vapour as it leaves, kg/m3, and the temperature, K, at which it dilutes.

        Of pool and package what gives more decides. Droplets count as mass without volume; as they evaporate
        they add to the volume as warming does: a share c of the cloud becomes c/(c + (1 - c) T/Ta gas_share),
        which keeps the mass.
        """
        from_package = given.rate_kg_s > pool_kg_s
        kelvin = given.kelvin if from_package else self.pool.temperature_k(time_s)
        gas_share = max(1.0 - given.aerosol_share, 1e-3) if from_package else 1.0
        density = air_density(kelvin) * self.entry.molar_mass_kg_mol / AIR_KG_MOL / gas_share
        return density, kelvin * gas_share

    def _puff(self, part: SourceSegment, density: float, vapour_k: float) -> DensePuff | None:
        """The puff of a part let out at once, if the criterion of CCPS says that it is dense."""
        volume = part.rate_kg_s * (part.end_s - part.start_s) / density
        setting = {
            "density_kg_m3": density,
            "air_k": self._weather.weather.temperature_k,
            "wind_10m_m_s": part.speed_m_s,
        }
        number = ccps_puff_number(volume, **setting)
        self.puff_number = max(self.puff_number, number)
        if self.spec.cloud == "passive" or (self.spec.cloud == "auto" and number < CCPS_PUFF):
            return None
        puff = dense_puff(volume_m3=volume, vapour_k=vapour_k, **setting)
        self.puff_flags = puff.flags
        return puff

    def _dense(
        self, part: SourceSegment, density: float, vapour_k: float, *, jets: bool
    ) -> DensePlume | None:
        """The dense plume of a part, if its critical Richardson number says that it is one."""
        air_k = self._weather.weather.temperature_k
        richardson = critical_richardson(
            part.rate_kg_s,
            density_kg_m3=density,
            wind_10m_m_s=part.speed_m_s,
            air_k=air_k,
            diameter_m=None if jets else self.diameter_m,
        )
        self.richest = max(self.richest, richardson)
        if self.spec.cloud == "passive" or (self.spec.cloud == "auto" and richardson <= DENSE_RICHARDSON):
            return None
        return dense_plume(
            volume_rate_m3_s=part.rate_kg_s / density,
            density_kg_m3=density,
            vapour_k=vapour_k,
            air_k=air_k,
            wind_10m_m_s=part.speed_m_s,
        )


def _telling(flow: Outflow) -> set[float]:
    """Edges where what goes straight to the air jumps, and half a minute or a tenth of its age apart where
    it has drifted; a part averages over what lies between."""
    edges = flow.edges_s.tolist()
    rates = [*flow.airborne_kg_s.tolist(), 0.0]  # from each edge on
    most = max(rates)
    kept, level = [edges[0]], rates[0]
    for edge, before, after in zip(edges[1:], rates, rates[1:], strict=False):
        far = edge - kept[-1] >= max(_FEWEST_S, 0.1 * (edge - edges[0]))
        if abs(after - before) > _JUMP * most or (far and abs(after - level) > _DRIFT * most):
            kept.append(edge)
            level = after
    return {*kept, edges[-1]}
