"""Spill-back, reaction in mid-walk, orders, and what a crowd tells."""

from __future__ import annotations

from math import inf
from typing import Any

import pytest

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LinkSpec, SpaceSpec
from drillsim.people.crowd import Crowd
from drillsim.people.network import Route
from drillsim.people.population import Population
from drillsim.streams import Streams
from drillsim.trace.log import CrowdLog
from tests.people.cases import arrivals, crowd_of, people_at, room_with_door, site, used

SHUT = {"forward_open": False, "backward_open": False}
OPEN = {"forward_open": True, "backward_open": True}


def line(*, slots: int = 2, exit_flow_p_s: float = 0.5, rooms: int = 1) -> Facility:
    """Rooms that lead into one short corridor of few slots with a slow exit."""
    spaces: dict[str, dict[str, object]] = {
        "hall": {"kind": "corridor", "at_m": (0, 0), "size_m": (4, 1), "area_m2": slots / 2.75},
        "out": {"kind": "outside", "at_m": (12, 0), "size_m": (20, 20)},
    }
    links: dict[str, dict[str, object]] = {
        "exit": {"between": ("hall", "out"), "at_m": (2, 0), "flow_p_s": exit_flow_p_s}
    }
    for room in range(rooms):
        spaces[f"room{room}"] = {"at_m": (-7, 20 * room), "size_m": (10, 10)}
        links[f"door{room}"] = {"between": (f"room{room}", "hall"), "at_m": (-7, 20 * room), "flow_p_s": 2.0}
    return site(spaces, links)


def fork(*, near: float = 5.0, far: float = 9.0, **movement: Any) -> Facility:
    """A room with a near way through ``left`` and a far one through ``right``; both lead out."""
    return site(
        {
            "room": {"kind": "hall", "at_m": (0, 0), "size_m": (20, 20)},
            "left": {"kind": "corridor", "at_m": (-near - 5, 0), "size_m": (10, 3)},
            "right": {"kind": "corridor", "at_m": (far + 5, 0), "size_m": (10, 3)},
            "out": {"kind": "outside", "at_m": (0, 60), "size_m": (90, 60)},
        },
        {
            "to-left": {"between": ("room", "left"), "at_m": (-near, 0), "flow_p_s": 1.0},
            "to-right": {"between": ("room", "right"), "at_m": (far, 0), "flow_p_s": 1.0},
            "left-out": {"between": ("left", "out"), "at_m": (-near - 10, 0), "flow_p_s": 1.0},
            "right-out": {"between": ("right", "out"), "at_m": (far + 10, 0), "flow_p_s": 1.0},
        },
        **movement,
    )


# -- spill-back ---------------------------------------------------------------------------------------


def test_a_full_space_holds_back_those_behind_it() -> None:
    facility = line(slots=2)
    crowd = crowd_of(facility, ["room0"] * 10, law="assigned")
    hall = facility.space_index["hall"]
    most = 0
    while crowd.next_time() < inf:
        crowd.advance(crowd.next_time(), inclusive=True)
        most = max(most, crowd.occupancy[hall])
    assert most == 2
    # Nine walks to the exit are 9 m; the slow exit decides, then the slot it frees is walked into anew.
    times = [t for t, link in zip(crowd.log.time_s, crowd.log.link, strict=True) if link >= 0]
    assert len(times) == 20
    doors = [
        t
        for t, link in zip(crowd.log.time_s, crowd.log.link, strict=True)
        if link == facility.link_index["door0"]
    ]
    exits = [
        t
        for t, link in zip(crowd.log.time_s, crowd.log.link, strict=True)
        if link == facility.link_index["exit"]
    ]
    assert doors[2:] == exits[: len(doors) - 2]  # the third enters as the first leaves


def test_two_full_rooms_merge_by_who_has_waited_longest() -> None:
    facility = line(slots=4, rooms=2)
    crowd = crowd_of(facility, ["room0"] * 40 + ["room1"] * 40, law="assigned")
    crowd.advance(200.0)
    shares = used(crowd)
    assert shares["exit"] >= 30
    assert 0.35 <= shares["door0"] / (shares["door0"] + shares["door1"]) <= 0.65
    arrivals(crowd)


