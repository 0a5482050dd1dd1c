"""What happens to a store when writing fails, the program is killed, or two write at once."""

from __future__ import annotations

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drillsim.errors import StoreFailed
from drillsim.study.results import Failure
from drillsim.study.store import Store, read
from tests.measures import hand as hand_trace
from tests.study import hand
from tests.study.stored import JOB, results

ROOT = Path(__file__).resolve().parents[2]
OTHER = type(JOB)("fast", "emergency", 1)
TRACE = hand_trace.trace(*hand_trace.everybody_out())
# What a study puts in, one transaction each, and what of it can be found afterwards.
STEPS = [
    lambda store: store.add(JOB, results(range(5))),
    lambda store: store.keep_trace(JOB, TRACE, reason="first"),
    lambda store: store.add(OTHER, [*results(range(3)), Failure(3, "no")]),
    lambda store: store.add(JOB, results(range(3, 9))),
    lambda store: store.drop_traces(JOB, [0]),
]


def contents(path):
    with opened(path) as store:
        return (
            sorted(store.attempts(JOB, range(20))),
            sorted(store.attempts(OTHER, range(20))),
            sorted(store.kept_traces(JOB)),
        )


AFTER = [
    ([], [], []),
    ([0, 1, 2, 3, 4], [], []),
    ([0, 1, 2, 3, 4], [], [0]),
    ([0, 1, 2, 3, 4], [0, 1, 2, 3], [0]),
    ([0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 2, 3], [0]),
    ([0, 1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 2, 3], []),
]


def opened(path):
    return Store(path, scenario=hand.scenario(), seed=1)


class Failing(sqlite3.Connection):
    """Fails at the statement ``fails_at``, counted over all connections."""

    said = 0
    fails_at = 0
    fault: BaseException = sqlite3.OperationalError("disk I/O error")

    def _count(self):
        Failing.said += 1
        if Failing.said == Failing.fails_at:
            raise Failing.fault

    def execute(self, *arguments):
        self._count()
        return super().execute(*arguments)

    def executemany(self, *arguments):
        self._count()
        return super().executemany(*arguments)


@pytest.fixture
def failing(monkeypatch):
    real = sqlite3.connect

    def connect(*arguments, **named):
        return real(*arguments, factory=Failing, **named)

    def start(number, fault):
        Failing.said, Failing.fails_at, Failing.fault = 0, number, fault
        monkeypatch.setattr(sqlite3, "connect", connect)

    yield start
    Failing.fails_at = 0


def carried_out(path):
    """How many steps were carried out before one failed."""
    done = 0
    with opened(path) as store:
        for step in STEPS:
            step(store)
            done += 1
    return done


@pytest.mark.parametrize("kind", [sqlite3.OperationalError, OSError])
def test_whatever_statement_fails_every_batch_before_is_kept_and_none_is_half_there(
    tmp_path, failing, monkeypatch, kind
):
    number, succeeded = 0, False
    while not succeeded:
        number += 1
        path = tmp_path / f"{number}.sqlite"
        done = [0]

        def attempt(path=path, done=done):
            with opened(path) as store:
                for step in STEPS:
                    step(store)
                    done[0] += 1

        failing(number, kind("disk I/O error"))
        try:
            attempt()
            succeeded = True
        except StoreFailed as fault:
            assert f"{number}.sqlite" in str(fault)
            assert "same command" in str(fault)
        monkeypatch.undo()
        assert contents(path) == AFTER[done[0]]
        assert carried_out(path) == len(STEPS)  # then the same additions succeed
        assert contents(path) == AFTER[-1]
    assert number > 30


def test_after_a_failed_batch_the_same_store_takes_the_next(tmp_path, failing, monkeypatch):
    failing(10**9, sqlite3.OperationalError("disk I/O error"))
    path, number = tmp_path / "a.sqlite", 0
    with opened(path) as store:
        STEPS[0](store)
        while number < 20:
            number += 1
            Failing.said, Failing.fails_at = 0, number
            try:
                store.add(JOB, results(range(5, 8)))
                break
            except StoreFailed as fault:
                assert "5 replications are kept in it" in str(fault)
                assert store.counts() == 5
        assert number > 4
        Failing.fails_at = 0
        assert store.counts() == 8


def test_ctrl_c_in_the_middle_of_a_batch_keeps_it_and_goes_on_up(tmp_path, failing):
    failing(10**9, KeyboardInterrupt())
    for number in range(1, 6):
        path = tmp_path / f"{number}.sqlite"
        with opened(path) as store:
            Failing.said, Failing.fails_at = 0, number
            with pytest.raises(KeyboardInterrupt):
                store.add(JOB, results(range(5)))
            Failing.fails_at = 0
            assert store.counts() == 5


# ------------------------------------------------------------------ a full disk


def test_on_a_full_disk_every_batch_before_is_kept_and_there_is_a_sentence(tmp_path):
    path, done, refused = tmp_path / "a.sqlite", 0, 0
    batches = [results(range(at, at + 5), heads=300) for at in range(0, 20, 5)]
    with opened(path) as store:
        run = store._file.connection.execute
        (pages,) = run("PRAGMA page_count").fetchone()
        while done < len(batches):
            run(f"PRAGMA max_page_count = {pages}").fetchone()
            try:
                store.add(JOB, batches[done])
                done += 1
            except StoreFailed as fault:
                refused += 1
                pages += 1
                kept = f"{5 * done} replications are" if done else "no replication is"
                assert "no room left to write" in str(fault)
                assert f"{kept} kept in it" in str(fault)
                assert "Make room on the disk and give the same command again" in str(fault)
            assert store.counts() == 5 * done
            if refused % 8 == 0:
                assert len(read(path).series) == (1 if done else 0)
    assert refused > 10
    assert [entry.replication for entry in read(path).series[0].results] == list(range(20))


