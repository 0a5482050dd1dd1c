"""Arithmetic of air, heat and pairs, against the table and the rules of the sheet on drills and response."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from drillsim.response.protection import Air, Suit, air_s, rotations, split_pairs, stints

LITRES_MIN = 1e-3 / 60.0
FLOWS = (30, 40, 50, 60, 80)
# Minutes to the whistle at 5.5 MPa from 6.8 L: ideal gas, then z = 0.944 (drills-and-response 5.6).
TABLE = {
    30: ((54.8, 51.7), (41.1, 38.8), (32.9, 31.0), (27.4, 25.9), (20.6, 19.4)),
    28: ((50.3, 47.5), (37.7, 35.6), (30.2, 28.5), (25.2, 23.8), (18.9, 17.8)),
    26: ((45.9, 43.3), (34.4, 32.5), (27.5, 26.0), (22.9, 21.6), (17.2, 16.2)),
}
CELLS = [
    (mpa, flow, z, minutes)
    for mpa, row in TABLE.items()
    for flow, pair in zip(FLOWS, row, strict=True)
    for z, minutes in zip((1.0, 0.944), pair, strict=True)
]


def air(**entries: Any) -> Air:
    return Air.model_validate({"usable": "31 min", "way": "4 min", "change": "3 min"} | entries)


def suit(**entries: Any) -> Suit:
    return Suit.model_validate({"level": "A", "don": "6 min"} | entries)


@pytest.mark.parametrize(("mpa", "flow", "z", "minutes"), CELLS)
def test_every_value_of_the_table_of_air_is_found(mpa: int, flow: int, z: float, minutes: float) -> None:
    found_s = air_s(
        volume_m3=6.8e-3,
        pressure_pa=mpa * 1e6,
        whistle_pa=5.5e6,
        breathes_m3_s=flow * LITRES_MIN,
        compressibility=z,
    )
    assert round(found_s / 60.0, 1) == minutes


@pytest.mark.parametrize(("flow", "minutes"), [(30, 12.3), (50, 7.4), (80, 4.6)])
def test_what_is_left_after_the_whistle_lasts_as_long_as_the_sheet_says(flow: int, minutes: float) -> None:
    found_s = air_s(volume_m3=6.8e-3, pressure_pa=5.5e6, whistle_pa=0.0, breathes_m3_s=flow * LITRES_MIN)
    assert round(found_s / 60.0, 1) == minutes


def test_a_bottle_at_its_whistle_lets_nobody_in() -> None:
    with pytest.raises(ValueError, match=r"5\.5 MPa is at its whistle"):
        air_s(volume_m3=6.8e-3, pressure_pa=5.5e6, whistle_pa=5.5e6, breathes_m3_s=LITRES_MIN)
    with pytest.raises(ValidationError, match="whistles from the start"):
        suit(bottle={"volume": "6.8 L", "pressure": "5 MPa"})


def test_the_bottle_of_the_suit_gives_the_stint_at_the_effort_of_the_work() -> None:
    worn = suit(bottle={"volume": "6.8 L", "pressure": "28 MPa"})
    stints_min = {
        effort: Air.model_validate({"effort": effort, "change": "0 s"}).stint_s(
            suit=worn, temperature_k=293.0
        )
        / 60.0
        for effort in ("light", "moderate", "heavy", "very-heavy", "extreme")
    }
    found = {effort: round(minutes, 1) for effort, minutes in stints_min.items()}
    assert found == {"light": 47.5, "moderate": 35.6, "heavy": 28.5, "very-heavy": 23.8, "extreme": 17.8}


def test_a_measured_air_use_goes_before_the_effort() -> None:
    worn = suit(bottle={"volume": "6.8 L", "pressure": "30 MPa", "compressibility": 1.0})
    entries = {"effort": "light", "breathes": "50 L/min", "change": "0 s"}
    stint_s = Air.model_validate(entries).stint_s(suit=worn, temperature_k=293.0)
    assert round(stint_s / 60.0, 1) == 32.9


def test_ways_and_decontamination_on_air_shorten_the_stint() -> None:
    assert air().stint_s(suit=None, temperature_k=293.0) == 23.0 * 60.0
    assert air(decon="5 min").stint_s(suit=None, temperature_k=293.0) == 18.0 * 60.0


def test_work_without_a_bottle_or_a_time_says_what_it_needs() -> None:
    nothing = Air.model_validate({"change": "0 s"})
    for worn in (None, suit()):
        with pytest.raises(ValueError, match="needs `usable`, or a suit with a bottle"):
            nothing.stint_s(suit=worn, temperature_k=293.0)


def test_ways_that_use_up_the_air_are_refused() -> None:
    with pytest.raises(ValidationError, match="use up the air"):
        air(way="16 min")
    short = suit(bottle={"volume": "1 L", "pressure": "10 MPa"})
    with pytest.raises(ValueError, match="use up the air"):
        Air.model_validate({"way": "4 min", "change": "0 s"}).stint_s(suit=short, temperature_k=293.0)


@pytest.mark.parametrize(
    ("celsius", "minutes"), [(20, 23), (30, 23), (31, 17), (34.9, 17), (35, 12), (45, 12)]
)
def test_heat_shortens_the_stint_from_the_temperatures_of_the_list_on(celsius: float, minutes: int) -> None:
    limits = [{"from": "35 °C", "longest": "20 min"}, {"from": "31 °C", "longest": "25 min"}]
    stint_s = air().stint_s(suit=suit(heat=limits), temperature_k=celsius + 273.15)
    assert stint_s == pytest.approx(minutes * 60.0)


def test_without_a_list_no_heat_ends_the_stint() -> None:
    assert suit().longest_s(325.0) == math.inf


@pytest.mark.parametrize(("work_min", "pairs"), [(0, 1), (23, 1), (23.1, 2), (25, 2), (46, 2), (47, 3)])
def test_pairs_in_turn_follow_the_entry_rule(work_min: float, pairs: int) -> None:
    # drills-and-response 5.6: 25 min of work, 4 in, 4 out, usable 31 -> 2 pairs
    stint_s = air().stint_s(suit=None, temperature_k=293.0)
    assert rotations(work_s=work_min * 60.0, stint_s=stint_s) == pairs


@given(work_s=st.floats(0.0, 1e5), stint_s=st.floats(60.0, 1e4))
def test_stints_add_up_to_the_work_and_none_is_longer_than_the_air(work_s: float, stint_s: float) -> None:
    found = stints(work_s=work_s, stint_s=stint_s)
    assert len(found) == rotations(work_s=work_s, stint_s=stint_s)
    assert sum(found) == pytest.approx(work_s, abs=1e-6)
    assert all(0.0 <= length_s <= stint_s * (1.0 + 1e-6) for length_s in found)


@given(people=st.integers(0, 60), pairs=st.integers(1, 5), backup=st.integers(0, 5))
def test_a_crew_is_divided_without_remainder_and_somebody_always_works(
    people: int, pairs: int, backup: int
) -> None:
    found = split_pairs(people, pairs=pairs, backup=backup)
    assert found.backup + found.in_turn == max(1, people // 2)
    assert 1 <= found.at_work <= found.in_turn
    if people >= 2 * (pairs + backup):
        assert (found.at_work, found.backup) == (pairs, backup)
