"""The commands run and compare: from what was asked for to pages, lines and an exit code."""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import drillsim
from drillsim.cli.console import Exit, language, out_all, out_json, progress, tell
from drillsim.errors import DrillsimError
from drillsim.study.runner import EngineName, Means

if TYPE_CHECKING:
    from collections.abc import Iterator

    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.results import Comparison, Ensemble
    from drillsim.study.selection import Selection
    from drillsim.study.sensitivity import Tornado
    from drillsim.study.stopping import StoppingRule
    from drillsim.study.store import Store
    from drillsim.trace.log import Trace

__all__ = ["Order", "carry_out", "chosen", "injects_in_use", "one_trace", "order"]


@dataclass(frozen=True, slots=True)
class Order:
    """What run and compare were asked for."""

    plans: tuple[str, ...]
    conditions: Conditions
    seed: int
    replications: int
    until: StoppingRule | None
    selection: Selection | None
    start_s: float | None
    injects: tuple[str, ...] | None
    engine: EngineName
    workers: int | None
    cluster: str | None
    time_limit_s: float | None
    store: Path | None
    traces: int
    out: Path | None
    sensitivity: bool
    strict: bool
    as_json: bool
    brief: bool


def order(
    scenario: Scenario,
    plans: Sequence[str],
    *,
    injects: tuple[str, ...],
    without: tuple[str, ...],
    engine: EngineName | None,
    workers: int | None,
    until: tuple[str, ...],
    no_sensitivity: bool,
    best: str | None = None,
    indifference: tuple[float, str] = (60.0, "s"),
    error: float = 0.05,
    brief: bool = False,
    **asked: Any,
) -> Order:
    """What was typed, against what the scenario has. Raises ``click.UsageError`` for what it has not."""
    if asked["cluster"] and engine not in (None, "dask"):
        raise click.UsageError(f"--cluster is for --engine dask, not for {engine}")
    if asked["time_limit_s"] is not None and engine == "serial":
        raise click.UsageError(
            "--time-limit needs --engine processes or dask: a run in this process cannot be ended"
        )
    return Order(
        plans=chosen(plans, sorted(scenario.plans), what="plan"),
        injects=injects_in_use(scenario, injects, without),
        until=_rule(until, scenario, asked["conditions"]) if until else None,
        selection=None if best is None else _selection(best, indifference, error),
        engine="dask" if asked["cluster"] else engine or ("serial" if workers == 1 else "auto"),
        workers=workers,
        sensitivity=not no_sensitivity,
        brief=brief,
        **asked,
    )


def _rule(texts: Sequence[str], scenario: Scenario, conditions: Conditions) -> StoppingRule:
    from drillsim.study.stopping import stopping_rule

    try:
        return stopping_rule(texts, scenario=scenario, conditions=conditions)
    except DrillsimError as fault:
        raise click.BadParameter(str(fault), param_hint="--until") from None


def _selection(measure: str, indifference: tuple[float, str], error: float) -> Selection:
    from drillsim.study.selection import Selection

    value, unit = indifference
    return Selection(measure, indifference=value, error=error, unit=unit)


def injects_in_use(
    scenario: Scenario, added: Sequence[str], dropped: Sequence[str]
) -> tuple[str, ...] | None:
    """Names of the injects, ``None`` for those that are not off."""
    known = sorted(scenario.injects)
    more, less = chosen(added, known, what="inject"), chosen(dropped, known, what="inject")
    used = {name for name, inject in scenario.injects.items() if not inject.off}
    return tuple(sorted((used | set(more)) - set(less))) if more or less else None


def chosen(names: Sequence[str], known: Sequence[str], *, what: str) -> tuple[str, ...]:
    """The names, all known ones for ``all``. Raises ``click.UsageError`` for one that is not known."""
    if "all" in names and "all" not in known:
        return tuple(known)
    for name in names:
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"no {what} {name!r}; the scenario has {', '.join(known) or 'none'}{hint}")
    return tuple(names)


