"""What must hold of every source, dose and blast, whatever its numbers: section 14 of the sheet.

As :mod:`cloud_properties`: every function returns the worst of a sweep.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.hazards import constants, discharge, evaporation, indoor, plume, toxic_load
from drillsim.hazards.dense import dense_plume
from drillsim.hazards.fireball import fireball, fireball_heat_w_m2
from drillsim.hazards.outflow import Release
from drillsim.hazards.pool import pool_mass_evaporated_kg
from drillsim.hazards.pool_fire import pool_fire, pool_fire_heat_w_m2
from drillsim.hazards.probit import death_probability, probit_set
from drillsim.hazards.shapes import Vessel
from drillsim.hazards.stand_off import stand_off
from drillsim.hazards.substances import substance
from drillsim.hazards.vapour_explosion import tnt_blast_pa, vapour_blast_pa
from drillsim.hazards.vessel import Emptying, Hole

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "accepted_outside_range",
    "blast_joint_step",
    "choked_step",
    "indoor_excess_ppm",
    "indoor_step_over_renewal",
    "largest_rise",
    "load_cut_error",
    "not_finite",
    "standing_load_error",
    "tank_imbalance",
    "tank_step_change",
]

_JOINTS: Final = {0.2: 0.35, 0.35: 0.32, 0.7: 0.30, 5.2: 0.16}  # flame Mach: x0 of the sheet, 8.3


def _apart(got: Any, wanted: Any) -> float:
    """Largest relative difference."""
    return float(np.max(np.abs(np.asarray(got) / np.asarray(wanted) - 1.0)))


# -- tanks (5, 9) -----------------------------------------------------------------------------------------


def _tank(name: str, *, steps: int = 30, height_m: float = 0.1) -> Release:
    """A lying tank of a substance, 80 % full at 15 °C, that runs out through a hole."""
    model = Emptying.filled(
        Vessel("horizontal-cylinder", 2.5, 8.0),
        substance=substance(name),
        hole=Hole(2e-3, height_m),
        fill=0.8,
        temperature_k=288.15,
        steps=steps,
    )
    return Release(model, 0.0, model.charge)


def tank_imbalance() -> float:
    """Largest share of the first charge that is neither left nor out, or less than nothing, at any step."""
    worst = 0.0
    for name, height in product(("acrylonitrile", "chlorine", "propane"), (0.1, 2.3)):
        release = _tank(name, height_m=height)
        outflow, model = release.outflow, release.model
        for edge, state in zip(release.edges_s, release.states, strict=True):
            missing = abs(model.held_kg(state) - outflow.left_kg(edge))
            worst = max(worst, missing / outflow.held_kg, -min(state))
    return worst


def tank_step_change() -> float:
    """Largest relative change of the highest rate and the mass out when the steps are halved."""
    worst = 0.0
    for name in ("acrylonitrile", "chlorine", "propane"):
        coarse, fine = (_tank(name, steps=steps).outflow for steps in (30, 60))
        worst = max(worst, _apart(coarse.largest_mean_kg_s(), fine.largest_mean_kg_s()))
        for time_s in (300.0, 900.0, 1800.0):
            out = [found.held_kg - found.left_kg(time_s) for found in (coarse, fine)]
            worst = max(worst, _apart(*out))
    return worst


# -- gas through a hole (14) ------------------------------------------------------------------------------


def choked_step() -> float:
    """Largest relative step of the gas rate at the critical pressure ratio, over heat capacities."""
    worst = 0.0
    for gamma in np.linspace(1.05, 1.67, 32).tolist():
        meeting = constants.P0_PA / discharge.critical_pressure_ratio(gamma)
        below, above = (
            discharge.gas_orifice_rate(
                1e-3, density_kg_m3=3.0, pressure_pa=meeting * way, heat_capacity_ratio=gamma
            )
            for way in (1.0 - 1e-7, 1.0 + 1e-7)
        )
        worst = max(worst, _apart(above, below))
    return worst


# -- indoors (6) ------------------------------------------------------------------------------------------


def _passing_cloud() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Times, s, an uneven cloud outdoors and what comes of it in a building of 15 minutes, ppm."""
    times = np.arange(0.0, 7200.0, 10.0)
    cloud = np.where((times >= 300.0) & (times < 1500.0), 40.0 + 30.0 * np.sin(times / 70.0), 0.0)[None, :]
    return times, cloud, indoor.indoor_concentration(cloud, changes=np.diff(times) / 900.0)


