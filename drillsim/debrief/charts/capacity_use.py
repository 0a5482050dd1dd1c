"""How everything that queues was used over the runs, and how long others waited for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from drillsim.debrief import names
from drillsim.debrief.capacities import capacity_title
from drillsim.debrief.charts.style import (
    DARK,
    INK,
    LIGHT,
    axes,
    chart,
    chart_language,
    head,
    plain_ticks,
    readable,
)
from drillsim.messages import Language, say
from drillsim.study.uses import uses_over_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from drillsim.study.results import Ensemble
    from drillsim.study.uses import UseOverRuns

__all__ = ["draw_capacity_use"]

_MOST: Final = 24  # bars
_ROW_IN: Final = 0.27
_LABEL: Final = 36  # characters of a label before it is cut
_COLUMNS: Final = (104.0, 128.0, 152.0)  # where the texts beside the bars begin, % of utilisation
_RIGHT: Final = 168.0


@chart
def draw_capacity_use(ensemble: Ensemble, *, ax: Axes | None = None, language: Language = "en") -> Axes:
    """Mean utilisation of each capacity with p10 to p90 of the runs, in percent of its members' time.

    Hatched: somebody waited for it. Beside the bars: the mean over runs of all waits together, and the
    longest wait and the longest queue that nine of ten runs stay below. Those waited for longest come first.
    """
    language = chart_language(language)
    found = uses_over_runs(ensemble)[:_MOST]
    ax = axes(ax, 10.0, 1.7 + _ROW_IN * max(len(found), 1))
    for row, one in enumerate(found):
        _draw_bar(ax, row, one)
        _write(ax, row, one, language)
    labels = [_label(ensemble, one, language) for one in found]
    ax.set_yticks(range(len(found)), labels, fontsize=8.5)
    ax.tick_params(axis="y", length=0)
    ax.set_ylim(len(found) - 0.4, -1.5)
    ax.set_xlim(0.0, _RIGHT)
    ax.set_xticks(range(0, 101, 20), [f"{share} %" for share in range(0, 101, 20)])
    ax.set_xlabel(say("chart.utilisation", language), loc="left")
    for share in range(20, 101, 20):
        ax.axvline(share, color="#d5dbe0", linewidth=0.6, zorder=0)
    for x, column in zip(_COLUMNS, ("waited", "longest", "queue"), strict=True):
        ax.text(x, -0.95, say(f"chart.capacity-{column}", language), fontsize=7.5, va="center")
    _legend(ax, language)
    plain_ticks(ax)
    title = say("chart.capacity-use", language)
    head(ax, title, n=ensemble.n, conditions=ensemble.conditions, language=language)
    return ax


def _label(ensemble: Ensemble, one: UseOverRuns, language: Language) -> str:
    named = capacity_title(ensemble.scenario, ensemble.plan, one.kind, one.name, language)
    what = _cut(readable(named, fallback=one.name))
    return say("chart.of-kind", language, what=what, kind=say(f"capacity.kind.{one.kind}", language))


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"


def _draw_bar(ax: Axes, row: int, one: UseOverRuns) -> None:
    waited = one.wait_s > 0.0
    ax.barh(
        row,
        100.0 * one.utilisation,
        0.62,
        facecolor=LIGHT if waited else DARK,
        hatch="/////" if waited else "",
        edgecolor=INK,
        linewidth=0.6,
    )
    low, high = 100.0 * one.utilisation_p10, 100.0 * one.utilisation_p90
    ax.plot([low, high], [row + 0.38] * 2, color=INK, linewidth=1.2, solid_capstyle="butt", zorder=4)
    for x in (low, high):
        ax.plot([x], [row + 0.38], marker="|", color=INK, markersize=4.5, zorder=4, clip_on=False)


def _write(ax: Axes, row: int, one: UseOverRuns, language: Language) -> None:
    if one.wait_s <= 0.0:
        ax.text(_COLUMNS[0], row, "–", fontsize=8.0, va="center")
        return
    texts = (
        names.duration(one.wait_s, language),
        names.duration(one.longest_wait_p90_s, language),
        f"{one.peak_queue_p90:.0f}",
    )
    for x, text in zip(_COLUMNS, texts, strict=True):
        ax.text(x, row, text, fontsize=8.0, va="center")


def _legend(ax: Axes, language: Language) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=LIGHT, edgecolor=INK, hatch="/////", label=say("chart.capacity-queued", language)),
        Patch(facecolor=DARK, edgecolor=INK, label=say("chart.capacity-free", language)),
        Line2D([], [], color=INK, marker="|", label=say("chart.capacity-whisker", language)),
    ]
    figure = ax.figure
    if figure is not None and len(figure.axes) == 1:
        figure.legend(handles=handles, loc="outside lower center", ncols=3, handlelength=2.4)
