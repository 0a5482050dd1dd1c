"""Who turns round: for a bag left behind, or because the controller sends somebody back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from drillsim.simulation.roll import Roll

__all__ = ["PICKING_UP_S", "RETURNS_AFTER_S", "Errands"]

RETURNS_AFTER_S: Final = 15.0  # from setting out to turning round; this project's choice, confidence low
PICKING_UP_S: Final = 20.0  # at the own place, to find the bag; this project's choice, confidence low


class _Errand(NamedTuple):
    goal: int
    watch: int  # the crowd's watch on the goal
    pause_s: float


class Errands:
    """``leave`` sends a person to its muster again, at a time; ``forget_lift``: it waits for no lift."""

    def __init__(
        self, roll: Roll, *, leave: Callable[[int, float], None], forget_lift: Callable[[int], None]
    ) -> None:
        self._roll = roll
        self._leave = leave
        self._forget_lift = forget_lift
        self._under_way: dict[int, _Errand] = {}
        self._to_come: dict[str, list[tuple[str, int]]] = {}  # by group: where to, and why
        self._returned: set[int] = set()
        self._picking_up: set[int] = set()
        self._turns_s: dict[str, list[float]] = {}  # by group: how long after setting out; inf: does not

    # -- sent back by the controller ------------------------------------------------------------------

    def send_back(self, *, group: str, place: str, cause: int) -> None:
        """One person turns round, goes to the place and leaves again: the first to set out, if nobody has."""
        roll, now_s = self._roll, self._roll.core.now_s
        told = [p for p in roll.members(group) if roll.is_free(p) and roll.starts_s[p] < np.inf]
        if not told:
            self._to_come.setdefault(group, []).append((place, cause))
            return
        first_s = min(roll.starts_s[p] for p in told)
        if first_s > now_s:
            again = partial(self.send_back, group=group, place=place, cause=cause)
            roll.core.clock.wake_at(first_s, again, counts=True)
            return
        person = min((p for p in told if roll.starts_s[p] <= now_s), key=lambda p: roll.population.rank[p])
        self._turn(person, roll.core.facility.space_index[place], pause_s=0.0, cause=cause)

    def sent_later(self, group: str) -> None:
        """Somebody of the group will set out: those who are to be sent back can be."""
        for place, cause in self._to_come.pop(group, []):
            self.send_back(group=group, place=place, cause=cause)

    # -- belongings -----------------------------------------------------------------------------------

    def set_out(self, person: int) -> None:
        """The person sets out at its ``starts_s``; if it left something behind, it will turn round once."""
        roll = self._roll
        if not roll.spec_of(person).returns:
            return
        group, start_s = roll.group_of[person], roll.starts_s[person]
        after_s = self._turning(group)[person - roll.members(group)[0]]
        if after_s < np.inf and person not in self._returned:
            turn = partial(self._fetch, person, start_s)
            roll.core.clock.wake_at(start_s + after_s, turn, counts=True)

    def _turning(self, group: str) -> list[float]:
        """How long after setting out each of a group turns round, s; inf for who does not."""
        if group not in self._turns_s:
            core, spec = self._roll.core, self._roll.core.scenario.groups[group]
            count = len(self._roll.members(group))
            after_s = np.full(count, RETURNS_AFTER_S)
            if spec.returns_after is not None:
                luck = core.streams.uniforms(group, "returns_after", count)
                after_s = spec.returns_after.under(core.conditions).quantiles(luck)
                path = f"groups.{group}.returns_after"
                core.note("drawn", task=path, actor=group, value=float(after_s.mean()))
            after_s[core.streams.uniforms(group, "returns", count) >= spec.returns] = np.inf
            self._turns_s[group] = after_s.tolist()
        return self._turns_s[group]

    def _fetch(self, person: int, start_s: float) -> None:
        roll = self._roll
        moved_by_another_order = roll.starts_s[person] != start_s
        if moved_by_another_order or person in self._returned or not roll.is_free(person):
            return
        if roll.at(person) in roll.musters:
            return
        self._returned.add(person)
        home = roll.population.place[person]
        self._turn(person, home, pause_s=PICKING_UP_S, cause=roll.told_row[person])

    # -- on the way -----------------------------------------------------------------------------------

    def _turn(self, person: int, goal: int, *, pause_s: float, cause: int) -> None:
        roll = self._roll
        roll.told_row[person] = roll.core.note(
            "went-back",
            actor=roll.group_of[person],
            place=roll.core.facility.spaces[goal],
            value=roll.heads((person,)),
            unit="p",
            cause=cause,
        )
        self.cancel(person)
        self._forget_lift(person)
        self._under_way[person] = _Errand(goal, roll.crowd.watch((goal,)), pause_s)
        roll.crowd.start(person, roll.core.now_s, goals=(goal,))

    def cancel(self, person: int) -> None:
        """Another order takes the place of the errand, if there is one."""
        if person in self._under_way:
            self._roll.crowd.unwatch(self._under_way.pop(person).watch)

    def arrived(self) -> None:
        """After a passage somebody watches: who has come to where it was going picks up and leaves."""
        there = [(p, errand) for p, errand in self._under_way.items() if self._there(p, errand.goal)]
        for person, errand in sorted(there):
            self.cancel(person)
            clock = self._roll.core.clock
            if errand.pause_s == 0.0:
                self._leave(person, clock.now)
            else:
                self._picking_up.add(person)
                go = partial(self._go_again, person, errand.goal)
                clock.wake_at(clock.now + errand.pause_s, go, counts=True)

    def at_work(self) -> bool:
        """Whether somebody is picking up what it came for."""
        return bool(self._picking_up)

    def _go_again(self, person: int, goal: int) -> None:
        self._picking_up.discard(person)
        if self._there(person, goal) and self._roll.is_free(person):
            self._leave(person, self._roll.core.now_s)

    def _there(self, person: int, goal: int) -> bool:
        return self._roll.crowd.has_arrived(person) and self._roll.at(person) == goal
