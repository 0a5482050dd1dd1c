from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drillsim.debrief.changes import change_rows
from drillsim.debrief.choice import choice_sentences, gain_sentence
from drillsim.debrief.comparison import compared_rows, equal_names, verdict
from drillsim.debrief.comparison_tables import change_table, comparison_lines, plan_lines, plans_table
from drillsim.debrief.figures import told_apart
from drillsim.study.results import Choice, Comparison, Interval
from tests.debrief import comparisons, fakes
from tests.debrief.comparisons import censored, constant, difference, equal, objective, refused, undecided

FIRST = fakes.fake_ensemble()


def said(found, language="en"):
    return verdict(FIRST, found, language=language)


def test_a_difference_is_told_with_its_direction_and_interval():
    assert said(difference()) == "4 min 12 s earlier (95 % CI 3 min 36 s to 4 min 48 s)"
    assert said(difference(), "zh") == "早 4 分 12 秒 (95 % 区间 3 分 36 秒 至 4 分 48 秒)"
    later = difference(mean=Interval(90.0, 60.0, 120.0, 0.975))
    assert said(later) == "1 min 30 s later (97.5 % CI 1 min to 2 min)"


@pytest.mark.parametrize(
    ("measure", "unit", "words"),
    [
        ("milestone.gate", "s", "4 min 12 s earlier"),
        ("last_out", "s", "4 min 12 s earlier"),
        ("crowded.shed", "s", "4 min 12 s less"),
        ("exposed.aegl2.people", "p", "252 people fewer"),
        ("exposed.aegl2.person_s", "person_s", "4.2 person-min less"),
        ("price.quay-cranes", "unit_s", "4.2 crane-min less"),
    ],
)
def test_moments_come_earlier_counts_are_fewer_and_amounts_less(measure, unit, words):
    assert said(difference(measure, unit=unit)).startswith(words)


def test_what_is_equal_undecided_refused_or_the_same_in_every_run_is_said_so():
    assert said(equal("endex")) == "no difference in any of 200 runs"
    assert said(undecided("endex")) == "not told apart (−3 s on average, 95 % CI −12 s to +6 s)"
    assert said(refused("endex")) == (
        "not told apart (earlier in 7, later in 3 of 200 runs; mean −2 s, no interval: needs 590 runs); "
        "the same in 190 of 200 runs"
    )
    assert said(constant("endex")) == "1 min earlier in every run"


def test_where_only_the_sign_test_speaks_runs_are_told_not_the_mean_that_may_point_the_other_way():
    """25 runs are a second earlier, 3 are 200 s later: 5.75 s later on average, without an interval."""
    found = refused(
        "endex",
        mean=Interval(5.75, None, None, needs=667),
        n=100,
        both=100,
        equal=72,
        lower=25,
        higher=3,
        p_value=3e-5,
    )
    assert told_apart(found)
    assert said(found) == (
        "earlier in 25, later in 3 of 100 runs (mean +6 s, no interval: needs 667 runs); "
        "the same in 72 of 100 runs"
    )
    assert said(found, "zh").startswith("100 次运行中 25 次较早, 3 次较晚 (均值 +6 秒, ")
    assert said(replace(found, measure="tied_up.people", unit="p")).startswith("fewer in 25, more in 3 of")
    assert said(replace(found, measure="crowded.shed")).startswith("less in 25, more in 3 of 100 runs")
    lost = replace(found, both=90, only_first=2, only_second=8, lower=25, higher=3, p_reached=0.1)
    assert "; earlier in 25, later in 3 of 100 runs (not getting there ranks last) (" in said(lost)


def test_differences_too_small_to_print_are_not_printed_as_nothing():
    tiny = difference(
        "exposed.aegl2.person_s", unit="person_s", mean=Interval(0.05, -0.1, 0.2), p_value=0.3, higher=200
    )
    assert said(tiny) == "not told apart (below 0.01 person-min either way, 95 % CI)"
    assert said(tiny, "zh") == "无法区分 (正负均不足 0.01 人·分, 95 % 区间)"
    clear = replace(tiny, mean=Interval(0.1, 0.05, 0.2), p_value=0.001)
    assert said(clear) == "below 0.01 person-min more"
    assert said(difference(mean=Interval(-0.4, -2.0, -0.1))) == (
        "below 1 s earlier (95 % CI below 1 s to 2 s)"
    )


def test_a_milestone_not_always_reached_says_in_how_many_runs_it_was():
    assert said(censored("milestone.gate")) == (
        "reached in 93 % instead of 71 % of runs; where both reach it (138 runs) "
        "4 min 12 s earlier (95 % CI 3 min 36 s to 4 min 48 s); the same in 10 of 200 runs"
    )
    never = difference(both=0, only_second=200, mean=Interval(math.nan, None, None), p_reached=1e-9)
    assert said(never) == "reached in 100 % instead of 0 % of runs"


