from __future__ import annotations

import itertools
import warnings
from dataclasses import replace

import matplotlib
import pytest

from drillsim.debrief import charts
from drillsim.debrief.charts import scales, sitemap, style, timeline
from drillsim.debrief.figures import nearest_median, slot_verdict
from drillsim.facility.graph import Facility
from drillsim.study.results import Interval
from drillsim.study.sensitivity import Swing
from tests.debrief import comparisons, fakes
from tests.debrief.lost import lost_ensemble


def swing(path: str, low: float, high: float, *, flips_at_s: float | None = None, **more) -> Swing:
    entries = {
        "path": path,
        "label": f"{path}: takes",
        "median": 900.0,
        "median_unit": "s",
        "objective": "contained",
        "measure": "milestone.contained",
        "unit": "s",
        "target": 1800.0,
        "low": low,
        "base": 1950.0,
        "high": high,
        "low_share": 0.6,
        "base_share": 0.4,
        "high_share": 0.1,
        "flips_at_s": flips_at_s,
        "direction": "shorter" if flips_at_s else "",
    }
    return Swing(**(entries | more))


SWINGS = (
    swing("plug", 1500.0, float("inf"), flips_at_s=640.0),
    swing("recon", 1700.0, 2400.0),
    swing("isolate", 1950.0, 1950.0),
)


def drawn(name: str, language: str):
    ensemble = fakes.fake_ensemble(more_tasks=30, unreached=tuple(range(9)))
    trace = fakes.fake_trace(ensemble.scenario, replication=nearest_median(ensemble).replication)
    facility = Facility.build(ensemble.scenario.facility)
    if name == "timeline":
        return charts.draw_timeline(ensemble, trace=trace, start_s=36_000.0, language=language)
    if name == "milestones":
        return charts.draw_milestones(ensemble, language=language)
    if name == "evacuation":
        return charts.draw_evacuation(ensemble, language=language)
    if name == "differences":
        return charts.draw_differences(fakes.fake_comparison(), language=language)
    if name == "tornado":
        return charts.draw_tornado(SWINGS, ensemble=ensemble, replications=8, language=language)
    if name == "margin-map":
        return charts.draw_margin_map(lost_ensemble(), facility=facility, language=language)
    if name == "egress-times":
        return charts.draw_egress_times(lost_ensemble(), language=language)
    if name == "floor":
        return charts.draw_floor(ensemble, level_m=0.0, trace=trace, facility=facility, language=language)
    return sitemap.site_figure(ensemble, trace=trace, facility=facility, language=language).axes[0]


CHARTS = (
    "timeline", "milestones", "evacuation", "differences", "tornado", "site", "floor", "margin-map",
    "egress-times",
)  # fmt: skip


def boxes(artists, renderer):
    return [artist.get_window_extent(renderer) for artist in artists if artist.get_text()]


def in_view(axis) -> list:
    """Labels of the ticks within the limits; others are not drawn."""
    low, high = sorted(axis.get_view_interval())
    ticks = [tick for tick in axis.get_major_ticks() if low <= tick.get_loc() <= high]
    both = [label for tick in ticks for label in (tick.label1, tick.label2)]
    return [label for label in both if label.get_visible()]


def overlaps(found) -> list:
    # One pixel is what rounding may take.
    shrunk = [box.padded(-1.0) for box in found]
    return [pair for pair in itertools.combinations(shrunk, 2) if pair[0].overlaps(pair[1])]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", CHARTS)
def test_tick_labels_do_not_overlap_and_nothing_is_cut(name, language):
    ax = drawn(name, language)
    with style.styled():
        ax.figure.draw_without_rendering()
        renderer = ax.figure.canvas.get_renderer()
        every = [ax, *ax.child_axes]
        for axis in [axis for one in every for axis in (one.xaxis, one.yaxis)]:
            assert not overlaps(boxes(in_view(axis), renderer))
        page = ax.figure.bbox.padded(1.5)
        texts = [ax.title, ax._left_title, ax.xaxis.label, ax.yaxis.label, *ax.texts]
        texts += [*in_view(ax.xaxis), *in_view(ax.yaxis)]
        texts += [text for legend in ax.figure.legends for text in legend.get_texts()]
        for text in texts:
            if text.get_text():
                box = text.get_window_extent(renderer)
                inside = page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1
                assert inside, text.get_text()


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_says_n_conditions_and_its_units(name):
    ax = drawn(name, "en")
    assert "n = " in ax.get_title(loc="left")
    assert "exercise conditions" in ax.get_title(loc="left")
    assert any(unit in ax.get_xlabel() for unit in ("minutes", "(min)", "(m)"))
    if name in ("site", "floor", "margin-map"):
        assert ax.get_ylabel() == "north (m)"
    if name == "evacuation":
        assert ax.get_ylabel() == "people at the musters (heads)"


