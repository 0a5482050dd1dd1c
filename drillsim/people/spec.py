"""What a scenario says of its people: profiles and groups."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillsim.spec import Flag, Fraction, Name, Names, Ref, Spec, SpeedDraw, Text, TimeDraw

__all__ = ["AlarmMode", "Group", "Profile"]

AlarmMode = Literal["voice", "tone", "radio", "loudspeaker", "marshal", "warden", "smoke", "gas"]


class Profile(Spec):
    """How a kind of person walks and answers an alarm."""

    speed: SpeedDraw = Field(description="walking speed on the flat, drawn once a person")
    down: SpeedDraw | None = Field(None, description="speed down stairs, along the incline; default as flat")
    up: SpeedDraw | None = Field(None, description="speed up stairs, along the incline; default as flat")
    responses: dict[AlarmMode, TimeDraw] = Field(
        description="pre-movement time after an alarm of that mode; a mode left out is not perceived"
    )
    descend: TimeDraw | None = Field(None, description="time to get down or out of a cab before walking")


class Group(Spec):
    """People who start together."""

    count: int = Field(ge=0, le=1_000_000)
    place: Annotated[Name, Ref("space")]
    profile: Annotated[Name, Ref("profile")] | None = Field(None, description="of all; or give a mix")
    mix: dict[Annotated[Name, Ref("profile")], Fraction] = Field(
        default_factory=dict, description="profiles and their shares of the count, instead of one profile"
    )
    musters: Annotated[Names, Ref("space")] = Field((), description="where they gather: the nearest one")
    exits: dict[Annotated[Name, Ref("place")], Fraction] = Field(
        default_factory=dict, description="familiar ways out (space or area) and the share that takes each"
    )
    role: Literal["public", "staff", "visitor", "responder"] = "staff"
    agency: Annotated[Name, Ref("agency")] | None = None
    stays: Flag = Field(False, description="ordered to stay put; left out of 'last person out'")
    together: Flag | int = Field(
        False, description="moves as one token of all its heads; a number: in parties of so many"
    )
    route: Literal["nearest", "least-crowded", "follow"] = Field(
        "nearest", description="how it picks among ways out, unless assigned or guided"
    )
    lift: Annotated[Name, Ref("lift")] | None = Field(None, description="lift it takes while in service")
    returns: Fraction = Field(0.0, description="share who turn back for belongings after they set out")
    returns_after: TimeDraw | None = Field(None, description="how long after; default 15 s")
    title: Text = ""
    title_zh: Text = ""
