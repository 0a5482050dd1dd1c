"""Walking times to the nearest goal with nobody in the way, and which links can help whom.

Shifted time is time plus the free walk of the fastest that is left: along shortest ways it does not change.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility

__all__ = ["Begin", "Evacuation", "Ways"]

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Onward = list[list[tuple[int, float]]]  # of each port: next ports with seconds to them

_LATEST: Final = 8  # people whose own free walk is worked out


@dataclass(frozen=True, slots=True, eq=False)
class Evacuation:
    """Who is to get where: tokens with place, start and own speeds, and what is open to them.

    ``place`` (n,) spaces in whose centre they begin to walk at ``start_s`` (n,); ``speed_m_s`` (n, 3) own
    speeds on the level, up and down, in this order; ``heads`` (n,) of each token; ``limit_m_s`` (spaces, 3)
    fastest walk the movement law allows, inf for none; ``open_ports`` (2 links,), default all.
    """

    facility: Facility
    goals: frozenset[int]
    place: Ints
    start_s: Floats
    speed_m_s: Floats
    heads: Ints
    limit_m_s: Floats
    open_ports: Flags

    @classmethod
    def of(
        cls,
        facility: Facility,
        *,
        goals: Collection[int],
        place: Sequence[int],
        start_s: Sequence[float] | Floats,
        speed_m_s: Sequence[float] | Floats,
        heads: Sequence[int] | None = None,
        limit_m_s: Floats | None = None,
        open_ports: Sequence[bool] | None = None,
    ) -> Evacuation:
        """From plain sequences; ``speed_m_s`` may be (n,), the same on the level and on stairs.

        Raises ``ValueError`` for no goal, nobody, unequal lengths, times that are not finite, or speeds and
        heads not above 0.
        """
        count = len(place)
        speeds = np.asarray(speed_m_s, dtype=np.float64)
        speeds = np.repeat(speeds[:, None], 3, axis=1) if speeds.ndim == 1 else speeds
        starts = np.asarray(start_s, dtype=np.float64)
        each = np.ones(count, np.int64) if heads is None else np.asarray(heads, dtype=np.int64)
        if not goals or not count:
            raise ValueError("a quickest flow needs somebody to move and a goal to reach")
        if not len(starts) == len(speeds) == len(each) == count:
            raise ValueError("place, start_s, speed_m_s and heads must have one entry a token")
        if not (np.isfinite(starts).all() and (speeds > 0.0).all() and (each > 0).all()):
            raise ValueError("starts must be finite, speeds and heads above 0")
        limits = np.full((len(facility.spaces), 3), inf) if limit_m_s is None else np.asarray(limit_m_s)
        ports = np.ones(2 * len(facility.links), np.bool_)
        if open_ports is not None:
            ports = np.array(open_ports, dtype=np.bool_)
        return cls(facility, frozenset(goals), np.array(place, np.int64), starts, speeds, each, limits, ports)


class Arcs(NamedTuple):
    """Walks from port to port (or start to port): from, to, and seconds more than the shortest way takes."""

    source: Ints
    target: Ints
    extra_s: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Ways:
    """Ports that may help, walks between them in shifted time, and who starts where.

    Shifted time is time plus the free walk left; ``first_s`` is the earliest of anybody.
    """

    total: int  # heads
    there: int  # of them in a goal from the start
    largest: int  # heads that pass at once
    first_s: float
    ports: Ints  # kept
    capacity_p_s: Floats  # of these, as all that follows
    is_last: Flags  # leads into a goal
    walks: Arcs
    begins: tuple[Begin, ...]
    evacuation: Evacuation
    open_s: Floats  # (ports,) earliest shifted time at each
    usable: Flags  # all ports
    from_centre_s: Floats  # (spaces,) free walk of the fastest to the nearest goal, inf for none

    @classmethod
    def of(cls, evacuation: Evacuation) -> Ways:
        """Raises ``ValueError`` if somebody has no way to a goal."""
        facility = evacuation.facility
        usable = _usable_ports(evacuation)
        speeds = np.minimum(evacuation.speed_m_s.max(axis=0), evacuation.limit_m_s)
        tables = _walking_times(facility, speeds)
        onward = _onward(facility, usable, tables, evacuation.goals)
        left_s = _left_s(facility, usable, onward, evacuation.goals)
        begins = _begins(evacuation, tables, left_s)
        there = int(evacuation.heads[np.isin(evacuation.place, list(evacuation.goals))].sum())
        total = int(evacuation.heads.sum())
        if there + sum(int(begin.heads.sum()) for begin in begins) < total:
            raise ValueError("somebody has no way to a goal")
        first_at = np.full(len(left_s), inf)
        for begin in begins:
            np.minimum.at(first_at, begin.ports, begin.first_s + begin.extra_s)
        _spread(first_at, onward, left_s)
        kept = np.flatnonzero(np.isfinite(first_at) & np.isfinite(left_s))
        number = np.full(len(left_s), -1)
        number[kept] = np.arange(len(kept))
        triples = [
            (number[p], number[q], walk_s + left_s[q] - left_s[p])
            for p in kept.tolist()
            for q, walk_s in onward[p]
            if number[q] >= 0
        ]
        source, target, extra = zip(*triples, strict=True) if triples else ((), (), ())
        return cls(
            total=total,
            there=there,
            largest=int(evacuation.heads.max()),
            first_s=min((begin.first_s for begin in begins), default=inf),
            ports=kept,
            capacity_p_s=facility.port_capacity_p_s[kept],
            is_last=np.array([facility.port_to[p] in evacuation.goals for p in kept], dtype=np.bool_),
            walks=Arcs(
                np.array(source, np.int64), np.array(target, np.int64), np.maximum(np.array(extra), 0.0)
            ),
            begins=tuple(begin.renumbered(number) for begin in begins),
            evacuation=evacuation,
            open_s=first_at[kept],
            usable=usable,
            from_centre_s=_from_centres_s(facility, tables, left_s),
        )

    def free_s(self) -> float:
        """A time before which the last cannot arrive even if nobody ever waits."""
        evacuation = self.evacuation
        outside = ~np.isin(evacuation.place, list(evacuation.goals))
        last_s = max((float(begin.at_s.max()) for begin in self.begins), default=0.0)
        arrive_s = evacuation.start_s + self.from_centre_s[evacuation.place] * (
            evacuation.speed_m_s[:, 0].max() / evacuation.speed_m_s[:, 0]
        )
        late = np.argsort(-np.where(outside, arrive_s, -inf), kind="stable")[:_LATEST]
        own_s = (_own_free_s(evacuation, token, self.usable) for token in late.tolist() if outside[token])
        return max(last_s, float(evacuation.start_s.max()), *own_s)


class Begin(NamedTuple):
    """Tokens that start in one space, by shifted time; ``extra_*`` of each port over the best of them."""

    heads: Ints
    at_s: Floats
    ports: Ints
    extra_s: Floats  # the least of any token
    most_s: Floats  # the most
    first_s: float

    def renumbered(self, number: Ints) -> Begin:
        return self._replace(ports=number[self.ports])


def _usable_ports(evacuation: Evacuation) -> Flags:
    """Ports that are open, do not leave a goal and do not lead into a dead end.

    A dead end lies beyond a bridge (a link without which the facility falls into two), away from all goals:
    who goes in comes back by the same link, and might as well have waited before it.
    """
    import networkx

    facility, goals = evacuation.facility, evacuation.goals
    usable = evacuation.open_ports.copy()
    graph: Any = networkx.MultiGraph()
    sink = -1
    for port, (a, b) in enumerate(zip(facility.port_from, facility.port_to, strict=True)):
        if a in goals or a == b:
            usable[port] = False
    ends: list[tuple[int, int]] = facility.link_spaces.tolist()
    for link, (a, b) in enumerate(ends):
        if usable[2 * link] or usable[2 * link + 1]:
            graph.add_edge(sink if a in goals else a, sink if b in goals else b, key=link)
    if sink not in graph:
        usable[:] = False
        return usable
    for a, b in _bridges_from(networkx.Graph(graph), sink):  # b lies farther from the goals
        keys = graph[a][b]
        if len(keys) == 1:
            (link,) = keys
            for port in (2 * link, 2 * link + 1):
                if facility.port_to[port] == b:
                    usable[port] = False
    return usable


def _bridges_from(graph: Any, root: int) -> list[tuple[int, int]]:
    """Bridges of the component of ``root``, each with its end towards the root first."""
    import networkx

    component = graph.subgraph(networkx.node_connected_component(graph, root))
    depth = networkx.single_source_shortest_path_length(component, root)
    return [(a, b) if depth[a] < depth[b] else (b, a) for a, b in networkx.bridges(component)]


def _walking_times(facility: Facility, speed_m_s: Floats) -> list[Floats]:
    """Of each space: seconds between its links (last row: centre) at these speeds, detours inside it too."""
    tables = []
    for space, links in enumerate(facility.space_links):
        metres = np.array(facility.walking[space])
        marks = (*links, -1)
        speed = np.full(metres.shape, speed_m_s[space, 0])
        if facility.kind[space] == "stair":
            climbs = [[facility.climb(space, a, b) for b in marks] for a in marks]
            speed = speed_m_s[space][np.array(climbs)]
        seconds = metres / speed
        for middle in range(len(marks)):
            np.minimum(seconds, seconds[:, middle, None] + seconds[None, middle, :], out=seconds)
        tables.append(seconds)
    return tables


def _onward(facility: Facility, usable: Flags, tables: list[Floats], goals: frozenset[int]) -> Onward:
    """Of each usable port: ports one can walk to next, with seconds; none from a goal, nor straight back."""
    found: Onward = []
    for port, space in enumerate(facility.port_to):
        if not usable[port] or space in goals:
            found.append([])
            continue
        row = facility.link_row[space]
        here = tables[space][row[port >> 1]].tolist()
        found.append(
            [(q, here[row[q >> 1]]) for q in facility.ports_out[space] if usable[q] and q >> 1 != port >> 1]
        )
    return found


def _left_s(facility: Facility, usable: Flags, onward: Onward, goals: frozenset[int]) -> Floats:
    """Free walk left from each port to the nearest goal, s; inf for none."""
    back: Onward = [[] for _ in onward]
    for p, steps in enumerate(onward):
        for q, walk_s in steps:
            back[q].append((p, walk_s))
    left = np.full(len(onward), inf)
    last = [p for p in np.flatnonzero(usable).tolist() if facility.port_to[p] in goals]
    left[last] = 0.0
    _relax(left, back)
    return left


def _relax(times: Floats, steps: Onward) -> None:
    """Shortest times from the finite ones on, in place (Dijkstra)."""
    best = times.tolist()
    heap = [(time_s, port) for port, time_s in enumerate(best) if time_s < inf]
    heap.sort()
    while heap:
        time_s, port = heappop(heap)
        if time_s > best[port]:
            continue
        for q, walk_s in steps[port]:
            through = time_s + walk_s
            if through < best[q]:
                best[q] = through
                heappush(heap, (through, q))
    times[:] = best


def _spread(first_at: Floats, onward: Onward, left_s: Floats) -> None:
    """Earliest shifted time at each port, from that at the first ports, in place."""
    shifted: Onward = [
        [(q, max(0.0, walk_s + left_s[q] - left_s[p])) for q, walk_s in steps if isfinite(left_s[q])]
        for p, steps in enumerate(onward)
    ]
    _relax(first_at, shifted)


def _begins(evacuation: Evacuation, tables: list[Floats], left_s: Floats) -> list[Begin]:
    """Tokens by space of start; who starts in a goal is there already and left out."""
    facility = evacuation.facility
    found = []
    for space in sorted(set(evacuation.place.tolist()) - evacuation.goals):
        ports = [q for q in facility.ports_out[space] if isfinite(left_s[q])]
        tokens = np.flatnonzero(evacuation.place == space)
        if not ports:
            continue
        rows = [facility.link_row[space][q >> 1] for q in ports]
        limit = evacuation.limit_m_s[space]
        slower = np.minimum(evacuation.speed_m_s.max(axis=0), limit) / np.minimum(
            evacuation.speed_m_s[tokens], limit
        )
        walk_s = tables[space][-1][rows] * slower.min(axis=1)[:, None]  # at own speed, not the fastest one
        at_s = evacuation.start_s[tokens, None] + walk_s + left_s[ports]
        best_s = at_s.min(axis=1)
        extra = at_s - best_s[:, None]
        found.append(
            Begin(
                heads=evacuation.heads[tokens],
                at_s=best_s,
                ports=np.array(ports, np.int64),
                extra_s=extra.min(axis=0),
                most_s=extra.max(axis=0),
                first_s=float(best_s.min()),
            )
        )
    return found


def _from_centres_s(facility: Facility, tables: list[Floats], left_s: Floats) -> Floats:
    found = np.full(len(facility.spaces), inf)
    for space, ports in enumerate(facility.ports_out):
        row = facility.link_row[space]
        found[space] = min((tables[space][-1][row[q >> 1]] + left_s[q] for q in ports), default=inf)
    return found


def _own_free_s(evacuation: Evacuation, token: int, usable: Flags) -> float:
    """When one token arrives at its own speeds by the shortest way, nobody in its way."""
    facility, goals = evacuation.facility, evacuation.goals
    tables = _walking_times(facility, np.minimum(evacuation.speed_m_s[token], evacuation.limit_m_s))
    left_s = _left_s(facility, usable, _onward(facility, usable, tables, goals), goals)
    from_s = _from_centres_s(facility, tables, left_s)
    return float(evacuation.start_s[token] + from_s[evacuation.place[token]])
