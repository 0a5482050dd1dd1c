from __future__ import annotations

import builtins
import csv
import io
import math
from dataclasses import replace

import openpyxl
import pytest

from drillsim.errors import DrillsimError, StoreFailed
from drillsim.measures.value import Value
from drillsim.study import export
from drillsim.study.compare import compare
from drillsim.study.export import frame, replications, tasks, write
from drillsim.study.job import Result
from drillsim.study.replicate import replicate
from drillsim.study.results import Failure
from drillsim.study.store import Store, StoredSeries, StoredStudy, Study, read
from tests.study import hand
from tests.study.stored import JOB, outcome, results

pd = pytest.importorskip("pandas")


def stored(*series):
    return StoredStudy(Study("hand", "d", 1, "0.2.0"), series)


@pytest.fixture
def study():
    return stored(StoredSeries(JOB, tuple(results(range(4))), ()))


def test_each_replication_is_a_row_with_its_measures_and_bounds_where_needed(study):
    found = replications(study)
    assert found.columns == (
        "plan",
        "conditions",
        "replication",
        "end",
        "end_s",
        "endex",
        "endex.at_least",
        "exposed.smoke.people",
        "last_out",
        "trace_digest",
    )
    last = outcome(0).measures["last_out"].number
    assert found.rows[0] == ("slow", "emergency", 0, "horizon", 1200.0, None, 1200.0, 3, last, f"{0:032x}")
    reached = dict(zip(found.columns, found.rows[1], strict=True))
    assert (reached["endex"], reached["endex.at_least"]) == (outcome(1).measures["endex"].number, None)
    assert found.units == {
        "end_s": "s",
        "endex": "s",
        "endex.at_least": "s",
        "exposed.smoke.people": "1",
        "last_out": "s",
    }


def test_each_task_is_a_row(study):
    found = tasks(study)
    assert found.columns == (
        "plan",
        "conditions",
        "replication",
        "task",
        "ready_s",
        "started_s",
        "done_s",
        "slack_s",
    )
    assert len(found.rows) == 8
    assert found.rows[0] == ("slow", "emergency", 0, "=quench", 70.0, 80.0, 400.0, 0.0)


def test_a_run_that_failed_has_a_row_that_says_why():
    found = replications(
        stored(StoredSeries(JOB, tuple(results(range(1, 3))), (Failure(0, "=no"), Failure(5, "b"))))
    )
    assert [row[2] for row in found.rows] == [0, 1, 2, 5]
    assert {len(row) for row in found.rows} == {len(found.columns)}
    first = dict(zip(found.columns, found.rows[0], strict=True))
    assert (first["end"], first["failure"], first["endex"], first["trace_digest"]) == (
        "failed",
        "=no",
        None,
        None,
    )
    assert found.rows[1][-1] is None


def test_series_that_differ_in_more_than_plan_and_conditions_are_told_apart():
    jobs = (JOB, replace(JOB, start_s=3.0, injects=("a", "b"), factors=(("x", 1.5),)))
    source = stored(*(StoredSeries(job, tuple(results(range(1))), ()) for job in jobs))
    found = replications(source, sensitivity=True)
    assert found.columns[:5] == ("plan", "conditions", "start_s", "injects", "factors")
    assert [row[2:5] for row in found.rows] == [(None, None, None), (3.0, "a b", "x=1.5")]
    assert len(replications(source).rows) == 1  # runs with an assumption changed only if asked for


def test_a_measure_that_only_some_runs_have_is_empty_in_the_others():
    more = replace(outcome(1), measures={"x": Value(2.0, "m")})
    found = replications(stored(StoredSeries(JOB, (Result(outcome(0), "", ""), Result(more, "", "")), ())))
    assert [row[found.columns.index("x")] for row in found.rows] == [None, 2.0]


def test_a_study_and_its_store_give_the_same_tables(tmp_path):
    scenario, path = hand.scenario(), tmp_path / "a.sqlite"
    with Store(path, scenario=scenario, seed=1) as store:
        found = compare(scenario, plans=["slow", "fast"], replications=4, run=hand.run, store=store)
    for table in (replications, tasks):
        assert sorted(table(found).rows, key=repr) == sorted(table(path).rows, key=repr)
        assert table(read(path)) == table(str(path))
        assert table(found.ensembles) == table(found)
    one = replicate(scenario, plan="slow", replications=4, run=hand.run)
    assert replications(one).rows == replications(found.ensembles[:1]).rows
    with pytest.raises(StoreFailed, match="does not exist"):
        replications(tmp_path / "b.sqlite")


