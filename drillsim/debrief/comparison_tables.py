"""The comparison as tables: plans side by side, one line a plan where it is narrow, SI numbers in files."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from drillsim.debrief import names
from drillsim.debrief.changes import change_rows
from drillsim.debrief.comparison import compared_rows, equal_names, objective_name, plan_title
from drillsim.debrief.figures import known_gain
from drillsim.debrief.listed import listed
from drillsim.debrief.views import Table
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drillsim.study.results import Comparison, Difference, Ensemble, Interval, ObjectiveDifference

__all__ = [
    "change_lines",
    "change_table",
    "comparison_lines",
    "plan_lines",
    "plans_table",
    "reading_notes",
    "sheets",
]


def plans_table(comparison: Comparison, *, language: Language = "en") -> Table:
    """One row a measure or objective: the first plan's value, then value and difference of every other."""
    first = comparison.ensembles[0]
    against = say("compare.against", language, plan=plan_title(first, language))
    values = [
        say("compare.value-of", language, plan=plan_title(one, language)) for one in comparison.ensembles
    ]
    headings = [say("column.measure", language), values[0]]
    for value in values[1:]:
        headings += [value, against]
    rows = compared_rows(comparison, language=language)
    return Table(
        say("compare.table", language),
        tuple(headings),
        tuple(
            (row.title, row.base, *(text for one in row.plans for text in (one.value, one.verdict)))
            for row in rows
        ),
        tuple(row.kind for row in rows),
        _equal(comparison, language),
    )


def plan_lines(comparison: Comparison, *, language: Language = "en") -> Table:
    """The same as :func:`plans_table` with one line a plan, for narrow places."""
    first = comparison.ensembles[0]
    titles = {ensemble.plan: plan_title(ensemble, language) for ensemble in comparison.ensembles}
    lines: list[tuple[str, ...]] = []
    for row in compared_rows(comparison, language=language):
        lines.append((row.title, titles[first.plan], row.base, ""))
        lines += [("", titles[one.plan], one.value, one.verdict) for one in row.plans]
    headings = (
        say("column.measure", language),
        say("report.plan", language),
        say("compare.value", language),
        say("compare.against", language, plan=titles[first.plan]),
    )
    note = _equal(comparison, language)
    return Table(say("compare.table", language), headings, tuple(lines), note=note)


def reading_notes(language: Language = "en") -> tuple[str, str]:
    """What the values and differences of the table are, and how sure its rows are."""
    return say("compare.values-note", language), say("compare.rows-note", language)


def _equal(comparison: Comparison, language: Language) -> str:
    equal = equal_names(comparison, language=language)
    joined = (", " if language == "en" else "、").join(equal)
    return say("report.equal", language, names=joined) if equal else ""


def change_table(comparison: Comparison, second: Ensemble, *, language: Language = "en") -> Table:
    """What a plan changes against the first, each with its criticality."""
    first = comparison.ensembles[0]
    changes = change_rows(first, second, language=language)
    caption = say(
        "compare.changes",
        language,
        plan=plan_title(second, language),
        first=plan_title(first, language),
    )
    headings = tuple(say(f"compare.{column}", language) for column in ("step", "change", "critical"))
    rows = tuple((change.title, what, critical) for change, what, critical in changes)
    note = "" if rows else say("compare.no-changes", language)
    return Table(caption, headings, rows, note=note)


def change_lines(
    comparison: Comparison, *, language: Language = "en"
) -> tuple[list[str], list[tuple[object, ...]]]:
    """Headings and lines of the file of changes; shares of runs as numbers."""
    columns = ("plan", "task", "step", "kind", "change", "critical", "critical-first", "critical-second")
    headings = [say(f"compare.column.{column}", language) for column in columns]
    lines: list[tuple[object, ...]] = []
    for ensemble in comparison.ensembles[1:]:
        for change, what, critical in change_rows(comparison.ensembles[0], ensemble, language=language):
            shares = [
                "" if share is None else share for share in (change.critical_first, change.critical_second)
            ]
            kind = say(f"compare.{change.kind}", language)
            lines.append((ensemble.plan, change.task, change.title, kind, what, critical, *shares))
    return headings, lines


