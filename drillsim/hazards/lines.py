"""What a source has given off, as lines that drift: where each lies at a time, and what there is of it.

The arithmetic is that of :mod:`~drillsim.hazards.drift`. A line's presence is tabulated over the way at the
nodes of :mod:`~drillsim.hazards.cells`, straight between them: the ends of a release are within 1 % of their
height. What lies out of a line's length is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.cells import BEND_M, EDGE, Cells, node_ways, nodes_to
from drillsim.hazards.plume import LIMIT_M

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.drift import Drift, SourceSegment
    from drillsim.hazards.profiles import Profile

__all__ = ["Front", "Lines", "Release", "lines_at", "ragged"]

_NODES: Final = nodes_to(LIMIT_M)
_FAR_Z: Final = 6.0  # Phi(-6) = 1e-9
_PHI_CELLS: Final = 512  # a unit of z
_TRACE: Final = 1e-9
_ROUNDED: Final = 6  # decimals of a way, m, within which two releases are taken as one
_PAIRS_AT_ONCE: Final = 8192
_FEW: Final = 4  # lines whose edges are hardly ever equally far back


def ragged(first: NDArray[np.intp], number: NDArray[np.intp]) -> NDArray[np.intp]:
    """first[0], first[0] + 1, ... number[0] of them, then those of first[1] and so on."""
    ends = np.cumsum(number)
    total = int(ends[-1]) if len(ends) else 0
    return np.asarray(np.arange(total) + np.repeat(first - ends + number, number))


class Lines(NamedTuple):
    """Lines in the air, each of one ``wind`` at one of the times; those of a wind follow one another in time.

    A point (x, y) off the source lies at the way ``along_m`` + x toward[0] + y toward[1] and ``across_m`` +
    x toward[1] - y toward[0] off the line. ``still``: it lies at its source, the wind has not turned since.
    ``w``: that of ``along_m``, a hair less. ``presence``: what there is of it at the nodes of the way, shape
    (lines, nodes), from ``first_m`` to ``last_m``; nothing at the last node."""

    time: NDArray[np.intp]
    wind: NDArray[np.intp]
    still: NDArray[np.bool_]
    toward: NDArray[np.float64]
    along_m: NDArray[np.float64]
    across_m: NDArray[np.float64]
    presence: NDArray[np.float64]
    first_m: NDArray[np.float64]
    last_m: NDArray[np.float64]
    w: NDArray[np.float64]

    @property
    def nodes(self) -> int:
        return int(self.presence.shape[1])


class Release(NamedTuple):
    """Where the rate of a wind's source jumps; of wind i ``number[i]`` of them from ``first[i]`` on.
    ``way_m`` is that of the air until then, since a fixed time."""

    drift: Drift
    wind: NDArray[np.intp]
    first: NDArray[np.intp]
    number: NDArray[np.intp]
    time_s: NDArray[np.float64]
    jump: NDArray[np.float64]
    way_m: NDArray[np.float64]

    @classmethod
    def of(cls, parts: Sequence[SourceSegment], drift: Drift, *, passive: bool) -> Release:
        """Of parts of one kind: of ``passive`` ones a line has a mass a metre, else a presence of 0 to 1.

        Raises ``ValueError`` for a part whose wind is not that of the drift.
        """
        jumps: dict[int, dict[float, float]] = {}
        ends, speeds = drift.ends_s.tolist(), drift.speed_m_s.tolist()
        for part, held in zip(parts, drift.interval([part.start_s for part in parts]).tolist(), strict=True):
            if drift.winds[held][1:] != (part.from_deg, part.speed_m_s):
                raise ValueError(
                    f"a segment from {part.start_s} s under a wind of {part.speed_m_s} m/s from "
                    f"{part.from_deg} deg; the record has {drift.winds[held].speed_m_s} m/s, "
                    f"{drift.winds[held].from_deg} deg"
                )
            start = part.start_s
            while start < part.end_s:
                end = min(part.end_s, ends[held])
                density = part.rate_kg_s / speeds[held] if passive else 1.0
                of_wind = jumps.setdefault(held, {})
                of_wind[start] = of_wind.get(start, 0.0) + density
                of_wind[end] = of_wind.get(end, 0.0) - density
                start, held = end, held + 1
        pairs = [sorted(jumps[held].items()) for held in sorted(jumps)]
        number = np.array([len(pair) for pair in pairs], dtype=np.intp)
        time_s, jump = np.array([edge for pair in pairs for edge in pair]).T
        wind = np.array(sorted(jumps), dtype=np.intp)
        return cls(drift, wind, np.cumsum(number) - number, number, time_s, jump, drift.travelled_m(time_s))


def lines_at(release: Release, times_s: NDArray[np.float64], *, profile: Profile, reach_m: float) -> Lines:
    """The line of each wind at each time, as far as it can matter within ``reach_m`` of the source."""
    drift, first, last = release.drift, release.first, release.first + release.number - 1
    way_now, place_now = drift.travelled(times_s)
    behind = np.maximum(way_now - release.way_m[last][:, None], 0.0)
    line, time = ((times_s > release.time_s[first][:, None]) & (behind < LIMIT_M)).nonzero()
    held = np.minimum(times_s[time], drift.ends_s[release.wind][line])
    toward = drift.toward[release.wind[line]]
    way_held, place_held = drift.travelled(held)
    moved = place_now[time] - place_held
    along = way_now[time] - way_held + profile.lead_m - (moved * toward).sum(axis=1)
    across = moved[:, 1] * toward[:, 0] - moved[:, 0] * toward[:, 1]
    # Of the points in reach none has travelled further than this, nor lies further off the line.
    far = np.minimum(along + reach_m, LIMIT_M)
    widest = np.min([p + q * far for p, q in profile.across_m()], axis=0)
    spread = np.interp(far, node_ways(_NODES), profile.front.spread_m)
    near = (far > 0.0) & (np.abs(across) - reach_m < widest) & (behind[line, time] - far < _FAR_Z * spread)
    if not near.all():
        line, time, held, toward = line[near], time[near], held[near], toward[near]
        along, across, far = along[near], across[near], far[near]
    nodes = min(nodes_to(float(far.max(initial=1.0))) + 1, _NODES)
    presence = _presence(release, line, way_now[time], profile.front, nodes)
    presence[:, -1] = 0.0
    there = presence > _TRACE * presence.max(axis=1, initial=0.0)[:, None]
    presence *= there  # so that nothing at all lies out of the length
    way = node_ways(nodes)
    return Lines(
        time,
        line,
        held == times_s[time],
        toward,
        along,
        across,
        presence,
        way[np.maximum(there.argmax(axis=1) - 1, 0)],
        way[np.minimum(nodes - there[:, ::-1].argmax(axis=1), nodes - 1)],
        along / BEND_M + EDGE,
    )


class Front(NamedTuple):
    """The spread along the way of what left at once, at the nodes: Phi((since - way)/sigma_x) of what has
    come ``since``. It is over at all nodes before the first of ``over_m`` beyond ``since``, and has not come
    at all from that of ``ahead_m`` on; between, ``scale`` since - ``offset`` is its place in the table of
    Phi."""

    spread_m: NDArray[np.float64]
    over_m: NDArray[np.float64]
    ahead_m: NDArray[np.float64]
    scale: NDArray[np.float64]
    offset: NDArray[np.float64]

    @classmethod
    def of(cls, way_m: NDArray[np.float64], spread_m: NDArray[np.float64]) -> Front:
        ahead = np.minimum.accumulate((way_m - _FAR_Z * spread_m)[::-1])[::-1]
        scale = _PHI_CELLS / spread_m
        return cls(spread_m, way_m + _FAR_Z * spread_m, ahead, scale, way_m * scale - _FAR_Z * _PHI_CELLS)

    def passed(self, since: NDArray[np.float64], nodes: int) -> NDArray[np.float64]:
        """Phi of each at so many nodes, shape (since, nodes); 1 and 0 where it is that but for 1e-9."""
        over = np.searchsorted(self.over_m[:nodes], since, side="right")
        ahead = np.searchsorted(self.ahead_m[:nodes], since, side="left")
        width = min(int((ahead - over).max(initial=0)) + 1, nodes)
        if 2 * width > nodes:
            position = since[:, None] * self.scale[:nodes]
            position -= self.offset[:nodes]
            return _phi(position)
        start = np.minimum(over, nodes - width)[:, None]
        node = start + np.arange(width)
        position = self.scale.take(node)
        position *= since[:, None]
        position -= self.offset.take(node)
        passed = (np.arange(nodes) < start).astype(np.float64)
        node += np.arange(0, passed.size, nodes)[:, None]
        passed.reshape(-1)[node] = _phi(position)
        return passed


@cache
def _phi_cells() -> Cells:
    """The normal distribution over (z + 6) times the cells of a unit; from its table within 2e-7."""
    from scipy.special import ndtr

    z = np.linspace(-_FAR_Z, _FAR_Z, round(2.0 * _FAR_Z * _PHI_CELLS) + 1)
    phi = ndtr(z)
    phi[[0, -1]] = 0.0, 1.0
    slope = np.append(np.diff(phi), 0.0)
    return Cells(phi - slope * np.arange(len(phi)), slope)


def _phi(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """The normal distribution at places in its table, 0 before it, 1 behind: a sixth of what ndtr costs."""
    np.maximum(position, 0.0, out=position)
    np.minimum(position, 2.0 * _FAR_Z * _PHI_CELLS, out=position)
    return _phi_cells().at(position.astype(np.int64), position)


def _presence(
    release: Release, line: NDArray[np.intp], way_now: NDArray[np.float64], front: Front, nodes: int
) -> NDArray[np.float64]:
    """Sum over the edges of each line of jump times Phi((way since the edge - way)/sigma_x)."""
    step = max(_PAIRS_AT_ONCE // int(release.number.max()), 1)  # so that memory stays small
    if len(line) <= step:
        presence = _presence_of(release, line, way_now, front, nodes)
    else:
        presence = np.empty((len(line), nodes))
        for start in range(0, len(line), step):
            some = slice(start, start + step)
            presence[some] = _presence_of(release, line[some], way_now[some], front, nodes)
    return np.maximum(presence, 0.0, out=presence)


def _presence_of(
    release: Release, line: NDArray[np.intp], way_now: NDArray[np.float64], front: Front, nodes: int
) -> NDArray[np.float64]:
    """Phi is computed once for all edges equally far back, whatever the line: on an even grid, most."""
    number = release.number[line]
    edge = ragged(release.first[line], number)
    since = np.repeat(way_now, number)
    since -= release.way_m[edge]
    jump = release.jump[edge]
    jump *= since > 0.0  # 0: what has not begun
    since = np.maximum(since, 0.0, out=since).round(_ROUNDED)
    if len(line) <= _FEW:
        jumps = np.zeros((len(line), len(since)))
        jumps[np.repeat(np.arange(len(line)), number), np.arange(len(since))] = jump
        return np.asarray(jumps @ front.passed(since, nodes))
    from scipy.sparse import csr_array

    since, kind = np.unique(since, return_inverse=True)
    sparse = csr_array((jump, kind, np.append(0, np.cumsum(number))), shape=(len(line), len(since)))
    return np.asarray(sparse @ front.passed(since, nodes))
