from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from drillsim.hazards import unfought
from drillsim.hazards.fire import FireRun
from drillsim.hazards.smoke_layers import SmokeNetwork
from tests.hazards.sites import begin_fire, floor

SITE = floor()
FLAME_S = 120.0
DOOR = SITE.link_index["room-door"]


def story(run: FireRun, *acts: tuple[str, float]) -> list[Any]:
    """Everything a run answers over half an hour in which these acts come."""
    spaces, told = np.arange(len(SITE.spaces)), []
    for what, time_s in acts:
        told.append(run.crossings(-math.inf, time_s))
        if what == "door":
            run.link_changed(DOOR, 0.0, time_s)
        else:
            run.act(what, 0.2, time_s)
    told.append(run.crossings(-math.inf, 2500.0))
    told.append([run.at("layer_m", spaces, time_s).tolist() for time_s in np.arange(0.0, 2400.0, 37.0)])
    return told


@pytest.mark.parametrize(
    "acts",
    [
        (),
        (("door", 20.0),),
        (("door", FLAME_S + 131.0),),
        (("extinguish", FLAME_S + 3.0),),
        (("door", FLAME_S + 60.0), ("extinguish", FLAME_S + 333.0)),
        (("attack", 60.0),),
    ],
)
def test_states_taken_from_the_study_are_those_the_run_would_compute(monkeypatch, acts):
    shared = story(begin_fire(SITE), *acts)
    monkeypatch.setattr(FireRun, "_by_age", lambda self: None)
    assert story(begin_fire(SITE), *acts) == shared


def test_a_second_run_computes_no_step_again(monkeypatch):
    steps = []
    step = SmokeNetwork.step

    def counted(self, *what, **how):
        steps.append(1)
        return step(self, *what, **how)

    monkeypatch.setattr(SmokeNetwork, "step", counted)
    unfought.smoke_by_age.cache_clear()
    story(begin_fire(SITE))
    before = len(steps)
    assert before > 300
    story(begin_fire(SITE))
    assert len(steps) == before


def test_another_door_or_another_fire_has_states_of_its_own():
    open_door, growing = story(begin_fire(SITE)), story(begin_fire(SITE, growth_s=150.0))
    assert story(begin_fire(SITE), ("door", 20.0))[-1] != open_door[-1]
    assert growing[-1] != open_door[-1]
