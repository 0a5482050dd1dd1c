"""Units under way when a gate or road shuts or opens: they look again from where they are."""

import math

import pytest

from drillsim.simulation.run import run
from tests.simulation.small import inject, link, small, space, task, times

S = 5.0  # m/s on all roads here


def open_link(first, second, *, at, **entries):
    made = {"kind": "gate", "width": "6 m", "vehicles": "true", "at": [f"{at[0]} m", f"{at[1]} m"]}
    return link(first, second, **(made | entries))


def two_roads(**links):
    """From the kerb 120 m to the goal by the short road and 130 m by the long one, side by side.

    The short road runs from (20, 0) to (120, 0), the long one from (10, 5) to (130, 5).
    """
    made = {
        "a": open_link("kerb", "short", at=(20, 0)),
        "b": open_link("short", "goal", at=(120, 0)),
        "c": open_link("kerb", "long", at=(10, 5)),
        "d": open_link("long", "goal", at=(130, 5)),
        "mid": open_link("long", "short", at=(70, 5), locked="true"),
        "shed-door": open_link("goal", "shed", at=(135, -5)),
    }
    return {
        "inside_speed": f"{S} m/s",
        "spaces": {
            "kerb": space("outside", x=10, y=0, width=20, depth=10),
            "short": space("road", x=70, y=0, width=100, depth=10),
            "goal": space("yard", x=130, y=0, width=20, depth=10),
            "long": space("road", x=70, y=10, width=140, depth=10),
            "shed": space("yard", x=130, y=-10, width=20, depth=10),
        },
        "links": {name: entry | links.get(name, {}) for name, entry in made.items()},
    }


def gate(name, at, *, closed):
    return inject(at, {"do": "link", "link": name, "closed": closed, "closed_to": "all"})


def drive(*, site=None, unit=None, tasks=None, end="over", **injects):
    """One engine from the kerb to the goal; ``a_5s="shut"`` shuts gate a after 5 s."""
    made = {}
    for key, done in injects.items():
        name, _, at = key.rpartition("_")
        made[key] = gate(name, at.replace("s", " s"), closed="true" if done == "shut" else "false")
    engine = {"people": "6", "station": "kerb", "vehicle": "true"} | (unit or {})
    scenario = small(
        tasks={"go": task(by="engine", at="goal", milestone="over")} | (tasks or {}),
        facility=site or two_roads(),
        groups={},
        agencies={"fire": {"title": "fire service", "units": {"engine": engine}}},
        injects=made,
        end=end,
    )
    return run(scenario, plan="plan")


def arrived(trace):
    found = times(trace, "task-started", task="go")
    return found[0] if found else math.inf


def test_with_all_gates_open_it_takes_the_short_road():
    assert arrived(drive()) == 120 / S


def test_a_road_that_shuts_ahead_makes_it_turn_round_where_it_is_and_take_the_other():
    # 12 s: 60 m gone, at (70, 0); 50 m back to gate a, over the kerb to gate c, 120 m and 5 m.
    trace = drive(b_12s="shut")
    assert arrived(trace) == pytest.approx(12 + (50 + math.hypot(10, 5) + 120 + 5) / S, abs=1e-9)
    turned = [(row.time_s, row.place, trace.rows[row.cause].event) for _, row in trace.of("unit-state")][1]
    assert turned == (12.0, "short", "link-closed")
    started = trace.first("task-started", task="go")[1]
    assert trace.rows[started.cause].time_s == 12.0  # the turn is what it arrived by


def test_within_a_space_it_goes_straight_from_where_it_is():
    # 1 s: at (15, 0) of the kerb; straight to gate c at (10, 5).
    trace = drive(b_1s="shut")
    assert arrived(trace) == pytest.approx(1 + (math.hypot(5, 5) + 120 + 5) / S, abs=1e-9)


def test_a_gate_that_opens_on_the_way_is_taken_if_it_is_shorter():
    # Gate a is locked: the long road. 13 s: at (70, 5), where a gate to the short road opens.
    site = two_roads(a={"locked": "true"})
    assert arrived(drive(site=site)) == 130 / S
    trace = drive(site=site, mid_13s="open")
    assert arrived(trace) == pytest.approx(13 + (math.hypot(50, 5) + 10) / S, abs=1e-9)


def test_it_turns_as_often_as_gates_shut_and_open():
    # 12 s: at (70, 0), back; 17 s: at (45, 0), the way ahead is open again.
    trace = drive(b_12s="shut", b_17s="open")
    assert arrived(trace) == pytest.approx(17 + (75 + 10) / S, abs=1e-9)


@pytest.mark.parametrize(("name", "at"), [("a", "3"), ("shed-door", "5"), ("c", "10")])
def test_a_gate_behind_it_or_off_its_way_changes_nothing(name, at):
    trace = drive(**{f"{name}_{at}s": "shut"})
    assert arrived(trace) == 120 / S
    assert times(trace, "unit-state", actor="engine") == times(drive(), "unit-state", actor="engine")


def test_it_waits_where_it_is_while_there_is_no_way_and_goes_on_when_one_opens():
    # 12 s: at (70, 0) with gate d locked too; 100 s: the 60 m that are left.
    site = two_roads(d={"locked": "true"})
    trace = drive(site=site, b_12s="shut", b_100s="open")
    assert arrived(trace) == pytest.approx(100 + 60 / S, abs=1e-9)
    walked = [trace.first("task-started", task="go")[1]]
    while walked[-1].cause >= 0:
        walked.append(trace.rows[walked[-1].cause])
    assert [row.event for row in walked][:4] == ["task-started", "unit-state", "link-opened", "inject"]


