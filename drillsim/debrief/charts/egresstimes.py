"""Available and required time side by side, for the spaces with the smallest margins."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.debrief.charts.scales import label_time, minute_ticks
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
    wrapped,
)
from drillsim.messages import Language, say
from drillsim.study.margins import margins_over_runs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from drillsim.study.margins import SpaceMargins, Spread
    from drillsim.study.results import Ensemble

__all__ = ["draw_egress_times"]

_MOST: Final = 10  # spaces
_HEIGHT: Final = 0.34
_ASET: Final[dict[str, Any]] = {"facecolor": DARK, "edgecolor": INK}
_RSET: Final[dict[str, Any]] = {"facecolor": LIGHT, "edgecolor": INK, "hatch": "/////"}


@chart
def draw_egress_times(ensemble: Ensemble, *, ax: Axes | None = None, language: Language = "en") -> Axes:
    """ASET and RSET of the ten spaces with the smallest margins, minutes: p10 to p90 of the runs, median.

    The pair of a space are bars above each other: safe where the dark one lies to the right of the hatched
    one. A bar with an arrow has no upper end: in more than one run in ten the space was not lost, or somebody
    did not leave it. At the right the share of runs with a negative margin.
    """
    language = chart_language(language)
    shown = margins_over_runs(ensemble)[:_MOST]
    ax = axes(ax, 9.5, 2.0 + 0.52 * max(len(shown), 1))
    last_min = _last_min(shown)
    ax.set_xlim(0.0, last_min)
    for row, one in enumerate(shown):
        _draw_bar(ax, row - 0.19, one.aset_s, _ASET, last_min)
        _draw_bar(ax, row + 0.19, one.rset_s, _RSET, last_min)
        _write_share(ax, row, one, language)
    ax.set_ylim(max(len(shown), 1) - 0.4, -0.7)
    ax.set_yticks(range(len(shown)), [_label(ensemble, one, language) for one in shown])
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#d5dbe0", linewidth=0.6)
    label_time(ax, ticks=minute_ticks(last_min), start_s=None, language=language)
    plain_ticks(ax)
    _legend(ax, language)
    title = say("chart.egress-times", language, n=len(shown))
    head(ax, title, n=ensemble.n, conditions=ensemble.conditions, language=language)
    return ax


def _last_min(shown: tuple[SpaceMargins, ...]) -> float:
    ends = [end for one in shown for end in (*one.aset_s, *one.rset_s) if math.isfinite(end)]
    return 1.06 * max([*ends, 60.0]) / 60.0


def _draw_bar(ax: Axes, y: float, spread: Spread, look: dict[str, Any], last_min: float) -> None:
    low, middle, high = (end / 60.0 for end in spread)
    if low == math.inf:
        return
    end = high if high < math.inf else last_min
    width = max(end - low, 0.004 * last_min)
    ax.barh(y, width, left=low, height=_HEIGHT, linewidth=0.7, zorder=3, **look)
    if high == math.inf:
        ax.plot([last_min], [y], marker=">", color=INK, markersize=6, clip_on=False, zorder=5)
    if middle < math.inf:
        for color, line in (("white", 4.0), (INK, 1.8)):
            ax.plot([middle] * 2, [y - 0.17, y + 0.17], color=color, linewidth=line, zorder=4,
                    solid_capstyle="butt")  # fmt: skip


def _write_share(ax: Axes, row: int, one: SpaceMargins, language: Language) -> None:
    ax.annotate(
        say("chart.egress-share", language, share=f"{100.0 * one.share.estimate:.0f}"),
        (1.0, row),
        xycoords=("axes fraction", "data"),
        xytext=(9, 0),
        textcoords="offset points",
        va="center",
        fontsize=8.5,
        color=INK if one.negative else "#7d8790",
        annotation_clip=False,
    )


def _label(ensemble: Ensemble, one: SpaceMargins, language: Language) -> str:
    return wrapped(
        readable(names.place_title(ensemble.scenario, one.space, language), fallback=one.space), 34
    )


def _legend(ax: Axes, language: Language) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(label=say("chart.aset", language), **_ASET),
        Patch(label=say("chart.rset", language), **_RSET),
        Line2D([], [], color=INK, linewidth=1.8, label=say("chart.median-of-runs", language)),
        Line2D([], [], color=INK, marker=">", linestyle="", label=say("chart.egress-open", language)),
    ]
    if ax.figure is not None and len(ax.figure.axes) == 1:
        ax.figure.legend(handles=handles, loc="outside lower center", ncols=2)
