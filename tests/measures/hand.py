"""Traces made by hand, small enough to check with pencil and paper."""

from __future__ import annotations

from dataclasses import replace

from drillsim.trace.log import CrowdLog, RunHeader, Trace

SPACES = ("hall", "muster-e", "muster-w", "office", "yard")
LINKS = ("door", "gate-e", "gate-w", "hatch")


def header(**changes: object) -> RunHeader:
    base = RunHeader(
        scenario="hand",
        digest="d",
        plan="a",
        conditions="emergency",
        seed=1,
        replication=0,
        version="0",
        fingerprint="f",
        start_s=36000.0,
        slot_s=3600.0,
        horizon_s=7200.0,
        milestones=("clear", "cordon", "endex"),
        groups=(("clerks", 2, False), ("guards", 1, True), ("visitors", 3, False)),
        spaces=SPACES,
        links=LINKS,
        musters=("muster-e", "muster-w"),
        operations=(("cranes", 9), ("gate", 2)),
        units=(("patrol", 4, False), ("pump-1", 6, True)),
        plan_edges=(),
        group_places=("office", "hall", "hall"),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def trace(*passages: tuple[float, float, int, str, str], **changes: object) -> Trace:
    """Passages are (time, arrived at the link, person, link or "" for a start, space)."""
    crowd = CrowdLog()
    for time_s, arrived_s, person, link, space in sorted(passages, key=lambda entry: entry[0]):
        crowd.time_s.append(time_s)
        crowd.arrived_s.append(arrived_s)
        crowd.person.append(person)
        crowd.link.append(LINKS.index(link) if link else -1)
        crowd.space.append(SPACES.index(space))
    return Trace(header(**changes), crowd)


def way_out(person: int, start_s: float, *, start: str = "hall", muster: str = "muster-w") -> list:
    """Start, then out to a muster 10 s later through its gate, without waiting."""
    gate = "gate-w" if muster == "muster-w" else "gate-e"
    return [(start_s, start_s, person, "", start), (start_s + 10.0, start_s + 10.0, person, gate, muster)]


def everybody_out() -> list:
    """Clerks (0, 1) at 110 and 120 s, visitors (3, 4, 5) at 60, 70 and 80 s; the guard (2) stays."""
    starts = {0: 100.0, 1: 110.0, 3: 50.0, 4: 60.0, 5: 70.0}
    return [row for person, at in starts.items() for row in way_out(person, at)]


# Facts of the ground that the header may hold: a building of hall and office, the rest out of doors.
GROUND: dict[str, object] = {
    "space_areas_m2": (2.0, 100.0, 100.0, 10.0, 50.0),
    "space_outdoors": (False, True, True, False, True),
    "link_ends": ((3, 0), (0, 1), (0, 2), (3, 4)),
    "link_capacities_p_s": ((1.0, 0.5), (2.0, 2.0), (2.0, 2.0), (1.0, 1.0)),
}
