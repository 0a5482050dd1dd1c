"""Work on air: stints, reliefs, suits and bottles, heat, decontamination and mayday in a run."""

from __future__ import annotations

import math
from typing import Any

import pytest

from drillsim.simulation.entries import work_on_air
from drillsim.simulation.run import run
from tests.simulation.bare import BareWorld, at, bare_core
from tests.simulation.on_air import BOTTLE, IDEAL_S, MIN, Work, begin, do, rows
from tests.simulation.small import small, task, times, when

# -- with enough of everything ------------------------------------------------------------------------


@pytest.mark.parametrize("way_min", [0.0, 4.0])
@pytest.mark.parametrize("change_min", [0.0, 3.0, 12.0])
def test_rotations_step_the_time_exactly_as_the_air_arithmetic_says(
    way_min: float, change_min: float
) -> None:
    """Every minute of work from 1 to 120: way + work + (ceil(work / stint) - 1) * change."""
    assert round(IDEAL_S / MIN, 1) == 32.9
    stint_s = IDEAL_S - 2.0 * way_min * MIN
    air = {"way": f"{way_min} min", "change": f"{change_min} min"}
    for work_min in range(1, 121):
        work = do(work_s=work_min * MIN, air=air)
        stints = math.ceil(work_min * MIN / stint_s)
        assert len(rows(work, "entry")) == stints
        closed_form_s = (way_min + work_min + (stints - 1) * change_min) * MIN
        assert work.took_s == pytest.approx(closed_form_s, rel=1e-13)


def test_work_that_fills_a_stint_to_the_second_needs_no_relief() -> None:
    assert len(rows(do(work_s=IDEAL_S), "entry")) == 1
    assert len(rows(do(work_s=IDEAL_S + 1.0), "entry")) == 2


def test_the_first_pairs_and_those_who_stay_outside_dress_before_anybody_goes_in() -> None:
    work = do(work_s=10 * MIN)
    assert (work.first_s, work.done_s) == (6 * MIN, 16 * MIN)


def test_a_larger_bottle_or_lighter_work_needs_fewer_reliefs() -> None:
    def entries(**air: str) -> int:
        return len(rows(do(work_s=100 * MIN, air=air), "entry"))

    assert entries(effort="light") < entries(effort="heavy") < entries(effort="extreme")


def test_a_hotter_day_gives_more_rotations() -> None:
    heat = [{"from": "30 °C", "longest": "25 min"}, {"from": "35 °C", "longest": "15 min"}]
    found = [
        len(rows(do(work_s=60 * MIN, suit={"heat": heat}, conditions_c=celsius), "entry"))
        for celsius in (20.0, 30.0, 35.0)
    ]
    assert found == [2, 3, 4]


def test_everybody_comes_out_after_the_work_and_rests() -> None:
    work = do(work_s=40 * MIN, air={"way": "2 min", "decon": "5 min"})
    assert work.out_s == pytest.approx(work.done_s + 7 * MIN)
    assert len(rows(work, "exit")) == len(rows(work, "entry")) == 2
    assert work.states() == ["donning", "on-air", "decon", "rehab"]
    assert work.core.trace.rows[work.out_row].event == "exit"


def test_the_time_in_the_suit_of_a_full_stint_is_what_the_bottle_gives() -> None:
    work = do(work_s=60 * MIN, air={"way": "2 min", "decon": "5 min"})
    suited_s = [row.value for _, row in rows(work, "exit")]
    assert suited_s[0] == suited_s[1] == pytest.approx(IDEAL_S)
    assert rows(work, "flag") == []


def test_pairs_take_turns_and_those_outside_never_work() -> None:
    # 8 people: 4 pairs, one of which stays outside.
    work = do(work_s=120 * MIN, people=8, suit={"rest": "0"})
    assert [row.actor for _, row in rows(work, "entry")] == [f"hazmat pair {n}" for n in (1, 2, 3, 1)]


def test_two_pairs_at_work_go_in_together() -> None:
    work = do(work_s=60 * MIN, people=12, air={"pairs": "2"})
    assert [row.actor for _, row in rows(work, "entry")] == ["hazmat pair 1, 2", "hazmat pair 3, 4"]


