"""Weather of a scenario and its append-only record in one run."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from pydantic import Field

from drillsim.spec import Angle, Fraction, Spec, Speed, Temperature, Text

if TYPE_CHECKING:
    from drillsim.streams import Streams

__all__ = ["SHIFT_STEP_S", "Weather", "WeatherRecord", "WindSegment"]

SHIFT_STEP_S: Final = 60.0
"""A turning wind is a staircase with steps of at most this length."""
_CUT_SD: Final = 3.0  # the direction is drawn within 3 standard deviations
_NORMAL: Final = NormalDist()


class Weather(Spec):
    """Steady weather; the wind direction (where it comes FROM) is drawn once a run.

    ``humidity``, ``cloud`` and ``sun_elevation_deg`` enter the heat balance of a pool only. Without a sun
    the pool is colder and evaporates less: state the sun's elevation for a drill by day. The defaults
    are those of the sheet's pool cases (ALOHA, night, cloud 5/10); confidence low.
    """

    wind_from_deg: Angle = Field(ge=0, le=360)
    wind_sd_deg: Angle = Field(12.0, ge=0, le=90, description="spread of the direction over runs")
    wind_speed_m_s: Speed = Field(ge=1.0, description="at 10 m; below 1 m/s the plume has no valid answer")
    stability: Literal["A", "B", "C", "D", "E", "F"] = "D"
    temperature_k: Temperature = Field(293.15, gt=220, lt=330)
    terrain: Literal["rural", "urban"] = "rural"
    humidity: Fraction = Field(0.6, description="relative humidity of the air")
    cloud: Fraction = Field(0.5, description="share of the sky under cloud")
    sun_elevation_deg: Angle = Field(0.0, ge=0, le=90, description="0: no sun on the pool")
    source: Text = ""


class WindSegment(NamedTuple):
    """Wind from ``start_s`` until the next segment."""

    start_s: float
    from_deg: float
    speed_m_s: float


@dataclass(slots=True)
class WeatherRecord:
    """Wind of one run, piecewise constant. What lies before the last change is never touched again."""

    weather: Weather
    deviation_deg: float
    segments: list[WindSegment] = field(default_factory=list)

    @classmethod
    def begin(cls, weather: Weather, streams: Streams) -> WeatherRecord:
        """Draw the run's deviation: normal, cut at 3 sd in probability, from ("weather", "direction")."""
        low, high = _NORMAL.cdf(-_CUT_SD), _NORMAL.cdf(_CUT_SD)
        share = low + streams.uniform("weather", "direction") * (high - low)
        deviation = weather.wind_sd_deg * _NORMAL.inv_cdf(share)
        first = WindSegment(-math.inf, (weather.wind_from_deg + deviation) % 360.0, weather.wind_speed_m_s)
        return cls(weather, deviation, [first])

    def at(self, time_s: float) -> WindSegment:
        """The segment that holds at ``time_s``."""
        return self.segments[bisect_right(self.segments, time_s, key=lambda segment: segment.start_s) - 1]

    def shift(self, time_s: float, from_deg: float, over_s: float = 0.0) -> None:
        """From ``time_s`` the wind turns the shorter way to come from ``from_deg``, within ``over_s``.

        ``from_deg`` is the nominal direction: the deviation drawn for the run stays on top. Steps of an
        earlier turn that have not come yet are replaced. Raises ``ValueError`` for a negative duration.
        """
        if over_s < 0.0 or not math.isfinite(time_s):
            raise ValueError(
                f"a wind shift at {time_s} s over {over_s} s; both must be finite, the latter not < 0"
            )
        now = self.at(time_s)
        while self.segments[-1].start_s > time_s:
            self.segments.pop()
        turn = (from_deg + self.deviation_deg - now.from_deg + 180.0) % 360.0 - 180.0
        steps = max(1, math.ceil(over_s / SHIFT_STEP_S))
        for step in range(1, steps + 1):
            # The middle of each step: the staircase has no bias against the ramp.
            start = time_s + (step - 0.5) * over_s / steps
            self.segments.append(
                WindSegment(start, (now.from_deg + turn * step / steps) % 360.0, now.speed_m_s)
            )
