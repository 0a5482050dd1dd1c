"""The summary one can read aloud. Every sentence speaks under the same words: given these assumptions."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from drillsim.debrief import names, standstill
from drillsim.debrief.assumed import labels
from drillsim.debrief.figures import is_from_below, objective_interval
from drillsim.messages import Language, say
from drillsim.study.objectives import SLOT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.study.results import Ensemble, Interval, Verdict
    from drillsim.study.sensitivity import Swing

__all__ = [
    "Aloud",
    "Group",
    "headline",
    "interval_text",
    "level_text",
    "no_interval_text",
    "objective_title",
    "ranked",
    "sentence",
    "share_text",
    "summary",
]

Judged = Literal["missed", "undecided", "met"]
_ORDER: Final[dict[Judged, int]] = {"missed": 0, "undecided": 1, "met": 2}


@dataclass(frozen=True, slots=True)
class Group:
    """The sentences on all objectives of one verdict, under a heading that says it."""

    verdict: Judged
    heading: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aloud:
    """What is read aloud: one sentence with the most important, whether runs stood still and who is trapped,
    then the objectives by verdict."""

    lead: str
    standstill: tuple[str, ...]
    groups: tuple[Group, ...]


def summary(ensemble: Ensemble, *, swings: Sequence[Swing] = (), language: Language = "en") -> Aloud:
    """How the objectives stand, then one sentence each: missed first, then undecided, then met.

    The lead says *given these assumptions* for all; the headings say the verdict.
    """
    groups = []
    for judged in _ORDER:
        told = [
            _told(ensemble, verdict, swings, language)
            for verdict in ranked(ensemble)
            if verdict.verdict == judged
        ]
        if told:
            heading = say(f"sentence.group-{judged}", language, count=len(told), n=ensemble.n)
            groups.append(Group(judged, heading, tuple(told)))
    return Aloud(
        headline(ensemble, language=language),
        standstill.told(ensemble, language=language),
        tuple(groups),
    )


def ranked(ensemble: Ensemble) -> list[Verdict]:
    """Verdicts missed, undecided, met; within each what the fewest runs keep first, then by target."""
    return sorted(
        ensemble.verdicts,
        key=lambda verdict: (
            _ORDER[verdict.verdict],
            verdict.share.estimate,
            -(verdict.target or 0.0) if verdict.verdict == "missed" else verdict.target or 0.0,
            verdict.objective,
        ),
    )


def headline(ensemble: Ensemble, *, language: Language = "en") -> str:
    """Plan and conditions, how many objectives are missed, undecided and met, and which is furthest off."""
    counts = {kind: sum(verdict.verdict == kind for verdict in ensemble.verdicts) for kind in _ORDER}
    worst = next(iter(ranked(ensemble)), None)
    verdict = worst.verdict if worst else "none"
    return say(
        f"sentence.lead-{verdict}",
        language,
        plan=names.title(ensemble.scenario.plans[ensemble.plan], ensemble.plan, language),
        conditions=say(f"conditions.{ensemble.conditions}", language),
        n=ensemble.n,
        total=len(ensemble.verdicts),
        worst=objective_title(ensemble, worst, language) if worst else "",
        kept=_kept(worst, language) if worst else "",
        **counts,
    )


def _kept(verdict: Verdict, language: Language) -> str:
    """In how many runs an objective was kept, to be read aloud."""
    kept = round(verdict.share.estimate * verdict.n)
    message = {0: "sentence.kept-none", verdict.n: "sentence.kept-all"}.get(kept, "sentence.kept")
    return say(message, language, kept=kept, n=verdict.n)


def _told(ensemble: Ensemble, verdict: Verdict, swings: Sequence[Swing], language: Language) -> str:
    """One objective below the heading of its verdict: its value, its target, and what would turn it."""
    found = _valued(ensemble, verdict)
    if found is None:
        what = objective_title(ensemble, verdict, language)
        text = say("sentence.rule", language, what=what, kept=_kept(verdict, language))
    else:
        text = _value(ensemble, verdict, *found, language)
        values = {
            "target": _asked_for(ensemble, verdict, language),
            "kept": _kept(verdict, language),
            "asked": f"{100.0 * verdict.required_share:g}",
        }
        text += say(f"sentence.told-{verdict.verdict}", language, **values)
    return _with_turn(text[:1].upper() + text[1:], ensemble, verdict, swings, language)


def sentence(
    ensemble: Ensemble,
    verdict: Verdict,
    *,
    swings: Sequence[Swing] = (),
    language: Language = "en",
) -> str:
    """One objective by itself: what holds in the share of runs asked for, its interval, verdict, and what
    would turn it."""
    found = _valued(ensemble, verdict)
    text = (
        _rule(ensemble, verdict, language) if found is None else _target(ensemble, verdict, *found, language)
    )
    text = f"{say('sentence.given', language)} {text}"
    return _with_turn(text, ensemble, verdict, swings, language)


def _asked_for(ensemble: Ensemble, verdict: Verdict, language: Language) -> str:
    target = names.quantity(verdict.target or 0.0, verdict.unit, language)
    return say("debrief.above", language, value=target) if is_from_below(ensemble, verdict) else target


def _valued(ensemble: Ensemble, verdict: Verdict) -> tuple[float, Interval] | None:
    """Share asked for and the value kept in it; ``None`` for rules, which are kept or broken."""
    found = objective_interval(ensemble, verdict)
    always = verdict.required_share >= 1.0 and verdict.unit != "s"
    if verdict.target is None or found is None or always:
        return None
    unbounded = is_from_below(ensemble, verdict) and not math.isfinite(found[1].estimate)
    return None if unbounded else found


def _with_turn(
    text: str, ensemble: Ensemble, verdict: Verdict, swings: Sequence[Swing], language: Language
) -> str:
    turn = _flip(ensemble, verdict, swings, language)
    gap = " " if language == "en" else ""
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
        what=_bare(labels(ensemble, language).get(swing.path, swing.label), language),
        value=names.duration(swing.flips_at_s or math.nan, language),
        assumed=names.duration(swing.median, language),
    )


def _bare(label: str, language: Language) -> str:
    """An assumption as it is said: that a task takes time goes without saying."""
    return label.removesuffix(f": {say('assumption.takes', language)}")


def _becomes(swing: Swing, verdict: Verdict) -> str:
    return "missed" if swing.base_share >= verdict.required_share - 1e-9 else "met"


def _target(
    ensemble: Ensemble, verdict: Verdict, share: float, interval: Interval, language: Language
) -> str:
    return _value(ensemble, verdict, share, interval, language) + say(
        f"sentence.target-{verdict.verdict}",
        language,
        target=names.quantity(verdict.target or 0.0, verdict.unit, language),
        share=share_text(verdict.share, language),
        asked=f"{100.0 * verdict.required_share:g}",
        n=verdict.n,
    )


def _value(ensemble: Ensemble, verdict: Verdict, share: float, interval: Interval, language: Language) -> str:
    """What an objective's time or amount is in the share of runs asked for, with its interval."""
    values = {"what": objective_subject(ensemble, verdict, language), "percent": f"{100.0 * share:g}"}
    if not math.isfinite(interval.estimate):
        return say("sentence.unreached", language, **values)
    values["value"] = names.quantity(interval.estimate, verdict.unit, language)
    values["ci"] = interval_text(interval, verdict.unit, language, named=True)
    objective = ensemble.scenario.objectives.get(verdict.objective)
    kind = "last_out" if verdict.measure == "last_out" else "time" if verdict.unit == "s" else "amount"
    if is_from_below(ensemble, verdict):
        kind = "above"
    elif objective is not None and objective.since is not None:
        kind, since = "since", ensemble.scenario.milestones.get(objective.since)
        values["since"] = names.title(since, objective.since, language)
    return say(f"sentence.{kind}", language, **values)


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
        return no_interval_text(interval, language)
    return say(
        "debrief.interval-named" if named else "debrief.interval",
        language,
        level=level_text(interval),
        low=names.quantity(interval.low, unit, language),
        high=names.quantity(interval.high, unit, language),
    )


def no_interval_text(interval: Interval, language: Language) -> str:
    """Why there is no interval, with the runs it needs where that is known."""
    if interval.needs is None:
        return say("debrief.no-interval", language)
    return say("debrief.needs", language, needs=interval.needs)


def level_text(interval: Interval) -> str:
    """The level in percent: ``95``, ``97.5``."""
    return f"{100.0 * interval.level:.3g}"


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
