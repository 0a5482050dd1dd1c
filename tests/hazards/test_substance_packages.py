"""The substance table beside two property packages, within the deviations of ``substance_tolerances.csv``.

Where a cell was computed with a package the comparison guards the copying; where the two packages differ it
says by how much.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drillsim.hazards.substances import Substance, substances

chemicals = pytest.importorskip("chemicals")
coolprop = pytest.importorskip("CoolProp.CoolProp")

# Rows of the table that CoolProp knows, by its names.
FLUIDS = {
    "ammonia": "Ammonia",
    "chlorine": "Chlorine",
    "sulphur_dioxide": "SulfurDioxide",
    "hydrogen_sulphide": "HydrogenSulfide",
    "carbon_monoxide": "CarbonMonoxide",
    "ethylene_oxide": "EthyleneOxide",
    "hydrogen_chloride": "HydrogenChloride",
    "benzene": "Benzene",
    "toluene": "Toluene",
    "methanol": "Methanol",
    "acetone": "Acetone",
    "vinyl_chloride": "VinylChloride",
    "propane": "n-Propane",
    "n_hexane": "n-Hexane",
    "ethanol": "Ethanol",
}
COLUMNS = {
    "molar_mass": "molar_mass_g_mol",
    "boiling_point": "boiling_point_k",
    "melting_point": "melting_point_k",
    "critical_temperature": "critical_temperature_k",
    "density": "liquid_density_kg_m3_20c",
    "heat_of_vaporization": "heat_of_vaporization_j_kg",
    "lfl": "lfl_vol_pct",
    "ufl": "ufl_vol_pct",
}
NFPA = "NFPA 497 (2008)"
WITH = pytest.mark.parametrize("entry", substances().values(), ids=lambda entry: entry.id)


def tolerances() -> dict[tuple[str, str, str], tuple[str, str]]:
    with Path(__file__).with_name("substance_tolerances.csv").open(encoding="utf-8", newline="") as lines:
        return {
            (row["property"], row["against"], row["id"]): (row["tolerance"], row["reason"])
            for row in csv.DictReader(lines, strict=True)
        }


def limit(prop: str, against: str, entry: Substance) -> float | None:
    """Allowed relative deviation; None where the two do not compare."""
    table = tolerances()
    cell = table.get((prop, against, entry.id), table[prop, against, "*"])[0]
    return float(cell) if cell else None


def fluid(output: str, entry: Substance, **state: float) -> float:
    (a, b), (x, y) = zip(*state.items(), strict=True)
    return float(coolprop.PropsSI(output, a, x, b, y, FLUIDS[entry.id]))


def by_coolprop(entry: Substance) -> Iterator[tuple[str, float]]:
    if entry.id not in FLUIDS:
        return
    yield "molar_mass", coolprop.PropsSI("M", FLUIDS[entry.id]) * 1000.0
    yield "boiling_point", fluid("T", entry, P=101325.0, Q=0.0)
    yield "critical_temperature", coolprop.PropsSI("Tcrit", FLUIDS[entry.id])
    if entry.liquid_density_kg_m3_20c is not None:
        yield "density", fluid("D", entry, T=293.15, Q=0.0)
    gas, liquid = (fluid("H", entry, P=101325.0, Q=quality) for quality in (1.0, 0.0))
    yield "heat_of_vaporization", gas - liquid


def by_chemicals(entry: Substance) -> Iterator[tuple[str, float]]:
    cas = entry.cas
    if entry.id != "toluene_diisocyanate_80_20":
        yield "molar_mass", chemicals.MW(cas)
    yield "boiling_point", chemicals.Tb(cas)
    yield "melting_point", chemicals.Tm(cas)
    yield "critical_temperature", chemicals.Tc(cas)
    if NFPA in chemicals.LFL_methods(CASRN=cas):
        yield "lfl", chemicals.LFL(CASRN=cas, method=NFPA) * 100.0
    if NFPA in chemicals.UFL_methods(CASRN=cas):
        yield "ufl", chemicals.UFL(CASRN=cas, method=NFPA) * 100.0
    molar = entry.molar_mass_kg_mol
    densities = chemicals.volume.rho_data_Perry_8E_105_l
    if cas in densities.index:
        row = densities.loc[cas]
        yield "density", chemicals.EQ105(293.15, row.C1, row.C2, row.C3, row.C4) * molar
    heats = chemicals.phase_change.phase_change_data_Perrys2_150
    if cas in heats.index and entry.boiling_point_k is not None:
        row = heats.loc[cas]
        joules = chemicals.EQ106(entry.boiling_point_k, row.Tc, row.C1, row.C2, row.C3, row.C4)
        yield "heat_of_vaporization", joules / molar


def chemicals_vapour_pressure(entry: Substance) -> Callable[[float], float] | None:
    """The main correlation of the package that has this substance: Wagner, else DIPPR, else Antoine."""
    data = chemicals.vapor_pressure
    row: Any
    if entry.cas in data.Psat_data_VDI_PPDS_3.index:
        row = data.Psat_data_VDI_PPDS_3.loc[entry.cas]
        return lambda kelvin: chemicals.Wagner(kelvin, row.Tc, row.Pc, row.A, row.B, row.C, row.D)
    if entry.cas in data.Psat_data_Perrys2_8.index:
        row = data.Psat_data_Perrys2_8.loc[entry.cas]
        return lambda kelvin: chemicals.EQ101(kelvin, row.C1, row.C2, row.C3, row.C4, row.C5)
    if entry.cas in data.Psat_data_WagnerMcGarry.index:
        row = data.Psat_data_WagnerMcGarry.loc[entry.cas]
        return lambda kelvin: chemicals.Wagner_original(kelvin, row.Tc, row.Pc, row.A, row.B, row.C, row.D)
    return None


def deviations(entry: Substance, against: str) -> dict[str, float]:
    """Relative deviation of every cell that the package has too."""
    found = {}
    for prop, value in (by_chemicals if against == "chemicals" else by_coolprop)(entry):
        own = getattr(entry, COLUMNS[prop])
        if own is not None and value is not None:
            found[prop] = abs(own / value - 1.0)
    if entry.antoine_t_min_k is not None and entry.antoine_t_max_k is not None:
        kelvins = np.linspace(entry.antoine_t_min_k, entry.antoine_t_max_k, 21).tolist()
        pressure = chemicals_vapour_pressure(entry) if against == "chemicals" else None
        if against == "CoolProp" and entry.id in FLUIDS:
            pressure = lambda kelvin: fluid("P", entry, T=kelvin, Q=0.0)  # noqa: E731
        if pressure is not None:
            found["vapour_pressure"] = max(
                abs(entry.vapour_pressure_pa(kelvin) / pressure(kelvin) - 1.0) for kelvin in kelvins
            )
    return found


@WITH
@pytest.mark.parametrize("against", ["chemicals", "CoolProp"])
def test_every_cell_agrees_with_the_package(entry: Substance, against: str) -> None:
    wrong = {}
    for prop, deviation in deviations(entry, against).items():
        allowed = limit(prop, against, entry)
        if allowed is not None and not deviation <= allowed:
            wrong[prop] = deviation
    assert not wrong


@WITH
def test_the_cas_number_is_of_a_substance_with_this_molar_mass(entry: Substance) -> None:
    assert chemicals.check_CAS(entry.cas)
    if limit("cas", "chemicals", entry) is not None:
        known = chemicals.search_chemical(entry.cas)
        assert known.CASs == entry.cas
        assert math.isclose(known.MW, entry.molar_mass_g_mol or 0.0, rel_tol=5e-4)


def test_every_full_row_is_compared_in_every_property_that_a_package_has() -> None:
    for entry in substances().values():
        if entry.antoine_t_min_k is None:
            continue
        found = deviations(entry, "chemicals") | deviations(entry, "CoolProp")
        assert {"molar_mass", "boiling_point", "melting_point", "critical_temperature"} <= found.keys()
        from_books = entry.id in ("toluene_diisocyanate", "epichlorohydrin", "propylene_oxide")
        assert from_books or {"vapour_pressure", "heat_of_vaporization"} <= found.keys(), entry.id
        assert from_books or entry.id == "carbon_monoxide" or "density" in found, entry.id


def test_every_wider_tolerance_has_a_reason_and_is_needed() -> None:
    table = tolerances()
    for (prop, against, key), (cell, reason) in table.items():
        if key == "*":
            continue
        assert reason, (prop, key)
        if cell:
            deviation = deviations(substances()[key], against)[prop]
            assert float(table[prop, against, "*"][0]) < deviation <= float(cell), (prop, key, deviation)


def test_toluene_diisocyanate_evaporates_with_the_heat_its_vapour_pressure_asks_for() -> None:
    entry = substances()["toluene_diisocyanate"]
    b, c, heat = entry.need("antoine_b_k", "antoine_c_k", "heat_of_vaporization_j_kg")
    kelvin = 423.15  # the heat was measured at 120 to 180 °C
    clapeyron = 8.314462618 * math.log(10.0) * b * (kelvin / (kelvin + c)) ** 2
    assert clapeyron / entry.molar_mass_kg_mol == pytest.approx(heat, rel=0.03)
