"""Lifts: who takes one, how long the trips last, and what happens when it goes out of service."""

import math

import pytest

from drillsim.simulation.belongings import PICKING_UP_S
from drillsim.simulation.run import run
from tests.simulation.small import (
    end_states,
    inject,
    link,
    passages,
    small,
    space,
    starts,
    task,
    times,
    when,
)

OPEN_END = task(takes="60 min", milestone="over")
ALARM = {"do": "tell", "mode": "voice"}
DOORS_S, BOARDING_S, SPEED = 8.0, 1.5, 0.5
STOREY_M = 4.0
UPSTAIRS = {"title": "empty", "observed": "empty", "when": {"empty": ["f3", "f2"], "after": "alarm"}}
OUT = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}


def tower(**lift):
    """Three floors that are lobbies too, a stair, a hall at the foot that opens to the yard."""
    floors = {
        name: space("hall", x=20, width=20, depth=20, level=f"{level} m")
        for name, level in (("f1", 0.0), ("f2", STOREY_M), ("f3", 2 * STOREY_M))
    }
    stair = {
        "floors": ["f1", "f2", "f3"],
        "at": ["35 m", "2.5 m"],
        "size": ["4 m", "6 m"],
        "width": "1.2 m",
        "storey": f"{STOREY_M} m",
        "riser": "165 mm",
        "tread": "280 mm",
        "door": "1 m",
    }
    car = {
        "floors": ["f1", "f2", "f3"],
        "evacuation": "true",
        "persons": "4",
        "speed": f"{SPEED} m/s",
        "doors": f"{DOORS_S} s",
        "boarding": f"{BOARDING_S} s",
    }
    return {
        "spaces": floors | {"yard": space("muster", x=-10, width=40, depth=40, outdoors="true")},
        "links": {"exit": link("f1", "yard")},
        "stairs": {"S": stair},
        "lifts": {"L": car | lift},
    }


def ride(groups, *, lift=None, injects=None, milestones=None, **sections):
    made = {
        name: {"count": "1", "place": "f3", "profile": "plain", "lift": "L"} | entry
        for name, entry in groups.items()
    }
    scenario = small(
        tasks={"alarm": task(takes="0 s", effects=[ALARM]), "over": OPEN_END},
        facility=tower(**(lift or {})),
        agencies={},
        groups=made,
        profiles={
            "late": {"speed": "1 m/s", "responses": {"voice": "60 s"}},
            "plain": {"speed": "1 m/s", "responses": {"voice": "30 s"}},
        },
        milestones={"upstairs_empty": UPSTAIRS, "last_out": OUT} | (milestones or {}),
        injects=injects or {},
        **sections,
    )
    return run(scenario, plan="plan")


def lift_rows(trace, what):
    return [(row.time_s, row.place, row.value) for _, row in trace.of("lift") if row.task == what]


def round_trip_s(heads, *, floors=2):
    """Up, doors, boarding, down, doors, letting out (ELVAC's standard round trip)."""
    return 2 * (floors * STOREY_M / SPEED + DOORS_S + heads * BOARDING_S)


