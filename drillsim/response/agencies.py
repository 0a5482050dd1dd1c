"""Agencies and their units: who there is, on which shift, how they are called and how they come."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.response.events import SpaceName
from drillsim.spec import Flag, Length, Name, Names, Ref, Spec, Speed, Text, Time, TimeDraw

__all__ = ["Agency", "Answering", "Shift", "ShiftCrew", "Unit"]


class Shift(Spec):
    """Part of the day by the wall clock. Hours that no shift covers have the units as they are written."""

    from_s: Time = Field(ge=0, lt=86400, description="wall clock, for example 20:00:00")
    until_s: Time = Field(ge=0, lt=86400, description="wall clock; before `from`: the next morning")
    traffic: float = Field(
        1.0, gt=0, le=20, description="times on public roads are multiplied by it: 1.5 in the rush hour"
    )
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _lasts(self) -> Shift:
        if self.from_s == self.until_s:
            raise PydanticCustomError(
                "shift-empty", "the shift ends when it begins and covers no hour; write another `until`"
            )
        return self

    def covers(self, clock_s: float) -> bool:
        """Whether a wall-clock time, s after midnight, lies in the shift."""
        clock_s %= 86400.0
        if self.from_s <= self.until_s:
            return self.from_s <= clock_s < self.until_s
        return clock_s >= self.from_s or clock_s < self.until_s


class ShiftCrew(Spec):
    """How a unit differs on one shift; what is not given is as usual."""

    count: int | None = Field(None, ge=0, le=500)
    people: int | None = Field(None, ge=0, le=100)
    dispatch: TimeDraw | None = None
    turnout: TimeDraw | None = None


class Unit(Spec):
    """``count`` identical crews or vehicles that plans ask for by this name."""

    count: int = Field(1, ge=1, le=500)
    people: int = Field(ge=0, le=100, description="heads in one unit")
    station: SpaceName = Field(
        description="where it stands; where it enters the site if it comes from outside"
    )
    on_site: Flag = Field(True, description="false: it must be called out first")
    vehicle: Flag = False
    lent: TimeDraw | None = Field(
        None, description="mutual aid: time until those it belongs to let it go, before dispatch"
    )
    dispatch: TimeDraw | None = Field(None, description="call taken to order given")
    turnout: TimeDraw | None = Field(None, description="order to wheels rolling")
    distance_m: Length = Field(0.0, ge=0, description="road distance to the site")
    speed_m_s: Speed = Field(11.1, gt=0, description="on the road outside")
    travel: TimeDraw | None = Field(None, description="instead of distance and speed")
    played: TimeDraw | None = Field(
        None, description="the controller plays it: staged this long after it is called, nothing else counts"
    )
    shifts: dict[Annotated[Name, Ref("shift")], ShiftCrew] = Field(default_factory=dict)
    skills: Names = ()
    brings: dict[Annotated[Name, Ref("capacity")], int] = Field(
        default_factory=dict, description="equipment on one unit; on hand for all once it is staged"
    )
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _crew_fits(self) -> Unit:
        for shift, crew in self.shifts.items():
            if crew.count is not None and crew.count > self.count:
                raise PydanticCustomError(
                    "shift-count",
                    "{crew} of this unit on shift {shift}, but there are {count}; raise its count",
                    {"crew": crew.count, "shift": shift, "count": self.count},
                )
        return self


class Answering(Spec):
    """Who takes the calls to an agency: so many at once, the others wait."""

    takers: int = Field(1, ge=1, le=100)
    takes: TimeDraw = Field(description="time to answer one call and take down what it says")


class Agency(Spec):
    """One of the parties that answer."""

    title: Text
    title_zh: Text = ""
    units: dict[Name, Unit] = Field(default_factory=dict)
    channel: Annotated[Name, Ref("channel")] | None = Field(
        None, description="its own talk-group; without one its people speak face to face"
    )
    answering: Answering | None = Field(None, description="its alarm centre")
