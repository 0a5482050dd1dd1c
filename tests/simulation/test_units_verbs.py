"""Units called, disabled, on their way, before gates and at work; and who gets them first."""

import pytest

from drillsim.simulation.force import WALK_M_S
from drillsim.simulation.run import run
from tests.simulation.small import end_states, inject, link, passages, small, space, task, times, when

YARD_TO_ROOM_S = (20.0 + 20.0 + 4.0) / 1.2  # from the middle of the yard through the corridor into the room


def states(trace, unit):
    return [(row.time_s, row.task, row.place) for _, row in trace.of("unit-state") if row.actor == unit]


def began(trace, name):
    found = times(trace, "task-started", task=name)
    return found[0] if found else None


def call(**entries):
    return task(takes="0 s", effects=[{"do": "call", "units": ["engine"]}]) | entries


def off(name, **entries):
    return {"do": "disable", "name": name} | entries


def road_site(**links):
    """Outside, a gate, 100 m of road and an inner yard, in a row; an outer yard 60 m the other way."""
    made = {
        "gate": link("kerb", "road", kind="gate", width="6 m", vehicles="true"),
        "mouth": link("road", "inner", kind="opening", width="6 m", vehicles="true"),
        "lane": link("outer", "kerb", kind="opening", width="6 m", vehicles="true"),
    }
    return {
        "inside_speed": "5 m/s",
        "spaces": {
            "outer": space("yard", x=-30, width=60, depth=10),
            "kerb": space("outside", x=5, width=10, depth=10),
            "road": space("road", x=60, width=100, depth=10, speed="10 m/s"),
            "inner": space("yard", x=120, width=20, depth=10),
        },
        "links": {name: entry | links.get(name, {}) for name, entry in made.items()},
    }


def brigade(**entries):
    engine = {"people": "6", "station": "kerb", "vehicle": "true"} | entries
    return {"fire": {"title": "fire service", "units": {"engine": engine}}}


# -- on the way ---------------------------------------------------------------------------------------


def test_a_crew_on_foot_takes_the_walking_length_over_its_speed():
    assert WALK_M_S == 1.2
    trace = run(small(tasks={"go": task(by="crew", at="room", milestone="over")}), plan="plan")
    assert began(trace, "go") == pytest.approx(YARD_TO_ROOM_S, abs=1e-9)
    assert when(trace, "over") == pytest.approx(YARD_TO_ROOM_S + 60.0, abs=1e-9)
    assert states(trace, "crew-1")[0] == (0.0, "travelling", "yard")
    assert states(trace, "crew-1")[-1][1:] == ("staged", "room")


@pytest.mark.parametrize(("vehicle", "seconds"), [("true", 5 / 5 + 100 / 10 + 10 / 5), ("false", 115 / 1.2)])
def test_a_vehicle_drives_each_space_at_its_speed_and_a_crew_without_one_walks(vehicle, seconds):
    scenario = small(
        tasks={"go": task(by="engine", at="inner", milestone="over")},
        facility=road_site(),
        groups={},
        agencies=brigade(vehicle=vehicle),
    )
    assert began(run(scenario, plan="plan"), "go") == pytest.approx(seconds, abs=1e-9)


def test_a_vehicle_without_a_road_goes_on_foot():
    site = road_site(mouth={"vehicles": "false"})
    scenario = small(
        tasks={"go": task(by="engine", at="inner", milestone="over")},
        facility=site,
        groups={},
        agencies=brigade(),
    )
    assert began(run(scenario, plan="plan"), "go") == pytest.approx(115 / 1.2, abs=1e-9)


def test_a_called_unit_drives_the_road_outside_and_then_to_staging():
    scenario = small(
        tasks={"call": call(takes="30 s"), "go": task(after="staged.engine", takes="0 s", milestone="over")},
        staging=["inner"],
        facility=road_site(),
        groups={},
        agencies=brigade(on_site="false", dispatch="1 min", turnout="90 s", distance="1 km", speed="10 m/s"),
    )
    trace = run(scenario, plan="plan")
    assert [at for at, state, _ in states(trace, "engine") if state == "staged"] == [
        30.0 + 60.0 + 90.0 + 100.0 + 13.0
    ]
    assert states(trace, "engine")[-1][2] == "inner"
    assert when(trace, "over") == 293.0


