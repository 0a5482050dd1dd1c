"""Plans on the same luck in words: what each is against the first, and what that means."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final, Literal

from drillsim.debrief import names
from drillsim.debrief.figures import is_constant, reached_apart, reached_shares, told_apart
from drillsim.debrief.listed import in_own_unit, listed, times_first
from drillsim.debrief.sentences import interval_text, level_text, no_interval_text, share_text
from drillsim.messages import Language, say
from drillsim.study.objectives import SLOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drillsim.study.results import Comparison, Difference, Ensemble, ObjectiveDifference, Summary

__all__ = [
    "Compared",
    "Row",
    "compared_measures",
    "compared_objectives",
    "compared_rows",
    "equal_names",
    "is_headline",
    "objective_name",
    "plan_title",
    "reading",
    "verdict",
]

_MOMENTS: Final = ("endex", "last_out", "told.last")
_COUNTED: Final = ("p", "places")


@dataclass(frozen=True, slots=True)
class Compared:
    """One plan in one row: its own value and, in words, how it differs from the first plan."""

    plan: str
    value: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Row:
    """One measure or objective: the first plan's value, then every other plan."""

    kind: Literal["objective", "measure"]
    name: str
    title: str
    base: str
    plans: tuple[Compared, ...]


def plan_title(ensemble: Ensemble, language: Language) -> str:
    """The plan as it is called."""
    return names.title(ensemble.scenario.plans[ensemble.plan], ensemble.plan, language)


def compared_rows(comparison: Comparison, *, language: Language = "en") -> list[Row]:
    """Objectives, then times by the first plan's median, then amounts, that differ in any run of any plan.

    ENDEX and the last person out are told even if nothing differs; :func:`equal_names` has the rest.
    """
    return [*_objective_rows(comparison, language), *_measure_rows(comparison, language)]


def equal_names(comparison: Comparison, *, language: Language = "en") -> list[str]:
    """Measures and objectives that are the same in every run of every plan and have no row."""
    first = comparison.ensembles[0]
    objectives = [
        objective_name(first, name, language)
        for name, found in _all_objectives(comparison).items()
        if not any(map(_objective_differs, found.values()))
    ]
    measures = [
        names.measure_title(first.scenario, name, language)
        for name, found in _listed_measures(comparison).items()
        if not _has_row(comparison, name, found)
    ]
    return [*objectives, *measures]


def compared_measures(comparison: Comparison) -> dict[str, dict[str, Difference]]:
    """Measure -> plan -> difference, of what has a row in the table; times first."""
    return {
        name: found
        for name, found in _listed_measures(comparison).items()
        if _has_row(comparison, name, found)
    }


def _listed_measures(comparison: Comparison) -> dict[str, dict[str, Difference]]:
    first = comparison.ensembles[0]
    found: dict[str, dict[str, Difference]] = {}
    for plan, differences in comparison.differences.items():
        for difference in differences:
            found.setdefault(difference.measure, {})[plan] = difference
    return {
        name: found[name]
        for name in sorted(found, key=partial(times_first, first))
        if all(listed(ensemble, name) for ensemble in comparison.ensembles)
        and any(one.both or one.only_first or one.only_second for one in found[name].values())
    }


def _has_row(comparison: Comparison, name: str, found: dict[str, Difference]) -> bool:
    return is_headline(comparison.ensembles[0], name) or any(one.equal < one.n for one in found.values())


def is_headline(first: Ensemble, measure: str) -> bool:
    """Whether it is told in any case: the plan's end and the last person out."""
    return measure in ("endex", "last_out", f"milestone.{first.scenario.plans[first.plan].end}")


def _measure_rows(comparison: Comparison, language: Language) -> Iterator[Row]:
    first = comparison.ensembles[0]
    for name, found in compared_measures(comparison).items():
        others = tuple(
            Compared(
                ensemble.plan,
                _value(ensemble, name, language),
                verdict(first, found[ensemble.plan], language=language),
            )
            if ensemble.plan in found
            else Compared(ensemble.plan, _value(ensemble, name, language), "—")
            for ensemble in comparison.ensembles[1:]
        )
        title = names.measure_title(first.scenario, name, language)
        yield Row("measure", name, title, _value(first, name, language), others)


