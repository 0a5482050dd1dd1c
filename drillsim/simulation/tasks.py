"""One task of the plan, from the last thing it waits for to its effects."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeGuard

from drillsim.response.effects import Search, Sweep
from drillsim.simulation.resources import Grant

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from simpy.events import Event

    from drillsim.response.effects import Effect, Round
    from drillsim.response.spec import Air, Task
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.simulation.resources import Key
    from drillsim.simulation.world import SimWorld

__all__ = ["Crew", "air_stints", "carry_out"]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who and what a task holds while it works."""

    members: Mapping[Key, tuple[str, ...]]
    cause: int

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(name for (kind, _), names in self.members.items() if kind == "unit" for name in names)


def air_stints(air: Air, *, work_s: float) -> int:
    """How many crews in turn a piece of work on air takes: ceil(work / (usable - ways - decon))."""
    stint_s = air.usable_s - 2.0 * air.way_s - air.decon_s
    return max(1, math.ceil(work_s / stint_s - 1e-9))


def carry_out(world: SimWorld, name: str, task: Task) -> Process:
    """The life of a task: ready, informed, ordered, crewed, on the spot, prepared, at work, done."""
    core = world.core
    cause = yield from _prerequisites(core, name, task)
    cause = core.note("task-ready", task=name, cause=cause)
    cause = yield from _information(world, name, task, cause)
    if task.order_by:
        cause = yield from _order(core, name, task, cause)
    crew = yield from _crew(core, name, task, cause)
    while not _informed(world, task):
        # Whoever is to find it out anew may need this very crew.
        _hand_back(core, crew)
        cause = yield from _information(world, name, task, crew.cause)
        crew = yield from _crew(core, name, task, cause)
    cause = crew.cause
    if crew.units:
        cause = yield from world.force.travel(crew.units, task.at, who=name, cause=cause)
    if task.prepare:
        world.force.set_state(crew.units, "donning", place=task.at, cause=cause)
        path = f"plans.{core.plan_name}.tasks.{name}.prepare"
        yield core.clock.pause(core.draw(task.prepare, path=path, entity=f"task.{name}", purpose="prepare"))
    # What was known may have proved wrong meanwhile.
    cause = yield from _information(world, name, task, cause)
    done = yield from _work(world, name, task, crew, cause)
    _finish(world, name, task, done)
    _release(world, task, crew, cause=done)


def _prerequisites(core: Core, name: str, task: Task) -> Generator[Event, int, int]:
    cause = yield core.moments.of("startex")
    for moment in sorted({moment for event in task.after for moment in core.stands_for(event)}):
        with core.waiting(name, moment):
            cause = max(cause, (yield core.moments.of(moment)))
    return cause


def _informed(world: SimWorld, task: Task) -> bool:
    return all(world.known(item) for item in task.needs)


def _information(world: SimWorld, name: str, task: Task, cause: int) -> Generator[Event, int, int]:
    while missing := [item for item in sorted(task.needs) if not world.known(item)]:
        with world.core.waiting(name, f"knowledge of {missing[0]}"):
            cause = max(cause, (yield world.news(missing[0])))
    return cause


def _order(core: Core, name: str, task: Task, cause: int) -> Generator[Event, object, int]:
    assert task.order_by is not None
    role = core.plan.roles[task.order_by]
    for office in core.stands_for(role.takes_office) if role.takes_office else ():
        with core.waiting(name, f"{task.order_by} to take office at {office}"):
            taken = yield core.moments.of(office)
        assert isinstance(taken, int)
        cause = max(cause, taken)
    asked = core.note("order-asked", actor=task.order_by, task=name, cause=cause)
    wanted = {("role", task.order_by): 1}
    with core.waiting(name, f"an order of {task.order_by}", wanted):
        grant = yield core.resources.request(wanted, priority=task.priority, who=name)
    assert isinstance(grant, Grant)
    decides_s = core.draw(
        role.decides,
        path=f"plans.{core.plan_name}.roles.{task.order_by}.decides",
        entity=f"task.{name}",
        purpose="decision",
    )
    yield core.clock.pause(decides_s)
    given = core.note("order-given", actor=task.order_by, task=name, cause=max(asked, grant.cause))
    _hand_back(core, Crew(grant.members, given))
    return given


def _crew(core: Core, name: str, task: Task, cause: int) -> Generator[Event, object, Crew]:
    wanted = {("unit", unit): count for unit, count in sorted(task.by.items())}
    wanted |= {("capacity", use): count for use, count in sorted(task.uses.items())}
    if not wanted:
        return Crew({}, cause)
    what = ", ".join(f"{count} x {kind} {pool}" for (kind, pool), count in wanted.items())
    with core.waiting(name, what, wanted):
        grant = yield core.resources.request(wanted, priority=task.priority, who=name)
    assert isinstance(grant, Grant)
    return Crew(grant.members, core.note("units-granted", task=name, cause=max(cause, grant.cause)))


def _hand_back(core: Core, crew: Crew) -> None:
    for key, members in crew.members.items():
        core.resources.release(key, members, cause=crew.cause)


def _work(world: SimWorld, name: str, task: Task, crew: Crew, cause: int) -> Generator[Event, object, int]:
    core = world.core
    units = crew.units
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
    rounds_s = sum(world.evacuees.rounds.lasts_s(effect) for effect in task.effects if _is_round(effect))
    if task.air:
        duration_s += _reliefs_s(core, name, task.air, work_s=takes_s + rounds_s)
    yield core.clock.pause(duration_s)
    yield from _go_rounds(world, task, started)
    duration_s += rounds_s
    return core.note(
        "task-done", actor=who, place=task.at or "", task=name, value=duration_s, unit="s", cause=started
    )


def _is_round(effect: Effect) -> TypeGuard[Round]:
    """Whether an effect takes time of its own, in which the units are at work."""
    return isinstance(effect, Search) or (isinstance(effect, Sweep) and effect.each_s > 0.0)


def _with_rounds(task: Task) -> int:
    """How many of the effects are part of the work: up to the last round."""
    return max((number for number, effect in enumerate(task.effects, 1) if _is_round(effect)), default=0)


def _go_rounds(world: SimWorld, task: Task, cause: int) -> Process:
    """The rounds of a task, and the effects written before them, in the order written."""
    for effect in task.effects[: _with_rounds(task)]:
        if _is_round(effect):
            yield from world.evacuees.rounds.go(effect, cause=cause)
        else:
            effect.apply(world, cause=cause)


def _reliefs_s(core: Core, name: str, air: Air, *, work_s: float) -> float:
    reliefs = air_stints(air, work_s=work_s) - 1
    if not reliefs:
        return 0.0
    path = f"plans.{core.plan_name}.tasks.{name}.air.change"
    return reliefs * core.draw(air.change, path=path, entity=f"task.{name}", purpose="change")


def _finish(world: SimWorld, name: str, task: Task, done: int) -> None:
    core = world.core
    if task.milestone != name:
        core.moments.stamp(name, done)
    for effect in task.effects[_with_rounds(task) :]:
        effect.apply(world, cause=done)
    if task.milestone:
        core.milestone(task.milestone, cause=done, actor=core.trace.rows[done].actor, place=task.at or "")


def _release(world: SimWorld, task: Task, crew: Crew, *, cause: int) -> None:
    for key, members in crew.members.items():
        is_unit = key[0] == "unit"
        stays = is_unit and task.keeps_units
        if is_unit:
            world.force.set_state(members, "posted" if stays else "staged", place=task.at, cause=cause)
        if not stays:
            world.core.resources.release(key, members, cause=cause)
