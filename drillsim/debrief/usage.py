"""Spaces, links and exits of one run: the tables of the page, and the same rows for machines."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.debrief.figures import nearest_median
from drillsim.debrief.views import Table
from drillsim.measures.egress import not_out
from drillsim.measures.exit_use import ExitUse, exit_use
from drillsim.measures.link_use import LinkUse, link_use
from drillsim.measures.space_use import WINDOW_S, SpaceUse, space_use
from drillsim.measures.value import Value
from drillsim.messages import Language, say
from drillsim.simulation.prepare import prepare
from drillsim.study.bound import sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from drillsim.scenario.model import Scenario
    from drillsim.study.results import Ensemble
    from drillsim.trace.log import Trace

__all__ = [
    "SHEETS",
    "against_quickest",
    "link_title",
    "quickest_heading",
    "usage_document",
    "usage_lines",
    "usage_tables",
]

SHEETS: Final[dict[str, Callable[[Trace], Sequence[Any]]]] = {
    "spaces": space_use,
    "links": link_use,
    "exits": exit_use,
}
_ROW_OF: Final = {"spaces": SpaceUse, "links": LinkUse, "exits": ExitUse}
_SHOWN: Final = 12  # rows of a table before the rest is folded away
_NOTHING: Final = "—"


def usage_document(trace: Trace) -> dict[str, Any]:
    """The three tables as JSON values, SI units; unknown is ``null``, with its bound where there is one."""
    content: dict[str, Any] = {"replication": trace.header.replication, "window_s": WINDOW_S}
    for name, rows in SHEETS.items():
        content[name] = [_plain(row) for row in rows(trace)]
    return content


def usage_lines(
    scenario: Scenario, trace: Trace, sheet: str, *, language: Language = "en"
) -> tuple[list[str], list[list[object]]]:
    """Headings and rows of ``spaces``, ``links`` or ``exits`` for a file; unknown is an empty cell.

    The second column is what the place is called. Raises ``KeyError`` for another sheet.
    """
    rows = [_plain(row) for row in SHEETS[sheet](trace)]
    called = names.place_title if sheet == "spaces" else link_title
    first, *others = _columns(_ROW_OF[sheet])
    lines: list[list[object]] = [
        [row[first], called(scenario, row[first], language), *(_cell(row[key]) for key in others)]
        for row in rows
    ]
    return [first, "title", *others], lines


def _columns(row_type: type[Any]) -> Iterator[str]:
    """Headings of a row of a measure; a value with a bound takes two."""
    for field in fields(row_type):
        yield field.name
        if field.type in (Value, "Value"):
            yield f"{field.name}_at_least"


def _plain(row: Any) -> dict[str, Any]:
    """A row of a measure as names and values; a value with a bound takes two."""
    content: dict[str, Any] = {}
    for field in fields(row):
        found = getattr(row, field.name)
        if isinstance(found, Value):
            content[field.name] = None if math.isnan(found.number) else found.number
            content[f"{field.name}_at_least"] = found.at_least
        else:
            content[field.name] = found
    return content


def _cell(value: object) -> object:
    if value is None:
        return ""
    return int(value) if isinstance(value, bool) else value


def link_title(scenario: Scenario, link: str, language: Language) -> str:
    """A link as it is called; without a title by the two spaces it joins. Nothing stands for no exit."""
    if not link:
        return say("usage.no-exit", language)
    facility = prepare(scenario).facility
    if link not in facility.link_index:
        return link
    spec = facility.link_spec[facility.link_index[link]]
    if spec.title or (language == "zh" and spec.title_zh):
        return names.title(spec, link, language)
    ends = " – ".join(names.place_title(scenario, end, language) for end in spec.between)
    return f"{ends} ({link})"


def against_quickest(ensemble: Ensemble, *, language: Language = "en") -> tuple[str, ...]:
    """How near the plan comes to what the building could do, in sentences; none where no bound was made.

    Where nobody got out in the typical run they say so.
    """
    if ensemble.bound is None:
        typical = nearest_median(ensemble)
        if not typical.leavers or typical.exit_times_s or "last_out" not in typical.measures:
            return ()
        return (say("bound.nobody", language),)
    return sentences(
        ensemble.bound,
        title=lambda link: link_title(ensemble.scenario, link, language),
        duration=lambda seconds: names.duration(seconds, language),
        language=language,
    )


def quickest_heading(ensemble: Ensemble, *, language: Language = "en") -> str:
    """The heading of :func:`against_quickest`, with the run that is compared."""
    run = ensemble.bound.replication if ensemble.bound else nearest_median(ensemble).replication
    return say("bound.heading", language, run=run)


def usage_tables(
    scenario: Scenario, trace: Trace, *, start_s: float, language: Language = "en"
) -> list[tuple[Table, Table]]:
    """Exits, links and spaces for the page, each as the rows that matter most and the rest.

    Exits without a row, because nobody is out, have a note that says so.
    """
    exits, links, spaces = exit_use(trace), link_use(trace), space_use(trace)
    tables = (
        _exits(scenario, exits, start_s, language) if exits else _nobody_out(trace, language),
        _links(scenario, links, start_s, language) if links else None,
        _spaces(scenario, spaces, start_s, language) if spaces else None,
    )
    return [_split(table) for table in tables if table is not None]


def _split(table: Table) -> tuple[Table, Table]:
    kept = len(table.rows) if len(table.rows) <= _SHOWN + 3 else _SHOWN
    rest = replace(table, rows=table.rows[kept:], marks=table.marks[kept:], note="")
    return replace(table, rows=table.rows[:kept], marks=table.marks[:kept]), rest


def _exits(scenario: Scenario, rows: Sequence[ExitUse], start_s: float, language: Language) -> Table:
    lines = [
        (
            link_title(scenario, row.link, language),
            f"{row.heads}",
            f"{100.0 * row.share:.0f} %",
            _clock(row.first_s, start_s, language),
            _clock(row.last_s, start_s, language),
            _known(row.idle_s, lambda seconds: names.duration(seconds, language)),
        )
        for row in rows
    ]
    return _table("exits", ("exit", "heads", "of-people", "first-out", "last-out", "idle"), lines, language)


def _nobody_out(trace: Trace, language: Language) -> Table | None:
    """The table of exits of a run in which nobody got out; none where nobody was to."""
    if not not_out(trace):
        return None
    note = say("usage.nobody-out", language, run=trace.header.replication)
    return Table(say("usage.exits", language), (), (), note=note)


def _links(scenario: Scenario, rows: Sequence[LinkUse], start_s: float, language: Language) -> Table:
    ranked = sorted(rows, key=lambda row: (-_size(row.queue_person_s), -row.heads_there - row.heads_back))
    lines = [
        (
            link_title(scenario, row.link, language),
            f"{row.heads_there}" + (f" + {row.heads_back}" if row.heads_back else ""),
            _clock(row.first_s, start_s, language),
            _clock(row.last_s, start_s, language),
            _known(row.mean_flow_p_s, _three),
            _known(row.peak_flow_p_s, _three),
            _known(row.capacity_p_s, _three),
            _known(row.share_used, lambda share: f"{100.0 * share:.0f} %"),
            _value(row.queue_person_s, language),
            _value(row.longest_queue_p, language),
            _value(row.longest_wait_s, language),
        )
        for row in ranked
    ]
    columns = (
        "link", "heads", "first", "last", "mean-flow", "peak-flow", "capacity", "used", "queue", "longest",
        "wait",
    )  # fmt: skip
    return _table("links", columns, lines, language)


def _spaces(scenario: Scenario, rows: Sequence[SpaceUse], start_s: float, language: Language) -> Table:
    ranked = sorted(
        rows,
        key=lambda row: (row.level is None, -(row.crowded_s or 0.0), -(row.peak_density_p_m2 or 0.0)),
    )
    lines = [
        (
            names.place_title(scenario, row.space, language),
            row.level or _NOTHING,
            _known(row.peak_density_p_m2, lambda density: f"{density:.2f}"),
            f"{row.peak_heads}",
            f"{row.heads}" + (f" ({row.heads_left})" if row.heads_left else ""),
            _clock(row.first_in_s, start_s, language),
            _clock(row.last_out_s, start_s, language),
            _known(row.crowded_s, lambda seconds: names.duration(seconds, language)),
            _known(row.dense_s, lambda seconds: names.duration(seconds, language)),
            _value(Value(row.person_s, "person_s"), language),
            _known(row.congested, lambda yes: say("usage.yes" if yes else "usage.no", language)),
        )
        for row in ranked
    ]
    columns = (
        "space", "level", "density", "peak", "through", "first-in", "last-away", "crowded", "dense", "spent",
        "congested",
    )  # fmt: skip
    marks = [f"los-{row.level.lower()}" if row.level else "" for row in ranked]
    return replace(_table("spaces", columns, lines, language), marks=tuple(marks))


def _table(name: str, columns: Sequence[str], lines: Sequence[tuple[str, ...]], language: Language) -> Table:
    return Table(
        say(f"usage.{name}", language),
        tuple(say(f"usage.column.{column}", language) for column in columns),
        tuple(lines),
        note=say(f"usage.note-{name}", language, window=f"{WINDOW_S:g}"),
    )


def _known(value: Any, shown: Callable[[Any], str]) -> str:
    return _NOTHING if value is None else shown(value)


def _three(number: float) -> str:
    return f"{number:.3g}" if number < 100.0 else f"{number:,.0f}"


def _clock(seconds: float | None, start_s: float, language: Language) -> str:
    return _NOTHING if seconds is None else names.clock(seconds, start_s, language)


def _size(value: Value) -> float:
    return value.number if value.at_least is None else value.at_least


def _value(value: Value, language: Language) -> str:
    """A quantity; one that is only known from below says so."""
    text = names.quantity(_size(value), value.unit, language)
    return text if value.at_least is None else f"≥ {text}"
