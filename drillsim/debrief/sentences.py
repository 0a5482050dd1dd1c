"""The summary one can read aloud. Every sentence speaks under the same words: given these assumptions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.debrief import names
from drillsim.debrief.assumed import labels
from drillsim.debrief.figures import is_from_below, objective_interval
from drillsim.messages import Language, say
from drillsim.study.objectives import SLOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.study.results import Ensemble, Interval, Verdict
    from drillsim.study.sensitivity import Swing

__all__ = ["headline", "interval_text", "objective_title", "ranked", "sentence", "share_text", "summary"]


def summary(ensemble: Ensemble, *, swings: Sequence[Swing] = (), language: Language = "en") -> list[str]:
    """How the objectives stand, then one sentence each: missed first, then undecided, then met.

    The first says *given these assumptions* for all.
    """
    told = [
        sentence(ensemble, verdict, swings=swings, language=language, alone=False)
        for verdict in ranked(ensemble)
    ]
    return [headline(ensemble, language=language), *told]


def ranked(ensemble: Ensemble) -> list[Verdict]:
    """Verdicts missed, undecided, met; within each the earliest target first."""
    return sorted(
        ensemble.verdicts,
        key=lambda verdict: (_ORDER[verdict.verdict], verdict.target or 0.0, verdict.objective),
    )


_ORDER = {"missed": 0, "undecided": 1, "met": 2}


def headline(ensemble: Ensemble, *, language: Language = "en") -> str:
    """Plan, conditions, runs, and how many objectives are met, missed, undecided."""
    counts = {kind: sum(verdict.verdict == kind for verdict in ensemble.verdicts) for kind in _ORDER}
    return say(
        "sentence.headline",
        language,
        plan=names.title(ensemble.scenario.plans[ensemble.plan], ensemble.plan, language),
        conditions=say(f"conditions.{ensemble.conditions}", language),
        n=ensemble.n,
        total=len(ensemble.verdicts),
        **counts,
    )


def sentence(
    ensemble: Ensemble,
    verdict: Verdict,
    *,
    swings: Sequence[Swing] = (),
    language: Language = "en",
    alone: bool = True,
) -> str:
    """One objective: what holds in the share of runs asked for, its interval, verdict, what would turn it."""
    found = objective_interval(ensemble, verdict)
    always = verdict.required_share >= 1.0 and verdict.unit != "s"
    unbounded = (
        found is not None and is_from_below(ensemble, verdict) and not math.isfinite(found[1].estimate)
    )
    if verdict.target is None or found is None or always or unbounded:
        text = _rule(ensemble, verdict, language)
    else:
        text = _target(ensemble, verdict, *found, language)
    given = say("sentence.given", language) if alone else ""
    gap = " " if language == "en" else ""
    text = f"{given} {text}" if given else text[:1].upper() + text[1:]
    turn = _flip(ensemble, verdict, swings, language)
    return f"{text}{gap}{turn}" if turn else text


def _flip(ensemble: Ensemble, verdict: Verdict, swings: Sequence[Swing], language: Language) -> str:
    """What would turn the verdict: the assumption whose turning value lies nearest the assumed one."""
    # The few runs of a swing may judge otherwise than all runs; what turns their verdict is then no news.
    found = [
        (abs(math.log(swing.flips_at_s / swing.median)), swing.path, swing)
        for swing in swings
        if swing.objective == verdict.objective
        and swing.flips_at_s
        and swing.median > 0.0
        and _becomes(swing, verdict) != verdict.verdict
    ]
    if not found:
        return ""
    swing = min(found)[2]
    return say(
        f"sentence.flip-{_becomes(swing, verdict)}-{swing.direction or 'longer'}",
        language,
        what=labels(ensemble, language).get(swing.path, swing.label),
        value=names.duration(swing.flips_at_s or math.nan, language),
        assumed=names.duration(swing.median, language),
    )


def _becomes(swing: Swing, verdict: Verdict) -> str:
    return "missed" if swing.base_share >= verdict.required_share - 1e-9 else "met"


def _target(
    ensemble: Ensemble, verdict: Verdict, share: float, interval: Interval, language: Language
) -> str:
    values = {
        "what": objective_subject(ensemble, verdict, language),
        "percent": f"{100.0 * share:g}",
        "target": names.quantity(verdict.target or 0.0, verdict.unit, language),
        "share": share_text(verdict.share, language),
        "asked": f"{100.0 * verdict.required_share:g}",
        "n": verdict.n,
    }
    end = say(f"sentence.target-{verdict.verdict}", language, **values)
    if not math.isfinite(interval.estimate):
        return say("sentence.unreached", language, **values) + end
    values["value"] = names.quantity(interval.estimate, verdict.unit, language)
    values["ci"] = interval_text(interval, verdict.unit, language, named=True)
    objective = ensemble.scenario.objectives.get(verdict.objective)
    kind = "last_out" if verdict.measure == "last_out" else "time" if verdict.unit == "s" else "amount"
    if is_from_below(ensemble, verdict):
        kind = "above"
    elif objective is not None and objective.since is not None:
        kind, since = "since", ensemble.scenario.milestones.get(objective.since)
        values["since"] = names.title(since, objective.since, language)
    return say(f"sentence.{kind}", language, **values) + end


def _rule(ensemble: Ensemble, verdict: Verdict, language: Language) -> str:
    kept = round(verdict.share.estimate * verdict.n)
    message = "sentence.rule-kept" if kept == verdict.n else "sentence.rule-broken"
    return say(
        message,
        language,
        what=objective_title(ensemble, verdict, language),
        broken=verdict.n - kept,
        n=verdict.n,
        share=share_text(verdict.share, language),
        asked=f"{100.0 * verdict.required_share:g}",
        verdict=say(f"verdict.{verdict.verdict}", language),
    )


def objective_title(ensemble: Ensemble, verdict: Verdict, language: Language) -> str:
    """The objective as it is called."""
    if verdict.objective == SLOT and SLOT not in ensemble.scenario.objectives:
        return say("debrief.slot-objective", language)
    entry = ensemble.scenario.objectives.get(verdict.objective)
    return names.title(entry, verdict.title or verdict.objective, language)


def objective_subject(ensemble: Ensemble, verdict: Verdict, language: Language) -> str:
    """What an objective's time or amount is of: the milestone, the measure, or the objective itself."""
    objective = ensemble.scenario.objectives.get(verdict.objective)
    if objective is not None and objective.milestone is not None:
        return names.title(
            ensemble.scenario.milestones.get(objective.milestone), objective.milestone, language
        )
    if verdict.objective == SLOT and objective is None:
        return names.measure_title(ensemble.scenario, "endex", language)
    from_measure = objective is not None and (objective.since is not None or objective.above is not None)
    if objective is not None and objective.measure is not None and from_measure:
        return names.measure_title(ensemble.scenario, objective.measure, language)
    return objective_title(ensemble, verdict, language)


def interval_text(interval: Interval, unit: str, language: Language, *, named: bool = False) -> str:
    """The interval for reading, ``named`` with its level before it; the reason where there is none."""
    if interval.low is None or interval.high is None:
        return say("debrief.no-interval", language)
    return say(
        "debrief.interval-named" if named else "debrief.interval",
        language,
        level=f"{100.0 * interval.level:g}",
        low=names.quantity(interval.low, unit, language),
        high=names.quantity(interval.high, unit, language),
    )


def share_text(share: Interval, language: Language) -> str:
    """A share of runs with its interval: ``92 % (82 to 97 %)``."""
    if share.low is None or share.high is None:
        return f"{100.0 * share.estimate:.0f} %"
    return say(
        "debrief.share",
        language,
        share=f"{100.0 * share.estimate:.0f}",
        low=f"{100.0 * share.low:.0f}",
        high=f"{100.0 * share.high:.0f}",
    )
