"""The run sheet: what happens when, who does it where, when to cue what, and what to observe from where."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from drillsim.debrief import names
from drillsim.debrief.figures import (
    Spread,
    event_spread,
    milestone_names,
    slack_s,
    spread,
    task_spread,
)
from drillsim.messages import Language, say
from drillsim.study.condition_words import conditions_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from drillsim.response.injects import Inject
    from drillsim.response.plan import Task
    from drillsim.study.results import Ensemble

__all__ = ["HEADINGS", "SheetRow", "cells", "headings", "runsheet"]

Kind = Literal["startex", "inject", "task", "milestone", "slot"]


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line. Times in s after STARTEX (p10, p50, p90 over all runs), ``inf`` where not reached.

    Of a task they are the times it begins; ``done_s`` is its likely end. ``slack_s`` and ``done_s`` are NaN
    where they make no sense. ``latest_useful_s`` belongs to injects.
    """

    kind: Kind
    name: str
    event: str
    who: str
    where: str
    earliest_s: float
    likely_s: float
    latest_s: float
    done_s: float
    slack_s: float
    latest_useful_s: float
    note: str
    reached: int
    n: int


def runsheet(
    ensemble: Ensemble,
    *,
    language: Language = "en",
    injects: Collection[str] | None = None,
) -> list[SheetRow]:
    """Rows in the order of their likely time: STARTEX, injects, begins of tasks, milestones, end of the slot.

    ``injects`` names those in use (default: all that are not ``off``). Left out: tasks and milestones that
    no run reached, and tasks without length that only stamp a milestone.
    """
    rows = [
        _fixed(ensemble, "startex", 0.0, language),
        _fixed(ensemble, "slot", ensemble.scenario.slot_s, language),
    ]
    for name, inject in sorted(ensemble.scenario.injects.items()):
        if not inject.off if injects is None else name in injects:
            rows.append(_inject(ensemble, name, inject, language))
    tasks = names.plan_tasks(
        ensemble.scenario, ensemble.plan, conditions=ensemble.conditions, injects=injects
    )
    for name, task in tasks.items():
        times = task_spread(ensemble, name, "started_s")
        if times.reached and not _is_a_moment(ensemble, name, task):
            rows.append(_task(ensemble, name, task, times, language))
    rows += [_milestone(ensemble, name, tasks, language) for name in milestone_names(ensemble)]
    order = {"startex": 0, "inject": 1, "milestone": 2, "task": 3, "slot": 4}
    return sorted(rows, key=lambda row: (row.likely_s, row.earliest_s, order[row.kind], row.name))


def _is_a_moment(ensemble: Ensemble, name: str, task: Task) -> bool:
    """A task without length that stamps a milestone: the milestone's row says it all."""
    spans = [outcome.tasks[name] for outcome in ensemble.outcomes if name in outcome.tasks]
    return task.milestone is not None and all(span.done_s == span.started_s for span in spans)


def _fixed(
    ensemble: Ensemble, kind: Literal["startex", "slot"], time_s: float, language: Language
) -> SheetRow:
    return SheetRow(
        kind=kind,
        name=kind,
        event=say(f"sheet.{kind}", language),
        who=say("sheet.controller", language),
        where="",
        earliest_s=time_s,
        likely_s=time_s,
        latest_s=time_s,
        done_s=math.nan,
        slack_s=math.nan,
        latest_useful_s=math.nan,
        note="",
        reached=ensemble.n,
        n=ensemble.n,
    )


def _inject(ensemble: Ensemble, name: str, inject: Inject, language: Language) -> SheetRow:
    times = inject_spread(ensemble, inject)
    notes = [say("sheet.cue", language, cue=_bare(_said(inject.cue, inject.cue_zh, language)))]
    if inject.after is not None and inject.at_s is None:
        after = names.event_title(ensemble.scenario, ensemble.plan, inject.after, language)
        kind = "sheet.after" if inject.delay_s else "sheet.at-event"
        notes.append(say(kind, language, event=after, delay=names.duration(inject.delay_s, language)))
    if inject.when:

        def title(field: str, entry: str) -> str:
            return _entry(ensemble, field, entry, language)

        given = conditions_text(inject.when, title=title, language=language)
        notes.append(say("sheet.when", language, conditions=given))
    if inject.fallback:
        fallback = _said(inject.fallback, inject.fallback_zh, language)
        notes.append(say("sheet.fallback", language, fallback=_bare(fallback)))
    return SheetRow(
        kind="inject",
        name=name,
        event=names.title(inject, name, language),
        who=say("sheet.controller", language),
        where="",
        earliest_s=times.p10_s,
        likely_s=times.p50_s,
        latest_s=times.p90_s,
        done_s=math.nan,
        slack_s=math.nan,
        latest_useful_s=math.nan if inject.latest_s is None else inject.latest_s,
        note=" ".join(notes),
        reached=times.reached,
        n=ensemble.n,
    )


def _said(text: str, text_zh: str, language: Language) -> str:
    return text_zh if language == "zh" and text_zh else text


def _bare(text: str) -> str:
    """Without the full stop that the sentence around it brings."""
    return text.rstrip(" .。")


def inject_spread(ensemble: Ensemble, inject: Inject) -> Spread:
    """When the controller makes it happen: a fixed time, or a delay after an event."""
    if inject.at_s is not None:
        return spread([inject.at_s] * ensemble.n)
    waits = inject.after is not None and not inject.when
    found = event_spread(ensemble, inject.after or "", delay_s=inject.delay_s) if waits else None
    # An event that only the trace knows (a hazard's threshold): no time is known beforehand.
    return found if found is not None else spread([math.inf] * ensemble.n)


