"""Who waited for what when a run stood still or ran out of time, and who was trapped where."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.measures.egress import person_rows
from drillsim.measures.passages import visits

if TYPE_CHECKING:
    from drillsim.trace.log import Row, Trace

__all__ = ["RING", "WAY_OUT", "Wait", "trapped", "waits"]

WAY_OUT: Final = "a way out"  # what a row ``standstill`` says that people who are trapped wait for
RING: Final = "each other"  # what those in a row ``deadlock`` wait for


@dataclass(frozen=True, slots=True)
class Wait:
    """One row ``standstill``: a task or unit, or ``heads`` people at a place; or a row ``deadlock``."""

    who: str  # "" for people; of a ring all who are in it, A → B → A
    what: str  # a moment, or in words, as the run wrote it
    place: str
    heads: int
    since_s: float | None = None  # when it began, where the row tells


def waits(trace: Trace) -> tuple[Wait, ...]:
    """Everybody who still waited at the end, but those without a way out; then who waits in rings."""
    rings = (Wait(row.task, RING, "", 0) for _, row in trace.of("deadlock"))
    return (*(_wait(row) for _, row in trace.of("standstill") if row.actor != WAY_OUT), *rings)


def _wait(row: Row) -> Wait:
    heads = _heads(row)
    return Wait(row.task if heads is None else "", row.actor, row.place, heads or 0, row.value)


def _heads(row: Row) -> int | None:
    """People a row speaks of, ``12 people`` in a place; ``None`` where it names a task or a unit."""
    found = re.match(r"(\d+) (?:people|person)$", row.task) if row.place else None
    return int(found[1]) if found else None


def trapped(trace: Trace) -> tuple[tuple[str, int], ...]:
    """Space and heads without a way out of it, most heads first; the space is "" where the trace cannot tell.

    Heads are those that the rows ``person`` at the end of the run say are trapped.
    """
    _, totals = person_rows(trace)
    groups = {row.actor: round(row.value or 0.0) for row in totals if row.task == "trapped" and row.value}
    if not groups:
        return ()
    said = Counter[str]()
    for _, row in trace.of("standstill"):
        if row.actor == WAY_OUT:
            said[row.place] += _heads(row) or 0
    found = said if said.total() == sum(groups.values()) else _by_last_place(trace, groups)
    return tuple(sorted(found.items(), key=lambda entry: (-entry[1], entry[0])))


def _by_last_place(trace: Trace, groups: dict[str, int]) -> Counter[str]:
    """Where people of these groups are who are at no muster; unknown where not all of them are trapped."""
    header, last = trace.header, visits(trace)
    found = Counter[str]()
    muster = np.isin(np.array(header.spaces), header.musters)
    for number, (name, _, _) in enumerate(header.groups):
        here = last.last & (last.group == number) & ~muster[last.space]
        if name in groups and int(last.heads[here].sum()) == groups[name]:
            for space, heads in zip(last.space[here].tolist(), last.heads[here].tolist(), strict=True):
                found[header.spaces[space]] += heads
        else:
            found[""] += groups.get(name, 0)
    return +found
