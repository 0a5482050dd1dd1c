from __future__ import annotations

import json
import math

import pytest

import drillsim as ds
from drillsim.debrief import charts, margins
from drillsim.debrief.printout import study_lines
from drillsim.facility.graph import Facility
from tests.debrief import fakes
from tests.debrief.lost import lost_ensemble


@pytest.fixture(scope="module")
def ensemble():
    return lost_ensemble()


def test_the_sentences_name_the_smallest_margin_its_share_and_its_place(ensemble):
    whole, where = margins.margin_sentences(ensemble)
    assert "1 min 40 s (1 min 40 s to 1 min 40 s)" in whole
    assert "below 0 in 5 % (1 to 24 %) of runs" in whole
    assert where == "The smallest margin lay in Shed (20 of 20 runs)."
    assert margins.margin_sentences(fakes.fake_ensemble(n=3)) == ()


def test_the_table_says_what_did_not_come_about_instead_of_a_number(ensemble):
    found = margins.margin_table(ensemble)
    rows = {row[0]: row[1:] for row in found.rows}
    assert rows["Gate road"][0] == "not lost"
    assert rows["Gate road"][2] == "not lost"
    assert rows["Yard"][2] == "6 min 40 s (6 min 40 s to not lost)"
    assert rows["Shed"][5] == "visibility 18, temperature 2"
    assert found.marks == ("missed", "", "")


def test_a_table_that_is_cut_says_how_many_spaces_are_left_out(ensemble):
    assert "1 more spaces" in margins.margin_table(ensemble, shown=2).note
    assert "more spaces" not in margins.margin_table(ensemble).note


def test_the_rows_of_the_file_hold_every_space_and_leave_unknown_cells_empty(ensemble):
    heads, rows = margins.margin_lines(ensemble)
    by_space = {row[0]: dict(zip(heads, row, strict=True)) for row in rows}
    assert by_space["yard"]["margin_p90_s"] == ""
    assert by_space["yard"]["margin_p10_s"] == 400.0
    assert by_space["shed"]["criteria"] == "visibility 18, temperature 2"


def test_json_holds_null_for_what_did_not_come_about(ensemble):
    found = json.loads(json.dumps(margins.margins_document(ensemble), allow_nan=False))
    assert found["spaces"][2]["aset_s"] == {"p10": None, "p50": None, "p90": None}
    assert found["smallest_in"] == {"shed": 20}


def test_the_page_the_files_and_the_printout_have_the_margins(ensemble):
    trace = fakes.fake_trace(ensemble.scenario)
    report = ds.debrief(ensemble, traces={ensemble.plan: trace})
    assert "ASET and RSET" in report.html
    assert {"margin-map", "egress-times"} <= {picture.kind for picture in report.pictures}
    assert b"margin_p10_s" in report.files()["margins.csv"]
    lines = list(study_lines(report, language="zh", brief=False))
    assert any("全楼最小裕度" in line for line in lines)


def test_the_map_shades_by_the_margin_one_run_in_ten_falls_below_and_hatches_what_was_not_lost(ensemble):
    facility = Facility.build(ensemble.scenario.facility)
    ax = charts.draw_margin_map(ensemble, facility=facility)
    hatched = [patch for patch in ax.patches if patch.get_hatch()]
    assert len(hatched) == 1  # the gate
    assert any("+1.7 min" in text.get_text() for text in ax.texts)
    assert charts.margin_map_figure(fakes.fake_ensemble(n=3), facility=facility) is None


def test_a_bar_of_what_is_not_lost_in_one_run_of_ten_has_an_arrow_and_one_never_lost_no_bar(ensemble):
    ax = charts.draw_egress_times(ensemble)
    arrows = [line for line in ax.lines if line.get_marker() == ">"]
    assert len(arrows) == 1  # ASET of the yard
    assert len(ax.patches) == 5  # a pair each, but the gate has no ASET
    assert max(end for patch in ax.patches for end in patch.get_bbox().extents if math.isfinite(end)) > 0.0
