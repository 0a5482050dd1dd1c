"""What may not stand beside what: the segregation table of the IMDG Code.

The table is ``drillsim/data/segregation.csv``: 7.2.4 of an older amendment, read in two public copies; later
amendments differ in a few cells. An empty cell is not known, never "none".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

from drillsim.messages import Language
from drillsim.presets import table
from drillsim.spec import Confidence

__all__ = ["Segregation", "asymmetric_cells", "segregation", "segregation_degree"]

_SOURCE: Final = "IMDG Code 7.2.4, older amendment, in two public copies"
_ENTRY: Final = "X"
# Chinese terms and the metres from memory; confidence low.
_TEXTS: Final[Mapping[str, Mapping[Language, str]]] = {
    "1": {"en": "away from", "zh": "远离"},
    "2": {"en": "separated from", "zh": "隔离"},
    "3": {
        "en": "separated by a complete compartment or hold from",
        "zh": "用一整个舱室或货舱隔离",
    },
    "4": {
        "en": "separated longitudinally by an intervening complete compartment or hold from",
        "zh": "用一介于中间的整个舱室或货舱作纵向隔离",
    },
    _ENTRY: {"en": "no general rule: see the individual entry", "zh": "无一般规定: 见该条目"},
}
_LEAST_M: Final[Mapping[str, float]] = {"1": 3.0, "2": 6.0}


class Segregation(NamedTuple):
    """Segregation of two classes: ``code`` 1 to 4, or X for "see the individual entry"."""

    code: str
    source: str
    mark: str
    confidence: Confidence

    @property
    def degree(self) -> int:
        """1 to 4, the strictest; 0 for X, which means that the entries decide, not that nothing is asked."""
        return 0 if self.code == _ENTRY else int(self.code)

    @property
    def least_m(self) -> float | None:
        """Least distance on deck, m: 3 for 1, 6 for 2 (from memory; confidence low); None for others."""
        return _LEAST_M.get(self.code)

    def text(self, language: Language = "en") -> str:
        """What the code says."""
        return _TEXTS[self.code][language]


def segregation(one: str, other: str) -> Segregation:
    """Segregation of two cargoes by class, symmetric; subsidiary hazards by slash, as ``3/6.1``.

    With subsidiary hazards the strictest of all pairs holds (IMDG 7.2.3, from memory). Source: the table,
    read in secondary copies. Raises ``ValueError`` for a class or a pair that the table does not know.

    >>> segregation("3", "5.1").text()
    'separated from'
    >>> segregation("3/6.1", "2.3/5.1/8").code
    '2'
    """
    codes = [_cell(a, b) for a in one.split("/") for b in other.split("/")]
    found = [Segregation(code, _SOURCE, "read 2nd", "medium") for code in codes]
    return max(found, key=lambda entry: entry.degree)


def segregation_degree(one: str, other: str) -> int:
    """Degree of :func:`segregation`, 0 for X; raises ``ValueError`` as it."""
    return segregation(one, other).degree


def asymmetric_cells() -> int:
    """Cells of the table that differ from the one across its diagonal; 0 for a table that can be right."""
    rows = _rows()
    return sum(rows[one][other] != rows[other][one] for one in rows for other in rows)


def _cell(one: str, other: str) -> str:
    rows = _rows()
    for label in (one, other):
        if label not in rows:
            raise ValueError(f"class {label!r} is not in the segregation table; it knows {', '.join(rows)}")
    if not rows[one][other]:
        raise ValueError(
            f"the segregation of {one} and {other} is not known here: look it up in the IMDG Code"
        )
    return rows[one][other]


@cache
def _rows() -> Mapping[str, Mapping[str, str]]:
    return {row["class"]: row for row in table("segregation.csv")}
