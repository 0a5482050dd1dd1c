from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.plume import plume_concentration, transport_wind
from drillsim.hazards.thermal_dose import PSI_PA
from drillsim.hazards.vapour_explosion import (
    explosion_energy_j,
    flame_mach,
    flammable_cloud,
    flammable_plume,
    reactivity_of,
    rmp_one_psi_m,
    share_kg_m3,
    tnt_blast_pa,
    tnt_reach_m,
    vapour_blast_pa,
    vapour_blast_reach_m,
)

LOWER, UPPER = (
    share_kg_m3(percent, molar_mass_kg_mol=0.044096, temperature_k=288.15) for percent in (0.9 * 2.1, 9.5)
)
WEATHER = {"wind_10m_m_s": 5.0, "stability": "D"}


def test_the_detonated_cloud_gives_alohas_distances() -> None:
    energy = explosion_energy_j(4.6, heat_of_combustion_j_kg=46.35e6, share=1.0)
    for psi, expected in ((8.0, 23.0), (3.5, 33.0), (1.0, 71.0)):
        reach = 9.5 + vapour_blast_reach_m(psi * PSI_PA, energy_j=energy, mach=5.2)
        assert reach == pytest.approx(expected, rel=0.05)


def test_a_spark_among_obstacles_gives_alohas_distances() -> None:
    energy = explosion_energy_j(4.6, heat_of_combustion_j_kg=46.35e6)
    mach = flame_mach(reactivity_of("propane"), congestion="high")
    assert vapour_blast_reach_m(8.0 * PSI_PA, energy_j=energy, mach=mach) == 0.0
    for psi, expected in ((3.5, 18.0), (1.0, 34.0)):
        assert 9.5 + vapour_blast_reach_m(psi * PSI_PA, energy_j=energy, mach=mach) == pytest.approx(
            expected, rel=0.15
        )


@pytest.mark.parametrize(("mach", "end"), [(0.2, 0.35), (0.35, 0.32), (0.7, 0.30), (5.2, 0.16)])
def test_each_curve_joins_its_plateau(mach: float, end: float) -> None:
    energy = 101325.0  # so that the scaled distance is the distance
    inside, outside = vapour_blast_pa(np.array([end - 1e-9, end]), energy_j=energy, mach=mach)
    assert outside == pytest.approx(inside, rel=0.01)


@given(mach=st.floats(0.01, 5.2), energy=st.just(0.0) | st.floats(1e-3, 1e13))
def test_blast_is_finite_and_never_rises_with_distance(mach: float, energy: float) -> None:
    x = np.concatenate([[0.0], np.geomspace(1e-3, 1e4, 400)])
    for blast in (vapour_blast_pa(x, energy_j=energy, mach=mach), tnt_blast_pa(x, tnt_kg=energy / 4.52e6)):
        assert np.all(np.isfinite(blast)) and np.all(np.diff(blast) <= 0.01 * blast[:-1])


def test_between_two_curves_the_blast_is_linear_in_mach_and_below_the_first_it_is_the_first() -> None:
    def blast(mach: float) -> float:
        return float(vapour_blast_pa(20.0, energy_j=1e8, mach=mach))

    assert blast(0.525) == pytest.approx(0.5 * (blast(0.35) + blast(0.7)))
    assert blast(0.026) == blast(0.2)
    with pytest.raises(ValueError, match=r"up to 5\.2"):
        blast(6.0)


def test_one_psi_of_tnt_lies_where_the_stand_off_card_ends() -> None:
    assert 5.5e3 < float(tnt_blast_pa(15.9, tnt_kg=1.0)) < 5.75e3
    assert tnt_reach_m(5.6e3, tnt_kg=1000.0) == pytest.approx(159.0, rel=0.02)
    assert rmp_one_psi_m(468.0, heat_of_combustion_j_kg=1e6) == pytest.approx(17.0 * math.cbrt(10.0))


def test_the_flammable_part_of_a_plume_is_what_a_fine_grid_holds() -> None:
    plume = flammable_plume(1.0, lower_kg_m3=LOWER, upper_kg_m3=UPPER, spread=1.0, **WEATHER)
    wind = transport_wind(5.0, stability="D", terrain="rural")

    def concentration(x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        x, y, z = np.broadcast_arrays(x, y, z)
        return plume_concentration(x, y, z_m=z, rate_kg_s=1.0, wind_m_s=wind, stability="D", terrain="rural")

    grid = flammable_cloud(
        concentration,
        x_edges_m=np.linspace(0.0, 25.0, 126),
        y_edges_m=np.linspace(-5.0, 5.0, 121),
        z_edges_m=np.linspace(0.0, 4.0, 101),
        lower_kg_m3=LOWER,
        upper_kg_m3=UPPER,
    )
    assert grid.mass_kg == pytest.approx(plume.mass_kg, rel=0.02)
    assert grid.centre_m == pytest.approx(plume.centre_m, rel=0.02)
    assert grid.reach_m == pytest.approx(plume.reach_m, abs=0.2)


def test_the_ten_second_plume_reaches_alohas_flash_zone() -> None:
    for share, expected in ((0.6, 30.0), (0.1, 96.0)):
        lower = LOWER / 0.9 * share
        zone = flammable_plume(1.0, lower_kg_m3=lower, upper_kg_m3=UPPER, **WEATHER)
        assert zone.reach_m == pytest.approx(expected, rel=0.25)


def test_no_release_has_no_cloud_and_no_blast() -> None:
    assert flammable_plume(0.0, lower_kg_m3=LOWER, upper_kg_m3=UPPER, **WEATHER).mass_kg == 0.0
    assert vapour_blast_reach_m(PSI_PA, energy_j=0.0, mach=5.2) == 0.0
