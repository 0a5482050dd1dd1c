"""One SQLite file per study: finished replications, kept as they come."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from drillsim.scenario.model import Scenario
    from drillsim.study.job import Attempt, Job
    from drillsim.trace.log import Trace

__all__ = ["Store"]


class Store:
    """A study's file, open. Rows are keyed as DESIGN says; a batch is one transaction."""

    def __init__(self, path: str | Path, *, scenario: Scenario, seed: int) -> None:
        raise NotImplementedError

    def __enter__(self) -> Self:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError

    def attempts(self, job: Job, replications: Sequence[int]) -> dict[int, Attempt]:
        """Of these replications, those that are stored and need not be tried again."""
        raise NotImplementedError

    def add(self, job: Job, attempts: Sequence[Attempt]) -> None:
        """Put them in, in one transaction."""
        raise NotImplementedError

    def keep_trace(self, job: Job, trace: Trace, *, reason: str) -> None:
        """Keep the trace of one replication."""
        raise NotImplementedError

    def trace(self, job: Job, replication: int) -> Trace | None:
        """A kept trace."""
        raise NotImplementedError
