from __future__ import annotations

import math

import pytest

from drillsim.measures.egress import exit_times_s, last_out, leavers, not_out, reentered, told_last
from drillsim.measures.passages import stays
from tests.measures.hand import everybody_out, trace, way_out


def test_last_out_is_the_last_arrival_at_a_muster_and_leaves_out_who_is_to_stay():
    t = trace(*everybody_out())
    t.add(300.0, "end", task="endex")
    assert last_out(t)["last_out"].number == 120.0
    assert exit_times_s(t) == {"clerks": (110.0, 120.0), "visitors": (60.0, 70.0, 80.0)}


def test_somebody_still_inside_at_the_end_leaves_only_a_bound():
    t = trace(*everybody_out()[2:])  # the first clerk never starts
    t.add(300.0, "end", task="horizon")
    assert math.isnan(last_out(t)["last_out"].number)
    assert last_out(t)["last_out"].at_least == 300.0


@pytest.mark.parametrize("event", [("casualty", ""), ("person", "sheltered")])
def test_who_collapsed_or_shelters_is_not_waited_for(event):
    t = trace(*everybody_out()[2:])
    t.add(20.0, event[0], actor="clerks", task=event[1], value=1.0)
    t.add(300.0, "end", task="endex")
    assert leavers(t) == {"clerks": 1, "visitors": 3}
    assert last_out(t)["last_out"].number == 120.0


def test_the_closing_count_of_the_sheltered_is_not_added_to_their_orders():
    t = trace(*everybody_out()[2:])
    t.add(20.0, "person", actor="visitors", task="sheltered", value=1.0)
    t.add(30.0, "person", actor="visitors", task="sheltered", value=1.0)
    t.add(40.0, "milestone", task="cordon")
    t.add(300.0, "person", actor="visitors", task="evacuated", value=1.0)
    t.add(300.0, "person", actor="visitors", task="sheltered", value=2.0)
    t.add(300.0, "end", task="endex")
    assert leavers(t) == {"clerks": 2, "visitors": 1}


def test_a_group_that_moves_as_one_counts_with_all_its_heads():
    t = trace(
        *way_out(0, 0.0),
        *way_out(2, 5.0),
        groups=(("clerks", 4, False), ("guards", 1, True), ("visitors", 3, False)),
        group_tokens=(1, 1, 1),
    )
    t.add(60.0, "end", task="endex")
    assert exit_times_s(t) == {"clerks": (10.0,) * 4, "visitors": (15.0,) * 3}


def test_who_goes_back_counts_as_out_from_the_last_time_and_as_reentered():
    back = [(200.0, 200.0, 3, "", "muster-w"), (201.0, 201.0, 3, "gate-w", "hall"), *way_out(3, 230.0)]
    t = trace(*everybody_out(), *back)
    t.add(300.0, "end", task="endex")
    assert last_out(t)["last_out"].number == 240.0
    assert reentered(t)["reentered"].number == 1.0


def test_walking_through_a_muster_on_the_way_is_no_reentry():
    through = [
        (0.0, 0.0, 0, "", "hall"),
        (10.0, 10.0, 0, "gate-w", "muster-w"),
        (20.0, 20.0, 0, "hatch", "yard"),
    ]
    t = trace(*through, (30.0, 30.0, 0, "gate-e", "muster-e"))
    t.add(60.0, "end", task="endex")
    assert reentered(t)["reentered"].number == 0.0


def test_told_last_waits_for_the_last_head_of_the_last_group():
    t = trace()
    t.add(10.0, "told", actor="visitors", task="voice", value=3.0)
    t.add(20.0, "told", actor="clerks", task="voice", value=1.0)
    t.add(45.0, "told", actor="clerks", task="smoke", value=1.0)
    t.add(60.0, "end", task="endex")
    assert told_last(t)["told.last"].number == 45.0


