"""What cannot be, or hardly can be, in a facility. Checks return findings and never print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import islice
from math import inf
from typing import Final, Literal, NamedTuple

from drillsim.facility.expand import lift_parts, road_parts, stair_parts
from drillsim.facility.flow import (
    SFPE_RISER_M,
    SFPE_TREAD_M,
    STAIR_BOUNDARY_M,
    effective_width_m,
    stair_width_m,
)
from drillsim.facility.geometry import gap_m, overlap_m2, stair_rise_m, stair_share
from drillsim.facility.graph import EVERYWHERE, Facility
from drillsim.facility.routes import port_distances
from drillsim.facility.spec import FacilitySpec, SpaceSpec

__all__ = ["Finding", "check_facility", "check_written", "unreachable"]

FAR_M: Final = 5.0  # footprints that a link joins should not lie further apart
LEVEL_STEP_M: Final = 1.5  # difference of levels that needs a stair or a walking length
STAIR_LEVEL_M: Final = 0.5  # tolerance between a floor's level and the stair that reaches it
JAM_DENSITY_P_M2: Final = 3.76  # 1 / 0.266, SFPE: nobody moves
LORRY_WIDTH_M: Final = 2.5
SHOWN: Final = 5  # names listed before "and N more"
_INDOORS: Final = ("room", "corridor", "stair", "landing", "hall")


class Finding(NamedTuple):
    """One fault or doubt; ``path`` leads to the entry in the file, fields without unit suffix."""

    path: tuple[str, ...]
    message: str
    id: str
    severity: Literal["error", "warning"] = "error"


def check_written(spec: FacilitySpec) -> list[Finding]:
    """What ``Facility.build`` would refuse or get wrong in the shorthands, before it is built.

    References to unknown spaces are left to whoever resolves references; entries with one are skipped.
    """
    found = (_taken_names(spec), _repeated_floors(spec), _stair_levels(spec), _lift_exits(spec))
    return sorted(finding for findings in found for finding in findings)


def check_facility(facility: Facility) -> list[Finding]:
    """Everything wrong (errors first) or doubtful (warnings) in a facility that was built."""
    found = {finding for check in _CHECKS for finding in check(facility)}
    return sorted(found, key=lambda finding: (finding.severity, finding))


def unreachable(
    facility: Facility, *, start: int, goals: Collection[int], closed: Collection[int] = frozenset()
) -> bool:
    """Whether nobody in ``start`` can walk to any of ``goals`` without passing the links of ``closed``."""
    if start in goals:
        return False
    way = [link not in closed for link in range(len(facility.links))]
    distances = port_distances(facility, goals=goals, forward_open=way, backward_open=way)
    return all(distances[port] == inf for port in facility.ports_out[start])


def _several(names: Collection[str]) -> str:
    shown = sorted(names)
    more = f" and {len(shown) - SHOWN} more" if len(shown) > SHOWN else ""
    return ", ".join(shown[:SHOWN]) + more


def _path(
    facility: Facility, part: Literal["spaces", "links"], name: str, field: str = ""
) -> tuple[str, ...]:
    made_by = facility.origin.get((part, name))
    if made_by is not None:
        return made_by
    return (part, name, field) if field else (part, name)


# --- as written -------------------------------------------------------------------------------------


def _taken_names(spec: FacilitySpec) -> Iterator[Finding]:
    stub = SpaceSpec(kind="outside", at_m=(0.0, 0.0), size_m=(1.0, 1.0))
    made = [(("stairs", name), stair_parts(name, stair)) for name, stair in spec.stairs.items()]
    made += [
        (("roads", name), road_parts(name, road, ends=(stub, stub))) for name, road in spec.roads.items()
    ]
    made += [
        (("lifts", name), lift_parts(name, lift, lobby=stub, max_density_p_m2=1.0))
        for name, lift in spec.lifts.items()
    ]
    for part, own in (("spaces", spec.spaces), ("links", spec.links)):
        taken = Counter(list(own))
        for _, parts in made:
            taken.update(list(parts.spaces if part == "spaces" else parts.links))
        for path, parts in made:
            names = parts.spaces if part == "spaces" else parts.links
            twice = [name for name in names if taken[name] > 1]
            if twice:
                message = (
                    f"makes {part} named {_several(twice)}, but something else has that name; rename one"
                )
                yield Finding(path, message, "name-taken")
    for name in spec.areas:
        if name in spec.spaces or name == EVERYWHERE:
            what = "all spaces" if name == EVERYWHERE else "a space"
            yield Finding(("areas", name), f"{name} already stands for {what}; rename the area", "name-taken")


def _repeated_floors(spec: FacilitySpec) -> Iterator[Finding]:
    served = [("stairs", name, stair.floors) for name, stair in spec.stairs.items()]
    served += [("lifts", name, lift.floors) for name, lift in spec.lifts.items()]
    for part, name, floors in served:
        repeated = [floor for floor, times in Counter(floors).items() if times > 1]
        if repeated:
            message = f"{_several(repeated)} is named more than once; name each floor once, lowest first"
            yield Finding((part, name, "floors"), message, "stair-floors")


def _lift_exits(spec: FacilitySpec) -> Iterator[Finding]:
    for name, lift in spec.lifts.items():
        if lift.exit_floor is not None and lift.exit_floor not in lift.floors:
            message = (
                f"it does not open to {lift.exit_floor}; name one of its floors: {_several(lift.floors)}"
            )
            yield Finding(("lifts", name, "exit_floor"), message, "lift-exit")


def _stair_levels(spec: FacilitySpec) -> Iterator[Finding]:
    for name, stair in spec.stairs.items():
        lowest = spec.spaces.get(stair.floors[0])
        if lowest is None:
            continue
        for storey, floor in enumerate(stair.floors):
            reached = lowest.level_m + storey * stair.storey_m
            level = spec.spaces[floor].level_m if floor in spec.spaces else reached
            if abs(level - reached) > STAIR_LEVEL_M + 1e-9:
                message = f"{floor} lies at {level:g} m, but the stair reaches it at {reached:g} m; "
                message += f"write level: {reached:g} m for {floor}, or correct floors and storey"
                yield Finding(("stairs", name, "floors"), message, "stair-level")


# --- as built: errors -------------------------------------------------------------------------------


def check_widths(facility: Facility) -> Iterator[Finding]:
    """Links through which nobody gets: clear width less the boundary layers is zero or less."""
    for link, name in enumerate(facility.links):
        spec, movement = facility.link_spec[link], facility.spec.movement
        on_stair = any(facility.kind[space] == "stair" for space in facility.link_spaces[link])
        effective = effective_width_m(spec, movement=movement, on_stair=on_stair)
        if effective <= 0.0 and (spec.flow_p_s is None or spec.width_m <= 0.0):
            layer = (spec.width_m - effective) / 2.0
            message = f"{name} is {spec.width_m:g} m wide; less {layer:g} m on each side nothing is left to "
            message += "walk through; make it wider, or its boundary smaller"
            yield Finding(_path(facility, "links", name, "width"), message, "width-zero")


def check_areas(facility: Facility) -> Iterator[Finding]:
    """Spaces without floor."""
    for name, space in zip(facility.spaces, facility.space_spec, strict=True):
        if min(space.size_m) <= 0.0:
            message = f"{name} has a footprint of {space.size_m[0]:g} m by {space.size_m[1]:g} m; "
            message += "both must be more than 0 m"
            yield Finding(_path(facility, "spaces", name, "size"), message, "area-zero")


def check_self_links(facility: Facility) -> Iterator[Finding]:
    """Links from a space to itself."""
    for name, link in zip(facility.links, facility.link_spec, strict=True):
        if link.between[0] == link.between[1]:
            message = f"{name} joins {link.between[0]} with itself; name two different spaces"
            yield Finding(_path(facility, "links", name, "between"), message, "link-self")


def check_stairs(facility: Facility) -> Iterator[Finding]:
    """Stairs without step, length or height between their ends, and steps outside SFPE's range."""
    for index, name in enumerate(facility.spaces):
        space = facility.space_spec[index]
        if space.kind != "stair":
            continue
        missing = [
            field
            for field, value in (
                ("riser", space.riser_m),
                ("tread", space.tread_m),
                ("length", space.length_m),
            )
            if value is None
        ]
        if missing:
            message = f"stair {name} has no {' and no '.join(missing)}; write riser: 165 mm, tread: 280 mm "
            message += "and length: 7.7 m (along the incline)"
            yield Finding(_path(facility, "spaces", name), message, "stair-incomplete")
        elif _one_ended(facility, index):
            message = f"all links of stair {name} are at one end; give the spaces it joins their level"
            yield Finding(_path(facility, "spaces", name), message, "stair-one-end")
        yield from _outside_range(facility, name, space)
        width_m = stair_width_m(space, movement=facility.spec.movement)
        if width_m <= 0.0 < min(space.size_m) and ("spaces", name) not in facility.origin:
            message = (
                f"stair {name} is too narrow: less the boundary layer of {STAIR_BOUNDARY_M:g} m on each side "
            )
            message += "nothing is left to walk on; correct its size, or its area (width times length)"
            yield Finding(_path(facility, "spaces", name), message, "stair-narrow")


