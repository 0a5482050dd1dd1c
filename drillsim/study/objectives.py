"""Whether each objective was met in a run, and over all runs."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from drillsim.errors import DrillsimError
from drillsim.measures.evaluate import absent
from drillsim.measures.value import Value
from drillsim.study.results import Verdict
from drillsim.study.statistics import LOOKING_SHARE, judge_all, share_of_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.response.objectives import Objective
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.results import Outcome

__all__ = [
    "SLOT",
    "holds",
    "measured",
    "required_share",
    "slot",
    "summary_name",
    "target",
    "value",
    "verdicts",
]

SLOT = "slot"  # the verdict on ENDEX and the time booked, beside the scenario's own objectives


def measured(outcome: Outcome, name: str) -> Value:
    """A measure of one run; counts nothing speaks of are 0.

    Raises :class:`DrillsimError` for a name that is no measure, with the nearest that is.
    """
    if name in outcome.measures:
        return outcome.measures[name]
    found = absent(name, end_s=outcome.end_s)
    if found is None:
        near = get_close_matches(name, outcome.measures, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise DrillsimError(f"{name!r} is not a measure{hint}")
    return found


def value(objective: Objective, outcome: Outcome) -> Value | None:
    """What the objective is about in one run; ``None`` for a rule of order."""
    if objective.milestone is None and objective.measure is None:
        return None
    found = measured(outcome, objective.measure or f"milestone.{objective.milestone}")
    if objective.since is None:
        return found
    since = measured(outcome, f"milestone.{objective.since}")
    if math.isnan(since.number):
        return Value(math.nan, found.unit, at_least=0.0)
    if found.at_least is not None:
        return Value(math.nan, found.unit, at_least=max(0.0, found.at_least - since.number))
    return Value(found.number - since.number, found.unit)


def holds(objective: Objective, outcome: Outcome) -> bool:
    """Whether one run meets the objective.

    Not reached never meets an upper limit. It meets ``above`` if its lower bound does: a space that was never
    lost is safe. A rule of order holds if ``then`` never came.
    """
    if objective.then is not None:
        then = measured(outcome, f"milestone.{objective.then}")
        first = [measured(outcome, f"milestone.{name}").rank for name in objective.first]
        return math.isnan(then.number) or all(rank <= then.number for rank in first)
    found = value(objective, outcome)
    if found is None:
        return True
    upper = objective.within_s if objective.within_s is not None else objective.at_most
    if upper is not None and not found.rank <= upper:
        return False
    if objective.above is None:
        return upper is not None or not math.isnan(found.number)
    if found.at_least is not None:
        return found.at_least >= objective.above
    return found.number > objective.above


def target(objective: Objective) -> float | None:
    """The limit in SI units; ``None`` for a rule or a milestone that must only come."""
    for limit in (objective.within_s, objective.at_most, objective.above):
        if limit is not None:
            return limit
    return None


def required_share(objective: Objective) -> float:
    """Share of runs; a rule of order always holds."""
    return 1.0 if objective.then is not None else objective.share


def summary_name(name: str, objective: Objective) -> str:
    """Under which name the ensemble's summaries hold what the objective is about; ``order`` for a rule."""
    if objective.then is not None:
        return "order"
    if objective.since is not None:
        return f"objective.{name}"
    return objective.measure or f"milestone.{objective.milestone}"


def verdicts(
    scenario: Scenario,
    conditions: Conditions,
    outcomes: Sequence[Outcome],
    *,
    failed: int = 0,
    looks: int = 0,
) -> tuple[Verdict, ...]:
    """Every objective under these conditions, by name; in an exercise also whether ENDEX fits the slot.

    ``failed`` runs beside the outcomes leave a verdict undecided that hangs on how they would have ended.
    After ``looks`` whether the runs are enough, intervals are wider and verdicts more careful, so that both
    still hold with 95 % though the study stopped when it saw fit.
    """
    if not outcomes:
        return ()
    found = []
    for name, objective in sorted(scenario.objectives.items()):
        if objective.only in (None, conditions):
            kept = sum(holds(objective, outcome) for outcome in outcomes)
            about = value(objective, outcomes[0])
            found.append(
                Verdict(
                    objective=name,
                    title=objective.title,
                    measure=summary_name(name, objective),
                    target=target(objective),
                    unit=about.unit if about else "",
                    required_share=required_share(objective),
                    share=share_of_runs(kept, len(outcomes), looks=looks),
                    verdict=_judged(kept, len(outcomes), required_share(objective), failed, looks),
                    n=len(outcomes),
                    failed=failed,
                )
            )
    if conditions == "exercise" and SLOT not in scenario.objectives:
        found.append(slot(scenario.slot_s, outcomes, failed=failed, looks=looks))
    return tuple(found)


def _judged(
    kept: int, n: int, required: float, failed: int, looks: int
) -> Literal["met", "missed", "undecided"]:
    if looks < 1:
        return judge_all(kept, n, required, failed=failed)
    return judge_all(kept, n, required, failed=failed, level=LOOKING_SHARE)


def slot(
    slot_s: float, outcomes: Sequence[Outcome], *, required: float = 0.9, failed: int = 0, looks: int = 0
) -> Verdict:
    """Whether ENDEX fits the time booked, with the share of runs in which it does."""
    kept = sum(outcome.measures["endex"].rank <= slot_s for outcome in outcomes)
    return Verdict(
        objective=SLOT,
        title="ENDEX fits the time slot",
        measure="endex",
        target=slot_s,
        unit="s",
        required_share=required,
        share=share_of_runs(kept, len(outcomes), looks=looks),
        verdict=_judged(kept, len(outcomes), required, failed, looks),
        n=len(outcomes),
        failed=failed,
    )
