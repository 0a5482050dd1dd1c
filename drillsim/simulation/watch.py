"""Waiting until something holds that no single moment stands for; looked at anew after every turn."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from simpy.events import Event

from drillsim.simulation.clock import LAST

if TYPE_CHECKING:
    from collections.abc import Callable

    from drillsim.simulation.clock import Clock

__all__ = ["TURNS", "Watch"]

# Rows after which a condition may hold that did not before.
TURNS: Final = frozenset(
    {
        "milestone",
        "task-done",
        "task-skipped",
        "task-failed",
        "inject",
        "inject-dropped",
        "hazard",
        "threshold",
        "threshold-over",
        "wind",
        "level",
        "informed",
        "uninformed",
        "casualty",
        "unit-state",
        "mayday",
        "exit",
        "headcount",
        "missing",
        "searched",
        "person",
    }
)


class _Look(NamedTuple):
    holds: Callable[[], bool]
    seen: Event


@dataclass(slots=True)
class Watch:
    """Who waits for a condition; costs nothing while nobody does."""

    clock: Clock
    looks: list[_Look] = field(default_factory=list)
    _row: int = -1
    _soon: bool = False

    def until(self, holds: Callable[[], bool]) -> Event:
        """An event that comes as soon as ``holds()`` after a turn; its value is the row that made it so."""
        look = _Look(holds, Event(self.clock))
        self.looks.append(look)
        return look.seen

    def forget(self, seen: Event) -> None:
        """Nobody waits for it any more."""
        self.looks = [look for look in self.looks if look.seen is not seen]

    def turned(self, event: str, row: int) -> None:
        """A row was written; conditions are looked at when everything of this moment has happened.

        Need not be called while there are no ``looks``.
        """
        if self.looks and event in TURNS:
            self._row = row
            if not self._soon:
                self._soon = True
                self.clock.wake_at(self.clock.now, self._look_again, counts=True, priority=LAST)

    def _look_again(self) -> None:
        self._soon = False
        for look in list(self.looks):
            if look.holds():
                self.looks.remove(look)
                look.seen.succeed(self._row)
