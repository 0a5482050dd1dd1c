"""Tables of the report as plain text cells, each number from the function that all outputs share."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from drillsim.debrief import names
from drillsim.debrief.assumed import assumed, fixed_values, labels
from drillsim.debrief.assumed_fires import fire_values
from drillsim.debrief.figures import (
    criticality,
    flags,
    is_from_below,
    moves,
    objective_interval,
    slot_verdict,
)
from drillsim.debrief.happenings import happening_lines, happenings
from drillsim.debrief.listed import in_own_unit, listed, times_first
from drillsim.debrief.runsheet import HEADINGS, cells, headings
from drillsim.debrief.sentences import interval_text, objective_title, ranked, share_text
from drillsim.debrief.steps import is_wait, kind_text, pair_of, path_title, step_title
from drillsim.measures.critical_path import critical_path
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from drillsim.debrief.runsheet import SheetRow
    from drillsim.measures.critical_path import Step
    from drillsim.study.results import Ensemble, Summary, Verdict
    from drillsim.study.sensitivity import Swing
    from drillsim.trace.log import Trace

__all__ = [
    "Table",
    "assumption_table",
    "criticality_table",
    "measure_table",
    "path_table",
    "price_table",
    "rule_table",
    "run_table",
    "sheet_table",
    "slot_text",
    "swing_table",
    "verdict_table",
]

_SHOWN_STEPS = 25  # lines of the table of criticality


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows of text; ``marks`` are CSS classes of the rows, empty or one a row.

    ``note`` stands below.
    """

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marks: tuple[str, ...] = ()
    note: str = ""


def _table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], language: Language,
           marks: Sequence[str] = ()) -> Table:  # fmt: skip
    headings = tuple(say(f"column.{column}", language) for column in columns)
    return Table(caption, headings, tuple(map(tuple, rows)), tuple(marks))


def sheet_table(rows: Sequence[SheetRow], *, start_s: float, language: Language = "en") -> Table:
    """The run sheet as the page shows it: narrower than the file, with all remarks in one column."""
    columns = ("clock", "kind", "event", "who", "where", "earliest", "done", "slack", "note")
    keep = [HEADINGS.index(column) for column in columns]
    first, last = HEADINGS.index("earliest"), HEADINGS.index("latest")
    named = headings(language)
    named[first] = say("sheet.column.range", language)
    lines = []
    for row in rows:
        line = cells(row, start_s=start_s, language=language)
        if line[first] == line[last]:
            line[first] = ""  # the clock says it
        else:
            line[first] = f"{line[first]}–{line[last]}"
        remarks = [row.note] if row.note else []
        if not math.isnan(row.latest_useful_s):
            latest = names.clock(row.latest_useful_s, start_s, language)
            remarks.append(say("sheet.latest-useful", language, time=latest))
        if row.reached < row.n:
            remarks.append(say("sheet.only-in", language, reached=row.reached, n=row.n))
        lines.append((*(line[number] for number in keep[:-1]), " ".join(remarks)))
    return Table(
        say("report.runsheet", language),
        tuple(named[number] for number in keep),
        tuple(lines),
        tuple(row.kind for row in rows),
    )


def run_table(ensemble: Ensemble, trace: Trace, *, start_s: float, language: Language = "en") -> Table:
    """Messages, calls, levels, entries and the like of one run, at its own times.

    They stand apart from the run sheet, whose times are those of all runs.
    """
    found = list(happenings(ensemble.scenario, ensemble.plan, trace, language=language))
    named, lines = happening_lines(found, start_s=start_s, language=language)
    caption = say("report.run-note", language, run=trace.header.replication)
    return Table(caption, tuple(named), tuple(map(tuple, lines)), tuple(one.kind for one in found))


def verdict_table(ensemble: Ensemble, *, language: Language = "en") -> Table:
    """Objectives with a number: target, quantile with interval, share of runs, verdict."""
    found = [verdict for verdict in ranked(ensemble) if verdict.target is not None]
    return _table(
        say("report.verdicts", language),
        ("objective", "target", "quantile", "ci", "share", "asked", "verdict"),
        [_verdict_cells(ensemble, verdict, language) for verdict in found],
        language,
        [verdict.verdict for verdict in found],
    )


def _verdict_cells(ensemble: Ensemble, verdict: Verdict, language: Language) -> list[str]:
    found = objective_interval(ensemble, verdict)
    return [
        objective_title(ensemble, verdict, language),
        _target(ensemble, verdict, language),
        names.quantity(found[1].estimate, verdict.unit, language) if found else "",
        interval_text(found[1], verdict.unit, language) if found else "",
        share_text(verdict.share, language),
        f"{100.0 * verdict.required_share:g} %",
        say(f"verdict.{verdict.verdict}", language),
    ]


