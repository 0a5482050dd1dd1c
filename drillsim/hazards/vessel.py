"""A vessel that empties through a hole: cold liquid, flashing liquid, gas.

Contents: liquid, vapour above it and one temperature. Vapour is an ideal gas. A liquid above its boiling
point boils to fill the space that opens, and cools by it (saturated, no heat from outside); gas alone
follows the polytrope of :func:`drillsim.hazards.discharge.blow_down_exponent`. A swelling boil-up to a
hole above the liquid is not modelled: gas alone leaves there.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from drillsim.hazards.constants import GRAVITY_M_S2, P0_PA, R_J_MOL_K
from drillsim.hazards.discharge import (
    airborne_share,
    blow_down_exponent,
    expanded_gas_k,
    flash_fraction,
    gas_pipe_rate,
    liquid_pipe_rate,
    two_phase_rate,
)
from drillsim.hazards.outflow import Part, State
from drillsim.hazards.shapes import Vessel
from drillsim.hazards.substances import Substance

__all__ = ["Emptying", "Hole", "Spray", "flashed", "liquid_density_kg_m3"]

Spray = Literal["all-airborne", "rains-out"]

_TRACE_SHARE: Final = 1e-4  # of liquid in the vapour: changes the pressure by as much
_LAST_SHARE: Final = 1e-3  # of the first charge: what is left of it runs out in one step
_LAST_BOILING: Final = 5e-3  # the same for a flashing liquid, whose last drops would cool without limit
_STILL_PA: Final = 20.0  # gas this little above ambient has come to rest
_BOILS_OFF: Final = (
    "liquid below the hole, cooled to its boiling point: what boils off by heat from outside is not modelled"
)


def liquid_density_kg_m3(substance: Substance, temperature_k: float) -> float:
    """Density of the saturated liquid, kg/m3, from that at 20 C by Rackett's formula.

    rho = M pc / (R Tc) Z^-(1 + (1 - T/Tc)^(2/7)), Z such that it is the table's value at 20 C; within 0.5 %
    of CoolProp for chlorine and propane from 0 to 30 C (from memory - check; confidence medium). Without the
    critical data the value at 20 C holds. Raises ``ValueError`` from the critical temperature on.
    """
    (at_20c,) = substance.need("liquid_density_kg_m3_20c")
    factor = _rackett(substance)
    if factor is None:
        return at_20c
    (critical,) = substance.need("critical_temperature_k")
    if not 0.0 < temperature_k < critical:
        raise ValueError(f"{substance.id}: {temperature_k} K is not below the critical {critical} K")
    power = (1.0 - temperature_k / critical) ** (2.0 / 7.0)
    return float(at_20c * math.exp(factor[0] * (power - factor[1])))


def _rackett(substance: Substance) -> tuple[float, float] | None:
    """-ln Z and (1 - 293.15 K / Tc)^(2/7); None without the critical data."""
    critical, pressure = substance.critical_temperature_k, substance.critical_pressure_pa
    at_20c, molar = substance.liquid_density_kg_m3_20c, substance.molar_mass_g_mol
    if critical is None or pressure is None or at_20c is None or molar is None or critical <= 293.15:
        return None
    power = float((1.0 - 293.15 / critical) ** (2.0 / 7.0))
    return math.log(at_20c * R_J_MOL_K * critical / (molar / 1000.0 * pressure)) / (1.0 + power), power


class _Fluid:
    """The properties of a substance as plain numbers, for the stepping; None where the table has none."""

    def __init__(self, entry: Substance) -> None:
        self.id = entry.id
        self._entry = entry
        (self.at_20c,) = entry.need("liquid_density_kg_m3_20c")
        self.boiling_k = entry.boiling_point_k
        self.critical_k = entry.critical_temperature_k or math.inf
        self._rackett = _rackett(entry)

    @cached_property
    def gamma(self) -> float:
        return self._entry.need("gas_heat_capacity_ratio")[0]

    @cached_property
    def capacity(self) -> float:
        return self._entry.need("liquid_heat_capacity_j_kg_k")[0]

    @cached_property
    def gas_constant(self) -> float:
        """Of this gas, J/kg K."""
        return R_J_MOL_K / self._entry.molar_mass_kg_mol

    @cached_property
    def _antoine(self) -> tuple[float, ...]:
        return self._entry.need(
            "antoine_a_log10_pa", "antoine_b_k", "antoine_c_k", "antoine_t_min_k", "antoine_t_max_k"
        )

    @cached_property
    def _watson(self) -> tuple[float, float]:
        latent, boiling = self._entry.need("heat_of_vaporization_j_kg", "boiling_point_k")
        return latent, self.critical_k - boiling

    def pressure_pa(self, kelvin: float) -> float:
        a, b, c, low, high = self._antoine
        if not low <= kelvin <= high:
            return self._entry.vapour_pressure_pa(kelvin)  # raises and names the range
        return float(10.0 ** (a - b / (kelvin + c)))

    def saturated_kg_m3(self, kelvin: float) -> float:
        return self.pressure_pa(kelvin) / (self.gas_constant * kelvin)

    def latent_j_kg(self, kelvin: float) -> float:
        latent, span = self._watson
        return float(latent * ((self.critical_k - kelvin) / span) ** 0.38)

    def density_kg_m3(self, kelvin: float) -> float:
        if self._rackett is None:
            return self.at_20c
        if not 0.0 < kelvin < self.critical_k:
            return liquid_density_kg_m3(self._entry, kelvin)  # raises and names the range
        log_base, at_20c_power = self._rackett
        power = (1.0 - kelvin / self.critical_k) ** (2.0 / 7.0)
        return self.at_20c * math.exp(log_base * (power - at_20c_power))


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole, or the end of a pipe of ``pipe_m`` and ``bore_m``, ``height_m`` above the vessel's bottom."""

    area_m2: float
    height_m: float = 0.0
    coefficient: float = 0.61
    pipe_m: float = 0.0
    bore_m: float = 0.0