def _one_ended(facility: Facility, stair: int) -> bool:
    space = facility.space_spec[stair]
    rise, links = stair_rise_m(space), facility.space_links[stair]
    if not rise or len(links) < 2:
        return False
    ends = {facility.port_to[port] for port in facility.ports_out[stair]}
    return len({stair_share(space, facility.space_spec[end], rise_m=rise) for end in ends}) == 1


def _outside_range(facility: Facility, name: str, space: SpaceSpec) -> Iterator[Finding]:
    for field, value, (low, high) in (
        ("riser", space.riser_m, SFPE_RISER_M),
        ("tread", space.tread_m, SFPE_TREAD_M),
    ):
        if value is not None and not low <= value <= high:
            message = f"{field} of {value * 1000:.0f} mm; SFPE's stair flow holds for "
            message += f"{low * 1000:.0f} to {high * 1000:.0f} mm"
            yield Finding(_path(facility, "spaces", name, field), message, "stair-range", "warning")


def check_lift_levels(facility: Facility) -> Iterator[Finding]:
    """Lifts whose floors are not named from below, or lie at one level."""
    for name, lift in facility.written.lifts.items():
        levels_m = [float(facility.level_m[facility.space_index[floor]]) for floor in lift.floors]
        steps = zip(lift.floors, lift.floors[1:], levels_m, levels_m[1:], strict=False)
        for below, above, low_m, high_m in steps:
            if low_m == high_m and below != above:
                message = f"{below} and {above} lie at one level, {low_m:g} m, so that the car has no way "
                message += "between them; write `level:` for them, or name one lobby of each level"
                yield Finding(("lifts", name, "floors"), message, "lift-levels")
            elif low_m > high_m:
                message = f"{above} at {high_m:g} m is named after {below} at {low_m:g} m; name the floors "
                message += "lowest first, or correct their `level:`"
                yield Finding(("lifts", name, "floors"), message, "lift-levels")


