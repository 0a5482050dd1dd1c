"""The world of one run: facility, people, hazards, force and plan meet here and nowhere else."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from drillsim.hazards.protocol import Means
from drillsim.response.effects import Search, Sweep
from drillsim.simulation.calls import Calls
from drillsim.simulation.clock import LAST
from drillsim.simulation.command import Command
from drillsim.simulation.conditions import await_any
from drillsim.simulation.corridors import Corridors
from drillsim.simulation.dangers import Dangers
from drillsim.simulation.evacuees import Evacuees
from drillsim.simulation.force import Force
from drillsim.simulation.headcount import Headcount
from drillsim.simulation.knowledge import Knowledge
from drillsim.simulation.lasting import lasts, perform
from drillsim.simulation.radio import Radio
from drillsim.simulation.tasks import carry_out

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from simpy.events import Event

    from drillsim.response.effects import Effect, Training
    from drillsim.response.injects import Inject
    from drillsim.response.objectives import Milestone
    from drillsim.response.plan import Task
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
        for name, capacity in sorted(scenario.capacities.items()):
            core.resources.add(("capacity", name), [f"{name}-{n}" for n in range(1, capacity.count + 1)])
        self.force = Force(
            core,
            danger=self.dangers.kept_out,
            placed=self.dangers.detectors.placed,
            closed=lambda: frozenset(self._shut),
            hazards_at=lambda: tuple(
                facility.space_index[scenario.hazards[name].at] for name in self.dangers.runs
            ),
            wind_from_deg=(lambda: self.dangers.weather.at(core.now_s).from_deg) if has_cloud else None,
        )
        self.radio = Radio(core)
        self.calls = Calls(core, self.radio, self.force)
        self.command = Command(core, self.radio)
        self.corridors = Corridors(core)
        self.knowledge = Knowledge(core)
        self.level = 0  # rank of the response level raised to
        self._passed_over: set[str] = set()
        self._startex = -1
        self._open = [[not locked, not locked] for locked in facility.link_locked]  # to people: in, out
        self._shut = {link for link, locked in enumerate(facility.link_locked) if locked}  # to units

    def start(self) -> None:
        """STARTEX: hazards, injects, milestones of people, and all tasks, each in order of name."""
        core = self.core
        row = core.note("startex")
        self._startex = row
        core.moments.stamp("startex", row)
        self.dangers.start(row)
        self.force.start(cause=row)
        self.radio.start()
        self.corridors.start()
        for name in sorted(core.injects):
            core.clock.process(self._inject(name, core.scenario.injects[name]))
        for name, milestone in sorted(core.scenario.milestones.items()):
            if milestone.when:
                core.clock.process(self._emptied(name, milestone))
        # Injects of the first moment act before tasks take units.
        core.clock.wake_at(0.0, self._begin_tasks, counts=True, priority=LAST)

    def _begin_tasks(self) -> None:
        # Of those ready at one moment the most urgent asks first.
        for name, task in sorted(self.core.tasks.items(), key=lambda entry: (entry[1].priority, entry[0])):
            self.core.clock.begin(carry_out(self, name, task))

    def _all_of(self, event: str, *, who: str) -> Generator[Event, int, int]:
        """Wait for an event, or for what stands for it in this run; returns the last row."""
        cause = yield self.core.moments.of("startex")
        for moment in self.core.stands_for(event):
            with self.core.waiting(who, moment):
                cause = max(cause, (yield self.core.moments.of(moment)))
        return cause

    def _inject(self, name: str, inject: Inject) -> Process:
        core = self.core
        if inject.latest_s is not None and (inject.after or inject.when):
            core.clock.wake_at(
                inject.latest_s, partial(self._too_late, name, inject), counts=True, priority=LAST
            )
        cause = yield from self._all_of(inject.after or "startex", who=f"inject.{name}")
        yield core.clock.pause(inject.delay_s + (inject.at_s or 0.0))
        if inject.when:
            cause = yield from await_any(self, inject.when, who=f"inject.{name}", cause=cause)
        if name in core.dropped:
            return
        row = core.note("inject", task=name, cause=cause)
        core.moments.stamp(f"inject.{name}", row)
        self._apply(inject.effects, of=f"inject.{name}", cause=row)

    def _too_late(self, name: str, inject: Inject) -> None:
        """The latest useful time of an inject that has not come: the controller falls back."""
        core = self.core
        if core.moments.happened(f"inject.{name}"):
            return
        core.dropped.add(name)
        core.waits.pop(f"inject.{name}", None)
        row = core.note("inject-dropped", task=name, cause=self._startex)
        core.moments.stamp(f"inject.{name}", row)
        self._apply(inject.fallback_effects, of=f"inject.{name}", cause=row)

    def _apply(self, effects: Sequence[Effect], *, of: str, cause: int) -> None:
        """What lasts goes on in the background."""
        for number, effect in enumerate(effects):
            if isinstance(effect, (Search, Sweep)) or not lasts(self, effect):
                effect.apply(self, cause=cause)
            else:
                content = f"{of}.{number}"
                self.core.clock.process(
                    perform(self, effect, who=of, content=content, task=None, units=(), cause=cause)
                )

    def _emptied(self, name: str, milestone: Milestone) -> Process:
        assert milestone.when is not None
        cause = yield from self._all_of(milestone.when.after, who=name)
        self.evacuees.await_empty(name, milestone.when, cause=cause)

    # -- tasks ----------------------------------------------------------------------------------------

    def agencies_of(self, task: Task) -> tuple[str, ...]:
        """Who must have the information a task needs: those who do it; nobody at work: who orders it."""
        agencies = {self.force.agency_of(kind) for kind in task.by}
        if not agencies and task.order_by:
            agencies = {self.command.agency(task.order_by)} - {""}
        return tuple(sorted(agencies))

    def doer(self, task: Task) -> str:
        """The agency that speaks for a task: that of its first unit by name, else of who orders it."""
        if task.by:
            return self.force.agency_of(min(task.by))
        return self.command.agency(task.order_by) if task.order_by else ""

    def kind_of(self, name: str) -> str:
        """The kind of pool of what a task uses."""
        return "channel" if name in self.core.scenario.channels else "capacity"

    def pass_over(self, name: str, task: Task, *, cause: int) -> None:
        """A task is left out: others go on as if it were done, and as if its milestones had come.

        A milestone that another task still makes is waited for.
        """
        core = self.core
        row = core.note("task-skipped", task=name, cause=cause)
        self._passed_over.add(name)
        for milestone in (task.milestone, task.starts):
            makers = {
                other for other, entry in core.tasks.items() if milestone in (entry.milestone, entry.starts)
            }
            if milestone and makers <= self._passed_over:
                core.moments.stamp(milestone, row)
        core.moments.stamp(name, row)
        core.moments.stamp(f"out.{name}", row)

    # -- information and messages ---------------------------------------------------------------------

    def inform(self, *, item: str, to: Sequence[str], known: bool, cause: int) -> None:
        if known:
            self.knowledge.learn(item, to=to, cause=cause)
        else:
            self.knowledge.discard(item, cause=cause)

    def send(
        self,
        *,
        sender: str | None,
        to: Sequence[str],
        items: Sequence[str],
        over: str | None,
        group: bool,
        cause: int,
    ) -> None:
        """Said without anybody being kept from work: heard at once."""
        for item in items:
            self.knowledge.learn(item, to=to, cause=cause)

    def raise_level(self, *, level: str, cause: int) -> None:
        levels, before = self.core.plan.levels, self.level
        if levels[level].rank <= before:
            return
        self.level = levels[level].rank
        row = self.core.note("level", task=level, cause=cause)
        # Levels passed over on the way up are reached, too, and call theirs.
        reached = [name for name, entry in levels.items() if before < entry.rank <= self.level]
        for name in sorted(reached, key=lambda name: (levels[name].rank, name)):
            self.core.moments.stamp(f"level.{name}", row)
            self.force.call_out(levels[name].calls, cause=row)

    def decontaminate(self, *, corridor: str, people: int | None, cause: int) -> None:
        who = f"decontaminate.{corridor}"
        self.core.clock.process(
            self.corridors.go(corridor=corridor, people=people or 1, who=who, priority=5, cause=cause)
        )

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

    def rescue(self, *, group: str | None, places: Sequence[str], cause: int) -> None:
        self.evacuees.casualties.rescue(group=group, places=places, cause=cause)

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

    def start_hazard(self, *, hazard: str, cause: int) -> None:
        self.dangers.start_hazard(hazard, cause=cause)

    def treat(
        self,
        *,
        hazard: str,
        action: str,
        factor: float,
        training: Training | None = None,
        water_m3_s: float | None = None,
        cause: int,
    ) -> None:
        means = Means(training, water_m3_s)
        self.dangers.treat(hazard=hazard, action=action, factor=factor, means=means, cause=cause)

    def run_vents(self, *, building: str, running: bool, cause: int) -> None:
        self.dangers.run_vents(building, running=running, cause=cause)

    def wind(self, *, from_deg: float, over_s: float, cause: int) -> None:
        self.dangers.wind(from_deg=from_deg, over_s=over_s, cause=cause)
        if over_s > 0.0:
            # Conditions on the wind may hold on its way round, or at the end of it.
            self.core.clock.wake_at(self.core.now_s + over_s, partial(self.core.watch.turned, "wind", cause))

    def operate(self, *, operations: Sequence[str], running: bool, cause: int) -> None:
        for name in sorted(operations):
            count = self.core.scenario.operations[name].count
            event = "operation-resumed" if running else "operation-stopped"
            self.core.note(event, task=name, value=float(count), cause=cause)

    def open_post(self, *, place: str, cause: int) -> None:
        self.core.note("post", place=place, cause=cause)

    # -- units ----------------------------------------------------------------------------------------

    def call_out(self, *, units: Sequence[str], over: str | None, group: bool, cause: int) -> None:
        """Called without a line or anybody who answers: heard at once."""
        self.force.call_out(units, cause=cause)

    def disable(self, *, name: str, duration_s: float | None, cause: int) -> None:
        """Nothing more of it is granted; work in hand goes on. For good, units stop coming, too."""
        scenario = self.core.scenario
        kind = "capacity" if name in scenario.capacities else self.kind_of(name)
        if kind == "capacity" and name not in scenario.capacities:
            kind = "unit"
        row = self.core.note("disabled", actor=name, cause=cause)
        self.core.resources.hold_back((kind, name))
        if kind == "channel":
            self.radio.goes_out(name, cause=row)
        if duration_s is not None:
            self.core.clock.process(self._enable((kind, name), duration_s, row))
        elif kind == "unit":
            self.force.dismiss(name)

    def _enable(self, key: Key, duration_s: float, cause: int) -> Process:
        yield self.core.clock.pause(duration_s)
        if self.core.resources.held_back(key) == 1:
            cause = self.core.note("enabled", actor=key[1], cause=cause)
        self.core.resources.resume(key, cause=cause)
