"""What a source has given off, as lines that drift, evaluated quickly at many points and times.

The arithmetic is that of :mod:`~drillsim.hazards.drift`. What depends on the way travelled alone is tabulated
over it (spread and dilution within 1e-5 beyond 5 m, the ends of a release within 1 % of their height), and
what lies beyond 5 sigma_y (3.7e-6 of the axis, taken off everywhere, so that nothing jumps there) or out of
a line's length is left out.

The way d is tabulated over w = 1 + d/20 m, in cells that cut each octave of w into equal parts: even near the
source, in proportion far off. The cell of a w is then the first bits of its floating-point number, and a
quantity in it is level + slope w. In front of the first cell and behind the last lies one of nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

import numpy as np

from drillsim.hazards.plume import (
    LIMIT_M,
    averaging_factor,
    plume_concentration,
    sigma_x,
    sigma_y,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.dense import DensePlume
    from drillsim.hazards.drift import Drift, SourceSegment
    from drillsim.hazards.weather import Weather

__all__ = [
    "DenseProfile",
    "Lines",
    "PassiveProfile",
    "Places",
    "Profile",
    "Strips",
    "line_values",
    "lines_at",
    "ragged",
]

BEND_M: Final = 20.0
_BITS: Final = 6  # 64 cells an octave for the ends of a release: 1.6 % apart at most
_FINER: Final = 4  # bits more for spread and dilution
_SHIFT: Final = 52 - _BITS - _FINER  # a double has 52 bits below its exponent
_ZERO: Final = (1023 << (_BITS + _FINER)) - (1 << _FINER)  # of 1.0, less the cell of nothing
_EDGE: Final = 1.0 - 1e-9  # what lies at the source's own line to within rounding is upwind
_UPWIND: Final = float(np.nextafter(1.0, 0.0))
_SPREADS: Final = 5.0
_CUT: Final = math.exp(-0.5 * _SPREADS**2)
_FAR_Z: Final = 6.0  # Phi(-6) = 1e-9
_PHI_CELLS: Final = 512  # a unit of z
_TRACE: Final = 1e-9
AT_ONCE: Final = 12288  # points a turn, so that what is worked on stays in the cache


def _nodes_to(way_m: float) -> int:
    """How many nodes it takes until one lies at ``way_m`` or beyond."""
    fraction, octave = math.frexp(1.0 + way_m / BEND_M)
    return math.ceil((octave - 1 + 2.0 * fraction - 1.0) * (1 << _BITS)) + 1


_NODES: Final = _nodes_to(LIMIT_M)


@cache
def _w(nodes: int, finer: int = 0) -> NDArray[np.float64]:
    """w at so many nodes; with ``finer`` also at the ends of the finer cells between."""
    bits = _BITS + finer
    octave, part = np.divmod(np.arange(((nodes - 1) << finer) + 1), 1 << bits)
    w = np.ldexp(1.0 + part / (1 << bits), octave)
    w.setflags(write=False)
    return w


@cache
def _ways(nodes: int, finer: int = 0) -> NDArray[np.float64]:
    ways = BEND_M * (_w(nodes, finer) - 1.0)
    ways.setflags(write=False)
    return ways


class Cells(NamedTuple):
    """A quantity over the way: level + slope w in each cell, which the last axis counts."""

    level: NDArray[np.float64]
    slope: NDArray[np.float64]

    @classmethod
    def between(cls, values: NDArray[np.float64], finer: int = 0) -> Cells:
        """Cells between nodes with such values, and those of nothing at both ends."""
        nodes = ((values.shape[-1] - 1) >> finer) + 1
        node = _w(nodes, finer)
        shape = (*values.shape[:-1], (nodes + 1) << finer)
        level, slope = np.zeros(shape), np.zeros(shape)
        real = slice(1 << finer, nodes << finer)
        slope[..., real] = np.diff(values) / np.diff(node)
        level[..., real] = values[..., :-1] - slope[..., real] * node[:-1]
        return cls(level, slope)

    def at(self, cell: NDArray[np.int64], w: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values; of cells of several rows, ``cell`` counts on from row to row."""
        value = self.slope.take(cell, mode="clip")  # the quicker mode; all cells are there
        value *= w
        value += self.level.take(cell, mode="clip")
        return value


