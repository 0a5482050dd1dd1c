"""Ways of measuring: what a fire does as a whole, and what it makes."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.hazards import Fire
from drillsim.hazards.thermal_dose import INCAPACITATING_TDU
from drillsim.verification.replay import NEVER

if TYPE_CHECKING:
    from drillsim.trace.log import Trace
    from drillsim.verification.evidence import Asked
    from drillsim.verification.judge import Got

__all__ = [
    "growth_coefficient",
    "hazard_time",
    "hazard_time_over_other",
    "heat_of_dose",
    "heat_reach",
    "species_mass",
    "species_share",
]


def hazard_time(asked: Asked) -> Got:
    """Time from one moment of a hazard to another, s; ``of`` names the hazard and the two moments."""
    return _between_s(asked.evidence.trace, *asked.names)


def hazard_time_over_other(asked: Asked) -> Got:
    """The same over that in the other run."""
    own, other = (_between_s(evidence.trace, *asked.names) for evidence in (asked.evidence, asked.other))
    return NEVER if isinstance(own, str) or isinstance(other, str) else own / other


def _between_s(trace: Trace, hazard: str, since: str, until: str) -> Got:
    times = {row.task: row.time_s for _, row in trace.of("hazard") if row.actor == hazard}
    return times[until] - times[since] if since in times and until in times else NEVER


def growth_coefficient(asked: Asked) -> Got:
    """Q / t^2 of a fire that is of a named size t after flame, kW/s2; ``of`` names hazard and size."""
    hazard, size = asked.names
    time_s = _between_s(asked.evidence.trace, hazard, "flaming", size)
    fire = asked.evidence.scenario.hazards[hazard]
    if isinstance(time_s, str) or not isinstance(fire, Fire):
        return NEVER
    return fire.sizes[size] / 1000.0 / time_s**2


def heat_of_dose(asked: Asked) -> Got:
    """Steady heat that makes the thermal dose a group took while a spill fire burned, kW/m2.

    ``of`` names hazard and group; the dose is that of the closing row, (kW/m2)^(4/3) s over 1000.
    """
    hazard, group = asked.names
    lasted_s = _between_s(asked.evidence.trace, hazard, "burning", "fire-out")
    taken = [row.value for _, row in asked.evidence.trace.of("dose") if row.actor == group]
    if isinstance(lasted_s, str) or not taken or taken[0] is None:
        return NEVER
    return float((INCAPACITATING_TDU * taken[0] / lasted_s) ** 0.75)


def heat_reach(asked: Asked) -> Got:
    """Distance of the farthest space where a hazard passes a threshold, m; ``of`` names the two."""
    hazard, threshold = asked.names
    facility, trace = asked.evidence.facility, asked.evidence.trace
    source = facility.centre[facility.space_index[asked.evidence.scenario.hazards[hazard].at]]
    reached = [
        math.dist(facility.centre[facility.space_index[row.place]], source)
        for _, row in trace.of("threshold")
        if (row.actor, row.task) == (hazard, threshold)
    ]
    return max(reached) if reached else NEVER


def species_mass(asked: Asked) -> Got:
    """Mass of a species at the end, in all spaces and gone from them, kg; ``of`` names hazard and species."""
    return math.fsum(_masses_kg(asked.evidence.trace, *asked.names).values())


def species_share(asked: Asked) -> Got:
    """Share of it that is in one space at the end; ``of`` names hazard, species and space."""
    hazard, species, space = asked.names
    masses_kg = _masses_kg(asked.evidence.trace, hazard, species)
    return masses_kg.get(space, 0.0) / math.fsum(masses_kg.values())


def _masses_kg(trace: Trace, hazard: str, species: str) -> dict[str, float]:
    """Mass of a species by space, kg; what has left them all by the empty name."""
    return {
        row.place: row.value
        for _, row in trace.of("species")
        if row.actor == hazard and row.task == species and row.value is not None
    }
