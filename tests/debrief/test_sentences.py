from __future__ import annotations

from dataclasses import replace

import pytest

from drillsim.debrief.sentences import headline, interval_text, sentence, summary
from drillsim.study.results import Interval
from tests.debrief import fakes
from tests.debrief.test_charts import swing


def verdict(ensemble, objective):
    return next(verdict for verdict in ensemble.verdicts if verdict.objective == objective)


def said(objective, **more):
    ensemble = fakes.fake_ensemble(n=200)
    return sentence(ensemble, verdict(ensemble, objective), **more)


def test_the_last_person_out_is_said_with_its_share_interval_and_target():
    text = said("last-out")
    assert text.startswith("Given these assumptions, the last person is at a muster within ")
    assert "in 95 % of runs (95 % CI " in text
    assert text.endswith("the 8 min target is met.")


def test_a_missed_target_says_how_many_runs_keep_it():
    text = said("contained")
    assert '"Leak stopped" comes within' in text
    assert text.endswith(
        "the 30 min target is missed: only 40 % (28 to 53 %) of runs keep it, 90 % are asked."
    )


def test_an_undecided_target_asks_for_more_runs():
    assert "undecided with 200 runs" in said("gate")


def test_a_rule_of_order_says_whether_it_ever_failed():
    ensemble = fakes.fake_ensemble()
    rule = verdict(ensemble, "order")
    assert sentence(ensemble, rule) == (
        'Given these assumptions, "Told before entry" holds in all 60 runs (100 % (94 to 100 %)): met.'
    )
    broken = replace(rule, share=Interval(0.95, 0.86, 0.98), verdict="missed")
    assert "fails in 3 of 60 runs" in sentence(ensemble, broken)


def test_what_would_turn_a_verdict_is_said_in_the_units_of_the_assumption():
    met = swing("plans.joint.tasks.isolate.takes", 1.0, 2.0, objective="last-out", base_share=1.0)
    met = replace(met, flips_at_s=210.0, direction="longer", median=60.0)
    assert said("last-out", swings=[met]).endswith(
        'It would be missed if "Initial isolation 50 m" were longer than 3 min 30 s (assumed: 1 min).'
    )
    missed = swing("plans.joint.tasks.plug.takes", 1.0, 2.0, flips_at_s=640.0)
    assert "It would be met if" in said("contained", swings=[missed])


def test_a_turn_that_says_what_already_holds_is_left_out():
    few_runs_met_it = swing("plug", 1.0, 2.0, flips_at_s=640.0, base_share=1.0)
    assert "would be" not in said("contained", swings=[few_runs_met_it])


def test_a_count_that_must_always_hold_is_said_as_a_rule():
    ensemble = fakes.fake_ensemble()
    always = replace(
        verdict(ensemble, "gate"),
        unit="p",
        required_share=1.0,
        share=Interval(0.9, 0.8, 0.95),
        verdict="missed",
    )
    assert "fails in 6 of 60 runs" in sentence(ensemble, always)


def test_of_several_turning_values_the_nearest_to_the_assumed_one_is_said():
    near = swing("near", 1.0, 2.0, flips_at_s=800.0)
    far = swing("far", 1.0, 2.0, flips_at_s=300.0)
    assert 'if "near" were shorter' in said("contained", swings=[far, near])


def test_a_target_most_runs_never_reach_is_said_as_such():
    ensemble = fakes.fake_ensemble(unreached=tuple(range(30)))
    assert "fewer than 90 % of runs reach" in sentence(ensemble, verdict(ensemble, "contained"))


def test_too_few_runs_are_given_as_the_reason_for_no_interval():
    ensemble = fakes.fake_ensemble(n=8)
    assert "no interval: needs 29 runs" in sentence(ensemble, verdict(ensemble, "contained"))
    assert interval_text(Interval(1.0, None, None), "s", "en") == "too few runs for an interval"
    assert interval_text(Interval(1.0, None, None, needs=59), "s", "zh") == "无区间: 需要 59 次运行"


def test_a_level_that_is_no_whole_percent_is_rounded():
    assert interval_text(Interval(60.0, 30.0, 90.0, 1 - 0.05 / 3), "s", "en", named=True) == (
        "98.3 % CI 30 s to 1 min 30 s"
    )


def test_the_lead_says_in_one_sentence_what_is_missed_and_by_how_much():
    told = summary(fakes.fake_ensemble())
    assert told.lead == headline(fakes.fake_ensemble())
    assert told.lead == (
        'Given these assumptions, under exercise conditions, plan "Joint, as practised" misses 1 of 5 '
        'objectives, above all "Leak stopped within 30 min", kept in 24 of 60 runs; 1 undecided, 3 met.'
    )


def test_the_summary_tells_the_missed_then_the_undecided_then_the_met():
    groups = summary(fakes.fake_ensemble()).groups
    assert [(group.verdict, len(group.sentences)) for group in groups] == [
        ("missed", 1),
        ("undecided", 1),
        ("met", 3),
    ]
    assert [group.heading for group in groups] == ["Missed: 1", "Undecided, 60 runs do not tell: 1", "Met: 3"]
    assert groups[0].sentences[0].startswith('"Leak stopped" comes within ')
    assert groups[0].sentences[0].endswith("The target, 30 min, is kept in 24 of 60 runs; 90 % are asked.")
    assert '"Told before entry": kept in all 60 runs.' in groups[2].sentences


@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ("undecided", 'misses none of 1 objectives; 1 are undecided, above all "Leak stopped within 30 min"'),
        ("met", "meets all 1 objectives (60 runs)."),
    ],
)
def test_the_lead_of_a_plan_that_misses_nothing_says_so(kept, words):
    ensemble = fakes.fake_ensemble()
    only = replace(verdict(ensemble, "contained"), verdict=kept)
    assert words in headline(replace(ensemble, verdicts=(only,)))


def test_a_plan_without_objectives_has_a_lead_and_nothing_else():
    told = summary(replace(fakes.fake_ensemble(), verdicts=()))
    assert "no objective to be judged by" in told.lead
    assert told.groups == ()


def test_the_summary_speaks_chinese():
    told = summary(fakes.fake_ensemble(), language="zh")
    assert told.lead.startswith('在这些假设下, 按演练条件, 预案"联合处置"')
    assert told.groups[0].heading == "未达标: 1 项"
    assert any(
        "最后一人在 6 分 10 秒 内到达集合点" in line for group in told.groups for line in group.sentences
    )
