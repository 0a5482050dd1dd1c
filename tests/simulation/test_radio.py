"""Messages: which way they take, how they queue, get lost and are relayed, and whose luck they share."""

import pytest

from drillsim.simulation.radio import Radio
from drillsim.simulation.resources import Grant
from drillsim.simulation.run import run
from tests.simulation.small import inject, small, task, when
from tests.simulation.talking import agency, at, channel, core_of, exponential, heard, spoken, talking, unit

FIRE, POLICE, BOTH = "fire-net", "police-net", "both"


def services(**entries):
    """Fire and police with talk-groups of 20 s and 30 s, customs without any, and one they all could use."""
    channels = {FIRE: channel("20 s"), POLICE: channel("30 s"), BOTH: channel("10 s")}
    agencies = {
        "fire": agency(channel=FIRE),
        "police": agency(channel=POLICE),
        "customs": agency(),
        "terminal": agency(),
    }
    return talking(channels=channels | entries.pop("channels", {}), agencies=agencies | entries)


def desk(scenario=None, **entries):
    core = core_of(scenario or services(), **entries)
    return core, Radio(core)


def say(core, radio, content, *, after_s=0.0, sender="fire", to="fire", **entries):
    said = {"who": content, "cause": -1} | entries
    at(core, after_s, radio.say(content=content, sender=sender, to=to, **said))


def brief(core):
    """Time, event, who it is about, and channel of every row about messages."""
    return [(row.time_s, row.event, row.actor, row.place) for row in spoken(core)]


# -- one channel --------------------------------------------------------------------------------------


def test_a_message_takes_its_talk_and_the_row_says_what_let_it_through():
    core, radio = desk()
    begun = core.note("startex")
    say(core, radio, "report", cause=begun)
    core.clock.run()
    asked, through = spoken(core)
    assert tuple(asked) == (0.0, "message-asked", "fire", FIRE, "report", None, "", begun)
    assert tuple(through) == (20.0, "message-heard", "fire", FIRE, "report", 20.0, "s", 1)
    assert core.trace.rows[2][:5] == (0.0, "drawn", "message.report", "", f"channels.{FIRE}.talk")


def test_a_second_message_waits_for_the_line_and_was_let_through_by_the_one_before():
    core, radio = desk()
    say(core, radio, "first")
    say(core, radio, "second", after_s=5.0)
    core.clock.run()
    assert heard(core) == [(20.0, "fire", "first", 20.0), (40.0, "fire", "second", 35.0)]
    rows = [number for number, _ in core.trace.of("message-heard")]
    assert core.trace.rows[rows[1]].cause == rows[0]


def test_a_message_that_found_a_free_line_was_let_through_by_asking():
    core, radio = desk()
    say(core, radio, "first")
    say(core, radio, "second", after_s=25.0)
    core.clock.run()
    assert core.trace.rows[-1].cause == [number for number, _ in core.trace.of("message-asked")][1]


def test_the_urgent_message_overtakes_those_that_wait():
    core, radio = desk()
    say(core, radio, "first")
    say(core, radio, "routine", after_s=1.0)
    say(core, radio, "mayday", after_s=2.0, priority=0)
    core.clock.run()
    assert [content for _, _, content, _ in heard(core)] == ["first", "mayday", "routine"]


def test_two_lines_carry_two_messages_at_once():
    core, radio = desk(services(channels={FIRE: channel("20 s", count=2)}))
    for content in ("a", "b", "c"):
        say(core, radio, content)
    core.clock.run()
    assert [time_s for time_s, *_ in heard(core)] == [20.0, 20.0, 40.0]


def test_who_waits_for_a_line_is_named_with_who_holds_it():
    core, radio = desk()
    say(core, radio, "first", who="task-one")
    say(core, radio, "second", after_s=5.0, who="task-two")
    core.clock.run(until=10.0)
    assert {who: (wait.what, wait.since_s) for who, wait in core.waits.items()} == {
        "task-two": (f"a line of {FIRE}", 5.0)
    }
    assert core.resources.holders(core.waits["task-two"].wanted) == ("task-one",)
    core.clock.run()
    assert core.waits == {}


