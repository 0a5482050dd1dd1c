"""Which charts a debrief has, drawn to PNG and SVG with a text for those who cannot see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from drillsim.debrief import charts, names
from drillsim.debrief.charts import sitemap, style
from drillsim.debrief.charts.exits import used_exits
from drillsim.debrief.charts.milestones import timed_verdicts
from drillsim.debrief.charts.timeline import timeline_parts
from drillsim.debrief.figures import moves
from drillsim.debrief.maps import storeys_that_matter
from drillsim.messages import Language, say
from drillsim.simulation.prepare import prepare
from drillsim.study.uses import uses_over_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.figure import Figure

    from drillsim.debrief.report import Debrief
    from drillsim.study.results import Ensemble
    from drillsim.study.sensitivity import Swing
    from drillsim.trace.log import Trace

__all__ = ["Picture", "draw_all"]

Kind = Literal[
    "timeline", "milestones", "evacuation", "exits", "capacity", "map", "margin-map", "egress-times",
    "tornado", "differences",
]  # fmt: skip
_MOST_TORNADOES = 4


@dataclass(frozen=True, slots=True)
class Picture:
    """One chart; ``name`` is that of its file without ending."""

    name: str
    kind: Kind
    plan: str
    alt: str
    png: bytes
    svg: bytes


def draw_all(debrief: Debrief) -> Iterator[Picture]:
    """The charts of every plan, then the tornado of the first, then the differences."""
    from drillsim.study.results import Comparison

    for ensemble in debrief.ensembles:
        suffix = f"-{ensemble.plan}" if len(debrief.ensembles) > 1 else ""
        yield from _of_plan(ensemble, debrief.trace(ensemble), debrief, suffix)
    first = debrief.ensembles[0]
    for objective, swings in _moving(debrief.swings):
        figure = charts.draw_tornado(
            swings, ensemble=first, replications=debrief.swing_replications, language=debrief.language
        ).figure
        title = names.title(first.scenario.objectives.get(objective), objective, debrief.language)
        alt = say("alt.tornado", debrief.language, objective=title)
        yield _picture(f"tornado-{objective}", "tornado", first.plan, alt, figure)
    if isinstance(debrief.result, Comparison):
        alt = say("alt.differences", debrief.language)
        figures = charts.differences_figures(debrief.result, language=debrief.language)
        for number, figure in enumerate(figures, start=1):
            name = "differences" if number == 1 else f"differences-{number}"
            yield _picture(name, "differences", "", alt, figure)


def _of_plan(ensemble: Ensemble, trace: Trace, debrief: Debrief, suffix: str) -> Iterator[Picture]:
    language = debrief.language
    plan = names.title(ensemble.scenario.plans[ensemble.plan], ensemble.plan, language)

    def picture(kind: Kind, figure: object, *, number: str = "") -> Picture:
        alt = say(f"alt.{kind}", language, plan=plan)
        return _picture(f"{kind}{suffix}{number}", kind, ensemble.plan, alt, figure)

    parts = timeline_parts(ensemble, language=language)
    for part in range(1, parts + 1):
        ax = charts.draw_timeline(
            ensemble, trace=trace, start_s=debrief.start_s, part=(part, parts), language=language
        )
        yield picture("timeline", ax.figure, number=f"-{part}" if parts > 1 else "")
    if timed_verdicts(ensemble):
        yield picture("milestones", charts.draw_milestones(ensemble, language=language).figure)
    if any(outcome.exit_times_s for outcome in ensemble.outcomes):
        yield picture("evacuation", charts.draw_evacuation(ensemble, language=language).figure)
    if len(used_exits(trace)) > 1:
        ax = charts.draw_exits(ensemble, trace=trace, language=language)
        yield picture("exits", ax.figure)
    if uses_over_runs(ensemble):
        yield picture("capacity", charts.draw_capacity_use(ensemble, language=language).figure)
    yield picture("map", _map(ensemble, trace, language))
    facility = prepare(ensemble.scenario).facility
    margins = charts.margin_map_figure(ensemble, facility=facility, language=language)
    if margins is not None:
        yield picture("margin-map", margins)
        yield picture("egress-times", charts.draw_egress_times(ensemble, language=language).figure)


def _map(ensemble: Ensemble, trace: Trace, language: Language) -> Figure:
    facility = prepare(ensemble.scenario).facility
    if not sitemap.is_building(facility):
        return sitemap.site_figure(ensemble, trace=trace, facility=facility, language=language)
    levels = storeys_that_matter(ensemble, trace=trace, facility=facility)
    return sitemap.floors_figure(ensemble, trace=trace, facility=facility, levels_m=levels, language=language)


def _moving(swings: Sequence[Swing]) -> list[tuple[str, list[Swing]]]:
    """Objectives that anything moves, those with a turning verdict first, with their moving swings."""
    by_objective: dict[str, list[Swing]] = {}
    for swing in swings:
        if moves(swing):
            by_objective.setdefault(swing.objective, []).append(swing)
    ranked = sorted(
        by_objective.items(),
        key=lambda entry: (all(swing.flips_at_s is None for swing in entry[1]), entry[0]),
    )
    return ranked[:_MOST_TORNADOES]


def _picture(name: str, kind: Kind, plan: str, alt: str, figure: object) -> Picture:
    from matplotlib.figure import Figure

    assert isinstance(figure, Figure)
    pixels = style.png(figure)
    figure.set_layout_engine("none")  # laid out once, for both
    return Picture(name, kind, plan, alt, pixels, style.svg(figure))
