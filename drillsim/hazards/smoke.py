"""Smoke of one room fire: a layer in each space, flowing under lintels, rising in stairs.

A thin zone model. Rooms and corridors hold a hot layer over clean air; a corridor is one zone over its
whole area, so that smoke is everywhere in it at once. A flight of stairs is mixed from floor to ceiling and
passes on upward what it is given; downward goes nothing. Rules of this product, not of a standard, are
marked *rule*; they carry confidence low. Not computed: wind, lifts, shafts, breaking windows, smoke control.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility

__all__ = [
    "AIR_KG_M3",
    "CLEAR_M",
    "DOOR_HEIGHT_M",
    "PASSING_SHARE",
    "SmokeNetwork",
    "SmokeState",
    "SmokeZones",
    "nfpa92_layer_t2",
    "plume_entrainment",
    "vent_flow",
    "visibility_m",
]

AIR_KG_M3: Final = 1.2
AIR_J_KG_K: Final = 1005.0
G_M_S2: Final = 9.80665

EXTINCTION_M2_KG: Final = 8700.0
"""Mass specific extinction of flaming soot. Source: CFAST; confidence medium."""
VISIBILITY_C: Final = 3.0
"""Visibility times extinction for reflecting things (8: light-emitting). Source: CFAST; confidence medium."""
CLEAR_M: Final = 100.0
"""Visibilities from here on are given as this: *at least* 100 m."""
CONVECTIVE: Final = 0.7
"""Convective share of the heat released. Source: sheet 8.3, from memory; confidence medium."""
LOST: Final = 0.3
"""Share of the heat that never gets into the layer. Source: sheet 8.3, from memory; confidence low."""
WALL_W_M2_K: Final = 15.0
"""Heat passed to ceiling and walls, over twice the floor area. *Rule*; confidence low."""
DISCHARGE: Final = 0.6
"""Coefficient of an opening. Source: SFPE Handbook, from memory; confidence medium."""
DOOR_HEIGHT_M: Final = 2.0
"""Lintel of every door; an opening that is no door reaches to the lower ceiling. Confidence medium."""
PASSING_SHARE: Final = 0.1
"""Open share of a door that stands neither open nor locked, as people pass it one by one. *Rule*, low."""
SPILL_ENTRAINMENT: Final = 1.0
"""Air a spill takes in per kg, for a fall of the interface by the whole lintel height. *Rule*, low."""
AIR_HEAT_J_KG: Final = 3.0e6
"""Heat released per kg of air used (13.1 MJ per kg of oxygen). Source: from memory; confidence high."""
USABLE_AIR: Final = 0.45
"""Share of the room's air a fire uses before it starves (oxygen from 21 to about 12 %). Confidence low."""
KAWAGOE_KG_S: Final = 0.5
"""Air through an opening: 0.5 A sqrt(H) kg/s (Kawagoe), from memory; confidence medium."""
REACH_LINKS: Final = 3
"""Spaces of the fire's floor up to so many links away are computed; stairs to their top."""
MOST_OF_LAYER: Final = 0.3
"""Greatest part of a layer that one step may move through one opening: keeps explicit steps stable."""
MOST_DRAWN: Final = 0.9
"""Greatest part of a layer that one step may move through all its openings together."""
_LEVEL_M: Final = 0.5


def plume_entrainment(*, heat_w: float, height_m: float) -> float:
    """Mass flow of an axisymmetric fire plume at ``height_m`` above the fire's base, kg/s.

    0.071 Qc^(1/3) z^(5/3) + 0.0018 Qc above the flame (0.166 Qc^(2/5)), 0.032 Qc^(3/5) z below, Qc in kW
    (NFPA 92, Zukoski type; sheet 8.3, from memory).

    >>> round(plume_entrainment(heat_w=1e6, height_m=3.0), 2)
    5.19
    """
    q = CONVECTIVE * heat_w / 1000.0
    if q <= 0.0 or height_m <= 0.0:
        return 0.0
    if height_m > 0.166 * q**0.4:
        return float(0.071 * q ** (1.0 / 3.0) * height_m ** (5.0 / 3.0) + 0.0018 * q)
    return float(0.032 * q**0.6 * height_m)


