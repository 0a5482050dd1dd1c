"""The people of one run: told, on their way, sheltered, out, collapsed; and the milestones they make."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drillsim.people.crowd import Crowd
from drillsim.people.population import Population

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from drillsim.response.spec import Emptied
    from drillsim.simulation.core import Core

__all__ = ["Evacuees"]


@dataclass(slots=True)
class _Watch:
    """A milestone that waits for places to be empty of those who are to leave."""

    milestone: str
    spaces: frozenset[int]
    number: int
    cause: int
    staying: int | None = None  # heads in the spaces that are not to leave; None: to be counted again


class Evacuees:
    """Who knows what and goes where; the crowd kernel moves them."""

    def __init__(self, core: Core, *, record: bool) -> None:
        self._core = core
        scenario = core.scenario
        self.population = Population.draw(
            scenario.groups, scenario.profiles, core.facility, core.streams, conditions=core.conditions
        )
        self.crowd = Crowd(core.facility, self.population, record=record, log=core.trace.crowd)
        count = len(self.population.group)
        self.state = ["inside"] * count
        self.well = [True] * count
        self.rescued = [False] * count
        self.starts_s = [math.inf] * count
        self._told_row = [-1] * count
        self._groups = self.population.groups
        self.members = {name: self.population.members(name) for name in self._groups}
        self._stays = [scenario.groups[self._groups[group]].stays for group in self.population.group]
        # Who is not to leave: ordered to stay or shelter, or collapsed.
        self._remaining = {person for person, stays in enumerate(self._stays) if stays}
        self._outside = frozenset(i for i, kind in enumerate(core.facility.kind) if kind == "muster")
        self._open_air = frozenset(i for i, kind in enumerate(core.facility.kind) if kind == "outside")
        self._watches: list[_Watch] = []
        self._returning: dict[int, int] = {}

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
        """An alarm reaches those of ``groups`` who are in ``places`` and perceive ``mode``."""
        everyone = not groups or "everyone" in groups
        spaces = self._spaces(places)
        for group in self._groups if everyone else sorted(groups):
            profile = self._core.scenario.profiles[self._core.scenario.groups[group].profile]
            heard = [p for p in self.members[group] if self._is_in(p, spaces)]
            if mode not in profile.responses or not heard:
                continue
            row = self._core.note(
                "told", actor=group, task=mode, value=self._heads(heard), unit="p", cause=cause
            )
            if instruct == "shelter":
                self._shelter(group, heard, cause=row)
            else:
                self._send(group, heard, mode=mode, musters=musters, via=via, cause=row)

    def perceive(self, space: int, *, mode: str, cause: int) -> None:
        """People in a space see smoke or notice gas: who has not started answers to that cue."""
        for group in self._groups:
            here = [p for p in self.members[group] if self.crowd.space_of(p) == space and self._free(p)]
            profile = self._core.scenario.profiles[self._core.scenario.groups[group].profile]
            waiting = [p for p in here if self.starts_s[p] > self._core.now_s and not self._stays[p]]
            if waiting and mode in profile.responses:
                row = self._core.note(
                    "told", actor=group, task=mode, value=self._heads(waiting), unit="p", cause=cause
                )
                self._send(group, waiting, mode=mode, musters=(), via={}, cause=row)

    def sweep(self, *, places: Sequence[str], cause: int) -> None:
        """A warden ends the pre-movement of whoever is still there."""
        spaces = self._spaces(places)
        now_s = self._core.now_s
        for group in self._groups:
            late = [
                p
                for p in self.members[group]
                if self._is_in(p, spaces)
                and self._free(p)
                and not self._stays[p]
                and self.starts_s[p] > now_s
            ]
            if late:
                row = self._core.note(
                    "told", actor=group, task="warden", value=self._heads(late), unit="p", cause=cause
                )
                self._send(group, late, mode="warden", musters=(), via={}, cause=row)

    def _shelter(self, group: str, people: Sequence[int], *, cause: int) -> None:
        inside = [p for p in people if self._free(p) and self.starts_s[p] > self._core.now_s]
        for person in inside:
            self.state[person] = "sheltered"
            self._stay(person)
            self.starts_s[person] = math.inf
            self.crowd.hold(person)
        self._core.note(
            "person", actor=group, task="sheltered", value=self._heads(inside), unit="p", cause=cause
        )
        self.look(cause=cause)

    def _send(
        self,
        group: str,
        people: Sequence[int],
        *,
        mode: str,
        musters: Sequence[str],
        via: Mapping[str, float],
        cause: int,
    ) -> None:
        core, spec = self._core, self._core.scenario.groups[group]
        profile = core.scenario.profiles[spec.profile]
        now_s = core.now_s
        delays = self.population.premovement(group, mode, core.conditions)
        path = f"profiles.{spec.profile}.responses.{mode}"
        core.note("drawn", task=path, actor=group, value=float(delays.mean()), cause=cause)
        if profile.descend is not None:
            down = self.population.descend(group, core.conditions)
            core.note("drawn", task=f"profiles.{spec.profile}.descend", actor=group, value=float(down.mean()))
            delays = delays + down
        goals = self._goals(musters or spec.musters)
        first = self.members[group][0]
        for person in people:
            if not self._free(person) or self._stays[person] or self._is_out(person, moved=bool(musters)):
                continue
            ways = self._via(person, via or spec.exits)
            start_s = now_s + float(delays[person - first])
            if start_s < self.starts_s[person]:
                self.starts_s[person] = start_s
            elif not (musters or via):
                continue
            self._told_row[person] = cause
            self.crowd.start(person, max(now_s, self.starts_s[person]), goals=goals, via=ways)

    def _goals(self, musters: Sequence[str]) -> tuple[int, ...]:
        index = self._core.facility.space_index
        return tuple(sorted(index[name] for name in musters)) if musters else tuple(sorted(self._outside))

    def _via(self, person: int, shares: Mapping[str, float]) -> tuple[int, ...]:
        way = self.population.choose_exit(person, shares) if shares else None
        return self._core.facility.places(way) if way else ()

    # -- single people --------------------------------------------------------------------------------

    def lose(self, *, group: str, count: int, cause: int) -> None:
        """People collapse where they are; those who lie deepest in the queue of fate (rank) first."""
        rank = self.population.rank
        able = sorted((p for p in self.members[group] if self._free(p)), key=lambda p: rank[p])
        for person in able[:count]:
            self.well[person] = False
            self._stay(person)
            self.crowd.hold(person)
        lost = min(count, len(able))
        self._core.note("casualty", actor=group, value=float(lost), unit="p", cause=cause)
        self.look(cause=cause)

    def rescue(self, *, group: str, cause: int) -> None:
        """The casualties of a group are carried out and handed over."""
        carried = [p for p in self.members[group] if not self.well[p] and not self.rescued[p]]
        for person in carried:
            self.rescued[person] = True
            self._stay(person)
            self.crowd.remove(person)
        self._core.note(
            "person", actor=group, task="rescued", value=self._heads(carried), unit="p", cause=cause
        )

    def send_back(self, *, group: str, place: str, cause: int) -> None:
        """One person turns round, goes to the place and then leaves again."""
        moving = [p for p in self.members[group] if self.well[p] and self.starts_s[p] <= self._core.now_s]
        if not moving:
            return
        person = min(moving, key=lambda p: self.population.rank[p])
        goal = self._core.facility.space_index[place]
        self.state[person] = "inside"
        row = self._core.note("went-back", actor=group, place=place, value=1.0, unit="p", cause=cause)
        self.crowd.start(person, self._core.now_s, goals=(goal,))
        self._returning[person] = goal
        self._told_row[person] = row
        self.crowd.watch((goal,))
        self.look(cause=row)

    def count_heads(self, *, musters: Sequence[str], cause: int) -> None:
        """Hold the lists against who stands at the musters."""
        index = self._core.facility.space_index
        for muster in sorted(musters):
            there = [p for p, well in enumerate(self.well) if well and self._at(p) == index[muster]]
            self._core.note("headcount", place=muster, value=self._heads(there), unit="p", cause=cause)
        counted = frozenset(index[muster] for muster in musters)
        missing = [
            p for p in range(len(self.state)) if p not in self._remaining and self._at(p) not in counted
        ]
        missing += [p for p, well in enumerate(self.well) if not well and not self.rescued[p]]
        self._core.note("missing", task="headcount", value=self._heads(missing), unit="p", cause=cause)

    # -- milestones that people make ------------------------------------------------------------------

    def await_empty(self, milestone: str, emptied: Emptied, *, cause: int) -> None:
        """From now on: stamp the milestone as soon as nobody who is to leave is left in these places."""
        spaces = self._spaces(emptied.empty) or frozenset(range(len(self._core.facility.spaces)))
        spaces -= self._outside
        self._watches.append(_Watch(milestone, spaces, self.crowd.watch(tuple(sorted(spaces))), cause))
        self.look(cause=cause)

    def passed(self) -> None:
        """After a passage somebody watches: the order that set this person going let it happen."""
        self.look(cause=self._told_row[self.crowd.seen_person])

    def look(self, *, cause: int) -> None:
        """Stamp the milestones of people that have come about: after a passage, or a change of who leaves."""
        for person in self._arrived_on_errand():
            goals = self._goals(
                self._core.scenario.groups[self._groups[self.population.group[person]]].musters
            )
            self.crowd.start(person, self._core.now_s, goals=goals)
        for watch in [w for w in self._watches if not self._left(w)]:
            self._watches.remove(watch)
            self.crowd.unwatch(watch.number)
            self._core.milestone(watch.milestone, cause=max(cause, watch.cause))

    def _arrived_on_errand(self) -> list[int]:
        there = [
            p for p, goal in self._returning.items() if self._at(p) == goal and self.crowd.has_arrived(p)
        ]
        for person in there:
            del self._returning[person]
        return sorted(there)

    def _left(self, watch: _Watch) -> int:
        """Heads of those who are to leave and are still in these spaces."""
        if watch.staying is None:
            heads, at = self.population.heads, self.crowd.space_of
            watch.staying = sum(heads[p] for p in self._remaining if at(p) in watch.spaces)
        return sum(map(self.crowd.occupancy.__getitem__, watch.spaces)) - watch.staying

    def _stay(self, person: int) -> None:
        """From now on the person is not to leave, and does not move."""
        self._remaining.add(person)
        for watch in self._watches:
            watch.staying = None

    # -- small questions ------------------------------------------------------------------------------

    def _free(self, person: int) -> bool:
        return self.well[person] and self.state[person] != "sheltered"

    def _is_out(self, person: int, *, moved: bool) -> bool:
        """Whether an order to leave comes too late to matter; one naming musters moves those outside too."""
        at = self._at(person)
        if moved:
            return False
        return at in self._outside or (self.starts_s[person] < math.inf and at in self._open_air)

    def _at(self, person: int) -> int:
        return self.crowd.space_of(person)

    def _is_in(self, person: int, spaces: frozenset[int]) -> bool:
        return not spaces or self._at(person) in spaces

    def _spaces(self, places: Iterable[str]) -> frozenset[int]:
        names = [place for place in places if place != "everywhere"]
        return frozenset(space for place in names for space in self._core.facility.places(place))

    def _heads(self, people: Iterable[int]) -> float:
        return float(sum(self.population.heads[p] for p in people))

    def totals(self) -> dict[str, dict[str, float]]:
        """Heads by group and state; a person who is to leave and has no way out is trapped."""
        stuck = {person for person, _ in self.crowd.stuck()}
        table: dict[str, dict[str, float]] = {name: {} for name in self._groups}
        for person, state in enumerate(self.state):
            if state == "inside" and self._at(person) in self._outside:
                state = "evacuated"
            elif person in stuck:
                state = "trapped"
            row = table[self._groups[self.population.group[person]]]
            row[state] = row.get(state, 0.0) + self.population.heads[person]
        return table
