"""The same building as a textbook SimPy model: a process a person, a Resource a door, a Container a space.

Each person holds the door for one headway and takes a slot of the space beyond before leaving its own, so
queues spill back as in the crowd kernel. Ways are worked out beforehand and cost nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from drillsim.facility.graph import Facility
from drillsim.facility.routes import nearest_ports, port_distances
from drillsim.people.movement import speed_table_m_s
from drillsim.people.population import Population

Step = tuple[int, int, float]  # link, space beyond, metres to walk there to the next link


def ways_out(facility: Facility, goal: int) -> dict[int, tuple[float, list[Step]]]:
    """For each room the walk to its door and the steps to the goal."""
    distances = port_distances(facility, goals=(goal,))
    ways = {}
    for room, kind in enumerate(facility.kind):
        if kind != "room":
            continue
        port = nearest_ports(facility, distances, space=room)[0]
        first_m, steps = facility.walk_m(room, -1, port >> 1), []
        while facility.port_to[port] != goal:
            space, came = facility.port_to[port], port >> 1
            port = nearest_ports(facility, distances, space=space, at=came)[0]
            steps.append((came, space, facility.walk_m(space, came, port >> 1)))
        steps.append((port >> 1, goal, 0.0))
        ways[room] = (first_m, steps)
    return ways


class Textbook:
    """Run with ``run()``; ``last_out_s`` is when the last person came out."""

    def __init__(
        self, facility: Facility, population: Population, ways: dict[int, tuple[float, list[Step]]]
    ) -> None:
        total = len(population.place)
        self.env = simpy.Environment()
        self.headway_s = [1.0 / float(capacity) for capacity in facility.link_capacity_p_s]
        self.doors = [simpy.Resource(self.env) for _ in facility.links]
        inside = [population.place.count(space) for space in range(len(facility.spaces))]
        self.free = [
            simpy.Container(self.env, capacity=max(slots, n), init=max(slots - n, 0))
            for slots, n in zip(facility.slots, inside, strict=True)
        ]
        self.speeds = [speed_table_m_s(facility, space, heads=total) for space in range(len(facility.spaces))]
        self.slots = facility.slots
        self.last_out_s = 0.0
        for person, room in enumerate(population.place):
            delay_s = 60.0 * population.exit[person]
            self.env.process(self.leave(room, population.speed_m_s[person], delay_s, *ways[room]))

    def leave(
        self, room: int, speed: float, delay_s: float, first_m: float, steps: list[Step]
    ) -> Generator[simpy.Event, Any, None]:
        env = self.env
        yield env.timeout(delay_s)
        yield env.timeout(first_m / min(speed, self.crowded(room)))
        here = room
        for link, beyond, length_m in steps:
            with self.doors[link].request() as turn:
                yield turn
                yield self.free[beyond].get(1)
                yield self.free[here].put(1)
                here = beyond
                walk_s = length_m / min(speed, self.crowded(here)) if length_m else 0.0
                if here == steps[-1][1]:
                    self.last_out_s = env.now
                yield env.timeout(self.headway_s[link])
            yield env.timeout(max(0.0, walk_s - self.headway_s[link]))

    def crowded(self, space: int) -> float:
        return self.speeds[space][int(self.slots[space] - self.free[space].level)]

    def run(self) -> float:
        self.env.run()
        return self.last_out_s
