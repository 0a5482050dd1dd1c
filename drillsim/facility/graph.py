"""The facility as spaces and links with index arrays, built once per scenario and never changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from drillsim.facility.expand import expansion
from drillsim.facility.flow import link_capacity_p_s
from drillsim.facility.geometry import XY, positions, stair_ends, walking_table
from drillsim.facility.routes import DistanceKey, Route, RouteKey, distance_finder, route_finder
from drillsim.facility.spec import FacilitySpec, LinkSpec, SpaceSpec

if TYPE_CHECKING:
    import networkx

__all__ = ["EVERYWHERE", "UNLIMITED", "Facility"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

EVERYWHERE: Final = "everywhere"
UNLIMITED: Final = 10**9  # slots of a space that never fills
_UNLIMITED_KINDS: Final = frozenset({"outside", "muster", "quay", "yard", "road"})


@dataclass(frozen=True, eq=False)
class Facility:
    """Spaces and links in the order of their sorted names; an index is a position in that order.

    A port is a link with a direction: ``2 * link`` from its first space to its second, ``2 * link + 1``
    back. All arrays are read-only; copies for other processes are built anew from ``written``.
    """

    written: FacilitySpec  # as in the file
    spec: FacilitySpec  # shorthands written out
    origin: Mapping[tuple[str, str], tuple[str, str]]  # ("spaces" | "links", made name) -> shorthand
    spaces: tuple[str, ...]
    links: tuple[str, ...]
    space_index: Mapping[str, int]
    link_index: Mapping[str, int]
    space_spec: tuple[SpaceSpec, ...]
    link_spec: tuple[LinkSpec, ...]
    kind: tuple[str, ...]
    outdoors: tuple[bool, ...]
    slots: tuple[int, ...]  # persons a space holds
    centre: Floats  # (n, 2) m
    size: Floats  # (n, 2) m
    level_m: Floats
    height_m: Floats
    area_m2: Floats
    riser_m: Floats  # nan where there is none
    tread_m: Floats
    link_spaces: Ints  # (m, 2)
    link_at: Floats  # (m, 2) m
    link_width_m: Floats
    link_capacity_p_s: Floats  # the larger one of its two directions
    port_capacity_p_s: Floats  # (2m,)
    link_vehicles: Flags
    link_locked: Flags
    link_one_way: Flags
    space_links: tuple[tuple[int, ...], ...]
    port_from: tuple[int, ...]
    port_to: tuple[int, ...]
    ports_into: tuple[tuple[int, ...], ...]  # of each space
    ports_out: tuple[tuple[int, ...], ...]
    port_arcs: tuple[tuple[tuple[int, float], ...], ...]  # out: (port into the space it leaves, walk in m)
    walking: tuple[tuple[tuple[float, ...], ...], ...]  # of each space; last row and column its centre
    link_row: tuple[Mapping[int, int], ...]  # of each space: link -> row in ``walking``, -1 -> centre
    stair_ends: tuple[tuple[float, ...], ...]  # of each row: 0 lower end, 1 upper; empty where nobody climbs

    @classmethod
    def build(cls, spec: FacilitySpec) -> Facility:
        """Write out the shorthands, then index.

        Raises ``ValueError`` for a link to an unknown space and for what ``expand`` refuses. Widths and
        areas are taken as they are: ``checks.check_facility`` says which of them cannot be.
        """
        return cls(**_parts(spec))

    def __reduce__(self) -> tuple[Callable[[FacilitySpec], Facility], tuple[FacilitySpec]]:
        return Facility.build, (self.written,)

    def places(self, name: str) -> tuple[int, ...]:
        """Sorted indices of the spaces that a space name, an area name or ``everywhere`` stands for.

        A name in an area with a trailing ``*`` takes all spaces that begin so. Raises ``KeyError`` for
        a name that is neither.
        """
        if name in self.space_index:
            return (self.space_index[name],)
        if name in self._areas:
            return self._areas[name]
        if name == EVERYWHERE:
            return tuple(range(len(self.spaces)))
        raise KeyError(f"{name} is neither a space nor an area")

    @cached_property
    def _areas(self) -> dict[str, tuple[int, ...]]:
        return {name: self._members(entries) for name, entries in self.spec.areas.items()}

    def _members(self, entries: tuple[str, ...]) -> tuple[int, ...]:
        found: set[int] = set()
        for entry in entries:
            if entry.endswith("*"):
                found.update(i for i, space in enumerate(self.spaces) if space.startswith(entry[:-1]))
            elif entry in self.space_index:
                found.add(self.space_index[entry])
            else:
                raise KeyError(f"{entry}, named in an area, is no space")
        return tuple(sorted(found))

    def walk_m(self, space: int, a: int, b: int) -> float:
        """Walking length in m between two links of a space; -1 stands for its centre.

        Raises ``KeyError`` for a link that does not touch the space.
        """
        row = self.link_row[space]
        return self.walking[space][row[a]][row[b]]

    def climb(self, space: int, a: int, b: int) -> int:
        """1 for a walk up a stair between two links of it (-1: its centre), -1 down, 0 for a level walk.

        On a stair whose links do not tell, people walk down. Raises ``KeyError`` as :meth:`walk_m`.
        """
        if self.kind[space] != "stair":
            return 0
        ends, row = self.stair_ends[space], self.link_row[space]
        return 1 if ends and ends[row[b]] > ends[row[a]] else -1

    @cached_property
    def find_route(self) -> Callable[[RouteKey], Route]:
        """Remembering search behind ``routes.vehicle_route`` and ``routes.foot_route``."""
        return route_finder(self)

    @cached_property
    def find_distances(self) -> Callable[[DistanceKey], Sequence[float]]:
        """Remembering search behind ``routes.port_distances``."""
        return distance_finder(self)

    def graph(self) -> networkx.MultiGraph[str]:
        """A fresh networkx multigraph: nodes by space name, edges keyed by link name, plain attributes."""
        import networkx

        graph: networkx.MultiGraph[str] = networkx.MultiGraph()
        for i, (name, space) in enumerate(zip(self.spaces, self.space_spec, strict=True)):
            (x, y), (width, depth) = space.at_m, space.size_m
            graph.add_node(
                name, kind=space.kind, x=x, y=y, width=width, depth=depth,
                level=space.level_m, area=float(self.area_m2[i]), slots=self.slots[i],
            )  # fmt: skip
        for i, (name, link) in enumerate(zip(self.links, self.link_spec, strict=True)):
            x, y = map(float, self.link_at[i])
            graph.add_edge(
                *link.between, key=name, kind=link.kind, x=x, y=y,
                width=link.width_m, capacity=float(self.link_capacity_p_s[i]),
            )  # fmt: skip
        return graph


def _floats(values: Any, *, columns: int = 0) -> Floats:
    array = np.array(list(values), dtype=np.float64)
    array = array.reshape(-1, columns) if columns else array
    array.flags.writeable = False
    return array


def _flags(values: Any) -> Flags:
    array = np.array(list(values), dtype=np.bool_)
    array.flags.writeable = False
    return array


def _area_m2(space: SpaceSpec) -> float:
    return space.size_m[0] * space.size_m[1] if space.area_m2 is None else space.area_m2


def _slots(space: SpaceSpec, *, max_density_p_m2: float) -> int:
    if space.kind in _UNLIMITED_KINDS:
        return UNLIMITED
    return max(1, int(_area_m2(space) * max_density_p_m2 + 1e-9))


def _parts(written: FacilitySpec) -> dict[str, Any]:
    spec, origin = expansion(written)
    _refuse_unknown_ends(spec)
    spaces, links = tuple(sorted(spec.spaces)), tuple(sorted(spec.links))
    space_index = {name: i for i, name in enumerate(spaces)}
    parts: dict[str, Any] = {
        "written": written,
        "spec": spec,
        "origin": origin,
        "spaces": spaces,
        "links": links,
        "space_index": space_index,
        "link_index": {name: i for i, name in enumerate(links)},
    }
    space_spec = tuple(spec.spaces[name] for name in spaces)
    link_spec = tuple(spec.links[name] for name in links)
    ends = tuple((space_index[link.between[0]], space_index[link.between[1]]) for link in link_spec)
    at_by_name = positions(spec.spaces, spec.links)
    at = tuple(at_by_name[name] for name in links)
    parts |= _space_columns(space_spec, spec) | _link_columns(link_spec, space_spec, ends, at, spec)
    return parts | _topology(space_spec, link_spec, ends, at)


def _refuse_unknown_ends(spec: FacilitySpec) -> None:
    for name, link in sorted(spec.links.items()):
        for end in link.between:
            if end not in spec.spaces:
                raise ValueError(f"link {name} leads to {end}, which is no space")


def _space_columns(space_spec: tuple[SpaceSpec, ...], spec: FacilitySpec) -> dict[str, Any]:
    density = spec.movement.max_density_p_m2
    return {
        "space_spec": space_spec,
        "kind": tuple(space.kind for space in space_spec),
        "outdoors": tuple(space.outdoors or space.kind in _UNLIMITED_KINDS for space in space_spec),
        "slots": tuple(_slots(space, max_density_p_m2=density) for space in space_spec),
        "centre": _floats((space.at_m for space in space_spec), columns=2),
        "size": _floats((space.size_m for space in space_spec), columns=2),
        "level_m": _floats(space.level_m for space in space_spec),
        "height_m": _floats(space.height_m for space in space_spec),
        "area_m2": _floats(map(_area_m2, space_spec)),
        "riser_m": _floats(nan if space.riser_m is None else space.riser_m for space in space_spec),
        "tread_m": _floats(nan if space.tread_m is None else space.tread_m for space in space_spec),
    }


def _link_columns(
    link_spec: tuple[LinkSpec, ...],
    space_spec: tuple[SpaceSpec, ...],
    ends: tuple[tuple[int, int], ...],
    at: tuple[XY, ...],
    spec: FacilitySpec,
) -> dict[str, Any]:
    link_spaces = np.array(ends, dtype=np.int64).reshape(-1, 2)
    link_spaces.flags.writeable = False
    capacity = _floats(
        (
            link_capacity_p_s(
                link, ends=(space_spec[a], space_spec[b]), movement=spec.movement, upward=upward
            )
            for link, (a, b) in zip(link_spec, ends, strict=True)
            for upward in _upward(space_spec[a], space_spec[b])
        )
    )
    widest = capacity.reshape(-1, 2).max(axis=1)
    widest.flags.writeable = False
    return {
        "link_spec": link_spec,
        "link_spaces": link_spaces,
        "link_at": _floats(at, columns=2),
        "link_width_m": _floats(link.width_m for link in link_spec),
        "link_capacity_p_s": widest,
        "port_capacity_p_s": capacity,
        "link_vehicles": _flags(link.vehicles for link in link_spec),
        "link_locked": _flags(link.locked for link in link_spec),
        "link_one_way": _flags(link.one_way for link in link_spec),
    }


def _upward(first: SpaceSpec, second: SpaceSpec) -> tuple[bool, bool]:
    """Whether people climb who pass from the first space to the second, and who pass back."""
    for stair, other, enters in ((first, second, False), (second, first, True)):
        ends = stair_ends(stair, [other])
        if ends:
            up = (ends[0] < 0.5) == enters
            return up, not up
    return False, False


def _topology(
    space_spec: tuple[SpaceSpec, ...],
    link_spec: tuple[LinkSpec, ...],
    ends: tuple[tuple[int, int], ...],
    at: tuple[XY, ...],
) -> dict[str, Any]:
    touching: list[list[int]] = [[] for _ in space_spec]
    into: list[list[int]] = [[] for _ in space_spec]
    out: list[list[int]] = [[] for _ in space_spec]
    for link, (first, second) in enumerate(ends):
        for space in sorted({first, second}):
            touching[space].append(link)
        into[second].append(2 * link)
        out[first].append(2 * link)
        into[first].append(2 * link + 1)
        out[second].append(2 * link + 1)
    walking, rows, stairs = [], [], []
    for space, links in enumerate(touching):
        others = [space_spec[ends[link][0] if ends[link][1] == space else ends[link][1]] for link in links]
        walking.append(
            walking_table(space_spec[space], [link_spec[i] for i in links], [at[i] for i in links], others)
        )
        rows.append({link: row for row, link in enumerate(links)} | {-1: len(links)})
        stairs.append(stair_ends(space_spec[space], others))
    port_from = tuple(space for first, second in ends for space in (first, second))
    arcs = tuple(
        tuple((port, walking[s][rows[s][port >> 1]][rows[s][leaving >> 1]]) for port in into[s])
        for leaving, s in enumerate(port_from)
    )
    return {
        "space_links": tuple(map(tuple, touching)),
        "port_from": port_from,
        "port_to": tuple(space for first, second in ends for space in (second, first)),
        "ports_into": tuple(map(tuple, into)),
        "ports_out": tuple(map(tuple, out)),
        "port_arcs": arcs,
        "walking": tuple(walking),
        "link_row": tuple(rows),
        "stair_ends": tuple(stairs),
    }
