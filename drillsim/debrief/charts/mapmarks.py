"""Signs on maps: names that fit, queues, posts and musters, wind, north and scale."""

from __future__ import annotations

import math
import re
from itertools import combinations, pairwise, product
from typing import TYPE_CHECKING, Any, Final

from drillsim.debrief import names
from drillsim.debrief.charts.style import DARK, INK, readable
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.text import Text
    from numpy.typing import NDArray

    from drillsim.facility.graph import Facility
    from drillsim.hazards.weather import Weather
    from drillsim.study.results import Ensemble
    from drillsim.trace.log import Trace

__all__ = [
    "STRIP",
    "Labels",
    "draw_orientation",
    "draw_places",
    "draw_queues",
    "draw_sign",
    "draw_strip",
    "hazard_look",
    "legend_handles",
    "number_queues",
]

STRIP: Final = 0.17  # of the map's width, at its right, for north, wind and scale
_LARGEST_PT2: Final = 900.0  # area of the largest queue's circle
_NUMBERED: Final = 6  # queues whose amount is written out
_SPOTS: Final = ((0.5, 0.5), (0.5, 0.75), (0.5, 0.25), (0.25, 0.5), (0.75, 0.5), (0.5, 0.88), (0.5, 0.12))
_AIR_PX: Final = 2.0  # between a name and the ends of its footprint
_HATCH: Final[dict[str, tuple[str, str]]] = {
    "noticed": ("...", "#d9dfe3"),
    "smoke": ("...", "#d9dfe3"),
    "aegl1": ("//", "#cfd8de"),
    "aegl2": ("////", "#aebbc4"),
    "aegl3": ("xxxx", "#8797a3"),
    "untenable": ("xxxx", "#8797a3"),
    "lel10": ("//", "#cfd8de"),
    "lel60": ("////", "#aebbc4"),
    "heat-felt": ("...", "#d9dfe3"),
    "heat-burns": ("////", "#aebbc4"),
    "heat-lethal": ("xxxx", "#8797a3"),
    "heat-destroys": ("xxxx", "#8797a3"),
    "blast-glass": ("//", "#cfd8de"),
    "blast-injury": ("////", "#aebbc4"),
    "blast-destroys": ("xxxx", "#8797a3"),
    "engulfed": ("xxxx", "#8797a3"),
}


def hazard_look(threshold: str) -> dict[str, Any]:
    """Hatch and grey of a threshold, darker for the more severe, as arguments of a patch."""
    hatch, grey = _HATCH.get(threshold, ("\\\\", "#d9dfe3"))
    return {"hatch": hatch, "facecolor": grey, "edgecolor": "#3c4a55", "alpha": 0.75}


