"""One task of the plan, from the last thing it waits for to its effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from drillsim.simulation.conditions import await_any, holds_any
from drillsim.simulation.lasting import lasting_part
from drillsim.simulation.resources import made
from drillsim.simulation.stock import give_back, suits_wanted
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


class Crew(NamedTuple):
    """Who and what a task holds while it works; ``units`` are those of its members that are units."""

    members: Mapping[Key, tuple[str, ...]]
    units: tuple[str, ...]


_NOBODY: Final = Crew({}, ())


def carry_out(world: SimWorld, name: str, task: Task) -> Process:
    """The life of a task: ready, informed, ordered, crewed, on the spot, prepared, at work, done."""
    core = world.core
    cause = yield from _prerequisites(core, name, task)
    if task.when:
        cause = yield from await_any(world, task.when, who=name, cause=cause)
    if task.if_inject in core.dropped or (task.if_ and not holds_any(world, task.if_)):
        world.pass_over(name, task, cause=cause)
        return
    cause = core.note("task-ready", task=name, cause=cause)
    agencies: tuple[str, ...] = ()
    if task.needs:
        if task.order_by and not task.by:  # whoever will give the order must know
            cause = yield from world.command.await_office(task.order_by, who=name, cause=cause)
        agencies = world.agencies_of(task)
        cause = yield from world.knowledge.wait(agencies, task.needs, who=name, cause=cause)
    if task.order_by:
        doer = world.doer(task) if task.by else ""
        cause = yield from world.command.order(name, task, doer=doer, cause=cause)
    crew, cause = yield from _ready_crew(world, name, task, agencies, cause)
    result = yield from work(world, name, task, crew.units, cause=cause)
    if result.succeeded:
        _finish(world, name, task, result.row)
    else:
        core.moments.stamp(f"failed.{name}", result.row)
    cause = result.row
    if result.entry:
        cause = yield from result.entry.bring_out()
        core.moments.stamp(f"out.{name}", cause)
    if task.order_by:
        world.command.crew_ends(task.order_by)
    if task.keeps_until and result.succeeded:
        cause = yield from _keep(world, name, task.keeps_until, crew, at=task.crew_at, cause=cause)
    _let_go(world, task, crew, stays=task.keeps_units and result.succeeded, cause=cause)


def _ready_crew(
    world: SimWorld, name: str, task: Task, agencies: tuple[str, ...], cause: int
) -> Generator[Event, Any, tuple[Crew, int]]:
    """The crew on the spot, prepared, with what it must know; if that proved wrong it is free meanwhile."""
    core, knowledge = world.core, world.knowledge
    prepared: tuple[str, ...] | None = None
    while True:
        wanted = _wanted(world, name, task)
        crew = _NOBODY
        if wanted:
            request = core.resources.request(wanted, priority=task.priority, who=name)
            if request.triggered:
                members, freed = yield request
            else:
                core.waits_for(name, "", wanted)
                members, freed = yield request
                core.waits.pop(name, None)
            crew = _crew(members)
            cause = core.note("units-granted", task=name, cause=max(cause, freed))
        if not (task.needs and knowledge.lacking(agencies, task.needs)):
            if task.order_by:
                world.command.crew_begins(task.order_by)
            if crew.units and task.at:
                cause = yield from world.force.travel(crew.units, task.crew_at, who=name, cause=cause)
            if (task.prepare or task.wearing) and prepared != crew.units:
                yield from _prepare(world, name, task, crew, cause)
                prepared = crew.units
            if not (task.needs and knowledge.lacking(agencies, task.needs)):
                return crew, cause
            if task.order_by:
                world.command.crew_ends(task.order_by)
            cause = world.force.set_state(crew.units, "staged", place=None, cause=cause)
        # Whoever is to find it out anew may need this very crew; nothing was used.
        for key, names in crew.members.items():
            core.resources.release(key, names, cause=cause)
        cause = yield from knowledge.wait(agencies, task.needs, who=name, cause=cause)


def _prerequisites(core: Core, name: str, task: Task) -> Generator[Event, int, int]:
    moments = core.moments
    cause = moments.row("startex")
    if cause is None:
        cause = yield moments.of("startex")
    for moment in core.stand_for(task.after):
        row = moments.row(moment)
        if row is None:
            core.waits_for(name, moment)
            row = yield moments.of(moment)
            core.waits.pop(name, None)
        if row > cause:
            cause = row
    if task.delay:
        path = f"plans.{core.plan_name}.tasks.{name}.delay"
        yield core.clock.pause(core.draw(task.delay, path=path, entity=f"task.{name}", purpose="delay"))
    return cause


def _crew(members: Mapping[Key, tuple[str, ...]]) -> Crew:
    units: tuple[str, ...] = ()
    for (kind, _), names in members.items():
        if kind == "unit":
            units += names
    return made(Crew, (members, units))


def _wanted(world: SimWorld, name: str, task: Task) -> Mapping[Key, int]:
    """What a task takes before it works: units, what it uses, whose attention it holds, suits."""
    core = world.core
    units = core.crews.get(name)
    if units is None:
        units = core.crews[name] = {("unit", unit): count for unit, count in sorted(task.by.items())}
    if not (task.uses or task.engages or task.wearing):
        return units
    wanted = dict(units)
    for use, count in sorted(task.uses.items()):
        kind = world.kind_of(use)
        wanted[kind, world.radio.working(use) if kind == "channel" else use] = count
    if core.bound == "instant":
        wanted = {key: count for key, count in wanted.items() if key[0] != "channel"}
    for role in task.engages:
        wanted |= {("role", holder): 1 for holder in world.command.holders(role)}
    for key, count in suits_wanted(world, task, task.by).items():
        wanted[key] = wanted.get(key, 0) + count
    return wanted


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
        world.force.set_state(crew.units, "donning", place=task.crew_at, cause=cause)
        yield core.clock.pause(core.draw(draw, path=path, entity=f"task.{name}", purpose=purpose))


def _finish(world: SimWorld, name: str, task: Task, done: int) -> None:
    core = world.core
    if task.milestone != name:
        core.moments.stamp(name, done)
    if task.effects:
        for effect in task.effects[lasting_part(world, task) :]:
            effect.apply(world, cause=done)
    if task.milestone:
        core.milestone(task.milestone, cause=done, actor=core.trace.rows[done].actor, place=task.at or "")


def _keep(
    world: SimWorld, name: str, until: str, crew: Crew, *, at: str | None, cause: int
) -> Generator[Event, int, int]:
    """Crew and what it uses stay with the task until a moment."""
    core = world.core
    world.force.set_state(crew.units, "posted", place=at, cause=cause)
    for moment in core.stands_for(until):
        with core.waiting(f"{name} (keeps)", moment):
            cause = max(cause, (yield core.moments.of(moment)))
    return cause


def _let_go(world: SimWorld, task: Task, crew: Crew, *, stays: bool, cause: int) -> None:
    """Crew and what it used come free; units that stay at their post never do."""
    state = "posted" if stays else "staged"
    world.force.set_state(crew.units, state, place=task.crew_at, cause=cause)
    kept = crew.members
    if stays:
        kept = {key: names for key, names in kept.items() if key[0] != "unit"}
    give_back(world.core, kept, cause=cause)
