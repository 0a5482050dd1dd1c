"""The reference plan of the response: five agencies with three crews each and 121 tasks.

They wait for each other, for orders, for talk-groups that others use too, for information, for air, and for
a corridor in which sixty people are decontaminated. Each agency has its own talk-group, and all of them a
joint one; the traffic of others on each is the first row of drills-and-response 5.3: 1.5 messages of 20 s a
minute.
"""

from __future__ import annotations

from typing import Any

from drillsim.scenario.model import Scenario

__all__ = ["EVENTS", "EVENTS_WITHOUT_TRAFFIC", "TASKS", "reference_plan"]

EVENTS = 7_134
"""SimPy events of replication 0 under seed 1, counted once."""
EVENTS_WITHOUT_TRAFFIC = 1_310
"""Those of the plan alone, without the traffic of others on its talk-groups."""
TASKS = 121

_AGENCIES = ("customs", "fire", "police", "safety", "terminal")
_CHAINS = 24
_LONG = 5  # tasks in a chain


def reference_plan(*, traffic: bool = True) -> Scenario:
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
            "channels": {"joint": _talk_group(2, traffic)}
            | {f"{agency}-net": _talk_group(1, traffic) for agency in _AGENCIES},
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
                    "channel": f"{agency}-net",
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


def _talk_group(lines: int, traffic: bool) -> dict[str, Any]:
    others = {"every": {"gamma": {"shape": 1, "scale": "40 s"}}, "takes": "20 s"}
    group: dict[str, Any] = {"count": lines, "talk": {"median": "20 s", "p90": "40 s"}, "loss": "5 %"}
    return group | ({"others": others} if traffic else {})


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
