"""The suite's outcome as a Markdown table, as JSON, and in one line."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

from drillsim.messages import say

if TYPE_CHECKING:
    from drillsim.messages import Language
    from drillsim.verification.suite import Row

__all__ = ["as_json", "failed", "markdown_lines", "summary"]

_COLUMNS: Final = ("case", "source", "expected", "got", "tolerance", "verdict")
_NUMBERS: Final = ("expected", "got")


def failed(rows: Iterable[Row]) -> list[Row]:
    """Rows of cases that do not hold."""
    return [row for row in rows if row.verdict == "fail"]


def summary(rows: Sequence[Row], *, language: Language = "en") -> str:
    """How many pass, fail and do not apply, and how many sums without a run are right."""
    count = Counter(row.verdict for row in rows if not row.case.is_sum)
    sums = [row for row in rows if row.case.is_sum]
    right = sum(row.verdict == "pass" for row in sums)
    return say(
        "verification.summary",
        language,
        passed=count["pass"],
        judged=count["pass"] + count["fail"],
        failed=count["fail"],
        other=count["not applicable"],
        sums=say("verification.sums", language, right=right, sums=len(sums)) if sums else "",
    )


def markdown_lines(rows: Sequence[Row], *, language: Language = "en") -> list[str]:
    """The table, and below it what failed and why, and the summary."""
    heads = [say(f"verification.{column}", language) for column in _COLUMNS]
    rules = ["---:" if column in _NUMBERS else "---" for column in _COLUMNS]
    lines = [_line(heads), _line(rules), *(_line(_cells(row, language)) for row in rows)]
    faults = [
        say("verification.fault", language, case=row.case.case, fault=row.fault)
        for row in failed(rows)
        if row.fault
    ]
    return [*lines, "", *faults, summary(rows, language=language)]


def as_json(rows: Sequence[Row]) -> str:
    """A list of objects with case, source, expected, got, tolerance and verdict; numbers in SI units.

    ``got`` is null where nothing was measured; then ``tolerance`` of a case that is not applicable is null
    too and ``source`` says why, and ``got`` of one that failed is the fault.
    """
    return json.dumps([_entry(row) for row in rows], ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _entry(row: Row) -> dict[str, Any]:
    case = row.case
    return {
        "case": case.case,
        "source": _source(row, "en"),
        "expected": _number_or_text(case.expected) if case.applicable else None,
        "got": row.fault or (_number_or_text(row.got) if row.got is not None else None),
        "tolerance": row.tolerance() or None,
        "verdict": row.verdict,
    }


def _number_or_text(value: str | float) -> str | float:
    try:
        number = float(value)
    except ValueError:
        return value
    return number if math.isfinite(number) else str(value)


def _cells(row: Row, language: Language) -> list[str]:
    case = row.case
    return [
        f"**{case.case}** {case.title(language)}",
        _source(row, language),
        f"{case.expected} {_unit(case.unit, case.expected)}".strip(),
        _got(row, language),
        row.tolerance(language),
        say(f"verification.{row.verdict.replace(' ', '-')}", language),
    ]


def _source(row: Row, language: Language) -> str:
    remark = row.case.remark(language)
    return f"{row.case.source}. {remark}" if remark else row.case.source


def _got(row: Row, language: Language) -> str:
    if row.fault:
        return say("verification.crashed", language)
    if row.got is None:
        return ""
    if isinstance(row.got, str):
        return row.got
    if row.case.kind == "ks":
        return f"p = {row.got:.2f}"
    return f"{_short(row.got)} {row.case.unit}".strip()


def _unit(unit: str, expected: str) -> str:
    return unit if isinstance(_number_or_text(expected), float) else ""


def _short(number: float) -> str:
    """About five significant digits, without an exponent where one can do."""
    return f"{number:.5g}" if abs(number) < 1e5 else f"{number:.0f}"


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
