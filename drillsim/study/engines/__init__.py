"""Engines carry out replications: in this process, in several, or on a cluster. All give the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from drillsim.study.job import Attempt, Job

__all__ = ["Engine"]


class Engine(Protocol):
    """A context in which replications of one bench are run.

    Entering may be slow (processes start); leaving, by whatever way, ends all it started. What a replication
    raises that is no failure of the run (see :meth:`drillsim.study.job.Bench.attempt`) is raised by
    :meth:`attempts`. A worker that dies is replaced; a replication that kills its worker again and again, or
    takes longer than the time limit, becomes a ``Failure`` with ``lasting=False`` that names it.
    """

    name: str
    workers: int

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def attempts(self, job: Job, replications: Sequence[int]) -> Iterator[Attempt]:
        """Every replication once, in the order in which they finish.

        May be called again and again; closing the iterator early gives up what has not finished.
        """
        ...
