"""One SQLite file per study: finished replications, kept as they come."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self, cast

from drillsim.errors import StoreFailed
from drillsim.messages import say
from drillsim.scenario.digest import digest
from drillsim.study.exact_json import fitted, from_bytes, packed, to_bytes, unpacked
from drillsim.study.job import Job, Result
from drillsim.study.outcome_text import outcome_of, text_of
from drillsim.study.results import Failure
from drillsim.study.study_file import FORMAT, Damaged, StudyFile, seal
from drillsim.study.trace_text import trace_of, trace_text
from drillsim.version import __version__

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.job import Attempt
    from drillsim.trace.log import Trace

__all__ = ["Store", "StoredSeries", "StoredStudy", "Study", "read"]

_JOB: Final[dict[str, Any]] = {
    "plan": str,
    "conditions": str,
    "start_s": float | None,
    "injects": None,
    "factors": [(str, float)],
}
_COLUMNS: Final = "version, fingerprint, outcome, failure, seal"
_BLOCK: Final = 1000  # replications read at once


@dataclass(frozen=True, slots=True)
class Study:
    """What a file holds replications of: ``digest`` is the scenario's, after overrides."""

    scenario: str
    digest: str
    seed: int
    version: str


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """The replications of one job that a file holds, both in order of replication."""

    job: Job
    results: tuple[Result, ...]
    failures: tuple[Failure, ...]


@dataclass(frozen=True, slots=True)
class StoredStudy:
    """A file, read; series by plan, conditions and what else makes a job."""

    study: Study
    series: tuple[StoredSeries, ...]


