"""Distances of the first minutes by the Emergency Response Guidebook, and what lies within them.

Only what is known of the book is given (drillsim/data/initial_isolation.csv): small spills of six gases of
its Table 1 and the orange-guide minima. The rest is ``None``: not known here, look it up. Distances hold for
the first 30 minutes. A planning model, not for use at a real incident.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, cast

import numpy as np

from drillsim.presets import table
from drillsim.spec import Confidence

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "PRECAUTIONS",
    "UNIDENTIFIED",
    "Approach",
    "Distance",
    "FanHighest",
    "State",
    "approach",
    "highest_over_fan",
    "initial_isolation",
    "protective_action",
    "protective_zone",
    "spaces_in_circle",
    "spaces_in_polygon",
    "spill_size",
    "wind_class",
]

State = Literal["liquid", "solid", "gas"]
Spill = Literal["small", "large"]

SMALL_SPILL_M3: Final = 0.208
"""Largest small spill of a liquid, 208 L (55 gal). Source: ERG, from memory; confidence low."""
SMALL_SPILL_KG: Final = 300.0
"""Largest small spill by mass, 300 kg (660 lb). Source: ERG, from memory; confidence low."""
WIND_CLASS_KM_H: Final = (10.0, 20.0)
"""Low below 10 km/h, moderate up to 20, high above. Source: ERG, from memory; confidence low."""


class Distance(NamedTuple):
    """A distance and where it comes from; ``at_least``: a minimum to start from, not the last word.

    ``mark``: *read* in the source named, or *memory*.
    """

    distance_m: float
    at_least: bool
    source: str
    mark: str
    confidence: Confidence


def _from_memory(distance_m: float, what: str, at_least: bool = False) -> Distance:
    return Distance(distance_m, at_least, f"ERG orange guides: {what}", "memory", "low")


_ISOLATE: Final[Mapping[State, Distance]] = {
    "liquid": _from_memory(50.0, "isolate a liquid", at_least=True),
    "solid": _from_memory(25.0, "isolate a solid", at_least=True),
    "gas": _from_memory(100.0, "isolate a gas", at_least=True),
}
UNIDENTIFIED: Final = _from_memory(100.0, "guide 111, cargo not identified", at_least=True)
"""As long as neither number nor placard is known, or they contradict each other."""
PRECAUTIONS: Final[Mapping[str, Distance]] = {
    "large-flammable-spill": _from_memory(300.0, "large flammable spill, consider this downwind"),
    "tank-in-fire": _from_memory(800.0, "tank, rail car or truck in a fire, all round"),
    "bleve": _from_memory(1600.0, "liquefied petroleum gas that may burst in a fire (BLEVE)"),
}
"""Distances of the orange guides for what may come of a spill."""


def spill_size(*, volume_m3: float | None = None, mass_kg: float | None = None) -> Spill:
    """Small up to 208 L of a liquid or 300 kg, else large. Source: ERG, from memory; confidence low.

    Raises ``ValueError`` unless exactly one of the two is given, above 0.
    """
    if (volume_m3 is None) == (mass_kg is None):
        raise ValueError("give one of volume_m3 (liquids) and mass_kg")
    size = volume_m3 if mass_kg is None else mass_kg
    if size is None or not 0.0 < size < math.inf:
        raise ValueError(f"a spill of {size}; it must be above 0")
    return "small" if size <= (SMALL_SPILL_M3 if mass_kg is None else SMALL_SPILL_KG) else "large"


def wind_class(speed_m_s: float) -> Literal["low", "moderate", "high"]:
    """Class of wind of the guidebook's Table 3 (from memory; confidence low); ``ValueError`` below 0."""
    if not 0.0 <= speed_m_s < math.inf:
        raise ValueError(f"a wind of {speed_m_s} m/s; it must be 0 or more")
    low, moderate = WIND_CLASS_KM_H
    speed_km_h = 3.6 * speed_m_s
    if speed_km_h < low:
        return "low"
    return "moderate" if speed_km_h <= moderate else "high"


def initial_isolation(
    un_number: str | None, *, imdg_class: str | None, state: State, spill: Spill
) -> Distance | None:
    """How far to keep people away all round in the first minutes; ``None`` if not known.

    Without a UN number the placards (``imdg_class``) lead to the orange guide; without those either it is
    :data:`UNIDENTIFIED`.

    A material toxic by inhalation (in the table, or of class 2.3) goes by Table 1, known for small spills of
    a few gases only. Any other follows its orange guide: at least 50 m (liquid), 25 m (solid), 100 m (gas).
    A toxic liquid (6.1) that the book lists in Table 1, but this table does not, needs more than that.

    >>> initial_isolation("1093", imdg_class="3/6.1", state="liquid", spill="small").distance_m
    50.0
    >>> initial_isolation(None, imdg_class=None, state="liquid", spill="small").distance_m
    100.0
    """
    if un_number is None and imdg_class is None:
        return UNIDENTIFIED
    if un_number is None:
        return None if "2.3" in (imdg_class or "").split("/") else _ISOLATE[state]
    if _toxic_by_inhalation(un_number, imdg_class or ""):
        return _table_1(un_number, "isolate_m", spill)
    return _ISOLATE[state]