def test_a_unit_that_is_called_twice_comes_once():
    tasks = {"call": call(), "again": call(takes="2 min"), "over": task(takes="20 min", milestone="over")}
    trace = run(small(tasks=tasks), plan="plan")
    assert times(trace, "called") == [0.0]
    assert [at for at, state, _ in states(trace, "engine") if state == "staged"] == [360.0]


# -- gates --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("closed_to", ["public", "all"])
@pytest.mark.parametrize("kind", ["door", "gate"])
def test_a_locked_way_that_is_opened_lets_people_out_and_crews_in(kind, closed_to):
    site = {
        "movement": {"specific_flow": "1.33 p/s/m"},
        "spaces": {
            "room": space("room", x=4, width=8),
            "corridor": space("corridor", x=18, width=20),
            "yard": space("muster", x=48, width=40, depth=40),
        },
        "links": {
            "door": link("room", "corridor"),
            "exit": link("corridor", "yard", kind=kind, locked="true"),
        },
    }
    opened = {"do": "link", "link": "exit", "closed": "false", "closed_to": closed_to}
    scenario = small(
        tasks={
            "alarm": task(takes="0 s", effects=[{"do": "tell", "mode": "voice"}]),
            "go": task(by="crew", at="room"),
            "over": task(takes="20 min", milestone="over"),
        },
        facility=site,
        injects={"key": inject("5 min", opened)},
    )
    trace = run(scenario, plan="plan")
    out = passages(trace, "exit", into="yard")
    assert len(out) == 10
    # all wait in the room or on the way: nobody needs longer than from the room
    assert 300.0 <= out[0] <= 325.0
    assert out[-1] <= 300.0 + 4.0 + 9 / 0.931 + 20.0 + 1e-6
    assert began(trace, "go") == pytest.approx(300.0 + YARD_TO_ROOM_S, abs=1e-9)
    assert end_states(trace) == {("staff", "evacuated"): 10.0}


def test_a_vehicle_waits_before_a_locked_gate_and_drives_on_at_the_moment_it_opens():
    scenario = small(
        tasks={"go": task(by="engine", at="inner", milestone="over")},
        facility=road_site(gate={"locked": "true"}),
        groups={},
        agencies=brigade(),
        injects={
            "key": inject("5 min", {"do": "link", "link": "gate", "closed": "false", "closed_to": "all"})
        },
    )
    trace = run(scenario, plan="plan")
    # the gate is 5 m, one second, from where the engine stands: it waits here or there
    assert 312.0 - 1e-9 <= began(trace, "go") <= 313.0 + 1e-9
    started = trace.first("task-started", task="go")[1]
    while started.cause >= 0 and started.event not in ("link-opened", "startex"):
        started = trace.rows[started.cause]
    assert started.event == "link-opened"


def test_a_gate_that_is_shut_while_the_unit_stands_elsewhere_keeps_it_out_until_it_opens():
    gate = {"do": "link", "link": "gate", "closed_to": "all"}
    scenario = small(
        tasks={
            "go": task(by="engine", after="ready", at="inner", milestone="over"),
            "ready": task(takes="2 min"),
        },
        facility=road_site(),
        groups={},
        agencies=brigade(),
        injects={
            "shut": inject("1 min", gate | {"closed": "true"}),
            "key": inject("5 min", gate | {"closed": "false"}),
        },
    )
    assert 312.0 - 1e-9 <= began(run(scenario, plan="plan"), "go") <= 313.0 + 1e-9


def test_a_way_closed_to_the_public_lets_crews_through():
    closed = {"do": "link", "link": "exit", "closed": "true", "closed_to": "public"}
    scenario = small(
        tasks={
            "alarm": task(takes="0 s", effects=[{"do": "tell", "mode": "voice"}]),
            "go": task(by="crew", at="room"),
            "over": task(takes="20 min", milestone="over"),
        },
        injects={"cordon": inject("0 s", closed)},
    )
    trace = run(scenario, plan="plan")
    assert began(trace, "go") == pytest.approx(YARD_TO_ROOM_S, abs=1e-9)
    assert end_states(trace) == {("staff", "trapped"): 10.0}


