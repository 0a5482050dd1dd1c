"""Who got out and when, who was told, who went back in."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from drillsim.measures.milestones import end_s
from drillsim.measures.passages import stays
from drillsim.measures.value import Value
from drillsim.vocabulary import CLOSING_EVENTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.measures.passages import Stays
    from drillsim.trace.log import Row, Trace

__all__ = [
    "exit_times_s",
    "last_out",
    "leavers",
    "muster_first_used_s",
    "not_out",
    "person_rows",
    "reentered",
    "told_last",
]


def leavers(trace: Trace) -> dict[str, int]:
    """Heads by group who are to leave: not ordered to stay, not sheltered, not collapsed."""
    changes, totals = person_rows(trace)
    away: defaultdict[str, float] = defaultdict(float)
    for row in changes:
        if row.task == "sheltered":
            away[row.actor] += row.value or 0.0
    for row in totals:  # the final count knows better
        if row.task == "sheltered":
            away[row.actor] = row.value or 0.0
    lost = _casualties(trace)
    return {
        name: max(0, heads - round(away[name] + lost[name]))
        for name, heads, stay in trace.header.groups
        if not stay
    }


def _casualties(trace: Trace) -> defaultdict[str, float]:
    """Heads by group who collapsed."""
    lost: defaultdict[str, float] = defaultdict(float)
    for _, row in trace.of("casualty"):
        lost[row.actor] += row.value or 0.0
    return lost


def not_out(trace: Trace) -> dict[str, int]:
    """Heads by group who were to leave and at the end of the run are inside or trapped.

    By the rows that close the run: empty for a trace without them. Casualties not handed over lie inside and
    are left out.
    """
    changes, totals = person_rows(trace)
    lying = _casualties(trace)
    for row in changes:
        if row.task == "rescued":
            lying[row.actor] -= row.value or 0.0
    inside: defaultdict[str, float] = defaultdict(float)
    for row in totals:
        if row.task in ("inside", "trapped"):
            inside[row.actor] += row.value or 0.0
    left = {name: round(inside[name] - lying[name]) for name, _, stay in trace.header.groups if not stay}
    return {name: heads for name, heads in left.items() if heads > 0}


def person_rows(trace: Trace) -> tuple[list[Row], list[Row]]:
    """Rows ``person`` that say a change, and those that close the run with the heads in every state."""
    first = len(trace.rows)
    while first and trace.rows[first - 1].event in CLOSING_EVENTS:
        first -= 1
    closed = bool(trace.rows) and trace.rows[-1].event == "end"
    rows = list(trace.of("person"))
    last = {(row.actor, row.task): number for number, row in rows if closed and number >= first}
    totals = frozenset(last.values())
    return [row for number, row in rows if number not in totals], [
        row for number, row in rows if number in totals
    ]


def exit_times_s(trace: Trace) -> dict[str, tuple[float, ...]] | None:
    """By group that does not stay: when each head that is out at the end got to a muster, s, sorted.

    Who went back in counts from the last time. A trace without columns is read by its ``person`` rows;
    ``None`` if it says that people got out but not when.
    """
    names = [name for name, _, _ in trace.header.groups]
    times: dict[str, list[float]] = {name: [] for name, _, stay in trace.header.groups if not stay}
    if not trace.crowd.person:
        changes, totals = person_rows(trace)
        for row in changes:
            if row.task == "evacuated" and row.actor in times:
                times[row.actor] += [row.time_s] * round(row.value or 0.0)
        if any(
            row.task == "evacuated" and len(times.get(row.actor, ())) < (row.value or 0.0) for row in totals
        ):
            return None
        return {name: tuple(sorted(found)) for name, found in times.items()}
    found = stays(trace)
    out = _in_muster(trace, found)
    moves = found.link != -1  # a start is no new stay
    entered_s = np.zeros(len(found.person) and int(found.person.max()) + 1)
    np.maximum.at(entered_s, found.person[moves], found.since_s[moves])
    for stay in np.flatnonzero(found.last & out):
        name = names[found.group[stay]]
        if name in times:
            times[name] += [float(entered_s[found.person[stay]])] * int(found.heads[stay])
    return {name: tuple(sorted(group)) for name, group in times.items()}


def last_out(trace: Trace) -> dict[str, Value]:
    """``last_out``: s until the last of those who are to leave is at a muster; not yet: at least the run.

    Left out for a run whose passages were not recorded.
    """
    times, wanted = exit_times_s(trace), leavers(trace)
    if times is None:
        return {}
    if any(len(times[name]) < heads for name, heads in wanted.items()):
        return {"last_out": Value(math.nan, "s", at_least=end_s(trace))}
    return {"last_out": Value(max((group[-1] for group in times.values() if group), default=0.0), "s")}


def reentered(trace: Trace) -> dict[str, Value]:
    """``reentered``: heads who reached a muster and later passed into a space that is not that muster."""
    found = stays(trace)
    inside = _in_muster(trace, found)
    next_moves = np.zeros(len(inside), dtype=np.bool_)
    next_moves[:-1] = ~found.last[:-1] & (found.link[1:] >= 0)
    reached = inside & ~next_moves  # who only walks through a muster has not reached it
    suspects = np.isin(found.person, found.person[reached & ~found.last])
    where: dict[int, int] = {}
    back: dict[int, int] = {}
    for stay in np.flatnonzero(suspects & (reached | (found.link >= 0))):
        person, space = int(found.person[stay]), int(found.space[stay])
        if person in where and space != where[person]:
            back[person] = int(found.heads[stay])
        elif reached[stay]:
            where.setdefault(person, space)
    return {"reentered": Value(float(sum(back.values())), "p")}


def told_last(trace: Trace) -> dict[str, Value]:
    """``told.last``: s until the last of those who do not stay heard for the first time, by whatever mode.

    A row ``told`` counts the heads that knew nothing before. Casualties are not waited for; somebody else not
    told yet: at least the run.
    """
    told = {name: 0.0 for name, _, stay in trace.header.groups if not stay}
    last_s = 0.0
    for _, row in trace.of("told"):
        if row.value and row.actor in told:
            told[row.actor] += row.value
            last_s = row.time_s
    lost = _casualties(trace)
    wanted = {name: heads - lost[name] for name, heads, _ in trace.header.groups}
    if any(round(heads) < round(wanted[name]) for name, heads in told.items()):
        return {"told.last": Value(math.nan, "s", at_least=end_s(trace))}
    return {"told.last": Value(last_s, "s")}


def muster_first_used_s(trace: Trace) -> dict[str, float]:
    """Muster -> when the first person came in, s."""
    found = stays(trace)
    first: dict[str, float] = {}
    for stay in np.flatnonzero(_in_muster(trace, found)):
        name, since_s = trace.header.spaces[found.space[stay]], float(found.since_s[stay])
        first[name] = min(since_s, first.get(name, math.inf))
    return first


def _in_muster(trace: Trace, found: Stays) -> NDArray[np.bool_]:
    musters = [number for number, name in enumerate(trace.header.spaces) if name in trace.header.musters]
    return np.isin(found.space, musters)
