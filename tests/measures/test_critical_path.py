from __future__ import annotations

from itertools import pairwise

import pytest

from drillsim.measures.critical_path import Step, critical_path
from drillsim.measures.task_spans import task_spans
from drillsim.scenario.load import load, shipped
from drillsim.simulation.run import run
from tests.measures.hand import trace


@pytest.fixture
def response():
    """Call (0-60), turn out and stage (to 300), recon: order (to 340), way, donning (to 400), work (to 700).

    Seal is ready at 500, asks for the same pump, gets it at 700 and works to 1000; the cordon runs beside.
    """
    t = trace(
        plan_edges=(
            ("call", "cordon"),
            ("call", "recon"),
            ("recon", "end"),
            ("cordon", "end"),
            ("seal", "end"),
        )
    )
    start = t.add(0.0, "startex")
    ready = t.add(0.0, "task-ready", task="call", cause=start)
    begun = t.add(0.0, "task-started", task="call", actor="patrol", cause=ready)
    call = t.add(60.0, "task-done", task="call", actor="patrol", cause=begun)
    cordon_ready = t.add(60.0, "task-ready", task="cordon", cause=call)
    cordon = t.add(60.0, "task-started", task="cordon", actor="patrol", cause=cordon_ready)
    called = t.add(60.0, "called", actor="pump-1", cause=call)
    turnout = t.add(60.0, "unit-state", actor="pump-1", task="turnout", cause=called)
    away = t.add(120.0, "unit-state", actor="pump-1", task="travelling", cause=turnout)
    recon_ready = t.add(200.0, "task-ready", task="recon", cause=call)
    asked = t.add(200.0, "order-asked", actor="chief", task="recon", cause=recon_ready)
    cordoned = t.add(260.0, "task-done", task="cordon", actor="patrol", cause=cordon)
    t.add(260.0, "milestone", task="cordon", cause=cordoned)
    staged = t.add(300.0, "unit-state", actor="pump-1", task="staged", cause=away)
    given = t.add(340.0, "order-given", actor="chief", task="recon", cause=max(asked, staged))
    granted = t.add(340.0, "units-granted", task="recon", cause=given)
    t.add(340.0, "unit-state", actor="pump-1", task="travelling", cause=granted)
    t.add(370.0, "unit-state", actor="pump-1", task="donning", cause=granted)
    works = t.add(400.0, "task-started", task="recon", actor="pump-1", cause=granted)
    seal_ready = t.add(500.0, "task-ready", task="seal", cause=call)
    recon = t.add(700.0, "task-done", task="recon", actor="pump-1", cause=works)
    t.add(700.0, "unit-state", actor="pump-1", task="staged", cause=recon)
    seal_granted = t.add(700.0, "units-granted", task="seal", cause=max(seal_ready, recon))
    seals = t.add(700.0, "task-started", task="seal", actor="pump-1", cause=seal_granted)
    sealed = t.add(1000.0, "task-done", task="seal", actor="pump-1", cause=seals)
    end_ready = t.add(1000.0, "task-ready", task="end", cause=sealed)
    ends = t.add(1000.0, "task-started", task="end", cause=end_ready)
    done = t.add(1010.0, "task-done", task="end", cause=ends)
    endex = t.add(1010.0, "milestone", task="endex", cause=done)
    t.add(1015.0, "end", task="endex", cause=endex)
    return t


def test_the_steps_follow_each_other_from_startex_to_the_milestone_without_a_gap(response):
    path = critical_path(response, "endex")
    assert path[0].start_s == 0.0
    assert path[-1].end_s == 1010.0
    assert all(before.end_s == after.start_s for before, after in pairwise(path))
    assert sum(step.end_s - step.start_s for step in path) == 1010.0


