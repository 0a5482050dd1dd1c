from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drillsim.debrief.runsheet import HEADINGS, cells, headings, runsheet
from drillsim.facility.graph import Facility
from drillsim.scenario.load import load
from tests.debrief import fakes


def rows(**more):
    return {row.name: row for row in runsheet(fakes.fake_ensemble(), **more)}


def test_rows_come_in_the_order_of_their_likely_time_from_startex():
    sheet = runsheet(fakes.fake_ensemble())
    assert sheet[0].kind == "startex"
    assert [row.likely_s for row in sheet] == sorted(row.likely_s for row in sheet)


def test_a_milestone_has_the_quantiles_of_its_measure_and_says_what_to_stamp_from_where():
    ensemble = fakes.fake_ensemble()
    row = next(row for row in runsheet(ensemble) if row.kind == "milestone" and row.name == "isolation")
    summary = ensemble.summaries["milestone.isolation"]
    assert (row.earliest_s, row.likely_s, row.latest_s) == (
        summary.p10,
        summary.p50.estimate,
        summary.p90.estimate,
    )
    assert (row.who, row.where) == ("Customs", "Yard")
    assert row.note == "Stamp when: last cone placed."


def test_an_inject_has_its_cue_latest_useful_time_and_fallback():
    row = rows()["wind"]
    assert (row.likely_s, row.latest_useful_s) == (1200.0, 1800.0)
    assert row.note == "Cue: Controller hands over the wind card. Fallback: Say it on the radio."


def test_cue_fallback_and_what_to_stamp_are_chinese_where_the_scenario_has_them():
    scenario = load("terminal-leak")
    ensemble = fakes.fake_ensemble()
    injects = {"wind": scenario.injects["wind-shift"]}
    told = {"isolation": scenario.milestones["initial_isolation"]}
    changed = ensemble.scenario.model_copy(
        update={"injects": injects, "milestones": ensemble.scenario.milestones | told}
    )
    found = {row.name: row.note for row in runsheet(replace(ensemble, scenario=changed), language="zh")}
    assert found["wind"].startswith("提示: 导调员把指挥部的风向牌转到90度")
    assert "备用: 若五分钟内无人察觉" in found["wind"]
    assert found["isolation"] == "记时标志: 50米线最后一个锥筒放好，线内无人。"


@pytest.mark.parametrize("name", ["terminal-leak", "office-fire"])
def test_the_shipped_drills_say_everything_in_chinese_too(name):
    scenario = load(name)
    spaces = Facility.build(scenario.facility).space_spec
    assert all(space.title and space.title_zh for space in spaces)
    assert all(milestone.observed_zh for milestone in scenario.milestones.values())
    assert all(inject.cue_zh and inject.fallback_zh for inject in scenario.injects.values())
    assert set(scenario.information_zh) == set(scenario.information)
    assert scenario.about_zh


def test_what_nobody_does_is_called_by_the_controller_and_what_people_do_by_people():
    assert rows()["emptied"].who != "Exercise control"


def test_an_inject_after_an_event_follows_that_event_in_every_run():
    ensemble = fakes.fake_ensemble()
    found = {(row.kind, row.name): row for row in runsheet(ensemble)}
    emptied, missing = found["milestone", "emptied"], found["inject", "missing"]
    assert missing.likely_s == emptied.likely_s + 60.0
    assert missing.latest_s == emptied.latest_s + 60.0
    assert "1 min after: Shed empty" in missing.note


def test_an_inject_that_is_off_is_listed_only_when_asked_for():
    assert "ignition" not in rows()
    assert "ignition" in rows(injects=["ignition"])
    assert "wind" not in rows(injects=["ignition"])


def test_a_task_begins_and_ends_with_its_crew_place_and_slack():
    row = rows()["recon"]
    assert row.who == "Chemical unit"
    assert row.where == "Yard"
    assert row.done_s > row.likely_s
    assert row.slack_s == 60.0
    assert row.note == "Needs to know: UN number of the cargo."


def test_what_a_tenth_of_the_runs_never_reach_has_no_latest_time():
    sheet = runsheet(fakes.fake_ensemble(unreached=tuple(range(9))))
    row = next(row for row in sheet if row.kind == "milestone" and row.name == "contained")
    assert math.isfinite(row.likely_s)
    assert row.latest_s == math.inf
    assert "not reached" in cells(row, start_s=36_000.0, language="en")
    assert cells(row, start_s=36_000.0, language="en")[-1] == "51 of 60 runs"


def test_cells_are_on_the_wall_clock():
    row = rows()["wind"]
    line = dict(zip(HEADINGS, cells(row, start_s=9.5 * 3600, language="en"), strict=True))
    assert line["clock"] == "09:50:00"
    assert line["latest-useful"] == "10:00:00"
    assert line["slack"] == ""


def test_headings_and_titles_follow_the_language():
    assert headings("zh")[2] == "事件"
    row = rows(language="zh")["wind"]
    assert row.event == "风向改变"
    assert row.who == "导调组"
