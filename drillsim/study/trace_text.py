"""A trace as bytes and back, exactly: its digest is the same afterwards."""

from __future__ import annotations

import base64
import sys
from array import array
from dataclasses import fields
from typing import Any, Final

import numpy as np

from drillsim.study.exact_json import fitted, from_bytes, to_bytes
from drillsim.trace.log import CrowdLog, RunHeader, Trace

__all__ = ["trace_of", "trace_text"]

_HEADER: Final[dict[str, Any]] = {
    "scenario": str,
    "digest": str,
    "plan": str,
    "conditions": str,
    "seed": int,
    "replication": int,
    "version": str,
    "fingerprint": str,
    "start_s": float,
    "slot_s": float,
    "horizon_s": float,
    "milestones": [str],
    "groups": [(str, int, bool)],
    "spaces": [str],
    "links": [str],
    "musters": [str],
    "operations": [(str, int)],
    "units": [(str, int, bool)],
    "plan_edges": [(str, str)],
    "group_places": [str],
    "group_tokens": [int],
    "group_parties": [int],
    "space_areas_m2": [float],
    "space_outdoors": [bool],
    "link_ends": [(int, int)],
    "link_capacities_p_s": [(float, float)],
    "tenability": bool,
}
_ROW: Final = (float, str, str, str, str, float | None, str, int)
_COLUMNS: Final = tuple(field.name for field in fields(CrowdLog))
_TIMES: Final = frozenset({"time_s", "arrived_s"})  # doubles; the other columns are integers of 32 bits


def trace_text(trace: Trace) -> bytes:
    """Header, rows and columns as canonical JSON; columns little-endian in base 64."""
    return to_bytes(
        {
            "header": {name: getattr(trace.header, name) for name in _HEADER},
            "rows": trace.rows,
            "crowd": {name: _column_text(getattr(trace.crowd, name)) for name in _COLUMNS},
            "digest": trace.digest(),
        }
    )


def trace_of(text: bytes) -> Trace:
    """The trace that :func:`trace_text` wrote; raises ``ValueError`` for any other text."""
    content = from_bytes(text)
    if not isinstance(content, dict) or content.keys() != {"header", "rows", "crowd", "digest"}:
        raise ValueError("the fields are not those of a trace")
    given, columns = content["header"], content["crowd"]
    if not isinstance(given, dict) or given.keys() != _HEADER.keys():
        raise ValueError("the fields are not those of a trace's header")
    header = RunHeader(**{name: fitted(given[name], shape, place=name) for name, shape in _HEADER.items()})
    trace = Trace(header, _crowd(columns, header))
    for row in fitted(content["rows"], [_ROW], place="rows"):
        time_s, event, actor, place, task, value, unit, cause = row
        trace.add(time_s, event, actor=actor, place=place, task=task, value=value, unit=unit, cause=cause)
    if trace.digest() != content["digest"]:
        raise ValueError("rows and columns do not match their digest")
    return trace


def _crowd(columns: object, header: RunHeader) -> CrowdLog:
    if not isinstance(columns, dict) or columns.keys() != set(_COLUMNS):
        raise ValueError("the columns are not those of passages")
    crowd = CrowdLog(
        **{name: _column(columns[name], "d" if name in _TIMES else "i", name) for name in _COLUMNS}
    )
    if len({len(getattr(crowd, name)) for name in _COLUMNS}) > 1:
        raise ValueError("the columns of passages are of unequal length")
    # Measures index with these numbers.
    people = sum(header.group_tokens or (heads for _, heads, _ in header.groups))
    _check_range(crowd.person, 0, people, "person")
    _check_range(crowd.link, -1, len(header.links), "link")
    _check_range(crowd.space, 0, len(header.spaces), "space")
    return crowd


def _check_range(column: array[int], least: int, end: int, name: str) -> None:
    numbers = np.frombuffer(column, dtype=np.int32) if column else np.empty(0, dtype=np.int32)
    if numbers.size and not (least <= numbers.min() and numbers.max() < end):
        raise ValueError(f"column {name} holds a number that is not from {least} to {end - 1}")


def _column_text(column: array[Any]) -> str:
    return base64.b64encode(_little_endian(column).tobytes()).decode("ascii")


def _column(text: object, kind: str, name: str) -> array[Any]:
    column: array[Any] = array(kind)
    column.frombytes(base64.b64decode(fitted(text, str, place=name), validate=True))
    return _little_endian(column)


def _little_endian(column: array[Any]) -> array[Any]:
    if sys.byteorder == "little":
        return column
    turned = array(column.typecode, column)
    turned.byteswap()
    return turned
