"""Shortest ways: distance tables for people on foot, single routes for vehicles and crews.

A *port* is a link with a direction: port ``2 * link`` goes from the link's first space to its second,
port ``2 * link + 1`` back. Equal lengths are settled by port number, so by sorted names.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from heapq import heappop, heappush
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.facility.spots import Spot, spot_at_link

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility

__all__ = [
    "DistanceKey",
    "Route",
    "distance_finder",
    "drive_s",
    "foot_route",
    "nearest_ports",
    "onward_route",
    "port_distances",
    "route_finder",
    "vehicle_route",
]

RouteKey = tuple[int, int, bool, frozenset[int], frozenset[int]]
_REMEMBERED: Final = 2_000_000  # distances kept for all the tables of one facility together


class DistanceKey(NamedTuple):
    """All that a distance table depends on beside its facility; ``waits`` has 1 for every open port."""

    goals: frozenset[int]
    waits: bytes
    avoid: frozenset[int]
    avoid_penalty_m: float
    discouraged: frozenset[int]
    discouraged_penalty_m: float
    link_m: float
    stair_factor: float


class Route(NamedTuple):
    """A way from the centre of one space to the centre of another; ``length_m`` is inf if there is none."""

    length_m: float
    spaces: tuple[int, ...]
    links: tuple[int, ...] = ()
    lengths_m: tuple[float, ...] = ()  # within each of the spaces


NO_ROUTE = Route(inf, ())


def port_distances(
    facility: Facility,
    *,
    goals: Collection[int],
    forward_open: Sequence[bool] | None = None,
    backward_open: Sequence[bool] | None = None,
    avoid: Collection[int] = frozenset(),
    avoid_penalty_m: float = 1e6,
    discouraged: Collection[int] = frozenset(),
    discouraged_penalty_m: float = 1e5,
    link_m: float = 0.0,
    stair_factor: float = 1.0,
) -> Sequence[float]:
    """Walking distance in m left to the nearest goal space for one who has just crossed each port.

    There is one entry a port; inf where the port is shut or no goal can be reached without turning
    back on its threshold. Goals absorb: 0 is left in a goal space. ``link_m`` is added for every link passed
    later on. ``avoid_penalty_m`` is added for every space of ``avoid`` entered, the one the port leads into
    included, so that from the centre of a space the way is the smallest of
    ``walk_m(space, -1, link) + distance of the port out``. ``discouraged_penalty_m`` is added for every port
    of ``discouraged`` passed later on, this one not. Lengths on stairs count ``stair_factor`` times.
    """
    links = len(facility.links)
    waits = bytearray(2 * links)
    waits[0::2] = bytes(map(bool, [True] * links if forward_open is None else forward_open))
    waits[1::2] = bytes(map(bool, [True] * links if backward_open is None else backward_open))
    return facility.find_distances(
        DistanceKey(
            frozenset(goals),
            bytes(waits),
            frozenset(avoid),
            avoid_penalty_m,
            frozenset(discouraged),
            discouraged_penalty_m,
            link_m,
            stair_factor,
        )
    )


def distance_finder(facility: Facility) -> Callable[[DistanceKey], Sequence[float]]:
    """Distance tables of one facility, the last ones remembered: the runs of a study ask for the same."""

    @lru_cache(maxsize=max(16, _REMEMBERED // max(1, 2 * len(facility.links))))
    def find(key: DistanceKey) -> Sequence[float]:
        return tuple(_distances(facility, key))

    return find


def _distances(facility: Facility, key: DistanceKey) -> list[float]:
    """See :func:`port_distances`."""
    link_m, pointed_off = key.link_m, key.discouraged
    waits = bytearray(key.waits)  # 1: open and not settled
    charge = [0.0] * len(facility.spaces)
    for space in key.avoid:
        charge[space] = key.avoid_penalty_m
    factor = [key.stair_factor if kind == "stair" else 1.0 for kind in facility.kind]
    is_goal = bytearray(len(facility.spaces))
    distances = [inf] * len(waits)
    heap: list[tuple[float, int]] = []
    for goal in key.goals:
        is_goal[goal] = 1
        for port in facility.ports_into[goal]:
            if waits[port]:
                distances[port] = charge[goal]
                heappush(heap, (charge[goal], port))
    port_from, port_to, arcs = facility.port_from, facility.port_to, facility.port_arcs
    while heap:
        distance, out = heappop(heap)
        if not waits[out]:
            continue
        waits[out] = 0
        space = port_from[out]
        if is_goal[space]:
            continue
        scale, base = factor[space], distance + charge[space]
        if out in pointed_off:
            base += key.discouraged_penalty_m
        for port, walk in arcs[out]:
            # Nobody turns on the threshold, by the same link or by another at the same spot: that would make
            # every door on the way look as short as the way.
            turns = port == out ^ 1 or (walk == 0.0 and port_from[port] == port_to[out])
            if waits[port] and not turns:
                through = base + walk * scale + link_m
                if through < distances[port]:
                    distances[port] = through
                    heappush(heap, (through, port))
    return distances


def nearest_ports(
    facility: Facility,
    distances: Sequence[float],
    *,
    space: int,
    at: int = -1,
    tolerance_m: float = 1e-6,
    scale: float = 1.0,
) -> tuple[int, ...]:
    """Ports out of a space that lie on a shortest way, from link ``at`` or the centre (-1); sorted.

    More than one where ways are equally long within ``tolerance_m``; none where no goal is reached.
    ``distances`` come from ``port_distances``; ``scale`` is its stair factor if the space is a stair.
    """
    ways = [
        (facility.walk_m(space, at, port >> 1) * scale + distances[port], port)
        for port in facility.ports_out[space]
    ]
    best = min((way for way, _ in ways), default=inf)
    if best == inf:
        return ()
    return tuple(sorted(port for way, port in ways if way <= best + tolerance_m))


def _may_pass(facility: Facility, key: RouteKey) -> Callable[[int], bool]:
    start, end, vehicle, avoid, closed = key
    keep = avoid - {start, end}

    def may_pass(port: int) -> bool:
        link = port >> 1
        if link in closed or facility.port_to[port] in keep:
            return False
        if not vehicle:
            return True
        return bool(facility.link_vehicles[link]) and not (port & 1 and facility.link_one_way[link])

    return may_pass


def _search(facility: Facility, key: RouteKey, spot: Spot) -> Route:
    start, end = key[0], key[1]
    if start == end:
        length = spot.to_link_m(facility, -1)
        return Route(length, (start,), (), (length,))
    may_pass = _may_pass(facility, key)
    came: dict[int, int] = {}  # port -> port before, -1 at the start
    heap = [(spot.to_link_m(facility, port >> 1), port, -1) for port in facility.ports_out[start]]
    heap = sorted(entry for entry in heap if may_pass(entry[1]))
    finish = 2 * len(facility.links)  # one port more: the centre of the last space
    while heap:
        length, port, before = heappop(heap)
        if port in came:
            continue
        came[port] = before
        if port == finish:
            return _trace_back(facility, came, length, spot=spot)
        space, link = facility.port_to[port], port >> 1
        if space == end:
            heappush(heap, (length + facility.walk_m(space, link, -1), finish, port))
            continue
        for onward in facility.ports_out[space]:
            if onward not in came and may_pass(onward):
                heappush(heap, (length + facility.walk_m(space, link, onward >> 1), onward, port))
    return NO_ROUTE


def _trace_back(facility: Facility, came: dict[int, int], length: float, *, spot: Spot) -> Route:
    ports: list[int] = []
    port = came[2 * len(facility.links)]
    while port != -1:
        ports.append(port)
        port = came[port]
    ports.reverse()
    spaces = (spot.space, *(facility.port_to[port] for port in ports))
    links = tuple(port >> 1 for port in ports)
    ends = zip(spaces[1:], links, (*links[1:], -1), strict=True)
    lengths = (spot.to_link_m(facility, links[0]), *(facility.walk_m(*walk) for walk in ends))
    return Route(length, spaces, links, lengths)


def route_finder(facility: Facility) -> Callable[[RouteKey], Route]:
    """A search over one facility that remembers its last answers."""

    @lru_cache(maxsize=4096)
    def find(key: RouteKey) -> Route:
        return _search(facility, key, spot_at_link(facility, key[0]))

    return find


def vehicle_route(
    facility: Facility,
    start: int,
    end: int,
    *,
    avoid: frozenset[int] = frozenset(),
    closed: frozenset[int] = frozenset(),
) -> Route:
    """Shortest way over links for vehicles, with one-way links, from centre to centre, m.

    Spaces of ``avoid`` are entered only as start or end; links of ``closed`` are not passed. Links
    locked at the start are passed unless they are among ``closed``: who holds the key is not known here.
    """
    return facility.find_route((start, end, True, frozenset(avoid), frozenset(closed)))


def foot_route(
    facility: Facility,
    start: int,
    end: int,
    *,
    avoid: frozenset[int] = frozenset(),
    closed: frozenset[int] = frozenset(),
) -> Route:
    """Shortest way on foot, over all links in both directions; otherwise as ``vehicle_route``."""
    return facility.find_route((start, end, False, frozenset(avoid), frozenset(closed)))


def onward_route(
    facility: Facility,
    spot: Spot,
    end: int,
    *,
    vehicle: bool,
    avoid: frozenset[int] = frozenset(),
    closed: frozenset[int] = frozenset(),
) -> Route:
    """Shortest way from a spot to the centre of a space; otherwise as the other two, but not remembered."""
    return _search(facility, (spot.space, end, vehicle, frozenset(avoid), frozenset(closed)), spot)


def drive_s(facility: Facility, route: Route) -> float:
    """Driving time of a route in s: each space at its speed, and what each link on the way costs a vehicle.

    The speed is the site's inside speed where a space has none; inf if there is no way.
    """
    if route.length_m == inf:
        return inf
    usual = facility.spec.inside_speed_m_s
    driven_s = sum(
        length / (facility.space_spec[space].speed_m_s or usual)
        for space, length in zip(route.spaces, route.lengths_m, strict=True)
    )
    return driven_s + sum(facility.link_spec[link].vehicle_delay_s for link in route.links)
