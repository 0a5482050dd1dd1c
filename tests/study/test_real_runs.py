from __future__ import annotations

import re

import pytest

from drillsim.scenario.load import load
from drillsim.study.replicate import replicate
from drillsim.study.sensitivity import tornado
from tests.example import EXAMPLE, write_example


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """The example without its fire: the look round begins at STARTEX."""
    text = re.sub(r"hazards:\n(  .*\n)+", "", EXAMPLE)
    text = text.replace("after: hazard.bin.detected", "after: startex")
    text = text.replace("effects: [{do: treat, hazard: bin, action: attack}]", "priority: 5")
    return load(write_example(tmp_path_factory.mktemp("office"), text=text))


@pytest.fixture(scope="module")
def serial(office):
    return replicate(office, plan="simple", replications=6, seed=3)


def test_real_runs_in_two_processes_give_the_answer_of_one(office, serial):
    assert replicate(office, plan="simple", replications=6, seed=3, workers=2).digest == serial.digest


def test_the_drawn_values_of_a_run_go_by_the_paths_of_the_assumptions(office, serial):
    found = tornado(serial, replications=2, max_runs=8)
    assert "plans.simple.tasks.look.takes" in serial.outcomes[0].drawn
    assert "profiles.office.responses.voice" in serial.outcomes[0].drawn
    assert found.runs <= 8


def test_the_critical_path_of_a_real_run_reaches_from_startex_to_its_end(serial):
    path = serial.outcomes[0].critical
    assert path[0] == "quench"
    assert path[-1].startswith("look")
    assert "announce: wait for order" in path
    assert "engine: turnout" in path
