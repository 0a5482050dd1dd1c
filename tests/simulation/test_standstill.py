"""How a run ends: when, why, and who still waits for what."""

import pytest

from drillsim.simulation.run import run
from tests.simulation.small import end_states, inject, passages, small, task, times, when

CHIEF = {"agency": "fire", "decides": "2 min"}
FIRE = {"kind": "fire", "at": "room", "door": "door", "smoulder": "1 s", "growth": "60 s", "detector": "10 s"}


def waits(trace):
    """Rows of the standstill: who, for what, since when."""
    assert trace.rows[-1].task == "standstill"
    return [(row.task, row.actor, row.value) for _, row in trace.of("standstill")]


def one(rows, who):
    found = [row for row in rows if row[0] == who]
    assert len(found) == 1, rows
    return found[0]


def alarm(takes="0 s", **order):
    return task(takes=takes, effects=[{"do": "tell", "mode": "voice"} | order])


def aliased(tasks):
    """``if`` is no name in Python."""
    return {
        name: {"if" if key == "if_" else key: entry for key, entry in keys.items()}
        for name, keys in tasks.items()
    }


# -- who waits ----------------------------------------------------------------------------------------


def test_a_standstill_names_the_role_that_never_takes_office():
    tasks = {
        "a": task(takes="1 min"),
        "go": task(after="a", order_by="chief", takes="0 s", milestone="over"),
    }
    roles = {"chief": CHIEF | {"takes_office": "staged.engine"}}
    _, what, since_s = one(waits(run(small(tasks=tasks, roles=roles), plan="plan")), "go")
    assert "chief" in what
    assert since_s == 60.0


def test_a_standstill_names_the_crew_that_never_comes_and_since_when_it_is_awaited():
    tasks = {"a": task(takes="1 min"), "go": task(after="a", by="engine", milestone="over")}
    trace = run(small(tasks=tasks), plan="plan")
    assert waits(trace) == [("go", "1 x unit engine", 60.0)]


def test_a_standstill_names_every_task_that_waits_for_the_same_crew():
    tasks = {
        "a": task(by={"crew": "2"}, takes="1 min", keeps_units="true"),
        "b": task(by="crew", milestone="over"),
        "c": task(after="delay", by="crew"),
        "delay": task(takes="3 min"),
    }
    rows = waits(run(small(tasks=tasks), plan="plan"))
    assert {(who, since_s) for who, _, since_s in rows} == {("b", 0.0), ("c", 180.0)}
    assert all("crew" in what for _, what, _ in rows)


def test_a_standstill_names_the_knowledge_a_task_waits_for():
    tasks = {
        "a": task(takes="1 min"),
        "enter": task(after="a", needs="cargo", milestone="over"),
    }
    trace = run(small(tasks=tasks, information={"cargo": "UN number"}), plan="plan")
    _, what, since_s = one(waits(trace), "enter")
    assert "cargo" in what
    assert since_s == 60.0


def test_a_standstill_names_the_inject_that_waits_for_what_never_comes():
    tasks = {
        "a": task(takes="1 min"),
        "b": task(after="inject.call", milestone="over"),
    }
    trace = run(small(tasks=tasks, injects={"call": inject("", after="staged.engine")}), plan="plan")
    rows = waits(trace)
    (about,) = [row for row in rows if "call" in row[0]]
    assert about[1] == "staged.engine"
    assert one(rows, "b")[1] == "inject.call"


def test_a_standstill_names_the_task_that_was_left_out_and_since_when_nothing_else_was_missing():
    tasks = {
        "raise": task(if_=[{"happened": "staged.engine"}], effects=[{"do": "level", "level": "big"}]),
        "work": task(takes="7 min"),
        "finish": task(after=["level.big", "work"], milestone="over"),
    }
    trace = run(small(tasks=aliased(tasks), levels={"big": {"rank": "1"}}), plan="plan")
    assert waits(trace) == [("finish", "level.big, left out: raise", 420.0)]


def test_a_moment_that_a_task_not_left_out_may_still_bring_is_not_said_to_be_left_out():
    raising = {"effects": [{"do": "level", "level": "big"}]}
    tasks = {
        "raise": task(if_=[{"happened": "staged.engine"}], **raising),
        "also": task(after="finish", **raising),
        "finish": task(after="level.big", milestone="over"),
    }
    trace = run(small(tasks=aliased(tasks), levels={"big": {"rank": "1"}}), plan="plan")
    assert one(waits(trace), "finish")[1] == "level.big"


def test_a_wait_for_a_unit_that_is_out_of_service_names_what_put_it_out():
    tasks = {"a": task(takes="1 min"), "go": task(after="a", by="crew", milestone="over")}
    crash = inject("30 s", {"do": "disable", "name": "crew"})
    trace = run(small(tasks=tasks, injects={"crash": crash}), plan="plan")
    assert waits(trace) == [("go", "1 x unit crew, out: unit crew since inject.crash", 60.0)]


