"""A pool of liquid that runs out, cools and evaporates, or burns.

Model: Brighton (1985) mass transfer with a heat balance, as in ALOHA-TD 3.3. Known bias against ALOHA
5.4.7 on four pools (cases V6 to V9 of the sheet): first-minute rate 0.94 to 1.05, mass in one hour 0.90.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.burning import burn
from drillsim.hazards.evaporation import (
    R_J_MOL_K,
    WIND_EXPONENT,
    brighton_transfer,
    diffusivity,
    saturation_ratio,
)
from drillsim.hazards.radiation import STEFAN_BOLTZMANN, sky_radiation, sun_radiation
from drillsim.hazards.substances import Substance
from drillsim.hazards.weather import Weather

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CONCRETE",
    "Ground",
    "Pool",
    "PoolSetting",
]

_LN10: Final = math.log(10.0)
_STEP_GROWTH: Final = 0.02  # of the pool's age beyond the first minute
_STEP_MAX_S: Final = 3600.0
_FILM_KG: Final = 1e-9  # less than this is no pool: while it is fed it waits, then it is gone
_ROUNDING: Final = 1e-12  # share of what ran out that sums of masses may leave of nothing
_COLDER_K: Final = 15.0  # how far a cooling pool may leave the range of the vapour pressure, flagged


class Ground(NamedTuple):
    """Ground under a pool; the conductivity holds the factor 9 found by experiment."""

    conductivity_w_m_k: float
    diffusivity_m2_s: float


CONCRETE: Final = Ground(8.28, 3.74e-6)
"""Source: ALOHA-TD 3.3; confidence medium."""


@dataclass(frozen=True, slots=True)
class PoolSetting:
    """What a pool is made of and lies in. The pool spreads as it is fed, at the depth that gives ``area_m2``
    once all has run out; the area never shrinks while liquid is left."""

    substance: Substance
    amount_kg: float
    area_m2: float
    weather: Weather
    ground: Ground = CONCRETE

    def check(self) -> None:
        """Raise ``ValueError`` where the model has no answer: a boiling pool, a missing property, no vapour
        pressure at the air's temperature."""
        air = self.weather.temperature_k
        self.substance.need("molar_mass_g_mol", "liquid_heat_capacity_j_kg_k")
        (boiling,) = self.substance.need("boiling_point_k")
        if boiling <= air + 1.0:
            raise ValueError(
                f"{self.substance.id} boils at {boiling} K, the air has {air} K; no model for that here"
            )
        saturation_ratio(self.substance.vapour_pressure_pa(air))
        self.substance.heat_of_vaporization(air)


class _State(NamedTuple):
    time_s: float
    spilled_kg: float
    evaporated_kg: float
    collected_kg: float
    temperature_k: float
    burnt_kg: float = 0.0

    @property
    def on_ground_kg(self) -> float:
        return max(0.0, self.spilled_kg - self.evaporated_kg - self.collected_kg - self.burnt_kg)


