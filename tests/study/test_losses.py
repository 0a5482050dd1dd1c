from __future__ import annotations

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.errors import DrillsimError
from drillsim.simulation.run import run
from drillsim.study.job import Job
from drillsim.study.losses import losses
from drillsim.study.runner import Runner
from drillsim.study.store import Store
from tests.simulation.small import small
from tests.study import hand

CAUSES = ("queueing", "communication", "variance")


def _draw(median_s: int, p90_s: int) -> dict[str, object]:
    return {"median": f"{median_s} s", "p90": f"{p90_s} s", "source": "test", "confidence": "low"}


def _task(
    *after: str, crews: int = 0, median_s: int = 60, p90_s: int = 120, **more: object
) -> dict[str, object]:
    by = {"by": {"crew": str(crews)}} if crews else {}
    return {"title": "t", "takes": _draw(median_s, p90_s), "after": list(after), **by, **more}


def _plan(**tasks: dict[str, object]) -> dict[str, object]:
    over = {"title": "over", "takes": "0 s", "after": sorted(tasks), "milestone": "over"}
    return {**tasks, "over": over}


def _time_s(scenario, replication, bound=None):
    t = run(scenario, plan="plan", replication=replication, record=False, bound=bound)
    found = t.first("milestone", task="over")
    return math.inf if found is None else found[1].time_s


@st.composite
def graphs(draw):
    """Up to six tasks, each after some of those before it, that share two crews."""
    tasks: dict[str, dict[str, object]] = {}
    for number in range(draw(st.integers(2, 6))):
        after = draw(st.lists(st.sampled_from(sorted(tasks)), unique=True, max_size=2)) if tasks else []
        median_s = draw(st.integers(30, 300))
        tasks[f"t{number}"] = _task(
            *after,
            crews=draw(st.integers(0, 2)),
            median_s=median_s,
            p90_s=median_s * 2,
            priority=str(draw(st.integers(0, 9))),
        )
    return _plan(**tasks)


@settings(max_examples=25, deadline=None)
@given(graphs())
def test_on_a_fixed_graph_no_run_is_slower_with_unlimited_crews(tasks):
    scenario = small(tasks=tasks, end="over")
    for replication in range(3):
        free_s, as_is_s = _time_s(scenario, replication, "unlimited"), _time_s(scenario, replication)
        assert free_s <= as_is_s + 1e-6


@pytest.fixture(scope="module")
def scarce():
    """Three tasks of equal length for two crews, and a fourth that needs nobody."""
    tasks = {name: _task(crews=1, median_s=300, p90_s=600) for name in ("a", "b", "c")}
    return small(tasks=_plan(**tasks, alone=_task(median_s=100, p90_s=200)), end="over")


@pytest.fixture(scope="module")
def found(scarce):
    return losses(scarce, plan="plan", replications=60)


def test_each_loss_is_the_mean_of_the_plan_less_that_of_the_bound(found):
    assert tuple(loss.cause for loss in found.found) == CAUSES
    queueing, communication, variance = found.found
    assert queueing.mean.estimate == pytest.approx(found.plan_s - found.unlimited_s)
    assert variance.mean.estimate == pytest.approx(found.plan_s - found.at_means_s)
    assert communication.mean.estimate == found.plan_s - found.instant_s == 0.0
    assert [(loss.pairs, loss.left_out) for loss in found.found] == [(60, 0)] * 3


def test_a_crew_too_few_costs_about_the_work_that_waits_for_it(found):
    queueing = found.found[0]
    assert 0.0 < queueing.mean.low < queueing.mean.estimate < queueing.mean.high
    assert queueing.mean.estimate > 100.0


def test_the_mean_over_chance_is_never_below_the_length_at_mean_times():
    """Two tasks side by side: E max(a, b) > max(E a, E b)."""
    wide = {name: _task(median_s=300, p90_s=900) for name in ("a", "b")}
    found = losses(small(tasks=_plan(**wide), end="over"), plan="plan", replications=100)
    assert found.plan_s > found.at_means_s
    assert found.found[2].mean.low > 0.0
    assert found.at_medians_s == pytest.approx(300.0)


