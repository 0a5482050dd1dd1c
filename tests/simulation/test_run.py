"""One run from scenario to trace."""

import math

import pytest

from drillsim.errors import DrillsimError
from drillsim.simulation.run import run
from tests.simulation.small import small, task


def when(trace, milestone):
    found = trace.first("milestone", task=milestone)
    return found[1].time_s if found else math.nan


def chain(*minutes):
    tasks, after = {}, "startex"
    for number, length in enumerate(minutes):
        tasks[f"step{number}"] = task(after=after, takes=f"{length} min")
        after = f"step{number}"
    tasks[after]["milestone"] = "over"
    return tasks


def test_a_chain_of_tasks_takes_the_sum_of_its_times():
    trace = run(small(tasks=chain(4, 2.5, 1, 4, 3.5)), plan="plan")
    assert when(trace, "over") == 900.0


def test_parallel_tasks_take_the_longest_of_their_times():
    tasks = {
        "a": task(takes="3 min"),
        "b": task(takes="7 min"),
        "c": task(after=["a", "b"], milestone="over"),
    }
    assert when(run(small(tasks=tasks), plan="plan"), "over") == 480.0


def test_a_task_waits_for_a_crew_that_another_task_holds_and_the_trace_says_which():
    tasks = {
        "a": task(by={"crew": "2"}, takes="5 min"),
        "b": task(by="crew", takes="1 min", milestone="over"),
    }
    trace = run(small(tasks=tasks), plan="plan")
    assert when(trace, "over") == 360.0
    granted = trace.rows[[row for _, row in trace.of("units-granted")][-1].cause]
    assert (granted.event, granted.task) == ("task-done", "a")


def test_a_called_unit_is_dispatched_turns_out_travels_and_is_staged():
    tasks = {
        "call": task(takes="0 s", effects=[{"do": "call", "units": ["engine"]}]),
        "water": task(by="engine", at="yard", takes="3 min", milestone="over"),
    }
    trace = run(small(tasks=tasks), plan="plan")
    states = [(row.time_s, row.task) for _, row in trace.of("unit-state") if row.actor == "engine"]
    assert states[:4] == [(0.0, "dispatched"), (60.0, "turnout"), (120.0, "travelling"), (360.0, "staged")]
    assert when(trace, "over") == 540.0


def test_an_order_takes_the_time_of_the_one_who_decides_and_two_orders_queue():
    tasks = {
        "a": task(order_by="chief", takes="0 s", milestone="first"),
        "b": task(order_by="chief", takes="0 s", milestone="second"),
        "c": task(after=["a", "b"], takes="0 s", milestone="over"),
    }
    trace = run(small(tasks=tasks, roles={"chief": {"agency": "fire", "decides": "2 min"}}), plan="plan")
    assert (when(trace, "first"), when(trace, "second")) == (120.0, 240.0)


def test_a_task_that_needs_information_waits_until_it_is_known():
    tasks = {
        "ask": task(takes="4 min", effects=[{"do": "inform", "item": "cargo"}]),
        "enter": task(needs="cargo", takes="1 min", milestone="over"),
    }
    assert when(run(small(tasks=tasks, information={"cargo": "UN number"}), plan="plan"), "over") == 300.0


def test_information_that_proves_wrong_holds_up_what_has_not_begun():
    tasks = {
        "ask": task(takes="4 min", effects=[{"do": "inform", "item": "cargo"}]),
        "again": task(after="inject.wrong", takes="5 min", effects=[{"do": "inform", "item": "cargo"}]),
        "ready": task(takes="9 min"),
        "enter": task(after="ready", needs="cargo", takes="1 min", milestone="over"),
    }
    wrong = {
        "title": "wrong",
        "at": "6 min",
        "cue": "x",
        "effects": [{"do": "inform", "item": "cargo", "known": "false"}],
    }
    scenario = small(tasks=tasks, information={"cargo": "UN number"}, injects={"wrong": wrong})
    assert when(run(scenario, plan="plan"), "over") == 720.0
    assert when(run(scenario, plan="plan", injects=()), "over") == 600.0


