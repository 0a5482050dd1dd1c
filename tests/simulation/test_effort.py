"""Work that a crew shares: how fast it goes, who joins it, and when they are free again."""

from itertools import pairwise

import pytest

from drillsim.measures.critical_path import critical_path
from drillsim.simulation.run import run

from .small import small, task, times, when


def play(tasks, *, crews=2, people=4, **sections):
    unit = {"count": str(crews), "people": str(people), "station": "yard"}
    agencies = {"fire": {"title": "fire", "units": {"crew": unit}}}
    return run(small(tasks=tasks, agencies=agencies, **sections), plan="plan")


def dig(**entries):
    return task(takes="0 s", effort="40 min", by="crew", crew_exponent=1) | entries


def granted(trace, name):
    return [(row.time_s, row.actor) for _, row in trace.of("units-granted") if row.task == name]


def test_one_person_works_an_effort_off_in_its_person_time():
    assert when(play({"over": dig(milestone="over")}, people=1), "over") == 2400.0


def test_who_joins_works_from_when_they_have_come():
    tasks = {
        "elsewhere": task(takes="2 min", by="crew", at="corridor", priority=0),
        "over": dig(may_join="crew", at="yard", milestone="over"),
    }
    trace = play(tasks)
    (came_s,) = times(trace, "unit-state", task="working", actor="crew-1")[1:]
    assert came_s == pytest.approx(120.0 + 2 * 30.0 / 1.2)  # there and back
    assert when(trace, "over") == pytest.approx(came_s + (2400.0 - 4 * came_s) / 8)


def test_who_comes_when_the_work_is_over_is_free_at_once():
    tasks = {
        "elsewhere": task(takes="9.5 min", by="crew", at="corridor", priority=0),
        "dig": dig(may_join="crew", at="yard"),
        "over": task(by={"crew": 2}, after="dig", at="yard", milestone="over"),
    }
    trace = play(tasks)
    assert times(trace, "task-done", task="dig") == [600.0]
    arrived_s = when(trace, "over") - 60.0
    assert 600.0 < arrived_s == pytest.approx(25.0 + 570.0 + 25.0)
    states = {(row.time_s, row.task) for _, row in trace.of("unit-state")}
    assert (arrived_s, "staged") in states


def test_nobody_joins_work_that_is_over():
    tasks = {
        "elsewhere": task(takes="20 min", by="crew", priority=0),
        "dig": dig(may_join="crew"),
        "over": task(takes="30 min", milestone="over"),
    }
    assert granted(play(tasks), "dig") == [(0.0, "")]


def test_the_time_it_would_have_taken_without_help_keeps_no_run_going():
    tasks = {
        "elsewhere": task(takes="1 min", by="crew", priority=0),
        "dig": dig(may_join="crew"),
        "over": task(by={"crew": 3}, milestone="over", **{"if": {"happened": "dig"}}, after="dig"),
    }
    trace = play(tasks)
    ended = trace.first("end")
    assert (ended[1].task, ended[1].time_s) == ("standstill", 60.0 + (2400.0 - 240.0) / 8)


def test_who_must_have_a_crew_goes_before_who_would_be_helped_by_it():
    tasks = {
        "elsewhere": task(takes="2 min", by="crew", priority=0),
        "dig": dig(may_join="crew"),
        "must": task(by="crew", delay="1 min", milestone="over"),
    }
    assert when(play(tasks), "over") == 180.0


def test_each_attempt_has_an_effort_of_its_own():
    effort = {"uniform": ["40 min", "80 min"], "source": "test", "confidence": "high"}
    tasks = {"over": dig(effort=effort, fails={"chance": "90 %", "attempts": 5}, milestone="over")}
    trace = play(tasks)
    ends = [0.0, *times(trace, "task-failed")]
    assert len(ends) > 2
    lengths = {round(later - before, 6) for before, later in pairwise(ends)}
    assert len(lengths) == len(ends) - 1


def test_a_crew_that_joined_comes_free_because_the_work_is_done():
    tasks = {"dig": dig(may_join="crew"), "over": task(by="crew", delay="1 min", milestone="over")}
    trace = play(tasks)
    freed = trace.rows[trace.first("units-granted", task="over")[1].cause]
    assert (freed.event, freed.task) == ("task-done", "dig")
    path = [(step.kind, step.what, step.end_s) for step in critical_path(trace, "over")]
    assert path == [("work", "dig", 300.0), ("wait for units", "over", 300.0), ("work", "over", 360.0)]
