"""Stairs and roads written out as spaces and links."""

from __future__ import annotations

import pytest

from drillsim.facility.expand import expand, expansion
from drillsim.facility.graph import UNLIMITED, Facility
from drillsim.facility.routes import foot_route
from drillsim.facility.spec import FacilitySpec, RoadSpec
from tests.facility.sites import block, office


def test_a_stair_has_a_flight_a_storey_a_door_a_floor_and_one_exit():
    spec = expand(office(5))
    made = sorted(name for name in spec.spaces if name.startswith("A-"))
    assert made == ["A-1", "A-2", "A-3", "A-4", "A-foot"]
    assert sorted(name for name in spec.links if name.startswith("A-")) == [
        *(f"A-door-F{i}" for i in range(1, 6)),
        "A-exit",
        *(f"A-opening-{i}" for i in range(1, 5)),
    ]
    assert not spec.stairs
    assert not spec.roads


def test_a_flight_of_the_office_is_7_7_m_long_and_passes_0_95_persons_a_second():
    facility = Facility.build(office(5))
    for storey in range(1, 5):
        flight = facility.space_spec[facility.space_index[f"A-{storey}"]]
        assert flight.length_m == pytest.approx(7.68, abs=0.01)
        assert flight.area_m2 == pytest.approx(1.2 * flight.length_m)
        assert flight.level_m == pytest.approx(3.9 * (storey - 1))
        opening = facility.link_index[f"A-opening-{storey}"]
        assert facility.link_capacity_p_s[opening] == pytest.approx(0.9513, abs=1e-4)


def test_a_floor_door_opens_to_the_top_of_the_flight_that_leads_down_from_it():
    links = expand(office(5)).links
    assert links["A-door-F3"].between == ("F3", "A-2")
    assert links["A-door-F5"].between == ("F5", "A-4")
    assert links["A-door-F1"].between == ("F1", "A-foot")
    assert links["A-exit"].between == ("A-foot", "yard")
    assert links["A-opening-1"].between == ("A-1", "A-foot")
    assert links["A-opening-4"].between == ("A-4", "A-3")


def test_flights_and_foot_are_called_by_the_title_of_their_stair():
    spaces = expand(office(3, title="Main stair", title_zh="主楼梯")).spaces
    assert (spaces["A-2"].title, spaces["A-2"].title_zh) == ("Main stair, flight 2", "主楼梯第2梯段")
    assert (spaces["A-foot"].title, spaces["A-foot"].title_zh) == ("Main stair, foot", "主楼梯底层平台")
    assert expand(office(3)).spaces["A-2"].title == ""


def test_door_widths_follow_the_shorthand():
    links = expand(office(5)).links
    assert (links["A-exit"].width_m, links["A-door-F1"].width_m, links["A-door-F2"].width_m) == (
        1.5,
        1.0,
        1.0,
    )
    without_exit = expand(office(5, exit_to=None)).links
    assert "A-exit" not in without_exit
    assert without_exit["A-door-F1"].width_m == 1.5
    plain = expand(office(5, exit_door_m=None)).links
    assert plain["A-exit"].width_m == 1.0


@pytest.mark.parametrize(("floor", "storeys"), [("F2", 1), ("F3", 2), ("F5", 4)])
def test_the_way_down_is_one_incline_a_storey(floor, storeys):
    facility = Facility.build(office(5))
    index = facility.space_index
    route = foot_route(facility, index[floor], index["yard"])
    names = [facility.spaces[space] for space in route.spaces]
    assert names == [floor, *(f"A-{i}" for i in range(storeys, 0, -1)), "A-foot", "yard"]
    flights = [
        m for name, m in zip(names, route.lengths_m, strict=True) if name[:2] == "A-" and name != "A-foot"
    ]
    assert sum(flights) == pytest.approx(storeys * 3.9 * 325 / 165)
    assert route.lengths_m[-2] == pytest.approx(3.0)  # from the shaft's centre to its east side


