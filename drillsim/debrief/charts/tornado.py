"""What moves one objective when doubtful assumptions are halved and doubled."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from drillsim.debrief import names
from drillsim.debrief.assumed import labels
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from drillsim.study.results import Ensemble
    from drillsim.study.sensitivity import Swing

__all__ = ["draw_tornado"]


@chart
def draw_tornado(
    swings: Sequence[Swing],
    *,
    ensemble: Ensemble,
    replications: int,
    ax: Axes | None = None,
    language: Language = "en",
) -> Axes:
    """The swings of one objective, widest on top: its measure with each assumption halved and doubled.

    Hatched: halved; solid: doubled. Solid line: as assumed; thick line: target. An arrow marks an end that
    is not reached. Raises ``ValueError`` unless all swings are of one objective.
    """
    if len({swing.objective for swing in swings}) != 1:
        raise ValueError(
            f"swings of {len({swing.objective for swing in swings})} objectives; draw one at a time"
        )
    language = chart_language(language)
    shown = sorted(swings, key=lambda swing: (-swing.width, swing.path))
    first = shown[0]
    ax = axes(ax, 8.5, 2.0 + 0.5 * len(shown))
    low, high = _limits(shown, language)
    ax.set_xlim(low, high)
    for row, swing in enumerate(shown):
        for value, face, hatch in ((swing.low, LIGHT, "////"), (swing.high, DARK, "")):
            _draw_bar(ax, row, _read(swing.base, swing, language), _read(value, swing, language), face, hatch)
    _lines(ax, first, language)
    ax.set_ylim(len(shown) - 0.4, -0.6)
    named = labels(ensemble, language)
    ax.set_yticks(range(len(shown)), [_label(swing, named.get(swing.path), language) for swing in shown])
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#d5dbe0", linewidth=0.6)
    unit = names.in_unit(0.0, first.unit, language)[1]
    what = names.measure_title(ensemble.scenario, first.measure, language)
    objective = ensemble.scenario.objectives.get(first.objective)
    title = readable(names.title(objective, first.objective, language), fallback=first.objective)
    ax.set_xlabel(wrapped(f"{readable(what, fallback=first.measure)} ({unit})", 80))
    plain_ticks(ax)
    _legend(ax, first, language)
    heading = say("chart.tornado", language, measure=title)
    head(ax, heading, n=replications, conditions=ensemble.conditions, language=language, width=80)
    return ax


def _read(value: float, swing: Swing, language: Language) -> float:
    return names.in_unit(value, swing.unit, language)[0]


def _limits(shown: Sequence[Swing], language: Language) -> tuple[float, float]:
    candidates = [value for swing in shown for value in (swing.low, swing.base, swing.high, swing.target)]
    known = [
        _read(value, shown[0], language) for value in candidates if value is not None and math.isfinite(value)
    ]
    low, high = min(known, default=0.0), max(known, default=1.0)
    margin = 0.08 * (high - low) or max(0.1 * abs(high), 0.5)
    return (0.0 if 0.0 <= low < 0.3 * high else low - margin), high + margin


def _label(swing: Swing, name: str | None, language: Language) -> str:
    label = wrapped(readable(name or swing.label or swing.path, fallback=swing.label or swing.path), 40)
    value = names.quantity(swing.median, swing.median_unit, language)
    return f"{label}\n{say('chart.assumed', language, value=value)}"


def _draw_bar(ax: Axes, row: int, base: float, value: float, face: str, hatch: str) -> None:
    low, high = ax.get_xlim()
    beyond = math.isinf(value)
    start = base if math.isfinite(base) else high
    end = min(max(value, low), high)
    ax.barh(
        row, end - start, left=start, height=0.56, facecolor=face, hatch=hatch, edgecolor=INK, linewidth=0.7
    )
    if beyond:
        ax.plot([high], [row], marker=">", color=INK, markersize=7, clip_on=False, zorder=5)


def _lines(ax: Axes, swing: Swing, language: Language) -> None:
    if math.isfinite(swing.base):
        ax.axvline(_read(swing.base, swing, language), color=INK, linewidth=1.0)
    if swing.target is not None:
        ax.axvline(_read(swing.target, swing, language), color=INK, linewidth=2.8)


def _legend(ax: Axes, swing: Swing, language: Language) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    handles = [
        Patch(facecolor=LIGHT, edgecolor=INK, hatch="////", label=say("chart.halved", language)),
        Patch(facecolor=DARK, edgecolor=INK, label=say("chart.doubled", language)),
        Line2D([], [], color=INK, linewidth=1.0, label=say("chart.as-assumed", language)),
    ]
    if swing.target is not None:
        handles.append(Line2D([], [], color=INK, linewidth=2.8, label=say("chart.target", language)))
    ax.figure.legend(handles=handles, loc="outside lower center", ncols=4)