def test_the_runs_of_the_plan_itself_come_with_it(scarce, found):
    assert found.ensemble.n == 60
    assert found.milestone == "over"
    assert found.plan_s == pytest.approx(found.ensemble.summaries["endex"].mean)


def test_the_time_to_another_milestone_can_be_asked_for(scarce):
    tasks = _plan(a=_task(crews=2, milestone="ready"), b=_task(crews=2, priority="9"))
    found = losses(small(tasks=tasks, end="over"), plan="plan", milestone="ready", replications=30)
    assert found.milestone == "ready"
    assert found.found[0].mean.estimate == pytest.approx(0.0, abs=1e-9)  # it goes first


def test_a_milestone_or_plan_the_scenario_lacks_is_named(scarce):
    with pytest.raises(DrillsimError, match="'late' is not in scenario small; it has over"):
        losses(scarce, plan="plan", milestone="late", replications=1)
    with pytest.raises(DrillsimError, match="plan 'x'"):
        losses(scarce, plan="x", replications=1)


def test_pairs_in_which_one_did_not_get_there_are_counted_and_left_out():
    def late(scenario, *, replication, bound=None, **arguments):
        plan = "other" if replication < 3 and bound is None else arguments.pop("plan")
        arguments.pop("plan", None)
        return hand.run(scenario, plan=plan, replication=replication, **arguments)

    found = losses(hand.scenario(), plan="fast", milestone="fire-out", replications=10, run=late)
    assert [(loss.pairs, loss.left_out) for loss in found.found] == [(7, 3)] * 3
    assert found.found[0].mean.estimate == 0.0


def test_nothing_is_said_of_a_milestone_no_run_reaches():
    def ignore(scenario, *, bound=None, **arguments):
        return hand.run(scenario, **arguments)

    found = losses(hand.scenario(), plan="fast", milestone="never", replications=3, run=ignore)
    assert found.plan_s is None
    assert all(loss.pairs == 0 and math.isnan(loss.mean.estimate) for loss in found.found)


def test_a_store_keeps_the_runs_of_the_plan_and_no_run_with_a_bound(tmp_path):
    scenario, job = hand.scenario(), Job("fast", "emergency", 1)
    seen: list[str | None] = []

    def told(scenario, *, bound=None, **arguments):
        seen.append(bound)
        return hand.run(scenario, **arguments)

    with Store(tmp_path / "s.sqlite", scenario=scenario, seed=1) as store:
        for _ in range(2):
            with Runner(scenario, store=store, run=told) as runner:
                runner.attempts(job, range(2))
                runner.attempts(replace(job, bound="unlimited"), range(2))
        assert store.counts() == 2
    assert seen == [None, None, "unlimited", "unlimited", "unlimited", "unlimited"]


def _ignoring_bounds(scenario, *, bound=None, **arguments):
    return hand.run(scenario, **arguments)


def test_where_runs_at_mean_times_differ_each_is_paired_with_its_own():
    """People and hazards keep their luck there: one length does not stand for all."""
    found = losses(hand.scenario(), plan="fast", replications=10, run=_ignoring_bounds)
    assert found.at_means_s == found.plan_s
    assert found.found[2].mean.estimate == 0.0


def test_times_that_are_long_now_and_then_have_a_mean_above_their_median():
    one = small(tasks=_plan(a=_task(median_s=300, p90_s=900)), end="over")
    found = losses(one, plan="plan", replications=4)
    assert found.at_medians_s == pytest.approx(300.0)
    assert found.at_means_s == pytest.approx(_mean_s(one))
    assert found.at_means_s > 1.2 * found.at_medians_s


def _mean_s(scenario):
    return scenario.plans["plan"].tasks["a"].takes.under("emergency").mean


def test_the_plan_and_its_bounds_run_with_the_injects_asked_for():
    seen = set()

    def told(scenario, *, bound=None, injects=None, **arguments):
        seen.add((bound, injects))
        return hand.run(scenario, injects=injects, **arguments)

    losses(hand.scenario(), plan="fast", replications=1, injects=("wind", "gate"), run=told)
    assert {tuple(injects) for _, injects in seen} == {("gate", "wind")}
    assert {bound for bound, _ in seen} == {None, "unlimited", "instant", "median", "mean"}
