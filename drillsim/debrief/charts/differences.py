"""Plans on the same luck: a forest of paired differences."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from drillsim.debrief import names
from drillsim.debrief.charts.style import (
    DARK,
    INK,
    axes,
    chart,
    chart_language,
    head,
    new_figure,
    plain_ticks,
    readable,
    styled,
    wrapped,
)
from drillsim.debrief.comparison import (
    compared_measures,
    compared_objectives,
    is_headline,
    objective_name,
    plan_title,
)
from drillsim.debrief.figures import is_constant, told_apart
from drillsim.debrief.listed import in_own_unit
from drillsim.debrief.sentences import level_text
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from drillsim.study.results import Comparison, Difference, Interval, ObjectiveDifference

__all__ = ["Part", "Statistic", "differences_figures", "draw_differences"]

Part = Literal["times", "objectives", "amounts"]
Statistic = Literal["mean", "median", "p95"]

_PARTS: Final[tuple[Part, ...]] = ("times", "objectives", "amounts")
_DIRECTIONS: Final[dict[Part, tuple[str, str]]] = {
    "times": ("forest.earlier", "forest.later"),
    "objectives": ("forest.less-often", "forest.more-often"),
    "amounts": ("forest.fewer", "forest.more"),
}
_MARKERS: Final = "osD^vP"
_FRAME_IN: Final = 0.55  # axis and its words
_SHEET_IN: Final = 12.0  # a figure 9 in wide stays readable on A4
_MANY: Final = 12  # rows; of more only those that are told apart
_FARTHEST: Final = 250.0  # percent; an amount that grows more is an arrow at the edge, with its number beside


@dataclass(frozen=True, slots=True)
class _Bar:
    """One plan in one row, on the scale of the axis; an estimate of NaN has words only."""

    estimate: float
    low: float | None
    high: float | None
    words: str

    def beyond(self, farthest: float) -> set[float]:
        """Signs of the sides on which the estimate or its interval goes off the axis."""
        ends = (one for one in (self.estimate, self.low, self.high) if one is not None)
        return {math.copysign(1.0, one) for one in ends if math.isfinite(one) and abs(one) > farthest}


@chart
def draw_differences(
    comparison: Comparison,
    *,
    ax: Axes | None = None,
    part: Part = "times",
    statistic: Statistic = "mean",
    language: Language = "en",
) -> Axes:
    """Forest of the differences of every plan from the first, with their intervals.

    ``part``: times in minutes (``statistic``: of what), objectives in percentage points of the runs, or
    amounts in percent of the first plan's mean. Rows are those of the table of plans.
    """
    language = chart_language(language)
    rows = _rows(comparison, part, statistic, language)
    plans = comparison.ensembles[1:]
    ax = axes(ax, 9.0, 1.9 + _height_in(len(rows), len(plans)))
    _draw(ax, rows, part, language)
    _legend(ax, comparison, {part: rows}, language)
    _head(ax, comparison, statistic, language)
    return ax


def differences_figures(comparison: Comparison, *, language: Language = "en") -> Iterator[Figure]:
    """Times, objectives and amounts one below the other, those that have rows; each figure fits a sheet."""
    language = chart_language(language)
    count = len(comparison.ensembles) - 1
    found = {part: _rows(comparison, part, "mean", language) for part in _PARTS}
    kept = {part: rows for part, rows in found.items() if rows} or {"times": []}
    sheet: dict[Part, Rows] = {}
    filled = 0.0
    for part, rows in kept.items():
        height = _FRAME_IN + _height_in(len(rows), count)
        if sheet and filled + height > _SHEET_IN:
            yield _figure(comparison, sheet, language)
            sheet, filled = {}, 0.0
        sheet[part] = rows
        filled += height
    yield _figure(comparison, sheet, language)


def _figure(comparison: Comparison, parts: dict[Part, Rows], language: Language) -> Figure:
    with styled():
        count = len(comparison.ensembles) - 1
        heights = [_FRAME_IN + _height_in(len(rows), count) for rows in parts.values()]
        figure = new_figure(9.0, 1.2 + sum(heights))
        all_axes = figure.subplots(len(parts), 1, squeeze=False, height_ratios=heights)[:, 0]
        for ax, (part, rows) in zip(all_axes, parts.items(), strict=True):
            _draw(ax, rows, part, language)
        _legend(all_axes[0], comparison, parts, language)
        _head(all_axes[0], comparison, "mean", language)
        return figure


def _height_in(rows: int, plans: int) -> float:
    return (0.12 + 0.17 * max(plans, 1)) * max(rows, 1)


Rows = list[tuple[str, list[_Bar]]]


def _rows(comparison: Comparison, part: Part, statistic: Statistic, language: Language) -> Rows:
    """Label and one bar a plan of every row of this part."""
    first = comparison.ensembles[0]
    plans = [ensemble.plan for ensemble in comparison.ensembles[1:]]
    if part == "objectives":
        return [
            (
                readable(objective_name(first, name, language), fallback=name),
                [_objective_bar(found.get(plan), language) for plan in plans],
            )
            for name, found in compared_objectives(comparison).items()
        ]
    measures = {
        name: found
        for name, found in compared_measures(comparison).items()
        if all(one.unit == "s" for one in found.values()) == (part == "times")
    }
    rows = []
    for name, found in measures.items():
        if len(measures) <= _MANY or is_headline(first, name) or any(map(told_apart, found.values())):
            label = readable(names.measure_title(first.scenario, name, language), fallback=name)
            bars = [
                _bar(comparison, found[plan], part, statistic, language) if plan in found else _missing()
                for plan in plans
            ]
            rows.append((label, bars))
    return rows


def _missing() -> _Bar:
    return _Bar(math.nan, None, None, "—")


def _bar(
    comparison: Comparison, found: Difference, part: Part, statistic: Statistic, language: Language
) -> _Bar:
    first = comparison.ensembles[0]
    interval: Interval = getattr(found, statistic)
    if found.equal == found.n:
        return _Bar(0.0, None, None, say("chart.no-difference", language, n=found.n))
    if not math.isfinite(interval.estimate):
        words = say("debrief.of-runs", language, reached=found.both, n=found.n)
        return _Bar(math.nan, None, None, f"{say('debrief.not-reached', language)}: {words}")
    words = names.signed(interval.estimate, found.unit, language)
    if statistic == "mean" and is_constant(found):
        words = say("forest.every", language, amount=words)
    else:
        words = _with_interval(words, interval, _ends(interval, found.unit, language), language)
    # A business may call its unit what no font can show.
    words = readable(in_own_unit(first, found.measure, words, language), fallback=words)
    if part == "times":
        return _scaled(interval, 1.0 / 60.0, words)
    summary = first.summaries.get(found.measure)
    mean = summary.mean if summary is not None else None
    if not mean:
        return _Bar(math.nan, None, None, say("forest.from-nothing", language, amount=words))
    return _scaled(interval, 100.0 / abs(mean), words)


def _objective_bar(found: ObjectiveDifference | None, language: Language) -> _Bar:
    if found is None:
        return _missing()
    if not found.only_first and not found.only_second:
        return _Bar(0.0, None, None, say("chart.no-difference", language, n=found.n))
    interval = found.difference
    number = _points(interval.estimate)
    words = say("forest.point" if number in ("+1", "−1") else "forest.points", language, points=number)
    ends = None if interval.low is None or interval.high is None else (interval.low, interval.high)
    told = ends and (_points(ends[0]), _points(ends[1]))
    return _scaled(interval, 100.0, _with_interval(words, interval, told, language))


def _points(share: float) -> str:
    """Percentage points with their sign; nothing has none."""
    points = round(100.0 * share)
    return f"{points:+d}".replace("-", "−") if points else "0"


def _ends(interval: Interval, unit: str, language: Language) -> tuple[str, str] | None:
    """The ends of the interval; without the unit that stands before them, but for durations."""
    if interval.low is None or interval.high is None:
        return None

    def told(end: float) -> str:
        text = names.signed(end, unit, language)
        return text if unit == "s" or math.isinf(end) else text.partition(" ")[0]

    return told(interval.low), told(interval.high)


def _with_interval(words: str, interval: Interval, ends: tuple[str, str] | None, language: Language) -> str:
    """The words with the interval, which may be narrower than the mark, or the reason why there is none."""
    if ends is not None:
        return say("forest.interval", language, amount=words, low=ends[0], high=ends[1])
    if interval.needs is None:
        return f"{words} ({say('forest.few', language)})"
    return f"{words} ({say('forest.needs', language, needs=interval.needs)})"


def _scaled(interval: Interval, factor: float, words: str) -> _Bar:
    low, high = (None if end is None else end * factor for end in (interval.low, interval.high))
    return _Bar(interval.estimate * factor, low, high, words)


def _draw(ax: Axes, rows: Rows, part: Part, language: Language) -> None:
    plans = max((len(bars) for _, bars in rows), default=1)
    farthest = _FARTHEST if part == "amounts" else math.inf
    step = 1.0 / (plans + 0.6)
    for row, (_, bars) in enumerate(rows):
        for number, bar in enumerate(bars):
            _draw_bar(ax, row + (number - (plans - 1) / 2.0) * step, bar, number, farthest)
        if row % 2:
            ax.axhspan(row - 0.5, row + 0.5, color="#f4f6f8", linewidth=0.0, zorder=0)
    ax.axvline(0.0, color=INK, linewidth=1.2, zorder=1.5)
    ax.set_ylim(max(len(rows), 1) - 0.4, -0.6)
    ax.set_yticks(range(len(rows)), [wrapped(label, 40) for label, _ in rows])
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#d5dbe0", linewidth=0.6)
    _about_zero(ax)
    less, more = (say(word, language) for word in _DIRECTIONS[part])
    ax.set_xlabel(f"←  {less}      {say(f'forest.{part}', language)}      {more}  →")
    if not rows:
        ax.text(
            0.5,
            0.5,
            say("forest.none", language),
            transform=ax.transAxes,
            ha="center",
            va="center",
            fontsize=9,
        )
    plain_ticks(ax)


def _about_zero(ax: Axes) -> None:
    """Some room on both sides of zero, so that its line is seen and the words are clear of the marks."""
    low, high = ax.get_xlim()
    reach = max(abs(low), abs(high), 1e-9)
    ax.set_xlim(min(low, -0.12 * reach), max(high, 0.12 * reach))


def _draw_bar(ax: Axes, y: float, bar: _Bar, number: int, farthest: float) -> None:
    marks: list[tuple[float, str]] = [
        (math.copysign(farthest, side), ">" if side > 0.0 else "<") for side in bar.beyond(farthest)
    ]
    if math.isfinite(bar.estimate) and abs(bar.estimate) <= farthest:
        marks.append((bar.estimate, _MARKERS[number % len(_MARKERS)]))
    if bar.low is not None and bar.high is not None:
        low, high = (min(max(end, -farthest), farthest) for end in (bar.low, bar.high))
        if low < high and math.isfinite(low) and math.isfinite(high):
            ax.plot([low, high], [y, y], color=DARK, linewidth=2.2, solid_capstyle="butt")
    for at, marker in marks:
        ax.plot([at], [y], marker=marker, markerfacecolor=_face(number), markeredgecolor=INK, markersize=6.5)
    ax.annotate(
        bar.words,
        (1.0, y),
        xycoords=("axes fraction", "data"),
        xytext=(8, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        annotation_clip=False,
    )


def _face(number: int) -> str:
    return DARK if number % 2 == 0 else "white"


def _head(ax: Axes, comparison: Comparison, statistic: Statistic, language: Language) -> None:
    first = comparison.ensembles[0]
    # Said of all parts: which of them are long is seen from the table.
    left_out = say("forest.left-out", language, many=_MANY)
    title = say("forest.title", language, plan=readable(plan_title(first, language), fallback=first.plan))
    head(
        ax,
        title,
        n=first.n,
        conditions=first.conditions,
        language=language,
        more=" · ".join(filter(None, (_levels(comparison, statistic, language), left_out))),
    )


def _levels(comparison: Comparison, statistic: Statistic, language: Language) -> str:
    """What is drawn and at which level; of several plans also the level at which all intervals hold."""
    intervals: Sequence[Interval] = [
        getattr(found, statistic) for differences in comparison.differences.values() for found in differences
    ]
    # Intervals hold together by Bonferroni: level = 1 - 0.05 / plans.
    interval = next((one for one in intervals if one.low is not None), intervals[0] if intervals else None)
    if interval is None:
        return ""
    level = level_text(interval)
    if statistic != "mean":
        return say(f"forest.{statistic}", language, level=level)
    joint = 1.0 - (1.0 - interval.level) * len(comparison.differences)
    message = "forest.caption" if interval.level > 0.9501 else "forest.caption-one"
    return say(message, language, level=level, joint=f"{100.0 * joint:.3g}")


def _legend(ax: Axes, comparison: Comparison, parts: dict[Part, Rows], language: Language) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [],
            [],
            color=DARK,
            linewidth=2.2,
            marker=_MARKERS[number % len(_MARKERS)],
            markerfacecolor=_face(number),
            markeredgecolor=INK,
            label=readable(plan_title(ensemble, language), fallback=ensemble.plan),
        )
        for number, ensemble in enumerate(comparison.ensembles[1:])
    ]
    if any(bar.beyond(_FARTHEST) for _, bars in parts.get("amounts", ()) for bar in bars):
        words = say("forest.off", language)
        handles.append(
            Line2D(
                [], [], marker=">", markerfacecolor="white", markeredgecolor=INK, linestyle="", label=words
            )
        )
    if handles:
        ax.figure.legend(handles=handles, loc="outside lower center", ncols=2)
