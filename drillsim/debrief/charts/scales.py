"""Axes of time: minutes after STARTEX below, the wall clock above, a long tail pressed together."""

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
_TAIL_SHARE: Final = 0.22  # of the width, for what lies beyond the knee


def minute_ticks(last_min: float, *, most: int = 9) -> list[float]:
    """Round minutes from 0 to ``last_min``, at most ``most`` steps."""
    step = next((step for step in _STEPS if last_min / step <= most), _STEPS[-1])
    return [step * number for number in range(math.floor(last_min / step + 1e-9) + 1)]


def knee_min(ends_min: Sequence[float]) -> float | None:
    """Where to press an axis together: most bars end before it, the last far beyond; else ``None``."""
    ranked = sorted(end for end in ends_min if math.isfinite(end))
    if len(ranked) < 5:
        return None
    body = ranked[math.ceil(0.7 * len(ranked)) - 1]
    return body * 1.08 if ranked[-1] > 2.5 * body > 0 else None


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
    """Minutes after STARTEX below; the wall clock above if ``start_s`` is given."""
    ax.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    ax.minorticks_off()
    ax.set_xlabel(say("chart.minutes", language))
    plain_ticks(ax)
    if start_s is None:
        return
    upper = ax.secondary_xaxis("top")
    texts = [format_clock(start_s + 60.0 * tick, seconds_shown=False) for tick in ticks]
    upper.set_xticks(ticks, texts)
    upper.minorticks_off()
    upper.set_xlabel(say("chart.clock", language), fontsize=8)
    upper.tick_params(labelsize=8)
