"""Leak of a liquid from a package: drum, pool, evaporation, plume. (spec)"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillsim.spec import Area, Mass, Name, Ref, Spec, Text, Time, TimeDraw

__all__ = ["Leak"]


class Leak(Spec):
    """A packaged liquid that runs out into a pool; the pool evaporates until it is covered or collected."""

    kind: Literal["leak"]
    substance: Annotated[Name, Ref("substance")]
    at: Annotated[Name, Ref("space")]
    amount_kg: Mass = Field(gt=0)
    outflow: TimeDraw = Field(description="time in which the package runs empty")
    pool_m2: Area = Field(gt=0)
    puff_kg: Mass = Field(0.0, ge=0, description="vapour let out at once when the door is opened")
    onset_s: Time = Field(0.0, description="onset relative to discovery (STARTEX); negative: before it")
    title: Text = ""
    title_zh: Text = ""