def _task(ensemble: Ensemble, name: str, task: Task, times: Spread, language: Language) -> SheetRow:
    notes = []
    if task.order_by:
        role = names.role_title(ensemble.scenario, ensemble.plan, task.order_by, language)
        notes.append(say("sheet.ordered-by", language, role=role))
    if task.needs:
        scenario = ensemble.scenario
        known = ", ".join(
            _said(scenario.information.get(item, item), scenario.information_zh.get(item, ""), language)
            for item in task.needs
        )
        notes.append(say("sheet.needs", language, what=known))
    notes += _conditions(ensemble, task, language)
    return SheetRow(
        kind="task",
        name=name,
        event=names.title(task, name, language),
        who=names.crew(ensemble.scenario, ensemble.plan, task, language),
        where=names.place_title(ensemble.scenario, task.at, language),
        earliest_s=times.p10_s,
        likely_s=times.p50_s,
        latest_s=times.p90_s,
        done_s=task_spread(ensemble, name, "done_s").p50_s,
        slack_s=slack_s(ensemble, name),
        latest_useful_s=math.nan,
        note=" ".join(notes),
        reached=times.reached,
        n=ensemble.n,
    )


def _conditions(ensemble: Ensemble, task: Task, language: Language) -> list[str]:
    """When a task is left out, what it waits for, what it is done in, and how often it fails."""
    scenario, plan = ensemble.scenario, ensemble.plan

    def title(field: str, name: str) -> str:
        return _entry(ensemble, field, name, language)

    notes = []
    for key, conditions in (("sheet.when", task.when), ("sheet.if", task.if_)):
        if conditions:
            text = conditions_text(conditions, title=title, language=language)
            notes.append(say(key, language, conditions=text))
    if task.engages:
        roles = names.joined(
            [names.role_title(scenario, plan, role, language) for role in task.engages], language
        )
        notes.append(say("sheet.engages", language, roles=roles))
    if task.wearing:
        suit = names.title(scenario.suits.get(task.wearing), task.wearing, language)
        notes.append(say("sheet.wearing", language, suit=suit))
    if task.may_join:
        units = names.joined([names.unit_title(scenario, unit, language) for unit in task.may_join], language)
        notes.append(say("sheet.may-join", language, units=units))
    if task.keeps_until:
        until = names.event_title(scenario, plan, task.keeps_until, language)
        notes.append(say("sheet.keeps-until", language, event=until))
    if task.fails is not None:
        chance = f"{100.0 * task.fails.chance:g}"
        notes.append(say("sheet.fails", language, chance=chance, attempts=task.fails.attempts))
    return notes


def _entry(ensemble: Ensemble, field: str, name: str, language: Language) -> str:
    """What an entry named in a condition is called."""
    scenario, plan = ensemble.scenario, ensemble.plan
    if field in ("known", "unknown"):
        return names.item_title(scenario, name, language)
    if field == "by":
        return names.agency_title(scenario, name, language)
    if field == "level":
        return names.level_title(scenario, plan, name, language)
    if field == "hazard":
        return names.title(scenario.hazards.get(name), name, language)
    if field == "threshold":
        return names.threshold_title(name, language)
    if field == "place":
        return names.place_title(scenario, name, language)
    return names.event_title(scenario, plan, name, language)


def _milestone(ensemble: Ensemble, name: str, tasks: dict[str, Task], language: Language) -> SheetRow:
    scenario = ensemble.scenario
    entry = scenario.milestones.get(name)
    times = event_spread(ensemble, name) or spread([math.inf] * ensemble.n)
    makers = [task for task in tasks.values() if name in (task.milestone, task.starts)]
    owner = entry.owner if entry else None
    if owner is None and makers:
        owner = names.agency_of_task(scenario, ensemble.plan, makers[0])
    place = (entry.observe_from if entry else None) or next((task.at for task in makers if task.at), None)
    seen = _said(entry.observed, entry.observed_zh, language) if entry else ""
    note = say("sheet.observe", language, what=_bare(seen)) if entry else ""
    nobody = "sheet.people" if entry is not None and entry.when is not None else "sheet.controller"
    slacks = [slack_s(ensemble, made) for made, task in tasks.items() if task.milestone == name]
    return SheetRow(
        kind="milestone",
        name=name,
        event=names.title(entry, name, language),
        who=names.agency_title(scenario, owner, language) if owner else say(nobody, language),
        where=names.place_title(scenario, place, language),
        earliest_s=times.p10_s,
        likely_s=times.p50_s,
        latest_s=times.p90_s,
        done_s=math.nan,
        slack_s=slacks[0] if slacks else math.nan,
        latest_useful_s=math.nan,
        note=note,
        reached=times.reached,
        n=ensemble.n,
    )


HEADINGS = (
    "clock",
    "kind",
    "event",
    "who",
    "where",
    "earliest",
    "likely",
    "latest",
    "done",
    "slack",
    "latest-useful",
    "note",
    "reached",
)


def headings(language: Language) -> list[str]:
    """Names of the columns of :func:`cells`."""
    return [say(f"sheet.column.{column}", language) for column in HEADINGS]


def cells(row: SheetRow, *, start_s: float, language: Language) -> list[str]:
    """A row as text: wall clock of the likely time, then times on the wall clock; slack as a duration."""

    def at(seconds: float) -> str:
        return "" if math.isnan(seconds) else names.clock(seconds, start_s, language)

    return [
        at(row.likely_s),
        say(f"sheet.kind.{row.kind}", language),
        row.event,
        row.who,
        row.where,
        at(row.earliest_s),
        at(row.likely_s),
        at(row.latest_s),
        at(row.done_s),
        "" if math.isnan(row.slack_s) else names.duration(row.slack_s, language),
        at(row.latest_useful_s),
        row.note,
        say("sheet.reached", language, reached=row.reached, n=row.n),
    ]
