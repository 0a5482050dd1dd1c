from __future__ import annotations

from dataclasses import replace

import pytest

from drillsim.measures.value import Value
from drillsim.study.replicate import replicate
from drillsim.study.uses import uses_over_runs
from tests.study.hand import run, scenario

USED = (
    {"utilisation.unit.pump": Value(0.2, "share")},
    {
        "utilisation.unit.pump": Value(0.4, "share"),
        "wait.unit.pump": Value(90.0, "s"),
        "longest-wait.unit.pump": Value(60.0, "s"),
        "peak-queue.unit.pump": Value(2.0, ""),
        "utilisation.stage.lane/shower.1": Value(0.9, "share"),
    },
)


@pytest.fixture
def found():
    study = replicate(scenario(), plan="fast", replications=2, run=run)
    outcomes = tuple(
        replace(outcome, measures=measures) for outcome, measures in zip(study.outcomes, USED, strict=True)
    )
    return uses_over_runs(replace(study, outcomes=outcomes))


def test_means_count_runs_without_a_wait_and_the_longest_is_of_any_run(found):
    pump = found[0]
    assert (pump.kind, pump.name, pump.n, pump.waited_in) == ("unit", "pump", 2, 1)
    assert pump.utilisation == pytest.approx(0.3)
    assert (pump.wait_s, pump.longest_wait_s, pump.peak_queue) == (45.0, 60.0, 2)
    assert 0.2 <= pump.utilisation_p10 < pump.utilisation_p90 <= 0.4
    assert 0.0 < pump.longest_wait_p90_s <= 60.0
    assert 0.0 < pump.peak_queue_p90 <= 2.0


def test_who_is_waited_for_longest_comes_first_and_names_may_hold_dots(found):
    assert [(use.kind, use.name) for use in found] == [("unit", "pump"), ("stage", "lane/shower.1")]
    assert found[1].utilisation == pytest.approx(0.45)


def test_of_those_nobody_waits_for_the_most_used_comes_first():
    study = replicate(scenario(), plan="fast", replications=1, run=run)
    used = {f"utilisation.unit.{name}": Value(share, "share") for name, share in (("a", 0.1), ("b", 0.7))}
    outcomes = (replace(study.outcomes[0], measures=used),)
    assert [use.name for use in uses_over_runs(replace(study, outcomes=outcomes))] == ["b", "a"]
