"""One task: what it waits for, whether it is done at all, whether it comes to something, what it keeps."""

from itertools import pairwise

import pytest

from drillsim.simulation.run import run

from .small import inject, small, task, times, when

INFORMATION = {"number": "the UN number", "clear": "all is clear"}


def play(tasks, **sections):
    return run(small(tasks=tasks, information=INFORMATION, **sections), plan="plan")


def test_a_chain_takes_the_sum_and_parallel_chains_the_longest():
    tasks = {
        "a": task(takes="3 min"),
        "b": task(takes="5 min", after="a", delay="30 s"),
        "c": task(takes="7 min"),
        "over": task(takes="1 min", after=["b", "c"], milestone="over"),
    }
    assert when(play(tasks), "over") == 180.0 + 30.0 + 300.0 + 60.0
    tasks["c"] = task(takes="20 min")
    assert when(play(tasks), "over") == 1200.0 + 60.0


# -- when: it waits until a condition holds --------------------------------------------------------------


def test_a_task_waits_until_its_condition_holds():
    tasks = {
        "look": task(takes="4 min", effects=[{"do": "inform", "item": "number"}]),
        "over": task(takes="1 min", when={"known": "number"}, milestone="over"),
    }
    assert when(play(tasks), "over") == 300.0


def test_of_several_conditions_one_is_enough_and_within_one_all_must_hold():
    tasks = {
        "early": task(takes="2 min"),
        "late": task(takes="9 min"),
        "over": task(
            takes="0 s",
            when=[{"happened": ["early", "late"]}, {"happened": "early", "known": "clear"}],
            milestone="over",
        ),
    }
    assert when(play(tasks), "over") == 540.0
    tasks["say"] = task(takes="3 min", effects=[{"do": "inform", "item": "clear"}])
    assert when(play(tasks), "over") == 180.0


def test_casualties_wind_and_what_has_not_happened_are_conditions_too():
    lost = inject("2 min", {"do": "casualty", "group": "staff", "count": 2})
    turned = inject("3 min", {"do": "wind", "from": "90°", "over": "4 min"})
    tasks = {
        "hurt": task(takes="0 s", when={"casualties": 2}, milestone="hurt"),
        "east": task(takes="0 s", when={"wind_from": ["60°", "120°"]}, milestone="east"),
        "over": task(takes="20 min", milestone="over"),
        "never": task(takes="0 s", when={"not_happened": "startex"}, milestone="never"),
    }
    trace = play(tasks, injects={"lost": lost, "turned": turned})
    assert when(trace, "hurt") == 120.0
    assert 180.0 <= when(trace, "east") <= 180.0 + 240.0
    assert times(trace, "milestone", task="never") == []


def test_a_condition_that_never_holds_is_named_at_the_standstill():
    trace = play({"over": task(when={"known": "number"}, milestone="over")})
    assert [(row.task, row.actor) for _, row in trace.of("standstill")] == [("over", "a condition")]


# -- if: it is left out where its condition does not hold then -------------------------------------------


def test_a_task_whose_condition_does_not_hold_is_left_out_and_others_go_on():
    tasks = {
        "raise": task(takes="9 min", after="look", milestone="raised", **{"if": {"unknown": "number"}}),
        "look": task(takes="2 min", effects=[{"do": "inform", "item": "number"}]),
        "over": task(takes="1 min", after=["raise", "raised"], milestone="over"),
    }
    trace = play(tasks)
    assert times(trace, "task-skipped", task="raise") == [120.0]
    assert times(trace, "milestone", task="raised") == []
    assert when(trace, "over") == 180.0
    tasks["look"].pop("effects")
    assert when(play(tasks), "over") == 120.0 + 540.0 + 60.0


def test_a_milestone_that_another_task_still_makes_is_waited_for_when_one_is_left_out():
    tasks = {
        "foam": task(takes="1 min", milestone="covered", **{"if": {"known": "number"}}),
        "sand": task(takes="5 min", milestone="covered"),
        "over": task(takes="1 min", after="covered", milestone="over"),
    }
    assert when(play(tasks), "over") == 360.0


