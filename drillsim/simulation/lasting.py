"""Effects that take time of their own: rounds, messages and calls over a channel, decontamination."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drillsim.response.effects import CallOut, Decontaminate, Message, Search, Sweep

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

    from drillsim.response.effects import Effect
    from drillsim.response.plan import Task
    from drillsim.simulation.world import SimWorld

__all__ = ["decontaminate", "lasting_part", "lasts", "lasts_s", "pass_on", "perform"]


def lasts(world: SimWorld, effect: Effect) -> bool:
    """Whether the effect takes time, in which who carries it out is at work."""
    if isinstance(effect, CallOut):
        return world.calls.takes_time(units=effect.units, over=effect.over)
    return isinstance(effect, (Search, Message, Decontaminate)) or (
        isinstance(effect, Sweep) and effect.each_s > 0.0
    )


def lasting_part(world: SimWorld, task: Task) -> int:
    """How many of the effects are part of the work: up to the last that takes time."""
    if not task.effects:
        return 0
    return max((number for number, effect in enumerate(task.effects, 1) if lasts(world, effect)), default=0)


def lasts_s(world: SimWorld, effect: Effect) -> float:
    """Time of a round, s; 0 for what queues, whose time nobody knows beforehand."""
    return world.evacuees.rounds.lasts_s(effect) if isinstance(effect, (Search, Sweep)) else 0.0


def perform(
    world: SimWorld,
    effect: Effect,
    *,
    who: str,
    content: str,
    task: Task | None,
    units: tuple[str, ...],
    cause: int,
) -> Generator[Event, object, int]:
    """Carry an effect out; ``content`` names it apart from all others. Returns the last row."""
    if not lasts(world, effect):
        effect.apply(world, cause=cause)
        return cause
    priority = task.priority if task else 5
    if isinstance(effect, (Search, Sweep)):
        yield from world.evacuees.rounds.go(effect, cause=cause)
        return cause
    if isinstance(effect, CallOut):
        return (
            yield from world.calls.call(
                units=effect.units,
                over=effect.over,
                group=effect.group,
                sender=world.doer(task) if task else "",
                content=content,
                who=who,
                priority=priority,
                cause=cause,
            )
        )
    if isinstance(effect, Message):
        sender = effect.sender or (world.doer(task) if task else "")
        return (
            yield from pass_on(
                world, effect, sender=sender, content=content, who=who, priority=priority, cause=cause
            )
        )
    assert isinstance(effect, Decontaminate)
    return (yield from decontaminate(world, effect, units, who=who, priority=priority, cause=cause))


def pass_on(
    world: SimWorld,
    message: Message,
    *,
    sender: str,
    content: str,
    who: str,
    priority: int,
    cause: int,
) -> Generator[Event, object, int]:
    """To each in turn, or to all at once; who has heard it knows what the sender knew."""
    radio, learn = world.radio, world.knowledge.learn
    known = [item for item in message.items if world.knowledge.knows(sender or None, item)]

    def still(items: list[str]) -> list[str]:
        """Those that have not proved wrong while they were on their way."""
        return [item for item in items if world.knowledge.knows(sender or None, item)]

    if message.group and message.over is not None and not radio.one_by_one(message.over):
        cause = yield from radio.broadcast(
            content=content,
            sender=sender,
            to=message.to,
            over=message.over,
            who=who,
            priority=priority,
            cause=cause,
        )
        for item in still(known):
            learn(item, to=message.to, cause=cause)
        return cause
    for agency in message.to:
        cause = yield from radio.say(
            content=f"{content}.{agency}",
            sender=sender,
            to=agency,
            over=message.over,
            who=who,
            priority=priority,
            cause=cause,
        )
        for item in still(known):
            learn(item, to=(agency,), cause=cause)
    return cause


def decontaminate(
    world: SimWorld,
    effect: Decontaminate,
    units: tuple[str, ...],
    *,
    who: str,
    priority: int,
    cause: int,
) -> Generator[Event, object, int]:
    """All of the crew, or so many people, go through the corridor."""
    people = effect.people or world.force.people(units)
    if effect.people is None:
        cause = world.force.set_state(units, "decon", place=None, cause=cause)
    return (
        yield from world.corridors.go(
            corridor=effect.corridor, people=people, who=who, priority=priority, cause=cause
        )
    )
