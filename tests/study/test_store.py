from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from drillsim.errors import StoreFailed
from drillsim.scenario.load import load
from drillsim.study import study_file
from drillsim.study.compare import compare
from drillsim.study.replicate import replicate
from drillsim.study.results import Failure
from drillsim.study.store import read
from tests.measures import hand as hand_trace
from tests.study import hand
from tests.study.stored import JOB, filled, opened, results

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def scenario():
    return hand.scenario()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "study.sqlite"


# ------------------------------------------------------------------ what is kept


def test_what_was_added_is_found_again_after_the_file_was_closed(path, scenario):
    with opened(path, scenario) as store:
        store.add(JOB, results(range(3)))
        store.add(JOB, results(range(5, 6)))
    with opened(path, scenario) as store:
        found = store.attempts(JOB, range(10))
        assert found == {
            entry.replication: entry for entry in results(range(6)) if entry.replication not in (3, 4)
        }
        assert store.attempts(JOB, [1, 4]).keys() == {1}
        assert store.attempts(JOB, []) == {}
        assert store.counts() == 4


def test_numbers_far_apart_are_found_in_blocks(path, scenario, monkeypatch):
    monkeypatch.setattr("drillsim.study.store._BLOCK", 2)
    with opened(path, scenario) as store:
        store.add(JOB, results(range(7)))
        assert list(store.attempts(JOB, [6, 0, 3, 90, 5])) == [0, 3, 5, 6]


def test_a_replication_is_stored_once_and_the_first_stays(path, scenario):
    with opened(path, scenario) as store:
        store.add(JOB, results(range(2)))
        store.add(JOB, [replace(results(range(1, 2))[0], fingerprint="other"), *results(range(2, 3))])
        assert store.counts() == 3
        assert {entry.fingerprint for entry in store.attempts(JOB, range(3)).values()} == {"abc"}


@pytest.mark.parametrize(
    "other",
    [
        replace(JOB, plan="fast"),
        replace(JOB, conditions="exercise"),
        replace(JOB, start_s=0.0),
        replace(JOB, injects=()),
        replace(JOB, injects=("a",)),
        replace(JOB, factors=(("a", 1.5),)),
    ],
)
def test_jobs_that_differ_have_series_of_their_own(path, scenario, other):
    with opened(path, scenario) as store:
        store.add(JOB, results(range(2)))
        assert store.attempts(other, range(2)) == {}
        store.add(other, results(range(1)))
        assert (len(store.attempts(JOB, range(2))), len(store.attempts(other, range(2)))) == (2, 1)


def test_jobs_that_ask_for_the_same_share_a_series(path, scenario):
    with opened(path, scenario) as store:
        store.add(replace(JOB, start_s=36000, injects=("b", "a")), results(range(1)))
        assert store.attempts(replace(JOB, start_s=36000.0, injects=("a", "b")), [0])


def test_a_job_of_another_seed_is_a_mistake_of_the_caller(path, scenario):
    with opened(path, scenario) as store, pytest.raises(ValueError, match="seed 2 in a store of seed 1"):
        store.add(replace(JOB, seed=2), results(range(1)))


def test_a_lasting_failure_is_kept_and_another_is_tried_again(path, scenario):
    lasting = Failure(0, "wind outside 0.5 to 30 m/s \ud800")
    with opened(path, scenario) as store:
        store.add(JOB, [lasting, Failure(1, "a worker died", lasting=False)])
        store.add(JOB, [Failure(2, "took too long", lasting=False)])
        assert store.attempts(JOB, range(3)) == {
            0: replace(lasting, message="wind outside 0.5 to 30 m/s \\ud800")
        }
        assert store.counts() == 1


def test_a_seed_of_any_size_is_kept(path, scenario):
    with opened(path, scenario, seed=2**70) as store:
        store.add(replace(JOB, seed=2**70), results(range(1)))
    assert read(path).study.seed == 2**70


def test_a_trace_is_kept_and_found_and_dropped(path, scenario):
    trace = hand_trace.trace(*hand_trace.everybody_out(), replication=4)
    with opened(path, scenario) as store:
        store.keep_trace(JOB, trace, reason="first")
        store.keep_trace(JOB, trace, reason="first median")
        assert store.kept_traces(JOB) == {4: "first median"}
        assert store.trace(JOB, 4).digest() == trace.digest()
        assert store.trace(JOB, 5) is None
        assert store.trace(replace(JOB, plan="fast"), 4) is None
        store.drop_traces(JOB, [4, 5])
        assert store.kept_traces(JOB) == {}
        assert store.counts() == 0


def test_a_file_is_read_without_its_scenario(path, scenario):
    with opened(path, scenario) as store:
        more = replace(JOB, plan="fast", start_s=3.0, injects=("a",), factors=(("b", 0.5),))
        store.add(JOB, [*results(range(1, 3)), Failure(0, "no")])
        store.add(more, results(range(1)))
        found = read(path)  # while a study has it open
    assert (found.study.scenario, found.study.seed) == ("hand", 1)
    assert {each.job: len(each.results) for each in found.series} == {JOB: 2, more: 1}
    (slow,) = (each for each in found.series if each.job == JOB)
    assert (slow.results, slow.failures) == (tuple(results(range(1, 3))), (Failure(0, "no"),))


# ------------------------------------------------------------------ a study with a store