class Store:
    """A study's file, open, made if it is not there.

    Its one row ``study`` says of which scenario (after overrides), root seed and version; its replications
    are keyed by job and number. A batch is one transaction: what a call of :meth:`add` has returned from is
    on the disk, what it has not is not there at all. Programs may work on one file at the same time.

    Every method raises :class:`StoreFailed` if the file cannot be read or written, is damaged, or holds
    another study; a file that is refused is left as it is.
    """

    def __init__(self, path: str | Path, *, scenario: Scenario, seed: int) -> None:
        self._study = Study(scenario.name, digest(scenario), seed, __version__)
        self._file = StudyFile(path, create=True)
        try:
            with self._file.told():
                self._claim()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file free; the store cannot be used any more."""
        self._file.close()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._file.path

    def counts(self) -> int:
        """Replications kept, of all jobs, those that failed for good included."""
        with self._file.told():
            (count,) = self._run("SELECT count(*) FROM replications").fetchone()
            return int(count)

    def attempts(self, job: Job, replications: Sequence[int]) -> dict[int, Attempt]:
        """Of these replications, those that are stored and need not be tried again."""
        key, wanted = self._key(job), sorted(set(replications))
        found: dict[int, Attempt] = {}
        for at in range(0, len(wanted), _BLOCK):  # so that another program need not wait for long
            block = wanted[at : at + _BLOCK]
            with self._file.told():
                rows = self._run(
                    f"SELECT job, replication, {_COLUMNS} FROM replications JOIN series USING (series)"
                    " WHERE job = ? AND replication BETWEEN ? AND ?",
                    (key, block[0], block[-1]),
                ).fetchall()
                asked = set(block)
                found |= {row[1]: _attempt(*row) for row in rows if row[1] in asked}
        return found

    def add(self, job: Job, attempts: Sequence[Attempt]) -> None:
        """Put them in, in one transaction; what is there already stays, what need not last is left out."""
        key = self._key(job)
        rows = [row for attempt in attempts if (row := _row(key, attempt)) is not None]
        if not rows:
            return
        try:
            self._put(key, rows)
        except KeyboardInterrupt:
            self._put(key, rows)  # Ctrl-C keeps what is done; what is there already is not doubled
            raise

    def _put(self, key: str, rows: Sequence[tuple[object, ...]]) -> None:
        with self._writing(key) as series:
            self._file.connection.executemany(
                f"INSERT OR IGNORE INTO replications (series, replication, {_COLUMNS})"
                f" VALUES ({series}, ?, ?, ?, ?, ?, ?)",
                rows,
            )

    # ------------------------------------------------------------------ traces

    def keep_trace(self, job: Job, trace: Trace, *, reason: str) -> None:
        """Keep the trace of one replication, in the place of an earlier one.

        ``reason`` is ``first``, ``extreme``, ``median``, or several of them.
        """
        key, replication, content = self._key(job), trace.header.replication, packed(trace_text(trace))
        with self._writing(key) as series:
            self._run(
                "INSERT OR REPLACE INTO traces (series, replication, reason, trace, seal)"
                " VALUES (?, ?, ?, ?, ?)",
                (series, replication, reason, content, seal(key, replication, content)),
            )

    def trace(self, job: Job, replication: int) -> Trace | None:
        """A kept trace."""
        with self._file.told():
            row = self._run(
                "SELECT job, trace, traces.seal FROM traces JOIN series USING (series)"
                " WHERE job = ? AND replication = ?",
                (self._key(job), replication),
            ).fetchone()
            if row is None:
                return None
            key, content, mark = row
            with _checked(f"trace {replication}"):
                if mark != seal(key, replication, content):
                    raise ValueError("bytes have changed")
                return trace_of(unpacked(content))

    def kept_traces(self, job: Job) -> dict[int, str]:
        """Replications whose traces are kept, and why."""
        with self._file.told():
            rows = self._run(
                "SELECT replication, reason FROM traces JOIN series USING (series)"
                " WHERE job = ? ORDER BY replication",
                (self._key(job),),
            )
            return {int(replication): str(reason) for replication, reason in rows}

    def drop_traces(self, job: Job, replications: Iterable[int]) -> None:
        """Keep these traces no longer; the outcomes stay."""
        with self._writing(self._key(job)) as series:
            self._file.connection.executemany(
                f"DELETE FROM traces WHERE series = {series} AND replication = ?",
                [(number,) for number in replications],
            )

    # ------------------------------------------------------------------ the file

    def _run(self, statement: str, values: Sequence[object] = ()) -> sqlite3.Cursor:
        return self._file.connection.execute(statement, cast("Any", values))

    @contextmanager
    def _writing(self, key: str) -> Generator[int]:
        """One transaction; yields the number of the job's series."""
        with self._file.told(), self._file.transaction():
            self._run("INSERT OR IGNORE INTO series (job) VALUES (?)", (key,))
            # Asked each time: a number remembered from a transaction that was undone would be wrong.
            (series,) = self._run("SELECT series FROM series WHERE job = ?", (key,)).fetchone()
            yield int(series)

    def _key(self, job: Job) -> str:
        if job.seed != self._study.seed:
            raise ValueError(f"a job with seed {job.seed} in a store of seed {self._study.seed}")
        return _job_text(job)

    def _claim(self) -> None:
        """Write what the file is for into a new one; refuse one that is for something else."""
        mine = self._study
        if self._run("SELECT count(*) FROM study").fetchone() == (0,):
            plain = (mine.scenario, mine.digest, str(mine.seed), mine.version)
            with self._file.transaction():
                if self._run("SELECT count(*) FROM series").fetchone() != (0,):
                    raise Damaged("it holds runs and does not say of which study")
                self._run(
                    "INSERT OR IGNORE INTO study VALUES (1, ?, ?, ?, ?, ?, ?)",
                    (FORMAT, *plain, seal(*plain)),
                )
        found = _study(self._file)
        file = self.path
        if found.digest != mine.digest:
            names = [f"{entry.scenario} ({entry.digest[:8]})" for entry in (found, mine)]
            raise StoreFailed(say("store.differs.scenario", file=file, found=names[0], wanted=names[1]))
        if found.seed != mine.seed:
            raise StoreFailed(say("store.differs.seed", file=file, found=found.seed, wanted=mine.seed))
        if found.version != mine.version:
            raise StoreFailed(
                say("store.differs.version", file=file, found=found.version, wanted=mine.version)
            )


def read(path: str | Path) -> StoredStudy:
    """A file of results without its scenario, of any version that wrote this format.

    Raises :class:`StoreFailed` for a file that is not there, is none of results, or is damaged.
    """
    file = StudyFile(path, create=False)
    try:
        with file.told():
            study = _study(file)
            return StoredStudy(study, tuple(_series(study, key, rows) for key, rows in _contents(file)))
    finally:
        file.close()


