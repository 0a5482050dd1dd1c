"""Zones and threats as lines for the terminal, as JSON and as CSV; the figures are those of the map."""

from __future__ import annotations

import json
import math
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.debrief.plaintext import one_line, table
from drillsim.hazards.cloud_map import NOTICE
from drillsim.messages import Language, say
from drillsim.spreadsheet import csv_bytes
from drillsim.study.zone_geojson import zone_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drillsim.scenario.model import Scenario
    from drillsim.study.first_distances import FirstDistances
    from drillsim.study.threat import Air, Threat
    from drillsim.study.undisturbed import UndisturbedLeaks
    from drillsim.study.zone_results import LeakZones, SpotReading, Zone, Zones

__all__ = [
    "air_title",
    "highest",
    "place_words",
    "rounded",
    "threat_csv",
    "threat_json",
    "threat_lines",
    "zones_csv",
    "zones_json",
    "zones_lines",
]

_USES: Final = {"muster": "M", "staging": "S", "post": "P"}
_PLACES_SHOWN: Final = 40


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
        same = [zone for zone in zones if zone.level.name.startswith("lel-") is flammable]
        if same:
            found.append(max(same, key=lambda zone: zone.level.ppm or 0.0).level.label)
    return ", ".join(found)


def place_words(world: UndisturbedLeaks, space: str, language: Language) -> str:
    """A space as it is called, with its name where that differs: texts of files, not yet made safe."""
    title = names.title(world.facility.space_spec[world.facility.space_index[space]], space, language)
    return title if title == space else f"{title} ({space})"


# -- zones ------------------------------------------------------------------------------------------


def zones_lines(zones: Zones, *, language: Language) -> Iterator[str]:
    """What ``drillsim zones`` prints."""
    scenario, world = zones.scenario, zones.world
    yield one_line(say("zones.head", language, title=names.title(scenario, scenario.name, language)))
    yield _wind_line(world, language)
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


def _wind_line(world: UndisturbedLeaks, language: Language) -> str:
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
            onset=_signed(found.onset_s, language),
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
    if any(part.dense is not None for part in found.segments):
        yield f"  {say('zones.dense', language, richest=rounded(found.run.source.richest))}"
    yield from (f"  {one_line(flag)}" for flag in found.run.flags)


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
    toxic = [zone for zone in found if not zone.level.name.startswith("lel-")]
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
    headings = [*_headings("spot", "uses", language=language), *times, *_headings("plans", language=language)]
    rows = []
    for spot in zones.spots:
        cells = [_spot_cell(leak, reading, language) for reading in leak.readings if reading.spot == spot]
        plans = "" if set(spot.plans) == set(zones.scenario.plans) else ", ".join(spot.plans)
        rows.append(
            [
                place_words(zones.world, spot.space, language),
                "".join(_USES[use] for use in spot.uses),
                *cells,
                plans,
            ]
        )
    return headings, rows


def _spot_cell(leak: LeakZones, reading: SpotReading, language: Language) -> str:
    label = highest([zone for zone in leak.at(reading.time_s) if zone.level.name in reading.zones])
    if not label:
        return say("zones.clean", language) if reading.ppm < 1e-6 else _faint(reading.ppm)
    return f"{_faint(reading.ppm)} {label}"


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


def _signed(time_s: float, language: Language) -> str:
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


# -- threat at a place --------------------------------------------------------------------------------


def threat_lines(found: Sequence[Threat], *, language: Language) -> Iterator[str]:
    """What ``drillsim zones --place`` prints of one place."""
    first = found[0]
    scenario, (x, y) = first.world.scenario, first.place.at_m
    yield one_line(
        say(
            "threat.head",
            language,
            title=names.title(scenario, scenario.name, language),
            place=threat_place(first, language),
            x=f"{x:g}",
            y=f"{y:g}",
        )
    )
    yield _wind_line(first.world, language)
    columns = ("air", "peak", "level", "from", "until", "lasts")
    for one in found:
        yield one_line(names.title(one.leak.spec, one.leak.name, language))
        rows = list(chain.from_iterable(_air_rows(one, air, language) for air in one.airs))
        headings = [say(f"threat.column-{column}", language) for column in columns]
        yield from table(headings, rows, widest=100, right=False)


