from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drillsim.hazards import dense, plume
from drillsim.hazards.atmosphere import air_density
from drillsim.hazards.dense import (
    CCPS_PLUME,
    CCPS_PUFF,
    ccps_plume_number,
    ccps_puff_number,
    critical_richardson,
    dense_distance,
    dense_plume,
    dense_plume_distance,
    dense_plume_share,
    dense_puff,
    dense_puff_distance,
    plume_or_puff,
    pool_richardson,
)

LNG: dict[str, Any] = {
    "volume_rate_m3_s": 0.23 * 425.6 / 1.76,
    "density_kg_m3": 1.76,
    "vapour_k": 111.15,
    "air_k": 298.0,
    "wind_10m_m_s": 10.9,
}
POTCHEFSTROOM: dict[str, Any] = {
    "volume_m3": 7.25e4,
    "density_kg_m3": 1.434,
    "vapour_k": 293.15,
    "air_k": 293.15,
    "wind_10m_m_s": 2.0,
}


def vapour(molar_mass_kg_mol: float, kelvin: float) -> dict[str, Any]:
    density = air_density(kelvin) * molar_mass_kg_mol / 0.028965
    return {"density_kg_m3": density, "vapour_k": kelvin, "air_k": kelvin}


@pytest.mark.parametrize(("x", "share"), [(45.2, 0.672), (367.0, 0.0507), (1200.0, 0.00492)])
def test_the_lng_plume_of_the_handbook(x: float, share: float) -> None:
    # Case V22.
    assert dense_plume_share(x, **LNG) == pytest.approx(share, rel=0.01)


def test_the_cloud_of_potchefstroom() -> None:
    # Case V23.
    puff = dense_puff(**POTCHEFSTROOM)
    assert float(puff.share(124.0)) == pytest.approx(0.100, rel=0.01)
    assert float(puff.front_m(124.0)) == pytest.approx(333.0, rel=0.01)


def test_chlorine_is_within_a_factor_two_of_aloha() -> None:
    # Cases V10 and V11; the sheet's own figures to a per cent.
    chlorine = vapour(0.070906, 278.15)
    rate = 10.0 / chlorine["density_kg_m3"]
    plume_m = dense_plume_distance(20e-6, volume_rate_m3_s=rate, wind_10m_m_s=5.0, **chlorine)
    puff_m = dense_puff_distance(20e-6, volume_m3=60.0 * rate, wind_10m_m_s=3.0, **chlorine)
    assert plume_m == pytest.approx(4725.0, rel=0.01)
    assert puff_m == pytest.approx(3400.0, rel=0.01)
    assert plume_m < 2.0 * 3100.0
    assert puff_m < 2.0 * 2100.0


@pytest.mark.parametrize(("share", "here", "aloha"), [(0.0126, 67.0, 30.0), (0.0021, 157.0, 96.0)])
def test_a_propane_plume_is_within_a_factor_of_aloha(share: float, here: float, aloha: float) -> None:
    # Case V14.
    propane = vapour(0.044096, 288.15)
    given = {"volume_rate_m3_s": 1.0 / propane["density_kg_m3"], "wind_10m_m_s": 5.0, **propane}
    assert dense_plume_distance(share, **given) == pytest.approx(here, rel=0.01)
    assert here / aloha < 2.3
    assert critical_richardson(
        1.0, density_kg_m3=propane["density_kg_m3"], wind_10m_m_s=5.0, air_k=288.15
    ) == pytest.approx(66.0, rel=0.01)


def test_the_shape_of_the_plume_is_the_one_worked_by_hand() -> None:
    # rho 2.4 in air of 1.2041: g' 9.7395; V 8, U 2: D 2 m, lb = 8 x 9.7395/8 = 9.7395 m
    cloud = dense_plume(
        volume_rate_m3_s=8.0, density_kg_m3=2.4, vapour_k=293.15, air_k=293.15, wind_10m_m_s=2.0
    )
    assert cloud.buoyancy_m == pytest.approx(9.740, abs=2e-3)
    assert cloud.alpha == pytest.approx(0.2 * math.log10(9.7395**2 * 8.0 / 32.0), abs=1e-4)
    assert cloud.upwind_reach_m == pytest.approx(1.0 + 2.0 * 9.740, abs=5e-3)
    assert cloud.source_half_width_m == pytest.approx(2.0 + 8.0 * 9.740, abs=2e-2)
    widths = cloud.half_width_m(np.array([-100.0, 0.0, 100.0]))
    assert widths[0] == 0.0
    assert widths[1] == cloud.source_half_width_m
    assert widths[2] - widths[1] == pytest.approx(2.5 * (9.740e4) ** (1 / 3), rel=1e-4)
    assert cloud.share(np.array([-100.0, -1.0, 0.0])).tolist() == [0.0, 1.0, 1.0]


