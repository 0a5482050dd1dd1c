from __future__ import annotations

import base64
import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import openpyxl
import pytest

from drillsim.debrief.comparison_tables import plans_table
from drillsim.debrief.figures import nearest_median, objective_interval
from drillsim.debrief.names import quantity
from drillsim.debrief.printout import study_lines
from drillsim.debrief.report import Debrief, debrief
from drillsim.debrief.views import limits
from drillsim.errors import DrillsimError
from drillsim.messages import say
from drillsim.scenario.load import load
from drillsim.study.replicate import replicate
from drillsim.study.results import Failure
from tests.debrief import fakes
from tests.debrief.comparisons import difference
from tests.debrief.test_charts import SWINGS
from tests.example import write_example

EVIL = "=1+1<script>alert('x')</script>"


def made(result, **more) -> Debrief:
    ensembles = getattr(result, "ensembles", (result,))
    traces = {
        ensemble.plan: fakes.fake_trace(
            ensemble.scenario, ensemble.plan, nearest_median(ensemble).replication
        )
        for ensemble in ensembles
    }
    return debrief(result, traces=traces, **more)


@pytest.fixture(scope="module")
def single() -> Debrief:
    return made(fakes.fake_ensemble(), swings=SWINGS)


@pytest.fixture(scope="module")
def duel() -> Debrief:
    return made(fakes.fake_comparison())


