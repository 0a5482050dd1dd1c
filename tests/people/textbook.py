"""The crowd kernel's oracle: a textbook SimPy model. A process a person, a Resource a link, slots a space.

It follows the rule of movement word by word and knows nothing of the kernel: walking speeds are worked out
here by SFPE's relation, ways by networkx. Ways are fixed; groups and changes on the way are not modelled.
"""

from __future__ import annotations

from collections.abc import Collection, Generator, Mapping, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from math import inf, sqrt
from typing import Any

import networkx
import simpy
from simpy.events import NORMAL, URGENT

from drillsim.facility.graph import Facility

Step = tuple[int, int, float]  # link, space beyond, metres to walk there to the next link
Way = tuple[float, list[Step]]  # metres to the first link, then the steps


class ByRank(simpy.Environment):
    """At equal times: first what has been granted, then people by rank; starts before all others."""

    rank = 0.0  # of who schedules

    def schedule(self, event: simpy.Event, priority: Any = NORMAL, delay: float = 0) -> None:
        if priority == NORMAL:
            priority = self.rank if isinstance(event, simpy.Timeout) else URGENT
        super().schedule(event, priority, delay)


class Space:
    """Slots. Who waits for one is let in by (when the person came to its link, rank)."""

    def __init__(self, env: simpy.Environment, *, slots: int, inside: int, speeds: list[float]) -> None:
        self.env, self.slots, self.inside, self.speeds = env, slots, inside, speeds
        self.waiting: list[tuple[float, float, int, simpy.Event]] = []

    def ask(self, came_s: float, rank: float, person: int) -> simpy.Event:
        """An event that comes when the person has a slot."""
        slot = self.env.event()
        heappush(self.waiting, (came_s, rank, person, slot))
        self.hand_out()
        return slot

    def leave(self) -> None:
        self.inside -= 1

    def hand_out(self) -> None:
        while self.waiting and self.inside < self.slots:
            self.inside += 1
            heappop(self.waiting)[3].succeed()

    def speed_m_s(self, own: float) -> float:
        return min(own, self.speeds[min(self.inside, len(self.speeds) - 1)]) if self.speeds else own


class Textbook:
    """``run()`` returns when each person came out, s."""

    def __init__(
        self,
        facility: Facility,
        *,
        place: Sequence[int],
        speed_m_s: Sequence[float],
        start_s: Sequence[float],
        ways: Sequence[Way],
        rank: Sequence[float] | None = None,
    ) -> None:
        self.env = ByRank() if rank else simpy.Environment()
        self.rank = rank or [0.0] * len(place)
        self.headway_s = [1.0 / float(facility.port_capacity_p_s[2 * i]) for i in range(len(facility.links))]
        self.links = [simpy.Resource(self.env) for _ in facility.links]
        self.spaces = [
            Space(
                self.env,
                slots=slots,
                inside=list(place).count(space),
                speeds=sfpe_speeds_m_s(facility, space, heads=len(place)),
            )
            for space, slots in enumerate(facility.slots)
        ]
        self.out_s = [inf] * len(place)
        for person, (space, way) in enumerate(zip(place, ways, strict=True)):
            self.env.process(self.leave(person, start_s[person], speed_m_s[person], space, way))

    def run(self) -> list[float]:
        self.env.run()
        return self.out_s

    def wait(self, person: int, delay_s: float, *, rank: float | None = None) -> simpy.Event:
        if isinstance(self.env, ByRank):
            self.env.rank = self.rank[person] if rank is None else rank
        return self.env.timeout(delay_s)

    def leave(
        self, person: int, start_s: float, own_m_s: float, space: int, way: Way
    ) -> Generator[simpy.Event, Any, None]:
        env, here, (first_m, steps) = self.env, self.spaces[space], way
        yield self.wait(person, start_s, rank=self.rank[person] - 1.0)
        yield self.wait(person, first_m / here.speed_m_s(own_m_s))
        for link, space_beyond, length_m in steps:
            came_s = env.now
            turn = self.links[link].request()
            yield turn
            beyond = self.spaces[space_beyond]
            if isinstance(env, ByRank) and beyond.inside < beyond.slots:
                yield self.wait(person, 0.0)  # others who could pass now go by their rank
            yield beyond.ask(came_s, self.rank[person], person)  # take the slot beyond
            here.leave()  # leave the old space
            walk_s = length_m / beyond.speed_m_s(own_m_s)  # fix the walking speed
            env.process(self.keep_busy(link, turn, person))
            here.hand_out()  # hand the old slot to who has waited longest
            here = beyond
            self.out_s[person] = env.now
            yield self.wait(person, walk_s)

    def keep_busy(
        self, link: int, turn: simpy.resources.resource.Request, person: int
    ) -> Generator[simpy.Event, Any, None]:
        yield self.wait(person, self.headway_s[link], rank=-1.0)
        self.links[link].release(turn)  # serve the next in the queue


def sfpe_speeds_m_s(facility: Facility, space: int, *, heads: int) -> list[float]:
    """Walking speed by people inside, S = k (1 - 0.266 D), D from 0.54 to the density of a full space."""
    if facility.spec.movement.law == "assigned" or facility.slots[space] > 10**8:
        return []
    spec, area_m2 = facility.space_spec[space], float(facility.area_m2[space])
    k_m_s = 1.4
    if spec.kind == "stair" and spec.riser_m and spec.tread_m:
        k_m_s = 51.8 * sqrt(spec.tread_m / spec.riser_m) / 60.0
    full = facility.spec.movement.max_density_p_m2
    return [k_m_s * (1.0 - 0.266 * max(min(n / area_m2, full), 0.54)) for n in range(heads + 1)]


def ways_out(facility: Facility, goals: Collection[int], *, one_way: bool = False) -> Mapping[int, Way]:
    """Shortest way from the centre of each space to the nearest goal; nobody turns on a threshold."""
    graph = networkx.DiGraph()
    ports = range(0, 2 * len(facility.links), 2 if one_way else 1)
    for port in ports:
        beyond = facility.port_to[port]
        if beyond in goals:
            graph.add_edge("out", port, metres=0.0)
            continue
        for onward in facility.ports_out[beyond]:
            if onward in ports and onward != port ^ 1:
                graph.add_edge(onward, port, metres=facility.walk_m(beyond, port >> 1, onward >> 1))
        graph.add_node(port)
    for space in range(len(facility.spaces)):
        for port in facility.ports_out[space]:
            if port in ports:
                graph.add_edge(port, ("in", space), metres=facility.walk_m(space, -1, port >> 1))
    found = networkx.single_source_dijkstra_path(graph, "out", weight="metres") if "out" in graph else {}
    ways = {}
    for space in set(range(len(facility.spaces))) - set(goals):
        if ("in", space) in found:
            taken = found["in", space][-2:0:-1]  # ports, the first one first
            steps = [
                (
                    port >> 1,
                    facility.port_to[port],
                    facility.walk_m(facility.port_to[port], port >> 1, onward >> 1),
                )
                for port, onward in pairwise(taken)
            ]
            steps.append((taken[-1] >> 1, facility.port_to[taken[-1]], 0.0))
            ways[space] = (facility.walk_m(space, -1, taken[0] >> 1), steps)
    return ways
