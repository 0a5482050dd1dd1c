"""Distance tables and single routes."""

from __future__ import annotations

from math import inf

import networkx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.facility.graph import Facility
from drillsim.facility.routes import (
    Route,
    drive_s,
    foot_route,
    nearest_ports,
    port_distances,
    vehicle_route,
)
from drillsim.facility.spec import FacilitySpec, RoadSpec
from tests.facility.sites import block, chain, door, office


def test_distances_along_a_chain_count_from_the_link_just_crossed():
    facility = Facility.build(chain(4))
    # d0, d1 and d2 forward; going back leads to a dead end, and nobody turns on the threshold
    assert port_distances(facility, goals=(3,)) == (8.0, inf, 4.0, inf, 0.0, inf)


def test_of_several_goals_the_nearest_ahead_counts():
    facility = Facility.build(chain(5))
    one_way = [True] * 4
    found = port_distances(facility, goals=(1, 4), forward_open=one_way, backward_open=[False] * 4)
    assert found == (0.0, inf, 8.0, inf, 4.0, inf, 0.0, inf)
    assert port_distances(facility, goals=(1, 4))[2] == 8.0  # not back through the door just crossed


def test_shut_ports_and_what_lies_behind_them_are_infinitely_far():
    facility = Facility.build(chain(3))
    found = port_distances(facility, goals=(2,), forward_open=[True, False], backward_open=[True, True])
    assert found == (inf,) * 4
    one_side = port_distances(facility, goals=(0,), forward_open=[False, False], backward_open=[True, True])
    assert one_side == (inf, 0.0, inf, 4.0)


def two_ways(middle: str = "room") -> FacilitySpec:
    """r0 in the west, goal in the east, a short way through `short` and a longer one through `long`."""
    spaces = {
        "a": block(0, 0),
        "goal": block(8, 0),
        "short": block(4, 0, kind=middle),
        "long": block(4, 8, 12, 4),
    }
    links = {
        "as": door("a", "short"),
        "sg": door("short", "goal"),
        "al": door("a", "long", at_m=(0, 6)),
        "lg": door("long", "goal", at_m=(8, 6)),
    }
    return FacilitySpec(spaces=spaces, links=links)


def ways(facility: Facility, **options: object) -> list[str]:
    found = port_distances(facility, goals=(facility.space_index["goal"],), **options)
    ports = nearest_ports(facility, found, space=facility.space_index["a"])
    return [facility.links[port >> 1] for port in ports]


def test_people_go_round_what_they_avoid_but_pass_it_if_there_is_no_other_way():
    facility = Facility.build(two_ways())
    short = facility.space_index["short"]
    assert ways(facility) == ["as"]
    assert ways(facility, avoid={short}) == ["al"]
    shut = [facility.links[link] != "lg" for link in range(len(facility.links))]
    assert ways(facility, avoid={short}, forward_open=shut, backward_open=shut) == ["as"]


def test_the_penalty_counts_for_every_avoided_space_entered():
    facility = Facility.build(chain(4))
    found = port_distances(facility, goals=(3,), avoid={1, 2}, avoid_penalty_m=1000.0)
    assert found == (2008.0, inf, 1004.0, inf, 0.0, inf)


def test_a_stair_factor_lengthens_stairs_only():
    facility = Facility.build(two_ways("stair"))
    assert ways(facility) == ["as"]
    assert ways(facility, stair_factor=6.0) == ["al"]


def test_equally_long_ways_are_all_named():
    spec = two_ways()
    twin = spec.model_copy(update={"links": spec.links | {"at": door("a", "short")}})
    assert ways(Facility.build(twin)) == ["as", "at"]


def test_no_way_is_named_where_there_is_none():
    spec = chain(2)
    facility = Facility.build(spec.model_copy(update={"spaces": spec.spaces | {"z": block(90, 0)}}))
    found = port_distances(facility, goals=(facility.space_index["z"],))
    assert found == (inf, inf)
    assert nearest_ports(facility, found, space=0) == ()
    assert nearest_ports(facility, found, space=facility.space_index["z"]) == ()


