from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drillsim.errors import StoreFailed
from drillsim.measures.value import Value
from drillsim.study.job import Bench, Job
from drillsim.study.kept_traces import extremes, keep_traces, worth_keeping
from drillsim.study.replicate import replicate
from drillsim.study.store import Store
from drillsim.study.typical import nearest_median
from tests.study import hand
from tests.study.stored import outcome

JOB = Job("slow", "emergency", 1)


class CountingBench(Bench):
    def __init__(self, scenario):
        super().__init__(scenario, run=hand.run)
        self.ran = []

    def trace(self, job, replication):
        self.ran.append(replication)
        return super().trace(job, replication)


@pytest.fixture
def study(tmp_path):
    scenario = hand.scenario()
    ensemble = replicate(scenario, plan="slow", replications=12, run=hand.run)
    with Store(tmp_path / "a.sqlite", scenario=scenario, seed=1) as store:
        yield store, CountingBench(scenario), ensemble


def test_the_first_the_extreme_and_the_median_trace_are_kept(study):
    store, bench, ensemble = study
    found = keep_traces(store, bench, JOB, ensemble)
    last = {run.replication: run.measures["endex"].number for run in ensemble.outcomes}
    ends = {min(last, key=last.get), max(last, key=last.get)}
    assert {number for number, why in found.items() if "first" in why} == {0, 1, 2}
    assert {number for number, why in found.items() if "extreme" in why} == ends
    assert [number for number, why in found.items() if "median" in why] == [
        nearest_median(ensemble).replication
    ]
    assert store.kept_traces(JOB) == found
    for number in found:
        assert store.trace(JOB, number).digest() == ensemble.outcomes[number].trace_digest
    assert sorted(bench.ran) == sorted(found)


def test_what_is_kept_is_not_run_again_and_what_is_no_longer_extreme_is_dropped(study):
    store, bench, ensemble = study
    some = replace(ensemble, outcomes=ensemble.outcomes[:6])
    keep_traces(store, bench, JOB, some)
    before = list(bench.ran)
    assert keep_traces(store, bench, JOB, some) == store.kept_traces(JOB)
    assert bench.ran == before
    found = keep_traces(store, bench, JOB, ensemble, first=1)
    assert found[0].startswith("first")
    assert store.kept_traces(JOB) == found == worth_keeping(ensemble, first=1)
    assert keep_traces(store, bench, JOB, ensemble, first=0) == {}


def test_a_run_that_comes_out_otherwise_on_this_platform_is_named_with_both_versions(study):
    store, bench, ensemble = study
    store.add(JOB, [bench.result(JOB, 0)])
    outcomes = (replace(ensemble.outcomes[0], trace_digest="x"), *ensemble.outcomes[1:])
    with pytest.raises(
        StoreFailed, match=r"run 0, made once more .*drillsim 0 \(f\), and this is drillsim 0"
    ):
        keep_traces(store, bench, JOB, replace(ensemble, outcomes=outcomes))
    assert store.kept_traces(JOB) == {}


def test_a_run_of_another_platform_that_comes_out_otherwise_here_is_left_out(study):
    store, bench, ensemble = study
    outcomes = (replace(ensemble.outcomes[0], trace_digest="x"), *ensemble.outcomes[1:])
    other = replace(ensemble, outcomes=outcomes, fingerprint="abc")
    assert 0 not in keep_traces(store, bench, JOB, other)
    assert 1 in store.kept_traces(JOB)


def with_end(number, value):
    return replace(outcome(number), measures={"endex": value})


def test_what_was_not_reached_is_latest_and_of_equal_ones_the_lowest_number_counts():
    runs = [
        with_end(0, Value(50.0, "s")),
        with_end(1, Value(math.nan, "s", 10.0)),
        with_end(2, Value(math.nan, "s", 20.0)),
        with_end(3, Value(math.nan, "s", 20.0)),
        with_end(4, Value(40.0, "s")),
        with_end(5, Value(40.0, "s")),
    ]
    assert extremes(runs) == {4, 2}
    assert extremes(runs[4:]) == {4}
    assert extremes([]) == set()
    assert extremes([replace(outcome(0), measures={})]) == set()


def test_the_last_person_out_decides_where_people_leave():
    runs = [outcome(number) for number in range(6)]
    last = {run.replication: run.measures["last_out"].number for run in runs}
    assert extremes(runs) == {min(last, key=last.get), max(last, key=last.get)}


def test_nothing_is_kept_of_a_study_without_runs(study):
    assert worth_keeping(replace(study[2], outcomes=())) == {}
