"""Calling agencies out: a line, somebody who answers, and the time until the call is taken down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from drillsim.simulation.radio import Said
from drillsim.simulation.resources import Grant

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from simpy.events import Event

    from drillsim.response.agencies import Answering
    from drillsim.simulation.core import Core
    from drillsim.simulation.force import Force
    from drillsim.simulation.radio import Radio

__all__ = ["Calls"]


@dataclass(frozen=True, slots=True)
class _CallTaken:
    """How an alarm centre takes down one call: it waits for a free call-taker, who then writes."""

    core: Core
    radio: Radio
    answering: Answering
    said: Said

    def __call__(self, attempt: int, held: Grant) -> Generator[Event, object, Grant]:
        agency = self.said.to
        held = yield from self.radio.wait_for(
            ("answering", agency), f"a call-taker of {agency}", self.said, held
        )
        takes_s = self.core.draw(
            self.answering.takes,
            path=f"agencies.{agency}.answering.takes",
            entity=self.said.entity,
            purpose=f"takes.{attempt}",
        )
        yield self.core.clock.pause(takes_s)
        return held


class Calls:
    """The alarm centres of one run, with their call-takers as pools of the run's resources."""

    def __init__(self, core: Core, radio: Radio, force: Force) -> None:
        self._core = core
        self._radio = radio
        self._force = force
        self._agency_of = {
            unit: name for name, agency in sorted(core.scenario.agencies.items()) for unit in agency.units
        }
        for name, agency in sorted(core.scenario.agencies.items()):
            if agency.answering is not None:
                takers = [f"{name}-{n}" for n in range(1, agency.answering.takers + 1)]
                core.resources.add(("answering", name), takers)

    def takes_time(self, *, units: Sequence[str], over: str | None) -> bool:
        """Whether calling these units out needs a line or somebody who answers."""
        agencies = self._core.scenario.agencies
        return over is not None or any(
            agencies[self._agency_of[unit]].answering is not None for unit in units
        )

    def call(
        self,
        *,
        units: Sequence[str],
        over: str | None,
        group: bool,
        sender: str,
        content: str,
        who: str,
        priority: int,
        cause: int,
    ) -> Generator[Event, object, int]:
        """Call the agencies of these units, in the order of their first unit, in turn or all by one message.

        Each call holds a line of ``over`` while it waits for who answers and until it is taken down; a lost
        one is repeated. Then a row call-answered, whose value is the time since this call was wanted, s, and
        the agency's units start. A ``group`` call is one message nobody takes down. Returns the last row.
        """
        called: dict[str, list[str]] = {}
        for unit in units:
            called.setdefault(self._agency_of[unit], []).append(unit)
        if group and over is not None and called and not self._radio.one_by_one(over):
            last = yield from self._radio.broadcast(
                content=content,
                sender=sender,
                to=tuple(called),
                over=over,
                who=who,
                priority=priority,
                cause=cause,
            )
            for row, kinds in enumerate(called.values(), last - len(called) + 1):
                self._force.call_out(kinds, cause=row)
            return last
        # A group call without a channel is a shout: heard at once, and nobody takes it down.
        at_once = (group and over is None) or self._core.bound == "instant"
        row = cause
        for agency, kinds in called.items():
            said = Said(content, f"call.{content}.{agency}", sender, agency, who, priority)
            if at_once:
                row = self._answered(said, kinds, "", Grant({}, cause), self._core.now_s)
            else:
                row = yield from self._one(said, kinds, over, row)
        return row

    def _one(
        self, said: Said, kinds: Sequence[str], over: str | None, cause: int
    ) -> Generator[Event, object, int]:
        wanted_s = self._core.now_s
        answering = self._core.scenario.agencies[said.to].answering
        taken = _CallTaken(self._core, self._radio, answering, said) if answering is not None else None
        held = Grant({}, cause)
        if over is not None:
            held = yield from self._radio.hop(said, over, held, answer=taken)
        elif taken is not None:
            held = yield from taken(1, held)
        return self._answered(said, kinds, over or "", held, wanted_s)

    def _answered(self, said: Said, kinds: Sequence[str], over: str, held: Grant, wanted_s: float) -> int:
        row = self._core.note(
            "call-answered",
            actor=said.to,
            place=over,
            task=said.content,
            value=self._core.now_s - wanted_s,
            unit="s",
            cause=held.cause,
        )
        self._radio.hang_up(held, cause=row)
        self._force.call_out(kinds, cause=row)
        return row
