"""Units on their way over the site: one pause for all of it, and a new look when a way opens or shuts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.facility.routes import Route, drive_s, foot_route, onward_route, vehicle_route
from drillsim.facility.spots import Spot, spot_at_link, spot_towards

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from simpy.events import Event

    from drillsim.facility.graph import Facility
    from drillsim.simulation.core import Core

__all__ = ["WALK_M_S", "Driving", "Roads", "Way"]

WALK_M_S: Final = 1.2  # in PPE (two-drills.md, people of the terminal; confidence low)


class Way(NamedTuple):
    """A route by road or on foot with its time, inf if there is none."""

    route: Route
    on_foot: bool
    lasts_s: float


class Roads:
    """The ways of units over the site as it is now: links that are shut, spaces to go round."""

    def __init__(
        self,
        facility: Facility,
        *,
        closed: Callable[[], frozenset[int]],
        danger: Callable[[], frozenset[int]],
    ) -> None:
        self.facility = facility
        self.closed = closed
        self._danger = danger

    def way(self, start: int | Spot, end: int, *, vehicle: bool) -> Way:
        """From a space's centre, or a spot, to a space: by road if it drives and can, else on foot.

        It goes round the dangerous spaces if there is a way round.
        """
        danger = self._danger()
        detours = (danger, frozenset[int]()) if danger else (danger,)
        for drives in (True, False) if vehicle else (False,):
            for avoid in detours:
                route = self._route(start, end, drives=drives, avoid=avoid)
                if math.isfinite(route.length_m):
                    lasts_s = drive_s(self.facility, route) if drives else route.length_m / WALK_M_S
                    return Way(route, not drives, lasts_s)
        return Way(route, True, math.inf)

    def _route(self, start: int | Spot, end: int, *, drives: bool, avoid: frozenset[int]) -> Route:
        closed = self.closed()
        if isinstance(start, Spot):
            return onward_route(self.facility, start, end, vehicle=drives, avoid=avoid, closed=closed)
        find = vehicle_route if drives else foot_route
        return find(self.facility, start, end, avoid=avoid, closed=closed)

    def blocked(self, start: int, ends: frozenset[int]) -> bool:
        """Whether there are places to go to and no way on foot to any of them, dangerous or not."""
        ways = (foot_route(self.facility, start, end, closed=self.closed()) for end in sorted(ends))
        return bool(ends) and all(route.length_m == math.inf for route in ways)


@dataclass(slots=True)
class _Trip:
    """One unit's way from a spot where it set out, or stands if there is no way on."""

    start: Spot
    way: Way
    since_s: float
    drives: bool  # who has left the vehicle goes on on foot
    cause: int

    @property
    def arrives_s(self) -> float:
        return self.since_s + self.way.lasts_s


class _Position(NamedTuple):
    """Where a trip has got to: in which of its spaces, and s it still takes to pass the link before it."""

    spot: Spot
    leg: int
    passing_s: float


def _position(facility: Facility, trip: _Trip, now_s: float) -> _Position:
    route, left_s = trip.way.route, now_s - trip.since_s
    if left_s <= 0.0 or trip.way.lasts_s == math.inf:
        return _Position(trip.start, 0, max(-left_s, 0.0))
    spot = trip.start
    for leg, link in enumerate(route.links):
        speed_m_s = _speed_m_s(facility, trip.way, route.spaces[leg])
        leg_s = route.lengths_m[leg] / speed_m_s
        if left_s < leg_s:
            return _Position(spot_towards(facility, spot, link, left_s * speed_m_s), leg, 0.0)
        left_s -= leg_s
        delay_s = 0.0 if trip.way.on_foot else facility.link_spec[link].vehicle_delay_s
        if left_s < delay_s:
            return _Position(spot_at_link(facility, route.spaces[leg], link), leg, delay_s - left_s)
        left_s -= delay_s
        spot = spot_at_link(facility, route.spaces[leg + 1], link)
    last = len(route.links)
    done_m = left_s * _speed_m_s(facility, trip.way, route.spaces[last])
    return _Position(spot_towards(facility, spot, -1, done_m), last, 0.0)


def _speed_m_s(facility: Facility, way: Way, space: int) -> float:
    if way.on_foot:
        return WALK_M_S
    return facility.space_spec[space].speed_m_s or facility.spec.inside_speed_m_s


