"""Replications in chunks: how many together, and what a worker of a cluster does with them."""

from __future__ import annotations

import faulthandler
import os
import pickle
import threading
import zlib
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.study.job import FIRST_S
from drillsim.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drillsim.study.job import Attempt, Bench, Job

__all__ = ["Chunk", "Reply", "Waiting", "run_chunk"]

_CHUNK_S: Final = 0.7  # of work: long beside what a cluster adds to a task, short beside a study
_NOTE_S: Final = 1.0  # for the word of who is late to leave the process before it ends
_GRACE_S: Final = 5.0  # beyond the time limit, for a process that cannot even send word
_BENCHES: Final = 2  # scenarios a process keeps


class Chunk(NamedTuple):
    """Replications of a job on the bench of that name; ``version`` is of who asks for them."""

    bench: str
    job: Job
    numbers: tuple[int, ...]
    version: str
    time_limit_s: float | None


class Reply(NamedTuple):
    """Who answers, how long it took without loading the bench, and what came of the replications."""

    version: str
    took_s: float
    attempts: list[Attempt]


class Waiting:
    """Replications not yet handed out, in order; handed out in chunks by how long they took so far."""

    def __init__(self, replications: Sequence[int]) -> None:
        self._replications = replications
        self._next = 0
        self._size = 1
        self._each_s: float | None = None

    def next(self, workers: int) -> tuple[int, ...]:
        """The next chunk, smaller towards the end so that all ``workers`` end together; empty: no more."""
        left = len(self._replications) - self._next
        size = min(self._size, -(-left // (2 * workers)))
        self._next += size
        return tuple(self._replications[self._next - size : self._next])

    def took(self, each_s: float) -> None:
        """A replication took so long; the last ones count most."""
        self._each_s = each_s if self._each_s is None else (self._each_s + each_s) / 2
        self._size = min(2 * self._size, max(1, round(_CHUNK_S / max(self._each_s, 1e-6))))


_TURN = threading.Lock()  # a bench, and what is computed once for it, serves one replication at a time
_BENCH: dict[str, Bench] = {}


def run_chunk(chunk: Chunk, *, packed: bytes, late: Callable[[int], None]) -> Reply:
    """Run a chunk on the ``packed`` bench (pickled, compressed by zlib); none of it in another version.

    A replication over the time limit ends this process, a second after ``late`` was called with its number.
    """
    if chunk.version != __version__:
        return Reply(__version__, 0.0, [])
    with _TURN:
        more_s = 0.0 if chunk.bench in _BENCH else FIRST_S
        bench = _bench(chunk.bench, packed)
        begin_s = perf_counter()
        attempts = []
        for number in chunk.numbers:
            limit_s = None if chunk.time_limit_s is None else chunk.time_limit_s + more_s
            with _within(limit_s, number, late):
                attempts.append(bench.attempt(chunk.job, number))
            more_s = 0.0
        return Reply(__version__, perf_counter() - begin_s, attempts)


def _bench(name: str, packed: bytes) -> Bench:
    """The same object every time: what no draw changes is computed once for it."""
    if name not in _BENCH:
        while len(_BENCH) >= _BENCHES:
            del _BENCH[next(iter(_BENCH))]
        bench: Bench = pickle.loads(zlib.decompress(packed))
        bench.prepare()  # belongs to no replication
        _BENCH[name] = bench
    return _BENCH[name]


@contextmanager
def _within(limit_s: float | None, number: int, late: Callable[[int], None]) -> Iterator[None]:
    """End the process if this takes longer.

    Compiled code may let no other thread of Python have its turn, so that no word can be sent; a watch that
    needs no turn ends the process then, and the replication is found as one that ends its worker.
    """
    if limit_s is None:
        yield
        return

    def end() -> None:
        late(number)
        sleep(_NOTE_S)
        os._exit(1)

    timer = threading.Timer(limit_s, end)
    timer.daemon = True
    with Path(os.devnull).open("w") as nowhere:
        faulthandler.dump_traceback_later(limit_s + _GRACE_S, exit=True, file=nowhere)
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            faulthandler.cancel_dump_traceback_later()
