"""Swim-lanes of the agencies: one real run, with the spread of all runs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from drillsim.debrief import names
from drillsim.debrief.charts import scales
from drillsim.debrief.charts.style import (
    DARK,
    INK,
    LIGHT,
    PALE,
    axes,
    chart,
    chart_language,
    head,
    plain_ticks,
    readable,
)
from drillsim.debrief.figures import milestone_names, nearest_median, spread, task_spread
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from drillsim.debrief.figures import Spread
    from drillsim.response.plan import Task
    from drillsim.study.results import Ensemble, Outcome
    from drillsim.trace.log import Trace

__all__ = ["draw_timeline", "timeline_parts"]

_ROW_IN: Final = 0.25
_LINES: Final = 42  # of one part
_REST: Final = 10  # fewer lines than this are no part of their own
_LABEL: Final = 44  # characters of a label before it is cut


@dataclass(slots=True)
class _Line:
    """One line of the chart: an agency's heading, a task, or a milestone that no task carries."""

    label: str
    heading: bool = False
    task: str | None = None
    milestones: tuple[str, ...] = ()
    agency: str | None = None  # of a heading


@chart
def draw_timeline(
    ensemble: Ensemble,
    *,
    trace: Trace | None = None,
    start_s: float | None = None,
    part: tuple[int, int] = (1, 1),
    ax: Axes | None = None,
    language: Language = "en",
) -> Axes:
    """Tasks by agency as bars of one real run, the one nearest the median; minutes after STARTEX.

    Solid: work; hatched: waiting for order, information or units; pale: donning and setting up.
    White strips: pairs in on air. Triangles: messages and calls, in the lane of who hears them.
    Diamonds: milestones. Whiskers: p10 to p90 of the end over all runs, clipped where a tenth never ended.
    ``trace`` is the trace of that run (it tells waits from preparation); ``start_s`` adds a wall clock.
    ``part`` is which of how many parts to draw (see :func:`timeline_parts`), all on the same axis of time.
    """
    language = chart_language(language)
    outcome = nearest_median(ensemble)
    lanes = _lanes(ensemble, outcome, language)
    ends = _ends_min(ensemble, outcome, [line for lane in lanes for line in lane])
    lines = _packed(lanes)[part[0] - 1] if part[1] > 1 else [line for lane in lanes for line in lane]
    ax = axes(ax, 10.0, 2.2 + _ROW_IN * len(lines))
    last = 1.04 * max([*ends, 1.0])
    knee = scales.knee_min(ends)
    ticks = scales.press_tail(ax, knee=knee, last_min=last)
    granted, heard, stays = _granted(trace), _heard(trace), _stays(trace)
    for row, line in enumerate(lines):
        if line.heading:
            ax.axhspan(row - 0.5, row + 0.5, color=PALE, zorder=0)
            _draw_messages(ax, row, heard.get(line.agency or "", []))
        elif line.task is not None:
            _draw_task(ax, ensemble, outcome, line.task, row, granted)
            _draw_stays(ax, row, stays.get(line.task, []))
        for milestone in line.milestones:
            _draw_milestone(ax, ensemble, outcome, milestone, row, whisker=line.task is None)
    _finish(ax, lines, knee, last, language, messages=bool(heard), entries=bool(stays))
    scales.label_time(ax, ticks=ticks, start_s=start_s, language=language)
    _title(ax, ensemble, outcome, part, language)
    return ax


def timeline_parts(ensemble: Ensemble, *, language: Language = "en") -> int:
    """In how many parts a timeline fits on paper: whole agencies, at most some forty lines each."""
    return len(_packed(_lanes(ensemble, nearest_median(ensemble), language)))


def _packed(lanes: list[list[_Line]]) -> list[list[_Line]]:
    parts: list[list[_Line]] = []
    for lane in lanes:
        if parts and len(parts[-1]) + len(lane) <= _LINES:
            parts[-1].extend(lane)
        else:
            parts.append(list(lane))
    if len(parts) > 1 and len(parts[-1]) < _REST:
        rest = parts.pop()
        parts[-1].extend(rest)
    return parts


