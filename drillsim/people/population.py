"""Who is there and what luck each has: an array per group and purpose, a uniform per person and decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from drillsim.people.spec import Group, Profile
from drillsim.spec import Conditions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.streams import Streams

__all__ = ["Population"]


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Tokens, group by group by sorted names: one a person, or one for a group that stays together.

    All sequences have one entry a token. ``rank`` orders who is first at equal times; ``route`` settles
    equally long ways; ``exit`` the familiar way out. Raising a group's count only appends to its draws.
    """

    groups: tuple[str, ...]
    group: tuple[int, ...]
    heads: tuple[int, ...]
    place: tuple[int, ...]  # space at the start
    speed_m_s: tuple[float, ...]
    rank: tuple[float, ...]
    route: tuple[float, ...]
    exit: tuple[float, ...]
    _spec: Mapping[str, Group]
    _profiles: Mapping[str, Profile]
    _streams: Streams
    _members: Mapping[str, range]

    @classmethod
    def draw(
        cls,
        groups: Mapping[str, Group],
        profiles: Mapping[str, Profile],
        facility: Facility,
        streams: Streams,
        *,
        conditions: Conditions = "emergency",
    ) -> Population:
        """People of all groups with their speed and luck.

        A group that stays together walks at the speed of its slowest member. Raises ``KeyError`` for an
        unknown profile or place, ``ValueError`` for a speed that is not above 0.
        """
        names = tuple(sorted(groups))
        columns: dict[str, list[float]] = {key: [] for key in ("speed", "rank", "route", "exit")}
        group: list[int] = []
        heads: list[int] = []
        place: list[int] = []
        members: dict[str, range] = {}
        for number, name in enumerate(names):
            spec = groups[name]
            tokens = min(spec.count, 1) if spec.together else spec.count
            speeds = profiles[spec.profile].speed.under(conditions)
            speed = speeds.quantiles(streams.uniforms(name, "speed", spec.count))
            if speed.size and not speed.min() > 0.0:
                raise ValueError(f"group {name} draws a speed of {speed.min()} m/s; it must be above 0")
            columns["speed"] += [float(speed.min())] if tokens and spec.together else speed.tolist()
            for purpose in ("rank", "route", "exit"):
                columns[purpose] += streams.uniforms(name, purpose, tokens).tolist()
            members[name] = range(len(group), len(group) + tokens)
            group += [number] * tokens
            heads += [spec.count if spec.together else 1] * tokens
            place += [facility.space_index[spec.place]] * tokens
        return cls(
            groups=names,
            group=tuple(group),
            heads=tuple(heads),
            place=tuple(place),
            speed_m_s=tuple(columns["speed"]),
            rank=tuple(columns["rank"]),
            route=tuple(columns["route"]),
            exit=tuple(columns["exit"]),
            _spec=groups,
            _profiles=profiles,
            _streams=streams,
            _members=members,
        )

    def members(self, group: str) -> range:
        """Numbers of a group's tokens. Raises ``KeyError`` for an unknown group."""
        return self._members[group]

    def premovement(self, group: str, mode: str, conditions: Conditions) -> NDArray[np.float64]:
        """Time from an alarm of that mode to the first step, shape (tokens of the group,), s.

        Every mode reads the same luck, so whoever is slow to answer one alarm is slow to answer any. A
        group that stays together decides once. Raises ``KeyError`` for a mode that is not perceived.
        """
        for perceived, response in self._profiles[self._spec[group].profile].responses.items():
            if perceived == mode:
                return response.under(conditions).quantiles(self._luck(group, "premovement"))
        raise KeyError(f"group {group} does not perceive {mode}")

    def descend(self, group: str, conditions: Conditions) -> NDArray[np.float64]:
        """Time to get down or out of a cab before walking, shape (tokens of the group,), s; 0 if none."""
        luck = self._luck(group, "descend")
        draw = self._profiles[self._spec[group].profile].descend
        return np.zeros_like(luck) if draw is None else draw.under(conditions).quantiles(luck)

    def choose_exit(self, person: int, shares: Mapping[str, float]) -> str | None:
        """Way out by shares (in sorted order of names); ``None`` for the rest, who take the nearest."""
        luck, below = self.exit[person], 0.0
        for name in sorted(shares):
            below += shares[name]
            # Shares that add to one up to rounding leave nobody over.
            if luck < below or (below >= 1.0 - 1e-9 and luck >= below):
                return name
        return None

    def familiar_exit(self, person: int) -> str | None:
        """Familiar way out of a person by the group's shares; ``None`` for the nearest."""
        return self.choose_exit(person, self._spec[self.groups[self.group[person]]].exits)

    def _luck(self, group: str, purpose: str) -> NDArray[np.float64]:
        return self._streams.uniforms(group, purpose, len(self._members[group]))

    @classmethod
    def of(
        cls,
        facility: Facility,
        *,
        place: Sequence[int],
        speed_m_s: Sequence[float],
        heads: Sequence[int] | None = None,
        streams: Streams,
    ) -> Population:
        """Single tokens with given speeds, without profiles: for closed-form cases and benchmarks.

        One group named ``people`` holds all of them. Raises ``ValueError`` for unequal lengths, speeds not
        above 0 or spaces the facility does not have.
        """
        count = len(place)
        each = (1,) * count if heads is None else tuple(heads)
        if not len(speed_m_s) == len(each) == count:
            raise ValueError("place, speed_m_s and heads must have one entry a person")
        if not all(speed > 0.0 for speed in speed_m_s) or not all(n > 0 for n in each):
            raise ValueError("speeds and heads must be above 0")
        if not all(0 <= space < len(facility.spaces) for space in place):
            raise ValueError("a person stands in a space the facility does not have")
        rank, route, exit_ = (
            tuple(streams.uniforms("people", purpose, count).tolist())
            for purpose in ("rank", "route", "exit")
        )
        return cls(
            groups=("people",),
            group=(0,) * count,
            heads=each,
            place=tuple(place),
            speed_m_s=tuple(map(float, speed_m_s)),
            rank=rank,
            route=route,
            exit=exit_,
            _spec={},
            _profiles={},
            _streams=streams,
            _members={"people": range(count)},
        )
