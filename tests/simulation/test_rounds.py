"""Wardens from room to room, and headcount, search, second headcount."""

import pytest

from drillsim.simulation.run import run
from tests.simulation.small import (
    end_states,
    fork,
    inject,
    profile,
    small,
    space,
    starts,
    task,
    times,
    two_ways,
    when,
)

OPEN_END = task(takes="20 min", milestone="over")
SEARCH = {"do": "search", "places": ["room", "store", "west"], "each": "30 s"}
THREE_ROOMS = {
    "east": {"count": "2", "place": "east", "profile": "plain"},
    "store": {"count": "4", "place": "store", "profile": "plain"},
    "west": {"count": "3", "place": "west", "profile": "plain"},
}


def alarm(*, takes="0 s", **order):
    return task(takes=takes, effects=[{"do": "tell", "mode": "voice"} | order])


def swept(places, **entries):
    sweep = task(takes="1 min", effects=[{"do": "sweep", "places": places} | entries])
    scenario = fork(
        tasks={"sweep": sweep, "over": OPEN_END}, groups=THREE_ROOMS, profiles=profile(warden="2 s")
    )
    return run(scenario, plan="plan")


def told(trace):
    return [(row.time_s, row.actor) for _, row in trace.of("told")]


# -- wardens ------------------------------------------------------------------------------------------


def test_a_warden_who_needs_time_for_each_room_reaches_them_one_after_the_other_as_named():
    trace = swept(["store", "west", "east"], each="20 s")
    assert told(trace) == [(80.0, "store"), (100.0, "west"), (120.0, "east")]
    assert starts(trace) == [82.0] * 4 + [102.0] * 3 + [122.0] * 2


def test_another_order_of_rooms_is_another_order_of_contacts():
    assert told(swept(["east", "store", "west"], each="20 s")) == [
        (80.0, "east"),
        (100.0, "store"),
        (120.0, "west"),
    ]


def test_a_sweep_without_time_for_each_room_is_done_at_once():
    assert told(swept(["store", "west", "east"])) == [(60.0, "east"), (60.0, "store"), (60.0, "west")]


def test_empty_rooms_take_their_time_too():
    assert told(swept(["room", "store"], each="20 s")) == [(100.0, "store")]


def test_a_round_everywhere_is_indoors_and_what_is_named_is_gone_through_all_the_same():
    sections = {"tasks": {"search": task(takes="0 s", effects=[SEARCH | {"places": ["everywhere"]}])}}
    site = two_ways()
    site["spaces"] |= {"roof": space("outside", x=20, width=8, y=20)}
    site["lifts"] = {"car": {"floors": ["room", "store"]}}
    trace = run(fork(facility=site, end="search", **sections), plan="plan")
    rooms = ["east", "room", "store", "west"]
    assert sorted(row.place for _, row in trace.of("searched")) == rooms
    sections["tasks"]["search"]["effects"][0]["places"] = ["roof", "everywhere"]
    trace = run(fork(facility=site, end="search", **sections), plan="plan")
    assert next(trace.of("searched"))[1].place == "roof"
    assert sorted(row.place for _, row in trace.of("searched")) == sorted([*rooms, "roof"])


# -- how long a task with a round lasts ---------------------------------------------------------------

LATER = {"do": "inform", "item": "clear"}
ROUNDS = [
    {"do": "sweep", "places": ["store", "west", "east"], "each": "20 s"},
    {"do": "search", "places": ["store", "west", "east"], "each": "20 s"},
]


def warden(effects, **entries):
    """One warden with a round that begins at 1 min, and another task that needs the same warden."""
    agency = {"house": {"title": "house", "units": {"warden": {"people": "1", "station": "room"}}}}
    tasks = {
        "next": task(takes="1 min", by="warden", after="begun", milestone="second"),
        "round": task(takes="1 min", by="warden", starts="begun", milestone="swept", effects=effects)
        | entries,
        "over": OPEN_END,
    }
    facts = {"clear": "the floor is clear"}
    return run(
        fork(
            tasks=tasks,
            groups=THREE_ROOMS,
            profiles=profile(warden="2 s"),
            agencies=agency,
            information=facts,
        ),
        plan="plan",
    )


@pytest.mark.parametrize("effect", ROUNDS)
def test_a_task_its_milestone_and_its_unit_last_until_the_round_is_over(effect):
    trace = warden([effect])
    assert times(trace, "task-done", task="round") == [120.0]
    done = next(row for _, row in trace.of("task-done") if row.task == "round")
    assert done.value == 120.0
    assert when(trace, "swept") == 120.0
    assert [at for at, _ in told(trace)] == [80.0, 100.0, 120.0]
    assert when(trace, "second") == 180.0
    busy = [row.time_s for _, row in trace.of("unit-state") if row.task == "staged"]
    assert busy[0] == 120.0


@pytest.mark.parametrize("effect", ROUNDS)
def test_effects_before_a_round_come_when_it_begins_and_those_after_it_at_its_end(effect):
    assert times(warden([LATER, effect]), "informed") == [60.0]
    assert times(warden([effect, LATER]), "informed") == [120.0]