def test_work_without_a_suit_is_work_on_a_bottle_all_the_same() -> None:
    entry = task(milestone="over", by="crew", air={"usable": "31 min", "way": "4 min", "change": "3 min"})
    core = bare_core(small(tasks={"plug": entry}))
    world: Any = BareWorld(core, people=12)
    spec = core.plan.tasks["plug"]
    core.clock.process(work_on_air(world, "plug", spec, ("hazmat",), work_s=25 * MIN, cause=-1))
    core.clock.run()
    assert times(core.trace, "entry") == [0.0, (23 + 3) * MIN]
    assert core.now_s == (4 + 25 + 3) * MIN


# -- too few people ------------------------------------------------------------------------------------


def test_without_a_second_team_the_only_one_comes_out_rests_and_goes_in_again() -> None:
    air = {"way": "2 min", "decon": "5 min"}
    alone, two_teams = (do(work_s=60 * MIN, people=people, air=air) for people in (4, 6))
    assert len(rows(alone, "entry")) == len(rows(two_teams, "entry")) == 3
    # From entry to entry: all the air, as much rest, and the suit on again.
    cycle_s = IDEAL_S + IDEAL_S + 6 * MIN
    last_s = 60 * MIN - 2 * (IDEAL_S - 9 * MIN)
    assert alone.took_s == pytest.approx(2 * cycle_s + 2 * MIN + last_s)
    assert alone.took_s > two_teams.took_s > (2 + 60 + 2 * 3) * MIN  # the third stint is the first pair's


def test_longer_rest_lengthens_the_work_of_a_single_team_only() -> None:
    def took_s(people: int, rest: str) -> float:
        return do(work_s=60 * MIN, people=people, suit={"rest": rest}).took_s

    assert took_s(4, "2") == pytest.approx(took_s(4, "1") + IDEAL_S)
    assert took_s(40, "2") == took_s(40, "1")


@pytest.mark.parametrize(
    ("people", "at_work", "ready"), [(0, 1, 0), (2, 1, 0), (4, 1, 1), (5, 1, 1), (6, 2, 1)]
)
def test_fewer_pairs_than_wanted_work_longer_and_are_flagged(people: int, at_work: int, ready: int) -> None:
    work = do(work_s=10 * MIN, people=people, air={"pairs": "2"})
    flags = [row.task for _, row in rows(work, "flag")]
    words = f"{people} people, fewer than 3 pairs: {at_work} at work, {ready} ready"
    assert flags == ([] if people == 6 else [words])
    assert work.took_s == pytest.approx(10 * MIN * 2 / at_work)


def test_a_run_without_limits_has_a_fresh_pair_for_every_stint() -> None:
    work = do(work_s=90 * MIN, people=4, bound="unlimited")
    assert work.took_s == pytest.approx((90 + 2 * 3) * MIN)
    assert rows(work, "flag") == []


def test_a_second_attempt_begins_with_those_who_have_rested() -> None:
    """Four pairs are enough for two attempts of a stint each; with one pair the second one waits for rest."""

    def second_entry_s(people: int) -> float:
        work = begin(work_s=30 * MIN, people=people, again=True)
        work.core.clock.run()
        first_s, again_s = times(work.core.trace, "entry")
        return again_s - first_s

    assert second_entry_s(8) == pytest.approx((30 + 6) * MIN)
    assert second_entry_s(4) == pytest.approx((30 + 30 + 6) * MIN)


# -- suits and bottles ---------------------------------------------------------------------------------

CAPACITIES = {"suits": {"count": "6"}, "bottles": {"count": "100"}}


def kit(**bottle: Any) -> dict[str, Any]:
    return {"stock": "suits", "bottle": BOTTLE | {"stock": "bottles"} | bottle}


def counts(work: Work) -> dict[str, int]:
    uses = work.core.resources.uses()
    return {name: uses["capacity", name].asked for name in ("suits", "bottles")}


def test_suits_for_the_next_pair_as_well_cost_no_time() -> None:
    work = do(work_s=60 * MIN, suit=kit(), capacities=CAPACITIES)
    assert work.took_s == pytest.approx((60 + 3) * MIN)