def test_staging_behind_a_locked_gate_is_not_chosen():
    scenario = small(
        tasks={"call": call(), "over": task(takes="20 min", milestone="over")},
        staging=["inner", "outer"],
        facility=road_site(gate={"locked": "true"}),
        groups={},
        agencies=brigade(on_site="false", turnout="1 min"),
    )
    trace = run(scenario, plan="plan")
    # 5 m of kerb and 30 m of outer yard at 5 m/s
    assert [row for row in states(trace, "engine") if row[1] == "staged"] == [(67.0, "staged", "outer")]


def test_the_nearest_candidate_for_staging_is_chosen_where_every_gate_is_open():
    scenario = small(
        tasks={"call": call(), "over": task(takes="20 min", milestone="over")},
        staging=["inner", "outer"],
        facility=road_site(),
        groups={},
        agencies=brigade(on_site="false", turnout="1 min"),
    )
    # 13 s to the inner yard, 7 s to the outer one
    assert states(run(scenario, plan="plan"), "engine")[-1] == (67.0, "staged", "outer")
    near = small(
        tasks={"call": call(), "over": task(takes="20 min", milestone="over")},
        staging=["inner"],
        facility=road_site(),
        groups={},
        agencies=brigade(on_site="false", turnout="1 min"),
    )
    assert states(run(near, plan="plan"), "engine")[-1] == (73.0, "staged", "inner")


def test_a_run_whose_only_staging_lies_behind_a_locked_gate_ends_without_anybody_staged_there():
    scenario = small(
        tasks={"call": call(), "over": task(takes="20 min", milestone="over")},
        staging=["inner"],
        facility=road_site(gate={"locked": "true"}),
        groups={},
        agencies=brigade(on_site="false", turnout="1 min"),
    )
    trace = run(scenario, plan="plan")
    assert (trace.rows[-1].event, trace.rows[-1].task) == ("end", "endex")
    assert when(trace, "over") == 1200.0
    assert times(trace, "called") == [0.0]
    assert [row for row in states(trace, "engine") if row[1:] == ("staged", "inner")] == []


def staged_by_a_spill(*, wind_from, candidates):
    """Where and when an engine from the east is staged: west, the spill, east, far east in a row."""
    site = {
        "spaces": {
            "west": space("yard", x=-60, width=80, depth=10),
            "spill": space("yard", x=0, width=40, depth=10),
            "east": space("yard", x=60, width=80, depth=10),
            "kerb": space("outside", x=105, width=10, depth=10),
            "far-east": space("yard", x=150, width=80, depth=10),
        },
        "links": {
            "a": link("west", "spill", kind="opening", width="6 m"),
            "b": link("spill", "east", kind="opening", width="6 m"),
            "c": link("east", "kerb", kind="opening", width="6 m"),
            "d": link("kerb", "far-east", kind="opening", width="6 m"),
        },
    }
    leak = {
        "kind": "leak",
        "substance": "acrylonitrile",
        "at": "spill",
        "amount": "200 kg",
        "outflow": "10 min",
    }
    scenario = small(
        tasks={"call": call(), "over": task(takes="20 min", milestone="over")},
        staging=candidates,
        facility=site,
        groups={},
        agencies=brigade(on_site="false", turnout="1 min", vehicle="false"),
        hazards={"d": leak | {"pool": "10 m²", "onset": "-10 min"}},
        weather={"wind_from": wind_from, "wind_sd": "0°", "wind_speed": "3 m/s"},
    )
    return states(run(scenario, plan="plan"), "engine")[-1]


def test_of_two_candidates_the_one_upwind_of_a_leak_is_taken_though_it_is_farther():
    both = ["east", "west"]
    assert staged_by_a_spill(wind_from="90°", candidates=both) == (pytest.approx(97.5), "staged", "east")
    assert staged_by_a_spill(wind_from="270°", candidates=both) == (pytest.approx(197.5), "staged", "west")


def test_where_no_candidate_lies_upwind_of_a_leak_the_farthest_from_it_is_taken():
    downwind = staged_by_a_spill(wind_from="270°", candidates=["east", "far-east"])
    assert downwind == (pytest.approx(60.0 + 45.0 / 1.2), "staged", "far-east")


