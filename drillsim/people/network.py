"""The ways people may go: what is open, what to avoid, and for each destination the next port after a port.

A port is a link with a direction (``2 * link`` from its first space to its second, ``2 * link + 1`` back).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import inf
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from drillsim.facility.routes import port_distances

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility

__all__ = ["GOAL", "NO_WAY", "TIED", "UNKNOWN", "Destination", "Hop", "Network", "Route", "Way", "nearest"]

UNKNOWN: Final = -1  # not worked out yet
GOAL: Final = -2  # the port leads into a goal, the last one
TIED: Final = -3  # several ways to choose from, or smoke to walk through: see ``Destination.ties``
NO_WAY: Final = -4  # from here on nothing is plain

PENALTY_M: Final = 1e6  # for every space entered that is to be avoided
_POINTED_M: Final = 1e5  # for every link taken though staff point elsewhere
# Of equally long ways people take the one with the fewest links. So the way left always grows shorter, even
# where several openings share a spot, and nobody walks in circles.
_LINK_M: Final = 1e-3
_TIE_M: Final = 1e-6  # ways no further apart are equal

Route = Literal["nearest", "least-crowded", "follow"]
Climb = int  # 1 up a stair, -1 down, 0 level
# Next port or one of the codes above, metres to it, climb, and the fastest walk there by heads in the space.
Hop = tuple[int, float, Climb, list[float]]
_NOWHERE: Final[Hop] = (UNKNOWN, 0.0, 0, [])


SpeedTables = tuple[list[float], list[float], list[float]]  # level, up, down: indexed by climb


class Way(NamedTuple):
    """A first step towards a destination: the port, metres to it, and metres (and penalties) in all."""

    port: int
    walk_m: float
    total_m: float


class Destination:
    """Where somebody wants to go: the nearest of ``goals``, then on to ``onward``.

    Among several ways it takes the nearest, the least crowded it sees, or the one most people took.
    ``hops[came]`` is the next port after that port, or one of the codes of this module; ``came`` of
    -1 - space means from the centre of a space, and so counts from the end of the list. ``distances`` is
    ``None`` until asked for and after a change of ways.
    """

    __slots__ = ("distances", "goals", "hops", "onward", "route", "ties")

    def __init__(self, goals: frozenset[int], onward: Destination | None, route: Route, places: int) -> None:
        self.goals = goals
        self.onward = onward
        self.route = route
        self.hops: list[Hop] = [_NOWHERE] * places
        self.ties: dict[int, list[Way]] = {}
        self.distances: Sequence[float] | None = None


class Network:
    """The facility as walkers see it now. ``speeds`` has for every space its tables (level, up, down)."""

    def __init__(self, facility: Facility, speeds: Sequence[SpeedTables]) -> None:
        self.facility = facility
        self.forward_open = [not locked for locked in facility.link_locked.tolist()]
        self.backward_open = list(self.forward_open)
        self.avoided: frozenset[int] = frozenset()
        self.hard = False
        self.pointed_off: frozenset[int] = frozenset()  # ports that staff point away from
        self.extinction_per_m: dict[int, float] = {}  # of spaces with smoke
        self.changes = 0  # how often the hops of all destinations were forgotten
        self._speeds = speeds
        self._destinations: dict[tuple[frozenset[int], frozenset[int], Route], Destination] = {}
        self.salt = [_salt(name) for name in facility.spaces]
        self._link_salt = [_salt(name) for name in facility.links]

    def destination(
        self, goals: Collection[int], via: Collection[int] = (), *, route: Route = "nearest"
    ) -> Destination:
        """The destination of these goals, first through one of ``via``; ``ValueError`` for no goal."""
        if not goals:
            raise ValueError("a destination needs at least one goal")
        key = (frozenset(goals), frozenset(via), route)
        found = self._destinations.get(key)
        if found is None:
            places = len(self.facility.port_to) + len(self.facility.spaces)
            onward = self.destination(goals, route=route) if via else None
            found = self._destinations[key] = Destination(key[1] or key[0], onward, route, places)
        return found

    # -- changes; False if there is none --------------------------------------------------------------

    def set_link(self, link: int, *, forward_open: bool, backward_open: bool) -> bool:
        """Open or shut a link by direction."""
        if self.forward_open[link] == forward_open and self.backward_open[link] == backward_open:
            return False
        self.forward_open[link], self.backward_open[link] = forward_open, backward_open
        self._forget()
        return True

    def set_avoid(self, spaces: frozenset[int], *, hard: bool) -> bool:
        """Replace the spaces to keep out of."""
        if spaces == self.avoided and (hard == self.hard or not spaces):
            return False
        self.avoided, self.hard = spaces, hard
        self._forget()
        return True

    def set_guides(self, ports: frozenset[int]) -> bool:
        """Replace the ports that staff point away from."""
        if ports == self.pointed_off:
            return False
        self.pointed_off = ports
        self._forget()
        return True

    def set_extinction(self, space: int, per_m: float) -> bool:
        """Extinction coefficient of the smoke in a space; 0 for none."""
        if self.extinction_per_m.get(space, 0.0) == per_m:
            return False
        fresh = (space in self.extinction_per_m) != (per_m > 0.0)
        if per_m > 0.0:
            self.extinction_per_m[space] = per_m
        else:
            del self.extinction_per_m[space]
        if fresh:
            self._forget(distances=False)
        return True

    def _forget(self, *, distances: bool = True) -> None:
        self.changes += 1
        for destination in self._destinations.values():
            destination.hops[:] = [_NOWHERE] * len(destination.hops)
            destination.ties.clear()
            if distances:
                destination.distances = None

    # -- questions ------------------------------------------------------------------------------------

    def distances(self, destination: Destination) -> Sequence[float]:
        """Metres left after each port, with ``PENALTY_M`` for each avoided space entered; inf for no way."""
        if destination.distances is None:
            # Nobody leaves by the goal to come in again by a familiar way.
            past = destination.onward.goals - destination.goals if destination.onward else frozenset()
            destination.distances = port_distances(
                self.facility,
                goals=destination.goals,
                forward_open=self.forward_open,
                backward_open=self.backward_open,
                avoid=self.avoided | past,
                avoid_penalty_m=PENALTY_M,
                discouraged=self.pointed_off,
                discouraged_penalty_m=_POINTED_M,
                link_m=_LINK_M,
            )
        return destination.distances

    def all_ways(self, destination: Destination, space: int, spot: Mapping[int, float]) -> list[Way]:
        """First steps by every port that leads to the destination, in order of port.

        ``spot`` is a place in the space: metres to each of some of its links, or to its centre (-1). None
        where all enter what is to be avoided at any price.
        """
        distances, pointed_off = self.distances(destination), self.pointed_off
        row, table = self.facility.link_row[space], self.facility.walking[space]
        marks = [(table[row[mark]], metres) for mark, metres in spot.items()]
        lengths, metres = marks[0]
        found = []
        for port in self.facility.ports_out[space]:
            left = distances[port]
            if left < inf:
                to = row[port >> 1]
                walk = metres + lengths[to]
                for other, more in marks[1:]:
                    walk = min(walk, more + other[to])
                found.append(Way(port, walk, walk + left + (_POINTED_M if port in pointed_off else 0.0)))
        if self.hard and space not in self.avoided:
            found = [way for way in found if way.total_m < PENALTY_M]
        return found

    def ways(self, destination: Destination, space: int, spot: Mapping[int, float]) -> list[Way]:
        """The ways to choose from: all equally short ones; for other routes all without worse penalties."""
        found = self.all_ways(destination, space, spot)
        if destination.route != "nearest":
            best = min((way.total_m for way in found), default=0.0)
            return [way for way in found if way.total_m // _POINTED_M <= best // _POINTED_M]
        return nearest(found)

    def hop(self, destination: Destination, came: int) -> Hop:
        """Work out what comes after a port (-1 - space: from a centre); ``ties`` keeps the choices."""
        space, mark = (self.facility.port_to[came], came >> 1) if came >= 0 else (-1 - came, -1)
        if space in destination.goals:
            found: Hop = (GOAL if destination.onward is None else NO_WAY, 0.0, 0, [])
        else:
            ways = self.ways(destination, space, {mark: 0.0})
            if len(ways) > 1 and came >= 0:
                ways = self._onward(ways, came)
            if not ways or (destination.onward is not None and ways[0].total_m >= PENALTY_M):
                found = (NO_WAY, 0.0, 0, [])
            elif len(ways) == 1 and space not in self.extinction_per_m:
                found = self.step(ways[0], space, mark)
            else:
                found = (TIED, 0.0, 0, [])
                destination.ties[came] = ways
        destination.hops[came] = found
        return found

    def _onward(self, ways: list[Way], came: int) -> list[Way]:
        """The ways without those that turn on the threshold, by the same link or another at the same spot."""
        before = self.facility.port_from[came]
        others = [
            way
            for way in ways
            if way.port != came ^ 1 and (way.walk_m > 0.0 or self.facility.port_to[way.port] != before)
        ]
        return others or [way for way in ways if way.port != came ^ 1]

    def step(self, way: Way, space: int, mark: int) -> Hop:
        """A way as a hop, from a link of the space or its centre (-1)."""
        climb = self.facility.climb(space, mark, way.port >> 1)
        return way.port, way.walk_m, climb, self._speeds[space][climb]

    def misjudgement(self, port: int, luck: float) -> float:
        """Factor by which a person misjudges the queue at a port, 0.5 to 1.5."""
        return 0.5 + luck * self._link_salt[port >> 1] % 1.0

    def choose(self, ways: list[Way], space: int, luck: float) -> Way:
        """One of equally good ways by a person's uniform number, mixed anew in every space."""
        if len(ways) == 1:
            return ways[0]
        return ways[int(luck * self.salt[space] % 1.0 * len(ways))]


def nearest(ways: list[Way]) -> list[Way]:
    """The shortest of these ways, and those as long."""
    limit = min((way.total_m for way in ways), default=0.0) + _TIE_M
    return [way for way in ways if way.total_m <= limit]


@lru_cache(maxsize=65536)
def _salt(name: str) -> float:
    return 1e6 + int.from_bytes(blake2b(name.encode(), digest_size=3).digest(), "little")