def protective_action(un_number: str, *, spill: Spill, night: bool) -> Distance | None:
    """How far downwind to protect people; ``None`` where the book has none or it is not known here.

    Source: ERG 2024 Table 1, small spills; large spills (Tables 1 and 3) are not known in primary form.

    >>> protective_action("1005", spill="small", night=True).distance_m
    200.0
    """
    return _table_1(un_number, "night_m" if night else "day_m", spill)


def _toxic_by_inhalation(un_number: str, imdg_class: str) -> bool:
    return un_number in _rows() or "2.3" in imdg_class.split("/")


def _table_1(un_number: str, column: str, spill: Spill) -> Distance | None:
    row = _rows().get(un_number)
    if row is None or spill == "large" or not row[column]:
        return None
    return Distance(
        float(row[column]), False, row["source"], row["mark"], cast("Confidence", row["confidence"])
    )


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    return {row["un_number"]: row for row in table("initial_isolation.csv")}


# -- where that is ----------------------------------------------------------------------------------------


def protective_zone(
    source_m: tuple[float, float], *, from_deg: float, distance_m: float
) -> NDArray[np.float64]:
    """Corners (4, 2) of the square downwind with side ``distance_m``, counter-clockwise from upwind right.

    The source lies in the middle of its upwind side. Source: ERG 2024, introduction to Table 1. Raises
    ``ValueError`` for a distance not above 0.
    """
    _check_positive(distance_m, "distance")
    along = _unit(from_deg + 180.0)
    left = np.array([-along[1], along[0]])
    start, half = np.asarray(source_m, dtype=float), 0.5 * distance_m
    end = start + distance_m * along
    return np.array([start - half * left, end - half * left, end + half * left, start + half * left])


class Approach(NamedTuple):
    """How to come near: the point upwind to start from, its bearing from the source, the way to head."""

    point_m: tuple[float, float]
    bearing_deg: float
    heading_deg: float


def approach(source_m: tuple[float, float], *, from_deg: float, distance_m: float) -> Approach:
    """Approach from upwind, out of a distance; angles clockwise from north. ``ValueError`` if not above 0."""
    _check_positive(distance_m, "distance")
    upwind = distance_m * _unit(from_deg)
    point = (source_m[0] + float(upwind[0]), source_m[1] + float(upwind[1]))
    return Approach(point, from_deg % 360.0, (from_deg + 180.0) % 360.0)


def spaces_in_circle(
    middle_m: tuple[float, float],
    *,
    radius_m: float,
    centre_m: NDArray[np.float64],
    size_m: NDArray[np.float64],
    wholly: bool = False,
) -> NDArray[np.intp]:
    """Indices of the footprints that a circle touches, or with ``wholly`` contains.

    Footprints are axis-parallel: ``centre_m`` and ``size_m`` (n, 2). Raises ``ValueError`` for a radius not
    above 0.
    """
    _check_positive(radius_m, "radius")
    offset = np.abs(centre_m - np.asarray(middle_m))
    reach = offset + 0.5 * size_m if wholly else np.maximum(offset - 0.5 * size_m, 0.0)
    return np.flatnonzero(np.hypot(reach[:, 0], reach[:, 1]) <= radius_m)


def spaces_in_polygon(
    corners_m: ArrayLike,
    *,
    centre_m: NDArray[np.float64],
    size_m: NDArray[np.float64],
    wholly: bool = False,
) -> NDArray[np.intp]:
    """Indices of the footprints that a simple polygon touches, or with ``wholly`` contains.

    ``corners_m`` (m, 2) in either direction, not closed; footprints as in :func:`spaces_in_circle`. Raises
    ``ValueError`` for fewer than three corners.
    """
    corners = np.asarray(corners_m, dtype=float)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        raise ValueError(f"corners of shape {corners.shape}; a polygon has three or more corners (x, y)")
    ahead = np.roll(corners, -1, axis=0)
    centred = _contains(corners, ahead, centre_m)
    # A footprint that no side of the polygon crosses lies wholly inside or wholly outside it.
    crossed = _crossed(corners, ahead, centre_m, size_m, inner=wholly)
    return np.flatnonzero(centred & ~crossed if wholly else centred | crossed)


