"""People in decontamination corridors: queues, throughput, opening, and those who come by themselves."""

from __future__ import annotations

import math
from collections.abc import Generator
from typing import Any

import pytest

from drillsim.simulation.core import Core
from drillsim.simulation.corridors import Corridors
from drillsim.simulation.resources import Use
from tests.simulation.bare import at, bare_core
from tests.simulation.small import small, task, times


def stage(name: str, places: int, takes: Any) -> dict[str, Any]:
    return {"name": name, "places": str(places), "takes": takes}


def exponential(mean_s: float) -> dict[str, Any]:
    return {"weibull": {"shape": "1", "scale": f"{mean_s} s"}}


def sheet(*, shower: str = "3 min", dress_places: int = 5, **entries: Any) -> dict[str, Any]:
    """Disrobe 4 x 2 min, shower 5 x 3, dress again 5 x 6 (drills-and-response 5.7)."""
    stages = [stage("undress", 4, "2 min"), stage("shower", 5, shower), stage("dress", dress_places, "6 min")]
    return {"stages": stages} | entries


def run(corridor: dict[str, Any], *goes: tuple[str, int, float], **options: Any) -> tuple[Core, list[float]]:
    """Parties (who, people, when) go through one corridor; returns when each is out."""
    horizon = options.pop("horizon", "100 h")
    scenario = small(tasks={"t": task(milestone="over")}, corridors={"lane": corridor}, horizon=horizon)
    core = bare_core(scenario, **options)
    corridors = Corridors(core)
    corridors.start()
    out_s = [math.nan] * len(goes)

    def party(number: int, who: str, people: int, when_s: float) -> Generator[Any, Any, None]:
        yield core.clock.timeout(when_s)
        row = yield from corridors.go(corridor="lane", people=people, who=who, cause=-1)
        assert core.trace.rows[row].event == "decon-done"
        out_s[number] = core.now_s

    for number, (who, people, when_s) in enumerate(goes):
        core.clock.process(party(number, who, people, when_s))
    core.clock.run(until=core.scenario.horizon_s)
    return core, out_s


def out_after_s(people: int, **entries: Any) -> float:
    return run(sheet(**entries), ("all", people, 0.0))[1][0]


def use(core: Core, name: str) -> Use:
    return core.resources.uses()["stage", f"lane/{name}"]


def test_one_person_takes_the_times_of_all_stages() -> None:
    assert out_after_s(1) == 11 * 60.0


def test_the_corridor_lets_fifty_through_in_an_hour_limited_by_dressing_again() -> None:
    assert out_after_s(150) - out_after_s(100) == 3600.0


def test_ten_places_to_dress_let_a_hundred_through_in_an_hour() -> None:
    assert out_after_s(200, dress_places=10) - out_after_s(100, dress_places=10) == 3600.0


@pytest.mark.parametrize("places", [5, 10])
def test_a_shower_of_one_minute_gains_nothing_once_dressing_again_binds(places: int) -> None:
    """Every further hundred take exactly as long; what the head of the line saves, it saves once."""

    def hundred_s(shower: str) -> float:
        first_s, more_s = (out_after_s(n, shower=shower, dress_places=places) for n in (100, 200))
        return more_s - first_s

    assert hundred_s("1 min") == hundred_s("3 min") == 6000.0 * 60.0 / (places * 10.0)
    saved_s = out_after_s(100, dress_places=places) - out_after_s(100, shower="1 min", dress_places=places)
    assert 0.0 <= saved_s <= 3 * 60.0


def test_who_is_through_with_a_stage_frees_its_place_even_if_the_next_is_full() -> None:
    # No blocking after service: undressing goes on in pairs of minutes while all queue for the one shower.
    stages = [stage("undress", 1, "1 min"), stage("shower", 1, "10 min")]
    core, out_s = run({"stages": stages}, ("all", 5, 0.0))
    assert out_s == [60.0 + 5 * 600.0]
    assert use(core, "undress").busy_s == 5 * 60.0
    assert use(core, "shower").peak == 4


