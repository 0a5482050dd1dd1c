"""Zones for the tests of smoke, made by hand."""

from __future__ import annotations

from drillsim.hazards.heat_release import t_squared
from drillsim.hazards.smoke_layers import Fumes, SmokeNetwork, SmokeState
from drillsim.hazards.smoke_zones import OPEN_AIR, Opening, SmokeZones

AMBIENT_K = 293.15
FUMES = Fumes(heat_j_kg=2e7, soot_kg=0.05)


def door(link: int, first: int, second: int, *, width_m: float = 0.9, height_m: float = 2.0) -> Opening:
    return Opening(link, first, second, width_m, height_m, (0.0, 0.0), 1.0)


def rooms(
    *openings: Opening,
    count: int = 1,
    area_m2: float = 30.0,
    height_m: float = 3.0,
    mixed: tuple[int, ...] = (),
) -> SmokeZones:
    """``count`` rooms of one size; those of ``mixed`` are shafts."""
    return SmokeZones(
        tuple(range(count)),
        (area_m2,) * count,
        (height_m,) * count,
        (4.0 * area_m2**0.5,) * count,
        tuple(zone in mixed for zone in range(count)),
        openings,
    )


def network(zones: SmokeZones, *, leak_share: float = 0.01) -> SmokeNetwork:
    return SmokeNetwork(zones, AMBIENT_K, FUMES, leak_share)


def burn(
    smoke: SmokeNetwork,
    *,
    until_s: float,
    heat_w: float | None = None,
    growth_s: float = 300.0,
    step_s: float = 2.0,
    state: SmokeState | None = None,
) -> list[SmokeState]:
    """States after each step of a steady fire, or of a growing one up to 2 MW."""
    states = [state or smoke.start()]
    for step in range(round(until_s / step_s)):
        grown = t_squared((step + 0.5) * step_s, growth_s=growth_s, peak_w=2e6)
        states.append(smoke.step(states[-1], heat_w=grown if heat_w is None else heat_w, step_s=step_s))
    return states


__all__ = ["AMBIENT_K", "FUMES", "OPEN_AIR", "burn", "door", "network", "rooms"]
