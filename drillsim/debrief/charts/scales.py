"""Axes of time: minutes after STARTEX, the wall clock, a long tail pressed together."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief.charts.style import plain_ticks
from drillsim.messages import Language, say
from drillsim.units import format_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

__all__ = ["knee_min", "label_time", "minute_ticks", "press_tail"]

_STEPS: Final = (0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 240.0, 480.0, 1440.0)
_GAP: Final = 2.0  # from one end to the next: a tail worth pressing
_TAIL_SHARE: Final = 0.22  # of the width, for what lies beyond the knee


def minute_ticks(last_min: float, *, most: int = 9) -> list[float]:
    """Round minutes from 0 to ``last_min``, at most ``most`` steps."""
    step = next((step for step in _STEPS if last_min / step <= most), _STEPS[-1])
    return [step * number for number in range(math.floor(last_min / step + 1e-9) + 1)]


def knee_min(ends_min: Sequence[float]) -> float | None:
    """Where to press an axis together: before the widest gap in the later half, if what follows is far off.

    ``None`` where no end is at least twice the one before it, or there are fewer than five.
    """
    ranked = sorted(end for end in ends_min if math.isfinite(end) and end > 0.0)
    if len(ranked) < 5:
        return None
    later = range(len(ranked) // 2, len(ranked) - 1)
    gap = max(later, key=lambda at: ranked[at + 1] / ranked[at])
    return 1.1 * ranked[gap] if ranked[gap + 1] >= _GAP * ranked[gap] else None


def press_tail(ax: Axes, *, knee: float | None, last_min: float) -> list[float]:
    """Set the limits and scale of a time axis in minutes; returns its ticks."""
    if knee is None:
        ax.set_xlim(0.0, last_min)
        return minute_ticks(last_min)
    slope = _TAIL_SHARE / (1.0 - _TAIL_SHARE) * knee / (last_min - knee)

    def forward(x: Any) -> Any:
        import numpy as np

        return np.where(np.asarray(x) <= knee, x, knee + (np.asarray(x) - knee) * slope)

    def inverse(y: Any) -> Any:
        import numpy as np

        return np.where(np.asarray(y) <= knee, y, knee + (np.asarray(y) - knee) / slope)

    ax.set_xscale("function", functions=(forward, inverse))
    ax.set_xlim(0.0, last_min)
    near = minute_ticks(knee, most=7)
    far = [tick for tick in minute_ticks(last_min, most=4) if tick > knee + 0.12 * (last_min - knee)]
    return [*near, *far]


def label_time(ax: Axes, *, ticks: Sequence[float], start_s: float | None, language: Language) -> None:
    """Minutes after STARTEX; with ``start_s`` the wall clock under each, above and below the axes."""
    texts = [f"{tick:g}" for tick in ticks]
    if start_s is not None:
        texts = [
            f"{text}\n{format_clock(start_s + 60.0 * tick, seconds_shown=False)}"
            for text, tick in zip(texts, ticks, strict=True)
        ]
        ax.tick_params(axis="x", top=True, labeltop=True)
    ax.set_xticks(ticks, texts)
    ax.minorticks_off()
    ax.set_xlabel(say("chart.minutes" if start_s is None else "chart.minutes-clock", language))
    plain_ticks(ax)
