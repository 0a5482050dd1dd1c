"""Maps of the smallest margins: each space in the colour of ASET - RSET that one run in ten falls below."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.debrief import names
from drillsim.debrief.charts.mapmarks import Labels
from drillsim.debrief.charts.plan_view import box_of, corners, is_building, on_storey, panel_height_in
from drillsim.debrief.charts.style import INK, axes, chart, chart_language, head, new_figure, readable, styled
from drillsim.debrief.maps import drawn, storey_of, storeys
from drillsim.messages import Language, say
from drillsim.study.margins import margins_over_runs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from drillsim.facility.graph import Facility
    from drillsim.study.margins import SpaceMargins
    from drillsim.study.results import Ensemble

__all__ = ["draw_margin_map", "margin_map_figure"]

# From the smallest margin up: below so many s, its message, the fill. One hue that grows lighter,
# so that it reads in grey and with any colour vision (ColorBrewer YlOrBr).
_CLASSES: Final[tuple[tuple[float, str, str], ...]] = (
    (0.0, "negative", "#7a2c05"),
    (60.0, "below-1", "#cc4c02"),
    (180.0, "below-3", "#fe9929"),
    (600.0, "below-10", "#fed98e"),
    (math.inf, "more", "#fff7d6"),
)
_NEVER: Final[dict[str, Any]] = {"facecolor": "#eef1f3", "hatch": "////", "edgecolor": "#9aa5ad"}
_NOBODY: Final[dict[str, Any]] = {"facecolor": "#ffffff", "edgecolor": "#7d8790"}
_MOST_PANELS: Final = 4


@styled()
def margin_map_figure(ensemble: Ensemble, *, facility: Facility, language: Language = "en") -> Figure | None:
    """The storeys with the smallest margins, at most four, the highest on top; of a site its one map.

    ``None`` where no space was lost in any run.
    """
    language = chart_language(language)
    found = {one.space: one for one in margins_over_runs(ensemble)}
    if not any(one.lost for one in found.values()):
        return None
    panels = _panels(facility, found)
    boxes = [box_of(facility, spaces) for _, spaces in panels]
    heights = [panel_height_in(box, 9.4) + 0.75 for box in boxes]
    figure = new_figure(9.5, sum(heights) + 1.25)
    grid = figure.subplots(len(panels), 1, squeeze=False, gridspec_kw={"height_ratios": heights})
    for ax, (level_m, spaces) in zip(grid[:, 0], panels, strict=True):
        _lay_out(ax, facility, spaces, found)
        if level_m is not None:
            ax.set_title(say("chart.floor", language, level=f"{level_m:g}"), fontsize=9.5, loc="left")
        _label_axes(ax, language, last=ax is grid[-1, 0])
    _title(grid[0, 0], ensemble, language, panel=grid[0, 0].get_title(loc="left"))
    figure.legend(handles=_handles(language), loc="outside lower center", ncols=3, fontsize=8)
    figure.draw_without_rendering()
    for ax, (_, spaces) in zip(grid[:, 0], panels, strict=True):
        _name(ax, ensemble, facility, spaces, found, language)
    return figure


@chart
def draw_margin_map(
    ensemble: Ensemble, *, facility: Facility, level_m: float | None = None, ax: Axes | None = None,
    language: Language = "en",
) -> Axes:  # fmt: skip
    """One storey, or the whole site, in plan, metres; spaces by the margin one run in ten falls below."""
    language = chart_language(language)
    ax = axes(ax, 9.5, 4.6)
    found = {one.space: one for one in margins_over_runs(ensemble)}
    spaces = list(range(len(facility.spaces))) if level_m is None else on_storey(facility, level_m)
    _lay_out(ax, facility, spaces, found)
    _label_axes(ax, language, last=True)
    panel = "" if level_m is None else say("chart.floor", language, level=f"{level_m:g}")
    _title(ax, ensemble, language, panel=panel)
    if ax.figure is not None and len(ax.figure.axes) == 1:
        ax.figure.legend(handles=_handles(language), loc="outside lower center", ncols=3, fontsize=8)
    if (figure := ax.get_figure(root=True)) is not None:
        figure.draw_without_rendering()
    _name(ax, ensemble, facility, spaces, found, language)
    return ax


def _panels(facility: Facility, found: Mapping[str, SpaceMargins]) -> list[tuple[float | None, list[int]]]:
    """The panels of the figure: level, m, and spaces."""
    if not is_building(facility):
        return [(None, list(range(len(facility.spaces))))]
    levels = storeys(facility)
    smallest = dict.fromkeys(levels, math.inf)
    for space, name in enumerate(facility.spaces):
        if name in found:
            level = storey_of(facility, space, levels)
            smallest[level] = min(smallest[level], found[name].margin_s.p10)
    worst = sorted((level for level in levels if smallest[level] < math.inf), key=lambda one: smallest[one])
    shown = worst[:_MOST_PANELS] or levels[:1]
    return [(level, on_storey(facility, level)) for level in sorted(shown, reverse=True)]


def _title(ax: Axes, ensemble: Ensemble, language: Language, *, panel: str) -> None:
    heading = say("chart.margin-map", language)
    head(ax, heading, n=ensemble.n, conditions=ensemble.conditions, language=language, width=110)
    if panel:
        ax.set_title(f"{ax.get_title(loc='left')}\n{panel}", fontsize=9.5, loc="left", linespacing=1.35)


def _label_axes(ax: Axes, language: Language, *, last: bool) -> None:
    ax.set_ylabel(say("chart.north", language))
    if last:
        ax.set_xlabel(say("chart.east", language))


def _lay_out(ax: Axes, facility: Facility, spaces: Sequence[int], found: Mapping[str, SpaceMargins]) -> None:
    from matplotlib.patches import Rectangle

    box = box_of(facility, spaces)
    ax.set_aspect("equal")
    ax.set_xlim(box.west, box.east)
    ax.set_ylim(box.south, box.north)
    for space in sorted(drawn(facility, spaces), key=lambda one: -float(np.prod(facility.size[one]))):
        (west, south), (east, north) = corners(facility, space)
        one = found.get(facility.spaces[space])
        rectangle = Rectangle((west, south), east - west, north - south, **({"linewidth": 0.8} | _look(one)))
        rectangle.set_zorder(3.0 if one is not None and one.margin_s.p10 < 0.0 else 1.0)
        ax.add_patch(rectangle)


def _look(one: SpaceMargins | None) -> dict[str, Any]:
    """Fill and outline of a space; a space with a negative margin has a bold outline."""
    if one is None:
        return _NOBODY
    if one.margin_s.p10 == math.inf:
        return _NEVER
    _, _, fill = _class(one)
    bold = one.margin_s.p10 < 0.0
    return {"facecolor": fill} | ({"edgecolor": INK, "linewidth": 2.0} if bold else {"edgecolor": "#7d8790"})


def _class(one: SpaceMargins) -> tuple[float, str, str]:
    return next(entry for entry in _CLASSES if one.margin_s.p10 < entry[0])


def _name(
    ax: Axes,
    ensemble: Ensemble,
    facility: Facility,
    spaces: Sequence[int],
    found: Mapping[str, SpaceMargins],
    language: Language,
) -> None:
    """The margin in min in each space, with its name where there is room; the smallest margins first."""
    labels = Labels(ax)

    def margin_s(space: int) -> float:
        one = found.get(facility.spaces[space])
        return math.inf if one is None else one.margin_s.p10

    for space in sorted(drawn(facility, spaces), key=lambda one: (margin_s(one), facility.spaces[one])):
        name = facility.spaces[space]
        title = readable(names.title(facility.space_spec[space], name, language), fallback=name)
        texts = [title]
        if margin_s(space) < math.inf:
            minutes = f"{margin_s(space) / 60.0:+.1f}".replace("-", "−")
            number = say("chart.margin-min", language, minutes=minutes)
            texts = [f"{title}\n{number}", f"{title}: {number}", number, minutes]
        labels.inside(corners(facility, space), texts, color=INK)


def _handles(language: Language) -> list[Any]:
    from matplotlib.patches import Patch

    handles = [
        Patch(
            facecolor=fill,
            edgecolor=INK if key == "negative" else "#7d8790",
            linewidth=2.0 if key == "negative" else 0.8,
            label=say(f"chart.margin-{key}", language),
        )
        for _, key, fill in _CLASSES
    ]
    return [
        *handles,
        Patch(label=say("chart.margin-never", language), **_NEVER),
        Patch(label=say("chart.margin-nobody", language), **_NOBODY),
    ]
