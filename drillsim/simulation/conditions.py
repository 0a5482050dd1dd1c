"""Whether the conditions of tasks and injects hold in a run, and waiting until they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from simpy.events import Event

    from drillsim.response.conditions import Condition
    from drillsim.simulation.world import SimWorld

__all__ = ["await_any", "holds_any"]


def holds_any(world: SimWorld, conditions: Sequence[Condition]) -> bool:
    """Whether one of the conditions holds now; with none given nothing is asked for."""
    return not conditions or any(_holds(world, condition) for condition in conditions)


def await_any(
    world: SimWorld, conditions: Sequence[Condition], *, who: str, cause: int
) -> Generator[Event, int, int]:
    """Wait until one holds; returns the row that made it so, or ``cause`` if one holds already."""
    if holds_any(world, conditions):
        return cause
    with world.core.waiting(who, "a condition"):
        row = yield world.core.watch.until(lambda: holds_any(world, conditions))
    return max(cause, _moment(world, conditions, row))


def _moment(world: SimWorld, conditions: Sequence[Condition], row: int) -> int:
    """The row of the moment that came last, if one came now; else the last row of the turn."""
    core = world.core
    rows: list[int] = [
        int(core.moments.of(event).value or 0)
        for condition in conditions
        if _holds(world, condition)
        for event in condition.happened
    ]
    last = max(rows, default=-1)
    return last if last >= 0 and core.trace.rows[last].time_s == core.now_s else row


def _holds(world: SimWorld, condition: Condition) -> bool:
    core, moments = world.core, world.core.moments
    if not all(moments.happened(event) for event in condition.happened):
        return False
    if any(moments.happened(event) for event in condition.not_happened):
        return False
    knows = world.knowledge.knows
    if not all(knows(condition.by, item) for item in condition.known):
        return False
    if any(knows(condition.by, item) for item in condition.unknown):
        return False
    if condition.casualties is not None and _casualties(world) < condition.casualties:
        return False
    if condition.level is not None and world.level < core.plan.levels[condition.level].rank:
        return False
    return _reached(world, condition) and _wind_is_from(world, condition)


def _casualties(world: SimWorld) -> float:
    return sum(row.value or 0.0 for _, row in world.core.trace.of("casualty"))


def _reached(world: SimWorld, condition: Condition) -> bool:
    asked = condition.reached
    if asked is None:
        return True
    space = world.core.facility.space_index[asked.at]
    return world.dangers.holds(asked.hazard, asked.threshold, space)


def _wind_is_from(world: SimWorld, condition: Condition) -> bool:
    if condition.wind_from is None:
        return True
    first, second = condition.wind_from
    now = world.dangers.weather.at(world.core.now_s).from_deg
    return (now - first) % 360.0 <= (second - first) % 360.0