def test_a_standstill_names_the_people_behind_a_locked_gate_with_place_and_heads():
    shut = {"do": "link", "link": "exit", "closed": "true", "closed_to": "public"}
    groups = {
        "clerks": {"count": "3", "place": "corridor", "profile": "plain"},
        "staff": {"count": "10", "place": "room", "profile": "plain"},
    }
    out = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}
    scenario = small(
        tasks={"alarm": alarm(), "count": task(after="last_out", milestone="over")},
        groups=groups,
        milestones={"last_out": out},
        injects={"shut": inject("0 s", shut)},
    )
    trace = run(scenario, plan="plan")
    assert trace.rows[-1].task == "standstill"
    said = {(row.task, row.place) for _, row in trace.of("standstill")}
    assert said >= {("3 people", "corridor"), ("10 people", "room")}
    assert passages(trace, "exit", into="yard") == []
    assert end_states(trace) == {("clerks", "trapped"): 3.0, ("staff", "trapped"): 10.0}


def test_a_standstill_names_the_people_before_a_space_that_stays_full():
    site = small(tasks={}).facility.model_copy()
    corridor = site.spaces["corridor"].model_copy(update={"area_m2": 2.0})  # holds five
    site = site.model_copy(update={"spaces": dict(site.spaces) | {"corridor": corridor}})
    groups = {
        "guards": {"count": "5", "place": "corridor", "profile": "plain", "stays": "true"},
        "staff": {"count": "10", "place": "room", "profile": "plain"},
    }
    out = {"title": "out", "observed": "out", "when": {"empty": "room", "after": "alarm"}}
    scenario = small(
        tasks={"alarm": alarm(), "count": task(after="last_out", milestone="over")},
        facility=site,
        groups=groups,
        milestones={"last_out": out},
    )
    trace = run(scenario, plan="plan")
    assert one(waits(trace), "count")[1] == "last_out"
    assert ("10 people", "room") in {(row.task, row.place) for _, row in trace.of("standstill")}


def test_a_standstill_names_the_unit_before_a_gate_that_never_opens():
    shut = {"do": "link", "link": "exit", "closed": "true", "closed_to": "all"}
    site = small(tasks={}).facility.model_copy()
    links = dict(site.links)
    links["exit"] = links["exit"].model_copy(update={"kind": "gate"})
    scenario = small(
        tasks={"go": task(by="crew", at="room", milestone="over")},
        facility=site.model_copy(update={"links": links}),
        injects={"shut": inject("0 s", shut)},
    )
    trace = run(scenario, plan="plan")
    rows = waits(trace)
    assert any("go" in who or "crew-1" in who for who, _, _ in rows), rows
    assert any("room" in what or "exit" in what for _, what, _ in rows), rows
    assert times(trace, "task-started") == []


def test_nothing_is_said_of_a_standstill_where_the_plan_came_to_its_end():
    trace = run(small(tasks={"a": task(milestone="over"), "b": task(by="engine")}), plan="plan")
    assert trace.rows[-1].task == "endex"
    assert times(trace, "standstill") == []


# -- when it ends -------------------------------------------------------------------------------------


def test_a_plan_that_is_over_ends_at_its_last_event():
    trace = run(small(tasks={"a": task(takes="5 min", milestone="over")}), plan="plan")
    assert (trace.rows[-1].event, trace.rows[-1].task, trace.rows[-1].time_s) == ("end", "endex", 300.0)


def test_a_plan_that_is_over_before_the_people_are_out_ends_with_the_last_of_them():
    trace = run(small(tasks={"alarm": alarm(), "a": task(milestone="over", takes="10 s")}), plan="plan")
    assert when(trace, "over") == 10.0
    assert trace.rows[-1].time_s == max(passages(trace, "exit", into="yard"))
    assert trace.rows[-1].time_s == pytest.approx(30.0 + 4.0 + 9 / 0.931 + 20.0, abs=0.5)


def test_a_standstill_ends_at_its_last_event():
    tasks = {"a": task(takes="5 min"), "b": task(after=["a", "staged.engine"], milestone="over")}
    trace = run(small(tasks=tasks), plan="plan")
    assert (trace.rows[-1].task, trace.rows[-1].time_s) == ("standstill", 300.0)


def test_a_standstill_from_the_beginning_ends_at_once():
    trace = run(small(tasks={"a": task(by="engine", milestone="over")}), plan="plan")
    assert (trace.rows[-1].task, trace.rows[-1].time_s) == ("standstill", 0.0)


def test_a_standstill_with_a_fire_burning_ends_with_the_last_thing_the_fire_did():
    tasks = {"a": task(takes="1 min"), "b": task(after=["a", "staged.engine"], milestone="over")}
    trace = run(small(tasks=tasks, hazards={"f": FIRE}), plan="plan", conditions="exercise")
    last_s = max(
        row.time_s
        for row in trace.rows
        if row.event in ("threshold", "threshold-over", "hazard", "task-done")
    )
    assert 60.0 <= last_s < 3600.0
    assert (trace.rows[-1].task, trace.rows[-1].time_s) == ("standstill", last_s)


