"""What runs in a process of the process engine: take orders, run replications, report each one."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
import traceback
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from types import TracebackType

    from drillsim.study.job import Attempt, Bench, Job

__all__ = ["DROP", "OUT_OF_MEMORY", "READY", "UP", "Defect", "Order", "Report", "work"]

# Said by a worker: the interpreter runs, send the bench; there is nothing to do, send orders.
UP: Final = "up"
READY: Final = "ready"
# Said to a worker: forget what was ordered and say READY once more.
DROP: Final = "drop"

OUT_OF_MEMORY: Final = 71  # exit code of a worker that got no more memory


@dataclass(frozen=True, slots=True)
class Order:
    """Replications to be run after those ordered before."""

    job: Job
    replications: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """One replication is done; it took so long."""

    attempt: Attempt
    took_s: float


@dataclass(frozen=True, slots=True)
class Defect:
    """Something was raised that is no failure of a run."""

    error: Exception
    traceback: str


def work(parent: Connection) -> None:
    """Serve the parent until it closes the connection or ends, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _end_with_parent()
    with suppress(EOFError, OSError):  # only of the connection: what a run raises is reported
        parent.send(UP)
        pickled = parent.recv()
        with _Reported(parent):
            bench: Bench = pickle.loads(pickled)
            bench.prepare()
            _serve(parent, bench)


def _serve(parent: Connection, bench: Bench) -> None:
    parent.send(READY)
    ordered: deque[tuple[Job, int]] = deque()
    while True:
        while not ordered or parent.poll():
            order = parent.recv()
            if isinstance(order, Order):
                ordered.extend((order.job, number) for number in order.replications)
            else:
                ordered.clear()
                parent.send(READY)
        job, number = ordered.popleft()
        begin_s = perf_counter()
        with _Reported(parent):
            attempt = bench.attempt(job, number)
            parent.send(Report(attempt, perf_counter() - begin_s))


class _Reported:
    """Context that sends what is raised in it to the parent. Out of memory, the process ends at once."""

    def __init__(self, parent: Connection) -> None:
        self._parent = parent

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if isinstance(error, MemoryError):
            os._exit(OUT_OF_MEMORY)
        if not isinstance(error, Exception):
            return False
        self._parent.send(Defect(_picklable(error), "".join(traceback.format_exception(error))))
        return True


def _picklable(error: Exception) -> Exception:
    """The error, or one that says the same, if the parent could not read it."""
    try:
        pickle.loads(pickle.dumps(error))
    except (
        pickle.PickleError,
        TypeError,
        ValueError,
        AttributeError,
        LookupError,
        ImportError,
        RecursionError,
    ):
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error


def _end_with_parent() -> None:
    """End this process when the parent is gone, in the middle of whatever it does."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    threading.Thread(target=_end_after, args=(parent,), daemon=True).start()
    if sys.platform == "linux":
        # The thread waits for compiled code that keeps Python to itself; a signal does not. The pipe that
        # the parent holds open sends it when it closes.
        import fcntl

        pipe = parent.sentinel
        signal.signal(signal.SIGIO, signal.SIG_DFL)
        fcntl.fcntl(pipe, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


def _end_after(parent: BaseProcess) -> None:
    parent.join()
    os._exit(1)
