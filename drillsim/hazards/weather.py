"""Weather of a scenario and its append-only record in one run."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from drillsim.spec import Angle, Spec, Speed, Temperature, Text

__all__ = ["Weather"]


class Weather(Spec):
    """Steady weather; the wind direction (where it comes FROM) is drawn once a run."""

    wind_from_deg: Angle = Field(ge=0, le=360)
    wind_sd_deg: Angle = Field(12.0, ge=0, le=90, description="spread of the direction over runs")
    wind_speed_m_s: Speed = Field(ge=1.0, description="at 10 m; below 1 m/s the plume has no valid answer")
    stability: Literal["A", "B", "C", "D", "E", "F"] = "D"
    temperature_k: Temperature = Field(293.15, gt=220, lt=330)
    terrain: Literal["rural", "urban"] = "rural"
    source: Text = ""
