"""Units called out: shifts, mutual aid, turnout and travel, played units, equipment, staging."""

from types import SimpleNamespace

import pytest

from drillsim.facility.graph import Facility
from drillsim.simulation.clock import Clock
from drillsim.simulation.force import Force
from drillsim.simulation.resources import Resources
from drillsim.simulation.run import run
from tests.simulation.small import inject, link, small, space, task, times, when

MORNING_S, NIGHT_S = 36000.0, 82800.0  # 10:00 and 23:00
SHIFTS = {"night": {"from": "20:00:00", "until": "06:00:00"}}
FIXED = {"dispatch": "1 min", "turnout": "90 s", "distance": "1 km", "speed": "10 m/s"}


def site(**links):
    """The kerb, a gate, 100 m of road at 10 m/s and an inner yard in a row: 5 + 100 + 10 m, 13 s."""
    made = {
        "gate": link("kerb", "road", kind="gate", width="6 m", vehicles="true"),
        "mouth": link("road", "inner", kind="gate", width="6 m", vehicles="true"),
    }
    return {
        "inside_speed": "5 m/s",
        "spaces": {
            "kerb": space("outside", x=5, width=10, depth=10),
            "road": space("road", x=60, width=100, depth=10, speed="10 m/s"),
            "inner": space("yard", x=120, width=20, depth=10),
        },
        "links": {name: entry | links.get(name, {}) for name, entry in made.items()},
    }


def agencies(**units):
    usual = {"people": "6", "station": "kerb", "vehicle": "true"}
    return {"fire": {"title": "fire service", "units": {name: usual | unit for name, unit in units.items()}}}


def called(engine, *, tasks=None, start_s=None, links=None, others=None, seed=1, **sections):
    """The engine is called 30 s after the start; the run lasts 2 h."""
    call = task(takes="30 s", effects=[{"do": "call", "units": ["engine"]}])
    scenario = small(
        tasks={"call": call, "over": task(takes="2 h", milestone="over")} | (tasks or {}),
        **(
            {"staging": ["inner"], "facility": site(**(links or {})), "groups": {}}
            | {"agencies": agencies(engine={"on_site": "false"} | engine, **(others or {}))}
            | sections
        ),
    )
    return run(scenario, plan="plan", start_s=start_s, seed=seed)


def states(trace, unit="engine"):
    return [(row.time_s, row.task, row.place) for _, row in trace.of("unit-state") if row.actor == unit]


def staged_s(trace, unit="engine"):
    return next((at for at, state, _ in states(trace, unit) if state == "staged"), None)


# -- the way ------------------------------------------------------------------------------------------


def test_lent_dispatch_turnout_the_road_outside_the_gate_and_the_site_add_up_exactly():
    trace = called(
        FIXED | {"lent": "5 min"},
        shifts={"rush": {"from": "09:30:00", "until": "10:30:00", "traffic": "1.5"}},
        links={"gate": {"vehicle_delay": "20 s"}},
    )
    call_s, lent_s, dispatch_s, turnout_s, outside_s, inside_s = 30, 300, 60, 90, 1000 / 10 * 1.5, 13 + 20
    ends = [call_s]
    for lasts_s in (lent_s, dispatch_s, turnout_s, outside_s, inside_s):
        ends.append(ends[-1] + lasts_s)
    names = ["lent", "dispatched", "turnout", "travelling", "travelling", "staged"]
    assert [(at, state) for at, state, _ in states(trace)] == list(zip(ends, names, strict=True))
    assert states(trace)[-1][2] == "inner"


def test_a_travel_time_that_is_drawn_is_stretched_by_traffic_too():
    shifts = {"rush": {"from": "09:30:00", "until": "10:30:00", "traffic": "1.5"}}
    trace = called({"travel": "4 min"}, shifts=shifts)
    assert staged_s(trace) == 30 + 240 * 1.5 + 13
    drawn = [(row.task, row.value) for _, row in trace.of("drawn") if row.actor == "unit.engine"]
    assert drawn == [("agencies.fire.units.engine.travel", 240.0)]


