"""The crowd with its event loop compiled: the same trace as ``Crowd`` to the bit, several times faster.

All state of the beaten track lies in one array of floats and one of integers, which the compiled loop
works on; the methods of ``Walkers`` and ``Crowd`` see the same memory through views that behave like
their lists and give plain Python numbers. Needs numba (``drillsim[fast]``); ``kernel.py`` chooses.
"""

from __future__ import annotations

from array import array
from itertools import accumulate
from math import inf, nan, nextafter
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.facility.spec import SpeedLaw
from drillsim.people import compiled_loop as loop
from drillsim.people.compiled_views import (
    NOBODY,
    NOT_QUEUEING,
    Goals,
    Line,
    Orders,
    Queue,
    Row,
    Targets,
    Times,
    View,
    columns,
    lined_up,
    rows,
)
from drillsim.people.crowd import Crowd
from drillsim.people.network import GOAL, TIED, UNKNOWN, Destination, Hop, nearest
from drillsim.people.walkers import swapped
from drillsim.trace.log import CrowdLog

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility
    from drillsim.people.population import Population

__all__ = ["CompiledCrowd"]

_MOST_INT: Final = 2**31 - 1
_LOG_ROWS: Final = 4096
_FEW: Final = 8  # events scheduled one by one
_FEW_STARTS: Final = 64  # new starts that go among the events one by one


