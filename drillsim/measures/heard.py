"""What each message told: items that whoever heard it knew from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from drillsim.trace.log import Trace

__all__ = ["items_heard"]


def items_heard(trace: Trace) -> dict[int, tuple[str, ...]]:
    """Number of a ``message-heard`` row -> items that became known to its hearer by it.

    A message that told nothing new (the sender did not know it, or the hearer did) is absent.
    """
    heard: dict[tuple[str, str], int] = {}
    found: dict[int, tuple[str, ...]] = {}
    for number, row in enumerate(trace.rows):
        if row.event == "message-heard":
            heard[row.task, row.actor] = number
        elif row.event == "informed" and row.cause >= 0:
            by = trace.rows[row.cause]  # of a message to all, the row of the last hearer
            at = heard.get((by.task, row.actor)) if by.event == "message-heard" else None
            if at is not None:
                found[at] = (*found.get(at, ()), row.task)
    return found
