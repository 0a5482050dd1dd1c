"""Who is there and what luck each has: an array per group and purpose, a uniform per person and decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple

import numpy as np

from drillsim.people.spec import Group, Profile
from drillsim.spec import Conditions, Draw

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.streams import Streams

__all__ = ["Population", "deal"]

_LARGEST_DECK: Final = 1000  # shares finer than that are rounded
_SAME_SHARE: Final = 1e-9
_Way = Literal["speed", "down", "up"]
_WAYS: Final[tuple[_Way, ...]] = ("speed", "down", "up")
_COLUMNS: Final = (
    *("group", "place", "heads", "speed_m_s", "down_m_s", "up_m_s", "profile", "company"),
    *("rank", "route", "exit"),
)


def deal(shares: Mapping[str, float], count: int, *, luck: float) -> list[str]:
    """Names for ``count`` people by shares; a larger count only appends.

    They are dealt from a deck that holds the shares, each name evenly spread over it, beginning at a card
    that ``luck`` in (0, 1) picks. So any run of people holds the shares within two persons, a count
    that makes whole people of all shares holds them exactly, and each single person has each name with
    the probability of its share: ten rooms of three people are not ten times the same three.
    Raises ``ValueError`` for no share above 0.

    >>> sorted(deal({"a": 0.6, "b": 0.3, "c": 0.1}, 10, luck=0.7))
    ['a', 'a', 'a', 'a', 'a', 'a', 'b', 'b', 'b', 'c']
    """
    cards = _deck(shares)
    start = int(luck * len(cards))
    return [cards[(start + person) % len(cards)] for person in range(count)]


def _deck(shares: Mapping[str, float]) -> list[str]:
    """The smallest deck that holds the shares exactly; a large one by largest remainder."""
    total = sum(shares.values())
    if not total > 0.0:
        raise ValueError("a mix needs a share above 0")
    parts = {name: Fraction(shares[name] / total).limit_denominator(_LARGEST_DECK) for name in sorted(shares)}
    size = lcm(*(part.denominator for part in parts.values()))
    exact = all(abs(part - shares[name] / total) < _SAME_SHARE for name, part in parts.items())
    if size > _LARGEST_DECK or sum(parts.values()) != 1 or not exact:
        size = _LARGEST_DECK
        parts = {name: Fraction(shares[name] / total) for name in parts}
    whole = {name: int(part * size) for name, part in parts.items()}
    by_rest = sorted(parts, key=lambda name: (whole[name] - parts[name] * size, name))
    for name in by_rest[: size - sum(whole.values())]:
        whole[name] += 1
    cards = [((2 * card + 1) / (2 * many), name) for name, many in whole.items() for card in range(many)]
    return [name for _, name in sorted(cards)]


class _Parties(NamedTuple):
    """What is drawn of one group, an entry a token."""

    heads: list[int]
    speed_m_s: list[float]
    down_m_s: list[float]
    up_m_s: list[float]
    profile: list[str]
    company: list[tuple[str, ...]]

    @classmethod
    def draw(
        cls,
        name: str,
        spec: Group,
        profiles: Mapping[str, Profile],
        streams: Streams,
        conditions: Conditions,
    ) -> _Parties:
        count = spec.count
        kinds = [spec.profile] * count if spec.profile is not None else []
        if spec.profile is None and count:
            kinds = [*deal(spec.mix, count, luck=streams.uniform(name, "profile"))]
        luck = streams.uniforms(name, "speed", count)
        flat, down, up = (_speeds(name, kinds, luck, profiles, way, conditions) for way in _WAYS)
        size = spec.party
        if size == 1:
            shared: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in kinds}
            alone = [shared[kind] for kind in kinds]
            return cls([1] * count, flat.tolist(), down.tolist(), up.tolist(), kinds, alone)
        starts = range(0, count, size)
        slowest = [first + int(flat[first : first + size].argmin()) for first in starts]
        return cls(
            heads=[min(size, count - first) for first in starts],
            speed_m_s=[float(flat[person]) for person in slowest],
            down_m_s=[float(down[first : first + size].min()) for first in starts],
            up_m_s=[float(up[first : first + size].min()) for first in starts],
            profile=[kinds[person] for person in slowest],
            company=[tuple(sorted(set(kinds[first : first + size]))) for first in starts],
        )


def _speeds(
    group: str,
    kinds: Sequence[str],
    luck: NDArray[np.float64],
    profiles: Mapping[str, Profile],
    way: _Way,
    conditions: Conditions,
) -> NDArray[np.float64]:
    """Speed of each person in m/s by its profile and luck, shape (people,)."""
    speeds = np.empty(len(kinds))
    named = np.array(kinds, dtype=object)
    for kind in sorted(set(kinds)):
        profile = profiles[kind]
        draw = {"speed": profile.speed, "down": profile.down, "up": profile.up}[way] or profile.speed
        having = named == kind
        speeds[having] = draw.under(conditions).quantiles(luck[having])
    if speeds.size and not speeds.min() > 0.0:
        raise ValueError(f"group {group} draws a speed of {speeds.min()} m/s; it must be above 0")
    return speeds


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Tokens, group by group by sorted names: one a person, or one a party that stays together.

    All sequences have one entry a token. One uniform a person gives its speed on the flat, down and up
    stairs, so who is quick on the flat is quick on stairs. ``rank`` orders who is first at equal times;
    ``route`` settles equally long ways; ``exit`` the familiar way out. Raising a group's count only appends
    to its draws.

    A party walks at the speed of its slowest member, in each direction. It answers an alarm once, with one
    luck, and as late as its latest member: whoever hears tells those who do not, and nobody is left.
    """

    groups: tuple[str, ...]
    group: tuple[int, ...]
    heads: tuple[int, ...]
    place: tuple[int, ...]  # space at the start
    speed_m_s: tuple[float, ...]
    down_m_s: tuple[float, ...]
    up_m_s: tuple[float, ...]
    profile: tuple[str, ...]  # of the member who is slowest on the flat
    rank: tuple[float, ...]
    route: tuple[float, ...]
    exit: tuple[float, ...]
    _company: tuple[tuple[str, ...], ...]  # profiles of the members
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
        """People of all groups with their profile, speed and luck.

        Raises ``KeyError`` for an unknown profile or place, ``ValueError`` for a speed that is not above 0.
        """
        names = tuple(sorted(groups))
        columns: dict[str, list[Any]] = {key: [] for key in _COLUMNS}
        members: dict[str, range] = {}
        for number, name in enumerate(names):
            spec = groups[name]
            parties = _Parties.draw(name, spec, profiles, streams, conditions)
            tokens = len(parties.heads)
            first = len(columns["heads"])
            members[name] = range(first, first + tokens)
            columns["group"] += [number] * tokens
            columns["place"] += [facility.space_index[spec.place]] * tokens
            for column, entries in parties._asdict().items():
                columns[column] += entries
            for purpose in ("rank", "route", "exit"):
                columns[purpose] += streams.uniforms(name, purpose, tokens).tolist()
        return cls(
            groups=names,
            _spec=groups,
            _profiles=profiles,
            _streams=streams,
            _members=members,
            _company=tuple(columns.pop("company")),
            **{column: tuple(entries) for column, entries in columns.items()},
        )

    def members(self, group: str) -> range:
        """Numbers of a group's tokens. Raises ``KeyError`` for an unknown group."""
        return self._members[group]

    def perceives(self, person: int, mode: str) -> bool:
        """Whether a token answers an alarm of that mode: of a party, whether any member does."""
        return any(mode in self._profiles[name].responses for name in self._company[person])

    def premovement(self, group: str, mode: str, conditions: Conditions) -> NDArray[np.float64]:
        """Time from an alarm of that mode to the first step, shape (tokens of the group,), s.

        inf for a token that does not perceive the mode. Every mode reads the same luck, so whoever is slow
        to answer one alarm is slow to answer any. Raises ``KeyError`` if nobody in the group perceives it.
        """
        draws = {
            name: draw
            for name in self._profiles_of(group)
            for perceived, draw in self._profiles[name].responses.items()
            if perceived == mode
        }
        if not draws:
            raise KeyError(f"group {group} does not perceive {mode}")
        times_s = self._latest(group, "premovement", draws, conditions)
        return np.where(times_s < 0.0, np.inf, times_s)

    def descend(self, group: str, conditions: Conditions) -> NDArray[np.float64]:
        """Time to get down or out of a cab before walking, shape (tokens of the group,), s; 0 if none."""
        draws = {name: self._profiles[name].descend for name in self._profiles_of(group)}
        given = {name: draw for name, draw in draws.items() if draw is not None}
        return np.maximum(self._latest(group, "descend", given, conditions), 0.0)

    def _latest(
        self, group: str, purpose: str, draws: Mapping[str, Draw], conditions: Conditions
    ) -> NDArray[np.float64]:
        """Latest time among each token's members by their profiles' draws; -1 where none has one."""
        members = self._members[group]
        luck = self._streams.uniforms(group, purpose, len(members))
        if draws and self._spec[group].profile is not None:
            return next(iter(draws.values())).under(conditions).quantiles(luck)
        latest_s = np.full(len(members), -1.0)
        company = self._company[members.start : members.stop]
        for name, draw in draws.items():
            having = np.array([name in names for names in company], dtype=np.bool_)
            times_s = draw.under(conditions).quantiles(luck[having])
            latest_s[having] = np.maximum(latest_s[having], times_s)
        return latest_s

    def _profiles_of(self, group: str) -> tuple[str, ...]:
        spec = self._spec[group]
        return tuple(sorted(spec.mix)) if spec.profile is None else (spec.profile,)

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

    @classmethod
    def of(
        cls,
        facility: Facility,
        *,
        place: Sequence[int],
        speed_m_s: Sequence[float],
        down_m_s: Sequence[float] | None = None,
        up_m_s: Sequence[float] | None = None,
        heads: Sequence[int] | None = None,
        streams: Streams,
    ) -> Population:
        """Single tokens with given speeds, without profiles: for closed-form cases and benchmarks.

        One group named ``people`` holds all of them; speeds on stairs default to those on the flat. Raises
        ``ValueError`` for unequal lengths, speeds not above 0 or spaces the facility does not have.
        """
        count = len(place)
        each = (1,) * count if heads is None else tuple(heads)
        flat, down, up = (
            tuple(map(float, speed_m_s if speeds is None else speeds))
            for speeds in (speed_m_s, down_m_s, up_m_s)
        )
        if not len(flat) == len(down) == len(up) == len(each) == count:
            raise ValueError("place, speed_m_s and heads must have one entry a person, as other speeds given")
        if not all(speed > 0.0 for speed in (*flat, *down, *up)) or not all(n > 0 for n in each):
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
            speed_m_s=flat,
            down_m_s=down,
            up_m_s=up,
            profile=("",) * count,
            rank=rank,
            route=route,
            exit=exit_,
            _company=((),) * count,
            _spec={},
            _profiles={},
            _streams=streams,
            _members={"people": range(count)},
        )
