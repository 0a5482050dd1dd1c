"""Who holds a role when, who decides with whom, and the rows that say why an order came when it did."""

import pytest

from drillsim.simulation.run import run

from .small import small, task, times, when

AGENCIES = {
    "fire": {
        "title": "fire",
        "channel": "net",
        "units": {"crew": {"count": 9, "people": 4, "station": "yard"}},
    },
    "port": {"title": "port"},
}
OFFICER = {"agency": "fire", "decides": "1 min"}
OPEN_END = task(takes="40 min", milestone="over")


def play(tasks, roles, **sections):
    sections = {"agencies": AGENCIES} | sections
    return run(small(tasks={"over": OPEN_END} | tasks, roles=roles, **sections), plan="plan")


def order(by, **entries):
    return task(takes="0 s", order_by=by) | entries


def given(trace):
    return {row.task: (row.time_s, row.actor) for _, row in trace.of("order-given")}


def test_an_office_taken_with_a_left_out_event_is_taken_with_the_last_that_waited_for():
    roles = {
        "manager": OFFICER,
        "chief": OFFICER | {"takes_office": "met"},
        "command": {"held_by": ["manager", "chief"]},
    }
    tasks = {
        "early": task(takes="5 min"),
        "late": task(takes="10 min"),
        "met": task(after=["early", "late"], only="exercise"),
        "before": order("command", delay="6 min"),
        "after": order("command", delay="11 min"),
    }
    assert given(play(tasks, roles)) == {"before": (420.0, "manager"), "after": (720.0, "chief")}


def test_an_order_waits_until_somebody_holds_the_role():
    roles = {"chief": OFFICER | {"takes_office": "met"}, "command": {"held_by": ["chief"]}}
    tasks = {"met": task(takes="10 min"), "act": order("command")}
    trace = play(tasks, roles)
    assert given(trace) == {"act": (660.0, "chief")}
    asked = trace.first("order-asked", task="act")[1]
    assert (trace.rows[asked.cause].event, trace.rows[asked.cause].task) == ("task-done", "met")


@pytest.mark.parametrize(("office", "given_s"), [({}, 75.0), ({"takes_office": "later"}, 60.0)])
def test_roles_in_office_that_report_to_a_commander_are_reports(office, given_s):
    sectors = {f"sector-{n}": OFFICER | {"reports_to": "chief"} | office for n in range(6)}
    tasks = {"act": order("chief"), "later": task(takes="20 min")}
    assert given(play(tasks, {"chief": OFFICER} | sectors))["act"] == (given_s, "chief")


def test_who_holds_command_has_the_reports_of_his_own_office_too():
    roles = {"officer": OFFICER, "command": {"held_by": ["officer"]}}
    tasks = {f"work-{n}": task(takes="35 min", by="crew", order_by="officer") for n in range(8)}
    tasks["act"] = order("command", delay="30 min")
    agencies = AGENCIES | {
        "fire": {key: value for key, value in AGENCIES["fire"].items() if key != "channel"}
    }
    assert given(play(tasks, roles, agencies=agencies))["act"] == (1800.0 + 60.0 * 1.75, "officer")


def test_each_of_a_unified_command_decides_with_luck_of_his_own():
    decides = {"uniform": ["1 min", "9 min"], "source": "test", "confidence": "high"}
    roles = {name: OFFICER | {"decides": decides} for name in ("chief", "officer")}
    roles["unified"] = {"held_by": ["chief", "officer"], "together": "true"}
    trace = play({"act": order("unified")}, roles)
    drawn = {row.task: row.value for _, row in trace.of("drawn") if row.task.endswith(".decides")}
    assert len(set(drawn.values())) == len(drawn) == 2
    assert given(trace) == {"act": (max(drawn.values()), "chief, officer")}


def test_who_holds_two_of_the_offices_of_a_unified_command_is_asked_once():
    roles = {
        "officer": OFFICER,
        "deputy": {"held_by": ["officer"]},
        "unified": {"held_by": ["officer", "deputy"], "together": "true"},
    }
    assert given(play({"act": order("unified")}, roles)) == {"act": (60.0, "officer")}


def test_a_decision_that_queued_was_let_through_by_the_one_before():
    tasks = {"a": order("officer", priority=1), "b": order("officer", priority=2)}
    trace = play(tasks, {"officer": OFFICER})
    cause = trace.rows[trace.first("order-given", task="b")[1].cause]
    assert (cause.event, cause.task) == ("order-given", "a")


def test_who_is_asked_after_command_has_passed_on_is_asked_because_it_has():
    roles = {
        "manager": OFFICER | {"decides": "10 min"},
        "chief": OFFICER | {"takes_office": "met"},
        "command": {"held_by": ["manager", "chief"]},
    }
    tasks = {"met": task(takes="3 min"), "a": order("command"), "b": order("command", delay="1 min")}
    trace = play(tasks, roles)
    asked = [(number, row.actor, row.cause) for number, row in trace.of("order-asked") if row.task == "b"]
    assert [actor for _, actor, _ in asked] == ["manager", "chief"]
    passed = trace.rows[asked[1][2]]
    assert (passed.task, passed.time_s) == ("met", 180.0)


def test_urgent_reports_and_orders_overtake_others_that_wait_for_the_line():
    tasks = {
        "chat": task(takes="1 min", uses={"net": 1}, priority=0),
        "talk": task(takes="5 min", uses={"net": 1}, delay="130 s", priority=0),
        "low": task(takes="0 s", by="crew", order_by="a", priority=9),
        "high": task(takes="0 s", by="crew", order_by="b", priority=1, delay="10 s"),
    }
    roles = {"a": OFFICER, "b": OFFICER | {"decides": "90 s"}}
    trace = play(tasks, roles, channels={"net": {"talk": "10 s"}})
    heard = [row.task for _, row in trace.of("message-heard")]
    assert heard == ["report.high", "report.low", "order.high", "order.low"]
    assert given(trace) == {"low": (140.0, "a"), "high": (160.0, "b")}
    assert when(trace, "over") == 2400.0
    assert times(trace, "task-started", task="high") == [440.0]


def test_whom_command_has_passed_from_owes_no_more_decisions():
    roles = {
        "manager": OFFICER | {"decides": "10 min"},
        "chief": OFFICER | {"takes_office": "met"},
        "command": {"held_by": ["manager", "chief"]},
    }
    tasks = {
        "met": task(takes="3 min"),
        "a": order("command"),
        "b": order("command", delay="1 min"),
        "own": order("manager", delay="2 min"),
    }
    assert given(play(tasks, roles)) == {
        "a": (600.0, "manager"),
        "b": (240.0, "chief"),
        "own": (1200.0, "manager"),
    }
