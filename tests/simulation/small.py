"""A two-room site with one gate, built in Python, for tests of single runs."""

from __future__ import annotations

from typing import Any

from drillsim.scenario.model import Scenario

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
