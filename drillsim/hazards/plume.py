"""Passive gas carried by a steady wind: Gaussian plume, Briggs coefficients, finite release.

Planning model, not for use at a real incident. Not for dense clouds, buildings, terrain, rain, wind
below 1 m/s, or distances beyond 10 km. Agrees with ALOHA 5.4.7 within 5 % beyond 50 m (cases V3 to V5);
a factor 2 of nature at best. Concentrations are 3-minute means.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.hazards.atmosphere import ROUGHNESS_M, spread_terrain, transport_wind
from drillsim.hazards.constants import P0_PA, R_J_MOL_K
from drillsim.hazards.dense import DENSE_RICHARDSON, pool_richardson

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "AVERAGING_S",
    "BRIGGS",
    "BRIGGS_URBAN",
    "DENSE_RICHARDSON",
    "FLAMMABLE_S",
    "LIMIT_M",
    "ROUGHNESS_M",
    "Spreads",
    "averaging_factor",
    "distance_to",
    "finite_release",
    "kg_m3_of",
    "plume_concentration",
    "pool_richardson",
    "ppm",
    "sigma_x",
    "sigma_y",
    "sigma_y_terms",
    "sigma_y_urban",
    "sigma_z",
    "transport_wind",
    "vertical_factor",
]

LIMIT_M: Final = 10_000.0
"""Nothing is reported beyond (ALOHA-TD)."""
AVERAGING_S: Final = 180.0
"""Averaging time of Briggs' crosswind spread (ALOHA-TD 4.3.1)."""
FLAMMABLE_S: Final = 10.0
"""Averaging time of a cloud that may catch fire (ALOHA-TD 4.4.4)."""

_SIGMA_Y: Final = {"A": 0.22, "B": 0.16, "C": 0.11, "D": 0.08, "E": 0.06, "F": 0.04}
_SIGMA_Y_BEND_PER_M: Final = 0.0001
_SIGMA_Y_URBAN: Final = {"A": 0.32, "B": 0.32, "C": 0.22, "D": 0.16, "E": 0.11, "F": 0.11}
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
_SETS: Final = {name: spread_terrain(z0) for name, z0 in ROUGHNESS_M.items()} | {"water": "rural"}
_IMAGE_SPREADS: Final = 8.0  # an image this many spreads away adds less than 1e-14 of the axis
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
    slope, bend_per_m = sigma_y_terms(stability)
    return slope * x_m / np.sqrt(1.0 + bend_per_m * x_m)


def sigma_y_terms(stability: str) -> tuple[float, float]:
    """s and c, 1/m, of :func:`sigma_y`: its square, (s x)^2/(1 + c x), is a ratio of two polynomials."""
    return _SIGMA_Y[stability], _SIGMA_Y_BEND_PER_M


def sigma_y_urban(x_m: Any, *, stability: str) -> Any:
    """Crosswind spread over a town, m, as Briggs had it: s x / sqrt(1 + 0.0004 x). ALOHA does not use it.

    Source: GasDispersion.jl. Taken as a 3-minute average like the rural one; confidence low.
    """
    return _SIGMA_Y_URBAN[stability] * x_m / np.sqrt(1.0 + 0.0004 * x_m)


def sigma_z(x_m: Any, *, stability: str, terrain: str) -> Any:
    """Vertical spread, m, at ``x_m`` >= 0 downwind (Briggs; ALOHA-TD 13): urban from
    :data:`~drillsim.hazards.atmosphere.URBAN_FROM_M` of roughness on (urban, containers), else rural."""
    slope, coefficient, power = _SIGMA_Z[_SETS[terrain]][stability]
    return slope * x_m * (1.0 + coefficient * x_m) ** power


def sigma_x(x_m: Any, *, stability: str) -> Any:
    """Spread along the wind, m (Beals; ALOHA-TD table 13)."""
    factor, power = _SIGMA_X[stability]
    return factor * x_m**power


@dataclass(frozen=True, slots=True)
class Spreads:
    """A set of correlations for the spread of a cloud, m, each called with x_m, stability and terrain."""

    name: str
    along: Callable[[Any, str, str], Any]
    across: Callable[[Any, str, str], Any]
    up: Callable[[Any, str, str], Any]