def test_the_next_pair_waits_for_the_suits_of_the_one_that_is_in_and_the_rows_say_so() -> None:
    capacities = CAPACITIES | {"suits": {"count": "4"}}
    work = do(work_s=60 * MIN, suit=kit(), air={"way": "2 min", "decon": "5 min"}, capacities=capacities)
    assert len(rows(work, "entry")) == 3
    # From entry to entry: all the air, then the suit on; there is always a pair that has rested.
    last_s = 60 * MIN - 2 * (IDEAL_S - 9 * MIN)
    assert work.took_s == pytest.approx(2 * (IDEAL_S + 6 * MIN) + 2 * MIN + last_s)
    trace = work.core.trace.rows
    _, (_, relief), _ = rows(work, "entry")
    granted = trace[relief.cause]
    assert (granted.event, granted.actor) == ("air-granted", "hazmat pair 2")
    freed = trace[granted.cause]
    assert (freed.event, freed.actor) == ("exit", "hazmat pair 1")
    assert freed.cause == rows(work, "entry")[0][0]


def test_the_cause_of_a_relief_in_time_is_the_stint_before_it() -> None:
    work = do(work_s=60 * MIN)
    (first, _), (second, relief) = rows(work, "entry")
    assert relief.cause == first
    assert work.row == second


def test_everything_is_given_back() -> None:
    work = do(work_s=100 * MIN, suit=kit(), capacities=CAPACITIES)
    wanted = {("capacity", "suits"): 6, ("capacity", "bottles"): 100}
    assert work.core.resources.short_of(wanted) == {}
    assert counts(work) == {"suits": 4, "bottles": 4}


def test_used_bottles_are_gone_and_those_of_the_pair_outside_are_not() -> None:
    capacities = CAPACITIES | {"bottles": {"count": "100", "used_up": "true"}}
    work = do(work_s=60 * MIN, suit=kit(), capacities=capacities)
    wanted = {("capacity", "bottles"): 96}  # two stints of one pair
    assert work.core.resources.short_of(wanted) == {}
    assert work.core.resources.short_of({("capacity", "bottles"): 97}) != {}


def test_filling_bottles_delays_the_relief() -> None:
    def took_s(count: int) -> float:
        bottles = {"count": str(count), "ready_again": "20 min"}
        return do(work_s=60 * MIN, suit=kit(), capacities=CAPACITIES | {"bottles": bottles}).took_s

    assert took_s(6) == pytest.approx(63 * MIN)
    assert took_s(4) == pytest.approx(60 * MIN + (20 + 6) * MIN)


def test_suits_that_do_not_exist_keep_everybody_out_and_the_wait_is_named() -> None:
    capacities = CAPACITIES | {"suits": {"count": "3"}}
    work = do(work_s=60 * MIN, suit=kit(), capacities=capacities)
    assert math.isnan(work.done_s)
    assert times(work.core.trace, "entry") == []
    assert {who: wait.wanted for who, wait in work.core.waits.items()} == {
        "plug, hazmat pair 1": {("capacity", "suits"): 4, ("capacity", "bottles"): 4}
    }


def test_who_waits_for_air_is_named() -> None:
    capacities = CAPACITIES | {"suits": {"count": "4"}}
    work = begin(work_s=60 * MIN, suit=kit(), capacities=capacities)
    seen: list[Any] = []
    at(work.core, 20 * MIN, lambda: seen.extend((who, wait.what) for who, wait in work.core.waits.items()))
    work.core.clock.run()
    assert seen == [("plug, hazmat pair 2", "2 x suits, 2 x bottles")]
    assert work.core.waits == {}


def test_a_relief_goes_before_a_team_that_has_not_begun() -> None:
    """Else one team would keep the suits the other waits for, and the other those that it needs itself."""
    capacities = CAPACITIES | {"suits": {"count": "4"}}
    first = begin(work_s=60 * MIN, suit=kit(), capacities=capacities)
    urgent = begin(
        work_s=60 * MIN, suit=kit(), capacities=capacities, core=first.core, name="seal", priority=0
    )
    first.core.clock.run()
    assert urgent.done_s > urgent.first_s > first.out_s


# -- the corridor --------------------------------------------------------------------------------------


def lane(takes: str, **entries: Any) -> dict[str, Any]:
    return {"lane": {"stages": [{"name": "wash", "places": "1", "takes": takes}], **entries}}


