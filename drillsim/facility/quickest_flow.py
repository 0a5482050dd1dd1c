"""Quickest flow: the earliest time by which everybody can have reached a goal, over all ways of routing them.

One maximum flow on a network of places and times is a relaxation of what the movement kernel does, so no run
lies below it. Why it is one:

* A link passes the next person at max(arrival, previous passage + 1/C). Let every passage of n heads trickle
  through a server at rate C while the link is busy after it: the server never exceeds C, and the real count
  of passages A leads the trickle S by no more than one passage, S <= A <= S + n. So: a server of capacity C,
  and beyond it an arc *back* in time that carries n heads at most (n: the largest group that stays together).
* The two directions of a link have a server each, storage is unlimited, everybody walks at the speed of the
  fastest, and each may take any way: all that only helps.
* Time at a place is counted plus the free walk left from there. A walk then takes what it is longer than the
  shortest way, mostly nothing, so cutting time into steps hardly rounds. For the lower end walks and starts
  are rounded down and capacities up, for the upper end the other way; cells end exactly at T.

Nothing is lent to a time before anybody can be at the link. A person's own speed counts from its start to the
first link, and in its own free walk to the goal, a lower bound as well. The time-expanded network is Ford and
Fulkerson's (1958, from memory); EVACNET uses it for buildings.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, inf
from typing import Final

import numpy as np
import numpy.typing as npt

from drillsim.facility.free_ways import Evacuation, Ways

__all__ = ["Evacuation", "QuickestFlow", "most_arrived", "quickest_flow"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

_LARGEST: Final = 2**29  # units of flow in all; scipy counts in 32 bits
_FINEST_UNITS: Final = 1_000_000  # units a head
_ROUNDING_S: Final = 1e-6  # taken off the lower end for the rounding of floats
_EPSILON: Final = 1e-9  # of a step
_COARSE_STEPS: Final = 48
_CHEAP_ARCS: Final = 20_000  # up to here steps are made finer than asked for
_WORTHWHILE: Final = 0.8  # finer steps go on while they cut the gap at least to this
_TALLY: Final = 2e-4  # the search for T ends at this share of the time since the first start


@dataclass(frozen=True, slots=True)
class QuickestFlow:
    """``lower_s`` is strict; ``upper_s`` the same network rounded the other way, the truth lies between."""

    lower_s: float
    upper_s: float
    free_s: float  # when the last would arrive if nobody ever waited
    since_s: float  # the first start
    heads: int
    step_s: float
    arcs: int  # of the largest network solved
    ports: tuple[int, ...]  # by which somebody could be on the way to a goal in that time

    @property
    def gap(self) -> float:
        """(upper - lower) / (lower - first start)."""
        taken_s = self.lower_s - self.since_s
        return (self.upper_s - self.lower_s) / taken_s if taken_s > 0.0 else 0.0


def quickest_flow(
    evacuation: Evacuation,
    *,
    about_s: float = inf,
    gap: float = 0.02,
    most_arcs: int = 1_500_000,
) -> QuickestFlow:
    """Smallest T by which all heads can have reached a goal, s, strictly from below.

    ``about_s`` is a guess, say when they had in a run: it only shortens the search. Steps are made finer
    until the ends lie within ``gap`` of each other, or the network would have ``most_arcs``, or it no longer
    helps. Raises ``ValueError`` if somebody has no way to a goal.
    """
    ways = Ways.of(evacuation)
    since_s = float(evacuation.start_s.min())
    free_s = ways.free_s()
    if not ways.begins:
        return QuickestFlow(free_s, free_s, free_s, since_s, ways.total, 0.0, 0, ())
    search = _Search(ways, low_s=free_s, guess_s=about_s)
    steps, step_s, lower_s, upper_s = _COARSE_STEPS, 0.0, free_s, inf
    while True:
        before = upper_s - lower_s
        search.bracket(steps)
        step_s = max((search.high_s - ways.first_s) / steps, 1e-6)
        lower_s = max(lower_s, search.lower(step_s))
        room_s = gap * max(lower_s - since_s, 0.0)
        upper_s = min(upper_s, search.upper(lower_s, step_s))
        found = upper_s - lower_s
        if found <= (room_s if search.arcs > _CHEAP_ARCS else 0.1 * room_s):
            break
        if (search.arcs > _CHEAP_ARCS and found > _WORTHWHILE * before) or 2.2 * search.arcs > most_arcs:
            break
        steps *= 2
    lower_s = max(since_s, lower_s - _ROUNDING_S)
    ports = tuple(ways.ports[ways.open_s <= upper_s].tolist())
    return QuickestFlow(
        lower_s, max(upper_s, lower_s), free_s, since_s, ways.total, step_s, search.arcs, ports
    )


def most_arrived(evacuation: Evacuation, *, by_s: float, steps: int = 256) -> float:
    """Most heads that can have reached a goal by a time, from above (not rounded to whole ones)."""
    ways = Ways.of(evacuation)
    if by_s < ways.first_s:
        return 0.0
    step_s = max((by_s - ways.first_s) / steps, 1e-6)
    return _flow(ways, by_s, step_s, down=True)[0]


def _flow(ways: Ways, by_s: float, step_s: float, *, down: bool) -> tuple[float, int]:
    """Heads that can arrive by a time, and the arcs of the network. ``down``: T rounds down, so heads up."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_flow

    if by_s < ways.first_s:
        return float(ways.there), 0
    network = _Network(ways, by_s, step_s, down=down)
    network.add_links()
    network.add_walks()
    network.add_people()
    source, target, units = (np.concatenate(column) for column in zip(*network.arcs, strict=True))
    size = network.sink + 1
    matrix = csr_array((units.astype(np.int32), (source, target)), shape=(size, size), dtype=np.int32)
    value = maximum_flow(matrix, network.source, network.sink, method="dinic").flow_value
    return float(ways.there + value / network.units), len(source)