def test_everybody_is_told_walks_and_the_last_one_out_is_a_milestone_of_its_own():
    tasks = {
        "alarm": task(takes="1 min", effects=[{"do": "tell", "mode": "voice"}]),
        "count": task(after="last_out", milestone="over"),
    }
    out = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}
    trace = run(small(tasks=tasks, milestones={"last_out": out}), plan="plan")
    # told at 60 s, moving at 90 s, 4 m to the door, nine headways of 1/0.931 s, 20 m of corridor
    assert when(trace, "last_out") == pytest.approx(90.0 + 4.0 + 9 / 0.931 + 20.0, abs=0.5)
    states = {row.task: row.value for _, row in trace.of("person")}
    assert states == {"evacuated": 10.0}


def test_a_plan_that_waits_for_what_never_comes_ends_in_a_standstill_that_names_it():
    scenario = small(
        tasks={"a": task(takes="1 min"), "b": task(after=["a", "inject.never"], milestone="over")},
        injects={"never": {"title": "n", "after": "over", "cue": "x"}},
    )
    trace = run(scenario, plan="plan")
    assert trace.rows[-1].task == "standstill"
    waits = {row.task: row.actor for _, row in trace.of("standstill")}
    assert waits == {"b": "inject.never", "inject.never": "over"}


def test_two_tasks_that_want_a_crew_that_never_comes_end_in_a_standstill():
    trace = run(small(tasks={"a": task(by="engine", milestone="over")}), plan="plan")
    assert trace.rows[-1].task == "standstill"
    assert [(row.task, row.actor) for _, row in trace.of("standstill")] == [("a", "1 x unit engine")]


def test_the_horizon_ends_a_run_that_is_not_over():
    trace = run(small(tasks=chain(60 * 5), horizon="2 h"), plan="plan")
    assert trace.rows[-1].task == "horizon"


def test_one_seed_gives_one_trace_and_another_seed_another():
    tasks = chain(1)
    tasks["step0"]["takes"] = {"median": "3 min", "p90": "6 min"}
    tasks["alarm"] = task(takes="0 s", effects=[{"do": "tell", "mode": "voice"}])
    scenario = small(tasks=tasks)
    digests = [run(scenario, plan="plan", seed=seed).digest() for seed in (1, 1, 2)]
    assert digests[0] == digests[1] != digests[2]


def test_recording_changes_nothing_but_the_passages():
    tasks = {
        "alarm": task(effects=[{"do": "tell", "mode": "voice"}]),
        "count": task(after="last_out", milestone="over"),
    }
    out = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}
    scenario = small(tasks=tasks, milestones={"last_out": out})
    full, bare = (run(scenario, plan="plan", record=record) for record in (True, False))
    assert len(full.crowd.time_s) > 0 == len(bare.crowd.time_s)
    assert full.rows == bare.rows


def test_a_plan_that_is_not_there_is_refused_by_name():
    with pytest.raises(DrillsimError, match="plan 'nope' is not in scenario small; it has plan"):
        run(small(tasks=chain(1)), plan="nope")


def test_what_is_kept_between_runs_of_one_scenario_mixes_no_choices_and_no_luck():
    def scenario():
        tasks = chain(4, 2)
        tasks["drilled"] = task(only="exercise", by="crew", takes="1 min")
        tasks["real"] = task(only="emergency", by="crew", takes={"median": "1 min", "p90": "2 min"})
        return small(tasks=tasks)

    kept = scenario()
    choices = [
        {"conditions": conditions, "seed": seed, "start_s": start_s}
        for conditions in ("exercise", "emergency")
        for seed in (1, 2)
        for start_s in (None, 3600.0)
    ]
    for choice in choices * 2:
        again, alone = run(kept, plan="plan", **choice), run(scenario(), plan="plan", **choice)
        assert again.header == alone.header
        assert again.rows == alone.rows
