"""What the benchmarks share: interleaved timing and printed figures."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from math import inf
from time import process_time
from typing import Any

from drillsim.people.crowd import Crowd
from drillsim.people.kernel import Kernel


def kernels() -> tuple[Kernel, ...]:
    """The plain kernel, and the compiled one where numba is there."""
    return ("plain", "compiled") if find_spec("numba") else ("plain",)


def interleaved(rounds: int, *tasks: Callable[[], Callable[[], object]]) -> list[float]:
    """Least CPU seconds of each task over alternating rounds; a task prepares and returns what is timed."""
    best = [inf] * len(tasks)
    for _ in range(rounds):
        for i, prepare in enumerate(tasks):
            run = prepare()
            begin = process_time()
            run()
            best[i] = min(best[i], process_time() - begin)
    return best


def last_out_s(crowd: Crowd) -> float:
    times = [crowd.arrived_s(person) for person in range(sum(crowd.occupancy))]
    assert None not in times
    return max(time for time in times if time is not None)


def show(benchmark: Any, **figures: float) -> None:
    benchmark.extra_info.update(figures)
    print("\n" + ", ".join(f"{name} {value:.4g}" for name, value in figures.items()))
