"""The people of one run: told or roused, sheltered, and on their way."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from drillsim.simulation.belongings import Errands
from drillsim.simulation.casualties import Casualties
from drillsim.simulation.guides import Guides
from drillsim.simulation.lifts import Lifts
from drillsim.simulation.roll import Roll
from drillsim.simulation.rounds import Rounds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from drillsim.response.objectives import Emptied
    from drillsim.simulation.core import Core

__all__ = ["Evacuees"]


class Evacuees:
    """Who knows what and goes where; the crowd kernel moves them."""

    def __init__(self, core: Core, *, record: bool) -> None:
        self._core = core
        self.roll = Roll(core, record=record)
        self.population, self.crowd = self.roll.population, self.roll.crowd
        self.casualties = Casualties(self.roll)
        self.rounds = Rounds(self.roll, self.casualties, rouse=self._rouse)
        self.lifts = Lifts(self.roll, leave=self._leave)
        self.errands = Errands(self.roll, leave=self._leave, forget_lift=self.lifts.forget)
        self.guides = Guides(core.facility, self.crowd)
        self._informed: set[int] = set()  # who has been told or has perceived something
        self._under_roof: set[int] = set()  # who sheltered, has been told to leave and is still held there
        self._orders: dict[int, tuple[Sequence[str], Mapping[str, float]]] = {}  # assigned musters, ways
        self._silent: set[tuple[str, int]] = set()  # mode of alarm, space it does not reach

    # -- alarms and orders ----------------------------------------------------------------------------

    def tell(
        self,
        *,
        groups: Sequence[str],
        places: Sequence[str],
        mode: str,
        instruct: str,
        musters: Sequence[str],
        via: Mapping[str, float],
        cause: int,
    ) -> None:
        """An alarm reaches those of ``groups`` who are in ``places``, perceive ``mode`` and are not out yet.

        Musters and ways it names stay assigned to them; an order that names musters also moves those at one.
        """
        roll = self.roll
        everyone = not groups or "everyone" in groups
        spaces = roll.spaces(places)
        out = roll.musters.intersection(roll.goals(musters))
        for group in roll.groups if everyone else sorted(groups):
            meant = [
                p
                for p in roll.members(group)
                if roll.well[p]
                and p not in roll.riding
                and (instruct == "shelter" or not roll.stays[p])
                and (not spaces or roll.at(p) in spaces)
                and roll.at(p) not in out
                and self.population.perceives(p, mode)
            ]
            heard = self._reached(group, meant, mode=mode, cause=cause)
            if not heard:
                continue
            row = self._note_told(group, heard, mode=mode, cause=cause)
            if instruct == "shelter":
                self._shelter(group, heard, cause=row)
                continue
            for person in heard:
                if musters or via:
                    self._orders[person] = (musters, via)
            self._release(heard, cause=row)
            self._send(group, heard, mode=mode, anew=bool(musters or via), cause=row)

    def silence(self, *, mode: str, places: Sequence[str], restored: bool, cause: int) -> None:
        """From now on an alarm of this mode does not reach these places, or does again."""
        event = "alarm-restored" if restored else "alarm-silenced"
        for place in places:
            self._core.note(event, place=place, task=mode, cause=cause)
        reached = {(mode, space) for space in self.roll.rooms(places)}
        self._silent = self._silent - reached if restored else self._silent | reached

    def _reached(self, group: str, people: list[int], *, mode: str, cause: int) -> list[int]:
        """Who is not where this mode is silenced."""
        if not self._silent:
            return people
        deaf = [p for p in people if (mode, self.roll.at(p)) in self._silent]
        if deaf:
            value = self.roll.heads(deaf)
            self._core.note("unheard", actor=group, task=mode, value=value, unit="p", cause=cause)
        return [p for p in people if (mode, self.roll.at(p)) not in self._silent]

    def anybody_in(self, space: int) -> bool:
        """Whether anybody in a space is well enough to notice something."""
        roll = self.roll
        return any(roll.at(p) == space and roll.well[p] for group in roll.groups for p in roll.members(group))

    def perceive(self, space: int, *, mode: str, cause: int) -> None:
        """People in a space see smoke, smell or notice gas: who has not started answers to that cue."""
        roll = self.roll
        for group in roll.groups:
            waiting = [
                p
                for p in roll.members(group)
                if roll.at(p) == space and roll.lingers(p) and self.population.perceives(p, mode)
            ]
            self._rouse(group, waiting, mode, cause)

    def _rouse(self, group: str, people: Sequence[int], mode: str, cause: int) -> None:
        if people:
            row = self._note_told(group, people, mode=mode, cause=cause)
            self._send(group, people, mode=mode, anew=False, cause=row)

    def _note_told(self, group: str, people: Sequence[int], *, mode: str, cause: int) -> int:
        """A row for all who are told now; its value counts those who knew nothing before."""
        new = [person for person in people if person not in self._informed]
        self._informed.update(new)
        value = self.roll.heads(new)
        return self._core.note("told", actor=group, task=mode, value=value, unit="p", cause=cause)

    # -- shelter --------------------------------------------------------------------------------------

    def _shelter(self, group: str, people: Sequence[int], *, cause: int) -> None:
        """They stay in the building they are in; who is in the open air walks on."""
        roll, outdoors = self.roll, self._core.facility.outdoors
        under_roof = [p for p in people if not roll.sheltered[p] and not outdoors[roll.at(p)]]
        for person in under_roof:
            roll.sheltered[person] = True
            self._under_roof.discard(person)
            roll.starts_s[person] = math.inf
            self.lifts.forget(person)
            roll.leaving.exempt(person)
            self.crowd.hold(person)
        value = roll.heads(under_roof)
        self._core.note("person", actor=group, task="sheltered", value=value, unit="p", cause=cause)
        roll.leaving.stamp_emptied(cause=cause)

    def _release(self, people: Sequence[int], *, cause: int) -> None:
        """Who sheltered is told to leave after all."""
        roll = self.roll
        for person in people:
            if roll.sheltered[person] and not roll.stays[person]:
                roll.sheltered[person] = False
                roll.told_row[person] = cause
                self._under_roof.add(person)
                roll.leaving.include(person)

    # -- setting out ----------------------------------------------------------------------------------

    def _send(self, group: str, people: Sequence[int], *, mode: str, anew: bool, cause: int) -> None:
        """Set them going after their pre-movement; ``anew`` also turns those who are on their way."""
        core, roll = self._core, self.roll
        delays_s = self._delays_s(group, mode)
        first = roll.members(group)[0]
        for person in people:
            if not roll.is_free(person) or roll.stays[person]:
                continue
            start_s = core.now_s + float(delays_s[person - first])
            if start_s < roll.starts_s[person]:
                roll.starts_s[person] = start_s
                self.errands.set_out(person)
            elif not anew:
                continue
            roll.told_row[person] = cause
            start_s = max(core.now_s, roll.starts_s[person])
            if person in self._under_roof:
                core.clock.wake_at(start_s, partial(self._leave_shelter, person), counts=True)
            else:
                self._leave(person, start_s)
        self.errands.sent_later(group)

    def _leave_shelter(self, person: int) -> None:
        """Somebody who sheltered sets out; the latest order counts."""
        roll, now_s = self.roll, self._core.now_s
        if person in self._under_roof and roll.starts_s[person] <= now_s and roll.is_free(person):
            self._under_roof.discard(person)
            self.crowd.release(person)
            self._leave(person, now_s)

    def _leave(self, person: int, at_s: float) -> None:
        """At that time to the muster by the way that was assigned, or first to the lobby of the lift.

        Whoever came down by lift takes the nearest way from there.
        """
        roll, spec = self.roll, self.roll.spec_of(person)
        self.errands.cancel(person)
        musters, assigned = self._orders.get(person, ((), {}))
        if not assigned and (lobbies := self.lifts.lobbies_for(person)):
            self.crowd.start(person, at_s, goals=lobbies)
            return
        is_there = roll.is_out(person) or person in self.lifts.brought_down
        ways = () if is_there else self._via(person, assigned or spec.exits)
        goals = roll.goals(musters or spec.musters)
        self.crowd.start(person, at_s, goals=goals, via=ways, route="nearest" if ways else spec.route)

    def _delays_s(self, group: str, mode: str) -> NDArray[np.float64]:
        """Pre-movement and the way down from a cab, of a group; 0 for a cue the profile does not name."""
        scenario, conditions = self._core.scenario, self._core.conditions
        spec = scenario.groups[group]
        names = sorted(spec.mix) if spec.profile is None else [spec.profile]
        answer = [name for name in names if mode in scenario.profiles[name].responses]
        climb = [name for name in names if scenario.profiles[name].descend is not None]
        delays_s = np.zeros(len(self.roll.members(group)))
        if answer:
            answers_s = self.population.premovement(group, mode, conditions)
            self._note_drawn(group, answer, f"responses.{mode}", answers_s)
            delays_s = np.where(np.isfinite(answers_s), answers_s, 0.0)
        if climb:
            down_s = self.population.descend(group, conditions)
            self._note_drawn(group, climb, "descend", down_s)
            delays_s = delays_s + down_s
        return delays_s

    def _note_drawn(
        self, group: str, profiles: Sequence[str], what: str, values: NDArray[np.float64]
    ) -> None:
        """The mean of what was drawn for those of each profile."""
        mine = self.roll.members(group)
        profile = np.array(self.population.profile[mine.start : mine.stop])
        for name in profiles:
            drawn = values[(profile == name) & np.isfinite(values)]
            if drawn.size:
                path = f"profiles.{name}.{what}"
                self._core.note("drawn", task=path, actor=group, value=float(drawn.mean()))

    def _via(self, person: int, shares: Mapping[str, float]) -> tuple[int, ...]:
        way = self.population.choose_exit(person, shares) if shares else None
        return self._core.facility.places(way) if way else ()

    # -- what the hazards ask -------------------------------------------------------------------------

    def collapse(self, person: int, *, dose: str, cause: int) -> None:
        """A person has taken a dose of 1 and lies where it is; nothing for who has collapsed before."""
        self.casualties.collapse(person, dose=dose, cause=cause)

    def is_well(self, person: int) -> bool:
        """Whether the person has not collapsed."""
        return self.roll.well[person]

    # -- what the run asks ----------------------------------------------------------------------------

    def await_empty(self, milestone: str, emptied: Emptied, *, cause: int) -> None:
        """From now on: the milestone comes when nobody who is to leave is left in these places.

        Riders count wherever their lift has a lobby.
        """
        roll = self.roll
        spaces = roll.spaces(emptied.empty) or frozenset(range(len(self._core.facility.spaces)))
        spaces |= self.lifts.cars_of(spaces)
        roll.leaving.await_empty(milestone, spaces - roll.musters, cause=cause)

    def passed(self) -> None:
        """After a passage somebody watches: the order that set this person going let it happen."""
        self.errands.arrived()
        self.lifts.arrived()
        self.roll.leaving.stamp_emptied(cause=self.roll.told_row[self.crowd.seen_person])

    def settled(self) -> bool:
        """Whether nobody who stands still now will set out by itself: a lift, a bag, a warden on the way."""
        roll, now_s = self.roll, self._core.now_s
        if any(roll.is_free(p) and now_s < roll.starts_s[p] < math.inf for p in self._under_roof):
            return False
        return not (self.lifts.at_work() or self.errands.at_work() or self.rounds.at_work())

    def carried_s(self) -> NDArray[np.float64]:
        """When each person was handed over to the ambulance, s; inf for all others."""
        return self.casualties.carried_s()

    def stuck(self) -> dict[str, float]:
        """Heads by space of those who are to go and have no way."""
        found: dict[str, float] = {}
        for person, space in self.crowd.stuck():
            name = self._core.facility.spaces[space]
            found[name] = found.get(name, 0.0) + self.population.heads[person]
        return dict(sorted(found.items()))

    def totals(self) -> dict[str, dict[str, float]]:
        """Heads by group and state; who is to leave and has no way out is trapped."""
        roll = self.roll
        stuck = {person for person, _ in self.crowd.stuck()}
        table: dict[str, dict[str, float]] = {name: {} for name in roll.groups}
        for person, group in enumerate(roll.group_of):
            at = roll.at(person)
            state = "sheltered" if roll.sheltered[person] else "inside"
            if at in roll.musters or at < 0:
                state = "evacuated"
            elif person in stuck:
                state = "trapped"
            table[group][state] = table[group].get(state, 0.0) + self.population.heads[person]
        return table
