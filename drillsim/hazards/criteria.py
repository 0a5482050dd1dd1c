"""Which criterion made a space untenable, told from the fields a hazard answers for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

import numpy as np

from drillsim.hazards.tenability import (
    SMALL_ROOM_M2,
    SMALL_ROOM_VISIBILITY_M,
    TENABLE_K,
    TENABLE_VISIBILITY_M,
)

if TYPE_CHECKING:
    from drillsim.hazards.protocol import HazardRun

__all__ = ["CRITERIA", "UNTENABLE", "Criterion", "CriterionName", "failed_criterion"]

UNTENABLE: Final = "untenable"
"""Name of the threshold of a space where nobody can stay."""

CriterionName = Literal["visibility", "temperature"]
CRITERIA: Final[tuple[CriterionName, ...]] = ("visibility", "temperature")
"""What may fail; of those that fail at the same sample the first named here is told."""


class Criterion(NamedTuple):
    """A criterion that failed, and the value it failed at."""

    name: CriterionName
    value: float
    unit: str


def failed_criterion(run: HazardRun, *, space: int, area_m2: float, time_s: float) -> Criterion | None:
    """What makes ``space``, of ``area_m2``, untenable at ``time_s``; ``None`` where no limit is passed.

    Limits of :mod:`drillsim.hazards.tenability`: visibility 10 m, 5 m where the floor is under 60 m2;
    60 °C at head height. A criterion the hazard has no field of is left out.
    """
    sight_m = SMALL_ROOM_VISIBILITY_M if area_m2 < SMALL_ROOM_M2 else TENABLE_VISIBILITY_M
    spaces = np.array([space])
    if "visibility_m" in run.fields:
        seen_m = float(run.at("visibility_m", spaces, time_s)[0])
        if seen_m <= sight_m:
            return Criterion("visibility", seen_m, "m")
    if "temperature_k" in run.fields:
        kelvin = float(run.at("temperature_k", spaces, time_s)[0])
        if kelvin > TENABLE_K:
            return Criterion("temperature", kelvin, "K")
    return None
