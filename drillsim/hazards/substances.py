"""Substances of the product's table: names, properties, vapour pressure, levels of harm, sources.

The rows are ``data/substances.csv``; where each value comes from is ``data/substance_sources.csv``. An empty
cell is not known, never zero.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from drillsim.messages import Language, say

__all__ = ["AEGL_DURATIONS_S", "Level", "Substance", "ValueSource", "matches", "substance", "substances"]

AEGL_DURATIONS_S: Final[Mapping[str, float]] = {
    "10min": 600.0,
    "30min": 1800.0,
    "60min": 3600.0,
    "4h": 14400.0,
    "8h": 28800.0,
}
"""Durations for which AEGLs are set, by the part of the column name (EPA/NRC)."""
_CONFIDENCE: Final[Mapping[str, str]] = {
    "read": "high",
    "recomputed": "high",
    "read 2nd": "medium",
    "memory": "low",
}


class ValueSource(NamedTuple):
    """Where a value comes from; ``mark``: read, read 2nd (a secondary copy), recomputed or memory."""

    mark: str
    source: str

    @property
    def confidence(self) -> str:
        """high, medium (a secondary copy) or low (from memory - check)."""
        return _CONFIDENCE[self.mark]


class Level(NamedTuple):
    """A concentration taken as level of harm, and how it was found.

    ``basis``: AEGL, ERPG, PAC or IDLH. ``rule``: ``table`` (a cell), ``interpolated`` (log C against log t
    between two cells), ``power-law`` (C^n t from the nearest cell) or ``constant`` (the 60-min value, or the
    30-min IDLH, whatever the duration).
    """

    ppm: float
    basis: str
    rule: str
    duration_s: float

    def how(self, language: Language = "en") -> str:
        """One line for the report: the value, whose it is, and the rule."""
        text = say(f"substance-level-{self.rule}", language, minutes=f"{self.duration_s / 60.0:g}")
        return f"{self.ppm:.3g} ppm, {self.basis}: {text}"


@dataclass(frozen=True, slots=True)
class Substance:
    """One row of ``data/substances.csv``; ``None`` means not known. Units are in the names.

    ``synonyms`` and ``synonyms_zh`` are separated by semicolons, ``flags`` (traps, see :meth:`traps`) and
    ``un_also`` (further UN numbers in use) by spaces. ERPG and PAC are 60-min values. Liquid heat capacity:
    at 20 °C, or the mean from the boiling point to 20 °C for what boils below. Heat capacity ratio: ideal
    gas, 25 °C. ``probit_*``: Purple Book, C in mg/m3 (:mod:`drillsim.hazards.probit` has the other sets).
    ``hse_slot`` and ``hse_slod`` in ppm^n min with ``hse_exponent_n``.
    """

    id: str
    name_en: str
    name_zh: str
    synonyms: str
    synonyms_zh: str
    cas: str
    un_number: str
    un_also: str
    imdg_class: str
    erg_guide: str
    molar_mass_g_mol: float | None
    boiling_point_k: float | None
    melting_point_k: float | None
    critical_temperature_k: float | None
    critical_pressure_pa: float | None
    liquid_density_kg_m3_20c: float | None
    heat_of_vaporization_j_kg: float | None
    liquid_heat_capacity_j_kg_k: float | None
    gas_heat_capacity_ratio: float | None
    antoine_a_log10_pa: float | None
    antoine_b_k: float | None
    antoine_c_k: float | None
    antoine_t_min_k: float | None
    antoine_t_max_k: float | None
    lfl_vol_pct: float | None
    ufl_vol_pct: float | None
    odour_ppm: float | None
    aegl1_10min_ppm: float | None
    aegl1_30min_ppm: float | None
    aegl1_60min_ppm: float | None
    aegl1_4h_ppm: float | None
    aegl1_8h_ppm: float | None
    aegl2_10min_ppm: float | None
    aegl2_30min_ppm: float | None
    aegl2_60min_ppm: float | None
    aegl2_4h_ppm: float | None
    aegl2_8h_ppm: float | None
    aegl3_10min_ppm: float | None
    aegl3_30min_ppm: float | None
    aegl3_60min_ppm: float | None
    aegl3_4h_ppm: float | None
    aegl3_8h_ppm: float | None
    erpg1_ppm: float | None
    erpg2_ppm: float | None
    erpg3_ppm: float | None
    pac1_ppm: float | None
    pac2_ppm: float | None
    pac3_ppm: float | None
    idlh_ppm: float | None
    toxic_load_exponent_n: float | None
    probit_a: float | None
    probit_b: float | None
    probit_n: float | None
    hse_exponent_n: float | None
    hse_slot: float | None
    hse_slod: float | None
    rmp_endpoint_mg_l: float | None
    flags: str

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
    def source(self) -> str:
        """All sources of the row, as one line."""
        return "; ".join(text for _, _, text in _source_rows().get(self.id, []))

    def source_of(self, column: str) -> ValueSource:
        """Where the value of this column comes from.

        Raises ``ValueError`` for a column that does not exist, or whose cell is empty here.
        """
        if column not in self.__slots__ or column == "id" or getattr(self, column) in (None, ""):
            raise ValueError(f"{self.id}: the substance table has no {column}, so no source of it")
        rows = _source_rows()
        for columns, mark, text in (*rows.get(self.id, []), *rows["*"]):
            if column in columns:
                return ValueSource(mark, text)
        raise ValueError(f"{self.id}: substance_sources.csv does not say where {column} comes from")

    def traps(self, language: Language = "en") -> tuple[str, ...]:
        """What to beware of with this substance, one line per flag of its row."""
        return tuple(say(f"substance-trap-{flag}", language) for flag in self.flags.split())

    def vapour_pressure_pa(self, temperature_k: float) -> float:
        """Antoine: log10 p = A - B / (T + C), Pa; fitted to within 1.1 % of the source named in the table.

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

    def level_ppm(self, level: int = 2, *, duration_s: float = 3600.0) -> Level:
        """Concentration of harm of this level (1, 2, 3) for one exposure of ``duration_s`` (10 min to 8 h).

        AEGL, else ERPG, PAC (both 60 min), else for levels 2 and 3 the IDLH (workers, 30 min). AEGLs are
        interpolated, log C against log t; where that needs a cell nobody knows, C^n t = constant from the
        nearest known cell with the row's exponent, else the 60-min value. :meth:`Level.how` says which.
        C^n t is fitted to level 3: at level 1, mostly irritation, it tends to be too high for short times.

        Raises ``ValueError`` for another level or duration (nothing is extrapolated below 10 min), and where
        nothing is known: at level 1 "not recommended" does not mean harmless.

        >>> substance("chlorine").level_ppm(3, duration_s=1800.0).how()
        '28 ppm, AEGL: value of the table for 30 min'
        """
        if level not in (1, 2, 3):
            raise ValueError(f"level {level}: levels of harm are 1, 2 and 3")
        if not 600.0 <= duration_s <= 28800.0:
            raise ValueError(
                f"{self.id}: levels hold for exposures from 10 min to 8 h (600 to 28800 s), "
                f"not for {duration_s:g} s"
            )
        basis, known = self._known_levels(level)
        found = [pair for pair in known if pair[0] == duration_s]
        below = [pair for pair in known if pair[0] < duration_s]
        above = [pair for pair in known if pair[0] > duration_s]
        if found:
            return Level(found[0][1], basis, "table", duration_s)
        if below and above:
            (t0, c0), (t1, c1) = below[-1], above[0]
            share = math.log(duration_s / t0) / math.log(t1 / t0)
            return Level(c0 * (c1 / c0) ** share, basis, "interpolated", duration_s)
        near_s, near_ppm = below[-1] if below else above[0]
        if self.toxic_load_exponent_n is not None:
            ppm = near_ppm * (near_s / duration_s) ** (1.0 / self.toxic_load_exponent_n)
            return Level(ppm, basis, "power-law", duration_s)
        return Level(dict(known).get(3600.0, near_ppm), basis, "constant", duration_s)

    def _known_levels(self, level: int) -> tuple[str, list[tuple[float, float]]]:
        """Whose the level is, and its (duration in s, ppm) by duration."""
        cells = ((s, getattr(self, f"aegl{level}_{name}_ppm")) for name, s in AEGL_DURATIONS_S.items())
        if aegl := [(seconds, float(ppm)) for seconds, ppm in cells if ppm is not None]:
            return "AEGL", aegl
        for basis in ("ERPG", "PAC"):
            ppm = getattr(self, f"{basis.lower()}{level}_ppm")
            if ppm is not None:
                return basis, [(3600.0, float(ppm))]
        if level > 1 and self.idlh_ppm is not None:
            return "IDLH", [(1800.0, self.idlh_ppm)]
        raise ValueError(
            f"{self.id}: the substance table has no AEGL-{level}, ERPG-{level} or PAC-{level}"
            + ("; not recommended does not mean harmless" if level == 1 else " and no IDLH")
        )