def test_two_rounds_of_one_task_follow_each_other_as_written():
    trace = warden(list(reversed(ROUNDS)))
    assert times(trace, "searched") == [80.0, 100.0, 120.0]
    assert times(trace, "task-done", task="round") == [180.0]


def test_work_on_air_counts_the_round_in():
    trace = warden(ROUNDS[1:], air={"usable": "1 min", "change": "30 s"})
    # 1 min of work and 1 min of round are two bottles: one change, which does not hold up the round
    assert times(trace, "searched") == [80.0, 100.0, 120.0]
    assert times(trace, "task-done", task="round") == [150.0]


@pytest.mark.parametrize("effect", ROUNDS)
def test_an_injects_round_runs_in_the_background(effect):
    rounds = {"walk": inject("60 s", effect, LATER)}
    sections = {"groups": THREE_ROOMS, "profiles": profile(warden="2 s"), "information": {"clear": "clear"}}
    trace = run(fork(tasks={"over": OPEN_END}, injects=rounds, **sections), plan="plan")
    assert times(trace, "informed") == [60.0]
    assert [at for at, _ in told(trace)] == [80.0, 100.0, 120.0]


# -- headcount, search, second headcount --------------------------------------------------------------

COUNT = {"do": "count", "musters": ["yard-west", "yard-east"]}
DRILL = {
    "alarm": alarm(groups=["staff"]),
    "first": task(after="alarm", takes="3 min", effects=[COUNT]),
    "search": task(after="headcount.missing", takes="0 s", effects=[SEARCH]),
    "second": task(after="search.done", takes="2 min", effects=[COUNT]),
    "report": task(after="headcount.complete", takes="0 s", milestone="over"),
}
PEOPLE = {
    "asleep": {"count": "2", "place": "store", "profile": "plain"},
    "staff": {"count": "10", "place": "room", "profile": "plain"},
}


def test_a_headcount_that_misses_heads_starts_the_search_and_the_second_one_is_complete():
    trace = run(fork(tasks=DRILL, groups=PEOPLE), plan="plan")
    missing = [(row.time_s, row.value) for _, row in trace.of("missing")]
    assert missing == [(180.0, 2.0), (180.0 + 90.0 + 120.0, 0.0)]
    assert [(row.time_s, row.place) for _, row in trace.of("searched")] == [
        (210.0, "room"),
        (240.0, "store"),
        (270.0, "west"),
    ]
    assert (240.0, "asleep") in told(trace)
    assert when(trace, "over") == 390.0
    assert trace.rows[-1].task == "endex"


def test_without_anybody_missing_nobody_searches():
    people = {"staff": PEOPLE["staff"]}
    trace = run(fork(tasks=DRILL, groups=people), plan="plan")
    assert times(trace, "searched") == []
    assert when(trace, "over") == 180.0


def test_the_search_finds_a_casualty_who_stays_missing_until_carried_out():
    carry = {"do": "rescue", "group": "asleep"}
    tasks = DRILL | {
        "carry": task(after="second", takes="1 min", effects=[carry]),
        "third": task(after="carry", takes="1 min", effects=[COUNT]),
    }
    falls = {"falls": inject("10 s", {"do": "casualty", "group": "asleep"})}
    trace = run(fork(tasks=tasks, groups=PEOPLE, injects=falls), plan="plan")
    assert [(row.time_s, row.actor, row.place, row.value) for _, row in trace.of("found")] == [
        (240.0, "asleep", "store", 1.0)
    ]
    assert [row.value for _, row in trace.of("missing")] == [2.0, 1.0, 0.0]
    assert end_states(trace)["asleep", "evacuated"] == 2.0


def test_a_casualty_is_found_once_and_only_where_somebody_searches():
    search = task(takes="1 min", effects=[SEARCH, SEARCH | {"places": ["west"]}])
    again = task(after="search", takes="5 min", effects=[SEARCH])
    falls = {"falls": inject("10 s", {"do": "casualty", "group": "asleep"})}
    tasks = {"search": search, "again": again, "over": OPEN_END}
    trace = run(fork(tasks=tasks, groups=PEOPLE, injects=falls), plan="plan")
    assert times(trace, "found") == [120.0]
    elsewhere = task(takes="1 min", effects=[SEARCH | {"places": ["west", "room"]}])
    trace = run(
        fork(tasks={"search": elsewhere, "over": OPEN_END}, groups=PEOPLE, injects=falls), plan="plan"
    )
    assert times(trace, "found") == []


def test_a_casualty_nobody_has_found_can_be_carried_out_all_the_same():
    carry = task(takes="1 min", effects=[{"do": "rescue", "group": "staff"}])
    falls = {"falls": inject("10 s", {"do": "casualty", "group": "staff"})}
    trace = run(small(tasks={"carry": carry, "over": OPEN_END}, injects=falls), plan="plan")
    assert end_states(trace)["staff", "evacuated"] == 1.0


@pytest.mark.parametrize("event", ["headcount.missing", "search.done"])
def test_a_task_that_waits_for_a_count_nobody_makes_is_named_at_the_standstill(event):
    tasks = {"a": task(takes="1 min"), "go": task(after=event, milestone="over")}
    trace = run(small(tasks=tasks), plan="plan")
    assert [(row.task, row.actor) for _, row in trace.of("standstill")] == [("go", event)]
