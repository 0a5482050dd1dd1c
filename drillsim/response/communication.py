"""How the parties reach each other: talk-groups and telephones that queue, and which line joins whom."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.response.events import EventName
from drillsim.spec import Fraction, Name, Names, Ref, Spec, Text, Time, TimeDraw

__all__ = ["Channel", "Line", "Others"]


class Others(Spec):
    """Somebody else uses it too: they come one after the other and take their time."""

    every: TimeDraw = Field(description="time between two of them")
    takes: TimeDraw | None = Field(None, description="time each takes; default: as everybody's")


class Channel(Spec):
    """A talk-group, telephone or loudspeaker: one message at a time on each line, the others wait.

    What is begun while it is out goes over ``instead``, to one hearer after the other unless that is a
    talk-group. A message that is lost is repeated after ``repeat``, up to ``attempts`` times in all.
    """

    kind: Literal["talk-group", "telephone", "loudspeaker", "runner"] = "talk-group"
    count: int = Field(1, ge=1, le=1000, description="lines")
    talk: TimeDraw = Field(description="time one message keeps a line busy")
    loss: Fraction = Field(0.0, lt=1, description="chance that a message is not understood")
    repeat_s: Time = Field(30.0, ge=0, description="time until a lost message is repeated")
    attempts: int = Field(5, ge=1, le=100, description="the last one gets through")
    others: Others | None = Field(None, description="traffic that has nothing to do with this incident")
    instead: Annotated[Name, Ref("channel")] | None = Field(
        None, description="what is used while this one is out; default: they wait until it works again"
    )
    title: Text = ""
    title_zh: Text = ""


class Line(Spec):
    """Which channels a message between two agencies takes, hop by hop.

    Parties without a line relay through their control rooms: over the channel of the one, then over that of
    the other.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"over"})

    between: tuple[Annotated[Name, Ref("agency")], Annotated[Name, Ref("agency")]]
    over: Annotated[Names, Ref("channel")] = Field((), description="none: face to face")
    face_to_face_from: EventName | None = Field(
        None, description="from this moment on they stand side by side, at the command post"
    )

    @model_validator(mode="after")
    def _joins_two(self) -> Line:
        if self.between[0] == self.between[1]:
            raise PydanticCustomError(
                "line-ends", "a line joins two agencies; the channel of one stands with the agency"
            )
        return self
