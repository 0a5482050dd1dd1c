"""Spaces, links and exits of a run of the shipped building, as page, files and JSON show them."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import openpyxl
import pytest

from drillsim.debrief import usage
from drillsim.debrief.charts import draw_exits
from drillsim.debrief.charts.exits import used_exits
from drillsim.debrief.printout import study_lines
from drillsim.debrief.report import debrief
from drillsim.measures.egress import exit_times_s
from drillsim.measures.exit_use import exit_use
from drillsim.measures.link_use import link_use
from drillsim.measures.queues import queues
from drillsim.measures.space_use import space_use
from drillsim.messages import say
from drillsim.scenario.load import load, shipped
from drillsim.study.replicate import replicate
from drillsim.study.results import Bound, Idle
from tests.debrief import fakes

EVIL = "=1+1<script>alert('x')</script>"
BOUND = Bound(
    replication=0,
    heads=312,
    missing=0,
    first_start_s=100.0,
    lower_s=310.0,
    gap=0.004,
    last_out_s=400.0,
    share=0.7,
    by_doors=True,
    idle=(Idle("main-doors", 35, 90.0), Idle("stair-a-exit", 175, 2.0)),
)


@pytest.fixture(scope="module")
def made():
    ensemble = replicate(load(shipped()["office-fire"]), plan="alarm-at-once", replications=1, seed=1)
    return debrief(replace(ensemble, bound=BOUND))


@pytest.fixture(scope="module")
def trace(made):
    return made.trace(made.ensembles[0])


@pytest.fixture(scope="module")
def files(made):
    return made.files()


def evil(made):
    """The same run in a building whose spaces and links have hostile titles."""
    (ensemble,) = made.ensembles
    written = ensemble.scenario.facility
    renamed = {
        kind: {
            name: entry.model_copy(update={"title": EVIL, "title_zh": EVIL})
            for name, entry in getattr(written, kind).items()
        }
        for kind in ("spaces", "links", "stairs")
    }
    facility = written.model_copy(update=renamed)
    return ensemble.scenario.model_copy(update={"facility": facility})


def rows_of(files, name):
    return list(csv.DictReader(io.StringIO(files[name].decode("utf-8-sig"), newline="")))


def test_the_tables_of_a_real_run_agree_with_each_other_and_with_the_measures(trace):
    out = sum(len(times) for times in exit_times_s(trace).values())
    exits, links, spaces = exit_use(trace), link_use(trace), space_use(trace)
    assert sum(row.heads for row in exits) == out > 300
    assert sum(row.share for row in exits) == pytest.approx(1.0)
    assert min(row.idle_s for row in exits) == 0.0
    by_link = {row.link: row for row in links}
    for row in exits:
        if row.heads:
            link = by_link[row.link]
            assert row.heads <= link.heads_there + link.heads_back
            assert link.first_s <= row.first_s <= row.last_s <= link.last_s
    assert all(0.0 <= row.share_used <= 1.0 + 1e-9 for row in links if row.share_used is not None)
    assert all(row.peak_flow_p_s <= row.capacity_p_s + 1e-9 for row in links if row.peak_flow_p_s)
    total = queues(trace)["queue.total"].number
    assert sum(row.queue_person_s.number for row in links) == pytest.approx(total, abs=1e-6)
    people = sum(heads for _, heads, _ in trace.header.groups)
    assert sum(row.heads_left for row in spaces) == people
    limit = 2.75
    indoors = {
        name for name, out in zip(trace.header.spaces, trace.header.space_outdoors, strict=True) if not out
    }
    assert all(row.peak_density_p_m2 <= limit + 1e-9 for row in spaces if row.space in indoors)
    assert all(row.congested is (None if row.space not in indoors else row.congested) for row in spaces)


def test_the_page_has_the_three_tables_with_letters_and_colours(made):
    for heading in ("exits", "links", "spaces"):
        assert f"<h3>{say(f'usage.{heading}', 'en')}</h3>" in made.html
    assert re.search(r'<tr class="los-f">\s*<th[^>]*>[^<]*</th>\s*<td data-label="Level">F</td>', made.html)
    assert "<details><summary>" in made.html
    assert "Main hall doors" in made.html


def test_long_tables_are_folded_and_lose_no_row(made, trace):
    tables = usage.usage_tables(made.ensembles[0].scenario, trace, start_s=0.0)
    lengths = [len(top.rows) + len(rest.rows) for top, rest in tables]
    assert lengths == [len(exit_use(trace)), len(link_use(trace)), len(space_use(trace))]
    assert max(len(top.rows) for top, _ in tables) <= 15
    assert all(not table.marks or len(table.marks) == len(table.rows) for pair in tables for table in pair)


def test_the_sentence_on_the_quickest_flow_stands_after_the_chart_of_the_evacuation(made):
    said = "Once moving, the plan uses 70 % of what the building could do"
    tight = re.sub("\u00a0", " ", made.html)
    assert tight.count(said) == 1
    assert len(re.findall("<li>Main hall doors.* 1 min 30 s", tight)) == 1
    charts = tight.index(f"<h2>{say('report.charts', 'en')}</h2>")
    assert charts < tight.index(said) < tight.index(f"<h2>{say('usage.title', 'en')}</h2>")


def test_the_terminal_reads_the_same_sentences(made):
    lines = list(study_lines(made, language="en", brief=False))
    said = usage.against_quickest(made.ensembles[0])
    assert len(said) == 2
    assert [line for line in lines if line.strip() in said] == [f"  {sentence}" for sentence in said]


def test_without_a_bound_nothing_is_said(made):
    (ensemble,) = made.ensembles
    assert usage.against_quickest(replace(ensemble, bound=None)) == ()


def test_the_files_hold_every_row_in_si_units(files, trace):
    exits = {row["link"]: row for row in rows_of(files, "exits.csv")}
    for row in exit_use(trace):
        assert int(exits[row.link]["heads"]) == row.heads
        assert exits[row.link]["last_s"] == ("" if row.last_s is None else repr(row.last_s))
    assert len(rows_of(files, "links.csv")) == len(link_use(trace))
    assert {row["level"] for row in rows_of(files, "spaces.csv")} >= {"A", "F", ""}
    book = openpyxl.load_workbook(io.BytesIO(files["runsheet.xlsx"]))
    assert book.sheetnames[1:] == ["Spaces", "Links", "Exits", "Margins"]
    assert book["Exits"].max_row == len(exit_use(trace)) + 1


def test_the_json_holds_the_tables_and_the_bound(made, trace):
    (plan,) = json.loads(made.json)["plans"]
    assert plan["quickest_flow"]["share"] == 0.7
    assert plan["quickest_flow"]["idle"][0]["link"] == "main-doors"
    assert plan["usage"]["replication"] == trace.header.replication
    stair = next(row for row in plan["usage"]["spaces"] if row["space"] == "stair-a-1")
    assert stair["level"] == "F"
    assert stair["peak_density_p_m2"] == pytest.approx(2.71, abs=0.01)
    assert {row["link"] for row in plan["usage"]["exits"]} == {row.link for row in exit_use(trace)}


def test_titles_can_be_neither_markup_nor_formulas(made, trace):
    scenario = evil(made)
    (ensemble,) = made.ensembles
    told = debrief(replace(ensemble, scenario=scenario), traces={ensemble.plan: trace})
    assert "<script" not in told.html
    assert "=1+1&lt;script&gt;" in told.html
    files = told.files()
    for name in ("spaces.csv", "links.csv", "exits.csv"):
        cells = [cell for row in rows_of(files, name) for cell in row.values()]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
        assert any(cell.startswith("'=1+1") for cell in cells)
    book = openpyxl.load_workbook(io.BytesIO(files["runsheet.xlsx"]))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_the_tables_speak_chinese(made, trace):
    tables = usage.usage_tables(made.ensembles[0].scenario, trace, start_s=0.0, language="zh")
    assert tables[0][0].caption == "出口"
    assert any("大厅正门" in row[0] for row in tables[0][0].rows)


def test_the_chart_of_exits_ends_every_curve_at_its_heads(made, trace):
    ax = draw_exits(made.ensembles[0], trace=trace)
    ends = sorted(int(line.get_ydata()[-1]) for line in ax.get_lines() if line.get_marker() == "o")
    assert ends == sorted(row.heads for row in exit_use(trace) if row.heads)
    labels = [text.get_text() for legend in ax.figure.legends for text in legend.get_texts()]
    assert len(labels) == len(used_exits(trace))
    assert any("Main hall doors" in label and "%" in label for label in labels)


def test_a_run_with_one_exit_has_no_chart_of_exits():
    trace = fakes.fake_trace(fakes.fake_scenario())
    assert len(used_exits(trace)) < 2
