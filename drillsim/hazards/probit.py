"""Probability of death from a toxic load by probit, and how far the published sets of constants lie apart.

P = Phi(Y - 5), Y = a + b ln(C^n t), t in minutes. Purple Book sets (in ``data/substances.csv``) take C in
mg/m3, the others (``data/probits.csv``) say. Sets of one substance differ by large factors: one is used in a
run and printed with its source, and the spread between them is the uncertainty to print beside it.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from drillsim.hazards.substances import Substance, substance
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "MOLAR_VOLUME_L_MOL",
    "PURPLE_BOOK",
    "FatalShare",
    "ProbitSet",
    "death_probability",
    "fatal_share",
    "lethal_ppm",
    "mg_m3_of_ppm",
    "probit_set",
    "probit_sets",
]

MOLAR_VOLUME_L_MOL: Final = 24.45
"""Molar volume at 25 °C and 101,325 Pa, the convention by which published sets turn ppm into mg/m3."""
PURPLE_BOOK: Final = "purple-book"
"""Name of the sets of the TNO Purple Book (CPR 18E)."""


@dataclass(frozen=True, slots=True)
class ProbitSet:
    """Constants of one substance by one source; ``unit`` of C is ``mg/m3`` or ``ppm``."""

    name: str
    substance: str
    a: float
    b: float
    n: float
    unit: str
    mark: str
    source: str

    def text(self, language: Language = "en") -> str:
        """One line for the report: constants, unit and source."""
        values = {"a": f"{self.a:g}", "b": f"{self.b:g}", "n": f"{self.n:g}"}
        return say("probit-set", language, name=self.name, unit=self.unit, source=self.source, **values)


@dataclass(frozen=True, slots=True)
class FatalShare:
    """Expected share of the exposed who die, by set; ``used`` is the set of the run."""

    used: str
    by_set: Mapping[str, float]

    @property
    def share(self) -> float:
        return self.by_set[self.used]

    @property
    def low(self) -> float:
        """The least of the sets."""
        return min(self.by_set.values())

    @property
    def high(self) -> float:
        """The most of the sets."""
        return max(self.by_set.values())

    def text(self, language: Language = "en") -> str:
        """One line for the report; says so where one set alone is known, so that its error is not."""
        sets = ", ".join(f"{name} {share:.3g}" for name, share in self.by_set.items())
        kind = "probit-spread" if len(self.by_set) > 1 else "probit-single"
        ends = {"low": f"{self.low:.3g}", "high": f"{self.high:.3g}"}
        return say(kind, language, share=f"{self.share:.3g}", used=self.used, sets=sets, **ends)


@cache
def _further_sets() -> tuple[ProbitSet, ...]:
    text = files("drillsim.data").joinpath("probits.csv").read_text(encoding="utf-8")
    found = []
    for row in csv.DictReader(text.splitlines()):
        a, b, n = (float(row[column]) for column in "abn")
        found.append(ProbitSet(row["set"], row["id"], a, b, n, row["unit"], row["mark"], row["source"]))
    return tuple(found)


def probit_sets(entry: Substance) -> dict[str, ProbitSet]:
    """All sets of constants for this substance by name, the Purple Book's first; empty if there is none."""
    sets = {}
    if entry.probit_a is not None:
        a, b, n = entry.need("probit_a", "probit_b", "probit_n")
        mark, source = entry.source_of("probit_a")
        sets[PURPLE_BOOK] = ProbitSet(PURPLE_BOOK, entry.id, a, b, n, "mg/m3", mark, source)
    return sets | {further.name: further for further in _further_sets() if further.substance == entry.id}


def probit_set(entry: Substance, name: str | None = None) -> ProbitSet:
    """The set of this name; by default the Purple Book's, else the first there is. ``ValueError`` if none.

    >>> probit_set(substance("toluene")).name
    'lees'
    """
    sets = probit_sets(entry)
    if not sets:
        raise ValueError(f"{entry.id}: no probit constants are known")
    if name is None:
        return next(iter(sets.values()))
    if name not in sets:
        raise ValueError(f'{entry.id}: no probit set "{name}"; there is {", ".join(sets)}')
    return sets[name]


