"""What no draw changes, built once per scenario and process: the facility and the digest."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from importlib.metadata import version
from typing import TYPE_CHECKING, NamedTuple, cast

from drillsim.facility.graph import Facility
from drillsim.scenario.digest import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drillsim.response.plan import Task
    from drillsim.scenario.model import Scenario
    from drillsim.simulation.resources import Key
    from drillsim.spec import Conditions
    from drillsim.trace.log import RunHeader

__all__ = ["Casting", "Choice", "Prepared", "fingerprint", "prepare"]


class Choice(NamedTuple):
    """What a run is told besides its luck."""

    plan: str
    conditions: Conditions
    injects: frozenset[str]
    start_s: float


class Casting(NamedTuple):
    """What follows from a choice: the tasks in play, by name, the header but for seed and replication, and
    flags of no luck (hazard, words)."""

    tasks: dict[str, Task]
    header: RunHeader
    crews: dict[str, Mapping[Key, int]]  # units of a task; runs fill it
    flags: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A scenario with what follows from it alone."""

    scenario: Scenario
    facility: Facility
    digest: str
    tasks: Mapping[str, Mapping[str, Task]]  # by plan and name, sorted by name
    castings: dict[Choice, Casting] = field(default_factory=dict)  # the last ones asked for


class _Plain:
    """The fields of a task without pydantic's hook, through which each look takes several times as long."""

    def __init__(self, task: Task) -> None:
        self.__dict__.update(vars(task), crew_at=task.crew_at)


_LAST: dict[int, Prepared] = {}
_KEPT = 4


def prepare(scenario: Scenario) -> Prepared:
    """Build, or find again, what belongs to this very scenario object."""
    found = _LAST.get(id(scenario))
    if found is None or found.scenario is not scenario:
        tasks = {
            plan: {name: cast("Task", _Plain(task)) for name, task in sorted(entry.tasks.items())}
            for plan, entry in scenario.plans.items()
        }
        found = Prepared(scenario, Facility.build(scenario.facility), digest(scenario), tasks)
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
