"""Which way people take of several: least crowded, with most others, where staff point; and lifts."""

from __future__ import annotations

from collections import Counter

import pytest

from drillsim.facility.graph import Facility
from drillsim.people.crowd import Crowd
from tests.people.cases import arrivals, crowd_of, people_at, site, used


def hall(*, right: float = 12.0) -> Facility:
    """A hall with a door 5 m to the left and one ``right`` m to the right, both straight into the open."""
    return site(
        {
            "hall": {"kind": "hall", "at_m": (0, 0), "size_m": (40, 20)},
            "out": {"kind": "outside", "at_m": (0, 60), "size_m": (90, 60)},
        },
        {
            "left": {"between": ("hall", "out"), "at_m": (-5, 0), "flow_p_s": 1.0},
            "right": {"between": ("hall", "out"), "at_m": (right, 0), "flow_p_s": 1.0},
        },
    )


def test_the_nearest_door_is_taken_by_all_unless_they_look_for_the_least_crowded() -> None:
    people = ["hall"] * 60
    starts = [float(i) / 4.0 for i in range(60)]
    nearest = crowd_of(hall(), people, start_s=starts, law="assigned")
    looking = crowd_of(hall(), people, start_s=starts, law="assigned", route="least-crowded")
    slow, quick = max(arrivals(nearest)), max(arrivals(looking))
    assert used(nearest) == Counter(left=60)
    assert min(used(looking).values()) >= 15
    assert quick < 0.75 * slow


def test_who_sets_out_at_once_sees_how_many_head_for_each_door() -> None:
    crowd = crowd_of(hall(), ["hall"] * 60, law="assigned", route="least-crowded")
    assert max(arrivals(crowd)) < 50.0
    assert min(used(crowd).values()) >= 15


def test_without_queues_the_least_crowded_way_is_the_nearest() -> None:
    crowd = crowd_of(hall(), ["hall"] * 5, start_s=[10.0 * i for i in range(5)], route="least-crowded")
    assert len(arrivals(crowd)) == 5
    assert used(crowd) == Counter(left=5)


def test_followers_go_where_most_went_before_even_if_it_is_further() -> None:
    facility = hall()
    population = people_at(facility, ["hall"] * 12)
    crowd = Crowd(facility, population, law="assigned")
    out = (facility.space_index["out"],)
    crowd.set_link(facility.link_index["left"], forward_open=False, backward_open=False)
    for person in range(4):
        crowd.start(person, 0.0, goals=out, route="follow")
    for person in range(4, 8):
        crowd.start(person, 60.0, goals=out, route="follow")
    for person in range(8, 12):
        crowd.start(person, 60.0, goals=out)
    crowd.advance(59.0)
    crowd.set_link(facility.link_index["left"], forward_open=True, backward_open=True)
    arrivals(crowd)
    assert used(crowd) == Counter(right=8, left=4)


def ring() -> Facility:
    """Three rooms in a ring, each with its own door out that passes one in 50 s."""
    spaces: dict[str, dict[str, object]] = {
        "out": {"kind": "outside", "at_m": (0, 60), "size_m": (90, 60)},
        **{f"r{i}": {"kind": "hall", "at_m": (10 * i, 0), "size_m": (10, 10)} for i in range(3)},
    }
    links: dict[str, dict[str, object]] = {
        f"out{i}": {"between": (f"r{i}", "out"), "at_m": (10 * i, 5), "flow_p_s": 0.02} for i in range(3)
    }
    links |= {
        f"ring{i}": {"between": (f"r{i}", f"r{(i + 1) % 3}"), "at_m": (10 * i + 5, 0), "flow_p_s": 9.0}
        for i in range(3)
    }
    return site(spaces, links)


@pytest.mark.parametrize("route", ["least-crowded", "follow"])
def test_nobody_walks_in_circles_for_ever_looking_for_a_better_way(route: str) -> None:
    crowd = crowd_of(ring(), ["r0"] * 40 + ["r1"] * 40, law="assigned", route=route)  # type: ignore[arg-type]
    assert len(arrivals(crowd)) == 80
    assert max(Counter(crowd.log.person).values()) <= 2 + 3 * 9


def test_people_go_where_staff_point_and_by_the_nearest_way_once_nobody_does() -> None:
    facility = hall()
    left = facility.link_index["left"]
    port = 2 * left
    crowd = crowd_of(facility, ["hall"] * 2, start_s=[0.0, 40.0], law="assigned")
    crowd.set_guides((port,))
    crowd.advance(30.0)
    crowd.set_guides(())
    arrivals(crowd)
    assert used(crowd) == Counter(right=1, left=1)


def test_people_on_their_way_turn_when_staff_begin_to_point() -> None:
    facility = hall()
    crowd = crowd_of(facility, ["hall"], law="assigned")
    crowd.advance(3.0)
    crowd.set_guides((2 * facility.link_index["left"],))
    assert arrivals(crowd) == pytest.approx([3.0 + 3.0 + 12.0])


