"""``drillsim explain``: why a plan takes as long as it does."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from drillsim.cli.console import Exit, language, out_all, out_json, progress, tell
from drillsim.cli.study import chosen, injects_in_use
from drillsim.debrief.plaintext import one_line, table
from drillsim.messages import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drillsim.measures.critical_path import Step
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.cruciality import Cruciality
    from drillsim.study.decisions import RuleKept
    from drillsim.study.losses import Losses
    from drillsim.study.results import Interval
    from drillsim.study.uses import UseOverRuns

__all__ = ["carry_out"]

_SHOWN: Final = 15  # lines of the criticality
_WIDE: Final = 100  # columns a step may take
_BOUNDS: Final = {"queueing": "unlimited_s", "communication": "instant_s", "variance": "at_means_s"}


@dataclass(frozen=True, slots=True)
class _Explanation:
    losses: Losses
    replication: int  # the run whose path is shown
    path: list[Step]
    criticality: list[tuple[str, float]] | None  # None: to another milestone than the plan's end
    cruciality: tuple[Cruciality, ...]
    uses: tuple[UseOverRuns, ...]
    rules: tuple[RuleKept, ...]

    @property
    def scenario(self) -> Scenario:
        return self.losses.ensemble.scenario

    @property
    def end(self) -> str:
        return self.scenario.plans[self.plan].end

    @property
    def plan(self) -> str:
        return self.losses.ensemble.plan


def carry_out(
    scenario: Scenario,
    *,
    plan: str,
    conditions: Conditions,
    milestone: str | None,
    replications: int,
    seed: int,
    start_s: float | None,
    injects: tuple[str, ...],
    without: tuple[str, ...],
    workers: int | None,
    as_json: bool,
) -> int:
    """Run the plan and its bounds, print what came of it; returns the exit code."""
    (plan,) = chosen((plan,), sorted(scenario.plans), what="plan")
    if milestone is not None:
        (milestone,) = chosen((milestone,), sorted(scenario.milestones), what="milestone")
    found = _found(
        scenario,
        plan=plan,
        conditions=conditions,
        milestone=milestone,
        replications=replications,
        seed=seed,
        start_s=start_s,
        injects=injects_in_use(scenario, injects, without),
        workers=workers,
    )
    if as_json:
        out_json(_document(found))
    else:
        out_all(_lines(found))
    failures = found.losses.ensemble.failures
    if failures:
        total = len(failures) + found.losses.ensemble.n
        tell("cli.failed", failed=len(failures), n=total, first=failures[0])
        return Exit.PARTLY
    return Exit.OK


def _found(
    scenario: Scenario,
    *,
    milestone: str | None,
    workers: int | None,
    injects: tuple[str, ...] | None,
    **drill: Any,
) -> _Explanation:
    import drillsim
    from drillsim.debrief.figures import criticality
    from drillsim.measures.critical_path import critical_path
    from drillsim.study.cruciality import cruciality
    from drillsim.study.decisions import decision_quality
    from drillsim.study.job import Bench, Job
    from drillsim.study.typical import nearest_median
    from drillsim.study.uses import uses_over_runs

    with progress("cli.running") as tick:
        losses = drillsim.losses(
            scenario,
            milestone=milestone,
            injects=injects,
            engine="serial" if workers == 1 else "auto",
            workers=workers,
            progress=tick,
            **drill,
        )
    ensemble = losses.ensemble
    number = nearest_median(ensemble).replication
    job = Job(ensemble.plan, ensemble.conditions, ensemble.seed, drill["start_s"], injects)
    return _Explanation(
        losses=losses,
        replication=number,
        path=critical_path(Bench(scenario).trace(job, number), losses.milestone),
        criticality=criticality(ensemble) if losses.milestone == scenario.plans[ensemble.plan].end else None,
        cruciality=cruciality(ensemble, milestone=milestone),
        uses=uses_over_runs(ensemble),
        rules=decision_quality(ensemble),
    )


# ------------------------------------------------------------------ text


def _lines(found: _Explanation) -> Iterator[str]:
    from drillsim.debrief.standstill import told

    losses, ensemble = found.losses, found.losses.ensemble
    values: dict[str, object] = {
        "plan": found.plan,
        "conditions": say(f"conditions.{ensemble.conditions}", language.get()),
        "milestone": _milestone(found, found.losses.milestone),
        "n": ensemble.n,
        "seed": ensemble.seed,
    }
    yield one_line(say("explain.head", language.get(), **values))
    stuck = told(ensemble, language=language.get())
    if losses.plan_s is None:
        milestone = _milestone(found, losses.milestone)
        stuck = (say("explain.nobody", language.get(), milestone=milestone), *stuck)
    if stuck:
        yield ""
        yield from map(one_line, stuck)
    if losses.plan_s is None:
        return
    yield ""
    yield from _path_lines(found)
    yield ""
    yield from _critical_lines(found)
    yield ""
    yield from _loss_lines(found.losses)
    yield ""
    yield from _use_lines(found)
    if found.rules:
        yield ""
        yield from _rule_lines(found)


def _path_lines(found: _Explanation) -> Iterator[str]:
    from drillsim.debrief import names
    from drillsim.debrief.steps import path_title

    if not found.path:
        yield say("explain.no-path", language.get(), run=found.replication)
        return
    shares = None if found.criticality is None else dict(found.criticality)
    note = "" if shares is None else say("explain.path-shares", language.get())
    yield say("explain.path", language.get(), run=found.replication, shares=note)
    rows = []
    for step in found.path:
        wait_s = step.end_s - step.since_s
        waited = step.since_s < step.start_s
        rows.append(
            [
                path_title(found.scenario, found.plan, step, language.get()),
                names.duration(step.start_s, language.get()),
                names.duration(step.end_s - step.start_s, language.get()),
                names.duration(wait_s, language.get()) if waited else "",
                *([] if shares is None else [_percent(shares.get(step.label, 0.0))]),
            ]
        )
    columns = ("step", "after", "lasts", "waited", *(() if shares is None else ("share",)))
    yield from table(_headings(*columns), rows, widest=_WIDE)


def _critical_lines(found: _Explanation) -> Iterator[str]:
    from drillsim.debrief.figures import folded_criticality
    from drillsim.debrief.steps import reason_text, step_title

    if found.criticality is None:
        yield from _crucial_lines(found)
        return
    correlations = {entry.task: entry.correlation for entry in found.cruciality}
    yield say("explain.critical", language.get(), end=_milestone(found, found.end))
    folded = folded_criticality(found.losses.ensemble)
    rows = [
        [
            step_title(found.scenario, found.plan, one.label, language.get()),
            _percent(one.share),
            _correlation(correlations.get(one.label)),
            ", ".join(
                f"{reason_text(label, language.get())} {_percent(share)}" for label, share in one.waits
            ),
        ]
        for one in folded[:_SHOWN]
    ]
    yield from table(_headings("step", "share", "crucial", "waits"), rows, widest=_WIDE)
    if more := folded[_SHOWN:]:
        share = f"{100.0 * more[0].share:.0f}"
        yield f"  {say('explain.more', language.get(), count=len(more), share=share)}"


def _crucial_lines(found: _Explanation) -> Iterator[str]:
    """To another milestone than the plan's end nobody kept the paths of all runs."""
    from drillsim.debrief.steps import step_title

    titles = {"end": found.end, "milestone": found.losses.milestone}
    named: dict[str, object] = {key: _milestone(found, name) for key, name in titles.items()}
    yield say("explain.other-end", language.get(), **named)
    rows = [
        [step_title(found.scenario, found.plan, entry.task, language.get()), _correlation(entry.correlation)]
        for entry in found.cruciality[:_SHOWN]
    ]
    yield from table(_headings("step", "crucial"), rows, widest=_WIDE)


