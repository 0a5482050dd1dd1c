"""How fast the crowd kernel is: ratios measured in one run, interleaved, least of several; never asserted.

``python -m pytest tests/benchmarks --benchmark-enable -s`` measures the pinned building; without that option
each benchmark runs once on a small one, as a plain test. Targets: (a) at most 4 times a bare heap push and
pop per crossing, (b) at least 4 times faster than the textbook SimPy model.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from heapq import heappop, heappush
from math import inf
from typing import Any

import pytest

from drillsim.facility.graph import Facility
from drillsim.people.crowd import Crowd
from drillsim.people.population import Population
from tests.benchmarks.building import occupants, ready, tower
from tests.benchmarks.measured import interleaved, last_out_s, show
from tests.people.textbook import Textbook, ways_out

Case = tuple[Facility, Population]


def pinned(benchmark: Any) -> tuple[Facility, Population, int]:
    """Building, people, and how often to measure: 20 storeys and 2,000 people, or 3 and 180."""
    if benchmark.disabled:
        facility = tower(storeys=3, rooms=4)
        return facility, occupants(facility, per_room=15), 1
    facility = tower(storeys=20, rooms=4)
    return facility, occupants(facility, per_room=25), 40


def bare_heap(crossings: int, size: int) -> Callable[[], Callable[[], None]]:
    """Push and pop of a (time, rank, number) tuple per crossing on a heap of ``size``."""
    rng = random.Random(1)
    waits = [rng.expovariate(1.0) for _ in range(crossings)]
    start = [(rng.expovariate(1.0), rng.random(), i) for i in range(size)]

    def prepare() -> Callable[[], None]:
        heap: list[tuple[float, float, int]] = []
        for entry in start:
            heappush(heap, entry)

        def run() -> None:
            for wait in waits:
                time_s, rank, code = heappop(heap)
                heappush(heap, (time_s + wait, rank, code))

        return run

    return prepare


def heap_size(crowd: Crowd) -> int:
    """Mean number of pending events over a run's crossings; the crowd records."""
    total, crossings, rows = 0, 0, 0
    crowd.watch(tuple(range(len(crowd.facility.spaces))))
    while crowd.advance(inf) is not None:
        passed = sum(link >= 0 for link in crowd.log.link[rows:])
        rows = len(crowd.log.link)
        total += passed * len(crowd._heap)
        crossings += passed
    return round(total / crossings)


def crossings_of(facility: Facility, population: Population) -> tuple[int, float]:
    """Crossings of a recorded run, and the share of them that waited."""
    crowd = ready(facility, population, record=True)
    crowd.advance(inf)
    log = crowd.log
    waits = [
        t > asked for t, asked, link in zip(log.time_s, log.arrived_s, log.link, strict=True) if link >= 0
    ]
    return len(waits), sum(waits) / len(waits)


@pytest.mark.benchmark(group="crowd")
def test_kernel_against_a_bare_heap(benchmark: Any) -> None:
    facility, population, rounds = pinned(benchmark)
    crossings, waited = crossings_of(facility, population)
    size = heap_size(ready(facility, population, record=True))
    assert waited > 0.25  # the building does spill back

    def kernel(record: bool) -> Callable[[], object]:
        return partial(ready(facility, population, record=record).advance, inf)

    plain, recorded, bare = interleaved(
        rounds, partial(kernel, False), partial(kernel, True), bare_heap(crossings, size)
    )
    show(
        benchmark,
        crossings=crossings,
        waited=waited,
        heap_size=size,
        kernel_us=1e6 * plain / crossings,
        bare_us=1e6 * bare / crossings,
        ratio=plain / bare,
        ratio_recording=recorded / bare,
    )
    benchmark.pedantic(
        lambda crowd: crowd.advance(inf), setup=lambda: ((ready(facility, population),), {}), rounds=rounds
    )


@pytest.mark.benchmark(group="crowd")
def test_kernel_against_the_textbook_model(benchmark: Any) -> None:
    facility, population, rounds = pinned(benchmark)
    ways = ways_out(facility, (facility.space_index["outside"],))
    model = partial(
        Textbook,
        facility,
        place=population.place,
        speed_m_s=population.speed_m_s,
        start_s=[60.0 * luck for luck in population.exit],
        ways=[ways[space] for space in population.place],
    )

    def kernel() -> Callable[[], object]:
        return lambda: ready(facility, population).advance(inf)

    def textbook() -> Callable[[], object]:
        return lambda: model().run()

    crowd = ready(facility, population)
    crowd.advance(inf)
    book_s = max(model().run())
    assert book_s == pytest.approx(last_out_s(crowd), rel=1e-12)  # both do the same work
    ours, theirs = interleaved(min(rounds, 3), kernel, textbook)
    show(
        benchmark,
        last_out_s=last_out_s(crowd),
        textbook_last_out_s=book_s,
        kernel_ms=1e3 * ours,
        textbook_ms=1e3 * theirs,
        times_faster=theirs / ours,
    )
    benchmark.pedantic(kernel(), rounds=rounds)
