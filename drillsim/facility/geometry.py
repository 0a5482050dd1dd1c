"""Where links lie and how far it is to walk between them, from axis-parallel footprints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import hypot
from typing import Final

from drillsim.facility.spec import LinkSpec, SpaceSpec

__all__ = [
    "XY",
    "gap_m",
    "link_position",
    "overlap_m2",
    "positions",
    "stair_ends",
    "stair_rise_m",
    "stair_share",
    "walking_table",
]

XY = tuple[float, float]

SLENDER: Final = 3.0  # a space this many times as long as wide is walked along its long side


def _span(space: SpaceSpec, axis: int) -> tuple[float, float]:
    half = space.size_m[axis] / 2.0
    return space.at_m[axis] - half, space.at_m[axis] + half


def link_position(first: SpaceSpec, second: SpaceSpec) -> XY:
    """Middle of the shared edge or overlap of two footprints, or half-way between their nearest points.

    >>> a = SpaceSpec(kind="room", at_m=(0, 0), size_m=(4, 4))
    >>> link_position(a, SpaceSpec(kind="room", at_m=(4, 1), size_m=(4, 4)))
    (2.0, 0.5)
    """
    middle = []
    for axis in (0, 1):
        (a_low, a_high), (b_low, b_high) = _span(first, axis), _span(second, axis)
        middle.append((max(a_low, b_low) + min(a_high, b_high)) / 2.0)
    return middle[0], middle[1]


def gap_m(first: SpaceSpec, second: SpaceSpec) -> float:
    """Shortest distance between two footprints in plan, m; 0 where they touch or overlap."""
    gaps = []
    for axis in (0, 1):
        (a_low, a_high), (b_low, b_high) = _span(first, axis), _span(second, axis)
        gaps.append(max(0.0, a_low - b_high, b_low - a_high))
    return hypot(gaps[0], gaps[1])


def overlap_m2(first: SpaceSpec, second: SpaceSpec) -> float:
    """Area two footprints share in plan, m²."""
    sides = []
    for axis in (0, 1):
        (a_low, a_high), (b_low, b_high) = _span(first, axis), _span(second, axis)
        sides.append(max(0.0, min(a_high, b_high) - max(a_low, b_low)))
    return sides[0] * sides[1]


def stair_rise_m(stair: SpaceSpec) -> float | None:
    """Height a stair climbs, from its incline length, riser and tread; ``None`` if one is missing."""
    if stair.length_m is None or stair.riser_m is None or stair.tread_m is None:
        return None
    return stair.length_m * stair.riser_m / hypot(stair.riser_m, stair.tread_m)


def stair_share(stair: SpaceSpec, other: SpaceSpec, *, rise_m: float) -> float:
    """Share of a stair's height at which another space adjoins: 0 the lower end, 1 the upper.

    Levels within a quarter of the rise of an end count as that end.
    """
    share = (other.level_m - stair.level_m) / rise_m
    return 0.0 if share <= 0.25 else 1.0 if share >= 0.75 else share


def stair_ends(stair: SpaceSpec, others: Sequence[SpaceSpec]) -> tuple[float, ...]:
    """Where each space beyond adjoins a stair, 0 the lower end, 1 the upper; then its centre.

    Empty for what is no stair, or one without incline length, riser and tread.
    """
    rise_m = stair_rise_m(stair) if stair.kind == "stair" else None
    if not rise_m:
        return ()
    return (*(stair_share(stair, other, rise_m=rise_m) for other in others), 0.5)


def _walking_axis(space: SpaceSpec, at: Sequence[XY]) -> int:
    """0 east, 1 north: the long side of a slender space, else the side along which the links lie apart."""
    east, north = space.size_m
    longer = 0 if east >= north else 1
    if max(east, north) >= SLENDER * min(east, north) or not at:
        return longer
    spread = [max(p[axis] for p in at) - min(p[axis] for p in at) for axis in (0, 1)]
    return longer if spread[longer] >= spread[1 - longer] else 1 - longer


def _along(
    space: SpaceSpec, links: Sequence[LinkSpec], at: Sequence[XY], others: Sequence[SpaceSpec]
) -> list[XY]:
    """For each link, then the centre: share of the way from one end to the other, and place across, m."""
    ends = stair_ends(space, others)
    if ends:
        return [(share, 0.0) for share in ends]
    axis = _walking_axis(space, at)
    low, high = _span(space, axis)
    extent = high - low
    shares = [min(1.0, max(0.0, (p[axis] - low) / extent)) if extent > 0.0 else 0.5 for p in at]
    across = [p[1 - axis] for p in at]
    return [*zip(shares, across, strict=True), (0.5, space.at_m[1 - axis])]


def walking_table(
    space: SpaceSpec,
    links: Sequence[LinkSpec],
    at: Sequence[XY],
    others: Sequence[SpaceSpec],
) -> tuple[tuple[float, ...], ...]:
    """Walking lengths in m between the links of a space; the last row and column are its centre.

    Without ``length_m`` the straight line in plan. With it, the length times the share of the way
    between the two ends that lies between the links (so end to end is exactly the length), but never
    less than the distance across. The ends are those of the long side of a slender space, else of the
    side along which the links lie further apart. The ends of a stair are its two levels, told by the
    level of the space beyond; two links at one end of a stair are their distance in plan apart.
    """
    points = [*at, space.at_m]
    if space.length_m is None:
        return tuple(tuple(hypot(p[0] - q[0], p[1] - q[1]) for q in points) for p in points)
    along = _along(space, links, at, others)
    level_ends = space.kind == "stair" and stair_rise_m(space) is not None

    def walk(i: int, j: int) -> float:
        (share_i, across_i), (share_j, across_j) = along[i], along[j]
        if level_ends and share_i == share_j:
            return hypot(points[i][0] - points[j][0], points[i][1] - points[j][1])
        return max(length * abs(share_i - share_j), abs(across_i - across_j))

    length = space.length_m
    return tuple(tuple(walk(i, j) for j in range(len(points))) for i in range(len(points)))


def positions(spaces: Mapping[str, SpaceSpec], links: Mapping[str, LinkSpec]) -> dict[str, XY]:
    """Position of every link: as given, else from the two footprints."""
    return {
        name: link.at_m or link_position(spaces[link.between[0]], spaces[link.between[1]])
        for name, link in links.items()
    }
