"""Where responders stood or worked, from when until when, and whether they breathed air of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from drillsim.simulation.world import SimWorld

__all__ = ["Stay", "unit_stays"]


class Stay(NamedTuple):
    """People of a unit in a space; fewer than none where a pair has left those who stand there."""

    unit: str
    space: int
    since_s: float
    until_s: float
    people: int
    on_air: bool


_AT_WORK: Final = frozenset({"working", "on-air", "donning", "decon", "rehab", "posted", "staged"})


def unit_stays(world: SimWorld, end_s: float) -> list[Stay]:
    """Where each unit was at work, by its states; pairs on air are where they went in."""
    index, found = world.core.facility.space_index, []
    open_: dict[str, tuple[int, float, bool]] = {}
    inside: dict[str, tuple[int, float, int]] = {}
    outside: set[str] = set()  # units that stand at an entry point, without air, while pairs are on air
    crews: dict[str, list[str]] = {}  # by task at work
    for row in world.core.trace.rows:
        if row.event == "task-started":
            crews[row.task] = row.actor.split(", ")
        elif row.event == "unit-state":
            if row.actor in open_:
                space, since_s, on_air = open_.pop(row.actor)
                people = world.force.people((row.actor,))
                found.append(Stay(row.actor, space, since_s, row.time_s, people, on_air))
            if row.task in _AT_WORK:
                on_air = row.task == "on-air" and row.actor not in outside
                open_[row.actor] = (index[row.place], row.time_s, on_air)
        elif row.event == "entry" and row.place:
            unit = row.actor.partition(" pair ")[0]
            if unit in open_ and open_[unit][0] != index[row.place]:
                inside[row.actor] = (index[row.place], row.time_s, open_[unit][0])
                outside.update(crews.get(row.task, (unit,)))
        elif row.event == "left-zone" and row.actor in inside:
            found += _pair_stays(row.actor, *inside.pop(row.actor), row.time_s)
    for actor, went_in in inside.items():
        found += _pair_stays(actor, *went_in, end_s)
    for unit, (space, since_s, on_air) in open_.items():
        people = world.force.people((unit,))
        found.append(Stay(unit, space, since_s, end_s, people, on_air))
    return found


def _pair_stays(
    actor: str, space: int, since_s: float, entry_point: int, until_s: float
) -> tuple[Stay, Stay]:
    """Pairs are inside, and not where their unit stands."""
    unit, _, pairs = actor.partition(" pair ")
    people = 2 * len(pairs.split(", "))
    return (
        Stay(unit, space, since_s, until_s, people, True),
        Stay(unit, entry_point, since_s, until_s, -people, False),
    )
