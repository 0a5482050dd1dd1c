"""Suits, bottles of air and heat: how long a pair may work, and how many must relieve each other."""

from __future__ import annotations

import math
from typing import Annotated, Final, Literal, NamedTuple

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from drillsim.response.events import SpaceName
from drillsim.spec import AirUse, Flag, Name, Pressure, Ref, Spec, Temperature, Text, Time, TimeDraw, Volume

__all__ = [
    "BREATHES_M3_S",
    "Air",
    "Bottle",
    "HeatLimit",
    "Pairs",
    "Suit",
    "air_s",
    "rotations",
    "split_pairs",
    "stints",
]

_ATMOSPHERE_PA: Final = 101_325.0
_LITRE_PER_MIN: Final = 0.001 / 60.0
Effort = Literal["light", "moderate", "heavy", "very-heavy", "extreme"]
# Air by work rate (drills-and-response 5.6, columns of the table; gas-tight work about 60 L/min).
BREATHES_M3_S: Final[dict[str, float]] = {
    "light": 30.0 * _LITRE_PER_MIN,
    "moderate": 40.0 * _LITRE_PER_MIN,
    "heavy": 50.0 * _LITRE_PER_MIN,
    "very-heavy": 60.0 * _LITRE_PER_MIN,
    "extreme": 80.0 * _LITRE_PER_MIN,
}


def air_s(
    *,
    volume_m3: float,
    pressure_pa: float,
    whistle_pa: float,
    breathes_m3_s: float,
    compressibility: float = 1.0,
) -> float:
    """Time in s on one bottle until the whistle: z V (P0 - Pw) / (101,325 Pa Q).

    Raises ``ValueError`` where nothing is left above the whistle. 6.8 L at 30 MPa and 50 L/min, ideal gas
    (drills-and-response 5.6, 32.9 min):

    >>> round(air_s(volume_m3=6.8e-3, pressure_pa=30e6, whistle_pa=5.5e6, breathes_m3_s=50e-3 / 60) / 60, 1)
    32.9
    """
    if not pressure_pa > whistle_pa:
        raise ValueError(f"a bottle at {pressure_pa / 1e6:g} MPa is at its whistle, {whistle_pa / 1e6:g} MPa")
    usable_m3 = compressibility * volume_m3 * (pressure_pa - whistle_pa) / _ATMOSPHERE_PA
    return usable_m3 / breathes_m3_s


def rotations(*, work_s: float, stint_s: float) -> int:
    """How many pairs in turn a piece of work takes: ceil(work / stint), at least one.

    >>> rotations(work_s=25 * 60, stint_s=(31 - 4 - 4) * 60)
    2
    """
    return max(1, math.ceil(work_s / stint_s - 1e-9))


def stints(*, work_s: float, stint_s: float) -> tuple[float, ...]:
    """Times at the work of the pairs in turn, s: full stints, and what is left for the last.

    >>> stints(work_s=50.0, stint_s=23.0)
    (23.0, 23.0, 4.0)
    """
    full = rotations(work_s=work_s, stint_s=stint_s) - 1
    return (*(stint_s for _ in range(full)), work_s - full * stint_s)


class Pairs(NamedTuple):
    """How a crew divides into pairs: at work at once, ready outside, and all that take turns at the work."""

    at_work: int
    backup: int
    in_turn: int