def _contents(file: StudyFile) -> list[tuple[str, list[tuple[Any, ...]]]]:
    """Every series with its rows, at one moment of a file that a running study may be adding to.

    They are decoded later, so that the running study need not wait for it.
    """
    run = file.connection.execute
    run("BEGIN")
    select = f"SELECT replication, {_COLUMNS} FROM replications WHERE series = ? ORDER BY replication"
    found = [
        (key, run(select, (number,)).fetchall())
        for number, key in run("SELECT series, job FROM series ORDER BY job").fetchall()
    ]
    run("COMMIT")
    return found


def _series(study: Study, key: str, rows: Iterable[tuple[Any, ...]]) -> StoredSeries:
    found = [_attempt(key, *row) for row in rows]
    return StoredSeries(
        _job_of(key, study.seed),
        tuple(entry for entry in found if isinstance(entry, Result)),
        tuple(entry for entry in found if isinstance(entry, Failure)),
    )


def _study(file: StudyFile) -> Study:
    row = file.connection.execute("SELECT scenario, digest, seed, version, seal FROM study").fetchone()
    with _checked("table study"):
        if row is None:
            raise ValueError("there is no study in it yet")
        *plain, mark = row
        name, found, seed, version = fitted(plain, (str, str, str, str), place="row")
        if mark != seal(*plain):
            raise ValueError("bytes have changed")
        return Study(name, found, int(seed), version)


# ------------------------------------------------------------------ rows


def _job_text(job: Job) -> str:
    """Canonical: the same for jobs that ask for the same."""
    return to_bytes(
        {
            "plan": job.plan,
            "conditions": job.conditions,
            "start_s": None if job.start_s is None else float(job.start_s),
            "injects": None if job.injects is None else sorted(set(job.injects)),
            "factors": [(path, float(factor)) for path, factor in job.factors],
        }
    ).decode()


def _job_of(key: object, seed: int) -> Job:
    with _checked("table series"):
        content = from_bytes(str(key).encode("ascii"))
        if not isinstance(content, dict) or content.keys() != _JOB.keys():
            raise ValueError("the fields are not those of a job")
        injects = content.pop("injects")
        plain = {name: fitted(entry, _JOB[name], place=name) for name, entry in content.items()}
        if plain["conditions"] not in ("exercise", "emergency"):
            raise ValueError(f"conditions {plain['conditions']!r}")
        return Job(
            plan=plain["plan"],
            conditions=cast("Conditions", plain["conditions"]),
            seed=seed,
            start_s=plain["start_s"],
            injects=None if injects is None else fitted(injects, [str], place="injects"),
            factors=plain["factors"],
        )


def _row(key: str, attempt: Attempt) -> tuple[object, ...] | None:
    """Replication and the columns of ``_COLUMNS``; ``None`` for what is to be tried again."""
    number = int(attempt.replication)
    if isinstance(attempt, Failure):
        if not attempt.lasting:
            return None
        version, fingerprint, outcome, failure = __version__, "", None, attempt.message
        failure = failure.encode("utf-8", "backslashreplace").decode()  # SQLite keeps Unicode only
    else:
        version, fingerprint, failure = attempt.version, attempt.fingerprint, None
        outcome = packed(text_of(attempt.outcome))
    mark = seal(key, number, version, fingerprint, outcome, failure)
    return number, version, fingerprint, outcome, failure, mark


def _attempt(
    key: str,
    replication: int,
    version: str,
    fingerprint: str,
    outcome: bytes | None,
    failure: str | None,
    mark: bytes,
) -> Attempt:
    with _checked(f"replication {replication}"):
        if mark != seal(key, replication, version, fingerprint, outcome, failure):
            raise ValueError("bytes have changed")
        fitted([replication, version, fingerprint], (int, str, str), place="row")
        if outcome is None:
            return Failure(replication, str(failure))
        found = outcome_of(unpacked(outcome))
        if found.replication != replication:
            raise ValueError(f"holds replication {found.replication}")
        return Result(found, version, fingerprint)


@contextmanager
def _checked(place: str) -> Iterator[None]:
    """What does not fit is damage of the file, at that place."""
    try:
        yield
    except (ValueError, TypeError) as fault:
        raise Damaged(f"{place}: {fault}") from fault
