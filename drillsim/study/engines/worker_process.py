"""One worker as its parent sees it: started, supplied with orders, watched and ended."""

from __future__ import annotations

import math
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from time import monotonic
from typing import TYPE_CHECKING, Final, Literal

from drillsim.study.engines.worker import DROP, OUT_OF_MEMORY, Defect, Order, Report, work
from drillsim.study.job import FIRST_S

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from drillsim.study.job import Job

__all__ = ["UNGUARDED", "WorkerProcess", "end_all", "how_it_ended", "no_interrupt_inherited"]

UNGUARDED: Final = 72  # exit code of a worker whose main module starts workers when it is imported
_NAME: Final = "drillsim worker"
_DROPPING_S: Final = 2.0  # longer than it takes to replace the process
_LOOK_S: Final = 0.5  # Windows keeps the connection of a process open that ended before it took it over
_LEAVING_S: Final = 1.0  # to finish a replication before it is cut short


class WorkerProcess:
    """A spawned process that runs :func:`drillsim.study.engines.worker.work`.

    ``ordered`` are the replications it has not reported yet; it is at the first of them. ``fresh``: it has
    reported none so far.
    """

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self.connection: Connection
        self.connection, self._its_end = context.Pipe()
        self._process = context.Process(target=work, args=(self._its_end,), name=_NAME, daemon=True)
        self.state: Literal["starting", "ready", "dropping"] = "starting"
        self.ordered: deque[int] = deque()
        self.fresh = True
        self._since_s = monotonic()

    def start(self) -> None:
        """Start it; raises ``OSError`` if the machine gives no more processes."""
        try:
            with no_interrupt_inherited():
                self._process.start()
        except RuntimeError:
            if multiprocessing.current_process().name != _NAME:
                raise
            # This is a worker itself, just importing the main module, which goes on to start more of them.
            raise SystemExit(UNGUARDED) from None
        finally:
            self._its_end.close()

    def send(self, message: bytes | str | Order) -> None:
        with suppress(OSError):  # it has ended, which is noticed when its reports have been read
            self.connection.send(message)

    def heard(self) -> str | Report | Defect | None:
        """Its next message; ``None`` if it has ended."""
        try:
            message: str | Report | Defect = self.connection.recv()
        except (EOFError, OSError):
            return None
        return message

    def order(self, job: Job, replications: tuple[int, ...]) -> None:
        if not self.ordered:
            self._since_s = monotonic()
        self.ordered.extend(replications)
        self.send(Order(job, replications))

    def reported(self) -> int:
        """It is done with a replication, the one returned, and begins the next."""
        self._since_s = monotonic()
        self.fresh = False
        return self.ordered.popleft()

    def drop(self) -> None:
        """Take back what it has not done; it is of use again when it says READY."""
        if self.ordered:
            self.ordered.clear()
            self.state = "dropping"
            self._since_s = monotonic()
            self.send(DROP)

    def deadline_s(self, time_limit_s: float | None) -> float:
        """Until when its parent waits for a word of it, on the monotonic clock."""
        if self.state == "starting":
            return monotonic() + _LOOK_S
        if self.state == "dropping":
            return self._since_s + _DROPPING_S
        if self.ordered and time_limit_s is not None:
            return self._since_s + time_limit_s + (FIRST_S if self.fresh else 0.0)
        return math.inf

    @property
    def exit_code(self) -> int | None:
        """``None`` while it runs; negative: the signal that ended it."""
        return self._process.exitcode

    def leave(self) -> None:
        """Tell it to leave: it does so when the replication it is at is done."""
        self.connection.close()

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()

    def wait(self, until_s: float) -> bool:
        """Wait until it has ended, at most until then on the monotonic clock; whether it has."""
        if self._process.pid is None:
            return True
        self._process.join(max(0.0, until_s - monotonic()))
        return self._process.exitcode is not None


def end_all(workers: Iterable[WorkerProcess]) -> None:
    """End them: told to leave, after a moment asked by the system, after another made to."""
    left = list(workers)
    for step in (WorkerProcess.leave, WorkerProcess.terminate, WorkerProcess.kill):
        for worker in left:
            step(worker)
        until_s = monotonic() + _LEAVING_S
        left = [worker for worker in left if not worker.wait(until_s)]


def how_it_ended(code: int | None) -> str:
    """An exit code in words."""
    if code is None:
        return "connection closed"
    if code == OUT_OF_MEMORY:
        return "out of memory"
    return f"signal {-code}" if code < 0 else f"exit code {code}"


@contextmanager
def no_interrupt_inherited() -> Iterator[None]:
    """What is started meanwhile never gets Ctrl-C; here it arrives a moment later. Windows cannot do that."""
    if sys.platform == "win32":
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # started later, it would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
