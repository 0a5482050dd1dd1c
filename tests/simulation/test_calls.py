"""Calls: in turn or all at once, over a line, until somebody has answered and taken it down."""

import pytest

from drillsim.simulation.calls import Calls
from drillsim.simulation.radio import Radio
from drillsim.simulation.run import run
from tests.simulation.small import small, task, when
from tests.simulation.talking import agency, at, channel, core_of, exponential, heard, spoken, talking, unit

PHONE = "phone"


class CalledOut:
    """In place of the force: notes who is called, when and because of which row."""

    def __init__(self, core):
        self.core = core
        self.calls = []

    def call_out(self, kinds, *, cause):
        self.calls.append((self.core.now_s, tuple(kinds), cause))


class Desk:
    def __init__(self, *, bound=None, seed=1, phone=None, **agencies):
        made = {
            "fire": agency(units={"engine": unit(), "ladder": unit()}, answering={"takes": "60 s"}),
            "police": agency(units={"patrol": unit()}),
            "medical": agency(units={"ambulance": unit()}, answering={"takes": "90 s"}),
        }
        scenario = talking(channels={PHONE: phone or channel("20 s", count=9)}, agencies=made | agencies)
        self.core = core_of(scenario, bound=bound, seed=seed)
        self.radio = Radio(self.core)
        self.force = CalledOut(self.core)
        self.calls = Calls(self.core, self.radio, self.force)
        self.last = {}

    def call(self, *units, after_s=0.0, content="alarm", over=PHONE, group=False, priority=5):
        def process():
            self.last[content] = yield from self.calls.call(
                units=units,
                over=over,
                group=group,
                sender="",
                content=content,
                who=content,
                priority=priority,
                cause=-1,
            )

        at(self.core, after_s, process())

    def run(self):
        self.core.clock.run()
        return self

    @property
    def called(self):
        return [(time_s, kinds) for time_s, kinds, _ in self.force.calls]

    @property
    def answered(self):
        return heard(self.core, "call-answered")


def test_a_call_lasts_until_it_is_taken_down_and_then_the_units_start():
    desk = Desk()
    desk.call("engine")
    desk.run()
    asked, answered = spoken(desk.core)
    assert (asked.event, asked.place, asked.task) == ("message-asked", PHONE, "alarm")
    assert tuple(answered)[:-1] == (60.0, "call-answered", "fire", PHONE, "alarm", 60.0, "s")
    assert answered.cause == 0
    row = len(desk.core.trace.rows) - 1
    assert desk.force.calls == [(60.0, ("engine",), row)]
    assert desk.last == {"alarm": row}


def test_an_agency_where_nobody_takes_calls_down_hears_one_talk():
    desk = Desk()
    desk.call("patrol")
    assert desk.run().answered == [(20.0, "police", "alarm", 20.0)]


def test_agencies_are_called_in_turn_in_the_order_of_their_first_unit():
    desk = Desk()
    desk.call("patrol", "engine", "ambulance", "ladder")
    desk.run()
    assert desk.answered == [
        (20.0, "police", "alarm", 20.0),
        (80.0, "fire", "alarm", 60.0),
        (170.0, "medical", "alarm", 90.0),
    ]
    assert desk.called == [(20.0, ("patrol",)), (80.0, ("engine", "ladder")), (170.0, ("ambulance",))]
    answered = [number for number, _ in desk.core.trace.of("call-answered")]
    assert [row.cause for _, row in desk.core.trace.of("message-asked")] == [-1, *answered[:-1]]


def test_one_group_call_reaches_all_in_one_talk():
    desk = Desk()
    desk.call("patrol", "engine", "ambulance", group=True)
    desk.run()
    assert desk.called == [(20.0, ("patrol",)), (20.0, ("engine",)), (20.0, ("ambulance",))]
    assert [hearer for _, hearer, _, _ in heard(desk.core)] == ["police", "fire", "medical"]
    rows = [number for number, _ in desk.core.trace.of("message-heard")]
    assert [cause for *_, cause in desk.force.calls] == rows
    assert desk.answered == []


def test_a_group_call_without_a_channel_is_heard_at_once():
    desk = Desk()
    desk.call("patrol", "engine", over=None, group=True)
    assert desk.run().called == [(0.0, ("patrol",)), (0.0, ("engine",))]


def test_calls_queue_for_who_answers_and_the_row_says_what_freed_them():
    desk = Desk()
    desk.call("engine", content="first")
    desk.call("ladder", content="second", after_s=10.0)
    desk.run()
    assert desk.answered == [(60.0, "fire", "first", 60.0), (120.0, "fire", "second", 110.0)]
    rows = [number for number, _ in desk.core.trace.of("call-answered")]
    assert desk.core.trace.rows[rows[1]].cause == rows[0]
    use = desk.core.resources.uses()[("answering", "fire")]
    assert (use.asked, use.waited_s, use.busy_s) == (2, 50.0, 120.0)


def test_two_call_takers_take_two_calls_at_once():
    fire = agency(units={"engine": unit()}, answering={"takes": "60 s", "takers": 2})
    desk = Desk(fire=fire)
    for content in ("a", "b", "c"):
        desk.call("engine", content=content)
    assert [time_s for time_s, *_ in desk.run().answered] == [60.0, 60.0, 120.0]


