from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.hazards.dense import dense_plume
from drillsim.hazards.drift import Drift, SourceSegment
from drillsim.hazards.lines import (
    BEND_M,
    Cells,
    DenseProfile,
    Lines,
    PassiveProfile,
    Places,
    Strips,
    cells_at,
    line_values,
    lines_at,
    ragged,
    to_cells,
)
from drillsim.hazards.plume import LIMIT_M, plume_concentration
from drillsim.hazards.weather import WindSegment
from tests.hazards.sites import WEST_WIND

WEST = WindSegment(-math.inf, 270.0, 3.0)
STEADY = SourceSegment(0.0, 36_000.0, 0.5, 270.0, 3.0)


def passive(*levels_m: float) -> PassiveProfile:
    return PassiveProfile(levels_m or (0.0,), weather=WEST_WIND, diameter_m=6.0, averaging_s=180.0)


def lines(*parts: SourceSegment, at: tuple[float, ...], reach_m: float = 3000.0) -> Lines:
    return lines_at(parts, Drift([WEST], float), np.array(at), profile=passive(), reach_m=reach_m)


def test_a_ragged_range_counts_on_from_each_first() -> None:
    assert ragged(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
    assert ragged(np.array([], dtype=np.intp), np.array([], dtype=np.intp)).size == 0


@settings(max_examples=100)
@given(st.floats(1e-6, LIMIT_M))
def test_cells_give_a_straight_line_back_and_a_smooth_one_within_their_claim(way_m: float) -> None:
    profile = passive()
    w = np.array([1.0 + way_m / BEND_M])
    fine = profile._narrow  # of as many cells as all that is tabulated finely
    assert 16 <= int(cells_at(w)[0]) < len(fine.level) - 16
    exact = plume_concentration(
        np.array([way_m]),
        np.zeros(1),
        rate_kg_s=1.0,
        wind_m_s=1.0,
        stability="D",
        terrain="rural",
        diameter_m=6.0,
    )
    if way_m >= 5.0:
        found = profile.values(w, cells_at(w), np.zeros(1), 0)
        assert found == pytest.approx(exact, rel=1.5e-5)


def test_between_nodes_lies_a_straight_line_and_out_of_them_nothing() -> None:
    nodes = 65
    node = np.concatenate([1.0 + np.arange(64) / 64.0, [2.0]])
    cells = Cells.between(3.0 * node - 1.0)
    w = np.array([0.2, 1.0, 1.4142, 1.999, 2.0, 7.0])
    to_cells(w, float(node[nodes - 1]))
    assert cells.at(cells_at(w) >> 4, w) == pytest.approx([0.0, 2.0, 3.2426, 4.997, 0.0, 0.0])


def test_values_far_across_a_line_are_nothing_and_fall_to_it_without_a_step() -> None:
    profile, w = passive(), np.full(2001, 11.0)
    across = np.linspace(0.0, 120.0, 2001)
    found = profile.values(w, cells_at(w), across, 0)
    assert found[-1] == 0.0
    assert (np.diff(found) <= 0.0).all()
    assert np.diff(found).min() > -0.01 * found[0]
    assert found[found > 0.0].min() < 1e-6 * found[0]


@pytest.mark.parametrize("stability", "ABF")
def test_nothing_lies_outside_the_bounds_across(stability: str) -> None:
    air = WEST_WIND.model_copy(update={"stability": stability})
    profile = PassiveProfile((0.0,), weather=air, diameter_m=6.0, averaging_s=180.0)
    for way in (1.0, 30.0, 299.0, 1501.0, 4000.0, 9900.0):
        for p, q in profile.across_m():
            w = np.array([1.0 + way / BEND_M])
            assert profile.values(w, cells_at(w), np.array([p + q * way]), 0)[0] == 0.0


def test_levels_are_told_apart() -> None:
    profile, w = passive(0.0, 15.0), np.array([6.0, 6.0])
    low, high = profile.values(w, cells_at(w), np.zeros(2), np.array([0, 1]))
    alone = passive(15.0).values(w, cells_at(w), np.zeros(2), 0)
    assert high == alone[0] < low


def test_a_profile_on_a_line_is_the_profile_times_its_presence() -> None:
    found = lines(STEADY._replace(end_s=200.0), at=(400.0,))
    profile, way = passive(), np.linspace(0.0, 2900.0, 500)
    across = np.linspace(-30.0, 30.0, 500)
    w = found.w + way / BEND_M
    to_cells(w, found.end_w)
    on_line = profile.on(Cells(*(each[0] for each in found.presence)))
    other = line_values(w.copy(), across, 0, 0, found, profile)
    assert on_line(w, cells_at(w), across) == pytest.approx(other, rel=1e-9, abs=1e-12 * other.max())


def test_the_presence_of_a_release_goes_from_its_tail_to_its_front() -> None:
    found = lines(STEADY._replace(end_s=200.0), at=(-1.0, 0.0, 400.0))
    assert found.time.tolist() == [2]
    way = np.array([100.0, 900.0, 2400.0])
    w = found.w + way / BEND_M
    there = found.presence.at(cells_at(w) >> 4, w)
    assert there == pytest.approx([0.0, 0.5 / 3.0, 0.0], abs=1e-3)
    assert 100.0 < found.first_m[0] < 600.0 and 1200.0 < found.last_m[0] < 3100.0


def test_what_is_out_of_reach_has_no_line() -> None:
    burst = STEADY._replace(end_s=10.0)
    assert lines(burst, at=(3000.0,), reach_m=500.0).time.size == 0
    assert lines(burst, at=(3000.0,), reach_m=9900.0).time.size == 1
    assert lines(burst, at=(30_000.0,), reach_m=9900.0).time.size == 0


def test_a_segment_of_another_wind_than_the_record_is_refused() -> None:
    with pytest.raises(ValueError, match="the record has"):
        lines(STEADY._replace(from_deg=90.0), at=(10.0,))


def test_strips_come_in_turns_that_hold_them_all() -> None:
    number = np.array([5000, 9000, 40_000, 1, 12_000], dtype=np.intp)
    turns = list(Strips(np.arange(5), np.zeros(5, dtype=np.intp), number).turns())
    assert np.concatenate([turn.line for turn in turns]).tolist() == [0, 1, 2, 3, 4]
    assert max(int(turn.number.sum()) for turn in turns if len(turn.line) > 1) <= 12_288


def test_the_sum_over_the_points_of_a_space_is_that_of_its_points_alone() -> None:
    rng = np.random.default_rng(1)
    points = rng.uniform((0.0, -60.0), (800.0, 60.0), (60, 2))
    found = lines(STEADY, at=(100.0, 900.0))
    grouped = Places.of(points, np.zeros(60), np.full(6, 10), near_m=6.0).sums(found, passive(), 2)
    alone = Places.of(points, np.zeros(60), np.ones(60, dtype=np.intp), near_m=6.0)
    each = alone.sums(found, passive(), 2)
    assert grouped == pytest.approx(each.reshape(6, 10, 2).sum(axis=1), abs=1e-9 * grouped.max())
    assert grouped.max() > 0.0
    assert alone.only(np.array([7])).sums(found, passive(), 2) == pytest.approx(each[[7]])


def test_a_dense_profile_is_uniform_within_its_width_and_depth() -> None:
    plume = dense_plume(
        volume_rate_m3_s=8.0, density_kg_m3=2.4, vapour_k=293.15, air_k=293.15, wind_10m_m_s=2.0
    )
    profile = DenseProfile(plume, levels_m=(0.0, 900.0), pure_kg_m3=2.4, stability="D")
    way = np.full(4, 200.0 + plume.upwind_reach_m)
    w = 1.0 + way / BEND_M
    half = float(plume.half_width_m(np.array([200.0]))[0])
    across = np.array([0.0, 0.98 * half, 1.02 * half, 0.0])
    found = profile.values(w, cells_at(w), across, np.array([0, 0, 0, 1]))
    share = 2.4 * float(plume.share(np.array([200.0]))[0])
    assert found == pytest.approx([share, share, 0.0, 0.0], rel=1e-3)
