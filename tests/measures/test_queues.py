from __future__ import annotations

import math

import pytest

from drillsim.measures.queues import queues
from tests.measures.hand import trace


def test_waiting_is_added_up_by_link_and_a_link_without_waiting_is_left_out():
    t = trace(
        (10.0, 10.0, 0, "door", "hall"),
        (12.0, 10.0, 1, "door", "hall"),
        (14.0, 11.0, 3, "door", "hall"),
        (20.0, 20.0, 0, "gate-w", "muster-w"),
    )
    found = {name: value.number for name, value in queues(t).items()}
    assert found == {"queue.total": 5.0, "queue.door": 5.0, "peak.door": 2.0}


def test_who_passes_leaves_the_queue_before_who_arrives_at_the_same_moment():
    t = trace((12.0, 10.0, 0, "door", "hall"), (14.0, 12.0, 1, "door", "hall"))
    assert queues(t)["peak.door"].number == 1.0


def test_a_group_that_moves_as_one_waits_with_all_its_heads():
    t = trace((12.0, 10.0, 2, "door", "hall"), group_tokens=(1, 1, 1))
    assert queues(t)["queue.door"].number == pytest.approx(2.0 * 3)
    assert queues(t)["peak.door"].number == 3.0


@pytest.mark.parametrize(("end", "known"), [("standstill", False), ("horizon", False), ("endex", True)])
@pytest.mark.parametrize("state", ["inside", "trapped"])
def test_a_queue_that_waits_for_ever_leaves_only_a_bound(end, known, state):
    t = trace((12.0, 10.0, 0, "door", "hall"))
    t.add(100.0, "person", actor="clerks", task=state, value=1.0)
    t.add(100.0, "end", task=end)
    total = queues(t)["queue.total"]
    assert math.isnan(total.number) is not known
    assert (total.number if known else total.at_least) == 2.0
    assert queues(t)["queue.door"].number == 2.0


@pytest.mark.parametrize(("group", "state"), [("guards", "inside"), ("clerks", "evacuated")])
def test_a_run_that_stands_still_with_nobody_left_to_go_knows_its_waiting(group, state):
    t = trace((12.0, 10.0, 0, "door", "hall"))
    t.add(100.0, "person", actor=group, task=state, value=1.0)
    t.add(100.0, "end", task="standstill")
    assert queues(t)["queue.total"].number == 2.0


def test_at_every_moment_of_a_long_chain_only_one_waits():
    # Enough rows that a sort that is not stable shuffles equal times.
    chain = [(number + 1.0, float(number), number, "door", "hall") for number in range(200)]
    t = trace(*chain, groups=(("clerks", 200, False),), group_places=("office",))
    assert queues(t)["peak.door"].number == 1.0


def test_nobody_waits_in_an_empty_trace():
    assert queues(trace())["queue.total"].number == 0.0
