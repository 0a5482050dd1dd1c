"""Tables beside the scenario: spaces and links as CSV or GraphML, and measured values as CSV.

They become raw entries, texts with units, so that they are checked like everything written in YAML.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from pathlib import PurePosixPath, PureWindowsPath
from typing import Final, NamedTuple

from drillsim.scenario.findings import Findings
from drillsim.scenario.graphml import read_graphml
from drillsim.scenario.tree import Node, Path, Place

__all__ = ["NUMBER", "Row", "beside", "merge_tables", "read_text", "resolve_empirical", "rows_of"]

MAX_BYTES: Final = 5_000_000
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 100
NUMBER: Final = re.compile(r"[+-]?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?")
_DEVICES: Final = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?", re.IGNORECASE)
_YES_NO: Final = {"true": "true", "false": "false", "1": "true", "0": "false"}

# column -> (key in the entry, place in a pair or None, unit; "" for text, "?" for yes or no)
_SPACES: Final[dict[str, tuple[str, int | None, str]]] = {
    "kind": ("kind", None, ""),
    "x_m": ("at", 0, "m"),
    "y_m": ("at", 1, "m"),
    "width_m": ("size", 0, "m"),
    "depth_m": ("size", 1, "m"),
    "level_m": ("level", None, "m"),
    "height_m": ("height", None, "m"),
    "length_m": ("length", None, "m"),
    "area_m2": ("area", None, "m²"),
    "riser_m": ("riser", None, "m"),
    "tread_m": ("tread", None, "m"),
    "speed_m_s": ("speed", None, "m/s"),
    "outdoors": ("outdoors", None, "?"),
    "title": ("title", None, ""),
    "title_zh": ("title_zh", None, ""),
}
_LINKS: Final[dict[str, tuple[str, int | None, str]]] = {
    "from": ("between", 0, ""),
    "to": ("between", 1, ""),
    "kind": ("kind", None, ""),
    "width_m": ("width", None, "m"),
    "x_m": ("at", 0, "m"),
    "y_m": ("at", 1, "m"),
    "boundary_m": ("boundary", None, "m"),
    "flow_p_s": ("flow", None, "p/s"),
    "one_way": ("one_way", None, "?"),
    "vehicles": ("vehicles", None, "?"),
    "locked": ("locked", None, "?"),
    "vehicle_delay_s": ("vehicle_delay", None, "s"),
    "title": ("title", None, ""),
    "title_zh": ("title_zh", None, ""),
}
_VALUE_UNITS: Final = {"s": "s", "min": "min", "h": "h", "m_s": "m/s", "km_h": "km/h"}


class Row(NamedTuple):
    """One row of a table: column -> (text, place), and the place of the row."""

    cells: dict[str, tuple[str, Place]]
    place: Place


def beside(folder: FilePath, name: str) -> FilePath | str:
    """The file ``name`` in the scenario's folder, or why it may not be read."""
    posix, windows = PurePosixPath(name), PureWindowsPath(name)
    if posix.is_absolute() or windows.drive or windows.root or "\\" in name or ".." in posix.parts:
        return "a path out of the scenario's folder; put the file beside the scenario and write its name"
    if not name or any(_DEVICES.fullmatch(part) for part in posix.parts) or not name.isprintable():
        return "not a file name"
    try:
        path = (folder / name).resolve()
        if not path.is_relative_to(folder.resolve()):
            return "a link out of the scenario's folder; put the file itself there"
        if not path.is_file():
            return "no such file beside the scenario"
        if path.stat().st_size > MAX_BYTES:
            return f"{path.stat().st_size:,} bytes; a table takes up to {MAX_BYTES:,}"
    except (OSError, RuntimeError, ValueError):
        return "cannot be read"
    return path


def merge_tables(findings: Findings, folder: FilePath) -> None:
    """Read ``facility.tables`` into ``facility.spaces`` and ``facility.links``; faults are reported."""
    facility = findings.tree.data.get("facility")
    tables = facility.get("tables") if isinstance(facility, dict) else None
    if not isinstance(facility, dict) or not isinstance(tables, list):
        return
    for index, name in enumerate(tables):
        path: Path = ("facility", "tables", index)
        if not isinstance(name, str):
            continue
        for part, row in _rows(findings, folder, name, path):
            _enter(findings, facility, part, row)