def test_the_longer_wait_goes_first_into_a_full_space() -> None:
    facility = line(slots=1, rooms=2)
    # Person 0 fills the corridor; 2 comes to its door before 1.
    crowd = crowd_of(facility, ["room0", "room0", "room1"], start_s=[0.0, 0.9, 0.8])
    arrivals(crowd)
    passed = [p for p, link in zip(crowd.log.person, crowd.log.link, strict=True) if link >= 0]
    assert passed == [0, 0, 2, 2, 1, 1]


def test_a_person_removed_frees_its_slot_for_those_behind() -> None:
    facility = line(slots=1)
    crowd = crowd_of(facility, ["room0", "hall"])
    crowd.hold(1)
    crowd.advance(10.0)
    assert [crowd.state_of(p) for p in (0, 1)] == ["queueing", "held"]
    assert dict(crowd.standstill()) == {"hall": 0, "room0": 1}
    crowd.remove(1)
    crowd.advance(inf)
    assert crowd.arrived_s(0) is not None
    assert (crowd.space_of(1), crowd.state_of(1)) == (-1, "removed")
    assert sum(crowd.occupancy) == 1


def test_two_full_spaces_that_want_to_swap_are_named() -> None:
    facility = site(
        {
            "a": {"at_m": (-2, 0), "size_m": (2, 1)},
            "b": {"at_m": (2, 0), "size_m": (2, 1)},
            "a-out": {"kind": "outside", "at_m": (-20, 0), "size_m": (20, 20)},
            "b-out": {"kind": "outside", "at_m": (20, 0), "size_m": (20, 20)},
        },
        {
            "middle": {"between": ("a", "b"), "at_m": (0, 0)},
            "west": {"between": ("a", "a-out"), "at_m": (-3, 0)},
            "east": {"between": ("b", "b-out"), "at_m": (3, 0)},
        },
    )
    crowd = crowd_of(facility, ["a"] * 5 + ["b"] * 5, goals=["b-out"])
    west = (facility.space_index["a-out"],)
    for person in range(5, 10):
        crowd.start(person, 0.0, goals=west)
    assert crowd.standstill() == []  # something is pending
    crowd.advance(inf)
    assert crowd.next_time() == inf
    assert sorted(crowd.standstill()) == [("a", 5), ("b", 5)]
    assert crowd.queue_of(facility.link_index["middle"]) == 10


# -- reaction in mid-walk -----------------------------------------------------------------------------


def test_a_queue_leaves_a_door_that_shuts_and_others_keep_their_place() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"] * 6, law="assigned")
    crowd.advance(7.5)  # passed at 5, 6 and 7
    crowd.set_link(facility.link_index["to-left"], **SHUT)
    last_s = max(arrivals(crowd))
    assert used(crowd) == {"to-left": 3, "left-out": 3, "to-right": 3, "right-out": 3}
    # 14 m across from 7.5, two headways, 10 m of corridor.
    assert last_s == pytest.approx(7.5 + 14.0 + 2.0 + 10.0)


def test_a_queue_stays_when_another_way_opens_and_only_walkers_take_it() -> None:
    facility = fork(near=5.0, far=4.0)
    crowd = Crowd(facility, people_at(facility, ["room"] * 3), law="assigned")
    right = facility.link_index["to-right"]
    crowd.set_link(right, **SHUT)
    for person, time_s in enumerate([0.0, 0.0, 2.0]):
        crowd.start(person, time_s, goals=(facility.space_index["out"],))
    crowd.advance(5.5)  # one passed, one queues, one has walked 3.5 m of 5
    crowd.set_link(right, **OPEN)
    arrivals(crowd)
    assert used(crowd)["to-left"] == 3  # 1.5 m on is nearer than 3.5 m back and 4 m on
    crowd = Crowd(facility, people_at(facility, ["room"]), law="assigned")
    crowd.set_link(right, **SHUT)
    crowd.start(0, 0.0, goals=(facility.space_index["out"],))
    crowd.advance(0.25)
    crowd.set_link(right, **OPEN)
    assert arrivals(crowd) == pytest.approx([0.25 + 0.25 + 4.0 + 10.0])


