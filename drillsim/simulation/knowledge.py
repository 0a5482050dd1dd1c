"""Which agency knows what: information comes to be known, is passed on, and turns out to be wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy.events import Event

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    from drillsim.simulation.core import Core

__all__ = ["EVERYBODY", "Knowledge"]

EVERYBODY = "*"


class Knowledge:
    """Items of information by the agencies that have them."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._who_knows: dict[str, set[str]] = {}
        self._news: dict[str, Event] = {}

    def knows(self, agency: str | None, item: str) -> bool:
        """Whether an agency knows the item; ``None``: whether anybody does."""
        who = self._who_knows.get(item)
        if not who:
            return False
        return agency is None or EVERYBODY in who or agency in who

    def lacking(self, agencies: Sequence[str], items: Iterable[str]) -> str | None:
        """The first of the items that one of the agencies lacks (that nobody knows, if there are none)."""
        for item in sorted(items):
            if not all(self.knows(agency, item) for agency in agencies or (None,)):
                return item
        return None

    def learn(self, item: str, *, to: Sequence[str] = (), cause: int) -> int:
        """Agencies come to know an item, or everybody does; returns the last row."""
        row = cause
        who = self._who_knows.setdefault(item, set())
        for agency in to or (EVERYBODY,):
            if agency in who or EVERYBODY in who:
                continue
            who.add(agency)
            actor = "" if agency == EVERYBODY else agency
            row = self._core.note("informed", task=item, actor=actor, cause=cause)
        if row != cause and item in self._news:
            self._news.pop(item).succeed(row)
        return row

    def discard(self, item: str, *, cause: int) -> None:
        """The item turns out to be wrong: nobody knows it any more."""
        if self._who_knows.pop(item, None):
            self._core.note("uninformed", task=item, cause=cause)

    def wait(
        self, agencies: Sequence[str], items: Iterable[str], *, who: str, cause: int
    ) -> Generator[Event, int, int]:
        """Wait until the agencies know all items; returns the row of the last."""
        items = tuple(items)
        while (item := self.lacking(agencies, items)) is not None:
            if item not in self._news:
                self._news[item] = Event(self._core.clock)
            with self._core.waiting(who, f"knowledge of {item}"):
                cause = max(cause, (yield self._news[item]))
        return cause