def _target(ensemble: Ensemble, verdict: Verdict, language: Language) -> str:
    objective = ensemble.scenario.objectives.get(verdict.objective)
    value = names.quantity(verdict.target or 0.0, verdict.unit, language)
    kind = "debrief.above" if is_from_below(ensemble, verdict) else "debrief.at-most"
    text = say(kind, language, value=value)
    if objective is not None and objective.since is not None:
        since = names.title(ensemble.scenario.milestones.get(objective.since), objective.since, language)
        text = f"{text} {say('debrief.since', language, since=since)}"
    return text


def rule_table(ensemble: Ensemble, *, language: Language = "en") -> Table:
    """Rules of order and others without a number."""
    found = [verdict for verdict in ensemble.verdicts if verdict.target is None]
    return _table(
        say("report.rules", language),
        ("rule", "share", "asked", "verdict"),
        [
            [
                objective_title(ensemble, verdict, language),
                share_text(verdict.share, language),
                say("debrief.always", language)
                if verdict.required_share >= 1.0
                else f"{100.0 * verdict.required_share:g} %",
                say(f"verdict.{verdict.verdict}", language),
            ]
            for verdict in found
        ],
        language,
        [verdict.verdict for verdict in found],
    )


def slot_text(ensemble: Ensemble, *, language: Language = "en") -> str:
    """The probability that ENDEX fits the slot, in words."""
    verdict, summary = slot_verdict(ensemble), ensemble.summaries["endex"]
    slot_length = names.duration(ensemble.scenario.slot_s, language)
    text = say("report.slot-text", language, share=share_text(verdict.share, language), slot=slot_length)
    times = (summary.p50.estimate, summary.p95.estimate)
    kind = "reached" if math.isfinite(times[1]) else "late" if math.isfinite(times[0]) else "never"
    p50, p95 = (names.duration(time_s, language) for time_s in times)
    missed = summary.n - summary.reached
    more = say(f"report.slot-{kind}", language, p50=p50, p95=p95, missed=missed, n=summary.n)
    return f"{text} {more}" if language == "en" else f"{text}{more}"


def limits(ensemble: Ensemble, *, language: Language = "en") -> list[str]:
    """Runs that failed, and where a model was outside its range or unreliable."""
    failed = len(ensemble.failures)
    told = [say("report.failed-runs", language, failed=failed, n=ensemble.n + failed)] if failed else []
    return told + [
        say("report.flag", language, flag=_flag_text(ensemble, flag, language), runs=runs, n=ensemble.n)
        for flag, runs in flags(ensemble)
    ]


def _flag_text(ensemble: Ensemble, flag: str, language: Language) -> str:
    """A flag with the title of its hazard, and those of the spaces that it ends with."""
    scenario = ensemble.scenario
    hazard, _, text = flag.partition(": ")
    if hazard not in scenario.hazards:
        return flag
    said, _, ends = text.rpartition(": ")
    spaces = ends.split(", ")
    if said and scenario.facility.spaces.keys() >= set(spaces):
        text = f"{said}: {', '.join(names.place_title(scenario, space, language) for space in spaces)}"
    return f"{names.title(scenario.hazards[hazard], hazard, language)}: {text}"


def criticality_table(ensemble: Ensemble, *, language: Language = "en") -> Table:
    """Tasks and waits by the share of runs in which they are on the critical path."""
    found = criticality(ensemble)
    shown, more = found[:_SHOWN_STEPS], found[_SHOWN_STEPS:]
    note = say("explain.more", language, count=len(more), share=f"{100.0 * more[0][1]:.0f}") if more else ""
    table = _table(
        say("report.critical", language),
        ("step", "kind", "critical"),
        [
            [
                step_title(ensemble.scenario, ensemble.plan, step, language),
                kind_text(step, language),
                f"{100.0 * share:.0f} %",
            ]
            for step, share in shown
        ],
        language,
        ["wait" if is_wait(step) else "" for step, _ in shown],
    )
    return replace(table, note=note)


def path_table(ensemble: Ensemble, trace: Trace, *, start_s: float, language: Language = "en") -> Table:
    """The critical path of one run from STARTEX to the plan's end, on the wall clock.

    Beside each step the share of all runs that have it on their path: one run need not be typical.
    """
    end = ensemble.scenario.plans[ensemble.plan].end
    steps = _joined(critical_path(trace, end))
    shares = dict(criticality(ensemble))
    return _table(
        say("report.path-note", language, run=trace.header.replication),
        ("step", "kind", "from", "to", "lasts", "waited", "critical"),
        [
            [
                path_title(ensemble.scenario, ensemble.plan, step, language),
                kind_text(step.label, language),
                names.clock(step.start_s, start_s, language),
                names.clock(step.end_s, start_s, language),
                names.duration(step.end_s - step.start_s, language),
                names.duration(step.end_s - step.since_s, language) if step.since_s < step.start_s else "",
                f"{100.0 * shares[step.label]:.0f} %" if step.label in shares else "",
            ]
            for step in steps
        ],
        language,
        ["wait" if is_wait(step.label) else "" for step in steps],
    )


