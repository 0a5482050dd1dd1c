"""What lies in the arrays of ``compiled.py``, seen from Python as the lists and dicts of ``Walkers``.

Memory views give plain Python numbers, so none of numpy's ever gets into a log or a message.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from math import isnan, nan
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from drillsim.people.compiled_loop import CHOICE, UNKNOWN
from drillsim.people.network import Destination

__all__ = [
    "NOBODY",
    "NOT_QUEUEING",
    "Goals",
    "Line",
    "Orders",
    "Queue",
    "Row",
    "Targets",
    "Times",
    "columns",
    "lined_up",
    "rows",
]

NOBODY: Final = -1
NOT_QUEUEING: Final = -2  # instead of who stands behind

_CACHE_LINE: Final = 64  # bytes

View = Any  # a memory view of one column: reads and takes plain numbers


def columns(
    names: Sequence[str], values: Mapping[str, Sequence[float]], typecode: str
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64], dict[str, View]]:
    """Columns of any length in one array, where each begins (and the last ends), and a view of each."""
    made: Any = array(typecode)
    ends = [0]
    for name in names:
        made += array(typecode, values[name])
        ends.append(len(made))
    whole = memoryview(made)
    views = {name: whole[begin:end] for name, begin, end in zip(names, ends, ends[1:], strict=False)}
    return np.frombuffer(made, dtype=typecode), np.array(ends, dtype=np.int64), views


def lined_up(rows: int, columns: int, typecode: str, *, before: int = 0) -> Any:
    """Zeros, shape (rows, columns); the row after ``before`` of them begins a line of the cache."""
    kind = np.dtype(typecode)
    size = rows * columns * kind.itemsize
    raw = np.zeros(size + _CACHE_LINE, dtype=np.uint8)
    begin = -(raw.ctypes.data + before * columns * kind.itemsize) % _CACHE_LINE
    return raw[begin : begin + size].view(kind).reshape(rows, columns)


def rows(
    names: Sequence[str], values: Mapping[str, Sequence[float] | float], typecode: str
) -> tuple[npt.NDArray[Any], dict[str, View]]:
    """Columns of equal length side by side, shape (length, names), and a view of each column."""
    side_by_side = np.column_stack(
        np.broadcast_arrays(*(np.asarray(values[name], dtype=typecode) for name in names))
    )
    made = lined_up(len(side_by_side), len(names), typecode)
    made[:] = side_by_side
    return made, {name: memoryview(made[:, place]) for place, name in enumerate(names)}


Row = tuple[float, tuple[int, int, int]]  # metres; next port, climb, begin of the speed table


class Targets:
    """Destinations as rows of hops: of each its ports, then its centres, counted from the end."""

    def __init__(self, places: int, changes: int) -> None:
        self._places = places
        self._changes = changes
        self._begin: dict[Destination, int] = {}
        self._at: dict[int, Destination] = {}
        self.hop_m: Any = np.zeros(0)
        self.hop_i: Any = np.zeros((0, 3), dtype=np.int32)
        self._metres: View = None  # of them, once there are any
        self._steps: View = None
        self.tie_m, self.tie_i = np.zeros(0), np.zeros((0, 3), dtype=np.int32)

    def begin(self, destination: Destination) -> int:
        """Its first row."""
        found = self._begin.get(destination)
        if found is None:
            found = self._begin[destination] = self._places * len(self._begin)
            self._at[found] = destination
            if found == len(self.hop_m):
                more = max(found, self._places)
                self.hop_m = np.concatenate((self.hop_m, np.zeros(more)))
                unknown = np.full((more, 3), UNKNOWN, dtype=np.int32)
                self.hop_i = np.concatenate((self.hop_i, unknown))
                self._metres, self._steps = memoryview(self.hop_m), memoryview(self.hop_i)
        return found

    def at(self, begin: int) -> Destination | None:
        """The destination that begins at a row; ``None`` for -1."""
        return self._at[begin] if begin >= 0 else None

    def renew(self, changes: int) -> None:
        """Forget all hops if the ways have changed since."""
        if changes != self._changes:
            self._changes = changes
            self.hop_i[:, 0] = UNKNOWN
            self.tie_m, self.tie_i = self.tie_m[:0], self.tie_i[:0]

    def is_unknown(self, destination: Destination, came: int) -> bool:
        """Whether nothing is set after a port, or from a centre (-1 - space)."""
        return bool(self._steps[self._place(destination, came), 0] == UNKNOWN)

    def set_hop(self, destination: Destination, came: int, row: Row) -> None:
        """What comes after a port, or from a centre (-1 - space)."""
        place = self._place(destination, came)
        self._metres[place], (self._steps[place, 0], self._steps[place, 1], self._steps[place, 2]) = row

    def set_choice(self, destination: Destination, came: int, rows: list[Row]) -> None:
        """The equally short ways after a port, or from a centre, unless they are set already."""
        place = self._place(destination, came)
        if self.hop_i[place, 0] != CHOICE:
            self.hop_i[place] = CHOICE, len(rows), len(self.tie_m)
            self.tie_m = np.concatenate((self.tie_m, [length_m for length_m, _ in rows]))
            self.tie_i = np.concatenate((self.tie_i, np.array([step for _, step in rows], dtype=np.int32)))

    def _place(self, destination: Destination, came: int) -> int:
        return self.begin(destination) + (came if came >= 0 else self._places + came)


class Times:
    """Times by person, ``None`` where there is none."""

    def __init__(self, seconds: View) -> None:
        self._seconds = seconds

    def __getitem__(self, person: int) -> float | None:
        time_s: float = self._seconds[person]
        return None if isnan(time_s) else time_s

    def __setitem__(self, person: int, time_s: float | None) -> None:
        self._seconds[person] = nan if time_s is None else time_s


class Goals:
    """Destinations by person, kept as their first rows."""

    def __init__(self, begins: View, targets: Targets) -> None:
        self._begins = begins
        self._targets = targets

    def __getitem__(self, person: int) -> Destination | None:
        return self._targets.at(self._begins[person])

    def __setitem__(self, person: int, goal: Destination) -> None:
        self._begins[person] = self._targets.begin(goal)


class Orders(MutableMapping[int, tuple[float, Destination]]):
    """When a person is to set out and whereto."""

    def __init__(self, seconds: View, begins: View, targets: Targets) -> None:
        self._seconds = seconds
        self._begins = begins
        self._targets = targets

    def __getitem__(self, person: int) -> tuple[float, Destination]:
        goal = self._targets.at(self._begins[person])
        if goal is None:
            raise KeyError(person)
        return self._seconds[person], goal

    def __setitem__(self, person: int, order: tuple[float, Destination]) -> None:
        self._seconds[person], self._begins[person] = order[0], self._targets.begin(order[1])

    def __delitem__(self, person: int) -> None:
        if self._begins[person] < 0:
            raise KeyError(person)
        self._begins[person] = NOBODY

    def __iter__(self) -> Iterator[int]:
        return (person for person, begin in enumerate(self._begins) if begin >= 0)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Queue:
    """Who waits at a port, the longest first; each knows who stands behind."""

    __slots__ = ("_behind", "_first", "_last", "_port", "_ports")

    def __init__(self, port: int, first: View, last: View, behind: View, ports: View) -> None:
        self._port = port
        self._first = first
        self._last = last
        self._behind = behind
        self._ports = ports  # of all persons

    def __bool__(self) -> bool:
        return bool(self._first[self._port] >= 0)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __iter__(self) -> Iterator[int]:
        person = self._first[self._port]
        while person >= 0:
            yield person
            person = self._behind[person]

    def __contains__(self, person: int) -> bool:
        return bool(self._behind[person] != NOT_QUEUEING and self._ports[person] == self._port)

    def __getitem__(self, place: int) -> int:
        if place != 0 or not self:
            raise IndexError(f"place {place} of the queue at port {self._port}")
        return int(self._first[self._port])

    def remove(self, person: int) -> None:
        """Let who stands before have who stands behind; ``ValueError`` for who is not in it."""
        before = NOBODY
        for other in self:
            if other == person:
                break
            before = other
        else:
            raise ValueError(f"person {person} is not in the queue at port {self._port}")
        behind = self._behind[person]
        if before < 0:
            self._first[self._port] = behind
        else:
            self._behind[before] = behind
        if behind < 0:
            self._last[self._port] = before
        self._behind[person] = NOT_QUEUEING


class Line:
    """Ports whose head waits for a slot in a space."""

    __slots__ = ("_begin", "_end", "_lengths", "_ports", "_space")

    def __init__(self, space: int, starts: View, lengths: View, ports: View) -> None:
        self._space = space
        self._begin, self._end = starts[space], starts[space + 1]
        self._lengths = lengths
        self._ports = ports

    def __len__(self) -> int:
        return int(self._lengths[self._space])

    def __iter__(self) -> Iterator[int]:
        return iter(self._ports[self._begin : self._begin + len(self)].tolist())

    def remove(self, port: int) -> None:
        """Take a port out; ``ValueError`` if it is not in the line."""
        ports = list(self)
        ports.remove(port)
        for place, other in enumerate(ports):
            self._ports[self._begin + place] = other
        self._lengths[self._space] = len(ports)

    def clear(self) -> None:
        """Take all out."""
        self._lengths[self._space] = 0
