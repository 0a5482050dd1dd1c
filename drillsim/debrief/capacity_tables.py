"""Why it took so long: use and queue of capacities, reactions to injects, rules kept, minutes lost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from drillsim.debrief import names
from drillsim.debrief.capacities import capacity_title, subject_title
from drillsim.debrief.sentences import interval_text, share_text
from drillsim.debrief.views import Table
from drillsim.measures.capacity_use import capacity_use
from drillsim.measures.heard import items_heard
from drillsim.measures.inject_effects import first_reactions
from drillsim.messages import Language, say
from drillsim.study.decisions import decision_quality
from drillsim.study.uses import uses_over_runs

if TYPE_CHECKING:
    from drillsim.study.losses import Losses
    from drillsim.study.results import Ensemble
    from drillsim.trace.log import Row, Trace

__all__ = [
    "capacity_table",
    "loss_sentences",
    "reaction_table",
    "rule_quality_table",
]

_SHOWN: Final = 30  # rows of the table
_RUNS: Final = 8  # runs that are named
_NOTHING: Final = "—"


def capacity_table(ensemble: Ensemble, trace: Trace | None = None, *, language: Language = "en") -> Table:
    """Use and queue over all runs; with the mean wait a request had in one run where its trace is given."""
    found = uses_over_runs(ensemble)[:_SHOWN]
    run = {} if trace is None else {(use.kind, use.name): use for use in capacity_use(trace)}
    rows = []
    for one in found:
        use = run.get((one.kind, one.name))
        each = _NOTHING if use is None else names.duration(use.waited_s / max(use.asked_for, 1), language)
        rows.append(
            (
                capacity_title(ensemble.scenario, ensemble.plan, one.kind, one.name, language),
                say(f"capacity.kind.{one.kind}", language),
                f"{100.0 * one.utilisation:.0f} % "
                f"({100.0 * one.utilisation_p10:.0f}–{100.0 * one.utilisation_p90:.0f} %)",
                names.duration(one.wait_s, language),
                names.duration(one.longest_wait_p90_s, language),
                f"{one.peak_queue_p90:.0f}",
                each,
            )
        )
    columns = ("capacity", "kind", "use", "waited", "longest", "queue", "each")
    return Table(
        say("capacity.title", language),
        tuple(say(f"capacity.column.{column}", language) for column in columns),
        tuple(rows),
        tuple("wait" if one.wait_s > 0.0 else "" for one in found),
        note=say("capacity.note", language, n=ensemble.n)
        + ("" if trace is None else " " + say("capacity.note-run", language, run=trace.header.replication)),
    )


def reaction_table(ensemble: Ensemble, trace: Trace, *, language: Language = "en") -> Table:
    """Each inject with what was first done about it in one run, and how soon over all runs."""
    scenario, heard = ensemble.scenario, items_heard(trace)
    rows: list[tuple[str, ...]] = []
    for name, found in first_reactions(trace).items():
        nobody = say("reaction.nobody", language)
        items = heard.get(found.row, ())
        done = nobody if found.row < 0 else _done(ensemble, trace.rows[found.row], items, language)
        summary = ensemble.summaries.get(f"reaction.{name}")
        ends = (None, None) if summary is None else (summary.p50.estimate, summary.p90.estimate)
        p50, p90 = (_NOTHING if end is None else names.duration(end, language) for end in ends)
        rows.append(
            (
                names.title(scenario.injects.get(name), name, language),
                done,
                names.duration(found.after_s, language) if found.row >= 0 else _NOTHING,
                p50,
                p90,
                _NOTHING if summary is None else f"{summary.reached} / {summary.n}",
            )
        )
    columns = ("inject", "done", "after", "p50", "p90", "reached")
    return Table(
        say("reaction.title", language),
        tuple(say(f"reaction.column.{column}", language) for column in columns),
        tuple(rows),
        note=say("reaction.note", language, run=trace.header.replication, n=ensemble.n),
    )


def _done(ensemble: Ensemble, row: Row, items: tuple[str, ...], language: Language) -> str:
    """What somebody did, in words; ``items`` are those a message told."""
    scenario, plan = ensemble.scenario, ensemble.plan
    if row.event in ("task-started", "order-given"):
        what = names.event_title(scenario, plan, f"done.{row.task}", language)
        return say(f"reaction.{row.event}", language, what=what)
    if row.event == "message-heard":
        to = names.agency_title(scenario, row.actor, language)
        what = subject_title(scenario, plan, row.task, language, items=items)
        return say("reaction.message", language, what=what, to=to)
    if row.event == "call-answered":
        return say("reaction.call", language, to=names.agency_title(scenario, row.actor, language))
    if row.event == "called":
        return say("reaction.called", language, unit=names.unit_title(scenario, row.actor, language))
    return say(
        "reaction.told", language, group=names.title(scenario.groups.get(row.actor), row.actor, language)
    )


def rule_quality_table(ensemble: Ensemble, *, language: Language = "en") -> Table:
    """Rules of order: in how many runs they were kept, broken, or nobody had occasion to break them."""
    objectives = ensemble.scenario.objectives
    found = decision_quality(ensemble)
    rows = [
        (
            names.title(objectives.get(rule.objective), rule.objective, language),
            f"{rule.kept}",
            f"{rule.broken}",
            f"{rule.not_applicable}",
            share_text(rule.share, language) if rule.kept + rule.broken else _NOTHING,
            ", ".join(map(str, rule.broken_in[:_RUNS])) + (" …" if rule.broken > _RUNS else ""),
        )
        for rule in found
    ]
    columns = ("rule", "kept", "broken", "no-occasion", "share", "runs")
    return Table(
        say("quality.title", language),
        tuple(say(f"quality.column.{column}", language) for column in columns),
        tuple(rows),
        tuple("missed" if rule.broken else "met" for rule in found),
        note=say("quality.note", language, n=ensemble.n),
    )


def loss_sentences(losses: Losses, *, language: Language = "en") -> tuple[str, ...]:
    """Minutes that queueing, communication and variance cost: statements that overlap, never to be added."""
    said = []
    for loss in losses.found:
        if not loss.pairs or not math.isfinite(loss.mean.estimate):
            said.append(say("loss.unknown", language, cause=say(f"loss.{loss.cause}", language)))
            continue
        said.append(
            say(
                "loss.costs",
                language,
                cause=say(f"loss.{loss.cause}", language),
                mean=names.signed(loss.mean.estimate, "s", language),
                ci=interval_text(loss.mean, "s", language, named=True),
                pairs=loss.pairs,
            )
        )
    return (*said, say("loss.overlap", language)) if said else ()