def test_who_is_told_again_by_another_mode_is_not_counted_again():
    t = trace()
    t.add(10.0, "told", actor="visitors", task="voice", value=3.0)
    t.add(20.0, "told", actor="clerks", task="voice", value=2.0)
    t.add(45.0, "told", actor="clerks", task="smoke", value=0.0)  # nobody new among them
    t.add(60.0, "end", task="endex")
    assert told_last(t)["told.last"].number == 20.0


def test_casualties_are_not_waited_for_and_do_not_move_the_moment_the_last_head_was_told():
    t = trace()
    t.add(10.0, "told", actor="visitors", task="voice", value=3.0)
    t.add(20.0, "told", actor="clerks", task="voice", value=1.0)
    t.add(40.0, "casualty", actor="clerks", value=1.0)  # the other clerk, never told
    t.add(60.0, "end", task="endex")
    assert told_last(t)["told.last"].number == 20.0


def test_a_casualty_that_had_been_told_does_not_bring_told_last_forward():
    t = trace()
    t.add(10.0, "told", actor="visitors", task="voice", value=3.0)
    t.add(20.0, "told", actor="clerks", task="voice", value=1.0)
    t.add(45.0, "told", actor="clerks", task="smoke", value=1.0)
    t.add(50.0, "casualty", actor="clerks", value=1.0)
    t.add(60.0, "end", task="endex")
    assert told_last(t)["told.last"].number == 45.0


def test_who_stays_does_not_count_for_told_last():
    t = trace()
    t.add(10.0, "told", actor="visitors", task="voice", value=3.0)
    t.add(20.0, "told", actor="clerks", task="voice", value=2.0)
    t.add(50.0, "told", actor="guards", task="voice", value=1.0)
    t.add(60.0, "end", task="endex")
    assert told_last(t)["told.last"].number == 20.0


def test_part_of_a_group_told_leaves_told_last_open():
    t = trace()
    t.add(10.0, "told", actor="visitors", task="voice", value=2.0)
    t.add(20.0, "told", actor="clerks", task="voice", value=2.0)
    t.add(60.0, "end", task="horizon")
    assert told_last(t)["told.last"].at_least == 60.0


def test_who_is_inside_at_the_end_is_not_out_save_who_stays_or_lies_there():
    t = trace()
    t.add(20.0, "casualty", actor="visitors", value=2.0)
    t.add(30.0, "person", actor="visitors", task="rescued", value=1.0)
    t.add(40.0, "milestone", task="cordon")
    t.add(300.0, "person", actor="clerks", task="trapped", value=1.0)
    t.add(300.0, "person", actor="clerks", task="evacuated", value=1.0)
    t.add(300.0, "person", actor="guards", task="inside", value=1.0)
    t.add(300.0, "person", actor="visitors", task="evacuated", value=1.0)  # carried
    t.add(300.0, "person", actor="visitors", task="inside", value=2.0)  # the other casualty lies there
    t.add(300.0, "end", task="horizon")
    assert not_out(t) == {"clerks": 1, "visitors": 1}


def test_a_group_nobody_told_leaves_told_last_open():
    t = trace()
    t.add(10.0, "told", actor="visitors", task="voice", value=3.0)
    t.add(60.0, "end", task="horizon")
    assert told_last(t)["told.last"].at_least == 60.0


def test_a_trace_without_passages_is_read_by_its_person_rows():
    t = trace()
    t.add(90.0, "person", actor="clerks", task="evacuated", value=2.0)
    t.add(95.0, "person", actor="visitors", task="evacuated", value=3.0)
    t.add(200.0, "milestone", task="endex")
    assert last_out(t)["last_out"].number == 95.0


def test_a_run_that_did_not_record_passages_has_no_last_out():
    t = trace()
    t.add(100.0, "milestone", task="endex")
    t.add(100.0, "person", actor="clerks", task="evacuated", value=2.0)
    t.add(100.0, "end", task="endex")
    assert last_out(t) == {}


def test_a_passage_of_somebody_the_header_does_not_know_is_an_error():
    with pytest.raises(ValueError, match=r"person 6 .* header has 6"):
        stays(trace(*way_out(6, 0.0)))
