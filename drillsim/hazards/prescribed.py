"""Air whose state is given and not modelled: a smoke machine, a test atmosphere, a verification case."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Literal

import numpy as np
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.fractional_dose import CLEAN_CO2_PERCENT, CLEAN_O2_PERCENT
from drillsim.hazards.given_air import HARMFUL, QUANTITIES, GivenAirRun
from drillsim.hazards.protocol import Dormant, check_dormant
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
    from drillsim.hazards.protocol import HazardRun
    from drillsim.hazards.weather import WeatherRecord
    from drillsim.streams import Streams

__all__ = ["Prescribed", "PrescribedAir", "PrescribedRun"]

_PPM: Final = 1_000_000
_ROUNDING: Final = 1e-9


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
        if all(getattr(self, quantity) is None for quantity in QUANTITIES):
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
    follows: ClassVar[tuple[str, ...]] = ()

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
        return any(getattr(air, quantity) is not None for air in self.air for quantity in HARMFUL)

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
        hazards: Mapping[str, HazardRun] | None = None,
    ) -> PrescribedRun:
        """The air of one run, its times counted from ``start_s``; nothing is drawn. ``KeyError`` for an
        unknown space or area."""
        spec = self.model_copy(update={"air": tuple(air.later(start_s) for air in self.air)})
        return PrescribedRun(name, spec, facility=facility, ambient_k=weather.weather.temperature_k)


class PrescribedRun(GivenAirRun):
    """Air as the entries of a spec give it, in one run."""

    called = "prescribed air"

    def __init__(self, name: str, spec: Prescribed, *, facility: Facility, ambient_k: float) -> None:
        self.spec = spec
        edges = {air.from_s for air in spec.air} | {
            air.until_s for air in spec.air if air.until_s is not None
        }
        times_s = np.array(sorted(edges))
        super().__init__(
            name,
            times_s=times_s,
            values={quantity: _given(quantity, spec, times_s, facility) for quantity in QUANTITIES},
            facility=facility,
            ambient_k=ambient_k,
            dose=spec.dose,
            clothed=spec.clothed,
        )


def _given(
    quantity: str, spec: Prescribed, times_s: NDArray[np.float64], facility: Facility
) -> NDArray[np.float64]:
    """Value of a quantity by space and step, the worst of all entries that give it; NaN where none does."""
    worse = np.fmin if quantity == "o2" else np.fmax
    values = np.full((len(facility.spaces), len(times_s)), np.nan)
    for air in spec.air:
        value = getattr(air, quantity)
        if value is None:
            continue
        until_s = math.inf if air.until_s is None else air.until_s
        during = (times_s >= air.from_s) & (times_s < until_s)
        for space in {s for place in air.places or (spec.at,) for s in facility.places(place)}:
            values[space, during] = worse(values[space, during], value)
    return values
