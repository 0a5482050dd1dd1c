"""Stops a run in which things happen again and again without time passing, and names what."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from drillsim.errors import DrillsimError
from drillsim.units import format_clock

if TYPE_CHECKING:
    from drillsim.simulation.core import Core

__all__ = ["MOST_TURNS", "ZeroTimeWatch"]

MOST_TURNS: Final = 100_000
"""Turns of the clock at one and the same time that no plan needs."""
_PER_HEAD: Final = 10  # watched passages of people are turns, too, and all may come at once
_ROWS: Final = 2_000  # last rows of the trace that are looked at
_NAMED: Final = 6


class ZeroTimeWatch:
    """Looks at the clock once in so many turns: if it stands where it stood the last time, the run is stuck.

    A loop without time is stopped after one to two times ``most`` turns. Count the turns in a local variable,
    so that a turn costs one addition and one comparison::

        watch = ZeroTimeWatch(core)
        turns = 0
        while core.clock.turn(…):
            turns += 1
            if turns >= watch.most:
                turns = watch.look()
    """

    def __init__(self, core: Core, *, most: int = MOST_TURNS) -> None:
        self._core = core
        self.most = most + _PER_HEAD * sum(group.count for group in core.scenario.groups.values())
        self._seen_s = -1.0

    def look(self) -> int:
        """Turns to go on counting from: 0. Raises :class:`DrillsimError` if no time has passed since."""
        if self._core.now_s == self._seen_s:
            raise DrillsimError(self._words())
        self._seen_s = self._core.now_s
        return 0

    def _words(self) -> str:
        core = self._core
        clock = format_clock(core.trace.header.start_s + core.now_s)
        names = self._again_and_again()
        who = (
            f"{', '.join(names)} do the same again and again"
            if names
            else "something is done again and again"
        )
        message = f"zero-time loop at {clock}: {who} without time passing; "
        return message + "give a task, a message or a repeat among them a time above 0"

    def _again_and_again(self) -> list[str]:
        """Tasks, units or agencies of the last rows at this time, most often first; else those who wait."""
        core, said = self._core, Counter[str]()
        for row in core.trace.rows[-_ROWS:]:
            name = row.task if row.task in core.tasks else row.actor or row.task
            if row.time_s == core.now_s and row.event != "drawn" and name:
                said[name] += 1
        again = sorted(
            (name for name, times in said.items() if times > 1), key=lambda name: (-said[name], name)
        )
        return (again or sorted(core.waits))[:_NAMED]