def _correlation(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}".replace("-", "−")


def _loss_lines(losses: Losses) -> Iterator[str]:
    from drillsim.debrief import names
    from drillsim.debrief.sentences import interval_text

    def interval(mean: Interval) -> str:
        if mean.low is None and mean.needs is None:
            return say("explain.same", language.get())
        return interval_text(mean, "s", language.get(), named=mean.low is not None)

    def time(number: float | None) -> str:
        return "—" if number is None else names.duration(number, language.get())

    yield say("explain.lost", language.get())
    for loss in losses.found:
        if not loss.pairs:
            yield f"  {say(f'explain.{loss.cause}-unknown', language.get())}"
            continue
        line = say(
            f"explain.{loss.cause}",
            language.get(),
            lost=names.duration(loss.mean.estimate, language.get()),
            interval=interval(loss.mean),
            plan=time(losses.plan_s),
            bound=time(getattr(losses, _BOUNDS[loss.cause])),
            medians=time(losses.at_medians_s),
        )
        more = say("explain.left-out", language.get(), pairs=loss.left_out) if loss.left_out else ""
        yield f"  {one_line(line)}{more}"
    yield f"  {say('explain.overlap', language.get())}"


def _use_lines(found: _Explanation) -> Iterator[str]:
    from drillsim.debrief import names
    from drillsim.debrief.capacities import capacity_title

    yield say("explain.uses", language.get(), n=found.losses.ensemble.n)
    rows = [
        [
            capacity_title(found.scenario, found.plan, use.kind, use.name, language.get()),
            say(f"capacity.kind.{use.kind}", language.get()),
            _percent(use.utilisation),
            names.duration(use.wait_s, language.get()),
            str(use.waited_in),
            names.duration(use.longest_wait_s, language.get()),
            str(use.peak_queue),
        ]
        for use in found.uses
    ]
    yield from table(_headings("capacity", "kind", "used", "wait", "waited-in", "longest", "queue"), rows)