def carry_out(scenario: Scenario, wanted: Order) -> int:
    """Run the study, write and print what came of it; returns the exit code."""
    from drillsim.debrief.files import prepare_folder
    from drillsim.people.kernel import could_be_faster

    people = sum(group.count for group in scenario.groups.values())
    if could_be_faster(people):
        tell("cli.could-be-faster", people=people)
    created = prepare_folder(wanted.out, store=wanted.store, language=language.get()) if wanted.out else None
    try:
        with _store(scenario, wanted) as store:
            result, tornado = _simulate(scenario, wanted, store)
            traces = {} if store is None else _typical_traces(result, wanted, store)
        report = drillsim.debrief(
            result,
            language=language.get(),
            swings=tornado or (),
            start_s=wanted.start_s,
            injects=wanted.injects,
            traces=traces,
        )
        written = []
        _say_what_is_meant(report.ensembles, wanted.until)
        _say_how_well_known(report.ensembles, wanted)
        if wanted.out:
            tell("cli.debriefing")
            written = report.save_all(wanted.out)
    finally:
        if created is not None and created.is_dir() and not any(created.iterdir()):
            created.rmdir()
    if wanted.as_json:
        out_json(report.json)
    else:
        from drillsim.debrief.printout import study_lines

        out_all(study_lines(report, language=language.get(), brief=wanted.brief))
    if wanted.out:
        tell("cli.written", count=len(written), folder=wanted.out, page=wanted.out / "debrief.html")
    return _verdict(report.ensembles, wanted)


def _say_what_is_meant(ensembles: Sequence[Ensemble], until: StoppingRule | None) -> None:
    """Which of the two it was that the study went on for, where a measure and a milestone share a name."""
    from drillsim.debrief.choice import named_twice
    from drillsim.study.stopping import measures_asked

    for name in measures_asked(until):
        if twice := named_twice(ensembles, name, language=language.get()):
            tell("cli.until", what=twice)


def _say_how_well_known(ensembles: Sequence[Ensemble], wanted: Order) -> None:
    """What came of each ``--until``: stopped because it is known, or because the runs were used up."""
    from drillsim.debrief.names import quantity
    from drillsim.study.stopping import Precision, parts

    studies = [ensemble.outcomes for ensemble in ensembles]
    n = max(map(len, studies))
    for part in parts(wanted.until):
        if not isinstance(part, Precision):
            known = part.enough(studies)
            tell("cli.until-auto" if known else "cli.until-auto-not", n=n)
            continue
        reach = part.reach(studies)
        known = reach <= part.half_width
        about = n * (reach / part.half_width) ** 2 if math.isfinite(reach) else math.nan
        tell(
            "cli.until-known" if known else "cli.until-not-known",
            what=f"p{100 * part.share:g} {part.measure}",
            n=n,
            asked=quantity(part.half_width, part.unit, language.get()),
            reach="?" if math.isinf(reach) else quantity(reach, part.unit, language.get()),
            about="?" if math.isnan(about) else f"{round(about, -2 if about > 300 else -1):.0f}",
        )


@contextmanager
def _store(scenario: Scenario, wanted: Order) -> Iterator[Store | None]:
    """The store that was asked for, or one in the folder of the debrief, named after the study.

    An edited scenario is another study, so it gets another file. Ctrl-C says what is kept.
    """
    from drillsim.study.store import Store

    path = wanted.store
    if path is None and wanted.out is not None:
        path = wanted.out / _file_name(scenario, wanted.seed)
    if path is None:
        yield None
        return
    with Store(path, scenario=scenario, seed=wanted.seed) as store:
        if kept := store.counts():
            tell("cli.taken-up", count=kept, file=path)
        try:
            yield store
        except KeyboardInterrupt:
            tell("cli.kept", count=store.counts(), file=path)
            raise


