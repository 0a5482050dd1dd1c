"""What is laid on a pool: foam, absorbent, a sheet; it comes on over a time and may wear off."""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["Cover"]


class Cover(NamedTuple):
    """Leaves ``factor`` of the rate once it is laid, evenly over ``over_s``; then wears off evenly to nothing
    within ``lasts_s``."""

    since_s: float
    factor: float
    over_s: float = 0.0
    lasts_s: float = math.inf

    def at(self, time_s: float) -> float:
        """Share of the rate that it leaves at ``time_s``."""
        laid_s = time_s - self.since_s - self.over_s
        if time_s < self.since_s:
            return 1.0
        if laid_s < 0.0:
            return 1.0 + (self.factor - 1.0) * (1.0 + laid_s / self.over_s)
        worn = 0.0 if math.isinf(self.lasts_s) else min(1.0, laid_s / self.lasts_s)
        return self.factor + (1.0 - self.factor) * worn
