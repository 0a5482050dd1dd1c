"""A hundred thousand people on two thousand spaces: growth of time, memory a person, bytes a crossing.

``python -m pytest tests/benchmarks/test_growth.py --benchmark-enable -s`` measures; without that option a
small building runs once. Targets: exponent at most 1.1, 1 kB a person without trace, 32 bytes a crossing.
"""

from __future__ import annotations

import tracemalloc
from math import inf, log
from sys import getsizeof
from time import process_time
from typing import Any

import numpy as np
import pytest

from drillsim.facility.graph import Facility
from drillsim.people.crowd import Crowd
from drillsim.people.kernel import Kernel
from drillsim.people.population import Population
from drillsim.trace.log import CrowdLog
from tests.benchmarks.building import occupants, ready, tower
from tests.benchmarks.measured import kernels, last_out_s, show

ROOMS = 4


def wings(benchmark: Any, count: int) -> tuple[Facility, int]:
    """Equal wings, so people and spaces grow together and a person crosses as many links; people a room."""
    storeys, per_room = (3, 4) if benchmark.disabled else (18, 87)
    return tower(storeys=storeys, rooms=ROOMS, wings=count), per_room


def trace_bytes(log_: CrowdLog) -> int:
    """Of all columns, with what the arrays hold in reserve."""
    return sum(getsizeof(column) for column in columns(log_))


def columns(log_: CrowdLog) -> tuple[Any, ...]:
    return log_.time_s, log_.arrived_s, log_.person, log_.link, log_.space


KERNEL = pytest.mark.parametrize("kernel", kernels())


@KERNEL
@pytest.mark.benchmark(group="growth")
def test_time_grows_with_people_and_spaces(benchmark: Any, kernel: Kernel) -> None:
    counts, rounds = (
        ((1, 2, 3, 4), 1) if benchmark.disabled else ((1, 2, 4, 8, 16), 5 if kernel == "compiled" else 2)
    )
    cases = [wings(benchmark, count) for count in counts]
    facility, per_room = cases[-1]
    if not benchmark.disabled:
        assert len(facility.spaces) >= 2_000
    times = np.full((len(cases), 2), inf)
    timed(*cases[0], kernel)  # compiles
    for _ in range(rounds):
        for i, case in enumerate(cases):
            times[i] = np.minimum(times[i], timed(*case, kernel))
    people = [ROOMS * per_room * (len(case[0].spaces) - 1) // (ROOMS + 3) for case in cases]
    assert benchmark.disabled or people[-1] >= 100_000
    exponents = np.polyfit(np.log(people), np.log(times), 1)[0]
    crowd = benchmark.pedantic(
        run_through, args=(facility, occupants(facility, per_room=per_room), kernel), rounds=1
    )
    assert crowd.occupancy[facility.space_index["outside"]] == people[-1]
    crossings = sum(link >= 0 for link in crowd.log.link)
    held = trace_bytes(crowd.log)
    print(f"\n{kernel} kernel", end="")
    for count, (kernel_s, run_s) in zip(people, times, strict=True):
        each = f"{1e6 * kernel_s / count:.1f} us a person in the kernel, {1e6 * run_s / count:.1f} in all"
        print(f"\n{count} people: {run_s:.3f} s, {each}", end="")
    show(
        benchmark,
        spaces=len(facility.spaces),
        people=people[-1],
        crossings=crossings,
        last_out_s=last_out_s(crowd),
        exponent=exponents[1],
        exponent_of_the_kernel=exponents[0],
        exponent_last_doubling=log(times[-1][1] / times[-2][1]) / log(people[-1] / people[-2]),
        trace_bytes_a_crossing=held / crossings,
        trace_bytes_a_row=held / len(crowd.log.link),
    )
    assert held / crossings <= (64 if benchmark.disabled else 32)


def timed(facility: Facility, per_room: int, kernel: Kernel) -> tuple[float, float]:
    """CPU seconds of the kernel alone, and with the draw of the people, the crowd and the orders."""
    begin = process_time()
    crowd = ready(facility, occupants(facility, per_room=per_room), kernel=kernel)
    told = process_time()
    crowd.advance(inf)
    end = process_time()
    return end - told, end - begin


def run_through(facility: Facility, population: Population, kernel: Kernel) -> Crowd:
    crowd = ready(facility, population, record=True, kernel=kernel)
    crowd.advance(inf)
    return crowd


@KERNEL
@pytest.mark.benchmark(group="growth")
def test_a_person_takes_less_than_a_kilobyte(benchmark: Any, kernel: Kernel) -> None:
    """Peak from the draw of the people until all have set out, population and orders included, no trace."""
    facility, per_room = wings(benchmark, 1 if benchmark.disabled else 16)
    ready(facility, occupants(facility, per_room=1), kernel=kernel).advance(inf)  # compiles, fills caches
    tracemalloc.start()
    begin = tracemalloc.get_traced_memory()[0]
    population = occupants(facility, per_room=per_room)
    drawn = tracemalloc.get_traced_memory()[0]
    crowd = ready(facility, population, kernel=kernel)
    told = tracemalloc.get_traced_memory()[0]
    crowd.advance(90.0)
    now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    people = len(population.place)
    show(
        benchmark,
        people=people,
        population_bytes=(drawn - begin) / people,
        ready_bytes=(told - begin) / people,
        after_90_s_bytes=(now - begin) / people,
        peak_bytes=(peak - begin) / people,
    )
    benchmark.pedantic(lambda: None)
    if not benchmark.disabled:
        assert (peak - begin) / people <= 1024
