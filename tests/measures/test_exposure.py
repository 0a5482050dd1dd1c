from __future__ import annotations

from drillsim.measures.evaluate import absent
from drillsim.measures.exposure import doses, exposure, masses, places_reached
from drillsim.measures.value import Value
from tests.measures.hand import everybody_out, trace


def test_exposure_is_added_up_over_groups_and_units():
    t = trace()
    t.add(9.0, "exposed", actor="clerks", task="aegl2", value=120.0)
    t.add(9.0, "exposed", actor="visitors", task="aegl2", value=30.0)
    t.add(9.0, "exposed-people", actor="clerks", task="aegl2", value=2.0)
    t.add(9.0, "responder-exposed", actor="pump-1", task="aegl3", value=7.0)
    found = {name: (value.number, value.unit) for name, value in exposure(t).items()}
    assert found == {
        "exposed.aegl2.person_s": (150.0, "person_s"),
        "exposed.aegl2.people": (2.0, "p"),
        "responders.aegl3.person_s": (7.0, "person_s"),
    }


def test_of_doses_the_greatest_counts_each_convention_by_itself():
    t = trace()
    for group, task, value in (
        ("clerks", "fed-purser", 0.2),
        ("visitors", "fed-purser", 0.9),
        ("clerks", "heat-iso13571", 0.1),
    ):
        t.add(9.0, "dose", actor=group, task=task, value=value)
    found = {name: (value.number, value.unit) for name, value in doses(t).items()}
    assert found == {"dose.fed-purser.max": (0.9, ""), "dose.heat-iso13571.max": (0.1, "")}
    assert absent("dose.fed-purser.max", end_s=100.0).number == 0.0


def test_masses_are_summed_over_places():
    t = trace()
    t.add(9.0, "species", actor="drum", place="yard", task="pool", value=3.0, unit="kg")
    t.add(9.0, "species", actor="drum", task="vapour", value=150.0, unit="kg")
    t.add(9.0, "species", actor="drum", task="pool", value=1.0, unit="kg")
    found = {name: (value.number, value.unit) for name, value in masses(t).items()}
    assert found == {"mass.drum.pool": (4.0, "kg"), "mass.drum.vapour": (150.0, "kg")}
    assert absent("mass.drum.burnt", end_s=100.0) == Value(0.0, "kg")


def test_a_threshold_nobody_met_counts_0_and_an_unknown_name_is_no_measure():
    assert absent("exposed.aegl3.people", end_s=100.0).number == 0.0
    assert absent("exposd.aegl3.people", end_s=100.0) is None
    assert absent("milestone.never", end_s=100.0).at_least == 100.0


def test_a_post_counts_only_if_the_threshold_is_there_while_it_is_in_use():
    t = trace()
    t.add(0.0, "threshold", actor="leak", task="aegl2", place="yard")
    t.add(50.0, "threshold-over", actor="leak", task="aegl2", place="yard")
    t.add(60.0, "post", place="yard")
    t.add(60.0, "post", place="office")
    t.add(70.0, "threshold", actor="leak", task="aegl2", place="hall")
    t.add(80.0, "threshold", actor="leak", task="aegl2", place="office")
    t.add(100.0, "end", task="endex")
    assert places_reached(t)["posts.aegl2"].number == 1.0


def test_a_muster_is_in_use_from_its_first_arrival():
    t = trace(*everybody_out())  # muster-w from 60 s on, muster-e never
    t.add(10.0, "threshold", actor="leak", task="noticed", place="muster-w")
    t.add(60.0, "threshold-over", actor="leak", task="noticed", place="muster-w")
    t.add(70.0, "threshold", actor="leak", task="aegl2", place="muster-w")
    t.add(70.0, "threshold", actor="leak", task="aegl2", place="muster-e")
    t.add(300.0, "end", task="endex")
    found = {name: value.number for name, value in places_reached(t).items()}
    assert {name: found[name] for name in found if not name.startswith("staging.")} == {
        "musters.noticed": 0.0,
        "musters.aegl2": 1.0,
        "posts.noticed": 0.0,
        "posts.aegl2": 0.0,
    }


def test_a_staging_place_is_in_use_from_the_first_unit_staged_there_and_counts_apart():
    t = trace()
    t.add(0.0, "threshold", actor="leak", task="aegl2", place="yard")
    t.add(40.0, "threshold-over", actor="leak", task="aegl2", place="yard")
    t.add(45.0, "called", actor="pump-1")
    t.add(50.0, "unit-state", actor="pump-1", task="staged", place="yard")
    t.add(55.0, "unit-state", actor="pump-1", task="staged", place="office")  # stands by where it worked
    t.add(55.0, "unit-state", actor="guard", task="staged", place="office")  # was never called
    t.add(60.0, "threshold", actor="leak", task="aegl2", place="office")
    t.add(70.0, "threshold", actor="leak", task="aegl3", place="yard")
    t.add(100.0, "end", task="endex")
    found = {name: value.number for name, value in places_reached(t).items() if value.number}
    assert found == {"staging.aegl3": 1.0}


def test_a_post_that_opens_at_the_last_instant_where_the_threshold_still_holds_counts():
    t = trace()
    t.add(10.0, "threshold", actor="leak", task="aegl2", place="yard")
    t.add(10.0, "threshold", actor="leak", task="aegl2", place="office")
    t.add(100.0, "threshold-over", actor="leak", task="aegl2", place="office")
    t.add(100.0, "post", place="yard")
    t.add(100.0, "post", place="office")  # where it is just over
    t.add(100.0, "end", task="endex")
    assert places_reached(t)["posts.aegl2"].number == 1.0


def test_a_post_is_in_use_from_when_it_first_opened():
    t = trace()
    t.add(5.0, "post", place="yard")
    t.add(10.0, "threshold", actor="leak", task="aegl2", place="yard")
    t.add(20.0, "threshold-over", actor="leak", task="aegl2", place="yard")
    t.add(30.0, "post", place="yard")
    t.add(100.0, "end", task="endex")
    assert places_reached(t)["posts.aegl2"].number == 1.0
