"""Orders, knowledge, injects, what a left-out task stands for, and the causes of every row."""

from functools import cache
from pathlib import Path

import pytest

from drillsim.scenario.load import load
from drillsim.simulation.run import run
from drillsim.vocabulary import CLOSING_EVENTS
from tests.simulation.small import end_states, inject, small, task, times, when

SCENARIOS = Path(__file__).parents[2] / "scenarios"
CHIEF = {"agency": "fire", "decides": "2 min"}
OPEN_END = task(takes="20 min", milestone="over")
INFO = {"cargo": "UN number"}


def began(trace, name):
    found = times(trace, "task-started", task=name)
    return found[0] if found else None


def inform(item="cargo", **entries):
    return {"do": "inform", "item": item} | entries


# -- information --------------------------------------------------------------------------------------


def test_what_proves_wrong_while_a_task_waits_for_its_crew_holds_it_up():
    tasks = {
        "busy": task(by={"crew": "2"}, takes="10 min"),
        "enter": task(by="crew", needs="cargo", milestone="over"),
    }
    injects = {
        "known": inject("0 s", inform()),
        "wrong": inject("6 min", inform(known="false")),
        "again": inject("15 min", inform()),
    }
    scenario = small(tasks=tasks, information=INFO, injects=injects)
    trace = run(scenario, plan="plan")
    assert began(trace, "enter") == 900.0
    assert when(trace, "over") == 960.0
    assert times(trace, "uninformed", task="cargo") == [360.0]
    assert began(run(scenario, plan="plan", injects={"known"}), "enter") == 600.0


def test_who_finds_it_out_anew_gets_the_crew_before_the_task_that_cannot_begin_without_it():
    tasks = {
        "busy": task(by={"crew": "2"}, takes="10 min"),
        "enter": task(by={"crew": "2"}, needs="cargo", milestone="over"),
        "ask": task(after="inject.wrong", by="crew", takes="5 min", effects=[inform()]),
    }
    injects = {"known": inject("0 s", inform()), "wrong": inject("6 min", inform(known="false"))}
    trace = run(small(tasks=tasks, information=INFO, injects=injects), plan="plan")
    assert (began(trace, "ask"), began(trace, "enter")) == (600.0, 900.0)


def test_what_proves_wrong_while_a_crew_dons_holds_up_the_work():
    tasks = {"enter": task(by="crew", needs="cargo", prepare="10 min", milestone="over")}
    injects = {
        "known": inject("0 s", inform()),
        "wrong": inject("5 min", inform(known="false")),
        "again": inject("15 min", inform()),
    }
    scenario = small(tasks=tasks, information=INFO, injects=injects)
    assert began(run(scenario, plan="plan"), "enter") == 900.0
    assert began(run(scenario, plan="plan", injects={"known"}), "enter") == 600.0


def test_what_proves_wrong_after_work_has_begun_does_not_stop_it():
    tasks = {"enter": task(needs="cargo", takes="10 min", milestone="over")}
    injects = {"known": inject("0 s", inform()), "wrong": inject("5 min", inform(known="false"))}
    assert when(run(small(tasks=tasks, information=INFO, injects=injects), plan="plan"), "over") == 600.0


def test_a_task_waits_for_the_last_of_the_items_it_needs():
    tasks = {
        "a": task(takes="4 min", effects=[inform("cargo")]),
        "b": task(takes="7 min", effects=[inform("wind")]),
        "enter": task(needs=["cargo", "wind"], milestone="over"),
    }
    trace = run(small(tasks=tasks, information=INFO | {"wind": "wind"}), plan="plan")
    assert began(trace, "enter") == 420.0
    assert [(row.time_s, row.task) for _, row in trace.of("informed")] == [(240.0, "cargo"), (420.0, "wind")]


