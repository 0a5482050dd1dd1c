"""The people of one run: told, on their way, sheltered, out, collapsed."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from drillsim.people.crowd import Crowd
from drillsim.people.population import Population
from drillsim.simulation.leaving import Leaving

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from drillsim.response.spec import Emptied
    from drillsim.simulation.core import Core

__all__ = ["Evacuees"]


class Evacuees:
    """Who knows what and goes where; the crowd kernel moves them. Persons are tokens of the population."""

    def __init__(self, core: Core, *, record: bool) -> None:
        self._core = core
        scenario, facility = core.scenario, core.facility
        self.population = Population.draw(
            scenario.groups, scenario.profiles, facility, core.streams, conditions=core.conditions
        )
        self.crowd = Crowd(facility, self.population, record=record, log=core.trace.crowd)
        self._groups = self.population.groups
        self._group_of = [self._groups[group] for group in self.population.group]
        self._stays = [scenario.groups[group].stays for group in self._group_of]
        count = len(self._group_of)
        self._sheltered = [False] * count
        self._well = [True] * count
        self._informed: set[int] = set()  # who has been told or has perceived something
        self._under_roof: set[int] = set()  # who sheltered, has been told to leave and is still held there
        self._starts_s = [math.inf] * count  # when the person sets out, or did
        self._told_row = [-1] * count
        self._orders: dict[int, tuple[Sequence[str], Mapping[str, float]]] = {}  # assigned musters, ways
        self._carried_s = np.full(count, math.inf)  # when a casualty was handed over
        self._errands: dict[int, tuple[int, int]] = {}  # who goes back: to where, and the crowd's watch
        self._errands_to_come: dict[str, list[tuple[str, int]]] = {}
        self._musters = frozenset(i for i, kind in enumerate(facility.kind) if kind == "muster")
        self._open_air = frozenset(i for i, kind in enumerate(facility.kind) if kind == "outside")
        staying = (person for person, stays in enumerate(self._stays) if stays)
        self.leaving = Leaving(core, self.crowd, self.population, staying=staying)

    # -- orders ---------------------------------------------------------------------------------------

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
        everyone = not groups or "everyone" in groups
        spaces = self._spaces(places)
        for group in self._groups if everyone else sorted(groups):
            profile = self._core.scenario.profiles[self._core.scenario.groups[group].profile]
            heard = [
                p
                for p in self.population.members(group)
                if self._well[p]
                and (instruct == "shelter" or not self._stays[p])
                and (not spaces or self._at(p) in spaces)
                and (
                    self._at(p) not in self._musters or (musters and self._at(p) not in self._goals(musters))
                )
            ]
            if mode not in profile.responses or not heard:
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

    def perceive(self, space: int, *, mode: str, cause: int) -> None:
        """People in a space see smoke or notice gas: who has not started answers to that cue."""
        for group in self._groups:
            profile = self._core.scenario.profiles[self._core.scenario.groups[group].profile]
            if mode in profile.responses:
                waiting = [
                    p for p in self.population.members(group) if self._at(p) == space and self._lingers(p)
                ]
                self._rouse(group, waiting, mode=mode, cause=cause)

    def sweep(self, *, places: Sequence[str], cause: int) -> None:
        """A warden's contact ends the pre-movement of whoever is still there."""
        spaces = self._spaces(places)
        for group in self._groups:
            late = [
                p
                for p in self.population.members(group)
                if self._lingers(p) and (not spaces or self._at(p) in spaces)
            ]
            self._rouse(group, late, mode="warden", cause=cause)

    def _rouse(self, group: str, people: Sequence[int], *, mode: str, cause: int) -> None:
        if people:
            row = self._note_told(group, people, mode=mode, cause=cause)
            self._send(group, people, mode=mode, anew=False, cause=row)

    def _note_told(self, group: str, people: Sequence[int], *, mode: str, cause: int) -> int:
        """A row for all who are told now; its value counts those who knew nothing before."""
        new = [person for person in people if person not in self._informed]
        self._informed.update(new)
        return self._core.note("told", actor=group, task=mode, value=self._heads(new), unit="p", cause=cause)

    def _shelter(self, group: str, people: Sequence[int], *, cause: int) -> None:
        """They stay in the building they are in; who is in the open air walks on."""
        facility = self._core.facility
        under_roof = [p for p in people if not self._sheltered[p] and not facility.outdoors[self._at(p)]]
        for person in under_roof:
            self._sheltered[person] = True
            self._under_roof.discard(person)
            self._starts_s[person] = math.inf
            self.leaving.exempt(person)
            self.crowd.hold(person)
        self._core.note(
            "person", actor=group, task="sheltered", value=self._heads(under_roof), unit="p", cause=cause
        )
        self.leaving.stamp_emptied(cause=cause)

    def _release(self, people: Sequence[int], *, cause: int) -> None:
        """Who sheltered is told to leave after all."""
        for person in people:
            if self._sheltered[person] and not self._stays[person]:
                self._sheltered[person] = False
                self._told_row[person] = cause
                self._under_roof.add(person)
                self.leaving.include(person)

    def _send(self, group: str, people: Sequence[int], *, mode: str, anew: bool, cause: int) -> None:
        """Set them going after their pre-movement; ``anew`` also turns those who are on their way."""
        core, spec = self._core, self._core.scenario.groups[group]
        delays_s = self._delays_s(group, mode)
        first = self.population.members(group)[0]
        for person in people:
            if not self._free(person) or self._stays[person]:
                continue
            musters, via = self._orders.get(person, ((), {}))
            start_s = core.now_s + float(delays_s[person - first])
            if start_s < self._starts_s[person]:
                self._starts_s[person] = start_s
            elif not anew:
                continue
            out = self._at(person) in self._musters or self._at(person) in self._open_air
            self._told_row[person] = cause
            goals = self._goals(musters or spec.musters)
            ways = () if out else self._via(person, via or spec.exits)
            start_s = max(core.now_s, self._starts_s[person])
            if person in self._under_roof:
                core.clock.wake_at(start_s, partial(self._leave_shelter, person, goals, ways), counts=True)
            else:
                self.crowd.start(person, start_s, goals=goals, via=ways)
        for place, why in self._errands_to_come.pop(group, []):
            self.send_back(group=group, place=place, cause=why)

    def _leave_shelter(self, person: int, goals: Sequence[int], via: Sequence[int]) -> None:
        """Somebody who sheltered sets out; the latest order counts."""
        if person in self._under_roof and self._starts_s[person] <= self._core.now_s and self._free(person):
            self._under_roof.discard(person)
            self.crowd.release(person)
            self.crowd.start(person, self._core.now_s, goals=goals, via=via)

    def _delays_s(self, group: str, mode: str) -> NDArray[np.float64]:
        """Pre-movement and the way down from a cab, of a group; 0 for a cue the profile does not name."""
        core = self._core
        name = core.scenario.groups[group].profile
        profile = core.scenario.profiles[name]
        delays_s = np.zeros(len(self.population.members(group)))
        if mode in profile.responses:
            delays_s = self.population.premovement(group, mode, core.conditions)
            path = f"profiles.{name}.responses.{mode}"
            core.note("drawn", task=path, actor=group, value=float(delays_s.mean()))
        if profile.descend is not None:
            down_s = self.population.descend(group, core.conditions)
            core.note("drawn", task=f"profiles.{name}.descend", actor=group, value=float(down_s.mean()))
            delays_s = delays_s + down_s
        return delays_s

    def _goals(self, musters: Sequence[str]) -> tuple[int, ...]:
        index = self._core.facility.space_index
        return tuple(sorted(index[name] for name in musters)) if musters else tuple(sorted(self._musters))

    def _via(self, person: int, shares: Mapping[str, float]) -> tuple[int, ...]:
        way = self.population.choose_exit(person, shares) if shares else None
        return self._core.facility.places(way) if way else ()

    # -- single people --------------------------------------------------------------------------------

    def lose(self, *, group: str, count: int, cause: int) -> None:
        """People who are not out yet collapse where they are; the lowest rank first."""
        rank = self.population.rank
        able = [
            p for p in self.population.members(group) if self._free(p) and self._at(p) not in self._musters
        ]
        lost = sorted(able, key=lambda p: rank[p])[:count]
        for person in lost:
            self._well[person] = False
            self.leaving.exempt(person)
            self.crowd.hold(person)
        row = self._core.note("casualty", actor=group, value=self._heads(lost), unit="p", cause=cause)
        self.leaving.stamp_emptied(cause=row)

    def rescue(self, *, group: str, cause: int) -> None:
        """The casualties of a group are carried out and handed over."""
        carried = [p for p in self.population.members(group) if not self._well[p] and self._at(p) >= 0]
        for person in carried:
            self._carried_s[person] = self._core.now_s
            self.crowd.remove(person)
            self.leaving.exempt(
                person
            )  # it no longer lies in any space: those still to leave are counted anew
        row = self._core.note(
            "person", actor=group, task="rescued", value=self._heads(carried), unit="p", cause=cause
        )
        self.leaving.stamp_emptied(cause=row)

    def send_back(self, *, group: str, place: str, cause: int) -> None:
        """One person turns round, goes to the place and leaves again: the first to set out, if nobody has."""
        now_s = self._core.now_s
        told = [p for p in self.population.members(group) if self._free(p) and self._starts_s[p] < math.inf]
        if not told:
            self._errands_to_come.setdefault(group, []).append((place, cause))
            return
        first_s = min(self._starts_s[p] for p in told)
        if first_s > now_s:
            self._core.clock.wake_at(
                first_s, lambda: self.send_back(group=group, place=place, cause=cause), counts=True
            )
            return
        person = min((p for p in told if self._starts_s[p] <= now_s), key=lambda p: self.population.rank[p])
        goal = self._core.facility.space_index[place]
        row = self._core.note("went-back", actor=group, place=place, value=1.0, unit="p", cause=cause)
        self._told_row[person] = row
        self._errands[person] = (goal, self.crowd.watch((goal,)))
        self.crowd.start(person, now_s, goals=(goal,))

    def _finish_errands(self) -> None:
        for person, (goal, watch) in sorted(self._errands.items()):
            if self._at(person) == goal and self.crowd.has_arrived(person):
                del self._errands[person]
                self.crowd.unwatch(watch)
                spec = self._core.scenario.groups[self._group_of[person]]
                self.crowd.start(person, self._core.now_s, goals=self._goals(spec.musters))

    def count_heads(self, *, musters: Sequence[str], cause: int) -> None:
        """Hold the lists against who stands at the musters; casualties not yet handed over are missing."""
        index = self._core.facility.space_index
        everybody = range(len(self._group_of))
        for muster in sorted(musters):
            there = [p for p in everybody if self._well[p] and self._at(p) == index[muster]]
            self._core.note("headcount", place=muster, value=self._heads(there), unit="p", cause=cause)
        counted = frozenset(index[muster] for muster in musters)
        missing = [p for p in everybody if self.leaving.includes(p) and self._at(p) not in counted]
        missing += [p for p in everybody if not self._well[p] and self._at(p) >= 0]
        self._core.note("missing", task="headcount", value=self._heads(missing), unit="p", cause=cause)

    # -- what the run asks ----------------------------------------------------------------------------

    def await_empty(self, milestone: str, emptied: Emptied, *, cause: int) -> None:
        """From now on: the milestone comes when nobody who is to leave is left in these places."""
        spaces = self._spaces(emptied.empty) or frozenset(range(len(self._core.facility.spaces)))
        self.leaving.await_empty(milestone, spaces - self._musters, cause=cause)

    def passed(self) -> None:
        """After a passage somebody watches: the order that set this person going let it happen."""
        self._finish_errands()
        self.leaving.stamp_emptied(cause=self._told_row[self.crowd.seen_person])

    def carried_s(self) -> NDArray[np.float64]:
        """When each person was handed over to the ambulance, s; inf for all others."""
        return self._carried_s

    def stuck(self) -> dict[str, float]:
        """Heads by space of those who are to go and have no way."""
        found: dict[str, float] = {}
        for person, space in self.crowd.stuck():
            name = self._core.facility.spaces[space]
            found[name] = found.get(name, 0.0) + self.population.heads[person]
        return dict(sorted(found.items()))

    def totals(self) -> dict[str, dict[str, float]]:
        """Heads by group and state; who is to leave and has no way out is trapped."""
        stuck = {person for person, _ in self.crowd.stuck()}
        table: dict[str, dict[str, float]] = {name: {} for name in self._groups}
        for person, group in enumerate(self._group_of):
            at = self._at(person)
            state = "sheltered" if self._sheltered[person] else "inside"
            if at in self._musters or at < 0:
                state = "evacuated"
            elif person in stuck:
                state = "trapped"
            table[group][state] = table[group].get(state, 0.0) + self.population.heads[person]
        return table

    # -- small questions ------------------------------------------------------------------------------

    def _free(self, person: int) -> bool:
        return self._well[person] and not self._sheltered[person]

    def _lingers(self, person: int) -> bool:
        """Whether the person could go and has not set out."""
        return self._free(person) and not self._stays[person] and self._starts_s[person] > self._core.now_s

    def _at(self, person: int) -> int:
        return self.crowd.space_of(person)

    def _spaces(self, places: Iterable[str]) -> frozenset[int]:
        names = [place for place in places if place != "everywhere"]
        return frozenset(space for place in names for space in self._core.facility.places(place))

    def _heads(self, people: Iterable[int]) -> float:
        return float(sum(self.population.heads[p] for p in people))
