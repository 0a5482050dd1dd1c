"""Zones as lines for the terminal, as JSON and as CSV; the figures are those of the map."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.debrief.plaintext import one_line, table
from drillsim.hazards.cloud_map import NOTICE
from drillsim.hazards.source import Container
from drillsim.messages import Language, say
from drillsim.spreadsheet import csv_bytes
from drillsim.study.zone_geojson import fan_facts, zone_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drillsim.scenario.model import Scenario
    from drillsim.study.first_distances import FirstDistances
    from drillsim.study.undisturbed import UndisturbedLeak, UndisturbedLeaks
    from drillsim.study.zone_results import LeakZones, SpotFan, SpotReading, Zone, Zones

__all__ = [
    "flag_lines",
    "highest",
    "place_words",
    "rounded",
    "signed",
    "wind_line",
    "zones_csv",
    "zones_json",
    "zones_lines",
]

_USES: Final = {"muster": "M", "staging": "S", "post": "P"}
_PLACES_SHOWN: Final = 40
_CLEAN_PPM: Final = 1e-6  # shown as none


def rounded(value: float) -> str:
    """Three figures, thousands apart, no noughts at the end.

    >>> rounded(1032273.0), rounded(74.64), rounded(50.0), rounded(0.02408)
    ('1,030,000', '74.6', '50', '0.0241')
    """
    three = float(f"{value:.3g}")
    return f"{three:,.0f}" if abs(three) >= 100.0 else f"{three:.10f}".rstrip("0").rstrip(".")


def highest(zones: Sequence[Zone]) -> str:
    """Labels of the innermost toxic and the innermost flammable zone of these; empty for none."""
    found = []
    for flammable in (False, True):
        same = [zone for zone in zones if zone.level.name.startswith("lel") is flammable]
        if same:
            found.append(max(same, key=lambda zone: zone.level.ppm or 0.0).level.label)
    return ", ".join(found)


def place_words(world: UndisturbedLeaks, space: str, language: Language) -> str:
    """A space as it is called, with its name where that differs: texts of files, not yet made safe."""
    title = names.title(world.facility.space_spec[world.facility.space_index[space]], space, language)
    return title if title == space else f"{title} ({space})"


def zones_lines(zones: Zones, *, language: Language) -> Iterator[str]:
    """What ``drillsim zones`` prints."""
    scenario, world = zones.scenario, zones.world
    yield one_line(say("zones.head", language, title=names.title(scenario, scenario.name, language)))
    yield wind_line(world, language)
    if world.injects:
        yield one_line(say("zones.injects", language, names=_joined(scenario, world.injects, language)))
    if world.left_out:
        yield one_line(say("zones.left-out", language, names=", ".join(world.left_out)))
    for leak in zones.leaks:
        yield ""
        yield from _leak_lines(zones, leak, language)
    yield ""
    yield say("zones.note", language)


def _joined(scenario: Scenario, injects: Sequence[str], language: Language) -> str:
    return ", ".join(names.title(scenario.injects[name], name, language) for name in injects)


def wind_line(world: UndisturbedLeaks, language: Language) -> str:
    """The wind, its class, and how it turns."""
    first, last = world.winds[0], world.winds[-1]
    turns = ""
    if len(world.winds) > 1:
        turns = say(
            "zones.turns",
            language,
            start=names.duration(world.winds[1].start_s, language),
            end=names.duration(last.start_s, language),
            degrees=f"{last.from_deg:.0f}",
        )
    return say("zones.wind", language, **_air(world, first.from_deg, language), turns=turns)


def _air(world: UndisturbedLeaks, from_deg: float, language: Language) -> dict[str, str]:
    return {
        "degrees": f"{from_deg:.0f}",
        "speed": f"{world.weather.wind_speed_m_s:g}",
        "stability": world.weather.stability,
        "terrain": say(f"zones.terrain-{world.weather.terrain}", language),
    }


def _leak_lines(zones: Zones, leak: LeakZones, language: Language) -> Iterator[str]:
    world, found = zones.world, leak.leak
    entry = found.run.substance
    kg = found.released_kg
    yield one_line(
        say(
            "zones.leak",
            language,
            title=names.title(found.spec, found.name, language),
            substance=entry.name_zh if language == "zh" else entry.name_en,
            un=entry.un_number or "—",
            imdg=entry.imdg_class,
            place=place_words(world, found.spec.at, language),
            onset=signed(found.onset_s, language),
        )
        + (say("zones.amount", language, kg=rounded(kg)) if kg else "")
    )
    rows = [_zone_row(zone, language) for zone in leak.zones]
    yield from table(_headings("time", "zone", "ppm", "area", "reach", "band", "towards", "spaces", "people",
                               language=language), rows)  # fmt: skip
    for level in leak.levels:
        if level.ppm is None:
            yield f"  {one_line(say('zones.unknown', language, label=level.label))}"
    yield say("zones.spaces-head", language)
    for time_s in zones.times_s:
        yield from _space_lines(zones, leak.at(time_s), time_s, language)
    if leak.readings:
        yield say("zones.spots-head", language)
        yield from table(*_spot_table(zones, leak, language), right=False)
    yield say("zones.first", language)
    yield from (f"  {one_line(line)}" for line in _first_lines(leak.first, language))
    if isinstance(found.spec.source, Container):
        yield f"  {say('zones.box', language)}"
    dense = {part.dense is not None for part in found.segments if part.rate_kg_s > 0.0}
    if True in dense:
        key = "zones.dense-at-times" if False in dense else "zones.dense"
        yield f"  {say(key, language, richest=rounded(found.run.source.richest))}"
    yield from flag_lines(found, told=True in dense)


def flag_lines(leak: UndisturbedLeak, *, told: bool = False) -> Iterator[str]:
    """What the run of a leak flags; without its criterion of a dense cloud where that is ``told`` already."""
    for flag in leak.run.flags:
        if not (told and flag.startswith("dense cloud (Ri_c")):
            yield f"  {one_line(flag)}"


def _zone_row(zone: Zone, language: Language) -> list[str]:
    time, label = names.duration(zone.time_s, language), zone.level.label
    start = [f"T+{time}", label, rounded(zone.level.ppm or math.nan)]
    if not zone.polygons:
        return [*start, say("zones.nowhere", language), "", "", "", "", ""]
    reach = rounded(zone.reach_m)
    return [
        *start,
        rounded(zone.area_m2),
        say("zones.beyond", language, m=reach) if zone.beyond else reach,
        f"{rounded(zone.rural_m)} / {rounded(zone.urban_m)}",
        "" if zone.bearing_deg is None else f"{zone.bearing_deg:.0f}°",
        str(len(zone.spaces)),
        str(zone.people),
    ]


def _space_lines(zones: Zones, found: tuple[Zone, ...], time_s: float, language: Language) -> Iterator[str]:
    """Every space once, at the innermost toxic zone that touches it, the worst first."""
    time, said = names.duration(time_s, language), set[str]()
    toxic = [zone for zone in found if not zone.level.name.startswith("lel")]
    for zone in sorted(toxic, key=lambda zone: -(zone.level.ppm or 0.0)):
        fresh = [space for space in zone.spaces if space not in said]
        said |= set(fresh)
        if fresh:
            more = f" … (+{len(fresh) - _PLACES_SHOWN})" if len(fresh) > _PLACES_SHOWN else ""
            yield one_line(
                say(
                    "zones.spaces",
                    language,
                    time=time,
                    label=zone.level.label,
                    spaces=", ".join(fresh[:_PLACES_SHOWN]) + more,
                )
            )


def _spot_table(zones: Zones, leak: LeakZones, language: Language) -> tuple[list[str], list[list[str]]]:
    times = [f"T+{names.duration(time_s, language)}" for time_s in zones.times_s]
    headings = [
        *_headings("spot", "uses", language=language),
        *times,
        *_headings("fan", "plans", language=language),
    ]
    fans = {fan.spot.space: fan for fan in leak.fans}
    rows = []
    for spot in zones.spots:
        cells = [_spot_cell(leak, reading, language) for reading in leak.readings if reading.spot == spot]
        plans = "" if set(spot.plans) == set(zones.scenario.plans) else ", ".join(spot.plans)
        rows.append(
            [
                place_words(zones.world, spot.space, language),
                "".join(_USES[use] for use in spot.uses),
                *cells,
                _fan_cell(fans[spot.space], language),
                plans,
            ]
        )
    return headings, rows


def _spot_cell(leak: LeakZones, reading: SpotReading, language: Language) -> str:
    label = highest([zone for zone in leak.at(reading.time_s) if zone.level.name in reading.zones])
    if not label:
        return say("zones.clean", language) if reading.ppm < _CLEAN_PPM else _faint(reading.ppm)
    return f"{_faint(reading.ppm)} {label}"


def _fan_cell(fan: SpotFan, language: Language) -> str:
    if fan.from_deg is None or fan.ppm < _CLEAN_PPM:
        return say("zones.clean", language)
    label = "" if fan.level is None else f" {fan.level.label}"
    return f"{_faint(fan.ppm)}{label} ({fan.from_deg:.0f}°)"


def _faint(ppm: float) -> str:
    return rounded(ppm) if ppm >= 0.01 else "<0.01"


def _first_lines(first: FirstDistances, language: Language) -> Iterator[str]:
    yield say(
        "zones.guide",
        language,
        guide=first.guide or "—",
        spill=say(f"zones.spill-{first.spill}", language),
        part=say("zones.part-night" if first.night else "zones.part-day", language),
    )
    if first.isolation is None:
        yield say("zones.isolation-unknown", language)
    else:
        yield say(
            "zones.isolation",
            language,
            least=say("zones.at-least", language) if first.isolation.at_least else "",
            m=rounded(first.isolation.distance_m),
            source=first.isolation.source,
            confidence=say(f"confidence.{first.isolation.confidence}", language),
        )
    if first.protection is not None:
        yield say(
            "zones.protection",
            language,
            m=rounded(first.protection.distance_m),
            source=first.protection.source,
            confidence=say(f"confidence.{first.protection.confidence}", language),
        )
    else:
        yield say(f"zones.protection-{'unknown' if first.toxic_by_inhalation else 'none'}", language)
    if first.approach is not None:
        (x, y), bearing, heading = first.approach
        yield say("zones.approach", language, bearing=f"{bearing:.0f}", x=round(x), y=round(y),
                  heading=f"{heading:.0f}")  # fmt: skip
    for kind, distance_m, source in first.precautions:
        yield say(f"zones.precaution-{kind}", language, m=rounded(distance_m), source=source)


def _headings(*columns: str, language: Language) -> list[str]:
    return [say(f"zones.column-{column}", language) for column in columns]


def signed(time_s: float, language: Language) -> str:
    """A time with its sign: +6 min, −2 min."""
    text = names.duration(time_s, language)
    return text if text.startswith("−") else f"+{text}"


def zones_csv(zones: Zones, *, language: Language) -> bytes:
    """One row a leak, time and level, in s, m and ppm; no reach: the level is reached nowhere."""
    columns = ("time", "zone", "ppm", "area", "reach", "rural", "urban", "towards", "people", "spaces")
    headings = ["hazard", "time_s", *_headings(*columns, language=language)]
    rows: list[list[object]] = []
    for leak in zones.leaks:
        for zone in leak.zones:
            reached = bool(zone.polygons)
            rows.append(
                [
                    names.title(leak.leak.spec, leak.leak.name, language),
                    zone.time_s,
                    names.duration(zone.time_s, language),
                    zone.level.label,
                    zone.level.ppm,
                    round(zone.area_m2, 1),
                    *(round(m, 1) if reached else None for m in (zone.reach_m, zone.rural_m, zone.urban_m)),
                    None if zone.bearing_deg is None else round(zone.bearing_deg, 1),
                    zone.people,
                    ", ".join(zone.spaces),
                ]
            )
    return csv_bytes(headings, rows)


def zones_json(zones: Zones) -> str:
    """One document: zones, readings and first distances of every leak."""
    world = zones.world
    content = {
        "notice": NOTICE,
        "scenario": zones.scenario.name,
        "times_s": list(zones.times_s),
        "winds": [
            {**wind._asdict(), "start_s": wind.start_s if math.isfinite(wind.start_s) else None}
            for wind in world.winds
        ],
        "stability": world.weather.stability,
        "terrain": world.weather.terrain,
        "injects": list(world.injects),
        "left_out": list(world.left_out),
        "leaks": [_leak_document(leak) for leak in zones.leaks],
    }
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _leak_document(leak: LeakZones) -> dict[str, Any]:
    first = leak.first
    return {
        "hazard": leak.leak.name,
        "substance": leak.leak.run.substance.id,
        "un_number": leak.leak.run.substance.un_number,
        "onset_s": leak.leak.onset_s,
        "released_kg": leak.leak.released_kg,
        "source_m": list(leak.leak.run.cloud.source_m),
        "levels": [
            {"name": level.name, "label": level.label, "ppm": level.ppm, "why": level.why}
            for level in leak.levels
        ],
        "zones": [zone_facts(zone) for zone in leak.zones],
        "spots": [
            {**reading.spot._asdict(), "time_s": reading.time_s, "ppm": reading.ppm, "zones": reading.zones}
            for reading in leak.readings
        ],
        "fans": [{"space": fan.spot.space, **fan_facts(fan)} for fan in leak.fans],
        "first": {
            "guide": first.guide,
            "state": first.state,
            "spill": first.spill,
            "night": first.night,
            "isolation": None if first.isolation is None else first.isolation._asdict(),
            "protection": None if first.protection is None else first.protection._asdict(),
            "toxic_by_inhalation": first.toxic_by_inhalation,
            "approach": None if first.approach is None else first.approach._asdict(),
            "precautions": [entry._asdict() for entry in first.precautions],
        },
        "flags": list(leak.leak.run.flags),
    }