def test_who_talks_is_at_work_and_who_waits_for_the_line_is_not():
    core, radio = desk()
    core.resources.hold_back(("channel", FIRE))
    say(core, radio, "report")
    core.clock.run(until=1.0)
    assert core.clock.busy == 0
    core.resources.resume(("channel", FIRE), cause=-1)
    core.clock.run(until=2.0)
    assert core.clock.busy == 1


# -- the way from one agency to another ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("sender", "to", "way"),
    [
        ("fire", "police", (FIRE, POLICE)),
        ("police", "fire", (POLICE, FIRE)),
        ("fire", "fire", (FIRE,)),
        ("customs", "fire", (FIRE,)),
        ("customs", "terminal", ()),
        ("customs", "customs", ()),
        ("", "fire", ()),
        ("fire", "", ()),
    ],
)
def test_without_a_line_a_message_goes_over_the_channels_of_the_two_agencies(sender, to, way):
    _, radio = desk()
    assert radio.route(sender, to) == way


def test_agencies_that_share_a_channel_speak_over_it_once():
    _, radio = desk(services(customs=agency(channel=BOTH), terminal=agency(channel=BOTH)))
    assert radio.route("customs", "terminal") == (BOTH,)


def test_the_plans_line_is_taken_backwards_the_other_way_round():
    _, radio = desk(lines=({"between": ["fire", "customs"], "over": [FIRE, BOTH]},))
    assert radio.route("fire", "customs") == (FIRE, BOTH)
    assert radio.route("customs", "fire") == (BOTH, FIRE)
    assert radio.route("customs", "police") == (POLICE,)


def test_a_line_without_channels_is_face_to_face():
    core, radio = desk(lines=({"between": ["fire", "police"]},))
    say(core, radio, "report", after_s=7.0, to="police")
    core.clock.run()
    assert brief(core) == [(7.0, "message-heard", "police", "")]
    assert heard(core)[0][3] == 0.0


def test_agencies_speak_face_to_face_once_they_have_met():
    line = {"between": ["fire", "police"], "over": BOTH, "face_to_face_from": "post-open"}
    core, radio = desk(lines=(line,))
    say(core, radio, "before", to="police")
    say(core, radio, "after", after_s=100.0, sender="police", to="fire")
    core.clock.run(until=50.0)
    core.moments.stamp("post-open", core.note("post", place="yard"))
    core.clock.run()
    assert heard(core) == [(10.0, "police", "before", 10.0), (100.0, "fire", "after", 0.0)]


def test_relays_add_up_and_each_hop_frees_its_line():
    core, radio = desk()
    say(core, radio, "report", to="police")
    say(core, radio, "own", after_s=1.0)
    core.clock.run()
    assert brief(core) == [
        (0.0, "message-asked", "fire", FIRE),
        (1.0, "message-asked", "fire", FIRE),
        (20.0, "message-asked", "fire", POLICE),
        (40.0, "message-heard", "fire", FIRE),
        (50.0, "message-heard", "police", POLICE),
    ]
    assert heard(core)[1][3] == 20.0 + 30.0
    # The relay asked for the next line, and so the first came free.
    freed = next(number for number, row in core.trace.of("message-asked") if row.place == POLICE)
    assert next(core.trace.of("message-heard"))[1].cause == freed


def test_a_given_channel_goes_before_the_route():
    core, radio = desk()
    say(core, radio, "report", to="police", over=BOTH)
    core.clock.run()
    assert heard(core) == [(10.0, "police", "report", 10.0)]


# -- loss ---------------------------------------------------------------------------------------------


def lossy(**entries):
    return services(channels={FIRE: channel("20 s", **entries)})