# ------------------------------------------------------------------ files


def test_csv_has_a_second_file_for_the_tasks_and_no_formulas(tmp_path, study):
    found = write(tmp_path / "out.csv", study)
    assert found == (tmp_path / "out.csv", tmp_path / "out-tasks.csv")
    assert found[0].read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(found[0].read_text(encoding="utf-8-sig"))))
    assert rows[0] == list(replications(study).columns)
    assert rows[1][5:7] == ["", "1200.0"]
    assert float(rows[2][5]) == outcome(1).measures["endex"].number
    assert "'=quench" in found[1].read_text(encoding="utf-8-sig")


def test_a_workbook_has_both_tables_and_the_units_and_no_formulas(tmp_path, study):
    (found,) = write(tmp_path / "out.XLSX", study)
    book = openpyxl.load_workbook(found)
    assert book.sheetnames == ["replications", "tasks", "units"]
    page = book["replications"]
    assert (page["F2"].value, page["G2"].value, page["H2"].value) == (None, 1200.0, 3)
    assert book["tasks"]["D2"].value == "=quench"
    kinds = {
        cell.data_type
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }
    assert kinds == {"s", "n"}
    assert ("endex", "s") in [tuple(cell.value for cell in row) for row in book["units"].iter_rows()]


def test_parquet_gives_the_frames_back(tmp_path, study):
    pytest.importorskip("pyarrow")
    found = write(tmp_path / "out.parquet", study)
    assert [file.name for file in found] == ["out.parquet", "out-tasks.parquet"]
    for file, name in zip(found, ("replications", "tasks"), strict=True):
        pd.testing.assert_frame_equal(pd.read_parquet(file), frame(study, of=name))


def test_a_frame_has_numbers_and_units(study):
    found = frame(study)
    assert found["endex"].isna().tolist() == [True, False, False, True]
    assert found["last_out"].tolist() == [outcome(number).measures["last_out"].number for number in range(4)]
    assert found.attrs["units"]["last_out"] == "s"
    assert len(frame(study, of="tasks")) == 8
    never = Result(replace(outcome(0), measures={"endex": Value(math.nan, "s", 1.0)}), "", "")
    assert frame(stored(StoredSeries(JOB, (never,), ())))["endex"].dtype == float
    assert frame(stored()).shape[0] == 0
    with pytest.raises(ValueError, match="a table 'people'"):
        frame(study, of="people")


def test_another_ending_is_refused(tmp_path, study):
    with pytest.raises(DrillsimError, match=r"results are written as \.csv, \.xlsx, \.parquet"):
        write(tmp_path / "out.ods", study)
    assert list(tmp_path.iterdir()) == []


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path, study, monkeypatch):
    monkeypatch.setattr(export, "_XLSX_ROWS", 8)
    with pytest.raises(DrillsimError, match="8 rows and 8 columns are more than a sheet"):
        write(tmp_path / "out.xlsx", study)
    monkeypatch.setattr(export, "_XLSX_ROWS", 9)
    assert write(tmp_path / "out.xlsx", study)


@pytest.mark.parametrize("missing", ["pandas", "pyarrow"])
def test_without_pandas_or_pyarrow_there_is_a_hint_and_no_file(tmp_path, study, monkeypatch, missing):
    real = builtins.__import__

    def refused(name, *arguments, **named):
        if name.split(".")[0] == missing:
            raise ImportError(f"No module named {name!r}")
        return real(name, *arguments, **named)

    monkeypatch.setattr(builtins, "__import__", refused)
    with pytest.raises(DrillsimError, match=r'pip install ".\[notebook\]"'):
        write(tmp_path / "out.parquet", study)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_earlier_file(tmp_path, study, monkeypatch):
    target = tmp_path / "out.csv"
    target.write_text("old")

    def no_room(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("drillsim.spreadsheet.os.fdopen", no_room)
    with pytest.raises(OSError, match="No space left"):
        write(target, study)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]
