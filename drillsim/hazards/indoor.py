"""Air inside buildings: how fast it is exchanged, and what of a cloud gets in and stays in.

One well-mixed box per building: dCi/dt = (Co - Ci) / tau (ALOHA-TD 4.6). Nothing is absorbed by walls and
nothing is filtered, so over a whole passage people indoors take the same integral of C as those outside, only
later and flatter, unless they ventilate when it has become worse inside than out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Final

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.constants import GRAVITY_M_S2
from drillsim.spec import AirUse, Area, Flag, Length, Names, Ref, Spec, Temperature, Text, Time

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from drillsim.facility.graph import Facility

    WindAt = Callable[[float], float]  # height in m -> wind in m/s

__all__ = [
    "ALOHA_FLOOR_M2",
    "ALOHA_HEIGHT_M",
    "ALOHA_INSIDE_K",
    "AirExchange",
    "Building",
    "IndoorAir",
    "air_exchange_s",
    "indoor_at",
    "indoor_concentration",
    "leakage_flow_m3_s",
    "opening_flow_m3_s",
    "stack_flow_m3_s",
    "ventilate_from_s",
    "wind_flow_m3_s",
]

ALOHA_FLOOR_M2: Final = 160.0
"""Floor area of ALOHA's building. Source: ALOHA-TD 4.6. Without ventilation it cancels out of tau."""
ALOHA_HEIGHT_M: Final = 2.5
"""Height of ALOHA's single-storey building; two storeys 5 m. Source: ALOHA-TD 4.6."""
ALOHA_INSIDE_K: Final = 293.15
"""Temperature inside ALOHA's building, 20 °C. Source: ALOHA-TD 4.6."""
_LEAKAGE_SHARE: Final = 0.00059  # leakage area over floor area, ALOHA-TD 4.6
_CEILING_FLOOR_SHARE: Final = 0.5  # R: share of the leakage in ceiling and floor, ALOHA-TD 4.6
_SHIELDING: Final = {True: 0.24, False: 0.32}  # Csh sheltered, unsheltered, ALOHA-TD 4.6
_OPENING_EFFECTIVENESS: Final = 0.3


class Building(Spec):
    """Spaces that share one body of air. It sees the mean of what lies outside its spaces.

    ``air_exchange`` gives tau directly: a sealed cab or control room, or a measured house. Without it tau
    follows ALOHA's leakage model with the wind at the height of the roof.
    """

    spaces: Annotated[Names, Ref("space"), Field(min_length=1)]
    air_exchange_s: Time | None = Field(None, gt=0, description="time constant with all vents shut")
    floor_area_m2: Area | None = Field(None, gt=0, description="plan area; it matters only with ventilation")
    height_m: Length = Field(ALOHA_HEIGHT_M, gt=0, description="2.5 m one storey, 5 m two (ALOHA)")
    sheltered: Flag = Field(False, description="other buildings or trees around it keep the wind off")
    inside_k: Temperature = Field(ALOHA_INSIDE_K, gt=220, lt=330)
    ventilation_m3_s: AirUse = Field(0.0, ge=0, description="outside air it takes in while vents run")
    running: Flag = Field(True, description="whether the vents run at STARTEX")
    infiltration: Text = Field("", description="where these values come from")
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _says_how_large(self) -> Building:
        if self.ventilation_m3_s > 0.0 and self.floor_area_m2 is None:
            raise PydanticCustomError(
                "ventilated-size", "ventilation is given: state floor_area too, so that its volume is known"
            )
        if self.air_exchange_s is not None and {"sheltered", "inside_k"} & self.model_fields_set:
            raise PydanticCustomError(
                "exchange-twice",
                "air_exchange is given, so sheltered and inside have no effect; leave them out",
            )
        return self

    @property
    def volume_m3(self) -> float:
        """Plan area times height; 160 m2 where none is given."""
        return (self.floor_area_m2 or ALOHA_FLOOR_M2) * self.height_m

    def changes_per_s(
        self, *, running: bool, roof_wind_m_s: float, outside_k: float, opening_m2: float = 0.0
    ) -> float:
        """Air changes per second, 1/tau, with vents running or shut and ``opening_m2`` of doors open.

        ``roof_wind_m_s`` is the wind at ``height_m`` (log law). The flows of vents and open doors are added
        to that of the leaks (from memory; confidence low). Raises ``ValueError`` as
        :func:`leakage_flow_m3_s` and :func:`opening_flow_m3_s`.
        """
        if self.air_exchange_s is not None:
            leaks = self.volume_m3 / self.air_exchange_s
        else:
            leaks = leakage_flow_m3_s(
                self.floor_area_m2 or ALOHA_FLOOR_M2,
                height_m=self.height_m,
                roof_wind_m_s=roof_wind_m_s,
                inside_k=self.inside_k,
                outside_k=outside_k,
                sheltered=self.sheltered,
            )
        added = opening_flow_m3_s(opening_m2, wind_m_s=roof_wind_m_s) if opening_m2 else 0.0
        return (leaks + added + (self.ventilation_m3_s if running else 0.0)) / self.volume_m3


