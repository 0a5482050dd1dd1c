from __future__ import annotations

import csv
from dataclasses import fields
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drillsim.hazards.substances import AEGL_DURATIONS_S, Substance, matches, substance, substances

COLUMNS = [field.name for field in fields(Substance)]
ROWS = pytest.mark.parametrize("entry", substances().values(), ids=lambda entry: entry.id)


@pytest.mark.parametrize(
    ("key", "found"),
    [
        *((key, "acrylonitrile") for key in ("acrylonitrile", "UN1093", "un 1093", "1093", "107-13-1")),
        *((key, "acrylonitrile") for key in ("Acrylonitrile, stabilized", "vinyl-cyanide", "丙烯腈", "ACN")),
        ("Sulfur dioxide", "sulphur_dioxide"),
        ("hydrogen-sulphide", "hydrogen_sulphide"),
        ("丙烯腈（稳定的）", "acrylonitrile"),
        ("液氨", "ammonia"),
        ("UN1075", "propane"),
        ("双氧水", "hydrogen_peroxide"),
        ("26471-62-5", "toluene_diisocyanate_80_20"),
    ],
)
def test_a_substance_is_found_by_id_name_synonym_cas_or_un_number(key: str, found: str) -> None:
    assert substance(key).id == found


@ROWS
def test_every_name_of_a_row_leads_to_it_and_to_no_other_but_by_un_number(entry: Substance) -> None:
    names = [entry.id, entry.name_en, entry.name_zh, entry.cas]
    names += [name for text in (entry.synonyms, entry.synonyms_zh) for name in text.split(";") if name]
    assert {found.id for name in names for found in matches(name)} == {entry.id}
    assert entry in matches(f"UN{entry.un_number}")


def test_a_un_number_of_several_substances_is_refused_with_all_of_them() -> None:
    with pytest.raises(KeyError, match=r"several.*toluene_diisocyanate \(.*toluene_diisocyanate_80_20 \("):
        substance("UN2078")


@pytest.mark.parametrize(
    ("key", "near"),
    [
        ("acrylonitril", "acrylonitrile"),
        ("clorine", "chlorine"),
        ("hydrogen floride", "hydrogen_fluoride"),
        ("acryl", "acrylic_acid"),
        ("甲苯二异", "toluene_diisocyanate"),
    ],
)
def test_a_misspelt_name_is_refused_with_near_ones(key: str, near: str) -> None:
    with pytest.raises(KeyError, match=rf"did you mean [^?]*{near}"):
        substance(key)


def test_no_other_number_is_proposed_for_an_unknown_number() -> None:
    with pytest.raises(KeyError) as refused:
        substance("UN1006")
    assert "did you mean" not in str(refused.value)


def test_an_unknown_substance_is_refused_with_the_known_ids() -> None:
    with pytest.raises(KeyError, match=r"unobtainium.*acetone"):
        substance("unobtainium")


def test_the_table_has_every_row_and_empty_cells_are_none_not_zero() -> None:
    table = substances()
    assert len(table) == 45
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


def test_the_table_holds_the_columns_of_a_substance_and_no_others() -> None:
    text = files("drillsim.data").joinpath("substances.csv").read_text(encoding="utf-8")
    assert next(csv.reader(text.splitlines())) == COLUMNS


@ROWS
def test_every_value_of_every_row_says_where_it_comes_from(entry: Substance) -> None:
    for column in COLUMNS[1:]:
        if getattr(entry, column) in (None, ""):
            with pytest.raises(ValueError, match=f"has no {column}"):
                entry.source_of(column)
            continue
        found = entry.source_of(column)
        assert found.source
        assert found.confidence in ("high", "medium", "low")


def test_no_value_has_two_sources_and_no_source_is_of_an_unknown_column_or_empty_cell() -> None:
    text = files("drillsim.data").joinpath("substance_sources.csv").read_text(encoding="utf-8")
    seen = set()
    for row in csv.DictReader(text.splitlines(), strict=True):
        for column in row["columns"].split():
            assert column in COLUMNS
            assert (row["id"], column) not in seen
            seen.add((row["id"], column))
            if row["id"] != "*":
                assert getattr(substances()[row["id"]], column) not in (None, "")


def test_a_value_from_memory_is_of_low_confidence_and_one_read_in_the_source_of_high() -> None:
    assert substance("hydrogen_chloride").source_of("aegl3_60min_ppm").confidence == "low"
    assert substance("hydrogen_chloride").source_of("aegl1_60min_ppm") == (
        "read",
        "AEGL-1 read: NRC AEGL vol 4 (2004) p 78 (1.8 ppm for all durations)",
    )
    assert "Purple Book" in substance("chlorine").source
    # What a row says of itself goes before what holds for all rows.
    assert "isomers" in substance("TDI-80").source_of("molar_mass_g_mol").source
    with pytest.raises(ValueError, match="has no colour"):
        substance("chlorine").source_of("colour")


def test_odour_thresholds_are_values_of_the_table() -> None:
    assert substance("acrylonitrile").odour_ppm == 17.0
    assert substance("acrylonitrile").source_of("odour_ppm").confidence == "low"
    assert substance("styrene").odour_ppm is None


