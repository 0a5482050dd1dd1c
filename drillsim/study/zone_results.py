"""What a question for zones gives: levels, zones with what lies in them, posts and musters read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from drillsim.hazards.cloud_map import Polygon
    from drillsim.scenario.model import Scenario
    from drillsim.study.first_distances import FirstDistances
    from drillsim.study.undisturbed import UndisturbedLeak, UndisturbedLeaks

__all__ = ["LeakZones", "Spot", "SpotFan", "SpotReading", "Zone", "ZoneLevel", "Zones"]


class ZoneLevel(NamedTuple):
    """A concentration whose zone is shown; ``ppm`` is ``None`` where the substance has no such level.

    ``name``: aegl1, aegl2, aegl3, idlh, lel10, lel60. ``basis``: AEGL, ERPG, PAC, IDLH or LEL, whatever
    stands in for an AEGL that is not known. ``averaging_s``: for how long a reading is meant.
    """

    name: str
    ppm: float | None
    basis: str
    averaging_s: float
    why: str = ""
    """Why there is none."""

    @property
    def label(self) -> str:
        """Short name: AEGL-2, ERPG-3, IDLH, 60 % LEL."""
        if self.name.startswith("lel"):
            return f"{self.name.removeprefix('lel')} % LEL"
        if self.name == "idlh":
            return "IDLH"
        return f"{self.basis}-{self.name[-1]}"


@dataclass(frozen=True)
class Zone:
    """One zone at one time. ``polygons`` in metres east and north; none: the level is reached nowhere.

    ``reach_m``: its farthest point from the source, in the direction ``bearing_deg`` (from north), over the
    ground of the scenario; ``rural_m`` and ``urban_m``: over open country and over buildings or stacks.
    ``beyond``: it goes on after 10 km, where the models end and ``reach_m`` stops. ``spaces``:
    footprints that it touches, in plan; ``groups``: heads by group that start there.
    """

    level: ZoneLevel
    time_s: float
    polygons: tuple[Polygon, ...]
    area_m2: float
    reach_m: float
    bearing_deg: float | None
    rural_m: float
    urban_m: float
    beyond: bool
    spaces: tuple[str, ...]
    groups: dict[str, int]

    @property
    def people(self) -> int:
        """Heads that start in it."""
        return sum(self.groups.values())


class Spot(NamedTuple):
    """A muster, a staging point or a post (``uses``), in the ``plans`` that use it."""

    space: str
    uses: tuple[str, ...]
    plans: tuple[str, ...]


class SpotReading(NamedTuple):
    """Mean outdoor concentration over a spot's footprint, and the names of the zones that touch it."""

    spot: Spot
    time_s: float
    ppm: float
    zones: tuple[str, ...]


class SpotFan(NamedTuple):
    """The worst wind for a spot within ``half_fan_deg`` of those that hold at the times asked for.

    ``ppm``: mean outdoors over its footprint in the steady plume of the highest 1-minute mean rate;
    ``from_deg``: the wind that brings it, ``None`` for no gas; ``level``: the highest level of harm that this
    reaches, ``None`` for none.
    """

    spot: Spot
    half_fan_deg: float
    ppm: float
    from_deg: float | None
    level: ZoneLevel | None


@dataclass(frozen=True)
class LeakZones:
    """All zones of one leak, by time and then level, with the distances of the first minutes."""

    leak: UndisturbedLeak
    levels: tuple[ZoneLevel, ...]
    zones: tuple[Zone, ...]
    readings: tuple[SpotReading, ...]
    fans: tuple[SpotFan, ...]
    first: FirstDistances

    def at(self, time_s: float) -> tuple[Zone, ...]:
        """The zones of that time, in the order of the levels."""
        return tuple(found for found in self.zones if found.time_s == time_s)


@dataclass(frozen=True)
class Zones:
    """What :func:`zones` found. Planning model, not for use at a real incident."""

    world: UndisturbedLeaks
    times_s: tuple[float, ...]
    leaks: tuple[LeakZones, ...]
    spots: tuple[Spot, ...]

    @property
    def scenario(self) -> Scenario:
        return self.world.scenario

    def geojson(self, *, origin: tuple[float, float] | None = None) -> dict[str, Any]:
        """As :func:`drillsim.study.zone_geojson.zones_document`."""
        from drillsim.study.zone_geojson import zones_document

        return zones_document(self, origin=origin)
