"""By which exits people got out, and how long an exit stood idle while others still came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from drillsim.measures.passages import visits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.measures.passages import Visits
    from drillsim.trace.log import Trace

__all__ = ["ExitUse", "WaysOut", "exit_use", "ways_out"]


@dataclass(frozen=True, slots=True)
class WaysOut:
    """Everybody of the groups that leave who is at a muster at the end, in order of time, shapes (n,).

    ``link`` is the exit, -1 for who took none: from the start at the muster, or out by a lift.
    """

    link: NDArray[np.int64]
    time_s: NDArray[np.float64]
    heads: NDArray[np.int64]
    of_building: bool  # exits lead out of doors; else into musters


@dataclass(frozen=True, slots=True)
class ExitUse:
    """One exit in one run; ``None`` is what does not apply."""

    link: str  # "" for people who passed none
    heads: int
    share: float  # of the people out
    first_s: float | None
    last_s: float | None
    idle_s: float | None  # from its last person, or the first start, to the last person through any exit


def ways_out(trace: Trace) -> WaysOut:
    """The exit each person out took, and when.

    An exit is a link from indoors to outdoors; of a person the last one passed. Where fewer than half of the
    people out were ever indoors (a yard, a quay), it is the link by which they came to their muster; so it is
    for a person of a building who never was indoors. Casualties carried out are not among the people out.
    """
    header, found = trace.header, visits(trace)
    muster = np.isin(np.array(header.spaces), header.musters)
    outdoors = np.array(header.space_outdoors or [True] * len(header.spaces), dtype=np.bool_)
    stays = np.array([stay for _, _, stay in header.groups], dtype=np.bool_)
    moved = found.origin >= 0
    leaves = moved & outdoors[found.space] & ~outdoors[found.origin]
    arrives = moved & muster[found.space] & ~muster[found.origin]
    ends = np.flatnonzero(found.last & muster[found.space] & ~stays[found.group])
    door, gate = (_latest(found, marked)[ends] for marked in (leaves, arrives))
    heads = found.heads[ends]
    of_building = bool(2 * heads[door >= 0].sum() >= heads.sum()) and bool((door >= 0).any())
    chosen = np.where(door >= 0, door, gate) if of_building else gate
    passed = chosen >= 0
    link = np.where(passed, found.link[chosen], -1)
    time_s = np.where(passed, found.since_s[chosen], 0.0)
    order = np.argsort(time_s, kind="stable")
    return WaysOut(np.maximum(link, -1)[order], time_s[order], heads[order], of_building)


def _latest(found: Visits, marked: NDArray[np.bool_]) -> NDArray[np.int64]:
    """At every visit the number of the latest marked visit of that person, -1 for none."""
    numbers = np.arange(len(marked))
    latest = np.maximum.accumulate(np.where(marked, numbers, -1)) if len(marked) else numbers
    begins = np.maximum.accumulate(np.where(found.origin < 0, numbers, 0)) if len(marked) else numbers
    return np.where(latest >= begins, latest, -1)


def exit_use(trace: Trace) -> tuple[ExitUse, ...]:
    """Every exit, by heads, most first; those nobody took too, if the trace knows its links.

    Heads add up to the people out. No row where nobody is out.
    """
    header, found = trace.header, ways_out(trace)
    total = int(found.heads.sum())
    if not total:
        return ()
    through = found.link >= 0
    last_s = float(found.time_s[through].max()) if through.any() else None
    starts = np.array(trace.crowd.time_s)[np.array(trace.crowd.link) == -1]
    rows = []
    for number in sorted({*_exits(trace, of_building=found.of_building), *found.link.tolist()}):
        here = found.link == number
        heads, times = int(found.heads[here].sum()), found.time_s[here] if number >= 0 else np.empty(0)
        own_s = float(times[-1]) if times.size else float(starts.min()) if starts.size else None
        rows.append(
            ExitUse(
                link=header.links[number] if number >= 0 else "",
                heads=heads,
                share=heads / total,
                first_s=float(times[0]) if times.size else None,
                last_s=float(times[-1]) if times.size else None,
                idle_s=None if number < 0 or own_s is None or last_s is None else max(0.0, last_s - own_s),
            )
        )
    return tuple(sorted(rows, key=lambda row: (-row.heads, row.link)))


def _exits(trace: Trace, *, of_building: bool) -> list[int]:
    """Links that could be exits."""
    header = trace.header
    if of_building:
        inner = [not outdoors for outdoors in header.space_outdoors]
    else:
        inner = [name not in header.musters for name in header.spaces]
    return [
        number for number, (first, second) in enumerate(header.link_ends) if inner[first] != inner[second]
    ]