def _contains(
    corners: NDArray[np.float64], ahead: NDArray[np.float64], points: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Whether each point lies inside: an odd number of sides to its east."""
    x, y = points[:, None, 0], points[:, None, 1]
    spans = (corners[:, 1] > y) != (ahead[:, 1] > y)
    rise = np.where(spans, ahead[:, 1] - corners[:, 1], 1.0)
    at = corners[:, 0] + (y - corners[:, 1]) / rise * (ahead[:, 0] - corners[:, 0])
    return np.asarray((spans & (x < at)).sum(axis=1) % 2 == 1)


def _crossed(
    corners: NDArray[np.float64],
    ahead: NDArray[np.float64],
    centre: NDArray[np.float64],
    size: NDArray[np.float64],
    *,
    inner: bool,
) -> NDArray[np.bool_]:
    """Whether any side meets each rectangle (``inner``: its inside only), by its slabs (Liang, Barsky)."""
    enter = np.zeros((len(centre), len(corners)))
    leave = np.ones_like(enter)
    misses = np.zeros(enter.shape, dtype=bool)
    for axis in (0, 1):
        low = (centre[:, axis] - 0.5 * size[:, axis])[:, None] - corners[:, axis]
        high = (centre[:, axis] + 0.5 * size[:, axis])[:, None] - corners[:, axis]
        run = ahead[:, axis] - corners[:, axis]
        still = np.broadcast_to(run == 0.0, low.shape)
        step = np.where(run == 0.0, 1.0, run)
        first, last = np.minimum(low / step, high / step), np.maximum(low / step, high / step)
        enter = np.where(still, enter, np.maximum(enter, first))
        leave = np.where(still, leave, np.minimum(leave, last))
        outside = (low >= 0.0) | (high <= 0.0) if inner else (low > 0.0) | (high < 0.0)
        misses |= still & outside
    meets = enter < leave if inner else enter <= leave
    return np.asarray((meets & ~misses).any(axis=1))


class FanHighest(NamedTuple):
    """The highest value at a point over a fan of winds, and the wind that brings it (where it comes from)."""

    value: float
    from_deg: float

    def safe_below(self, level: float) -> bool:
        """Whether the point stays at or below ``level`` whatever wind of the fan blows."""
        return self.value <= level


def highest_over_fan(
    point_m: tuple[float, float],
    *,
    concentration: Callable[[float, float, float], float],
    from_deg: float,
    source_m: tuple[float, float] | None = None,
    half_fan_deg: float = 45.0,
    step_deg: float = 1.0,
) -> FanHighest:
    """Is this post, muster or staging point safe: the worst wind within ``half_fan_deg`` of ``from_deg``.

    ``concentration(x, y, from_deg)`` is asked at steps of at most ``step_deg``; with ``source_m`` also for
    the wind that blows straight to the point, the worst one for a plume symmetric in y. A step wider than
    the plume could miss it: at class F a plume is some 10 degrees wide. Raises ``ValueError`` for a fan
    outside 0 to 180 degrees, a step not above 0, or a concentration that is no number.
    """
    _check_positive(step_deg, "step")
    if not 0.0 <= half_fan_deg <= 180.0:
        raise ValueError(f"a fan of {half_fan_deg} degrees to each side; it must lie in 0 to 180")
    steps = max(1, math.ceil(half_fan_deg / step_deg))
    turns = (half_fan_deg * np.arange(-steps, steps + 1) / steps).tolist()
    if source_m is not None and source_m != point_m:
        straight = _bearing_deg(point_m, source_m) - from_deg
        turn = (straight + 180.0) % 360.0 - 180.0
        turns += [turn] if abs(turn) <= half_fan_deg else []
    found = [
        FanHighest(float(concentration(*point_m, wind)), wind)
        for wind in ((from_deg + turn) % 360.0 for turn in sorted(turns, key=abs))
    ]
    if any(math.isnan(entry.value) for entry in found):
        raise ValueError(f"the concentration at {point_m} is no number")
    return max(found, key=lambda entry: entry.value)


def _unit(bearing_deg: float) -> NDArray[np.float64]:
    angle = math.radians(bearing_deg)
    return np.array([math.sin(angle), math.cos(angle)])


def _bearing_deg(start_m: tuple[float, float], end_m: tuple[float, float]) -> float:
    return math.degrees(math.atan2(end_m[0] - start_m[0], end_m[1] - start_m[1])) % 360.0


def _check_positive(number: float, what: str) -> None:
    if not 0.0 < number < math.inf:
        raise ValueError(f"a {what} of {number}; it must be above 0")