_TEXTS: Final = frozenset(field.name for field in fields(Substance) if field.type == "str")


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = files("drillsim.data").joinpath(name).read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())


@cache
def substances() -> dict[str, Substance]:
    """The whole table by id; read once. Raises ``ValueError`` for a cell that is no finite number."""
    return {row["id"]: _substance(row) for row in _rows("substances.csv")}


@cache
def _source_rows() -> dict[str, list[tuple[frozenset[str], str, str]]]:
    """Columns, mark and source by substance id, ``*`` for all; a row without columns is a remark."""
    found: dict[str, list[tuple[frozenset[str], str, str]]] = {}
    for row in _rows("substance_sources.csv"):
        entry = frozenset(row["columns"].split()), row["mark"], row["source"]
        found.setdefault(row["id"], []).append(entry)
    return found


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


def _plain(name: str) -> str:
    """A name as it is compared: no case, blanks for underscores and hyphens, no "UN" before a number."""
    words = name.casefold().replace("_", " ").replace("-", " ").split()
    plain = " ".join(words)
    number = plain.removeprefix("un").strip()
    return number if number.isdigit() else plain


def _names(entry: Substance) -> Iterator[str]:
    """All names of a substance, plain."""
    listed = [entry.id, entry.name_en, entry.name_zh, entry.cas, entry.un_number, *entry.un_also.split()]
    for name in (*listed, *entry.synonyms.split(";"), *entry.synonyms_zh.split(";")):
        if name:
            yield _plain(name)


