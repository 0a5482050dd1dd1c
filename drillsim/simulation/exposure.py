"""Who stayed how long where a threshold was passed: dose tables read along each person's and unit's path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from drillsim.hazards.toxic_class import path_classes
from drillsim.simulation.doses import dose_tables
from drillsim.simulation.physical_exposure import note_people_physical, note_responders_felled
from drillsim.simulation.toxic_exposure import note_people_toxic, note_responders_toxic
from drillsim.simulation.unit_stays import unit_stays

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from drillsim.hazards.grid import DoseTable
    from drillsim.hazards.protocol import HazardRun
    from drillsim.simulation.unit_stays import Stay
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

    def taken(table: DoseTable) -> NDArray[np.float64]:
        each = np.bincount(person, weights=table.dose(space, start, until), minlength=len(heads))
        return np.asarray(each, dtype=np.float64)

    tables = dose_tables(world.dangers.runs.values())
    for name, table in tables.items():
        doses = taken(table)
        for index, group in enumerate(population.groups):
            greatest = float(doses[group_of == index].max(initial=0.0))
            if greatest > 0.0:
                core.trace.add(end_s, "dose", actor=group, task=name, value=greatest)
    at_work = unit_stays(world, end_s)
    note_responders_felled(core, tables, at_work, end_s=end_s)
    harms = []
    for name, hazard in world.dangers.runs.items():
        harm = hazard.physical()
        if harm is not None:
            harms.append(harm)
            for threshold, metres in harm.stand_off_m.items():
                core.trace.add(end_s, "stand-off", actor=name, task=threshold, value=metres, unit="m")
    note_people_physical(
        core, harms, taken=taken, group_of=group_of, groups=population.groups, heads=heads, end_s=end_s
    )
    for hazard in world.dangers.runs.values():
        air = hazard.toxic()
        if air is not None:
            reached = path_classes(
                air, person=person, space=space, start_s=start, end_s=until, people=len(heads)
            )
            note_people_toxic(
                core,
                air,
                taken=taken,
                reached=reached,
                group_of=group_of,
                groups=population.groups,
                heads=heads,
                end_s=end_s,
            )
            note_responders_toxic(core, air, at_work, end_s=end_s)
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
            _note_responders(world, hazard, threshold, at_work, end_s)


def _note_responders(
    world: SimWorld, hazard: HazardRun, threshold: str, at_work: Sequence[Stay], end_s: float
) -> None:
    """Rows of a unit's person-seconds above a threshold, and of those without air of their own."""
    if not at_work:
        return
    seconds = hazard.seconds_above(
        threshold,
        np.array([stay.space for stay in at_work], dtype=np.int64),
        np.array([stay.since_s for stay in at_work]),
        np.array([stay.until_s for stay in at_work]),
    )
    for event, counts in (("responder-exposed", False), ("responder-unprotected", True)):
        total: dict[str, float] = {}
        for stay, above_s in zip(at_work, seconds.tolist(), strict=True):
            if not (counts and stay.on_air):
                total[stay.unit] = total.get(stay.unit, 0.0) + above_s * stay.people
        for unit, person_s in total.items():
            if person_s > 0.0:
                world.core.trace.add(end_s, event, actor=unit, task=threshold, value=person_s, unit="p s")
