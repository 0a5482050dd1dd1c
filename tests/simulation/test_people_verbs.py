"""What is told, swept, lost, carried out and counted: people of one run, with times that can be added up."""

import pytest

from drillsim.simulation.run import run
from tests.simulation.small import (
    end_states,
    fork,
    inject,
    passages,
    profile,
    small,
    space,
    starts,
    task,
    times,
    two_ways,
    when,
)

HEADWAY_S = 1 / 0.931  # 1 m door, 0.15 m boundary on each side, 1.33 p/s/m
WALK_S = 4.0 + 9 * HEADWAY_S + 20.0  # from the first step of ten people to the last one out of small()
OPEN_END = task(takes="20 min", milestone="over")
OUT = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}


def alarm(*, takes="0 s", **order):
    return task(takes=takes, effects=[{"do": "tell", "mode": "voice"} | order])


def fire(at, door):
    """Smoke stands at head height in the fire room after about half a minute."""
    return {
        "f": {"kind": "fire", "at": at, "door": door, "smoulder": "1 s", "growth": "60 s", "detector": "10 s"}
    }


def drum(*, noticed):
    """A leak in the western corridor that has been evaporating for 20 minutes."""
    entry = {"kind": "leak", "substance": "acrylonitrile", "at": "west", "amount": "200 kg", "pool": "10 m²"}
    return {"d": entry | {"outflow": "10 min", "onset": "-20 min", "noticed": noticed}}


def wind(from_):
    return {"wind_from": from_, "wind_sd": "0°", "wind_speed": "3 m/s"}


# -- assigned ways ------------------------------------------------------------------------------------


ASSIGNED = [{"via": {"east": "100 %"}}, {"musters": ["yard-east"]}]


@pytest.mark.parametrize("order", ASSIGNED, ids=["via", "musters"])
def test_a_sweep_hurries_people_and_leaves_them_on_the_way_they_were_given(order):
    tasks = {
        "alarm": alarm(**order),
        "sweep": task(takes="10 s", effects=[{"do": "sweep", "places": ["room"]}]),
        "over": OPEN_END,
    }
    scenario = fork(tasks=tasks, profiles=profile(voice="5 min", warden="2 s"))
    trace = run(scenario, plan="plan")
    assert starts(trace) == [12.0] * 10
    assert len(passages(trace, "east-exit", into="yard-east")) == 10
    assert passages(trace, "west-exit", into="yard-west") == []


@pytest.mark.parametrize("order", ASSIGNED, ids=["via", "musters"])
def test_seeing_smoke_hurries_people_and_leaves_them_on_the_way_they_were_given(order):
    scenario = fork(
        tasks={"alarm": alarm(**order), "over": OPEN_END},
        profiles=profile(voice="5 min", smoke="5 s"),
        hazards=fire("store", "store-door"),
    )
    trace = run(scenario, plan="plan")
    seen_s = next(
        row.time_s for _, row in trace.of("threshold") if (row.task, row.place) == ("smoke", "room")
    )
    assert 30.0 < seen_s < 120.0
    assert starts(trace) == [seen_s + 5.0] * 10
    assert len(passages(trace, "east-exit", into="yard-east")) == 10


def test_without_an_assigned_way_people_take_the_nearest_one():
    trace = run(fork(tasks={"alarm": alarm(), "over": OPEN_END}), plan="plan")
    assert len(passages(trace, "west-exit", into="yard-west")) == 10


def test_the_way_down_from_a_cab_comes_on_top_of_the_pre_movement_time():
    drivers = {"plain": {"speed": "1 m/s", "responses": {"voice": "30 s"}, "descend": "45 s"}}
    trace = run(small(tasks={"alarm": alarm(), "over": OPEN_END}, profiles=drivers), plan="plan")
    assert starts(trace) == [75.0] * 10


# -- orders one after the other -----------------------------------------------------------------------


def test_people_who_were_told_to_shelter_leave_when_they_are_told_to_evacuate_later():
    tasks = {
        "stay": alarm(instruct="shelter"),
        "alarm": alarm(takes="2 min"),
        "over": OPEN_END,
    }
    trace = run(small(tasks=tasks, milestones={"last_out": OUT}), plan="plan")
    assert starts(trace) == [150.0] * 10
    assert when(trace, "last_out") == pytest.approx(150.0 + WALK_S, abs=0.5)
    assert end_states(trace) == {("staff", "evacuated"): 10.0}


