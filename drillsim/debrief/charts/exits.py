"""How many got out by which exit, and when each stood idle while others still came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief.charts.scales import label_time, minute_ticks
from drillsim.debrief.charts.style import (
    DARK,
    INK,
    MIDDLE,
    axes,
    chart,
    chart_language,
    head,
    readable,
    wrapped,
)
from drillsim.debrief.usage import link_title
from drillsim.measures.exit_use import exit_use, ways_out
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from drillsim.measures.exit_use import WaysOut
    from drillsim.study.results import Ensemble
    from drillsim.trace.log import Trace

__all__ = ["draw_exits", "used_exits"]

_MOST: Final = 5  # curves of their own; further exits are one curve together
# Told apart by line as well as by colour.
_LINES: Final[tuple[dict[str, Any], ...]] = (
    {"color": DARK, "linewidth": 2.4},
    {"color": INK, "linewidth": 1.8, "linestyle": (0, (6, 2))},
    {"color": MIDDLE, "linewidth": 2.0, "linestyle": (0, (4, 1.5, 1, 1.5))},
    {"color": DARK, "linewidth": 1.4, "linestyle": (0, (2, 1.5))},
    {"color": INK, "linewidth": 1.0},
    {"color": MIDDLE, "linewidth": 1.2, "linestyle": (0, (8, 3))},
)


def used_exits(trace: Trace) -> list[str]:
    """Exits that people took, most heads first."""
    return [row.link for row in exit_use(trace) if row.heads and row.link]


@chart
def draw_exits(
    ensemble: Ensemble, *, trace: Trace, ax: Axes | None = None, language: Language = "en"
) -> Axes:
    """Heads out by exit against minutes after STARTEX in one run; dotted where an exit stood idle."""
    language = chart_language(language)
    ax = axes(ax, 8.0, 4.2)
    found, shown = ways_out(trace), used_exits(trace)
    numbers = [trace.header.links.index(name) for name in shown]
    curves = [([number], name) for number, name in zip(numbers[:_MOST], shown, strict=False)]
    if len(numbers) > _MOST:
        curves.append((numbers[_MOST:], ""))
    total = max(int(found.heads.sum()), 1)
    last_min = float(found.time_s.max(initial=0.0)) / 60.0
    ends = [
        _draw_curve(ax, found, of, name, ensemble, style, total=total, last_min=last_min, language=language)
        for (of, name), style in zip(curves, _LINES, strict=False)
    ]
    first_min = float(found.time_s[found.link >= 0].min(initial=60.0 * last_min)) / 60.0
    ax.set_xlim(0.0 if first_min < 0.5 * last_min else 0.9 * first_min, max(1.03 * last_min, 0.1))
    ax.set_ylim(0.0, 1.12 * max(ends, default=1.0))
    ax.set_ylabel(say("chart.exit-heads", language))
    ax.grid(color="#d5dbe0", linewidth=0.6)
    left = ax.get_xlim()[0]
    label_time(
        ax,
        ticks=[tick for tick in minute_ticks(ax.get_xlim()[1]) if tick >= left],
        start_s=None,
        language=language,
    )
    ax.figure.legend(loc="outside lower center")
    run = say("chart.one-run-of", language, run=trace.header.replication)
    more = f"{run} · {say('chart.exit-idle', language)}"
    title = say("chart.exits", language)
    head(ax, title, n=ensemble.n, conditions=ensemble.conditions, language=language, more=more)
    return ax


def _draw_curve(
    ax: Axes,
    found: WaysOut,
    exits: list[int],
    name: str,
    ensemble: Ensemble,
    style: dict[str, Any],
    *,
    total: int,
    last_min: float,
    language: Language,
) -> int:
    """One exit's curve and, dotted, how long it stood idle at the end; returns its heads."""
    import numpy as np

    here = np.isin(found.link, exits)
    minutes, out = found.time_s[here] / 60.0, np.cumsum(found.heads[here])
    heads = int(out[-1])
    if name:
        called = readable(link_title(ensemble.scenario, name, language), fallback=name)
    else:
        called = say("chart.exit-others", language, count=len(exits))
    label = say("chart.exit-share", language, exit=called, heads=heads, share=f"{100.0 * heads / total:.0f}")
    ax.step(
        np.concatenate([[0.0, minutes[0]], minutes]),
        np.concatenate([[0, 0], out]),
        where="post",
        label=wrapped(label, 96),
        **style,
    )
    ax.plot([minutes[-1], last_min], [heads, heads], color=style["color"], linewidth=1.0, linestyle=":")
    ax.plot([minutes[-1]], [heads], color=style["color"], marker="o", markersize=4.0)
    return heads