def test_how_often_a_milestone_is_reached_is_judged_by_the_runs_that_reach_it_alone():
    """The sign test is of times as well: 1 run more says nothing though all others are earlier."""
    doubt = ", which the runs do not tell apart"
    assert doubt in said(censored("milestone.gate", p_value=1e-9, p_reached=0.2))
    assert doubt not in said(censored("milestone.gate", p_value=0.9, p_reached=1e-6))


def test_shares_that_look_alike_are_told_in_runs():
    one = difference(n=400, both=398, only_first=0, only_second=1, equal=0, lower=399, p_reached=1.0)
    assert said(one).startswith(
        "reached in 399 instead of 398 of 400 runs, which the runs do not tell apart; where both "
        "reach it (398"
    )
    assert said(replace(one, p_reached=0.01), "zh").startswith("400 次运行中 399 次达到 (原为 398 次); ")


def test_what_differs_only_in_reaching_it_says_nothing_of_a_mean():
    found = censored(
        "milestone.gate", both=138, equal=148, lower=48, higher=4, mean=Interval(0.0, None, None)
    )
    assert said(found) == "reached in 93 % instead of 71 % of runs; the same in 148 of 200 runs"


def test_an_interval_beside_zero_whose_test_speaks_against_it_does_not_tell_apart():
    assert told_apart(difference())
    assert not told_apart(difference(p_value=0.2))
    assert not told_apart(undecided("endex"))
    assert not told_apart(equal("endex"))
    assert told_apart(constant("endex"))
    assert not told_apart(objective("gate", difference=Interval(0.1, -0.01, 0.2)))
    assert said(difference(p_value=0.2)).startswith("not told apart (−4 min 12 s on average")


def test_the_table_has_objectives_then_times_then_amounts_and_leaves_out_what_is_equal():
    duel = comparisons.of_three()
    rows = compared_rows(duel)
    assert [(row.kind, row.name) for row in rows] == [
        ("objective", "gate"),
        ("measure", "milestone.gate"),
        ("measure", "milestone.contained"),
        ("measure", "milestone.endex"),
        ("measure", "exposed.aegl2.person_s"),
        ("measure", "price.quay-cranes"),
    ]
    assert equal_names(duel) == ["Isolated within 6 min", "People tied up"]
    table = plans_table(duel)
    assert table.headings == (
        "Measure",
        "Joint, as practised: median or share (95 % interval)",
        "Near: median or share (95 % interval)",
        'Mean difference from "Joint, as practised"',
        "Far: median or share (95 % interval)",
        'Mean difference from "Joint, as practised"',
    )
    assert table.note == "No difference in any run: Isolated within 6 min, People tied up."


def test_the_end_of_the_plan_is_told_even_where_nothing_differs():
    duel = comparisons.of_three()
    both = {plan: (equal("milestone.endex"), equal("milestone.gate")) for plan in ("near", "far")}
    rows = compared_rows(replace(duel, differences=both, objectives={}))
    assert [row.name for row in rows] == ["milestone.endex"]
    assert {one.verdict for one in rows[0].plans} == {"no difference in any of 200 runs"}


def test_objectives_are_told_in_points_with_the_runs_that_make_them():
    (row,) = [row for row in compared_rows(comparisons.of_three()) if row.kind == "objective"]
    assert row.base == "92 % (82 to 97 %) of runs: undecided"
    assert [one.verdict for one in row.plans] == [
        "12 points more often (95 % CI +7 to +18); "
        "kept only with this plan in 25, only with the first in 1 of 200 runs",
        "not told apart (1 point less often, 95 % CI −5 to +3); "
        "kept only with this plan in 1, only with the first in 3 of 200 runs",
    ]


def test_both_shapes_of_the_table_say_the_same():
    duel = comparisons.of_three()
    wide = {cell for row in plans_table(duel).rows for cell in row}
    narrow = {cell for row in plan_lines(duel).rows for cell in (row[0], row[2], row[3]) if cell}
    assert wide == narrow


def test_the_narrow_table_names_its_values_and_differences_too():
    duel = comparisons.of_three()
    assert plan_lines(duel).headings[2:] == (
        "Median or share (95 % interval)",
        'Mean difference from "Joint, as practised"',
    )
    assert plan_lines(duel, language="zh").headings[3].endswith("的平均差")