def test_traffic_is_that_of_the_hour_in_which_the_unit_sets_off():
    # called at 10:00:30 it sets off at 10:03, when the rush hour has begun
    shifts = {"rush": {"from": "10:02:00", "until": "11:00:00", "traffic": "2"}}
    assert staged_s(called(FIXED, shifts=shifts)) == 30 + 60 + 90 + 200 + 13
    late = {"rush": {"from": "10:04:00", "until": "11:00:00", "traffic": "2"}}
    assert staged_s(called(FIXED, shifts=late)) == 30 + 60 + 90 + 100 + 13


def test_a_gate_that_shuts_on_the_way_to_staging_holds_the_unit_up_until_it_opens():
    shut = {"do": "link", "link": "mouth", "closed_to": "all"}
    # On the site from 280 s: 1 s at the kerb, 3 s or 30 m of road; 7 + 2 s remain.
    trace = called(
        FIXED,
        injects={
            "shut": inject("284 s", shut | {"closed": "true"}),
            "open": inject("400 s", shut | {"closed": "false"}),
        },
    )
    assert states(trace)[-3:] == [
        (284.0, "travelling", "road"),
        (400.0, "travelling", "road"),
        (409.0, "staged", "inner"),
    ]


def test_a_unit_held_up_for_good_is_named_and_one_lost_meanwhile_is_not():
    shut = inject("284 s", {"do": "link", "link": "mouth", "closed": "true", "closed_to": "all"})
    tasks = {"water": task(by="engine", milestone="done")}
    stood = {
        row.task for _, row in called(FIXED, injects={"shut": shut}, tasks=tasks, end="done").of("standstill")
    }
    assert "unit.engine" in stood
    for lost_at in ("100 s", "283 s", "300 s"):
        lost = inject(lost_at, {"do": "disable", "name": "engine"})
        trace = called(FIXED, injects={"shut": shut, "lost": lost}, tasks=tasks, end="done")
        assert "unit.engine" not in {row.task for _, row in trace.of("standstill")}
        assert staged_s(trace) is None


# -- shifts -------------------------------------------------------------------------------------------


def test_a_night_shift_with_a_longer_turnout_comes_later_by_just_that():
    unit = FIXED | {"shifts": {"night": {"turnout": "5 min", "dispatch": "2 min"}}}
    day, night = (called(unit, shifts=SHIFTS, start_s=at) for at in (MORNING_S, NIGHT_S))
    assert (staged_s(day), staged_s(night)) == (293.0, 293.0 + 210.0 + 60.0)


def test_a_slower_night_shift_is_late_in_every_run_under_the_same_luck():
    turnout = {"median": "60 s", "p90": "90 s"}
    unit = FIXED | {
        "turnout": turnout,
        "shifts": {"night": {"turnout": {"median": "3 min", "p90": "4.5 min"}}},
    }
    for seed in range(1, 6):
        day, night = (called(unit, shifts=SHIFTS, start_s=at, seed=seed) for at in (MORNING_S, NIGHT_S))
        day_turnout_s, night_turnout_s = staged_s(day) - 203.0, staged_s(night) - 203.0
        assert night_turnout_s == pytest.approx(3.0 * day_turnout_s, rel=1e-9)


def test_a_shift_that_begins_before_the_unit_turns_out_fixes_its_turnout_but_not_how_many_there_are():
    unit = FIXED | {"count": "2", "shifts": {"night": {"turnout": "5 min", "count": "1", "people": "2"}}}
    trace = called(unit, shifts=SHIFTS, start_s=20 * 3600.0 - 60.0)  # 19:59:00; turnout from 20:00:30
    assert [staged_s(trace, name) for name in ("engine-1", "engine-2")] == [293.0 + 210.0] * 2
    assert trace.header.units == (("engine-1", 6, True), ("engine-2", 6, True))


