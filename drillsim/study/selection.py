"""Which of several plans is best, wrongly so with a stated chance: Kim & Nelson's sequential procedure.

Kim & Nelson 2001, ACM TOMACS 11:251, "A fully sequential procedure for indifference-zone selection in
simulation". It holds under common luck and with unequal variances, and assumes normal values, so means of
consecutive replications enter instead of single ones.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.errors import DrillsimError
from drillsim.study.objectives import measured
from drillsim.study.results import Choice, Outcome
from drillsim.study.stopping import full_name

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from drillsim.scenario.model import Scenario
    from drillsim.study.results import Ensemble

__all__ = ["FIRST_STAGE", "PER_MEAN", "Selection", "choose", "constants"]

PER_MEAN: Final = 5  # consecutive replications whose mean enters as one value: tames skewness
FIRST_STAGE: Final = 20  # such means before the first plan may go
_ROUNDING: Final = 1e-9  # of the largest mean: below this means are equal


def constants(plans: int, *, error: float = 0.05, first_stage: int = FIRST_STAGE) -> tuple[float, float]:
    """eta and h^2 of the procedure for ``plans`` plans.

    >>> [round(value, 5) for value in constants(4)], [round(value, 5) for value in constants(2)]
    ([0.21525, 8.17941], [0.13714, 5.21122])
    """
    eta = 0.5 * ((2.0 * error / (plans - 1)) ** (-2.0 / (first_stage - 1)) - 1.0)
    return eta, 2.0 * eta * (first_stage - 1)


def choose(
    values: Mapping[str, Sequence[float]],
    *,
    measure: str = "",
    unit: str = "",
    indifference: float,
    error: float = 0.05,
    larger_is_better: bool = False,
    censored: Mapping[str, int] | None = None,
) -> Choice:
    """The best of the plans by the mean of ``values``: plan -> (n,), the same replications in order.

    Plan i goes once its mean over r batch means lies behind that of a plan l still in the running by more
    than max(0, delta/2r (h^2 S_il^2 / delta^2 - r)), S_il^2 the variance of their differences over the first
    20. The same values give the same answer, and those after the decision change nothing but the means shown
    beside it. Plans with equal means that more runs need not keep apart all remain: that is decided, too.
    Raises ``ValueError`` for fewer than two plans, unequal numbers, or values that are not finite.
    """
    plans = list(values)
    matrix = np.array([values[plan] for plan in plans], dtype=np.float64)
    _check(matrix, indifference=indifference, error=error)
    n = matrix.shape[1]
    count = n // PER_MEAN
    signed = -matrix if larger_is_better else matrix
    grouped = signed[:, : count * PER_MEAN].reshape(len(plans), count, PER_MEAN).mean(axis=2)
    remaining, out = list(range(len(plans))), dict[int, int]()
    enough: int | None = FIRST_STAGE  # before that nobody can tell
    if count >= FIRST_STAGE:
        remaining, out, enough = _eliminate(grouped, indifference, error)
    means = matrix.mean(axis=1)
    order = sorted(remaining, key=lambda at: (-means[at] if larger_is_better else means[at], at))
    return Choice(
        measure=measure,
        unit=unit,
        indifference=indifference,
        error=error,
        n=n,
        means={plan: float(mean) for plan, mean in zip(plans, means, strict=True)},
        censored={plan: (censored or {}).get(plan, 0) for plan in plans},
        remaining=tuple(plans[at] for at in order),
        eliminated={plans[at]: stage * PER_MEAN for at, stage in out.items()},
        decided=enough is None,
        enough=None if enough is None else enough * PER_MEAN,
        larger_is_better=larger_is_better,
    )


def _check(matrix: NDArray[np.float64], *, indifference: float, error: float) -> None:
    if matrix.ndim != 2 or len(matrix) < 2 or matrix.shape[1] < 1:
        raise ValueError(f"values of shape {matrix.shape}; two plans or more with the same runs are needed")
    if not np.isfinite(matrix).all():
        raise ValueError("a value that is not finite; what did not come about needs a time to stand for it")
    if not indifference > 0.0:
        raise ValueError(f"an indifference of {indifference}; more than 0 is needed")
    if not 0.0 < error < 0.5:
        raise ValueError(f"an error of {error}; it must lie between 0 and 0.5")


def _eliminate(
    grouped: NDArray[np.float64], delta: float, error: float
) -> tuple[list[int], dict[int, int], int | None]:
    """Plans left, at which stage the others went, and about which stage decides; smaller is better."""
    plans, count = grouped.shape
    _, scale = constants(plans, error=error)
    first = grouped[:, :FIRST_STAGE]
    variance = (first[:, None, :] - first[None, :, :]).var(axis=2, ddof=1)
    means = np.cumsum(grouped, axis=1) / np.arange(1, count + 1)
    remaining, out = list(range(plans)), dict[int, int]()
    for stage in range(FIRST_STAGE, count + 1):
        now = means[:, stage - 1]
        slack = np.maximum(delta / (2 * stage) * (scale * variance / delta**2 - stage), 0.0)
        behind = slack + _ROUNDING * float(np.abs(now).max())
        gone = [
            at for at in remaining if any(now[at] > now[other] + behind[at, other] for other in remaining)
        ]
        out |= dict.fromkeys(sorted(gone, key=lambda at: -now[at]), stage)
        remaining = [at for at in remaining if at not in gone]
        # Equal means without any slack: nothing more would be learnt within the indifference zone.
        if not slack[np.ix_(remaining, remaining)].any():
            return remaining, out, None
    now = means[:, -1]
    best = min(remaining, key=lambda at: now[at])
    stages = [
        scale * float(variance[best, at]) / (delta * (2.0 * float(now[at] - now[best]) + delta))
        for at in remaining
        if at != best
    ]
    return remaining, out, max(math.ceil(max(stages)), count + 1)


@dataclass(frozen=True, slots=True)
class Selection:
    """What "the best plan" is to mean: the smallest mean of ``measure`` (or the largest).

    Differences up to ``indifference``, in the measure's unit, do not matter; the choice may be wrong in a
    share ``error`` of studies. A run in which the measure did not come about enters at ``horizon_s``, the
    time up to which runs are watched: what is compared is then the mean of the time up to there.
    As a :class:`drillsim.study.stopping.StoppingRule` it has enough when one plan is left, or some alike.
    """

    measure: str
    indifference: float
    error: float = 0.05
    larger_is_better: bool = False
    horizon_s: float | None = None
    unit: str = "s"  # of the indifference

    def within(self, scenario: Scenario) -> Selection:
        """This selection with the scenario's horizon for what did not come about."""
        return replace(self, horizon_s=scenario.horizon_s)

    def enough(self, studies: Sequence[Sequence[Outcome]]) -> bool:
        """Whether the choice is made; raises :class:`DrillsimError` for a measure that no run has."""
        if not all(studies):
            return False  # every run failed
        return self._choice({str(number): outcomes for number, outcomes in enumerate(studies)}).decided

    def choice(self, ensembles: Sequence[Ensemble]) -> Choice:
        """The choice among the plans of ``ensembles``, over the replications that all of them have."""
        asked = self if self.horizon_s is not None else self.within(ensembles[0].scenario)
        return asked._choice({ensemble.plan: ensemble.outcomes for ensemble in ensembles})

    def _choice(self, studies: Mapping[str, Sequence[Outcome]]) -> Choice:
        name = full_name(self.measure, list(studies.values()))
        runs = {plan: {entry.replication: entry for entry in outcomes} for plan, outcomes in studies.items()}
        shared = sorted(set.intersection(*(set(found) for found in runs.values())))
        if not shared:
            raise DrillsimError("no run was carried through under every plan, so none can be chosen")
        found = {plan: [measured(found[number], name) for number in shared] for plan, found in runs.items()}
        missing = {plan: sum(math.isnan(value.number) for value in entry) for plan, entry in found.items()}
        unit = next(iter(found.values()))[0].unit
        if unit != self.unit:
            raise DrillsimError(
                f"{self.measure} is measured in {unit or 'no unit'}; "
                f"give the indifference in that, not in {self.unit}"
            )
        stands_for = self.horizon_s
        if any(missing.values()) and (stands_for is None or unit != "s"):
            raise DrillsimError(
                f"{self.measure} did not come about in every run; give the time up to which runs are watched"
            )
        chosen = choose(
            {
                plan: [
                    stands_for if math.isnan(value.number) and stands_for is not None else value.number
                    for value in entry
                ]
                for plan, entry in found.items()
            },
            measure=name,
            unit=unit,
            indifference=self.indifference,
            error=self.error,
            larger_is_better=self.larger_is_better,
            censored=missing,
        )
        return replace(chosen, horizon_s=stands_for)