def _joined(steps: Sequence[Step]) -> list[Step]:
    """Steps of one name and pair that follow each other (outside the site, then inside) as one."""
    found: list[Step] = []
    for step in steps:
        if found and (found[-1].label, pair_of(found[-1])) == (step.label, pair_of(step)):
            found[-1] = replace(found[-1], end_s=step.end_s)
        else:
            found.append(step)
    return found


def price_table(ensemble: Ensemble, *, language: Language = "en") -> Table:
    """What the exercise costs: business standing still, people and vehicles tied up."""
    found = [name for name in sorted(ensemble.summaries) if name.startswith(("price.", "tied_up."))]
    return _table(
        say("report.price", language),
        ("what", "p50", "p90", "reached"),
        [
            [
                names.measure_title(ensemble.scenario, name, language),
                _amount(ensemble, name, ensemble.summaries[name].p50.estimate, language),
                _amount(ensemble, name, ensemble.summaries[name].p90.estimate, language),
                _reached(ensemble.summaries[name], language),
            ]
            for name in found
        ],
        language,
    )


def _amount(ensemble: Ensemble, measure: str, value: float, language: Language) -> str:
    text = names.quantity(value, ensemble.summaries[measure].unit, language)
    return in_own_unit(ensemble, measure, text, language)


def _reached(summary: Summary, language: Language) -> str:
    return say("debrief.of-runs", language, reached=summary.reached, n=summary.n)


def measure_table(ensemble: Ensemble, *, language: Language = "en") -> Table:
    """Every measure but the single links, with quantiles and the interval of the median."""
    found = [
        ensemble.summaries[name]
        for name in sorted(ensemble.summaries, key=lambda name: times_first(ensemble, name))
        if listed(ensemble, name) and not name.startswith(("price.", "tied_up."))
    ]
    return _table(
        say("report.measures", language),
        ("measure", "p10", "p50", "ci", "p90", "p95", "reached"),
        [
            [
                names.measure_title(ensemble.scenario, summary.measure, language),
                names.quantity(summary.p10, summary.unit, language),
                names.quantity(summary.p50.estimate, summary.unit, language),
                interval_text(summary.p50, summary.unit, language),
                names.quantity(summary.p90.estimate, summary.unit, language),
                names.quantity(summary.p95.estimate, summary.unit, language),
                _reached(summary, language),
            ]
            for summary in found
        ],
        language,
    )


def swing_table(ensemble: Ensemble, swings: Sequence[Swing], *, language: Language = "en") -> Table:
    """Doubtful assumptions that move an objective, and where its verdict turns over."""
    named = labels(ensemble, language)
    moving = [swing for swing in swings if moves(swing)]
    rows = []
    for swing in moving:
        objective = ensemble.scenario.objectives.get(swing.objective)
        turns = say("debrief.no-flip", language)
        if swing.flips_at_s is not None:
            value = names.duration(swing.flips_at_s, language)
            turns = say(f"debrief.{swing.direction or 'longer'}", language, value=value)
        rows.append(
            [
                names.title(objective, swing.objective, language),
                named.get(swing.path, swing.label),
                *(
                    names.quantity(value, swing.unit, language)
                    for value in (swing.low, swing.base, swing.high)
                ),
                turns,
            ]
        )
    columns = ("objective", "assumption", "halved", "base", "doubled", "turns")
    return _table(say("report.tornado", language), columns, rows, language)


def assumption_table(ensemble: Ensemble, *, language: Language = "en") -> Table:
    """Every uncertain value with source and confidence, then the fixed choices."""
    conditions = say(f"conditions.{ensemble.conditions}", language)
    nothing = names.duration(0.0, language)  # a moment, not an assumption
    drawn = [
        row
        for row in assumed(ensemble, language=language)
        if not (row.path.endswith(".takes") and row.value == nothing)
    ]
    scenario = ensemble.scenario
    rows = [
        *drawn,
        *fixed_values(scenario, language=language),
        *fire_values(scenario, language=language),
    ]
    headings = (
        say("column.assumption", language),
        say("column.value", language, conditions=conditions),
        say("column.source", language),
        say("column.confidence", language),
    )
    cells = tuple((row.label, row.value, row.source, row.confidence) for row in rows)
    return Table(say("report.assumptions", language), headings, cells)
