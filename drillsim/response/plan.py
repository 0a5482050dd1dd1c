"""The plan: who does what, where, after what, on whose order, in what, and to what effect."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.response.command import Level, Role
from drillsim.response.communication import Line
from drillsim.response.conditions import Condition
from drillsim.response.effects import Effect
from drillsim.response.events import EventName, EventNames, SpaceName, crew
from drillsim.response.protection import Air
from drillsim.spec import Conditions, Flag, Fraction, Name, Names, Ref, Spec, Text, TimeDraw

__all__ = ["Failure", "Plan", "Task"]


def _list(value: Any) -> Any:
    return (value,) if isinstance(value, dict) else value


AnyOf = Annotated[tuple[Condition, ...], BeforeValidator(_list)]
Crew = Annotated[dict[Annotated[Name, Ref("unit")], int], BeforeValidator(crew)]


class Failure(Spec):
    """The work may come to nothing. After the last attempt the moment ``failed.TASK`` comes instead."""

    chance: Fraction = Field(lt=1, description="of each attempt")
    attempts: int = Field(1, ge=1, le=20, description="the work is done again, with a time of its own")


class Task(Spec):
    """Who does what, where, for how long, after what, on whose order, to what effect.

    Effects come in the order written when the work is done. Effects that take time (a round of a search or
    sweep, calls and messages over a channel, decontamination) are part of the work: those written before
    the last of them come when ``takes`` is over, those after it at its end.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"effects"})

    title: Text
    title_zh: Text = ""
    by: Crew = Field(default_factory=dict, description="units needed: a name, or {name: number}")
    may_join: Crew = Field(
        default_factory=dict, description="units that help with the effort as soon as they are free"
    )
    at: SpaceName | None = None
    after: EventNames = ()
    delay: TimeDraw | None = Field(None, description="time that passes after the last of `after`")
    when: AnyOf = Field((), description="it waits until one of these conditions holds")
    if_: AnyOf = Field(
        (), alias="if", description="it is left out if none of these conditions holds then; others go on"
    )
    order_by: Annotated[Name, Ref("role")] | None = None
    needs: Annotated[Names, Ref("info")] = Field(
        (), description="information that those who do it, or who order it, must have first"
    )
    uses: dict[Annotated[Name, Ref("capacity", "channel")], int] = Field(default_factory=dict)
    engages: Annotated[Names, Ref("role")] = Field(
        (), description="roles that give it their attention: they decide nothing meanwhile"
    )
    skills: Names = Field((), description="skills every unit in `by` must have between them")
    wearing: Annotated[Name, Ref("suit")] | None = None
    prepare: TimeDraw | None = Field(None, description="setting up before the work; suits are put on besides")
    takes: TimeDraw = Field(description="time of the work; before rounds, calls and effort, if there are any")
    effort: TimeDraw | None = Field(
        None, description="person-time of work that goes faster the more do it; comes after `takes`"
    )
    crew_exponent: float = Field(
        0.9, gt=0, le=1, description="work done in a time grows with heads to this power (rule, low)"
    )
    air: Air | None = None
    keeps_units: Flag = Field(
        False, description="the units stay on the spot after the work (posts, sentries)"
    )
    keeps_until: EventName | None = Field(
        None, description="units and what it uses stay with the task until this moment"
    )
    fails: Failure | None = None
    milestone: Annotated[Name, Ref("milestone")] | None = None
    starts: Annotated[Name, Ref("milestone")] | None = Field(
        None, description="milestone stamped when work begins"
    )
    effects: tuple[Effect, ...] = ()
    priority: int = Field(5, ge=0, le=9, description="0 is served first")
    if_inject: Annotated[Name, Ref("inject")] | None = Field(
        None, description="part of the plan only in runs with this inject; others do not wait for it"
    )
    only: Conditions | None = None

    @property
    def crew_at(self) -> str | None:
        """Where the crew stands: at the work, or at the entry point from which pairs go in."""
        return self.air.entry if self.air and self.air.entry else self.at

    @model_validator(mode="after")
    def _crew_can_do_it(self) -> Task:
        if self.effort is not None and not self.by:
            raise PydanticCustomError("effort-nobody", "an effort needs units; write `by`")
        if self.effort is not None and self.air is not None:
            raise PydanticCustomError(
                "effort-air", "work on air goes by pairs and stints; write takes instead of effort"
            )
        if self.may_join and self.effort is None:
            raise PydanticCustomError("join-effort", "who joins shortens an effort only; write `effort`")
        if self.keeps_units and self.keeps_until is not None:
            raise PydanticCustomError("keeps-twice", "write keeps_units or keeps_until, not both")
        return self


class Plan(Spec):
    """A named graph of tasks. ``based_on`` copies another plan's tasks and changes what is named."""

    title: Text
    title_zh: Text = ""
    based_on: Annotated[Name, Ref("plan")] | None = None
    drop: Annotated[Names, Ref("task")] = ()
    roles: dict[Name, Role] = Field(default_factory=dict)
    levels: dict[Name, Level] = Field(default_factory=dict)
    lines: dict[Name, Line] = Field(default_factory=dict, description="who reaches whom over which channels")
    staging: tuple[SpaceName, ...] = Field(
        (), description="candidates; the nearest that lies upwind is taken"
    )
    tasks: dict[Name, Task] = Field(default_factory=dict)
    end: Annotated[Name, Ref("milestone")]