def test_people_are_served_in_the_order_they_come() -> None:
    stages = [stage("shower", 1, "1 min")]
    _, out_s = run({"stages": stages}, ("zeta", 3, 0.0), ("alpha", 2, 30.0))
    assert out_s == [180.0, 300.0]


def test_rows_tell_who_went_through_and_how_long_it_took() -> None:
    core, _ = run({"stages": [stage("shower", 1, "1 min")]}, ("crew", 3, 10.0))
    begun, done = core.trace.first("decon-begun"), core.trace.first("decon-done")
    assert begun and done
    assert (begun[1].actor, begun[1].task, begun[1].value, begun[1].time_s) == ("lane", "crew", 3.0, 10.0)
    assert (done[1].actor, done[1].task, done[1].value, done[1].cause) == ("lane", "crew", 180.0, begun[0])


def test_the_cause_of_a_late_exit_is_the_party_that_held_the_place() -> None:
    core, _ = run({"stages": [stage("shower", 1, "1 min")]}, ("first", 2, 0.0), ("second", 1, 30.0))
    done = dict(zip(("first", "second"), core.trace.of("decon-done"), strict=True))
    assert done["second"][1].cause == done["first"][0]


def test_nobody_to_decontaminate_takes_no_time() -> None:
    core, out_s = run(sheet(), ("nobody", 0, 5.0))
    assert out_s == [5.0]
    assert times(core.trace, "decon-done") == [5.0]


def test_a_corridor_that_is_not_open_yet_keeps_people_waiting_and_says_so() -> None:
    corridor = {"stages": [stage("shower", 1, "1 min")], "opens": "ready"}
    scenario = small(
        tasks={"t": task(milestone="over"), "build": task(milestone="ready")}, corridors={"lane": corridor}
    )
    core = bare_core(scenario)
    corridors = Corridors(core)
    core.clock.process(corridors.go(corridor="lane", people=1, who="crew", cause=-1))
    seen: list[Any] = []
    at(core, 100.0, lambda: seen.extend(wait.what for wait in core.waits.values()))
    at(core, 500.0, lambda: core.milestone("ready", cause=-1))
    core.clock.run()
    assert seen == ["corridor lane, open from ready"]
    assert times(core.trace, "decon-begun") == [500.0]
    assert times(core.trace, "decon-done") == [560.0]
    begun, ready = core.trace.first("decon-begun"), core.trace.first("milestone")
    assert begun and ready and begun[1].cause == ready[0]
    assert core.waits == {}


def test_a_name_that_goes_through_twice_meets_new_luck_and_the_same_in_every_order() -> None:
    corridor = {"stages": [stage("shower", 9, exponential(60.0))]}

    def lasts(*goes: tuple[str, int, float]) -> list[float]:
        return [row.value or 0.0 for _, row in run(corridor, *goes)[0].trace.of("decon-done")]

    twice = lasts(("a", 1, 0.0), ("a", 1, 3600.0))
    assert twice[0] != pytest.approx(twice[1])
    assert lasts(("b", 1, 0.0), ("a", 1, 3600.0), ("a", 1, 7200.0))[1:] == pytest.approx(twice)


@pytest.mark.parametrize(("bound", "second"), [("median", 60.0 * math.log(2.0)), ("mean", 60.0)])
def test_bound_runs_take_the_median_or_the_mean_of_every_stage(bound: Any, second: float) -> None:
    corridor = {"stages": [stage("shower", 1, exponential(60.0))]}
    _, out_s = run(corridor, ("crew", 3, 0.0), bound=bound)
    assert out_s == [pytest.approx(3 * second)]


@pytest.mark.parametrize("bound", ["median", "mean"])
def test_bound_runs_keep_the_number_of_those_who_come_by_themselves(bound: Any) -> None:
    corridor = {"stages": [stage("shower", 9, "1 min")], "others": {"every": exponential(60.0)}}
    core, _ = run(corridor, horizon="10 h", bound=bound)
    assert use(core, "shower").others_asked == pytest.approx(600, abs=1)