def stack_flow_m3_s(floor_area_m2: float, *, height_m: float, inside_k: float, outside_k: float) -> float:
    """Air driven through the leaks by the difference of temperature, m3/s.

    AE fs sqrt|Ti - To|, AE = 0.00059 of the floor area, fs = (1 + R/2)/3 sqrt(g H / Ti), R = 0.5. Source:
    ALOHA-TD 4.6. Raises ``ValueError`` for a size not above 0 or temperatures outside 220 to 330 K.

    >>> round(stack_flow_m3_s(160.0, height_m=2.5, inside_k=293.15, outside_k=303.15), 5)
    0.03597
    """
    _check_size(floor_area_m2, height_m)
    if not (220.0 <= inside_k <= 330.0 and 220.0 <= outside_k <= 330.0):
        raise ValueError(f"{inside_k} K inside, {outside_k} K outside; both must lie in 220 to 330 K")
    factor = (1.0 + _CEILING_FLOOR_SHARE / 2.0) / 3.0 * math.sqrt(GRAVITY_M_S2 * height_m / inside_k)
    return _LEAKAGE_SHARE * floor_area_m2 * factor * math.sqrt(abs(inside_k - outside_k))


def wind_flow_m3_s(floor_area_m2: float, *, roof_wind_m_s: float, sheltered: bool) -> float:
    """Air driven through the leaks by the wind, m3/s.

    AE Csh (1 - R)^(1/3) U(H), Csh 0.24 sheltered, 0.32 unsheltered. Source: ALOHA-TD 4.6. Raises
    ``ValueError`` for an area not above 0 or a wind below 0.

    >>> round(wind_flow_m3_s(160.0, roof_wind_m_s=3.0, sheltered=False), 5)
    0.07193
    """
    _check_size(floor_area_m2, 1.0)
    _check_wind(roof_wind_m_s)
    area = _LEAKAGE_SHARE * floor_area_m2
    return float(area * _SHIELDING[sheltered] * (1.0 - _CEILING_FLOOR_SHARE) ** (1.0 / 3.0) * roof_wind_m_s)


def leakage_flow_m3_s(
    floor_area_m2: float,
    *,
    height_m: float,
    roof_wind_m_s: float,
    inside_k: float = ALOHA_INSIDE_K,
    outside_k: float,
    sheltered: bool = False,
) -> float:
    """Air through the leaks of a shut building, m3/s: sqrt(Qs^2 + Qw^2). Source: ALOHA-TD 4.6.

    Raises ``ValueError`` as :func:`stack_flow_m3_s` and :func:`wind_flow_m3_s`.
    """
    stack = stack_flow_m3_s(floor_area_m2, height_m=height_m, inside_k=inside_k, outside_k=outside_k)
    wind = wind_flow_m3_s(floor_area_m2, roof_wind_m_s=roof_wind_m_s, sheltered=sheltered)
    return math.hypot(stack, wind)


