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
    responses: dict[AlarmMode, TimeDraw] = Field(
        description="pre-movement time after an alarm of that mode; a mode left out is not perceived"
    )
    descend: TimeDraw | None = Field(None, description="time to get down or out of a cab before walking")


class Group(Spec):
    """People who start together."""

    count: int = Field(ge=0, le=1_000_000)
    place: Annotated[Name, Ref("space")]
    profile: Annotated[Name, Ref("profile")]
    musters: Annotated[Names, Ref("space")] = Field((), description="where they gather: the nearest one")
    exits: dict[Annotated[Name, Ref("place")], Fraction] = Field(
        default_factory=dict, description="familiar ways out (space or area) and the share that takes each"
    )
    role: Literal["public", "staff", "visitor", "responder"] = "staff"
    agency: Annotated[Name, Ref("agency")] | None = None
    stays: Flag = Field(False, description="ordered to stay put; left out of 'last person out'")
    together: Flag = Field(False, description="moves as one token of all its heads")
    title: Text = ""
    title_zh: Text = ""