@pytest.mark.skipif(sys.platform == "win32", reason="no limit on the size of files there")
@pytest.mark.slow
def test_where_a_file_may_not_grow_every_batch_before_is_kept(tmp_path):
    path = tmp_path / "a.sqlite"
    for limit in (2_000, 30_000, 60_000, 100_000, 180_000):
        said, told, code = finish(started(path, 0, 60, 5, limit))
        assert code == 6
        assert "Traceback" not in told
        assert "no room left to write" in told
        done = int(said[-1]) if said else 0
        if path.exists() and path.stat().st_size:
            with opened(path) as store:
                assert list(store.attempts(JOB, range(60))) == list(range(done))
    said, _, code = finish(started(path, 0, 60, 5))
    assert (said[-1], code) == ("60", 0)
    assert [entry.replication for entry in read(path).series[0].results] == list(range(60))


# ------------------------------------------------------------------ kills, and two at once


def started(path, *numbers):
    """A program that writes, ready to."""
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.study.writing_store", str(path), *map(str, numbers)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout.readline() == "ready\n"
    return program


def finish(program):
    said, told = program.communicate("go\n", timeout=60)
    return said.split(), told, program.returncode


@pytest.mark.slow
def test_a_program_killed_at_any_moment_has_every_batch_it_reported_and_no_half_one(tmp_path):
    chance = random.Random(4)
    path, size, first = tmp_path / "a.sqlite", 4, 0
    for kill in range(20):
        if kill % 5 == 0:
            path, first = tmp_path / f"{kill}.sqlite", 0
        program = started(path, first, first + 200, size)
        program.stdin.write("go\n")
        program.stdin.flush()
        time.sleep(chance.uniform(0.0, 0.12))
        program.kill()
        said, _ = program.communicate()
        reported = int(said.split()[-1]) if said.split() else first
        with opened(path) as store:
            found = list(store.attempts(JOB, range(10_000)))
        assert found == list(range(len(found)))
        assert len(found) % size == 0
        assert reported <= len(found) <= reported + size
        first = len(found)
    with opened(path) as store:  # a journal that nobody needs may lie there until the next batch
        store.add(JOB, results(range(first, first + 1)))
    assert not path.with_name(f"{path.name}-journal").exists()


def test_two_programs_that_add_the_same_numbers_at_once_double_nothing(tmp_path):
    path = tmp_path / "a.sqlite"
    programs = [started(path, 0, 40, 2), started(path, 0, 40, 4)]
    for program in programs:
        program.stdin.write("go\n")
        program.stdin.flush()
    for program in programs:
        _, told = program.communicate(timeout=60)
        assert (program.returncode, told) == (0, "")
    (series,) = read(path).series
    assert list(series.results) == [
        type(entry)(entry.outcome, entry.version, entry.fingerprint)
        for entry in results(range(40), heads=300)
    ]


# ------------------------------------------------------------------ locked or read-only


def test_a_file_that_another_program_holds_is_named_so(tmp_path, monkeypatch):
    path = tmp_path / "a.sqlite"
    monkeypatch.setattr("drillsim.study.study_file._WAIT_S", 0.05)
    with opened(path) as store:
        STEPS[0](store)
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreFailed, match=r"another program holds it locked .*; 5 replications are kept"):
            STEPS[3](store)
        assert store.counts() == 5
        other.execute("COMMIT")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(StoreFailed, match="how many replications it keeps cannot be told"):
            STEPS[3](store)
        with pytest.raises(StoreFailed, match="Close that program, or wait for it"):
            opened(path)
        other.execute("ROLLBACK")
        other.close()
        STEPS[3](store)
        assert store.counts() == 9


def test_a_file_that_cannot_be_written_to_can_be_read_and_says_so(tmp_path):
    path = tmp_path / "a.sqlite"
    with opened(path) as store:
        STEPS[0](store)
        store._file.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreFailed, match=r"cannot be written to .*Make the file and its folder"):
            STEPS[3](store)
        assert store.counts() == 5


def test_a_write_protected_file_or_folder_is_named_so(tmp_path):
    path = tmp_path / "a.sqlite"
    with opened(path) as store:
        STEPS[0](store)
    path.chmod(0o444)
    if os.access(path, os.W_OK):
        pytest.skip("the administrator may write anywhere")
    with opened(path) as store:
        assert len(store.attempts(JOB, range(9))) == 5
        with pytest.raises(StoreFailed, match="cannot be written to"):
            STEPS[3](store)
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(StoreFailed, match="cannot be written to"):
            opened(tmp_path / "b.sqlite")
    finally:
        tmp_path.chmod(0o755)


def test_a_closed_store_says_so_and_can_be_closed_again(tmp_path):
    store = opened(tmp_path / "a.sqlite")
    store.close()
    store.close()
    with pytest.raises(StoreFailed, match="closed"):
        store.counts()
