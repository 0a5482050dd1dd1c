"""Passive gas carried by a steady wind: Gaussian plume, Briggs coefficients, finite release.

Planning model, not for use at a real incident. Not for dense clouds, buildings, terrain, rain, wind
below 1 m/s, or distances beyond 10 km. Agrees with ALOHA 5.4.7 within 5 % beyond 50 m (cases V3 to V5);
a factor 2 of nature at best. Concentrations are 3-minute means.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "DENSE_RICHARDSON",
    "LIMIT_M",
    "ROUGHNESS_M",
    "distance_to",
    "finite_release",
    "plume_concentration",
    "pool_richardson",
    "ppm",
    "sigma_x",
    "sigma_y",
    "sigma_z",
    "transport_wind",
]

LIMIT_M: Final = 10_000.0
"""Nothing is reported beyond (ALOHA-TD)."""
ROUGHNESS_M: Final = {"rural": 0.03, "urban": 1.0}
"""Roughness length by terrain. Source: ALOHA-TD; confidence medium (container stacks behave as urban)."""

DENSE_RICHARDSON: Final = 1.95
"""Above this critical Richardson number a cloud is dense. Fitted to ALOHA, whose document says 1; medium."""

_AIR_KG_MOL: Final = 0.028965  # dry air
_SIGMA_Y: Final = {"A": 0.22, "B": 0.16, "C": 0.11, "D": 0.08, "E": 0.06, "F": 0.04}
_OBUKHOV: Final = {
    "A": (-11.4, 0.10),
    "B": (-26.0, 0.17),
    "C": (-123.0, 0.30),
    "E": (123.0, 0.30),
    "F": (26.0, 0.17),
}
# stability -> (s, coefficient c, power p): sigma_z = s x (1 + c x)^p
_SIGMA_Z: Final = {
    "rural": {
        "A": (0.20, 0.0, 0.0),
        "B": (0.12, 0.0, 0.0),
        "C": (0.08, 0.0002, -0.5),
        "D": (0.06, 0.0015, -0.5),  # many reprints have 0.00015 here, which is a misprint
        "E": (0.03, 0.0003, -1.0),
        "F": (0.016, 0.0003, -1.0),
    },
    "urban": {
        "A": (0.24, 0.001, 0.5),
        "B": (0.24, 0.001, 0.5),
        "C": (0.20, 0.0, 0.0),
        "D": (0.14, 0.0003, -0.5),
        "E": (0.08, 0.0015, -0.5),
        "F": (0.08, 0.0015, -0.5),
    },
}
_SIGMA_X: Final = {
    "A": (0.02, 1.22),
    "B": (0.02, 1.22),
    "C": (0.02, 1.22),
    "D": (0.04, 1.14),
    "E": (0.17, 0.97),
    "F": (0.17, 0.97),
}


def sigma_y(x_m: Any, *, stability: str) -> Any:
    """Crosswind spread, m, at ``x_m`` >= 0 downwind (number or array): s x / sqrt(1 + 0.0001 x).

    Briggs rural, which ALOHA takes for every roughness; a 3-minute average (ALOHA-TD table 13).
    """
    return _SIGMA_Y[stability] * x_m / np.sqrt(1.0 + 0.0001 * x_m)


def sigma_z(x_m: Any, *, stability: str, terrain: str) -> Any:
    """Vertical spread, m, at ``x_m`` >= 0 downwind; ``terrain`` rural or urban (Briggs; ALOHA-TD 13)."""
    slope, coefficient, power = _SIGMA_Z[terrain][stability]
    return slope * x_m * (1.0 + coefficient * x_m) ** power


def sigma_x(x_m: Any, *, stability: str) -> Any:
    """Spread along the wind, m (Beals; ALOHA-TD table 13)."""
    factor, power = _SIGMA_X[stability]
    return factor * x_m**power


def _psi(zeta: float) -> float:
    if zeta >= 0.0:
        return -4.7 * zeta
    a = (1.0 - 15.0 * zeta) ** 0.25
    return (
        2.0 * math.log((1.0 + a) / 2.0) + math.log((1.0 + a * a) / 2.0) - 2.0 * math.atan(a) + math.pi / 2.0
    )


def transport_wind(wind_10m_m_s: float, *, stability: str, terrain: str, height_m: float = 3.0) -> float:
    """Wind that carries the plume, m/s: the log-law wind at ``height_m`` (ALOHA-TD 4.2.3; 3 m as in HAZEL).

    Taking the wind at 10 m instead shortens zones to 0.67 to 0.91 of ALOHA's. Raises ``ValueError``
    below 1 m/s at 10 m, where there is no valid answer.

    >>> round(transport_wind(5.0, stability="D", terrain="rural"), 2)
    3.97
    """
    if not wind_10m_m_s >= 1.0:
        raise ValueError(f"a wind of {wind_10m_m_s} m/s; the plume has no valid answer below 1 m/s at 10 m")
    z0 = ROUGHNESS_M[terrain]

    def profile(z: float) -> float:
        if stability == "D":
            return math.log((z + z0) / z0)
        factor, power = _OBUKHOV[stability]
        return math.log((z + z0) / z0) - _psi(z / (factor * z0**power))

    return wind_10m_m_s * profile(height_m) / profile(10.0)


def plume_concentration(
    x_m: NDArray[np.float64],
    y_m: NDArray[np.float64],
    *,
    z_m: NDArray[np.float64] | float = 0.0,
    rate_kg_s: float,
    wind_m_s: float,
    stability: str,
    terrain: str,
    diameter_m: float = 0.0,
    release_m: float = 0.0,
) -> NDArray[np.float64]:
    """Steady concentration, kg/m3, at x downwind, y crosswind, z up; arrays of one shape.

    Q / (2 pi U sy sz) exp(-y2/2sy2) [exp(-(z-h)2/2sz2) + exp(-(z+h)2/2sz2)] (ALOHA-TD 4.3); ``wind_m_s`` is
    the transport wind. A pool of ``diameter_m`` widens sy by D/sqrt(2 pi) in quadrature (HAZEL): values
    nearer than one diameter are unreliable. Exactly 0 upwind (x <= 0).
    """
    x = np.where(x_m > 0.0, x_m, np.inf)
    with np.errstate(invalid="ignore"):
        sy = np.sqrt(sigma_y(x, stability=stability) ** 2 + diameter_m**2 / (2.0 * math.pi))
        sz = sigma_z(x, stability=stability, terrain=terrain)
    sy, sz = np.where(x_m > 0.0, sy, 1.0), np.where(x_m > 0.0, sz, 1.0)
    across = np.exp(-(y_m**2) / (2.0 * sy**2))
    upward = np.exp(-((z_m - release_m) ** 2) / (2.0 * sz**2)) + np.exp(
        -((z_m + release_m) ** 2) / (2.0 * sz**2)
    )
    steady = rate_kg_s / (2.0 * math.pi * wind_m_s * sy * sz) * across * upward
    return np.where(x_m > 0.0, steady, 0.0)


def finite_release(
    x_m: Any, *, time_s: Any, start_s: float, end_s: float, wind_m_s: float, stability: str
) -> NDArray[np.float64]:
    """Share of the steady plume present at ``x_m`` > 0 and ``time_s`` of a release from start to end.

    (1/2)[erf((x - U(t - te)) / (sqrt2 sx)) - erf((x - U(t - ts)) / (sqrt2 sx))], te no later than t (Palazzi
    1982, as in the sheet). Shapes broadcast. The share of two releases back to back is the sum of theirs.
    """
    from scipy.special import ndtr

    spread = sigma_x(x_m, stability=stability)
    began = ndtr((wind_m_s * (time_s - start_s) - x_m) / spread)
    over = ndtr((wind_m_s * np.maximum(time_s - end_s, 0.0) - x_m) / spread)
    return np.where(time_s > start_s, began - over, 0.0)


def ppm(
    concentration_kg_m3: Any, *, molar_mass_kg_mol: float, temperature_k: float, pressure_pa: float = 101325.0
) -> Any:
    """Volume parts per million of a vapour in air: C/M RT/p 1e6.

    >>> round(ppm(0.001, molar_mass_kg_mol=0.017031, temperature_k=298.15))
    1437
    """
    return concentration_kg_m3 / molar_mass_kg_mol * 8.314462618 * temperature_k / pressure_pa * 1e6


def pool_richardson(
    rate_kg_s: float,
    *,
    wind_10m_m_s: float,
    diameter_m: float,
    molar_mass_kg_mol: float,
    vapour_k: float,
    air_k: float,
) -> float:
    """Critical Richardson number of the vapour of a pool: H g'/u*^2 (ALOHA-TD 4.4.1, sheet 5).

    H = Q/(rho U10 D), g' = g (rho - rho_air)/rho_air, u* = 0.03 U10; rho is that of the pure vapour at
    ``vapour_k``, both gases ideal at one pressure. Above :data:`DENSE_RICHARDSON` the passive plume errs.
    0 for a vapour no denser than the air: it is never dense.

    >>> round(pool_richardson(0.1, wind_10m_m_s=3.0, diameter_m=6.0, molar_mass_kg_mol=0.053,
    ...                       vapour_k=293.15, air_k=293.15), 2)
    2.53
    """
    density = 101325.0 * molar_mass_kg_mol / (8.314462618 * vapour_k)
    air = 101325.0 * _AIR_KG_MOL / (8.314462618 * air_k)
    depth = rate_kg_s / (density * wind_10m_m_s * diameter_m)
    reduced = 9.80665 * (density - air) / air
    return max(0.0, depth * reduced / (0.03 * wind_10m_m_s) ** 2)


def distance_to(
    level_kg_m3: float,
    *,
    rate_kg_s: float,
    wind_10m_m_s: float,
    stability: str,
    terrain: str,
    duration_s: float = 3600.0,
    diameter_m: float = 0.0,
) -> float:
    """Greatest distance on the axis, m, at which the peak reaches ``level_kg_m3``; 0 if it never does.

    Marches outward and bisects to 0.1 %. The peak of a release of ``duration_s`` at x is the steady value
    times erf(U tr / (2 sqrt2 sx)). Raises ``ValueError`` for a level that is not positive and for a zone
    beyond 10 km, which the model does not report.
    """
    if not level_kg_m3 > 0.0:
        raise ValueError(f"a level of {level_kg_m3} kg/m3; it must be above 0")
    wind = transport_wind(wind_10m_m_s, stability=stability, terrain=terrain)

    def peak(x: float) -> float:
        here = plume_concentration(
            np.array([x]),
            np.zeros(1),
            rate_kg_s=rate_kg_s,
            wind_m_s=wind,
            stability=stability,
            terrain=terrain,
            diameter_m=diameter_m,
        )
        reach = wind * duration_s / (2.0 * math.sqrt(2.0) * float(sigma_x(x, stability=stability)))
        return float(here[0]) * math.erf(reach)

    inner = 0.0
    outer = 1.0
    last = 0.0
    while outer <= LIMIT_M * 1.2:
        if peak(outer) >= level_kg_m3:
            last, inner = outer, outer
        outer *= 1.2
    if last == 0.0:
        return 0.0
    outer = inner * 1.2
    while outer - inner > 1e-3 * inner:
        middle = 0.5 * (inner + outer)
        inner, outer = (middle, outer) if peak(middle) >= level_kg_m3 else (inner, middle)
    if inner > LIMIT_M:
        raise ValueError(f"a zone longer than {LIMIT_M / 1000:.0f} km; the model does not report that")
    return inner
