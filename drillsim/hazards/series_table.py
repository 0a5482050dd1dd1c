"""Tables of a zone or field model: what CFAST and FDS write of each compartment over time, as CSV.

Rows of headings come first: CFAST writes names, descriptions, compartments and units, FDS units and names.
The first column is the time. Every unit has to be stated, in a row of units or in brackets behind a name.
"""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.smoke import VISIBILITY_C

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["SERIES_QUANTITIES", "SeriesFault", "SeriesTable", "read_series"]

_ROWS: Final = 100_000
_COLUMNS: Final = 2_000
_HEADINGS: Final = 8
_NUMBER: Final = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:[eEdD][+-]?\d{1,3})?", re.ASCII)
_BRACKETED: Final = re.compile(r"(.*?)\s*[(\[]([^()\[\]]{1,20})[)\]]", re.DOTALL)
_KELVIN: Final = 273.15
_SHARE: Final = {
    **dict.fromkeys(("mol/mol", "mol frac", "mole fraction", "mol fraction", "-"), 1.0),
    "%": 0.01,
    "ppm": 1e-6,
}
_TIME: Final = {"s": 1.0, "sec": 1.0, "min": 60.0, "h": 3600.0}


class _Kind(NamedTuple):
    """What a quantity is called inside, its units as factor and offset, and between which values it lies."""

    field: str
    units: Mapping[str, tuple[float, float]]
    least: float
    most: float


def _by_factor(units: Mapping[str, float], *, times: float = 1.0) -> dict[str, tuple[float, float]]:
    return {unit: (times * factor, 0.0) for unit, factor in units.items()}


_KELVINS: Final = {"c": (1.0, _KELVIN), "°c": (1.0, _KELVIN), "℃": (1.0, _KELVIN), "k": (1.0, 0.0)}
SERIES_QUANTITIES: Final[Mapping[str, _Kind]] = {
    "layer": _Kind("layer_m", _by_factor({"m": 1.0}), 0.0, 1000.0),
    "temperature": _Kind("temperature_k", _KELVINS, 200.0, 2500.0),
    "extinction": _Kind("extinction_per_m", _by_factor({"1/m": 1.0, "/m": 1.0}), 0.0, 1e4),
    "optical_density": _Kind("extinction_per_m", _by_factor({"1/m": math.log(10.0)}), 0.0, 1e4),
    "visibility": _Kind("visibility_m", _by_factor({"m": 1.0}), 0.0, 1e6),
    "co": _Kind("co_ppm", _by_factor(_SHARE, times=1e6), 0.0, 1e6),
    "hcn": _Kind("hcn_ppm", _by_factor(_SHARE, times=1e6), 0.0, 1e6),
    "co2": _Kind("co2", _by_factor(_SHARE), 0.0, 1.0),
    "o2": _Kind("o2", _by_factor(_SHARE), 0.0, 1.0),
}
"""Quantity -> name inside, units and range in SI. An optical density is to the base 10, as CFAST has it."""
_ROUNDING: Final = 1e-6  # solvers write −1e-17 for none


class SeriesFault(NamedTuple):
    """What is wrong, and where: line and column count from 1, 0 for the whole file."""

    line: int
    column: int
    message: str


@dataclass(frozen=True, slots=True)
class SeriesTable:
    """Times, s, and by compartment and quantity its values, SI: ``layer_m``, ``extinction_per_m`` …"""

    times_s: NDArray[np.float64]
    values: Mapping[str, Mapping[str, NDArray[np.float64]]]


