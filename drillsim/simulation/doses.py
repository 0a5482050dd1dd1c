"""Doses people take in harmful air, and when each collapses: one predicted event a person, nothing ticks."""

from __future__ import annotations

import math
from functools import partial
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.fractional_dose import INCAPACITATED
from drillsim.hazards.grid import DoseTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drillsim.hazards.protocol import HazardRun
    from drillsim.simulation.core import Core
    from drillsim.simulation.evacuees import Evacuees

__all__ = ["Doses", "dose_tables"]

_AT_ONCE: Final = 1e-12  # what is left of a dose up to here is rounding


def dose_tables(hazards: Iterable[HazardRun]) -> dict[str, DoseTable]:
    """Tables of all hazards together, by name of the dose; doses of different conventions never add up."""
    found: dict[str, list[DoseTable]] = {}
    for hazard in hazards:
        for name, table in hazard.doses().items():
            found.setdefault(name, []).append(table)
    return {name: DoseTable.together(tables) for name, tables in sorted(found.items())}


class Doses:
    """Follows people through the spaces where a dose is taken; who has taken 1 of any kind collapses.

    The crowd must keep its log. Whoever enters or leaves such a space stops the crowd, and in
    :meth:`people_moved` the collapse is foretold anew from the space the person is in now.
    """

    def __init__(self, core: Core, evacuees: Evacuees, hazards: tuple[HazardRun, ...]) -> None:
        self._core = core
        self._evacuees = evacuees
        self._hazards = hazards
        self._tables: dict[str, DoseTable] = {}
        self._harmful: frozenset[int] = frozenset()
        self._place = list(evacuees.population.place)
        self._since_s = [0.0] * len(self._place)
        self._taken: dict[str, list[float]] = {}
        self._due: list[tuple[float, str]] = [(math.inf, "")] * len(self._place)
        self._heap: list[tuple[float, int]] = []
        self._wake_s = math.inf
        self._read = 0  # rows of the crowd's log
        self._watch: int | None = None
        self._cause = -1

    def add(self, hazard: HazardRun) -> None:
        """One more hazard has begun; :meth:`changed` is to follow."""
        self._hazards = (*self._hazards, hazard)

    def changed(self, cause: int) -> None:
        """The hazards begin, or something was done to one; tables say of the past what they said before."""
        self._follow()
        self._cause = cause
        self._tables = dose_tables(self._hazards)
        self._harmful = frozenset().union(*(table.spaces() for table in self._tables.values()))
        for name in self._tables:
            self._taken.setdefault(name, [0.0] * len(self._place))
        self._watch_doors()
        for person in range(len(self._place)):
            self._foretell(person)
        self._arm()

    def people_moved(self) -> None:
        """After every turn of the clock; nothing to do where nobody moved or no air does harm."""
        if self._harmful and len(self._evacuees.crowd.log.time_s) > self._read:
            self._follow()
            self._arm()

    def pending(self) -> bool:
        """Whether somebody will collapse before the horizon as things stand."""
        return any(due_s <= self._core.scenario.horizon_s for due_s, _ in self._due)

    def _watch_doors(self) -> None:
        """Watch the harmful spaces and those beside them: the crowd tells who leaves a space."""
        if self._watch is not None:
            self._evacuees.crowd.unwatch(self._watch)
            self._watch = None
        facility = self._core.facility
        links = {link for space in self._harmful for link in facility.space_links[space]}
        watched = self._harmful | {int(end) for link in links for end in facility.link_spaces[link]}
        if watched:
            self._watch = self._evacuees.crowd.watch(sorted(watched))

    def _follow(self) -> None:
        """Read on in the crowd's log: settle the stays that have ended, foretell from those that began."""
        log = self._evacuees.crowd.log
        moved: set[int] = set()
        for row in range(self._read, len(log.time_s)):
            person, space = log.person[row], log.space[row]
            if space != self._place[person]:
                self._settle(person, log.time_s[row])
                self._place[person] = space
                moved.add(person)
        self._read = len(log.time_s)
        for person in sorted(moved):
            self._foretell(person)

    def _settle(self, person: int, time_s: float) -> None:
        space, since_s = self._place[person], self._since_s[person]
        if space in self._harmful and time_s > since_s:
            stay = np.array([space]), np.array([since_s]), np.array([time_s])
            for name, table in self._tables.items():
                self._taken[name][person] += float(table.dose(*stay)[0])
        self._since_s[person] = max(time_s, since_s)

    def _foretell(self, person: int) -> None:
        due = (math.inf, "")
        space = self._place[person]
        if space in self._harmful and self._evacuees.is_well(person):
            for name, table in self._tables.items():
                left = INCAPACITATED - self._taken[name][person]
                left = 0.0 if left <= _AT_ONCE else left
                due = min(due, (table.reached_s(space, start_s=self._since_s[person], dose=left), name))
        self._due[person] = due
        if due[0] < math.inf:
            heappush(self._heap, (due[0], person))

    def _arm(self) -> None:
        """Be woken at the first collapse; a wake that came to nothing does no harm."""
        heap = self._heap
        while heap and self._due[heap[0][1]][0] != heap[0][0]:
            heappop(heap)
        next_s = max(heap[0][0], self._core.now_s) if heap else math.inf
        if next_s < self._wake_s and next_s <= self._core.scenario.horizon_s:
            self._wake_s = next_s
            self._core.clock.wake_at(next_s, partial(self._turn, next_s))

    def _turn(self, wake_s: float) -> None:
        if wake_s == self._wake_s:
            self._wake_s = math.inf
        self._follow()
        while self._heap and self._heap[0][0] <= self._core.now_s:
            due_s, person = heappop(self._heap)
            if self._due[person][0] == due_s:
                name = self._due[person][1]
                self._due[person] = (math.inf, "")
                self._evacuees.collapse(person, dose=name, cause=self._cause)
        self._arm()
