"""Heat that substances give when they burn, and how much of it the air lets through."""

from __future__ import annotations

import csv
import math
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np

__all__ = ["heat_of_combustion_j_kg", "heats_of_combustion", "transmissivity", "water_vapour_pa"]


@cache
def heats_of_combustion() -> dict[str, float]:
    """Net heat of combustion, J/kg, by substance id; sources in ``data/heat_of_combustion.csv``."""
    text = files("drillsim.data").joinpath("heat_of_combustion.csv").read_text(encoding="utf-8")
    table = {row["id"]: float(row["net_j_kg"]) for row in csv.DictReader(text.splitlines())}
    if wrong := [key for key, heat in table.items() if not 0.0 < heat < math.inf]:
        raise ValueError(f"heat_of_combustion.csv: {', '.join(wrong)} must be above 0 and finite")
    return table


def heat_of_combustion_j_kg(substance_id: str) -> float:
    """Net heat of combustion, J/kg. Raises ``ValueError`` where none is known; it is never taken as 0.

    >>> heat_of_combustion_j_kg("propane")
    46350000.0
    """
    if substance_id not in heats_of_combustion():
        raise ValueError(
            f"{substance_id}: no heat of combustion is known; {', '.join(sorted(heats_of_combustion()))}"
        )
    return heats_of_combustion()[substance_id]


def water_vapour_pa(temperature_k: float, *, humidity: float) -> float:
    """Pressure of the water vapour in air, Pa (Magnus); ``humidity`` 0 to 1.

    >>> round(water_vapour_pa(288.15, humidity=0.6))
    1021
    """
    if not (0.0 <= humidity <= 1.0 and 220.0 < temperature_k < 330.0):
        raise ValueError(f"humidity {humidity}, {temperature_k} K; they hold from 0 to 1 and 220 to 330 K")
    celsius = temperature_k - 273.15
    return humidity * 610.94 * math.exp(17.625 * celsius / (celsius + 243.04))


def transmissivity(path_m: Any, *, vapour_pa: float) -> Any:
    """Share of heat that passes ``path_m`` >= 0 of air: min(1, 2.02 (pw s)^-0.09) (ALOHA-TD 6; sheet 8.1).

    >>> float(transmissivity(0.0, vapour_pa=1000.0))
    1.0
    """
    product = np.asarray(path_m, dtype=float) * vapour_pa
    if not np.all((product >= 0.0) & np.isfinite(product)):
        raise ValueError("a path of air or a vapour pressure below 0 or not finite")
    # Below 2470 Pa m the formula exceeds 1: nothing is lost.
    return np.minimum(1.0, 2.02 * np.maximum(product, 1.0) ** -0.09)
