"""SimPy's clock with the crowd's own event list beneath it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from functools import partial
from heapq import heapify, heappop, heappush
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import simpy
from simpy.events import NORMAL, Event, EventPriority

if TYPE_CHECKING:
    from drillsim.people.crowd import Crowd

__all__ = ["LAST", "Clock", "Process"]

LAST: Final = EventPriority(NORMAL + 1)
"""Priority of what comes after everything else of its moment."""

MOST_EVENTS: Final = 1_000
"""Events between two looks at whether time passes at all."""

_NEVER: Final = math.inf

Process = Generator[Event, Any, None]


class _Resumed:
    """A generator that goes on with every event it yields; nobody can wait for it or interrupt it."""

    __slots__ = ("_send",)

    def __init__(self, generator: Generator[Event, Any, Any]) -> None:
        self._send = generator.send

    def go_on(self, event: Event) -> None:
        try:
            while event.callbacks is None:  # it has happened
                if not event._ok:
                    raise event._value
                event = self._send(event._value)
        except StopIteration:
            return
        event.callbacks.append(self.go_on)


_new_event = partial(
    Event.__new__, Event
)  # without SimPy's own beginning in Python, for what comes most often


class Clock(simpy.Environment):
    """An environment that can wake at an exact time and counts who is still at work.

    ``busy`` is the number of pauses of the plan, units and injects that have not run out: at zero, and with
    an idle crowd, only background processes could act.
    """

    # A plain attribute, since everybody asks for it; what SimPy calls _now is the same.
    now: float = 0.0
    _now = property(attrgetter("now"), lambda self, now_s: setattr(self, "now", now_s))

    def __init__(self) -> None:
        super().__init__()
        self.busy = 0
        self._end = self._ended  # bound once
        self._nothing = Event(self)  # what those that begin go on with
        self._nothing._ok, self._nothing._value = True, None
        self._nothing.callbacks = None  # type: ignore[assignment]

    # SimPy binds these anew at every call, in Python.
    def process(self, generator: Generator[Event, Any, Any]) -> simpy.Process:
        return simpy.Process(self, generator)

    def timeout(self, delay: float = 0, value: Any = None) -> Event:  # type: ignore[override]
        """What SimPy's does, in two thirds of its time; raises ``ValueError`` for a negative time."""
        if delay < 0:
            raise ValueError(f"Negative delay {delay}")
        event = _new_event()
        event.env, event.callbacks, event._ok, event._value = self, [], True, value
        heappush(self._queue, (self.now + delay, NORMAL, next(self._eid), event))
        return event

    def schedule(self, event: Event, priority: EventPriority = NORMAL, delay: float = 0) -> None:
        heappush(self._queue, (self.now + delay, priority, next(self._eid), event))

    def begin(self, generator: Generator[Event, Any, Any]) -> None:
        """Run what nobody waits for: its first part now, and no event for its beginning and its end."""
        _Resumed(generator).go_on(self._nothing)

    def pause(self, duration_s: float) -> Event:
        """Wait that counts as work; raises ``ValueError`` for a negative or non-finite time."""
        if not 0.0 <= duration_s < _NEVER:
            raise ValueError(f"a pause of {duration_s} s; it must be finite and not negative")
        self.busy += 1
        pause = _new_event()
        pause.env, pause.callbacks, pause._ok, pause._value = self, [self._end], True, None
        heappush(self._queue, (self.now + duration_s, NORMAL, next(self._eid), pause))
        return pause

    def _ended(self, _: Event) -> None:
        self.busy -= 1

    def cancel(self, pause: Event) -> None:
        """It does not end any more and counts no longer; nothing if it has ended.

        For the losing branch of ``a | b``, and for work that stops: who waits for it goes on waiting.
        """
        if self._take_out(pause) and self._counts(pause):
            self.busy -= 1

    def put_off(self, pause: Event, *, until_s: float) -> None:
        """It ends at this time instead, sooner or later than before, also if it had been cancelled.

        Raises ``ValueError`` for a pause that has ended and for a time that is past or not finite.
        """
        if pause.processed or not self.now <= until_s < math.inf:
            raise ValueError(f"a pause put off until {until_s} s; now is {self.now} s")
        if not self._take_out(pause) and self._counts(pause):
            self.busy += 1
        heappush(self._queue, (until_s, NORMAL, next(self._eid), pause))

    def _counts(self, pause: Event) -> bool:
        return pause.callbacks is not None and self._ended in pause.callbacks

    def _take_out(self, event: Event) -> bool:
        """Whether it was still to come; a dead entry left in the list would turn the clock for nothing."""
        for number, entry in enumerate(self._queue):
            if entry[3] is event:
                del self._queue[number]
                heapify(self._queue)
                return True
        return False

    def occurred(self, value: object) -> Event:
        """An event that happens now; ``Event(clock).succeed(value)`` in half the time."""
        event = _new_event()
        event.env, event.callbacks, event._ok, event._value = self, [], True, value
        heappush(self._queue, (self.now, NORMAL, next(self._eid), event))
        return event

    def call_after(self, delay_s: float, call: Callable[[Event], None], value: object = None) -> None:
        """Call with an event of this value so long from now; nobody else can wait for it."""
        event = _new_event()
        event.env, event.callbacks, event._ok, event._value = self, [call], True, value
        heappush(self._queue, (self.now + delay_s, NORMAL, next(self._eid), event))

    def happen(self, event: Event, value: object) -> None:
        """``event.succeed(value)`` in half the time, for an event that has not been triggered."""
        event._ok, event._value = True, value
        heappush(self._queue, (self.now, NORMAL, next(self._eid), event))

    def wake_at(
        self,
        time_s: float,
        call: Callable[[], None],
        *,
        counts: bool = False,
        priority: EventPriority = NORMAL,
    ) -> None:
        """Call back at exactly ``time_s``, without the rounding of now + (time - now); may count as work."""
        event = Event(self)
        event._ok = True
        event._value = None
        assert event.callbacks is not None
        event.callbacks.append(lambda _: call())
        if counts:
            self.busy += 1
            event.callbacks.append(self._ended)
        heappush(self._queue, (time_s, priority, next(self._eid), event))

    def work_on(self, until_s: float, end: Event) -> bool:
        """Events where there is no crowd, one after the other as long as somebody is at work.

        Returns after an event at which nobody is, or at which ``end`` has been processed, and at the latest
        when as many events have come as :data:`MOST_EVENTS`; False if none is left before ``until_s``.
        """
        queue = self._queue
        if not queue or queue[0][0] > until_s:
            return False
        for _ in range(MOST_EVENTS):
            # SimPy's step, without a call for every event
            self.now, _, _, event = heappop(queue)
            callbacks, event.callbacks = event.callbacks, None  # type: ignore[assignment]
            for callback in callbacks:
                callback(event)
            if not event._ok and not hasattr(event, "_defused"):
                raise event._value
            if not self.busy or end.callbacks is None or not queue or queue[0][0] > until_s:
                break
        return True

    def turn(self, crowd: Crowd, *, until_s: float, watched: Callable[[], None]) -> bool:
        """One turn: crowd events earlier than SimPy's next, or else that next event.

        ``watched`` is called, on SimPy's clock, at the first passage somebody watches. At equal times
        decisions come before passages. Returns False when nothing is left before ``until_s``.
        """
        next_s, crowd_s = self.peek(), crowd.next_time()
        first_s = min(next_s, crowd_s)
        if first_s > until_s or first_s == math.inf:
            return False
        if crowd_s == math.inf:
            crowd.now_s = next_s  # its clock follows where nobody moves
            self.step()
            return True
        moving = crowd_s < next_s
        seen_s = crowd.advance(next_s) if next_s <= until_s else crowd.advance(until_s, inclusive=True)
        if seen_s is not None:
            self.wake_at(seen_s, watched)
            self.step()
        elif next_s <= until_s and next_s < math.inf and not (moving and crowd.next_time() == math.inf):
            # A crowd that has just come to rest may end the run before the next event.
            self.step()
        return True
