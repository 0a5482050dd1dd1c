"""Which low-confidence assumptions move the verdicts, and at which value one flips."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal, Unpack

from drillsim.errors import DrillsimError, RunFailed
from drillsim.scenario.assumptions import assumptions
from drillsim.study.job import Job
from drillsim.study.objectives import holds, required_share, summary_name, target, value
from drillsim.study.replicate import median_replication
from drillsim.study.results import Failure
from drillsim.study.runner import Means, Runner
from drillsim.study.statistics import quantile, spearman

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from drillsim.response.objectives import Objective
    from drillsim.scenario.assumptions import Assumption
    from drillsim.study.results import Ensemble, Outcome
    from drillsim.study.runner import Progress

__all__ = ["RULE", "Flip", "Swing", "Tornado", "flip", "tornado"]

RULE: Final = (
    "Assumptions of low confidence are screened by rank correlation over all runs (those that hardly vary "
    "from run to run by one run with the value doubled); the strongest are halved and doubled on the same "
    "luck. An objective counts as flipped where the share of these few runs that meets it crosses the share "
    "required."
)
_FACTORS: Final = (0.5, 2.0)
_WIDEST: Final = (0.25, 4.0)
_PROBES: Final = 10  # at most so many single runs to screen what hardly varies
_VARIES: Final = 0.1  # coefficient of variation from which a rank correlation can tell
_SPEED: Final = (".speed", ".down", ".up")
_TOLERANCE: Final = 1.1  # a flip is sought until its two bounds differ by this factor


@dataclass(frozen=True, slots=True)
class Flip:
    """Where an objective's verdict turns over: between two values of the assumption's median, s."""

    at_s: float
    between_s: tuple[float, float]
    direction: Literal["longer", "shorter"]  # than assumed


@dataclass(frozen=True, slots=True)
class Swing:
    """One assumption halved and doubled, and what that does to one objective.

    ``low``, ``base``, ``high`` are the measure at the required share of the runs (``inf``: not reached), the
    shares those of the runs that meet the objective. ``flips_at_s`` is a value of the assumption's median;
    flips are sought for times only, not for speeds.
    """

    path: str
    label: str
    median: float
    median_unit: Literal["s", "m/s"]
    objective: str
    measure: str
    unit: str
    target: float | None
    low: float
    base: float
    high: float
    low_share: float
    base_share: float
    high_share: float
    flips_at_s: float | None = None
    flips_between_s: tuple[float, float] | None = None
    direction: Literal["longer", "shorter", ""] = ""

    @property
    def width(self) -> float:
        """How far the measure moves; ``inf`` where one end is not reached."""
        ends = [end for end in (self.low, self.base, self.high) if math.isfinite(end)]
        return max(ends) - min(ends) if len(ends) == 3 or not ends else math.inf


@dataclass(frozen=True, slots=True)
class Tornado:
    """Swings, widest first within each objective, and how they were found."""

    swings: tuple[Swing, ...]
    replications: int
    runs: int
    left_out: tuple[str, ...]  # low-confidence assumptions screened out, not screened, or whose runs failed
    rule: str = RULE

    def of(self, objective: str) -> tuple[Swing, ...]:
        """The swings of one objective, widest first."""
        return tuple(swing for swing in self.swings if swing.objective == objective)


def tornado(
    ensemble: Ensemble,
    *,
    objectives: Collection[str] | None = None,
    top: int = 6,
    replications: int = 8,
    max_runs: int = 160,
    confidences: Collection[str] = ("low",),
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    progress: Progress | None = None,
    **means: Unpack[Means],
) -> Tornado:
    """Screen the assumptions of low confidence, swing the strongest, and find where verdicts flip.

    ``objectives`` default to all with a number under the ensemble's conditions; ``start_s`` and ``injects``
    must be those of the ensemble. At most ``max_runs`` runs are made beside the ensemble's own. An assumption
    is left out if a run with it doubled or halved could not be carried through; one that fails farther out
    has no flip there.
    """
    aims = _aims(ensemble, objectives)
    listed = assumptions(ensemble.scenario, ensemble.plan)
    doubtful = {entry.path: entry for entry in listed if entry.confidence in confidences}
    with Runner(ensemble.scenario, **means) as runner:
        bench = _Bench(ensemble, runner, start_s, injects, replications, max_runs, progress)
        scores = _screen(bench, aims, doubtful)
        chosen = [path for path, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0]))][:top]
        swings = [
            swing
            for path in chosen
            if all(bench.at(path, factor) is not None for factor in _FACTORS)
            for swing in _swings(bench, aims, doubtful[path])
        ]
        swings = _with_flips(bench, aims, swings)
        bench.finish()
    swings.sort(key=lambda swing: (swing.objective, -swing.width, swing.path))
    shown = {swing.path for swing in swings}
    return Tornado(tuple(swings), bench.n, bench.runs, tuple(sorted(set(doubtful) - shown)))


def flip(
    ensemble: Ensemble,
    *,
    path: str,
    objective: str,
    replications: int = 8,
    max_runs: int = 80,
    start_s: float | None = None,
    injects: Collection[str] | None = None,
    progress: Progress | None = None,
    **means: Unpack[Means],
) -> Flip | None:
    """Where the objective's verdict turns over if the assumption at ``path`` is 1/4 to 4 times its value.

    ``None`` if it does not. Raises :class:`DrillsimError` for a path or objective that does not exist,
    :class:`RunFailed` if none was found but runs could not be carried through.
    """
    aim = _aims(ensemble, (objective,))[objective]
    listed = {entry.path: entry for entry in assumptions(ensemble.scenario, ensemble.plan)}
    if path not in listed:
        raise DrillsimError(f"{path!r} is no assumption of plan {ensemble.plan}")
    median_s = listed[path].draw.under(ensemble.conditions).median
    with Runner(ensemble.scenario, **means) as runner:
        bench = _Bench(ensemble, runner, start_s, injects, replications, max_runs, progress)
        found = _seek(bench, aim, path, median_s, outward=True)
        bench.finish()
    if found is None and bench.failures:
        failed = len(bench.failures)
        raise RunFailed(f"{failed} of {bench.runs} runs with {path} changed failed; {bench.failures[0]}")
    return found


def _aims(ensemble: Ensemble, names: Collection[str] | None) -> dict[str, Objective]:
    """Objectives with a number and a limit, by name."""
    known = ensemble.scenario.objectives
    for name in names or ():
        if name not in known or target(known[name]) is None:
            raise DrillsimError(
                f"{name!r} is no objective with a number in scenario {ensemble.scenario.name}"
            )
    return {
        name: entry
        for name, entry in sorted(known.items())
        if (names is None or name in names)
        and target(entry) is not None
        and entry.only in (None, ensemble.conditions)
    }


class _Bench:
    """Outcomes under a factor on one assumption, each made once, within a budget of runs."""

    def __init__(
        self,
        ensemble: Ensemble,
        runner: Runner,
        start_s: float | None,
        injects: Collection[str] | None,
        replications: int,
        max_runs: int,
        progress: Progress | None,
    ) -> None:
        self.ensemble = ensemble
        self.base = ensemble.outcomes[:replications]
        self.n = len(self.base)
        self.runs = 0
        self.failures: list[Failure] = []
        self._runner = runner
        self._max = max_runs
        self._progress = progress
        chosen = None if injects is None else tuple(sorted(injects))
        self._job = Job(ensemble.plan, ensemble.conditions, ensemble.seed, start_s, chosen)
        self._made: dict[tuple[str, float], tuple[Outcome, ...] | None] = {}

    def at(self, path: str, factor: float) -> tuple[Outcome, ...] | None:
        """The first replications with that assumption times ``factor``; ``None`` as for :meth:`once`."""
        if factor == 1.0:
            return self.base
        if (path, factor) not in self._made:
            numbers = [outcome.replication for outcome in self.base]
            self._made[path, factor] = self.once(path, factor, numbers)
        return self._made[path, factor]

    def once(self, path: str, factor: float, numbers: Sequence[int]) -> tuple[Outcome, ...] | None:
        """These replications under that factor; ``None`` beyond the budget or if one fails."""
        if self.runs + len(numbers) > self._max:
            return None
        before = self.runs
        tell = self._progress
        part = None if tell is None else lambda done, _: tell(before + done, self._max)
        job = replace(self._job, factors=((path, factor),))
        found = self._runner.attempts(job, numbers, progress=part)
        self.runs += len(numbers)
        self.failures += found.failures
        return None if found.failures else tuple(result.outcome for result in found.results)

    def finish(self) -> None:
        if self._progress:
            self._progress(self.runs, self.runs)


def _screen(
    bench: _Bench, aims: Mapping[str, Objective], doubtful: Mapping[str, Assumption]
) -> dict[str, float]:
    """Assumption -> strength from 0 to 1 of what it does to any objective; without those that do nothing."""
    outcomes = bench.ensemble.outcomes
    ranks = {name: [_rank(aim, outcome) for outcome in outcomes] for name, aim in aims.items()}
    noise = 1.96 / math.sqrt(max(2, len(outcomes)) - 1)
    scores: dict[str, float] = {}
    probes: list[str] = []
    for path in sorted(doubtful):
        drawn = [outcome.drawn[path] for outcome in outcomes if path in outcome.drawn]
        if len(drawn) == len(outcomes) and _varies(drawn):
            score = max((abs(spearman(drawn, values)) for values in ranks.values()), default=0.0)
            if score >= noise:
                scores[path] = score
        elif drawn or path.startswith("profiles."):
            probes.append(path)  # else no run used it
    spreads = {name: _spread(values) for name, values in ranks.items()}
    typical = median_replication(bench.ensemble)
    base = next(outcome for outcome in outcomes if outcome.replication == typical)
    for path in probes[:_PROBES]:
        found = bench.once(path, 2.0, (typical,))
        if found is not None:
            moves = [_move(aim, base, found[0], spreads[name]) for name, aim in aims.items()]
            if max(moves, default=0.0) > 0.0:
                scores[path] = max(moves)
    return scores


def _varies(drawn: Sequence[float]) -> bool:
    mean = math.fsum(drawn) / len(drawn)
    spread = math.sqrt(math.fsum((value - mean) ** 2 for value in drawn) / len(drawn))
    return spread > _VARIES * abs(mean)


def _spread(ranks: Sequence[float]) -> float:
    reached = [rank for rank in ranks if math.isfinite(rank)]
    return quantile(reached, 0.9) - quantile(reached, 0.1) if reached else 0.0


def _move(aim: Objective, base: Outcome, other: Outcome, spread: float) -> float:
    """How far one run moved, as a share of what all runs spread, at most 1."""
    before, after = _rank(aim, base), _rank(aim, other)
    if before == after:
        return 0.0
    moved = abs(after - before)
    return min(1.0, moved / spread) if spread > 0.0 and math.isfinite(moved) else 1.0


def _rank(aim: Objective, outcome: Outcome) -> float:
    found = value(aim, outcome)
    assert found is not None  # aims have a number
    return found.rank


def _level(aim: Objective, outcomes: Sequence[Outcome]) -> float:
    """The measure at the required share of the runs: it meets the limit exactly where the share does."""
    ranks = [_rank(aim, outcome) for outcome in outcomes]
    if aim.above is not None:
        return -quantile([-rank for rank in ranks], required_share(aim))
    return quantile(ranks, required_share(aim))


def _share(aim: Objective, outcomes: Sequence[Outcome]) -> float:
    return sum(holds(aim, outcome) for outcome in outcomes) / len(outcomes)


def _met(aim: Objective, outcomes: Sequence[Outcome]) -> bool:
    return _share(aim, outcomes) >= required_share(aim) - 1e-9


def _swings(bench: _Bench, aims: Mapping[str, Objective], entry: Assumption) -> list[Swing]:
    found = []
    sets = [bench.at(entry.path, factor) for factor in (_FACTORS[0], 1.0, _FACTORS[1])]
    low, base, high = (outcomes or () for outcomes in sets)
    for name, aim in aims.items():
        about = value(aim, base[0])
        found.append(
            Swing(
                path=entry.path,
                label=entry.label,
                median=entry.draw.under(bench.ensemble.conditions).median,
                median_unit="m/s" if entry.path.endswith(_SPEED) else "s",
                objective=name,
                measure=summary_name(name, aim),
                unit=about.unit if about else "",
                target=target(aim),
                low=_level(aim, low),
                base=_level(aim, base),
                high=_level(aim, high),
                low_share=_share(aim, low),
                base_share=_share(aim, base),
                high_share=_share(aim, high),
            )
        )
    return found


def _with_flips(bench: _Bench, aims: Mapping[str, Objective], swings: Sequence[Swing]) -> list[Swing]:
    """Seek flips while the budget lasts: those seen when halving or doubling first, then farther out."""
    found = {(swing.objective, swing.path): swing for swing in swings if swing.width > 0.0}
    still = [swing for swing in swings if swing.width <= 0.0]
    keys = sorted(found, key=lambda key: (-found[key].width, key))
    for outward in (False, True):
        for key in keys:
            swing = found[key]
            if swing.flips_at_s is None and not swing.path.endswith(_SPEED):
                flips = _seek(bench, aims[swing.objective], swing.path, swing.median, outward=outward)
                if flips is not None:
                    found[key] = replace(
                        swing,
                        flips_at_s=flips.at_s,
                        flips_between_s=flips.between_s,
                        direction=flips.direction,
                    )
    return [*found.values(), *still]


def _seek(bench: _Bench, aim: Objective, path: str, median_s: float, *, outward: bool) -> Flip | None:
    """The flip nearest the assumed value, within x0.5 to x2 or, ``outward``, x0.25 to x4."""
    base_met = _met(aim, bench.base)

    def turned(factor: float) -> bool:
        outcomes = bench.at(path, factor)
        return outcomes is not None and _met(aim, outcomes) != base_met

    near = [factor for factor in _FACTORS if turned(factor)]
    if near:
        return _narrow(bench, aim, path, median_s, 1.0, near[-1], turned)
    for inner, outer in zip(_FACTORS, _WIDEST, strict=True):
        if outward and _heads_for_limit(bench, aim, path, inner) and turned(outer):
            return _narrow(bench, aim, path, median_s, inner, outer, turned)
    return None


def _heads_for_limit(bench: _Bench, aim: Objective, path: str, factor: float) -> bool:
    """Whether the measure at that factor has come nearer to the limit than it was."""
    outcomes = bench.at(path, factor)
    limit = target(aim)
    if outcomes is None or limit is None:
        return False
    return abs(_level(aim, outcomes) - limit) < abs(_level(aim, bench.base) - limit)


def _narrow(
    bench: _Bench,
    aim: Objective,
    path: str,
    median_s: float,
    kept: float,
    flipped: float,
    turned: Callable[[float], bool],
) -> Flip:
    """Halve the bracket [kept, flipped] on a logarithmic scale, then interpolate."""
    direction: Literal["longer", "shorter"] = "longer" if flipped > kept else "shorter"
    while max(kept / flipped, flipped / kept) > _TOLERANCE:
        middle = math.sqrt(kept * flipped)
        if bench.at(path, middle) is None:
            break
        if turned(middle):
            flipped = middle
        else:
            kept = middle
    low, high = sorted((kept, flipped))
    at = _cross(bench, aim, path, kept, flipped)
    return Flip(median_s * at, (median_s * low, median_s * high), direction)


def _cross(bench: _Bench, aim: Objective, path: str, kept: float, flipped: float) -> float:
    """The factor at which the straight line between the two ends meets the limit."""
    ends = [bench.at(path, factor) for factor in (kept, flipped)]
    limit = target(aim)
    levels = [_level(aim, outcomes) for outcomes in ends if outcomes is not None]
    if limit is None or len(levels) < 2 or not all(map(math.isfinite, levels)) or levels[0] == levels[1]:
        return math.sqrt(kept * flipped)
    share = (limit - levels[0]) / (levels[1] - levels[0])
    return kept + min(1.0, max(0.0, share)) * (flipped - kept)