def test_pairs_come_out_through_the_corridor_and_wait_there_for_each_other() -> None:
    air = {"corridor": "lane", "decon": "6 min"}
    work = do(work_s=10 * MIN, air=air, corridors=lane("3 min"))
    assert work.out_s == pytest.approx(work.done_s + 6 * MIN)
    done, exit_row = rows(work, "decon-done")[0], rows(work, "exit")[0][1]
    assert exit_row.cause == done[0]
    assert rows(work, "flag") == []


def test_a_corridor_that_takes_longer_than_the_air_allows_for_is_flagged_once() -> None:
    work = do(work_s=60 * MIN, air={"corridor": "lane"}, corridors=lane("3 min"))
    assert [row.task for _, row in rows(work, "flag")] == [
        "38.9 min on air until clean; air and heat allow 32.9 min"
    ]


def test_a_corridor_that_is_never_ready_keeps_them_in_and_the_wait_is_named() -> None:
    work = do(work_s=10 * MIN, air={"corridor": "lane"}, corridors=lane("3 min", opens="over"))
    assert math.isnan(work.out_s)
    assert [wait.what for wait in work.core.waits.values()] == ["corridor lane, open from over"]


# -- mayday --------------------------------------------------------------------------------------------


def test_a_blocked_way_out_is_a_mayday_and_nobody_comes_out_before_it_is_open() -> None:
    work = begin(work_s=10 * MIN)
    at(work.core, 8 * MIN, lambda: work.world.force.set_way(blocked=True))
    at(work.core, 20 * MIN, lambda: work.world.force.set_way(blocked=True))
    at(work.core, 30 * MIN, lambda: work.world.force.set_way(blocked=False))
    work.core.clock.run()
    assert times(work.core.trace, "mayday") == [16 * MIN] == [work.done_s]
    assert work.core.moments.happened("mayday.plug")
    assert work.out_s == 30 * MIN
    opened = [number for number, row in work.core.trace.of("link-opened")]
    assert work.core.trace.rows[work.out_row].cause == opened[0]


def test_no_relief_goes_in_while_the_way_out_is_blocked() -> None:
    work = begin(work_s=60 * MIN)
    at(work.core, 20 * MIN, lambda: work.world.force.set_way(blocked=True))
    at(work.core, 90 * MIN, lambda: work.world.force.set_way(blocked=False))
    work.core.clock.run()
    assert times(work.core.trace, "entry") == [6 * MIN, 90 * MIN]
    assert len(times(work.core.trace, "mayday")) == 1


def test_the_first_entry_is_an_event_others_can_wait_for() -> None:
    scenario = small(
        tasks={"plug": task(milestone="over", by="crew", air={"usable": "30 min", "change": "0 s"})}
    )
    core = bare_core(scenario)
    world: Any = BareWorld(core, people=4)
    went_in = core.clock.event()
    core.clock.process(
        work_on_air(
            world,
            "plug",
            core.plan.tasks["plug"],
            ("hazmat",),
            work_s=60.0,
            cause=-1,
            went_in=went_in,
        )
    )
    core.clock.run()
    assert core.trace.rows[went_in.value].event == "entry"


# -- in a whole run ------------------------------------------------------------------------------------


def test_in_a_run_the_work_ends_with_the_last_stint_and_its_crew_is_free_when_all_are_out() -> None:
    air = {"way": "2 min", "decon": "6 min", "corridor": "lane", "change": "3 min"}
    plug = task(by="crew", at="room", takes="10 min", wearing="suit", air=air, milestone="plugged")
    tasks = {"plug": plug, "after": task(after="out.plug", milestone="over")}
    suits = {"suit": {"level": "A", "don": "6 min", "bottle": BOTTLE}}
    trace = run(small(tasks=tasks, suits=suits, corridors=lane("3 min")), plan="plan")
    entered_s = times(trace, "entry")[0]
    assert when(trace, "plugged") == pytest.approx(entered_s + 12 * MIN)
    assert when(trace, "over") == pytest.approx(entered_s + (12 + 2 + 6 + 1) * MIN)
    done, begun = trace.first("task-done", task="plug"), trace.first("decon-begun", task="plug")
    assert done and begun and done[0] < begun[0]
