"""Ground and water under a pool, and the heat they give to it."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

__all__ = [
    "CONCRETE",
    "DRY_SAND",
    "GROUNDS",
    "MOIST_SAND",
    "SOIL",
    "WATER",
    "WATER_DENSITY_KG_M3",
    "Ground",
    "WettedGround",
]

_MERGE_SHARE: Final = 0.25  # of their age: rings wetted within this span count as one


class Ground(NamedTuple):
    """Ground under a pool; the conductivity holds the factor 9 found by experiment.

    ``film_w_m2_k``: heat transfer of a ground that does not cool (water), W/(m2 K); None for solid ground.
    ``least_depth_m``: a pool that spreads freely stops at this mean depth.
    """

    conductivity_w_m_k: float
    diffusivity_m2_s: float
    least_depth_m: float = 0.005
    film_w_m2_k: float | None = None

    @property
    def effusivity(self) -> float:
        """k / sqrt(pi alpha), W s^0.5 / (m2 K): heat flux per kelvin one second after wetting."""
        return self.conductivity_w_m_k / math.sqrt(math.pi * self.diffusivity_m2_s)


CONCRETE: Final = Ground(8.28, 3.74e-6)
"""Conductivity, diffusivity: ALOHA-TD 3.3; confidence medium. Least depth 5 mm: Yellow Book; medium."""
SOIL: Final = Ground(8.64, 4.13e-6, 0.010)
"""As concrete; least depth 10 mm (Yellow Book, normal soil or gravel): from memory, confidence low."""
DRY_SAND: Final = Ground(2.34, 1.74e-6, 0.010)
"""As concrete; least depth 10 mm as soil: from memory, confidence low."""
MOIST_SAND: Final = Ground(5.31, 3.02e-6, 0.010)
"""As concrete; least depth 10 mm as soil: from memory, confidence low."""
WATER: Final = Ground(0.6, 1.4e-7, 0.0017, 500.0)
"""Open water, well mixed, that keeps its temperature and carries no ice: a constant film of 500 W/(m2 K)
(Webber 1991), least depth 1.7 mm: both from memory - check; confidence low. Boiling on water has been
measured from about 200 to above 1000 W/(m2 K)."""
GROUNDS: Final = {
    "concrete": CONCRETE,
    "soil": SOIL,
    "dry-sand": DRY_SAND,
    "moist-sand": MOIST_SAND,
    "water": WATER,
}
WATER_DENSITY_KG_M3: Final = 1000.0


class WettedGround:
    """Heat conductance from the ground to a pool that grew in any way: each ring cools since it was wetted.

    A ring wetted evenly from s to e gives k area 2 / (sqrt(pi alpha) (sqrt(t - s) + sqrt(t - e))), the mean
    of k / sqrt(pi alpha (t - tau)) over it. Old rings that lie close together in time are merged.
    """

    __slots__ = ("_area_m2", "_ground", "_rings")

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._rings: list[tuple[float, float, float]] = []  # from, to, area
        self._area_m2 = 0.0

    def wet(self, start_s: float, end_s: float, area_m2: float) -> None:
        """A further ring of ``area_m2`` was wetted evenly from ``start_s`` to ``end_s``, in order of time."""
        if area_m2 <= 0.0:
            return
        self._area_m2 += area_m2
        rings = self._rings
        if rings and rings[-1][1] == start_s:
            since, until, wetted = rings[-1]
            growth = wetted / (until - since)
            if abs(area_m2 - growth * (end_s - start_s)) <= 1e-9 * area_m2:
                rings[-1] = (since, end_s, wetted + area_m2)
                return
        rings.append((start_s, end_s, area_m2))
        if len(rings) > 2:
            self._merge(end_s)

    def _merge(self, time_s: float) -> None:
        kept = self._rings[:1]
        for ring in self._rings[1:]:
            since, _, wetted = kept[-1]
            if ring[1] - since <= _MERGE_SHARE * (time_s - ring[1]):
                kept[-1] = (since, ring[1], wetted + ring[2])
            else:
                kept.append(ring)
        self._rings = kept

    def conductance_w_k(
        self, time_s: float, *, growing_since_s: float = 0.0, growing_m2: float = 0.0
    ) -> float:
        """From the ground to the whole pool at ``time_s``, W/K, with a ring of ``growing_m2`` that is being
        wetted from ``growing_since_s`` on.

        >>> still = WettedGround(CONCRETE)
        >>> still.wet(0.0, 1e-9, 10.0)
        >>> round(still.conductance_w_k(100.0) / (10.0 * CONCRETE.effusivity / 10.0), 6)
        1.0
        """
        film = self._ground.film_w_m2_k
        if film is not None:
            return film * (self._area_m2 + growing_m2)
        age_s = time_s - growing_since_s  # 0 of a step too short for the clock
        total = 2.0 * growing_m2 / math.sqrt(age_s) if growing_m2 > 0.0 and age_s > 0.0 else 0.0
        for start, end, area in self._rings:
            total += 2.0 * area / (math.sqrt(time_s - start) + math.sqrt(time_s - end))
        return total * self._ground.effusivity
