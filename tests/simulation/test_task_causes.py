"""Why each step of a task came when it did, and what a task keeps, gives back and holds up."""

from drillsim.simulation.run import run
from drillsim.trace.log import Row, Trace

from .small import inject, small, task, times, when

OFFICER = {"agency": "fire", "decides": "1 min"}
ONE_CREW = {"fire": {"title": "fire", "units": {"crew": {"count": "1", "people": "4", "station": "yard"}}}}


def play(tasks, *, bound=None, **sections):
    return run(small(tasks=tasks, **sections), plan="plan", bound=bound)


def cause_of(trace: Trace, event: str, name: str) -> Row:
    """The row that let the first row of an event of a task happen."""
    found = trace.first(event, task=name)
    assert found is not None
    return trace.rows[found[1].cause]


def test_a_task_is_ready_because_of_the_last_task_it_waited_for():
    tasks = {
        "a": task(takes="5 min"),
        "b": task(takes="1 min"),
        "over": task(after=["a", "b"], milestone="over"),
    }
    ready = cause_of(play(tasks), "task-ready", "over")
    assert (ready.event, ready.task) == ("task-done", "a")


def test_a_crew_is_granted_because_of_who_gave_it_up():
    tasks = {
        "first": task(takes="5 min", by="crew", priority=0),
        "over": task(by="crew", delay="1 s", milestone="over"),
    }
    freed = cause_of(play(tasks, agencies=ONE_CREW), "units-granted", "over")
    assert (freed.event, freed.task, freed.time_s) == ("task-done", "first", 300.0)


def test_a_crew_kept_until_a_moment_comes_free_because_of_it():
    tasks = {
        "guard": task(takes="1 min", by="crew", keeps_until="told", priority=0),
        "tell": task(takes="10 min", milestone="told"),
        "over": task(by="crew", delay="1 s", milestone="over"),
    }
    freed = cause_of(play(tasks, agencies=ONE_CREW), "units-granted", "over")
    assert (freed.event, freed.task) == ("milestone", "told")


def test_a_crew_given_back_for_want_of_information_is_granted_because_of_that():
    inform = {"do": "inform", "item": "number"}
    tasks = {
        "busy": task(by="crew", takes="10 min", priority=0),
        "enter": task(by="crew", needs="number", milestone="over", delay="1 s"),
        "ask": task(after="inject.wrong", by="crew", takes="5 min", effects=[inform]),
    }
    injects = {"known": inject("0 s", inform), "wrong": inject("6 min", inform | {"known": "false"})}
    trace = play(tasks, agencies=ONE_CREW, injects=injects, information={"number": "the UN number"})
    granted = cause_of(trace, "units-granted", "ask")
    assert (granted.event, granted.task, granted.time_s) == ("units-granted", "enter", 600.0)


def test_posts_stay_where_they_are_and_give_back_only_what_they_used():
    tasks = {
        "guard": task(takes="1 min", by={"crew": 2}, uses={"radio": 1}, at="corridor", keeps_units="true"),
        "call": task(takes="2 min", uses={"radio": 1}, after="guard", milestone="called"),
        "over": task(by="crew", after="guard", milestone="over"),
    }
    trace = play(tasks, capacities={"radio": {"count": "1"}})
    assert when(trace, "called") - times(trace, "task-done", task="guard")[0] == 120.0
    assert [row.task for _, row in trace.of("standstill")] == ["over"]
    last = {row.actor: (row.task, row.place) for _, row in trace.of("unit-state")}
    assert set(last.values()) == {("posted", "corridor")}


def test_effects_before_one_that_takes_time_come_once():
    stop = {"do": "operate", "operations": ["cranes"], "running": "false"}
    sweep = {"do": "search", "places": ["room"], "each": "4 min"}
    tasks = {"over": task(takes="1 min", by="crew", effects=[stop, sweep], milestone="over")}
    operations = {"cranes": {"count": "3", "unit": "crane"}}
    trace = play(tasks, operations=operations)
    assert times(trace, "operation-stopped") == [60.0]
    assert when(trace, "over") == 300.0


def test_work_over_crews_on_an_order_no_longer_counts_as_reports():
    at_work = {f"work-{n}": task(takes="10 min", by="crew", order_by="officer") for n in range(8)}
    tasks = at_work | {
        "over": task(takes="0 s", order_by="officer", after="half-hour", milestone="over"),
        "half-hour": task(takes="30 min"),
    }
    crews = {"fire": {"title": "fire", "units": {"crew": {"count": "8", "people": "4", "station": "yard"}}}}
    assert when(play(tasks, agencies=crews, roles={"officer": OFFICER}), "over") == 1860.0


def test_who_engages_a_role_that_passes_on_engages_those_who_hold_it():
    roles = {
        "officer": OFFICER,
        "chief": OFFICER,
        "unified": {"held_by": ["officer", "chief"], "together": "true"},
    }
    tasks = {
        "brief": task(takes="4 min", engages="unified", priority=0),
        "ask": task(takes="0 s", order_by="officer", milestone="asked", delay="1 s"),
        "over": task(takes="0 s", order_by="chief", milestone="over", delay="1 s"),
    }
    trace = play(tasks, roles=roles)
    assert (when(trace, "asked"), when(trace, "over")) == (300.0, 300.0)


def test_instant_communication_needs_no_channel_and_talk_takes_no_time():
    tasks = {
        "chat": task(takes="5 min", uses={"net": 1}, priority=0),
        "over": task(takes="3 min", uses={"net": 1}, milestone="over", delay="1 s"),
    }
    channels = {"net": {"talk": "20 s"}}
    out = {"out": inject("0 s", {"do": "disable", "name": "net"})}
    assert when(play(tasks, channels=channels), "over") == 480.0
    assert when(play(tasks, channels=channels, injects=out, bound="instant"), "over") == 1.0


def test_the_rows_of_work_tell_how_long_it_took_and_which_attempt_failed():
    tasks = {"over": task(takes="2 min", fails={"chance": "99 %", "attempts": 2}, delay="1 min")}
    tasks["end"] = task(takes="20 min", milestone="over")
    runs = [run(small(tasks=tasks), plan="plan", replication=n) for n in range(20)]
    failed = next(found for trace in runs if len(found := [r.value for _, r in trace.of("task-failed")]) == 2)
    assert failed == [1.0, 2.0]
    done = play({"over": task(takes="2 min", delay="1 min", milestone="over")}).first("task-done")
    assert done is not None
    assert done[1].value == 120.0
