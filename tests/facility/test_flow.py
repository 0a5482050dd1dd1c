"""Capacities and stair geometry against the numbers of the reference sheet."""

from __future__ import annotations

import pytest

from drillsim.facility.flow import (
    effective_width_m,
    incline_m,
    link_capacity_p_s,
    peak_flow_p_s_m,
    stair_constant_m_s,
)
from drillsim.facility.spec import LinkSpec, MovementSpec, SpaceSpec

ROOM = SpaceSpec(kind="room", at_m=(0, 0), size_m=(8, 5))
STAIR = SpaceSpec(kind="stair", at_m=(0, 0), size_m=(6, 3), length_m=7.7, riser_m=0.165, tread_m=0.280)


def link(**fields: object) -> LinkSpec:
    return LinkSpec.model_validate({"between": ("a", "b"), "width_m": 1.0} | fields)


def capacity(spec: LinkSpec, *ends: SpaceSpec, flow: float = 1.33) -> float:
    first, second = ends or (ROOM, ROOM)
    return link_capacity_p_s(spec, ends=(first, second), movement=MovementSpec(specific_flow_p_s_m=flow))


@pytest.mark.parametrize(
    ("riser", "tread", "k_m_s"), [(0.191, 0.254, 0.997), (0.178, 0.279, 1.082), (0.165, 0.330, 1.221)]
)
def test_the_stair_constant_is_the_closed_form_of_the_reference_table(riser, tread, k_m_s):
    # the table is computed from inches (7.5/10, 7/11, 6.5/13); millimetres are rounded
    assert stair_constant_m_s(riser_m=riser, tread_m=tread) == pytest.approx(k_m_s, abs=0.0025)


def test_free_descent_of_a_storey_of_the_office_takes_about_eight_seconds():
    length = incline_m(3.9, riser_m=0.165, tread_m=0.280)
    free = 0.8564 * stair_constant_m_s(riser_m=0.165, tread_m=0.280)
    assert length == pytest.approx(7.6818, abs=1e-4)
    assert length / free == pytest.approx(8.0, abs=0.05)


def test_a_door_of_one_metre_passes_0_931_persons_a_second():
    assert capacity(link(kind="door")) == pytest.approx(0.931, abs=1e-12)


def test_an_office_stair_of_1_2_m_passes_0_95_persons_a_second():
    opening = link(width_m=1.2)
    assert capacity(opening, STAIR, ROOM, flow=1.3) == pytest.approx(0.9513, abs=1e-4)
    assert capacity(opening, ROOM, STAIR, flow=1.3) == capacity(opening, STAIR, ROOM, flow=1.3)


def test_an_opening_between_two_stairs_has_the_flow_of_the_steeper_one():
    steep = STAIR.model_copy(update={"riser_m": 0.191, "tread_m": 0.254})
    expected = 0.9 * peak_flow_p_s_m(stair_constant_m_s(riser_m=0.191, tread_m=0.254))
    assert capacity(link(width_m=1.2), STAIR, steep) == pytest.approx(expected)


@pytest.mark.parametrize(("flow", "expected"), [(0.9, 0.81), (1.0, 0.9), (1.33, 1.0327), (2.0, 1.0327)])
def test_an_opening_to_a_gentle_stair_passes_the_smaller_of_the_two_flows(flow, expected):
    # k = 51.8/60 sqrt(0.330/0.165) = 1.22094 m/s; k/(4 x 0.266) = 1.14750 p/s m; 0.9 m are left of 1.2 m
    gentle = STAIR.model_copy(update={"riser_m": 0.165, "tread_m": 0.330})
    assert capacity(link(width_m=1.2), gentle, ROOM, flow=flow) == pytest.approx(expected, abs=1e-4)


def test_a_door_to_a_stair_keeps_the_flow_of_a_door():
    assert capacity(link(kind="door"), STAIR, ROOM) == pytest.approx(0.931)


def test_a_plain_opening_loses_no_width_and_reproduces_case_h4():
    assert capacity(link(width_m=0.6), flow=1.3) == pytest.approx(0.78)


@pytest.mark.parametrize(
    ("fields", "width"),
    [
        ({"kind": "gate"}, 0.7),
        ({"kind": "control"}, 0.7),
        ({"boundary_m": 0.0, "kind": "door"}, 1.0),
        ({}, 1.0),
    ],
)
def test_boundary_layers_follow_the_kind_of_link_unless_given(fields, width):
    found = effective_width_m(link(**fields), movement=MovementSpec(), on_stair=False)
    assert found == pytest.approx(width)


def test_the_door_boundary_is_a_choice_of_the_movement_model():
    movement = MovementSpec(door_boundary_m=0.1)
    assert effective_width_m(link(kind="door"), movement=movement, on_stair=False) == pytest.approx(0.8)
    assert effective_width_m(link(), movement=movement, on_stair=True) == pytest.approx(0.7)


def test_a_given_flow_overrules_width_and_kind():
    assert capacity(link(kind="door", flow_p_s=0.25, width_m=0.1)) == 0.25