def _lanes(ensemble: Ensemble, outcome: Outcome, language: Language) -> list[list[_Line]]:
    """Each agency's heading and tasks, in the order in which the agencies begin; people last."""
    scenario = ensemble.scenario
    tasks = names.plan_tasks(scenario, ensemble.plan, conditions=ensemble.conditions)
    lanes: dict[str | None, list[tuple[float, str, Task]]] = {}
    for name, task in tasks.items():
        times = task_spread(ensemble, name, "started_s")
        if times.reached:
            begins = outcome.tasks[name].started_s if name in outcome.tasks else times.p50_s
            owner = names.agency_of_task(scenario, ensemble.plan, task)
            lanes.setdefault(owner, []).append((begins, name, task))
    found: list[list[_Line]] = []
    for owner in sorted(lanes, key=lambda lane: (lane is None, min(lanes[lane])[:2], lane or "")):
        heading = readable(names.agency_title(scenario, owner, language), fallback=owner or "–")
        lane = [_Line(heading, heading=True, agency=owner)]
        for _, name, task in sorted(lanes[owner], key=lambda entry: entry[:2]):
            label = readable(names.title(task, name, language), fallback=name)
            lane.append(_Line(_cut(label), task=name, milestones=_stamped(task)))
        found.append(lane)
    carried = {milestone for lane in found for line in lane for milestone in line.milestones}
    free = [name for name in milestone_names(ensemble) if name not in carried]
    if free:
        lane = [_Line(say("chart.people-lane", language), heading=True)]
        for name in free:
            label = readable(names.title(scenario.milestones.get(name), name, language), fallback=name)
            lane.append(_Line(_cut(label), milestones=(name,)))
        found.append(lane)
    return found


def _stamped(task: Task) -> tuple[str, ...]:
    return tuple(name for name in (task.starts, task.milestone) if name)


def _cut(label: str) -> str:
    return label if len(label) <= _LABEL else label[: _LABEL - 1].rstrip() + "…"


def _ends_min(ensemble: Ensemble, outcome: Outcome, lines: list[_Line]) -> list[float]:
    ends = []
    for line in lines:
        if line.task is not None:
            times = task_spread(ensemble, line.task, "done_s")
            own = outcome.tasks[line.task].done_s if line.task in outcome.tasks else math.inf
            candidates = (times.p90_s, own, times.p50_s, times.p10_s)
            known = [time for time in candidates if math.isfinite(time)]
            ends.append(max(known) / 60.0 if known else math.inf)
        elif line.milestones:
            summary = ensemble.summaries[f"milestone.{line.milestones[0]}"]
            times_s = (summary.p90.estimate, summary.p50.estimate, summary.p10)
            ends.append(next((time for time in times_s if math.isfinite(time)), math.inf) / 60.0)
    return [end for end in ends if math.isfinite(end)]


def _granted(trace: Trace | None) -> dict[str, float]:
    """When each task had all it waited for, s: what lies between that and the start is preparation."""
    if trace is None:
        return {}
    found: dict[str, float] = {}
    for row in trace.rows:
        if row.event in ("task-ready", "order-given", "units-granted") and row.task:
            found[row.task] = row.time_s
    return found


def _heard(trace: Trace | None) -> dict[str, list[float]]:
    """When each agency heard a message or took a call, s."""
    found: dict[str, list[float]] = {}
    for row in [] if trace is None else trace.rows:
        if row.event in ("message-heard", "call-answered"):
            found.setdefault(row.actor, []).append(row.time_s)
    return found


def _stays(trace: Trace | None) -> dict[str, list[tuple[float, float]]]:
    """From when to when pairs of a task were in on air, s; the last row stands for those not out."""
    found: dict[str, list[tuple[float, float]]] = {}
    inside: dict[tuple[str, str], float] = {}
    for row in [] if trace is None else trace.rows:
        if row.event == "entry":
            inside[row.task, row.actor] = row.time_s
        elif row.event == "exit" and (since_s := inside.pop((row.task, row.actor), None)) is not None:
            found.setdefault(row.task, []).append((since_s, row.time_s))
    for (task, _), since_s in inside.items():
        found.setdefault(task, []).append((since_s, trace.rows[-1].time_s if trace else since_s))
    return found


def _draw_messages(ax: Axes, row: int, times_s: list[float]) -> None:
    minutes = [time_s / 60.0 for time_s in times_s]
    ax.plot(minutes, [row] * len(minutes), linestyle="", marker="v", markersize=4.0, color=INK, zorder=4)


def _draw_stays(ax: Axes, row: int, stays: list[tuple[float, float]]) -> None:
    """A white strip within the bar of the work."""
    for start_s, end_s in stays:
        width = (end_s - start_s) / 60.0
        ax.barh(row, width, 0.2, start_s / 60.0, facecolor="white", edgecolor=INK, linewidth=0.7, zorder=3)


