"""What is read from a damaged or forged file: what was written, or a sentence; never anything else."""

from __future__ import annotations

import math
import os
import shutil
import sqlite3

import pytest

from drillsim.errors import StoreFailed
from drillsim.study.exact_json import packed, to_bytes
from drillsim.study.job import Result
from drillsim.study.outcome_text import digest_of
from drillsim.study.store import _row, read
from drillsim.study.study_file import seal
from tests.measures import hand as hand_trace
from tests.study import hand
from tests.study.stored import JOB, filled, opened, outcome, results


@pytest.fixture
def scenario():
    return hand.scenario()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.sqlite"


def damaged(path, scenario):
    """What can be had from a damaged file: replications, or the complaint."""
    try:
        with opened(path, scenario) as store:
            store.trace(JOB, 0)
            return store.attempts(JOB, range(30))
    except StoreFailed as fault:
        return str(fault)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    path = filled(tmp_path_factory.mktemp("whole") / "whole.sqlite", hand.scenario())
    trace = hand_trace.trace(*hand_trace.everybody_out())
    with opened(path, hand.scenario()) as store:
        store.keep_trace(JOB, trace, reason="first")
    return path


@pytest.mark.parametrize("share", [0.0001, 0.002, 0.01, 0.05, 0.1, 0.3, 0.5, 0.8, 0.95, 0.9999])
def test_a_file_cut_short_is_refused(whole, path, scenario, share):
    content = whole.read_bytes()
    path.write_bytes(content[: max(1, int(len(content) * share))])
    assert "study.sqlite" in damaged(path, scenario)
    with pytest.raises(StoreFailed):
        read(path)


@pytest.mark.parametrize("page", [512, 4096])
def test_a_file_without_its_last_page_or_sector_is_refused(whole, path, scenario, page):
    path.write_bytes(whole.read_bytes()[:-page])
    assert "damaged" in damaged(path, scenario)


def test_a_byte_that_flipped_is_either_without_effect_or_refused(whole, path, scenario):
    content = bytearray(whole.read_bytes())
    expected = {entry.replication: entry for entry in results(range(30))}
    refused = 0
    for at in [*range(0, 200), *range(200, len(content), 197)]:
        content[at] ^= 0xA5
        path.write_bytes(content)
        content[at] ^= 0xA5
        found = damaged(path, scenario)
        if isinstance(found, str):
            refused += 1
            assert "study.sqlite" in found
        else:
            assert found == expected
    assert refused > 50


def test_pages_of_rubbish_are_refused(whole, path, scenario):
    content = whole.read_bytes()
    for at in range(4096, len(content), 4096):
        path.write_bytes(content[:at] + os.urandom(4096) + content[at + 4096 :])
        found = damaged(path, scenario)
        assert isinstance(found, str) or found == {entry.replication: entry for entry in results(range(30))}


def changed(whole, path, statement, *values):
    shutil.copy(whole, path)
    with sqlite3.connect(path) as file:
        file.execute(statement, values)
    file.close()


@pytest.mark.parametrize(
    ("statement", "values", "complaint"),
    [
        (
            "UPDATE replications SET fingerprint = 'x' WHERE replication = 7",
            (),
            "replication 7: bytes have changed",
        ),
        (
            "UPDATE replications SET replication = 99 WHERE replication = 7",
            (),
            "replication 99: bytes have changed",
        ),
        ("UPDATE replications SET outcome = NULL, failure = 'x'", (), "replication 0: bytes have changed"),
        ("UPDATE replications SET seal = 'x' WHERE replication = 2", (), "replication 2: bytes have changed"),
        ("UPDATE study SET seed = '5'", (), "table study: bytes have changed"),
        ("UPDATE study SET version = x'ff'", (), "table study"),
        ("DELETE FROM study", (), "there is no study in it yet"),
        ("UPDATE series SET job = '{}'", (), "bytes have changed|fields are not those of a job"),
        ("CREATE TRIGGER t AFTER INSERT ON replications BEGIN DELETE FROM replications; END", (), "tables"),
        ("CREATE VIEW v AS SELECT 1", (), "its tables are not those of a study"),
        ("DROP TABLE traces", (), "its tables are not those of a study"),
    ],
)
def test_contents_changed_by_another_program_are_refused(whole, path, statement, values, complaint):
    changed(whole, path, statement, *values)
    with pytest.raises(StoreFailed, match=complaint):
        read(path)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"not compressed", "compressed bytes are damaged"),
        (packed(b"cos\nsystem\n(S'ls'\ntR."), "replication 0"),
        (packed(b"[" * 100_000), "lists within lists"),
        (packed(to_bytes({"a": 1})), "not those of an outcome"),
        ("text", "replication 0"),
        (7, "replication 0"),
    ],
)
def test_a_forged_row_with_a_right_check_sum_is_refused_all_the_same(whole, path, content, complaint):
    (key,) = sqlite3.connect(whole).execute("SELECT job FROM series").fetchone()
    mark = seal(key, 0, "0.2.0", "abc", content, None)
    changed(whole, path, "UPDATE replications SET outcome = ?, seal = ? WHERE replication = 0", content, mark)
    with pytest.raises(StoreFailed, match=complaint):
        read(path)


def test_a_row_under_the_number_of_another_is_refused(whole, path):
    other = Result(outcome(8), "0.2.0", "abc")
    (key,) = sqlite3.connect(whole).execute("SELECT job FROM series").fetchone()
    _, version, fingerprint, content, failure, _ = _row(key, other)
    mark = seal(key, 0, version, fingerprint, content, failure)
    changed(whole, path, "UPDATE replications SET outcome = ?, seal = ? WHERE replication = 0", content, mark)
    with pytest.raises(StoreFailed, match="replication 0: holds replication 8"):
        read(path)


def test_a_trace_whose_bytes_changed_is_refused(whole, path, scenario):
    changed(whole, path, "UPDATE traces SET trace = substr(trace, 1, 50)")
    with opened(path, scenario) as store, pytest.raises(StoreFailed, match="trace 0: bytes have changed"):
        store.trace(JOB, 0)


def test_the_digest_of_what_is_read_is_that_of_what_was_written(whole):
    found = digest_of(entry.outcome for entry in read(whole).series[0].results)
    assert found == digest_of(outcome(number) for number in range(30))
    assert math.isnan(read(whole).series[0].results[0].outcome.measures["endex"].number)