# -- out of action ------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["0 s", "30 s", "90 s", "150 s", "359 s"])
def test_a_unit_lost_for_good_before_or_during_call_out_is_never_staged_and_never_granted(at):
    tasks = {
        "call": call(takes="10 s"),
        "water": task(by="engine", at="yard"),
        "after": task(after="staged.engine"),
        "over": task(takes="20 min", milestone="over"),
    }
    trace = run(small(tasks=tasks, injects={"lost": inject(at, off("engine"))}), plan="plan")
    assert times(trace, "disabled", actor="engine") == [float(at.split()[0])]
    assert [row for row in states(trace, "engine") if row[1] == "staged"] == []
    assert began(trace, "water") is None
    assert began(trace, "after") is None
    # the same without the inject
    assert began(run(small(tasks=tasks), plan="plan"), "water") == 370.0


def test_a_pool_lost_for_good_grants_nothing_even_after_an_outage_that_ends():
    trace = run(
        small(
            tasks={
                "go": task(by="crew", after="wait"),
                "wait": task(),
                "over": task(takes="1 h", milestone="over"),
            },
            injects={"a": inject("0 s", off("crew", lasts="10 min")), "b": inject("5 min", off("crew"))},
        ),
        plan="plan",
    )
    assert began(trace, "go") is None
    assert times(trace, "enabled") == []


def test_two_outages_that_overlap_end_with_the_last_of_them():
    scenario = small(
        tasks={"wait": task(), "go": task(after="wait", by="crew", milestone="over")},
        injects={
            "a": inject("0 s", off("crew", lasts="10 min")),
            "b": inject("5 min", off("crew", lasts="10 min")),
        },
    )
    trace = run(scenario, plan="plan")
    assert times(trace, "enabled", actor="crew") == [900.0]
    assert began(trace, "go") == 900.0


def test_a_short_outage_within_a_long_one_changes_nothing():
    scenario = small(
        tasks={"wait": task(), "go": task(after="wait", by="crew", milestone="over")},
        injects={
            "long": inject("0 s", off("crew", lasts="10 min")),
            "short": inject("2 min", off("crew", lasts="1 min")),
        },
    )
    trace = run(scenario, plan="plan")
    assert began(trace, "go") == 600.0
    assert times(trace, "enabled") == [600.0]


def test_an_inject_at_the_start_acts_before_any_task_takes_a_unit():
    scenario = small(
        tasks={"go": task(by="crew", milestone="over")},
        injects={"out": inject("0 s", off("crew", lasts="5 min"))},
    )
    trace = run(scenario, plan="plan")
    assert began(trace, "go") == 300.0
    granted = trace.rows[trace.first("units-granted", task="go")[1].cause]
    assert (granted.event, granted.time_s) == ("enabled", 300.0)


def test_a_capacity_that_is_out_for_a_while_holds_up_the_task_that_uses_it():
    scenario = small(
        tasks={
            "other": task(),
            "report": task(after="other", uses={"channel": "1"}, milestone="over"),
        },
        capacities={"channel": {"count": "1"}},
        injects={"jam": inject("0 s", off("channel", lasts="5 min"))},
    )
    trace = run(scenario, plan="plan")
    assert (began(trace, "other"), began(trace, "report"), when(trace, "over")) == (0.0, 300.0, 360.0)


# -- who gets them ------------------------------------------------------------------------------------


def test_who_waits_for_two_pools_holds_neither_and_a_task_that_needs_only_one_goes_first():
    agencies = {
        "fire": {
            "title": "fire service",
            "units": {
                "boat": {"people": "2", "station": "yard"},
                "crane": {"people": "1", "station": "yard"},
            },
        }
    }
    tasks = {
        "hoist": task(by="crane", takes="10 min"),
        "both": task(after="minute", by={"boat": "1", "crane": "1"}, milestone="over"),
        "minute": task(takes="1 min"),
        "single": task(after="later", by="boat", takes="2 min"),
        "later": task(takes="2 min"),
    }
    trace = run(small(tasks=tasks, agencies=agencies), plan="plan")
    assert began(trace, "single") == 120.0
    assert began(trace, "both") == 600.0
    assert when(trace, "over") == 660.0


def test_who_waits_for_a_capacity_does_not_hold_its_crew_meanwhile():
    tasks = {
        "talk": task(uses={"channel": "1"}, takes="10 min"),
        "both": task(after="minute", by={"crew": "2"}, uses={"channel": "1"}, milestone="over"),
        "minute": task(takes="1 min"),
        "single": task(after="later", by="crew", takes="2 min"),
        "later": task(takes="2 min"),
    }
    trace = run(small(tasks=tasks, capacities={"channel": {"count": "1"}}), plan="plan")
    assert began(trace, "single") == 120.0
    assert began(trace, "both") == 600.0


