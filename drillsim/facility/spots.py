"""Where somebody under way is within a space, by how far it is from there to each of its links."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from drillsim.facility.graph import Facility

__all__ = ["Spot", "spot_at_link", "spot_towards"]


class Spot(NamedTuple):
    """A point of a space; ``reach_m`` is the way to its links, and last to its centre, as in its table."""

    space: int
    reach_m: tuple[float, ...]

    def to_link_m(self, facility: Facility, link: int) -> float:
        """Way in m to a link of the space, to its centre for -1; ``KeyError`` if the link is elsewhere."""
        return self.reach_m[facility.link_row[self.space][link]]


def spot_at_link(facility: Facility, space: int, link: int = -1) -> Spot:
    """At a link of the space, or at its centre (-1)."""
    return Spot(space, facility.walking[space][facility.link_row[space][link]])


def spot_towards(facility: Facility, spot: Spot, link: int, done_m: float) -> Spot:
    """Where one is who has gone ``done_m`` from a spot straight towards a link (-1: the centre).

    To each other point d with ways a from the spot and b from the link, of the whole way c with x done, by
    Stewart's theorem d² = (a² (c - x) + b² x) / c - x (c - x): exact where walking lengths are straight;
    never more than going by the spot or by the link.
    """
    whole_m = spot.to_link_m(facility, link)
    done_m = min(done_m, whole_m)
    if done_m <= 0.0:
        return spot
    left_m = whole_m - done_m
    there = facility.walking[spot.space][facility.link_row[spot.space][link]]
    reach = []
    for from_spot, from_link in zip(spot.reach_m, there, strict=True):
        squared = (from_spot**2 * left_m + from_link**2 * done_m) / whole_m - done_m * left_m
        reach.append(min(sqrt(max(squared, 0.0)), from_spot + done_m, from_link + left_m))
    return Spot(spot.space, tuple(reach))