def opening_flow_m3_s(opening_m2: float, *, wind_m_s: float) -> float:
    """Air through open doors or windows, m3/s: 0.3 A U, for a wind that meets them at an angle.

    Source: ASHRAE Fundamentals, effectiveness 0.25 to 0.35 diagonal, 0.5 to 0.6 head-on; from memory,
    confidence low. Raises ``ValueError`` for an area or a wind below 0.
    """
    if not 0.0 <= opening_m2 < math.inf:
        raise ValueError(f"an opening of {opening_m2} m2; it must be 0 or more")
    _check_wind(wind_m_s)
    return _OPENING_EFFECTIVENESS * opening_m2 * wind_m_s


def air_exchange_s(
    floor_area_m2: float = ALOHA_FLOOR_M2,
    *,
    height_m: float = ALOHA_HEIGHT_M,
    roof_wind_m_s: float,
    inside_k: float = ALOHA_INSIDE_K,
    outside_k: float,
    sheltered: bool = False,
    ventilation_m3_s: float = 0.0,
) -> float:
    """Time constant tau of a building, s: volume over flow; inf if no air is exchanged.

    Usually 0.1 to 1 h (ALOHA-TD 4.6). Ventilation is added linearly to the root sum (from memory; confidence
    low). Raises ``ValueError`` as :func:`leakage_flow_m3_s` and for ventilation below 0.

    >>> round(air_exchange_s(roof_wind_m_s=3.0, outside_k=303.15))
    4974
    """
    if not 0.0 <= ventilation_m3_s < math.inf:
        raise ValueError(f"ventilation of {ventilation_m3_s} m3/s; it must be 0 or more")
    leaks = leakage_flow_m3_s(
        floor_area_m2,
        height_m=height_m,
        roof_wind_m_s=roof_wind_m_s,
        inside_k=inside_k,
        outside_k=outside_k,
        sheltered=sheltered,
    )
    flow = leaks + ventilation_m3_s
    return floor_area_m2 * height_m / flow if flow > 0.0 else math.inf


def _check_size(floor_area_m2: float, height_m: float) -> None:
    if not (0.0 < floor_area_m2 < math.inf and 0.0 < height_m < math.inf):
        raise ValueError(f"a building of {floor_area_m2} m2, {height_m} m high; both must be above 0")


def _check_wind(wind_m_s: float) -> None:
    if not 0.0 <= wind_m_s < math.inf:
        raise ValueError(f"a wind of {wind_m_s} m/s; it must be 0 or more")


