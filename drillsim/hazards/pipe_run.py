"""A pipe fed at constant pressure until a valve shuts, then emptying by itself."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from drillsim.hazards.discharge import (
    expanded_gas_k,
    gas_pipe_rate,
    liquid_pipe_rate,
    two_phase_rate,
)
from drillsim.hazards.outflow import HORIZON_S, Part, State
from drillsim.hazards.shapes import Vessel
from drillsim.hazards.substances import Substance
from drillsim.hazards.vessel import Emptying, Hole, Spray, flashed, liquid_density_kg_m3

__all__ = ["PipeRun"]


@dataclass(slots=True)
class PipeRun:
    """State: what stands behind the valve, kg, then the state of the pipe's own contents.

    The feed is steady until ``cut_s`` or until nothing stands behind. Then the pipe empties as a lying
    cylinder through half its length: a cold liquid under its own head, a flashing one under its vapour
    pressure, gas by blow-down. Rule of this product; confidence low.
    """

    inner: Emptying
    fed: Part
    cut_s: float
    most_kg_s: float = math.inf
    open_share: float = 1.0
    caught: bool = False

    @classmethod
    def of(
        cls,
        substance: Substance,
        *,
        hole: Hole,
        pressure_pa: float,
        temperature_k: float,
        gas: bool,
        most_kg_s: float,
        spray: Spray,
        cut_s: float,
    ) -> PipeRun:
        """From what is known of the pipe; ``gas`` says whether gas or liquid runs in it."""
        vessel = Vessel("horizontal-cylinder", hole.bore_m, hole.pipe_m)
        short = replace(hole, pipe_m=0.5 * hole.pipe_m)
        if gas:
            inner = Emptying.of_gas(
                vessel, substance=substance, hole=short, pressure_pa=pressure_pa, temperature_k=temperature_k
            )
        else:
            inner = Emptying.filled(
                vessel, substance=substance, hole=short, fill=1.0, temperature_k=temperature_k
            )
        inner.spray = spray
        fed = _fed(inner, hole=hole, pressure_pa=pressure_pa, gas=gas)
        return cls(inner, fed, cut_s, most_kg_s)

    @property
    def flags(self) -> list[str]:
        return self.inner.flags

    def held_kg(self, state: State) -> float:
        return state[0] + self.inner.held_kg(state[1:])

    def step(self, state: State, time_s: float) -> tuple[float, State, Part] | None:
        behind, pipe = state[0], state[1:]
        if behind > 0.0 and time_s < self.cut_s:
            full = self.fed.liquid_kg_s + self.fed.airborne_kg_s
            share = min(self.open_share, self.most_kg_s / full)
            if share <= 0.0:
                return None
            seconds = min(behind / (share * full), self.cut_s - time_s, HORIZON_S)
            left = behind - share * full * seconds
            part = self.fed._replace(
                liquid_kg_s=share * self.fed.liquid_kg_s, airborne_kg_s=share * self.fed.airborne_kg_s
            )
            return seconds, (left if left > 1e-12 * behind else 0.0, *pipe), part
        self.inner.open_share, self.inner.caught = self.open_share, self.caught
        following = self.inner.step(pipe, time_s)
        if following is None:
            return None
        seconds, after, part = following
        return seconds, (behind, *after), part


def _fed(inner: Emptying, *, hole: Hole, pressure_pa: float, gas: bool) -> Part:
    """Rates of the whole hole while the pipe is fed."""
    substance, kelvin, ambient = inner.substance, inner.charge[2], inner.ambient_pa
    if gas:
        (gamma,) = substance.need("gas_heat_capacity_ratio")
        rate = gas_pipe_rate(
            hole.area_m2,
            length_m=hole.pipe_m,
            bore_m=hole.bore_m,
            density_kg_m3=inner.charge[1] / inner.vessel.volume_m3,
            pressure_pa=pressure_pa,
            heat_capacity_ratio=gamma,
            coefficient=hole.coefficient,
        )
        cold = expanded_gas_k(kelvin, pressure_pa=pressure_pa, heat_capacity_ratio=gamma, ambient_pa=ambient)
        boiling = substance.boiling_point_k
        return Part(airborne_kg_s=rate, airborne_k=cold if boiling is None else max(cold, boiling))
    density = liquid_density_kg_m3(substance, kelvin)
    cold_rate = liquid_pipe_rate(
        hole.area_m2,
        length_m=hole.pipe_m,
        bore_m=hole.bore_m,
        density_kg_m3=density,
        pressure_pa=pressure_pa,
        coefficient=hole.coefficient,
    )
    if not inner.boils(kelvin):
        return Part(liquid_kg_s=cold_rate, liquid_k=kelvin)
    (capacity,) = substance.need("liquid_heat_capacity_j_kg_k")
    rate = two_phase_rate(
        hole.area_m2,
        density_kg_m3=density,
        vapour_density_kg_m3=inner.saturated_kg_m3(kelvin),
        pressure_pa=pressure_pa,
        temperature_k=kelvin,
        latent_j_kg=substance.heat_of_vaporization(kelvin),
        heat_capacity_j_kg_k=capacity,
        pipe_m=hole.pipe_m,
        coefficient=hole.coefficient,
    )
    rate = min(rate, cold_rate)  # the flashing formula counts no friction
    return flashed(rate, substance=substance, temperature_k=kelvin, spray=inner.spray)
