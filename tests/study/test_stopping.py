from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from drillsim.errors import DrillsimError
from drillsim.measures.value import Value
from drillsim.study.replicate import replicate
from drillsim.study.statistics import LOOKING, quantile_interval
from drillsim.study.stopping import (
    All,
    KnownWell,
    Precision,
    VerdictsDecided,
    batches,
    full_name,
    measures_asked,
    precision,
    stopping_rule,
)
from tests.study.hand import run, scenario


def _runs(times: list[float], measure: str = "endex", unit: str = "s"):
    (outcome,) = replicate(scenario(), plan="slow", replications=1, run=run).outcomes
    return [
        replace(
            outcome,
            replication=number,
            measures={measure: Value(t, unit) if math.isfinite(t) else Value(math.nan, unit, at_least=0.0)},
        )
        for number, t in enumerate(times)
    ]


def _lognormal(n: int) -> list[float]:
    return (600.0 * np.exp(0.2 * np.random.default_rng(0).normal(size=n))).tolist()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p95 last_out 15 s", Precision("last_out", 0.95, 15.0, "s")),
        ("p95 of last_out ±15 s", Precision("last_out", 0.95, 15.0, "s")),
        ("P90 of cordon +-1.5 min", Precision("cordon", 0.9, 90.0, "s")),
        ("  median   endex 1 min ", Precision("endex", 0.5, 60.0, "s")),
        ("p50 endex to ±00:01:00", Precision("endex", 0.5, 60.0, "s")),
        ("median tied_up.people 2 people", Precision("tied_up.people", 0.5, 2.0, "p")),
    ],
)
def test_a_planner_may_write_it_in_several_ways(text, says):
    assert precision(text) == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("p95 last_out", "does not say when to stop"),
        ("", "does not say when to stop"),
        ("p95 last_out 15", "a unit is needed"),
        ("p95 last_out 0 s", "more than 0"),
        ("p96 last_out 15 s", "did you mean 'p9"),
        ("mean last_out 15 s", "none of median, p50, p90, p95"),
        ("p95 last_out -15 s", "does not say when to stop"),
    ],
)
def test_what_cannot_be_read_says_how_to_write_it(text, says):
    with pytest.raises(DrillsimError, match=says):
        precision(text)


def test_a_study_is_looked_at_after_a_hundred_runs_and_every_fifty_more():
    assert list(batches(1000)) == list(range(100, 1001, 50))
    assert list(batches(120)) == [100, 120]
    assert list(batches(100)) == [100]
    assert list(batches(7)) == [7]
    with pytest.raises(ValueError, match="at least 1"):
        list(batches(0))


def test_it_is_enough_once_both_ends_are_near():
    rule = precision("p95 endex 40 s")
    times = _lognormal(1000)
    assert rule.enough([_runs(times)])
    assert not rule.enough([_runs(times[:100])])
    assert not rule.enough([_runs(times), _runs(times[:100])])  # every plan counts
    found = quantile_interval(times, 0.95, level=LOOKING)
    reach = max(found.high - found.estimate, found.estimate - found.low)
    assert precision(f"p95 endex {reach + 0.01:.3f} s").enough([_runs(times)])
    assert not precision(f"p95 endex {reach - 0.01:.3f} s").enough([_runs(times)])
    assert not rule.enough([[]])


def test_an_end_that_was_not_reached_is_not_near():
    times = _lognormal(200)
    assert precision("p95 endex 10 min").enough([_runs(times)])
    times[:10] = [math.inf] * 10
    assert not precision("p95 endex 10 min").enough([_runs(times)])
    assert precision("p95 endex 10 min").enough([_runs([math.inf] * 200)])  # surely not reached


def test_too_few_runs_are_never_enough():
    assert not precision("p95 endex 10 h").enough([_runs([1.0] * 58)])


def test_a_milestone_goes_without_its_prefix_and_a_wrong_name_gets_the_nearest():
    runs = _runs(_lognormal(100), "milestone.cordon")
    assert precision("median cordon 10 min").enough([runs])
    assert precision("median milestone.cordon 10 min").enough([runs])
    with pytest.raises(DrillsimError, match=r"'corden' is no measure of these runs; did you mean 'cordon'\?"):
        precision("median corden 10 min").enough([runs])
    with pytest.raises(DrillsimError, match="cordon is measured in s, not in p"):
        precision("median cordon 3 people").enough([runs])


def test_several_wishes_must_all_be_met():
    runs = _runs(_lognormal(200))
    wide, narrow = "p95 endex 10 min", "p95 endex 1 s"
    assert stopping_rule([wide]).enough([runs])
    assert not stopping_rule([wide, narrow]).enough([runs])
    assert isinstance(stopping_rule([wide, narrow]), All)
    with pytest.raises(DrillsimError, match="no measure"):
        stopping_rule([narrow, "p95 endx 1 min"]).enough([runs])  # though the first says no already


def test_the_rule_of_the_sheet_wants_half_a_minute_or_a_twentieth():
    assert isinstance(stopping_rule(["auto"]), KnownWell)
    tight = (600.0 + 10.0 * np.random.default_rng(0).normal(size=100)).tolist()
    assert KnownWell().enough([_runs(tight)])
    assert not KnownWell().enough([_runs(_lognormal(100))])
    assert KnownWell().enough([_runs([20.0 * t for t in tight])])  # within 5 %
    assert not KnownWell().enough([_runs(tight), _runs(_lognormal(100), "last_out")])
    assert KnownWell().enough([_runs([math.inf] * 100)])


def test_the_rule_of_the_sheet_also_wants_verdicts():
    rule = stopping_rule(["auto"], scenario=scenario(), conditions="emergency")
    assert isinstance(rule, All)
    decided = VerdictsDecided(scenario(), "emergency")
    met = _runs([200.0] * 200, "milestone.all-out")  # within 5 min
    assert decided.enough([met])
    assert not decided.enough([met[:189] + _runs([400.0] * 11, "milestone.all-out")])


def test_a_study_stops_where_its_rule_says_and_counts_its_looks():
    rule = precision("median alarm 20 s")
    found = replicate(scenario(), plan="slow", replications=1000, run=run, until=rule)
    again = replicate(scenario(), plan="slow", replications=found.n, run=run)
    assert found.n in list(batches(1000))
    assert (found.looks, again.looks) == ((found.n - 50) // 50, 0)
    assert found.outcomes == again.outcomes
    assert found.summaries["milestone.alarm"].p50.high > again.summaries["milestone.alarm"].p50.high


def test_a_short_name_is_the_measure_first_and_the_full_one_is_the_milestone():
    (one,) = _runs([10.0])
    both = replace(one, measures=one.measures | {"milestone.endex": Value(20.0, "s")})
    assert full_name("endex", [[both]]) == "endex"
    assert full_name("milestone.endex", [[both]]) == "milestone.endex"
    alone = replace(one, measures={"milestone.endex": Value(20.0, "s")})
    assert full_name("endex", [[alone]]) == "milestone.endex"


def test_the_names_a_rule_was_given_are_known():
    rule = stopping_rule(["p95 last_out 15 s", "auto", "median alarm 20 s"])
    assert measures_asked(rule) == ("last_out", "alarm")
    assert measures_asked(None) == measures_asked(KnownWell()) == ()
