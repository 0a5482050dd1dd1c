from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace

import pytest

from drillsim.debrief.tables import TRACE_COLUMNS, document, document_json, trace_csv, trace_rows
from drillsim.scenario.digest import digest
from drillsim.study.replicate import study_digest
from drillsim.trace.log import RunHeader, Trace
from tests.debrief import fakes
from tests.debrief.comparisons import difference, refused


def test_the_document_names_scenario_digest_seed_runs_version_and_fingerprint():
    ensemble = fakes.fake_ensemble()
    found = document(ensemble)
    assert found["scenario"] == "fake-leak"
    assert found["scenario_digest"] == digest(ensemble.scenario)
    assert found["digest"] == study_digest((ensemble,))
    assert found["plans"][0]["results_digest"] == ensemble.digest
    assert (found["seed"], found["conditions"], found["drillsim"]) == (1, "exercise", "0.1.0")
    assert found["plans"][0]["n"] == 60
    assert found["plans"][0]["fingerprint"] == ensemble.fingerprint


def test_the_document_is_json_without_nan_or_infinity():
    text = document_json(fakes.fake_ensemble(unreached=tuple(range(20))))
    assert not {"NaN", "Infinity"} & set(text.replace(",", " ").split())
    found = json.loads(text)["plans"][0]["measures"]["milestone.contained"]
    assert found["p90"]["estimate"] is None
    assert found["reached"] == 40
    assert found["at_least"] == 4 * 3600.0


def test_a_measure_that_always_came_about_has_no_bound():
    assert "at_least" not in document(fakes.fake_ensemble())["plans"][0]["measures"]["last_out"]


def test_objectives_come_with_verdict_share_and_the_quantile_that_speaks_for_them():
    objectives = {
        entry["objective"]: entry for entry in document(fakes.fake_ensemble())["plans"][0]["objectives"]
    }
    assert objectives["contained"]["verdict"] == "missed"
    assert objectives["contained"]["target"] == 1800.0
    assert objectives["last-out"]["quantile"]["share"] == 0.95
    assert objectives["order"]["quantile"] is None


def test_milestones_are_in_the_order_of_their_median():
    times = [entry["p50_s"] for entry in document(fakes.fake_ensemble())["plans"][0]["milestones"].values()]
    assert times == sorted(times)


def test_a_comparison_holds_both_plans_and_their_paired_differences():
    found = document(fakes.fake_comparison())
    assert [plan["plan"] for plan in found["plans"]] == ["joint", "forward"]
    (only,) = found["differences"]
    assert (only["plan"], only["against"]) == ("forward", "joint")
    assert only["measures"]["milestone.gate"]["mean"]["high"] < 0.0
    assert only["measures"]["endex"]["equal"] == 60


def test_the_digest_is_that_of_the_study_and_its_plans_in_order():
    duel = fakes.fake_comparison()
    found = document(duel)["digest"]
    assert found == study_digest(duel.ensembles)
    assert found != study_digest(tuple(reversed(duel.ensembles)))
    other = replace(duel.ensembles[1], digest="e" * 32)
    assert document(replace(duel, ensembles=(duel.ensembles[0], other)))["digest"] != found


def test_a_comparison_holds_tests_gains_objectives_changes_and_the_choice():
    found = document(fakes.fake_comparison())
    (only,) = found["differences"]
    gate = only["measures"]["milestone.gate"]
    assert (gate["p_value"], gate["test"], gate["gain"], gate["told_apart"]) == (0.001, "t", 350.0, True)
    assert gate["p95"]["needs"] == 59
    assert gate["median"]["estimate"] is None
    assert only["objectives"]["gate"]["only_second"] == 12
    assert only["objectives"]["order"]["told_apart"] is False
    (change,) = only["changes"]
    assert change["task"] == "close-gate"
    assert {"field": "takes", "before": "2 min", "after": "1 min"} in change["what"]
    assert (change["critical_first"], change["critical_second"]) == (0.0, 0.0)
    assert json.loads(document_json(fakes.fake_comparison()))["choice"]["remaining"] == ["forward"]


def test_the_gain_of_common_luck_is_unknown_where_the_mean_has_no_interval():
    duel = fakes.fake_comparison()
    found = {"forward": (refused("milestone.gate", gain=3118.96), difference("milestone.endex"))}
    (only,) = document(replace(duel, differences=found))["differences"]
    assert only["measures"]["milestone.gate"]["gain"] is None
    assert only["measures"]["milestone.endex"]["gain"] == 350.0


def test_the_document_says_how_often_a_stopping_rule_looked():
    ensemble = replace(fakes.fake_ensemble(), looks=3)
    assert document(ensemble)["plans"][0]["looks"] == 3


def test_a_trace_becomes_rows_with_the_passages_among_them_in_order_of_time():
    trace = fakes.fake_trace(fakes.fake_scenario())
    rows = list(trace_rows(trace))
    times = [row[0] for row in rows]
    assert times == sorted(times)
    assert len(rows) == len(trace.rows) + 40
    passed = [row for row in rows if row[1] == "passed"]
    assert passed[0][2:5] == ("labour#0", "gate", "muster-way")
    assert passed[0][5] == pytest.approx(4.0)


def test_beginnings_are_rows_without_a_link():
    scenario = fakes.fake_scenario()
    trace = fakes.fake_trace(scenario)
    trace.crowd.link[0] = -1
    begun = [row for row in trace_rows(trace) if row[1] == "set-off"]
    assert [row[4] for row in begun] == [""]


def test_the_trace_file_reads_back_and_cannot_be_a_formula():
    header = fakes.fake_trace(fakes.fake_scenario()).header
    trace = Trace(RunHeader(**{name: getattr(header, name) for name in header.__slots__}))
    trace.add(0.0, "startex")
    trace.add(1.5, "informed", task="=cmd()", value=-2.0, cause=0)
    lines = list(csv.reader(io.StringIO(trace_csv(trace).decode("utf-8-sig"))))
    assert tuple(lines[0]) == TRACE_COLUMNS
    assert lines[1] == ["0.0", "startex", "", "", "", "", "", "", ""]
    assert lines[2] == ["1.5", "informed", "", "", "'=cmd()", "-2.0", "", "0", ""]


def test_numbers_are_finite_floats_and_nothing_else():
    def walk(entry):
        if isinstance(entry, dict):
            for value in entry.values():
                walk(value)
        elif isinstance(entry, list):
            for value in entry:
                walk(value)
        elif isinstance(entry, float):
            assert math.isfinite(entry)
        else:
            assert entry is None or isinstance(entry, (str, int))

    walk(document(fakes.fake_ensemble(unreached=(1, 2, 3))))