def _along(x_m: Any, stability: str, terrain: str) -> Any:
    return sigma_x(x_m, stability=stability)


def _across(x_m: Any, stability: str, terrain: str) -> Any:
    return sigma_y(x_m, stability=stability)


def _across_town(x_m: Any, stability: str, terrain: str) -> Any:
    return (sigma_y_urban if _SETS[terrain] == "urban" else sigma_y)(x_m, stability=stability)


def _up(x_m: Any, stability: str, terrain: str) -> Any:
    return sigma_z(x_m, stability=stability, terrain=terrain)


BRIGGS: Final = Spreads("briggs", _along, _across, _up)
"""Briggs with the rural crosswind spread for every ground and Beals along the wind, as in ALOHA."""
BRIGGS_URBAN: Final = Spreads("briggs-urban", _along, _across_town, _up)
"""The same with Briggs' own crosswind spread over a town."""


def averaging_factor(averaging_s: float) -> float:
    """What the crosswind spread of a 3-minute average is multiplied by: (t/180)^0.2 (ALOHA-TD 4.3.1).

    Raises ``ValueError`` outside 10 s to 1 h (a bound of this product).

    >>> round(averaging_factor(10.0), 3)
    0.561
    """
    if not FLAMMABLE_S <= averaging_s <= 3600.0:
        raise ValueError(f"an average over {averaging_s} s; from {FLAMMABLE_S:.0f} s to 3600 s")
    return float((averaging_s / AVERAGING_S) ** 0.2)


def vertical_factor(z_m: Any, sigma_z_m: Any, *, release_m: float = 0.0, lid_m: float = math.inf) -> Any:
    """Share of the cloud per metre of height, 1/m; its integral over height is 1. Shapes broadcast.

    Two Gaussians of the release at ``release_m`` and its image in the ground; under an inversion lid also
    five images on either side, and 1/lid once sigma_z >= 2 lid; 0 above the lid (ALOHA-TD 4.3). Raises
    ``ValueError`` for a release above the lid.
    """
    if not 0.0 <= release_m <= lid_m or not lid_m > 0.0:
        raise ValueError(f"a release at {release_m} m under a lid of {lid_m} m; from the ground to the lid")
    scale = -0.5 / np.square(sigma_z_m)
    total = np.exp(scale * np.square(z_m - release_m))
    total = 2.0 * total if release_m == 0.0 else total + np.exp(scale * np.square(z_m + release_m))
    if lid_m < math.inf:
        near = 2.0 * lid_m - release_m - np.max(z_m) if np.size(z_m) else math.inf
        if near < _IMAGE_SPREADS * np.max(sigma_z_m, initial=0.0):
            total = total + _images(z_m, scale, release_m, lid_m)
    factor = total / (math.sqrt(2.0 * math.pi) * sigma_z_m)
    if lid_m == math.inf:
        return factor
    factor = np.where(sigma_z_m >= 2.0 * lid_m, 1.0 / lid_m, factor)
    return np.where(z_m <= lid_m, factor, 0.0)


def _images(z_m: Any, scale: Any, release_m: float, lid_m: float) -> Any:
    total = 0.0
    for n in range(1, 6):
        for centre in (2.0 * n * lid_m, -2.0 * n * lid_m):
            total = total + np.exp(scale * np.square(z_m - centre - release_m))
            total = total + np.exp(scale * np.square(z_m - centre + release_m))
    return total


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
    lid_m: float = math.inf,
    averaging_s: float = AVERAGING_S,
    spreads: Spreads = BRIGGS,
) -> NDArray[np.float64]:
    """Steady concentration, kg/m3, at x downwind, y crosswind, z up; arrays of one shape.

    Q / (2 pi U sy sz) exp(-y2/2sy2) [exp(-(z-h)2/2sz2) + exp(-(z+h)2/2sz2)] (ALOHA-TD 4.3), with the images
    of a lid as :func:`vertical_factor` has them; ``wind_m_s`` is the transport wind. A pool of ``diameter_m``
    widens sy by D/sqrt(2 pi) in quadrature (HAZEL): values nearer than one diameter are unreliable.
    Exactly 0 upwind (x <= 0). Raises ``ValueError`` as :func:`averaging_factor` and
    :func:`vertical_factor` do.
    """
    downwind = np.asarray(x_m) > 0.0
    x = np.where(downwind, x_m, 1.0)
    sy = averaging_factor(averaging_s) * spreads.across(x, stability, terrain)
    if diameter_m > 0.0:
        sy = np.sqrt(sy**2 + diameter_m**2 / (2.0 * math.pi))
    across = np.exp(-(y_m**2) / (2.0 * sy**2))
    upward = vertical_factor(z_m, spreads.up(x, stability, terrain), release_m=release_m, lid_m=lid_m)
    steady = rate_kg_s / (math.sqrt(2.0 * math.pi) * wind_m_s * sy) * across * upward
    return np.where(downwind, steady, 0.0)


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
    concentration_kg_m3: Any, *, molar_mass_kg_mol: float, temperature_k: float, pressure_pa: float = P0_PA
) -> Any:
    """Volume parts per million of a vapour in air: C/M RT/p 1e6.

    >>> round(ppm(0.001, molar_mass_kg_mol=0.017031, temperature_k=298.15))
    1437
    """
    return concentration_kg_m3 / molar_mass_kg_mol * R_J_MOL_K * temperature_k / pressure_pa * 1e6


