"""The figures that run sheet, charts, tables, sentences and report share: each is computed here only."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drillsim.study.objectives import SLOT, slot
from drillsim.study.objectives import value as objective_value
from drillsim.study.results import Interval, ObjectiveDifference
from drillsim.study.statistics import quantile, quantile_of_runs
from drillsim.study.typical import nearest_median

if TYPE_CHECKING:
    from collections.abc import Iterable

    from drillsim.study.results import Difference, Ensemble, Outcome, Verdict
    from drillsim.study.sensitivity import Swing

__all__ = [
    "Folded",
    "Spread",
    "criticality",
    "event_spread",
    "flags",
    "folded_criticality",
    "is_a_milestone",
    "is_constant",
    "is_from_below",
    "known_gain",
    "milestone_names",
    "moves",
    "nearest_median",
    "objective_interval",
    "reached_apart",
    "reached_shares",
    "slack_s",
    "slot_verdict",
    "spread",
    "task_spread",
    "told_apart",
    "unreached_milestones",
]

_DOUBT = 0.05  # a difference that luck alone would give more often is not told apart


@dataclass(frozen=True, slots=True)
class Spread:
    """Earliest, likely and latest (p10, p50, p90) in s after STARTEX; ``inf`` where not reached."""

    p10_s: float
    p50_s: float
    p90_s: float
    reached: int
    n: int


def spread(values: Iterable[float]) -> Spread:
    """Spread of times over all runs; ``inf`` stands for a run that did not get there."""
    ranked = sorted(values)
    p10_s, p50_s, p90_s = (quantile(ranked, share) for share in (0.1, 0.5, 0.9))
    return Spread(p10_s, p50_s, p90_s, reached=sum(map(math.isfinite, ranked)), n=len(ranked))


def task_spread(ensemble: Ensemble, task: str, moment: str) -> Spread:
    """Spread of ``ready_s``, ``started_s`` or ``done_s`` of a task over all runs."""
    return spread(_task_times(ensemble.outcomes, task, moment))


def _task_times(outcomes: Iterable[Outcome], task: str, moment: str) -> list[float]:
    spans = (outcome.tasks.get(task) for outcome in outcomes)
    return [math.inf if span is None else float(getattr(span, moment)) for span in spans]


def milestone_names(ensemble: Ensemble) -> list[str]:
    """Milestones at least one run reached, in the order of their median."""
    reached = [
        (summary.p50.estimate, summary.p10, name.removeprefix("milestone."))
        for name, summary in ensemble.summaries.items()
        if name.startswith("milestone.") and summary.reached
    ]
    return [name for _, _, name in sorted(reached)]


def unreached_milestones(ensemble: Ensemble) -> list[str]:
    """Milestones of the plan that no run reached, by name."""
    return sorted(
        name.removeprefix("milestone.")
        for name, summary in ensemble.summaries.items()
        if name.startswith("milestone.") and not summary.reached
    )


def event_spread(ensemble: Ensemble, event: str, *, delay_s: float = 0.0) -> Spread | None:
    """Spread of a task's end or a milestone plus a delay; ``None`` for an event no outcome keeps."""
    name = event.removeprefix("done.")
    if name == "startex":
        return spread([delay_s] * ensemble.n)
    if f"milestone.{name}" in ensemble.summaries:
        ranks = [outcome.measures[f"milestone.{name}"].rank for outcome in ensemble.outcomes]
        return spread(rank + delay_s for rank in ranks)
    if any(name in outcome.tasks for outcome in ensemble.outcomes):
        return spread(time + delay_s for time in _task_times(ensemble.outcomes, name, "done_s"))
    return None


def slack_s(ensemble: Ensemble, task: str) -> float:
    """Median slack of a task over the runs that did it, s; NaN if none did."""
    slacks = [outcome.tasks[task].slack_s for outcome in ensemble.outcomes if task in outcome.tasks]
    return quantile(slacks, 0.5) if slacks else math.nan


def criticality(ensemble: Ensemble) -> list[tuple[str, float]]:
    """Tasks and waits with the share of runs in which they are on the critical path, most often first.

    The share is of the runs that ended: only they have a path.
    """
    counts = Counter(item for outcome in ensemble.outcomes for item in dict.fromkeys(outcome.critical))
    ended = sum(bool(outcome.critical) for outcome in ensemble.outcomes)
    return [(item, count / ended) for item, count in sorted(counts.items(), key=lambda e: (-e[1], e[0]))]


@dataclass(frozen=True, slots=True)
class Folded:
    """A task with its ways, waits and preparation, or what else is critical, in what share of the runs."""

    label: str
    share: float
    waits: tuple[tuple[str, float], ...]  # labels of its waits, the most frequent first


def folded_criticality(ensemble: Ensemble) -> list[Folded]:
    """:func:`criticality` with the steps of one task in one line, most often first, then as they follow.

    A share is that of the runs in which any of the steps is on the path; channels and commanders keep lines
    of their own.
    """
    paths = [outcome.critical[::-1] for outcome in ensemble.outcomes if outcome.critical]
    parts: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
    for label, share in criticality(ensemble):
        parts[_folds_into(label)].append((label, share))
    places: defaultdict[str, list[float]] = defaultdict(list)
    for path in paths:
        first: dict[str, float] = {}
        for number, label in enumerate(path):
            first.setdefault(_folds_into(label), number / len(path))
        for whole, place in first.items():
            places[whole].append(place)
    found = [
        Folded(
            label=whole if len(of) > 1 else of[0][0],
            share=len(places[whole]) / len(paths),
            waits=tuple((label, share) for label, share in of if len(of) > 1 and ": wait for " in label),
        )
        for whole, of in parts.items()
    ]
    order = {one.label: _mean(places[_folds_into(one.label)]) for one in found}
    return sorted(found, key=lambda one: (-one.share, order[one.label], one.label))


