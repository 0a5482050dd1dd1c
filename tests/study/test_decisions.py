from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drillsim.measures.value import Value
from drillsim.study.decisions import decision_quality
from drillsim.study.replicate import replicate
from tests.study.hand import run, scenario


def _rule(**more):
    return {"title": "Alarm before all out", "first": ["alarm"], "then": "all-out", **more}


def _study(rule, times):
    """Runs with (alarm, all out) at these times; ``None``: it never came."""
    found = replicate(scenario(rule=rule), plan="fast", replications=len(times), run=run)
    outcomes = tuple(
        replace(
            outcome,
            measures={
                f"milestone.{name}": Value(math.nan, "s", at_least=1.0) if at is None else Value(at, "s")
                for name, at in zip(("alarm", "all-out"), pair, strict=True)
            },
        )
        for outcome, pair in zip(found.outcomes, times, strict=True)
    )
    return replace(found, outcomes=outcomes)


def test_a_rule_is_kept_broken_or_did_not_arise():
    (found,) = decision_quality(
        _study(_rule(), [(10.0, 20.0), (20.0, 20.0), (30.0, 20.0), (5.0, None), (None, 9.0)])
    )
    assert (found.kept, found.broken, found.not_applicable) == (2, 2, 1)
    assert found.broken_in == (2, 4)
    assert found.share.estimate == 0.5
    assert (found.objective, found.first, found.then) == ("rule", ("alarm",), "all-out")


def test_a_rule_nobody_had_occasion_to_break_has_no_share():
    (found,) = decision_quality(_study(_rule(), [(1.0, None)]))
    assert (found.kept, found.not_applicable) == (0, 1)
    assert math.isnan(found.share.estimate)


@pytest.mark.parametrize(("only", "rules"), [("emergency", 1), ("exercise", 0)])
def test_only_rules_of_these_conditions_count(only, rules):
    assert len(decision_quality(_study(_rule(only=only), [(1.0, 2.0)]))) == rules


def test_objectives_on_times_are_no_rules():
    assert decision_quality(replicate(scenario(), plan="fast", replications=1, run=run)) == ()


def test_looking_more_often_widens_what_is_known_of_a_rule():
    study = _study(_rule(), [(10.0, 20.0), (30.0, 20.0)])
    (once,), (often,) = (decision_quality(replace(study, looks=looks)) for looks in (0, 5))
    assert often.share.low < once.share.low
    assert often.share.high > once.share.high
