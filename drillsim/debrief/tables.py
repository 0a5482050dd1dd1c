"""The numbers of a study for machines: one JSON document, and a trace as CSV."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from drillsim.debrief import names
from drillsim.debrief.figures import (
    criticality,
    flags,
    known_gain,
    milestone_names,
    nearest_median,
    objective_interval,
    slack_s,
    slot_verdict,
    task_spread,
    told_apart,
)
from drillsim.debrief.margins import margins_document
from drillsim.debrief.standstill import standstill_document
from drillsim.debrief.usage import usage_document
from drillsim.measures.inject_effects import caused_by_inject
from drillsim.measures.passages import heads_of_tokens
from drillsim.scenario.digest import digest
from drillsim.spreadsheet import csv_bytes
from drillsim.study.replicate import study_digest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from drillsim.study.results import (
        Choice,
        Comparison,
        Difference,
        Ensemble,
        Interval,
        ObjectiveDifference,
        PlanChange,
        Summary,
        Verdict,
    )
    from drillsim.study.sensitivity import Swing
    from drillsim.trace.log import Trace

__all__ = ["TRACE_COLUMNS", "as_ensembles", "document", "document_json", "trace_csv", "trace_rows"]

TRACE_COLUMNS = ("time_s", "event", "actor", "place", "task", "value", "unit", "cause", "inject")


def as_ensembles(result: Ensemble | Comparison | Sequence[Ensemble]) -> tuple[Ensemble, ...]:
    """The ensembles of whatever a study gave."""
    from drillsim.study.results import Comparison, Ensemble

    if isinstance(result, Ensemble):
        return (result,)
    if isinstance(result, Comparison):
        return result.ensembles
    return tuple(result)


def document(
    result: Ensemble | Comparison | Sequence[Ensemble],
    *,
    swings: Sequence[Swing] = (),
    traces: Mapping[str, Trace] | None = None,
) -> dict[str, Any]:
    """Everything a run has to say, as plain JSON values, SI units.

    What is not reached or unknown is ``null``; a measure then has ``at_least``, the largest bound known.
    ``traces``, by plan, add how spaces, links and exits were used in those runs.
    """
    from drillsim.study.results import Comparison

    ensembles = as_ensembles(result)
    content: dict[str, Any] = {
        "drillsim": ensembles[0].version,
        "scenario": ensembles[0].scenario.name,
        "title": ensembles[0].scenario.title,
        "digest": study_digest(ensembles),
        "scenario_digest": digest(ensembles[0].scenario),
        "seed": ensembles[0].seed,
        "conditions": ensembles[0].conditions,
        "fingerprint": ensembles[0].fingerprint,
        "plans": [_plan(ensemble) for ensemble in ensembles],
    }
    for entry in content["plans"]:
        if traces is not None and entry["plan"] in traces:
            entry["usage"] = usage_document(traces[entry["plan"]])
    if isinstance(result, Comparison):
        base = result.ensembles[0].plan
        content["differences"] = [
            {
                "plan": plan,
                "against": base,
                "measures": {found.measure: _difference(found) for found in differences},
                "objectives": {
                    found.objective: _objective_difference(found) for found in result.objectives.get(plan, ())
                },
                "changes": [_change(found) for found in result.changes.get(plan, ())],
            }
            for plan, differences in sorted(result.differences.items())
        ]
        content["choice"] = None if result.choice is None else _choice(result.choice, result.ensembles[0])
    if swings:
        content["swings"] = [_swing(swing) for swing in swings]
    return content


def document_json(
    result: Ensemble | Comparison | Sequence[Ensemble],
    *,
    swings: Sequence[Swing] = (),
    traces: Mapping[str, Trace] | None = None,
) -> str:
    """:func:`document` as text; it holds neither NaN nor Infinity."""
    content = document(result, swings=swings, traces=traces)
    return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _plan(ensemble: Ensemble) -> dict[str, Any]:
    return {
        "plan": ensemble.plan,
        "conditions": ensemble.conditions,
        "seed": ensemble.seed,
        "n": ensemble.n,
        "looks": ensemble.looks,
        "version": ensemble.version,
        "fingerprint": ensemble.fingerprint,
        "results_digest": ensemble.digest,
        "failed": len(ensemble.failures),
        "flags": dict(flags(ensemble)),
        "nearest_median": nearest_median(ensemble).replication,
        "objectives": [_verdict(ensemble, verdict) for verdict in ensemble.verdicts],
        "quickest_flow": None if ensemble.bound is None else asdict(ensemble.bound),
        "slot": _verdict(ensemble, slot_verdict(ensemble)),
        "milestones": {name: _milestone(ensemble, name) for name in _all_milestones(ensemble)},
        "measures": {
            name: _summary(ensemble, summary) for name, summary in sorted(ensemble.summaries.items())
        },
        "margins": margins_document(ensemble),
        "tasks": {name: _task(ensemble, name) for name in _all_tasks(ensemble)},
        "criticality": [{"step": step, "share": share} for step, share in criticality(ensemble)],
        "ends": {
            end: sum(run.end == end for run in ensemble.outcomes)
            for end in ("endex", "standstill", "horizon")
        },
        "standstill": standstill_document(ensemble),
    }


def number(value: float | None) -> float | None:
    """A number JSON can hold: NaN and infinity are ``None``."""
    return None if value is None or not math.isfinite(value) else float(value)


def _interval(interval: Interval) -> dict[str, Any]:
    return {
        "estimate": number(interval.estimate),
        "low": number(interval.low),
        "high": number(interval.high),
        "level": interval.level,
        **({} if interval.needs is None else {"needs": interval.needs}),
    }


def _verdict(ensemble: Ensemble, verdict: Verdict) -> dict[str, Any]:
    found = objective_interval(ensemble, verdict)
    return {
        "objective": verdict.objective,
        "title": verdict.title,
        "measure": verdict.measure,
        "unit": verdict.unit,
        "target": number(verdict.target),
        "required_share": verdict.required_share,
        "share": _interval(verdict.share),
        "verdict": verdict.verdict,
        "n": verdict.n,
        "failed": verdict.failed,
        "quantile": None if found is None else {"share": found[0], **_interval(found[1])},
    }


def _summary(ensemble: Ensemble, summary: Summary) -> dict[str, Any]:
    content = {
        "unit": summary.unit,
        "n": summary.n,
        "reached": summary.reached,
        "p10": number(summary.p10),
        "p50": _interval(summary.p50),
        "p90": _interval(summary.p90),
        "p95": _interval(summary.p95),
        "mean": number(summary.mean),
    }
    if summary.reached < summary.n:
        values = (run.measures.get(summary.measure) for run in ensemble.outcomes)
        bounds = [value.at_least for value in values if value is not None and value.at_least is not None]
        content["at_least"] = number(max(bounds, default=0.0))
    return content


def _all_milestones(ensemble: Ensemble) -> list[str]:
    reached = milestone_names(ensemble)
    known = {name.removeprefix("milestone.") for name in ensemble.summaries if name.startswith("milestone.")}
    return [*reached, *sorted(known - set(reached))]


def _milestone(ensemble: Ensemble, name: str) -> dict[str, Any]:
    summary = ensemble.summaries[f"milestone.{name}"]
    return {
        "reached": summary.reached,
        "n": summary.n,
        "p10_s": number(summary.p10),
        "p50_s": number(summary.p50.estimate),
        "p90_s": number(summary.p90.estimate),
    }


def _all_tasks(ensemble: Ensemble) -> list[str]:
    return sorted({name for run in ensemble.outcomes for name in run.tasks})


def _task(ensemble: Ensemble, name: str) -> dict[str, Any]:
    started, done = (task_spread(ensemble, name, moment) for moment in ("started_s", "done_s"))
    return {
        "done_in": done.reached,
        "started_p10_s": number(started.p10_s),
        "started_p50_s": number(started.p50_s),
        "started_p90_s": number(started.p90_s),
        "done_p10_s": number(done.p10_s),
        "done_p50_s": number(done.p50_s),
        "done_p90_s": number(done.p90_s),
        "slack_s": number(slack_s(ensemble, name)),
    }


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "unit": found.unit,
        "n": found.n,
        "both": found.both,
        "only_first": found.only_first,
        "only_second": found.only_second,
        "equal": found.equal,
        "lower": found.lower,
        "higher": found.higher,
        "mean": _interval(found.mean),
        "median": _interval(found.median),
        "p95": _interval(found.p95),
        "p_value": number(found.p_value),
        "test": found.test,
        "p_reached": number(found.p_reached),
        "gain": known_gain(found),
        "told_apart": told_apart(found),
    }


def _objective_difference(found: ObjectiveDifference) -> dict[str, Any]:
    return {
        "n": found.n,
        "share_first": number(found.share_first),
        "share_second": number(found.share_second),
        "difference": _interval(found.difference),
        "only_first": found.only_first,
        "only_second": found.only_second,
        "p_value": number(found.p_value),
        "told_apart": told_apart(found),
    }


def _change(found: PlanChange) -> dict[str, Any]:
    return {
        "task": found.task,
        "title": found.title,
        "kind": found.kind,
        "what": [{"field": field, "before": before, "after": after} for field, before, after in found.what],
        "critical_first": number(found.critical_first),
        "critical_second": number(found.critical_second),
    }


def _choice(found: Choice, first: Ensemble) -> dict[str, Any]:
    content = asdict(found)
    content["title"] = names.measure_title(first.scenario, found.measure, "en")
    content["indifference"] = number(found.indifference)
    content["means"] = {plan: number(mean) for plan, mean in found.means.items()}
    return content


def _swing(swing: Swing) -> dict[str, Any]:
    return {
        "assumption": swing.path,
        "label": swing.label,
        "median": number(swing.median),
        "median_unit": swing.median_unit,
        "objective": swing.objective,
        "measure": swing.measure,
        "unit": swing.unit,
        "halved": number(swing.low),
        "base": number(swing.base),
        "doubled": number(swing.high),
        "flips_at_s": number(swing.flips_at_s),
        "direction": swing.direction,
    }


def trace_rows(trace: Trace) -> Iterator[tuple[object, ...]]:
    """Rows of a trace with the crowd's passages among them, in order of time.

    A passage has the event ``passed``, the group as actor, the space entered as place, the link as task and
    the wait at the link as value; a beginning, and a change of space by lift, has ``set-off`` and no link.
    Neither has a cause. The last column is the inject that led to a row by its chain of causes.
    """
    passages = _passages(trace)
    ahead = next(passages, None)
    for row, inject in zip(trace.rows, caused_by_inject(trace), strict=True):
        while ahead is not None and ahead[0] < row.time_s:
            yield ahead
            ahead = next(passages, None)
        yield (
            *row[:5],
            "" if row.value is None else row.value,
            row.unit,
            row.cause if row.cause >= 0 else "",
            inject,
        )
    while ahead is not None:
        yield ahead
        ahead = next(passages, None)


def _passages(trace: Trace) -> Iterator[tuple[float, str, str, str, str, object, str, str, str]]:
    header, crowd = trace.header, trace.crowd
    group = [header.groups[number][0] for number in heads_of_tokens(trace)[0].tolist()]
    columns = zip(crowd.time_s, crowd.arrived_s, crowd.person, crowd.link, crowd.space, strict=True)
    for time_s, arrived_s, person, link, space in columns:
        actor = f"{group[person]}#{person}"
        if link < 0:
            yield time_s, "set-off", actor, header.spaces[space], "", "", "", "", ""
        else:
            yield (
                time_s,
                "passed",
                actor,
                header.spaces[space],
                header.links[link],
                time_s - arrived_s,
                "s",
                "",
                "",
            )


def trace_csv(trace: Trace) -> bytes:
    """:func:`trace_rows` as CSV, UTF-8 with byte order mark."""
    return csv_bytes(TRACE_COLUMNS, trace_rows(trace))
