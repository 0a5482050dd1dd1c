"""Groups in parties and mixed groups: every verb acts on whole parties, and heads add up."""

import pytest

from drillsim.simulation.run import run
from tests.simulation.small import end_states, inject, passages, small, starts, task, times, when

OPEN_END = task(takes="30 min", milestone="over")
ALARM = {"do": "tell", "mode": "voice"}
OUT = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}
MIXED = {
    "adult": {"speed": "1.2 m/s", "responses": {"voice": "30 s", "smoke": "5 s"}},
    "child": {"speed": "0.6 m/s", "responses": {"voice": "60 s"}},
    "deaf": {"speed": "1 m/s", "responses": {"warden": "0 s"}},
}


def families(*, mix=None, count="10", together="3", injects=None, tasks=None, **group):
    mix = mix or {"adult": "50 %", "child": "50 %"}
    groups = {"kin": {"count": count, "place": "room", "mix": mix, "together": together} | group}
    made = {"alarm": task(takes="0 s", effects=[ALARM]), "over": OPEN_END} | (tasks or {})
    scenario = small(
        tasks=made, groups=groups, profiles=MIXED, injects=injects or {}, milestones={"last_out": OUT}
    )
    trace = run(scenario, plan="plan")
    assert sum(end_states(trace).values()) == float(count)
    return trace


def test_ten_people_in_parties_of_three_are_four_numbers_of_the_crowd_and_ten_heads():
    trace = families()
    assert trace.header.group_tokens == (4,)
    assert len(starts(trace)) == 4
    assert end_states(trace) == {("kin", "evacuated"): 10.0}
    assert [row.value for _, row in trace.of("told")] == [10.0]


def test_a_party_leaves_as_late_and_walks_as_slowly_as_its_latest_and_slowest_member():
    trace = families(count="4", together="2")
    assert starts(trace) == [60.0, 60.0]
    # 4 m to the door and 20 m to the exit at 0.6 m/s; the second party waits for two heads at the door
    assert passages(trace, "exit", into="yard")[0] == pytest.approx(60.0 + 24.0 / 0.6)


def test_the_last_out_is_the_last_party():
    trace = families()
    assert when(trace, "last_out") == max(passages(trace, "exit", into="yard"))


def test_a_party_hears_an_alarm_if_one_of_it_does():
    trace = families(mix={"adult": "50 %", "deaf": "50 %"}, count="4", together="2")
    assert [row.value for _, row in trace.of("told")] == [4.0]
    trace = families(mix={"adult": "50 %", "deaf": "50 %"}, count="4", together="false")
    assert [row.value for _, row in trace.of("told")] == [2.0]
    assert end_states(trace) == {("kin", "evacuated"): 2.0, ("kin", "inside"): 2.0}


def test_a_warden_sends_out_the_rest_of_a_mixed_group():
    sweep = task(takes="2 min", effects=[{"do": "sweep", "places": ["room"], "each": "10 s"}])
    trace = families(mix={"adult": "50 %", "deaf": "50 %"}, together="false", tasks={"sweep": sweep})
    assert starts(trace) == [30.0] * 5 + [130.0] * 5
    assert [(row.task, row.value) for _, row in trace.of("told")] == [("voice", 5.0), ("warden", 5.0)]


def test_one_casualty_keeps_its_party_and_only_that():
    falls = {"falls": inject("10 s", {"do": "casualty", "group": "kin", "count": "2"})}
    carry = task(takes="10 min", effects=[{"do": "rescue", "group": "kin"}])
    trace = families(count="9", injects=falls, tasks={"carry": carry})
    assert [row.value for _, row in trace.of("casualty")] == [3.0]
    assert [row.value for _, row in trace.of("person") if row.task == "rescued"] == [3.0]
    assert end_states(trace) == {("kin", "evacuated"): 9.0}


def test_more_casualties_than_one_party_has_heads_take_a_second_one():
    falls = {"falls": inject("10 s", {"do": "casualty", "group": "kin", "count": "4"})}
    trace = families(count="9", injects=falls)
    assert [row.value for _, row in trace.of("casualty")] == [6.0]
    assert end_states(trace) == {("kin", "evacuated"): 3.0, ("kin", "inside"): 6.0}


def test_a_party_that_is_sent_back_goes_whole():
    back = {"back": inject("65 s", {"do": "go-back", "group": "kin", "place": "room"})}
    trace = families(count="9", injects=back)
    assert [row.value for _, row in trace.of("went-back")] == [3.0]
    assert end_states(trace) == {("kin", "evacuated"): 9.0}


def test_parties_that_shelter_and_parties_at_the_muster_are_counted_by_heads():
    trace = families(tasks={"alarm": task(takes="0 s", effects=[ALARM | {"instruct": "shelter"}])})
    assert end_states(trace) == {("kin", "sheltered"): 10.0}
    count = task(takes="10 min", effects=[{"do": "count", "musters": ["yard"]}])
    trace = families(tasks={"count": count})
    assert [row.value for _, row in trace.of("headcount")] == [10.0]
    assert times(trace, "missing-group") == []