def test_two_tasks_that_want_the_same_two_pools_do_not_block_each_other():
    tasks = {
        "x": task(by={"crew": "2"}, uses={"channel": "1"}, takes="5 min", milestone="first"),
        "y": task(by={"crew": "2"}, uses={"channel": "1"}, takes="5 min", milestone="over"),
    }
    trace = run(small(tasks=tasks, capacities={"channel": {"count": "1"}}), plan="plan")
    assert (when(trace, "first"), when(trace, "over")) == (300.0, 600.0)


def test_a_task_that_keeps_its_units_leaves_none_for_the_next():
    tasks = {
        "post": task(by={"crew": "2"}, at="yard", keeps_units="true"),
        "go": task(after="post", by="crew", milestone="over"),
    }
    trace = run(small(tasks=tasks), plan="plan")
    assert states(trace, "crew-1")[-1] == (60.0, "posted", "yard")
    assert states(trace, "crew-2")[-1] == (60.0, "posted", "yard")
    assert began(trace, "go") is None
    tasks["post"]["keeps_units"] = "false"
    assert began(run(small(tasks=tasks), plan="plan"), "go") == 60.0


@pytest.mark.parametrize(("count", "expected"), [("1", [0.0, 300.0, 600.0]), ("2", [0.0, 0.0, 300.0])])
def test_tasks_queue_for_what_they_use(count, expected):
    tasks = {f"t{n}": task(uses={"lane": "1"}, takes="5 min") for n in range(3)}
    tasks["all"] = task(after=["t0", "t1", "t2"], takes="0 s", milestone="over")
    trace = run(small(tasks=tasks, capacities={"lane": {"count": count}}), plan="plan")
    assert [began(trace, f"t{n}") for n in range(3)] == expected


def test_priority_0_is_served_before_priority_5_that_asked_earlier():
    tasks = {
        "busy": task(by={"crew": "2"}, takes="5 min"),
        "early": task(after="a", by={"crew": "2"}, takes="5 min"),
        "urgent": task(after="b", by={"crew": "2"}, takes="5 min", priority="0"),
        "a": task(takes="1 min"),
        "b": task(takes="2 min"),
        "all": task(after=["early", "urgent"], takes="0 s", milestone="over"),
    }
    trace = run(small(tasks=tasks), plan="plan")
    assert (began(trace, "urgent"), began(trace, "early")) == (300.0, 600.0)


def test_skills_are_a_matter_of_the_check_and_not_of_the_run():
    tasks = {"dive": task(by="crew", skills=["divers"], takes="5 min", milestone="over")}
    assert when(run(small(tasks=tasks), plan="plan"), "over") == 300.0


# -- at work ------------------------------------------------------------------------------------------


def test_the_way_donning_work_and_reliefs_add_up():
    air = {"usable": "31 min", "way": "4 min", "change": "6 min"}
    tasks = {
        "enter": task(
            by="crew", at="room", prepare="3 min", takes="25 min", air=air, starts="in", milestone="over"
        )
    }
    trace = run(small(tasks=tasks), plan="plan")
    # 4 min in, then 25 min of work at 23 min a bottle: the one pair that does not stand by goes out and
    # in again, 4 + 4 min, which is longer than the change of 6
    begin_s = YARD_TO_ROOM_S + 180.0
    assert states(trace, "crew-1")[1] == (pytest.approx(YARD_TO_ROOM_S), "donning", "room")
    assert when(trace, "in") == pytest.approx(begin_s)
    assert states(trace, "crew-1")[2] == (pytest.approx(begin_s), "on-air", "room")
    assert when(trace, "over") == pytest.approx(begin_s + 240.0 + 1500.0 + 480.0)
    assert trace.first("task-done", task="enter")[1].value == pytest.approx(2220.0)


def test_a_milestone_of_the_start_is_stamped_when_work_begins_and_not_when_it_ends():
    tasks = {"work": task(prepare="2 min", takes="5 min", starts="begun", milestone="over")}
    trace = run(small(tasks=tasks), plan="plan")
    assert (when(trace, "begun"), when(trace, "over")) == (120.0, 420.0)
