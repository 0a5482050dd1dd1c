"""A small complete scenario with a leak: yard, hut under a roof, two musters, a post, a wind that turns."""

from __future__ import annotations

from pathlib import Path

__all__ = ["LEAKY", "write_leaky"]

LEAKY = """\
name: small-leak
title: Drum in a yard
title_zh: 场地上的桶
about: A drum leaks.
start: 10:00:00
slot: 30 min
horizon: 4 h
weather: {wind_from: 270°, wind_speed: 3 m/s, stability: D, temperature: 30 °C, source: assumed}
facility:
  spaces:
    yard: {kind: yard, at: [0 m, 0 m], size: [40 m, 40 m]}
    hut: {kind: room, at: [120 m, 0 m], size: [10 m, 10 m], title: Hut, title_zh: 小屋}
    east: {kind: muster, at: [200 m, 0 m], size: [20 m, 20 m], outdoors: true, title: East muster}
    west: {kind: muster, at: [-100 m, 0 m], size: [20 m, 20 m], outdoors: true}
    north: {kind: yard, at: [0 m, 200 m], size: [20 m, 20 m]}
  links:
    a: {between: [yard, east], width: 4 m}
    b: {between: [yard, west], width: 4 m}
    c: {between: [hut, east], kind: door, width: 1 m}
    d: {between: [yard, north], width: 4 m}
profiles:
  anybody:
    speed: {mean: 1.2 m/s, sd: 0.2 m/s, source: assumed, confidence: low}
    responses: {voice: {value: 10 s, source: assumed, confidence: low}}
groups:
  crew: {count: 7, place: yard, profile: anybody, musters: [east, west]}
  clerks: {count: 3, place: hut, profile: anybody, musters: east}
buildings:
  hut:
    {spaces: [hut], air_exchange: 30 min, floor_area: 100 m², height: 3 m, ventilation: 1000 m³/h,
     infiltration: assumed, title: Hut}
hazards:
  drum:
    {kind: leak, title: A drum, title_zh: 一只桶, substance: acrylonitrile, at: yard, amount: 160 kg,
     pool: 20 m², outflow: {median: 5 min, p90: 10 min, source: assumed, confidence: low}, onset: -2 min}
  second:
    {kind: leak, dormant: true, substance: benzene, at: north, amount: 300 kg, outflow: 5 min, pool: 20 m²}
agencies:
  house: {title: House, units: {warden: {people: 1, station: west}}}
milestones:
  alarm: {title: alarm, observed: a shout}
injects:
  turn: {title: The wind turns, at: 15 min, cue: a card, effects: [{do: wind, from: 180°}]}
  tip: {title: A second drum, at: 5 min, cue: a bucket, off: true, effects: [{do: start, hazard: second}]}
plans:
  plain:
    title: Plain
    staging: [west]
    tasks:
      shout:
        {title: Shout, by: warden, at: west, takes: {value: 20 s, source: assumed, confidence: low},
         milestone: alarm, effects: [{do: tell, groups: everyone, mode: voice}, {do: post, place: north}]}
    end: alarm
"""


def write_leaky(folder: Path, *, text: str = LEAKY) -> Path:
    """Write the scenario (or a changed ``text``) as ``scenario.yaml`` into ``folder``; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return folder
