"""The replications of a study as tables for spreadsheets and for analysts."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from drillsim.errors import DrillsimError
from drillsim.messages import say
from drillsim.spreadsheet import csv_bytes, write_atomically, xlsx_bytes
from drillsim.study.job import Job, Result
from drillsim.study.results import Comparison, Ensemble
from drillsim.study.store import StoredSeries, StoredStudy, read

if TYPE_CHECKING:
    import pandas as pd

    from drillsim.study.results import Outcome

    Source = Ensemble | Comparison | Sequence[Ensemble] | StoredStudy | str | Path

__all__ = ["SUFFIXES", "Table", "frame", "replications", "tasks", "write"]

SUFFIXES: Final = (".csv", ".xlsx", ".parquet")
_XLSX_ROWS, _XLSX_COLUMNS = 1_048_576, 16_384  # what Excel reads
_SPAN: Final = ("ready_s", "started_s", "done_s", "slack_s")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length; ``None`` is an empty cell. ``units`` are of the columns that have one (SI)."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    units: dict[str, str]


def replications(source: Source, *, sensitivity: bool = False) -> Table:
    """One row per plan, conditions and replication: its end, all measures, the digest of its trace.

    A measure that did not come about is empty, and its lower bound stands in a column ``MEASURE.at_least``,
    which is there only where it is needed; so are ``failure`` (why a run could not be carried through) and
    the columns that tell series of other start, injects or factors apart. ``source``: what a study gave, or
    a file of results (raises :class:`StoreFailed`). Runs with an assumption changed, made to see which of
    them move the verdicts, are left out unless ``sensitivity`` asks for them.
    """
    series = _series(source, sensitivity=sensitivity)
    told = _telling(series)
    measures, bounded, units = _measures(series)
    columns = [
        column for name in measures for column in ([name, f"{name}.at_least"] if name in bounded else [name])
    ]
    failed = any(each.failures for each in series)
    rows: list[tuple[object, ...]] = []
    for each in series:
        key = _key(each.job, told)
        lines = [(result.replication, _line(result.outcome, measures, bounded)) for result in each.results]
        empty: list[object] = [None] * (len(columns) + 2)
        lines += [(failure.replication, ["failed", *empty, failure.message]) for failure in each.failures]
        width = 3 + len(columns) + failed
        rows += [
            (*key, number, *line, *([None] * (width - len(line))))
            for number, line in sorted(lines, key=lambda entry: entry[0])
        ]
    names = (*told, "replication", "end", "end_s", *columns, "trace_digest", *(["failure"] if failed else []))
    return Table("replications", names, tuple(rows), {"end_s": "s", **units})


def tasks(source: Source, *, sensitivity: bool = False) -> Table:
    """One row per task that was done, in every replication: when it was ready, started and done."""
    series = _series(source, sensitivity=sensitivity)
    told = _telling(series)
    rows = [
        (*_key(each.job, told), result.replication, name, *(_cell(getattr(span, field)) for field in _SPAN))
        for each in series
        for result in each.results
        for name, span in sorted(result.outcome.tasks.items())
    ]
    return Table("tasks", (*told, "replication", "task", *_SPAN), tuple(rows), dict.fromkeys(_SPAN, "s"))


def frame(source: Source, *, of: str = "replications", sensitivity: bool = False) -> pd.DataFrame:
    """The table ``replications`` or ``tasks`` for pandas; units are in its ``attrs``.

    What is empty is NaN or ``None``. Raises :class:`DrillsimError` if pandas is not installed.
    """
    if of not in ("replications", "tasks"):
        raise ValueError(f"a table {of!r}; there are replications and tasks")
    table = replications if of == "replications" else tasks
    return _frame(table(source, sensitivity=sensitivity))


def write(path: str | Path, source: Source, *, sensitivity: bool = False) -> tuple[Path, ...]:
    """Write both tables: ``.xlsx`` with a sheet each, ``.csv`` or ``.parquet`` with ``NAME-tasks`` beside it.

    Each file is written whole or not at all, and replaces an earlier one. Returns the files. Raises
    :class:`DrillsimError` for another suffix, for more rows than a sheet holds, or if what Parquet needs is
    not installed, and ``OSError`` as the file system does.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in SUFFIXES:
        raise DrillsimError(say("export.suffix", file=target, suffixes=", ".join(SUFFIXES)))
    found = (replications(source, sensitivity=sensitivity), tasks(source, sensitivity=sensitivity))
    if suffix == ".xlsx":
        contents = {target: _xlsx(target, *found)}
    else:
        to_bytes = _csv if suffix == ".csv" else _parquet
        places = (target, target.with_name(f"{target.stem}-tasks{target.suffix}"))
        contents = {place: to_bytes(table) for place, table in zip(places, found, strict=True)}
    for place, content in contents.items():
        write_atomically(place, content)
    return tuple(contents)


