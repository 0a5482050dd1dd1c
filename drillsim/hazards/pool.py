"""A pool of liquid that runs out, cools and evaporates.

Model: Brighton (1985) mass transfer with a heat balance, as in ALOHA-TD 3.3. Known bias against ALOHA
5.4.7 on four pools (cases V6 to V9 of the sheet): first-minute rate 0.94 to 1.05, mass in one hour 0.90.
The isothermal Mackay-Matsugu formula stands beside it for comparison; without cooling it gives 1.6 to 2
times ALOHA.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.radiation import STEFAN_BOLTZMANN, sky_radiation, sun_radiation
from drillsim.hazards.substances import Substance
from drillsim.hazards.weather import Weather

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CONCRETE",
    "WIND_EXPONENT",
    "Ground",
    "Pool",
    "PoolSetting",
    "brighton_transfer",
    "mackay_matsugu_rate",
    "saturation_ratio",
]

R_J_MOL_K: Final = 8.314462618
P0_PA: Final = 101325.0
_LN10: Final = math.log(10.0)
_STEP_GROWTH: Final = 0.02  # of the pool's age beyond the first minute
_STEP_MAX_S: Final = 3600.0
_FILM_KG: Final = 1e-9  # less than this is no pool: while it is fed it waits, then it is gone
_COLDER_K: Final = 15.0  # how far a cooling pool may leave the range of the vapour pressure, flagged

WIND_EXPONENT: Final = {"A": 0.108, "B": 0.112, "C": 0.120, "D": 0.142, "E": 0.203, "F": 0.253}
"""Exponent of the power law of wind with height. Source: ALOHA-TD table 7; confidence high."""


class Ground(NamedTuple):
    """Ground under a pool; the conductivity holds the factor 9 found by experiment."""

    conductivity_w_m_k: float
    diffusivity_m2_s: float


CONCRETE: Final = Ground(8.28, 3.74e-6)
"""Source: ALOHA-TD 3.3; confidence medium."""


def brighton_transfer(
    *, diameter_m: float, wind_10m_m_s: float, exponent: float, molar_mass_kg_mol: float
) -> float:
    """Dimensionless mass-transfer rate j of a pool, averaged over its area (Brighton 1985, ALOHA-TD 3.3).

    ``exponent`` is that of the wind profile. The flux of a pool with vapour pressure p is
    p M / (R T) u* j :func:`saturation_ratio`, u* = 0.03 U10. Raises ``ValueError`` for a diameter or a
    wind that is not positive.
    """
    if not (diameter_m > 0.0 and wind_10m_m_s >= 1.0):
        raise ValueError(
            f"a pool of {diameter_m} m in a wind of {wind_10m_m_s} m/s; above 0 m and from 1 m/s"
        )
    viscosity, turbulent_schmidt, karman, euler, roughness_m = 1.5e-5, 0.85, 0.4, 0.5772156649, 0.001
    schmidt = viscosity / _diffusivity(molar_mass_kg_mol)
    reynolds = 0.03 * wind_10m_m_s * roughness_m / viscosity
    smooth = (3.85 * schmidt ** (1.0 / 3.0) - 1.3) ** 2 + turbulent_schmidt / karman * math.log(
        0.13 * schmidt
    )
    if reynolds < 0.13:
        sublayer = smooth
    else:
        rough = 7.3 * max(reynolds, 2.0) ** 0.25 * math.sqrt(schmidt) - 5.0 * turbulent_schmidt
        share = min((reynolds - 0.13) / (2.0 - 0.13), 1.0)
        sublayer = smooth + share * (rough - smooth)
    n, ratio = exponent, karman / turbulent_schmidt
    lam = 1.0 / n + 1.0 + 2.0 * math.log(1.0 + n) - 2.0 * euler + ratio * (1.0 + n) * sublayer
    fetch = n * karman**2 * diameter_m / (turbulent_schmidt * roughness_m * math.exp(1.0 / n))
    log = lam + math.log(fetch)
    square = log * log + math.pi**2
    tail = ((1.0 - euler) ** 2 + 1.0 + math.pi**2 / 6.0) * log / square**2
    return float(
        ratio * (1.0 + n) * (0.5 - math.atan(log / math.pi) / math.pi + (1.0 - euler) / square + tail)
    )


def _diffusivity(molar_mass_kg_mol: float) -> float:
    """Of a vapour in air, m2/s, from water's by Graham's law (ALOHA-TD 3.3)."""
    return 2.39e-5 * math.sqrt(18.015e-3 / molar_mass_kg_mol)


def saturation_ratio(vapour_pressure_pa: float) -> float:
    """Increase of the flux of a volatile pool: -(p0/p) ln(1 - p/p0); 1 for p -> 0.

    Raises ``ValueError`` from 0.98 p0 on, where the pool boils (sheet: jc/j >= 4).

    >>> round(saturation_ratio(0.5 * 101325), 3)
    1.386
    """
    share = vapour_pressure_pa / P0_PA
    if not 0.0 <= share < 0.98:
        raise ValueError(
            f"a vapour pressure of {vapour_pressure_pa:.0f} Pa; the pool model ends at {0.98 * P0_PA:.0f} Pa"
        )
    return 1.0 if share < 1e-9 else -math.log1p(-share) / share


def mackay_matsugu_rate(
    *,
    area_m2: float,
    wind_10m_m_s: float,
    molar_mass_kg_mol: float,
    vapour_pressure_pa: float,
    temperature_k: float,
) -> float:
    """Evaporation of a pool that does not cool, kg/s: k p M A / (R T), k = 0.004786 U^0.78 D^-0.11 Sc^-0.67.

    Sc = 0.8; Yellow Book, as quoted in the sheet. 1.6 to 2.05 times ALOHA: a comparison, not the model.
    """
    diameter = math.sqrt(4.0 * area_m2 / math.pi)
    k: float = 0.004786 * wind_10m_m_s**0.78 * diameter**-0.11 * 0.8**-0.67
    return k * vapour_pressure_pa * molar_mass_kg_mol / (R_J_MOL_K * temperature_k) * area_m2


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

    @property
    def on_ground_kg(self) -> float:
        return max(0.0, self.spilled_kg - self.evaporated_kg - self.collected_kg)


@dataclass(slots=True)
class Pool:
    """A pool in one run. Steps of 1 s in the first minute, then growing by 2 % of the age; all states stay.

    Mass balance: spilled = on the ground + evaporated + collected, at every step.
    """

    setting: PoolSetting
    onset_s: float
    outflow_s: float
    states: list[_State] = field(default_factory=list)
    inflow_end_s: float = 0.0
    _factors: list[tuple[float, float]] = field(default_factory=lambda: [(-math.inf, 1.0)])
    _collected_at_s: float = math.inf
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
            "air": 1.2 * 1004.0 * 0.03 * weather.wind_speed_m_s * (2e-5 / _diffusivity(molar)) ** (2.0 / 3.0),
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

        The cover keeps off the same share of the sun. Rule of this product; confidence low.
        """
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"a cover that leaves {factor} of the rate; it must lie between 0 and 1")
        self._back_to(time_s)
        self._factors.append((time_s, self._factors[-1][1] * factor))

    def collect(self, time_s: float) -> None:
        """What lies on the ground is taken up, and what still runs out is caught."""
        if time_s < self._collected_at_s:
            self._back_to(time_s)
            self._collected_at_s = time_s

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
        return last.time_s >= self.inflow_end_s and last.on_ground_kg <= 0.0

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
            after = self._step(now, end)
            if end == self._collected_at_s:
                after = after._replace(collected_kg=after.collected_kg + after.on_ground_kg)
            self.states.append(after)
        last = self.states[-1]
        if last.time_s == self._collected_at_s and last.on_ground_kg > 0.0:
            self.states[-1] = last._replace(collected_kg=last.spilled_kg - last.evaporated_kg)

    def _step(self, now: _State, end_s: float) -> _State:
        """One step, semi-implicit in the pool's temperature; ends early at the moment the pool is dry."""
        constants, setting = self._constants, self.setting
        seconds = end_s - now.time_s
        middle = now.time_s + 0.5 * seconds
        feed = setting.amount_kg / self.outflow_s if now.time_s < self.inflow_end_s else 0.0
        if now.on_ground_kg + feed * seconds < _FILM_KG:
            spilled = now.spilled_kg + feed * seconds
            dry = now.evaporated_kg if feed else spilled - now.collected_kg
            return _State(end_s, spilled, dry, now.collected_kg, now.temperature_k)
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
        left, spilled = now.on_ground_kg, now.spilled_kg + feed * seconds
        if end_s >= self.inflow_end_s and feed:
            spilled = setting.amount_kg * min(1.0, (end_s - self.onset_s) / self.outflow_s)
        available = left + spilled - now.spilled_kg
        lost = rate * seconds
        if lost >= available:
            if feed:
                lost = available
            else:
                end_s = now.time_s + available / rate
                return _State(end_s, spilled, spilled - now.collected_kg, now.collected_kg, kelvin + change)
        return _State(end_s, spilled, now.evaporated_kg + lost, now.collected_kg, kelvin + change)

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

    def state(self, time_s: float) -> tuple[float, float, float, float]:
        """Spilled, on the ground, evaporated and collected mass at ``time_s``, kg."""
        self.advance(time_s)
        times = [state.time_s for state in self.states]
        spilled, evaporated, collected = (
            float(np.interp(time_s, times, [state[column] for state in self.states])) for column in (1, 2, 3)
        )
        return spilled, spilled - evaporated - collected, evaporated, collected
