"""Named times and speeds shipped with the product, each with its source and how far to trust it."""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["preset", "preset_names", "table", "written"]

# Shape in a cell -> its entry in a scenario file, from the numbers behind it and their unit.
_SHAPES: Final[dict[str, Callable[[list[str], str], dict[str, Any]]]] = {
    "constant": lambda n, unit: {"value": f"{n[0]} {unit}"},
    "uniform": lambda n, unit: {"uniform": [f"{n[0]} {unit}", f"{n[1]} {unit}"]},
    "normal": lambda n, unit: {"mean": f"{n[0]} {unit}", "sd": f"{n[1]} {unit}"},
    "median-p90": lambda n, unit: {"median": f"{n[0]} {unit}", "p90": f"{n[1]} {unit}"},
    "p1-p99": lambda n, unit: {"p1": f"{n[0]} {unit}", "p99": f"{n[1]} {unit}"},
    "gamma": lambda n, unit: {"gamma": {"shape": n[0], "scale": f"{n[1]} {unit}"}},
    "weibull": lambda n, unit: {"weibull": {"shape": n[0], "scale": f"{n[1]} {unit}"}},
    "lognormal": lambda n, unit: {
        "lognormal": {"mu": n[0], "sigma": n[1]}
        | {key: f"{value} {unit}" for key, value in zip(("shift", "below"), n[2:], strict=False)}
    },
}


def written(cell: str, *, unit: str) -> dict[str, Any]:
    """A cell of a shipped table as a scenario file would write it.

    A cell is a shape and its numbers in the table's unit: ``uniform 0.93 1.55``, ``normal 1.2 0.2`` (mean,
    sd), ``median-p90 60 150``, ``p1-p99 30 90``, ``gamma 1.291 103.901`` (shape, scale), ``weibull``
    likewise, ``lognormal 3.95 0.84 400 700`` (mu, sigma, shift, below; the last two may be left out),
    ``constant 5``. Raises ``KeyError`` for another shape, ``IndexError`` for too few numbers.

    >>> written("uniform 0.93 1.55", unit="m/s")
    {'uniform': ['0.93 m/s', '1.55 m/s']}
    """
    shape, *numbers = cell.split()
    return _SHAPES[shape](numbers, unit)


def table(name: str) -> list[dict[str, str]]:
    """Rows of a table in ``drillsim/data``."""
    text = (resources.files("drillsim") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def preset(name: str) -> Mapping[str, Any]:
    """A named time as a scenario file would write it: exercise, emergency, source, confidence.

    Raises ``KeyError`` for a name that is not in ``data/presets.csv``.
    """
    return _presets()[name]


def preset_names() -> tuple[str, ...]:
    """Names of all presets, sorted."""
    return tuple(sorted(_presets()))


@cache
def _presets() -> dict[str, Mapping[str, Any]]:
    return {
        row["name"]: MappingProxyType(
            {
                "exercise": written(row["exercise_s"] or row["emergency_s"], unit="s"),
                "emergency": written(row["emergency_s"], unit="s"),
                "source": row["source"],
                "confidence": row["confidence"],
            }
        )
        for row in table("presets.csv")
    }
