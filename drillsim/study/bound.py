"""How near a plan comes to what the building could do: one typical run against its quickest flow."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable
from hashlib import blake2b
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.facility.free_ways import Evacuation
from drillsim.facility.quickest_flow import quickest_flow
from drillsim.measures.egress import last_out, not_out
from drillsim.measures.exit_use import exit_use
from drillsim.measures.passages import stays
from drillsim.messages import say
from drillsim.people.movement import fastest_walk_m_s
from drillsim.people.population import Population
from drillsim.streams import Streams
from drillsim.study.results import Bound, Idle
from drillsim.units import format_duration

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.facility.quickest_flow import QuickestFlow
    from drillsim.measures.passages import Stays
    from drillsim.messages import Language
    from drillsim.scenario.model import Scenario
    from drillsim.trace.log import Trace

__all__ = ["bound_of_run", "ever_open", "sentences"]

_MOST_ARCS: Final = 400_000  # a network of this size is solved in about half a second, a dozen times
_SHORTEST_IDLE_S: Final = 10.0  # nothing is said of a way out that idles for less
_MOST_IDLE: Final = 3  # ways out that are named
_KEPT: Final = 8


def bound_of_run(trace: Trace, scenario: Scenario) -> Bound | None:
    """What the building could have done with the people of a run; ``None`` where nobody walked out.

    Everybody who does not stay and is at a muster at the end counts, from the place and time at which it
    first began to move (who rode a lift: from where and when it last got out of one), at its own speed to
    the first link and at the fastest person's from there on, to any muster, by every link that was open to
    people at any time from the first start on. People who shelter, casualties and who did not get out are
    left out, which only helps. Smoke, full spaces and counterflow are not counted either.
    """
    from drillsim.simulation.prepare import prepare

    if not len(trace.crowd.person):
        return None
    facility = prepare(scenario).facility
    found = stays(trace)
    walked = _walked_out(trace, found)
    if not len(walked.person):
        return None
    first_s = float(walked.start_s.min())
    flow = _flow(facility, trace, scenario, walked, open_ports=ever_open(trace, facility, since_s=first_s))
    out_s = last_out(trace)["last_out"].number
    finished = math.isfinite(out_s) and out_s > first_s
    return Bound(
        replication=trace.header.replication,
        heads=flow.heads,
        missing=sum(not_out(trace).values()),
        first_start_s=first_s,
        lower_s=flow.lower_s,
        gap=flow.gap,
        last_out_s=out_s if math.isfinite(out_s) else None,
        share=(flow.lower_s - first_s) / (out_s - first_s) if finished else None,
        by_doors=flow.lower_s > flow.free_s,
        idle=_idle(trace, facility, flow),
    )


# -- the people of a run ------------------------------------------------------------------------------


class _Walked(NamedTuple):
    """Tokens that walked out: number, where and when they began, s."""

    person: NDArray[np.int64]
    place: NDArray[np.int64]
    start_s: NDArray[np.float64]


def _walked_out(trace: Trace, found: Stays) -> _Walked:
    header = trace.header
    musters = [number for number, name in enumerate(header.spaces) if name in header.musters]
    stay = np.array([stays for _, _, stays in header.groups], dtype=np.bool_)
    last = found.last & np.isin(found.space, musters) & ~stay[found.group]
    same = np.zeros(len(found.person), dtype=np.bool_)
    same[1:] = found.person[1:] == found.person[:-1]
    before = np.roll(found.link, 1)
    moved_by_lift = same & (found.link == -1) & (found.space != np.roll(found.space, 1))
    first_start = (found.link == -1) & (~same | (before == -2))
    begin = np.full(int(found.person.max()) + 1, -1)
    rows = np.flatnonzero(first_start | moved_by_lift)
    begin[found.person[rows]] = rows  # the latest is written last
    moves = np.bincount(found.person[found.link >= 0], minlength=len(begin)) > 0
    people = found.person[last]
    people = people[(begin[people] >= 0) & moves[people]]
    return _Walked(people, found.space[begin[people]], found.since_s[begin[people]])


def ever_open(trace: Trace, facility: Facility, *, since_s: float) -> NDArray[np.bool_]:
    """Ports (links by direction) open to people at any time from ``since_s`` on, shape (2 links,).

    By the rows of the trace; a port somebody passed was open. A door shut to all keeps nobody in.
    """
    now = ~np.repeat(facility.link_locked, 2)
    ever = now.copy()
    began = False
    for row in trace.rows:
        if row.event not in ("link-opened", "link-closed"):
            continue
        if row.time_s >= since_s and not began:
            ever, began = now.copy(), True
        link = facility.link_index[row.place]
        closed_to, _, way = row.task.partition(", ")
        closes = row.event == "link-closed"
        if closes and closed_to == "all" and facility.link_spec[link].kind == "door":
            continue
        ways = {"in": (0,), "out": (1,)}.get(way, (0, 1))
        now[[2 * link + side for side in ways]] = not closes
        ever |= now
    ever = ever if began else now
    passed = np.array(trace.crowd.link, np.int64)
    into = np.array(trace.crowd.space, np.int64)[passed >= 0]
    passed = passed[passed >= 0]
    ever[2 * passed + (facility.link_spaces[passed, 1] != into)] = True
    return ever


_flows: deque[tuple[Facility, bytes, QuickestFlow]] = deque(maxlen=_KEPT)


def _flow(
    facility: Facility, trace: Trace, scenario: Scenario, walked: _Walked, *, open_ports: NDArray[np.bool_]
) -> QuickestFlow:
    """The quickest flow of these people; remembered for equal starts and open links in one facility."""
    header = trace.header
    people = Population.draw(
        scenario.groups,
        scenario.profiles,
        facility,
        Streams(header.seed, header.replication),
        conditions=header.conditions,  # type: ignore[arg-type]
    )
    who = walked.person
    speeds = np.column_stack([people.speed_m_s, people.up_m_s, people.down_m_s])[who]
    heads = np.array(people.heads, np.int64)[who]
    goals = frozenset(facility.space_index[name] for name in header.musters)
    columns = (walked.place, walked.start_s, speeds, heads, open_ports)
    key = blake2b(b"|".join(column.tobytes() for column in columns)).digest()
    for known, known_key, flow in _flows:
        if known is facility and known_key == key:
            return flow
    evacuation = Evacuation.of(
        facility,
        goals=goals,
        place=walked.place.tolist(),
        start_s=walked.start_s,
        speed_m_s=speeds,
        heads=heads.tolist(),
        limit_m_s=fastest_walk_m_s(facility),
        open_ports=open_ports.tolist(),
    )
    flow = quickest_flow(evacuation, about_s=float(max(trace.crowd.time_s)), most_arcs=_MOST_ARCS)
    _flows.append((facility, key, flow))
    return flow


# -- ways out that idle -------------------------------------------------------------------------------


def _idle(trace: Trace, facility: Facility, flow: QuickestFlow) -> tuple[Idle, ...]:
    """Exits as :func:`exit_use` has them, longest idle first; unused ones only if the quickest flow has use
    for them."""
    useful = {facility.links[port >> 1] for port in flow.ports}
    idle = [
        Idle(row.link, row.heads, row.idle_s)
        for row in exit_use(trace)
        if row.idle_s is not None and (row.heads or row.link in useful)
    ]
    return tuple(sorted(idle, key=lambda entry: (-entry.idle_s, entry.link)))


# -- in words -----------------------------------------------------------------------------------------


def sentences(
    bound: Bound,
    *,
    title: Callable[[str], str] = str,
    duration: Callable[[float], str] = format_duration,
    language: Language = "en",
) -> tuple[str, ...]:
    """What a planner reads: the share, then ways out that idle, longest first.

    ``title`` names a link, ``duration`` writes seconds, as the reader likes them.
    """
    least = duration(bound.lower_s - bound.first_start_s)
    gap = f"{100.0 * bound.gap:.1f}"
    if bound.share is None or bound.last_out_s is None:
        return (
            say(
                "bound.unfinished",
                language,
                missing=say(
                    "heads.one" if bound.missing == 1 else "heads.many", language, count=bound.missing
                ),
                heads=bound.heads,
                least=least,
                gap=gap,
            ),
        )
    said = [
        say(
            "bound.share",
            language,
            share=f"{100.0 * bound.share:.0f}",
            taken=duration(bound.last_out_s - bound.first_start_s),
            least=least,
            gap=gap,
        )
    ]
    if not bound.by_doors:
        said.append(say("bound.late", language))
    for idle in [entry for entry in bound.idle if entry.idle_s >= _SHORTEST_IDLE_S][:_MOST_IDLE]:
        message = "bound.idle" if idle.heads else "bound.unused"
        said.append(say(message, language, link=title(idle.link), idle=duration(idle.idle_s)))
    return tuple(said)