def test_the_second_of_two_items_that_proves_wrong_while_the_first_is_awaited_is_awaited_again():
    injects = {
        "wind": inject("1 min", inform("wind")),
        "wrong": inject("2 min", inform("wind", known="false")),
        "cargo": inject("3 min", inform("cargo")),
        "again": inject("10 min", inform("wind")),
    }
    tasks = {"enter": task(needs=["wind", "cargo"], milestone="over")}
    trace = run(small(tasks=tasks, information=INFO | {"wind": "wind"}, injects=injects), plan="plan")
    assert began(trace, "enter") == 600.0


# -- orders -------------------------------------------------------------------------------------------


def test_a_role_that_takes_office_later_than_it_is_asked_decides_from_then_on():
    tasks = {"arrive": task(takes="10 min"), "go": task(order_by="chief", takes="0 s", milestone="over")}
    trace = run(small(tasks=tasks, roles={"chief": CHIEF | {"takes_office": "arrive"}}), plan="plan")
    assert times(trace, "order-given", task="go") == [720.0]
    assert when(trace, "over") == 720.0


def test_a_role_that_has_taken_office_before_it_is_asked_decides_at_once():
    tasks = {
        "arrive": task(takes="1 min"),
        "go": task(after="ready", order_by="chief", takes="0 s", milestone="over"),
        "ready": task(takes="5 min"),
    }
    trace = run(small(tasks=tasks, roles={"chief": CHIEF | {"takes_office": "arrive"}}), plan="plan")
    assert times(trace, "order-given", task="go") == [420.0]


def test_the_more_urgent_of_two_orders_is_decided_first():
    tasks = {
        "busy": task(order_by="chief", takes="0 s"),
        "early": task(after="a", order_by="chief", takes="0 s"),
        "urgent": task(after="b", order_by="chief", takes="0 s", priority="0"),
        "a": task(takes="30 s"),
        "b": task(takes="1 min"),
        "all": task(after=["early", "urgent"], takes="0 s", milestone="over"),
    }
    trace = run(small(tasks=tasks, roles={"chief": CHIEF}), plan="plan")
    assert [(row.time_s, row.task) for _, row in trace.of("order-given")] == [
        (120.0, "busy"),
        (240.0, "urgent"),
        (360.0, "early"),
    ]


# -- injects ------------------------------------------------------------------------------------------


def test_an_inject_follows_its_event_after_its_delay():
    tasks = {
        "a": task(takes="10 min"),
        "b": task(after="inject.call", milestone="over"),
    }
    scenario = small(tasks=tasks, injects={"call": inject("", after="a", delay="2 min")})
    trace = run(scenario, plan="plan")
    assert times(trace, "inject", task="call") == [720.0]
    assert when(trace, "over") == 780.0


def test_an_inject_comes_at_its_time_after_startex():
    tasks = {"b": task(after="inject.call", milestone="over")}
    trace = run(small(tasks=tasks, injects={"call": inject("7 min")}), plan="plan")
    assert times(trace, "inject", task="call") == [420.0]
    assert when(trace, "over") == 480.0


def test_an_inject_that_is_off_comes_only_when_it_is_asked_for():
    scenario = small(tasks={"over": OPEN_END}, injects={"call": inject("7 min", off="true")})
    assert times(run(scenario, plan="plan"), "inject") == []
    assert times(run(scenario, plan="plan", injects={"call"}), "inject") == [420.0]


# -- what is left out ---------------------------------------------------------------------------------

LEFT_OUT = [{"if_inject": "x"}, {"only": "exercise"}]


def left_out(*, tasks, why, **sections):
    """Task a takes 10 min, b comes after it and is left out of this run."""
    b = task(after="a", takes="30 min", milestone="arrived", starts="left") | why
    injects = {"x": inject("20 min", off="true")} | sections.pop("injects", {})
    return small(tasks={"a": task(takes="10 min"), "b": b} | tasks, injects=injects, **sections)


