from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.measures.evaluate import absent, evaluate
from drillsim.measures.inject_effects import caused_by_inject, first_reactions, reactions
from tests.measures.hand import trace


@pytest.fixture
def drill():
    """An inject at 100 s tells people at once, is reported at 130 s and acted on at 160 s; another is not."""
    t = trace()
    start = t.add(0.0, "startex")
    alone = t.add(0.0, "task-ready", task="patrol", cause=start)
    t.add(5.0, "task-started", task="patrol", cause=alone)
    wind = t.add(100.0, "inject", task="wind", cause=start)
    t.add(100.0, "told", actor="clerks", task="voice", value=2.0, cause=wind)
    asked = t.add(100.0, "message-asked", task="report.move", actor="port", place="radio", cause=wind)
    t.add(130.0, "message-heard", task="report.move", actor="fire", place="radio", value=30.0, cause=asked)
    t.add(150.0, "inject", task="gate", cause=start)
    ready = t.add(160.0, "task-ready", task="move", cause=asked)
    t.add(160.0, "task-started", task="move", cause=ready)
    t.add(300.0, "end", task="standstill", cause=start)
    return t


def test_each_row_carries_the_nearest_inject_among_its_causes(drill):
    found = dict(zip(((row.event, row.task) for row in drill.rows), caused_by_inject(drill), strict=True))
    assert found["task-started", "patrol"] == ""
    assert found["message-heard", "report.move"] == "wind"
    assert found["task-started", "move"] == "wind"
    assert found["inject", "gate"] == "gate"


def test_an_inject_caused_by_another_takes_over_what_follows():
    t = trace()
    first = t.add(1.0, "inject", task="leak")
    second = t.add(2.0, "inject", task="fire", cause=first)
    t.add(3.0, "task-ready", task="quench", cause=second)
    assert caused_by_inject(t) == ("leak", "fire", "fire")


def test_the_first_reaction_is_an_action_of_somebody_not_what_the_inject_does_itself(drill):
    found = first_reactions(drill)
    assert drill.rows[found["wind"].row].event == "message-heard"
    assert (found["wind"].given_s, found["wind"].at_s, found["wind"].after_s) == (100.0, 130.0, 30.0)
    assert found["gate"].row == -1


def test_an_inject_nobody_reacts_to_has_the_time_to_the_end_as_its_bound(drill):
    found = reactions(drill)
    assert found["reaction.wind"].number == 30.0
    assert math.isnan(found["reaction.gate"].number)
    assert found["reaction.gate"].at_least == 150.0


def test_reaction_times_are_among_the_measures_of_a_run(drill):
    assert evaluate(drill)["reaction.wind"].unit == "s"
    assert absent("reaction.never-given", end_s=900.0).at_least == 0.0


@given(st.lists(st.tuples(st.booleans(), st.integers(-1, 30)), max_size=30))
def test_walking_the_causes_back_finds_the_same_inject(rows):
    t = trace()
    for number, (is_inject, cause) in enumerate(rows):
        event = "inject" if is_inject else "task-ready"
        t.add(float(number), event, task=f"n{number}", cause=min(cause, number - 1))
    for number, found in enumerate(caused_by_inject(t)):
        while number >= 0 and t.rows[number].event != "inject":
            number = t.rows[number].cause
        assert found == (t.rows[number].task if number >= 0 else "")
