"""The world of one run: facility, people, hazards, force and plan meet here and nowhere else."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from simpy.events import Event

from drillsim.simulation.dangers import Dangers
from drillsim.simulation.evacuees import Evacuees
from drillsim.simulation.force import Force
from drillsim.simulation.pools import Pool
from drillsim.simulation.tasks import carry_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.response.spec import Inject, Milestone
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core

__all__ = ["SimWorld"]


class SimWorld:
    """Implements :class:`drillsim.response.world.World`."""

    def __init__(self, core: Core, *, record: bool) -> None:
        self.core = core
        self.evacuees = Evacuees(core, record=record)
        self.dangers = Dangers(core, self.evacuees)
        facility = core.facility
        self._shut = {link for link, locked in enumerate(facility.link_locked) if locked}
        self.force = Force(core, danger=self.dangers.avoided, closed=lambda: frozenset(self._shut))
        if any(spec.kind == "leak" for spec in core.scenario.hazards.values()):
            self.force.wind_from_deg = lambda: self.dangers.weather.at(core.now_s).from_deg
        self.force.hazards_at = tuple(
            facility.space_index[spec.at] for _, spec in sorted(core.scenario.hazards.items())
        )
        self.capacities = {
            name: Pool(core.clock, name, [f"{name}-{n}" for n in range(1, capacity.count + 1)])
            for name, capacity in sorted(core.scenario.capacities.items())
        }
        self.roles = {name: Pool(core.clock, name, [name]) for name in sorted(core.plan.roles)}
        self._known: dict[str, int] = {}
        self._news: dict[str, Event] = {}
        for link in self._shut:
            self.evacuees.crowd.set_link(link, forward_open=False, backward_open=False)

    def start(self) -> None:
        """STARTEX: hazards, injects, milestones of people, and all tasks, each in order of name."""
        core = self.core
        row = core.note("startex")
        core.moments.stamp("startex", row)
        self.dangers.start(row)
        for name in sorted(core.injects):
            core.clock.process(self._inject(name, core.scenario.injects[name]))
        for name, milestone in sorted(core.scenario.milestones.items()):
            if milestone.when:
                core.clock.process(self._emptied(name, milestone))
        for name in sorted(core.tasks):
            core.clock.process(carry_out(self, name, core.tasks[name]))

    def _inject(self, name: str, inject: Inject) -> Process:
        core = self.core
        cause = -1
        if inject.after:
            cause = yield core.moments.of(inject.after)
        yield core.clock.pause(inject.delay_s + (inject.at_s or 0.0))
        row = core.note("inject", task=name, cause=cause)
        core.moments.stamp(f"inject.{name}", row)
        for effect in inject.effects:
            effect.apply(self, cause=row)

    def _emptied(self, name: str, milestone: Milestone) -> Process:
        assert milestone.when is not None
        cause = yield self.core.moments.of(milestone.when.after)
        self.evacuees.await_empty(name, milestone.when, cause=cause)

    # -- information ----------------------------------------------------------------------------------

    def known(self, item: str) -> bool:
        return item in self._known

    def news(self, item: str) -> Event:
        """The event of the item becoming known; its value is the trace row."""
        if item not in self._news or self._news[item].triggered:
            self._news[item] = Event(self.core.clock)
        return self._news[item]

    def inform(self, *, item: str, known: bool, cause: int) -> None:
        if known == self.known(item):
            return
        row = self.core.note("informed" if known else "uninformed", task=item, cause=cause)
        if known:
            self._known[item] = row
            if item in self._news and not self._news[item].triggered:
                self._news[item].succeed(row)
        else:
            del self._known[item]

    # -- people ---------------------------------------------------------------------------------------

    def tell(
        self,
        *,
        groups: Sequence[str],
        places: Sequence[str],
        mode: str,
        instruct: str,
        musters: Sequence[str],
        via: dict[str, float],
        cause: int,
    ) -> None:
        if not self.dangers.all_told:
            self.dangers.all_told = True
            self.dangers.people_avoid()
        self.evacuees.tell(
            groups=groups, places=places, mode=mode, instruct=instruct, musters=musters, via=via, cause=cause
        )

    def sweep(self, *, places: Sequence[str], cause: int) -> None:
        self.evacuees.sweep(places=places, cause=cause)

    def lose(self, *, group: str, count: int, cause: int) -> None:
        self.evacuees.lose(group=group, count=count, cause=cause)

    def rescue(self, *, group: str, cause: int) -> None:
        self.evacuees.rescue(group=group, cause=cause)

    def send_back(self, *, group: str, place: str, cause: int) -> None:
        self.evacuees.send_back(group=group, place=place, cause=cause)

    def count_heads(self, *, musters: Sequence[str], cause: int) -> None:
        self.evacuees.count_heads(musters=musters, cause=cause)

    # -- facility, hazards, business ------------------------------------------------------------------

    def set_link(self, *, link: str, closed_to: str, way: str, closed: bool, cause: int) -> None:
        event = "link-closed" if closed else "link-opened"
        row = self.core.note(event, place=link, task=f"{closed_to}, {way}", cause=cause)
        number = self.core.facility.link_index[link]
        if closed_to == "all":
            # A shut door still opens for those who leave; a gate that is shut stays shut.
            door = self.core.facility.link_spec[number].kind == "door"
            self.dangers.link_changed(number, open_share=0.0 if closed else 1.0, cause=row)
            if door:
                return
            (self._shut.add if closed else self._shut.discard)(number)
        forward = not closed or way == "out"
        backward = not closed or way == "in"
        self.evacuees.crowd.set_link(number, forward_open=forward, backward_open=backward)

    def treat(self, *, hazard: str, action: str, factor: float, cause: int) -> None:
        self.dangers.treat(hazard=hazard, action=action, factor=factor, cause=cause)

    def wind(self, *, from_deg: float, over_s: float, cause: int) -> None:
        self.dangers.wind(from_deg=from_deg, over_s=over_s, cause=cause)

    def operate(self, *, operations: Sequence[str], running: bool, cause: int) -> None:
        for name in sorted(operations):
            count = self.core.scenario.operations[name].count
            event = "operation-resumed" if running else "operation-stopped"
            self.core.note(event, task=name, value=float(count), cause=cause)

    def open_post(self, *, place: str, cause: int) -> None:
        self.core.note("post", place=place, cause=cause)

    # -- units ----------------------------------------------------------------------------------------

    def call_out(self, *, units: Sequence[str], cause: int) -> None:
        self.force.call_out(units, cause=cause)

    def disable(self, *, name: str, duration_s: float | None, cause: int) -> None:
        pool = self.force.pools.get(name) or self.capacities[name]
        self.core.note("disabled", actor=name, cause=cause)
        pool.hold_back()
        if name in self.force.pools and duration_s is None:
            self.force.disabled.add(name)
        if duration_s is not None and math.isfinite(duration_s):
            self.core.clock.process(self._enable(pool, duration_s, cause))

    def _enable(self, pool: Pool, duration_s: float, cause: int) -> Process:
        yield self.core.clock.pause(duration_s)
        row = self.core.note("enabled", actor=pool.name, cause=cause)
        pool.resume(cause=row)

    # -- who waits ------------------------------------------------------------------------------------

    def waiting(self) -> list[tuple[str, str, float]]:
        """Who waits for what since when: pools first, then moments that never came."""
        found = []
        for kind, pools in (
            ("unit", self.force.pools),
            ("capacity", self.capacities),
            ("order by", self.roles),
        ):
            for pool in pools.values():
                found += [
                    (who, f"{count} x {kind} {pool.name}", since) for who, since, count in pool.waiting()
                ]
        started = {row.task for _, row in self.core.trace.of("task-ready")}
        for name, task in sorted(self.core.tasks.items()):
            if name not in started:
                missing = [event for event in task.after if not self.core.moments.happened(event)]
                found.append((name, ", ".join(missing), 0.0))
            elif not self.core.moments.happened(name):
                unknown = [item for item in task.needs if not self.known(item)]
                found += [(name, f"knowledge of {item}", 0.0) for item in unknown]
        return found
