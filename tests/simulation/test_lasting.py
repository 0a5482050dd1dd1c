"""Effects that are part of the work: who speaks, what is passed on, who goes through, and when on air."""

from drillsim.simulation.run import run

from .small import inject, small, task, times

AGENCIES = {
    "fire": {
        "title": "fire",
        "channel": "net",
        "units": {"crew": {"count": 2, "people": 4, "station": "yard"}},
    },
    "police": {"title": "police", "units": {"post": {"count": 2, "people": 2, "station": "yard"}}},
}
CHANNELS = {"net": {"talk": "10 s"}}
INFORMATION = {"number": "the UN number"}
TELL = {"do": "message", "to": "fire", "items": "number", "over": "net"}
OPEN_END = task(takes="90 min", milestone="over")
AIR = {"usable": "60 min", "way": "5 min", "backup": 0, "change": "30 s"}


def play(tasks, *, replication=0, **sections):
    given = {"agencies": AGENCIES, "channels": CHANNELS, "information": INFORMATION} | sections
    return run(small(tasks={"over": OPEN_END} | tasks, **given), plan="plan", replication=replication)


def test_nobody_passes_on_what_he_does_not_know():
    tasks = {
        "learn": task(takes="1 min", effects=[{"do": "inform", "item": "number", "to": "police"}]),
        "too-soon": task(takes="0 s", by="post", effects=[TELL]),
        "tell": task(takes="0 s", by="post", after="learn", effects=[TELL]),
    }
    trace = play(tasks)
    assert times(trace, "message-heard") == [10.0, 70.0]
    assert times(trace, "informed", actor="fire") == [70.0]


def test_a_message_comes_from_its_sender_else_from_who_does_the_task():
    tasks = {
        "own": task(takes="0 s", by="post", effects=[TELL]),
        "other": task(
            takes="0 s", by="post", delay="1 min", effects=[TELL | {"to": "police", "sender": "fire"}]
        ),
    }
    assert [row.actor for _, row in play(tasks).of("message-asked")] == ["police", "fire"]


def test_of_a_crew_of_two_agencies_that_of_the_first_unit_by_name_speaks():
    tasks = {"both": task(takes="0 s", by={"post": 1, "crew": 1}, effects=[TELL | {"to": "police"}])}
    assert [row.actor for _, row in play(tasks).of("message-asked")] == ["fire"]


def test_messages_wait_for_the_line_by_the_priority_of_their_task():
    tasks = {
        "chat": task(takes="5 min", uses={"net": 1}, priority=0),
        "a-low": task(takes="1 s", by="post", effects=[TELL], priority=9),
        "b-high": task(takes="2 s", by="post", effects=[TELL], priority=1),
    }
    assert [row.task for _, row in play(tasks).of("message-heard")] == ["b-high.0.fire", "a-low.0.fire"]


def test_so_many_people_or_else_the_crew_go_through_a_corridor():
    lane = {"stages": [{"name": "shower", "places": 1, "takes": "1 min"}]}
    decon = {"do": "decontaminate", "corridor": "lane"}
    tasks = {
        "crew": task(takes="0 s", by="crew", effects=[decon]),
        "casualties": task(takes="0 s", by="crew", delay="10 min", effects=[decon | {"people": 3}]),
    }
    trace = play(tasks, corridors={"lane": lane})
    assert [(row.task, row.value) for _, row in trace.of("decon-begun")] == [
        ("crew", 4.0),
        ("casualties", 3.0),
    ]
    assert times(trace, "task-done", task="casualties") == [780.0]


def test_a_round_on_air_begins_after_the_way_in_and_the_work_before_it():
    search = {"do": "search", "places": ["room"], "each": "4 min"}
    trace = play({"look": task(takes="2 min", by="crew", air=AIR, effects=[search])})
    assert times(trace, "searched") == [300.0 + 120.0 + 240.0]


def test_work_on_air_lasts_until_its_message_is_through():
    tasks = {
        "chat": task(takes="30 min", uses={"net": 1}, priority=0),
        "look": task(takes="2 min", by="crew", air=AIR, effects=[TELL | {"to": "police"}]),
    }
    trace = play(tasks)
    assert times(trace, "message-heard") == [1810.0]
    assert times(trace, "task-done", task="look") == [1810.0]


def test_a_further_attempt_on_air_begins_when_those_inside_are_out():
    tasks = {"plug": task(takes="2 min", by="crew", air=AIR, fails={"chance": "90 %", "attempts": 2})}
    runs = (play(tasks, replication=number) for number in range(20))
    trace = next(trace for trace in runs if times(trace, "task-failed"))
    assert times(trace, "entry") == [0.0, 300.0 + 120.0 + 300.0]
    assert times(trace, "exit")[0] == 720.0


def test_a_level_that_is_in_force_is_not_raised_again():
    raise_ = {"do": "level", "level": "iv"}
    tasks = {"a": task(takes="1 min", effects=[raise_]), "b": task(takes="2 min", effects=[raise_])}
    assert times(play(tasks, levels={"iv": {"rank": "1"}}), "level") == [60.0]


def test_an_inject_that_has_come_in_time_is_not_dropped():
    given = inject("", after="look", latest="5 min", fallback_effects=[{"do": "inform", "item": "number"}])
    trace = play({"look": task(takes="4 min")}, injects={"early": given})
    assert (times(trace, "inject"), times(trace, "inject-dropped")) == ([240.0], [])
    assert times(trace, "informed") == []


def test_a_dropped_inject_is_not_named_at_a_standstill():
    late = inject("", when={"casualties": 9}, latest="5 min")
    trace = play({"over": task(needs="number", milestone="over")}, injects={"late": late})
    assert [row.task for _, row in trace.of("standstill")] == ["over"]
