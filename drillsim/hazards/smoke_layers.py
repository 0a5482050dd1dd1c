"""Two layers of gas in every zone of a building, and what one step of a fire does to them.

State: mass, enthalpy and burnt fuel of a clear and a smoky layer, and the pressure, of every zone. Flights of
stairs are mixed from floor to ceiling; a corridor is one zone over its whole area, so that smoke is
everywhere in it at once. In a step the plume lifts clear air into the smoky layer of the fire room, gas
streams through every opening (:mod:`smoke_flow`), streams that rise through clear air take it along, walls
cool both layers, and a layer without buoyancy mixes with the air below. Mass, burnt fuel and energy are
conserved to rounding; soot and gases go with the burnt fuel in the ratio of their yields.

Rules of this product are marked *rule*; they carry confidence low. Not computed: wind, weather of another
temperature than indoors, lift shafts, breaking windows, heat stored in walls, radiation between layers, smoke
travelling along a corridor, sprinkler spray, yields that change with the air, fire that spreads.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.smoke import (
    AIR_J_KG_K,
    AMBIENT_PA,
    EXTINCTION_M2_KG,
    GAMMA,
    GAS_J_KG_K,
    LOST,
    WALL_W_M2_K,
    burning_w,
    plume_entrainment,
    spill_entrainment,
)
from drillsim.hazards.smoke_flow import Layers, Vents, summed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from drillsim.hazards.smoke_flow import Streams
    from drillsim.hazards.smoke_zones import SmokeZones

    Floats = NDArray[np.float64]

__all__ = ["Books", "Fumes", "SmokeNetwork", "SmokeState", "imbalance"]

JOINS: Final = 0.25
"""A stream this share as buoyant as the smoky layer joins it; a cooler one in part. *Rule*, low."""
WEAK_K: Final = 1.0
"""A layer less than this much warmer than the air below mixes with it … *Rule*, low."""
MIXING_S: Final = 30.0
"""… within this time. *Rule*, low."""
THIN_PER_M: Final = 3e-3
"""Smoke one sees through for a kilometre makes no layer."""
LONGEST_STEP_S: Final = 5.0
"""Longest step of the layers, and the largest part of one that may leave it in a step …"""
LARGEST_PART: Final = 0.4
MOST_OF_LAYER: Final = 0.8
"""… by plan, and the most of it that ever does."""
SHORTEST_STEP_S: Final = 0.05
_SEED: Final = 1e-6  # share of a room that is smoky layer before there is any smoke
_DUMMY: Final = 1e-9  # share of a stair that is clear layer


class Books(NamedTuple):
    """What has come in and gone out since flame, kg and J, each net of what came back."""

    burnt_kg: float = 0.0
    released_j: float = 0.0
    walls_j: float = 0.0
    gone_kg: float = 0.0
    gone_j: float = 0.0
    gone_fuel_kg: float = 0.0


class SmokeState(NamedTuple):
    """State at one time; the last column of each array is the open air.

    ``held`` (3, 2, zones + 1): mass kg, enthalpy J and burnt fuel kg of the clear and the smoky layer;
    ``pressure_pa`` above that of the open air at the same level; ``rate_per_s`` the largest part of a layer
    that left it per second in the last step.
    """

    held: Floats
    pressure_pa: Floats
    rate_per_s: float
    books: Books

    @property
    def fuel_kg(self) -> Floats:
        """Burnt fuel by zone, both layers."""
        total: Floats = self.held[2, :, :-1].sum(axis=0)
        return total


class Fumes(NamedTuple):
    """What fire makes of a kilogram of burnt fuel."""

    heat_j_kg: float
    soot_kg: float


class Profile(NamedTuple):
    """What the zones look like, each (zones, states)."""

    layer_m: Floats
    extinction_per_m: Floats  # of the smoky layer
    kelvin: Floats
    fuel: Floats  # burnt fuel per kg of gas
    low_extinction_per_m: Floats  # of the clear layer
    low_kelvin: Floats
    low_fuel: Floats


@dataclass(slots=True)
class SmokeNetwork:
    """The zones in one run. Open shares may change between steps; states are values and never change."""

    zones: SmokeZones
    ambient_k: float
    fumes: Fumes
    leak_share: float
    base_m: float = 0.0
    open_share: dict[int, float] = field(default_factory=dict)
    _vents: Vents = field(init=False)
    _rooms: _Rooms = field(init=False)
    _into_mixed: Floats = field(init=False)

    def __post_init__(self) -> None:
        self._vents = Vents(self.zones)
        self._rooms = _Rooms(self.zones)
        mixed = self._rooms.mixed.take(self._vents.into).reshape(2, 1, -1)
        self._into_mixed = mixed.astype(np.float64)
        self._refresh()

    def set_share(self, link: int, open_share: float) -> None:
        """``open_share`` (0 to 1) of the opening from now on; a shut link leaks, whoever shut it."""
        self.open_share[link] = open_share
        self._refresh()

    def _refresh(self) -> None:
        widths = []
        for opening in self.zones.openings:
            share = self.open_share.get(opening.link, opening.share)
            gaps = 1.0 if opening.link < 0 else self.leak_share + (1.0 - self.leak_share) * share
            widths.append(opening.width_m * gaps)
        self._vents.set_widths(np.array(widths))

    def start(self) -> SmokeState:
        """Clean air everywhere, at rest."""
        rooms = self._rooms
        mass = AMBIENT_PA * rooms.volume_m3 / (GAS_J_KG_K * self.ambient_k)
        held = np.zeros((3, 2, len(mass)))
        held[0, 1] = mass * np.where(rooms.mixed, 1.0 - _DUMMY, _SEED)
        held[0, 0] = mass - held[0, 1]
        held[1] = AIR_J_KG_K * self.ambient_k * held[0]
        return SmokeState(held, np.zeros(len(mass)), 0.0, Books())

    def step(self, state: SmokeState, *, heat_w: float, step_s: float) -> SmokeState:
        """The state ``step_s`` later, under a fire that would release ``heat_w``.

        In steps as short as keep layers from giving away too much of themselves in one: by the largest part
        that left a layer in the step before, and tried again where it turns out to have grown.
        """
        if heat_w <= 0.0 and state.books.burnt_kg == 0.0:
            return state
        left_s = step_s
        while left_s > 0.0:
            longest_s = min(LONGEST_STEP_S, LARGEST_PART / max(state.rate_per_s, 1e-9))
            while True:
                steps = math.ceil(left_s / max(longest_s, SHORTEST_STEP_S) - 1e-9)
                taken_s = left_s / steps
                found = self._step(state, heat_w, taken_s)
                if found.rate_per_s * taken_s <= MOST_OF_LAYER or longest_s <= SHORTEST_STEP_S:
                    break
                longest_s = min(LARGEST_PART / found.rate_per_s, 0.5 * taken_s)
            state = found
            left_s = left_s - taken_s if steps > 1 else 0.0
        return state

    def _step(self, state: SmokeState, heat_w: float, step_s: float) -> SmokeState:
        rooms, vents, ambient = self._rooms, self._vents, self.ambient_k
        mass, enthalpy, fuel = state.held
        kelvin = enthalpy / mass
        kelvin /= AIR_J_KG_K
        share = fuel / mass
        absolute = state.pressure_pa + AMBIENT_PA
        volume = enthalpy / absolute
        volume *= 1.0 - 1.0 / GAMMA
        depth = rooms.height_m - volume[1] / rooms.area_m2
        np.maximum(depth, 0.0, out=depth)
        depth *= rooms.layered
        density = (AMBIENT_PA / GAS_J_KG_K) / kelvin
        # -- the fire
        low_fuel, up_fuel = float(share[0, 0]), float(share[1, 0])
        clear = max(0.0, float(depth[0]) - self.base_m)
        per_kg = self.fumes.heat_j_kg
        heat = burning_w(heat_w, clear_m=clear, below=low_fuel, above=up_fuel, heat_j_kg=per_kg,
                         held_kg=float(mass[1, 0]), step_s=step_s)  # fmt: skip
        lifted = plume_entrainment(heat_w=heat, height_m=clear)
        burnt = heat / per_kg
        # -- the walls
        wetted = rooms.perimeter_m * depth
        area = np.empty_like(kelvin)
        np.add(rooms.area_m2, wetted, out=area[0])
        np.subtract(rooms.wall_m2, wetted, out=area[1])
        area *= WALL_W_M2_K * step_s / AIR_J_KG_K
        area /= area + mass
        area *= (kelvin - ambient) * mass
        area *= AIR_J_KG_K / step_s
        area[:, -1] = 0.0
        gain = -(area[0] + area[1])
        into_walls = -float(gain.sum())
        gain[0] += heat * (1.0 - LOST) + burnt * AIR_J_KG_K * ambient
        # -- the openings
        layers = Layers(density, np.sqrt(density), kelvin, share, depth)
        depth[-1] = np.inf
        capacity = rooms.capacity_m3 / step_s
        streams, _ = vents.balance(layers, state.pressure_pa, capacity=capacity, gain_w=gain)
        out, part = self._drawn(streams, mass, step_s)
        into, up = self._joined(streams, kelvin)
        net = into[1, 0] + into[1, 1] - (out * kelvin).sum(axis=0)
        net *= AIR_J_KG_K
        moved = gain + net
        rise = moved / capacity
        rise[-1] = 0.0
        # -- what stays where
        delta = into
        delta[0] -= out
        out_k = out * kelvin
        delta[1] -= out_k
        delta[2] -= out * share
        up[0] += lifted
        np.minimum(up, (mass[0] - out[0] * step_s) * (0.5 / step_s), out=up)
        drain = np.maximum(1.0 - (kelvin[1] - kelvin[0]) / WEAK_K, 0.0)
        np.minimum(drain, 1.0, out=drain)
        drain *= rooms.layered / (MIXING_S + step_s)
        drain *= np.maximum(mass[1] - out[1] * step_s - rooms.seed_kg, 0.0)
        for row, (low, high) in enumerate(((1.0, 1.0), kelvin, share)):
            shifted = up * low - drain * high
            delta[row, 0] -= shifted
            delta[row, 1] += shifted
        delta[1] *= AIR_J_KG_K
        delta[1] -= area
        gone = delta[:, :, -1].sum(axis=1) * step_s
        delta[0, 1, 0] += burnt
        delta[2, 1, 0] += burnt
        delta[1, 1, 0] += heat * (1.0 - LOST) + burnt * AIR_J_KG_K * ambient
        delta *= step_s
        delta[1] += volume * rise
        delta[:, :, -1] = 0.0
        held = state.held + delta
        books = state.books
        return SmokeState(
            held,
            state.pressure_pa + rise,
            part,
            Books(
                books.burnt_kg + burnt * step_s,
                books.released_j + heat * step_s,
                books.walls_j + (into_walls + heat * LOST) * step_s,
                books.gone_kg + float(gone[0]),
                books.gone_j + float(gone[1]),
                books.gone_fuel_kg + float(gone[2]),
            ),
        )

    def _drawn(self, streams: Streams, mass: Floats, step_s: float) -> tuple[Floats, float]:
        """What leaves each layer, kg/s, and the largest part of one; streams are cut to what layers hold."""
        donor, columns = self._vents.donor, mass.shape[1]
        out = summed(donor.reshape(-1), streams.kg_s.reshape(-1), 2 * columns).reshape(2, columns)
        parts = out / mass
        parts[:, -1] = 0.0
        largest = float(parts.max())
        if largest * step_s > MOST_OF_LAYER:
            cut = np.minimum(MOST_OF_LAYER / (step_s * np.maximum(parts, 1e-300)), 1.0)
            np.multiply(streams.kg_s, cut.take(donor), out=streams.kg_s)
            out *= cut
        return out, largest

    def _joined(self, streams: Streams, kelvin: Floats) -> tuple[Floats, Floats]:
        """What streams bring each layer, (3, 2, zones + 1) in kg/s, kg K/s and kg/s, and the clear air they
        take up on their way, kg/s, (zones + 1,)."""
        into, columns = self._vents.into, kelvin.shape[1]
        links = len(into) // 2
        there = kelvin.take(into, axis=1).reshape(2, 2, links)
        span = there[1] - there[0]
        span *= JOINS
        np.maximum(span, WEAK_K, out=span)
        upward = streams.kelvin - there[0][:, None]
        upward /= span[:, None]
        np.maximum(upward, self._into_mixed, out=upward)
        np.minimum(upward, 1.0, out=upward)
        brought = np.empty((3, 2, 2, links))
        brought[0] = streams.kg_s
        np.multiply(streams.kg_s, streams.kelvin, out=brought[1])
        np.multiply(streams.kg_s, streams.fuel, out=brought[2])
        risen = brought * upward
        whole = brought[:, :, 0] + brought[:, :, 1]
        risen = risen[:, :, 0] + risen[:, :, 1]
        found = np.empty((3, 2, columns))
        for row in range(3):
            found[row, 1] = summed(into, risen[row].reshape(-1), columns)
            found[row, 0] = summed(into, whole[row].reshape(-1), columns)
        found[:, 0] -= found[:, 1]
        up = self._taken_along(risen.reshape(3, -1), streams.rise_m.reshape(-1), there[0].reshape(-1))
        return found, up

    def _taken_along(self, risen: Floats, rise_m: Floats, around_k: Floats) -> Floats:
        """Clear air that streams take up while they rise to the smoky layer of the zone they enter, kg/s."""
        into, columns = self._vents.into, len(self._rooms.area_m2)
        at = np.flatnonzero((risen[0] > 1e-4) & (rise_m > 0.01) & (into < columns - 1))
        if not len(at):
            return np.zeros(columns)
        flow, where = risen[0].take(at), into.take(at)
        excess = np.maximum(risen[1].take(at) / flow - around_k.take(at), 0.0)
        return summed(where, spill_entrainment(flow, excess_k=excess, rise_m=rise_m.take(at)), columns)

    def profile(self, states: Sequence[SmokeState]) -> Profile:
        """What the zones look like in some states. Smoke that is hardly any makes no layer."""
        rooms = self._rooms
        held = np.stack([state.held[:, :, :-1] for state in states], axis=-1)  # (3, 2, zones, states)
        pressure = np.stack([state.pressure_pa[:-1] for state in states], axis=-1) + AMBIENT_PA
        mass, enthalpy, fuel = held
        kelvin = enthalpy / (AIR_J_KG_K * mass)
        volume = enthalpy * (1.0 - 1.0 / GAMMA) / pressure
        soot = fuel * self.fumes.soot_kg
        extinction = EXTINCTION_M2_KG * soot / volume
        height = rooms.height_m[:-1, None]
        clear = height - volume[1] / rooms.area_m2[:-1, None]
        mixed = rooms.mixed[:-1, None]
        nothing = (extinction[1] < THIN_PER_M) & (kelvin[1] < self.ambient_k + WEAK_K)
        layer = np.where(nothing, height, np.where(mixed, 0.0, np.maximum(clear, 0.0)))
        fuel = fuel / mass
        low = [np.where(mixed, each[1], each[0]) for each in (extinction, kelvin, fuel)]
        return Profile(layer, extinction[1], kelvin[1], fuel[1], *low)


def imbalance(smoke: SmokeNetwork, state: SmokeState) -> dict[str, float]:
    """What *mass*, *fuel* and *energy* do not add up to: held less come in plus gone, relative.

    Energy by the pressure of the zones, which tells of it apart from the enthalpies that are carried along.
    """
    rooms, books = smoke._rooms, state.books
    held_kg, _, fuel_kg = state.held[:, :, :-1].sum(axis=(1, 2)).tolist()
    began_kg = float(smoke.start().held[0, :, :-1].sum())
    stored_j = float(rooms.capacity_m3[:-1] @ state.pressure_pa[:-1])
    come_j = books.released_j + books.burnt_kg * AIR_J_KG_K * smoke.ambient_k
    return {
        "mass": (held_kg - began_kg - books.burnt_kg + books.gone_kg) / began_kg,
        "fuel": (fuel_kg - books.burnt_kg + books.gone_fuel_kg) / max(books.burnt_kg, 1e-300),
        "energy": (stored_j - come_j + books.walls_j + books.gone_j) / max(books.released_j, 1e-300),
    }


class _Rooms:
    """Sizes of the zones as arrays with a last column for the open air."""

    def __init__(self, zones: SmokeZones) -> None:
        def column(values: Sequence[float]) -> Floats:
            return np.array([*values, 1.0])

        self.area_m2 = column(zones.area_m2)
        self.height_m = column(zones.height_m)
        self.perimeter_m = column(zones.perimeter_m)
        self.volume_m3 = self.area_m2 * self.height_m
        self.mixed = np.array([*zones.mixed, False])
        self.layered = 1.0 - self.mixed
        self.wall_m2 = self.area_m2 + self.perimeter_m * self.height_m
        self.capacity_m3 = self.volume_m3 / (GAMMA - 1.0)
        self.seed_kg = _SEED * self.volume_m3 * AMBIENT_PA / (GAS_J_KG_K * 293.15)