def matches(key: str, *, among: Mapping[str, Substance] | None = None) -> tuple[Substance, ...]:
    """All substances with this id, name or synonym (English, Chinese), CAS or UN number; often one or none.

    An id wins over the rest. Letter case, underscores, hyphens and "UN" before a number do not count.
    """
    table = substances() if among is None else among
    if key.strip() in table:
        return (table[key.strip()],)
    wanted = _plain(key)
    return tuple(entry for entry in table.values() if wanted in _names(entry))


def substance(key: str) -> Substance:
    """The substance with this id, name or synonym (English, Chinese), CAS or UN number.

    Raises ``KeyError`` with near names and the known ids, or with all it may mean if it names several.

    >>> substance("VCM").id, substance("液氯").id, substance("UN 1005").id
    ('vinyl_chloride', 'chlorine', 'ammonia')
    """
    found = matches(key)
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"{entry.id} ({entry.name_en}, {entry.name_zh})" for entry in found)
        raise KeyError(f'"{key}" names several substances, say which: {several}')
    near = _near(key)
    hint = f"did you mean {', '.join(near)}? " if near else ""
    raise KeyError(f'"{key}" is not in the substance table; {hint}it knows {", ".join(sorted(substances()))}')


def _near(key: str) -> list[str]:
    """Ids of substances whose names begin with, resemble, or hold the key, in this order; at most five."""
    owners = {name: entry.id for entry in substances().values() for name in _names(entry)}
    wanted = _plain(key)
    if wanted.replace(" ", "").isdigit():  # a number near another names quite another substance
        return []
    holding = [name for name in owners if len(wanted) > 1 and wanted in name]
    beginning = [name for name in holding if name.startswith(wanted)]
    close = get_close_matches(wanted, owners, n=5, cutoff=0.6)
    return list(dict.fromkeys(owners[name] for name in (*beginning, *close, *holding)))[:5]
