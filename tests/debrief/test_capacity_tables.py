from __future__ import annotations

import math

import pytest

from drillsim.debrief import charts, steps
from drillsim.debrief.capacity_tables import (
    capacity_table,
    loss_sentences,
    reaction_table,
    rule_quality_table,
)
from drillsim.debrief.charts import style
from drillsim.debrief.figures import nearest_median
from drillsim.debrief.listed import listed
from drillsim.debrief.report import debrief
from drillsim.study.losses import Loss, Losses
from drillsim.study.results import Interval
from drillsim.study.uses import uses_over_runs
from tests.debrief import busy


def test_capacities_come_with_the_longest_waited_for_first_and_their_spread_over_the_runs():
    found = uses_over_runs(busy.busy_ensemble())
    assert [one.name for one in found][:3] == ["duty-manager", "joint", "bottles"]
    first = found[0]
    assert first.utilisation == pytest.approx(0.95 * 900.0 / 3600.0)  # the runs are 0.5 to 1.4 times as busy
    assert first.utilisation_p10 < first.utilisation < first.utilisation_p90
    assert first.wait_s == pytest.approx(0.95 * 400.0)
    assert first.peak_queue_p90 == 2.0
    assert found[-1].wait_s == 0.0


def test_the_table_names_capacities_in_words_and_says_the_wait_of_one_request():
    table = capacity_table(busy.busy_ensemble(), busy.busy_trace())
    rows = {row[0]: row for row in table.rows}
    assert rows["Joint channel"][1:4] == ("channel", "16 % (8–22 %)", "2 min 22 s")
    assert rows["Joint channel"][-1] == "12 s"  # 150 s in 12 requests
    assert set(rows) >= {
        "Duty manager",
        "Police car",
        "shower, Decon tent",
        "call-takers of Fire",
        "Bottles of air",
    }
    chinese = capacity_table(busy.busy_ensemble(), language="zh")
    assert any(row[:2] == ("淋浴、洗消帐篷", "洗消") for row in chinese.rows)


def test_the_first_reaction_to_an_inject_is_told_with_how_soon_it_came():
    table = reaction_table(busy.busy_ensemble(), busy.busy_trace())
    (row,) = table.rows
    assert row[:3] == ("Wind turns", "told Fire: UN number of the cargo", "1 min 20 s")
    assert row[-1] == "10 / 10"


def test_rules_of_order_are_told_as_kept_broken_or_without_occasion():
    table = rule_quality_table(busy.busy_ensemble())
    (row,) = table.rows
    assert row[:4] == ("Told before entry", "10", "0", "0")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_losses_are_three_statements_that_say_they_overlap(language):
    ensemble = busy.busy_ensemble()
    found = (
        Loss("queueing", Interval(180.0, 120.0, 240.0), 10, 0),
        Loss("communication", Interval(math.nan, None, None), 0, 10),
    )
    said = loss_sentences(Losses(ensemble, "endex", 900.0, 720.0, None, None, None, found), language=language)
    assert len(said) == 3
    assert ("+3 min" if language == "en" else "+3 分") in said[0]
    assert ("overlap" if language == "en" else "重叠") in said[-1]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_chart_shows_every_capacity_with_number_of_runs_and_unit(language):
    ax = charts.draw_capacity_use(busy.busy_ensemble(), language=language)
    assert len(ax.get_yticklabels()) == 6
    assert "10" in ax.get_title(loc="left")
    assert "%" in ax.get_xlabel()
    assert len(style.png(ax.figure)) > 10_000


def test_figures_of_single_capacities_stay_out_of_the_long_table():
    ensemble = busy.busy_ensemble()
    kept = [name for name in ensemble.summaries if listed(ensemble, name)]
    assert not any(name.startswith(("utilisation.", "wait.", "reaction.", "peak-queue.")) for name in kept)


@pytest.mark.parametrize(
    ("label", "words", "kind"),
    [
        ("plug: wait for air", "Plug the drum: waiting for air", "wait"),
        ("plug: wait for a line", "Plug the drum: waiting for a line", "wait"),
        ("fire: wait for a call-taker", "Fire: waiting for a call-taker", "wait"),
        ("plug: wait for decontamination", "Plug the drum: waiting for decontamination", "wait"),
        ("plug: delay", "Plug the drum: a delay the plan asks for", "work or way"),
        ("joint: line", "Joint channel: spoken over it", "others go through it"),
        ("duty-manager: command", "Duty manager: its orders", "others go through it"),
        ("chemical-unit-1: lent", "Chemical unit: released by those it belongs to", "work or way"),
    ],
)
def test_steps_of_the_new_kinds_are_told_in_words(label, words, kind):
    assert steps.step_title(busy.busy_scenario(), "joint", label, "en") == words
    assert steps.kind_text(label, "en") == kind
    assert label.split(": ")[1] not in steps.step_title(busy.busy_scenario(), "joint", label, "zh")


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("Why it took so long", "Joint channel", "told Fire: UN number of the cargo", "+3 min")),
        ("zh", ("为何耗时", "联合频道", "首次反应", "+3 分")),
    ],
)
def test_the_page_says_why_it_took_so_long_with_what_was_lost_where_it_is_given(language, told):
    ensemble = busy.busy_ensemble()
    trace = busy.busy_trace(nearest_median(ensemble).replication)
    lost = (Loss("queueing", Interval(180.0, 120.0, 240.0), 10, 0),)
    given = {"joint": Losses(ensemble, "endex", 900.0, 720.0, None, None, None, lost)}
    made = debrief(ensemble, language=language, traces={"joint": trace}, losses=given)
    page = made.html.replace("\u00a0", " ").replace("&#34;", '"')
    assert [text for text in told if text not in page] == []
    assert any(picture.kind == "capacity" for picture in made.pictures)
    bare = debrief(ensemble, language=language, traces={"joint": trace}).html.replace("\u00a0", " ")
    assert told[-1] not in bare
