"""Gas through the openings of a building: pressures that balance every zone, and the streams they drive.

Bernoulli over the height of an opening, with the two layers of either side: up to three parts of even
density difference, in each of which the pressure difference is a straight line and its root integrates in
closed form, neutral plane and counterflow included. Pressures follow from the balance of enthalpy of each
zone, whose gas can be pressed a little; one Newton step a time step, since steps are short beside the fire,
and more only where something has changed suddenly. The streams are moved along with the pressures, so that
each zone's balance holds to rounding in every step.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.smoke import AIR_J_KG_K, DISCHARGE, G_M_S2

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.smoke_zones import SmokeZones

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

__all__ = ["Layers", "Streams", "Vents", "summed"]

_LEAST_SLOPE_PA_M: Final = 1e-8  # keeps quotients finite where densities are equal
_STEEPEST: Final = 0.5 / math.sqrt(1e-6)  # of a root, per Pa and m of height: as at 1e-6 Pa
_RELAXED: Final = 1.5  # steeper than the tangent: a root taken in Newton steps swings without it
_SETTLED_PA: Final = 1.0
_MOST_ROUNDS: Final = 6


class Layers(NamedTuple):
    """What openings see of the zones; (2, zones + 1) lower and upper, the last column is the open air."""

    density_kg_m3: Floats
    root_density: Floats
    kelvin: Floats
    fuel: Floats  # burnt fuel per kg of gas
    depth_m: Floats  # of the lower layer, (zones + 1,); inf in the open air


class Streams(NamedTuple):
    """Mass flows, kg/s, (2, 2, openings): from the first zone and back, from its lower and upper layer."""

    kg_s: Floats
    kelvin: Floats
    fuel: Floats
    rise_m: Floats  # (2, openings): clear height a stream rises through in the zone it enters


class _Elimination(NamedTuple):
    """The order in which pressures are eliminated: rooms with one neighbour first, then a band."""

    pair_of: Ints  # of each opening; the last pair is the open air
    pairs: int
    leaf: Ints
    leaf_pair: Ints
    leaf_parent: Ints
    core: Ints
    core_pair: Ints
    band_at: Ints
    band: int


class Vents:
    """Openings of one building, as they stand; :meth:`set_widths` when one is opened or shut."""

    def __init__(self, zones: SmokeZones) -> None:
        openings = zones.openings
        self.count = len(zones.spaces)
        self.first = np.array([o.first for o in openings], dtype=np.intp)
        self.second = np.array([o.second if o.second >= 0 else self.count for o in openings], dtype=np.intp)
        self.ends = np.concatenate([self.first, self.second])
        self.into = np.concatenate([self.second, self.first])
        row = np.array([[0], [self.count + 1]])
        self.donor = np.stack([self.first + row, self.second + row])
        self._height = np.array([o.height_m for o in openings])
        self._sill = np.array([o.sills_m for o in openings]).T.reshape(2, -1)
        self._width = np.zeros(len(openings))
        self._least = np.where([o.level for o in openings], _LEAST_SLOPE_PA_M, -np.inf)
        self._level = any(o.level for o in openings)
        # A hole in a ceiling draws from a slot below it, so that a thin layer is not all it can draw from.
        self._edge_sill = self._sill.copy()
        self._edge_sill[0] -= np.where(np.isfinite(self._least), self._height, 0.0)
        self._raised = np.flatnonzero(self._sill.ravel() > 0.0)
        self._order = _elimination(zones)

    def set_widths(self, width_m: Floats) -> None:
        self._width = width_m
        self._strength = DISCHARGE * math.sqrt(2.0) * width_m
        self._steepest = _STEEPEST * self._strength * self._height

    def balance(
        self, layers: Layers, pressure_pa: Floats, *, capacity: Floats, gain_w: Floats
    ) -> tuple[Streams, Floats]:
        """Streams, and the change of pressure that makes them balance, Pa, shape (zones + 1,).

        ``capacity`` is what a zone's gas takes up by being pressed, W/Pa over the step; ``gain_w`` the heat
        it gets otherwise.
        """
        count, first, second = self.count, self.first, self.second
        links = len(first)
        seen = np.concatenate(layers[:4]).take(self.ends, axis=1).reshape(4, 2, 2, links)
        density, root, kelvin, fuel = (each.transpose(1, 0, 2) for each in seen)
        edge = np.minimum(
            np.maximum(layers.depth_m.take(self.ends).reshape(2, links) - self._edge_sill, 0.0), self._height
        )
        low, high = np.minimum(edge[0], edge[1]), np.maximum(edge[0], edge[1])
        deeper = (edge[0] >= edge[1]).astype(np.float64)
        (lower_a, upper_a), (lower_b, upper_b) = density
        slope = np.empty((3, links))
        slope[0] = lower_b - lower_a
        slope[1] = np.where(edge[0] >= edge[1], upper_b - lower_a, lower_b - upper_a)
        slope[2] = upper_b - upper_a
        slope *= G_M_S2
        if self._level:
            np.maximum(slope, self._least, out=slope)
        np.copyto(slope, _LEAST_SLOPE_PA_M, where=np.abs(slope) < _LEAST_SLOPE_PA_M)
        lift = self._lift(layers)
        taken = np.array([1.0 - deeper, deeper])
        shift: Floats = np.zeros(count + 1)
        for _ in range(_MOST_ROUNDS):
            now = pressure_pa + shift
            drop = np.empty((4, links))
            drop[0] = now.take(first) - now.take(second) + lift
            drop[1] = drop[0] + slope[0] * low
            drop[2] = drop[1] + slope[1] * (high - low)
            drop[3] = drop[2] + slope[2] * (self._height - high)
            flow, steep = _integrals(drop, slope, taken)
            flow *= root
            flow *= 2.0 / 3.0 * self._strength
            steep *= root
            steep *= self._strength
            np.minimum(steep, self._steepest, out=steep)
            steep *= _RELAXED
            heat = flow * kelvin
            heat = (heat[0, 0] + heat[0, 1] - heat[1, 0] - heat[1, 1]) * AIR_J_KG_K
            warm = steep * kelvin
            warm = (warm[0, 0] + warm[0, 1] + warm[1, 0] + warm[1, 1]) * AIR_J_KG_K
            lacking = summed(self.ends, np.concatenate([-heat, heat]), count + 1)
            lacking += gain_w
            lacking -= capacity * shift
            change = self._solve(warm, capacity, lacking)
            shift = shift + change
            if np.abs(change).max() < _SETTLED_PA:
                break
        moved = change.take(first) - change.take(second)
        flow[0] += steep[0] * moved
        flow[1] -= steep[1] * moved
        # A stream moved beyond nothing turns round: the other side gives it, from the layers it has there.
        turned = np.minimum(flow, 0.0)
        flow -= turned
        turned = turned[::-1, 0] + turned[::-1, 1]
        clear = edge / self._height
        clear *= turned
        flow[:, 0] -= clear
        flow[:, 1] -= turned - clear
        rise = np.maximum(
            layers.depth_m.take(self.into).reshape(2, links) - self._edge_sill[::-1] - edge, 0.0
        )
        return Streams(flow, kelvin, fuel, rise), shift

    def _lift(self, layers: Layers) -> Floats:
        """What the columns of gas below the sills add to the pressure difference, Pa."""
        links = len(self.first)
        lift = np.zeros(2 * links)
        if len(self._raised):
            at, sill = self.ends[self._raised], self._sill.ravel()[self._raised]
            outside = layers.density_kg_m3[0, -1]
            below = np.minimum(layers.depth_m[at], sill)
            lower, upper = layers.density_kg_m3[:, at]
            lift[self._raised] = G_M_S2 * ((outside - lower) * below + (outside - upper) * (sill - below))
        result: Floats = lift[:links] - lift[links:]
        return result

    def _solve(self, warm: Floats, capacity: Floats, lacking: Floats) -> Floats:
        """Change of pressure, Pa, that spreads what each zone lacks, W; the open air stays at 0."""
        order, count = self._order, self.count
        whole = capacity + summed(self.ends, np.concatenate([warm, warm]), count + 1)
        between = summed(order.pair_of, warm, order.pairs + 1)
        share = between.take(order.leaf_pair) / whole.take(order.leaf)
        cores = len(order.core)
        whole_core = whole.take(order.core)
        lacking_core = lacking.take(order.core)
        if len(order.leaf):
            whole_core -= summed(order.leaf_parent, share * between.take(order.leaf_pair), cores)
            lacking_core += summed(order.leaf_parent, share * lacking.take(order.leaf), cores)
        matrix = np.zeros((cores, order.band + 1))
        matrix[:, 0] = whole_core
        flat = matrix.reshape(-1)
        flat[order.band_at] = -between.take(order.core_pair)
        from scipy.linalg.lapack import dpbsv

        _, core, failed = dpbsv(matrix.T, lacking_core, lower=1)
        if failed:
            raise ArithmeticError(f"pressures of {count} zones have no solution (LAPACK {failed})")
        change = np.zeros(count + 1)
        change[order.core] = core
        if len(order.leaf):
            change[order.leaf] = lacking.take(order.leaf) / whole.take(order.leaf) + share * core.take(
                order.leaf_parent
            )
        return change


def _integrals(drop: Floats, slope: Floats, taken: Floats) -> tuple[Floats, Floats]:
    """3/2 of the integral of the root of the pressure difference, and its slope, (2, 2, openings) each."""
    root = np.sqrt(np.abs(drop))
    edges = np.empty((4, *drop.shape))
    np.multiply(root, drop > 0.0, out=edges[2])
    np.subtract(edges[2], root, out=edges[3])
    np.multiply(edges[2], drop, out=edges[0])
    np.multiply(edges[3], drop, out=edges[1])
    np.negative(edges[1], out=edges[1])
    parts = edges[:, 1:] - edges[:, :-1]
    parts /= slope
    np.maximum(parts, 0.0, out=parts)
    middle = parts[:, 1]
    # Of the middle part the side with the deeper clear layer gives clear gas, the other one smoke.
    upper = middle.reshape(2, 2, -1) * taken
    found = np.empty((2, 2, 2, drop.shape[1]))  # flow and slope, direction, layer
    split = found.reshape(4, 2, -1)
    upper = upper.reshape(4, -1)
    np.add(parts[:, 0], middle - upper, out=split[:, 0])
    np.add(parts[:, 2], upper, out=split[:, 1])
    return found[0], found[1]


@lru_cache(maxsize=16)
def _elimination(zones: SmokeZones) -> _Elimination:
    count = len(zones.spaces)
    ends = [(o.first, o.second) for o in zones.openings]
    inner = sorted({_pair(*pair) for pair in ends if pair[1] >= 0})
    number = {pair: i for i, pair in enumerate(inner)}
    pair_of = [number.get(_pair(*pair), len(inner)) for pair in ends]
    beside: list[list[int]] = [[] for _ in range(count)]
    for a, b in inner:
        beside[a].append(b)
        beside[b].append(a)
    leaves: dict[int, int] = {}
    for zone, others in enumerate(beside):
        if len(others) == 1 and others[0] not in leaves:
            leaves[zone] = others[0]
    core = _narrow([zone for zone in range(count) if zone not in leaves], inner)
    core_of = {zone: i for i, zone in enumerate(core)}
    core_pairs = [(number[pair], *sorted((core_of[pair[0]], core_of[pair[1]])))
                  for pair in inner if pair[0] in core_of and pair[1] in core_of]  # fmt: skip
    band = max((b - a for _, a, b in core_pairs), default=0)
    leaf = sorted(leaves)
    return _Elimination(
        pair_of=_ints(pair_of),
        pairs=len(inner),
        leaf=_ints(leaf),
        leaf_pair=_ints([number[_pair(zone, leaves[zone])] for zone in leaf]),
        leaf_parent=_ints([core_of[leaves[zone]] for zone in leaf]),
        core=_ints(core),
        core_pair=_ints([pair for pair, _, _ in core_pairs]),
        band_at=_ints([a * (band + 1) + b - a for _, a, b in core_pairs]),
        band=band,
    )


def _ints(values: list[int]) -> Ints:
    return np.array(values, dtype=np.intp)


def _pair(first: int, second: int) -> tuple[int, int]:
    return min(first, second), max(first, second)


def summed(index: Ints, values: Floats, count: int) -> Floats:
    """Sums of ``values`` by index, shape (count,)."""
    return np.asarray(np.bincount(index, values, count), dtype=np.float64)


def _narrow(core: list[int], pairs: list[tuple[int, int]]) -> list[int]:
    """The zones in an order that keeps neighbours near each other (reverse Cuthill-McKee)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import reverse_cuthill_mckee

    place = {zone: i for i, zone in enumerate(core)}
    inner = [(place[a], place[b]) for a, b in pairs if a in place and b in place]
    rows = [a for pair in inner for a in pair]
    columns = [b for a, b in inner for b in (b, a)]
    graph = coo_array((np.ones(len(rows)), (rows, columns)), shape=(len(core), len(core))).tocsr()
    return [core[i] for i in reverse_cuthill_mckee(graph, symmetric_mode=True).tolist()]
