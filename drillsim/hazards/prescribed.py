"""Air whose state is given and not modelled: a smoke machine, a test atmosphere, a verification case."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.fractional_dose import (
    CLEAN_CO2_PERCENT,
    CLEAN_O2_PERCENT,
    CONVENTIONS,
    HEAT,
    Air,
    iso13571_heat_rate_per_min,
)
from drillsim.hazards.grid import DoseTable, StepTable
from drillsim.hazards.protocol import NO_MEANS, Dormant, Means, check_dormant
from drillsim.hazards.smoke import VISIBILITY_C, visibility_m
from drillsim.hazards.tenability import (
    SEEN_M,
    SMALL_ROOM_M2,
    SMALL_ROOM_VISIBILITY_M,
    TENABLE_K,
    TENABLE_VISIBILITY_M,
)
from drillsim.spec import (
    Concentration,
    Conditions,
    Extinction,
    Flag,
    Fraction,
    Name,
    Names,
    Ref,
    Spec,
    Temperature,
    Text,
    Time,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.indoor import Building
    from drillsim.hazards.protocol import Crossing
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = ["Prescribed", "PrescribedAir", "PrescribedRun"]

_KELVIN: Final = 273.15
_PPM: Final = 1_000_000
_ROUNDING: Final = 1e-9
_HARMFUL: Final = ("temperature_k", "co_ppm", "hcn_ppm", "co2", "o2")
_QUANTITIES: Final = ("extinction_per_m", *_HARMFUL)


class PrescribedAir(Spec):
    """What the air is like somewhere, for a while; what is not given is as in clean air."""

    places: Annotated[Names, Ref("place")] = Field((), description="spaces or areas; default where it stands")
    from_s: Time = Field(0.0, description="after STARTEX; negative: before it")
    until_s: Time | None = Field(None, description="default: for good")
    extinction_per_m: Extinction | None = Field(
        None, ge=0, le=100, description="at head height; visibility of reflecting things is 3 / extinction"
    )
    temperature_k: Temperature | None = Field(None, gt=220, lt=1500, description="at head height")
    co_ppm: Concentration | None = Field(None, ge=0, le=_PPM, description="carbon monoxide")
    hcn_ppm: Concentration | None = Field(None, ge=0, le=10000, description="hydrogen cyanide")
    co2: Fraction | None = Field(None, description="carbon dioxide by volume; clean air 0.04 %")
    o2: Fraction | None = Field(None, description="oxygen by volume; clean air 20.9 %")

    @model_validator(mode="after")
    def _lasts(self) -> PrescribedAir:
        if self.until_s is not None and self.until_s <= self.from_s:
            raise PydanticCustomError("ends-early", "it ends before it begins; until must be later than from")
        if all(getattr(self, quantity) is None for quantity in _QUANTITIES):
            raise PydanticCustomError(
                "nothing-given", "nothing is given; write extinction, temperature, co, hcn, co2 or o2"
            )
        return self

    def later(self, by_s: float) -> PrescribedAir:
        """The same air, so much later."""
        until_s = None if self.until_s is None else self.until_s + by_s
        return self.model_copy(update={"from_s": self.from_s + by_s, "until_s": until_s})

    @model_validator(mode="after")
    def _is_one_volume(self) -> PrescribedAir:
        """Shares by volume make 100 % at most; what is not given is there as in clean air."""
        co2 = CLEAN_CO2_PERCENT / 100.0 if self.co2 is None else self.co2
        o2 = CLEAN_O2_PERCENT / 100.0 if self.o2 is None else self.o2
        total = ((self.co_ppm or 0.0) + (self.hcn_ppm or 0.0)) / _PPM + co2 + o2
        if total > 1.0 + _ROUNDING:
            raise PydanticCustomError(
                "gases-sum",
                "its gases make {total} % of the volume, with CO2 and O2 as in clean air where not given; "
                "all together cannot exceed 100 %, so correct one or write o2",
                {"total": f"{100.0 * total:.4g}"},
            )
        return self


class Prescribed(Spec):
    """Air as given, piecewise constant in time. Where several entries give one quantity, the worst holds.

    In an emergency its smoke slows people and is seen, and its gases and heat harm. In an exercise it is
    imaginary as every hazard is: rows say where and when, people walk as in clear air and nobody collapses.
    Only ``staged`` smoke, from a machine, is there in an exercise too: it slows and is seen, and never harms.
    """

    actions: ClassVar[frozenset[str]] = frozenset({"ventilate"})

    events: ClassVar[frozenset[str]] = frozenset({"smoke", "untenable"})
    whole: ClassVar[frozenset[str]] = frozenset()

    kind: Literal["prescribed"]
    at: Annotated[Name, Ref("space")] = Field(description="where it stands, for maps and for units")
    air: tuple[PrescribedAir, ...] = Field(description="what it is like, where and when")
    staged: Flag = Field(False, description="smoke from a machine, there in an exercise too; harmless")
    dose: Literal["purser", "iso13571"] = Field("purser", description="convention of the dose of gases")
    clothed: Flag = Field(True, description="people are fully clothed: heat")
    dormant: Dormant = False
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _sound(self) -> Prescribed:
        if not self.air:
            raise PydanticCustomError("no-air", "air needs at least one entry")
        if self.staged and self.harms:
            raise PydanticCustomError("staged-harm", "staged smoke has an extinction and nothing that harms")
        check_dormant(self.dormant, min(air.from_s for air in self.air))
        return self

    @property
    def harms(self) -> bool:
        """Whether anything but smoke is given, so that a dose may be taken."""
        return any(getattr(air, quantity) is not None for air in self.air for quantity in _HARMFUL)

    def begin(
        self,
        name: str,
        *,
        facility: Facility,
        weather: WeatherRecord,
        conditions: Conditions,
        streams: Streams,
        drawn: Callable[[str, float], None],
        start_s: float = 0.0,
        buildings: Mapping[str, Building] | None = None,
    ) -> PrescribedRun:
        """The air of one run, its times counted from ``start_s``; nothing is drawn. ``KeyError`` for an
        unknown space or area."""
        spec = self.model_copy(update={"air": tuple(air.later(start_s) for air in self.air)})
        return PrescribedRun(name, spec, facility=facility, ambient_k=weather.weather.temperature_k)


class PrescribedRun:
    """Given air in one run. Its grid is that of its own steps, so every answer is exact.

    Thresholds, per space, as of a fire: *smoke*, one sees less than 30 m; *untenable*, one sees less than
    10 m (5 m where the floor is under 60 m2) or it is hotter than 60 °C. Gases count by their dose alone.
    """

    thresholds: tuple[str, ...] = ("smoke", "untenable")
    fields: frozenset[str] = frozenset({*_QUANTITIES, "visibility_m"})

    def __init__(self, name: str, spec: Prescribed, *, facility: Facility, ambient_k: float) -> None:
        self.name = name
        self.spec = spec
        self.flags: list[str] = []
        self._clean = {
            "extinction_per_m": 0.0,
            "temperature_k": ambient_k,
            "co_ppm": 0.0,
            "hcn_ppm": 0.0,
            "co2": CLEAN_CO2_PERCENT / 100.0,
            "o2": CLEAN_O2_PERCENT / 100.0,
        }
        area = np.asarray(facility.area_m2, dtype=np.float64)[:, None]
        sight_m = np.where(area < SMALL_ROOM_M2, SMALL_ROOM_VISIBILITY_M, TENABLE_VISIBILITY_M)
        self._blind_per_m = VISIBILITY_C / sight_m
        edges = {air.from_s for air in spec.air} | {
            air.until_s for air in spec.air if air.until_s is not None
        }
        self._times = np.array(sorted(edges))
        self._values = {quantity: self._given(quantity, facility) for quantity in _QUANTITIES}
        self._table = self._tabulate()

    def _given(self, quantity: str, facility: Facility) -> NDArray[np.float64]:
        """Value of a quantity by space and step, the worst of all entries that give it."""
        worse = np.fmin if quantity == "o2" else np.fmax
        values = np.full((len(facility.spaces), len(self._times)), np.nan)
        for air in self.spec.air:
            value = getattr(air, quantity)
            if value is None:
                continue
            until_s = math.inf if air.until_s is None else air.until_s
            during = (self._times >= air.from_s) & (self._times < until_s)
            for space in {s for place in air.places or (self.spec.at,) for s in facility.places(place)}:
                values[space, during] = worse(values[space, during], value)
        return np.where(np.isnan(values), self._clean[quantity], values)

    def _tabulate(self) -> StepTable:
        extinction, hot = self._values["extinction_per_m"], self._values["temperature_k"] > TENABLE_K
        above = {
            "smoke": extinction > VISIBILITY_C / SEEN_M,
            "untenable": (extinction > self._blind_per_m) | hot,
        }
        return StepTable(self._times, above)

    # -- what is done to it ---------------------------------------------------------------------------

    def act(self, action: str, factor: float, time_s: float, means: Means = NO_MEANS) -> None:
        """*ventilate*: from now on ``factor`` is left of all that differs from clean air; 0: it is gone.

        Raises ``ValueError`` for any other action or a factor outside 0 to 1.
        """
        if action not in Prescribed.actions:
            raise ValueError(f"{self.name}: {action} is nothing to do to prescribed air; ventilate")
        if not 0.0 <= factor <= 1.0:
            raise ValueError(f"{self.name}: a share of {factor} that remains; it must lie between 0 and 1")
        step = self._table.step(time_s)
        if step < 0 or self._times[step] < time_s:
            self._times = np.insert(self._times, step + 1, time_s)
            for quantity, values in self._values.items():
                held = values[:, step] if step >= 0 else self._clean[quantity]
                self._values[quantity] = np.insert(values, step + 1, held, axis=1)
        later = self._times >= time_s
        for quantity, values in self._values.items():
            clean = self._clean[quantity]
            values[:, later] = clean + (values[:, later] - clean) * factor
        self._table = self._tabulate()

    def link_changed(self, link: int, open_share: float, time_s: float) -> None:
        """Doors do not act on given air."""

    def vents_changed(self, building: str, running: bool, time_s: float) -> None:
        """Vents of buildings act on what comes from outdoors only."""

    def air_changed(self, time_s: float) -> None:
        """Nor does wind."""

    # -- answers --------------------------------------------------------------------------------------

    def crossings(self, after_s: float, until_s: float) -> list[Crossing]:
        """Crossings in (after_s, until_s]."""
        return self._table.crossings(after_s, until_s)

    def at(self, field: str, spaces: NDArray[np.intp], time_s: float) -> NDArray[np.float64]:
        """Value of one of :attr:`fields` in ``spaces``. Raises ``ValueError`` for another field."""
        if field not in self.fields:
            raise ValueError(f"{self.name}: prescribed air has {', '.join(sorted(self.fields))}, not {field}")
        quantity = "extinction_per_m" if field == "visibility_m" else field
        step = self._table.step(time_s)
        values = np.full(len(spaces), self._clean[quantity])
        if step >= 0:
            values = self._values[quantity][spaces, step]
        if field == "visibility_m":
            return np.array([visibility_m(extinction) for extinction in values.tolist()])
        return values

    def holds_until(self, time_s: float) -> float:
        after = self._table.step(time_s) + 1
        return float(self._times[after]) if after < len(self._times) else math.inf

    def seconds_above(
        self,
        threshold: str,
        spaces: NDArray[np.intp],
        start_s: NDArray[np.float64],
        end_s: NDArray[np.float64],
    ) -> NDArray[np.float64]:
        """Seconds above ``threshold`` in stays [start, end); one per element."""
        return self._table.seconds_above(threshold, spaces, start_s, end_s)

    def doses(self) -> Mapping[str, DoseTable]:
        """Tables of the doses taken, as things stand: ``fed-CONVENTION`` of gases, ``heat-iso13571``."""
        gas = CONVENTIONS[self.spec.dose]
        clothed = self.spec.clothed
        tables = {
            f"fed-{self.spec.dose}": self._dose_table(gas),
            HEAT: self._dose_table(lambda air: iso13571_heat_rate_per_min(air, clothed=clothed)),
        }
        return {name: table for name, table in tables.items() if table.spaces()}

    def _dose_table(self, rate_per_min: Callable[[Air], float]) -> DoseTable:
        columns = np.stack([self._values[quantity] for quantity in _HARMFUL], axis=-1)
        kinds, which = np.unique(columns.reshape(-1, len(_HARMFUL)), axis=0, return_inverse=True)
        rates = []
        for kelvin, co_ppm, hcn_ppm, co2, o2 in kinds.tolist():
            air = Air(
                co_ppm=co_ppm,
                hcn_ppm=hcn_ppm,
                co2_percent=100.0 * co2,
                o2_percent=100.0 * o2,
                temperature_c=kelvin - _KELVIN,
            )
            rates.append(rate_per_min(air) / 60.0)
        return DoseTable(self._times, np.array(rates)[which.reshape(columns.shape[:2])])

    def toxic(self) -> None:
        """None: what people take is told by :meth:`doses`."""

    def masses(self, time_s: float) -> Mapping[str, NDArray[np.float64]]:
        """None: given air has no source."""
        return {}

    def state_text(self) -> str:
        """When it begins and when it ends or changes last."""
        return f"given air from {self._times[0]:.0f} s, last change at {self._times[-1]:.0f} s"
