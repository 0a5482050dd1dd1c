"""A package that leaks inside a closed box: vapour gathers until the door opens."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from drillsim.hazards.outflow import Part, State

__all__ = ["STILL_AIR_TRANSFER_M_S", "GatheringBox", "gathered_vapour_kg"]

STILL_AIR_TRANSFER_M_S: Final = 0.003
"""Mass transfer from a wet floor to still air; from memory - check; confidence low (0.001 to 0.005)."""

_GROWTH: Final = 0.02  # a step of its age, as in the pool
_FIRST_S: Final = 10.0
_LONGEST_S: Final = 1800.0
_NOTHING_KG: Final = 1e-6


def gathered_vapour_kg(
    time_s: float, *, box_m3: float, wet_m2: float, air_change_s: float, saturated_kg_m3: float
) -> float:
    """Vapour in a closed box ``time_s`` after its floor was wetted, kg, while liquid is left.

    V dc/dt = k A (cs - c) - V c / tau: c = cs k A / (k A + V / tau) (1 - exp(-(k A / V + 1 / tau) t)); never
    above saturation. k is :data:`STILL_AIR_TRANSFER_M_S`. Raises ``ValueError`` unless all are positive.

    >>> box = dict(box_m3=33.0, wet_m2=2.0, air_change_s=7200.0, saturated_kg_m3=0.385)
    >>> round(gathered_vapour_kg(900.0, **box), 2)
    1.81
    """
    if not (time_s >= 0.0 and min(box_m3, wet_m2, air_change_s, saturated_kg_m3) > 0.0):
        raise ValueError("a box needs a time from 0 s, and a volume, wet area, air change and vapour above 0")
    gain, loss = STILL_AIR_TRANSFER_M_S * wet_m2 / box_m3, 1.0 / air_change_s
    return box_m3 * saturated_kg_m3 * gain / (gain + loss) * -math.expm1(-(gain + loss) * time_s)


@dataclass(slots=True)
class GatheringBox:
    """State: in the package, on the floor, vapour in the box, all kg.

    The package leaks at ``leak_kg_s``. The floor keeps ``floor_kg``; more drips out below. While the door is
    shut the box changes its air in ``air_change_s``; when it opens, the vapour comes out over ``puff_s`` and
    the liquid on the floor over ``runout_s``.
    """

    leak_kg_s: float
    box_m3: float
    wet_m2: float
    air_change_s: float
    floor_kg: float
    saturated_kg_m3: float
    puff_s: float
    runout_s: float
    temperature_k: float
    start_s: float
    open_share: float = 1.0
    caught: bool = False
    opened: bool = False
    ventilated: bool = False  # the vapour goes where it harms nobody
    puff_kg_s: float = 0.0
    runout_kg_s: float = 0.0

    def held_kg(self, state: State) -> float:
        return sum(state)

    def open_door(self, state: State) -> None:
        """What has gathered begins to come out."""
        if not self.opened:
            self.opened = True
            self.puff_kg_s, self.runout_kg_s = state[2] / self.puff_s, state[1] / self.runout_s

    def shut_door(self) -> None:
        """What is still in stays in and gathers anew."""
        self.opened = self.ventilated = False

    def step(self, state: State, time_s: float) -> tuple[float, State, Part] | None:
        package, floor, vapour = state
        leak = self.leak_kg_s * self.open_share if package > 0.0 else 0.0
        if leak == 0.0 and floor + vapour <= _NOTHING_KG:
            return None
        seconds = min(max(_FIRST_S, _GROWTH * (time_s - self.start_s)), _LONGEST_S)
        if leak > 0.0:
            seconds = min(seconds, package / leak)
        return self._open(state, seconds, leak) if self.opened else self._shut(state, seconds, leak)

    def _open(self, state: State, seconds: float, leak: float) -> tuple[float, State, Part] | None:
        package, floor, vapour = state
        for held, rate in ((vapour, self.puff_kg_s), (floor, self.runout_kg_s)):
            if held > 0.0 and rate > 0.0:
                seconds = min(seconds, held / rate)
        puff = min(self.puff_kg_s, vapour / seconds)
        run = min(self.runout_kg_s, floor / seconds)
        out, removed = (0.0, leak) if self.caught else (leak, 0.0)
        if leak + puff + run <= 0.0:
            return None
        after = (
            max(0.0, package - leak * seconds),
            _rest(floor, run * seconds),
            _rest(vapour, puff * seconds),
        )
        if self.ventilated:
            puff, removed = 0.0, removed + puff
        return seconds, after, Part(run + out, puff, self.temperature_k, self.temperature_k, 0.0, removed)

    def _shut(self, state: State, seconds: float, leak: float) -> tuple[float, State, Part]:
        package, floor, vapour = state
        reaches = 0.0 if self.caught else leak
        fed = floor + reaches * seconds
        loss = 1.0 / self.air_change_s
        gain = STILL_AIR_TRANSFER_M_S * self.wet_m2 / self.box_m3 if fed > 0.0 else 0.0
        settled = self.box_m3 * self.saturated_kg_m3 * gain / (gain + loss)
        decay = -math.expm1(-(gain + loss) * seconds)
        # The mean of the exponential over the step is what leaves by the gaps.
        mean = settled + (vapour - settled) * decay / ((gain + loss) * seconds)
        gone = min(loss * mean * seconds, vapour + fed)
        later = vapour + (settled - vapour) * decay
        evaporated = later - vapour + gone
        if evaporated > fed:  # the floor dries within the step
            evaporated = fed
            later = vapour + fed - gone
        lies = fed - evaporated
        drips = max(0.0, lies - self.floor_kg)
        removed = leak - reaches
        after = (max(0.0, package - leak * seconds), max(0.0, lies - drips), max(0.0, later))
        part = Part(drips / seconds, gone / seconds, self.temperature_k, self.temperature_k, 0.0, removed)
        return seconds, after, part


def _rest(held_kg: float, out_kg: float) -> float:
    """What is left; a last bit of rounding counts as nothing."""
    left = held_kg - out_kg
    return left if left > 1e-12 * held_kg else 0.0