def test_labels_on_a_map_do_not_cover_each_other():
    ax = drawn("site", "en")
    with style.styled():
        ax.figure.draw_without_rendering()
        found = boxes(ax.texts, ax.figure.canvas.get_renderer())
    assert len(found) > 6
    assert not overlaps(found)


def test_drawing_leaves_the_callers_parameters_alone():
    before = dict(matplotlib.rcParams)
    style.png(drawn("timeline", "en").figure)
    assert dict(matplotlib.rcParams) == before


def test_a_chart_goes_into_the_axes_it_is_given():
    ax = style.new_figure(8.0, 4.0).add_subplot()
    assert charts.draw_evacuation(fakes.fake_ensemble(n=10), ax=ax) is ax


def test_equal_results_give_equal_pictures():
    first, second = (charts.draw_milestones(fakes.fake_ensemble()).figure for _ in range(2))
    assert style.svg(first) == style.svg(second)
    assert style.png(first) == style.png(second)


def test_a_dollar_sign_in_a_title_is_no_formula():
    ensemble = fakes.fake_ensemble(title=r"a $\frac{1}$ <b>")
    figure = sitemap.site_figure(
        ensemble,
        trace=fakes.fake_trace(ensemble.scenario),
        facility=Facility.build(ensemble.scenario.facility),
    )
    assert style.svg(figure).startswith(b"<?xml")


def test_without_a_chinese_font_labels_are_english_and_one_warning_is_given(monkeypatch):
    monkeypatch.setattr(style, "cjk_family", lambda: None)
    style._warn_once.cache_clear()
    with pytest.warns(UserWarning, match="no font with Chinese characters"):
        ax = charts.draw_milestones(fakes.fake_ensemble(), language="zh")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert charts.draw_milestones(fakes.fake_ensemble(), language="zh").get_xlabel() == ax.get_xlabel()
    assert ax.get_xlabel() == "minutes after STARTEX"
    assert style.readable("堆场", fallback="yard") == "yard"
    style._warn_once.cache_clear()


def test_the_timeline_is_tall_enough_for_all_its_lines():
    small = charts.draw_timeline(fakes.fake_ensemble()).figure.get_figheight()
    assert drawn("timeline", "en").figure.get_figheight() > small + 5.0


def test_a_long_tail_presses_the_axis_together_and_says_so():
    assert scales.knee_min([5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 600.0]) == pytest.approx(12.1)
    assert scales.knee_min([1.0, 3.0, 9.0, 10.0, 15.0, 29.0]) is None
    assert scales.knee_min([1.0, 600.0]) is None
    ax = style.new_figure(8.0, 3.0).add_subplot()
    ticks = scales.press_tail(ax, knee=60.0, last_min=600.0)
    assert ticks[0] == 0.0
    assert max(ticks) > 300.0
    at = [ax.transData.transform((tick, 0.0))[0] for tick in (0.0, 60.0, 600.0)]
    assert (at[2] - at[1]) / (at[2] - at[0]) == pytest.approx(0.22)


def test_a_tornado_is_of_one_objective_only():
    with pytest.raises(ValueError, match="2 objectives"):
        charts.draw_tornado(
            [SWINGS[0], swing("gate", 1.0, 2.0, objective="gate")],
            ensemble=fakes.fake_ensemble(),
            replications=4,
        )


def test_wrapping_counts_chinese_characters_twice():
    assert style.wrapped("one two three", 8) == "one two\nthree"
    assert style.wrapped("堆场泄漏演练", 8) == "堆场泄漏\n演练"


def test_an_evacuation_nobody_takes_part_in_says_so():
    ensemble = fakes.fake_ensemble(n=10)
    nobody = tuple(replace(run, exit_times_s=(), leavers=0) for run in ensemble.outcomes)
    ax = charts.draw_evacuation(replace(ensemble, outcomes=nobody))
    assert [text.get_text() for text in ax.texts] == ["nobody was to leave"]