# -- the closed form ----------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 4, 5, 11])
def test_people_of_one_lobby_are_down_after_the_sum_of_the_round_trips(count):
    trace = ride({"staff": {"count": str(count)}})
    trips = [4] * (count // 4) + ([count % 4] if count % 4 else [])
    assert len(trips) == math.ceil(count / 4)
    let_out = lift_rows(trace, "let-out")
    assert [(place, heads) for _, place, heads in let_out] == [("f1", float(heads)) for heads in trips]
    # they wait in the lobby, which is where they start, from 30 s on
    expected = [30.0 + sum(map(round_trip_s, trips[: n + 1])) for n in range(len(trips))]
    assert [time_s for time_s, _, _ in let_out] == pytest.approx(expected, abs=1e-9)
    assert end_states(trace) == {("staff", "evacuated"): float(count)}
    assert passages(trace, "S-opening-1", into="S-foot") == []


def test_the_last_one_down_walks_on_to_the_muster():
    trace = ride({"staff": {}})
    (out,) = passages(trace, "exit", into="yard")
    assert out == pytest.approx(30.0 + round_trip_s(1) + 10.0)
    assert when(trace, "last_out") == out


def emptied(*places):
    return {"title": "empty", "observed": "empty", "when": {"empty": places, "after": "alarm"}}


def test_floors_are_empty_when_the_last_of_them_has_left_the_car_too():
    trace = ride({"staff": {"count": "2"}})
    assert when(trace, "upstairs_empty") == pytest.approx(30.0 + round_trip_s(2))


def test_floors_with_the_exit_lobby_are_not_empty_while_somebody_rides_down_to_it():
    # one rides from 55.5 s on and crosses the exit 10 s after getting out; nobody is on a floor meanwhile
    trace = ride({"staff": {}}, milestones={"building_empty": emptied("f1", "f2", "f3")})
    assert when(trace, "building_empty") == pytest.approx(30.0 + round_trip_s(1) + 10.0)


def test_a_floor_the_lift_does_not_serve_is_empty_whoever_rides():
    groups = {"rider": {}, "walker": {"place": "f1", "lift": None}}
    trace = ride(groups, lift={"floors": ["f2", "f3"]}, milestones={"foot_empty": emptied("f1", "S-foot")})
    (last_walk,) = passages(trace, "exit", into="yard")[:1]
    assert when(trace, "foot_empty") == last_walk < lift_rows(trace, "let-out")[0][0]


def test_people_walk_to_the_lobby_of_their_floor_first():
    site = tower()
    site["spaces"]["office"] = space("room", x=42, width=24, depth=6, y=14, level="8 m")
    site["links"]["office-door"] = link("f3", "office")
    groups = {"staff": {"count": "1", "place": "office", "profile": "plain", "lift": "L"}}
    scenario = small(
        tasks={"alarm": task(takes="0 s", effects=[ALARM]), "over": OPEN_END},
        facility=site,
        agencies={},
        groups=groups,
    )
    trace = run(scenario, plan="plan")
    (at_lobby,) = passages(trace, "office-door", into="f3")
    ((down, _, _),) = lift_rows(trace, "let-out")
    assert down == pytest.approx(at_lobby + round_trip_s(1))


def test_who_came_down_by_lift_does_not_go_up_again_for_a_familiar_stair():
    trace = ride({"staff": {"exits": {"S-2": "100 %"}}})
    assert passages(trace, "exit", into="yard") == [pytest.approx(30.0 + round_trip_s(1) + 10.0)]
    held = ride({"staff": {"exits": {"S-2": "100 %"}}}, lift={"evacuation": "false"})
    assert len(passages(held, "S-opening-2", into="S-1")) == 1


def test_who_is_told_a_way_takes_it_and_not_the_lift():
    trace = ride({"staff": {}}, injects={"way": inject("5 s", ALARM | {"via": {"S-2": "100 %"}})})
    assert times(trace, "lift") == []
    assert len(passages(trace, "S-opening-2", into="S-1")) == 1


# -- order --------------------------------------------------------------------------------------------


def test_the_lobby_of_who_has_waited_longest_is_served_first():
    trace = ride({"above": {"profile": "late"}, "below": {"place": "f2"}})
    assert [place for _, place, _ in lift_rows(trace, "boarded")] == ["f2", "f3"]
    trace = ride({"above": {}, "below": {"place": "f2", "profile": "late"}})
    assert [place for _, place, _ in lift_rows(trace, "boarded")] == ["f3", "f2"]


def test_a_car_that_is_full_comes_again_and_never_carries_more_than_its_load():
    trace = ride({"staff": {"count": "10"}}, lift={"persons": "3"})
    assert [heads for _, _, heads in lift_rows(trace, "boarded")] == [3.0, 3.0, 3.0, 1.0]


def test_whoever_comes_while_others_step_in_still_gets_in():
    soon = {"soon": {"speed": "1 m/s", "responses": {"voice": "55 s"}}}
    groups = {
        "first": {"count": "1", "place": "f3", "profile": "plain", "lift": "L"},
        "second": {"count": "1", "place": "f3", "profile": "soon", "lift": "L"},
    }
    scenario = small(
        tasks={"alarm": task(takes="0 s", effects=[ALARM]), "over": OPEN_END},
        facility=tower(),
        agencies={},
        groups=groups,
        profiles=soon | {"plain": {"speed": "1 m/s", "responses": {"voice": "30 s"}}},
    )
    trace = run(scenario, plan="plan")  # the doors are open from 54 s on, the first is in at 55.5 s
    assert lift_rows(trace, "boarded") == [(57.0, "f3", 2.0)]


# -- who walks ----------------------------------------------------------------------------------------


def test_a_lift_that_is_held_carries_nobody_and_people_take_the_stairs():
    trace = ride({"staff": {"count": "3"}}, lift={"evacuation": "false"})
    assert times(trace, "lift") == []
    assert len(passages(trace, "S-opening-1", into="S-foot")) == 3
    assert end_states(trace) == {("staff", "evacuated"): 3.0}


def test_people_of_other_groups_and_of_the_exit_floor_walk():
    trace = ride({"ground": {"place": "f1"}, "riders": {}, "walkers": {"count": "2"}})
    assert sum(heads for _, _, heads in lift_rows(trace, "boarded")) == 3.0
    groups = {
        "riders": {"count": "1", "place": "f3", "profile": "plain", "lift": "L"},
        "walkers": {"count": "2", "place": "f3", "profile": "plain"},
    }
    scenario = small(
        tasks={"alarm": task(takes="0 s", effects=[ALARM]), "over": OPEN_END},
        facility=tower(),
        agencies={},
        groups=groups,
    )
    trace = run(scenario, plan="plan")
    assert sum(heads for _, _, heads in lift_rows(trace, "boarded")) == 1.0
    assert len(passages(trace, "S-opening-1", into="S-foot")) == 2


def test_a_party_larger_than_the_car_takes_the_stairs_and_a_smaller_one_rides_together():
    trace = ride({"tour": {"count": "5", "together": "true"}})
    assert times(trace, "lift") == []
    assert end_states(trace) == {("tour", "evacuated"): 5.0}
    trace = ride({"tour": {"count": "6", "together": "3"}})
    assert [heads for _, _, heads in lift_rows(trace, "boarded")] == [3.0, 3.0]
    assert lift_rows(trace, "let-out")[-1][0] == pytest.approx(30.0 + 2 * round_trip_s(3))
    assert end_states(trace) == {("tour", "evacuated"): 6.0}


def test_people_who_are_told_to_shelter_while_they_wait_stay_when_the_car_comes():
    stay = {"stay": inject("40 s", ALARM | {"instruct": "shelter"})}
    trace = ride({"staff": {"count": "3"}}, injects=stay)
    assert lift_rows(trace, "boarded") == []
    assert end_states(trace) == {("staff", "sheltered"): 3.0}


def test_who_collapses_in_the_lobby_does_not_ride():
    falls = {"falls": inject("40 s", {"do": "casualty", "group": "staff"})}
    trace = ride({"staff": {"count": "3"}}, injects=falls)
    assert [heads for _, _, heads in lift_rows(trace, "boarded")] == [2.0]
    assert end_states(trace) == {("staff", "evacuated"): 2.0, ("staff", "inside"): 1.0}


def test_an_order_does_not_reach_who_is_in_the_car():
    # the car goes down with one from 55.5 s to 71.5 s
    trace = ride({"staff": {}}, injects={"again": inject("60 s", ALARM | {"musters": ["yard"]})})
    assert lift_rows(trace, "let-out")[0][0] == pytest.approx(30.0 + round_trip_s(1))
    assert end_states(trace) == {("staff", "evacuated"): 1.0}


# -- into and out of service --------------------------------------------------------------------------


def service(at, running):
    return {f"s{at}": inject(f"{at} s", {"do": "lift", "lift": "L", "running": running})}


def test_those_who_wait_walk_when_the_lift_goes_out_of_service():
    trace = ride({"staff": {"count": "3"}}, injects=service(40, "false"))
    assert [row.time_s for _, row in trace.of("lift") if row.task == "out-of-service"] == [40.0]
    assert lift_rows(trace, "boarded") == []
    assert len(passages(trace, "S-opening-1", into="S-foot")) == 3
    assert end_states(trace) == {("staff", "evacuated"): 3.0}


def test_riders_get_out_at_the_next_floor_and_walk_on():
    # two step in until 57 s, pass the second floor at 65 s; out of service at 60 s
    trace = ride({"staff": {"count": "2"}}, injects=service(60, "false"))
    assert lift_rows(trace, "let-out") == [(65.0 + DOORS_S + 2 * BOARDING_S, "f2", 2.0)]
    assert passages(trace, "S-opening-2", into="S-1") == []
    assert len(passages(trace, "S-opening-1", into="S-foot")) == 2
    assert end_states(trace) == {("staff", "evacuated"): 2.0}


def test_who_is_in_the_car_when_it_fails_at_the_lobby_gets_out_there():
    # the first is in at 55.5 s, the second would be at 57 s
    trace = ride({"staff": {"count": "2"}}, injects=service(56, "false"))
    assert [place for _, place, _ in lift_rows(trace, "let-out")] == ["f3"]
    assert len(passages(trace, "S-opening-1", into="S-foot")) == 2
    assert end_states(trace) == {("staff", "evacuated"): 2.0}


def test_a_lift_put_into_service_before_people_set_out_carries_them():
    held = {"evacuation": "false"}
    assert sum(
        h for *_, h in lift_rows(ride({"staff": {}}, lift=held, injects=service(20, "true")), "boarded")
    )
    trace = ride({"staff": {"count": "2"}}, lift=held, injects=service(20, "true"))
    assert [heads for _, _, heads in lift_rows(trace, "boarded")] == [2.0]
    assert starts(trace)[0] == 30.0


def test_a_lift_that_fails_and_comes_back_serves_those_who_set_out_later():
    trace = ride(
        {"early": {}, "later": {"profile": "late"}}, injects=service(40, "false") | service(50, "true")
    )
    assert len(passages(trace, "S-opening-1", into="S-foot")) == 1
    # called at 30 s, past the second floor when it failed: it stands at the third from 46 s on
    assert lift_rows(trace, "boarded") == [(60.0 + DOORS_S + BOARDING_S, "f3", 1.0)]


def office_behind_a_gate(shut_s):
    """A room with a gate to the lobby of the third floor, and a way out of its own."""
    site = tower()
    site["spaces"]["office"] = space("room", x=42, width=24, depth=6, y=14, level="8 m")
    site["links"] |= {"gate": link("f3", "office", kind="gate"), "back": link("office", "yard")}
    shut = {"do": "link", "link": "gate", "closed": "true", "closed_to": "public"}
    scenario = small(
        tasks={"alarm": task(takes="10 s", effects=[ALARM]), "over": OPEN_END},
        facility=site,
        agencies={},
        groups={"staff": {"count": "2", "place": "office", "profile": "plain", "lift": "L"}},
        injects={"shut": inject(f"{shut_s} s", shut)},
    )
    return run(scenario, plan="plan")


@pytest.mark.parametrize("shut_s", [5, 41])
def test_who_finds_the_way_to_the_lobby_shut_takes_the_stairs(shut_s):
    trace = office_behind_a_gate(shut_s)
    assert lift_rows(trace, "boarded") == []
    assert len(passages(trace, "back", into="yard")) == 2
    assert end_states(trace) == {("staff", "evacuated"): 2.0}


def test_who_goes_back_for_a_bag_while_waiting_is_not_carried_and_comes_again():
    site = tower()
    site["spaces"]["office"] = space("room", x=42, width=24, depth=6, y=14, level="8 m")
    site["links"]["office-door"] = link("f3", "office")
    groups = {
        "busy": {"count": "1", "place": "f2", "profile": "plain", "lift": "L"},
        "staff": {"count": "1", "place": "office", "profile": "plain", "lift": "L", "returns": "100 %"}
        | {"returns_after": "30 s"},
    }
    scenario = small(
        tasks={"alarm": task(takes="0 s", effects=[ALARM]), "over": OPEN_END},
        facility=site,
        agencies={},
        groups=groups,
    )
    trace = run(scenario, plan="plan")
    assert times(trace, "went-back") == [60.0]
    assert len(passages(trace, "office-door", into="office")) == 1
    second = passages(trace, "office-door", into="f3")[1]
    assert [place for _, place, _ in lift_rows(trace, "boarded")] == ["f2", "f3"]
    assert lift_rows(trace, "boarded")[1][0] > second
    assert end_states(trace) == {("busy", "evacuated"): 1.0, ("staff", "evacuated"): 1.0}


def test_who_is_at_the_lobby_before_the_way_is_shut_rides():
    trace = office_behind_a_gate(300)
    assert sum(heads for _, _, heads in lift_rows(trace, "boarded")) == 2.0


def test_a_lift_that_nobody_uses_keeps_no_run_from_ending():
    scenario = small(
        tasks={"a": task(takes="1 min", milestone="over")},
        facility=tower(),
        agencies={},
        groups={"staff": {"count": "1", "place": "f3", "profile": "plain", "lift": "L"}},
    )
    assert run(scenario, plan="plan").rows[-1].time_s == 60.0


def test_a_plan_that_is_over_does_not_end_the_run_while_somebody_rides_or_waits_for_the_car():
    scenario = small(
        tasks={"alarm": task(takes="0 s", effects=[ALARM]), "a": task(milestone="over")},
        facility=tower(),
        agencies={},
        groups={"staff": {"count": "9", "place": "f3", "profile": "plain", "lift": "L"}},
    )
    trace = run(scenario, plan="plan")
    assert end_states(trace) == {("staff", "evacuated"): 9.0}
    assert trace.rows[-1].task == "endex"


def test_equal_seeds_give_equal_traces_with_a_lift():
    groups = {"staff": {"count": "9", "returns": "40 %"}}
    assert ride(groups).digest() == ride(groups).digest()


def test_who_picks_up_a_bag_in_the_lobby_is_not_carried_away_from_it():
    # in the lobby from the start: turns at 31 s and picks up until 51 s; the car would be loading by 43.5 s
    trace = ride({"staff": {"returns": "100 %", "returns_after": "1 s"}}, lift={"speed": "2 m/s"})
    assert times(trace, "went-back") == [31.0]
    ((boarded, _, _),) = lift_rows(trace, "boarded")
    assert boarded == pytest.approx(31.0 + PICKING_UP_S + DOORS_S + BOARDING_S)
    assert end_states(trace) == {("staff", "evacuated"): 1.0}
