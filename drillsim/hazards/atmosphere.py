"""Air near the ground: stability class, wind with height, roughness of the ground, density.

Steady weather over flat open ground for at most an hour. Below 1 m/s at 10 m there is no valid answer.
"""

from __future__ import annotations

import math
from typing import Final, Literal

from drillsim.hazards.constants import P0_PA, R_J_MOL_K

__all__ = [
    "AIR_KG_MOL",
    "HIGHEST_M",
    "ROUGHNESS_M",
    "URBAN_FROM_M",
    "WIND_EXPONENT",
    "WIND_EXPONENT_URBAN",
    "Stability",
    "Terrain",
    "air_density",
    "obukhov_length",
    "roughness_length",
    "spread_terrain",
    "stability_class",
    "stability_correction",
    "sun_elevation",
    "transport_wind",
    "wind_at",
    "wind_by_power_law",
]

Stability = Literal["A", "B", "C", "D", "E", "F"]
Terrain = Literal["rural", "urban", "water", "apron", "containers"]

AIR_KG_MOL: Final = 0.028965
"""Molar mass of dry air, kg/mol."""
ROUGHNESS_M: Final = {"rural": 0.03, "urban": 1.0, "apron": 0.005, "containers": 1.0}
"""Roughness length by terrain; that of water follows from the wind, see :func:`roughness_length`.

Source: ALOHA-TD for rural and urban, confidence medium. From memory, confidence low: the concrete apron of
a terminal (0.001 to 0.01 m) and container stacks, which behave as urban.
"""
URBAN_FROM_M: Final = 0.2
"""From this roughness length on the vertical spread is the urban one (ALOHA-TD)."""
HIGHEST_M: Final = 100.0
"""Top of the layer in which the log law is used; a rule of this product, confidence low."""
WIND_EXPONENT: Final = {"A": 0.108, "B": 0.112, "C": 0.120, "D": 0.142, "E": 0.203, "F": 0.253}
"""Exponent of the power law of wind with height. Source: ALOHA-TD table 7; confidence high."""
WIND_EXPONENT_URBAN: Final = {"A": 0.15, "B": 0.15, "C": 0.20, "D": 0.25, "E": 0.30, "F": 0.30}
"""The same over a town, as in ISC3 (through GasDispersion.jl); confidence medium."""

_OBUKHOV: Final = {
    "A": (-11.4, 0.10),
    "B": (-26.0, 0.17),
    "C": (-123.0, 0.30),
    "E": (123.0, 0.30),
    "F": (26.0, 0.17),
}
# Wind up to (inclusive): strong, moderate, slight sun; night cloudy, night clear. Above 6 m/s as up to 6.
_CLASSES: Final[tuple[tuple[float, tuple[Stability, ...]], ...]] = (
    (2.0, ("A", "B", "B", "F", "F")),
    (3.0, ("B", "B", "C", "E", "F")),
    (5.0, ("B", "C", "D", "D", "E")),
    (math.inf, ("C", "D", "D", "D", "D")),
)


def stability_class(wind_10m_m_s: float, sun_elevation_deg: float, cloud: float) -> Stability:
    """Pasquill class of the air, from wind at 10 m, the sun and the share 0..1 of the sky under cloud.

    Strong sun above 60 deg, moderate from 35 deg, slight below; night from 0 deg down. By day more than
    4/8 of cloud counts one column less sun, more than 7/8 two; below slight sun the class is D, as Pasquill
    has it for an overcast sky (from memory, confidence low). At night cloud from 4/8 on keeps the air
    warmer. The upper limit of a band of wind is inclusive; between two classes the more stable one is taken.

    Two cells are disputed: for 3 to 5 m/s and slight sun classic tables print C, here D; for 2 m/s and less
    on a cloudy night E to F, here F. Both are the choice with the longer zone (confidence low, from memory).
    Raises ``ValueError`` for a wind or a share of cloud that cannot be. Source: ALOHA-TD 4.2.2.

    >>> stability_class(3.0, 0.0, 0.5), stability_class(5.0, 40.0, 0.2)
    ('E', 'C')
    """
    if not 0.0 <= wind_10m_m_s < math.inf:
        raise ValueError(f"a wind of {wind_10m_m_s} m/s; from 0 m/s on")
    if not 0.0 <= cloud <= 1.0:
        raise ValueError(f"a share of cloud of {cloud}; from 0 to 1")
    if not -90.0 <= sun_elevation_deg <= 90.0:
        raise ValueError(f"the sun at {sun_elevation_deg} deg; from -90 to 90 deg")
    row = next(classes for limit, classes in _CLASSES if wind_10m_m_s <= limit)
    if sun_elevation_deg <= 0.0:
        return row[3] if cloud >= 4.0 / 8.0 else row[4]
    column = 0 if sun_elevation_deg > 60.0 else 1 if sun_elevation_deg >= 35.0 else 2
    column += (cloud > 4.0 / 8.0) + (cloud > 7.0 / 8.0)
    return row[column] if column <= 2 else "D"


def sun_elevation(day_of_year: int, *, solar_hour: float, latitude_deg: float) -> float:
    """Height of the sun above the horizon, deg, negative at night; within about 1 deg.

    ``solar_hour`` is the time by the sun, 12 when it stands highest. Declination by Cooper (1969):
    23.45 sin(360 (284 + n)/365). Raises ``ValueError`` for a date, hour or latitude that cannot be.

    >>> round(sun_elevation(172, solar_hour=12.0, latitude_deg=31.2), 1)  # Shanghai, 21 June
    82.2
    """
    if not (1 <= day_of_year <= 366 and 0.0 <= solar_hour <= 24.0 and -90.0 <= latitude_deg <= 90.0):
        raise ValueError(
            f"day {day_of_year}, hour {solar_hour}, latitude {latitude_deg}; 1 to 366, 0 to 24, -90 to 90"
        )
    declination = math.radians(23.45 * math.sin(math.radians(360.0 * (284 + day_of_year) / 365.0)))
    hour_angle, latitude = math.radians(15.0 * (solar_hour - 12.0)), math.radians(latitude_deg)
    sine = math.sin(latitude) * math.sin(declination)
    sine += math.cos(latitude) * math.cos(declination) * math.cos(hour_angle)
    return math.degrees(math.asin(max(-1.0, min(1.0, sine))))