# --- as built: warnings -----------------------------------------------------------------------------


def check_connections(facility: Facility) -> Iterator[Finding]:
    """Spaces without link and parts of the site without way to the largest one."""
    import networkx

    components = [sorted(part) for part in networkx.connected_components(facility.graph())]
    components.sort(key=lambda part: (-len(part), part))
    for rank, part in enumerate(components):
        if len(part) == 1 and not facility.space_links[facility.space_index[part[0]]]:
            is_car = facility.origin.get(("spaces", part[0]), ("",))[0] == "lifts"
            if len(facility.spaces) > 1 and not is_car:
                message = f"{part[0]} has no link; nobody gets in or out"
                yield Finding(_path(facility, "spaces", part[0]), message, "space-no-link", "warning")
        elif rank > 0:
            message = f"no way leads from {_several(part)} to the rest of the site"
            yield Finding(_path(facility, "spaces", part[0]), message, "part-isolated", "warning")


def check_gaps(facility: Facility) -> Iterator[Finding]:
    """Links whose spaces, or whose own position, lie far off."""
    for link, name in enumerate(facility.links):
        spec = facility.link_spec[link]
        first, second = (facility.space_spec[space] for space in facility.link_spaces[link])
        apart = gap_m(first, second)
        if apart > FAR_M and first is not second:
            message = f"{spec.between[0]} and {spec.between[1]}, which it joins, lie {apart:.0f} m apart; "
            message += "correct at or size, or put a road or corridor between"
            yield Finding(_path(facility, "links", name, "between"), message, "link-gap", "warning")
        elif spec.at_m is not None:
            point = SpaceSpec(kind="room", at_m=spec.at_m, size_m=(0.0, 0.0))
            away = max(gap_m(point, first), gap_m(point, second))
            if away > FAR_M:
                message = f"lies {away:.0f} m from a space it joins; leave at out, or correct it"
                yield Finding(_path(facility, "links", name, "at"), message, "link-astray", "warning")


def check_levels(facility: Facility) -> Iterator[Finding]:
    """Steps in level without stair or walking length."""
    for link, name in enumerate(facility.links):
        ends = [facility.space_spec[space] for space in facility.link_spaces[link]]
        step = abs(ends[0].level_m - ends[1].level_m)
        climbs = any(end.kind == "stair" or (end.length_m or 0.0) >= step for end in ends)
        if step > LEVEL_STEP_M and not climbs:
            between = facility.link_spec[link].between
            message = f"{between[0]} and {between[1]} differ by {step:g} m in level, without a stair between"
            yield Finding(_path(facility, "links", name, "between"), message, "level-step", "warning")


