"""The passive plume against the Prairie Grass field trials of 1956.

Arc maxima of SO2 over mown grass, 10-minute releases and means, source at 0.46 m, receptors at 1.5 m: runs
7, 22 and 29 in ``prairie_grass.csv``. Source: Barad (1958), Project Prairie Grass, AFCRL-TR-58-235, numbers
through github DanWBR/DisperSim3D. The statistics are those of Chang and Hanna (2004); their limits for open
country, from memory (confidence low): |FB| < 0.3, NMSE < 4, FAC2 > 0.5, MG 0.7 to 1.3, VG < 1.6.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.plume import plume_concentration

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "RECEPTOR_M",
    "RELEASE_M",
    "Agreement",
    "agreement",
    "prairie_grass",
    "prairie_grass_agreement",
    "prairie_grass_statistic",
]

RELEASE_M: Final = 0.46
RECEPTOR_M: Final = 1.5


class Agreement(NamedTuple):
    """How predictions p agree with observations o, all positive."""

    fac2: float  # share of p within a factor 2 of o
    fb: float  # 2 (mean o - mean p)/(mean o + mean p): negative where predicted too high
    nmse: float  # mean (o - p)^2/(mean o mean p)
    mg: float  # exp mean ln(o/p)
    vg: float  # exp mean ln^2(o/p)


def agreement(observed: NDArray[np.float64], *, predicted: NDArray[np.float64]) -> Agreement:
    """Statistics of Chang and Hanna (2004) of two arrays of one shape.

    Raises ``ValueError`` for values that are not above 0 and for shapes that differ.
    """
    o, p = np.asarray(observed, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    if o.shape != p.shape or not o.size or not (o > 0.0).all() or not (p > 0.0).all():
        raise ValueError("observed and predicted must be as many, and all above 0")
    logarithm = np.log(o / p)
    return Agreement(
        fac2=float(np.mean((p >= 0.5 * o) & (p <= 2.0 * o))),
        fb=float(2.0 * (o.mean() - p.mean()) / (o.mean() + p.mean())),
        nmse=float(np.mean((o - p) ** 2) / (o.mean() * p.mean())),
        mg=float(np.exp(logarithm.mean())),
        vg=float(np.exp(np.mean(logarithm**2))),
    )


@cache
def prairie_grass() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Arc maxima, kg/m3, observed and predicted with the wind at 2 m, shapes (15,).

    The plume is that of a 3-minute mean on open ground, as it is used; the trials' means are of 10 minutes.
    """
    table = (resources.files("drillsim.verification") / "prairie_grass.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(table.splitlines()))
    predicted = [
        plume_concentration(
            np.array([float(row["distance_m"])]),
            np.zeros(1),
            z_m=RECEPTOR_M,
            rate_kg_s=float(row["rate_g_s"]) / 1000.0,
            wind_m_s=float(row["wind_2m_m_s"]),
            stability=row["stability"],
            terrain="rural",
            release_m=RELEASE_M,
        )
        for row in rows
    ]
    return np.array([float(row["observed_kg_m3"]) for row in rows]), np.concatenate(predicted)


def prairie_grass_agreement() -> Agreement:
    """How the passive plume agrees with the 15 arc maxima."""
    observed, predicted = prairie_grass()
    return agreement(observed, predicted=predicted)


def prairie_grass_statistic(name: str) -> float:
    """One of them by its name: fac2, fb, nmse, mg or vg. Raises ``ValueError`` for another."""
    if name not in Agreement._fields:
        raise ValueError(f"no statistic {name}; {', '.join(Agreement._fields)}")
    return float(prairie_grass_agreement()._asdict()[name])
