from __future__ import annotations

import math
from dataclasses import replace

import pytest

from drillsim.errors import DrillsimError
from drillsim.measures.value import Value
from drillsim.study.compare import compare
from drillsim.study.differences import differences
from drillsim.study.selection import Selection
from tests.study.hand import run, scenario


def test_differences_are_taken_replication_by_replication_on_the_same_luck():
    seen: list[tuple[int, int]] = []
    duel = compare(
        scenario(), plans=["slow", "fast"], replications=30, run=run, progress=lambda *at: seen.append(at)
    )
    found = {difference.measure: difference for difference in duel.differences["fast"]}
    slow, fast = duel.ensembles
    exact = [
        b.measures["milestone.alarm"].number - a.measures["milestone.alarm"].number
        for a, b in zip(slow.outcomes, fast.outcomes, strict=True)
    ]
    alarm = found["milestone.alarm"]
    assert alarm.mean.estimate == pytest.approx(sum(exact) / 30)
    assert alarm.mean.low < alarm.mean.estimate < alarm.mean.high < 0.0
    assert (alarm.n, alarm.both, alarm.equal) == (30, 30, 0)
    assert seen[-1] == (60, 60)


def test_what_the_plans_share_is_equal_in_every_run():
    duel = compare(scenario(), plans=["slow", "fast"], replications=5, run=run)
    found = {difference.measure: difference for difference in duel.differences["fast"]}
    assert (found["tied_up.people"].equal, found["tied_up.people"].mean.estimate) == (5, 0.0)


def test_what_one_plan_never_reaches_is_not_averaged():
    duel = compare(scenario(), plans=["fast", "other"], replications=5, run=run)
    found = {difference.measure: difference for difference in duel.differences["other"]}
    assert (found["endex"].both, found["endex"].equal) == (0, 0)
    assert found["endex"].mean.low is None
    assert found["milestone.alarm"].equal == 5  # both plans look alike


def test_a_difference_in_the_last_digits_is_none():
    duel = compare(scenario(), plans=["slow", "fast"], replications=4, run=run)
    first, second = duel.ensembles
    outcomes = tuple(
        replace(
            outcome,
            measures={"endex": Value(100.0 * (1.0 + 1e-14 * outcome.replication), "s")},
        )
        for outcome in first.outcomes
    )
    exact = tuple(replace(outcome, measures={"endex": Value(100.0, "s")}) for outcome in first.outcomes)
    summaries = {"endex": first.summaries["endex"]}
    (found,) = differences(
        replace(first, outcomes=exact, summaries=summaries),
        replace(second, outcomes=outcomes, summaries=summaries),
    )
    assert (found.mean.estimate, found.equal) == (0.0, 4)


def test_runs_in_which_neither_plan_came_to_its_end_are_equal_whatever_their_bounds():
    duel = compare(scenario(), plans=["slow", "fast"], replications=4, run=run)
    first, second = duel.ensembles
    nan = math.nan
    ends = {0: (nan, nan), 1: (nan, 90.0), 2: (80.0, nan), 3: (70.0, 75.0)}

    def changed(ensemble, side):
        return replace(
            ensemble,
            summaries={"endex": ensemble.summaries["endex"]},
            outcomes=tuple(
                replace(outcome, measures={"endex": _value(ends[outcome.replication][side], 100.0 + side)})
                for outcome in ensemble.outcomes
            ),
        )

    (found,) = differences(changed(first, 0), changed(second, 1))
    assert (found.n, found.both, found.equal, found.mean.estimate) == (4, 1, 1, 5.0)


def _value(number: float, bound: float) -> Value:
    return Value(number, "s", at_least=bound if math.isnan(number) else None)


@pytest.mark.parametrize("plans", [["slow"], ["slow", "slow"], ["slow", "none"]])
def test_plans_that_cannot_be_compared_are_refused(plans):
    with pytest.raises(DrillsimError):
        compare(scenario(), plans=plans, replications=2, run=run)


def test_the_best_plan_is_sought_until_it_is_found():
    best = Selection("alarm", indifference=10.0)
    duel = compare(scenario(), plans=["slow", "fast"], replications=400, run=run, best=best)
    assert duel.choice.remaining == ("fast",)
    assert {ensemble.n for ensemble in duel.ensembles} == {duel.choice.n} == {100}
    assert duel.ensembles[0].looks == 1
    assert duel.objectives["fast"][0].n == 100
