"""Substances of the product's table: properties, vapour pressure, levels of harm."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ["ODOUR_PPM", "Substance", "substance", "substances"]

ODOUR_PPM: Final = {
    "acetone": 13.0,
    "acrylonitrile": 17.0,
    "ammonia": 5.2,
    "benzene": 12.0,
    "chlorine": 0.31,
    "ethylene_oxide": 430.0,
    "hydrogen_sulphide": 0.0081,
    "methanol": 100.0,
    "sulphur_dioxide": 1.1,
    "toluene": 2.9,
}
"""Odour thresholds in air, ppm. Source: Amoore and Hautala 1983, from memory - check; confidence low
(published thresholds of one substance differ by a factor of 10 and more; acrylonitrile 1.6 to 22 ppm)."""


@dataclass(frozen=True, slots=True)
class Substance:
    """One row of ``data/substances.csv``; ``None`` means not known. Units are in the names."""

    id: str
    name_en: str
    name_zh: str
    cas: str
    un_number: str
    imdg_class: str
    molar_mass_g_mol: float | None
    boiling_point_k: float | None
    critical_temperature_k: float | None
    liquid_density_kg_m3_20c: float | None
    heat_of_vaporization_j_kg: float | None
    liquid_heat_capacity_j_kg_k: float | None
    antoine_a_log10_pa: float | None
    antoine_b_k: float | None
    antoine_c_k: float | None
    antoine_t_min_k: float | None
    antoine_t_max_k: float | None
    lfl_vol_pct: float | None
    aegl1_60min_ppm: float | None
    aegl2_60min_ppm: float | None
    aegl3_60min_ppm: float | None
    idlh_ppm: float | None
    source: str

    def need(self, *names: str) -> tuple[float, ...]:
        """These columns as numbers; ``ValueError`` names the substance and what its row lacks."""
        lacking = [name for name in names if getattr(self, name) is None]
        if lacking:
            raise ValueError(f"{self.id}: the substance table has no {', '.join(lacking)}")
        return tuple(float(getattr(self, name)) for name in names)

    @property
    def molar_mass_kg_mol(self) -> float:
        return self.need("molar_mass_g_mol")[0] / 1000.0

    @property
    def odour_ppm(self) -> float | None:
        """Concentration at which people smell it, ppm; None if not known (:data:`ODOUR_PPM`)."""
        return ODOUR_PPM.get(self.id)

    def vapour_pressure_pa(self, temperature_k: float) -> float:
        """Antoine: log10 p = A - B / (T + C), Pa; fitted to within 1.1 % of the source named in the row.

        Raises ``ValueError`` outside the row's range of temperature; nothing is extrapolated.

        >>> round(substance("acrylonitrile").vapour_pressure_pa(298.15))
        14458
        """
        a, b, c, low, high = self.need(
            "antoine_a_log10_pa", "antoine_b_k", "antoine_c_k", "antoine_t_min_k", "antoine_t_max_k"
        )
        if not low <= temperature_k <= high:
            raise ValueError(
                f"{self.id}: vapour pressure holds from {low} to {high} K, not at {temperature_k:.2f} K"
            )
        return float(10.0 ** (a - b / (temperature_k + c)))

    def heat_of_vaporization(self, temperature_k: float) -> float:
        """J/kg at ``temperature_k``: L(Tb) ((Tc - T) / (Tc - Tb))^0.38 (Watson; ALOHA-TD 3.3)."""
        at_boiling, boiling, critical = self.need(
            "heat_of_vaporization_j_kg", "boiling_point_k", "critical_temperature_k"
        )
        if not temperature_k < critical:
            raise ValueError(f"{self.id}: {temperature_k} K is not below the critical {critical} K")
        return float(at_boiling * ((critical - temperature_k) / (critical - boiling)) ** 0.38)


_TEXTS: Final = ("id", "name_en", "name_zh", "cas", "un_number", "imdg_class", "source")


@cache
def substances() -> dict[str, Substance]:
    """The whole table by id; read once. Raises ``ValueError`` for a cell that is no finite number."""
    text = files("drillsim.data").joinpath("substances.csv").read_text(encoding="utf-8")
    return {row["id"]: _substance(row) for row in csv.DictReader(text.splitlines())}


def _substance(row: dict[str, str]) -> Substance:
    values: dict[str, object] = {}
    for column in fields(Substance):
        cell = row[column.name].strip()
        if column.name in _TEXTS:
            values[column.name] = cell
            continue
        number = float(cell) if cell else None
        if number is not None and not math.isfinite(number):
            raise ValueError(f"substances.csv, {row['id']}: {column.name} is {cell}")
        values[column.name] = number
    return Substance(**values)  # type: ignore[arg-type]


def substance(key: str) -> Substance:
    """The substance with this id, name (English or Chinese), CAS or UN number, in any case of letters.

    Raises ``KeyError`` with the known ids.
    """
    wanted = (
        key.strip().lower().removeprefix("un").strip()
        if key.strip()[2:].strip().isdigit()
        else key.strip().lower()
    )
    for entry in substances().values():
        if wanted in (entry.id, entry.name_en.lower(), entry.name_zh, entry.cas, entry.un_number):
            return entry
    raise KeyError(f'"{key}" is not in the substance table; it knows {", ".join(sorted(substances()))}')