@pytest.mark.parametrize("why", LEFT_OUT, ids=["if_inject", "only"])
@pytest.mark.parametrize("event", ["b", "arrived", "left"])
def test_who_waits_for_a_task_that_is_left_out_waits_for_what_it_would_have_waited_for(event, why):
    scenario = left_out(tasks={"c": task(after=event, milestone="over")}, why=why)
    trace = run(scenario, plan="plan", conditions="emergency")
    assert began(trace, "c") == 600.0
    ready = trace.rows[trace.first("task-ready", task="c")[1].cause]
    assert (ready.event, ready.task) == ("task-done", "a")
    assert began(trace, "b") is None


def test_a_task_that_is_not_left_out_is_waited_for_itself():
    scenario = left_out(tasks={"c": task(after="b", milestone="over")}, why={"only": "exercise"})
    assert began(run(scenario, plan="plan", conditions="exercise"), "c") == 2400.0


def test_two_tasks_left_out_in_a_row_stand_for_what_the_first_would_have_waited_for():
    tasks = {
        "b2": task(after="b", takes="30 min", only="exercise"),
        "c": task(after="b2", milestone="over"),
    }
    assert began(run(left_out(tasks=tasks, why={"only": "exercise"}), plan="plan"), "c") == 600.0


def test_a_left_out_task_that_waits_for_its_own_inject_too_stands_for_the_rest():
    tasks = {
        "d": task(after=["a", "inject.x"], if_inject="x", takes="30 min"),
        "c": task(after="d", milestone="over"),
    }
    scenario = left_out(tasks=tasks, why={"only": "exercise"})
    assert began(run(scenario, plan="plan"), "c") == 600.0
    # with the inject, at 20 min, d is done at 50 min
    assert began(run(scenario, plan="plan", injects={"x"}), "c") == 3000.0


@pytest.mark.parametrize("event", ["b", "arrived"])
def test_a_role_that_takes_office_with_a_left_out_event_takes_it_with_what_that_waited_for(event):
    tasks = {"c": task(order_by="chief", milestone="over", takes="0 s")}
    scenario = left_out(tasks=tasks, why={"if_inject": "x"}, roles={"chief": CHIEF | {"takes_office": event}})
    assert times(run(scenario, plan="plan"), "order-given", task="c") == [720.0]


@pytest.mark.parametrize("event", ["b", "arrived"])
def test_an_inject_after_a_left_out_event_comes_after_what_that_waited_for(event):
    scenario = left_out(
        tasks={"over": OPEN_END},
        why={"only": "exercise"},
        injects={"call": inject("", after=event, delay="1 min")},
    )
    assert times(run(scenario, plan="plan"), "inject", task="call") == [660.0]


@pytest.mark.parametrize("event", ["b", "arrived"])
def test_a_milestone_of_people_after_a_left_out_event_counts_from_what_that_waited_for(event):
    empty = {"title": "out", "observed": "out", "when": {"empty": "corridor", "after": event}}
    scenario = left_out(tasks={"over": OPEN_END}, why={"only": "exercise"}, milestones={"last_out": empty})
    assert when(run(scenario, plan="plan"), "last_out") == 600.0


# -- milestones ---------------------------------------------------------------------------------------


def test_a_task_named_like_its_milestone_stamps_it():
    tasks = {"a": task(takes="5 min", milestone="a"), "b": task(after="a", milestone="over")}
    trace = run(small(tasks=tasks), plan="plan")
    assert when(trace, "a") == 300.0
    assert when(trace, "over") == 360.0
    assert times(trace, "milestone", task="a") == [300.0]


def test_a_plan_ends_with_a_milestone_named_like_its_task():
    trace = run(small(tasks={"over": task(takes="5 min", milestone="over")}), plan="plan")
    assert times(trace, "milestone") == [300.0]
    assert (trace.rows[-1].task, trace.rows[-1].time_s) == ("endex", 300.0)


# -- posts and business -------------------------------------------------------------------------------