def mg_m3_of_ppm(ppm: ArrayLike, *, molar_mass_g_mol: float) -> NDArray[np.float64]:
    """ppm by volume as mg/m3 at 25 °C and 101,325 Pa: C M / 24.45.

    >>> round(float(mg_m3_of_ppm(385.0, molar_mass_g_mol=70.906)))
    1117
    """
    return np.asarray(ppm, dtype=float) * molar_mass_g_mol / MOLAR_VOLUME_L_MOL


def death_probability(load: ArrayLike, *, constants: ProbitSet) -> NDArray[np.float64]:
    """P of each load C^n t in **ppm^n min** made with ``constants.n``; exactly 0 for no load.

    Turned into the set's unit by (M / 24.45)^n. Raises ``ValueError`` for a load that is negative or not
    finite.
    """
    from scipy.special import ndtr

    loads = np.asarray(load, dtype=float)
    if not (np.isfinite(loads) & (loads >= 0.0)).all():
        raise ValueError("a toxic load is finite and not negative")
    exposed = loads > 0.0
    # ln 1 = 0 stands in for ln 0 where nobody is exposed; the result is not used there.
    logarithm = np.log(np.where(exposed, loads, 1.0)) + constants.n * math.log(_per_ppm(constants))
    probability = ndtr(constants.a + constants.b * logarithm - 5.0)
    return np.where(exposed, probability, 0.0)


def lethal_ppm(key: str, *, share: float, duration_s: float, name: str | None = None) -> float:
    """Constant concentration that kills this share in this time, ppm; LC50 for 0.5.

    Raises ``KeyError`` for an unknown substance; ``ValueError`` for a share outside (0, 1), for no time, or
    where there is no such set.

    >>> round(lethal_ppm("chlorine", share=0.5, duration_s=1800.0))
    385
    """
    if not 0.0 < share < 1.0:
        raise ValueError(f"a share that dies lies between 0 and 1, not at {share}")
    if not 0.0 < duration_s < math.inf:
        raise ValueError(f"a duration is positive and finite, not {duration_s} s")
    constants = probit_set(substance(key), name)
    logarithm = (5.0 + NormalDist().inv_cdf(share) - constants.a) / constants.b
    amount = math.exp((logarithm - math.log(duration_s / 60.0)) / constants.n)
    return amount / _per_ppm(constants)


def fatal_share(
    entry: Substance,
    *,
    loads_with: Callable[[float], ArrayLike],
    used: str | None = None,
    weights: ArrayLike | None = None,
) -> FatalShare:
    """Expected share of people who die, by every set of the substance: mean of P over the people.

    ``loads_with`` gives the loads of all people, ppm^n min, for an exponent n: sets differ in n, and a load
    with one n says nothing about another unless the concentration is constant. ``weights``: heads a load
    stands for. Raises ``ValueError`` for no set, nobody, weights that do not fit or are negative.
    """
    chosen = probit_set(entry, used)
    shares = {}
    for name, constants in probit_sets(entry).items():
        deaths = np.atleast_1d(death_probability(loads_with(constants.n), constants=constants))
        heads = np.ones(deaths.shape) if weights is None else np.atleast_1d(np.asarray(weights, dtype=float))
        if heads.shape != deaths.shape or not (heads >= 0.0).all() or not 0.0 < heads.sum() < math.inf:
            raise ValueError("a share of deaths needs people, with one weight each, none negative")
        shares[name] = float((deaths * heads).sum() / heads.sum())
    return FatalShare(chosen.name, shares)


def _per_ppm(constants: ProbitSet) -> float:
    """What 1 ppm is in the unit of the set."""
    if constants.unit == "ppm":
        return 1.0
    if constants.unit == "mg/m3":
        (molar,) = substance(constants.substance).need("molar_mass_g_mol")
        return float(mg_m3_of_ppm(1.0, molar_mass_g_mol=molar))
    raise ValueError(f"probit set {constants.name}: the unit is ppm or mg/m3, not {constants.unit}")
