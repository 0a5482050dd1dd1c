"""Threat at a place over time: what a leak that nobody fights brings there, outdoors and indoors."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.errors import DrillsimError
from drillsim.hazards.cloud import Cloud, points_alone
from drillsim.hazards.grid import grid_times
from drillsim.hazards.indoor import Building, indoor_concentration
from drillsim.hazards.plume import LIMIT_M
from drillsim.study.undisturbed import undisturbed_leaks
from drillsim.study.zones import zone_levels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.scenario.model import Scenario
    from drillsim.study.undisturbed import UndisturbedLeak, UndisturbedLeaks
    from drillsim.study.zone_results import ZoneLevel

__all__ = ["Air", "Place", "Spell", "Threat", "threat"]

_POINT: Final = re.compile(
    r"\s*([+-]?\d{1,7}(?:\.\d{1,6})?)\s*[,，]\s*([+-]?\d{1,7}(?:\.\d{1,6})?)\s*", re.ASCII
)


class Place(NamedTuple):
    """A space by name, or a point at ``at_m`` (east, north) whose ``space`` is ``None``."""

    space: str | None
    at_m: tuple[float, float]


class Spell(NamedTuple):
    """A time above a level, s after STARTEX; ``end_s`` inf: still so at the end of the table."""

    level: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Air:
    """Concentration in one body of air, at :attr:`Threat.times_s`; each holds until the next.

    ``name``: outdoors; indoors of a building (vents as at STARTEX), and ``shut`` with its vents shut. What is
    outdoors or a point has a house by ALOHA's defaults as ``indoors``. ``exchange_s``: time constant, inf for
    tight, ``None`` outdoors.
    """

    name: str
    ppm: NDArray[np.float64]
    exchange_s: float | None
    spells: tuple[Spell, ...]

    @property
    def peak_ppm(self) -> float:
        return float(self.ppm.max())

    def above(self, level: str) -> tuple[Spell, ...]:
        """The spells above this level."""
        return tuple(spell for spell in self.spells if spell.level == level)


@dataclass(frozen=True)
class Threat:
    """What one leak brings to one place; ``building``: that of the place, ``None`` for a house by defaults.

    Planning model, not for use at a real incident.
    """

    world: UndisturbedLeaks
    leak: UndisturbedLeak
    place: Place
    building: str | None
    levels: tuple[ZoneLevel, ...]
    times_s: NDArray[np.float64]
    airs: tuple[Air, ...]

    def rows(self) -> list[tuple[float, ...]]:
        """Time and the concentration in each body of air, ppm, one row a time."""
        return [
            tuple(row) for row in np.column_stack([self.times_s, *(air.ppm for air in self.airs)]).tolist()
        ]


def threat(
    scenario: Scenario,
    place: str | tuple[float, float],
    *,
    hazard: str | Sequence[str] = (),
    wind_from_deg: float | None = None,
    wind_speed_m_s: float | None = None,
    injects: Collection[str] | None = None,
) -> tuple[Threat, ...]:
    """What each leak, which nobody fights, brings to ``place``: a space, ``"x,y"`` or (x, y) in metres.

    From the leak's onset to the scenario's horizon, on the grid of a run's fields (10 s in the first hour). A
    space has its footprint's mean. Wind, leaks and injects as :func:`~drillsim.study.zones.zones`. Raises
    :class:`DrillsimError` as it does, and for a place that does not exist or lies more than 10 km away.
    """
    names = (hazard,) if isinstance(hazard, str) else tuple(hazard)
    world = undisturbed_leaks(
        scenario,
        hazards=names,
        wind_from_deg=wind_from_deg,
        wind_speed_m_s=wind_speed_m_s,
        injects=injects,
    )
    where = _place(world, place)
    for leak in world.leaks:
        if math.dist(where.at_m, leak.run.cloud.source_m) > LIMIT_M:
            raise DrillsimError(
                f"{place} lies more than {LIMIT_M / 1000:.0f} km from {leak.name}, where the models end; "
                "name a place nearer to it"
            )
    return tuple(_threat(world, leak, where) for leak in world.leaks)


def _place(world: UndisturbedLeaks, given: str | tuple[float, float]) -> Place:
    facility = world.facility
    if isinstance(given, str):
        if given in facility.space_index:
            x, y = facility.centre[facility.space_index[given]].tolist()
            return Place(given, (x, y))
        point = _POINT.fullmatch(given)
        if point is None:
            near = get_close_matches(given, facility.spaces, 1)
            hint = f"did you mean {near[0]}?" if near else f"it has {', '.join(facility.spaces[:8])} …"
            raise DrillsimError(
                f"no space {given!r} in {world.scenario.name}; {hint} A point is written x,y in metres"
            )
        given = float(point[1]), float(point[2])
    if len(given) != 2 or not all(map(math.isfinite, given)):
        raise DrillsimError(f"a place of {given}; two finite coordinates in metres, east and north")
    return Place(None, (float(given[0]), float(given[1])))


def _threat(world: UndisturbedLeaks, leak: UndisturbedLeak, place: Place) -> Threat:
    times = grid_times(leak.onset_s, end_s=world.scenario.horizon_s)
    levels = tuple(level for level in zone_levels(leak.run.substance) if not level.name.startswith("lel"))
    outdoors = _outdoors(world, leak, place.space, place.at_m, times)
    name, building = _building(world, place)
    seen = outdoors
    if name is not None:
        rows = [_outdoors(world, leak, space, None, times) for space in building.spaces]
        seen = np.mean(rows, axis=0)
    airs = [_air("outdoors", outdoors, None, levels, times)]
    for kind, running in (("indoors", building.running), ("shut", False)):
        if kind == "shut" and not (building.running and building.ventilation_m3_s > 0.0):
            continue
        rate = building.changes_per_s(
            running=running,
            roof_wind_m_s=world.wind_at_height(building.height_m),
            outside_k=world.weather.temperature_k,
        )
        inside = indoor_concentration(seen[None, :], changes=rate * np.diff(times))[0]
        airs.append(_air(kind, inside, 1.0 / rate if rate > 0.0 else math.inf, levels, times))
    return Threat(world, leak, place, name, levels, times, tuple(airs))


def _outdoors(
    world: UndisturbedLeaks,
    leak: UndisturbedLeak,
    space: str | None,
    at_m: tuple[float, float] | None,
    times: NDArray[np.float64],
) -> NDArray[np.float64]:
    """ppm outdoors at a space (its footprint's mean) or a point."""
    cloud = leak.run.cloud
    index = [0 if space is None else world.facility.space_index[space]]
    if space is None:
        cloud = Cloud(
            points_alone(np.array([at_m])),
            source_m=cloud.source_m,
            diameter_m=cloud.diameter_m,
            weather=cloud.weather,
            molar_mass_kg_mol=cloud.molar_mass_kg_mol,
        )
    table = cloud.table(leak.segments, times, index, winds=world.winds)
    return np.asarray(table[0] * leak.ppm_per_kg_m3(world.weather.temperature_k))


def _building(world: UndisturbedLeaks, place: Place) -> tuple[str | None, Building]:
    """The building of a place; a house of one storey by ALOHA's defaults where it is in none."""
    for name, building in sorted(world.scenario.buildings.items()):
        if place.space in building.spaces:
            return name, building
    return None, Building(spaces=(place.space or "house",))


def _air(
    name: str,
    ppm: NDArray[np.float64],
    exchange_s: float | None,
    levels: tuple[ZoneLevel, ...],
    times: NDArray[np.float64],
) -> Air:
    spells = [
        spell
        for level in levels
        if level.ppm is not None
        for spell in _spells(level.name, ppm > level.ppm, times)
    ]
    return Air(name, ppm, exchange_s, tuple(spells))


def _spells(level: str, above: NDArray[np.bool_], times: NDArray[np.float64]) -> list[Spell]:
    steps = np.flatnonzero(np.diff(np.concatenate([[False], above, [False]]).astype(int)))
    ends = np.append(times, math.inf)
    return [Spell(level, float(times[a]), float(ends[b])) for a, b in steps.reshape(-1, 2).tolist()]