def test_people_without_a_way_are_listed_and_go_on_when_one_opens() -> None:
    facility = room_with_door()
    crowd = crowd_of(facility, ["room"] * 3)
    door = facility.link_index["door"]
    crowd.set_link(door, **SHUT)
    crowd.advance(5.0)
    room = facility.space_index["room"]
    assert crowd.stuck() == [(0, room), (1, room), (2, room)]
    assert crowd.next_time() == inf
    crowd.set_link(door, **OPEN)
    assert crowd.stuck() == []
    assert min(arrivals(crowd)) == 5.0


def test_closing_one_direction_leaves_the_other() -> None:
    facility = room_with_door()
    door = facility.link_index["door"]
    crowd = crowd_of(facility, ["room"])
    crowd.set_link(door, forward_open=True, backward_open=False)
    assert arrivals(crowd) == [0.0]
    back = crowd_of(facility, ["out"], goals=["room"])
    back.set_link(door, forward_open=True, backward_open=False)
    back.advance(100.0)
    assert back.state_of(0) == "stuck"


def test_closing_and_opening_at_one_instant_changes_nothing() -> None:
    facility = fork()
    plain = crowd_of(facility, ["room"] * 20, law="assigned")
    twitchy = crowd_of(facility, ["room"] * 20, law="assigned")
    for time_s in (1.0, 2.0, 4.0):
        twitchy.advance(time_s)
        twitchy.set_link(facility.link_index["to-left"], **SHUT)
        twitchy.set_link(facility.link_index["to-left"], **OPEN)
    assert arrivals(twitchy) == pytest.approx(arrivals(plain), abs=1e-9)
    assert sum(twitchy.occupancy) == 20


def test_a_new_order_in_mid_walk_replaces_the_old_one() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"], goals=["left"])
    crowd.advance(2.0)
    crowd.start(0, 3.0, goals=(facility.space_index["right"],))
    crowd.advance(2.5)
    assert crowd.state_of(0) == "walking"
    assert arrivals(crowd) == pytest.approx([3.0 + 3.0 + 9.0])  # 3 m back, 9 m on
    assert not used(crowd)["to-left"]


def test_a_later_order_for_the_same_person_drops_the_earlier_one() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"], goals=["left"], start_s=10.0)
    crowd.start(0, 4.0, goals=(facility.space_index["right"],))
    assert arrivals(crowd) == pytest.approx([13.0])


def test_who_is_at_the_goal_arrives_at_once_and_can_be_sent_on() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"], goals=["room"], start_s=2.0)
    assert arrivals(crowd) == [2.0]
    assert crowd.has_arrived(0)
    crowd.start(0, 2.0, goals=(facility.space_index["left"],))
    assert arrivals(crowd) == [7.0]


# With C = 2 people walk 1 / (1 + K) times as fast in smoke of extinction K.
SMOKY: dict[str, Any] = {"smoke_speed": "visibility-ratio", "visibility_constant": 2.0}


def test_smoke_slows_the_rest_of_a_walk_down() -> None:
    facility = fork(**SMOKY)
    crowd = crowd_of(facility, ["room"], goals=["left"], law="assigned")
    crowd.advance(3.0)
    crowd.set_extinction(facility.space_index["room"], 1.0)
    assert crowd.next_time() == pytest.approx(3.0 + 2.0 / 0.5)
    crowd.advance(5.0)
    crowd.set_extinction(facility.space_index["room"], 0.0)
    assert arrivals(crowd) == pytest.approx([5.0 + 1.0])
    late = crowd_of(facility, ["room"], law="assigned")
    late.set_extinction(facility.space_index["left"], 3.0)
    assert arrivals(late) == pytest.approx([5.0 + 40.0])