class Labels:
    """Places text on a map that is already laid out, never over another label."""

    def __init__(self, ax: Axes) -> None:
        self.ax = ax
        # Every figure of this package has an Agg canvas; a caller's figure gets a renderer of its own.
        self.renderer = _renderer(ax)
        self.taken: list[Any] = []
        self.measured: dict[tuple[str, float], tuple[float, float]] = {}
        self.probe = _probe(ax)

    def reserve(self, x: float, y: float, radius_pt: float) -> None:
        """Keep the surroundings of a sign free of text."""
        from matplotlib.transforms import Bbox

        across, up = self.ax.transData.transform((x, y))
        reach = radius_pt * self.ax.figure.dpi / 72.0
        self.taken.append(Bbox.from_extents(across - reach, up - reach, across + reach, up + reach))

    def inside(self, corners: NDArray[Any], texts: Sequence[str], *, color: str) -> bool:
        """The first text and size that fits into the box with corners ((west, south), (east, north)).

        False if none does.
        """
        (left, low), (right, high) = self.ax.transData.transform(corners)
        west, east = corners[:, 0]
        south, north = corners[:, 1]
        for text in dict.fromkeys(texts):
            for size, rotation in product((8, 7, 6), (0, 90)):
                shapes = _upright(text) if rotation == 0 else (text,)
                sized = [(shape, self._half_px(shape, size, rotation)) for shape in shapes]
                air = (0.0, _AIR_PX) if rotation else (_AIR_PX, 0.0)
                room = ((right - left) / 2.0 - air[0], (high - low) / 2.0 - air[1])
                small = [entry for entry in sized if entry[1][0] <= room[0] and entry[1][1] <= room[1]]
                for (across, up), (shape, half) in product(_SPOTS, small):
                    middle = (left + across * (right - left), low + up * (high - low))
                    box = _around(middle, half)
                    fits = left + air[0] <= box.x0 and box.x1 <= right - air[0]
                    fits = fits and low + air[1] <= box.y0 and box.y1 <= high - air[1]
                    if fits and not self._covered(box):
                        x, y = west + across * (east - west), south + up * (north - south)
                        self._text(x, y, shape, size, rotation=rotation, color=color)
                        self.taken.append(box)
                        return True
        return False

    def _half_px(self, text: str, size: float, rotation: int) -> tuple[float, float]:
        """Half the width and half the height of a text, measured once for each size."""
        if (text, size) not in self.measured:
            self.probe.set_text(text)
            self.probe.set_fontsize(size)
            box = self.probe.get_window_extent(self.renderer)
            self.measured[text, size] = (box.width / 2.0, box.height / 2.0)
        across, up = self.measured[text, size]
        return (up, across) if rotation else (across, up)

    def beside(self, x: float, y: float, text: str, *, gap_pt: float, size: float = 7.5) -> None:
        """Text next to a sign, on the first free side; left out where no side is free."""
        sides = (
            ((1, 0), "left", "center"),
            ((-1, 0), "right", "center"),
            ((0, 1), "center", "bottom"),
            ((0, -1), "center", "top"),
            ((0.8, 0.8), "left", "bottom"),
            ((0.8, -0.8), "left", "top"),
            ((-0.8, 0.8), "right", "bottom"),
            ((-0.8, -0.8), "right", "top"),
        )
        frame = self.ax.get_window_extent(self.renderer)
        for (dx, dy), across, up in sides:
            label = self.ax.annotate(
                text,
                (x, y),
                xytext=(dx * gap_pt, dy * gap_pt),
                textcoords="offset points",
                ha=across,
                va=up,
                fontsize=size,
                fontweight="bold",
                bbox={"boxstyle": "round,pad=0.12", "facecolor": "#ffffffd8", "edgecolor": "none"},
                zorder=8,
            )
            label.set_in_layout(False)
            box = label.get_window_extent(self.renderer)
            inside = box.x0 >= frame.x0 and box.x1 <= frame.x1 and box.y0 >= frame.y0 and box.y1 <= frame.y1
            if inside and not self._covered(box):
                self.taken.append(box)
                return
            label.remove()

    def _text(self, x: float, y: float, text: str, size: float, *, rotation: int, color: str) -> Text:
        label = self.ax.text(
            x,
            y,
            text,
            fontsize=size,
            rotation=rotation,
            ha="center",
            va="center",
            color=color,
            zorder=7,
            bbox={"boxstyle": "round,pad=0.08", "facecolor": "#ffffffb0", "edgecolor": "none"},
        )
        label.set_in_layout(False)
        return label

    def _covered(self, box: Any) -> bool:
        return any(box.overlaps(other) for other in self.taken)


def _renderer(ax: Axes) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = ax.get_figure(root=True)
    if figure is None:
        raise ValueError("these axes belong to no figure")
    canvas = figure.canvas if isinstance(figure.canvas, FigureCanvasAgg) else FigureCanvasAgg(figure)
    return canvas.get_renderer()  # type: ignore[no-untyped-call]


def _probe(ax: Axes) -> Text:
    """A text that is measured, never drawn."""
    from matplotlib.text import Text

    probe = Text(0.0, 0.0, "", ha="center", va="center", parse_math=False)
    figure = ax.get_figure(root=True)
    if figure is not None:
        probe.set_figure(figure)
    return probe


def _around(middle: tuple[float, float], half: tuple[float, float]) -> Any:
    from matplotlib.transforms import Bbox

    (x, y), (across, up) = middle, half
    return Bbox.from_extents(x - across, y - up, x + across, y + up)


def _upright(text: str) -> tuple[str, ...]:
    """The text in one, two and three lines, each once."""
    return tuple(dict.fromkeys((text, _broken(text, 2), _broken(text, 3))))


def _broken(text: str, lines: int) -> str:
    """The text in at most that many lines, the longest one short; broken after blanks and hyphens."""
    parts = re.findall(r"[^ -]+[ -]*", text)
    cuts = combinations(range(1, len(parts)), min(lines, len(parts)) - 1)
    shapes = [
        "\n".join("".join(parts[a:b]).strip() for a, b in pairwise((0, *cut, len(parts)))) for cut in cuts
    ]
    return min(shapes, key=lambda shape: max(map(len, shape.split("\n"))), default=text)


