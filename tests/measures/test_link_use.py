from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.measures.link_use import link_use
from drillsim.measures.passages import busiest_p_s
from drillsim.measures.queues import queues
from tests.measures.hand import GROUND, trace

CROWD = {"groups": (("crowd", 400, False),), "group_places": ("office",)}


def used(t):
    return {row.link: row for row in link_use(t)}


def saturated(heads: int, *, step_s: float = 1.0) -> list:
    """Heads that all reach the door at 0 s and pass it one after the other."""
    return [(step_s * number, 0.0, number, "door", "hall") for number in range(heads)]


def test_a_saturated_link_shows_its_capacity_and_is_used_in_full():
    door = used(trace(*saturated(101), **GROUND, **CROWD))["door"]
    assert (door.first_s, door.last_s, door.heads_there, door.heads_back) == (0.0, 100.0, 101, 0)
    assert door.mean_flow_p_s == pytest.approx(1.0)
    assert door.peak_flow_p_s == pytest.approx(1.0)
    assert door.capacity_p_s == 1.0
    assert door.share_used == pytest.approx(1.0)
    assert door.queue_person_s.number == pytest.approx(sum(range(101)))
    assert door.longest_wait_s.number == 100.0
    assert door.longest_queue_p.number == 100.0


def test_the_two_directions_are_counted_apart_and_each_uses_its_own_capacity():
    rows = [(0.0, 0.0, 0, "door", "hall"), (10.0, 10.0, 1, "door", "office"), (20.0, 20.0, 2, "door", "hall")]
    door = used(trace(*rows, **GROUND, **CROWD))["door"]
    assert (door.heads_there, door.heads_back) == (2, 1)
    assert door.share_used == pytest.approx((1.0 / 1.0 + 1.0 / 0.5) / 20.0)
    assert door.mean_flow_p_s == pytest.approx(2.0 / 20.0)


def test_a_single_passage_has_no_flow():
    door = used(trace((5.0, 5.0, 0, "door", "hall"), **GROUND))["door"]
    assert door.mean_flow_p_s is door.peak_flow_p_s is door.share_used is None
    assert door.queue_person_s.number == 0.0


def test_the_peak_flow_is_that_of_the_busiest_half_minute():
    slow = [(10.0 * n, 10.0 * n, n, "door", "hall") for n in range(10)]
    fast = [(200.0 + 0.5 * n, 200.0, 100 + n, "door", "hall") for n in range(100)]
    door = used(trace(*slow, *fast, **GROUND, **CROWD))["door"]
    assert door.peak_flow_p_s == pytest.approx(2.0)
    assert door.mean_flow_p_s == pytest.approx(109 / 249.5)


@pytest.mark.parametrize("capacity_p_s", [0.37, 0.951, 1.3, 3.9])
def test_a_link_that_keeps_its_headway_never_shows_more_than_its_capacity(capacity_p_s):
    rng = np.random.default_rng(7)
    arrivals = np.sort(rng.uniform(0.0, 300.0, 400))
    passed, free_s = [], 0.0
    for at in arrivals:
        passed.append(max(at, free_s))
        free_s = passed[-1] + 1.0 / capacity_p_s
    heads = np.ones(len(passed), dtype=np.int64)
    found = busiest_p_s(np.array(passed), heads, window_s=30.0)
    assert 0.0 < found <= capacity_p_s + 1e-9


def test_nobody_makes_no_flow():
    assert busiest_p_s(np.empty(0), np.empty(0, np.int64), window_s=30.0) == 0.0


def test_queues_are_those_of_the_measures():
    t = trace(*saturated(20), **GROUND, **CROWD)
    assert used(t)["door"].queue_person_s == queues(t)["queue.door"]
    assert used(t)["door"].longest_queue_p == queues(t)["peak.door"]


@pytest.mark.parametrize(("end", "known"), [("standstill", False), ("endex", True)])
def test_waits_are_bounds_only_beside_people_who_never_got_through(end, known):
    t = trace((12.0, 10.0, 0, "door", "hall"), (15.0, 14.0, 3, "gate-w", "muster-w"), **GROUND)
    t.add(100.0, "person", actor="clerks", task="inside", value=2.0)
    t.add(100.0, "end", task=end)
    found = used(t)
    assert math.isnan(found["door"].longest_wait_s.number) is not known
    assert (found["door"].longest_wait_s.number if known else found["door"].longest_wait_s.at_least) == 2.0
    # A clerk left in the hall may wait at any of its links, as one in the office may at its door.
    assert math.isnan(found["gate-w"].queue_person_s.number) is not known


def test_a_queue_far_from_who_is_left_is_known():
    # Both clerks are left in the yard, which only the hatch touches.
    t = trace(
        (12.0, 10.0, 0, "hatch", "yard"), (12.0, 10.0, 1, "hatch", "yard"),
        (15.0, 14.0, 3, "gate-w", "muster-w"),
        **{**GROUND, "link_ends": ((3, 0), (0, 1), (0, 2), (4, 4))},
    )  # fmt: skip
    t.add(100.0, "person", actor="clerks", task="inside", value=2.0)
    t.add(100.0, "end", task="horizon")
    found = used(t)
    assert found["gate-w"].queue_person_s.number == 1.0
    assert found["hatch"].queue_person_s.at_least == 4.0


def test_without_facts_of_the_ground_flows_are_known_and_capacities_are_not():
    door = used(trace(*saturated(11), **CROWD))["door"]
    assert door.mean_flow_p_s == pytest.approx(1.0)
    assert door.capacity_p_s is door.share_used is None
    assert door.heads_there == 11


def test_a_trace_without_passages_has_no_links():
    assert link_use(trace()) == ()


def test_who_passes_last_needs_no_more_time_and_a_party_needs_as_much_as_its_heads():
    # A party of three, then one alone, then three: the link was busy for 3 and 1 of 10 s.
    parties = {
        "groups": (("a", 3, False), ("b", 1, False), ("c", 3, False)),
        "group_places": ("office", "office", "office"),
        "group_tokens": (1, 1, 1),
    }
    rows = [(0.0, 0.0, 0, "door", "hall"), (5.0, 5.0, 1, "door", "hall"), (10.0, 10.0, 2, "door", "hall")]
    door = used(trace(*rows, **GROUND, **parties))["door"]
    assert door.heads_there == 7
    assert door.mean_flow_p_s == pytest.approx(4.0 / 10.0)
    assert door.share_used == pytest.approx(4.0 / 10.0)
    # And the last one alone: busy for 3 and 3.
    rows[1], rows[2] = (5.0, 5.0, 2, "door", "hall"), (10.0, 10.0, 1, "door", "hall")
    assert used(trace(*rows, **GROUND, **parties))["door"].share_used == pytest.approx(6.0 / 10.0)


@pytest.mark.parametrize("step_s", [1.0, 7.0, 13.0, 20.0, 29.0, 45.0])
def test_the_peak_flow_is_never_below_the_mean_flow(step_s):
    door = used(trace(*saturated(4, step_s=step_s), **GROUND, **CROWD))["door"]
    assert door.mean_flow_p_s == pytest.approx(1.0 / step_s)
    assert door.peak_flow_p_s >= door.mean_flow_p_s


def test_rounding_uses_no_link_more_than_in_full():
    passed_s = np.cumsum(np.full(201, 1.0 / 0.7))
    rows = [(float(at), 0.0, number, "door", "hall") for number, at in enumerate(passed_s)]
    ground = {**GROUND, "link_capacities_p_s": ((0.7, 0.7),) * 4}
    assert used(trace(*rows, **{**ground, **CROWD}))["door"].share_used == 1.0