# ------------------------------------------------------------------ what is in the tables


def _series(source: Source, *, sensitivity: bool) -> tuple[StoredSeries, ...]:
    if isinstance(source, (str, Path)):
        source = read(source)
    if isinstance(source, StoredStudy):
        return tuple(each for each in source.series if sensitivity or not each.job.factors)
    if isinstance(source, Ensemble):
        source = (source,)
    return tuple(
        StoredSeries(
            Job(ensemble.plan, ensemble.conditions, ensemble.seed),
            tuple(Result(outcome, ensemble.version, ensemble.fingerprint) for outcome in ensemble.outcomes),
            ensemble.failures,
        )
        for ensemble in (source.ensembles if isinstance(source, Comparison) else source)
    )


def _telling(series: Sequence[StoredSeries]) -> tuple[str, ...]:
    """Columns that tell the series apart; plan and conditions always."""
    more = [
        name
        for name in ("start_s", "injects", "factors")
        if len({getattr(each.job, name) for each in series}) > 1
    ]
    return ("plan", "conditions", *more)


def _key(job: Job, columns: Sequence[str]) -> tuple[object, ...]:
    texts = {
        "start_s": job.start_s,
        "injects": None if job.injects is None else " ".join(job.injects),
        "factors": " ".join(f"{path}={factor!r}" for path, factor in job.factors) or None,
    }
    return tuple(texts[name] if name in texts else getattr(job, name) for name in columns)


def _measures(series: Sequence[StoredSeries]) -> tuple[list[str], set[str], dict[str, str]]:
    """Names, those that some run did not reach, and units."""
    bounded, units = set(), {}
    for each in series:
        for result in each.results:
            for name, value in result.outcome.measures.items():
                units[name] = value.unit
                if value.at_least is not None:
                    bounded.add(name)
    return sorted(units), bounded, units | {f"{name}.at_least": units[name] for name in bounded}


def _line(outcome: Outcome, measures: Sequence[str], bounded: set[str]) -> list[object]:
    line: list[object] = [outcome.end, _cell(outcome.end_s)]
    for name in measures:
        value = outcome.measures.get(name)
        line.append(None if value is None else _cell(value.number))
        if name in bounded:
            line.append(None if value is None else _cell(value.at_least))
    return [*line, outcome.trace_digest]


def _cell(number: float | None) -> float | None:
    return None if number is None or math.isnan(number) else number


# ------------------------------------------------------------------ files


def _csv(table: Table) -> bytes:
    return csv_bytes(table.columns, table.rows)


def _xlsx(path: Path, first: Table, second: Table) -> bytes:
    for table in (first, second):
        if len(table.rows) >= _XLSX_ROWS or len(table.columns) > _XLSX_COLUMNS:
            raise DrillsimError(
                say("export.too-large", file=path, rows=len(table.rows), columns=len(table.columns))
            )
    units = sorted({**first.units, **second.units}.items())
    more = [(second.name, second.columns, second.rows), ("units", ("column", "unit"), units)]
    return xlsx_bytes(first.name, first.columns, first.rows, more=more)


def _frame(table: Table) -> pd.DataFrame:
    try:
        import pandas as pd
    except ImportError as fault:
        raise DrillsimError(say("export.no-pandas", fault=fault)) from fault
    columns = zip(*table.rows, strict=True) if table.rows else [()] * len(table.columns)
    found = pd.DataFrame(dict(zip(table.columns, map(list, columns), strict=True)))
    for name in table.units:
        found[name] = pd.to_numeric(found[name])  # a column without any number is of numbers still
    found.attrs["units"] = dict(table.units)
    return found


def _parquet(table: Table) -> bytes:
    buffer = io.BytesIO()
    try:
        import pyarrow  # noqa: F401

        _frame(table).to_parquet(buffer, index=False)
    except ImportError as fault:
        raise DrillsimError(say("export.no-pandas", fault=fault)) from fault
    return buffer.getvalue()
