"""What all charts share: fonts that can show the text, greys that print, figures without global state."""

from __future__ import annotations

import io
import re
import warnings
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, ParamSpec, cast

from drillsim.debrief.plaintext import one_line
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from matplotlib.axes import Axes
    from matplotlib.backend_bases import FigureCanvasBase
    from matplotlib.figure import Figure

__all__ = [
    "DARK",
    "INK",
    "LIGHT",
    "MIDDLE",
    "PALE",
    "axes",
    "chart",
    "chart_language",
    "head",
    "new_figure",
    "plain_ticks",
    "png",
    "readable",
    "styled",
    "svg",
    "wrapped",
]

P = ParamSpec("P")

# Four steps of one hue that stay apart when printed in grey.
INK: Final = "#1d2730"
DARK: Final = "#2f5d7c"
MIDDLE: Final = "#6f9dba"
LIGHT: Final = "#bfd3e0"
PALE: Final = "#eaf0f4"

CJK_FAMILIES: Final = (
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "Microsoft YaHei",
    "SimHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Noto Sans SC",
    "Noto Sans CJK JP",  # the only face of the collection that matplotlib before 3.11 lists
)
# Where those fonts lie when matplotlib's own list is older than their installation.
CJK_FILES: Final = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "C:/Windows/Fonts/msyh.ttc",
    "C:/Windows/Fonts/simhei.ttf",
    "/System/Library/Fonts/PingFang.ttc",
)


@cache
def cjk_family() -> str | None:
    """Name of an installed font with Chinese characters, or ``None``; looked up once."""
    from matplotlib.font_manager import fontManager

    known = {font.name for font in fontManager.ttflist}
    if found := next((family for family in CJK_FAMILIES if family in known), None):
        return found
    for file in CJK_FILES:
        if Path(file).is_file():
            before = {font.name for font in fontManager.ttflist}
            fontManager.addfont(file)
            added = [font.name for font in fontManager.ttflist if font.name not in before]
            if added:
                return next((name for name in CJK_FAMILIES if name in added), added[0])
    return None


@cache
def _warn_once() -> None:
    warnings.warn(
        "no font with Chinese characters was found; charts are labelled in English "
        "(install Noto Sans CJK SC, Microsoft YaHei, SimHei, PingFang SC or WenQuanYi)",
        UserWarning,
        stacklevel=3,
    )


def chart_language(language: Language) -> Language:
    """``language``, or English with one warning where no font can show Chinese."""
    if language == "zh" and cjk_family() is None:
        _warn_once()
        return "en"
    return language


def readable(text: str, *, fallback: str = "?") -> str:
    """``text`` if a font can show it, else ``fallback``: never boxes, never turned around."""
    text, fallback = one_line(text), one_line(fallback)
    if cjk_family() is None and any(ord(character) > 0x2E7F for character in text):
        _warn_once()
        return fallback if all(ord(character) <= 0x2E7F for character in fallback) else "?"
    return text


def _parameters() -> dict[str, Any]:
    family = cjk_family()
    return {
        "font.family": ["DejaVu Sans", *([family] if family else [])],
        "font.size": 9.0,
        "text.color": INK,
        "axes.labelcolor": INK,
        "axes.edgecolor": "#8a949c",
        "axes.linewidth": 0.8,
        "axes.titlesize": 11.0,
        "axes.titlelocation": "left",
        "axes.axisbelow": True,
        "axes.unicode_minus": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "xtick.color": INK,
        "ytick.color": INK,
        "hatch.linewidth": 0.7,
        "legend.frameon": False,
        "legend.fontsize": 8.0,
        "text.parse_math": False,  # a title may hold a dollar sign
        "svg.fonttype": "path",
        "svg.hashsalt": "drillsim",
    }


@contextmanager
def styled() -> Iterator[None]:
    """The look of the charts, for as long as the block lasts; the caller's rcParams stay as they are."""
    import matplotlib

    with matplotlib.rc_context(cast("Any", _parameters())):
        yield


def chart(draw: Callable[P, Axes]) -> Callable[P, Axes]:
    """Marks a function that draws: it runs under :func:`styled`."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Axes:
        with styled():
            return draw(*args, **kwargs)

    return drawn


def new_figure(width_in: float, height_in: float) -> Figure:
    """A figure of its own, on the Agg canvas, laid out so that labels have room."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def axes(ax: Axes | None, width_in: float, height_in: float) -> Axes:
    """``ax``, or the axes of a new figure of that size."""
    return ax if ax is not None else new_figure(width_in, height_in).add_subplot()


def plain_ticks(ax: Axes) -> None:
    """Tick labels are text, not formulas, whoever saves the figure."""
    for label in (*ax.get_xticklabels(), *ax.get_yticklabels()):
        label.set_parse_math(False)


def wrapped(text: str, width: int) -> str:
    """``text`` in lines of at most ``width`` Latin characters; a Chinese character counts as two."""
    lines, line, used = [], "", 0
    for word in re.findall(r"[^\S\n]+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+", text):
        size = sum(2 if ord(character) > 0x2E7F else 1 for character in word)
        if used + size > width and line:
            lines.append(line.strip())
            line, used = "", 0
        line, used = line + word, used + size
    return "\n".join([*lines, line.strip()])


def _balanced(text: str, width: int) -> str:
    """:func:`wrapped` in as many lines, none of which is much shorter than the others."""
    lines = wrapped(text, width).count("\n")
    narrowest = next(
        less for less in range(width // 2, width + 1) if wrapped(text, less).count("\n") == lines
    )
    return wrapped(text, narrowest) if lines else text


def head(
    ax: Axes, title: str, *, n: int, conditions: str, language: Language, more: str = "", width: int = 88
) -> None:
    """The title, and under it the caption every chart carries: number of runs and conditions."""
    words = say("chart.caption", language, n=n, conditions=say(f"conditions.{conditions}", language))
    caption = f"{words} · {more}" if more else words
    ax.set_title(f"{_balanced(title, width)}\n{_balanced(caption, width)}", fontsize=9.5, linespacing=1.35)


def png(figure: Figure, *, dpi: int = 144) -> bytes:
    """The figure as a PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with styled(), _on_canvas(figure, FigureCanvasAgg, dpi=dpi) as canvas:
        buffer = io.BytesIO()
        canvas.print_png(buffer, metadata={"Software": None})
        return buffer.getvalue()


def svg(figure: Figure) -> bytes:
    """The figure as an SVG without date, so that equal runs give equal pages."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    with styled(), _on_canvas(figure, FigureCanvasSVG, dpi=72) as canvas:
        buffer = io.BytesIO()
        canvas.print_svg(buffer, metadata={"Date": None, "Creator": None})
        return buffer.getvalue()


@contextmanager
def _on_canvas(figure: Figure, kind: type[FigureCanvasBase], *, dpi: int) -> Iterator[Any]:
    """A white figure on a canvas of that kind, drawn once where ``savefig`` draws twice; then as it was."""
    before, dpi_before, colour = figure.canvas, figure.dpi, figure.get_facecolor()
    try:
        figure.set_facecolor("white")
        figure.dpi = dpi
        yield kind(figure)
    finally:
        figure.set_facecolor(colour)
        figure.dpi = dpi_before
        figure.set_canvas(before)