def test_up_is_as_long_as_down():
    facility = Facility.build(office(5))
    top, yard = facility.space_index["F5"], facility.space_index["yard"]
    assert foot_route(facility, yard, top).length_m == pytest.approx(foot_route(facility, top, yard).length_m)


def test_a_stair_over_a_raised_ground_floor_starts_at_its_level():
    spec = office(2)
    raised = {name: s.model_copy(update={"level_m": s.level_m + 2.0}) for name, s in spec.spaces.items()}
    made = expand(spec.model_copy(update={"spaces": raised}))
    assert (made.spaces["A-foot"].level_m, made.spaces["A-1"].level_m) == (2.0, 2.0)


def roads(**road: object) -> FacilitySpec:
    spaces = {"w": block(0, 0, 20, 10, kind="yard"), "e": block(70, 2, 20, 10, kind="yard")}
    return FacilitySpec(spaces=spaces, roads={"R": RoadSpec.model_validate({"between": ("w", "e")} | road)})


def test_a_road_is_an_opening_a_space_and_an_opening():
    facility = Facility.build(roads(width_m=8.0, one_way=True))
    assert facility.spaces == ("R", "e", "w")
    assert facility.links == ("R-end", "R-start")
    road = facility.space_spec[0]
    assert (road.kind, road.at_m, road.size_m, road.length_m) == ("road", (35.0, 1.0), (50.0, 8.0), 50.0)
    assert facility.link_at.tolist() == [[60.0, 1.0], [10.0, 1.0]]
    assert facility.walk_m(0, 0, 1) == 50.0
    assert facility.link_spec[1].between == ("w", "R")
    assert facility.link_spec[0].between == ("R", "e")
    assert facility.link_vehicles.all()
    assert facility.link_one_way.all()
    assert facility.link_capacity_p_s.tolist() == pytest.approx([10.4, 10.4])
    assert facility.slots[0] == UNLIMITED


def test_a_road_between_spaces_that_stand_askew_runs_straight_between_their_corners():
    spec = roads()
    moved = spec.spaces | {"e": block(70, 52, 20, 10, kind="yard")}
    facility = Facility.build(spec.model_copy(update={"spaces": moved}))
    assert facility.walk_m(0, 0, 1) == pytest.approx((50**2 + 42**2) ** 0.5)
    assert facility.area_m2[0] == pytest.approx(8.0 * (50**2 + 42**2) ** 0.5)


def test_a_short_wide_road_keeps_its_length():
    spec = roads(width_m=8.0)
    facility = Facility.build(spec.model_copy(update={"spaces": spec.spaces | {"e": block(25, 13, 20, 10)}}))
    assert facility.walk_m(0, 0, 1) == pytest.approx((5**2 + 3**2) ** 0.5)


def test_a_road_between_touching_spaces_costs_no_way():
    spec = roads()
    facility = Facility.build(spec.model_copy(update={"spaces": spec.spaces | {"e": block(20, 0, 20, 10)}}))
    assert facility.walk_m(0, 0, 1) == 0.0


def test_a_name_that_a_shorthand_would_make_twice_is_refused():
    spec = office(3)
    taken = spec.model_copy(update={"spaces": spec.spaces | {"A-1": block(0, 90)}})
    with pytest.raises(ValueError, match="stair A makes A-1, but that name is taken"):
        expand(taken)


def test_a_road_to_nowhere_is_refused():
    spec = roads()
    with pytest.raises(ValueError, match="road R leads to e, which is no space"):
        expand(spec.model_copy(update={"spaces": {"w": spec.spaces["w"]}}))


def test_each_made_part_knows_its_shorthand():
    origin = expansion(office(2)).origin
    assert origin["spaces", "A-1"] == ("stairs", "A")
    assert origin["links", "R-start"] == ("roads", "R")
    assert ("spaces", "F1") not in origin


def test_written_out_once_is_written_out_for_good():
    spec = expand(office(4))
    assert expand(spec) == spec