def test_a_study_taken_up_again_runs_what_is_missing_and_answers_the_same(path, scenario):
    ran = []

    def counted(*arguments, **named):
        ran.append(named["replication"])
        return hand.run(*arguments, **named)

    whole = replicate(scenario, plan="slow", replications=12, run=hand.run)
    with opened(path, scenario) as store:
        replicate(scenario, plan="slow", replications=5, run=hand.run, store=store)
    with opened(path, scenario) as store:
        again = replicate(scenario, plan="slow", replications=12, run=counted, store=store, traces=0)
        assert sorted(ran) == list(range(5, 12))
        twice = replicate(scenario, plan="slow", replications=12, run=counted, store=store, traces=0)
    assert len(ran) == 7
    assert whole.digest == again.digest == twice.digest
    assert whole.summaries == twice.summaries
    assert whole.outcomes == twice.outcomes


@pytest.mark.slow
def test_the_document_of_a_real_comparison_is_the_same_from_its_store(path):
    from drillsim.debrief.tables import document_json

    office = load(ROOT / "scenarios" / "office-fire")
    plans = sorted(office.plans)[:2]
    with opened(path, office) as store:
        fresh = compare(office, plans=plans, replications=3, store=store)
        assert store.counts() == 6
        stored = compare(office, plans=plans, replications=3, store=store)
    assert document_json(stored) == document_json(fresh)


# ------------------------------------------------------------------ another study, or none


def test_another_scenario_seed_or_version_is_refused_and_left_as_it_is(path, scenario, monkeypatch):
    filled(path, scenario)
    before = path.read_bytes()
    other = hand.scenario(out={"title": "Out", "milestone": "all-out", "within": "6 min"})
    with pytest.raises(StoreFailed, match=r"another scenario .*hand \(\w{8}\) instead of hand \(\w{8}\)"):
        opened(path, other)
    with pytest.raises(StoreFailed, match="seed 1 instead of 2"):
        opened(path, scenario, seed=2)
    monkeypatch.setattr("drillsim.study.store.__version__", "9.9")
    with pytest.raises(StoreFailed, match=r"made by drillsim [\d.]+, and this is drillsim 9\.9"):
        opened(path, scenario)
    assert path.read_bytes() == before


def test_a_file_of_another_format_is_refused(path, scenario):
    filled(path, scenario)
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA user_version = 77")
    file.close()
    with pytest.raises(StoreFailed, match="format 77, this version of drillsim reads and writes format 1"):
        opened(path, scenario)
    with pytest.raises(StoreFailed, match="format 77"):
        read(path)


def test_a_database_of_another_program_is_refused_and_left_as_it_is(path, scenario):
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE photos (name TEXT)")
    file.close()
    before = path.read_bytes()
    with pytest.raises(StoreFailed, match="no file of results of drillsim"):
        opened(path, scenario)
    with pytest.raises(StoreFailed, match="no file of results of drillsim"):
        read(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"a", b"hello, world\n" * 400, b"\x89PNG\r\n\x1a\n" + bytes(9000)])
def test_a_file_of_another_kind_is_refused_and_left_as_it_is(path, scenario, content):
    path.write_bytes(content)
    with pytest.raises(StoreFailed, match=r"study\.sqlite"):
        opened(path, scenario)
    with pytest.raises(StoreFailed, match=r"study\.sqlite"):
        read(path)
    assert path.read_bytes() == content


def test_an_empty_file_becomes_a_store_but_cannot_be_read(path, scenario):
    path.touch()
    with pytest.raises(StoreFailed, match="no file of results"):
        read(path)
    assert len(results(range(3))) == 3
    filled(path, scenario)
    assert len(read(path).series[0].results) == 30


def test_a_store_without_its_study_yet_is_taken_by_the_next(path, scenario):
    study_file.StudyFile(path, create=True).close()  # as a program killed at that moment leaves it
    with pytest.raises(StoreFailed, match="there is no study in it yet"):
        read(path)
    with opened(path, scenario) as store:
        assert store.counts() == 0


def test_a_place_that_cannot_be_is_named(tmp_path, scenario):
    with pytest.raises(StoreFailed, match=r"the folder .*nowhere does not exist\. Make it"):
        opened(tmp_path / "nowhere" / "a.sqlite", scenario)
    with pytest.raises(StoreFailed, match=r"is a folder\. Name a file in it"):
        opened(tmp_path, scenario)
    with pytest.raises(StoreFailed, match=r"a\.sqlite does not exist"):
        read(tmp_path / "a.sqlite")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name", ["two words.sqlite", "港区 演练.sqlite", "50%20 off.db", "file:a.sqlite", ":memory:"]
)
def test_any_name_will_do(tmp_path, monkeypatch, scenario, name):
    if os.name == "nt" and ":" in name:
        pytest.skip("no name there")
    monkeypatch.chdir(tmp_path)
    filled(Path(name), scenario)
    assert [entry.name for entry in tmp_path.iterdir()] == [name]
    assert len(read(Path(name)).series[0].results) == 30


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
@pytest.mark.parametrize(
    "name", ["what?.sqlite", "a#b?mode=ro&c.sqlite", "back\\slash.db", "new\nline", b"\xff.db"]
)
def test_names_that_mean_something_to_sqlite_will_do(tmp_path, scenario, name):
    target = tmp_path / os.fsdecode(name)
    filled(target, scenario)
    assert len(read(target).series[0].results) == 30
