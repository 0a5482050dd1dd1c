"""The nominal roll of one run: who there is, where each person is, and how each is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.people.kernel import crowd_for
from drillsim.people.population import Population
from drillsim.simulation.leaving import Leaving
from drillsim.trace.log import CrowdLog

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from drillsim.people.spec import Group
    from drillsim.simulation.core import Core

__all__ = ["Roll"]


class Roll:
    """Persons are tokens of the population, by number; a group that stays together may be one of many heads.

    ``starts_s`` is when a person sets out, or did (inf: has no reason to); ``told_row`` is the trace row of
    the order that set it going; ``riding`` are those in the car of a lift, who hear and decide nothing.
    """

    def __init__(self, core: Core, *, record: bool) -> None:
        self.core = core
        scenario, facility = core.scenario, core.facility
        self.population = Population.draw(
            scenario.groups, scenario.profiles, facility, core.streams, conditions=core.conditions
        )
        # Doses are read off the crowd's log: where air can harm it is kept in any case.
        harmful = any(spec.harms for spec in scenario.hazards.values())
        log = core.trace.crowd if record else CrowdLog()
        self.crowd = crowd_for(facility, self.population, record=record or harmful, log=log)
        self.groups = self.population.groups
        self.group_of = [self.groups[group] for group in self.population.group]
        self.stays = [scenario.groups[group].stays for group in self.group_of]
        count = len(self.group_of)
        self.everybody = range(count)
        self.sheltered = [False] * count
        self.well = [True] * count
        self.starts_s = [math.inf] * count
        self.told_row = [-1] * count
        self.riding: set[int] = set()
        self.musters = frozenset(i for i, kind in enumerate(facility.kind) if kind == "muster")
        self._open_air = frozenset(i for i, kind in enumerate(facility.kind) if kind == "outside")
        staying = (person for person, stays in enumerate(self.stays) if stays)
        self.leaving = Leaving(core, self.crowd, self.population, staying=staying)

    def members(self, group: str) -> range:
        return self.population.members(group)

    def spec_of(self, person: int) -> Group:
        return self.core.scenario.groups[self.group_of[person]]

    def at(self, person: int) -> int:
        """Space the person is in; -1 once carried out."""
        return self.crowd.space_of(person)

    def is_out(self, person: int) -> bool:
        """Whether the person stands at a muster or in the open."""
        return self.at(person) in self.musters or self.at(person) in self._open_air

    def is_free(self, person: int) -> bool:
        """Whether the person could go somewhere now."""
        return self.well[person] and not self.sheltered[person] and person not in self.riding

    def lingers(self, person: int) -> bool:
        """Whether the person could go and has not set out."""
        free = self.is_free(person) and not self.stays[person]
        return free and self.starts_s[person] > self.core.now_s

    def goals(self, musters: Sequence[str]) -> tuple[int, ...]:
        """Spaces of these musters; of all, if none is named."""
        index = self.core.facility.space_index
        return tuple(sorted(index[name] for name in musters)) if musters else tuple(sorted(self.musters))

    def rooms(self, places: Iterable[str]) -> tuple[int, ...]:
        """Spaces of places in the order they are named, each once; ``everywhere`` is every space."""
        found = (space for place in places for space in self.core.facility.places(place))
        return tuple(dict.fromkeys(found))

    def spaces(self, places: Iterable[str]) -> frozenset[int]:
        """Spaces of places; empty, which means all of them, for ``everywhere`` or none."""
        return frozenset(self.rooms(place for place in places if place != "everywhere"))

    def heads(self, people: Iterable[int]) -> float:
        return float(sum(self.population.heads[person] for person in people))
