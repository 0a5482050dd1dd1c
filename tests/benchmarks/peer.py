"""The pinned tower for ``jupedsim-network`` by its public interface: same spaces, widths, flows, people."""

from __future__ import annotations

from statistics import fmean
from typing import Any

import pytest

from drillsim.facility.graph import Facility
from drillsim.people.population import Population
from tests.people.textbook import Way

FIRST_MINUTE_S = 60.0


def peer_network(facility: Facility, ways: dict[int, Way]) -> Any:
    """Rooms, corridors, flights and doors with the capacity they have here.

    A link of the peer has one walking length, whoever crosses it. So it gets the mean over those who come by
    the ways out of the rooms.
    """
    peer = pytest.importorskip("jupedsim_network")
    network = peer.Network()
    for space, name in enumerate(facility.spaces):
        spec, area = facility.space_spec[space], float(facility.area_m2[space])
        if spec.kind == "outside":
            network.add_safe(name)
        elif spec.kind == "stair":
            network.add_stair(name, area=area, riser=spec.riser_m, tread=spec.tread_m)
        else:
            network.add_room(name, area=area)
    kinds = {"door": "door", "opening": "stair"}
    for (space, link), lengths in sorted(walks(ways).items()):
        spec = facility.link_spec[link]
        first, second = (facility.spaces[end] for end in facility.link_spaces[link])
        source, target = (first, second) if facility.spaces[space] == first else (second, first)
        effective_m = spec.width_m - (0.3 if spec.kind == "door" else 0.0)
        network.connect(
            source, target, name=facility.links[link],
            width=spec.width_m, kind=kinds[spec.kind], length=fmean(lengths),
            boundary_layer=(spec.width_m - effective_m) / 2.0,
            specific_flow=float(facility.link_capacity_p_s[link]) / effective_m, bidirectional=False,
        )  # fmt: skip
    return network


def walks(ways: dict[int, Way]) -> dict[tuple[int, int], list[float]]:
    """Metres walked in a space to a link, by (space, link), over all ways out of rooms."""
    found: dict[tuple[int, int], list[float]] = {}
    for room, (first_m, steps) in ways.items():
        before, space = first_m, room
        for link, beyond, length_m in steps:
            found.setdefault((space, link), []).append(before)
            before, space = length_m, beyond
    return found


def peer_people(facility: Facility, population: Population) -> list[Any]:
    """One population a person, with the very speed and start it has here."""
    peer = pytest.importorskip("jupedsim_network")
    return [
        peer.Population(
            node=facility.spaces[space], count=1, speed=population.speed_m_s[person],
            pre_movement=FIRST_MINUTE_S * population.exit[person],
        )
        for person, space in enumerate(population.place)
    ]  # fmt: skip


def peer_groups(facility: Facility, population: Population) -> list[Any]:
    """One population a room, which draws speeds and starts from the same distributions."""
    peer = pytest.importorskip("jupedsim_network")
    return [
        peer.Population(
            node=facility.spaces[room], count=population.place.count(room), speed=peer.Uniform(0.9, 1.5),
            pre_movement=peer.Uniform(0.0, FIRST_MINUTE_S),
        )
        for room in sorted(set(population.place))
    ]  # fmt: skip