@dataclass(slots=True)
class Emptying:
    """The model of one vessel for :class:`~drillsim.hazards.outflow.Release`.

    State: liquid and vapour, kg, temperature, K. ``open_share`` of the hole is open; ``pumped_kg_s`` of
    liquid go elsewhere; ``caught``: what comes out is caught. ``sealed``: air comes in by the hole alone,
    so a cold liquid runs at max(Pv + rho g h, 1.01 p0) (ALOHA) instead of p0 + rho g h. ``steps`` is how
    many a charge takes at its first rate. Raises ``ValueError`` for what the substance table lacks.
    """

    vessel: Vessel
    substance: Substance
    hole: Hole
    charge: State
    sealed: bool = False
    spray: Spray = "all-airborne"
    ambient_pa: float = P0_PA
    steps: int = 30
    count: int = 1
    open_share: float = 1.0
    pumped_kg_s: float = 0.0
    caught: bool = False
    flags: list[str] = field(default_factory=list)
    _fluid: _Fluid = field(init=False)
    _volume_m3: float = field(init=False)
    _below_m3: float = field(init=False)  # up to the hole

    def __post_init__(self) -> None:
        self._fluid = _Fluid(self.substance)
        self._volume_m3 = self.vessel.volume_m3
        self._below_m3 = self.vessel.liquid_m3(self.hole.height_m)

    @classmethod
    def filled(
        cls,
        vessel: Vessel,
        *,
        substance: Substance,
        hole: Hole,
        fill: float,
        temperature_k: float,
        **settings: object,
    ) -> Emptying:
        """A vessel with ``fill`` (0 to 1) of its volume liquid, vapour above it if it boils."""
        if not 0.0 <= fill <= 1.0:
            raise ValueError(f"a vessel filled to {fill}; from 0 to 1")
        liquid = fill * vessel.volume_m3 * liquid_density_kg_m3(substance, temperature_k)
        model = cls(vessel, substance, hole, (liquid, 0.0, temperature_k), **settings)  # type: ignore[arg-type]
        if model.boils(temperature_k):
            gas = (1.0 - fill) * vessel.volume_m3 * model.saturated_kg_m3(temperature_k)
            model.charge = (liquid, gas, temperature_k)
        return model

    @classmethod
    def of_gas(
        cls,
        vessel: Vessel,
        *,
        substance: Substance,
        hole: Hole,
        pressure_pa: float,
        temperature_k: float,
        **settings: object,
    ) -> Emptying:
        """A vessel of gas at ``pressure_pa``, ideal."""
        gas = pressure_pa * substance.molar_mass_kg_mol / (R_J_MOL_K * temperature_k) * vessel.volume_m3
        return cls(vessel, substance, hole, (0.0, gas, temperature_k), **settings)  # type: ignore[arg-type]

    # -- properties ---------------------------------------------------------------------------------

    def boils(self, temperature_k: float) -> bool:
        """Whether the liquid is above its boiling point at the ambient pressure."""
        boiling = self.substance.boiling_point_k
        if boiling is None or temperature_k < boiling - 20.0:
            return False
        return self._fluid.pressure_pa(temperature_k) > self.ambient_pa + _STILL_PA

    def saturated_kg_m3(self, temperature_k: float) -> float:
        """Vapour at its saturation pressure, ideal gas."""
        return self._fluid.saturated_kg_m3(temperature_k)

    def held_kg(self, state: State) -> float:
        return self.count * (state[0] + state[1])

    def level_m(self, state: State) -> float:
        """Of the liquid above the bottom."""
        volume = state[0] / self._fluid.density_kg_m3(state[2]) if state[0] > 0.0 else 0.0
        return self.vessel.level_m(min(volume, self._volume_m3))

    def _above_kg(self, state: State) -> float:
        """Liquid above the hole."""
        if state[0] <= 0.0:
            return 0.0
        density = self._fluid.density_kg_m3(state[2])
        return max(0.0, state[0] - density * self._below_m3)

    # -- rates --------------------------------------------------------------------------------------

    def _liquid_rate(self, state: State, boils: bool) -> float:
        kelvin, hole = state[2], self.hole
        area = hole.area_m2 * self.open_share
        density = self._fluid.density_kg_m3(kelvin)
        head = density * GRAVITY_M_S2 * max(0.0, self.level_m(state) - hole.height_m)
        if boils:
            return two_phase_rate(
                area,
                density_kg_m3=density,
                vapour_density_kg_m3=self._fluid.saturated_kg_m3(kelvin),
                pressure_pa=self._fluid.pressure_pa(kelvin) + head,
                temperature_k=kelvin,
                latent_j_kg=self._fluid.latent_j_kg(kelvin),
                heat_capacity_j_kg_k=self._fluid.capacity,
                pipe_m=hole.pipe_m,
                ambient_pa=self.ambient_pa,
                coefficient=hole.coefficient,
            )
        at_hole = self.ambient_pa + head
        if self.sealed:
            at_hole = max(self._fluid.pressure_pa(kelvin) + head, 1.01 * self.ambient_pa)
        return liquid_pipe_rate(
            area,
            length_m=hole.pipe_m,
            bore_m=hole.bore_m,
            density_kg_m3=density,
            pressure_pa=at_hole,
            ambient_pa=self.ambient_pa,
            coefficient=hole.coefficient,
        )

    def pressure_pa(self, state: State) -> float:
        """In the gas space: of the saturated liquid, or of the gas alone."""
        if state[0] > 0.0:
            return self._fluid.pressure_pa(state[2])
        return state[1] * self._fluid.gas_constant * state[2] / self._volume_m3

    def _gas_rate(self, state: State) -> tuple[float, float]:
        """Rate and pressure."""
        pressure = self.pressure_pa(state)
        if pressure <= self.ambient_pa + _STILL_PA or state[1] <= 0.0:
            return 0.0, pressure
        density = pressure / (self._fluid.gas_constant * state[2])
        rate = gas_pipe_rate(
            self.hole.area_m2 * self.open_share,
            length_m=self.hole.pipe_m,
            bore_m=self.hole.bore_m,
            density_kg_m3=density,
            pressure_pa=pressure,
            heat_capacity_ratio=self._fluid.gamma,
            ambient_pa=self.ambient_pa,
            coefficient=self.hole.coefficient,
        )
        return rate, pressure

    # -- one step -----------------------------------------------------------------------------------

    def step(self, state: State, time_s: float) -> tuple[float, State, Part] | None:
        """Midpoint step; the last of a charge runs out whole. About 1 / ``steps`` of the charge each."""
        liquid, gas, kelvin = state
        boils = liquid > 0.0 and self.boils(kelvin)
        if boils and liquid < _TRACE_SHARE * gas:
            # A tenth of ever less would boil for ever: the last trace goes as vapour.
            return self._vent((0.0, gas + liquid, kelvin))
        if liquid > 0.0 and self._above_kg(state) > _LAST_SHARE * 1e-6 * self.charge[0]:
            return self._drain(state, boils)
        if liquid > 0.0 and self.pumped_kg_s > 0.0:
            return self._pump_rest(state)
        if liquid > 0.0 and not boils:
            return None
        return self._vent(state)

    def _drain(self, state: State, boils: bool) -> tuple[float, State, Part] | None:
        above = self._above_kg(state)
        through = self._liquid_rate(state, boils)
        rate = through + self.pumped_kg_s
        if rate <= 0.0:
            return None
        # The head goes with the liquid above the hole: shorter steps towards the end.
        seconds = min(self.charge[0], 9.0 * above) / self.steps / rate
        if boils:
            seconds = min(seconds, 0.1 * state[0] / rate)
        last = above <= (_LAST_BOILING if boils else _LAST_SHARE) * self.charge[0]
        if not last:
            half = self._after(state, 0.5 * min(seconds * rate, above), boils)
            middle = self._liquid_rate(half, boils and self.boils(half[2]))
            last = seconds * (middle + self.pumped_kg_s) >= above
            through = through if last else middle
            rate = through + self.pumped_kg_s
        if last or rate <= 0.0:
            # The head falls to nothing on the way: half the speed under head alone, the full one otherwise.
            rate = max(rate, 1e-30)
            slow = 1.0 if boils or self.sealed or self.pumped_kg_s else 2.0
            seconds = slow * above / rate
            through, rate = through / slow, rate / slow
            after: State = (max(0.0, state[0] - above), state[1], state[2])
        else:
            after = self._after(state, rate * seconds, boils)
        return seconds, after, self._liquid_part(through, rate - through, state[2], boils)

    def _after(self, state: State, out_kg: float, boils: bool, *, gas_kg: float = 0.0) -> State:
        """State when ``out_kg`` of liquid and ``gas_kg`` of vapour have gone; what boils fills the space.

        Vapour saturated at the new temperature, cooled by what boiled: one unknown, by the secant method.
        """
        liquid, gas, kelvin = state
        fluid, volume = self._fluid, self._volume_m3
        if not boils:
            return (liquid - out_kg, gas, kelvin)
        capacity = self._fluid.capacity
        per_k = liquid * capacity / self._fluid.latent_j_kg(kelvin)

        def surplus(cooling_k: float) -> float:
            boiled = per_k * cooling_k
            now = kelvin - cooling_k
            left = (liquid - out_kg - boiled) / fluid.density_kg_m3(now)
            return gas + boiled - gas_kg - fluid.saturated_kg_m3(now) * (volume - left)

        x0, x1 = 0.0, 0.1
        y0, y1 = surplus(x0), surplus(x1)
        for _ in range(20):
            if abs(x1 - x0) < 1e-10 or y1 == y0:
                break
            x0, x1, y0 = x1, x1 - y1 * (x1 - x0) / (y1 - y0), y1
            y1 = surplus(x1)
        boiled = per_k * x1
        return (liquid - out_kg - boiled, gas + boiled - gas_kg, kelvin - x1)

    def _pump_rest(self, state: State) -> tuple[float, State, Part]:
        """The pump takes what lies below the hole; vapour that leaves meanwhile is left out."""
        after = (0.0, state[1], state[2])
        return state[0] / self.pumped_kg_s, after, Part(removed_kg_s=self.pumped_kg_s * self.count)

    def _vent(self, state: State) -> tuple[float, State, Part] | None:
        rate, pressure = self._gas_rate(state)
        if rate <= 0.0:
            if state[0] > 0.0 and self.open_share > 0.0 and _BOILS_OFF not in self.flags:
                self.flags.append(_BOILS_OFF)
            return None
        gamma = self._fluid.gamma
        if state[0] > 0.0:
            seconds = self._seconds_per_kelvin(state, rate)
            after = self._after(state, 0.0, True, gas_kg=0.5 * rate * seconds)
            rate = self._gas_rate(after)[0] or 0.5 * rate
            after = self._after(state, 0.0, True, gas_kg=rate * seconds)
        else:
            excess = (pressure - self.ambient_pa) / pressure / blow_down_exponent(gamma)
            seconds = min(2.0 / self.steps, 0.4 * excess) * state[1] / rate
            half = self._expanded(state, 0.5 * seconds * rate, gamma)
            rate = self._gas_rate(half)[0] or 0.5 * rate
            after = self._expanded(state, seconds * rate, gamma)
        cold = expanded_gas_k(
            state[2], pressure_pa=pressure, heat_capacity_ratio=gamma, ambient_pa=self.ambient_pa
        )
        boiling = self.substance.boiling_point_k
        airborne_k = max(cold, boiling) if boiling is not None else cold
        out = rate * self.count
        part = Part(removed_kg_s=out) if self.caught else Part(airborne_kg_s=out, airborne_k=airborne_k)
        return seconds, after, part

    def _seconds_per_kelvin(self, state: State, rate: float) -> float:
        """Time in which the boiling liquid cools by about 50 / ``steps`` K, or a tenth of it boils."""
        share_per_k = self._fluid.capacity / self._fluid.latent_j_kg(state[2])
        cooling_k = min(50.0 / self.steps, 0.1 / share_per_k)
        # What the gas space gives up per kelvin besides: its density falls by about 4 %.
        return cooling_k * (share_per_k * state[0] + 0.04 * state[1]) / rate

    @staticmethod
    def _expanded(state: State, out_kg: float, gamma: float) -> State:
        left = state[1] - out_kg
        return (0.0, left, state[2] * (left / state[1]) ** (blow_down_exponent(gamma) - 1.0))

    def _liquid_part(self, through: float, pumped: float, kelvin: float, boils: bool) -> Part:
        through, pumped = through * self.count, pumped * self.count
        if self.caught:
            return Part(removed_kg_s=through + pumped)
        if not boils:
            return Part(liquid_kg_s=through, liquid_k=kelvin, removed_kg_s=pumped)
        return flashed(through, substance=self.substance, temperature_k=kelvin, spray=self.spray)._replace(
            removed_kg_s=pumped
        )


def flashed(rate_kg_s: float, *, substance: Substance, temperature_k: float, spray: Spray) -> Part:
    """What becomes of a liquid above its boiling point that comes out at this rate: part of it flashes, its
    drops stay in the air or in part rain out, by ``spray``."""
    boiling, capacity, latent = substance.need(
        "boiling_point_k", "liquid_heat_capacity_j_kg_k", "heat_of_vaporization_j_kg"
    )
    flash = flash_fraction(
        excess_k=max(0.0, temperature_k - boiling), latent_j_kg=latent, heat_capacity_j_kg_k=capacity
    )
    share = 1.0 if spray == "all-airborne" else airborne_share(flash)
    aerosol = 1.0 - flash / share if share > 0.0 else 0.0
    return Part((1.0 - share) * rate_kg_s, share * rate_kg_s, boiling, boiling, aerosol)
