"""One run: a scenario, a plan, conditions and a seed become a trace."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from drillsim.errors import DrillsimError
from drillsim.hazards.criteria import UNTENABLE
from drillsim.scenario.places_in_fan import flags_in_fan
from drillsim.simulation.clock import Clock
from drillsim.simulation.core import Core
from drillsim.simulation.exposure import note_exposure
from drillsim.simulation.moments import Moments
from drillsim.simulation.prepare import Casting, Choice, fingerprint, prepare
from drillsim.simulation.resources import Resources
from drillsim.simulation.shifts import on_duty
from drillsim.simulation.standstill import rings, standing
from drillsim.simulation.stuck import ZeroTimeWatch
from drillsim.simulation.world import SimWorld
from drillsim.streams import Streams
from drillsim.trace.log import RunHeader, Trace
from drillsim.version import __version__

if TYPE_CHECKING:
    from collections.abc import Collection

    from drillsim.response.plan import Plan, Task
    from drillsim.scenario.model import Scenario
    from drillsim.simulation.core import Bound
    from drillsim.simulation.prepare import Prepared
    from drillsim.spec import Conditions

__all__ = ["run"]

_KEPT: Final = 16  # choices whose casting is kept; a study comes back to each for every replication


def run(
    scenario: Scenario,
    *,
    plan: str,
    conditions: Conditions = "emergency",
    seed: int = 1,
    replication: int = 0,
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    record: bool = True,
    bound: Bound | None = None,
) -> Trace:
    """Simulate one replication.

    ``start_s`` is the wall clock of STARTEX (default: the scenario's); ``injects`` names those in use
    (default: all that are not ``off``); ``record=False`` leaves out the passages of people and what is
    computed from them, and changes nothing else. ``bound`` leaves something out to tell what it costs:
    ``unlimited`` units and capacities, ``instant`` communication, all times of the response at their
    ``median`` or ``mean``; hazards and people keep their luck. Raises :class:`DrillsimError` for a plan or
    inject that the scenario does not have.
    """
    if plan not in scenario.plans:
        raise DrillsimError(
            f"plan {plan!r} is not in scenario {scenario.name}; it has {', '.join(scenario.plans)}"
        )
    chosen = frozenset(
        (name for name, inject in scenario.injects.items() if not inject.off) if injects is None else injects
    )
    if unknown := chosen - set(scenario.injects):
        raise DrillsimError(f"no inject named {', '.join(sorted(unknown))} in scenario {scenario.name}")
    prepared = prepare(scenario)
    casting = _cast(
        prepared, Choice(plan, conditions, chosen, scenario.start_s if start_s is None else start_s)
    )
    clock = Clock()
    trace = Trace(replace(casting.header, seed=seed, replication=replication))
    core = Core(
        scenario=scenario,
        plan_name=plan,
        plan=scenario.plans[plan],
        conditions=conditions,
        facility=prepared.facility,
        clock=clock,
        trace=trace,
        streams=Streams(seed, replication),
        moments=Moments(clock),
        resources=Resources(clock, unlimited=bound == "unlimited"),
        tasks=casting.tasks,
        injects=chosen,
        bound=bound,
        crews=casting.crews,
    )
    world = SimWorld(core, record=record)
    world.start()
    reason = _drive(world)
    _close(world, reason, record=record, flags=casting.flags)
    return trace


def _drive(world: SimWorld) -> str:
    """Turn the clock until the end milestone with everybody settled, a standstill, or the horizon."""
    core, crowd = world.core, world.evacuees.crowd
    clock, horizon_s = core.clock, core.scenario.horizon_s
    end = core.moments.of(core.plan.end)
    watch, turns = ZeroTimeWatch(core), 0
    empty = not world.evacuees.population.heads
    while (
        clock.work_on(horizon_s, end)
        if empty
        else clock.turn(crowd, until_s=horizon_s, watched=world.evacuees.passed)
    ):
        turns += 1
        if turns >= watch.most:
            turns = watch.look()
        if not empty:
            world.dangers.people_moved()
            if crowd.next_time() < math.inf:
                continue
        if end.processed and clock.peek() > clock.now and world.evacuees.settled():
            return "endex"
        if clock.busy or clock.peek() <= clock.now:
            continue
        if not world.dangers.pending() and not world.radio.pending():
            return "standstill"
    return "endex" if end.triggered else "horizon"


def _close(world: SimWorld, reason: str, *, record: bool, flags: tuple[tuple[str, str], ...]) -> None:
    core, evacuees = world.core, world.evacuees
    end_s = core.scenario.horizon_s
    if reason != "horizon":
        end_s = max(core.now_s, core.trace.rows[-1].time_s, evacuees.crowd.last_s)
    add = core.trace.add
    startex = 0 if (first := core.trace.first("startex")) is None else first[0]
    _note_uses(core, end_s, cause=startex)
    for name, hazard in world.dangers.runs.items():
        for flag in hazard.flags:
            add(end_s, "flag", actor=name, task=flag, cause=startex)
    for name, flag in flags:
        add(end_s, "flag", actor=name, task=flag, cause=startex)
    world.dangers.note_masses(end_s, cause=startex)
    if reason != "endex":
        for who, what, since_s in standing(core):
            add(end_s, "standstill", task=who, actor=what, value=since_s, unit="s", cause=startex)
        for ring in rings(core):
            add(end_s, "deadlock", task=" → ".join((*ring, ring[0])), cause=startex)
        for place, waiting in evacuees.crowd.standstill():
            what = "room in the next space" if waiting else "nobody; it is full"
            add(end_s, "standstill", task=_people(waiting), place=place, actor=what, cause=startex)
    for place, heads in evacuees.stuck().items():
        add(end_s, "standstill", task=_people(round(heads)), place=place, actor="a way out", cause=startex)
    for group, states in evacuees.totals().items():
        for state, heads in sorted(states.items()):
            add(end_s, "person", actor=group, task=state, value=heads, unit="p")
    if record:
        note_exposure(world, end_s)
    add(end_s, "end", task=reason, cause=core.stamped.get(core.plan.end, startex))


def _note_uses(core: Core, end_s: float, *, cause: int) -> None:
    """Rows of how each pool that was asked for was used and waited for."""
    events = ("busy", "waited", "longest-wait", "asked-for", "peak-queue", "members")
    for (kind, name), use in core.resources.uses().items():
        if use.asked:
            for event, value in zip(events, use[: len(events)], strict=True):
                unit = "s" if event in ("busy", "waited", "longest-wait") else ""
                core.trace.write(end_s, event, name, "", kind, float(value), unit, cause)


def _people(heads: int) -> str:
    return "1 person" if heads == 1 else f"{heads} people"


def _cast(prepared: Prepared, choice: Choice) -> Casting:
    """Choose tasks and write the header, or find them again: replications differ in their luck alone."""
    found = prepared.castings.get(choice)
    if found is None:
        tasks = {
            name: task
            for name, task in prepared.tasks[choice.plan].items()
            if task.only in (None, choice.conditions)
            and (task.if_inject is None or task.if_inject in choice.injects)
        }
        flags = flags_in_fan(
            prepared.scenario,
            prepared.facility,
            plan=choice.plan,
            tasks=tasks,
            conditions=choice.conditions,
        )
        found = Casting(tasks, _header(prepared, choice, tasks), {}, flags)
        while len(prepared.castings) >= _KEPT:
            del prepared.castings[next(iter(prepared.castings))]
        prepared.castings[choice] = found
    return found


def _header(prepared: Prepared, choice: Choice, tasks: dict[str, Task]) -> RunHeader:
    """The header of all replications; its seed and replication are those of the first."""
    scenario, facility = prepared.scenario, prepared.facility
    made = {name for task in tasks.values() for name in (task.milestone, task.starts) if name}
    made |= {name for name, milestone in scenario.milestones.items() if milestone.when}
    units = [
        (duty.name, duty.people, duty.spec.vehicle) for duty in on_duty(scenario, start_s=choice.start_s)
    ]
    return RunHeader(
        scenario=scenario.name,
        digest=prepared.digest,
        plan=choice.plan,
        conditions=choice.conditions,
        seed=1,
        replication=0,
        version=__version__,
        fingerprint=fingerprint(),
        start_s=choice.start_s,
        slot_s=scenario.slot_s,
        horizon_s=scenario.horizon_s,
        milestones=tuple(sorted(made)),
        groups=tuple((name, group.count, group.stays) for name, group in sorted(scenario.groups.items())),
        group_places=tuple(group.place for _, group in sorted(scenario.groups.items())),
        group_tokens=tuple(-(-group.count // group.party) for _, group in sorted(scenario.groups.items())),
        group_parties=tuple(group.party for _, group in sorted(scenario.groups.items())),
        spaces=facility.spaces,
        links=facility.links,
        musters=tuple(
            name for name, kind in zip(facility.spaces, facility.kind, strict=True) if kind == "muster"
        ),
        space_areas_m2=tuple(facility.area_m2.tolist()),
        space_outdoors=facility.outdoors,
        link_ends=tuple((first, second) for first, second in facility.link_spaces.tolist()),
        link_capacities_p_s=tuple(
            (there, back) for there, back in facility.port_capacity_p_s.reshape(-1, 2).tolist()
        ),
        operations=tuple((name, entry.count) for name, entry in sorted(scenario.operations.items())),
        units=tuple(units),
        plan_edges=_edges(scenario.plans[choice.plan], tasks),
        tenability=any(UNTENABLE in hazard.events for hazard in scenario.hazards.values()),
    )


def _edges(plan: Plan, tasks: dict[str, Task]) -> tuple[tuple[str, str], ...]:
    """Pairs (task, task that waits for it); milestones stand for the tasks that make them."""
    makers = {task.milestone: name for name, task in tasks.items() if task.milestone}
    makers |= {task.starts: name for name, task in tasks.items() if task.starts}
    edges = {
        (makers.get(event, event), name)
        for name, task in tasks.items()
        for event in task.after
        if makers.get(event, event) in tasks
    }
    return tuple(sorted(edges))
