"""Points under way within a space, and ways on from there."""

from math import hypot

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.facility.graph import Facility
from drillsim.facility.routes import drive_s, foot_route, onward_route, vehicle_route
from drillsim.facility.spec import FacilitySpec
from drillsim.facility.spots import spot_at_link, spot_towards
from tests.facility.sites import block, chain, door

SHARE = st.floats(0.0, 1.0)


def hall():
    """A hall of 40 by 30 m round (0, 0) with doors west, east and north to rooms."""
    spaces = {
        "hall": block(0, 0, 40, 30),
        "west": block(-22, 0),
        "east": block(22, 0),
        "north": block(10, 17),
    }
    links = {
        "w": door("west", "hall", at_m=(-20, 0)),
        "e": door("hall", "east", at_m=(20, 0)),
        "n": door("hall", "north", at_m=(10, 15)),
    }
    return Facility.build(FacilitySpec(spaces=spaces, links=links))


def test_from_a_point_on_the_way_the_distance_to_another_door_is_the_straight_one():
    facility = hall()
    space, link = facility.space_index["hall"], facility.link_index
    spot = spot_towards(facility, spot_at_link(facility, space, link["w"]), link["e"], 12.0)  # at (-8, 0)
    assert spot.to_link_m(facility, link["n"]) == pytest.approx(hypot(18, 15))
    assert spot.to_link_m(facility, -1) == pytest.approx(8.0)
    assert spot.to_link_m(facility, link["w"]) == pytest.approx(12.0)
    turned = spot_towards(facility, spot, link["n"], hypot(18, 15) / 2)  # at (1, 7.5)
    assert turned.to_link_m(facility, link["w"]) == pytest.approx(hypot(21, 7.5))
    assert turned.to_link_m(facility, link["e"]) == pytest.approx(hypot(19, 7.5))


@given(first=SHARE, second=SHARE)
def test_two_stretches_towards_a_door_are_one(first, second):
    facility = hall()
    space, link = facility.space_index["hall"], facility.link_index
    begin = spot_at_link(facility, space, link["w"])
    whole_m = begin.to_link_m(facility, link["n"])
    half = spot_towards(facility, begin, link["n"], first * whole_m)
    rest_m = half.to_link_m(facility, link["n"])
    twice = spot_towards(facility, half, link["n"], second * rest_m)
    once = spot_towards(facility, begin, link["n"], first * whole_m + second * rest_m)
    assert twice.reach_m == pytest.approx(once.reach_m, abs=1e-4)
    assert rest_m == pytest.approx((1.0 - first) * whole_m, abs=1e-4)


def test_a_way_on_from_the_centre_is_the_way_from_the_space():
    facility = Facility.build(chain(4))
    route = onward_route(facility, spot_at_link(facility, 0), 3, vehicle=False)
    assert route == foot_route(facility, 0, 3)


def test_a_way_on_goes_round_what_is_shut_and_ends_in_the_centre():
    facility = hall()
    index, link = facility.space_index, facility.link_index
    spot = spot_towards(facility, spot_at_link(facility, index["hall"], link["w"]), link["e"], 12.0)
    on = onward_route(facility, spot, index["north"], vehicle=False)
    assert (on.links, on.lengths_m) == ((link["n"],), pytest.approx((hypot(18, 15), 2.0)))
    stay = onward_route(facility, spot, index["hall"], vehicle=False)
    assert (stay.length_m, stay.links) == (pytest.approx(8.0), ())
    shut = onward_route(facility, spot, index["north"], vehicle=False, closed=frozenset({link["n"]}))
    assert shut.links == () and shut.length_m == float("inf")
    assert onward_route(facility, spot, index["north"], vehicle=True).length_m == float("inf")


def test_what_a_link_costs_a_vehicle_is_added_once_for_each_link_passed():
    spec = chain(3)
    links = {
        name: entry.model_copy(update={"vehicles": True, "vehicle_delay_s": delay_s})
        for (name, entry), delay_s in zip(sorted(spec.links.items()), (20.0, 7.0), strict=True)
    }
    facility = Facility.build(spec.model_copy(update={"links": links, "inside_speed_m_s": 4.0}))
    assert drive_s(facility, vehicle_route(facility, 0, 2)) == 8.0 / 4.0 + 27.0
    assert drive_s(facility, vehicle_route(facility, 2, 1)) == 4.0 / 4.0 + 7.0
    assert drive_s(facility, vehicle_route(facility, 1, 1)) == 0.0
