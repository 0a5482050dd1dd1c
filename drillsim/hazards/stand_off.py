"""Stand-off from a possible bomb, by the card of the US NCTC and by formula."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

__all__ = ["STAND_OFF_CARDS", "StandOff", "mandatory_m", "stand_off", "stand_off_m"]


class StandOff(NamedTuple):
    """One row of the card."""

    tnt_kg: float
    carrier: str
    mandatory_m: float
    preferred_m: float


STAND_OFF_CARDS: Final = {
    "nctc": (
        StandOff(2.3, "pipe bomb", 21.0, 366.0),
        StandOff(9.2, "vest", 34.0, 518.0),
        StandOff(23.0, "suitcase", 46.0, 564.0),
        StandOff(227.0, "car", 98.0, 580.0),
        StandOff(454.0, "car", 122.0, 732.0),
        StandOff(1814.0, "van", 195.0, 1159.0),
        StandOff(4536.0, "container, water truck", 263.0, 1555.0),
        StandOff(27216.0, "semi-trailer", 479.0, 2835.0),
    )
}
"""By edition. ``nctc``: NCTC/DHS bomb-threat stand-off card, not dated in its source; the 2006 edition has
other outdoor distances and is not here. Carriers other than the container truck are from memory - check."""


def mandatory_m(tnt_kg: float) -> float:
    """15.9 W^(1/3), m: the card's mandatory distances within 2.5 % (sheet, case V28); 0 for none.

    >>> round(mandatory_m(4536.0))
    263
    """
    if not 0.0 <= tnt_kg < math.inf:
        raise ValueError(f"{tnt_kg} kg of TNT; it must be 0 or more and finite")
    return 15.9 * math.cbrt(tnt_kg)


def stand_off(tnt_kg: float, *, edition: str = "nctc") -> StandOff:
    """The card's row for this weight: between two rows the heavier, so the distance is never too short.

    Lighter than the first row is the first row. Raises ``ValueError`` for an edition that is not here, a
    weight not above 0, and one heavier than the last row, for which the card has no answer.

    >>> stand_off(300.0).preferred_m
    732.0
    """
    if edition not in STAND_OFF_CARDS:
        raise ValueError(f"no stand-off card {edition!r}; {', '.join(STAND_OFF_CARDS)}")
    card = STAND_OFF_CARDS[edition]
    if not 0.0 < tnt_kg <= card[-1].tnt_kg:
        raise ValueError(f"{tnt_kg} kg of TNT; the card holds above 0 and up to {card[-1].tnt_kg:.0f} kg")
    return next(row for row in card if row.tnt_kg >= tnt_kg)


def stand_off_m(tnt_kg: float, *, kind: str = "mandatory", edition: str = "nctc") -> float:
    """The card's distance, m; ``kind`` mandatory or preferred."""
    if kind not in ("mandatory", "preferred"):
        raise ValueError(f"no stand-off distance {kind!r}; mandatory or preferred")
    row = stand_off(tnt_kg, edition=edition)
    return row.mandatory_m if kind == "mandatory" else row.preferred_m
