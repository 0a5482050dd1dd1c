"""Paired differences of plans on the same luck."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.debrief import names
from drillsim.debrief.charts.style import (
    DARK,
    INK,
    axes,
    chart,
    chart_language,
    head,
    plain_ticks,
    readable,
    wrapped,
)
from drillsim.debrief.figures import is_a_milestone
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from drillsim.study.results import Comparison, Difference

__all__ = ["draw_differences"]

_MARKERS = "osD^vP"


@chart
def draw_differences(comparison: Comparison, *, ax: Axes | None = None, language: Language = "en") -> Axes:
    """Forest of the mean differences in time against the first plan, minutes, with 95 % intervals.

    Left of zero: the other plan is earlier. Measures that are no times are in the table, not here.
    """
    language = chart_language(language)
    first = comparison.ensembles[0]
    plans = [plan for plan in sorted(comparison.differences) if comparison.differences[plan]]
    measures = _measures(comparison)
    ax = axes(ax, 8.5, 1.8 + (0.12 + 0.2 * max(len(plans), 1)) * max(len(measures), 1))
    step = 1.0 / (len(plans) + 0.6)
    for number, plan in enumerate(plans):
        by_measure = {difference.measure: difference for difference in comparison.differences[plan]}
        for row, measure in enumerate(measures):
            if measure in by_measure:
                shift = (number - (len(plans) - 1) / 2.0) * step
                _draw_row(ax, row + shift, by_measure[measure], number, language)
    ax.axvline(0.0, color=INK, linewidth=1.2)
    labels = [
        wrapped(readable(names.measure_title(first.scenario, measure, language), fallback=measure), 38)
        for measure in measures
    ]
    ax.set_ylim(max(len(measures), 1) - 0.4, -0.6)
    ax.set_yticks(range(len(measures)), labels)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#d5dbe0", linewidth=0.6)
    ax.set_xlabel(say("chart.difference-minutes", language))
    plain_ticks(ax)
    _legend(ax, comparison, plans, language)
    base = names.title(first.scenario.plans[first.plan], first.plan, language)
    heading = say("chart.differences", language, plan=readable(base, fallback=first.plan))
    more = say("chart.equal-left-out", language)
    head(ax, heading, n=first.n, conditions=first.conditions, language=language, more=more)
    return ax


def _measures(comparison: Comparison) -> list[str]:
    """Times that differ in at least one pair of runs (all, if none does), by the first plan's median."""
    first = comparison.ensembles[0].summaries
    timed = [
        difference
        for differences in comparison.differences.values()
        for difference in differences
        if difference.unit == "s"
        and not difference.measure.startswith("margin.")
        and difference.both
        and math.isfinite(difference.mean.estimate)
    ]
    changed = {difference.measure for difference in timed if difference.equal < difference.n}
    found = changed or {difference.measure for difference in timed}
    found -= {"endex"} if "milestone.endex" in found else set()
    if all(is_a_milestone(ensemble, "last_out") for ensemble in comparison.ensembles):
        found -= {"last_out"}
    return sorted(found, key=lambda name: (first[name].p50.estimate if name in first else math.inf, name))


def _draw_row(ax: Axes, y: float, difference: Difference, number: int, language: Language) -> None:
    mean = difference.mean
    if not math.isfinite(mean.estimate):
        return
    if (
        mean.low is not None
        and mean.high is not None
        and math.isfinite(mean.low)
        and math.isfinite(mean.high)
    ):
        ax.plot([mean.low / 60.0, mean.high / 60.0], [y, y], color=DARK, linewidth=2.2, solid_capstyle="butt")
    face = DARK if number % 2 == 0 else "white"
    marker = _MARKERS[number % len(_MARKERS)]
    ax.plot(
        [mean.estimate / 60.0], [y], marker=marker, markerfacecolor=face, markeredgecolor=INK, markersize=6.5
    )
    if difference.equal == difference.n:
        words = say("chart.no-difference", language, n=difference.n)
    else:
        words = names.signed(mean.estimate, difference.unit, language)
    ax.annotate(
        words,
        (1.0, y),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        annotation_clip=False,
    )


def _legend(ax: Axes, comparison: Comparison, plans: list[str], language: Language) -> None:
    from matplotlib.lines import Line2D

    scenario = comparison.ensembles[0].scenario
    handles = [
        Line2D(
            [],
            [],
            color=DARK,
            linewidth=2.2,
            marker=_MARKERS[number % len(_MARKERS)],
            markerfacecolor=DARK if number % 2 == 0 else "white",
            markeredgecolor=INK,
            label=readable(names.title(scenario.plans.get(plan), plan, language), fallback=plan),
        )
        for number, plan in enumerate(plans)
    ]
    if handles:
        ax.figure.legend(handles=handles, loc="outside lower center", ncols=2)
