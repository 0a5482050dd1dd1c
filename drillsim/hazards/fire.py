"""Fire in a room: smouldering, t-squared growth to a peak, smoke that fills room, corridor and stairs. (spec)"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from drillsim.spec import Fraction, Name, Power, Ref, Spec, Text, Time, TimeDraw

__all__ = ["Fire"]


class Fire(Spec):
    """An appliance fire; time zero of the run is the onset of smouldering."""

    kind: Literal["fire"]
    at: Annotated[Name, Ref("space")]
    door: Annotated[Name, Ref("link")] = Field(description="door of the fire room; open until shut")
    smoulder: TimeDraw = Field(description="smouldering before flame")
    growth_s: Time = Field(300.0, gt=0, description="time to 1055 kW; medium 300 s")
    peak_w: Power = Field(2e6, gt=0)
    soot_yield: float = Field(0.05, ge=0, le=0.3, description="kg soot per kg fuel")
    heat_of_combustion_j_kg: float = Field(2.0e7, gt=0)
    detector: TimeDraw = Field(description="flame to first smoke detector")
    extinguish_limit_w: Power = Field(1.5e5, gt=0, description="fire size up to which a hand extinguisher works")
    door_leak_share: Fraction = Field(0.01, description="open share of a shut door (gaps)")
    title: Text = ""
    title_zh: Text = ""