def _rows(findings: Findings, folder: FilePath, name: str, path: Path) -> Iterator[tuple[str, Row]]:
    content = _content(findings, folder, name, path)
    if content is None:
        return
    if name.lower().endswith(".graphml"):
        graph = read_graphml(content, file=name)
        if isinstance(graph, str):
            findings.error(path, f"{name}: {graph}", "table")
            return
        for part, cells, place in graph:
            yield part, Row({column: (text, place) for column, text in cells.items()}, place)
    elif name.lower().endswith(".csv"):
        rows = _read_csv(content, name)
        if isinstance(rows, str):
            findings.error(path, f"{name}: {rows}", "table")
            return
        header = rows[0].cells if rows else {}
        part = "links" if {"from", "to"} <= header.keys() else "spaces"
        if not _known_columns(findings, path, name, part, rows):
            return
        for row in rows:
            yield part, row
    else:
        findings.error(path, f"'{name[:60]}' is neither .csv nor .graphml", "table")


def _content(findings: Findings, folder: FilePath, name: str, path: Path) -> bytes | None:
    file = beside(folder, name)
    if isinstance(file, FilePath):
        try:
            return file.read_bytes()
        except OSError as fault:
            file = f"cannot be read: {fault.strerror}"
    findings.error(path, f"'{name[:60]}': {file}", "table-file")
    return None


def _known_columns(findings: Findings, path: Path, name: str, part: str, rows: list[Row]) -> bool:
    columns = _LINKS if part == "links" else _SPACES
    header = rows[0].cells if rows else {}
    unknown = [column for column in header if column not in columns and column != "name"]
    for column in unknown[:20]:
        hint = findings.suggest(column, [*columns, "name"])
        findings.error(
            path, f"{name}: unknown column '{column[:40]}' in a table of {part}{hint}", "table-column"
        )
    if rows and "name" not in header:
        findings.error(path, f"{name}: no column 'name'", "table-column")
    return not unknown and "name" in header


def _read_csv(content: bytes, name: str) -> list[Row] | str:
    text = _decode(content)
    if text is None:
        return "neither UTF-8 nor GB18030; save it as CSV UTF-8"
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    rows: list[Row] = []
    header: list[str] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if not header:
                if len(cells) > MAX_COLUMNS:
                    return f"{len(cells):,} columns; a table takes up to {MAX_COLUMNS}"
                header = [cell.strip() for cell in cells]
                if len(set(header)) < len(header):
                    return "a column is named twice"
                continue
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header):
                return f"row {reader.line_num} has more cells than the header"
            if len(rows) >= MAX_ROWS:
                return f"more than {MAX_ROWS:,} rows"
            texts = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
            places = [Place(name, reader.line_num, column + 1) for column in range(len(header))]
            entries = dict(zip(header, zip(texts, places, strict=True), strict=True))
            rows.append(Row(entries, places[0]))
    except csv.Error as fault:
        return f"row {reader.line_num}: {fault}; close every quote, save it as CSV UTF-8"
    return rows


def _decode(content: bytes) -> str | None:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _enter(findings: Findings, facility: dict[str, Node], part: str, row: Row) -> None:
    section = facility.setdefault(part, {})
    name, place = row.cells.get("name", ("", row.place))
    if not isinstance(section, dict):
        return
    path: Path = ("facility", part, name)
    if not name:
        _fault(findings, (*path[:2], "?"), place, f"a row of {part} without name; give it one")
        return
    if name in section:
        first = findings.tree.place(path, key=True)
        where = f"{first.file}:{first.line}"
        _fault(findings, path, place, f"'{name[:60]}' is given twice, first in {where}; keep one")
        return
    entry: dict[str, Node] = {}
    section[name] = entry
    findings.tree.keys[path] = place
    findings.tree.values[path] = row.place
    columns = _LINKS if part == "links" else _SPACES
    for column, (text, at) in row.cells.items():
        if column != "name" and column not in columns:
            hint = findings.suggest(column, columns)
            _fault(findings, (*path, column), at, f"unknown attribute '{column[:40]}' of {part}{hint}")
        elif column != "name" and text:
            _cell(findings, entry, path, columns[column], column, text, at)
    for key in ("at", "size", "between"):
        pair = entry.get(key)
        if isinstance(pair, list) and "" in pair:
            missing = [
                column for column, (to, index, _) in columns.items() if to == key and pair[index or 0] == ""
            ]
            _fault(findings, (*path, key), row.place, f"column {missing[0]} is empty; give both or none")
            del entry[key]