def nfpa92_layer_t2(time_s: float, *, growth_s: float, height_m: float, area_m2: float) -> float:
    """Height of the first indication of smoke above the floor, m, for a t-squared fire in a closed room.

    z/H = 0.91 [t tg^(-2/5) H^(-4/5) (A/H2)^(-3/5)]^(-1.45) (NFPA 92, from memory). For comparison: the model
    here gives the mean interface, 20 to 30 % apart. Raises ``ValueError`` outside 1 <= A/H2 <= 23 and below
    z/H = 0.2; H where the layer has not begun to descend, so up to time 0.

    >>> round(nfpa92_layer_t2(60.0, growth_s=300.0, height_m=3.0, area_m2=30.0), 2)
    2.01
    """
    shape = area_m2 / height_m**2
    if not 1.0 <= shape <= 23.0:
        raise ValueError(f"A/H2 of {shape:.2f}; the correlation holds from 1.0 to 23")
    if time_s <= 0.0:
        return height_m
    share: float = 0.91 * (time_s * growth_s**-0.4 * height_m**-0.8 * shape**-0.6) ** -1.45
    if share < 0.2:
        raise ValueError(f"z/H of {share:.2f}; the correlation holds down to 0.2")
    return min(share, 1.0) * height_m


def vent_flow(*, width_m: float, depth_m: float, excess_k: float, ambient_k: float) -> float:
    """Hot gas through an opening, kg/s, from a layer that reaches ``depth_m`` below its lintel.

    (2/3) Cd W rho sqrt(2 g dT/Ta) d^(3/2), rho = rho0 Ta/(Ta + dT): a weir with its neutral plane at the
    interface, which overstates by some 30 %; *rule*, confidence low). 0 for no depth or no heat.
    """
    if depth_m <= 0.0 or excess_k <= 0.0:
        return 0.0
    density = AIR_KG_M3 * ambient_k / (ambient_k + excess_k)
    fall = 2.0 * G_M_S2 * excess_k / ambient_k
    return float(2.0 / 3.0 * DISCHARGE * width_m * density * math.sqrt(fall) * depth_m**1.5)


def visibility_m(extinction_1_m: float) -> float:
    """Distance at which reflecting things are seen, m: 3/K; at most :data:`CLEAR_M`.

    >>> visibility_m(0.3)
    10.0
    """
    return CLEAR_M if extinction_1_m <= VISIBILITY_C / CLEAR_M else VISIBILITY_C / extinction_1_m


class Opening(NamedTuple):
    """A way for smoke between two zones; ``second`` -1 is the open air."""

    link: int
    first: int
    second: int
    width_m: float
    lintel_m: float
    share: float  # open share while nobody has shut it


@dataclass(frozen=True, slots=True)
class SmokeZones:
    """The part of a facility that smoke of one room can reach. Zone 0 is the fire room."""

    spaces: tuple[int, ...]
    area_m2: tuple[float, ...]
    height_m: tuple[float, ...]
    mixed: tuple[bool, ...]
    openings: tuple[Opening, ...]
    above: tuple[int, ...]  # zone that a flight of stairs rises to; -1: none

    @classmethod
    def around(cls, facility: Facility, *, room: int, door: int) -> SmokeZones:
        """Breadth first from ``room`` over links, at most three, on one level, and up the stairs met."""
        spaces = _reached(facility, room)
        zone = {space: index for index, space in enumerate(spaces)}
        mixed = tuple(facility.kind[space] in ("stair", "landing") for space in spaces)
        area = tuple(
            float(facility.size[space][0] * facility.size[space][1])
            if mixed[i]
            else float(facility.area_m2[space])
            for i, space in enumerate(spaces)
        )
        height = tuple(float(facility.height_m[space]) for space in spaces)
        openings = [
            _opening(facility, link, zone=zone, mixed=mixed, door=door)
            for link in sorted({link for space in spaces for link in facility.space_links[space]})
        ]
        above = tuple(_above(facility, space, zone) if mixed[i] else -1 for i, space in enumerate(spaces))
        return cls(tuple(spaces), area, height, mixed, tuple(o for o in openings if o is not None), above)


def _beyond(facility: Facility, link: int, space: int) -> int:
    first, second = (int(end) for end in facility.link_spaces[link])
    return second if first == space else first


def _reached(facility: Facility, room: int) -> list[int]:
    level = float(facility.level_m[room])
    found = {room: 0}
    queue = deque([room])
    while queue:
        space = queue.popleft()
        stair = facility.kind[space] in ("stair", "landing")
        for link in facility.space_links[space]:
            other = _beyond(facility, link, space)
            if other in found or facility.outdoors[other]:
                continue
            if stair:
                # Smoke rises: only flights higher up, however many; never back onto a floor.
                if facility.kind[other] not in ("stair", "landing") or not _higher(facility, other, space):
                    continue
            elif found[space] >= REACH_LINKS or (
                facility.kind[other] not in ("stair", "landing")
                and abs(facility.level_m[other] - level) > _LEVEL_M
            ):
                continue
            found[other] = found[space] + 1
            queue.append(other)
    return list(found)