def test_turning_back_in_smoke_still_knows_the_way() -> None:
    facility = fork(**SMOKY)
    crowd = crowd_of(facility, ["room"], law="assigned")
    crowd.advance(2.0)
    crowd.set_extinction(facility.space_index["room"], 1.0)
    crowd.advance(4.0)  # 3 m from the middle
    crowd.set_link(facility.link_index["to-left"], **SHUT)
    crowd.advance(6.0)  # 1 m back
    crowd.set_extinction(facility.space_index["room"], 0.0)
    assert arrivals(crowd) == pytest.approx([6.0 + 2.0 + 9.0 + 10.0])


# -- what to avoid, and familiar ways -----------------------------------------------------------------


def test_people_walk_round_what_is_to_be_avoided() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"], law="assigned")
    crowd.set_avoid({facility.space_index["left"]}, hard=False)
    assert arrivals(crowd) == [19.0]
    assert used(crowd)["to-right"] == 1


def test_they_pass_through_it_only_if_there_is_no_other_way() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"], law="assigned")
    crowd.set_link(facility.link_index["to-right"], **SHUT)
    crowd.set_avoid({facility.space_index["left"]}, hard=False)
    assert arrivals(crowd) == [15.0]


def test_hard_avoidance_keeps_them_where_they_are_until_it_ends() -> None:
    facility = fork()
    left, right = facility.space_index["left"], facility.space_index["right"]
    crowd = crowd_of(facility, ["room"], law="assigned")
    crowd.set_avoid({left, right}, hard=True)
    crowd.advance(50.0)
    assert crowd.stuck() == [(0, facility.space_index["room"])]
    crowd.set_avoid((), hard=True)
    assert arrivals(crowd) == [65.0]


@pytest.mark.parametrize("hard", [True, False])
def test_those_inside_leave_by_the_nearest_way(hard: bool) -> None:
    facility = fork()
    crowd = crowd_of(facility, ["left"], goals=["right"], law="assigned")
    crowd.set_avoid({facility.space_index["left"]}, hard=hard)
    assert arrivals(crowd) == [5.0 + 14.0]


def test_a_queue_turns_from_a_space_to_be_avoided() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"] * 5, law="assigned")
    crowd.advance(6.5)
    crowd.set_avoid({facility.space_index["left"]}, hard=False)
    arrivals(crowd)
    assert used(crowd)["to-right"] == 3


def test_a_familiar_way_is_taken_though_it_is_longer() -> None:
    crowd = crowd_of(fork(), ["room"], via=["right"], law="assigned")
    assert arrivals(crowd) == [19.0]
    assert crowd.notes == []


def test_a_familiar_way_that_is_lost_gives_way_to_the_nearest_and_is_noted() -> None:
    facility = fork()
    shut = crowd_of(facility, ["room"], via=["right"], law="assigned")
    shut.set_link(facility.link_index["to-right"], **SHUT)
    assert arrivals(shut) == [15.0]
    avoided = crowd_of(facility, ["room"], via=["right"], law="assigned")
    avoided.advance(2.0)
    avoided.set_avoid({facility.space_index["right"]}, hard=False)
    assert arrivals(avoided) == [2.0 + 2.0 + 15.0]
    assert [note[:] for note in avoided.notes] == [(2.0, 0, "via")]
    assert [note.time_s for note in shut.notes] == [0.0]


def test_who_is_in_a_familiar_place_already_goes_straight_on() -> None:
    assert arrivals(crowd_of(fork(), ["right"], via=["right"], law="assigned")) == [5.0]


# -- groups, casualties -------------------------------------------------------------------------------


def test_a_group_that_stays_together_crosses_as_one_and_keeps_the_door_for_all_its_heads() -> None:
    facility = room_with_door()
    crowd = crowd_of(facility, ["room", "room"], heads=[5, 1], start_s=[0.0, 0.1])
    assert sum(crowd.occupancy) == 6
    assert arrivals(crowd) == pytest.approx([0.0, 5 / 0.931])
    assert crowd.occupancy[facility.space_index["out"]] == 6


