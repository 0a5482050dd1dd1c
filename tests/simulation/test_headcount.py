"""Which groups miss heads, and at which muster."""

from drillsim.simulation.run import run
from tests.simulation.small import fork, inject, profile, task, times, when

OPEN_END = task(takes="20 min", milestone="over")
COUNT = {"do": "count", "musters": ["yard-west", "yard-east"]}
PEOPLE = {
    "east": {"count": "2", "place": "east", "profile": "plain"},
    "party": {"count": "7", "place": "room", "profile": "plain", "together": "3", "musters": ["yard-east"]},
    "staff": {"count": "10", "place": "room", "profile": "plain"},
}


def counted(*injects, takes="5 min", groups=PEOPLE):
    tasks = {
        "alarm": task(takes="0 s", effects=[{"do": "tell", "mode": "voice"}]),
        "count": task(takes=takes, effects=[COUNT]),
        "over": OPEN_END,
    }
    made = {f"i{number}": inject("10 s", effect) for number, effect in enumerate(injects)}
    trace = run(fork(tasks=tasks, groups=groups, injects=made), plan="plan")
    named = [(row.place, row.actor, row.value) for _, row in trace.of("missing-group")]
    assert sum(value for _, _, value in named) == next(trace.of("missing"))[1].value
    return trace, named


def test_before_anybody_is_out_every_group_is_missing_at_the_muster_that_keeps_its_list():
    _, named = counted(takes="5 s")
    assert named == [("yard-east", "east", 2.0), ("yard-east", "party", 7.0), ("yard-west", "staff", 10.0)]


def test_a_casualty_is_missing_from_its_group_only():
    trace, named = counted({"do": "casualty", "group": "staff", "count": "2"})
    assert named == [("yard-west", "staff", 2.0)]
    heads = {row.place: row.value for _, row in trace.of("headcount")}
    assert heads == {"yard-east": 9.0, "yard-west": 8.0}


def test_a_party_counts_with_all_its_heads():
    trace, named = counted({"do": "casualty", "group": "party"})
    missing = named[0][2]
    assert [row.value for _, row in trace.of("casualty")] == [missing]
    assert missing in (3.0, 1.0)  # a party stays with its casualty
    assert {row.place: row.value for _, row in trace.of("headcount")}["yard-east"] == 9.0 - missing


def test_nobody_is_named_where_nobody_is_missing():
    trace, named = counted()
    assert named == []
    assert {row.place: row.value for _, row in trace.of("headcount")} == {"yard-east": 9.0, "yard-west": 10.0}


def two_counters(**groups):
    """Each counter at a muster of its own, one after the other; a third time at the first muster."""
    people = {
        "east": {"count": "2", "place": "east", "profile": "plain", "musters": ["yard-east"]},
        "west": {"count": "3", "place": "west", "profile": "plain", "musters": ["yard-west"]},
    }
    west, east = ({"do": "count", "musters": [yard]} for yard in ("yard-west", "yard-east"))
    tasks = {
        "alarm": task(takes="0 s", effects=[{"do": "tell", "mode": "voice"}]),
        "first": task(takes="5 min", effects=[west]),
        "second": task(takes="6 min", effects=[east]),
        "third": task(takes="7 min", effects=[west]),
        "complete": task(takes="0 s", after="headcount.complete", milestone="over"),
    }
    deaf = {"deaf": {"speed": "1 m/s", "responses": {"warden": "0 s"}}}
    scenario = fork(tasks=tasks, groups=people | groups, profiles=profile(voice="30 s") | deaf)
    return run(scenario, plan="plan")


def test_two_counters_at_two_musters_find_everybody_between_them():
    trace = two_counters()
    assert [(row.time_s, row.value) for _, row in trace.of("missing")][:2] == [(300.0, 2.0), (360.0, 0.0)]
    assert when(trace, "over") == 360.0


def test_who_stands_at_no_muster_that_was_counted_stays_missing_at_every_count():
    trace = two_counters(deaf={"count": "4", "place": "store", "profile": "deaf"})
    assert [row.value for _, row in trace.of("missing")] == [6.0, 4.0, 4.0]
    assert times(trace, "milestone", task="over") == []
