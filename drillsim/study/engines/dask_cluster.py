"""Replications on a dask cluster: one started on this machine for the time being, or one that is there."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import zlib
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from pkgutil import resolve_name
from queue import Empty, SimpleQueue
from tempfile import TemporaryDirectory
from time import monotonic
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self
from uuid import uuid4

from drillsim.errors import DrillsimError
from drillsim.study.engines.chunk import Chunk, Reply, Waiting, run_chunk
from drillsim.study.engines.worker_process import no_interrupt_inherited
from drillsim.study.results import Failure
from drillsim.version import __version__

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from types import TracebackType

    from drillsim.study.job import Attempt, Bench, Job

__all__ = ["DaskEngine"]

_AHEAD: Final = 3  # tasks a worker, the one it is at included
_LOOK_S: Final = 2.0  # between two looks at who is there
_CONNECT_S: Final = 8.0  # for a scheduler to answer
_REPLY_S: Final = 30.0  # for a scheduler that is busy
_NO_WORKER_S: Final = 30.0  # without any worker until a study is given up
_FORGOTTEN_MOST: Final = 100  # tasks of one flight the scheduler forgets until it counts as lost
_ALLOWED_FAILURES: Final = 1  # of a local cluster: a task whose worker ended twice is suspect


class DaskEngine:
    """Workers of a dask cluster; see :class:`drillsim.study.engines.Engine`.

    Without ``cluster``, ``workers`` processes are started on this machine; they listen on the loopback
    interface only and end with this process. With the address of a scheduler (``tcp://host:port`` or
    ``tls://host:port``) its workers are used, also those that join later. Certificates for TLS are those of
    dask's own configuration (``distributed.comm.tls``). Scheduler and workers must have drillsim of this
    version; unlike libraries are allowed and told by the fingerprint of each result. Who can reach a
    scheduler without TLS can run any program on its workers.

    ``time_limit_s`` ends the worker process in which a replication takes longer, so workers must have a nanny
    (dask's default) that starts them again. A worker runs one replication at a time, however many threads
    it has. A script must guard its start with ``if __name__ == "__main__":``.

    Entering and :meth:`attempts` raise :class:`DrillsimError` where dask is not installed, the scheduler
    cannot be reached or is lost, versions differ, or no worker is there any more.
    """

    name = "dask"

    def __init__(
        self, bench: Bench, *, workers: int, cluster: str | None = None, time_limit_s: float | None = None
    ) -> None:
        self.workers = workers
        self._bench = bench
        self._address = cluster
        self._time_limit_s = time_limit_s
        self._started = ExitStack()
        self._shared: _Shared | None = None

    def __enter__(self) -> Self:
        distributed = _distributed()
        with ExitStack() as stack:
            stack.enter_context(_quiet())
            if self._address is None:
                cluster = stack.enter_context(_local_cluster(self.workers))
                client = stack.enter_context(distributed.Client(cluster, set_as_default=False))
            else:
                client = stack.enter_context(_connected(self._address))
                self.workers = len(_checked(client)) or self.workers
            bench = zlib.compress(distributed.protocol.pickle.dumps(self._bench), level=1)
            self._shared = _Shared(client, bench, self._time_limit_s)
            self._started = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shared is not None:
            self._shared.held = None
            self._shared = None
        self._started.close()

    def attempts(self, job: Job, replications: Sequence[int]) -> Iterator[Attempt]:
        assert self._shared is not None
        flight = _Flight(self._shared, job, replications)
        try:
            yield from flight.attempts()
        finally:
            flight.close()


class _Shared:
    """What all flights of one engine share: a client, and the bench, held by the scheduler."""

    def __init__(self, client: Any, bench: bytes, time_limit_s: float | None) -> None:
        self.client = client
        self.token = uuid4().hex
        self.time_limit_s = time_limit_s
        self.held: Any = None
        self._bench = bench
        self._count = 0

    def key(self, what: str) -> str:
        """A name no other task of any study has."""
        self._count += 1
        return f"drillsim-{what}-{self.token}-{self._count}"

    def held_bench(self) -> Any:
        """A task that yields the bench; unlike scattered data it is done again if its worker is lost."""
        if self.held is None or self.held.status in ("error", "cancelled"):
            self.held = self.client.submit(bytes, self._bench, key=self.key("bench"))
        return self.held


class _Sent(NamedTuple):
    numbers: tuple[int, ...]
    alone: bool  # nothing else is under way
    future: Any


class _Flight:
    """The replications of one job, in chunks: some under way, the rest waiting here.

    A worker that ends takes the blame with all it holds, so dask gives up innocent chunks with the guilty
    one. All of these are suspect; they are run one replication at a time and nothing beside it. What then
    ends its workers again is guilty.
    """

    def __init__(self, shared: _Shared, job: Job, replications: Sequence[int]) -> None:
        self._shared = shared
        self._client = shared.client
        self._job = job
        self._waiting = Waiting(replications)
        self._again: deque[tuple[int, ...]] = deque()
        self._suspects: deque[int] = deque()
        self._under_way: dict[str, _Sent] = {}
        self._ready: SimpleQueue[tuple[str, Reply | int | None]] = SimpleQueue()  # int: who is late
        self._reading = threading.Lock()
        self._topic = shared.key("late")
        self._workers = 1
        self._forgotten = 0
        self._seen_s = self._looked_s = monotonic()

    def attempts(self) -> Iterator[Attempt]:
        if self._shared.time_limit_s is not None:
            self._client.subscribe_topic(self._topic, lambda event: self._ready.put(event[1]))
        self._look()
        while self._send():
            with suppress(Empty):
                key, word = self._ready.get(timeout=_LOOK_S)
                if key in self._under_way:
                    yield from self._without(key, word) if isinstance(word, int) else self._read(key, word)
            if monotonic() - self._looked_s >= _LOOK_S:
                self._look()

    def close(self) -> None:
        """Give up what is under way; dask complains of a future that goes while it is read."""
        given_up, self._under_way = self._under_way, {}
        with self._reading:
            for sent in given_up.values():
                sent.future.release()
        if self._shared.time_limit_s is not None and self._client.status == "running":
            with suppress(ValueError):  # never subscribed
                self._client.unsubscribe_topic(self._topic)

    def _send(self) -> bool:
        """Fill up what is under way; whether anything is."""
        if self._suspects:
            if not self._under_way:
                self._submit((self._suspects.popleft(),), alone=True)
            return True
        while len(self._under_way) < _AHEAD * self._workers:
            numbers = self._again.popleft() if self._again else self._waiting.next(self._workers)
            if not numbers:
                break
            self._submit(numbers)
        return bool(self._under_way)

    def _submit(self, numbers: tuple[int, ...], *, alone: bool = False) -> None:
        shared = self._shared
        key = shared.key("runs")
        chunk = Chunk(shared.token, self._job, numbers, __version__, shared.time_limit_s)
        bench = shared.held_bench()
        future = self._client.submit(_run_task, bench, chunk, self._topic, key, key=key, pure=False)
        self._under_way[key] = _Sent(numbers, alone, future)
        future.add_done_callback(self._done)

    def _done(self, future: Any) -> None:
        """Called in a thread of dask's, so that Ctrl-C never falls into reading."""
        reply = None
        try:
            with self._reading:
                if future.key in self._under_way and future.status == "finished":
                    reply = future.result(timeout=_LOOK_S)
        finally:
            self._ready.put((future.key, reply))

    def _read(self, key: str, reply: Reply | None) -> Iterator[Attempt]:
        """What came of a task that is done."""
        numbers, _, future = self._under_way[key]
        if reply is None and future.status == "cancelled":
            self._sent_again(key)
            return
        if reply is None and future.status == "error":
            yield from self._failed(key)
            return
        if reply is None:  # lost with its worker before it was read; dask runs it again
            with suppress(TimeoutError):
                try:
                    future.result(timeout=_LOOK_S)  # raises what cannot be read at all
                except UnboundLocalError:  # what dask makes of a task cancelled while it is read
                    if future.status != "cancelled":
                        raise
            future.add_done_callback(self._done)
            return
        del self._under_way[key]
        future.release()
        if reply.version != __version__:
            raise _unlike("a worker that joined", reply.version)
        self._waiting.took(reply.took_s / len(numbers))
        yield from reply.attempts

    def _sent_again(self, key: str) -> None:
        """The scheduler forgot a task, as it does when what it needs went with a worker."""
        self._forgotten += 1
        if self._client.status != "running" or self._forgotten > _FORGOTTEN_MOST:
            raise self._lost()
        numbers, alone, _ = self._under_way.pop(key)
        if alone:
            self._suspects.extend(numbers)
        else:
            self._again.append(numbers)

    def _failed(self, key: str) -> Iterator[Attempt]:
        """A task that raised, or whose workers ended."""
        from distributed.scheduler import KilledWorker

        numbers, alone, future = self._under_way.pop(key)
        try:
            future.result(timeout=_REPLY_S)
        except KilledWorker:
            if not alone:
                self._suspects.extend(numbers)
                return
            message = (
                "its worker process ended each time, at last with nothing beside it; run it alone to see why"
            )
            yield Failure(numbers[0], message, lasting=False)
        except Exception:
            _checked(self._client)  # in another version anything may go wrong
            raise

    def _without(self, key: str, late: int) -> Iterator[Attempt]:
        """A replication is over the time limit and its worker is ending; the others are run again."""
        numbers, _, future = self._under_way.pop(key)
        future.release()
        if others := tuple(number for number in numbers if number != late):
            self._again.append(others)
        yield Failure(late, f"took longer than {self._shared.time_limit_s:g} s", lasting=False)

    def _look(self) -> None:
        """Who is there: more workers take more; none for a while is an error."""
        if self._client.status != "running":
            raise self._lost()
        try:
            present = len(self._client.nthreads(callback_timeout=_REPLY_S))
        except OSError as fault:  # also a timeout
            raise self._lost() from fault
        self._looked_s = monotonic()
        self._workers = max(1, present)
        if present:
            self._seen_s = self._looked_s
        elif self._looked_s - self._seen_s > _NO_WORKER_S:
            raise DrillsimError(
                f"{_scheduler(self._client)} has had no worker for {_NO_WORKER_S:.0f} s; "
                "start workers (their log says why if they end) and repeat: what is stored is not run again"
            )

    def _lost(self) -> DrillsimError:
        return DrillsimError(
            f"{_scheduler(self._client)} was lost; start it and repeat: what is stored is not run again"
        )


def _run_task(packed: bytes, chunk: Chunk, topic: str, key: str) -> Reply:
    """The task, in a worker; word of a late replication goes by the scheduler."""
    from distributed import get_worker

    worker = get_worker()
    return run_chunk(chunk, packed=packed, late=lambda number: worker.log_event(topic, (key, number)))


def dask_setup(worker: Any) -> None:
    """Called by dask in a worker of a local cluster, which leaves Ctrl-C to its parent and comes warm."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # `silence_logs` ends with the worker, and one that ends as it starts would still tell of its start.
    logging.getLogger("distributed").setLevel(logging.CRITICAL + 1)
    import drillsim.simulation.run  # noqa: F401


def _distributed() -> Any:
    try:
        import distributed
    except ImportError as fault:
        raise DrillsimError(
            'engine dask needs dask.distributed; in the top folder of drillsim: pip install ".[cluster]"'
        ) from fault
    return distributed


@contextmanager
def _quiet() -> Iterator[None]:
    """Dask logs what this engine tells as an answer or an error."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


@contextmanager
def _local_cluster(workers: int) -> Generator[Any]:
    """Worker processes of this machine; dask ends them when this process is gone, however it went."""
    import dask

    settings = {
        "distributed.scheduler.allowed-failures": _ALLOWED_FAILURES,
        "distributed.worker.profile.enabled": False,
    }
    folders = TemporaryDirectory(prefix="drillsim-", ignore_cleanup_errors=True)
    with folders as folder, dask.config.set(settings):
        try:
            with no_interrupt_inherited():  # in the middle of its start, dask cannot end either
                cluster = _distributed().LocalCluster(
                    n_workers=workers,
                    threads_per_worker=1,
                    processes=True,
                    host="127.0.0.1",
                    dashboard_address=None,
                    # Without an address the scheduler would take port 8787, and warn where that is in use.
                    scheduler_kwargs={"dashboard": False, "dashboard_address": "127.0.0.1:0"},
                    memory_limit=0,
                    local_directory=folder,
                    preload=[__name__],
                    silence_logs=logging.CRITICAL,
                )
        except RuntimeError as fault:
            raise DrillsimError(
                f"no dask cluster could be started here: {fault}; a script that asks for one must guard "
                'its start with if __name__ == "__main__":'
            ) from fault
        with cluster:
            yield cluster


@contextmanager
def _connected(address: str) -> Generator[Any]:
    try:
        with ThreadPoolExecutor(1) as apart:  # a Client that fails to connect would not go away
            kind = apart.submit(asyncio.run, _kind(address)).result()
    except (OSError, ValueError, TypeError, RuntimeError, ArithmeticError, MemoryError) as fault:
        raise DrillsimError(
            f"no dask scheduler answers at {address}: {fault or 'no answer'}; check the address "
            "(tcp://host:port or tls://host:port), that the scheduler runs, and for tls the certificates "
            "in dask's configuration"
        ) from fault
    if kind != "Scheduler":
        raise DrillsimError(f"at {address} is a dask {kind.lower()}; give the address of the scheduler")
    with _distributed().Client(address, timeout=_CONNECT_S, set_as_default=False) as client:
        yield client


async def _kind(address: str) -> str:
    """Scheduler, Worker or Nanny."""
    distributed = _distributed()
    how = distributed.Security().get_connection_args("client")
    async with distributed.rpc(address, timeout=_CONNECT_S, connection_args=how) as server:
        return str((await asyncio.wait_for(server.identity(), _CONNECT_S + 1.0))["type"])


def _scheduler(client: Any) -> str:
    return f"the dask scheduler at {client.scheduler.address}" if client.scheduler else "the dask scheduler"


def _checked(client: Any) -> tuple[str, ...]:
    """Addresses of the workers; raises :class:`DrillsimError` where there is no drillsim of this version."""
    what = "drillsim.version:__version__"  # found without this module, which another version may not have
    try:
        found = client.run(resolve_name, what, on_error="return", callback_timeout=_REPLY_S)
        scheduler = client.run_on_scheduler(resolve_name, what, callback_timeout=_REPLY_S)
    except ImportError:
        raise _unlike(_scheduler(client), None) from None
    except OSError as fault:
        raise DrillsimError(f"{_scheduler(client)} does not answer: {fault}") from fault
    for place, version in {_scheduler(client): scheduler, **found}.items():
        if version != __version__:
            raise _unlike(place, version)
    return tuple(found)


def _unlike(place: str, version: object) -> DrillsimError:
    has = f"drillsim {version}" if isinstance(version, str) else "no drillsim"
    return DrillsimError(
        f"{place} has {has}, here is {__version__}; install the same version on every machine of the cluster"
    )
