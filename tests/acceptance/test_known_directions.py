"""What every planner knows beforehand: which change must matter, and which cannot."""

from __future__ import annotations

import pytest

import drillsim as ds
from drillsim.scenario.model import Scenario

RUNS = 12


def with_spare_unit(scenario: Scenario) -> Scenario:
    """The scenario and, for each agency, one more of its first kind of unit, under a name no plan calls."""
    agencies = {
        name: agency.model_copy(
            update={
                "units": {
                    **agency.units,
                    "spare": next(iter(agency.units.values())).model_copy(update={"count": 1}),
                }
            }
        )
        for name, agency in scenario.agencies.items()
    }
    return scenario.model_copy(update={"agencies": agencies})


@pytest.mark.parametrize("conditions", ["exercise", "emergency"])
@pytest.mark.parametrize(("name", "plan"), [("terminal-leak", "joint"), ("office-fire", "confirm-first")])
def test_a_unit_the_plan_never_calls_makes_no_difference_in_any_run(name, plan, conditions):
    scenario = ds.load(name)
    before, after = (
        ds.replicate(each, plan=plan, conditions=conditions, replications=RUNS)
        for each in (scenario, with_spare_unit(scenario))
    )
    assert before.n == after.n == RUNS
    for one, other in zip(before.outcomes, after.outcomes, strict=True):
        assert repr(one.measures) == repr(other.measures)
        assert one.exit_times_s == other.exit_times_s
        assert one.tasks == other.tasks


def test_a_unit_it_does_call_and_that_comes_late_makes_one():
    scenario = ds.load("terminal-leak")
    late = ds.load("terminal-leak", overrides={"agencies.fire.units.chemical-unit.travel": "30 min"})
    before, after = (
        ds.replicate(each, plan="joint", conditions="emergency", replications=RUNS)
        for each in (scenario, late)
    )
    stopped = "milestone.leak_stopped"
    assert after.summaries[stopped].p50.estimate > before.summaries[stopped].p50.estimate + 600.0
