"""Orders: reports over lines, decisions that queue, hand-over, unified command, span of control."""

import pytest

from drillsim.simulation.run import run

from .small import small, task, times, when

AGENCIES = {
    "fire": {
        "title": "fire",
        "channel": "fire-net",
        "units": {"crew": {"count": 9, "people": 4, "station": "yard"}},
    },
    "police": {
        "title": "police",
        "channel": "police-net",
        "units": {"post": {"count": 2, "people": 2, "station": "yard"}},
    },
    "terminal": {"title": "terminal"},
}
CHANNELS = {
    "fire-net": {"talk": "20 s"},
    "police-net": {"talk": "30 s"},
    "joint": {"talk": "10 s"},
}
OFFICER = {"agency": "fire", "decides": "1 min"}


def play(tasks, roles, **sections):
    sections = {"agencies": AGENCIES, "channels": CHANNELS} | sections
    return run(small(tasks=tasks, roles=roles, **sections), plan="plan")


def test_an_order_inside_an_agency_is_a_report_a_decision_and_an_order_on_its_channel():
    tasks = {"over": task(takes="1 min", by="crew", order_by="officer", milestone="over")}
    trace = play(tasks, {"officer": OFFICER})
    assert times(trace, "order-asked") == [20.0]
    assert times(trace, "order-given") == [80.0]
    assert when(trace, "over") == 20.0 + 60.0 + 20.0 + 60.0


def test_without_a_line_an_order_to_another_agency_is_relayed_by_both_control_rooms():
    tasks = {"over": task(takes="1 min", by="post", order_by="officer", milestone="over")}
    assert when(play(tasks, {"officer": OFFICER}), "over") == 50.0 + 60.0 + 50.0 + 60.0
    lines = {"all": {"between": ["fire", "police"], "over": "joint"}}
    assert when(play(tasks, {"officer": OFFICER}, lines=lines), "over") == 10.0 + 60.0 + 10.0 + 60.0


def test_an_order_waits_for_the_talk_group_that_somebody_else_uses():
    tasks = {
        "chat": task(takes="5 min", uses={"joint": 1}, priority=0),
        "over": task(takes="1 min", by="post", order_by="officer", milestone="over"),
    }
    lines = {"all": {"between": ["fire", "police"], "over": "joint"}}
    assert when(play(tasks, {"officer": OFFICER}, lines=lines), "over") == 300.0 + 10.0 + 60.0 + 10.0 + 60.0


def test_decisions_queue_by_priority():
    tasks = {
        "low": task(takes="0 s", order_by="officer", priority=9),
        "mid": task(takes="0 s", order_by="officer", priority=5),
        "high": task(takes="0 s", order_by="officer", priority=1),
        "over": task(takes="1 h", milestone="over"),
    }
    trace = play(tasks, {"officer": OFFICER})
    given = {row.task: row.time_s for _, row in trace.of("order-given")}
    # who asks first is served at once; all ask in the same moment, "high" before the others by name
    assert given == {"high": 60.0, "mid": 120.0, "low": 180.0}


def test_command_passes_on_and_orders_in_the_queue_with_it():
    roles = {
        "manager": {"agency": "terminal", "decides": "10 min"},
        "officer": OFFICER | {"takes_office": "passed"},
        "command": {"held_by": ["manager", "officer"]},
    }
    tasks = {
        "first": task(takes="0 s", order_by="command", milestone="first"),
        "second": task(takes="0 s", order_by="command", after="a-minute", milestone="second"),
        "a-minute": task(takes="1 min"),
        "hand-over": task(takes="3 min", milestone="passed"),
        "over": task(takes="30 min", milestone="over"),
    }
    trace = play(tasks, roles)
    # the manager still decides what he has begun with; the officer takes what waited
    assert when(trace, "first") == 600.0
    assert when(trace, "second") == 180.0 + 60.0
    assert [row.actor for _, row in trace.of("order-given")] == ["officer", "manager"]


def test_nobody_decides_while_a_task_engages_him():
    tasks = {
        "brief": task(takes="4 min", engages="officer", priority=0),
        "over": task(takes="0 s", order_by="officer", milestone="over", delay="1 s"),
    }
    assert when(play(tasks, {"officer": OFFICER}), "over") == 240.0 + 60.0


def test_unified_command_takes_the_attention_of_all_and_the_longest_decision():
    roles = {
        "officer": OFFICER,
        "chief": {"agency": "police", "decides": "3 min"},
        "unified": {"held_by": ["officer", "chief"], "together": "true"},
    }
    tasks = {
        "own": task(takes="0 s", order_by="officer", milestone="own", delay="1 s"),
        "both": task(takes="0 s", order_by="unified", milestone="both"),
        "over": task(takes="1 h", milestone="over"),
    }
    trace = play(tasks, roles)
    assert when(trace, "both") == 180.0
    assert when(trace, "own") == 240.0


@pytest.mark.parametrize(("crews", "factor"), [(4, 1.0), (5, 1.0), (6, 1.25), (8, 1.75)])
def test_decisions_take_longer_above_five_reports(crews, factor):
    at_work = {f"work-{n}": task(takes="1 h", by="crew", order_by="officer") for n in range(crews)}
    tasks = at_work | {
        "over": task(takes="0 s", order_by="officer", after="half-hour", milestone="over"),
        "half-hour": task(takes="30 min"),
    }
    trace = play(tasks, {"officer": OFFICER}, channels={}, agencies=_silent())
    assert when(trace, "over") == pytest.approx(1800.0 + 60.0 * factor)


def test_a_sector_post_takes_reports_off_the_commander():
    at_work = {f"work-{n}": task(takes="1 h", by="crew", order_by=f"sector-{n % 2}") for n in range(8)}
    tasks = at_work | {
        "over": task(takes="0 s", order_by="officer", after="half-hour", milestone="over"),
        "half-hour": task(takes="30 min"),
    }
    sectors = {f"sector-{n}": OFFICER | {"reports_to": "officer"} for n in range(2)}
    trace = play(tasks, {"officer": OFFICER} | sectors, channels={}, agencies=_silent())
    assert when(trace, "over") == 1860.0


def _silent():
    return {"fire": {key: value for key, value in AGENCIES["fire"].items() if key != "channel"}}


# -- information by agency ---------------------------------------------------------------------------------


def test_a_task_waits_until_its_own_agency_has_been_told():
    tasks = {
        "look": task(takes="2 min", by="post", effects=[{"do": "inform", "item": "number", "to": "police"}]),
        "tell": task(
            takes="4 min",
            by="post",
            after="look",
            effects=[{"do": "message", "to": "fire", "items": "number"}],
            milestone="told",
        ),
        "over": task(takes="1 min", by="crew", needs="number", milestone="over"),
        "mine": task(takes="1 min", by="post", needs="number", milestone="mine"),
    }
    trace = play(tasks, {}, information={"number": "the UN number"})
    assert when(trace, "mine") == 180.0
    assert when(trace, "told") == 360.0 + 50.0  # relayed by both control rooms
    assert when(trace, "over") == 410.0 + 60.0


def test_one_group_message_replaces_calls_in_turn():
    def tell(**how):
        message = {"do": "message", "to": ["fire", "terminal"], "items": "number"} | how
        tasks = {
            "over": task(takes="0 s", by="post", effects=[message], milestone="over"),
        }
        return when(play(tasks, {}, information={"number": "the UN number"}), "over")

    assert tell() == 50.0 + 30.0
    assert tell(over="joint") == 20.0
    assert tell(over="joint", group="true") == 10.0
