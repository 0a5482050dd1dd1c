"""Things that come in the same moment, or while others are under way: who goes first, what still counts."""

import math

import pytest

from drillsim.simulation.run import run

from .small import inject, small, task, times, when

CREWS = {"fire": {"title": "fire", "units": {"crew": {"count": "2", "people": "2", "station": "room"}}}}
OTHERS = {
    name: {
        "title": name,
        "units": {f"{name}-car": {"people": "2", "station": "yard", "on_site": "false", "turnout": "1 min"}},
    }
    for name in ("ambulance", "police", "rescue")
}
TELEPHONE = {"phone": {"kind": "telephone", "talk": "1 min"}}
AIR = {"usable": "30 min", "change": "1 min", "backup": "0"}
FAILS = {"chance": "99 %"}
LEARN = {"do": "inform", "item": "number"}
WRONG = LEARN | {"known": "false"}


def play(tasks, *, bound=None, **sections):
    sections = {"agencies": CREWS | OTHERS, "information": {"number": "the UN number"}} | sections
    return run(small(tasks=tasks, **sections), plan="plan", bound=bound)


def reasons(trace, event, task):
    """The tasks and milestones on the way of causes back from the first such row."""
    number, found = trace.first(event, task=task)[0], []
    while number >= 0:
        found.append(trace.rows[number].task)
        number = trace.rows[number].cause
    return found


# -- attempts that fail ----------------------------------------------------------------------------------


def test_an_attempt_that_fails_has_no_effects_and_says_nothing():
    effects = [LEARN, {"do": "message", "to": ["police"], "items": ["number"]}]
    tasks = {
        "plug": task(by="crew", fails=FAILS, effects=effects),
        "over": task(takes="2 min", milestone="over"),
    }
    trace = play(tasks)
    assert times(trace, "task-failed") == [60.0]
    assert [row for row in trace.rows if row.event in ("informed", "message-asked", "message-heard")] == []


def test_a_message_of_work_done_again_is_said_once_and_only_when_it_comes_to_something():
    tell = {"do": "message", "to": ["police"], "over": "phone"}
    tasks = {
        "plug": task(by="crew", fails={"chance": "50 %", "attempts": 2}, effects=[tell]),
        "over": task(takes="9 min", milestone="over"),
    }
    scenario = small(tasks=tasks, agencies=CREWS | OTHERS, channels=TELEPHONE)
    expected = {0: [120.0], 1: [180.0], 2: []}  # by how often the work fails
    seen = set()
    for replication in range(20):
        trace = run(scenario, plan="plan", replication=replication)
        failed = len(times(trace, "task-failed"))
        assert times(trace, "message-heard") == expected[failed]
        seen.add(failed)
    assert seen == set(expected)


def test_a_crew_that_would_stay_after_success_is_free_after_failure():
    tasks = {
        "post": task(by={"crew": 2}, fails=FAILS, keeps_units="true"),
        "again": task(after="failed.post", by={"crew": 2}, milestone="over"),
    }
    assert when(play(tasks), "over") == 120.0


# -- what does not come ----------------------------------------------------------------------------------


@pytest.mark.parametrize("left_out", [{"if": {"known": "number"}}, {"only": "exercise"}])
def test_nobody_waits_for_those_to_come_out_who_never_go_in(left_out):
    tasks = {
        "enter": task(by="crew", at="room", air=AIR, takes="20 min", **left_out),
        "over": task(after="out.enter", milestone="over"),
    }
    assert when(play(tasks), "over") == 60.0


def test_a_level_passed_over_on_the_way_up_calls_what_it_calls():
    tasks = {
        "raise": task(effects=[{"do": "level", "level": "II"}]),
        "over": task(after=["staged.police-car", "level.III"], milestone="over"),
    }
    levels = {"III": {"rank": "1", "calls": ["police-car"]}, "II": {"rank": "2"}}
    assert when(play(tasks, levels=levels), "over") == 60.0 + 60.0 + 60.0


# -- one moment ------------------------------------------------------------------------------------------


def test_of_tasks_that_ask_in_one_moment_the_most_urgent_is_served_first():
    tasks = {
        "a": task(by={"crew": 2}, priority="9"),
        "z": task(by={"crew": 2}, priority="0"),
        "over": task(after=["a", "z"], milestone="over"),
    }
    trace = play(tasks)
    assert [times(trace, "task-started", task=name) for name in ("z", "a")] == [[0.0], [60.0]]


