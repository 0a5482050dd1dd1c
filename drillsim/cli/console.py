"""What is printed: results to stdout, messages and progress to stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import IntEnum
from time import monotonic
from typing import TYPE_CHECKING, Final

import click

from drillsim.debrief.plaintext import harmless_json, one_line, safe
from drillsim.messages import Language, say

if TYPE_CHECKING:
    from drillsim.study.runner import Progress

__all__ = ["Exit", "language", "out", "out_all", "out_json", "progress", "set_up_streams", "tell"]

_FIRST_LINE_S: Final = 20.0  # where there is no bar: a line after so long, and then at this distance
_LINE_S: Final = 60.0


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


language: ContextVar[Language] = ContextVar("language", default="en")


def out(text: str = "") -> None:
    """A line of the result."""
    click.echo(safe(text))


def out_all(lines: Iterable[str]) -> None:
    for line in lines:
        out(line)


def out_json(text: str) -> None:
    """One JSON document, in ASCII where the terminal has no Unicode."""
    ascii_only = (sys.stdout.encoding or "ascii").lower().replace("-", "") != "utf8"
    click.echo(harmless_json(text, ascii_only=ascii_only), nl=False)


def tell(message: str, **values: object) -> None:
    """A message of the catalogue, on stderr."""
    line = say(message, language.get(), **{key: one_line(value) for key, value in values.items()})
    click.echo(f"drillsim: {safe(line)}", err=True)


@contextmanager
def progress(message: str) -> Iterator[Progress]:
    """How far it is and how long it will take: a bar if stderr is a terminal, else a line now and then."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(message)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(say(message, language.get()), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class _Lines:
    """Progress in lines; what was done before the first call, read from a store, does not count for speed."""

    def __init__(self, message: str) -> None:
        self._message = message
        self._start: tuple[float, int] | None = None
        self._next_s = monotonic() + _FIRST_LINE_S

    def __call__(self, done: int, total: int) -> None:
        now_s = monotonic()
        if self._start is None:
            self._start = now_s, done
        if now_s < self._next_s or done >= total:
            return
        self._next_s = now_s + _LINE_S
        begin_s, before = self._start
        what = say(self._message, language.get())
        if done > before:
            from drillsim.units import format_duration

            left_s = (now_s - begin_s) / (done - before) * (total - done)
            tell("cli.progress", what=what, done=done, total=total, left=format_duration(round(left_s)))


def set_up_streams() -> None:
    """What a console cannot show is replaced; on Windows UTF-8 also where output goes to a file."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            encoding = "utf-8" if sys.platform == "win32" else None
            stream.reconfigure(encoding=encoding, errors="replace")
