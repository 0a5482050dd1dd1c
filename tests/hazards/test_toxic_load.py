from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.substances import substance
from drillsim.hazards.toxic_load import (
    HSE_OUTCOMES,
    aegl_load,
    constant_load,
    hse_outcome,
    load_exponent,
    path_loads,
    protected_load,
    toxic_load_table,
)

TIMES = np.array([0.0, 60.0, 120.0, 300.0, 900.0])
PPM = np.array([[0.0, 10.0, 40.0, 5.0, 0.0], [20.0, 20.0, 20.0, 20.0, 20.0], [0.0, 0.0, 0.0, 0.0, 0.0]])
CHLORINE = substance("chlorine")


def loads(space: list[int], start: list[float], end: list[float], exponent: float = 2.0) -> float:
    table = toxic_load_table(TIMES, PPM, exponent=exponent)
    return float(table.dose(np.array(space), np.array(start), np.array(end)).sum())


def test_standing_still_in_a_constant_concentration_gives_c_to_the_n_times_t() -> None:
    assert loads([1], [30.0], [3630.0]) == pytest.approx(24000.0)
    assert constant_load(20.0, exponent=2.0, duration_s=3600.0) == 24000.0
    assert loads([1], [0.0], [600.0], exponent=2.75) == pytest.approx(20.0**2.75 * 10.0)


def test_a_changing_concentration_is_summed_not_averaged() -> None:
    # 1 min at 10, 3 min at 40, 10 min at 5 ppm.
    assert loads([0], [0.0], [900.0]) == pytest.approx(100.0 + 1600.0 * 3.0 + 25.0 * 10.0)
    peak_times_time = 40.0**2 * 15.0
    assert loads([0], [0.0], [900.0]) < 0.25 * peak_times_time


def test_clean_air_and_a_stay_of_no_length_cost_nothing() -> None:
    assert loads([2, 0], [0.0, 130.0], [1e6, 130.0]) == 0.0
    assert constant_load(0.0, exponent=2.75, duration_s=600.0) == 0.0


@given(
    cuts=st.lists(st.floats(0.0, 2000.0), max_size=8),
    space=st.integers(0, 2),
    exponent=st.floats(0.7, 4.4),
)
def test_a_load_is_additive_however_the_path_is_cut(cuts: list[float], space: int, exponent: float) -> None:
    edges = np.array(sorted([0.0, 2000.0, *cuts]))
    table = toxic_load_table(TIMES, PPM, exponent=exponent)
    stays = len(edges) - 1
    whole = table.dose(np.array([space]), edges[:1], edges[-1:])[0]
    parts = path_loads(
        table,
        person=np.zeros(stays, dtype=np.intp),
        space=np.full(stays, space),
        start_s=edges[:-1],
        end_s=edges[1:],
        people=1,
    )
    assert parts[0] == pytest.approx(whole, rel=1e-9, abs=1e-9)


def test_each_person_carries_the_load_of_its_own_path_in_any_order() -> None:
    table = toxic_load_table(TIMES, PPM, exponent=2.0)
    found = path_loads(
        table,
        person=np.array([2, 0, 2]),
        space=np.array([1, 0, 0]),
        start_s=np.array([120.0, 60.0, 60.0]),
        end_s=np.array([180.0, 120.0, 120.0]),
        people=4,
    )
    assert found.tolist() == pytest.approx([100.0, 0.0, 500.0, 0.0])


def test_a_stay_that_runs_backwards_or_belongs_to_nobody_is_refused() -> None:
    table = toxic_load_table(TIMES, PPM, exponent=2.0)
    one = {"space": np.array([0]), "people": 1}
    with pytest.raises(ValueError, match="ends before"):
        path_loads(table, person=np.array([0]), start_s=np.array([5.0]), end_s=np.array([4.0]), **one)
    with pytest.raises(ValueError, match="outside 0 to 0"):
        path_loads(table, person=np.array([1]), start_s=np.array([5.0]), end_s=np.array([6.0]), **one)


