"""What no draw changes, built once per scenario and process: the facility and the digest."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from typing import TYPE_CHECKING

from drillsim.facility.graph import Facility
from drillsim.scenario.digest import digest

if TYPE_CHECKING:
    from drillsim.scenario.model import Scenario

__all__ = ["Prepared", "fingerprint", "prepare"]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario with what follows from it alone."""

    scenario: Scenario
    facility: Facility
    digest: str


_LAST: dict[int, Prepared] = {}
_KEPT = 4


def prepare(scenario: Scenario) -> Prepared:
    """Build, or find again, what belongs to this very scenario object."""
    found = _LAST.get(id(scenario))
    if found is None or found.scenario is not scenario:
        found = Prepared(scenario, Facility.build(scenario.facility), digest(scenario))
        while len(_LAST) >= _KEPT:
            del _LAST[next(iter(_LAST))]
        _LAST[id(scenario)] = found
    return found


@cache
def fingerprint() -> str:
    """Short hash of platform and library versions: equal fingerprints promise equal traces."""
    parts = [platform.python_version(), platform.machine(), platform.system()]
    parts += [f"{name} {version(name)}" for name in ("numpy", "scipy", "simpy", "pydantic")]
    return blake2b("|".join(parts).encode(), digest_size=6).hexdigest()