def test_work_waits_travel_and_preparation_are_told_apart_and_named(response):
    found = [(step.kind, step.what, step.end_s - step.start_s) for step in critical_path(response, "endex")]
    assert found == [
        ("work", "call", 60.0),
        ("travel", "turnout", 60.0),
        ("travel", "travelling", 180.0),
        ("wait for order", "recon", 40.0),
        ("travel", "recon", 30.0),
        ("preparation", "recon", 30.0),
        ("work", "recon", 300.0),
        ("wait for units", "seal", 0.0),
        ("work", "seal", 300.0),
        ("work", "end", 10.0),
    ]


def test_a_wait_beside_other_steps_says_since_when(response):
    waits = {step.what: step for step in critical_path(response, "endex") if step.kind.startswith("wait")}
    assert waits["seal"].since_s == 500.0
    assert waits["seal"].who == "pump-1"
    assert waits["recon"].since_s == 200.0
    assert waits["recon"].who == "chief"


def test_labels_name_the_task_and_the_wait(response):
    labels = [step.label for step in critical_path(response, "endex")]
    assert labels[1:8] == [
        "pump-1: turnout",
        "pump-1: travelling",
        "recon: wait for order",
        "recon: travel",
        "recon: prepare",
        "recon",
        "seal: wait for units",
    ]


def test_waiting_for_information_is_named_after_the_item():
    t = trace()
    ready = t.add(0.0, "task-ready", task="entry")
    asks = t.add(20.0, "task-started", task="ask")
    asked = t.add(90.0, "task-done", task="ask", cause=asks)
    known = t.add(90.0, "informed", task="cargo", cause=asked)
    entry = t.add(90.0, "task-started", task="entry", cause=max(ready, known))
    done = t.add(100.0, "task-done", task="entry", cause=entry)
    t.add(100.0, "milestone", task="clear", cause=done)
    step = next(step for step in critical_path(t, "clear") if step.kind == "wait for information")
    assert (step.what, step.who, step.since_s, step.end_s) == ("entry", "cargo", 0.0, 90.0)


def test_a_milestone_people_make_ends_with_crowd_movement():
    t = trace()
    begins = t.add(0.0, "task-started", task="alarm")
    alarm = t.add(30.0, "task-done", task="alarm", cause=begins)
    t.add(200.0, "milestone", task="clear", cause=alarm)
    assert [(step.kind, step.what) for step in critical_path(t, "clear")] == [
        ("work", "alarm"),
        ("crowd movement", "clear"),
    ]


def test_a_milestone_that_never_came_has_no_path(response):
    assert critical_path(response, "clear") == []


def test_a_crew_that_had_to_be_freed_takes_the_slack_of_who_held_it(response):
    assert ("recon", "seal") not in response.header.plan_edges
    assert task_spans(response)["recon"].slack_s == 0.0


def test_slack_is_nought_on_the_last_chain_and_the_time_to_spare_elsewhere(response):
    found = {name: span.slack_s for name, span in task_spans(response).items()}
    assert found == {"call": 0.0, "cordon": 740.0, "end": 0.0, "recon": 0.0, "seal": 0.0}


def test_a_span_keeps_ready_start_and_end_and_leaves_out_what_never_finished(response):
    response.add(1015.0, "task-ready", task="late")
    spans = task_spans(response)
    assert spans["recon"][:3] == (200.0, 400.0, 700.0)
    assert "late" not in spans


def test_who_waits_for_the_start_of_a_task_does_not_wait_for_its_end():
    t = trace(plan_edges=(("work", "beside"),))
    t.add(0.0, "task-ready", task="work")
    t.add(0.0, "task-started", task="work")
    t.add(5.0, "task-ready", task="beside")  # waited for a milestone stamped when work began
    t.add(5.0, "task-started", task="beside")
    t.add(20.0, "task-done", task="beside")
    t.add(100.0, "task-done", task="work")
    t.add(100.0, "milestone", task="endex")
    assert task_spans(t)["beside"].slack_s == 80.0
    assert task_spans(t)["work"].slack_s == 0.0  # its own end is what the run waits for