def cells_at(w: NDArray[np.float64]) -> NDArray[np.int64]:
    """The fine cell of each ``w``, which must lie in the cells."""
    cell = np.right_shift(w.view(np.int64), _SHIFT)
    cell -= _ZERO
    return cell


def to_cells(w: NDArray[np.float64], end_w: float) -> None:
    """Put what lies out of the cells into those of nothing, in place."""
    np.maximum(w, _UPWIND, out=w)
    np.minimum(w, end_w, out=w)


def ragged(first: NDArray[np.intp], number: NDArray[np.intp]) -> NDArray[np.intp]:
    """first[0], first[0] + 1, ... number[0] of them, then those of first[1] and so on."""
    ends = np.cumsum(number)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(first - ends + number, number))


OnLine = Callable[["NDArray[np.float64]", "NDArray[np.int64]", "NDArray[np.float64]"], "NDArray[np.float64]"]
"""kg/m3 of a line at w in fine cells, so far across it."""


class Profile(Protocol):
    """What a line is like at right angles to itself, for a line density of 1."""

    lead_m: float  # how far upwind of the source it begins
    passive: bool  # its line has a mass a metre; otherwise a presence from 0 to 1

    spread_along_m: NDArray[np.float64]  # of the ends at the tabulated ways

    def across_m(self) -> tuple[tuple[float, float], ...]:
        """Pairs of p and q so that nothing lies further across the line than each p + q times the way."""

    def values(
        self,
        w: NDArray[np.float64],
        cell: NDArray[np.int64],
        across_m: NDArray[np.float64],
        level: NDArray[np.intp] | int,
    ) -> NDArray[np.float64]:
        """kg/m3 at ``w`` in fine ``cell``, ``across_m`` off the line; ``level`` counts the levels."""

    def on(self, presence: Cells) -> OnLine:
        """The same at the first level for one line, of that presence."""


def _bounds(way: NDArray[np.float64], across: NDArray[np.float64]) -> tuple[tuple[float, float], ...]:
    """Straight bounds of what lies across a line: its chord lifted, to far off and to nearer."""
    bounds = []
    for end in (LIMIT_M, 1500.0):
        last = int(np.searchsorted(way, end, side="right")) - 1
        slope = float((across[last] - across[0]) / (way[last] - way[0]))
        bounds.append((float((across - slope * way).max()), slope))
    return tuple(bounds)


