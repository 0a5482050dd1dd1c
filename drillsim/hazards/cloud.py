"""Clouds of one source on the spaces of a facility: piecewise-constant source, piecewise-constant wind.

What is in the air when the wind changes moves on with the new wind, as :mod:`~drillsim.hazards.drift` says.
A space is an area: its value is the mean over a fixed grid of points in its footprint. Nothing is said of
gas that has come more than 10 km.

One unit: kg/m3. A dense plume gives shares by volume; they come out as the kg/m3 that
:func:`~drillsim.hazards.plume.ppm` at the temperature of the air turns into the same share.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.dense_puffs import PuffTrack, puff_track
from drillsim.hazards.drift import Drift, SourceSegment, carrying_wind, winds_of
from drillsim.hazards.lines import Lines, Release, lines_at
from drillsim.hazards.places import Places
from drillsim.hazards.plume import AVERAGING_S, kg_m3_of
from drillsim.hazards.profiles import DenseProfile, PassiveProfile, Profile

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.dense import DensePlume
    from drillsim.hazards.weather import Weather, WindSegment

__all__ = ["Cloud", "Footprints", "SourceSegment", "footprints", "points_alone"]

POINT_SPACING_M: Final = 12.0
"""Aimed distance of the sample points of a footprint; 3 to 16 points along each side."""
_FEWEST, _MOST = 3, 16


class Footprints(NamedTuple):
    """Sample points of all spaces, grouped by space; ``space`` holds the index of each point's space,
    ``samples`` how many points each space has."""

    points_m: NDArray[np.float64]
    level_m: NDArray[np.float64]
    space: NDArray[np.intp]
    samples: NDArray[np.intp]

    def average(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Mean over each footprint of ``values`` given at the points; shape (spaces,)."""
        total = np.bincount(self.space, weights=values, minlength=len(self.samples))
        return np.asarray(total / self.samples)


@lru_cache(maxsize=8)
def footprints(facility: Facility) -> Footprints:
    """Centres of equal cells of each axis-parallel footprint, at the level of its floor."""
    points, spaces = [], []
    for index, (centre, size) in enumerate(zip(facility.centre, facility.size, strict=True)):
        axes = []
        for middle, extent in zip(centre, size, strict=True):
            n = min(max(math.ceil(extent / POINT_SPACING_M), _FEWEST), _MOST)
            axes.append(middle + extent * ((np.arange(n) + 0.5) / n - 0.5))
        x, y = np.meshgrid(*axes)
        points.append(np.column_stack([x.ravel(), y.ravel()]))
        spaces.append(np.full(x.size, index, dtype=np.intp))
    space = np.concatenate(spaces)
    count = np.bincount(space, minlength=len(facility.spaces))
    return Footprints(np.concatenate(points), np.asarray(facility.level_m)[space], space, count)


def points_alone(points_m: NDArray[np.float64], *, level_m: float = 0.0) -> Footprints:
    """Each of some points (n, 2), such as posts and detectors, as a footprint of its own."""
    count = len(points_m)
    return Footprints(
        np.asarray(points_m, dtype=np.float64),
        np.full(count, level_m),
        np.arange(count),
        np.ones(count, dtype=np.intp),
    )


class _Released(NamedTuple):
    """What segments under some winds gave off: as passive gas, and as each dense plume."""

    segments: tuple[SourceSegment, ...]
    winds: tuple[WindSegment, ...] | None
    passive: Release | None
    dense: list[tuple[DensePlume, Release]]


_NOTHING: Final = _Released((), None, None, [])


