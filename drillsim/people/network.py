"""The ways people may go: what is open, what to avoid, and for each destination the next port after a port.

A port is a link with a direction (``2 * link`` from its first space to its second, ``2 * link + 1`` back).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from hashlib import blake2b
from math import inf
from typing import TYPE_CHECKING, Final

from drillsim.facility.routes import port_distances

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility

__all__ = ["GOAL", "NO_WAY", "TIED", "UNKNOWN", "Destination", "Hop", "Network"]

UNKNOWN: Final = -1  # not worked out yet
GOAL: Final = -2  # the port leads into a goal, the last one
TIED: Final = -3  # several ways are equally long
NO_WAY: Final = -4  # from here on nothing is plain

PENALTY_M: Final = 1e6
_TOLERANCE: Final = 1e-9  # relative: ways no further apart are equal

Hop = tuple[int, float]  # next port, length to walk to it at full speed (m, longer where people are slowed)


class Destination:
    """Where somebody wants to go: the nearest of ``goals``, then on to ``onward``.

    ``hops[came]`` is the next port after that port, or one of the codes of this module; ``came`` of
    -1 - space means from the centre of a space, and so counts from the end of the list. ``distances`` is
    ``None`` until asked for and after a change of ways.
    """

    __slots__ = ("distances", "goals", "hops", "onward", "ties")

    def __init__(self, goals: frozenset[int], onward: Destination | None, places: int) -> None:
        self.goals = goals
        self.onward = onward
        self.hops: list[Hop] = [(UNKNOWN, 0.0)] * places
        self.ties: dict[int, list[Hop]] = {}
        self.distances: list[float] | None = None


class Network:
    """The facility as walkers see it now."""

    def __init__(self, facility: Facility) -> None:
        self.facility = facility
        self.forward_open = [not locked for locked in facility.link_locked.tolist()]
        self.backward_open = list(self.forward_open)
        self.avoided: frozenset[int] = frozenset()
        self.hard = False
        self.slowness = [1.0] * len(facility.spaces)  # 1 / speed factor
        self._destinations: dict[tuple[frozenset[int], frozenset[int]], Destination] = {}
        self._salt = [_salt(name) for name in facility.spaces]

    def destination(self, goals: Collection[int], via: Collection[int] = ()) -> Destination:
        """The destination of these goals, first through one of ``via``; ``ValueError`` for no goal."""
        if not goals:
            raise ValueError("a destination needs at least one goal")
        key = (frozenset(goals), frozenset(via))
        found = self._destinations.get(key)
        if found is None:
            places = len(self.facility.port_to) + len(self.facility.spaces)
            onward = self.destination(goals) if via else None
            found = self._destinations[key] = Destination(key[1] or key[0], onward, places)
        return found

    def set_link(self, link: int, *, forward_open: bool, backward_open: bool) -> bool:
        """Open or shut a link by direction; False if that changes nothing."""
        if self.forward_open[link] == forward_open and self.backward_open[link] == backward_open:
            return False
        self.forward_open[link], self.backward_open[link] = forward_open, backward_open
        self._forget()
        return True

    def set_avoid(self, spaces: frozenset[int], *, hard: bool) -> bool:
        """Replace the spaces to keep out of; False if that changes nothing."""
        if spaces == self.avoided and (hard == self.hard or not spaces):
            return False
        self.avoided, self.hard = spaces, hard
        self._forget()
        return True

    def set_slowness(self, space: int, slowness: float) -> None:
        """Walking in a space takes ``slowness`` times as long."""
        self.slowness[space] = slowness
        self._forget(distances=False)

    def _forget(self, *, distances: bool = True) -> None:
        for destination in self._destinations.values():
            destination.hops[:] = [(UNKNOWN, 0.0)] * len(destination.hops)
            destination.ties.clear()
            if distances:
                destination.distances = None

    def distances(self, destination: Destination) -> list[float]:
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
            )
        return destination.distances

    def ways(
        self, destination: Destination, space: int, spot: Mapping[int, float]
    ) -> tuple[float, list[Hop]]:
        """Total length and all equally short first steps (port, metres to it), by port; (inf, []) for none.

        ``spot`` is a place in the space: metres to each of some of its links, or to its centre (-1).
        """
        distances = self.distances(destination)
        row, table = self.facility.link_row[space], self.facility.walking[space]
        marks = [(table[row[mark]], metres) for mark, metres in spot.items()]
        found = []
        best = inf
        for port in self.facility.ports_out[space]:
            left = distances[port]
            if left == inf:
                continue
            to = row[port >> 1]
            walk = min(metres + lengths[to] for lengths, metres in marks)
            found.append((walk + left, port, walk))
            best = min(best, walk + left)
        if best == inf or (self.hard and best >= PENALTY_M and space not in self.avoided):
            return inf, []
        limit = best * (1.0 + _TOLERANCE)
        return best, [(port, walk) for total, port, walk in found if total <= limit]

    def hop(self, destination: Destination, came: int) -> Hop:
        """Work out what comes after a port (-1 - space: from a centre); TIED ways lie in ``ties``."""
        space, mark = (self.facility.port_to[came], came >> 1) if came >= 0 else (-1 - came, -1)
        slowness = self.slowness[space]
        if space in destination.goals:
            found: Hop = (GOAL if destination.onward is None else NO_WAY, 0.0)
        else:
            total, ways = self.ways(destination, space, {mark: 0.0})
            if len(ways) > 1 and came >= 0:  # nobody turns on the threshold for a way that is no shorter
                ways = [way for way in ways if way[0] != came ^ 1]
            if not ways or (destination.onward is not None and total >= PENALTY_M):
                found = (NO_WAY, 0.0)
            elif len(ways) == 1:
                found = (ways[0][0], ways[0][1] * slowness)
            else:
                found = (TIED, 0.0)
                destination.ties[came] = [(way, metres * slowness) for way, metres in ways]
        destination.hops[came] = found
        return found

    def choose(self, ways: list[Hop], space: int, luck: float) -> Hop:
        """One of equally short ways by a person's uniform number, mixed anew in every space."""
        if len(ways) == 1:
            return ways[0]
        return ways[int(luck * self._salt[space] % 1.0 * len(ways))]


def _salt(name: str) -> float:
    return 1e6 + int.from_bytes(blake2b(name.encode(), digest_size=3).digest(), "little")
