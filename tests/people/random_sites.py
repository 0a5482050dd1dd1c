"""Random facilities and crowds: by plain draws for the oracle, by hypothesis for the properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import inf
from random import Random
from typing import Any

from hypothesis import strategies as st

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LinkSpec, MovementSpec, SpaceSpec, SpeedLaw
from drillsim.people.crowd import Crowd
from drillsim.people.population import Population
from drillsim.streams import Streams

MAX_DENSITY_P_M2 = 2.75
Table = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Site:
    """A facility as plain tables and who is in it; ``crowd()`` builds both anew."""

    spaces: Table
    links: Table
    place: tuple[str, ...]
    goals: tuple[tuple[str, ...], ...]  # of each person
    start_s: tuple[float, ...]
    speed_m_s: tuple[float, ...]
    law: SpeedLaw = "sfpe"
    one_way: bool = False
    seed: int = 1

    def facility(self) -> Facility:
        return Facility.build(
            FacilitySpec(
                movement=MovementSpec(
                    law=self.law, specific_flow_p_s_m=1.3, max_density_p_m2=MAX_DENSITY_P_M2,
                    merging="first-come",
                ),
                spaces={name: SpaceSpec(**{"kind": "room"} | dict(row)) for name, row in self.spaces.items()},
                links={name: LinkSpec(**{"width_m": 1.0} | dict(row)) for name, row in self.links.items()},
            )
        )  # fmt: skip

    def crowd(self, *, record: bool = False) -> Crowd:
        """Everybody has an order; one-way links are shut backwards."""
        facility = self.facility()
        index = facility.space_index
        people = Population.of(
            facility,
            place=[index[name] for name in self.place],
            speed_m_s=self.speed_m_s,
            streams=Streams(self.seed),
        )
        crowd = Crowd(facility, people, record=record)
        if self.one_way:
            for link in range(len(facility.links)):
                crowd.set_link(link, forward_open=True, backward_open=False)
        for person, time_s in enumerate(self.start_s):
            crowd.start(person, time_s, goals=tuple(index[name] for name in self.goals[person]))
        return crowd

    def but(self, **changes: Any) -> Site:
        return replace(self, **changes)

    def delayed(self, delay_s: float) -> Site:
        return self.but(start_s=tuple(time_s + delay_s for time_s in self.start_s))

    def with_links(self, change: Callable[[str, dict[str, Any]], dict[str, Any]]) -> Site:
        return self.but(links={name: change(name, dict(row)) for name, row in self.links.items()})

    def with_people(self, others: Site) -> Site:
        """The same facility with those of ``others`` besides."""
        return self.but(
            place=self.place + others.place,
            goals=self.goals + others.goals,
            start_s=self.start_s + others.start_s,
            speed_m_s=self.speed_m_s + others.speed_m_s,
        )

    def exit_s(self) -> list[float]:
        """When each person is out, s. Fails if somebody never is."""
        crowd = self.crowd()
        crowd.advance(inf)
        times = [crowd.arrived_s(person) for person in range(len(self.place))]
        assert None not in times, crowd.standstill() or crowd.stuck()
        return [time_s for time_s in times if time_s is not None]


def drawn_site(seed: int, *, law: SpeedLaw = "sfpe") -> Site:
    """One-way links from rooms of few slots towards one or two exits; every number a continuous draw.

    Links run from higher to lower numbers, so nobody waits in a circle. Rooms hold from 1 person on, some
    begin fuller than they may, and several links lead into one room, so streams merge and queues spill back.
    """
    rng = Random(f"site {seed}")
    rooms, exits = rng.randint(1, 9), rng.randint(1, 2)
    spaces: dict[str, dict[str, Any]] = {
        f"out{i}": {"kind": "outside", "at_m": spot(rng), "size_m": (30, 30)} for i in range(exits)
    }
    links: dict[str, dict[str, Any]] = {}
    for room in range(rooms):
        side = rng.uniform(0.6, 1.2) if rng.random() < 0.6 else rng.uniform(2.0, 6.0)
        stair = rng.random() < 0.3
        spaces[f"r{room}"] = {"at_m": spot(rng), "size_m": (side, side)} | (
            {"kind": "stair", "riser_m": 0.17, "tread_m": 0.28} if stair else {}
        )
        onward = [f"out{i}" for i in range(exits)] if room < 2 else []
        onward += [f"r{rng.randrange(room)}" for _ in range(rng.randint(1, 2))] if room else []
        for number, beyond in enumerate(onward):
            links[f"l{room}-{number}"] = {
                "between": (f"r{room}", beyond), "at_m": spot(rng), "flow_p_s": rng.uniform(0.3, 2.0),
            }  # fmt: skip
    heads = rng.randint(10, 80)
    place = tuple(f"r{rng.randrange(rooms)}" for _ in range(heads))
    return Site(
        spaces=spaces,
        links=links,
        place=place,
        goals=tuple(
            (f"out{rng.randrange(exits)}",)
            if exits > 1 and reaches_all(links, name, exits)
            else all_exits(exits)
            for name in place
        ),
        start_s=tuple(rng.uniform(0.0, 20.0) for _ in range(heads)),
        speed_m_s=tuple(rng.uniform(0.5, 1.6) for _ in range(heads)),
        law=law,
        one_way=True,
        seed=seed,
    )


def spot(rng: Random) -> tuple[float, float]:
    return rng.uniform(0.0, 30.0), rng.uniform(0.0, 30.0)


def all_exits(exits: int) -> tuple[str, ...]:
    return tuple(f"out{i}" for i in range(exits))


def reaches_all(links: Table, start: str, exits: int) -> bool:
    """Whether each exit can be reached over the one-way links."""
    found, todo = {start}, [start]
    while todo:
        space = todo.pop()
        for link in links.values():
            first, second = link["between"]
            if first == space and second not in found:
                found.add(second)
                todo.append(second)
    return set(all_exits(exits)) <= found


def tied_site(seed: int) -> Site:
    """A tree of rooms of few slots in which people start and come to links at equal times, so ties abound.

    Headways are continuous draws: a link that comes free in the very instant in which a slot beyond does is
    left open by the rule.
    """
    rng = Random(f"ties {seed}")
    rooms = rng.randint(2, 8)
    spaces: dict[str, dict[str, Any]] = {"out": {"kind": "outside", "at_m": (0, 0), "size_m": (30, 30)}}
    links: dict[str, dict[str, Any]] = {}
    for room in range(rooms):
        beyond = f"r{rng.randrange(room)}" if room else "out"
        slots = rng.choice([1, 2, 3, 100])
        spaces[f"r{room}"] = {"at_m": (room, 0), "size_m": (1, 1), "area_m2": slots / MAX_DENSITY_P_M2}
        links[f"l{room}"] = {
            "between": (f"r{room}", beyond),
            "at_m": (room, 0),
            "flow_p_s": rng.uniform(0.4, 2.0),
        }
    heads = rng.randint(5, 30)
    return Site(
        spaces=spaces,
        links=links,
        place=tuple(f"r{rng.randrange(rooms)}" for _ in range(heads)),
        goals=(("out",),) * heads,
        start_s=tuple(float(rng.randint(0, 8)) for _ in range(heads)),
        speed_m_s=tuple(rng.choice([0.5, 1.0, 2.0]) for _ in range(heads)),
        law="assigned",
        one_way=True,
        seed=seed,
    )


# -- by hypothesis ------------------------------------------------------------------------------------


@st.composite
def sites(
    draw: st.DrawFn, *, law: SpeedLaw = "sfpe", storage: bool = True, tied: bool = False, most: int = 40
) -> Site:
    """A multigraph with cycles, parallel and two-way links, rooms and stairs; everybody can reach ``out``.

    Without ``storage`` all spaces are yards, which never fill and slow nobody. With ``tied`` starts and
    speeds come from few values, otherwise each is its own.
    """
    rng = Random(draw(st.integers(0, 2**32)))
    rooms = draw(st.integers(1, 7))
    spaces: dict[str, dict[str, Any]] = {"out": {"kind": "outside", "at_m": spot(rng), "size_m": (30, 30)}}
    links: dict[str, dict[str, Any]] = {}
    for room in range(rooms):
        side = draw(st.sampled_from([1.0, 1.5, 4.0, 12.0]))
        kind = draw(st.sampled_from(["room", "corridor", "stair"])) if storage else "yard"
        spaces[f"r{room}"] = {"kind": kind, "at_m": spot(rng), "size_m": (side, side)}
        if kind == "stair":
            spaces[f"r{room}"] |= {"riser_m": 0.17, "tread_m": 0.28}
        beyond = f"r{draw(st.integers(0, room - 1))}" if room else "out"
        links[f"l{room}"] = link(rng, (f"r{room}", beyond))
    names = [*spaces]
    for number in range(draw(st.integers(0, 2 * rooms))):
        ends = draw(st.permutations(names))[:2]
        links[f"m{number}"] = link(rng, (ends[0], ends[1]))
    heads = draw(st.integers(1, most))
    starts = [0.0, 1.0, 2.5, 10.0]
    return Site(
        spaces=spaces,
        links=links,
        place=tuple(f"r{rng.randrange(rooms)}" for _ in range(heads)),
        goals=(("out",),) * heads,
        start_s=tuple(rng.choice(starts) if tied else rng.uniform(0.0, 40.0) for _ in range(heads)),
        speed_m_s=tuple(rng.choice([0.6, 1.0, 1.4]) if tied else rng.uniform(0.5, 1.6) for _ in range(heads)),
        law=law,
        seed=draw(st.integers(1, 1000)),
    )


def link(rng: Random, between: tuple[str, str]) -> dict[str, Any]:
    return {"between": between, "at_m": spot(rng), "width_m": rng.uniform(0.5, 2.5)}
