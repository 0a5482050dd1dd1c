"""How far from a fire or a blast a level is reached."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

__all__ = ["REACH_LIMIT_M", "falling_reach_m"]

REACH_LIMIT_M: Final = 10_000.0
"""Nothing is reported beyond, as for clouds."""


def falling_reach_m(falling: Callable[[float], float], level: float, *, inner_m: float = 0.0) -> float:
    """Greatest distance, m, at which ``falling`` reaches ``level``, to 0.01 %; 0 if not at ``inner_m``.

    ``falling`` never rises with distance. Raises ``ValueError`` for a level that is not positive and finite,
    and beyond :data:`REACH_LIMIT_M`.

    >>> round(falling_reach_m(lambda x: 100.0 / max(x, 1.0) ** 2, 1.0), 2)
    10.0
    """
    if not 0.0 < level < math.inf:
        raise ValueError(f"a level of {level}; it must be above 0 and finite")
    if falling(inner_m) < level:
        return 0.0
    inner, outer = inner_m, max(1.0, 1.5 * inner_m)
    while falling(outer) >= level:
        inner, outer = outer, 1.5 * outer
        if inner > REACH_LIMIT_M:
            raise ValueError(f"a level reached beyond {REACH_LIMIT_M:.0f} m; the models stop there")
    while outer - inner > 1e-4 * outer:
        middle = 0.5 * (inner + outer)
        inner, outer = (middle, outer) if falling(middle) >= level else (inner, middle)
    return inner
