"""The SQLite file of a study: how it is opened, laid out and guarded, and what is said when it fails."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path, PurePath
from typing import Final
from urllib.parse import quote

from drillsim.errors import StoreFailed
from drillsim.messages import say

__all__ = ["FORMAT", "Damaged", "StudyFile", "seal"]

FORMAT: Final = 1  # of tables and texts; a file of another format is refused
_APPLICATION: Final = 0x64726C73  # "drls", says ``file`` and SQLite which program wrote it
_WAIT_S: Final = 30.0  # for another program that is writing
_CHECKED_BYTES: Final = 1 << 28  # a larger file is not read through when it is opened
_TABLES: Final = (
    """CREATE TABLE study (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  format INTEGER NOT NULL, scenario TEXT NOT NULL, digest TEXT NOT NULL,
  seed TEXT NOT NULL, version TEXT NOT NULL, seal BLOB NOT NULL
)""",
    """CREATE TABLE series (
  series INTEGER PRIMARY KEY, job TEXT NOT NULL UNIQUE
)""",
    """CREATE TABLE replications (
  series INTEGER NOT NULL REFERENCES series, replication INTEGER NOT NULL,
  version TEXT NOT NULL, fingerprint TEXT NOT NULL,
  outcome BLOB, failure TEXT, seal BLOB NOT NULL,
  PRIMARY KEY (series, replication)
)""",
    """CREATE TABLE traces (
  series INTEGER NOT NULL REFERENCES series, replication INTEGER NOT NULL,
  reason TEXT NOT NULL, trace BLOB NOT NULL, seal BLOB NOT NULL,
  PRIMARY KEY (series, replication)
)""",
)
# Result codes of SQLite -> what is said. IOERR is what a quota or a limit on file size gives.
_SAID: Final = {
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_PERM: "readonly",
    sqlite3.SQLITE_AUTH: "readonly",
    sqlite3.SQLITE_CANTOPEN: "readonly",
    sqlite3.SQLITE_BUSY: "locked",
    sqlite3.SQLITE_LOCKED: "locked",
    sqlite3.SQLITE_PROTOCOL: "locked",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_FORMAT: "damaged",
    sqlite3.SQLITE_TOOBIG: "damaged",
    sqlite3.SQLITE_MISMATCH: "damaged",
    sqlite3.SQLITE_NOMEM: "damaged",
    sqlite3.SQLITE_SCHEMA: "damaged",
    sqlite3.SQLITE_IOERR_WRITE: "full",
    sqlite3.SQLITE_IOERR_FSYNC: "full",
    sqlite3.SQLITE_IOERR_TRUNCATE: "full",
    sqlite3.SQLITE_IOERR_SHORT_READ: "damaged",
}


class Damaged(Exception):
    """What is read from the file is not what was written into it; the message says where."""


class StudyFile:
    """An open file of results. Whatever fails in it is raised as :class:`StoreFailed`, in plain words."""

    def __init__(self, path: str | Path, *, create: bool) -> None:
        self.path = Path(path)
        self._check_place(create=create)
        # Absolute, since SQLite gives a meaning to names such as ":memory:".
        name = str(self.path.absolute())
        with self.told():
            if create:
                self.connection = _connected(name, uri=False)
            else:
                # "rw" also where nothing is written: what a killed program left half-written is undone.
                self.connection = _connected(f"{_uri(self.path.absolute())}?mode=rw", uri=True)
        try:
            with self.told():
                self._prepare(create=create)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the file free; what was not committed is undone."""
        self.connection.close()

    def _check_place(self, *, create: bool) -> None:
        folder = self.path.absolute().parent
        try:
            if self.path.is_dir():
                example = self.path / "study.sqlite"
                raise StoreFailed(say("store.is-folder", file=self.path, example=example))
            if not folder.is_dir():
                raise StoreFailed(say("store.no-parent", file=self.path, folder=folder))
            if not create and not self.path.exists():
                raise StoreFailed(say("store.no-file", file=self.path))
            if self.path.exists() and not self.path.is_file():
                raise StoreFailed(say("store.not-ours", file=self.path))  # a device
        except OSError as fault:
            raise StoreFailed(self._sentence("other", fault)) from fault

    def _prepare(self, *, create: bool) -> None:
        run = self.connection.execute
        # A store may come by e-mail: no function of SQLite is called on behalf of what it holds.
        run("PRAGMA trusted_schema = OFF")
        run("PRAGMA cell_size_check = ON")
        (pages,) = run("PRAGMA page_count").fetchone()
        if pages == 0 and create and self.path.stat().st_size == 0:
            with self.transaction():
                self._lay_out()
        self._check_layout()
        # A rollback journal, not a write-ahead log: planners keep files in synced folders, and a log beside
        # the file would be copied apart from it, or not at all.
        run("PRAGMA journal_mode = DELETE")
        run("PRAGMA synchronous = FULL")

    def _lay_out(self) -> None:
        """Make the tables, unless another program has done so while this one waited for its turn."""
        run = self.connection.execute
        (tables,) = run("SELECT count(*) FROM sqlite_master").fetchone()
        if tables == 0:
            for table in _TABLES:
                run(table)
            run(f"PRAGMA application_id = {_APPLICATION}")
            run(f"PRAGMA user_version = {FORMAT}")

    def _check_layout(self) -> None:
        run = self.connection.execute
        ((application,), (layout,)) = (
            run("PRAGMA application_id").fetchone(),
            run("PRAGMA user_version").fetchone(),
        )
        if application != _APPLICATION:
            raise StoreFailed(say("store.not-ours", file=self.path))
        if layout != FORMAT:
            raise StoreFailed(say("store.format", file=self.path, found=layout, wanted=FORMAT))
        found = run("SELECT sql FROM sqlite_master WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!'").fetchall()
        if sorted(str(sql) for (sql,) in found) != sorted(_TABLES):
            raise Damaged("its tables are not those of a study")
        if self.path.stat().st_size <= _CHECKED_BYTES:
            (fault,) = run("PRAGMA integrity_check(1)").fetchone()
            if fault != "ok":
                raise Damaged(" ".join(str(fault).split()))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of it or nothing, however it is left; never longer open than the statements inside it."""
        run = self.connection.execute
        run("BEGIN IMMEDIATE")  # waits for its turn here, not in the middle
        try:
            yield
            run("COMMIT")
        except BaseException:
            self._undo()
            raise

    def _undo(self) -> None:
        """Roll back; a connection that cannot even do that is closed, and who opens the file next does it."""
        try:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
        except sqlite3.Error:
            self.connection.close()

    @contextmanager
    def told(self) -> Generator[None]:
        """Whatever fails inside is raised as :class:`StoreFailed`."""
        try:
            yield
        except sqlite3.Error as fault:
            raise StoreFailed(self._sentence(_kind(fault), fault)) from fault
        except (Damaged, MemoryError, UnicodeDecodeError) as fault:  # SQLite quotes damaged bytes as they are
            raise StoreFailed(self._sentence("damaged", fault)) from fault
        except OSError as fault:
            raise StoreFailed(self._sentence("other", fault)) from fault

    def _sentence(self, kind: str, fault: BaseException) -> str:
        kept = None if kind == "damaged" else self._kept()
        which = "unknown" if kept is None else "none" if kept == 0 else "one" if kept == 1 else "many"
        return say(
            "store.failed",
            file=self.path,
            what=say(f"store.{kind}", fault=str(fault) or type(fault).__name__),
            kept=say(f"store.kept.{which}", count=kept),
            remedy=say(f"store.{kind}.remedy"),
        )

    def _kept(self) -> int | None:
        """Replications in the file, ``None`` if that cannot be told now."""
        connection: sqlite3.Connection | None = getattr(self, "connection", None)
        if connection is None:  # it could not even be opened
            return None
        run = connection.execute
        with suppress(sqlite3.Error):
            try:
                run("PRAGMA busy_timeout = 0")  # who reports a lock does not wait for it again
                (count,) = run("SELECT count(*) FROM replications").fetchone()
                return int(count)
            finally:
                run(f"PRAGMA busy_timeout = {round(_WAIT_S * 1000)}")
        return None


def seal(*parts: bytes | str | int | None) -> bytes:
    """Check sum over a row: SQLite has none, and a byte that flipped must not become a result."""
    state = blake2b(digest_size=8)
    for part in parts:
        raw = part if isinstance(part, bytes) else repr(part).encode("utf-8", "backslashreplace")
        state.update(b"%d %s\n" % (len(raw), raw))
    return state.digest()


def _uri(path: PurePath) -> str:
    """As SQLite reads it; unlike :meth:`pathlib.Path.as_uri` also for a share of a network.

    >>> from pathlib import PureWindowsPath
    >>> _uri(PureWindowsPath(r"C:\\a b.sqlite")), _uri(PureWindowsPath(r"\\\\server\\share\\a.sqlite"))
    ('file:///C%3A/a%20b.sqlite', 'file:////server/share/a.sqlite')
    """
    posix = quote(path.as_posix().encode("utf-8", "surrogateescape"))
    return f"file://{posix}" if posix.startswith("/") else f"file:///{posix}"


def _connected(name: str, *, uri: bool) -> sqlite3.Connection:
    # No transaction is begun but by ``transaction``.
    return sqlite3.connect(name, timeout=_WAIT_S, isolation_level=None, uri=uri)


def _kind(fault: sqlite3.Error) -> str:
    code = getattr(fault, "sqlite_errorcode", None)
    if code is None:
        return "other"
    return _SAID.get(code) or _SAID.get(code & 0xFF) or "other"
