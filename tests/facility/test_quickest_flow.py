"""The quickest flow: known networks, and that no run of the kernel lies below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.facility.free_ways import Evacuation
from drillsim.facility.graph import Facility
from drillsim.facility.quickest_flow import most_arrived, quickest_flow
from drillsim.facility.spec import FacilitySpec, LinkSpec, SpaceSpec
from drillsim.people.crowd import Crowd
from drillsim.people.movement import fastest_walk_m_s
from drillsim.people.population import Population
from drillsim.streams import Streams
from tests.benchmarks.building import occupants, ready, tower

CALM = settings(max_examples=80, deadline=None, derandomize=True)


def site(kinds: Mapping[str, str], links: Mapping[str, Mapping[str, Any]]) -> Facility:
    """Spaces of 2 m by 2 m around the origin; links lie at the origin unless told otherwise."""
    return Facility.build(
        FacilitySpec(
            spaces={
                name: SpaceSpec(kind=kind, at_m=(0, 0), size_m=(2, 2))  # type: ignore[arg-type]
                for name, kind in kinds.items()
            },
            links={
                name: LinkSpec(**{"width_m": 1.0, "at_m": (0, 0)} | dict(row)) for name, row in links.items()
            },
        )
    )


def people(facility: Facility, tokens: int, *, place: str = "start", **more: Any) -> Evacuation:
    return Evacuation.of(
        facility,
        goals=[facility.space_index["out"]],
        place=[facility.space_index[place]] * tokens,
        **{"start_s": [0.0] * tokens, "speed_m_s": [1.0] * tokens} | more,
    )


def chain(capacities_p_s: Sequence[float], **link: Any) -> Facility:
    """Spaces in a row, joined by links at one point, so that nobody walks."""
    names = ["start", *(f"s{n}" for n in range(1, len(capacities_p_s))), "out"]
    return site(
        dict.fromkeys(names, "yard") | {"out": "muster"},
        {
            f"l{n}": {"between": (names[n], names[n + 1]), "flow_p_s": capacity, **link}
            for n, capacity in enumerate(capacities_p_s)
        },
    )


def two_ways(*, wide: bool) -> Facility:
    """Case Q-2: a short way of 1 p/s and 10 s, a long one of 2 p/s (or two of 1 p/s) and 40 s."""
    between = ("start", "out")
    long = {"wide": 2.0} if wide else {"one": 1.0, "two": 1.0}
    return site(
        {"start": "yard", "out": "muster"},
        {"short": {"between": between, "flow_p_s": 1.0, "at_m": (10, 0)}}
        | {name: {"between": between, "flow_p_s": flow, "at_m": (0, 40)} for name, flow in long.items()},
    )


@pytest.mark.parametrize(
    ("capacities_p_s", "heads"),
    [((1.3,), 100), ((0.37,), 2), ((1.0,) * 5, 60), ((1.0, 0.5, 2.0), 41), ((2.0,), 1)],
)
def test_people_before_a_chain_of_links_take_all_but_one_over_the_least_capacity(capacities_p_s, heads):
    found = quickest_flow(people(chain(capacities_p_s), heads))
    exact_s = (heads - 1) / min(capacities_p_s)
    assert 0.995 * exact_s - 1e-9 <= found.lower_s <= exact_s + 1e-9
    assert found.gap < 0.02


def test_case_q1_takes_119_s():
    found = quickest_flow(people(chain((1.0,), at_m=(20, 0)), 100))
    assert 118.8 < found.lower_s <= 119.0 <= found.upper_s < 119.5


def test_case_q2_takes_96_s_by_both_ways_and_209_s_by_the_nearest():
    facility = two_ways(wide=True)
    both = quickest_flow(people(facility, 200))
    shut = np.array([link == "short" for link in facility.links for _ in range(2)])
    nearest = quickest_flow(people(facility, 200, open_ports=shut))
    assert 95.8 < both.lower_s <= 96.0 <= both.upper_s < 96.3
    assert 208.6 < nearest.lower_s <= 209.0 <= nearest.upper_s < 209.5


def test_case_q2_lets_as_many_arrive_by_each_step_as_the_earliest_arrival_flow():
    evacuation = people(two_ways(wide=False), 200)
    table = {10: 1, 20: 11, 39: 30, 40: 33, 50: 63, 80: 153, 95: 198}
    for by_s, heads in table.items():
        assert heads <= most_arrived(evacuation, by_s=by_s) + 1e-6 < heads + 1
    assert most_arrived(evacuation, by_s=9.9) == 0.0


def test_a_group_that_stays_together_passes_at_once_and_then_keeps_the_link_busy():
    found = quickest_flow(people(chain((1.0,)), 3, heads=[5, 5, 5]))
    assert 9.9 < found.lower_s <= 10.0


def test_who_passes_a_slow_link_at_once_is_through_the_next_before_others_come():
    """One through 0.1 p/s and 1 p/s at 0 s, five to the latter at 5 s: 5, 6 ... 9 s."""
    facility = chain((0.1, 1.0))
    index = facility.space_index
    evacuation = Evacuation.of(
        facility,
        goals=[index["out"]],
        place=[index["start"], *[index["s1"]] * 5],
        start_s=[0.0, *[5.0] * 5],
        speed_m_s=[1.0] * 6,
    )
    assert 8.9 < quickest_flow(evacuation).lower_s <= 9.0


def test_starting_later_by_a_delay_makes_everything_later_by_it():
    facility = two_ways(wide=True)
    now = quickest_flow(people(facility, 60))
    later = quickest_flow(people(facility, 60, start_s=[1000.0] * 60))
    assert later.lower_s - 1000.0 == pytest.approx(now.lower_s, rel=0.005)


def test_a_slow_person_is_not_there_before_its_own_walk():
    facility = chain((1.0, 1.0), at_m=(30, 0))
    found = quickest_flow(people(facility, 2, speed_m_s=[2.0, 0.5], start_s=[0.0, 7.0]))
    assert found.lower_s == pytest.approx(67.0, abs=1e-5)
    assert found.free_s == 67.0


def test_the_movement_law_keeps_the_fastest_down():
    facility = chain((1.0, 1.0), at_m=(30, 0))
    limits = np.full((len(facility.spaces), 3), 1.2)
    found = quickest_flow(people(facility, 1, speed_m_s=[2.0], limit_m_s=limits))
    assert found.lower_s == pytest.approx(25.0, abs=1e-5)


def test_who_begins_in_a_goal_is_there_at_its_start():
    facility = chain((1.0,))
    found = quickest_flow(people(facility, 4, place="out", start_s=[1.0, 2.0, 3.0, 4.0]))
    assert (found.lower_s, found.heads, found.gap) == (4.0, 4, 0.0)


def test_a_room_without_another_way_out_is_no_way():
    facility = site(
        {"start": "yard", "closet": "room", "out": "muster"},
        {
            "door": {"between": ("start", "closet"), "flow_p_s": 1.0},
            "exit": {"between": ("start", "out"), "flow_p_s": 1.0},
        },
    )
    found = quickest_flow(people(facility, 10))
    assert found.ports == (2 * facility.link_index["exit"],)


def test_somebody_without_a_way_is_an_error():
    facility = chain((1.0,))
    with pytest.raises(ValueError, match="no way to a goal"):
        quickest_flow(people(facility, 2, open_ports=[False, True]))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"speed_m_s": [0.0, 1.0]}, "above 0"),
        ({"start_s": [inf, 0.0]}, "finite"),
        ({"start_s": [0.0]}, "one entry a token"),
    ],
)
def test_people_who_cannot_be_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        people(chain((1.0,)), 2, **change)


def test_a_tower_of_five_storeys_comes_within_four_percent_of_its_bound():
    facility = tower(storeys=5, rooms=10)
    population = occupants(facility, per_room=10)
    crowd = ready(facility, population)
    crowd.advance(inf)
    found = quickest_flow(
        Evacuation.of(
            facility,
            goals=[facility.space_index["outside"]],
            place=population.place,
            start_s=[60.0 * luck for luck in population.exit],
            speed_m_s=population.speed_m_s,
            limit_m_s=fastest_walk_m_s(facility),
        ),
        about_s=crowd.last_s,
    )
    assert found.gap < 0.02
    assert found.lower_s <= crowd.last_s < 1.04 * found.lower_s


# -- no run lies below --------------------------------------------------------------------------------


@st.composite
def facilities(draw: st.DrawFn) -> Facility:
    """Rooms and flights of stairs, joined as a tree with some links more, and one or two ways out."""
    rooms = draw(st.integers(1, 6))
    flows = st.sampled_from([0.3, 0.7, 1.0, 2.5])
    spaces: dict[str, SpaceSpec] = {}
    links: dict[str, LinkSpec] = {}
    for exit_ in range(draw(st.integers(1, 2))):
        spaces[f"out{exit_}"] = SpaceSpec(kind="muster", at_m=(-10, 20 * exit_), size_m=(10, 10))
        room = draw(st.integers(0, rooms - 1))
        links[f"exit{exit_}"] = LinkSpec(
            between=(f"r{room}", f"out{exit_}"), width_m=1, flow_p_s=draw(flows), at_m=(6 * room, -2)
        )
    for room in range(rooms):
        side = draw(st.sampled_from([1.5, 3.0, 6.0]))
        stair = {"kind": "stair", "length_m": 5.0, "riser_m": 0.17, "tread_m": 0.28}
        kind = stair if draw(st.booleans()) else {"kind": "room"}
        spaces[f"r{room}"] = SpaceSpec(
            **kind, at_m=(6 * room, 0), size_m=(side, side), level_m=draw(st.sampled_from([0.0, 2.6]))
        )
        for extra in range(draw(st.integers(1, 2)) if room else 0):
            links[f"l{room}-{extra}"] = LinkSpec(
                between=(f"r{room}", f"r{draw(st.integers(0, room - 1))}"),
                width_m=1, flow_p_s=draw(flows), at_m=(6 * room - 3, draw(st.integers(-3, 3))),
            )  # fmt: skip
    return Facility.build(FacilitySpec(spaces=spaces, links=links))


@given(st.data())
@CALM
def test_no_run_ends_before_the_quickest_flow_whatever_ways_people_take(data):
    facility = data.draw(facilities())
    rooms = [i for i, name in enumerate(facility.spaces) if name.startswith("r")]
    goals = [i for i, kind in enumerate(facility.kind) if kind == "muster"]
    count = data.draw(st.integers(1, 25))
    each = lambda values: data.draw(st.lists(values, min_size=count, max_size=count))  # noqa: E731
    place, heads = each(st.sampled_from(rooms)), each(st.sampled_from([1, 1, 1, 3]))
    start_s = each(st.sampled_from([0.0, 0.0, 4.3, 20.0]))
    level, up, down = (each(st.sampled_from([0.6, 1.0, 1.7])) for _ in range(3))
    population = Population.of(
        facility, place=place, speed_m_s=level, up_m_s=up, down_m_s=down, heads=heads, streams=Streams(1)
    )
    crowd = Crowd(facility, population)
    for person in range(count):
        via = data.draw(st.sampled_from([(), (), *((room,) for room in rooms)]))
        route = data.draw(st.sampled_from(["nearest", "least-crowded", "follow"]))
        crowd.start(person, start_s[person], goals=goals, via=via, route=route)
    crowd.advance(2000.0)
    arrived_s = [crowd.arrived_s(person) for person in range(count)]
    if any(time_s is None for time_s in arrived_s):
        return  # a standstill of full spaces, or somebody walks to and fro
    found = quickest_flow(
        Evacuation.of(
            facility, goals=goals, place=place, start_s=start_s, heads=heads,
            speed_m_s=np.column_stack([level, up, down]), limit_m_s=fastest_walk_m_s(facility),
        ),
        most_arcs=4000,
    )  # fmt: skip
    assert max(arrived_s) >= found.lower_s - 1e-9
    assert found.lower_s <= found.upper_s
