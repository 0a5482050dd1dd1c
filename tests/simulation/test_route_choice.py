"""Which way people take: assigned, nearest, least crowded or with the others, and when they change it."""

import pytest

from drillsim.simulation.run import run
from tests.simulation.small import end_states, fork, inject, link, passages, space, task

OPEN_END = task(takes="30 min", milestone="over")
CROWD = 120


def hall(*, length_east):
    """A hall between two doors to the open, the eastern one a little farther off."""
    return {
        "movement": {"specific_flow": "1.33 p/s/m"},
        "spaces": {
            "yard-west": space("muster", x=-20, width=40, depth=40, outdoors="true"),
            "hall": space("hall", x=10, width=20, depth=20),
            "east": space("corridor", x=20 + length_east / 2, width=length_east),
            "yard-east": space("muster", x=40 + length_east, width=40, depth=40, outdoors="true"),
        },
        "links": {
            "west-exit": link("hall", "yard-west"),
            "east-door": link("hall", "east"),
            "east-exit": link("east", "yard-east"),
        },
    }


def choose(route, *, facility=None, injects=None, tell=None, **group):
    groups = {"staff": {"count": str(CROWD), "place": "hall", "profile": "plain", "route": route} | group}
    tell = {"do": "tell", "mode": "voice"} | (tell or {})
    tasks = {"alarm": task(takes="0 s", effects=[tell]), "over": OPEN_END}
    scenario = fork(
        tasks=tasks,
        groups=groups,
        profiles={"plain": {"speed": "1 m/s", "responses": {"voice": {"uniform": ["0 s", "60 s"]}}}},
        facility=facility or hall(length_east=5),
        injects=injects or {},
    )
    trace = run(scenario, plan="plan")
    assert end_states(trace) == {("staff", "evacuated"): float(CROWD)}
    west = passages(trace, "west-exit", into="yard-west")
    east = passages(trace, "east-exit", into="yard-east")
    assert len(west) + len(east) == CROWD
    return len(west), len(east), max(west + east)


def test_the_nearest_way_is_taken_by_all_and_the_least_crowded_is_shared():
    west, east, nearest_s = choose("nearest")
    assert (west, east) == (CROWD, 0)
    west, east, least_s = choose("least-crowded")
    assert east > CROWD / 4
    assert least_s < 0.8 * nearest_s


def test_a_group_follows_those_who_went_before():
    """Six who know the way go east first; those who follow come after them, not by the nearer way."""
    groups = {
        "first": {"count": "6", "place": "hall", "profile": "quick", "exits": {"east": "100 %"}},
        "staff": {"count": "10", "place": "hall", "profile": "plain", "route": "follow"},
    }
    profiles = {
        "plain": {"speed": "1 m/s", "responses": {"voice": "60 s"}},
        "quick": {"speed": "1 m/s", "responses": {"voice": "0 s"}},
    }
    tasks = {"alarm": task(takes="0 s", effects=[{"do": "tell", "mode": "voice"}]), "over": OPEN_END}
    went = {}
    for route in ("nearest", "follow"):
        groups["staff"]["route"] = route
        scenario = fork(tasks=tasks, groups=groups, profiles=profiles, facility=hall(length_east=5))
        trace = run(scenario, plan="plan")
        went[route] = len(passages(trace, "east-exit", into="yard-east"))
    assert went == {"nearest": 6, "follow": 16}


@pytest.mark.parametrize("route", ["nearest", "least-crowded", "follow"])
def test_a_familiar_exit_wins_over_the_way_a_group_would_choose(route):
    west, east, _ = choose(route, exits={"east": "100 %"})
    assert (west, east) == (0, CROWD)


@pytest.mark.parametrize("route", ["nearest", "least-crowded", "follow"])
def test_an_assigned_way_wins_over_the_way_a_group_would_choose(route):
    west, east, _ = choose(route, tell={"via": {"east": "100 %"}})
    assert (west, east) == (0, CROWD)


@pytest.mark.parametrize("route", ["nearest", "least-crowded", "follow"])
def test_people_turn_to_the_other_way_when_theirs_is_closed(route):
    shut = {"do": "link", "link": "west-exit", "closed": "true", "closed_to": "public"}
    west, east, _ = choose(route, injects={"shut": inject("50 s", shut)})
    assert 0 < west < CROWD
    assert east == CROWD - west


def test_a_way_that_opens_is_taken_by_those_who_set_out_later_and_look_for_the_least_crowded():
    site = hall(length_east=5)
    site["links"]["east-door"] |= {"kind": "gate", "locked": "true"}
    opens = {"opens": inject("35 s", {"do": "link", "link": "east-door", "closed": "false"})}
    assert choose("nearest", facility=site, injects=opens)[1] == 0
    assert choose("least-crowded", facility=site, injects=opens)[1] > 10


# -- what shows on the way ----------------------------------------------------------------------------

SMOKE = {"m": {"kind": "prescribed", "at": "west", "air": [{"from": "60 s", "extinction": "2 /m"}]}}
GAS = {
    "d": {
        "kind": "leak",
        "substance": "acrylonitrile",
        "at": "west",
        "amount": "200 kg",
        "pool": "10 m²",
        "outflow": "10 min",
        "onset": "40 s",
        "noticed": "0.001 ppm",
    }
}


@pytest.mark.parametrize("hazards", [SMOKE, GAS], ids=["smoke", "gas"])
@pytest.mark.parametrize(("conditions", "side"), [("exercise", "west"), ("emergency", "east")])
def test_people_on_their_way_turn_when_smoke_shows_or_gas_is_noticed_ahead(hazards, conditions, side):
    """They set out at 30 s and need 80 s to the western door; by then the air behind it has changed."""
    slow = {"plain": {"speed": "0.05 m/s", "responses": {"voice": "30 s"}}}
    scenario = fork(
        tasks={
            "alarm": task(takes="0 s", effects=[{"do": "tell", "mode": "voice"}]),
            "over": OPEN_END,
        },
        profiles=slow,
        hazards=hazards,
        weather={"wind_from": "90°", "wind_sd": "0°", "wind_speed": "3 m/s"},
    )
    trace = run(scenario, plan="plan", conditions=conditions)
    told = {"smoke", "noticed"}
    seen = min(r.time_s for _, r in trace.of("threshold") if r.task in told and r.place == "west")
    assert 30.0 < seen < 110.0
    assert "room" not in {r.place for _, r in trace.of("threshold") if r.task in told}
    assert passages(trace, f"{side}-door", into=side)
    assert len(passages(trace, f"{side}-exit", into=f"yard-{side}")) == 10


def test_who_was_assigned_a_way_leaves_it_when_smoke_shows_there():
    scenario = fork(
        tasks={
            "alarm": task(takes="0 s", effects=[{"do": "tell", "mode": "voice", "via": {"west": "100 %"}}]),
            "over": OPEN_END,
        },
        profiles={"plain": {"speed": "0.05 m/s", "responses": {"voice": "30 s"}}},
        hazards=SMOKE,
    )
    trace = run(scenario, plan="plan", conditions="emergency")
    assert len(passages(trace, "east-exit", into="yard-east")) == 10
