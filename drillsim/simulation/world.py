"""The world of one run: facility, people, hazards, force and plan meet here and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy.events import Event

from drillsim.simulation.clock import LAST
from drillsim.simulation.dangers import Dangers
from drillsim.simulation.evacuees import Evacuees
from drillsim.simulation.force import Force
from drillsim.simulation.headcount import Headcount
from drillsim.simulation.tasks import carry_out

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from drillsim.response.spec import Inject, Milestone
    from drillsim.simulation.clock import Process
    from drillsim.simulation.core import Core
    from drillsim.simulation.resources import Key

__all__ = ["SimWorld"]


class SimWorld:
    """Implements :class:`drillsim.response.world.World`."""

    def __init__(self, core: Core, *, record: bool) -> None:
        self.core = core
        scenario, facility = core.scenario, core.facility
        self.evacuees = Evacuees(core, record=record)
        self._headcount = Headcount(self.evacuees.roll)
        self.dangers = Dangers(core, self.evacuees)
        has_cloud = any(spec.kind == "leak" for spec in scenario.hazards.values())
        self.force = Force(
            core,
            danger=self.dangers.kept_out,
            closed=lambda: frozenset(self._shut),
            hazards_at=tuple(facility.space_index[spec.at] for _, spec in sorted(scenario.hazards.items())),
            wind_from_deg=(lambda: self.dangers.weather.at(core.now_s).from_deg) if has_cloud else None,
        )
        for name, capacity in sorted(scenario.capacities.items()):
            core.resources.add(("capacity", name), [f"{name}-{n}" for n in range(1, capacity.count + 1)])
        for name in sorted(core.plan.roles):
            core.resources.add(("role", name), [name])
        self._known: set[str] = set()
        self._news: dict[str, Event] = {}
        self._open = [[not locked, not locked] for locked in facility.link_locked]  # to people: in, out
        self._shut = {link for link, locked in enumerate(facility.link_locked) if locked}  # to units

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
        # Injects of the first moment act before tasks take units.
        core.clock.wake_at(0.0, self._begin_tasks, counts=True, priority=LAST)

    def _begin_tasks(self) -> None:
        for name in sorted(self.core.tasks):
            self.core.clock.process(carry_out(self, name, self.core.tasks[name]))

    def _all_of(self, event: str, *, who: str) -> Generator[Event, int, int]:
        """Wait for an event, or for what stands for it in this run; returns the last row."""
        cause = yield self.core.moments.of("startex")
        for moment in self.core.stands_for(event):
            with self.core.waiting(who, moment):
                cause = max(cause, (yield self.core.moments.of(moment)))
        return cause

    def _inject(self, name: str, inject: Inject) -> Process:
        core = self.core
        cause = yield from self._all_of(inject.after or "startex", who=f"inject.{name}")
        yield core.clock.pause(inject.delay_s + (inject.at_s or 0.0))
        row = core.note("inject", task=name, cause=cause)
        core.moments.stamp(f"inject.{name}", row)
        for effect in inject.effects:
            effect.apply(self, cause=row)

    def _emptied(self, name: str, milestone: Milestone) -> Process:
        assert milestone.when is not None
        cause = yield from self._all_of(milestone.when.after, who=name)
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
        if not known:
            self._known.discard(item)
            return
        self._known.add(item)
        if item in self._news and not self._news[item].triggered:
            self._news[item].succeed(row)

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
        self.dangers.told()
        self.evacuees.tell(
            groups=groups, places=places, mode=mode, instruct=instruct, musters=musters, via=via, cause=cause
        )

    def silence(self, *, mode: str, places: Sequence[str], restored: bool, cause: int) -> None:
        self.evacuees.silence(mode=mode, places=places, restored=restored, cause=cause)

    def sweep(self, *, places: Sequence[str], each_s: float, cause: int) -> None:
        self.evacuees.rounds.sweep(places=places, each_s=each_s, cause=cause)

    def search(self, *, places: Sequence[str], each_s: float, cause: int) -> None:
        self.evacuees.rounds.search(places=places, each_s=each_s, cause=cause)

    def guide(
        self,
        *,
        places: Sequence[str],
        links: Sequence[str],
        lasts_s: float | None,
        until: str | None,
        cause: int,
    ) -> None:
        """Staff in these places point to these links, for a time or until an event; no links: they go."""
        facility, guides, row = self.core.facility, self.evacuees.guides, cause
        for place in places:
            row = self.core.note("guide", place=place, task=", ".join(links), cause=cause)
        spaces = self.evacuees.roll.rooms(places)
        if not links:
            guides.send_away(spaces)
            return
        post = guides.post(spaces, [facility.link_index[link] for link in links])
        if lasts_s is not None or until is not None:
            self.core.clock.process(self._guided(post, places, lasts_s or 0.0, until, row))

    def _guided(
        self, post: int, places: Sequence[str], lasts_s: float, until: str | None, cause: int
    ) -> Process:
        """In the background: that staff go keeps no run from ending."""
        for moment in self.core.stands_for(until) if until else ():
            cause = max(cause, (yield self.core.moments.of(moment)))
        yield self.core.clock.timeout(lasts_s)
        if self.evacuees.guides.end(post):
            for place in places:
                self.core.note("guide", place=place, cause=cause)

    def lift(self, *, name: str, running: bool, cause: int) -> None:
        self.evacuees.lifts.set_running(name, running=running, cause=cause)

    def lose(self, *, group: str, count: int, cause: int) -> None:
        self.evacuees.casualties.lose(group=group, count=count, cause=cause)

    def rescue(self, *, group: str, cause: int) -> None:
        self.evacuees.casualties.rescue(group=group, cause=cause)

    def send_back(self, *, group: str, place: str, cause: int) -> None:
        self.evacuees.errands.send_back(group=group, place=place, cause=cause)

    def count_heads(self, *, musters: Sequence[str], cause: int) -> None:
        self._headcount.count(musters=musters, cause=cause)

    # -- facility, hazards, business ------------------------------------------------------------------

    def set_link(self, *, link: str, closed_to: str, way: str, closed: bool, cause: int) -> None:
        """Shut or open a link to people by direction, and to units if it is shut to all.

        A door that is shut to all keeps smoke, not people: they open it to leave. Opening a link opens it to
        units whatever ``closed_to`` says.
        """
        event = "link-closed" if closed else "link-opened"
        row = self.core.note(event, place=link, task=f"{closed_to}, {way}", cause=cause)
        number = self.core.facility.link_index[link]
        if closed_to == "all":
            self.dangers.link_changed(number, open_share=0.0 if closed else 1.0, cause=row)
            if closed and self.core.facility.link_spec[number].kind == "door":
                return
        inward, outward = self._open[number]
        self._open[number] = [
            inward if way == "out" else not closed,
            outward if way == "in" else not closed,
        ]
        self.evacuees.crowd.set_link(
            number, forward_open=self._open[number][0], backward_open=self._open[number][1]
        )
        self.evacuees.lifts.link_changed(number, shut=not any(self._open[number]))
        if closed and closed_to == "all":
            self._shut.add(number)
        elif not closed:
            self._shut.discard(number)
        self.force.ways_changed(cause=row)

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
        """Nothing more of it is granted; work in hand goes on. For good, units stop coming, too."""
        kind = "capacity" if name in self.core.scenario.capacities else "unit"
        row = self.core.note("disabled", actor=name, cause=cause)
        self.core.resources.hold_back((kind, name))
        if duration_s is not None:
            self.core.clock.process(self._enable((kind, name), duration_s, row))
        elif kind == "unit":
            self.force.dismiss(name)

    def _enable(self, key: Key, duration_s: float, cause: int) -> Process:
        yield self.core.clock.pause(duration_s)
        if self.core.resources.held_back(key) == 1:
            cause = self.core.note("enabled", actor=key[1], cause=cause)
        self.core.resources.resume(key, cause=cause)

    # -- who waits ------------------------------------------------------------------------------------

    def waiting(self) -> list[tuple[str, str, float]]:
        """Who waits for what, held by whom, since when; sorted."""
        found = []
        for who, wait in sorted(self.core.waits.items()):
            holders = self.core.resources.holders(wait.wanted)
            what = f"{wait.what}, held by {', '.join(holders)}" if holders else wait.what
            found.append((who, what, wait.since_s))
        return found