def _file_name(scenario: Scenario, seed: int) -> str:
    from drillsim.scenario.digest import digest

    key = blake2b(f"{digest(scenario)} {seed} {drillsim.__version__}".encode(), digest_size=4)
    return f"study-{key.hexdigest()}.sqlite"


def _simulate(
    scenario: Scenario, wanted: Order, store: Store | None
) -> tuple[Ensemble | Comparison, Tornado | None]:
    from drillsim.study.sensitivity import tornado

    means: Means = {
        "engine": wanted.engine,
        "workers": wanted.workers,
        "cluster": wanted.cluster,
        "time_limit_s": wanted.time_limit_s,
        "store": store,
        "traces": wanted.traces,
    }
    study: dict[str, Any] = {
        "conditions": wanted.conditions,
        "seed": wanted.seed,
        "replications": wanted.replications,
        "start_s": wanted.start_s,
        "injects": wanted.injects,
        "until": wanted.until,
    }
    result: Ensemble | Comparison
    with progress("cli.running") as tick:
        if len(wanted.plans) == 1:
            result = first = drillsim.replicate(
                scenario, plan=wanted.plans[0], progress=tick, **study, **means
            )
        else:
            result = drillsim.compare(
                scenario, plans=wanted.plans, best=wanted.selection, progress=tick, **study, **means
            )
            first = result.ensembles[0]
    if not wanted.sensitivity:
        return result, None
    with progress("cli.swinging") as tick:
        return result, tornado(first, start_s=wanted.start_s, injects=wanted.injects, progress=tick, **means)


def _typical_traces(result: Ensemble | Comparison, wanted: Order, store: Store) -> dict[str, Trace]:
    """By plan, the trace of the run that stands for all, where the store has it."""
    from drillsim.debrief.tables import as_ensembles
    from drillsim.study.job import Job
    from drillsim.study.typical import nearest_median

    found = {}
    for ensemble in as_ensembles(result):
        job = Job(ensemble.plan, wanted.conditions, wanted.seed, wanted.start_s, wanted.injects)
        trace = store.trace(job, nearest_median(ensemble).replication)
        if trace is not None:
            found[ensemble.plan] = trace
    return found


def one_trace(
    scenario: Scenario,
    *,
    plan: str,
    conditions: Conditions,
    seed: int,
    replication: int,
    start_s: float | None,
    injects: tuple[str, ...],
    without: tuple[str, ...],
    store: Path | None,
) -> Trace:
    """One run of a study: the one kept, else made again from the seed."""
    from drillsim.study.job import Bench, Job
    from drillsim.study.store import Store

    (plan,) = chosen((plan,), sorted(scenario.plans), what="plan")
    job = Job(plan, conditions, seed, start_s, injects_in_use(scenario, injects, without))
    if store is not None:
        if not store.is_file():
            raise click.BadParameter(f"there is no file {str(store)!r}", param_hint="--store")
        with Store(store, scenario=scenario, seed=seed) as kept:
            if (found := kept.trace(job, replication)) is not None:
                return found
    return Bench(scenario).trace(job, replication)


def _verdict(ensembles: Sequence[Ensemble], wanted: Order) -> int:
    """The exit code of a study that ran to its end."""
    for ensemble in ensembles:
        if "+" in ensemble.fingerprint or "+" in ensemble.version:
            tell(
                "cli.mixed", plan=ensemble.plan, fingerprints=ensemble.fingerprint, versions=ensemble.version
            )
    failures = [failure for ensemble in ensembles for failure in ensemble.failures]
    if failures:
        total = len(failures) + sum(ensemble.n for ensemble in ensembles)
        tell("cli.failed", failed=len(failures), n=total, first=failures[0])
        return Exit.PARTLY
    missed = [
        f"{ensemble.plan}: {verdict.objective}"
        for ensemble in ensembles
        for verdict in ensemble.verdicts
        if verdict.verdict == "missed"
    ]
    if missed and wanted.strict:
        tell("cli.strict", names=", ".join(missed))
        return Exit.MISSED
    return Exit.OK
