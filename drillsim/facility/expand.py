"""The shorthands ``stairs``, ``lifts`` and ``roads`` written out as spaces and links."""

from __future__ import annotations

from collections.abc import Mapping
from math import hypot, sqrt
from typing import NamedTuple, TypeVar

from drillsim.facility.flow import STAIR_BOUNDARY_M, incline_m
from drillsim.facility.geometry import XY
from drillsim.facility.spec import FacilitySpec, LiftSpec, LinkSpec, RoadSpec, SpaceSpec, StairSpec

__all__ = ["Expansion", "expand", "expansion", "lift_parts", "road_parts", "stair_parts"]

Entry = TypeVar("Entry", SpaceSpec, LinkSpec)


class Parts(NamedTuple):
    """Spaces and links one shorthand stands for."""

    spaces: dict[str, SpaceSpec]
    links: dict[str, LinkSpec]


class Expansion(NamedTuple):
    """The written-out facility, and for each generated ("spaces" or "links", name) its shorthand's path."""

    spec: FacilitySpec
    origin: dict[tuple[str, str], tuple[str, str]]


def stair_parts(name: str, stair: StairSpec, *, ground_m: float = 0.0) -> Parts:
    """Write out one stair whose lowest floor lies at ``ground_m``.

    ``NAME-1`` … are the flights, one a storey from the lowest up; each is two half flights with the
    half landing folded in, so its length is the incline of one storey and its area clear width times
    that length. ``NAME-foot`` is the landing at the bottom. ``NAME-opening-I`` is the lower end of
    flight I: every flight passes people at the stair's specific flow once, also the last. The door of
    a floor, ``NAME-door-FLOOR``, opens to the top of the flight that leads down from it, where people
    from above merge with those from the floor. ``NAME-exit`` leads outside.
    """
    length = incline_m(stair.storey_m, riser_m=stair.riser_m, tread_m=stair.tread_m)
    foot = f"{name}-foot"
    spaces = {
        foot: SpaceSpec(
            kind="landing",
            at_m=stair.at_m,
            size_m=stair.size_m,
            level_m=ground_m,
            height_m=stair.storey_m,
            area_m2=2.0 * stair.width_m**2,
            **_titles(stair, "foot", "底层平台"),
        )
    }
    links: dict[str, LinkSpec] = {}
    for storey in range(1, len(stair.floors)):
        flight = f"{name}-{storey}"
        spaces[flight] = SpaceSpec(
            kind="stair",
            at_m=stair.at_m,
            size_m=stair.size_m,
            level_m=ground_m + (storey - 1) * stair.storey_m,
            height_m=stair.storey_m,
            length_m=length,
            area_m2=stair.width_m * length,
            riser_m=stair.riser_m,
            tread_m=stair.tread_m,
            **_titles(stair, f"flight {storey}", f"第{storey}梯段"),
        )
        links[f"{name}-opening-{storey}"] = LinkSpec(
            between=(flight, foot if storey == 1 else f"{name}-{storey - 1}"),
            width_m=stair.width_m,
            boundary_m=STAIR_BOUNDARY_M,
            at_m=stair.at_m,
        )
    links |= _stair_doors(name, stair, foot)
    return Parts(spaces, links)


def _titles(stair: StairSpec, part: str, part_zh: str) -> dict[str, str]:
    """What a part of the stair is called; nothing where the stair has no title."""
    return {
        "title": stair.title and f"{stair.title}, {part}",
        "title_zh": stair.title_zh and f"{stair.title_zh}{part_zh}",
    }


def _stair_doors(name: str, stair: StairSpec, foot: str) -> dict[str, LinkSpec]:
    lowest = stair.exit_door_m or stair.door_m
    links = {}
    for storey, floor in enumerate(stair.floors):
        width = lowest if storey == 0 and stair.exit_to is None else stair.door_m
        into = foot if storey == 0 else f"{name}-{storey}"
        links[f"{name}-door-{floor}"] = LinkSpec(between=(floor, into), kind="door", width_m=width)
    if stair.exit_to is not None:
        links[f"{name}-exit"] = LinkSpec(between=(foot, stair.exit_to), kind="door", width_m=lowest)
    return links


def _nearest(a: SpaceSpec, b: SpaceSpec) -> tuple[XY, XY]:
    """Nearest points of two footprints; where they face each other, in the middle of what they share."""
    start, end = [0.0, 0.0], [0.0, 0.0]
    for axis in (0, 1):
        a_half, b_half = a.size_m[axis] / 2.0, b.size_m[axis] / 2.0
        low = max(a.at_m[axis] - a_half, b.at_m[axis] - b_half)
        high = min(a.at_m[axis] + a_half, b.at_m[axis] + b_half)
        if low <= high:
            start[axis] = end[axis] = (low + high) / 2.0
        elif a.at_m[axis] < b.at_m[axis]:
            start[axis], end[axis] = high, low
        else:
            start[axis], end[axis] = low, high
    return (start[0], start[1]), (end[0], end[1])


def _road_size(run: XY, width: float) -> XY:
    """As long as it runs along its main direction, and at least its width across."""
    if run == (0.0, 0.0):
        return width, width
    return (run[0], max(run[1], width)) if run[0] >= run[1] else (max(run[0], width), run[1])


