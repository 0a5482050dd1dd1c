from __future__ import annotations

import pytest

from drillsim.hazards.evaporation import (
    BOILING_PA,
    BOILING_RATIO,
    boiling_share,
    brighton_transfer,
    epa_rmp_rate,
    isothermal_rate,
    saturation_ratio,
)


def test_more_wind_takes_up_more_vapour() -> None:
    slow, fast = (
        brighton_transfer(diameter_m=6.0, wind_10m_m_s=wind, exponent=0.142, molar_mass_kg_mol=0.053)
        for wind in (1.0, 5.0)
    )
    assert slow > 0.0
    assert slow * 1.0 < fast * 5.0


def test_values_outside_the_range_of_the_formulas_are_refused() -> None:
    with pytest.raises(ValueError, match="Pa"):
        saturation_ratio(101325.0)
    with pytest.raises(ValueError, match="wind"):
        brighton_transfer(diameter_m=6.0, wind_10m_m_s=0.5, exponent=0.142, molar_mass_kg_mol=0.05)


def test_the_increase_is_four_where_the_pool_begins_to_boil_and_one_for_a_heavy_liquid() -> None:
    assert saturation_ratio(BOILING_PA) == pytest.approx(BOILING_RATIO)
    assert saturation_ratio(0.0) == 1.0
    assert [boiling_share(ratio) for ratio in (1.0, 3.0, 3.5, 4.0)] == [0.0, 0.0, 0.5, 1.0]


def test_the_epa_formula_gives_the_pounds_a_minute_of_its_own_units() -> None:
    # 1 m/s, 64 g/mol, 100 ft2, 100 mmHg, 300 K: 0.284 * 16 * 100 * 100 / (82.05 * 300) = 1.846 lb/min
    found = epa_rmp_rate(
        area_m2=100 * 0.3048**2,
        wind_10m_m_s=1.0,
        molar_mass_kg_mol=0.064,
        vapour_pressure_pa=100 * 133.322,
        temperature_k=300.0,
    )
    assert found == pytest.approx(1.84603 * 0.45359237 / 60.0, rel=1e-4)


def test_isothermal_models_go_by_name_and_end_where_the_pool_boils() -> None:
    case = {"area_m2": 10.0, "wind_10m_m_s": 5.0, "molar_mass_kg_mol": 0.058, "temperature_k": 288.0}
    assert isothermal_rate("epa-rmp", vapour_pressure_pa=2e4, **case) == epa_rmp_rate(
        vapour_pressure_pa=2e4, **case
    )
    with pytest.raises(ValueError, match="do not boil"):
        isothermal_rate("mackay-matsugu", vapour_pressure_pa=101325.0, **case)
    with pytest.raises(ValueError, match="no isothermal model"):
        isothermal_rate("brighton", vapour_pressure_pa=1e4, **case)
