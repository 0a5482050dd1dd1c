"""How a file's text becomes a frozen spec: base class, quantity types, references to other entries.

A field is named with its SI unit (``width_m``) and written in files without it (``width: 1.2 m``).
Files hold text only, so a number without unit cannot slip in; Python code may pass SI floats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from math import exp
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from drillsim.distributions import Distribution, Shape, constant, lognormal_between
from drillsim.presets import preset, preset_names
from drillsim.units import example, parse_quantity, pattern

__all__ = [
    "AirUse",
    "Angle",
    "Area",
    "Concentration",
    "Conditions",
    "Confidence",
    "Density",
    "Draw",
    "Extinction",
    "Flag",
    "Flow",
    "Fraction",
    "Length",
    "Mass",
    "MassRate",
    "Name",
    "Names",
    "Point",
    "Power",
    "Pressure",
    "Ref",
    "Spec",
    "SpecificFlow",
    "Speed",
    "SpeedDraw",
    "Temperature",
    "Text",
    "Time",
    "TimeDraw",
    "Volume",
    "file_key",
]

Conditions = Literal["exercise", "emergency"]
Confidence = Literal["high", "medium", "low", "unstated"]

_SUFFIX: Final = re.compile(r"_(?:m_s|per_m|kg_s|m3_s|p_s_m|p_s|p_m2|s|m|m2|m3|kg|k|deg|w|ppm|pa)$")


def file_key(field: str) -> str:
    """Name of a field in files: without its unit suffix, and without what keeps it from being a keyword."""
    return _SUFFIX.sub("", field).rstrip("_")


class Spec(BaseModel):
    """Frozen description; unknown keys are errors, lists are tuples, quantities SI floats."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=file_key,
        validate_by_name=True,
        validate_by_alias=True,
        allow_inf_nan=False,
        arbitrary_types_allowed=True,
    )


@dataclass(frozen=True, slots=True)
class Ref:
    """Marks a text as the name of another entry; the cross-check looks it up in these kinds."""

    kinds: tuple[str, ...]

    def __init__(self, *kinds: str) -> None:
        object.__setattr__(self, "kinds", kinds)


Name = Annotated[str, StringConstraints(pattern=r"^[^\W_][\w.\-]{0,79}$")]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]


def _words(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_words)]


def _flag(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if value in ("true", "false"):
        return value == "true"
    raise PydanticCustomError("flag", "write true or false, not {found}", {"found": repr(value)[:40]})


Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]


def _quantity(dimension: str) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        if isinstance(value, str):
            return _parse(value, dimension)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise PydanticCustomError(
                "quantity", "write a quantity such as {how}", {"how": example(dimension)}
            )
        return float(value)

    return parse


def _parse(text: str, dimension: str) -> float:
    try:
        return parse_quantity(text, dimension)
    except ValueError as fault:
        kind = "unit-missing" if "has no unit" in str(fault) else "quantity"
        raise PydanticCustomError(kind, "{fault}", {"fault": str(fault)}) from None


def _schema(dimension: str) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern(dimension), "examples": [example(dimension)]}


def _json(dimension: str) -> WithJsonSchema:
    return WithJsonSchema(_schema(dimension))


Time = Annotated[float, BeforeValidator(_quantity("time")), _json("time")]
Length = Annotated[float, BeforeValidator(_quantity("length")), _json("length")]
Area = Annotated[float, BeforeValidator(_quantity("area")), _json("area")]
Speed = Annotated[float, BeforeValidator(_quantity("speed")), _json("speed")]
Mass = Annotated[float, BeforeValidator(_quantity("mass")), _json("mass")]
MassRate = Annotated[float, BeforeValidator(_quantity("mass_rate")), _json("mass_rate")]
Temperature = Annotated[float, BeforeValidator(_quantity("temperature")), _json("temperature")]
Angle = Annotated[float, BeforeValidator(_quantity("angle")), _json("angle")]
Fraction = Annotated[float, BeforeValidator(_quantity("fraction")), Field(ge=0.0, le=1.0), _json("fraction")]
Power = Annotated[float, BeforeValidator(_quantity("power")), _json("power")]
SpecificFlow = Annotated[float, BeforeValidator(_quantity("specific_flow")), _json("specific_flow")]
Flow = Annotated[float, BeforeValidator(_quantity("flow")), _json("flow")]
Concentration = Annotated[float, BeforeValidator(_quantity("concentration")), _json("concentration")]
Density = Annotated[float, BeforeValidator(_quantity("density")), _json("density")]
Extinction = Annotated[float, BeforeValidator(_quantity("extinction")), _json("extinction")]
Volume = Annotated[float, BeforeValidator(_quantity("volume")), _json("volume")]
Pressure = Annotated[float, BeforeValidator(_quantity("pressure")), _json("pressure")]
AirUse = Annotated[float, BeforeValidator(_quantity("air_use")), _json("air_use")]
Point = tuple[Length, Length]