def test_a_group_is_not_overtaken_for_ever_by_singles() -> None:
    facility = line(slots=4, rooms=2)
    crowd = crowd_of(
        facility, ["room0"] + ["room1"] * 60, heads=[3] + [1] * 60, start_s=[3.5, *range(60)], law="assigned"
    )
    times = arrivals(crowd)
    assert sorted(times).index(times[0]) <= 6


def test_a_group_larger_than_a_space_passes_it_alone() -> None:
    facility = line(slots=2)
    crowd = crowd_of(facility, ["room0", "room0"], heads=[5, 1])
    hall = facility.space_index["hall"]
    seen = set()
    while crowd.next_time() < inf:
        crowd.advance(crowd.next_time(), inclusive=True)
        seen.add(crowd.occupancy[hall])
    assert seen == {0, 1, 5}


def test_a_casualty_in_a_queue_lets_the_others_pass() -> None:
    crowd = crowd_of(room_with_door(), ["room"] * 4)
    crowd.advance(0.5)
    fallen = next(p for p in range(4) if crowd.state_of(p) == "queueing")
    crowd.hold(fallen)
    crowd.advance(inf)
    assert [crowd.state_of(p) for p in range(4)].count("arrived") == 3
    assert crowd.state_of(fallen) == "held"
    crowd.start(fallen, crowd.now_s, goals=(crowd.facility.space_index["out"],))
    crowd.advance(inf)
    assert crowd.state_of(fallen) == "held"
    crowd.release(fallen)
    assert crowd.next_time() < inf
    arrivals(crowd)


def test_who_is_held_in_mid_walk_goes_on_from_there() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"], law="assigned")
    crowd.advance(3.0)
    crowd.hold(0)
    crowd.hold(0)
    crowd.advance(10.0)
    crowd.release(0)
    crowd.release(0)
    assert arrivals(crowd) == pytest.approx([10.0 + 2.0 + 10.0])


def test_a_held_person_who_never_had_an_order_waits_again() -> None:
    facility = fork()
    crowd = Crowd(facility, people_at(facility, ["room"]))
    crowd.hold(0)
    crowd.release(0)
    assert crowd.state_of(0) == "waiting"


# -- clock, watches, log ------------------------------------------------------------------------------


def test_advance_takes_what_is_strictly_earlier_unless_told_otherwise() -> None:
    crowd = crowd_of(fork(), ["room"], goals=["left"])
    assert crowd.next_time() == 0.0
    crowd.advance(0.0)
    assert crowd.state_of(0) == "waiting"
    crowd.advance(5.0)
    assert crowd.arrived_s(0) is None
    assert crowd.next_time() == crowd.now_s == 5.0
    crowd.advance(5.0, inclusive=True)
    assert crowd.arrived_s(0) == 5.0


def test_a_decision_comes_before_a_passage_at_the_same_time() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"], goals=["left"])
    crowd.advance(4.0)
    crowd.start(0, 5.0, goals=(facility.space_index["right"],))
    assert arrivals(crowd) == [5.0 + 14.0]


def test_a_watch_stops_after_the_first_departure_or_arrival() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"] * 2, law="assigned")
    watch = crowd.watch((facility.space_index["room"],))
    assert crowd.advance(inf) == crowd.now_s == 5.0
    assert crowd.advance(inf) == 6.0
    crowd.unwatch(watch)
    watch = crowd.watch((facility.space_index["out"],))
    assert crowd.advance(15.5) == 15.0
    assert crowd.advance(15.5) is None
    assert crowd.now_s == 15.5
    crowd.unwatch(watch)
    assert crowd.advance(inf) is None
    with pytest.raises(KeyError):
        crowd.unwatch(watch)


def test_a_watch_sees_an_arrival_on_the_spot() -> None:
    facility = fork()
    crowd = crowd_of(facility, ["room"], goals=["room"], start_s=4.0)
    crowd.watch((facility.space_index["room"],))
    assert crowd.advance(inf) == 4.0


