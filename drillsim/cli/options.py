"""Options of the commands, and how their texts are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from drillsim.cli.console import language
from drillsim.errors import DrillsimError
from drillsim.messages import LANGUAGES, Language
from drillsim.units import parse_quantity

__all__ = [
    "AS_JSON",
    "LANG",
    "SET",
    "SOURCE",
    "of_a_choice",
    "of_a_study",
    "of_a_trace",
    "of_an_explanation",
    "of_zones",
    "split",
]


def split(_: click.Context, __: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """Names given one by one or with commas, each once."""
    return tuple(dict.fromkeys(name.strip() for entry in value for name in entry.split(",") if name.strip()))


def _wall_clock(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Seconds after midnight."""
    if value is None:
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", value, re.ASCII)
    if not found:
        raise click.BadParameter(f"{value!r} is no wall clock; write 09:30")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600.0 + minutes * 60.0 + seconds


def _duration(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Seconds, above 0."""
    if value is None:
        return None
    try:
        found = parse_quantity(value, "time")
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from None
    if found <= 0.0:
        raise click.BadParameter(f"{value!r} must be longer than nothing")
    return found


def _moments(_: click.Context, __: click.Parameter, value: Sequence[str]) -> tuple[float, ...]:
    """Seconds after STARTEX, given one by one or with commas."""
    try:
        return tuple(parse_quantity(text, "time") for entry in value for text in entry.split(","))
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from None


def _direction(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Degrees, 0 to 360."""
    if value is None:
        return None
    try:
        found = parse_quantity(value, "angle")
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from None
    if not 0.0 <= found <= 360.0:
        raise click.BadParameter(f"{value!r} must lie between 0° and 360°, clockwise from north")
    return found


def _speed(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """m/s; which winds have an answer is for the models to say."""
    try:
        return None if value is None else parse_quantity(value, "speed")
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from None


def _lon_lat(_: click.Context, __: click.Parameter, value: str | None) -> tuple[float, float] | None:
    """Degrees east and north."""
    if value is None:
        return None
    number = r"([+-]?\d{1,3}(?:\.\d{1,12})?)"
    found = re.fullmatch(rf"\s*{number}\s*,\s*{number}\s*", value, re.ASCII)
    if not found:
        raise click.BadParameter(f"{value!r} is no longitude and latitude; write 121.62,31.36")
    return float(found[1]), float(found[2])


def _quantity(_: click.Context, __: click.Parameter, value: str) -> tuple[float, str]:
    """A number above 0 and its unit."""
    from drillsim.study.stopping import quantity

    try:
        found = quantity(value)
    except DrillsimError as fault:
        raise click.BadParameter(str(fault)) from None
    if not found[0] > 0.0:
        raise click.BadParameter(f"{value!r} must be more than nothing")
    return found


def _share(_: click.Context, __: click.Parameter, value: str) -> float:
    """A percentage as a share between 0 and 1, both excluded."""
    try:
        found = parse_quantity(value, "fraction")
    except ValueError as fault:
        raise click.BadParameter(str(fault)) from None
    if not 0.0 < found < 1.0:
        raise click.BadParameter(f"{value!r} must lie between 0 % and 100 %")
    return found


def _assignments(_: click.Context, __: click.Parameter, value: Sequence[str]) -> dict[str, str]:
    pairs = [entry.partition("=") for entry in value]
    for path, mark, text in pairs:
        if not (path.strip() and mark and text.strip()):
            raise click.BadParameter('write PATH=VALUE, for example plans.joint.tasks.alarm.takes="2 min"')
    return {path.strip(): text.strip() for path, _, text in pairs}


def _speak(_: click.Context, __: click.Parameter, value: Language) -> Language:
    language.set(value)
    return value


SOURCE = click.argument("source", metavar="SCENARIO")
SET = click.option(
    "--set", "overrides", multiple=True, callback=_assignments, metavar="PATH=VALUE", help="Change one entry."
)
LANG = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", callback=_speak, expose_value=False,
    is_eager=True, help="Language of what is written.",
)  # fmt: skip
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")

# What a single run depends on, beside scenario and plan.
_DRILL = (
    click.option(
        "--conditions", type=click.Choice(("exercise", "emergency")), default="exercise", show_default=True
    ),
    click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True),
    click.option(
        "--start",
        "start_s",
        metavar="HH:MM",
        callback=_wall_clock,
        help="Wall clock of STARTEX instead of the scenario's.",
    ),
    click.option(
        "--inject", "injects", multiple=True, callback=split, help="Also use this inject that is off."
    ),
    click.option("--without", multiple=True, callback=split, metavar="INJECT", help="Leave this inject out."),
    SET,
)
_STORE = click.option(
    "--store",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep finished runs there and go on from them; default: a file study-….sqlite in --out.",
)
_STUDY = (
    *_DRILL[:2],
    click.option(
        "--replications",
        type=click.IntRange(1, 10_000_000),
        default=200,
        show_default=True,
        help="Runs; with --until the most that are made.",
    ),
    click.option(
        "--until",
        multiple=True,
        metavar="WHAT",
        help='Stop as soon as it is known well enough: "p95 last_out 15 s"; "auto": see README.',
    ),
    *_DRILL[2:],
    click.option(
        "--engine",
        type=click.Choice(("auto", "serial", "processes", "dask")),
        help="Who runs them; default: a short pilot decides. The results are the same for any.",
    ),
    click.option(
        "--workers",
        type=click.IntRange(1, 1024),
        help="Processes; default: one a core. The results are the same for any.",
    ),
    click.option(
        "--cluster", metavar="ADDRESS", help="A dask scheduler: tcp://host:8786 or tls://host:8786."
    ),
    click.option(
        "--time-limit",
        "time_limit_s",
        metavar="DURATION",
        callback=_duration,
        help="Give up a run that takes longer, on the clock of this room.",
    ),
    _STORE,
    click.option(
        "--traces",
        type=click.IntRange(min=0),
        default=3,
        show_default=True,
        help="Keep the traces of so many first runs of a plan, of the extreme and the typical ones; 0: none.",
    ),
    click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the debrief there."),
    click.option("--no-sensitivity", is_flag=True, help="Do not ask which assumptions move the verdicts."),
    click.option("--strict", is_flag=True, help="Exit with 1 if an objective is missed."),
    AS_JSON,
    LANG,
)
_CHOICE = (
    click.option(
        "--best",
        metavar="MEASURE",
        help="Which plan has the smallest mean of this measure, for example endex?",
    ),
    click.option(
        "--indifference",
        metavar="QUANTITY",
        callback=_quantity,
        default="60 s",
        show_default=True,
        help="Plans that differ by less are as good as each other.",
    ),
    click.option(
        "--error",
        metavar="SHARE",
        callback=_share,
        default="5 %",
        show_default=True,
        help="How often the choice may be wrong.",
    ),
)


