"""What a plan and the weather do to a hazard, and what recording adds."""

import pytest

from drillsim.simulation.run import run
from drillsim.vocabulary import CLOSING_EVENTS
from tests.simulation.small import (
    end_states,
    fork,
    inject,
    passages,
    profile,
    small,
    task,
    times,
    when,
)

OPEN_END = task(takes="20 min", milestone="over")
FIRE = {"kind": "fire", "at": "room", "door": "door", "smoulder": "1 s", "growth": "60 s", "detector": "10 s"}
FIRE |= {"door_leak_share": "0 %"}  # a tight door, to tell what the verb does from what a gap lets through
LEAK = {
    "kind": "leak",
    "substance": "acrylonitrile",
    "at": "west",
    "amount": "200 kg",
    "outflow": "10 min",
    "pool": "10 m²",
    "noticed": "0.001 ppm",
}


def alarm(takes="0 s", **order):
    return task(takes=takes, effects=[{"do": "tell", "mode": "voice"} | order])


def wind(from_):
    return {"wind_from": from_, "wind_sd": "0°", "wind_speed": "3 m/s"}


def reached(trace, threshold, place):
    return [row.time_s for _, row in trace.of("threshold") if (row.task, row.place) == (threshold, place)]


# -- doors and gates ----------------------------------------------------------------------------------


def test_a_door_shut_to_all_stops_the_smoke_and_lets_people_leave():
    shut = {"do": "link", "link": "door", "closed": "true", "closed_to": "all"}
    scenario = small(
        tasks={"over": task(takes="8 min", milestone="over")},
        profiles=profile(voice="30 s", smoke="5 s"),
        hazards={"f": FIRE},
        injects={"shut": inject("10 s", shut)},
    )
    trace = run(scenario, plan="plan")
    assert reached(trace, "smoke", "room") != []
    assert reached(trace, "smoke", "corridor") == []
    assert len(passages(trace, "exit", into="yard")) == 10
    assert end_states(trace) == {("staff", "evacuated"): 10.0}
    left_open = run(scenario, plan="plan", injects=())
    assert 30.0 < reached(left_open, "smoke", "corridor")[0] < 300.0


def test_a_door_that_is_opened_again_lets_the_smoke_through():
    door = {"do": "link", "link": "door", "closed_to": "all"}
    scenario = small(
        tasks={"over": task(takes="15 min", milestone="over")},
        hazards={"f": FIRE},
        injects={
            "shut": inject("10 s", door | {"closed": "true"}),
            "open": inject("8 min", door | {"closed": "false"}),
        },
    )
    smoke = reached(run(scenario, plan="plan", conditions="exercise"), "smoke", "corridor")
    assert 480.0 < smoke[0] < 780.0


def gate(way, closed):
    return {"do": "link", "link": "exit", "closed": closed, "way": way, "closed_to": "public"}


def test_closing_one_way_and_then_the_other_closes_both():
    # between = [corridor, yard]: "in" leads out to the yard
    scenario = small(
        tasks={"alarm": alarm(takes="1 min"), "over": OPEN_END},
        injects={"a": inject("0 s", gate("in", "true")), "b": inject("10 s", gate("out", "true"))},
    )
    trace = run(scenario, plan="plan")
    assert passages(trace, "exit", into="yard") == []
    assert end_states(trace) == {("staff", "trapped"): 10.0}
    # only the way nobody takes is closed
    assert end_states(run(scenario, plan="plan", injects={"b"})) == {("staff", "evacuated"): 10.0}


def test_opening_one_way_leaves_the_other_shut():
    scenario = small(
        tasks={"alarm": alarm(), "over": OPEN_END},
        injects={
            "shut": inject("0 s", gate("both", "true")),
            "wrong": inject("2 min", gate("out", "false")),
            "right": inject("5 min", gate("in", "false")),
        },
    )
    trace = run(scenario, plan="plan")
    out = passages(trace, "exit", into="yard")
    assert len(out) == 10 and out[0] >= 300.0
    assert end_states(run(scenario, plan="plan", injects={"shut", "wrong"})) == {("staff", "trapped"): 10.0}


def test_opening_the_way_out_does_not_let_anybody_back_in():
    scenario = small(
        tasks={"alarm": alarm(), "over": OPEN_END},
        injects={
            "back": inject("10 min", {"do": "go-back", "group": "staff", "place": "room"}),
            "right": inject("5 min", gate("in", "false")),
            "shut": inject("0 s", gate("both", "true")),
        },
    )
    trace = run(scenario, plan="plan")
    assert len(passages(trace, "exit", into="yard")) == 10
    assert times(trace, "went-back") == [600.0]
    assert passages(trace, "exit", into="corridor") == []
    opened = run(scenario, plan="plan", injects={"back"})
    assert len(passages(opened, "exit", into="corridor")) == 1


