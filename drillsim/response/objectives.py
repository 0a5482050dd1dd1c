"""What is observed, aimed at and used: milestones, objectives, capacities, business that stands still."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from drillsim.response.events import EventName, SpaceName
from drillsim.spec import Conditions, Flag, Fraction, Name, Names, Ref, Spec, Text, Time, TimeDraw

__all__ = ["Capacity", "Emptied", "Milestone", "Objective", "Operation"]


class Capacity(Spec):
    """What queues, or what there is only so much of: air sets, suits, tools, keys."""

    count: int = Field(ge=0, le=1000, description="on site at the start; units may bring more")
    ready_again: TimeDraw | None = Field(
        None, description="time after use until it can be used again: filling a bottle, cleaning a suit"
    )
    used_up: Flag = Field(False, description="true: what was used does not come back")
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
