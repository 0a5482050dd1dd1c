"""An ensemble by hand in which spaces of the fake drill are lost, some before they are empty."""

from __future__ import annotations

import math
from dataclasses import replace

from drillsim.measures.value import Value
from drillsim.study.replicate import summaries
from drillsim.study.results import Ensemble
from tests.debrief import fakes

RUNS = 20


def seconds(number: float, *, bound: float = 3600.0) -> Value:
    return Value(number, "s") if math.isfinite(number) else Value(math.nan, "s", at_least=bound)


def lost_ensemble(**options) -> Ensemble:
    """20 runs: the shed is lost 100 s after it is left, in run 0 30 s before; the yard in run 1 to 10 only.

    The gate is never lost; in run 0 somebody stays in it.
    """
    base = fakes.fake_ensemble(n=RUNS, **options)
    outcomes = []
    for number, run in enumerate(base.outcomes):
        rset = 200.0 + 10.0 * number
        shed = -30.0 if number == 0 else 100.0
        yard = 400.0 if 1 <= number <= 10 else math.inf
        margins = {
            "aset.shed": seconds(rset + shed),
            "rset.shed": seconds(rset),
            "margin.shed": seconds(shed),
            "aset.yard": seconds(rset + yard),
            "rset.yard": seconds(rset),
            "margin.yard": seconds(yard, bound=900.0),
            "aset.gate": seconds(math.inf),
            "rset.gate": seconds(math.inf if number == 0 else rset + 60.0),
            "margin.gate": seconds(math.inf, bound=0.0 if number == 0 else 800.0),
            "margin.building": seconds(shed),
            "consequence": Value(30.0 * 4 if number == 0 else 0.0, "person_s"),
        }
        lost = (("shed", "temperature" if number < 2 else "visibility"),)
        if math.isfinite(yard):
            lost = (*lost, ("yard", ""))
        outcomes.append(replace(run, measures=run.measures | margins, lost=lost))
    found = summaries(base.scenario, base.conditions, tuple(outcomes))
    return replace(base, outcomes=tuple(outcomes), summaries=found)
