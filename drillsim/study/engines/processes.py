"""Replications in several processes of this machine."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.process import BaseProcess
    from multiprocessing.synchronize import Event
    from types import TracebackType

    from drillsim.study.job import Attempt, Bench, Job

__all__ = ["ProcessEngine"]


class ProcessEngine:
    """Spawned processes, each with the bench; see :class:`drillsim.study.engines.Engine`."""

    name = "processes"

    def __init__(self, bench: Bench, *, workers: int, time_limit_s: float | None = None) -> None:
        self.workers = workers
        self._bench = bench
        self._pool: ProcessPoolExecutor | None = None
        self._stop: Event | None = None

    def __enter__(self) -> Self:
        context = multiprocessing.get_context("spawn")
        self._stop = context.Event()
        self._pool = ProcessPoolExecutor(
            self.workers, mp_context=context, initializer=_begin, initargs=(self._bench, self._stop)
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None and self._stop is not None:
            self._stop.set()
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def attempts(self, job: Job, replications: Sequence[int]) -> Iterator[Attempt]:
        assert self._pool is not None
        size = max(1, min(8, len(replications) // (4 * self.workers)))
        chunks = [tuple(replications[at : at + size]) for at in range(0, len(replications), size)]
        futures: list[Future[list[Attempt]]] = [self._pool.submit(_chunk, job, chunk) for chunk in chunks]
        for future in as_completed(futures):
            yield from future.result()


# State of a worker process: set once by _begin, read by _chunk.
_WORKER: dict[str, object] = {}


def _begin(bench: Bench, stop: Event) -> None:
    """A worker leaves Ctrl-C to its parent, and ends when the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _WORKER.update(bench=bench, stop=stop)


def _end_with(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)


def _chunk(job: Job, replications: tuple[int, ...]) -> list[Attempt]:
    bench, stop = _WORKER["bench"], _WORKER["stop"]
    return [
        bench.attempt(job, number)  # type: ignore[attr-defined]
        for number in replications
        if not stop.is_set()  # type: ignore[attr-defined]
    ]