def draw_places(
    ax: Axes,
    labels: Labels,
    ensemble: Ensemble,
    trace: Trace,
    facility: Facility,
    spaces: Sequence[int],
    language: Language,
) -> None:
    """Where the hazard began (star), musters (M), posts and staging that opened in this run (flag)."""
    here = set(spaces)
    signs: list[tuple[str, str, str]] = []
    for _, hazard in sorted(ensemble.scenario.hazards.items()):
        signs.append((hazard.at, "*", ""))
    signs += [(name, "$M$", "") for name in trace.header.musters]
    opened: dict[str, float] = {}
    for _, row in trace.of("post"):
        opened.setdefault(row.place, row.time_s)
    signs += [
        (name, "P", say("chart.post-at", language, time=names.duration(at, language)))
        for name, at in opened.items()
    ]
    used: dict[str, int] = {}
    for name, sign, words in signs:
        space = facility.space_index.get(name)
        if space is None or space not in here:
            continue
        x, y = map(float, facility.centre[space])
        shift = used.get(name, 0) * 14
        used[name] = used.get(name, 0) + 1
        draw_sign(ax, labels, x, y, sign, shift)
        if words:
            title = readable(names.title(facility.space_spec[space], name, language), fallback=name)
            labels.beside(x, y, f"{title}\n{words}", gap_pt=9 + shift, size=6.5)


def draw_sign(ax: Axes, labels: Labels, x: float, y: float, sign: str, shift_pt: float) -> None:
    """A star, or a letter in a square (``$M$``: a white one); signs of one place stand side by side."""
    points = 72.0 / ax.figure.dpi
    across, up = ax.transData.transform((x, y))
    x, y = ax.transData.inverted().transform((across + shift_pt / points, up))
    if sign == "*":
        ax.plot(
            [x], [y], marker="*", markersize=15, color=INK, markeredgecolor="white", zorder=6, linestyle=""
        )
    else:
        face, edge = ("white", INK) if sign == "$M$" else (INK, "white")
        letter = sign.strip("$")
        ax.plot([x], [y], marker="s", markersize=11, color=face, markeredgecolor=INK, zorder=6, linestyle="")
        text = ax.text(x, y, letter, fontsize=7.5, fontweight="bold", color=INK if face == "white" else edge,
                       ha="center", va="center_baseline", zorder=6.5)  # fmt: skip
        text.set_in_layout(False)
    labels.reserve(x, y, 8)


def draw_queues(
    ax: Axes, labels: Labels, facility: Facility, queues: Sequence[tuple[int, float]], *, most: float
) -> None:
    """Circles at links, area in proportion to person-minutes; ``most`` makes the largest."""
    for link, area in _areas_pt2(queues, most):
        x, y = map(float, facility.link_at[link])
        ax.scatter([x], [y], s=area, facecolor="#2f5d7c66", edgecolor=DARK, linewidth=1.1, zorder=5)
        labels.reserve(x, y, 0.9 * math.sqrt(area) / 2.0)


def number_queues(
    labels: Labels,
    facility: Facility,
    queues: Sequence[tuple[int, float]],
    language: Language,
    *,
    most: float,
) -> None:
    """The amounts of the largest queues in words, beside their circles."""
    for (link, amount), (_, area) in zip(queues[:_NUMBERED], _areas_pt2(queues, most), strict=False):
        x, y = map(float, facility.link_at[link])
        words = say(
            "chart.person-min", language, amount=f"{amount:,.0f}" if amount >= 10 else f"{amount:.2g}"
        )
        labels.beside(x, y, words, gap_pt=math.sqrt(area) / 2.0 + 2.0, size=7)


def _areas_pt2(queues: Sequence[tuple[int, float]], most: float) -> list[tuple[int, float]]:
    return [(link, max(_LARGEST_PT2 * amount / most, 9.0)) for link, amount in queues]


def draw_strip(
    ax: Axes, trace: Trace, weather: Weather, *, box: tuple[float, float, float, float], language: Language
) -> None:
    """:func:`draw_orientation` with the first and the last wind of a run."""
    rows = [(row.time_s, row.value) for _, row in trace.of("wind") if row.value is not None]
    winds = rows or [(0.0, weather.wind_from_deg)]
    draw_orientation(ax, winds, speed_m_s=weather.wind_speed_m_s, box=box, language=language)