def test_a_task_whose_start_was_waited_for_may_start_as_much_later_as_who_waited_for_it():
    t = trace(plan_edges=(("work", "beside"),))
    t.add(0.0, "task-ready", task="work")
    t.add(10.0, "task-started", task="work")
    t.add(10.0, "task-ready", task="beside")  # waited for a milestone stamped when work began
    t.add(10.0, "task-started", task="beside")
    t.add(50.0, "task-done", task="work")
    t.add(80.0, "task-done", task="beside")
    t.add(100.0, "milestone", task="endex")
    found = task_spans(t)
    assert found["beside"].slack_s == 20.0
    assert found["work"].slack_s == 20.0  # not 0: beside does not wait for its end


def test_rooms_that_were_searched_are_a_search_and_no_crowd_movement():
    t = trace()
    swept = t.add(0.0, "task-done", task="sweep")
    first = t.add(20.0, "searched", place="office", cause=swept)
    found = t.add(50.0, "found", actor="clerks", place="hall", value=1.0, cause=first)
    carried = t.add(90.0, "lift", actor="lift-1", task="let-out", place="hall", cause=found)
    t.add(95.0, "milestone", task="clear", cause=carried)
    steps = critical_path(t, "clear")
    assert [(step.kind, step.label, step.end_s) for step in steps] == [
        ("search", "search", 20.0),
        ("search", "search", 50.0),
        ("crowd movement", "lift: crowd movement", 90.0),
        ("crowd movement", "clear: crowd movement", 95.0),
    ]


def _kinds(path):
    return [(step.kind, step.what, step.start_s, step.end_s, step.since_s) for step in path]


def test_waiting_for_a_line_and_talking_are_told_apart():
    """At 100 s the order is to be passed on; another message keeps the line to 130 s, then 20 s of talk."""
    t = trace()
    start = t.add(0.0, "startex")
    other = t.add(90.0, "message-asked", task="report.other", actor="port", place="radio", cause=start)
    given = t.add(100.0, "order-given", task="entry", actor="chief", cause=start)
    t.add(100.0, "message-asked", task="order.entry", actor="fire", place="radio", cause=given)
    freed = t.add(130.0, "message-heard", task="report.other", actor="fire", place="radio", cause=other)
    t.add(130.0, "drawn", task="channels.radio.talk", actor="message.order.entry", value=20.0)
    heard = t.add(
        150.0, "message-heard", task="order.entry", actor="port", place="radio", value=50.0, cause=freed
    )
    t.add(150.0, "milestone", task="clear", cause=heard)
    wait, talk = critical_path(t, "clear")[-2:]
    assert _kinds([wait]) == [("wait for a line", "entry", 130.0, 130.0, 100.0)]
    assert _kinds([talk]) == [("order on its way", "entry", 130.0, 150.0, 130.0)]
    assert wait.labels == ("entry: wait for a line", "radio: line")
    assert wait.who == "fire"


def test_a_line_that_others_hold_is_waited_for_until_the_talk_is_drawn():
    t = trace()
    given = t.add(100.0, "order-given", task="entry", actor="chief")
    asked = t.add(100.0, "message-asked", task="order.entry", actor="fire", place="radio", cause=given)
    t.add(140.0, "drawn", task="channels.radio.talk", actor="message.order.entry", value=20.0)
    heard = t.add(160.0, "message-heard", task="order.entry", place="radio", value=60.0, cause=asked)
    t.add(160.0, "milestone", task="clear", cause=heard)
    assert _kinds(critical_path(t, "clear")[1:]) == [
        ("wait for a line", "entry", 100.0, 140.0, 100.0),
        ("order on its way", "entry", 140.0, 160.0, 140.0),
    ]


