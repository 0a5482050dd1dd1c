"""Detectors that cannot tell, sources of ignition and fires of what does not burn as far as is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drillsim.hazards.burning import has_own_burning_rate
from drillsim.hazards.combustion import heats_of_combustion
from drillsim.hazards.leak import Leak
from drillsim.hazards.spill_fire import CloudExplodes, FlashBurns, JetBurns, PoolBurns, SpillFire
from drillsim.hazards.substances import Substance, substance, substances
from drillsim.response.effects import Treat
from drillsim.scenario.entries import effects_of

if TYPE_CHECKING:
    from drillsim.scenario.findings import Findings
    from drillsim.scenario.model import Scenario

__all__ = ["check_detectors", "check_ignitions", "check_spill_fires"]


def check_detectors(findings: Findings, scenario: Scenario) -> None:
    """Gas detectors set to a share of a flammable limit that is not known."""
    for name, hazard in scenario.hazards.items():
        entry = _entry(hazard.substance) if isinstance(hazard, Leak) else None
        if not isinstance(hazard, Leak) or entry is None or entry.lfl_vol_pct is not None:
            continue
        for called, detector in hazard.detectors.items():
            if detector.alarm_lel is not None:
                message = f"no lower flammable limit of {entry.id} is known; write alarm, such as 5 ppm"
                path = ("hazards", name, "detectors", called, "alarm_lel")
                findings.error(path, message, "detector-without-limit")


def check_ignitions(findings: Findings, scenario: Scenario) -> None:
    """Ignition of what does not burn, and of what begins then."""
    for name, hazard in scenario.hazards.items():
        if not isinstance(hazard, Leak) or hazard.ignition is None:
            continue
        path = ("hazards", name, "ignition")
        entry = _entry(hazard.substance)
        if entry is not None and entry.lfl_vol_pct is None:
            message = f"no lower flammable limit of {entry.id} is known, so when its cloud takes fire is not "
            message += "known either; leave ignition out, or name another substance"
            findings.error(path, message, "ignition-without-limit")
        for index, started in enumerate(hazard.ignition.starts):
            begun = scenario.hazards.get(started)
            if begun is not None and not begun.dormant:
                message = f"hazard '{started}' does not lie dormant, so it begins by itself; write "
                message += "`dormant: true` in it, or leave it out here"
                findings.warn((*path, "starts", index), message, "start-not-dormant")
    for where, effect in effects_of(scenario):
        if not isinstance(effect, Treat) or effect.action != "ignite":
            continue
        leak = scenario.hazards.get(effect.hazard)
        entry = _entry(leak.substance) if isinstance(leak, Leak) else None
        if entry is not None and entry.lfl_vol_pct is None and entry.id not in heats_of_combustion():
            message = f"{entry.id} does not burn as far as is known: neither a flammable limit nor a heat of "
            message += "combustion is known; leave this out, or name another substance"
            findings.error((*where, "action"), message, "ignition-without-limit")


def check_spill_fires(findings: Findings, scenario: Scenario) -> None:
    """Fires of what is no leak, elsewhere than their leak, or of a substance whose data are not known."""
    for name, hazard in scenario.hazards.items():
        if not isinstance(hazard, SpillFire):
            continue
        path = ("hazards", name)
        leak = scenario.hazards.get(hazard.of) if hazard.of is not None else None
        if leak is not None and not isinstance(leak, Leak):
            message = f"'{hazard.of}' is a {leak.kind}; a spill fire is of a leak, or of a stated substance"
            findings.error((*path, "of"), message, "fire-of-no-leak")
            continue
        if leak is not None and leak.at != hazard.at:
            message = f"its leak is at {leak.at}, and there it burns; write at: {leak.at}"
            findings.error((*path, "at"), message, "fire-elsewhere")
        entry = _entry(leak.substance if leak is not None else hazard.substance)
        if entry is None:
            continue
        said = (*path, "of" if hazard.substance is None else "substance")
        for fault in _faults(hazard, leak, entry):
            findings.error(said, fault, "fire-unknown")


def _faults(fire: SpillFire, leak: Leak | None, entry: Substance) -> list[str]:
    """What is lacking for this kind of fire, each with its remedy."""
    burns, found = fire.fire, []
    if entry.id not in heats_of_combustion() and not isinstance(burns, FlashBurns):
        found.append(f"no heat of combustion of {entry.id} is known; name a substance that burns")
    elif isinstance(burns, PoolBurns) and not has_own_burning_rate(entry):
        found.append(
            f"{entry.id} lacks a boiling point, heat of vaporization or heat capacity, so how fast a pool of "
            "it burns is not known; name another substance"
        )
    limits = (entry.lfl_vol_pct, entry.ufl_vol_pct)
    if leak is not None and isinstance(burns, (FlashBurns, CloudExplodes)) and None in limits:
        found.append(f"the flammable limits of {entry.id} are not known; name another substance")
    if leak is not None and isinstance(burns, JetBurns) and leak.source is None and burns.rate_kg_s is None:
        found.append(
            "its leak has no package that lets out gas; describe one as source, or write rate in fire"
        )
    return found


def _entry(name: str | None) -> Substance | None:
    """Data of a substance; ``None`` of one that is not known."""
    return substance(name) if name is not None and name in substances() else None
