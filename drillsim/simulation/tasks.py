"""One task of the plan, from the last thing it waits for to its effects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drillsim.simulation.pools import Grant

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

    from drillsim.response.spec import Air, Task
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.simulation.force import Force
    from drillsim.simulation.pools import Pool
    from drillsim.simulation.world import SimWorld

__all__ = ["Crew", "air_stints", "carry_out"]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who and what a task holds while it works."""

    members: tuple[tuple[Pool, tuple[str, ...]], ...]
    cause: int

    def units(self, force: Force) -> tuple[str, ...]:
        return tuple(name for _, names in self.members for name in names if force.knows(name))


def air_stints(air: Air, *, work_s: float) -> int:
    """How many crews in turn a piece of work on air takes: ceil(work / (usable - ways - decon)).

    Raises ``ValueError`` if the way in, the way out and decontamination use up the bottle.
    """
    stint_s = air.usable_s - 2.0 * air.way_s - air.decon_s
    if stint_s <= 0.0:
        raise ValueError(f"{air.usable_s} s of air leave no time to work after the ways and decontamination")
    return max(1, math.ceil(work_s / stint_s - 1e-9))


def carry_out(world: SimWorld, name: str, task: Task) -> Process:
    """The life of a task: ready, informed, ordered, crewed, on the spot, prepared, at work, done."""
    core = world.core
    cause = yield from _prerequisites(core, task)
    cause = core.note("task-ready", task=name, cause=cause)
    cause = yield from _information(world, task, cause)
    if task.order_by:
        cause = yield from _order(world, name, task, cause)
    crew = yield from _crew(world, name, task, cause)
    cause = crew.cause
    units = crew.units(world.force)
    if units:
        yield from world.force.travel(units, task.at, cause=cause)
    if task.prepare:
        world.force.set_state(units, "donning", place=task.at, cause=cause)
        path = f"plans.{core.plan_name}.tasks.{name}.prepare"
        yield core.clock.pause(core.draw(task.prepare, path=path, entity=f"task.{name}", purpose="prepare"))
    done = yield from _work(world, name, task, crew, cause)
    _finish(world, name, task, done)
    _release(world, task, crew, cause=done)


def _prerequisites(core: Core, task: Task) -> Generator[Event, int, int]:
    cause = -1
    for event in task.after:
        if event in core.tasks or not _left_out(core, event):
            cause = max(cause, (yield core.moments.of(event)))
    return cause


def _left_out(core: Core, event: str) -> bool:
    """Whether this run lacks it: a task or inject not in play, or a milestone only such tasks make."""
    tasks = core.plan.tasks
    if event.startswith("inject."):
        return event.removeprefix("inject.") not in core.injects
    if event in tasks:
        return event not in core.tasks
    makers = [name for name, task in tasks.items() if event in (task.milestone, task.starts)]
    return bool(makers) and not any(name in core.tasks for name in makers)


def _information(world: SimWorld, task: Task, cause: int) -> Generator[Event, int, int]:
    for item in sorted(task.needs):
        while not world.known(item):
            cause = max(cause, (yield world.news(item)))
    return cause


def _order(world: SimWorld, name: str, task: Task, cause: int) -> Generator[Event, object, int]:
    core = world.core
    assert task.order_by is not None
    role = core.plan.roles[task.order_by]
    if role.takes_office and not core.moments.happened(role.takes_office):
        office = yield core.moments.of(role.takes_office)
        assert isinstance(office, int)
        cause = max(cause, office)
    asked = core.note("order-asked", actor=task.order_by, task=name, cause=cause)
    pool = world.roles[task.order_by]
    grant = yield pool.request(1, priority=task.priority, who=name)
    assert isinstance(grant, Grant)
    decides_s = core.draw(
        role.decides,
        path=f"plans.{core.plan_name}.roles.{task.order_by}.decides",
        entity=f"task.{name}",
        purpose="decision",
    )
    yield core.clock.pause(decides_s)
    given = core.note("order-given", actor=task.order_by, task=name, cause=max(asked, grant.cause))
    pool.release(grant.members, cause=given)
    return given


def _crew(world: SimWorld, name: str, task: Task, cause: int) -> Generator[Event, object, Crew]:
    """Units, then capacities, each in order of name: two tasks never wait for each other in a ring."""
    if not task.by and not task.uses:
        return Crew((), cause)
    held: list[tuple[Pool, tuple[str, ...]]] = []
    latest = cause
    wanted = [(world.force.pools[unit], count) for unit, count in sorted(task.by.items())]
    wanted += [(world.capacities[use], count) for use, count in sorted(task.uses.items())]
    for pool, count in wanted:
        grant = yield pool.request(count, priority=task.priority, who=name)
        assert isinstance(grant, Grant)
        held.append((pool, grant.members))
        latest = max(latest, grant.cause)
    row = world.core.note("units-granted", task=name, cause=latest)
    return Crew(tuple(held), row)


def _work(world: SimWorld, name: str, task: Task, crew: Crew, cause: int) -> Generator[Event, object, int]:
    core = world.core
    units = crew.units(world.force)
    who = ", ".join(units) or task.order_by or ""
    started = core.note(
        "task-started",
        actor=who,
        place=task.at or "",
        task=name,
        value=float(world.force.people(units)),
        unit="p",
        cause=cause,
    )
    if task.starts:
        core.milestone(task.starts, cause=started, actor=who, place=task.at or "")
    takes_s = core.draw(
        task.takes, path=f"plans.{core.plan_name}.tasks.{name}.takes", entity=f"task.{name}", purpose="takes"
    )
    world.force.set_state(units, "on-air" if task.air else "working", place=task.at, cause=started)
    duration_s = takes_s
    if task.air:
        duration_s += _reliefs_s(core, name, task.air, work_s=takes_s)
    yield core.clock.pause(duration_s)
    return core.note(
        "task-done", actor=who, place=task.at or "", task=name, value=duration_s, unit="s", cause=started
    )


def _reliefs_s(core: Core, name: str, air: Air, *, work_s: float) -> float:
    reliefs = air_stints(air, work_s=work_s) - 1
    if not reliefs:
        return 0.0
    path = f"plans.{core.plan_name}.tasks.{name}.air.change"
    return reliefs * core.draw(air.change, path=path, entity=f"task.{name}", purpose="change")


def _finish(world: SimWorld, name: str, task: Task, done: int) -> None:
    core = world.core
    core.moments.stamp(name, done)
    for effect in task.effects:
        effect.apply(world, cause=done)
    if task.milestone:
        core.milestone(task.milestone, cause=done, actor=core.trace.rows[done].actor, place=task.at or "")


def _release(world: SimWorld, task: Task, crew: Crew, *, cause: int) -> None:
    for pool, members in crew.members:
        if not world.force.knows(members[0]):
            pool.release(members, cause=cause)
        elif task.keeps_units:
            world.force.set_state(members, "posted", place=task.at, cause=cause)
        else:
            world.force.set_state(members, "staged", place=task.at, cause=cause)
            pool.release(members, cause=cause)