def test_of_many_measures_only_those_that_differ_have_lines():
    duel = comparisons.of_three()
    names = [f"milestone.m{number:02d}" for number in range(40)]
    for plan in ("near", "far"):
        moved = (difference(names[0]), *map(equal, names[1:]), equal("milestone.endex"))
        duel = replace(duel, differences={**duel.differences, plan: moved}, objectives={})
    table = plan_lines(duel)
    assert {row[0] for row in table.rows if row[0]} == {"m00", "ENDEX"}
    assert table.note.startswith("No difference in any run: m01, m02, ")
    assert table.note.endswith("m39.")
    assert len(plans_table(duel).rows) == 2


def test_a_median_that_was_not_reached_is_said_in_runs():
    duel = comparisons.of_three()
    lost = fakes.fake_ensemble(unreached=tuple(range(40)))
    first = replace(duel.ensembles[0], summaries=lost.summaries)
    rows = {row.name: row for row in compared_rows(replace(duel, ensembles=(first, *duel.ensembles[1:])))}
    assert rows["milestone.contained"].base == "reached in 20 of 60 runs"


# ------------------------------------------------------------------ changes


def with_paths(ensemble, label, share):
    cut = round(share * ensemble.n)
    runs = tuple(
        replace(run, critical=(label,) if number < cut else ("all-clear",))
        for number, run in enumerate(ensemble.outcomes)
    )
    return replace(ensemble, outcomes=runs)


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.0, 0.0), "on the critical path in no run, so its own time does not move the end"),
        (
            (0.03, 0.03),
            "on the critical path in 3 % of runs, with either plan, so its own time hardly moves the end",
        ),
        ((0.5, 0.5), "on the critical path in 50 % of runs, with either plan"),
        ((0.5, 0.02), "on the critical path in 50 % of runs, with this plan 2 %"),
    ],
)
def test_a_change_off_the_critical_path_explains_itself(shares, words):
    pair = [fakes.fake_ensemble(n=100), fakes.fake_ensemble(n=100, plan="forward")]
    pair = [with_paths(one, "close-gate", share) for one, share in zip(pair, shares, strict=True)]
    ((change, what, critical),) = change_rows(*pair)
    assert change.task == "close-gate"
    assert what == "at Gate road → none; after Call 119 and 110 → none; takes 2 min → 1 min"
    assert critical == words


def test_where_no_run_reached_the_end_nothing_is_claimed_of_the_critical_path():
    pair = [fakes.fake_ensemble(n=20), fakes.fake_ensemble(n=20, plan="forward")]
    stuck = tuple(replace(run, critical=()) for run in pair[1].outcomes)
    ((_, _, critical),) = change_rows(pair[0], replace(pair[1], outcomes=stuck))
    assert critical == "not known: no run of one of the plans reached its end"


def test_where_some_runs_did_not_end_the_share_is_of_those_that_did():
    """4 of 100 runs ended, all of them by way of the task: 4 % would call it of no account."""
    pair = [fakes.fake_ensemble(n=100), fakes.fake_ensemble(n=100, plan="forward")]
    few = [
        replace(
            one,
            outcomes=tuple(
                replace(run, critical=("close-gate",) if number < 4 else ())
                for number, run in enumerate(one.outcomes)
            ),
        )
        for one in pair
    ]
    ((change, _, critical),) = change_rows(*few)
    assert (change.critical_first, change.critical_second) == (1.0, 1.0)
    assert critical == "on the critical path in 100 % of the runs that ended, with either plan"
    ((_, _, critical),) = change_rows(*few, language="zh")
    assert critical == "两个预案均有 100 % 的达到结束的运行在关键路径上"
    off = [with_paths(few[0], "all-clear", 1.0), few[1]]
    off[1] = replace(
        few[1],
        outcomes=tuple(
            replace(run, critical=("all-clear",) if run.critical else ()) for run in few[1].outcomes
        ),
    )
    ((_, _, critical),) = change_rows(*off)
    assert critical == (
        "on the critical path in none of the runs that ended, so its own time does not move the end"
    )


def test_plans_alike_say_that_nothing_differs():
    duel = comparisons.of_three()
    table = change_table(Comparison(duel.ensembles, {}), duel.ensembles[0])
    assert (table.rows, table.note) == ((), "Nothing differs under these conditions.")


# ------------------------------------------------------------------ luck and choice


def choice(**changes):
    base = Choice(
        measure="last_out",
        unit="s",
        indifference=60.0,
        error=0.05,
        n=200,
        means={"joint": 400.0, "near": 300.0, "far": 310.0},
        censored={"joint": 3, "near": 0, "far": 0},
        remaining=("near",),
        eliminated={"joint": 40, "far": 140},
        decided=True,
        enough=None,
    )
    return replace(comparisons.of_three(), choice=replace(base, **changes))


