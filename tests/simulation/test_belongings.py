"""Who turns round for a bag."""

import pytest

from drillsim.simulation.belongings import PICKING_UP_S, RETURNS_AFTER_S
from drillsim.simulation.run import run
from tests.simulation.small import (
    end_states,
    fork,
    inject,
    passages,
    profile,
    small,
    starts,
    task,
    times,
    when,
)

OPEN_END = task(takes="30 min", milestone="over")
ALARM = {"do": "tell", "mode": "voice"}
OUT = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}


def bags(*, count="40", seed=1, injects=None, tasks=None, **group):
    groups = {"staff": {"count": count, "place": "room", "profile": "plain"} | group}
    made = {"alarm": task(takes="0 s", effects=[ALARM]), "over": OPEN_END} | (tasks or {})
    scenario = small(tasks=made, groups=groups, injects=injects or {}, milestones={"last_out": OUT})
    return run(scenario, plan="plan", seed=seed)


def test_nobody_turns_back_unless_the_group_says_so():
    assert times(bags(), "went-back") == []


def test_everybody_turns_back_once_where_the_share_is_all():
    trace = bags(count="10", returns="100 %")
    assert times(trace, "went-back") == [30.0 + RETURNS_AFTER_S] * 10
    assert all(
        (row.actor, row.place, row.value) == ("staff", "room", 1.0) for _, row in trace.of("went-back")
    )
    assert end_states(trace) == {("staff", "evacuated"): 10.0}


def test_the_share_who_turn_back_is_drawn_person_by_person_and_leaves_the_luck_of_the_others():
    some, more = (bags(returns=share).of("went-back") for share in ("30 %", "60 %"))
    count = [len(list(rows)) for rows in (some, more)]
    assert 5 <= count[0] <= 19
    assert 16 <= count[1] <= 32
    assert len({len(times(bags(returns="30 %", seed=seed), "went-back")) for seed in range(1, 6)}) > 1


def test_a_single_person_walks_back_picks_up_and_leaves_again():
    # sets out at 30 s from the centre: 4 m to the door, 11 m down the corridor when it turns at 45 s
    trace = bags(count="1", returns="100 %")
    assert passages(trace, "door", into="corridor")[0] == 34.0
    assert passages(trace, "door", into="room") == [pytest.approx(45.0 + 11.0)]
    home_s = 56.0  # the room is its goal: it stops at the door
    assert passages(trace, "door", into="corridor")[1] == pytest.approx(home_s + PICKING_UP_S)
    assert when(trace, "last_out") == pytest.approx(home_s + PICKING_UP_S + 20.0)


def test_how_long_after_setting_out_people_turn_is_what_the_group_says():
    trace = bags(count="1", returns="100 %", returns_after="8 s")
    assert times(trace, "went-back") == [38.0]
    drawn = {row.task: row.value for _, row in trace.of("drawn")}
    assert drawn["groups.staff.returns_after"] == 8.0


def test_who_is_out_by_then_does_not_turn_back():
    trace = bags(count="3", returns="100 %", returns_after="5 min")
    assert times(trace, "went-back") == []


def test_who_was_hurried_by_a_warden_turns_back_after_the_new_start_only():
    sweep = task(takes="10 s", effects=[{"do": "sweep", "places": ["room"]}])
    trace = bags(count="1", returns="100 %", tasks={"sweep": sweep})
    assert min(starts(trace)) == 10.0
    assert times(trace, "went-back") == [10.0 + RETURNS_AFTER_S]


def test_who_collapsed_or_shelters_does_not_turn_back():
    fall = {"fall": inject("40 s", {"do": "casualty", "group": "staff"})}
    assert times(bags(count="1", returns="100 %", injects=fall), "went-back") == []
    stay = task(takes="40 s", effects=[ALARM | {"instruct": "shelter"}])
    assert times(bags(count="1", returns="100 %", tasks={"stay": stay}), "went-back") == []


def test_a_party_turns_back_with_all_its_heads():
    trace = bags(count="5", returns="100 %", together="true")
    assert [row.value for _, row in trace.of("went-back")] == [5.0]
    assert end_states(trace) == {("staff", "evacuated"): 5.0}


def test_a_casualty_at_home_leaves_no_bag_hunter_behind():
    """Who falls while picking up stays."""
    fall = {"fall": inject("65 s", {"do": "casualty", "group": "staff"})}
    trace = bags(count="1", returns="100 %", injects=fall)
    assert end_states(trace) == {("staff", "inside"): 1.0}


def test_who_is_sent_back_before_the_alarm_turns_when_somebody_of_the_group_sets_out():
    back = {"back": inject("5 s", {"do": "go-back", "group": "staff", "place": "corridor"})}
    groups = {"staff": {"count": "3", "place": "room", "profile": "plain"}}
    tasks = {"alarm": task(takes="1 min", effects=[ALARM]), "over": OPEN_END}
    trace = run(small(tasks=tasks, groups=groups, injects=back), plan="plan")
    assert times(trace, "went-back") == [90.0]


def test_an_order_in_mid_errand_takes_its_place():
    """A new muster is named while the person fetches a bag: it turns at once and never gets the bag."""
    order = task(takes="50 s", effects=[ALARM | {"musters": ["yard-east"]}])
    scenario = fork(
        tasks={"alarm": task(takes="0 s", effects=[ALARM]), "order": order, "over": OPEN_END},
        groups={"staff": {"count": "1", "place": "room", "profile": "plain", "returns": "100 %"}},
        profiles=profile(voice="30 s"),
    )
    trace = run(scenario, plan="plan")
    assert times(trace, "went-back") == [45.0]
    assert len(passages(trace, "east-exit", into="yard-east")) == 1
    assert end_states(trace) == {("staff", "evacuated"): 1.0}
