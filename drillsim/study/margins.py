"""ASET, RSET and margin of each space over all runs: what the table, the map and the intervals show."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from drillsim.measures.margins import BUILDING
from drillsim.study.objectives import measured
from drillsim.study.statistics import quantile, share_of_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.study.results import Ensemble, Interval, Outcome

__all__ = ["BuildingMargins", "SpaceMargins", "Spread", "building_margins", "margins_over_runs"]

_MARGIN: Final = "margin."


class Spread(NamedTuple):
    """Three quantiles of the runs; inf where a quantile did not come about."""

    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class SpaceMargins:
    """One space over ``n`` runs; times are s after STARTEX.

    A run in which the space was not lost ranks above all others in ``aset_s`` and ``margin_s``, and so does
    one in which somebody never left it in ``rset_s``; that one is over the runs in which anybody was there.
    """

    space: str
    n: int
    occupied: int  # runs in which anybody was there
    lost: int  # runs in which it became untenable
    negative: int  # runs in which it did before the last one had left
    share: Interval  # of runs with a negative margin
    aset_s: Spread
    rset_s: Spread
    margin_s: Spread
    smallest: int  # runs in which no lost space of the building has a smaller margin
    criteria: tuple[tuple[str, int], ...]  # criterion that failed first ("" unknown), runs; most runs first


@dataclass(frozen=True, slots=True)
class BuildingMargins:
    """The building over ``n`` runs: its smallest margin, s, and consequence, person_s, in each."""

    n: int
    lost: int  # runs in which a space where anybody was became untenable
    negative: int
    share: Interval  # of runs with a negative margin
    margin_s: Spread
    consequence_person_s: Spread
    smallest_in: tuple[tuple[str, int], ...]  # space, runs in which its margin is the smallest; most first


def margins_over_runs(ensemble: Ensemble) -> tuple[SpaceMargins, ...]:
    """Every space anybody was in, the smallest p10 of the margin first; none without such a hazard."""
    tightest = Counter(space for run in ensemble.outcomes if (space := _tightest(run)))
    found = [_space(ensemble, space, tightest[space]) for space in _spaces(ensemble)]
    return tuple(sorted(found, key=lambda one: (*one.margin_s, -one.negative, *one.aset_s, one.space)))


def building_margins(ensemble: Ensemble) -> BuildingMargins | None:
    """The building's smallest margin over all runs; ``None`` where no hazard can make a space untenable."""
    runs = ensemble.outcomes
    if not any("consequence" in run.measures for run in runs):
        return None
    margins = [measured(run, _MARGIN + BUILDING).rank for run in runs]
    negative = sum(margin < 0.0 for margin in margins)
    tightest = Counter(space for run in runs if (space := _tightest(run)))
    return BuildingMargins(
        n=len(runs),
        lost=sum(map(math.isfinite, margins)),
        negative=negative,
        share=share_of_runs(negative, len(runs), looks=ensemble.looks),
        margin_s=_spread(margins),
        consequence_person_s=_spread([measured(run, "consequence").rank for run in runs]),
        smallest_in=_ranked(tightest),
    )


def _spaces(ensemble: Ensemble) -> list[str]:
    names = {name for run in ensemble.outcomes for name in run.measures if name.startswith(_MARGIN)}
    return sorted(name.removeprefix(_MARGIN) for name in names - {_MARGIN + BUILDING})


def _space(ensemble: Ensemble, space: str, smallest: int) -> SpaceMargins:
    runs = ensemble.outcomes
    margins = [measured(run, _MARGIN + space).rank for run in runs]
    left = [run.measures[f"rset.{space}"].rank for run in runs if f"rset.{space}" in run.measures]
    lost = [measured(run, f"aset.{space}").rank for run in runs]
    negative = sum(margin < 0.0 for margin in margins)
    failed = Counter(criterion for run in runs for where, criterion in run.lost if where == space)
    return SpaceMargins(
        space=space,
        n=len(runs),
        occupied=len(left),
        lost=sum(map(math.isfinite, lost)),
        negative=negative,
        share=share_of_runs(negative, len(runs), looks=ensemble.looks),
        aset_s=_spread(lost),
        rset_s=_spread(left),
        margin_s=_spread(margins),
        smallest=smallest,
        criteria=_ranked(failed),
    )


def _tightest(run: Outcome) -> str:
    """The lost space with the smallest margin of a run; "" where none was lost."""
    found = {
        name.removeprefix(_MARGIN): value.number
        for name, value in run.measures.items()
        if name.startswith(_MARGIN) and name != _MARGIN + BUILDING and math.isfinite(value.number)
    }
    return min(found, key=lambda space: (found[space], space), default="")


def _ranked(counts: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(counts.items(), key=lambda entry: (-entry[1], entry[0])))


def _spread(ranks: Sequence[float]) -> Spread:
    return Spread(*(quantile(ranks, p) for p in (0.1, 0.5, 0.9)))