def test_people_who_shelter_are_sheltered_at_the_end_and_no_longer_to_leave():
    tasks = {"alarm": alarm(instruct="shelter"), "over": OPEN_END}
    trace = run(small(tasks=tasks, milestones={"last_out": OUT}), plan="plan")
    assert end_states(trace) == {("staff", "sheltered"): 10.0}
    assert when(trace, "last_out") == 0.0
    assert starts(trace) == []


def test_people_on_their_way_in_a_building_stay_where_they_are_when_told_to_shelter():
    tasks = {
        "alarm": alarm(mode="warden"),
        "stay": alarm(takes="10 s", instruct="shelter"),
        "over": OPEN_END,
    }
    trace = run(small(tasks=tasks), plan="plan")
    assert starts(trace) == [0.0] * 10
    # the first reaches the door at 4 s, then one every 1.07 s: six are in the corridor at 10 s, none is out
    assert len(passages(trace, "door", into="corridor")) == 6
    assert passages(trace, "exit", into="yard") == []
    assert end_states(trace) == {("staff", "sheltered"): 10.0}


def test_people_told_to_shelter_in_mid_walk_go_on_when_they_are_told_to_evacuate():
    tasks = {
        "alarm": alarm(mode="warden"),
        "stay": alarm(takes="10 s", instruct="shelter"),
        "leave": alarm(takes="5 min"),
        "over": OPEN_END,
    }
    trace = run(small(tasks=tasks), plan="plan")
    out = passages(trace, "exit", into="yard")
    assert len(out) == 10
    # told again at 300 s, 30 s to answer; the first had 6 of 20 m behind it
    assert out[0] == pytest.approx(330.0 + 14.0, abs=0.1)
    assert end_states(trace) == {("staff", "evacuated"): 10.0}


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"via": {"west": "100 %"}, "musters": ["yard-west"]},
        {"musters": ["yard-west"]},
        {"via": {"west": "100 %"}},
    ],
    ids=["plain", "both", "musters", "via"],
)
def test_people_at_a_muster_are_neither_told_again_nor_led_back_in(order):
    groups = {
        "late": {"count": "5", "place": "east", "profile": "plain", "musters": ["yard-west"]},
        "staff": {"count": "10", "place": "room", "profile": "plain", "musters": ["yard-west"]},
    }
    tasks = {
        "alarm": alarm(groups=["staff"], **order),
        "again": alarm(takes="5 min", **order),
        "over": OPEN_END,
    }
    trace = run(fork(tasks=tasks, groups=groups), plan="plan")
    told = [(row.time_s, row.actor, row.value) for _, row in trace.of("told") if row.value]
    assert told == [(0.0, "staff", 10.0), (300.0, "late", 5.0)]
    assert len(passages(trace, "west-exit", into="yard-west")) == 15
    assert len(starts(trace)) == 15
    assert passages(trace, "west-exit", into="west") == []


def test_whoever_has_no_time_for_a_warden_leaves_at_once_when_swept():
    tasks = {"sweep": task(takes="1 min", effects=[{"do": "sweep", "places": ["room"]}]), "over": OPEN_END}
    trace = run(small(tasks=tasks, profiles=profile(voice="30 s")), plan="plan")
    assert starts(trace) == [60.0] * 10
    assert [(row.time_s, row.task, row.value) for _, row in trace.of("told")] == [(60.0, "warden", 10.0)]
    assert passages(trace, "exit", into="yard")[0] == pytest.approx(84.0, abs=1e-6)


def test_a_sweep_reaches_only_the_places_it_goes_through():
    groups = {
        "east": {"count": "2", "place": "east", "profile": "plain"},
        "staff": {"count": "10", "place": "room", "profile": "plain"},
    }
    tasks = {"sweep": task(effects=[{"do": "sweep", "places": ["east"]}]), "over": OPEN_END}
    trace = run(fork(tasks=tasks, groups=groups), plan="plan")
    assert starts(trace) == [60.0] * 2
    assert end_states(trace) == {("east", "evacuated"): 2.0, ("staff", "inside"): 10.0}


# -- what people perceive -----------------------------------------------------------------------------


