"""The ``drillsim`` command: results to stdout, progress and messages to stderr, exit codes in :class:`Exit`.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import codecs
import errno
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import drillsim
from drillsim.cli import options
from drillsim.cli.console import Exit, language, out, out_all, out_json, progress, set_up_streams, tell
from drillsim.cli.substances import list_substances
from drillsim.debrief.plaintext import one_line, safe
from drillsim.errors import DrillsimError, ScenarioInvalid, StoreFailed
from drillsim.messages import say

if TYPE_CHECKING:
    from drillsim.scenario.model import Scenario

__all__ = ["Exit", "commands", "main"]


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            tell("cli.interrupted")
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
@options.SOURCE
@options.SET
@click.option(
    "--draw", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.png", help="Draw the facility."
)
@options.AS_JSON
@options.LANG
def check(source: str, overrides: Mapping[str, str], draw: Path | None, as_json: bool) -> int:
    """List everything that is wrong with a scenario; draw its facility."""
    from drillsim.debrief import printout

    if draw is not None and draw.suffix.lower() not in (".png", ".svg"):
        raise click.BadParameter(f"{draw.name!r} ends neither in .png nor in .svg", param_hint="--draw")
    scenario, problems = drillsim.check(source, overrides=overrides)
    if draw is not None and scenario is not None:
        _draw(scenario, draw)
    if as_json:
        out_json(printout.check_json(source, scenario, problems))
    else:
        out_all(printout.check_lines(scenario, problems, language=language.get()))
    if draw is not None and scenario is None:
        tell("cli.not-drawn")
    return Exit.OK if scenario is not None else Exit.INVALID


@commands.command()
@options.SOURCE
@click.option(
    "--plan",
    "plans",
    multiple=True,
    callback=options.split,
    help="Plan to run; 'all', or several to compare.",
)
@options.of_a_study
def run(source: str, plans: tuple[str, ...], **asked: Any) -> int:
    """Run one plan many times: milestones, objectives, what to read aloud; --out writes the debrief."""
    from drillsim.cli import study

    scenario = drillsim.load(source, overrides=asked.pop("overrides"))
    names = sorted(scenario.plans)
    if not plans:
        plans = (names[0],)
        if names[1:]:
            tell("cli.plan-taken", plan=names[0], others=", ".join(names[1:]))
    return study.carry_out(scenario, study.order(scenario, plans, **asked))


@commands.command()
@options.SOURCE
@click.option(
    "--plans",
    multiple=True,
    callback=options.split,
    metavar="A,B",
    help="Plans, the first is the base; default: all.",
)
@options.of_a_choice
@options.of_a_study
def compare(source: str, plans: tuple[str, ...], **asked: Any) -> int:
    """Run several plans on the same luck: differences run by run, with intervals."""
    from drillsim.cli import study

    scenario = drillsim.load(source, overrides=asked.pop("overrides"))
    wanted = study.order(scenario, plans or ("all",), brief=True, **asked)
    if len(wanted.plans) < 2:
        raise click.UsageError("compare needs at least two plans")
    return study.carry_out(scenario, wanted)


@commands.command()
@options.SOURCE
@click.option("--plan", required=True, help="Plan to explain.")
@options.of_an_explanation
def explain(source: str, **asked: Any) -> int:
    """Why a plan takes as long: its critical path, and what waiting, talking and chance cost it."""
    from drillsim.cli import explanation

    scenario = drillsim.load(source, overrides=asked.pop("overrides"))
    return explanation.carry_out(scenario, **asked)


@commands.command()
@options.SOURCE
@options.of_zones
def zones(source: str, **asked: Any) -> int:
    """Where leaks that nobody fights are dangerous when: zones, posts, first distances, one place."""
    from drillsim.cli import clouds

    scenario = drillsim.load(source, overrides=asked.pop("overrides"))
    return clouds.carry_out(scenario, **asked)


@commands.command()
@click.option(
    "--case",
    "names",
    multiple=True,
    callback=options.split,
    metavar="ID",
    help="Only this case: H-2, E-2, P-6.order …",
)
@options.AS_JSON
@options.LANG
def verify(names: tuple[str, ...], as_json: bool) -> int:
    """Run the published cases and the properties that come with drillsim; exit code 4 if one fails."""
    from drillsim.verification import suite, tables

    try:
        chosen = suite.selected(names)
    except KeyError as fault:
        unknown = say("verification.unknown", language.get(), case=repr(fault.args[0]))
        raise click.BadParameter(unknown, param_hint="--case") from None
    with progress("verification.running") as tick:
        rows = list(suite.verify(chosen, progress=tick))
    if as_json:
        out_json(tables.as_json(rows))
    else:
        out_all(tables.markdown_lines(rows, language=language.get()))
    failures = tables.failed(rows)
    if failures:
        tell("verification.failed", cases=", ".join(row.case.case for row in failures))
    return Exit.FAILED if failures else Exit.OK


@commands.command()
@options.SOURCE
@click.option("--plan", required=True, help="Plan of the run.")
@click.option("--replication", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv", help="Default: stdout."
)
@options.of_a_trace
def trace(source: str, out: Path | None, **asked: Any) -> int:
    """One run of a study row by row as CSV: read from --store if it is there, else made from the seed."""
    from drillsim.cli import study
    from drillsim.debrief.tables import trace_csv
    from drillsim.spreadsheet import write_atomically

    scenario = drillsim.load(source, overrides=asked.pop("overrides"))
    content = trace_csv(study.one_trace(scenario, **asked))
    if out is None:
        click.echo(content.removeprefix(codecs.BOM_UTF8), nl=False)
    else:
        write_atomically(out, content)
    return Exit.OK


@commands.command()
@click.argument("store", type=click.Path(path_type=Path, exists=True, dir_okay=False), metavar="STUDY.sqlite")
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE",
    help=".csv, .xlsx or .parquet",
)
@click.option("--with-sensitivity", is_flag=True, help="Also the runs with one assumption changed (factors).")
@options.LANG
def export(store: Path, target: Path, with_sensitivity: bool) -> int:
    """All runs of a study as a table, one row a run; a second table has the times of tasks."""
    from drillsim.study import export as tables

    if target.suffix.lower() not in tables.SUFFIXES:
        raise click.BadParameter(
            f"{target.name!r} ends in none of {', '.join(tables.SUFFIXES)}", param_hint="--to"
        )
    for file in tables.write(target, store, sensitivity=with_sensitivity):
        tell("cli.exported", file=file)
    return Exit.OK


@commands.command()
def schema() -> int:
    """Print the JSON Schema of scenario files, for editors."""
    from drillsim.scenario.schema import schema_text

    click.echo(schema_text(), nl=False)
    return Exit.OK


@commands.command("list")
@click.option("--people", is_flag=True, help="List profiles, mixes and named response times instead.")
@click.option(
    "--substances", is_flag=True, help="List substances with their numbers and levels of harm instead."
)
@options.AS_JSON
@options.LANG
def list_shipped(people: bool, substances: bool, as_json: bool) -> int:
    """List the scenarios that come with drillsim, and their plans."""
    import json

    from drillsim.scenario.load import shipped

    if people:
        return _list_people(as_json=as_json)
    if substances:
        return list_substances(as_json=as_json)
    found = {name: drillsim.check(folder)[0] for name, folder in shipped().items()}
    if as_json:
        out_json(
            json.dumps([_about(name, entry) for name, entry in found.items()], ensure_ascii=False, indent=1)
            + "\n"
        )
        return Exit.OK
    if not found:
        tell("cli.none-shipped")
    for name, scenario in found.items():
        if scenario is None:
            out(f"{name}  {say('cli.broken', language.get(), name=name)}")
            continue
        out(f"{name}  {one_line(_title(scenario))}")
        out(f"    {say('cli.plans', language.get(), plans=', '.join(sorted(scenario.plans)))}")
    return Exit.OK


def _list_people(*, as_json: bool) -> int:
    """What a group may name without writing it: profiles, mixes, and named times."""
    import json

    from drillsim.people.library import catalogue

    found = catalogue()
    if as_json:
        out_json(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
        return Exit.OK
    for kind, rows in found.items():
        out(say(f"cli.shipped-{kind}", language.get()))
        for row in rows:
            title = row.get("title_zh") if language.get() == "zh" else ""
            out(f"  {row['name']:32}  {title or row['title']}")
    return Exit.OK


def _about(name: str, scenario: Scenario | None) -> dict[str, Any]:
    if scenario is None:
        return {"scenario": name, "valid": False}
    plans = {plan: scenario.plans[plan].title for plan in sorted(scenario.plans)}
    return {"scenario": name, "valid": True, "title": scenario.title, "plans": plans}


def _title(scenario: Scenario) -> str:
    return (scenario.title_zh if language.get() == "zh" else "") or scenario.title


# ------------------------------------------------------------------ check


def _draw(scenario: Scenario, file: Path) -> None:
    from drillsim.debrief.charts import style
    from drillsim.debrief.charts.groundplan import groundplan
    from drillsim.spreadsheet import write_atomically

    figure = groundplan(scenario, language=language.get())
    write_atomically(file, style.svg(figure) if file.suffix.lower() == ".svg" else style.png(figure))
    tell("cli.drawn", file=file)


# ------------------------------------------------------------------ the edge


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; ``arguments`` default to those of the process."""
    language.set("en")
    set_up_streams()
    try:
        code = commands.main(args=arguments, prog_name="drillsim", standalone_mode=False)
    except click.ClickException as fault:
        if isinstance(fault, click.UsageError) and fault.ctx is not None:
            click.echo(fault.ctx.get_usage(), err=True)
        tell("cli.usage", fault=fault.format_message())
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt):
        tell("cli.interrupted")
        return Exit.INTERRUPTED
    except ScenarioInvalid as fault:
        for problem in fault.problems:
            click.echo(one_line(problem), err=True)
        tell("cli.invalid", count=len(fault.problems))
        return Exit.INVALID
    except StoreFailed as fault:
        tell("cli.disk", fault=fault)
        return Exit.DISK
    except DrillsimError as fault:
        tell("cli.run-failed", fault=fault)
        return Exit.FAILED
    except OSError as fault:
        tell("cli.disk", fault=f"{fault.filename}: {fault.strerror}" if fault.filename else fault)
        if fault.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            tell("cli.disk-full")
        elif isinstance(fault, PermissionError):
            tell("cli.disk-denied")
        return Exit.DISK
    except Exception:  # noqa: BLE001 - the edge of the program: exit code 1 means something else
        click.echo(safe(traceback.format_exc()), err=True, nl=False)
        tell("cli.defect")
        return Exit.FAILED
    return int(code or Exit.OK)
