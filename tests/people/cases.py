"""Small facilities and crowds for the tests of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from math import inf
from typing import Any

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LinkSpec, MovementSpec, SpaceSpec, SpeedLaw
from drillsim.people.crowd import Crowd
from drillsim.people.network import Route
from drillsim.people.population import Population
from drillsim.streams import Streams


def site(
    spaces: Mapping[str, Mapping[str, Any]],
    links: Mapping[str, Mapping[str, Any]],
    *,
    specific_flow: float = 1.33,
    max_density: float = 2.75,
    **movement: Any,
) -> Facility:
    """A facility from plain tables; kinds default to room and opening, widths to 1 m."""
    return Facility.build(
        FacilitySpec(
            movement=MovementSpec(
                **{"specific_flow_p_s_m": specific_flow, "max_density_p_m2": max_density} | movement
            ),
            spaces={k: SpaceSpec(**{"kind": "room"} | dict(v)) for k, v in spaces.items()},
            links={k: LinkSpec(**{"width_m": 1.0} | dict(v)) for k, v in links.items()},
        )
    )


def room_with_door(*, width_m: float = 1.0, kind: str = "door", specific_flow: float = 1.33) -> Facility:
    """An 8 by 5 m room whose people stand at the only door."""
    return site(
        {
            "room": {"at_m": (0, 0), "size_m": (8, 5)},
            "out": {"kind": "outside", "at_m": (0, -20), "size_m": (20, 20)},
        },
        {"door": {"between": ("room", "out"), "kind": kind, "width_m": width_m, "at_m": (0, 0)}},
        specific_flow=specific_flow,
    )


def people_at(
    facility: Facility,
    places: Sequence[str],
    *,
    speed: float | Sequence[float] = 1.0,
    heads: Sequence[int] | None = None,
    seed: int = 1,
) -> Population:
    speeds = [speed] * len(places) if isinstance(speed, (int, float)) else list(speed)
    return Population.of(
        facility,
        place=[facility.space_index[place] for place in places],
        speed_m_s=speeds,
        heads=heads,
        streams=Streams(seed),
    )


def crowd_of(
    facility: Facility,
    places: Sequence[str],
    *,
    goals: Sequence[str] = ("out",),
    via: Sequence[str] = (),
    speed: float | Sequence[float] = 1.0,
    heads: Sequence[int] | None = None,
    start_s: float | Sequence[float] = 0.0,
    law: SpeedLaw | None = None,
    route: Route = "nearest",
    record: bool = True,
    seed: int = 1,
) -> Crowd:
    """A crowd in which everybody has an order to go to the nearest of ``goals``."""
    population = people_at(facility, places, speed=speed, heads=heads, seed=seed)
    crowd = Crowd(facility, population, law=law, record=record)
    index = facility.space_index
    starts = [start_s] * len(places) if isinstance(start_s, (int, float)) else list(start_s)
    for person, time_s in enumerate(starts):
        crowd.start(
            person,
            time_s,
            goals=tuple(index[g] for g in goals),
            via=tuple(index[name] for name in via),
            route=route,
        )
    return crowd


def arrivals(crowd: Crowd) -> list[float]:
    """Run to the end; times of arrival by person. Fails if somebody does not arrive."""
    crowd.advance(inf)
    times = [crowd.arrived_s(person) for person in range(len(crowd._heads))]
    assert None not in times, crowd.standstill() or crowd.stuck()
    return [time for time in times if time is not None]


def used(crowd: Crowd) -> Counter[str]:
    """Passages by link name."""
    return Counter(crowd.facility.links[link] for link in crowd.log.link if link >= 0)
