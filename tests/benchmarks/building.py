"""The pinned building of the benchmarks: a tower with two stairs whose flights fill and spill back."""

from __future__ import annotations

from drillsim.facility.graph import Facility
from drillsim.facility.spec import FacilitySpec, LinkSpec, MovementSpec, SpaceSpec
from drillsim.people.crowd import Crowd
from drillsim.people.kernel import Kernel, crowd_for
from drillsim.people.population import Population
from drillsim.streams import Streams

STOREY_M = 3.6
FLIGHT_M = 7.2
MOVEMENT = MovementSpec(specific_flow_p_s_m=1.3, door_boundary_m=0.15, max_density_p_m2=2.75)


def tower(*, storeys: int, rooms: int, wings: int = 1) -> Facility:
    """``wings`` towers; each storey has a corridor, ``rooms`` rooms and two stair flights. One outside."""
    spaces = {"outside": SpaceSpec(kind="outside", at_m=(0.0, -60.0), size_m=(100.0, 40.0))}
    links: dict[str, LinkSpec] = {}
    for wing in range(wings):
        east = 120.0 * wing
        for storey in range(storeys):
            level = storey * STOREY_M
            floor = f"w{wing:02d}-f{storey:02d}"
            corridor = f"{floor}-corridor"
            spaces[corridor] = SpaceSpec(kind="corridor", at_m=(east, 0.0), size_m=(60.0, 2.0), level_m=level)
            for room in range(rooms):
                x = east - 30.0 + 60.0 * (room + 0.5) / rooms
                name = f"{floor}-room{room}"
                spaces[name] = SpaceSpec(
                    kind="room", at_m=(x, 5.0), size_m=(60.0 / rooms, 8.0), level_m=level
                )
                links[f"{name}-door"] = LinkSpec(
                    between=(name, corridor), kind="door", width_m=0.9, at_m=(x, 1.0)
                )
            for side, x in (("a", east - 30.0), ("b", east + 30.0)):
                flight = f"{floor}-stair-{side}"
                spaces[flight] = SpaceSpec(
                    kind="stair", at_m=(x, 0.0), size_m=(1.2, FLIGHT_M), length_m=FLIGHT_M,
                    level_m=level - STOREY_M, riser_m=0.17, tread_m=0.28,
                )  # fmt: skip
                links[f"{flight}-door"] = LinkSpec(
                    between=(corridor, flight), kind="door", width_m=1.0, at_m=(x, 3.6)
                )
                below = f"w{wing:02d}-f{storey - 1:02d}-stair-{side}" if storey else "outside"
                links[f"{flight}-foot"] = LinkSpec(
                    between=(flight, below), kind="opening", width_m=1.2, at_m=(x, -3.6)
                )
    return Facility.build(FacilitySpec(movement=MOVEMENT, spaces=spaces, links=links))


def occupants(facility: Facility, *, per_room: int, seed: int = 1) -> Population:
    """``per_room`` people in every room with speeds between 0.9 and 1.5 m/s."""
    place = [i for i, kind in enumerate(facility.kind) if kind == "room" for _ in range(per_room)]
    streams = Streams(seed)
    speeds = 0.9 + 0.6 * streams.uniforms("people", "speed", len(place))
    return Population.of(facility, place=place, speed_m_s=speeds.tolist(), streams=streams)


def ready(
    facility: Facility, population: Population, *, record: bool = False, kernel: Kernel = "plain"
) -> Crowd:
    """A crowd in which everybody has been told to leave, within the first minute."""
    crowd = crowd_for(facility, population, record=record, kernel=kernel)
    goals = (facility.space_index["outside"],)
    for person, luck in enumerate(population.exit):
        crowd.start(person, 60.0 * luck, goals=goals)
    return crowd
