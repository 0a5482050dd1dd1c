from __future__ import annotations

import pytest

from drillsim.hazards.evaporation import brighton_transfer, saturation_ratio


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
