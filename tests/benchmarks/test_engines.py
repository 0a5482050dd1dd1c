"""Two processes against one, on a shipped drill, beside what two cores of this machine give at all.

``python -m pytest tests/benchmarks/test_engines.py --benchmark-enable -s`` measures, two to three minutes;
without that option a few runs are made. Target: efficiency at least 0.9 from first to last replication.

``efficiency``: seconds of the same runs in one process, over twice the seconds they take in two; start-up is
apart (``start_s``, to the first result). ``probe``: the same for two plain programs that only count, without
any engine; what it falls short of 1 is the machine's. ``busy``: share of their time that the two processes
spent in runs, however fast or slow they were; what it falls short of 1 is the engine's.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from drillsim.scenario.load import load
from drillsim.study.engines.processes import ProcessEngine
from drillsim.study.engines.serial import SerialEngine
from drillsim.study.engines.worker import Report
from drillsim.study.engines.worker_process import WorkerProcess
from drillsim.study.job import Attempt, Bench, Job, Result
from tests.benchmarks.measured import show

DRILL = Path(__file__).resolve().parents[2] / "scenarios" / "office-fire"
JOB = Job("confirm-first", "emergency", 1)
COUNTING = """
from time import perf_counter
import sys
count, end_s = 0, perf_counter() + float(sys.argv[1])
while perf_counter() < end_s:
    for _ in range(1000):
        count += 1
print(count)
"""


def counted(programs: int, lasts_s: float) -> float:
    """How far so many programs count at the same time, on average."""
    running = [
        subprocess.Popen([sys.executable, "-c", COUNTING, str(lasts_s)], stdout=subprocess.PIPE, text=True)
        for _ in range(programs)
    ]
    return sum(int(program.communicate()[0]) for program in running) / programs


def probe(lasts_s: float) -> float:
    alone = counted(1, lasts_s)
    together = counted(2, lasts_s)
    return 2 * together / (alone + counted(1, lasts_s))


def from_first_to_last(attempts: Iterator[Attempt]) -> tuple[float, float, int]:
    """Seconds to the first result, from there to the last, and how many came in that time."""
    begin_s = perf_counter()
    assert isinstance(next(attempts), Result)
    first_s = perf_counter()
    count = sum(isinstance(attempt, Result) for attempt in attempts)
    return first_s - begin_s, perf_counter() - first_s, count


@pytest.mark.benchmark(group="engines")
def test_two_processes_do_twice_the_work(benchmark: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    bench, tiny = Bench(load(DRILL)), benchmark.disabled
    probe_s = 0.1 if tiny else 6.0
    took_s: list[float] = []
    heard = WorkerProcess.heard

    def timed(worker: WorkerProcess) -> object:
        message = heard(worker)
        if isinstance(message, Report):
            took_s.append(message.took_s)
        return message

    monkeypatch.setattr(WorkerProcess, "heard", timed)

    def serial(count: int) -> float:
        _, lasted_s, done = from_first_to_last(SerialEngine(bench).attempts(JOB, range(count)))
        return lasted_s / done

    serial(2)  # loads what runs need
    before = probe(probe_s)
    one_s = serial(3 if tiny else 150)
    count = 6 if tiny else int(2 * 62.0 / one_s)  # a minute on both cores
    with ProcessEngine(bench, workers=2) as engine:
        start_s, lasted_s, done = from_first_to_last(engine.attempts(JOB, range(count)))
    assert (done, len(took_s)) == (count - 1, count)
    one_s = (one_s + serial(3 if tiny else 150)) / 2
    given = (before + probe(probe_s)) / 2
    efficiency = one_s * done / (2 * lasted_s)
    benchmark.pedantic(lambda: None)
    show(
        benchmark,
        replications=count,
        replication_s=one_s,
        start_s=start_s,
        lasted_s=lasted_s,
        efficiency=efficiency,
        probe=given,
        busy=sum(took_s[1:]) / (2 * lasted_s),
    )
    assert tiny or efficiency >= 0.9 * min(1.0, given)


class Trivial:
    """A bench whose runs are nothing, so that an exchange of messages is all there is."""

    def __init__(self, result: Attempt) -> None:
        self.result = result

    def prepare(self) -> None:
        pass

    def attempt(self, job: Job, replication: int) -> Attempt:
        return self.result


@pytest.mark.benchmark(group="engines")
def test_what_a_report_costs(benchmark: Any) -> None:
    """Of a real result, when the run itself is nothing: both ends of the pipe work at the same time."""
    count = 50 if benchmark.disabled else 20_000
    trivial: Any = Trivial(Bench(load(DRILL)).attempt(JOB, 0))
    with ProcessEngine(trivial, workers=2) as engine:
        _, lasted_s, done = from_first_to_last(engine.attempts(JOB, range(count)))
    benchmark.pedantic(lambda: None)
    show(benchmark, reports=done, microseconds_a_report=1e6 * lasted_s / done)