def test_the_line_is_held_while_the_call_waits_to_be_answered():
    desk = Desk(phone=channel("20 s", count=2))
    desk.call("engine", content="a")
    desk.call("engine", content="b")
    desk.call("patrol", content="c")
    desk.run()
    # Both lines are held by calls to the one call-taker; the third gets through when the first is done.
    assert desk.answered[:2] == [(60.0, "fire", "a", 60.0), (80.0, "police", "c", 80.0)]
    assert desk.core.resources.uses()[("channel", PHONE)].waited_s == 60.0


def test_who_waits_to_be_answered_is_named():
    desk = Desk()
    desk.call("engine", content="a")
    desk.call("engine", content="b")
    desk.core.clock.run(until=5.0)
    wait = desk.core.waits["b"]
    assert (wait.what, dict(wait.wanted)) == ("a call-taker of fire", {("answering", "fire"): 1})
    assert desk.core.resources.holders(wait.wanted) == ("a",)


def test_the_urgent_call_is_answered_first():
    desk = Desk()
    desk.call("engine", content="a")
    desk.call("engine", content="b", after_s=1.0)
    desk.call("engine", content="c", after_s=2.0, priority=0)
    assert [content for _, _, content, _ in desk.run().answered] == ["a", "c", "b"]


def test_a_call_without_a_line_still_waits_to_be_answered():
    desk = Desk()
    desk.call("patrol", "engine", over=None)
    desk.run()
    assert desk.answered == [(0.0, "police", "alarm", 0.0), (60.0, "fire", "alarm", 60.0)]
    assert desk.core.resources.uses()[("channel", PHONE)].asked == 0


def test_a_call_that_is_not_understood_is_made_again():
    desk = Desk(phone=channel("20 s", loss=0.999999, repeat="30 s", attempts=2))
    desk.call("engine", "patrol")
    desk.run()
    assert desk.answered == [
        (150.0, "fire", "alarm", 60.0 + 30.0 + 60.0),
        (220.0, "police", "alarm", 20.0 + 30.0 + 20.0),
    ]
    assert heard(desk.core, "message-lost") == [
        (60.0, "fire", "alarm", None),
        (170.0, "police", "alarm", None),
    ]


def test_nobody_holds_anything_after_the_calls():
    desk = Desk(phone=channel("20 s", loss=0.5, attempts=3))
    desk.call("engine", "patrol", "ambulance")
    desk.run()
    keys = dict.fromkeys([("channel", PHONE), ("answering", "fire"), ("answering", "medical")], 1)
    assert desk.core.resources.holders(keys) == ()
    assert desk.core.resources.short_of(keys) == {}


@pytest.mark.parametrize("group", [False, True])
def test_with_instant_communication_all_are_called_at_once(group):
    desk = Desk(bound="instant")
    desk.call("patrol", "engine", "ambulance", after_s=5.0, group=group)
    assert desk.run().called == [(5.0, ("patrol",)), (5.0, ("engine",)), (5.0, ("ambulance",))]
    assert desk.core.resources.uses()[("answering", "fire")].asked == 0


@pytest.mark.parametrize(
    ("units", "over", "takes_time"),
    [
        (("patrol",), None, False),
        (("patrol",), PHONE, True),
        (("engine",), None, True),
        (("patrol", "ambulance"), None, True),
        ((), None, False),
    ],
)
def test_a_call_takes_time_over_a_line_or_where_somebody_answers(units, over, takes_time):
    assert Desk().calls.takes_time(units=units, over=over) is takes_time


def test_a_call_for_no_units_is_none():
    desk = Desk()
    desk.call()
    desk.call(content="to-all", group=True)
    desk.run()
    assert (desk.called, desk.last, desk.core.trace.rows) == ([], {"alarm": -1, "to-all": -1}, [])


def test_the_time_to_take_a_call_down_is_the_same_whatever_else_is_called():
    def taken_s(*units, others=(), seed=1):
        fire = agency(units={"engine": unit()}, answering={"takes": exponential(60.0), "takers": 9})
        desk = Desk(fire=fire, seed=seed)
        for content in others:
            desk.call("engine", "ambulance", content=content)
        desk.call(*units)
        desk.run()
        return next(
            value for _, name, content, value in desk.answered if (name, content) == ("fire", "alarm")
        )

    alone_s = taken_s("engine")
    assert taken_s("patrol", "engine") == pytest.approx(alone_s, abs=1e-9)
    assert taken_s("engine", others=("a", "b")) == alone_s
    assert taken_s("engine", seed=2) != alone_s


def test_the_calls_to_two_agencies_have_luck_of_their_own():
    desk = Desk(phone=channel(exponential(20.0)), fire=agency(units={"engine": unit()}))
    desk.call("patrol", "engine")
    first_s, second_s = (value for *_, value in desk.run().answered)
    assert first_s != second_s


def test_in_a_run_the_units_start_when_their_call_is_taken_down():
    call = task(by="guard", takes="10 s", milestone="over", effects=[{"do": "call", "units": ["engine"]}])
    agencies = {
        "fire": agency(units={"engine": unit()}, answering={"takes": "60 s"}),
        "terminal": agency(units={"guard": unit(on_site="true")}),
    }
    trace = run(small(tasks={"call": call}, agencies=agencies, groups={}), plan="plan")
    answered, row = trace.first("call-answered")
    called = next(row for _, row in trace.of("called") if row.actor == "engine")
    assert (row.time_s, row.value) == (70.0, 60.0)
    assert (called.time_s, called.cause) == (70.0, answered)
    assert when(trace, "over") == 70.0
