"""Who waits for each other in a ring when nothing can go on, and what each of them holds."""

from __future__ import annotations

from drillsim.simulation.run import run
from tests.simulation.small import inject, small, task, times

AGENCIES = {
    "fire": {"title": "fire", "units": {"foam": {"people": "2", "station": "yard"}}},
    "terminal": {"title": "terminal", "units": {"stacker": {"people": "1", "station": "yard"}}},
}


def stood(**sections):
    """What a run that ends in a standstill says of it: who -> what, and the rings."""
    trace = run(small(**sections), plan="plan")
    assert trace.rows[-1].task == "standstill"
    waits = {row.task: row.actor for _, row in trace.of("standstill")}
    return waits, [row.task for _, row in trace.of("deadlock")]


def test_two_agencies_that_hold_each_others_resource_are_named_with_what_they_hold():
    tasks = {
        "cool": task(by="foam", keeps_until="lifted"),
        "drain": task(by="stacker", keeps_until="covered"),
        "lift": task(after="cool", by="stacker", milestone="lifted"),
        "cover": task(after="drain", by="foam", milestone="covered"),
    }
    milestones = {name: {"title": name, "observed": name} for name in ("lifted", "covered")}
    waits, rings = stood(tasks=tasks, agencies=AGENCIES, milestones=milestones, end="lifted")
    assert waits["lift"] == "1 x unit stacker, held by drain (terminal)"
    assert waits["cover"] == "1 x unit foam, held by cool (fire)"
    assert rings == ["cool → lift → drain → cover → cool"]


def test_who_only_waits_for_a_ring_is_no_part_of_it():
    tasks = {
        "hold": task(by="foam", keeps_until="over"),
        "other": task(after="hold", by="foam", milestone="over"),
        "later": task(after="other"),
        "also": task(after="hold", by="foam"),
    }
    waits, rings = stood(tasks=tasks, agencies=AGENCIES)
    assert {"hold (keeps)", "other", "later", "also"} == waits.keys()
    assert rings == ["hold → other → hold"]


def test_a_ring_may_go_through_knowledge_an_order_and_an_inject():
    tasks = {
        "ask": task(needs="cargo", milestone="asked"),
        "read": task(order_by="boss", effects=[{"do": "inform", "item": "cargo"}], milestone="over"),
    }
    roles = {"boss": {"agency": "fire", "decides": "1 min", "takes_office": "inject.call"}}
    waits, rings = stood(
        tasks=tasks,
        agencies=AGENCIES,
        roles=roles,
        information={"cargo": "UN number"},
        injects={"call": inject("", after="asked")},
    )
    assert waits["read"] == "boss to take office at inject.call"
    assert rings == ["ask → read → inject.call → ask"]


def circle_through_news(**told):
    """Plug needs what is found out after it, and somebody tells it on."""
    tasks = {
        "plug": task(needs="cargo", by="stacker", milestone="over"),
        "identify": task(after="over", by="foam", effects=[{"do": "inform", "item": "cargo"} | told]),
        "tell": task(
            after="identify", by="foam", effects=[{"do": "message", "to": "terminal", "items": "cargo"}]
        ),
    }
    return stood(tasks=tasks, agencies=AGENCIES, information={"cargo": "UN number"})[1]


def test_of_a_ring_and_a_longer_one_around_it_the_shorter_is_named():
    assert circle_through_news() == ["identify → plug → identify"]


def test_a_ring_goes_through_who_tells_those_who_need_to_know():
    assert circle_through_news(to="fire") == ["identify → plug → tell → identify"]


def test_a_plan_whose_resource_never_comes_ends_with_a_verdict_that_names_it_and_no_ring():
    tasks = {"go": task(by="pump", milestone="over"), "stay": task(takes="2 min")}
    agencies = {
        "fire": {"title": "f", "units": {"pump": {"people": "2", "station": "yard", "on_site": "false"}}}
    }
    waits, rings = stood(tasks=tasks, agencies=agencies)
    assert waits == {"go": "1 x unit pump"}
    assert rings == []


def test_a_holder_that_does_not_wait_itself_is_named_and_makes_no_ring():
    tasks = {
        "guard": task(by="foam", keeps_units="true"),
        "spray": task(after="guard", by={"foam": "1", "stacker": "1"}, milestone="over"),
    }
    waits, rings = stood(tasks=tasks, agencies=AGENCIES)
    assert waits == {"spray": "1 x unit foam, 1 x unit stacker, held by guard (fire)"}
    assert rings == []


def test_who_has_one_of_what_there_is_enough_of_is_not_blamed():
    agencies = AGENCIES | {
        "port": {"title": "p", "units": {"car": {"count": "2", "people": "2", "station": "yard"}}}
    }
    tasks = {
        "guard": task(by="foam", keeps_units="true"),
        "patrol": task(by="car", keeps_units="true"),
        "spray": task(after=["guard", "patrol"], by={"foam": "1", "car": "1"}, milestone="over"),
    }
    waits, _ = stood(tasks=tasks, agencies=agencies)
    assert waits == {"spray": "1 x unit car, 1 x unit foam, held by guard (fire)"}


def test_nothing_is_said_of_rings_where_the_plan_came_to_its_end():
    trace = run(small(tasks={"a": task(milestone="over")}), plan="plan")
    assert times(trace, "deadlock") == []
