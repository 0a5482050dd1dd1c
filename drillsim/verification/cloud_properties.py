"""What must hold of every gas cloud, whatever its numbers: section 14 of the sheet, each over a sweep.

Every function returns the worst that it meets, so that one row of ``cases.csv`` bounds it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise, product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.hazards import plume
from drillsim.hazards.dense import dense_distance, dense_plume, dense_puff
from drillsim.hazards.puff import CCPS, puff_at, puff_concentration

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "asymmetry",
    "class_zone_growth",
    "dense_volume_error",
    "early_share",
    "far_lid_error",
    "halves_error",
    "lid_joint_step",
    "long_release_error",
    "plume_flux_error",
    "proportion_error",
    "puff_mass_error",
    "short_release_error",
    "town_over_country_zone",
    "zone_ratio",
]

_CLASSES: Final = "ABCDEF"
_GROUNDS: Final = ("rural", "urban")
_FAR_M: Final = (30.0, 100.0, 300.0, 1000.0, 5000.0)
_WIND_M_S: Final = 2.4
_LNG: Final = {
    "volume_rate_m3_s": 55.6,
    "density_kg_m3": 1.76,
    "vapour_k": 111.15,
    "air_k": 298.0,
    "wind_10m_m_s": 10.9,
}
_CHLORINE: Final = _LNG | {"density_kg_m3": 3.1, "vapour_k": 278.15, "air_k": 278.15, "wind_10m_m_s": 3.0}


def _apart(got: Any, wanted: Any) -> float:
    """Largest relative difference."""
    return float(np.max(np.abs(np.asarray(got) / np.asarray(wanted) - 1.0)))


def _plume(x_m: Any, y_m: Any = 0.0, **changes: Any) -> NDArray[np.float64]:
    """The passive plume of 0.1 kg/s with some of its inputs changed."""
    given: dict[str, Any] = {"rate_kg_s": 0.1, "wind_m_s": _WIND_M_S, "stability": "D", "terrain": "rural"}
    x, y = np.broadcast_arrays(np.asarray(x_m, dtype=float), y_m)
    return plume.plume_concentration(x, y, **given | changes)


# -- zones (1, 8) -----------------------------------------------------------------------------------------


def zone_ratio(more: str) -> float:
    """Largest ratio of two zones of which the first should not be the longer: that of three times the level
    (``level``), of half the rate (``rate``) or the duration (``duration``); passive and dense."""
    change = {
        "level": {"level": 3.0},
        "rate": {"rate": 0.5},
        "duration": {"duration_s": 0.5},
    }[more]
    zones = [partial(_passive_zone_m, name, ground) for name, ground in product(_CLASSES, _GROUNDS)]
    zones += [partial(_dense_zone_m, release) for release in (_LNG, _CHLORINE)]
    return max(_ratio(zone, change) for zone in zones)


def _ratio(zone: Callable[..., float], change: dict[str, float]) -> float:
    worst = 0.0
    for level, rate, duration in product((1e-3, 1e-2), (0.2, 1.0), (60.0, 600.0, 3600.0)):
        base = {"level": level, "rate": rate, "duration_s": duration}
        less = base | {name: base[name] * factor for name, factor in change.items()}
        worst = max(worst, zone(**less) / zone(**base))
    return worst


def _passive_zone_m(stability: str, terrain: str, *, level: float, rate: float, duration_s: float) -> float:
    return plume.distance_to(
        0.1 * level,
        rate_kg_s=rate,
        wind_10m_m_s=3.0,
        stability=stability,
        terrain=terrain,
        duration_s=duration_s,
    )


def _dense_zone_m(release: dict[str, float], *, level: float, rate: float, duration_s: float) -> float:
    volumes = release | {"volume_rate_m3_s": release["volume_rate_m3_s"] * rate}
    return dense_distance(level, duration_s=duration_s, **volumes)


def town_over_country_zone() -> float:
    """Largest ratio of a zone over a town to that over open country, classes B to F."""
    case = {"level": 2e-4, "rate": 0.1, "duration_s": 3600.0}
    return max(_passive_zone_m(c, "urban", **case) / _passive_zone_m(c, "rural", **case) for c in "BCDEF")


def class_zone_growth() -> float:
    """Smallest ratio of a zone to that of the class before it, A to F, at the same wind at 10 m."""
    case = {"level": 2e-4, "rate": 0.1, "duration_s": 3600.0}
    zones = [_passive_zone_m(stability, "rural", **case) for stability in _CLASSES]
    return min(stabler / before for before, stabler in pairwise(zones))


# -- plume and puff (2, 3, 4, 7, 11, 12) ------------------------------------------------------------------


def proportion_error() -> float:
    """Largest relative error of twice the rate against twice the concentration."""
    x, y = np.meshgrid(np.geomspace(1.0, 9000.0, 40), np.array([0.0, 3.0, 40.0]))
    single, double = (
        np.stack([_plume(x, y, stability=c, rate_kg_s=rate) for c in _CLASSES]) for rate in (0.1, 0.2)
    )
    there = single > 1e-200
    return _apart(double[there], 2.0 * single[there])


def plume_flux_error(*, lid_m: float = math.inf, diameter_m: float = 0.0) -> float:
    """Largest relative error of U times the integral of C over a section, against the rate."""
    found = []
    for stability, terrain, x in product(_CLASSES, _GROUNDS, _FAR_M):
        wide = float(plume.sigma_y(x, stability=stability)) + diameter_m
        high = float(plume.sigma_z(x, stability=stability, terrain=terrain))
        y, z = np.linspace(-8.0, 8.0, 161) * wide, np.linspace(0.0, min(8.0 * high, lid_m), 241)
        across, up = np.meshgrid(y, z)
        more: dict[str, Any] = {"z_m": up, "stability": stability, "terrain": terrain}
        section = _plume(x, across, lid_m=lid_m, diameter_m=diameter_m, **more)
        found.append(_WIND_M_S * float(np.trapezoid(np.trapezoid(section, y, axis=1), z)))
    return _apart(found, 0.1)


def puff_mass_error() -> float:
    """Largest relative error of the integral of C over a puff, against its mass; both sets of spreads."""
    found = []
    for spreads, stability, time_s in product((CCPS, plume.BRIGGS), "ADF", (20.0, 200.0, 2000.0)):
        way = 3.0 * time_s
        sx, sy, sz = (
            float(spread(way, stability, "rural")) for spread in (spreads.along, spreads.across, spreads.up)
        )
        x, y = way + np.linspace(-6.0, 6.0, 61) * sx, np.linspace(-6.0, 6.0, 61) * sy
        z = np.linspace(0.0, 8.0 * sz, 121)
        more: dict[str, Any] = {"mass_kg": 7.0, "wind_m_s": 3.0, "stability": stability, "spreads": spreads}
        cloud = puff_concentration(x[:, None, None], y[:, None], z_m=z, time_s=time_s, **more)
        found.append(float(np.trapezoid(np.trapezoid(np.trapezoid(cloud, z), y), x)))
    return _apart(found, 7.0)


def dense_volume_error() -> float:
    """Largest relative error of what a dense plume carries through a section, and of what a puff holds."""
    way, time = np.geomspace(0.1, 1e4, 60), np.geomspace(0.1, 1e4, 60)
    worst = 0.0
    for release in (_LNG, _CHLORINE):
        cloud = dense_plume(**release)
        section = 2.0 * cloud.half_width_m(way) * cloud.depth_m(way)
        rate = section * cloud.dilution(way) * release["wind_10m_m_s"]
        others = {name: value for name, value in release.items() if name != "volume_rate_m3_s"}
        puff = dense_puff(volume_m3=1000.0, **others)
        held = math.pi * puff.radius_m(time) ** 2 * puff.height_m(time) * puff.dilution(time)
        worst = max(worst, _apart(rate, release["volume_rate_m3_s"]), _apart(held, 1000.0))
    return worst


def _share(x_m: Any, time_s: Any, start_s: float, end_s: float, stability: str) -> NDArray[np.float64]:
    return plume.finite_release(
        x_m, time_s=time_s, start_s=start_s, end_s=end_s, wind_m_s=_WIND_M_S, stability=stability
    )


def halves_error() -> float:
    """Largest difference between two half releases back to back and the whole, as a share of the plume."""
    time = np.linspace(0.0, 5000.0, 501)
    errors = [
        np.abs(
            _share(x, time, 0.0, 300.0, c) + _share(x, time, 300.0, 600.0, c) - _share(x, time, 0.0, 600.0, c)
        ).max()
        for x, c in product(_FAR_M, _CLASSES)
    ]
    return float(max(errors))


def early_share() -> float:
    """Largest share of the plume where it cannot be: before the start and 6 spreads ahead of the front."""
    found = [0.0]
    for x, c in product(_FAR_M, _CLASSES):
        front_s = (x - 6.0 * float(plume.sigma_x(x, stability=c))) / _WIND_M_S
        found += [float(_share(x, time_s, 0.0, 600.0, c)) for time_s in (-10.0, 0.0, front_s)]
    return max(found)


def asymmetry() -> float:
    """Largest difference of the concentration left and right of the axis, kg/m3."""
    x, y = np.meshgrid(np.geomspace(1.0, 9000.0, 40), np.geomspace(0.1, 500.0, 20))
    return float(max(np.abs(_plume(x, y, stability=c) - _plume(x, -y, stability=c)).max() for c in _CLASSES))


def far_lid_error() -> float:
    """Largest relative change by a lid 20 spreads up."""
    lids = {c: 20.0 * float(plume.sigma_z(1000.0, stability=c, terrain="rural")) for c in _CLASSES}
    return max(
        _apart(_plume(1000.0, stability=c, lid_m=lid), _plume(1000.0, stability=c)) for c, lid in lids.items()
    )


def lid_joint_step() -> float:
    """Largest relative step where the images of a lid give way to the uniform profile, at any height."""
    joint = 2.0 * 100.0 / 0.12  # where the vertical spread of class B is two lids of 100 m
    steps = []
    for height, release in product((0.0, 50.0, 99.0), (0.0, 60.0)):
        given: dict[str, Any] = {"stability": "B", "z_m": height, "release_m": release, "lid_m": 100.0}
        before, after = (_plume(joint * way, **given) for way in (1.0 - 1e-6, 1.0 + 1e-6))
        steps.append(_apart(after, before))
    return max(steps)


def long_release_error() -> float:
    """Largest difference between a release without end and the steady plume, as a share of it."""
    shares = [float(_share(x, 3e4, 0.0, 1e6, c)) for x, c in product(_FAR_M, _CLASSES)]
    return _apart(shares, 1.0)


def short_release_error() -> float:
    """Largest relative difference between a release of 0.05 s and a puff of its mass, same spreads."""
    worst = 0.0
    for x, c in product(_FAR_M[1:], _CLASSES):
        steady = float(_plume(x, stability=c, rate_kg_s=3.0 / 0.05))
        brief = steady * float(_share(x, x / _WIND_M_S + 0.025, 0.0, 0.05, c))
        cloud: dict[str, Any] = {
            "mass_kg": 3.0,
            "wind_m_s": _WIND_M_S,
            "stability": c,
            "spreads": plume.BRIGGS,
        }
        worst = max(worst, _apart(brief, puff_at(x, time_s=x / _WIND_M_S, **cloud)))
    return worst
