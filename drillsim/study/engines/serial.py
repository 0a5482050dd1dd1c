"""One replication after the other, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from drillsim.study.job import Attempt, Bench, Job

__all__ = ["SerialEngine"]


class SerialEngine:
    """Needs nothing and starts at once; see :class:`drillsim.study.engines.Engine`."""

    name = "serial"
    workers = 1

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def attempts(self, job: Job, replications: Sequence[int]) -> Iterator[Attempt]:
        return (self._bench.attempt(job, number) for number in replications)