def _higher(facility: Facility, other: int, space: int) -> bool:
    return bool(facility.level_m[other] > facility.level_m[space] + _LEVEL_M)


def _above(facility: Facility, space: int, zone: dict[int, int]) -> int:
    higher = [
        zone[other]
        for other in (_beyond(facility, link, space) for link in facility.space_links[space])
        if other in zone and facility.kind[other] in ("stair", "landing") and _higher(facility, other, space)
    ]
    return min(higher, default=-1)


def _opening(
    facility: Facility, link: int, *, zone: dict[int, int], mixed: tuple[bool, ...], door: int
) -> Opening | None:
    ends = [int(end) for end in facility.link_spaces[link]]
    inside = [zone[end] for end in ends if end in zone and not mixed[zone[end]]]
    if not inside:
        return None
    others = [end for end in ends if end not in zone or mixed[zone[end]]]
    if others and others[0] not in zone and not facility.outdoors[others[0]]:
        return None
    second = inside[1] if not others else zone.get(others[0], -1)
    is_door = facility.link_spec[link].kind == "door"
    lintel = min(float(facility.height_m[end]) for end in ends if end in zone)
    if is_door:
        lintel = min(lintel, DOOR_HEIGHT_M)
    share = 1.0 if link == door or not is_door else PASSING_SHARE
    if facility.link_locked[link]:
        share = 0.0
    return Opening(link, inside[0], second, float(facility.link_width_m[link]), lintel, share)


class SmokeState(NamedTuple):
    """State at one time: layer mass, soot and excess enthalpy by zone, and what has left the zones."""

    mass_kg: tuple[float, ...]
    soot_kg: tuple[float, ...]
    heat_j: tuple[float, ...]
    air_j: float  # heat the air left in the room could still feed
    produced_kg: float
    lost_kg: float