# -- failure ---------------------------------------------------------------------------------------------


def test_work_that_fails_is_done_again_with_a_time_of_its_own():
    takes = {"uniform": ["1 min", "2 min"], "source": "test", "confidence": "high"}
    tasks = {"over": task(takes=takes, fails={"chance": "50 %", "attempts": 20}, milestone="over")}
    seen = set()
    for replication in range(40):
        trace = run(small(tasks=tasks), plan="plan", replication=replication)
        failed = times(trace, "task-failed")
        ends = [0.0, *failed, when(trace, "over")]
        lengths = [later - before for before, later in pairwise(ends)]
        assert all(60.0 <= length <= 120.0 for length in lengths)
        assert len(set(lengths)) == len(lengths)
        seen.add(len(failed))
    assert {0, 1, 2} <= seen


def test_after_the_last_attempt_the_fallback_goes_on_and_the_task_is_never_done():
    tasks = {
        "plug": task(takes="2 min", by="crew", fails={"chance": "99 %", "attempts": 2}),
        "tray": task(takes="3 min", by="crew", after="failed.plug", milestone="over"),
    }
    trace = next(
        trace
        for trace in (run(small(tasks=tasks), plan="plan", replication=n) for n in range(20))
        if len(times(trace, "task-failed")) == 2
    )
    assert times(trace, "task-done", task="plug") == []
    assert when(trace, "over") == 120.0 + 120.0 + 180.0


def test_the_share_of_failures_is_the_chance():
    tasks = {
        "plug": task(takes="1 min", fails={"chance": "30 %"}),
        "over": task(takes="2 min", milestone="over"),
    }
    scenario = small(tasks=tasks)
    failed = sum(bool(times(run(scenario, plan="plan", replication=n), "task-failed")) for n in range(400))
    assert 90 <= failed <= 150  # 120 expected, sd 9.2


# -- what it keeps -----------------------------------------------------------------------------------------


def test_a_crew_kept_until_a_moment_comes_free_then():
    tasks = {
        "guard": task(takes="1 min", by={"crew": 2}, keeps_until="told"),
        "tell": task(takes="10 min", milestone="told"),
        "over": task(takes="2 min", by="crew", after="guard", milestone="over"),
    }
    assert when(play(tasks), "over") == 600.0 + 120.0


def test_equipment_that_is_used_up_or_made_ready_again_is_missed():
    tools = {"bottle": {"count": "1", "ready_again": "7 min"}, "pad": {"count": "1", "used_up": "true"}}
    tasks = {
        "first": task(takes="1 min", uses={"bottle": 1}),
        "over": task(takes="1 min", uses={"bottle": 1}, after="first", milestone="over"),
    }
    assert when(play(tasks, capacities=tools), "over") == 60.0 + 420.0 + 60.0
    tasks = {
        "first": task(takes="1 min", uses={"pad": 1}),
        "over": task(takes="1 min", uses={"pad": 1}, after="first", milestone="over"),
    }
    trace = play(tasks, capacities=tools)
    assert trace.first("end")[1].task == "standstill"
    assert [row.task for _, row in trace.of("standstill")] == ["over"]


def test_a_suit_is_put_on_and_taken_from_stock():
    suits = {"splash": {"level": "B", "don": "4 min", "stock": "splash-suit"}}
    tasks = {
        "over": task(takes="1 min", by="crew", wearing="splash", milestone="over"),
    }
    capacities = {"splash-suit": {"count": "4"}}
    assert when(play(tasks, suits=suits, capacities=capacities), "over") == 300.0
    trace = play(tasks, suits=suits, capacities={"splash-suit": {"count": "3"}})
    assert trace.first("end")[1].task == "standstill"


# -- effort ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("crews", "heads"), [(1, 4), (2, 8)])
def test_an_effort_goes_faster_by_heads_to_a_power(crews, heads):
    tasks = {"over": task(takes="0 s", effort="60 min", by={"crew": crews}, milestone="over")}
    assert when(play(tasks), "over") == pytest.approx(3600.0 / heads**0.9)


