"""The example scenario with changes, and what the checks find in it."""

from __future__ import annotations

from pathlib import Path

from drillsim.errors import Problem
from drillsim.scenario.load import check
from tests.example import EXAMPLE, write_example

__all__ = [
    "AGENCIES",
    "AIR",
    "BOTTLE",
    "BRIGADE",
    "CHANNEL",
    "CHIEF",
    "CORRIDOR",
    "ENGINE",
    "INJECT",
    "LOOK_INFORMS",
    "OFFICE",
    "PLANS",
    "QUIET",
    "ROLES",
    "SHOWER",
    "SUIT",
    "SURE",
    "TASKS",
    "TELL",
    "Change",
    "announce",
    "effects",
    "found",
    "look",
    "more_tasks",
    "only",
    "quench",
    "roles",
    "section",
    "work",
]

Change = tuple[str, str]

SURE = "source: assumed, confidence: low"
ROLES = "    staging: [street]\n"
LOOK_TITLE = "        title: Look\n"
QUENCH_TITLE = "        title: Put the fire out\n"
ANNOUNCE_TITLE = "        title: Give the alarm\n"
TASKS = "    tasks:\n      look:\n"
LOOK_INFORMS = "effects: [{do: inform, item: fire-confirmed}]"
TELL = "          - {do: tell, groups: everyone, mode: voice}\n"
ENGINE = "        people: 6\n"
AGENCIES = "agencies:\n"
BRIGADE = "    title: Fire brigade\n"
INJECT = "after: alarm, delay: 30 s, "
PLANS = "plans:\n"
AIR = f"air: {{usable: 24 min, change: {{value: 3 min, {SURE}}}"
CHIEF = f"      chief: {{agency: house, decides: {{value: 30 s, {SURE}}}}}\n"
CHANNEL = f"channels: {{tactical: {{talk: {{value: 10 s, {SURE}}}}}}}\n"
SHOWER = f"{{name: shower, places: 1, takes: {{value: 1 min, {SURE}}}}}"
CORRIDOR = f"corridors: {{wash: {{opens: fire-out, stages: [{SHOWER}]}}}}"
SUIT = "suits: {splash: {level: B, don: {value: 1 min, %s}%s}}"
BOTTLE = ", bottle: {volume: 6.8 L, pressure: 28 MPa%s}"
OFFICE = f"decides: {{value: 30 s, {SURE}}}"
QUIET = ("milestones:\n", "milestones:\n  quiet: {title: q, observed: q}\n")


def found(folder: Path, *changes: Change) -> tuple[Problem, ...]:
    """Problems of the example after these replacements, each made once; all of the old text must be there."""
    text = EXAMPLE
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    return check(write_example(folder, text=text))[1]


def only(problems: tuple[Problem, ...], kind: str, words: str) -> Problem:
    """The first problem of this kind that says these words; no error may be of another kind.

    What plans inherit may be said once for each plan.
    """
    of_kind = [problem for problem in problems if problem.id == kind]
    assert not [p for p in problems if p.severity == "error" and p.id != kind], problems
    said = [problem for problem in of_kind if words in problem.message]
    assert said and said[0].line > 0, problems
    return said[0]


def quench(*lines: str) -> Change:
    """Keys for the task of the engine."""
    return (QUENCH_TITLE, QUENCH_TITLE + "".join(f"        {line}\n" for line in lines))


def look(*lines: str) -> Change:
    return (LOOK_TITLE, LOOK_TITLE + "".join(f"        {line}\n" for line in lines))


def announce(*lines: str) -> Change:
    return (ANNOUNCE_TITLE, ANNOUNCE_TITLE + "".join(f"        {line}\n" for line in lines))


def more_tasks(*lines: str) -> Change:
    """Tasks besides, in both plans."""
    return (TASKS, "    tasks:\n" + "".join(f"      {line}\n" for line in lines) + "      look:\n")


def effects(*lines: str) -> Change:
    """Effects of the task that gives the alarm."""
    return (TELL, TELL + "".join(f"          - {{{line}}}\n" for line in lines))


def section(text: str) -> Change:
    return (AGENCIES, f"{text}\n{AGENCIES}")


def work(**keys: str) -> str:
    """A short task on one line."""
    given = "".join(f", {key}: {value}" for key, value in keys.items())
    return f"{{title: t, takes: {{value: 1 min, {SURE}}}{given}}}"


def roles(text: str) -> Change:
    """More roles beside the chief."""
    return (CHIEF, CHIEF + "".join(f"      {line}\n" for line in text.split("|")))