@dataclass(slots=True)
class SmokeNetwork:
    """The zones in one run. Open shares may change between steps; states are values and never change."""

    zones: SmokeZones
    ambient_k: float
    soot_per_j: float
    leak_share: float
    open_share: dict[int, float] = field(default_factory=dict)
    _ways: list[tuple[int, int, float, float]] = field(default_factory=list)
    _supply_w: float = 0.0

    def __post_init__(self) -> None:
        self._refresh()

    def set_share(self, link: int, open_share: float) -> None:
        """``open_share`` (0 to 1) of what usually stands open; a shut link leaks, whoever shut it."""
        self.open_share[link] = open_share
        self._refresh()

    def _refresh(self) -> None:
        """Open width of every opening, and the heat that air through the fire room's openings can feed."""
        self._ways, self._supply_w = [], 0.0
        for opening in self.zones.openings:
            usual = opening.share * self.open_share.get(opening.link, 1.0)
            width = opening.width_m * (self.leak_share + (1.0 - self.leak_share) * usual)
            self._ways.append((opening.first, opening.second, width, opening.lintel_m))
            if 0 in (opening.first, opening.second):
                self._supply_w += KAWAGOE_KG_S * width * opening.lintel_m**1.5 * AIR_HEAT_J_KG

    def start(self) -> SmokeState:
        """Clean air everywhere. Layers hold nothing yet, flights of stairs are full of air."""
        zones = self.zones
        volumes = [area * height for area, height in zip(zones.area_m2, zones.height_m, strict=True)]
        mass = tuple(
            AIR_KG_M3 * volume if mixed else 0.0 for volume, mixed in zip(volumes, zones.mixed, strict=True)
        )
        zeros = (0.0,) * len(volumes)
        return SmokeState(mass, zeros, zeros, self._air_j(), 0.0, 0.0)

    def _air_j(self) -> float:
        return AIR_KG_M3 * self.zones.area_m2[0] * self.zones.height_m[0] * USABLE_AIR * AIR_HEAT_J_KG

    def profile(
        self, states: Sequence[SmokeState]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Layer height, m, extinction in the layer, 1/m, its temperature, K; each (zones, states).

        A flight of stairs that holds any smoke is smoky from the floor: layer 0.
        """
        mass, soot, heat = (
            np.array([state[column] for state in states], dtype=np.float64).T for column in range(3)
        )
        area, height = np.array(self.zones.area_m2)[:, None], np.array(self.zones.height_m)[:, None]
        mixed = np.array(self.zones.mixed)[:, None]
        volume = mass / AIR_KG_M3 + heat / (AIR_J_KG_K * AIR_KG_M3 * self.ambient_k)
        layer = np.where(mixed, np.where(soot > 0.0, 0.0, height), np.maximum(0.0, height - volume / area))
        held = np.where(volume > 0.0, volume, 1.0)
        extinction = EXTINCTION_M2_KG * soot / held
        kelvin = self.ambient_k + heat / (AIR_J_KG_K * np.where(mass > 0.0, mass, 1.0))
        return layer, extinction, kelvin

    def _volume(self, mass_kg: float, heat_j: float) -> float:
        return mass_kg / AIR_KG_M3 + heat_j / (AIR_J_KG_K * AIR_KG_M3 * self.ambient_k)

    def _interface(self, state: SmokeState, zone: int) -> float:
        volume = self._volume(state.mass_kg[zone], state.heat_j[zone])
        return max(0.0, self.zones.height_m[zone] - volume / self.zones.area_m2[zone])

    def step(self, state: SmokeState, *, heat_w: float, step_s: float) -> SmokeState:
        """One explicit step with a fire that would release ``heat_w``; soot is conserved."""
        mass, soot, heat = list(state.mass_kg), list(state.soot_kg), list(state.heat_j)
        # A shut room starves its fire: it burns what air it has, then what comes in.
        available = state.air_j + self._supply_w * step_s
        burnt = min(heat_w * step_s, available)
        made = burnt * self.soot_per_j
        mass[0] += plume_entrainment(heat_w=burnt / step_s, height_m=self._interface(state, 0)) * step_s
        soot[0] += made
        heat[0] += (1.0 - LOST) * burnt
        lost = state.lost_kg + self._flow(state, mass, soot, heat, step_s)
        for zone in range(len(mass)):
            if soot[zone] > 0.0:
                lost += self._settle(zone, mass, soot, heat, step_s)
        air = min(available - burnt, self._air_j())
        return SmokeState(tuple(mass), tuple(soot), tuple(heat), air, state.produced_kg + made, lost)

    def _flow(
        self, state: SmokeState, mass: list[float], soot: list[float], heat: list[float], step_s: float
    ) -> float:
        """Move gas through the openings as the state at the start of the step drives it; soot lost, kg."""
        lost, mixed = 0.0, self.zones.mixed
        drawn = [0.0] * len(mass)  # part of each layer gone through the openings before
        clear = [self._interface(state, z) if kg > 0.0 else math.inf for z, kg in enumerate(state.soot_kg)]
        for a, b, width, lintel in self._ways:
            into_layer = b >= 0 and not mixed[b]
            z_a = min(clear[a], lintel)
            z_b = min(clear[b], lintel) if into_layer else lintel
            if z_b < z_a:
                a, b, z_a, z_b = b, a, z_b, z_a
            if z_a >= lintel:
                continue
            held = state.mass_kg[a]
            flow = step_s * vent_flow(
                width_m=width,
                depth_m=z_b - z_a,
                excess_k=state.heat_j[a] / (AIR_J_KG_K * held),
                ambient_k=self.ambient_k,
            )
            part = min(flow / held, MOST_OF_LAYER, MOST_DRAWN - drawn[a])
            drawn[a] += part
            gas, black, warm = part * held, part * state.soot_kg[a], part * state.heat_j[a]
            mass[a] -= gas
            soot[a] -= black
            heat[a] -= warm
            if b < 0:
                lost += black
                continue
            fall = min(clear[b], self.zones.height_m[b]) - z_a if into_layer else 0.0
            mass[b] += gas * (1.0 + SPILL_ENTRAINMENT * fall / lintel)
            soot[b] += black
            heat[b] += warm
        return lost

    def _settle(
        self, zone: int, mass: list[float], soot: list[float], heat: list[float], step_s: float
    ) -> float:
        """Cool by walls; pass on what a full zone cannot hold, up the stairs or out. Soot lost, kg."""
        area = self.zones.area_m2[zone]
        heat[zone] *= math.exp(-2.0 * area * WALL_W_M2_K * step_s / (AIR_J_KG_K * mass[zone]))
        full = area * self.zones.height_m[zone]
        volume = self._volume(mass[zone], heat[zone])
        if volume <= full:
            return 0.0
        surplus = 1.0 - full / volume
        onward = self.zones.above[zone]
        gone = soot[zone] * surplus
        if onward >= 0:
            mass[onward] += mass[zone] * surplus
            heat[onward] += heat[zone] * surplus
            soot[onward] += gone
        soot[zone] -= gone
        mass[zone] -= mass[zone] * surplus
        heat[zone] -= heat[zone] * surplus
        return 0.0 if onward >= 0 else gone
