"""What a local dask cluster of two workers makes of two cores, beside what two plain processes make of them.

``python -m pytest tests/benchmarks/test_cluster.py --benchmark-enable -s`` measures a minute and more of
work; without that option a few replications run once. Target: efficiency at least 0.8 from the first result
to the last, start-up apart.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import pytest

import drillsim
from drillsim.study.engines.serial import SerialEngine
from drillsim.study.job import Bench, Job
from tests.benchmarks.measured import show

pytest.importorskip("distributed")

from psutil import Process

from drillsim.study.engines.dask_cluster import DaskEngine

OFFICE = Path(__file__).resolve().parents[2] / "scenarios" / "office-fire"
JOB = Job("confirm-first", "emergency", 1)
WORK_S = 65.0
SPIN = 3_000_000


@pytest.mark.benchmark(group="cluster")
def test_efficiency_of_a_local_dask_cluster(benchmark: Any) -> None:
    """Efficiency: replications a second on two workers over twice those of one process, alone.

    One process and two plain ones are timed before and after: other work on the machine shows in both. The
    share of all CPU seconds that are simulation does not depend on it.
    """
    alone, spins = (3, 1) if benchmark.disabled else (60, 25)
    bench = Bench(drillsim.load(OFFICE))
    probes, single = [two_cores(spins)], [seconds_each(bench, alone)]
    count = 24 if benchmark.disabled else round(2 * WORK_S / single[0][0])
    with DaskEngine(bench, workers=2) as engine:
        work = engine.attempts(JOB, range(count))
        warm = list(islice(work, max(4, count // 50)))  # both workers are at it
        begin_s, begin_cpu_s, begin_parent_s = perf_counter(), family_cpu_s(), process_time()
        rest = benchmark.pedantic(lambda: list(work), rounds=1)
        took_s = perf_counter() - begin_s
        cpu_s, parent_s = family_cpu_s() - begin_cpu_s, process_time() - begin_parent_s
    assert sorted(found.replication for found in (*warm, *rest)) == list(range(count))
    single.append(seconds_each(bench, alone))
    probes.append(two_cores(spins))
    each_s, each_cpu_s = (sum(column) / 2 for column in zip(*single, strict=True))
    efficiency = len(rest) * each_s / (2 * took_s)
    show(
        benchmark,
        seconds=took_s,
        replications=len(rest),
        one_process_ms=1e3 * each_s,
        efficiency=efficiency,
        two_core_probe=sum(probes) / 2,
        efficiency_over_probe=efficiency / (sum(probes) / 2),
        simulation_share_of_cpu=len(rest) * each_cpu_s / cpu_s,
        parent_share_of_a_core=parent_s / took_s,
    )


def family_cpu_s() -> float:
    """CPU seconds so far of this process and those below it."""
    family = [Process(), *Process().children(recursive=True)]
    return sum(sum(member.cpu_times()[:2]) for member in family)


def seconds_each(bench: Bench, count: int) -> tuple[float, float]:
    """Of one replication in this process, the first apart: wall clock and CPU."""
    engine = SerialEngine(bench)
    work = engine.attempts(JOB, range(count + 1))
    next(work)
    begin_s, begin_cpu_s = perf_counter(), process_time()
    assert len(list(work)) == count
    return (perf_counter() - begin_s) / count, (process_time() - begin_cpu_s) / count


def two_cores(spins: int) -> float:
    """Twice the work in two processes over the work in one: 1 where two cores are free, 0.5 where one is."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        pool.map(spin, [1, 1], chunksize=1)  # both are up
        return timed(pool, [spins]) / timed(pool, [spins, spins])


def timed(pool: Any, work: Sequence[int]) -> float:
    begin_s = perf_counter()
    pool.map(spin, work, chunksize=1)
    return perf_counter() - begin_s


def spin(times: int) -> int:
    """Nothing but arithmetic of plain Python."""
    total = 0
    for _ in range(times * SPIN):
        total += 1
    return total
