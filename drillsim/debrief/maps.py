"""What maps show, computed without drawing: storeys, queues, the highest threshold a space reached."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from drillsim.facility.graph import Facility
    from drillsim.study.results import Ensemble
    from drillsim.trace.log import Trace

__all__ = [
    "THRESHOLD_RANK",
    "drawn",
    "hazard_reached",
    "queue_person_min",
    "storey_of",
    "storeys",
    "storeys_that_matter",
]

# Rising severity; thresholds that are not listed count as mild.
THRESHOLD_RANK: Final[dict[str, int]] = {
    "noticed": 1,
    "smoke": 1,
    "aegl1": 2,
    "aegl2": 3,
    "untenable": 4,
    "aegl3": 4,
    "lel10": 2,
    "lel60": 3,
    "heat-felt": 1,
    "heat-burns": 3,
    "heat-lethal": 4,
    "heat-destroys": 5,
    "blast-glass": 2,
    "blast-injury": 3,
    "blast-destroys": 4,
    "engulfed": 5,
}
_FLOOR_KINDS: Final = frozenset({"room", "corridor", "hall"})
_LEAST_PERSON_MIN: Final = 0.5  # a smaller queue is not drawn
_MOST_PANELS: Final = 4


def storeys(facility: Facility) -> list[float]:
    """Heights of the storeys, m, lowest first: levels at which rooms, corridors or halls lie."""
    found = {
        float(level)
        for level, kind in zip(facility.level_m, facility.kind, strict=True)
        if kind in _FLOOR_KINDS
    }
    return sorted(found) or [float(min(facility.level_m, default=0.0))]


def storey_of(facility: Facility, space: int, levels_m: Sequence[float]) -> float:
    """The highest storey not above the space; the lowest for what lies below all."""
    level = float(facility.level_m[space])
    return max((storey for storey in levels_m if storey <= level + 0.1), default=levels_m[0])


def drawn(facility: Facility, spaces: Iterable[int]) -> list[int]:
    """Spaces that a map shows: not the car of a lift that lies within another space of its storey."""
    chosen, levels = list(spaces), storeys(facility)

    def hidden(car: int) -> bool:
        return any(
            facility.kind[other] != "lift"
            and storey_of(facility, other, levels) == storey_of(facility, car, levels)
            and _within(facility, car, other)
            for other in range(len(facility.spaces))
        )

    return [space for space in chosen if facility.kind[space] != "lift" or not hidden(space)]


def _within(facility: Facility, inner: int, outer: int) -> bool:
    off_m = abs(facility.centre[inner] - facility.centre[outer])
    return bool((off_m + facility.size[inner] / 2.0 <= facility.size[outer] / 2.0 + 1e-6).all())


def queue_person_min(ensemble: Ensemble, facility: Facility) -> list[tuple[int, float]]:
    """Links with a queue worth showing: (index, median person-minutes over all runs), longest first."""
    found = []
    for link, name in enumerate(facility.links):
        summary = ensemble.summaries.get(f"queue.{name}")
        if summary is not None and math.isfinite(summary.p50.estimate):
            amount = summary.p50.estimate / 60.0
            if amount >= _LEAST_PERSON_MIN:
                found.append((link, amount))
    return sorted(found, key=lambda entry: (-entry[1], entry[0]))


def hazard_reached(trace: Trace) -> dict[str, str]:
    """Space -> the most severe threshold it reached at any time of this run."""
    found: dict[str, str] = {}
    for _, row in trace.of("threshold"):
        if not row.place:
            continue
        before = found.get(row.place)
        if before is None or THRESHOLD_RANK.get(row.task, 0) > THRESHOLD_RANK.get(before, 0):
            found[row.place] = row.task
    return found


def storeys_that_matter(ensemble: Ensemble, *, trace: Trace, facility: Facility) -> list[float]:
    """Storeys with hazard or queues, at most four, those with the most first cause; the lowest always."""
    levels = storeys(facility)
    weight = dict.fromkeys(levels, 0.0)
    for name in hazard_reached(trace):
        if name in facility.space_index:
            weight[storey_of(facility, facility.space_index[name], levels)] += 1e6
    for link, amount in queue_person_min(ensemble, facility):
        for end in facility.link_spaces[link]:
            weight[storey_of(facility, int(end), levels)] += amount
    weight[levels[0]] += 1e9
    ranked = sorted(
        (level for level in levels if weight[level] > 0.0), key=lambda level: (-weight[level], level)
    )
    return sorted(ranked[:_MOST_PANELS])
