from __future__ import annotations

import numpy as np
import pytest

from drillsim.hazards.cloud import Cloud, Footprints, SourceSegment, footprints, points_alone
from drillsim.hazards.dense import dense_plume
from drillsim.hazards.plume import plume_concentration, transport_wind
from tests.hazards.sites import WEST_WIND, yard

TIMES = np.arange(0.0, 3600.0, 10.0)


def cloud(diameter: float = 6.2) -> Cloud:
    return Cloud(footprints(yard()), source_m=(0.0, 0.0), diameter_m=diameter, weather=WEST_WIND)


def steady(
    rate: float = 0.05, start: float = 0.0, end: float = 3600.0, from_deg: float = 270.0
) -> SourceSegment:
    return SourceSegment(start, end, rate, from_deg, 3.0)


def row(name: str) -> int:
    return yard().space_index[name]


def test_the_footprint_mean_of_a_constant_is_the_constant() -> None:
    points = footprints(yard())
    assert points.average(np.full(len(points.space), 7.25)) == pytest.approx(7.25)
    assert (np.bincount(points.space) == points.samples).all()


def test_the_footprint_mean_of_a_slope_is_its_value_at_the_centre() -> None:
    facility = yard()
    points = footprints(facility)
    slope = 3.0 * points.points_m[:, 0] - points.points_m[:, 1]
    assert points.average(slope) == pytest.approx(
        3.0 * facility.centre[:, 0] - facility.centre[:, 1], abs=1e-9
    )


def test_the_table_ends_on_the_mean_of_the_steady_plume() -> None:
    points = footprints(yard())
    exact = points.average(
        plume_concentration(
            points.points_m[:, 0],
            points.points_m[:, 1],
            rate_kg_s=0.05,
            wind_m_s=transport_wind(3.0, stability="D", terrain="rural"),
            stability="D",
            terrain="rural",
            diameter_m=6.2,
        )
    )
    held = cloud().table([steady()], TIMES)[:, -1]
    for name in ("east-100", "east-200", "east-200-north", "east-400"):
        assert held[row(name)] == pytest.approx(exact[row(name)], rel=1e-4)
    assert held[row("west-100")] == held[row("south-200")] == 0.0


def test_finer_sampling_changes_the_mean_by_less_than_five_percent(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = cloud().table([steady()], TIMES)[:, -1]
    footprints.cache_clear()
    monkeypatch.setattr("drillsim.hazards.cloud.POINT_SPACING_M", 2.0)
    fine: Footprints = footprints(yard())
    finer = Cloud(fine, source_m=(0.0, 0.0), diameter_m=6.2, weather=WEST_WIND).table([steady()], TIMES)[
        :, -1
    ]
    footprints.cache_clear()
    for name in ("east-100", "east-200", "east-200-north", "east-400"):
        assert usual[row(name)] == pytest.approx(finer[row(name)], rel=0.05)


def test_the_field_is_even_across_the_axis_and_proportional_to_the_rate() -> None:
    one, two = (cloud().table([steady(rate)], TIMES) for rate in (0.05, 0.1))
    assert one[row("east-200-north")] == pytest.approx(one[row("east-200-south")])
    assert two == pytest.approx(2.0 * one)


def test_a_space_is_clean_until_the_front_can_be_there() -> None:
    wind = transport_wind(3.0, stability="D", terrain="rural")
    table = cloud().table([steady()], TIMES)[row("east-400")]
    before = np.flatnonzero((TIMES + 70.0) * wind < 390.0)
    assert before.size > 5
    assert table[before] == pytest.approx(0.0, abs=1e-6 * table.max())
    assert table[(TIMES - 90.0) * wind > 400.0].min() > 0.95 * table.max()


def test_cutting_a_source_into_parts_changes_nothing() -> None:
    whole = cloud().table([steady()], TIMES)
    parts = [steady(end=400.0), steady(start=400.0, end=410.0), steady(start=410.0)]
    assert cloud().table(parts, TIMES) == pytest.approx(whole, abs=1e-15)


def test_what_is_airborne_moves_on_with_the_new_wind() -> None:
    turned = [steady(end=600.0), steady(start=600.0, from_deg=0.0)]
    places = points_alone(np.array([[200.0, 0.0], [200.0, -150.0], [0.0, -150.0]]))
    moved = Cloud(places, source_m=(0.0, 0.0), diameter_m=6.2, weather=WEST_WIND)
    east, south_east, south = moved.table(turned, TIMES)
    wind = transport_wind(3.0, stability="D", terrain="rural")
    before, arrival = TIMES <= 600.0, 600.0 + 150.0 / wind
    kept = moved.table([steady()], TIMES)
    assert east[before] == pytest.approx(kept[0, before], rel=1e-12)
    assert not south_east[before].any() and not south[before].any()
    # What was 200 m east at the change has travelled 350 m when it is 150 m further south.
    passing = south_east[np.abs(TIMES - arrival).argmin()]
    on_the_axis = points_alone(np.array([[350.0, 0.0]]))
    further = Cloud(on_the_axis, source_m=(0.0, 0.0), diameter_m=6.2, weather=WEST_WIND)
    assert passing == pytest.approx(further.table([steady()], TIMES)[0, -1], rel=0.4)
    assert passing > 100.0 * south_east[arrival + 600.0 < TIMES].max()
    assert east[600.0 + 150.0 / wind < TIMES].max() < 1e-6 * east.max()
    assert south[-1] == pytest.approx(moved.table([steady(from_deg=0.0)], TIMES)[2, -1], rel=1e-9)


def test_spaces_within_one_diameter_are_named_and_hold_finite_values() -> None:
    wide = cloud(diameter=12.0)
    assert wide.near_spaces() == [row("source")]
    assert np.isfinite(wide.table([steady()], TIMES)).all()


def test_a_source_of_nothing_makes_no_cloud() -> None:
    assert not cloud().table([steady(rate=0.0)], TIMES).any()


def test_dense_plumes_that_take_each_others_place_never_hold_more_than_pure_gas() -> None:
    def part(start: float, end: float, volume_rate: float) -> SourceSegment:
        plume = dense_plume(
            volume_rate_m3_s=volume_rate,
            density_kg_m3=3.0,
            vapour_k=240.0,
            air_k=303.15,
            wind_10m_m_s=3.0,
        )
        return SourceSegment(start, end, 3.0 * volume_rate, 270.0, 3.0, plume)

    heavy = Cloud(
        points_alone(np.array([[0.0, 0.0], [-6.0, 0.0]])),
        source_m=(0.0, 0.0),
        diameter_m=5.0,
        weather=WEST_WIND,
        molar_mass_kg_mol=0.0709,
    )
    parts = [part(0.0, 300.0, 30.0), part(300.0, 600.0, 10.0), part(600.0, 900.0, 20.0)]
    pure = 101325.0 * 0.0709 / (8.314462618 * 303.15)
    source, upwind = heavy.table(parts, np.arange(0.0, 1200.0, 1.0))
    assert source.max() == pytest.approx(pure, rel=1e-3)
    assert upwind.max() == pytest.approx(pure, rel=1e-3)
    assert source[100:880] == pytest.approx(pure, rel=1e-3)  # nor is there a hole between them
    assert source[-1] == 0.0
