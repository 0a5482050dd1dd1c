from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drillsim.debrief.figures import (
    criticality,
    event_spread,
    folded_criticality,
    is_a_milestone,
    nearest_median,
    objective_interval,
    slack_s,
    slot_verdict,
    spread,
)
from drillsim.debrief.sentences import sentence
from drillsim.measures.value import Value
from drillsim.study.results import Failure, Interval
from drillsim.study.statistics import summarise
from tests.debrief import fakes


def test_a_spread_ranks_what_was_not_reached_above_everything():
    found = spread([30.0, 10.0, math.inf, 20.0])
    assert (found.p10_s, found.p50_s, found.p90_s) == (10.0, 20.0, math.inf)
    assert (found.reached, found.n) == (3, 4)


def test_the_run_nearest_the_median_is_one_of_the_middle_ones():
    ensemble = fakes.fake_ensemble()
    chosen = nearest_median(ensemble).measures["milestone.endex"].number
    summary = ensemble.summaries["milestone.endex"]
    assert summary.p10 < chosen < summary.p90.estimate
    assert abs(chosen - summary.p50.estimate) < 0.5 * (summary.p90.estimate - summary.p10)


def test_a_run_that_did_not_end_is_not_taken_while_most_do():
    ensemble = fakes.fake_ensemble(unreached=(nearest_median(fakes.fake_ensemble()).replication,))
    assert nearest_median(ensemble).end == "endex"


def test_an_ensemble_without_runs_has_no_median_run():
    with pytest.raises(ValueError, match="without runs"):
        nearest_median(replace(fakes.fake_ensemble(), outcomes=()))


def test_criticality_is_the_share_of_runs_and_falls():
    found = dict(criticality(fakes.fake_ensemble()))
    assert found["plug"] == 1.0
    assert found["recon: wait for units"] == pytest.approx(20 / 60)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_runs_that_never_ended_have_no_path_and_do_not_count_for_criticality():
    ensemble = fakes.fake_ensemble()
    runs = tuple(
        replace(run, critical=("plug",) if number < 15 else ())
        for number, run in enumerate(ensemble.outcomes)
    )
    assert criticality(replace(ensemble, outcomes=runs)) == [("plug", 1.0)]
    assert criticality(replace(ensemble, outcomes=runs[15:])) == []


def test_the_quantile_of_an_objective_is_taken_at_the_share_it_asks_for():
    ensemble = fakes.fake_ensemble(n=100)
    verdict = next(verdict for verdict in ensemble.verdicts if verdict.objective == "contained")
    ranks = sorted(run.measures["milestone.contained"].rank for run in ensemble.outcomes)
    share, interval = objective_interval(ensemble, verdict)
    assert share == 0.9
    assert interval == Interval(ranks[89], ranks[83], ranks[95])  # ranks 84 and 96 of 100: reference sheet


def test_after_looks_the_quantile_of_an_objective_is_the_one_that_summaries_print():
    ensemble = replace(fakes.fake_ensemble(n=100), looks=3)
    verdict = next(verdict for verdict in ensemble.verdicts if verdict.objective == "contained")
    values = [run.measures["milestone.contained"] for run in ensemble.outcomes]
    _, interval = objective_interval(ensemble, verdict)
    assert interval == summarise("milestone.contained", values, looks=3).p90
    assert interval != objective_interval(replace(ensemble, looks=0), verdict)[1]
    _, slot = objective_interval(ensemble, slot_verdict(ensemble))
    ends = [run.measures["endex"] for run in ensemble.outcomes]
    assert slot == summarise("endex", ends, looks=3).p90
    failed = replace(ensemble, failures=(Failure(100, "lost"),) * 10)
    _, slot = objective_interval(failed, slot_verdict(failed))
    assert slot == summarise("endex", ends, failed=10, looks=3).p90


def test_a_lower_quantile_allows_for_looks_too():
    ensemble, verdict = from_below()
    _, fixed = objective_interval(ensemble, verdict)
    _, looked = objective_interval(replace(ensemble, looks=3), verdict)
    assert looked.estimate == fixed.estimate
    assert looked.high - looked.low > fixed.high - fixed.low


def test_a_target_from_below_is_kept_by_a_lower_quantile():
    ensemble, verdict = from_below()
    _, interval = objective_interval(ensemble, verdict)
    ranks = sorted(run.measures["last_out"].rank for run in ensemble.outcomes)
    assert interval == Interval(ranks[10], ranks[4], ranks[16])
    assert sum(rank >= interval.estimate for rank in ranks) == 90
    assert "is at least" in sentence(ensemble, verdict)


def from_below():
    """A margin that 90 % of 100 runs must keep, with its verdict."""
    ensemble = fakes.fake_ensemble(n=100)
    scenario = ensemble.scenario
    changed = {"within_s": None, "milestone": None, "measure": "last_out", "above": 60.0}
    margin = scenario.objectives["gate"].model_copy(update=changed)
    scenario = scenario.model_copy(update={"objectives": scenario.objectives | {"gate": margin}})
    ensemble = replace(ensemble, scenario=scenario)
    return ensemble, next(verdict for verdict in ensemble.verdicts if verdict.objective == "gate")


def test_a_rule_has_no_quantile():
    ensemble = fakes.fake_ensemble()
    rule = next(verdict for verdict in ensemble.verdicts if verdict.objective == "order")
    assert objective_interval(ensemble, rule) is None


def test_the_slot_is_judged_also_where_it_is_no_objective():
    found = slot_verdict(fakes.fake_ensemble())
    assert (found.target, found.share.estimate) == (5400.0, 1.0)
    assert objective_interval(fakes.fake_ensemble(), found) is not None


def test_events_no_outcome_keeps_have_no_spread():
    ensemble = fakes.fake_ensemble()
    assert event_spread(ensemble, "hazard.drum.aegl2") is None
    assert event_spread(ensemble, "startex", delay_s=5.0).p50_s == 5.0
    assert event_spread(ensemble, "plug").p50_s == event_spread(ensemble, "contained").p50_s
    assert math.isnan(slack_s(ensemble, "never"))


def test_a_measure_that_a_milestone_repeats_in_every_run_is_found():
    ensemble = fakes.fake_ensemble()
    assert is_a_milestone(ensemble, "last_out")  # the fake's "emptied"
    one, *others = ensemble.outcomes
    later = replace(one, measures=one.measures | {"last_out": Value(1e4, "s")})
    assert not is_a_milestone(replace(ensemble, outcomes=(later, *others)), "last_out")


def test_a_task_its_ways_and_its_waits_are_one_line_of_the_folded_criticality():
    ensemble = fakes.fake_ensemble(n=4)
    paths = [
        ("end", "radio: line", "plug: wait for units", "call"),
        ("end", "plug", "plug: travel", "call"),
        ("end", "plug", "plug: wait for units", "radio: line", "call"),
        (),
    ]
    runs = tuple(replace(run, critical=path) for run, path in zip(ensemble.outcomes, paths, strict=True))
    found = folded_criticality(replace(ensemble, outcomes=runs))
    assert [(one.label, round(one.share, 2)) for one in found] == [
        ("call", 1.0),
        ("plug", 1.0),
        ("end", 1.0),
        ("radio: line", 0.67),
    ]
    assert [(label, round(share, 2)) for label, share in found[1].waits] == [("plug: wait for units", 0.67)]