def test_an_inject_at_its_latest_useful_time_still_comes():
    tasks = {"a": task(takes="5 min"), "over": task(after="inject.late", milestone="over")}
    trace = play(tasks, injects={"late": inject("", after="a", latest="5 min")})
    assert times(trace, "inject", task="late") == [300.0]
    assert times(trace, "inject-dropped") == []


def test_what_takes_no_time_is_done_in_the_moment_of_endex():
    tasks = {
        "a": task(takes="10 min", milestone="over"),
        "b": task(takes="10 min", milestone="first"),
        "c": task(after="b", takes="0 s", milestone="second"),
        "d": task(after="c", takes="0 s", milestone="third"),
    }
    trace = play(tasks)
    assert [when(trace, name) for name in ("over", "first", "second", "third")] == [600.0] * 4
    assert [(row.time_s, row.task) for _, row in trace.of("end")] == [(600.0, "endex")]


def test_what_takes_time_is_not_done_after_endex():
    tasks = {
        "a": task(takes="10 min", milestone="over"),
        "b": task(takes="10 min"),
        "c": task(after="b", takes="1 s", milestone="late"),
    }
    trace = play(tasks)
    assert math.isnan(when(trace, "late"))
    assert trace.rows[-1].time_s == 600.0


# -- messages on their way -------------------------------------------------------------------------------


def test_a_message_that_queues_for_a_dead_channel_goes_over_what_is_used_instead():
    say = task(by="crew", takes="0 s", effects=[{"do": "message", "to": ["police"], "over": "joint"}])
    tasks = {"a": say, "b": say | {"milestone": "over"}}
    channels = {"joint": {"talk": "5 min", "instead": "phone"}} | TELEPHONE
    dead = inject("1 min", {"do": "disable", "name": "joint"})
    trace = play(tasks, channels=channels, injects={"dead": dead})
    assert when(trace, "over") == 60.0 + 60.0
    over = [(row.time_s, row.place) for _, row in trace.of("message-asked") if row.task.startswith("b.")]
    assert over == [(0.0, "joint"), (60.0, "phone")]


def test_a_group_call_over_a_telephone_is_one_call_after_the_other():
    units = [f"{name}-car" for name in OTHERS]
    call = {"do": "call", "units": units, "over": "phone", "group": "true"}
    tasks = {"call": task(by="crew", takes="0 s", effects=[call], milestone="over")}
    trace = play(tasks, channels=TELEPHONE)
    called = [(row.time_s, row.actor, trace.rows[row.cause].actor) for _, row in trace.of("called")]
    assert called == [
        (60.0, "ambulance-car", "ambulance"),
        (120.0, "police-car", "police"),
        (180.0, "rescue-car", "rescue"),
    ]


def test_a_group_message_over_a_telephone_is_known_to_each_when_it_has_been_told():
    tell = {"do": "message", "to": list(OTHERS), "items": ["number"], "over": "phone", "group": "true"}
    tasks = {"tell": task(by="crew", takes="0 s", effects=[LEARN | {"to": ["fire"]}, tell], milestone="over")}
    trace = play(tasks, channels=TELEPHONE)
    learned = [(row.time_s, row.actor) for _, row in trace.of("informed")]
    assert learned == [(0.0, "fire"), (60.0, "ambulance"), (120.0, "police"), (180.0, "rescue")]


def test_news_that_proves_wrong_on_its_way_is_not_learned():
    tell = {"do": "message", "to": ["police"], "items": ["number"], "over": "line"}
    tasks = {"tell": task(by="crew", takes="0 s", effects=[LEARN | {"to": ["fire"]}, tell], milestone="over")}
    trace = play(tasks, channels={"line": {"talk": "5 min"}}, injects={"wrong": inject("1 min", WRONG)})
    assert times(trace, "message-heard", actor="police") == [300.0]
    assert [row.actor for _, row in trace.of("informed")] == ["fire"]


# -- information that proves wrong -----------------------------------------------------------------------


def test_what_is_given_back_for_want_of_information_is_not_used_up():
    tasks = {
        "a": task(by={"crew": 2}, takes="10 min", effects=[WRONG]),
        "find": task(after="a", takes="5 min", effects=[LEARN]),
        "known": task(takes="0 s", effects=[LEARN]),
        "over": task(
            by="crew", after="known", uses={"foam": 1}, needs=["number"], takes="1 min", milestone="over"
        ),
    }
    trace = play(tasks, capacities={"foam": {"count": "1", "used_up": "true"}})
    assert times(trace, "units-granted", task="over") == [600.0, 900.0]
    assert when(trace, "over") == 960.0


