"""A pool of liquid that runs out, spreads, cools or boils, and evaporates, or burns.

Model: Brighton (1985) mass transfer with a heat balance, as in ALOHA-TD 3.3. Known bias against ALOHA
5.4.7 on four pools (cases V6 to V9 of the sheet): first-minute rate 0.94 to 1.05, mass in one hour 0.90.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from drillsim.hazards.atmosphere import WIND_EXPONENT
from drillsim.hazards.burning import burn
from drillsim.hazards.constants import R_J_MOL_K
from drillsim.hazards.cover import Cover
from drillsim.hazards.evaporation import (
    BOILING_PA,
    ISOTHERMAL_NOTE,
    EvaporationModel,
    boiling_share,
    brighton_transfer,
    diffusivity,
    isothermal_rate,
    saturation_ratio,
)
from drillsim.hazards.feed import Feed
from drillsim.hazards.ground import CONCRETE, GROUNDS, Ground, WettedGround
from drillsim.hazards.pool_setting import PoolSetting
from drillsim.hazards.radiation import STEFAN_BOLTZMANN, sky_radiation, sun_radiation
from drillsim.hazards.spreading import spread_area_m2, spreading_gravity_m_s2
from drillsim.hazards.substances import substance
from drillsim.hazards.weather import Weather

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CONCRETE",
    "Ground",
    "Pool",
    "PoolSetting",
    "pool_highest_minute_kg",
    "pool_imbalance_kg",
    "pool_mass_evaporated_kg",
    "standard_pool",
]

_LN10: Final = math.log(10.0)
_STEP_S: Final = 1.0
_STEP_GROWTH: Final = 0.02  # of the age of the feed beyond the first minute
_STEP_MAX_S: Final = 3600.0
_AREA_PASSES: Final = 2  # to the area of a step in which a pool spreads freely
_FILM_KG: Final = 1e-9  # less than this is no pool: while it is fed it waits, then it is gone
_ROUNDING: Final = 1e-12  # share of what ran out that sums of masses may leave of nothing
_COLDER_K: Final = 15.0  # how far a cooling pool may leave the range of the vapour pressure, flagged


class _State(NamedTuple):
    time_s: float
    spilled_kg: float
    evaporated_kg: float
    collected_kg: float
    temperature_k: float
    burnt_kg: float = 0.0
    drained_kg: float = 0.0
    area_m2: float = 0.0

    @property
    def on_ground_kg(self) -> float:
        gone = self.evaporated_kg + self.collected_kg
        return max(0.0, self.spilled_kg - gone - self.burnt_kg - self.drained_kg)


class _Flow(NamedTuple):
    """What one step brings to the pool, and what it finds there."""

    seconds: float
    spilled_kg: float  # in all, at its end
    fed_kg: float  # what of this step reached the ground
    drained_kg: float  # what of it went down the drains at once
    temperature_k: float
    area_m2: float  # in the middle of the step
    on_ground_kg: float  # in the middle of the step, before losses


@dataclass(slots=True)
class Pool:
    """A pool in one run. Steps of 1 s in the first minute of a feed, then growing by 2 % of its age; all
    states stay. Fed at a constant rate over ``outflow_s``, or by a schedule (:meth:`fed`, :meth:`add_feed`).

    Mass balance: spilled = on the ground + evaporated + collected + burnt + drained, at every step. What
    burns gives no vapour; it goes at the rate of :mod:`burning`, and the pool keeps its temperature then.
    """

    setting: PoolSetting
    onset_s: float
    outflow_s: float
    states: list[_State] = field(default_factory=list)
    inflow_end_s: float = 0.0
    covers: list[Cover] = field(default_factory=list)
    _collected_at_s: float = math.inf
    _drains_shut_s: float = math.inf
    fires: list[tuple[float, float]] = field(default_factory=list)  # from, until; inf: put out by nobody
    _constants: dict[str, float] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    feed: Feed = field(default_factory=Feed)
    _wetted: WettedGround = field(default_factory=lambda: WettedGround(CONCRETE))
    _corners: list[float] = field(default_factory=list)
    _transfer: tuple[float, float] = (0.0, 0.0)  # area, Brighton's j

    def __post_init__(self) -> None:
        self.setting.check()
        if not self.outflow_s >= 1.0:
            raise ValueError(f"an outflow of {self.outflow_s} s; the package needs at least 1 s to run empty")
        if not self.feed.edges_s:
            self.feed.add(
                [self.onset_s, self.onset_s + self.outflow_s],
                [self.setting.amount_kg / self.outflow_s],
                [self.setting.start_k],
            )
        _, kelvin = self.feed.at(self.onset_s)
        first = _State(self.onset_s, 0.0, 0.0, 0.0, min(kelvin, self.setting.boils_k))
        self.states.append(first)
        self._wetted = WettedGround(self.setting.ground)
        self._constants = self._fixed()
        if self.setting.model != "brighton":
            self.flags.append(f"pool by {self.setting.model}, {ISOTHERMAL_NOTE}")
        if self.setting.ground.film_w_m2_k is not None:
            self.flags.append("pool on water: what dissolves, mixes in or freezes is not modelled")
        self._turn()

    @classmethod
    def fed(
        cls,
        setting: PoolSetting,
        *,
        edges_s: Sequence[float],
        rates_kg_s: Sequence[float],
        temperatures_k: Sequence[float] | None = None,
    ) -> Pool:
        """A pool fed (k,) rates, kg/s, of liquid at (k,) temperatures between (k+1,) edges; the onset is the
        first edge. Default temperature: ``setting.start_k``. ``ValueError`` as :meth:`feed.Feed.add`."""
        feed = Feed()
        feed.add(edges_s, rates_kg_s, temperatures_k or [setting.start_k] * len(rates_kg_s))
        return cls(setting, feed.edges_s[0], feed.edges_s[-1] - feed.edges_s[0], feed=feed)

    def _fixed(self) -> dict[str, float]:
        weather, substance, ground = self.setting.weather, self.setting.substance, self.setting.ground
        sky = sky_radiation(
            temperature_k=weather.temperature_k, humidity=weather.humidity, cloud=weather.cloud
        )
        a, b, c, low, high = substance.need(
            "antoine_a_log10_pa", "antoine_b_k", "antoine_c_k", "antoine_t_min_k", "antoine_t_max_k"
        )
        molar = substance.molar_mass_kg_mol
        fixed = {
            "sun": sun_radiation(elevation_deg=weather.sun_elevation_deg, cloud=weather.cloud),
            "sky": sky,
            "ground_k": self.setting.ground_k or weather.temperature_k,
            "air": 1.2 * 1004.0 * 0.03 * weather.wind_speed_m_s * (2e-5 / diffusivity(molar)) ** (2.0 / 3.0),
            "heat_capacity": substance.need("liquid_heat_capacity_j_kg_k")[0],
            "antoine_low": low,
            "antoine_high": high,
            "antoine_a": a,
            "antoine_b": b,
            "antoine_c": c,
            "vapour": molar / R_J_MOL_K * 0.03 * weather.wind_speed_m_s,
            "boils_k": self.setting.boils_k,
        }
        if self.setting.spread == "free":
            (density,) = substance.need("liquid_density_kg_m3_20c")
            fixed["density"] = density
            fixed["gravity"] = spreading_gravity_m_s2(ground, density_kg_m3=density)
        return fixed

    # -- what is done to it -------------------------------------------------------------------------

    def plug(self, time_s: float) -> None:
        """Nothing runs out any more; what lies on the ground goes on evaporating."""
        if time_s < self.inflow_end_s:
            self._back_to(time_s)
            self.feed.cut(max(time_s, self.onset_s))
            self._turn()

    def add_feed(
        self,
        *,
        edges_s: Sequence[float],
        rates_kg_s: Sequence[float],
        temperatures_k: Sequence[float] | None = None,
    ) -> None:
        """More runs out from the first edge on, as :meth:`fed`, on top of what runs already; after
        :meth:`plug`, instead of it. A pool that has been collected stays so, and this is caught as well.

        Raises ``ValueError`` for a feed before the onset, and as :meth:`fed`; nothing has changed then.
        """
        if len(edges_s) and edges_s[0] < self.onset_s:
            raise ValueError(f"a feed from {edges_s[0]} s on; the pool begins at {self.onset_s} s")
        if len(edges_s):
            self._back_to(float(edges_s[0]))
        self.feed.add(edges_s, rates_kg_s, temperatures_k or [self.setting.start_k] * len(rates_kg_s))
        self._turn()

    def cover(self, time_s: float, factor: float, *, over_s: float = 0.0, lasts_s: float = math.inf) -> None:
        """From now on the pool evaporates at ``factor`` (0 to 1) of its own rate; covers multiply.

        It is laid evenly over ``over_s`` and then wears off evenly within ``lasts_s`` (drain life of foam).
        The cover keeps off the same share of the sun, and of a boiling pool the heat that it would have
        boiled with; a burning pool burns at that share, and a cover that leaves nothing puts it out. Rule of
        this product; confidence low.
        """
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"a cover that leaves {factor} of the rate; it must lie between 0 and 1")
        if not (0.0 <= over_s < math.inf and lasts_s > 0.0):
            raise ValueError(f"a cover laid over {over_s} s that lasts {lasts_s} s; from 0 s, and above 0 s")
        self._back_to(time_s)
        self.covers.append(Cover(time_s, factor, over_s, lasts_s))
        self._turn()
        if factor == 0.0:
            self.put_out(time_s + over_s)

    def shut_drains(self, time_s: float) -> None:
        """From now on nothing runs down the drains."""
        if time_s < self._drains_shut_s:
            self._back_to(time_s)
            self._drains_shut_s = time_s
            self._turn()

    def collect(self, time_s: float) -> None:
        """What lies on the ground is taken up, and what still runs out is caught."""
        if time_s < self._collected_at_s:
            self.put_out(time_s)
            self._collected_at_s = time_s
            self._turn()

    def ignite(self, time_s: float) -> bool:
        """From now on it burns, and what is fed later too. False if it burns already, nothing lies there, or
        a cover leaves nothing."""
        self._back_to(time_s)
        lies_there = time_s > self.onset_s and not self.gone() and self.states[-1].on_ground_kg > _FILM_KG
        if not lies_there or self._factor(time_s) == 0.0 or self.burning(time_s):
            return False
        self.fires.append((time_s, math.inf))
        self._turn()
        return True

    def put_out(self, time_s: float) -> None:
        """What is left on the ground evaporates again; a pool that has burnt out stays so."""
        self._back_to(time_s)
        if self.burning(time_s) and not self.gone():
            self.fires[-1] = (self.fires[-1][0], time_s)
            self._turn()

    def burning(self, time_s: float) -> bool:
        """Whether it burns at ``time_s`` if liquid is left by then."""
        return any(start <= time_s < end for start, end in self.fires)

    def _turn(self) -> None:
        """Note the moments at which a step must end."""
        moments = {*self.feed.edges_s, self._collected_at_s, self._drains_shut_s}
        moments |= {moment for fire in self.fires for moment in fire}
        for cover in self.covers:
            moments |= {cover.since_s, cover.since_s + cover.over_s}
            moments.add(cover.since_s + cover.over_s + cover.lasts_s)
        self._corners = sorted(moments | {math.inf})
        end_s = self.feed.end_s  # 0 is a time like any other
        self.inflow_end_s = self.onset_s if end_s is None else end_s

    def _back_to(self, time_s: float) -> None:
        """Forget what was computed beyond ``time_s``, and stand exactly there."""
        area = self.states[-1].area_m2
        while len(self.states) > 1 and self.states[-1].time_s > max(time_s, self.onset_s):
            self.states.pop()
        if self.states[-1].area_m2 < area:
            self._wetted = WettedGround(self.setting.ground)
            for one, two in zip(self.states, self.states[1:], strict=False):
                self._wetted.wet(one.time_s, two.time_s, two.area_m2 - one.area_m2)
        if time_s > self.onset_s:
            self.advance(time_s)

    # -- how it goes on -----------------------------------------------------------------------------

    def gone(self) -> bool:
        """Nothing is left on the ground and nothing more runs out, at the last computed time."""
        last = self.states[-1]
        if last.time_s >= self._collected_at_s:
            return True
        return last.time_s >= self.inflow_end_s and last.on_ground_kg <= _ROUNDING * last.spilled_kg

    def advance(self, until_s: float) -> None:
        """Compute up to ``until_s`` or until the pool is gone."""
        while self.states[-1].time_s < until_s and not self.gone():
            now = self.states[-1]
            age = now.time_s - self.feed.began_s(now.time_s)
            step = min(_STEP_S + max(0.0, age - 60.0) * _STEP_GROWTH, _STEP_MAX_S)
            corner = self._corners[bisect_right(self._corners, now.time_s)]
            end = min(now.time_s + step, until_s, corner)
            after = (self._burn if self.burning(now.time_s) else self._step)(now, end)
            if end == self._collected_at_s:
                after = after._replace(collected_kg=after.collected_kg + after.on_ground_kg)
            if after.area_m2 > now.area_m2:
                self._wetted.wet(now.time_s, after.time_s, after.area_m2 - now.area_m2)
            self.states.append(after)
        last = self.states[-1]
        if last.time_s == self._collected_at_s and last.on_ground_kg > 0.0:
            self.states[-1] = last._replace(collected_kg=last.collected_kg + last.on_ground_kg)

    def _step(self, now: _State, end_s: float) -> _State:
        """One step of a pool that does not burn; ends early at the moment the pool is dry."""
        flow = self._flow(now, end_s)
        if now.on_ground_kg + flow.fed_kg < _FILM_KG:
            return self._film(now, end_s, flow, wait=flow.fed_kg > 0.0)
        after = self._evaporate(now, end_s, flow)
        if self.setting.spread == "free":
            for _ in range(_AREA_PASSES):  # what evaporates meanwhile spreads no more
                if not flow.area_m2 > now.area_m2 or not after.area_m2 > 0.0:
                    break
                flow = flow._replace(area_m2=0.5 * (now.area_m2 + after.area_m2))
                after = self._evaporate(now, end_s, flow)
        return after

    def _evaporate(self, now: _State, end_s: float, flow: _Flow) -> _State:
        balance = self._heat_balance if self.setting.model == "brighton" else self._isothermal
        rate, change = balance(now, flow)
        return self._lose(now, end_s, flow, rate, now.temperature_k + change)

    def _film(self, now: _State, end_s: float, flow: _Flow, *, wait: bool) -> _State:
        """Too little for a pool: it waits for more, or is gone."""
        drained = now.drained_kg + flow.drained_kg
        gone = flow.spilled_kg - now.collected_kg - now.burnt_kg - drained
        evaporated = now.evaporated_kg if wait else max(now.evaporated_kg, gone)
        return now._replace(
            time_s=end_s, spilled_kg=flow.spilled_kg, evaporated_kg=evaporated, drained_kg=drained
        )

    def _flow(self, now: _State, end_s: float) -> _Flow:
        """What reaches the pool past the drains, and its area in the middle of the step."""
        seconds, spilled = end_s - now.time_s, self.feed.run_out_kg(end_s)
        out = max(0.0, spilled - now.spilled_kg)
        drained = self.setting.drain_share * out if now.time_s < self._drains_shut_s else 0.0
        fed = out - drained
        middle_kg = now.on_ground_kg + 0.5 * fed
        reached = now.spilled_kg - now.drained_kg + 0.5 * fed
        area = self._area(now, reached_kg=reached, on_ground_kg=middle_kg, seconds=0.5 * seconds)
        return _Flow(seconds, spilled, fed, drained, self.feed.at(now.time_s)[1], area, middle_kg)

    def _area(self, now: _State, *, reached_kg: float, on_ground_kg: float, seconds: float) -> float:
        """Area ``seconds`` after ``now``, when this much has reached the ground and lies on it."""
        setting, constants = self.setting, self._constants
        full = setting.area_m2
        if full is not None and now.area_m2 >= full:
            return now.area_m2
        if setting.spread == "given" and full is not None:
            return max(now.area_m2, full * min(1.0, reached_kg / setting.amount_kg))
        return spread_area_m2(
            now.area_m2,
            volume_before_m3=now.on_ground_kg / constants["density"],
            volume_after_m3=on_ground_kg / constants["density"],
            seconds=seconds,
            least_depth_m=setting.ground.least_depth_m,
            largest_m2=full,
            gravity_m_s2=constants["gravity"],
        )

    def _heat_balance(self, now: _State, flow: _Flow) -> tuple[float, float]:
        """Rate of evaporation, kg/s, and change of temperature, K; semi-implicit in the latter."""
        constants, air = self._constants, self.setting.weather.temperature_k
        area, kelvin, seconds, boils = flow.area_m2, now.temperature_k, flow.seconds, constants["boils_k"]
        pressure = BOILING_PA if kelvin >= boils else self._vapour_pressure(kelvin)
        ratio = saturation_ratio(pressure)
        transfer = ratio * self._brighton(area)
        factor = self._factor(now.time_s + 0.5 * seconds)
        rate = factor * area * pressure / kelvin * constants["vapour"] * transfer
        latent = self.setting.substance.heat_of_vaporization(kelvin)
        ground = self._wetted.conductance_w_k(
            now.time_s + 0.5 * seconds, growing_since_s=now.time_s, growing_m2=area - now.area_m2
        )
        heat_capacity = constants["heat_capacity"]
        own = 0.97 * STEFAN_BOLTZMANN * kelvin**3
        from_air = constants["air"] * transfer
        inflow = flow.fed_kg / seconds * heat_capacity
        heat = (  # all but the latent heat, W
            area * (factor * constants["sun"] + constants["sky"] - own * kelvin + from_air * (air - kelvin))
            + ground * (constants["ground_k"] - kelvin)
            + inflow * (flow.temperature_k - kelvin)
        )
        slope = _LN10 * constants["antoine_b"] / (kelvin + constants["antoine_c"]) ** 2
        steepness = area * (4.0 * own + from_air) + ground + inflow + latent * rate * slope  # W/K
        gain, boiling = heat - latent * rate, boiling_share(ratio)
        surplus = factor * heat / latent - rate  # what the heat boils off beyond what the wind takes
        if boiling > 0.0 and surplus > 0.0:
            rate += boiling * surplus
            gain *= 1.0 - boiling
        change = seconds * gain / (flow.on_ground_kg * heat_capacity + seconds * steepness)
        change = min(change, boils - kelvin)  # no pool is hotter than boiling
        # The rate of the step is that of its middle temperature, or nearly so: half the change, linearised.
        return rate * max(0.0, 1.0 + 0.5 * change * slope), change

    def _isothermal(self, now: _State, flow: _Flow) -> tuple[float, float]:
        rate = isothermal_rate(
            self.setting.model,
            area_m2=flow.area_m2,
            wind_10m_m_s=self.setting.weather.wind_speed_m_s,
            molar_mass_kg_mol=self.setting.substance.molar_mass_kg_mol,
            vapour_pressure_pa=self._vapour_pressure(now.temperature_k),
            temperature_k=now.temperature_k,
        )
        return self._factor(now.time_s + 0.5 * flow.seconds) * rate, 0.0

    def _brighton(self, area_m2: float) -> float:
        """Brighton's j; kept while the area stays."""
        if self._transfer[0] != area_m2:
            weather = self.setting.weather
            transfer = brighton_transfer(
                diameter_m=math.sqrt(4.0 * area_m2 / math.pi),
                wind_10m_m_s=weather.wind_speed_m_s,
                exponent=WIND_EXPONENT[weather.stability],
                molar_mass_kg_mol=self.setting.substance.molar_mass_kg_mol,
            )
            self._transfer = (area_m2, transfer)
        return self._transfer[1]

    def _lose(self, now: _State, end_s: float, flow: _Flow, rate: float, kelvin: float) -> _State:
        """The state after ``rate`` and the drains took their part; ends early where nothing is left."""
        down = self.setting.drain_kg_s if now.time_s < self._drains_shut_s else 0.0
        available, drained = now.on_ground_kg + flow.fed_kg, now.drained_kg + flow.drained_kg
        if (rate + down) * flow.seconds < available or rate + down == 0.0:
            evaporated = now.evaporated_kg + rate * flow.seconds
            drained += down * flow.seconds
        else:
            if flow.fed_kg == 0.0:
                end_s = now.time_s + available / (rate + down)
            drained += available * down / (rate + down)
            evaporated = flow.spilled_kg - now.collected_kg - now.burnt_kg - drained
        losses = (evaporated, now.collected_kg, kelvin, now.burnt_kg, drained)
        return self._grown(now, _State(end_s, flow.spilled_kg, *losses, now.area_m2))

    def _grown(self, now: _State, after: _State) -> _State:
        """``after`` with its area."""
        if self.setting.area_m2 is not None and now.area_m2 >= self.setting.area_m2:
            return after
        area = self._area(
            now,
            reached_kg=after.spilled_kg - after.drained_kg,
            on_ground_kg=after.on_ground_kg,
            seconds=after.time_s - now.time_s,
        )
        return after._replace(area_m2=area)

    def _burn(self, now: _State, end_s: float) -> _State:
        """One step of a burning pool; ends early at the moment it has burnt out."""
        flow = self._flow(now, end_s)
        if now.on_ground_kg + flow.fed_kg < _FILM_KG and end_s < self.inflow_end_s:
            return self._film(now, end_s, flow, wait=True)
        down = self.setting.drain_kg_s * flow.seconds if now.time_s < self._drains_shut_s else 0.0
        down = min(down, now.on_ground_kg)
        burnt, seconds = burn(
            now.on_ground_kg - down,
            fed_kg=flow.fed_kg,
            area_m2=flow.area_m2,
            share=self._factor(now.time_s + 0.5 * flow.seconds),
            seconds=flow.seconds,
        )
        after = now._replace(
            time_s=now.time_s + seconds,
            spilled_kg=flow.spilled_kg,
            burnt_kg=now.burnt_kg + burnt,
            drained_kg=now.drained_kg + flow.drained_kg + down,
        )
        return self._grown(now, after)

    def _vapour_pressure(self, temperature_k: float) -> float:
        """As the substance's, and flagged up to 15 K below its range: the pool cools, the air does not."""
        constants = self._constants
        low = constants["antoine_low"]
        if not low - _COLDER_K <= temperature_k <= constants["antoine_high"]:
            return self.setting.substance.vapour_pressure_pa(temperature_k)
        if temperature_k < low:
            flag = (
                f"{self.setting.substance.id}: pool colder than {low} K, vapour pressure extrapolated by up "
                f"to {_COLDER_K} K"
            )
            if flag not in self.flags:
                self.flags.append(flag)
        exponent = constants["antoine_a"] - constants["antoine_b"] / (temperature_k + constants["antoine_c"])
        return float(10.0**exponent)

    def _factor(self, time_s: float) -> float:
        return math.prod(cover.at(time_s) for cover in self.covers) if self.covers else 1.0

    # -- answers ------------------------------------------------------------------------------------

    def evaporated_kg(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mass evaporated since the onset, same shape; linear between steps."""
        if times_s.size:
            self.advance(float(times_s.max()))
        known = np.array([(state.time_s, state.evaporated_kg) for state in self.states])
        return np.asarray(np.interp(times_s, known[:, 0], known[:, 1]))

    def temperature_k(self, time_s: float) -> float:
        """Temperature of the pool at ``time_s``, K; that of its first liquid before it lies there."""
        return self._between(time_s, 4)

    def area_m2(self, time_s: float) -> float:
        """Area wetted by ``time_s``, m2; it stays when the pool is gone."""
        return self._between(time_s, 7)

    def burning_area_m2(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Area in flames at each time, m2, same shape: what covers leave of a pool that burns, else 0."""
        self.advance(float(times_s.max(initial=self.onset_s)))
        known = np.array([(state.time_s, state.area_m2) for state in self.states])
        gone_s = known[-1, 0] if self.gone() else math.inf
        lit = [
            self._factor(time) if self.burning(time) and time < gone_s else 0.0 for time in times_s.tolist()
        ]
        return np.asarray(np.interp(times_s, known[:, 0], known[:, 1]) * lit)

    def drained_kg(self, time_s: float) -> float:
        """Mass that has run down the drains by ``time_s``."""
        return self._between(time_s, 6)

    def burnt_out_s(self, until_s: float) -> float:
        """When fire has emptied it for good, as far as ``until_s``; inf if it has not."""
        self.advance(until_s)
        burns = bool(self.fires) and self.fires[-1][1] == math.inf
        return self.states[-1].time_s if burns and self.gone() else math.inf

    def state(self, time_s: float) -> tuple[float, float, float, float, float]:
        """Spilled, on the ground, evaporated, collected and burnt mass at ``time_s``, kg; what is missing to
        the whole went down the drains."""
        spilled, evaporated, collected, burnt, drained = (
            self._between(time_s, column) for column in (1, 2, 3, 5, 6)
        )
        return spilled, spilled - evaporated - collected - burnt - drained, evaporated, collected, burnt

    def _between(self, time_s: float, column: int) -> float:
        self.advance(time_s)
        times = [state.time_s for state in self.states]
        return float(np.interp(time_s, times, [state[column] for state in self.states]))


# -- cases in plain numbers, for verification ---------------------------------------------------------


def standard_pool(
    substance_id: str,
    *,
    mass_kg: float,
    area_m2: float,
    air_k: float,
    wind_10m_m_s: float,
    stability: Literal["A", "B", "C", "D", "E", "F"] = "D",
    humidity: float = 0.6,
    cloud: float = 0.5,
    sun_elevation_deg: float = 0.0,
    ground: str = "concrete",
    model: EvaporationModel = "brighton",
) -> Pool:
    """A pool of ``area_m2`` into which ``mass_kg`` runs in the second from 0 on.

    ``ground`` is a key of :data:`ground.GROUNDS`. Raises as :meth:`PoolSetting.check`; ``KeyError`` for an
    unknown substance or ground.
    """
    weather = Weather(
        wind_from_deg=0.0,
        wind_speed_m_s=wind_10m_m_s,
        stability=stability,
        temperature_k=air_k,
        humidity=humidity,
        cloud=cloud,
        sun_elevation_deg=sun_elevation_deg,
    )
    entry = substance(substance_id)
    setting = PoolSetting(entry, mass_kg, area_m2, weather, ground=GROUNDS[ground], model=model)
    return Pool(setting, 0.0, 1.0)


def pool_mass_evaporated_kg(substance_id: str, *, time_s: float = 3600.0, **case: Any) -> float:
    """Mass evaporated ``time_s`` after the spill of :func:`standard_pool`, kg.

    >>> kg = pool_mass_evaporated_kg("toluene", mass_kg=1e3, area_m2=10.0, air_k=288.15, wind_10m_m_s=5.0)
    >>> round(kg, 1)  # case V9 of the sheet: ALOHA 23.9 kg
    21.7
    """
    return float(standard_pool(substance_id, **case).evaporated_kg(np.array([time_s]))[0])


def pool_highest_minute_kg(substance_id: str, **case: Any) -> float:
    """Most that evaporates in any minute of the first hour of :func:`standard_pool`, kg."""
    seconds = np.arange(3601.0)
    evaporated = standard_pool(substance_id, **case).evaporated_kg(seconds)
    return float((evaporated[60:] - evaporated[:-60]).max())


def pool_imbalance_kg(substance_id: str, **case: Any) -> float:
    """Most by which the parts of :func:`standard_pool` miss what ran out, or fall below nothing, at any step
    of ten hours, kg. What lies on the ground is the rest, so it is what it falls below nothing by; at the end
    of a pool that is gone, what is missing of the whole."""
    pool = standard_pool(substance_id, **case)
    pool.advance(36_000.0)
    parts = [
        (state.evaporated_kg, state.collected_kg, state.burnt_kg, state.drained_kg) for state in pool.states
    ]
    rest = [state.spilled_kg - sum(part) for state, part in zip(pool.states, parts, strict=True)]
    missing = abs(rest[-1]) if pool.gone() else 0.0
    least = min(min(rest), min(min(part) for part in parts))
    return max(missing, abs(pool.setting.amount_kg - pool.states[-1].spilled_kg), -least)
