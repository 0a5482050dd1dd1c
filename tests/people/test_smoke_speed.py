from __future__ import annotations

import math
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.facility.spec import SmokeLaw
from drillsim.people.smoke_speed import DATA_PER_M, smoke_speed_flag, speed_in_smoke_m_s

LAWS: tuple[SmokeLaw, ...] = get_args(SmokeLaw)

laws = st.sampled_from(LAWS)
own_speeds = st.floats(0.05, 3.0)
extinctions = st.floats(0.0, 50.0)
constants = st.floats(1.0, 10.0)


def speed(law: SmokeLaw, per_m: float, *, own: float = 1.25, constant: float = 3.0) -> float:
    return speed_in_smoke_m_s(own, extinction_per_m=per_m, law=law, visibility_constant=constant)


@pytest.mark.parametrize(
    ("law", "constant", "seconds"),
    [
        ("frantzich-nilsson", 3.0, 87.0),
        ("fridolf-2019", 3.0, 80.0),
        ("fridolf-2019", 2.0, 109.9),
        ("visibility-ratio", 3.0, 133.3),
        ("linear-floor", 3.0, 160.0),
    ],
)
def test_a_hundred_metres_at_an_extinction_of_one_take_what_the_sheet_says(
    law: SmokeLaw, constant: float, seconds: float
) -> None:
    assert 100.0 / speed(law, 1.0, constant=constant) == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize(
    ("law", "per_m", "expected"),
    [
        ("jin", 0.2, 1.0),
        ("jin", 1.0, 0.5),
        ("jin-irritant", 0.1, 1.0),
        ("jin-irritant", 0.5, 0.3),
        ("jin-irritant", 3.0, 0.3),
    ],
)
def test_jins_lines_end_where_his_people_did(law: SmokeLaw, per_m: float, expected: float) -> None:
    assert speed(law, per_m, own=1.0) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("law", "floor"),
    [("frantzich-nilsson", 0.1), ("fridolf-2019", 0.2), ("linear-floor", 0.3), ("jin", 0.3)],
)
def test_in_the_thickest_smoke_the_floor_holds(law: SmokeLaw, floor: float) -> None:
    assert speed(law, 40.0, own=1.0) == pytest.approx(floor)


@pytest.mark.parametrize("law", LAWS)
def test_who_is_slower_than_the_floor_is_not_raised_to_it(law: SmokeLaw) -> None:
    assert speed(law, 40.0, own=0.1) <= 0.1


@given(law=laws, own=own_speeds, constant=constants)
def test_clear_air_leaves_the_own_speed_to_the_bit(law: SmokeLaw, own: float, constant: float) -> None:
    assert speed(law, 0.0, own=own, constant=constant) == own


@given(law=laws, own=own_speeds, constant=constants, pair=st.tuples(extinctions, extinctions))
def test_thicker_smoke_never_makes_anybody_faster_and_nobody_stands(
    law: SmokeLaw, own: float, constant: float, pair: tuple[float, float]
) -> None:
    thin, thick = (speed(law, per_m, own=own, constant=constant) for per_m in sorted(pair))
    assert 0.0 < thick <= thin <= own


@given(law=laws, per_m=extinctions, pair=st.tuples(own_speeds, own_speeds))
def test_smoke_does_not_let_the_slower_overtake(
    law: SmokeLaw, per_m: float, pair: tuple[float, float]
) -> None:
    slow, fast = (speed(law, per_m, own=own) for own in sorted(pair))
    assert slow <= fast


def test_use_outside_the_data_is_flagged_and_clear_air_is_not() -> None:
    flag = smoke_speed_flag(1.0, law="frantzich-nilsson")
    assert flag is not None
    assert "2 to 8 /m" in flag
    for inside in (0.0, 2.0, 5.0, 8.0):
        assert smoke_speed_flag(inside, law="frantzich-nilsson") is None
    assert smoke_speed_flag(8.1, law="frantzich-nilsson") is not None


@pytest.mark.parametrize("law", [law for law in LAWS if DATA_PER_M[law] is None])
def test_a_law_without_known_data_says_so_wherever_there_is_smoke(law: SmokeLaw) -> None:
    assert "not known" in (smoke_speed_flag(3.0, law=law) or "")
    assert smoke_speed_flag(0.0, law=law) is None


def test_every_law_a_scenario_may_name_has_a_formula_and_a_range() -> None:
    assert DATA_PER_M.keys() == set(LAWS)
    assert all(speed(law, 1.0) > 0.0 for law in LAWS)


@pytest.mark.parametrize("per_m", [-0.1, math.inf, math.nan])
def test_an_impossible_extinction_is_refused(per_m: float) -> None:
    with pytest.raises(ValueError, match="finite and not below 0"):
        speed("jin", per_m)


def test_impossible_speeds_and_unknown_laws_are_refused() -> None:
    with pytest.raises(ValueError, match="both must be above 0"):
        speed("jin", 1.0, own=0.0)
    with pytest.raises(ValueError, match="no law of speed in smoke; frantzich-nilsson"):
        speed("fridolf", 1.0)  # type: ignore[arg-type]
