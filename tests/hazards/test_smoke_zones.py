from __future__ import annotations

import pytest

from drillsim.hazards.smoke_zones import OPEN_AIR, PASSING_SHARE, SmokeZones
from tests.hazards.sites import floor

SITE = floor()
ROOM, DOOR = SITE.space_index["room"], SITE.link_index["room-door"]
ZONES = SmokeZones.around(SITE, room=ROOM, door=DOOR)
NAMES = [SITE.spaces[space] for space in ZONES.spaces]


def opening(name: str):
    (found,) = [o for o in ZONES.openings if o.link >= 0 and SITE.links[o.link] == name]
    return found


def test_the_zones_are_all_spaces_of_the_building_and_none_outdoors() -> None:
    assert NAMES[0] == "room"
    assert sorted(NAMES) == sorted(set(SITE.spaces) - {"outside"})
    assert [name for name, mixed in zip(NAMES, ZONES.mixed, strict=True) if mixed] == [
        "stair-1",
        "stair-foot",
        "stair-2",
    ]


def test_the_fire_room_stands_open_and_people_pass_the_other_doors() -> None:
    assert opening("room-door").share == 1.0
    assert opening("office-door").share == PASSING_SHARE
    assert opening("stair-opening-1").share == 1.0


def test_a_door_of_a_floor_stands_at_the_head_of_the_flight_that_leads_down() -> None:
    found = opening("stair-door-F2-corridor")
    assert (NAMES[found.first], NAMES[found.second]) == ("stair-1", "F2-corridor")
    assert found.sills_m == (3.9, 0.0)
    assert found.height_m == 2.0


def test_flights_meet_through_a_hole_in_the_floor_and_at_the_foot_through_an_upright_one() -> None:
    hole, foot = opening("stair-opening-2"), opening("stair-opening-1")
    assert hole.level
    assert (NAMES[hole.first], NAMES[hole.second]) == ("stair-1", "stair-2")
    assert hole.width_m * hole.height_m == pytest.approx(2.0 * 1.2**2)
    assert not foot.level
    assert foot.height_m == 3.9


def test_the_way_out_leads_to_the_open_air_and_outer_walls_leak() -> None:
    assert opening("stair-exit").second == OPEN_AIR
    gaps = {NAMES[o.first]: o for o in ZONES.openings if o.link < 0}
    assert gaps["room"].width_m * gaps["room"].height_m == pytest.approx(1.7e-4 * 30.0**0.5 * 3.0)
    assert "stair-1" not in gaps
    tight = SmokeZones.around(SITE, room=ROOM, door=DOOR, wall_leak_share=0.0)
    assert all(o.link >= 0 for o in tight.openings)


def test_a_fire_outdoors_is_none_of_a_building() -> None:
    with pytest.raises(ValueError, match="outside lies outdoors"):
        SmokeZones.around(SITE, room=SITE.space_index["outside"], door=DOOR)