def indoor_excess_ppm() -> float:
    """Most that the air indoors has above the highest outdoors so far, ppm."""
    _, outdoors, inside = _passing_cloud()
    return float((inside[:, 1:] - np.maximum.accumulate(outdoors, axis=1)[:, :-1]).max())


def indoor_step_over_renewal() -> float:
    """Largest step indoors over what the air renewed within it can bring or take."""
    times, outdoors, inside = _passing_cloud()
    renewed = -math.expm1(-float(times[1] - times[0]) / 900.0)
    return float(np.abs(np.diff(inside)).max() / (renewed * outdoors.max()))


# -- toxic load (13) --------------------------------------------------------------------------------------


def _load_table(exponent: float) -> Any:
    times = np.array([0.0, 60.0, 120.0, 300.0, 900.0])
    ppm = np.array([[0.0, 10.0, 40.0, 5.0, 0.0], [20.0] * 5])
    return toxic_load.toxic_load_table(times, ppm, exponent=exponent)


def load_cut_error() -> float:
    """Largest relative difference between the load of a path and the sum over its pieces."""
    worst = 0.0
    for exponent, pieces in product((1.0, 2.0, 2.75), (2, 7, 100)):
        table, edges = _load_table(exponent), np.linspace(0.0, 1000.0, pieces + 1)
        stays: dict[str, Any] = {
            "space": np.zeros(pieces, dtype=np.intp),
            "start_s": edges[:-1],
            "end_s": edges[1:],
        }
        parts = toxic_load.path_loads(table, person=np.zeros(pieces, dtype=np.intp), people=1, **stays)
        whole = table.dose(np.array([0]), np.array([0.0]), np.array([1000.0]))
        worst = max(worst, _apart(parts, whole))
    return worst


def standing_load_error() -> float:
    """Largest relative error of a stay in 20 ppm against C^n t."""
    return max(
        _apart(
            _load_table(n).dose(np.array([1]), np.array([30.0]), np.array([3630.0])),
            toxic_load.constant_load(20.0, exponent=n, duration_s=3600.0),
        )
        for n in (1.0, 2.0, 2.75)
    )


# -- blast and heat (15) ----------------------------------------------------------------------------------


def blast_joint_step() -> float:
    """Largest relative step of a blast curve where its plateau ends."""
    energy = 101325.0  # so that the scaled distance is the distance
    ends = {mach: np.array([end - 1e-9, end + 1e-9]) for mach, end in _JOINTS.items()}
    blasts = [vapour_blast_pa(x, energy_j=energy, mach=mach) for mach, x in ends.items()]
    return max(_apart(outside, inside) for inside, outside in blasts)


def largest_rise(kind: str) -> float:
    """Largest relative rise from a distance to the next: ``blast``, ``tnt``, ``fireball``, ``pool-fire``.

    A blast counts from where its plateau ends; the joint itself is :func:`blast_joint_step`.
    """
    x = np.geomspace(0.37, 2000.0, 2000)
    curves: dict[str, Callable[[], list[Any]]] = {
        "blast": lambda: [
            vapour_blast_pa(x, energy_j=101325.0, mach=m) for m in (0.1, 0.2, 0.5, 0.7, 3, 5.2)
        ],
        "tnt": lambda: [tnt_blast_pa(x, tnt_kg=kg) for kg in (1.0, 1000.0)],
        "fireball": lambda: [
            fireball_heat_w_m2(x, ball=fireball(kg, heat_of_combustion_j_kg=46e6)) for kg in (100.0, 2e4)
        ],
        "pool-fire": lambda: [
            pool_fire_heat_w_m2(x, fire=pool_fire(area, substance="toluene", wind_m_s=wind))
            for area, wind in product((5.0, 200.0), (0.0, 5.0))
        ],
    }
    return max(float((np.diff(curve) / curve[:-1]).max()) for curve in curves[kind]())


