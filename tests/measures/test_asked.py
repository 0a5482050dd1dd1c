from __future__ import annotations

import math

import pytest

from drillsim.measures import evaluate
from drillsim.measures.asked import asked_for
from tests.measures.hand import GROUND, everybody_out, trace


def test_measures_of_single_spaces_and_exits_are_computed_when_asked_for():
    t = trace(*everybody_out(), **GROUND)
    t.add(200.0, "end", task="endex")
    names = {
        "peak-density.hall",
        "crowded.hall",
        "share.gate-w",
        "share.gate-e",
        "peak-density.yard",
        "last_out",
    }
    found = {name: value.number for name, value in asked_for(t, names).items()}
    assert found == {
        "peak-density.hall": pytest.approx(2.0),
        "crowded.hall": 0.0,
        "share.gate-w": 1.0,
        "share.gate-e": 0.0,
        "peak-density.yard": 0.0,
    }


def test_they_are_left_out_of_the_other_measures_until_asked_for():
    t = trace(*everybody_out(), **GROUND)
    assert "share.gate-w" not in evaluate(t)
    assert evaluate(t, asked=["share.gate-w"])["share.gate-w"].number == 1.0


def test_a_place_that_is_not_there_has_no_measure():
    assert asked_for(trace(*everybody_out(), **GROUND), ["peak-density.attic", "share.trapdoor"]) == {}


def test_a_density_without_an_area_is_left_out_not_nought():
    assert asked_for(trace(*everybody_out()), ["peak-density.hall"]) == {}


@pytest.mark.parametrize("name", ["peak-density.hall", "share.gate-w"])
def test_without_passages_there_are_only_bounds(name):
    t = trace(**GROUND)
    t.add(50.0, "end", task="horizon")
    found = asked_for(t, [name])[name]
    assert math.isnan(found.number)
    assert found.at_least == (2.0 if name.startswith("peak") else 0.0)