def test_a_target_of_the_last_person_out_stands_in_the_evacuation_chart():
    ax = charts.draw_evacuation(fakes.fake_ensemble())
    assert "target, last person at a muster: 8 min" in [
        text.get_text() for text in ax.figure.legends[0].get_texts()
    ]
    assert ax.get_xlim()[1] > 8.0


def test_an_objective_counted_from_a_milestone_is_named_so_on_the_axis():
    ensemble = fakes.fake_ensemble()
    objectives = dict(ensemble.scenario.objectives)
    objectives["gate"] = objectives["gate"].model_copy(update={"since": "told"})
    scenario = ensemble.scenario.model_copy(update={"objectives": objectives})
    ax = charts.draw_milestones(replace(ensemble, scenario=scenario))
    assert ax.get_xlabel() == "minutes after STARTEX, or after the moment the objective names"


def test_a_long_plan_is_drawn_in_parts_on_one_axis_of_time():
    ensemble = fakes.fake_ensemble(more_tasks=60)
    parts = timeline.timeline_parts(ensemble)
    assert parts == 2
    drawn_parts = [charts.draw_timeline(ensemble, part=(part, parts)) for part in (1, 2)]
    assert drawn_parts[0].get_xlim() == drawn_parts[1].get_xlim()
    labels = [label.get_text() for ax in drawn_parts for label in ax.get_yticklabels()]
    whole = charts.draw_timeline(ensemble)
    assert labels == [label.get_text() for label in whole.get_yticklabels()]
    assert "part 2 of 2" in drawn_parts[1].get_title(loc="left")


def test_a_font_that_matplotlib_does_not_list_is_added_by_its_path(monkeypatch, tmp_path):
    import shutil

    from matplotlib import font_manager

    file = tmp_path / "font.ttf"
    shutil.copy(font_manager.findfont("DejaVu Sans"), file)
    monkeypatch.setattr(font_manager.fontManager, "ttflist", [])
    monkeypatch.setattr(style, "CJK_FILES", (str(tmp_path / "missing.ttc"), str(file)))
    style.cjk_family.cache_clear()
    assert style.cjk_family() == "DejaVu Sans"
    style.cjk_family.cache_clear()


def test_the_time_slot_is_an_objective_with_a_name_in_both_languages():
    ensemble = fakes.fake_ensemble()
    ensemble = replace(ensemble, verdicts=(*ensemble.verdicts, slot_verdict(ensemble)))
    for language, title in (("en", "ENDEX fits the time slot"), ("zh", "演练在预定时段内结束")):
        labels = {
            label.get_text()
            for label in charts.draw_milestones(ensemble, language=language).get_yticklabels()
        }
        assert title in labels


# ------------------------------------------------------------------ differences


