"""Plans on the same luck: differences replication by replication, against the first plan."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.measures.capacity_use import FAMILIES as USES
from drillsim.study.objectives import SLOT, holds, measured
from drillsim.study.pairs import gain, holm, mcnemar, mean_difference, sign_test
from drillsim.study.resampling import percentile_difference
from drillsim.study.results import Difference, Interval, ObjectiveDifference
from drillsim.study.statistics import LOOKING, wilson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from drillsim.measures.value import Value
    from drillsim.study.results import Ensemble, Outcome

__all__ = [
    "against_first",
    "corrected",
    "differences",
    "objective_differences",
    "objectives_against_first",
    "share_difference",
]

# Single links and capacities are for maps and heat strips, not for tables of differences.
_LEFT_OUT: Final = ("queue.", "peak.", "objective.", *USES)
_KEPT: Final = ("queue.total",)
_ROUNDING: Final = 1e-9  # of the larger mean
_ERROR: Final = 0.05  # of all intervals against the first plan together


def against_first(ensembles: Sequence[Ensemble]) -> dict[str, tuple[Difference, ...]]:
    """Differences of every other plan, by its name; intervals and p-values hold for all of them together."""
    first, others = ensembles[0], ensembles[1:]
    return corrected({other.plan: differences(first, other, plans=len(ensembles)) for other in others})


def objectives_against_first(ensembles: Sequence[Ensemble]) -> dict[str, tuple[ObjectiveDifference, ...]]:
    """Differences in how often objectives are met, by plan; for all plans together."""
    first, others = ensembles[0], ensembles[1:]
    found = {other.plan: objective_differences(first, other, plans=len(ensembles)) for other in others}
    names = {entry.objective for entries in found.values() for entry in entries}
    p_values: dict[tuple[str, str], float] = {}
    for name in sorted(names):
        raw = {
            plan: entry.p_value
            for plan, entries in found.items()
            for entry in entries
            if entry.objective == name
        }
        p_values |= {(plan, name): p for plan, p in zip(raw, holm(list(raw.values())), strict=True)}
    return {
        plan: tuple(replace(entry, p_value=p_values[plan, entry.objective]) for entry in entries)
        for plan, entries in found.items()
    }


def corrected(found: Mapping[str, Sequence[Difference]]) -> dict[str, tuple[Difference, ...]]:
    """Differences of several plans with Holm's correction of their p-values, measure by measure."""
    times = _holm_by_measure(found, lambda entry: entry.p_value)
    reached = _holm_by_measure(found, lambda entry: entry.p_reached)
    return {
        plan: tuple(
            replace(
                entry,
                p_value=times.get((plan, entry.measure)),
                p_reached=reached.get((plan, entry.measure)),
            )
            for entry in entries
        )
        for plan, entries in found.items()
    }


def _holm_by_measure(
    found: Mapping[str, Sequence[Difference]], p_value: Callable[[Difference], float | None]
) -> dict[tuple[str, str], float]:
    """(plan, measure) -> corrected p-value, of those that have one."""
    raw: dict[str, dict[str, float]] = {}
    for plan, entries in found.items():
        for entry in entries:
            if (p := p_value(entry)) is not None:
                raw.setdefault(entry.measure, {})[plan] = p
    return {
        (plan, name): p
        for name, of_plans in raw.items()
        for plan, p in zip(of_plans, holm(list(of_plans.values())), strict=True)
    }


def differences(first: Ensemble, second: Ensemble, *, plans: int = 2) -> tuple[Difference, ...]:
    """Second minus first for every measure both have, by name; one of ``plans`` - 1 such comparisons.

    Each interval has the level 1 - 0.05 / (plans - 1), so that all of them hold together in 95 % of studies
    (Bonferroni). p-values are not yet corrected: :func:`against_first` does. Replications that failed under
    one of the plans are left out. The mean is over those in which both came about; ``equal`` counts those
    without any difference, neither coming about included. The percentiles are over all, not reached ranking
    as infinite. Plans whose runs were looked at until they were enough get wider intervals and larger
    p-values, so that both still hold (:data:`drillsim.study.statistics.LOOKING`).

    The test is that of the mean's interval, t, if every run has a value under both plans and the interval is
    given; else the sign test, in which a value beats none. ``exact``: no run differs, so p is 1. Whether a
    plan gets there more often is McNemar's test alone (``p_reached``): the sign test is of times as well.
    """
    runs = _pairs(first, second)
    if not runs:
        return ()
    computed, looks = _level(first, second, plans), max(first.looks, second.looks)
    return tuple(
        _shown(
            _difference(name, [(measured(a, name), measured(b, name)) for a, b in runs], computed),
            looks,
            plans,
        )
        for name in sorted(set(first.summaries) & set(second.summaries))
        if not name.startswith(_LEFT_OUT) or name in _KEPT
    )


def _level(first: Ensemble, second: Ensemble, plans: int) -> float:
    """With which intervals are computed so that all hold together, also after looking."""
    error = 1.0 - LOOKING if max(first.looks, second.looks) else _ERROR
    return 1.0 - error / max(plans - 1, 1)


def _kept_level(interval: Interval, plans: int) -> Interval:
    """The interval with the level it keeps."""
    return replace(interval, level=1.0 - _ERROR / max(plans - 1, 1))


def _after_looks(p_value: float, looks: int) -> float:
    return min(1.0, p_value * _ERROR / (1.0 - LOOKING)) if looks else p_value


def _shown(found: Difference, looks: int, plans: int) -> Difference:
    return replace(
        found,
        mean=_kept_level(found.mean, plans),
        median=_kept_level(found.median, plans),
        p95=_kept_level(found.p95, plans),
        p_value=None if found.p_value is None else _after_looks(found.p_value, looks),
        p_reached=None if found.p_reached is None else _after_looks(found.p_reached, looks),
    )