releases = st.tuples(
    st.floats(1e-3, 1e3), st.floats(1.3, 6.0), st.floats(0.4, 1.0), st.floats(1.0, 15.0)
).map(
    lambda drawn: {
        "volume_rate_m3_s": drawn[0],
        "density_kg_m3": drawn[1],
        "vapour_k": 293.15 * drawn[2],
        "air_k": 293.15,
        "wind_10m_m_s": drawn[3],
    }
)


def as_puff(release: dict[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in release.items() if name != "volume_rate_m3_s"}
    return {"volume_m3": 60.0 * release["volume_rate_m3_s"], **others}


@given(releases)
def test_a_plume_carries_its_source_through_every_section_and_a_puff_holds_its_mass(
    release: dict[str, Any],
) -> None:
    cloud = dense_plume(**release)
    x = np.geomspace(0.1, 1e4, 30)
    carried = 2.0 * cloud.half_width_m(x) * cloud.depth_m(x) * cloud.dilution(x) * cloud.wind_10m_m_s
    assert carried == pytest.approx(release["volume_rate_m3_s"])
    puff = dense_puff(**as_puff(release))
    time = np.geomspace(0.1, 1e4, 30)
    held = math.pi * puff.radius_m(time) ** 2 * puff.height_m(time) * puff.dilution(time)
    assert held == pytest.approx(60.0 * release["volume_rate_m3_s"])


@given(releases)
def test_shares_lie_between_zero_and_one_and_never_rise_with_distance_or_time(
    release: dict[str, Any],
) -> None:
    for shares in (
        dense_plume(**release).share(np.concatenate([[0.0], np.geomspace(1e-3, 1e6, 400)])),
        dense_puff(**as_puff(release)).share(np.concatenate([[0.0], np.geomspace(1e-3, 1e6, 400)])),
    ):
        assert np.isfinite(shares).all()
        assert ((shares > 0.0) & (shares <= 1.0)).all()
        assert (np.diff(shares) <= 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(releases, st.floats(1e-6, 0.6))
def test_at_its_zone_length_a_cloud_has_just_the_share_asked_for(
    release: dict[str, Any], share: float
) -> None:
    cloud = dense_plume(**release)
    edge = cloud.distance_m(share)
    assert float(cloud.share(edge * (1.0 - 1e-6))) >= share * (1.0 - 1e-4)
    assert float(cloud.share(edge * (1.0 + 1e-6))) <= share * (1.0 + 1e-4)
    puff = dense_puff(**as_puff(release))
    front = puff.distance_m(share) / puff.scale_m
    assert puff.curve.dilution(np.array([front * (1 + 1e-6)]))[0] <= dense._dilution(share, puff.warmth) * (
        1 + 1e-4
    )


@given(releases, st.floats(1e-6, 0.3), st.floats(1.0, 3.0))
def test_zones_never_grow_with_the_level_nor_shrink_with_the_duration(
    release: dict[str, Any], share: float, factor: float
) -> None:
    def zone(level: float, duration: float = 300.0) -> float:
        return dense_distance(level, duration_s=duration, **release)

    assert zone(share * factor) <= zone(share)
    assert zone(share, 300.0 * factor) >= zone(share) * (1.0 - 1e-3)


@given(releases, st.floats(1e-5, 0.2))
def test_where_the_curves_hold_a_plume_never_gets_shorter_with_the_rate(
    release: dict[str, Any], share: float
) -> None:
    more = release | {"volume_rate_m3_s": 2.0 * release["volume_rate_m3_s"]}
    if dense_plume(**more).alpha <= 1.0:
        assert dense_plume_distance(share, **more) >= dense_plume_distance(share, **release)


def test_beyond_the_last_point_a_cloud_thins_with_the_square_of_the_distance() -> None:
    cloud = dense_plume(**LNG)
    far = 10.0 ** cloud.curve.log_x[-1] * cloud.scale_m
    near, double = cloud.dilution(np.array([1.5 * far, 3.0 * far]))
    assert near / double == pytest.approx(4.0)
    assert float(cloud.dilution(far * 1.0000001)) == pytest.approx(0.002, rel=1e-4)


def test_the_near_field_joins_the_first_point_and_stops_before_it_where_that_lies_nearer() -> None:
    cloud = dense_plume(**LNG)
    at = cloud.curve.dilution(np.array([30.0, 30.0001]))
    assert at == pytest.approx(306.0 / 1206.0, rel=1e-4)
    assert dense._plume_curve(0.9).near_end == pytest.approx(10.0 ** (1.78 - 0.45))


@pytest.mark.parametrize("alpha", np.linspace(-1.5, 1.0, 26).tolist())
def test_the_points_of_a_curve_follow_one_another(alpha: float) -> None:
    for curve in (dense._plume_curve(alpha), dense._puff_curve(alpha)):
        assert all(near < far for near, far in pairwise(curve.log_x.tolist()))
        assert all(more > less for more, less in pairwise(curve.ratio.tolist()))


@pytest.mark.parametrize("table", [dense._PLUME, dense._PUFF])
def test_the_pieces_of_the_workbook_meet_within_two_hundredths(table: dict[float, Any]) -> None:
    # Two hundredths in log10 of distance are 5 %; a misread digit makes more.
    for pieces in table.values():
        for (limit, _, _), _ in pairwise(pieces):
            assert dense._beta(pieces, limit) == pytest.approx(dense._beta(pieces, limit + 1e-9), abs=0.02)


def test_beyond_alpha_one_a_cloud_is_flagged_with_the_range() -> None:
    heavy = LNG | {"volume_rate_m3_s": 1e4, "wind_10m_m_s": 1.0}
    assert "end at 1" in dense_plume(**heavy).flags[0]
    assert "alpha" in dense_puff(**(POTCHEFSTROOM | {"volume_m3": 1e7, "wind_10m_m_s": 1.0})).flags[0]
    assert dense_plume(**LNG).flags == dense_puff(**POTCHEFSTROOM).flags == ()


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"density_kg_m3": 1.0}, "denser"),
        ({"wind_10m_m_s": 0.9}, "1 m/s"),
        ({"volume_rate_m3_s": 0.0}, "above 0"),
    ],
)
def test_what_the_workbook_does_not_cover_is_refused(change: dict[str, float], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        dense_plume(**(LNG | change))
    with pytest.raises(ValueError, match="share"):
        dense_plume_distance(1.0, **LNG)


def test_criteria_are_those_worked_by_hand() -> None:
    # rho 2.4082 = twice the air: g' = g; Q 1, U 3: H = sqrt(pi/(4 x 2.4082 x 3)) = 0.32972 m
    twice = 2.0 * air_density(293.15)
    jet = critical_richardson(1.0, density_kg_m3=twice, wind_10m_m_s=3.0, air_k=293.15)
    assert jet == pytest.approx(0.32972 * 9.80665 / 0.0081, rel=1e-3)
    over_pool = critical_richardson(1.0, density_kg_m3=twice, wind_10m_m_s=3.0, air_k=293.15, diameter_m=5.0)
    assert over_pool == pytest.approx(9.80665 / (twice * 15.0) / 0.0081)
    # V 8, U 2, g' = g: D 2; (9.80665 x 8/(8 x 2))^(1/3); puff V0 8: sqrt(78.4532)/(2 x 2)
    given = {"density_kg_m3": twice, "air_k": 293.15, "wind_10m_m_s": 2.0}
    assert ccps_plume_number(8.0, **given) == pytest.approx(1.6989, rel=1e-3)
    assert ccps_puff_number(8.0, **given) == pytest.approx(2.21435, rel=1e-4)
    light = given | {"density_kg_m3": 0.7}
    assert ccps_plume_number(8.0, **light) == ccps_puff_number(8.0, **light) == 0.0
    assert (CCPS_PLUME, CCPS_PUFF) == (0.15, 0.20)


def test_a_cold_cloud_of_a_light_gas_is_dense() -> None:
    given = {"wind_10m_m_s": 3.0, "diameter_m": 6.0, "molar_mass_kg_mol": 0.01604, "air_k": 293.15}
    assert pool_richardson(1.0, vapour_k=293.15, **given) == 0.0
    assert pool_richardson(1.0, vapour_k=111.7, **given) > 0.0
    assert plume.pool_richardson.__module__ == "drillsim.hazards.dense"
    assert plume.DENSE_RICHARDSON == dense.DENSE_RICHARDSON == 1.95


def test_plume_puff_or_both_by_how_far_the_wind_goes_during_the_release() -> None:
    kinds = [plume_or_puff(100.0, wind_10m_m_s=5.0, duration_s=t) for t in (50.0, 49.9, 12.1, 12.0)]
    assert kinds == ["plume", "both", "both", "puff"]


def test_a_long_release_has_the_zone_of_the_plume_and_a_short_one_that_of_the_puff() -> None:
    chlorine = vapour(0.070906, 278.15) | {"wind_10m_m_s": 3.0}
    rate = 10.0 / chlorine["density_kg_m3"]
    steady = dense_plume_distance(20e-6, volume_rate_m3_s=rate, **chlorine)
    at_once = dense_puff_distance(20e-6, volume_m3=60.0 * rate, **chlorine)
    assert at_once < steady
    assert dense_distance(20e-6, volume_rate_m3_s=rate, duration_s=60.0, **chlorine) == at_once
    assert dense_distance(20e-6, volume_rate_m3_s=rate, duration_s=36000.0, **chlorine) == steady
    with pytest.raises(ValueError, match="above 0"):
        dense_distance(20e-6, volume_rate_m3_s=rate, duration_s=0.0, **chlorine)


def test_chlorine_for_half_an_hour_is_within_a_factor_two_of_aloha_with_its_duration() -> None:
    # Case V10; the puff of all of it alone would reach 10.4 km.
    chlorine = vapour(0.070906, 278.15) | {"wind_10m_m_s": 5.0}
    rate = 10.0 / chlorine["density_kg_m3"]
    reach = dense_distance(20e-6, volume_rate_m3_s=rate, duration_s=1800.0, **chlorine)
    assert reach == pytest.approx(4725.0, rel=0.01)
    assert reach < 2.0 * 3100.0
