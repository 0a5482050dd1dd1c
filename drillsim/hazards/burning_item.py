"""What burns, as scenarios write it: its growth or measured curve, its decay, what sets it alight."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from drillsim.hazards.heat_release import (
    CURVES,
    REFERENCE_W,
    REFERENCES_W,
    HeatCurve,
    second_item_ignition_w,
)
from drillsim.spec import Fraction, Length, Mass, Power, Spec, Text, Time
from drillsim.units import pattern

__all__ = ["Burning", "BurningItem", "Decay", "HeatPoint"]

GROWTHS_S: Final = {"slow": 600.0, "medium": 300.0, "fast": 150.0, "ultrafast": 75.0}
"""Growth times by class. Source: sheet 8.1 (NFPA, PD 7974), from memory; confidence high."""
CRITICAL_W_M2: Final = {"easy": 10e3, "normal": 20e3, "hard": 40e3}
"""Flux that sets an item alight: thin curtains or loose paper, upholstery, thick wood. Source: Babrauskas
(1981), Will the second item ignite, from memory; confidence medium."""


class HeatPoint(Spec):
    """Heat release at one age of a fire; straight lines between, the last one holds."""

    at_s: Time = Field(ge=0, description="since flame on")
    heat_w: Power = Field(ge=0)


def _growth(value: Any) -> Any:
    if not isinstance(value, str) or any(sign.isdigit() for sign in value):
        return value
    if value in GROWTHS_S:
        return GROWTHS_S[value]
    raise PydanticCustomError(
        "growth",
        "there is no growth '{found}'; write {names} or a time such as 5 min",
        {"found": value[:40], "names": ", ".join(GROWTHS_S)},
    )


def _growth_to(heat_w: float) -> float:
    if heat_w in REFERENCES_W:
        return heat_w
    raise PydanticCustomError(
        "growth-to",
        "a growth time to {found} kW; the two conventions are 1055 kW and 1000 kW, so write one",
        {"found": f"{heat_w / 1000.0:g}"},
    )


def _curve(value: Any) -> Any:
    """The points of a curve that is named."""
    if isinstance(value, str) and value in CURVES:
        return tuple({"at": age_s, "heat": heat_w} for age_s, heat_w in CURVES[value])
    if isinstance(value, (list, tuple)):
        return value
    raise PydanticCustomError(
        "heat-release",
        "write points {point}, or {file}, or the name of a curve: {names}; each file is read from the "
        "scenario's folder",
        {"point": "[{at: 0 s, heat: 10 kW}]", "file": "{file: curve.csv}", "names": ", ".join(CURVES)},
    )


_FILE: Final = {
    "type": "object",
    "properties": {"file": {"type": "string", "pattern": r"\.[cC][sS][vV]$"}},
    "required": ["file"],
    "additionalProperties": False,
}
Growth = Annotated[
    Time,
    BeforeValidator(_growth),
    WithJsonSchema({"anyOf": [{"enum": list(GROWTHS_S)}, {"type": "string", "pattern": pattern("time")}]}),
]


def _also_named(schema: dict[str, Any]) -> None:
    """A curve may be named, or stand in a file."""
    points = schema["anyOf"][-1]
    schema["anyOf"] = [{"enum": list(CURVES)}, _FILE, points]


Curve = Annotated[tuple[HeatPoint, ...], BeforeValidator(_curve)]


class Decay(Spec):
    """How a fire dies down, in a straight line to nothing: by time, or by how much of its fuel is burnt."""

    from_s: Time | None = Field(None, ge=0, description="since flame; with `over`")
    over_s: Time | None = Field(None, gt=0, description="how long it takes to die down")
    fuel_kg: Mass | None = Field(None, gt=0, description="all that can burn; instead of `from` and `over`")
    burnt: Fraction = Field(
        0.7, lt=1, description="share of the fuel burnt when it begins. EN 1991-1-2 annex E, memory, medium"
    )

    @model_validator(mode="after")
    def _is_one_way(self) -> Decay:
        by_time = (self.from_s is not None, self.over_s is not None)
        if by_time not in ((True, True), (False, False)) or (self.fuel_kg is None) != by_time[0]:
            raise PydanticCustomError("decay", "write from and over, or fuel; not both, not half")
        return self


class Burning(Spec):
    """One thing that burns."""

    ordered: ClassVar[frozenset[str]] = frozenset({"heat_release"})

    growth_s: Growth = Field(300.0, gt=0, description="time to `growth_to`, or slow, medium, fast, ultrafast")
    growth_to_w: Annotated[Power, AfterValidator(_growth_to)] = Field(
        REFERENCE_W, description="heat after the growth time: 1055 kW (1000 Btu/s) or 1000 kW; both circulate"
    )
    peak_w: Power = Field(2e6, gt=0)
    heat_release: Curve = Field(
        (),
        description="instead of growth and peak: points with straight lines between, the last holds; a curve "
        "by name; or a file with columns time_s and heat_kw",
        json_schema_extra=_also_named,
    )
    decay: Decay | None = Field(None, description="default: burns on at its peak")

    @model_validator(mode="after")
    def _burns(self) -> Burning:
        if any(later.at_s <= earlier.at_s for earlier, later in pairwise(self.heat_release)):
            raise PydanticCustomError(
                "heat-order", "the points of heat release must follow one another in time"
            )
        if self.heat_release and self.decay is not None:
            raise PydanticCustomError(
                "decay-twice", "a given heat release says itself how it ends; leave decay out"
            )
        return self

    def curve(self, heat_of_combustion_j_kg: float) -> HeatCurve:
        """Its heat release by age."""
        if self.heat_release:
            return HeatCurve.through([(point.at_s, point.heat_w) for point in self.heat_release])
        grown = HeatCurve.grown(self.growth_s, self.peak_w, reference_w=self.growth_to_w)
        decay = self.decay
        if decay is None:
            return grown
        if decay.fuel_kg is not None:
            return grown.burning_out(decay.fuel_kg * heat_of_combustion_j_kg, share=decay.burnt)
        return grown.declining(decay.from_s or 0.0, over_s=decay.over_s or math.inf)


class BurningItem(Burning):
    """Something near that the fire sets alight; its heat adds to the fire's."""

    ignites_at_w: Power | None = Field(None, gt=0, description="heat release of all that burns before it")
    distance_m: Length | None = Field(
        None, gt=0, description="from the flame, instead of `ignites_at`: set alight by its radiation"
    )
    ignites: Literal["easy", "normal", "hard"] = Field(
        "normal", description="at 10, 20 or 40 kW/m²; with `distance`. Babrauskas 1981, memory, medium"
    )
    title: Text = ""
    title_zh: Text = ""

    @model_validator(mode="after")
    def _ignites_in_one_way(self) -> BurningItem:
        if (self.ignites_at_w is None) == (self.distance_m is None):
            raise PydanticCustomError(
                "ignites", "write ignites_at: 100 kW, or distance: 1 m; one of them, not both"
            )
        return self

    @property
    def level_w(self) -> float:
        """Heat release of what burns already at which it catches fire, W."""
        if self.distance_m is None:
            return self.ignites_at_w or math.inf
        return second_item_ignition_w(self.distance_m, flux_w_m2=CRITICAL_W_M2[self.ignites])
