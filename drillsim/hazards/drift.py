"""Where the wind carries what is in the air: straight on with each wind of a record, one after the other.

What a source gave off between e0 and e1 under one wind (speed U1, until t1) is a line along that wind. Each
later wind moves the line as a whole by its own way. At time t, with a the coordinate along wind 1 from the
moved source and d = a + (way of the later winds), what lies at d has travelled d since it left, so

    C = Q/(2 pi U1 sigma_y(d) sigma_z(d)) exp(-y2/2 sigma_y(d)2) [..z..] (Phi(n1) - Phi(n0)),
    n = (W(t) - W(e) - d)/sigma_x(d) for e = e0 (n1) and e = min(e1, t) (n0),

W(t) being the way travelled since a fixed time. Without a change this is the finite release of
:func:`~drillsim.hazards.plume.finite_release`, and it is continuous in time across every change.

Across the line sigma_y goes on growing with the whole way travelled, whatever the angle at which a later wind
crosses it, and its two ends by sigma_x: growth is that of the way, the same in all directions of the later
wind. Every choice of spread across the line conserves mass; this one also joins a turn of 0 deg to the plain
plume, and a staircase of small turns to it without a seam. A line blown sideways is in truth spread along the
wind by sigma_x, which in class D is up to 1.4 of sigma_y at 1 km, in F 3.6: there the moved cloud comes out
narrower and denser than it is. Mass is kept as well as the finite release itself keeps it: within 3 %.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from drillsim.hazards.plume import AVERAGING_S, plume_concentration, sigma_x, transport_wind
from drillsim.hazards.weather import WindSegment

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.hazards.dense import DensePlume, DensePuff
    from drillsim.hazards.weather import Weather

__all__ = ["Drift", "SourceSegment", "carrying_wind", "drifted_plume", "winds_of"]


class SourceSegment(NamedTuple):
    """A constant rate of vapour between two times, given off under one wind (speed at 10 m).

    ``dense``: the plume of this rate, if it is heavier than air; a passive one otherwise. ``puff``: that of
    all its mass, if it is heavier than air and let out at once, at its start.
    """

    start_s: float
    end_s: float
    rate_kg_s: float
    from_deg: float
    speed_m_s: float
    dense: DensePlume | None = None
    puff: DensePuff | None = None


def winds_of(segments: Sequence[SourceSegment]) -> tuple[WindSegment, ...]:
    """The winds that the segments were given off under; the first has held for ever, the last goes on."""
    winds: list[WindSegment] = []
    for part in sorted(segments, key=lambda part: part.start_s):
        if not winds or winds[-1][1:] != (part.from_deg, part.speed_m_s):
            winds.append(WindSegment(part.start_s, part.from_deg, part.speed_m_s))
    return (winds[0]._replace(start_s=-math.inf), *winds[1:]) if winds else ()


def carrying_wind(weather: Weather) -> Callable[[float], float]:
    """What a wind at 10 m is where it carries a plume, both m/s, over the ground of this weather."""
    return lambda speed_m_s: transport_wind(
        speed_m_s,
        stability=weather.stability,
        terrain=weather.terrain,
        roughness_m=weather.roughness_length_m,
    )


def _distinct(winds: Sequence[WindSegment]) -> list[WindSegment]:
    """Without those that never held, and without changes that change nothing."""
    kept: list[WindSegment] = []
    for wind in winds:
        if kept and kept[-1].start_s == wind.start_s:
            wind = WindSegment(kept.pop().start_s, *wind[1:])
        if not kept or kept[-1][1:] != wind[1:]:
            kept.append(wind)
    return kept


class Drift:
    """Way of the air under winds one after the other; ``speed_m_s`` maps the wind at 10 m to its own.

    Raises ``ValueError`` for no wind, and for starts that descend. Of winds with one start the last holds.
    """

    def __init__(self, winds: Sequence[WindSegment], speed_m_s: Callable[[float], float]) -> None:
        winds = _distinct(winds)
        if not winds or any(a.start_s > b.start_s for a, b in pairwise(winds)):
            raise ValueError("winds of a drift: at least one, and each starts after the one before")
        self.starts_s = np.array([wind.start_s for wind in winds])
        self.ends_s = np.append(self.starts_s[1:], math.inf)
        self.winds = tuple(winds)
        speeds = {wind.speed_m_s: speed_m_s(wind.speed_m_s) for wind in winds}
        self.speed_m_s = np.array([speeds[wind.speed_m_s] for wind in winds])
        toward = np.radians([wind.from_deg + 180.0 for wind in winds])
        self.toward = np.column_stack([np.sin(toward), np.cos(toward)])
        # Where each wind is counted from: its start, the first from the second's.
        self._from_s = np.append(self.ends_s[:1] if len(winds) > 1 else 0.0, self.starts_s[1:])
        held = np.diff(self._from_s)
        self._way = np.append(0.0, np.cumsum(self.speed_m_s[:-1] * held))
        steps = self.toward[:-1] * (self.speed_m_s[:-1] * held)[:, None]
        self._place = np.vstack([np.zeros((1, 2)), np.cumsum(steps, axis=0)])

    def interval(self, time_s: Any) -> NDArray[np.intp]:
        """Which wind holds at each time; one that begins at a time holds at it."""
        return np.asarray(np.maximum(np.searchsorted(self.starts_s, time_s, side="right") - 1, 0))

    def travelled_m(self, time_s: Any) -> NDArray[np.float64]:
        """Way of the air since a fixed time."""
        held = self.interval(time_s)
        return np.asarray(self._way[held] + self.speed_m_s[held] * (time_s - self._from_s[held]))

    def travelled(self, time_s: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """:meth:`travelled_m` and :meth:`place_m` at once."""
        held = self.interval(time_s)
        way = self.speed_m_s[held] * (time_s - self._from_s[held])
        return self._way[held] + way, self._place[held] + self.toward[held] * way[..., None]

    def place_m(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where what floats with the air is, east and north of where it was at a fixed time; (..., 2)."""
        return self.travelled(time_s)[1]


