"""The crowd's columns as arrays: who was in which space from when to when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from drillsim.measures.milestones import end_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.trace.log import Trace

__all__ = ["Stays", "Visits", "busiest_p_s", "heads_of_tokens", "stays", "visits"]


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays in spaces, sorted by person, then time; arrays of equal length.

    ``link`` is the link passed to get in, -1 where the person already was there and began to move, -2 where
    it is before anything happens. ``until_s`` is when the next row of that person begins, or the run's end.
    ``group`` and ``heads`` are those of the person (a group that moves as one is one person of many heads).
    """

    person: NDArray[np.int64]
    group: NDArray[np.int64]
    heads: NDArray[np.int64]
    since_s: NDArray[np.float64]
    until_s: NDArray[np.float64]
    link: NDArray[np.int64]
    space: NDArray[np.int64]
    last: NDArray[np.bool_]  # the person's last row


@dataclass(frozen=True, slots=True)
class Visits:
    """Stays with those in one space that follow each other joined; sorted by person, then time.

    ``origin`` is the space the person came from, -1 for its first visit. ``link`` as in :class:`Stays`;
    -1 with an origin is a lift.
    """

    person: NDArray[np.int64]
    group: NDArray[np.int64]
    heads: NDArray[np.int64]
    since_s: NDArray[np.float64]
    until_s: NDArray[np.float64]
    link: NDArray[np.int64]
    space: NDArray[np.int64]
    origin: NDArray[np.int64]
    last: NDArray[np.bool_]


def heads_of_tokens(trace: Trace) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group and heads of every number in the crowd's column ``person``, each of shape (numbers,)."""
    header = trace.header
    tokens = header.group_tokens or tuple(heads for _, heads, _ in header.groups)
    group = np.repeat(np.arange(len(tokens)), tokens)
    parties = header.group_parties or tuple(
        heads // count if count else 1 for (_, heads, _), count in zip(header.groups, tokens, strict=True)
    )
    each = np.repeat(np.array(parties, dtype=np.int64), tokens)
    ends = np.cumsum(tokens)
    for (_, heads, _), count, party, end in zip(header.groups, tokens, parties, ends, strict=True):
        if count:
            each[end - 1] = heads - (count - 1) * party
    return group.astype(np.int64), each


def stays(trace: Trace) -> Stays:
    """Every stay of everybody, the one before the first movement included where the trace tells its space.

    Raises ``ValueError`` if the columns name a person the header does not know.
    """
    group, heads = heads_of_tokens(trace)
    crowd = trace.crowd
    person = np.array(crowd.person, dtype=np.int64)
    if len(person) and person.max() >= len(group):
        raise ValueError(f"person {person.max()} in the crowd's columns; the header has {len(group)}")
    time_s, link, space = (
        np.array(crowd.time_s),
        np.array(crowd.link, np.int64),
        np.array(crowd.space, np.int64),
    )
    place = _start_spaces(trace, group, person, link, space)
    known = np.flatnonzero(place >= 0)
    person = np.concatenate([known, person])
    since_s = np.concatenate([np.zeros(len(known)), time_s])
    link = np.concatenate([np.full(len(known), -2), link])
    space = np.concatenate([place[known], space])
    order = np.argsort(person, kind="stable")
    person, since_s, link, space = person[order], since_s[order], link[order], space[order]
    last = np.ones(len(person), dtype=np.bool_)
    last[:-1] = person[1:] != person[:-1]
    until_s = np.where(last, max(end_s(trace), float(since_s.max(initial=0.0))), np.roll(since_s, -1))
    return Stays(person, group[person], heads[person], since_s, until_s, link, space, last)


def visits(trace: Trace) -> Visits:
    """Who was in which space from when to when, one entry for each time the person came in."""
    found = stays(trace)
    same = np.zeros(len(found.person), dtype=np.bool_)
    same[1:] = found.person[1:] == found.person[:-1]
    begins = np.flatnonzero(~same | (found.space != np.roll(found.space, 1)))
    person = found.person[begins]
    last = np.ones(len(begins), dtype=np.bool_)
    last[:-1] = person[1:] != person[:-1]
    ends = np.append(begins[1:], len(found.person))[: len(begins)] - 1
    origin = np.where(same[begins], found.space[begins - 1], -1)
    return Visits(
        person,
        found.group[begins],
        found.heads[begins],
        found.since_s[begins],
        found.until_s[ends],
        found.link[begins],
        found.space[begins],
        origin,
        last,
    )


def busiest_p_s(time_s: NDArray[np.float64], heads: NDArray[np.int64], *, window_s: float) -> float:
    """Largest flow over a window of ``window_s``, p/s; times in order, shapes (passages,).

    Who passes last in the window opens the next interval and is not counted, so that a door which passes one
    head every 1/C shows at most C. Fewer than two passages: 0.
    """
    before = np.concatenate([[0], np.cumsum(heads)[:-1]])
    opening = np.searchsorted(time_s, time_s - window_s, side="left")
    return float((before - before[opening]).max(initial=0)) / window_s


def _start_spaces(
    trace: Trace,
    group: NDArray[np.int64],
    person: NDArray[np.int64],
    link: NDArray[np.int64],
    space: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Space of every person at the start by the header, else by the group's first start; -1 where unknown."""
    index = {name: number for number, name in enumerate(trace.header.spaces)}
    by_group = np.full(len(trace.header.groups), -1, dtype=np.int64)
    starts = np.flatnonzero(link == -1)[::-1]
    by_group[group[person[starts]]] = space[starts]  # the earliest is written last
    for number, name in enumerate(trace.header.group_places):
        by_group[number] = index[name]
    place: NDArray[np.int64] = by_group[group]
    return place