@dataclass(slots=True)
class Pool:
    """A pool in one run. Steps of 1 s in the first minute, then growing by 2 % of the age; all states stay.

    Mass balance: spilled = on the ground + evaporated + collected + burnt, at every step. What burns gives no
    vapour; it is burnt at the rate of :mod:`burning`, and the pool keeps its temperature meanwhile.
    """

    setting: PoolSetting
    onset_s: float
    outflow_s: float
    states: list[_State] = field(default_factory=list)
    inflow_end_s: float = 0.0
    _factors: list[tuple[float, float]] = field(default_factory=lambda: [(-math.inf, 1.0)])
    _collected_at_s: float = math.inf
    fires: list[tuple[float, float]] = field(default_factory=list)  # from, until; inf: put out by nobody
    _constants: dict[str, float] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.setting.check()
        if not self.outflow_s >= 1.0:
            raise ValueError(f"an outflow of {self.outflow_s} s; the package needs at least 1 s to run empty")
        self.inflow_end_s = self.onset_s + self.outflow_s
        air = self.setting.weather.temperature_k
        self.states.append(_State(self.onset_s, 0.0, 0.0, 0.0, air))
        self._constants = self._fixed()

    def _fixed(self) -> dict[str, float]:
        weather, substance, ground = self.setting.weather, self.setting.substance, self.setting.ground
        sky = sky_radiation(
            temperature_k=weather.temperature_k, humidity=weather.humidity, cloud=weather.cloud
        )
        b, c = substance.need("antoine_b_k", "antoine_c_k")
        molar = substance.molar_mass_kg_mol
        return {
            "sun": sun_radiation(elevation_deg=weather.sun_elevation_deg, cloud=weather.cloud),
            "sky": sky,
            "ground": ground.conductivity_w_m_k / math.sqrt(math.pi * ground.diffusivity_m2_s),
            "air": 1.2 * 1004.0 * 0.03 * weather.wind_speed_m_s * (2e-5 / diffusivity(molar)) ** (2.0 / 3.0),
            "heat_capacity": substance.need("liquid_heat_capacity_j_kg_k")[0],
            "antoine_b": b,
            "antoine_c": c,
            "vapour": molar / R_J_MOL_K * 0.03 * weather.wind_speed_m_s,
        }

    # -- what is done to it -------------------------------------------------------------------------

    def plug(self, time_s: float) -> None:
        """Nothing runs out any more; what lies on the ground goes on evaporating."""
        if time_s < self.inflow_end_s:
            self._back_to(time_s)
            self.inflow_end_s = max(time_s, self.onset_s)

    def cover(self, time_s: float, factor: float) -> None:
        """From now on the pool evaporates at ``factor`` (0 to 1) of its own rate; covers multiply.

        The cover keeps off the same share of the sun; a burning pool burns at that share, and a cover that
        leaves nothing puts it out. Rule of this product; confidence low.
        """
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"a cover that leaves {factor} of the rate; it must lie between 0 and 1")
        self._back_to(time_s)
        self._factors.append((time_s, self._factors[-1][1] * factor))
        if factor == 0.0:
            self.put_out(time_s)

    def collect(self, time_s: float) -> None:
        """What lies on the ground is taken up, and what still runs out is caught."""
        if time_s < self._collected_at_s:
            self.put_out(time_s)
            self._collected_at_s = time_s

    def ignite(self, time_s: float) -> bool:
        """From now on it burns. False if it burns already, nothing lies there, or a cover leaves nothing."""
        self._back_to(time_s)
        lies_there = time_s > self.onset_s and not self.gone() and self.states[-1].on_ground_kg > _FILM_KG
        if not lies_there or self._factors[-1][1] == 0.0 or self.burning(time_s):
            return False
        self.fires.append((time_s, math.inf))
        return True

    def put_out(self, time_s: float) -> None:
        """What is left on the ground evaporates again; a pool that has burnt out stays so."""
        self._back_to(time_s)
        if self.burning(time_s) and not self.gone():
            self.fires[-1] = (self.fires[-1][0], time_s)

    def burning(self, time_s: float) -> bool:
        """Whether it burns at ``time_s`` if liquid is left by then."""
        return any(start <= time_s < end for start, end in self.fires)

    def _back_to(self, time_s: float) -> None:
        """Forget what was computed beyond ``time_s``, and stand exactly there."""
        if time_s <= self.onset_s:
            del self.states[1:]
            return
        while len(self.states) > 1 and self.states[-1].time_s > time_s:
            self.states.pop()
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
            age = now.time_s - self.onset_s
            step = min(1.0 + max(0.0, age - 60.0) * _STEP_GROWTH, _STEP_MAX_S)
            end = min(now.time_s + step, until_s)
            for corner in (self.inflow_end_s, self._collected_at_s):
                if now.time_s < corner < end:
                    end = corner
            after = (self._burn if self.burning(now.time_s) else self._step)(now, end)
            if end == self._collected_at_s:
                after = after._replace(collected_kg=after.collected_kg + after.on_ground_kg)
            self.states.append(after)
        last = self.states[-1]
        if last.time_s == self._collected_at_s and last.on_ground_kg > 0.0:
            self.states[-1] = last._replace(collected_kg=last.collected_kg + last.on_ground_kg)

    def _step(self, now: _State, end_s: float) -> _State:
        """One step, semi-implicit in the pool's temperature; ends early at the moment the pool is dry."""
        constants, setting = self._constants, self.setting
        seconds = end_s - now.time_s
        middle = now.time_s + 0.5 * seconds
        feed = setting.amount_kg / self.outflow_s if now.time_s < self.inflow_end_s else 0.0
        if now.on_ground_kg + feed * seconds < _FILM_KG:
            spilled = now.spilled_kg + feed * seconds
            dry = now.evaporated_kg if feed else spilled - now.collected_kg - now.burnt_kg
            return now._replace(time_s=end_s, spilled_kg=spilled, evaporated_kg=dry)
        area = setting.area_m2 * min(1.0, (now.spilled_kg + 0.5 * feed * seconds) / setting.amount_kg)
        substance, air = setting.substance, setting.weather.temperature_k
        kelvin = now.temperature_k
        pressure = self._vapour_pressure(kelvin)
        exponent = WIND_EXPONENT[setting.weather.stability]
        transfer = saturation_ratio(pressure) * brighton_transfer(
            diameter_m=math.sqrt(4.0 * area / math.pi),
            wind_10m_m_s=setting.weather.wind_speed_m_s,
            exponent=exponent,
            molar_mass_kg_mol=substance.molar_mass_kg_mol,
        )
        factor = self._factor(now.time_s)
        rate = factor * area * pressure / kelvin * constants["vapour"] * transfer
        latent = substance.heat_of_vaporization(kelvin)
        ground, heat_capacity = self._ground(middle), constants["heat_capacity"]
        own = 0.97 * STEFAN_BOLTZMANN * kelvin**3
        from_air = constants["air"] * transfer
        gain = (
            area * (factor * constants["sun"] + constants["sky"] - own * kelvin + from_air * (air - kelvin))
            + ground * (air - kelvin)
            + feed * heat_capacity * (air - kelvin)
            - latent * rate
        )
        steepness = (  # minus the derivative of the gain, W/K
            area * (4.0 * own + from_air)
            + ground
            + feed * heat_capacity
            + latent * rate * _LN10 * constants["antoine_b"] / (kelvin + constants["antoine_c"]) ** 2
        )
        store = (now.on_ground_kg + 0.5 * feed * seconds) * heat_capacity
        change = seconds * gain / (store + seconds * steepness)
        # The rate of the step is that of its middle temperature, or nearly so: half the change, linearised.
        rate *= max(
            0.0, 1.0 + 0.5 * change * _LN10 * constants["antoine_b"] / (kelvin + constants["antoine_c"]) ** 2
        )
        left, spilled = now.on_ground_kg, self._spilled(now, end_s)
        available = left + spilled - now.spilled_kg
        lost = rate * seconds
        if lost >= available:
            if feed:
                lost = available
            else:
                end_s = now.time_s + available / rate
                dry = spilled - now.collected_kg - now.burnt_kg
                return _State(end_s, spilled, dry, now.collected_kg, kelvin + change, now.burnt_kg)
        evaporated = now.evaporated_kg + lost
        return _State(end_s, spilled, evaporated, now.collected_kg, kelvin + change, now.burnt_kg)

    def _burn(self, now: _State, end_s: float) -> _State:
        """One step of a burning pool; ends early at the moment it has burnt out."""
        spilled = self._spilled(now, end_s)
        burnt, seconds = burn(
            now.on_ground_kg,
            fed_kg=spilled - now.spilled_kg,
            area_m2=self.setting.area_m2
            * min(1.0, 0.5 * (now.spilled_kg + spilled) / self.setting.amount_kg),
            share=self._factor(now.time_s),
            seconds=end_s - now.time_s,
        )
        return now._replace(time_s=now.time_s + seconds, spilled_kg=spilled, burnt_kg=now.burnt_kg + burnt)

    def _spilled(self, now: _State, end_s: float) -> float:
        """Mass that has run out by ``end_s``; exact at the end of the inflow."""
        if now.time_s >= self.inflow_end_s:
            return now.spilled_kg
        if end_s < self.inflow_end_s:
            return now.spilled_kg + self.setting.amount_kg / self.outflow_s * (end_s - now.time_s)
        return self.setting.amount_kg * min(1.0, (end_s - self.onset_s) / self.outflow_s)

    def _vapour_pressure(self, temperature_k: float) -> float:
        """As the substance's, and flagged up to 15 K below its range: the pool cools, the air does not."""
        substance = self.setting.substance
        (low,) = substance.need("antoine_t_min_k")
        if not low - _COLDER_K <= temperature_k < low:
            return substance.vapour_pressure_pa(temperature_k)
        flag = (
            f"{substance.id}: pool colder than {low} K, vapour pressure extrapolated by up to {_COLDER_K} K"
        )
        if flag not in self.flags:
            self.flags.append(flag)
        (a,) = substance.need("antoine_a_log10_pa")
        exponent = a - self._constants["antoine_b"] / (temperature_k + self._constants["antoine_c"])
        return float(10.0**exponent)

    def _ground(self, time_s: float) -> float:
        """Heat conductance from the ground to the whole pool, W/K: each ring cools since it was wetted."""
        age = time_s - self.onset_s
        fed = self.inflow_end_s - self.onset_s
        growth = self.setting.area_m2 / self.outflow_s
        return self._constants["ground"] * growth * 2.0 * (math.sqrt(age) - math.sqrt(max(0.0, age - fed)))

    def _factor(self, time_s: float) -> float:
        return next(factor for since, factor in reversed(self._factors) if since <= time_s)

    # -- answers ------------------------------------------------------------------------------------

    def evaporated_kg(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mass evaporated since the onset, same shape; linear between steps."""
        if times_s.size:
            self.advance(float(times_s.max()))
        known = np.array([(state.time_s, state.evaporated_kg) for state in self.states])
        return np.asarray(np.interp(times_s, known[:, 0], known[:, 1]))

    def temperature_k(self, time_s: float) -> float:
        """Temperature of the pool at ``time_s``, K; that of the air before it lies there."""
        self.advance(time_s)
        times = [state.time_s for state in self.states]
        return float(np.interp(time_s, times, [state.temperature_k for state in self.states]))

    def burnt_out_s(self, until_s: float) -> float:
        """When fire has emptied it for good, as far as ``until_s``; inf if it has not."""
        self.advance(until_s)
        burns = bool(self.fires) and self.fires[-1][1] == math.inf
        return self.states[-1].time_s if burns and self.gone() else math.inf

    def state(self, time_s: float) -> tuple[float, float, float, float, float]:
        """Spilled, on the ground, evaporated, collected and burnt mass at ``time_s``, kg."""
        self.advance(time_s)
        times = [state.time_s for state in self.states]
        spilled, evaporated, collected, burnt = (
            float(np.interp(time_s, times, [state[column] for state in self.states]))
            for column in (1, 2, 3, 5)
        )
        return spilled, spilled - evaporated - collected - burnt, evaporated, collected, burnt