@dataclass(frozen=True, slots=True)
class Draw:
    """An uncertain value: a distribution for each condition, where it comes from and how far to trust it."""

    exercise: Distribution
    emergency: Distribution
    source: str = ""
    confidence: Confidence = "unstated"

    @classmethod
    def of(cls, distribution: Distribution | float) -> Draw:
        """The same distribution, or constant, under both conditions."""
        same = distribution if isinstance(distribution, Distribution) else constant(float(distribution))
        return cls(same, same)

    def under(self, conditions: Conditions) -> Distribution:
        return self.exercise if conditions == "exercise" else self.emergency

    def scaled(self, factor: float) -> Draw:
        """Every value times ``factor``."""
        return Draw(self.exercise.scaled(factor), self.emergency.scaled(factor), self.source, self.confidence)


_ABOUT: Final = ("source", "confidence")
_CONFIDENCES: Final = ("high", "medium", "low")


def _draw(dimension: str) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        if isinstance(value, Draw):
            return value
        if isinstance(value, (str, int, float, Distribution)):
            return Draw.of(value if isinstance(value, Distribution) else _quantity(dimension)(value))
        if not isinstance(value, dict):
            raise _no_draw(dimension)
        about = {key: value[key] for key in _ABOUT if key in value}
        if about.get("confidence", "low") not in _CONFIDENCES or not isinstance(about.get("source", ""), str):
            raise PydanticCustomError("confidence", "confidence is high, medium or low, and source a text")
        body = {key: entry for key, entry in value.items() if key not in _ABOUT}
        if set(body) == {"preset"} and dimension == "time":
            found = parse(_preset(body["preset"]))
            return replace(found, **about)
        if set(body) == {"value"}:
            body = body["value"]
        if isinstance(body, dict) and "exercise" in body and "emergency" in body and len(body) == 2:
            pair = [_distribution(body[key], dimension) for key in ("exercise", "emergency")]
        else:
            pair = [_distribution(body, dimension)] * 2
        if dimension == "time" and min(distribution.lowest for distribution in pair) < 0.0:
            raise PydanticCustomError(
                "negative-time", "a duration cannot be negative; write {how}", {"how": example(dimension)}
            )
        return Draw(pair[0], pair[1], about.get("source", ""), about.get("confidence", "unstated"))

    return parse


