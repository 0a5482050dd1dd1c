"""Toxic load: the sum of C^n dt along a path; the level of harm it amounts to is in :mod:`toxic_class`.

C in ppm, t in minutes, so a load is in ppm^n min. A table per space is made once; a stay costs the difference
of two entries, whatever the way a path is cut. Order of magnitude only: n comes from animals and from levels
for the general public.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from drillsim.hazards.grid import DoseTable
from drillsim.hazards.substances import Substance, substance
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "HSE_OUTCOMES",
    "LoadExponent",
    "ToxicAir",
    "aegl_load",
    "constant_load",
    "hse_outcome",
    "load_exponent",
    "path_loads",
    "protected_load",
    "toxic_load_table",
]

HSE_OUTCOMES: Final = ("none", "SLOT", "SLOD")
"""Outcome 0, 1, 2 of :func:`hse_outcome`. SLOT (specified level of toxicity): almost all distressed, many
need care, some die (1 to 5 %); SLOD (significant likelihood of death): half die. From memory - check."""


class LoadExponent(NamedTuple):
    """The exponent n of a load and where it comes from: ``table``, ``probit`` or ``linear``."""

    n: float
    rule: str

    def how(self, language: Language = "en") -> str:
        """One line for the report."""
        return f"n = {self.n:g}: {say(f'toxic-load-exponent-{self.rule}', language)}"


def load_exponent(entry: Substance) -> LoadExponent:
    """n of the table; where its cell is empty the exponent of the Purple Book probit, else 1.

    The two substitutes are rules of this product, confidence low (acrylonitrile 1.3, carbon monoxide 1).

    >>> load_exponent(substance("acrylonitrile"))
    LoadExponent(n=1.3, rule='probit')
    """
    if entry.toxic_load_exponent_n is not None:
        return LoadExponent(entry.toxic_load_exponent_n, "table")
    if entry.probit_n is not None:
        return LoadExponent(entry.probit_n, "probit")
    return LoadExponent(1.0, "linear")


def toxic_load_table(
    times_s: NDArray[np.float64],
    ppm: NDArray[np.float64],
    *,
    exponent: float,
    protection_factor: ArrayLike = 1.0,
) -> DoseTable:
    """Cumulative toxic load per space, ppm^n min, of a concentration that holds from each time to the next.

    ``times_s`` (k,), strictly ascending; ``ppm`` (spaces, k). ``protection_factor`` (of a filter, an air
    set, a shut room) divides the concentration: a number, or anything that broadcasts to ``ppm``.

    Raises ``ValueError`` for a concentration that is negative or not finite, times that do not ascend, a
    factor below 1 or not finite, an exponent that is not positive and finite, or shapes that do not fit.
    """
    _check_exponent(exponent)
    if ppm.ndim != 2 or times_s.shape != ppm.shape[1:]:
        raise ValueError(f"ppm {ppm.shape} does not fit (spaces, times) with times {times_s.shape}")
    if not (np.isfinite(times_s).all() and (np.diff(times_s) > 0.0).all()):
        raise ValueError("times of a toxic load must be finite and ascend")
    breathed = _amounts(ppm, "concentration") / _factors(protection_factor)
    if breathed.shape != ppm.shape:
        raise ValueError(f"protection factors do not fit a table of shape {ppm.shape}")
    return DoseTable(times_s, breathed**exponent / 60.0)


class ToxicAir(NamedTuple):
    """What people breathe of one substance: ``ppm`` (spaces, k) from each of ``times_s`` (k,) to the next."""

    entry: Substance
    times_s: NDArray[np.float64]
    ppm: NDArray[np.float64]

    def loads(self, exponent: float) -> DoseTable:
        """Toxic load per space, ppm^n min."""
        return toxic_load_table(self.times_s, self.ppm, exponent=exponent)


def constant_load(ppm: float, *, exponent: float, duration_s: float) -> float:
    """C^n t of a constant concentration, ppm^n min; 0 for no time. ``ValueError`` as the table.

    >>> constant_load(20.0, exponent=2.0, duration_s=3600.0)
    24000.0
    """
    _check_exponent(exponent)
    _amounts(np.array([ppm, duration_s]), "concentration or duration")
    return float(ppm**exponent * duration_s / 60.0)


def aegl_load(key: str, *, level: int, duration_s: float) -> float:
    """C^n t of the level of harm for this duration, ppm^n min, with the exponent of the table.

    Nearly the same for all durations where the power law holds (chlorine, ammonia: 3 %).
    Raises ``KeyError`` for an unknown substance, ``ValueError`` where it has no level or no exponent.

    >>> round(aegl_load("chlorine", level=3, duration_s=1800.0))
    23520
    """
    entry = substance(key)
    (exponent,) = entry.need("toxic_load_exponent_n")
    ppm = entry.level_ppm(level, duration_s=duration_s).ppm
    return constant_load(ppm, exponent=exponent, duration_s=duration_s)


def protected_load(load: ArrayLike, *, exponent: float, protection_factor: ArrayLike) -> NDArray[np.float64]:
    """Load of who breathes through a protection factor (1 or more): load / factor^n; arrays broadcast.

    One table of the open air so serves people of every protection. ``ValueError`` as the table.
    """
    _check_exponent(exponent)
    return np.asarray(_amounts(load, "load") / _factors(protection_factor) ** exponent)


def path_loads(
    table: DoseTable,
    *,
    person: NDArray[np.intp],
    space: NDArray[np.intp],
    start_s: NDArray[np.float64],
    end_s: NDArray[np.float64],
    people: int,
    exponent: float = 1.0,
    protection_factor: ArrayLike = 1.0,
) -> NDArray[np.float64]:
    """Load of every person, shape (people,), from stays [start, end): arrays of one shape, one entry a stay.

    ``person`` counts from 0. ``protection_factor`` per stay, or one for all, with the exponent of the table.
    Stays may come in any order and be cut anywhere. Raises ``ValueError`` for a stay that ends before it
    starts or of nobody among ``people``, and for a factor below 1.
    """
    if not (end_s >= start_s).all():
        raise ValueError("a stay ends before it starts")
    if person.size and not 0 <= person.min() <= person.max() < people:
        raise ValueError(f"a stay is of a person outside 0 to {people - 1}")
    stays = table.dose(space, start_s, end_s)
    # Differences of a long sum may fall below 0 by a rounding error.
    stays = protected_load(np.maximum(stays, 0.0), exponent=exponent, protection_factor=protection_factor)
    return np.asarray(np.bincount(person, weights=stays, minlength=people), dtype=float)


def hse_outcome(entry: Substance, load: ArrayLike) -> NDArray[np.int8]:
    """Outcome 0, 1, 2 (:data:`HSE_OUTCOMES`) of loads in ppm^n min made with ``entry.hse_exponent_n``.

    Loads of chlorine and ammonia are from memory (confidence low). ``ValueError`` where the table has no
    SLOT; without a SLOD (sulphur dioxide, methyl isocyanate) outcome 2 is never given.
    """
    (slot,) = entry.need("hse_slot")
    loads = _amounts(load, "load")
    slod = math.inf if entry.hse_slod is None else entry.hse_slod
    return np.asarray((loads >= slot).astype(np.int8) + (loads >= slod).astype(np.int8))


def _check_exponent(exponent: float) -> None:
    if not 0.0 < exponent < math.inf:
        raise ValueError(f"the exponent of a toxic load is positive and finite, not {exponent}")


def _amounts(values: ArrayLike, what: str) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=float)
    if not (np.isfinite(array) & (array >= 0.0)).all():
        raise ValueError(f"a {what} of a toxic load is finite and not negative")
    return array


def _factors(values: ArrayLike) -> NDArray[np.float64]:
    array = np.asarray(values, dtype=float)
    if not (np.isfinite(array) & (array >= 1.0)).all():
        raise ValueError("a protection factor is 1 or more and finite")
    return array