def test_a_crew_that_prepares_in_vain_is_free_to_find_out_and_need_not_prepare_again():
    tasks = {
        "known": task(takes="0 s", effects=[LEARN]),
        "find": task(after="inject.wrong", by="crew", takes="5 min", effects=[LEARN]),
        "over": task(by={"crew": 2}, after="known", prepare="5 min", needs=["number"], milestone="over"),
    }
    trace = play(tasks, injects={"wrong": inject("2 min", WRONG)})
    assert times(trace, "units-granted", task="over") == [0.0, 600.0]
    assert times(trace, "units-granted", task="find") == [300.0]
    assert when(trace, "over") == 660.0


# -- command ---------------------------------------------------------------------------------------------


def test_an_order_that_passes_on_with_command_came_because_command_passed():
    roles = {
        "manager": {"agency": "fire", "decides": "20 min"},
        "chief": {"agency": "fire", "decides": "1 min", "takes_office": "met"},
        "command": {"held_by": ["manager", "chief"]},
    }
    tasks = {
        "busy": task(order_by="manager", takes="0 s"),
        "meet": task(takes="5 min", milestone="met"),
        "over": task(order_by="command", takes="0 s", milestone="over"),
    }
    trace = play(tasks, roles=roles)
    assert when(trace, "over") == 300.0 + 60.0
    assert reasons(trace, "order-given", "over")[1:4] == ["over", "met", "meet"]


def test_what_an_order_needs_is_asked_of_the_agency_that_comes_to_hold_the_role():
    roles = {
        "officer": {"agency": "police", "decides": "1 min", "takes_office": "met"},
        "command": {"held_by": ["officer"]},
    }
    tasks = {
        "meet": task(takes="5 min", milestone="met"),
        "known": task(takes="0 s", effects=[LEARN | {"to": ["fire"]}]),
        "over": task(order_by="command", needs=["number"], milestone="over"),
    }
    trace = play(tasks, roles=roles)
    assert math.isnan(when(trace, "over"))
    assert times(trace, "order-asked") == []
    assert [row.task for _, row in trace.of("standstill")] == ["over"]
    tasks["told"] = task(takes="8 min", effects=[LEARN | {"to": ["police"]}])
    assert when(play(tasks, roles=roles), "over") == 480.0 + 60.0 + 60.0


def test_crews_that_unlimited_means_add_do_not_make_a_decision_longer():
    roles = {"chief": {"agency": "fire", "decides": "1 min"}}
    tasks = {f"work-{number}": task(by="crew", takes="60 min", order_by="chief") for number in range(9)}
    tasks["wait"] = task(takes="30 min")
    tasks["over"] = task(after="wait", order_by="chief", takes="0 s", priority="0", milestone="over")
    assert when(play(tasks, roles=roles), "over") == 1800.0 + 60.0
    unlimited = play(tasks, roles=roles, bound="unlimited")
    assert len(times(unlimited, "task-started")) == 9 + len(("wait", "over"))  # all are at work
    assert when(unlimited, "over") == 1800.0 + 60.0


# -- causes ----------------------------------------------------------------------------------------------


def test_a_task_that_waited_for_a_condition_is_ready_because_of_what_made_it_hold():
    tasks = {
        "a": task(takes="5 min", milestone="seen"),
        "z": task(by="crew", takes="5 min"),
        "over": task(when={"happened": ["seen"]}, milestone="over"),
    }
    assert reasons(play(tasks), "task-ready", "over")[1:3] == ["seen", "a"]


def test_work_on_air_that_ends_with_a_message_was_kept_by_who_held_the_line():
    tell = {"do": "message", "to": ["police"], "over": "phone"}
    tasks = {
        "enter": task(by="crew", at="room", air=AIR, takes="5 min", effects=[tell], milestone="over"),
        "talk": task(uses={"phone": 1}, takes="40 min"),
    }
    trace = play(tasks, channels=TELEPHONE)
    assert when(trace, "over") == 2400.0 + 60.0
    assert reasons(trace, "milestone", "over")[1:4] == ["enter", "enter.0.police", "talk"]