def test_who_waits_before_a_shut_gate_may_go_round_when_another_opens():
    site = two_roads(d={"locked": "true"})
    trace = drive(site=site, b_12s="shut", d_100s="open")
    back_m = 50 + math.hypot(10, 5) + 120 + 5
    assert arrived(trace) == pytest.approx(100 + back_m / S, abs=1e-9)


def test_a_gate_that_never_opens_ends_the_run_with_a_verdict_that_names_it():
    trace = drive(site=two_roads(d={"locked": "true"}), b_12s="shut")
    assert (trace.rows[-1].event, trace.rows[-1].task, trace.rows[-1].time_s) == ("end", "standstill", 12.0)
    stood = [(row.task, row.actor, row.value) for _, row in trace.of("standstill")]
    assert ("go", "a way from short to goal", 12.0) in stood


def test_who_could_go_on_waits_no_longer():
    site = two_roads(d={"locked": "true"})
    tasks = {"never": task(after="over", by={"engine": "2"}, milestone="done")}
    trace = drive(site=site, tasks=tasks, end="done", b_12s="shut", b_100s="open")
    assert arrived(trace) < math.inf
    assert {row.task for _, row in trace.of("standstill")} == {"never"}


def test_who_set_out_on_foot_stays_on_foot_when_a_road_opens():
    # No vehicle passes a, b or c: it walks the short road. 50 s: at (70, 0), before the gate that opens.
    on_foot = {"vehicles": "false"}
    site = two_roads(a=on_foot, b=on_foot, c=on_foot)
    assert arrived(drive(site=site)) == pytest.approx(100.0, abs=1e-9)
    assert arrived(drive(site=site, mid_50s="open")) == pytest.approx(100.0, abs=1e-9)


def test_a_vehicle_whose_road_shuts_is_left_behind_if_there_is_a_way_on_foot():
    trace = drive(site=two_roads(d={"vehicles": "false"}), b_12s="shut")
    assert arrived(trace) == pytest.approx(12 + (50 + math.hypot(10, 5) + 125) / 1.2, abs=1e-9)
    # 20 s: 9.6 m back on foot, at (60.4, 0)
    again = drive(site=two_roads(d={"vehicles": "false"}), b_12s="shut", b_20s="open")
    assert arrived(again) == pytest.approx(20 + (59.6 + 10) / 1.2, abs=1e-9)


def test_a_crew_on_foot_looks_again_too():
    trace = drive(
        site=two_roads(a={"vehicle_delay": "9 s"}), unit={"vehicle": "false"}, b_50s="shut"
    )  # 60 m gone
    assert arrived(trace) == pytest.approx(50 + (50 + math.hypot(10, 5) + 120 + 5) / 1.2, abs=1e-9)


def test_those_who_travel_together_begin_when_the_last_has_come_round():
    site = two_roads()
    units = {
        "engine": {"people": "6", "station": "kerb", "vehicle": "true"},
        "post": {"people": "1", "station": "shed", "vehicle": "true"},
    }
    scenario = small(
        tasks={"go": task(by={"engine": "1", "post": "1"}, at="goal", milestone="over")},
        facility=site,
        groups={},
        agencies={"fire": {"title": "fire service", "units": units}},
        injects={"shut": gate("b", "12 s", closed="true")},
    )
    trace = run(scenario, plan="plan")
    assert arrived(trace) == pytest.approx(12 + (50 + math.hypot(10, 5) + 125) / S, abs=1e-9)
    assert times(trace, "unit-state", actor="post") == [0.0, arrived(trace), arrived(trace) + 60.0]


# -- gates that take time -----------------------------------------------------------------------------


def test_a_gate_may_cost_a_vehicle_time_and_costs_people_none():
    site = two_roads(a={"vehicle_delay": "20 s"}, b={"vehicle_delay": "3 s"})
    assert arrived(drive(site=site)) == pytest.approx(120 / S + 23, abs=1e-9)
    assert arrived(drive(site=site, unit={"vehicle": "false"})) == pytest.approx(100.0, abs=1e-9)


def test_a_gate_that_shuts_while_a_vehicle_is_checked_has_to_be_passed_anew():
    # 2 s to gate a, checked until 22 s; it shuts at 12 s and opens at 60 s.
    site = two_roads(a={"vehicle_delay": "20 s"}, c={"locked": "true"})
    trace = drive(site=site, a_12s="shut", a_60s="open")
    assert arrived(trace) == pytest.approx(60 + 20 + 110 / S, abs=1e-9)


def test_a_gate_farther_on_that_shuts_and_opens_while_a_vehicle_is_checked_costs_nothing():
    site = two_roads(a={"vehicle_delay": "20 s"}, c={"locked": "true"})
    assert arrived(drive(site=site, b_12s="shut", b_15s="open")) == pytest.approx(2 + 20 + 110 / S, abs=1e-9)


def test_what_is_left_of_a_check_is_not_lost_while_the_way_beyond_is_shut():
    site = two_roads(a={"vehicle_delay": "20 s"}, c={"locked": "true"})
    trace = drive(site=site, b_12s="shut", b_40s="open")  # through gate a at 22 s, then it waits
    assert arrived(trace) == pytest.approx(40 + 110 / S, abs=1e-9)