def test_on_the_night_shift_there_are_fewer_and_no_more_ever_come():
    unit = FIXED | {"count": "3", "shifts": {"night": {"count": "1", "people": "4"}}}
    tasks = {
        "one": task(by="engine", at="inner"),
        "two": task(by={"engine": "2"}, at="inner", after="one"),
    }
    day, night = (called(unit, shifts=SHIFTS, start_s=at, tasks=tasks) for at in (MORNING_S, NIGHT_S))
    assert [name for name, _, _ in day.header.units] == ["engine-1", "engine-2", "engine-3"]
    assert night.header.units == (("engine-1", 4, True),)
    assert {row.actor for _, row in night.of("called")} == {"engine-1"}
    assert day.first("task-started", task="two")[1].value == 12.0
    assert night.first("task-started", task="one")[1].value == 4.0
    assert night.first("task-started", task="two") is None
    assert {row.value for _, row in night.of("unit-state")} == {4.0}


def test_a_kind_that_is_off_on_a_shift_neither_works_nor_comes():
    unit = FIXED | {"on_site": "true", "shifts": {"night": {"count": "0"}}}
    trace = called(unit, shifts=SHIFTS, start_s=NIGHT_S, tasks={"go": task(by="engine", at="inner")})
    assert (trace.first("called"), trace.first("task-started", task="go")) == (None, None)
    assert trace.header.units == ()


# -- spares, played units, equipment ------------------------------------------------------------------


def test_a_spare_unit_that_nobody_calls_changes_nothing_at_all():
    tasks = {
        "water": task(by="engine", at="inner", takes={"median": "5 min", "p90": "9 min"}, milestone="water"),
    }
    unit = FIXED | {"turnout": {"median": "60 s", "p90": "90 s"}}
    for seed in (1, 2, 3):
        without = called(unit, tasks=tasks, seed=seed)
        spare = called(
            unit, tasks=tasks, seed=seed, others={"a-spare": {"on_site": "false", "turnout": "1 s"}}
        )
        assert [name for name, _, _ in spare.header.units] == ["a-spare", "engine"]
        assert when(spare, "water") == when(without, "water")
        assert spare.rows == without.rows


def test_a_unit_the_controller_plays_is_staged_that_long_after_the_call_and_draws_nothing_else():
    shifts = {"rush": {"from": "09:30:00", "until": "10:30:00", "traffic": "3"}}
    trace = called(FIXED | {"lent": "5 min", "played": "7 min"}, shifts=shifts)
    assert states(trace) == [(30.0, "travelling", "kerb"), (450.0, "staged", "inner")]
    drawn = [row.task for _, row in trace.of("drawn") if "units.engine" in row.task]
    assert drawn == ["agencies.fire.units.engine.played"]
    assert trace.rows[trace.rows[trace.first("unit-state")[1].cause].cause].event == "task-done"


def test_what_a_unit_brings_is_on_hand_once_it_is_staged_and_explains_the_wait_for_it():
    tasks = {"foam": task(uses={"foam": "3"}), "more": task(uses={"foam": "4"})}
    trace = called(FIXED | {"brings": {"foam": "2"}}, tasks=tasks, capacities={"foam": {"count": "1"}})
    assert times(trace, "task-started", task="foam") == [293.0]
    assert times(trace, "task-started", task="more") == []
    cause = trace.rows[trace.first("units-granted", task="foam")[1].cause]
    assert (cause.event, cause.task, cause.actor) == ("unit-state", "staged", "engine")


def test_what_units_on_site_bring_is_on_hand_from_the_start():
    tasks = {"foam": task(uses={"foam": "4"})}
    unit = {"count": "2", "on_site": "true", "brings": {"foam": "2"}}
    trace = called(unit, tasks=tasks, capacities={"foam": {"count": "0"}})
    assert times(trace, "task-started", task="foam") == [0.0]


