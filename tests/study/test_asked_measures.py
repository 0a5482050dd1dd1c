"""Objectives on single spaces and exits, which only runs compute that are asked for them."""

from __future__ import annotations

import pytest

from drillsim.errors import DrillsimError
from drillsim.response.objectives import Objective
from drillsim.scenario.load import load, shipped
from drillsim.study.replicate import replicate


def study(**objective: object):
    scenario = load(shipped()["office-fire"])
    wanted = {"wanted": Objective.model_validate({"title": "Wanted", **objective})}
    return replicate(
        scenario.model_copy(update={"objectives": wanted}), plan="alarm-at-once", replications=2, seed=1
    )


def test_an_objective_on_a_density_or_an_exit_is_measured_in_every_run():
    found = study(measure="peak-density.stair-a-1", at_most=2.0, share="90 %")
    assert found.summaries["peak-density.stair-a-1"].reached == 2
    assert found.summaries["peak-density.stair-a-1"].p50.estimate == pytest.approx(2.71, abs=0.01)
    assert found.verdicts[0].share.estimate == 0.0
    shares = study(measure="share.stair-a-exit", at_most=0.99, share="90 %")
    assert shares.verdicts[0].share.estimate == 1.0
    assert shares.verdicts[0].unit == "share"


def test_what_no_objective_names_costs_no_measure():
    found = study(measure="last_out", at_most=600.0, share="90 %")
    assert not [name for name in found.summaries if name.startswith(("peak-density.", "crowded.", "share."))]


def test_a_space_that_is_not_there_is_no_measure():
    with pytest.raises(DrillsimError, match=r"'peak-density.stair-z-1' is not a measure"):
        study(measure="peak-density.stair-z-1", at_most=2.0, share="90 %")