def words_beside(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def test_the_forest_says_in_words_what_no_interval_shows():
    duel = comparisons.of_three()
    ax = charts.draw_differences(duel)
    assert [label.get_text() for label in ax.get_yticklabels()] == [
        "Inbound gate closed",
        "Leak stopped",
        "ENDEX",
    ]
    assert words_beside(ax) == [
        "−4 min 12 s (−4 min 48 s to −3 min 36 s)",
        "−3 s (−12 s to +6 s)",
        "−4 min 12 s (−4 min 48 s to −3 min 36 s)",
        "−1 min in every run",
        "no difference in any of 200 runs",
        "−2 s (needs 590 runs)",
    ]
    zh = charts.draw_differences(duel, language="zh")
    assert "−2 秒 (需要 590 次运行)" in words_beside(zh)
    assert "−3 秒 (−12 秒 至 +6 秒)" in words_beside(zh)


def test_an_interval_narrower_than_its_mark_stands_beside_it_with_the_unit_once():
    duel = comparisons.of_three()
    assert words_beside(charts.draw_differences(duel, part="amounts"))[0] == "+600 person-min (+500 to +700)"
    assert "−90 crane-min (−120 to −60)" in words_beside(charts.draw_differences(duel, part="amounts"))
    assert words_beside(charts.draw_differences(duel, part="objectives"))[0] == "+12 points (+7 to +18)"
    late = replace(comparisons.difference(), p95=Interval(60.0, 30.0, float("inf")))
    late = replace(duel, differences={"near": (late,), "far": (late,)})
    assert words_beside(charts.draw_differences(late, statistic="p95"))[0] == (
        "+1 min (+30 s to not reached)"
    )


@pytest.mark.parametrize(
    ("share", "words"),
    [(0.01, "+1 point (−5 to +3)"), (-0.01, "−1 point (−5 to +3)"), (-0.001, "0 points (−5 to +3)")],
)
def test_one_point_is_no_plural_and_nothing_has_no_sign(share, words):
    duel = comparisons.of_three()
    few = comparisons.objective("gate", difference=Interval(share, -0.05, 0.03))
    ax = charts.draw_differences(replace(duel, objectives={"near": (few,), "far": (few,)}), part="objectives")
    assert words_beside(ax)[0] == words


def test_the_forest_has_a_direction_a_zero_line_and_a_marker_for_each_plan():
    duel = comparisons.of_three()
    for part, less, more in (
        ("times", "earlier", "later"),
        ("objectives", "less often", "more often"),
        ("amounts", "fewer", "more"),
    ):
        ax = charts.draw_differences(duel, part=part)
        label = ax.get_xlabel()
        assert label.index("←") < label.index(less) < label.index(more) < label.index("→")
        assert any(list(line.get_xdata()) == [0.0, 0.0] for line in ax.lines)
        low, high = ax.get_xlim()
        assert low < 0.0 < high
        handles = ax.figure.legends[0].legend_handles[:2]
        assert len({(one.get_marker(), one.get_markerfacecolor()) for one in handles}) == 2


@pytest.mark.parametrize(
    ("part", "estimate", "low", "high"),
    [
        ("times", -4.2, -4.8, -3.6),  # minutes
        ("objectives", 12.0, 7.0, 18.0),  # points
    ],
)
def test_the_forest_draws_estimate_and_interval_on_the_scale_it_names(part, estimate, low, high):
    ax = charts.draw_differences(comparisons.of_three(), part=part)
    interval, mark = ax.lines[:2]
    assert list(interval.get_xdata()) == pytest.approx([low, high])
    assert list(mark.get_xdata()) == pytest.approx([estimate])


def test_amounts_are_drawn_in_percent_of_the_first_plans_mean():
    duel = comparisons.of_three()
    ax = charts.draw_differences(duel, part="amounts")
    mean = duel.ensembles[0].summaries["exposed.aegl2.person_s"].mean
    assert ax.lines[0].get_marker() == ">"  # 36,000 person-s more than these few
    assert ax.lines[0].get_xdata()[0] < 100.0 * 36e3 / mean
    price = duel.ensembles[0].summaries["price.quay-cranes"].mean
    xs = [line.get_xdata()[0] for line in ax.lines if len(line.get_xdata()) == 1]
    assert any(x == pytest.approx(-100.0 * 5400.0 / price) for x in xs)


def test_the_forest_names_the_level_of_its_intervals_and_of_all_together():
    title = charts.draw_differences(comparisons.of_three()).get_title(loc="left").replace("\n", " ")
    assert "97.5 % interval; together 95 % in each row" in title
    title = charts.draw_differences(fakes.fake_comparison()).get_title(loc="left").replace("\n", " ")
    assert "95 % interval" in title
    assert "together" not in title


def test_an_amount_that_grows_out_of_all_proportion_is_an_arrow_with_its_number():
    duel = comparisons.of_three()
    huge = comparisons.difference(
        "exposed.aegl2.person_s", unit="person_s", mean=Interval(9e6, 8e6, 1e7), n=200
    )
    ax = charts.draw_differences(replace(duel, differences={"near": (huge,), "far": (huge,)}), part="amounts")
    arrows = [line for line in ax.lines if line.get_marker() == ">"]
    assert len(arrows) == 2
    assert words_beside(ax)[0] == "+150,000 person-min (+133,333 to +166,667)"
    assert ax.get_xlim()[1] < 400.0
    assert [line for line in ax.lines if len(line.get_xdata()) == 2] == [zero_line(ax)]  # no stubs
    assert legend_words(ax)[-1] == "beyond the axis"


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow_that_the_legend_explains():
    duel = comparisons.of_three()
    mean = duel.ensembles[0].summaries["price.quay-cranes"].mean
    wide = comparisons.difference(
        "price.quay-cranes", unit="unit_s", mean=Interval(0.5 * mean, -0.5 * mean, 4.0 * mean)
    )
    wide = replace(duel, differences={"near": (wide,), "far": (wide,)})
    ax = charts.draw_differences(wide, part="amounts")
    interval, arrow, mark = ax.lines[:3]
    assert list(interval.get_xdata()) == pytest.approx([-50.0, 250.0])
    assert (arrow.get_marker(), list(arrow.get_xdata())) == (">", [250.0])
    assert list(mark.get_xdata()) == pytest.approx([50.0])
    assert legend_words(ax)[-1] == "beyond the axis"
    assert "beyond the axis" not in legend_words(charts.draw_differences(duel))
    (figure,) = charts.differences_figures(wide, language="zh")
    assert legend_words(figure.axes[0])[-1] == "超出坐标轴"


def zero_line(ax):
    (found,) = [line for line in ax.lines if list(line.get_xdata()) == [0.0, 0.0]]
    return found


def legend_words(ax) -> list[str]:
    return [text.get_text() for text in ax.figure.legends[0].get_texts()]


def test_no_text_of_the_scenario_turns_the_writing_of_a_chart():
    assert style.readable("drawn \u202edrawkcab\nhere") == "drawn \\u202edrawkcab here"
    duel = comparisons.of_three()
    first = duel.ensembles[0]
    scenario = first.scenario
    operation = next(iter(scenario.operations))
    hostile = scenario.model_copy(
        update={
            "plans": {
                name: plan.model_copy(update={"title": "\u202eevil"}) for name, plan in scenario.plans.items()
            },
            "operations": {
                operation: scenario.operations[operation].model_copy(update={"unit": "\u202etinu"})
            },
        }
    )
    ensembles = tuple(replace(one, scenario=hostile) for one in duel.ensembles)
    ax = charts.draw_differences(replace(duel, ensembles=ensembles), part="amounts")
    texts = [ax.get_title(loc="left"), *legend_words(ax), *words_beside(ax)]
    assert not [text for text in texts if "\u202e" in text]
    assert any("\\u202etinu-min" in text for text in texts)


def test_what_grows_from_nothing_has_words_and_no_mark():
    duel = comparisons.of_three()
    first = duel.ensembles[0]
    none = replace(first.summaries["exposed.aegl2.person_s"], mean=0.0)
    first = replace(first, summaries={**first.summaries, "exposed.aegl2.person_s": none})
    ax = charts.draw_differences(replace(duel, ensembles=(first, *duel.ensembles[1:])), part="amounts")
    assert words_beside(ax)[0] == "+600 person-min (+500 to +700) from none"


def test_percentiles_without_an_interval_say_how_many_runs_they_need():
    ax = charts.draw_differences(fakes.fake_comparison(), statistic="p95")
    assert any("(needs 59 runs)" in words for words in words_beside(ax))
    assert "difference of the p95" in ax.get_title(loc="left")


def test_of_many_times_only_those_told_apart_are_drawn_and_figures_stay_readable():
    duel = comparisons.of_three()
    many = tuple(
        (comparisons.undecided if number % 2 else comparisons.difference)(f"milestone.m{number:02d}")
        for number in range(60)
    )
    result = replace(duel, differences={"near": many, "far": many})
    ax = charts.draw_differences(result)
    assert len(ax.get_yticks()) == 30
    figures = list(charts.differences_figures(result))
    assert len(figures) == 2  # times, then objectives
    assert [len(figure.axes) for figure in charts.differences_figures(duel)] == [3]


def test_plans_that_differ_in_nothing_are_drawn_without_a_row_of_amounts():
    duel = comparisons.of_three()
    empty = replace(duel, differences={"near": (), "far": ()}, objectives={})
    (figure,) = charts.differences_figures(empty)
    assert [text.get_text() for text in figure.axes[0].texts] == ["nothing differs in any run"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_line_over_a_chart_is_a_lone_word(language):
    ax = style.new_figure(9.0, 3.0).add_subplot()
    for count in range(10, 24):
        style.head(ax, "Title", n=20, conditions="exercise", language=language, more="words " * count)
        lengths = [len(line) for line in ax.get_title().splitlines()[1:]]
        assert len(lengths) == 1 or min(lengths) > 0.5 * max(lengths)
