"""What a scenario says of its response: agencies, capacities, milestones, plans, injects, objectives."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.response.effects import Effect
from drillsim.spec import (
    Conditions,
    Flag,
    Fraction,
    Length,
    Name,
    Names,
    Ref,
    Spec,
    Speed,
    Text,
    Time,
    TimeDraw,
)

__all__ = [
    "Agency",
    "Capacity",
    "Inject",
    "Milestone",
    "Objective",
    "Operation",
    "Plan",
    "Role",
    "Task",
    "Unit",
]

SpaceName = Annotated[Name, Ref("space")]
# A moment of a run: a task's end, a milestone, `inject.NAME`, or `hazard.NAME.THRESHOLD`.
EventName = Annotated[Name, Ref("event")]


class Unit(Spec):
    """``count`` identical crews or vehicles that plans ask for by this name."""

    count: int = Field(1, ge=1, le=500)
    people: int = Field(ge=0, le=100, description="heads in one unit")
    station: SpaceName = Field(
        description="where it stands; where it enters the site if it comes from outside"
    )
    on_site: Flag = Field(True, description="false: it must be called out first")
    vehicle: Flag = False
    dispatch: TimeDraw | None = Field(None, description="call taken to order given")
    turnout: TimeDraw | None = Field(None, description="order to wheels rolling")
    distance_m: Length = Field(0.0, ge=0, description="road distance to the site")
    speed_m_s: Speed = Field(11.1, gt=0, description="on the road outside")
    travel: TimeDraw | None = Field(None, description="instead of distance and speed")
    skills: Names = ()
    title: Text = ""
    title_zh: Text = ""


class Agency(Spec):
    """One of the parties that answer."""

    title: Text
    title_zh: Text = ""
    units: dict[Name, Unit] = Field(default_factory=dict)


class Role(Spec):
    """Who may give orders: one decision at a time, each taking ``decides``."""

    agency: Annotated[Name, Ref("agency")]
    decides: TimeDraw
    takes_office: EventName | None = Field(None, description="may decide only from this moment on")
    title: Text = ""
    title_zh: Text = ""


class Capacity(Spec):
    """What queues: a talk-group, air sets, decontamination lanes."""

    count: int = Field(ge=1, le=1000)
    title: Text = ""
    title_zh: Text = ""


class Operation(Spec):
    """Business that stands still during the drill: its price is ``count`` times the minutes stopped."""

    count: int = Field(ge=1)
    unit: Text = Field(description="crane, lane, berth …")
    unit_zh: Text = ""
    title: Text = ""
    title_zh: Text = ""


class Emptied(Spec):
    """Nobody who is to leave is left in these spaces, from the moment ``after`` on.

    The car of a lift is part of every such set that holds one of its lobbies: riders may yet get out there.
    """

    empty: Annotated[Names, Ref("place", "everywhere")] = Field(
        min_length=1, description="spaces or areas, with the car of each lift that opens there; 'everywhere'"
    )
    after: EventName


class Milestone(Spec):
    """A named moment with a sentence an observer can stamp, made by a task or by people (``when``)."""

    title: Text
    title_zh: Text = ""
    observed: Text = Field(description="what an observer sees at that very moment")
    observed_zh: Text = ""
    observe_from: SpaceName | None = None
    owner: Annotated[Name, Ref("agency")] | None = None
    when: Emptied | None = None


def _crew(value: Any) -> Any:
    return {value: 1} if isinstance(value, str) else value


class Air(Spec):
    """Work on a bottle: pairs relieve each other when the usable air is gone (drills-and-response 5.6)."""

    usable_s: Time = Field(gt=0, description="bottle at this work rate, to the whistle")
    decon_s: Time = Field(0.0, ge=0, description="on air after the way out")
    way_s: Time = Field(0.0, ge=0, description="one way between entry point and work")
    change: TimeDraw = Field(description="time lost at each relief")

    @model_validator(mode="after")
    def _leaves_time_to_work(self) -> Air:
        if self.usable_s <= 2.0 * self.way_s + self.decon_s:
            raise PydanticCustomError(
                "air-spent",
                "the way in, the way out and decon use up the air; shorten them or take larger bottles",
            )
        return self


class Task(Spec):
    """Who does what, where, for how long, after what, on whose order, to what effect.

    Effects come in the order written when the work is done. A round (a search, or a sweep with a time for
    ``each``) is part of the work: effects before it come when ``takes`` is over, those after it at its end.
    """

    ordered: ClassVar[frozenset[str]] = frozenset({"effects"})

    title: Text
    title_zh: Text = ""
    by: Annotated[dict[Annotated[Name, Ref("unit")], int], BeforeValidator(_crew)] = Field(
        default_factory=dict, description="units needed: a name, or {name: number}"
    )
    at: SpaceName | None = None
    after: Annotated[tuple[EventName, ...], BeforeValidator(lambda v: (v,) if isinstance(v, str) else v)] = ()
    order_by: Annotated[Name, Ref("role")] | None = None
    needs: Annotated[Names, Ref("info")] = Field((), description="information that must be known first")
    uses: dict[Annotated[Name, Ref("capacity")], int] = Field(default_factory=dict)
    skills: Names = Field((), description="skills every unit in `by` must have between them")
    prepare: TimeDraw | None = Field(None, description="donning and setting up, before the work")
    takes: TimeDraw = Field(description="time of the work; before the round, if an effect is one")
    air: Air | None = None
    keeps_units: Flag = Field(
        False, description="the units stay on the spot after the work (posts, sentries)"
    )
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


class Plan(Spec):
    """A named graph of tasks. ``based_on`` copies another plan's tasks and changes what is named."""

    title: Text
    title_zh: Text = ""
    based_on: Annotated[Name, Ref("plan")] | None = None
    drop: Annotated[Names, Ref("task")] = ()
    roles: dict[Name, Role] = Field(default_factory=dict)
    staging: tuple[SpaceName, ...] = Field(
        (), description="candidates; the nearest that lies upwind is taken"
    )
    tasks: dict[Name, Task] = Field(default_factory=dict)
    end: Annotated[Name, Ref("milestone")]


class Inject(Spec):
    """What the exercise controller makes happen, with cue, latest useful time and fallback."""

    ordered: ClassVar[frozenset[str]] = frozenset({"effects"})

    title: Text
    title_zh: Text = ""
    at_s: Time | None = Field(None, ge=0, description="after STARTEX; or `after` and `delay`")
    after: EventName | None = None
    delay_s: Time = Field(0.0, ge=0)
    cue: Text = Field(description="what the controller says or does")
    cue_zh: Text = ""
    latest_s: Time | None = Field(None, description="latest useful time")
    fallback: Text = ""
    fallback_zh: Text = ""
    effects: tuple[Effect, ...] = ()
    off: Flag = Field(False, description="kept in the file, not used unless asked for")


class Objective(Spec):
    """A target on a milestone or a measure in a share of runs, or a rule of order that always holds."""

    title: Text
    title_zh: Text = ""
    milestone: Annotated[Name, Ref("milestone")] | None = None
    since: Annotated[Name, Ref("milestone")] | None = Field(None, description="default: STARTEX")
    within_s: Time | None = Field(None, gt=0)
    measure: Text | None = Field(None, description="name of a measure, for example exposed.aegl3.people")
    at_most: float | None = None
    above: float | None = None
    first: Annotated[Names, Ref("milestone")] = ()
    then: Annotated[Name, Ref("milestone")] | None = None
    share: Fraction = Field(0.9, gt=0, description="of runs; 100 % for a rule")
    only: Conditions | None = None
    source: Text = ""