@pytest.mark.parametrize(("conditions", "leave"), [("exercise", False), ("emergency", True)])
def test_people_answer_the_smoke_they_see_in_an_emergency_and_there_is_none_to_see_in_an_exercise(
    conditions, leave
):
    scenario = fork(
        tasks={"over": OPEN_END},
        profiles=profile(voice="30 s", smoke="5 s"),
        hazards=fire("store", "store-door"),
    )
    trace = run(scenario, plan="plan", conditions=conditions)
    assert ("smoke", "room") in {(row.task, row.place) for _, row in trace.of("threshold")}
    assert end_states(trace) == {("staff", "evacuated" if leave else "inside"): 10.0}
    assert [(row.task, row.value) for _, row in trace.of("told")] == ([("smoke", 10.0)] if leave else [])


@pytest.mark.parametrize(("noticed", "leave"), [("0.001 ppm", True), ("100000 ppm", False)])
def test_people_answer_gas_only_from_where_they_notice_it(noticed, leave):
    scenario = fork(
        tasks={"over": OPEN_END},
        profiles=profile(voice="30 s", gas="5 s"),
        hazards=drum(noticed=noticed),
        weather=wind("270°"),
    )
    trace = run(scenario, plan="plan")
    assert ("aegl3", "room") in {(row.task, row.place) for _, row in trace.of("threshold")}
    assert end_states(trace) == {("staff", "evacuated" if leave else "inside"): 10.0}
    assert starts(trace) == ([5.0] * 10 if leave else [])


def test_nobody_notices_gas_in_an_exercise():
    scenario = fork(
        tasks={"over": OPEN_END},
        profiles=profile(voice="30 s", gas="5 s"),
        hazards=drum(noticed="0.001 ppm"),
        weather=wind("270°"),
    )
    trace = run(scenario, plan="plan", conditions="exercise")
    assert ("noticed", "room") in {(row.task, row.place) for _, row in trace.of("threshold")}
    assert end_states(trace) == {("staff", "inside"): 10.0}


@pytest.mark.parametrize(("conditions", "side"), [("exercise", "west"), ("emergency", "east")])
def test_people_who_were_told_keep_out_of_gas_in_an_emergency_and_walk_through_it_in_an_exercise(
    conditions, side
):
    scenario = fork(
        tasks={"alarm": alarm(takes="1 min"), "over": OPEN_END},
        hazards=drum(noticed="100000 ppm"),
        weather=wind("90°"),
    )
    trace = run(scenario, plan="plan", conditions=conditions)
    above = {row.place for _, row in trace.of("threshold") if row.task == "aegl2"}
    assert above >= {"west"} and not above & {"room", "east", "yard-east"}
    assert len(passages(trace, f"{side}-exit", into=f"yard-{side}")) == 10


@pytest.mark.parametrize(("conditions", "side"), [("exercise", "west"), ("emergency", "east")])
def test_people_keep_out_of_smoke_in_an_emergency_and_walk_through_it_in_an_exercise(conditions, side):
    scenario = fork(
        tasks={"alarm": alarm(takes="1 min"), "over": OPEN_END},
        profiles=profile(voice="10 s"),
        hazards=fire("west", "west-door"),
    )
    trace = run(scenario, plan="plan", conditions=conditions)
    first = min(row.time_s for _, row in trace.of("threshold") if (row.task, row.place) == ("smoke", "west"))
    assert first < 60.0
    assert len(passages(trace, f"{side}-exit", into=f"yard-{side}")) == 10


# -- casualties ---------------------------------------------------------------------------------------


def lone(*, carried):
    """One person collapses in the gas at 60 s; carried out at 300 s or not at all; 20 minutes in all."""
    carry = {"carry": task(takes="5 min", effects=[{"do": "rescue", "group": "lone"}])}
    scenario = fork(
        tasks=(carry if carried else {}) | {"over": OPEN_END},
        groups={"lone": {"count": "1", "place": "room", "profile": "plain"}},
        hazards=drum(noticed="0.001 ppm"),
        weather=wind("270°"),
        injects={"falls": inject("1 min", {"do": "casualty", "group": "lone"})},
    )
    return run(scenario, plan="plan")


@pytest.mark.parametrize(("carried", "seconds"), [(True, 300.0), (False, 1200.0)])
def test_a_casualty_is_exposed_until_it_is_handed_over(carried, seconds):
    dose = {row.task: row.value for _, row in lone(carried=carried).of("exposed")}
    assert dose["noticed"] == pytest.approx(seconds, abs=10.0)