def _cell(
    findings: Findings,
    entry: dict[str, Node],
    path: Path,
    column: tuple[str, int | None, str],
    heading: str,
    text: str,
    place: Place,
) -> None:
    key, index, unit = column
    if unit == "?":
        text = _YES_NO.get(text.lower(), text)
    elif unit:
        if not NUMBER.fullmatch(text):
            _fault(
                findings, (*path, key), place, f"'{text[:40]}' in column {heading} is no number; write 1.2"
            )
            text = "0"
        text = f"{text} {unit}"
    at: Path = (*path, key) if index is None else (*path, key, index)
    findings.tree.values[at] = place
    if index is None:
        entry[key] = text
        return
    findings.tree.values.setdefault((*path, key), place)
    pair = entry.setdefault(key, ["", ""])
    if isinstance(pair, list):
        pair[index] = text


def _fault(findings: Findings, path: Path, place: Place, message: str) -> None:
    findings.error(path, message, "table-cell", place=place)


def resolve_empirical(findings: Findings, folder: FilePath) -> None:
    """Put the values of every ``{empirical: file.csv}`` into the tree, as texts with unit."""
    waiting: list[tuple[Path, Node]] = [((), findings.tree.data)]
    known: dict[str, list[Node] | None] = {}
    while waiting:
        path, node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(((*path, index), entry) for index, entry in enumerate(node))
        elif isinstance(node, dict):
            name = node.get("empirical")
            if isinstance(name, str) and name.lower().endswith(".csv") and path[:1] != ("information",):
                if name not in known:
                    known[name] = _values(findings, folder, name, (*path, "empirical"))
                values = known[name]
                node["empirical"] = values if values is not None else [f"1 {_VALUE_UNITS['s']}"]
            waiting.extend(((*path, key), entry) for key, entry in node.items() if key != "empirical")


def rows_of(findings: Findings, folder: FilePath, name: str, path: Path) -> list[Row] | None:
    """The rows of a CSV file beside the scenario; ``None``, and the fault is reported, if it is none."""
    content = _content(findings, folder, name, path)
    if content is None:
        return None
    rows = _read_csv(content, name)
    if isinstance(rows, str):
        findings.error(path, f"{name}: {rows}", "table")
        return None
    return rows


def read_text(findings: Findings, folder: FilePath, name: str, path: Path) -> str | None:
    """The text of a file beside the scenario; ``None``, and the fault is reported, if it has none."""
    content = _content(findings, folder, name, path)
    text = None if content is None else _decode(content)
    if content is not None and text is None:
        findings.error(path, f"{name}: neither UTF-8 nor GB18030; save it as CSV UTF-8", "table")
    return text


def _values(findings: Findings, folder: FilePath, name: str, path: Path) -> list[Node] | None:
    rows = rows_of(findings, folder, name, path)
    if rows is None:
        return None
    header = list(rows[0].cells) if rows else []
    unit = None
    for end, shown in sorted(_VALUE_UNITS.items(), key=lambda item: len(item[0])):
        if len(header) == 1 and header[0].endswith(f"_{end}"):
            unit = shown
    if unit is None:
        findings.error(
            path,
            f"{name}: needs one column whose heading ends in a unit, such as time_s, and values",
            "table",
        )
        return None
    values: list[Node] = []
    for row in rows:
        text, place = row.cells[header[0]]
        if not NUMBER.fullmatch(text):
            _fault(findings, path, place, f"'{text[:40]}' in column {header[0]} is no number; write 1.2")
            return None
        values.append(f"{text} {unit}")
    return values
