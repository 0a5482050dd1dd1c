"""What cannot work in the groups of a scenario: shares, parties too large for the way, lifts, errands."""

from __future__ import annotations

from typing import Final

from drillsim.facility.checks import unreachable
from drillsim.facility.graph import Facility
from drillsim.people.spec import Group
from drillsim.response.effects import RunLift
from drillsim.scenario.entries import effects_of
from drillsim.scenario.findings import Findings
from drillsim.scenario.model import Scenario

__all__ = ["check_lifts", "check_parties", "check_returns", "check_shares_sum"]

_SHARE_TOLERANCE: Final = 0.001


def check_shares_sum(findings: Findings, path: tuple[str | int, ...], shares: dict[str, float]) -> None:
    """Shares that do not make 100 %."""
    total = sum(shares.values())
    if shares and abs(total - 1.0) > _SHARE_TOLERANCE:
        message = f"the shares sum to {total * 100:g} %; they must make 100 %"
        findings.error(path, message, "shares")


def check_returns(findings: Findings, scenario: Scenario) -> None:
    """Belongings fetched by people who never set out, or never in spite of a time for it."""
    for name, group in scenario.groups.items():
        if group.returns and group.stays:
            message = "people ordered to stay never set out, so none turns back; remove returns or stays"
            findings.error(("groups", name, "returns"), message, "returns-stays")
        elif group.returns_after is not None and not group.returns:
            message = "nobody turns back; write how many do, such as `returns: 10 %`, or remove this"
            findings.warn(("groups", name, "returns_after"), message, "returns-nobody")


def check_lifts(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """Groups that cannot walk to a lobby of their lift, have no party that fits its car, or wait in vain."""
    told = {
        effect.lift for _, effect in effects_of(scenario) if isinstance(effect, RunLift) and effect.running
    }
    all_effects = findings.clean("plans") and findings.clean("injects")
    for name, group in scenario.groups.items():
        lift = scenario.facility.lifts.get(group.lift or "")
        if lift is None or not group.count:
            continue
        lobbies = [facility.space_index[floor] for floor in lift.floors]
        if unreachable(facility, start=facility.space_index[group.place], goals=lobbies):
            message = f"nobody in {group.place} can walk to a lobby of {group.lift} "
            message += f"({', '.join(lift.floors)}); add a link or another lift"
            findings.error(("groups", name, "lift"), message, "lift-unreachable")
        if (party := min(group.party, group.count)) > lift.persons:
            message = f"a party of {party} does not fit the car of {group.lift}, which takes {lift.persons}; "
            message += f"write `together: {lift.persons}` or less" if lift.persons > 1 else "part them"
            findings.error(("groups", name, "lift"), message, "lift-too-small")
        if all_effects and not lift.evacuation and group.lift not in told:
            message = f"{group.lift} is held and nothing puts it in service, so all of '{name}' walk; write "
            message += (
                f"`evacuation: true` for it, or an effect {{do: lift, lift: {group.lift}, running: true}}"
            )
            findings.warn(("groups", name, "lift"), message, "lift-held")


def check_parties(findings: Findings, scenario: Scenario, facility: Facility) -> None:
    """Parties that stay together and are larger than a space all their ways out lead through."""
    for name, group in scenario.groups.items():
        party = min(group.party, group.count)
        if party < 2 or group.stays:
            continue
        small = _in_the_way(facility, group, party)
        if small is None:
            continue
        holds = facility.slots[small]
        remedy = f"let them go in parties: `together: {holds}` or less" if holds > 1 else "let each go alone"
        message = f"a party of {party} must cross {facility.spaces[small]} of "
        message += f"{float(facility.area_m2[small]):.3g} m², which holds {holds}; {remedy}, "
        message += "or correct the size of the space"
        findings.error(("groups", name, "together"), message, "party-too-large")


def _in_the_way(facility: Facility, group: Group, party: int) -> int | None:
    """A space smaller than the party that shuts it off from every goal; ``None`` if one can be reached."""
    start = facility.space_index[group.place]
    goals = [facility.space_index[muster] for muster in group.musters]
    goals = goals or [i for i, kind in enumerate(facility.kind) if kind in ("muster", "outside")]
    small = [
        i
        for i, slots in enumerate(facility.slots)
        if slots < party and i != start and facility.area_m2[i] > 0.0  # 0 m² is an error of its own
    ]
    shut = {link for space in small for link in facility.space_links[space]}
    if not small or unreachable(facility, start=start, goals=goals):
        return None  # all spaces are large enough, or another check has said that there is no way
    if not unreachable(facility, start=start, goals=goals, closed=shut):
        return None
    small.sort(key=lambda space: (facility.slots[space], facility.spaces[space]))
    for space in small:
        if unreachable(facility, start=start, goals=goals, closed=frozenset(facility.space_links[space])):
            return space
    return small[0]
