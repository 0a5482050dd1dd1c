from __future__ import annotations

import pytest

from drillsim.measures.capacity_use import FAMILIES, capacity_use, uses
from drillsim.measures.evaluate import absent, evaluate
from tests.measures.hand import trace

FIGURES = ("busy", "waited", "longest-wait", "asked-for", "peak-queue", "members")


def used(t, kind, name, *values, at_s=1000.0):
    for event, value in zip(FIGURES, values, strict=True):
        t.add(at_s, event, actor=name, task=kind, value=float(value))


@pytest.fixture
def run():
    """A run of 1000 s: two pumps are held 500 s together, one commander is waited for twice, 90 s in all."""
    t = trace()
    t.add(0.0, "startex")
    used(t, "unit", "pump", 500.0, 0.0, 0.0, 2, 0, 2)
    used(t, "role", "chief", 250.0, 90.0, 60.0, 5, 1, 1)
    used(t, "unit", "chief", 100.0, 0.0, 0.0, 1, 0, 1)
    used(t, "stage", "lane/shower", 0.0, 0.0, 0.0, 1, 0, 0)
    t.add(1000.0, "end", task="horizon")
    return t


def test_utilisation_is_the_share_of_all_members_time(run):
    found = {(use.kind, use.name): use for use in capacity_use(run)}
    assert found["unit", "pump"].utilisation == pytest.approx(0.25)
    assert found["role", "chief"].utilisation == pytest.approx(0.25)
    assert found["stage", "lane/shower"].utilisation == 0.0  # there was none of it


def test_a_role_and_a_unit_of_one_name_are_told_apart(run):
    assert uses(run)["utilisation.role.chief"].number != uses(run)["utilisation.unit.chief"].number


def test_waits_and_queues_are_measures_where_somebody_waited(run):
    found = uses(run)
    assert (found["wait.role.chief"].number, found["wait.role.chief"].unit) == (90.0, "s")
    assert found["longest-wait.role.chief"].number == 60.0
    assert found["peak-queue.role.chief"].number == 1.0
    assert "wait.unit.pump" not in found


@pytest.mark.parametrize("family", FAMILIES)
def test_what_nobody_asked_or_waited_for_is_nothing(run, family):
    found = absent(f"{family}unit.pump", end_s=1000.0)
    assert found.number == 0.0
    assert (
        found.unit
        == {name: value for name, value in uses(run).items() if name.startswith(family)}[
            f"{family}role.chief"
        ].unit
    )


def test_they_are_among_the_measures_of_every_run(run):
    assert evaluate(run)["utilisation.unit.pump"].number == pytest.approx(0.25)


def test_only_the_rows_that_close_the_run_are_read():
    t = trace()
    t.add(500.0, "busy", actor="pump", task="unit", value=400.0)
    t.add(1000.0, "end", task="horizon")
    assert capacity_use(t) == ()


def test_who_was_served_in_the_moment_of_asking_has_not_waited():
    t = trace()
    used(t, "unit", "pump", 500.0, 0.0, 0.0, 2, 1, 1)
    t.add(1000.0, "end", task="horizon")
    assert set(uses(t)) == {"utilisation.unit.pump"}
