from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.cells import (
    BEND_M,
    FINE_CELLS,
    Cells,
    Ends,
    cells_at,
    coarse_at,
    end_w,
    node_ways,
    nodes_to,
    refined,
    share_at,
    to_cells,
)
from drillsim.hazards.plume import LIMIT_M


def test_between_nodes_lies_a_straight_line_and_out_of_them_nothing() -> None:
    node = np.concatenate([1.0 + np.arange(64) / 64.0, [2.0]])
    cells = Cells.between(3.0 * node - 1.0)
    w = np.array([0.2, 1.0, 1.4142, 1.999, 2.0, 7.0])
    to_cells(w, 65)
    assert cells.at(coarse_at(cells_at(w)), w) == pytest.approx([0.0, 2.0, 3.2426, 4.997, 0.0, 0.0])


@given(st.floats(0.0, LIMIT_M))
def test_a_place_lies_between_the_ends_of_its_fine_cell(way_m: float) -> None:
    nodes = nodes_to(LIMIT_M)
    ends = Ends.of(node_ways(nodes, fine=True))
    w = np.array([1.0 + way_m / BEND_M])
    cell, share = cells_at(w), share_at(w)
    near, far = ends.near[cell], ends.far[cell]
    assert near <= way_m + 1e-9 and way_m < far + 1e-9
    assert near + share * (far - near) == pytest.approx(way_m, abs=1e-9)


def test_nodes_reach_the_way_asked_for_and_the_last_is_the_end() -> None:
    for way_m in (1.0, 20.0, 777.0, LIMIT_M):
        ways = node_ways(nodes_to(way_m))
        assert ways[-2] < way_m <= ways[-1]
        assert end_w(len(ways)) == 1.0 + ways[-1] / BEND_M


def test_refined_values_are_straight_between_their_nodes() -> None:
    fine = refined(np.array([0.0, 4.0, 2.0]))
    assert len(fine) == 2 * FINE_CELLS + 1
    assert fine[::FINE_CELLS].tolist() == [0.0, 4.0, 2.0]
    assert np.diff(fine) == pytest.approx([4.0 / FINE_CELLS] * FINE_CELLS + [-2.0 / FINE_CELLS] * FINE_CELLS)
