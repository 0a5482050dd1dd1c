"""How everything that queues was used: crews, commanders, channels, call-takers, decontamination, tools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.measures.milestones import end_s
from drillsim.measures.value import Value

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["FAMILIES", "CapacityUse", "capacity_use", "uses"]

FAMILIES: Final = ("utilisation.", "wait.", "longest-wait.", "peak-queue.")
_FIGURES: Final = ("busy", "waited", "longest-wait", "asked-for", "peak-queue", "members")


class CapacityUse(NamedTuple):
    """One capacity over one run of ``end_s``; waits are of requests that found too few of it free."""

    kind: str  # unit, capacity, channel, answering, stage or role
    name: str
    members: int  # at most at once
    busy_s: float  # of all members together
    waited_s: float  # of all requests together
    longest_wait_s: float
    asked_for: int
    peak_queue: int
    end_s: float

    @property
    def utilisation(self) -> float:
        """Share of its members' time that it was held; 0 where there was none of it or no time."""
        available_s = self.members * self.end_s
        return self.busy_s / available_s if available_s > 0.0 else 0.0


def capacity_use(trace: Trace) -> tuple[CapacityUse, ...]:
    """Capacities that were asked for, by kind and name, from the rows that close the run."""
    figures: dict[tuple[str, str], dict[str, float]] = {}
    last_s = end_s(trace)
    for row in reversed(trace.rows):
        if row.time_s < last_s:
            break
        if row.event in _FIGURES:
            figures.setdefault((row.task, row.actor), {})[row.event] = row.value or 0.0
    return tuple(
        CapacityUse(
            kind=kind,
            name=name,
            members=round(said.get("members", 0.0)),
            busy_s=said.get("busy", 0.0),
            waited_s=said.get("waited", 0.0),
            longest_wait_s=said.get("longest-wait", 0.0),
            asked_for=round(said.get("asked-for", 0.0)),
            peak_queue=round(said.get("peak-queue", 0.0)),
            end_s=last_s,
        )
        for (kind, name), said in sorted(figures.items())
    )


def uses(trace: Trace) -> dict[str, Value]:
    """``utilisation.KIND.NAME``, and where somebody waited ``wait.``, ``longest-wait.`` and ``peak-queue.``.

    Utilisation is a share of the members' time up to the end of the run, waits are in s (of all requests
    together, and the longest), the queue in requests. Kinds: unit, capacity, channel, answering, stage, role.
    What nobody asked for, or waited for, is left out: 0.
    """
    found: dict[str, Value] = {}
    for use in capacity_use(trace):
        name = f"{use.kind}.{use.name}"
        found[f"utilisation.{name}"] = Value(use.utilisation, "share")
        if use.waited_s > 0.0:
            found[f"wait.{name}"] = Value(use.waited_s, "s")
            found[f"longest-wait.{name}"] = Value(use.longest_wait_s, "s")
            found[f"peak-queue.{name}"] = Value(float(use.peak_queue), "")
    return found
