"""What must come before what in a plan: the graph in which circles are looked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from drillsim.response.conditions import Condition
from drillsim.response.effects import CallOut, Decontaminate, Effect, Inform, Message, RaiseLevel
from drillsim.response.plan import Plan, Task
from drillsim.scenario.entries import agencies_of_task
from drillsim.scenario.model import Scenario

__all__ = ["BEGINS", "KNOWLEDGE", "before", "circles", "offices", "shown", "waits_of"]

BEGINS: Final = " begins"  # no name holds a blank
KNOWLEDGE: Final = "knowledge of "
_MAX_CIRCLES: Final = 20
_TRAIL: Final = 10  # tasks of a circle that a message names
_OF_TASKS: Final = ("failed.", "mayday.", "out.")


def waits_of(scenario: Scenario, plan: Plan) -> dict[str, list[str]]:
    """Event -> events that must all come before it; of several that would do, none is said to be needed.

    ``TASK begins`` stands for the moment a task has all that it waits for, ``TASK`` for its end,
    ``knowledge of ITEM`` for the moment anybody knows it, with ``(AGENCY)`` after it for one agency.
    """
    waits: dict[str, set[str]] = {}
    makers: dict[str, list[str]] = {}
    for name, task in plan.tasks.items():
        _add_task(scenario, plan, name, task, waits, makers)
    for name, inject in scenario.injects.items():
        if inject.latest_s is None:  # else it comes to nothing in time, and holds up nobody
            waits[f"inject.{name}"] = _needed(plan, inject.when) | ({inject.after} if inject.after else set())
        for made in _made_by_effects(scenario, plan, inject.effects):
            makers.setdefault(made, []).append(f"inject.{name}")
        for made in _made_by_effects(scenario, plan, inject.fallback_effects):
            makers.setdefault(made, []).append("")  # it may come without the inject
    for name, entry in scenario.milestones.items():
        if entry.when is not None:
            makers.setdefault(name, []).append(entry.when.after)
    waits |= _knowledge(scenario, plan)
    for event, sources in makers.items():
        if len(sources) == 1 and event not in waits:
            waits[event] = set(sources)
    return {name: sorted(events & waits.keys()) for name, events in waits.items()}


def _add_task(
    scenario: Scenario,
    plan: Plan,
    name: str,
    task: Task,
    waits: dict[str, set[str]],
    makers: dict[str, list[str]],
) -> None:
    begins = f"{name}{BEGINS}"
    called_for = {*task.after, *_needed(plan, task.when)}
    waits[begins] = called_for | offices(plan, task.order_by) | _to_know(scenario, plan, task)
    # Whoever is left out by `if` neither asks for an order nor for news, and others go on.
    over = called_for if task.if_ else {begins}
    opens = {
        corridor.opens
        for effect in task.effects
        if isinstance(effect, Decontaminate)
        and (corridor := scenario.corridors.get(effect.corridor)) is not None
        and corridor.opens is not None
    }
    waits[name] = {*over, *opens}
    for prefix in _OF_TASKS:
        waits[f"{prefix}{name}"] = {begins}
    waits[f"out.{name}"] = set(over)
    if task.air is not None and task.air.corridor in scenario.corridors:
        corridor = scenario.corridors[task.air.corridor]
        waits[f"out.{name}"] |= {corridor.opens} if corridor.opens else set()
    if task.milestone is not None and task.milestone != name:
        makers.setdefault(task.milestone, []).append(name)
    if task.starts is not None and task.starts not in (name, task.milestone):
        makers.setdefault(task.starts, []).append(name if task.if_ else begins)
    for made in _made_by_effects(scenario, plan, task.effects):
        makers.setdefault(made, []).append(begins)


def _needed(plan: Plan, conditions: Iterable[Condition]) -> set[str]:
    """Moments that every one of the conditions asks for."""
    asked = [
        {
            *condition.happened,
            *_highest(plan, condition.level),
            *(_knows(item, condition.by) for item in condition.known),
        }
        for condition in conditions
    ]
    return set.intersection(*asked) if asked else set()


def _highest(plan: Plan, level: str | None) -> set[str]:
    """The moment of a level, if no other of the plan's would do."""
    if level not in plan.levels:
        return set()
    enough = [name for name, entry in plan.levels.items() if entry.rank >= plan.levels[level].rank]
    return {f"level.{level}"} if enough == [level] else set()


def offices(plan: Plan, role: str | None, seen: frozenset[str] = frozenset()) -> set[str]:
    """Moments that must come before anybody decides as this role."""
    entry = plan.roles.get(role) if role else None
    if entry is None or role in seen:
        return set()
    assert role is not None
    own = {entry.takes_office} if entry.takes_office is not None else set()
    holders = [offices(plan, holder, seen | {role}) for holder in entry.held_by]
    return own | (set.intersection(*holders) if holders else set())


