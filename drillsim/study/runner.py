"""Replications of one scenario: those a store holds are read, the others run by an engine and stored."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final, Literal, Self, TypedDict, get_args

from drillsim.errors import DrillsimError
from drillsim.study.engines.serial import SerialEngine
from drillsim.study.job import Bench, Result
from drillsim.study.results import Failure

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from drillsim.scenario.model import Scenario
    from drillsim.study.engines import Engine
    from drillsim.study.job import Attempt, Job, Run
    from drillsim.study.results import Ensemble
    from drillsim.study.store import Store

__all__ = ["Attempts", "EngineName", "Means", "Progress", "Runner", "usable_cores"]

Progress = Callable[[int, int], None]
EngineName = Literal["auto", "serial", "processes", "dask"]

_BATCH: Final = 256  # replications, or
_BATCH_S: Final = 2.0  # seconds at most between two transactions of the store: what a kill can cost
_PILOT: Final = 2  # runs
_START_UP_S: Final = 2.0  # a spawned process imports the package and reads the scenario, rule of thumb


class Means(TypedDict, total=False):
    """With what a study is carried out. None of it changes an answer.

    ``engine``: ``serial`` (the default), ``processes`` (the default with more than one worker), ``dask``, or
    ``auto``: a short pilot decides. ``workers``: processes; default: one a core. ``cluster``: address of a
    dask scheduler, else one is started. ``time_limit_s``: after which a replication is given up, 5 s later
    for the first of a process. ``store``: a file (or an open store) where finished replications are kept and
    looked for, with the traces of the first ``traces`` (default 3) of a job, its extreme and its typical ones
    (0: none). ``run`` stands in for ``drillsim.run``.
    """

    engine: EngineName | None
    workers: int | None
    cluster: str | None
    time_limit_s: float | None
    store: Store | str | Path | None
    traces: int
    run: Run | None


@dataclass(frozen=True, slots=True)
class Attempts:
    """What came of the replications of a job, both in order of replication."""

    results: tuple[Result, ...]
    failures: tuple[Failure, ...]

    def __add__(self, later: Attempts) -> Attempts:
        return Attempts(self.results + later.results, self.failures + later.failures)


class Runner:
    """Context in which replications of one scenario are run; see :class:`Means`.

    An engine is started when there is something to run for it. Leaving the context, by whatever way, ends
    what was started; what has finished by then is in the store.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        engine: EngineName | None = None,
        workers: int | None = None,
        cluster: str | None = None,
        time_limit_s: float | None = None,
        store: Store | str | Path | None = None,
        traces: int = 3,
        run: Run | None = None,
    ) -> None:
        if workers is not None and workers < 1:
            raise ValueError(f"{workers} workers; at least 1 is needed")
        if engine not in (None, *get_args(EngineName)):
            raise DrillsimError(f"engine {engine!r}; it is one of {', '.join(get_args(EngineName))}")
        if engine is None:
            engine = "dask" if cluster else "processes" if (workers or 1) > 1 else "serial"
        if engine == "auto" and time_limit_s is not None:
            engine = "processes"  # a pilot could not be stopped
        if engine == "serial" and time_limit_s is not None:
            raise DrillsimError(
                "a time limit needs processes that can be ended; choose engine processes or dask"
            )
        self._bench = Bench(scenario, run=run)
        self._chosen = engine
        self._workers = workers or usable_cores()
        self._cluster = cluster
        self._time_limit_s = time_limit_s
        self._given_store = store
        self._store: Store | None = None
        self._traces = traces
        self._engine: Engine | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine is not None:
            self._engine.__exit__(kind, error, trace)
            self._engine = None
        if self._store is not None and self._store is not self._given_store:
            self._store.close()
        self._store = None

    def _opened(self, job: Job) -> Store | None:
        """The store, opened for this study if only its place was given; it keeps no runs with a bound."""
        if job.bound is not None:
            return None
        if self._store is None and self._given_store is not None:
            from drillsim.study.store import Store

            given = self._given_store
            if not isinstance(given, Store):
                given = Store(given, scenario=self._bench.scenario, seed=job.seed)
            self._store = given
        return self._store

    def attempts(
        self, job: Job, replications: Iterable[int], *, progress: Progress | None = None
    ) -> Attempts:
        """These replications, read or run. ``progress`` gets (done, of).

        Raises what a run raises that is a defect, and :class:`StoreFailed` if the store cannot take them.
        """
        wanted = tuple(replications)
        store = self._opened(job)
        found = {} if store is None else store.attempts(job, wanted)
        missing = [number for number in wanted if number not in found]
        if progress and found:
            progress(len(found), len(wanted))
        with self._kept(job) as keep, closing(self._carried_out(job, missing)) as fresh:
            for attempt in fresh:
                keep(attempt)
                found[attempt.replication] = attempt
                if progress:
                    progress(len(found), len(wanted))
        ordered = [found[number] for number in sorted(found)]
        return Attempts(
            tuple(entry for entry in ordered if isinstance(entry, Result)),
            tuple(entry for entry in ordered if isinstance(entry, Failure)),
        )

    def keep_traces(self, job: Job, ensemble: Ensemble) -> None:
        """Put the traces worth keeping into the store, if there is one."""
        if (store := self._opened(job)) is not None:
            from drillsim.study.kept_traces import keep_traces

            keep_traces(store, self._bench, job, ensemble, first=self._traces)

    @contextmanager
    def _kept(self, job: Job) -> Iterator[Callable[[Attempt], None]]:
        """Takes attempts into the store, in batches; the last batch however the context is left."""
        store = self._opened(job)
        if store is None:
            yield lambda attempt: None
            return
        batch: list[Attempt] = []
        since_s = monotonic()

        def keep(attempt: Attempt) -> None:
            nonlocal batch, since_s
            batch.append(attempt)
            if len(batch) >= _BATCH or monotonic() - since_s >= _BATCH_S:
                full, batch = batch, []  # a batch that failed is not tried twice
                store.add(job, full)
                since_s = monotonic()

        try:
            yield keep
        finally:
            if batch:
                store.add(job, batch)

    def _carried_out(self, job: Job, missing: Sequence[int]) -> Generator[Attempt]:
        """Run what is missing. Engine ``auto`` times the first runs here; processes come if they pay."""
        if self._chosen == "auto" and self._engine is None:
            took_s = 0.0
            for number in missing[:_PILOT]:
                begin_s = monotonic()
                attempt = self._bench.attempt(job, number)
                took_s = monotonic() - begin_s  # the last one: the first also loads what runs need
                yield attempt
            missing = missing[_PILOT:]
            saved_s = took_s * len(missing) * (1.0 - 1.0 / self._workers)
            if saved_s < _START_UP_S:
                yield from SerialEngine(self._bench).attempts(job, missing)
                return
        if missing:
            yield from self._started().attempts(job, missing)

    def _started(self) -> Engine:
        if self._engine is None:
            self._engine = self._built().__enter__()
        return self._engine

    def _built(self) -> Engine:
        if self._chosen == "serial":
            return SerialEngine(self._bench)
        if self._chosen == "dask":
            from drillsim.study.engines.dask_cluster import DaskEngine

            return DaskEngine(
                self._bench, workers=self._workers, cluster=self._cluster, time_limit_s=self._time_limit_s
            )
        from drillsim.study.engines.processes import ProcessEngine

        return ProcessEngine(self._bench, workers=self._workers, time_limit_s=self._time_limit_s)


def usable_cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
