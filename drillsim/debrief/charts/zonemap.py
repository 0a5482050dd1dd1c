"""The site with the zones of its leaks at one time, and the threat at one place over time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.debrief import names
from drillsim.debrief.charts import mapmarks
from drillsim.debrief.charts.mapmarks import Labels
from drillsim.debrief.charts.style import INK, chart_language, new_figure, readable, styled, wrapped
from drillsim.debrief.maps import drawn
from drillsim.debrief.zone_lines import highest, rounded
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from drillsim.study.zone_results import LeakZones, Zone, Zones

__all__ = ["zone_map"]

_WIDTH_IN: Final = 10.5
_WIDER: Final = 0.5  # of the site's width: so far beyond it a zone is still drawn
# The colours of the field (ALOHA): red, orange, yellow; lighter in grey too, each with a line of its own.
_LOOK: Final[dict[str, dict[str, Any]]] = {
    "aegl1": {"facecolor": "#f6e7a0", "edgecolor": "#9a7b00", "linestyle": (0, (5, 2))},
    "aegl2": {"facecolor": "#f0a552", "edgecolor": "#8a4600", "linestyle": "-"},
    "aegl3": {"facecolor": "#c6402e", "edgecolor": "#5e0d04", "linestyle": "-"},
    "idlh": {"facecolor": "none", "edgecolor": "#000000", "linestyle": (0, (1, 1))},
    "lel10": {"facecolor": "none", "edgecolor": "#3b1f8f", "linestyle": (0, (4, 1, 1, 1))},
    "lel60": {"facecolor": "#7d6bb8", "edgecolor": "#3b1f8f", "linestyle": "-"},
}
_ALPHA: Final = 0.55
_PAD_IN: Final = 0.12  # Chinese characters stand higher than the title is taken to be
_LETTERS: Final = {"muster": "$M$", "staging": "S", "post": "P"}


@styled()
def zone_map(zones: Zones, *, time_s: float, language: Language = "en") -> Figure:
    """The zones of all leaks at one of the times of ``zones``, over the facility in plan, metres.

    North, the wind at that time and scale at the right. Zones that reach far beyond
    the site are cut off; the legend says how far they go. Raises ``ValueError`` for another time.
    """
    if time_s not in zones.times_s:
        raise ValueError(f"no zones at {time_s} s; there are {', '.join(map(str, zones.times_s))}")
    language = chart_language(language)
    box = _box(zones, time_s)
    west, east, south, north = box
    width, height = (east - west) * (1.0 + mapmarks.STRIP), north - south
    figure = new_figure(_WIDTH_IN, float(np.clip(9.6 * height / width, 2.0, 9.0)) + 1.9)
    figure.set_layout_engine("constrained", h_pad=_PAD_IN)
    ax = figure.add_subplot()
    ax.set_aspect("equal")
    ax.set_xlim(west, east + mapmarks.STRIP * (east - west))
    ax.set_ylim(south, north)
    ax.set_xticks([tick for tick in ax.get_xticks() if west <= tick <= east])
    ax.set_xlim(west, east + mapmarks.STRIP * (east - west))
    ax.set_xlabel(say("chart.east", language))
    ax.set_ylabel(say("chart.north", language))
    _draw_spaces(ax, zones)
    for leak in zones.leaks:
        _draw_zones(ax, leak, time_s, east)
    _draw_wind(ax, zones, time_s, box, language)
    _title(ax, zones, time_s, language)
    figure.legend(handles=_handles(zones, time_s, language), loc="outside lower center", ncols=3, fontsize=8)
    figure.draw_without_rendering()
    labels = Labels(ax)
    labels.taken.append(_strip(ax, east))
    _draw_spots(ax, labels, zones, time_s, language)
    _name_spaces(labels, zones, language)
    return figure


def _box(zones: Zones, time_s: float) -> tuple[float, float, float, float]:
    """West, east, south, north of the site with all zones but the mildest, up to half a site more."""
    facility = zones.world.facility
    low = (facility.centre - facility.size / 2.0).min(axis=0)
    high = (facility.centre + facility.size / 2.0).max(axis=0)
    most = _WIDER * float(max(high - low))
    points = [
        polygon[0]
        for leak in zones.leaks
        for zone in leak.at(time_s)
        if zone.level.name != "aegl1"
        for polygon in zone.polygons
    ]
    circles = [
        np.asarray(leak.leak.run.cloud.source_m) + sign * leak.first.isolation.distance_m
        for leak in zones.leaks
        if leak.first.isolation is not None
        for sign in (-1.0, 1.0)
    ]
    reached = np.concatenate([*points, np.array(circles).reshape(-1, 2), low[None], high[None]])
    low, high = np.maximum(reached.min(axis=0), low - most), np.minimum(reached.max(axis=0), high + most)
    margin = 0.02 * float(max(high - low))
    west, south = (low - margin).tolist()
    east, north = (high + margin).tolist()
    return west, east, south, north


def _strip(ax: Axes, east: float) -> Any:
    """The strip of north, wind and scale on the canvas, so that no name gets there."""
    from matplotlib.transforms import Bbox

    corners = ax.transData.transform([(east, ax.get_ylim()[0]), (ax.get_xlim()[1], ax.get_ylim()[1])])
    return Bbox(corners)


def _draw_spaces(ax: Axes, zones: Zones) -> None:
    from matplotlib.patches import Rectangle

    facility = zones.world.facility
    spaces = drawn(facility, range(len(facility.spaces)))
    for space in sorted(spaces, key=lambda i: (-float(np.prod(facility.size[i])), facility.spaces[i])):
        width, depth = map(float, facility.size[space])
        x, y = map(float, facility.centre[space] - facility.size[space] / 2.0)
        inside = not facility.outdoors[space]
        ax.add_patch(
            Rectangle(
                (x, y),
                width,
                depth,
                facecolor="#dfe3e6" if inside else "#f7f7f5",
                edgecolor="#8b959d",
                linewidth=0.9 if inside else 0.6,
                linestyle=(0, (3, 2)) if facility.kind[space] in ("muster", "outside") else "-",
                zorder=1,
            )
        )


def _draw_zones(ax: Axes, leak: LeakZones, time_s: float, east: float) -> None:
    """Polygons from the mildest to the worst, then the distances of the first minutes."""
    from matplotlib.patches import Circle, PathPatch, Polygon, Rectangle

    clip = Rectangle(
        (ax.get_xlim()[0], ax.get_ylim()[0]), east - ax.get_xlim()[0], np.ptp(ax.get_ylim()),
        transform=ax.transData,
    )  # fmt: skip
    found = sorted(leak.at(time_s), key=lambda zone: (zone.level.name[0] != "a", zone.level.ppm or 0.0))
    patches: list[Any] = []
    for order, zone in enumerate(found):
        look = _LOOK[zone.level.name]
        for polygon in zone.polygons:
            path = _path(polygon)
            if look["facecolor"] != "none":
                patches.append(
                    PathPatch(
                        path,
                        facecolor=look["facecolor"],
                        alpha=_ALPHA,
                        linewidth=0.0,
                        zorder=1.6 + 0.01 * order,
                    )
                )
            line = {"edgecolor": look["edgecolor"], "linestyle": look["linestyle"], "linewidth": 1.3}
            patches.append(PathPatch(path, facecolor="none", zorder=2.2 + 0.01 * order, **line))
    quiet: dict[str, Any] = {"facecolor": "none", "edgecolor": INK, "linewidth": 0.9, "zorder": 2.6}
    if leak.first.isolation is not None:
        patches.append(
            Circle(
                leak.leak.run.cloud.source_m, leak.first.isolation.distance_m, linestyle=(0, (2, 2)), **quiet
            )
        )
    if leak.first.square_m is not None:
        patches.append(Polygon(leak.first.square_m, linestyle=(0, (6, 2, 1, 2)), **quiet))
    for patch in patches:
        ax.add_patch(patch)
        patch.set_clip_path(clip)


def _path(polygon: list[Any]) -> Any:
    """Outer ring and holes as one path; they turn opposite ways, so holes stay empty."""
    from matplotlib.path import Path

    codes = [np.full(len(ring), Path.LINETO) for ring in polygon]
    for code in codes:
        code[0], code[-1] = Path.MOVETO, Path.CLOSEPOLY
    return Path(np.concatenate(polygon), np.concatenate(codes))


def _draw_wind(
    ax: Axes, zones: Zones, time_s: float, box: tuple[float, float, float, float], language: Language
) -> None:
    world, wind = zones.world, zones.world.wind(time_s)
    held = [(max(wind.start_s, 0.0), wind.from_deg)]
    mapmarks.draw_orientation(ax, held, speed_m_s=world.weather.wind_speed_m_s, box=box, language=language)


def _title(ax: Axes, zones: Zones, time_s: float, language: Language) -> None:
    scenario, weather = zones.scenario, zones.world.weather
    title = readable(names.title(scenario, scenario.name, language), fallback=scenario.name)
    heading = say("zones.chart-title", language, time=names.duration(time_s, language), title=title)
    caption = say(
        "zones.chart-caption",
        language,
        degrees=f"{zones.world.wind(time_s).from_deg:.0f}",
        speed=f"{weather.wind_speed_m_s:g}",
        stability=weather.stability,
        terrain=say(f"zones.terrain-{weather.terrain}", language),
    )
    lines = (wrapped(heading, 115), wrapped(caption, 115), say("zones.notice", language))
    ax.set_title("\n".join(lines), fontsize=9.5, linespacing=1.35)


def _handles(zones: Zones, time_s: float, language: Language) -> list[Any]:
    from matplotlib.lines import Line2D

    handles: list[Any] = []
    for leak in zones.leaks:
        handles += [_zone_handle(zone, leak, zones, language) for zone in leak.at(time_s)]
    for leak in zones.leaks[:1]:
        for key, distance, style in (
            ("isolation", leak.first.isolation, (0, (2, 2))),
            ("protection", leak.first.protection, (0, (6, 2, 1, 2))),
        ):
            if distance is not None:
                text = say(f"zones.chart-{key}", language, m=rounded(distance.distance_m))
                handles.append(Line2D([], [], color=INK, linewidth=0.9, linestyle=style, label=text))

    def sign(marker: str, face: str, text: str, size: float = 9) -> Line2D:
        return Line2D([], [], linestyle="", marker=marker, markersize=size, markerfacecolor=face,
                      markeredgecolor=INK, label=text)  # fmt: skip

    used = {use for spot in zones.spots for use in spot.uses}
    handles.append(sign("*", INK, say("chart.source", language), 12))
    for use, face, message in (
        ("muster", "white", "chart.muster"),
        ("post", INK, "zones.chart-post"),
        ("staging", INK, "zones.chart-staging"),
    ):
        if use in used:
            handles.append(sign("s", face, say(message, language)))
    handles.append(
        Line2D(
            [], [], color=INK, linewidth=2.2, marker=">", markevery=[-1], label=say("chart.wind", language)
        )
    )
    return handles


def _zone_handle(zone: Zone, leak: LeakZones, zones: Zones, language: Language) -> Any:
    from matplotlib.patches import Patch

    look = _LOOK[zone.level.name]
    key = "zones.chart-zone" if zone.polygons else "zones.chart-nowhere"
    text = say(
        key, language, label=zone.level.label, ppm=rounded(zone.level.ppm or 0.0), m=rounded(zone.reach_m)
    )
    if len(zones.leaks) > 1:
        name = readable(names.title(leak.leak.spec, leak.leak.name, language), fallback=leak.leak.name)
        text = f"{name}: {text}"
    return Patch(alpha=0.8, linewidth=1.3, label=text, **look)


def _draw_spots(ax: Axes, labels: Labels, zones: Zones, time_s: float, language: Language) -> None:
    """Leaks, musters, staging points and posts; beside each post and staging point its name and zone."""
    facility = zones.world.facility
    places: dict[str, list[str]] = {}
    for leak in zones.leaks:
        places.setdefault(leak.leak.spec.at, []).append("*")
    for spot in zones.spots:
        places.setdefault(spot.space, []).extend(_LETTERS[use] for use in sorted(spot.uses))
    touched = {
        spot.space: [zone for leak in zones.leaks for zone in leak.at(time_s) if spot.space in zone.spaces]
        for spot in zones.spots
    }
    for space, signs in places.items():
        x, y = map(float, facility.centre[facility.space_index[space]])
        for number, sign in enumerate(dict.fromkeys(signs)):
            mapmarks.draw_sign(ax, labels, x, y, sign, 14.0 * number)
    for space, found in touched.items():
        spec = facility.space_spec[facility.space_index[space]]
        x, y = map(float, facility.centre[facility.space_index[space]])
        text = readable(names.title(spec, space, language), fallback=space)
        label = highest(found)
        gap = 9.0 + 14.0 * (len(dict.fromkeys(places[space])) - 1)
        labels.beside(x, y, f"{text}\n{label}" if label else text, gap_pt=gap, size=6.5)


def _name_spaces(labels: Labels, zones: Zones, language: Language) -> None:
    facility = zones.world.facility
    said = {spot.space for spot in zones.spots}
    spaces = drawn(facility, range(len(facility.spaces)))
    for space in sorted(spaces, key=lambda i: (-float(np.prod(facility.size[i])), facility.spaces[i])):
        name = facility.spaces[space]
        if name in said:
            continue
        full = readable(names.title(facility.space_spec[space], name, language), fallback=name)
        half = facility.size[space] / 2.0
        corners = np.stack([facility.centre[space] - half, facility.centre[space] + half])
        labels.inside(corners, (full, name), color=INK)
