"""Which plan is best, how sure that is, and what common luck was worth."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drillsim.debrief import names
from drillsim.debrief.comparison import is_headline, plan_title
from drillsim.debrief.figures import known_gain
from drillsim.debrief.listed import in_own_unit, listed
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.study.results import Choice, Comparison, Ensemble

__all__ = ["choice_sentences", "gain_sentence", "named_twice"]


def gain_sentence(comparison: Comparison, plan: str, *, language: Language = "en") -> str:
    """What common luck was worth for the end and the last person out; empty where that is not known."""
    first = comparison.ensembles[0]
    told, seen = [], set()
    for found in comparison.differences.get(plan, ()):
        twice = found.measure == "endex" and not listed(first, "endex")  # told as the milestone
        asked = not twice and (is_headline(first, found.measure) or found.measure == "milestone.last_out")
        gain = known_gain(found)
        if not asked or gain is None:
            continue
        title = names.measure_title(first.scenario, found.measure, language)
        if title in seen:
            continue
        seen.add(title)
        told.append(say("compare.gain-of", language, what=title, gain=_times(gain)))
    return say("compare.gain", language, told=_and(told, language)) if told else ""


def _times(gain: float) -> str:
    return f"{gain:,.0f}" if gain >= 10.0 else f"{gain:.2g}"


def choice_sentences(comparison: Comparison, *, language: Language = "en") -> list[str]:
    """Which plan is best on the measure asked for, with error and indifference; none where nobody asked."""
    choice = comparison.choice
    if choice is None:
        return []
    first = comparison.ensembles[0]
    titles = {
        ensemble.plan: say("compare.quoted", language, plan=plan_title(ensemble, language))
        for ensemble in comparison.ensembles
    }
    values = {
        "measure": names.measure_title(first.scenario, choice.measure, language),
        "error": f"{100.0 * choice.error:g}",
        "name": choice.measure,
        "zone": names.quantity(choice.indifference, choice.unit, language),
        "n": choice.n,
    }
    said = [_chosen(choice, titles, values, language), _means(first, choice, titles, language)]
    if twice := named_twice(comparison.ensembles, choice.measure, language=language):
        said.insert(1, twice)
    lost = [f"{titles.get(plan, plan)} {count}" for plan, count in choice.censored.items() if count]
    if lost:
        horizon_s = first.scenario.horizon_s if choice.horizon_s is None else choice.horizon_s
        time = names.duration(horizon_s, language)
        said.append(say("compare.choice-censored", language, time=time, plans=_and(lost, language)))
    return said


def named_twice(ensembles: Sequence[Ensemble], measure: str, *, language: Language = "en") -> str:
    """What a name means that a measure and a milestone share, and how to name the milestone.

    Empty for other names, and where both come at the same time in every run.
    """
    first, milestone = ensembles[0], f"milestone.{measure}"
    pairs = [
        (run.measures[measure].rank, run.measures[milestone].rank)
        for ensemble in ensembles
        for run in ensemble.outcomes
        if measure in run.measures and milestone in run.measures
    ]
    if all(one == other for one, other in pairs):
        return ""
    return say(
        "compare.choice-name",
        language,
        name=measure,
        title=names.measure_title(first.scenario, measure, language),
        other=names.measure_title(first.scenario, milestone, language),
        milestone=milestone,
    )


def _chosen(choice: Choice, titles: dict[str, str], values: dict[str, object], language: Language) -> str:
    left = [titles.get(plan, plan) for plan in choice.remaining]
    if choice.decided and len(left) == 1:
        after = max(choice.eliminated.values(), default=choice.n)
        return say("compare.choice", language, plan=left[0], after=after, **values)
    if choice.decided:
        return say("compare.choice-alike", language, plans=_and(left, language), **values)
    more = say("compare.choice-enough", language, enough=choice.enough) if choice.enough else ""
    more = f" {more}" if more and language == "en" else more
    return say("compare.choice-open", language, plans=_and(left, language), more=more, **values)


def _means(first: Ensemble, choice: Choice, titles: dict[str, str], language: Language) -> str:
    ranked = sorted(choice.means.items(), key=lambda entry: entry[1], reverse=choice.larger_is_better)
    told = [
        f"{titles.get(plan, plan)} {names.quantity(mean, choice.unit, language)}" for plan, mean in ranked
    ]
    text = say("compare.choice-means", language, means=_and(told, language))
    return in_own_unit(first, choice.measure, text, language)


def _and(texts: Sequence[str], language: Language) -> str:
    return (", " if language == "en" else "、").join(texts)
