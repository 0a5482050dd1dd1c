"""Suits, bottles and tools: how many suits a crew takes, and what becomes of what was used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from drillsim.response.plan import Task
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.simulation.resources import Key
    from drillsim.simulation.world import SimWorld

__all__ = ["give_back", "suits_wanted"]


def suits_wanted(world: SimWorld, task: Task, by: Mapping[str, int]) -> dict[Key, int]:
    """Suits for everybody in so many units of each kind; pairs on air take theirs one by one."""
    suit = world.core.scenario.suits[task.wearing] if task.wearing else None
    if suit is None or suit.stock is None or task.air:
        return {}
    return {("capacity", suit.stock): sum(count * world.force.heads(kind) for kind, count in by.items())}


def give_back(core: Core, members: Mapping[Key, tuple[str, ...]], *, cause: int) -> None:
    """Release members of any pools; capacities that need making ready come back later, used-up ones never."""
    for key, names in members.items():
        if not names:
            continue  # nobody stood by
        if key[0] != "capacity":
            core.resources.release(key, names, cause=cause)
            continue
        capacity = core.scenario.capacities[key[1]]
        if capacity.used_up:
            core.resources.use_up(key, names)
        elif capacity.ready_again is not None:
            core.clock.process(_make_ready(core, key, names, cause))
        else:
            core.resources.release(key, names, cause=cause)


def _make_ready(core: Core, key: Key, names: tuple[str, ...], cause: int) -> Process:
    ready_again = core.scenario.capacities[key[1]].ready_again
    assert ready_again is not None
    path = f"capacities.{key[1]}.ready_again"
    core.times_used[names[0]] += 1
    purpose = f"{names[0]}.{core.times_used[names[0]]}"
    yield core.clock.pause(core.draw(ready_again, path=path, entity=f"capacity.{key[1]}", purpose=purpose))
    core.resources.release(key, names, cause=cause)