# -- wind ---------------------------------------------------------------------------------------------


def test_a_wind_shift_is_a_row_and_brings_the_gas_elsewhere():
    scenario = fork(
        tasks={"over": OPEN_END},
        hazards={"d": LEAK | {"onset": "-10 min"}},
        weather=wind("90°"),
        injects={"turn": inject("5 min", {"do": "wind", "from": "270°"})},
    )
    trace = run(scenario, plan="plan", conditions="exercise")
    assert [(row.time_s, row.value) for _, row in trace.of("wind")] == [(0.0, 90.0), (300.0, 270.0)]
    (east,) = reached(trace, "aegl2", "yard-east")
    assert 300.0 < east < 420.0
    assert reached(run(scenario, plan="plan", conditions="exercise", injects=()), "aegl2", "yard-east") == []


def test_the_row_of_a_wind_that_turns_slowly_says_where_it_will_come_from():
    scenario = small(
        tasks={"over": OPEN_END},
        weather=wind("90°"),
        injects={"turn": inject("5 min", {"do": "wind", "from": "150°", "over": "10 min"})},
    )
    rows = [(row.time_s, row.value) for _, row in run(scenario, plan="plan").of("wind")]
    assert rows == [(0.0, 90.0), (300.0, pytest.approx(150.0))]


# -- work on the hazard -------------------------------------------------------------------------------


def test_a_leak_that_is_plugged_and_covered_is_contained_and_what_waits_for_it_goes_on():
    treat = {"do": "treat", "hazard": "d"}
    tasks = {
        "plug": task(takes="2 min", effects=[treat | {"action": "plug"}]),
        "cover": task(takes="5 min", effects=[treat | {"action": "cover", "factor": "0 %"}]),
        "measure": task(after="hazard.d.contained", takes="1 min", milestone="over"),
    }
    scenario = fork(tasks=tasks, hazards={"d": LEAK}, weather=wind("90°"))
    trace = run(scenario, plan="plan", conditions="exercise")
    done = [(row.time_s, row.task) for _, row in trace.of("hazard")]
    assert done == [(120.0, "plug"), (300.0, "cover"), (301.0, "contained")]
    assert when(trace, "over") == 361.0


def test_a_fire_that_is_put_out_while_it_smoulders_gives_no_smoke():
    fire = FIRE | {"smoulder": "5 min"}
    tasks = {
        "attack": task(takes="1 min", effects=[{"do": "treat", "hazard": "f", "action": "attack"}]),
        "over": OPEN_END,
    }
    trace = run(small(tasks=tasks, hazards={"f": fire}), plan="plan", conditions="exercise")
    assert [(row.time_s, row.task) for _, row in trace.of("hazard")] == [(60.0, "attack")]
    assert times(trace, "threshold") == []
    del tasks["attack"]
    burns = run(small(tasks=tasks, hazards={"f": fire}), plan="plan", conditions="exercise")
    assert times(burns, "hazard", task="flaming") == [300.0]
    assert reached(burns, "smoke", "room") != []


def test_a_task_waits_for_what_the_hazard_does():
    tasks = {"answer": task(after="hazard.f.detected", takes="1 min", milestone="over")}
    trace = run(small(tasks=tasks, hazards={"f": FIRE}), plan="plan", conditions="exercise")
    assert when(trace, "over") == 71.0


def test_an_inject_starts_a_second_leak_and_without_it_there_is_none():
    scenario = fork(
        tasks={"over": OPEN_END},
        hazards={"d": LEAK | {"dormant": "true"}},
        weather=wind("270°"),
        injects={"second": inject("5 min", {"do": "start", "hazard": "d"})},
    )
    trace = run(scenario, plan="plan", conditions="exercise")
    given, _ = trace.first("inject")
    done = [(row.time_s, row.task, row.cause) for _, row in trace.of("hazard") if row.task != "smelt"]
    assert done == [(300.0, "started", given)]
    assert 300.0 < reached(trace, "aegl2", "east")[0] < 500.0
    assert times(run(scenario, plan="plan", injects=()), "threshold") == []