def _value(ensemble: Ensemble, name: str, language: Language) -> str:
    """Median with its interval; in how many runs it was reached, where that is not all."""
    summary = ensemble.summaries.get(name)
    if summary is None:
        return "—"
    if not math.isfinite(summary.p50.estimate):
        return _reached(summary, language)
    value = names.quantity(summary.p50.estimate, summary.unit, language)
    text = f"{value} ({interval_text(summary.p50, summary.unit, language)})"
    text = in_own_unit(ensemble, name, text, language)
    return text if summary.reached == summary.n else f"{text}; {_reached(summary, language)}"


def _reached(summary: Summary, language: Language) -> str:
    return say("compare.reached-in", language, reached=summary.reached, n=summary.n)


def verdict(first: Ensemble, found: Difference, *, language: Language = "en") -> str:
    """The paired difference in words: how much earlier or later, fewer or more, or not told apart."""
    if found.equal == found.n:
        return say("compare.equal", language, n=found.n)
    told = [_reaching(found, language)] if found.only_first != found.only_second else []
    if found.lower + found.higher > found.only_first + found.only_second:
        text = _of_mean(found, language) if _has_mean(found) else _of_runs(found, language)
        told.append(in_own_unit(first, found.measure, text, language))
    if found.equal:
        told.append(say("compare.same-in", language, equal=found.equal, n=found.n))
    return "; ".join(told)


def _reaching(found: Difference, language: Language) -> str:
    """In which share of runs each plan gets there; in how many, where the shares look alike."""
    shares = [f"{100.0 * share:.0f}" for share in reached_shares(found)]
    of_runs = ""
    if shares[0] == shares[1]:
        shares, of_runs = [str(found.both + only) for only in (found.only_first, found.only_second)], "-runs"
    message = f"compare.reached{of_runs}" if reached_apart(found) else f"compare.reached{of_runs}-open"
    return say(message, language, first=shares[0], second=shares[1], n=found.n)


def _has_mean(found: Difference) -> bool:
    """Whether the mean may be told: it has an interval, or no run differs from it."""
    return is_constant(found) or (found.mean.low is not None and found.mean.high is not None)


def _of_runs(found: Difference, language: Language) -> str:
    """In how many runs it is less and more: all that the sign test speaks of, whatever the mean."""
    said = say(
        reading(found.measure, found.unit)[2],
        language,
        lower=found.lower,
        higher=found.higher,
        n=found.n,
    )
    why = no_interval_text(found.mean, language)
    if found.both < found.n:
        said = say("compare.sign-reached", language, said=said)
    else:
        mean = names.signed(found.mean.estimate, found.unit, language)
        why = say("compare.sign-mean", language, mean=mean, why=why)
    return say("compare.sign" if told_apart(found) else "compare.sign-open", language, said=said, why=why)


def _of_mean(found: Difference, language: Language) -> str:
    """How much less or more it is on average, over the runs that have a value under both plans."""
    text = _mean_text(found, language)
    return say("compare.where-both", language, both=found.both, text=text) if found.both < found.n else text


def _mean_text(found: Difference, language: Language) -> str:
    mean = found.mean
    word = reading(found.measure, found.unit)[0 if mean.estimate < 0.0 else 1]
    said = say(word, language, amount=_amount(mean.estimate, found.unit, language))
    if mean.low is None or mean.high is None:
        return say("compare.every", language, said=said)
    outside = mean.low > 0.0 or mean.high < 0.0
    tiny = all(_rounds_away(end, found.unit, language) for end in (mean.low, mean.high))
    # Where one plan did not get there in some runs, the test is of more than this mean.
    if outside and (found.both < found.n or told_apart(found)):
        low, high = (_amount(end, found.unit, language) for end in sorted((mean.low, mean.high), key=abs))
        if tiny:
            return said
        return say("compare.apart", language, said=said, level=level_text(mean), low=low, high=high)
    if tiny:
        amount = _amount(max(mean.high, -mean.low), found.unit, language)
        return say("compare.not-apart-tiny", language, amount=amount, level=level_text(mean))
    return say(
        "compare.not-apart",
        language,
        mean=names.signed(mean.estimate, found.unit, language),
        level=level_text(mean),
        low=names.signed(mean.low, found.unit, language),
        high=names.signed(mean.high, found.unit, language),
    )


