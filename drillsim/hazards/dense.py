"""Gas denser than air: when a cloud is one, and the Britter-McQuaid plume and puff.

Workbook of Britter and McQuaid (HSE CRR 17/1988), as in GasDispersion.jl: release at ground level, open flat
terrain, no dependence on stability. Expect a factor 2 of ALOHA's DEGADIS and of nature. Planning model, not
for use at a real incident.

The curves give the dilution c, the share of the mixed volume that the undisturbed source fills. Of a vapour
at another temperature than the air's the share by volume is c/(c + (1 - c) T0/Ta). Mass goes with c: a cloud
of density rho0 holds c rho0 kg/m3, and depth times width times wind times c is the volume rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from drillsim.hazards.atmosphere import AIR_KG_MOL, air_density
from drillsim.hazards.constants import GRAVITY_M_S2, P0_PA

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "CCPS_PLUME",
    "CCPS_PUFF",
    "DENSE_RICHARDSON",
    "HIGHEST_ALPHA",
    "PUFF_PACE",
    "DensePlume",
    "DensePuff",
    "ccps_plume_number",
    "ccps_puff_number",
    "critical_richardson",
    "dense_distance",
    "dense_plume",
    "dense_plume_distance",
    "dense_plume_share",
    "dense_puff",
    "dense_puff_distance",
    "dense_puff_share",
    "plume_or_puff",
    "pool_richardson",
]

DENSE_RICHARDSON: Final = 1.95
"""Above this critical Richardson number a cloud is dense. Fitted to ALOHA, whose document says 1; medium."""
CCPS_PLUME: Final = 0.15
"""From this :func:`ccps_plume_number` on a continuous release is dense; from memory, confidence low."""
CCPS_PUFF: Final = 0.20
"""From this :func:`ccps_puff_number` on an instantaneous release is dense; from memory, confidence low."""
HIGHEST_ALPHA: Final = 1.0
"""The curves of the workbook end here; beyond, the last piece is carried on and the result is flagged."""

PUFF_PACE: Final = 0.4
"""Pace of the middle of a puff, as a share of the wind at 10 m (Britter-McQuaid; sheet, section 5)."""

_PLUME_FROM, _PUFF_TO = 2.5, 0.6  # way of the wind during the release over distance; from memory, low
_NEAR_M: Final = 30.0  # end of the near field of a plume, in scaled distance
# Pieces (alpha up to, slope, constant) of beta for each ratio; the last piece has no end.
_PLUME: Final = {
    0.1: ((-0.55, 0.0, 1.75), (-0.14, 0.24, 1.88), (math.inf, -0.50, 1.78)),
    0.05: ((-0.68, 0.0, 1.92), (-0.29, 0.36, 2.16), (-0.18, 0.0, 2.06), (math.inf, -0.56, 1.96)),
    0.02: ((-0.69, 0.0, 2.08), (-0.31, 0.45, 2.39), (-0.16, 0.0, 2.25), (math.inf, -0.54, 2.16)),
    0.01: ((-0.70, 0.0, 2.25), (-0.29, 0.49, 2.59), (-0.20, 0.0, 2.45), (math.inf, -0.52, 2.35)),
    0.005: ((-0.67, 0.0, 2.40), (-0.28, 0.59, 2.80), (-0.15, 0.0, 2.63), (math.inf, -0.48, 2.56)),
    0.002: ((-0.69, 0.0, 2.60), (-0.25, 0.39, 2.87), (-0.13, 0.0, 2.77), (math.inf, -0.50, 2.71)),
}
_PUFF: Final = {
    0.1: ((-0.44, 0.0, 0.70), (0.43, 0.26, 0.81), (math.inf, 0.0, 0.93)),
    0.05: ((-0.56, 0.0, 0.85), (0.31, 0.26, 1.00), (math.inf, -0.12, 1.12)),
    0.02: ((-0.66, 0.0, 0.95), (0.32, 0.36, 1.19), (math.inf, -0.26, 1.38)),
    0.01: ((-0.71, 0.0, 1.15), (0.37, 0.34, 1.39), (math.inf, -0.38, 1.66)),
    0.005: ((-0.52, 0.0, 1.48), (0.24, 0.26, 1.62), (math.inf, -0.30, 1.75)),
    0.002: ((0.27, 0.0, 1.83), (math.inf, -0.32, 1.92)),
    0.001: ((-0.10, 0.0, 2.075), (math.inf, -0.27, 2.05)),
}


# -- when a cloud is dense ------------------------------------------------------------------------------


def critical_richardson(
    rate_kg_s: float,
    *,
    density_kg_m3: float,
    wind_10m_m_s: float,
    air_k: float,
    diameter_m: float | None = None,
    pressure_pa: float = P0_PA,
) -> float:
    """Critical Richardson number of a continuous release: H g'/u*^2 (ALOHA-TD 4.4.1).

    H = sqrt(pi Q/(4 rho U10)) for a jet, a hole or a direct source, Q/(rho U10 D) for a pool of
    ``diameter_m``; g' = g (rho - rho_air)/rho_air; u* = 0.03 U10. rho is that of the cloud as it leaves, at
    its own temperature. Above :data:`DENSE_RICHARDSON` it is dense; 0 for one no denser than the air.

    >>> round(critical_richardson(1.0, density_kg_m3=1.865, wind_10m_m_s=5.0, air_k=288.15))  # propane
    66
    """
    air = air_density(air_k, pressure_pa=pressure_pa)
    if diameter_m is None:
        depth = math.sqrt(math.pi * rate_kg_s / (4.0 * density_kg_m3 * wind_10m_m_s))
    else:
        depth = rate_kg_s / (density_kg_m3 * wind_10m_m_s * diameter_m)
    reduced = GRAVITY_M_S2 * (density_kg_m3 - air) / air
    return max(0.0, depth * reduced / (0.03 * wind_10m_m_s) ** 2)


def pool_richardson(
    rate_kg_s: float,
    *,
    wind_10m_m_s: float,
    diameter_m: float,
    molar_mass_kg_mol: float,
    vapour_k: float,
    air_k: float,
) -> float:
    """Critical Richardson number of the pure vapour of a pool at ``vapour_k``, both gases ideal.

    >>> round(pool_richardson(0.1, wind_10m_m_s=3.0, diameter_m=6.0, molar_mass_kg_mol=0.053,
    ...                       vapour_k=293.15, air_k=293.15), 2)
    2.53
    """
    return critical_richardson(
        rate_kg_s,
        density_kg_m3=air_density(vapour_k) * molar_mass_kg_mol / AIR_KG_MOL,
        wind_10m_m_s=wind_10m_m_s,
        air_k=air_k,
        diameter_m=diameter_m,
    )


def ccps_plume_number(
    volume_rate_m3_s: float,
    *,
    density_kg_m3: float,
    air_k: float,
    wind_10m_m_s: float,
    pressure_pa: float = P0_PA,
) -> float:
    """(g' V/(U^3 D))^(1/3) of a continuous release, D = sqrt(V/U); dense from :data:`CCPS_PLUME` on.

    From memory, confidence low. 0 for a cloud no denser than the air.
    """
    reduced = max(0.0, _reduced(density_kg_m3, air_k, pressure_pa))
    width = math.sqrt(volume_rate_m3_s / wind_10m_m_s)
    return float((reduced * volume_rate_m3_s / (wind_10m_m_s**3 * width)) ** (1.0 / 3.0))


def ccps_puff_number(
    volume_m3: float,
    *,
    density_kg_m3: float,
    air_k: float,
    wind_10m_m_s: float,
    pressure_pa: float = P0_PA,
) -> float:
    """sqrt(g' V0)/(U V0^(1/3)) of an instantaneous release; dense from :data:`CCPS_PUFF` on.

    From memory, confidence low. 0 for a cloud no denser than the air.
    """
    reduced = max(0.0, _reduced(density_kg_m3, air_k, pressure_pa))
    return float(math.sqrt(reduced * volume_m3) / (wind_10m_m_s * volume_m3 ** (1.0 / 3.0)))


def plume_or_puff(x_m: float, *, wind_10m_m_s: float, duration_s: float) -> Literal["plume", "puff", "both"]:
    """Which model holds at ``x_m``: plume where U td/x >= 2.5, puff where <= 0.6; between, the higher of
    both. From memory, confidence low: it contradicts case V10 (:func:`dense_distance`).
    """
    travelled = wind_10m_m_s * duration_s / x_m
    return "plume" if travelled >= _PLUME_FROM else "puff" if travelled <= _PUFF_TO else "both"


# -- curves ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Curve:
    """Dilution over scaled distance: a near field, points joined linearly in the logarithm of distance, and
    beyond the last of them a fall with the square."""

    near: float  # c = near/(near + x'^2)
    near_end: float  # in scaled distance
    floor: float  # the near field ends no lower
    log_x: NDArray[np.float64]
    ratio: NDArray[np.float64]

    def dilution(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        near = np.maximum(self.near / (self.near + x * x), self.floor)
        with np.errstate(divide="ignore"):
            middle = np.interp(np.log10(x), self.log_x, self.ratio)
        last = 10.0 ** self.log_x[-1]
        far = self.ratio[-1] * (last / np.maximum(x, last)) ** 2
        return np.where(x <= self.near_end, near, np.where(x < last, middle, far))

    def distance(self, dilution: float) -> float:
        """Greatest scaled distance at which it is at least ``dilution``, in (0, 1)."""
        if dilution <= self.ratio[-1]:
            return float(10.0 ** self.log_x[-1] * math.sqrt(self.ratio[-1] / dilution))
        if dilution <= self.ratio[0]:
            return float(10.0 ** np.interp(-dilution, -self.ratio, self.log_x))
        return min(math.sqrt(self.near * (1.0 - dilution) / dilution), self.near_end)


def _beta(pieces: tuple[tuple[float, float, float], ...], alpha: float) -> float:
    _, slope, constant = next(piece for piece in pieces if alpha <= piece[0])
    return slope * alpha + constant


def _plume_curve(alpha: float) -> _Curve:
    points = [(_beta(pieces, alpha), ratio) for ratio, pieces in _PLUME.items()]
    if points[0][0] > math.log10(_NEAR_M):
        points.insert(0, (math.log10(_NEAR_M), 306.0 / (306.0 + _NEAR_M**2)))
    log_x, ratio = (np.array(column) for column in zip(*points, strict=True))
    # For alpha above 0.6 the first point lies nearer than 30: the near field stops there, with a step down.
    return _Curve(306.0, float(10.0 ** log_x[0]), 0.0, log_x, ratio)


def _puff_curve(alpha: float) -> _Curve:
    points = [(_beta(pieces, alpha), ratio) for ratio, pieces in _PUFF.items()]
    log_x, ratio = (np.array(column) for column in zip(*points, strict=True))
    return _Curve(3.24, float(10.0 ** log_x[0]), 0.1, log_x, ratio)


def _share(dilution: Any, warmth: float) -> Any:
    return dilution / (dilution + (1.0 - dilution) * warmth)


def _dilution(share: float, warmth: float) -> float:
    if not 0.0 < share < 1.0:
        raise ValueError(f"a share of {share} by volume; above 0 and below 1")
    return share * warmth / (1.0 - share + share * warmth)


def _reduced(density_kg_m3: float, air_k: float, pressure_pa: float) -> float:
    air = air_density(air_k, pressure_pa=pressure_pa)
    return GRAVITY_M_S2 * (density_kg_m3 - air) / air


def _dense_reduced(density_kg_m3: float, air_k: float, wind_10m_m_s: float, pressure_pa: float) -> float:
    """g' of a dense cloud, m/s2; raises ``ValueError`` where the workbook has no answer."""
    if not wind_10m_m_s >= 1.0:
        raise ValueError(f"a wind of {wind_10m_m_s} m/s; no valid answer below 1 m/s at 10 m")
    reduced = _reduced(density_kg_m3, air_k, pressure_pa)
    if not reduced > 0.0:
        raise ValueError(
            f"a cloud of {density_kg_m3:.3g} kg/m3 is no denser than the air, "
            f"{air_density(air_k, pressure_pa=pressure_pa):.3g} kg/m3; the passive plume holds for it"
        )
    return reduced


def _flags(alpha: float) -> tuple[str, ...]:
    if alpha <= HIGHEST_ALPHA:
        return ()
    return (f"dense cloud with alpha {alpha:.2f}: the workbook's curves end at {HIGHEST_ALPHA:g}",)


# -- plume ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DensePlume:
    """A steady dense plume, made by :func:`dense_plume`; x downwind of the middle of the source."""

    volume_rate_m3_s: float
    wind_10m_m_s: float
    warmth: float  # temperature of the vapour over that of the air
    scale_m: float  # D
    buoyancy_m: float  # lb
    alpha: float
    curve: _Curve

    @property
    def flags(self) -> tuple[str, ...]:
        """What is outside the workbook's range."""
        return _flags(self.alpha)

    def at_rate(self, factor: float) -> DensePlume:
        """The plume of ``factor`` times this rate, of the same gas in the same wind."""
        alpha = self.alpha + 0.2 * math.log10(factor)
        return replace(
            self,
            volume_rate_m3_s=factor * self.volume_rate_m3_s,
            scale_m=math.sqrt(factor) * self.scale_m,
            buoyancy_m=factor * self.buoyancy_m,
            alpha=alpha,
            curve=_plume_curve(alpha),
        )

    @property
    def upwind_reach_m(self) -> float:
        """How far the plume reaches upwind: D/2 + 2 lb."""
        return self.scale_m / 2.0 + 2.0 * self.buoyancy_m

    @property
    def source_half_width_m(self) -> float:
        """Half-width at x = 0: D + 8 lb."""
        return self.scale_m + 8.0 * self.buoyancy_m

    def dilution(self, x_m: Any) -> NDArray[np.float64]:
        """Volume of the source over mixed volume at x (array); 1 from the upwind edge to 0, 0 beyond it."""
        x = np.asarray(x_m, dtype=np.float64)
        here = self.curve.dilution(np.maximum(x, 0.0) / self.scale_m)
        return np.where(x >= -self.upwind_reach_m, here, 0.0)

    def share(self, x_m: Any) -> NDArray[np.float64]:
        """Share by volume Cm/C0 on the axis at x (array), at the mixed temperature."""
        return np.asarray(_share(self.dilution(x_m), self.warmth))

    def half_width_m(self, x_m: Any) -> NDArray[np.float64]:
        """D + 8 lb + 2.5 (lb x2)^(1/3) downwind; upwind a parabola to 0 at the edge (this product's)."""
        x = np.asarray(x_m, dtype=np.float64)
        grown = 2.5 * np.cbrt(self.buoyancy_m * np.maximum(x, 0.0) ** 2)
        inside = np.clip(1.0 + x / self.upwind_reach_m, 0.0, 1.0)
        return np.asarray(self.source_half_width_m * np.sqrt(inside) + grown)

    def depth_m(self, x_m: Any) -> NDArray[np.float64]:
        """Depth V/(2 U Lh c) of the plume, uniform inside and nothing above; 0 beyond the upwind edge.

        With the dilution c, not the corrected share: that one carries the mass of a cold vapour through.
        """
        section = 2.0 * self.wind_10m_m_s * self.half_width_m(x_m) * self.dilution(x_m)
        with np.errstate(divide="ignore"):
            return np.where(section > 0.0, self.volume_rate_m3_s / section, 0.0)

    def distance_m(self, share: float) -> float:
        """Greatest distance with at least this share; raises ``ValueError`` outside 0 to 1."""
        return self.scale_m * self.curve.distance(_dilution(share, self.warmth))


def dense_plume(
    *,
    volume_rate_m3_s: float,
    density_kg_m3: float,
    vapour_k: float,
    air_k: float,
    wind_10m_m_s: float,
    pressure_pa: float = P0_PA,
) -> DensePlume:
    """Britter-McQuaid plume of a continuous release, its rate and density as it leaves, at ``vapour_k``.

    D = sqrt(V/U); alpha = 0.2 log10(g'^2 V/U^5); lb = V g'/U^3. Near field 306/(306 + x'^2) to x' = 30,
    linear in log x to and between the points, square law beyond. Flagged above alpha 1. Raises
    ``ValueError`` for a cloud no denser than the air, a rate that is not positive, a wind below 1 m/s.
    """
    if not volume_rate_m3_s > 0.0:
        raise ValueError(f"a volume rate of {volume_rate_m3_s} m3/s; above 0")
    reduced = _dense_reduced(density_kg_m3, air_k, wind_10m_m_s, pressure_pa)
    alpha = 0.2 * math.log10(reduced**2 * volume_rate_m3_s / wind_10m_m_s**5)
    return DensePlume(
        volume_rate_m3_s=volume_rate_m3_s,
        wind_10m_m_s=wind_10m_m_s,
        warmth=vapour_k / air_k,
        scale_m=math.sqrt(volume_rate_m3_s / wind_10m_m_s),
        buoyancy_m=volume_rate_m3_s * reduced / wind_10m_m_s**3,
        alpha=alpha,
        curve=_plume_curve(alpha),
    )


# -- puff -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DensePuff:
    """A dense cloud let out at once, made by :func:`dense_puff`; times since the release.

    A cylinder, uniform inside. Its share belongs to the scaled distance of its front, centre and radius.
    """

    volume_m3: float
    wind_10m_m_s: float
    warmth: float  # temperature of the cloud over that of the air
    spread_m2_s: float  # sqrt(g' V0)
    alpha: float
    curve: _Curve

    @property
    def flags(self) -> tuple[str, ...]:
        """What is outside the workbook's range."""
        return _flags(self.alpha)

    @property
    def scale_m(self) -> float:
        """V0^(1/3)."""
        return float(self.volume_m3 ** (1.0 / 3.0))

    @property
    def first_radius_m(self) -> float:
        """R0 = (3 V0/4 pi)^(1/3)."""
        return float((3.0 * self.volume_m3 / (4.0 * math.pi)) ** (1.0 / 3.0))

    def centre_m(self, time_s: Any) -> NDArray[np.float64]:
        """Distance of the centre from the release: 0.4 U t."""
        return np.asarray(PUFF_PACE * self.wind_10m_m_s * np.asarray(time_s, dtype=np.float64))

    def radius_m(self, time_s: Any) -> NDArray[np.float64]:
        """sqrt(R0^2 + 1.2 t sqrt(g' V0))."""
        time = np.asarray(time_s, dtype=np.float64)
        return np.asarray(np.sqrt(self.first_radius_m**2 + 1.2 * time * self.spread_m2_s))

    def front_m(self, time_s: Any) -> NDArray[np.float64]:
        """Distance of the leading edge."""
        return np.asarray(self.centre_m(time_s) + self.radius_m(time_s))

    def dilution(self, time_s: Any) -> NDArray[np.float64]:
        """Volume of the source over that of the cloud at times >= 0 (array)."""
        return self._dilution_at(self.front_m(time_s))

    def _dilution_at(self, front_m: Any) -> NDArray[np.float64]:
        return self.curve.dilution(np.asarray(front_m, dtype=np.float64) / self.scale_m)

    def share_at(self, front_m: Any) -> NDArray[np.float64]:
        """Share by volume in the cloud once its front has come so far (array)."""
        return np.asarray(_share(self._dilution_at(front_m), self.warmth))

    def height_at_m(self, front_m: Any, *, radius_m: Any) -> NDArray[np.float64]:
        """V0/(pi R2 c) of a cloud of this radius whose front has come so far, so that it keeps its mass."""
        return np.asarray(self.volume_m3 / (math.pi * np.square(radius_m) * self._dilution_at(front_m)))

    def past_s(self, reach_m: float, *, wind_10m_m_s: float) -> float:
        """When its rear, middle less radius, has come so far in a wind as low as this one."""
        pace = PUFF_PACE * wind_10m_m_s
        # (pace t - reach)^2 = R0^2 + 1.2 t sqrt(g' V0)
        half = pace * reach_m + 0.6 * self.spread_m2_s
        rest = reach_m**2 - self.first_radius_m**2
        return (half + math.sqrt(half**2 - pace**2 * rest)) / pace**2

    def share(self, time_s: Any) -> NDArray[np.float64]:
        """Share by volume in the cloud, Cm/C0, at times >= 0 (array), at the mixed temperature."""
        return self.share_at(self.front_m(time_s))

    def height_m(self, time_s: Any) -> NDArray[np.float64]:
        """V0/(pi R2 c), with the dilution c, so that the cloud keeps its mass."""
        return self.height_at_m(self.front_m(time_s), radius_m=self.radius_m(time_s))

    def distance_m(self, share: float) -> float:
        """Greatest distance of the front with at least this share in the cloud, never less than R0.

        Raises ``ValueError`` outside 0 to 1.
        """
        return max(self.scale_m * self.curve.distance(_dilution(share, self.warmth)), self.first_radius_m)


def dense_puff(
    *,
    volume_m3: float,
    density_kg_m3: float,
    vapour_k: float,
    air_k: float,
    wind_10m_m_s: float,
    pressure_pa: float = P0_PA,
) -> DensePuff:
    """Britter-McQuaid puff of a release at once, its volume and density as it leaves, at ``vapour_k``.

    alpha = 0.5 log10(g' V0^(1/3)/U^2); near field 3.24/(3.24 + x'^2), not below 0.1; square law beyond the
    last point. Flagged above alpha 1. Raises ``ValueError`` as :func:`dense_plume` does.
    """
    if not volume_m3 > 0.0:
        raise ValueError(f"a volume of {volume_m3} m3; above 0")
    reduced = _dense_reduced(density_kg_m3, air_k, wind_10m_m_s, pressure_pa)
    alpha = 0.5 * math.log10(reduced * volume_m3 ** (1.0 / 3.0) / wind_10m_m_s**2)
    return DensePuff(
        volume_m3=volume_m3,
        wind_10m_m_s=wind_10m_m_s,
        warmth=vapour_k / air_k,
        spread_m2_s=math.sqrt(reduced * volume_m3),
        alpha=alpha,
        curve=_puff_curve(alpha),
    )


# -- plain answers --------------------------------------------------------------------------------------


def dense_plume_share(x_m: float, **release: float) -> float:
    """Share by volume at ``x_m`` of the plume of a release, given as to :func:`dense_plume`."""
    return float(dense_plume(**release).share(x_m))


def dense_puff_share(time_s: float, **release: float) -> float:
    """Share by volume in the puff of a release after ``time_s``, given as to :func:`dense_puff`."""
    return float(dense_puff(**release).share(time_s))


def dense_plume_distance(share: float, **release: float) -> float:
    """Zone length of a share by volume, m, for a release given as to :func:`dense_plume`."""
    return dense_plume(**release).distance_m(share)


def dense_puff_distance(share: float, **release: float) -> float:
    """Zone length of a share by volume, m, for a release given as to :func:`dense_puff`."""
    return dense_puff(**release).distance_m(share)


def dense_distance(
    share: float,
    *,
    volume_rate_m3_s: float,
    duration_s: float,
    density_kg_m3: float,
    vapour_k: float,
    air_k: float,
    wind_10m_m_s: float,
    pressure_pa: float = P0_PA,
) -> float:
    """Zone length of a share by volume, m, of a release of some duration: the shorter of plume and puff.

    Nowhere is there more than in the plume that its rate would make for ever, or in the puff of its mass let
    go at once. So a zone never shrinks with the duration. The rule of :func:`plume_or_puff`, the higher of
    both between the two, would put case V10 of the sheet at 10.4 km, 3.4 times ALOHA. Raises ``ValueError``
    as the two do, and for a duration that is not positive.
    """
    if not duration_s > 0.0:
        raise ValueError(f"a release of {duration_s} s; above 0")
    air = {
        "density_kg_m3": density_kg_m3,
        "vapour_k": vapour_k,
        "air_k": air_k,
        "wind_10m_m_s": wind_10m_m_s,
        "pressure_pa": pressure_pa,
    }
    return min(
        dense_plume_distance(share, volume_rate_m3_s=volume_rate_m3_s, **air),
        dense_puff_distance(share, volume_m3=volume_rate_m3_s * duration_s, **air),
    )