def _draw_task(
    ax: Axes, ensemble: Ensemble, outcome: Outcome, task: str, row: int, granted: dict[str, float]
) -> None:
    span = outcome.tasks.get(task)
    if span is not None:
        ready, started, done = span.ready_s / 60.0, span.started_s / 60.0, span.done_s / 60.0
        prepared = min(max(granted.get(task, span.started_s) / 60.0, ready), started)

        def bar(start: float, end: float, face: str, hatch: str = "") -> None:
            width = end - start
            ax.barh(row, width, 0.62, start, facecolor=face, hatch=hatch, edgecolor=INK, linewidth=0.6)

        if prepared > ready:
            bar(ready, prepared, "white", "/////")
        if started > prepared:
            bar(prepared, started, LIGHT)
        bar(started, done, DARK)
    _whisker(ax, row, *_bounds_min(task_spread(ensemble, task, "done_s")))


def _bounds_min(times: Spread) -> tuple[float, float]:
    return times.p10_s / 60.0, times.p90_s / 60.0


def _whisker(ax: Axes, row: int, low: float, high: float) -> None:
    """A line from p10 to p90 with caps; an arrow to the edge where p90 was not reached."""
    if not math.isfinite(low):
        return
    y, edge = row + 0.40, ax.get_xlim()[1]
    open_end = not math.isfinite(high)
    high = edge if open_end else high
    ax.plot([low, high], [y, y], color=INK, linewidth=1.2, solid_capstyle="butt", zorder=4)
    for x, marker in ((low, "|"), (high, ">" if open_end else "|")):
        ax.plot([x], [y], marker=marker, color=INK, markersize=4.5, zorder=4, clip_on=False)


def _draw_milestone(
    ax: Axes, ensemble: Ensemble, outcome: Outcome, milestone: str, row: int, *, whisker: bool
) -> None:
    value = outcome.measures.get(f"milestone.{milestone}")
    if value is not None and math.isfinite(value.rank):
        ax.plot(
            [value.number / 60.0],
            [row],
            marker="D",
            markersize=6.5,
            markerfacecolor="white",
            markeredgecolor=INK,
            markeredgewidth=1.3,
            zorder=5,
            clip_on=False,
        )
    if whisker:
        ranks = [run.measures[f"milestone.{milestone}"].rank for run in ensemble.outcomes]
        _whisker(ax, row, *_bounds_min(spread(ranks)))


def _finish(
    ax: Axes,
    lines: list[_Line],
    knee: float | None,
    last: float,
    language: Language,
    *,
    messages: bool,
    entries: bool,
) -> None:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    ax.set_ylim(len(lines) - 0.4, -0.6)
    ax.set_yticks(range(len(lines)), [line.label for line in lines])
    for label, line in zip(ax.get_yticklabels(), lines, strict=True):
        label.set_fontweight("bold" if line.heading else "normal")
        label.set_fontsize(8.5)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x", color="#d5dbe0", linewidth=0.6)
    if knee is not None:
        ax.axvspan(knee, last, facecolor="#00000010", zorder=0.5)
        ax.axvline(knee, color=INK, linewidth=1.0, linestyle=(0, (2, 2)), zorder=3)
    handles = [
        Patch(facecolor="white", edgecolor=INK, hatch="/////", label=say("chart.waiting", language)),
        Patch(facecolor=LIGHT, edgecolor=INK, label=say("chart.preparing", language)),
        Patch(facecolor=DARK, edgecolor=INK, label=say("chart.working", language)),
        Line2D([], [], color=INK, marker="|", label=say("chart.whisker", language)),
        Line2D(
            [],
            [],
            linestyle="",
            marker="D",
            markerfacecolor="white",
            color=INK,
            label=say("chart.diamond", language),
        ),
    ]
    if messages:
        heard = say("chart.message", language)
        handles.append(Line2D([], [], linestyle="", marker="v", markersize=4.0, color=INK, label=heard))
    if entries:
        handles.append(Patch(facecolor="white", edgecolor=INK, label=say("chart.inside", language)))
    if knee is not None:
        handles.append(Patch(facecolor="#00000018", label=say("chart.pressed", language)))
    figure = ax.figure
    if figure is not None and len(figure.axes) == 1:
        figure.legend(handles=handles, loc="outside lower center", ncols=3, handlelength=2.4)
    plain_ticks(ax)


def _title(ax: Axes, ensemble: Ensemble, outcome: Outcome, part: tuple[int, int], language: Language) -> None:
    plan = names.title(ensemble.scenario.plans[ensemble.plan], ensemble.plan, language)
    more = say("chart.one-run", language, run=outcome.replication)
    heading = say("chart.timeline", language, plan=readable(plan, fallback=ensemble.plan))
    if part[1] > 1:
        heading = f"{heading} ({say('chart.part', language, part=part[0], parts=part[1])})"
    head(ax, heading, n=ensemble.n, conditions=ensemble.conditions, language=language, more=more, width=84)
