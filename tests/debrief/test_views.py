from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest

from drillsim.debrief.runsheet import runsheet
from drillsim.debrief.steps import path_title
from drillsim.debrief.views import _joined, criticality_table, path_table, sheet_table, slot_text
from drillsim.measures.critical_path import Step, critical_path
from tests.debrief import fakes


def test_steps_of_one_name_that_follow_each_other_are_one_line():
    way = [
        Step("travel", "travelling", "pump-1", 0.0, 60.0, 0.0),
        Step("travel", "travelling", "pump-1", 60.0, 100.0, 60.0),
        Step("work", "recon", "pump-1", 100.0, 400.0, 100.0),
        Step("travel", "travelling", "pump-1", 400.0, 420.0, 400.0),
    ]
    assert [(step.label, step.start_s, step.end_s) for step in _joined(way)] == [
        ("pump-1: travelling", 0.0, 100.0),
        ("recon", 100.0, 400.0),
        ("pump-1: travelling", 400.0, 420.0),
    ]


def test_the_path_has_no_line_twice_in_a_row():
    ensemble = fakes.fake_ensemble()
    trace = fakes.fake_trace(ensemble.scenario, ensemble.plan, 0)
    names = [row[0] for row in path_table(ensemble, trace, start_s=0.0).rows]
    assert all(a != b for a, b in pairwise(names))


def test_beside_each_step_stand_its_wait_and_how_many_runs_go_that_way():
    ensemble = fakes.fake_ensemble()
    trace = fakes.fake_trace(ensemble.scenario, ensemble.plan, 0)
    table = path_table(ensemble, trace, start_s=0.0)
    waited, share = (table.headings.index(name) for name in ("Waited", "On the path in"))
    steps = critical_path(trace, "endex")
    beside = [step for step in steps if step.since_s < step.start_s]
    assert [bool(row[waited]) for row in table.rows].count(True) == len(beside)
    found = {row[0]: row[share] for row in table.rows}
    assert found["All clear"] == "100 %"
    assert {percent for percent in found.values() if percent} <= {"100 %", "67 %", "33 %"}


def test_pairs_on_air_that_follow_each_other_are_lines_of_their_own():
    stints = [
        Step("work", "plug", f"chemical-unit-1 pair {pair}", 100.0 * pair, 100.0 * pair + 100.0, 100.0 * pair)
        for pair in (1, 2)
    ]
    assert _joined(stints) == stints
    told = [path_title(fakes.fake_scenario(), "joint", step, "en") for step in stints]
    assert told == ["Plug the drum (pair 1)", "Plug the drum (pair 2)"]
    waits = Step("wait for units", "plug", "patrol-1 pair 1", 0.0, 10.0, 0.0)  # for who was on air before
    assert path_title(fakes.fake_scenario(), "joint", waits, "en") == "Plug the drum: waiting for units"


def test_a_table_of_criticality_that_is_cut_says_how_much_more_there_is():
    ensemble = fakes.fake_ensemble()
    many = tuple(f"step-{number:02d}" for number in range(30))
    runs = tuple(replace(run, critical=many) for run in ensemble.outcomes)
    assert criticality_table(ensemble).note == ""
    cut = criticality_table(replace(ensemble, outcomes=runs))
    assert (len(cut.rows), cut.note) == (25, "and 5 more, the first of them in 100 %")


def test_the_sheet_gives_a_range_only_where_runs_differ():
    rows = runsheet(fakes.fake_ensemble())
    table = sheet_table(rows, start_s=36_000.0)
    column = table.headings.index("Earliest to latest")
    for row, line in zip(rows, table.rows, strict=True):
        assert ("–" in line[column]) == (round(row.earliest_s) != round(row.latest_s))


@pytest.mark.parametrize(
    ("lost", "en", "zh"),
    [
        (0, "; in 95 % of runs within ", "; 95 % 的运行在 "),
        (6, "; 6 of 60 runs do not reach it.", "; 60 次运行中 6 次未达到。"),
        (40, "45 min. 40 of 60 runs do not reach it.", "时段内结束。60 次运行中 40 次未达到。"),
    ],
)
def test_an_end_that_was_not_reached_is_no_time_within_which_it_came(lost, en, zh):
    ensemble = fakes.fake_ensemble(unreached=tuple(range(lost)))
    said = {language: slot_text(ensemble, language=language) for language in ("en", "zh")}
    assert en.replace("45 min", "1 h 30 min") in said["en"]
    assert zh in said["zh"]
    assert "not reached" not in said["en"]
    assert not re.search("内 未达到|未达到 内|可能 未达到", said["zh"])