def check_overlaps(facility: Facility) -> Iterator[Finding]:
    """Footprints that cover each other on one level: one finding for the whole site."""
    plain = [
        (name, space)
        for name, space in zip(facility.spaces, facility.space_spec, strict=True)
        if space.kind not in ("outside", "stair") and ("spaces", name) not in facility.origin
    ]
    pairs = list(islice(_overlapping(plain), SHOWN + 1))
    if pairs:
        shown = sorted(pairs[:SHOWN])
        named = ", ".join(f"{one} with {other}" for one, other in shown)
        named += " and others" if len(pairs) > SHOWN else ""
        message = f"footprints overlap on one level: {named}; fields and maps count that floor twice"
        yield Finding(("spaces", shown[0][0]), message, "footprints-overlap", "warning")


def _overlapping(spaces: list[tuple[str, SpaceSpec]]) -> Iterator[tuple[str, str]]:
    """Pairs by name, found from west to east: nothing behind the first space beyond is looked at."""
    eastward = sorted((space.at_m[0] - space.size_m[0] / 2.0, name, space) for name, space in spaces)
    for first, (west, one, a) in enumerate(eastward):
        east = west + a.size_m[0]
        for begins, other, b in islice(eastward, first + 1, None):
            if begins >= east:
                break
            if abs(a.level_m - b.level_m) >= min(a.height_m, b.height_m):
                continue
            smaller = min(a.size_m[0] * a.size_m[1], b.size_m[0] * b.size_m[1])
            if overlap_m2(a, b) > max(0.5, 0.05 * smaller):
                yield min(one, other), max(one, other)


def check_musters(facility: Facility) -> Iterator[Finding]:
    """Musters inside buildings or off the ground."""
    inside = [
        (name, space)
        for name, space in zip(facility.spaces, facility.space_spec, strict=True)
        if space.kind in _INDOORS and not space.outdoors
    ]
    for name, muster in zip(facility.spaces, facility.space_spec, strict=True):
        if muster.kind != "muster":
            continue
        under = [
            room
            for room, space in inside
            if abs(space.level_m - muster.level_m) < space.height_m and overlap_m2(space, muster) > 0.0
        ]
        if under:
            message = f"muster {name} lies inside {_several(under)}; put it in the open"
            yield Finding(_path(facility, "spaces", name, "at"), message, "muster-indoors", "warning")


def check_vehicle_ways(facility: Facility) -> Iterator[Finding]:
    """One-way links that carry no vehicles, and links for vehicles that are narrower than one."""
    for name, link in zip(facility.links, facility.link_spec, strict=True):
        if link.one_way and not link.vehicles:
            message = f"{name} is one_way, which binds vehicles only, but carries none; "
            message += "write vehicles: true, or leave one_way out"
            yield Finding(_path(facility, "links", name, "one_way"), message, "one-way-idle", "warning")
        if link.vehicles and link.width_m < LORRY_WIDTH_M:
            message = f"{name} is for vehicles but {link.width_m:g} m wide; a lorry needs {LORRY_WIDTH_M:g} m"
            yield Finding(_path(facility, "links", name, "width"), message, "vehicle-narrow", "warning")


def check_delays(facility: Facility) -> Iterator[Finding]:
    """Links that hold up vehicles which cannot pass them."""
    for name, link in zip(facility.links, facility.link_spec, strict=True):
        if link.vehicle_delay_s > 0.0 and not link.vehicles:
            message = "no vehicle passes here, so none is held up; write `vehicles: true`, or leave it out"
            yield Finding(_path(facility, "links", name, "vehicle_delay"), message, "delay-idle", "warning")


def check_density(facility: Facility) -> Iterator[Finding]:
    """A largest density at which nobody can move any more."""
    density = facility.spec.movement.max_density_p_m2
    if density >= JAM_DENSITY_P_M2:
        message = f"{density:g} p/m2 is not below SFPE's jam density of {JAM_DENSITY_P_M2:g} p/m2"
        yield Finding(("movement", "max_density"), message, "density-jam", "warning")


def check_area_members(facility: Facility) -> Iterator[Finding]:
    """Patterns in areas that match no space."""
    for name, entries in facility.spec.areas.items():
        for entry in entries:
            stem = entry.removesuffix("*")
            if stem != entry and not any(space.startswith(stem) for space in facility.spaces):
                yield Finding(("areas", name), f"no space begins with {stem}", "area-empty", "warning")


_CHECKS: Final = (
    check_widths, check_areas, check_self_links, check_stairs, check_lift_levels, check_connections,
    check_gaps, check_levels, check_overlaps, check_musters, check_vehicle_ways, check_delays,
    check_density, check_area_members,
)  # fmt: skip
