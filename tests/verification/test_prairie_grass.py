from __future__ import annotations

import math

import numpy as np
import pytest

from drillsim.verification.prairie_grass import (
    agreement,
    prairie_grass,
    prairie_grass_agreement,
    prairie_grass_statistic,
)


def test_the_statistics_are_those_worked_by_hand() -> None:
    # o 1, 2; p 2, 8: means 1.5 and 5; ln(o/p) = -ln 2, -ln 4
    found = agreement(np.array([1.0, 2.0]), predicted=np.array([2.0, 8.0]))
    assert found.fac2 == 0.5
    assert found.fb == pytest.approx(2.0 * (1.5 - 5.0) / 6.5)
    assert found.nmse == pytest.approx((1.0 + 36.0) / 2.0 / 7.5)
    assert found.mg == pytest.approx(math.exp(-1.5 * math.log(2.0)))
    assert found.vg == pytest.approx(math.exp(2.5 * math.log(2.0) ** 2))


def test_a_perfect_prediction_has_no_error() -> None:
    assert agreement(np.array([1.0, 3.0]), predicted=np.array([1.0, 3.0])) == (1.0, 0.0, 0.0, 1.0, 1.0)


def test_values_that_cannot_be_compared_are_refused() -> None:
    with pytest.raises(ValueError, match="above 0"):
        agreement(np.array([1.0]), predicted=np.array([0.0]))
    with pytest.raises(ValueError, match="as many"):
        agreement(np.array([1.0]), predicted=np.array([1.0, 2.0]))


def test_the_plume_agrees_with_prairie_grass_as_the_sheet_has_it_and_meets_what_is_required() -> None:
    # Case V30.
    found = prairie_grass_agreement()
    assert found == pytest.approx((0.67, -0.24, 0.92, 0.83, 1.75), abs=0.005)
    assert found.fac2 >= 0.5
    assert abs(found.fb) <= 0.3
    assert found.nmse < 4.0


def test_the_worst_value_is_run_7_at_800_metres() -> None:
    observed, predicted = prairie_grass()
    assert len(observed) == 15
    assert (predicted / observed).argmax() == 4
    assert (predicted / observed).max() == pytest.approx(5.5, abs=0.1)


def test_a_statistic_is_found_by_its_name() -> None:
    assert prairie_grass_statistic("mg") == prairie_grass_agreement().mg
    with pytest.raises(ValueError, match="fac2"):
        prairie_grass_statistic("r2")
