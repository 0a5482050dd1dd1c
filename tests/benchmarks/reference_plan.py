"""The reference plan of the response: five agencies with three crews each and 121 tasks.

They wait for each other, for orders, for a talk-group that others use too, for information, for air, and for
a corridor in which sixty people are decontaminated.
"""

from __future__ import annotations

from typing import Any

from drillsim.scenario.model import Scenario

__all__ = ["EVENTS", "ROWS", "TASKS", "reference_plan"]

EVENTS = 2_244
"""SimPy events of replication 0 under seed 1, counted once; a run has since come to do with fewer."""
ROWS = 1_230
"""Rows of its trace, by which it is still the same replication."""
TASKS = 121

_AGENCIES = ("customs", "fire", "police", "safety", "terminal")
_CHAINS = 24
_LONG = 5  # tasks in a chain


def reference_plan() -> Scenario:
    """A scenario without people or hazards, so that a replication is nothing but its response."""
    tasks: dict[str, Any] = {}
    for chain in range(_CHAINS):
        agency = _AGENCIES[chain % len(_AGENCIES)]
        for step in range(_LONG):
            tasks[f"t{chain:02d}-{step}"] = _task(chain, step, agency)
    last = [f"t{chain:02d}-{_LONG - 1}" for chain in range(_CHAINS)]
    tasks["close"] = {"title": "close", "takes": "1 min", "after": last, "milestone": "over"}
    return Scenario.model_validate(
        {
            "name": "reference-plan",
            "title": "Reference plan",
            "start": "10:00:00",
            "slot": "4 h",
            "horizon": "4 d",
            "facility": {
                "spaces": {
                    "yard": {
                        "kind": "muster",
                        "at": ["0 m", "0 m"],
                        "size": ["90 m", "90 m"],
                        "outdoors": "true",
                    }
                },
                "links": {},
            },
            "weather": {"wind_from": "135°", "wind_speed": "3 m/s"},
            "channels": {
                "joint": {
                    "count": "2",
                    "talk": {"median": "20 s", "p90": "40 s"},
                    "loss": "5 %",
                    "others": {"every": {"gamma": {"shape": 1, "scale": "40 s"}}},
                }
            },
            "corridors": {
                "mass": {
                    "stages": [
                        {"name": "disrobe", "places": "4", "takes": {"median": "2 min", "p90": "3 min"}},
                        {"name": "shower", "places": "5", "takes": {"median": "3 min", "p90": "4 min"}},
                        {"name": "re-robe", "places": "5", "takes": {"median": "6 min", "p90": "8 min"}},
                    ]
                }
            },
            "suits": {"gas-tight": {"level": "A", "don": {"median": "5 min", "p90": "8 min"}}},
            "information": {"number": "the UN number"},
            "agencies": {
                agency: {
                    "title": agency,
                    "channel": "joint",
                    "units": {f"{agency}-crew": {"count": 3, "people": 6, "station": "yard"}},
                }
                for agency in _AGENCIES
            },
            "milestones": {"over": {"title": "over", "observed": "over"}},
            "plans": {
                "plan": {
                    "title": "plan",
                    "end": "over",
                    "roles": {
                        f"{agency}-officer": {
                            "agency": agency,
                            "decides": {"median": "1 min", "p90": "3 min"},
                        }
                        for agency in _AGENCIES
                    },
                    "tasks": tasks,
                }
            },
        }
    )


def _task(chain: int, step: int, agency: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "title": f"task {chain}.{step}",
        "takes": {"median": "5 min", "p90": "10 min"},
        "by": f"{agency}-crew",
    }
    if step:
        entry["after"] = f"t{chain:02d}-{step - 1}"
    if step == 1:
        entry["order_by"] = f"{agency}-officer"
    if chain == 1 and step == 4:
        entry["effects"] = [{"do": "decontaminate", "corridor": "mass", "people": "60"}]
    if step == 2 and agency == "customs":
        entry["effects"] = [
            {"do": "inform", "item": "number", "to": "customs"},
            {"do": "message", "to": ["fire", "terminal"], "items": "number", "over": "joint"},
        ]
    if step == 3 and agency == "fire":
        entry |= {
            "needs": "number",
            "wearing": "gas-tight",
            "air": {"usable": "20 min", "way": "2 min", "change": "2 min"},
        }
    return entry