def _rule_lines(found: _Explanation) -> Iterator[str]:
    from drillsim.debrief import names
    from drillsim.debrief.sentences import share_text

    yield say("explain.rules", language.get())
    rows = [
        [
            names.title(found.scenario.objectives.get(rule.objective), rule.objective, language.get()),
            str(rule.kept),
            str(rule.broken),
            str(rule.not_applicable),
            share_text(rule.share, language.get()) if rule.kept + rule.broken else "—",
        ]
        for rule in found.rules
    ]
    yield from table(_headings("rule", "kept", "broken", "not-applicable", "kept-share"), rows)


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _headings(*columns: str) -> list[str]:
    return [say(f"explain.column-{column}", language.get()) for column in columns]


def _milestone(found: _Explanation, name: str) -> str:
    from drillsim.debrief import names

    return names.title(found.scenario.milestones.get(name), name, language.get())


# ------------------------------------------------------------------ JSON


def _document(found: _Explanation) -> str:
    from drillsim.debrief.standstill import standstill_document

    losses, ensemble = found.losses, found.losses.ensemble
    content = {
        "scenario": ensemble.scenario.name,
        "plan": ensemble.plan,
        "conditions": ensemble.conditions,
        "milestone": losses.milestone,
        "runs": ensemble.n,
        "failed": len(ensemble.failures),
        "seed": ensemble.seed,
        "path": {
            "run": found.replication,
            "steps": [{**asdict(step), "label": step.label} for step in found.path],
        },
        "criticality": None
        if found.criticality is None
        else [{"step": label, "share": share} for label, share in found.criticality],
        "cruciality": [entry._asdict() for entry in found.cruciality],
        "plan_s": losses.plan_s,
        **{field: getattr(losses, field) for field in (*_BOUNDS.values(), "at_medians_s")},
        "lost": [asdict(loss) for loss in losses.found],
        "uses": [asdict(use) for use in found.uses],
        "standstill": standstill_document(ensemble),
        "rules": [asdict(rule) for rule in found.rules],
    }
    return json.dumps(_finite(content), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _finite(content: Any) -> Any:
    """JSON has no NaN: what is not known is null."""
    if isinstance(content, dict):
        return {key: _finite(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_finite(value) for value in content]
    return None if isinstance(content, float) and not math.isfinite(content) else content
