from __future__ import annotations

import pytest

from drillsim.hazards.substances import ODOUR_PPM, substance, substances


@pytest.mark.parametrize(
    "key", ["acrylonitrile", "UN1093", "un 1093", "1093", "107-13-1", "Acrylonitrile, stabilized"]
)
def test_a_substance_is_found_by_id_name_cas_or_un_number(key: str) -> None:
    assert substance(key).id == "acrylonitrile"


def test_an_unknown_substance_is_refused_with_the_known_ids() -> None:
    with pytest.raises(KeyError, match=r"unobtainium.*acetone"):
        substance("unobtainium")


def test_the_table_has_every_row_and_empty_cells_are_none_not_zero() -> None:
    table = substances()
    assert len(table) == 24
    assert table["acrylonitrile"].aegl1_60min_ppm is None
    assert table["acrylonitrile"].aegl2_60min_ppm == 1.7
    assert table["nitric_acid_70"].antoine_a_log10_pa is None


def test_vapour_pressure_is_refused_outside_the_range_of_its_fit() -> None:
    with pytest.raises(ValueError, match=r"255.* to 360"):
        substance("acrylonitrile").vapour_pressure_pa(361.0)


def test_vapour_pressure_is_one_atmosphere_at_the_boiling_point() -> None:
    entry = substance("acrylonitrile")
    assert entry.boiling_point_k is not None
    assert entry.vapour_pressure_pa(entry.boiling_point_k) == pytest.approx(101325.0, rel=0.03)


def test_a_missing_property_is_named() -> None:
    with pytest.raises(ValueError, match=r"nitric_acid_70.*antoine_b_k"):
        substance("nitric_acid_70").need("antoine_b_k")


def test_heat_of_vaporization_falls_towards_the_critical_point() -> None:
    entry = substance("acrylonitrile")
    values = [entry.heat_of_vaporization(kelvin) for kelvin in (280.0, 300.0, 350.35, 500.0)]
    assert values == sorted(values, reverse=True)
    assert values[2] == pytest.approx(585500.0)
    with pytest.raises(ValueError, match="critical"):
        entry.heat_of_vaporization(540.0)


def test_every_odour_threshold_belongs_to_a_known_substance() -> None:
    assert set(ODOUR_PPM) <= set(substances())
    assert substance("styrene").odour_ppm is None
