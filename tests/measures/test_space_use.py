from __future__ import annotations

import math

import pytest

from drillsim.measures.passages import heads_of_tokens
from drillsim.measures.space_use import LEVELS_M2_P, level_of_service, space_use
from tests.measures.hand import GROUND, everybody_out, trace, way_out

CROWD = {"groups": (("crowd", 400, False),), "group_places": ("office",)}


def used(t):
    return {row.space: row for row in space_use(t)}


def test_a_space_knows_who_came_when_how_many_at_once_and_for_how_long():
    t = trace(*everybody_out(), **GROUND)
    t.add(200.0, "end", task="endex")
    found = used(t)
    # The clerks begin in the office by the header and set out from the hall; the guard stays there.
    hall = found["hall"]
    assert (hall.first_in_s, hall.last_out_s, hall.heads, hall.heads_left) == (0.0, None, 6, 1)
    assert hall.peak_heads == 4  # three visitors and the guard, from the start
    assert hall.peak_density_p_m2 == pytest.approx(2.0)
    assert hall.person_s == pytest.approx(200.0 + 60.0 + 70.0 + 80.0 + 10.0 + 10.0)
    muster = found["muster-w"]
    assert (muster.first_in_s, muster.last_out_s, muster.heads, muster.heads_left) == (60.0, None, 5, 5)
    assert muster.level is None
    assert "yard" not in found


@pytest.mark.parametrize(
    ("area_m2_p", "level"),
    [
        (10.0, "A"), (3.24, "A"), (3.23, "B"), (2.32, "B"), (2.31, "C"), (1.39, "C"), (1.38, "D"),
        (0.93, "D"),        (0.92, "E"), (0.46, "E"), (0.45, "F"),
    ],
)  # fmt: skip
def test_the_level_of_service_changes_at_the_edges_of_fruin(area_m2_p, level):
    assert level_of_service(1.0 / area_m2_p) == level


def test_an_empty_space_is_free():
    assert level_of_service(0.0) == "A"
    assert [least for _, least in LEVELS_M2_P] == [3.24, 2.32, 1.39, 0.93, 0.46]


def test_time_in_level_f_and_above_four_a_square_metre_is_counted_while_it_lasts():
    # 2 m²: five heads are 2.5 p/m² (F), nine 4.5 p/m²; one comes in each second, then all leave at 100 s.
    came = [(float(number), float(number), number, "door", "hall") for number in range(1, 10)]
    gone = [(100.0, 100.0, number, "gate-w", "muster-w") for number in range(1, 10)]
    t = trace(*came, *gone, **GROUND, **CROWD)
    t.add(100.0, "end", task="endex")
    hall = used(t)["hall"]
    assert hall.peak_heads == 9
    assert hall.level == "F"
    assert hall.crowded_s == pytest.approx(100.0 - 5.0)
    assert hall.dense_s == pytest.approx(100.0 - 9.0)
    assert hall.congested is True  # above 4 p/m² for more than 10 % of the time


def test_who_leaves_makes_room_before_who_comes_in_at_the_same_moment():
    steps = [(10.0 * n, 10.0 * n, n, "door", "hall") for n in range(1, 50)]
    steps += [(10.0 * (n + 1), 10.0 * (n + 1), n, "gate-w", "muster-w") for n in range(1, 50)]
    assert used(trace(*steps, **GROUND, **CROWD))["hall"].peak_heads == 1


@pytest.mark.parametrize(("rate_p_s", "congested"), [(1.4, False), (1.6, True)])
def test_a_space_that_takes_in_much_faster_than_it_lets_out_is_congested(rate_p_s, congested):
    areas = (1000.0, *GROUND["space_areas_m2"][1:])
    came = [(n / rate_p_s, n / rate_p_s, n, "door", "hall") for n in range(200)]
    t = trace(*came, **{**GROUND, "space_areas_m2": areas}, **CROWD)
    t.add(300.0, "end", task="endex")
    assert used(t)["hall"].congested is congested


@pytest.mark.parametrize(("heads", "congested"), [(34, False), (35, True)])
def test_a_space_too_full_at_the_start_is_congested(heads, congested):
    t = trace(
        *way_out(0, 5.0, start="office"),
        **GROUND, groups=(("crowd", heads, False),), group_places=("office",),
    )  # fmt: skip
    t.add(1e6, "end", task="horizon")
    office = used(t)["office"]
    assert office.peak_density_p_m2 == pytest.approx(heads / 10.0)
    assert office.congested is congested


def test_out_of_doors_and_at_musters_nothing_is_called_congested():
    found = used(trace(*everybody_out(), **GROUND))
    assert found["muster-w"].congested is None
    assert found["hall"].congested is False


def test_without_areas_densities_are_unknown_not_nought():
    hall = used(trace(*everybody_out()))["hall"]
    assert hall.peak_density_p_m2 is hall.level is hall.crowded_s is hall.area_m2 is hall.congested is None
    assert hall.peak_heads == 4


def test_a_trace_of_nobody_has_no_spaces():
    assert space_use(trace(groups=(), group_places=())) == ()


def test_a_group_that_moves_as_one_fills_a_space_with_all_its_heads():
    t = trace((12.0, 10.0, 2, "door", "office"), group_tokens=(1, 1, 1), **GROUND)
    t.add(20.0, "end", task="endex")
    found = used(t)
    assert found["office"].heads == 2 + 3  # clerks from the start, then the visitors
    assert not math.isnan(found["office"].person_s)


def test_parties_have_their_heads_and_the_last_one_the_rest():
    # Five visitors in parties of two: 2, 2 and 1 heads.
    t = trace(groups=(("visitors", 5, False),), group_places=("hall",), group_tokens=(3,), group_parties=(2,))
    assert heads_of_tokens(t)[1].tolist() == [2, 2, 1]
    t.add(10.0, "end", task="endex")
    assert used(t)["hall"].heads == 5


def test_people_stand_in_the_car_of_a_lift_so_it_has_no_level_and_no_crowding():
    # The office of 10 m² stands for the car: 30 heads are 3 p/m², which of a floor is level F.
    came = [(float(number), float(number), number, "door", "office") for number in range(1, 31)]
    floor = trace(*came, **GROUND, **{**CROWD, "group_places": ("hall",)})
    car = trace(*came, **GROUND, **{**CROWD, "group_places": ("hall",)})
    car.add(31.0, "lift", actor="office", task="boarded", place="hall", value=30.0)
    for t in (floor, car):
        t.add(100.0, "end", task="horizon")
    walked, stood = used(floor)["office"], used(car)["office"]
    assert (walked.level, walked.congested is None, walked.crowded_s > 0.0) == ("F", False, True)
    assert stood.level is stood.congested is stood.crowded_s is stood.dense_s is None
    assert (stood.peak_heads, stood.peak_density_p_m2) == (walked.peak_heads, walked.peak_density_p_m2)
    assert used(car)["hall"].level == "F"
