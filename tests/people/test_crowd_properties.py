"""What must hold on any facility, whatever the crowd is told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import inf

from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.facility.graph import Facility
from drillsim.people.crowd import Crowd
from drillsim.people.population import Population
from drillsim.streams import Streams
from tests.people.cases import site

CALM = settings(max_examples=60, deadline=None, derandomize=True)
times = st.floats(0.0, 40.0).map(lambda t: round(t, 1))


@dataclass(frozen=True)
class Change:
    time_s: float
    link: int
    forward_open: bool
    backward_open: bool


@st.composite
def facilities(draw: st.DrawFn) -> Facility:
    """A tree of small rooms with some links more; room 0 leads out."""
    rooms = draw(st.integers(1, 6))
    spaces: dict[str, dict[str, object]] = {"out": {"kind": "outside", "at_m": (-10, 0), "size_m": (10, 10)}}
    links: dict[str, dict[str, object]] = {
        "exit": {"between": ("r0", "out"), "flow_p_s": draw(st.sampled_from([0.5, 1.0, 2.5])), "at_m": (0, 0)}
    }
    for room in range(rooms):
        side = draw(st.sampled_from([1.0, 1.5, 3.0]))
        spaces[f"r{room}"] = {"at_m": (6 * room, 0), "size_m": (side, side)}
        if room:
            ends = [(f"r{draw(st.integers(0, room - 1))}", f"r{room}")]
            if draw(st.booleans()):
                ends.append((f"r{room}", f"r{draw(st.integers(0, room - 1))}"))
            for i, between in enumerate(ends):
                flow = draw(st.sampled_from([0.5, 1.0, 2.5]))
                links[f"l{room}{i}"] = {"between": between, "flow_p_s": flow, "at_m": (6 * room - 3, i)}
    return site(spaces, links)


@st.composite
def crowds(draw: st.DrawFn, *, moods: bool = True) -> tuple[Crowd, list[Change]]:
    facility = draw(facilities())
    rooms = [i for i, kind in enumerate(facility.kind) if kind == "room"]
    place = draw(st.lists(st.sampled_from(rooms), min_size=1, max_size=25))
    heads = [draw(st.sampled_from([1, 1, 1, 2, 5])) if moods else 1 for _ in place]
    speeds = [draw(st.sampled_from([0.6, 1.0, 1.4])) for _ in place]
    population = Population.of(facility, place=place, speed_m_s=speeds, heads=heads, streams=Streams(1))
    crowd = Crowd(facility, population)
    spaces = st.sampled_from(range(len(facility.spaces)))
    out = facility.space_index["out"]
    for person in range(len(place)):
        goal = draw(spaces) if moods and draw(st.booleans()) else out
        via = (draw(spaces),) if moods and draw(st.booleans()) else ()
        crowd.start(person, draw(times), goals=(goal,), via=via)
    changes = st.builds(
        Change, times, st.sampled_from(range(len(facility.links))), st.booleans(), st.booleans()
    )
    return crowd, sorted(draw(st.lists(changes, max_size=5 if moods else 0)), key=lambda c: c.time_s)


def check_totals(crowd: Crowd, at_start: list[int]) -> None:
    heads = crowd._heads
    counted = [0] * len(crowd.occupancy)
    for person, n in enumerate(heads):
        counted[crowd.space_of(person)] += n
    assert list(crowd.occupancy) == counted
    for space, inside in enumerate(counted):
        # A group larger than the space may pass it alone.
        alone = max((n for p, n in enumerate(heads) if crowd.space_of(p) == space), default=0)
        assert 0 <= inside <= max(crowd.facility.slots[space], at_start[space], alone)


def check_windows(crowd: Crowd) -> None:
    """No window of length dt sees more than 1 + C dt: each passage waits for the headways before it."""
    free_s: dict[int, float] = defaultdict(lambda: -inf)
    log = crowd.log
    for time_s, asked_s, person, link in zip(log.time_s, log.arrived_s, log.person, log.link, strict=True):
        assert asked_s <= time_s
        if link >= 0:
            assert time_s >= free_s[link] - 1e-9
            free_s[link] = time_s + crowd._heads[person] / float(crowd.facility.link_capacity_p_s[link])
    assert list(log.time_s) == sorted(log.time_s)


def step_through(crowd: Crowd, changes: list[Change]) -> int:
    """Event by event to the end, with changes on the way; number of events."""
    at_start, events = list(crowd.occupancy), 0
    for change in [*changes, None]:
        until_s = change.time_s if change else inf
        while crowd.next_time() < until_s:
            crowd.advance(crowd.next_time(), inclusive=True)
            check_totals(crowd, at_start)
            events += 1
            assert events < 20_000
        if change:
            crowd.advance(until_s)
            crowd.set_link(change.link, forward_open=change.forward_open, backward_open=change.backward_open)
            check_totals(crowd, at_start)
    return events


@CALM
@given(crowds())
def test_nobody_vanishes_no_space_overflows_and_no_link_passes_more_than_it_can(
    case: tuple[Crowd, list[Change]],
) -> None:
    crowd, changes = case
    step_through(crowd, changes)
    check_windows(crowd)
    states = [crowd.state_of(p) for p in range(len(crowd._heads))]
    assert set(states) <= {"arrived", "stuck", "queueing"}
    if "queueing" in states:
        assert crowd.standstill()


@CALM
@given(crowds(moods=False))
def test_a_crowd_with_one_goal_and_open_ways_gets_there(case: tuple[Crowd, list[Change]]) -> None:
    crowd, changes = case
    step_through(crowd, changes)
    check_windows(crowd)
    assert {crowd.state_of(p) for p in range(len(crowd._heads))} == {"arrived"}


@CALM
@given(crowds(), st.integers(1, 7))
def test_how_the_clock_is_cut_changes_nothing(case: tuple[Crowd, list[Change]], step_s: int) -> None:
    crowd, _ = case
    other = Crowd(crowd.facility, crowd._population, record=False)
    for person, (time_s, destination) in sorted(crowd._orders.items()):
        goals, via = destination.goals, ()
        if destination.onward:
            goals, via = destination.onward.goals, tuple(destination.goals)
        other.start(person, time_s, goals=tuple(goals), via=via)
    crowd.advance(inf)
    while other.next_time() < inf:
        other.advance(other.now_s + step_s)
    people = range(len(crowd._heads))
    assert [crowd.arrived_s(p) for p in people] == [other.arrived_s(p) for p in people]
    assert [crowd.space_of(p) for p in people] == [other.space_of(p) for p in people]