def test_the_best_plan_is_told_with_error_indifference_and_the_runs_it_took():
    assert choice_sentences(choice()) == [
        '"Near" is best for "Last person at a muster" (last_out) or within 1 min of the best: error 5 %, '
        "decided after 140 runs.",
        'Means: "Near" 5 min, "Far" 5 min 10 s, "Joint, as practised" 6 min 40 s.',
        'Runs that did not get there count with the horizon of 4 h 00 min: "Joint, as practised" 3.',
    ]
    assert "horizon of 2 h 00 min" in choice_sentences(choice(horizon_s=7200.0))[2]


def test_plans_that_are_alike_are_not_told_as_one_that_is_best():
    assert choice_sentences(choice(remaining=("near", "far"), eliminated={"joint": 100}))[0] == (
        '"Near", "Far" are alike for "Last person at a muster" (last_out), best or within 1 min of the best: '
        "error 5 %, 200 runs."
    )


def test_a_name_that_a_measure_and_a_milestone_share_is_told_with_both():
    duel = choice()
    first = duel.ensembles[0]

    def named(of: str):
        runs = [
            replace(run, measures=run.measures | {"milestone.last_out": run.measures[of]})
            for run in first.outcomes
        ]
        return replace(duel, ensembles=(replace(first, outcomes=tuple(runs)), *duel.ensembles[1:]))

    both = named("milestone.gate")
    assert choice_sentences(both)[1] == (
        'last_out is the measure "Last person at a muster"; the milestone "last_out" is milestone.last_out.'
    )
    assert choice_sentences(named("last_out")) == choice_sentences(duel)  # one and the same


def test_what_is_not_decided_says_who_is_left_and_how_many_runs_would_do():
    open_ = choice(decided=False, remaining=("near", "far"), enough=900)
    assert choice_sentences(open_)[0] == (
        'Which plan is best for "Last person at a muster" (last_out) is not decided after 200 runs '
        '(error 5 %, 1 min do not matter); still in: "Near", "Far". About 900 would do.'
    )
    assert "About" not in choice_sentences(choice(decided=False, remaining=("near", "far")))[0]
    assert choice_sentences(comparisons.of_three()) == []


def test_a_larger_measure_may_be_the_better_one():
    means = choice_sentences(choice(larger_is_better=True))[1]
    assert means.index("Joint") < means.index("Far") < means.index("Near")


def test_the_gain_of_common_luck_is_told_for_the_end_and_the_last_person_out_only():
    duel = comparisons.of_three()
    assert gain_sentence(duel, "near") == ""  # its end does not differ, so nothing is known of luck
    ended = {"near": (difference("milestone.endex"), difference("last_out", gain=4.24))}
    assert gain_sentence(replace(duel, differences=ended), "near") == (
        'Common luck: paired runs were worth 350 times as many independent ones for "ENDEX", '
        '4.2 times as many independent ones for "Last person at a muster".'
    )
    few = {"near": (difference("milestone.endex", mean=Interval(-3.0, None, None, needs=30)),)}
    assert gain_sentence(replace(duel, differences=few), "near") == ""


# ------------------------------------------------------------------ files


def test_the_gain_of_common_luck_is_kept_from_the_file_where_the_mean_has_no_interval():
    duel = comparisons.of_three()
    refused_ = {"near": (refused("milestone.gate", gain=3118.96),), "far": (difference("milestone.gate"),)}
    headings, lines = comparison_lines(replace(duel, differences=refused_))
    rows = {(line[0], line[2]): dict(zip(headings, line, strict=True)) for line in lines}
    assert rows["milestone.gate", "near"]["Gain of common luck"] == ""
    assert rows["milestone.gate", "far"]["Gain of common luck"] == 350.0


def test_the_file_has_every_measure_of_every_plan_in_si_units():
    duel = comparisons.of_three()
    headings, lines = comparison_lines(duel)
    rows = {(line[0], line[2]): dict(zip(headings, line, strict=True)) for line in lines}
    assert all(len(line) == len(headings) for line in lines)
    near = rows["milestone.gate", "near"]
    assert (near["Mean difference"], near["Difference, low"], near["Difference, high"]) == (-252, -288, -216)
    assert (near["Level"], near["Unit"], near["Gain of common luck"]) == (0.975, "s", 350.0)
    assert near["In words"].startswith("4 min 12 s earlier")
    assert rows["milestone.gate", "joint"]["Mean difference"] == ""
    assert rows["tied_up.people", "far"]["In words"] == "no difference in any of 200 runs"
    assert rows["objective.gate", "near"]["Only with this plan"] == 25
    assert rows["objective.gate", "near"]["p-value"] == 0.0001
