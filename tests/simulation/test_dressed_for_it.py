"""Whole runs of crews in suits and on air: what they wear, how long they bear it, where they stand."""

import math

import pytest

from drillsim.simulation.run import run

from .small import fork, small, task, times, when

GAS_TIGHT = {"level": "A", "don": "1 min", "rest": "1"}
COVERALL = {"level": "C", "don": "5 min", "stock": "coverall"}
AIR = {"usable": "30 min", "change": "1 min", "backup": "0"}


def crews(**entries):
    crew = {"count": "2", "people": "4", "station": "room"} | entries
    return {"fire": {"title": "fire", "units": {"crew": crew}}}


def play(tasks, **sections):
    sections = {"suits": {"gas-tight": GAS_TIGHT, "coverall": COVERALL}, "agencies": crews()} | sections
    sections = {"capacities": {"coverall": {"count": "9"}}} | sections
    return run(small(tasks=tasks, **sections), plan="plan")


def enter(**entries):
    return task(by="crew", at="room", wearing="gas-tight", air=AIR, takes="20 min") | entries


def flags(trace):
    return [row.task for _, row in trace.of("flag")]


# -- suits of stock --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("stock", "helps"), [(7, False), (8, True)])
def test_who_joins_takes_suits_too_and_dresses_first(stock, helps):
    work = task(
        by="crew", wearing="coverall", takes="0 s", effort="60 min", may_join={"crew": 1}, milestone="over"
    )
    trace = play({"work": work}, capacities={"coverall": {"count": str(stock)}})
    dressing = [times(trace, "unit-state", task="donning", actor=f"crew-{number}") for number in (1, 2)]
    at_work = [times(trace, "unit-state", task="working", actor=f"crew-{number}") for number in (1, 2)]
    assert (dressing[0], at_work[0]) == ([0.0], [300.0])
    # it is asked when the work begins, and dresses while the others work
    assert (dressing[1], at_work[1]) == (([300.0], [600.0]) if helps else ([], []))
    (coverall,) = [row.value for _, row in trace.of("busy") if row.actor == "coverall"]
    worn_s = 4 * when(trace, "over") + (4 * (when(trace, "over") - 300.0) if helps else 0.0)
    assert coverall == pytest.approx(worn_s)


def test_whoever_joins_dresses_with_the_luck_of_the_task_not_of_the_crew():
    spread = {"uniform": ["1 min", "9 min"], "source": "test", "confidence": "high"}
    suits = {"coverall": COVERALL | {"don": spread}}
    work = task(by="crew", wearing="coverall", takes="0 s", effort="9 h", may_join={"crew": 1})
    tasks = {"work": work, "over": task(takes="30 min", milestone="over")}
    other = {"other": task(by="crew", takes="60 min", priority="0")}
    first = play(tasks, suits=suits)
    second = play(tasks | other, suits=suits, agencies=crews(count="3"))
    joined = [[row.actor for _, row in trace.of("units-granted") if row.actor] for trace in (first, second)]
    assert joined == [["crew-2"], ["crew-3"]]
    one, two = (
        [row.value for _, row in trace.of("drawn") if row.task == "suits.coverall.don"]
        for trace in (first, second)
    )
    assert one == two
    assert len(set(one)) == 2  # those who began, and who joined


def test_suits_and_what_else_a_task_takes_of_their_stock_add_up():
    tasks = {"over": task(by="crew", wearing="coverall", uses={"coverall": 2}, milestone="over")}
    trace = play(tasks, capacities={"coverall": {"count": "5"}})
    assert math.isnan(when(trace, "over"))
    (row,) = [row for _, row in trace.of("standstill")]
    assert (row.task, row.actor) == ("over", "1 x unit crew, 6 x capacity coverall")
    trace = play(tasks, capacities={"coverall": {"count": "6"}})
    assert when(trace, "over") == 300.0 + 60.0


# -- what people bear ------------------------------------------------------------------------------------


def test_a_crew_rests_before_it_goes_in_for_another_task():
    tasks = {"one": enter(), "two": enter(after="out.one", milestone="over")}
    trace = play(tasks, agencies=crews(count="1", people="2"))
    assert times(trace, "exit")[0] == 60.0 + 1200.0
    # as long as it was in its suits, and only then it dresses
    assert times(trace, "entry") == [60.0, 1260.0 + 1200.0 + 60.0]


@pytest.mark.parametrize(("longest", "flagged"), [("30 min", True), ("3 h", False)])
def test_work_in_suits_without_air_for_longer_than_heat_allows_is_flagged(longest, flagged):
    hot = {"level": "C", "don": "5 min", "heat": [{"from": "30 °C", "longest": longest}]}
    tasks = {"over": task(by="crew", wearing="coverall", takes="120 min", milestone="over")}
    weather = {"wind_from": "135°", "wind_speed": "3 m/s", "temperature": "38 °C"}
    trace = play(tasks, suits={"coverall": hot}, weather=weather)
    assert when(trace, "over") == 300.0 + 7200.0  # said, not prevented
    assert len(flags(trace)) == flagged
    assert all("30" in flag for flag in flags(trace))
    assert flags(play(tasks, suits={"coverall": hot})) == []  # at 20 °C


def test_time_in_the_corridor_is_time_on_air():
    air = AIR | {"way": "2 min", "corridor": "lane"}
    lane = {"stages": [{"name": "shower", "places": "1", "takes": "5 min"}]}
    tasks = {
        "enter": enter(air=air, takes="26 min"),
        "over": task(after="out.enter", milestone="over"),
    }
    trace = play(tasks, corridors={"lane": lane})
    # in, work, out, and two people one after the other under one shower
    assert [row.value for _, row in trace.of("exit")] == [(2 + 26 + 2 + 5 + 5) * 60.0]
    assert flags(trace) == ["40.0 min on air until clean; air and heat allow 30.0 min"]


# -- where they stand ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dressed", ["false", "true"])
def test_the_first_pair_of_a_crew_is_inside_also_if_it_comes_dressed(dressed):
    leak = {"kind": "leak", "substance": "acrylonitrile", "at": "west", "onset": "-20 min"}
    leak |= {"amount": "200 kg", "outflow": "10 min", "pool": "10 m²"}
    air = AIR | {"way": "1 min", "decon": "1 min", "entry": "yard-west", "dressed": dressed}
    scenario = fork(
        tasks={"enter": enter(air=air, takes="5 min"), "over": task(takes="20 min", milestone="over")},
        suits={"gas-tight": GAS_TIGHT},
        hazards={"leak": leak},
        # the entry point lies upwind
        weather={"wind_from": "270°", "wind_sd": "0°", "wind_speed": "3 m/s"},
        agencies=crews(count="1", people="6", station="yard-west"),
    )
    trace = run(scenario, plan="plan", conditions="exercise")
    assert times(trace, "entry") == [0.0 if dressed == "true" else 60.0]
    exposed = {row.task: row.value for _, row in trace.of("responder-exposed")}
    # 1 min in, 5 min of work, 1 min out, two people; four others stand outside
    assert exposed["aegl2"] == pytest.approx(2 * 7 * 60.0)
    assert times(trace, "responder-unprotected") == []
