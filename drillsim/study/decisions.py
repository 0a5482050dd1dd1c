"""Quality of decisions: in how many runs each rule of order was kept."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from drillsim.study.objectives import holds, measured
from drillsim.study.results import Interval
from drillsim.study.statistics import share_of_runs

if TYPE_CHECKING:
    from drillsim.study.results import Ensemble

__all__ = ["RuleKept", "decision_quality"]


@dataclass(frozen=True, slots=True)
class RuleKept:
    """One rule of order over all runs: everything in ``first`` came before ``then``, or did not.

    It does not apply to runs in which ``then`` never came; ``share`` is of those to which it applies.
    """

    objective: str
    first: tuple[str, ...]
    then: str
    kept: int
    broken: int
    not_applicable: int
    share: Interval
    broken_in: tuple[int, ...]  # replications


def decision_quality(ensemble: Ensemble) -> tuple[RuleKept, ...]:
    """The rules of order under the ensemble's conditions, by name; milestones may be of any party.

    The verdict on a rule counts runs in which ``then`` never came as kept; here they are told apart, so that
    a rule nobody had occasion to break does not look like good decisions.
    """
    found = []
    for name, objective in sorted(ensemble.scenario.objectives.items()):
        if objective.then is None or objective.only not in (None, ensemble.conditions):
            continue
        then = f"milestone.{objective.then}"
        came = [run for run in ensemble.outcomes if not math.isnan(measured(run, then).number)]
        broken = tuple(run.replication for run in came if not holds(objective, run))
        kept = len(came) - len(broken)
        found.append(
            RuleKept(
                objective=name,
                first=objective.first,
                then=objective.then,
                kept=kept,
                broken=len(broken),
                not_applicable=ensemble.n - len(came),
                share=share_of_runs(kept, len(came), looks=ensemble.looks)
                if came
                else Interval(math.nan, None, None),
                broken_in=broken,
            )
        )
    return tuple(found)
