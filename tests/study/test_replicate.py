from __future__ import annotations

import math
import multiprocessing
from dataclasses import replace

import pytest

from drillsim.errors import DrillsimError
from drillsim.measures.value import Value
from drillsim.study.replicate import median_replication, replicate
from tests.study.hand import failing_run, half_failing_run, run, scenario


def study(**changes):
    arguments = {"plan": "slow", "conditions": "emergency", "replications": 12, "seed": 1, "run": run}
    return replicate(scenario(), **{**arguments, **changes})


def test_every_replication_is_run_once_and_progress_counts_them():
    seen: list[tuple[int, int]] = []
    ensemble = study(progress=lambda done, of: seen.append((done, of)))
    assert [outcome.replication for outcome in ensemble.outcomes] == list(range(12))
    assert seen == [(number, 12) for number in range(1, 13)]
    assert ensemble.n == ensemble.summaries["milestone.alarm"].n == 12


def test_two_processes_give_the_answer_of_one():
    assert study(workers=2).digest == study().digest
    assert multiprocessing.active_children() == []


def test_another_seed_gives_another_answer_and_the_same_seed_the_same():
    assert study().digest == study().digest
    assert study(seed=2).digest != study().digest


def test_more_replications_only_append():
    # As text: NaN differs from itself where dataclasses compare field by field (Python 3.13).
    assert repr(study(replications=5).outcomes) == repr(study().outcomes[:5])


def test_a_failing_run_fails_the_study_and_leaves_no_process_behind():
    with pytest.raises(RuntimeError, match="replication 3 failed"):
        study(workers=2, run=failing_run)
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_half_the_runs_failed_leaves_verdicts_undecided_and_counts_them_as_not_reached(workers):
    aims = scenario(out={"title": "All out", "milestone": "all-out", "within": "50 min"})
    ensemble = replicate(aims, plan="slow", replications=80, seed=1, run=half_failing_run, workers=workers)
    (found,) = ensemble.verdicts
    assert (found.verdict, found.n, found.failed, found.share.estimate) == ("undecided", 40, 40, 1.0)
    assert len(ensemble.failures) == 40
    assert str(ensemble.failures[0]) == "run 1: odd"
    summary = ensemble.summaries["milestone.alarm"]
    assert (summary.n, summary.reached, summary.p90.estimate) == (80, 40, math.inf)


def test_an_interruption_leaves_no_process_behind():
    def interrupt(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        study(workers=2, replications=40, progress=interrupt)
    assert multiprocessing.active_children() == []


def test_an_outcome_keeps_tasks_draws_and_the_way_the_run_ended():
    outcome = study().outcomes[0]
    assert outcome.end == "endex"
    assert outcome.end_s == outcome.measures["endex"].number == outcome.measures["milestone.fire-out"].number
    assert outcome.drawn["plans.slow.tasks.look.takes"] == outcome.measures["milestone.alarm"].number
    assert outcome.tasks["look"].done_s == outcome.measures["milestone.alarm"].number


def test_what_an_objective_counts_from_a_milestone_has_a_summary_of_its_own():
    aims = scenario(quick={"title": "Q", "milestone": "all-out", "since": "alarm", "within": "5 min"})
    ensemble = replicate(aims, plan="slow", replications=4, seed=1, run=run)
    assert ensemble.verdicts[0].measure == "objective.quick"
    assert ensemble.summaries["objective.quick"].p50.estimate == pytest.approx(160.0)


def test_a_milestone_no_run_reaches_still_has_a_summary_for_its_objective():
    aims = scenario(n={"title": "N", "milestone": "never", "within": "5 min"})
    ensemble = replicate(aims, plan="slow", replications=4, seed=1, run=run)
    assert ensemble.summaries["milestone.never"].reached == 0
    assert ensemble.verdicts[0].share.estimate == 0.0


def test_the_median_replication_is_the_run_nearest_the_median():
    ensemble = study(replications=31)
    endex = sorted((outcome.measures["endex"].number, outcome.replication) for outcome in ensemble.outcomes)
    assert median_replication(ensemble) == endex[15][1]


def test_runs_that_did_not_end_rank_behind_the_median_replication():
    ensemble = study(replications=5)
    values = [
        Value(math.nan, "s", at_least=50.0),
        *(Value(number, "s") for number in (30.0, 10.0, 40.0, 20.0)),
    ]
    outcomes = tuple(
        replace(outcome, measures={"endex": value})
        for outcome, value in zip(ensemble.outcomes, values, strict=True)
    )
    assert median_replication(replace(ensemble, outcomes=outcomes)) == 1


def test_if_no_run_ends_the_median_replication_is_the_typical_length():
    ensemble = study(plan="other", replications=7)
    ends = sorted((outcome.end_s, outcome.replication) for outcome in ensemble.outcomes)
    assert median_replication(ensemble) == ends[3][1]


@pytest.mark.parametrize(
    ("changes", "says"), [({"plan": "x"}, "fast, other, slow"), ({"replications": 0}, "at least 1")]
)
def test_what_cannot_be_run_is_refused_before_any_run(changes, says):
    with pytest.raises(DrillsimError, match=says):
        study(**changes)


def test_a_study_needs_a_worker():
    with pytest.raises(ValueError, match="0 workers"):
        study(workers=0)


def test_a_store_may_be_named_by_its_place_and_a_rule_by_its_text(tmp_path):
    store = tmp_path / "s.sqlite"
    first = study(replications=400, until="p50 endex 10 min", store=store)
    assert (first.n, first.looks) == (100, 1)
    again = study(replications=100, store=str(store), run=failing_run)  # nothing is left to run but a trace
    assert again.digest == first.digest


def test_an_engine_that_is_none_is_refused():
    with pytest.raises(DrillsimError, match="serial, processes, dask"):
        study(engine="spark")
