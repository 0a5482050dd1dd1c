"""The suite: the rows of the table of cases, each measured and judged."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from drillsim.messages import Language, say
from drillsim.verification.evidence import Asked, Laboratory
from drillsim.verification.judge import KINDS, Kind, holds, probability_of
from drillsim.verification.measurements import MEASUREMENTS

if TYPE_CHECKING:
    from drillsim.verification.judge import Got

__all__ = ["Case", "Row", "Verdict", "cases", "selected", "verify"]

Verdict = Literal["pass", "fail", "not applicable"]

_FOLDER: Final = resources.files("drillsim.verification")
_LONGEST_FAULT: Final = 160


@dataclass(frozen=True, slots=True)
class Case:
    """A row of ``cases.csv``: what is measured of which run, and what should come out.

    A row without a run is a sum of public functions that no run shows; it is judged, and counted apart.

    ``tolerance`` is a number; for headways a number and the link whose they are. A case without a way of
    measuring is not applicable, and ``note`` says why.
    """

    case: str
    what: str
    what_zh: str
    run: str  # case file and what is changed in it, see Laboratory.evidence
    against: str  # the run it is set against
    measure: str  # name in MEASUREMENTS
    of: str  # what of the run: links, groups, a formula
    expected: str
    unit: str
    kind: str
    tolerance: str
    source: str
    note: str  # where sources disagree, what the case leaves open
    note_zh: str

    @property
    def applicable(self) -> bool:
        return bool(self.measure)

    @property
    def is_sum(self) -> bool:
        return self.applicable and not self.run

    def title(self, language: Language = "en") -> str:
        return self.what_zh if language == "zh" else self.what

    def remark(self, language: Language = "en") -> str:
        return self.note_zh if language == "zh" else self.note


@dataclass(frozen=True, slots=True)
class Row:
    """What came of a case. ``got`` is ``None`` where nothing was measured."""

    case: Case
    got: Got | None
    headway_s: float
    verdict: Verdict
    fault: str = ""  # why nothing was measured

    def tolerance(self, language: Language = "en") -> str:
        """The tolerance in words."""
        case = self.case
        if not case.applicable:
            return ""
        number = case.tolerance.split()[0]
        if case.kind == "rel":
            number = f"{100.0 * float(number):g}"
        within = f"{number} {case.unit}".strip()
        each = f" ({float(number) * self.headway_s:.3g} s)" if self.headway_s > 0.0 else ""
        return say(
            f"verification.{case.kind}",
            language,
            number=number,
            within=within,
            slack="" if float(number) == 0.0 else f" (± {within})",
            seconds=each,
        )


@cache
def cases() -> tuple[Case, ...]:
    """All cases in the order of the table. Raises ``ValueError`` for a table that contradicts itself."""
    table = (_FOLDER / "cases.csv").read_text(encoding="utf-8")
    found = tuple(Case(**row) for row in csv.DictReader(table.splitlines()))
    names = [case.case for case in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"cases.csv has more than one {', '.join(twice)}")
    for case in found:
        if case.applicable and (case.measure not in MEASUREMENTS or case.kind not in KINDS):
            raise ValueError(f"cases.csv, {case.case}: no way of measuring or kind of tolerance of that name")
    return found


def selected(names: Collection[str] = ()) -> tuple[Case, ...]:
    """Cases of these names, or that begin so before a dot (``E-2``: ``E-2.corridor`` …); all for none.

    Raises ``KeyError`` for a name that no case has.
    """
    found: set[str] = set()
    for name in names:
        here = {
            case.case for case in cases() if f"{case.case}.".lower().startswith(f"{name.strip()}.".lower())
        }
        if not here:
            raise KeyError(name)
        found |= here
    return tuple(case for case in cases() if not names or case.case in found)


def verify(
    chosen: Collection[Case] | None = None, *, progress: Callable[[int, int], None] | None = None
) -> Iterator[Row]:
    """Measure and judge each case (default: all), in the order given; ``progress`` hears done and total.

    A case that cannot be run or measured fails with the reason; it never ends the suite.
    """
    todo = cases() if chosen is None else tuple(chosen)
    laboratory = Laboratory()
    for done, case in enumerate(todo):
        if progress is not None:
            progress(done, len(todo))
        yield _row(case, laboratory)


def _row(case: Case, laboratory: Laboratory) -> Row:
    if not case.applicable:
        return Row(case, None, math.nan, "not applicable")
    try:
        return _measured(case, laboratory)
    except Exception as fault:  # noqa: BLE001 - whatever a case runs into is what the suite has to report
        first = next(iter(str(fault).splitlines()), "")
        return Row(case, None, math.nan, "fail", f"{type(fault).__name__}: {first}"[:_LONGEST_FAULT])


def _measured(case: Case, laboratory: Laboratory) -> Row:
    number, *link = case.tolerance.split()
    headway_s = math.nan
    if link:
        facility = laboratory.evidence(case.run).facility
        headway_s = 1.0 / float(facility.link_capacity_p_s[facility.link_index[link[0]]])
    asked = Asked(laboratory, case.run, case.against, case.of)
    got = MEASUREMENTS[case.measure](asked)
    kind: Kind = next(kind for kind in KINDS if kind == case.kind)
    good = holds(got, expected=case.expected, kind=kind, tolerance=float(number), headway_s=headway_s)
    if isinstance(got, np.ndarray):
        got = probability_of(got, expected=case.expected)
    return Row(case, got if isinstance(got, str) else float(got), headway_s, "pass" if good else "fail")
