"""Measures of single spaces and exits, computed only for the names an objective asks for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from drillsim.measures.exit_use import exit_use
from drillsim.measures.space_use import space_use
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from collections.abc import Collection

    from drillsim.trace.log import Trace

__all__ = ["FAMILIES", "asked_for"]

FAMILIES: Final = ("peak-density.", "crowded.", "share.")


def asked_for(trace: Trace, names: Collection[str]) -> dict[str, Value]:
    """Those of ``names`` that are such measures; one of an unknown space or link is left out.

    ``peak-density.SPACE``, p/m², and ``crowded.SPACE``, s in Fruin's level F, are 0 where nobody was;
    ``share.EXIT`` is the share of the people out that took the exit, unknown while nobody is out. Without
    passages in the trace all are lower bounds.
    """
    found: dict[str, Value] = {}
    if any(name.startswith(("peak-density.", "crowded.")) for name in names):
        found.update(_of_spaces(trace))
    if any(name.startswith("share.") for name in names):
        found.update(_of_exits(trace))
    known = {name: found[name] for name in sorted(names) if name in found}
    if len(trace.crowd.person):
        return known
    return {
        name: value if math.isnan(value.number) else Value(math.nan, value.unit, at_least=value.number)
        for name, value in known.items()
    }


def _of_spaces(trace: Trace) -> dict[str, Value]:
    found = {}
    for name in trace.header.spaces if trace.header.space_areas_m2 else ():
        found[f"peak-density.{name}"] = Value(0.0, "p/m2")
        found[f"crowded.{name}"] = Value(0.0, "s")
    for row in space_use(trace):
        if row.peak_density_p_m2 is not None:
            found[f"peak-density.{row.space}"] = Value(row.peak_density_p_m2, "p/m2")
            found[f"crowded.{row.space}"] = Value(row.crowded_s or 0.0, "s")  # none in a lift
    return found


def _of_exits(trace: Trace) -> dict[str, Value]:
    rows = exit_use(trace)
    nobody = Value(0.0, "share") if rows else Value(math.nan, "share", at_least=0.0)
    found = {f"share.{name}": nobody for name in trace.header.links}
    return found | {f"share.{row.link}": Value(row.share, "share") for row in rows if row.link}
