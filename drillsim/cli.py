"""The ``drillsim`` command: results to stdout, progress and messages to stderr, exit codes in :class:`Exit`.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import drillsim
from drillsim.debrief.plaintext import harmless_json, one_line, safe
from drillsim.errors import DrillsimError, ScenarioInvalid
from drillsim.messages import LANGUAGES, Language, say

if TYPE_CHECKING:
    from drillsim.debrief.report import Debrief
    from drillsim.scenario.model import Scenario
    from drillsim.spec import Conditions
    from drillsim.study.results import Comparison, Ensemble
    from drillsim.study.runner import Progress
    from drillsim.study.sensitivity import Tornado

__all__ = ["Exit", "main"]


class Exit(IntEnum):
    """What the command's exit code says."""

    OK = 0
    MISSED = 1  # ran; an objective was missed and --strict asked
    USAGE = 2
    INVALID = 3  # the scenario has errors
    FAILED = 4
    PARTLY = 5  # some replications failed
    DISK = 6
    INTERRUPTED = 130


_language: ContextVar[Language] = ContextVar("language", default="en")

# ------------------------------------------------------------------ what is printed


def _out(text: str = "") -> None:
    click.echo(safe(text))


def _out_all(lines: Iterable[str]) -> None:
    for line in lines:
        _out(line)


def _tell(message: str, **values: object) -> None:
    lines = say(message, _language.get(), **{key: one_line(value) for key, value in values.items()})
    click.echo(f"drillsim: {safe(lines)}", err=True)


def _json(text: str) -> None:
    ascii_only = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    click.echo(harmless_json(text, ascii_only=ascii_only), nl=False)


# ------------------------------------------------------------------ options


def _wall_clock(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    """Seconds after midnight."""
    if value is None:
        return None
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?", value, re.ASCII)
    if not found:
        raise click.BadParameter(f"{value!r} is no wall clock; write 09:30")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return hours * 3600.0 + minutes * 60.0 + seconds


def _split(_: click.Context, __: click.Parameter, value: Sequence[str]) -> tuple[str, ...]:
    """Names given one by one or with commas, each once."""
    return tuple(dict.fromkeys(name.strip() for entry in value for name in entry.split(",") if name.strip()))


def _assignments(_: click.Context, __: click.Parameter, value: Sequence[str]) -> dict[str, str]:
    pairs = [entry.partition("=") for entry in value]
    for path, mark, text in pairs:
        if not (path.strip() and mark and text.strip()):
            raise click.BadParameter('write PATH=VALUE, for example plans.joint.tasks.alarm.takes="2 min"')
    return {path.strip(): text.strip() for path, _, text in pairs}


def _speak(_: click.Context, __: click.Parameter, value: Language) -> Language:
    _language.set(value)
    return value


_PATH = click.argument("source", metavar="SCENARIO")
_SET = click.option(
    "--set", "overrides", multiple=True, callback=_assignments, metavar="PATH=VALUE", help="Change one entry."
)
_LANG = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", callback=_speak, expose_value=False,
    is_eager=True, help="Language of what is written.",
)  # fmt: skip
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout, nothing else.")
_STUDY = (
    click.option(
        "--conditions", type=click.Choice(("exercise", "emergency")), default="exercise", show_default=True
    ),
    click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True),
    click.option("--replications", type=click.IntRange(1, 100_000), default=50, show_default=True),
    click.option(
        "--start",
        "start_s",
        metavar="HH:MM",
        callback=_wall_clock,
        help="Wall clock of STARTEX instead of the scenario's.",
    ),
    click.option(
        "--inject", "injects", multiple=True, callback=_split, help="Also use this inject that is off."
    ),
    click.option(
        "--without", multiple=True, callback=_split, metavar="INJECT", help="Leave this inject out."
    ),
    _SET,
    click.option(
        "--workers", type=click.IntRange(1, 256), help="Processes; the results are the same for any."
    ),
    click.option("--out", type=click.Path(path_type=Path), metavar="FOLDER", help="Write the debrief there."),
    click.option("--no-sensitivity", is_flag=True, help="Do not ask which assumptions move the verdicts."),
    click.option("--strict", is_flag=True, help="Exit with 1 if an objective is missed."),
    _AS_JSON,
    _LANG,
)