def road_parts(name: str, road: RoadSpec, *, ends: tuple[SpaceSpec, SpaceSpec]) -> Parts:
    """Write out one road: opening ``NAME-start``, road space ``NAME``, opening ``NAME-end``.

    The road runs straight between the nearest points of the two footprints.
    """
    start, end = _nearest(*ends)
    run = (abs(end[0] - start[0]), abs(end[1] - start[1]))
    length = hypot(*run)
    space = SpaceSpec(
        kind="road",
        at_m=((start[0] + end[0]) / 2.0, (start[1] + end[1]) / 2.0),
        size_m=_road_size(run, road.width_m),
        level_m=ends[0].level_m,
        length_m=length or None,
        area_m2=max(length, road.width_m) * road.width_m,
        outdoors=True,
        speed_m_s=road.speed_m_s,
    )
    first, second = road.between

    def mouth(between: tuple[str, str], at: XY) -> LinkSpec:
        return LinkSpec(between=between, width_m=road.width_m, at_m=at, one_way=road.one_way, vehicles=True)

    links = {f"{name}-start": mouth((first, name), start), f"{name}-end": mouth((name, second), end)}
    return Parts({name: space}, links)


def lift_parts(name: str, lift: LiftSpec, *, lobby: SpaceSpec, max_density_p_m2: float) -> Parts:
    """Write out one lift: its car, a space ``NAME`` without links that is full with its load.

    It stands at the lift's place, or in the middle of ``lobby``, its exit floor, and at that level. No link
    leads into it: the run puts people in and out.
    """
    area = lift.persons / max_density_p_m2
    car = SpaceSpec(
        kind="lift",
        at_m=lift.at_m or lobby.at_m,
        size_m=(sqrt(area), sqrt(area)),
        level_m=lobby.level_m,
        area_m2=area,
        title=lift.title,
        title_zh=lift.title_zh,
    )
    return Parts({name: car}, {})


def _lobby(name: str, lift: LiftSpec, spaces: Mapping[str, SpaceSpec]) -> SpaceSpec:
    """The lobby of the exit floor; ``ValueError`` for a lobby that is no space, or no floor of the lift."""
    unknown = [floor for floor in lift.floors if floor not in spaces]
    if unknown:
        raise ValueError(f"lift {name} opens to {unknown[0]}, which is no space")
    exit_floor = lift.exit_floor or lift.floors[0]
    if exit_floor not in lift.floors:
        raise ValueError(f"lift {name} lets people out at {exit_floor}, which is none of its floors")
    return spaces[exit_floor]


def _ground_m(stair: StairSpec, spaces: Mapping[str, SpaceSpec]) -> float:
    lowest = spaces.get(stair.floors[0])
    return 0.0 if lowest is None else lowest.level_m


def _merge(into: dict[str, Entry], parts: Mapping[str, Entry], *, by: str) -> None:
    for name in parts:
        if name in into:
            raise ValueError(f"{by} makes {name}, but that name is taken; rename one of the two")
    into |= parts


def _made(parts: Parts, *, by: tuple[str, str]) -> dict[tuple[str, str], tuple[str, str]]:
    return {("spaces", name): by for name in parts.spaces} | {("links", name): by for name in parts.links}


def expansion(spec: FacilitySpec) -> Expansion:
    """Write out all shorthands.

    Raises ``ValueError`` for a taken name, a road or lift to an unknown space, and a lift that lets people
    out where it does not open.
    """
    spaces, links = dict(spec.spaces), dict(spec.links)
    origin: dict[tuple[str, str], tuple[str, str]] = {}
    for name, stair in sorted(spec.stairs.items()):
        parts = stair_parts(name, stair, ground_m=_ground_m(stair, spec.spaces))
        _merge(spaces, parts.spaces, by=f"stair {name}")
        _merge(links, parts.links, by=f"stair {name}")
        origin |= _made(parts, by=("stairs", name))
    for name, road in sorted(spec.roads.items()):
        unknown = [end for end in road.between if end not in spaces]
        if unknown:
            raise ValueError(f"road {name} leads to {unknown[0]}, which is no space")
        parts = road_parts(name, road, ends=(spaces[road.between[0]], spaces[road.between[1]]))
        _merge(spaces, parts.spaces, by=f"road {name}")
        _merge(links, parts.links, by=f"road {name}")
        origin |= _made(parts, by=("roads", name))
    for name, lift in sorted(spec.lifts.items()):
        density = spec.movement.max_density_p_m2
        parts = lift_parts(name, lift, lobby=_lobby(name, lift, spaces), max_density_p_m2=density)
        _merge(spaces, parts.spaces, by=f"lift {name}")
        origin |= _made(parts, by=("lifts", name))
    written = {"spaces": spaces, "links": links, "stairs": {}, "lifts": {}, "roads": {}}
    return Expansion(spec.model_copy(update=written), origin)


def expand(spec: FacilitySpec) -> FacilitySpec:
    """The same facility with ``stairs``, ``lifts`` and ``roads`` written out as spaces and links.

    Raises ``ValueError`` as :func:`expansion`.
    """
    return expansion(spec).spec
