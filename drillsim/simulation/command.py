"""Orders: a report that reaches whoever commands, a decision that queues, a message back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from drillsim.response.command import span_factor
from drillsim.simulation.resources import Grant

if TYPE_CHECKING:
    from collections.abc import Generator

    from simpy.events import Event

    from drillsim.response.plan import Task
    from drillsim.simulation.core import Core
    from drillsim.simulation.radio import Radio

__all__ = ["Command"]


class Command:
    """Who holds which role now, what is under whose orders, and how an order comes about."""

    def __init__(self, core: Core, radio: Radio) -> None:
        self._core = core
        self._radio = radio
        self._roles = core.plan.roles
        self._crews: Counter[str] = Counter()  # crews at work on a role's orders
        for name, role in sorted(self._roles.items()):
            if not role.held_by:
                core.resources.add(("role", name), [name])

    def holders(self, name: str) -> tuple[str, ...]:
        """Who decides for a role now: itself, the last of its holders in office, or all; () if nobody."""
        role = self._roles[name]
        if not role.held_by:
            return (name,) if self._in_office(name) else ()
        found = [holder for inner in role.held_by for holder in self.holders(inner)]
        return tuple(dict.fromkeys(found)) if role.together else tuple(found[-1:])

    def _in_office(self, name: str) -> bool:
        office = self._roles[name].takes_office
        if office is None:
            return True
        return all(self._core.moments.happened(moment) for moment in self._core.stands_for(office))

    def agency(self, name: str) -> str:
        """The agency of whoever holds a role now; "" if nobody does."""
        holders = self.holders(name) or (name,)
        return self._roles[holders[-1]].agency or ""

    def reports(self, name: str) -> int:
        """Direct reports: crews now at work on the role's orders, and roles in office that report to it."""
        roles = self._roles.items()
        below = sum([role.reports_to == name and bool(self.holders(other)) for other, role in roles])
        return self._crews[name] + below

    def crew_begins(self, name: str) -> None:
        """A crew goes to work on the role's order."""
        self._crews[name] += 1

    def crew_ends(self, name: str) -> None:
        """Its work is over."""
        self._crews[name] -= 1

    def order(self, name: str, task: Task, *, doer: str, cause: int) -> Generator[Event, object, int]:
        """Ask for the order of a task and get it.

        ``doer`` is the agency that is to do it; "" if nobody need be told.
        """
        assert task.order_by is not None
        core, role = self._core, task.order_by
        cause = yield from self.await_office(role, who=name, cause=cause)
        report = self._message("report", name, task, sender=doer, to=self.agency(role), cause=cause)
        if report is not None:
            cause = yield from report
        while True:
            holders = self.holders(role)
            wanted = {("role", holder): 1 for holder in holders}
            asked = core.note("order-asked", actor=", ".join(holders), task=name, cause=cause)
            grant = yield from self._attention(role, holders, wanted, name, task.priority)
            if isinstance(grant, Grant):
                break
            cause = max(asked, grant)  # command has passed on meanwhile
        yield core.clock.pause(self._decision_s(role, holders, name))
        given = core.note("order-given", actor=", ".join(holders), task=name, cause=max(asked, grant.cause))
        for key, members in grant.members.items():
            core.resources.release(key, members, cause=given)
        agency = self._roles[holders[-1]].agency or ""
        order = self._message("order", name, task, sender=agency, to=doer, cause=given)
        return given if order is None else (yield from order)

    def _message(
        self, what: str, name: str, task: Task, *, sender: str, to: str, cause: int
    ) -> Generator[Event, object, int] | None:
        """A report or an order over the line between the two; None where they speak face to face."""
        if not self._radio.route(sender, to):
            return None
        return self._radio.say(
            content=f"{what}.{name}", sender=sender, to=to, who=name, priority=task.priority, cause=cause
        )

    def await_office(self, role: str, *, who: str, cause: int) -> Generator[Event, object, int]:
        """Wait until somebody holds the role."""
        core = self._core
        own = self._roles[role].takes_office
        for moment in core.stands_for(own) if own else ():
            with core.waiting(who, f"{role} to take office at {moment}"):
                taken = yield core.moments.of(moment)
            assert isinstance(taken, int)
            cause = max(cause, taken)
        if not self.holders(role):
            with core.waiting(who, f"somebody to hold {role}"):
                taken = yield core.watch.until(lambda: bool(self.holders(role)))
            assert isinstance(taken, int)
            cause = max(cause, taken)
        return cause

    def _attention(
        self,
        role: str,
        holders: tuple[str, ...],
        wanted: dict[tuple[str, str], int],
        who: str,
        priority: int,
    ) -> Generator[Event, object, Grant | int]:
        """Wait for the attention of all holders; or the row that passed command to others before."""
        core = self._core
        request = core.resources.request(wanted, priority=priority, who=who)
        core.waits_for(who, f"an order of {', '.join(holders)}", wanted)
        if request.triggered or not self._roles[role].held_by:
            yield request
        else:
            passed = core.watch.until(lambda: self.holders(role) != holders)
            yield request | passed
            core.watch.forget(passed)
        core.waits.pop(who, None)
        if not request.triggered:
            core.resources.withdraw(request)
            row = passed.value
            assert isinstance(row, int)
            return row
        grant = request.value
        assert isinstance(grant, Grant)
        return grant

    def _decision_s(self, role: str, holders: tuple[str, ...], name: str) -> float:
        core, decisions = self._core, []
        for holder in holders:
            decides = self._roles[holder].decides
            assert decides is not None
            decisions.append(
                core.draw(
                    decides,
                    path=f"plans.{core.plan_name}.roles.{holder}.decides",
                    entity=f"task.{name}",
                    purpose="decision" if len(holders) == 1 else f"decision.{holder}",
                )
            )
        if core.bound == "unlimited":
            return max(decisions)  # there is always one more to lead
        return max(decisions) * span_factor(max(self.reports(r) for r in {role, *holders}))
