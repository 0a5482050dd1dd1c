"""Runs of one scenario, in this process or in several; the answer is the same for any number of them."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from drillsim.errors import DrillsimError
from drillsim.scenario.variant import scale
from drillsim.study.reduce import reduce
from drillsim.study.results import Failure

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess
    from multiprocessing.synchronize import Event
    from types import TracebackType

    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.results import Outcome
    from drillsim.trace.log import Trace

    Run = Callable[..., Trace]

__all__ = ["Job", "Progress", "Result", "Runner"]

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Job:
    """What to run: ``factors`` are (path of an assumption, factor) applied to the scenario first."""

    plan: str
    conditions: Conditions
    seed: int
    start_s: float | None = None
    injects: tuple[str, ...] | None = None
    factors: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One outcome and who made it."""

    outcome: Outcome
    version: str
    fingerprint: str


class Runner:
    """Context in which replications of one scenario are run.

    With ``workers`` above 1 each process gets the scenario once. Leaving the context, by whatever way, ends
    the processes after the replication each is at. ``run`` takes the arguments of ``drillsim.run``.
    """

    def __init__(self, scenario: Scenario, *, workers: int = 1, run: Run | None = None) -> None:
        if workers < 1:
            raise ValueError(f"{workers} workers; at least 1 is needed")
        self._workers = workers
        self._bench = _Bench(scenario, run)
        self._pool: ProcessPoolExecutor | None = None
        self._stop: Event | None = None

    def __enter__(self) -> Self:
        if self._workers > 1:
            context = multiprocessing.get_context("spawn")
            self._stop = context.Event()
            self._pool = ProcessPoolExecutor(
                self._workers, mp_context=context, initializer=_begin, initargs=(self._bench, self._stop)
            )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None and self._stop is not None:
            self._stop.set()
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def results(
        self,
        job: Job,
        replications: Iterable[int],
        *,
        progress: Progress | None = None,
        failures: list[Failure] | None = None,
    ) -> tuple[Result, ...]:
        """Run these replications; in order of replication. ``progress`` gets (done, of).

        A run that raises ends the study, but with a list of ``failures`` a run that could not be carried
        through (a :class:`DrillsimError`, a formula out of its range) is noted there and left out.
        """
        wanted = tuple(replications)
        if self._pool is None:
            found: list[Result | Failure] = []
            for number in wanted:
                found.append(self._bench.attempt(job, number, failures is not None))
                if progress:
                    progress(len(found), len(wanted))
        else:
            found = self._spread(self._pool, job, wanted, progress, failures is not None)
        if failures is not None:
            failures += sorted(
                (entry for entry in found if isinstance(entry, Failure)), key=lambda entry: entry.replication
            )
        return _sorted([entry for entry in found if isinstance(entry, Result)])

    def _spread(
        self,
        pool: ProcessPoolExecutor,
        job: Job,
        wanted: tuple[int, ...],
        progress: Progress | None,
        tolerant: bool,
    ) -> list[Result | Failure]:
        size = max(1, min(8, len(wanted) // (4 * self._workers)))
        chunks = [wanted[at : at + size] for at in range(0, len(wanted), size)]
        futures: list[Future[list[Result | Failure]]] = [
            pool.submit(_chunk, job, chunk, tolerant) for chunk in chunks
        ]
        found: list[Result | Failure] = []
        for future in as_completed(futures):
            found += future.result()
            if progress:
                progress(len(found), len(wanted))
        return found


def _sorted(found: list[Result]) -> tuple[Result, ...]:
    return tuple(sorted(found, key=lambda result: result.outcome.replication))


class _Bench:
    """A scenario and how to run it, with its last variant."""

    def __init__(self, scenario: Scenario, run: Run | None) -> None:
        self._scenario = scenario
        self._run = run
        self._variant: tuple[tuple[tuple[str, float], ...], Scenario] = ((), scenario)

    def one(self, job: Job, replication: int) -> Result:
        if self._run is None:
            from drillsim.simulation.run import run

            self._run = run
        trace = self._run(
            self._scaled(job.factors),
            plan=job.plan,
            conditions=job.conditions,
            seed=job.seed,
            replication=replication,
            start_s=job.start_s,
            injects=job.injects,
        )
        asked = {entry.measure for entry in self._scenario.objectives.values() if entry.measure}
        return Result(reduce(trace, asked=asked), trace.header.version, trace.header.fingerprint)

    def attempt(self, job: Job, replication: int, tolerant: bool) -> Result | Failure:
        """:meth:`one`, or why it could not be carried through."""
        if not tolerant:
            return self.one(job, replication)
        try:
            return self.one(job, replication)
        except (DrillsimError, ValueError, ArithmeticError) as fault:
            return Failure(replication, str(fault) or type(fault).__name__)

    def _scaled(self, factors: tuple[tuple[str, float], ...]) -> Scenario:
        if self._variant[0] != factors:
            scenario = self._scenario
            for path, factor in factors:
                scenario = scale(scenario, path, factor)
            self._variant = (factors, scenario)
        return self._variant[1]


# State of a worker process: set once by _begin, read by _chunk.
_WORKER: dict[str, object] = {}


def _begin(bench: _Bench, stop: Event) -> None:
    """A worker leaves Ctrl-C to its parent, and ends when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _WORKER.update(bench=bench, stop=stop)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _chunk(job: Job, replications: tuple[int, ...], tolerant: bool) -> list[Result | Failure]:
    bench, stop = _WORKER["bench"], _WORKER["stop"]
    assert isinstance(bench, _Bench)
    return [
        bench.attempt(job, number, tolerant)
        for number in replications
        if not stop.is_set()  # type: ignore[attr-defined]
    ]
