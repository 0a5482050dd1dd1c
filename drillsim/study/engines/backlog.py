"""Which replications are still to be handed out, and which of them were under way when a process ended."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Backlog"]

_LONGEST_ORDER: Final = 256  # numbers: an order must fit in the buffer of a pipe, 8 kB on Windows


class Backlog:
    """The replications of one job. ``unfinished`` counts those handed out and not done as well.

    Those that were under way when a process ended are ``suspects``: they are handed out alone.
    """

    def __init__(self, replications: Sequence[int]) -> None:
        self.unfinished = len(replications)
        self.suspects: deque[int] = deque()
        self._replications = replications
        self._next = 0
        self._returned: deque[int] = deque()
        self._deaths: dict[int, int] = {}

    @property
    def waiting(self) -> int:
        """Not handed out, suspects apart."""
        return len(self._replications) - self._next + len(self._returned)

    def take(self, most: int) -> tuple[int, ...]:
        """Hand out the next ones, those that came back first."""
        most = min(most, _LONGEST_ORDER)
        back = [self._returned.popleft() for _ in range(min(most, len(self._returned)))]
        begin = self._next
        self._next = min(begin + most - len(back), len(self._replications))
        return (*back, *self._replications[begin : self._next])

    def take_suspect(self) -> tuple[int]:
        return (self.suspects.popleft(),)

    def give_back(self, replications: Iterable[int]) -> None:
        """These were handed out and not begun."""
        self._returned.extend(replications)

    def finish(self) -> None:
        self.unfinished -= 1

    def suspect(self, replication: int) -> int:
        """A process ended while it ran this one: how often that happened, this time included."""
        self._deaths[replication] = self._deaths.get(replication, 0) + 1
        return self._deaths[replication]

    def is_suspect(self, replication: int) -> bool:
        return replication in self._deaths