def _amount(number: float, unit: str, language: Language) -> str:
    """The size of a difference; ``below 0.01 person-min`` for what would round to nothing."""
    if number == 0.0 or not _rounds_away(number, unit, language):
        return names.quantity(abs(number), unit, language)
    least = 1.0 if unit == "s" else 0.01 / names.in_unit(1.0, unit, language)[0]
    return say("compare.below", language, amount=names.quantity(least, unit, language))


def _rounds_away(number: float, unit: str, language: Language) -> bool:
    return names.quantity(abs(number), unit, language) == names.quantity(0.0, unit, language)


def reading(measure: str, unit: str) -> tuple[str, str, str]:
    """Messages for less, for more and for runs of each: *earlier* and *later* for moments, *fewer* and *more*
    for counts."""
    if unit == "s" and (measure.startswith("milestone.") or measure in _MOMENTS):
        return "compare.earlier", "compare.later", "compare.sign-earlier"
    if unit in _COUNTED:
        return "compare.fewer", "compare.more", "compare.sign-fewer"
    return "compare.less", "compare.more-of", "compare.sign-less"


# ------------------------------------------------------------------ objectives


def compared_objectives(comparison: Comparison) -> dict[str, dict[str, ObjectiveDifference]]:
    """Objective -> plan -> difference, of those that are not kept in the same runs by all plans."""
    return {
        name: found
        for name, found in _all_objectives(comparison).items()
        if any(map(_objective_differs, found.values()))
    }


def _all_objectives(comparison: Comparison) -> dict[str, dict[str, ObjectiveDifference]]:
    found: dict[str, dict[str, ObjectiveDifference]] = {}
    for plan, differences in comparison.objectives.items():
        for difference in differences:
            found.setdefault(difference.objective, {})[plan] = difference
    return found


def _objective_differs(found: ObjectiveDifference) -> bool:
    return bool(found.only_first or found.only_second)


def objective_name(ensemble: Ensemble, objective: str, language: Language) -> str:
    """The objective as it is called, that on the time slot included."""
    entry = ensemble.scenario.objectives.get(objective)
    if entry is None and objective == SLOT:
        return say("debrief.slot-objective", language)
    return names.title(entry, objective, language)


def _objective_rows(comparison: Comparison, language: Language) -> Iterator[Row]:
    first = comparison.ensembles[0]
    for name, found in compared_objectives(comparison).items():
        others = tuple(
            Compared(
                ensemble.plan,
                _share(ensemble, name, language),
                _objective_verdict(found[ensemble.plan], language) if ensemble.plan in found else "—",
            )
            for ensemble in comparison.ensembles[1:]
        )
        title = objective_name(first, name, language)
        yield Row("objective", name, title, _share(first, name, language), others)


def _share(ensemble: Ensemble, objective: str, language: Language) -> str:
    """Share of runs that keep an objective, with the verdict."""
    for found in ensemble.verdicts:
        if found.objective == objective:
            kept = say("compare.kept", language, share=share_text(found.share, language))
            return f"{kept}: {say(f'verdict.{found.verdict}', language)}"
    return "—"


def _objective_verdict(found: ObjectiveDifference, language: Language) -> str:
    if not _objective_differs(found):
        return say("compare.equal", language, n=found.n)
    difference = found.difference
    sides = say("compare.only", language, first=found.only_first, second=found.only_second, n=found.n)
    if difference.low is None or difference.high is None:
        return f"{_points(difference.estimate, language)}; {no_interval_text(difference, language)}; {sides}"
    values = {
        "level": level_text(difference),
        "low": f"{100.0 * difference.low:+.0f}".replace("-", "−"),
        "high": f"{100.0 * difference.high:+.0f}".replace("-", "−"),
    }
    message = "compare.points-apart" if told_apart(found) else "compare.points-open"
    said = say(message, language, points=_points(difference.estimate, language), **values)
    return f"{said}; {sides}"


def _points(share: float, language: Language) -> str:
    """``12 points more often``."""
    points = f"{abs(100.0 * share):.0f}"
    named = say("compare.point" if points == "1" else "compare.points", language, points=points)
    return say("compare.less-often" if share < 0.0 else "compare.more-often", language, points=named)
