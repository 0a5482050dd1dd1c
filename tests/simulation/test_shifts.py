"""Who is on duty at a wall-clock time, and under which assumptions."""

import pytest

from drillsim.simulation.shifts import instances, on_duty, shift_at, traffic_at, turnout_draw
from tests.simulation.small import small, task

H = 3600.0
SHIFTS = {
    "day": {"from": "06:00:00", "until": "20:00:00", "traffic": "1.5"},
    "late": {"from": "18:00:00", "until": "22:00:00", "traffic": "2"},
}


def scenario(**unit):
    crew = {"people": "4", "station": "yard", "turnout": "60 s"} | unit
    agencies = {"fire": {"title": "fire", "units": {"crew": crew}}}
    return small(tasks={"over": task(milestone="over")}, shifts=SHIFTS, agencies=agencies)


def test_instances_sort_as_they_are_numbered():
    assert instances("crew", 1) == ("crew",)
    assert instances("crew", 10)[::9] == ("crew-01", "crew-10")
    assert instances("crew", 0) == ()


@pytest.mark.parametrize(
    ("hour", "name", "traffic"), [(7, "day", 1.5), (19, "day", 1.5), (21, "late", 2.0), (23, None, 1.0)]
)
def test_of_shifts_that_overlap_the_first_by_name_counts_and_outside_all_nothing_changes(hour, name, traffic):
    assert (shift_at(scenario(), hour * H), traffic_at(scenario(), hour * H)) == (name, traffic)


def test_a_smaller_shift_has_the_first_of_the_names():
    found = scenario(count="3", shifts={"day": {"count": "2", "people": "3"}})
    assert [(duty.name, duty.people) for duty in on_duty(found, start_s=7 * H)] == [
        ("crew-1", 3),
        ("crew-2", 3),
    ]
    assert [duty.name for duty in on_duty(found, start_s=23 * H)] == ["crew-1", "crew-2", "crew-3"]


def test_what_a_shift_does_not_say_is_as_usual():
    found = scenario(shifts={"day": {"dispatch": "10 s"}})
    unit = found.agencies["fire"].units["crew"]
    draw, path = turnout_draw(found, unit, "dispatch", clock_s=7 * H)
    assert (draw.emergency.median, path) == (10.0, "shifts.day.dispatch")
    assert turnout_draw(found, unit, "turnout", clock_s=7 * H) == (unit.turnout, "turnout")
    assert turnout_draw(found, unit, "dispatch", clock_s=23 * H) == (None, "dispatch")
    assert on_duty(found, start_s=7 * H)[0].people == 4