def _study_options(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed(_STUDY):
        command = option(command)
    return command


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            _tell("cli.interrupted")
            return Exit.INTERRUPTED
        except BrokenPipeError:
            # Whoever read has gone, for example `drillsim list | head -1`.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return Exit.DISK
        return result


# ------------------------------------------------------------------ commands


@click.group(
    cls=_Commands,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(drillsim.__version__, prog_name="drillsim")
def commands() -> None:
    """Rehearse an emergency drill on paper: when does each thing happen, what is late, does it fit the slot?

    For planning exercises. Not a safety certificate, and not for use at a real incident.

    SCENARIO is a folder with scenario.yaml, a YAML file, or the name of a shipped scenario (drillsim list).

    Exit codes: 0 done, 1 an objective missed and --strict asked, 2 wrong use, 3 scenario invalid,
    4 run failed, 5 some runs failed, 6 disk or file, 130 interrupted.
    """


@commands.command()
@_PATH
@_SET
@click.option(
    "--draw", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.png", help="Draw the facility."
)
@_AS_JSON
@_LANG
def check(source: str, overrides: Mapping[str, str], draw: Path | None, as_json: bool) -> int:
    """List everything that is wrong with a scenario; draw its facility."""
    from drillsim.debrief import printout

    if draw is not None and draw.suffix.lower() not in (".png", ".svg"):
        raise click.BadParameter(f"{draw.name!r} ends neither in .png nor in .svg", param_hint="--draw")
    scenario, problems = drillsim.check(source, overrides=overrides)
    if draw is not None and scenario is not None:
        _draw(scenario, draw)
    if as_json:
        _json(printout.check_json(source, scenario, problems))
    else:
        _out_all(printout.check_lines(scenario, problems, language=_language.get()))
    if draw is not None and scenario is None:
        _tell("cli.not-drawn")
    return Exit.OK if scenario is not None else Exit.INVALID


@commands.command()
@_PATH
@click.option(
    "--plan", "plans", multiple=True, callback=_split, help="Plan to run; 'all', or several to compare."
)
@_study_options
def run(source: str, plans: tuple[str, ...], **options: Any) -> int:
    """Run one plan many times: milestones, objectives, what to read aloud; --out writes the debrief."""
    scenario = drillsim.load(source, overrides=options.pop("overrides"))
    names = sorted(scenario.plans)
    if not plans:
        plans = (names[0],)
        if names[1:]:
            _tell("cli.plan-taken", plan=names[0], others=", ".join(names[1:]))
    return _study(scenario, _chosen(plans, names, what="plan"), _order(scenario, **options))


@commands.command()
@_PATH
@click.option(
    "--plans",
    multiple=True,
    callback=_split,
    metavar="A,B",
    help="Plans, the first is the base; default: all.",
)
@_study_options
def compare(source: str, plans: tuple[str, ...], **options: Any) -> int:
    """Run several plans on the same luck: differences run by run, with intervals."""
    scenario = drillsim.load(source, overrides=options.pop("overrides"))
    chosen = _chosen(plans or ("all",), sorted(scenario.plans), what="plan")
    if len(chosen) < 2:
        raise click.UsageError("compare needs at least two plans")
    return _study(scenario, chosen, _order(scenario, **options), brief=True)


@commands.command()
@click.option(
    "--case",
    "names",
    multiple=True,
    callback=_split,
    metavar="ID",
    help="Only this case: H-2, E-2, P-6.order …",
)
@_AS_JSON
@_LANG
def verify(names: tuple[str, ...], as_json: bool) -> int:
    """Run the published cases and the properties that come with drillsim; exit code 4 if one fails."""
    from drillsim.verification import suite, tables

    try:
        chosen = suite.selected(names)
    except KeyError as fault:
        unknown = say("verification.unknown", _language.get(), case=repr(fault.args[0]))
        raise click.BadParameter(unknown, param_hint="--case") from None
    with _progress("verification.running") as tick:
        rows = list(suite.verify(chosen, progress=tick))
    if as_json:
        _json(tables.as_json(rows))
    else:
        _out_all(tables.markdown_lines(rows, language=_language.get()))
    failures = tables.failed(rows)
    if failures:
        _tell("verification.failed", cases=", ".join(row.case.case for row in failures))
    return Exit.FAILED if failures else Exit.OK


@commands.command()
def schema() -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from drillsim.scenario.schema import schema_text

    click.echo(schema_text(), nl=False)
    return Exit.OK


@commands.command("list")
@click.option("--people", is_flag=True, help="List profiles, mixes and named response times instead.")
@_AS_JSON
@_LANG
def list_shipped(people: bool, as_json: bool) -> int:
    """List the scenarios that come with drillsim, and their plans."""
    import json

    from drillsim.scenario.load import shipped

    if people:
        return _list_people(as_json=as_json)
    found = {name: drillsim.check(folder)[0] for name, folder in shipped().items()}
    if as_json:
        _json(
            json.dumps([_about(name, entry) for name, entry in found.items()], ensure_ascii=False, indent=1)
            + "\n"
        )
        return Exit.OK
    if not found:
        _tell("cli.none-shipped")
    for name, scenario in found.items():
        if scenario is None:
            _out(f"{name}  {say('cli.broken', _language.get(), name=name)}")
            continue
        _out(f"{name}  {one_line(_title(scenario))}")
        _out(f"    {say('cli.plans', _language.get(), plans=', '.join(sorted(scenario.plans)))}")
    return Exit.OK


def _list_people(*, as_json: bool) -> int:
    """What a group may name without writing it: profiles, mixes, and named times."""
    import json

    from drillsim.people.library import catalogue

    found = catalogue()
    if as_json:
        _json(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return Exit.OK
    for kind, rows in found.items():
        _out(say(f"cli.shipped-{kind}", _language.get()))
        for row in rows:
            title = row.get("title_zh") if _language.get() == "zh" else ""
            _out(f"  {row['name']:32}  {title or row['title']}")
    return Exit.OK


def _about(name: str, scenario: Scenario | None) -> dict[str, Any]:
    if scenario is None:
        return {"scenario": name, "valid": False}
    plans = {plan: scenario.plans[plan].title for plan in sorted(scenario.plans)}
    return {"scenario": name, "valid": True, "title": scenario.title, "plans": plans}


def _title(scenario: Scenario) -> str:
    return (scenario.title_zh if _language.get() == "zh" else "") or scenario.title


# ------------------------------------------------------------------ check


def _draw(scenario: Scenario, file: Path) -> None:
    from drillsim.debrief.charts import style
    from drillsim.debrief.charts.groundplan import groundplan
    from drillsim.debrief.files import write_atomically

    figure = groundplan(scenario, language=_language.get())
    write_atomically(file, style.svg(figure) if file.suffix.lower() == ".svg" else style.png(figure))
    _tell("cli.drawn", file=file)


# ------------------------------------------------------------------ run and compare


@dataclass(frozen=True, slots=True)
class _Order:
    """What run and compare were asked for."""

    conditions: Conditions
    seed: int
    replications: int
    start_s: float | None
    injects: tuple[str, ...] | None
    workers: int
    out: Path | None
    sensitivity: bool
    strict: bool
    as_json: bool


def _order(
    scenario: Scenario,
    *,
    injects: tuple[str, ...],
    without: tuple[str, ...],
    workers: int | None,
    no_sensitivity: bool,
    **options: Any,
) -> _Order:
    known = sorted(scenario.injects)
    added, dropped = _chosen(injects, known, what="inject"), _chosen(without, known, what="inject")
    used = {name for name, inject in scenario.injects.items() if not inject.off}
    if workers is None:
        # Starting a process costs about as much as a few runs.
        workers = min(os.cpu_count() or 1, 8) if options["replications"] >= 20 else 1
    return _Order(
        injects=tuple(sorted((used | set(added)) - set(dropped))) if added or dropped else None,
        workers=workers,
        sensitivity=not no_sensitivity,
        **options,
    )


def _chosen(names: Sequence[str], known: Sequence[str], *, what: str) -> tuple[str, ...]:
    if "all" in names and "all" not in known:
        return tuple(known)
    for name in names:
        if name not in known:
            import difflib

            near = difflib.get_close_matches(name, known, 1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise click.UsageError(f"no {what} {name!r}; the scenario has {', '.join(known) or 'none'}{hint}")
    return tuple(names)


def _study(scenario: Scenario, plans: Sequence[str], order: _Order, *, brief: bool = False) -> int:
    from drillsim.debrief.files import prepare_folder

    created = prepare_folder(order.out, language=_language.get()) if order.out else None
    try:
        result, tornado = _simulate(scenario, plans, order)
        report = drillsim.debrief(
            result,
            language=_language.get(),
            swings=tornado or (),
            start_s=order.start_s,
            injects=order.injects,
        )
        written = _write(report, order.out) if order.out else []
    finally:
        if created is not None and created.is_dir() and not any(created.iterdir()):
            created.rmdir()
    ensembles = report.ensembles
    if order.as_json:
        _json(report.json)
    else:
        from drillsim.debrief.printout import study_lines

        _out_all(study_lines(report, language=_language.get(), brief=brief))
    if order.out:
        _tell("cli.written", count=len(written), folder=order.out, page=order.out / "debrief.html")
    return _verdict(ensembles, order)


def _simulate(
    scenario: Scenario, plans: Sequence[str], order: _Order
) -> tuple[Ensemble | Comparison, Tornado | None]:
    from drillsim.study.sensitivity import tornado

    how: dict[str, Any] = {
        "conditions": order.conditions,
        "seed": order.seed,
        "replications": order.replications,
        "start_s": order.start_s,
        "injects": order.injects,
        "workers": order.workers,
    }
    result: Ensemble | Comparison
    with _progress("cli.running") as tick:
        if len(plans) == 1:
            result = first = drillsim.replicate(scenario, plan=plans[0], progress=tick, **how)
        else:
            result = drillsim.compare(scenario, plans=plans, progress=tick, **how)
            first = result.ensembles[0]
    if not order.sensitivity:
        return result, None
    with _progress("cli.swinging") as tick:
        return result, tornado(first, injects=order.injects, workers=order.workers, progress=tick)


@contextmanager
def _progress(message: str) -> Iterator[Progress]:
    """A bar on stderr, if that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(say(message, _language.get()), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _write(report: Debrief, folder: Path) -> list[Path]:
    _tell("cli.debriefing")
    return report.save_all(folder)


def _verdict(ensembles: Sequence[Ensemble], order: _Order) -> int:
    """The exit code of a study that ran to its end."""
    failures = [failure for ensemble in ensembles for failure in ensemble.failures]
    if failures:
        total = order.replications * len(ensembles)
        _tell("cli.failed", failed=len(failures), n=total, first=failures[0])
        return Exit.PARTLY
    missed = [
        f"{ensemble.plan}: {verdict.objective}"
        for ensemble in ensembles
        for verdict in ensemble.verdicts
        if verdict.verdict == "missed"
    ]
    if missed and order.strict:
        _tell("cli.strict", names=", ".join(missed))
        return Exit.MISSED
    return Exit.OK


# ------------------------------------------------------------------ the edge


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; ``arguments`` default to those of the process."""
    _language.set("en")
    _set_up_streams()
    try:
        code = commands.main(args=arguments, prog_name="drillsim", standalone_mode=False)
    except click.ClickException as fault:
        if isinstance(fault, click.UsageError) and fault.ctx is not None:
            click.echo(fault.ctx.get_usage(), err=True)
        _tell("cli.usage", fault=fault.format_message())
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        _tell("cli.interrupted")
        return Exit.INTERRUPTED
    except ScenarioInvalid as fault:
        for problem in fault.problems:
            click.echo(one_line(problem), err=True)
        _tell("cli.invalid", count=len(fault.problems))
        return Exit.INVALID
    except DrillsimError as fault:
        _tell("cli.run-failed", fault=fault)
        return Exit.FAILED
    except OSError as fault:
        _tell("cli.disk", fault=f"{fault.filename}: {fault.strerror}" if fault.filename else fault)
        return Exit.DISK
    except Exception:  # noqa: BLE001 - the edge of the program: exit code 1 means something else
        click.echo(safe(traceback.format_exc()), err=True, nl=False)
        _tell("cli.defect")
        return Exit.FAILED
    return int(code or Exit.OK)


def _set_up_streams() -> None:
    """What a console cannot show is replaced; on Windows UTF-8 also where output goes to a file."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = "utf-8" if sys.platform == "win32" else None
            stream.reconfigure(encoding=encoding, errors="replace")
