"""Moments of a leak as a whole: a detector gives alarm, the cloud meets a source of ignition.

Detectors read the footprint mean of their space, a 3-minute mean in the open, so a detector close to the
release alarms sooner than told here. Those that units carry are followed by the simulation. The cloud takes
fire where that mean passes 60 % of the lower flammable limit: pockets can burn then (ALOHA).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
from pydantic import Field

from drillsim.hazards.gas_detector import RESPONSE, GasDetector
from drillsim.spec import Fraction, Names, Ref, Spec, Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.grid import StepTable
    from drillsim.hazards.substances import Substance
    from drillsim.streams import Streams

__all__ = [
    "FLAMMABLE",
    "LEL_SHARES",
    "Ignition",
    "alarms",
    "detector_flags",
    "first_above_s",
    "lel_levels_ppm",
    "live_spaces",
    "smell_warning",
]

LEL_SHARES: Final[Mapping[str, float]] = {"lel10": 0.1, "lel60": 0.6}
"""Thresholds of a leak by share of the lower flammable limit: keep out; pockets can ignite (ALOHA)."""
FLAMMABLE: Final = "lel60"
_PPM_PER_PERCENT: Final = 1e4


class Ignition(Spec):
    """Where the cloud finds something that sets it alight, and what begins then."""

    at: Annotated[Names, Ref("place"), Field(min_length=1)]
    chance: Fraction = Field(1.0, description="of each of the spaces by itself, once a run; default: certain")
    starts: Annotated[Names, Ref("hazard")] = Field((), description="dormant hazards that begin then")
    source: Text = ""


def lel_levels_ppm(entry: Substance) -> dict[str, float]:
    """Levels of :data:`LEL_SHARES`, ppm by volume; none where no limit is known."""
    if entry.lfl_vol_pct is None:
        return {}
    return {name: share * entry.lfl_vol_pct * _PPM_PER_PERCENT for name, share in LEL_SHARES.items()}


def live_spaces(
    ignition: Ignition | None,
    name: str,
    *,
    facility: Facility,
    streams: Streams,
    drawn: Callable[[str, float], None],
) -> NDArray[np.intp]:
    """Spaces where the cloud of this run does take fire, ascending; one draw for each."""
    if ignition is None:
        return np.empty(0, dtype=np.intp)
    spaces = sorted({space for place in ignition.at for space in facility.places(place)})
    live = []
    for space in spaces:
        place = facility.spaces[space]
        luck = streams.uniform(name, f"ignition.{place}")
        drawn(f"hazards.{name}.ignition.{place}", luck)
        if luck < ignition.chance:
            live.append(space)
    return np.array(live, dtype=np.intp)


def first_above_s(table: StepTable, threshold: str, spaces: NDArray[np.intp]) -> float:
    """When a threshold is first passed in any of ``spaces``, s; inf if never."""
    if not spaces.size or threshold not in table.above:
        return math.inf
    above = table.above[threshold][spaces].any(axis=0)
    return float(table.times_s[np.argmax(above)]) if above.any() else math.inf


def alarms(
    detectors: Mapping[str, GasDetector],
    *,
    times_s: NDArray[np.float64],
    ppm: NDArray[np.float64],
    facility: Facility,
    entry: Substance,
) -> dict[str, float]:
    """When each fixed detector gives alarm, s, by name, and the first of all as ``detected``; inf if never.

    ``ppm`` (spaces, k) holds from each of ``times_s`` (k,) to the next. Raises ``ValueError`` for a share of
    a flammable limit that is not known.
    """
    index = facility.space_index
    found = {
        name: detector.alarm_s(ppm[index[detector.at]], times_s=times_s, entry=entry)
        for name, detector in sorted(detectors.items())
        if detector.at is not None
    }
    return {**found, "detected": min(found.values())} if found else {}


def detector_flags(detectors: Mapping[str, GasDetector]) -> list[str]:
    """Response times that are the product's and not stated, with their sources."""
    found = []
    for name, detector in sorted(detectors.items()):
        usual = RESPONSE[detector.kind]
        if detector.response_s is None:
            said = f"detector {name}: {detector.kind}, {detector.t90_s:g} s to 90 % "
            found.append(said + f"({usual.source}; {usual.confidence})")
    return found


def smell_warning(entry: Substance, *, noticed_ppm: float | None) -> str | None:
    """A flag where people are in danger before they can smell it; None where the nose warns in time."""
    odour, danger = noticed_ppm or entry.odour_ppm, entry.aegl2_60min_ppm
    if odour is None or danger is None or odour <= danger:
        return None
    return (
        f"{entry.id} is noticed from {odour:g} ppm on only and dangerous from {danger:g} ppm "
        "(AEGL-2, 60 min): whoever waits for the smell is late"
    )