def test_recording_changes_nothing() -> None:
    facility = line(slots=3, rooms=3)
    places = ["room0"] * 20 + ["room1"] * 20 + ["room2"] * 20
    assert arrivals(crowd_of(facility, places, record=True)) == arrivals(
        crowd_of(facility, places, record=False)
    )


def test_the_log_tells_starts_waits_and_spaces() -> None:
    facility = room_with_door()
    log = CrowdLog()
    crowd = Crowd(facility, people_at(facility, ["room"] * 2), log=log)
    for person in (0, 1):
        crowd.start(person, 3.0, goals=(facility.space_index["out"],))
    crowd.advance(inf)
    room, out = facility.space_index["room"], facility.space_index["out"]
    assert list(log.link) == [-1, -1, 0, 0]
    assert list(log.space) == [room, room, out, out]
    assert list(log.arrived_s) == [3.0] * 4
    assert list(log.time_s) == pytest.approx([3.0, 3.0, 3.0, 3.0 + 1 / 0.931])


def test_renaming_or_reordering_changes_no_time() -> None:
    facility = line(slots=3, rooms=2)
    mirrored = site(
        {
            name: dict(spec)
            for name, spec in reversed(facility.spec.model_dump(by_alias=False)["spaces"].items())
        },
        {
            name: dict(spec)
            for name, spec in reversed(facility.spec.model_dump(by_alias=False)["links"].items())
        },
    )
    places = ["room0"] * 20 + ["room1"] * 20
    assert arrivals(crowd_of(facility, places)) == arrivals(crowd_of(mirrored, places))


@pytest.mark.parametrize("delay_s", [7.0, 64.0])
def test_a_delay_for_all_shifts_every_time_by_it(delay_s: float) -> None:
    facility = line(slots=3, rooms=2)
    places = ["room0"] * 20 + ["room1"] * 20
    early, late = arrivals(crowd_of(facility, places)), arrivals(crowd_of(facility, places, start_s=delay_s))
    assert late == pytest.approx([time_s + delay_s for time_s in early], abs=1e-9)


# -- misuse -------------------------------------------------------------------------------------------


def test_time_does_not_go_back() -> None:
    crowd = crowd_of(room_with_door(), ["room"])
    crowd.advance(5.0)
    with pytest.raises(ValueError, match=r"5\.0 s already"):
        crowd.advance(4.0)
    with pytest.raises(ValueError, match=r"5\.0 s already"):
        crowd.start(0, 4.0, goals=(0,))


def test_orders_that_cannot_be_are_refused() -> None:
    crowd = crowd_of(room_with_door(), ["room"])
    with pytest.raises(ValueError, match="at least one goal"):
        crowd.start(0, 0.0, goals=())
    with pytest.raises(ValueError, match="not negative"):
        crowd.set_extinction(0, -0.1)
    crowd.remove(0)
    crowd.remove(0)
    with pytest.raises(ValueError, match="was removed"):
        crowd.start(0, 0.0, goals=(0,))


def both_ways(*, slots: int) -> Facility:
    """A large room ``a`` and a small room ``b`` with one door (1 p/s), and ``c`` that leads into ``b``."""
    return site(
        {
            "a": {"at_m": (-10, 0), "size_m": (20, 20)},
            "b": {"at_m": (4, 0), "size_m": (8, 2), "area_m2": slots / 2.75},
            "c": {"at_m": (20, 0), "size_m": (20, 20)},
        },
        {
            "door": {"between": ("a", "b"), "at_m": (0, 0), "flow_p_s": 1.0},
            "side": {"between": ("c", "b"), "at_m": (20, 0), "flow_p_s": 1.0},
        },
    )


def send(crowd: Crowd, people: range, goal: str, time_s: float = 0.0) -> None:
    for person in people:
        crowd.start(person, time_s, goals=(crowd.facility.space_index[goal],))