def _made_by_effects(scenario: Scenario, plan: Plan, effects: Iterable[Effect]) -> set[str]:
    units = {name: unit for agency in scenario.agencies.values() for name, unit in agency.units.items()}
    called: set[str] = set()
    made: set[str] = set()
    for effect in effects:
        if isinstance(effect, CallOut):
            called |= set(effect.units)
        elif isinstance(effect, RaiseLevel):
            made.add(f"level.{effect.level}")
            level = plan.levels.get(effect.level)
            called |= set(level.calls) if level is not None else set()
    return made | {f"staged.{unit}" for unit in called if unit in units and not units[unit].on_site}


# -- who knows what -----------------------------------------------------------------------------------


def _knows(item: str, agency: str | None) -> str:
    return f"{KNOWLEDGE}{item}" if agency is None else f"{KNOWLEDGE}{item} ({agency})"


def _to_know(scenario: Scenario, plan: Plan, task: Task) -> set[str]:
    """What those who do a task, or the one agency that may order it, must know."""
    agencies = agencies_of_task(scenario, plan, task) if task.needs else set()
    who = sorted(agencies) if task.by or len(agencies) == 1 else [None]
    return {_knows(item, agency) for item in task.needs for agency in who}


def _knowledge(scenario: Scenario, plan: Plan) -> dict[str, set[str]]:
    """Knowledge that can come from one task or inject only -> that one, and what its sender knows before."""
    sources: dict[str, dict[str, set[str]]] = {}
    for event, effect, senders in _informing(scenario, plan):
        if isinstance(effect, Inform):
            for agency in (None, *(effect.to or scenario.agencies)):
                sources.setdefault(_knows(effect.item, agency), {})[event] = set()
            continue
        for item in effect.items:
            # Where an agency speaks somebody knew before; only the controller makes it known.
            for agency in effect.to if senders else (None, *effect.to):
                own = {_knows(item, *senders)} if len(senders) == 1 else set()
                events = sources.setdefault(_knows(item, agency), {})
                events[event] = events[event] & own if event in events else own
    return {
        told: {*events, *set().union(*events.values())}
        for told, events in sources.items()
        if len(events) == 1
    }


def _informing(scenario: Scenario, plan: Plan) -> Iterator[tuple[str, Inform | Message, set[str]]]:
    """What a plan's tasks and injects say: from which moment on, and who may send it; none: controller."""
    for name, task in plan.tasks.items():
        for effect in task.effects:
            if isinstance(effect, Message):
                sender = {effect.sender} if effect.sender else agencies_of_task(scenario, plan, task)
                yield f"{name}{BEGINS}", effect, sender
            elif isinstance(effect, Inform) and effect.known:
                yield f"{name}{BEGINS}", effect, set()
    for name, inject in scenario.injects.items():
        for effect in (*inject.effects, *inject.fallback_effects):
            # The fallback may come without the inject: a source that waits for nothing.
            event = f"inject.{name}" if inject.latest_s is None else ""
            if isinstance(effect, Message) or (isinstance(effect, Inform) and effect.known):
                yield event, effect, set()


def before(waits: Mapping[str, Iterable[str]], event: str) -> set[str]:
    """Everything that must have come before an event."""
    found: set[str] = set()
    pending = [event]
    while pending:
        for earlier in waits.get(pending.pop(), ()):
            if earlier not in found:
                found.add(earlier)
                pending.append(earlier)
    return found


def circles(waits: Mapping[str, Iterable[str]]) -> Iterator[list[str]]:
    """One circle for each knot, its smallest name first; without recursion."""
    state: dict[str, int] = {}
    found = 0
    for root in sorted(waits):
        if root in state or found >= _MAX_CIRCLES:
            continue
        trail = [root]
        pending = [iter(waits[root])]
        state[root] = 1
        while trail:
            below = next(pending[-1], None)
            if below is None:
                state[trail.pop()] = 2
                pending.pop()
            elif state.get(below) == 1 and found < _MAX_CIRCLES:
                circle = trail[trail.index(below) :][::-1]
                first = circle.index(min(circle))
                found += 1
                yield circle[first:] + circle[:first]
            elif below not in state:
                state[below] = 1
                trail.append(below)
                pending.append(iter(waits.get(below, ())))


def shown(circle: Iterable[str]) -> list[str]:
    """The circle as messages name it: a task once, begun or done; the middle of a long one left out."""
    names: list[str] = []
    for event in circle:
        name = event.removesuffix(BEGINS)
        if not names or names[-1] != name:
            names.append(name)
    if len(names) > 1 and names[0] == names[-1]:
        del names[-1]
    return names if len(names) <= _TRAIL else [*names[: _TRAIL - 1], f"{len(names) - _TRAIL + 1} more"]
