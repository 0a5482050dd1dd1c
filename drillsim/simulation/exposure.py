"""Who stayed how long where a threshold was passed: dose tables read along each person's and unit's path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from drillsim.simulation.doses import dose_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.simulation.world import SimWorld
    from drillsim.trace.log import CrowdLog

__all__ = ["note_exposure", "stays"]


def stays(
    log: CrowdLog, *, places: NDArray[np.int64], end_s: float
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Person, space, from and until of every stay, each shape (stays,).

    ``places`` is where each person is at time 0; everybody stays in the last space until ``end_s``. Rows
    without a link count where they change the space (a lift), not where somebody only sets out.
    """
    count = len(places)
    person = np.concatenate([np.arange(count), np.frombuffer(log.person, dtype=np.intc)]).astype(np.int64)
    space = np.concatenate([places, np.frombuffer(log.space, dtype=np.intc)]).astype(np.int64)
    start = np.concatenate([np.zeros(count), np.frombuffer(log.time_s, dtype=np.float64)])
    link = np.concatenate([np.zeros(count, dtype=np.intc), np.frombuffer(log.link, dtype=np.intc)])
    order = np.lexsort((np.arange(len(person)), person))
    same = np.append(False, (space[order][1:] == space[order][:-1]) & (link[order][1:] < 0))
    order = order[~same]
    person, space, start = person[order], space[order], start[order]
    last = np.append(person[1:] != person[:-1], True)
    until = np.where(last, end_s, np.append(start[1:], end_s))
    return person, space, start, until


def note_exposure(world: SimWorld, end_s: float) -> None:
    """Rows of person-seconds and heads above each threshold, for groups of people and for units; doses.

    Computed in an exercise too, of the imaginary hazard: what would have been.
    """
    core, evacuees = world.core, world.evacuees
    if not core.scenario.hazards or not core.scenario.groups:
        return
    population = evacuees.population
    person, space, start, until = stays(
        core.trace.crowd, places=np.asarray(population.place, dtype=np.int64), end_s=end_s
    )
    gone_s = evacuees.carried_s()[person]  # a casualty that was handed over is nowhere any more
    start, until = np.minimum(start, gone_s), np.minimum(until, gone_s)
    group_of = np.asarray(population.group, dtype=np.int64)
    heads = np.asarray(population.heads, dtype=np.float64)
    for name, table in dose_tables(world.dangers.runs.values()).items():
        taken = np.bincount(person, weights=table.dose(space, start, until), minlength=len(heads))
        for index, group in enumerate(population.groups):
            greatest = float(taken[group_of == index].max(initial=0.0))
            if greatest > 0.0:
                core.trace.add(end_s, "dose", actor=group, task=name, value=greatest)
    units, unit_space, unit_from, unit_until = _unit_stays(world, end_s)
    for hazard in world.dangers.runs.values():
        for threshold in hazard.thresholds:
            seconds = hazard.seconds_above(threshold, space, start, until)
            each = np.bincount(person, weights=seconds, minlength=len(heads))
            for index, group in enumerate(population.groups):
                mine = (group_of == index) & (each > 0.0)
                if mine.any():
                    dose = float((each * heads)[mine].sum())
                    core.trace.add(end_s, "exposed", actor=group, task=threshold, value=dose, unit="p s")
                    core.trace.add(
                        end_s,
                        "exposed-people",
                        actor=group,
                        task=threshold,
                        value=float(heads[mine].sum()),
                        unit="p",
                    )
            if len(unit_space):
                at_work = hazard.seconds_above(threshold, unit_space, unit_from, unit_until)
                for unit, dose in zip(units, at_work.tolist(), strict=True):
                    if dose > 0.0:
                        people = world.force.people((unit,))
                        core.trace.add(
                            end_s,
                            "responder-exposed",
                            actor=unit,
                            task=threshold,
                            value=dose * people,
                            unit="p s",
                        )


def _unit_stays(
    world: SimWorld, end_s: float
) -> tuple[list[str], NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Where each unit was at work, from its state rows."""
    index = world.core.facility.space_index
    working = {"working", "on-air", "donning", "posted", "staged"}
    names: list[str] = []
    spaces: list[int] = []
    begin: list[float] = []
    until: list[float] = []
    open_stay: dict[str, tuple[int, float]] = {}
    rows = [row for _, row in world.core.trace.of("unit-state")]
    for row in rows:
        if row.actor in open_stay:
            at, since = open_stay.pop(row.actor)
            names.append(row.actor)
            spaces.append(at)
            begin.append(since)
            until.append(row.time_s)
        if row.task in working:
            open_stay[row.actor] = (index[row.place], row.time_s)
    for name, (at, since) in open_stay.items():
        names.append(name)
        spaces.append(at)
        begin.append(since)
        until.append(end_s)
    return names, np.array(spaces, dtype=np.int64), np.array(begin), np.array(until)
