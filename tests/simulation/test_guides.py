"""Staff who point to a way out."""

import pytest

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec
from drillsim.simulation.guides import discouraged_ports
from drillsim.simulation.run import run
from tests.simulation.small import end_states, fork, inject, passages, task, two_ways

OPEN_END = task(takes="20 min", milestone="over")
EASTWARD = {"do": "guide", "at": ["room"], "to": ["east-door"]}


def guided(*effects, alarm_at="1 min", **sections):
    """The alarm at a minute, pre-movement half a minute; effects at the times given with them."""
    tasks = {
        "alarm": task(takes=alarm_at, effects=[{"do": "tell", "mode": "voice"}]),
        "over": OPEN_END,
    }
    injects = {f"g{at}": inject(f"{at} s", effect) for at, effect in effects}
    trace = run(fork(tasks=tasks, injects=injects, **sections), plan="plan")
    assert end_states(trace) == {("staff", "evacuated"): 10.0}
    west = len(passages(trace, "west-exit", into="yard-west"))
    east = len(passages(trace, "east-exit", into="yard-east"))
    return trace, (west, east)


def test_without_staff_people_take_the_nearer_way_and_with_staff_the_one_they_point_to():
    assert guided()[1] == (10, 0)
    assert guided((5, EASTWARD))[1] == (0, 10)


def test_the_trace_names_where_staff_point_and_when_they_go():
    trace, _ = guided((5, EASTWARD | {"lasts": "5 min"}))
    assert [(row.time_s, row.place, row.task) for _, row in trace.of("guide")] == [
        (5.0, "room", "east-door"),
        (305.0, "room", ""),
    ]


def test_staff_who_have_gone_when_the_alarm_comes_change_nothing():
    assert guided((5, EASTWARD | {"lasts": "50 s"}))[1] == (10, 0)


def test_staff_point_until_an_event():
    assert guided((5, EASTWARD | {"until": "over"}))[1] == (0, 10)
    early = {"early": inject("20 s")}
    tasks = {
        "alarm": task(takes="1 min", effects=[{"do": "tell", "mode": "voice"}]),
        "over": OPEN_END,
    }
    injects = early | {"g": inject("5 s", EASTWARD | {"until": "inject.early"})}
    trace = run(fork(tasks=tasks, injects=injects), plan="plan")
    assert len(passages(trace, "west-exit", into="yard-west")) == 10
    assert [row.time_s for _, row in trace.of("guide")] == [5.0, 20.0]


def test_staff_who_are_sent_away_point_no_longer():
    assert guided((5, EASTWARD), (30, EASTWARD | {"to": []}))[1] == (10, 0)
    elsewhere = {"do": "guide", "at": ["store"], "to": []}
    assert guided((5, EASTWARD), (30, elsewhere))[1] == (0, 10)


def test_several_who_point_to_different_ways_leave_the_choice_between_them():
    both = {"do": "guide", "at": ["room"], "to": ["west-door"]}
    assert guided((5, EASTWARD), (6, both))[1] == (10, 0)


def test_when_one_of_two_goes_the_other_still_points():
    shorter = {"do": "guide", "at": ["room"], "to": ["west-door"], "lasts": "30 s"}
    assert guided((5, EASTWARD), (6, shorter))[1] == (0, 10)


def test_who_comes_through_the_space_is_turned_as_well():
    groups = {"staff": {"count": "10", "place": "store", "profile": "plain"}}
    assert guided((5, EASTWARD), groups=groups)[1] == (0, 10)


def test_people_on_their_way_turn_when_staff_begin_to_point():
    # they set out at 90 s and reach the western door at 94 s
    assert guided((92, EASTWARD))[1] == (0, 10)
    assert guided((130, EASTWARD))[1] == (10, 0)  # through the door: nobody comes back


def test_a_way_that_leads_nowhere_is_not_taken_though_staff_point_to_it():
    assert guided((5, {"do": "guide", "at": ["room"], "to": ["store-door"]}))[1] == (10, 0)


def test_staff_in_the_background_keep_no_run_from_ending():
    tasks = {"a": task(takes="1 min", milestone="over")}
    injects = {"g": inject("5 s", EASTWARD | {"lasts": "30 min"})}
    trace = run(fork(tasks=tasks, injects=injects), plan="plan")
    assert trace.rows[-1].time_s == 60.0


def test_staff_point_until_a_time_or_an_event_not_both():
    with pytest.raises(ValueError, match="lasts or until"):
        guided((5, EASTWARD | {"lasts": "1 min", "until": "over"}))


def test_ports_pointed_away_from_are_the_other_ways_out_of_that_space_only():
    facility = Facility.build(FacilitySpec.model_validate(two_ways()))
    room, west = facility.space_index["room"], facility.space_index["west"]
    east_door, west_exit = facility.link_index["east-door"], facility.link_index["west-exit"]
    found = discouraged_ports(facility, [((room, west), (east_door,)), ((west,), (west_exit,))])
    names = {(facility.links[port >> 1], facility.spaces[facility.port_from[port]]) for port in found}
    assert names == {("west-door", "room"), ("store-door", "room"), ("west-door", "west")}
    assert discouraged_ports(facility, []) == frozenset()
    assert discouraged_ports(facility, [((room,), (west_exit,))]) == frozenset()
