"""Ways of measuring by their names in the table of cases: one function, one way. None knows an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from drillsim.verification import counts, fires, invariants, smokes, times

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from drillsim.verification.evidence import Asked
    from drillsim.verification.judge import Got

    Measurement = Callable[[Asked], Got | NDArray[np.float64]]

__all__ = ["MEASUREMENTS"]

MEASUREMENTS: Final[Mapping[str, Measurement]] = {
    name: getattr(room, name) for room in (times, counts, fires, smokes, invariants) for name in room.__all__
}