def split_pairs(people: int, *, pairs: int, backup: int) -> Pairs:
    """Pairs of a crew of ``people``, where ``pairs`` at work and ``backup`` outside are wanted.

    With fewer people the work has fewer pairs, but one at least, and then those outside are fewer, too.

    >>> split_pairs(12, pairs=2, backup=1)
    Pairs(at_work=2, backup=1, in_turn=5)
    >>> split_pairs(4, pairs=2, backup=1), split_pairs(2, pairs=2, backup=1)
    (Pairs(at_work=1, backup=1, in_turn=1), Pairs(at_work=1, backup=0, in_turn=1))
    """
    there = max(1, people // 2)
    outside = min(backup, there - 1)
    return Pairs(min(pairs, there - outside), outside, there - outside)


class Bottle(Spec):
    """Compressed air on one wearer's back."""

    volume_m3: Volume = Field(gt=0, description="for example 6.8 L")
    pressure_pa: Pressure = Field(gt=0, description="when it is put on, for example 28 MPa")
    whistle_pa: Pressure = Field(5.5e6, ge=0, description="the wearer turns back then (5 to 6 MPa)")
    compressibility: float = Field(0.944, gt=0, le=1.2, description="z of air at 30 MPa; 1 for an ideal gas")
    stock: Annotated[Name, Ref("capacity")] | None = Field(
        None, description="full bottles to take from; default: there are always enough"
    )

    @model_validator(mode="after")
    def _holds_air(self) -> Bottle:
        if self.pressure_pa <= self.whistle_pa:
            raise PydanticCustomError(
                "bottle-empty", "the bottle whistles from the start; write a pressure above whistle"
            )
        return self


class HeatLimit(Spec):
    """The longest time in the suit from this air temperature on."""

    from_k: Temperature
    longest_s: Time = Field(gt=0)


class Suit(Spec):
    """What a task is done in: protection level, donning, air, and how long one may wear it."""

    level: Literal["A", "B", "C", "D"] = Field(description="A gas-tight, B splash with air, C filter, D none")
    don: TimeDraw = Field(description="a pair puts it on")
    stock: Annotated[Name, Ref("capacity")] | None = Field(
        None, description="suits to take from, one a wearer; default: there are always enough"
    )
    bottle: Bottle | None = Field(None, description="none: on filters or open air")
    heat: tuple[HeatLimit, ...] = Field((), description="the site's list of high temperatures")
    rest: float = Field(
        1.0, ge=0, le=10, description="rest after a stint, in parts of the time in the suit (1 to 2)"
    )
    title: Text = ""
    title_zh: Text = ""

    @property
    def with_air(self) -> bool:
        """Whether the wearer breathes air of his own: levels A and B."""
        return self.level in ("A", "B")

    def longest_s(self, temperature_k: float) -> float:
        """The longest time in the suit at an air temperature, s; inf where the list has no limit."""
        limits = [limit.longest_s for limit in self.heat if temperature_k >= limit.from_k]
        return min(limits, default=math.inf)


class Air(Spec):
    """Work on a bottle: pairs go in and relieve each other when air or heat ends their stint.

    A stint is the usable time less the way in, the way out and ``decon``, all on air. ``backup`` pairs stand
    dressed outside and do not work. ``change`` is lost at each relief, the next pair being ready.
    """

    usable_s: Time | None = Field(
        None, gt=0, description="bottle at this work rate, to the whistle; default: from the suit's bottle"
    )
    effort: Effort = Field("heavy", description="30, 40, 50, 60 or 80 L/min")
    breathes_m3_s: AirUse | None = Field(None, gt=0, description="instead of effort")
    pairs: int = Field(1, ge=1, le=20, description="pairs at work at once")
    backup: int = Field(1, ge=0, le=20, description="pairs ready outside (OSHA 1910.120(q): two in, two out)")
    dressed: Flag = Field(
        False, description="true: who goes in first, and who stands by, were dressed by an earlier task"
    )
    decon_s: Time = Field(0.0, ge=0, description="on air after the way out")
    entry: SpaceName | None = Field(
        None, description="entry point: the crew stands there, and only pairs go on to `at`; default: `at`"
    )
    way_s: Time = Field(0.0, ge=0, description="one way between entry point and work")
    change: TimeDraw = Field(description="time lost at each relief")
    corridor: Annotated[Name, Ref("corridor")] | None = Field(
        None, description="pairs that come out go through it before they rest"
    )

    def stint_s(self, *, suit: Suit | None, temperature_k: float) -> float:
        """Time at the work in one stint, s: what air and heat leave besides ways and decontamination.

        Raises ``ValueError`` if that is nothing, or if neither ``usable`` nor a bottle is given.
        """
        usable_s = self._usable_s(suit)
        if suit is not None:
            usable_s = min(usable_s, suit.longest_s(temperature_k))
        left_s = usable_s - 2.0 * self.way_s - self.decon_s
        if not left_s > 0.0:
            raise ValueError("the way in, the way out and decon use up the air; shorten them")
        return left_s

    def _usable_s(self, suit: Suit | None) -> float:
        if self.usable_s is not None:
            return self.usable_s
        if suit is None or suit.bottle is None:
            raise ValueError("work on air needs `usable`, or a suit with a bottle")
        bottle = suit.bottle
        return air_s(
            volume_m3=bottle.volume_m3,
            pressure_pa=bottle.pressure_pa,
            whistle_pa=bottle.whistle_pa,
            breathes_m3_s=self.breathes_m3_s or BREATHES_M3_S[self.effort],
            compressibility=bottle.compressibility,
        )

    @model_validator(mode="after")
    def _leaves_time_to_work(self) -> Air:
        if self.usable_s is not None and self.usable_s <= 2.0 * self.way_s + self.decon_s:
            raise PydanticCustomError(
                "air-spent",
                "the way in, the way out and decon use up the air; shorten them or take larger bottles",
            )
        return self
