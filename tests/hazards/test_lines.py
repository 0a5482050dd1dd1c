from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import ndtr

from drillsim.hazards.cells import BEND_M, Cells, cells_at, coarse_at, node_ways, nodes_to
from drillsim.hazards.drift import Drift, SourceSegment
from drillsim.hazards.lines import Front, Lines, Release, lines_at, ragged
from drillsim.hazards.plume import sigma_x
from drillsim.hazards.profiles import PassiveProfile
from drillsim.hazards.weather import WindSegment
from tests.hazards.sites import WEST_WIND

WEST = WindSegment(-math.inf, 270.0, 3.0)
STEADY = SourceSegment(0.0, 36_000.0, 0.5, 270.0, 3.0)
PROFILE = PassiveProfile((0.0,), weather=WEST_WIND, diameter_m=6.0, averaging_s=180.0)


def lines(*parts: SourceSegment, at: tuple[float, ...], reach_m: float = 3000.0) -> Lines:
    return lines_at(
        Release.of(parts, Drift([WEST], float), passive=True), np.array(at), profile=PROFILE, reach_m=reach_m
    )


def test_a_ragged_range_counts_on_from_each_first() -> None:
    assert ragged(np.array([5, 0, 9]), np.array([2, 0, 3])).tolist() == [5, 6, 9, 10, 11]
    assert ragged(np.array([], dtype=np.intp), np.array([], dtype=np.intp)).size == 0


def test_the_presence_of_a_release_goes_from_its_tail_to_its_front() -> None:
    found = lines(STEADY._replace(end_s=200.0), at=(-1.0, 0.0, 400.0))
    assert found.time.tolist() == [2]
    way = np.array([100.0, 900.0, 2400.0])
    w = found.w + way / BEND_M
    there = Cells.between(found.presence[0]).at(coarse_at(cells_at(w)), w)
    assert there == pytest.approx([0.0, 0.5 / 3.0, 0.0], abs=1e-3)
    assert 100.0 < found.first_m[0] < 600.0 and 1200.0 < found.last_m[0] < 3100.0


@pytest.mark.parametrize("stability", "ADF")
def test_a_front_is_the_normal_distribution_within_its_table(stability: str) -> None:
    nodes = nodes_to(3000.0)
    way = node_ways(nodes)
    spread = np.maximum(sigma_x(way, stability=stability), 1e-6)
    since = np.array([0.0, 3.0, 40.0, 700.0, 2900.0, 20_000.0])
    exact = ndtr((since[1:, None] - way) / spread)
    found = Front.of(way, spread).passed(since, nodes)
    assert found[1:] == pytest.approx(exact, abs=1e-6)


def test_equal_jumps_back_to_back_are_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [STEADY._replace(start_s=60.0 * k, end_s=60.0 * (k + 1)) for k in range(6)]
    whole, cut = lines(STEADY._replace(end_s=360.0), at=(500.0, 510.0)), lines(*parts, at=(500.0, 510.0))
    assert cut.presence == pytest.approx(whole.presence, abs=1e-12)
    monkeypatch.setattr("drillsim.hazards.lines._PAIRS_AT_ONCE", 1)
    assert lines(*parts, at=(500.0, 510.0)).presence == pytest.approx(cut.presence, abs=1e-12)


def test_what_is_out_of_reach_has_no_line() -> None:
    burst = STEADY._replace(end_s=10.0)
    assert lines(burst, at=(3000.0,), reach_m=500.0).time.size == 0
    assert lines(burst, at=(3000.0,), reach_m=9900.0).time.size == 1
    assert lines(burst, at=(30_000.0,), reach_m=9900.0).time.size == 0


def test_a_segment_of_another_wind_than_the_record_is_refused() -> None:
    with pytest.raises(ValueError, match="the record has"):
        lines(STEADY._replace(from_deg=90.0), at=(10.0,))
