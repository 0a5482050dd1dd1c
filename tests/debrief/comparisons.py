"""Comparisons of three plans by hand, with every kind of difference there is."""

from __future__ import annotations

import math
from dataclasses import replace

from drillsim.study.results import Comparison, Difference, Ensemble, Interval, ObjectiveDifference
from tests.debrief import fakes

NAN = math.nan


def difference(measure: str = "milestone.gate", **changes: object) -> Difference:
    """Four minutes earlier in all of 200 runs, unless told otherwise."""
    base = Difference(
        measure=measure,
        unit="s",
        n=200,
        both=200,
        mean=Interval(-252.0, -288.0, -216.0),
        equal=0,
        p_value=0.0001,
        test="t",
        gain=350.0,
        lower=200,
        p_reached=1.0,
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def constant(measure: str, **changes: object) -> Difference:
    found = difference(measure, mean=Interval(-60.0, None, None), test="sign")
    return replace(found, **changes)  # type: ignore[arg-type]


def equal(measure: str, **changes: object) -> Difference:
    found = difference(
        measure, mean=Interval(0.0, None, None), equal=200, p_value=1.0, test="exact", gain=None, lower=0
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def undecided(measure: str, **changes: object) -> Difference:
    found = difference(measure, mean=Interval(-3.0, -12.0, 6.0), p_value=0.4, lower=110, higher=90)
    return replace(found, **changes)  # type: ignore[arg-type]


def refused(measure: str, **changes: object) -> Difference:
    """Ten runs differ, seven of them to be earlier."""
    found = difference(
        measure,
        mean=Interval(-2.0, None, None, needs=590),
        equal=190,
        p_value=0.34,
        test="sign",
        lower=7,
        higher=3,
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def censored(measure: str, **changes: object) -> Difference:
    """Reached in 71 % of runs under the first plan, in 93 % under the second."""
    found = difference(
        measure,
        both=138,
        only_first=4,
        only_second=48,
        equal=10,
        test="sign",
        lower=186,
        higher=4,
        p_reached=1e-6,
    )
    return replace(found, **changes)  # type: ignore[arg-type]


def objective(name: str, **changes: object) -> ObjectiveDifference:
    base = ObjectiveDifference(name, name, 200, 0.7, 0.82, Interval(0.12, 0.07, 0.18), 1, 25, 0.0001)
    return replace(base, **changes)  # type: ignore[arg-type]


def plans(*names: str) -> tuple[Ensemble, ...]:
    """Ensembles of so many plans of one scenario, all but the first as ``forward``."""
    first, second = fakes.fake_ensemble(), fakes.fake_ensemble(plan="forward")
    scenario = first.scenario
    forward = scenario.plans["forward"]
    known = dict(scenario.plans)
    for name in names:
        known[name] = forward.model_copy(update={"title": name.capitalize(), "title_zh": ""})
    changed = scenario.model_copy(update={"plans": known})
    return (
        replace(first, scenario=changed),
        *(replace(second, plan=name, scenario=changed) for name in names),
    )


def of_three() -> Comparison:
    """Two plans against the first with a difference of every kind."""
    level = 0.975
    near = (
        difference("milestone.gate", mean=Interval(-252.0, -288.0, -216.0, level)),
        equal("milestone.endex"),
        censored("milestone.contained"),
        difference("price.quay-cranes", unit="unit_s", mean=Interval(-5400.0, -7200.0, -3600.0, level)),
        difference("exposed.aegl2.person_s", unit="person_s", mean=Interval(36e3, 30e3, 42e3, level)),
        equal("tied_up.people", unit="person_s"),
    )
    far = (
        undecided("milestone.gate"),
        refused("milestone.endex"),
        constant("milestone.contained"),
        equal("price.quay-cranes", unit="unit_s"),
        undecided("exposed.aegl2.person_s", unit="person_s"),
        equal("tied_up.people", unit="person_s"),
    )
    same = objective(
        "isolation", difference=Interval(0.0, -0.02, 0.02), only_first=0, only_second=0, p_value=1.0
    )
    few = objective("gate", difference=Interval(-0.01, -0.05, 0.03), only_first=3, only_second=1, p_value=0.6)
    return Comparison(
        plans("near", "far"),
        {"near": near, "far": far},
        {"near": (objective("gate"), same), "far": (few, same)},
    )
