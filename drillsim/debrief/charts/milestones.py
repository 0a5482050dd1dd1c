"""Objectives on times: where the runs lie, how sure that is, and the target."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.debrief.charts import scales
from drillsim.debrief.charts.style import (
    DARK,
    INK,
    MIDDLE,
    axes,
    chart,
    chart_language,
    head,
    plain_ticks,
    readable,
    wrapped,
)
from drillsim.debrief.figures import is_from_below, objective_interval
from drillsim.debrief.sentences import objective_title
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes

    from drillsim.study.results import Ensemble, Interval, Summary, Verdict

__all__ = ["draw_milestones", "timed_verdicts"]


def timed_verdicts(ensemble: Ensemble) -> list[tuple[Verdict, Summary]]:
    """Objectives that ask for something within a time, with their measures; earliest target first."""
    pairs = [
        (verdict, ensemble.summaries[verdict.measure])
        for verdict in ensemble.verdicts
        if verdict.unit == "s"
        and verdict.measure in ensemble.summaries
        and not is_from_below(ensemble, verdict)
        and objective_interval(ensemble, verdict) is not None
    ]
    return sorted(pairs, key=lambda pair: (pair[0].target or 0.0, pair[0].objective))


@chart
def draw_milestones(ensemble: Ensemble, *, ax: Axes | None = None, language: Language = "en") -> Axes:
    """One line per timed objective, minutes: p10 to p95 of the runs, interval of the share asked for.

    The tall bar is the target; the verdict and the share of runs that kept it stand at the right.
    """
    language = chart_language(language)
    pairs = timed_verdicts(ensemble)
    ax = axes(ax, 9.5, 1.9 + 0.5 * max(len(pairs), 1))
    ends = [end for pair in pairs for end in _finite_min(ensemble, *pair)]
    last = 1.06 * max([*ends, 1.0])
    knee = scales.knee_min([max(_finite_min(ensemble, *pair)) for pair in pairs])
    ticks = scales.press_tail(ax, knee=knee, last_min=last)
    for row, (verdict, summary) in enumerate(pairs):
        _draw_row(ax, row, ensemble, verdict, summary, language)
    labels = [_label(ensemble, verdict, language) for verdict, _ in pairs]
    ax.set_ylim(max(len(pairs), 1) - 0.4, -0.6)
    ax.set_yticks(range(len(pairs)), labels)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#d5dbe0", linewidth=0.6)
    if knee is not None:
        ax.axvline(knee, color=INK, linewidth=1.0, linestyle=(0, (2, 2)))
        ax.axvspan(knee, last, facecolor="#00000010", zorder=0.5)
    scales.label_time(ax, ticks=ticks, start_s=None, language=language)
    if any(_has_since(ensemble, verdict) for verdict, _ in pairs):
        ax.set_xlabel(say("chart.minutes-since", language))
    plain_ticks(ax)
    _legend(ax, knee, language)
    head(
        ax, say("chart.milestones", language), n=ensemble.n, conditions=ensemble.conditions, language=language
    )
    return ax


def _has_since(ensemble: Ensemble, verdict: Verdict) -> bool:
    objective = ensemble.scenario.objectives.get(verdict.objective)
    return objective is not None and objective.since is not None


def _label(ensemble: Ensemble, verdict: Verdict, language: Language) -> str:
    text = objective_title(ensemble, verdict, language)
    return wrapped(readable(text, fallback=verdict.objective), 42)


def _finite_min(ensemble: Ensemble, verdict: Verdict, summary: Summary) -> list[float]:
    found = objective_interval(ensemble, verdict)
    high = found[1].high if found else None
    candidates = (verdict.target, summary.p10, summary.p50.estimate, summary.p95.estimate, high)
    return [value / 60.0 for value in candidates if value is not None and math.isfinite(value)]


def _draw_row(
    ax: Axes, row: int, ensemble: Ensemble, verdict: Verdict, summary: Summary, language: Language
) -> None:
    edge = ax.get_xlim()[1]

    def x(value: float) -> float:
        return value / 60.0 if math.isfinite(value) else edge

    found = objective_interval(ensemble, verdict)
    if math.isfinite(summary.p10):
        ax.plot([x(summary.p10), x(summary.p95.estimate)], [row, row], color=MIDDLE, linewidth=2.0, zorder=2)
        if not math.isfinite(summary.p95.estimate):
            ax.plot([edge], [row], marker=">", color=MIDDLE, markersize=6, clip_on=False, zorder=2)
    if found is not None:
        _draw_interval(ax, row, found[1], x)
    if math.isfinite(summary.p50.estimate):
        ax.plot([x(summary.p50.estimate)], [row], "o", markerfacecolor="white", markeredgecolor=INK, zorder=4)
    target = x(verdict.target or 0.0)
    for color, width in (("white", 4.2), (INK, 2.6)):
        ax.plot(
            [target, target],
            [row - 0.38, row + 0.38],
            color=color,
            linewidth=width,
            solid_capstyle="butt",
            zorder=6,
        )
    words = say(
        "chart.verdict",
        language,
        verdict=say(f"verdict.{verdict.verdict}", language),
        share=f"{100.0 * verdict.share.estimate:.0f}",
        asked=f"{100.0 * verdict.required_share:.0f}",
    )
    weight = "normal" if verdict.verdict == "met" else "bold"
    ax.annotate(
        words,
        (1.0, row),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        fontweight=weight,
        annotation_clip=False,
    )


def _draw_interval(ax: Axes, row: int, interval: Interval, x: Callable[[float], float]) -> None:
    if interval.low is not None and interval.high is not None and math.isfinite(interval.low):
        width = max(x(interval.high) - x(interval.low), 0.004 * ax.get_xlim()[1])
        ax.barh(row, width, left=x(interval.low), height=0.34, facecolor=DARK, edgecolor=INK, zorder=3)
        if math.isfinite(interval.estimate):
            at = x(interval.estimate)
            ax.plot([at], [row], "|", color="white", markersize=9, markeredgewidth=1.6, zorder=5)


def _legend(ax: Axes, knee: float | None, language: Language) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Line2D([], [], color=MIDDLE, linewidth=2.0, label=say("chart.p10-p95", language)),
        Line2D(
            [],
            [],
            linestyle="",
            marker="o",
            markerfacecolor="white",
            color=INK,
            label=say("chart.median", language),
        ),
        Patch(facecolor=DARK, edgecolor=INK, label=say("chart.quantile-ci", language)),
        Line2D([], [], color=INK, linewidth=2.6, label=say("chart.target", language)),
    ]
    if knee is not None:
        handles.append(Patch(facecolor="#00000018", label=say("chart.pressed", language)))
    if len(ax.figure.axes) == 1:
        ax.figure.legend(handles=handles, loc="outside lower center", ncols=3)