class CompiledCrowd(Crowd):
    """A ``Crowd`` whose ``advance`` runs compiled; see there for all methods."""

    def __init__(
        self,
        facility: Facility,
        population: Population,
        *,
        record: bool = True,
        log: CrowdLog | None = None,
        law: SpeedLaw | None = None,
    ) -> None:
        super().__init__(facility, population, record=record, log=log, law=law)
        del self._heap, self._later  # here they are arrays
        self._fresh: list[tuple[float, float, int]] = []  # events that are not in it yet
        self._targets = Targets(len(self._doors) + len(self._slots), self._network.changes)
        self._make_tables()
        self._floats, self._floats_at, float_of = columns(loop.FLOATS, self._float_columns(), "d")
        self._ints, self._ints_at, int_of = columns(loop.INTS, self._int_columns(), "i")
        self._person_f, float_by_person = rows(loop.PERSON_FLOATS, self._floats_by_person(), "d")
        self._person_i, int_by_person = rows(loop.PERSON_INTS, self._ints_by_person(), "i")
        self._adopt(float_of | float_by_person, int_of | int_by_person)
        count, links = self._count, len(facility.links)
        self._heap_f, self._heap_i = np.zeros((0, 2)), np.zeros(0, dtype=np.int32)
        self._start_f, self._start_i = np.zeros((0, 2)), np.zeros(0, dtype=np.int32)
        held = count + _LOG_ROWS if record else 0
        self._log_f, self._log_i = np.zeros((2, held)), np.zeros((3, held), dtype=np.int32)
        reg_f: Any = np.zeros(5)
        reg_i: Any = np.zeros(20, dtype=np.int64)
        self._reg_f, self._reg_i = reg_f, reg_i
        self._float_of: View = memoryview(reg_f)
        self._int_of: View = memoryview(reg_i)
        of = self._int_of
        of[loop.COUNT], of[loop.LINKS], of[loop.RECORDING] = count, links, record
        of[loop.GROUPED], of[loop.SHARES] = self._grouped, self._merge_weight is not None

    # -- state as arrays ------------------------------------------------------------------------------

    def _make_tables(self) -> None:
        """All speed tables in a row, and where each begins."""
        self._table_at: dict[int, int] = {}
        size = 0
        tables = {id(table): table for tables in self._speeds for table in tables}
        for key, table in tables.items():
            self._table_at[key] = size
            size += len(table)
        self._tables = np.array([speed for table in tables.values() for speed in table], dtype=np.float64)

    def _float_columns(self) -> dict[str, Any]:
        count = self._count
        return {
            "arrived_s": [nan] * count, "order_s": [-1.0] * count,
            "headway_s": [door[3] for door in self._doors], "contested_s": self._contested_s,
            "weight": self._merge_weight or [], "merge_tag": self._merge_tag, "space_tag": self._space_tag,
            "busy_s": self._busy_s, "salt": self._network.salt,
        }  # fmt: skip

    def _floats_by_person(self) -> dict[str, Any]:
        people = self._population
        return {
            "entry_s": self._entry_s, "due_s": self._due_s, "asked_s": self._asked_s,
            "rank": people.rank, "luck": people.route,
            "level_m_s": people.speed_m_s, "up_m_s": people.up_m_s, "down_m_s": people.down_m_s,
        }  # fmt: skip

    def _ints_by_person(self) -> dict[str, Any]:
        return {
            "heads": self._population.heads, "came": self._came, "port": self._port, "state": self._state,
            "behind": NOT_QUEUEING, "goal": NOBODY, "order": NOBODY, "touched": 0,
        }  # fmt: skip

    def _int_columns(self) -> dict[str, Any]:
        count, ports, facility = self._count, len(self._doors), self.facility
        room = [len(into) + 1 for into in facility.ports_into]
        return {
            "first": [NOBODY] * ports, "last": [NOBODY] * ports,
            "passed": self._passed, "leaves": facility.port_from, "enters": facility.port_to,
            "occupancy": self.occupancy, "slots": [min(slots, _MOST_INT) for slots in self._slots],
            "most": [len(tables[0]) - 1 for tables in self._speeds], "watched": self._watched,
            "line_start": [*accumulate(room, initial=0)], "line_length": [0] * len(room),
            "line": [0] * sum(room), "todo": [0] * (count + 1),
        }  # fmt: skip

    def _adopt(self, float_of: dict[str, Any], int_of: dict[str, Any]) -> None:
        """Let the lists of ``Walkers`` be views of the arrays."""
        self._entry_s, self._due_s, self._asked_s = (
            float_of[name] for name in ("entry_s", "due_s", "asked_s")
        )
        self._merge_tag, self._space_tag, self._busy_s = (
            float_of[name] for name in ("merge_tag", "space_tag", "busy_s")
        )
        self._came, self._port, self._state, self._passed, self.occupancy, self._watched = (
            int_of[name] for name in ("came", "port", "state", "passed", "occupancy", "watched")
        )
        self._touched = int_of["touched"]
        views: Any = Times(float_of["arrived_s"])
        self._arrived_s = views
        views = Goals(int_of["goal"], self._targets)
        self._goal = views
        views = Orders(float_of["order_s"], int_of["order"], self._targets)
        self._orders = views
        queues: Any = [
            Queue(port, int_of["first"], int_of["last"], int_of["behind"], self._port)
            for port in range(len(self._doors))
        ]
        self._queues = queues
        self._doors = [
            (*door[:4], queue, across)
            for door, queue, across in zip(self._doors, queues, swapped(queues), strict=True)
        ]
        starts, lengths, ports = (int_of[name] for name in ("line_start", "line_length", "line"))
        lines: Any = [Line(space, starts, lengths, ports) for space in range(len(self._slots))]
        self._lines = lines

    # -- where the paths of Python meet the arrays ----------------------------------------------------

    def _schedule(self, time_s: float, rank: float, code: int) -> None:
        self._fresh.append((time_s, rank, code))

    def _line_up(self) -> None:
        """Put a few new starts among the events; many apart in arrays, the earliest last.

        The earliest of those apart is always among the events too, so the heap stays small.
        """
        flat, self._new_starts = self._new_starts, array("d")
        if len(flat) < 3 * _FEW_STARTS:
            self._fresh += zip(flat[0::3], flat[1::3], map(int, flat[2::3]), strict=True)
            return
        left = self._int_of[loop.STARTS]
        fresh = np.frombuffer(flat).reshape(-1, 3)
        times = np.concatenate((self._start_f[:left], fresh[:, :2]))
        codes = np.concatenate((self._start_i[:left], fresh[:, 2].astype(np.int32)))
        order = np.argsort(times[:, 0])[::-1]
        if (np.diff(times[order, 0]) == 0.0).any():  # equal times: by rank
            order = np.lexsort((codes, times[:, 1], times[:, 0]))[::-1]
        self._start_f, self._start_i = times[order], codes[order]
        self._int_of[loop.STARTS] = len(codes)
        self._next_start()

    def _next_start(self) -> None:
        """Let the earliest of the starts apart wait among the events, if there is one."""
        left = self._int_of[loop.STARTS]
        if left:
            self._int_of[loop.STARTS] = left - 1
            time_s, rank = self._start_f[left - 1].tolist()
            self._fresh.append((time_s, rank, int(self._start_i[left - 1])))

    def _settle(self, more: int = 0) -> None:
        """Bring the newly scheduled events into the heap, and have room for more."""
        self._make_room(len(self._fresh) + more)
        if len(self._fresh) < _FEW:
            for time_s, rank, code in self._fresh:
                loop.push(self._heap_f, self._heap_i, self._reg_i, time_s, rank, code)
        else:
            loop.push_all(self._heap_f, self._heap_i, self._reg_i, np.array(self._fresh))
        self._fresh.clear()

    def _make_room(self, more: int) -> None:
        needed = self._int_of[loop.SIZE] + more
        if needed > len(self._heap_i):
            size = needed + needed // 4
            entries, codes = lined_up(size, 2, "d", before=1), np.zeros(size, dtype=np.int32)
            entries[: len(self._heap_i)], codes[: len(self._heap_i)] = self._heap_f, self._heap_i
            self._heap_f, self._heap_i = entries, codes

    def _aim(self, person: int, goal: Destination) -> None:
        self._goal[person] = goal

    def _stand(self, person: int, state: int, now_s: float) -> None:
        self._touched[person] = 1
        super()._stand(person, state, now_s)

    def _next_hop(self, person: int, came: int, space: int) -> Hop:
        hop = super()._next_hop(person, came, space)
        goal = self._goal[person]
        assert goal is not None
        port = self._learn(goal, came)
        while port >= 0 and self._targets.is_unknown(goal, port):  # whoever goes there goes on from there
            if goal.hops[port][0] == UNKNOWN:
                self._network.hop(goal, port)
            port = self._learn(goal, port)
        return hop

    def _learn(self, goal: Destination, came: int) -> int:
        """Put what comes after a port into the arrays, unless it needs Python; the next port or its code."""
        hop = goal.hops[came]
        if hop[0] >= 0 or hop[0] == GOAL:
            self._targets.set_hop(goal, came, self._plain(hop))
        elif hop[0] == TIED and goal.route == "nearest":
            space, mark = (self.facility.port_to[came], came >> 1) if came >= 0 else (-1 - came, -1)
            if space not in self._network.extinction_per_m:
                ways = nearest(goal.ties[came])
                steps = [self._plain(self._network.step(way, space, mark)) for way in ways]
                self._targets.set_choice(goal, came, steps)
        return hop[0]

    def _plain(self, hop: Hop) -> Row:
        port, length_m, climb, table = hop
        return length_m, (port, climb % 3, self._table_at[id(table)]) if port >= 0 else (loop.GOAL, 0, 0)

    def next_time(self) -> float:
        """Time of the next event, s; inf if nothing is pending."""
        if self._new_starts:
            self._line_up()
        first_start = self._count + len(self._busy_s)
        while True:
            if self._fresh:
                self._settle()
            if not self._int_of[loop.SIZE]:
                return inf
            time_s, code = float(self._heap_f[0, 0]), int(self._heap_i[0])
            if self._is_pending(time_s, code):
                return time_s
            loop.pop(self._heap_f, self._heap_i, self._reg_i)
            if code >= first_start:
                self._next_start()

    def advance(self, until_s: float, *, inclusive: bool = False) -> float | None:
        """As ``Crowd.advance``."""
        if not until_s >= self.now_s:
            raise ValueError(f"advance to {until_s} s; it is {self.now_s} s already")
        if self._new_starts:
            self._line_up()
        floats, ints = self._float_of, self._int_of
        floats[loop.T], floats[loop.LAST] = self.now_s, self.last_s
        floats[loop.END] = nextafter(until_s, inf) if inclusive else until_s
        ints[loop.RESUMED] = ints[loop.SEEN] = 0
        ints[loop.WATCHING], ints[loop.FOLLOWING] = bool(self._watches), self._following
        self._targets.renew(self._network.changes)
        while True:
            # However long the loop runs: a person has one arrival pending at most, a link one service.
            self._settle(self._count + len(self._busy_s))
            why = self._run()
            person, t = ints[loop.PERSON], floats[loop.T]
            if why == loop.ENTERS:
                if self._enter(person, ints[loop.PORT], t):
                    ints[loop.SEEN], ints[loop.SEEN_PERSON] = 1, person
                ints[loop.RESUMED] = 1
                continue
            if ints[loop.ROWS]:
                self._flush(ints[loop.ROWS])
            if why == loop.SETS_OUT and self._set_out(person, t):
                ints[loop.SEEN], ints[loop.SEEN_PERSON] = 1, person
                break
            if why == loop.DONE:
                break
        seen, t = bool(ints[loop.SEEN]), floats[loop.T]
        if seen:
            self.seen_person = ints[loop.SEEN_PERSON]
        self.last_s = floats[loop.LAST]
        self.now_s = t if seen or until_s == inf else until_s
        return t if seen else None

    def _run(self) -> int:
        targets = self._targets
        return loop.advance(
            self._person_f, self._person_i, self._floats, self._floats_at, self._ints, self._ints_at,
            self._heap_f, self._heap_i, self._start_f, self._start_i,
            targets.hop_m, targets.hop_i, targets.tie_m, targets.tie_i, self._tables,
            self._log_f, self._log_i, self._reg_f, self._reg_i,
        )  # fmt: skip

    def _flush(self, rows: int) -> None:
        log = self.log
        log.time_s.frombytes(self._log_f[0, :rows].tobytes())
        log.arrived_s.frombytes(self._log_f[1, :rows].tobytes())
        for column, values in zip((log.person, log.link, log.space), self._log_i, strict=True):
            column.frombytes(values[:rows].tobytes())
        self._int_of[loop.ROWS] = 0
