"""Decontamination corridors: stages in a row, each with places and a time, where people queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import Field

from drillsim.response.communication import Others
from drillsim.response.events import EventName
from drillsim.spec import Name, Spec, Text, TimeDraw

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drillsim.spec import Conditions

__all__ = ["Corridor", "Stage", "bottleneck"]


class Stage(Spec):
    """Undress, shower, dress again: so many people at once, each taking its time."""

    name: Name
    places: int = Field(ge=1, le=1000)
    takes: TimeDraw = Field(description="one person")
    title: Text = ""
    title_zh: Text = ""


class Corridor(Spec):
    """People go through the stages in the order written, each as soon as a place is free."""

    ordered: ClassVar[frozenset[str]] = frozenset({"stages"})

    stages: tuple[Stage, ...] = Field(min_length=1)
    opens: EventName | None = Field(None, description="default: from the start")
    others: Others | None = Field(None, description="people who come by themselves")
    title: Text = ""
    title_zh: Text = ""


def bottleneck(stages: Iterable[Stage], conditions: Conditions) -> tuple[str, float]:
    """The stage that limits the corridor, and what it lets through, persons per s: min(places / mean time).

    Disrobe 4 x 2 min, shower 5 x 3, re-robe 5 x 6 let 50 persons through in an hour, limited by re-robing
    (drills-and-response 5.7). A stage that takes no time limits nothing (inf).
    """
    rates = []
    for stage in stages:
        mean_s = stage.takes.under(conditions).mean
        rates.append((stage.places / mean_s if mean_s > 0.0 else float("inf"), stage.name))
    rate, name = min(rates)
    return name, rate
