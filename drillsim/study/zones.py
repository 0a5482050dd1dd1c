"""Zones of a scenario's leaks at any time: where a level of harm is reached, and who starts there."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.errors import DrillsimError
from drillsim.hazards.cloud import Cloud
from drillsim.hazards.cloud_map import zone
from drillsim.hazards.cloud_outline import cloud_outlines
from drillsim.hazards.isolation import spaces_in_polygon
from drillsim.hazards.leak_moments import LEL_SHARES, lel_levels_ppm
from drillsim.hazards.plume import AVERAGING_S, FLAMMABLE_S, LIMIT_M
from drillsim.hazards.wind_fan import HALF_FAN_DEG, fan_winds, sustained, wind_fan
from drillsim.response.effects import OpenPost
from drillsim.scenario.entries import effects_of_plan
from drillsim.study.first_distances import first_distances
from drillsim.study.undisturbed import UndisturbedLeak, UndisturbedLeaks, undisturbed_leaks
from drillsim.study.zone_results import LeakZones, Spot, SpotFan, SpotReading, Zone, ZoneLevel, Zones

if TYPE_CHECKING:
    from drillsim.hazards.atmosphere import Terrain
    from drillsim.hazards.cloud_map import Polygon
    from drillsim.hazards.substances import Substance
    from drillsim.scenario.model import Scenario

__all__ = ["ASKED_S", "zone_levels", "zones"]

ASKED_S: Final = (600.0, 1200.0, 2400.0)
"""Times after STARTEX of a question that names none."""
_NEAR: Final = 3.0  # pool diameters within which specks of a zone are an artefact of the near field
_SPECK: Final = 0.01  # of the largest part
_LEAST_M2: Final = 1.0
_GROUNDS: Final[tuple[Terrain, ...]] = ("rural", "urban")
_END: Final = 0.98  # of the 10 km: a zone that reaches so far goes on


def zones(
    scenario: Scenario,
    *,
    at_s: float | Sequence[float] = ASKED_S,
    plan: str | Sequence[str] | None = None,
    hazard: str | Sequence[str] = (),
    wind_from_deg: float | None = None,
    wind_speed_m_s: float | None = None,
    start_s: float | None = None,
    injects: Collection[str] | None = None,
) -> Zones:
    """Zones of every leak, which nobody fights, ``at_s`` seconds after STARTEX.

    Levels are AEGL-1 to 3 (60 min), IDLH, 10 % and 60 % of the lower explosive limit, at the ground outdoors.
    The wind is the scenario's, turned by injects in use that come at a fixed time (``injects``; default: all
    that are not ``off``), or the one stated, which holds throughout. ``plan``: whose posts and staging points
    are looked at, default all; what a plan does about the leak is left out. ``start_s`` is the wall clock of
    STARTEX (day or night). A peak held against a 60-min level overstates on purpose.

    Raises :class:`DrillsimError` for a scenario without leaks, names it does not have, a time before every
    leak has begun, and a wind below 1 m/s.
    """
    world = undisturbed_leaks(
        scenario,
        hazards=_names(hazard),
        wind_from_deg=wind_from_deg,
        wind_speed_m_s=wind_speed_m_s,
        injects=injects,
    )
    times = _times((at_s,) if isinstance(at_s, (int, float)) else tuple(at_s), world)
    plans = tuple(sorted(scenario.plans)) if plan is None else _names(plan)
    if unknown := [name for name in plans if name not in scenario.plans]:
        known = ", ".join(sorted(scenario.plans))
        raise DrillsimError(f"plan {unknown[0]!r} is not in scenario {scenario.name}; it has {known}")
    spots = _spots(world, plans)
    clock_s = scenario.start_s if start_s is None else start_s
    return Zones(
        world=world,
        times_s=times,
        leaks=tuple(_of_leak(world, leak, times, spots, clock_s) for leak in world.leaks),
        spots=spots,
    )


def zone_levels(entry: Substance) -> tuple[ZoneLevel, ...]:
    """The levels whose zones are shown of a substance, those that it has not with the reason."""
    found = []
    for number in (1, 2, 3):
        try:
            level = entry.level_ppm(number)
            found.append(ZoneLevel(f"aegl{number}", level.ppm, level.basis, AVERAGING_S))
        except ValueError as fault:
            found.append(ZoneLevel(f"aegl{number}", None, "AEGL", AVERAGING_S, str(fault)))
    why = "" if entry.idlh_ppm is not None else f"{entry.id}: the substance table has no IDLH"
    found.append(ZoneLevel("idlh", entry.idlh_ppm, "IDLH", AVERAGING_S, why))
    flammable = lel_levels_ppm(entry)
    why = "" if flammable else f"{entry.id}: the substance table has no lower explosive limit"
    found += [ZoneLevel(name, flammable.get(name), "LEL", FLAMMABLE_S, why) for name in LEL_SHARES]
    return tuple(found)


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _times(asked_s: tuple[float, ...], world: UndisturbedLeaks) -> tuple[float, ...]:
    """The times in order, each once. Raises ``DrillsimError`` for one at which nothing has leaked yet."""
    times = tuple(sorted(dict.fromkeys(float(time_s) for time_s in asked_s)))
    if not times or not all(map(math.isfinite, times)):
        raise DrillsimError("say at which times after STARTEX, in seconds, zones are asked for")
    first = min(world.leaks, key=lambda leak: leak.onset_s)
    if times[0] <= first.onset_s:
        raise DrillsimError(
            f"nothing leaks yet {times[0]:g} s after STARTEX: {first.name} begins at {first.onset_s:g} s; "
            "ask for a later time"
        )
    longest = world.scenario.horizon_s
    if times[-1] > longest:
        raise DrillsimError(
            f"{times[-1]:g} s lies beyond the scenario's horizon of {longest:g} s; ask for an earlier time"
        )
    return times


# -- zones ------------------------------------------------------------------------------------------------


def _of_leak(
    world: UndisturbedLeaks,
    leak: UndisturbedLeak,
    times: tuple[float, ...],
    spots: tuple[Spot, ...],
    clock_s: float,
) -> LeakZones:
    levels = zone_levels(leak.run.substance)
    found = tuple(zone for time_s in times for zone in _at(world, leak, levels, time_s))
    return LeakZones(
        leak=leak,
        levels=levels,
        zones=found,
        readings=tuple(_readings(world, leak, found, times, spots)),
        fans=tuple(_over_fan(world, leak, levels, times, spots)),
        first=first_distances(
            leak,
            weather=world.weather,
            from_deg=world.wind(leak.onset_s).from_deg,
            clock_s=clock_s + leak.onset_s,
        ),
    )


def _at(
    world: UndisturbedLeaks, leak: UndisturbedLeak, levels: tuple[ZoneLevel, ...], time_s: float
) -> Iterator[Zone]:
    """The zones of the levels that are known, at one time."""
    known = [level for level in levels if level.ppm is not None]
    shapes: dict[tuple[str, Terrain | None], tuple[Polygon, ...]] = {}
    weather = world.weather
    stated = weather.terrain if weather.roughness_m is None else None
    grounds: list[Terrain | None] = [None, *(ground for ground in _GROUNDS if ground != stated)]
    for ground in grounds:
        for averaging_s in sorted({level.averaging_s for level in known}):
            same = [level for level in known if level.averaging_s == averaging_s]
            cloud = _cloud(leak.run.cloud, averaging_s, ground)
            for level, shape in zip(same, _shapes(world, leak, cloud, same, time_s), strict=True):
                shapes[level.name, ground] = shape
    for level in known:
        polygons = shapes[level.name, None]
        reach_m, bearing_deg = _farthest(polygons, leak.run.cloud.source_m)
        rural_m, urban_m = (
            _farthest(shapes[level.name, None if ground == stated else ground], leak.run.cloud.source_m)[0]
            for ground in _GROUNDS
        )
        spaces = _touched(world, polygons)
        inside = set(spaces)
        groups = {
            name: group.count
            for name, group in sorted(world.scenario.groups.items())
            if group.place in inside
        }
        yield Zone(
            level=level,
            time_s=time_s,
            polygons=polygons,
            area_m2=sum(map(_area, polygons)),
            reach_m=reach_m,
            bearing_deg=bearing_deg,
            rural_m=rural_m,
            urban_m=urban_m,
            beyond=reach_m >= _END * LIMIT_M,
            spaces=spaces,
            groups=groups,
        )


def _cloud(cloud: Cloud, averaging_s: float, ground: Terrain | None) -> Cloud:
    """The cloud with another averaging time, over the ground of the scenario (``None``) or another."""
    weather = cloud.weather
    if ground is not None:
        weather = weather.model_copy(update={"terrain": ground, "roughness_m": None})
    return Cloud(
        cloud.points,
        source_m=cloud.source_m,
        diameter_m=cloud.diameter_m,
        weather=weather,
        molar_mass_kg_mol=cloud.molar_mass_kg_mol,
        averaging_s=averaging_s,
    )


def _shapes(
    world: UndisturbedLeaks,
    leak: UndisturbedLeak,
    cloud: Cloud,
    levels: Sequence[ZoneLevel],
    time_s: float,
) -> list[tuple[Polygon, ...]]:
    one = leak.ppm_per_kg_m3(world.weather.temperature_k)
    thresholds = [(level.ppm or math.nan) / one for level in levels]
    charts = cloud_outlines(cloud, leak.segments, thresholds, time_s=time_s, winds=world.winds)
    return [
        () if chart is None else _whole(zone(chart, threshold), cloud)
        for chart, threshold in zip(charts, thresholds, strict=True)
    ]


def _whole(polygons: list[Polygon], cloud: Cloud) -> tuple[Polygon, ...]:
    """Without specks at the pool, where values are unreliable; nothing where all is a speck."""
    largest = max(map(_area, polygons), default=0.0)

    def speck(polygon: Polygon) -> bool:
        away = np.hypot(*(polygon[0] - np.asarray(cloud.source_m)).T).max()
        return bool(_area(polygon) < _SPECK * largest and away < _NEAR * cloud.diameter_m)

    return () if largest < _LEAST_M2 else tuple(each for each in polygons if not speck(each))


def _area(polygon: Polygon) -> float:
    """m2, its holes taken off."""
    total = 0.0
    for ring in polygon:
        x, y = (ring - ring[0]).T
        total += 0.5 * float((x[:-1] * y[1:] - x[1:] * y[:-1]).sum())
    return total


def _farthest(polygons: tuple[Polygon, ...], source_m: tuple[float, float]) -> tuple[float, float | None]:
    """Distance from the source of the farthest point, m, at most 10 km, and its bearing; 0, None for none."""
    if not polygons:
        return 0.0, None
    offsets = np.concatenate([polygon[0] for polygon in polygons]) - np.asarray(source_m)
    east, north = offsets[int(np.argmax(np.hypot(*offsets.T)))].tolist()
    # The corner of a wide front may lie further out than its middle, where the models end.
    return min(math.hypot(east, north), LIMIT_M), math.degrees(math.atan2(east, north)) % 360.0


def _touched(world: UndisturbedLeaks, polygons: tuple[Polygon, ...]) -> tuple[str, ...]:
    """Spaces whose footprint a polygon touches; not one that lies wholly in a hole of it."""
    facility, found = world.facility, set()
    touching = partial(spaces_in_polygon, centre_m=facility.centre, size_m=facility.size)
    for outer, *holes in polygons:
        here = set(touching(outer[:-1]).tolist())
        for hole in holes:
            here -= set(touching(hole[:-1], wholly=True).tolist())
        found |= here
    return tuple(facility.spaces[space] for space in sorted(found))


# -- posts, musters, staging points ----------------------------------------------------------------------


def _spots(world: UndisturbedLeaks, plans: tuple[str, ...]) -> tuple[Spot, ...]:
    """Musters, then staging points and posts of the plans, each space once."""
    scenario, facility = world.scenario, world.facility
    uses: dict[str, dict[str, set[str]]] = {}
    for name, kind in zip(facility.spaces, facility.kind, strict=True):
        if kind == "muster":
            uses.setdefault(name, {})["muster"] = set(plans)
    for plan in plans:
        for place in scenario.plans[plan].staging:
            uses.setdefault(place, {}).setdefault("staging", set()).add(plan)
        for _, effect in effects_of_plan(scenario, plan, used=world.used):
            if isinstance(effect, OpenPost):
                uses.setdefault(effect.place, {}).setdefault("post", set()).add(plan)
    return tuple(
        Spot(name, tuple(sorted(kinds)), tuple(sorted(set().union(*kinds.values()))))
        for name, kinds in uses.items()
        if name in facility.space_index
    )


def _readings(
    world: UndisturbedLeaks,
    leak: UndisturbedLeak,
    found: tuple[Zone, ...],
    times: tuple[float, ...],
    spots: tuple[Spot, ...],
) -> Iterator[SpotReading]:
    if not spots:
        return
    indices = [world.facility.space_index[spot.space] for spot in spots]
    table = leak.run.cloud.table(leak.segments, np.array(times), indices, winds=world.winds)
    table *= leak.ppm_per_kg_m3(world.weather.temperature_k)
    for spot, row in zip(spots, table, strict=True):
        for time_s, value in zip(times, row.tolist(), strict=True):
            touching = [
                zone.level.name for zone in found if zone.time_s == time_s and spot.space in zone.spaces
            ]
            yield SpotReading(spot, time_s, value, tuple(touching))


def _over_fan(
    world: UndisturbedLeaks,
    leak: UndisturbedLeak,
    levels: tuple[ZoneLevel, ...],
    times: tuple[float, ...],
    spots: tuple[Spot, ...],
) -> Iterator[SpotFan]:
    """Is this post, muster or staging point safe whatever wind blows near those that hold then?"""
    middles = sorted({world.wind(time_s).from_deg for time_s in times})
    winds_deg = np.unique(np.concatenate([fan_winds(from_deg) for from_deg in middles]))
    source = sustained(leak.segments)
    if not spots:
        return
    if source is None:
        yield from (SpotFan(spot, HALF_FAN_DEG, 0.0, None, None) for spot in spots)
        return
    indices = [world.facility.space_index[spot.space] for spot in spots]
    table = wind_fan(leak.run.cloud, source, indices, winds_deg=winds_deg)
    table *= leak.ppm_per_kg_m3(world.weather.temperature_k)
    toxic = [level for level in levels if level.ppm is not None and not level.name.startswith("lel")]
    for spot, row in zip(spots, table, strict=True):
        worst = float(row.max())
        reached = [level for level in toxic if worst >= (level.ppm or math.inf)]
        yield SpotFan(
            spot,
            HALF_FAN_DEG,
            worst,
            float(winds_deg[int(row.argmax())]) if worst > 0.0 else None,
            max(reached, key=lambda level: level.ppm or 0.0, default=None),
        )
