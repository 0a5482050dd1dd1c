"""The threat at one place over time, outdoors and indoors, against the levels of harm."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from drillsim.debrief import names
from drillsim.debrief.charts.style import (
    DARK,
    INK,
    MIDDLE,
    chart_language,
    new_figure,
    readable,
    styled,
    wrapped,
)
from drillsim.debrief.threat_lines import air_title, threat_place
from drillsim.debrief.zone_lines import rounded
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from drillsim.study.threat import Threat

__all__ = ["threat_chart"]

_LOOK: Final[dict[str, dict[str, Any]]] = {
    "outdoors": {"color": INK, "linewidth": 1.8},
    "indoors": {"color": DARK, "linewidth": 1.6, "linestyle": (0, (5, 2))},
    "shut": {"color": MIDDLE, "linewidth": 1.6, "linestyle": (0, (1, 1))},
}
_LONGER: Final = 1.08  # than until all is clear
_BELOW: Final = 10.0  # the axis begins at the lowest level over this
_ABOVE: Final = 3.0


@styled()
def threat_chart(threat: Threat, *, language: Language = "en") -> Figure:
    """Concentration (logarithmic, ppm) over the minutes after STARTEX until every level is left again."""
    language = chart_language(language)
    figure = new_figure(7.5, 3.9)
    ax = figure.add_subplot()
    levels = [level for level in threat.levels if level.ppm is not None]
    known = [level.ppm or math.nan for level in levels]
    peak = max(air.peak_ppm for air in threat.airs)
    low = min([*known, max(peak, 1e-6)]) / _BELOW
    high = max(peak, min(known, default=peak)) * _ABOVE
    minutes = threat.times_s / 60.0
    for air in threat.airs:
        seen = np.maximum(air.ppm, low / 10.0)  # below the axis: a logarithm has no 0
        title = readable(air_title(threat, air, language))
        ax.plot(minutes, seen, drawstyle="steps-post", label=title, **_LOOK[air.name])
    ax.set_yscale("log")
    ax.set_ylim(low, high)
    ax.set_xlim(minutes[0], _end_min(threat))
    for level in levels:
        if level.ppm is not None and low <= level.ppm <= high:
            ax.axhline(level.ppm, color="#8a4600", linewidth=0.9, linestyle=(0, (4, 3)))
            text = f"{level.label} {rounded(level.ppm)} ppm"
            ax.text(1.01, level.ppm, text, transform=ax.get_yaxis_transform(), va="center", fontsize=7.5)
    _plain_powers(ax)
    ax.set_xlabel(say("threat.axis-time", language))
    ax.set_ylabel(say("threat.axis-ppm", language))
    leak = readable(names.title(threat.leak.spec, threat.leak.name, language), fallback=threat.leak.name)
    place = readable(threat_place(threat, language), fallback=threat.place.space or "?")
    heading = say("threat.chart-title", language, place=place, title=leak)
    caption = say("threat.chart-caption", language)
    ax.set_title(f"{wrapped(heading, 90)}\n{wrapped(caption, 90)}", fontsize=9.5, linespacing=1.35)
    figure.legend(loc="outside lower center", ncols=1, fontsize=8)
    return figure


def _end_min(threat: Threat) -> float:
    """Until every level is left again; the whole table where one is not, an hour where none is met."""
    first, last = float(threat.times_s[0]), float(threat.times_s[-1])
    ends = [min(spell.end_s, last) for air in threat.airs for spell in air.spells]
    end_s = max(ends, default=min(3600.0, last))
    return (first + _LONGER * (end_s - first)) / 60.0


def _plain_powers(ax: Axes) -> None:
    """0.01, 1, 100 in place of powers written as formulas."""
    from matplotlib.ticker import FuncFormatter, NullFormatter

    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.yaxis.set_minor_formatter(NullFormatter())
