"""The threat at a place as lines for the terminal, as JSON and as CSV."""

from __future__ import annotations

import math
from itertools import chain
from typing import TYPE_CHECKING, Any

from drillsim.debrief import names
from drillsim.debrief.plaintext import one_line, table
from drillsim.debrief.zone_lines import flag_lines, place_words, rounded, signed, wind_line
from drillsim.messages import Language, say
from drillsim.spreadsheet import csv_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drillsim.study.threat import Air, Threat

__all__ = ["air_title", "threat_csv", "threat_json", "threat_lines", "threat_place"]


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
    yield wind_line(first.world, language)
    columns = ("air", "peak", "level", "from", "until", "lasts")
    for one in found:
        yield one_line(names.title(one.leak.spec, one.leak.name, language))
        rows = list(chain.from_iterable(_air_rows(one, air, language) for air in one.airs))
        headings = [say(f"threat.column-{column}", language) for column in columns]
        yield from table(headings, rows, widest=100, right=False)
        yield from flag_lines(one.leak)


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
            until = signed(end_s, language)
            if math.isinf(end_s):
                until = say("threat.later", language, time=signed(last_s, language))
            if len(spells) > 1:
                until = say("threat.many", language, time=until, count=len(spells))
            lasts = sum(min(spell.end_s, last_s) - spell.start_s for spell in spells)
            yield [
                title,
                peak,
                label,
                signed(spells[0].start_s, language),
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
        row: list[object] = [time_s, signed(time_s, language).removeprefix("+")]
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
            "flags": list(threat.leak.run.flags),
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