def test_the_nearest_of_three_exits_is_the_one_of_case_h11():
    at = {"R1": (0, 0), "R2": (1, 0), "E3": (16, 0), "R4": (1, 4), "E6": (1, 6), "E5": (0, 4)}
    spaces = {name: block(x, y, 1e-9, 1e-9) for name, (x, y) in at.items()}
    joined = [("R1", "R2"), ("R2", "E3"), ("R2", "R4"), ("R4", "E6"), ("R4", "E5")]
    facility = Facility.build(FacilitySpec(spaces=spaces, links={a + b: door(a, b) for a, b in joined}))
    index = facility.space_index
    lengths = {
        exit_: foot_route(facility, index["R1"], index[exit_]).length_m for exit_ in ("E3", "E5", "E6")
    }
    # links lie half-way between points, and spaces are crossed in a straight line: the order is what counts
    assert min(lengths, key=lengths.__getitem__) == "E5"


def test_route_and_table_agree_on_the_office():
    facility = Facility.build(office(5))
    yard, top = facility.space_index["yard"], facility.space_index["F5"]
    table = port_distances(facility, goals=(yard,))
    by_table = min(facility.walk_m(top, -1, p >> 1) + table[p] for p in facility.ports_out[top])
    route = foot_route(facility, top, yard)
    assert route.length_m == pytest.approx(by_table + route.lengths_m[-1])
    assert sum(route.lengths_m) == pytest.approx(route.length_m)


def test_a_route_to_where_one_is_has_no_length():
    facility = Facility.build(chain(2))
    assert foot_route(facility, 1, 1) == Route(0.0, (1,), (), (0.0,))


def ring() -> FacilitySpec:
    """Three yards in a ring of one-way roads a -> b -> c -> a, and a footpath a - c."""
    spaces = {
        "a": block(0, 0, 10, 10, kind="yard"),
        "b": block(100, 0, 10, 10, kind="yard"),
        "c": block(0, 100, 10, 10, kind="yard"),
    }
    between = {"ab": ("a", "b"), "bc": ("b", "c"), "ca": ("c", "a")}
    roads = {name: RoadSpec(between=pair, one_way=True, speed_m_s=5.0) for name, pair in between.items()}
    return FacilitySpec(spaces=spaces, roads=roads)


def test_vehicles_obey_one_way_roads_and_people_do_not():
    facility = Facility.build(ring())
    a, b, c = (facility.space_index[name] for name in "abc")
    names = [facility.spaces[space] for space in vehicle_route(facility, a, c).spaces]
    assert names == ["a", "ab", "b", "bc", "c"]
    assert [facility.spaces[space] for space in foot_route(facility, a, c).spaces] == ["a", "ca", "c"]
    assert foot_route(facility, a, c).length_m == pytest.approx(100.0)
    assert vehicle_route(facility, c, a).length_m == pytest.approx(100.0)
    assert vehicle_route(facility, a, b).length_m == pytest.approx(100.0)


def test_vehicles_keep_to_links_for_vehicles():
    facility = Facility.build(chain(2))
    assert vehicle_route(facility, 0, 1)[:2] == (inf, ())
    assert drive_s(facility, vehicle_route(facility, 0, 1)) == inf


def test_routes_keep_out_of_avoided_spaces_except_at_their_ends():
    facility = Facility.build(ring())
    index = facility.space_index
    a, b, c = index["a"], index["b"], index["c"]
    assert vehicle_route(facility, a, c, avoid=frozenset({b})).length_m == inf
    assert vehicle_route(facility, a, c, avoid=frozenset({a, c})).length_m < inf
    assert foot_route(facility, a, c, avoid=frozenset({index["ca"]})).length_m > 100.0


def test_routes_do_not_pass_closed_links():
    facility = Facility.build(ring())
    a, b = facility.space_index["a"], facility.space_index["b"]
    shut = frozenset({facility.link_index["ab-end"]})
    assert vehicle_route(facility, a, b, closed=shut).length_m == inf
    assert foot_route(facility, a, b, closed=shut).spaces[1] == facility.space_index["ca"]
    assert vehicle_route(facility, a, b).length_m == pytest.approx(
        100.0
    )  # the answer for other links is kept apart


def test_driving_time_uses_the_speed_of_the_road_and_the_site_elsewhere():
    facility = Facility.build(ring())
    a, b = facility.space_index["a"], facility.space_index["b"]
    route = vehicle_route(facility, a, b)
    assert route.lengths_m == pytest.approx((5.0, 90.0, 5.0))
    assert drive_s(facility, route) == pytest.approx(90.0 / 5.0 + 10.0 / 5.56)