@lru_cache(maxsize=16)
def read_series(
    text: str, *, compartments: tuple[str, ...], columns: tuple[tuple[str, str], ...], written: frozenset[str]
) -> tuple[SeriesTable | None, tuple[SeriesFault, ...]]:
    """The table in a CSV text, or ``None`` and everything that is wrong with it.

    ``columns`` gives the heading of each quantity, * for the compartment. One that is ``written`` in the
    scenario must be there; any other is left out if no compartment has it.
    """
    try:
        heads, rows = _split(text)
    except ValueError as fault:
        return None, (SeriesFault(0, 0, str(fault)),)
    faults: list[SeriesFault] = []
    found = _find(heads, compartments, columns, written, faults)
    time_unit = _time_unit(heads)
    if time_unit is None:
        message = "the first column is no time with a unit; have a row of units, or write 'Time (s)'"
        faults.append(SeriesFault(1, 1, message))
    numbers = _numbers(rows, [0, *(column.at for column in found)], faults)
    times_s = numbers[:, 0] * (time_unit or 1.0)
    _check_times(times_s, rows, faults)
    values: dict[str, dict[str, NDArray[np.float64]]] = {name: {} for name in compartments}
    for place, column in enumerate(found, 1):
        kind = SERIES_QUANTITIES[column.quantity]
        given = numbers[:, place] * column.factor + column.offset
        _check_range(given, kind, column, rows, faults)
        if kind.field == "visibility_m":
            with np.errstate(divide="ignore"):
                given = np.minimum(
                    VISIBILITY_C / np.maximum(given, 0.0), SERIES_QUANTITIES["extinction"].most
                )
        field = "extinction_per_m" if kind.field == "visibility_m" else kind.field
        # No further than a solver rounds: what lies outside has been reported.
        values[column.compartment][field] = np.clip(given, kind.least, kind.most)
    if faults:
        return None, tuple(sorted(faults))
    return SeriesTable(times_s, values), ()


class _Row(NamedTuple):
    line: int
    cells: list[str]


class _Column(NamedTuple):
    at: int
    compartment: str
    quantity: str
    factor: float
    offset: float


def _split(text: str) -> tuple[list[_Row], list[_Row]]:
    """Rows of headings and rows of numbers. Raises ``ValueError`` for what is no such table."""
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    heads: list[_Row] = []
    rows: list[_Row] = []
    try:
        for cells in reader:
            row = _Row(reader.line_num, [cell.strip() for cell in cells])
            if not any(row.cells):
                continue
            if len(cells) > _COLUMNS or len(rows) >= _ROWS:
                raise ValueError(f"more than {_COLUMNS:,} columns or {_ROWS:,} rows; write fewer of them")
            (heads if not rows and not _NUMBER.fullmatch(row.cells[0]) else rows).append(row)
    except csv.Error as fault:
        raise ValueError(f"row {reader.line_num}: {fault}; close every quote, save it as CSV UTF-8") from None
    if not heads or len(heads) > _HEADINGS or not rows:
        raise ValueError(
            f"{len(heads)} rows of headings and {len(rows)} of numbers; write 1 to {_HEADINGS} rows of "
            "headings and then numbers, the time in the first column"
        )
    return heads, rows


def _plain(cell: str) -> str:
    return " ".join(cell.split()).casefold()


def _unit_row(heads: Sequence[_Row]) -> list[str]:
    """The row of units, plain; empty if there is none."""
    units = next((row.cells for row in reversed(heads) if _plain(row.cells[0]).strip("()[]") in _TIME), [])
    return [_plain(cell).strip("()[]") for cell in units]


def _time_unit(heads: Sequence[_Row]) -> float | None:
    if units := _unit_row(heads):
        return _TIME[units[0]]
    for row in heads:
        if bracketed := _BRACKETED.fullmatch(row.cells[0]):
            return _TIME.get(_plain(bracketed[2]))
    return None