def _preset(name: Any) -> dict[str, Any]:
    if isinstance(name, str) and name in preset_names():
        return dict(preset(name))
    near = get_close_matches(str(name)[:80], preset_names(), n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"presets: {', '.join(preset_names())}"
    raise PydanticCustomError(
        "unknown-preset", "there is no preset '{name}'; {hint}", {"name": str(name)[:80], "hint": hint}
    )


def _no_draw(dimension: str) -> PydanticCustomError:
    how = example(dimension)
    also = ", {preset: NAME}" if dimension == "time" else ""
    return PydanticCustomError(
        "distribution",
        "write {how}, or one of {min, likely, max}, {median, p90}, {p1, p99}, {mean, sd}, {uniform: [a, b]}, "
        "{gamma: {shape: 1.3, scale: {how}} }, {weibull: {shape: 1.2, scale: {how}} }, "
        "{lognormal: {mu: 4.6, sigma: 1.0} }, also with shift and below, {empirical: file.csv}{also}, each "
        "value with its unit; or {exercise: …, emergency: …}",
        {"how": how, "also": also},
    )


def _pure(value: Any) -> float:
    """A number without unit, such as the shape of a gamma distribution."""
    try:
        return float(value)
    except (TypeError, ValueError):
        pass
    raise PydanticCustomError(
        "distribution",
        "'{found}' is no number; write one without unit such as 1.3",
        {"found": str(value)[:40]},
    )


def _distribution(body: Any, dimension: str) -> Distribution:
    number = _quantity(dimension)
    try:
        if isinstance(body, (str, int, float)):
            return constant(number(body))
        build = _SHAPES.get(frozenset(body)) if isinstance(body, dict) else None
        found = build(body, number) if build is not None else None
    except ValueError as fault:
        if isinstance(fault, PydanticCustomError):
            raise
        raise PydanticCustomError("distribution", "{fault}", {"fault": str(fault)}) from None
    if found is None:
        raise _no_draw(dimension)
    return found


_Read = Callable[[Any], Any]


def _each(shape: Shape, *keys: str) -> Callable[[dict[str, Any], _Read], Distribution]:
    return lambda body, number: Distribution(shape, tuple(number(body[key]) for key in keys))


def _listed(shape: Shape, count: int | None) -> Callable[[dict[str, Any], _Read], Distribution | None]:
    def build(body: dict[str, Any], number: _Read) -> Distribution | None:
        values = body[shape]
        if not isinstance(values, (list, tuple)) or (count is not None and len(values) != count):
            return None
        read = tuple(number(value) for value in values)
        return Distribution(shape, tuple(sorted(read)) if count is None else read)

    return build


def _scaled(shape: Shape) -> Callable[[dict[str, Any], _Read], Distribution | None]:
    def build(body: dict[str, Any], number: _Read) -> Distribution | None:
        inner = body[shape]
        if not isinstance(inner, dict) or set(inner) != {"shape", "scale"}:
            return None
        return Distribution(shape, (number(inner["scale"]), _pure(inner["shape"])))

    return build


def _logarithmic(body: dict[str, Any], number: _Read) -> Distribution | None:
    inner = body["lognormal"]
    if not isinstance(inner, dict) or not {"mu", "sigma"} <= set(inner) <= {"mu", "sigma", "shift", "below"}:
        return None
    mu = _pure(inner["mu"])
    if not abs(mu) < 50.0:
        raise ValueError(f"mu of {mu:g}; it is the natural logarithm of the median, in s or m/s")
    shift = number(inner["shift"]) if "shift" in inner else 0.0
    below = (number(inner["below"]),) if "below" in inner else ()
    return Distribution("shifted-lognormal", (shift, exp(mu), *below, _pure(inner["sigma"])))


_SHAPES: Final[Mapping[frozenset[str], Callable[[dict[str, Any], _Read], Distribution | None]]] = {
    frozenset({"value"}): _each("constant", "value"),
    frozenset({"min", "likely", "max"}): _each("triangular", "min", "likely", "max"),
    frozenset({"median", "p90"}): _each("lognormal", "median", "p90"),
    frozenset({"p1", "p99"}): lambda body, number: lognormal_between(number(body["p1"]), number(body["p99"])),
    frozenset({"mean", "sd"}): _each("normal", "mean", "sd"),
    frozenset({"uniform"}): _listed("uniform", 2),
    frozenset({"empirical"}): _listed("empirical", None),
    frozenset({"gamma"}): _scaled("gamma"),
    frozenset({"weibull"}): _scaled("weibull"),
    frozenset({"lognormal"}): _logarithmic,
}


def _draw_schema(dimension: str) -> WithJsonSchema:
    quantity = _schema(dimension)

    def table(*keys: str, also: dict[str, Any] | None = None) -> dict[str, Any]:
        entries = dict.fromkeys(keys, quantity) | (also or {})
        about = {"source": {"type": "string"}, "confidence": {"enum": list(_CONFIDENCES)}}
        return {
            "type": "object",
            "properties": entries | about,
            "required": list(entries),
            "additionalProperties": False,
        }

    def inner(required: tuple[str, ...], **entries: Any) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": entries,
            "required": list(required),
            "additionalProperties": False,
        }

    pair = {"type": "array", "items": quantity, "minItems": 2, "maxItems": 2}
    number = {"type": "number"}
    scaled = inner(("shape", "scale"), shape=number, scale=quantity)
    cut = inner(("mu", "sigma"), mu=number, sigma=number, shift=quantity, below=quantity)
    shapes = [
        quantity,
        table("value"),
        table("min", "likely", "max"),
        table("median", "p90"),
        table("p1", "p99"),
        table("mean", "sd"),
        table(also={"uniform": pair}),
        table(also={"empirical": {"type": "string"}}),
        table(also={"gamma": scaled}),
        table(also={"weibull": scaled}),
        table(also={"lognormal": cut}),
    ]
    both = {"exercise": {"anyOf": shapes}, "emergency": {"anyOf": shapes}}
    named = [table(also={"preset": {"enum": list(preset_names())}})] if dimension == "time" else []
    return WithJsonSchema({"anyOf": [*shapes, *named, table(also=both)]})


TimeDraw = Annotated[Draw, BeforeValidator(_draw("time")), _draw_schema("time")]
SpeedDraw = Annotated[Draw, BeforeValidator(_draw("speed")), _draw_schema("speed")]