@ROWS
def test_values_are_possible(entry: Substance) -> None:
    if entry.lfl_vol_pct is not None and entry.ufl_vol_pct is not None:
        assert 0.0 < entry.lfl_vol_pct < entry.ufl_vol_pct <= 100.0
    for name in AEGL_DURATIONS_S:
        levels = [getattr(entry, f"aegl{level}_{name}_ppm") for level in (1, 2, 3)]
        known = [level for level in levels if level is not None]
        assert known == sorted(known)
    for level in (1, 2, 3):
        cells = [getattr(entry, f"aegl{level}_{name}_ppm") for name in AEGL_DURATIONS_S]
        known = [cell for cell in cells if cell is not None]
        assert known == sorted(known, reverse=True)


@ROWS
def test_traps_are_told_in_both_languages_and_fire_governs_where_aegl3_is_above_the_lfl(
    entry: Substance,
) -> None:
    assert len(entry.traps()) == len(entry.traps("zh")) == len(entry.flags.split())
    above = (entry.aegl3_60min_ppm or 0.0) > 1e4 * (entry.lfl_vol_pct or 100.0)
    assert above == ("fire-governs" in entry.flags.split())


def test_the_great_traps_are_flagged() -> None:
    assert substance("HF").flags == "associated-vapour"
    assert substance("硝酸").flags == "solution"
    assert "molar mass" in substance("HF").traps()[0]


def test_a_level_between_two_durations_lies_on_the_line_of_the_logarithms() -> None:
    level = substance("chlorine").level_ppm(3, duration_s=7200.0)
    # 20 ppm at 60 min, 10 ppm at 4 h: half-way on both logarithms.
    assert level.ppm == pytest.approx((20.0 * 10.0) ** 0.5)
    assert (level.basis, level.rule) == ("AEGL", "interpolated")


def test_a_level_at_a_duration_of_the_table_is_the_cell() -> None:
    assert substance("HCN").level_ppm(1, duration_s=28800.0) == (1.0, "AEGL", "table", 28800.0)
    assert substance("acrylonitrile").level_ppm().ppm == 1.7


def test_an_unknown_cell_follows_the_exponent_and_else_the_one_value() -> None:
    fluoride = substance("HF").level_ppm(3, duration_s=600.0)
    assert fluoride.ppm == pytest.approx(44.0 * 6.0**0.5)
    assert fluoride.rule == "power-law"
    # Known at 30 and 60 min: the nearer one counts.
    assert substance("HCl").level_ppm(2, duration_s=600.0).ppm == pytest.approx(43.0 * 3.0)
    nitrile = substance("acrylonitrile").level_ppm(2, duration_s=600.0)
    assert (nitrile.ppm, nitrile.rule) == (1.7, "constant")
    assert nitrile.how().startswith("1.7 ppm, AEGL: for 10 min, the one value known")
    assert "10 min" in nitrile.how("zh")


def test_levels_are_taken_from_aegl_then_erpg_then_pac_then_idlh() -> None:
    full = substance("HF")
    cells = dict.fromkeys((name for name in COLUMNS if name.startswith("aegl")), None)
    bare = {column: getattr(full, column) for column in COLUMNS} | cells
    bare |= {"toxic_load_exponent_n": None, "erpg2_ppm": 20.0, "pac2_ppm": 25.0}
    assert full.level_ppm(2).basis == "AEGL"
    assert Substance(**bare).level_ppm(2) == (20.0, "ERPG", "table", 3600.0)
    assert Substance(**bare | {"erpg2_ppm": None}).level_ppm(2) == (25.0, "PAC", "table", 3600.0)
    last = Substance(**bare | {"erpg2_ppm": None, "pac2_ppm": None})
    assert last.level_ppm(2) == (30.0, "IDLH", "constant", 3600.0)
    assert last.level_ppm(3, duration_s=1800.0) == (30.0, "IDLH", "table", 1800.0)
    with pytest.raises(ValueError, match=r"AEGL-1.*not recommended does not mean harmless"):
        last.level_ppm(1)
    with pytest.raises(ValueError, match=r"AEGL-3.*and no IDLH"):
        substance("ethanol").level_ppm(3)


@pytest.mark.parametrize("duration_s", [599.0, 28801.0, 0.0, float("nan"), float("inf")])
def test_levels_are_refused_below_ten_minutes_and_beyond_eight_hours(duration_s: float) -> None:
    with pytest.raises(ValueError, match="10 min to 8 h"):
        substance("chlorine").level_ppm(2, duration_s=duration_s)


def test_there_is_no_fourth_level() -> None:
    with pytest.raises(ValueError, match="level 4"):
        substance("chlorine").level_ppm(4)


@given(
    key=st.sampled_from(sorted(substances())),
    level=st.sampled_from([2, 3]),
    durations=st.tuples(st.floats(600.0, 28800.0), st.floats(600.0, 28800.0)),
)
def test_a_longer_exposure_never_has_a_higher_level(
    key: str, level: int, durations: tuple[float, float]
) -> None:
    entry = substances()[key]
    if key in ("ethanol", "toluene_diisocyanate_80_20"):
        return  # no levels of their own
    short, long = sorted(durations)
    shorter, longer = (entry.level_ppm(level, duration_s=seconds).ppm for seconds in (short, long))
    assert longer <= shorter * (1.0 + 1e-12)