def test_losses_and_repeats_add_up_and_the_last_attempt_gets_through():
    core, radio = desk(lossy(loss=0.999999, repeat="45 s", attempts=3))
    say(core, radio, "report")
    core.clock.run()
    assert brief(core) == [
        (0.0, "message-asked", "fire", FIRE),
        (20.0, "message-lost", "fire", FIRE),
        (65.0, "message-asked", "fire", FIRE),
        (85.0, "message-lost", "fire", FIRE),
        (130.0, "message-asked", "fire", FIRE),
        (150.0, "message-heard", "fire", FIRE),
    ]
    assert heard(core)[0][3] == 3 * 20.0 + 2 * 45.0
    causes = [row.cause for row in spoken(core)]
    rows = [number for number, row in enumerate(core.trace.rows) if row.event.startswith("message-")]
    assert causes == [-1, *rows[:-1]]


def test_others_talk_while_a_lost_message_is_not_yet_repeated():
    core, radio = desk(lossy(loss=0.999999, repeat="45 s", attempts=2))
    say(core, radio, "lost")
    core.clock.run(until=30.0)
    assert core.resources.holders({("channel", FIRE): 1}) == ()


def test_the_share_of_lost_attempts_is_the_chance():
    core, radio = desk(lossy(loss=0.3, repeat="1 s", attempts=100))
    for number in range(2_000):
        say(core, radio, f"m{number}", over=FIRE, after_s=number * 1000.0)
    core.clock.run()
    lost, asked = len(heard(core, "message-lost")), len(heard(core, "message-asked"))
    assert len(heard(core)) == 2_000
    assert lost / asked == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / asked) ** 0.5)


# -- one to many --------------------------------------------------------------------------------------


def test_a_broadcast_is_one_talk_that_all_hear():
    core, radio = desk()
    begun = core.note("startex")
    found = []

    def broadcast():
        last = yield from radio.broadcast(
            content="alert", sender="fire", to=("police", "customs"), over=BOTH, who="alert", cause=begun
        )
        found.append(last)

    at(core, 0.0, broadcast())
    core.clock.run()
    assert heard(core) == [(10.0, "police", "alert", 10.0), (10.0, "customs", "alert", 10.0)]
    assert found == [len(core.trace.rows) - 1]
    assert len(heard(core, "message-asked")) == 1
    assert {row.cause for _, row in core.trace.of("message-heard")} == {1}


# -- bounds -------------------------------------------------------------------------------------------


def test_instant_communication_asks_for_no_line_and_loses_nothing():
    core, radio = desk(lossy(loss=0.9), bound="instant")
    core.resources.hold_back(("channel", FIRE))
    say(core, radio, "report", to="police", after_s=3.0)
    core.clock.run()
    assert brief(core) == [(3.0, "message-heard", "police", POLICE)]
    assert core.resources.uses()[("channel", FIRE)].asked == 0


def test_unlimited_lines_leave_only_the_talk():
    core, radio = desk(bound="unlimited")
    for content in ("a", "b", "c"):
        say(core, radio, content)
    core.clock.run()
    assert [value for *_, value in heard(core)] == [20.0, 20.0, 20.0]


# -- luck ---------------------------------------------------------------------------------------------


def rows_of(content, *, among, seed=1):
    """Rows of one message said among others over another channel, causes left out."""
    noisy = {name: channel(exponential(20.0), loss=0.5, attempts=9) for name in (FIRE, POLICE)}
    core, radio = desk(services(channels=noisy), seed=seed)
    for other in among:
        say(core, radio, other, sender="police", to="police")
    say(core, radio, content, after_s=1.0)
    core.clock.run()
    return [row[:-1] for row in core.trace.rows if content in (row.task, row.actor.partition(".")[2])]


def test_a_messages_luck_does_not_depend_on_the_others():
    alone = rows_of("report", among=())
    assert rows_of("report", among=("a", "b", "c")) == alone
    assert rows_of("report", among=("c",)) == alone
    assert rows_of("report", among=(), seed=2) != alone


