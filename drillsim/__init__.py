"""Rehearse an emergency drill on paper, from a scenario file to the page for the planning meeting.

    import drillsim as ds
    scenario = ds.load("scenarios/terminal-leak")
    trace = ds.run(scenario, plan="joint", conditions="exercise", seed=1)
    duel = ds.compare(scenario, plans=["joint", "staged-forward"], replications=200, seed=1)
    ds.debrief(duel).save("debrief.html")

Importing the package is cheap: each name loads its room when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from drillsim.version import __version__

if TYPE_CHECKING:
    from drillsim.debrief.report import debrief
    from drillsim.scenario.load import check, load
    from drillsim.simulation.run import run
    from drillsim.study.compare import compare
    from drillsim.study.losses import losses
    from drillsim.study.replicate import replicate
    from drillsim.study.threat import threat
    from drillsim.study.zones import zones

__all__ = [
    "__version__",
    "check",
    "compare",
    "debrief",
    "load",
    "losses",
    "replicate",
    "run",
    "threat",
    "zones",
]

_HOMES: Final = {
    "check": "drillsim.scenario.load",
    "compare": "drillsim.study.compare",
    "load": "drillsim.scenario.load",
    "losses": "drillsim.study.losses",
    "replicate": "drillsim.study.replicate",
    "run": "drillsim.simulation.run",
    "threat": "drillsim.study.threat",
    "zones": "drillsim.study.zones",
}


def __getattr__(name: str) -> Any:
    if name == "debrief":  # the room itself, which can be called
        return import_module("drillsim.debrief")
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'drillsim' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
