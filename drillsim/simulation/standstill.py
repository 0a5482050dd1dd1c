"""Why nothing goes on: who waits for what, held by whom, and who waits for each other in a ring."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from drillsim.response.effects import CallOut, Inform, Message, RaiseLevel
from drillsim.scenario.entries import agencies_of_task

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from drillsim.response.conditions import Condition
    from drillsim.response.effects import Effect
    from drillsim.simulation.core import Core, Wait

__all__ = ["rings", "standing"]

_MAX_RINGS: Final = 20
_OF_TASKS: Final = ("failed.", "mayday.", "out.")
# Waits for a moment that say more than its name.
_AT_A_MOMENT: Final = re.compile(r".+ to take office at (\S+)|corridor .+, open from (\S+)")
_KNOWLEDGE: Final = "knowledge of "
_HOLDER: Final = "somebody to hold "
_CONDITION: Final = "a condition"


def standing(core: Core) -> list[tuple[str, str, float]]:
    """Who waits for what, and since when nothing but that was missing (s); sorted.

    ``what`` ends with why it does not come, as far as the run tells: who has it, with their agencies, further
    ones after a comma, further agencies of one after a plus (``1 x unit pump, held by plug (fire)``); what is
    out of service (``1 x unit pump, out: unit pump since inject.crash``); or tasks that would have brought it
    and were left out (``level.big, left out: raise``).
    """
    made = _makers(core)
    skipped = {row.task for _, row in core.trace.of("task-skipped")}
    found = []
    for who, wait in sorted(core.waits.items()):
        holders = [_with_agency(core, holder) for holder in _holders(core, wait)]
        left_out = {name for moment in _moments(core, who, wait.what) for name in made.get(moment, ())}
        what = wait.what
        if out := _out_of_service(core, wait):
            what += f", out: {out}"
        elif holders:
            what += f", held by {', '.join(holders)}"
        elif left_out and left_out <= skipped:
            what += f", left out: {', '.join(sorted(left_out))}"
        found.append((who, what, _since_s(core, who, wait)))
    return found


def _out_of_service(core: Core, wait: Wait) -> str:
    """The first of the pools wanted that is out, and the inject or task that put it out; empty if none is."""
    for key in sorted(core.resources.short_of(wait.wanted)):
        rows = [row for _, row in core.trace.of("disabled") if row.actor == key[1]]
        if not rows or not core.resources.held_back(key):
            continue
        by = core.trace.rows[rows[-1].cause]
        return f"{key[0]} {key[1]} since {'inject.' if by.event == 'inject' else ''}{by.task}"
    return ""


def _since_s(core: Core, who: str, wait: Wait) -> float:
    """When a wait began, or the last of the other moments that the task comes after, if that was later."""
    task = core.tasks.get(who)
    moments = {moment for event in task.after for moment in core.stands_for(event)} if task else set()
    if wait.what not in moments:
        return wait.since_s
    return max(
        [wait.since_s, *(_time_s(core, moment) for moment in moments if core.moments.happened(moment))]
    )


def _time_s(core: Core, moment: str) -> float:
    row = core.moments.of(moment).value
    assert isinstance(row, int)
    return core.trace.rows[row].time_s


def rings(core: Core) -> list[tuple[str, ...]]:
    """Tasks (and injects) that wait for each other, each for the next, the last for the first; sorted.

    A task waits for who holds what it needs, and for who would bring the moment, order or knowledge it needs;
    a task that keeps its crew waits for the moment it keeps it until. The smallest name comes first.
    """
    graph = _still_going_round(_graph(core))
    found: dict[frozenset[str], tuple[str, ...]] = {}
    for who in sorted(graph):
        ring = _shortest_ring(graph, who)
        if ring is None:
            continue
        names = [_owner(core, name) for name in ring]
        first = names.index(min(names))
        found.setdefault(frozenset(names), tuple(names[first:] + names[:first]))
        if len(found) >= _MAX_RINGS:
            break
    # A longer ring with all of a shorter one in it ends with that one.
    return sorted(ring for members, ring in found.items() if not any(less < members for less in found))


# -- who has it ---------------------------------------------------------------------------------------


def _holders(core: Core, wait: Wait) -> list[str]:
    """Who holds members of those pools wanted that have too few free; of all, if none has."""
    short = core.resources.short_of(wait.wanted)
    names = core.resources.holders(short or wait.wanted)
    return sorted({_owner(core, name).replace(", ", " ") for name in names})


def _owner(core: Core, name: str) -> str:
    """The task for which a wait or a hold stands: ``plug, pair 2`` and ``plug (keeps)`` are ``plug``."""
    first = re.split(r", | \(", name, maxsplit=1)[0]
    return first if first in core.tasks else name


def _with_agency(core: Core, holder: str) -> str:
    task = core.tasks.get(holder)
    agencies = agencies_of_task(core.scenario, core.plan, task) if task is not None else set()
    return f"{holder} ({' + '.join(sorted(agencies))})" if agencies else holder


# -- who waits for whom -------------------------------------------------------------------------------


def _graph(core: Core) -> dict[str, set[str]]:
    """Who waits -> those of the others that wait, too, for whom it waits."""
    made = _makers(core)
    by_owner: dict[str, set[str]] = {}
    for name in core.waits:
        by_owner.setdefault(_owner(core, name), set()).add(name)
    graph = {}
    for who, wait in core.waits.items():
        graph[who] = {name for holder in _holders(core, wait) for name in by_owner.get(holder, ())}
        for moment in _moments(core, who, wait.what):
            # A task that is done and keeps its crew makes nothing more, so its name alone counts.
            graph[who] |= (made.get(moment, set()) | {moment}) & core.waits.keys()
    return graph


def _makers(core: Core) -> dict[str, set[str]]:
    """Moment, ``knowledge of ITEM`` or that with ``(AGENCY)`` -> tasks and injects that would bring it."""
    made: dict[str, set[str]] = {}
    for name, task in core.tasks.items():
        own = (name, task.milestone, task.starts, *(f"{prefix}{name}" for prefix in _OF_TASKS))
        for moment in (*filter(None, own), *_brought(core, task.effects)):
            made.setdefault(moment, set()).add(name)
    for name in core.injects:
        for moment in _brought(core, core.scenario.injects[name].effects):
            made.setdefault(moment, set()).add(f"inject.{name}")
    return made


def _brought(core: Core, effects: Iterable[Effect]) -> Iterator[str]:
    for effect in effects:
        if isinstance(effect, CallOut):
            yield from (f"staged.{unit}" for unit in effect.units)
        elif isinstance(effect, RaiseLevel):
            yield f"level.{effect.level}"
            yield from (f"staged.{unit}" for unit in core.plan.levels[effect.level].calls)
        elif isinstance(effect, Inform) and effect.known:
            yield from _known(effect.item, effect.to or core.scenario.agencies)
        elif isinstance(effect, Message):
            for item in effect.items:
                yield from _known(item, effect.to)


def _known(item: str, agencies: Iterable[str]) -> Iterator[str]:
    yield f"{_KNOWLEDGE}{item}"
    yield from (f"{_KNOWLEDGE}{item} ({agency})" for agency in agencies)


def _moments(core: Core, who: str, what: str) -> Iterator[str]:
    """Moments and knowledge of which a wait speaks."""
    if what.startswith(_HOLDER):
        for holder in core.plan.roles[what.removeprefix(_HOLDER)].held_by:
            office = core.plan.roles[holder].takes_office
            if office is not None:
                yield office
    elif what == _CONDITION:
        for condition in _conditions(core, who):
            yield from condition.happened
            by = f" ({condition.by})" if condition.by is not None else ""
            yield from (f"{_KNOWLEDGE}{item}{by}" for item in condition.known)
            if condition.level is not None:
                yield f"level.{condition.level}"
    elif what.startswith(_KNOWLEDGE) and who in core.tasks:
        agencies = agencies_of_task(core.scenario, core.plan, core.tasks[who])
        yield from (f"{what} ({agency})" for agency in sorted(agencies)) if agencies else (what,)
    else:
        said = _AT_A_MOMENT.fullmatch(what)
        yield next((name for name in said.groups() if name), what) if said else what


def _conditions(core: Core, who: str) -> Iterable[Condition]:
    if who in core.tasks:
        return core.tasks[who].when
    inject = core.scenario.injects.get(who.removeprefix("inject."))
    return inject.when if inject is not None else ()


# -- rings in the graph -------------------------------------------------------------------------------


def _still_going_round(graph: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without those who, however long one goes on, come to somebody who waits for no one."""
    waiters: dict[str, set[str]] = {name: set() for name in graph}
    for name, others in graph.items():
        for other in others:
            waiters[other].add(name)
    left = {name: set(others) for name, others in graph.items()}
    ends = [name for name, others in left.items() if not others]
    while ends:
        end = ends.pop()
        del left[end]
        for waiter in waiters[end] & left.keys():
            left[waiter].discard(end)
            if not left[waiter]:
                ends.append(waiter)
    return left


def _shortest_ring(graph: Mapping[str, set[str]], start: str) -> list[str] | None:
    """From one back to itself over the fewest others, first by name; ``None`` if there is no way back."""
    came_from: dict[str, str] = {}
    level = [start]
    while level:
        following = []
        for name in level:
            for other in sorted(graph[name]):
                if other == start:
                    ring = [name]
                    while ring[-1] != start:
                        ring.append(came_from[ring[-1]])
                    return ring[::-1]
                if other not in came_from:
                    came_from[other] = name
                    following.append(other)
        level = following
    return None
