"""Distances of the guidebook, and what lies within them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.isolation import (
    PRECAUTIONS,
    approach,
    highest_over_fan,
    initial_isolation,
    protective_action,
    protective_zone,
    spaces_in_circle,
    spaces_in_polygon,
    spill_size,
    wind_class,
)

CENTRE = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0], [200.0, 0.0]])
SIZE = np.full((4, 2), 20.0)
AT = {"centre_m": CENTRE, "size_m": SIZE}


def test_a_small_spill_of_ammonia_is_as_the_table_has_it() -> None:
    isolate = initial_isolation("1005", imdg_class="2.3/8", state="gas", spill="small")
    assert isolate is not None and (isolate.distance_m, isolate.mark) == (30.0, "read")
    found = [protective_action("1005", spill="small", night=night) for night in (False, True)]
    assert [entry.distance_m for entry in found if entry] == [100.0, 200.0]


@pytest.mark.parametrize(
    ("un_number", "isolate", "day", "night"),
    [
        ("1017", 60, 300, 1100), ("1052", 30, 100, 400), ("1079", 100, 600, 2200), ("1050", 30, 100, 300),
        ("1040", 30, 100, 200),
    ],
)  # fmt: skip
def test_values_from_memory_say_so(un_number: str, isolate: float, day: float, night: float) -> None:
    found = [
        initial_isolation(un_number, imdg_class="8", state="gas", spill="small"),
        protective_action(un_number, spill="small", night=False),
        protective_action(un_number, spill="small", night=True),
    ]
    assert [entry and entry[0] for entry in found] == [isolate, day, night]
    assert all(entry and (entry.mark, entry.confidence) == ("memory", "low") for entry in found)


@pytest.mark.parametrize("un_number", ["1016", "1053", "1051", "9999"])
def test_what_is_not_known_of_a_toxic_gas_is_not_invented(un_number: str) -> None:
    assert initial_isolation(un_number, imdg_class="2.3", state="gas", spill="small") is None
    assert protective_action(un_number, spill="small", night=False) is None


def test_a_large_spill_of_a_toxic_gas_is_not_known_here() -> None:
    assert initial_isolation("1017", imdg_class="2.3/5.1/8", state="gas", spill="large") is None
    assert protective_action("1017", spill="large", night=True) is None


@pytest.mark.parametrize(("state", "metres"), [("liquid", 50.0), ("solid", 25.0), ("gas", 100.0)])
def test_other_goods_follow_their_orange_guide_and_have_no_protective_distance(
    state: str, metres: float
) -> None:
    found = initial_isolation("1090", imdg_class="3", state=state, spill="large")  # type: ignore[arg-type]
    assert found is not None and found.at_least and found.distance_m == metres
    assert protective_action("1090", spill="small", night=False) is None


def test_while_the_cargo_is_not_identified_placards_lead_and_without_them_100_m_are_kept() -> None:
    unknown = initial_isolation(None, imdg_class=None, state="liquid", spill="small")
    assert unknown is not None
    assert (unknown.distance_m, unknown.at_least, unknown.mark) == (100.0, True, "memory")
    placards = initial_isolation(None, imdg_class="3/6.1", state="liquid", spill="small")
    assert placards == initial_isolation("1093", imdg_class="3/6.1", state="liquid", spill="small")
    assert placards is not None
    assert placards.distance_m < unknown.distance_m
    assert initial_isolation(None, imdg_class="2.3", state="gas", spill="small") is None
    named = initial_isolation("1005", imdg_class=None, state="gas", spill="small")
    assert named == initial_isolation("1005", imdg_class="2.3", state="gas", spill="small")


def test_precautions_grow_with_what_may_come() -> None:
    assert [entry.distance_m for entry in PRECAUTIONS.values()] == [300.0, 800.0, 1600.0]


def test_a_drum_is_a_small_spill_and_a_tank_a_large_one() -> None:
    assert spill_size(volume_m3=0.208) == spill_size(mass_kg=300.0) == "small"
    assert spill_size(volume_m3=0.21) == spill_size(mass_kg=301.0) == "large"
    with pytest.raises(ValueError, match="one of volume_m3"):
        spill_size()
    with pytest.raises(ValueError, match="above 0"):
        spill_size(mass_kg=0.0)


def test_wind_is_low_moderate_or_high_by_the_hour() -> None:
    assert [wind_class(speed / 3.6) for speed in (9.9, 10.1, 19.9, 20.1)] == [
        "low", "moderate", "moderate", "high",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="0 or more"):
        wind_class(-1.0)


# -- geometry ---------------------------------------------------------------------------------------------


def test_the_zone_is_a_square_downwind_of_the_source() -> None:
    corners = protective_zone((10.0, 5.0), from_deg=270.0, distance_m=100.0)
    assert corners == pytest.approx(
        np.array([[10.0, -45.0], [110.0, -45.0], [110.0, 55.0], [10.0, 55.0]]), abs=1e-9
    )
    wider = protective_zone((-5.0, 5.0), from_deg=270.0, distance_m=130.0)
    assert spaces_in_polygon(wider, **AT).tolist() == [0, 1]
    assert spaces_in_polygon(wider, **AT, wholly=True).tolist() == [1]


def test_responders_come_from_upwind() -> None:
    found = approach((0.0, 0.0), from_deg=135.0, distance_m=100.0)
    assert found.point_m == pytest.approx((100.0 * math.sqrt(0.5), -100.0 * math.sqrt(0.5)))
    assert (found.bearing_deg, found.heading_deg) == (135.0, 315.0)


def test_a_circle_touches_more_than_it_contains() -> None:
    assert spaces_in_circle((0.0, 0.0), radius_m=95.0, **AT).tolist() == [0, 1, 2]
    assert spaces_in_circle((0.0, 0.0), radius_m=95.0, **AT, wholly=True).tolist() == [0]
    assert spaces_in_circle((0.0, 0.0), radius_m=14.2, **AT, wholly=True).tolist() == [0]
    assert spaces_in_circle((0.0, 0.0), radius_m=14.1, **AT, wholly=True).tolist() == []


COORDINATES = st.integers(-60, 60).map(lambda whole: whole + 0.37)


@given(
    angles=st.lists(st.integers(0, 359), min_size=3, max_size=9, unique=True),
    radius=st.lists(st.integers(5, 60), min_size=9, max_size=9),
    boxes=st.lists(
        st.tuples(COORDINATES, COORDINATES, st.integers(1, 50), st.integers(1, 50)), min_size=1, max_size=8
    ),
)
def test_footprints_in_a_polygon_are_as_an_independent_library_finds_them(
    angles: list[int], radius: list[int], boxes: list[tuple[float, float, int, int]]
) -> None:
    shapely = pytest.importorskip("shapely")
    corners = [
        (r * math.cos(math.radians(a)), r * math.sin(math.radians(a)))
        for a, r in zip(sorted(angles), radius, strict=False)
    ]
    polygon = shapely.Polygon(corners)
    if not polygon.is_valid or polygon.area < 1.0:
        return
    place = np.array(boxes, dtype=float)
    rectangles = [shapely.box(x - w / 2, y - h / 2, x + w / 2, y + h / 2) for x, y, w, h in place]
    at = {"centre_m": place[:, :2], "size_m": place[:, 2:]}
    assert spaces_in_polygon(corners, **at).tolist() == [
        index for index, rectangle in enumerate(rectangles) if polygon.intersects(rectangle)
    ]
    assert spaces_in_polygon(corners, **at, wholly=True).tolist() == [
        index for index, rectangle in enumerate(rectangles) if polygon.contains(rectangle)
    ]


def test_a_line_is_no_polygon() -> None:
    with pytest.raises(ValueError, match="three or more"):
        spaces_in_polygon([(0.0, 0.0), (1.0, 1.0)], **AT)
    for refused in (0.0, -1.0, math.nan, math.inf):
        with pytest.raises(ValueError, match="above 0"):
            protective_zone((0.0, 0.0), from_deg=0.0, distance_m=refused)


# -- is a post safe ---------------------------------------------------------------------------------------


def narrow(x: float, y: float, from_deg: float) -> float:
    """100 at the axis of a plume 2 degrees wide from (0, 0)."""
    off = (math.degrees(math.atan2(x, y)) - from_deg - 180.0 + 180.0) % 360.0 - 180.0
    return 100.0 * math.exp(-((off / 2.0) ** 2))


def test_a_safe_and_an_unsafe_post_are_told_apart() -> None:
    wind = {"concentration": narrow, "from_deg": 90.0, "source_m": (0.0, 0.0)}
    downwind = highest_over_fan((-200.0, 150.3), **wind)
    assert downwind.value == pytest.approx(100.0, abs=1e-9)
    assert downwind.from_deg == pytest.approx(math.degrees(math.atan2(200.0, -150.3)))
    assert not downwind.safe_below(1.7)
    assert highest_over_fan((-200.0, 250.0), **wind).safe_below(1.7)
    assert highest_over_fan((200.0, 0.0), **wind).safe_below(1.7)


def test_the_fan_runs_across_north() -> None:
    found = highest_over_fan((-40.0, -200.0), concentration=narrow, from_deg=350.0)
    assert found.value > 90.0 and found.from_deg == pytest.approx(11.0, abs=1.0)


def test_a_fan_of_no_width_is_the_wind_itself() -> None:
    found = highest_over_fan((0.0, -200.0), concentration=narrow, from_deg=0.0, half_fan_deg=0.0)
    assert found == (pytest.approx(100.0), 0.0)


def test_a_fan_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="0 to 180"):
        highest_over_fan((0.0, 1.0), concentration=narrow, from_deg=0.0, half_fan_deg=181.0)
    with pytest.raises(ValueError, match="no number"):
        highest_over_fan((0.0, 1.0), concentration=lambda x, y, wind: math.nan, from_deg=0.0)