def test_messages_have_luck_of_their_own():
    core, radio = desk(services(channels={FIRE: channel(exponential(20.0), count=2)}))
    say(core, radio, "a")
    say(core, radio, "b")
    core.clock.run()
    first, second = (value for *_, value in heard(core))
    assert first != second


# -- others -------------------------------------------------------------------------------------------


def busy_channel(**others):
    return services(channels={FIRE: channel("20 s", others={"every": "60 s"} | others)})


def test_others_hold_the_line_and_leave_no_rows():
    core, radio = desk(busy_channel(takes="50 s"))
    radio.start()
    say(core, radio, "report", after_s=70.0)
    core.clock.run(until=300.0)
    # One talks from 60 s to 110 s; the message from 110 s to 130 s; the next has waited since 120 s.
    assert heard(core) == [(130.0, "fire", "report", 60.0)]
    assert {row.event for row in core.trace.rows} == {"message-asked", "message-heard", "drawn"}
    assert core.trace.rows[-1].cause == 0
    use = core.resources.uses()[("channel", FIRE)]
    assert (use.waited_s, use.asked) == (40.0, 1)
    assert (use.others_waited_s, use.others_asked) == (10.0, 4)


def test_others_talk_as_long_as_everybody_if_nothing_else_is_said():
    core, radio = desk(busy_channel())
    radio.start()
    core.clock.run(until=90.0)
    assert core.resources.uses()[("channel", FIRE)].busy_s == 20.0


def test_others_come_until_the_horizon_and_are_no_work():
    core, radio = desk(busy_channel())
    radio.start()
    core.clock.run(until=70.0)
    assert core.clock.busy == 0
    core.clock.run()
    horizon_s = core.scenario.horizon_s
    assert core.resources.uses()[("channel", FIRE)].others_asked == horizon_s / 60.0
    assert core.now_s == horizon_s + 20.0


def test_others_queue_up_behind_each_other():
    core, radio = desk(busy_channel(takes="100 s"))
    radio.start()
    core.clock.run(until=601.0)
    use = core.resources.uses()[("channel", FIRE)]
    assert (use.others_asked, use.asked, use.peak) == (10, 0, 0)
    # they come at 60, 120 … s and begin at 60, 160 … s: six have begun, four wait
    begun_s = sum(100.0 * number - 60.0 * number for number in range(6))
    assert use.others_waited_s == begun_s + sum(601.0 - 60.0 * number for number in (7, 8, 9, 10))


def test_nobody_new_comes_to_a_channel_that_is_down():
    core, radio = desk(busy_channel())
    radio.start()
    core.resources.hold_back(("channel", FIRE))
    core.clock.run(until=1000.0)
    core.resources.resume(("channel", FIRE), cause=-1)
    say(core, radio, "report")
    core.clock.run(until=1025.0)
    assert heard(core) == [(1020.0, "fire", "report", 20.0)]


def test_who_waits_for_a_line_only_because_others_talk_is_going_on():
    core, radio = desk(busy_channel(takes="50 s"))
    radio.start()
    core.clock.run(until=65.0)
    assert not radio.pending()
    say(core, radio, "report")
    core.clock.run(until=70.0)
    assert radio.pending()
    core.clock.run(until=115.0)
    assert not radio.pending()


@pytest.mark.parametrize(
    ("wanted", "is_pending"),
    [
        ({("channel", FIRE): 1}, True),
        ({("channel", FIRE): 1, ("channel", BOTH): 1}, True),
        ({("channel", FIRE): 1, ("unit", FIRE): 1}, False),
        ({("channel", FIRE): 1, ("channel", POLICE): 1}, False),
        ({("channel", POLICE): 1}, False),
        ({}, False),
    ],
)
def test_only_who_lacks_nothing_but_lines_that_others_use_waits_for_others(wanted, is_pending):
    core, radio = desk(busy_channel(takes="50 s"))
    core.resources.add(("unit", FIRE))
    core.resources.hold_back(("channel", POLICE))
    radio.start()
    core.clock.run(until=65.0)
    with core.waiting("task", "something", wanted):
        assert radio.pending() is is_pending