def test_a_standstill_of_people_ends_when_the_last_of_them_can_go_no_further():
    shut = {"do": "link", "link": "exit", "closed": "true", "closed_to": "public"}
    out = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}
    scenario = small(
        tasks={"alarm": alarm(), "count": task(after="last_out", milestone="over")},
        milestones={"last_out": out},
        injects={"shut": inject("0 s", shut)},
    )
    trace = run(scenario, plan="plan")
    assert trace.rows[-1].task == "standstill"
    assert 30.0 <= trace.rows[-1].time_s <= 30.0 + 4.0 + 9 / 0.931 + 20.0
    assert trace.rows[-1].time_s >= max(trace.crowd.time_s)


def test_a_task_longer_than_the_horizon_ends_the_run_by_the_horizon():
    trace = run(small(tasks={"a": task(takes="5 h", milestone="over")}, horizon="2 h"), plan="plan")
    assert trace.rows[-1].task == "horizon"
    assert trace.rows[-1].time_s <= 7200.0


def test_a_plan_that_is_over_does_not_end_the_run_while_a_warden_is_still_on_the_way():
    sweep = {"do": "sweep", "places": ["corridor", "room"], "each": "1 min"}
    scenario = small(
        tasks={"a": task(takes="0 s", milestone="over")}, injects={"sweep": inject("0 s", sweep)}
    )
    trace = run(scenario, plan="plan")
    assert end_states(trace) == {("staff", "evacuated"): 10.0}
    assert (trace.rows[-1].task, when(trace, "over")) == ("endex", 0.0)


def test_a_plan_that_is_over_does_not_end_the_run_while_somebody_picks_up_a_bag():
    groups = {"staff": {"count": "1", "place": "room", "profile": "plain", "returns": "100 %"}}
    scenario = small(tasks={"alarm": alarm(), "a": task(milestone="over", takes="10 s")}, groups=groups)
    trace = run(scenario, plan="plan")
    assert end_states(trace) == {("staff", "evacuated"): 1.0}
    assert len(passages(trace, "door", into="corridor")) == 2


# -- who can go no further ----------------------------------------------------------------------------


def swap():
    """Two rooms that are full and whose people want to change places, each the only way of the other."""
    wall = {"width": "1 m", "kind": "door"}
    spaces = {
        name: {"kind": kind, "at": [f"{x} m", "2 m"], "size": [f"{width} m", "2 m"]} | more
        for name, kind, x, width, more in (
            ("yard-left", "muster", -20, 40, {"outdoors": "true"}),
            ("left", "room", 1, 2, {"area": "4 m²"}),
            ("right", "room", 3, 2, {"area": "4 m²"}),
            ("yard-right", "muster", 24, 40, {"outdoors": "true"}),
        )
    }
    links = {
        "left-exit": wall | {"between": ["left", "yard-left"]},
        "middle": wall | {"between": ["left", "right"]},
        "right-exit": wall | {"between": ["right", "yard-right"]},
    }
    return {"spaces": spaces, "links": links}


def test_a_standstill_of_full_spaces_that_wait_for_one_another_names_each_with_its_heads():
    groups = {
        name: {"count": "11", "place": name, "profile": "plain", "musters": [f"yard-{other}"]}
        for name, other in (("left", "right"), ("right", "left"))
    }
    out = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}
    scenario = small(
        tasks={"alarm": alarm(), "count": task(after="last_out", milestone="over")},
        facility=swap(),
        agencies={},
        groups=groups,
        milestones={"last_out": out},
    )
    trace = run(scenario, plan="plan")
    assert trace.rows[-1].task == "standstill"
    said = {(row.task, row.place, row.actor) for _, row in trace.of("standstill") if row.place}
    assert said == {
        ("11 people", "left", "room in the next space"),
        ("11 people", "right", "room in the next space"),
    }
    assert one(waits(trace), "count")[1] == "last_out"
    assert end_states(trace) == {("left", "inside"): 11.0, ("right", "inside"): 11.0}


def test_a_standstill_names_those_who_cannot_leave_by_an_exit_that_was_closed_for_good():
    groups = {
        "near": {"count": "2", "place": "corridor", "profile": "plain"},
        "staff": {"count": "10", "place": "room", "profile": "plain"},
    }
    shut = {"do": "link", "link": "exit", "closed": "true", "closed_to": "public"}
    out = {"title": "out", "observed": "out", "when": {"empty": "everywhere", "after": "alarm"}}
    scenario = small(
        tasks={"alarm": alarm(), "count": task(after="last_out", milestone="over")},
        groups=groups,
        milestones={"last_out": out},
        injects={"shut": inject("60 s", shut)},
    )
    trace = run(scenario, plan="plan")
    said = {(row.task, row.place, row.actor) for _, row in trace.of("standstill") if row.place}
    left = 12 - len(passages(trace, "exit", into="yard"))
    assert 0 < left < 12
    assert said == {(f"{left} people", "corridor", "a way out")}
    assert sum(heads for (_, state), heads in end_states(trace).items() if state == "trapped") == left
