"""Merging by share, opposing streams at one link, and own speeds up and down stairs."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import hypot, inf
from typing import Any

import pytest

from drillsim.facility.graph import Facility
from drillsim.people.crowd import Crowd
from drillsim.people.population import Population
from drillsim.streams import Streams
from tests.people.cases import arrivals, crowd_of, people_at, site


def landing(*, weights: tuple[float, float] = (1.0, 1.0), **movement: Any) -> Facility:
    """Two rooms merge into a small corridor whose exit passes one person a second."""
    return site(
        {
            "a": {"at_m": (-10, 5), "size_m": (10, 10)},
            "b": {"at_m": (-10, -5), "size_m": (10, 10)},
            "corridor": {"kind": "corridor", "at_m": (0, 0), "size_m": (5, 2)},
            "out": {"kind": "outside", "at_m": (20, 0), "size_m": (20, 20)},
        },
        {
            "from-a": {
                "between": ("a", "corridor"), "flow_p_s": 5.0, "at_m": (-5, 0), "merge_weight": weights[0],
            },
            "from-b": {
                "between": ("b", "corridor"), "flow_p_s": 5.0, "at_m": (-5, 0), "width_m": 2.0,
                "merge_weight": weights[1],
            },
            "exit": {"between": ("corridor", "out"), "flow_p_s": 1.0, "at_m": (5, 0)},
        },
        **movement,
    )  # fmt: skip


def ratio(facility: Facility, *, heads: int = 300) -> float:
    """How many pass from b for each from a while both rooms and the corridor are full."""
    crowd = crowd_of(facility, ["a"] * heads + ["b"] * heads, law="assigned")
    crowd.advance(250.0)
    names = [facility.links[link] for link in crowd.log.link if link >= 0]
    late = Counter(names[len(names) // 4 :])
    assert min(crowd.occupancy[facility.space_index[room]] for room in "ab") > 10
    return late["from-b"] / late["from-a"]


def test_streams_merge_by_the_stated_share() -> None:
    assert ratio(landing(merging="equal")) == pytest.approx(1.0, abs=0.03)
    assert ratio(landing(merging="by-width")) == pytest.approx(2.0, rel=0.03)
    assert ratio(landing(merging="by-weight", weights=(1.0, 3.0))) == pytest.approx(3.0, rel=0.03)
    assert ratio(landing(merging="by-weight", weights=(5.0, 2.0))) == pytest.approx(0.4, rel=0.03)


def test_a_stream_that_was_away_saves_up_no_turns() -> None:
    facility = landing(merging="equal")
    crowd = crowd_of(facility, ["a"] * 200 + ["b"] * 60, law="assigned", start_s=[0.0] * 200 + [60.0] * 60)
    crowd.advance(120.0)
    entries = [
        (time, facility.links[link])
        for time, link in zip(crowd.log.time_s, crowd.log.link, strict=True)
        if link >= 0
    ]
    late = Counter(name for time, name in entries if 80.0 < time < 120.0)
    assert late["from-a"] == pytest.approx(late["from-b"], abs=2)


def test_shares_lose_nobody_and_slow_nothing_down() -> None:
    first_come = max(arrivals(crowd_of(landing(), ["a"] * 50 + ["b"] * 50, law="assigned")))
    shared = max(arrivals(crowd_of(landing(merging="equal"), ["a"] * 50 + ["b"] * 50, law="assigned")))
    assert shared == pytest.approx(first_come, abs=1.0)


def doorway(**movement: Any) -> Facility:
    return site(
        {
            "west": {"kind": "yard", "at_m": (-10, 0), "size_m": (20, 20)},
            "east": {"kind": "yard", "at_m": (10, 0), "size_m": (20, 20)},
        },
        {"gate": {"between": ("west", "east"), "flow_p_s": 1.0, "at_m": (0, 0)}},
        **movement,
    )


def opposing(facility: Facility, *, west: int, east: int) -> list[float]:
    """Passages of the gate by people who all stand at it, some on each side."""
    at = facility.space_index
    population = people_at(facility, ["west"] * west + ["east"] * east, speed=1000.0)
    crowd = Crowd(facility, population)
    for person in range(west + east):
        crowd.start(person, 0.0, goals=(at["east" if person < west else "west"],))
    crowd.advance(inf)
    return [t for t, link in zip(crowd.log.time_s, crowd.log.link, strict=True) if link >= 0]


def test_opposing_people_share_one_opening_and_lose_the_stated_share_of_it() -> None:
    alone = opposing(doorway(counterflow_level=0.8), west=100, east=0)
    assert alone[-1] - alone[0] == pytest.approx(99.0)
    both = opposing(doorway(counterflow_level=0.8), west=50, east=50)
    assert both[-1] - both[0] == pytest.approx(99.0 / 0.8, abs=2.0)
    free = opposing(doorway(), west=50, east=50)
    assert free[-1] - free[0] == pytest.approx(99.0)


def test_once_one_side_is_through_the_other_passes_at_the_full_rate() -> None:
    times = opposing(doorway(counterflow_level=0.5), west=100, east=10)
    gaps = [round(b - a, 6) for a, b in pairwise(times)]
    assert set(gaps) == {2.0, 1.0}
    assert gaps[1:] == sorted(gaps[1:], reverse=True)  # the very first finds nobody waiting


def test_parties_that_merge_by_share_do_not_wait_for_one_another_for_ever() -> None:
    facility = landing(merging="by-weight", weights=(1.0, 3.0))
    for seed in range(40):
        heads = [1 + (7 * i + seed) % 5 for i in range(60)]
        crowd = crowd_of(
            facility, ["a", "b"] * 30, heads=heads, law="assigned", seed=seed,
            start_s=[(13 * i + seed) % 40 / 4.0 for i in range(60)],
        )  # fmt: skip
        assert len(arrivals(crowd)) == 60


RISER_M, TREAD_M, FLIGHT_M = 0.18, 0.28, 10.0


def stairway(**movement: Any) -> Facility:
    rise_m = FLIGHT_M * RISER_M / hypot(RISER_M, TREAD_M)
    return site(
        {
            "low": {"at_m": (-10, 0), "size_m": (10, 10)},
            "stair": {
                "kind": "stair", "at_m": (0, 0), "size_m": (10, 2), "length_m": FLIGHT_M,
                "riser_m": RISER_M, "tread_m": TREAD_M,
            },
            "high": {"at_m": (10, 0), "size_m": (10, 10), "level_m": rise_m},
        },
        {
            "foot": {"between": ("low", "stair"), "at_m": (-5, 0), "width_m": 2.0},
            "head": {"between": ("stair", "high"), "at_m": (5, 0), "width_m": 2.0},
        },
        **movement,
    )  # fmt: skip


def climb_s(facility: Facility, *, up: bool, speeds: tuple[float, float, float]) -> float:
    """Seconds on the stair for one person with these speeds (level, up, down)."""
    start, goal = ("low", "high") if up else ("high", "low")
    population = Population.of(
        facility,
        place=[facility.space_index[start]],
        speed_m_s=speeds[:1],
        up_m_s=speeds[1:2],
        down_m_s=speeds[2:],
        streams=Streams(1),
    )
    crowd = Crowd(facility, population)
    crowd.start(0, 0.0, goals=(facility.space_index[goal],))
    crowd.advance(inf)
    first, last = (t for t, link in zip(crowd.log.time_s, crowd.log.link, strict=True) if link >= 0)
    return last - first


def test_everybody_has_a_speed_up_and_a_speed_down_the_stairs() -> None:
    speeds = (1.2, 0.4, 0.5)
    assert climb_s(stairway(), up=True, speeds=speeds) == pytest.approx(25.0)
    assert climb_s(stairway(), up=False, speeds=speeds) == pytest.approx(20.0)


@pytest.mark.parametrize(
    ("law", "up", "speed"),
    [
        ("sfpe", True, 0.9221),
        ("sfpe", False, 0.9221),
        ("imo", True, 0.8),
        ("imo", False, 1.0),
        ("weidmann", True, 0.610),
        ("weidmann", False, 0.694),
        ("assigned", True, 3.0),
    ],
)
def test_a_law_caps_the_speed_on_stairs_by_direction(law: str, up: bool, speed: float) -> None:
    assert climb_s(stairway(law=law), up=up, speeds=(3.0, 3.0, 3.0)) == pytest.approx(10.0 / speed, rel=2e-3)


def test_imo_passes_fewer_people_up_a_stair_than_down_and_none_loses_a_boundary_layer() -> None:
    facility = site(
        {
            "low": {"at_m": (-10, 0), "size_m": (10, 10)},
            "stair": {
                "kind": "stair", "at_m": (0, 0), "size_m": (10, 2), "length_m": 4.0, "riser_m": 0.18,
                "tread_m": 0.28,
            },
        },
        {
            "foot": {"between": ("low", "stair"), "at_m": (-5, 0), "width_m": 2.0},
            "door": {"between": ("low", "stair"), "kind": "door", "at_m": (-5, 1), "width_m": 1.0},
        },
        specific_flow=None,
        law="imo",
    )  # fmt: skip
    foot, door = facility.link_index["foot"], facility.link_index["door"]
    assert facility.port_capacity_p_s[2 * foot] == pytest.approx(0.88 * 2.0)  # into the stair at its foot: up
    assert facility.port_capacity_p_s[2 * foot + 1] == pytest.approx(1.1 * 2.0)
    assert facility.port_capacity_p_s[2 * door] == pytest.approx(1.3)
    assert facility.link_capacity_p_s[foot] == pytest.approx(2.2)


def test_who_turns_on_a_stair_goes_on_at_the_speed_of_the_other_direction() -> None:
    facility = stairway(law="assigned")
    at = facility.space_index
    population = Population.of(
        facility, place=[at["low"]], speed_m_s=[1.0], up_m_s=[0.5], down_m_s=[0.25], streams=Streams(1)
    )
    crowd = Crowd(facility, population)
    crowd.start(0, 0.0, goals=(at["high"],))
    crowd.advance(5.0 + 8.0)  # 4 m up
    crowd.start(0, 13.0, goals=(at["low"],))
    crowd.advance(15.0)  # half a metre down
    crowd.start(0, 15.0, goals=(at["high"],))
    crowd.advance(inf)
    times = [t for t, link in zip(crowd.log.time_s, crowd.log.link, strict=True) if link >= 0]
    assert times == pytest.approx([5.0, 15.0 + 6.5 / 0.5])


def test_a_stair_behind_a_wide_door_carries_no_more_than_its_own_width() -> None:
    """A flight of 1 m passes 1.0148 (1 - 0.3) p/s by SFPE, whatever the doors at its ends."""
    flow = 51.8 * (TREAD_M / RISER_M) ** 0.5 / 60.0 / (4.0 * 0.266)
    facility = site(
        {
            "room": {"at_m": (-10, 0), "size_m": (10, 10)},
            "stair": {
                "kind": "stair", "at_m": (0, 0), "size_m": (10, 1), "length_m": 10.0, "riser_m": RISER_M,
                "tread_m": TREAD_M,
            },
        },
        {"door": {"between": ("room", "stair"), "kind": "door", "at_m": (-5, 0), "width_m": 2.0}},
    )  # fmt: skip
    assert facility.link_capacity_p_s[0] == pytest.approx(flow * 0.7)


def test_fewer_climb_a_stair_by_predtechenskii_and_milinskii_than_come_down() -> None:
    facility = stairway(law="predtechenskii-milinskii", specific_flow_p_s_m=None)
    foot = facility.link_index["foot"]
    into, out = facility.port_capacity_p_s[2 * foot], facility.port_capacity_p_s[2 * foot + 1]
    assert into == pytest.approx(0.11191 / 0.113 * 2.0)
    assert out == pytest.approx(0.13566 / 0.113 * 2.0)