@pytest.mark.parametrize(("bound", "talk_s"), [("median", 6.931), ("mean", 10.0)])
def test_a_bound_on_durations_leaves_as_many_others(bound, talk_s):
    others = {"every": exponential(60.0), "takes": exponential(10.0)}
    core, radio = desk(services(channels={FIRE: channel(others=others)}), bound=bound)
    radio.start()
    core.clock.run(until=6001.0 + 10.0)
    use = core.resources.uses()[("channel", FIRE)]
    assert use.others_asked == 100
    assert use.busy_s == pytest.approx(100 * talk_s, rel=1e-3)


def test_instant_communication_leaves_others_out():
    core, radio = desk(busy_channel(), bound="instant")
    radio.start()
    core.clock.run()
    assert core.now_s == 0.0


def test_others_without_any_time_between_them_are_refused():
    _, radio = desk(busy_channel(every="0 s"))
    with pytest.raises(ValueError, match="others on channel fire-net come every 0 s"):
        radio.start()


def test_what_others_do_does_not_depend_on_messages():
    def busy_s(*contents):
        others = {"every": exponential(60.0), "takes": exponential(10.0)}
        core, radio = desk(services(channels={FIRE: channel(count=1000, others=others)}))
        radio.start()
        for content in contents:
            say(core, radio, content)
        core.clock.run(until=5000.0)
        return core.resources.uses()[("channel", FIRE)].busy_s

    assert busy_s("a", "b") == pytest.approx(busy_s() + 2 * 20.0)


# -- what calls build on ------------------------------------------------------------------------------


def test_every_channel_is_a_pool_of_its_lines():
    core, _ = desk(services(channels={FIRE: channel(count=3)}))
    taken = core.resources.request({("channel", FIRE): 3}, priority=5, who="test")
    assert taken.value == Grant({("channel", FIRE): (f"{FIRE}-1", f"{FIRE}-2", f"{FIRE}-3")}, -1)


# -- in a whole run -----------------------------------------------------------------------------------


def exercise(*, others, injects=(), **entries):
    """A crew works for 70 s and then reports to the police over the fire service's channel."""
    report = task(by="crew", takes="70 s", milestone="over", effects=[{"do": "message", "to": ["police"]}])
    fire = agency(channel=FIRE, units={"crew": unit(on_site="true")})
    return small(
        tasks={"report": report | entries},
        channels={FIRE: channel("20 s", others=others)},
        agencies={"fire": fire, "police": agency()},
        groups={},
        information={"cargo": "what it is"},
        injects=dict(injects),
    )


def test_a_run_goes_on_while_a_message_waits_for_others():
    trace = run(exercise(others={"every": "60 s", "takes": "300 s"}), plan="plan")
    assert when(trace, "over") == 60.0 + 300.0 + 20.0
    assert trace.rows[-1].task == "endex"


def test_others_do_not_keep_a_run_from_ending():
    trace = run(exercise(others={"every": "1 s", "takes": "0.1 s"}, effects=[]), plan="plan")
    assert (trace.rows[-1].time_s, trace.rows[-1].task) == (70.0, "endex")


def test_others_do_not_hide_a_standstill():
    scenario = exercise(others={"every": "60 s", "takes": "10 s"}, needs=["cargo"])
    trace = run(scenario, plan="plan")
    assert (trace.rows[-1].time_s, trace.rows[-1].task) == (0.0, "standstill")


def test_a_channel_that_stays_down_is_a_standstill_though_others_wait_too():
    down = inject("1 min", {"do": "disable", "name": FIRE})
    scenario = exercise(others={"every": "50 s", "takes": "300 s"}, injects={"down": down})
    trace = run(scenario, plan="plan")
    assert trace.rows[-1].task == "standstill"
    assert trace.rows[-1].time_s == 50.0 + 300.0
    waits = [(row.task, row.actor) for _, row in trace.of("standstill")]
    assert ("report", f"a line of {FIRE}, out: channel {FIRE} since inject.down") in waits
