"""How many are out by when: the median of all runs and a band."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from drillsim.debrief.charts.scales import label_time, minute_ticks
from drillsim.debrief.charts.style import DARK, INK, LIGHT, axes, chart, chart_language, head
from drillsim.messages import Language, say

if TYPE_CHECKING:
    import numpy as np
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from drillsim.study.results import Ensemble

__all__ = ["draw_evacuation", "share_out"]

_POINTS: Final = 240


def share_out(ensemble: Ensemble) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Times, s, shape (240,), and heads out by then at p5, p50 and p95 of the runs, shape (3, 240).

    Both are empty where nobody left in any run.
    """
    import numpy as np

    last = max((run.exit_times_s[-1] for run in ensemble.outcomes if run.exit_times_s), default=0.0)
    if last <= 0.0:
        return np.empty(0), np.empty((3, 0))
    times = np.linspace(0.0, 1.04 * last, _POINTS)
    counts = np.stack([np.searchsorted(run.exit_times_s, times, side="right") for run in ensemble.outcomes])
    return times, np.quantile(counts, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf").astype(np.float64)


@chart
def draw_evacuation(ensemble: Ensemble, *, ax: Axes | None = None, language: Language = "en") -> Axes:
    """Heads out against minutes after STARTEX: median line and band from p5 to p95 over all runs."""
    language = chart_language(language)
    ax = axes(ax, 8.0, 4.2)
    times, counts = share_out(ensemble)
    leavers = max((run.leavers for run in ensemble.outcomes), default=0)
    ax.set_ylim(0.0, 1.12 * max(leavers, 1))
    ax.set_ylabel(say("chart.people-out", language))
    ax.grid(color="#d5dbe0", linewidth=0.6)
    if times.size == 0:
        ax.set_xlim(0.0, 1.0)
        ax.text(0.5, 0.5, say("chart.nobody-left", language), transform=ax.transAxes, ha="center")
        label_time(ax, ticks=[0.0, 1.0], start_s=None, language=language)
    else:
        minutes = times / 60.0
        ax.fill_between(
            minutes, counts[0], counts[2], color=LIGHT, step="post", label=say("chart.band", language)
        )
        ax.step(
            minutes,
            counts[1],
            where="post",
            color=DARK,
            linewidth=2.0,
            label=say("chart.median-run", language),
        )
        ax.set_xlim(0.0, minutes[-1])
        label_time(ax, ticks=minute_ticks(float(minutes[-1])), start_s=None, language=language)
        _mark_targets(ax, ensemble, language)
    ax.axhline(
        leavers,
        color=INK,
        linewidth=0.9,
        linestyle=(0, (4, 2)),
        label=say("chart.to-leave", language, n=leavers),
    )
    ax.figure.legend(loc="outside lower center", ncols=2)
    head(
        ax, say("chart.evacuation", language), n=ensemble.n, conditions=ensemble.conditions, language=language
    )
    return ax


def _mark_targets(ax: Axes, ensemble: Ensemble, language: Language) -> None:
    """The target on the last person out, and where it lies."""
    last = ax.get_xlim()[1]
    for verdict in ensemble.verdicts:
        if verdict.measure != "last_out" or verdict.target is None:
            continue
        at = verdict.target / 60.0
        if at > last:
            ax.set_xlim(0.0, last := 1.08 * at)
            label_time(ax, ticks=minute_ticks(last), start_s=None, language=language)
        words = say("chart.target-at", language, minutes=f"{at:g}")
        ax.axvline(at, color=INK, linewidth=2.0, label=words)
    if math.isfinite(summary := _last_out_p95(ensemble)):
        ax.axvline(
            summary / 60.0, color=INK, linewidth=1.2, linestyle=":", label=say("chart.last-out-p95", language)
        )


def _last_out_p95(ensemble: Ensemble) -> float:
    summary = ensemble.summaries.get("last_out")
    return summary.p95.estimate if summary is not None else math.nan
