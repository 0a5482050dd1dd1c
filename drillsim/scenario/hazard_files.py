"""Files beside the scenario that hazards are read from: measured heat release and series of smoke.

They become raw entries, texts with units, so that they are checked like everything written in YAML.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from pydantic import ValidationError

from drillsim.hazards.smoke_series import SmokeSeries
from drillsim.scenario.findings import Findings
from drillsim.scenario.tables import NUMBER, Row, read_text, rows_of
from drillsim.scenario.tree import Node, Path, Place

__all__ = ["resolve_hazard_files"]

_SHOWN: Final = 20  # faults of one series
_TIMES: Final = {"time_s": "s", "time_min": "min", "time_h": "h"}
_HEATS: Final = {"heat_w": "W", "heat_kw": "kW", "heat_mw": "MW"}


def resolve_hazard_files(findings: Findings, folder: FilePath) -> None:
    """Put the points of each ``heat_release: {file: curve.csv}`` and each series into the tree."""
    for path, burning in _burning(findings.tree.data):
        release = burning.get("heat_release")
        name = release.get("file") if isinstance(release, dict) and len(release) == 1 else None
        if isinstance(name, str):
            burning["heat_release"] = _points(findings, folder, name, (*path, "heat_release", "file"))

    hazards = findings.tree.data.get("hazards")
    for name, hazard in hazards.items() if isinstance(hazards, dict) else ():
        if isinstance(hazard, dict) and hazard.get("kind") == "smoke-series":
            hazard.pop("content", None)
            file = hazard.get("file")
            if isinstance(file, str):
                hazard["content"] = _series(findings, folder, file, hazard, ("hazards", name))


def _series(findings: Findings, folder: FilePath, file: str, hazard: dict[str, Node], path: Path) -> str:
    """Text of a series; empty, and all that is wrong is reported, if it cannot be read."""
    text = read_text(findings, folder, file, (*path, "file"))
    try:
        spec = SmokeSeries.model_validate({**hazard, "content": ""}, by_alias=True, by_name=False)
    except ValidationError:
        return ""  # told with everything else
    if text is None:
        return ""
    faults = spec.model_copy(update={"content": text}).read()[1]
    for fault in faults[:_SHOWN]:
        place = Place(file, fault.line, fault.column) if fault.line else None
        findings.error((*path, "file"), f"{file}: {fault.message}", "series", place=place)
    if len(faults) > _SHOWN:
        findings.error((*path, "file"), f"{file}: {len(faults) - _SHOWN} more cells are wrong", "series")
    return "" if faults else text


def _burning(data: dict[str, Node]) -> Iterator[tuple[Path, dict[str, Node]]]:
    """Hazards and what they set alight, with their paths."""
    hazards = data.get("hazards")
    for name, hazard in hazards.items() if isinstance(hazards, dict) else ():
        if isinstance(hazard, dict):
            yield ("hazards", name), hazard
            items = hazard.get("items")
            for item, entry in items.items() if isinstance(items, dict) else ():
                if isinstance(entry, dict):
                    yield ("hazards", name, "items", item), entry


def _points(findings: Findings, folder: FilePath, name: str, path: Path) -> list[Node]:
    """Points of a curve; none, and what is wrong is reported, if they cannot be read."""
    rows = rows_of(findings, folder, name, path)
    if rows is None:
        return []
    header = rows[0].cells.keys() if rows else frozenset()
    times, heats = ([key for key in known if key in header] for known in (_TIMES, _HEATS))
    if len(times) != 1 or len(heats) != 1 or len(header) != 2:
        message = (
            f"{name}: needs two columns, time_s (or time_min, time_h) and heat_kw (or heat_w, heat_mw), "
        )
        message += f"and values; it has {', '.join(sorted(header))[:80] or 'none'}"
        findings.error(path, message, "table-column")
        return []
    points: list[Node] = []
    last = -1.0
    for row in rows:
        time, heat = (_number(findings, row, key, path) for key in (times[0], heats[0]))
        if time is not None and float(time) <= last:
            message = f"{time} follows {last:g} in column {times[0]}; times must rise from row to row"
            findings.error(path, message, "table-cell", place=row.cells[times[0]][1])
        elif time is not None:
            last = float(time)
            points.append({"at": f"{time} {_TIMES[times[0]]}", "heat": f"{heat or 0} {_HEATS[heats[0]]}"})
    return points


def _number(findings: Findings, row: Row, column: str, path: Path) -> str | None:
    text, place = row.cells[column]
    if NUMBER.fullmatch(text) and float(text) >= 0.0:
        return text
    message = f"'{text[:40]}' in column {column} is no number from 0 on; write 1.2"
    findings.error(path, message, "table-cell", place=place)
    return None