# -- ranges (10, 16) --------------------------------------------------------------------------------------


def not_finite() -> float:
    """How many values at the ends of the ranges are not finite."""
    constants = probit_set(substance("chlorine"))
    boiling = {"mass_kg": 100.0, "area_m2": 10.0, "wind_10m_m_s": 1.0}
    gone: dict[str, Any] = {
        "rate_kg_s": 1.0,
        "wind_10m_m_s": 1.0,
        "stability": "F",
        "terrain": "rural",
        "duration_s": 0.0,
    }
    x = np.array([-1.0, 0.0, 1e-9, 1e4])
    values = [
        pool_mass_evaporated_kg("chlorine", air_k=293.15, time_s=600.0, **boiling),
        pool_mass_evaporated_kg("propylene_oxide", air_k=307.65, time_s=600.0, **boiling),
        evaporation.saturation_ratio(0.0),
        evaporation.saturation_ratio(evaporation.BOILING_PA),
        *death_probability(np.array([0.0, 1e-300, 1e300]), constants=constants).tolist(),
        plume.distance_to(1e-4, **gone),
        *plume.plume_concentration(
            x, 0.0 * x, rate_kg_s=1.0, wind_m_s=1.0, stability="F", terrain="rural"
        ).tolist(),
        float(plume.finite_release(100.0, time_s=50.0, start_s=9.0, end_s=9.0, wind_m_s=1.0, stability="F")),
        toxic_load.constant_load(0.0, exponent=2.75, duration_s=0.0),
        float(vapour_blast_pa(0.0, energy_j=0.0, mach=0.2)),
    ]
    return float(sum(not math.isfinite(value) for value in values))


def accepted_outside_range() -> float:
    """How many inputs outside their range are answered with a number instead of a refusal."""
    return float(sum(_answers(question) for question in _outside_range()))


def _answers(question: Callable[[], Any]) -> bool:
    try:
        question()
    except ValueError:
        return False
    return True


def _outside_range() -> Iterator[Callable[[], Any]]:
    weather: dict[str, Any] = {"rate_kg_s": 1.0, "stability": "D", "terrain": "rural"}
    hole = {"density_kg_m3": 3.0, "heat_capacity_ratio": 1.4}
    gas = {
        "volume_rate_m3_s": 1.0,
        "density_kg_m3": 3.0,
        "vapour_k": 280.0,
        "air_k": 280.0,
        "wind_10m_m_s": 3.0,
    }
    yield partial(plume.distance_to, 1e-4, wind_10m_m_s=0.9, **weather)
    yield partial(plume.distance_to, 1e-9, wind_10m_m_s=3.0, **weather)  # beyond 10 km
    yield partial(plume.averaging_factor, 1.0)
    yield partial(dense_plume, **gas | {"density_kg_m3": 1.0})
    yield partial(dense_plume, **gas | {"wind_10m_m_s": 0.9})
    yield partial(discharge.gas_orifice_rate, 1e-3, pressure_pa=9e4, **hole)
    yield partial(evaporation.saturation_ratio, 1.1e5)
    yield partial(toxic_load.constant_load, -1.0, exponent=2.0, duration_s=60.0)
    yield partial(vapour_blast_pa, 10.0, energy_j=1e8, mach=6.0)
    yield partial(indoor.air_exchange_s, roof_wind_m_s=3.0, outside_k=400.0)
    yield partial(stand_off, 30_000.0)
    yield partial(substance("chlorine").vapour_pressure_pa, 500.0)