def test_a_message_that_was_lost_is_talk_and_the_pause_before_it_is_repeated():
    t = trace()
    begun = t.add(0.0, "task-started", task="tell")
    first = t.add(10.0, "message-asked", task="tell.0.fire", place="radio", cause=begun)
    t.add(10.0, "drawn", task="channels.radio.talk", actor="message.tell.0.fire", value=20.0)
    lost = t.add(30.0, "message-lost", task="tell.0.fire", place="radio", cause=first)
    again = t.add(60.0, "message-asked", task="tell.0.fire", place="radio", cause=lost)
    t.add(60.0, "drawn", task="channels.radio.talk", actor="message.tell.0.fire", value=25.0)
    heard = t.add(85.0, "message-heard", task="tell.0.fire", place="radio", value=75.0, cause=again)
    done = t.add(85.0, "task-done", task="tell", cause=heard)
    t.add(85.0, "milestone", task="clear", cause=done)
    assert [step[:4] for step in _kinds(critical_path(t, "clear"))] == [
        ("work", "tell", 0.0, 10.0),
        ("communication", "tell", 10.0, 30.0),
        ("communication", "tell", 30.0, 60.0),
        ("communication", "tell", 60.0, 85.0),
    ]


def test_a_call_waits_for_who_answers_after_the_work_before_it():
    t = trace()
    begun = t.add(0.0, "task-started", task="call", actor="gate")
    t.add(40.0, "drawn", task="agencies.fire.answering.takes", actor="call.call.0.fire", value=30.0)
    answered = t.add(70.0, "call-answered", task="call.0", actor="fire", value=60.0, cause=begun)
    t.add(70.0, "milestone", task="clear", cause=answered)
    assert _kinds(critical_path(t, "clear")) == [
        ("work", "call", 0.0, 10.0, 0.0),
        ("wait for a call-taker", "fire", 10.0, 40.0, 10.0),
        ("call", "call", 40.0, 70.0, 40.0),
    ]


def test_a_call_after_another_call_waited_beside_it():
    t = trace()
    other = t.add(50.0, "call-answered", task="other.0", actor="fire", value=50.0)
    t.add(50.0, "drawn", task="agencies.fire.answering.takes", actor="call.call.0.fire", value=30.0)
    answered = t.add(80.0, "call-answered", task="call.0", actor="fire", value=60.0, cause=other)
    t.add(80.0, "milestone", task="clear", cause=answered)
    assert _kinds(critical_path(t, "clear"))[-2:] == [
        ("wait for a call-taker", "fire", 50.0, 50.0, 20.0),
        ("call", "call", 50.0, 80.0, 50.0),
    ]


def test_air_decontamination_and_the_way_out_are_steps_of_their_own():
    t = trace()
    granted = t.add(0.0, "units-granted", task="seal")
    begun = t.add(0.0, "task-started", task="seal", actor="pump-1", cause=granted)
    freed = t.add(200.0, "exit", task="recon", actor="van pair 1", cause=granted)
    air = t.add(200.0, "air-granted", task="seal", actor="pump-1 pair 1", cause=max(begun, freed))
    entry = t.add(260.0, "entry", task="seal", actor="pump-1 pair 1", value=1200.0, cause=air)
    done = t.add(860.0, "task-done", task="seal", actor="pump-1", cause=entry)
    state = t.add(920.0, "unit-state", task="decon", actor="pump-1", cause=entry)
    decon = t.add(920.0, "decon-begun", task="seal", actor="lane", value=2.0, cause=state)
    clean = t.add(1220.0, "decon-done", task="seal", actor="lane", value=300.0, cause=decon)
    out = t.add(1220.0, "exit", task="seal", actor="pump-1 pair 1", value=960.0, cause=clean)
    t.add(1220.0, "milestone", task="clear", cause=out)
    path = [step for step in _kinds(critical_path(t, "clear")) if step[1] == "seal"]
    assert path == [
        ("wait for air", "seal", 200.0, 200.0, 0.0),
        ("preparation", "seal", 200.0, 260.0, 200.0),
        ("work", "seal", 260.0, 860.0, 260.0),
        ("way back", "seal", 860.0, 920.0, 860.0),
        ("wait for decontamination", "seal", 920.0, 1220.0, 920.0),
    ]
    assert done < state


def test_the_wait_for_an_order_hangs_on_everybody_who_decides_together(response):
    step = next(step for step in critical_path(response, "endex") if step.kind == "wait for order")
    assert step.labels == ("recon: wait for order", "chief: command")
    shared = Step("wait for order", "recon", "chief, police", 0.0, 1.0, 0.0)
    assert shared.labels[1:] == ("chief: command", "police: command")


