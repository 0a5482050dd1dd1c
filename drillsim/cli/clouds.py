"""``drillsim zones``: where the leaks of a scenario are dangerous when, or what they bring to one place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import drillsim
from drillsim.cli.console import Exit, language, out, out_all, out_json, tell
from drillsim.cli.study import chosen, injects_in_use
from drillsim.debrief.plaintext import harmless_json
from drillsim.errors import DrillsimError
from drillsim.messages import say
from drillsim.spreadsheet import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.scenario.model import Scenario
    from drillsim.study.threat import Threat
    from drillsim.study.zone_results import Zones

__all__ = ["carry_out"]


def carry_out(
    scenario: Scenario,
    *,
    places: tuple[str, ...],
    at_s: tuple[float, ...],
    plans: tuple[str, ...],
    hazards: tuple[str, ...],
    injects: tuple[str, ...],
    without: tuple[str, ...],
    start_s: float | None,
    origin: tuple[float, float] | None,
    out: Path | None,
    as_json: bool,
    **wind: float | None,
) -> int:
    """Find the zones, or the threat at places; print it, and write the files into ``out``."""
    asked: dict[str, Any] = {
        "hazard": chosen(hazards, sorted(scenario.hazards), what="hazard"),
        "injects": injects_in_use(scenario, injects, without),
        **wind,
    }
    if out is not None and out.exists() and not out.is_dir():
        raise NotADirectoryError(say("cli.no-folder", language.get(), folder=out))
    if places and (at_s or plans or origin is not None):
        raise click.UsageError("--place tells the threat at all times; leave out --at, --plan and --origin")
    try:
        if places:
            threats = [drillsim.threat(scenario, place, **asked) for place in places]
            return _threats(threats, out=out, as_json=as_json)
        if at_s:
            asked["at_s"] = at_s
        if plans:
            asked["plan"] = chosen(plans, sorted(scenario.plans), what="plan")
        zones = drillsim.zones(scenario, start_s=start_s, **asked)
        document = zones.geojson(origin=origin)
    except DrillsimError as fault:
        raise click.UsageError(str(fault)) from None
    return _zones(zones, document, local=origin is None, folder=out, as_json=as_json)


def _zones(zones: Zones, document: dict[str, Any], *, local: bool, folder: Path | None, as_json: bool) -> int:
    from drillsim.debrief import zone_lines

    if as_json:
        out_json(zone_lines.zones_json(zones))
    else:
        out_all(zone_lines.zones_lines(zones, language=language.get()))
    if folder is not None:
        from drillsim.debrief.charts import style
        from drillsim.debrief.charts.zonemap import zone_map

        text = json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n"
        files = {
            "zones.geojson": harmless_json(text, ascii_only=False).encode(),
            "zones.csv": zone_lines.zones_csv(zones, language=language.get()),
        }
        for time_s in zones.times_s:
            figure = zone_map(zones, time_s=time_s, language=language.get())
            files[f"zones-{_minutes(time_s)}.png"] = style.png(figure)
        _write(folder, files)
        if local:
            tell("zones.local")
    return Exit.OK


def _threats(found: Sequence[tuple[Threat, ...]], *, out: Path | None, as_json: bool) -> int:
    from drillsim.debrief import threat_lines

    if as_json:
        entries = [entry for threats in found for entry in threat_lines.threat_json(threats)]
        out_json(json.dumps(entries, ensure_ascii=False, indent=1, allow_nan=False) + "\n")
    else:
        for threats in found:
            _print_threat(threats)
    if out is not None:
        from drillsim.debrief.charts import style
        from drillsim.debrief.charts.threatline import threat_chart

        files = {}
        for number, threat in enumerate((one for threats in found for one in threats), start=1):
            # Names come from the file; what is written is named by number.
            files[f"threat-{number}.csv"] = threat_lines.threat_csv(threat, language=language.get())
            files[f"threat-{number}.png"] = style.png(threat_chart(threat, language=language.get()))
        _write(out, files)
    return Exit.OK


def _print_threat(threats: tuple[Threat, ...]) -> None:
    from drillsim.debrief.threat_lines import threat_lines

    out_all(threat_lines(threats, language=language.get()))
    out()


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Write these files, and no others of the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        write_atomically(folder / name, content)
    tell("zones.written", count=len(files), folder=folder)


def _minutes(time_s: float) -> str:
    return f"{time_s / 60.0:g}min"
