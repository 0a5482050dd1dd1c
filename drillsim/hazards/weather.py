"""Weather of a scenario and its append-only record in one run."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

from pydantic import Field, model_validator

from drillsim.hazards.atmosphere import (
    Stability,
    Terrain,
    roughness_length,
    spread_terrain,
    stability_class,
)
from drillsim.spec import Angle, Fraction, Length, Spec, Speed, Temperature, Text, Time

if TYPE_CHECKING:
    from drillsim.streams import Streams

__all__ = [
    "MEANDER_HORIZON_S",
    "MEANDER_MEMORY_S",
    "SHIFT_STEP_S",
    "Weather",
    "WeatherRecord",
    "WindSegment",
]

SHIFT_STEP_S: Final = 60.0
"""A turning wind is a staircase with steps of at most this length."""
MEANDER_MEMORY_S: Final = 600.0
"""Time in which what is left of a swing of the wind falls to 1/e; a rule of this product, confidence low."""
MEANDER_HORIZON_S: Final = 6.0 * 3600.0
"""The wind meanders until then and keeps its last direction; longer than drills and emergencies here."""
_CUT_SD: Final = 3.0  # the direction is drawn within 3 standard deviations
_NORMAL: Final = NormalDist()


def _without_default(schema: dict[str, Any]) -> None:
    schema.pop("default", None)


class Weather(Spec):
    """Steady weather; the wind direction (where it comes FROM) is drawn once a run, and may meander.

    ``stability`` left out follows from wind, sun and cloud; either way the attribute is the class in force.
    ``humidity``, ``cloud`` and ``sun_elevation_deg`` enter the heat balance of a pool too. Without a sun
    the pool is colder and evaporates less: state the sun's elevation for a drill by day. The defaults
    are those of the sheet's pool cases (ALOHA, night, cloud 5/10); confidence low.
    """

    wind_from_deg: Angle = Field(ge=0, le=360)
    wind_sd_deg: Angle = Field(12.0, ge=0, le=90, description="spread of the direction over runs")
    wind_speed_m_s: Speed = Field(ge=1.0, description="at 10 m; below 1 m/s the plume has no valid answer")
    stability: Stability = Field(
        "D",
        description="Pasquill class; left out: follows from wind, sun_elevation and cloud",
        json_schema_extra=_without_default,
    )
    temperature_k: Temperature = Field(293.15, gt=220, lt=330)
    terrain: Terrain = Field("rural", description="ground the wind has come over; container stacks: as urban")
    roughness_m: Length | None = Field(
        None, ge=1e-6, le=2.0, description="roughness length in place of that of the terrain"
    )
    lid_m: Length | None = Field(
        None, ge=10, le=10_000, description="height of the inversion that gas does not pass; default: none"
    )
    humidity: Fraction = Field(0.6, description="relative humidity of the air")
    cloud: Fraction = Field(0.5, description="share of the sky under cloud")
    sun_elevation_deg: Angle = Field(0.0, ge=0, le=90, description="0: no sun on the pool")
    meander_sd_deg: Angle = Field(
        0.0, ge=0, le=60, description="spread of the slow wandering of the wind direction during a run"
    )
    meander_step_s: Time = Field(300.0, ge=30, le=7200, description="time between steps of the wandering")
    source: Text = ""

    @model_validator(mode="after")
    def _class_in_force(self) -> Weather:
        if "stability" not in self.model_fields_set:
            # A frozen spec: its own validator alone may fill in what follows from the rest.
            self.__dict__["stability"] = stability_class(
                self.wind_speed_m_s, self.sun_elevation_deg, self.cloud
            )
        return self

    @property
    def roughness_length_m(self) -> float:
        """Roughness length in force, m: as stated, else of the terrain (of water: at this wind)."""
        if self.roughness_m is not None:
            return self.roughness_m
        return roughness_length(self.terrain, wind_10m_m_s=self.wind_speed_m_s)

    @property
    def spread_terrain(self) -> Literal["rural", "urban"]:
        """Which set of vertical spread this roughness takes."""
        return spread_terrain(self.roughness_length_m)


class WindSegment(NamedTuple):
    """Wind from ``start_s`` until the next segment."""

    start_s: float
    from_deg: float
    speed_m_s: float


@dataclass(slots=True)
class WeatherRecord:
    """Wind of one run, piecewise constant. What lies before the last change is never touched again.

    Each segment is the direction the wind keeps to, plus its meander then.
    """

    weather: Weather
    deviation_deg: float
    segments: list[WindSegment] = field(default_factory=list)
    _kept: list[tuple[float, float]] = field(default_factory=list)  # start, direction without meander
    _meander: tuple[tuple[float, float], ...] = ((-math.inf, 0.0),)  # start, swing

    def __post_init__(self) -> None:
        self._kept = self._kept or [(segment.start_s, segment.from_deg) for segment in self.segments]

    @classmethod
    def begin(
        cls, weather: Weather, streams: Streams, *, horizon_s: float = MEANDER_HORIZON_S
    ) -> WeatherRecord:
        """Draw the run's deviation: normal, cut at 3 sd in probability, from ("weather", "direction").

        The meander begins at 0 at STARTEX; its step k is drawn from ("weather", "meander.k"), so what is
        drawn depends on no order. After ``horizon_s`` the wind keeps its last direction.
        """
        deviation = weather.wind_sd_deg * _normal(streams, "direction")
        first = WindSegment(-math.inf, (weather.wind_from_deg + deviation) % 360.0, weather.wind_speed_m_s)
        record = cls(weather, deviation, [first], _meander=_swings(weather, streams, horizon_s))
        record._merge(-math.inf, weather.wind_speed_m_s)
        return record

    @property
    def settled_from_deg(self) -> float:
        """Direction the wind keeps to after its last turn; its meander is on top of that."""
        return self._kept[-1][1]

    def at(self, time_s: float) -> WindSegment:
        """The segment that holds at ``time_s``."""
        return self.segments[bisect_right(self.segments, time_s, key=lambda segment: segment.start_s) - 1]

    def shift(self, time_s: float, from_deg: float, over_s: float = 0.0) -> None:
        """From ``time_s`` the wind turns the shorter way to come from ``from_deg``, within ``over_s``.

        ``from_deg`` is the nominal direction: the deviation drawn for the run stays on top, and so does the
        meander. Steps of an earlier turn that have not come yet are replaced. Raises ``ValueError`` for a
        negative duration.
        """
        if over_s < 0.0 or not math.isfinite(time_s):
            raise ValueError(
                f"a wind shift at {time_s} s over {over_s} s; both must be finite, the latter not < 0"
            )
        while self._kept[-1][0] > time_s:
            self._kept.pop()
        now = self._kept[-1][1]
        turn = (from_deg + self.deviation_deg - now + 180.0) % 360.0 - 180.0
        steps = max(1, math.ceil(over_s / SHIFT_STEP_S))
        for step in range(1, steps + 1):
            # The middle of each step: the staircase has no bias against the ramp.
            start = time_s + (step - 0.5) * over_s / steps
            # A hair below 0 comes out as 360; the second time it is 0.
            self._kept.append((start, (now + turn * step / steps) % 360.0 % 360.0))
        self._merge(time_s, self.at(time_s).speed_m_s)

    def _merge(self, after_s: float, speed_m_s: float) -> None:
        """Segments after ``after_s`` anew, from the direction kept to and the meander."""
        while self.segments[-1].start_s > after_s:
            self.segments.pop()
        # A turn at once begins where the old wind ends, at after_s itself.
        starts = {start for start, _ in self._kept if start >= after_s}
        starts |= {start for start, _ in self._meander if start > after_s}
        for start in sorted(starts - {-math.inf}):
            direction = _value_at(self._kept, start) + _value_at(self._meander, start)
            self.segments.append(WindSegment(start, direction % 360.0, speed_m_s))


def _value_at(steps: Sequence[tuple[float, float]], time_s: float) -> float:
    return steps[bisect_right(steps, time_s, key=lambda step: step[0]) - 1][1]


def _normal(streams: Streams, purpose: str) -> float:
    """Standard normal, cut at 3 in probability."""
    low, high = _NORMAL.cdf(-_CUT_SD), _NORMAL.cdf(_CUT_SD)
    return _NORMAL.inv_cdf(low + streams.uniform("weather", purpose) * (high - low))


def _swings(weather: Weather, streams: Streams, horizon_s: float) -> tuple[tuple[float, float], ...]:
    """Start and swing, deg, of each step: first-order autoregressive, m' = f m + sqrt(1 - f2) sd e with
    f = exp(-step/memory), so that its spread grows to sd and does not depend on the step."""
    swings = [(-math.inf, 0.0)]
    if weather.meander_sd_deg > 0.0:
        kept = math.exp(-weather.meander_step_s / MEANDER_MEMORY_S)
        fresh = math.sqrt(1.0 - kept * kept) * weather.meander_sd_deg
        for step in range(1, math.floor(horizon_s / weather.meander_step_s) + 1):
            swing = kept * swings[-1][1] + fresh * _normal(streams, f"meander.{step}")
            swings.append((step * weather.meander_step_s, swing))
    return tuple(swings)
