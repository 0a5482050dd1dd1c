from __future__ import annotations

from dataclasses import replace

import pytest

from drillsim.measures.value import Value
from drillsim.study.cruciality import cruciality
from drillsim.study.replicate import replicate
from drillsim.study.results import TaskSpan
from tests.study.hand import run, scenario


def _span(length_s):
    return TaskSpan(0.0, 5.0, 5.0 + length_s, 0.0)


@pytest.fixture
def study():
    """Twelve runs: ``long`` sets the total, ``back`` is shorter the longer it takes, ``rare`` is in four."""
    found = replicate(scenario(), plan="fast", replications=12, run=run)
    outcomes = tuple(
        replace(
            outcome,
            measures={"endex": Value(100.0 + n, "s"), "milestone.alarm": Value(50.0 - n, "s")},
            tasks={"long": _span(10.0 * n), "back": _span(30.0 - n), "same": _span(7.0)}
            | ({"rare": _span(n)} if n < 4 else {}),
        )
        for n, outcome in enumerate(found.outcomes)
    )
    return replace(found, outcomes=outcomes)


def test_it_is_the_rank_correlation_of_a_duration_with_the_total(study):
    found = {entry.task: entry for entry in cruciality(study)}
    assert found["long"].correlation == pytest.approx(1.0)
    assert found["back"].correlation == pytest.approx(-1.0)
    assert found["long"].runs == 12


def test_tasks_that_never_vary_or_are_too_rare_are_left_out(study):
    assert {entry.task for entry in cruciality(study)} == {"long", "back"}


def test_another_milestone_than_the_end_can_be_asked_for(study):
    found = {entry.task: entry.correlation for entry in cruciality(study, milestone="alarm")}
    assert found["long"] == pytest.approx(-1.0)


def test_runs_that_did_not_end_are_left_out(study):
    late = Value(float("nan"), "s", at_least=9.0)
    outcomes = tuple(
        replace(outcome, measures={**outcome.measures, "endex": late}) if outcome.replication < 2 else outcome
        for outcome in study.outcomes
    )
    assert {entry.runs for entry in cruciality(replace(study, outcomes=outcomes))} == {10}