def test_a_casualty_who_was_handed_over_is_rescued_at_that_moment_and_never_inside_at_the_end():
    trace = lone(carried=True)
    assert next((row.time_s, row.task) for _, row in trace.of("person")) == (300.0, "rescued")
    assert ("lone", "inside") not in end_states(trace)
    assert sum(end_states(lone(carried=False)).values()) == 1.0


def test_a_casualty_who_was_handed_over_ends_as_evacuated():
    assert end_states(lone(carried=True)) == {("lone", "evacuated"): 1.0}
    assert ("lone", "evacuated") not in end_states(lone(carried=False))


def test_only_people_who_are_not_at_a_muster_collapse():
    # told at 0 s, moving at 30 s, the first out at 54 s, then one every 1.07 s: five are in at 58.5 s
    scenario = small(
        tasks={"alarm": alarm(), "over": OPEN_END},
        injects={
            "fall": inject("58.5 s", {"do": "casualty", "group": "staff", "count": "4"}),
            "later": inject("10 min", {"do": "casualty", "group": "staff", "count": "3"}),
        },
    )
    trace = run(scenario, plan="plan")
    assert len(passages(trace, "exit", into="yard")) == 6
    assert end_states(trace)["staff", "evacuated"] == 6.0
    assert sum(row.value for _, row in trace.of("casualty")) == 4.0


def test_more_casualties_than_people_inside_are_only_those_inside():
    scenario = small(
        tasks={"alarm": alarm(), "over": OPEN_END},
        injects={"fall": inject("58.5 s", {"do": "casualty", "group": "staff", "count": "10"})},
    )
    trace = run(scenario, plan="plan")
    assert [row.value for _, row in trace.of("casualty")] == [5.0]
    assert end_states(trace)["staff", "evacuated"] == 5.0


def test_last_out_does_not_wait_for_a_casualty():
    scenario = small(
        tasks={"alarm": alarm(), "over": OPEN_END},
        milestones={"last_out": OUT},
        injects={"fall": inject("10 s", {"do": "casualty", "group": "staff"})},
    )
    trace = run(scenario, plan="plan")
    assert when(trace, "last_out") == pytest.approx(30.0 + WALK_S - HEADWAY_S, abs=0.5)


def test_the_last_person_who_collapses_makes_a_place_empty_at_that_moment():
    scenario = small(
        tasks={"alarm": alarm(), "over": OPEN_END},
        groups={"lone": {"count": "1", "place": "room", "profile": "plain"}},
        milestones={"last_out": OUT},
        injects={"fall": inject("40 s", {"do": "casualty", "group": "lone"})},
    )
    trace = run(scenario, plan="plan")
    assert when(trace, "last_out") == 40.0
    assert passages(trace, "exit", into="yard") == []


# -- going back ---------------------------------------------------------------------------------------


def test_who_goes_back_before_anybody_moved_turns_round_when_the_first_of_the_group_sets_out():
    scenario = fork(
        tasks={"alarm": alarm(), "over": OPEN_END},
        profiles={
            "plain": {"speed": "1 m/s", "responses": {"voice": {"uniform": ["20 s", "90 s"]}}},
        },
        injects={"back": inject("5 s", {"do": "go-back", "group": "staff", "place": "store"})},
    )
    trace = run(scenario, plan="plan")
    (back,) = times(trace, "went-back")
    assert 20.0 < back < 90.0
    assert back == min(starts(trace))
    assert len(passages(trace, "store-door", into="store")) == 1
    assert len(passages(trace, "store-door", into="room")) == 1
    assert end_states(trace) == {("staff", "evacuated"): 10.0}


def test_nobody_goes_back_where_nobody_ever_sets_out():
    scenario = small(
        tasks={"over": OPEN_END},
        injects={"back": inject("5 s", {"do": "go-back", "group": "staff", "place": "corridor"})},
    )
    trace = run(scenario, plan="plan")
    assert times(trace, "went-back") == []
    assert len(trace.crowd.time_s) == 0
    assert end_states(trace) == {("staff", "inside"): 10.0}