def passages(crowd: Crowd) -> list[tuple[float, str]]:
    names = crowd.facility.spaces
    return [
        (round(t, 9), names[space])
        for t, link, space in zip(crowd.log.time_s, crowd.log.link, crowd.log.space, strict=True)
        if link >= 0
    ]


def test_a_blocked_direction_of_a_door_does_not_block_the_other() -> None:
    facility = both_ways(slots=3)
    crowd = Crowd(facility, people_at(facility, ["b"] * 3 + ["a"] * 2, speed=10.0), law="assigned")
    crowd.hold(2)
    send(crowd, range(0, 2), "a", time_s=5.0)
    send(crowd, range(3, 5), "b")
    crowd.advance(inf)
    # Those of a wait from 1.0 on. The first of b passes at 5.4; then the door is theirs in turn.
    assert passages(crowd) == [(5.4, "a"), (6.4, "b"), (7.4, "a"), (8.4, "b")]


def test_the_other_direction_passes_at_once_when_the_slot_has_gone() -> None:
    facility = both_ways(slots=3)
    crowd = Crowd(facility, people_at(facility, ["b"] * 3 + ["a", "c"], speed=10.0), law="assigned")
    crowd.hold(2)
    send(crowd, range(0, 2), "a", time_s=5.0)
    send(crowd, range(3, 4), "b")
    send(crowd, range(4, 5), "b", time_s=6.0)  # stands at the side door and takes the slot
    crowd.advance(inf)
    assert passages(crowd) == [(5.4, "a"), (6.0, "b"), (6.4, "a"), (7.4, "b")]


def test_of_equally_long_ways_people_take_the_one_with_the_fewest_links():
    spaces = {
        "room": SpaceSpec(kind="room", at_m=(-13, 1), size_m=(6, 6)),
        "north": SpaceSpec(kind="corridor", at_m=(0, 2), size_m=(20, 2), length_m=20),
        "south": SpaceSpec(kind="corridor", at_m=(0, 0), size_m=(20, 2), length_m=20),
        "out": SpaceSpec(kind="outside", at_m=(13, 1), size_m=(6, 6)),
    }
    links = {
        "d": LinkSpec(between=("room", "south"), kind="door", width_m=1.0),
        "across": LinkSpec(between=("north", "south"), width_m=2.0, at_m=(0, 1)),
        "exit-n": LinkSpec(between=("north", "out"), kind="door", width_m=1.0),
        "exit-s": LinkSpec(between=("south", "out"), kind="door", width_m=1.0),
    }
    facility = Facility.build(FacilitySpec(spaces=spaces, links=links))
    people = Population.of(
        facility, place=[facility.space_index["room"]] * 40, speed_m_s=[1.2] * 40, streams=Streams(1)
    )
    crowd = Crowd(facility, people)
    for person in range(40):
        crowd.start(person, 0.0, goals=[facility.space_index["out"]])
    crowd.advance(3600.0)
    assert all(crowd.has_arrived(person) for person in range(40))
    crossings = [p for p, link in zip(crowd.log.person, crowd.log.link, strict=True) if link >= 0]
    assert {crossings.count(person) for person in range(40)} == {2}


@pytest.mark.parametrize("route", ["nearest", "least-crowded", "follow"])
def test_nobody_walks_in_circles_where_openings_share_a_spot(route: Route) -> None:
    spaces = {
        "a": {"at_m": (-4, 4), "size_m": (8, 8)},
        "b": {"at_m": (4, 4), "size_m": (8, 8)},
        "c": {"at_m": (4, -4), "size_m": (8, 8)},
        "out": {"kind": "outside", "at_m": (4, -20), "size_m": (20, 20)},
    }
    corner = {"at_m": (0, 0), "flow_p_s": 5.0}
    exit_ = {"exit": {"between": ("c", "out"), "at_m": (4, -8), "flow_p_s": 2.0}}
    ring = {name: {"between": tuple(name), **corner} for name in ("ab", "bc", "ca")}
    twins = {f"{a}{b}{i}": {"between": (a, b), **corner} for a, b in ("ab", "bc") for i in range(2)}
    for links in (ring | exit_, twins | exit_):
        crowd = crowd_of(site(spaces, links), ["a"] * 20 + ["b"] * 10 + ["c"] * 10, route=route)
        crowd.advance(600.0)
        assert all(map(crowd.has_arrived, range(40)))