@dataclass(slots=True, eq=False)
class _Journey:
    """Units that travel to one space and are there together."""

    who: str
    there: int
    trips: dict[str, _Trip]
    pause: Event
    given_up: bool = False

    @property
    def arrives_s(self) -> float:
        return max(trip.arrives_s for trip in self.trips.values())

    @property
    def cause(self) -> int:
        """The last thing that let the last of them arrive."""
        return max((trip.arrives_s, trip.cause) for trip in self.trips.values())[1]


class Driving:
    """All journeys of one run. Each waits on one pause, which is put off when its way changes."""

    def __init__(self, core: Core, roads: Roads, *, tell: Callable[[str, int, int], int]) -> None:
        """``tell(unit, space, cause)`` notes that a unit travels on from a space; it returns the row."""
        self._core = core
        self._roads = roads
        self._tell = tell
        self._under_way: dict[_Journey, None] = {}
        self._closed: frozenset[int] = frozenset()  # at the last look

    def go(
        self, starts: Mapping[str, tuple[int, bool]], there: int, *, who: str, cause: int
    ) -> Generator[Event, object, int]:
        """Units with their space, and whether they drive, travel until all are there.

        There must be a way when they set out. Returns the row that let the last of them arrive.
        """
        now_s, roads = self._core.now_s, self._roads
        trips = {}
        for name, (space, vehicle) in starts.items():
            way = roads.way(space, there, vehicle=vehicle)
            drives = vehicle and not way.on_foot
            trips[name] = _Trip(spot_at_link(roads.facility, space), way, now_s, drives, cause)
        self._closed = roads.closed()
        pause = self._core.clock.pause(max(trip.way.lasts_s for trip in trips.values()))
        journey = _Journey(who, there, trips, pause)
        self._under_way[journey] = None
        yield pause
        del self._under_way[journey]
        return journey.cause

    def give_up(self, who: str) -> None:
        """Nobody waits for this one any more: where it finds no way it stays."""
        for journey in list(self._under_way):
            if journey.who == who:
                journey.given_up = True
                if journey.arrives_s == math.inf:
                    self._set_arrival(journey)

    def look_again(self, *, cause: int) -> None:
        """Trace row ``cause`` opened or shut a link: whoever finds another way than its own takes it."""
        closed = self._roads.closed()
        if closed == self._closed:
            return
        self._closed = closed
        for journey in list(self._under_way):
            changed = [self._reconsider(name, journey, cause) for name in journey.trips]
            if any(changed):
                self._set_arrival(journey)

    def _reconsider(self, name: str, journey: _Journey, cause: int) -> bool:
        facility, now_s, trip = self._roads.facility, self._core.now_s, journey.trips[name]
        spot, leg, passing_s = _position(facility, trip, now_s)
        links = trip.way.route.links
        if passing_s > 0.0 and leg < len(links) and trip.since_s <= now_s:
            if links[leg] in self._closed:
                passing_s = 0.0
            else:
                leg += 1
                spot = spot_at_link(facility, trip.way.route.spaces[leg], links[leg - 1])
        way = self._roads.way(spot, journey.there, vehicle=trip.drives)
        if way.route.links == links[leg:]:
            return False
        row = self._tell(name, spot.space, cause)
        drives = trip.drives and not (way.on_foot and math.isfinite(way.lasts_s))
        journey.trips[name] = _Trip(spot, way, now_s + passing_s, drives, row)
        return True

    def _set_arrival(self, journey: _Journey) -> None:
        core, waits, arrives_s = self._core, self._core.waits, journey.arrives_s
        if math.isfinite(arrives_s):
            waits.pop(journey.who, None)
            core.clock.put_off(journey.pause, until_s=arrives_s)
            return
        core.clock.cancel(journey.pause)
        if journey.given_up:
            waits.pop(journey.who, None)
            del self._under_way[journey]
        elif journey.who not in waits:
            stuck = next(trip.start.space for trip in journey.trips.values() if trip.arrives_s == math.inf)
            spaces = self._roads.facility.spaces
            what = f"a way from {spaces[stuck]} to {spaces[journey.there]}"
            core.waits_for(journey.who, what)
