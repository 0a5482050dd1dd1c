"""How each space was used: heads, density, level of service, congestion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.measures.egress import last_out
from drillsim.measures.milestones import end_s
from drillsim.measures.passages import busiest_p_s, visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.measures.passages import Visits
    from drillsim.trace.log import Trace

__all__ = ["CROWDED_P_M2", "LEVELS_M2_P", "WINDOW_S", "SpaceUse", "level_of_service", "space_use"]

# Fruin's levels of service of walkways: least area a person, m²/p, of each; below the last it is F.
LEVELS_M2_P: Final = (("A", 3.24), ("B", 2.32), ("C", 1.39), ("D", 0.93), ("E", 0.46))
CROWDED_P_M2: Final = 1.0 / 0.46  # boundary of E and F
WINDOW_S: Final = 30.0  # over which peak flows are taken
# Congestion by IMO MSC.1/Circ.1533: density at the start, difference of flows in and out, local density for
# more than a share of the assembly time.
_IMO_START_P_M2: Final = 3.5
_IMO_FLOW_P_S: Final = 1.5
_IMO_DENSITY_P_M2: Final = 4.0
_IMO_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class SpaceUse:
    """One space in one run; ``None`` is what does not apply or is not known.

    Densities are heads by the whole walkable floor of the space. A full space holds no more than the movement
    model's largest density: what would be denser waits before it.
    """

    space: str
    area_m2: float | None
    first_in_s: float  # 0 where people were from the start
    last_out_s: float | None  # None while somebody is in it at the end of the run
    heads: int  # that came in or were there from the start, each time they came
    heads_left: int  # in it at the end
    peak_heads: int
    peak_density_p_m2: float | None
    crowded_s: float | None  # time in level F; from here on None for the cars of lifts, where people stand
    dense_s: float | None  # time above IMO's 4 p/m²
    level: str | None  # worst Fruin level; None also for musters, where people stand
    person_s: float  # spent in it, to the end of the run
    congested: bool | None  # by one of IMO's three criteria; None also outdoors and at musters


def level_of_service(density_p_m2: float) -> str:
    """Fruin's level of service of walkways, A (free) to F (breakdown), for a density in p/m².

    Source: Fruin 1971; lower edges in m² a person as in ``LEVELS_M2_P``.

    >>> level_of_service(0.3), level_of_service(1 / 0.93), level_of_service(2.2)
    ('A', 'D', 'F')
    """
    for level, least_m2_p in LEVELS_M2_P:
        if density_p_m2 * least_m2_p <= 1.0 + 1e-12:
            return level
    return "F"


def space_use(trace: Trace) -> tuple[SpaceUse, ...]:
    """Every space anybody was in, in the header's order.

    Who is carried out is counted where they lay until the end. Raises ``ValueError`` as
    :func:`~drillsim.measures.passages.stays`.
    """
    header, found = trace.header, visits(trace)
    count = len(header.spaces)
    area = np.array(header.space_areas_m2 or [np.nan] * count)
    heads = np.bincount(found.space, found.heads, count)
    left = np.bincount(found.space[found.last], found.heads[found.last], count)
    first_in, last_out_s = np.full(count, np.inf), np.zeros(count)
    np.minimum.at(first_in, found.space, found.since_s)
    np.maximum.at(last_out_s, found.space, found.until_s)
    person_s = np.bincount(found.space, found.heads * (found.until_s - found.since_s), count)
    peak, above = _occupancy(found, area, (CROWDED_P_M2, _IMO_DENSITY_P_M2))
    congested = _congested(trace, found, area, above[1])
    cars, rows = {row.actor for _, row in trace.of("lift")}, []
    for space in np.flatnonzero(heads).tolist():
        name, known = header.spaces[space], bool(area[space] > 0.0)
        walked = known and name not in cars
        density = float(peak[space] / area[space]) if known else None
        rows.append(
            SpaceUse(
                space=name,
                area_m2=float(area[space]) if known else None,
                first_in_s=float(first_in[space]),
                last_out_s=None if left[space] else float(last_out_s[space]),
                heads=int(heads[space]),
                heads_left=int(left[space]),
                peak_heads=int(peak[space]),
                peak_density_p_m2=density,
                crowded_s=float(above[0][space]) if walked else None,
                dense_s=float(above[1][space]) if walked else None,
                level=level_of_service(density)
                if density is not None and walked and name not in header.musters
                else None,
                person_s=float(person_s[space]),
                congested=None if name in cars else congested.get(space),
            )
        )
    return tuple(rows)


def _occupancy(
    found: Visits, area_m2: NDArray[np.float64], densities_p_m2: tuple[float, ...]
) -> tuple[NDArray[np.int64], list[NDArray[np.float64]]]:
    """Most heads at once by space, and the seconds above each density by space.

    At equal times who leaves does so before who comes in.
    """
    place = np.concatenate([found.space, found.space])
    when = np.concatenate([found.since_s, found.until_s])
    change = np.concatenate([found.heads, -found.heads])
    order = np.lexsort((change > 0, when, place))
    place, when = place[order], when[order]
    level = np.cumsum(change[order])  # every space ends at 0
    peak = np.zeros(len(area_m2), dtype=np.int64)
    np.maximum.at(peak, place, level)
    lasts_s = np.diff(when, append=0.0)  # of the last entry of a space nonsense, but nobody is there
    density = level / area_m2[place]
    above = [
        np.bincount(place, np.where(density > limit, lasts_s, 0.0), len(area_m2)).astype(np.float64)
        for limit in densities_p_m2
    ]
    return peak, above


def _congested(
    trace: Trace, found: Visits, area_m2: NDArray[np.float64], dense_s: NDArray[np.float64]
) -> dict[int, bool]:
    """Indoor space -> whether IMO would call it congested: flows are those of the busiest 30 s."""
    header = trace.header
    if not header.space_outdoors:
        return {}
    cleared = last_out(trace).get("last_out")
    assembly_s = end_s(trace) if cleared is None else (cleared.at_least or cleared.number)
    start = np.bincount(
        found.space, np.where((found.origin < 0) & (found.since_s == 0.0), found.heads, 0), len(area_m2)
    )
    congested = (start >= _IMO_START_P_M2 * area_m2) | (dense_s > _IMO_SHARE * assembly_s)
    came, went = np.flatnonzero(found.origin >= 0), np.flatnonzero(~found.last)
    least = _IMO_FLOW_P_S * WINDOW_S  # heads without which no window shows such a difference
    heads_in = np.bincount(found.space[came], found.heads[came], len(area_m2))
    for space in np.flatnonzero((heads_in > least) & ~congested).tolist():
        inside, outside = came[found.space[came] == space], went[found.space[went] == space]
        excess = _flow(found.since_s, found.heads, inside) - _flow(found.until_s, found.heads, outside)
        congested[space] = excess > _IMO_FLOW_P_S
    indoors = [
        number
        for number, name in enumerate(header.spaces)
        if not header.space_outdoors[number] and name not in header.musters
    ]
    return {number: bool(congested[number]) for number in indoors}


def _flow(when_s: NDArray[np.float64], heads: NDArray[np.int64], rows: NDArray[np.int64]) -> float:
    order = rows[np.argsort(when_s[rows], kind="stable")]
    return busiest_p_s(when_s[order], heads[order], window_s=WINDOW_S)
