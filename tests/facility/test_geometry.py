"""Positions of links and walking lengths in a space."""

from __future__ import annotations

import pytest

from drillsim.facility.geometry import gap_m, link_position, overlap_m2, stair_rise_m, walking_table
from drillsim.facility.spec import LinkSpec, SpaceSpec


def box(x: float, y: float, width: float, depth: float, **fields: object) -> SpaceSpec:
    kind = fields.pop("kind", "room")
    return SpaceSpec.model_validate({"kind": kind, "at_m": (x, y), "size_m": (width, depth)} | fields)


DOOR = LinkSpec(between=("a", "b"), width_m=1.0)


def table(space: SpaceSpec, *at: tuple[float, float], others: list[SpaceSpec] | None = None):
    others = others or [box(*p, 1, 1) for p in at]
    return walking_table(space, [DOOR] * len(at), at, others)


@pytest.mark.parametrize(
    ("second", "at"),
    [
        (box(4, 1, 4, 4), (2.0, 0.5)),  # shared edge
        (box(3, 0, 4, 2), (1.5, 0.0)),  # overlap
        (box(8, 0, 4, 4), (4.0, 0.0)),  # apart: half-way
        (box(8, 8, 4, 4), (4.0, 4.0)),  # apart on both axes
    ],
)
def test_a_link_lies_in_the_middle_of_where_two_footprints_meet(second, at):
    first = box(0, 0, 4, 4)
    assert link_position(first, second) == at
    assert link_position(second, first) == at


def test_gap_and_overlap_of_footprints():
    a = box(0, 0, 4, 4)
    assert gap_m(a, box(4, 0, 4, 4)) == 0.0
    assert gap_m(a, box(7, 8, 4, 4)) == pytest.approx(5.0)
    assert overlap_m2(a, box(3, 0, 4, 2)) == pytest.approx(2.0)
    assert overlap_m2(a, box(4, 0, 4, 4)) == 0.0


def test_without_length_people_walk_straight_between_links_and_from_the_centre():
    found = table(box(0, 0, 8, 6), (-4, 0), (4, 0), (0, 3))
    assert found[0][1] == 8.0
    assert found[0][2] == found[1][2] == 5.0
    assert found[3][:3] == (4.0, 4.0, 3.0)
    assert [found[i][i] for i in range(4)] == [0.0] * 4


def test_a_given_length_holds_from_end_to_end_and_in_proportion_between():
    found = table(box(0, 0, 8, 2, length_m=40.0), (-4, 0), (4, 0.5), (0, 1))
    assert found[0][1] == 40.0
    assert found[0][2] == 20.0
    assert found[3][0] == 20.0  # centre


def test_two_links_at_one_end_of_a_long_space_are_their_distance_apart():
    found = table(box(0, 0, 8, 2, length_m=40.0), (-4, -1), (-4, 1))
    assert found[0][1] == 2.0


def test_a_length_shorter_than_the_footprint_is_taken_at_its_word():
    assert table(box(0, 0, 8, 2, length_m=5.0), (-4, 0), (4, 0))[0][1] == 5.0


def test_a_link_outside_the_footprint_counts_as_at_its_end():
    assert table(box(0, 0, 8, 2, length_m=40.0), (-6, 0), (6, 0))[0][1] == 40.0


@pytest.mark.parametrize("size", [(2, 2), (5, 2), (2, 5)])
def test_the_ends_of_a_space_that_is_not_slender_lie_where_its_links_are_apart(size):
    space = box(0, 0, *size, length_m=40.0)
    east, north = size[0] / 2, size[1] / 2
    assert table(space, (0, -north), (0, north))[0][1] == 40.0
    assert table(space, (-east, 0), (east, 0))[0][1] == 40.0


def test_crossing_a_slender_corridor_does_not_cost_its_length():
    assert table(box(0, 0, 48, 1.8, length_m=50.0), (3, -0.9), (3, 0.9))[0][1] == pytest.approx(1.8)


def stair(**fields: object) -> SpaceSpec:
    return box(0, 0, 6, 3, kind="stair", length_m=7.7, riser_m=0.165, tread_m=0.28, level_m=3.9, **fields)


def test_a_stair_runs_between_its_levels_wherever_its_links_lie_in_plan():
    below, floor, above = (
        box(0, 0, 6, 3, level_m=0),
        box(5, 0, 4, 3, level_m=3.9),
        box(5, 0, 4, 3, level_m=7.8),
    )
    found = table(stair(), (0, 0), (3, 0), (3, 0), others=[below, floor, above])
    assert found[0][2] == found[1][2] == 7.7
    assert found[0][1] == 3.0  # both at the lower end
    assert found[3][:3] == (3.85, 3.85, 3.85)


def test_a_door_half_way_up_a_stair_is_half_its_length_from_either_end():
    half = box(5, 0, 4, 3, level_m=3.9 + 3.909 / 2)
    found = table(stair(), (0, 0), (3, 0), others=[box(0, 0, 6, 3, level_m=0), half])
    assert found[0][1] == pytest.approx(3.85, abs=0.01)


def test_the_rise_of_a_stair_follows_from_length_and_step():
    assert stair_rise_m(stair()) == pytest.approx(7.7 * 165 / 325)
    assert stair_rise_m(stair().model_copy(update={"tread_m": None})) is None