class AirExchange:
    """Append-only record of the air changes of one building, piecewise constant in time.

    The first rate holds before ``start_s`` too. What lies before the last change is never touched again.
    """

    def __init__(self, changes_per_s: float, *, start_s: float = 0.0) -> None:
        self._edges_s = [start_s]
        self._rates = [_checked_rate(changes_per_s)]
        self._total = [0.0]  # air changes from the start to each edge

    def change(self, time_s: float, changes_per_s: float) -> None:
        """From ``time_s`` on the air is changed ``changes_per_s`` times a second.

        Raises ``ValueError`` for a time before the last change, or a rate below 0 or without end.
        """
        rate = _checked_rate(changes_per_s)
        last = self._edges_s[-1]
        if not last <= time_s < math.inf:
            raise ValueError(f"air exchange changed at {time_s} s, after a change at {last} s")
        self._total.append(self._total[-1] + self._rates[-1] * (time_s - last))
        self._edges_s.append(time_s)
        self._rates.append(rate)

    def at(self, time_s: float) -> float:
        """Air changes per second at ``time_s``."""
        return self._rates[max(int(np.searchsorted(self._edges_s, time_s, side="right")) - 1, 0)]

    def rates(self) -> tuple[float, ...]:
        """Air changes per second of all times, one after the other."""
        return tuple(self._rates)

    def between(self, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Air changes between successive times, shape (k - 1,); changes within a sample count exactly."""
        step = np.maximum(np.searchsorted(self._edges_s, times_s, side="right") - 1, 0)
        since = times_s - np.array(self._edges_s)[step]
        return np.diff(np.array(self._total)[step] + np.array(self._rates)[step] * since)


def _checked_rate(changes_per_s: float) -> float:
    if not 0.0 <= changes_per_s < math.inf:
        raise ValueError(f"{changes_per_s} air changes per second; they must be 0 or more, and finite")
    return changes_per_s


def indoor_concentration(
    outdoor: NDArray[np.float64],
    *,
    changes: NDArray[np.float64],
    start: float | NDArray[np.float64] = 0.0,
) -> NDArray[np.float64]:
    """Concentration indoors at the sample times, exact for an outdoor one that holds from sample to sample.

    ``outdoor`` (boxes, k) in any unit of concentration; ``changes`` (k - 1,) or (boxes, k - 1) air changes
    between the samples (:meth:`AirExchange.between`); ``start`` indoors at the first sample, a number or
    (boxes,). Returns (boxes, k). A sample depends on earlier ones only, so a longer table continues a
    shorter one to the bit, and with ``start`` its last column. Raises ``ValueError`` for other shapes.
    """
    boxes, count = outdoor.shape
    if count < 1 or changes.shape not in ((count - 1,), (boxes, count - 1)):
        raise ValueError(f"air changes of shape {changes.shape} for outdoor samples {outdoor.shape}")
    kept = np.exp(-np.ascontiguousarray(changes.T))  # share of the air that stays in each interval
    renewed = (1.0 - kept) * outdoor.T[:-1] if changes.ndim == 2 else (1.0 - kept)[:, None] * outdoor.T[:-1]
    inside = np.empty((count, boxes))
    inside[0] = start
    now = inside[0]
    for share, fresh, row in zip(kept, renewed, inside[1:], strict=True):
        np.multiply(now, share, out=row)
        row += fresh
        now = row
    return inside.T


def indoor_at(
    time_s: float,
    *,
    outdoor: ArrayLike,
    times_s: ArrayLike,
    air_exchange_s: float,
    start: float = 0.0,
) -> float:
    """Concentration in one box at any time from the first sample on; the last sample holds for good.

    ``outdoor`` and ``times_s`` (k,), ascending. Raises ``ValueError`` for a time before the first sample.

    >>> round(indoor_at(600.0, outdoor=(1.0,), times_s=(0.0,), air_exchange_s=600.0), 3)
    0.632
    """
    times, values = np.asarray(times_s, dtype=float), np.asarray(outdoor, dtype=float)
    if not times[0] <= time_s:
        raise ValueError(f"{time_s} s lies before the first sample at {times[0]} s")
    last = int(np.searchsorted(times, time_s, side="right"))
    times, values = np.append(times[:last], time_s), np.append(values[:last], 0.0)
    exchange = AirExchange(1.0 / air_exchange_s, start_s=float(times[0]))
    inside = indoor_concentration(values[None, :], changes=exchange.between(times), start=start)
    return float(inside[0, -1])


def ventilate_from_s(
    indoor: NDArray[np.float64],
    *,
    outdoor: NDArray[np.float64],
    times_s: NDArray[np.float64],
    level: float = 0.0,
) -> NDArray[np.float64]:
    """When it is worse indoors than out for the last time: time to open up, or to go out; inf if never.

    ``indoor``, ``outdoor`` (boxes, k), ``times_s`` (k,). Counts only what is above ``level`` indoors. The
    start of the last spell, shape (boxes,), and exact: as the outdoor value is constant between samples, the
    indoor one cannot cross it there. A cloud that comes back ends a spell, so ask again when it has changed.
    """
    worse = (indoor > outdoor) & (indoor > level)
    begins = worse.copy()
    begins[:, 1:] &= ~worse[:, :-1]
    last = begins.shape[1] - 1 - np.argmax(begins[:, ::-1], axis=1)
    return np.where(begins.any(axis=1), times_s[last], np.inf)


@dataclass(slots=True)
class _Box:
    building: Building
    spaces: NDArray[np.intp]
    running: bool
    opening_m2: float
    exchange: AirExchange


class IndoorAir:
    """The air of all buildings of a facility in one run: outdoor concentrations in, indoor ones out.

    A roofed space in no building is taken as a box of its own by ALOHA's single-storey defaults, with a flag
    (confidence low). A change at t acts on samples later than t only.
    """

    def __init__(
        self,
        buildings: Mapping[str, Building],
        *,
        facility: Facility,
        wind_at: WindAt,
        outside_k: float,
        start_s: float = 0.0,
    ) -> None:
        """``wind_at`` gives the wind, m/s, at a height, m. Raises ``ValueError`` for a space that is in two
        buildings, unknown, or outdoors."""
        self.flags: list[str] = []
        self._wind_at, self._outside_k = wind_at, outside_k
        self._boxes: dict[str, _Box] = {}
        held: dict[str, str] = {}
        for name, building in buildings.items():
            for space in building.spaces:
                _check_space(name, space, facility, held)
                held[space] = name
        alone = [
            space
            for space, outdoors in zip(facility.spaces, facility.outdoors, strict=True)
            if not outdoors and space not in held
        ]
        everything = dict(buildings) | {f"space {space}": Building(spaces=(space,)) for space in alone}
        for name, building in everything.items():
            spaces = np.array([facility.space_index[space] for space in building.spaces], dtype=np.intp)
            box = _Box(building, spaces, building.running, 0.0, AirExchange(0.0, start_s=start_s))
            box.exchange = AirExchange(self._changes(box), start_s=start_s)
            self._boxes[name] = box
        if alone:
            tau_h = 1.0 / self._boxes[f"space {alone[0]}"].exchange.at(start_s) / 3600.0
            self.flags.append(
                "under a roof but in no building, so taken as single-storey houses by ALOHA's defaults "
                f"(air exchange {tau_h:.1f} h, confidence low): {', '.join(alone)}"
            )

    def run_vents(self, name: str, running: bool, time_s: float) -> None:
        """Vents of a building run or are shut from ``time_s`` on. ``KeyError`` for an unknown building."""
        box = self._boxes[name]
        box.running = running
        box.exchange.change(time_s, self._changes(box))

    def open_up(self, name: str, opening_m2: float, time_s: float) -> None:
        """So much of a building's doors and windows stands open from ``time_s`` on; 0: shut again."""
        box = self._boxes[name]
        box.opening_m2 = opening_m2
        box.exchange.change(time_s, self._changes(box))

    def weather_changed(self, time_s: float, *, wind_at: WindAt, outside_k: float) -> None:
        """Another wind or temperature outside from ``time_s`` on."""
        self._wind_at, self._outside_k = wind_at, outside_k
        for box in self._boxes.values():
            box.exchange.change(time_s, self._changes(box))

    def exchange_s(self, name: str, time_s: float) -> float:
        """Time constant tau of a building (a roofed space in none: ``space NAME``); inf for tight ones."""
        rate = self._boxes[name].exchange.at(time_s)
        return 1.0 / rate if rate > 0.0 else math.inf

    def slowest_s(self) -> float:
        """Longest time constant there is or was, s; tight boxes left aside, 0 if there is no box."""
        rates = [rate for box in self._boxes.values() for rate in box.exchange.rates() if rate > 0.0]
        return 1.0 / min(rates) if rates else 0.0

    def table(self, outdoor: NDArray[np.float64], *, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """What people breathe, shape (spaces, times): ``outdoor``, and under roofs the value indoors.

        ``outdoor`` (spaces, times) from before the cloud came; each box sees the mean of its spaces.
        """
        result = outdoor.copy()
        met = [box for box in self._boxes.values() if outdoor[box.spaces].any()]
        if met:
            seen = np.stack([outdoor[box.spaces].mean(axis=0) for box in met])
            changes = np.stack([box.exchange.between(times_s) for box in met])
            for box, inside in zip(met, indoor_concentration(seen, changes=changes), strict=True):
                result[box.spaces] = inside
        return result

    def _changes(self, box: _Box) -> float:
        return box.building.changes_per_s(
            running=box.running,
            roof_wind_m_s=self._wind_at(box.building.height_m),
            outside_k=self._outside_k,
            opening_m2=box.opening_m2,
        )


def _check_space(name: str, space: str, facility: Facility, held: Mapping[str, str]) -> None:
    if space not in facility.space_index:
        raise ValueError(f"building {name}: there is no space {space}")
    if facility.outdoors[facility.space_index[space]]:
        raise ValueError(f"building {name}: {space} lies outdoors")
    if space in held:
        raise ValueError(f"{space} is in two buildings: {held[space]} and {name}")
