"""Beside other models: the same building and people, measured in turn in one run. Ratios are never asserted.

``python -m pytest tests/benchmarks/test_peers.py --benchmark-enable -s`` measures 1,000 people on ten floors;
without that option a small building runs once. The microscopic sample is left out unless asked for:
``python -m pytest tests/benchmarks/test_peers.py --benchmark-enable -s -m jupedsim``. Both peers are optional
(LGPL) and used through their public interface. Targets: 20 and 10,000 times faster.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import inf
from time import process_time
from typing import Any

import numpy as np
import pytest

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LinkSpec, SpaceSpec
from drillsim.people.crowd import Crowd
from drillsim.people.kernel import Kernel, crowd_for
from drillsim.people.population import Population
from drillsim.streams import Streams
from tests.benchmarks.building import MOVEMENT, occupants, ready, tower
from tests.benchmarks.measured import interleaved, kernels, last_out_s, show
from tests.benchmarks.peer import peer_groups, peer_network, peer_people
from tests.people.textbook import ways_out

SHUT = {"forward_open": False, "backward_open": False}
OPEN = {"forward_open": True, "backward_open": True}


def pinned(benchmark: Any) -> tuple[Facility, Population, int]:
    if benchmark.disabled:
        facility = tower(storeys=3, rooms=4)
        return facility, occupants(facility, per_room=5), 1
    facility = tower(storeys=10, rooms=4)
    return facility, occupants(facility, per_room=25), 5


def plain(facility: Facility, population: Population, *, record: bool, kernel: Kernel) -> Crowd:
    """From the drawn people to the last one out."""
    crowd = ready(facility, population, record=record, kernel=kernel)
    crowd.advance(inf)
    return crowd


def lively(facility: Facility, population: Population, *, kernel: Kernel) -> Crowd:
    """Recorded; half take the nearest way, others the least crowded or follow; every half minute a stair
    door on some storey shuts until the next does, and all on the way look again."""
    crowd = crowd_for(facility, population, kernel=kernel)
    goals = (facility.space_index["outside"],)
    routes = ("nearest", "nearest", "nearest", "least-crowded", "follow")
    for person, luck in enumerate(population.exit):
        crowd.start(person, 60.0 * luck, goals=goals, route=routes[person % len(routes)])
    doors = [i for i, name in enumerate(facility.links) if name.endswith("-stair-a-door")]
    for number in range(10):
        crowd.advance(15.0 + 30.0 * number)
        if number:
            crowd.set_link(doors[(number - 1) % len(doors)], **OPEN)
        if number < 9:
            crowd.set_link(doors[number % len(doors)], **SHUT)
    crowd.advance(inf)
    return crowd


@pytest.mark.parametrize("kernel", kernels())
@pytest.mark.benchmark(group="peers")
def test_beside_jupedsim_network(benchmark: Any, kernel: Kernel) -> None:
    """The peer at its default step; its set-up of network and routes is not counted, our orders are."""
    peer = pytest.importorskip("jupedsim_network")
    facility, population, rounds = pinned(benchmark)
    outside = facility.space_index["outside"]
    ways = {
        space: way for space, way in ways_out(facility, (outside,)).items() if facility.kind[space] == "room"
    }
    network = peer_network(facility, ways)
    same = peer.NetworkSimulation(network, peer_people(facility, population))
    alike = peer.NetworkSimulation(network, peer_groups(facility, population))

    def ours(run: Callable[[], Crowd]) -> Callable[[], object]:
        return run

    tasks = [
        partial(plain, facility, population, record=False, kernel=kernel),
        partial(plain, facility, population, record=True, kernel=kernel),
        partial(lively, facility, population, kernel=kernel),
        partial(same.run, seed=1, record=False),
        partial(alike.run, seed=1, record=False),
        partial(alike.run, seed=1, record=True),
    ]
    for task in tasks:
        task()  # compiles, fills caches
    times = interleaved(rounds, *(partial(ours, task) for task in tasks))
    kernel_s, recorded_s, lively_s, same_s, alike_s, alike_recorded_s = times
    theirs_s = min(same_s, alike_s)
    mine, result = plain(facility, population, record=False, kernel=kernel), same.run(seed=1)
    exits = np.array([mine.arrived_s(person) for person in range(len(population.place))])
    apart = np.sort(exits) - np.sort(result.exit_times)
    show(
        benchmark,
        people=len(population.place),
        ours_ms=1e3 * kernel_s,
        ours_recording_ms=1e3 * recorded_s,
        ours_full_behaviour_ms=1e3 * lively_s,
        peer_ms=1e3 * theirs_s,
        peer_same_people_ms=1e3 * same_s,
        peer_recording_ms=1e3 * alike_recorded_s,
        times_faster=theirs_s / kernel_s,
        times_faster_recording=alike_recorded_s / recorded_s,
        times_faster_full_behaviour=alike_recorded_s / lively_s,
        last_out_s=last_out_s(mine),
        peer_last_out_s=result.evacuation_time,
        difference_s=last_out_s(mine) - result.evacuation_time,
        mean_difference_s=float(apart.mean()),
        largest_difference_s=float(np.abs(apart).max()),
    )
    assert last_out_s(mine) == pytest.approx(result.evacuation_time, rel=0.05)
    assert last_out_s(lively(facility, population, kernel=kernel)) >= 0.9 * last_out_s(mine)
    benchmark.pedantic(tasks[0], rounds=rounds)


# -- microscopic --------------------------------------------------------------------------------------

HALL_M = (40.0, 25.0)
DOOR_M = 2.0
DOORS_EAST_M = (10.0, 30.0)


def hall(*, people: int) -> tuple[Facility, Population]:
    """A hall in two halves with a door each; half of the people begin in the middle of either."""
    spaces = {"out": SpaceSpec(kind="outside", at_m=(20, -10), size_m=(40, 20))}
    links = {}
    for number, east in enumerate(DOORS_EAST_M):
        spaces[f"half{number}"] = SpaceSpec(kind="hall", at_m=(east, HALL_M[1] / 2), size_m=(20, HALL_M[1]))
        links[f"door{number}"] = LinkSpec(
            between=(f"half{number}", "out"), kind="door", width_m=DOOR_M, at_m=(east, 0)
        )
    facility = Facility.build(FacilitySpec(movement=MOVEMENT, spaces=spaces, links=links))
    place = [facility.space_index[f"half{person % 2}"] for person in range(people)]
    return facility, Population.of(facility, place=place, speed_m_s=[1.2] * people, streams=Streams(1))


@pytest.mark.jupedsim
@pytest.mark.benchmark(group="peers")
def test_beside_jupedsim(benchmark: Any) -> None:
    """Collision-free speed model at its default step of 0.01 s; 1,000 people, a hall with two 2 m doors.

    It runs until all are out, or for 15 min of CPU; the ratio is its time by our whole run with orders, so
    too low unless it finished; scaled by person-seconds in the hall beside it.
    Neither model is an oracle of the other's doors.
    """
    jupedsim = pytest.importorskip("jupedsim")
    shapely = pytest.importorskip("shapely")
    count, limit_s = (60, 5.0) if benchmark.disabled else (1000, 900.0)
    box = shapely.box(0, 0, *HALL_M)
    half = DOOR_M / 2.0
    doors = [shapely.box(east - half, -3, east + half, 0) for east in DOORS_EAST_M]
    simulation = jupedsim.Simulation(
        model=jupedsim.CollisionFreeSpeedModel(), geometry=shapely.union_all([box, *doors])
    )
    stages = [
        simulation.add_exit_stage(shapely.box(east - half, -3, east + half, -2)) for east in DOORS_EAST_M
    ]
    journeys = [simulation.add_journey(jupedsim.JourneyDescription([stage])) for stage in stages]
    spots = jupedsim.distribute_by_number(
        polygon=box, number_of_agents=count, distance_to_agents=0.5, distance_to_polygon=0.3, seed=1
    )
    for x, y in spots:
        way = int(x >= HALL_M[0] / 2)
        simulation.add_agent(
            jupedsim.CollisionFreeSpeedModelAgentParameters(
                position=(x, y), journey_id=journeys[way], stage_id=stages[way], desired_speed=1.2
            )
        )
    facility, population = hall(people=count)

    def ours() -> Crowd:
        crowd = Crowd(facility, population, record=False)
        for person in range(count):
            crowd.start(person, 0.0, goals=(facility.space_index["out"],))
        crowd.advance(inf)
        return crowd

    theirs_s, agent_s, ours_s = 0.0, 0.0, inf
    ours()  # fills caches
    while simulation.agent_count() and theirs_s < limit_s:
        begin = process_time()
        inside = simulation.agent_count()
        simulation.iterate(500)
        theirs_s += process_time() - begin
        agent_s += 2.5 * (inside + simulation.agent_count())  # of 5 s
        begin = process_time()
        crowd = ours()
        ours_s = min(ours_s, process_time() - begin)
    whole_s = theirs_s / agent_s * sum(crowd.arrived_s(person) or 0.0 for person in range(count))
    show(
        benchmark,
        people=count,
        ours_ms=1e3 * ours_s,
        peer_s=theirs_s,
        peer_simulated_s=simulation.elapsed_time(),
        peer_still_inside=simulation.agent_count(),
        ours_still_inside=sum(
            not (crowd.arrived_s(p) or inf) <= simulation.elapsed_time() for p in range(count)
        ),
        times_faster_at_least=theirs_s / ours_s,
        peer_scaled_to_all_out_s=whole_s,
        times_faster_scaled=whole_s / ours_s,
        last_out_s=last_out_s(crowd),
    )
    benchmark.pedantic(ours, rounds=1)
