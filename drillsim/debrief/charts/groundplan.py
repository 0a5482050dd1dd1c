"""The facility as written in a scenario, before any run: spaces, openings, heads at the start."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.debrief import names
from drillsim.debrief.charts.mapmarks import Labels
from drillsim.debrief.charts.style import DARK, INK, chart_language, new_figure, readable, styled
from drillsim.debrief.maps import drawn, storey_of, storeys
from drillsim.facility.graph import Facility
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from drillsim.scenario.model import Scenario

__all__ = ["groundplan"]

_WIDTH_IN: Final = 10.5
_BUILDING_M: Final = 250.0  # a plan with several storeys and no wider than this is drawn storey by storey


@styled()
def groundplan(scenario: Scenario, *, language: Language = "en") -> Figure:
    """Spaces (grey by whether one may stay there), links (bars; crosses where locked), heads at the start.

    One panel per storey for a building, the highest on top; metres east and north.
    """
    language = chart_language(language)
    facility = Facility.build(scenario.facility)
    panels = _panels(facility)
    shapes = [_extent(facility, spaces) for _, spaces in panels]
    heights = [float(np.clip(_WIDTH_IN * high / wide, 1.6, 8.5)) + 0.6 for wide, high in shapes]
    figure = new_figure(_WIDTH_IN, sum(heights) + 1.2)
    grid = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
    for ax, (level_m, spaces) in zip(grid[:, 0], panels, strict=True):
        _lay_out(ax, facility, spaces)
        if len(panels) > 1:
            ax.set_title(say("chart.floor", language, level=f"{level_m:g}"))
        ax.set_xlabel(say("chart.east", language))
        ax.set_ylabel(say("chart.north", language))
    title = readable(names.title(scenario, scenario.name, language), fallback=scenario.name)
    figure.suptitle(title, fontsize=12)
    figure.legend(handles=_handles(language), loc="outside lower center", ncols=4)
    figure.draw_without_rendering()
    for ax, (_, spaces) in zip(grid[:, 0], panels, strict=True):
        _name(ax, scenario, facility, spaces, language)
    return figure


def _panels(facility: Facility) -> list[tuple[float, list[int]]]:
    """Storeys with their spaces, the highest first; all in one where it is no building."""
    everything = list(range(len(facility.spaces)))
    levels = storeys(facility)
    if len(levels) == 1 or max(_extent(facility, everything)) > _BUILDING_M:
        return [(levels[0], everything)]
    panels = {level: [s for s in everything if storey_of(facility, s, levels) == level] for level in levels}
    return sorted(panels.items(), reverse=True)


def _extent(facility: Facility, spaces: list[int]) -> tuple[float, float]:
    low = (facility.centre[spaces] - facility.size[spaces] / 2.0).min(axis=0)
    high = (facility.centre[spaces] + facility.size[spaces] / 2.0).max(axis=0)
    return max(float(high[0] - low[0]), 1.0), max(float(high[1] - low[1]), 1.0)


def _by_size(facility: Facility, spaces: list[int]) -> list[int]:
    return sorted(spaces, key=lambda i: (-float(np.prod(facility.size[i])), facility.spaces[i]))


def _lay_out(ax: Axes, facility: Facility, spaces: list[int]) -> None:
    from matplotlib.patches import Rectangle

    for space in _by_size(facility, drawn(facility, spaces)):
        west, south = map(float, facility.centre[space] - facility.size[space] / 2.0)
        width, depth = map(float, facility.size[space])
        ax.add_patch(
            Rectangle(
                (west, south),
                width,
                depth,
                linewidth=0.7,
                edgecolor="#7d8790",
                zorder=1,
                **_look(facility, space),
            )
        )
    here = set(spaces)
    for link in range(len(facility.links)):
        if here & {int(end) for end in facility.link_spaces[link]}:
            _sign_link(ax, facility, link)
    ax.set_aspect("equal")
    ax.autoscale_view()
    ax.margins(0.02)


def _look(facility: Facility, space: int) -> dict[str, Any]:
    kind = facility.kind[space]
    if kind == "muster":
        return {"facecolor": "white", "hatch": "..."}
    if kind == "outside":
        return {"facecolor": "white", "linestyle": (0, (3, 2))}
    return {"facecolor": "#dfe5e9" if kind in ("stair", "landing", "road", "corridor") else "#f3f4f2"}


def _sign_link(ax: Axes, facility: Facility, link: int) -> None:
    x, y = map(float, facility.link_at[link])
    if facility.link_locked[link]:
        ax.plot([x], [y], marker="x", markersize=7, color=INK, markeredgewidth=1.8, zorder=4)
    else:
        ax.plot([x], [y], marker="o", markersize=3.2, color=DARK, zorder=3)


def _handles(language: Language) -> list[Any]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    return [
        Line2D([], [], linestyle="", marker="o", color=DARK, label=say("groundplan.link", language)),
        Line2D([], [], linestyle="", marker="x", color=INK, label=say("groundplan.locked", language)),
        Patch(facecolor="white", edgecolor="#7d8790", hatch="...", label=say("groundplan.muster", language)),
        Patch(facecolor="#f3f4f2", edgecolor="#7d8790", label=say("groundplan.heads", language)),
    ]


def _name(ax: Axes, scenario: Scenario, facility: Facility, spaces: list[int], language: Language) -> None:
    """Titles with the heads at the start where they fit, names or the heads alone where not."""
    heads: dict[str, int] = {}
    for group in scenario.groups.values():
        heads[group.place] = heads.get(group.place, 0) + group.count
    labels = Labels(ax)
    for link in range(len(facility.links)):
        labels.reserve(float(facility.link_at[link][0]), float(facility.link_at[link][1]), 2.5)
    for space in _by_size(facility, drawn(facility, spaces)):
        name = facility.spaces[space]
        title = readable(names.title(facility.space_spec[space], name, language), fallback=name)
        half = facility.size[space] / 2.0
        corners = np.stack([facility.centre[space] - half, facility.centre[space] + half])
        count = f" ({heads[name]})" if heads.get(name) else ""
        texts = (f"{title}{count}", f"{name}{count}", *([count.strip()] if count else []))
        if not labels.inside(corners, texts, color=INK) and facility.kind[space] == "lift":
            x, y = map(float, facility.centre[space])
            labels.beside(x, y, title, gap_pt=8.0, size=6.5)