def smoky_walk(*changes: tuple[float, float], people: int = 1) -> float:
    """Last arrival over 50 m at own 2 m/s, with extinctions from given times on."""
    facility = site(
        {
            "room": {"at_m": (0, 0), "size_m": (2, 2)},
            "hall": {"kind": "hall", "at_m": (26, 0), "size_m": (50, 10)},
            "out": {"kind": "outside", "at_m": (70, 0), "size_m": (30, 30)},
        },
        {
            "in": {"between": ("room", "hall"), "at_m": (1, 0), "flow_p_s": 1e6},
            "exit": {"between": ("hall", "out"), "at_m": (51, 0), "flow_p_s": 1e6},
        },
        **SMOKY,
    )
    crowd = crowd_of(facility, ["hall"] * (people - 1) + ["room"], speed=2.0)
    for person in range(people - 1):
        crowd.hold(person)
    for time_s, per_m in changes:
        crowd.advance(time_s)
        crowd.set_extinction(facility.space_index["hall"], per_m)
    crowd.advance(inf)
    entered = next(t for t, link in zip(crowd.log.time_s, crowd.log.link, strict=True) if link >= 0)
    arrived = crowd.arrived_s(people - 1)
    assert arrived is not None
    return arrived - entered


@pytest.mark.parametrize("people", [1, 500])
def test_smoke_that_comes_or_goes_in_mid_walk_leaves_the_law_of_crowds_in_force(people: int) -> None:
    clear, thick = smoky_walk(people=people), smoky_walk((0.0, 3.0), people=people)
    assert smoky_walk((0.0, 3.0), (1.001, 0.0), people=people) == pytest.approx(clear, rel=0.01)
    assert smoky_walk((1.001, 3.0), people=people) == pytest.approx(thick, rel=0.01)
    assert smoky_walk((1.001, 3.0), (1.01, 0.0), people=people) == pytest.approx(clear, rel=0.01)


def test_who_is_held_at_the_goal_keeps_the_time_of_arrival() -> None:
    crowd = crowd_of(room_with_door(), ["room"])
    crowd.advance(30.0)
    at_s = crowd.arrived_s(0)
    assert at_s is not None
    crowd.hold(0)
    crowd.release(0)
    assert crowd.has_arrived(0)
    assert crowd.arrived_s(0) == at_s


def test_the_clock_does_not_run_on_for_who_was_carried_out() -> None:
    crowd = crowd_of(fork(), ["room"], law="assigned")
    crowd.advance(1.0)
    crowd.remove(0)
    crowd.advance(inf)
    assert crowd.last_s <= 1.0


def test_who_waits_behind_a_party_that_gives_up_goes_in_at_once() -> None:
    facility = site(
        {
            "a": {"at_m": (-4, 0), "size_m": (6, 6)},
            "b": {"at_m": (4, 0), "size_m": (6, 6)},
            "shelter": {"at_m": (0, 4), "size_m": (5, 1)},
        },
        {
            "from-a": {"between": ("a", "shelter"), "at_m": (-1, 3), "flow_p_s": 5.0},
            "from-b": {"between": ("b", "shelter"), "at_m": (1, 3), "flow_p_s": 5.0},
        },
        max_density=1.0,
    )
    goal = (facility.space_index["shelter"],)
    crowd = Crowd(facility, people_at(facility, ["a", "b", "shelter"], heads=[4, 1, 2]), law="assigned")
    crowd.start(0, 0.0, goals=goal)
    crowd.start(1, 10.0, goals=goal)
    crowd.advance(30.0)
    assert [crowd.state_of(person) for person in range(2)] == ["queueing", "queueing"]
    crowd.hold(0)
    crowd.advance(30.0, inclusive=True)
    assert crowd.has_arrived(1)