def test_a_task_waits_until_the_leak_has_been_set_alight():
    treat = {"do": "treat", "hazard": "d"}
    tasks = {
        "foam": task(after="hazard.d.ignited", takes="1 min", effects=[treat | {"action": "extinguish"}]),
        "over": OPEN_END,
    }
    scenario = fork(
        tasks=tasks,
        hazards={"d": LEAK | {"amount": "2000 kg"}},
        weather=wind("270°"),
        injects={"spark": inject("15 min", treat | {"action": "ignite"})},
    )
    trace = run(scenario, plan="plan", conditions="exercise")
    done = [(row.time_s, row.task) for _, row in trace.of("hazard") if row.task != "smelt"]
    assert done == [(900.0, "ignite"), (901.0, "ignited"), (961.0, "extinguish")]
    assert any("burning pool" in row.task for _, row in trace.of("flag"))


# -- recording ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("conditions", ["exercise", "emergency"])
def test_recording_adds_passages_and_exposure_and_changes_nothing_else(conditions):
    scenario = fork(
        tasks={
            "alarm": alarm(takes="1 min"),
            "carry": task(takes="5 min", effects=[{"do": "rescue", "group": "staff"}]),
            "work": task(by="crew", at="room", takes="5 min"),
            "over": OPEN_END,
        },
        hazards={"d": LEAK},
        weather=wind("270°"),
        profiles=profile(voice="30 s", gas="40 s", warden="0 s"),
        agencies={
            "fire": {
                "title": "fire",
                "units": {"crew": {"count": "2", "people": "4", "station": "yard-east"}},
            }
        },
        injects={"falls": inject("70 s", {"do": "casualty", "group": "staff", "count": "2"})},
    )
    full, bare = (run(scenario, plan="plan", conditions=conditions, record=on) for on in (True, False))
    added = CLOSING_EVENTS - {"end", "person", "standstill"}
    assert {row.event for row in full.rows} >= {"exposed", "exposed-people", "casualty"}
    assert not {row.event for row in bare.rows} & added
    assert [row for row in full.rows if row.event not in added] == bare.rows
    assert len(full.crowd.time_s) > 0 == len(bare.crowd.time_s)


def test_whoever_stays_in_the_gas_is_exposed_for_as_long_as_the_run_lasts():
    scenario = fork(
        tasks={"over": OPEN_END},
        hazards={"d": LEAK | {"onset": "-20 min"}},
        weather=wind("270°"),
    )
    trace = run(scenario, plan="plan", conditions="exercise")
    dose = {row.task: row.value for _, row in trace.of("exposed")}
    assert dose["noticed"] == pytest.approx(10 * 1200.0, rel=0.01)
    assert {row.task: row.value for _, row in trace.of("exposed-people")}["noticed"] == 10.0


def test_only_the_pair_that_goes_in_is_exposed_and_breathes_its_own_air():
    suits = {"gas-tight": {"level": "A", "don": "0 s"}}
    air = {"usable": "20 min", "way": "1 min", "decon": "1 min", "change": "0 s", "entry": "yard-west"}
    enter = task(by="crew", at="room", takes="5 min", wearing="gas-tight", air=air, starts="in")
    scenario = fork(
        tasks={"enter": enter, "over": OPEN_END},
        suits=suits,
        hazards={"d": LEAK | {"onset": "-20 min"}},
        weather=wind("270°"),  # the entry point lies upwind
        agencies={
            "fire": {"title": "fire", "units": {"crew": {"people": "6", "station": "yard-west"}}},
        },
    )
    trace = run(scenario, plan="plan", conditions="exercise")
    assert trace.first("milestone", task="in")[1].time_s == times(trace, "entry")[0] == 0.0
    assert {row.place for _, row in trace.of("unit-state")} == {"yard-west"}
    exposed = {(row.actor, row.task): row.value for _, row in trace.of("responder-exposed")}
    # 1 min in, 5 min of work, 1 min out, two people; four others stand outside
    assert exposed["crew", "aegl2"] == pytest.approx(2 * 7 * 60.0)
    assert [row.actor for _, row in trace.of("responder-unprotected")] == []
    unmasked = task(by="crew", at="room", takes="5 min")
    scenario = fork(
        tasks={"enter": unmasked, "over": OPEN_END},
        hazards={"d": LEAK | {"onset": "-20 min"}},
        weather=wind("270°"),
        agencies={"fire": {"title": "fire", "units": {"crew": {"people": "6", "station": "room"}}}},
    )
    trace = run(scenario, plan="plan", conditions="exercise")
    (row,) = [row for _, row in trace.of("responder-unprotected") if row.task == "aegl2"]
    assert row.value == pytest.approx(6 * 1200.0, rel=0.01)  # it stays there to the end