def _pairs(first: Ensemble, second: Ensemble) -> list[tuple[Outcome, Outcome]]:
    others = {outcome.replication: outcome for outcome in second.outcomes}
    return [(run, others[run.replication]) for run in first.outcomes if run.replication in others]


def _difference(name: str, pairs: Sequence[tuple[Value, Value]], level: float) -> Difference:
    a, b = (np.array([pair[side].rank for pair in pairs]) for side in (0, 1))
    both = np.isfinite(a) & np.isfinite(b)
    rounding = _rounding(a[both], b[both])
    moved = b[both] - a[both]
    moved[np.abs(moved) <= rounding] = 0.0
    only_first, only_second = (int((np.isfinite(x) & ~np.isfinite(y)).sum()) for x, y in ((a, b), (b, a)))
    equal = len(pairs) - only_first - only_second - int(np.count_nonzero(moved))
    # A value beats none: where only the second plan has one, it came earlier.
    lower, higher = int((moved < 0.0).sum()) + only_second, int((moved > 0.0).sum()) + only_first
    mean, p_value = mean_difference(moved.tolist(), level=level)
    test = "t"
    if equal == len(pairs):
        test, p_value = "exact", 1.0
    elif p_value is None or not both.all():
        test, p_value = "sign", sign_test(lower, higher)
    return Difference(
        measure=name,
        unit=pairs[0][0].unit,
        n=len(pairs),
        both=int(both.sum()),
        mean=mean,
        equal=equal,
        median=percentile_difference(a, b, 0.5, level=level, rounding=rounding),
        p95=percentile_difference(a, b, 0.95, level=level, rounding=rounding),
        only_first=only_first,
        only_second=only_second,
        p_value=p_value,
        test=test,
        gain=gain(a[both].tolist(), b[both].tolist()),
        lower=lower,
        higher=higher,
        p_reached=mcnemar(only_first, only_second),
    )


def _rounding(
    first: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    second: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> float:
    """Below this a difference is rounding: sums in another order differ in their last digits."""
    if not len(first):
        return 0.0
    return _ROUNDING * max(float(np.abs(side).mean()) for side in (first, second))


def objective_differences(
    first: Ensemble, second: Ensemble, *, plans: int = 2
) -> tuple[ObjectiveDifference, ...]:
    """How much more often the second plan meets each objective that both are judged by, by name.

    Levels, pairs and correction as in :func:`differences`, the p-value by McNemar's exact test.
    """
    runs = _pairs(first, second)
    if not runs:
        return ()
    computed, looks = _level(first, second, plans), max(first.looks, second.looks)
    judged = {verdict.objective for verdict in second.verdicts}
    found = []
    for verdict in first.verdicts:
        if verdict.objective not in judged:
            continue
        kept = [(_kept(first, verdict.objective, a), _kept(second, verdict.objective, b)) for a, b in runs]
        only_first, only_second = kept.count((True, False)), kept.count((False, True))
        both = kept.count((True, True))
        found.append(
            ObjectiveDifference(
                objective=verdict.objective,
                title=verdict.title,
                n=len(kept),
                share_first=(both + only_first) / len(kept),
                share_second=(both + only_second) / len(kept),
                difference=_kept_level(
                    share_difference(both, only_first, only_second, len(kept), level=computed), plans
                ),
                only_first=only_first,
                only_second=only_second,
                p_value=_after_looks(mcnemar(only_first, only_second), looks),
            )
        )
    return tuple(found)


def _kept(ensemble: Ensemble, objective: str, outcome: Outcome) -> bool:
    known = ensemble.scenario.objectives
    if objective == SLOT and SLOT not in known:
        return measured(outcome, "endex").rank <= ensemble.scenario.slot_s
    return holds(known[objective], outcome)


def share_difference(
    both: int, only_first: int, only_second: int, n: int, *, level: float = 0.95
) -> Interval:
    """Second share minus first, of ``n`` pairs, with its score interval.

    Newcombe 1998, Stat. Med. 17:2635, method 10: Wilson intervals of both shares, joined with the correlation
    of the pairs, which is corrected for continuity where positive. His example: 36 of 50 pairs both, 12 only
    the second, 2 only the first, none neither.

    >>> found = share_difference(36, 2, 12, 50)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0569, 0.3404)
    """
    neither = n - both - only_first - only_second
    if min(both, only_first, only_second, neither) < 0 or n < 1:
        raise ValueError(f"{both}, {only_first} and {only_second} of {n} are no pairs")
    a, b = wilson(both + only_first, n, level=level), wilson(both + only_second, n, level=level)
    assert a.low is not None and a.high is not None and b.low is not None and b.high is not None
    phi = _correlation(both, only_first, only_second, neither, n)
    estimate = (only_second - only_first) / n  # the difference of the rounded shares may round apart
    down, up = b.estimate - b.low, b.high - b.estimate
    below, above = a.estimate - a.low, a.high - a.estimate
    low = estimate - math.sqrt(max(down**2 - 2.0 * phi * down * above + above**2, 0.0))
    high = estimate + math.sqrt(max(up**2 - 2.0 * phi * up * below + below**2, 0.0))
    return Interval(estimate, max(low, -1.0), min(high, 1.0), level)


def _correlation(both: int, only_first: int, only_second: int, neither: int, n: int) -> float:
    """Of the two plans' pairs, pulled towards zero by half a pair where positive."""
    margins = (both + only_first) * (only_second + neither) * (both + only_second) * (only_first + neither)
    if margins == 0:
        return 0.0
    cross = both * neither - only_first * only_second
    return (max(cross - n / 2.0, 0.0) if cross > 0 else cross) / math.sqrt(margins)
