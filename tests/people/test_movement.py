from __future__ import annotations

from itertools import pairwise

import pytest

from drillsim.people.movement import (
    IMO_MAX_FLOW_P_S_M,
    imo_corridor_flow_p_s_m,
    imo_flow_time,
    imo_ideal_time,
    imo_speed_m_s,
    imo_travel_time,
    imo_walking_time,
    sfpe_density_p_m2,
    sfpe_specific_flow_p_s_m,
    sfpe_speed_m_s,
    speed_table_m_s,
)
from tests.people.cases import site


@pytest.mark.parametrize(
    ("density", "speed", "flow"),
    [
        (0.54, 1.199, 0.647),
        (1.0, 1.028, 1.028),
        (1.5, 0.841, 1.262),
        (1.88, 0.700, 1.316),
        (3.5, 0.097, 0.338),
    ],
)
def test_sfpe_speed_and_flow_are_those_of_the_reference_table(
    density: float, speed: float, flow: float
) -> None:
    assert sfpe_speed_m_s(density) == pytest.approx(speed, abs=6e-4)
    assert sfpe_specific_flow_p_s_m(density) == pytest.approx(flow, abs=6e-4)


def test_below_0_54_the_density_no_longer_matters() -> None:
    assert sfpe_speed_m_s(0.0) == sfpe_speed_m_s(0.54) == pytest.approx(0.8564 * 1.4, abs=1e-4)


@pytest.mark.parametrize("density", [-0.1, 1 / 0.266, 3.8])
def test_a_density_without_a_speed_is_refused(density: float) -> None:
    with pytest.raises(ValueError, match=r"3\.76 p/m²"):
        sfpe_speed_m_s(density)


def test_the_free_and_the_crowded_root_of_a_flow() -> None:
    # H-8: 1.46 p/s from a flight into a 1.8 m corridor with 0.20 m boundaries
    flow = 1.46 / 1.4
    assert sfpe_density_p_m2(flow) == pytest.approx(1.024, rel=0.01)
    assert sfpe_density_p_m2(flow, queued=True) == pytest.approx(2.735, rel=0.01)


def test_a_flow_above_the_peak_has_no_density() -> None:
    with pytest.raises(ValueError, match=r"between 0 and 1\.316"):
        sfpe_density_p_m2(1.4)


def test_the_speed_table_falls_to_that_of_a_full_space_and_never_further() -> None:
    facility = site({"a": {"at_m": (0, 0), "size_m": (10, 10)}}, {})
    table = speed_table_m_s(facility, 0, heads=600)
    assert len(table) == 601
    assert table[200] == pytest.approx(0.6552)
    assert all(later <= earlier for earlier, later in pairwise(table))
    assert table[275] == pytest.approx(table[600]) == pytest.approx(1.4 * (1 - 0.266 * 2.75))


def test_a_maximum_density_beyond_the_jam_still_leaves_a_speed() -> None:
    facility = site({"a": {"at_m": (0, 0), "size_m": (10, 10)}}, {}, max_density=5.0)
    assert speed_table_m_s(facility, 0, heads=500)[-1] > 0.0


def test_the_law_called_free_sets_no_limit() -> None:
    facility = site({"a": {"at_m": (0, 0), "size_m": (1, 1)}}, {})
    assert speed_table_m_s(facility, 0, heads=2, law="assigned") == [float("inf")] * 3


def test_imo_worked_path_takes_142_seconds() -> None:
    """Circ.1166: door 1, corridor 1, stair, corridor 2, doors 2A and 2B (clear widths)."""
    components = [
        (1.4, "door", 165),
        (4.2, "corridor", 165),
        (3.5, "stair-down", 165),
        (3.0, "corridor", 200),
    ]
    flow = [
        imo_flow_time(persons, flow_p_s_m=IMO_MAX_FLOW_P_S_M[kind], clear_width_m=width)
        for width, kind, persons in [*components, (1.4, "door", 100)]
    ]
    assert flow == pytest.approx([91, 30, 43, 51, 55], abs=0.5)
    walk = [
        imo_walking_time(length, speed_m_s=imo_speed_m_s(kind, flow_p_s_m=IMO_MAX_FLOW_P_S_M[kind]))
        for length, kind in [(14.0, "corridor"), (4.7, "stair-down"), (14.0, "corridor")]
    ]
    assert walk == pytest.approx([21, 9, 21], abs=0.5)
    ideal = imo_ideal_time(flow_times_s=flow, walking_times_s=walk)
    assert ideal == pytest.approx(142.0, abs=1.5)
    rounded = imo_ideal_time(flow_times_s=map(round, flow), walking_times_s=map(round, walk))
    assert rounded == 142
    assert imo_travel_time(rounded) == pytest.approx(326.6)


def test_imo_tables_are_linear_between_their_points() -> None:
    assert imo_corridor_flow_p_s_m(1.2) == pytest.approx(0.975)
    assert imo_corridor_flow_p_s_m(9.0) == 0.32
    assert imo_speed_m_s("stair-up", flow_p_s_m=0.655) == pytest.approx(0.62)


def test_imo_refuses_what_its_tables_do_not_hold() -> None:
    with pytest.raises(ValueError, match=r"from 0\.0 to 1\.1"):
        imo_speed_m_s("stair-down", flow_p_s_m=1.2)
    with pytest.raises(ValueError, match="above 0"):
        imo_flow_time(10, flow_p_s_m=1.3, clear_width_m=0.0)
    with pytest.raises(ValueError, match="above 0"):
        imo_walking_time(10, speed_m_s=0.0)
