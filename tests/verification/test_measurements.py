"""Ways of measuring against closed forms, and what they say of runs in which somebody stays inside."""

from __future__ import annotations

import pytest

from drillsim.verification.evidence import Asked, Laboratory
from drillsim.verification.measurements import MEASUREMENTS

DOOR_P_S = 0.931


def measured(way: str, run: str, *, of: str = "", against: str = "") -> object:
    return MEASUREMENTS[way](Asked(Laboratory(), run, against, of))


@pytest.mark.parametrize(
    ("way", "run", "of", "value"),
    [
        ("peak_queue", "h-2", "door", 99.0),
        ("passing_time", "h-2", "door", 100 / DOOR_P_S),
        ("mean_flow", "h-2", "", 100 * DOOR_P_S / 99),
        ("passages", "h-2", "door", 100.0),
        ("passages", "e-5", "main-exit cabin-1 cabin-2", 4.0),
        ("largest_share", "e-5", "main-exit secondary-exit", 15 / 23),
        ("peak_density", "h-2", "room", 2.5),
        ("peak_density", "e-4", "corridor", 15 / 160),
        ("spread", "h-2", "people", 99 / DOOR_P_S),
        ("group_last_out", "e-4", "group-2", 200.0 + 10 / 10.4),  # five heads of the other group go first
        ("share_ratio", "h-9", "door-b door-a exit", 1 / 3),
        ("mean_speed", "e-2-corridor", "person exit 40", 1.0),
        ("first_start", "h-3", "", 30.0),
        ("queue_growth", "h-2", "door door", 0.0),
        ("queue_seconds", "h-2", "door", 99 * 100 / 2 / DOOR_P_S),
        ("queue_seconds", "e-2-corridor", "exit", 0.0),
        ("flow", "h-2", "door", DOOR_P_S),
        ("flow", "h-2; groups.people.count=2", "door", DOOR_P_S),
        ("carried_flow", "h-5", "person exit 20 hall 2.5", 0.6552 * 2.0 * 2.5),
        ("walking_time", "e-2-up", "person entry exit", 10.0),
        ("ideal_time", "h-2", "door", 100 / DOOR_P_S),
        ("ideal_time", "h-10", "door", 50 / 0.78 + 20 / 1.19),
        ("dose_per_min", "d-3", "heat-iso13571", 60 * 6.746e-4),
        ("hazard_time", "f-2", "fire flaming detected", 60.0),
        ("growth_coefficient", "f-2", "fire kw-100", 1055 / 600**2),
        ("species_mass", "f-3", "fire fuel", 0.0066),
        ("species_share", "f-3", "fire co2 room-a", 1.0),
    ],
)
def test_what_is_measured_is_what_a_closed_form_gives(way: str, run: str, of: str, value: float) -> None:
    assert measured(way, run, of=of) == pytest.approx(value, rel=0.06 if way == "share_ratio" else 0.01)


def test_ways_out_are_listed_each_once() -> None:
    assert measured("way_out", "e-8; groups.crowd.count=40") == "exit-1 exit-2 exit-3 exit-4"


@pytest.mark.parametrize("way", ["spread", "group_last_out"])
def test_a_group_of_which_somebody_stays_inside_has_no_time(way: str) -> None:
    assert measured(way, "p-trapped", of="b") == "never"
    assert measured(way, "p-trapped", of="a") != "never"


def test_a_ratio_with_somebody_who_stays_inside_is_never() -> None:
    assert measured("group_last_out_over_other", "p-trapped", of="b", against="p-trapped") == "never"
    assert measured("collapse_over_other", "p-neutral", against="d-1") == "never"
    assert measured("mean_flow", "p-trapped") == "never"
    assert measured("last_out_over_quickest", "p-trapped") == "never"


def test_runs_with_other_people_are_not_compared_head_by_head() -> None:
    fewer = "h-10; groups.people.count=40"
    assert measured("largest_shift", "h-10", against=fewer) == "not the same heads"


def test_a_shift_is_what_is_left_after_the_seconds_named() -> None:
    later = "h-3; profiles.walker.responses.voice=45 s"
    assert measured("largest_shift", later, against="h-3") == pytest.approx(15.0)
    assert measured("largest_shift", later, against="h-3", of="15") == pytest.approx(0.0, abs=1e-9)


def test_a_line_through_two_speeds_gives_the_constant_of_the_law() -> None:
    thin, thick = "h-5; groups.others.count=99", "h-5; groups.others.count=199"
    of = "person exit 20 hall"
    assert measured("speed_at_no_density", thin, of=of, against=thick) == pytest.approx(1.4)


def test_a_rate_is_compared_with_that_of_another_run() -> None:
    thin = "d-1; hazards.air.air=[{co: 500 ppm}]"
    twice = "d-1; hazards.air.air=[{co: 1000 ppm}]"
    more = measured("dose_rate_over_other", twice, of="fed-purser", against=thin)
    assert more == pytest.approx(2**1.036)
    assert measured("dose_rate_over_other", "p-neutral", of="fed-purser", against=thin) == "never"


def test_what_a_fire_never_does_has_no_time() -> None:
    small = "f-2; hazards.fire.peak=200 kW"
    assert measured("hazard_time", small, of="fire flaming kw-1000") == "never"
    assert measured("growth_coefficient", small, of="fire kw-1000") == "never"
    assert measured("hazard_time_over_other", small, of="fire flaming kw-1000", against="f-2") == "never"
    half = "f-2; hazards.fire.growth=300 s"
    over = measured("hazard_time_over_other", half, of="fire flaming kw-100", against="f-2")
    assert over == pytest.approx(0.5)


def test_a_link_that_is_not_there_has_no_queue() -> None:
    with pytest.raises(ValueError, match=r"not in tuple|no-such"):
        measured("queue_seconds", "h-2", of="no-such")


def test_equal_and_different_runs_are_told_apart() -> None:
    assert measured("same_passages", "h-10", against="h-10; seed=1") == "same"
    assert measured("same_passages", "h-10", against="h-10; seed=2") == "different"
    assert measured("same_trace", "h-10", against="h-3") == "different"


def test_the_end_of_a_run_is_told() -> None:
    assert measured("end_of_run", "h-2") == "endex"
    assert measured("left_inside", "h-2") == 0.0


def test_every_way_of_measuring_says_what_it_measures() -> None:
    assert [name for name, way in MEASUREMENTS.items() if not way.__doc__] == []
