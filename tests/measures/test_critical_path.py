from __future__ import annotations

from itertools import pairwise

import pytest

from drillsim.measures.critical_path import critical_path
from drillsim.measures.task_spans import task_spans
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
    assert found == {"call": 140.0, "cordon": 740.0, "end": 0.0, "recon": 0.0, "seal": 0.0}


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
