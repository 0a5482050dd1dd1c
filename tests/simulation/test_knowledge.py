"""Items of information and the agencies that have them."""

import pytest

from drillsim.simulation.knowledge import Knowledge

from .bare import at, bare_core
from .small import small, task


@pytest.fixture
def core():
    core = bare_core(small(tasks={"over": task(milestone="over")}))
    core.note("startex")
    return core


@pytest.fixture
def knowledge(core):
    return Knowledge(core)


def rows(core):
    return [(row.event, row.actor, row.task) for row in core.trace.rows[1:]]


def test_each_agency_learns_an_item_once(core, knowledge):
    first = knowledge.learn("number", to=("fire", "police"), cause=0)
    assert knowledge.learn("number", to=("fire",), cause=2) == 2
    assert rows(core) == [("informed", "fire", "number"), ("informed", "police", "number")]
    assert first == 2  # the last of its rows


def test_what_everybody_knows_nobody_learns_again(core, knowledge):
    knowledge.learn("number", cause=0)
    knowledge.learn("number", to=("fire",), cause=0)
    assert rows(core) == [("informed", "", "number")]
    assert knowledge.knows("police", "number")


def test_what_nobody_knew_cannot_prove_wrong(core, knowledge):
    knowledge.discard("number", cause=0)
    assert rows(core) == []
    knowledge.learn("number", to=("fire",), cause=0)
    knowledge.discard("number", cause=0)
    assert rows(core)[-1] == ("uninformed", "", "number")
    assert not knowledge.knows(None, "number")


def test_without_agencies_it_is_enough_that_anybody_knows(knowledge):
    assert knowledge.lacking((), ("number",)) == "number"
    knowledge.learn("number", to=("police",), cause=0)
    assert knowledge.lacking((), ("number",)) is None
    assert knowledge.lacking(("fire", "police"), ("number",)) == "number"


@pytest.mark.parametrize(("asked_at_row", "expected"), [(0, 1), (50, 50)])
def test_a_wait_goes_on_from_the_later_of_asking_and_learning(core, knowledge, asked_at_row, expected):
    found = []

    def ask():
        found.append((yield from knowledge.wait(("fire",), ("number",), who="a", cause=asked_at_row)))

    core.clock.process(ask())
    at(core, 5.0, lambda: knowledge.learn("number", to=("fire",), cause=0))
    core.clock.run()
    assert found == [expected]