_COLUMNS = (
    "name", "title", "plan", "unit", "n", "reached", "median", "low", "high",
    "difference", "difference-low", "difference-high", "level",
    "p95", "p95-low", "p95-high",
    "equal", "only-first", "only-second", "p-value", "test", "gain", "words",
)  # fmt: skip


def comparison_lines(
    comparison: Comparison, *, language: Language = "en"
) -> tuple[list[str], list[tuple[object, ...]]]:
    """Headings and lines of the file: every objective and listed measure of every plan, in SI units.

    Shares are of runs. Empty: not reached, not known or, for the first plan, no difference to tell.
    """
    words = {
        (row.kind, row.name, one.plan): one.verdict
        for row in compared_rows(comparison, language=language)
        for one in row.plans
    }
    headings = [say(f"compare.column.{column}", language) for column in _COLUMNS]
    lines = [*_objective_lines(comparison, words, language), *_measure_lines(comparison, words, language)]
    return headings, lines


Words = dict[tuple[Any, str, str], str]


def _objective_lines(
    comparison: Comparison, words: Words, language: Language
) -> Iterator[tuple[object, ...]]:
    for ensemble in comparison.ensembles:
        found = {one.objective: one for one in comparison.objectives.get(ensemble.plan, ())}
        for verdict in ensemble.verdicts:
            name, share = verdict.objective, verdict.share
            title = objective_name(ensemble, name, language)
            kept = round(share.estimate * verdict.n)
            yield (
                f"objective.{name}", title, ensemble.plan, "share", verdict.n, kept,
                *map(_cell, (share.estimate, share.low, share.high)),
                *_of_objective(found.get(name)),
                _said(words, "objective", name, ensemble.plan, found.get(name), language),
            )  # fmt: skip


def _of_objective(found: ObjectiveDifference | None) -> tuple[object, ...]:
    if found is None:
        return ("",) * 13
    equal = found.n - found.only_first - found.only_second
    only = (found.only_first, found.only_second)
    return (*_ends(found.difference), "", "", "", equal, *only, _cell(found.p_value), "", "")


def _measure_lines(comparison: Comparison, words: Words, language: Language) -> Iterator[tuple[object, ...]]:
    first = comparison.ensembles[0]
    known = [name for name in sorted(first.summaries) if all(listed(e, name) for e in comparison.ensembles)]
    for ensemble in comparison.ensembles:
        found = {one.measure: one for one in comparison.differences.get(ensemble.plan, ())}
        for name in known:
            if name not in ensemble.summaries:
                continue
            summary = ensemble.summaries[name]
            yield (
                name, names.measure_title(ensemble.scenario, name, language), ensemble.plan, summary.unit,
                summary.n, summary.reached,
                *map(_cell, (summary.p50.estimate, summary.p50.low, summary.p50.high)),
                *_of_measure(found.get(name)),
                _said(words, "measure", name, ensemble.plan, found.get(name), language),
            )  # fmt: skip


def _of_measure(found: Difference | None) -> tuple[object, ...]:
    if found is None:
        return ("",) * 13
    return (
        *_ends(found.mean), *_ends(found.p95)[:3], found.equal, found.only_first, found.only_second,
        _cell(found.p_value), found.test, _cell(known_gain(found)),
    )  # fmt: skip


def _said(words: Words, kind: str, name: str, plan: str, found: Any, language: Language) -> str:
    """The verdict of the table; what has no row there is equal in every run."""
    if found is None:
        return ""
    return words.get((kind, name, plan), say("compare.equal", language, n=found.n))


def _ends(interval: Interval) -> tuple[object, ...]:
    return (*map(_cell, (interval.estimate, interval.low, interval.high)), interval.level)


def _cell(number: float | None) -> object:
    return "" if number is None or not math.isfinite(number) else number


def sheets(
    comparison: Comparison, *, language: Language = "en"
) -> list[tuple[str, list[str], Sequence[Sequence[object]]]]:
    """Name, headings and lines of the sheets of the workbook: as the page shows them, then the numbers."""
    table = plans_table(comparison, language=language)
    return [
        (say("compare.table", language), list(table.headings), table.rows),
        (say("compare.sheet-changes", language), *change_lines(comparison, language=language)),
        (say("compare.sheet-numbers", language), *comparison_lines(comparison, language=language)),
    ]