@pytest.mark.parametrize("name", ["office-fire", "terminal-leak"])
def test_steps_of_real_runs_leave_no_gap_up_to_every_milestone(name):
    scenario = load(shipped()[name])
    for plan in scenario.plans:
        for replication in range(2):
            t = run(scenario, plan=plan, conditions="exercise", seed=3, replication=replication, record=False)
            for _, row in t.of("milestone"):
                path = critical_path(t, row.task)
                at_s = t.first("milestone", task=row.task)[1].time_s
                end_s = 0.0
                for step in path:
                    assert step.start_s == end_s
                    assert step.since_s <= step.start_s <= step.end_s
                    end_s = step.end_s
                assert end_s == at_s


def test_an_order_on_its_way_over_a_line_is_no_wait_for_units():
    t = trace()
    given = t.add(100.0, "order-given", task="entry", actor="chief")
    asked = t.add(100.0, "message-asked", task="order.entry", actor="fire", place="radio", cause=given)
    heard = t.add(120.0, "message-heard", task="order.entry", place="radio", value=20.0, cause=asked)
    granted = t.add(120.0, "units-granted", task="entry", cause=heard)
    t.add(120.0, "milestone", task="clear", cause=granted)
    assert [step.kind for step in critical_path(t, "clear")] == ["wait for order", "order on its way"]


def test_a_report_an_order_and_a_message_on_their_way_are_told_apart():
    t = trace()
    report = t.add(20.0, "message-asked", task="report.entry", actor="fire", place="radio")
    heard = t.add(40.0, "message-heard", task="report.entry", actor="port", value=20.0, cause=report)
    order = t.add(50.0, "message-asked", task="order.entry", actor="port", place="radio", cause=heard)
    told = t.add(70.0, "message-heard", task="order.entry", actor="fire", value=20.0, cause=order)
    news = t.add(70.0, "message-asked", task="tell.0.fire", actor="port", place="radio", cause=told)
    last = t.add(90.0, "message-heard", task="tell.0.fire", actor="fire", value=20.0, cause=news)
    t.add(90.0, "milestone", task="clear", cause=last)
    kinds = [step.kind for step in critical_path(t, "clear") if step.end_s > step.start_s]
    assert list(dict.fromkeys(kinds)) == ["asking for the order", "order on its way", "communication"]


def test_a_called_unit_is_on_its_way_to_the_site_and_then_on_the_site():
    t = trace()
    called = t.add(0.0, "called", actor="pump-1")
    away = t.add(10.0, "unit-state", task="travelling", actor="pump-1", cause=called)
    there = t.add(70.0, "unit-state", task="travelling", actor="pump-1", cause=away)
    staged = t.add(100.0, "unit-state", task="staged", actor="pump-1", cause=there)
    t.add(100.0, "milestone", task="clear", cause=staged)
    labels = [(step.label, step.end_s) for step in critical_path(t, "clear")]
    assert labels[1:] == [("pump-1: travelling", 70.0), ("pump-1: on the site", 100.0)]


def test_a_pair_back_at_the_entry_point_leaves_the_path_without_a_gap():
    t = trace()
    entry = t.add(0.0, "entry", task="seal", actor="pump-1 pair 1", value=1200.0)
    back = t.add(900.0, "left-zone", task="seal", actor="pump-1 pair 1", cause=entry)
    decon = t.add(900.0, "decon-begun", task="seal", actor="lane", value=2.0, cause=back)
    clean = t.add(1200.0, "decon-done", task="seal", actor="lane", value=300.0, cause=decon)
    out = t.add(1200.0, "exit", task="seal", actor="pump-1 pair 1", cause=clean)
    t.add(1200.0, "milestone", task="clear", cause=out)
    assert [(step.kind, step.end_s) for step in critical_path(t, "clear") if step.end_s > step.start_s] == [
        ("work", 900.0),
        ("wait for decontamination", 1200.0),
    ]
