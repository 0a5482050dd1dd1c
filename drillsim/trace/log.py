"""Everything that happened in one run, or in one live drill: append-only rows and columns of passages."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final, NamedTuple

from drillsim.vocabulary import EVENTS, STATES

__all__ = ["CrowdLog", "Row", "RunHeader", "Trace"]


@dataclass(frozen=True, slots=True)
class RunHeader:
    """What a trace needs to be read without its scenario."""

    scenario: str
    digest: str
    plan: str
    conditions: str
    seed: int
    replication: int
    version: str
    fingerprint: str
    start_s: float  # wall clock of STARTEX
    slot_s: float
    horizon_s: float
    milestones: tuple[str, ...]  # all the plan may reach
    groups: tuple[tuple[str, int, bool], ...]  # name, heads, stays
    spaces: tuple[str, ...]
    links: tuple[str, ...]
    musters: tuple[str, ...]
    operations: tuple[tuple[str, int], ...]
    units: tuple[tuple[str, int, bool], ...]  # instance name, people, vehicle
    plan_edges: tuple[tuple[str, str], ...]  # task -> task or milestone that waits for it
    group_places: tuple[str, ...] = ()  # space of each group at the start, in the order of ``groups``
    group_tokens: tuple[int, ...] = ()  # numbers each group takes in the crowd's columns; default: its heads
    group_parties: tuple[int, ...] = ()  # heads of each such number; the last of a group has what remains
    space_areas_m2: tuple[float, ...] = ()  # walkable floor of each space; from here on () if unknown
    space_outdoors: tuple[bool, ...] = ()
    link_ends: tuple[tuple[int, int], ...] = ()  # the two spaces of each link, by their index
    link_capacities_p_s: tuple[tuple[float, float], ...] = ()  # from its first space to its second, and back
    tenability: bool = False  # whether a hazard of it can make spaces untenable


class Row(NamedTuple):
    """One row; ``cause`` is the number of the row that let it happen, -1 for none."""

    time_s: float
    event: str
    actor: str
    place: str
    task: str
    value: float | None
    unit: str
    cause: int


_made: Final = tuple.__new__


@dataclass(slots=True)
class CrowdLog:
    """Passages as columns, equal length, in order of time.

    ``person`` indexes people group by group in the header's order; ``link`` indexes the header's links;
    ``space`` is the space entered; ``arrived_s`` is when the person reached the link, so that
    time_s - arrived_s is the wait.
    Starts are rows with link -1: time the person began to move, space where.
    """

    time_s: array[float] = field(default_factory=lambda: array("d"))
    arrived_s: array[float] = field(default_factory=lambda: array("d"))
    person: array[int] = field(default_factory=lambda: array("i"))
    link: array[int] = field(default_factory=lambda: array("i"))
    space: array[int] = field(default_factory=lambda: array("i"))


class Trace:
    """Append-only while the run lasts; measures only read it."""

    def __init__(self, header: RunHeader, crowd: CrowdLog | None = None) -> None:
        self.header = header
        self.crowd = crowd if crowd is not None else CrowdLog()
        self.rows: list[Row] = []

    def add(
        self,
        time_s: float,
        event: str,
        *,
        actor: str = "",
        place: str = "",
        task: str = "",
        value: float | None = None,
        unit: str = "",
        cause: int = -1,
    ) -> int:
        """Append a row by its columns; see :meth:`write`."""
        return self.write(time_s, event, actor, place, task, value, unit, cause)

    def append(self, row: Row) -> int:
        """Append a row; see :meth:`write`."""
        return self.write(*row)

    def write(
        self,
        time_s: float,
        event: str,
        actor: str,
        place: str,
        task: str,
        value: float | None,
        unit: str,
        cause: int,
    ) -> int:
        """Append a row and return its number, to be used as ``cause`` of what follows from it.

        Raises ``ValueError`` for an event or state outside the vocabulary, a time before the last row's, or
        a cause that is not an earlier row.
        """
        if event not in EVENTS:
            raise ValueError(f"event {event!r} is not in the vocabulary")
        if event in STATES and task not in STATES[event]:
            raise ValueError(f"{event} {task!r} is not one of {', '.join(sorted(STATES[event]))}")
        rows = self.rows
        number = len(rows)
        if number and not time_s >= rows[number - 1][0]:
            raise ValueError(f"row {event} at {time_s} s comes after one at {rows[-1].time_s} s")
        if not -1 <= cause < number:
            raise ValueError(f"cause {cause} of row {number} is not an earlier row")
        # Row(...) in half the time, since a named tuple's own way runs in Python.
        rows.append(_made(Row, (time_s, event, actor, place, task, value, unit, cause)))
        return number

    def of(self, event: str) -> Iterator[tuple[int, Row]]:
        """Numbers and rows of one event, in order."""
        return ((number, row) for number, row in enumerate(self.rows) if row.event == event)

    def first(self, event: str, *, task: str | None = None) -> tuple[int, Row] | None:
        """The first row of that event (and task), with its number."""
        for number, row in enumerate(self.rows):
            if row.event == event and (task is None or row.task == task):
                return number, row
        return None

    def digest(self) -> str:
        """Hash over rows and passages: equal for equal runs on equal platform and library versions."""
        state = blake2b(digest_size=16)
        for row in self.rows:
            state.update(repr(tuple(row)).encode())
        for column in (
            self.crowd.time_s,
            self.crowd.arrived_s,
            self.crowd.person,
            self.crowd.link,
            self.crowd.space,
        ):
            state.update(column.tobytes())
        return state.hexdigest()