def _folds_into(label: str) -> str:
    head, _, reason = label.partition(": ")
    return label if reason in ("line", "command") else head


def _mean(values: list[float]) -> float:
    return math.fsum(values) / len(values)


def objective_interval(ensemble: Ensemble, verdict: Verdict) -> tuple[float, Interval] | None:
    """The value kept in the share of runs an objective asks for, as (share, interval), in the measure's unit.

    The value is an upper one; for a target from below (``above``) a lower one. The share is 95 % where the
    objective asks for all runs. The interval allows for looks, as those of the summaries do; failed runs rank
    worst. ``None`` for rules of order.
    """
    share = verdict.required_share if verdict.required_share < 1.0 else 0.95
    lost = [math.inf] * len(ensemble.failures)
    if verdict.objective == SLOT and SLOT not in ensemble.scenario.objectives:
        times = [run.measures["endex"].rank for run in ensemble.outcomes]
        return share, quantile_of_runs(times + lost, share, looks=ensemble.looks)
    objective = ensemble.scenario.objectives.get(verdict.objective)
    if objective is None or verdict.target is None:
        return None
    values = [objective_value(objective, run) for run in ensemble.outcomes]
    ranks = [found.rank for found in values if found is not None]
    if not ranks:
        return None
    if is_from_below(ensemble, verdict):
        low = quantile_of_runs([-rank for rank in ranks] + lost, share, looks=ensemble.looks)
        lowest, highest = (None if end is None else -end for end in (low.high, low.low))
        return share, Interval(-low.estimate, lowest, highest, low.level)
    return share, quantile_of_runs(ranks + lost, share, looks=ensemble.looks)


def moves(swing: Swing) -> bool:
    """Whether halving or doubling the assumption changes the measure by more than half a percent."""
    size = max(abs(swing.base) if math.isfinite(swing.base) else 0.0, abs(swing.target or 0.0))
    return swing.width > 0.005 * size


def is_from_below(ensemble: Ensemble, verdict: Verdict) -> bool:
    """Whether the objective asks for more than its target, not for less."""
    objective = ensemble.scenario.objectives.get(verdict.objective)
    return objective is not None and objective.above is not None


def is_a_milestone(ensemble: Ensemble, measure: str) -> bool:
    """Whether some milestone comes at the time of this measure in every run: tables then need only one."""
    milestones = [name for name in ensemble.summaries if name.startswith("milestone.")]

    def ranks(name: str) -> list[float]:
        return [run.measures[name].rank if name in run.measures else math.nan for run in ensemble.outcomes]

    times = ranks(measure)
    return any(ranks(name) == times for name in milestones)


def slot_verdict(ensemble: Ensemble) -> Verdict:
    """Whether ENDEX fits the time slot, with the share of runs in which it does."""
    for verdict in ensemble.verdicts:
        if verdict.objective == SLOT:
            return verdict
    return slot(ensemble.scenario.slot_s, ensemble.outcomes, failed=len(ensemble.failures))


def flags(ensemble: Ensemble) -> list[tuple[str, int]]:
    """Where a model was outside its range or unreliable, in how many runs; the most frequent first."""
    counts = Counter(flag for outcome in ensemble.outcomes for flag in dict.fromkeys(outcome.flags))
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def told_apart(found: Difference | ObjectiveDifference) -> bool:
    """Whether the runs tell the plans apart: zero lies outside the interval and no test speaks against it.

    Where there is no interval, or the mean leaves out runs in which one plan did not get there, only the test
    counts. It is then the sign test, whose direction is that of more runs, not that of the mean.
    """
    interval = found.difference if isinstance(found, ObjectiveDifference) else found.mean
    unlikely = found.p_value is not None and found.p_value < _DOUBT
    if found.only_first != found.only_second and not isinstance(found, ObjectiveDifference):
        return unlikely
    if interval.low is None or interval.high is None:
        return unlikely
    outside = interval.low > 0.0 or interval.high < 0.0
    return outside and (found.p_value is None or unlikely)


def reached_apart(found: Difference) -> bool:
    """Whether the runs tell apart how often the plans get there at all."""
    return found.p_reached is not None and found.p_reached < _DOUBT


def is_constant(found: Difference) -> bool:
    """Whether the difference is the same in all runs that have one, so that it needs no interval."""
    return found.both > 1 and found.equal == 0 and found.mean.low is None and found.mean.needs is None


def known_gain(found: Difference) -> float | None:
    """What common luck was worth; ``None`` where the mean has no interval: its spread is not known either."""
    if found.gain is None or found.mean.low is None or not math.isfinite(found.gain):
        return None
    return found.gain


def reached_shares(found: Difference) -> tuple[float, float]:
    """Shares of the paired runs in which the measure came about under the first and the second plan."""
    if not found.n:
        return math.nan, math.nan
    return (found.both + found.only_first) / found.n, (found.both + found.only_second) / found.n