class Cloud:
    """Concentrations of one source. ``source_m`` is the middle of a pool of ``diameter_m``.

    ``molar_mass_kg_mol`` is needed for dense segments only; the lid of the weather holds for passive ones.
    """

    def __init__(
        self,
        points: Footprints,
        *,
        source_m: tuple[float, float],
        diameter_m: float,
        weather: Weather,
        molar_mass_kg_mol: float | None = None,
        averaging_s: float = AVERAGING_S,
    ) -> None:
        self.points = points
        self.source_m = source_m
        self.diameter_m = diameter_m
        self.weather = weather
        self.averaging_s = averaging_s
        self.molar_mass_kg_mol = molar_mass_kg_mol
        self._places = Places.of(
            points.points_m - np.asarray(source_m), points.level_m, points.samples, near_m=diameter_m
        )
        self._passive: dict[tuple[float, ...], PassiveProfile] = {}
        self._kept = _NOTHING
        self._dense: dict[tuple[int, tuple[float, ...], float], tuple[DensePlume, DenseProfile]] = {}

    def near_spaces(self) -> list[int]:
        """Spaces with a point within one pool diameter of the pool's middle, where values are unreliable."""
        return sorted({int(space) for space in self.points.space[self._places.near]})

    def table(
        self,
        segments: Sequence[SourceSegment],
        times_s: NDArray[np.float64],
        spaces: Sequence[int] | NDArray[np.intp] | None = None,
        *,
        winds: Sequence[WindSegment] | None = None,
    ) -> NDArray[np.float64]:
        """Footprint means, kg/m3, shape (spaces, times); of ``spaces`` in that order, or of all.

        ``winds``: the record of the wind, also after the source has ended; left out, the winds of the
        segments, of which the last goes on. Raises ``ValueError`` for a segment whose wind is not that of
        the record, and for a dense segment of a cloud without molar mass.
        """
        asked = np.arange(len(self.points.samples)) if spaces is None else np.asarray(spaces, dtype=np.intp)
        places = self._places.only(asked)
        total = np.zeros((len(asked), len(times_s)))
        for profile, lines in self.lines(
            segments, times_s, reach_m=places.reach_m, levels_m=places.levels_m, winds=winds
        ):
            total += places.sums(lines, profile, len(times_s))
        for track in self.puffs(segments, times_s, winds=winds):
            total += track.sums(places)
        return total / places.samples[:, None]

    def lines(
        self,
        segments: Sequence[SourceSegment],
        times_s: NDArray[np.float64],
        *,
        reach_m: float,
        levels_m: tuple[float, ...],
        winds: Sequence[WindSegment] | None = None,
    ) -> Iterator[tuple[Profile, Lines]]:
        """What is in the air within ``reach_m`` of the source at each time, by the profile that it has."""
        given = self._released(segments, winds) if len(times_s) else _NOTHING
        if given.passive is not None:
            profile = self._passive_profile(levels_m)
            yield profile, lines_at(given.passive, times_s, profile=profile, reach_m=reach_m)
        lead_m = max((plume.upwind_reach_m for plume, _ in given.dense), default=0.0)
        for plume, release in given.dense:
            dense = self._dense_profile(plume, levels_m, lead_m)
            yield dense, lines_at(release, times_s, profile=dense, reach_m=reach_m)

    def puffs(
        self,
        segments: Sequence[SourceSegment],
        times_s: NDArray[np.float64],
        *,
        winds: Sequence[WindSegment] | None = None,
    ) -> list[PuffTrack]:
        """Where each dense puff is at each time, and what there is of it."""
        given = [part for part in segments if part.puff is not None and part.rate_kg_s > 0.0]
        if not given:
            return []
        drift = Drift(winds_of(segments) if winds is None else winds, float)
        return [puff_track(part, times_s, drift=drift, pure_kg_m3=self._pure_kg_m3()) for part in given]

    def _pure_kg_m3(self) -> float:
        if self.molar_mass_kg_mol is None:
            raise ValueError("a dense segment of a cloud without molar mass: its shares need one")
        return float(
            kg_m3_of(1e6, molar_mass_kg_mol=self.molar_mass_kg_mol, temperature_k=self.weather.temperature_k)
        )

    def _released(self, segments: Sequence[SourceSegment], winds: Sequence[WindSegment] | None) -> _Released:
        """What was given off, kept until source or wind change."""
        kept, under = self._kept, None if winds is None else tuple(winds)
        if (
            kept.winds == under
            and len(kept.segments) == len(segments)
            and all(map(operator.is_, kept.segments, segments))
        ):
            return kept
        parts = [part for part in segments if part.rate_kg_s > 0.0 and part.end_s > part.start_s]
        held = winds_of(parts) if winds is None else winds
        parts = [part for part in parts if part.puff is None]
        passive = [part for part in parts if part.dense is None]
        plumes = {id(part.dense): part.dense for part in parts if part.dense is not None}
        self._kept = _Released(
            tuple(segments),
            under,
            Release.of(passive, Drift(held, carrying_wind(self.weather)), passive=True) if passive else None,
            [
                # The workbook's wind is that at 10 m: with it the plume keeps its mass.
                (
                    plume,
                    Release.of(
                        [part for part in parts if part.dense is plume], Drift(held, float), passive=False
                    ),
                )
                for plume in plumes.values()
            ],
        )
        return self._kept

    def _passive_profile(self, levels_m: tuple[float, ...]) -> PassiveProfile:
        if levels_m not in self._passive:
            self._passive[levels_m] = PassiveProfile(
                levels_m, weather=self.weather, diameter_m=self.diameter_m, averaging_s=self.averaging_s
            )
        return self._passive[levels_m]

    def _dense_profile(self, plume: DensePlume, levels_m: tuple[float, ...], lead_m: float) -> DenseProfile:
        key = id(plume), levels_m, lead_m
        if key not in self._dense:
            # The plume is kept beside its profile, so that no other can come to have its id.
            profile = DenseProfile(
                plume,
                levels_m=levels_m,
                pure_kg_m3=self._pure_kg_m3(),
                stability=self.weather.stability,
                lead_m=lead_m,
            )
            self._dense[key] = plume, profile
        return self._dense[key][1]