def test_the_way_staff_point_away_from_is_taken_if_it_is_the_only_one() -> None:
    facility = hall()
    crowd = crowd_of(facility, ["hall"], law="assigned")
    crowd.set_guides((2 * facility.link_index["left"],))
    crowd.set_link(facility.link_index["right"], forward_open=False, backward_open=False)
    assert arrivals(crowd) == [5.0]


def test_nobody_comes_back_to_where_staff_pointed_them_out() -> None:
    """The way pointed to leads round and back through the same hall if one only looked one door ahead."""
    facility = site(
        {
            "hall": {"kind": "hall", "at_m": (0, 0), "size_m": (20, 20)},
            "side": {"kind": "corridor", "at_m": (15, 0), "size_m": (10, 3)},
            "out": {"kind": "outside", "at_m": (0, 60), "size_m": (90, 60)},
        },
        {
            "front": {"between": ("hall", "out"), "at_m": (0, 5), "flow_p_s": 1.0},
            "door": {"between": ("hall", "side"), "at_m": (10, 0), "flow_p_s": 1.0},
            "back": {"between": ("hall", "side"), "at_m": (10, 2), "flow_p_s": 1.0},
            "far": {"between": ("side", "out"), "at_m": (60, 0), "flow_p_s": 1.0},
        },
    )
    crowd = crowd_of(facility, ["hall"] * 3, law="assigned")
    front, back = facility.link_index["front"], facility.link_index["back"]
    crowd.set_guides((2 * front, 2 * back))
    arrivals(crowd)
    assert used(crowd) == Counter(door=3, far=3)


def test_who_is_put_into_another_space_stands_at_its_centre_and_goes_on_from_there() -> None:
    facility = site(
        {
            "lobby": {"at_m": (0, 0), "size_m": (1, 1)},
            "room": {"at_m": (-5, 0), "size_m": (4, 4)},
            "car": {"kind": "lift", "at_m": (20, 0), "size_m": (2, 2)},
            "hall": {"at_m": (40, 0), "size_m": (8, 8)},
            "out": {"kind": "outside", "at_m": (60, 0), "size_m": (20, 20)},
        },
        {
            "in": {"between": ("room", "lobby"), "at_m": (0, 0), "flow_p_s": 1.0},
            "exit": {"between": ("hall", "out"), "at_m": (46, 0), "flow_p_s": 1.0},
        },
        max_density=1.0,
    )
    at = facility.space_index
    crowd = Crowd(facility, people_at(facility, ["room"] * 2), law="assigned")
    for person in range(2):
        crowd.start(person, 0.0, goals=(at["lobby"],))
    crowd.advance(10.0)  # the lobby holds one, the other waits at its door
    assert [crowd.state_of(p) for p in range(2)] in (["arrived", "queueing"], ["queueing", "arrived"])
    first = 0 if crowd.has_arrived(0) else 1
    crowd.transfer(first, at["car"])
    crowd.advance(10.0, inclusive=True)
    assert crowd.arrived_s(1 - first) == 10.0  # its place was handed on
    assert crowd.occupancy[at["car"]] == 1
    crowd.advance(25.0)
    crowd.transfer(first, at["hall"])
    crowd.start(first, 25.0, goals=(at["out"],))
    crowd.advance(100.0)
    assert crowd.arrived_s(first) == 31.0
    rows = [s for p, s in zip(crowd.log.person, crowd.log.space, strict=True) if p == first]
    assert [facility.spaces[s] for s in rows] == ["room", "lobby", "car", "hall", "hall", "out"]


def test_who_was_carried_out_is_not_put_anywhere() -> None:
    crowd = crowd_of(hall(), ["hall"])
    crowd.remove(0)
    with pytest.raises(ValueError, match="was removed"):
        crowd.transfer(0, 0)


def test_people_in_a_queue_turn_when_staff_begin_to_point_elsewhere() -> None:
    facility = hall()
    crowd = crowd_of(facility, ["hall"] * 10, law="assigned")
    crowd.advance(6.5)  # two are through the left door, eight queue there
    crowd.set_guides((2 * facility.link_index["left"],))
    arrivals(crowd)
    assert used(crowd) == Counter(left=2, right=8)


def test_a_pair_of_doors_at_one_spot_is_not_crossed_to_and_fro() -> None:
    facility = site(
        {
            "room": {"at_m": (0, 0), "size_m": (8, 5)},
            "store": {"at_m": (8, 0), "size_m": (8, 5)},
            "out": {"kind": "outside", "at_m": (0, -20), "size_m": (40, 20)},
        },
        {
            "east-a": {"between": ("room", "store"), "at_m": (4, 0)},
            "east-b": {"between": ("store", "room"), "at_m": (4, 0)},
            "exit": {"between": ("room", "out"), "at_m": (12, 0)},
        },
    )
    for route in ("nearest", "least-crowded", "follow"):
        crowd = crowd_of(facility, ["room"] * 20 + ["store"] * 20, route=route)  # type: ignore[arg-type]
        crowd.advance(400.0)
        assert all(map(crowd.has_arrived, range(40)))