_EXPLANATION = (
    *_DRILL,
    click.option(
        "--milestone", metavar="MILESTONE", help="Explain the time to this one; default: the plan's end."
    ),
    click.option(
        "-n", "--replications", type=click.IntRange(1, 10_000_000), default=200, show_default=True,
        help="Runs of the plan, and as many of each bound.",
    ),
    click.option("--workers", type=click.IntRange(1, 1024), help="Processes; default: one a core."),
    AS_JSON,
    LANG,
)  # fmt: skip


_ZONES = (
    click.option(
        "--at", "at_s", multiple=True, metavar="TIME", callback=_moments,
        help="After STARTEX, for example 10min; default: 10min, 20min and 40min.",
    ),
    click.option(
        "--place", "places", multiple=True, metavar="PLACE",
        help="Instead of zones the threat over time at this space, or at x,y in metres.",
    ),
    click.option(
        "--wind-from", "wind_from_deg", metavar="ANGLE", callback=_direction,
        help="This wind throughout, for example 90deg; default: the scenario's, turned by its injects.",
    ),
    click.option(
        "--wind-speed", "wind_speed_m_s", metavar="SPEED", callback=_speed, help="At 10 m, for example 3m/s."
    ),
    click.option("--plan", "plans", multiple=True, callback=split, help="Whose posts; default: all."),
    click.option("--hazard", "hazards", multiple=True, callback=split, help="Only this leak."),
    *_DRILL[2:],
    click.option(
        "--origin", metavar="LON,LAT", callback=_lon_lat,
        help="Where the facility's (0, 0) lies: the GeoJSON is then in degrees.",
    ),
    click.option(
        "--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Write GeoJSON and maps there."
    ),
    AS_JSON,
    LANG,
)  # fmt: skip


def _all(*given: Callable[[Callable[..., int]], Callable[..., int]]) -> Callable[..., Callable[..., int]]:
    def decorate(command: Callable[..., int]) -> Callable[..., int]:
        for option in reversed(given):
            command = option(command)
        return command

    return decorate


of_a_study = _all(*_STUDY)
of_a_choice = _all(*_CHOICE)
of_an_explanation = _all(*_EXPLANATION)
of_zones = _all(*_ZONES)
of_a_trace = _all(*_DRILL, _STORE, LANG)