def test_equipment_is_named_after_the_unit_that_brings_it():
    force, core = force_alone(agencies=agencies(engine={"count": "2", "brings": {"foam": "2"}}))
    core.resources.add(("capacity", "foam"), ["foam-1"])
    force.start(cause=0)
    grant = core.resources.request({("capacity", "foam"): 5}, priority=5, who="test").value
    names = ("foam-1", "foam@engine-1-1", "foam@engine-1-2", "foam@engine-2-1", "foam@engine-2-2")
    assert grant.members["capacity", "foam"] == names


# -- who, and whether there is a way ------------------------------------------------------------------


def force_alone(*, shut=frozenset(), staging=(), unlimited=False, **sections):
    """The units of a run that has not begun, and what they share."""
    scenario = small(
        tasks={"over": task(milestone="over")}, facility=site(), groups={}, staging=staging, **sections
    )
    clock = Clock()
    facility = Facility.build(scenario.facility)
    rows = []
    core = SimpleNamespace(
        scenario=scenario,
        plan=scenario.plans["plan"],
        facility=facility,
        clock=clock,
        resources=Resources(clock, unlimited=unlimited),
        trace=SimpleNamespace(header=SimpleNamespace(start_s=MORNING_S)),
        note=lambda event, **row: rows.append((event, row)) or len(rows) - 1,
        rows=rows,
    )
    closed = frozenset(facility.link_index[name] for name in shut)
    return Force(core, danger=frozenset, closed=lambda: closed), core


@pytest.mark.parametrize(
    ("shut", "staging", "blocked"),
    [
        ((), ("inner",), False),
        (("mouth",), ("inner",), True),
        (("mouth",), ("inner", "kerb"), False),
        (("gate", "mouth"), ("inner", "kerb"), True),
        (("gate", "mouth"), ("road",), False),  # it is there
        (("mouth",), (), False),  # by default to where units are stationed
        (("gate",), (), True),
    ],
)
def test_a_way_is_blocked_if_none_leads_on_foot_to_any_staging_place(shut, staging, blocked):
    force, _ = force_alone(shut=shut, staging=staging, agencies=agencies(engine={}))
    assert force.way_blocked("road") is blocked


def test_units_belong_to_their_agency_and_count_their_heads_on_shift():
    crews = agencies(engine={"shifts": {"day": {"people": "5"}}}) | {
        "port": {"title": "port", "units": {"patrol": {"people": "2", "station": "kerb"}}}
    }
    day = {"day": {"from": "06:00:00", "until": "20:00:00"}}
    force, _ = force_alone(agencies=crews, shifts=day)
    assert (force.agency_of("engine"), force.agency_of("patrol")) == ("fire", "port")
    assert (force.heads("engine"), force.people(["engine", "patrol"])) == (5, 7)
    with pytest.raises(KeyError, match="boat"):
        force.agency_of("boat")


def test_one_more_unit_of_an_unlimited_pool_stands_where_it_is_needed():
    force, core = force_alone(unlimited=True, agencies=agencies(engine={}))
    grant = core.resources.request({("unit", "engine"): 3}, priority=5, who="test").value
    assert grant.members["unit", "engine"] == ("engine", "engine+1", "engine+2")
    assert force.people(grant.members["unit", "engine"]) == 18
    with pytest.raises(StopIteration) as done:
        next(force.travel(("engine+1", "engine+2"), "inner", who="test", cause=7))
    assert done.value.value == 7  # there at once, because of what it was asked for
    force.set_state(("engine+1",), "working", place=None, cause=7)
    assert core.rows[-1][1] | {"cause": 0} == {
        "actor": "engine+1", "place": "inner", "task": "working", "value": 6, "unit": "p", "cause": 0,
    }  # fmt: skip


def test_those_who_wait_for_a_way_hear_of_every_change():
    force, _ = force_alone(agencies=agencies(engine={}))
    first = force.ways_changed_event
    force.ways_changed(cause=4)
    assert (first.triggered, first.value, force.ways_changed_event.triggered) == (True, 4, False)
