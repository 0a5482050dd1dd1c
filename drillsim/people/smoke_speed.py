"""How fast people walk in smoke: the named laws a scenario chooses from.

A law takes a person's own speed in clear air and the extinction coefficient K at head height. It can be
read as fractional (a share of the own speed) or absolute (a speed), with or without a floor (Ronchi et al.
2013); each reading is part of the law here and is stated. Every law gives the own speed exactly at K = 0, a
floor never raises a speed above the own, and no law lets people walk faster in thicker smoke. The choice
changes the time through smoke by a factor of about two at K = 1 /m.
"""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from drillsim.facility.spec import SmokeLaw

__all__ = ["DATA_PER_M", "smoke_speed_flag", "speed_in_smoke_m_s"]

DATA_PER_M: Final[dict[SmokeLaw, tuple[float, float] | None]] = {
    "frantzich-nilsson": (2.0, 8.0),
    "fridolf-2019": None,
    "visibility-ratio": None,
    "linear-floor": None,
    "jin-irritant": (0.1, 0.5),
    "jin": (0.2, 1.0),
}
"""Extinction coefficients of the data behind each law, 1/m; None: not stated where the law was read."""

_ALPHA: Final = 0.706  # m/s, speed the fitted line has at K = 0
_BETA: Final = -0.057  # m²/s
_FRANTZICH_FLOOR: Final = 0.1  # of the own speed
_FRIDOLF_FLOOR_M_S: Final = 0.2
_FRIDOLF_SLOPE: Final = 0.34  # m/s per m of visibility lost
_FRIDOLF_CLEAR_M: Final = 3.0
_LINEAR_FLOOR_M_S: Final = 0.3
_LINEAR_SLOPE_M: Final = 0.5
_JIN_FLOOR_M_S: Final = 0.3


def speed_in_smoke_m_s(
    own_m_s: float, *, extinction_per_m: float, law: SmokeLaw, visibility_constant: float = 3.0
) -> float:
    """Walking speed in smoke of extinction K, m/s: above 0, never above the own speed, exactly it at K = 0.

    ``visibility_constant`` C gives the visibility V = C / K (3 reflecting, 8 light-emitting signs); only
    *fridolf-2019* and *visibility-ratio* use it. Sources and validity:

    - *frantzich-nilsson*: max(0.1 v0, v0 (1 - 0.057 K / 0.706)), a fraction with a variable floor. The line
      0.706 - 0.057 K m/s is of 46 people in a 37 m tunnel, K 2 to 8 /m. FDS+Evac guide.
    - *fridolf-2019*: min(v0, max(0.2, v0 - 0.34 (3 - V))), absolute with a constant floor. Fridolf, Ronchi,
      Nilsson, Frantzich, TUST 90:28-41, eq. 7, through the pyFDS-Evac source, which has C = 2 for reflecting
      targets.
    - *visibility-ratio*: v0 V / (V + 2), a fraction without floor. Earlier documents of pyFDS-Evac; not the
      law of Fridolf et al., to whom they ascribe it. For comparison only.
    - *linear-floor*: max(0.3, v0 (1 - 0.5 K)), a fraction with a constant floor. JuPedSim's port of NIST 2.5.
    - *jin*, *jin-irritant*: 1.0 to 0.5 m/s for K 0.2 to 1.0 /m, in irritant smoke 1.0 to 0.3 m/s for K 0.1
      to 0.5 /m, floor 0.3 m/s; 31 people, 20 m corridor (Jin, through Ronchi et al. 2013). Read here as a
      fraction of the own speed, which thinner smoke leaves alone and thicker smoke lowers along the same
      line to the floor: a choice of this product.

    Raises ``ValueError`` for a speed or constant that is not above 0, an extinction below 0 or not finite,
    or an unknown law.

    >>> round(100 / speed_in_smoke_m_s(1.25, extinction_per_m=1.0, law="frantzich-nilsson"), 1)
    87.0
    >>> speed_in_smoke_m_s(0.25, extinction_per_m=9.0, law="linear-floor")
    0.25
    """
    if not (own_m_s > 0.0 and visibility_constant > 0.0):
        raise ValueError(
            f"a speed of {own_m_s} m/s, a visibility constant of {visibility_constant}; both must be above 0"
        )
    if not (extinction_per_m >= 0.0 and isfinite(extinction_per_m)):
        raise ValueError(f"an extinction of {extinction_per_m} /m; it must be finite and not below 0")
    if law not in _LAWS:
        raise ValueError(f"{law} is no law of speed in smoke; {', '.join(_LAWS)}")
    if extinction_per_m == 0.0:
        return own_m_s
    return min(own_m_s, _LAWS[law](own_m_s, extinction_per_m, visibility_constant))


def smoke_speed_flag(extinction_per_m: float, *, law: SmokeLaw) -> str | None:
    """What to flag where the law is used at this extinction, 1/m: outside its data, or data not known.

    None in clear air and within the data. Raises ``KeyError`` for an unknown law.

    >>> smoke_speed_flag(1.0, law="frantzich-nilsson")
    'walking speed in smoke by frantzich-nilsson at 1 /m; its data are from 2 to 8 /m'
    """
    data = DATA_PER_M[law]
    if extinction_per_m == 0.0:
        return None
    if data is None:
        return f"walking speed in smoke by {law}; the range of its data is not known here"
    if data[0] <= extinction_per_m <= data[1]:
        return None
    return (
        f"walking speed in smoke by {law} at {extinction_per_m:g} /m; "
        f"its data are from {data[0]:g} to {data[1]:g} /m"
    )


def _frantzich_nilsson(own: float, k: float, _: float) -> float:
    return own * max(_FRANTZICH_FLOOR, 1.0 + _BETA * k / _ALPHA)


def _fridolf(own: float, k: float, constant: float) -> float:
    return max(_FRIDOLF_FLOOR_M_S, own - _FRIDOLF_SLOPE * (_FRIDOLF_CLEAR_M - constant / k))


def _visibility_ratio(own: float, k: float, constant: float) -> float:
    return own * constant / (constant + 2.0 * k)


def _linear_floor(own: float, k: float, _: float) -> float:
    return max(_LINEAR_FLOOR_M_S, own * (1.0 - _LINEAR_SLOPE_M * k))


def _jin(own: float, k: float, _: float) -> float:
    return max(_JIN_FLOOR_M_S, own * (1.0 - 0.5 * (k - 0.2) / 0.8))


def _jin_irritant(own: float, k: float, _: float) -> float:
    return max(_JIN_FLOOR_M_S, own * (1.0 - 0.7 * (k - 0.1) / 0.4))


_LAWS: Final[dict[str, Callable[[float, float, float], float]]] = {
    "frantzich-nilsson": _frantzich_nilsson,
    "fridolf-2019": _fridolf,
    "visibility-ratio": _visibility_ratio,
    "linear-floor": _linear_floor,
    "jin-irritant": _jin_irritant,
    "jin": _jin,
}
