"""One task of the plan, from the last thing it waits for to its effects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drillsim.simulation.conditions import await_any, holds_any
from drillsim.simulation.lasting import lasting_part, perform
from drillsim.simulation.resources import Grant
from drillsim.simulation.stock import give_back
from drillsim.simulation.work import work

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from simpy.events import Event

    from drillsim.response.plan import Task
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.simulation.resources import Key
    from drillsim.simulation.world import SimWorld

__all__ = ["Crew", "carry_out"]


@dataclass(frozen=True, slots=True)
class Crew:
    """Who and what a task holds while it works."""

    members: Mapping[Key, tuple[str, ...]]
    cause: int

    @property
    def units(self) -> tuple[str, ...]:
        return tuple(name for (kind, _), names in self.members.items() if kind == "unit" for name in names)


def carry_out(world: SimWorld, name: str, task: Task) -> Process:
    """The life of a task: ready, informed, ordered, crewed, on the spot, prepared, at work, done."""
    core = world.core
    cause = yield from _prerequisites(core, name, task)
    if task.when:
        cause = yield from await_any(world, task.when, who=name, cause=cause)
    if task.if_inject in core.dropped or not holds_any(world, task.if_):
        world.pass_over(name, task, cause=cause)
        return
    cause = core.note("task-ready", task=name, cause=cause)
    agencies = world.agencies_of(task)
    cause = yield from world.knowledge.wait(agencies, task.needs, who=name, cause=cause)
    if task.order_by:
        doer = world.doer(task) if task.by else ""
        cause = yield from world.command.order(name, task, doer=doer, cause=cause)
    crew = yield from _crew(world, name, task, cause)
    while world.knowledge.lacking(agencies, task.needs):
        # Whoever is to find it out anew may need this very crew.
        give_back(core, crew.members, cause=crew.cause)
        cause = yield from world.knowledge.wait(agencies, task.needs, who=name, cause=crew.cause)
        crew = yield from _crew(world, name, task, cause)
    cause = crew.cause
    if task.order_by:
        world.command.crew_begins(task.order_by)
    if crew.units:
        cause = yield from world.force.travel(crew.units, task.at, who=name, cause=cause)
    yield from _prepare(world, name, task, crew, cause)
    # What was known may have proved wrong meanwhile.
    cause = yield from world.knowledge.wait(agencies, task.needs, who=name, cause=cause)
    result = yield from work(world, name, task, crew.units, cause=cause)
    if result.succeeded:
        _finish(world, name, task, result.row)
    else:
        core.moments.stamp(f"failed.{name}", result.row)
    cause = yield from result.bring_out()
    if task.air:
        core.moments.stamp(f"out.{name}", cause)
    if task.order_by:
        world.command.crew_ends(task.order_by)
    yield from _let_go(world, name, task, crew, cause=cause)


def _prerequisites(core: Core, name: str, task: Task) -> Generator[Event, int, int]:
    cause = yield core.moments.of("startex")
    for moment in sorted({moment for event in task.after for moment in core.stands_for(event)}):
        with core.waiting(name, moment):
            cause = max(cause, (yield core.moments.of(moment)))
    if task.delay:
        path = f"plans.{core.plan_name}.tasks.{name}.delay"
        yield core.clock.pause(core.draw(task.delay, path=path, entity=f"task.{name}", purpose="delay"))
    return cause


def _crew(world: SimWorld, name: str, task: Task, cause: int) -> Generator[Event, object, Crew]:
    core = world.core
    wanted = {("unit", unit): count for unit, count in sorted(task.by.items())}
    wanted |= {(world.kind_of(use), use): count for use, count in sorted(task.uses.items())}
    if core.bound == "instant":
        wanted = {key: count for key, count in wanted.items() if key[0] != "channel"}
    for role in task.engages:
        wanted |= {("role", holder): 1 for holder in world.command.holders(role)}
    wanted |= _suits(world, task)
    if not wanted:
        return Crew({}, cause)
    what = ", ".join(f"{count} x {kind} {pool}" for (kind, pool), count in wanted.items())
    with core.waiting(name, what, wanted):
        grant = yield core.resources.request(wanted, priority=task.priority, who=name)
    assert isinstance(grant, Grant)
    return Crew(grant.members, core.note("units-granted", task=name, cause=max(cause, grant.cause)))


def _suits(world: SimWorld, task: Task) -> dict[Key, int]:
    """Suits for all of the crew; pairs on air take theirs one by one."""
    suit = world.core.scenario.suits[task.wearing] if task.wearing else None
    if suit is None or suit.stock is None or task.air:
        return {}
    return {("capacity", suit.stock): sum(count * world.force.heads(unit) for unit, count in task.by.items())}


def _prepare(world: SimWorld, name: str, task: Task, crew: Crew, cause: int) -> Process:
    """Set up, and put suits on; pairs on air do so one after the other, as part of the work."""
    core = world.core
    suit = core.scenario.suits[task.wearing] if task.wearing and not task.air else None
    steps = []
    if task.prepare:
        steps.append((task.prepare, f"plans.{core.plan_name}.tasks.{name}.prepare", "prepare"))
    if suit is not None:
        steps.append((suit.don, f"suits.{task.wearing}.don", "don"))
    for draw, path, purpose in steps:
        world.force.set_state(crew.units, "donning", place=task.at, cause=cause)
        yield core.clock.pause(core.draw(draw, path=path, entity=f"task.{name}", purpose=purpose))


def _finish(world: SimWorld, name: str, task: Task, done: int) -> None:
    core = world.core
    if task.milestone != name:
        core.moments.stamp(name, done)
    for effect in task.effects[lasting_part(world, task) :]:
        effect.apply(world, cause=done)
    if task.milestone:
        core.milestone(task.milestone, cause=done, actor=core.trace.rows[done].actor, place=task.at or "")


def _let_go(world: SimWorld, name: str, task: Task, crew: Crew, *, cause: int) -> Generator[Event, int, None]:
    """Crew and what it used come free: at once, at a later moment, or, the units, never."""
    core = world.core
    if task.keeps_until:
        world.force.set_state(crew.units, "posted", place=task.at, cause=cause)
        for moment in core.stands_for(task.keeps_until):
            with core.waiting(f"{name} (keeps)", moment):
                cause = max(cause, (yield core.moments.of(moment)))
    if not task.keeps_until or crew.units:
        state = "posted" if task.keeps_units else "staged"
        world.force.set_state(crew.units, state, place=task.at, cause=cause)
    kept = {key: names for key, names in crew.members.items() if not (task.keeps_units and key[0] == "unit")}
    give_back(core, kept, cause=cause)