def test_business_stops_and_goes_on_with_the_count_of_each_operation():
    stop = {"do": "operate", "operations": ["cranes", "lanes"], "running": "false"}
    tasks = {
        "stop": task(takes="1 min", effects=[stop]),
        "resume": task(takes="5 min", effects=[stop | {"operations": ["cranes"], "running": "true"}]),
        "over": OPEN_END,
    }
    operations = {"cranes": {"count": "3", "unit": "crane"}, "lanes": {"count": "8", "unit": "lane"}}
    trace = run(small(tasks=tasks, operations=operations), plan="plan")
    stopped = {(row.time_s, row.task, row.value) for _, row in trace.of("operation-stopped")}
    assert stopped == {(60.0, "cranes", 3.0), (60.0, "lanes", 8.0)}
    assert [(row.time_s, row.task, row.value) for _, row in trace.of("operation-resumed")] == [
        (300.0, "cranes", 3.0)
    ]


def test_a_post_opens_where_and_when_the_task_is_done():
    tasks = {"post": task(takes="3 min", effects=[{"do": "post", "place": "yard"}]), "over": OPEN_END}
    trace = run(small(tasks=tasks), plan="plan")
    ((number, row),) = trace.of("post")
    assert (row.time_s, row.place) == (180.0, "yard")
    assert (trace.rows[row.cause].event, trace.rows[row.cause].task) == ("task-done", "post")
    assert number > row.cause


# -- causes, totals -----------------------------------------------------------------------------------

WITHOUT_CAUSE = {"startex", "drawn"} | (CLOSING_EVENTS - {"end", "standstill"})


@cache
def shipped(name, plan):
    scenario = load(SCENARIOS / name)
    return scenario, run(scenario, plan=plan, conditions="emergency", seed=3)


SHIPPED = [("terminal-leak", "joint"), ("office-fire", "confirm-first")]


@pytest.mark.parametrize(("name", "plan"), SHIPPED)
def test_every_row_of_a_shipped_drill_leads_back_to_startex(name, plan):
    _, trace = shipped(name, plan)
    assert trace.rows[0].event == "startex" or trace.rows[0].event == "drawn"
    astray = []
    for number, row in enumerate(trace.rows):
        if row.event in WITHOUT_CAUSE:
            continue
        at = row
        while at.cause >= 0:
            at = trace.rows[at.cause]
        if at.event != "startex":
            astray.append((number, row.event, row.actor, row.task, at.event))
    assert astray == []
    assert sum(row.event not in WITHOUT_CAUSE for row in trace.rows) > 100


@pytest.mark.parametrize(("name", "plan"), SHIPPED)
def test_no_row_of_a_shipped_drill_comes_before_its_cause(name, plan):
    _, trace = shipped(name, plan)
    caused = [row for row in trace.rows if row.cause >= 0]
    assert len(caused) > 100
    assert all(trace.rows[row.cause].time_s <= row.time_s for row in caused)


@pytest.mark.parametrize(("name", "plan"), SHIPPED)
def test_the_states_at_the_end_of_a_shipped_drill_add_up_to_the_heads_of_every_group(name, plan):
    scenario, trace = shipped(name, plan)
    states = end_states(trace)
    assert {group for group, _ in states} == {
        group for group, entry in scenario.groups.items() if entry.count
    }
    for group, entry in scenario.groups.items():
        assert sum(value for (who, _), value in states.items() if who == group) == entry.count, group


@pytest.mark.parametrize(("name", "plan"), SHIPPED)
def test_a_shipped_drill_ends_at_its_last_event(name, plan):
    _, trace = shipped(name, plan)
    closing = CLOSING_EVENTS
    last_s = max(row.time_s for row in trace.rows if row.event not in closing)
    assert trace.rows[-1].time_s == max(last_s, max(trace.crowd.time_s))
    assert trace.rows[-1].task == "endex"