def test_a_protection_factor_divides_the_concentration_in_the_table_on_the_path_and_after() -> None:
    bare = toxic_load_table(TIMES, PPM, exponent=2.0)
    worn = toxic_load_table(TIMES, PPM, exponent=2.0, protection_factor=10.0)
    stay = np.array([0]), np.array([0.0]), np.array([900.0])
    expected = bare.dose(*stay)[0] / 100.0
    assert worn.dose(*stay)[0] == pytest.approx(expected)
    assert protected_load(bare.dose(*stay), exponent=2.0, protection_factor=10.0)[0] == pytest.approx(
        expected
    )
    named = dict(zip(("space", "start_s", "end_s"), stay, strict=True))
    person = np.array([0])
    masked = path_loads(bare, person=person, people=1, exponent=2.0, protection_factor=[10.0], **named)
    assert masked[0] == pytest.approx(expected)


def test_each_space_may_have_a_factor_of_its_own() -> None:
    table = toxic_load_table(TIMES, PPM, exponent=1.0, protection_factor=np.array([[1.0], [4.0], [1.0]]))
    assert table.dose(np.array([1]), np.array([0.0]), np.array([60.0]))[0] == pytest.approx(5.0)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"protection_factor": 0.5}, "protection factor is 1 or more"),
        ({"protection_factor": np.inf}, "protection factor is 1 or more"),
        ({"protection_factor": np.ones((2, 3, 5))}, "do not fit a table"),
        ({"exponent": 0.0}, "exponent"),
        ({"exponent": np.nan}, "exponent"),
        ({"ppm": np.full((1, 5), -1.0)}, "concentration"),
        ({"ppm": np.full((1, 5), np.nan)}, "concentration"),
        ({"ppm": np.ones((1, 4))}, "does not fit"),
        ({"times_s": TIMES[::-1]}, "ascend"),
    ],
)
def test_a_table_of_what_cannot_be_is_refused(change: dict[str, object], match: str) -> None:
    given_values = {"times_s": TIMES, "ppm": PPM, "exponent": 2.0} | change
    times, ppm = given_values.pop("times_s"), given_values.pop("ppm")
    with pytest.raises(ValueError, match=match):
        toxic_load_table(times, ppm, **given_values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("key", "durations_min", "expected"),
    [
        ("chlorine", (60, 30, 480), (24000.0, 23520.0, 24196.8)),
        ("ammonia", (60, 10, 480), (7.26e7, 7.29e7, 7.3008e7)),
    ],
)
def test_aegl3_of_chlorine_and_ammonia_is_one_load_within_three_percent(
    key: str, durations_min: tuple[int, ...], expected: tuple[float, ...]
) -> None:
    found = [aegl_load(key, level=3, duration_s=60.0 * minutes) for minutes in durations_min]
    assert found == pytest.approx(expected, rel=1e-6)
    assert max(found) / min(found) - 1.0 < 0.03


def test_published_hse_concentrations_give_the_loads_of_the_table() -> None:
    dioxide = [constant_load(965.0, exponent=2.0, duration_s=300.0)]
    dioxide.append(constant_load(395.0, exponent=2.0, duration_s=1800.0))
    assert dioxide[0] == pytest.approx(dioxide[1], rel=0.01)
    assert substance("SO2").hse_slot == pytest.approx(dioxide[0], rel=0.02)
    for ppm, minutes in ((150.0, 5.0), (25.0, 30.0)):
        assert constant_load(ppm, exponent=1.0, duration_s=60.0 * minutes) == substance("MIC").hse_slot


def test_hse_outcomes_count_from_their_loads_on() -> None:
    found = hse_outcome(CHLORINE, [0.0, 1.07e5, 1.08e5, 4.83e5, 4.84e5])
    assert found.tolist() == [0, 0, 1, 1, 2]
    assert len(HSE_OUTCOMES) == 3
    assert hse_outcome(substance("MIC"), 1e12).tolist() == 1
    with pytest.raises(ValueError, match="hse_slot"):
        hse_outcome(substance("toluene"), 1.0)


def test_the_exponent_comes_from_the_table_else_the_probit_else_is_one_and_says_so() -> None:
    assert load_exponent(CHLORINE) == (2.0, "table")
    assert load_exponent(substance("acrylonitrile")) == (1.3, "probit")
    assert load_exponent(substance("styrene")) == (1.0, "linear")
    assert "low confidence" in load_exponent(substance("styrene")).how()
    with pytest.raises(ValueError, match="toxic_load_exponent_n"):
        aegl_load("styrene", level=3, duration_s=3600.0)
