"""Work that goes faster the more do it: person-time that is worked off at heads to a power."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simpy.events import Event

from drillsim.simulation.resources import Grant
from drillsim.simulation.stock import give_back, suits_wanted

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from drillsim.response.plan import Task
    from drillsim.simulation.clock import Process
    from drillsim.simulation.resources import Key
    from drillsim.simulation.world import SimWorld

__all__ = ["Helpers", "send_off", "share_effort"]

_LATEST_SERVED = 9  # who only helps is asked for after everybody who must


Helpers = list["Mapping[Key, tuple[str, ...]]"]  # what each crew that joined holds


@dataclass(slots=True)
class _Party:
    """Who is at work now, and the event of somebody joining."""

    heads: int
    joined: Event
    helpers: Helpers = field(default_factory=list)
    over: bool = False


def share_effort(
    world: SimWorld, name: str, task: Task, units: tuple[str, ...], *, attempt: int, cause: int
) -> Generator[Event, object, Helpers]:
    """Work the effort off: dW/dt = heads ** exponent; who may join comes as soon as it is free.

    Returns who joined; they stay until :func:`send_off`.
    """
    core = world.core
    assert task.effort is not None
    left = core.draw(
        task.effort,
        path=f"plans.{core.plan_name}.tasks.{name}.effort",
        entity=f"task.{name}",
        purpose="effort" if attempt == 1 else f"effort.{attempt}",
    )
    party = _Party(world.force.people(units), Event(core.clock))
    requests = [
        core.resources.request(
            {("unit", kind): 1} | suits_wanted(world, task, {kind: 1}), priority=_LATEST_SERVED, who=name
        )
        for kind, count in sorted(task.may_join.items())
        for _ in range(count)
    ]
    for number, request in enumerate(requests, 1):
        core.clock.process(_join(world, name, task, party, request, number, cause))
    while left > 0.0:
        rate = max(1, party.heads) ** task.crew_exponent
        since_s, done = core.now_s, core.clock.pause(left / rate)
        yield done | party.joined
        if done.processed:
            break
        core.clock.cancel(done)
        left -= rate * (core.now_s - since_s)
        party.joined = Event(core.clock)
    party.over = True
    for request in requests:
        core.resources.withdraw(request)
    return party.helpers


def send_off(world: SimWorld, helpers: Helpers, *, cause: int) -> None:
    """Who joined is free again because of a row: the end of the work."""
    for members in helpers:
        world.force.set_state(_units(members), "staged", place=None, cause=cause)
        give_back(world.core, members, cause=cause)


def _units(members: Mapping[Key, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(name for key, names in members.items() if key[0] == "unit" for name in names)


def _join(
    world: SimWorld, name: str, task: Task, party: _Party, request: Event, number: int, cause: int
) -> Process:
    """One more crew: granted, on its way, dressed, at work with the others."""
    core = world.core
    grant = yield request
    assert isinstance(grant, Grant)
    units = _units(grant.members)
    cause = core.note("units-granted", task=name, actor=", ".join(units), cause=max(cause, grant.cause))
    cause = yield from world.force.travel(units, task.at, who=f"{name} (helps)", cause=cause)
    if task.wearing and not party.over:
        world.force.set_state(units, "donning", place=task.at, cause=cause)
        don = core.scenario.suits[task.wearing].don
        path, purpose = f"suits.{task.wearing}.don", f"don.{number}"
        yield core.clock.pause(core.draw(don, path=path, entity=f"task.{name}", purpose=purpose))
    if party.over:
        world.force.set_state(units, "staged", place=task.at, cause=cause)
        give_back(core, grant.members, cause=cause)
        return
    world.force.set_state(units, "working", place=task.at, cause=cause)
    party.helpers.append(grant.members)
    party.heads += world.force.people(units)
    if not party.joined.triggered:
        party.joined.succeed()
