"""What a plan changes against another, in words, and whether the change can move the end."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from drillsim.debrief import names
from drillsim.messages import Language, say
from drillsim.study.plan_changes import plan_changes

if TYPE_CHECKING:
    from drillsim.study.results import Ensemble, PlanChange

__all__ = ["change_rows"]

_SELDOM: Final = 0.05  # of the runs: a step critical in fewer hardly moves the end
_ASIDE: Final = ("priority", "skills")  # no news of a task that is new or dropped


def change_rows(
    first: Ensemble, second: Ensemble, *, language: Language = "en"
) -> list[tuple[PlanChange, str, str]]:
    """Each change of a plan with what it consists of, in words, and whether it can move the end."""
    duration = partial(names.duration, language=language)
    # Only a run that ended has a critical path.
    ended = [bool(outcome.critical) for one in (first, second) for outcome in one.outcomes]
    known = all(any(outcome.critical for outcome in one.outcomes) for one in (first, second))
    of_runs: Literal["all", "ended", ""] = "all" if all(ended) else "ended" if known else ""
    return [
        (change, _what(change, language), _criticality(change, of_runs, language))
        for change in plan_changes(first, second, language=language, duration=duration)
    ]


def _what(change: PlanChange, language: Language) -> str:
    nothing = say("change.nothing", language)
    told = []
    for field, before, after in change.what:
        if change.kind != "changed" and field in _ASIDE:
            continue
        named = say(f"field.{field}", language)
        if change.kind == "changed":
            told.append(f"{named} {before or nothing} → {after or nothing}")
        else:
            told.append(f"{named} {before or after}")
    kind = "" if change.kind == "changed" else say(f"compare.{change.kind}", language)
    gap = ": " if kind and told else ""
    return f"{kind}{gap}{'; '.join(told)}"


def _criticality(change: PlanChange, of_runs: Literal["all", "ended", ""], language: Language) -> str:
    """In which share of runs a change is critical: of all, of those that ended, or not known."""
    shares = [share for share in (change.critical_first, change.critical_second) if share is not None]
    if not shares:
        return ""
    if not of_runs:
        return say("compare.path-unknown", language)
    shown = [f"{100.0 * share:.0f}" for share in shares]
    kind = "" if change.kind == "changed" else f"-{change.kind}"
    if max(shares) == 0.0:
        return say(f"compare.path-never{kind}", language, runs=say(f"compare.none-{of_runs}", language))
    runs = say(f"compare.runs-{of_runs}", language)
    if len(set(shown)) == 1:
        text = say(f"compare.path{kind}", language, share=shown[0], runs=runs)
    else:
        text = say("compare.path-both", language, first=shown[0], second=shown[1], runs=runs)
    return text + say(f"compare.hardly{kind}", language) if max(shares) < _SELDOM else text
