"""The named moments of one run: what a task may wait for, each with the trace row that stamped it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy.events import Event

if TYPE_CHECKING:
    from drillsim.simulation.clock import Clock

__all__ = ["Moments"]


class Moments:
    """Each name happens at most once; its event's value is the trace row."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._events: dict[str, Event] = {}

    def of(self, name: str) -> Event:
        """The event of that name; waiting for one that never happens is a standstill, not an error."""
        event = self._events.get(name)
        if event is None:
            event = self._events[name] = Event(self._clock)
        return event

    def row(self, name: str) -> int | None:
        """The row that stamped it, for who need not wait for it any more; ``None`` before."""
        event = self._events.get(name)
        return event._value if event is not None and event.callbacks is None else None

    def happened(self, name: str) -> bool:
        return name in self._events and self._events[name].triggered

    def stamp(self, name: str, row: int) -> bool:
        """It happens now, by trace row ``row``; False if it had happened before."""
        event = self._events.get(name)
        if event is None:
            event = self._events[name] = Event(self._clock)
        elif event.triggered:
            return False
        self._clock.happen(event, row)
        return True