def roughness_length(terrain: str, *, wind_10m_m_s: float) -> float:
    """Roughness length of a terrain, m; of water 2.6e-6 U10^2.5 (ALOHA-TD; the others: ROUGHNESS_M).

    >>> round(roughness_length("water", wind_10m_m_s=5.0), 6)
    0.000145
    """
    return 2.6e-6 * wind_10m_m_s**2.5 if terrain == "water" else ROUGHNESS_M[terrain]


def spread_terrain(roughness_m: float) -> Literal["rural", "urban"]:
    """Which of the two sets of vertical spread a ground of this roughness length takes (ALOHA-TD)."""
    return "urban" if roughness_m >= URBAN_FROM_M else "rural"


def obukhov_length(stability: str, *, roughness_m: float) -> float:
    """Monin-Obukhov length of a class, m: negative by day, positive at night, inf for D (ALOHA-TD 4.2.3).

    >>> round(obukhov_length("F", roughness_m=0.03), 2)
    14.32
    """
    if stability == "D":
        return math.inf
    factor, power = _OBUKHOV[stability]
    return factor * math.exp(power * math.log(roughness_m))


def stability_correction(zeta: float) -> float:
    """psi(z/L), what stability takes from the logarithm of the wind profile; 0 in neutral air.

    -4.7 zeta above 0; below, 2 ln((1+a)/2) + ln((1+a2)/2) - 2 atan a + pi/2 with a = (1 - 15 zeta)^1/4.
    Beyond zeta of about 1 it is carried on as ALOHA does (ALOHA-TD 4.2.3).
    """
    if zeta >= 0.0:
        return -4.7 * zeta
    a = (1.0 - 15.0 * zeta) ** 0.25
    return (
        2.0 * math.log((1.0 + a) / 2.0) + math.log((1.0 + a * a) / 2.0) - 2.0 * math.atan(a) + math.pi / 2.0
    )


def wind_at(height_m: float, *, wind_10m_m_s: float, stability: str, roughness_m: float) -> float:
    """Log-law wind at a height, m/s: U10 f(z)/f(10), f(z) = ln((z + z0)/z0) - psi(z/L).

    Raises ``ValueError`` for a height outside 0 to :data:`HIGHEST_M` and for a roughness length outside
    1e-6 to 2 m. Source: ALOHA-TD 4.2.3.

    >>> round(wind_at(3.0, wind_10m_m_s=5.0, stability="D", roughness_m=0.03), 2)
    3.97
    """
    if not 0.0 < height_m <= HIGHEST_M:
        raise ValueError(f"the wind at {height_m} m; the log law holds above 0 and up to {HIGHEST_M:.0f} m")
    if not 1e-6 <= roughness_m <= 2.0:
        raise ValueError(f"a roughness length of {roughness_m} m; from 1e-6 to 2 m")
    length = obukhov_length(stability, roughness_m=roughness_m)

    def profile(z: float) -> float:
        return math.log((z + roughness_m) / roughness_m) - stability_correction(z / length)

    return wind_10m_m_s * profile(height_m) / profile(10.0)


def wind_by_power_law(height_m: float, *, wind_10m_m_s: float, exponent: float) -> float:
    """Wind at a height, m/s: U10 (z/10)^n, n from :data:`WIND_EXPONENT` or :data:`WIND_EXPONENT_URBAN`.

    Raises ``ValueError`` for a height outside 0 to :data:`HIGHEST_M`.
    """
    if not 0.0 < height_m <= HIGHEST_M:
        raise ValueError(f"the wind at {height_m} m; the power law holds above 0 and up to {HIGHEST_M:.0f} m")
    return wind_10m_m_s * math.exp(exponent * math.log(height_m / 10.0))


def transport_wind(
    wind_10m_m_s: float,
    *,
    stability: str,
    terrain: str = "rural",
    height_m: float = 3.0,
    release_m: float = 0.0,
    roughness_m: float | None = None,
) -> float:
    """Wind that carries a plume, m/s: the log-law wind at ``height_m`` (ALOHA-TD 4.2.3; 3 m as in HAZEL).

    At the height of the release if that is above it. ``roughness_m`` stands in for that of the terrain.
    Taking the wind at 10 m instead shortens zones to 0.67 to 0.91 of ALOHA's. Raises ``ValueError``
    below 1 m/s at 10 m, where there is no valid answer.

    >>> round(transport_wind(5.0, stability="D", terrain="rural"), 2)
    3.97
    """
    if not wind_10m_m_s >= 1.0:
        raise ValueError(f"a wind of {wind_10m_m_s} m/s; the plume has no valid answer below 1 m/s at 10 m")
    if roughness_m is None:
        roughness_m = roughness_length(terrain, wind_10m_m_s=wind_10m_m_s)
    return wind_at(
        max(height_m, release_m), wind_10m_m_s=wind_10m_m_s, stability=stability, roughness_m=roughness_m
    )


def air_density(temperature_k: float, *, pressure_pa: float = P0_PA) -> float:
    """Of dry air as an ideal gas, kg/m3.

    >>> round(air_density(288.15), 3)
    1.225
    """
    return pressure_pa * AIR_KG_MOL / (R_J_MOL_K * temperature_k)