def _find(
    heads: Sequence[_Row],
    compartments: Sequence[str],
    columns: Sequence[tuple[str, str]],
    written: frozenset[str],
    faults: list[SeriesFault],
) -> list[_Column]:
    """Where each quantity of each compartment stands."""
    units = _unit_row(heads)
    where: dict[str, list[tuple[int, int, str]]] = {}
    for row in heads:
        for index, cell in enumerate(row.cells):
            bracketed = _BRACKETED.fullmatch(cell)
            unit = _plain(bracketed[2]) if bracketed else ""
            where.setdefault(_plain(cell), []).append((row.line, index, unit))
            if bracketed:
                where.setdefault(_plain(bracketed[1]), []).append((row.line, index, unit))
    found: list[_Column] = []
    for quantity, pattern in columns:
        headings = {name: pattern.replace("*", name) for name in compartments}
        there = {name: where.get(_plain(heading), []) for name, heading in headings.items()}
        if quantity not in written and not any(there.values()):
            continue
        for name, places in there.items():
            if len(places) != 1:
                problem = f"stands {len(places)} times among" if places else "is missing from"
                message = f"column '{headings[name][:60]}' {problem} the headings; "
                message += f"correct the compartment, or columns.{quantity}"
                faults.append(SeriesFault(places[1][0] if places else 0, 0, message))
                continue
            line, index, unit = places[0]
            unit = unit or (units[index] if index < len(units) else "")
            if (scale := SERIES_QUANTITIES[quantity].units.get(unit)) is None:
                known = ", ".join(SERIES_QUANTITIES[quantity].units)
                message = f"'{headings[name][:60]}' has the unit '{unit[:20]}'; {quantity} is read in {known}"
                faults.append(SeriesFault(line, index + 1, message))
                continue
            found.append(_Column(index, name, quantity, *scale))
    for name in compartments:
        here = [column.quantity for column in found if column.compartment == name]
        if len([quantity for quantity in here if quantity in _SIGHT]) > 1:
            message = (
                f"compartment '{name[:40]}' has more than one of {', '.join(_SIGHT)}; name one in columns"
            )
            faults.append(SeriesFault(0, 0, message))
        elif not set(here) - {"layer"} and not faults:
            message = f"compartment '{name[:40]}' has no column of {', '.join(SERIES_QUANTITIES)}; "
            message += "write in columns what they are called, * for the compartment"
            faults.append(SeriesFault(0, 0, message))
    return found


_SIGHT: Final = ("extinction", "optical_density", "visibility")


def _numbers(rows: Sequence[_Row], indices: Sequence[int], faults: list[SeriesFault]) -> NDArray[np.float64]:
    """Values of these columns, NaN where a cell is none; shape (rows, columns)."""
    numbers = np.full((len(rows), len(indices)), np.nan)
    for at, row in enumerate(rows):
        for place, index in enumerate(indices):
            cell = row.cells[index] if index < len(row.cells) else ""
            if _NUMBER.fullmatch(cell):
                numbers[at, place] = float(cell.replace("d", "e").replace("D", "e"))
            else:
                message = f"'{cell[:40]}' is no number; write 1.2, or leave the whole row out"
                faults.append(SeriesFault(row.line, index + 1, message))
    return numbers


def _check_times(times_s: NDArray[np.float64], rows: Sequence[_Row], faults: list[SeriesFault]) -> None:
    for at in np.flatnonzero(~(np.diff(times_s) > 0.0) & ~np.isnan(np.diff(times_s))).tolist():
        message = f"{times_s[at + 1]:g} s follows {times_s[at]:g} s; times must rise from row to row"
        faults.append(SeriesFault(rows[at + 1].line, 1, message))


def _check_range(
    given: NDArray[np.float64],
    kind: _Kind,
    column: _Column,
    rows: Sequence[_Row],
    faults: list[SeriesFault],
) -> None:
    outside = (given < kind.least - _ROUNDING) | (given > kind.most + _ROUNDING)
    for at in np.flatnonzero(outside).tolist():
        message = (
            f"a {column.quantity} of {given[at]:g} in SI; it lies between {kind.least:g} and {kind.most:g}"
        )
        faults.append(SeriesFault(rows[at].line, column.at + 1, message))
