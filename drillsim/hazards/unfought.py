"""Smoke of a fire that nobody has fought yet: by its age the same in every run, so computed once a study."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from drillsim.hazards.smoke_layers import Fumes, SmokeNetwork

if TYPE_CHECKING:
    from drillsim.hazards.heat_release import HeatCurve
    from drillsim.hazards.smoke_layers import SmokeState
    from drillsim.hazards.smoke_zones import SmokeZones

__all__ = ["END_S", "LATE_STEP_S", "STEP_S", "SmokeByAge", "smoke_by_age", "step_s"]

STEP_S: Final = 2.0
"""Grid of the smoke fields from flame on, for the first ten minutes …"""
LATE_STEP_S: Final = 10.0
"""… then for the rest of the hour; the last state holds from there on, and the run says so."""
_FINE_END_S: Final = 600.0
END_S: Final = 3600.0


def step_s(age_s: float) -> float:
    """Length of the step that begins at this age."""
    return STEP_S if age_s < _FINE_END_S - 0.5 * STEP_S else LATE_STEP_S


class SmokeByAge:
    """States of one fire after each step from flame on, made when first asked for."""

    def __init__(self, smoke: SmokeNetwork, curve: HeatCurve) -> None:
        self._smoke = smoke
        self._curve = curve
        self._age_s = 0.0
        self._states = [smoke.start()]

    def after(self, steps: int) -> SmokeState:
        """The state after so many steps."""
        while len(self._states) <= steps:
            step = step_s(self._age_s)
            size = self._curve.heat_w(self._age_s + 0.5 * step)
            self._states.append(self._smoke.step(self._states[-1], heat_w=size, step_s=step))
            self._age_s += step
        return self._states[steps]


@lru_cache(maxsize=32)
def smoke_by_age(
    zones: SmokeZones,
    *,
    ambient_k: float,
    fumes: Fumes,
    leak_share: float,
    open_share: frozenset[tuple[int, float]],
    curve: HeatCurve,
) -> SmokeByAge:
    """The states of a fire whose doors stand from flame on as ``open_share`` (link, share) says."""
    return SmokeByAge(SmokeNetwork(zones, ambient_k, fumes, leak_share, open_share=dict(open_share)), curve)
