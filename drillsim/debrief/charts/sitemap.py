"""Maps: the site, or one storey, with queues, hazard, wind, posts and musters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.debrief import names
from drillsim.debrief.charts import mapmarks
from drillsim.debrief.charts.mapmarks import Labels
from drillsim.debrief.charts.plan_view import box_of, corners, is_building, on_storey, panel_height_in
from drillsim.debrief.charts.style import INK, axes, chart, chart_language, head, new_figure, readable, styled
from drillsim.debrief.maps import drawn, hazard_reached, queue_person_min, storey_of, storeys
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from drillsim.facility.graph import Facility
    from drillsim.study.results import Ensemble
    from drillsim.trace.log import Trace

__all__ = ["draw_floor", "draw_site", "floors_figure", "is_building", "site_figure"]

# Fill by kind of space: light, so that hatches and names stay readable.
_FILL: Final[dict[str, str]] = {
    "road": "#e3e5e6",
    "quay": "#eceae4",
    "yard": "#f3f1ea",
    "muster": "#ffffff",
    "outside": "#ffffff",
    "corridor": "#eef2f4",
    "stair": "#dfe5e9",
    "landing": "#dfe5e9",
}


@styled()
def site_figure(ensemble: Ensemble, *, trace: Trace, facility: Facility, language: Language = "en") -> Figure:
    """A figure of the size the site needs, with :func:`draw_site` in it."""
    box = box_of(facility, range(len(facility.spaces)))
    figure = new_figure(10.5, panel_height_in(box, 9.6) + 1.55)
    draw_site(ensemble, trace=trace, facility=facility, ax=figure.add_subplot(), language=language)
    return figure


@styled()
def floors_figure(
    ensemble: Ensemble,
    *,
    trace: Trace,
    facility: Facility,
    levels_m: Sequence[float],
    language: Language = "en",
) -> Figure:
    """One panel per storey, the highest on top."""
    panels = sorted(levels_m, reverse=True)
    boxes = [box_of(facility, on_storey(facility, level)) for level in panels]
    heights = [panel_height_in(box, 9.2) + 0.85 for box in boxes]
    figure = new_figure(10.0, sum(heights) + 0.7)
    grid = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
    for ax, level in zip(grid[:, 0], panels, strict=True):
        draw_floor(ensemble, level_m=level, trace=trace, facility=facility, ax=ax, language=language)
        if ax is not grid[0, 0]:  # the caption stands once, over the highest
            ax.set_title(ax.get_title(loc="left").splitlines()[0], fontsize=9.5, loc="left")
    return figure


@chart
def draw_site(
    ensemble: Ensemble, *, trace: Trace, facility: Facility, ax: Axes | None = None, language: Language = "en"
) -> Axes:
    """The whole site in plan, metres east and north.

    Circles: median queue at a link over all runs, area in proportion to person-minutes. Hatches: the highest
    threshold a space reached in the run of ``trace``. Arrows: where the wind blows to.
    """
    language = chart_language(language)
    ax = axes(ax, 10.5, 7.0)
    everything = range(len(facility.spaces))
    _draw_map(ax, ensemble, trace, facility, list(everything), language)
    heading = say("chart.site", language, title=_title(ensemble, language))
    more = say("chart.map-run", language, run=trace.header.replication)
    head(ax, heading, n=ensemble.n, conditions=ensemble.conditions, language=language, more=more, width=125)
    return ax


@chart
def draw_floor(
    ensemble: Ensemble,
    *,
    level_m: float,
    trace: Trace,
    facility: Facility,
    ax: Axes | None = None,
    language: Language = "en",
) -> Axes:
    """One storey in plan, metres; the same signs as :func:`draw_site`."""
    language = chart_language(language)
    ax = axes(ax, 10.0, 4.0)
    _draw_map(ax, ensemble, trace, facility, on_storey(facility, level_m), language)
    heading = say("chart.floor", language, level=f"{level_m:g}")
    more = say("chart.map-run", language, run=trace.header.replication)
    head(ax, heading, n=ensemble.n, conditions=ensemble.conditions, language=language, more=more, width=125)
    return ax


def _title(ensemble: Ensemble, language: Language) -> str:
    return readable(
        names.title(ensemble.scenario, ensemble.scenario.name, language), fallback=ensemble.scenario.name
    )


def _draw_map(
    ax: Axes, ensemble: Ensemble, trace: Trace, facility: Facility, spaces: list[int], language: Language
) -> None:
    box = box_of(facility, spaces)
    ax.set_aspect("equal")
    ax.set_xlim(box.west, box.east + mapmarks.STRIP * box.width)
    ax.set_ylim(box.south, box.north)
    ax.set_xlabel(say("chart.east", language))
    ax.set_ylabel(say("chart.north", language))
    ax.set_xticks([tick for tick in ax.get_xticks() if box.west <= tick <= box.east])
    ax.set_xlim(box.west, box.east + mapmarks.STRIP * box.width)
    reached = hazard_reached(trace)
    spaces = drawn(facility, spaces)
    _draw_spaces(ax, facility, spaces, reached)
    mapmarks.draw_strip(ax, trace, ensemble.scenario.weather, box=(box.west, box.east, box.south, box.north),
                        language=language)  # fmt: skip
    queues = _queues(ensemble, facility, spaces)
    _legend(ax, facility, spaces, reached, queues, language)
    _settle(ax)
    labels = Labels(ax)
    most = max((amount for _, amount in queue_person_min(ensemble, facility)), default=1.0)
    mapmarks.draw_queues(ax, labels, facility, queues, most=most)
    mapmarks.draw_places(ax, labels, ensemble, trace, facility, spaces, language)
    mapmarks.number_queues(labels, facility, queues, language, most=most)
    _name_spaces(labels, ensemble, facility, spaces, language)


def _settle(ax: Axes) -> None:
    """Lay the figure out now, so that what fits where can be measured."""
    figure = ax.get_figure(root=True)
    if figure is not None:
        figure.draw_without_rendering()


def _queues(ensemble: Ensemble, facility: Facility, spaces: list[int]) -> list[tuple[int, float]]:
    """Queues of the links of these spaces; a link between storeys belongs to the lower one."""
    here, levels = set(spaces), storeys(facility)
    found = []
    for link, amount in queue_person_min(ensemble, facility):
        ends = [int(end) for end in facility.link_spaces[link]]
        if min(ends, key=lambda end: (storey_of(facility, end, levels), end)) in here or here.issuperset(
            ends
        ):
            found.append((link, amount))
    return found


def _draw_spaces(ax: Axes, facility: Facility, spaces: list[int], reached: dict[str, str]) -> None:
    from matplotlib.patches import Rectangle

    for space in sorted(spaces, key=lambda i: (-float(np.prod(facility.size[i])), facility.spaces[i])):
        (x, y), (width, depth) = facility.centre[space], facility.size[space]
        kind = facility.kind[space]
        corner = (float(x - width / 2.0), float(y - depth / 2.0))
        ax.add_patch(
            Rectangle(
                corner,
                float(width),
                float(depth),
                facecolor=_FILL.get(kind, "#ffffff"),
                edgecolor="#7d8790",
                linewidth=0.7,
                linestyle=(0, (3, 2)) if kind in ("muster", "outside") else "-",
                zorder=1,
            )
        )
        threshold = reached.get(facility.spaces[space])
        if threshold is not None:
            look = mapmarks.hazard_look(threshold)
            ax.add_patch(Rectangle(corner, float(width), float(depth), linewidth=0.0, zorder=1.5, **look))
            outline = Rectangle(
                corner, float(width), float(depth), facecolor="none", edgecolor=INK, linewidth=1.1
            )
            outline.set_zorder(2.2)
            ax.add_patch(outline)


def _legend(
    ax: Axes,
    facility: Facility,
    spaces: list[int],
    reached: dict[str, str],
    queues: list[tuple[int, float]],
    language: Language,
) -> None:
    if len(ax.figure.axes) > 1 and ax is not ax.figure.axes[-1]:
        return
    here = {facility.spaces[space] for space in spaces}
    shown = (
        reached.values()
        if len(ax.figure.axes) > 1
        else [reached[name] for name in sorted(reached) if name in here]
    )
    handles: list[Any] = mapmarks.legend_handles(set(shown), queues=bool(queues), language=language)
    ax.figure.legend(handles=handles, loc="outside lower center", ncols=4, fontsize=8)


def _name_spaces(
    labels: Labels, ensemble: Ensemble, facility: Facility, spaces: list[int], language: Language
) -> None:
    """Names in their footprints where they fit without covering another label; the largest first."""
    for space in sorted(spaces, key=lambda i: (-float(np.prod(facility.size[i])), facility.spaces[i])):
        name = facility.spaces[space]
        full = readable(names.title(facility.space_spec[space], name, language), fallback=name)
        if not labels.inside(corners(facility, space), (full,), color=INK) and facility.kind[space] == "lift":
            x, y = map(float, facility.centre[space])
            labels.beside(x, y, full, gap_pt=8.0, size=6.5)
