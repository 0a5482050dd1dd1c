"""Replications in several processes of this machine, which may die without harm."""

from __future__ import annotations

import math
import pickle
import sys
from multiprocessing.connection import wait
from time import monotonic
from typing import TYPE_CHECKING, Final, Self

from drillsim.errors import DrillsimError
from drillsim.study.engines.backlog import Backlog
from drillsim.study.engines.worker import READY, UP, Defect, Report
from drillsim.study.engines.worker_process import UNGUARDED, WorkerProcess, end_all, how_it_ended
from drillsim.study.results import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from drillsim.study.job import Attempt, Bench, Job

__all__ = ["ProcessEngine"]

_AHEAD_S: Final = 0.5  # work a worker holds at most: an exchange of messages is below 1 % of it
_SHARE: Final = 4  # and no more than this part of what is left for each, so that all end together
_DEATHS: Final = 3  # with the same replication under way, before it is given up
_DEATHS_AT_START: Final = 5  # in a row
_MOST_ON_WINDOWS: Final = 60  # it waits for at most 63 handles at once
_GUARD: Final = 'what a script does must stand below a line  if __name__ == "__main__":'


class ProcessEngine:
    """Spawned processes, each with the bench; see :class:`drillsim.study.engines.Engine`.

    Raises :class:`DrillsimError` from :meth:`attempts` if no process can be started. They start when there
    is work for them, and one that is ready does not wait for the others.
    """

    name = "processes"

    def __init__(self, bench: Bench, *, workers: int, time_limit_s: float | None = None) -> None:
        self.workers = min(workers, _MOST_ON_WINDOWS) if sys.platform == "win32" else workers
        self._time_limit_s = time_limit_s
        self._bench = bench
        self._pickled = b""
        self._crew: list[WorkerProcess] = []
        self._deaths_at_start = 0
        self._replication_s = _AHEAD_S  # what one takes, smoothed

    def __enter__(self) -> Self:
        self._pickled = pickle.dumps(self._bench, protocol=pickle.HIGHEST_PROTOCOL)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        crew, self._crew = self._crew, []
        end_all(crew)

    def attempts(self, job: Job, replications: Sequence[int]) -> Iterator[Attempt]:
        backlog = Backlog(replications)
        self._deaths_at_start = 0
        try:
            while backlog.unfinished:
                self._start_missing(backlog)
                for worker in self._crew:
                    self._supply(worker, job, backlog)
                for heard in self._heard(backlog):
                    if isinstance(heard, Defect):
                        heard.error.add_note(f"In a process of the engine:\n{heard.traceback}")
                        raise heard.error
                    backlog.finish()
                    yield heard
        except KeyboardInterrupt:
            self.__exit__(None, None, None)  # a message may have been cut in two
            raise
        finally:
            for worker in self._crew:
                worker.drop()

    def _start_missing(self, backlog: Backlog) -> None:
        """Workers for what is unfinished; for a suspect a fresh one."""
        while len(self._crew) < self.workers and (
            len(self._crew) < backlog.unfinished
            or (backlog.suspects and not any(worker.fresh for worker in self._crew))
        ):
            try:
                self._start_one()
            except OSError as error:
                if not self._crew:
                    raise DrillsimError(f"no process can be started: {error}; try engine serial") from error
                self.workers = len(self._crew)  # the machine gives no more

    def _start_one(self) -> None:
        worker = WorkerProcess()
        self._crew.append(worker)  # first, so that one whose start is interrupted is ended as well
        try:
            worker.start()
        except OSError:
            self._crew.remove(worker)
            worker.leave()
            raise

    def _supply(self, worker: WorkerProcess, job: Job, backlog: Backlog) -> None:
        """Give a worker that is about to run dry some more, little when little is left."""
        if worker.state != "ready":
            return
        held = len(worker.ordered)
        if held and backlog.is_suspect(worker.ordered[0]):
            return
        if not held and backlog.suspects and (worker.fresh or not any(other.fresh for other in self._crew)):
            worker.order(job, backlog.take_suspect())
            return
        most = min(int(_AHEAD_S / self._replication_s), backlog.unfinished // (_SHARE * self.workers))
        if backlog.waiting and 2 * held <= max(1, most):
            worker.order(job, backlog.take(max(1, most) - held))

    def _heard(self, backlog: Backlog) -> list[Attempt | Defect]:
        """Wait for a word of any worker; what came of replications by it, or by silence."""
        deadlines_s = {worker: worker.deadline_s(self._time_limit_s) for worker in self._crew}
        patience_s = max(0.0, min(deadlines_s.values()) - monotonic())
        talking = wait(
            [worker.connection for worker in self._crew], None if patience_s == math.inf else patience_s
        )
        heard: list[Attempt | Defect] = []
        for worker, deadline_s in deadlines_s.items():
            if worker.connection in talking:
                heard.extend(self._listen(worker, backlog))
            elif worker.state == "starting" and worker.exit_code is not None:
                heard.extend(self._replace_dead(worker, backlog))
            elif deadline_s <= monotonic() and worker.state != "starting":
                heard.extend(self._cut_short(worker, backlog))
        return heard

    def _listen(self, worker: WorkerProcess, backlog: Backlog) -> Iterator[Attempt | Defect]:
        """Take one message; one of work that was dropped says nothing."""
        message = worker.heard()
        if message is None:
            yield from self._replace_dead(worker, backlog)
        elif message == UP:
            worker.send(self._pickled)
        elif message == READY:
            worker.state = "ready"
            self._deaths_at_start = 0
        elif isinstance(message, Defect) and worker.state == "starting":
            raise DrillsimError(
                f"a process cannot take the scenario: {type(message.error).__name__}: {message.error}"
            ) from message.error
        elif worker.state == "ready" and isinstance(message, Report):
            worker.reported()
            self._replication_s += (max(1e-6, message.took_s) - self._replication_s) / 4
            yield message.attempt
        elif worker.state == "ready" and isinstance(message, Defect):
            yield message

    def _replace_dead(self, worker: WorkerProcess, backlog: Backlog) -> Iterator[Failure]:
        self._crew.remove(worker)
        end_all([worker])
        how = how_it_ended(worker.exit_code)
        if worker.state == "starting":
            self._deaths_at_start += 1
            if worker.exit_code == UNGUARDED:
                raise DrillsimError(
                    f"every process of the study runs the script that starts the study once more; {_GUARD}"
                )
            if self._deaths_at_start >= _DEATHS_AT_START:
                raise DrillsimError(
                    f"{_DEATHS_AT_START} processes in a row ended as they started, the last with {how}; the"
                    " error output has what they wrote. Choose engine serial, or fewer workers if memory is"
                    f" short; {_GUARD}"
                )
        elif worker.state == "ready" and worker.ordered:
            number = worker.reported()
            backlog.give_back(worker.ordered)
            if backlog.suspect(number) < _DEATHS:
                backlog.suspects.append(number)
                return
            yield Failure(
                number,
                f"its process ended ({how}) {_DEATHS} times while it ran; run it alone to see why",
                lasting=False,
            )

    def _cut_short(self, worker: WorkerProcess, backlog: Backlog) -> Iterator[Failure]:
        """End a worker that has taken too long."""
        self._crew.remove(worker)
        worker.kill()
        end_all([worker])
        if worker.state == "ready":
            number = worker.reported()
            backlog.give_back(worker.ordered)
            yield Failure(number, f"took longer than {self._time_limit_s:g} s", lasting=False)
