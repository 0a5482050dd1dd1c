from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.grid import COARSE_S, FINE_S, StepTable, grid_times
from drillsim.hazards.protocol import Crossing


def table() -> StepTable:
    above = np.array([[False, True, True, False], [False, False, False, True]])
    return StepTable(np.array([0.0, 10.0, 20.0, 30.0]), {"smoke": above})


def test_crossings_come_in_order_and_only_from_the_open_start_to_the_closed_end() -> None:
    everything = table().crossings(-1.0, 100.0)
    assert everything == [
        Crossing(10.0, 0, "smoke", True),
        Crossing(30.0, 0, "smoke", False),
        Crossing(30.0, 1, "smoke", True),
    ]
    assert table().crossings(10.0, 29.0) == []
    assert table().crossings(9.0, 10.0) == everything[:1]


def test_a_space_above_from_the_first_sample_crosses_there() -> None:
    started = StepTable(np.array([-20.0, -10.0]), {"smoke": np.array([[True, True]])})
    assert started.crossings(-np.inf, 0.0) == [Crossing(-20.0, 0, "smoke", True)]


def test_seconds_count_only_what_is_above_and_the_last_sample_holds_for_good() -> None:
    spaces, start, end = (
        np.array([0, 0, 1, 1]),
        np.array([0.0, 15.0, 0.0, 50.0]),
        np.array([40.0, 22.0, 40.0, 70.0]),
    )
    assert table().seconds_above("smoke", spaces, start, end).tolist() == [20.0, 7.0, 10.0, 20.0]


@given(st.lists(st.floats(-50.0, 200.0), min_size=3, max_size=3).map(sorted), st.integers(0, 1))
def test_a_split_stay_costs_the_sum_of_its_parts(times: list[float], space: int) -> None:
    spaces = np.array([space])
    start, middle, end = (np.array([time]) for time in times)
    whole = table().seconds_above("smoke", spaces, start, end)
    parts = [table().seconds_above("smoke", spaces, a, b)[0] for a, b in ((start, middle), (middle, end))]
    assert whole[0] == pytest.approx(sum(parts), abs=1e-9)


@given(st.floats(-2000.0, 0.0), st.floats(0.0, 100_000.0), st.floats(0.0, 100_000.0))
def test_a_longer_grid_continues_a_shorter_one(start: float, one: float, other: float) -> None:
    shorter, longer = sorted((grid_times(start, end_s=one), grid_times(start, end_s=other)), key=len)
    assert np.array_equal(longer[: len(shorter)], shorter)
    assert shorter[-1] >= min(one, other) - 1e-6
    assert (np.diff(longer) > 0.0).all()


def test_the_grid_is_fine_in_the_first_hour_and_coarse_after_it() -> None:
    steps = np.diff(grid_times(0.0, end_s=7200.0))
    assert set(steps[:360]) == {FINE_S}
    assert set(steps[360:]) == {COARSE_S}
