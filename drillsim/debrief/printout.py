"""What the command prints, line by line: the findings of a check, the results of a study."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from drillsim.debrief import margins, names, sentences, usage, views
from drillsim.debrief.choice import choice_sentences, gain_sentence
from drillsim.debrief.comparison import plan_title
from drillsim.debrief.comparison_tables import change_table, plan_lines, reading_notes
from drillsim.debrief.figures import milestone_names, unreached_milestones
from drillsim.debrief.plaintext import one_line, table
from drillsim.facility.graph import Facility
from drillsim.hazards.wind_fan import HALF_FAN_DEG
from drillsim.messages import Language, say
from drillsim.scenario.places_in_fan import PlaceInFan, places_in_fan, times
from drillsim.units import format_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from drillsim.debrief.report import Debrief
    from drillsim.errors import Problem
    from drillsim.scenario.model import Scenario
    from drillsim.study.results import Comparison, Ensemble

__all__ = ["check_json", "check_lines", "study_lines"]

_WORST: Final = 5  # spaces whose margins are printed
_WIDE: Final = 160  # columns a cell of the comparison may take


def check_json(source: str, scenario: Scenario | None, problems: Sequence[Problem]) -> str:
    """The findings of a check as a JSON document."""
    document = {
        "source": source,
        "valid": scenario is not None,
        "scenario": None if scenario is None else scenario.name,
        "problems": [asdict(problem) for problem in problems],
        "in_fan": [] if scenario is None else [place._asdict() for place in _in_fan(scenario)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def check_lines(
    scenario: Scenario | None, problems: Sequence[Problem], *, language: Language
) -> Iterator[str]:
    """Errors, then warnings, then the size of a scenario that can be run and places no wind may reach."""
    for severity in ("error", "warning"):
        found = [problem for problem in problems if problem.severity == severity]
        if found:
            yield say(f"cli.{severity}s", language, count=len(found))
        for problem in found:
            yield f"  {one_line(problem)}"
    if scenario is None:
        return
    facility = Facility.build(scenario.facility)
    yield say(
        "cli.valid",
        language,
        name=scenario.name,
        spaces=len(facility.spaces),
        links=len(facility.links),
        people=sum(group.count for group in scenario.groups.values()),
        hazards=len(scenario.hazards),
        plans=", ".join(sorted(scenario.plans)),
    )
    for place in _in_fan(scenario):
        everywhere = len(place.plans) == len(scenario.plans)
        used = [names.title(scenario.plans[plan], plan, language) for plan in place.plans]
        yield say(
            "cli.in-fan",
            language,
            role=say(f"cli.in-fan-{place.role}", language),
            place=names.place_title(scenario, place.place, language),
            plans=say("cli.in-fan-all", language) if everywhere else ", ".join(used),
            ratio=times(place.ratio),
            hazard=names.title(scenario.hazards[place.hazard], place.hazard, language),
            wind=f"{place.from_deg:.0f}",
            stated=f"{scenario.weather.wind_from_deg:.0f}",
            half=f"{HALF_FAN_DEG:.0f}",
        )


def _in_fan(scenario: Scenario) -> tuple[PlaceInFan, ...]:
    return places_in_fan(scenario, Facility.build(scenario.facility))


def study_lines(report: Debrief, *, language: Language, brief: bool) -> Iterator[str]:
    """Milestones, objectives and what to read aloud for every plan, then the differences.

    ``brief`` leaves milestones and sentences out.
    """
    from drillsim.study.results import Comparison

    for ensemble in report.ensembles:
        first = ensemble is report.ensembles[0]
        yield _head(ensemble, report.start_s, language)
        if not brief:
            yield ""
            yield from _milestones(ensemble, language)
        yield ""
        yield from _objectives(ensemble, language)
        yield ""
        yield from _margins(ensemble, language, brief=brief)
        if not brief:
            yield say("cli.aloud", language)
            told = sentences.summary(ensemble, swings=report.swings if first else (), language=language)
            yield f"  {one_line(told.lead)}"
            yield from (f"  {one_line(sentence)}" for sentence in told.standstill)
            for group in told.groups:
                yield f"  {one_line(group.heading)}"
                yield from (f"    {one_line(sentence)}" for sentence in group.sentences)
        yield f"  {one_line(views.slot_text(ensemble, language=language))}"
        compared = usage.against_quickest(ensemble, language=language)
        if compared:
            yield f"  {one_line(usage.quickest_heading(ensemble, language=language))}"
        yield from (f"  {one_line(sentence)}" for sentence in compared)
        yield ""
    if isinstance(report.result, Comparison):
        yield from _comparison(report.result, language)
    yield say("report.not-text", language)


def _comparison(result: Comparison, language: Language) -> Iterator[str]:
    """Plans side by side, which is best, what each changes, what common luck was worth."""
    first = result.ensembles[0]
    yield say("compare.console", language, first=one_line(plan_title(first, language)), n=first.n)
    found = plan_lines(result, language=language)
    yield from table(found.headings, found.rows, widest=_WIDE, right=False)
    if found.note:
        yield f"  {one_line(found.note)}"
    yield from (f"  {note}" for note in reading_notes(language))
    yield ""
    for sentence in choice_sentences(result, language=language):
        yield f"  {one_line(sentence)}"
    for number, ensemble in enumerate(result.ensembles[1:]):
        changes = change_table(result, ensemble, language=language)
        yield one_line(changes.caption)
        if not number:
            yield f"  {say('compare.critical', language)}: {say('compare.changes-note', language)}"
        for title, what, critical in changes.rows:
            yield f"  {one_line(title)}: {one_line(what)}{'; ' if critical else ''}{one_line(critical)}"
        if changes.note:
            yield f"  {one_line(changes.note)}"
        if gain := gain_sentence(result, ensemble.plan, language=language):
            yield f"  {one_line(gain)}"
        yield ""


def _head(ensemble: Ensemble, start_s: float, language: Language) -> str:
    values: dict[str, object] = {
        "title": names.title(ensemble.scenario, ensemble.scenario.name, language),
        "plan": ensemble.plan,
        "conditions": say(f"conditions.{ensemble.conditions}", language),
        "n": ensemble.n,
        "seed": ensemble.seed,
        "start": format_clock(start_s),
    }
    return one_line(say("cli.head", language, **values))


def _milestones(ensemble: Ensemble, language: Language) -> Iterator[str]:
    rows = []
    for name in (*milestone_names(ensemble), *unreached_milestones(ensemble)):
        found = ensemble.summaries[f"milestone.{name}"]
        title = names.title(ensemble.scenario.milestones.get(name), name, language)
        times = (found.p10, found.p50.estimate, found.p90.estimate)
        reached = say("debrief.of-runs", language, reached=found.reached, n=found.n)
        rows.append([title, *(names.duration(time_s, language) for time_s in times), reached])
    yield say("cli.milestones", language)
    columns = ("milestone", "early", "likely", "late", "reached")
    yield from table([say(f"cli.{column}", language) for column in columns], rows)


def _margins(ensemble: Ensemble, language: Language, *, brief: bool) -> Iterator[str]:
    """The building's smallest margin and, unless brief, the spaces with the smallest ones."""
    said = margins.margin_sentences(ensemble, language=language)
    if not said:
        return
    yield say("margins.title", language)
    yield from (f"  {one_line(sentence)}" for sentence in said)
    found = margins.margin_table(ensemble, shown=_WORST, language=language)
    if not brief:
        yield from table(found.headings[:5], [row[:5] for row in found.rows], right=False)
    yield ""


def _objectives(ensemble: Ensemble, language: Language) -> Iterator[str]:
    timed = views.verdict_table(ensemble, language=language)
    rules = views.rule_table(ensemble, language=language)
    shown = (0, 1, 4, 5, 6)  # objective, target, share, asked, verdict
    rows = [[row[column] for column in shown] for row in timed.rows]
    rows += [[row[0], "", *row[1:]] for row in rules.rows]
    yield say("cli.objectives", language)
    yield from table([timed.headings[column] for column in shown], rows)
