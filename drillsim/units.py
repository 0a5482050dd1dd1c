"""Text with a unit to an SI float, and back to text a planner reads."""

from __future__ import annotations

import math
import re
from typing import Final

__all__ = ["UNITS", "example", "format_clock", "format_duration", "parse_quantity", "pattern"]

_NUMBER: Final = r"[+-]?(?:\d{1,15}(?:\.\d{1,15})?|\.\d{1,15})(?:[eE][+-]?\d{1,2})?"

# dimension -> unit -> (factor, offset): SI value = factor * number + offset
UNITS: Final[dict[str, dict[str, tuple[float, float]]]] = {
    "time": {
        "s": (1.0, 0.0),
        "min": (60.0, 0.0),
        "h": (3600.0, 0.0),
        "d": (86400.0, 0.0),
        "秒": (1.0, 0.0),
        "分钟": (60.0, 0.0),
        "分": (60.0, 0.0),
        "小时": (3600.0, 0.0),
    },
    "length": {"m": (1.0, 0.0), "km": (1000.0, 0.0), "cm": (0.01, 0.0), "mm": (0.001, 0.0), "米": (1.0, 0.0)},
    "area": {"m2": (1.0, 0.0), "m²": (1.0, 0.0)},
    "volume": {"m3": (1.0, 0.0), "m³": (1.0, 0.0), "L": (0.001, 0.0)},
    "speed": {"m/s": (1.0, 0.0), "km/h": (1.0 / 3.6, 0.0), "mm/s": (0.001, 0.0)},
    "mass": {"kg": (1.0, 0.0), "g": (0.001, 0.0), "t": (1000.0, 0.0)},
    "mass_rate": {"kg/s": (1.0, 0.0), "g/s": (0.001, 0.0), "kg/min": (1.0 / 60.0, 0.0)},
    "temperature": {"K": (1.0, 0.0), "°C": (1.0, 273.15), "C": (1.0, 273.15), "℃": (1.0, 273.15)},
    "angle": {"°": (1.0, 0.0), "deg": (1.0, 0.0)},
    "fraction": {"%": (0.01, 0.0)},
    "power": {"W": (1.0, 0.0), "kW": (1e3, 0.0), "MW": (1e6, 0.0)},
    "specific_flow": {"p/s/m": (1.0, 0.0)},
    "flow": {"p/s": (1.0, 0.0), "p/min": (1.0 / 60.0, 0.0)},
    "concentration": {"ppm": (1.0, 0.0)},
    "density": {"p/m2": (1.0, 0.0), "p/m²": (1.0, 0.0)},
    "extinction": {"/m": (1.0, 0.0)},
    "pressure": {"Pa": (1.0, 0.0), "MPa": (1e6, 0.0), "bar": (1e5, 0.0)},
    "air_use": {"L/min": (0.001 / 60.0, 0.0), "m3/h": (1.0 / 3600.0, 0.0), "m³/h": (1.0 / 3600.0, 0.0)},
}

_EXAMPLE: Final = {
    "time": "5 min",
    "length": "1.2 m",
    "area": "20 m²",
    "volume": "6.8 L",
    "speed": "1.2 m/s",
    "mass": "160 kg",
    "mass_rate": "0.07 kg/s",
    "temperature": "30 °C",
    "angle": "135°",
    "fraction": "90 %",
    "power": "150 kW",
    "specific_flow": "1.33 p/s/m",
    "flow": "0.93 p/s",
    "concentration": "1.7 ppm",
    "density": "2 p/m²",
    "extinction": "1.5 /m",
    "pressure": "30 MPa",
    "air_use": "50 L/min",
}
_CLOCK: Final = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2}(?:\.\d{1,3})?)$", re.ASCII)
_TERM: Final = re.compile(rf"\s*({_NUMBER})\s*((?:p/)?m[23](?:/h)?|[^\d\s.+-]+)", re.ASCII)