def test_who_goes_back_from_the_muster_walks_in_once_and_out_again():
    scenario = small(
        tasks={"alarm": alarm(), "over": OPEN_END},
        injects={"back": inject("5 min", {"do": "go-back", "group": "staff", "place": "room"})},
    )
    trace = run(scenario, plan="plan")
    assert times(trace, "went-back") == [300.0]
    # he stands inside the exit he came out of: 20 m there, the door's headway, 20 m back
    assert passages(trace, "exit", into="corridor") == [300.0]
    out = passages(trace, "exit", into="yard")
    assert len(out) == 11
    assert out[-1] == pytest.approx(340.0 + HEADWAY_S, abs=1e-3)
    assert end_states(trace) == {("staff", "evacuated"): 10.0}


# -- counting -----------------------------------------------------------------------------------------


def test_the_headcount_finds_who_is_there_and_misses_the_casualty_until_it_is_carried_out():
    groups = {
        "guards": {"count": "3", "place": "room", "profile": "plain", "stays": "true"},
        "staff": {"count": "10", "place": "room", "profile": "plain"},
    }
    count = {"do": "count", "musters": ["yard"]}
    tasks = {
        "alarm": alarm(),
        "early": task(takes="10 s", effects=[count]),
        "first": task(takes="5 min", effects=[count]),
        "second": task(takes="7 min", effects=[count]),
        "carry": task(takes="6 min", effects=[{"do": "rescue", "group": "staff"}]),
        "over": OPEN_END,
    }
    falls = {"falls": inject("20 s", {"do": "casualty", "group": "staff"})}
    trace = run(small(tasks=tasks, groups=groups, injects=falls), plan="plan")
    counted = [(row.time_s, row.place, row.value) for _, row in trace.of("headcount")]
    assert counted == [(10.0, "yard", 0.0), (300.0, "yard", 9.0), (420.0, "yard", 9.0)]
    assert [(row.time_s, row.value) for _, row in trace.of("missing")] == [
        (10.0, 10.0),
        (300.0, 1.0),
        (420.0, 0.0),
    ]


def test_the_states_at_the_end_add_up_to_the_heads_of_every_group():
    heads = {"guards": 3, "lost": 6, "locked": 2, "sheltered": 4, "staff": 10, "tour": 5}
    site = two_ways()
    site["spaces"]["cellar"] = space("room", x=20, width=8, y=-2.5)
    site["links"]["hatch"] = {"between": ["room", "cellar"], "kind": "gate", "width": "1 m", "locked": "true"}
    groups = {
        name: {"count": str(count), "place": "room", "profile": "plain"} for name, count in heads.items()
    }
    groups["guards"]["stays"] = "true"
    groups["tour"]["together"] = "true"
    groups["locked"]["place"] = "cellar"
    tasks = {
        "stay": alarm(groups=["sheltered"], instruct="shelter"),
        "alarm": alarm(groups=["guards", "lost", "locked", "staff", "tour"]),
        "carry": task(takes="5 min", effects=[{"do": "rescue", "group": "lost"}]),
        "over": OPEN_END,
    }
    injects = {
        "falls": inject("10 s", {"do": "casualty", "group": "lost", "count": "2"}),
        "more": inject("6 min", {"do": "casualty", "group": "guards", "count": "1"}),
        "back": inject("2 min", {"do": "go-back", "group": "staff", "place": "store"}),
    }
    trace = run(fork(tasks=tasks, facility=site, groups=groups, injects=injects), plan="plan")
    states = end_states(trace)
    for name, count in heads.items():
        assert sum(value for (group, _), value in states.items() if group == name) == count, name
    assert states.get(("lost", "rescued"), 0.0) + states["lost", "evacuated"] == 6.0
    assert states["locked", "trapped"] == 2.0
    assert states["sheltered", "sheltered"] == 4.0
    assert states["staff", "evacuated"] == 10.0
    assert states["tour", "evacuated"] == 5.0


def test_carrying_a_casualty_out_does_not_count_one_of_those_still_inside_as_out():
    tasks = {
        "alarm": alarm(),
        # told at 0 s, moving at 30 s, through the door from 34 s on: carried out while nine are still inside
        "carry": task(takes="36 s", effects=[{"do": "rescue", "group": "staff"}]),
        "over": task(after="last_out", milestone="over"),
    }
    falls = inject("10 s", {"do": "casualty", "group": "staff"})
    trace = run(small(tasks=tasks, milestones={"last_out": OUT}, injects={"falls": falls}), plan="plan")
    out = passages(trace, "exit", into="yard")
    assert len(out) == 9
    assert when(trace, "last_out") == max(out)