def draw_orientation(
    ax: Axes,
    winds: Sequence[tuple[float, float]],
    *,
    speed_m_s: float,
    box: tuple[float, float, float, float],
    language: Language,
) -> None:
    """North, wind (arrows point where it blows to) and scale, in the free strip at the right of the map.

    ``winds``: time and the direction it comes from; the first and the last are drawn.
    """
    west, east, south, north = box
    width, height = east - west, north - south
    ax.axvline(east, color="#b5bdc3", linewidth=0.8)
    x = east + 0.5 * STRIP * width
    strip = STRIP * width
    arrow = {"arrowstyle": "-|>", "color": INK, "linewidth": 1.6, "mutation_scale": 14}
    top = north - 0.03 * height
    length = min(0.16 * height, 0.45 * strip)
    ax.annotate("", (x, top - 0.07 * height), (x, top - 0.07 * height - length), arrowprops=arrow)
    ax.text(x, top, say("chart.north-letter", language), ha="center", va="top", fontsize=9, fontweight="bold")
    _draw_wind(ax, winds, speed_m_s, x, north - 0.42 * height, min(0.2 * strip, 0.08 * height), language)
    scale = _round_length(0.8 * strip)
    y = south + 0.08 * height
    ax.plot([x - scale / 2, x + scale / 2], [y, y], color=INK, linewidth=3.0, solid_capstyle="butt")
    ax.text(x, y + 0.02 * height, f"{scale:g} m", ha="center", va="bottom", fontsize=8)


def _draw_wind(
    ax: Axes,
    winds: Sequence[tuple[float, float]],
    speed_m_s: float,
    x: float,
    y: float,
    reach: float,
    language: Language,
) -> None:
    first, last = winds[0], winds[-1]
    shown = [first] if abs((last[1] - first[1] + 180.0) % 360.0 - 180.0) < 5.0 else [first, last]
    for number, (_, from_deg) in enumerate(shown):
        angle = math.radians(from_deg + 180.0)
        dx, dy = reach * math.sin(angle), reach * math.cos(angle)
        middle = x + 1.15 * reach * (2 * number - len(shown) + 1)
        ax.annotate(
            "",
            (middle + dx, y + dy),
            (middle - dx, y - dy),
            arrowprops={
                "arrowstyle": "-|>",
                "color": INK,
                "linewidth": 2.6 if number == 0 else 1.6,
                "linestyle": "-" if number == 0 else (0, (3, 1.5)),
                "mutation_scale": 18,
            },
        )
    words = [
        say(
            "chart.wind-from", language, degrees=f"{value % 360.0:.0f}", time=names.duration(time_s, language)
        )
        for time_s, value in shown
    ]
    words.append(say("chart.wind-speed", language, speed=f"{speed_m_s:g}"))
    ax.text(x, y - 1.35 * reach, "\n".join(words), ha="center", va="top", fontsize=7.5, linespacing=1.4)


def _round_length(most_m: float) -> float:
    power = 10.0 ** math.floor(math.log10(max(most_m, 1e-3)))
    return max(step * power for step in (1.0, 2.0, 5.0) if step * power <= most_m)


def legend_handles(thresholds: set[str], *, queues: bool, language: Language) -> list[Any]:
    """What the signs mean, for those that occur."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    from drillsim.debrief.maps import THRESHOLD_RANK

    def sign(marker: str, face: str, label: str, size: float = 9) -> Line2D:
        return Line2D([], [], linestyle="", marker=marker, markersize=size, markerfacecolor=face,
                      markeredgecolor=INK, label=label)  # fmt: skip

    handles: list[Any] = [
        Patch(
            label=say("chart.reached", language, threshold=names.threshold_title(name, language)),
            **hazard_look(name),
        )
        for name in sorted(thresholds, key=lambda name: (THRESHOLD_RANK.get(name, 0), name))
    ]
    if queues:
        handles.append(sign("o", "#2f5d7c66", say("chart.queue", language)))
    handles += [
        sign("*", INK, say("chart.source", language), 12),
        sign("s", INK, say("chart.post", language)),
        sign("s", "white", say("chart.muster", language)),
        Line2D(
            [], [], color=INK, linewidth=2.2, marker=">", markevery=[-1], label=say("chart.wind", language)
        ),
    ]
    return handles
