"""What a scenario says of its facility: spaces, links, areas, and shorthands that expand to them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from drillsim.spec import (
    Area,
    Density,
    Flag,
    Flow,
    Fraction,
    Length,
    Name,
    Point,
    Ref,
    Spec,
    SpecificFlow,
    Speed,
    Text,
    Time,
)

__all__ = [
    "FacilitySpec",
    "LiftSpec",
    "LinkSpec",
    "Merging",
    "MovementSpec",
    "RoadSpec",
    "SmokeLaw",
    "SpaceSpec",
    "SpeedLaw",
    "StairSpec",
]

SpeedLaw = Literal["sfpe", "imo", "weidmann", "predtechenskii-milinskii", "assigned"]
SmokeLaw = Literal[
    "frantzich-nilsson", "fridolf-2019", "visibility-ratio", "linear-floor", "jin-irritant", "jin"
]
Merging = Literal["first-come", "equal", "by-width", "by-weight"]

SpaceKind = Literal[
    "room", "corridor", "stair", "landing", "hall", "lift", "yard", "quay", "road", "muster", "outside"
]
LinkKind = Literal["door", "opening", "gate", "control"]


def _words(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Members = Annotated[
    tuple[Annotated[str, StringConstraints(pattern=r"^[^\W_][\w.\-]{0,79}\*?$")], ...],
    BeforeValidator(_words),
]


class MovementSpec(Spec):
    """Named choices of the movement model; every report prints them."""

    law: SpeedLaw = Field(
        "sfpe", description="walking speed by density; assigned: own speed whatever the density"
    )
    specific_flow_p_s_m: SpecificFlow | None = Field(
        None, gt=0, description="peak flow per metre of effective width; default the law's, 1.3 p/s/m by SFPE"
    )
    door_boundary_m: Length | None = Field(
        None, ge=0, description="boundary layer on each side of a door; default the law's, 0.15 m by SFPE"
    )
    max_density_p_m2: Density = Field(
        2.75, gt=0, description="density at which a space is full (EvacuatioNZ default)"
    )
    merging: Merging = Field(
        "first-come",
        description="who gets the next place in a full space: who has waited longest, or streams by share",
    )
    counterflow_level: Fraction = Field(
        1.0, gt=0, description="share of a link's capacity while people wait on both sides, on the flat"
    )
    counterflow_stair: Fraction = Field(0.78, gt=0, description="the same for openings of stairs")
    clothing: Literal["summer", "mid-season", "winter"] = Field(
        "mid-season", description="body area of Predtechenskii and Milinskii"
    )
    smoke_speed: SmokeLaw = Field("frantzich-nilsson", description="walking speed by extinction")
    visibility_constant: float = Field(
        3.0, ge=1, le=10, description="visibility times extinction: 3 reflecting, 8 light-emitting signs"
    )
    turn_back_m: Length = Field(
        30.0,
        gt=0,
        description="visibility below which people turn back from a space if there is another way; "
        "default: where they see smoke",
    )


class SpaceSpec(Spec):
    """A floor that people or vehicles occupy: an axis-parallel footprint with a height band."""

    kind: SpaceKind
    at_m: Point = Field(description="centre: east, north")
    size_m: Point = Field(description="extent east and north")
    level_m: Length = Field(0.0, description="height of the floor above ground")
    height_m: Length = Field(3.0, gt=0, description="clear height above the floor")
    length_m: Length | None = Field(
        None, gt=0, description="walking length from one end to the other (stairs, bent corridors)"
    )
    area_m2: Area | None = Field(None, gt=0, description="floor area where it is not the footprint's")
    riser_m: Length | None = Field(None, gt=0, description="stairs only")
    tread_m: Length | None = Field(None, gt=0, description="stairs only")
    outdoors: Flag = False
    speed_m_s: Speed | None = Field(None, gt=0, description="vehicles here; default the site's inside speed")
    title: Text = ""
    title_zh: Text = ""


class LinkSpec(Spec):
    """An opening without length between two spaces."""

    between: tuple[Annotated[Name, Ref("space")], Annotated[Name, Ref("space")]]
    kind: LinkKind = "opening"
    width_m: Length = Field(description="clear width")
    at_m: Point | None = Field(None, description="default: the middle of where the two footprints meet")
    boundary_m: Length | None = Field(None, ge=0, description="each side; default 0.15 m for doors, else 0")
    flow_p_s: Flow | None = Field(
        None, gt=0, description="capacity where it is not width times specific flow"
    )
    merge_weight: float = Field(
        1.0, gt=0, le=1000, description="share of this stream where it merges into a full space by weight"
    )
    one_way: Flag = Field(False, description="from the first space to the second only, for vehicles")
    vehicles: Flag = False
    vehicle_delay_s: Time = Field(
        0.0, ge=0, description="time one vehicle takes to pass: barrier, key, check"
    )
    locked: Flag = Field(False, description="shut at the start")
    title: Text = ""
    title_zh: Text = ""


class StairSpec(Spec):
    """Shorthand for one enclosed stair: a flight a storey, linked by openings, doors to the floors."""

    floors: tuple[Annotated[Name, Ref("space")], ...] = Field(
        min_length=2, description="spaces it opens to, lowest first"
    )
    at_m: Point
    size_m: Point = Field(description="footprint of the shaft")
    width_m: Length = Field(gt=0, description="clear width of the flights")
    storey_m: Length = Field(gt=0, description="height of a storey")
    riser_m: Length = Field(gt=0)
    tread_m: Length = Field(gt=0)
    door_m: Length = Field(gt=0, description="clear width of the doors to the floors")
    exit_door_m: Length | None = Field(None, gt=0, description="clear width of the lowest door")
    exit_to: Annotated[Name, Ref("space")] | None = Field(
        None, description="space outside that the lowest flight opens to"
    )
    title: Text = Field("", description="flights are called by it and their number, counted from below")
    title_zh: Text = ""


class LiftSpec(Spec):
    """A lift: a car that calls at lobbies. Held unless it is an evacuation lift in service."""

    floors: tuple[Annotated[Name, Ref("space")], ...] = Field(
        min_length=2, description="lobbies it opens to, lowest first"
    )
    exit_floor: Annotated[Name, Ref("space")] | None = Field(
        None, description="lobby where it lets people out; default the lowest"
    )
    evacuation: Flag = Field(False, description="in service from the start; else held until told")
    persons: int = Field(8, ge=1, le=200, description="load of the car")
    speed_m_s: Speed = Field(1.0, gt=0, description="mean travel speed, acceleration included")
    doors_s: Time = Field(8.0, ge=0, description="doors open and close, each stop")
    boarding_s: Time = Field(1.2, ge=0, description="each person in or out")
    at_m: Point | None = None
    title: Text = ""
    title_zh: Text = ""


class RoadSpec(Spec):
    """Shorthand for a road between two spaces: opening, road segment, opening."""

    between: tuple[Annotated[Name, Ref("space")], Annotated[Name, Ref("space")]]
    width_m: Length = Field(8.0, gt=0)
    one_way: Flag = False
    speed_m_s: Speed | None = Field(None, gt=0)


class FacilitySpec(Spec):
    """The whole site. Tables beside the file (CSV, GraphML) are merged into ``spaces`` and ``links``."""

    movement: MovementSpec = MovementSpec()
    spaces: dict[Name, SpaceSpec] = Field(default_factory=dict)
    links: dict[Name, LinkSpec] = Field(default_factory=dict)
    stairs: dict[Name, StairSpec] = Field(default_factory=dict)
    lifts: dict[Name, LiftSpec] = Field(default_factory=dict)
    roads: dict[Name, RoadSpec] = Field(default_factory=dict)
    areas: dict[Name, Annotated[Members, Ref("space")]] = Field(
        default_factory=dict, description="named sets of spaces; a trailing * takes all that begin so"
    )
    inside_speed_m_s: Speed = Field(5.56, gt=0, description="vehicles on the site's roads")
    tables: tuple[Text, ...] = Field((), description="CSV or GraphML files beside this one")