# --- against networkx -------------------------------------------------------------------------------


@st.composite
def sites(draw: st.DrawFn) -> FacilitySpec:
    count = draw(st.integers(2, 7))
    coordinate = st.integers(-20, 20).map(float)
    kinds = st.sampled_from(["room", "stair", "yard"])
    spaces = {
        f"s{i}": block(draw(coordinate), draw(coordinate), draw(st.integers(1, 9)), draw(st.integers(1, 9)),
                       kind=draw(kinds), length_m=draw(st.sampled_from([None, 12.5])))
        for i in range(count)
    }  # fmt: skip
    pair = st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True)
    joined = draw(st.lists(pair, min_size=1, max_size=12))
    links = {f"d{i}": door(f"s{a}", f"s{b}") for i, (a, b) in enumerate(joined)}
    return FacilitySpec(spaces=spaces, links=links)


def by_networkx(facility: Facility, goals: set[int], is_open: list[bool], avoid: set[int], factor: float):
    graph = networkx.DiGraph()
    graph.add_node("goal")
    for port, is_passable in enumerate(is_open):
        if not is_passable:
            continue
        space = facility.port_to[port]
        charge = 1e6 if space in avoid else 0.0
        if space in goals:
            graph.add_edge(port, "goal", weight=charge)
            continue
        scale = factor if facility.kind[space] == "stair" else 1.0
        for out in facility.ports_out[space]:
            back = facility.port_to[out] == facility.port_from[port]
            turns = out == port ^ 1 or (back and facility.walk_m(space, port >> 1, out >> 1) == 0.0)
            if is_open[out] and not turns:
                walk = facility.walk_m(space, port >> 1, out >> 1)
                graph.add_edge(port, out, weight=charge + scale * walk)
    lengths = networkx.single_source_dijkstra_path_length(graph.reverse(), "goal")
    return [lengths.get(port, inf) for port in range(len(is_open))]


@settings(max_examples=150, deadline=None)
@given(spec=sites(), data=st.data())
def test_port_distances_are_the_shortest_paths_of_networkx(spec, data):
    facility = Facility.build(spec)
    links, spaces = len(facility.links), len(facility.spaces)
    flags = st.lists(st.sampled_from([True, True, True, False]), min_size=links, max_size=links)
    some_spaces = st.sets(st.integers(0, spaces - 1), max_size=3)
    forward, backward, avoid = data.draw(flags), data.draw(flags), data.draw(some_spaces)
    goals = data.draw(some_spaces)
    factor = data.draw(st.sampled_from([1.0, 1.5]))
    found = port_distances(
        facility, goals=goals, forward_open=forward, backward_open=backward, avoid=avoid, stair_factor=factor
    )
    is_open = [flag for pair in zip(forward, backward, strict=True) for flag in pair]
    assert found == pytest.approx(by_networkx(facility, goals, is_open, avoid, factor))


@settings(max_examples=100, deadline=None)
@given(spec=sites(), data=st.data())
def test_a_route_on_foot_is_as_long_as_the_distance_table_says(spec, data):
    facility = Facility.build(spec)
    one_space = st.integers(0, len(facility.spaces) - 1)
    start, end = data.draw(one_space), data.draw(one_space)
    route = foot_route(facility, start, end)
    assert route.length_m == foot_route(Facility.build(spec), start, end).length_m
    if start == end:
        assert route.length_m == 0.0
        return
    table = port_distances(facility, goals=(end,))
    least = min(
        (facility.walk_m(start, -1, p >> 1) + table[p] for p in facility.ports_out[start]), default=inf
    )
    if least == inf:
        assert route[:2] == (inf, ())
        return
    assert least - 1e-9 <= route.length_m - route.lengths_m[-1]  # it may enter the end by a nearer door
    assert sum(route.lengths_m) == pytest.approx(route.length_m)
    assert (route.spaces[0], route.spaces[-1]) == (start, end)


def test_a_table_that_was_asked_for_before_is_not_searched_again():
    facility = Facility.build(chain(4))
    first = port_distances(facility, goals=(3,))
    assert port_distances(facility, goals=[3, 3]) is first
    assert port_distances(facility, goals=(3,), link_m=0.1) is not first
