"""Who hears an alarm: by profile, by mode, and by where a loudspeaker is dead."""

import pytest

from drillsim.simulation.run import run
from tests.simulation.small import end_states, fork, inject, small, starts, task, times

OPEN_END = task(takes="20 min", milestone="over")
MIXED = {
    "driver": {"speed": "1 m/s", "responses": {"radio": "10 s", "warden": "0 s"}, "descend": "45 s"},
    "guest": {"speed": "1 m/s", "responses": {"loudspeaker": "60 s", "warden": "0 s"}},
}
GROUP = {"staff": {"count": "10", "place": "room", "mix": {"driver": "30 %", "guest": "70 %"}}}
DEAD = {"do": "silence", "mode": "loudspeaker", "places": ["east"]}
TWO_ROOMS = {
    "east": {"count": "3", "place": "east", "profile": "plain"},
    "staff": {"count": "10", "place": "room", "profile": "plain"},
}
HEARS = {"plain": {"speed": "1 m/s", "responses": {"loudspeaker": "30 s", "tone": "20 s"}}}


def alarm(mode, *, takes="0 s", **order):
    return task(takes=takes, effects=[{"do": "tell", "mode": mode} | order])


def told(trace):
    return [(row.time_s, row.actor, row.task, row.value) for _, row in trace.of("told")]


# -- who perceives what -------------------------------------------------------------------------------


def test_of_a_mixed_group_only_those_answer_who_perceive_the_mode():
    tasks = {"alarm": alarm("loudspeaker"), "over": OPEN_END}
    trace = run(small(tasks=tasks, profiles=MIXED, groups=GROUP), plan="plan")
    assert starts(trace) == [60.0] * 7
    assert told(trace) == [(0.0, "staff", "loudspeaker", 7.0)]
    assert end_states(trace) == {("staff", "evacuated"): 7.0, ("staff", "inside"): 3.0}


def test_each_profile_of_a_mixed_group_answers_in_its_own_time():
    tasks = {"alarm": alarm("loudspeaker"), "call": alarm("radio"), "over": OPEN_END}
    trace = run(small(tasks=tasks, profiles=MIXED, groups=GROUP), plan="plan")
    assert starts(trace) == [55.0] * 3 + [60.0] * 7
    drawn = {row.task: row.value for _, row in trace.of("drawn")}
    assert drawn["profiles.driver.responses.radio"] == 10.0
    assert drawn["profiles.driver.descend"] == 45.0
    assert drawn["profiles.guest.responses.loudspeaker"] == 60.0


def test_a_warden_reaches_those_who_heard_nothing():
    sweep = task(takes="2 min", effects=[{"do": "sweep", "places": ["room"]}])
    tasks = {"alarm": alarm("loudspeaker"), "sweep": sweep, "over": OPEN_END}
    trace = run(small(tasks=tasks, profiles=MIXED, groups=GROUP), plan="plan")
    assert starts(trace) == [60.0] * 7 + [165.0] * 3
    assert told(trace)[-1] == (120.0, "staff", "warden", 3.0)


# -- a dead loudspeaker -------------------------------------------------------------------------------


def silenced(*effects, mode="loudspeaker", takes="1 min", **order):
    scenario = fork(
        tasks={"alarm": alarm(mode, takes=takes, **order), "over": OPEN_END},
        groups=TWO_ROOMS,
        profiles=HEARS,
        injects={f"dead-{at}": inject(f"{at} s", effect) for at, effect in effects},
    )
    return run(scenario, plan="plan")


def test_a_dead_loudspeaker_leaves_those_in_its_space_where_they_are():
    trace = silenced((5, DEAD))
    assert [(row.time_s, row.place, row.task) for _, row in trace.of("alarm-silenced")] == [
        (5.0, "east", "loudspeaker")
    ]
    assert [(row.time_s, row.actor, row.task, row.value) for _, row in trace.of("unheard")] == [
        (60.0, "east", "loudspeaker", 3.0)
    ]
    assert told(trace) == [(60.0, "staff", "loudspeaker", 10.0)]
    assert end_states(trace) == {("east", "inside"): 3.0, ("staff", "evacuated"): 10.0}


def test_without_the_fault_the_same_alarm_reaches_everybody():
    trace = silenced()
    assert times(trace, "unheard") == []
    assert end_states(trace) == {("east", "evacuated"): 3.0, ("staff", "evacuated"): 10.0}


@pytest.mark.parametrize("mode", ["tone", "loudspeaker"])
def test_a_dead_loudspeaker_silences_no_other_mode(mode):
    trace = silenced((5, DEAD), mode=mode)
    assert end_states(trace).get(("east", "evacuated"), 0.0) == (3.0 if mode == "tone" else 0.0)


def test_a_loudspeaker_that_was_restored_is_heard_again():
    trace = silenced((5, DEAD), (30, DEAD | {"restored": "true"}))
    assert times(trace, "alarm-restored") == [30.0]
    assert end_states(trace) == {("east", "evacuated"): 3.0, ("staff", "evacuated"): 10.0}


def test_who_came_out_of_the_silent_space_hears_the_alarm():
    """Only where people are counts, not where they belong."""
    first = alarm("tone", places=["east"], takes="0 s")
    scenario = fork(
        tasks={"first": first, "alarm": alarm("loudspeaker", takes="5 min"), "over": OPEN_END},
        groups=TWO_ROOMS,
        profiles=HEARS,
        injects={"dead": inject("5 s", DEAD)},
    )
    trace = run(scenario, plan="plan")
    assert times(trace, "unheard") == []
    assert end_states(trace) == {("east", "evacuated"): 3.0, ("staff", "evacuated"): 10.0}


def test_everywhere_silences_every_space():
    trace = silenced((5, DEAD | {"places": ["everywhere"]}))
    assert told(trace) == []
    assert sum(row.value for _, row in trace.of("unheard")) == 13.0
    assert starts(trace) == []