def drifted_plume(
    offset_m: NDArray[np.float64],
    *,
    time_s: float,
    segment: SourceSegment,
    winds: Sequence[WindSegment],
    weather: Weather,
    level_m: float = 0.0,
    diameter_m: float = 0.0,
    averaging_s: float = AVERAGING_S,
) -> NDArray[np.float64]:
    """Concentration, kg/m3, of one passive segment at points (n, 2) east and north of the source; (n,).

    The formula of this module as it stands, without the tables that :class:`~drillsim.hazards.cloud.Cloud`
    uses. Raises ``ValueError`` if the wind changes within the segment.
    """
    from scipy.special import ndtr

    drift = Drift(winds, carrying_wind(weather))
    held = int(drift.interval(segment.start_s))
    change_s = float(drift.ends_s[held])
    if segment.end_s > change_s:
        raise ValueError(f"the wind changes at {change_s} s, within a segment to {segment.end_s} s")
    if time_s <= segment.start_s:
        return np.zeros(len(offset_m))
    moments = np.array([time_s, min(time_s, change_s), segment.start_s, min(time_s, segment.end_s)])
    travelled, place = drift.travelled_m(moments), drift.place_m(moments)
    east, north = drift.toward[held]
    local = offset_m - (place[0] - place[1])
    way = local @ np.array([east, north]) + travelled[0] - travelled[1]
    steady = plume_concentration(
        way,
        local @ np.array([north, -east]),
        z_m=level_m,
        rate_kg_s=segment.rate_kg_s,
        wind_m_s=float(drift.speed_m_s[held]),
        stability=weather.stability,
        terrain=weather.spread_terrain,
        diameter_m=diameter_m,
        lid_m=math.inf if weather.lid_m is None else weather.lid_m,
        averaging_s=averaging_s,
    )
    spread = sigma_x(np.where(way > 0.0, way, 1.0), stability=weather.stability)
    ahead, behind = travelled[0] - travelled[2], travelled[0] - travelled[3]
    return np.asarray(steady * (ndtr((ahead - way) / spread) - ndtr((behind - way) / spread)))
