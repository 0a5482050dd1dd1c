"""A two-room site with one gate, built in Python, for tests of single runs."""

from __future__ import annotations

import math
from typing import Any

from drillsim.scenario.model import Scenario
from drillsim.trace.log import Trace
from drillsim.vocabulary import CLOSING_EVENTS

FIXED = {"source": "test", "confidence": "high"}


def task(**entries: Any) -> dict[str, Any]:
    return {"title": "a task", "takes": "1 min"} | entries


def small(*, tasks: dict[str, Any], end: str = "over", **sections: Any) -> Scenario:
    """A scenario with ten people in a room, a corridor, a muster, two crews, and the given tasks."""
    milestones = {
        name: {"title": name, "observed": name}
        for entry in tasks.values()
        for name in (entry.get("milestone"), entry.get("starts"))
        if name
    }
    plan = {"title": "plan", "end": end, "tasks": tasks, "roles": sections.pop("roles", {})}
    plan["staging"] = sections.pop("staging", ())
    plan |= {name: sections.pop(name) for name in ("levels", "lines") if name in sections}
    data: dict[str, Any] = {
        "name": "small",
        "title": "small",
        "start": "10:00:00",
        "slot": "1 h",
        "horizon": "4 h",
        "facility": {
            "movement": {"specific_flow": "1.33 p/s/m"},
            "spaces": {
                "room": {"kind": "room", "at": ["4 m", "2.5 m"], "size": ["8 m", "5 m"]},
                "corridor": {"kind": "corridor", "at": ["18 m", "2.5 m"], "size": ["20 m", "5 m"]},
                "yard": {
                    "kind": "muster",
                    "at": ["48 m", "2.5 m"],
                    "size": ["40 m", "40 m"],
                    "outdoors": "true",
                },
            },
            "links": {
                "door": {"between": ["room", "corridor"], "kind": "door", "width": "1 m"},
                "exit": {"between": ["corridor", "yard"], "kind": "door", "width": "1 m"},
            },
        },
        "weather": {"wind_from": "135°", "wind_speed": "3 m/s"},
        "profiles": {"plain": {"speed": "1 m/s", "responses": {"voice": "30 s", "warden": "0 s"}}},
        "groups": {"staff": {"count": "10", "place": "room", "profile": "plain"}},
        "agencies": {
            "fire": {
                "title": "fire service",
                "units": {
                    "crew": {"count": "2", "people": "4", "station": "yard"},
                    "engine": {
                        "people": "6",
                        "station": "yard",
                        "on_site": "false",
                        "dispatch": "1 min",
                        "turnout": "1 min",
                        "travel": "4 min",
                    },
                },
            }
        },
        "milestones": milestones,
        "plans": {"plan": plan},
    }
    data["milestones"] |= sections.pop("milestones", {})
    return Scenario.model_validate(data | sections)


def inject(at: str, *effects: dict[str, Any], **entries: Any) -> dict[str, Any]:
    """An inject at a time after STARTEX; ``at=""`` leaves the time to ``entries``."""
    when_s = {"at": at} if at else {}
    return {"title": "an inject", "cue": "x", "effects": list(effects)} | when_s | entries


def space(
    kind: str, *, x: float, width: float, y: float = 2.5, depth: float = 5.0, **entries: Any
) -> dict[str, Any]:
    return {"kind": kind, "at": [f"{x} m", f"{y} m"], "size": [f"{width} m", f"{depth} m"]} | entries


def link(first: str, second: str, **entries: Any) -> dict[str, Any]:
    return {"between": [first, second], "kind": "door", "width": "1 m"} | entries


def two_ways(**links: dict[str, Any]) -> dict[str, Any]:
    """A room between a shorter way out to the west (4 + 16 m) and a longer one to the east (4 + 20 m).

    A store opens into the room; ``links`` change entries of links.
    """
    made = {
        "west-door": link("room", "west"),
        "west-exit": link("west", "yard-west"),
        "east-door": link("room", "east"),
        "east-exit": link("east", "yard-east"),
        "store-door": link("room", "store"),
    }
    return {
        "movement": {"specific_flow": "1.33 p/s/m"},
        "spaces": {
            "yard-west": space("muster", x=-20, width=40, depth=40, outdoors="true"),
            "west": space("corridor", x=8, width=16),
            "room": space("room", x=20, width=8),
            "east": space("corridor", x=34, width=20),
            "yard-east": space("muster", x=64, width=40, depth=40, outdoors="true"),
            "store": space("room", x=20, width=8, y=7.5),
        },
        "links": {name: entry | links.get(name.replace("-", "_"), {}) for name, entry in made.items()},
    }


def fork(**sections: Any) -> Scenario:
    """:func:`small` on the site of :func:`two_ways`, without crews unless given."""
    return small(**({"facility": two_ways(), "agencies": {}} | sections))


def profile(**responses: str) -> dict[str, Any]:
    """One profile ``plain`` of 1 m/s that perceives only these modes."""
    return {"plain": {"speed": "1 m/s", "responses": responses}}


def when(trace: Trace, milestone: str) -> float:
    """Time of a milestone, NaN if it did not come about."""
    found = trace.first("milestone", task=milestone)
    return found[1].time_s if found else math.nan


def times(trace: Trace, event: str, *, task: str | None = None, actor: str | None = None) -> list[float]:
    """Times of all rows of an event, of a task and of an actor if given."""
    return [
        row.time_s for _, row in trace.of(event) if task in (None, row.task) and actor in (None, row.actor)
    ]


def starts(trace: Trace) -> list[float]:
    """When people set out, in order of time."""
    return [at for at, link in zip(trace.crowd.time_s, trace.crowd.link, strict=True) if link < 0]


def passages(trace: Trace, link: str, *, into: str) -> list[float]:
    """When people pass a link in one direction."""
    crowd, header = trace.crowd, trace.header
    wanted = header.links.index(link), header.spaces.index(into)
    entries = zip(crowd.time_s, crowd.link, crowd.space, strict=True)
    return [at for at, passed, entered in entries if (passed, entered) == wanted]


def end_states(trace: Trace) -> dict[tuple[str, str], float]:
    """Heads by (group, state) in the closing person rows."""
    found: dict[tuple[str, str], float] = {}
    skipped = CLOSING_EVENTS - {"person", "standstill"}
    for row in reversed(trace.rows):
        if row.event == "person":
            found[row.actor, row.task] = float(row.value or 0.0)
        elif row.event not in skipped:
            break
    return found
