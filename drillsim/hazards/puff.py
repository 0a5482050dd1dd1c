"""Passive gas let out at once: Gaussian puff carried by a steady wind.

Planning model, not for use at a real incident. For what is not dense and is let out in much less time than
it travels; the limits of :mod:`plume` hold.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.hazards.plume import Spreads, vertical_factor

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CCPS", "ccps_sigma_y", "ccps_sigma_z", "puff_at", "puff_concentration"]

_ACROSS: Final = {
    "A": (0.18, 0.92),
    "B": (0.14, 0.92),
    "C": (0.10, 0.92),
    "D": (0.06, 0.92),
    "E": (0.04, 0.92),
    "F": (0.02, 0.89),
}
_UP: Final = {
    "A": (0.60, 0.75),
    "B": (0.53, 0.73),
    "C": (0.34, 0.71),
    "D": (0.15, 0.70),
    "E": (0.10, 0.65),
    "F": (0.05, 0.61),
}


def ccps_sigma_y(x_m: Any, *, stability: str) -> Any:
    """Spread of a puff along and across the wind, m, at ``x_m`` (CCPS 1999, as in GasDispersion.jl).

    >>> round(float(ccps_sigma_y(500.0, stability="F")), 3)
    5.048
    """
    factor, power = _ACROSS[stability]
    return factor * x_m**power


def ccps_sigma_z(x_m: Any, *, stability: str) -> Any:
    """Vertical spread of a puff, m, at ``x_m`` (CCPS 1999, as in GasDispersion.jl).

    >>> round(float(ccps_sigma_z(500.0, stability="F")), 3)
    2.215
    """
    factor, power = _UP[stability]
    return factor * x_m**power


def _across(x_m: Any, stability: str, terrain: str) -> Any:
    return ccps_sigma_y(x_m, stability=stability)


def _up(x_m: Any, stability: str, terrain: str) -> Any:
    return ccps_sigma_z(x_m, stability=stability)


CCPS: Final = Spreads("ccps", _across, _across, _up)
"""Spreads of a puff by CCPS, the same for every ground. :data:`plume.BRIGGS` is the other set for a puff."""


def puff_concentration(
    x_m: Any,
    y_m: Any,
    *,
    z_m: Any = 0.0,
    time_s: Any,
    mass_kg: float,
    wind_m_s: float,
    stability: str,
    terrain: str = "rural",
    release_m: float = 0.0,
    lid_m: float = math.inf,
    spreads: Spreads = CCPS,
) -> NDArray[np.float64]:
    """Concentration, kg/m3, ``time_s`` after ``mass_kg`` was let out; all shapes broadcast.

    m/((2 pi)^1.5 sx sy sz) exp(-(x-Ut)2/2sx2 - y2/2sy2) [exp(-(z-h)2/2sz2) + exp(-(z+h)2/2sz2)], spreads at
    the distance Ut; under a lid as :func:`plume.vertical_factor` has it. Exactly 0 up to time 0. Raises
    ``ValueError`` for a negative mass and a wind that is not positive. Source: CCPS (1999).
    """
    if not (mass_kg >= 0.0 and wind_m_s > 0.0):
        raise ValueError(f"a puff of {mass_kg} kg in a wind of {wind_m_s} m/s; from 0 kg and above 0 m/s")
    begun = np.asarray(time_s) > 0.0
    travelled = wind_m_s * np.where(begun, time_s, 1.0)
    sx = spreads.along(travelled, stability, terrain)
    sy = spreads.across(travelled, stability, terrain)
    sz = spreads.up(travelled, stability, terrain)
    level = np.exp(-0.5 * ((x_m - travelled) / sx) ** 2 - 0.5 * (y_m / sy) ** 2)
    upward = vertical_factor(z_m, sz, release_m=release_m, lid_m=lid_m)
    return np.where(begun, mass_kg / (2.0 * math.pi * sx * sy) * level * upward, 0.0)


def puff_at(x_m: float, **puff: Any) -> float:
    """Concentration on the axis, kg/m3, of a puff given as to :func:`puff_concentration`."""
    return float(puff_concentration(x_m, 0.0, **puff))
