"""A small complete scenario for tests: a two-room office, ten people, a waste-bin fire, two plans."""

from __future__ import annotations

from pathlib import Path

__all__ = ["EXAMPLE", "write_example"]

EXAMPLE = """\
# yaml-language-server: $schema=../scenario.schema.json
name: small-office
title: Two-room office
title_zh: 两间办公室
about: Ten people leave two rooms; the house crew puts the fire out.
start: 10:00:00
slot: 30 min
horizon: 2 h
weather: {wind_from: 135°, wind_speed: 3 m/s, temperature: 20 °C, source: assumed}
facility:
  spaces:
    room-1: {kind: room, at: [5 m, 5 m], size: [10 m, 10 m]}
    room-2: {kind: room, at: [15 m, 5 m], size: [10 m, 10 m]}
    hall: {kind: corridor, at: [10 m, 11 m], size: [20 m, 2 m]}
    street: {kind: outside, at: [10 m, 22 m], size: [40 m, 20 m], outdoors: true}
    lawn: {kind: muster, at: [10 m, 42 m], size: [20 m, 20 m], outdoors: true}
  links:
    door-1: {between: [room-1, hall], kind: door, width: 0.9 m}
    door-2: {between: [room-2, hall], kind: door, width: 0.9 m}
    exit: {between: [street, hall], kind: door, width: 1.0 m, vehicles: false}
    path: {between: [street, lawn], width: 4 m, vehicles: true}
  areas:
    inside: [room-*, hall]
profiles:
  office:
    speed: {mean: 1.2 m/s, sd: 0.2 m/s, source: assumed, confidence: medium}
    responses:
      voice:
        exercise: {median: 20 s, p90: 45 s}
        emergency: {median: 60 s, p90: 150 s}
        source: assumed
        confidence: low
      smoke: {value: 10 s, source: assumed, confidence: low}
groups:
  clerks: {count: 6, place: room-1, profile: office, musters: lawn, exits: {street: 100 %}, agency: house}
  guests: {count: 4, place: room-2, profile: office, musters: [lawn], role: visitor}
hazards:
  bin:
    kind: fire
    at: room-2
    door: door-2
    smoulder: {median: 2 min, p90: 5 min, source: assumed, confidence: low}
    detector: {min: 30 s, likely: 60 s, max: 90 s, source: assumed, confidence: low}
agencies:
  house:
    title: House crew
    units:
      warden: {count: 2, people: 1, station: hall, skills: [lead]}
  brigade:
    title: Fire brigade
    units:
      engine:
        people: 6
        station: street
        on_site: false
        vehicle: true
        dispatch: {value: 1 min, source: assumed, confidence: medium}
        turnout: {value: 1 min, source: assumed, confidence: medium}
        distance: 3 km
        speed: 40 km/h
        skills: [water]
capacities:
  radio: {count: 1, title: talk-group}
information:
  fire-confirmed: the fire is confirmed
operations:
  desk: {count: 2, unit: desk}
milestones:
  alarm: {title: alarm given, observed: the voice alarm begins, owner: house}
  all-out: {title: all out, observed: the last person crosses the exit, when: {empty: inside, after: alarm}}
  fire-out: {title: fire out, observed: no flame is left, observe_from: street}
injects:
  smoke: {title: smoke in the hall, after: alarm, delay: 30 s, cue: switch the smoke machine on}
objectives:
  out-in-time: {title: all out in time, milestone: all-out, within: 6 min}
plans:
  simple:
    title: Look first
    roles:
      chief: {agency: house, decides: {value: 30 s, source: assumed, confidence: low}}
    staging: [street]
    tasks:
      look:
        title: Look
        by: warden
        at: room-2
        after: hazard.bin.detected
        takes: {median: 1 min, p90: 2 min, source: assumed, confidence: low}
        effects: [{do: inform, item: fire-confirmed}]
      announce:
        title: Give the alarm
        by: {warden: 1}
        after: [look]
        order_by: chief
        needs: fire-confirmed
        uses: {radio: 1}
        takes: {value: 20 s, source: assumed, confidence: low}
        starts: alarm
        effects:
          - {do: tell, groups: everyone, mode: voice}
          - {do: call, units: engine}
          - {do: operate, operations: desk, running: false}
      quench:
        title: Put the fire out
        by: engine
        at: street
        after: announce
        skills: water
        takes: {min: 3 min, likely: 5 min, max: 10 min, source: assumed, confidence: low}
        milestone: fire-out
        effects: [{do: treat, hazard: bin, action: attack}]
    end: fire-out
  at-once:
    title: Alarm at once
    based_on: simple
    tasks:
      announce:
        after: hazard.bin.detected
        needs: []
        takes: {value: 10 s, source: assumed, confidence: low}
"""


def write_example(folder: Path, *, text: str = EXAMPLE) -> Path:
    """Write the example (or a changed ``text``) as ``scenario.yaml`` into ``folder``; return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "scenario.yaml").write_text(text, encoding="utf-8")
    return folder