def test_without_limits_nobody_queues() -> None:
    core, out_s = run(sheet(), ("crew", 40, 0.0), bound="unlimited")
    assert out_s == [11 * 60.0]
    assert use(core, "dress").waited_s == 0.0


def test_people_of_the_incident_keep_the_run_alive_while_others_hold_the_place() -> None:
    others = {"every": "1 min", "takes": "10 min"}
    corridor = {"stages": [stage("shower", 1, "1 min")], "others": others}
    scenario = small(tasks={"t": task(milestone="over")}, corridors={"lane": corridor})
    core = bare_core(scenario)
    corridors = Corridors(core)
    corridors.start()
    busy: list[int] = []
    at(core, 65.0, lambda: busy.append(core.clock.busy))
    at(core, 70.0, lambda: core.clock.process(corridors.go(corridor="lane", people=1, who="crew", cause=-1)))
    at(core, 75.0, lambda: busy.append(core.clock.busy))
    core.clock.run(until=3600.0)
    assert busy == [0, 1]
    assert times(core.trace, "decon-done") == [60.0 + 600.0 + 60.0]


def test_others_come_from_the_opening_on_and_take_their_own_time_in_every_stage() -> None:
    corridor = {
        "stages": [stage("undress", 9, "1 min"), stage("shower", 9, "2 min")],
        "others": {"every": "10 min", "takes": "5 min"},
        "opens": "ready",
    }
    scenario = small(
        tasks={"t": task(milestone="over"), "build": task(milestone="ready")},
        corridors={"lane": corridor},
    )
    core = bare_core(scenario)
    Corridors(core).start()
    at(core, 1000.0, lambda: core.milestone("ready", cause=-1))
    core.clock.run(until=1000.0 + 5 * 600.0 + 590.0)
    assert [use(core, name).others_asked for name in ("undress", "shower")] == [5, 5]
    assert [use(core, name).busy_s for name in ("undress", "shower")] == [5 * 300.0, 4 * 300.0 + 290.0]


def test_others_between_whom_no_time_lies_are_refused() -> None:
    with pytest.raises(ValueError, match=r"corridors\.lane\.others\.every is 0 s"):
        run(sheet(others={"every": "0 s"}))


def erlang_wait_s(*, every_s: float, takes_s: float, places: int) -> float:
    """Mean wait of M/M/c by Erlang's C formula."""
    load = takes_s / every_s
    share = load / places
    tail = load**places / math.factorial(places) / (1.0 - share)
    queued = tail / (sum(load**k / math.factorial(k) for k in range(places)) + tail)
    return queued * takes_s / (places - load)


@pytest.mark.parametrize(("places", "share"), [(1, 0.7), (3, 0.8)])
def test_a_lane_matches_erlang_c_within_the_interval(places: int, share: float) -> None:
    """M/M/c, 96,000 arrivals in 12 independent runs; the interval is Student's t, 99 %."""
    takes_s = 30.0
    every_s = takes_s / places / share
    corridor = {
        "stages": [stage("shower", places, exponential(takes_s))],
        "others": {"every": exponential(every_s)},
    }
    means_s, arrivals = [], 0
    for replication in range(12):
        core, _ = run(corridor, replication=replication, horizon=f"{8000 * every_s} s")
        found = use(core, "shower")
        means_s.append(found.others_waited_s / found.others_asked)
        arrivals += found.others_asked
    mean_s = sum(means_s) / 12
    half_s = 3.106 * math.sqrt(sum((value - mean_s) ** 2 for value in means_s) / 11 / 12)
    assert arrivals > 90_000
    expected_s = erlang_wait_s(every_s=every_s, takes_s=takes_s, places=places)
    assert abs(mean_s - expected_s) < half_s < 0.15 * expected_s
