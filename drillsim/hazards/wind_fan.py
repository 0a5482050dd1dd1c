"""Is a post, muster or staging place safe whatever the wind does: the worst wind of a fan, place by place.

Planning model, not for use at a real incident. Wind directions drift by tens of degrees within an hour, so a
place is asked about every wind within 45 degrees of the stated one, not about that one alone.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, cast

import numpy as np

from drillsim.hazards.cloud import Cloud, Footprints
from drillsim.hazards.isolation import FanHighest
from drillsim.hazards.plume import LIMIT_M, ppm
from drillsim.hazards.weather import WeatherRecord, WindSegment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.drift import SourceSegment
    from drillsim.hazards.leak import Leak
    from drillsim.hazards.weather import Weather
    from drillsim.spec import Conditions
    from drillsim.streams import Streams

__all__ = ["HALF_FAN_DEG", "fan_winds", "leak_over_fan", "sustained", "wind_fan"]

HALF_FAN_DEG: Final = 45.0
"""Half the fan that a place must be safe over; a rule of planners, confidence medium."""
_STEP_DEG: Final = 1.0  # a plume of class F is some 10 degrees wide
_PUFF_TIMES: Final = 200  # at which a puff is looked at on its way to 10 km, 5 % apart
_SUSTAINED_S: Final = 60.0  # ALOHA reports the highest mean over a minute


def fan_winds(from_deg: float, *, half_fan_deg: float = HALF_FAN_DEG) -> NDArray[np.float64]:
    """Winds of a fan (where they come from), the stated one in the middle, steps of at most 1 degree.

    Raises ``ValueError`` for a fan outside 0 to 180 degrees.
    """
    if not 0.0 <= half_fan_deg <= 180.0:
        raise ValueError(f"a fan of {half_fan_deg} degrees to each side; it must lie in 0 to 180")
    steps = math.ceil(half_fan_deg / _STEP_DEG)
    return (from_deg + np.linspace(-half_fan_deg, half_fan_deg, 2 * steps + 1)) % 360.0


def wind_fan(
    cloud: Cloud,
    source: SourceSegment,
    spaces: Sequence[int],
    *,
    winds_deg: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Footprint means, kg/m3, shape (spaces, winds), in the steady plume of ``source`` under each wind.

    To turn the wind is to turn the footprints the other way about the source, so all winds are one table of
    one cloud. ``source`` goes on until its plume has gone 10 km; its own times and direction do not count.
    Of a puff it is the highest as it goes by.
    """
    asked = np.asarray(spaces, dtype=np.intp)
    chosen = np.concatenate([np.flatnonzero(cloud.points.space == space) for space in asked])
    samples = cloud.points.samples[asked]
    offset = cloud.points.points_m[chosen] - np.asarray(cloud.source_m)
    turns = np.radians(source.from_deg - winds_deg)[:, None]
    # Clockwise, as directions count: a wind that has turned so far meets what was that much behind.
    east = offset[:, 0] * np.cos(turns) + offset[:, 1] * np.sin(turns)
    north = offset[:, 1] * np.cos(turns) - offset[:, 0] * np.sin(turns)
    count = len(winds_deg)
    turned = Footprints(
        np.column_stack([east.ravel(), north.ravel()]),
        np.tile(cloud.points.level_m[chosen], count),
        np.repeat(np.arange(count * len(asked)), np.tile(samples, count)),
        np.tile(samples, count),
    )
    around = Cloud(
        turned,
        source_m=(0.0, 0.0),
        diameter_m=cloud.diameter_m,
        weather=cloud.weather,
        molar_mass_kg_mol=cloud.molar_mass_kg_mol,
        averaging_s=cloud.averaging_s,
    )
    if source.puff is not None:
        once = source._replace(start_s=0.0, end_s=source.end_s - source.start_s)
        gone_s = source.puff.past_s(LIMIT_M, wind_10m_m_s=source.speed_m_s)
        means = np.asarray(around.table([once], np.geomspace(1.0, gone_s, _PUFF_TIMES)).max(axis=1))
    else:
        long_s = 3.0 * LIMIT_M / source.speed_m_s
        steady = source._replace(start_s=0.0, end_s=2.0 * long_s)
        means = around.table([steady], np.array([long_s]))[:, 0]
    return means.reshape(count, len(asked)).T


def sustained(parts: Sequence[SourceSegment]) -> SourceSegment | None:
    """The heaviest minute of a source as one part, its rate the mean over it; None: no gas.

    The part that gives most in that minute says under which wind and whether the gas is dense. What lasts no
    minute counts as let out over one, as in ALOHA. A dense puff comes before all else, as it is.
    """
    given = [part for part in parts if part.rate_kg_s > 0.0 and part.end_s > part.start_s]
    if puffs := [part for part in given if part.puff is not None]:
        return max(puffs, key=lambda part: part.rate_kg_s)
    if not given:
        return None
    start, end, rate = (np.array(column) for column in zip(*(part[:3] for part in given), strict=True))
    # The mean over a minute turns only where one of its ends meets an edge.
    since = np.concatenate([start, end - _SUSTAINED_S])[:, None]
    overlap_s = np.minimum(end, since + _SUSTAINED_S) - np.maximum(start, since)
    gained = np.maximum(overlap_s, 0.0) * rate
    minute = gained[gained.sum(axis=1).argmax()]
    most = given[int(minute.argmax())]
    factor = float(minute.sum()) / _SUSTAINED_S / most.rate_kg_s
    dense = None if most.dense is None else most.dense.at_rate(factor)
    return most._replace(rate_kg_s=factor * most.rate_kg_s, dense=dense)


def leak_over_fan(
    name: str,
    leak: Leak,
    spaces: Sequence[int],
    *,
    facility: Facility,
    weather: Weather,
    conditions: Conditions = "emergency",
    half_fan_deg: float = HALF_FAN_DEG,
) -> tuple[FanHighest, ...]:
    """Per space the highest multiple of AEGL-2 (60 min) over the fan, and the wind that brings it.

    The source is the stated one: its median draws, nobody does anything about it, its heaviest minute. Held
    against a level for an hour this overstates on purpose. Raises ``ValueError`` as
    :meth:`~drillsim.hazards.leak.Leak.begin` and :func:`fan_winds`.
    """
    stated = WindSegment(-math.inf, weather.wind_from_deg, weather.wind_speed_m_s)
    run = leak.begin(
        name,
        facility=facility,
        weather=WeatherRecord(weather, 0.0, [stated]),
        conditions=conditions,
        streams=cast("Streams", _Middle()),
        drawn=lambda path, value: None,
    )
    winds = fan_winds(weather.wind_from_deg, half_fan_deg=half_fan_deg)
    source = sustained(run.segments())
    if source is None or not len(spaces):
        return tuple(FanHighest(0.0, weather.wind_from_deg) for _ in spaces)
    shares = ppm(
        wind_fan(run.cloud, source, spaces, winds_deg=winds),
        molar_mass_kg_mol=run.substance.molar_mass_kg_mol,
        temperature_k=weather.temperature_k,
    )
    worst = shares.argmax(axis=1)
    return tuple(
        FanHighest(float(row[wind]) / run.levels_ppm["aegl2"], float(winds[wind]))
        for row, wind in zip(shares, worst, strict=True)
    )


class _Middle:
    """The middle of every draw, in place of streams."""

    def uniform(self, entity: str, purpose: str) -> float:
        return 0.5