def threat_place(threat: Threat, language: Language) -> str:
    """The place as it is called."""
    space, (x, y) = threat.place
    if space is None:
        return say("threat.place-point", language, x=f"{x:g}", y=f"{y:g}")
    return place_words(threat.world, space, language)


def air_title(threat: Threat, air: Air, language: Language) -> str:
    """The body of air in words."""
    if air.exchange_s is None:
        return say("threat.air-outdoors", language)
    building = say("threat.house", language)
    if threat.building is not None:
        entry = threat.world.scenario.buildings[threat.building]
        building = names.title(entry, threat.building, language)
    tau = names.duration(air.exchange_s, language) if math.isfinite(air.exchange_s) else "∞"
    return say(f"threat.air-{air.name}", language, building=building, tau=tau)


def _air_rows(threat: Threat, air: Air, language: Language) -> Iterator[list[str]]:
    title, peak = air_title(threat, air, language), rounded(air.peak_ppm)
    for level in threat.levels:
        if level.ppm is None:
            continue
        spells = air.above(level.name)
        label = f"{level.label} ({rounded(level.ppm)} ppm)"
        if spells:
            end_s = spells[-1].end_s
            last_s = float(threat.times_s[-1])
            until = _signed(end_s, language)
            if math.isinf(end_s):
                until = say("threat.later", language, time=_signed(last_s, language))
            if len(spells) > 1:
                until = say("threat.many", language, time=until, count=len(spells))
            lasts = sum(min(spell.end_s, last_s) - spell.start_s for spell in spells)
            yield [
                title,
                peak,
                label,
                _signed(spells[0].start_s, language),
                until,
                names.duration(lasts, language),
            ]
        else:
            yield [title, peak, label, say("threat.never", language), "", ""]
        title = peak = ""


def threat_csv(threat: Threat, *, language: Language) -> bytes:
    """Every sample: time, concentration in each body of air, and the highest level exceeded there."""
    headings = [say("threat.csv-time", language), say("threat.csv-clock", language)]
    for air in threat.airs:
        title = air_title(threat, air, language)
        headings += [say("threat.csv-ppm", language, air=title), say("threat.csv-level", language, air=title)]
    known = sorted((level.ppm, level.label) for level in threat.levels if level.ppm is not None)
    rows = []
    for time_s, *values in threat.rows():
        row: list[object] = [time_s, _signed(time_s, language).removeprefix("+")]
        for value in values:
            row += [float(f"{value:.6g}"), ([label for ppm, label in known if value > ppm] or [""])[-1]]
        rows.append(row)
    return csv_bytes(headings, rows)


def threat_json(found: Sequence[Threat]) -> list[dict[str, Any]]:
    """One entry a leak, for a document; a spell that has not ended by then has ``end_s`` null."""
    return [
        {
            "place": threat.place.space,
            "at_m": list(threat.place.at_m),
            "hazard": threat.leak.name,
            "building": threat.building,
            "levels": [
                {"name": level.name, "label": level.label, "ppm": level.ppm} for level in threat.levels
            ],
            "times_s": threat.times_s.tolist(),
            "airs": [
                {
                    "name": air.name,
                    "exchange_s": None
                    if air.exchange_s is None or math.isinf(air.exchange_s)
                    else air.exchange_s,
                    "peak_ppm": air.peak_ppm,
                    "ppm": air.ppm.tolist(),
                    "above": [
                        {**spell._asdict(), "end_s": spell.end_s if math.isfinite(spell.end_s) else None}
                        for spell in air.spells
                    ],
                }
                for air in threat.airs
            ],
        }
        for threat in found
    ]