def kg_m3_of(ppm: Any, *, molar_mass_kg_mol: float, temperature_k: float, pressure_pa: float = P0_PA) -> Any:
    """Concentration, kg/m3, of a vapour in air of so many volume parts per million: :func:`ppm` back.

    >>> round(kg_m3_of(1437.0, molar_mass_kg_mol=0.017031, temperature_k=298.15), 6)
    0.001
    """
    return ppm / 1e6 * pressure_pa * molar_mass_kg_mol / (R_J_MOL_K * temperature_k)


def distance_to(
    level_kg_m3: float,
    *,
    rate_kg_s: float,
    wind_10m_m_s: float,
    stability: str,
    terrain: str,
    duration_s: float = 3600.0,
    diameter_m: float = 0.0,
    release_m: float = 0.0,
    receptor_m: float = 0.0,
    roughness_m: float | None = None,
    lid_m: float = math.inf,
    averaging_s: float = AVERAGING_S,
    spreads: Spreads = BRIGGS,
) -> float:
    """Greatest distance on the axis, m, at which the peak reaches ``level_kg_m3``; 0 if it never does.

    Marches outward and bisects to 0.1 %. The peak of a release of ``duration_s`` at x is the steady value
    times erf(U tr / (2 sqrt2 sx)); ``roughness_m`` stands in for that of the terrain. Raises ``ValueError``
    for a level that is not positive and for a zone beyond 10 km, which the model does not report.
    """
    if not level_kg_m3 > 0.0:
        raise ValueError(f"a level of {level_kg_m3} kg/m3; it must be above 0")
    wind = transport_wind(
        wind_10m_m_s, stability=stability, terrain=terrain, release_m=release_m, roughness_m=roughness_m
    )
    ground = terrain if roughness_m is None else spread_terrain(roughness_m)

    def peak(x: NDArray[Any]) -> NDArray[Any]:
        here = plume_concentration(
            x,
            np.zeros_like(x),
            z_m=receptor_m,
            rate_kg_s=rate_kg_s,
            wind_m_s=wind,
            stability=stability,
            terrain=ground,
            diameter_m=diameter_m,
            release_m=release_m,
            lid_m=lid_m,
            averaging_s=averaging_s,
            spreads=spreads,
        )
        reach = wind * duration_s / (2.0 * math.sqrt(2.0) * spreads.along(x, stability, ground))
        return np.asarray(here * np.array([math.erf(share) for share in reach.tolist()]))

    steps = 1.2 ** np.arange(math.ceil(math.log(1.2 * LIMIT_M, 1.2)) + 1)
    reached = np.flatnonzero(peak(steps) >= level_kg_m3)
    if not reached.size:
        return 0.0
    inner = float(steps[reached[-1]])
    outer = inner * 1.2
    while outer - inner > 1e-3 * inner:
        middle = 0.5 * (inner + outer)
        inner, outer = (middle, outer) if peak(np.array([middle]))[0] >= level_kg_m3 else (inner, middle)
    if inner > LIMIT_M:
        raise ValueError(f"a zone longer than {LIMIT_M / 1000:.0f} km; the model does not report that")
    return inner