class _Network:
    """Places and times. Each place has cells 0 ... ``last`` - 1 of one step, then the moment T itself.

    A port has a place before it (a queue of any length) and, unless it leads into a goal, one beyond; a
    space where people begin has one too.
    """

    def __init__(self, ways: Ways, by_s: float, step_s: float, *, down: bool) -> None:
        self.ways, self.by_s, self.step_s, self.down = ways, by_s, step_s, down
        self.units = min(_FINEST_UNITS, _LARGEST // max(ways.total, 1))  # a head
        self.everything = self.units * ways.total
        self.last = max(1, ceil((by_s - ways.first_s) / step_s - _EPSILON))
        self.width = self.last + 1
        self.cells = np.arange(self.width)
        ports, inner = len(ways.ports), np.flatnonzero(~ways.is_last)
        self.out = np.full(ports, -1)  # place beyond a port
        self.out[inner] = ports + np.arange(len(inner))
        self.begin = ports + len(inner)  # place of the first space where people begin
        self.source = (self.begin + len(ways.begins)) * self.width
        self.sink = self.source + 1
        # Nobody is at a port before its earliest arrival, so nothing is lent back beyond that either.
        self.opens = np.maximum(0, self._cell(np.minimum(ways.open_s, by_s)))
        self.opens[ways.open_s > by_s] = self.width
        self.arcs: list[tuple[Ints, Ints, Ints]] = []

    def _add(self, start: Ints | int, end: Ints | int, units: Ints | int) -> None:
        a, b, c = np.broadcast_arrays(start, end, units)
        self.arcs.append((a.ravel(), b.ravel(), c.ravel()))

    def _steps(self, seconds: Floats, *, shorter: bool) -> Ints:
        exact = seconds / self.step_s
        return (np.floor(exact + _EPSILON) if shorter else np.ceil(exact - _EPSILON)).astype(np.int64)

    def _cell(self, time_s: Floats) -> Ints:
        """Cell of a shifted time no later than T; rounded down or up as the network is."""
        return self.last - self._steps(self.by_s - time_s, shorter=not self.down)

    def add_links(self) -> None:
        """Waiting, passing at the capacity, and lending back one passage."""
        ways, last = self.ways, self.last
        passage = ways.largest * self.units
        alive = self.cells >= self.opens[:, None]
        queue = np.arange(len(ways.ports))[:, None] * self.width + self.cells
        self._add(queue[:, :-1][alive[:, :-1]], queue[:, 1:][alive[:, :-1]], self.everything)
        exact = ways.capacity_p_s * self.step_s * self.units
        rate = (np.ceil(exact - _EPSILON) if self.down else np.floor(exact + _EPSILON)).astype(np.int64)
        serve = np.repeat(np.minimum(rate, self.everything)[:, None], self.width, axis=1)
        serve[:, last] = passage  # at T itself
        beyond = np.where(ways.is_last[:, None], self.sink, self.out[:, None] * self.width + self.cells)
        self._add(queue[alive], beyond[alive], serve[alive])
        inner = ~ways.is_last
        lent = alive[inner][:, :-1]
        self._add(beyond[inner][:, 1:][lent], beyond[inner][:, :-1][lent], passage)

    def add_walks(self) -> None:
        walks, width, opens = self.ways.walks, self.width, self.opens.tolist()
        later = self._steps(walks.extra_s, shorter=self.down).tolist()
        for p, q, extra in zip(walks.source.tolist(), walks.target.tolist(), later, strict=True):
            if opens[p] + extra <= self.last and opens[q] <= self.last:
                cells = self.cells[opens[p] : width - extra]
                reached = np.maximum(cells + extra, opens[q])
                self._add(self.out[p] * width + cells, q * width + reached, self.everything)

    def add_people(self) -> None:
        for number, begin in enumerate(self.ways.begins):
            in_time = begin.at_s <= self.by_s + _EPSILON * self.step_s
            cell = np.clip(self._cell(begin.at_s[in_time]), 0, self.last)
            supply = np.bincount(cell, weights=begin.heads[in_time], minlength=self.width)
            cells = np.flatnonzero(supply)
            here = (self.begin + number) * self.width + cells
            self._add(self.source, here, (supply[cells] * self.units).astype(np.int64))
            later = self._steps(begin.extra_s if self.down else begin.most_s, shorter=self.down)
            for q, extra in zip(begin.ports.tolist(), later.tolist(), strict=True):
                fits = (cells + extra <= self.last) & (q >= 0) & (self.opens[q] <= self.last)
                reached = np.maximum(cells[fits] + extra, self.opens[q])
                self._add(here[fits], q * self.width + reached, self.everything)


class _Search:
    """Narrows T down between times that are proven too early and times that are known to do."""

    def __init__(self, ways: Ways, *, low_s: float, guess_s: float) -> None:
        self.ways = ways
        self.low_s = low_s  # no earlier
        self.high_s = inf
        self.span_s = max((guess_s if guess_s < inf else low_s) - ways.first_s, 1.0)
        self.arcs = 0

    def heads(self, by_s: float, step_s: float, *, down: bool) -> float:
        found, arcs = _flow(self.ways, by_s, step_s, down=down)
        self.arcs = max(self.arcs, arcs)
        return found

    def bracket(self, steps: int) -> None:
        """Find a time that does, if none is known."""
        while self.high_s == inf:
            by_s = self.ways.first_s + self.span_s
            if self._do(self.heads(by_s, self.span_s / steps, down=False)):
                self.high_s = by_s
            else:
                self.span_s *= 1.5

    def lower(self, step_s: float) -> float:
        """Latest time proven too early (or the free walk)."""
        self.low_s, _ = self._narrow(self.low_s, self.high_s, step_s, down=True)
        return self.low_s

    def upper(self, lower_s: float, step_s: float) -> float:
        """Earliest time found to do with everything rounded up."""
        _, self.high_s = self._narrow(lower_s, self.high_s, step_s, down=False)
        return self.high_s

    def _do(self, heads: float) -> bool:
        return heads >= self.ways.total * (1.0 - 1e-9)

    def _narrow(self, low: float, high: float, step_s: float, *, down: bool) -> tuple[float, float]:
        """A time too early and one that does, close together; both are ``low`` if that one does.

        Heads grow nearly evenly with T, so the line through the two latest times too early says where to try.
        """
        first = self.heads(low, step_s, down=down)
        if self._do(first):
            return low, low
        close = max(_TALLY * (high - self.ways.first_s), 0.05 * step_s)
        early = [(low, first)]
        tried, sooner = 0, False
        while high - low > close:
            by_s = 0.5 * (low + high)
            if len(early) > 1 and tried % 3:
                (t0, n0), (t1, n1) = early[-2:]
                aim = t1 + (self.ways.total - n1) * (t1 - t0) / (n1 - n0) if n1 > n0 else by_s
                aim += -0.4 * close if sooner else 0.4 * close
                by_s = aim if low < aim < high else by_s
            tried += 1
            heads = self.heads(by_s, step_s, down=down)
            sooner = self._do(heads)
            if sooner:
                high = by_s
            else:
                low = by_s
                early.append((by_s, heads))
        return low, high