def test_who_joins_later_shortens_what_is_left():
    tasks = {
        "elsewhere": task(takes="5 min", by="crew", priority=0),
        "over": task(
            takes="0 s", effort="60 min", by="crew", may_join="crew", crew_exponent=1, milestone="over"
        ),
    }
    # 4 heads for 5 min, then 8
    assert when(play(tasks), "over") == pytest.approx(300.0 + (3600.0 - 4 * 300.0) / 8)


def test_who_joined_is_free_again_when_the_work_is_over():
    tasks = {
        "dig": task(takes="0 s", effort="40 min", by="crew", may_join="crew", crew_exponent=1),
        "over": task(takes="1 min", by={"crew": 2}, after="dig", milestone="over"),
    }
    assert when(play(tasks), "over") == pytest.approx(2400.0 / 8 + 60.0)


# -- injects -----------------------------------------------------------------------------------------------


def test_an_inject_comes_as_soon_as_its_condition_holds():
    tasks = {
        "look": task(takes="4 min", effects=[{"do": "inform", "item": "number"}]),
        "over": task(takes="1 min", after="inject.wrong", milestone="over"),
    }
    trace = play(tasks, injects={"wrong": inject("", when={"known": "number"})})
    assert when(trace, "over") == 300.0


def test_an_inject_past_its_latest_useful_time_falls_back_and_its_tasks_are_left_out():
    late = inject(
        "",
        {"do": "inform", "item": "number"},
        after="look",
        latest="5 min",
        fallback_effects=[{"do": "inform", "item": "clear"}],
    )
    tasks = {
        "look": task(takes="9 min"),
        "search": task(takes="30 min", after="inject.late", if_inject="late"),
        "over": task(takes="1 min", after=["search", "look"], milestone="over"),
    }
    trace = play(tasks, injects={"late": late})
    assert times(trace, "inject-dropped", task="late") == [300.0]
    assert times(trace, "inject") == []
    assert times(trace, "informed", task="clear") == [300.0]
    assert times(trace, "informed", task="number") == []
    assert times(trace, "task-skipped", task="search") == [300.0]
    assert when(trace, "over") == 600.0


# -- response levels ---------------------------------------------------------------------------------------


def test_a_level_is_raised_on_its_threshold_calls_more_and_is_never_lowered():
    tasks = {
        "third": task(
            takes="0 s", when={"casualties": 2}, effects=[{"do": "level", "level": "iii"}], milestone="raised"
        ),
        "fourth": task(takes="8 min", effects=[{"do": "level", "level": "iv"}]),
        "help": task(takes="1 min", by="engine", after="staged.engine", milestone="over"),
        "seen": task(takes="0 s", when={"level": "iv"}, milestone="seen"),
    }
    levels = {"iv": {"rank": "1"}, "iii": {"rank": "2", "calls": ["engine"]}}
    lost = inject("2 min", {"do": "casualty", "group": "staff", "count": 3})
    trace = play(tasks, levels=levels, injects={"lost": lost})
    assert when(trace, "raised") == 120.0
    assert when(trace, "seen") == 120.0
    assert times(trace, "level") == [120.0]
    assert when(trace, "over") == 120.0 + 360.0 + 60.0


def test_a_task_that_talks_takes_another_channel_while_its_own_is_out():
    channels = {"joint": {"talk": "20 s", "instead": "phone"}, "phone": {"kind": "telephone", "talk": "20 s"}}
    tasks = {
        "summon": task(takes="1 min", uses={"joint": 1}, after="wait", milestone="over"),
        "wait": task(takes="2 min"),
    }
    dead = inject("1 min", {"do": "disable", "name": "joint", "lasts": "20 min"})
    assert when(play(tasks, channels=channels, injects={"dead": dead}), "over") == 180.0
    channels["joint"].pop("instead")
    assert when(play(tasks, channels=channels, injects={"dead": dead}), "over") == 1260.0 + 60.0
