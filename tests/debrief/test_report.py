from __future__ import annotations

import base64
import csv
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from drillsim.debrief.figures import nearest_median, objective_interval
from drillsim.debrief.names import quantity
from drillsim.debrief.report import Debrief, debrief
from drillsim.debrief.views import difference_table, limits
from drillsim.errors import DrillsimError
from drillsim.scenario.load import load
from drillsim.study.replicate import replicate
from drillsim.study.results import Failure
from tests.debrief import fakes
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
    } <= set(duel.files())


def test_what_is_equal_in_every_run_stands_in_one_line_below_the_differences(duel):
    table = difference_table(duel.result, "forward")
    equal = [found for found in duel.result.differences["forward"] if found.equal == found.n]
    assert equal
    assert table.note.startswith("No difference in any run: ")
    assert table.note in duel.html.replace("\u00a0", " ")
    assert not [row for row in table.rows if row[3] == f"{duel.ensembles[0].n} of {duel.ensembles[0].n}"]


def test_the_page_speaks_chinese():
    page = made(fakes.fake_ensemble(), language="zh").html
    assert '<html lang="zh-CN">' in page
    assert "<h1>堆场泄漏</h1>" in page
    assert "不是安全证明" in page
    words = " ".join(Page(page).words)
    assert "Run sheet" not in words
    assert "met</td>" not in page


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
        replace(outcome, flags=("drum: <dense> cloud",) if number < 3 else ())
        for number, outcome in enumerate(study.outcomes)
    )
    told = limits(replace(study, outcomes=outcomes, failures=(Failure(99, "out of range"),)))
    n = len(outcomes)
    assert told == [
        f"1 of {n + 1} runs failed; they rank above all that finished",
        f"drum: <dense> cloud (in 3 of {n} runs)",
    ]
    assert limits(study) == []