def example(dimension: str) -> str:
    """How a quantity of this dimension is written: ``example("time") == "5 min"``."""
    return _EXAMPLE[dimension]


def pattern(dimension: str) -> str:
    """Regular expression (ECMA and Python) of the texts :func:`parse_quantity` takes."""
    units = "|".join(
        re.escape(unit).replace("/", r"\/") for unit in sorted(UNITS[dimension], key=len, reverse=True)
    )
    term = rf"\s*{_NUMBER}\s*(?:{units})"
    if dimension == "time":
        return rf"^(?:(?:{term})+\s*|(?:\d{{1,3}}:)?\d{{1,2}}:\d{{2}}(?:\.\d{{1,3}})?)$"
    return rf"^{term}\s*$"


def parse_quantity(text: str, dimension: str) -> float:
    """SI value of ``text``: ``parse_quantity("1 h 10 min", "time") == 4200.0``.

    Time also takes ``MM:SS`` and ``HH:MM:SS``; angles are degrees. Raises ``ValueError`` with what is
    allowed and how to write it when the unit is missing or unknown.

    >>> parse_quantity("20 °C", "temperature")
    293.15
    >>> parse_quantity("00:04:30", "time")
    270.0
    """
    units = UNITS[dimension]
    text = text.strip()
    if len(text) > 80:
        raise ValueError(f"a text of {len(text)} characters; write a quantity such as {example(dimension)}")
    if dimension == "time" and (clock := _CLOCK.fullmatch(text)):
        hours, minutes, seconds = clock.groups()
        if float(seconds) >= 60 or (hours and int(minutes) >= 60):
            raise ValueError(f'"{text}" is no time; minutes and seconds stay below 60')
        return int(hours or 0) * 3600.0 + int(minutes) * 60.0 + float(seconds)
    if re.fullmatch(_NUMBER, text):
        raise ValueError(_missing_unit(text, dimension))
    total, position, terms = 0.0, 0, 0
    while position < len(text):
        term = _TERM.match(text, position)
        if term is None or (terms and dimension != "time"):
            raise ValueError(f'"{text}" is not a quantity; write {example(dimension)}')
        if term[2] not in units:
            known = ", ".join(units)
            raise ValueError(f'"{text}": unit "{term[2]}" is not one of {known}; write {example(dimension)}')
        factor, offset = units[term[2]]
        total += float(term[1]) * factor + offset
        position, terms = term.end(), terms + 1
    if not terms or not math.isfinite(total):
        raise ValueError(f'"{text}" is not a quantity; write {example(dimension)}')
    return total


def _missing_unit(text: str, dimension: str) -> str:
    if dimension == "time":
        return f'"{text}" has no unit; write {text} s or {text} min'
    unit = example(dimension).lstrip("0123456789. ")
    return f'"{text}" has no unit; write {text} {unit}'


def format_duration(seconds: float) -> str:
    """A duration for reading: ``format_duration(370) == "6 min 10 s"``; NaN is an em dash."""
    if math.isnan(seconds):
        return "—"
    whole = round(abs(seconds))
    sign = "−" if seconds < 0 and whole else ""
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    if hours:
        return f"{sign}{hours} h {minutes:02d} min"
    if minutes:
        return f"{sign}{minutes} min {secs:02d} s" if secs else f"{sign}{minutes} min"
    return f"{sign}{secs} s"


def format_clock(seconds: float, *, seconds_shown: bool = True) -> str:
    """Wall clock of seconds after midnight: ``format_clock(36000) == "10:00:00"``; past midnight ``+1 d``."""
    if math.isnan(seconds):
        return "—"
    whole = round(seconds)
    days, rest = divmod(whole, 86400)
    text = f"{rest // 3600:02d}:{rest % 3600 // 60:02d}"
    if seconds_shown:
        text += f":{rest % 60:02d}"
    return f"{text} +{days} d" if days else text
