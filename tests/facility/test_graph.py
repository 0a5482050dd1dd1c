"""The indexed facility."""

from __future__ import annotations

import pickle
import random

import numpy as np
import pytest

from drillsim.facility.graph import UNLIMITED, Facility
from drillsim.facility.routes import port_distances
from drillsim.facility.spec import FacilitySpec, MovementSpec
from tests.facility.sites import block, chain, door, office


def test_indices_follow_sorted_names():
    facility = Facility.build(office(3))
    assert list(facility.spaces) == sorted(facility.spaces)
    assert list(facility.links) == sorted(facility.links)
    assert all(facility.spaces[i] == name for name, i in facility.space_index.items())
    assert all(facility.links[i] == name for name, i in facility.link_index.items())


def test_the_order_in_the_file_changes_nothing():
    spec = office(4)
    tangled = {}
    for table in ("spaces", "links", "stairs", "roads"):
        entries = list(getattr(spec, table).items())
        random.Random(3).shuffle(entries)
        tangled[table] = dict(entries)
    one, other = Facility.build(spec), Facility.build(spec.model_copy(update=tangled))
    assert (one.spaces, one.links, one.port_arcs) == (other.spaces, other.links, other.port_arcs)
    assert np.array_equal(one.link_capacity_p_s, other.link_capacity_p_s)
    goals = (one.space_index["m"],)
    assert port_distances(one, goals=goals) == port_distances(other, goals=goals)


def test_a_space_holds_its_area_times_the_largest_density():
    spaces = {
        "room": block(0, 0, 8, 5),
        "cell": block(10, 0, 0.5, 0.5),
        "bent": block(20, 0, 8, 5, area_m2=12.0),
        "out": block(30, 0, 8, 5, kind="outside"),
    }
    facility = Facility.build(FacilitySpec(spaces=spaces))
    slots = dict(zip(facility.spaces, facility.slots, strict=True))
    assert slots == {"room": 110, "cell": 1, "bent": 33, "out": UNLIMITED}


@pytest.mark.parametrize(("area", "slots"), [(22.5, 63), (42.5, 119), (22.49, 62), (0.01, 1)])
def test_a_whole_number_of_persons_is_not_lost_to_rounding(area, slots):
    # 22.5 x 2.8 is 62.99999999999999 in floating point
    movement = MovementSpec(max_density_p_m2=2.8)
    spec = FacilitySpec(spaces={"r": block(0, 0, area_m2=area)}, movement=movement)
    assert Facility.build(spec).slots == (slots,)


def test_ports_lead_from_and_to_the_two_spaces_of_their_link():
    facility = Facility.build(chain(3))
    assert facility.port_from == (0, 1, 1, 2)
    assert facility.port_to == (1, 0, 2, 1)
    assert facility.ports_out == ((0,), (1, 2), (3,))
    assert facility.ports_into == ((1,), (0, 3), (2,))
    assert facility.space_links == ((0,), (0, 1), (1,))


def test_walking_lengths_run_between_links_and_from_the_centre():
    facility = Facility.build(chain(3))
    assert facility.walk_m(1, 0, 1) == 4.0
    assert facility.walk_m(1, -1, 1) == facility.walk_m(1, 1, -1) == 2.0
    assert facility.walk_m(1, 1, 1) == facility.walk_m(1, -1, -1) == 0.0
    with pytest.raises(KeyError):
        facility.walk_m(0, -1, 1)


def test_places_are_spaces_areas_patterns_or_everything():
    areas = {"ends": ("r2", "r0"), "all-r": "r*", "none": "zz*"}
    facility = Facility.build(chain(3, areas=areas))
    assert facility.places("r1") == (1,)
    assert facility.places("ends") == (0, 2)
    assert facility.places("all-r") == facility.places("everywhere") == (0, 1, 2)
    assert facility.places("none") == ()
    with pytest.raises(KeyError, match="nowhere is neither a space nor an area"):
        facility.places("nowhere")


def test_a_pattern_reaches_spaces_that_a_shorthand_made():
    facility = Facility.build(office(3).model_copy(update={"areas": {"stairs": ("A-*",)}}))
    assert [facility.spaces[i] for i in facility.places("stairs")] == ["A-1", "A-2", "A-foot"]


def test_an_unknown_space_in_an_area_is_named():
    facility = Facility.build(chain(2, areas={"odd": ("r9",)}))
    with pytest.raises(KeyError, match="r9, named in an area, is no space"):
        facility.places("odd")


def test_a_link_to_nowhere_is_refused():
    spec = chain(2).model_copy(update={"links": {"d": door("r0", "r7")}})
    with pytest.raises(ValueError, match="link d leads to r7, which is no space"):
        Facility.build(spec)


def test_arrays_cannot_be_written_even_in_a_copy():
    facility = Facility.build(office(2))
    copy = pickle.loads(pickle.dumps(facility))
    for one in (facility, copy):
        for field in (
            "centre",
            "size",
            "area_m2",
            "link_at",
            "link_capacity_p_s",
            "link_spaces",
            "link_locked",
        ):
            with pytest.raises(ValueError, match="read-only"):
                getattr(one, field)[0] = 0
    assert (copy.spaces, copy.links, copy.port_arcs) == (facility.spaces, facility.links, facility.port_arcs)


def test_steps_are_not_a_number_where_there_is_no_stair():
    facility = Facility.build(office(2))
    flight = facility.space_index["A-1"]
    assert (facility.riser_m[flight], facility.tread_m[flight]) == (0.165, 0.28)
    assert np.isnan(np.delete(facility.riser_m, flight)).all()


def test_the_open_air_is_told_by_kind_or_flag():
    spaces = {"a": block(0, 0), "b": block(4, 0, outdoors=True), "c": block(8, 0, kind="quay")}
    assert Facility.build(FacilitySpec(spaces=spaces)).outdoors == (False, True, True)


def test_the_drawn_graph_has_the_names_and_allows_two_links_side_by_side():
    spec = chain(2)
    twin = spec.model_copy(update={"links": spec.links | {"d1": door("r1", "r0", 2.0)}})
    graph = Facility.build(twin).graph()
    assert sorted(graph.nodes) == ["r0", "r1"]
    assert sorted(key for _, _, key in graph.edges(keys=True)) == ["d0", "d1"]
    assert graph.edges["r0", "r1", "d1"]["capacity"] == pytest.approx(1.3 * 1.7)
    assert graph.nodes["r1"]["x"] == 4.0


def test_a_facility_without_anything_can_be_built():
    facility = Facility.build(FacilitySpec())
    assert facility.places("everywhere") == ()
    assert facility.centre.shape == (0, 2)
    assert facility.link_spaces.shape == (0, 2)
