"""Staff who stand in a space and point to the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection

    from drillsim.facility.graph import Facility
    from drillsim.people.crowd import Crowd

__all__ = ["Guides", "discouraged_ports"]


class _Post(NamedTuple):
    spaces: frozenset[int]
    links: frozenset[int]


def discouraged_ports(
    facility: Facility, posts: Collection[tuple[Collection[int], Collection[int]]]
) -> frozenset[int]:
    """Ports that staff point away from: of each space with staff, all ways out that nobody points to.

    ``posts`` are spaces and the links pointed to. Several at one space add up; links that do not open from
    a space mean nothing there.
    """
    shown: dict[int, set[int]] = {}
    for spaces, links in posts:
        for space in spaces:
            here = set(links).intersection(facility.space_links[space])
            if here:
                shown.setdefault(space, set()).update(here)
    return frozenset(
        port for space, links in shown.items() for port in facility.ports_out[space] if port >> 1 not in links
    )


class Guides:
    """All staff who point now, by the number of their post."""

    def __init__(self, facility: Facility, crowd: Crowd) -> None:
        self._facility = facility
        self._crowd = crowd
        self._posts: dict[int, _Post] = {}
        self._count = 0

    def post(self, spaces: Collection[int], links: Collection[int]) -> int:
        """From now on staff in these spaces point to these links; returns the number of the post."""
        self._count += 1
        self._posts[self._count] = _Post(frozenset(spaces), frozenset(links))
        self._point()
        return self._count

    def end(self, number: int) -> bool:
        """Staff of this post go; False if they had gone before."""
        if self._posts.pop(number, None) is None:
            return False
        self._point()
        return True

    def send_away(self, spaces: Collection[int]) -> None:
        """All staff in these spaces go."""
        gone = frozenset(spaces)
        left = {number: _Post(p.spaces - gone, p.links) for number, p in self._posts.items()}
        self._posts = {number: post for number, post in left.items() if post.spaces}
        self._point()

    def _point(self) -> None:
        self._crowd.set_guides(discouraged_ports(self._facility, self._posts.values()))
