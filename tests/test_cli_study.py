"""The command line and long studies: kept runs, going on, enough, which plan is best, tables of all runs."""

from __future__ import annotations

import csv
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from drillsim.cli import Exit, main
from drillsim.people.crowd import Crowd
from tests.example import write_example

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def small(tmp_path) -> Path:
    return write_example(tmp_path / "small")


@pytest.fixture
def drill(capsys):
    """Runs the command; its exit code, its stdout and its stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def few(small: Path, *more: object) -> tuple[object, ...]:
    return ("run", small, "--plan", "simple", "--no-sensitivity", "--engine", "serial", "--json", *more)


def digest(said: tuple[int, str, str]) -> str:
    assert said[0] == Exit.OK, said[2]
    return str(json.loads(said[1])["digest"])


def kept(store: Path) -> list[int]:
    with sqlite3.connect(store) as file:
        rows = file.execute("SELECT replication FROM replications ORDER BY replication").fetchall()
    return [number for (number,) in rows]


def test_a_store_is_taken_up_and_the_answer_is_that_of_one_go(drill, small, tmp_path):
    whole = digest(drill(*few(small, "--replications", 9)))
    store = tmp_path / "一 study?.sqlite"
    drill(*few(small, "--replications", 4, "--store", store))
    assert kept(store) == [0, 1, 2, 3]
    said = drill(*few(small, "--replications", 9, "--store", store))
    assert digest(said) == whole
    assert "holds 4 finished runs" in said[2]
    assert kept(store) == list(range(9))


def test_stored_runs_are_read_and_not_run(drill, small, tmp_path, monkeypatch):
    asked = few(small, "--replications", 4, "--store", tmp_path / "s.sqlite")
    before = digest(drill(*asked))

    def never(*_: object, **__: object) -> None:
        raise AssertionError("run again")

    monkeypatch.setattr("drillsim.study.job.Bench.result", never)
    assert digest(drill(*asked)) == before


@pytest.mark.parametrize(
    "changes",
    [("--seed", 2), ("--set", "groups.clerks.count=5")],
    ids=["seed", "scenario"],
)
def test_a_store_of_another_study_is_refused_and_kept(drill, small, tmp_path, changes):
    store = tmp_path / "s.sqlite"
    drill(*few(small, "--replications", 3, "--store", store))
    before = store.read_bytes()
    code, out, err = drill(*few(small, "--replications", 3, "--store", store, *changes))
    assert (code, out) == (Exit.DISK, "")
    assert "s.sqlite" in err
    assert store.read_bytes() == before


@pytest.mark.slow
def test_in_the_folder_of_the_debrief_every_study_has_a_file_of_its_own(drill, small, tmp_path):
    out = tmp_path / "debrief"
    asked = few(small, "--replications", 2, "--out", out)
    for more in ((), ("--seed", 2), ("--replications", 3)):
        assert drill(*asked, *more)[0] == Exit.OK
    assert sorted(len(kept(file)) for file in out.glob("study-*.sqlite")) == [2, 3]


@pytest.mark.slow
def test_a_folder_with_nothing_but_kept_runs_is_gone_on_with(drill, small, tmp_path):
    out = tmp_path / "debrief"
    asked = few(small, "--replications", 2, "--out", out)
    drill(*asked)
    for file in out.iterdir():
        if file.suffix != ".sqlite":
            if file.is_dir():
                for inner in file.iterdir():
                    inner.unlink()
                file.rmdir()
            else:
                file.unlink()
    assert drill(*asked)[0] == Exit.OK
    assert (out / "debrief.html").is_file()


def test_a_file_that_is_no_store_is_left_alone(drill, small, tmp_path):
    notes = tmp_path / "notes.sqlite"
    notes.write_text("buy milk\n")
    code, out, err = drill(*few(small, "--replications", 2, "--store", notes))
    assert (code, out) == (Exit.DISK, "")
    assert "Traceback" not in err
    assert notes.read_text() == "buy milk\n"


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize("engine", ["serial", "processes"])
def test_ctrl_c_keeps_what_is_done_and_says_so(small, tmp_path, engine):
    store = tmp_path / "s.sqlite"
    command = [sys.executable, "-m", "drillsim", "run", str(small), "--plan", "simple", "--engine", engine]
    command += ["--workers", "2", "--store", str(store), "--replications", "100000"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not (store.exists() and rows(store)):
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (Exit.INTERRUPTED, "")
    assert "Traceback" not in err
    count = rows(store)
    assert count > 0
    assert f"{count} finished runs are kept in" in err


def rows(store: Path) -> int:
    try:
        return len(kept(store))
    except sqlite3.OperationalError:  # not made yet, or being written
        return 0


def test_until_stops_as_soon_as_enough_is_known_and_says_after_how_many_looks(drill, small):
    code, out, _ = drill(*few(small, "--replications", 1000, "--until", "p50 endex 10 min"))
    assert code == Exit.OK
    (plan,) = json.loads(out)["plans"]
    assert (plan["n"], plan["looks"]) == (100, 1)


def test_until_goes_on_to_the_most_that_are_allowed(drill, small):
    _, out, _ = drill(*few(small, "--replications", 160, "--until", "p95 endex 0.001 s"))
    (plan,) = json.loads(out)["plans"]
    assert (plan["n"], plan["looks"]) == (160, 3)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--until", "p95 last_out"), "p95 last_out 15 s"),
        (("--until", "p55 last_out 15 s"), "p50, p90, p95"),
        (("--time-limit", "30"), "30"),
        (("--time-limit", "10 s"), "processes or dask"),
        (("--cluster", "tcp://127.0.0.1:8786"), "--engine dask"),
        (("--engine", "magic"), "magic"),
    ],
)
def test_a_wrong_option_is_2_and_says_what_is_allowed(drill, small, options, says):
    code, out, err = drill(*few(small, *options))
    assert (code, out) == (Exit.USAGE, "")
    assert says in err


def test_a_measure_nobody_has_is_named_with_the_nearest(drill, small):
    code, _, err = drill(*few(small, "--replications", 100, "--until", "p95 last_uot 15 s"))
    assert code == Exit.FAILED
    assert "did you mean 'last_out'" in err


@pytest.mark.slow
def test_the_best_plan_is_chosen_with_a_stated_error(drill, small):
    asked = ("compare", small, "--no-sensitivity", "--engine", "serial", "--json", "--replications", 400)
    code, out, _ = drill(*asked, "--best", "endex", "--indifference", "20 s", "--error", "10 %")
    assert code == Exit.OK
    choice = json.loads(out)["choice"]
    assert (choice["measure"], choice["error"], choice["indifference"]) == ("endex", 0.1, 20.0)
    assert choice["decided"] == (len(choice["remaining"]) == 1)


def test_one_run_comes_out_as_rows_again_and_again(drill, small, tmp_path):
    asked = ("trace", small, "--plan", "simple", "--replication", 2)
    code, out, _ = drill(*asked)
    assert code == Exit.OK
    table = list(csv.DictReader(out.splitlines()))
    assert table[-1]["event"] == "end"
    store, file = tmp_path / "s.sqlite", tmp_path / "trace.csv"
    drill(*few(small, "--replications", 3, "--store", store))
    assert drill(*asked, "--store", store, "--out", file)[0] == Exit.OK
    assert file.read_text(encoding="utf-8-sig").splitlines() == out.splitlines()


def test_the_runs_of_a_study_are_exported_as_a_table(drill, small, tmp_path):
    store, table = tmp_path / "s.sqlite", tmp_path / "runs.csv"
    drill(*few(small, "--replications", 3, "--store", store))
    code, out, err = drill("export", store, "--to", table)
    assert (code, out) == (Exit.OK, "")
    assert "runs.csv" in err
    with table.open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["replication"] for line in lines] == ["0", "1", "2"]
    assert drill("export", store, "--to", tmp_path / "runs.doc")[0] == Exit.USAGE
    assert drill("export", tmp_path / "none.sqlite", "--to", table)[0] == Exit.USAGE


def test_another_version_of_the_program_does_not_mix_in(drill, small, tmp_path, monkeypatch):
    store = tmp_path / "s.sqlite"
    drill(*few(small, "--replications", 2, "--store", store))
    monkeypatch.setattr("drillsim.study.store.__version__", "99.0")
    code, _, err = drill(*few(small, "--replications", 2, "--store", store))
    assert code == Exit.DISK
    assert "99.0" in err


@pytest.mark.parametrize(
    ("people", "installed", "told"), [(10, False, True), (11, False, False), (10, True, False)]
)
def test_a_large_crowd_without_the_compiled_kernel_is_told_of_it(
    drill, small, monkeypatch, people, installed, told
):
    monkeypatch.setattr("drillsim.people.kernel.FROM_TOKENS", people)
    monkeypatch.setattr("drillsim.people.kernel.find_spec", lambda _: object() if installed else None)
    monkeypatch.setenv("DRILLSIM_KERNEL", "auto")
    monkeypatch.setattr("drillsim.people.kernel.crowd_class", lambda tokens, kernel=None: Crowd)
    _, _, err = drill(*few(small, "--replications", 1))
    assert ("compiled kernel" in err) is told


class FailingOnce(sqlite3.Connection):
    """Fails at one statement, counted over all connections."""

    said = 0
    fails_at = 0
    fault = "database or disk is full"

    def _count(self) -> None:
        FailingOnce.said += 1
        if FailingOnce.said == FailingOnce.fails_at:
            raise sqlite3.OperationalError(FailingOnce.fault)

    def execute(self, *arguments):  # type: ignore[no-untyped-def]
        self._count()
        return super().execute(*arguments)

    def executemany(self, *arguments):  # type: ignore[no-untyped-def]
        self._count()
        return super().executemany(*arguments)


@pytest.mark.slow
def test_whatever_write_fails_the_code_is_6_what_is_committed_stays_and_the_command_goes_on(
    drill, small, tmp_path, monkeypatch
):
    monkeypatch.setattr("drillsim.study.runner._BATCH", 1)  # a transaction for each run
    whole = digest(drill(*few(small, "--replications", 3, "--traces", 1)))
    real, number, code = sqlite3.connect, 0, -1
    while code != Exit.OK:
        number += 1
        store = tmp_path / f"{number}.sqlite"
        asked = few(small, "--replications", 3, "--traces", 1, "--store", store)
        FailingOnce.said, FailingOnce.fails_at = 0, number
        with monkeypatch.context() as broken:
            broken.setattr(
                sqlite3, "connect", lambda *given, **named: real(*given, factory=FailingOnce, **named)
            )
            code, out, err = drill(*asked)
        if code != Exit.OK:
            assert (code, out) == (Exit.DISK, ""), err
            assert f"{number}.sqlite" in err and "same command" in err
            assert "Traceback" not in err
        before = rows(store) if store.exists() else 0
        assert digest(drill(*asked)) == whole
        assert before <= rows(store) == 3
    assert number > 15


def test_one_plan_that_fails_does_not_cost_the_runs_of_another(drill, small, tmp_path, monkeypatch):
    from drillsim.simulation import run as simulation

    real, store = simulation.run, tmp_path / "s.sqlite"

    def failing(*given, **named):
        if named["plan"] == "simple":
            raise ValueError("odd")
        return real(*given, **named)

    monkeypatch.setattr("drillsim.simulation.run.run", failing)
    asked = ("compare", small, "--plans", "at-once,simple", "--engine", "serial", "--replications", 4)
    code, _, err = drill(*asked, "--no-sensitivity", "--store", store)
    assert code == Exit.FAILED
    assert "none of 4 runs of plan simple" in err
    assert rows(store) == 8


def test_a_broken_off_study_with_a_store_of_its_own_in_out_goes_on(drill, small, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    store = out / "mine.sqlite"
    drill(*few(small, "--replications", 2, "--store", store))
    assert drill(*few(small, "--replications", 2, "--store", store, "--out", out))[0] == Exit.OK
    assert (out / "debrief.html").is_file()


def test_a_store_that_lost_what_it_is_for_is_refused(drill, small, tmp_path):
    store = tmp_path / "s.sqlite"
    asked = few(small, "--replications", 2, "--store", store)
    drill(*asked)
    with sqlite3.connect(store) as file:
        file.execute("DELETE FROM study")
    code, _, err = drill(*asked)
    assert code == Exit.DISK
    assert "does not say of which study" in err


def test_export_leaves_out_runs_with_an_assumption_changed_unless_asked(drill, small, tmp_path):
    store, table = tmp_path / "s.sqlite", tmp_path / "runs.csv"
    drill("run", small, "--plan", "simple", "--engine", "serial", "--replications", 8, "--store", store)
    counts = []
    for more in ((), ("--with-sensitivity",)):
        assert drill("export", store, "--to", table, *more)[0] == Exit.OK
        with table.open(encoding="utf-8-sig", newline="") as file:
            counts.append(len(list(csv.DictReader(file))))
    assert counts[0] == 8 < counts[1]


def test_how_well_it_is_known_is_told_and_how_many_runs_would_do(drill, small):
    _, _, err = drill(*few(small, "--replications", 120, "--until", "p50 endex 10 min"))
    assert re.search(r"p50 endex is known to ±.* after 100 runs \(±10 min was asked\)", err)
    _, _, err = drill(*few(small, "--replications", 120, "--until", "p50 endex 1 s"))
    assert re.search(r"p50 endex is known to ±.* only after 120 runs, ±1 s was asked; about \d+ runs", err)
    _, _, err = drill(*few(small, "--replications", 20, "--until", "auto"))
    assert "20 runs did not tell all that --until auto asks for" in err


def test_several_in_one_until_are_refused_with_a_hint(drill, small):
    code, _, err = drill(*few(small, "--until", "p95 endex 1 min, p50 endex 10 s"))
    assert code == Exit.USAGE
    assert "one at a time" in err
