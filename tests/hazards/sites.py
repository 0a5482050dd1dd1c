"""Small facilities and hazards shared by the tests of this folder."""

from __future__ import annotations

from typing import Any

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LinkSpec, SpaceSpec, StairSpec
from drillsim.hazards.fire import Fire, FireRun
from drillsim.hazards.leak import Leak, LeakRun
from drillsim.hazards.weather import Weather, WeatherRecord
from drillsim.streams import Streams

WEST_WIND = Weather(
    wind_from_deg=270.0, wind_sd_deg=0.0, wind_speed_m_s=3.0, stability="D", temperature_k=303.15
)


def yard() -> Facility:
    """Squares of 20 m: the source, 100/200/400 m east of it (also 20 m off the axis), west, south, north."""
    at = {
        "source": (0.0, 0.0),
        "east-100": (100.0, 0.0),
        "east-200": (200.0, 0.0),
        "east-200-north": (200.0, 20.0),
        "east-200-south": (200.0, -20.0),
        "east-400": (400.0, 0.0),
        "west-100": (-100.0, 0.0),
        "south-200": (0.0, -200.0),
        "north-200": (0.0, 200.0),
    }
    spaces = {name: SpaceSpec(kind="yard", at_m=place, size_m=(20.0, 20.0)) for name, place in at.items()}
    return Facility.build(FacilitySpec(spaces=spaces))


def leak(**changes: Any) -> Leak:
    given: dict[str, Any] = {
        "kind": "leak",
        "substance": "acrylonitrile",
        "at": "source",
        "amount_kg": 160.0,
        "outflow": 300.0,
        "pool_m2": 30.0,
    }
    return Leak(**(given | changes))


def begin_leak(
    facility: Facility, *, weather: Weather = WEST_WIND, seed: int = 1, **changes: Any
) -> tuple[LeakRun, WeatherRecord]:
    streams = Streams(seed)
    record = WeatherRecord.begin(weather, streams)
    run = leak(**changes).begin(
        "drum",
        facility=facility,
        weather=record,
        conditions="emergency",
        streams=streams,
        drawn=lambda path, value: None,
    )
    return run, record


def floor() -> Facility:
    """Two storeys: a fire room (30 m2) and an office on a corridor upstairs, a stair, the open air."""
    spaces = {
        "F1-corridor": SpaceSpec(kind="corridor", at_m=(24.0, 0.0), size_m=(48.0, 1.8), height_m=3.0),
        "F2-corridor": SpaceSpec(
            kind="corridor", at_m=(24.0, 0.0), size_m=(48.0, 1.8), level_m=3.9, height_m=3.0
        ),
        "F3-corridor": SpaceSpec(
            kind="corridor", at_m=(24.0, 0.0), size_m=(48.0, 1.8), level_m=7.8, height_m=3.0
        ),
        "room": SpaceSpec(kind="room", at_m=(20.0, 3.4), size_m=(6.0, 5.0), level_m=3.9, height_m=3.0),
        "office": SpaceSpec(kind="room", at_m=(30.0, 3.4), size_m=(6.0, 5.0), level_m=3.9, height_m=3.0),
        "outside": SpaceSpec(kind="outside", at_m=(24.0, -40.0), size_m=(50.0, 20.0)),
    }
    links = {
        "room-door": LinkSpec(between=("room", "F2-corridor"), kind="door", width_m=0.9),
        "office-door": LinkSpec(between=("office", "F2-corridor"), kind="door", width_m=0.9),
    }
    stair = StairSpec(
        floors=("F1-corridor", "F2-corridor", "F3-corridor"),
        at_m=(50.0, 0.0),
        size_m=(3.0, 6.0),
        width_m=1.2,
        storey_m=3.9,
        riser_m=0.165,
        tread_m=0.28,
        door_m=1.0,
        exit_door_m=1.5,
        exit_to="outside",
    )
    return Facility.build(FacilitySpec(spaces=spaces, links=links, stairs={"stair": stair}))


def fire(**changes: Any) -> Fire:
    given: dict[str, Any] = {
        "kind": "fire",
        "at": "room",
        "door": "room-door",
        "smoulder": 120.0,
        "detector": 60.0,
    }
    return Fire(**(given | changes))


def begin_fire(facility: Facility, *, seed: int = 1, **changes: Any) -> FireRun:
    streams = Streams(seed)
    return fire(**changes).begin(
        "heater",
        facility=facility,
        weather=WeatherRecord.begin(WEST_WIND, streams),
        conditions="emergency",
        streams=streams,
        drawn=lambda path, value: None,
    )