class PassiveProfile:
    """Gaussian across and up, per kg of gas on a metre of line."""

    lead_m = 0.0
    passive = True

    def __init__(
        self, levels_m: tuple[float, ...], *, weather: Weather, diameter_m: float, averaging_s: float
    ) -> None:
        stability = weather.stability
        way = _ways(_NODES, _FINER).copy()
        way[0] = way[1]
        axis = [
            plume_concentration(
                way,
                np.zeros(1),
                z_m=level,
                rate_kg_s=1.0,
                wind_m_s=1.0,
                stability=stability,
                terrain=weather.spread_terrain,
                diameter_m=diameter_m,
                lid_m=math.inf if weather.lid_m is None else weather.lid_m,
                averaging_s=averaging_s,
            )
            for level in levels_m
        ]
        spread = averaging_factor(averaging_s) * sigma_y(way, stability=stability)
        source = diameter_m / math.sqrt(2.0 * math.pi)
        narrow = 0.5 / (spread**2 + source**2)
        self._axis = Cells.between(np.array(axis) / (1.0 - _CUT), _FINER)
        self._narrow = Cells.between(-narrow, _FINER)
        self._several = len(levels_m) > 1
        self._across = _bounds(way, _SPREADS * np.sqrt(0.5 / narrow))
        self.spread_along_m = np.maximum(sigma_x(_ways(_NODES), stability=stability), 1e-6)

    def across_m(self) -> tuple[tuple[float, float], ...]:
        return self._across

    def values(
        self,
        w: NDArray[np.float64],
        cell: NDArray[np.int64],
        across_m: NDArray[np.float64],
        level: NDArray[np.intp] | int,
    ) -> NDArray[np.float64]:
        bell = self._bell(w, cell, across_m)
        if self._several:
            cell = cell + level * len(self._narrow.level)
        bell *= self._axis.at(cell, w)
        return bell

    def _bell(
        self, w: NDArray[np.float64], cell: NDArray[np.int64], across_m: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        bell = self._narrow.at(cell, w)
        bell *= across_m
        bell *= across_m
        np.exp(bell, out=bell)
        bell -= _CUT
        np.maximum(bell, 0.0, out=bell)
        return bell

    def on(self, presence: Cells) -> OnLine:
        # Dilution times presence is of second order in w; of first where the presence does not change.
        there, change = (np.repeat(each, 1 << _FINER) for each in presence)
        level, slope = self._axis.level[0, : len(there)], self._axis.slope[0, : len(there)]
        product = Cells(level * there, level * change + slope * there)
        second = slope * change if change.any() else None

        def values(
            w: NDArray[np.float64], cell: NDArray[np.int64], across_m: NDArray[np.float64]
        ) -> NDArray[np.float64]:
            bell = self._bell(w, cell, across_m)
            if second is None:
                axis = product.at(cell, w)
            else:
                axis = second.take(cell, mode="clip")
                axis *= w
                axis += product.slope.take(cell, mode="clip")
                axis *= w
                axis += product.level.take(cell, mode="clip")
            bell *= axis
            return bell

        return values


class DenseProfile:
    """Uniform within half-width and depth (Britter-McQuaid), for a release that is there in full.

    The release enters at the plume's upwind edge, so that this too comes, drifts and goes with the wind.
    Its width goes on growing across the line of its first wind after a turn.
    """

    passive = False

    def __init__(
        self, plume: DensePlume, *, levels_m: tuple[float, ...], pure_kg_m3: float, stability: str
    ) -> None:
        way = _ways(_NODES)
        self.lead_m = plume.upwind_reach_m
        value = pure_kg_m3 * plume.share(way - self.lead_m)
        half, depth = plume.half_width_m(way - self.lead_m), plume.depth_m(way - self.lead_m)
        self._tables = [Cells.between(table) for table in (value, half, depth)]
        self._levels = np.array(levels_m)
        self._across = _bounds(way, half)
        self.spread_along_m = np.maximum(sigma_x(way, stability=stability), 1e-6)

    def across_m(self) -> tuple[tuple[float, float], ...]:
        return self._across

    def values(
        self,
        w: NDArray[np.float64],
        cell: NDArray[np.int64],
        across_m: NDArray[np.float64],
        level: NDArray[np.intp] | int,
    ) -> NDArray[np.float64]:
        cell = cell >> _FINER
        value, half, depth = (table.at(cell, w) for table in self._tables)
        return np.asarray(value * ((np.abs(across_m) < half) & (self._levels[level] <= depth)))

    def on(self, presence: Cells) -> OnLine:
        def values(
            w: NDArray[np.float64], cell: NDArray[np.int64], across_m: NDArray[np.float64]
        ) -> NDArray[np.float64]:
            return self.values(w, cell, across_m, 0) * presence.at(cell >> _FINER, w)

        return values


class Lines(NamedTuple):
    """Lines in the air, each at one of the times. A point (x, y) off the source lies at the way
    ``along_m`` + x toward[0] + y toward[1] and ``across_m`` + x toward[1] - y toward[0] off the line.
    ``w``: that of ``along_m``, a hair less; ``end_w``: where the cells end.
    ``presence``: what there is of it in the cells of the way, shape (lines, cells), from ``first_m`` to
    ``last_m``."""

    time: NDArray[np.intp]
    toward: NDArray[np.float64]
    along_m: NDArray[np.float64]
    across_m: NDArray[np.float64]
    presence: Cells
    first_m: NDArray[np.float64]
    last_m: NDArray[np.float64]
    w: NDArray[np.float64]
    end_w: float


class _Edges(NamedTuple):
    """Where the rate of a wind's source jumps; of wind i ``number[i]`` of them from ``first[i]`` on."""

    wind: NDArray[np.intp]
    first: NDArray[np.intp]
    number: NDArray[np.intp]
    time_s: NDArray[np.float64]
    jump: NDArray[np.float64]


def _edges(parts: Sequence[SourceSegment], drift: Drift, profile: Profile) -> _Edges:
    jumps: dict[int, dict[float, float]] = {}
    ends, speeds = drift.ends_s.tolist(), drift.speed_m_s.tolist()
    for part, held in zip(parts, drift.interval([part.start_s for part in parts]).tolist(), strict=True):
        if drift.winds[held][1:] != (part.from_deg, part.speed_m_s):
            raise ValueError(
                f"a segment from {part.start_s} s under a wind of {part.speed_m_s} m/s from {part.from_deg} "
                f"deg; the record has {drift.winds[held].speed_m_s} m/s, {drift.winds[held].from_deg} deg"
            )
        start = part.start_s
        while start < part.end_s:
            end = min(part.end_s, ends[held])
            density = part.rate_kg_s / speeds[held] if profile.passive else 1.0
            of_wind = jumps.setdefault(held, {})
            of_wind[start] = of_wind.get(start, 0.0) + density
            of_wind[end] = of_wind.get(end, 0.0) - density
            start, held = end, held + 1
    pairs = [sorted(jumps[held].items()) for held in sorted(jumps)]
    number = np.array([len(pair) for pair in pairs], dtype=np.intp)
    flat = np.array([edge for pair in pairs for edge in pair])
    return _Edges(
        np.array(sorted(jumps), dtype=np.intp), np.cumsum(number) - number, number, flat[:, 0], flat[:, 1]
    )


def lines_at(
    parts: Sequence[SourceSegment],
    drift: Drift,
    times_s: NDArray[np.float64],
    *,
    profile: Profile,
    reach_m: float,
) -> Lines:
    """The line of each wind at each time, as far as it can matter within ``reach_m`` of the source."""
    edges = _edges(parts, drift, profile)
    way_now, way_edge = drift.travelled_m(times_s), drift.travelled_m(edges.time_s)
    place_now, change_s = drift.place_m(times_s), drift.ends_s[edges.wind]
    behind = np.maximum(way_now - way_edge[edges.first + edges.number - 1][:, None], 0.0)
    line, time = np.nonzero((times_s > edges.time_s[edges.first][:, None]) & (behind < LIMIT_M))
    held = np.minimum(times_s[time], change_s[line])
    toward = drift.toward[edges.wind[line]]
    moved = place_now[time] - drift.place_m(held)
    along = way_now[time] - drift.travelled_m(held) + profile.lead_m - (moved * toward).sum(axis=1)
    across = moved[:, 1] * toward[:, 0] - moved[:, 0] * toward[:, 1]
    # Of the points in reach none has travelled further than this, nor lies further off the line.
    far = np.minimum(along + reach_m, LIMIT_M)
    p, q = profile.across_m()[0]
    spread = np.interp(far, _ways(_NODES), profile.spread_along_m)
    near = np.flatnonzero(
        (far > 0.0) & (np.abs(across) - reach_m < p + q * far) & (behind[line, time] - far < _FAR_Z * spread)
    )
    line, time, nodes = line[near], time[near], _nodes_to(float(far[near].max(initial=1.0)))
    presence = _presence(edges, line, way_now[time], way_edge, profile.spread_along_m[:nodes])
    there = presence > _TRACE * presence.max(axis=1, initial=0.0)[:, None]
    presence[~there] = 0.0  # so that nothing at all lies out of the length
    way = _ways(nodes)
    first = way[np.maximum(there.argmax(axis=1) - 1, 0)]
    last = way[np.minimum(nodes - there[:, ::-1].argmax(axis=1), nodes - 1)]
    return Lines(
        time,
        toward[near],
        along[near],
        across[near],
        Cells.between(presence),
        first,
        last,
        along[near] / BEND_M + _EDGE,
        float(_w(nodes)[-1]),
    )


@cache
def _phi_cells() -> Cells:
    from scipy.special import ndtr

    z = np.linspace(-_FAR_Z, _FAR_Z, round(2.0 * _FAR_Z * _PHI_CELLS) + 1)
    phi = ndtr(z)
    slope = np.diff(phi) * _PHI_CELLS
    return Cells(phi[:-1] - slope * z[:-1], slope)


def _phi(z: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal distribution at ``z``, from -6 to 6, four times as quick as scipy's."""
    z = np.maximum(z, -_FAR_Z, out=z)
    position = z + _FAR_Z
    position *= _PHI_CELLS
    return _phi_cells().at(position.astype(np.int64), z)


def _presence(
    edges: _Edges,
    line: NDArray[np.intp],
    way_now: NDArray[np.float64],
    way_edge: NDArray[np.float64],
    spread: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum over the edges of each line of jump times Phi((way since the edge - way)/sigma_x).

    Phi is taken as 1 and 0 where it differs from that by less than 1e-9, else from a table, within 2e-7.
    """
    nodes = len(spread)
    way, far = _ways(nodes), _FAR_Z * spread
    row = np.repeat(np.arange(len(line)), edges.number[line])
    edge = ragged(edges.first[line], edges.number[line])
    since, jump = way_now[row] - way_edge[edge], edges.jump[edge]
    begun = since > 0.0
    row, since, jump = row[begun], since[begun], jump[begun]
    # Of each edge: where it is over at all nodes before, and where it has not come at all from there on.
    over = np.searchsorted(way + far, since, side="right")
    ahead = np.searchsorted(np.minimum.accumulate((way - far)[::-1])[::-1], since, side="left")
    ahead = np.maximum(over, ahead)
    size = len(line) * (nodes + 1)
    steps = np.bincount(row * (nodes + 1), weights=jump, minlength=size)
    steps -= np.bincount(row * (nodes + 1) + over, weights=jump, minlength=size)
    presence = np.cumsum(steps.reshape(len(line), nodes + 1), axis=1)[:, :nodes]
    number = ahead - over
    node = ragged(over, number)
    passing = np.repeat(since, number)
    passing -= way.take(node)
    passing /= spread.take(node)
    passing = _phi(passing)
    passing *= np.repeat(jump, number)
    node += np.repeat(row * nodes, number)
    presence += np.bincount(node, weights=passing, minlength=len(line) * nodes).reshape(len(line), nodes)
    return np.maximum(presence, 0.0)


class Strips(NamedTuple):
    """Runs of points that one line may touch."""

    line: NDArray[np.intp]
    first: NDArray[np.intp]
    number: NDArray[np.intp]

    def turns(self) -> Iterator[Strips]:
        """Runs of them with about as many points as are worked on at once."""
        done = np.cumsum(self.number)
        start = 0
        while start < len(done):
            before = int(done[start - 1]) if start else 0
            end = max(start + 1, int(np.searchsorted(done, before + AT_ONCE, side="right")))
            yield Strips(self.line[start:end], self.first[start:end], self.number[start:end])
            start = end


class Places(NamedTuple):
    """Points by their offset from the source, in runs (spaces) with boxes around them."""

    east_m: NDArray[np.float64]
    north_m: NDArray[np.float64]
    level: NDArray[np.intp]
    levels_m: tuple[float, ...]
    near: NDArray[np.bool_]  # within a pool's diameter of its middle
    near_m: float
    first: NDArray[np.intp]
    samples: NDArray[np.intp]
    middle_m: NDArray[np.float64]
    half_m: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        offset_m: NDArray[np.float64],
        level_m: NDArray[np.float64],
        samples: NDArray[np.intp],
        *,
        near_m: float,
    ) -> Places:
        """Points (n, 2) in the order of their spaces, ``samples`` each."""
        first = np.cumsum(samples) - samples
        low = np.minimum.reduceat(offset_m, first, axis=0)
        high = np.maximum.reduceat(offset_m, first, axis=0)
        near = np.hypot(offset_m[:, 0], offset_m[:, 1]) <= near_m
        levels, level = np.unique(level_m, return_inverse=True)
        # A near point is taken at one diameter downwind, so up to two away from where it is.
        wider = np.where(np.logical_or.reduceat(near, first), 2.0 * near_m, 0.0)[:, None]
        return cls(
            np.ascontiguousarray(offset_m[:, 0]),
            np.ascontiguousarray(offset_m[:, 1]),
            level.astype(np.intp),
            tuple(levels.tolist()),
            near,
            near_m,
            first,
            samples,
            0.5 * (low + high),
            0.5 * (high - low) + wider,
        )

    def only(self, spaces: NDArray[np.intp]) -> Places:
        """The same of some spaces, in their order."""
        return self._replace(
            first=self.first[spaces],
            samples=self.samples[spaces],
            middle_m=self.middle_m[spaces],
            half_m=self.half_m[spaces],
        )

    @property
    def reach_m(self) -> float:
        """No point lies further from the source."""
        corner = np.abs(self.middle_m) + self.half_m
        return float(np.hypot(corner[:, 0], corner[:, 1]).max(initial=0.0))

    def strips(self, lines: Lines, profile: Profile) -> tuple[Strips, NDArray[np.intp]]:
        """The runs that lines may touch, and the space of each."""
        east, north = lines.toward[:, :1], lines.toward[:, 1:]
        x, y = self.middle_m.T
        half_x, half_y = self.half_m.T
        half = np.abs(east) * half_x
        half += np.abs(north) * half_y
        end = east * x
        end += north * y
        end += lines.along_m[:, None]
        touched = end + half >= lines.first_m[:, None]
        touched &= end - half <= lines.last_m[:, None]
        end += half
        across = north * x
        across -= east * y
        across += lines.across_m[:, None]
        np.abs(across, out=across)
        across -= np.abs(north) * half_x
        across -= np.abs(east) * half_y
        p, q = profile.across_m()[0]
        touched &= across <= p + q * np.minimum(end, lines.last_m[:, None])
        line, space = np.nonzero(touched)
        return Strips(line, self.first[space], self.samples[space]), space

    def values(self, strips: Strips, lines: Lines, profile: Profile) -> NDArray[np.float64]:
        """kg/m3 at the points of strips, one after the other."""
        point = ragged(strips.first, strips.number)
        x, y = self.east_m.take(point), self.north_m.take(point)
        toward = lines.toward[strips.line]
        east, north = np.repeat(toward[:, 0], strips.number), np.repeat(toward[:, 1], strips.number)
        if profile.passive and self.near.any():
            near = self.near.take(point)
            if near.any():
                x = np.where(near, self.near_m * east, x)
                y = np.where(near, self.near_m * north, y)
        w = east * x
        w += north * y
        w *= 1.0 / BEND_M
        w += np.repeat(lines.w[strips.line], strips.number)
        north *= x
        east *= y
        across = np.subtract(north, east, out=north)
        across += np.repeat(lines.across_m[strips.line], strips.number)
        level = self.level.take(point) if len(self.levels_m) > 1 else 0
        return line_values(w, across, np.repeat(strips.line, strips.number), level, lines, profile)

    def sums(self, lines: Lines, profile: Profile, times: int) -> NDArray[np.float64]:
        """Sum over the points of each space at each of so many times, kg/m3, shape (spaces, times)."""
        strips, space = self.strips(lines, profile)
        sums = [
            np.add.reduceat(self.values(turn, lines, profile), np.cumsum(turn.number) - turn.number)
            for turn in strips.turns()
        ]
        size = len(self.samples) * times
        cell = space * times + lines.time[strips.line]
        total = np.bincount(cell, weights=np.concatenate(sums) if sums else None, minlength=size)
        return np.asarray(total.reshape(len(self.samples), times), dtype=np.float64)


def line_values(
    w: NDArray[np.float64],
    across_m: NDArray[np.float64],
    line: NDArray[np.intp] | int,
    level: NDArray[np.intp] | int,
    lines: Lines,
    profile: Profile,
) -> NDArray[np.float64]:
    """kg/m3 at ``w`` along and ``across_m`` off a line each, or all of one line; ``w`` is used up."""
    to_cells(w, lines.end_w)
    cell = cells_at(w)
    value = profile.values(w, cell, across_m, level)
    cell >>= _FINER
    cell += line * lines.presence.level.shape[1]
    value *= lines.presence.at(cell, w)
    return value