class Page(HTMLParser):
    """Tags with their attributes, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, tag: str) -> list[dict]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_the_page_has_every_part_the_planner_needs(single):
    for part in (
        "In short, to be read aloud",
        "Objectives and verdicts, given these assumptions",
        "Rules of order",
        "Does ENDEX fit the slot?",
        "Run sheet",
        "Critical path and waits",
        "Price of the exercise",
        "What moves the verdicts",
        "Assumptions",
        "How to read this",
        "not a safety certificate",
        "Scenario digest",
    ):
        assert part in single.html


def test_the_page_opens_no_connection_and_runs_no_script(single, duel):
    for page in (single.html, duel.html):
        assert not re.search(r"https?:|//[a-z]|@import|url\(", page)
        assert "<script" not in page
        assert "<link" not in page


def test_what_a_user_wrote_is_escaped_everywhere():
    evil = made(fakes.fake_ensemble(title=EVIL))
    assert "<script" not in evil.html
    assert "=1+1&lt;script&gt;" in evil.html
    for attributes in Page(evil.html).all("img"):
        picture = base64.b64decode(attributes["src"].partition(",")[2])
        assert b"<script" not in picture
    sheet = evil.files()["runsheet.csv"].decode("utf-8-sig")
    assert not re.search(r"(?m)(^|,)\"?[=+@-]", sheet)


def test_pictures_have_alternative_texts_and_heading_cells_a_scope(single):
    page = Page(single.html)
    assert len(page.all("img")) == 5
    assert all(
        attributes["alt"] and attributes["src"].startswith("data:image/svg") for attributes in page.all("img")
    )
    assert all(attributes.get("scope") in ("col", "row") for attributes in page.all("th"))
    assert page.all("html") == [{"lang": "en"}]


def test_page_table_and_json_give_the_same_numbers(single):
    ensemble = single.ensembles[0]
    content = single.files()
    page = single.html.replace("\u00a0", " ")
    found = json.loads(content["result.json"])["plans"][0]
    for verdict in ensemble.verdicts:
        if verdict.target is None:
            continue
        entry = next(one for one in found["objectives"] if one["objective"] == verdict.objective)
        _, interval = objective_interval(ensemble, verdict)
        assert entry["quantile"]["estimate"] == interval.estimate
        shown = quantity(interval.estimate, "s", "en")
        assert f'<td data-label="In the share of runs asked for">{shown}</td>' in page
    lines = list(csv.DictReader(io.StringIO(content["runsheet.csv"].decode("utf-8-sig"))))
    likely = {line["Event"]: line["Likely (p50)"] for line in lines if line["Kind"] == "MILESTONE"}
    for name, milestone in found["milestones"].items():
        seconds = round(36_000.0 + milestone["p50_s"])
        clock = f"{seconds // 3600:02d}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
        assert likely[ensemble.scenario.milestones[name].title] == clock
        assert clock in single.html


def test_no_line_ends_within_a_quantity(single):
    assert "8\u00a0min" in single.html
    assert "90\u00a0%" in single.html
    assert not re.search(r"\d (min|s|%|h)\b", "".join(re.findall(r"<td[^>]*>([^<]*)</td>", single.html)))


def test_an_assumption_that_moves_nothing_has_no_bar_and_no_line(single):
    assert "plug: takes" in single.html
    assert "isolate: takes" not in single.html


def test_the_start_moves_the_wall_clock(single):
    later = made(fakes.fake_ensemble(), start_s=9.5 * 3600)
    assert "09:30:00" in later.html
    assert "09:30:00" not in single.html


def test_a_comparison_shows_both_plans_and_their_differences(duel):
    assert "The plans on the same luck" in duel.html
    assert "Staged forward" in duel.html
    assert duel.html.count("In short, to be read aloud") == 2
    assert {
        "runsheet-joint.csv",
        "runsheet-forward.xlsx",
        "trace-forward.csv",
        "charts/differences.png",
        "comparison.csv",
        "comparison.xlsx",
        "changes.csv",
    } <= set(duel.files())


def test_what_is_equal_in_every_run_stands_in_one_line_below_the_plans(duel):
    table = plans_table(duel.result)
    assert table.note.startswith("No difference in any run: ")
    assert "Control told" in table.note
    assert table.note.replace("\u00a0", " ") in duel.html.replace("\u00a0", " ")
    assert "Control told" not in [row[0] for row in table.rows]


def test_the_comparison_says_which_is_best_and_what_the_plan_changes(duel):
    words = " ".join(Page(duel.html).words).replace("\u00a0", " ")
    assert '"Staged forward" is best for "Last person at a muster" (last_out) or within 1 min' in words
    assert "of the best: error 5 %, decided after 40 runs" in words
    assert "takes 2 min → 1 min" in words
    assert "on the critical path in no run, so its own time does not move the end" in words


def test_the_page_and_the_console_say_what_common_luck_was_worth(duel):
    ended = {"forward": (difference("milestone.endex", n=60, both=60),)}
    page = made(replace(duel.result, differences=ended))
    worth = 'paired runs were worth 350 times as many independent ones for "ENDEX"'
    assert worth in " ".join(Page(page.html).words).replace("\u00a0", " ")
    assert worth in "\n".join(study_lines(page, language="en", brief=True))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_page_and_console_say_how_to_read_the_table_and_the_changes(duel, language):
    page = made(duel.result, language=language)
    words = " ".join(Page(page.html).words).replace("\u00a0", " ")
    console = "\n".join(study_lines(page, language=language, brief=True))
    for message in ("compare.values-note", "compare.rows-note", "compare.changes-note"):
        assert say(message, language) in words
        assert console.count(say(message, language)) == 1
    assert "about one in 20 may err" in say("compare.rows-note", "en")
    assert "median of its runs with its 95 % interval" in say("compare.values-note", "en")


def test_the_comparison_is_the_same_on_page_console_sheet_and_in_the_document(duel):
    content = duel.files()
    page = " ".join(Page(duel.html).words).replace("\u00a0", " ")
    console = "\n".join(study_lines(duel, language="en", brief=True))
    lines = list(csv.DictReader(io.StringIO(content["comparison.csv"].decode("utf-8-sig"))))
    found = json.loads(content["result.json"])["differences"][0]["measures"]
    (gate,) = [line for line in lines if line["Name"] == "milestone.gate" and line["Plan"] == "forward"]
    assert float(gate["Mean difference"]) == found["milestone.gate"]["mean"]["estimate"]
    assert float(gate["Difference, low"]) == found["milestone.gate"]["mean"]["low"]
    assert " earlier (95 % CI " in gate["In words"]
    assert gate["In words"] in page
    assert gate["In words"] in console
    for row in plans_table(duel.result).rows:
        assert all(cell in page and cell in console for cell in row)


def test_the_workbook_of_the_comparison_shows_plans_changes_and_numbers(duel):
    book = openpyxl.load_workbook(io.BytesIO(duel.files()["comparison.xlsx"]))
    assert book.sheetnames == ["Plans side by side", "Changes", "Numbers (SI)"]
    numbers = list(book["Numbers (SI)"].values)
    column = numbers[0].index("Mean difference")
    assert any(isinstance(line[column], float) for line in numbers[1:])


def test_hostile_titles_stay_harmless_in_the_comparison():
    page = made(_with_titles(EVIL))
    content = page.files()
    assert "<script" not in page.html
    for name in ("comparison.csv", "changes.csv"):
        cells = [cell for line in csv.reader(io.StringIO(content[name].decode("utf-8-sig"))) for cell in line]
        numbers = re.compile(r"-?\d+(\.\d+)?(e-?\d+)?$")
        assert not [cell for cell in cells if cell[:1] in tuple("=+-@") and not numbers.match(cell)]
    assert "'=1+1<script>" in content["changes.csv"].decode()
    book = openpyxl.load_workbook(io.BytesIO(content["comparison.xlsx"]))
    assert not [cell for sheet in book for row in sheet.rows for cell in row if cell.data_type == "f"]
    console = "\n".join(study_lines(made(_with_titles("\x1b[2J\u202e")), language="en", brief=True))
    assert "\\x1b[2J\\u202e" in console
    assert not {"\x1b", "\u202e"} & set(console)


def _with_titles(text):
    """The comparison with this text as the title of both plans and of all their tasks."""
    duel = fakes.fake_comparison()
    scenario = duel.ensembles[0].scenario
    plans = {}
    for name, plan in scenario.plans.items():
        tasks = {task: one.model_copy(update={"title": text}) for task, one in plan.tasks.items()}
        plans[name] = plan.model_copy(update={"title": text, "tasks": tasks})
    hostile = scenario.model_copy(update={"plans": plans})
    return replace(duel, ensembles=tuple(replace(one, scenario=hostile) for one in duel.ensembles))


def test_the_page_speaks_chinese():
    page = made(fakes.fake_ensemble(), language="zh").html
    assert '<html lang="zh-CN">' in page
    assert "<h1>堆场泄漏</h1>" in page
    assert "不是安全证明" in page
    words = " ".join(Page(page).words)
    assert "Run sheet" not in words
    assert "met</td>" not in page


def test_the_page_says_how_often_a_stopping_rule_looked():
    looked = made(replace(fakes.fake_ensemble(), looks=3))
    assert "60 (looks of the stopping rule: 3)" in looked.html
    assert "looks of" not in made(fakes.fake_ensemble()).html


def test_equal_studies_give_equal_pages(single):
    again = made(fakes.fake_ensemble(), swings=SWINGS)
    assert again.files() == single.files()


def test_everything_is_saved_and_nothing_else(single, tmp_path):
    written = single.save_all(tmp_path / "out")
    names = {path.relative_to(tmp_path / "out").as_posix() for path in written}
    assert names == {
        "debrief.html",
        "result.json",
        "runsheet.csv",
        "runsheet.xlsx",
        "trace.csv",
        "spaces.csv",
        "links.csv",
        "exits.csv",
        "charts/timeline.png",
        "charts/milestones.png",
        "charts/evacuation.png",
        "charts/map.png",
        "charts/tornado-contained.png",
    }
    assert {path for path in (tmp_path / "out").rglob("*") if path.is_file()} == set(written)
    assert (tmp_path / "out" / "charts" / "map.png").read_bytes().startswith(b"\x89PNG")


def test_nothing_is_written_if_anything_cannot_be_made(single, tmp_path, monkeypatch):
    monkeypatch.setattr("drillsim.debrief.report.xlsx_bytes", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        single.save_all(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_saving_the_page_makes_its_folder_and_leaves_no_part_behind(single, tmp_path):
    path = single.save(tmp_path / "new" / "page.html")
    assert path.read_text(encoding="utf-8") == single.html
    assert [entry.name for entry in path.parent.iterdir()] == ["page.html"]


def test_no_ensemble_mixed_scenarios_and_unknown_languages_are_refused():
    with pytest.raises(ValueError, match="at least one"):
        debrief([])
    with pytest.raises(ValueError, match="at least one"):
        debrief(replace(fakes.fake_ensemble(), outcomes=()))
    other = fakes.fake_ensemble()
    other = replace(other, scenario=other.scenario.model_copy(update={"name": "other"}))
    with pytest.raises(ValueError, match="one scenario"):
        debrief([fakes.fake_ensemble(), other])
    with pytest.raises(ValueError, match="language"):
        debrief(fakes.fake_ensemble(), language="fr")  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return load(write_example(tmp_path_factory.mktemp("office")))


def test_the_run_shown_is_one_of_the_study_run_again(office):
    plan = sorted(office.plans)[0]
    ensemble = replicate(office, plan=plan, replications=5, seed=3)
    page = debrief(ensemble)
    assert page.trace(ensemble).digest() == nearest_median(ensemble).trace_digest
    assert "charts/map.png" in page.files()


def test_a_run_that_comes_out_differently_is_refused(office):
    plan = sorted(office.plans)[0]
    ensemble = replicate(office, plan=plan, replications=3, seed=3)
    wrong = replace(
        ensemble, outcomes=tuple(replace(run, trace_digest="0" * 32) for run in ensemble.outcomes)
    )
    with pytest.raises(DrillsimError, match="came out differently"):
        debrief(wrong).trace(wrong)


def test_the_page_says_where_the_models_are_at_their_limits_and_how_many_runs_failed():
    study = fakes.fake_ensemble()
    outcomes = tuple(
        replace(outcome, flags=("drum: <dense> cloud: yard, shed",) if number < 3 else ())
        for number, outcome in enumerate(study.outcomes)
    )
    told = limits(replace(study, outcomes=outcomes, failures=(Failure(99, "out of range"),)))
    n = len(outcomes)
    assert told == [
        f"1 of {n + 1} runs failed; they rank above all that finished",
        f"Drum: <dense> cloud: Yard, Shed (in 3 of {n} runs)",
    ]
    assert limits(study) == []
