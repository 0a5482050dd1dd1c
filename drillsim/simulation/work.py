"""The work of a task: a time, an effort shared by a crew, stints on air, effects that last; it may fail."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simpy.events import Event

from drillsim.simulation.effort import send_off, share_effort
from drillsim.simulation.entries import work_on_air
from drillsim.simulation.lasting import lasting_part, lasts_s, perform
from drillsim.simulation.resources import made

if TYPE_CHECKING:
    from collections.abc import Generator

    from drillsim.response.plan import Failure, Task
    from drillsim.simulation.effort import Helpers
    from drillsim.simulation.entries import Entry
    from drillsim.simulation.world import SimWorld

__all__ = ["Result", "work"]


class Result(NamedTuple):
    """Whether the work came to something, its last row, and who is still inside."""

    succeeded: bool
    row: int
    entry: Entry | None = None


def work(
    world: SimWorld, name: str, task: Task, units: tuple[str, ...], *, cause: int
) -> Generator[Event, object, Result]:
    """Do the work, again where it fails and another attempt is left."""
    core = world.core
    who = ", ".join(units) or task.order_by or ""
    began_s = core.clock.now
    started = core.note(
        "task-started",
        actor=who,
        place=task.at or "",
        task=name,
        value=float(world.force.people(units)),
        unit="p",
        cause=cause,
    )
    if task.starts and not task.air:
        core.milestone(task.starts, cause=started, actor=who, place=task.at or "")
    last, entry = started, None
    helpers: Helpers = []
    for attempt in range(1, (task.fails.attempts if task.fails else 1) + 1):
        takes_s = _takes_s(world, name, task, attempt)
        fails = task.fails is not None and _fails(world, name, task.fails, attempt)
        if task.air:
            entry, last = yield from _on_air(world, name, task, units, takes_s, entry, last, fails=fails)
        else:
            suit = core.scenario.suits[task.wearing] if task.wearing else None
            state = "on-air" if suit is not None and suit.with_air else "working"
            world.force.set_state(units, state, place=task.at, cause=last)
            if suit is not None and takes_s > (
                longest_s := suit.longest_s(core.scenario.weather.temperature_k)
            ):
                words = f"{takes_s / 60:.1f} min in the suit; the heat allows {longest_s / 60:.1f} min"
                core.note("flag", actor=name, task=words, cause=last)
            yield core.clock.pause(takes_s)
            if task.effort:
                helpers = yield from share_effort(world, name, task, units, attempt=attempt, cause=last)
            if task.effects and not fails:  # what comes to nothing has no effect
                last = yield from _lasting(world, name, task, units, last)
        if not fails:
            row = core.note(
                "task-done",
                actor=who,
                place=task.at or "",
                task=name,
                value=core.clock.now - began_s,
                unit="s",
                cause=last,
            )
            if helpers:
                send_off(world, helpers, cause=row)
            return made(Result, (True, row, entry))
        last = core.note("task-failed", actor=who, task=name, value=float(attempt), cause=last)
        send_off(world, helpers, cause=last)
    return Result(False, last, entry)


def _takes_s(world: SimWorld, name: str, task: Task, attempt: int) -> float:
    core = world.core
    if core.bound == "instant" and any(use in core.scenario.channels for use in task.uses):
        return 0.0  # the task is the talk
    path = f"plans.{core.plan_name}.tasks.{name}.takes"
    purpose = "takes" if attempt == 1 else f"takes.{attempt}"
    return core.draw(task.takes, path=path, entity=f"task.{name}", purpose=purpose)


def _fails(world: SimWorld, name: str, failure: Failure, attempt: int) -> bool:
    return world.core.streams.uniform(f"task.{name}", f"fails.{attempt}") < failure.chance


def _on_air(
    world: SimWorld,
    name: str,
    task: Task,
    units: tuple[str, ...],
    takes_s: float,
    before: Entry | None,
    cause: int,
    *,
    fails: bool,
) -> Generator[Event, object, tuple[Entry, int]]:
    """Stints for the work and its rounds; a further attempt begins when those inside are out."""
    if before is not None:
        cause = yield from before.bring_out()
    core, air = world.core, task.air
    assert air is not None
    lasting = task.effects[: lasting_part(world, task)]
    work_s = takes_s + sum(lasts_s(world, effect) for effect in lasting)
    went_in = Event(core.clock)
    acts = bool(lasting) and not fails
    rounds = core.clock.process(_rounds(world, name, task, units, air.way_s + takes_s, went_in, acts=acts))
    entry = yield from work_on_air(
        world, name, task, units, work_s=work_s, cause=cause, went_in=went_in, before=before
    )
    last = entry.row
    if acts:
        late = rounds.is_alive
        told = yield rounds
        assert isinstance(told, int)
        last = told if late else last  # a message that waited for a line is what ended the work
    return entry, last


def _rounds(
    world: SimWorld,
    name: str,
    task: Task,
    units: tuple[str, ...],
    begin_s: float,
    went_in: Event,
    *,
    acts: bool,
) -> Generator[Event, object, int]:
    """What lasts, as the pairs inside get to it; reliefs do not hold it up."""
    cause = yield went_in
    assert isinstance(cause, int)
    if task.starts:
        actor = world.core.trace.rows[cause].actor
        world.core.milestone(task.starts, cause=cause, actor=actor, place=task.at or "")
    if not acts:
        return cause
    yield world.core.clock.timeout(begin_s)
    return (yield from _lasting(world, name, task, units, cause))


def _lasting(
    world: SimWorld, name: str, task: Task, units: tuple[str, ...], cause: int
) -> Generator[Event, object, int]:
    """Effects that take time, and those written before them, in the order written."""
    for number, effect in enumerate(task.effects[: lasting_part(world, task)]):
        cause = yield from perform(
            world, effect, who=name, content=f"{name}.{number}", task=task, units=units, cause=cause
        )
    return cause
